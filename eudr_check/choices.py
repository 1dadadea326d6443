"""Closed lists a harvest chooses from; config, texts and commands all mean these."""

from typing import Literal, get_args

Language = Literal["en", "es", "fr", "pt"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
Commodity = Literal["cattle", "cocoa", "coffee", "oil_palm", "rubber", "soya", "wood"]
Output = Literal[
    "eu_geojson",
    "statement",
    "gis",
    "report",
    "action_plan",
    "rasters",
    "geojson_by_outcome",
    "geoid",
    "diasca",
    "fiboa",
]
