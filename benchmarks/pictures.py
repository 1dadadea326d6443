"""How large a report with 500 pairs of dated pictures is, and how long until its first view is drawn in Chromium.

    python -m benchmarks.pictures                 500 plots, five openings
    python -m benchmarks.pictures --plots 100     a quick look

Chips are noise of 41 x 41 cells in both kinds, which no codec makes small; real ones are smaller. Every opening is a
new browser; printed are seconds on the clock and of the processor, the best and the middle one.
"""

import argparse
import base64
import statistics
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from eudr_check.choices import LANGUAGES
from eudr_check.imagery.picture import webp
from eudr_check.package.report import page
from eudr_check.package.report.inputs import ReportInput
from tests.helpers import season_tables
from tests.integration.look.browser import Browser

CELLS = 41
LINES = ("Taken on 2026-08-24, 70 days from 2026-11-02", "100.0 % of the plot seen clearly", "Sun 56°, cells of 10 m")
DATES = ("2020-08-14", "2026-08-24")


def main() -> None:
    """Write the report, open it, print what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plots", type=int, default=500)
    parser.add_argument("--openings", type=int, default=5)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        report = _report(Path(folder), chosen.plots)
        print(f"{chosen.plots} pairs: {report.stat().st_size / 1e6:.1f} MB")
        walls, works = [], []
        for number in range(chosen.openings):
            with Browser(Path(folder) / f"profile-{number}") as browser:
                walls.append(browser.open(report))
                works.append(browser.processor_s())
        for name, seconds in (("on the clock", walls), ("of the processor", works)):
            print(f"first view: {min(seconds):.2f} s best, {statistics.median(seconds):.2f} s middle {name}")


def _report(folder: Path, plots: int) -> Path:
    season = season_tables.season(plots)
    random = np.random.default_rng(5)
    looks = {str(plot): [_look(date, random) for date in DATES] for plot in season.plots.index}
    given = ReportInput(
        harvest=season_tables.harvest(), variables=season_tables.VARIABLES, looks=looks, **season.tables()
    )
    (path,) = page.write(folder, given)
    return path


def _look(date: str, random: np.random.Generator) -> dict[str, Any]:
    chips = {
        kind: base64.b64encode(webp(random.integers(0, 256, (CELLS, CELLS, 3), np.uint8))).decode()
        for kind in ("true", "nir")
    }
    ring = [[float(x), float(y)] for x, y in random.uniform(5, CELLS - 5, (40, 2)).round(2)]
    return {
        "status": "clear", "date": date, "item": f"S2A_18MTU_{date}", "width": CELLS, "height": CELLS, "cell_m": 10.0,
        "said": {language: {"name": "Most recent", "lines": list(LINES)} for language in LANGUAGES},
        "chips": chips, "rings": {"plot": [ring], "forest": [ring], "loss": [ring]},
    }  # fmt: skip


if __name__ == "__main__":
    main()
