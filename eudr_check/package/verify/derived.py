"""Files that are made of the tables: summary, settings, README, CSV, made once more and compared."""

import json
import re
from collections.abc import Iterator, Mapping
from itertools import zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd

from eudr_check import __version__
from eudr_check.package import alone, csv_files, csvw, formats, lots_table, readme, settings, summary
from eudr_check.package.statement import ledger, statements
from eudr_check.package.statement.statements import Plan
from eudr_check.package.verify.contents import Contents
from eudr_check.package.verify.difference import MOST, Difference, some, unlike
from eudr_check.text import sentence


def check(contents: Contents, planned: Plan) -> Iterator[Difference]:
    """All of them."""
    settled = planned.consignment
    with_statements = contents.wants("eu_geojson") or contents.wants("statement")
    declared, withheld = (statements.made(planned), planned.withheld) if with_statements else ([], [])
    expected = summary.facts(
        contents.harvest,
        settled,
        declared,
        withheld,
        contents.assessments,
        filed=contents.filed,
        draft=contents.draft,
        redacted=contents.redacted,
    )
    expected |= alone.facts(contents.alone, contents.shipments, contents.lots)
    expected["software"] = contents.summary["software"]
    yield from _json("summary.json", expected, contents.summary)
    yield from _alone(contents)
    yield from _json("settings.json", settings.of(contents.harvest, contents.variables), contents.settings)
    stated = {key: value for key, value in contents.manifest.items() if key != "files"}
    yield from _json("MANIFEST.json", summary.manifest_facts(expected, contents.sources), stated)
    yield from same_csv(contents.root, "excluded.csv", settled.excluded)
    yield from same_csv(contents.root, "refused_lots.csv", settled.refused_lots)
    if with_statements:
        yield from same_csv(contents.root, "geojson_changes.csv", planned.changes)
        yield from _shipments(contents, planned)
    for name in csvw.converted(contents.root / "tables"):
        yield from _converted(contents.root, name)
    if contents.lots is not None:
        yield from same_csv(
            contents.root, f"tables/{lots_table.NAME}", lots_table.table(contents.lots, contents.shipments)
        )
    if contents.summary["software"] == __version__:
        yield from _readme(contents, expected)
        yield from _same_text(contents.root, f"tables/{csvw.NAME}", csvw.text(contents.root / "tables"))
        yield from _formats(contents)


def _alone(contents: Contents) -> Iterator[Difference]:
    """Whoever calls a package that of one shipment has that shipment in it, and no other."""
    asked = None if contents.shipments is None else {one.name for one in contents.shipments.ready}
    refused = None if contents.shipments is None else contents.shipments.refused
    if contents.alone is not None and (refused or asked != {contents.alone.shipment}):
        name = contents.alone.shipment
        yield Difference("summary.json", "alone", sentence("differences", "not_alone", name=name))


def _formats(contents: Contents) -> Iterator[Difference]:
    """Formats for other programs, made once more where their bytes hang on nothing but the tables."""
    for output in sorted(formats.FILES.keys() & set(contents.harvest.package.outputs)):
        made = dict(formats.FILES[output](contents, contents.root))
        pattern = re.compile(formats.PATTERNS[output])
        there = {file.relative_to(contents.root).as_posix(): file for file in contents.root.rglob("*")}
        found = {name: file for name, file in there.items() if file.is_file() and pattern.fullmatch(name)}
        for name in sorted(made.keys() | found.keys()):
            if name not in found:
                yield Difference(name, "missing", sentence("differences", "asked_for"))
            elif name not in made or (output in formats.EXACT and found[name].read_bytes() != made[name]):
                yield Difference(name, "derived", sentence("differences", "other_text"))


def _shipments(contents: Contents, planned: Plan) -> Iterator[Difference]:
    """Kilograms of every shipment, and the statements that group what was filed in parts."""
    name = "shipment_status.csv"
    if contents.lots is not None and contents.deliveries is not None:
        made = ledger.table(
            contents.harvest,
            planned.parts,
            planned.consignment,
            contents.shipments,
            contents.filed,
            ledger.located(contents.plots, contents.deliveries),
            contents.lots,
        )
        yield from same_csv(contents.root, name, made)
    behind = contents.behind()
    due = statements.grouped(behind, planned)
    present = {file.relative_to(contents.root).as_posix(): file for file in contents.root.glob("grouping/*")}
    for name in sorted(due.keys() - present):
        yield Difference(name, "missing", sentence("differences", "grouped_missing"))
    for name in sorted(present.keys()):
        if present[name].read_bytes() != due.get(name):
            yield Difference(name, "payload", sentence("differences", "other_statement"))


def same_csv(root: Path, name: str, frame: pd.DataFrame) -> Iterator[Difference]:
    """A CSV file against the table it is made of."""
    with TemporaryDirectory() as scratch:
        fresh = Path(scratch) / "made.csv"
        csv_files.write_csv(fresh, frame)
        yield from _same_lines(root, name, fresh)


def _converted(root: Path, name: str) -> Iterator[Difference]:
    with TemporaryDirectory() as scratch:
        fresh = Path(scratch) / "made.csv"
        csv_files.convert(root / f"tables/{name}.parquet", fresh)
        yield from _same_lines(root, f"tables/{name.lower()}.csv", fresh)


def _same_lines(root: Path, name: str, fresh: Path) -> Iterator[Difference]:
    if not (root / name).is_file():
        yield Difference(name, "missing", sentence("differences", "every_package"))
        return
    found = 0
    with (root / name).open("rb") as there, fresh.open("rb") as made:
        for number, (was, now) in enumerate(zip_longest(there, made), start=1):
            if was != now and found < MOST:
                found += 1
                says, gives = (repr((line or b"").decode("utf-8", "replace").strip()[:120]) for line in (was, now))
                yield Difference(name, "table", sentence("differences", "line", number=number, says=says, gives=gives))


def _json(name: str, expected: Mapping[str, Any], found: Any) -> Iterator[Difference]:
    plain = json.loads(json.dumps(expected))
    yield from some(Difference(name, "derived", stated) for stated in unlike(plain, found))


def _readme(contents: Contents, summary: Mapping[str, Any]) -> Iterator[Difference]:
    for language in contents.harvest.package.languages:
        name = f"README.{language}.txt"
        yield from _same_text(contents.root, name, readme.text(contents.harvest, summary, language))


def _same_text(root: Path, name: str, made: str) -> Iterator[Difference]:
    path = root / name
    if not path.is_file():
        yield Difference(name, "missing", sentence("differences", "every_package"))
    elif path.read_bytes() != made.encode():
        yield Difference(name, "derived", sentence("differences", "other_text"))
