"""What a statement says of legality and of the criteria is made once more from the documents inside its package."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from eudr_check import package, parquet, tables
from eudr_check.documents import legality
from eudr_check.documents.dossier import Dossier
from eudr_check.files import Attachment
from eudr_check.package.verify import Stages, verify
from eudr_check.run.recompute import answers_in, recorded
from eudr_check.run.records import records
from tests.helpers import package_tables as six
from tests.helpers.tampering import edited, rehashed


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A package of the six plots with one title that holds and seven topics without any document."""
    there = tmp_path_factory.mktemp("records")
    (there / "title.txt").write_bytes(b"title")
    digest = hashlib.sha256(b"title").hexdigest()
    (there / "legality.csv").write_text(
        f"topic,document,sha256,valid_until\nland_use_rights,title.txt,{digest},2027-12-31\n", encoding="utf-8"
    )
    given = six.package()
    documents = legality.read_legality(there / "legality.csv")
    inside = Dossier(legality=documents)
    of = records(given["harvest"], inside, given["plots"], given["assessments"], given["sources"], None)
    made = there / "p"
    made.mkdir()
    attached = [
        Attachment("legality/legality.csv", there / "legality.csv"),
        Attachment("legality/title.txt", there / "title.txt", digest),
    ]
    given |= {"legality": documents, "article10_of": of, "attachments": attached}
    package.write(made, package.PackageInput(**given))
    return made


def found(folder: Path) -> list[str]:
    """Messages on the statement's facts and on documents."""
    stored = parquet.frame(folder / "tables/ASSESSMENTS.parquet")
    nothing = tables.typed(tables.REASONS, [])
    stages = Stages(
        lambda *_: (stored, nothing), lambda *_: stored, lambda _: None, lambda _: None, answers_in, recorded
    )
    return [one.message for one in verify(folder, stages=stages) if one.file.endswith(("dds.json", ".csv"))]


def in_dds(change: Callable[[Any], None]) -> Callable[[Path], None]:
    """An edit of the only statement's facts."""

    def edit(root: Path) -> None:
        path = six.statement(root) / "dds.json"
        content = json.loads(path.read_text(encoding="utf-8"))
        change(content)
        path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")

    return edit


def closed(dds: Any) -> None:
    """Every question taken out, and the statement called ready."""
    for rows in dds["article10"].values():
        for row in rows:
            row["question"] = ""
            row["answer"] = row["answer"] or "None."
    dds["open_points"], dds["ready_to_sign"] = [], True


def better(dds: Any) -> None:
    """Our own sentence on forest says something else."""
    next(row for row in dds["article10"]["es"] if row["letter"] == "f")["answer"] = "0 parcelas con riesgo alto."


def longer(dds: Any) -> None:
    """The title holds ten years longer."""
    dds["legality"][0]["valid_until"] = "2037-12-31"


def test_a_package_says_what_its_documents_give(folder: Path) -> None:
    """Nothing differs as long as nothing is edited."""
    assert found(folder) == []


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (in_dds(closed), "open_points"),
        (in_dds(closed), "ready_to_sign"),
        (in_dds(better), "answer"),
        (in_dds(longer), "legality[0].valid_until"),
        (edited("legality/legality.csv", "2027-12-31", "2037-12-31"), "legality[0].valid_until"),
        (edited("legality/legality.csv", "land_use_rights", "environment"), "topics"),
    ],
)
def test_a_better_record_is_found_although_every_hash_fits(
    folder: Path, tmp_path: Path, change: Callable[[Path], None], named: str
) -> None:
    """Legality, our own sentences, open points and readiness cannot be edited in one place."""
    assert any(named in message for message in found(rehashed(folder, tmp_path / "p", change)))


def test_a_signature_beside_the_zip_is_no_foreign_file(folder: Path, tmp_path: Path) -> None:
    """A package folder may hold the signature of its ZIP, and of no other file."""
    signed = rehashed(folder, tmp_path / "p", lambda _: None)
    (archive,) = signed.glob("*.zip")
    archive.with_name(f"{archive.name}.minisig").write_bytes(b"x")
    (signed / "report.html.minisig").write_bytes(b"x")

    assert [one.file for one in verify(signed) if one.code == "unknown_file"] == ["report.html.minisig"]
