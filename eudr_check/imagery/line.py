"""The line through the years as a table, and as what a page draws of it."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from eudr_check import tables
from eudr_check.imagery.looks import Subject
from eudr_check.imagery.series import Month


def table(months: Sequence[Month]) -> pd.DataFrame:
    """VEGETATION_SERIES: a row per plot and month of which there is a scene."""
    rows = []
    for month in months:
        found = month.reading
        row = {
            "plot": month.subject.plot,
            "month": f"{month.first:%Y-%m}",
            "tried": month.tried,
            "reason": "; ".join([*([found.reason] if found and found.reason else []), *month.reasons[:3]]) or None,
        }
        if found is not None:
            row |= {"date": str(found.scene.day), "item_id": found.scene.item_id, "clear_share": found.clear_share}
            row |= {"ndvi": found.ndvi, "nbr": found.nbr}
        rows.append(row)
    return tables.check(tables.VEGETATION_SERIES, tables.typed(tables.VEGETATION_SERIES, rows))


def lines(months: Sequence[Month], subjects: Sequence[Subject]) -> Mapping[str, dict[str, object]]:
    """By plot what a page draws: [date, NDVI, NBR, Item] per known month, and the years in which layers date a loss.

    Plots without any figure have no line.
    """
    points: dict[str, list[list[Any]]] = {}
    for month in months:
        found = month.reading
        if found is not None and found.ndvi is not None:
            point = [str(found.scene.day), found.ndvi, found.nbr, found.scene.item_id]
            points.setdefault(month.subject.plot, []).append(point)
    years = {one.plot: list(one.loss_years) for one in subjects}
    return {plot: {"points": known, "losses": years[plot]} for plot, known in points.items()}
