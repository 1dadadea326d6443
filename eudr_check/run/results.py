"""The tables a finished run has left, for the commands that only look."""

from pathlib import Path

import geopandas as gpd
import pandas as pd

from eudr_check.errors import RunError

GEOGRAPHIC = {"PLOTS", "PATCHES"}
NEEDED = ("PLOTS", "EVIDENCE", "SOURCES", "ASSESSMENTS", "REASONS")


def tables(run: Path) -> dict[str, pd.DataFrame]:
    """PLOTS, EVIDENCE, SOURCES, ASSESSMENTS and REASONS of a run folder.

    Raises:
        RunError: the run has not come as far as outcomes.
    """
    absent = [name for name in NEEDED if not (run / "tables" / f"{name}.parquet").is_file()]
    if absent:
        raise RunError(f"{run}: no {', '.join(absent)} yet; run the harvest first (eudr-check run CONFIG)")
    return {name: _read(run / "tables" / f"{name}.parquet") for name in NEEDED}


def _read(path: Path) -> pd.DataFrame:
    return gpd.read_parquet(path) if path.stem in GEOGRAPHIC else pd.read_parquet(path)
