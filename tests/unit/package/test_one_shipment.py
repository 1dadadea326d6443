"""What is left of the input of a package when it is that of one shipment."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from eudr_check import tables
from eudr_check.errors import PackageError
from eudr_check.files import Attachment
from eudr_check.package import lots_table
from eudr_check.package.inputs import PackageInput
from eudr_check.package.one_shipment import of_shipment
from eudr_check.shipments import Line, Shipment, Shipments
from tests.helpers import package_tables as six

NORTE, SUR = ["norte/001", "norte/002"], ["norte/002", "sur/A 1", "sur/A 2"]


def shipment(name: str, lots: dict[str, float | None], kg: float, product: int = 0) -> Shipment:
    return Shipment(name, (Line(product, lots, kg, None),), "NL", None, f"contract {name}", "", "")


def given(**changes: Any) -> PackageInput:
    """Two shipments of three lots, one of which both take of."""
    rows = [("L1", plot, 100.0) for plot in NORTE] + [("L2", plot, 100.0) for plot in SUR] + [("L3", "sur/A 3", 50.0)]
    lots = six.lots(("L1", 200, "accepted", NORTE), ("L2", 300, "accepted", SUR), ("L3", 50, "accepted", ["sur/A 3"]))
    asked = (shipment("E1", {"L1": None, "L2": 100.0}, 300), shipment("E2", {"L2": 150.0, "L3": None}, 200))
    return PackageInput(
        **six.package(
            harvest=six.harvest(cooperatives={"norte": "Norte", "sur": "Sur"}),
            lots=lots.assign(warnings=""),
            deliveries=six.deliveries(*rows),
            shipments=Shipments(asked, {}, {one.name: one.net_mass_kg for one in asked}),
        )
        | changes
    )


def test_plots_of_the_whole_lot_stay():
    """What was mixed cannot be unmixed: all plots of a lot that is taken in part are there, and no others."""
    cut = of_shipment(given(), "E1")

    assert set(cut.plots.index) == {*NORTE, *SUR}
    assert set(cut.assessments.index) == set(cut.evidence.index) == {*NORTE, *SUR}  # type: ignore[union-attr]
    assert cut.lots is not None
    assert list(cut.lots["lot"]) == ["L1", "L2"]
    assert set(of_shipment(given(), "E2").plots.index) == {*SUR, "sur/A 3"}


def test_declared_in_excess_keeps_all_of_a_cooperative():
    """Where a cooperative declares all its plots, all of them are there."""
    excess = six.harvest(package={"languages": ["es"], "outputs": ["eu_geojson"], "traceability": "declared_in_excess"})

    assert set(of_shipment(given(harvest=excess), "E2").plots.index) == set(six.PLOTS)


def test_settings_weigh_what_the_shipment_weighs():
    """The goods of the harvest are everything that was ordered: only those of the shipment stay, with its mass."""
    goods = [{"hs_code": code, "description": code, "net_mass_kg": 9000} for code in ("0901 11", "0901 21")]
    both = six.harvest(product=None, products=goods)
    asked = Shipments((shipment("E1", {"L1": None}, 200, product=1), shipment("E2", {"L3": None}, 50)))

    cut = of_shipment(given(harvest=both, shipments=asked), "E1")

    assert [(one.hs_code, one.net_mass_kg) for one in cut.harvest.goods] == [("0901 21", 200)]
    assert cut.shipments is not None
    assert [line.product for one in cut.shipments.ready for line in one.lines] == [0]
    assert cut.shipments.ordered_kg == {"E1": 200}
    assert of_shipment(given(), "E2").harvest.cooperatives == {"norte": "Norte", "sur": "Sur"}
    assert cut.harvest.cooperatives == {}


def test_patches_name_own_plots():
    """A patch near plots of two shipments stays, with the plots of this one; a patch near others goes."""
    shapes = [shapely.box(0, 0, 1, 1)] * 2
    rows = {"column": "hansen.loss_year", "year": [2022, 2023], "area_ha": 1.0,
            "plots": [["norte/001", "sur/A 3"], ["sur/A 3"]]}  # fmt: skip
    patches = gpd.GeoDataFrame(
        tables.typed(tables.PATCHES, pd.DataFrame({**rows, "geometry": shapes})), crs="EPSG:4326"
    )

    cut = of_shipment(given(patches=patches), "E1").patches

    assert isinstance(cut, gpd.GeoDataFrame)
    assert [(row.year, row.plots) for row in cut.itertuples()] == [(2022, ["norte/001"])]


@pytest.mark.parametrize(
    ("code", "details", "shown"),
    [
        ("overlap", {"other": "norte/002", "overlap_ha": 0.1, "percent": 3.0}, "norte/002"),
        ("overlap", {"other": "sur/A 3", "overlap_ha": 0.1, "percent": 3.0}, "[withheld]"),
        ("producer_conflict", {"field": "producer_country", "others": "002, 003"}, "[withheld]"),
        ("producer_conflict", {"field": "producer_country", "others": "002"}, "002"),
        ("number_ambiguous", {"field": "declared_area_ha", "value": "1.200", "one": 1.2, "other": 1200}, "1200"),
        ("earlier_plot", {"harvest": "2025", "other": "norte/9"}, "[withheld]"),
    ],
)
def test_findings_name_no_neighbour(code: str, details: dict[str, object], shown: str):
    """Plots of others, in whatever form a finding names them, are withheld; own plots and figures stay."""
    row = {"plot": "norte/001", "cooperative": "norte", "source_file": "plots.geojson", "source_row": 1, "code": code,
           "severity": "warn", "message": f"as {details}", "details": json.dumps(details)}  # fmt: skip

    cut = of_shipment(given(findings=tables.typed(tables.FINDINGS, [row])), "E1").findings

    assert shown in cut["details"].iloc[0]
    assert shown in cut["message"].iloc[0]
    assert "sur/A 3" not in cut.to_string()


def test_findings_on_rows_of_others_go():
    """A row of the file without a plot is of no shipment; how the file was read, and a map, concern it too."""
    rows = [
        {"code": "row_unreadable", "source_row": 7, "details": '{"problem": "x"}', "source_file": "plots.geojson"},
        {"code": "crs_assumed", "details": "{}", "source_file": "plots.geojson"},
        {"code": "members_companions", "details": '{"members": "casa de Zutano.jpg"}', "source_file": "plots.geojson"},
        {"code": "crs_assumed", "details": "{}", "source_file": "otro.geojson"},
        {"code": "map_nowhere", "details": "{}", "source_file": "hansen_gfc@v1.13"},
    ]
    common = {"cooperative": "norte", "severity": "warn", "message": "."}
    found = tables.typed(tables.FINDINGS, [common | row for row in rows])

    cut = of_shipment(given(findings=found), "E1").findings

    assert list(zip(cut["code"], cut["source_file"], strict=True)) == [
        ("crs_assumed", "plots.geojson"),
        ("map_nowhere", "hansen_gfc@v1.13"),
    ]


def test_the_oldest_look_of_a_growing_layer_stays():
    """Up to when a layer had seen is the same for all plots: the row that says so stays, wherever its tile lies."""
    rows = [
        six.source("hansen_gfc@v1.13", "here") | {"datetime": "2026-05-01"},
        six.source("hansen_gfc@v1.13", "far") | {"datetime": "2026-03-01", "tile": "S07.1W070.1"},
        six.source("jrc_gfc2020@V4", "here") | {"datetime": "2020-12-31"},
        six.source("jrc_gfc2020@V4", "far") | {"datetime": "2020-12-31", "tile": "S07.1W070.1"},
    ]

    cut = of_shipment(given(sources=tables.typed(tables.SOURCES, rows)), "E1").sources

    assert list(zip(cut["layer"], cut["item_id"], strict=True)) == [
        ("hansen_gfc@v1.13", "here"),
        ("hansen_gfc@v1.13", "far"),
        ("jrc_gfc2020@V4", "here"),
    ]


def test_land_of_others_is_not_drawn():
    """Of titled land only what own plots lie in is drawn, of other areas those in sight of them."""
    near, far = shapely.box(-76.10, -6.04, -76.09, -6.03), shapely.box(-70, -6, -69.9, -5.9)
    drawn = [("tenure", "de Ana", near), ("tenure", "de Zutano", near), ("protected", "Parque", near),
             ("protected", "Lejos", far)]  # fmt: skip
    rows = [{"geometry": shape, "area": topic, "layer": "a@1", "topic": topic, "feature": name}
            for topic, name, shape in drawn]  # fmt: skip
    outlines = gpd.GeoDataFrame(tables.typed(tables.AREA_OUTLINES, rows), geometry="geometry", crs="EPSG:4326")
    common = {"area": "tenure", "layer": "a@1", "topic": "tenure", "status": "overlap"}
    areas = tables.typed(
        tables.AREAS,
        [common | {"plot": "norte/001", "feature": "de Ana"}, common | {"plot": "sur/A 3", "feature": "de Zutano"}],
    )

    cut = of_shipment(given(areas=areas, area_outlines=outlines), "E1")

    assert cut.area_outlines is not None
    assert list(cut.area_outlines["feature"]) == ["de Ana", "Parque"]
    assert cut.areas is not None
    assert list(cut.areas.index) == ["norte/001"]


def test_what_people_wrote_goes():
    """Documents and the record that quotes them are put in by whoever can read them: nothing slips through."""
    written = {
        "legality": pd.DataFrame({"topic": ["land"]}),
        "article10_of": lambda *_: 1 / 0,
        "attachments": [Attachment("reviews/acta.txt", Path("acta.txt"))],
    }

    cut = of_shipment(replace(given(), **written), "E1")

    assert cut.legality is None
    assert cut.article10_of is None
    assert tuple(cut.attachments) == ()


@pytest.mark.parametrize("changes", [{}, {"shipments": None}, {"lots": None, "deliveries": None}])
def test_unknown_shipments_are_refused(changes: dict[str, Any]):
    """A name that no shipment has, or a harvest without any, is said so."""
    with pytest.raises(PackageError, match="E9" if not changes else "E1"):
        of_shipment(given(**changes), "E9" if not changes else "E1")


def test_lots_stand_with_their_shipments():
    """`lots.csv` says of every lot which shipments take how much, and its plots."""
    whole = given()
    assert whole.lots is not None

    shown = lots_table.table(whole.lots, whole.shipments).set_index("lot")

    assert list(shown["shipments"]) == ["E1", "E1=100; E2=150", "E2"]
    assert shown.loc["L2", "plots"] == "norte/002; sur/A 1; sur/A 2"
    assert shown.loc["L2", "kg_green"] == 300
