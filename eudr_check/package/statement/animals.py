"""Groups of cattle that a statement speaks of, with what is wrong with the chain of each."""

from collections.abc import Collection, Hashable, Mapping
from typing import Any

import pandas as pd

from eudr_check.package import chains
from eudr_check.text.clean import clean


def of_part(
    animals: pd.DataFrame | None, deliveries: pd.DataFrame | None, lots: Collection[str]
) -> list[dict[str, object]] | None:
    """The groups in some lots; all of the harvest where there are no lots.

    Args:
        animals: ANIMALS; None where the harvest names none.
        deliveries: DELIVERIES, or None.
        lots: of the statement.

    Returns:
        `group`, `outcome`, `born`, `slaughtered`, `stays`, `why` (list of `code`, `what`) for each group, by its name;
        a group that deliveries name and ANIMALS lacks is undetermined, by `group_unknown`. None without animals.
    """
    if animals is None:
        return None
    known = {str(row["group"]): row for row in animals.to_dict("records")}
    named = sorted(known)
    if lots and deliveries is not None:
        inside = deliveries[deliveries["lot"].isin(list(lots)) & ~deliveries["removed"]]
        named = sorted({str(group) for group in inside["group"].dropna()})
    return [_of(known[group]) if group in known else _stranger(group) for group in named]


def _of(row: Mapping[Hashable, Any]) -> dict[str, object]:
    why = [*chains.faults(str(row["reasons"])), *chains.faults(str(row["warnings"]))]
    return {
        "group": clean(str(row["group"])),
        "outcome": str(row["outcome"]),
        **{name: None if pd.isna(row[name]) else str(row[name]) for name in ("born", "slaughtered")},
        "stays": int(row["stays"]),
        "why": [{"code": one.code, "what": clean(one.what)} for one in why],
    }


def _stranger(group: str) -> dict[str, object]:
    nothing = {"born": None, "slaughtered": None, "stays": 0}
    why = [{"code": "group_unknown", "what": ""}]
    return {"group": clean(group), "outcome": "undetermined", **nothing, "why": why}
