"""Radar medians as files and as what a page shows: marked as radar in name, title and words, without a date."""

import base64
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from eudr_check.imagery import captions, picture, radar
from eudr_check.imagery.picture import Outlines
from eudr_check.imagery.radar import Median
from eudr_check.imagery.written import Written, stems
from eudr_check.text import LANGUAGES, say
from eudr_check.text.clean import clean


def write(
    folder: Path, medians: Sequence[Median], outlines: Mapping[str, Outlines], language: str, spoken: Sequence[str] = ()
) -> Written:
    """Write `pictures/PLOT_radar_median_SINCE_UNTIL.png` of medians.

    Args:
        folder: existing, with `pictures/`.
        medians: of all plots.
        outlines: by plot.
        language: of the frames.
        spoken: of the captions, besides those of documents.
    """
    names = stems([one.plot for one in medians])
    shown: dict[str, list[dict[str, Any]]] = {one.plot: [] for one in medians}
    files: dict[tuple[str, str], str] = {}
    for one in medians:
        shown[one.plot].append(_shown(one, outlines[one.plot], (*LANGUAGES, *spoken)))
        if one.chip is None or one.decibels is None:
            continue
        file = f"pictures/{names[one.plot]}_radar_median_{one.window.since}_{one.window.until}.png"
        title = f"{clean(one.plot)} · {_name(one, language)}"
        pixels = radar.colours(one.decibels)
        framed = picture.framed(pixels, one.chip, outlines[one.plot], title, _lines(one, language))
        (folder / file).write_bytes(framed)
        files[one.plot, one.window.name] = file
    return Written(radar.table(medians, files), shown)


def _name(one: Median, language: str) -> str:
    return f"{say(captions.TOPIC, 'radar', language)} · {say(captions.TOPIC, one.window.name, language)}"


def _lines(one: Median, language: str) -> list[str]:
    """That it is a composite, of what, from where, and how it is drawn."""
    days = {"since": one.window.since, "until": one.window.until, "passes": len(one.passes)}
    if one.chip is None or one.orbit is None:
        return [say(captions.TOPIC, "too_few_passes", language, least=radar.LEAST, **days)]
    direction = say(captions.TOPIC, one.orbit.direction, language)
    return [
        say(captions.TOPIC, "radar_median", language, **days),
        say(captions.TOPIC, "radar_not_dated", language),
        say(captions.TOPIC, "radar_orbit", language, direction=direction, number=one.orbit.number),
        say(captions.TOPIC, "radar_colours", language),
        say(captions.TOPIC, "radar_credit", language),
    ]


def _shown(one: Median, around: Outlines, languages: Sequence[str]) -> dict[str, Any]:
    said = {language: {"name": _name(one, language), "lines": _lines(one, language)} for language in languages}
    if one.chip is None or one.decibels is None:
        return {"status": one.status, "said": said}
    rows, columns = one.chip.shape
    return {
        "status": one.status,
        "said": said,
        "width": columns,
        "height": rows,
        "cell_m": abs(one.chip.transform.a),
        "chips": {"radar": base64.b64encode(picture.webp(radar.colours(one.decibels))).decode()},
        "rings": picture.rings_of(around, one.chip),
    }
