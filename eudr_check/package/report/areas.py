"""What the map of the page draws of protected, indigenous, zoned and titled land."""

from collections.abc import Mapping, Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from eudr_check.package import palette
from eudr_check.package.report.outlines import packed
from eudr_check.text.clean import clean


def document(
    layers: Sequence[Mapping[str, object]], outlines: gpd.GeoDataFrame | None, areas: pd.DataFrame | None
) -> dict[str, object]:
    """Areas of vector layers with the names, rights and gaps of the layers.

    Args:
        layers: vector layers as in `areas.json`. outlines: AREA_OUTLINES. areas: AREAS; both None without any.

    Returns:
        `layers` (title, credit, colour, unread plots), and of each area `of` (its layer), `feature`, `label` (longitude
        and latitude within it); `outlines` as in `outlines.packed`.
    """
    if outlines is None or areas is None:
        return {"layers": [], "of": [], "feature": [], "label": [], "outlines": packed(np.array([], dtype=object))}
    names = [str(one["area"]) for one in layers]
    unread = areas.loc[areas["status"] == "unknown", "area"].value_counts()
    inside = shapely.get_coordinates(shapely.point_on_surface(outlines.geometry.to_numpy())).round(5)
    return {
        "layers": [
            {
                "title": clean(str(one["title"])),
                "credit": clean(" · ".join(str(one[key]) for key in ("provider", "licence") if one[key])),
                "topic": one["topic"],
                "colour": palette.AREAS[str(one["topic"])][0],
                "unread": int(unread.get(str(one["area"]), 0)),
            }
            for one in layers
        ],
        "of": [names.index(name) for name in outlines["area"]],
        "feature": [clean(name) if isinstance(name, str) else None for name in outlines["feature"]],
        "label": inside.tolist(),
        "outlines": packed(outlines.geometry.to_numpy()),
    }
