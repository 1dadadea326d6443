"""The YAML of a new harvest: what was found and answered, comments in the person's language, marked blanks."""

import datetime as dt
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from eudr_check import risk
from eudr_check.config import PlotFile
from eudr_check.law import UNION_MARKET
from eudr_check.plots import message
from eudr_check.resources import read_yaml
from eudr_check.setup.look import SHOWN
from eudr_check.setup.questions import Answers
from eudr_check.text import machine_made, say

BLANK = "________"
_WIDTH = 112


@dataclass(frozen=True)
class Plan:
    """All that the YAML says."""

    name: str
    language: str
    answers: Answers
    files: tuple[PlotFile, ...]
    findings: pd.DataFrame
    left: Mapping[str, tuple[str, str] | None]
    catalogue: str | None
    """STAC folder beside the YAML; None reads the published tiles."""
    layers: Sequence[str]
    areas: Sequence[str] = ()
    """Ids of vector layers."""


def written(plan: Plan) -> str:
    """The whole file."""
    parts = (_head(plan), _plots(plan), _layers(plan), _statement(plan), _documents(plan), _rest(plan))
    return "\n".join("\n".join(part) for part in parts) + "\n"


def _comment(plan: Plan, key: str, indent: str = "", **values: object) -> Iterator[str]:
    yield from _wrapped(say("init", key, plan.language, **values), indent)


def _wrapped(text: str, indent: str) -> Iterator[str]:
    line = ""
    for word in text.split():
        if line and len(line) + len(word) > _WIDTH:
            yield f"{indent}# {line}"
            line = ""
        line = f"{line} {word}".strip()
    yield f"{indent}# {line}"


def _text(value: object) -> str:
    """A value as YAML reads it back: JSON's quotes where a bare word would be something else."""
    text = str(value)
    return text if re.fullmatch(r"[A-Za-z][A-Za-z0-9_./-]*", text) and text.lower() not in _WORDS else json.dumps(
        text, ensure_ascii=False
    )  # fmt: skip


_WORDS = {"y", "n", "yes", "no", "on", "off", "true", "false", "null"}


def _head(plan: Plan) -> Iterator[str]:
    yield from _comment(plan, "head", file=f"{plan.name}.yaml", blank=BLANK)
    for said in machine_made(plan.language):
        yield from _wrapped(said, "")
    yield ""
    yield f"harvest: {plan.name}"
    yield from _comment(plan, "commodity_line")
    yield f"commodity: {plan.answers.commodity}"


def _plots(plan: Plan) -> Iterator[str]:
    yield ""
    yield from _comment(plan, "plots_line")
    yield "plots:"
    for file in plan.files:
        mine = plan.findings[plan.findings["source_file"] == file.declared]
        yield f"  - path: {_text(file.declared)}"
        yield f"    cooperative: {_text(file.cooperative)}"
        if plan.answers.country:
            yield f"    producer_country: {_text(plan.answers.country)}"
        for row in mine[mine["code"].str.startswith("columns_") | mine["code"].isin(SHOWN)].itertuples():
            yield from _wrapped(message(str(row.code), str(row.details), plan.language), "    ")
            if row.code in ("columns_taken", "columns_unread"):
                yield f"    # {json.loads(str(row.details))['line']}"
            if row.code == "id_by_content":
                yield f"    columns: {{plot_id: {_text(json.loads(str(row.details))['header'])}}}"
        blocked = int((mine["severity"] == "block").sum())
        if blocked:
            yield from _comment(plan, "blocked_line", "    ", count=blocked)
    for name, why in sorted(plan.left.items()):
        reason = say("init", "no_places", plan.language) if why is None else message(*why, plan.language)
        yield from _comment(plan, "left_line", "  ", file=name, why=reason)
    yield from _comment(plan, "cooperatives_line")
    yield "# cooperatives:"
    for short in dict.fromkeys(file.cooperative for file in plan.files):
        yield f"#   {_text(short)}: {BLANK}"


def _layers(plan: Plan) -> Iterator[str]:
    yield ""
    if plan.catalogue is None:
        yield from _comment(plan, "layers_published")
        yield "catalogues:"
        yield "  maps: {tiles: published}"
    else:
        yield from _comment(plan, "layers_local", folder=plan.catalogue)
        yield "catalogues:"
        yield f"  maps: {{folder: {_text(plan.catalogue)}}}"
    yield "layers:"
    for layer in plan.layers:
        yield f"  - {{id: {layer}, from: maps}}"
    yield from _areas(plan)
    yield f"policy: {risk.default_policy(plan.answers.commodity)}"


def _areas(plan: Plan) -> Iterator[str]:
    """Public vector layers of the country; where maps are read from disk, nothing is asked over the network either."""
    if plan.areas:
        yield from _comment(plan, "areas_line")
        mark = "" if plan.catalogue is None else "# "
        yield f"{mark}areas:"
        for name in plan.areas:
            yield f"{mark}  {name.partition('@')[0]}: {name}"


def _statement(plan: Plan) -> Iterator[str]:
    mine, goods = plan.answers, read_yaml(__package__, "products.yaml")[plan.answers.commodity]
    yield ""
    yield from _comment(plan, "statement_line")
    mark = "" if mine.operator and mine.operator_country else "# "
    yield f"{mark}operator:"
    yield f"{mark}  name: {_text(mine.operator or BLANK)}"
    yield f"{mark}  country: {mine.operator_country or BLANK}"
    # A statement names an address as well (Annex II, point 1).
    yield f"#   address: {_text(BLANK)}"
    yield f"{'' if mark == '' and mine.eori else '# '}  eori: {json.dumps(mine.eori or BLANK)}"
    yield from _comment(plan, "product_line")
    yield "product:"
    yield f"  hs_code: {json.dumps(goods['hs_code'])}"
    described = goods["description"]
    yield f"  description: {json.dumps(described.get(plan.language, described['en']), ensure_ascii=False)}"
    for name in ("scientific_name", "common_name"):
        if name in goods:
            yield f"  {name}: {_text(goods[name])}"
    yield f"#   net_mass_kg: {BLANK}"
    yield from _comment(plan, "production_line")
    whole = bool(mine.first_day and mine.last_day)
    yield (
        f"{'' if whole else '# '}production: "
        f"{{from: {mine.first_day or 'YYYY-MM-DD'}, to: {mine.last_day or 'YYYY-MM-DD'}}}"
    )
    yield from _comment(plan, "confidential_line")
    yield f"confidential: {mine.confidential}" if mine.confidential else f"# confidential: {BLANK}"
    yield from _comment(plan, "border_line")
    entry = mine.operator_country if mine.operator_country in UNION_MARKET else None
    yield f"# border_country: {entry or BLANK}"


def _documents(plan: Plan) -> Iterator[str]:
    yield ""
    yield from _comment(plan, "documents_line")
    cattle = ("animals",) if plan.answers.commodity == "cattle" else ()
    for name in (*cattle, "deliveries", "shipments", "reviews", "legality", "answers"):
        yield from _comment(plan, f"about_{name}")
        yield f"# {name}: templates/{name}.csv"


def _rest(plan: Plan) -> Iterator[str]:
    yield ""
    yield from _comment(plan, "outputs_line")
    languages = list(dict.fromkeys((plan.language, "en")))
    # No statement yet: address, net mass and border country are not asked, and without them the run would be refused.
    yield f"package: {{languages: [{', '.join(languages)}], outputs: [eu_geojson, gis, report, action_plan]}}"
    yield from _comment(plan, "register_line")
    yield "register: runs/register.gpkg"
    yield f"run: {{folder: runs/{plan.name}}}"


def name_of(answers: Answers, today: dt.date) -> str:
    """Name of the harvest: country, commodity and the year of its last day.

    >>> name_of(Answers("coffee", "PE", "", "", "", "", "", ""), dt.date(2026, 3, 1))
    'pe-coffee-2026'
    """
    year = answers.last_day[:4] or str(today.year)
    return "-".join(filter(None, (answers.country.lower(), answers.commodity.replace("_", "-"), year)))
