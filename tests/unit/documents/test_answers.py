"""The operator's answers: read whole, checked against their files, never overwritten."""

import datetime as dt
import hashlib
from pathlib import Path

import pytest

from eudr_check.documents.answers import Answer, given, read_answers, with_questions
from eudr_check.errors import ConfigError

HEAD = "letter,answer,evidence,sha256,date,person,cooperatives"
COOPERATIVES = ["coop-01", "coop-02"]
LAST = dt.date(2026, 11, 28)
DIGEST = hashlib.sha256(b"acta").hexdigest()


def write(folder: Path, *rows: str, head: str = HEAD) -> Path:
    """answers.csv of some rows, with the file `acta.txt` beside it."""
    (folder / "acta.txt").write_bytes(b"acta")
    path = folder / "answers.csv"
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return path


def read(folder: Path, *rows: str, head: str = HEAD) -> tuple[Answer, ...]:
    """What these rows say."""
    return read_answers(write(folder, *rows, head=head), COOPERATIVES, LAST)


def test_an_answer_is_read_with_who_when_and_which_file(tmp_path: Path) -> None:
    """Letters may be written as people write them; a row without an answer is an open question and no fault."""
    found = read(
        tmp_path,
        f"(D),Se consultó en mayo.,acta.txt,{DIGEST.upper()},2026-05-14,Ana Ejemplo,coop-01",
        "e,,,,,,",
        "circumvention,Sin indicios.,,,2026-05-14,Ana Ejemplo,",
    )

    assert found == (
        Answer("d", "Se consultó en mayo.", "acta.txt", DIGEST, dt.date(2026, 5, 14), "Ana Ejemplo", ("coop-01",)),
        Answer("circumvention", "Sin indicios.", "", "", dt.date(2026, 5, 14), "Ana Ejemplo"),
    )


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("q,Sí.,,,2026-05-14,Ana Ejemplo,", r"line 2: letter 'q' is unknown; write one of a to n"),
        (",Sí.,,,2026-05-14,Ana Ejemplo,", r"letter '' is unknown"),
        ("ab,Sí.,,,2026-05-14,Ana Ejemplo,", r"letter 'ab' is unknown"),
        ("d,Sí.,falta.txt," + DIGEST + ",2026-05-14,Ana Ejemplo,", r"evidence 'falta\.txt' is missing; put the file"),
        ("d,Sí.,acta.txt," + "0" * 64 + ",2026-05-14,Ana Ejemplo,", r"evidence 'acta\.txt' has changed"),
        ("d,Sí.,acta.txt,,2026-05-14,Ana Ejemplo,", r"has no sha256; `eudr-check answers CONFIG` fills it in"),
        ("d,Sí.,acta.txt,12ab,2026-05-14,Ana Ejemplo,", r"sha256 '12ab' is not 64"),
        ("d,Sí.,," + DIGEST + ",2026-05-14,Ana Ejemplo,", r"sha256 stands without a file"),
        ("d,Sí.,../acta.txt," + DIGEST + ",2026-05-14,Ana Ejemplo,", r"must lie in the folder of the answers"),
        ("d,Sí.,/etc/hostname," + DIGEST + ",2026-05-14,Ana Ejemplo,", r"must lie in the folder of the answers"),
        ("d,,falta.txt," + DIGEST + ",,,", r"evidence 'falta\.txt' is missing"),
        ("d,?,,,2026-05-14,Ana Ejemplo,", r"answer '\?' says nothing"),
        ("d,Sí.,,,2026-05-14,,", r"person '' is no name; write who answers"),
        ("d,Sí.,,,2026-05-14,-,", r"person '-' is no name"),
        ("d,Sí.,,,14/05/2026,Ana Ejemplo,", r"date '14/05/2026' is no date; write the day of the answer as YYYY-MM-DD"),
        ("d,Sí.,,,,Ana Ejemplo,", r"date '' is no date"),
        ("d,Sí.,,,2026-11-29,Ana Ejemplo,", r"date 2026-11-29 lies after 2026-11-28"),
        ("d,Sí.,,,2026-05-14,Ana Ejemplo,coop-09", r"cooperatives 'coop-09' is not in the harvest"),
    ],
)
def test_a_wrong_answer_is_refused_by_row_value_and_remedy(tmp_path: Path, row: str, fault: str) -> None:
    """One line names the file, the row, the value and what to do."""
    with pytest.raises(ConfigError, match=rf"answers\.csv.*{fault}") as refused:
        read(tmp_path, row)

    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("first", "second", "twice"),
    [("", "", True), ("coop-01", "", True), ("coop-01", "coop-02; coop-01", True), ("coop-01", "coop-02", False)],
)
def test_a_letter_is_answered_once_for_a_cooperative(tmp_path: Path, first: str, second: str, twice: bool) -> None:
    """Two answers to one letter are refused, unless they speak of different cooperatives."""
    rows = [f"d,Sí.,,,2026-05-14,Ana Ejemplo,{scope}" for scope in (first, second)]
    if not twice:
        assert len(read(tmp_path, *rows)) == 2
        return
    with pytest.raises(ConfigError, match=r"line 3: letter d is answered.* in .*line 2 already; keep one answer"):
        read(tmp_path, *rows)


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    """Nobody mends a file in as many rounds as it has faults."""
    with pytest.raises(ConfigError) as refused:
        read(tmp_path, "q,Sí.,,,2026-05-14,Ana Ejemplo,", "d,Sí.,,,hoy,,")

    assert all(word in str(refused.value) for word in ("line 2: letter 'q'", "line 3: person", "line 3: date 'hoy'"))


@pytest.mark.parametrize(
    ("scopes", "asked", "whole"),
    [
        ([()], COOPERATIVES, True),
        ([("coop-01",)], ["coop-01"], True),
        ([("coop-01",)], COOPERATIVES, False),
        ([("coop-01",), ("coop-02",)], COOPERATIVES, True),
        ([("coop-02",)], ["coop-01"], False),
        ([], COOPERATIVES, False),
    ],
)
def test_an_answer_counts_only_where_it_speaks_of_every_cooperative(
    scopes: list[tuple[str, ...]], asked: list[str], whole: bool
) -> None:
    """What was answered for one cooperative answers nothing for its neighbour."""
    answers = [Answer("d", "Sí.", "", "", LAST, "Ana Ejemplo", scope) for scope in scopes]

    assert given(answers, "d", asked)[1] is whole
    assert given(answers, "e", asked) == ((), False)


def test_open_questions_are_added_and_answers_stay(tmp_path: Path) -> None:
    """The file gets a row for every question it lacks; what people wrote stays, columns of their own included."""
    path = write(
        tmp_path,
        'd,"Sí, en mayo.",acta.txt,,2026-05-14,Ana Ejemplo,,mía',
        "e,,,,,,,",
        head=HEAD + ",nota",
    )
    made = with_questions(path, {"d": "¿Se consultó?", "e": "¿Reclamaciones?", "h": "¿Corrupción?"})
    path.write_text(made, encoding="utf-8")
    again = with_questions(path, {"d": "¿Se consultó?", "e": "¿Reclamaciones?", "h": "¿Corrupción?"})

    assert made.count("Sí, en mayo.") == 1
    assert "mía" in made
    assert DIGEST in made
    assert [line.split(",")[0] for line in made.splitlines()] == ["letter", "d", "e", "h"]
    assert "¿Corrupción?" in made
    assert again == made
    assert len(read_answers(path, COOPERATIVES, LAST)) == 1


def test_a_file_that_is_not_there_is_begun(tmp_path: Path) -> None:
    """The first file holds the questions alone, and reads as one without answers."""
    path = tmp_path / "answers.csv"
    path.write_text(with_questions(path, {"d": "¿Se consultó?"}), encoding="utf-8")

    assert read_answers(path, COOPERATIVES, LAST) == ()
    assert "d,¿Se consultó?," in path.read_text(encoding="utf-8")
