"""`report.html`: one page for a harvest that opens from disk, asks nothing of any server and runs only its own script.

The Content-Security-Policy names the script and the style by their SHA-256 and forbids everything else, so that a
name in a plot file can never become code. All four languages are inside one file: the cooperative reads Spanish, the
importer English, and both look at the same bytes; of the file of a season the words are a few per cent.
"""

import base64
import hashlib
import html
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from eudr_check.config import Harvest
from eudr_check.package import backdrop
from eudr_check.package.report import data, desk, filing
from eudr_check.package.report.thumbnail import Picture
from eudr_check.register import FilingState
from eudr_check.shipments import Withheld
from eudr_check.text import say
from eudr_check.variables import Variable

SCRIPTS = ("looks.js", "review.js", "desk.js", "report.js")


def write(
    folder: Path,
    *,
    harvest: Harvest,
    plots: gpd.GeoDataFrame,
    findings: pd.DataFrame,
    sources: pd.DataFrame,
    patches: gpd.GeoDataFrame,
    assessments: pd.DataFrame,
    reasons: pd.DataFrame,
    variables: Sequence[Variable],
    pictures: Mapping[str, Picture] | None = None,
    shipments: pd.DataFrame | None = None,
    withheld: Sequence[Withheld] = (),
    filings: Sequence[FilingState] = (),
    looks: Mapping[str, Any] | None = None,
    reviews: Sequence[Mapping[str, Any]] = (),
    to_review: Mapping[str, Mapping[str, Any]] | None = None,
    lots: pd.DataFrame | None = None,
    refused_lots: pd.DataFrame | None = None,
    deliveries: pd.DataFrame | None = None,
) -> list[Path]:
    """Write `report.html`.

    Args:
        folder: existing folder to write into.
        harvest: settings; name, commodity, languages, `producer_as` and date are read.
        plots: PLOTS. findings: FINDINGS. sources: SOURCES. patches: PATCHES.
        assessments: ASSESSMENTS. reasons: REASONS.
        variables: layer variables of the run.
        pictures: ground of plots that matter, by plot; plots without one show their outline alone.
        shipments: kilograms of every shipment, from `ledger.table`. withheld: why some of it is not declared.
        filings: what became of shipments that were filed, as the register knows.
        looks: dated satellite pictures by plot.
        reviews: what every review does, a row per plot. to_review: plots that a decision can settle.
        lots: LOTS. refused_lots: those no statement declares. deliveries: None where none are known.

    Returns:
        The one path. Same tables, same bytes.
    """
    content = data.document(harvest, plots, findings, sources, patches, assessments, reasons, variables, pictures or {})
    content["pictured"] = data.pictured(plots, assessments, pictures)
    content["shipments"] = data.shipments(shipments)
    content["withheld"] = data.withheld(withheld)
    content["filings"] = filing.document(filings)
    content["looks"] = data.looks(looks or {}, plots.index)
    content["reviews"] = data.reviews(reviews, plots.index)
    content["to_review"] = data.looks(
        {plot: {"plot": plot, **asked} for plot, asked in (to_review or {}).items()}, plots.index
    )
    refused = pd.DataFrame({"lot": [], "reasons": []}) if refused_lots is None else refused_lots
    content["desk"] = desk.document(lots, refused, deliveries, plots, assessments)
    content["backdrop"] = backdrop.around(plots)
    path = folder / "report.html"
    path.write_text(_page(content, harvest), encoding="utf-8", newline="\n")
    return [path]


def _page(content: dict[str, object], harvest: Harvest) -> str:
    style, script = _part("report.css"), "".join(map(_part, SCRIPTS))
    language = harvest.package.languages[0]
    fields = {
        "language": language,
        "title": html.escape(f"{say('report', 'title', language)} · {harvest.harvest}"),
        "policy": f"default-src 'none'; script-src {_hash(script)}; style-src {_hash(style)}; img-src data:; "
        "base-uri 'none'; form-action 'none'",
        "needs_script": html.escape(say("report", "needs_script", language)),
        "style": style,
        "script": script,
        "data": data.encode(content),
    }
    head, *rest = _part("report.html").split("{{")
    page = [head]
    for part in rest:
        name, _, after = part.partition("}}")
        page += [fields[name], after]
    return "".join(page)


def _part(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
