"""The README of a package, in the languages of the harvest."""

from collections.abc import Mapping
from typing import Any

from eudr_check.config import Harvest
from eudr_check.text import number, say


def text(harvest: Harvest, summary: Mapping[str, Any], language: str) -> str:
    """What is in the package and how to check it."""

    def tell(key: str, **values: Any) -> str:
        return say("package", key, language, **values)

    lines = [tell("title", harvest=harvest.harvest), "", tell("status_draft" if summary["draft"] else "status"), ""]
    for made in summary["statements"]:
        kg = number(made["net_mass_kg"], language)
        lines.append(tell("statement", folder=made["folder"], plots=number(made["plots"], language), kg=kg))
    lines += [tell("withheld", why=why) for why in summary["withheld"]]
    lines += ["", *(tell(f"file_{name}") for name in _FILES), "", tell("verify"), ""]
    return "\n".join(lines)


_FILES = ("statement", "index", "dds", "excluded", "changes", "tables", "policy", "manifest", "bag")
