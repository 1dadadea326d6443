"""What the pages of every declaration have in common: title and draft mark, operator, legality, record, signature."""

import datetime as dt
from collections.abc import Container, Sequence
from typing import Any, TypedDict

import geopandas as gpd
import numpy as np
import pandas as pd

from eudr_check.geodesy import eu_area_ha
from eudr_check.law import official
from eudr_check.package.pictures import Shots
from eudr_check.package.statement import looks, years
from eudr_check.package.statement.glyphs import undrawable
from eudr_check.records import Json
from eudr_check.text import days, number, say
from eudr_check.text import topic as topics
from eudr_check.text.clean import clean
from eudr_check.text.many import figures

MOST_PLOTS = 1000
"""Rows of the plots table on paper; the file beside it holds all."""
MOST_PICTURED = 100
"""Plots whose pictures stand on paper, three a page; the report holds all."""


class Column(TypedDict):
    """A column as the pages print it."""

    title: str
    number: bool
    width: int | str


class Table(TypedDict):
    """A table as the pages print it."""

    columns: list[Column]
    rows: list[list[str]]
    small: bool


class Pages:
    """Facts as headings, pairs and tables of one language."""

    status = "status_text"
    """Key of the sentence that says what the pages are."""

    def __init__(self, facts: Json, plots: pd.DataFrame, svg: str, language: str, looks: Shots | None = None) -> None:
        self.facts, self.plots, self.svg, self.language, self.looks = facts, plots, svg, language, looks or {}

    def framed(self, title: str, subtitle: str, sections: Sequence[Json]) -> dict[str, object]:
        """Sections with what stands around them: title, draft mark, what is open, footer."""
        facts = self.facts
        # They say what keeps a statement from being filed.
        open_points = () if self.filed else facts["open_points"]
        state = self.as_filed or ("_ready" if facts["ready_to_sign"] else "")
        is_finished = facts["ready_to_sign"] or self.filed
        return {
            "language": self.language,
            "title": title,
            "author": facts["operator"].get("name", ""),
            "subtitle": subtitle,
            "mark": self.say("rehearsed_mark")
            if state == "_rehearsed"
            else None
            if is_finished
            else self.say("draft_mark"),
            "footer": self.say("made_with", version=facts["software"], reference=facts["statement"]["reference"]),
            "page": self.say("page", page="@this", pages="@last"),
            "status": {
                "heading": self.say(f"status_heading{state}"),
                "text": self.say(f"{self.status}{state}"),
                "points": [self.point(point) for point in (*open_points, *facts["remarks"])],
            },
            "sections": list(sections),
        }

    @property
    def filed(self) -> Json | None:
        """Number and day of what was filed; None for what is still to be filed."""
        found: Json | None = self.facts["statement"].get("filed")
        return found

    @property
    def as_filed(self) -> str:
        """Which sentences speak of the filing; empty for what is still to be filed."""
        return "" if self.filed is None else "_rehearsed" if self.filed["rehearsed"] else "_filed"

    def numbers(self) -> list[dict[str, object]]:
        """The numbers a filed statement was given; the verification number is confidential and not in a package."""
        if self.filed is None:
            return []
        rows = [
            (self.say("filed_number"), self.filed["number"]),
            (self.say("filed_on"), self.date(self.filed["submitted"])),
            (self.say("filed_reference"), self.facts["statement"]["reference"]),
        ]
        return [{"level": 2, "heading": self.say(f"status_heading{self.as_filed}"), "pairs": rows}]

    def say(self, key: str, **values: object) -> str:
        return say("statement", key, self.language, **values)

    def number(self, value: float, decimals: int) -> str:
        return "–" if pd.isna(value) else number(value, self.language, decimals)

    def numbers_of(self, values: pd.Series, decimals: int) -> list[str]:
        return figures(values.to_numpy(dtype=float, na_value=np.nan), self.language, decimals)

    def date(self, day: str | dt.date) -> str:
        return days.in_words(pd.Timestamp(day).date(), self.language)

    def point(self, point: Json) -> str:
        values = {key: value for key, value in point.items() if key != "code"}
        if "topics" in values:
            values["topics"] = ", ".join(map(self.topic, values["topics"]))
        if "since" in values:
            values["since"] = self.date(values["since"])
        return self.say(f"open_{point['code']}", **values)

    def topic(self, topic: str) -> str:
        """A topic of Article 2(40) in words; one we have no words for as it was written."""
        return self.say(f"topic_{topic}") if f"topic_{topic}" in topics("statement") else topic

    def operator(self) -> dict[str, object]:
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

    def obligation(self) -> list[dict[str, object]]:
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

    def kilograms(self, kg: float) -> str:
        return self.say("net_mass_value", kg=number(kg, self.language))

    def legality(self) -> dict[str, object]:
        section: dict[str, Any] = {"level": 2, "heading": self.say("legality_heading")}
        rows = [
            [
                self.topic(row["topic"]),
                row["document"],
                self.valid_until(row["valid_until"]),
                f"{row['sha256'][:16]}…" if row["sha256"] else "–",
            ]
            for row in self.facts["legality"]
        ]
        if not rows:
            return section | {"paragraphs": [self.say("legality_none")]}
        table = self.table(("topic", "document", "valid_until"), rows, widths=(2, 3, 0, 0))
        table["columns"].append({"title": "SHA-256", "number": False, "width": "auto"})
        return section | {"table": table}

    def valid_until(self, day: str | None) -> str:
        """The last day of a document's validity, and that it has expired where it lies before the statement's day."""
        if not day:
            return "–"
        stated = dt.datetime.fromtimestamp(self.facts["timestamp"], dt.UTC).date()
        said = self.date(day)
        return self.say("expired_on", date=said) if dt.date.fromisoformat(day) < stated else said

    def article10(self) -> list[dict[str, object]]:
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

    def answers(self, row: Json) -> str:
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

    def signature(self) -> list[dict[str, object]]:
        """Where a person signs; a draft has nothing to sign, and what was filed was signed then."""
        facts = self.facts
        if not facts["ready_to_sign"] or self.filed:
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

    def annex(self) -> dict[str, object]:
        shown: Any = self.plots.head(MOST_PLOTS)
        chained = "lots" in shown and bool(shown["lots"].notna().any())
        rows = self.rows(shown, chained=chained) if len(shown) else []
        heads = ["plot", "producer", "country", "place", "kind", "ha", "eu_ha", "outcome"]
        numbers, widths = [5, 6], [3, 3, 0, 4, 0, 0, 0, 3]
        if chained:
            heads, numbers, widths = [*heads, "into_lots", "delivered_kg"], [*numbers, 9], [*widths, 2, 0]
        table = self.table(heads, rows, numbers=numbers, widths=widths) | {"small": True}
        paragraphs = []
        if len(shown) < len(self.plots):
            sentence = self.say("plots_cut", shown=self.number(len(shown), 0), all=self.number(len(self.plots), 0))
            paragraphs.append(sentence)
        if undrawable("".join(cell for row in rows for cell in row)):
            paragraphs.append(self.say("unreadable"))
        return {
            "level": 2,
            "heading": self.say("plots_heading"),
            "page": True,
            "paragraphs": paragraphs,
            "table": table,
        }

    def rows(self, shown: pd.DataFrame, *, chained: bool) -> list[list[str]]:
        """Cells of the plots, column by column; `chained`: with their lots."""
        kinds = shown["geometry_kind"].map({kind: self.say(f"kind_{kind}") for kind in shown["geometry_kind"].unique()})
        outcomes = shown["final_outcome"].fillna("none")
        outcomes = outcomes.map({outcome: self.say(f"short_{outcome}") for outcome in outcomes.unique()})
        printed = [
            shown["plot_id"].astype("str"),
            *(_texts(shown[name]) for name in ("name", "country", "place")),
            kinds,
            *(self.numbers_of(shown[name], 2) for name in ("area_ha", "eu_area_ha")),
            outcomes,
            *((_texts(shown["lots"]), self.numbers_of(shown["delivered_kg"], 1)) if chained else ()),
        ]
        return [list(row) for row in zip(*(list(column) for column in printed), strict=True)]

    def dated_pictures(self) -> list[dict[str, object]]:
        """Before the cut-off and now, of plots that have looks: those that are not low by the maps alone."""
        if not self.looks:
            return []
        shown = dict(list(self.looks.items())[:MOST_PICTURED])
        paragraphs = [self.say("looks_text")]
        if len(shown) < len(self.looks):
            of = {"shown": self.number(len(shown), 0), "all": self.number(len(self.looks), 0)}
            paragraphs.append(self.say("looks_cut", **of))
        outcomes = self.plots["final_outcome"]
        return [
            {
                "level": 2,
                "heading": self.say("looks_heading"),
                "page": True,
                "paragraphs": paragraphs,
                "looks": [
                    {
                        "plot": " · ".join([str(self.plots.at[plot, "plot_id"]), self.say(f"short_{outcomes[plot]}")]),
                        "shots": [looks.shown(look, self.language) for look in (mine[0], mine[-1], *mine[-1].radar)],
                        "line": None if mine[-1].line is None else {"svg": years.draw(mine[-1].line)},
                    }
                    for plot, mine in shown.items()
                ],
                "none": self.say("looks_none"),
                "line": self.say("looks_line"),
            }
        ]

    def table(
        self, heads: Sequence[str], rows: list[list[str]], numbers: Container[int] = (), widths: Sequence[int] = ()
    ) -> Table:
        """Columns with titles; width 0 means as wide as the content, others share the rest."""
        columns: list[Column] = [
            {"title": self.say(head), "number": i in numbers, "width": (widths[i] or "auto") if widths else "auto"}
            for i, head in enumerate(heads)
        ]
        if not widths:
            columns[0]["width"] = 1
        return {"columns": columns, "rows": rows, "small": False}


def listed(features: pd.DataFrame, plots: gpd.GeoDataFrame, assessments: pd.DataFrame) -> pd.DataFrame:
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


def _texts(values: pd.Series) -> list[str]:
    return [clean(value) if isinstance(value, str) and value else "–" for value in values.tolist()]
