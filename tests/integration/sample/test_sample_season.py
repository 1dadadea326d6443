"""The invented season: made by its script, read whole, with every check and every outcome in it."""

import csv
import datetime as dt
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely
import yaml
from lxml import etree
from pyproj import Geod

from eudr_check import config, plots, register
from eudr_check.documents import deliveries, legality, lots, reviews
from eudr_check.documents.review import read_reviews
from eudr_check.package.verify import verify
from eudr_check.run.exit import Exit
from eudr_check.run.harvest import Finished, run
from eudr_check.run.recompute import STAGES
from tests.conftest import REPOSITORY
from tests.helpers.every_byte import held_by
from tests.helpers.made_once import made_once
from tests.helpers.official_schema import official_schema
from tests.helpers.reader_cases import CASES as READER_CASES

SAMPLE = REPOSITORY / "sample_plots"
COMMODITY = "coffee"
DECLARED = [f"EJ-2026-0{number}" for number in range(1, 6)]
"""Shipments that have a statement."""
ROWS = 513
"""512 parcels, one of them sent twice."""
OF_ROWS = ("id_missing", "id_repeated", "row_repeated", "cells_misaligned", "row_unreadable", "key_misspelt")
"""Codes whose finding names a row or a file: what is wrong is the identity itself."""


def harvest(name: str, folder: Path) -> config.Harvest:
    """A harvest of configs/ with a run folder of its own and without what earlier runs may have left."""
    content = yaml.safe_load((REPOSITORY / "configs" / f"{name}.yaml").read_text(encoding="utf-8"))
    content = {**content, "register": str(folder / "register.gpkg"), "run": {"folder": str(folder / name)}}
    path = folder / f"{name}.yaml"
    text = yaml.safe_dump(content, allow_unicode=True).replace("../sample_plots", SAMPLE.as_posix())
    path.write_text(text, encoding="utf-8")
    return config.load(path)


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """The harvest of 2025, run up to its outcomes."""

    def make(folder: Path) -> Finished:
        return run(harvest("pe-coffee-2025", folder), until="assess", offline=True)

    return made_once(tmp_path_factory, "season-2025", make)


@pytest.fixture(scope="module")
def now(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """The harvest of 2026, run up to its outcomes without any register."""

    def make(folder: Path) -> Finished:
        return run(harvest("pe-coffee-2026", folder), until="assess", offline=True)

    return made_once(tmp_path_factory, "season-2026", make)


@pytest.fixture(scope="module")
def packaged(now: Finished, tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """The same harvest run on to its package, in a copy of its folder."""

    def make(folder: Path) -> Finished:
        shutil.copytree(now.folder.path.parent, folder, dirs_exist_ok=True)
        return run(harvest("pe-coffee-2026", folder), offline=True, shipments=DECLARED)

    return made_once(tmp_path_factory, "season-2026-packaged", make)


@pytest.fixture(scope="module")
def findings(before: Finished, tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """Findings of 2026 against the register of 2025, and of the files that go back to their senders."""
    return made_once(tmp_path_factory, "season-findings", lambda folder: found(folder / "register.gpkg", before))


def found(known: Path, before: Finished) -> pd.DataFrame:
    """Findings against a register, which is written for it."""
    patches = gpd.read_parquet(before.folder.tables / "PATCHES.parquet")
    register.record_land(known, "pe-coffee-2025", gpd.read_parquet(before.folder.tables / "PLOTS.parquet"), patches)
    this_year = config.load(REPOSITORY / "configs" / "pe-coffee-2026.yaml")
    returned = config.load(SAMPLE / "returned.yaml")
    _, delivered = plots.load(this_year.plots, commodity=COMMODITY, register=known, harvest=this_year.harvest)
    _, sent_back = plots.load(returned.plots, commodity=COMMODITY)
    return pd.concat([delivered, sent_back], ignore_index=True)


def cases() -> list[Mapping[str, str]]:
    """Rows of codes.csv: which plot shows which code."""
    with (SAMPLE / "codes.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case['code']}-{case['cooperative']}")
def test_the_case_of_every_code_is_found(case: Mapping[str, str], findings: pd.DataFrame):
    """The plot (or row, or file) made to show a code has a finding with that code."""
    here = findings[(findings["code"] == case["code"]) & (findings["cooperative"] == case["cooperative"])]

    assert len(here)
    if case["plot_id"] and case["code"] not in OF_ROWS:
        assert f"{case['cooperative']}/{case['plot_id']}" in set(here["plot"])


NOT_IN_THE_SEASON = {
    "area_not_conserved",  # a plot of a few mm²
    "area_overlap",  # of vector layers: `test_areas.py`
    "area_unit_differs",
    "area_unit_known",
    "area_unit_local",
    "area_unit_of_country",
    "area_unread",
    "areas_contradict",
    "axes_uncertain",
    "coast_unsure",
    "corners_in_columns",
    "crs_contradicts",
    "degrees_as_metres",
    "establishment_outlined",  # of cattle
    "establishment_without_area",
    "extent_absurd",
    "file_missing_near",
    "id_by_content",
    "id_column_missing",
    "id_looks_like_a_name",
    "id_marked_up",
    "id_shortened",
    "map_everywhere",  # about a layer: `test_map_doubts.py`
    "map_nowhere",
    "neighbours_more",
    "neighbours_unchecked",
    "point_area_unread",
    "point_area_unsized",
    "point_of_house",
    "text_damaged",
    "totals_row",
}
"""Codes no cooperative of the season has a case for; each has a file of its own in `test_plots_checks.py`."""


def test_every_code_of_the_checks_occurs(findings: pd.DataFrame):
    """The season has a case of every check, but for damaged containers and the codes named above, and no fewer."""
    checks = yaml.safe_load((REPOSITORY / "eudr_check" / "plots" / "checks.yaml").read_text(encoding="utf-8"))

    assert set(checks["codes"]) - set(findings["code"]) - set(READER_CASES) == NOT_IN_THE_SEASON


def test_every_row_is_a_plot_or_a_blocking_finding(now: Finished):
    """Conservation: rows written = plots + rows without identity, each of which has a blocking finding."""
    lost = now.findings[now.findings["plot"].isna() & now.findings["source_row"].notna()]
    rows = lost[lost["severity"] == "block"][["source_file", "source_row"]].drop_duplicates()
    written = len(now.plots) + len(rows)

    assert written == ROWS


def test_outcomes_are_in_believable_proportion(now: Finished):
    """Most plots are low, a tenth to a sixth need more information, a few are high, some are unknown."""
    assert now.assessments is not None
    share = now.assessments["outcome"].value_counts(normalize=True)

    assert 0.7 < share["low"] < 0.88
    assert 0.08 < share["more_info_needed"] < 0.16
    assert 0.005 < share["high"] < 0.04
    assert 0.02 < share["undetermined"] < 0.12


def test_fourteen_cooperatives_have_four_to_six_hundred_plots(now: Finished):
    """The size the season was ordered in; the first five have 150 to 250."""
    counts = now.plots["cooperative"].value_counts()

    assert len(counts) == 14
    assert 400 <= counts.sum() <= 600
    assert 150 <= counts[[f"coop-{number:02d}" for number in range(1, 6)]].sum() <= 250


def test_ids_stay_text(now: Finished):
    """Zeros in front, an exponent, letters with accents and slashes survive every format."""
    for plot in (
        "coop-04/007",
        "coop-05/1e5",
        "coop-05/Peña Rosa 2",
        "coop-09/Ñ001",
        "coop-02/MAYO/001",
        "coop-11/007",
    ):
        assert plot in now.plots.index


def test_lots_cover_what_is_declared_and_reviews_do_what_they_can(now: Finished):
    """After reviews most lots are accepted and hold the declared net mass; every way a review can fail has its case."""
    this_year = config.load(REPOSITORY / "configs" / "pe-coffee-2026.yaml")
    assert this_year.reviews is not None and this_year.deliveries is not None and now.assessments is not None
    told = read_reviews(this_year.reviews)
    evidence = pd.read_parquet(now.folder.tables / "EVIDENCE.parquet")
    first = now.assessments.assign(review=None, final_outcome=now.assessments["outcome"])

    settled = reviews.apply(first, told, evidence, now.plots.geometry, reviews.broken_files(told, SAMPLE))
    brought = deliveries.read_deliveries(this_year.deliveries, COMMODITY)
    judged = lots.assess(brought, settled, gpd.read_parquet(now.folder.tables / "PLOTS.parquet"), this_year)
    cover = lots.coverage(judged, this_year)
    notes = " ".join(settled["review"].dropna())

    assert (settled["final_outcome"] == "cleared_by_review").sum() == 5
    for fault in ("self_declaration_alone", "stale:evidence_changed", "needs_second_reviewer", "confirm"):
        assert fault in notes
    assert (judged["status"] == "accepted").mean() > 0.6
    assert cover is not None and cover.enough
    for why in ("quantity_implausible", "unknown_plot", "not_settled", "plot_blocked"):
        assert judged["reasons"].str.contains(why).any()
    assert (judged["removed"] > 0).any()


def test_every_legality_document_is_there():
    """Eight documents, one per topic of Art. 2(40), as recorded; one has run out."""
    documents = legality.read_legality(SAMPLE / "legality.csv")
    states = legality.by_topic(documents, dt.date(2026, 11, 2))["state"]
    renewed = legality.by_topic(documents, dt.date(2026, 11, 2), None, ["coop-04"])["state"]

    assert legality.broken_documents(documents, SAMPLE) == {}
    assert states.value_counts().to_dict() == {"shown": 7, "expired": 1}
    assert set(renewed) == {"shown"}


def test_one_statement_is_ready_to_sign_and_the_others_say_why_not(packaged: Finished):
    """Answers, legality and outcomes of coop-04 are complete; every draft names what is open."""
    assert packaged.package is not None
    told = [json.loads(path.read_text()) for path in sorted(packaged.package.glob("statement-*/dds.json"))]

    assert [dds["statement"]["shipment"]["name"] for dds in told if dds["ready_to_sign"]] == ["EJ-2026-01"]
    assert all(bool(dds["open_points"]) != dds["ready_to_sign"] for dds in told)


def test_a_declared_plot_was_cleared_from_its_pictures(packaged: Finished):
    """A review names two looks of the plot by Item and date; its statement shows the pair, and no other does."""
    assert packaged.package is not None
    pages = {
        path.parent.name: path.read_bytes() for path in sorted(packaged.package.glob("statement-*/statement.en.pdf"))
    }
    index = pd.read_csv(packaged.package / "statement-EJ-2026-04" / "plots_index.csv", index_col="plot")
    (review,) = (one for one in read_reviews(SAMPLE / "reviews.csv") if one.plots == ("coop-10/JEP-14",))
    looks = pd.read_csv(packaged.package / "pictures" / "looks.csv").query("plot == 'coop-10/JEP-14'")

    assert index.loc["coop-10/JEP-14", "final_outcome"] == "cleared_by_review"
    assert {name: str(day) for name, day in review.imagery.items()} == dict(
        zip(looks["item_id"], looks["date"], strict=True)
    )
    assert [name for name, page in pages.items() if page.count(b"/Subtype/Image") >= 2] == ["statement-EJ-2026-04"]


def test_every_payload_is_valid_under_the_official_schema(packaged: Finished, shared_data: Path):
    """Five statements, each with a payload that the Commission's schema of release 8.2.1 accepts."""
    assert packaged.package is not None
    schema = official_schema(shared_data)
    payloads = sorted(packaged.package.glob("statement-*/dds.xml"))
    faults = [str(schema.error_log) for path in payloads if not schema.validate(etree.parse(str(path)))]

    assert [path.parent.name for path in payloads] == [f"statement-EJ-2026-{number:02}" for number in range(1, 6)]
    assert faults == []


def test_a_shipment_that_is_not_declared_is_named_and_leaves_the_run_open(packaged: Finished):
    """The sixth shipment takes a refused lot: it is withheld by name, and the run does not end with 0."""
    (why,) = packaged.withheld

    assert why.startswith("shipment 'EJ-2026-06': lot 'C03-L1' is refused")
    assert packaged.exit == Exit.OPEN_QUESTIONS


def test_the_package_is_as_it_was_made(packaged: Finished):
    """Verify finds no difference in the ZIP, shipments and their kilograms among what it computes again."""
    assert packaged.package is not None

    assert verify(packaged.package / "pe-coffee-2026.zip", stages=STAGES) == []


def test_the_files_are_small():
    """A clone stays light: under 12 MB in all, pictures included."""
    assert sum(path.stat().st_size for path in SAMPLE.rglob("*") if path.is_file()) < 12_000_000


def test_the_script_starts():
    """It is there to be run; whether it makes the committed files is seen in `make faults`."""
    command = [sys.executable, str(SAMPLE / "make.py"), "--help"]

    assert subprocess.run(command, capture_output=True, timeout=100, check=False).returncode == 0


@pytest.mark.faults
def test_the_script_makes_the_committed_files():
    """`make.py --check` makes everything anew and finds no difference; it takes a minute."""
    made = subprocess.run(
        [sys.executable, str(SAMPLE / "make.py"), "--check"], capture_output=True, text=True, timeout=400, check=False
    )

    assert made.returncode == 0, made.stdout + made.stderr


def test_the_docs_name_the_case_of_every_code():
    """docs/sample-season.md has the table of codes.csv."""
    text = (REPOSITORY / "docs" / "sample-season.md").read_text(encoding="utf-8")
    told = {
        tuple(cell.strip(" `") for cell in row) for row in re.findall(r"^\| (`\w+`) \| (\S+) \| (.*?) \|$", text, re.M)
    }

    assert {(case["code"], case["cooperative"], case["plot_id"]) for case in cases()} <= told


def of_others(package: Path, shipment: str) -> set[str]:
    """What the packages of other shipments have for themselves: cooperatives, plots of the same cooperatives, lots,
    shipments, papers and masses."""
    stated = json.loads((package / "shipments.json").read_text(encoding="utf-8"))["shipments"]["ready"]
    settings = json.loads((package / "settings.json").read_text(encoding="utf-8"))
    table = pd.read_parquet(package / "tables/LOTS.parquet").set_index("lot")
    known = pd.read_parquet(package / "tables/PLOTS.parquet", columns=["cooperative"])["cooperative"]
    (own,) = [one for one in stated if one["name"] == shipment]
    lots = {lot for line in own["lines"] for lot in line["lots"]}
    plots = {plot for keys in table.loc[list(lots), "plots"] for plot in keys}
    cooperatives = set(known[list(plots)])
    others = [one for one in stated if one["name"] != shipment]
    papers = {one[name] for one in others for name in ("name", "contract", "container", "sales_reference")}
    taken = {kg for one in others for line in one["lines"] for kg in line["lots"].values() if kg is not None}
    masses = {f"{kg:.3f}".rstrip("0") for kg in {*table["kg_green"][~table.index.isin(lots)], *taken} if kg % 1}
    strangers = set(known) - cooperatives
    return {
        *papers, *masses, *strangers, *(settings["cooperatives"][one] for one in strangers), "307200",
        *(set(table.index) - lots), *(plot for plot in set(known.index) - plots if known[plot] in cooperatives),
    }  # fmt: skip


@pytest.mark.parametrize("shipment", DECLARED)
def test_package_of_a_shipment_holds_nothing_of_others(shipment: str, packaged: Finished):
    """Every package of one shipment verifies by itself, has the statement of the whole to the byte, and none of the
    cooperatives, plots, lots, shipments, papers and masses of others in any byte of any file."""
    assert packaged.package is not None
    alone = packaged.folder.path / f"shipment-{shipment}"
    names = of_others(packaged.package, shipment)

    assert len(names) > 100
    assert held_by(alone, names) == {}
    assert verify(alone, stages=STAGES) == []
    for file in (packaged.package / f"statement-{shipment}").iterdir():
        assert (alone / f"statement-{shipment}" / file.name).read_bytes() == file.read_bytes()


PROPOSED = [
    "coop-01/AH-017", "coop-01/AH-024", "coop-01/AH-031", "coop-05/ML 03-Ñ", "coop-07/COP006", "coop-07/COP013",
    "coop-08/Flor-15", "coop-08/Flor-34", "coop-10/JEP-06", "coop-10/JEP-08", "coop-10/JEP-19", "coop-12/PR-035",
    "coop-13/omia_006", "coop-14/YA-006", "coop-14/YA-007", "coop-14/YA-022", "coop-14/YA-026",
]  # fmt: skip
"""Plots of the season for which a split is drawn."""


def drawn_from(folder: str, plot: shapely.Polygon, counts: Callable[[np.ndarray], np.ndarray]) -> shapely.Geometry:
    """The cells of some rasters on a plot whose value counts, one box each, by nothing of eudr-check."""
    boxes = []
    for path in (SAMPLE / "rasters").glob(folder):
        with rasterio.open(path) as file:
            rows, columns = np.nonzero(counts(file.read(1)))
            left, top = file.transform * (columns, rows)
            right, bottom = file.transform * (columns + 1, rows + 1)
        found = shapely.box(left, bottom, right, top)
        boxes.extend(found[shapely.intersects(found, plot)])
    return shapely.union_all(boxes)


def hectares(shape: shapely.Geometry) -> float:
    """On the ellipsoid."""
    return abs(float(Geod(ellps="WGS84").geometry_area_perimeter(shape)[0])) / 10_000


def test_some_plots_get_a_split_with_the_hectares_of_the_rasters(packaged: Finished):
    """These and no others, each neither settled nor undetermined; of one, whose only loss on forest Hansen saw, the
    forest of JRC's map and the loss are drawn and measured here once more."""
    assert packaged.package is not None
    parts = gpd.read_parquet(packaged.package / "tables/SPLITS.parquet")
    final = pd.read_parquet(packaged.package / "tables/ASSESSMENTS.parquet")["final_outcome"]
    plot = packaged.plots.geometry["coop-07/COP013"]
    forest = drawn_from("jrc_gfc2020/*.tif", plot, lambda value: value == 1)
    lost = drawn_from("hansen_gfc/*lossyear*.tif", plot, lambda value: value > 20)
    mine = parts.loc["coop-07/COP013"]
    by_hand = {
        "cleared_ha": hectares(plot & forest & lost),
        "forest_ha": hectares((plot & forest) - lost),
        "other_ha": hectares(plot - forest),
    }

    assert sorted(set(parts.index)) == PROPOSED
    assert set(final[PROPOSED]) == {"high", "more_info_needed"}
    assert mine["part"].tolist() == ["cleared", "other"]
    assert mine[list(by_hand)].sum().to_dict() == pytest.approx(by_hand, abs=1e-6)
    assert by_hand == pytest.approx({"cleared_ha": 0.956, "forest_ha": 0.068, "other_ha": 0.764}, abs=5e-4)
    assert mine["area_ha"].tolist() == pytest.approx([hectares(shape) for shape in mine.geometry], abs=1e-6)


def test_splits_change_no_outcome_and_go_into_no_statement(now: Finished, packaged: Finished):
    """Outcomes are those of the run that had drawn none; no statement names these plots, or holds ground of a part."""
    assert now.assessments is not None and packaged.assessments is not None and packaged.package is not None
    parts = gpd.read_parquet(packaged.package / "tables/SPLITS.parquet")
    declared = [
        shapely.geometry.shape(feature["geometry"])
        for path in packaged.package.glob("statement-*/plots.geojson")
        for feature in json.loads(path.read_text(encoding="utf-8"))["features"]
    ]
    indexed = {
        plot for path in packaged.package.glob("statement-*/plots_index.csv") for plot in pd.read_csv(path)["plot"]
    }

    assert "splits" not in now.made
    pd.testing.assert_frame_equal(packaged.assessments, now.assessments)
    assert len(declared) > 50
    assert indexed <= set(packaged.plots.index) - set(PROPOSED)
    inside = shapely.STRtree(declared).query(parts.geometry.representative_point().to_numpy(), predicate="within")
    assert inside.size == 0, "no statement holds ground of a part"
