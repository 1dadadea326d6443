"""The documents of a harvest are read once, and what was read is what names results and goes into the package."""

import hashlib
from pathlib import Path

import pandas as pd
import pytest

from eudr_check.config import Harvest, PlotFile
from eudr_check.documents import dossier, legality
from eudr_check.errors import ConfigError, PackageError
from eudr_check.package.folder import Folder

ROW = "topic,document,sha256,valid_until\nenvironment,permit.pdf,{sha256},\n"


def harvest(folder: Path) -> Harvest:
    """A harvest with one legality document."""
    permit = folder / "permit.pdf"
    permit.write_bytes(b"permit")
    table = folder / "legality.csv"
    table.write_text(ROW.format(sha256=hashlib.sha256(b"permit").hexdigest()), encoding="utf-8")
    plots = PlotFile.model_construct(path=folder / "plots.csv", cooperative="coop")
    return Harvest.model_construct(harvest="h", commodity="coffee", plots=(plots,), legality=table)


def sha256(path: Path) -> str:
    """SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_every_attachment_has_the_hash_of_what_was_read(tmp_path: Path) -> None:
    """The table and the document it names go into the package only as they were read."""
    found = dossier.read(harvest(tmp_path))
    expected = {"legality/legality.csv": "legality.csv", "legality/permit.pdf": "permit.pdf"}

    assert {one.name: one.sha256 for one in found.attachments} == {
        name: sha256(tmp_path / file) for name, file in expected.items()
    }
    assert found.digests["documents"] == {"legality": {".csv": sha256(tmp_path / "legality.csv")}}


def test_a_document_that_changes_after_it_was_read_is_not_packed(tmp_path: Path) -> None:
    """The assessment was made of other words than the package would show."""
    found = dossier.read(harvest(tmp_path))
    (tmp_path / "legality.csv").write_text("topic,document,sha256,valid_until\n", encoding="utf-8")

    with pytest.raises(PackageError, match=r"legality/legality\.csv: changed since it was signed off or read"):
        for attachment in found.attachments:
            Folder(tmp_path / "package").attach(attachment)


def test_a_document_that_changes_while_it_is_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No result is named by the hash of one text and made of another."""
    settings, read = harvest(tmp_path), legality.read_legality

    def written_meanwhile(path: Path) -> pd.DataFrame:
        found = read(path)
        path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
        return found

    monkeypatch.setattr(legality, "read_legality", written_meanwhile)

    with pytest.raises(ConfigError, match="legality: changed while it was read; run again"):
        dossier.read(settings)


def test_problems_of_all_documents_come_at_once(tmp_path: Path) -> None:
    """Whoever corrects deliveries learns in the same answer that the reviews are not there."""
    (tmp_path / "deliveries.csv").write_text("date,cooperative,plot_id,kg,form,lot\n2026-05-04,a,1,mil,green,L1\n")
    both = {"deliveries": tmp_path / "deliveries.csv", "reviews": tmp_path / "reviews.csv"}
    with pytest.raises(ConfigError) as caught:
        dossier.read(harvest(tmp_path).model_copy(update=both))
    answer = str(caught.value)

    assert "2 things to correct" in answer
    assert "line 2: kg 'mil'" in answer
    assert "reviews.csv: no such file" in answer
