"""The README of a package, in the languages of the harvest."""

from collections.abc import Iterator, Mapping
from typing import Any

from eudr_check.config import Harvest
from eudr_check.package.alone import KEY
from eudr_check.records import Json
from eudr_check.shipments import in_words
from eudr_check.text import machine_made, number, say


def text(harvest: Harvest, summary: Json, language: str) -> str:
    """What is in the package and how to check it."""

    def line(key: str, **values: Any) -> str:
        return say("package", key, language, **values)

    lines = [line("title", harvest=harvest.harvest), "", line("status_draft" if summary["draft"] else "status"), ""]
    lines += [*_alone(summary.get(KEY), language)]
    for made in summary["statements"]:
        kg = number(made["net_mass_kg"], language)
        lines.append(line("statement", folder=made["folder"], plots=number(made["plots"], language), kg=kg))
    lines += [
        line("not_declared", why=in_words(one["code"], _values(one)).in_language(language))
        for one in summary["withheld_because"]
    ]
    lines += [say("shipments", "part_filed", language, **one) for one in summary["filed_in_part"]]
    lines += ["", *(line(f"file_{name}") for name in _FILES), "", line("verify"), *machine_made(language), ""]
    return "\n".join(lines)


def _alone(stated: Json | None, language: str) -> Iterator[str]:
    """What the package of one shipment says of what lies outside; nothing of a whole harvest."""
    if stated is None:
        return
    yield say("package", "alone", language, shipment=stated["shipment"])
    for one in stated["lots_taken_in_part"]:
        masses = {name: number(one[f"{name}_kg"], language) for name in ("held", "taken")}
        yield say("package", "alone_lot", language, lot=one["lot"], **masses)
    if stated["delivering_elsewhere"]:
        yield say("package", "alone_elsewhere", language, count=number(stated["delivering_elsewhere"], language))
    if stated["judged_with_others"]:
        yield say("package", "alone_judged", language, plots=", ".join(stated["judged_with_others"]))
    yield ""


def _values(one: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in one.items() if key != "code"}


_FILES = ("statement", "index", "dds", "excluded", "changes", "tables", "policy", "manifest", "bag")
