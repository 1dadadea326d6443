"""ANIMALS once more from STAYS: what the chain of establishments makes of every group of cattle."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from eudr_check.package.verify.contents import Contents
from eudr_check.package.verify.deliveries import same
from eudr_check.package.verify.difference import Difference, some
from eudr_check.package.verify.outcomes import Animals
from eudr_check.text import sentence

STAYS, ANIMALS = "tables/STAYS.parquet", "tables/ANIMALS.parquet"


def check(contents: Contents, stage: Animals | None) -> Iterator[Difference]:
    """Every column; without a stage that makes them only that both tables are there."""
    if contents.animals is None and contents.stays is None:
        return
    if contents.animals is None or contents.stays is None:
        name, other = (STAYS, "ANIMALS") if contents.stays is None else (ANIMALS, "STAYS")
        yield Difference(name, "missing", sentence("differences", "package_has", other=other))
        return
    if stage is not None:
        fresh = stage(contents.stays, contents.assessments, contents.plots, contents.harvest)
        yield from some(_unlike(contents.animals, fresh))


def _unlike(stored: pd.DataFrame, fresh: pd.DataFrame) -> Iterator[Difference]:
    if sorted(stored["group"]) != sorted(fresh["group"]):
        yield Difference(ANIMALS, "groups", sentence("differences", "other_groups"))
        return
    days = ["born", "slaughtered"]
    stored, fresh = (one.assign(**one[days].fillna("")).set_index("group") for one in (stored, fresh))
    for column in fresh.columns:
        for group, now in fresh[column].items():
            was = stored.at[group, column]
            if not same(was, now):
                said = {"row": str(group), "column": column, "was": _short(was), "now": _short(now)}
                yield Difference(ANIMALS, "animals", sentence("differences", "stays_give", **said))


def _short(value: object) -> str:
    text = ", ".join(map(str, value)) if isinstance(value, (list, np.ndarray)) else str(value)
    return f"{text[:80]!r}"
