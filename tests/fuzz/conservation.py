"""Fifty plots in every layout, damaged in every way: each plot is there right, or a blocking finding names it.

    python -m tests.fuzz.conservation ROUNDS [SEED]

It prints how many files were damaged and what became of the plots, or stops at the first file that loses, moves or
invents one, and keeps that file.
"""

import random
import shutil
import sys
import tempfile
import warnings
from collections import Counter
from pathlib import Path
from typing import Any

import pandas as pd
import shapely

from eudr_check import plots
from tests.fuzz.damages import DAMAGES, Damage
from tests.fuzz.layouts import COOPERATIVE, Layout, truth
from tests.fuzz.odd_layouts import LAYOUTS, written

SAME_PLACE_DEG = 3e-6
"""Six decimals in, six decimals out, and millimetres of a projection between."""


def pairs() -> list[tuple[Layout, Damage]]:
    """Every layout with every damage that fits its family."""
    return [(layout, damage) for layout in LAYOUTS for damage in DAMAGES if layout.family in damage.families]


def losses(layout: Layout, made: Any, findings: pd.DataFrame, *, truncated: bool = False) -> list[str]:
    """What breaks the law, a sentence each.

    Args:
        layout: says what the plots truly are.
        made: PLOTS.
        findings: FINDINGS.
        truncated: the end of the file is gone, and with it the number of its plots.
    """
    expected = {f"{COOPERATIVE}/{plot.plot_id}": plot.shape for plot in truth(layout.points)}
    blocking = findings[findings["severity"] == "block"]
    whole_file = bool(blocking["source_row"].isna().any())
    usable = made[made["usable"]]
    broken = [f"{plot} was never delivered" for plot in usable.index.difference(list(expected))]
    broken += [
        f"{plot} lies elsewhere: {shapely.to_wkt(usable.geometry[plot], rounding_precision=6)[:120]}"
        for plot in usable.index.intersection(list(expected))
        if not _same(usable.geometry[plot], expected[plot])
    ]
    absent = [plot for plot in expected if plot not in made.index]
    rows = set(zip(blocking["source_file"], blocking["source_row"], strict=True))
    rows -= set(zip(made["source_file"], made["source_row"], strict=True))
    named = len({row for row in rows if pd.notna(row[1])})
    if len(absent) > named and not whole_file and not (truncated and named):
        broken.append(
            f"{len(absent)} plots are gone ({absent[:3]} ...), {named} blocking findings speak of rows without a plot"
        )
    return broken


def _same(found: Any, expected: Any) -> bool:
    if found is None or found.geom_type != expected.geom_type:
        return False
    return bool(shapely.hausdorff_distance(found, expected) < SAME_PLACE_DEG)


def outcome(made: Any, findings: pd.DataFrame) -> Counter[str]:
    """What became of the plots of one file."""
    blocking = findings[findings["severity"] == "block"]
    return Counter(
        {
            "files": 1,
            "plots right": int(made["usable"].sum()),
            "rows blocked": len(
                blocking[blocking["source_row"].notna()].drop_duplicates(["source_file", "source_row"])
            ),
            "files blocked": int(blocking["source_row"].isna().any()),
        }
    )


def damage_once(layout: Layout, damage: Damage, chance: random.Random, folder: Path) -> tuple[list[str], Counter[str]]:
    """Write the list, damage the file, read it, and look.

    Returns:
        What breaks the law, and the counts; a damage that found nothing to damage counts as no file.
    """
    file = written(layout, folder)
    if not damage.apply(file.path, chance):
        return [], Counter()
    made, findings = plots.load([file], commodity="coffee")
    return losses(layout, made, findings, truncated=damage.truncates), outcome(made, findings)


def campaign(rounds: int, seed: int) -> Counter[str]:
    """Damage files until `rounds` of them have been read.

    Raises:
        AssertionError: a plot was lost, moved or invented; names layout, damage, seed and the kept file.
    """
    chance = random.Random(seed)
    total: Counter[str] = Counter()
    order = pairs()
    while total["files"] < rounds:
        chance.shuffle(order)
        for layout, damage in order:
            if total["files"] >= rounds:
                break
            with tempfile.TemporaryDirectory() as name:
                broken, counts = damage_once(layout, damage, chance, Path(name))
                if broken:
                    kept = Path(tempfile.gettempdir()) / f"conservation-{layout.name}-{damage.name}-{seed}"
                    shutil.rmtree(kept, ignore_errors=True)
                    shutil.copytree(name, kept)
                    raise AssertionError(
                        f"{layout.name}, {damage.name}, seed {seed} (kept as {kept}): {'; '.join(broken[:5])}"
                    )
            total += counts
    return total


def main(rounds: int, seed: int) -> None:
    warnings.simplefilter("ignore")
    total = campaign(rounds, seed)
    sys.stdout.write(
        f"{total['files']} damaged files ({len(LAYOUTS)} layouts, {len(DAMAGES)} damages, {len(pairs())} pairs), "
        f"seed {seed}: no plot lost, moved or invented; {dict(total)}\n"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 300, int(sys.argv[2]) if len(sys.argv) > 2 else 1)
