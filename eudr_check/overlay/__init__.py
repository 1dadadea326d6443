"""Plots x cube -> EVIDENCE: exact cell coverage and cross-tabulation in hectares. Pure; reads and writes nothing.

`rings` lays polygons out as flat arrays, `grid` places them between cell lines, `coverage` measures how much of each
cell they cover, `classes` numbers the combinations of layer values, `crosstab` adds up hectares, `footprints` says
which ground stands for a plot, `outlines` draws regions of equal cells, `evidence` and `patches` make the tables,
`parts` divides plots of several uses.
"""

from eudr_check.overlay.coverage import cell_coverage
from eudr_check.overlay.crosstab import cross_tabulate
from eudr_check.overlay.evidence import Shortfall, combine, conserve, tabulate
from eudr_check.overlay.footprints import footprints
from eudr_check.overlay.parts import Cells, Parts, split
from eudr_check.overlay.patches import STORED, dissolve, patches

__all__ = [
    "STORED",
    "Cells",
    "Parts",
    "Shortfall",
    "cell_coverage",
    "combine",
    "conserve",
    "cross_tabulate",
    "dissolve",
    "footprints",
    "patches",
    "split",
    "tabulate",
]
