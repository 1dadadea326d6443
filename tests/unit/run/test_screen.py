"""A first look at one file: the settings that are made up for it."""

from pathlib import Path
from typing import get_args

import pandas as pd
import pytest
from typer.testing import CliRunner

from eudr_check import risk
from eudr_check.choices import Commodity
from eudr_check.cli.commands import app
from eudr_check.errors import ConfigError
from eudr_check.run.screen import harvest_of


@pytest.mark.parametrize("country", ["Peru", "Perú", "PE", "pe", "PER", "Pérou"])
def test_a_country_is_taken_as_people_write_it(tmp_path: Path, country: str) -> None:
    """A name or a code, in any of the four languages."""
    made = harvest_of(tmp_path / "a.csv", commodity="coffee", catalogue=None, out=tmp_path / "out", country=country)

    assert made.plots[0].producer_country == "PE"


@pytest.mark.parametrize("country", ["Perru", "", "XX", "Peru, Ecuador", "[bold]PE[/bold]"])
def test_what_is_no_country_is_refused_in_one_line(tmp_path: Path, country: str) -> None:
    """Nothing is guessed, and the message says what to write."""
    with pytest.raises(ConfigError, match="is no country; write its name or its code"):
        harvest_of(tmp_path / "a.csv", commodity="coffee", catalogue=None, out=tmp_path / "out", country=country)


@pytest.mark.parametrize(
    ("commodity", "policy"),
    [
        ("coffee", "convergence@1"),
        ("cacao", "convergence@1"),
        ("wood", "wood@1"),
        ("madera", "wood@1"),
        ("ganado", "cattle@1"),
    ],
)
def test_a_commodity_is_judged_by_its_own_policy(tmp_path: Path, commodity: str, policy: str) -> None:
    """The policy that `init` would write, which speaks of the commodity; coffee where nobody says otherwise."""
    made = harvest_of(tmp_path / "a.csv", commodity=commodity, catalogue=None, out=tmp_path / "out")

    assert made.policy == policy
    assert made.commodity in risk.policy(policy).commodities


@pytest.mark.parametrize("commodity", get_args(Commodity))
def test_no_commodity_is_without_policy(commodity: str) -> None:
    """Every commodity of the Regulation."""
    assert commodity in risk.policy(risk.default_policy(commodity)).commodities


@pytest.mark.parametrize(
    ("commodity", "more"), [("coffee", []), ("wood", ["jrc_gft2020@V1", "mapbiomas_peru@col4"]), ("cattle", [])]
)
def test_a_folder_gives_what_the_policy_asks_for(tmp_path: Path, commodity: str, more: list[str]) -> None:
    """Wood reads kinds of forest and the use of today where the folder has them; coffee what it always read."""
    folder = Path(__file__).parents[3] / "sample_plots" / ("cattle" if commodity == "cattle" else "wood") / "catalogue"
    made = harvest_of(tmp_path / "a.csv", commodity=commodity, catalogue=folder, out=tmp_path / "out", country="PE")

    assert [one.id for one in made.layers] == ["jrc_gfc2020@V4", "hansen_gfc@v1.13", "jrc_tmf@v1.2025", *more]


def test_wood_is_screened_by_the_rules_of_wood(tmp_path: Path) -> None:
    """The command says what the harvest of the sample says, where the folder alone can tell; never "not assessed"."""
    wood = Path(__file__).parents[3] / "sample_plots" / "wood"
    command = ["screen", str(wood / "parcelas-de-corta.geojson"), "--catalogue", str(wood / "catalogue")]
    asked = [*command, "--commodity", "madera", "--country", "Peru", "--out", str(tmp_path / "out"), "--offline"]
    made = CliRunner().invoke(app, asked)
    found = pd.read_parquet(tmp_path / "out" / "tables" / "ASSESSMENTS.parquet")

    assert made.exit_code == 3, made.output
    assert set(found["policy"]) == {"wood@1"}
    assert "not_assessed" not in {code for codes in found["reasons"] for code in codes}


def test_the_command_ends_without_a_traceback(tmp_path: Path) -> None:
    """One line, and the exit code of an error."""
    (tmp_path / "a.csv").write_text("plot_id,lon,lat\nP1,-76.101234,-6.041234\n", encoding="utf-8")
    made = CliRunner().invoke(app, ["screen", str(tmp_path / "a.csv"), "--plots-only", "--country", "Atlantis"])

    assert made.exit_code != 0
    assert isinstance(made.exception, ConfigError | SystemExit)
