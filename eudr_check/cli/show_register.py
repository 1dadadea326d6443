"""What the terminal shows of the register."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from eudr_check.cli import language as speech
from eudr_check.records import Row
from eudr_check.text import number, say

WHOLE_ROW = 120
"""Characters of a line with the longest names, numbers and days."""
NO_PACKAGE = {"none yet": "no_package", "left out later": "left_out_later"}
COLUMNS = ("statement", "lot", "plots", "kg", "reference_number", "submitted", "placed", "keep_until")


def harvests(found: Sequence[Row]) -> None:
    """Every harvest: its packages, and a line per statement."""
    console = Console(markup=False, emoji=False)
    if not found:
        _say(console, _words("no_harvest"))
    for harvest in found:
        until = _words("until", day=harvest["keep_until"]) if harvest["keep_until"] else ""
        _say(console, _words("harvest", harvest=harvest["harvest"], plots=harvest["usable_plots"], until=until))
        if not harvest["packages"]:
            _say(console, f"  {_words('no_package')}")
        for package in harvest["packages"]:
            _package(console, package)
        console.print()


def found(rows: Sequence[Row], what: str) -> None:
    """Plots with hectares and outcome, below the statement that declares them."""
    console = Console(markup=False, emoji=False)
    if not rows:
        _say(console, _words("nothing_found", what=what))
    wide = max((len(row["plot"]) for row in rows), default=0)
    # Lines instead of a table: a plot id or a number that is cut to fit the window cannot be compared.
    for heading, plots in groupby(sorted(rows, key=_heading), _heading):
        _say(console, heading)
        for row in plots:
            hectares = "" if row["area_ha"] is None else f"{number(row['area_ha'], speech.spoken(), 2)} ha"
            outcome = _outcome(row["final_outcome"]) if row["final_outcome"] else _words("no_outcome")
            _say(console, f"  {row['plot']:<{wide}}  {hectares:>10}  {outcome}")


def received(checks: Sequence[Row], language: str) -> None:
    """Reference numbers of suppliers with the last answer to each; never their verification numbers."""
    console = Console(markup=False, emoji=False)
    if checks:
        _say(console, say("filing", "received_heading", language))
    for one in checks:
        supplier = f" ({one['supplier']})" if one["supplier"] else ""
        words = say("filing", f"verify_{one['result']}", language, status=one["status"] or "")
        # Only production says something of real goods.
        asked = f"{one['checked'][:10]}, {one['system']}, {one['place']}"
        _say(console, f"  {one['reference_number']}{supplier}: {one['result']}: {words} ({asked})")


def amendable(noted: Row) -> str:
    """Both readings of the 72 hours, and what ends them earlier."""
    until = {"submission": _minutes(noted["amend_from_submission"])}
    if noted["amend_from_number"] is None:
        return speech.say("amend_open", **until)
    return speech.say("amend_known", number=_minutes(noted["amend_from_number"]), **until)


def _minutes(time: str) -> str:
    return time.replace("T", " ")


def _heading(row: Mapping[str, Any]) -> str:
    if row["package_digest"] is None:
        return f"{row['harvest']}: {_words(NO_PACKAGE[row['package']])}"
    package = f"{row['harvest']}, {_name(row, row['package'] == 'last')}"
    if row["statement"] is None:
        return f"{package}: {_words('no_statement')}"
    noted = _words("no_number")
    if row["reference_number"]:
        noted = _words(
            "noted", reference=row["reference_number"], submitted=row["submitted"], keep_until=row["keep_until"]
        )
    return f"{package}, {row['statement']} ({row['internal_reference']}): {noted}"


def _name(package: Mapping[str, Any], is_last: Any) -> str:
    """A package as people tell it from others of its harvest."""
    kind = "draft_of" if package["draft"] else "package_of" if is_last else "earlier_of"
    return _words(kind, date=package["date"] or _words("no_date"), digest=package["package_digest"][:12])


def _words(key: str, **values: object) -> str:
    return say("register_list", key, speech.spoken(), **values)


def _outcome(name: str) -> str:
    return say("terminal", name, speech.spoken())


def _line(console: Console, label: str, text: str) -> None:
    _say(console, f"    {_words(label):<9} {text}")


def _package(console: Console, package: Mapping[str, Any]) -> None:
    _say(console, f"  {_name(package, package['is_last'])}")
    counts = ", ".join(f"{count} {_outcome(name)}" for name, count in package["outcomes"].items())
    blocked = _words("blocked_rows", rows=package["blocked_rows"]) if package["blocked_rows"] else ""
    area = number(package["area_ha"], speech.spoken(), 2)
    _line(console, "outcomes", f"{counts or _words('no_plot')} ({package['policy']}; {area} ha){blocked}")
    layers = ", ".join(layer["layer"] for layer in package["layers"])
    _line(console, "layers", layers or _words("none"))
    if package["zip"]:
        _line(console, "zip", f"{package['zip']}, SHA-256 {package['zip_sha256']}")
    if package["withheld"]:
        _line(console, "withheld", package["withheld"])
    if package["statements"]:
        _statements(console, package["statements"])


def _statements(console: Console, statements: Sequence[Mapping[str, Any]]) -> None:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for name in COLUMNS:
        table.add_column(
            _words(f"column_{name}"), justify="right" if name in ("plots", "kg") else "left", no_wrap=name != "lot"
        )
    for one in statements:
        reference = one["reference_number"] or _words("not_noted")
        mass = number(float(one["net_mass_kg"]), speech.spoken(), 0)
        days = (one["submitted"] or "", one["placed"] or "", one["keep_until"] or "")
        table.add_row(one["statement"], one["lot"] or "", str(one["plots"]), mass, reference, *days)
    # A number that is cut to fit the window cannot be compared with the EU system's.
    Console(width=max(console.width, WHOLE_ROW), markup=False, emoji=False).print(table)


def _say(console: Console, text: str) -> None:
    console.print(text, highlight=False, markup=False, soft_wrap=True)
