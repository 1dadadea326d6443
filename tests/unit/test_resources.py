"""YAML that users write says each thing once."""

import pytest
import yaml

from eudr_check.resources import parse_yaml


@pytest.mark.parametrize(
    "text",
    ["a: 1\na: 1\n", "plots:\n  - {file: x, file: y}\n", "a:\n  b: 1\n  'b': 2\n", "a: {1: x, 0x1: y}\n"],
)
def test_a_key_twice_is_refused(text: str) -> None:
    """In any block, quoted or not, the second of two equal keys is named with both lines."""
    with pytest.raises(yaml.YAMLError, match="stands twice in one block"):
        parse_yaml(text)


def test_the_same_key_in_two_blocks_is_fine() -> None:
    """Rows of a list and merged blocks may repeat keys."""
    text = "a: &a {x: 1, y: 2}\nb: {<<: *a, x: 3}\nc: [{x: 1}, {x: 2}]\n"

    assert parse_yaml(text) == {"a": {"x": 1, "y": 2}, "b": {"x": 3, "y": 2}, "c": [{"x": 1}, {"x": 2}]}
