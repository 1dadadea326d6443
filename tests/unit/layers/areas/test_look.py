"""Areas of vector layers on plots: hectares by hand, and services of which nothing may be believed."""

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from shapely.geometry import Polygon, box

from eudr_check import tables
from eudr_check.errors import LayersError
from eudr_check.geodesy import plot_area_ha
from eudr_check.layers.areas.definition import AreaDefinition, definition, shipped
from eudr_check.layers.areas.files import read_areas
from eudr_check.layers.areas.look import Looked, look
from eudr_check.layers.fetch import http
from eudr_check.layers.fetch.block_store import Store
from eudr_check.layers.fetch.retries import Patience
from tests.helpers.answers import Stage, stage
from tests.helpers.area_servers import arcgis, ogc, wfs
from tests.helpers.risk_tables import plots, point_plots

PLOT = box(-76.0, -6.0, -75.999, -5.999)
HALF = box(-76.0005, -6.1, -75.9995, -5.9)
"""Covers the western half of the plot."""
FAR = box(-75.9, -6.0, -75.8, -5.9)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Faults are not waited out."""
    monkeypatch.setattr(http, "PATIENCE", Patience(attempts=1, first_delay_s=0.01))


def ground(*countries: str | None, shapes: list[Any] | None = None) -> gpd.GeoDataFrame:
    """Plots of one and a quarter hectares; the first lies half in `HALF`."""
    shapes = shapes or [PLOT, shapely.transform(PLOT, lambda xy: xy + np.array([0.25, 0.0]))][: len(countries)]
    named = {f"coop/{number + 1}": 1.2241 for number in range(len(shapes))}
    return plots(named, geometry=shapes, area_ha=plot_area_ha(shapes), producer_country=list(countries))


def of(**found: Any) -> AreaDefinition:
    """A vector layer of indigenous land in Peru."""
    common = {"id": "areas@test", "title": "Areas", "provider": "p", "licence": "l", "citation": "c"}
    return AreaDefinition.model_validate(common | {"topic": "indigenous", "countries": ["PE"], **found})


def served(here: Stage) -> AreaDefinition:
    """The layer as an ArcGIS server has it."""
    return of(service={"arcgis": f"{here.url}/MapServer", "layers": [3]})


def looked(plot_table: gpd.GeoDataFrame, layer: AreaDefinition, folder: Path, **how: Any) -> Looked:
    """AREAS and the outlines for maps."""
    return look(plot_table, {"land": layer}, Store(folder), **how)


def seen(plot_table: gpd.GeoDataFrame, layer: AreaDefinition, folder: Path, **how: Any) -> pd.DataFrame:
    """AREAS, which keep their contract."""
    return tables.check(tables.AREAS, looked(plot_table, layer, folder, **how).areas)


class TestFiles:
    """Layers of one's own."""

    @pytest.mark.parametrize("name", ["areas.gpkg", "areas.shp", "areas.parquet"])
    def test_half_a_plot(self, tmp_path: Path, name: str) -> None:
        """The ellipsoidal hectares of the common ground, in any of the formats, also from another CRS."""
        frame = gpd.GeoDataFrame({"name": ["a", "b"]}, geometry=[HALF, FAR], crs="EPSG:4326").to_crs("EPSG:3857")
        frame.to_parquet(tmp_path / name) if name.endswith("parquet") else frame.to_file(tmp_path / name)

        found = seen(ground("PE"), definition("tenure", tmp_path / name), tmp_path)

        assert found["status"].tolist() == ["overlap"]
        assert found["overlap_ha"].tolist() == pytest.approx(plot_area_ha([box(-76.0, -6.0, -75.9995, -5.999)]))
        assert found["overlap_share"].tolist() == pytest.approx([0.5])
        assert (found["topic"].tolist(), found["feature"].tolist()) == (["tenure"], ["1"])

    def test_areas_over_one_another_count_once(self, tmp_path: Path) -> None:
        """A zone and its core share the same half of the plot: together half of it, not the whole."""
        gpd.GeoDataFrame(geometry=[HALF, HALF, FAR], crs="EPSG:4326").to_file(tmp_path / "zones.gpkg")

        found = seen(ground("PE"), definition("zoning", tmp_path / "zones.gpkg"), tmp_path)

        half = plot_area_ha([box(-76.0, -6.0, -75.9995, -5.999)])[0]
        assert found["overlap_ha"].tolist() == pytest.approx([half, half])
        assert found["together_ha"].tolist() == pytest.approx([half, half])

    def test_a_point_stands_for_its_ground(self, tmp_path: Path) -> None:
        """The disc of the declared hectares is looked at, not the pin: beside a park it may reach into it."""
        gpd.GeoDataFrame(geometry=[box(-76.0, -6.1, -75.0, -5.9)], crs="EPSG:4326").to_file(tmp_path / "parks.gpkg")
        table = point_plots(["coop/1"])
        west = float(shapely.get_x(table.geometry.iloc[0]))
        park = gpd.GeoDataFrame(geometry=[box(west + 1e-5, -7, west + 1, 7)], crs="EPSG:4326")
        park.to_file(tmp_path / "park.gpkg")

        found = seen(table, definition("protected", tmp_path / "park.gpkg"), tmp_path)

        assert 0.4 < found["overlap_share"].iloc[0] < 0.5

    def test_a_file_is_called_by_its_fields(self, tmp_path: Path) -> None:
        """A definition beside the file names the table, the topic and what areas are called; a wrong field is told."""
        frame = gpd.GeoDataFrame({"name": ["Alto"], "kind": ["A"]}, geometry=[HALF], crs="EPSG:4326")
        frame.to_file(tmp_path / "two.gpkg", layer="first")
        frame.to_file(tmp_path / "two.gpkg", layer="second")
        text = (
            "id: mine@1\ntitle: Mine\nprovider: p\nlicence: l\ncitation: c\ntopic: zoning\n"
            "file: two.gpkg\ntable: second\nlabel: [name, kind]\n"
        )
        (tmp_path / "mine.yaml").write_text(text)
        (tmp_path / "wrong.yaml").write_text(text.replace("kind", "sort"))

        found = seen(ground("PE"), definition("land", tmp_path / "mine.yaml"), tmp_path)

        assert found["feature"].tolist() == ["Alto · A"]
        with pytest.raises(LayersError, match="several layers"):
            read_areas(tmp_path / "two.gpkg")
        with pytest.raises(LayersError, match="no field sort"):
            seen(ground("PE"), definition("land", tmp_path / "wrong.yaml"), tmp_path)

    @pytest.mark.filterwarnings("ignore:'crs' was not provided")  # that is what is tested
    def test_areas_without_crs_are_refused(self, tmp_path: Path) -> None:
        """Nobody guesses where a layer lies."""
        gpd.GeoDataFrame({"a": [1]}, geometry=[box(0, 0, 1, 1)]).to_file(tmp_path / "areas.shp")

        with pytest.raises(LayersError, match="says no CRS"):
            read_areas(tmp_path / "areas.shp")
        with pytest.raises(LayersError, match="cannot be read"):
            read_areas(tmp_path / "none.gpkg")
        with pytest.raises(LayersError, match="cannot be read"):
            read_areas(tmp_path / "none.parquet")

    def test_an_outline_that_crosses_itself_frees_nobody(self, tmp_path: Path) -> None:
        """A plot it comes near without touching is unknown, one it touches shares ground."""
        bow = Polygon([(-76.0, -6.0), (-75.9, -5.9), (-75.9, -6.0), (-76.0, -5.9)])
        gpd.GeoDataFrame(geometry=[bow], crs="EPSG:4326").to_file(tmp_path / "bow.gpkg")
        touched, near, far = (
            box(-75.999, -5.998, -75.998, -5.997),
            box(-75.951, -5.999, -75.95, -5.998),
            box(1, 1, 2, 2),
        )

        found = seen(
            ground("PE", "PE", "PE", shapes=[touched, near, far]), definition("x", tmp_path / "bow.gpkg"), tmp_path
        )

        assert found["status"].to_dict() == {"coop/1": "overlap", "coop/2": "unknown"}

    def test_metres_that_are_said_to_be_degrees_are_refused(self, tmp_path: Path) -> None:
        """GeoJSON has no CRS to say: drawn in UTM it lies nowhere near any plot, which would be "no overlap"."""
        metres = gpd.GeoSeries([HALF], crs="EPSG:4326").to_crs("EPSG:32718").set_crs("EPSG:4326", allow_override=True)
        metres.to_file(tmp_path / "utm.geojson")

        with pytest.raises(LayersError, match=r"utm\.geojson.*beyond the globe"):
            seen(ground("PE"), definition("indigenous", tmp_path / "utm.geojson"), tmp_path)

    def test_latitude_before_longitude_is_refused(self, tmp_path: Path) -> None:
        """Such a file lies in the Antarctic; one that lies elsewhere by right is taken."""
        for name, area in (("swapped", box(-6.1, -76.1, -5.9, -75.9)), ("elsewhere", box(10, 40, 11, 41))):
            gpd.GeoDataFrame(geometry=[area], crs="EPSG:4326").to_file(tmp_path / f"{name}.gpkg")

        with pytest.raises(LayersError, match=r"swapped\.gpkg.*latitude and longitude"):
            seen(ground("PE"), definition("indigenous", tmp_path / "swapped.gpkg"), tmp_path)
        assert seen(ground("PE"), definition("indigenous", tmp_path / "elsewhere.gpkg"), tmp_path).empty

    @pytest.mark.parametrize("bare", [None, Polygon(), HALF.exterior, HALF.centroid])
    def test_a_row_without_an_area_frees_nobody(self, tmp_path: Path, bare: Any) -> None:
        """Land that is listed and not drawn may be where the plot is; what is found all the same is told."""
        frame = gpd.GeoDataFrame({"name": ["a", "b"]}, geometry=[HALF, bare], crs="EPSG:4326")
        frame.to_parquet(tmp_path / "areas.parquet")

        found = seen(ground("PE", "PE"), definition("indigenous", tmp_path / "areas.parquet"), tmp_path)

        assert found["status"].to_dict() == {"coop/1": "overlap", "coop/2": "unknown"}


class TestOutlines:
    """What maps show of areas."""

    def test_areas_near_plots_are_drawn_whole(self, tmp_path: Path) -> None:
        """Areas that come near are there with their names, also where no plot shares ground; those far away are not."""
        beside = box(-75.998, -6.0, -75.99, -5.99)
        frame = gpd.GeoDataFrame({"name": ["in", "beside", "far"]}, geometry=[HALF, beside, FAR], crs="EPSG:4326")
        frame.to_file(tmp_path / "areas.gpkg")

        found = looked(ground("PE"), of(file=tmp_path / "areas.gpkg", label=["name"]), tmp_path).outlines

        tables.check(tables.AREA_OUTLINES, found)
        assert found["feature"].tolist() == ["beside", "in"]
        unlike = shapely.symmetric_difference(found.geometry.to_numpy(), [beside, HALF])
        assert shapely.area(unlike).tolist() == pytest.approx([0, 0])

    def test_the_largest_are_cut_beyond_the_surroundings(self, tmp_path: Path) -> None:
        """An area as large as a continent reaches as far as a map of the plots does, one degree beyond them."""
        gpd.GeoDataFrame(geometry=[box(-80, -20, -60, 10)], crs="EPSG:4326").to_file(tmp_path / "areas.gpkg")

        found = looked(ground("PE"), of(file=tmp_path / "areas.gpkg"), tmp_path).outlines

        assert found.total_bounds.tolist() == [-77.0, -7.0, -75.0, -5.0]

    def test_a_bow_is_drawn_mended(self, tmp_path: Path) -> None:
        """An outline that crosses itself becomes polygons; lines that mending leaves are not drawn."""
        bow = Polygon([(-76.0, -6.0), (-75.99, -5.99), (-75.99, -6.0), (-76.0, -5.99), (-76.0, -5.98), (-76.0, -5.99)])
        gpd.GeoDataFrame(geometry=[bow], crs="EPSG:4326").to_file(tmp_path / "bow.gpkg")

        found = looked(ground("PE"), of(file=tmp_path / "bow.gpkg"), tmp_path).outlines

        assert set(found.geom_type) == {"MultiPolygon"} and found.geometry.is_valid.all()

    def test_titles_of_others_are_not_drawn(self, tmp_path: Path) -> None:
        """Of titled land only that which a plot lies in; the parcel beside it belongs to somebody else."""
        beside = box(-75.998, -6.0, -75.99, -5.99)
        gpd.GeoDataFrame({"a": [1, 2]}, geometry=[HALF, beside], crs="EPSG:4326").to_file(tmp_path / "titles.gpkg")

        found = looked(ground("PE"), definition("tenure", tmp_path / "titles.gpkg"), tmp_path).outlines

        assert found["feature"].tolist() == ["1"]

    def test_an_area_of_two_answers_is_drawn_once(self, tmp_path: Path) -> None:
        """One box is asked for around each group of plots; an area in both has one outline."""
        with stage(arcgis({0: box(-76.2, -6.2, -75.5, -5.8)})) as here:
            found = looked(ground("PE", "PE"), served(here), tmp_path).outlines
            asked = [path for path, _ in here.seen if "returnIdsOnly" in path]

        assert (len(asked), found["feature"].tolist()) == (2, ["area 0"])

    def test_of_a_layer_that_was_not_read_nothing_is_drawn(self, tmp_path: Path) -> None:
        """An empty map of the same form."""
        with stage() as here:
            layer = served(here)

        found = looked(ground("PE"), layer, tmp_path).outlines

        assert tables.check(tables.AREA_OUTLINES, found).empty and found.crs == "EPSG:4326"


class TestServices:
    """Services on loopback, and what of their answers is not believed."""

    def test_hectares_and_names(self, tmp_path: Path) -> None:
        """An area on the plot by its hectares and its name; the other plot was looked at and is free."""
        with stage(arcgis({0: HALF, 7: FAR})) as here:
            found = seen(ground("PE", "PE"), served(here), tmp_path)

        assert found[["status", "feature"]].values.tolist() == [["overlap", "area 0"]]
        assert found["overlap_ha"].tolist() == pytest.approx(plot_area_ha([box(-76.0, -6.0, -75.9995, -5.999)]))

    def test_only_boxes_of_plots_are_asked_for(self, tmp_path: Path) -> None:
        """The server learns a box rounded outwards to a hundredth of a degree, and nothing of who works there."""
        with stage(arcgis({})) as here:
            found = seen(ground("PE", "PE"), served(here), tmp_path)
            asked = [path for path, _ in here.seen if "returnIdsOnly" in path]

        assert found.empty
        assert ["geometry=-76.0%2C-6.0%2C-75.99%2C-5.99" in path for path in asked] == [True, False]
        assert not any("coop" in f"{path}{headers}" for path, headers in here.seen)

    def test_many_areas_come_in_parts(self, tmp_path: Path) -> None:
        """No part is lost, however many lie on one plot."""
        strips = {n: box(-76.0, -6 + n / 1e5, -75.999, -6 + (n + 1) / 1e5) for n in range(1, 121)}
        with stage(arcgis(strips)) as here:
            found = seen(ground("PE"), served(here), tmp_path)
            parts = sum("objectIds=" in path for path, _ in here.seen)

        assert (len(found), parts) == (99, 3)

    @pytest.mark.parametrize(
        ("kind", "instead"),
        [
            ("about", lambda _: (503, {}, b"")),
            ("about", lambda _: (401, {}, b"")),
            ("about", lambda _: {"error": {"code": 499, "message": "Token Required"}}),
            ("about", lambda about: {**about, "geometryType": "esriGeometryPoint"}),
            ("numbers", lambda _: {"error": {"code": 400, "message": "Failed to execute query."}}),
            ("numbers", lambda _: (200, {"Content-Type": "text/html"}, b"<html>maintenance</html>")),
            ("numbers", lambda numbers: {**numbers, "exceededTransferLimit": True}),
            ("numbers", lambda _: {"features": []}),
            ("numbers", lambda _: []),
            ("numbers", lambda numbers: {**numbers, "objectIds": False}),
            ("numbers", lambda numbers: {**numbers, "objectIds": 0}),
            ("numbers", lambda numbers: {**numbers, "objectIds": {"1": 2}}),
            ("about", lambda about: {**about, "fields": ["nombre"]}),
            ("about", lambda about: {**about, "fields": 5}),
            ("areas", lambda areas: {**areas, "crs": "EPSG:32718"}),
            ("areas", lambda areas: {**areas, "properties": [1]}),
            ("areas", lambda areas: {**areas, "features": ["a", "b"]}),
            ("areas", lambda areas: {**areas, "features": [{**one, "id": [1]} for one in areas["features"]]}),
            ("areas", lambda areas: {**areas, "features": [{**one, "properties": ["x"]} for one in areas["features"]]}),
            ("areas", lambda areas: {**areas, "features": areas["features"][:-1]}),
            ("areas", lambda areas: {**areas, "exceededTransferLimit": True}),
            ("areas", lambda areas: {**areas, "properties": {"exceededTransferLimit": True}}),
            ("areas", lambda areas: {**areas, "features": [{**one, "geometry": None} for one in areas["features"]]}),
            ("areas", lambda areas: {**areas, "crs": {"type": "name", "properties": {"name": "EPSG:32718"}}}),
            ("about", lambda about: {**about, "fields": 5}),
            ("numbers", lambda numbers: {**numbers, "objectIds": [[1], {"a": 2}]}),
            ("numbers", lambda numbers: {**numbers, "objectIds": "12"}),
            ("areas", lambda areas: {**areas, "features": ["x", 5]}),
            ("areas", lambda areas: {**areas, "features": [{**one, "properties": 5} for one in areas["features"]]}),
            ("areas", lambda areas: {**areas, "features": [{**one, "geometry": "x"} for one in areas["features"]]}),
            ("areas", lambda areas: {**areas, "crs": "EPSG:4326"}),
            ("areas", lambda areas: _moved(areas, lambda xy: xy[:, ::-1])),
            ("areas", lambda areas: _moved(areas, lambda xy: xy * 111_320)),
            ("areas", lambda areas: _moved(areas, lambda xy: xy[:2] * 0)),
        ],
    )
    def test_what_is_not_whole_is_unknown(self, tmp_path: Path, kind: str, instead: Any) -> None:
        """No answer, an error sent as success, a cut answer, another CRS: never "no overlap"."""
        change = lambda what, content: instead(content) if what == kind else content  # noqa: E731
        with stage(arcgis({1: HALF, 2: HALF}, change)) as here:
            found = seen(ground("PE"), served(here), tmp_path)

        assert found["status"].tolist() == ["unknown"]
        assert found["reason"].notna().all()

    def test_a_server_that_is_away_leaves_others_alone(self, tmp_path: Path) -> None:
        """Plots of another country are not asked for, and not said to be free."""
        with stage() as here:
            layer = served(here)
        found = seen(ground("PE", "BR"), layer, tmp_path)

        assert found["status"].tolist() == ["unknown", "outside"]

    def test_offline_takes_what_came_before(self, tmp_path: Path) -> None:
        """A kept answer counts for the same ground only; without one nothing is known."""
        with stage(arcgis({1: HALF})) as here:
            online = seen(ground("PE"), served(here), tmp_path)
            layer = served(here)
        pd.testing.assert_frame_equal(seen(ground("PE"), layer, tmp_path, offline=True), online)

        assert seen(ground("PE", "PE"), layer, tmp_path, offline=True)["status"].tolist() == ["overlap", "unknown"]

    def test_pages_of_an_ogc_api(self, tmp_path: Path) -> None:
        """All pages count; a server that matched more than it sent is not believed."""
        strips = [box(-76.0, -6 + n / 1e4, -75.999, -6 + (n + 1) / 1e4) for n in range(5)]
        with stage(ogc(strips)) as here:
            layer = of(service={"ogc": f"{here.url}/collections/land"}, label=["nombre"])
            assert len(seen(ground("PE"), layer, tmp_path)) == 5
        with stage(ogc(strips, change=lambda _, page: {**page, "links": []})) as here:
            layer = of(service={"ogc": f"{here.url}/collections/land"})
            assert seen(ground("PE"), layer, tmp_path)["status"].tolist() == ["unknown"]

    @pytest.mark.parametrize(
        "more", [{"links": 5}, {"links": ["x"]}, {"links": {"rel": "next"}}, {"numberReturned": 9}, {"crs": "x"}]
    )
    def test_pages_of_another_shape_are_unknown(self, tmp_path: Path, more: dict[str, Any]) -> None:
        """JSON that is no page of areas, or says of itself that it is not whole: never "no overlap"."""
        with stage(ogc([HALF], change=lambda _, page: {**page, **more})) as here:
            layer = of(service={"ogc": f"{here.url}/collections/land"})
            assert seen(ground("PE"), layer, tmp_path)["status"].tolist() == ["unknown"]


def _wfs(here: Stage, **more: Any) -> AreaDefinition:
    return of(service={"wfs": f"{here.url}/geoserver/ows", "types": ["ide:areas"]}, **more)


class TestWebFeatureService:
    """WFS 2.0 as GeoServer answers, and what of other answers is not believed."""

    def test_all_parts_count(self, tmp_path: Path) -> None:
        """Five areas, two at once: hectares and names of all; the server learns a box and nothing else."""
        strips = [box(-76.0, -6 + n / 1e4, -75.999, -6 + (n + 1) / 1e4) for n in range(5)]
        with stage(wfs(strips)) as here:
            found = seen(ground("PE"), _wfs(here, label=["nombre"]), tmp_path)
            asked = [path for path, _ in here.seen]

        assert found["feature"].tolist() == [f"area {n}" for n in range(5)]
        assert found["overlap_ha"].tolist() == pytest.approx(plot_area_ha(strips))
        assert ["startIndex" in path for path in asked] == [False, True, True]
        assert all("bbox=-6.0%2C-76.0%2C-5.99%2C-75.99%2Curn" in path for path in asked)
        assert not any("coop" in f"{path}{headers}" for path, headers in here.seen)

    def test_a_plot_without_area_is_free_of_a_server_that_finds_what_it_has(self, tmp_path: Path) -> None:
        """An empty answer is believed after one of its areas was found where it lies."""
        with stage(wfs([FAR])) as here:
            found = seen(ground("PE"), _wfs(here, label=["nombre"]), tmp_path)

        assert found.empty

    def test_a_server_that_swaps_latitude_and_longitude_frees_nobody(self, tmp_path: Path) -> None:
        """It looks at the Antarctic for a plot in Peru, and finds nothing there."""
        with stage(wfs([HALF], swapped=True)) as here:
            found = seen(ground("PE"), _wfs(here), tmp_path)

        assert found["status"].tolist() == ["unknown"]
        assert "swapped" in found["reason"].iloc[0]

    def test_a_service_without_any_area_frees_nobody(self, tmp_path: Path) -> None:
        """Nothing anywhere is a layer that was emptied, not ground that is free."""
        with stage(wfs([])) as here:
            found = seen(ground("PE"), _wfs(here), tmp_path)

        assert found["status"].tolist() == ["unknown"]

    @pytest.mark.parametrize("matched", ["unknown", None])
    def test_a_server_that_does_not_count_is_asked_until_nothing_comes(self, tmp_path: Path, matched: Any) -> None:
        """How many match is optional; no part is lost all the same."""
        strips = [box(-76.0, -6 + n / 1e4, -75.999, -6 + (n + 1) / 1e4) for n in range(5)]
        uncounted = lambda _, page: {**page, "numberMatched": matched, "totalFeatures": matched}  # noqa: E731
        with stage(wfs(strips, change=uncounted)) as here:
            assert len(seen(ground("PE"), _wfs(here), tmp_path)) == 5

    @pytest.mark.parametrize(
        "instead",
        [
            lambda _: (503, {}, b""),
            lambda _: (401, {}, b""),
            lambda _: (302, {"Location": "/login"}, b""),
            lambda _: (200, {"Content-Type": "application/xml"}, b"<ows:ExceptionReport/>"),
            lambda page: {**page, "numberReturned": 9},
            lambda page: {**page, "numberMatched": 9},
            lambda page: {**page, "numberMatched": 1},
            lambda page: {**page, "features": page["features"][:1] * 2},
            lambda page: {**page, "features": []},
            lambda page: {**page, "features": [{**one, "geometry": None} for one in page["features"]]},
            lambda page: {**page, "features": [{"type": "Feature"} for _ in page["features"]]},
            lambda page: {**page, "features": "x"},
            lambda page: {**page, "crs": {"properties": {"name": "urn:ogc:def:crs:EPSG::32718"}}},
            lambda page: _moved(page, lambda xy: xy[:, ::-1]),
        ],
    )
    def test_what_is_not_whole_is_unknown(self, tmp_path: Path, instead: Any) -> None:
        """No answer, an exception as success, a cut or repeated part, another CRS: never "no overlap"."""
        change = lambda kind, page: instead(page) if kind == "page" else page  # noqa: E731
        with stage(wfs([HALF, HALF], change=change)) as here:
            found = seen(ground("PE"), _wfs(here), tmp_path)

        assert found["status"].tolist() == ["unknown"] and found["reason"].notna().all()

    @pytest.mark.parametrize(("page", "here"), [(100, 150), (500, 520)])
    def test_a_limit_that_passes_for_all_there_is_frees_nobody(self, tmp_path: Path, page: int, here: int) -> None:
        """A server that counts no further than it sends is asked for more, and what it then sends shows the lie."""
        strips = [box(-76.0, -6 + n / 1e6, -75.999, -6 + (n + 1) / 1e6) for n in range(here)]
        capped = lambda _, part: {**part, "numberMatched": len(part["features"]), "totalFeatures": 0}  # noqa: E731
        with stage(wfs(strips, page=page, change=capped)) as server:
            found = seen(ground("PE"), _wfs(server), tmp_path)

        assert found["status"].tolist() == ["unknown"] and "cut short" in found["reason"].iloc[0]

    @pytest.mark.parametrize("count", [50, 100])
    def test_a_round_number_of_areas_is_all_where_nothing_follows(self, tmp_path: Path, count: int) -> None:
        """It was asked for more, and has none."""
        strips = [box(-76.0, -6 + n / 1e6, -75.999, -6 + (n + 1) / 1e6) for n in range(count)]
        with stage(wfs(strips, page=500)) as here:
            assert len(seen(ground("PE"), _wfs(here), tmp_path)) == count

    def test_a_count_in_quotes_is_a_count(self, tmp_path: Path) -> None:
        """Five match, two come and then nothing: three are lost."""
        strips = [box(-76.0, -6 + n / 1e4, -75.999, -6 + (n + 1) / 1e4) for n in range(5)]

        def quoted(kind: str, part: dict[str, Any]) -> Any:
            first = part["features"][:1] and part["features"][0]["id"] == "areas.0"
            sent = part["features"] if first else []
            return {**part, "features": sent, "numberReturned": len(sent), "numberMatched": "5"}

        with stage(wfs(strips, change=quoted)) as here:
            assert seen(ground("PE"), _wfs(here), tmp_path)["status"].tolist() == ["unknown"]

    def test_a_swapped_map_of_the_world_frees_nobody(self, tmp_path: Path) -> None:
        """It finds an area in Ethiopia where one of Italy was asked for: that it finds something proves nothing."""
        italy, ethiopia = box(10, 45, 10.1, 45.1), box(45, 10, 45.1, 10.1)
        with stage(wfs([italy, ethiopia, HALF], swapped=True)) as here:
            found = seen(ground("PE"), _wfs(here), tmp_path)

        assert found["status"].tolist() == ["unknown"] and "swapped" in found["reason"].iloc[0]

    def test_a_field_that_is_gone_is_told(self, tmp_path: Path) -> None:
        """Also where no area lies on the plot."""
        for areas in ([HALF], [FAR]):
            with stage(wfs(areas)) as here:
                found = seen(ground("PE"), _wfs(here, label=["CATZFO"]), tmp_path)
            assert "no field CATZFO" in found["reason"].iloc[0]

    def test_offline_takes_what_came_before(self, tmp_path: Path) -> None:
        """A kept answer counts for the same ground."""
        with stage(wfs([HALF])) as here:
            layer = _wfs(here)
            online = seen(ground("PE"), layer, tmp_path)

        pd.testing.assert_frame_equal(seen(ground("PE"), layer, tmp_path, offline=True), online)


@pytest.mark.parametrize(
    "service",
    [
        {},
        {"wfs": "https://x.example/ows"},
        {"types": ["ide:areas"]},
        {"wfs": "https://x.example/ows", "types": ["a"], "ogc": "https://x.example"},
        {"arcgis": "https://x.example/MapServer", "layers": [1], "types": ["a"]},
    ],
)
def test_a_service_is_of_one_kind(service: dict[str, Any]) -> None:
    """With what that kind needs, and nothing of another."""
    with pytest.raises(ValueError, match="a service is"):
        of(service=service)


def test_addresses_of_a_wfs_name_the_type() -> None:
    """Also where the address of the service has a query already."""
    one = of(service={"wfs": "https://x.example/ows?map=a", "types": ["ide:areas", "ide:parks"]})

    assert one.service is not None
    assert one.service.addresses == (
        "https://x.example/ows?map=a&typeNames=ide%3Aareas",
        "https://x.example/ows?map=a&typeNames=ide%3Aparks",
    )


def _moved(areas: dict[str, Any], by: Any) -> dict[str, Any]:
    """The answer with its corners elsewhere."""
    for one in areas["features"]:
        one["geometry"]["coordinates"] = [by(np.array(one["geometry"]["coordinates"][0])).tolist()]
    return areas


@pytest.mark.parametrize("name", shipped())
def test_shipped_layers_say_where_they_come_from(name: str) -> None:
    """Each reads, names its country, evidence and licence, and claims no completeness that nobody showed."""
    layer = definition("land", Path(name))

    assert layer.id == name and layer.countries and layer.verified and not layer.complete
    assert layer.service is not None and all(one.startswith("https://") for one in layer.service.addresses)


def test_an_unknown_id_is_told() -> None:
    """With what there is."""
    with pytest.raises(LayersError, match="sernanp_protected@current"):
        definition("protected", Path("sernanp@current"))
