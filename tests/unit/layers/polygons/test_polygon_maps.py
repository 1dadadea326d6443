"""Maps that are polygons of a vector file: what they say, and what is refused by name."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from typer.testing import CliRunner

from eudr_check import layers
from eudr_check.cli.commands import app
from eudr_check.errors import LayersError
from eudr_check.geodesy import plot_area_ha
from eudr_check.layers.polygons import files
from tests.helpers.polygon_country import CLOUD, FOREST, MAP, Country, drawn
from tests.helpers.rasters import TILE

ASSET = MAP["assets"]["clase"]
FIELD = MAP["assets"]["anio"]


def test_values_of_columns_become_variables(country: Country) -> None:
    """Texts stand for the values whose names they are; ground in no polygon has no row, and so is unknown."""
    hectares = country.add()
    zone = country.zones()

    assert hectares["clase"] == {"1": pytest.approx(984.7256), "2": pytest.approx(984.7256)}
    assert zone["bosque.forest"].tolist() == [1, -1]
    assert zone["bosque.loss_year"].tolist() == [0, 2022]
    assert zone.dtypes[["bosque.forest", "bosque.loss_year"]].tolist() == [np.int16, np.int16]
    assert not zone["rest"].any()
    np.testing.assert_allclose(plot_area_ha(zone.geometry.to_numpy()), plot_area_ha([FOREST, CLOUD]), rtol=1e-12)
    assert layers.catalogue.check(country.folder / "catalogue") == ()


def test_sources_name_the_bytes(country: Country) -> None:
    """SOURCES gives the SHA-256 of the file for each column read, and a file that changed is not taken for it."""
    country.add()
    found = country.sources()

    assert found["asset"].tolist() == ["anio", "clase"]
    assert set(found["status"]) == {"read"}
    assert set(found["sha256"]) == set(found["etag"]) == {files.digest(country.file)}
    drawn(classes=("No bosque", "Nube")).to_file(country.file)
    with pytest.raises(LayersError, match="changed while it was read"):
        country.zones(found)
    again = country.sources()
    assert set(again["status"]) == {"failed"} and "changed since" in again["reason"].iloc[0]
    assert country.zones(again).empty
    assert "changed since it was registered" in layers.catalogue.check(country.folder / "catalogue")[0]


def test_gaps_are_known_only_in_the_cover(tmp_path: Path) -> None:
    """A map of forest alone says no forest between its polygons as far as it says it speaks, and nothing beyond."""
    country = Country(tmp_path, polygons={"cover": [0, 0, 0.04, 0.1], "gaps": {"clase": 0, "anio": 0}})
    drawn().to_file(country.file)
    hectares = country.add()
    zone = country.zones()

    assert zone["rest"].tolist() == [False, False, True]
    assert zone.iloc[2][["bosque.forest", "bosque.loss_year"]].tolist() == [0, 0]
    assert zone.total_bounds[2] == 0.04
    assert hectares["clase"]["outside the cover"] == pytest.approx(984.7256 / 2, abs=1e-3)
    whole = plot_area_ha([shapely.box(0, 0, 0.04, 0.1)])[0]
    assert hectares["anio"]["in no polygon"] == pytest.approx(whole - 1.5 * 984.7256, abs=1e-3)


def test_the_cover_may_be_a_table_of_the_file(tmp_path: Path) -> None:
    """A frontier drawn beside the map ends what it says."""
    country = Country(tmp_path, polygons={"table": "bosque", "cover": "limite", "gaps": {"clase": 0}})
    drawn().to_file(country.file, layer="bosque")
    frontier = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 0.04, 0.06)], crs="EPSG:4326")
    frontier.to_file(country.file, layer="limite")
    country.add()
    zone = country.zones()

    assert zone.loc[zone["rest"], "bosque.forest"].tolist() == [0]
    assert zone.loc[zone["rest"], "bosque.loss_year"].tolist() == [-1], "of the year nobody said what gaps hold"
    assert tuple(np.round(zone.total_bounds, 12)) == (0, 0, 0.04, 0.06)


def test_metres_become_degrees_along_the_way(tmp_path: Path) -> None:
    """Sides of kilometres that are straight in UTM stay where they were drawn, corners between them or not."""
    side = shapely.box(166021.0, 10_000.0, 176_021.0, 30_000.0)
    frame = gpd.GeoDataFrame({"CLASE": ["Bosque"], "ANIO": [0]}, geometry=[side], crs="EPSG:32631")
    country = Country(tmp_path, crs="EPSG:32631")
    country.boxes = np.array([[-0.1, 0.0, 0.2, 0.4]])
    frame.to_file(country.file)
    country.add()
    fine = shapely.segmentize(side, 1.0)
    wanted = gpd.GeoSeries([fine], crs="EPSG:32631").to_crs("EPSG:4326").to_numpy()

    assert not country.definition.variables[0].sampled
    assert plot_area_ha(country.zones().geometry.to_numpy())[0] == pytest.approx(plot_area_ha(wanted)[0], rel=1e-7)
    assert shapely.hausdorff_distance(country.zones().geometry.iloc[0], wanted[0]) < 1e-9


def test_polygons_that_differ_are_counted(tmp_path: Path) -> None:
    """`catalogue add` says on how many hectares polygons of different values lie over one another."""
    country = Country(tmp_path)
    drawn(shapes=(FOREST, shapely.box(0.02, 0.01, 0.05, 0.05))).to_file(country.file)

    assert country.add()["clase"]["overlapping"] == pytest.approx(984.7256 / 2, abs=1e-3)


@pytest.mark.parametrize(
    ("frame", "says"),
    [
        (drawn(classes=("Bosque", "Pasto")), r"column CLASE.*feature 2: Pasto"),
        (drawn(years=(0, 1999)), r"column ANIO.*feature 2: 1999"),
        (drawn(years=(0, 2021.5)), r"column ANIO.*feature 2: 2021.5"),
        (drawn(crs="EPSG:32631"), r"EPSG:32631.*EPSG:4326"),
        (drawn().drop(columns="ANIO"), "has no column ANIO"),
        (drawn(shapes=(FOREST, None)), "features 2 have no polygon"),
        (drawn(shapes=(FOREST, shapely.Point(0, 0))), "features 2 have no polygon"),
        (
            drawn(shapes=(FOREST, shapely.GeometryCollection([CLOUD, shapely.Point(0, 0)]))),
            "features 2 have no polygon",
        ),
        (
            drawn(shapes=(shapely.Polygon([(0, 0), (0.1, 0.1), (0.1, 0), (0, 0.1)]), FOREST)),
            r"cross themselves.*1 \(Self-intersection",
        ),
    ],
)
def test_what_cannot_be_right_is_refused_by_feature(tmp_path: Path, frame: gpd.GeoDataFrame, says: str) -> None:
    """A value nobody knows, another CRS, a feature without place or with two insides: named, before any run."""
    country = Country(tmp_path)
    frame.to_file(country.file)

    with pytest.raises(LayersError, match=says):
        country.add()


def test_nothing_said_is_unknown(tmp_path: Path) -> None:
    """A polygon without a value is unknown, never 'no'."""
    country = Country(tmp_path)
    drawn(classes=("Bosque", None), years=(None, 2022)).to_file(country.file)
    hectares = country.add()
    zone = country.zones()

    assert zone["bosque.forest"].tolist() == [1, -1]
    assert zone["bosque.loss_year"].tolist() == [-1, 2022]
    assert hectares["clase"]["no value"] == pytest.approx(984.7256)


def test_a_map_beside_its_cover_is_refused(tmp_path: Path) -> None:
    """Latitude and longitude that changed places: all of the cover would be a gap, and gaps hold no loss."""
    country = Country(tmp_path, polygons={"cover": [-77, -6.2, -76.9, -6.1], "gaps": {"clase": 0, "anio": 0}})
    drawn(shapes=(shapely.box(-6.18, -76.98, -6.12, -76.92), FOREST)).to_file(country.file)

    with pytest.raises(LayersError, match="no polygon lies in the ground that 'cover' names"):
        country.add()


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ({"assets": {"clase": {**ASSET, "field": None}, "anio": FIELD}}, "asset clase.*'field' names the column"),
        ({"assets": {"clase": {**ASSET, "band": 1}, "anio": FIELD}}, "'band' is for rasters"),
        ({"assets": {"clase": {**ASSET, "sparse": "zero"}, "anio": FIELD}}, "'sparse' is for rasters"),
        ({"assets": {"clase": {**ASSET, "classes": {0: "B", 1: "B"}}, "anio": FIELD}}, "have one name"),
        ({"crs": "UTM"}, "give its EPSG code"),
        ({"found": [{"file": "https://example.org/a.tif"}]}, "'found' is for rasters"),
        ({"polygons": {"gaps": {"clase": 0}}}, "needs 'cover'"),
        ({"polygons": {"cover": [1, 0, 0, 1], "gaps": {}}}, "is no box"),
        ({"polygons": {"cover": [0, 0, 1, 1], "gaps": {"clase": 7}}}, "7 is no value of asset clase"),
        ({"polygons": {"cover": [0, 0, 1, 1], "gaps": {"klasse": 0}}}, "no asset 'klasse'"),
        ({"polygons": None}, "'field' is a column of polygons"),
    ],
)
def test_definitions_that_cannot_be_right(tmp_path: Path, keys: dict, says: str) -> None:
    """Keys that would do nothing, or say more than the map does, are refused by name."""
    with pytest.raises(LayersError, match=says):
        _ = Country(tmp_path, **keys).definition


def test_pictures_show_polygons_on_cells(country: Country) -> None:
    """What is drawn for people has the polygons' values at the centres of cells."""
    country.add()
    cube = layers.drawn(TILE, country.boxes, [country.definition], country.sources(), country.folder / "store")
    at = cube["bosque.forest"].sel(x=[0.02, 0.04, 0.08], y=0.03, method="nearest").to_numpy().tolist()

    assert at == [1, -1, -1]
    assert cube["bosque.loss_year"].sel(x=0.04, y=0.03, method="nearest") == 2022


def test_a_map_that_is_whole_on_both_sides_of_the_date_line(tmp_path: Path) -> None:
    """Polygons that end at 180 degrees, as RFC 7946 asks, are read on either side; corners beyond it are refused."""
    country = Country(tmp_path)
    sides = shapely.box(179.9, 0.01, 180, 0.05), shapely.box(-180, 0.01, -179.9, 0.05)
    drawn(shapes=sides, classes=("Bosque", "Bosque")).to_file(country.file)
    country.add()
    found = []
    for west in (179.9, -180.0):
        country.boxes = np.array([[west, 0.0, west + 0.1, 0.1]])
        found.append(plot_area_ha(country.zones(country.sources()).geometry.to_numpy()).sum())
    drawn(shapes=(shapely.box(179.9, 0.01, 180.1, 0.05), FOREST)).to_file(country.file)

    assert found == pytest.approx(plot_area_ha(np.array(sides, dtype=object)).tolist(), rel=1e-9)
    with pytest.raises(LayersError, match="corners beyond the globe"):
        country.add()


def test_hectares_are_printed_in_the_language_of_the_terminal(tmp_path: Path) -> None:
    """What is unknown of a map, and what its gaps are taken for, is said when it is registered."""
    country = Country(tmp_path, polygons={"cover": [0, 0, 0.04, 0.1], "gaps": {"clase": 0, "anio": 0}})
    drawn(shapes=(FOREST, shapely.box(0.02, 0.01, 0.05, 0.05))).to_file(country.file)
    asked = ["catalogue", "add", str(tmp_path / "cat"), str(country.file), "--layer", str(country.yaml)]
    answer = CliRunner().invoke(app, [*asked, "--language", "es"])

    assert answer.exit_code == 0, answer.output
    assert "clase 1  984,73 ha  Bosque" in answer.output
    for words in ("uno sobre otro (desconocido)", "fuera de 'cover' (desconocido)", "en ningún polígono ('gaps')"):
        assert words in answer.output
