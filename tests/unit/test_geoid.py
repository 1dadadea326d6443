"""GeoIDs are those that AgStack's registry gives for the same land."""

import sys

import pytest
import shapely

from eudr_check.errors import EudrCheckError
from eudr_check.geoid import geoid

VECTORS = {
    "square_1ha": ("POLYGON((0 0, 0 0.0009, 0.0009 0.0009, 0.0009 0, 0 0))",
                   "dd5a7b0b6d5e489099af0f354ad497015d17747ecd47c2e811265556205aec18"),
    "square_5ha": ("POLYGON((0 0, 0 0.002, 0.002 0.002, 0.002 0, 0 0))",
                   "3a3ce17f7c2cdd91334a28afa5520101a5581ce5bf29a0d039ba0fa899a018a3"),
    "l_shape": ("POLYGON((0 0, 0 0.002, 0.001 0.002, 0.001 0.001, 0.002 0.001, 0.002 0, 0 0))",
                "5d4da82bc503451656ce2b70b4e590f5649f1e5c91d44a26b70e9937ce58195c"),
    "triangle": ("POLYGON((0 0, 0.002 0.002, 0.002 0, 0 0))",
                 "2ff3a5b8fc0a9972eeed9c1492b490c0f14f9d6a6834737adb0d666897a28168"),
    "hole": ("POLYGON((0 0, 0 0.003, 0.003 0.003, 0.003 0, 0 0), "
             "(0.001 0.001, 0.002 0.001, 0.002 0.002, 0.001 0.002, 0.001 0.001))",
             "3c8eac84917db174403bb345d7d1cfb8f86c92b9c53ff6781e13bb7a42770e8c"),
    "self_intersecting_bow_tie": ("POLYGON((0 0, 0 0.002, 0.002 0, 0.002 0.002, 0 0))",
                                  "8691d16161dae42a10e1ab9cb766c5628e90b8c8dbd624d465762fae7fb97fc5"),
    "antimeridian": ("POLYGON((179.999 0, 179.999 0.001, -179.999 0.001, -179.999 0, 179.999 0))",
                     "88b482c278abaf92e900dc87f264473d1374e585752f15c999097d59c351bfcc"),
    "near_pole": ("POLYGON((0 89.9, 0 89.901, 0.001 89.901, 0.001 89.9, 0 89.9))",
                  "405f62f7a15b3b614def0741e2c7d9b62295bbda1d9e5883a4b486d9c38f6b13"),
    "duplicate_vertices": ("POLYGON((0 0, 0 0.001, 0 0.001, 0.001 0.001, 0.001 0, 0 0))",
                           "6b9aa262f52875a9d12a2491056de49bb7e6bb06178508360cebcdc60b7033df"),
    "tiny_sliver": ("POLYGON((0 0, 0 0.001, 0.000001 0.001, 0.000001 0, 0 0))",
                    "838bbeb5ed48c2e53fcbd2d066d9f319677ebcfd48a5c5b5da40ad1fa528b461"),
    "overlapping_edges": ("POLYGON((0 0, 0 0.002, 0.001 0.002, 0.001 0.001, 0 0.001, 0 0))",
                          "0a8bd40b51657dc2cf95dd182f90813ca26abeed9416e5f8067441f54235dbb5"),
}  # fmt: skip
"""Values of agstack/ar2, `app/tests/testkit/geoid_v2_vectors.json` at 5ff3a517: outline and GeoID."""


@pytest.mark.parametrize("name", VECTORS)
def test_vectors_of_the_registry(name: str) -> None:
    """Each published outline has the published id."""
    outline, expected = VECTORS[name]

    assert geoid(shapely.from_wkt(outline)) == expected


def test_drawing_changes_no_id() -> None:
    """Direction, first corner, height and noise below six decimals are no other land; a metre is."""
    ring = [(-76.1, -6.04), (-76.099, -6.04), (-76.099, -6.039), (-76.1, -6.039)]
    plain = geoid(shapely.Polygon(ring))

    assert geoid(shapely.Polygon(ring[::-1])) == plain
    assert geoid(shapely.Polygon(ring[2:] + ring[:2])) == plain
    assert geoid(shapely.Polygon([(x + 4e-8, y, 812.0) for x, y in ring])) == plain
    assert geoid(shapely.Polygon([(x + 1e-4, y) for x, y in ring])) != plain


def test_nothing_to_cover_has_no_id() -> None:
    """An outline without ground gets none, never one that is made of nothing."""
    assert geoid(None) is None
    assert geoid(shapely.Polygon()) is None
    assert geoid(shapely.LineString([(0, 0), (1, 1)])) is None


def test_without_the_library_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is put in its place."""
    monkeypatch.setitem(sys.modules, "s2geometry", None)

    with pytest.raises(EudrCheckError, match=r"eudr-check\[geoid\]"):
        geoid(shapely.Point(-76.1, -6.04))
