"""What formats are made of: what a writer and a verifier both hold."""

from collections.abc import Sequence
from typing import Protocol

import geopandas as gpd
import pandas as pd

from eudr_check.config import Harvest
from eudr_check.variables import Variable

ASSESSED = (
    "outcome", "final_outcome", "reasons", "forest_2020_ha", "loss_after_2020_ha", "deforestation_ha", "unknown_ha",
    "margin_ha", "stability", "unobserved_since", "policy",
)  # fmt: skip
"""Columns of ASSESSMENTS that go with a plot."""


class Given(Protocol):
    """Tables and settings of a package."""

    @property
    def harvest(self) -> Harvest: ...
    @property
    def plots(self) -> gpd.GeoDataFrame: ...
    @property
    def assessments(self) -> pd.DataFrame: ...
    @property
    def sources(self) -> pd.DataFrame: ...
    @property
    def variables(self) -> Sequence[Variable]: ...


def assessed(given: Given) -> gpd.GeoDataFrame:
    """PLOTS with `ASSESSED`, in the order of PLOTS; null where a blocking finding kept a plot from being looked at."""
    looked_at = given.plots.index[given.plots["usable"]]
    return given.plots.join(given.assessments.loc[looked_at, list(ASSESSED)])
