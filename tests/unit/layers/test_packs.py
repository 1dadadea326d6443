"""Which layers a first run reads in a country: all of them without an account, with a reason in every language."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from eudr_check.cli.commands import app
from eudr_check.config import LayerChoice
from eudr_check.layers import packs
from eudr_check.layers.definition import definition
from eudr_check.run.screen import harvest_of
from eudr_check.text import say

COUNTRIES = ("BR", "CI", "CO", "EC", "ET", "GH", "HN", "ID", "PE", "VN")


@pytest.mark.parametrize("country", [None, *COUNTRIES])
def test_a_pack_needs_no_account_and_says_why(country: str | None) -> None:
    """Each layer has published tiles that want no token, a column prefix of its own, and a reason in four languages."""
    pack = packs.pack(country)
    known = [definition(LayerChoice.model_validate({"id": name, "from": "web"})) for name in pack.ids]
    places = [[place for place in one.found if place.tiles is not None] for one in known]

    assert all(places)
    assert not [place.token_env for found in places for place in found if place.token_env is not None]
    assert len({one.name for one in known}) == len(known)
    assert all(say("packs", one.why, language) for one in pack.layers for language in ("es", "en", "fr", "pt"))
    assert all(one.page.startswith("https://") for one in pack.by_hand)


def test_packs_are_those_of_the_first_countries() -> None:
    """Ten countries have a list; any other gets the layers that apply everywhere."""
    assert packs.countries() == COUNTRIES
    assert packs.pack("UG") == packs.pack(None)
    assert [name for name in COUNTRIES if packs.pack(name).has_national_map] == ["BR", "CO", "EC", "ID", "PE"]


@pytest.mark.parametrize(
    ("country", "named"),
    [
        ("PE", ["jrc_gfc2020@V4", "mapbiomas_peru@col4", "glad_s2@current", "CC-BY-4.0", "sernanp_buffers@current"]),
        ("Perú", ["mapbiomas_peru@col4"]),
        ("CI", ["BNETD-CIGN", "africageoportal.com", "catalogue add", "No open national map"]),
        ("VN", ["glad_l@2026", "No open national map for VN"]),
        ("UG", ["No list of its own for UG", "BR, CI"]),
    ],
)
def test_layers_of_a_country_are_printed(country: str, named: list[str]) -> None:
    """What applies, why, its licence; what is registered by hand, with page and command; what there is not."""
    said = CliRunner().invoke(app, ["layers", "--country", country], env={"COLUMNS": "300", "EUDR_LANGUAGE": "en"})

    assert said.exit_code == 0, said.output
    assert [one for one in named if one not in said.output] == []


def test_layers_of_a_country_as_json() -> None:
    """Machines read the same."""
    said = CliRunner().invoke(app, ["layers", "--country", "br", "--json"])
    listed = json.loads(said.output)

    assert [one["layer"] for one in listed["layers"]] == list(packs.pack("BR").ids)
    assert listed["by_hand"][0]["title"].startswith("INPE PRODES")
    assert CliRunner().invoke(app, ["layers", "--country", "Atlantis"]).exit_code == 2


def test_a_screening_without_rasters_reads_the_layers_of_its_country(tmp_path: Path) -> None:
    """Without a folder of rasters those of the country, from the producers; with one, what was always read of it."""
    plots = tmp_path / "p.geojson"
    asked = {"commodity": "coffee", "out": tmp_path, "country": "PE"}
    web = harvest_of(plots, catalogue=None, **asked)
    disk = harvest_of(plots, catalogue=tmp_path, **asked)

    assert [one.id for one in web.layers] == list(packs.pack("PE").ids)
    assert [one.id for one in disk.layers] == ["jrc_gfc2020@V4", "hansen_gfc@v1.13", "jrc_tmf@v1.2025"]
