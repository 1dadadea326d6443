"""Field visits of a cooperative as KML, for any map application on a phone."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np
import pandas as pd
import shapely

from eudr_check.package import splits
from eudr_check.package.action_plan.cooperative import Plan
from eudr_check.package.action_plan.ring_text import rings
from eudr_check.text import say, topic
from eudr_check.text.clean import clean, file_stem, markup_entities
from eudr_check.text.many import numbers
from eudr_check.typing import Positions

PINK = """\
    <Style>
     <LineStyle>
      <color>ffb04fff</color>
      <width>3</width>
     </LineStyle>
    </Style>
"""
"""Of losses, as the pictures draw them; KML writes alpha, blue, green, red."""
PLACE = ["plot", "plot_id", "longitude", "latitude"]
VISIT = ("plot", "longitude", "latitude", "plot_id", "wrong", "todo", "code", "by")
KML = "http://www.opengis.net/kml/2.2"


NONE = np.empty(0, dtype=np.intp)
MOST = 500
"""Places in a file: applications on a phone become slow beyond."""


@dataclass(frozen=True)
class Place:
    """Where somebody goes, and what for."""

    plot: str
    """Key; empty where a row of a file is no plot: it has no id, or shares it with another."""
    longitude: float
    latitude: float
    plot_id: str
    by: dt.date
    lines: list[str] = field(default_factory=list)


def write(folder: Path, plan: Plan) -> list[Path]:
    """Write `COOPERATIVE.kml`: a point per place with the outline of its plot, and every loss outlined.

    More than `MOST` places are cut into `COOPERATIVE-1.kml`, `COOPERATIVE-2.kml` and so on, in the order of the plan.
    """
    visits = _named(plan, plan.todo[(plan.todo["kind"] == "field") & plan.todo["longitude"].notna()])
    of_place = visits.groupby(PLACE, sort=False).ngroup().to_numpy()
    in_order = np.argsort(of_place, kind="stable")
    count = int(of_place.max(initial=-1)) + 1
    begins = np.searchsorted(of_place[in_order], range(0, max(count, 1), MOST))
    stem = file_stem(plan.cooperative)
    names = [f"{stem}.kml"] if len(begins) == 1 else [f"{stem}-{number}.kml" for number in range(1, len(begins) + 1)]
    lost = {str(plot): np.asarray(rows) for plot, rows in plan.losses.groupby("plot").indices.items()}
    for name, rows in zip(names, np.split(in_order, begins[1:]), strict=True):
        (folder / name).write_bytes(_content(plan, _read(visits.iloc[rows]), lost))
    return [folder / name for name in names]


def _named(plan: Plan, visits: pd.DataFrame) -> pd.DataFrame:
    """Visits of which those to no plot go by their file and row, as on paper."""
    nameless = visits["plot_id"].isna()
    rows = pd.Series(plan.file_rows(visits[nameless]), index=visits.index[nameless], dtype="str")
    return visits.assign(plot=visits["plot"].fillna(""), plot_id=visits["plot_id"].fillna(rows))


def _read(visits: pd.DataFrame) -> list[Place]:
    places: dict[tuple[str, str, float, float], Place] = {}
    for row in zip(*(visits[name].tolist() for name in VISIT), strict=True):
        plot, longitude, latitude, plot_id, wrong, todo, code, by = row
        key = plot, plot_id, longitude, latitude
        place = places.setdefault(key, Place(plot, longitude, latitude, plot_id, by))
        place.lines.append(f"{_cleaned(wrong)}\n{_advice(todo, code)}")
    return list(places.values())


def _content(plan: Plan, places: Sequence[Place], lost: Mapping[str, Positions]) -> bytes:
    """One file: the actions at every place; `lost` tells the rows of losses on a plot."""
    ids = {place.plot: clean(place.plot_id) for place in places if place.plot}
    rows = np.sort(np.concatenate([*(lost[plot] for plot in ids if plot in lost), NONE]))
    parts = [
        f"<?xml version='1.0' encoding='utf-8'?>\n<kml xmlns=\"{KML}\">\n <Document>\n",
        f"  <name>{escape(plan.say('visits'))} · {escape(clean(plan.name))}</name>\n",
        f"  <description>{_for_html(plan.mark)}</description>\n" if plan.mark else "",
        *_places(plan, places),
        *_folder(plan.say("losses"), _losses(plan, ids, rows)),
        *_folder(say("uses", "proposed", plan.language), _parts(plan, ids)),
        " </Document>\n</kml>",
    ]
    return "".join(parts).encode()


def _places(plan: Plan, places: Sequence[Place]) -> Iterator[str]:
    at = plan.plots.index.get_indexer(pd.Index([place.plot for place in places]))
    shapes = plan.plots.geometry.array.take(at, allow_fill=True).to_numpy()
    shapes[shapely.get_dimensions(shapes) < 2] = None
    due = plan.say("by_when")
    for place, outlines in zip(places, rings(shapes), strict=True):
        said = "\n".join([*place.lines, *map(clean, f"{due} {plan.date(place.by)}".split("\n"))])
        point = (
            f"    <Point>\n     <coordinates>{place.longitude:.6f},{place.latitude:.6f}</coordinates>\n    </Point>\n"
        )
        yield _mark("  ", clean(place.plot_id), said, point + _lines("    ", outlines))


def _losses(plan: Plan, ids: Mapping[str, str], rows: Positions) -> Iterator[str]:
    """The outline of every loss on a plot to visit, with year and hectares."""
    mine = plan.losses.iloc[rows]
    sentences = {True: topic("plan")["disturbed"][plan.language], False: topic("plan")["loss"][plan.language]}
    columns = (mine[name].tolist() for name in ("plot", "year", "column", "disturbed"))
    areas = numbers(mine["area_ha"].to_numpy(float), plan.language, 3)
    for plot, year, column, disturbed, area, outlines in zip(
        *columns, areas, rings(mine.geometry.to_numpy()), strict=True
    ):
        seen = sentences[disturbed].format(year=int(year), area=area)
        yield _mark("   ", f"{ids[plot]} · {seen}", clean(str(column)), _lines("     ", outlines), PINK)


def _parts(plan: Plan, ids: Mapping[str, str]) -> Iterator[str]:
    """The parts of splits that are proposed for plots to visit."""
    mine = [(plot, part) for plot in sorted(ids) for part in plan.splits.get(plot, ())]
    note, sentence = say("uses", "mixed", plan.language), topic("uses")["part"][plan.language]
    areas = numbers(np.array([part.area_ha for _, part in mine], dtype=np.float64), plan.language, 2)
    shapes = np.array([part.geometry for _, part in mine], dtype=object)
    for (plot, part), area, outlines in zip(mine, areas, rings(shapes), strict=True):
        said = sentence.format(number=part.number, what=splits.in_words(part.holds_ha, plan.language), ha=area)
        yield _mark("   ", f"{ids[plot]} · {said}", note, _lines("     ", outlines))


def _folder(name: str, marks: Iterator[str]) -> Iterator[str]:
    """A folder that can be switched off; none where there is nothing in it."""
    first = next(marks, None)
    if first is not None:
        yield f"  <Folder>\n   <name>{escape(name)}</name>\n{first}"
        yield from marks
        yield "  </Folder>\n"


def _mark(margin: str, name: str, description: str, shapes: str, style: str = "") -> str:
    geometry = (
        f"{margin} <MultiGeometry>\n{shapes}{margin} </MultiGeometry>\n" if shapes else f"{margin} <MultiGeometry/>\n"
    )
    return (
        f"{margin}<Placemark>\n{margin} <name>{escape(name)}</name>\n"
        f"{margin} <description>{_for_html(description)}</description>\n"
        f"{style}{geometry}{margin}</Placemark>\n"
    )


def _lines(margin: str, outlines: Sequence[str]) -> str:
    return "".join(
        f"{margin}<LineString>\n{margin} <tessellate>1</tessellate>\n"
        f"{margin} <coordinates>{outline}</coordinates>\n{margin}</LineString>\n"
        for outline in outlines
    )


def _for_html(text: str) -> str:
    """Google Earth takes a description for HTML."""
    return escape(markup_entities(text))


def _cleaned(text: str) -> str:
    """Sentences on lines of their own, each without invisible characters."""
    return "\n".join(map(clean, text.split("\n")))


@lru_cache
def _advice(todo: str, code: str) -> str:
    """The same stands at thousands of places."""
    return _cleaned(f"→ {todo} [{code}]")
