"""Web Feature Services: parts, counts and the order of axes, of which a server may say what is not so."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import shapely
from shapely.geometry import box

from eudr_check.geodesy import plot_area_ha
from eudr_check.layers.areas.definition import AreaDefinition
from eudr_check.layers.fetch import http
from eudr_check.layers.fetch.retries import Patience
from tests.helpers.answers import Stage, stage
from tests.helpers.area_layers import FAR, HALF, ground, moved, of, seen
from tests.helpers.area_servers import wfs


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Faults are not waited out."""
    monkeypatch.setattr(http, "PATIENCE", Patience(attempts=1, first_delay_s=0.01))


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
        assert ["startIndex" in path for path in asked] == [False, True, True, True, False, False, False]
        assert all("bbox=-6.0%2C-76.0%2C-5.99%2C-75.99%2Curn" in path for path in asked[:4])
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
            lambda page: moved(page, lambda xy: xy[:, ::-1]),
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

    @pytest.mark.parametrize("page", [3, 30, 37, 499])
    def test_a_limit_of_any_size_frees_nobody(self, tmp_path: Path, page: int) -> None:
        """A server that sends fewer than it has, counts those alone, and goes on where it is asked to."""
        strips = [box(-76.0, -6 + n / 1e6, -75.999, -6 + (n + 1) / 1e6) for n in range(page + 1)]
        capped = lambda _, part: {**part, "numberMatched": len(part["features"]), "totalFeatures": 0}  # noqa: E731
        with stage(wfs(strips, page=page, change=capped)) as server:
            found = seen(ground("PE"), _wfs(server), tmp_path)

        assert found["status"].tolist() == ["unknown"] and "cut short" in found["reason"].iloc[0]

    @pytest.mark.parametrize(("more", "believed"), [(0, False), (1, True)])
    def test_a_server_that_cannot_go_on_shows_that_no_limit_held_it(
        self, tmp_path: Path, more: int, believed: bool
    ) -> None:
        """It sends one area more where no box is asked for; where it never did, five may be its limit."""
        strips = [box(-76.0, -6 + n / 1e4, -75.999, -6 + (n + 1) / 1e4) for n in range(5)]
        answer = wfs([*strips, *[FAR] * more], page=500)
        unordered = lambda path, headers: (400, {}, b"") if "startIndex" in path else answer(path, headers)  # noqa: E731
        with stage(unordered) as server:
            found = seen(ground("PE"), _wfs(server), tmp_path)

        assert found["status"].tolist() == (["overlap"] * 5 if believed else ["unknown"])

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

    @pytest.mark.parametrize("areas", [[HALF], [FAR, HALF], [box(10, 45, 10.1, 45.1), HALF]])
    def test_a_server_whose_two_mistakes_agree_frees_nobody(self, tmp_path: Path, areas: list[Any]) -> None:
        """It writes latitude first and takes longitude first: it finds its areas where it says, which is elsewhere."""
        with stage(wfs(areas, swapped=True, writes_latitude_first=True)) as here:
            found = seen(ground("PE"), _wfs(here), tmp_path)

        assert found["status"].tolist() == ["unknown"] and "longitude before latitude" in found["reason"].iloc[0]

    def test_areas_of_swapped_ground_are_not_those_of_a_plot(self, tmp_path: Path) -> None:
        """What the same server has in the Antarctic would be told of a plot in Peru, and what is there would not."""
        antarctic = shapely.transform(HALF, lambda xy: xy[:, ::-1])
        with stage(wfs([antarctic, HALF], swapped=True, writes_latitude_first=True)) as here:
            found = seen(ground("PE"), _wfs(here), tmp_path)

        assert found["status"].tolist() == ["unknown"]

    @pytest.mark.parametrize("areas", [[HALF], [FAR]])
    def test_a_server_without_metres_frees_nobody(self, tmp_path: Path, areas: list[Any]) -> None:
        """It sends degrees whatever it is asked for: in which order it writes them nothing tells."""
        with stage(wfs(areas, knows_metres=False)) as here:
            found = seen(ground("PE"), _wfs(here), tmp_path)

        assert found["status"].tolist() == ["unknown"] and "longitude before latitude" in found["reason"].iloc[0]

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
