"""What the terminal shows of the register."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table


def harvests(found: Sequence[Mapping[str, Any]]) -> None:
    """Every harvest: its packages, and a line per statement."""
    console = Console()
    if not found:
        _say(console, "no harvest yet")
    for harvest in found:
        until = f", keep until {harvest['keep_until']}" if harvest["keep_until"] else ""
        _say(console, f"{harvest['harvest']}: {harvest['usable_plots']} usable plots in its last run{until}")
        if not harvest["packages"]:
            _say(console, "  no package yet")
        for package in harvest["packages"]:
            _package(console, package)
        console.print()


def found(rows: Sequence[Mapping[str, Any]], what: str) -> None:
    """Plots with outcome and statement, a line each."""
    console = Console()
    if not rows:
        _say(console, f"nothing in the register answers to '{what}'")
        return
    table = _table("harvest", "plot", "ha", "outcome", "package", "statement", "reference number", "keep until")
    for row in rows:
        area = "" if row["area_ha"] is None else f"{row['area_ha']:.2f}"
        outcome = (row["final_outcome"] or "").replace("_", " ")
        names = ("package", "statement", "reference_number", "keep_until")
        table.add_row(row["harvest"], row["plot"], area, outcome, *(row[name] or "" for name in names))
    console.print(table)


def _package(console: Console, package: Mapping[str, Any]) -> None:
    words = ["package"]
    if package["draft"]:
        words.insert(0, "DRAFT")
    if not package["is_last"]:
        words.insert(0, "earlier, submitted")
    _say(console, f"  {' '.join(words)} of {package['date'] or 'no date'}, digest {package['package_digest'][:12]}")
    counts = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in package["outcomes"].items())
    blocked = f"; {package['blocked_rows']} rows blocked" if package["blocked_rows"] else ""
    _say(console, f"    outcomes  {counts or 'no plot'} ({package['policy']}; {package['area_ha']:.2f} ha){blocked}")
    layers = ", ".join(layer["layer"] for layer in package["layers"])
    _say(console, f"    layers    {layers or 'none'}")
    if package["zip"]:
        _say(console, f"    ZIP       {package['zip']}, SHA-256 {package['zip_sha256']}")
    if package["withheld"]:
        _say(console, f"    withheld  {package['withheld']}")
    if package["statements"]:
        _statements(console, package["statements"])


def _statements(console: Console, statements: Sequence[Mapping[str, Any]]) -> None:
    table = _table("statement", "lot", "plots", "kg", "reference number", "submitted", "keep until")
    for one in statements:
        number = one["reference_number"] or "not noted yet"
        mass = f"{one['net_mass_kg']:,.0f}"
        days = (one["submitted"] or "", one["keep_until"] or "")
        table.add_row(one["statement"], one["lot"] or "", str(one["plots"]), mass, number, *days)
    console.print(table)


def _table(*columns: str) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for name in columns:
        numeric = name in ("plots", "kg", "ha")
        # A number that is cut cannot be compared with the EU system's.
        table.add_column(name, justify="right" if numeric else "left", no_wrap=name == "reference number")
    return table


def _say(console: Console, text: str) -> None:
    console.print(text, highlight=False, markup=False, soft_wrap=True)
