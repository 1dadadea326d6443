"""Names of classes that count."""

from typing import Any

import pytest

from eudr_check.config import LayerChoice
from eudr_check.layers.definition import definition, shipped
from eudr_check.package.class_names import MOST, counting


def layer(when: dict[str, str], count: int = 3) -> dict[str, Any]:
    """A definition with classes 1 to `count`, as `layers.json` holds one."""
    asset = {"classes": {str(value): f"class {value}" for value in range(1, count + 1)}}
    return {"name": "own", "assets": {"map": asset, "year": {}}, "encodings": {"forest": {"when": when}}}


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ({"map": "2"}, {"own.forest": "2 class 2"}),
        ({"map": "1, 3"}, {"own.forest": "1 class 1, 3 class 3"}),
        ({"map": "2..9"}, {"own.forest": "2 class 2, 3 class 3"}),
        ({"year": "1"}, {}),
        ({"map": "7"}, {}),
    ],
)
def test_only_named_values_that_count_are_said(when: dict[str, str], expected: dict[str, str]) -> None:
    """Values and ranges; a map without names, or a value without one, adds nothing."""
    assert counting([layer(when)]) == expected


def test_a_long_legend_is_cut_and_says_so() -> None:
    """The rest is counted."""
    assert counting([layer({"map": "1..40"}, 40)])["own.forest"].endswith(f"{MOST} class {MOST}, … (+28)")


def test_shipped_definitions_are_read() -> None:
    """Every definition as a package holds it."""
    chosen = [definition(LayerChoice.model_validate({"id": name, "from": "web"})) for name in shipped()]
    found = counting([one.model_dump(mode="json") for one in chosen])

    assert found["drivers.agriculture"] == "1 permanent agriculture, 3 shifting cultivation"
