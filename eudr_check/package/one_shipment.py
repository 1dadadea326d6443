"""The package of one shipment: what its buyer gets to see, and nothing of what others buy.

What was mixed cannot be unmixed, so all plots and deliveries of its lots are inside, whatever else a lot went into.
"""

import json
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from eudr_check import parquet
from eudr_check.assessment_record import WrittenRecord
from eudr_check.config import Harvest
from eudr_check.errors import PackageError
from eudr_check.package.alone import Alone
from eudr_check.package.codes import without_nearest
from eudr_check.package.inputs import PackageInput
from eudr_check.package.redact import TITLED
from eudr_check.package.statement.statements import REACH_DEGREE
from eudr_check.shipments import Shipment, Shipments
from eudr_check.text import WITHHELD, say, sentence, topic
from eudr_check.tiles import tiles_of

NOT_OF_A_BUYER = frozenset({"action_plan"})
"""Outputs for the cooperatives."""
IDS = frozenset({"other", "others"})
"""Details of findings that name plots, some without their cooperative, some of earlier harvests."""
OF_FILES = frozenset(
    {"country", "crs", "encoding", "field", "found", "header", "headers", "hectares", "line", "source", "taken", "unit"}
)
"""Details of findings on a whole file that speak of how it was read, and of no row."""
_LETTER = re.compile(r"[^\W\d_]")


@dataclass(frozen=True)
class _Own:
    """What belongs to a shipment."""

    shipment: Shipment
    lots: frozenset[str]
    plots: frozenset[str]
    """Of its lots, also those that PLOTS does not know."""
    known: frozenset[str]
    """All plots of the harvest: what may not be named, `plots` aside."""


def of_shipment(given: PackageInput, name: str) -> PackageInput:
    """The same harvest as if there were nothing but one shipment of it; pure.

    Outcomes and lots stay as they were judged, among all plots and deliveries. Documents of people are left out, with
    the assessment record that quotes them: whoever can read them puts the part that concerns these plots in.

    Args:
        given: the whole harvest.
        name: a shipment of it that is not refused.

    Raises:
        PackageError: the harvest has no such shipment.
    """
    own = _own(given, name)
    plots = _indexed(given.plots, own)
    return replace(
        given,
        harvest=_settings(given.harvest, own.shipment, set(plots["cooperative"])),
        plots=plots,
        findings=_findings(given, plots, own),
        sources=_sources(given.sources, plots),
        evidence=_indexed(given.evidence, own)
        if isinstance(given.evidence, pd.DataFrame)
        else parquet.of_plots(given.evidence, sorted(own.plots)),
        patches=_patches(
            given.patches if isinstance(given.patches, gpd.GeoDataFrame) else parquet.features(given.patches), own
        ),
        assessments=_indexed(given.assessments, own),
        reasons=_indexed(given.reasons, own),
        stored={},
        uses=None if given.uses is None else _indexed(given.uses, own),
        # How a cooperative may divide its plots is for the cooperative.
        splits=None,
        areas=None if given.areas is None else _indexed(given.areas, own),
        area_outlines=None if given.area_outlines is None else _outlines(given, plots, own),
        lots=_lots(given.lots, own),
        deliveries=None if given.deliveries is None else _deliveries(given.deliveries, own),
        stays=_groups(given.stays, given.deliveries, own),
        animals=_groups(given.animals, given.deliveries, own),
        shipments=_alone(own.shipment),
        filed=tuple(one for one in given.filed if one.shipment == name),
        filings=tuple(one for one in given.filings if one.shipment == name),
        pictures=_pictures(given.pictures, own),
        looks=None if given.looks is None else _of(given.looks, own),
        reviews=tuple(row for row in given.reviews if row["plot"] in own.plots),
        to_review=_of(given.to_review, own),
        article10=WrittenRecord({}),
        article10_of=None,
        legality=None,
        attachments=(),
        plan_day=None,
        alone=Alone(name, delivering_elsewhere=_elsewhere(given, own)),
    )


def _own(given: PackageInput, name: str) -> _Own:
    ready = {} if given.shipments is None else {one.name: one for one in given.shipments.ready}
    if name not in ready or given.lots is None:
        known = ", ".join(ready) or "-"
        raise PackageError(
            sentence("refusals", "no_such_shipment", harvest=given.harvest.harvest, name=name, known=known)
        )
    shipment, plots = ready[name], given.plots
    members = given.lots.loc[given.lots["lot"].isin(shipment.lots), "plots"]
    mine = {str(plot) for keys in members for plot in keys}
    if given.harvest.package.traceability == "declared_in_excess":
        groups = set(plots.loc[plots.index.isin(list(mine)), "cooperative"])
        mine |= set(plots.index[plots["cooperative"].isin(groups)])
    return _Own(shipment, frozenset(shipment.lots), frozenset(mine), frozenset(map(str, plots.index)))


def _indexed(frame: Any, own: _Own) -> Any:
    return frame[frame.index.isin(list(own.plots))]


def _of(by_plot: Mapping[str, Any], own: _Own) -> dict[str, Any]:
    return {plot: one for plot, one in by_plot.items() if plot in own.plots}


def _pictures(given: Callable[[], Mapping[str, Any]] | None, own: _Own) -> Callable[[], dict[str, Any]] | None:
    return None if given is None else lambda: _of(given(), own)


def _settings(harvest: Harvest, shipment: Shipment, cooperatives: Collection[str]) -> Harvest:
    """The settings with the goods of the shipment: those of the harvest are everything that was ordered."""
    goods = tuple(
        harvest.goods[line.product].model_copy(
            update={"net_mass_kg": line.net_mass_kg, "supplementary_unit": line.supplementary_unit}
        )
        for line in shipment.lines
    )
    outputs = tuple(one for one in harvest.package.outputs if one not in NOT_OF_A_BUYER)
    return harvest.model_copy(
        update={
            **({"products": goods} if harvest.products else {"product": goods[0]}),
            "cooperatives": {name: called for name, called in harvest.cooperatives.items() if name in cooperatives},
            "package": harvest.package.model_copy(update={"outputs": outputs}),
        }
    )


def _alone(shipment: Shipment) -> Shipments:
    lines = tuple(replace(line, product=number) for number, line in enumerate(shipment.lines))
    return Shipments((replace(shipment, lines=lines),), {}, {shipment.name: shipment.net_mass_kg})


def _sources(sources: pd.DataFrame, plots: gpd.GeoDataFrame) -> pd.DataFrame:
    """SOURCES of the tiles that the plots reach into; of layers that still grow also the row that had seen least, up
    to which all plots are judged."""
    shapes = plots.geometry.to_numpy()[plots["usable"].to_numpy(dtype=bool)]
    bounds = shapely.bounds(shapes).reshape(-1, 4) + REACH_DEGREE * np.array([-1, -1, 1, 1])
    mine = sources["tile"].isin({tile.name for tile in tiles_of(bounds)})
    seen = sources[sources["status"] == "read"].dropna(subset="datetime")
    ends = seen["datetime"].str.split("/").str[-1]
    least, least_inside = (one.groupby(seen["layer"]).min() for one in (ends, ends[mine[seen.index]]))
    later = least_inside.index[least_inside > least[least_inside.index]]
    oldest = seen[(ends == seen["layer"].map(least)) & seen["layer"].isin(later)].drop_duplicates("layer")
    return sources[mine | sources.index.isin(oldest.index)].reset_index(drop=True)


def _outlines(given: PackageInput, plots: gpd.GeoDataFrame, own: _Own) -> gpd.GeoDataFrame:
    """AREA_OUTLINES on the map of the plots; of titled land only what they lie in."""
    outlines = given.area_outlines
    assert outlines is not None
    touched = _indexed(given.areas, own)
    named = set(zip(touched["area"], touched["feature"], strict=True))
    mine = np.array([key in named for key in zip(outlines["area"], outlines["feature"], strict=True)], dtype=bool)
    bounds = shapely.total_bounds(plots.geometry.to_numpy()[plots["usable"].to_numpy(dtype=bool)])
    view = shapely.box(*(bounds + REACH_DEGREE * np.array([-1, -1, 1, 1])).tolist())
    near = shapely.intersects(outlines.geometry.to_numpy(), view) & (outlines["topic"] != TITLED).to_numpy(dtype=bool)
    return outlines[mine | near].reset_index(drop=True)


def _patches(patches: gpd.GeoDataFrame, own: _Own) -> gpd.GeoDataFrame:
    members = [[plot for plot in plots if plot in own.plots] for plots in patches["plots"]]
    named = patches.assign(plots=pd.Series(members, patches.index, object))
    return named[np.array([bool(mine) for mine in members], dtype=bool)].reset_index(drop=True)


def _lots(lots: pd.DataFrame | None, own: _Own) -> pd.DataFrame | None:
    if lots is None:
        return None
    mine = lots[lots["lot"].isin(list(own.lots))].reset_index(drop=True)
    texts = {name: mine[name].map(without_nearest).astype(mine[name].dtype) for name in ("reasons", "warnings")}
    return mine.assign(**{name: text for name, text in texts.items() if name in mine})


def _deliveries(deliveries: pd.DataFrame, own: _Own) -> pd.DataFrame:
    """DELIVERIES into the lots; what was taken out of a lot in time names no plot of others."""
    mine = deliveries[deliveries["lot"].isin(list(own.lots))].reset_index(drop=True)
    ours = ~mine["removed"] | mine["plot"].isin(list(own.plots))
    return mine.assign(plot=mine["plot"].where(ours, f"{WITHHELD}/{WITHHELD}"), group=mine["group"].where(ours))


def _groups(frame: pd.DataFrame | None, deliveries: pd.DataFrame | None, own: _Own) -> pd.DataFrame | None:
    """STAYS or ANIMALS of the groups that DELIVERIES name."""
    if frame is None or deliveries is None:
        return frame
    groups = _deliveries(deliveries, own)["group"].dropna()
    return frame[frame["group"].isin(groups)].reset_index(drop=True)


def _elsewhere(given: PackageInput, own: _Own) -> int:
    if given.deliveries is None:
        return 0
    others = given.deliveries[~given.deliveries["lot"].isin(list(own.lots))]
    return int(others.loc[others["plot"].isin(list(own.plots)), "plot"].nunique())


def _findings(given: PackageInput, plots: gpd.GeoDataFrame, own: _Own) -> pd.DataFrame:
    """FINDINGS on the plots, on the layers, and on how the files of the plots were read; no other plot is named."""
    layers = {*given.sources["layer"], *(str(one["area"]) for one in given.area_layers)}
    files = set(plots["source_file"])
    kept, details, messages = [], [], []
    columns = ("plot", "source_file", "source_row", "code", "details", "cooperative", "message")
    for plot, file, row, code, written, cooperative, message in given.findings[[*columns]].itertuples(index=False):
        values = json.loads(written)
        of_file = file in files and pd.isna(row) and all(_of_files(key, one) for key, one in values.items())
        kept.append(plot in own.plots or (pd.isna(plot) and (file in layers or of_file)))
        if kept[-1]:
            shown = {key: _detail(key, one, str(cooperative), own) for key, one in values.items()}
            details.append(written if shown == values else json.dumps(shown, ensure_ascii=False))
            messages.append(message if shown == values else _said(code, shown))
    mine = given.findings[np.array(kept, dtype=bool)]
    texts = {
        name: pd.Series(one, mine.index, mine[name].dtype)
        for name, one in (("details", details), ("message", messages))
    }
    return mine.assign(**texts).reset_index(drop=True)


def _said(code: str, details: Mapping[str, Any]) -> str:
    return say("findings", code, "en", **details) if code in topic("findings") else WITHHELD


def _of_files(key: str, value: object) -> bool:
    return key in OF_FILES or not isinstance(value, (str, list, dict))


def _detail(key: str, value: object, cooperative: str, own: _Own) -> object:
    """A detail of a finding; what names a plot of others is withheld."""
    if isinstance(value, list):
        return [_detail(key, one, cooperative, own) for one in value]
    if not isinstance(value, str):
        return value
    plots = key in IDS
    for name in value.split(", ") if plots else (value, *value.split(", ")):
        forms = {name, f"{cooperative}/{name}"}
        strange = bool(forms & own.known) or (plots and "/" in name)
        if strange and not forms & own.plots and (plots or _LETTER.search(name)):
            return WITHHELD
    return value
