"""Plot files for tests, and the law that no row of them is ever lost."""

import json
from pathlib import Path
from typing import Any

import pandas as pd

from eudr_check import plots
from eudr_check.config import PlotFile

SQUARE = [[-76.100001, -6.040003], [-76.098113, -6.040007], [-76.098229, -6.038111], [-76.100119, -6.038223]]
"""Four corners of a field of some 4.4 ha in San Martin, Peru, counter-clockwise."""


def ring(dx: float = 0.0, dy: float = 0.0, corners: Any = None) -> list[list[float]]:
    """A closed ring, moved by some degrees."""
    moved = [[round(float(x) + dx, 6), round(float(y) + dy, 6)] for x, y in (SQUARE if corners is None else corners)]
    return [*moved, moved[0]]


def feature(plot_id: Any, geometry: Any, **properties: Any) -> dict[str, Any]:
    """One GeoJSON feature."""
    return {"type": "Feature", "properties": {"plot_id": plot_id, **properties}, "geometry": geometry}


def polygon(plot_id: Any, *rings: Any, **properties: Any) -> dict[str, Any]:
    """One GeoJSON polygon; by default the square field."""
    return feature(plot_id, {"type": "Polygon", "coordinates": list(rings) or [ring()]}, **properties)


def point(plot_id: Any, x: Any = -76.100001, y: Any = -6.040003, **properties: Any) -> dict[str, Any]:
    """One GeoJSON point."""
    return feature(plot_id, {"type": "Point", "coordinates": [x, y]}, **properties)


def geojson(folder: Path, *features: Any, name: str = "plots.geojson", **settings: Any) -> PlotFile:
    """A GeoJSON file of these features."""
    path = folder / name
    path.write_text(json.dumps({"type": "FeatureCollection", "features": list(features)}), encoding="utf-8")
    return named(path, **settings)


def written(folder: Path, name: str, content: str | bytes, **settings: Any) -> PlotFile:
    """A file with this content."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return named(path, **settings)


def named(path: Path, **settings: Any) -> PlotFile:
    """Settings of a plot file; the cooperative is coop-01 unless said otherwise."""
    return PlotFile(**{"path": path, "cooperative": "coop-01", **settings})


def loaded(*files: PlotFile, commodity: str = "coffee", **more: Any) -> tuple[Any, pd.DataFrame]:
    """PLOTS and FINDINGS."""
    return plots.load(files, commodity=commodity, **more)


def codes(findings: pd.DataFrame, row: int | None = None) -> set[str]:
    """Codes found, of one row where one is named."""
    return set(findings["code"] if row is None else findings.loc[findings["source_row"] == row, "code"])


def assert_conserved(made: Any, findings: pd.DataFrame, rows: dict[str, set[int]]) -> None:
    """Every row of every file is a row of PLOTS or a blocking finding, and no row is there twice.

    Args:
        made: PLOTS.
        findings: FINDINGS.
        rows: file name: the numbers of its rows.
    """
    for name, numbers in rows.items():
        kept = made.loc[made["source_file"] == name, "source_row"].tolist()
        mine = findings[(findings["source_file"] == name) & findings["source_row"].notna()]
        blocked = set(mine.loc[mine["severity"] == "block", "source_row"].astype(int))

        assert len(kept) == len(set(kept))
        assert set(kept) | blocked == numbers
        unusable = set(made.loc[(made["source_file"] == name) & ~made["usable"], "source_row"])
        assert unusable == set(kept) & blocked
