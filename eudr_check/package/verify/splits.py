"""USES once more from EVIDENCE, and SPLITS against outlines and USES: a split may move no hectare to better ground."""

from collections.abc import Iterator, Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from eudr_check import __version__
from eudr_check.geodesy import plot_area_ha
from eudr_check.package import splits as proposals
from eudr_check.package.verify.contents import Contents
from eudr_check.package.verify.difference import Difference, some
from eudr_check.package.verify.outcomes import TOLERANCE as SUMS_HA
from eudr_check.package.verify.outcomes import Uses
from eudr_check.text import sentence
from eudr_check.use_tables import GROUND_USES

USES, SPLITS = "tables/USES.parquet", "tables/SPLITS.parquet"
TOLERANCE = 1e-6
"""Share of a plot by which its parts may differ from it; on one smaller than a hectare, hectares."""
FIXED = ("cleared", "disputed", "unknown")
"""Ground that is a part of its own."""


def check(contents: Contents, stage: Uses | None) -> Iterator[Difference]:
    """Every column; without a stage that makes USES only what they and the outlines say of SPLITS."""
    if stage is not None:
        yield from some(_uses(contents, stage))
    made = contents.root / proposals.NAME
    if contents.splits is None:
        if made.is_file():
            yield Difference(SPLITS, "missing", sentence("differences", "package_has", other=proposals.NAME))
        return
    yield from some(_splits(contents, contents.splits))
    language = contents.harvest.package.languages[0]
    if not made.is_file():
        yield Difference(proposals.NAME, "missing", sentence("differences", "package_has", other="SPLITS"))
        return
    # Words of a note may be others in another version.
    known = contents.summary["software"] == __version__
    wanted = "".join(proposals.content(contents.splits, contents.plots, language)) if known else ""
    if known and made.read_bytes() != wanted.encode():
        yield Difference(proposals.NAME, "derived", sentence("differences", "other_text"))


def _uses(contents: Contents, stage: Uses) -> Iterator[Difference]:
    fresh, stored = stage(contents.plots, contents.evidence, contents.variables, contents.policy), contents.uses
    if stored is None:
        # Packages of versions before had none.
        if fresh is not None and contents.summary["software"] == __version__:
            yield Difference(USES, "missing", sentence("differences", "package_has", other="EVIDENCE"))
        return
    if fresh is None or list(fresh.index) != list(stored.index):
        yield Difference(USES, "added_row", sentence("differences", "other_uses"))
        return
    for column in fresh.columns:
        changed = ~np.isclose(stored[column], fresh[column], rtol=0, atol=SUMS_HA)
        for row in np.flatnonzero(changed).tolist():
            said = {"was": str(stored[column].iat[row]), "now": str(fresh[column].iat[row])}
            stated = {"row": str(fresh.index[row]), "column": column, **said}
            yield Difference(USES, "hectares", sentence("differences", "evidence_gives", **stated))


def _splits(contents: Contents, splits: gpd.GeoDataFrame) -> Iterator[Difference]:
    for plot, parts in proposals.by_plot(splits).items():
        if contents.uses is None or plot not in contents.uses.index or plot not in contents.plots.index:
            yield Difference(SPLITS, "unknown_plot", sentence("differences", "no_such_plot", plot=plot))
            continue
        outline = contents.plots.geometry[plot]
        for key in _wrong(parts, outline, contents.uses.loc[[plot]].iloc[0]):
            yield Difference(SPLITS, "split", sentence("differences", key, plot=plot))


def _wrong(parts: Sequence[proposals.Part], outline: shapely.Geometry, uses: pd.Series) -> Iterator[str]:
    """What is wrong with the parts of a plot, as keys of sentences."""
    shapes = np.array([part.geometry for part in parts], dtype=object)
    area = np.array([part.area_ha for part in parts])
    held = np.array([[part.holds_ha[name] for name in GROUND_USES] for part in parts])
    near = TOLERANCE * max(float(uses.sum()), 1.0)
    whole = shapely.union_all(shapes)
    overlap = shapely.area(shapes).sum() - shapely.area(whole)
    gap = shapely.area(shapely.symmetric_difference(whole, outline))
    numbers = [part.number for part in parts]
    if max(overlap, gap) > TOLERANCE * shapely.area(outline) or numbers != list(range(1, len(parts) + 1)):
        yield "parts_of_no_outline"
    of_kind = uses[[f"{name}_ha" for name in GROUND_USES]].to_numpy(np.float64)
    sums = (area - plot_area_ha(shapes), area - held.sum(axis=1), held.sum(axis=0) - of_kind)
    if any(np.abs(one).max() > near for one in sums):
        yield "parts_hectares"
    kinds = np.array([part.kind for part in parts])
    if any(held[kinds != name, GROUND_USES.index(name)].sum() > near for name in FIXED):
        yield "parts_better"
