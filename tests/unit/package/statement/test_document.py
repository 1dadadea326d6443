"""What a statement's pages say: draft or ready, whose words, and the text of the law."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from eudr_check import package
from eudr_check.assessment_record import WrittenRecord
from eudr_check.law import official
from eudr_check.package.statement import document
from tests.helpers import package_tables as six


def statement(folder: Path, **changes: Any) -> tuple[dict[str, Any], str]:
    """`dds.json` of the only statement of a package, and all that its Spanish pages say."""
    folder.mkdir()
    package.write(folder, package.PackageInput(**six.package(**changes)))
    told = json.loads((six.statement(folder) / "dds.json").read_text(encoding="utf-8"))
    assert (six.statement(folder) / "statement.es.pdf").read_bytes().startswith(b"%PDF")
    return told, "\n".join(texts(document.document(told, pd.DataFrame(), "", "es")))


def texts(content: Any) -> Iterator[str]:
    """Every text of a document."""
    if isinstance(content, str):
        yield content
    elif isinstance(content, dict | list | tuple):
        for value in content.values() if isinstance(content, dict) else content:
            yield from texts(value)


def answered(**row: Any) -> WrittenRecord:
    """A record of one criterion, answered by the data unless the test says otherwise."""
    usual = {"letter": "c", "criterion": "Indigenous peoples", "answer": "None touch.", "question": "", "operator": []}
    return WrittenRecord({"es": [usual | row]})


ANSWER = {"letter": "c", "answer": "Ninguno vive allí.", "person": "Ana Ejemplo", "date": "2026-11-01",
          "evidence": "acta.txt", "sha256": "ab" * 32, "cooperatives": []}  # fmt: skip
TITLE = pd.DataFrame([{"topic": "land use rights", "document": "title.pdf", "valid_until": None, "sha256": "ab" * 32}])


@pytest.mark.parametrize(
    ("record", "legality", "open_points"),
    [
        (answered(), TITLE, []),
        (answered(answer="", operator=[ANSWER]), TITLE, []),
        (answered(), None, ["no_legality"]),
        (WrittenRecord({}), TITLE, ["no_record"]),
        (answered(answer="", question="¿Viven allí?"), TITLE, ["no_article10"]),
        (answered(answer="", question="¿Viven allí?", operator=[ANSWER]), TITLE, ["no_article10"]),
        (
            WrittenRecord(answered(answer="", question="¿Elusión?").rows, "article_13"),
            TITLE,
            ["no_article13"],
        ),
    ],
)
def test_a_statement_is_ready_only_when_nothing_is_open(
    tmp_path: Path, record: WrittenRecord, legality: pd.DataFrame | None, open_points: list[str]
) -> None:
    """Draft mark and signature follow from what is open: evidence of legality, the record, each of its criteria."""
    told, printed = statement(tmp_path / "a", legality=legality, article10=record)

    assert [point["code"] for point in told["open_points"]] == open_points
    assert told["ready_to_sign"] == (not open_points)
    assert ("BORRADOR" in printed) == bool(open_points)
    assert ("Firmado por y en nombre de" in printed) == (not open_points)
    assert ("Listo para firmar" in printed) == (not open_points)


def test_the_words_of_the_operator_are_the_operators(tmp_path: Path) -> None:
    """An answer is quoted with who, when and which file; the redacted edition keeps only that there is one."""
    record = answered(answer="", operator=[ANSWER])
    told, printed = statement(tmp_path / "a", legality=TITLE, article10=record)
    hidden, withheld = statement(tmp_path / "b", legality=TITLE, article10=record, redacted=True)

    assert "«Ninguno vive allí.» – Ana Ejemplo, 1 de noviembre de 2026" in printed
    assert "acta.txt, SHA-256 abababababababab…" in printed
    assert told["article10"]["es"][0]["operator"] == [ANSWER]
    for text in (withheld, json.dumps(hidden, ensure_ascii=False)):
        assert "Ninguno" not in text
        assert "Ana" not in text


@pytest.mark.parametrize("wording", [None, "El texto oficial."])
def test_the_official_text_stands_word_for_word_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wording: str | None
) -> None:
    """Where the official wording of a language is not at hand the page says so and paraphrases nothing."""
    monkeypatch.setattr(official, "annex_ii_point_5", lambda language: wording)
    _, printed = statement(tmp_path / "a", legality=TITLE, article10=answered())

    assert ("no se parafrasea" in printed) == (wording is None)
    assert ("El texto oficial." in printed) == (wording is not None)


def test_a_document_that_has_expired_is_listed_as_expired(tmp_path: Path) -> None:
    """An expired document beside a valid one of the same topic is not shown as if it held."""
    expired = TITLE.assign(document="old.pdf", valid_until="2020-01-31")
    lasting = TITLE.assign(document="new.pdf", valid_until="2099-01-31")
    _, printed = statement(tmp_path / "a", legality=pd.concat([TITLE, expired, lasting]), article10=answered())
    lines = printed.splitlines()

    assert lines[lines.index("old.pdf") + 1] == "31 de enero de 2020 (caducado)"
    assert lines[lines.index("new.pdf") + 1] == "31 de enero de 2099"
    assert lines[lines.index("title.pdf") + 1] == "–"


def test_pages_count_the_statements_of_their_own_shipment_only(tmp_path: Path) -> None:
    """A statement alone counts nothing, the second of three says so; only pages to sign speak of signing below."""
    facts, pages = statement(tmp_path / "p", article10=answered(), legality=TITLE)
    second = facts | {"statement": facts["statement"] | {"number": 2, "of": 3}, "ready_to_sign": False}
    cut = document.document(second, pd.DataFrame(), "", "es")

    assert (facts["statement"]["number"], facts["statement"]["of"]) == (1, 1)
    assert "1 de 1" not in pages
    assert cut["subtitle"].endswith("· declaración 2 de 3 por presentar")
    assert "al firmar más abajo" in pages
    assert "al firmar más abajo" not in "\n".join(texts(cut))
