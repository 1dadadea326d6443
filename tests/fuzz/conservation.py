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
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from eudr_check import plots
from eudr_check.config import PlotFile
from tests.fuzz.damages import DAMAGES, Damage
from tests.fuzz.layouts import Layout, cooperative, truth
from tests.fuzz.odd_layouts import LAYOUTS, written

BATCH = 25
SAME_PLACE_DEG = 3e-6
"""Six decimals in, six decimals out, and millimetres of a projection between."""


def pairs() -> list[tuple[Layout, Damage]]:
    """Every layout with every damage that fits its family."""
    return [(layout, damage) for layout in LAYOUTS for damage in DAMAGES if layout.family in damage.families]


def losses(layout: Layout, made: Any, findings: pd.DataFrame, slot: int = 0, *, truncated: bool = False) -> list[str]:
    """What breaks the law, a sentence each.

    Args:
        layout: says what the plots truly are.
        made: PLOTS.
        findings: FINDINGS.
        slot: which of the lists, each on ground of its own.
        truncated: the end of the file is gone, and with it the number of its plots.
    """
    plots_of_list = truth(layout.points, slot=slot)
    names = [f"{cooperative(slot)}/{plot.plot_id}" for plot in plots_of_list]
    expected = pd.Series([plot.shape for plot in plots_of_list], index=names, dtype=object)
    blocking = findings[findings["severity"] == "block"]
    whole_file = bool(blocking["source_row"].isna().any())
    usable = pd.Series(made.geometry.to_numpy(), index=made.index.astype(object), dtype=object)[made["usable"].tolist()]
    broken = [f"{plot} was never delivered" for plot in usable.index.difference(names)]
    usable = usable[usable.index.isin(names)]
    right = _same(usable.to_numpy(), expected.loc[usable.index].to_numpy())
    broken += [
        f"{plot} lies elsewhere: {shapely.to_wkt(shape, rounding_precision=6)[:120]}"
        for plot, shape in usable[~right].items()
    ]
    absent = sorted(set(names) - set(made.index))
    rows = set(zip(blocking["source_file"], blocking["source_row"], strict=True))
    rows -= set(zip(made["source_file"], made["source_row"], strict=True))
    named = len({row for row in rows if pd.notna(row[1])})
    if len(absent) > named and not whole_file and not (truncated and named):
        broken.append(
            f"{len(absent)} plots are gone ({absent[:3]} ...), {named} blocking findings speak of rows without a plot"
        )
    return broken


def _same(found: NDArray[Any], expected: NDArray[Any]) -> NDArray[np.bool_]:
    """bool (n,) whether each geometry is of the kind and in the place it should be."""
    alike = shapely.get_type_id(found) == shapely.get_type_id(expected)
    return alike & (shapely.hausdorff_distance(found, expected) < SAME_PLACE_DEG)


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


def damaged(layout: Layout, damage: Damage, chance: random.Random, folder: Path, slot: int) -> PlotFile | None:
    """The list of a slot in this layout, damaged; None where it holds nothing to damage."""
    folder.mkdir()
    file = written(layout, folder, slot)
    return file if damage.apply(file.path, chance) else None


def judged(batch: list[tuple[Layout, Damage, PlotFile]]) -> tuple[list[str], Counter[str]]:
    """Read the files of a batch as one harvest, and look at each.

    Returns:
        What breaks the law, and the counts.
    """
    made, findings = plots.load([file for _, _, file in batch], commodity="coffee")
    broken: list[str] = []
    total: Counter[str] = Counter()
    for slot, (layout, damage, file) in enumerate(batch):
        mine = made[made["cooperative"] == file.cooperative]
        about = findings[findings["cooperative"] == file.cooperative]
        found = losses(layout, mine, about, slot, truncated=damage.truncates)
        broken += [f"{layout.name}, {damage.name} ({file.path}): {'; '.join(found[:5])}"] if found else []
        total += outcome(mine, about)
    return broken, total


def campaign(rounds: int, seed: int) -> Counter[str]:
    """Damage files until `rounds` of them have been read, `BATCH` to a harvest, as harvests have many.

    Raises:
        AssertionError: a plot was lost, moved or invented; names layout, damage, seed and the kept file.
    """
    chance = random.Random(seed)
    total: Counter[str] = Counter()
    waiting = _shuffled(chance)
    while total["files"] < rounds:
        with tempfile.TemporaryDirectory() as name:
            batch: list[tuple[Layout, Damage, PlotFile]] = []
            for number, (layout, damage) in enumerate(waiting):
                file = damaged(layout, damage, chance, Path(name) / str(number), len(batch))
                batch += [(layout, damage, file)] if file else []
                if len(batch) == min(BATCH, rounds - total["files"]):
                    break
            broken, counts = judged(batch)
            if broken:
                kept = Path(tempfile.gettempdir()) / f"conservation-{seed}-{total['files']}"
                shutil.rmtree(kept, ignore_errors=True)
                shutil.copytree(name, kept)
                raise AssertionError(f"seed {seed} (files kept in {kept}): " + "\n".join(broken))
        total += counts
    return total


def _shuffled(chance: random.Random) -> Iterator[tuple[Layout, Damage]]:
    """Every pair, in another order each time round."""
    order = pairs()
    while True:
        chance.shuffle(order)
        yield from order


def main(rounds: int, seed: int) -> None:
    warnings.simplefilter("ignore")
    total = campaign(rounds, seed)
    sys.stdout.write(
        f"{total['files']} damaged files ({len(LAYOUTS)} layouts, {len(DAMAGES)} damages, {len(pairs())} pairs), "
        f"seed {seed}: no plot lost, moved or invented; {dict(total)}\n"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 300, int(sys.argv[2]) if len(sys.argv) > 2 else 1)
