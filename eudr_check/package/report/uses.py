"""What the ground of plots that are not low is, for the page, and the splits that are proposed."""

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from eudr_check.package import palette
from eudr_check.package.report.outlines import packed
from eudr_check.package.report.pieces import Keyed
from eudr_check.package.report.places import places
from eudr_check.use_tables import GROUND_USES


def document(
    uses: pd.DataFrame | None, splits: gpd.GeoDataFrame | None, plots: pd.DataFrame, assessments: pd.DataFrame
) -> dict[str, object]:
    """Hectares by position of the plot, and the parts of splits with their outlines.

    Args:
        uses: USES. splits: SPLITS. plots: PLOTS. assessments: ASSESSMENTS.

    Returns:
        `names` and `colours` of kinds of ground; `hectares`, a list in the order of `names` for each plot that is not
        low; `parts`: columns of SPLITS with `plot` as position.
    """
    return {
        "names": list(GROUND_USES),
        "colours": dict(palette.GROUND),
        "hectares": {} if uses is None else _hectares(uses, plots.index, assessments),
        "parts": None if splits is None else _parts(splits, plots.index),
    }


def _hectares(uses: pd.DataFrame, plots: pd.Index, assessments: pd.DataFrame) -> Keyed:
    found = places(uses.index, plots)
    shown = (found >= 0) & (places(uses.index, assessments.index[assessments["outcome"] != "low"]) >= 0)
    return Keyed(found[shown], _rows(uses)[shown])


def _parts(splits: gpd.GeoDataFrame, plots: pd.Index) -> dict[str, object]:
    return {
        "plot": places(splits.index, plots),
        "number": splits["number"].to_numpy(),
        "part": splits["part"].tolist(),
        "area": splits["area_ha"].to_numpy(dtype=np.float64).round(4),
        "holds": _rows(splits),
        "outlines": packed(splits.geometry.to_numpy()),
    }


def _rows(table: pd.DataFrame) -> NDArray[np.float64]:
    return table[[f"{name}_ha" for name in GROUND_USES]].to_numpy(dtype=np.float64).round(4)
