"""Everything a statement says, gathered once: `dds.json` holds it, the pages print it."""

import dataclasses
import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from eudr_check import __version__, law
from eudr_check.assessment_record import WrittenRecord
from eudr_check.config import Harvest
from eudr_check.geodesy import eu_area_ha
from eudr_check.lookup import among
from eudr_check.package import document_date
from eudr_check.package.eu import dds_xml, goods
from eudr_check.package.eu.consignment import Consignment
from eudr_check.package.eu.parts import Part
from eudr_check.shipments import grams
from eudr_check.tables import OUTCOMES
from eudr_check.text.clean import clean
from eudr_check.variables import Variable


@dataclass(frozen=True)
class Stated:
    """What a statement says besides its goods and places."""

    layers: Sequence[Mapping[str, object]]
    """See `layer_facts`."""
    policy: Mapping[str, object]
    """Name and title."""
    legality: Sequence[Mapping[str, object]]
    """Topic, document, valid_until, sha256."""
    article10: WrittenRecord
    """The record of its plots in words."""
    open_points: Sequence[Mapping[str, object]]
    """Code and values of what keeps this a draft."""
    geolocation: Mapping[str, object]
    """File, sha256 and bytes of the GeoJSON."""
    draft: bool
    """Made with `--draft`."""
    animals: Sequence[Mapping[str, object]] | None = None
    """Groups of cattle in its lots, from `animals.of_part`; None where the harvest names none."""


def gather(
    harvest: Harvest,
    consignment: Consignment,
    part: Part,
    place: tuple[int, int],
    features: pd.DataFrame,
    assessments: pd.DataFrame,
    stated: Stated,
) -> dict[str, object]:
    """Facts of one statement; only plain JSON values.

    Args:
        harvest: the settings.
        consignment: what is declared and what is not, over all statements.
        part: the statement. place: its number among those to be filed of its shipment (or harvest), and how many.
        features: features of this statement.
        assessments: ASSESSMENTS of the harvest.
        stated: what it says besides.
    """
    day = harvest.package.date
    products = _products(harvest, part)
    keys = features["plot"].unique()
    final = assessments["final_outcome"].reindex(keys).fillna("none").value_counts()
    order = [*OUTCOMES, "cleared_by_review", "none"]
    return {
        "harvest": harvest.harvest,
        "commodity": harvest.commodity,
        "draft": stated.draft,
        "traceability": harvest.package.traceability,
        "ready_to_sign": not stated.draft and not stated.open_points,
        "open_points": list(stated.open_points),
        "remarks": [*_remarks(harvest, assessments.reindex(keys)), *_doubts(harvest, part)],
        "software": __version__,
        "timestamp": noon(document_date.day(harvest)),
        "statement": _statement(part, place, day),
        "operator": _operator(harvest, part),
        "obligation": _obligation(harvest, part, features),
        "product": products[0] if products else {},
        "products": products,
        "confidential": harvest.confidential,
        "production": harvest.production.model_dump(mode="json", by_alias=True) if harvest.production else None,
        "geolocation": {
            **stated.geolocation,
            "plots": len(keys),
            "features": len(features),
            "bounds": [round(float(edge), 6) for edge in gpd.GeoSeries(features["geometry"]).total_bounds],
            "countries": _countries(features, law.market_day(document_date.day(harvest))),
        },
        "outcomes": {outcome: int(final[outcome]) for outcome in order if outcome in final.index},
        "policy": dict(stated.policy),
        "layers": [dict(layer) for layer in stated.layers],
        "excluded": _excluded(consignment, part),
        "refused_lots": _refused_lots(consignment, part),
        "legality": [dict(row) for row in stated.legality],
        "record": {"basis": stated.article10.basis, "concern": stated.article10.concern},
        **({} if stated.animals is None else {"animals": [dict(row) for row in stated.animals]}),
        "article10": {language: [dict(row) for row in rows] for language, rows in stated.article10.rows.items()},
    }


def _products(harvest: Harvest, part: Part) -> list[dict[str, Any]]:
    """Commodity lines of the statement: what is declared, and the code and unit as they are sent."""
    day = law.market_day(document_date.day(harvest))
    stated = []
    for line in part.lines if harvest.goods else ():
        product = harvest.goods[line.product].model_copy(
            update={"net_mass_kg": line.net_mass_kg, "supplementary_unit": line.supplementary_unit}
        )
        written = _cleaned(product.model_dump(mode="json"))
        written["species"] = [one.model_dump(mode="json") for one in product.all_species]
        written["supplementary_unit_qualifier"] = goods.qualifier_of(product, day)
        written["hs_heading"] = goods.hs_heading(product.hs_code)
        stated.append(written)
    return stated


def _operator(harvest: Harvest, part: Part) -> dict[str, Any]:
    """The operator, with the countries that the payload sends."""
    operator = harvest.operator
    if operator is None:
        return {}
    stated = operator.model_dump(mode="json")
    stated["address"] = None if operator.address is None else str(operator.address)
    stated["country_of_activity"] = dds_xml.country_of_activity(operator)
    stated["border_country"] = harvest.border_country if part.shipment is None else part.shipment.border_country
    return _cleaned(stated)


def _obligation(harvest: Harvest, part: Part, features: pd.DataFrame) -> dict[str, Any] | None:
    """Who files what for this statement, by the function of the law room."""
    operator = harvest.operator
    if operator is None or not harvest.goods:
        return None
    # A shipment leaves before it is placed on the market, and no day stated here may lie before the law applies.
    day = (None if part.shipment is None else part.shipment.date) or document_date.day(harvest)
    found = law.obligation(
        law.Case(
            harvest.goods[part.lines[0].product].hs_code,
            tuple(sorted(features["country"].dropna().unique())),
            law.market_day(day),
            None if harvest.production is None else harvest.production.until,
            operator.size,
            operator.established,
            operator.role,
            operator.country,
            harvest.concern is not None,
        )
    )
    return obligation_facts(found) | {"open_points": [*found.open_points, "placed_taken"]}


def obligation_facts(found: law.Obligation) -> dict[str, object]:
    """Who files what as plain JSON values."""
    begins = None if found.applies_from is None else found.applies_from.isoformat()
    listed = {"applies_from": begins, "reasons": [*found.reasons], "open_points": [*found.open_points]}
    return dataclasses.asdict(found) | listed


def record_points(record: WrittenRecord, has_legality: bool) -> list[dict[str, object]]:
    """What of the assessment record and of the evidence of legality keeps a declaration a draft."""
    points: list[dict[str, Any]] = []
    if not has_legality or "no_legality_evidence" in record.draft_because:
        points.append({"code": "no_legality"})
    for code in ("legality_missing", "legality_expired"):
        topics = [why.removeprefix(f"{code}: ") for why in record.draft_because if why.startswith(f"{code}: ")]
        if topics:
            points.append({"code": code, "topics": topics})
    if not record.rows:
        points.append({"code": "no_record"})
    elif record.is_open:
        points.append({"code": "no_article10" if record.basis == "article_10" else "no_article13"})
    return points


def _statement(part: Part, place: tuple[int, int], day: dt.date | None) -> dict[str, Any]:
    stated = {
        "number": place[0],
        "of": place[1],
        "lot": part.lot,
        "reference": part.reference,
        "shipment": _shipment(part),
        "lots": dict(part.lots),
        "date": day.isoformat() if day else None,
        "net_mass_kg": part.net_mass_kg,
    }
    if part.filed is not None:
        stated["filed"] = {
            "number": part.filed.number,
            "submitted": part.filed.submitted.isoformat(),
            "rehearsed": part.filed.rehearsed,
        }
    return stated


def _shipment(part: Part) -> dict[str, Any] | None:
    one = part.shipment
    if one is None:
        return None
    documents = {"contract": one.contract, "container": one.container, "sales_reference": one.sales_reference}
    day = None if one.date is None else one.date.isoformat()
    return _cleaned({"name": one.name, **documents, "date": day})


def _doubts(harvest: Harvest, part: Part) -> list[dict[str, Any]]:
    """What the reader must know of the payload and of the kilograms."""
    found = dds_xml.doubts(harvest)
    ordered = harvest.goods[0].net_mass_kg if harvest.goods else None
    if part.shipment is None and part.lots and ordered is not None and grams(ordered) != grams(part.net_mass_kg):
        found.append({"code": "other_mass", "ordered": f"{ordered:g}", "declared": f"{part.net_mass_kg:g}"})
    return found


def layer_facts(variables: Sequence[Variable], sources: pd.DataFrame) -> list[dict[str, object]]:
    """Layer, roles, dates, Items read and gaps of every layer, in the order of the harvest."""
    facts = []
    items, gaps = defaultdict[str, set[str]](set), defaultdict[str, set[str]](set)
    for name, status, item, tile in zip(
        *(sources[column].tolist() for column in ("layer", "status", "item_id", "tile")), strict=True
    ):
        if status != "read":
            gaps[name].add(tile)
        elif isinstance(item, str):
            items[name].add(item)
    for name in dict.fromkeys(variable.layer for variable in variables):
        mine = [variable for variable in variables if variable.layer == name]
        facts.append(
            {
                "layer": name,
                "columns": [variable.column for variable in mine],
                "roles": list(dict.fromkeys(variable.role for variable in mine)),
                "methods": list(dict.fromkeys(variable.method for variable in mine)),
                "covers_from": min(variable.covers_from for variable in mine).isoformat(),
                "covers_through": max(variable.covers_through for variable in mine).isoformat(),
                "items": sorted(items[name]),
                "items_read": len(items[name]),
                "gaps": len(gaps[name]),
                "verified": mine[0].verified,
            }
        )
    return facts


def noon(day: dt.date) -> int:
    """Seconds since 1970 of noon (UTC) of a day: the same day in every time zone people sign in."""
    return int(dt.datetime(day.year, day.month, day.day, 12, tzinfo=dt.UTC).timestamp())


def _remarks(harvest: Harvest, assessments: pd.DataFrame) -> list[dict[str, Any]]:
    """What the reader must know although it does not keep the statement from being signed."""
    remarks: list[dict[str, Any]] = []
    for since, count in assessments["unobserved_since"].dropna().value_counts().sort_index().items():
        remarks.append({"code": "unobserved", "plots": int(count), "since": str(since)})
    if harvest.package.traceability == "declared_in_excess":
        remarks.append({"code": "excess"})
    if harvest.package.date is None:
        remarks.append({"code": "no_date"})
    return remarks


def _countries(features: pd.DataFrame, day: dt.date) -> list[dict[str, Any]]:
    measured = features.assign(
        point=[geometry.geom_type.endswith("Point") for geometry in features["geometry"]],
        eu=eu_area_ha(features["geometry"].to_numpy()),
    )
    measured["eu"] = np.where(measured["point"], measured["area_ha"], measured["eu"])
    return [
        {
            "country": str(country),
            "risk_class": law.country_class(str(country), day),
            "producers": len(rows[["name", "country"]].drop_duplicates()),
            "plots": int(rows["plot"].nunique()),
            "points": int(rows["point"].sum()),
            "hectares": round(float(rows["area_ha"].sum()), 4),
            "eu_hectares": round(float(rows["eu"].sum()), 4),
        }
        for country, rows in measured.groupby("country", sort=True)
    ]


def _excluded(consignment: Consignment, part: Part) -> dict[str, Any]:
    """Plots that are not declared: of the lots of this statement, or of the harvest where there are no lots."""
    excluded, kept = consignment.excluded, consignment.plots.index
    if part.lots:
        mine = consignment.lots[among(consignment.lots["lot"], part.lots)]
        plots = {plot for keys in mine["plots"] for plot in keys}
        excluded, kept = excluded[among(excluded["plot"], plots)], kept[among(kept, plots)]
    left_out = excluded[~among(excluded["plot"], kept)]
    # `cannot_be_sent:collapses` counts as `cannot_be_sent`; the file keeps the whole.
    why = left_out["excluded_because"].str.replace(r":.*", "", regex=True)
    return {
        "plots": len(left_out),
        "of": len(left_out) + len(kept),
        "reasons": [
            {"why": str(code), "plots": len(rows), "examples": [clean(plot) for plot in rows["plot"].head(5)]}
            for code, rows in left_out.groupby(why, sort=True)
        ],
    }


def _refused_lots(consignment: Consignment, part: Part) -> list[str]:
    """Refused lots that this statement declares all the same, as a draft may; all of the harvest without shipments."""
    refused = consignment.refused_lots["lot"]
    return list(map(str, refused if part.shipment is None else refused[among(refused, part.lots)]))


def _cleaned(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: clean(value) if isinstance(value, str) else value for key, value in values.items()}
