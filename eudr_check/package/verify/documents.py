"""Files of people inside: what statements and reviews name is there, with its hash, and nothing else is."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from eudr_check import __version__
from eudr_check.errors import ConfigError
from eudr_check.files import is_safe_name, sha256
from eudr_check.package import alone, formats, pictures, splits
from eudr_check.package.eu import shipments_json
from eudr_check.package.gis import maps
from eudr_check.package.statement.filed import FILED
from eudr_check.package.statement.statements import DRAFT_MARK
from eudr_check.package.verify.contents import Contents
from eudr_check.package.verify.difference import Difference
from eudr_check.package.verify.outcomes import Recorded, Stages
from eudr_check.text import replaced, sentence, worded
from eudr_check.text.clean import file_stem

STEM = "[A-Za-z0-9._-]+"
"""What references, and so folders, are made of."""


def check(contents: Contents) -> Iterator[Difference]:
    """Legality documents that the statements name, documents that the harvest asks for, and files no package has."""
    for name in sorted(_asked(contents)):
        if not (contents.root / name).is_file():
            yield Difference(name, "missing", sentence("differences", "asked_for"))
    if not contents.redacted:
        yield from _legality(contents)
    known = [re.compile(pattern) for pattern in _patterns(contents)]
    for file in sorted(contents.root.rglob("*")):
        name = file.relative_to(contents.root).as_posix()
        if file.is_file() and not any(pattern.fullmatch(name) for pattern in known):
            yield Difference(name, "unknown_file", sentence("differences", "no_file_of_ours"))


def _asked(contents: Contents) -> Iterator[str]:
    """Documents for people, whose content nothing inside can vouch for: they are there."""
    if contents.wants("report"):
        yield "report.html"
    if contents.wants("action_plan"):
        named = {*contents.plots["cooperative"], *contents.findings["cooperative"].dropna()}
        yield from (f"action_plan/{file_stem(one)}.{kind}" for one in named for kind in ("pdf", "xlsx"))


def _legality(contents: Contents) -> Iterator[Difference]:
    table = contents.root / "legality" / "legality.csv"
    listed = table.read_text(encoding="utf-8", errors="replace") if table.is_file() else ""
    seen: set[tuple[str, str]] = set()
    for dds in contents.dds.values():
        open_topics = {topic for point in dds["open_points"] for topic in point.get("topics", [])}
        for row in dds["legality"]:
            document, digest = str(row.get("document")), str(row.get("sha256") or "")
            if not digest or row.get("topic") in open_topics or (document, digest) in seen:
                continue
            seen.add((document, digest))
            yield from _document(contents.root, f"legality/{document}", digest)
            if document not in listed or digest not in listed:
                yield Difference(
                    "legality/legality.csv", "document", sentence("differences", "not_listed_as", document=document)
                )


def _document(root: Path, name: str, digest: str) -> Iterator[Difference]:
    file = root / name
    if not is_safe_name(name) or not file.is_file():
        yield Difference(name, "missing", sentence("differences", "document_missing"))
    elif sha256(file) != digest:
        yield Difference(name, "document", sentence("differences", "other_document"))


def answers(contents: Contents, stages: Stages) -> Iterator[Difference]:
    """The operator's words in the statements are those of answers.csv, with the files it names."""
    said = [row for dds in contents.dds.values() for row in _spoken(dds)]
    name = "answers/answers.csv"
    if contents.redacted or (not said and not (contents.root / name).exists()):
        return
    known = sorted(contents.plots["cooperative"].unique())
    named = {one for row in said for one in row["cooperatives"]}
    try:
        read = stages.answers(contents.root / name, sorted({*known, *named}))
    except ConfigError as error:
        yield Difference(name, "document", replaced(worded(error), str(contents.root), "."))
        return
    written = [(_key(one), set(one["cooperatives"])) for one in read]
    for row in said:
        # A statement names those of its own plots, or none where the answer is for all.
        key, mine = _key(row), set(row["cooperatives"])
        if not any(key == other and mine <= scope and bool(mine) == bool(scope) for other, scope in written):
            yield Difference(name, "document", sentence("differences", "no_answer", letter=row["letter"]))


def recorded(contents: Contents, stages: Stages | None) -> Recorded | None:
    """What the documents inside say; None where they are not inside, or other words are to be expected.

    Raises:
        EudrCheckError: a document inside cannot be read.
    """
    known = stages is not None and not contents.redacted and contents.summary["software"] == __version__
    if not known or stages is None or stages.recorded is None:
        return None
    tables = (contents.plots, contents.assessments, contents.sources, contents.lots)
    return stages.recorded(contents.root, contents.harvest, *tables)


def _spoken(dds: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for rows in dds["article10"].values():
        for row in rows:
            yield from row.get("operator") or ()


def _key(answer: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(answer[name] for name in ("letter", "answer", "evidence", "sha256", "date", "person"))


def _patterns(contents: Contents) -> Iterator[str]:
    """Names of all files that a package of these settings may hold."""
    mark = DRAFT_MARK if contents.draft else ""
    choice = contents.harvest.package
    language, spoken = (f"({'|'.join(codes)})" for codes in (choice.document_languages, choice.languages))
    stem = re.escape(file_stem(contents.harvest.harvest))
    called = alone.bag_name(contents.harvest.harvest, contents.alone)
    bag = f"{mark}{called}{'-redacted' if contents.redacted else ''}"
    yield rf"{re.escape(file_stem(bag))}\.zip(\.minisig)?"
    yield r"(MANIFEST|summary|settings|policy|layers|areas)\.json"
    yield r"(excluded|refused_lots)\.csv"
    yield re.escape(splits.NAME)
    yield re.escape(shipments_json.NAME)
    yield rf"README\.{spoken}\.txt"
    yield r"tables/(PLOTS|FINDINGS|SOURCES|EVIDENCE|PATCHES|ASSESSMENTS|REASONS)\.parquet"
    yield r"tables/(USES|SPLITS|AREAS|AREA_OUTLINES|LOTS|DELIVERIES|STAYS|ANIMALS)\.parquet"
    yield r"tables/((evidence|assessments|reasons|deliveries|lots)\.csv|csv-metadata\.json)"
    wanted = set(contents.harvest.package.outputs)
    if wanted & {"eu_geojson", "statement"}:
        yield r"geojson_changes\.csv"
        yield rf"statement-{STEM}/{mark}(plots\.geojson|plots_index\.csv)"
        yield rf"{FILED}-{STEM}/(plots\.geojson|plots_index\.csv)"
        yield r"shipment_status\.csv"
        yield rf"grouping/{STEM}\.dds\.xml"
    if "statement" in wanted:
        yield rf"statement-{STEM}/{mark}(dds\.(json|xml)|statement\.{language}\.pdf|form\.{spoken}\.html)"
        yield rf"{FILED}-{STEM}/(dds\.json|statement\.{language}\.pdf)"
    if "gis" in wanted:
        yield rf"{stem}\.(gpkg|qgz)"
    if "report" in wanted:
        yield r"report\.html"
    if "action_plan" in wanted:
        yield r"action_plan/[^/]+\.(xlsx|pdf|kml|gpkg|qgz)"
    yield from (pattern for output, pattern in formats.PATTERNS.items() if output in wanted)
    if {"gis", "rasters"} & set(wanted):
        yield rf"{maps.FOLDER}/{STEM}(\.vrt|/{STEM}\.tif)"
    yield rf"{pictures.FOLDER}/(looks\.json|(looks|radar|vegetation_series|sources)\.csv|{pictures.SCENE})"
    if not contents.redacted:
        yield r"(reviews|legality|answers)/.+"
