"""Last season's plots against newer layers: `python -m pipelines.recheck configs/OLD.yaml configs/NEW.yaml`.

The plots, documents and policy are those of OLD, layers and catalogues those of NEW. What changed, and why, is printed.
OLD must have been run before; its results stay as they are.
"""

import sys
from pathlib import Path

import pandas as pd

from eudr_check import object_store, risk
from eudr_check.cli import show
from eudr_check.cli.app import known_errors
from eudr_check.cli.progress import progress
from eudr_check.config import Harvest
from eudr_check.run import inputs, results
from eudr_check.run.harvest import run


def recheck(old: Path, new: Path, *, offline: bool = False) -> pd.DataFrame:
    """Every plot of a finished harvest whose outcome differs on the layers of another, with its cause."""
    harvest, newer = inputs.load(old), inputs.load(new)
    assert harvest.run.folder is not None
    before = results.tables(harvest.run.folder)
    again = _on_layers_of(harvest, newer)
    assert again.run.folder is not None
    with progress() as report:
        run(again, until="assess", offline=offline, progress=report)
    return risk.compare(before, results.tables(again.run.folder))


def _on_layers_of(harvest: Harvest, newer: Harvest) -> Harvest:
    assert harvest.run.folder is not None
    folder = harvest.run.folder.with_name(f"{harvest.harvest}-on-layers-of-{newer.harvest}")
    return harvest.model_copy(
        update={
            "layers": newer.layers,
            "catalogues": newer.catalogues,
            "register_file": None,
            "run": harvest.run.model_copy(update={"folder": folder}),
        }
    )


if __name__ == "__main__":
    with known_errors():
        changes = recheck(object_store.local(sys.argv[1]), object_store.local(sys.argv[2]))
    show.frame(changes.reset_index(), nothing="no outcome changed")
