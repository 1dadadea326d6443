"""What the first screen of the page knows: kilograms ready, kilograms held back and by what, plots with deliveries."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from eudr_check.package.report.pieces import Items, Members
from eudr_check.package.report.places import places
from eudr_check.tables import SETTLED
from eudr_check.text.clean import clean

_ANIMALS = re.compile(r"animals_(unknown|not_settled): (.*?)(?=; [a-z_]+(?:: |;|$)|$)")
_OVER = re.compile(r"(?:^|; )quantity_implausible: (.*?)(?=; [a-z_]+: |$)")


def document(
    lots: pd.DataFrame | None,
    refused: pd.DataFrame,
    deliveries: pd.DataFrame | None,
    plots: pd.DataFrame,
    assessments: pd.DataFrame,
) -> dict[str, object]:
    """Lots with the plots that spoil them, and deliveries by position of their plot.

    Args:
        lots: LOTS; None without deliveries. refused: lots that no statement declares, `lot` and `reasons`.
        deliveries: `plot`, `lot`, `kg_green` per delivery and `removed` where some were; None without deliveries.
        plots: PLOTS. assessments: ASSESSMENTS.

    Returns:
        `known` (whether deliveries are), `lots` (lot, kg, ready, spoilers of code, plot and name), `deliveries`.
    """
    if lots is None or deliveries is None:
        return {"known": False, "lots": [], "deliveries": {}}
    held = {str(lot): str(why) for lot, why in zip(refused["lot"], refused["reasons"], strict=True)}
    return {
        "known": True,
        "lots": Items(_lots(lots, held, plots, assessments)),
        "deliveries": Members(_deliveries(deliveries, plots.index)),
    }


def _lots(
    lots: pd.DataFrame, held: Mapping[str, str], plots: pd.DataFrame, assessments: pd.DataFrame
) -> Iterator[dict[str, object]]:
    faults = _faults(plots, assessments)
    members = lots["plots"].tolist()
    named = [str(plot) for one in members for plot in one]
    found = places(pd.Series(named, dtype="str"), plots.index).tolist()
    rows, end = zip(lots["lot"].astype(str), lots["kg_green"].astype(float), members, strict=True), 0
    for lot, kg, mine in rows:
        here = slice(end, end := end + len(mine))
        yield {
            "lot": clean(lot),
            "kg": round(kg, 3),
            "ready": lot not in held,
            "spoilers": list(_spoilers(zip(named[here], found[here], strict=True), held[lot], faults))
            if lot in held
            else [],
        }


def _faults(plots: pd.DataFrame, assessments: pd.DataFrame) -> list[str | None]:
    """Why product of each plot may not go in; None for plots that are settled."""
    outcome = assessments["final_outcome"].reindex(plots.index)
    codes = outcome.astype(object).where(outcome.notna(), "undetermined")
    codes = codes.where(~outcome.isin(SETTLED), None).where(plots["usable"].to_numpy(dtype=bool), "plot_blocked")
    found: list[str | None] = codes.tolist()
    return found


def _spoilers(
    members: Iterable[tuple[str, int]], why: str, faults: Sequence[str | None]
) -> Iterator[dict[str, object]]:
    """Plots that keep a lot back; what no plot explains stands as the reason that the lot was refused for.

    Args:
        members: key and position of the plots of the lot; -1 where PLOTS has no such plot.
        why: the lot is refused.
        faults: by position of the plot.
    """
    over = _OVER.search(why)
    too_much = set() if over is None else set(over[1].split(", "))
    found = False
    for plot, place in members:
        code = "unknown_plot" if place < 0 else faults[place]
        if code is None and plot in too_much:
            code = "quantity_implausible"
        if code is not None:
            found = True
            yield {"code": code, "plot": None if place < 0 else place, "name": clean(plot)}
    for fault, names in _ANIMALS.findall(why):
        for group in names.split(", "):
            found = True
            code = "animals_unknown" if fault == "unknown" else "animals"
            yield {"code": code, "plot": None, "name": clean(group)}
    if not found:
        yield {"code": "other", "plot": None, "name": clean(why)}


def _deliveries(deliveries: pd.DataFrame, plots: pd.Index) -> Iterator[tuple[str, list[list[object]]]]:
    """Lot and kilograms of every delivery that is still in its lot, by position of the plot."""
    found = places(deliveries["plot"], plots)
    is_left = found >= 0 if "removed" not in deliveries else (found >= 0) & ~deliveries["removed"].to_numpy(dtype=bool)
    names = sorted(deliveries["lot"][is_left].unique())
    number = places(deliveries["lot"], names)[is_left]
    ranks = pc.rank(pa.array(plots, pa.large_string()), tiebreaker="first").to_numpy().astype(np.int64)
    # One whole number for plot and lot, in the order of their names: a nation's texts take ten times as long to group.
    both = pd.Series(ranks[found[is_left]] * max(len(names), 1) + number)
    kg = deliveries["kg_green"][is_left].reset_index(drop=True).groupby(both, sort=True).sum()
    first = pd.Series(found[is_left]).groupby(both, sort=True).first()
    called = [clean(str(name)) for name in names]
    rows = zip(first.tolist(), (kg.index.to_numpy() % max(len(names), 1)).tolist(), kg.tolist(), strict=True)
    # What belongs to a plot stands together.
    for place, mine in groupby(rows, key=itemgetter(0)):
        yield str(place), [[called[lot], round(of, 3)] for _, lot, of in mine]
