"""Groups of cattle as the report lists them: outcome of the chain, and what is wrong with which link."""

from collections.abc import Sequence

import pandas as pd

from eudr_check.package import chains
from eudr_check.records import Json
from eudr_check.text.clean import clean


def document(animals: pd.DataFrame | None) -> Sequence[Json]:
    """One entry per group, the gravest first: `group`, `outcome`, `stays`, `born`, `slaughtered`, `why` (code, what).

    Args:
        animals: ANIMALS; None where the harvest names none.
    """
    if animals is None:
        return []
    order = ["high", "undetermined", "more_info_needed", "low"]
    columns = ["group", "outcome", "stays", "born", "slaughtered", "reasons", "warnings"]
    rows = animals[columns].astype(object).where(animals[columns].notna(), None).to_dict("records")
    found = [
        {name: row[name] for name in ("outcome", "stays", "born", "slaughtered")}
        | {"group": clean(row["group"]), "why": _why(row["reasons"], row["warnings"])}
        for row in rows
    ]
    return sorted(found, key=lambda one: (order.index(one["outcome"]), one["group"]))


def _why(*reasons: str) -> list[dict[str, str]]:
    return [{"code": one.code, "what": clean(one.what)} for text in reasons for one in chains.faults(text)]
