"""The page's content and its guards, without a browser."""

import base64
import hashlib
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely

from eudr_check.documents import chains
from eudr_check.package import palette
from eudr_check.package.report import animals, desk, outlines, pieces
from eudr_check.package.report import data as report_data
from eudr_check.package.report import page as report
from eudr_check.package.report.inputs import ReportInput
from eudr_check.package.report.thumbnail import Picture, png
from eudr_check.text import topic
from tests.helpers import package_tables as six
from tests.helpers import season_tables

PICTURE = Picture(
    (-78.0, -6.0, -77.9, -5.9),
    np.array([[1, 0], [255, 1]], np.uint8),
    np.array([[0, 22], [0, 18]], np.uint8),
)


def page(folder: Path, season: season_tables.Season, **changes: object) -> str:
    """HTML of a season's report."""
    harvest = season_tables.harvest(**changes)
    given = ReportInput(harvest=harvest, variables=season_tables.VARIABLES, **season.tables())
    (path,) = report.write(folder, given)
    return path.read_text(encoding="utf-8")


def data_of(html: str) -> dict:
    """The JSON inside the page."""
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', html, re.S)
    assert found
    return json.loads(found[1])


def in_page(content: object) -> Any:
    """What the script reads of a part of the document."""
    return json.loads("".join(pieces.encoded(content)))


def test_policy_names_the_only_script_and_style(tmp_path: Path) -> None:
    """Everything else is forbidden; the hashes are those of what stands in the page."""
    html = page(tmp_path, season_tables.season(20))
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html)
    assert policy
    script = re.search(r"<script>(.*?)</script>", html, re.S)
    style = re.search(r"<style>(.*?)</style>", html, re.S)
    assert script and style

    assert policy[1].startswith("default-src 'none'; ")
    assert "unsafe" not in policy[1]
    for part in (script[1], style[1]):
        assert base64.b64encode(hashlib.sha256(part.encode()).digest()).decode() in policy[1]


def test_nothing_points_outside(tmp_path: Path) -> None:
    """No address, no event attribute and no inline style that the policy would have to stop."""
    html = page(tmp_path, season_tables.season(20))
    markup = re.sub(r"<script.*?</script>", "", html, flags=re.S)

    assert "://" not in markup
    assert not re.search(r"\son[a-z]+=|\sstyle=", markup)


def test_names_with_markup_stay_text(tmp_path: Path) -> None:
    """A name cannot close the data element; invisible overrides of writing direction are gone."""
    html = page(tmp_path, season_tables.season(60, hostile=True))
    names = data_of(html)["plots"]["place"]

    assert "<script>alert" not in html
    assert names[0].startswith('<script>alert("1")</script> =cmd')
    assert "\u202e" not in "".join(names)


def test_all_plots_and_outcomes_are_in_the_page(tmp_path: Path) -> None:
    """Each plot once, in the order of PLOTS, with its final outcome."""
    season = season_tables.season(80)
    data = data_of(page(tmp_path, season))

    names = [data["outcomes"][position]["name"] for position in data["plots"]["outcome"]]
    assert data["plots"]["id"] == season.plots["plot_id"].tolist()
    assert names == season.assessments["final_outcome"].tolist()


def test_outlines_come_back_within_a_metre() -> None:
    """Thinned by half a metre at most and rounded to 1e-5 degree; holes, parts and gaps keep their plot."""
    hole = shapely.Polygon([(0, 0), (1, 0), (1, 1), (0, 1)], [[(0.2, 0.2), (0.4, 0.2), (0.4, 0.4)]])
    parts = shapely.MultiPolygon([shapely.box(2, 0, 3, 1), shapely.box(4, 0, 5, 1)])
    lines = outlines.packed(np.array([hole, None, parts, shapely.Point(7, 7)], dtype=object))

    x, y = (np.cumsum(lines["steps"][axis::2]) / outlines.PER_DEGREE for axis in (0, 1))
    assert lines["of"].tolist() == [0, 0, 2, 2, 3]
    assert lines["rings"].tolist() == [5, 4, 5, 5, 1]
    assert (x[-1] + lines["origin"][0] / 1e5, y[-1] + lines["origin"][1] / 1e5) == pytest.approx((7, 7))


def test_same_tables_give_the_same_bytes(tmp_path: Path) -> None:
    """Two pages of one season are equal."""
    season = season_tables.season(40)

    assert page(tmp_path, season) == page(tmp_path, season)


@pytest.mark.parametrize(("edition", "named"), [("cooperative", False), ("producer", True)])
def test_names_of_people_only_where_asked_for(tmp_path: Path, edition: str, named: bool) -> None:
    """The producer's name is personal data."""
    html = page(tmp_path, season_tables.season(10), package={"languages": ["es"], "producer_as": edition})

    assert ("Socia Inventada" in html) is named


def test_classes_that_count_are_named_beside_their_map() -> None:
    """Who made an own map of classes reads on the page which of them count as forest; others have no word more."""
    named = {"jrc_gfc2020.forest": "3 Bosque, 4 Sabana"}
    season = season_tables.season(5)
    given = ReportInput(
        harvest=season_tables.harvest(), variables=season_tables.VARIABLES, classes=named, **season.tables()
    )
    shown = dict(report_data.document(given))["layers"]

    assert isinstance(shown, list)
    assert {one["variable"]: one["classes"] for one in shown} == {
        "jrc_gfc2020.forest": "3 Bosque, 4 Sabana",
        "hansen.loss_year": "",
        "tmf.deforestation_year": "",
    }


def test_first_language_of_the_harvest_comes_first(tmp_path: Path) -> None:
    """All four are inside; the harvest chooses which one opens."""
    html = page(tmp_path, season_tables.season(5), package={"languages": ["fr"]})

    assert data_of(html)["languages"] == ["fr", "en", "es", "pt"]
    assert '<html lang="fr">' in html


def test_harvest_without_plots_still_has_a_page(tmp_path: Path) -> None:
    """Nothing to show is no error."""
    assert data_of(page(tmp_path, season_tables.season(0)))["plots"]["id"] == []


def test_picture_shows_loss_over_forest() -> None:
    """Cells: forest, loss in 2022 / unknown, loss in 2018; read back from the PNG's own palette."""
    from io import BytesIO

    from PIL import Image

    cells = np.asarray(Image.open(BytesIO(png(PICTURE))).convert("RGB"))

    wanted = [[palette.FOREST, palette.year_colour(2022)], [palette.UNKNOWN, palette.LOSS_BEFORE]]
    assert cells.tolist() == [[list(palette.rgb(colour)) for colour in row] for row in wanted]


def test_script_is_short() -> None:
    """The page's own script stays within 300 lines, so that a person can read what runs."""
    assert len((Path(report.__file__).parent / "report.js").read_text(encoding="utf-8").splitlines()) <= 300


def test_a_cleared_plot_names_its_review_and_claims_no_more(tmp_path: Path) -> None:
    """What one field visit settled is not said to be settled by two people; the review is named, and no other."""
    season = season_tables.season(20)
    season.assessments["review"] = season.assessments["review"].astype(object)
    season.assessments.loc[season.assessments.index[3], "review"] = "R01 clear"
    data = data_of(page(tmp_path, season))

    assert [one for one in data["plots"]["review"] if one] == ["R01 clear"]
    assert data["plots"]["review"][3] == "R01 clear"
    said = data["text"]["says_cleared_by_review"]
    claims = {"en": "two|imag|picture", "es": "dos|im[aá]gen", "fr": "deux|image", "pt": "dois|duas|imag"}
    assert not [one for one, words in claims.items() if re.search(rf"\b({words})", said[one], re.IGNORECASE)]


def test_groups_of_animals_are_listed_gravest_first_with_each_link() -> None:
    """Codes become sentences of the page; every code that a chain can have has one, in four languages."""
    table = six.animals(("G2", "low", ["norte/001"]), ("G1", "undetermined", ["norte/001", "norte/009"]))
    table["reasons"] = ["", "establishment_unknown: norte/009; no_birth"]
    table["born"] = ["2024-01-01", None]
    listed = animals.document(table)

    assert [one["group"] for one in listed] == ["G1", "G2"]
    assert listed[0]["why"] == [
        {"code": "establishment_unknown", "what": "norte/009"},
        {"code": "no_birth", "what": ""},
    ]
    assert (listed[0]["born"], listed[1]["born"]) == (None, "2024-01-01")
    assert {f"chain_{code}" for code in (*chains.FAULTS, "born_before")} <= set(topic("report"))


def test_a_lot_held_by_its_animals_names_their_group() -> None:
    """No establishment of the lot is at fault; the chain of the group is."""
    plots = six.plots()
    lots = six.lots(("L1", 500, "refused", ["norte/001"]))
    refused = pd.DataFrame({"lot": ["L1"], "reasons": ["animals_not_settled: G1, G2; animals_unknown: G3"]})
    held = in_page(desk.document(lots, refused, six.deliveries(("L1", "norte/001", 500)), plots, six.assessments()))

    assert [(one["code"], one["name"]) for one in held["lots"][0]["spoilers"]] == [
        ("animals", "G1"),
        ("animals", "G2"),
        ("animals_unknown", "G3"),
    ]


def test_page_knows_what_of_each_figure_was_read() -> None:
    """Use of today alone unread leaves forest and loss as read; a blocked plot has no figure at all."""
    season = season_tables.season(3)
    tables = season.tables()
    first, second, third = season.plots.index
    tables["assessments"] = season.assessments.assign(unknown_ha=0.0)
    tables["reasons"] = pd.DataFrame(
        {
            "code": ["unknown_use_today", "geometry_blocked", "unknown_events"],
            "area_ha": [1.5, None, 0.5],
            "threshold_ha": None,
            "layers": "",
        },
        index=pd.Index([first, second, third]),
    ).astype({"area_ha": float, "threshold_ha": float})
    given = ReportInput(harvest=season_tables.harvest(), variables=season_tables.VARIABLES, **tables)
    shown = in_page(dict(report_data.document(given))["unread"])

    assert shown == {
        "forest": [0.0, None, 0.0],
        "loss": [0.0, None, 0.5],
        "deforestation": [0.0, None, 0.5],
        "agreed": [0.0, None, 0.5],
        "unknown": [0.0, None, 0.5],
        "kind": [0.0, None, 0.0],
        "use": [1.5, None, 0.0],
    }


def test_a_whole_chain_of_high_risk_is_not_called_incomplete() -> None:
    """What holds the lot back is the risk of the chain; a group without any chain is said to have none."""
    words = topic("report")

    assert words["held_animals"]["es"] == "un grupo de animales cuya cadena no es de riesgo bajo"
    assert words["held_animals_unknown"]["en"] == "a group of animals that stands in no animals file"
    assert "do_animals_unknown" in words


def test_map_draws_disturbed_canopy_as_what_it_is() -> None:
    """Degradation is no loss: on a plot whose table shows none, nothing is filled in the colour of loss."""
    season = season_tables.season(60)
    tables = season.tables()
    tmf = season.patches["column"] == "tmf.deforestation_year"
    renamed = season.patches["column"].mask(tmf, "tmf.degradation_year")
    tables["patches"] = season.patches.assign(column=renamed)
    degradation = replace(season_tables.VARIABLES[-1], column="tmf.degradation_year", role="degradation")
    given = ReportInput(harvest=season_tables.harvest(), variables=(*season_tables.VARIABLES, degradation), **tables)
    shown = in_page(dict(report_data.document(given))["patches"])

    columns = [shown["columns"][position] for position in shown["column"]]
    assert set(columns) == {"hansen.loss_year", "tmf.degradation_year"}
    assert shown["disturbed"] == [int(column == "tmf.degradation_year") for column in columns]
    assert "outline: disturbed canopy" in topic("report")["show_patches"]["en"]


def test_page_says_of_which_points_four_hectares_were_assumed() -> None:
    """A usable point without declared area was looked at as four hectares: its page and the tiles say so."""
    season = season_tables.season(4)
    tables = season.tables()
    tables["plots"] = season.plots.assign(
        geometry_kind=["point", "point", "point", "polygon"],
        area_ha=[float("nan")] * 3 + [2.0],
        declared_area_ha=[float("nan"), 1.5, float("nan"), float("nan")],
        usable=[True, True, False, True],
    )
    given = ReportInput(harvest=season_tables.harvest(), variables=season_tables.VARIABLES, **tables)
    shown = in_page(dict(report_data.document(given)))
    script = (Path(report.__file__).parent / "report.js").read_text(encoding="utf-8")

    assert shown["plots"]["assumed"] == [1, 0, 0, 0]
    assert 'T("declared_none", { area: number(D.point_ha) })' in script
    assert 'T("tile_without"' in script
    assert "4 ha" in topic("report")["declared_none"]["es"].format(area=4)


@pytest.mark.parametrize("commodity", ["coffee", "wood"])
def test_of_wood_the_form_asks_about_degradation_too(tmp_path: Path, commodity: str) -> None:
    """The choices of the form, and the headline of a plot that people decided against, name what the law forbids."""
    words = data_of(page(tmp_path, season_tables.season(20), commodity=commodity))["text"]
    said = [words[key][language] for key in ("review_decision_clear", "review_decision_confirm", "says_high_confirmed")
            for language in ("en", "es", "fr", "pt")]  # fmt: skip

    assert all(("degrad" in one or "dégrad" in one) == (commodity == "wood") for one in said)
    assert all("defor" in one or "déforestation" in one or "desflor" in one for one in said)
