"""The assessment record of some plots and lots, for whoever writes a package and for whoever verifies one."""

from collections.abc import Callable, Sequence

import geopandas as gpd
import pandas as pd
import shapely

from eudr_check.assessment_record import WrittenRecord
from eudr_check.config import Harvest
from eudr_check.documents import article10
from eudr_check.documents.area_facts import AreaFacts
from eudr_check.documents.dossier import Dossier, record
from eudr_check.lookup import among
from eudr_check.package.statement.statements import REACH_DEGREE
from eudr_check.tiles import tiles_of

RecordOf = Callable[[Sequence[str], Sequence[str]], WrittenRecord]
"""Keys of plots and names of lots to their record."""
REACH = [-REACH_DEGREE, -REACH_DEGREE, REACH_DEGREE, REACH_DEGREE]


def records(
    harvest: Harvest,
    documents: Dossier,
    plots: gpd.GeoDataFrame,
    assessments: pd.DataFrame,
    sources: pd.DataFrame,
    lots: pd.DataFrame | None,
    areas: AreaFacts | None = None,
) -> RecordOf:
    """The record of some plots and lots alone, in the languages of the harvest.

    Args:
        harvest: the settings.
        documents: legality and answers.
        plots: PLOTS. assessments: ASSESSMENTS after reviews. sources: SOURCES. lots: LOTS, None without deliveries.
        areas: what vector layers say; None without any.

    Returns:
        Keys of plots and names of lots to their record, of the tiles that these plots reach into.
    """

    def of(keys: Sequence[str], named: Sequence[str]) -> WrittenRecord:
        mine = plots.loc[list(keys)]
        reached = {tile.name for tile in tiles_of(shapely.bounds(mine.geometry.to_numpy()) + REACH)}
        made = record(
            harvest,
            documents,
            mine,
            assessments.loc[list(keys)],
            sources[among(sources["tile"], reached)],
            None if lots is None else lots[among(lots["lot"], named)],
            areas,
        )
        return article10.written(made, harvest.package.document_languages)

    return of
