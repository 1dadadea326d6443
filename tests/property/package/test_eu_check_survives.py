"""Whatever a file holds, `eu_check` answers with faults and never falls over."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from eudr_check.package.eu import file_rules

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just(10**400)
numbers = st.integers(-200, 200) | st.floats(-181, 181, allow_nan=False)
coordinates = st.recursive(
    numbers | scalars,
    lambda inner: st.lists(inner, max_size=5) | st.lists(numbers, min_size=2, max_size=3),
    max_leaves=30,
)
kinds = st.sampled_from(
    ["Point", "MultiPoint", "LineString", "Polygon", "MultiPolygon", "GeometryCollection", "polygon", None, ["Point"]]
)
geometries = st.recursive(
    st.fixed_dictionaries({"type": kinds, "coordinates": coordinates}),
    lambda inner: st.fixed_dictionaries({"type": kinds, "geometries": st.lists(inner, max_size=3) | scalars}),
    max_leaves=4,
)
properties = st.dictionaries(
    st.sampled_from([*file_rules.PROPERTIES, "area", "x"]), scalars | st.lists(scalars), max_size=5
)
features = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["Feature", "feature", 1]),
        "properties": properties | scalars,
        "geometry": geometries | scalars,
    }
)
collections = st.fixed_dictionaries(
    {"type": st.just("FeatureCollection"), "features": st.lists(features | scalars, max_size=4)}
)


@settings(max_examples=400, deadline=None)
@given(content=collections | features | geometries | coordinates)
def test_any_json_is_answered(content: Any) -> None:
    """Misplaced types, huge numbers, lists where objects belong."""
    for fault in file_rules.check(json.dumps(content).encode()):
        assert fault.code in file_rules.EU_CODES
        assert fault.message


@settings(max_examples=200, deadline=None)
@given(content=st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_answered(content: bytes) -> None:
    """Bytes that are no file at all."""
    assert file_rules.check(content)


def test_depth_just_below_the_limit_is_answered() -> None:
    """A value nested hundreds deep in a property does not exhaust the stack."""
    for depth in (400, 900, 990, 5000):
        nested = b"[" * depth + b"]" * depth
        assert file_rules.check(
            b'{"type":"Feature","properties":{"Area":' + nested + b'},"geometry":{"type":' + nested + b"}}"
        )
