"""Seeded fault campaign: the tiny harvest against rustac and a COG server that misbehave.

`python -m tests.tools.fault_campaign 200` runs 200 seeds and prints a line for each; it stops at the first plot that is
`low` although it is not `low` when everything can be read.
"""

import random
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from eudr_check import config
from eudr_check.config import Catalogue, Harvest
from eudr_check.layers.fetch import http
from eudr_check.run.exit import Exit
from eudr_check.run.harvest import Finished, run
from tests.helpers import tiny_harvest
from tests.helpers.programs import published, rustac
from tests.helpers.servers import Decide, Fault, Hit, Server

IMPATIENT = http.Patience(attempts=3, first_delay_s=0.002, longest_delay_s=0.01, timeout_s=(5.0, 1.0))
BENT = {
    "gone": Fault("status", status=404),
    "forbidden": Fault("status", status=403),
    "truncated": Fault("truncated"),
    "short": Fault("short"),
    "inward": Fault("inward"),
    "sparse": Fault("sparse"),
    "masked": Fault("masked"),
}
"""What happens to one file for good."""
KINDS = ("status", "limit", "cut", "slow", "html", "redirect", "repeat", "endless", *BENT)


@dataclass(frozen=True)
class Bench:
    """The tiny harvest behind servers, and what it gives when nothing goes wrong."""

    folder: Path
    harvest: Harvest
    server: Server
    clean: Finished

    def run(self, name: str, decide: Decide) -> Finished:
        """One run in fresh folders under some faults."""
        self.server.decide = decide
        try:
            return run(in_folder(self.harvest, self.folder / name / "run"), until="assess")
        finally:
            self.server.decide = lambda hit: None


def in_folder(harvest: Harvest, folder: Path) -> Harvest:
    """The harvest with another run folder (its store lies beside it)."""
    return harvest.model_copy(update={"run": harvest.run.model_copy(update={"folder": folder})})


@contextmanager
def bench(folder: Path) -> Iterator[Bench]:
    """Servers up, clean run done, patience short."""
    small = tiny_harvest.write(folder / "tiny")
    harvest = config.load(small.config)
    patience, http.PATIENCE = http.PATIENCE, IMPATIENT
    try:
        with Server(small.config.parent) as server:
            content = published(small.catalogue, small.config.parent, server.url)
            with rustac(folder / "rustac", content) as upstream:
                server.upstream = upstream
                served = harvest.model_copy(update={"catalogues": {"local": Catalogue(url=f"{server.url}/stac")}})
                clean = run(in_folder(served, folder / "clean" / "run"), until="assess")
                require_drawn(clean)
                yield Bench(folder, served, server, clean)
    finally:
        http.PATIENCE = patience


def require_drawn(clean: Finished) -> None:
    """What comes out when nothing goes wrong is what the drawing says, not only what the code says every time."""
    assert clean.assessments is not None
    outcomes = clean.assessments["outcome"].reindex(list(tiny_harvest.OUTCOMES))
    assert dict(outcomes) == tiny_harvest.OUTCOMES, f"without any fault: {dict(outcomes)}"


def seeded(seed: int) -> tuple[str, Decide]:
    """A reproducible misbehaviour: one to three kinds, each for a share of requests or for one file."""
    dice = random.Random(seed)
    kinds = dice.sample(KINDS, dice.randint(1, 3))
    share = dice.choice([0.05, 0.2, 0.6])
    victim = dice.choice(
        ["jrc_gfc2020", "gfc2020", "lossyear", "datamask", "treecover", "annualchange", "deforestation"]
    )

    def decide(hit: Hit) -> Fault | None:
        for kind in kinds:
            if kind in BENT:
                if hit.path.startswith("/cog/") and victim in hit.path.lower():
                    return BENT[kind]
            elif kind in ("repeat", "endless"):
                if hit.path.endswith("/search"):
                    return Fault(kind)
            elif dice.random() < share:
                faults = {"status": Fault("status", 503), "limit": Fault("status", 429, retry_after="0")}
                return faults.get(kind, Fault(kind, seconds=1.5))
        return None

    return "+".join(sorted(kinds)), decide


def judge(clean: Finished, faulty: Finished) -> str:
    """`same`, or `undetermined` where some plots could not be decided.

    Raises:
        AssertionError: a plot got an outcome that unread data cannot bear, or the exit code hides it.
    """
    assert clean.assessments is not None
    assert faulty.assessments is not None
    assert faulty.sources is not None
    before, after = clean.assessments["outcome"], faulty.assessments["outcome"]
    changed = after[after != before]
    unread = faulty.sources["status"].eq("failed").any()
    assert set(changed) <= {"undetermined"}, f"outcomes on unread data: {changed.to_dict()}"
    said = unread or faulty.sources["reason"].str.contains("not stored in the file: unknown").any()
    assert said or changed.empty, f"plots changed although everything was read: {changed.to_dict()}"
    assert (faulty.exit is Exit.INCOMPLETE) == bool(unread)
    _no_low_on_unread(clean.assessments, faulty.assessments)
    return "undetermined" if len(changed) else "same"


def _no_low_on_unread(clean: pd.DataFrame, faulty: pd.DataFrame) -> None:
    low = faulty.index[faulty["outcome"] == "low"]
    assert (clean.loc[low, "outcome"] == "low").all()


def main(runs: int) -> Counter[str]:
    """Run seeds 0 to `runs`; count how they ended."""
    ends: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder, bench(Path(folder)) as stand:
        for seed in range(runs):
            kinds, decide = seeded(seed)
            try:
                end = judge(stand.clean, stand.run(f"seed-{seed}", decide))
            except BaseException:
                sys.stdout.write(f"seed {seed} ({kinds}) failed\n")
                raise
            sys.stdout.write(f"seed {seed:3d}: {end:12s} after {kinds}\n")
            sys.stdout.flush()
            ends[end] += 1
    return ends


if __name__ == "__main__":
    counted = main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
    sys.stdout.write(
        ", ".join(f"{count} {end}" for end, count in sorted(counted.items())) + "; none low on unread data\n"
    )
