"""Neutral codes of the redacted edition: whatever people named carries a code outside, and its name stays at home.

An id may be anybody's name, and no program can tell which is. So every id has a code here, made of what the edition
shows anyway (the ground of a plot, the kilograms of a lot): it says nothing of the name, and stays the same from run to
run while the ground does.
"""

import hashlib
import json
import re
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Any, TypeVar

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from eudr_check import parquet
from eudr_check.package.code_names import DIGITS, distinct, numbered
from eudr_check.package.eu.reference import reference
from eudr_check.package.inputs import PackageInput
from eudr_check.shipments import Filed, Line, Shipments, Withheld
from eudr_check.text import WITHHELD, say, topic

TEXT = pd.StringDtype(na_value=np.nan)
KEY_COLUMNS = ("kind", "name", "code")
OURS = frozenset({"field", "title"})
"""Details of findings that hold words of ours and nothing else."""
_CODE = re.compile(r"[a-z_]+")
_LETTER = re.compile(r"[^\W\d_]")
_NEAREST = re.compile(r" \(≈ .*?\)(?=, |; |$)")
_SUFFIX = re.compile(r"\.(csv|fgb|geojson|gpkg|gpx|json|kml|kmz|ods|parquet|shp|tsv|txt|xlsx?|zip)", re.IGNORECASE)

Frame = TypeVar("Frame", bound=pd.DataFrame)


@dataclass(frozen=True)
class Codes:
    """What stands for a name, by kind of thing."""

    plots: Mapping[str, str]
    """`cooperative/plot_id` to `cooperative/code`, of all plots that PLOTS or deliveries know."""
    groups: Mapping[str, str]
    """Groups of animals."""
    lots: Mapping[str, str]
    shipments: Mapping[str, str]
    files: Mapping[str, str]
    documents: Mapping[str, str]
    reviews: Mapping[str, str]
    """Text of the column `review` of ASSESSMENTS to its code."""

    @classmethod
    def of(cls, given: PackageInput) -> "Codes":
        """The codes of everything a package would name."""
        plots = _of_plots(given)
        groups = _of_groups(given, plots)
        lots = _of_lots(given.lots, plots)
        files = {*given.plots["source_file"], *given.findings["source_file"]} - {
            *(one.layer for one in given.variables),
            *(str(one["area"]) for one in given.area_layers),
        }
        documents = set() if given.legality is None else set(given.legality["document"])
        return cls(
            plots,
            groups,
            lots,
            _of_shipments(given.shipments, given.filed, lots),
            {name: f"{code}{_suffix(name)}" for name, code in numbered("file", files).items()},
            numbered("document", documents),
            numbered("review", given.assessments["review"].dropna()),
        )

    def key(self) -> pd.DataFrame:
        """`kind`, `name` and `code` of everything: what tells a code at home, and never leaves."""
        of_kinds = {kind.rstrip("s"): names for kind, names in vars(self).items()}
        rows = [(kind, name, code) for kind, names in of_kinds.items() for name, code in names.items()]
        return pd.DataFrame(rows, columns=list(KEY_COLUMNS))

    def plot(self, name: str) -> str:
        """The code of a plot."""
        return self.plots[name]

    def text(self, text: str, plots: Iterable[str]) -> str:
        """A text of ours that names plots and lots (`code: plot, plot; code: plot`), with their codes."""
        known = {name: self.plots[name] for name in plots if name in self.plots} | {**self.groups, **self.lots}
        without = without_nearest(text)
        if not known:
            return without
        names = sorted(known, key=len, reverse=True)
        return re.sub("|".join(map(re.escape, names)), lambda found: known[found[0]], without)

    def detail(self, cooperative: object, value: object) -> object:
        """A detail of a finding: codes for plots, figures as they are, and nothing else that has a letter."""
        if isinstance(value, list):
            return [self.detail(cooperative, one) for one in value]
        if isinstance(value, dict):
            return WITHHELD
        if not isinstance(value, str) or not _LETTER.search(value):
            return value
        coded = [self.plots.get(one) or self.plots.get(f"{cooperative}/{one}") for one in value.split(", ")]
        whole = self.plots.get(value) or self.plots.get(f"{cooperative}/{value}")
        known = [one for one in coded if one is not None]
        return whole or (", ".join(known) if len(known) == len(coded) else WITHHELD)


def without_nearest(text: str) -> str:
    """A text of ours on lots without the plots that unknown ones may mean."""
    return _NEAREST.sub("", text)


def edition(given: PackageInput, codes: Codes) -> PackageInput:
    """The same harvest with codes for names; tables that came as files are read, for their names are inside."""
    evidence = given.evidence if isinstance(given.evidence, pd.DataFrame) else parquet.frame(given.evidence)
    patches = given.patches if isinstance(given.patches, gpd.GeoDataFrame) else parquet.features(given.patches)
    assessments = _indexed(given.assessments, codes)
    pictures, looks = given.pictures, given.looks
    return replace(
        given,
        plots=_plots(given.plots, codes),
        findings=_findings(given.findings, codes),
        evidence=_indexed(evidence, codes),
        patches=patches.assign(plots=_lists(patches["plots"], codes)),
        assessments=assessments.assign(review=_texts(assessments["review"], codes.reviews.__getitem__)),
        reasons=_indexed(given.reasons, codes),
        stored={name: path for name, path in given.stored.items() if name == "SOURCES"},
        uses=None if given.uses is None else _indexed(given.uses, codes),
        splits=None if given.splits is None else _indexed(given.splits, codes),
        areas=None if given.areas is None else _indexed(given.areas, codes).assign(feature=None),
        lots=_lots(given.lots, codes),
        deliveries=_deliveries(given.deliveries, codes),
        stays=None if given.stays is None else _stays(given.stays, codes),
        animals=None if given.animals is None else _animals(given.animals, codes),
        shipments=_shipments(given.shipments, codes),
        filed=tuple(_filed(one, given.harvest.harvest, codes) for one in given.filed),
        legality=_legality(given.legality, codes),
        article10_of=_record_of(given, codes),
        pictures=None if pictures is None else lambda: {codes.plot(plot): one for plot, one in pictures().items()},
        looks=None if looks is None else {codes.plot(plot): _looks(one) for plot, one in looks.items()},
        alone=None if given.alone is None else given.alone.coded(codes.shipments, codes.plots),
        codes=codes.plots,
    )


def _of_plots(given: PackageInput) -> dict[str, str]:
    plots = given.plots
    shapes = shapely.to_wkb(shapely.normalize(plots.geometry.to_numpy()), hex=False)
    grounds: list[Hashable] = [
        shape if shape is not None else (str(coop), int(row))
        for shape, coop, row in zip(shapes, plots["cooperative"], plots["source_row"], strict=True)
    ]
    found = distinct("P", [str(plot) for plot in plots.index], grounds)
    delivered = set() if given.deliveries is None else set(given.deliveries["plot"].astype(str))
    in_lots = set() if given.lots is None else {str(plot) for mine in given.lots["plots"] for plot in mine}
    kept = set() if given.stays is None else set(given.stays["plot"].astype(str))
    unknown = numbered("unknown", (delivered | in_lots | kept) - found.keys())
    cooperatives = set(plots["cooperative"]) | {file.cooperative for file in given.harvest.plots}
    return {
        plot: f"{coop}/{code}" if (coop := plot.partition("/")[0]) in cooperatives else f"unknown/{code}"
        for plot, code in (found | unknown).items()
    }


def _of_lots(lots: pd.DataFrame | None, plots: Mapping[str, str]) -> dict[str, str]:
    if lots is None:
        return {}
    held: list[Hashable] = [
        (round(float(kg) * 1000), *sorted(plots[str(plot)] for plot in mine))
        for kg, mine in zip(lots["kg_green"], lots["plots"], strict=True)
    ]
    return distinct("L", [str(lot) for lot in lots["lot"]], held)


def _of_groups(given: PackageInput, plots: Mapping[str, str]) -> dict[str, str]:
    """Groups of animals, those that only deliveries name included."""
    held: dict[str, Hashable] = {}
    if given.animals is not None:
        columns = (given.animals[name] for name in ("group", "born", "slaughtered", "plots"))
        for group, born, killed, mine in zip(*columns, strict=True):
            held[str(group)] = (str(born), str(killed), *sorted(plots[str(plot)] for plot in mine))
    strangers = set() if given.deliveries is None else set(given.deliveries["group"].dropna().astype(str)) - held.keys()
    return distinct("G", list(held), list(held.values())) | numbered("group", strangers)


def _of_shipments(shipments: Shipments | None, filed: Sequence[Filed], lots: Mapping[str, str]) -> dict[str, str]:
    asked = Shipments() if shipments is None else shipments
    taken = {one.name: one.lots for one in asked.ready}
    names = (*taken, *asked.refused, *asked.ordered_kg, *(one.shipment for one in filed))
    known = list(dict.fromkeys(name for name in names if name is not None))
    return distinct("S", known, [tuple(sorted(lots[lot] for lot in taken.get(name, ()))) for name in known])


def _suffix(name: str) -> str:
    """The ending of a plot file, where it is one of a known format."""
    suffix = PurePosixPath(name).suffix
    return suffix.lower() if _SUFFIX.fullmatch(suffix) else ""


def _texts(values: pd.Series, coded: Any) -> pd.Series:
    texts = [coded(value) if isinstance(value, str) else None for value in values]
    return pd.Series(texts, values.index, TEXT)


def _number(place: str) -> str:
    """The number of a row without the sheet or file it stands in, which may be called by whoever lives there."""
    return place.rpartition("!")[2]


def _indexed(frame: Frame, codes: Codes) -> Frame:
    return frame.set_axis(pd.Index(_texts(frame.index.to_series(), codes.plot), name=frame.index.name))


def _lists(values: pd.Series, codes: Codes) -> pd.Series:
    return pd.Series([[codes.plot(plot) for plot in plots] for plots in values], values.index, object)


def _plots(plots: gpd.GeoDataFrame, codes: Codes) -> gpd.GeoDataFrame:
    coded = _indexed(plots, codes)
    return coded.assign(
        plot_id=_texts(coded.index.to_series(), lambda plot: plot.partition("/")[2]),
        source_file=_texts(coded["source_file"], codes.files.__getitem__),
        source_place=_texts(coded["source_place"], _number),
        # A place is often called by whoever lives there.
        production_place=pd.Series(None, coded.index, TEXT),
    )


def _findings(findings: pd.DataFrame, codes: Codes) -> pd.DataFrame:
    """FINDINGS of plots by their codes; of what files held, figures alone."""
    messages, details = [], []
    for code, cooperative, written in zip(findings["code"], findings["cooperative"], findings["details"], strict=True):
        values = json.loads(written)
        kept = {key: value if key in OURS else codes.detail(cooperative, value) for key, value in values.items()}
        details.append(json.dumps(kept, ensure_ascii=False))
        messages.append(say("findings", code, "en", **kept) if code in topic("findings") else WITHHELD)
    return findings.assign(
        plot=_texts(findings["plot"], lambda plot: codes.plots.get(plot, WITHHELD)),
        source_file=_texts(findings["source_file"], lambda name: codes.files.get(name, name)),
        source_place=_texts(findings["source_place"], _number),
        message=pd.Series(messages, findings.index, TEXT),
        details=pd.Series(details, findings.index, TEXT),
        fix=_texts(findings["fix"], lambda fix: fix if _CODE.fullmatch(fix) else WITHHELD),
    )


def _lots(lots: pd.DataFrame | None, codes: Codes) -> pd.DataFrame | None:
    if lots is None:
        return None
    stated = {
        name: [codes.text(text, mine) for text, mine in zip(lots[name], lots["plots"], strict=True)]
        for name in ("reasons", "warnings")
        if name in lots
    }
    members = [tuple(sorted(codes.plot(str(plot)) for plot in mine)) for mine in lots["plots"]]
    columns = {name: pd.Series(texts, lots.index, TEXT) for name, texts in stated.items()}
    return lots.assign(
        lot=_texts(lots["lot"], codes.lots.__getitem__), plots=pd.Series(members, lots.index, object), **columns
    ).sort_values("lot", ignore_index=True)


def _deliveries(deliveries: pd.DataFrame | None, codes: Codes) -> pd.DataFrame | None:
    if deliveries is None:
        return None
    lots = _texts(deliveries["lot"], codes.lots.__getitem__)
    places = _texts(deliveries["source_place"], _number)
    groups = _texts(deliveries["group"], codes.groups.__getitem__)
    return deliveries.assign(plot=_texts(deliveries["plot"], codes.plot), lot=lots, source_place=places, group=groups)


def _stays(stays: pd.DataFrame, codes: Codes) -> pd.DataFrame:
    return stays.assign(
        group=_texts(stays["group"], codes.groups.__getitem__),
        plot=_texts(stays["plot"], codes.plot),
        source_place=_texts(stays["source_place"], _number),
    )


def _animals(animals: pd.DataFrame, codes: Codes) -> pd.DataFrame:
    reasons = [codes.text(text, mine) for text, mine in zip(animals["reasons"], animals["plots"], strict=True)]
    return animals.assign(
        group=_texts(animals["group"], codes.groups.__getitem__),
        reasons=pd.Series(reasons, animals.index, TEXT),
        plots=_lists(animals["plots"], codes),
    ).sort_values("group", ignore_index=True)


def _shipments(shipments: Shipments | None, codes: Codes) -> Shipments | None:
    if shipments is None:
        return None
    ready = tuple(
        replace(
            one,
            name=codes.shipments[one.name],
            lines=tuple(_line(line, codes) for line in one.lines),
            contract=one.contract and WITHHELD,
            container=one.container and WITHHELD,
            sales_reference=one.sales_reference and WITHHELD,
        )
        for one in shipments.ready
    )
    refused = {codes.shipments[name]: _withheld(why, codes) for name, why in shipments.refused.items()}
    ordered = {codes.shipments[name]: kg for name, kg in shipments.ordered_kg.items()}
    return Shipments(ready, refused, ordered)


def _line(line: Line, codes: Codes) -> Line:
    return replace(line, lots={codes.lots[lot]: kg for lot, kg in line.lots.items()})


def _withheld(why: Withheld, codes: Codes) -> Withheld:
    """Why a shipment is refused, with codes for shipment and lot; of what a cell held only figures."""
    known = {**codes.lots, **codes.shipments}
    values = {
        name: known.get(value) or (WITHHELD if _LETTER.search(value) else value) for name, value in why.values.items()
    }
    return Withheld(why.code, values)


def _filed(one: Filed, harvest: str, codes: Codes) -> Filed:
    """A filed statement; its reference is made of its shipment or lots, as that of a statement to come is."""
    lots = {codes.lots.get(lot, f"unknown-{number:03}"): kg for number, (lot, kg) in enumerate(one.lots.items(), 1)}
    names = list(lots) or [hashlib.sha256(one.reference.encode()).hexdigest()[:DIGITS]]
    if one.shipment is None:
        return replace(one, lots=lots, reference=reference(harvest, names))
    shipment = codes.shipments[one.shipment]
    whole = one.reference == reference(harvest, [one.shipment])
    return replace(one, shipment=shipment, lots=lots, reference=reference(harvest, [shipment, *names * (not whole)]))


def _legality(legality: pd.DataFrame | None, codes: Codes) -> pd.DataFrame | None:
    if legality is None:
        return None
    return legality.assign(document=_texts(legality["document"], codes.documents.__getitem__))


def _record_of(given: PackageInput, codes: Codes) -> Any:
    """The record of some plots and lots, asked by their codes."""
    if given.article10_of is None:
        return None
    ask = given.article10_of
    plots = {code: name for name, code in codes.plots.items()}
    lots = {code: name for name, code in codes.lots.items()}
    return lambda keys, named: ask([plots[key] for key in keys], [lots[lot] for lot in named])


def _looks(shown: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Looks without the names of picture files, which carry that of their plot."""
    return [{key: value for key, value in look.items() if key != "file"} for look in shown]
