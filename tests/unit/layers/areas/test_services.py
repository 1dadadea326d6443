"""Services of areas of which nothing may be believed but what they show."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from shapely.geometry import box

from eudr_check.geodesy import plot_area_ha
from eudr_check.layers.fetch import http
from eudr_check.layers.fetch.retries import Patience
from tests.helpers.answers import stage
from tests.helpers.area_layers import FAR, HALF, ground, moved, of, seen, served
from tests.helpers.area_servers import arcgis, ogc


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Faults are not waited out."""
    monkeypatch.setattr(http, "PATIENCE", Patience(attempts=1, first_delay_s=0.01))


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
            ("areas", lambda areas: moved(areas, lambda xy: xy[:, ::-1])),
            ("areas", lambda areas: moved(areas, lambda xy: xy * 111_320)),
            ("areas", lambda areas: moved(areas, lambda xy: xy[:2] * 0)),
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

    def test_a_collection_without_links_may_have_more(self, tmp_path: Path) -> None:
        """Three of four areas that touch a plot come, three are counted, and no link says that there is another."""
        strips = [box(-76.0, -6 + n / 1e4, -75.999, -6 + (n + 1) / 1e4) for n in range(4)]
        capped = lambda _, page: {**page, "numberMatched": len(page["features"])}  # noqa: E731
        with stage(ogc(strips, page=3, change=capped, links=False)) as here:
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
