"""The record of Article 10, legality, scope of the law, and the comparison of two runs."""

import datetime as dt
import hashlib
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from shapely.geometry import box

from eudr_check import risk, tables
from eudr_check.documents import article10, legality, scope
from eudr_check.errors import ConfigError, PolicyError
from eudr_check.text import LANGUAGES, topic
from tests.helpers.risk_tables import ALL, HARVEST, PRODUCTION, evidence, plots

FOREST, LOSS, ALERT = "jrc_gfc2020.forest", "hansen.loss_year", "radd.alert_year"
POLICY = risk.policy("convergence@1")
ON = dt.date(2027, 1, 15)
SOURCES = tables.typed(
    tables.SOURCES,
    [
        {"tile": "S06.1W076.1", "layer": "jrc_gfc2020@V4", "status": "read", "sampled": False},
        {"tile": "S06.1W076.1", "layer": "hansen_gfc@v1.13", "status": "missing", "sampled": False},
    ],
)
LAND = {"area": "land", "title": "Land", "topic": "indigenous", "complete": True}
LAND |= {"plots": 1, "overlap_ha": 0.5, "unknown": 0}
ROWS: list[dict[str, Any]] = [{"ha": 0.4, FOREST: 1, LOSS: 2022, ALERT: 2022}, {"ha": 9.6}]


def run(rows: list[dict[str, Any]], **columns: Any) -> dict[str, pd.DataFrame]:
    """Tables of a run with one plot of 10 ha."""
    table, plot_table = evidence(rows), plots({"coop/1": 10.0}, **columns)
    assessments, _ = risk.assess(plot_table, table, ALL, POLICY, PRODUCTION)
    return {"PLOTS": plot_table, "EVIDENCE": table, "ASSESSMENTS": assessments}


class TestArticle10:
    """What the data answer, and what only the operator can."""

    def record(self, **more: Any) -> article10.Record:
        tables_of_run = run(ROWS, producer_country=["PE"])
        return article10.record(
            HARVEST, tables_of_run["PLOTS"], tables_of_run["ASSESSMENTS"], SOURCES, ON, added=article10.Added(**more)
        )

    def test_letters_and_states(self) -> None:
        """Fourteen criteria; without deliveries, layers and documents half of them are questions."""
        states = {item["letter"]: item["state"] for item in self.record()["criteria"]}

        assert "".join(states) == "abcdefghijklmn"
        assert "".join(letter for letter, state in states.items() if state == "question") == "cdehjklmn"

    def test_figures(self) -> None:
        """The sums stand in the facts."""
        facts = {item["letter"]: item["facts"] for item in self.record()["criteria"]}

        assert facts["a"]["classes"] == {"PE": "standard"}
        assert (facts["f"]["high"], facts["f"]["deforestation_ha"]) == (1, pytest.approx(0.4))
        assert facts["g"]["failed"] == 1

    def test_the_operator_answers_what_the_data_cannot(self) -> None:
        """An answer closes a question; where the data answer, ours stays and the operator's stands with it."""
        said = {"answer": "None live there.", "person": "Ana Ejemplo"}
        found = self.record(answered=lambda letter: ([said], True) if letter in "bd" else ([], False))
        items = {item["letter"]: item for item in found["criteria"]}
        rows = article10.table(found, "en").set_index("letter")

        assert (items["b"]["state"], items["d"]["state"], items["e"]["state"]) == ("answered", "operator", "question")
        assert rows.loc["b", "answer"].startswith("Plots that hold forest of 2020: 1 of 1,")
        assert rows.loc["b", "operator"] == rows.loc["d", "operator"] == [said]
        assert rows.loc["d", "answer"] == rows.loc["d", "question"] == ""
        assert "d" not in article10.questions(found, "en")

    def test_an_answer_for_some_leaves_the_question_open(self) -> None:
        """Where an answer does not speak of every cooperative it is shown, and the question stays."""
        said = {"answer": "None live there.", "person": "Ana Ejemplo"}
        found = self.record(answered=lambda letter: ([said], False))
        item = next(item for item in found["criteria"] if item["letter"] == "d")

        assert (item["state"], item["answers"]) == ("question", [said])
        assert article10.written(found, ["en"]).is_open

    def test_certificates_are_for_the_operator_to_name(self, tmp_path: Path) -> None:
        """Evidence of legality is a block of its own; criterion (n) asks for certificates and schemes."""
        path = tmp_path / "legality.csv"
        path.write_text("topic,document,sha256,valid_until\nland_use_rights,Title 12,,2027-12-31\n")
        found = self.record(legality=legality.read_legality(path))

        assert found["criteria"][-1]["state"] == "question"
        assert "certificates" in article10.questions(found, "en")["n"]

    @pytest.mark.parametrize(
        ("countries", "concern", "basis"),
        [
            (["GH"], None, "article_13"),
            (["GH"], "A report names this district.", "article_10"),
            (["PE"], None, "article_10"),
            (["HK"], None, "article_10"),
            ([None], None, "article_10"),
        ],
    )
    def test_low_risk_countries_get_the_short_record(
        self, countries: list[str | None], concern: str | None, basis: str
    ) -> None:
        """Complexity, circumvention and mixing are asked instead of fourteen letters, unless a concern is known."""
        made = run(ROWS, producer_country=countries)
        harvest = HARVEST.model_copy(update={"concern": concern})
        found = article10.record(harvest, made["PLOTS"], made["ASSESSMENTS"], SOURCES, ON)

        assert (found["basis"], found["concern"]) == (basis, concern)
        assert len(found["criteria"]) == (3 if basis == "article_13" else 14)
        if basis == "article_13":
            assert list(article10.questions(found, "es")) == ["circumvention", "mixing"]

    def test_letters_i_and_j_answer_the_short_record_too(self) -> None:
        """An answer to (j) speaks of circumvention and of mixing; nobody has to give it twice."""
        said = {"answer": "Sealed at the station.", "person": "Ana Ejemplo"}
        made = run(ROWS, producer_country=["GH"])
        found = article10.record(
            HARVEST, made["PLOTS"], made["ASSESSMENTS"], SOURCES, ON,
            added=article10.Added(answered=lambda letter: ([said], True) if letter == "j" else ([], False)),
        )  # fmt: skip

        assert not article10.written(found, ["en"]).is_open

    def test_without_legality_it_stays_a_draft(self, tmp_path: Path) -> None:
        """No evidence is one cause; each open topic is another."""
        path = tmp_path / "legality.csv"
        path.write_text("topic,document,sha256,valid_until\nland_use_rights,Title 12,,2027-12-31\n")

        assert self.record()["draft_because"] == ["no_legality_evidence"]
        draft = self.record(legality=legality.read_legality(path))["draft_because"]
        assert len(draft) == 7 and "legality_missing: labour_rights" in draft

    @pytest.mark.parametrize(
        ("change", "state"), [({}, "answered"), ({"complete": False}, "question"), ({"unknown": 1}, "question")]
    )
    def test_areas_are_noted_and_answer_only_what_they_can(self, change: dict[str, Any], state: str) -> None:
        """Indigenous land stands under (c), (d), (e), other areas under (m); consultation stays a question."""
        park = {**LAND, "area": "protected", "title": "Parks", "topic": "protected", "plots": 2}
        found = self.record(areas=[{**LAND, **change}, park])
        rows = article10.table(found, "en").set_index("letter")
        states = {item["letter"]: item["state"] for item in found["criteria"]}

        assert (states["c"], states["d"], states["e"], states["m"]) == (state, "question", "question", "question")
        assert all("Land: 1 plots share 0.50 ha" in rows.loc[letter, "answer"] for letter in "cde")
        assert rows.loc["m", "answer"].startswith("Parks: 2 plots") and rows.loc["b", "answer"].count("share") == 0
        assert ("not known to be complete" in rows.loc["c", "answer"]) == ("complete" in change)
        assert article10.written(found, ["en"]).is_open
        topics = {row["topic"]: [one["title"] for one in row["areas"]] for row in found["legality"]}
        assert (topics["environment"], topics["third_party_rights"], topics["labour_rights"]) == (
            ["Parks"],
            ["Land"],
            [],
        )

    def test_territory_without_a_class_is_a_question(self) -> None:
        """Nobody reads an unsettled class as low."""
        tables_of_run = run(ROWS, producer_country=["HK"])
        found = article10.record(HARVEST, tables_of_run["PLOTS"], tables_of_run["ASSESSMENTS"], SOURCES, ON)

        assert found["criteria"][0]["state"] == "question"
        assert found["countries"][0]["assessment"] == "article_10"

    def test_plots_without_a_country_are_asked_about_in_words(self) -> None:
        """No question mark stands for them."""
        tables_of_run = run(ROWS, producer_country=[None])
        found = article10.record(HARVEST, tables_of_run["PLOTS"], tables_of_run["ASSESSMENTS"], SOURCES, ON)

        assert article10.questions(found, "es")["a"].endswith("La lista no la fija para: parcelas sin país.")

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_table_in_every_language(self, language: str) -> None:
        """Every row has its criterion and either an answer or a question; the record is JSON."""
        found = self.record(areas=[LAND, {**LAND, "topic": "zoning", "complete": False}])
        table = article10.table(found, language)

        assert json.loads(json.dumps(found)) == found
        assert ((table["answer"] != "") | (table["question"] != "")).all()
        assert not table.drop(columns="operator").map(lambda text: "{" in text).any(axis=None)


class TestLegality:
    """Documents by topic, and areas of others."""

    def read(self, folder: Path, *rows: str) -> pd.DataFrame:
        path = folder / "legality.csv"
        path.write_text("\n".join(["topic,document,sha256,valid_until", *rows]) + "\n", encoding="utf-8")
        return legality.read_legality(path)

    def test_states(self, tmp_path: Path) -> None:
        """Shown, expired, missing; a broken file does not count."""
        table = self.read(
            tmp_path, "environment,Permit,,2026-12-31", "land_use_rights,Title,,", "labour_rights,Audit,,"
        )
        states = legality.by_topic(table, ON, {"Audit": "changed"})["state"]

        assert states["land_use_rights"] == "shown"
        assert states["environment"] == "expired"
        assert states["labour_rights"] == states["human_rights"] == "missing"

    @pytest.mark.parametrize(
        ("cooperatives", "state"),
        [
            (["norte"], "shown"),
            (["sur"], "expired"),
            (["norte", "sur"], "expired"),
            (["este"], "missing"),
            ([], "expired"),
        ],
    )
    def test_a_document_holds_for_the_cooperatives_it_names(
        self, tmp_path: Path, cooperatives: list[str], state: str
    ) -> None:
        """A valid document of one cooperative shows nothing for another."""
        path = tmp_path / "legality.csv"
        path.write_text(
            "topic,document,sha256,valid_until,cooperatives\n"
            "environment,New,,2027-12-31,norte\nenvironment,Old,,2025-12-31,norte; sur\n"
        )

        assert legality.by_topic(legality.read_legality(path), ON, None, cooperatives)["state"]["environment"] == state

    def test_files_are_hashed(self, tmp_path: Path) -> None:
        """A document that changed or is gone is told."""
        digest = hashlib.sha256(b"title").hexdigest()
        table = self.read(tmp_path, f"land_use_rights,title.pdf,{digest},")

        assert legality.broken_documents(table, tmp_path) == {"title.pdf": "missing"}
        (tmp_path / "title.pdf").write_bytes(b"title")
        assert legality.broken_documents(table, tmp_path) == {}

    @pytest.mark.parametrize("row", ["taxes,Receipt,,", "environment,,,", "environment,P,12,", "environment,P,,soon"])
    def test_a_wrong_row_is_named(self, tmp_path: Path, row: str) -> None:
        """File and row."""
        with pytest.raises(ConfigError, match=r"legality\.csv, line 2"):
            self.read(tmp_path, row)


@pytest.mark.parametrize(
    ("code", "commodity", "expected"),
    [
        ("0901 11", "coffee", "in_scope"),
        ("0901 11", "cocoa", "other_commodity"),
        ("0902 10", "coffee", "not_in_scope"),
        ("4407 11", "wood", "in_scope_in_part"),
    ],
)
def test_product_against_commodity(code: str, commodity: Any, expected: str) -> None:
    """The full code decides, by the commodity of the harvest."""
    assert scope.product_check(code, commodity, ON).code == expected


def test_what_follows_from_the_class() -> None:
    """Low countries may skip the assessment; checks are 1, 3 and 9 %."""
    found = {item.country: (item.assessment, item.checked_share) for item in scope.consequences(["GH", "PE", "RU"], ON)}

    assert found == {"GH": ("article_13", 0.01), "PE": ("article_10", 0.03), "RU": ("article_10", 0.09)}


class TestCompare:
    """Each change of outcome has its cause."""

    clean: list[dict[str, Any]] = [{"ha": 10.0}]  # noqa: RUF012

    def test_nothing_changed(self) -> None:
        """No row where no outcome changed."""
        assert risk.compare(run(ROWS), run(ROWS)).empty

    def test_layer(self) -> None:
        """The ground is the same, the layers show something else: the columns are named."""
        row = risk.compare(run(self.clean), run(ROWS)).iloc[0]

        assert (row["outcome_before"], row["outcome_after"], row["cause"]) == ("low", "high", "layer")
        assert row["detail"] == " ".join(sorted([LOSS, FOREST, ALERT]))

    def test_geometry(self) -> None:
        """A boundary moved; another first vertex is no change."""
        row = risk.compare(run(self.clean), run(ROWS, geometry=[box(0, 0, 0.001, 0.002)])).iloc[0]

        assert row["cause"] == "geometry"

    def test_policy_and_review(self) -> None:
        """A policy or a review changed over the same evidence."""
        before, after = run(ROWS), run(ROWS)
        after["ASSESSMENTS"] = after["ASSESSMENTS"].assign(outcome="low", final_outcome="low", policy="mine@1")
        assert risk.compare(before, after)["cause"].tolist() == ["policy"]
        after = run(ROWS)
        after["ASSESSMENTS"] = after["ASSESSMENTS"].assign(final_outcome="cleared_by_review", review="R-1 clear")
        assert risk.compare(before, after)["cause"].tolist() == ["review"]

    def test_added_and_removed(self) -> None:
        """Plots of one run only."""
        before, after = run(ROWS), run(ROWS)
        after = {name: table.rename(index={"coop/1": "coop/2"}) for name, table in after.items()}

        assert risk.compare(before, after)["cause"].to_dict() == {"coop/1": "removed", "coop/2": "added"}


def test_every_reason_code_has_words_in_four_languages() -> None:
    """No code without a sentence: those of the policies, and those of the room."""
    spoken = topic("reasons")
    codes = {rule.code for rule in POLICY.rules} | {  # type: ignore[union-attr]
        "geometry_blocked", "not_assessed", "no_evidence", "required_layer_absent", "point_cell_agreed", "send_polygon",
        "wider_disc_not_clean", "unknown_baseline", "unknown_events", "unknown_adjoining", "production_before_cover",
        "production_after_cover", "adjoining_plots", "tree_crop_2020", "no_forest_2020", "no_event_on_forest",
    }  # fmt: skip

    assert codes <= set(spoken)
    for name in ("reasons", "explain", "article10"):
        assert all(set(entry) == set(LANGUAGES) and all(entry.values()) for entry in topic(name).values()), name


@pytest.mark.parametrize("name", risk.shipped())
def test_shipped_policies_can_be_read(name: str) -> None:
    """Each names itself as its file does."""
    assert risk.policy(name).full_name == name


def test_unknown_policy_is_named(tmp_path: Path) -> None:
    """The known ones are listed; a wrong key of a file is named."""
    with pytest.raises(PolicyError, match="convergence@1"):
        risk.policy("convergence@9")
    path = tmp_path / "mine.yaml"
    path.write_text("kind: convergence\nname: mine\n")
    with pytest.raises(PolicyError, match="rules: is missing; write it"):
        risk.policy(str(path))


def test_a_shipped_name_belongs_to_its_content(tmp_path: Path) -> None:
    """A changed copy is refused under the shipped name, and carries a digest under its own."""
    text = (Path(risk.__file__).parent / "policies" / "convergence@1.yaml").read_text(encoding="utf-8")
    path = tmp_path / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    changed = text.replace("value: 365", "value: 3650")

    assert risk.policy(str(path)).full_name == "convergence@1"
    path.write_text(changed, encoding="utf-8")
    with pytest.raises(PolicyError, match=r"convergence@1.*of its own"):
        risk.policy(str(path))
    path.write_text(changed.replace("name: convergence", "name: ours"), encoding="utf-8")
    assert risk.policy(str(path)).full_name.startswith("ours@1+sha256:")
