"""The tables of dated pictures; context for reviewers, no outcome depends on them."""

import pandera.pandas as pa

from eudr_check.columns import NOT_NEGATIVE, PLOT_REPEATED, number, text

LOOK_NAMES = ("before_cutoff", "latest", "before_loss", "after_loss")
LOOK_STATUSES = ("clear", "partly_cloudy", "no_clear_look")
OFFSET_STATES = ("confirmed", "unchecked", "contradicted")

_SEEN = "of the plot and 60 m around it"
_CLEAR_SHARE = pa.Column("float64", pa.Check.in_range(0, 1), nullable=True, description=_SEEN)
LOOKS = pa.DataFrameSchema(
    {
        "look": text("which look: before_cutoff, latest, before_loss or after_loss", among=LOOK_NAMES),
        "loss_year": pa.Column("Int64", nullable=True, description="year of the loss it stands before or after"),
        "status": text("clear, partly_cloudy or no_clear_look", among=LOOK_STATUSES),
        "date": text("day of the picture, UTC", nullable=True),
        "gap_days": pa.Column("Int64", nullable=True, description="days between the picture and the day it stands for"),
        "clear_share": _CLEAR_SHARE,
        "item_id": text("STAC Item", nullable=True),
        "catalogue": text("catalogue of the harvest it comes from", nullable=True),
        "collection": text("its collection there", nullable=True),
        "platform": text("satellite", nullable=True),
        "baseline": text("processing baseline", nullable=True),
        "sun_elevation_deg": number("height of the sun, degrees", nullable=True),
        "offset": number("added to stored numbers x 0.0001 to give reflectance", nullable=True),
        "offset_state": text(
            "confirmed by metadata and pixels, unchecked, or contradicted", nullable=True, among=OFFSET_STATES
        ),
        "true_colour": text("file of the picture in true colour", nullable=True),
        "near_infrared": text("file of the picture with near infrared", nullable=True),
        "tried": pa.Column("int64", NOT_NEGATIVE, description="dates that were measured on the plot"),
        "reason": text("what kept better dates away", nullable=True),
    },
    index=PLOT_REPEATED,
    strict=True,
    title="LOOKS",
    description="One row per plot and dated look that was wanted; context for reviewers, no outcome depends on it.",
)

RADAR = pa.DataFrameSchema(
    {
        "window": text("before_cutoff or latest", among=("before_cutoff", "latest")),
        "since": text("first day of the median, UTC"),
        "until": text("last day of the median, UTC"),
        "status": text("radar_median or too_few_passes", among=("radar_median", "too_few_passes")),
        "passes": pa.Column("int64", NOT_NEGATIVE, description="passes used, one per day; at least 4 make a picture"),
        "direction": text("of the orbit: ascending or descending", nullable=True, among=("ascending", "descending")),
        "relative_orbit": pa.Column("Int64", nullable=True, description="1 to 175, the same in both windows"),
        "items": text("STAC Items of the passes", nullable=True),
        "picture": text("file of the picture", nullable=True),
        "reason": text("what kept passes away", nullable=True),
    },
    index=PLOT_REPEATED,
    strict=True,
    title="RADAR",
    description="Two Sentinel-1 medians per plot without a clear look; composites, which no review accepts as dated.",
)

_RATIO = pa.Check.in_range(-1, 1)
VEGETATION_SERIES = pa.DataFrameSchema(
    {
        "month": text("year and month, YYYY-MM; months without any scene of the plot have no row"),
        "date": text("day of the look, UTC; empty where no date of the month was clear", nullable=True),
        "item_id": text("STAC Item of the look", nullable=True),
        "ndvi": pa.Column("float64", _RATIO, nullable=True, description="median of the plot; empty where unknown"),
        "nbr": pa.Column("float64", _RATIO, nullable=True, description="median of the plot; empty where unknown"),
        "clear_share": _CLEAR_SHARE,
        "tried": pa.Column("int64", NOT_NEGATIVE, description="dates of the month that were measured"),
        "reason": text("what kept figures away: failures, an exhausted budget", nullable=True),
    },
    index=PLOT_REPEATED,
    strict=True,
    title="VEGETATION_SERIES",
    description="Vegetation of a plot at one clear date a month since 2019: NDVI of red and near infrared (B04, B08), "
    "NBR of near and short-wave infrared (B08, B12). Context for reviewers; no outcome depends on it.",
)
