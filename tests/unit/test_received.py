"""References of suppliers: every row is asked or is a finding; what the service does not say is unknown."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from eudr_check import received as room
from eudr_check import register
from eudr_check.errors import ConfigError, RegisterError
from eudr_check.filing import messages, practice
from eudr_check.filing.security import Credentials
from eudr_check.filing.transport import Link
from eudr_check.postgresql import Place
from eudr_check.register import outbox
from eudr_check.text import LANGUAGES
from tests.helpers.filing import PRACTICE, payload, serving
from tests.helpers.quick_register import no_waiting_for_the_disk

A, B = "26BE7XTVCZAQ2S", "26DEXXXXXXXX11"
ABOUT = outbox.Sent("", "dds", "submit", "S-1", "ab" * 32, "pe-coffee-2026")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test here asks whether a register survives a power cut."""
    no_waiting_for_the_disk(monkeypatch)


def written(folder: Path, text: str, name: str = "suppliers.csv", encoding: str = "utf-8") -> Path:
    """A file of a supplier."""
    path = folder / name
    path.write_text(text, encoding=encoding)
    return path


def pair(reference: str, verification: str = "SFFCB4Y3") -> room.Pair:
    """A pair of numbers."""
    return room.Pair(reference, verification, "Coop Norte", "L1", "suppliers.csv, line 2")


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (f"reference_number,verification_number,supplier,lots\n{A},SFFCB4Y3,Coop Norte,L1\n", "utf-8"),
        (f"Número de referencia;Número de verificación;Proveedor;Lote\n{A.lower()};SFFCB4Y3;Coop Norte;L1\n", "cp1252"),
        ("Lots\tFournisseur\tVérification\tRéférence\nL1\tCoop Norte\tSFFCB4Y3\t26BE 7XTV CZAQ 2S\n", "utf-16"),
        (f"número de referência|verificação|fornecedor|lotes\n\n {A} | SFFCB4Y3 |Coop Norte|L1\n", "utf-8-sig"),
    ],
)
def test_the_files_people_send_are_read(tmp_path: Path, text: str, encoding: str) -> None:
    """Four languages, four separators, four encodings, blanks and small letters give one pair of numbers."""
    (found,) = room.read(written(tmp_path, text, encoding=encoding)).pairs

    assert (found.reference, found.verification, found.supplier, found.lots) == (A, "SFFCB4Y3", "Coop Norte", "L1")


def test_every_row_is_asked_or_is_a_finding(tmp_path: Path) -> None:
    """A row without a pair of numbers is named with its line in four languages, and stops no other."""
    rows = [
        "071874bd-8c62-4cac-8eb6-b2fbe003410c,SFFCB4Y3",
        f"{A},",
        f"{B},SECR3T-1",
        ",SECR3T-2",
        f"{B},SECR3T-1",
        f"{B},OTHER-1",
    ]
    found = room.read(written(tmp_path, "\n".join(["reference_number,verification_number", *rows]) + "\n"))
    words = [finding.in_language(language) for finding in found.findings for language in LANGUAGES]

    assert [(one.reference, one.place) for one in found.pairs] == [
        (B, "suppliers.csv, line 4"),
        (B, "suppliers.csv, line 7"),
    ]
    assert [one.values["place"] for one in found.findings] == [f"suppliers.csv, line {line}" for line in (2, 3, 5, 6)]
    assert not [one for one in words if "SECR3T" in one or str(tmp_path) in one]
    assert len(set(words)) == 4 * len(LANGUAGES)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no column reference_number"),
        ("reference_number,verification_number\n", "no row"),
        (f"reference_number,supplier\n{A},x\n", "no column verification_number"),
        (f'reference_number,verification_number\n"{A},V-12345\n{B},V-12345\n', "quotation mark"),
        (f"reference_number,verification_number\n{A},V-12345,x\n", "3 cells under 2 columns"),
    ],
)
def test_a_file_that_is_no_list_of_numbers_is_refused(tmp_path: Path, text: str, said: str) -> None:
    """What hides rows or says none stops before anything is asked."""
    with pytest.raises(ConfigError, match=said):
        room.read(written(tmp_path, text))


def test_answers_are_kept_with_day_and_words(place: Place) -> None:
    """Usable, withdrawn and invented numbers each get the answer of the service, kept word for word."""
    system, file = practice.System(polls=1), place
    for number in range(2):
        system.submit("dds", messages.parse(payload(f"S-{number}"), dense=True))
    for one in system.by_reference("dds", "S-0") + system.by_reference("dds", "S-1"):
        assert one.status == "AVAILABLE"
    usable, withdrawn = system.records
    withdrawn.status = "WITHDRAWN"
    pairs = [pair(str(one.reference_number), str(one.verification_number)) for one in (usable, withdrawn)]
    with serving(system) as address:
        asked = list(room.check([*pairs, pair(A)], Link(address, PRACTICE, seconds_per_call=0), file, "practice"))
        again = list(room.check(pairs[:1], Link(address, PRACTICE, seconds_per_call=0), file, "practice"))
    kept = register.received(file)

    assert [one.check.result for one in asked] == ["EXISTING_USABLE", "EXISTING_NON_USABLE", "NON_EXISTENT"]
    assert [one.check.result for one in again] == ["EXISTING_USABLE"]
    assert [(one["reference_number"], one["result"], one["status"]) for one in kept] == [
        (pairs[1].reference, "EXISTING_NON_USABLE", "WITHDRAWN"),
        (A, "NON_EXISTENT", None),
        (pairs[0].reference, "EXISTING_USABLE", "AVAILABLE"),
    ]
    assert all("VerifyDeclarationResponse" in one["answer"] and one["checked"] for one in kept)
    assert len(register.content(file)["received"]) == 4


def test_silence_is_unknown_and_ends_the_questions(place: Place) -> None:
    """Where nobody answers every number is unknown; after three the others are not asked, and all are kept."""
    file, system = place, practice.System()
    with serving(system) as address:
        pass
    asked = list(room.check([pair(f"{A[:-1]}{at}") for at in range(5)], Link(address, PRACTICE, 0), file, "practice"))

    assert [one.check.result for one in asked] == ["unknown"] * 5
    assert [one.check.answer == room.NOT_ASKED for one in asked] == [False, False, False, True, True]
    assert len(register.received(file)) == 5


def test_a_wrong_key_asks_once(tmp_path: Path) -> None:
    """A user whom the service does not know is not locked out by going on; no number is called wrong."""
    file, system = tmp_path / "register.gpkg", practice.System()
    wrong = Credentials(practice.USER, "wr0ng-key", practice.CLIENT_ID)
    with serving(system) as address:
        asked = list(room.check([pair(A), pair(B)], Link(address, wrong, seconds_per_call=0), file, "practice"))

    assert [one.check.result for one in asked] == ["unknown", "unknown"]
    assert asked[0].fault is not None
    assert asked[0].fault.kind == "unauthenticated"
    assert asked[1].check.answer == room.NOT_ASKED
    assert b"wr0ng" not in file.read_bytes()


def test_numbers_of_a_rehearsal_stand_alone(place: Place) -> None:
    """A register with references checked in practice takes none of production, and no filing of it either."""
    file = place
    with serving(practice.System()) as address:
        link = Link(address, PRACTICE, seconds_per_call=0)
        list(room.check([pair(A)], link, file, "practice"))
        with pytest.raises(RegisterError, match="holds filings of practice"):
            list(room.check([pair(B)], link, file, "production"))
    with pytest.raises(RegisterError, match="holds filings of practice"):
        outbox.begin(file, replace(ABOUT, system="production"), dt.datetime(2026, 12, 1, tzinfo=dt.UTC))
