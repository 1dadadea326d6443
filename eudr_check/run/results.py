"""The tables a finished run has left, for the commands that only look."""

import json
from pathlib import Path

import pandas as pd

from eudr_check import object_store, parquet
from eudr_check.config import Harvest
from eudr_check.errors import RunError
from eudr_check.layers import Supply, restore
from eudr_check.run.folder import RunFolder
from eudr_check.text import sentence

ADDRESSES = "addresses"
"""Document beside SOURCES: where assets were read whose href is no address."""
GEOGRAPHIC = {"PLOTS", "PATCHES"}
NEEDED = ("PLOTS", "EVIDENCE", "SOURCES", "ASSESSMENTS", "REASONS")


def tables(run: Path) -> dict[str, pd.DataFrame]:
    """PLOTS, EVIDENCE, SOURCES, ASSESSMENTS and REASONS of a run folder, and ANIMALS where the harvest names some.

    Raises:
        RunError: the run has not come as far as outcomes.
    """
    folder = RunFolder(run).pull("tables")
    if not all((folder / f"{name}.parquet").is_file() for name in NEEDED):
        raise RunError(sentence("start", "not_run", run=object_store.name(run)))
    there = [name for name in (*NEEDED, "ANIMALS") if (folder / f"{name}.parquet").is_file()]
    return {name: _read(folder / f"{name}.parquet") for name in there}


def supply_of(harvest: Harvest, sources: pd.DataFrame) -> Supply:
    """What a finished run read its layers from, for a look at them again."""
    assert harvest.run.folder is not None
    folder = RunFolder(harvest.run.folder)
    path = folder.tables / f"{ADDRESSES}.json"
    addresses = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return Supply(folder.store, restore.origins(sources, harvest.layers, harvest.catalogues, addresses))


def gaps(harvest: Harvest) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What of its layers a finished run could not read, and which rasters it read were replaced since.

    Returns:
        Reasons, and addresses as in SOURCES; both empty where no run has come so far.
    """
    assert harvest.run.folder is not None
    path = RunFolder(harvest.run.folder).pull("tables") / "SOURCES.parquet"
    if not path.is_file():
        return (), ()
    sources = pd.read_parquet(path)
    failed = sources.loc[sources["status"] == "failed", "reason"].dropna()
    return tuple(sorted(set(map(str, failed)))), supply_of(harvest, sources).replaced(sources)


def _read(path: Path) -> pd.DataFrame:
    return parquet.features(path) if path.stem in GEOGRAPHIC else parquet.frame(path)
