"""The sheet to file by hand holds the whole payload, and nothing besides."""

import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from eudr_check import package
from eudr_check.package.statement import form
from tests.helpers import package_tables as six

LANGUAGES = ["en", "es", "fr", "pt"]
REPRESENTATIVE = {
    "name": "Importer GmbH", "country": "DE", "eori": "DE123456789", "email": "a@example.org", "phone": "+49 1",
    "address": {"street": "Kai 1", "postal_code": "20457", "city": "Hamburg"},
    "representative": {"name": "Agent BV", "country": "NL"},
}  # fmt: skip


def values(page: bytes) -> list[str]:
    """What can be copied, from top to bottom."""
    return [unescape(one) for one in re.findall(r"<code>(.*?)</code>", page.decode("utf-8"))]


@pytest.fixture(scope="module", params=[{}, {"operator": REPRESENTATIVE}], ids=["operator", "representative"])
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A statement in four languages."""
    root = tmp_path_factory.mktemp("form")
    languages = {"languages": LANGUAGES, "outputs": ["eu_geojson", "statement"]}
    settings = six.harvest(package=languages, **request.param)
    package.write(root, package.PackageInput(**six.package(harvest=settings)))
    (found,) = root.glob("statement-*")
    return found


def test_every_field_of_the_payload_in_its_order(folder: Path) -> None:
    """Every value that software would send is on the sheet, in the same order; the geolocation is a file beside it."""
    root = etree.parse(str(folder / "dds.xml")).getroot()
    sent = ["plots.geojson" if one.tag.endswith("geometryGeojson") else one.text for one in root.iter() if not len(one)]

    assert (folder / "plots.geojson").is_file()
    for language in LANGUAGES:
        assert values((folder / f"form.{language}.html").read_bytes()) == sent


def test_no_field_without_a_name_in_the_language(folder: Path) -> None:
    """Four pages that differ, each naming every field by words and none by the element of the interface."""
    pages = {language: (folder / f"form.{language}.html").read_text(encoding="utf-8") for language in LANGUAGES}
    labels = {language: re.findall(r'<th scope="row">(.*?)</th>', page) for language, page in pages.items()}

    assert len({tuple(one) for one in labels.values()}) == 4
    assert not [one for found in labels.values() for one in found if re.search("[a-z][A-Z]", one)]


def test_a_name_can_never_become_markup() -> None:
    """Names come from files of others."""
    request: dict[str, Any] = {"operatorRole": "OPERATOR", "statement": {"internalReferenceNumber": "<b>&"}}
    page = form.sheet(request, "en", geolocation="plots.geojson", harvest="<i>", draft=True).decode("utf-8")

    assert "<b>" not in page and "<i>" not in page
    assert "DRAFT: file nothing of this." in page
