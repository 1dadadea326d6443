"""Stays of groups of cattle on establishments, as the GIS delivery shows them beside each establishment."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from eudr_check import parquet
from eudr_check.package import chains

STAYS = "stays"
COLUMNS = ("plot", "group", "role", "since", "until", "chain_outcome", "why")


def files(folder: Path) -> tuple[Path, Path] | None:
    """STAYS and ANIMALS of a package; None where its harvest names no animals."""
    paths = folder / "tables" / "STAYS.parquet", folder / "tables" / "ANIMALS.parquet"
    return paths if all(path.is_file() for path in paths) else None


def table(paths: Sequence[Path], language: str) -> pd.DataFrame:
    """A row per group and establishment: role, days, outcome of the whole chain, and in words what is wrong with it.

    Args:
        paths: from `files`. language: of the sentences.
    """
    stays, animals = (parquet.frame(path) for path in paths)
    why = {
        group: "\n".join(chains.worded(one, language) for text in (reasons, warnings) for one in chains.faults(text))
        for group, reasons, warnings in zip(animals["group"], animals["reasons"], animals["warnings"], strict=True)
    }
    outcome = dict(zip(animals["group"], animals["outcome"], strict=True))
    found = stays.assign(chain_outcome=stays["group"].map(outcome), why=stays["group"].map(why))
    return found[list(COLUMNS)].reset_index(drop=True)
