"""Real public plots in Peru, Côte d'Ivoire and Rwanda with real pixels around them, through the command line."""

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import yaml

from tests.helpers import command
from tests.helpers.rasters import policy_on

DEFINITIONS = Path(__file__).parents[2] / "definitions"
SITES = {"CI_west_p05": "5", "PE_sanmartin_p10": "10", "PE_huanuco_p14": "14", "RW_p17": "17"}
RASTERS = {
    "whisp_jrc_gfc2020": ["jrc_gfc2020_EUFO"],
    "whisp_hansen": ["gfc_treecover_2020", "gfc_lossyear"],
    "whisp_tmf": ["tmf_deforestation_year", "tmf_degradation_year", "tmf_undisturbed_2020"],
    "whisp_worldcover": ["esa_worldcover_tree_2020"],
    "whisp_radd": ["radd_alert_year"],
    "whisp_glad_s2": ["glad_s2_alert_year"],
}
STATES = {
    "jrc_gfc2020_EUFO_ha": "whisp_jrc_gfc2020.forest",
    "esa_worldcover_tree_2020_ha": "whisp_worldcover.tree",
    "gfc_treecover_2020_ha": "whisp_hansen.tree10",
}
EVENTS = {
    "gfc_lossyear_after_2020_ha": "whisp_hansen.loss_year",
    "tmf_deforestation_year_after_2020_ha": "whisp_tmf.deforestation_year",
    "tmf_degradation_year_after_2020_ha": "whisp_tmf.degradation_year",
    "radd_alert_year_after_2020_ha": "whisp_radd.alert_year",
    "glad_s2_alert_year_after_2020_ha": "whisp_glad_s2.alert_year",
}


@pytest.fixture(scope="module")
def real(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run folder of the real sites: `catalogue add` for every product, then `run`."""
    data = shared_data / "real-plots-and-rasters"
    folder = tmp_path_factory.mktemp("real")
    for layer, names in RASTERS.items():
        files = [data / site / f"{name}.tif" for site in SITES for name in names]
        added = command.ended(
            "catalogue", "add", folder / "catalogue", *files, "--layer", DEFINITIONS / f"{layer}.yaml"
        )
        assert added.returncode == 0, added.stderr
    settings = {
        "harvest": "real-sites",
        "commodity": "coffee",
        "plots": [
            {
                "path": str(data / "plots.geojson"),
                "cooperative": "whisp",
                "columns": {"plot_id": "user_id", "producer_country": "country"},
            }
        ],
        "catalogues": {"local": {"folder": "catalogue"}},
        "layers": [{"definition": str(DEFINITIONS / f"{layer}.yaml"), "from": "local"} for layer in RASTERS],
        "production": {"from": "2024-01-01", "to": "2024-12-31"},
        "policy": policy_on(folder, "whisp_jrc_gfc2020.forest"),
        "package": {"outputs": ["eu_geojson"]},
        "run": {"folder": "run"},
    }
    (folder / "real.yaml").write_text(yaml.safe_dump(settings, sort_keys=False))
    done = command.ended("run", folder / "real.yaml", "--offline")
    assert done.returncode in (0, 3), done.stderr
    return folder / "run"


def evidence_of(run: Path) -> pd.DataFrame:
    return pd.read_parquet(run / "tables" / "EVIDENCE.parquet").query("footprint == 'polygon'")


@pytest.mark.parametrize("site", SITES)
def test_hectares_equal_the_published_ones(real: Path, shared_data: Path, site: str):
    """Each layer within 0.002 ha of `expected.csv`, which two other methods agree on."""
    expected = pd.read_csv(shared_data / "real-plots-and-rasters" / "expected.csv").set_index("site").loc[site]
    evidence = evidence_of(real).loc[[f"whisp/{SITES[site]}"]]

    found = {name: evidence.loc[evidence[column] == 1, "area_ha"].sum() for name, column in STATES.items()}
    found |= {name: evidence.loc[evidence[column] > 2020, "area_ha"].sum() for name, column in EVENTS.items()}

    assert found == pytest.approx({name: expected[name] for name in found}, abs=0.002)


def test_no_published_area_is_left_out(shared_data: Path):
    """All 32 there are, eight layers of four sites; more are published nowhere that these tests could read."""
    expected = pd.read_csv(shared_data / "real-plots-and-rasters" / "expected.csv").set_index("site")

    assert {name for name in expected if name.endswith("_ha")} == {*STATES, *EVENTS}
    assert set(expected.index) == set(SITES)
    assert expected[[*STATES, *EVENTS]].notna().to_numpy().sum() == 32


def test_evidence_adds_up_to_the_plots(real: Path):
    """Rows of each plot add up to its area within 1e-8; the hole of Huánuco is a hole: 26.02 ha, not 26.73."""
    plots = gpd.read_parquet(real / "tables" / "PLOTS.parquet")

    sums = evidence_of(real).groupby("plot")["area_ha"].sum()

    assert (sums / plots["area_ha"]).to_numpy() == pytest.approx(1.0, abs=1e-8)
    assert plots.loc["whisp/14", "area_ha"] == pytest.approx(26.0235, abs=0.0005)


def test_san_martin_is_high(real: Path):
    """On 2020 forest: 0.344 ha of Hansen loss, 0.189 ha of TMF deforestation, 0.449 ha of either."""
    evidence = evidence_of(real).loc[["whisp/10"]]
    forest = evidence[evidence["whisp_jrc_gfc2020.forest"] == 1]
    hansen, tmf = forest["whisp_hansen.loss_year"] > 2020, forest["whisp_tmf.deforestation_year"] > 2020

    assert forest.loc[hansen, "area_ha"].sum() == pytest.approx(0.344, abs=0.0005)
    assert forest.loc[tmf, "area_ha"].sum() == pytest.approx(0.189, abs=0.0005)
    assert forest.loc[hansen | tmf, "area_ha"].sum() == pytest.approx(0.449, abs=0.0005)


def test_outcomes(real: Path):
    """San Martín and Rwanda high, Côte d'Ivoire and Huánuco without forest in 2020: low."""
    outcomes = pd.read_parquet(real / "tables" / "ASSESSMENTS.parquet")["outcome"]

    assert outcomes.to_dict() == {
        "whisp/5": "low",
        "whisp/10": "high",
        "whisp/14": "low",
        "whisp/17": "high",
    }
