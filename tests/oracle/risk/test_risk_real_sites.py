"""Four real plots with real pixels: the outcomes and the hectares behind them."""

from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import rioxarray  # noqa: F401
import xarray as xr

from eudr_check import overlay, risk, tables
from eudr_check.config import Production
from eudr_check.geodesy import plot_area_ha
from eudr_check.variables import Variable

SITES = {"CI_west_p05": 5, "PE_sanmartin_p10": 10, "PE_huanuco_p14": 14, "RW_p17": 17}
STATE_DAY = date(2020, 12, 31)
POLICY = risk.policy("convergence@1")
PRODUCTION = Production.model_validate({"from": "2024-03-01", "to": "2024-09-30"})


def state(column: str, layer: str, role: Any, commodity: str | None = None) -> Variable:
    """A map of the end of 2020."""
    return Variable(column, layer, "state", role, layer, "sentinel-2", STATE_DAY, STATE_DAY, "none", commodity)


def event(column: str, method: str, dating: Any, through: date, role: Any = "event") -> Variable:
    """A layer of events."""
    return Variable(column, method, "event", role, method, "-", date(2001, 1, 1), through, dating)


BASELINE = (state("jrc_gfc2020.forest", "jrc_gfc2020", "forest_2020"), "jrc_gfc2020_EUFO", 0)
HANSEN = (event("hansen.loss_year", "hansen", "yearly", date(2024, 12, 31)), "gfc_lossyear", 2000)
TMF = (event("tmf.deforestation_year", "tmf", "yearly", date(2024, 12, 31)), "tmf_deforestation_year", 0)
DEGRADATION = (
    event("tmf.degradation_year", "tmf", "yearly", date(2024, 12, 31), "degradation"),
    "tmf_degradation_year",
    0,
)
UNDISTURBED = (state("tmf.forest", "tmf", "forest_2020"), "tmf_undisturbed_2020", 0)
RADD = (event("radd.alert_year", "radd", "dated", date(2025, 12, 31)), "radd_alert_year", 0)
GLAD = (event("glad_s2.alert_year", "glad_s2", "dated", date(2025, 12, 31)), "glad_s2_alert_year", 0)
COCOA = (state("cocoa_fdap.crop", "cocoa_fdap", "commodity", "cocoa"), "cocoa_fdap", 0)
COFFEE = (state("coffee_fdap.crop", "coffee_fdap", "commodity", "coffee"), "coffee_fdap", 0)
TREES = (state("worldcover.tree", "worldcover", "tree_cover_2020"), "esa_worldcover_tree_2020", 0)
LANDSAT = (BASELINE, HANSEN, TMF, DEGRADATION, UNDISTURBED, TREES)
EVERYTHING = (*LANDSAT, RADD, GLAD)


def cube(folder: Path, layers: tuple[tuple[Variable, str, int], ...]) -> xr.Dataset:
    """All rasters of a site as one cube; years from codes by adding, 0 stays 0."""
    columns = {}
    for variable, name, add in layers:
        with rasterio.open(folder / f"{name}.tif") as raster:
            values = raster.read(1).astype(np.int16)
            transform, (height, width) = raster.transform, raster.shape
        columns[variable.column] = (("y", "x"), np.where(values > 0, values + np.int16(add), np.int16(0)))
    x_edge = transform.c + transform.a * np.arange(width + 1)
    y_edge = transform.f + transform.e * np.arange(height + 1)
    made = xr.Dataset(
        columns,
        coords={
            "x": (x_edge[1:] + x_edge[:-1]) / 2,
            "y": (y_edge[1:] + y_edge[:-1]) / 2,
            "x_edge": ("x_edge", x_edge),
            "y_edge": ("y_edge", y_edge),
        },
    )
    return made.rio.write_crs("EPSG:4326")


class Site:
    """One plot assessed with a choice of layers."""

    def __init__(self, data: Path, site: str, layers: tuple[tuple[Variable, str, int], ...]) -> None:
        source = gpd.read_file(data / "plots.geojson").set_index("user_id").loc[SITES[site]]
        area = float(plot_area_ha(np.array([source.geometry]))[0])
        row = {
            "plot": f"real/{SITES[site]}",
            "plot_id": str(SITES[site]),
            "cooperative": "real",
            "geometry": source.geometry,
            "original_wkb": None,
            "source_file": "plots.geojson",
            "source_row": 1,
            "commodity": "coffee",
            "geometry_kind": "polygon",
            "area_ha": area,
            "usable": True,
        }
        self.plots = gpd.GeoDataFrame(tables.typed(tables.PLOTS, [row]), geometry="geometry", crs="EPSG:4326")
        self.evidence = overlay.tabulate(self.plots, cube(data / site, layers), 5.0)
        self.variables = tuple(variable for variable, _, _ in layers)
        found, self.reasons = risk.assess(self.plots, self.evidence, self.variables, POLICY, PRODUCTION)
        tables.check(tables.ASSESSMENTS, found)
        tables.check(tables.REASONS, self.reasons)
        self.row = found.iloc[0]

    def hectares(self, *columns: str) -> float:
        """Hectares of forest on which every column named shows an event after 2020."""
        where = self.evidence["jrc_gfc2020.forest"] == 1
        for column in columns:
            where &= self.evidence[column] > 2020
        return float(self.evidence.loc[where, "area_ha"].sum())


@pytest.fixture(scope="module")
def data(shared_data: Path) -> Path:
    """Folder of the real plots and rasters."""
    return shared_data / "real-plots-and-rasters"


def test_san_martin_with_all_alerts(data: Path) -> None:
    """High: two methods agree on 0.41 ha when RADD and GLAD-S2 look as well."""
    site = Site(data, "PE_sanmartin_p10", EVERYTHING)

    assert site.row["outcome"] == "high"
    assert site.row["agreed_deforestation_ha"] == pytest.approx(0.41, abs=0.005)


def test_san_martin_with_hansen_and_tmf(data: Path) -> None:
    """The two agree on 0.085 ha; Hansen alone has 0.344, TMF 0.189, either 0.449: high by one method."""
    site = Site(data, "PE_sanmartin_p10", LANDSAT)

    assert site.row["outcome"] == "high"
    assert site.row["agreed_deforestation_ha"] == pytest.approx(0.085, abs=0.001)
    assert site.row["deforestation_ha"] == pytest.approx(0.449, abs=0.001)
    assert site.hectares("hansen.loss_year") == pytest.approx(0.344, abs=0.001)
    assert site.hectares("tmf.deforestation_year") == pytest.approx(0.189, abs=0.001)
    assert site.reasons["code"].iloc[0] == "deforestation_one_method"


def test_rwanda_is_high_by_a_hair(data: Path) -> None:
    """Hansen and TMF agree on 0.109 ha of forest, 0.009 above the threshold: fragile."""
    site = Site(data, "RW_p17", LANDSAT)

    assert site.row["outcome"] == "high"
    assert site.row["agreed_deforestation_ha"] == pytest.approx(0.109, abs=0.001)
    assert site.row["margin_ha"] == pytest.approx(0.009, abs=0.001)
    assert site.row["stability"] == "fragile"
    assert "thresholds_doubled=" in site.row["flips"]


@pytest.mark.parametrize("layers", [LANDSAT, EVERYTHING, (*EVERYTHING, COCOA, COFFEE)])
def test_cote_divoire_is_low(data: Path, layers: tuple[tuple[Variable, str, int], ...]) -> None:
    """No forest of 2020 on the plot; 0.035 ha of loss, all outside it."""
    site = Site(data, "CI_west_p05", layers)

    assert (site.row["outcome"], site.row["forest_2020_ha"]) == ("low", 0.0)
    assert site.row["loss_after_2020_ha"] == pytest.approx(0.035, abs=0.001)
    assert site.row["deforestation_ha"] == 0.0


@pytest.mark.parametrize("layers", [LANDSAT, EVERYTHING])
def test_huanuco_is_low(data: Path, layers: tuple[tuple[Variable, str, int], ...]) -> None:
    """No forest and no loss on 26.02 ha with a hole."""
    site = Site(data, "PE_huanuco_p14", layers)

    assert (site.row["outcome"], site.row["reasons"]) == ("low", "no_forest_2020")
    assert site.evidence["area_ha"].sum() == pytest.approx(26.0235, abs=0.001)


@pytest.mark.parametrize("site", SITES)
def test_without_event_layers_nothing_is_low(data: Path, site: str) -> None:
    """The same plots with every event layer unread are undetermined."""
    real = Site(data, site, LANDSAT)
    unread = real.evidence.assign(**{"hansen.loss_year": np.int16(-1), "tmf.deforestation_year": np.int16(-1)})
    found, _ = risk.assess(real.plots, unread, real.variables, POLICY, PRODUCTION)

    assert found["outcome"].tolist() == ["undetermined"]


@pytest.mark.parametrize("site", SITES)
def test_tree_crops_never_make_a_plot_with_loss_low(data: Path, site: str) -> None:
    """Maps of cocoa and coffee may turn high into a question, no further."""
    without, with_crops = Site(data, site, EVERYTHING), Site(data, site, (*EVERYTHING, COCOA, COFFEE))

    if without.row["deforestation_ha"] > POLICY.noise_floor.value:
        assert with_crops.row["outcome"] in {"high", "more_info_needed"}
    assert isinstance(with_crops.reasons, pd.DataFrame)
