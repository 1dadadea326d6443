"""What a verifier asks other rooms, from what a package writes."""

import json

import pytest

from eudr_check import layers, tables
from eudr_check.config import LayerChoice
from eudr_check.errors import LayersError
from eudr_check.run.recompute import STAGES, meant, shipped_definition

NO_SOURCES = tables.typed(tables.SOURCES, [])


@pytest.mark.parametrize("name", layers.shipped())
def test_columns_keep_their_meaning_through_a_package(name: str) -> None:
    """`layers.json` gives the same variables as the definition it was written from."""
    written = json.loads(json.dumps(shipped_definition(name)))
    defined = layers.definition(LayerChoice.model_validate({"id": name, "from": "shipped"}))

    assert list(meant([written], NO_SOURCES)) == list(defined.variables)
    assert STAGES.variables is meant


@pytest.mark.parametrize("content", [1, "x", {}, {"id": 1}, []])
def test_what_is_no_definition_is_named(content: object) -> None:
    """A file somebody edited is refused by its name."""
    with pytest.raises(LayersError, match=r"layers\.json"):
        meant([content], NO_SOURCES)
