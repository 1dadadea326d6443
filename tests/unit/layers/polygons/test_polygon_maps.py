"""Maps that are polygons of a vector file: what they say, and what is refused by name."""

import datetime as dt
import shutil
import sqlite3
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely
import yaml
from typer.testing import CliRunner

from eudr_check import layers
from eudr_check.cli.commands import app
from eudr_check.config import Catalogue, LayerChoice
from eudr_check.errors import LayersError
from eudr_check.geodesy import plot_area_ha
from eudr_check.layers.definition import LayerDefinition, read
from eudr_check.layers.polygons import files
from tests.helpers.rasters import TILE

FOREST = shapely.box(0.01, 0.01, 0.03, 0.05)
CLOUD = shapely.box(0.03, 0.01, 0.05, 0.05)
MAP = {
    "id": "bosque@1",
    "name": "bosque",
    "title": "Bosque del país",
    "provider": "Nobody",
    "licence": "none",
    "citation": "none",
    "lineage": "drawn",
    "crs": "EPSG:4326",
    "resolution": "1:100 000",
    "date": "2020-12-31",
    "polygons": {},
    "assets": {
        "clase": {"field": "CLASE", "legend": "0..2", "classes": {0: "No bosque", 1: "Bosque", 2: "Nube"}},
        "anio": {"field": "ANIO", "legend": "0, 2001..2025", "dtype": "int16"},
    },
    "variables": {
        "forest": {
            "kind": "state",
            "role": "forest_2020",
            "method": "m",
            "sensor": "s",
            "covers_from": "2020-12-31",
            "covers_through": "2020-12-31",
            "when": {"clase": 1},
            "unknown": [{"clase": 2}],
        },
        "loss_year": {
            "kind": "event",
            "role": "event",
            "method": "m",
            "sensor": "s",
            "covers_from": "2001-01-01",
            "covers_through": "2025-12-31",
            "year": {"asset": "anio", "values": "2001..2025", "add": 0},
        },
    },
}


class Country:
    """One polygon map on disk: definition, file, catalogue and store below a folder."""

    def __init__(self, folder: Path, **keys: object) -> None:
        self.folder, self.file = folder, folder / "bosque.gpkg"
        self.yaml = folder / "bosque.yaml"
        self.yaml.write_text(yaml.safe_dump({**MAP, **keys}, allow_unicode=True), encoding="utf-8")
        self.choice = LayerChoice.model_validate({"definition": str(self.yaml), "from": "local"})
        self.boxes = np.array([TILE.bounds])

    @property
    def definition(self) -> LayerDefinition:
        return read(self.yaml)

    def add(self) -> dict:
        (item,) = layers.catalogue.add(self.folder / "catalogue", [self.file], self.definition)
        return {key: asset.extra_fields["eudr_check:hectares"] for key, asset in item.assets.items()}

    def sources(self) -> pd.DataFrame:
        catalogues = {"local": Catalogue(folder=self.folder / "catalogue")}
        found = layers.prefetch({TILE: self.boxes}, [self.choice], catalogues, self.folder / "store")
        return found[found["status"] != "missing"]

    def zones(self, sources: pd.DataFrame | None = None) -> gpd.GeoDataFrame:
        rows = self.sources() if sources is None else sources
        (zone,) = layers.zones(self.boxes, [self.definition], rows, self.folder / "store")
        return zone


def drawn(shapes=(FOREST, CLOUD), classes=("Bosque", "Nube"), years=(0, 2022), crs="EPSG:4326") -> gpd.GeoDataFrame:
    table = {"CLASE": list(classes), "ANIO": list(years), "NOTE": "x"}
    return gpd.GeoDataFrame(table, geometry=list(shapes), crs="EPSG:4326").to_crs(crs)


@pytest.fixture
def country(tmp_path: Path) -> Country:
    """Forest that stands, and a cloud over ground lost in 2022."""
    made = Country(tmp_path)
    drawn().to_file(made.file)
    return made


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


@pytest.mark.parametrize("name", ["bosque.parquet", "bosque.shp", "bosque.fgb", "bosque.geojson"])
def test_every_format_says_the_same(tmp_path: Path, country: Country, name: str) -> None:
    """What a map says does not depend on the file it comes in."""
    country.add()
    other = Country(tmp_path / "other" if (tmp_path / "other").mkdir() is None else tmp_path)
    other.file = other.folder / name
    frame = drawn().drop(columns="NOTE")
    frame.to_parquet(other.file) if name.endswith("parquet") else frame.to_file(other.file)
    other.add()
    # FlatGeobuf keeps features in an order of its own.
    one, two = (one.sort_values("bosque.forest") for one in (country.zones(), other.zones()))

    assert one["bosque.forest"].tolist() == two["bosque.forest"].tolist()
    np.testing.assert_allclose(plot_area_ha(one.geometry.to_numpy()), plot_area_ha(two.geometry.to_numpy()), rtol=1e-9)


def test_a_shapefile_is_all_its_files(tmp_path: Path) -> None:
    """The values of a shapefile stand in its .dbf: another one there is another map, and a run looks again."""
    country = Country(tmp_path)
    country.file = tmp_path / "bosque.shp"
    drawn().drop(columns="NOTE").to_file(country.file)
    country.add()
    found = country.sources()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    drawn(classes=("No bosque", "Nube")).drop(columns="NOTE").to_file(elsewhere / "bosque.shp")
    shutil.copy(elsewhere / "bosque.dbf", tmp_path / "bosque.dbf")

    assert tmp_path / "bosque.dbf" in {path.resolve() for path in layers.catalogue.rasters(tmp_path / "catalogue")}
    assert set(country.sources()["status"]) == {"failed"}
    assert layers.catalogue.check(tmp_path / "catalogue")
    with pytest.raises(LayersError, match="changed while"):
        country.zones(found)


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


LOST = {"classes": ("Bosque", "Bosque"), "years": (0, 2022)}
CORNER = np.array([[0.041, 0.02, 0.042, 0.021]])


def test_an_index_of_another_state_of_the_file_hides_no_polygon(tmp_path: Path) -> None:
    """A stale index names no loss there: with gaps that hold no loss the ground would be free of it."""
    packed = Country(tmp_path, polygons={"cover": [0, 0, 0.1, 0.1], "gaps": {"clase": 0, "anio": 0}})
    packed.boxes = CORNER
    drawn(**LOST).to_file(packed.file)
    with sqlite3.connect(packed.file) as database:
        database.execute("DELETE FROM rtree_bosque_geom WHERE id = 2")
    packed.add()
    (tmp_path / "shape").mkdir()
    shape = Country(tmp_path / "shape", polygons=packed.definition.polygons.model_dump(mode="json"))
    shape.file, shape.boxes = shape.folder / "bosque.shp", CORNER
    before = drawn(shapes=(FOREST, shapely.box(0.07, 0.07, 0.08, 0.08)), **LOST).drop(columns="NOTE")
    before.to_file(shape.file, SPATIAL_INDEX="YES")
    index = shape.file.with_suffix(".qix").read_bytes()
    drawn(**LOST).drop(columns="NOTE").to_file(shape.file)
    shape.file.with_suffix(".qix").write_bytes(index)
    shape.add()

    for one in (packed, shape):
        zone = one.zones()
        assert zone.loc[~zone["rest"], "bosque.loss_year"].tolist() == [2022], one.file.name


def test_a_map_beside_its_cover_is_refused(tmp_path: Path) -> None:
    """Latitude and longitude that changed places: all of the cover would be a gap, and gaps hold no loss."""
    country = Country(tmp_path, polygons={"cover": [-77, -6.2, -76.9, -6.1], "gaps": {"clase": 0, "anio": 0}})
    drawn(shapes=(shapely.box(-6.18, -76.98, -6.12, -76.92), FOREST)).to_file(country.file)

    with pytest.raises(LayersError, match="no polygon lies in the ground that 'cover' names"):
        country.add()


def test_days_keep_the_year_of_their_own_place(tmp_path: Path) -> None:
    """The first of January 2021 in Jakarta is 2020 in Greenwich, before the cut-off: such columns are refused."""
    country = Country(tmp_path)
    country.file = tmp_path / "bosque.geojson"
    frame = drawn()
    frame["ANIO"] = ["2021-01-01T00:00:00+07:00", "2022-01-01T00:00:00-05:00"]
    frame.to_file(country.file)

    with pytest.raises(LayersError, match=r"column ANIO.*2021-01-01 00:00:00\+07:00"):
        country.add()


def test_a_file_without_any_map_is_refused(tmp_path: Path) -> None:
    """A GeoPackage of tables alone holds no polygon."""
    country = Country(tmp_path)
    pyogrio.write_dataframe(pd.DataFrame({"CLASE": ["Bosque"], "ANIO": [0]}), country.file)

    with pytest.raises(LayersError, match="holds no polygon"):
        country.add()


def test_a_map_is_one_file(country: Country) -> None:
    """Nobody could say which of two files holds where they differ."""
    country.add()
    other = country.folder / "otro.gpkg"
    shutil.copy(country.file, other)

    with pytest.raises(LayersError, match="one file, and there are several"):
        layers.catalogue.add(country.folder / "catalogue", [other], country.definition)
    (country.folder / "other").mkdir()
    same_name = country.folder / "other" / country.file.name
    shutil.copy(country.file, same_name)
    with pytest.raises(LayersError, match="is already asset 'anio'"):
        layers.catalogue.add(country.folder / "catalogue", [same_name], country.definition)
    assert country.add(), "the same file again is no other one"


ASSET = MAP["assets"]["clase"]
FIELD = MAP["assets"]["anio"]


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


def test_another_machine_needs_the_same_bytes(country: Country) -> None:
    """A worker takes the file only while it is what SOURCES says was read."""
    country.add()
    found = country.sources()
    supply = layers.Supply(country.folder / "store", {}, offline=True)

    supply.require(country.boxes, [country.definition], found)
    assert supply.replaced(found) == ()
    drawn(classes=("No bosque", "Nube")).to_file(country.file)
    with pytest.raises(LayersError, match="bosque"):
        supply.require(country.boxes, [country.definition], found)
    assert supply.replaced(found) == ("local/bosque-1/bosque/bosque.gpkg",)


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


def test_parquet_as_other_programs_write_it(tmp_path: Path) -> None:
    """OGC:CRS84 is longitude and latitude, and a day of the calendar counts as its year."""
    country = Country(tmp_path)
    country.file = tmp_path / "bosque.parquet"
    frame = drawn(years=(dt.date(2021, 5, 1), None)).set_crs("OGC:CRS84", allow_override=True)
    frame.to_parquet(country.file)
    country.add()
    zone = country.zones()

    assert zone["bosque.loss_year"].tolist() == [2021, -1]
    np.testing.assert_allclose(plot_area_ha(zone.geometry.to_numpy()), plot_area_ha([FOREST, CLOUD]), rtol=1e-12)


@pytest.mark.parametrize("polygons", [{"table": "bosque"}, {"cover": "limite", "gaps": {"clase": 0}}])
def test_a_table_that_parquet_cannot_hold_is_refused(tmp_path: Path, polygons: dict[str, object]) -> None:
    """Its polygons would be taken for the limits of the country."""
    country = Country(tmp_path, polygons=polygons)
    country.file = tmp_path / "bosque.parquet"
    drawn().to_parquet(country.file)

    with pytest.raises(LayersError, match=r"bosque\.parquet: has no layer '(bosque|limite)'"):
        country.add()
