"""The documents of a harvest are read once, and what was read is what names results and goes into the package."""

import hashlib
import re
from pathlib import Path

import pandas as pd
import pytest

from eudr_check.config import Harvest, PlotFile
from eudr_check.documents import dossier, legality
from eudr_check.documents.review import COLUMNS
from eudr_check.errors import ConfigError, PackageError
from eudr_check.package.folder import Folder
from tests.helpers import package_tables as six

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


def of_kind(kind: str, folder: Path, name: str, digest: str) -> Harvest:
    """A harvest with one document of a kind, which names a file."""
    texts = {
        "legality": f"topic,document,sha256,valid_until\nenvironment,{name},{digest},\n",
        "answers": f"letter,answer,evidence,sha256,date,person\nd,Yes.,{name},{digest},2026-05-14,Ana Paz\n",
        "reviews": ",".join(COLUMNS) + f"\nR-1,coop/1,clear,x,field_visit,{name}={digest},,Ana Paz,,2026-05-14,00\n",
    }
    found, table = harvest(folder), folder / f"{kind}.csv"
    table.write_text(texts[kind], encoding="utf-8")
    return found.model_copy(update={"legality": None, kind: table})


@pytest.mark.parametrize("kind", ["legality", "answers", "reviews"])
@pytest.mark.parametrize("name", ["link.pdf", "linked/secret.pdf", "../secret.pdf", "circle.pdf"])
def test_what_lies_outside_the_folder_is_refused_by_name(tmp_path: Path, kind: str, name: str) -> None:
    """Neither a path nor a link brings a file of this machine into the package, or tells whether it is there."""
    papers = tmp_path / "papers"
    papers.mkdir()
    (tmp_path / "secret.pdf").write_bytes(b"secret")
    (papers / "link.pdf").symlink_to("../secret.pdf")
    (papers / "linked").symlink_to(tmp_path)
    (papers / "circle.pdf").symlink_to("circle.pdf")
    settings = of_kind(kind, papers, name, hashlib.sha256(b"secret").hexdigest())

    if name == "circle.pdf" and kind != "answers":
        assert [one.name for one in dossier.read(settings).attachments] == [f"{kind}/{kind}.csv"]
    else:
        with pytest.raises(ConfigError, match=rf"{kind}\.csv.*{re.escape(name)}"):
            dossier.read(settings)


@pytest.mark.parametrize("kind", ["legality", "answers", "reviews"])
def test_a_link_within_the_folder_is_a_file_like_others(tmp_path: Path, kind: str) -> None:
    """What it leads to lies where the document's files lie."""
    (tmp_path / "acta.pdf").symlink_to("permit.pdf")
    settings = of_kind(kind, tmp_path, "acta.pdf", hashlib.sha256(b"permit").hexdigest())

    assert f"{kind}/acta.pdf" in [one.name for one in dossier.read(settings).attachments]


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


@pytest.mark.parametrize(
    ("held", "said"),
    [
        (5760.0, "hold 5760 kg, enough for the 5760 kg declared"),
        (5800.0, "hold 5800 kg, more than the 5760 kg of net_mass_kg: the statement declares all 5800 kg"),
        (5700.0, "hold 5700 kg, NOT enough for the 5760 kg declared"),
    ],
)
def test_lots_are_held_against_the_net_mass(held: float, said: str) -> None:
    """Without shipments all accepted lots are declared: where they hold more than was ordered, the terminal says so."""
    lots = six.lots(("L1", held, "accepted", ["norte/001"]), ("L2", 900, "refused", ["norte/003"]))

    *_, last = dossier.notes(six.harvest(), dossier.Dossier(), [], lots)

    assert said.replace(",", "") in last.replace(",", "")
