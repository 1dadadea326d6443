"""A shipped definition with one value changed is never taken for the shipped one, and never with a value of nowhere."""

import copy
import random
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from eudr_check import layers
from eudr_check.errors import LayersError
from eudr_check.layers.definition import LayerDefinition, read, shipped
from eudr_check.layers.value_ranges import Values
from eudr_check.run.artifacts import digest

DEFINITIONS = Path(layers.__file__).parent / "definitions"
Content = dict[str, Any]
Change = Callable[[Content, random.Random], bool]
"""Changes one value of a definition in place; False where it has no such value."""
AT_ONCE = 12
"""Definitions that one example changes."""


@cache
def content_of(name: str) -> Content:
    """A shipped definition as its YAML has it."""
    content: Content = yaml.safe_load((DEFINITIONS / f"{name}.yaml").read_text(encoding="utf-8"))
    return content


@cache
def digest_of(name: str) -> str:
    """What the artifacts of a run with a shipped definition are named after."""
    return digest(LayerDefinition.model_validate(content_of(name)).model_dump(mode="json"))


def one_variable(content: Content, rng: random.Random, kind: str = "") -> Content:
    """A variable of a definition, of one kind where it has any; empty where it has none."""
    fitting = [one for one in content["variables"].values() if one["kind"].startswith(kind)]
    found: Content = rng.choice(fitting) if fitting else {}
    return found


def nowhere(content: Content, asset: str, rng: random.Random) -> int:
    """A value that an asset has neither in its legend nor as nodata."""
    raster = content["assets"][asset]
    known = Values(sorted((*Values.parse(raster["legend"]), *Values.parse(raster.get("nodata", "-1")))))
    free = Values(((0, 70000),)).beyond(known)
    low, high = rng.choice(free)
    return rng.randint(low, high)


def added(values: Any, value: int, rng: random.Random) -> Any:
    """A set of values with one more, or that one alone."""
    return value if rng.random() < 0.5 else f"{values}, {value}"


def when_of_nowhere(content: Content, rng: random.Random) -> bool:
    """`when` of a value that cannot occur."""
    when = one_variable(content, rng).get("when")
    if when:
        key = rng.choice(sorted(when))
        when[key] = added(when[key], nowhere(content, key, rng), rng)
    return bool(when)


def when_of_nodata(content: Content, rng: random.Random) -> bool:
    """`when` of what is always unknown."""
    when = one_variable(content, rng).get("when") or {}
    keys = [key for key in when if content["assets"][key].get("nodata")]
    for key in keys[:1]:
        when[key] = added(when[key], int(content["assets"][key]["nodata"]), rng)
    return bool(keys)


def unknown_of_nowhere(content: Content, rng: random.Random) -> bool:
    """`unknown` of a value that cannot occur."""
    asset = rng.choice(sorted(content["assets"]))
    one_variable(content, rng).setdefault("unknown", []).append({asset: nowhere(content, asset, rng)})
    return True


def year_of_nowhere(content: Content, rng: random.Random) -> bool:
    """An event of a value that cannot occur."""
    year = one_variable(content, rng, "event").get("year", {})
    if "years" in year:
        key = rng.choice(sorted(year["years"]))
        year["years"][key] = added(year["years"][key], nowhere(content, year["asset"], rng), rng)
    elif year:
        year["values"] = added(year["values"], nowhere(content, year["asset"], rng), rng)
    return bool(year)


def another_century(content: Content, rng: random.Random) -> bool:
    """Years that lie centuries from the cover."""
    year = one_variable(content, rng, "event").get("year", {})
    far = rng.choice((-1000, -300, 300, 1000))
    if "years" in year:
        key = rng.choice(sorted(year["years"]))
        year["years"][key + far] = year["years"].pop(key)
    elif "add" in year:
        year["add"] += far
    elif year:
        # The cover of files that grow goes on to the day of their last update.
        year["since"] = year["since"].replace(year=year["since"].year - abs(far))
    return bool(year)


def nodata_in_the_legend(content: Content, rng: random.Random) -> bool:
    """A value that is both legal and nodata."""
    asset = content["assets"][rng.choice(sorted(content["assets"]))]
    low, high = rng.choice(Values.parse(asset["legend"]))
    asset["nodata"] = rng.randint(low, high)
    return True


def legend_of_another_dtype(content: Content, rng: random.Random) -> bool:
    """A legend with values that the raster has no room for."""
    asset = content["assets"][rng.choice(sorted(content["assets"]))]
    asset["legend"] = f"{asset['legend']}, {rng.randint(65536, 99999)}"
    return True


def smaller_dtype(content: Content, rng: random.Random) -> bool:
    """A raster of fewer bits than its legend needs."""
    wide = [one for one in content["assets"].values() if one.get("dtype") == "uint16"]
    wide = [one for one in wide if max(high for _, high in Values.parse(one["legend"])) > 255]
    for one in wide[:1]:
        one["dtype"] = rng.choice(("uint8", "int8"))
    return bool(wide)


def cover_backwards(content: Content, rng: random.Random) -> bool:
    """A cover that ends before it begins."""
    variable = one_variable(content, rng)
    variable["covers_through"] = f"{rng.randint(1000, 1980)}-01-01"
    return True


def no_date(content: Content, rng: random.Random) -> bool:
    """A date that no calendar has."""
    content["date"] = rng.choice(
        ("last year", "2020-02-30", "20201231", "2024-12-31/2020-01-01", "2020-12-31/", "2020")
    )
    return True


def no_crs(content: Content, rng: random.Random) -> bool:
    """A CRS that nobody knows, or that has no code."""
    content["crs"] = rng.choice((f"EPSG:{rng.randint(90000, 99999)}", "UTM 18 Sur", "WGS 84", "", "EPSG:"))
    return True


def other_kind(content: Content, rng: random.Random) -> bool:
    """A state called an event, or an event called a state."""
    variable = one_variable(content, rng)
    variable["kind"] = {"state": "event", "event": "state"}[variable["kind"]]
    return True


def role_of_the_other_kind(content: Content, rng: random.Random) -> bool:
    """A role that no map of this kind can have."""
    variable = one_variable(content, rng)
    states, events = ("forest_2020", "tree_cover_2020", "commodity"), ("event", "degradation")
    variable["role"] = rng.choice(states if variable["kind"] == "event" else events)
    return True


def cutoff_left_out(content: Content, rng: random.Random) -> bool:
    """A map of the cut-off day that does not cover it."""
    variable = one_variable(content, rng, "state")
    year = rng.choice((2015, 2021, 2024))
    variable |= {"covers_from": f"{year}-01-01", "covers_through": f"{year}-12-30"}
    return variable.get("role") in ("forest_2020", "tree_cover_2020")


OUTSIDE: tuple[Change, ...] = (
    when_of_nowhere, when_of_nodata, unknown_of_nowhere, year_of_nowhere, another_century, nodata_in_the_legend,
    legend_of_another_dtype, smaller_dtype, cover_backwards, no_date, no_crs, other_kind, role_of_the_other_kind,
    cutoff_left_out,
)  # fmt: skip


def places(content: Any) -> list[tuple[Any, Any]]:
    """Every place of a definition that holds one value, as its container and key."""
    pairs = list(content.items() if isinstance(content, dict) else enumerate(content))
    found = [(content, key) for key, value in pairs if not isinstance(value, dict | list)]
    return found + [place for _, value in pairs if isinstance(value, dict | list) for place in places(value)]


@cache
def all_values() -> list[Any]:
    """Every value that stands anywhere in a shipped definition."""
    return [container[key] for name in shipped() for container, key in places(content_of(name))]


@given(st.integers(0, 2**32))
def test_a_shipped_definition_with_a_value_of_nowhere_is_refused(seed: int) -> None:
    """Whatever of legend, values, years, dates, CRS, kind and role is moved to something that cannot be is refused."""
    rng = random.Random(seed)
    for name in rng.sample(shipped(), AT_ONCE):
        change = rng.choice(OUTSIDE)
        content = copy.deepcopy(content_of(name))
        if not change(content, rng):
            continue

        with pytest.raises(ValueError, match="for LayerDefinition"):
            pytest.fail(f"{name}, {change.__name__}: taken as {LayerDefinition.model_validate(content)}")


@given(st.integers(0, 2**32))
def test_a_shipped_definition_with_a_changed_value_is_another_one(seed: int) -> None:
    """Any one value taken from any other place of all definitions is refused, or the digest of the work changes."""
    rng = random.Random(seed)
    others = all_values()
    for name in rng.sample(shipped(), AT_ONCE):
        content = copy.deepcopy(content_of(name))
        heart = [content["assets"], content["variables"]]
        container, key = rng.choice([(content, "date"), (content, "crs"), *places(heart)])
        before, container[key] = container[key], rng.choice(others)
        try:
            taken = LayerDefinition.model_validate(content)
        except ValueError:
            continue

        same = str(before) == str(container[key])
        assert same == (digest(taken.model_dump(mode="json")) == digest_of(name)), (name, key, before, container[key])


@pytest.mark.parametrize("name", shipped())
def test_a_changed_definition_cannot_keep_the_id_of_the_shipped_one(tmp_path: Path, name: str) -> None:
    """A definition that would be sound is refused under the id whose evidence people know."""
    content = copy.deepcopy(content_of(name))
    variable = content["variables"][sorted(content["variables"])[0]]
    variable["method"] = "mine"
    path = tmp_path / "own.yaml"
    path.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")

    with pytest.raises(LayersError, match=f"'{name}' is the id of a definition that comes with"):
        read(path)
