"""Files of polygon maps: every format says the same, and no companion of a file hides what is in it."""

import datetime as dt
import shutil
import sqlite3
from pathlib import Path

import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely

from eudr_check import layers
from eudr_check.errors import LayersError
from eudr_check.geodesy import plot_area_ha
from tests.helpers.polygon_country import CLOUD, FOREST, Country, drawn

LOST = {"classes": ("Bosque", "Bosque"), "years": (0, 2022)}
CORNER = np.array([[0.041, 0.02, 0.042, 0.021]])


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
