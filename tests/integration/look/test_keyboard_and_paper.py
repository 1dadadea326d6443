"""The desk without a mouse, and on paper: a real Chromium is walked by keys alone, and prints A4."""

import base64
import json
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from browser import Browser
from conftest import written

from eudr_check.documents import dossier
from tests.helpers import season_tables

MOST_STOPS = 120


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Thirty plots, of which one that waits for a decision is fragile."""
    season = season_tables.season(30)
    season.assessments["stability"] = "stable"
    to_review = dossier.to_review(season.assessments, season.evidence, season.plots.geometry)
    season.assessments.loc[next(iter(to_review)), "stability"] = "fragile"
    return written(
        tmp_path_factory.mktemp("keys"), season, given={"to_review": to_review}, package={"languages": ["en"]}
    )


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Browser]:
    """A desktop window."""
    with Browser(tmp_path / "profile", width=1440, height=900) as one:
        yield one


def tab_to(browser: Browser, condition: str) -> None:
    """Press Tab until the focus is where it should be; at every stop it is seen."""
    for _ in range(MOST_STOPS):
        browser.press("Tab")
        seen = browser.run(
            "(() => { const at = document.activeElement, look = getComputedStyle(at);"
            f" return [Boolean({condition}), look.outlineStyle !== 'none',"
            " at.outerHTML.slice(0, 120)]; })()"
        )
        assert seen[1], f"focus is not seen on {seen[2]}"
        if seen[0]:
            return
    pytest.fail(f"no way by Tab to: {condition}")


def test_a_plot_is_found_decided_and_saved_by_keys_alone(browser: Browser, page: Path, tmp_path: Path) -> None:
    """Filter, open, decide, save: no step needs a mouse, and the file holds what was decided."""
    browser.call("Page.setDownloadBehavior", behavior="allow", downloadPath=str(tmp_path))
    browser.open(page)
    tab_to(browser, "at.id === 'fragile'")
    browser.press(" ")
    assert browser.run("rows.length") == 1

    tab_to(browser, "at.id === 'list'")
    browser.press("ArrowDown")
    browser.press("Enter")
    assert browser.run("$('detail').open")

    tab_to(browser, "at.name === 'decision'")
    browser.press(" ")
    browser.press("ArrowDown")
    tab_to(browser, "at.tagName === 'SELECT' && at.form?.classList.contains('decide')")
    browser.press("f")
    tab_to(browser, "at.autocomplete === 'name'")
    browser.call("Input.insertText", text="Elmer Inventado")
    tab_to(browser, "at.type === 'submit'")
    browser.press("Enter")
    tab_to(browser, "at.tagName === 'BUTTON' && at.textContent === T('review_form_save')")
    browser.press("Enter")
    until = time.monotonic() + 20
    while not (files := [one for one in tmp_path.glob("decisions-*.json") if one.stat().st_size]):
        assert time.monotonic() < until, "nothing was saved"
        time.sleep(0.02)
    (decided,) = json.loads(files[0].read_text(encoding="utf-8"))["decisions"]

    assert (decided["decision"], decided["grounds"], decided["reviewer"]) == (
        "confirm", "field_visit", "Elmer Inventado",
    )  # fmt: skip
    browser.press("Escape")
    assert not browser.run("$('detail').open")
    assert browser.run("document.activeElement !== document.body"), "closing a plot loses the place in the list"
    assert not browser.complaints


def printed(browser: Browser) -> bytes:
    """The page as a PDF of A4."""
    browser.run("dispatchEvent(new Event('beforeprint'))")
    made = browser.call("Page.printToPDF", paperWidth=8.27, paperHeight=11.69, preferCSSPageSize=True)
    browser.run("dispatchEvent(new Event('afterprint'))")
    return base64.b64decode(made["data"])


@pytest.mark.parametrize("language", ["en", "es", "fr", "pt"])
def test_paper_is_a4_and_nothing_is_cut(browser: Browser, page: Path, language: str) -> None:
    """Every column of every table lies within the page, the last (`Total`) too; rows are not cut by page ends."""
    browser.open(page)
    browser.run(f"$('language').value = '{language}'; $('language').dispatchEvent(new Event('change')); 1")
    boxes = set(re.findall(rb"/MediaBox ?\[([\d. ]+)\]", printed(browser)))
    sizes = {tuple(sorted(round(float(part)) for part in box.split()[2:])) for box in boxes}
    # What a page of A4 has between its margins, in CSS pixels.
    browser.resize(round((210 - 2 * 12) / 25.4 * 96), 1000)
    browser.call("Emulation.setEmulatedMedia", media="print")
    browser.run("dispatchEvent(new Event('beforeprint'))")
    cut = browser.run(
        "[...document.querySelectorAll('th, td')].filter(cell => cell.offsetParent &&"
        " cell.getBoundingClientRect().right > innerWidth + 1).map(cell => cell.textContent)"
    )
    whole = browser.run(
        "[...document.querySelectorAll('tbody tr')].every(row => getComputedStyle(row).breakInside === 'avoid')"
    )

    assert sizes == {(595, 842)}
    assert cut == []
    assert whole


def test_the_card_of_a_plot_on_paper_says_what_it_belongs_to(browser: Browser, page: Path) -> None:
    """A file note names harvest, cooperative, date and policy."""
    browser.open(page)
    browser.run("open(rows[0])")
    browser.call("Emulation.setEmulatedMedia", media="print")
    browser.run("dispatchEvent(new Event('beforeprint'))")
    words = browser.run("document.body.innerText")

    assert "pe-coffee-2026" in words
    assert "convergence@1" in words
    assert browser.run("P.names[P.cooperative[rows[0]]]") in words
    assert re.search(r"30 Sep\w* 2026|Sep\w* 30, 2026|2026-09-30", words)
