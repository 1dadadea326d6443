"""The layer documentation says what the definitions say."""

import re

import yaml

from eudr_check.config import LayerChoice
from eudr_check.layers.definition import LayerDefinition, definition, read, shipped
from tests.conftest import REPOSITORY

TEXT = (REPOSITORY / "docs" / "layers.md").read_text(encoding="utf-8")


def test_every_shipped_layer_is_described() -> None:
    """Each column prefix stands in the table; each environment variable and endpoint is explained."""
    for layer in shipped():
        one = definition(LayerChoice.model_validate({"id": layer, "from": "x"}))
        name = re.sub(r"_20\d\d$", "_2022", one.name) if one.name.startswith("opera") else one.name
        assert f"`{name}." in TEXT, layer
        for place in one.found:
            assert place.token_env is None or f"`{place.token_env}`" in TEXT
            assert place.endpoint is None or place.endpoint in TEXT


def test_worked_example_is_the_tested_one() -> None:
    """The PRODES definition in the text and the one in the tests make the same variables from the same values."""
    blocks = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
    shown = LayerDefinition.model_validate(yaml.safe_load(next(block for block in blocks if "id: prodes" in block)))
    tested = read(REPOSITORY / "tests" / "definitions" / "prodes.yaml")

    assert shown.assets == tested.assets
    assert shown.encodings == tested.encodings
    assert shown.crs == tested.crs


def test_example_of_polygons_is_a_definition() -> None:
    """The map of polygons in the text can be used as it stands."""
    blocks = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
    shown = LayerDefinition.model_validate(
        yaml.safe_load(next(block for block in blocks if "id: mapa_bosque" in block))
    )

    assert shown.polygons is not None
    assert [variable.role for variable in shown.variables] == ["forest_2020", "event"]
