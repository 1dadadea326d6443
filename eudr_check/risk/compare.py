"""Two runs of a harvest beside one another: which plots changed outcome, and what caused it."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from eudr_check.typing import Mask

SAME_HA = 1e-6
"""Hectares of one layer value that may differ between runs before the layer counts as changed."""
CAME, WENT = "a blocking finding came", "a blocking finding went"
"""Details of the cause `usable`."""
Tables = Mapping[str, pd.DataFrame]
Texts = NDArray[np.object_]


def compare(before: Tables, after: Tables) -> pd.DataFrame:
    """Every plot whose outcome (or final outcome) changed, with its cause.

    Causes, several where several apply: `added`, `removed`, `geometry` (for points also the declared area), `usable`
    (a blocking finding came or went), `layer` (the evidence of the same ground differs; the detail names the columns),
    `policy`, `review`, and `other` (dates of production, neighbours or software) where none of these.

    Args:
        before: PLOTS, EVIDENCE and ASSESSMENTS of the earlier run.
        after: the same of the later run.

    Returns:
        Index `plot`, ordered; `outcome_before`, `outcome_after`, `final_before`, `final_after`, `cause`, `detail`.
    """
    both = changed(before, after)
    found = causes(both, before, after)
    names = pd.DataFrame({name: np.where(mask, name, "") for name, (mask, _) in found.items()}, index=both.index)
    details = pd.DataFrame({name: np.where(mask, text, "") for name, (mask, text) in found.items()}, index=both.index)
    frame = both.rename(columns={"final_outcome_before": "final_before", "final_outcome_after": "final_after"})
    frame = frame[["outcome_before", "outcome_after", "final_before", "final_after"]]
    frame["cause"] = [" ".join(filter(None, row)) or "other" for row in names.itertuples(index=False)]
    frame["detail"] = ["; ".join(filter(None, row)) for row in details.itertuples(index=False)]
    frame.index.name = "plot"
    return frame


def changed(before: Tables, after: Tables) -> pd.DataFrame:
    """Plots whose outcome (or final outcome) changed, came or went.

    Args:
        before: ASSESSMENTS of the earlier run.
        after: the same of the later run.

    Returns:
        Index plot, ordered; `outcome`, `final_outcome`, `policy` and `review`, each `_before` and `_after`.
    """
    kept = ["outcome", "final_outcome", "policy", "review"]
    old, new = (tables["ASSESSMENTS"][kept] for tables in (before, after))
    both = old.add_suffix("_before").join(new.add_suffix("_after"), how="outer").sort_index()
    return both[
        (both["outcome_before"] != both["outcome_after"])
        | (both["final_outcome_before"] != both["final_outcome_after"])
    ]


def causes(both: pd.DataFrame, before: Tables, after: Tables) -> dict[str, tuple[Mask, Texts]]:
    """Why plots changed: per cause of `compare` the plots it holds for, and its detail for each.

    Args:
        both: from `changed`.
        before: PLOTS and EVIDENCE of the earlier run.
        after: the same of the later run.
    """
    added, removed = both["outcome_before"].isna().to_numpy(), both["outcome_after"].isna().to_numpy()
    stayed = ~added & ~removed
    nothing = np.full(len(both), "", dtype=object)
    old, new = (tables["PLOTS"].reindex(both.index) for tables in (before, after))
    moved = stayed & (_shapes(old) != _shapes(new))
    usable = [plots["usable"].eq(True).to_numpy() for plots in (old, new)]
    came_or_went = stayed & (usable[0] != usable[1])
    columns = _changed_columns(both.index, before["EVIDENCE"], after["EVIDENCE"])
    policy = [both[name].fillna("").to_numpy(dtype=object) for name in ("policy_before", "policy_after")]
    review = [both[name].fillna("none").to_numpy(dtype=object) for name in ("review_before", "review_after")]
    return {
        "added": (added, nothing),
        "removed": (removed, nothing),
        "geometry": (moved, nothing),
        "usable": (came_or_went, np.where(usable[0], CAME, WENT)),
        "layer": (stayed & ~moved & ~came_or_went & (columns != ""), columns),
        "policy": (stayed & (policy[0] != policy[1]), policy[0] + " to " + policy[1]),
        "review": (stayed & (review[0] != review[1]), review[0] + " to " + review[1]),
    }


def _shapes(plots: pd.DataFrame) -> Texts:
    """Geometry whatever its first vertex and direction, and for points the declared area that makes their disc."""
    geometry = np.array([shape or None for shape in plots["geometry"].to_numpy(dtype=object)], dtype=object)
    outline = shapely.to_wkb(shapely.normalize(geometry), hex=True)
    declared = plots["declared_area_ha"].where(plots["geometry_kind"] == "point").astype(str)
    return np.array([f"{shape} {area}" for shape, area in zip(outline, declared, strict=True)], dtype=object)


def _changed_columns(plots: pd.Index, before: pd.DataFrame, after: pd.DataFrame) -> Texts:
    """Layer columns that show other hectares of some value, per plot; a column only one run has differs everywhere."""
    sides = [table[table.index.isin(plots)] for table in (before, after)]
    differing: dict[str, list[str]] = {}
    for column in sorted({name for side in sides for name in side.columns if "." in name}):
        if not all(column in side.columns for side in sides):
            touched = plots
        else:
            old, new = (side.groupby([side.index, side["footprint"], side[column]])["area_ha"].sum() for side in sides)
            gap = old.sub(new, fill_value=0.0).abs() > SAME_HA
            touched = gap.index[gap.to_numpy()].get_level_values(0).unique()
        for plot in touched:
            differing.setdefault(plot, []).append(column)
    return np.array([" ".join(differing.get(plot, [])) for plot in plots], dtype=object)
