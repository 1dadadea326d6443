"""What the first screen of the page knows: kilograms ready, kilograms held back and by what, plots with deliveries."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

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
    position = {str(plot): number for number, plot in enumerate(plots.index)}
    held = {str(lot): str(why) for lot, why in zip(refused["lot"], refused["reasons"], strict=True)}
    faults = _faults(plots, assessments)
    rows = [
        {
            "lot": clean(lot),
            "kg": round(kg, 3),
            "ready": lot not in held,
            "spoilers": list(_spoilers(members, held[lot], faults, position)) if lot in held else [],
        }
        for lot, kg, members in zip(lots["lot"].astype(str), lots["kg_green"].astype(float), lots["plots"], strict=True)
    ]
    return {"known": True, "lots": rows, "deliveries": _deliveries(deliveries, position)}


def _faults(plots: pd.DataFrame, assessments: pd.DataFrame) -> Mapping[str, str]:
    """Why product of a plot may not go in, by plot; plots that are settled are left out."""
    outcome = assessments["final_outcome"].reindex(plots.index)
    open_ones = outcome[~outcome.isin(SETTLED)].fillna("undetermined").to_dict()
    return {str(plot): str(code) for plot, code in open_ones.items()} | {
        str(plot): "plot_blocked" for plot in plots.index[~plots["usable"]]
    }


def _spoilers(
    members: Any, why: str, faults: Mapping[str, str], position: Mapping[str, int]
) -> Iterator[dict[str, Any]]:
    """Plots that keep a lot back; what no plot explains stands as the reason that the lot was refused for."""
    over = _OVER.search(why)
    too_much = set() if over is None else set(over[1].split(", "))
    found = False
    for plot in map(str, members):
        code = "unknown_plot" if plot not in position else faults.get(plot)
        if code is None and plot in too_much:
            code = "quantity_implausible"
        if code is not None:
            found = True
            yield {"code": code, "plot": position.get(plot), "name": clean(plot)}
    for fault, names in _ANIMALS.findall(why):
        for group in names.split(", "):
            found = True
            code = "animals_unknown" if fault == "unknown" else "animals"
            yield {"code": code, "plot": None, "name": clean(group)}
    if not found:
        yield {"code": "other", "plot": None, "name": clean(why)}


def _deliveries(deliveries: pd.DataFrame, position: Mapping[str, int]) -> dict[str, list[list[Any]]]:
    """Lot and kilograms of every delivery that is still in its lot, by position of the plot."""
    found: dict[str, list[list[Any]]] = {}
    left = deliveries if "removed" not in deliveries else deliveries[~deliveries["removed"]]
    total = left.groupby(["plot", "lot"], sort=True)["kg_green"].sum().reset_index()
    for plot, lot, kg in zip(total["plot"].astype(str), total["lot"].astype(str), total["kg_green"], strict=True):
        if plot in position:
            found.setdefault(str(position[plot]), []).append([clean(lot), round(float(kg), 3)])
    return found
