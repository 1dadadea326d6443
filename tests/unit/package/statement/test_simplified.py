"""The simplified declaration of Annex III: who may file it, what it says, and that the EU system's schema takes it."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from eudr_check.assessment_record import WrittenRecord
from eudr_check.config import Harvest
from eudr_check.errors import PackageError
from eudr_check.package.eu import sd_xml
from eudr_check.package.folder import Folder
from eudr_check.package.statement.simplified import DeclarationInput, write
from eudr_check.text import LANGUAGES
from tests.helpers import package_tables as six
from tests.helpers.official_schema import SIMPLIFIED, official_schema

FARMER = {
    "name": "Kofi Ejemplo",
    "country": "GH",
    "address": {"street": "Farm road 1", "postal_code": "BA-0001", "city": "Goaso"},
    "eori": "NL000000000",
    "country_of_activity": "NL",
    "size": "natural_person",
    "established": "2019-01-01",
    "role": "primary_producer",
}
COCOA = {"hs_code": "1801 00", "description": "Cocoa beans"}
SD = f"{{{sd_xml.SD}}}"
ROW = {"letter": "mixing", "criterion": "Mixing", "answer": "2 lots.", "question": "", "operator": []}
RECORD = WrittenRecord({language: [ROW] for language in LANGUAGES}, "article_13")
EVIDENCE = [{"topic": "land_use_rights", "document": "Title", "valid_until": None, "sha256": ""}]
UUID = "e3b3206d-6625-47a0-b2ef-b8a7b9da1217"


def settings(**changes: Any) -> Harvest:
    """A cocoa farm in Ghana; keywords replace top-level keys."""
    usual: dict[str, Any] = {
        "harvest": "gh-cocoa-2027",
        "commodity": "cocoa",
        "operator": FARMER,
        "product": COCOA,
        "simplified": {"annual_kg": {"1801 00": 2500}},
        "package": {"languages": ["es"]},
    }
    return six.harvest(**usual | changes)


def declared(
    folder: Path, harvest: Harvest, *, country: str = "GH", unsettled: bool = False, **changes: Any
) -> dict[str, Any]:
    """What `sd.json` says of the six plots, all low unless the test says otherwise."""
    plots = six.plots(producer_country=country)
    assessments = six.assessments()
    if not unsettled:
        assessments = assessments.assign(outcome="low", final_outcome="low")
    folder.mkdir()
    content: dict[str, Any] = {"record": RECORD, "legality": EVIDENCE}
    return write(Folder(folder), DeclarationInput(harvest, plots, assessments, **content | changes))


CASES: dict[str, dict[str, Any]] = {
    "polygons and points": {},
    "postal addresses": {
        "simplified": {
            "annual_kg": {"1801 00": 2500},
            "addresses": [{"street": "Farm road 1", "postal_code": "BA-0001", "city": "Goaso"}],
        }
    },
    "cadastral identifiers": {"simplified": {"annual_kg": {"1801 00": 2500}, "cadastral": ["GH-AH-0001", "GH-AH-2"]}},
    "representative": {"operator": FARMER | {"representative": {"name": "Gemachtigde BV", "country": "NL"}}},
    "update after a major change": {"simplified": {"annual_kg": {"1801 00": 4000}, "update_of": UUID}},
    "wood in cubic metres": {
        "commodity": "wood",
        "product": {
            "hs_code": "4403 21", "description": "Logs", "scientific_name": "Pinus", "common_name": "Pine",
        },
        "simplified": {"annual_kg": {"4403 21": 9000}, "annual_units": {"4403 21": 18.5}},
    },
    "two products": {
        "product": None,
        "products": [COCOA, {"hs_code": "1802 00", "description": "Cocoa shells"}],
        "simplified": {"annual_kg": {"1801 00": 2500, "1802 00": 120}},
    },
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_the_payload_is_valid_under_the_official_schema(tmp_path: Path, shared_data: Path, case: str) -> None:
    """Every kind of declaration passes the Commission's own schema of release 8.2.1."""
    declared(tmp_path / "a", settings(**CASES[case]))
    schema, sent = official_schema(shared_data, SIMPLIFIED), etree.parse(str(tmp_path / "a" / "sd.xml"))

    assert schema.validate(sent), schema.error_log


def test_it_says_the_yearly_quantity_and_every_plot(tmp_path: Path) -> None:
    """Role, estimated kilograms, and the geolocation of all plots under the operator's own name."""
    told = declared(tmp_path / "a", settings())
    sent = etree.parse(str(tmp_path / "a" / "sd.xml")).getroot()
    geojson = base64.b64decode(sent.findtext(f".//{SD}geometryGeojson") or "")

    assert sent.findtext(f"{SD}operatorRole") == "MICRO_OPERATOR"
    assert sent.findtext(".//{*}netWeight") == "2500"
    assert (sent.findtext(f".//{SD}producerName"), sent.findtext(f".//{SD}producerCountry")) == ("Kofi Ejemplo", "GH")
    assert geojson == (tmp_path / "a" / "plots.geojson").read_bytes()
    assert told["geolocation"]["plots"] == 6
    assert told["obligation"]["files"] == "simplified_declaration"
    assert (told["ready_to_sign"], told["open_points"]) == (True, [])
    assert json.loads((tmp_path / "a" / "sd.json").read_text(encoding="utf-8")) == told


def test_an_update_keeps_the_identifier_and_has_no_role(tmp_path: Path) -> None:
    """After a major change the same declaration is updated, not a second one filed."""
    declared(tmp_path / "a", settings(**CASES["update after a major change"]))
    sent = etree.parse(str(tmp_path / "a" / "sd.xml")).getroot()

    assert sent.tag == f"{SD}UpdateSdRequest"
    assert sent.findtext(f"{SD}sdIdentifier") == UUID
    assert sent.find(f"{SD}operatorRole") is None


def test_addresses_stand_instead_of_geolocation(tmp_path: Path) -> None:
    """Whoever declares an address does not disclose coordinates."""
    declared(tmp_path / "a", settings(**CASES["postal addresses"]))
    sent = (tmp_path / "a" / "sd.xml").read_text(encoding="utf-8")

    assert "producerCity>Goaso<" in sent
    assert "geometryGeojson" not in sent


@pytest.mark.parametrize(
    ("changes", "country", "fault"),
    [
        ({"operator": FARMER | {"size": "medium"}}, "GH", "larger than small"),
        ({"operator": FARMER | {"size": None}}, "GH", "size of the undertaking is not given"),
        ({"operator": FARMER | {"role": "operator"}}, "GH", "operator.role is operator"),
        ({"operator": FARMER | {"country": "PE"}}, "PE", "not known to be established in a low-risk country"),
        ({"operator": FARMER | {"country": "CI"}}, "CI", "not known to be established in a low-risk country"),
        ({}, "TG", "not all of it was grown in the country"),
        ({"simplified": None}, "GH", "simplified is missing; write"),
        ({"simplified": {"annual_kg": {"1802 00": 5}}}, "GH", "annual_kg '1802 00' is no product of the harvest"),
        ({"simplified": {"annual_kg": {"1801 00": 0}}}, "GH", "annual_kg '1801 00' is 0; write the yearly quantity"),
        ({"confidential": None}, "GH", "confidential is missing; write true or false"),
        ({"border_country": None}, "GH", "border_country is missing"),
        ({"operator": FARMER | {"eori": None}}, "GH", "operator.eori is missing"),
    ],
)
def test_whoever_may_not_declare_simply_is_told_why(
    tmp_path: Path, changes: dict[str, Any], country: str, fault: str
) -> None:
    """One line names key, value and remedy; nothing is written."""
    with pytest.raises(PackageError, match="no simplified declaration can be made: ") as refused:
        declared(tmp_path / "a", settings(**changes), country=country)

    assert fault in str(refused.value)
    assert "\n" not in str(refused.value)
    assert list((tmp_path / "a").iterdir()) == []


@pytest.mark.parametrize(
    ("changes", "open_point"),
    [
        ({"unsettled": True}, "plots_unsettled"),
        ({"legality": []}, "no_legality"),
        ({"record": WrittenRecord({})}, "no_record"),
        (
            {"record": WrittenRecord({"es": [ROW | {"answer": "", "question": "¿Elusión?"}]}, "article_13")},
            "no_article13",
        ),
    ],
)
def test_what_is_open_keeps_it_a_draft(tmp_path: Path, changes: dict[str, Any], open_point: str) -> None:
    """The declaration speaks of all plots: one that is not settled, evidence or an answer that lacks is named."""
    told = declared(tmp_path / "a", settings(), **changes)

    assert [point["code"] for point in told["open_points"]] == [open_point]
    assert "DRAFT: not to be submitted" in (tmp_path / "a" / "sd.xml").read_text(encoding="utf-8")


def test_pages_are_made_in_every_language(tmp_path: Path) -> None:
    """Four languages, each a PDF."""
    declared(tmp_path / "a", settings(package={"languages": list(LANGUAGES)}))

    for language in LANGUAGES:
        assert (tmp_path / "a" / f"declaration.{language}.pdf").read_bytes().startswith(b"%PDF")


def test_two_kinds_of_place_contradict_one_another() -> None:
    """Addresses and cadastral identifiers are one choice."""
    with pytest.raises(ValueError, match="addresses and cadastral contradict"):
        settings(simplified={"annual_kg": {"1801 00": 1}, "cadastral": ["A"], "addresses": [FARMER["address"]]})


@pytest.mark.parametrize(("name", "reference"), [("gh-cocoa-2027", "gh-cocoa-2027"), ("a" * 31, None)])
def test_the_reference_fits_fourteen_characters(name: str, reference: str | None) -> None:
    """A short name stands as it is, a longer one as its digest, and never as its beginning."""
    made = sd_xml.reference(settings(harvest=name))

    assert len(made) <= 14
    assert made == (reference or made)
    assert made != sd_xml.reference(settings(harvest=name + "b"))
