"""Looks of one plot as a run hands them to its package: chips of eight cells, a scene per date, tables."""

import base64
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from affine import Affine

from eudr_check.choices import LANGUAGES
from eudr_check.imagery.picture import webp

DATES = ("2020-08-14", "2026-08-24")
LINE = {"points": [["2020-08-14", 0.84, 0.5, "S2A_a"], ["2026-08-24", 0.2, None, "S2A_b"]], "losses": [2023]}
CELLS = 8
WEST, NORTH = 383_000.0, 9_332_500.0
"""Upper left corner in tile 18MUU, on plot `sur/A 3`."""


def looks(plot: str = "sur/A 3") -> dict[str, Any]:
    """What `looks.json` says: one look before the cut-off, one of now, and one between that nothing clear was seen."""
    none = {"status": "no_clear_look", "said": _said("between", "nothing clear")}
    return {plot: [_look(DATES[0], 60), none, {**_look(DATES[1], 160), "line": LINE}]}


def under_radar(plot: str = "sur/A 3") -> dict[str, Any]:
    """The same where nothing is clear now, with two radar medians."""
    chip = base64.b64encode(webp(np.full((CELLS, CELLS, 3), 90, np.uint8))).decode()
    median: dict[str, Any] = {"status": "radar_median", "width": CELLS, "height": CELLS, "chips": {"radar": chip}}
    median["cell_m"] = 10.0
    median["rings"] = {"plot": [[[2.0, 2.0], [6.0, 2.0], [6.0, 6.0], [2.0, 2.0]]], "forest": [], "loss": []}
    radar = [median | {"said": _said(name, "no dated image")} for name in ("radar before", "radar now")]
    none = {"status": "no_clear_look", "said": _said("now", "nothing clear"), "radar": radar}
    return {plot: [_look(DATES[0], 60), none]}


def folder(root: Path) -> Path:
    """The artifact of the looks, as far as a package takes it in."""
    (root / "rasters").mkdir(parents=True)
    (root / "looks.csv").write_text("plot,look\nsur/A 3,latest\n", encoding="utf-8")
    (root / "radar.csv").write_text("plot,window,picture\nsur/A 3,latest,pictures/sur_A_3.png\n", encoding="utf-8")
    (root / "vegetation_series.csv").write_text("plot,month\nsur/A 3,2026-08\n", encoding="utf-8")
    (root / "sources.csv").write_text("tile,layer\n18MUU,sentinel-2-l2a\n", encoding="utf-8")
    for date in DATES:
        for kind in ("true_colour", "near_infrared"):
            with rasterio.open(
                root / "rasters" / f"{date}_18MUU_{kind}.tif", "w", driver="GTiff", width=CELLS, height=CELLS, count=4,
                dtype="uint8", crs="EPSG:32718", transform=Affine(10, 0, WEST, 0, -10, NORTH),
            ) as dataset:  # fmt: skip
                dataset.write(np.full((4, CELLS, CELLS), 255, np.uint8))
    return root


def _look(date: str, grey: int) -> dict[str, Any]:
    chip = base64.b64encode(webp(np.full((CELLS, CELLS, 3), grey, np.uint8))).decode()
    ring = [[2.0, 2.0], [6.0, 2.0], [6.0, 6.0], [2.0, 2.0]]
    return {
        "status": "clear", "said": _said(f"look of {date}", f"taken on {date}"), "date": date, "file": "a.png",
        "width": CELLS, "height": CELLS, "cell_m": 10.0, "chips": {"true": chip, "nir": chip},
        "rings": {"plot": [ring], "forest": [], "loss": []},
    }  # fmt: skip


def _said(name: str, line: str) -> dict[str, Any]:
    return {language: {"name": name, "lines": [line]} for language in LANGUAGES}
