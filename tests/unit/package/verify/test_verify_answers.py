"""The operator's words in a package are those of its answers.csv, with the files it names."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from eudr_check import package, parquet, tables
from eudr_check.assessment_record import WrittenRecord
from eudr_check.package.folder import Attachment
from eudr_check.package.verify import Stages, verify
from eudr_check.run.recompute import answers_in
from tests.helpers import package_tables as six
from tests.helpers.tampering import edited, patched, rehashed

DIGEST = hashlib.sha256(b"acta").hexdigest()
ANSWER = {"letter": "c", "answer": "Ninguno vive allí.", "evidence": "acta.txt", "sha256": DIGEST,
          "date": "2026-09-01", "person": "Ana Ejemplo", "cooperatives": []}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A package of the six plots whose statement is ready to sign."""
    there = tmp_path_factory.mktemp("answers")
    (there / "acta.txt").write_bytes(b"acta")
    (there / "answers.csv").write_text(
        f"letter,answer,evidence,sha256,date,person\nc,Ninguno vive allí.,acta.txt,{DIGEST},2026-09-01,Ana Ejemplo\n",
        encoding="utf-8",
    )
    row = {"letter": "c", "criterion": "Pueblos indígenas", "answer": "", "question": "", "operator": [ANSWER]}
    assessments = six.assessments()
    assessments.loc["sur/A 3", ["outcome", "final_outcome"]] = "low"
    made = there / "p"
    made.mkdir()
    package.write(
        made,
        package.PackageInput(
            **six.package(
                assessments=assessments,
                article10=WrittenRecord({"es": [row]}),
                legality=pd.DataFrame([{"topic": "land", "document": "Title", "valid_until": None, "sha256": ""}]),
                attachments=[
                    Attachment("answers/answers.csv", there / "answers.csv"),
                    Attachment("answers/acta.txt", there / "acta.txt", DIGEST),
                ],
            )
        ),
    )
    return made


def stages(folder: Path) -> Stages:
    """Outcomes as the package says; answers as they are read."""
    stored = parquet.frame(folder / "tables/ASSESSMENTS.parquet")
    reasons = tables.typed(tables.REASONS, [])
    return Stages(lambda *_: (stored, reasons), lambda *_: stored, lambda _: None, lambda _: None, answers_in)


def differences(folder: Path) -> list[tuple[str, str]]:
    """File and message of what is found."""
    return [(found.file, found.message) for found in verify(folder, stages=stages(folder))]


def answered(**words: Any) -> Callable[[Any], None]:
    """Changes the answer in `dds.json`."""

    def change(dds: Any) -> None:
        dds["article10"]["es"][0]["operator"] = [{**ANSWER, **words}]

    return change


def test_a_package_with_answers_has_no_difference(folder: Path) -> None:
    """Answers and the files they name belong into a package, and its statement says what they say."""
    assert differences(folder) == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (patched(f"{six.FOLDER}/dds.json", answered(answer="Nadie.")), "has no such answer to c"),
        (patched(f"{six.FOLDER}/dds.json", answered(person="Otra Persona")), "has no such answer to c"),
        (patched(f"{six.FOLDER}/dds.json", answered(date="2026-09-02")), "has no such answer to c"),
        (edited("answers/answers.csv", "Ninguno vive allí.", "Viven allí."), "has no such answer to c"),
        (edited("answers/acta.txt", "acta", "otra"), "has changed since it was named"),
        (lambda folder: (folder / "answers/acta.txt").unlink(), "evidence 'acta.txt' is missing"),
        (lambda folder: (folder / "answers/answers.csv").unlink(), "no such file"),
    ],
)
def test_words_put_into_the_operators_mouth_are_found(
    folder: Path, tmp_path: Path, change: Callable[[Path], None], told: str
) -> None:
    """Statement, answers and evidence hang together, whoever makes the hashes anew."""
    found = differences(rehashed(folder, tmp_path / "q", change))

    assert [file for file, message in found if told in message] == ["answers/answers.csv"]
