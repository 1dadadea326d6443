"""`report.html`: one page for a harvest that opens from disk, asks nothing of any server and runs only its own script.

The Content-Security-Policy names the script and the style by their SHA-256 and forbids everything else, so that a
name in a plot file can never become code. The languages of documents and those of the harvest are inside one file: the
cooperative reads Spanish, the importer English, and both look at the same bytes; of the file of a season the words are
a few per cent.
"""

import base64
import hashlib
import html
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pandas as pd

from eudr_check.package import backdrop
from eudr_check.package.report import animals, areas, data, desk, filing, forest, uses
from eudr_check.package.report.inputs import ReportInput
from eudr_check.package.report.pieces import members
from eudr_check.text import say

SCRIPTS = (
    "looks.js",
    "review.js",
    "desk.js",
    "areas.js",
    "animals.js",
    "picture.js",
    "ground.js",
    "uses.js",
    "report.js",
)


def write(folder: Path, given: ReportInput) -> list[Path]:
    """Write `report.html`.

    Args:
        folder: existing folder to write into; rasters of the package in it are shown.
        given: what it is made of.

    Returns:
        The one path. Same tables, same bytes.
    """
    path = folder / "report.html"
    with path.open("w", encoding="utf-8", newline="\n") as page:
        page.writelines(_page(_content(folder, given), given))
    return [path]


def _content(folder: Path, given: ReportInput) -> Iterator[tuple[str, object]]:
    """What the page knows, part by part: each is made when the one before is written, and gone before the next."""
    yield from data.document(given)
    plots, languages = given.plots, data.languages(given.harvest)
    yield "called", given.called
    yield "pictured", data.pictured(plots, given.assessments, given.pictures)
    yield "shipments", data.shipments(given.shipments)
    yield "withheld", data.withheld(given.withheld, languages)
    yield "filings", filing.document(given.filings, languages)
    yield "looks", data.looks(given.looks, plots.index)
    yield "reviews", data.reviews(given.reviews, plots.index, languages)
    yield "to_review", data.asked(given.to_review, plots.index)
    refused = pd.DataFrame({"lot": [], "reasons": []}) if given.refused_lots is None else given.refused_lots
    yield "desk", desk.document(given.lots, refused, given.deliveries, plots, given.assessments)
    yield "animals", animals.document(given.animals)
    yield "areas", areas.document(given.area_layers, given.area_outlines, given.areas)
    yield "uses", uses.document(given.uses, given.splits, plots, given.assessments)
    yield "backdrop", backdrop.around(plots)
    baselines = [given.baseline, *(one.column for one in given.variables if one.role == "forest_2020")]
    yield "forest", forest.document(folder, [one for one in baselines if one])


def _page(content: Iterator[tuple[str, object]], given: ReportInput) -> Iterator[str]:
    style, script = _part("report.css"), "".join(map(_part, SCRIPTS))
    language = given.harvest.package.languages[0]
    fields = {
        "language": language,
        "title": html.escape(f"{say('report', 'title', language)} · {given.called}"),
        "policy": f"default-src 'none'; script-src {_hash(script)}; style-src {_hash(style)}; img-src data:; "
        "base-uri 'none'; form-action 'none'",
        "needs_script": html.escape(say("report", "needs_script", language)),
        "style": style,
        "script": script,
    }
    head, *rest = _part("report.html").split("{{")
    yield head
    for part in rest:
        name, _, after = part.partition("}}")
        if name == "data":
            yield from members(content)
        else:
            yield fields[name]
        yield after


def _part(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
