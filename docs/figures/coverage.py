"""Draw docs/figures/coverage.svg: how the covered share of cells follows from the pieces of a ring.

python docs/figures/coverage.py
"""

import itertools
from pathlib import Path

import matplotlib as mpl
import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from eudr_check.overlay import cell_coverage

RING = np.array([(0.2, 1.42), (2.2, 0.62), (3.6, 0.75), (3.25, 2.3), (2.2, 1.75), (0.75, 2.75), (0.2, 1.42)])
X = np.array([0.0, 1.0, 1.6, 3.0, 4.0])
Y = np.array([0.0, 1.0, 1.5, 3.0])
FOREST = np.array([[1, 1, 1, 0], [1, 1, 0, 0], [1, 0, 0, 0]])
YEAR = np.array([[0, 0, 2022, 0], [0, 2021, 0, 0], [0, 0, 0, 0]])
ROW = 1
GREEN, BARE, LOSS, LINE, INK = "#cfe3c4", "#f4efe2", "#d9745b", "#8a8a8a", "#1f2a30"


def main() -> None:
    """Write the figure beside this script."""
    mpl.rcParams.update({"svg.hashsalt": "coverage", "font.size": 9, "svg.fonttype": "path"})
    figure = Figure(figsize=(10.4, 3.1), layout="constrained")
    left, middle, right = figure.subplots(1, 3)
    shares = np.zeros((len(Y) - 1, len(X) - 1))
    _, row, column, share = cell_coverage([shapely.Polygon(RING * [1, -1])], X, -Y)
    shares[row, column] = share
    _cut(left)
    _sums(middle, shares)
    _table(right, shares)
    figure.savefig(Path(__file__).with_suffix(".svg"), metadata={"Date": None})


def _ground(axes: Axes, title: str, colours: NDArray[np.str_] | None = None) -> None:
    for row in range(len(Y) - 1):
        for column in range(len(X) - 1):
            axes.add_patch(
                mpl.patches.Rectangle(
                    (X[column], Y[row]),
                    X[column + 1] - X[column],
                    Y[row + 1] - Y[row],
                    facecolor="white" if colours is None else colours[row, column],
                    edgecolor=LINE,
                    linewidth=0.8,
                )
            )
    axes.plot(*RING.T, color=INK, linewidth=1.6)
    axes.set(xlim=(-0.12, 4.12), ylim=(3.45, -0.12), aspect="equal")
    axes.set_title(title, loc="left", fontsize=10, color=INK)
    axes.axis("off")


def _cut(axes: Axes) -> None:
    _ground(axes, "a  Cut the ring at the cell lines")
    for start, end in itertools.pairwise(RING):
        middle = (start + end) / 2
        axes.annotate(
            "", middle + (end - start) * 0.02, middle, arrowprops={"arrowstyle": "-|>", "color": INK, "lw": 1.2}
        )
    nodes = _nodes()
    axes.plot(*nodes.T, "o", markersize=3.6, color="white", markeredgecolor=INK, markeredgewidth=0.9)
    axes.text(0, 3.28, "Rows and columns may be unequal.", color=INK)


def _sums(axes: Axes, shares: NDArray[np.float64]) -> None:
    _ground(axes, "b  Add up, run along the row")
    height, inset = _row_sums()
    axes.fill_between(X[[0, -1]], Y[ROW], Y[ROW + 1], color="#f3d9a4", alpha=0.5, linewidth=0)
    running = np.cumsum(height)
    for name, values, y in (
        ("A", height, 1.78),
        ("B", inset, 2.06),
        ("running A", running, 2.34),
        ("share", running - inset, 2.72),
    ):
        for column, value in enumerate(values):
            weight = "bold" if name == "share" else "normal"
            text = f"{value:+.2f}" if name in "AB" else f"{value:.2f}"
            axes.text(
                (X[column] + X[column + 1]) / 2,
                y,
                text.replace("-0.00", "0.00"),
                ha="center",
                va="center",
                weight=weight,
                zorder=4,
            )
        axes.text(-0.08, y, name, ha="right", va="center", color=INK, style="italic")
    assert np.allclose(running - inset, shares[ROW])
    axes.set_ylim(3.45, -0.12)
    axes.add_patch(mpl.patches.Rectangle((-0.06, 1.56), 4.12, 1.5, facecolor="white", linewidth=0, zorder=3))
    axes.text(0, 3.28, "share = running sum of A, less B", color=INK)


def _table(axes: Axes, shares: NDArray[np.float64]) -> None:
    colours = np.where(YEAR > 0, LOSS, np.where(FOREST > 0, GREEN, BARE))
    _ground(axes, "c  Hectares per combination of values", colours)
    for row in range(len(Y) - 1):
        for column in range(len(X) - 1):
            axes.text(
                (X[column] + X[column + 1]) / 2,
                (Y[row] + Y[row + 1]) / 2,
                f"{shares[row, column]:.2f}",
                ha="center",
                va="center",
                color=INK,
                bbox={"boxstyle": "round,pad=0.15", "facecolor": "white", "alpha": 0.75, "linewidth": 0},
            )
    for place, (colour, text) in enumerate(((GREEN, "forest"), (LOSS, "lost"), (BARE, "no forest"))):
        axes.add_patch(
            mpl.patches.Rectangle((place * 1.35, 3.16), 0.22, 0.2, facecolor=colour, edgecolor=LINE, linewidth=0.6)
        )
        axes.text(place * 1.35 + 0.3, 3.28, text, va="center", color=INK)


def _nodes() -> NDArray[np.float64]:
    """Corners of the ring and its crossings with cell lines, in order, the first repeated at the end."""
    found = []
    for start, end in itertools.pairwise(RING):
        cuts = [0.0]
        for axis, lines in enumerate((X, Y)):
            if start[axis] != end[axis]:
                cuts += list((lines - start[axis]) / (end[axis] - start[axis]))
        found += [start + cut * (end - start) for cut in sorted(cut for cut in cuts if 0 <= cut < 1)]
    return np.array([*found, RING[0]])


def _row_sums() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """A and B of every cell of the row drawn, piece by piece."""
    height, inset = np.zeros(len(X) - 1), np.zeros(len(X) - 1)
    nodes = _nodes()
    for start, end in itertools.pairwise(nodes):
        middle = (start + end) / 2
        if not Y[ROW] < middle[1] < Y[ROW + 1]:
            continue
        column = int(np.searchsorted(X, middle[0])) - 1
        # The ring runs clockwise on the page; its western side has to run down.
        dy = -(end[1] - start[1]) / (Y[ROW + 1] - Y[ROW])
        height[column] += dy
        inset[column] += dy * (middle[0] - X[column]) / (X[column + 1] - X[column])
    return height, inset


if __name__ == "__main__":
    main()
