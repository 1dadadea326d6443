"""All tables of a harvest to one folder of files: the due-diligence package."""

import shutil
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pandas as pd

from eudr_check import parquet
from eudr_check.errors import PackageError
from eudr_check.package import (
    alone,
    class_names,
    csvw,
    document_date,
    formats,
    lots_table,
    pictures,
    readme,
    redact,
    settings,
    splits,
    summary,
)
from eudr_check.package.action_plan import plan
from eudr_check.package.action_plan.cooperative import Settings
from eudr_check.package.bag import bagit
from eudr_check.package.eu import consignment, dds_xml, shipments_json
from eudr_check.package.folder import Folder
from eudr_check.package.formats.given import Given
from eudr_check.package.gis import delivery, maps
from eudr_check.package.gis.edition import Edition
from eudr_check.package.inputs import PackageInput
from eudr_check.package.report import page
from eudr_check.package.report.inputs import ReportInput
from eudr_check.package.statement import facts, ledger, statements
from eudr_check.package.statement.statements import DRAFT_MARK, Behind
from eudr_check.package.summary import records
from eudr_check.shipments import Filed, Shipments, Withheld
from eudr_check.steps import Made, Map, Step, at_once, in_turn, one_by_one
from eudr_check.text import Joined, sentence
from eudr_check.text.clean import file_stem

DRAWN = "drawn"
"""The step that begins the GeoPackage."""


@dataclass(frozen=True)
class Declared:
    """What the statements of a package declare, and what is not declared."""

    settled: consignment.Consignment
    made: Sequence[Mapping[str, object]] = ()
    withheld: Sequence[Withheld] = ()
    shipments: pd.DataFrame | None = None
    """The table of shipments; None where no statement was asked for."""
    pages: Iterator[None] = field(default_factory=lambda: iter(()))
    """Ends when the last PDF of a statement is written."""


def write(folder: Path, given: PackageInput) -> list[Path]:
    """Write the package; same tables and settings, same bytes.

    Args:
        folder: existing, empty folder.
        given: what it is written from.

    Returns:
        All files written.

    Raises:
        PackageError: the EU system would refuse operator or product (not with `draft`), or an attachment is missing
            or is not what was signed off.
    """
    in_turn(steps(folder, given))
    return sorted(file for file in folder.rglob("*") if file.is_file())


def steps(folder: Path, given: PackageInput, each: Map = one_by_one, queued: Map = at_once) -> list[Step]:
    """What there is to do for a package, in any order that their needs allow.

    Args:
        folder: existing, empty folder.
        given: what it is written from.
        each: `map` for what can be compressed at the same time.
        queued: `map` for what is done one after another, beside what comes next.

    Returns:
        `drawn` among them begins the GeoPackage with its patches: whoever has done that already puts a step in its
        place that gives the file.

    Raises:
        PackageError: as `write`.
    """
    wanted = set(given.harvest.package.outputs)
    faults = dds_xml.fact_faults(given.harvest) if "statement" in wanted else []
    if faults and not given.draft:
        raise PackageError(
            sentence("refusals", "no_statement_made", harvest=given.harvest.harvest, problems=Joined(faults))
        )
    given = redact.edition(given)
    into = Folder(folder)
    planned = [
        Step("tables", lambda made: _write_tables(folder / "tables", given)),
        Step("pictures", lambda made: pictures.write(into, given)),
        Step(
            "declared",
            lambda made: _declare(given, into, faults, queued),
            needs=("tables", "pictures"),
            many_objects=True,
        ),
        # Pages take longer to set than all else that is written here: the report is made beside them.
        Step("pages", lambda made: deque(made["declared"].pages, 0), needs=("declared",), where="thread"),
        # Both when pages are on their way, the longest chain of all.
        Step("sheets", lambda made: _write_sheets(folder / "tables", given), needs=("declared",)),
        Step("settings", lambda made: _write_settings(into, given), needs=("declared",)),
        *(_gis(folder, given) if "gis" in wanted else ()),
        *([_action_plan(folder, given)] if "action_plan" in wanted else ()),
        *(
            Step(output, partial(_output, make, given, folder), needs=("tables", "declared"))
            for output, make in OUTPUTS.items()
            if output in wanted
        ),
    ]
    names = tuple(step.name for step in planned)
    return [*planned, Step("finished", lambda made: _finish(into, given, made["declared"], each), needs=names)]


def _gis(folder: Path, given: PackageInput) -> Iterator[Step]:
    scenes = () if given.imagery is None else pictures.files(given.imagery / "rasters")
    shown, policy = maps.columns(folder), given.policy.model_dump(mode="json")
    edition = Edition.of(given.harvest, given.variables, scenes, given.layers, shown, policy, given.area_layers)
    target, patches = edition.geopackage(folder), folder / "tables" / "PATCHES.parquet"
    yield Step(DRAWN, lambda made: delivery.drawing(target, patches, edition.day), ("tables",), "process")
    # Sheets print the dates of pictures, which are read from their table.
    needs = ("tables", "pictures", DRAWN)
    yield Step("gis", lambda made: delivery.writing(folder, edition, given.plots), needs, "process")


def _action_plan(folder: Path, given: PackageInput) -> Step:
    """Workbooks take Python's lock for as long as all other outputs together."""
    settings = Settings.of(given.harvest, given.plan_day)
    disturbed = {one.column for one in given.variables if one.role == "degradation"}
    asked = folder, settings, given.to_review, disturbed, len(given.plots)
    return Step("action_plan", lambda made: plan.writing(*asked), ("tables",), "process")


def _output(
    make: Callable[[PackageInput, Declared, Path], None], given: PackageInput, folder: Path, made: Made
) -> None:
    make(given, made["declared"], folder)


def _write_tables(folder: Path, given: PackageInput) -> None:
    folder.mkdir()
    _keep(folder, EVIDENCE=given.evidence, PATCHES=given.patches)
    judged = {"SOURCES": given.sources, "ASSESSMENTS": given.assessments, "REASONS": given.reasons}
    _keep(folder, PLOTS=given.plots, FINDINGS=given.findings, **judged | dict(given.stored))
    # Arrow has lists, no tuples.
    lots = None if given.lots is None else given.lots.assign(plots=given.lots["plots"].map(list))
    animals = None if given.animals is None else given.animals.assign(plots=given.animals["plots"].map(list))
    added = {
        "USES": given.uses,
        "SPLITS": given.splits,
        "AREAS": given.areas,
        "AREA_OUTLINES": given.area_outlines,
        "LOTS": lots,
        "DELIVERIES": given.deliveries,
        "STAYS": given.stays,
        "ANIMALS": animals,
    }
    _keep(folder, **{name: one for name, one in added.items() if one is not None})


def _write_sheets(folder: Path, given: PackageInput) -> None:
    csvw.write(folder)
    if given.lots is not None:
        Folder(folder).csv(lots_table.NAME, lots_table.table(given.lots, given.shipments))


def _write_settings(into: Folder, given: PackageInput) -> None:
    """What the outcomes were made with, and what people added."""
    into.json("policy.json", given.policy.model_dump(mode="json"))
    into.json("layers.json", given.layers)
    if given.areas is not None:
        into.json("areas.json", list(given.area_layers))
    if given.splits is not None:
        language = given.harvest.package.languages[0]
        into.pieces(splits.NAME, splits.content(given.splits, given.plots, language))
    into.json("settings.json", settings.of(given.harvest, given.variables))
    for attachment in sorted(given.attachments, key=lambda item: item.name):
        into.attach(attachment)


def _declare(given: PackageInput, into: Folder, faults: Sequence[str], queued: Map) -> Declared:
    """Settle what goes in, and write the statements of it where any are asked for."""
    harvest = given.harvest
    if {"eu_geojson", "statement"} & set(harvest.package.outputs):
        behind = Behind(
            harvest=harvest,
            plots=given.plots,
            assessments=given.assessments,
            lots=given.lots,
            animals=given.animals,
            layers=facts.layer_facts(given.variables, given.sources),
            policy={"name": given.policy.full_name, "title": given.policy.title},
            legality=records(given.legality),
            article10=given.article10,
            faults=faults,
            draft=given.draft,
            shipments=given.shipments,
            filed=given.filed,
            sources=given.sources,
            variables=given.variables,
            article10_of=given.article10_of,
            looks=pictures.shots(given.looks or {}),
            deliveries=given.deliveries,
        )
        planned, pages = statements.write(into, behind, queued)
        settled = planned.consignment
        ordered = None
        if given.deliveries is not None and given.lots is not None:
            located = ledger.located(given.plots, given.deliveries)
            ordered = ledger.table(harvest, planned.parts, settled, given.shipments, given.filed, located, given.lots)
        declared = Declared(settled, statements.made(planned), planned.withheld, ordered, pages)
    else:
        traceability = harvest.package.traceability
        declared = Declared(
            consignment.settle(
                given.plots, given.assessments, given.lots, traceability, draft=given.draft, animals=given.animals
            )
        )
    _write_shipments(into, declared.shipments, given.shipments, given.filed)
    into.csv("excluded.csv", declared.settled.excluded)
    into.csv("refused_lots.csv", declared.settled.refused_lots)
    return declared


def _report(given: PackageInput, declared: Declared, folder: Path) -> None:
    made_of = ReportInput(
        harvest=given.harvest,
        plots=given.plots,
        findings=given.findings,
        sources=given.sources,
        patches=parquet.patches_after_cutoff(folder / "tables" / "PATCHES.parquet"),
        assessments=given.assessments,
        reasons=given.reasons,
        variables=given.variables,
        classes=class_names.counting(given.layers),
        pictures=None if given.pictures is None else given.pictures(),
        baseline=str(given.policy.model_dump(mode="json").get("baseline") or ""),
        shipment=None if given.alone is None else given.alone.shipment,
        shipments=declared.shipments,
        withheld=declared.withheld,
        filings=given.filings,
        looks=given.looks or {},
        reviews=given.reviews,
        to_review=given.to_review,
        uses=given.uses,
        splits=given.splits,
        lots=alone.taken(given.alone, given.shipments, given.lots),
        refused_lots=declared.settled.refused_lots,
        animals=given.animals,
        deliveries=given.deliveries,
        area_layers=given.area_layers,
        areas=given.areas,
        area_outlines=given.area_outlines,
    )
    page.write(folder, made_of)


def _format(
    files: Callable[[Given, Path], Iterable[tuple[str, bytes]]], given: PackageInput, declared: Declared, folder: Path
) -> None:
    for name, content in files(given, folder):
        Folder(folder).bytes(name, content)


OUTPUTS: Mapping[str, Callable[[PackageInput, Declared, Path], None]] = {
    "report": _report,
    **{name: partial(_format, files) for name, files in formats.FILES.items()},
}
"""What is made of finished tables and statements, by its name in `package.outputs`."""


def _write_shipments(
    into: Folder, ordered: pd.DataFrame | None, shipments: Shipments | None, filed: Sequence[Filed]
) -> None:
    if ordered is not None:
        into.csv("shipment_status.csv", ordered)
    kept = shipments_json.content(shipments, filed)
    if kept is not None:
        into.json(shipments_json.NAME, kept)


def _keep(folder: Path, **named: pd.DataFrame | Path) -> None:
    """Tables as Parquet; those that come as files are passed on."""
    for name, table in named.items():
        if isinstance(table, Path):
            shutil.copyfile(table, folder / f"{name}.parquet")
        else:
            parquet.write(folder / f"{name}.parquet", name, table)


def _finish(into: Folder, given: PackageInput, declared: Declared, each: Map) -> None:
    """Summary, README, manifest, and the bag with all of it."""
    harvest = given.harvest
    details = summary.facts(
        harvest,
        declared.settled,
        declared.made,
        declared.withheld,
        given.assessments,
        filed=given.filed,
        draft=given.draft,
        redacted=given.redacted,
    ) | alone.facts(given.alone, given.shipments, given.lots)
    into.json("summary.json", details)
    for language in harvest.package.languages:
        into.text(f"README.{language}.txt", readme.text(harvest, details, language))
    called = alone.bag_name(harvest.harvest, given.alone)
    name = f"{DRAFT_MARK if given.draft else ''}{called}{'-redacted' if given.redacted else ''}"
    whose = "" if given.alone is None else f", shipment {given.alone.shipment} alone"
    title = f"Due-diligence package of harvest {harvest.harvest}{whose}"
    bagit.write(
        into.path,
        name=file_stem(name),
        # The plan lies in the bag.
        date=max(document_date.day(harvest), given.plan_day or document_date.day(harvest)),
        title=title,
        facts=summary.manifest_facts(details, given.sources),
        each=each,
    )
