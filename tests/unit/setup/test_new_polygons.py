"""A definition begun from a vector file says what the file tells, and nothing that only people can know."""

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely
import yaml

from eudr_check.choices import LANGUAGES
from eudr_check.errors import LayersError
from eudr_check.layers.catalog import local
from eudr_check.layers.definition import BLANK, read
from eudr_check.setup.new_polygons import new_polygons
from tests.unit.setup.test_new_definition import FILLED

BOXES = [shapely.box(0.01, 0.01, 0.03, 0.05), shapely.box(0.03, 0.01, 0.05, 0.05)]


def land(folder: Path) -> Path:
    """Classes as text and as numbers, a date, and columns that are no classes."""
    table = {
        "Clase": ["Bosque: húmedo", "Pasto"],
        "codigo": [3, 12],
        "fecha": pd.to_datetime(["2021-05-01", None]),
        "share": [0.5, 0.25],
    }
    path = folder / "Mapa 2020.gpkg"
    gpd.GeoDataFrame(table, geometry=BOXES, crs="EPSG:4326").to_file(path, layer="mapa")
    return path


@pytest.mark.parametrize("language", LANGUAGES)
def test_columns_of_classes_become_assets(tmp_path: Path, language: str) -> None:
    """Names, numbers and years with their hectares; what is no class is left out."""
    text = new_polygons(land(tmp_path), None, "map.yaml", language)
    content = yaml.safe_load(text)

    assert content["crs"] == "EPSG:4326" and content["polygons"] == {}
    assert content["assets"] == {
        "clase": {"field": "Clase", "legend": "1..2", "classes": {1: "Bosque: húmedo", 2: "Pasto"}},
        "codigo": {"field": "codigo", "legend": "3, 12", "classes": {3: BLANK, 12: BLANK}},
        "fecha": {"field": "fecha", "legend": "2021", "dtype": "int16", "classes": {2021: "2021"}},
    }
    assert f'1: "Bosque: húmedo"  # {"984.73" if language == "en" else "984,73"} ha' in text
    assert ("Ground in no polygon" in text) == (language == "en")


def test_filled_in_it_is_a_definition(tmp_path: Path) -> None:
    """With the blanks filled it registers the file it came from; before that it is refused."""
    path, target = land(tmp_path), tmp_path / "map.yaml"
    target.write_text(new_polygons(path, "mapa", target.name, "en"), encoding="utf-8")
    with pytest.raises(LayersError, match=BLANK):
        read(target)
    content = yaml.safe_load(target.read_text(encoding="utf-8")) | FILLED | {"resolution": "1:100 000"}
    content["assets"] = {"clase": content["assets"]["clase"]}
    (variable,) = content["variables"].values()
    variable |= {"role": "forest_2020", "sensor": "landsat", "when": {"clase": 1}}
    variable |= {"covers_from": "2020-12-31", "covers_through": "2020-12-31"}
    content["variables"] = {"forest": variable}
    target.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    (item,) = local.add(tmp_path / "catalogue", [path], read(target))

    assert item.assets["clase"].extra_fields["eudr_check:hectares"] == {
        "1": pytest.approx(984.7256),
        "2": pytest.approx(984.7256),
    }


def test_a_file_of_several_layers_needs_a_name(tmp_path: Path) -> None:
    """Which of them is the map is not guessed."""
    path = land(tmp_path)
    gpd.GeoDataFrame(geometry=BOXES, crs="EPSG:4326").to_file(path, layer="limite")

    with pytest.raises(LayersError, match="has several layers"):
        new_polygons(path, None, "map.yaml", "en")
    with pytest.raises(LayersError, match="no column with at most 64"):
        new_polygons(path, "limite", "map.yaml", "en")
    with pytest.raises(LayersError, match="has no layer 'x'"):
        new_polygons(path, "x", "map.yaml", "en")
