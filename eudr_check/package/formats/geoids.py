"""`geoids.csv`: the AgStack GeoID v2 of every plot, by which other programs name the same land."""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from eudr_check.geoid import REGIME, geoid
from eudr_check.package.csv_files import csv_bytes
from eudr_check.package.formats.given import Given


def files(given: Given, folder: Path) -> Iterator[tuple[str, bytes]]:
    """The table: plot, cooperative, plot_id, geoid, regime; no geoid where the outline holds no ground."""
    plots = given.plots
    table = pd.DataFrame(
        {
            "plot": plots.index.to_numpy(dtype=object),
            "cooperative": plots["cooperative"].to_numpy(dtype=object),
            "plot_id": plots["plot_id"].to_numpy(dtype=object),
            "geoid": [geoid(shape) for shape in plots.geometry],
            "regime": REGIME,
        }
    )
    yield "geoids.csv", csv_bytes(table)
