"""Titled land is called after who holds it: the usual edition names no producer there either."""

import json
from dataclasses import replace

import geopandas as gpd
import pandas as pd
import shapely

from eudr_check import tables
from eudr_check.package.inputs import PackageInput
from eudr_check.package.redact import HIDDEN, edition, findings
from eudr_check.text import say
from tests.helpers import package_tables as six


def test_names_of_persons_in_vector_layers_are_withheld() -> None:
    """Producers' names in any, and on titled land whatever may be a name; numbers, and what a park is called, stay."""
    frame = six.plots()
    name = str(frame["producer_name"].dropna().iloc[0])
    features = [f"12-A · {name.upper()}", "Parque Inventado", "Rosa Vecina", "12-A"]
    found = {"plot": list(frame.index[:1]) * 4, "area": "titles", "layer": "own_areas@file",
             "topic": ["protected", "protected", "tenure", "tenure"], "status": "overlap", "feature": features,
             "overlap_ha": 1.0, "overlap_share": 0.5, "together_ha": 1.0}  # fmt: skip
    areas = tables.typed(tables.AREAS, found)
    shown = edition(PackageInput(**six.package(plots=frame, areas=areas))).areas

    assert shown is not None
    assert shown["feature"].tolist() == [f"12-A · {HIDDEN}", "Parque Inventado", HIDDEN, "12-A"]
    tables.check(tables.AREAS, shown)


def test_findings_call_nobody_who_holds_titled_land() -> None:
    """A neighbour is no producer, and the sentence of the finding is about a person all the same."""
    details = {"title": "Titles", "topic": "tenure", "feature": "Rosa Vecina", "overlap_ha": 1.0, "percent": 50.0}
    park = details | {"topic": "protected", "feature": "Parque Inventado"}
    said = [say("findings", "area_overlap", "en", **one) for one in (details, park)]
    frame = pd.DataFrame(
        {"code": "area_overlap", "message": said, "fix": None, "details": [json.dumps(one) for one in (details, park)]}
    )

    shown = findings(frame, six.plots())

    assert "Rosa" not in shown["message"][0] + shown["details"][0]
    assert "Parque Inventado" in shown["message"][1] and json.loads(shown["details"][1]) == park


def test_outlines_of_titled_land_call_nobody_and_leave_the_redacted_edition() -> None:
    """The usual edition draws them without names of persons; the redacted one draws no land of persons at all."""
    frame = six.plots()
    name = str(frame["producer_name"].dropna().iloc[0])
    outline = shapely.MultiPolygon([shapely.box(0, 0, 1, 1)])
    found = {"geometry": [outline] * 3, "area": "titles", "layer": "own_areas@file",
             "topic": ["protected", "protected", "tenure"],
             "feature": [f"12-A · {name.upper()}", "Parque Inventado", "Rosa Vecina"]}  # fmt: skip
    drawn = gpd.GeoDataFrame(tables.typed(tables.AREA_OUTLINES, found), geometry="geometry", crs="EPSG:4326")
    given = PackageInput(**six.package(plots=frame, area_outlines=drawn))

    usual, redacted = edition(given).area_outlines, edition(replace(given, redacted=True)).area_outlines

    assert usual is not None and redacted is not None
    assert usual["feature"].tolist() == [f"12-A · {HIDDEN}", "Parque Inventado", HIDDEN]
    assert redacted["topic"].tolist() == ["protected", "protected"] and redacted["feature"].isna().all()
    for shown in (usual, redacted):
        assert isinstance(tables.check(tables.AREA_OUTLINES, shown), gpd.GeoDataFrame)
