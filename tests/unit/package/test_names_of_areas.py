"""Titled land is called after who holds it: the usual edition names no producer there either."""

from eudr_check import tables
from eudr_check.package.inputs import PackageInput
from eudr_check.package.redact import HIDDEN, edition
from tests.helpers import package_tables as six


def test_the_name_of_a_producer_in_a_vector_layer_is_withheld() -> None:
    """However it is written; what a park is called stays."""
    frame = six.plots()
    name = str(frame["producer_name"].dropna().iloc[0])
    found = {"plot": list(frame.index[:2]), "area": "titles", "layer": "own_areas@file", "topic": "tenure",
             "status": "overlap", "feature": [f"12-A · {name.upper()}", "Parque Inventado"], "overlap_ha": 1.0,
             "overlap_share": 0.5, "together_ha": 1.0}  # fmt: skip
    areas = tables.typed(tables.AREAS, found)
    shown = edition(PackageInput(**six.package(plots=frame, areas=areas))).areas

    assert shown is not None
    assert shown["feature"].tolist() == [f"12-A · {HIDDEN}", "Parque Inventado"]
    tables.check(tables.AREAS, shown)
