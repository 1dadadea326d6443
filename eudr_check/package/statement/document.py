"""The statement in words: Annex II content, conclusion and what is behind it, in the words of the Regulation.

The pages never claim that the law is kept: they are a draft until a person signs. The same facts stand in `dds.json`.
"""

from typing import Any

import pandas as pd

from eudr_check.package import chains
from eudr_check.package.chains import Fault
from eudr_check.package.pictures import Shots
from eudr_check.package.statement.pages import Pages
from eudr_check.records import Json
from eudr_check.text import number, say

MOST_EXAMPLES = 4


def document(
    facts: Json, plots: pd.DataFrame, svg: str, language: str, looks: Shots | None = None
) -> dict[str, object]:
    """What the pages say, as headings, pairs and tables; the layout adds nothing.

    Args:
        facts: what `facts.gather` made.
        plots: plot, plot_id, name, country, place, geometry_kind, area_ha, eu_area_ha, final_outcome of the plots.
        svg: the map.
        language: en, es, fr or pt.
        looks: dated pictures of plots that have some.
    """
    return Document(facts, plots, svg, language, looks).content()


class Document(Pages):
    """The pages of a due diligence statement."""

    def content(self) -> dict[str, object]:
        facts, statement = self.facts, self.facts["statement"]
        subtitle = self.say("subtitle", harvest=facts["harvest"])
        if statement["shipment"]:
            subtitle += " · " + self.say("shipment", shipment=statement["shipment"]["name"])
        elif len(statement["lots"]) == 1:
            subtitle += " · " + self.say("lot", lot=statement["lot"])
        if statement["of"] > 1:
            subtitle += " · " + self.say("counted", number=statement["number"], of=statement["of"])
        sections = [
            *self.numbers(),
            self.operator(),
            *self.obligation(),
            self.product(),
            *self.places(),
            self.risk(),
            *self.animals(),
            self.layers(),
            self.excluded(),
            self.legality(),
            *self.article10(),
            *self.signature(),
            self.annex(),
            *self.dated_pictures(),
        ]
        return self.framed(self.say("title"), subtitle, sections)

    def product(self) -> dict[str, object]:
        facts, statement = self.facts, self.facts["statement"]
        rows = [(self.say("commodity"), self.say("commodity_" + facts["commodity"]))]
        for position, product in enumerate(facts["products"], start=1):
            if len(facts["products"]) > 1:
                rows.append((self.say("line", number=position, description=product["description"]), ""))
            rows += self.line(product)
        if len(facts["products"]) != 1:
            rows.append((self.say("net_mass"), self.kilograms(statement["net_mass_kg"])))
        since, until = (self.date(facts["production"][key]) for key in ("from", "to"))
        rows.append((self.say("production"), self.say("production_value", since=since, until=until)))
        rows += self.shipment()
        if facts["confidential"] is not None:
            rows.append((self.say("disclosure"), self.say(f"disclosure_{str(facts['confidential']).lower()}")))
        return {"level": 2, "heading": self.say("product"), "pairs": rows}

    def line(self, product: Json) -> list[tuple[str, str]]:
        """One commodity line."""
        rows = [(self.say(key), product[key]) for key in ("hs_code", "description") if product.get(key)]
        if len(product["species"]) == 1:
            one = product["species"][0]
            rows += [(self.say(key), one[key]) for key in ("scientific_name", "common_name") if one.get(key)]
        elif product["species"]:
            named = [
                " – ".join(filter(None, (one["scientific_name"], one["common_name"]))) for one in product["species"]
            ]
            rows.append((self.say("species"), "; ".join(named)))
        rows.append((self.say("net_mass"), self.kilograms(product["net_mass_kg"])))
        if product.get("deviation_percent") is not None:
            rows.append((self.say("deviation"), f"± {number(product['deviation_percent'], self.language)} %"))
        if product.get("supplementary_unit") is not None:
            quantity = number(product["supplementary_unit"], self.language)
            rows.append((self.say("supplementary"), f"{quantity} {product['supplementary_unit_qualifier']}"))
        return rows

    def shipment(self) -> list[tuple[str, str]]:
        """Dossier and lots of the shipment."""
        statement = self.facts["statement"]
        one = statement["shipment"] or {}
        rows = [(self.say(key), one[key]) for key in ("contract", "container", "sales_reference") if one.get(key)]
        if one.get("date"):
            rows.append((self.say("shipment_date"), self.date(one["date"])))
        if statement["lots"]:
            lots = "; ".join(f"{lot}: {self.kilograms(kg)}" for lot, kg in statement["lots"].items())
            rows.append((self.say("lots_taken"), lots))
        return rows

    def places(self) -> list[dict[str, object]]:
        facts = self.facts
        drawn = facts["geolocation"]
        text = self.say(
            "places_text",
            plots=self.number(drawn["plots"], 0),
            features=self.number(drawn["features"], 0),
            file=drawn["file"],
            sha256=drawn["sha256"][:16] + "…",
        )
        rows = [
            [
                row["country"],
                self.say("class_" + (row["risk_class"] or "none")),
                self.number(row["producers"], 0),
                self.number(row["plots"], 0),
                self.number(row["points"], 0),
                self.number(row["hectares"], 2),
                self.number(row["eu_hectares"], 2),
            ]
            for row in drawn["countries"]
        ]
        heads = ("country", "risk_class", "producers", "plots", "points", "hectares", "eu_hectares")
        west, south, east, north = (self.number(edge, 3) for edge in drawn["bounds"])
        alt = self.say("map_alt", plots=drawn["plots"], west=west, east=east, south=south, north=north)
        picture = {"svg": self.svg, "alt": alt, "caption": self.say("map_caption")}
        return [
            {
                "level": 2,
                "heading": self.say("places"),
                "paragraphs": [text],
                "table": self.table(heads, rows, numbers=range(2, 7)),
            },
            {"level": 3, "heading": self.say("map_heading"), "map": picture},
        ]

    def risk(self) -> dict[str, object]:
        facts = self.facts
        outcomes = ", ".join(
            self.say(f"outcome_{outcome}", n=self.number(count, 0)) for outcome, count in facts["outcomes"].items()
        )
        key = "risk_text_draft" if facts["draft"] else "risk_text"
        paragraphs = [self.say(key, policy=facts["policy"]["name"], outcomes=outcomes)]
        if facts["ready_to_sign"]:
            paragraphs.append(self.say("risk_person"))
        return {"level": 2, "heading": self.say("risk"), "paragraphs": paragraphs}

    def animals(self) -> list[dict[str, object]]:
        """Groups of cattle with the outcome of their chains, and what breaks one."""
        groups = self.facts.get("animals")
        if groups is None:
            return []
        rows = [
            [
                one["group"],
                one["born"] or "–",
                one["slaughtered"] or "–",
                self.number(one["stays"], 0),
                say("report", f"outcome_{one['outcome']}", self.language),
                " ".join(chains.worded(Fault(**why), self.language) for why in one["why"]) or "–",
            ]
            for one in groups
        ]
        heads = ("animal_group", "animal_born", "animal_slaughtered", "animal_stays", "animal_chain", "animal_why")
        table = self.table(heads, rows, numbers=(3,), widths=(2, 0, 0, 0, 2, 4))
        text = self.say("animals_text", groups=len(groups))
        return [{"level": 3, "heading": self.say("animals_heading"), "paragraphs": [text], "table": table}]

    def layers(self) -> dict[str, object]:
        rows = [
            [
                layer["layer"],
                ", ".join(self.say(f"role_{role}") for role in layer["roles"]),
                " – ".join(dict.fromkeys([layer["covers_from"][:4], layer["covers_through"]])),
                self.number(layer["items_read"], 0),
                self.number(layer["gaps"], 0),
                self.checked(layer["verified"]),
            ]
            for layer in self.facts["layers"]
        ]
        heads = ("layer", "role", "covers", "read", "gaps", "checked")
        table = self.table(heads, rows, numbers=(3, 4), widths=(0, 1, 0, 0, 0, 1))
        return {"level": 3, "heading": self.say("layers_heading"), "table": table}

    def checked(self, evidence: str) -> str:
        """What a layer's definition was compared with and when, `recorded answer 2026-09-28`, in words."""
        by, _, day = evidence.rpartition(" ")
        return f"{self.say('checked_' + by.replace(' ', '_'))} {day}" if by else self.say("checked_never")

    def excluded(self) -> dict[str, object]:
        excluded = self.facts["excluded"]
        section: dict[str, Any] = {"level": 2, "heading": self.say("excluded_heading")}
        if not excluded["plots"]:
            section["paragraphs"] = [self.say("excluded_none")]
        else:
            n, every = self.number(excluded["plots"], 0), self.number(excluded["of"], 0)
            section["paragraphs"] = [self.say("excluded_text", n=n, all=every)]
            rows = [
                [
                    self.say("why_" + row["why"]),
                    self.number(row["plots"], 0),
                    ", ".join(row["examples"][:MOST_EXAMPLES]) + (" …" if row["plots"] > MOST_EXAMPLES else ""),
                ]
                for row in excluded["reasons"]
            ]
            section["table"] = self.table(("reason", "plots", "examples"), rows, numbers=(1,), widths=(3, 0, 4))
        if self.facts["refused_lots"]:
            lots = ", ".join(self.facts["refused_lots"])
            section["paragraphs"].append(self.say("refused_lots", n=len(self.facts["refused_lots"]), lots=lots))
        return section
