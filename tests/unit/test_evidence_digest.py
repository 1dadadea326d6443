"""The digest names the evidence and the ground it was found on, however the ground is written down."""

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from shapely.geometry import MultiPolygon, Point, Polygon, box

from eudr_check.evidence_digest import evidence_digest

PLOT = "coop/1"
FORM = Polygon(
    [(-76.5, -6.0), (-76.498, -6.0), (-76.498, -5.998), (-76.499, -5.9975), (-76.5, -5.998)],
    [[(-76.4995, -5.9995), (-76.4985, -5.9995), (-76.4985, -5.999)]],
)
PART = box(-76.49, -6.0, -76.489, -5.999)


def table(*plots: str) -> pd.DataFrame:
    """EVIDENCE that says the same of every plot."""
    index = pd.Index(plots or (PLOT,), name="plot")
    return pd.DataFrame({"footprint": "polygon", "area_ha": 2.5, "jrc_gfc2020.forest": 1}, index=index)


def digest(shape: shapely.Geometry | None) -> str:
    """Of a plot of that shape."""
    return evidence_digest(table(), gpd.GeoSeries([shape], index=[PLOT], crs="EPSG:4326"), [PLOT])[PLOT]


def turned(shape: Polygon, first: int) -> Polygon:
    """Its rings run the other way and start at another corner."""
    rings = [list(ring.coords)[:-1][::-1] for ring in (shape.exterior, *shape.interiors)]
    shell, *holes = [[*ring[first:], *ring[:first]] for ring in rings]
    return Polygon(shell, holes)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (FORM, shapely.affinity.translate(FORM, 0.001)),
        (FORM, shapely.affinity.translate(FORM, 0, 0.00001)),
        (FORM, Polygon(FORM.exterior)),
        (FORM, MultiPolygon([FORM, PART])),
        (Point(-76.5, -6.0), Point(-76.50001, -6.0)),
        (Point(-76.5, -6.0), Point(-6.0, -76.5)),
        (Point(-76.5, -6.0), None),
        (box(-76.5, -6, -76.49999999, -5.99999999), box(-76.4, -6, -76.39999999, -5.99999999)),
    ],
    ids=["east", "a metre north", "hole", "part", "point", "axes", "nowhere", "smaller than the decimals"],
)
def test_the_same_evidence_in_another_place_is_another(one: shapely.Geometry, other: shapely.Geometry | None) -> None:
    """Layers that say the same of two places do not make them one: a decision on the first is none on the second."""
    assert digest(one) != digest(other)


@pytest.mark.parametrize("first", [0, 1, 2])
@pytest.mark.parametrize("off", [0.0, 2e-8, -2e-8])
def test_one_ground_has_one_digest_in_every_format(first: int, off: float) -> None:
    """Where rings start, which way they run, the order of parts, and digits below 0.1 m are the format's own."""
    near = shapely.transform(turned(FORM, first), lambda xy: xy + off)

    assert digest(near) == digest(FORM)
    assert digest(MultiPolygon([near])) == digest(FORM)
    assert digest(MultiPolygon([PART, near])) == digest(MultiPolygon([FORM, PART]))
    assert digest(Point(-76.5 + off, -6.0)) == digest(Point(-76.5, -6.0))
    assert digest(shapely.from_wkt(shapely.to_wkt(FORM, rounding_precision=7))) == digest(FORM)


def test_every_plot_has_its_own_ground() -> None:
    """Asked together or alone, in any order, with some that have no geometry, or that nobody knows."""
    names = ["c/2", "c/1", "c/4", "c/3"]
    shapes = gpd.GeoSeries([FORM, Point(-76.5, -6.0), MultiPolygon([PART, FORM]), None], index=names)
    together = evidence_digest(table(*names), shapes, [*names, "c/9"])

    assert list(together) == ["c/1", "c/2", "c/3", "c/4", "c/9"]
    assert len(set(together.values())) == 5
    for name in names:
        assert evidence_digest(table(*names), shapes.iloc[::-1], [name]) == {name: together[name]}
    assert evidence_digest(table(*names), shapes, []) == {}
    assert evidence_digest(table(), gpd.GeoSeries([None], index=[PLOT]), [PLOT]) != {PLOT: ""}


def test_the_digest_of_an_outline_stays() -> None:
    """Reviews are kept for years: no release of a library may give the same evidence another name."""
    assert digest(FORM) == "65a8f66bd8d002c7"
    assert digest(Point(-76.5, -6.0)) == "e79aebc5eeb409e6"
