"""The simplified declaration of a micro or small primary operator (Annex III): JSON, payload and pages."""

import dataclasses
import hashlib
from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import pandas as pd

from eudr_check import __version__
from eudr_check.assessment_record import WrittenRecord
from eudr_check.config import Harvest
from eudr_check.errors import PackageError
from eudr_check.package import document_date
from eudr_check.package.eu import dds_xml, feature_text, file_rules, goods, sd_xml
from eudr_check.package.eu import geojson as eu_geojson
from eudr_check.package.folder import Folder
from eudr_check.package.statement import facts as statement_facts
from eudr_check.package.statement.map import draw
from eudr_check.package.statement.pages import Pages, listed
from eudr_check.package.statement.pdf import pdf
from eudr_check.records import Json
from eudr_check.text import Joined, number, sentence

SETTLED = ("low", "cleared_by_review")


@dataclasses.dataclass(frozen=True)
class DeclarationInput:
    """What a simplified declaration is written from."""

    harvest: Harvest
    plots: gpd.GeoDataFrame
    """PLOTS, all of them the operator's own."""
    assessments: pd.DataFrame
    """ASSESSMENTS after reviews."""
    record: WrittenRecord
    """The assessment record in the languages of the harvest."""
    legality: Sequence[Json]
    """topic, document, valid_until, sha256 of the evidence."""


def write(folder: Folder, given: DeclarationInput) -> Json:
    """Write `sd.json`, `sd.xml`, `plots.geojson` and `declaration.LANGUAGE.pdf`; returns what `sd.json` says.

    Raises:
        PackageError: the operator may not declare simply, or the EU system would refuse the declaration; all reasons.
    """
    harvest = given.harvest
    usable = given.plots[given.plots["usable"]]
    faults = sd_xml.faults(harvest, usable["producer_country"].fillna("?").unique().tolist())
    if faults:
        raise PackageError(sentence("refusals", "no_simplified", harvest=harvest.harvest, problems=Joined(faults)))
    outcomes = given.assessments["final_outcome"].reindex(given.plots.index)
    settled = usable[outcomes[usable.index].isin(SETTLED)]
    features = eu_geojson.export(settled, "cooperative", harvest.cooperatives).features if len(settled) else None
    if features is None or features.empty:
        raise PackageError(sentence("refusals", "nothing_to_declare", harvest=harvest.harvest))
    geojson = feature_text.collection(feature_text.feature_texts(features, names=False)).encode()
    _check(geojson, cattle=harvest.commodity == "cattle")
    left_out = sorted(map(str, set(given.plots.index) - set(features["plot"])))
    answer = gather(given, features, geojson, left_out)
    placed = harvest.simplified is not None and not (harvest.simplified.addresses or harvest.simplified.cadastral)
    folder.json("sd.json", answer)
    folder.bytes("plots.geojson", geojson)
    request = sd_xml.document(harvest, geojson if placed else None)
    folder.bytes("sd.xml", sd_xml.xml(request, draft=not answer["ready_to_sign"]))
    shown = listed(features, given.plots, given.assessments)
    svg = draw(settled.geometry.to_numpy())
    for language in harvest.package.document_languages:
        pages = _Declaration(answer, shown, svg, language).content()
        folder.bytes(f"declaration.{language}.pdf", pdf(pages, answer["timestamp"]))
    return answer


def gather(given: DeclarationInput, features: pd.DataFrame, geojson: bytes, left_out: Sequence[str]) -> Json:
    """Everything the declaration says, as plain JSON values.

    Args:
        given: what it is written from.
        features: features of all plots that are settled.
        geojson: the same as a file.
        left_out: plots that are not.
    """
    harvest, simplified = given.harvest, given.harvest.simplified
    assert harvest.operator is not None and simplified is not None
    operator = harvest.operator.model_dump(mode="json")
    operator["address"] = None if harvest.operator.address is None else str(harvest.operator.address)
    operator |= {
        "country_of_activity": dds_xml.country_of_activity(harvest.operator),
        "border_country": harvest.border_country,
    }
    points, countries = _open_points(given, left_out), features["country"].unique().tolist()
    day = harvest.package.date
    return {
        "harvest": harvest.harvest,
        "commodity": harvest.commodity,
        "ready_to_sign": not points,
        "open_points": points,
        "remarks": [] if day else [{"code": "no_date"}],
        "software": __version__,
        "timestamp": statement_facts.noon(document_date.day(harvest)),
        "statement": {"reference": sd_xml.reference(harvest), "date": None if day is None else day.isoformat()},
        "update_of": simplified.update_of,
        "operator": operator,
        "obligation": statement_facts.obligation_facts(sd_xml.obligation(harvest, countries)),
        "products": [
            {
                "hs_code": product.hs_code,
                "hs_heading": goods.hs_heading(product.hs_code),
                "description": product.description,
                "annual_kg": product.net_mass_kg,
                "annual_units": product.supplementary_unit,
            }
            for product in sd_xml.yearly(harvest).goods
        ],
        "confidential": harvest.confidential,
        "addresses": [str(one) for one in simplified.addresses],
        "cadastral": list(simplified.cadastral),
        "geolocation": {
            "file": "plots.geojson",
            "sha256": hashlib.sha256(geojson).hexdigest(),
            "plots": int(features["plot"].nunique()),
            "features": len(features),
            "bounds": [round(float(edge), 6) for edge in gpd.GeoSeries(features["geometry"]).total_bounds],
            "hectares": round(float(features["area_ha"].sum()), 4),
        },
        "legality": [dict(row) for row in given.legality],
        "record": {"basis": given.record.basis, "concern": given.record.concern},
        "article10": {language: [dict(row) for row in rows] for language, rows in given.record.rows.items()},
    }


def _open_points(given: DeclarationInput, left_out: Sequence[str]) -> list[dict[str, Any]]:
    """What keeps the declaration a draft: it speaks of all plots, so each must be settled."""
    points: list[dict[str, Any]] = []
    if left_out:
        examples = ", ".join(left_out[:4]) + (" …" if len(left_out) > 4 else "")
        points.append({"code": "plots_unsettled", "n": len(left_out), "examples": examples})
    return points + statement_facts.record_points(given.record, bool(given.legality))


def _check(geojson: bytes, *, cattle: bool) -> None:
    faults = file_rules.check(geojson, cattle=cattle)
    if faults:
        first = faults[0]
        raise PackageError(sentence("eu_file", "refused", code=first.code, problem=first.message))


class _Declaration(Pages):
    """The pages of a simplified declaration."""

    status = "sd_status_text"

    def content(self) -> dict[str, Any]:
        facts = self.facts
        sections = [
            {**self.operator(), "heading": self.say("sd_operator")},
            *self.obligation(),
            self.quantities(),
            *self.location(),
            self.legality(),
            *self.article10(),
            *self.confirmation(),
            self.annex(),
        ]
        subtitle = self.say("sd_update" if facts["update_of"] else "sd_first", harvest=facts["harvest"])
        return self.framed(self.say("sd_title"), subtitle, sections)

    def quantities(self) -> dict[str, Any]:
        rows = [(self.say("commodity"), self.say("commodity_" + self.facts["commodity"]))]
        for product in self.facts["products"]:
            rows += [(self.say("hs_code"), product["hs_code"]), (self.say("description"), product["description"])]
            rows.append((self.say("sd_quantity"), self.kilograms(product["annual_kg"])))
            if product["annual_units"] is not None:
                rows.append((self.say("supplementary"), number(product["annual_units"], self.language)))
        rows.append((self.say("disclosure"), self.say(f"disclosure_{str(self.facts['confidential']).lower()}")))
        if self.facts["update_of"]:
            rows.append((self.say("sd_identifier"), self.facts["update_of"]))
        return {"level": 2, "heading": self.say("sd_product"), "pairs": rows}

    def location(self) -> list[dict[str, Any]]:
        drawn = self.facts["geolocation"]
        rows = [(self.say("country"), self.facts["operator"]["country"])]
        rows += [(self.say("address"), one) for one in self.facts["addresses"]]
        rows += [(self.say("sd_cadastral"), one) for one in self.facts["cadastral"]]
        text = self.say(
            "sd_places_text",
            plots=self.number(drawn["plots"], 0),
            features=self.number(drawn["features"], 0),
            file=drawn["file"],
            sha256=drawn["sha256"][:16] + "…",
        )
        west, south, east, north = (self.number(edge, 3) for edge in drawn["bounds"])
        alt = self.say("map_alt", plots=drawn["plots"], west=west, east=east, south=south, north=north)
        instead = self.facts["addresses"] or self.facts["cadastral"]
        paragraphs = [self.say("sd_instead")] if instead else [text]
        return [
            {"level": 2, "heading": self.say("sd_places"), "pairs": rows, "paragraphs": paragraphs},
            {
                "level": 3,
                "heading": self.say("map_heading"),
                "map": {"svg": self.svg, "alt": alt, "caption": self.say("sd_map")},
            },
        ]

    def confirmation(self) -> list[dict[str, Any]]:
        """Where a person signs; the confirmation of Annex III stands in the information system."""
        return [
            section | {"heading": self.say("sd_confirmation"), "paragraphs": [self.say("sd_confirmation_text")]}
            for section in self.signature()
        ]
