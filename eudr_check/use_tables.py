"""Tables of what the ground of plots is: USES, and SPLITS that are proposed."""

import pandera.pandas as pa

from eudr_check.columns import PLOT_INDEX, PLOT_REPEATED, hectares, text

GROUND_USES = ("cleared", "disputed", "unknown", "forest", "crop", "other")
SPLIT_PARTS = tuple(name for name in GROUND_USES if name != "crop")

_USES = {
    "cleared_ha": hectares("forest of 2020 with an event after the cut-off"),
    "disputed_ha": hectares("event after the cut-off where one map of 2020 has forest, another a tree crop or none"),
    "unknown_ha": hectares("baseline unread, or no event layer whose no counts was read and no other saw an event"),
    "forest_ha": hectares("forest of 2020 on which no layer that was read saw an event after the cut-off"),
    "crop_ha": hectares("no forest of 2020, or a tree crop then, where a map shows a crop, farmland or plantation"),
    "other_ha": hectares("no forest of 2020; no map tells what it is used for"),
}

USES = pa.DataFrameSchema(
    _USES,
    index=PLOT_INDEX,
    strict=True,
    title="USES",
    description="One row per plot with evidence: what its ground is (of a point, that of its disc). The columns add up "
    "to that ground; each piece of it stands in the first that holds, `unknown_ha` before all others.",
)

SPLITS = pa.DataFrameSchema(
    {
        "part": text("what the part is; crop and other ground are one part", among=SPLIT_PARTS),
        "number": pa.Column("int64", pa.Check.ge(1), description="part of the plot, from 1"),
        "area_ha": hectares("area of the part; the parts of a plot add up to its area"),
        **{name: hectares(f"of it: {one.description}") for name, one in _USES.items()},
        "geometry": pa.Column(description="polygon or multipolygon, EPSG:4326; the parts of a plot divide its outline"),
    },
    index=PLOT_REPEATED,
    strict=True,
    title="SPLITS",
    description="One row per part of a split proposed for a plot of mixed use. It is applied to nothing.",
)
