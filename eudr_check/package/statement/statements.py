"""All statements of a harvest: one folder each, with geolocation, index, payload and pages."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from eudr_check.assessment_record import WrittenRecord, names_in, speaks_of
from eudr_check.choices import SpokenLanguage
from eudr_check.config import Harvest
from eudr_check.errors import PackageError
from eudr_check.lookup import among
from eudr_check.package.eu import consignment, dds_xml, feature_text, file_rules
from eudr_check.package.eu import geojson as eu_geojson
from eudr_check.package.eu.consignment import Consignment
from eudr_check.package.eu.grouping import groups
from eudr_check.package.eu.orders import changed_since, orders
from eudr_check.package.eu.parts import Declared, Part, parts
from eudr_check.package.folder import Folder
from eudr_check.package.pictures import Shots
from eudr_check.package.statement import animals, document, facts, form, index, pdf
from eudr_check.package.statement.filed import rest_without_lots, shown_as_filed
from eudr_check.package.statement.map import draw
from eudr_check.package.statement.pages import listed
from eudr_check.records import Json
from eudr_check.shipments import Filed, Shipments, Withheld
from eudr_check.steps import Map, at_once
from eudr_check.text import sentence
from eudr_check.text.clean import file_stem
from eudr_check.tiles import tiles_of
from eudr_check.variables import Variable

DRAFT_MARK = "DRAFT-"
REACH_DEGREE = 0.003
"""How far around a plot its maps are asked: twice the radius of a point of four hectares, and the GPS error."""


@dataclass(frozen=True)
class Behind:
    """What stands behind every statement of a harvest."""

    harvest: Harvest
    plots: gpd.GeoDataFrame
    assessments: pd.DataFrame
    lots: pd.DataFrame | None
    layers: Sequence[Json]
    policy: Json
    legality: Sequence[Json]
    article10: WrittenRecord
    """Record of the whole harvest."""
    faults: Sequence[str]
    """What the EU system would refuse in operator and product; empty unless a draft was asked for."""
    draft: bool
    shipments: Shipments | None = None
    filed: Sequence[Filed] = ()
    """Statements of this harvest that have a number."""
    sources: pd.DataFrame | None = None
    """SOURCES; without it every statement names the layers of the whole harvest."""
    variables: Sequence[Variable] = ()
    article10_of: Callable[[Sequence[str], Sequence[str]], WrittenRecord] | None = None
    """Record of some plots and lots alone; without it every statement has that of the whole harvest."""
    looks: Shots = field(default_factory=dict)
    """Dated pictures of plots that have some."""
    deliveries: pd.DataFrame | None = None
    """DELIVERIES; without it no plot has kilograms."""
    animals: pd.DataFrame | None = None
    """ANIMALS; None where the harvest names none."""


@dataclass(frozen=True)
class Plan:
    """What is declared in which statement, before anything is written."""

    consignment: Consignment
    changes: pd.DataFrame
    """What the export had to change: `eu_geojson.Export.changes`."""
    features: pd.DataFrame
    """Features of all statements."""
    texts: list[str]
    """The same as lines of GeoJSON."""
    parts: list[Part]
    withheld: list[Withheld]
    """What is not declared although it was asked for."""
    filed: Sequence[Filed] = ()
    """Statements that were filed."""
    frozen: Sequence[Part] = ()
    """Those of them that the tables still give to the byte: they are shown with their numbers, and not to be filed."""


@dataclass(frozen=True)
class Files:
    """The files of one statement that machines read."""

    geojson: bytes
    index: pd.DataFrame
    dds: Json | None
    """What `dds.json` says; None where only the GeoJSON was asked for."""
    xml: bytes | None
    """The payload; None also where the EU system would refuse operator or product, and for what was filed."""
    forms: Mapping[SpokenLanguage, bytes]
    """The sheet to file by hand, by language; none without payload."""


def plan(behind: Behind) -> Plan:
    """Sort, export and cut what is declared; pure, so that whoever verifies a package plans the same."""
    package = behind.harvest.package
    settled = _settled(behind, {})
    export = eu_geojson.export(settled.plots, package.producer_as, behind.harvest.cooperatives)
    refused = export.changes[export.changes["refused"]].drop_duplicates("plot")
    if len(refused):
        settled = _settled(behind, dict(zip(refused["plot"], refused["code"], strict=True)))
    kept = settled.plots.index.get_indexer(pd.Index(export.features["plot"])) >= 0
    features = export.features[kept].reset_index(drop=True)
    texts = feature_text.feature_texts(features, names=True)
    name, filed = behind.harvest.harvest, behind.filed
    asked = orders(name, behind.harvest.goods, settled, behind.shipments, filed, draft=behind.draft)
    made, notes = parts(name, asked.ready, settled, features, [len(text.encode()) for text in texts])
    withheld = [*asked.withheld, *notes, *changed_since(name, behind.shipments, filed)]
    frozen: tuple[Part, ...] = ()
    if filed and not behind.draft:
        frozen = shown_as_filed(behind.harvest, behind.shipments, filed, settled, features, texts)
        made, changed = rest_without_lots(made, frozen, filed)
        withheld += changed
    if not made and not withheld and not filed:
        withheld.append(Withheld("nothing_declared", {}))
    return Plan(settled, export.changes, features, texts, made, withheld, filed, frozen)


def write(folder: Folder, behind: Behind, queued: Map = at_once) -> tuple[Plan, Iterator[None]]:
    """Write `geojson_changes.csv` and a folder per statement.

    Args:
        folder: of the package.
        behind: what the statements are made of.
        queued: `map` for pages that takes all items before it returns; what is returned ends with the last PDF.

    Raises:
        PackageError: what was exported does not pass the EU system's rules (a fault of ours, named by plot).
    """
    planned = plan(behind)
    folder.csv("geojson_changes.csv", planned.changes)
    said = (page for part in (*planned.parts, *planned.frozen) for page in _write_one(folder, behind, planned, part))
    pages = queued(lambda page: folder.bytes(page[0], pdf.set_pages(*page[1:])), said)
    for name, content in grouped(behind, planned).items():
        folder.bytes(name, content)
    return planned, pages


def grouped(behind: Behind, planned: Plan) -> dict[str, bytes]:
    """Name and payload of every statement that groups the filed parts of a shipment."""
    if behind.faults or behind.draft:
        return {}
    made = groups(behind.harvest, behind.shipments, behind.filed, planned.parts)
    return {f"grouping/{file_stem(name)}.dds.xml": content for name, content in made}


def made(planned: Plan) -> list[dict[str, object]]:
    """The statements as `summary.json` lists them."""
    return [
        {
            "folder": part.folder,
            "reference": part.reference,
            "shipment": None if part.shipment is None else part.shipment.name,
            "lot": part.lot,
            "lots": dict(part.lots),
            "plots": int(planned.features["plot"].iloc[part.rows].nunique()),
            "features": len(part.rows),
            "net_mass_kg": part.net_mass_kg,
        }
        for part in planned.parts
    ]


def _settled(behind: Behind, unsendable: Mapping[str, str]) -> Consignment:
    way = behind.harvest.package.traceability
    return consignment.settle(
        behind.plots,
        behind.assessments,
        behind.lots,
        way,
        draft=behind.draft,
        unsendable=unsendable,
        animals=behind.animals,
    )


def contents(behind: Behind, planned: Plan, part: Part) -> Files:
    """The files of one statement that machines read; pure."""
    harvest = behind.harvest
    features, texts = planned.features.iloc[part.rows], [planned.texts[row] for row in part.rows]
    geojson = feature_text.collection(texts).encode()
    delivered = index.delivered(behind.deliveries, part.lots)
    table = index.table(features, texts, behind.plots, behind.assessments, delivered)
    if "statement" not in harvest.package.outputs:
        return Files(geojson, table, None, None, {})
    mates = [part] if part.filed else [one for one in planned.parts if one.shipment == part.shipment]
    keys = features["plot"].drop_duplicates().tolist()
    record = behind.article10 if behind.article10_of is None else behind.article10_of(keys, list(part.lots))
    cooperatives = tuple(behind.plots.loc[keys, "cooperative"].unique())
    legality = [_scoped(row, cooperatives) for row in behind.legality if speaks_of(_scope(row), cooperatives)]
    named = f"{DRAFT_MARK if behind.draft else ''}plots.geojson"
    dds = facts.gather(
        harvest,
        planned.consignment,
        part,
        (mates.index(part) + 1, len(mates)),
        features,
        behind.assessments,
        facts.Stated(
            layers=_layers(behind, features),
            policy=behind.policy,
            legality=legality,
            article10=record,
            open_points=_open_points(behind, part, record, legality),
            geolocation={
                "file": named,
                "sha256": hashlib.sha256(geojson).hexdigest(),
                "bytes": len(geojson),
            },
            draft=behind.draft,
            animals=animals.of_part(behind.animals, behind.deliveries, part.lots),
        ),
    )
    if behind.faults or part.filed:
        return Files(geojson, table, dds, None, {})
    request = _request(behind, planned, part)
    name, draft = harvest.harvest, behind.draft
    forms = {
        language: form.sheet(request, language, geolocation=named, harvest=name, draft=draft)
        for language in harvest.package.languages
    }
    return Files(geojson, table, dds, dds_xml.xml(request, draft=draft), forms)


def _scope(document: Json) -> str:
    return document.get("cooperatives") or ""


def _scoped(document: Json, cooperatives: Sequence[str]) -> Json:
    """A document of legality that names no cooperative but some of these."""
    mine = "; ".join(name for name in names_in(_scope(document)) if name in cooperatives)
    return {**document, "cooperatives": mine} if "cooperatives" in document else document


def _layers(behind: Behind, features: pd.DataFrame) -> Sequence[Mapping[str, Any]]:
    """Layers, Items and gaps of the tiles that the plots of one statement reach into."""
    if behind.sources is None:
        return behind.layers
    bounds = shapely.bounds(behind.plots.loc[features["plot"].unique()].geometry.to_numpy())
    reached = {tile.name for tile in tiles_of(bounds + REACH_DEGREE * np.array([-1, -1, 1, 1]))}
    return facts.layer_facts(behind.variables, behind.sources[among(behind.sources["tile"], reached)])


def _write_one(folder: Folder, behind: Behind, planned: Plan, part: Part) -> Iterator[tuple[str, str, int]]:
    """Write a statement but for its pages: name, text and time of each are given."""
    place = f"{part.folder}/{DRAFT_MARK if behind.draft else ''}"
    features = planned.features.iloc[part.rows]
    files = contents(behind, planned, part)
    _check(files.geojson, features, cattle=behind.harvest.commodity == "cattle")
    folder.bytes(place + "plots.geojson", files.geojson)
    folder.csv(place + "plots_index.csv", files.index)
    if files.dds is not None:
        folder.json(place + "dds.json", files.dds)
        if files.xml is not None:
            folder.bytes(place + "dds.xml", files.xml)
        for spoken, page in files.forms.items():
            folder.bytes(f"{place}form.{spoken}.html", page)
        for language, said in _documents(files.dds, behind, features):
            yield f"{place}statement.{language}.pdf", pdf.text(said), files.dds["timestamp"]


def pages(record: Json, behind: Behind, features: pd.DataFrame) -> Iterator[tuple[str, bytes]]:
    """Language and PDF of a statement's pages."""
    for language, said in _documents(record, behind, features):
        yield language, pdf.pdf(said, record["timestamp"])


def _documents(record: Json, behind: Behind, features: pd.DataFrame) -> Iterator[tuple[str, Json]]:
    declared = among(behind.plots.index, features["plot"].unique())
    outlines = behind.plots.geometry.to_numpy()
    svg = draw(outlines[declared])
    shown = listed(features, behind.plots, behind.assessments)
    shown = shown.join(index.delivered(behind.deliveries, record["statement"]["lots"]))
    looks = {plot: behind.looks[plot] for plot in shown.index if plot in behind.looks}
    for language in behind.harvest.package.document_languages:
        yield language, document.document(record, shown, svg, language, looks)


def _check(geojson: bytes, features: pd.DataFrame, *, cattle: bool) -> None:
    faults = file_rules.check(geojson, cattle=cattle)
    if faults:
        first = faults[0]
        stated = {"code": first.code, "problem": first.message}
        if first.feature is None:
            raise PackageError(sentence("eu_file", "refused", **stated))
        plot = features["plot"].iloc[first.feature - 1]
        raise PackageError(sentence("eu_file", "plot_refused", plot=plot, **stated))


def _request(behind: Behind, planned: Plan, part: Part) -> dict[str, Any]:
    harvest = behind.harvest
    return dds_xml.document(
        harvest,
        [_line(harvest, planned.features, line) for line in part.lines],
        reference=part.reference,
        border_country=border_country(harvest, part),
    )


def border_country(harvest: Harvest, part: Part) -> str | None:
    """Country of entry or exit of a statement: its shipment's, else the harvest's."""
    return harvest.border_country if part.shipment is None else part.shipment.border_country


def _line(harvest: Harvest, features: pd.DataFrame, line: Declared) -> dds_xml.Line:
    mine = features.iloc[line.rows]
    producers = _producers(mine, feature_text.feature_texts(mine, names=False))
    return dds_xml.Line(harvest.goods[line.product], line.net_mass_kg, line.supplementary_unit, producers)


def _open_points(
    behind: Behind, part: Part, record: WrittenRecord, legality: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """What keeps the statement a draft."""
    points: list[dict[str, Any]] = [{"code": "forced_draft"}] if behind.draft else []
    points += [{"code": "fact", "fault": fault} for fault in behind.faults]
    if part.estimated:
        points.append({"code": "mass_shared"})
    points += facts.record_points(record, bool(legality))
    if behind.harvest.operator and not behind.harvest.operator.address:
        points.append({"code": "no_address"})
    return points


def _producers(features: pd.DataFrame, texts: Sequence[str]) -> list[dds_xml.Producer]:
    """One entry per producer and country, in the order of the features (which is sorted by both)."""
    by_producer: dict[tuple[str | None, str], list[str]] = {}
    for name, country, text in zip(features["name"], features["country"], texts, strict=True):
        by_producer.setdefault((name if isinstance(name, str) else None, country), []).append(text)
    return [
        dds_xml.Producer(country, name, feature_text.collection(mine).encode())
        for (name, country), mine in by_producer.items()
    ]
