"""Which ground a tile needs: its plots, their boxes, and a digest of both."""

import json
import subprocess
import sys

import geopandas as gpd
import numpy as np
import pyarrow.parquet as pq
import pytest
import shapely

from eudr_check import overlay
from eudr_check.geodesy import metres_per_degree
from eudr_check.run import tile_index
from eudr_check.tiles import Tile

READ = """
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from eudr_check.run import tile_index
path = Path(sys.argv[1])
def plot(number):
    table = tile_index.plots_of(path, number % 20)[0]
    assert len(table) == len(tile_index.boxes_of(path, number % 20)) == 1
    return table.index[0]
with ThreadPoolExecutor(8) as threads:
    print(*threads.map(plot, range(2000)))
"""
"""A process of its own: where threads wait for each other for ever, only it can be ended."""


def plots(geometry, *, usable=True, declared=np.nan):
    """PLOTS as far as the ground needs them."""
    kind = ["point" if shape.geom_type == "Point" else "polygon" for shape in geometry]
    frame = {"geometry_kind": kind, "declared_area_ha": declared, "usable": usable}
    names = [f"c/{number}" for number in range(len(geometry))]
    return gpd.GeoDataFrame(frame, geometry=geometry, index=gpd.pd.Index(names, name="plot"), crs="EPSG:4326")


def made(folder, table, gps_error_m=5.0):
    """Ground of these plots: tile name to plots, boxes and digest."""
    folder.mkdir(exist_ok=True)
    table.to_parquet(folder / "PLOTS.parquet")
    tile_index.write(folder, folder / "PLOTS.parquet", gps_error_m)
    entries = json.loads((folder / "tiles.json").read_text())
    parts = [tile_index.plots_of(folder / "GROUND.parquet", entry["row_group"]) for entry in entries]
    tile_index._open.cache_clear()
    return {entry["tile"]: (*part, entry["digest"]) for entry, part in zip(entries, parts, strict=True)}


def test_a_plot_is_in_every_tile_it_reaches_into_and_unusable_ones_in_none(tmp_path):
    """Boxes are clipped to their tile; bytes of the geometry stay as they are in PLOTS."""
    shapes = [shapely.box(-76.101, -6.05, -76.099, -6.04), shapely.box(-76.06, -6.05, -76.05, -6.04)]
    found = made(tmp_path, plots([*shapes, shapes[0]], usable=[True, True, False]))
    west, east = found["S06.1W076.2"], found["S06.1W076.1"]

    assert list(west[0].index) == ["c/0"]
    assert list(east[0].index) == ["c/0", "c/1"]
    assert west[1][0, 2] == Tile.from_name("S06.1W076.2").bounds[2]
    assert shapely.to_wkb(east[0].geometry.iloc[0]) == shapely.to_wkb(shapes[0])


@pytest.mark.parametrize("declared", [np.nan, 0.5, 9.0])
def test_boxes_hold_every_footprint_and_the_patches_near_it(tmp_path, declared):
    """Polygons and the discs of points, grown by 100 m and the GPS error."""
    table = plots([shapely.box(-76.07, -6.07, -76.06, -6.06), shapely.Point(-76.05, -6.05)], declared=declared)
    ((_, boxes, _),) = made(tmp_path, table).values()
    bounds = overlay.footprints(table, 5.0).geometry.bounds.groupby(level=0)
    low, high = bounds.min().to_numpy()[:, :2], bounds.max().to_numpy()[:, 2:]
    grown = 105.0 / np.array(metres_per_degree(-6.07))

    assert (boxes[:, :2] <= low - grown).all()
    assert (boxes[:, 2:] >= high + grown).all()
    np.testing.assert_allclose(boxes, np.column_stack([low - grown, high + grown]), atol=1e-5)


def test_the_digest_depends_on_all_that_makes_the_work_and_on_nothing_else(tmp_path):
    """Key, boundary, declared area, kind and boxes name the work of a tile."""
    one = plots([shapely.box(-76.07, -6.07, -76.06, -6.06), shapely.Point(-76.05, -6.05)], declared=2.0)
    moved = one.assign(geometry=[shapely.box(-76.07, -6.07, -76.0600001, -6.06), one.geometry.iloc[1]])
    changes = {
        "same": (one, 5.0),
        "name": (one.rename(index={"c/0": "c/9"}), 5.0),
        "boundary": (moved, 5.0),
        "declared": (one.assign(declared_area_ha=[2.1, 2.0]), 5.0),
        "kind": (one.assign(geometry_kind=["point", "point"]), 5.0),
        "boxes": (one, 6.0),
    }
    ((_, _, first),) = made(tmp_path, one).values()
    digests = {name: next(iter(made(tmp_path / name, *change).values()))[2] for name, change in changes.items()}

    assert digests.pop("same") == first
    assert len({first, *digests.values()}) == len(digests) + 1


def test_no_usable_plot_gives_no_tile(tmp_path):
    """The table is there, and empty."""
    table = plots([shapely.Point(-76.05, -6.05)], usable=False)

    assert made(tmp_path, table) == {}
    assert pq.read_metadata(tmp_path / "GROUND.parquet").num_rows == 0


def test_many_threads_read_one_table(tmp_path):
    """Splits of tiles are drawn by threads of one process: each gets its tile, and none waits for ever."""
    shapes = [shapely.box(-76.06 + at, -6.05, -76.05 + at, -6.04) for at in range(20)]
    script = tmp_path / "read.py"
    made(tmp_path / "ground", plots(shapes))
    script.write_text(READ, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(script), str(tmp_path / "ground" / "GROUND.parquet")],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip

    assert done.stderr == ""
    assert done.stdout.split() == [f"c/{number % 20}" for number in range(2000)]
