"""All tables of a harvest to one folder of files: the due-diligence package."""

import datetime as dt
import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from types import MappingProxyType
from typing import Any

import geopandas as gpd
import pandas as pd

from eudr_check import __version__
from eudr_check.assessment_record import WrittenRecord
from eudr_check.config import Harvest
from eudr_check.errors import PackageError
from eudr_check.files import Attachment
from eudr_check.package import csv_files, document_date, readme, redact, worker_process
from eudr_check.package.action_plan import plan
from eudr_check.package.bag import bagit
from eudr_check.package.eu import consignment, dds_xml, shipments_json
from eudr_check.package.folder import Folder
from eudr_check.package.gis import geopackage as gis
from eudr_check.package.report import page
from eudr_check.package.statement import facts, ledger, statements
from eudr_check.package.statement.statements import DRAFT_MARK, Behind
from eudr_check.shipments import Filed, Shipments
from eudr_check.text.clean import file_stem
from eudr_check.variables import Variable

NO_RECORD = WrittenRecord({})


def write(
    folder: Path,
    *,
    harvest: Harvest,
    plots: gpd.GeoDataFrame,
    findings: pd.DataFrame,
    sources: pd.DataFrame,
    evidence: pd.DataFrame | Path,
    patches: gpd.GeoDataFrame | Path,
    assessments: pd.DataFrame,
    reasons: pd.DataFrame,
    variables: Sequence[Variable],
    policy: Any,
    stored: Mapping[str, Path] = MappingProxyType({}),
    drawn: Callable[[], Path] | None = None,
    lots: pd.DataFrame | None = None,
    article10: WrittenRecord = NO_RECORD,
    legality: pd.DataFrame | None = None,
    definitions: Sequence[Any] = (),
    pictures: Mapping[str, Any] | None = None,
    deliveries: pd.DataFrame | None = None,
    shipments: Shipments | None = None,
    filed: Sequence[Filed] = (),
    article10_of: Callable[[Sequence[str], Sequence[str]], WrittenRecord] | None = None,
    attachments: Sequence[Attachment] = (),
    draft: bool = False,
    redacted: bool = False,
) -> list[Path]:
    """Write the package; same tables and settings, same bytes.

    Args:
        folder: existing, empty folder.
        harvest: the settings.
        plots, findings, sources, assessments, reasons: the tables of these names.
        evidence, patches: these tables, or the Parquet files that hold them; those are passed on as they are.
        variables: layer variables of the run.
        policy: the policy applied (a pydantic model with `full_name` and `title`).
        stored: Parquet files of SOURCES, ASSESSMENTS and REASONS, passed on as they are instead of written again.
        drawn: waits for the patches as a GeoPackage, from `gis.draw`, where somebody draws them for the GIS delivery.
        lots: LOTS; None without deliveries.
        article10: the assessment record in the languages of the harvest, and what keeps statements drafts.
        legality: topic, document, valid_until, sha256, cooperatives of the legality evidence.
        definitions: layer definitions of the run (pydantic models).
        pictures: ground of plots that matter, for the report.
        deliveries: `plot`, `lot` and `kg_green` per delivery, for the action plan and the table of shipments.
        shipments: from `read_shipments`; None where the harvest names none.
        filed: statements of this harvest that have a number of the EU system.
        article10_of: as `article10`, for some plots and lots alone.
        attachments: reviews with their evidence files, legality documents and what else belongs to the file; left
            out of the redacted edition.
        draft: also declare plots that are not settled; every statement file is marked.
        redacted: the redacted edition, without names of persons: producers become numbers, cooperatives stand for them.

    Returns:
        All files written.

    Raises:
        PackageError: the EU system would refuse operator or product (not with `draft`), or an attachment is missing
            or is not what was signed off.
    """
    wanted = set(harvest.package.outputs)
    faults = dds_xml.fact_faults(harvest) if "statement" in wanted else []
    if faults and not draft:
        raise PackageError(f"harvest {harvest.harvest}: no statement can be made: " + "; ".join(faults))
    if redacted:
        harvest = redact.harvest(harvest)
    findings = redact.without_paths(findings)
    into, tables = Folder(folder), folder / "tables"
    tables.mkdir()
    with (
        # GDAL holds Python's lock from the first patch to the last.
        worker_process.working(f"{harvest.harvest}.gpkg") if "gis" in wanted else nullcontext(_leave) as worker,
        ThreadPoolExecutor(1) as background,
    ):
        _keep(tables, EVIDENCE=evidence, PATCHES=patches)
        geopackage = gis.geopackage_of(folder, harvest)
        if drawn is None:
            worker(gis.draw, geopackage=geopackage, patches=tables / "PATCHES.parquet", day=document_date.day(harvest))
        if harvest.package.producer_as == "cooperative":
            # Names are personal data the EU does not ask for; the edition without them is the usual one.
            shown = redact.places(plots, plots) if redacted else plots
            plots, findings = redact.plots(shown), redact.findings(findings, plots)
        judged = {"SOURCES": sources, "ASSESSMENTS": assessments, "REASONS": reasons}
        _keep(tables, PLOTS=plots, FINDINGS=findings, **judged | dict(stored))
        if lots is not None:
            # Arrow has lists, no tuples.
            _keep(tables, LOTS=lots.assign(plots=lots["plots"].map(list)))
        details = {"harvest": harvest, "findings": findings, "variables": variables, "bounds": gis.view(plots)}
        delivered = background.submit(_deliver, worker, folder, geopackage, drawn, details)
        if wanted & {"eu_geojson", "statement"}:
            behind = Behind(
                harvest,
                plots,
                assessments,
                lots,
                facts.layer_facts(variables, sources),
                {"name": policy.full_name, "title": policy.title},
                _records(legality),
                redact.record(article10) if redacted else article10,
                faults,
                draft,
                shipments,
                filed,
                sources,
                variables,
                _redacted_records(article10_of) if redacted and article10_of is not None else article10_of,
            )
            planned = statements.write(into, behind)
            settled, made, withheld = planned.consignment, statements.made(planned), planned.withheld
            ordered = ledger.table(harvest, planned.parts, settled, shipments, filed, plots, deliveries, lots)
        else:
            settled = consignment.settle(plots, assessments, lots, harvest.package.traceability, draft=draft)
            made, withheld, ordered = [], [], None
        _write_shipments(into, ordered, shipments, filed)
        into.csv("excluded.csv", settled.excluded)
        into.csv("refused_lots.csv", settled.refused_lots)
        for name in ("EVIDENCE", "ASSESSMENTS", "REASONS"):
            csv_files.convert(tables / f"{name}.parquet", tables / f"{name.lower()}.csv")
        delivered.result()
    into.json("policy.json", policy.model_dump(mode="json"))
    into.json("layers.json", [definition.model_dump(mode="json") for definition in definitions])
    into.json("settings.json", settings(harvest, variables))
    if "report" in wanted:
        page.write(
            folder,
            harvest=harvest,
            plots=plots,
            findings=findings,
            sources=sources,
            patches=gpd.read_parquet(tables / "PATCHES.parquet"),
            assessments=assessments,
            reasons=reasons,
            variables=variables,
            pictures=pictures,
            shipments=ordered,
        )
    if "action_plan" in wanted:
        plan.write(
            folder,
            harvest=harvest,
            plots=plots,
            findings=findings,
            assessments=assessments,
            reasons=reasons,
            deliveries=deliveries,
        )
    # Dossier name reviewers and growers in ways no program can find: the redacted edition goes without them.
    kept = [] if redacted else sorted(attachments, key=lambda item: item.name)
    for attachment in kept:
        into.attach(attachment)
    details = summary(harvest, settled, made, withheld, assessments, filed=filed, draft=draft, redacted=redacted)
    _finish(into, harvest, details, sources)
    return sorted(file for file in folder.rglob("*") if file.is_file())


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
            table.to_parquet(folder / f"{name}.parquet", compression="zstd")


def _leave(work: Callable[..., Any], **details: Any) -> None:
    """Do nothing of it: the harvest does not ask for it."""


def _deliver(
    worker: worker_process.Send,
    folder: Path,
    geopackage: Path,
    drawn: Callable[[], Path] | None,
    details: Mapping[str, Any],
) -> None:
    """Have the GIS delivery made as soon as its patches are there."""
    if drawn is not None:
        shutil.copyfile(drawn(), geopackage)
    worker(_draw, folder=folder, **details)


def _draw(folder: Path, **details: Any) -> None:
    """The GIS delivery from the tables of the package, which are quicker to read than to hand over."""
    tables = folder / "tables"
    gis.write(
        folder,
        plots=tables / "PLOTS.parquet",
        sources=pd.read_parquet(tables / "SOURCES.parquet"),
        patches=tables / "PATCHES.parquet",
        assessments=pd.read_parquet(tables / "ASSESSMENTS.parquet"),
        reasons=pd.read_parquet(tables / "REASONS.parquet"),
        **details,
    )


def summary(
    harvest: Harvest,
    settled: consignment.Consignment,
    made: Sequence[Mapping[str, Any]],
    withheld: Sequence[str],
    assessments: pd.DataFrame,
    *,
    filed: Sequence[Filed] = (),
    draft: bool,
    redacted: bool,
) -> dict[str, Any]:
    """What `summary.json` says."""
    return {
        "harvest": harvest.harvest,
        "software": __version__,
        "draft": draft,
        "redacted": redacted,
        "policy": harvest.policy,
        "outcomes": _counts(assessments["final_outcome"]),
        "statements": list(made),
        "withheld": list(withheld),
        "filed": [
            {"reference": one.reference, "number": one.number, "submitted": one.submitted.isoformat()}
            | {"shipment": one.shipment, "lots": dict(one.lots), "net_mass_kg": one.net_mass_kg}
            for one in filed
        ],
        "excluded": _counts(settled.excluded["excluded_because"]),
        "refused_lots": [str(lot) for lot in settled.refused_lots["lot"]],
    }


def manifest_facts(summary: Mapping[str, Any], sources: pd.DataFrame) -> dict[str, Any]:
    """What `MANIFEST.json` says besides the files."""
    read = sources[sources["status"] == "read"]
    items = read[["layer", "item_id", "asset", "href", "version", "sha256"]].drop_duplicates()
    details = {key: summary[key] for key in ("harvest", "software", "draft", "redacted")}
    return details | {"layer_items": _records(items.sort_values(list(items.columns)))}


def _finish(into: Folder, harvest: Harvest, details: Mapping[str, Any], sources: pd.DataFrame) -> None:
    """Summary, README, manifest, and the bag with all of it."""
    into.json("summary.json", details)
    for language in harvest.package.languages:
        into.text(f"README.{language}.txt", readme.text(harvest, details, language))
    name = f"{DRAFT_MARK if details['draft'] else ''}{harvest.harvest}{'-redacted' if details['redacted'] else ''}"
    title = f"Due-diligence package of harvest {harvest.harvest}"
    bagit.write(
        into.path,
        name=file_stem(name),
        date=document_date.day(harvest),
        title=title,
        facts=manifest_facts(details, sources),
    )


def _counts(values: pd.Series) -> dict[str, int]:
    return {str(value): int(count) for value, count in values.value_counts().sort_index().items()}


def settings(harvest: Harvest, variables: Sequence[Variable]) -> dict[str, Any]:
    """What is needed to compute outcomes and statements once more; no path of any machine."""
    kept = {
        "harvest",
        "commodity",
        "operator",
        "product",
        "products",
        "confidential",
        "concern",
        "border_country",
        "policy",
        "production",
        "gps_error_m",
        "package",
    }
    return harvest.model_dump(mode="json", by_alias=True, include=kept) | {
        "variables": [
            {key: value.isoformat() if isinstance(value, dt.date) else value for key, value in asdict(variable).items()}
            for variable in variables
        ]
    }


def _redacted_records(
    article10_of: Callable[[Sequence[str], Sequence[str]], WrittenRecord],
) -> Callable[[Sequence[str], Sequence[str]], WrittenRecord]:
    return lambda plots, lots: redact.record(article10_of(plots, lots))


def _records(frame: pd.DataFrame | None) -> list[dict[str, Any]]:
    if frame is None:
        return []
    records: list[dict[str, Any]] = json.loads(frame.to_json(orient="records", date_format="iso"))
    return records
