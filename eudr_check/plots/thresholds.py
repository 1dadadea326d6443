"""The figures checks go by, and how severe each code is: read from `checks.yaml`."""

from functools import cache
from typing import Any, NotRequired, TypedDict

from eudr_check.resources import read_yaml


@cache
def _content() -> dict[str, Any]:
    content: dict[str, Any] = read_yaml(__package__, "checks.yaml")
    return content


class Check(TypedDict):
    """What `checks.yaml` says of a code."""

    severity: str
    thresholds: NotRequired[list[str]]


class Threshold(TypedDict):
    """What `checks.yaml` says of a figure."""

    value: float | dict[str, float]
    unit: str
    source: str


def threshold(name: str) -> float:
    """Value of one threshold, in the unit `checks.yaml` gives; an int where whole things are counted."""
    value: float = _content()["thresholds"][name]["value"]
    return value


def threshold_by_commodity(name: str) -> dict[str, float]:
    """Values of a threshold that differs between commodities."""
    value: dict[str, float] = _content()["thresholds"][name]["value"]
    return value


def severity(code: str) -> str:
    """block, warn or info."""
    return str(_content()["codes"][code]["severity"])


def codes() -> dict[str, Check]:
    """Every code with its severity and the names of its thresholds, in the order of the file."""
    return dict(_content()["codes"])


def thresholds() -> dict[str, Threshold]:
    """Every threshold with value, unit and source."""
    return dict(_content()["thresholds"])
