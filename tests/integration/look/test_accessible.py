"""Nothing serious stands between a person with a screen reader or a keyboard and the pages; axe-core looks.

Runs where `EUDR_AXE` names `axe.min.js` (`npm install axe-core`); the project ships no copy of it.
"""

import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from browser import Browser
from conftest import written

from tests.helpers import season_tables

SERIOUS = (
    "axe.run(document, {resultTypes: ['violations']}).then(found => found.violations"
    ".filter(one => ['serious', 'critical'].includes(one.impact))"
    ".map(one => one.id + ': ' + one.nodes.slice(0, 3).map(node => node.html.slice(0, 120)).join(' | ')))"
)


@pytest.fixture(scope="module")
def axe() -> str:
    """The program, from where the person at this machine put it."""
    path = os.environ.get("EUDR_AXE", "")
    if not path:
        pytest.skip("EUDR_AXE does not name axe.min.js; npm install axe-core gives it")
    return Path(path).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page with every kind of outcome."""
    return written(tmp_path_factory.mktemp("axe"), season_tables.season(60), package={"languages": ["es"]})


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)])
def test_page_and_card_have_no_serious_fault(axe: str, package: Path, tmp_path: Path, width: int, height: int) -> None:
    """The first screen, and the card of a plot that waits for a decision."""
    html = package.with_suffix(".html")
    html.write_bytes(package.read_bytes())
    with Browser(tmp_path / "profile", width=width, height=height, phone=width < 600) as browser:
        browser.open(html)
        browser.run(axe + ";1")

        assert browser.run(SERIOUS) == []
        browser.run("open(P.outcome.findIndex(o => D.outcomes[o].name !== 'low'));1")
        assert browser.run(SERIOUS) == []
