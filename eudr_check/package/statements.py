"""All statements of a harvest: one folder each, with geolocation, index, payload and pages."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from eudr_check.areas import eu_area_ha
from eudr_check.config import Harvest
from eudr_check.errors import PackageError
from eudr_check.package import consignment, eu_check, eu_geojson, facts, payload, statement
from eudr_check.package.consignment import Consignment, Part
from eudr_check.package.folder import Folder
from eudr_check.package.statement_map import draw

DRAFT_MARK = "DRAFT-"


@dataclass(frozen=True)
class Behind:
    """What stands behind every statement of a harvest."""

    harvest: Harvest
    plots: gpd.GeoDataFrame
    assessments: pd.DataFrame
    lots: pd.DataFrame | None
    layers: Sequence[Mapping[str, Any]]
    policy: Mapping[str, Any]
    legality: Sequence[Mapping[str, Any]]
    article10: Mapping[str, Sequence[Mapping[str, Any]]]
    draft_because: Sequence[str]
    faults: Sequence[str]
    """What the EU system would refuse in operator and product; empty unless a draft was asked for."""
    draft: bool


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
    withheld: list[str]
    """Why there is no statement."""


@dataclass(frozen=True)
class Files:
    """The files of one statement that machines read."""

    geojson: bytes
    index: pd.DataFrame
    dds: dict[str, Any] | None
    """What `dds.json` says; None where only the GeoJSON was asked for."""
    xml: bytes | None
    """The payload; None also where the EU system would refuse operator or product."""


def plan(behind: Behind) -> Plan:
    """Sort, export and cut what is declared; pure, so that whoever verifies a package plans the same."""
    package = behind.harvest.package
    settled = _settled(behind, {})
    export = eu_geojson.export(settled.plots, package.producer_as)
    refused = export.changes[export.changes["refused"]].drop_duplicates("plot")
    if len(refused):
        settled = _settled(behind, dict(zip(refused["plot"], refused["code"], strict=True)))
    kept = settled.plots.index.get_indexer(pd.Index(export.features["plot"])) >= 0
    features = export.features[kept].reset_index(drop=True)
    mass = behind.harvest.product.net_mass_kg if behind.harvest.product else 0.0
    lacking = _lacking(settled, mass)
    if lacking and not behind.draft:
        return Plan(settled, export.changes, features, [], [], [lacking])
    texts = eu_geojson.feature_texts(features, names=True)
    parts = consignment.parts(settled, features, [len(text.encode()) for text in texts], mass)
    withheld = [] if parts else ["no plot may be declared; excluded.csv says why for every plot"]
    return Plan(settled, export.changes, features, texts, parts, withheld)


def write(folder: Folder, behind: Behind) -> Plan:
    """Write `geojson_changes.csv` and a folder per statement.

    Raises:
        PackageError: what was exported does not pass the EU system's rules (a fault of ours, named by plot).
    """
    planned = plan(behind)
    folder.csv("geojson_changes.csv", planned.changes)
    for part in planned.parts:
        _write_one(folder, behind, planned, part)
    return planned


def made(planned: Plan) -> list[dict[str, Any]]:
    """The statements as `summary.json` lists them."""
    return [
        {
            "folder": folder_of(part),
            "lot": part.lot,
            "plots": int(planned.features["plot"].iloc[part.rows].nunique()),
            "features": len(part.rows),
            "net_mass_kg": part.net_mass_kg,
        }
        for part in planned.parts
    ]


def folder_of(part: Part) -> str:
    """Name of a statement's folder."""
    return f"statement-{part.number:02}"


def _settled(behind: Behind, unsendable: Mapping[str, str]) -> Consignment:
    way = behind.harvest.package.traceability
    return consignment.settle(
        behind.plots, behind.assessments, behind.lots, way, draft=behind.draft, unsendable=unsendable
    )


def contents(behind: Behind, planned: Plan, part: Part) -> Files:
    """The files of one statement that machines read; pure."""
    harvest = behind.harvest
    features, texts = planned.features.iloc[part.rows], [planned.texts[row] for row in part.rows]
    geojson = eu_geojson.collection(texts).encode()
    index = _index(features, texts, behind.plots, behind.assessments)
    if "statement" not in harvest.package.outputs:
        return Files(geojson, index, None, None)
    dds = facts.gather(
        harvest,
        planned.consignment,
        part,
        len(planned.parts),
        features,
        behind.assessments,
        layers=behind.layers,
        policy=behind.policy,
        legality=behind.legality,
        article10=behind.article10,
        open_points=_open_points(behind),
        geolocation={
            "file": f"{DRAFT_MARK if behind.draft else ''}plots.geojson",
            "sha256": hashlib.sha256(geojson).hexdigest(),
            "bytes": len(geojson),
        },
        draft=behind.draft,
    )
    return Files(geojson, index, dds, None if behind.faults else _payload(behind, part, dds, features))


def _write_one(folder: Folder, behind: Behind, planned: Plan, part: Part) -> None:
    place = f"{folder_of(part)}/{DRAFT_MARK if behind.draft else ''}"
    features = planned.features.iloc[part.rows]
    files = contents(behind, planned, part)
    _check(files.geojson, features, cattle=behind.harvest.commodity == "cattle")
    folder.bytes(place + "plots.geojson", files.geojson)
    folder.csv(place + "plots_index.csv", files.index)
    if files.dds is not None:
        folder.json(place + "dds.json", files.dds)
        if files.xml is not None:
            folder.bytes(place + "dds.xml", files.xml)
        for language, made in pages(files.dds, behind, features):
            folder.bytes(f"{place}statement.{language}.pdf", made)


def pages(told: Mapping[str, Any], behind: Behind, features: pd.DataFrame) -> Iterator[tuple[str, bytes]]:
    """Language and PDF of a statement's pages."""
    declared = behind.plots.index.isin(features["plot"].unique())
    outlines = behind.plots.geometry.to_numpy()
    svg = draw(outlines[declared], outlines[~declared])
    listed = _listed(features, behind.plots, behind.assessments)
    for language in behind.harvest.package.languages:
        yield language, statement.pdf(told, listed, svg, language)


def _check(geojson: bytes, features: pd.DataFrame, *, cattle: bool) -> None:
    faults = eu_check.check(geojson, cattle=cattle)
    if faults:
        first = faults[0]
        plot = features["plot"].iloc[first.feature - 1] if first.feature else "the file"
        raise PackageError(f"plot {plot}: the EU system would refuse its export ({first.code}: {first.message})")


def _payload(behind: Behind, part: Part, told: Mapping[str, Any], features: pd.DataFrame) -> bytes:
    operator, product = behind.harvest.operator, behind.harvest.product
    assert operator is not None and product is not None  # `payload.fact_faults` found nothing to say
    request = payload.document(
        operator,
        product,
        _producers(features, eu_geojson.feature_texts(features, names=False)),
        net_mass_kg=part.net_mass_kg,
        reference=told["statement"]["reference"],
    )
    return payload.xml(request, draft=behind.draft)


def _lacking(settled: Consignment, mass: float) -> str | None:
    """Why the accepted lots do not carry the declared net mass."""
    if settled.lots.empty and settled.refused_lots.empty:
        return None
    covered = float(settled.lots["kg_green"].sum())
    if covered >= mass:
        return None
    return (
        f"the accepted lots hold {covered:g} kg of green product, less than the {mass:g} kg declared; "
        "lower product.net_mass_kg, or settle the refused lots (refused_lots.csv)"
    )


def _open_points(behind: Behind) -> list[dict[str, Any]]:
    """What keeps the statement a draft."""
    points: list[dict[str, Any]] = [{"code": "forced_draft"}] if behind.draft else []
    points += [{"code": "fact", "fault": fault} for fault in behind.faults]
    if not behind.legality or "no_legality_evidence" in behind.draft_because:
        points.append({"code": "no_legality"})
    for code in ("legality_missing", "legality_expired"):
        topics = [told.removeprefix(f"{code}: ") for told in behind.draft_because if told.startswith(f"{code}: ")]
        if topics:
            points.append({"code": code, "topics": topics})
    if any(not row.get("answer") for rows in behind.article10.values() for row in rows):
        points.append({"code": "no_article10"})
    if behind.harvest.operator and not behind.harvest.operator.address:
        points.append({"code": "no_address"})
    return points


def _producers(features: pd.DataFrame, texts: Sequence[str]) -> list[payload.Producer]:
    """One entry per producer and country, in the order of the features (which is sorted by both)."""
    by_producer: dict[tuple[str | None, str], list[str]] = {}
    for name, country, text in zip(features["name"], features["country"], texts, strict=True):
        by_producer.setdefault((name if isinstance(name, str) else None, country), []).append(text)
    return [
        payload.Producer(country, name, eu_geojson.collection(mine).encode())
        for (name, country), mine in by_producer.items()
    ]


def _index(
    features: pd.DataFrame, texts: Sequence[str], plots: gpd.GeoDataFrame, assessments: pd.DataFrame
) -> pd.DataFrame:
    """Which Feature is which plot, with its outcome and the digest of its text."""
    keys = features["plot"].to_numpy(dtype=object)
    known = plots[["plot_id", "cooperative"]].reindex(keys)
    status = assessments[["outcome", "final_outcome", "policy"]].reindex(keys)
    return pd.DataFrame(
        {
            "feature": np.arange(1, len(features) + 1),
            "plot": keys,
            "plot_id": known["plot_id"].to_numpy(),
            "cooperative": known["cooperative"].to_numpy(),
            "part": features["part"].to_numpy(),
            "parts": features.groupby("plot")["part"].transform("max").to_numpy(),
            "production_place": features["place"].to_numpy(),
            "area_ha": features["area_ha"].to_numpy(),
            "outcome": status["outcome"].to_numpy(),
            "final_outcome": status["final_outcome"].to_numpy(),
            "policy": status["policy"].to_numpy(),
            "sha256": [hashlib.sha256(text.encode()).hexdigest() for text in texts],
        }
    )


def _listed(features: pd.DataFrame, plots: gpd.GeoDataFrame, assessments: pd.DataFrame) -> pd.DataFrame:
    """The plots of a statement as the annex prints them, one row a plot."""
    first = features.drop_duplicates("plot").set_index("plot")
    known = plots.reindex(first.index)
    keys = features["plot"].to_numpy(dtype=object)
    shown = pd.Series(eu_area_ha(features["geometry"].to_numpy())).groupby(keys).sum(min_count=1)
    return pd.DataFrame(
        {
            "plot_id": known["plot_id"],
            "name": first["name"],
            "country": first["country"],
            "place": first["place"],
            "geometry_kind": known["geometry_kind"],
            "area_ha": features.groupby("plot")["area_ha"].sum(),
            "eu_area_ha": shown,
            "final_outcome": assessments["final_outcome"].reindex(first.index),
        },
        index=first.index,
    )
