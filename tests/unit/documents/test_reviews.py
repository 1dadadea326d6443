"""Reviews settle what the layers leave open, on conditions, and go stale with the evidence."""

import datetime as dt
import hashlib
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from eudr_check import risk, tables
from eudr_check.documents import reviews
from eudr_check.documents.persons import are_two
from eudr_check.documents.review import COLUMNS, read_reviews
from eudr_check.errors import ConfigError
from eudr_check.evidence_digest import evidence_digest
from tests.helpers.risk_tables import ALL, PRODUCTION, evidence, plots

FOREST, LOSS, ALERT, TMF_LOSS = "jrc_gfc2020.forest", "hansen.loss_year", "radd.alert_year", "tmf.deforestation_year"
POLICY = risk.policy("convergence@1")
OUTLINE = plots({"coop/1": 10.0}).geometry
PHOTO = hashlib.sha256(b"photo").hexdigest()
HEADER = ",".join(COLUMNS)
GROUND = {
    "low": [{"ha": 10.0}],
    "more_info_needed": [{"ha": 1.0, FOREST: 1}, {"ha": 9.0}],
    "high": [{"ha": 0.3, FOREST: 1, LOSS: 2022, ALERT: 2022}, {"ha": 9.7}],
    "undetermined": [{"ha": 10.0, FOREST: 1, LOSS: -1, ALERT: -1, TMF_LOSS: -1}],
}
CODES = {
    "low": "no_forest_2020",
    "more_info_needed": "standing_forest",
    "high": "agreed_deforestation deforestation_one_method event_on_forest",
    "undetermined": "unknown_events standing_forest",
}

EMPTY = hashlib.sha256(b"").hexdigest()
"""Of a photograph that a telephone never finished sending."""


def written(folder: Path, **fields: str) -> Path:
    """A reviews.csv with one row for coop/1."""
    row = {
        "review": "R-1", "plots": "coop/1", "decision": "clear", "reason": "standing_forest", "grounds": "field_visit",
        "evidence": f"photo.jpg={PHOTO}", "imagery": "", "reviewer": "Ana", "second_reviewer": "", "date": "2026-10-01",
        "evidence_digest": "",
    } | fields  # fmt: skip
    path = folder / "reviews.csv"
    path.write_text(f"{HEADER}\n" + ",".join(row[name] for name in COLUMNS) + "\n", encoding="utf-8")
    return path


def settled(folder: Path, outcome: str, **fields: str) -> tuple[str, str, str]:
    """Outcome, final outcome and note of a plot under one review made on its own evidence."""
    table = evidence(GROUND[outcome])
    assessments, _ = risk.assess(plots({"coop/1": 10.0}), table, ALL, POLICY, PRODUCTION)
    digest = evidence_digest(table, OUTLINE, ["coop/1"])["coop/1"]
    fields = {"reason": CODES[outcome], "evidence_digest": digest, **fields}
    found = reviews.apply(assessments, read_reviews(written(folder, **fields)), table, OUTLINE)
    tables.check(tables.ASSESSMENTS, found)
    row = found.iloc[0]
    assert row["outcome"] == outcome
    return row["outcome"], row["final_outcome"], row["review"]


IMAGE = "S2B_18MTS_20201219=2020-12-19"
LATER = "S2B_18MTS_20260719=2026-07-19"
SAME_PERSON = [
    "ANA", "Ana ", "A\u200bna", "An\u00e1", "A\u0301na", "\u0410na", "\u0391na", ".Ana.", "an\u00ada", "\uff21na",
    "\u200b", " ", "\u0410\u043fa\u200d".replace("\u043f", "n"),
]  # fmt: skip


def test_more_info_is_cleared_by_a_field_visit(tmp_path: Path) -> None:
    """The original outcome stays beside the final one."""
    assert settled(tmp_path, "more_info_needed") == ("more_info_needed", "cleared_by_review", "R-1 clear")


@pytest.mark.parametrize(
    ("outcome", "fields", "note"),
    [
        ("more_info_needed", {"grounds": "self_declaration"}, "R-1 self_declaration_alone"),
        ("more_info_needed", {"evidence": ""}, "R-1 no_evidence_named"),
        ("more_info_needed", {"evidence": f"photo.jpg={EMPTY}"}, "R-1 no_evidence_named"),
        ("more_info_needed", {"date": "2020-12-31"}, "R-1 made_before_cutoff"),
        ("more_info_needed", {"date": "1926-10-01"}, "R-1 made_before_cutoff"),
        ("more_info_needed", {"reason": "event_on_forest"}, "R-1 stale:reason_gone"),
        ("more_info_needed", {"evidence_digest": "0" * 16}, "R-1 stale:evidence_changed"),
        ("undetermined", {}, "R-1 needs_dated_imagery"),
        ("high", {"second_reviewer": "Luis"}, "R-1 needs_dated_imagery"),
        ("high", {"imagery": IMAGE}, "R-1 needs_second_reviewer"),
        ("high", {"imagery": IMAGE, "second_reviewer": "ANA"}, "R-1 needs_second_reviewer"),
    ],
)
def test_a_review_that_does_not_suffice(tmp_path: Path, outcome: str, fields: dict[str, str], note: str) -> None:
    """It changes nothing, and says why."""
    assert settled(tmp_path, outcome, **fields) == (outcome, outcome, note)


@pytest.mark.parametrize("second", SAME_PERSON)
def test_one_person_in_other_letters_is_one_person(tmp_path: Path, second: str) -> None:
    """Blanks, accents, invisible characters and letters of other scripts make no second reviewer."""
    found = settled(tmp_path, "high", imagery=IMAGE, second_reviewer=second)

    assert found[1:] == ("high", "R-1 needs_second_reviewer")


@pytest.mark.parametrize(
    ("one", "other", "two"),
    [
        ("Ana P\u00e9rez", "Ing. Ana Perez", False),
        ("Ana P\u00e9rez", "A. P\u00e9rez", False),
        ("Ana Mar\u00eda P\u00e9rez", "P\u00e9rez, Ana", False),
        ("Ana P\u00e9rez", "Ana P\u00e9rez 2", False),
        ("Ana P\u00e9rez", "Ana P\u00e9rez (la misma)", False),
        ("Ana P\u00e9rez", "n/a", False),
        ("Ana P\u00e9rez", "NINGUNO", False),
        ("Ana P\u00e9rez", "no hay", False),
        ("n\u00e3o h\u00e1", "Ana P\u00e9rez", False),
        ("Ana P\u00e9rez", "Aucun", False),
        ("Ana P\u00e9rez", "Ana P3rez", False),
        ("Ana P\u00e9rez", "4na P\u00e9re2", False),
        ("Ana P\u00e9rez", "An@ P\u20acrez", False),
        ("Luis Rojas", "Lui5 Roja$", False),
        ("Beto Tovar", "8e7o 7ovar", False),
        ("Hugo Garay", "Hu9o 6aray", False),
        ("J\u00f8rn \u0141ukasz", "Jorn Lukasz", False),
        ("Wanda Mora", "VVanda rnora", False),
        ("Ana P\u00e9rez", "An\u0252 P\u00e9rez", False),
        ("Ana P\u00e9rez", "\u13aana P\u00e9rez", False),
        ("tec01", "tec02", True),
        ("\u0410\u043d\u043d\u0430 \u041f\u0435\u0442\u0440\u043e\u0432\u0430", "Luis Rojas", False),
        ("\u1208\u121d\u1208\u121d", "Abebe Bekele", False),
        ("Ana P\u00e9rez", "Luis P\u00e9rez", True),
        ("Ana P\u00e9rez", "L. P\u00e9rez", True),
        ("Ana P\u00e9rez", "Ana Rojas", True),
        ("Ana", "Nadia", True),
        ("Noa", "Nina", True),
        ("Ana P\u00e9rez", "B\u00f9i Th\u1ecb No", True),
    ],
)
def test_a_short_form_or_a_word_for_nobody_is_no_second_person(one: str, other: str, two: bool) -> None:
    """Titles, initials, numbers and another script make no second person, nor does `n/a`; relatives are two."""
    assert are_two(one, other) is are_two(other, one) is two


@pytest.mark.parametrize(
    ("outcome", "imagery", "note"),
    [
        ("high", "L=1900-01-01", "R-1 needs_dated_imagery"),
        ("high", "S2=2019-06-01", "R-1 needs_dated_imagery"),
        ("high", "S2=2099-01-01", "R-1 image_after_review"),
        ("high", f"{IMAGE}; S2=2026-10-02", "R-1 image_after_review"),
        ("undetermined", "S2=2019-06-01", "R-1 needs_dated_imagery"),
        ("undetermined", IMAGE, "R-1 needs_imagery_after_cutoff"),
        ("high", "c_1_radar_median_2026-08-03_2026-11-02.png=2026-08-03", "R-1 needs_dated_imagery"),
        ("undetermined", f"{IMAGE}; RADAR_MEDIAN=2026-08-03", "R-1 needs_imagery_after_cutoff"),
        ("more_info_needed", "S2=2026-10-02", "R-1 image_after_review"),
    ],
)
def test_images_have_to_show_the_time_in_question(tmp_path: Path, outcome: str, imagery: str, note: str) -> None:
    """Too old, before the cut-off where later ground is in question, or later than the review: nothing is cleared."""
    assert settled(tmp_path, outcome, imagery=imagery, second_reviewer="Luis")[1:] == (outcome, note)


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"evidence": "", "grounds": "official_record"}, "no_evidence_named"),
        ({"evidence": "", "grounds": "imagery", "imagery": "radar_median=2026-08-03"}, "no_evidence_named"),
        ({"grounds": "self_declaration"}, "self_declaration_alone"),
        ({"imagery": "S2=2099-01-01"}, "image_after_review"),
    ],
)
@pytest.mark.parametrize("outcome", GROUND)
def test_bad_news_stands_whatever_its_papers(tmp_path: Path, outcome: str, fields: dict[str, str], fault: str) -> None:
    """A confirmed clearing makes the plot high, and what its documents lack is noted."""
    assert settled(tmp_path, outcome, decision="confirm", **fields)[1:] == ("high", f"R-1 confirm ({fault})")


@pytest.mark.parametrize("fault", ["evidence_missing:photo.jpg", "evidence_changed:photo.jpg", "dated_in_future:2099"])
def test_bad_news_stands_when_its_photograph_does_not(tmp_path: Path, fault: str) -> None:
    """A photograph that changed or is gone does not bring the forest back; a clearance on it clears nothing."""
    table = evidence(GROUND["more_info_needed"])
    assessments, _ = risk.assess(plots({"coop/1": 10.0}), table, ALL, POLICY, PRODUCTION)
    digest = evidence_digest(table, OUTLINE, ["coop/1"])["coop/1"]
    for decision, outcome in (("confirm", "high"), ("clear", "more_info_needed")):
        rows = read_reviews(written(tmp_path, decision=decision, evidence_digest=digest))
        found = reviews.apply(assessments, rows, table, OUTLINE, {"R-1": fault}).iloc[0]

        assert found["final_outcome"] == outcome
        assert fault in found["review"]


@pytest.mark.parametrize(
    "name", ["COOP/Pe\u00f1a 1", "coop/pen\u0303a 1", "coop/Pe\u00f1a\u00a01", "Pe\u00f1a 1", "coop/PE\u00d1A1"]
)
def test_bad_news_finds_its_plot_in_other_letters(tmp_path: Path, name: str) -> None:
    """Case, accents, blanks or a missing cooperative hide no confirmed clearing; a clearance goes by the letter."""
    plot = "coop/Pe\u00f1a 1"
    table = evidence([{**row, "plot": plot} for row in GROUND["more_info_needed"]])
    assessments, _ = risk.assess(plots({plot: 10.0}), table, ALL, POLICY, PRODUCTION)
    outlines = plots({plot: 10.0}).geometry
    digest = evidence_digest(table, outlines, [plot])[plot]
    confirmed = read_reviews(written(tmp_path, plots=name, decision="confirm", evidence_digest=digest))

    assert reviews.apply(assessments, confirmed, table, outlines)["final_outcome"].tolist() == ["high"]
    assert reviews.unknown_plots(confirmed, assessments) == {}
    cleared = read_reviews(written(tmp_path, plots=name, reason=CODES["more_info_needed"], evidence_digest=digest))
    assert reviews.apply(assessments, cleared, table, outlines)["final_outcome"].tolist() == ["more_info_needed"]
    assert reviews.unknown_plots(cleared, assessments) == {"R-1": (name,)}


def test_reviews_of_days_to_come_are_named(tmp_path: Path) -> None:
    """A review dated after the day of the run cannot have been made."""
    rows = read_reviews(written(tmp_path, evidence_digest="0"))

    assert reviews.in_future(rows, dt.date(2026, 10, 1)) == {}
    assert reviews.in_future(rows, dt.date(2026, 9, 30)) == {"R-1": "dated_in_future:2026-10-01"}


def test_high_is_cleared_by_two_with_imagery_never_to_low(tmp_path: Path) -> None:
    """Two reviewers and dated imagery, every reason answered."""
    found = settled(tmp_path, "high", imagery=IMAGE, second_reviewer="Luis")

    assert found == ("high", "cleared_by_review", "R-1 clear")


def test_undetermined_is_cleared_by_dated_imagery(tmp_path: Path) -> None:
    """An image after the cut-off shows what the layers did not read."""
    assert settled(tmp_path, "undetermined", imagery=LATER, grounds="imagery")[1] == "cleared_by_review"


def test_every_reason_must_be_answered(tmp_path: Path) -> None:
    """One of three answered leaves the plot as it was."""
    found = settled(tmp_path, "high", imagery=IMAGE, second_reviewer="Luis", reason="agreed_deforestation")

    assert found[1:] == ("high", "R-1 clear; still open: deforestation_one_method event_on_forest")


@pytest.mark.parametrize("outcome", ["low", "more_info_needed"])
def test_a_confirmed_clearing_makes_any_plot_high(tmp_path: Path, outcome: str) -> None:
    """People may know more than the layers, and their word outlives a new layer version."""
    assert settled(tmp_path, outcome, decision="confirm")[1] == "high"
    assert settled(tmp_path, outcome, decision="confirm", evidence_digest="0" * 16)[1] == "high"


def test_low_stays_low(tmp_path: Path) -> None:
    """There is nothing to clear."""
    assert settled(tmp_path, "low")[1] == "low"


def test_blocked_geometry_cannot_be_reviewed(tmp_path: Path) -> None:
    """A plot without sound geometry has to be repaired."""
    assessments, _ = risk.assess(
        plots({"coop/1": 10.0}, usable=[False]), evidence([{"ha": 10.0}]), ALL, POLICY, PRODUCTION
    )
    digest = evidence_digest(evidence([{"ha": 10.0}]), OUTLINE, ["coop/1"])["coop/1"]
    rows = read_reviews(written(tmp_path, reason="geometry_blocked", imagery=IMAGE, evidence_digest=digest))
    found = reviews.apply(assessments, rows, evidence([{"ha": 10.0}]), OUTLINE)

    assert found["final_outcome"].tolist() == ["undetermined"]
    assert found["review"].tolist() == ["R-1 cannot_be_reviewed"]


def test_digest_ignores_the_order_of_rows_and_sees_a_square_metre() -> None:
    """The same evidence gives the same digest; another hectare figure another."""
    table = evidence(GROUND["high"])
    other = evidence([{**GROUND["high"][0], "ha": 0.3001}, GROUND["high"][1]])
    digest = evidence_digest(table, OUTLINE, ["coop/1"])

    assert digest == evidence_digest(table.iloc[::-1], OUTLINE, ["coop/1"])
    assert digest != evidence_digest(other, OUTLINE, ["coop/1"])


def test_evidence_files_are_checked(tmp_path: Path) -> None:
    """A missing or changed photograph breaks the review it stands in."""
    rows = read_reviews(written(tmp_path, evidence_digest="0"))

    assert reviews.broken_files(rows, tmp_path) == {"R-1": "evidence_missing:photo.jpg"}
    (tmp_path / "photo.jpg").write_bytes(b"another photo")
    assert reviews.broken_files(rows, tmp_path) == {"R-1": "evidence_changed:photo.jpg"}
    (tmp_path / "photo.jpg").write_bytes(b"photo")
    assert reviews.broken_files(rows, tmp_path) == {}


def test_strange_plots_are_named(tmp_path: Path) -> None:
    """A review of a plot that is not in the harvest is told, not lost."""
    rows = read_reviews(written(tmp_path, plots="coop/1; coop/9", evidence_digest="0; 0"))
    frame = pd.DataFrame(index=pd.Index(["coop/1"]))

    assert reviews.unknown_plots(rows, frame) == {"R-1": ("coop/9",)}


@pytest.mark.parametrize("plot", ["coop/9", "9", "coop/l"])
def test_a_confirmed_clearing_on_an_unknown_plot_is_refused(tmp_path: Path, plot: str) -> None:
    """Under its right id that plot would be high: the person who wrote the review must say which it is."""
    rows = read_reviews(written(tmp_path, plots=plot, decision="confirm", evidence_digest="0"))
    frame = pd.DataFrame(index=pd.Index(["coop/1"]))

    with pytest.raises(ConfigError, match=f"R-1 confirms a clearing on '{plot}'"):
        reviews.apply(frame, rows, pd.DataFrame({"footprint": [], "area_ha": []}), OUTLINE)


PLOTS = ["norte/001", "norte/P-7", "sur/002"]


@pytest.mark.parametrize(
    ("plot", "others", "refused"),
    [
        ("nrote/001", (), True),
        ("nrote/P 7", (), False),
        ("nrote/p-7", (), True),
        ("Cooperativa Norte/001", (), True),
        ("coop-15/001", (), True),
        ("coop-15/001", ("COOP-15",), False),
        ("coop-15/009", (), False),
        ("norte/001", (), False),
    ],
)
def test_a_confirmed_clearing_of_a_cooperative_that_nobody_knows_is_refused(
    tmp_path: Path, plot: str, others: tuple[str, ...], refused: bool
) -> None:
    """Where a plot here has the id, the cooperative is right, or known to be another harvest's, or asked about."""
    rows = read_reviews(written(tmp_path, plots=plot, decision="confirm", evidence_digest="0"))
    clears = read_reviews(written(tmp_path, plots=plot, evidence_digest="0"))

    reviews.refuse_misplaced(clears, PLOTS, others)
    if not refused:
        reviews.refuse_misplaced(rows, PLOTS, others)
        return
    with pytest.raises(ConfigError, match=f"R-1 confirms a clearing on '{plot}'.*other_cooperatives"):
        reviews.refuse_misplaced(rows, PLOTS, others)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"decision": "ok"}, "line 2: decision 'ok'; write one of clear, confirm"),
        ({"grounds": "because"}, "grounds 'because'"),
        ({"reviewer": ""}, "'reviewer' is empty"),
        ({"evidence": "photo.jpg"}, "write NAME=VALUE"),
        ({"evidence": "photo.jpg=12"}, "no SHA-256"),
        ({"evidence": f"/etc/hostname={PHOTO}"}, "lies outside the folder"),
        ({"evidence": f"../photo.jpg={PHOTO}"}, "lies outside the folder"),
        ({"reviewer": "\u200b."}, "is no name"),
        ({"imagery": "S2=yesterday"}, "'yesterday' is no date"),
        ({"date": "1/10/2026"}, "is no date"),
        ({"evidence_digest": ""}, "0 evidence digests for 1 plots"),
    ],
)
def test_a_wrong_row_is_named(tmp_path: Path, fields: dict[str, Any], words: str) -> None:
    """File, row and remedy."""
    with pytest.raises(ConfigError, match=words):
        read_reviews(written(tmp_path, **({"evidence_digest": "0"} | fields)))


def test_a_file_without_columns_is_named(tmp_path: Path) -> None:
    """The columns that reviews need are listed."""
    path = tmp_path / "reviews.csv"
    path.write_text("plot,decision\n", encoding="utf-8")

    with pytest.raises(ConfigError, match="no column review"):
        read_reviews(path)
    with pytest.raises(ConfigError, match="no such file"):
        read_reviews(tmp_path / "none.csv")


@pytest.mark.parametrize("language", ["en", "es", "fr", "pt"])
@pytest.mark.parametrize("outcome", GROUND)
@pytest.mark.parametrize("name", ["convergence@1", "whisp_pcrop@2026-10"])
def test_explain_in_four_languages(outcome: str, language: str, name: str) -> None:
    """Every outcome is told in every language, with nothing left unfilled."""
    table, policy, plot_table = evidence(GROUND[outcome]), risk.policy(name), plots({"coop/1": 10.0})
    assessments, reasons = risk.assess(plot_table, table, ALL, policy, PRODUCTION)
    text = risk.explain("coop/1", plot_table, assessments, reasons, table, ALL, policy, language)

    assert "coop/1" in text and "{" not in text
    # What nobody read is a dash with its hectares, never nought; Whisp never lays loss on forest.
    assert ("– ha" in text) == (outcome == "undetermined" or name.startswith("whisp"))
    assert evidence_digest(table, OUTLINE, ["coop/1"])["coop/1"] in text
