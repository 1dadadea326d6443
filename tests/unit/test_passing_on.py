"""Numbers for customers: those that hold, of their shipment alone, and the confidential ones only when asked for."""

import csv
import datetime as dt
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from eudr_check import eudr_x, register
from eudr_check.errors import ConfigError, RegisterError
from eudr_check.passing_on import COLUMNS, code_text, pass_on, sheet
from eudr_check.postgresql import Place
from eudr_check.register import Declared, outbox
from tests.helpers.quick_register import no_waiting_for_the_disk
from tests.helpers.register_tables import record

NOON = dt.datetime(2026, 12, 1, 12, tzinfo=dt.UTC)
SECRETS = ("QW3RT5YU", "V3R1FY22")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test here asks whether a register survives a power cut."""
    no_waiting_for_the_disk(monkeypatch)


@pytest.fixture
def file(place: Place) -> Place:
    """A register of two shipments with numbers and one without, and a simplified declaration of the same harvest."""
    path = place
    lots = {"EXP-1": {"L1": 600.0, "L2": 400.0}, "EXP-2": {"L3": 500.0}, "EXP-3": {"L4": 1.0}}
    statements = [
        Declared(f"statement-{name}", f"pe.{name}", None, sum(taken.values()), name, ["coop/A"], name, taken)
        for name, taken in lots.items()
    ]
    record(path, "pe", {"A": "low"}, statements=statements)
    for name, number, secret in (("EXP-1", "26PE7XTVCZAQ2S", SECRETS[0]), ("EXP-2", "26PE7XTVCZAQ3T", SECRETS[1])):
        register.note(path, "pe", name, reference=number, verification=secret, submitted=dt.date(2026, 11, 20))
    sent = outbox.begin(path, outbox.Sent("production", "sd", "submit", "pe-sd", "ab" * 32, "pe"), NOON)
    outbox.end(path, sent, "accepted", NOON, uuid="u1")
    seen = {
        "uuid": "u1",
        "status": "AVAILABLE",
        "reference_number": "S26PE00000000X",
        "verification_number": "SDV12345",
    }
    outbox.overview(path, "production", seen, NOON)
    return path


def test_every_number_that_holds_is_passed_on(file: Place, tmp_path: Path) -> None:
    """Shipments with their lots, kilograms and numbers, and the declaration; what has no number is not there."""
    written = pass_on(file, "pe", tmp_path / "all", with_verification=True)
    table = list(csv.DictReader((tmp_path / "all/references.csv").read_text(encoding="utf-8").splitlines()))
    stated = json.loads((tmp_path / "all/references.json").read_text(encoding="utf-8"))

    assert [path.name for path in written] == [
        "references.csv",
        *(f"references.{language}.pdf" for language in ("en", "es", "fr")),
        "references.json",
        "references.pt.pdf",
    ]
    assert [(row["shipment"], row["lots"], row["net_mass_kg"], row["reference_number"]) for row in table] == [
        ("EXP-1", "L1; L2", "1000.0", "26PE7XTVCZAQ2S"),
        ("EXP-2", "L3", "500.0", "26PE7XTVCZAQ3T"),
        ("", "", "", "S26PE00000000X"),
    ]
    assert [row["verification_number"] for row in table] == [*SECRETS, "SDV12345"]
    assert [row["reference_number"] for row in stated["references"]] == [row["reference_number"] for row in table]


def test_a_customer_gets_one_shipment_and_no_secret_unasked(file: Place, tmp_path: Path) -> None:
    """One shipment's files name no other, and hold no verification number unless it is asked for."""
    pass_on(file, "pe", tmp_path / "one", shipment="EXP-2", languages=["es"])
    content = b"".join(path.read_bytes() for path in (tmp_path / "one").iterdir())

    assert b"26PE7XTVCZAQ3T" in content
    assert not [other for other in ("EXP-1", "26PE7XTVCZAQ2S", *SECRETS) if other.encode() in content]


def test_numbers_that_no_longer_hold_are_not_passed_on(file: Place, tmp_path: Path) -> None:
    """A withdrawn declaration, a corrected number and a harvest without numbers give nothing to rely on."""
    outbox.overview(file, "production", {"uuid": "u1", "status": "WITHDRAWN"}, NOON)
    corrected = {"reference": "26PE0000000000", "verification": "N3W12345", "submitted": dt.date(2026, 11, 20)}
    register.note(file, "pe", "EXP-1", **corrected, replace=True)  # type: ignore[arg-type]

    assert [row["reference_number"] for row in register.passed_on(file, "pe")] == ["26PE7XTVCZAQ3T", "26PE0000000000"]
    for harvest, shipment in (("gh", None), ("pe", "EXP-3"), ("pe", "pe-sd")):
        with pytest.raises(RegisterError, match="no reference number that holds"):
            pass_on(file, harvest, tmp_path / "none", shipment=shipment)
    assert not (tmp_path / "none").exists()


def test_the_code_holds_what_the_sheet_says() -> None:
    """A scanner reads the reference number, and the verification number only where the sheet has it."""
    row = {"reference_number": "26PE7XTVCZAQ2S", "shipment": "EXP-1"}

    assert code_text(row) == "26PE7XTVCZAQ2S"
    assert code_text({**row, "verification_number": SECRETS[0]}) == f"26PE7XTVCZAQ2S {SECRETS[0]}"


def test_a_rehearsal_says_so() -> None:
    """A sheet of numbers from practice or acceptance says on each page and in words that they are worth nothing."""
    row = dict.fromkeys(COLUMNS) | {"reference_number": "26XX7XTVCZAQ2S", "internal_reference": "pe.A"}
    marks = {system: sheet("pe", [row | {"system": system}], "en") for system in ("practice", "acceptance", None)}

    assert [one["mark"] for one in marks.values()] == ["PRACTICE", "ACCEPTANCE", None]
    assert [len(one["status"]["points"]) for one in marks.values()] == [1, 1, 0]


def test_a_folder_with_something_in_it_is_left_alone(file: Place, tmp_path: Path) -> None:
    """Files of another customer are never mixed with these."""
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept/references.csv").write_text("mine", encoding="utf-8")

    with pytest.raises(RegisterError, match="is not an empty folder"):
        pass_on(file, "pe", tmp_path / "kept")
    assert (tmp_path / "kept/references.csv").read_text(encoding="utf-8") == "mine"


ORDER = """
operator:
  company_name: Ejemplo BV
  address: {street: Kade 1, postal_code: 3011 AA, city: Rotterdam, country: NL}
  contact_person: {name: Ana Ejemplo, email: ana@example.org, phone: +31 10 0000000}
  eudr_details: {eudr_role: SME-Operator, hs_code: "090111"}
order_item: {order_reference: "4500012", item_reference: "10"}
"""
EUDR_X = {
    "operator": {
        "company_name": {},
        "address": {"street": {}, "postal_code": {}, "city": {}, "country": {"minLength": 2, "maxLength": 2}},
        "contact_person": {"name": {}, "email": {"pattern": "@"}, "phone": {}},
        "eudr_details": {
            "eudr_role": {"enum": ["SME-Operator", "SME-Trader", "LC-Operator", "LC-Trader"]},
            "taric_document_code": {"enum": ["C716", "C717", "Y129", "Y132", "Y133", "Y142", "Y144"]},
        },
    },
    "order_item": {"order_reference": {}, "item_reference": {}},
    "document_meta": {"submission_date": {"pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$"}, "version": {}},
}
"""What EUDR-X requires, from its `json/schema.json` at 90bdd274 and `SPECIFICATION.md` at 2919c22f."""


def schema(required: Mapping[str, Any]) -> dict[str, Any]:
    """Objects whose keys are all required, and texts with their rules."""
    rules = {
        name: schema(one)
        if one and all(isinstance(below, dict) for below in one.values())
        else {"type": "string", **one}
        for name, one in required.items()
    }
    return {"type": "object", "required": list(required), "properties": rules}


def test_a_program_gets_the_number_as_eudr_x(file: Place, tmp_path: Path) -> None:
    """One document for one order item, by the rules of its schema, with the number that holds."""
    (tmp_path / "order.yaml").write_text(ORDER, encoding="utf-8")
    order = eudr_x.read(tmp_path / "order.yaml")
    pass_on(file, "pe", tmp_path / "one", shipment="EXP-2", with_verification=True, languages=["en"], order=order)
    made = json.loads((tmp_path / "one/references.eudr-x.json").read_text(encoding="utf-8"))

    assert [*Draft7Validator(schema(EUDR_X)).iter_errors(made)] == []
    assert made["referenced_eudr_statements"] == [
        {"reference_number": "26PE7XTVCZAQ3T", "verification_number": SECRETS[1]}
    ]
    assert made["operator"]["eudr_details"]["taric_document_code"] == "C716"


@pytest.mark.parametrize(
    ("asked", "says"),
    [({"with_verification": True}, "--shipment"), ({"shipment": "EXP-2"}, "--with-verification")],
)
def test_what_eudr_x_has_no_place_for_is_not_written(
    file: Place, tmp_path: Path, asked: dict[str, Any], says: str
) -> None:
    """Several numbers, or one without its verification number: nothing is written, not even the other files."""
    (tmp_path / "order.yaml").write_text(ORDER, encoding="utf-8")

    with pytest.raises(RegisterError, match=says):
        pass_on(file, "pe", tmp_path / "none", order=eudr_x.read(tmp_path / "order.yaml"), **asked)
    assert not (tmp_path / "none").exists()


def test_an_order_that_lacks_something_says_what(tmp_path: Path) -> None:
    """Nothing is made up for a customer."""
    (tmp_path / "order.yaml").write_text(ORDER.replace("city: Rotterdam, ", ""), encoding="utf-8")

    with pytest.raises(ConfigError, match=r"order\.yaml.*operator\.address\.city"):
        eudr_x.read(tmp_path / "order.yaml")
