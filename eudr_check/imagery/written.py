"""Looks as files: pictures named by plot and date, the LOOKS table, and what a page shows of them."""

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from eudr_check import tables
from eudr_check.imagery import captions, mosaic, picture
from eudr_check.imagery.looks import Look
from eudr_check.imagery.picture import Kind, Outlines
from eudr_check.text import LANGUAGES, say
from eudr_check.text.clean import clean, file_stem

KINDS: Mapping[Kind, str] = {"true": "true_colour", "nir": "near_infrared"}
"""Kind of picture: its column of LOOKS, key of texts and end of file names."""


@dataclass(frozen=True)
class Written:
    """What was written of the looks of a harvest."""

    table: pd.DataFrame
    """LOOKS, or RADAR."""
    shown: Mapping[str, list[dict[str, object]]]
    """By plot what a page shows: JSON with chips as base64 WebP, outlines in cells, and captions by language."""


def write(
    folder: Path, looks: Sequence[Look], outlines: Mapping[str, Outlines], language: str, spoken: Sequence[str] = ()
) -> Written:
    """Write `pictures/` (framed PNG by plot and date) and `rasters/` (GeoTIFF by date and tile) of looks.

    Args:
        folder: existing.
        looks: of all plots; one scene seen in two slots of a plot is drawn once.
        outlines: by plot.
        language: of the frames.
        spoken: of the captions, besides those of documents.
    """
    (folder / "pictures").mkdir()
    (folder / "rasters").mkdir()
    before = {one.plot: one.view.scene.day for one in looks if one.slot.name == "before_cutoff" and one.view}
    names = stems([one.plot for one in looks])
    drawn: set[str] = set()
    rows, shown = [], {one.plot: list[dict[str, Any]]() for one in looks}
    for look in looks:
        row: dict[str, Any] = _row(look)
        if look.view is not None:
            stem = f"{names[look.plot]}_{look.view.scene.day}_{look.view.scene.tile}"
            row |= {column: f"pictures/{stem}_{column}.png" for column in KINDS.values()}
            if stem not in drawn:
                drawn.add(stem)
                _draw(folder, stem, look, outlines[look.plot], language, before.get(look.plot))
        rows.append(row)
        shown[look.plot].append(_shown(look, row, outlines[look.plot], before.get(look.plot), spoken))
    for name, views in mosaic.by_day(look.view for look in looks if look.view is not None).items():
        for kind, column in KINDS.items():
            mosaic.write(folder / "rasters" / f"{name}_{column}.tif", views, kind)
    return Written(tables.check(tables.LOOKS, tables.typed(tables.LOOKS, rows)), shown)


def _draw(folder: Path, stem: str, look: Look, outlines: Outlines, language: str, before: Any) -> None:
    view = look.view
    assert view is not None
    words = [*captions.lines(look, language, before), *_notes(look, outlines, language)]
    for kind, column in KINDS.items():
        name = f"{clean(look.plot)} · {captions.slot_name(look, language)} · {say(captions.TOPIC, column, language)}"
        framed = picture.framed(picture.colours(view, kind), view.chip, outlines, name, words)
        (folder / "pictures" / f"{stem}_{column}.png").write_bytes(framed)


def _notes(look: Look, outlines: Outlines, language: str) -> list[str]:
    drawn = outlines.forest_2020 is not None or outlines.loss is not None
    lines = [say(captions.TOPIC, "lines", language)] if drawn else []
    return [*lines, captions.credit(look, language)]


def stems(plots: Sequence[str]) -> dict[str, str]:
    """Stem of file names by plot: its letters as far as every disk takes them, and a digest where that is not all."""
    plain = {plot: re.sub(r"[^A-Za-z0-9._-]+", "_", plot) for plot in plots}
    count = pd.Series([stem.lower() for stem in plain.values()]).value_counts()
    return {
        plot: file_stem(
            stem if count[stem.lower()] == 1 and stem == plot.replace("/", "_") else _with_digest(stem, plot)
        )
        for plot, stem in plain.items()
    }


def _with_digest(stem: str, plot: str) -> str:
    return f"{stem[:80]}-{hashlib.sha256(plot.encode()).hexdigest()[:8]}"


def _row(look: Look) -> dict[str, Any]:
    row: dict[str, Any] = {
        "plot": look.plot,
        "look": look.slot.name,
        "loss_year": look.slot.year,
        "status": look.status,
        "tried": look.tried,
        "reason": look.reason or None,
    }
    if look.view is None:
        return row
    scene = look.view.scene
    return row | {
        "date": str(scene.day),
        "gap_days": look.slot.gap_days(scene.day),
        "clear_share": look.view.clear_share,
        "item_id": scene.item_id,
        "catalogue": scene.catalogue,
        "collection": scene.collection,
        "platform": scene.platform,
        "baseline": scene.baseline,
        "sun_elevation_deg": scene.sun_elevation_deg,
        "offset": look.view.offset.value,
        "offset_state": look.view.offset.state,
    }


def _shown(
    look: Look, row: Mapping[str, Any], outlines: Outlines, before: Any, spoken: Sequence[str]
) -> dict[str, Any]:
    """One look as a page shows it; chips stay at their native cells, the browser enlarges them."""
    said = {
        language: {"name": captions.slot_name(look, language), "lines": captions.lines(look, language, before)}
        for language in dict.fromkeys((*LANGUAGES, *spoken))
    }
    view = look.view
    if view is None:
        return {"status": look.status, "said": said}
    chips = {kind: base64.b64encode(picture.webp(picture.colours(view, kind))).decode() for kind in KINDS}
    rows, columns = view.chip.shape
    return {
        "status": look.status,
        "said": said,
        "date": str(view.scene.day),
        "item": view.scene.item_id,
        "file": row["true_colour"],
        "width": columns,
        "height": rows,
        "cell_m": abs(view.chip.transform.a),
        "chips": chips,
        "rings": picture.rings_of(outlines, view.chip),
    }
