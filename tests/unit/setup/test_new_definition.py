"""`layers new` writes what a raster tells, marks the rest, and nothing with a mark is taken."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
import yaml
from affine import Affine
from typer.testing import CliRunner

from eudr_check.choices import LANGUAGES
from eudr_check.cli.commands import app
from eudr_check.errors import LayersError
from eudr_check.layers.catalog import local
from eudr_check.layers.definition import BLANK, read, shipped
from eudr_check.setup.new_definition import new_definition
from tests.helpers.rasters import write_raster

TABLE = """<PAMDataset><PAMRasterBand band="1">
<GDALRasterAttributeTable>
<FieldDefn index="0"><Name>Clase</Name><Type>2</Type><Usage>2</Usage></FieldDefn>
<FieldDefn index="1"><Name>Valor</Name><Type>0</Type><Usage>5</Usage></FieldDefn>
<Row index="0"><F>Bosque: húmedo</F><F>3</F></Row>
<Row index="1"><F>Pasto # 2</F><F>12</F></Row>
</GDALRasterAttributeTable></PAMRasterBand></PAMDataset>"""
CATEGORIES = """<PAMDataset><PAMRasterBand band="1"><CategoryNames>
<Category>none</Category><Category/><Category/><Category>Bosque: húmedo</Category>
</CategoryNames></PAMRasterBand></PAMDataset>"""
FILLED = {
    "title": "Mapa",
    "provider": "Ministerio",
    "licence": "CC-BY-4.0",
    "citation": "Mapa 2020",
    "lineage": "Landsat",
    "date": "2020-12-31",
}


def land(folder: Path, **profile: Any) -> Path:
    """A map of values 3, 12 and 15 and nodata 0, in metres."""
    values = np.array([[0, 3, 3], [12, 12, 12], [15, 3, 3]])
    profile = {"crs": "EPSG:32718", "transform": Affine(100, 0, 280000, 0, -100, 9330000), "nodata": 0} | profile
    return write_raster(folder / "Mapa Bosque-2020.tif", values, **profile)


def written(path: Path, language: str = "es") -> Any:
    """The YAML that is written, as YAML reads it."""
    return yaml.safe_load(new_definition(path, "map.yaml", language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_raster_tells_is_filled_in(tmp_path: Path, language: str) -> None:
    """CRS, resolution, legend, nodata and id come from the file; comments are in the language asked for."""
    text = new_definition(land(tmp_path), "map.yaml", language)
    content = yaml.safe_load(text)

    assert (content["id"], content["crs"], content["resolution"]) == ("mapa_bosque_2020@1", "EPSG:32718", "100 m")
    assert content["assets"]["map"] == {
        "legend": "3, 12, 15",
        "classes": {3: BLANK, 12: BLANK, 15: BLANK},
        "nodata": "0",
    }
    assert f'3: "________"  # {"4.00" if language == "en" else "4,00"} ha' in text
    assert ("Made from" in text) == (language == "en")


@pytest.mark.parametrize(
    ("sidecar", "names"), [(TABLE, ["Bosque: húmedo", "Pasto # 2"]), (CATEGORIES, ["Bosque: húmedo"])]
)
def test_names_of_classes_come_from_the_raster(tmp_path: Path, sidecar: str, names: list[str]) -> None:
    """Attribute tables and category names as GDAL and QGIS keep them; colons and hashes survive the YAML."""
    path = land(tmp_path)
    path.with_name(f"{path.name}.aux.xml").write_text(sidecar, encoding="utf-8")

    assert [name for name in written(path)["assets"]["map"]["classes"].values() if name != BLANK] == names


def test_colours_of_the_palette_are_shown(tmp_path: Path) -> None:
    """They help to tell classes that have no name."""
    path = land(tmp_path)
    with rasterio.open(path, "r+") as raster:
        raster.write_colormap(1, {3: (0, 100, 0, 255)})

    assert "# 4.00 ha  #006400" in new_definition(path, "map.yaml", "en")


def test_a_map_of_many_values_is_a_range(tmp_path: Path) -> None:
    """Percents or days are not listed one by one."""
    path = write_raster(tmp_path / "cover.tif", np.arange(101).reshape(1, 101))

    assert written(path)["assets"]["map"] == {"legend": "0..100"}


def test_the_id_is_never_that_of_a_shipped_layer(tmp_path: Path) -> None:
    """A file named like a shipped product becomes a map of one's own."""
    for product in {layer.partition("@")[0] for layer in shipped()}:
        path = write_raster(tmp_path / f"{product}.tif", [[1, 2]])
        assert written(path)["id"] == f"own_{product}@1"


def test_every_mark_has_to_be_filled_in(tmp_path: Path) -> None:
    """With a mark left the definition is refused by key; without, the raster it was made from can be registered."""
    raster, target = land(tmp_path), tmp_path / "map.yaml"
    content = written(raster)
    target.write_text(yaml.safe_dump(content), encoding="utf-8")
    with pytest.raises(LayersError, match=r"marked ________: assets\.map\.classes\.12, .*, title, variables"):
        read(target)

    days = {"covers_from": "2020-01-01", "covers_through": "2020-12-31"}
    column = content["variables"].pop(BLANK) | days | {"role": "forest_2020", "sensor": "landsat", "when": {"map": "3"}}
    content = content | FILLED | {"variables": {"forest": column}}
    content["assets"]["map"]["classes"] = {3: "Bosque", 12: "Pasto", 15: "Agua"}
    target.write_text(yaml.safe_dump(content), encoding="utf-8")
    (item,) = local.add(tmp_path / "catalogue", [raster], read(target))

    assert item.assets["map"].extra_fields[local.HECTARES] == {"0": 1.0, "3": 4.0, "12": 3.0, "15": 1.0}


@pytest.mark.parametrize(
    ("profile", "refusal"),
    [
        ({"dtype": "float32"}, "gdal_translate -ot Byte"),
        ({"crs": None}, "no CRS"),
        ({"crs": "+proj=laea +lat_0=-6 +lon_0=-76"}, "no EPSG code"),
    ],
)
def test_what_is_no_map_of_classes_is_refused(tmp_path: Path, profile: dict[str, Any], refusal: str) -> None:
    """Each refusal says what to type."""
    with pytest.raises(LayersError, match=refusal):
        new_definition(land(tmp_path, **profile), "map.yaml", "es")


def test_a_hostile_attribute_table_is_refused(tmp_path: Path) -> None:
    """Entities in the file beside a raster are not resolved."""
    path = land(tmp_path)
    bomb = '<!DOCTYPE a [<!ENTITY x "x">]><PAMDataset>&x;</PAMDataset>'
    path.with_name(f"{path.name}.aux.xml").write_text(bomb, encoding="utf-8")

    with pytest.raises(LayersError, match="cannot be read"):
        new_definition(path, "map.yaml", "es")


def test_the_command_replaces_nothing(tmp_path: Path) -> None:
    """The YAML lies beside the raster; a second call does not undo what was filled in."""
    path = land(tmp_path)
    first = CliRunner().invoke(app, ["layers", "new", str(path), "--language", "pt"])
    before = path.with_suffix(".yaml").read_bytes()
    second = CliRunner().invoke(app, ["layers", "new", str(path), "--language", "pt"])

    assert "preencha" in first.output
    assert isinstance(second.exception, LayersError)
    assert "--to" in str(second.exception)
    assert path.with_suffix(".yaml").read_bytes() == before
