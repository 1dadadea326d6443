"""The part of reviews, evidence of legality and answers that concerns some plots."""

import datetime as dt
import hashlib
from pathlib import Path

import pandas as pd

from eudr_check.documents import excerpt
from eudr_check.documents.answers import Answer, read_answers
from eudr_check.documents.dossier import Dossier
from eudr_check.documents.legality import read_legality
from eudr_check.documents.review import Review, read_reviews
from eudr_check.files import Attachment
from eudr_check.package.folder import Folder

DAY = dt.date(2026, 10, 12)
DIGEST = hashlib.sha256(b"acta").hexdigest()


def review(name: str, plots: tuple[str, ...], decision: str = "clear", paper: str = "acta.txt") -> Review:
    digests = tuple(f"{number:016}" for number in range(len(plots)))
    return Review(name, plots, decision, ("standing_forest",), "field_visit", {paper: DIGEST}, {}, "Ana, Ejemplo", "",
                  DAY, digests)  # fmt: skip


def dossier() -> Dossier:
    documents = [("acta.txt", "norte; sur"), ("sur.txt", "sur"), ("acta.txt", "")]
    legality = pd.DataFrame(
        [{"topic": "environment", "document": name, "sha256": DIGEST, "valid_until": "", "cooperatives": scope}
         for name, scope in documents], dtype="str",
    )  # fmt: skip
    answers = (
        Answer("d", 'dicho; "de ambas"', "acta.txt", DIGEST, DAY, "Ana", ("sur", "norte")),
        Answer("e", "de sur", "sur.txt", DIGEST, DAY, "Ana", ("sur",)),
        Answer("h", "de todas", "", "", DAY, "Ana", ()),
    )
    reviews = (
        review("R1", ("sur/9", "norte/1", "sur/8")),
        review("R2", ("sur/9",), paper="sur.txt"),
        review("R3", ("NORTE/2", "sur/9"), "confirm"),
        review("R4", ("NORTE/1",)),
    )
    names = [f"{kind}/{name}" for kind in ("reviews", "legality", "answers")
             for name in (f"{kind}.csv", "acta.txt", "sur.txt")]  # fmt: skip
    return Dossier(
        reviews=reviews,
        legality=legality,
        answers=answers,
        broken_documents={"sur.txt": "missing", "acta.txt": "changed"},
        attachments=tuple(Attachment(name, Path(name), DIGEST) for name in names),
    )


def test_rows_and_lists_are_cut_and_files_go_whole(tmp_path: Path):
    """What is left reads back as it was, names no other plot or cooperative, and brings the files that it names."""
    part = excerpt.of_plots(dossier(), frozenset({"norte/1", "norte/2"}), ["norte"])
    for one in part.attachments:
        if one.content is not None:
            Folder(tmp_path).attach(one)
        else:
            (tmp_path / one.name).write_bytes(b"acta")

    assert [one.name for one in part.attachments] == [
        "reviews/reviews.csv", "reviews/acta.txt", "legality/legality.csv", "legality/acta.txt", "answers/answers.csv",
        "answers/acta.txt",
    ]  # fmt: skip
    # A confirmed clearing also speaks of plots in other letters, a clearance only of those named to the letter.
    assert [(one.review, one.plots, one.digests) for one in part.reviews] == [
        ("R1", ("norte/1",), (f"{1:016}",)),
        ("R3", ("NORTE/2",), (f"{0:016}",)),
    ]
    assert read_reviews(tmp_path / "reviews/reviews.csv") == part.reviews
    assert part.legality is not None
    assert list(part.legality["cooperatives"]) == ["norte", ""]
    pd.testing.assert_frame_equal(read_legality(tmp_path / "legality/legality.csv"), part.legality)
    assert read_answers(tmp_path / "answers/answers.csv", ["norte"], DAY) == part.answers
    assert [(one.letter, one.cooperatives) for one in part.answers] == [("d", ("norte",)), ("h", ())]
    assert part.broken_documents == {"acta.txt": "changed"}


def test_nothing_stays_nothing():
    """Without documents there are none; of a cooperative nobody speaks of, only what speaks of all."""
    empty = excerpt.of_plots(Dossier(), frozenset({"norte/1"}), ["norte"])
    other = excerpt.of_plots(dossier(), frozenset({"este/1"}), ["este"])

    assert (empty.reviews, empty.legality, empty.answers, empty.attachments) == ((), None, (), ())
    assert other.reviews == ()
    assert other.legality is not None
    assert list(other.legality["document"]) == ["acta.txt"]
    assert [one.letter for one in other.answers] == ["h"]
