"""The reference pages say what the code says."""

import importlib.util
import re
from types import ModuleType

import pytest
import yaml

from tests.conftest import REPOSITORY

DOCS = REPOSITORY / "docs"


def maker() -> ModuleType:
    """The script that writes the reference."""
    spec = importlib.util.spec_from_file_location("make_reference", DOCS / "make_reference.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    "page", ["tables.md", "config.md", "codes.md", "layers.md", "policies.md", "commands.md", "eudr-check.1"]
)
def test_reference_fits_the_code(page: str) -> None:
    """Whoever changes a table, key, code, layer, policy or command runs `python docs/make_reference.py`."""
    assert (DOCS / "reference" / page).read_text(encoding="utf-8") == maker().PAGES[page]()


def test_who_files_what_answers_as_the_law_does() -> None:
    """The table of cases comes from the function that decides them."""
    text = (DOCS / "who-files-what.md").read_text(encoding="utf-8")

    assert maker().who_files(text) == text
    assert "the first person in the Union" in text


def test_navigation_names_pages_that_exist() -> None:
    """Every page of the menu is a file."""

    def pages(entry: object) -> list[str]:
        if isinstance(entry, dict):
            return [page for value in entry.values() for page in pages(value)]
        return [page for value in entry for page in pages(value)] if isinstance(entry, list) else [str(entry)]

    named = pages(yaml.safe_load((REPOSITORY / "mkdocs.yml").read_text(encoding="utf-8"))["nav"])
    assert not [page for page in named if not (DOCS / page).is_file()]


def test_pictures_and_links_of_pages_exist() -> None:
    """No page points at a file that is not there."""
    broken = [
        (page.name, target)
        for page in DOCS.rglob("*.md")
        for target in re.findall(r"\]\(([^)#:\s]+?)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]

    assert not broken


def test_the_exporter_finds_how_to_file_in_each_role() -> None:
    """Numbered steps for importer, exporter and representative: who files, with which sheet, until when to amend."""
    text = (DOCS / "how-to" / "exporter.md").read_text(encoding="utf-8")
    steps = text.partition("## From harvest to reference number")[2].partition("## Sign it")[0]
    roles = re.split(r"^\*\*|^### ", steps, flags=re.MULTILINE)[1:]

    assert len(re.findall(r"^1\. ", steps, re.MULTILINE)) >= 3
    assert len(roles) >= 3
    for words in ("EORI", "form.*.html", "within 72 hours", "mandate", "eudr-check submit"):
        assert words in steps, words
