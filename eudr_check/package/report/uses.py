"""What the ground of plots that are not low is, for the page, and the splits that are proposed."""

from collections.abc import Mapping

import geopandas as gpd
import pandas as pd

from eudr_check.package import palette
from eudr_check.package.report.outlines import packed
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
    position = {str(plot): number for number, plot in enumerate(plots.index)}
    matter = assessments.index[assessments["outcome"] != "low"]
    shown = uses if uses is None else uses[uses.index.isin(matter) & uses.index.isin(plots.index)]
    return {
        "names": list(GROUND_USES),
        "colours": dict(palette.GROUND),
        "hectares": {} if shown is None else _rows(shown.round(4), position),
        "parts": None if splits is None else _parts(splits, position),
    }


def _rows(shown: pd.DataFrame, position: Mapping[str, int]) -> dict[str, list[float]]:
    hectares = shown[[f"{name}_ha" for name in GROUND_USES]].to_numpy().tolist()
    return {str(position[str(plot)]): row for plot, row in zip(shown.index, hectares, strict=True)}


def _parts(splits: gpd.GeoDataFrame, position: Mapping[str, int]) -> dict[str, object]:
    held = splits[[f"{name}_ha" for name in GROUND_USES]].round(4).to_numpy().tolist()
    return {
        "plot": [position[str(plot)] for plot in splits.index],
        "number": splits["number"].tolist(),
        "part": splits["part"].tolist(),
        "area": splits["area_ha"].round(4).tolist(),
        "holds": held,
        "outlines": packed(splits.geometry.to_numpy()),
    }
