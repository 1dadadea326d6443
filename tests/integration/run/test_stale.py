"""A plot file that changed in any of its parts is read anew: no finished work stands in for it."""

from pathlib import Path

import geopandas as gpd
import pyogrio
import pytest
import shapely
import yaml

from eudr_check import config
from eudr_check.run.harvest import run
from tests.helpers import tiny_harvest

HERE, THERE = (-76.10, -6.04), (-76.30, -6.24)


def sent(path: Path, corner: tuple[float, float] = HERE, producer: str = "Ría", crs: str = "EPSG:4326") -> None:
    """One plot as a cooperative sends it."""
    x, y = corner
    content = {"codigo": ["001"], "socio": [producer], "geometry": [shapely.box(x, y, x + 0.001, y + 0.001)]}
    frame = gpd.GeoDataFrame(content, crs="EPSG:4326").to_crs(crs)
    pyogrio.write_dataframe(frame, path, driver={".shp": "ESRI Shapefile", ".gdb": "OpenFileGDB"}[path.suffix])


def plots_of(folder: Path, name: str) -> gpd.GeoDataFrame:
    """PLOTS of a harvest of that one delivery."""
    path = folder / "one.yaml"
    columns = {"plot_id": "codigo", "producer_name": "socio"}
    delivery = {"path": name, "cooperative": "norte", "columns": columns, "producer_country": "PE"}
    path.write_text(yaml.safe_dump(tiny_harvest.settings() | {"plots": [delivery]}), encoding="utf-8")
    return gpd.read_parquet(run(config.load(path), until="plots", offline=True).folder.tables / "PLOTS.parquet")


@pytest.mark.parametrize("ending", [".dbf", ".prj", ".cpg"])
def test_a_changed_side_file_is_noticed(tmp_path: Path, ending: str):
    """Another name, zone or alphabet in the file beside the .shp gives other PLOTS."""
    sent(tmp_path / "plots.shp", crs="EPSG:32718")
    before = plots_of(tmp_path, "plots.shp")
    beside = tmp_path / f"plots{ending}"
    if ending == ".dbf":
        beside.write_bytes(beside.read_bytes().replace("Ría".encode(), "Río".encode()))
    elif ending == ".prj":
        beside.write_text(beside.read_text().replace("-75", "-69").replace("18S", "19S"))
    else:
        beside.write_text("ISO-8859-1")
    after = plots_of(tmp_path, "plots.shp")

    assert before["producer_name"].tolist() == ["Ría"]
    if ending == ".prj":
        assert after.geometry.iloc[0].bounds[0] == pytest.approx(before.geometry.iloc[0].bounds[0] + 6, abs=1e-4)
    else:
        assert after["producer_name"].tolist() == [{".dbf": "Río", ".cpg": "RÃ\xada"}[ending]]


def test_a_geodatabase_sent_again_is_noticed(tmp_path: Path):
    """The plot that was moved inside the folder is where the cooperative says it is now."""
    sent(tmp_path / "plots.gdb")
    before = plots_of(tmp_path, "plots.gdb")
    sent(tmp_path / "plots.gdb", THERE)
    after = plots_of(tmp_path, "plots.gdb")

    assert before.geometry.iloc[0].bounds[:2] == pytest.approx(HERE)
    assert after.geometry.iloc[0].bounds[:2] == pytest.approx(THERE)


def test_changed_areas_are_noticed(tmp_path: Path):
    """A protected area of which only the .dbf was sent again is judged anew."""
    sent(tmp_path / "protected.shp")
    drawn = tiny_harvest.write(tmp_path / "harvest")
    content = yaml.safe_load(drawn.config.read_text(encoding="utf-8"))
    drawn.config.write_text(yaml.safe_dump(content | {"areas": {"protected": "../protected.shp"}}), encoding="utf-8")
    artifacts = drawn.config.parent / "run" / "artifacts"
    run(config.load(drawn.config), until="assess", offline=True)
    before = set(artifacts.glob("assessment-*"))
    sent(tmp_path / "protected.shp", producer="Río")
    run(config.load(drawn.config), until="assess", offline=True)

    assert len(set(artifacts.glob("assessment-*")) - before) == 1
