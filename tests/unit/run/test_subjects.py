"""What is drawn over dated pictures is what its legend says."""

from dataclasses import replace

import geopandas as gpd
import shapely

from eudr_check.imagery.looks import Subject
from eudr_check.run.imagery.subjects import outlines
from tests.helpers.season_tables import VARIABLES


def test_only_loss_is_outlined_as_loss() -> None:
    """Disturbed canopy and loss up to the cut-off are neither; a plot without loss has no line of it."""
    lost, disturbed = shapely.box(0, 0, 0.001, 0.001), shapely.box(0.2, 0, 0.201, 0.001)
    patches = gpd.GeoDataFrame(
        {"column": ["hansen.loss_year", "tmf.degradation_year", "hansen.loss_year"], "year": [2022, 2023, 2012]},
        geometry=[lost, disturbed, disturbed],
        crs=4326,
    )
    degradation = replace(VARIABLES[-1], column="tmf.degradation_year", role="degradation")
    wanted = [Subject("c/1", lost), Subject("c/2", disturbed)]
    drawn = outlines(wanted, {}, patches, (*VARIABLES, degradation))

    assert drawn["c/1"].loss == lost
    assert drawn["c/2"].loss is None
