"""Closed lists a harvest chooses from; config, texts and commands all mean these."""

from typing import Literal, get_args

Language = Literal["en", "es", "fr", "pt"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
"""Of statements, records and filing: those in which we hold the words of the Regulation."""
SpokenLanguage = Literal["en", "es", "fr", "pt", "id", "vi", "sw", "am"]
SPOKEN_LANGUAGES: tuple[SpokenLanguage, ...] = get_args(SpokenLanguage)
"""Of what people work with: lists, plans, the desk page, the terminal."""
FURTHER_LANGUAGES = tuple(one for one in SPOKEN_LANGUAGES if one not in LANGUAGES)
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
