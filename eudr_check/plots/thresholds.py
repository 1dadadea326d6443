"""The figures checks go by, and how severe each code is: read from `checks.yaml`."""

from functools import cache
from typing import Any

from eudr_check.resources import read_yaml


@cache
def _content() -> dict[str, Any]:
    content: dict[str, Any] = read_yaml(__package__, "checks.yaml")
    return content


def threshold(name: str) -> Any:
    """Value of one threshold, in the unit `checks.yaml` gives."""
    return _content()["thresholds"][name]["value"]


def severity(code: str) -> str:
    """block, warn or info."""
    return str(_content()["codes"][code]["severity"])


def codes() -> dict[str, dict[str, Any]]:
    """Every code with its severity and the names of its thresholds, in the order of the file."""
    return dict(_content()["codes"])


def thresholds() -> dict[str, dict[str, Any]]:
    """Every threshold with value, unit and source."""
    return dict(_content()["thresholds"])
