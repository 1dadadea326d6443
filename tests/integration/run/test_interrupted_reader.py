"""A plot file whose reader came to no end in time is read again by the next run."""

import pandas as pd

from eudr_check import config
from eudr_check.plots.read import process
from eudr_check.run.harvest import run
from tests.helpers import tiny_harvest


def published(tiny: tiny_harvest.Tiny) -> dict[str, bytes]:
    folder = tiny.config.with_name("run") / "tables"
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*.parquet"))}


def test_the_next_run_is_that_of_files_that_were_read(tiny: tiny_harvest.Tiny, monkeypatch):
    """Plots and evidence of the run without plots are not found again under the same names."""
    with monkeypatch.context() as busy:
        busy.setattr(process, "_WALL_PER_CPU", 0)
        run(config.load(tiny.config), offline=True)
    findings = pd.read_parquet(tiny.config.with_name("run") / "tables" / "FINDINGS.parquet")
    assert set(findings.loc[findings["severity"] == "block", "code"]) >= {"file_too_large"}

    again = run(config.load(tiny.config), offline=True)

    assert {plot: again.assessments["final_outcome"][plot] for plot in tiny.outcomes} == dict(tiny.outcomes)
    seen = published(tiny)
    assert run(config.load(tiny.config), offline=True).assessments.equals(again.assessments)
    assert published(tiny) == seen
