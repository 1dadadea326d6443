"""What the ground of a plot is: forest, cleared, disputed, crop, other or unknown, in hectares that add up.

Rows of EVIDENCE and cells of a cube are sorted by one function, with the rules' own notion of forest and event, so that
hectares and outlines cannot differ. Each piece of ground is one thing, the first that holds:

| | is |
|---|---|
| `unknown` | the baseline is unread there; or no event layer whose "no" counts was read, and no other saw an event |
| `cleared` | forest of 2020 with an event after the cut-off (`deforestation_ha`) |
| `disputed` | an event where one map of 2020 has forest, and another a tree crop or no forest |
| `forest` | forest of 2020 on which no layer that was read saw an event |
| `crop` | no forest of 2020, or a tree crop then, and a map shows a crop, farmland or plantation |
| `other` | no forest of 2020; no map tells what it is used for |
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from eudr_check import tables
from eudr_check.law.regulation import FOREST_HA
from eudr_check.risk.convergence.evidence_arrays import completed, grounds, joined
from eudr_check.risk.convergence.roles import Roles, roles
from eudr_check.risk.convergence.row_flags import best_filling, unknown_rows
from eudr_check.risk.policy import Convergence
from eudr_check.use_tables import GROUND_USES
from eudr_check.variables import YES, Variable

USED = frozenset({"commodity", "agriculture_now", "plantation_now"})
"""Roles of maps that show a crop, of whatever year."""
SPLIT_OUTCOMES = ("high", "more_info_needed")
"""A plot that is settled gains nothing from a split; where ground is undetermined, what is unread comes first."""


def ground(
    values: Mapping[str, NDArray[np.int16]], variables: Sequence[Variable], policy: Convergence
) -> NDArray[np.int16]:
    """What each row of EVIDENCE, or cell of a cube, is.

    Args:
        values: int16 (n,) by column; every column the policy reads, and those of maps that show crops.
        variables: their meaning.
        policy: what counts.

    Returns:
        int16 (n,) place in `GROUND_USES`, from 1.
    """
    parts = roles(variables, policy)
    used = [values[one.column] == YES for one in _crops(variables, parts)]
    if not parts.sufficient:
        count = len(next(iter(values.values()), ()))
        return np.full(count, 1 + GROUND_USES.index("unknown"), dtype=np.int16)
    cells, unread = best_filling(values, parts, policy), unknown_rows(values, parts, policy)
    crop = np.logical_or.reduce([cells.tree_crop, *used])
    first = {
        "unknown": unread.baseline | (unread.events & ~cells.event),
        "cleared": cells.forest & cells.event,
        "disputed": (cells.tree_crop & cells.event) | cells.disputed,
        "forest": cells.forest,
        "crop": crop,
    }
    number = [1 + GROUND_USES.index(name) for name in first]
    return np.select(list(first.values()), number, default=1 + GROUND_USES.index("other")).astype(np.int16)


def columns(variables: Sequence[Variable], policy: Convergence) -> tuple[str, ...]:
    """Columns of EVIDENCE that `ground` reads."""
    parts = roles(variables, policy)
    return tuple(dict.fromkeys((*parts.columns, *(one.column for one in _crops(variables, parts)))))


def uses(
    plots: pd.DataFrame, evidence: pd.DataFrame, variables: Sequence[Variable], policy: Convergence
) -> pd.DataFrame:
    """Hectares of every plot by what its ground is; of a point, of the disc it stands for.

    Args:
        plots: PLOTS.
        evidence: EVIDENCE, rows in any order.
        variables: meaning of its columns.
        policy: what counts.

    Returns:
        USES in the order of `plots`; plots without evidence have no row.

    Raises:
        PolicyError: the evidence lacks a column of `variables`, or speaks of an unknown plot.
    """
    by_footprint = grounds(plots, evidence, columns(variables, policy), ("polygon", "disc"))
    polygons = completed(by_footprint["polygon"], plots["area_ha"].to_numpy(dtype=np.float64))
    main = joined(polygons, by_footprint["disc"])
    key = main.plot_index * len(GROUND_USES) + ground(main.values, variables, policy) - 1
    shape = main.count, len(GROUND_USES)
    hectares = np.bincount(key, weights=main.areas["area_ha"], minlength=main.count * len(GROUND_USES)).reshape(shape)
    named = {f"{name}_ha": hectares[:, place] for place, name in enumerate(GROUND_USES)}
    found = tables.typed(tables.USES, {"plot": plots.index, **named})
    return found[main.present("area_ha")]


def mixed(plots: pd.DataFrame, uses: pd.DataFrame, assessments: pd.DataFrame) -> pd.Index:
    """Plots of which a split may be proposed.

    A polygon that is high or needs more information, and holds at least two kinds of known ground of more than 0.5 ha
    each: less can be no forest by the law, is six cells of 30 m, and is within what a GPS moves along a boundary.

    Args:
        plots: PLOTS. uses: USES. assessments: ASSESSMENTS.

    Returns:
        Their keys, in the order of USES.
    """
    of_part = {part: uses[[f"{name}_ha" for name in names]].sum(axis=1) for part, names in PART_HOLDS.items()}
    kinds = sum((hectares > FOREST_HA).astype(int) for part, hectares in of_part.items() if part != "unknown")
    polygon = (plots["usable"] & (plots["geometry_kind"] == "polygon")).reindex(uses.index, fill_value=False)
    unsettled = assessments["final_outcome"].isin(SPLIT_OUTCOMES).reindex(uses.index, fill_value=False)
    return uses.index[(kinds >= 2) & polygon & unsettled]


PART_HOLDS = {name: ("crop", "other") if name == "other" else (name,) for name in GROUND_USES if name != "crop"}
"""Kinds of ground by the part of a split they make: crop and other ground are one."""


def _crops(variables: Sequence[Variable], parts: Roles) -> list[Variable]:
    """Maps that show a crop: those of 2020 that the policy counts, and those of what the land is used for."""
    return [one for one in variables if one.kind == "state" and (one.role in USED or one in parts.tree_crops)]
