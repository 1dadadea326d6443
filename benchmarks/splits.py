"""What splits cost: `python -m benchmarks.splits`, one core, seeded. Reading of layers is not in it.

Plots of about 1.6 ha with 6 to 12 corners on cells of 10 m, in blocks of 30 m as loss is mapped. Printed: milliseconds
a plot, and the largest difference between the parts of a plot and its own area.
"""

from time import process_time

import numpy as np
import shapely

from eudr_check.geodesy import plot_area_ha
from eudr_check.overlay import Cells, split
from eudr_check.run.tile_splits import MOVING
from eudr_check.use_tables import GROUND_USES

PLOTS, STEP, SIDE = 2000, 1 / 12000, 60


def made(chance: np.random.Generator) -> tuple[shapely.Polygon, Cells]:
    """A plot and the ground around it."""
    coarse = chance.choice([1, 2, 3, 4, 5, 6], size=(SIDE // 3, SIDE // 3), p=[0.2, 0.02, 0.02, 0.3, 0.06, 0.4])
    cells = Cells(
        np.repeat(np.repeat(coarse, 3, axis=0), 3, axis=1).astype(np.int16),
        -76.8 + np.arange(SIDE + 1) * STEP,
        -6.0 - np.arange(SIDE + 1) * STEP,
    )
    corners = chance.integers(6, 13)
    angle = (np.arange(corners) + chance.uniform(0, 0.8, corners)) * 2 * np.pi / corners
    reach = chance.uniform(5, 10, corners) * STEP
    plot = shapely.Polygon(
        np.column_stack([np.cos(angle), np.sin(angle)]) * reach[:, None] + [-76.8 + 30 * STEP, -6.0 - 30 * STEP]
    )
    return plot, cells.part(*cells.windows(shapely.bounds([plot]))[0])


def main() -> None:
    """Make, time, print."""
    chance = np.random.default_rng(2026)
    number = {name: place for place, name in enumerate(GROUND_USES, start=1)}
    part_of = {place: number["other"] if name == "crop" else place for name, place in number.items()}
    moving = [number[name] for name in MOVING]
    drawn = [made(chance) for _ in range(PLOTS)]
    plots, ground = np.array([plot for plot, _ in drawn]), [[cells] for _, cells in drawn]
    begun = process_time()
    found = split(plots, ground, part_of, moving, number["unknown"])
    parts = found.geometry(np.arange(len(found.plot)))
    seconds = process_time() - begun
    area = plot_area_ha(plots)
    worst = np.abs(np.bincount(found.plot, weights=plot_area_ha(parts)) / area - 1).max()
    print(
        f"{PLOTS} plots, {1000 * seconds / PLOTS:.2f} ms each; parts differ from the plot by {worst:.1e} of it at most"
    )


if __name__ == "__main__":
    main()
