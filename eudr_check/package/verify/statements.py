"""Statements made once more from the tables, with the writer's own functions, and compared file by file."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
from lxml import etree

from eudr_check import __version__
from eudr_check.choices import SpokenLanguage
from eudr_check.errors import PackageError
from eudr_check.files import sha256
from eudr_check.package import pictures
from eudr_check.package.eu import dds_xml, file_rules
from eudr_check.package.eu.parts import Part
from eudr_check.package.statement import statements
from eudr_check.package.statement.filed import FILED
from eudr_check.package.statement.statements import Behind, Plan
from eudr_check.package.verify.contents import Contents, place_of
from eudr_check.package.verify.derived import same_csv
from eudr_check.package.verify.difference import Difference, some, unlike
from eudr_check.package.verify.outcomes import Recorded
from eudr_check.text import sentence, worded
from eudr_check.text.clean import cell, clean


def check(contents: Contents, planned: Plan, recorded: Recorded | None) -> Iterator[Difference]:
    """Every statement that is due is there, and no other; each says what the tables and documents give."""
    present = {folder.name for kind in ("*statement-*", f"{FILED}-*") for folder in contents.root.glob(kind)}
    parts = (*planned.parts, *planned.frozen)
    due = {part.folder for part in parts}
    for name in sorted(due - present):
        yield Difference(name, "missing", sentence("differences", "statement_missing"))
    for name in sorted(present - due):
        yield Difference(name, "added", sentence("differences", "statement_added"))
        yield from undeclared(contents, contents.root / name)
    for part in parts:
        if part.folder in present:
            yield from _statement(contents, planned, part, recorded)


def undeclared(contents: Contents, folder: Path) -> Iterator[Difference]:
    """The EU's rules for files that no table stands behind."""
    for file in sorted(folder.glob("*plots.geojson")):
        yield from _eu_rules(contents, f"{folder.name}/{file.name}")


def _statement(contents: Contents, planned: Plan, part: Part, recorded: Recorded | None) -> Iterator[Difference]:
    place = place_of(contents, part)
    behind = contents.behind(place)
    if recorded is not None:
        behind = _from_documents(behind, recorded)
    files = statements.contents(behind, planned, part)
    yield from _geojson(contents, place + "plots.geojson", files, planned, part)
    yield from same_csv(contents.root, place + "plots_index.csv", files.index)
    if files.dds is not None:
        yield from _dds(contents, place, files.dds)
    if files.xml is not None:
        yield from _xml(contents.root, place + "dds.xml", files.xml)
    if files.dds is not None and contents.summary["software"] == __version__:
        yield from _forms(contents.root, place, files.forms)
        yield from _pages(contents, place, files, planned, part)


def _from_documents(behind: Behind, recorded: Recorded) -> Behind:
    """The same with record and evidence of legality as the documents inside give them."""
    return replace(behind, legality=recorded.legality, article10_of=recorded.record)


def _geojson(contents: Contents, name: str, files: statements.Files, planned: Plan, part: Part) -> Iterator[Difference]:
    path = contents.root / name
    if not path.is_file():
        yield Difference(name, "missing", sentence("differences", "no_plots"))
        return
    yield from _eu_rules(contents, name)
    text = path.read_bytes()
    if text == files.geojson:
        return
    keys = [clean(str(planned.features["plot"].iloc[row])) for row in part.rows]
    yield from some(_features(name, _lines(text), _lines(files.geojson), keys))


def _eu_rules(contents: Contents, name: str) -> Iterator[Difference]:
    cattle = contents.harvest.commodity == "cattle"
    for fault in file_rules.check((contents.root / name).read_bytes(), cattle=cattle):
        said = fault.message
        if fault.feature:
            said = sentence("eu_file", "of_feature", feature=fault.feature, message=said)
        yield Difference(name, f"eu:{fault.code}", said)


def _features(name: str, found: list[str], expected: list[str], keys: list[str]) -> Iterator[Difference]:
    if len(found) != len(expected):
        yield Difference(
            name, "features", sentence("differences", "feature_count", count=len(found), given=len(expected))
        )
    if set(found) == set(expected):
        yield Difference(name, "features", sentence("differences", "feature_order"))
        return
    known = set(expected)
    for line in found:
        if line not in known:
            yield Difference(name, "features", sentence("differences", "feature_added", line=line[:160]))
    there = set(found)
    for key, line in zip(keys, expected, strict=True):
        if line not in there:
            yield Difference(name, "features", sentence("differences", "plot_unlike", plot=key))
    yield Difference(name, "features", sentence("differences", "other_bytes"))


def _dds(contents: Contents, place: str, expected: Mapping[str, Any]) -> Iterator[Difference]:
    name = f"{place}dds.json"
    try:
        found = json.loads((contents.root / name).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        yield Difference(name, "unreadable", worded(error))
        return
    if not isinstance(found, dict):
        yield Difference(name, "unreadable", sentence("differences", "json_object"))
        return
    sent = contents.root / f"{place}plots.geojson"
    stated = found.get("geolocation")
    digest = sha256(sent) if sent.is_file() else None
    if not isinstance(stated, dict) or stated.get("sha256") != digest:
        yield Difference(name, "geolocation", sentence("differences", "other_sha256"))
    # The version that made it; whoever verifies may have another.
    plain = json.loads(json.dumps({**expected, "software": contents.summary["software"]}))
    yield from some(Difference(name, "statement", stated) for stated in unlike(plain, found))


def _xml(root: Path, name: str, expected: bytes) -> Iterator[Difference]:
    if not (root / name).is_file():
        yield Difference(name, "missing", sentence("differences", "no_payload"))
        return
    # Entities stay unread: a payload needs none, and they can name files or grow without end.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    try:
        found = etree.parse(str(root / name), parser).getroot()
    except etree.XMLSyntaxError as error:
        yield Difference(name, "xml", worded(error))
        return
    for fault in dds_xml.schema_faults(found):
        yield Difference(name, "schema", fault)
    if (root / name).read_bytes() != expected:
        yield from some(_elements(name, found, etree.fromstring(expected, parser)))


def _elements(name: str, found: Any, expected: Any) -> Iterator[Difference]:
    was, now = _values(found), _values(expected)
    for place in [*now, *(place for place in was if place not in now)]:
        if was.get(place) != now.get(place):
            if place.endswith("geometryGeojson"):
                yield Difference(name, "geolocation", sentence("differences", "other_geolocation", place=place))
                continue
            stated = {"says": repr(was.get(place)), "gives": repr(now.get(place))}
            yield Difference(name, "payload", sentence("differences", "payload_says", place=place, **stated))
    yield Difference(name, "payload", sentence("differences", "other_payload"))


def _values(root: Any) -> dict[str, str]:
    """Text of every element by its path, comments among them."""
    tree = root.getroottree()
    return {
        re.sub(r"\w+:", "", tree.getpath(element)): (element.text or "").strip()
        for element in root.iter()
        if not len(element)
    }


def _pages(contents: Contents, place: str, files: statements.Files, planned: Plan, part: Part) -> Iterator[Difference]:
    features = planned.features.iloc[part.rows]
    try:
        fresh = list(statements.pages(files.dds or {}, contents.behind(place), features))
    except PackageError as error:
        yield Difference(pictures.LOOKS, "unreadable", worded(error))
        return
    for language, made in fresh:
        path = contents.root / f"{place}statement.{language}.pdf"
        if not path.is_file():
            yield Difference(path.relative_to(contents.root).as_posix(), "missing", sentence("differences", "no_pages"))
        elif path.read_bytes() != made:
            stated = "not the pages that dds.json and the tables give"
            yield Difference(path.relative_to(contents.root).as_posix(), "pages", stated)


def _forms(root: Path, place: str, forms: Mapping[SpokenLanguage, bytes]) -> Iterator[Difference]:
    for language, made in forms.items():
        name = f"{place}form.{language}.html"
        if not (root / name).is_file():
            yield Difference(name, "missing", sentence("differences", "no_sheet"))
        elif (root / name).read_bytes() != made:
            yield Difference(name, "pages", sentence("differences", "other_sheet"))


def _lines(geojson: bytes) -> list[str]:
    """The features of a collection as we write it: one to a line."""
    lines = geojson.decode("utf-8", errors="replace").split("\n")
    return [line.removesuffix(",") for line in lines[1:-2]]


def shown_keys(plots: pd.Index) -> dict[str, str]:
    """Plot keys as a CSV shows them, and as they are."""
    return {cell(clean(str(plot))): str(plot) for plot in plots}
