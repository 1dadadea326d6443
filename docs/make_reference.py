"""Write docs/reference/ from the code: `python docs/make_reference.py`. A test fails when the pages no longer fit."""

import datetime as dt
import inspect
import runpy
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin

import typer.main
import yaml
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from eudr_check import config, law, tables, trade
from eudr_check.package.action_plan import actions
from eudr_check.plots.document import table_of_codes, table_of_thresholds
from eudr_check.plots.thresholds import severity
from eudr_check.text import say, topic

REFERENCE = Path(__file__).parent / "reference"
WHO_FILES = Path(__file__).parent / "who-files-what.md"
CASES_BEGIN, CASES_END = "<!-- cases: written by docs/make_reference.py -->", "<!-- end of cases -->"
PLOTS = Path(__file__).parent / "plots.md"
PLOTS_MARKS = {
    ("<!-- codes: made by eudr_check.plots.document -->", "<!-- end of codes -->"): table_of_codes,
    ("<!-- figures: made by eudr_check.plots.document -->", "<!-- end of figures -->"): table_of_thresholds,
}
NOTE = "\n<!-- Written by docs/make_reference.py; change the code, not this page. -->\n"


def cell(text: object) -> str:
    """Text that cannot break a Markdown table."""
    return " ".join(str(text).split()).replace("|", "\\|").replace("<", "&lt;")


def table(heads: list[str], rows: list[list[object]]) -> str:
    """A Markdown table."""
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    return "\n".join([*lines, *("| " + " | ".join(map(cell, row)) + " |" for row in rows)]) + "\n"


def tables_page() -> str:
    """Every table with columns, types and meanings."""
    parts = ["# Tables\n", NOTE, "\nEvery stage ends in a table; each is checked against this contract.\n"]
    for title, schema in tables.ALL.items():
        rows: list[list[object]] = []
        if schema.index is not None:
            rows.append([f"`{schema.index.name}` (index)", "text", "", schema.index.description])
        for name, column in schema.columns.items():
            kind = "geometry" if column.dtype is None else str(column.dtype)
            kind = "text" if kind.startswith("str") else kind
            rows.append([f"`{name}`", kind, "yes" if column.nullable else "", column.description])
        parts += [
            f"\n## {title}\n\n{schema.description}\n\n",
            table(["Column", "Type", "May be empty", "Meaning"], rows),
        ]
    return "".join(parts)


def config_page() -> str:
    """Every key of a harvest."""
    parts = ["# Keys of a harvest\n", NOTE, "\nPaths are relative to the YAML. An unknown key is an error.\n"]
    found = {name: model for room in (trade, config) for name, model in inspect.getmembers(room, inspect.isclass)}
    models = [found[name] for name in sorted(found) if issubclass(found[name], config.Strict)]
    ordered = [config.Harvest, *(m for m in models if m not in (config.Harvest, config.Strict))]
    for model in ordered:
        parts += [
            f"\n## {model.__name__}\n\n{inspect.getdoc(model)}\n\n",
            table(["Key", "Value", "Default", "Meaning"], list(keys(model))),
        ]
    return "".join(parts)


def keys(model: type[BaseModel]) -> Iterator[list[object]]:
    """Rows of one settings class."""
    for name, field in model.model_fields.items():
        if field.exclude:
            continue
        default = (
            "**required**"
            if field.is_required()
            else ""
            if field.default in (None, PydanticUndefined)
            else f"`{simple(field.default)}`"
        )
        yield [f"`{field.alias or name}`", kind(field.annotation), default, field.description or ""]


def kind(annotation: Any) -> str:
    """A type in words a YAML writer knows."""
    origin, parts = get_origin(annotation), [part for part in get_args(annotation) if part is not type(None)]
    if origin is Annotated:
        return kind(parts[0])
    if origin is Literal:
        return " or ".join(f"`{part}`" for part in parts)
    if origin is tuple:
        return "list of " + kind(parts[0])
    if origin is dict:
        return "names with " + kind(parts[1])
    if parts:
        return " or ".join(kind(part) for part in parts)
    words = {str: "text", Path: "path", bool: "true or false", int: "whole number", float: "number", dt.date: "date"}
    return words.get(annotation) or f"[{annotation.__name__}](#{annotation.__name__.lower()})"


def simple(value: Any) -> str:
    """A default as YAML would write it."""
    if isinstance(value, BaseModel):
        return "its own defaults"
    return "[" + ", ".join(map(str, value)) + "]" if isinstance(value, tuple) else str(value)


def findings_table() -> str:
    """Every check of a plot file: code, severity, message."""
    rows: list[list[object]] = [[f"`{code}`", severity(code), entry["en"]] for code, entry in topic("findings").items()]
    return table(["Code", "Severity", "Meaning"], rows)


def plots_page(text: str) -> str:
    """The page of plots with its tables of codes and figures made anew, each between its two marks."""
    for (begin, end), made in PLOTS_MARKS.items():
        head, _, rest = text.partition(begin)
        _, _, tail = rest.partition(end)
        text = f"{head}{begin}\n{made()}\n{end}{tail}"
    return text


def who_files(text: str) -> str:
    """The page "who files what" with its table made anew between its two marks."""
    head, _, rest = text.partition(CASES_BEGIN)
    _, _, tail = rest.partition(CASES_END)
    return f"{head}{CASES_BEGIN}\n\n{cases_table()}\n{CASES_END}{tail}"


def cases_table() -> str:
    """Typical cases, each answered by the function itself."""
    later, old = dt.date(2027, 7, 1), dt.date(2020, 1, 1)
    january, coffee, wood = dt.date(2027, 1, 15), "0901 11", "4407 11"
    cases = {
        "Importer in the Union, medium or large; coffee of Peru": law.Case(
            coffee, ("PE",), january, size="large", seat="NL"
        ),
        "The same, small, established 2020, sold in January 2027": law.Case(
            coffee, ("PE",), january, size="small", established=old, seat="NL"
        ),
        "The same, sold in July 2027": law.Case(coffee, ("PE",), later, size="small", established=old, seat="NL"),
        "Small importer founded in 2025": law.Case(
            coffee, ("PE",), january, size="small", established=dt.date(2025, 3, 1), seat="NL"
        ),
        "Small importer of sawn wood, established 2020": law.Case(
            wood, ("BR",), january, size="small", established=old, seat="NL"
        ),
        "Importer of cocoa from low-risk countries only (Ghana)": law.Case(
            "1801", ("GH",), january, size="large", seat="NL"
        ),
        "The same, with a substantiated concern": law.Case(
            "1801", ("GH",), january, size="large", seat="NL", concern=True
        ),
        "The same, with beans of Côte d'Ivoire as well": law.Case(
            "1801", ("GH", "CI"), january, size="large", seat="NL"
        ),
        "Exporter in Peru": law.Case(coffee, ("PE",), january, size="medium", seat="PE"),
        "Farmer or cooperative of a low-risk country, micro or small, own produce": law.Case(
            "1801", ("GH",), later, size="micro", established=old, seat="GH", role="primary_producer"
        ),
        "The same in a country of standard risk (Peru)": law.Case(
            coffee, ("PE",), later, size="micro", established=old, seat="PE", role="primary_producer"
        ),
        "Small forest owner in the Union, own wood": law.Case(
            wood, ("FI",), later, size="micro", established=old, seat="FI", role="primary_producer"
        ),
        "Trader or downstream operator": law.Case(coffee, ("PE",), january, seat="NL", role="trader"),
        "Product made before 29 June 2023": law.Case(
            coffee, ("PE",), january, made_until=dt.date(2023, 5, 1), size="large", seat="NL"
        ),
        "Wood felled before 29 June 2023, sold in 2027": law.Case(
            wood, ("BR",), january, made_until=dt.date(2023, 5, 1), size="large", seat="NL"
        ),
        "The same wood, sold in 2030": law.Case(
            wood, ("BR",), dt.date(2030, 1, 15), made_until=dt.date(2023, 5, 1), size="large", seat="NL"
        ),
        "Coffee extracts (2101 11 00), sold in January 2027": law.Case(
            "2101 11 00", ("PE",), january, size="large", seat="NL"
        ),
    }
    return table(["Case", "Files", "Who", "From", "Record", "Why"], [case_row(*item) for item in cases.items()])


def case_row(title: str, case: law.Case) -> list[object]:
    """One case with the answer."""
    found = law.obligation(case)
    return [
        title,
        say("law", f"files_{found.files}", "en"),
        say("law", f"filer_{found.filer or 'none'}", "en"),
        found.applies_from or "never",
        say("law", f"record_{found.record or 'none'}", "en"),
        " ".join(say("law", code, "en") for code in (*found.reasons, *found.open_points)),
    ]


def codes_page() -> str:
    """Every finding and reason in words, and how it is settled."""
    parts = ["# Codes\n", NOTE, "\n## Findings on plot files\n\n", findings_table()]
    parts.append("\n## Reasons of an outcome\n\n")
    rows: list[list[object]] = []
    for code, entry in topic("reasons").items():
        rule = actions.rule_of(code)
        remedy = "" if rule is None else topic("plan")["do_whisp" if code.startswith("whisp_") else f"do_{code}"]["en"]
        rows.append([f"`{code}`", entry["en"], remedy])
    parts.append(table(["Code", "Meaning", "What settles it"], rows))
    return "".join(parts)


def layers_page() -> str:
    """Every shipped layer definition."""
    folder = files("eudr_check.layers").joinpath("definitions")
    parts = ["# Shipped layers\n", NOTE]
    for path in sorted(folder.iterdir(), key=lambda item: item.name):
        if not path.name.endswith(".yaml"):
            continue
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        parts.append(f"\n## {path.name.removesuffix('.yaml')}\n\n")
        plain = {key: value for key, value in content.items() if isinstance(value, str | int | float)}
        plain |= {
            f"verified, {one['by']}": f"{one['date']}: {one['claims']} ({one['source']})" for one in content["verified"]
        }
        parts.append(table(["Field", "Value"], [[f"`{key}`", value] for key, value in plain.items()]))
        variables = content.get("variables", [])
        named = variables.values() if isinstance(variables, dict) else variables
        names = list(variables) if isinstance(variables, dict) else [item.get("column", "") for item in named]
        rows = [
            [f"`{name}`", item.get("role", ""), item.get("kind", "")] for name, item in zip(names, named, strict=True)
        ]
        parts += ["\n", table(["Variable", "Role", "Kind"], rows)]
    return "".join(parts)


def policies_page() -> str:
    """Every shipped policy with its figures, reasons and sources."""
    folder = files("eudr_check.risk").joinpath("policies")
    parts = ["# Policies\n", NOTE]
    for path in sorted(folder.iterdir(), key=lambda item: item.name):
        if not path.name.endswith(".yaml"):
            continue
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        parts.append(f"\n## {path.name.removesuffix('.yaml')}\n\n{content.get('title', '')}\n\n")
        rows = [
            [
                f"`{where}`",
                f"{figure['value']} {figure.get('unit', '')}",
                figure.get("reason", ""),
                figure.get("source", ""),
            ]
            for where, figure in figures(content)
        ]
        if rows:
            parts.append(table(["Figure", "Value", "Why", "Source"], rows))
    return "".join(parts)


def figures(content: Any, where: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every `{value, unit, reason, source}` of a policy, with its place."""
    if isinstance(content, dict) and "value" in content:
        yield where, content
    elif isinstance(content, dict):
        for key, value in content.items():
            yield from figures(value, f"{where}.{key}".strip("."))
    elif isinstance(content, list):
        for number, value in enumerate(content):
            name = value.get("code", value.get("name", number)) if isinstance(value, dict) else number
            yield from figures(value, f"{where}.{name}")


def commands_page() -> str:
    """Every command with arguments and options."""
    from eudr_check.cli.commands import app  # Late: the command line imports every stage.

    parts = ["# Commands\n", NOTE, "\n`eudr-check COMMAND --help` says the same.\n"]
    parts += described(typer.main.get_command(app), "eudr-check")
    return "".join(parts)


def described(command: Any, name: str) -> Iterator[str]:
    """A command and those below it."""
    if getattr(command, "commands", None):
        for child, below in sorted(command.commands.items()):
            yield from described(below, f"{name} {child}")
        return
    yield f"\n## `{name}`\n\n{inspect.cleandoc(command.help or '').split(chr(12))[0]}\n\n"
    rows: list[list[object]] = []
    for item in command.params:
        if item.name in ("help", "install_completion", "show_completion"):
            continue
        label = (
            ", ".join(item.opts) if item.opts and item.opts[0].startswith("-") else (item.metavar or item.name.upper())
        )
        rows.append([f"`{label}`", getattr(item, "help", None) or ""])
    if rows:
        yield table(["Argument or option", "Meaning"], rows)


def manual_page() -> str:
    """What `man eudr-check` shows."""
    place = Path(__file__).with_name("make_man.py")
    made: dict[str, Any] = runpy.run_path(str(place))
    return str(made["page"]())


PAGES = {
    "tables.md": tables_page,
    "config.md": config_page,
    "codes.md": codes_page,
    "layers.md": layers_page,
    "policies.md": policies_page,
    "commands.md": commands_page,
    "eudr-check.1": manual_page,
}


if __name__ == "__main__":
    REFERENCE.mkdir(exist_ok=True)
    for page, make in PAGES.items():
        (REFERENCE / page).write_text(make(), encoding="utf-8")
    PLOTS.write_text(plots_page(PLOTS.read_text(encoding="utf-8")), encoding="utf-8")
    WHO_FILES.write_text(who_files(WHO_FILES.read_text(encoding="utf-8")), encoding="utf-8")
