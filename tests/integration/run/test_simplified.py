"""A simplified declaration from files to payload: a cocoa farm in Ghana, checked by the official schema."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from lxml import etree
from typer.testing import CliRunner

from eudr_check.cli.commands import app
from tests.helpers import tiny_harvest
from tests.helpers.official_schema import SIMPLIFIED, official_schema

TILES = {"N0_W80": "N10_W10", "00N_080W": "10N_010W", "S09W078": "N06W003", "SAM_ID14": "AFR_ID1"}
FARM = {
    "harvest": "gh-cocoa",
    "commodity": "cocoa",
    "operator": {
        "name": "Kofi Ejemplo",
        "country": "GH",
        "address": {"street": "Farm road 1", "postal_code": "BA-0001", "city": "Goaso"},
        "eori": "NL000000000",
        "country_of_activity": "NL",
        "size": "natural_person",
        "established": "2019-01-01",
        "role": "primary_producer",
    },
    "product": {"hs_code": "1801 00", "description": "Cocoa beans"},
    "simplified": {"annual_kg": {"1801 00": 2500}},
}


@pytest.fixture(scope="module")
def farm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The drawing of the tiny harvest laid in Ghana, its three low plots and one that is high; run once."""
    rasters = tiny_harvest._rasters

    def renamed() -> dict[str, dict[str, Any]]:
        def other(name: str) -> str:
            for old, new in TILES.items():
                name = name.replace(old, new)
            return name

        return {layer: {other(name): made for name, made in files.items()} for layer, files in rasters().items()}

    folder = tmp_path_factory.mktemp("farm") / "harvest"
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(tiny_harvest, "SEAM", -2.4)
        patched.setattr(tiny_harvest, "NORTH", 6.57)
        patched.setattr(tiny_harvest, "_rasters", renamed)
        config = tiny_harvest.draw(folder).config
    content = yaml.safe_load(config.read_text(encoding="utf-8")) | FARM
    content["plots"] = [content["plots"][0] | {"producer_country": "GH"}]
    content["package"] |= {"outputs": ["report"]}
    config.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    ran = CliRunner().invoke(app, ["run", str(config), "--offline"])
    assert ran.exit_code in (0, 3), ran.output
    return config


def test_a_farm_declares_simply_from_files_to_payload(farm: Path, tmp_path: Path, shared_data: Path) -> None:
    """Pages, facts and payload are written; plots that are not low are named and keep the declaration a draft."""
    into = tmp_path / "declared"
    made = CliRunner().invoke(app, ["simplified", str(farm), str(into)])
    facts = json.loads((into / "sd.json").read_text(encoding="utf-8"))

    assert made.exit_code == 0, made.output
    assert "plots: 3; DRAFT" in made.output
    assert sorted(path.name for path in into.iterdir()) == [
        "declaration.en.pdf", "declaration.es.pdf", "plots.geojson", "sd.json", "sd.xml",
    ]  # fmt: skip
    assert facts["obligation"]["files"] == "simplified_declaration"
    assert facts["open_points"][0]["code"] == "plots_unsettled"
    official_schema(shared_data, SIMPLIFIED).assertValid(etree.parse(into / "sd.xml"))
