"""Areas of vector layers on plots: hectares by hand, and what is drawn of them."""

from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely
from shapely.geometry import Polygon, box

from eudr_check import tables
from eudr_check.errors import LayersError
from eudr_check.geodesy import plot_area_ha
from eudr_check.layers.areas.definition import definition, shipped
from eudr_check.layers.areas.files import read_areas
from eudr_check.layers.fetch import http
from eudr_check.layers.fetch.retries import Patience
from tests.helpers.answers import stage
from tests.helpers.area_layers import FAR, HALF, ground, looked, of, seen, served
from tests.helpers.area_servers import arcgis
from tests.helpers.risk_tables import point_plots


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

    def test_of_a_layer_that_was_not_read_nothing_is_drawn(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """An empty map of the same form."""
        monkeypatch.setattr(http, "PATIENCE", Patience(attempts=1, first_delay_s=0.01))
        with stage() as here:
            layer = served(here)

        found = looked(ground("PE"), layer, tmp_path).outlines

        assert tables.check(tables.AREA_OUTLINES, found).empty and found.crs == "EPSG:4326"


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
