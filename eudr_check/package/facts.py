"""Everything a statement says, gathered once: `dds.json` holds it, the pages print it."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from eudr_check import __version__, law
from eudr_check.areas import eu_area_ha
from eudr_check.config import Harvest
from eudr_check.package import stamp
from eudr_check.package.consignment import Consignment, Part
from eudr_check.tables import OUTCOMES
from eudr_check.text.clean import clean
from eudr_check.variables import Variable


def gather(
    harvest: Harvest,
    consignment: Consignment,
    part: Part,
    of: int,
    features: pd.DataFrame,
    assessments: pd.DataFrame,
    *,
    layers: Sequence[Mapping[str, Any]],
    policy: Mapping[str, Any],
    legality: Sequence[Mapping[str, Any]],
    article10: Mapping[str, Sequence[Mapping[str, Any]]],
    open_points: Sequence[Mapping[str, Any]],
    geolocation: Mapping[str, Any],
    draft: bool,
) -> dict[str, Any]:
    """Facts of one statement; only plain JSON values.

    Args:
        harvest: the settings.
        consignment: what is declared and what is not, over all statements.
        part: the statement. of: how many there are.
        features: features of this statement.
        assessments: ASSESSMENTS of the harvest.
        layers: see `layer_facts`. policy: name and title. legality: topic, document, valid_until, sha256.
        article10: letter, criterion, answer, question by language.
        open_points: code and values of what keeps this a draft.
        geolocation: file, sha256 and bytes of the GeoJSON.
        draft: made with `--draft`.
    """
    day = harvest.package.date
    operator = harvest.operator.model_dump(mode="json") if harvest.operator else {}
    product = harvest.product.model_dump(mode="json") if harvest.product else {}
    keys = features["plot"].unique()
    final = assessments["final_outcome"].reindex(keys).fillna("none").value_counts()
    order = [*OUTCOMES, "cleared_by_review", "none"]
    return {
        "harvest": harvest.harvest,
        "commodity": harvest.commodity,
        "draft": draft,
        "traceability": harvest.package.traceability,
        "open_points": list(open_points),
        "remarks": _remarks(harvest, assessments.reindex(keys)),
        "software": __version__,
        "timestamp": _noon(stamp.day(harvest)),
        "statement": {
            "number": part.number,
            "of": of,
            "lot": part.lot,
            "reference": reference(harvest, part.number),
            "date": day.isoformat() if day else None,
            "net_mass_kg": part.net_mass_kg,
        },
        "operator": _cleaned(operator),
        "product": _cleaned(product),
        "production": harvest.production.model_dump(mode="json", by_alias=True) if harvest.production else None,
        "geolocation": {
            **geolocation,
            "plots": len(keys),
            "features": len(features),
            "bounds": [round(float(edge), 6) for edge in gpd.GeoSeries(features["geometry"]).total_bounds],
            "countries": _countries(features, law.market_day(stamp.day(harvest))),
        },
        "outcomes": {outcome: int(final[outcome]) for outcome in order if outcome in final.index},
        "policy": dict(policy),
        "layers": [dict(layer) for layer in layers],
        "excluded": _excluded(consignment),
        "refused_lots": [str(lot) for lot in consignment.refused_lots["lot"]],
        "legality": [dict(row) for row in legality],
        "article10": {language: [dict(row) for row in rows] for language, rows in article10.items()},
    }


def reference(harvest: Harvest, number: int) -> str:
    """Internal reference of a statement: 35 characters at most (EU interface, V3)."""
    return f"{harvest.harvest[:31]}-{number:03}"


def layer_facts(variables: Sequence[Variable], sources: pd.DataFrame) -> list[dict[str, Any]]:
    """Layer, roles, dates, Items read and gaps of every layer, in the order of the harvest."""
    facts = []
    for name in dict.fromkeys(variable.layer for variable in variables):
        mine = [variable for variable in variables if variable.layer == name]
        rows = sources[sources["layer"] == name]
        read = rows[rows["status"] == "read"]
        facts.append(
            {
                "layer": name,
                "columns": [variable.column for variable in mine],
                "roles": list(dict.fromkeys(variable.role for variable in mine)),
                "methods": list(dict.fromkeys(variable.method for variable in mine)),
                "covers_from": min(variable.covers_from for variable in mine).isoformat(),
                "covers_through": max(variable.covers_through for variable in mine).isoformat(),
                "items": sorted(set(read["item_id"].dropna())),
                "items_read": int(read["item_id"].nunique()),
                "gaps": int(rows.loc[rows["status"] != "read", "tile"].nunique()),
            }
        )
    return facts


def _noon(day: dt.date) -> int:
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


def _excluded(consignment: Consignment) -> dict[str, Any]:
    excluded = consignment.excluded
    left_out = excluded[~excluded["plot"].isin(consignment.plots.index)]
    # `cannot_be_sent:collapses` counts as `cannot_be_sent`; the file keeps the whole.
    why = left_out["excluded_because"].str.replace(r":.*", "", regex=True)
    return {
        "plots": len(left_out),
        "of": len(left_out) + len(consignment.plots),
        "reasons": [
            {"why": str(code), "plots": len(rows), "examples": [clean(plot) for plot in rows["plot"].head(5)]}
            for code, rows in left_out.groupby(why, sort=True)
        ],
    }


def _cleaned(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: clean(value) if isinstance(value, str) else value for key, value in values.items()}
