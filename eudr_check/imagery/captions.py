"""What stands under a picture, in the language of the reader."""

import datetime as dt

from eudr_check.imagery.looks import Look
from eudr_check.imagery.slots import same_season
from eudr_check.text import number, say

TOPIC = "imagery"


def slot_name(look: Look, language: str) -> str:
    """Which look it is."""
    return say(TOPIC, look.slot.name, language, year=look.slot.year)


def lines(look: Look, language: str, before: dt.date | None) -> list[str]:
    """Date and gap, clear share, sun, Item, what is uncertain, and how large a cell is.

    Args:
        look: with or without a view.
        language: of the sentences.
        before: day of the look before the cut-off, whose season the others should share.
    """
    slot, view = look.slot, look.view
    if view is None:
        return [say(TOPIC, "no_clear_look", language, since=slot.since, until=slot.until, tried=look.tried)]
    scene = view.scene
    # Cut off, not rounded: 94.97 is not 95.
    share = number(int(view.clear_share * 1000) / 10, language, 1)
    said = [
        say(TOPIC, "taken", language, date=scene.day, gap=slot.gap_days(scene.day), anchor=slot.anchor),
        say(TOPIC, look.status, language, share=share),
    ]
    if before is not None and slot.name != "before_cutoff" and not same_season(scene.day, before):
        said.append(say(TOPIC, "season", language))
    if view.offset.state == "contradicted":
        said.append(say(TOPIC, "contradicted", language))
    if not view.chip.whole:
        said.append(say(TOPIC, "part", language))
    height = scene.sun_elevation_deg
    sun = (
        say(TOPIC, "sun_unknown", language)
        if height is None
        else say(TOPIC, "sun", language, height=number(height, language, 0))
    )
    return [*said, f"{sun}. {say(TOPIC, 'cells', language)}.", f"{scene.item_id} ({scene.catalogue})"]


def credit(look: Look, language: str) -> str:
    """The notice that Copernicus asks for."""
    return "" if look.view is None else say(TOPIC, "credit", language, year=look.view.scene.day.year)
