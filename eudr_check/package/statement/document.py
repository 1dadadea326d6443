"""The statement in words: Annex II content, conclusion and what is behind it, in the words of the Regulation.

The pages never claim that the law is kept: they are a draft until a person signs. The same facts stand in `dds.json`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from babel.dates import format_date

from eudr_check.law import official
from eudr_check.package.statement.glyphs import undrawable
from eudr_check.text import number, say
from eudr_check.text import topic as topics
from eudr_check.text.clean import clean

MOST_PLOTS = 1000
"""Rows of the plots table on paper; the file beside it holds all."""
MOST_EXAMPLES = 4


def document(facts: Mapping[str, Any], plots: pd.DataFrame, svg: str, language: str) -> dict[str, Any]:
    """What the pages say, as headings, pairs and tables; the layout adds nothing.

    Args:
        facts: what `facts.gather` made.
        plots: plot, plot_id, name, country, place, geometry_kind, area_ha, eu_area_ha, final_outcome of the plots.
        svg: the map.
        language: en, es, fr or pt.
    """
    return _Document(facts, plots, svg, language).content()


class _Document:
    """Facts as headings, pairs and tables of one language."""

    def __init__(self, facts: Mapping[str, Any], plots: pd.DataFrame, svg: str, language: str) -> None:
        self.facts, self.plots, self.svg, self.language = facts, plots, svg, language

    def content(self) -> dict[str, Any]:
        facts, statement = self.facts, self.facts["statement"]
        subtitle = self.say("subtitle", harvest=facts["harvest"], number=statement["number"], of=statement["of"])
        if statement["shipment"]:
            subtitle += " · " + self.say("shipment", shipment=statement["shipment"]["name"])
        elif len(statement["lots"]) == 1:
            subtitle += " · " + self.say("lot", lot=statement["lot"])
        sections = [
            self.operator(),
            *self.obligation(),
            self.product(),
            *self.places(),
            self.risk(),
            self.layers(),
            self.excluded(),
            self.legality(),
            *self.article10(),
            *self.signature(),
            self.annex(),
        ]
        return {
            "language": self.language,
            "title": self.say("title"),
            "author": facts["operator"].get("name", ""),
            "subtitle": subtitle,
            "mark": None if facts["ready_to_sign"] else self.say("draft_mark"),
            "footer": self.say("made_with", version=facts["software"], reference=statement["reference"]),
            "page": self.say("page", page="@this", pages="@last"),
            "status": {
                "heading": self.say("status_heading_ready" if facts["ready_to_sign"] else "status_heading"),
                "text": self.say("status_text_ready" if facts["ready_to_sign"] else "status_text"),
                "points": [self.point(point) for point in (*facts["open_points"], *facts["remarks"])],
            },
            "sections": sections,
        }

    def say(self, key: str, **values: Any) -> str:
        return say("statement", key, self.language, **values)

    def number(self, value: float, decimals: int) -> str:
        return "–" if pd.isna(value) else number(value, self.language, decimals)

    def date(self, day: Any) -> str:
        return str(format_date(pd.Timestamp(day).date(), format="long", locale=self.language))

    def point(self, point: Mapping[str, Any]) -> str:
        values = {key: value for key, value in point.items() if key != "code"}
        if "topics" in values:
            values["topics"] = ", ".join(map(self.topic, values["topics"]))
        if "since" in values:
            values["since"] = self.date(values["since"])
        return self.say(f"open_{point['code']}", **values)

    def topic(self, topic: str) -> str:
        """A topic of Article 2(40) in words; one we have no words for as it was written."""
        return self.say(f"topic_{topic}") if f"topic_{topic}" in topics("statement") else topic

    def operator(self) -> dict[str, Any]:
        operator = self.facts["operator"]
        rows = [(self.say(key), operator.get(key) or "–") for key in ("name", "address", "country", "eori", "email")]
        if operator.get("activity"):
            rows.append((self.say("activity"), self.say("activity_" + operator["activity"].lower())))
        if operator.get("country_of_activity"):
            rows.append((self.say("country_of_activity"), operator["country_of_activity"]))
        if operator.get("border_country"):
            rows.append((self.say("border_country"), operator["border_country"]))
        if operator.get("representative"):
            mandated = operator["representative"]
            rows.append((self.say("represented_by"), f"{mandated['name']}, {mandated['country']}"))
        return {"level": 2, "heading": self.say("operator"), "pairs": rows}

    def obligation(self) -> list[dict[str, Any]]:
        """Who files what, with the rules behind it and what was not known."""
        found = self.facts["obligation"]
        if found is None:
            return []
        files = say("law", f"files_{found['files']}", self.language)
        filer = say("law", f"filer_{found['filer'] or 'none'}", self.language)
        rows = [(self.say("files"), files), (self.say("filer"), filer)]
        codes = [*found["reasons"], *found["open_points"]]
        rows.append((self.say("files_because"), " ".join(say("law", code, self.language) for code in codes)))
        return [{"level": 3, "heading": self.say("who_files"), "pairs": rows}]

    def product(self) -> dict[str, Any]:
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

    def line(self, product: Mapping[str, Any]) -> list[tuple[str, str]]:
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

    def kilograms(self, kg: float) -> str:
        return self.say("net_mass_value", kg=number(kg, self.language))

    def places(self) -> list[dict[str, Any]]:
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

    def risk(self) -> dict[str, Any]:
        facts = self.facts
        outcomes = ", ".join(
            self.say(f"outcome_{outcome}", n=self.number(count, 0)) for outcome, count in facts["outcomes"].items()
        )
        key = "risk_text_draft" if facts["draft"] else "risk_text"
        paragraphs = [self.say(key, policy=facts["policy"]["name"], outcomes=outcomes)]
        if not facts["draft"]:
            paragraphs.append(self.say("risk_person"))
        return {"level": 2, "heading": self.say("risk"), "paragraphs": paragraphs}

    def layers(self) -> dict[str, Any]:
        rows = [
            [
                layer["layer"],
                ", ".join(self.say(f"role_{role}") for role in layer["roles"]),
                " – ".join(dict.fromkeys([layer["covers_from"][:4], layer["covers_through"]])),
                self.number(layer["items_read"], 0),
                self.number(layer["gaps"], 0),
            ]
            for layer in self.facts["layers"]
        ]
        heads = ("layer", "role", "covers", "read", "gaps")
        table = self.table(heads, rows, numbers=(3, 4), widths=(0, 1, 0, 0, 0))
        return {"level": 3, "heading": self.say("layers_heading"), "table": table}

    def excluded(self) -> dict[str, Any]:
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

    def legality(self) -> dict[str, Any]:
        section: dict[str, Any] = {"level": 2, "heading": self.say("legality_heading")}
        rows = [
            [
                self.topic(row["topic"]),
                row["document"],
                row["valid_until"] or "–",
                f"{row['sha256'][:16]}…" if row["sha256"] else "–",
            ]
            for row in self.facts["legality"]
        ]
        if not rows:
            return section | {"paragraphs": [self.say("legality_none")]}
        table = self.table(("topic", "document", "valid_until"), rows, widths=(2, 3, 0, 0))
        table["columns"].append({"title": "SHA-256", "number": False, "width": "auto"})
        return section | {"table": table}

    def article10(self) -> list[dict[str, Any]]:
        criteria = self.facts["article10"].get(self.language)
        if not criteria:
            return []
        full = self.facts["record"]["basis"] == "article_10"
        rows = [[row["letter"] if full else "", row["criterion"], self.answers(row)] for row in criteria]
        table = self.table(("criterion", "criterion", "answer"), rows, widths=(0, 3, 5))
        table["columns"][0]["title"] = ""
        paragraphs = [self.say("record_text")]
        if self.facts["record"]["concern"]:
            paragraphs.append(self.say("record_concern", concern=clean(self.facts["record"]["concern"])))
        heading = self.say("article10_heading" if full else "article13_heading")
        return [{"level": 2, "heading": heading, "paragraphs": paragraphs, "table": table}]

    def answers(self, row: Mapping[str, Any]) -> str:
        """What the data answer, then the operator's own words, then what is still asked; a line each."""
        lines = [row["answer"]] if row.get("answer") else []
        for one in row.get("operator") or ():
            said = self.say(
                "operator_says", answer=clean(one["answer"]), person=clean(one["person"]), date=self.date(one["date"])
            )
            if one["cooperatives"]:
                said += ", " + self.say("operator_scope", cooperatives=", ".join(map(clean, one["cooperatives"])))
            lines.append(said)
            if one["evidence"]:
                shown = f"{one['sha256'][:16]}…"
                lines.append(self.say("operator_shows", file=clean(one["evidence"]), sha256=shown))
        if row.get("question") or not lines:
            lines.append(row.get("question") or self.say("unanswered"))
        return "\n".join(lines)

    def signature(self) -> list[dict[str, Any]]:
        """Where a person signs; a draft has nothing to sign."""
        facts = self.facts
        if not facts["ready_to_sign"]:
            return []
        day = facts["statement"]["date"]
        fields = [
            (self.say("sign_for"), facts["operator"].get("name", "")),
            (self.say("sign_name"), ""),
            (self.say("sign_date"), self.date(day) if day else ""),
            (self.say("sign_signature"), ""),
        ]
        signature = {"text": self.say("signature_text"), "fields": fields}
        section = {"level": 2, "heading": self.say("signature_heading"), "signature": signature}
        return [section | {"paragraphs": [official.annex_ii_point_5(self.language) or self.say("official_missing")]}]

    def annex(self) -> dict[str, Any]:
        shown: Any = self.plots.head(MOST_PLOTS)
        rows = [
            [
                str(row.plot_id),
                _text(row.name),
                _text(row.country),
                _text(row.place),
                self.say(f"kind_{row.geometry_kind}"),
                self.number(row.area_ha, 2),
                self.number(row.eu_area_ha, 2),
                self.say(f"short_{row.final_outcome if isinstance(row.final_outcome, str) else 'none'}"),
            ]
            for row in shown.itertuples(index=False)
        ]
        heads = ("plot", "producer", "country", "place", "kind", "ha", "eu_ha", "outcome")
        table = self.table(heads, rows, numbers=(5, 6), widths=(3, 3, 0, 4, 0, 0, 0, 3)) | {"small": True}
        paragraphs = []
        if len(shown) < len(self.plots):
            sentence = self.say("plots_cut", shown=self.number(len(shown), 0), all=self.number(len(self.plots), 0))
            paragraphs.append(sentence)
        if any(undrawable(cell) for row in rows for cell in row):
            paragraphs.append(self.say("unreadable"))
        return {
            "level": 2,
            "heading": self.say("plots_heading"),
            "page": True,
            "paragraphs": paragraphs,
            "table": table,
        }

    def table(
        self, heads: Sequence[str], rows: list[list[str]], numbers: Any = (), widths: Sequence[int] = ()
    ) -> dict[str, Any]:
        """Columns with titles; width 0 means as wide as the content, others share the rest."""
        columns = [
            {"title": self.say(head), "number": i in numbers, "width": (widths[i] or "auto") if widths else "auto"}
            for i, head in enumerate(heads)
        ]
        if not widths:
            columns[0]["width"] = 1
        return {"columns": columns, "rows": rows, "small": False}


def _text(value: Any) -> str:
    return clean(value) if isinstance(value, str) and value else "–"
