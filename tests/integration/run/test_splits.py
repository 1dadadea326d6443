"""Plots of several uses, from pixels to a package: hectares of EVIDENCE, a proposal, and nothing applied."""

from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from eudr_check import config, parquet
from eudr_check.geodesy import plot_area_ha
from eudr_check.overlay.parts import GRID_DEG
from eudr_check.package.verify import verify
from eudr_check.run import recompute
from eudr_check.run.harvest import Finished, run
from tests.helpers import tiny_harvest
from tests.helpers.finished_tiny import begun_tiny, finished_tiny
from tests.helpers.tampering import edited, rehashed


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """The tiny harvest; nobody may change its folder."""
    return finished_tiny(tmp_path_factory)


def table(package: Path | None, name: str) -> pd.DataFrame:
    """A table of a package."""
    assert package is not None
    return parquet.frame(package / "tables" / f"{name}.parquet")


def splits_of(package: Path | None) -> gpd.GeoDataFrame:
    """SPLITS of a package."""
    assert package is not None
    return parquet.features(package / "tables" / "SPLITS.parquet")


def cells(left: float, top: float, right: float, bottom: float) -> shapely.Polygon:
    """A box of the drawing of the tiny harvest."""
    west, north = tiny_harvest.SEAM + left * tiny_harvest.CELL, tiny_harvest.NORTH - top * tiny_harvest.CELL
    east, south = tiny_harvest.SEAM + right * tiny_harvest.CELL, tiny_harvest.NORTH - bottom * tiny_harvest.CELL
    return shapely.box(west, south, east, north)


def test_parts_of_a_plot_over_a_seam_are_its_cells(finished: Finished) -> None:
    """Two tiles, three grids: the parts divide the outline, and hold the hectares of EVIDENCE to a square decimetre."""
    parts = splits_of(finished.package)
    uses, judged = table(finished.package, "USES"), table(finished.package, "ASSESSMENTS")

    assert sorted(set(parts.index)) == ["norte/high-one", "norte/high-seam", "norte/info-wood"]
    for plot in sorted(set(parts.index)):
        mine, outline = parts.loc[[plot]], finished.plots.geometry[plot]
        assert mine["area_ha"].sum() == pytest.approx(finished.plots["area_ha"][plot], rel=1e-6)
        assert mine.geometry.union_all().symmetric_difference(outline).area <= GRID_DEG * outline.length
        assert np.allclose(plot_area_ha(mine.geometry.to_numpy()), mine["area_ha"], rtol=0, atol=1e-8)
        for name in uses.columns:
            assert mine[name].sum() == pytest.approx(uses.at[plot, name], abs=1e-7)
        assert uses.at[plot, "cleared_ha"] == pytest.approx(judged.at[plot, "deforestation_ha"], abs=1e-12)
    seam = parts.loc[["norte/high-seam"]].set_index("part").geometry
    assert seam["cleared"].buffer(1e-9).contains(cells(-2, 11, 2, 13))
    assert seam["other"].intersection(cells(-2, 11, 2, 15)).area < 1e-12


def test_uses_of_a_plot_add_up_to_it(finished: Finished) -> None:
    """Every plot with evidence, unread ones and points too; what a hole in the maps hides is unknown whole."""
    uses = table(finished.package, "USES")
    polygons = finished.plots[finished.plots["usable"] & (finished.plots["geometry_kind"] == "polygon")]

    assert set(uses.index) == set(finished.plots.index[finished.plots["usable"]])
    assert np.allclose(uses.loc[polygons.index].sum(axis=1), polygons["area_ha"], rtol=1e-7)
    assert uses.at["norte/hole", "unknown_ha"] == pytest.approx(polygons["area_ha"]["norte/hole"])
    assert uses.loc["sur/low-point"].sum() == pytest.approx(1.5)


def moved_to_better_ground(folder: Path) -> None:
    """A hectare of cleared ground as if it were other ground, with the part's own hectares made to fit."""
    path = folder / "tables" / "SPLITS.parquet"
    parts = parquet.features(path)
    part = parts["part"].where(parts["part"] != "cleared", "other")
    parquet.write(path, "SPLITS", parts.assign(part=part))


def shrunk(folder: Path) -> None:
    """A part that leaves a gap."""
    path = folder / "tables" / "SPLITS.parquet"
    parts = parquet.features(path)
    shapes = [shape.buffer(-1e-5) if number == 0 else shape for number, shape in enumerate(parts.geometry)]
    parquet.write(path, "SPLITS", parts.set_geometry(gpd.GeoSeries(shapes, index=parts.index, crs=parts.crs)))


def less_cleared(folder: Path) -> None:
    """USES in which nothing was cleared."""
    path = folder / "tables" / "USES.parquet"
    uses = parquet.frame(path)
    parquet.write(path, "USES", uses.assign(cleared_ha=0.0, other_ha=uses["other_ha"] + uses["cleared_ha"]))


@pytest.mark.parametrize(
    ("change", "file"),
    [
        (moved_to_better_ground, "tables/SPLITS.parquet"),
        (shrunk, "tables/SPLITS.parquet"),
        (less_cleared, "tables/USES.parquet"),
        (edited("splits.geojson", '"status": "proposal"', '"status": "applied"'), "splits.geojson"),
        (lambda folder: (folder / "splits.geojson").unlink(), "splits.geojson"),
        (lambda folder: (folder / "tables" / "SPLITS.parquet").unlink(), "tables/SPLITS.parquet"),
        (lambda folder: (folder / "tables" / "USES.parquet").unlink(), "tables/USES.parquet"),
    ],
)
def test_split_that_was_edited_is_found(
    finished: Finished, tmp_path: Path, change: Callable[[Path], object], file: str
) -> None:
    """Whatever would make a plot look better than it is, or a proposal look like more than one."""
    assert finished.package is not None
    found = verify(
        rehashed(finished.package, tmp_path / "p", lambda folder: change(folder) and None), stages=recompute.STAGES
    )

    assert file in {one.file for one in found}


def test_edition_without_names_has_codes_in_its_splits(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The same parts under codes; neither key nor text names a plot. The package verifies."""
    finished = run(config.load(begun_tiny(tmp_path_factory, tmp_path / "tiny").config), offline=True, redacted=True)
    assert finished.package is not None
    edition = finished.package.with_name("package-redacted")
    named, coded = splits_of(finished.package), splits_of(edition)

    assert sorted(coded["area_ha"].round(6)) == sorted(named["area_ha"].round(6))
    assert not set(coded.index) & set(named.index)
    (geopackage,) = edition.glob("*.gpkg")
    assert set(gpd.read_file(geopackage, layer="splits")["plot"]) == set(coded.index)
    text = (edition / "splits.geojson").read_text(encoding="utf-8")
    assert not [plot for plot in named.index if plot.partition("/")[2] in text]
    assert verify(edition, stages=recompute.STAGES) == []
    assert verify(finished.package, stages=recompute.STAGES) == []


def test_policy_that_sorts_no_ground_has_no_uses(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Whisp's trees know indicators, no pieces of ground: nothing is said rather than something else."""
    settings = config.load(begun_tiny(tmp_path_factory, tmp_path / "tiny").config)
    finished = run(settings.model_copy(update={"policy": "whisp_pcrop@2026-10"}), offline=True)
    assert finished.package is not None

    assert not (finished.package / "tables" / "USES.parquet").exists()
    assert not (finished.package / "splits.geojson").exists()
    assert verify(finished.package, stages=recompute.STAGES) == []
