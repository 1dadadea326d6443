"""A season: every harvest in turn, and one page over all: `python -m pipelines.season configs/*.yaml`."""

import sys
from collections.abc import Sequence
from pathlib import Path

from eudr_check import object_store, parquet
from eudr_check.cli import show
from eudr_check.cli.app import known_errors
from eudr_check.cli.progress import progress
from eudr_check.config import Harvest
from eudr_check.package.report import season
from eudr_check.run import inputs
from eudr_check.run.exit import Exit
from eudr_check.run.folder import RunFolder
from eudr_check.run.harvest import run


def run_season(paths: Sequence[Path], *, offline: bool = False) -> tuple[Path, Exit]:
    """Run the harvests and write `season.html` into the folder that holds the first one's run.

    Returns:
        The page, and the worst exit code of all harvests.
    """
    harvests = [inputs.load(path) for path in paths]
    page = _folder(harvests[0]).parent / "season.html"
    parts, codes = [], []
    for harvest in harvests:
        folder = _folder(harvest)
        earlier = RunFolder(folder).pull("tables") / "ASSESSMENTS.parquet"
        before = parquet.frame(earlier) if earlier.is_file() else None
        with progress() as report:
            finished = run(harvest, offline=offline, progress=report)
        show.result(finished, as_json=False, profile=False)
        codes.append(finished.exit)
        plots = parquet.features(folder / "tables" / "PLOTS.parquet")
        assessments = parquet.frame(folder / "tables" / "ASSESSMENTS.parquet")
        address = Path(folder.name) / "package" / "report.html"
        if folder.parent != page.parent:
            address = folder / "package" / "report.html"
        kept = folder / "tables" / "ANIMALS.parquet"
        animals = parquet.frame(kept) if kept.is_file() else None
        facts = (plots, assessments, before, address.as_posix(), animals, harvest.cooperatives)
        parts.append(season.Part(harvest.harvest, *facts))
    season.write(page, parts, harvests[0].package.languages[0])
    if object_store.origin(page) is not None:
        object_store.put({page: page})
    return page, max(codes)


def _folder(harvest: Harvest) -> Path:
    assert harvest.run.folder is not None  # config.load fills it in
    return harvest.run.folder


if __name__ == "__main__":
    with known_errors():
        written, code = run_season([object_store.local(argument) for argument in sys.argv[1:]])
    sys.stdout.write(f"{object_store.name(written)}\n")
    sys.exit(code)
