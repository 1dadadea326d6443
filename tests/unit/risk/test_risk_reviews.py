"""Reviews settle what the layers leave open, on conditions, and go stale with the evidence."""

import hashlib
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from eudr_check import risk, tables
from eudr_check.errors import ConfigError
from eudr_check.risk import reviews
from tests.risk_cases import ALL, PRODUCTION, evidence, plots

FOREST, LOSS, ALERT, TMF_LOSS = "jrc_gfc2020.forest", "hansen.loss_year", "radd.alert_year", "tmf.deforestation_year"
POLICY = risk.policy("convergence@1")
PHOTO = hashlib.sha256(b"photo").hexdigest()
HEADER = ",".join(reviews.COLUMNS)
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


def written(folder: Path, **fields: str) -> Path:
    """A reviews.csv with one row for coop/1."""
    row = {
        "review": "R-1", "plots": "coop/1", "decision": "clear", "reason": "standing_forest", "grounds": "field_visit",
        "evidence": f"photo.jpg={PHOTO}", "imagery": "", "reviewer": "Ana", "second_reviewer": "", "date": "2026-10-01",
        "evidence_digest": "",
    } | fields  # fmt: skip
    path = folder / "reviews.csv"
    path.write_text(f"{HEADER}\n" + ",".join(row[name] for name in reviews.COLUMNS) + "\n", encoding="utf-8")
    return path


def settled(folder: Path, outcome: str, **fields: str) -> tuple[str, str, str]:
    """Outcome, final outcome and note of a plot under one review made on its own evidence."""
    table = evidence(GROUND[outcome])
    assessments, _ = risk.assess(plots({"coop/1": 10.0}), table, ALL, POLICY, PRODUCTION)
    digest = reviews.evidence_digest(table, ["coop/1"])["coop/1"]
    fields = {"reason": CODES[outcome], "evidence_digest": digest, **fields}
    found = reviews.apply(assessments, reviews.read_reviews(written(folder, **fields)), table)
    tables.check(tables.ASSESSMENTS, found)
    row = found.iloc[0]
    assert row["outcome"] == outcome
    return row["outcome"], row["final_outcome"], row["review"]


IMAGE = "S2B_18MTS_20201219=2020-12-19"


def test_more_info_is_cleared_by_a_field_visit(tmp_path: Path) -> None:
    """The original outcome stays beside the final one."""
    assert settled(tmp_path, "more_info_needed") == ("more_info_needed", "cleared_by_review", "R-1 clear")


@pytest.mark.parametrize(
    ("outcome", "fields", "note"),
    [
        ("more_info_needed", {"grounds": "self_declaration"}, "R-1 self_declaration_alone"),
        ("more_info_needed", {"evidence": ""}, "R-1 no_evidence_named"),
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


def test_high_is_cleared_by_two_with_imagery_never_to_low(tmp_path: Path) -> None:
    """Two reviewers and dated imagery, every reason answered."""
    found = settled(tmp_path, "high", imagery=IMAGE, second_reviewer="Luis")

    assert found == ("high", "cleared_by_review", "R-1 clear")


def test_undetermined_is_cleared_by_dated_imagery(tmp_path: Path) -> None:
    """An image shows what the layers did not read."""
    assert settled(tmp_path, "undetermined", imagery=IMAGE, grounds="imagery")[1] == "cleared_by_review"


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
    digest = reviews.evidence_digest(evidence([{"ha": 10.0}]), ["coop/1"])["coop/1"]
    rows = reviews.read_reviews(written(tmp_path, reason="geometry_blocked", imagery=IMAGE, evidence_digest=digest))
    found = reviews.apply(assessments, rows, evidence([{"ha": 10.0}]))

    assert found["final_outcome"].tolist() == ["undetermined"]
    assert found["review"].tolist() == ["R-1 cannot_be_reviewed"]


def test_digest_ignores_the_order_of_rows_and_sees_a_square_metre() -> None:
    """The same evidence gives the same digest; another hectare figure another."""
    table = evidence(GROUND["high"])
    other = evidence([{**GROUND["high"][0], "ha": 0.3001}, GROUND["high"][1]])
    digest = reviews.evidence_digest(table, ["coop/1"])

    assert digest == reviews.evidence_digest(table.iloc[::-1], ["coop/1"])
    assert digest != reviews.evidence_digest(other, ["coop/1"])


def test_evidence_files_are_checked(tmp_path: Path) -> None:
    """A missing or changed photograph breaks the review it stands in."""
    rows = reviews.read_reviews(written(tmp_path, evidence_digest="0"))

    assert reviews.broken_files(rows, tmp_path) == {"R-1": "evidence_missing:photo.jpg"}
    (tmp_path / "photo.jpg").write_bytes(b"another photo")
    assert reviews.broken_files(rows, tmp_path) == {"R-1": "evidence_changed:photo.jpg"}
    (tmp_path / "photo.jpg").write_bytes(b"photo")
    assert reviews.broken_files(rows, tmp_path) == {}


def test_strange_plots_are_named(tmp_path: Path) -> None:
    """A review of a plot that is not in the harvest is told, not lost."""
    rows = reviews.read_reviews(written(tmp_path, plots="coop/1; coop/9", evidence_digest="0; 0"))
    frame = pd.DataFrame(index=pd.Index(["coop/1"]))

    assert reviews.unknown_plots(rows, frame) == {"R-1": ("coop/9",)}


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"decision": "ok"}, "row 1: decision 'ok'; write one of clear, confirm"),
        ({"grounds": "because"}, "grounds 'because'"),
        ({"reviewer": ""}, "'reviewer' is empty"),
        ({"evidence": "photo.jpg"}, "write NAME=VALUE"),
        ({"evidence": "photo.jpg=12"}, "no SHA-256"),
        ({"imagery": "S2=yesterday"}, "'yesterday' is no date"),
        ({"date": "1/10/2026"}, "is no date"),
        ({"evidence_digest": ""}, "0 evidence digests for 1 plots"),
    ],
)
def test_a_wrong_row_is_named(tmp_path: Path, fields: dict[str, Any], words: str) -> None:
    """File, row and remedy."""
    with pytest.raises(ConfigError, match=words):
        reviews.read_reviews(written(tmp_path, **({"evidence_digest": "0"} | fields)))


def test_a_file_without_columns_is_named(tmp_path: Path) -> None:
    """The columns that reviews need are listed."""
    path = tmp_path / "reviews.csv"
    path.write_text("plot,decision\n", encoding="utf-8")

    with pytest.raises(ConfigError, match="no column review"):
        reviews.read_reviews(path)
    with pytest.raises(ConfigError, match="no such file"):
        reviews.read_reviews(tmp_path / "none.csv")


@pytest.mark.parametrize("language", ["en", "es", "fr", "pt"])
@pytest.mark.parametrize("outcome", GROUND)
@pytest.mark.parametrize("name", ["convergence@1", "whisp_pcrop"])
def test_explain_in_four_languages(outcome: str, language: str, name: str) -> None:
    """Every outcome is told in every language, with nothing left unfilled."""
    table, policy, plot_table = evidence(GROUND[outcome]), risk.policy(name), plots({"coop/1": 10.0})
    assessments, reasons = risk.assess(plot_table, table, ALL, policy, PRODUCTION)
    text = risk.explain("coop/1", plot_table, assessments, reasons, table, ALL, policy, language)

    assert "coop/1" in text and "{" not in text
    assert reviews.evidence_digest(table, ["coop/1"])["coop/1"] in text
