"""Which sheets of a spreadsheet are plots, and how they become one delivery."""

from dataclasses import dataclass, field

from eudr_check.config import PlotFile
from eudr_check.plots.read import columns, csv, geometry_columns, sheet
from eudr_check.plots.read.raw_table import Delivery, Fault, Note, UnreadableError
from eudr_check.plots.read.together import together
from eudr_check.plots.thresholds import threshold

Cell = tuple[int, int]
"""Row and column of a cell, from 0."""


@dataclass
class Sheet:
    """The cells of one sheet as a reader sees them on its screen."""

    rows: list[list[str | None]]
    """Text of every cell; a row that is not stored is empty."""
    unstored: set[Cell] = field(default_factory=set)
    """Formulas whose result the file does not hold; their cell has the formula."""
    contradicted: set[Cell] = field(default_factory=set)
    """Cells the file holds twice."""
    dates: set[Cell] = field(default_factory=set)
    """Cells that are dates."""
    restyled: set[Cell] = field(default_factory=set)
    """Cells whose number format shows something else than the number, or that are true or false."""
    merged: int = 0
    """Cells that took the value of the merged cell above them."""


Sheets = dict[str, Sheet]


def joined(sheets: Sheets, file: PlotFile) -> Delivery:
    """The sheets that have coordinates, or the one named.

    Raises:
        UnreadableError: no such sheet, no cell at all, or plots in sheets of different kinds.
    """
    if file.table is not None:
        if file.table not in sheets:
            raise UnreadableError("table_missing", table=file.table, known=", ".join(sheets))
        return _delivery(sheets[file.table]).placed_in(file.table)
    parts: dict[str, Delivery] = {}
    for name, one in sheets.items():
        try:
            parts[name] = _delivery(one).placed_in(name)
        except UnreadableError as error:
            if error.code != "file_empty":
                raise
    if not parts:
        raise UnreadableError("file_empty")
    kinds = {name: kind for name, part in parts.items() if (kind := _kind(part, file))}
    if len(set(kinds.values())) > 1:
        raise UnreadableError("tables_differ", tables=", ".join(kinds))
    chosen = {name: parts[name] for name in kinds} or dict([next(iter(parts.items()))])
    delivery = together(list(chosen.values()), file)
    for name, part in parts.items():
        if name not in chosen and len(part):
            delivery.notes.append(Note("table_ignored", {"table": name, "rows": len(part)}))
    if len(chosen) > 1:
        delivery.notes.append(Note("tables_joined", {"tables": ", ".join(chosen)}))
    return delivery


def _kind(part: Delivery, file: PlotFile) -> str:
    """How a table gives the place of a plot; empty where it gives none."""
    headers = [str(header) for header in part.attributes.columns]
    taken = columns.recognise(headers, {ours: theirs for ours, theirs in file.columns.items() if theirs in headers})
    if {"longitude", "latitude"} <= taken.keys():
        return "vertices" if "vertex" in taken else "points"
    return "geometry" if geometry_columns.geometry_headers(part.attributes, taken) else ""


def _delivery(one: Sheet) -> Delivery:
    """One sheet as a delivery, with what is wrong in its cells said for each row."""
    width = max(map(len, one.rows), default=0)
    filled = sum(any(row) for row in one.rows)
    if width * filled > threshold("sheet_max_cells"):
        raise UnreadableError("file_too_large", problem=f"over {threshold('sheet_max_cells')} cells in a sheet")
    delivery = csv.table(one.rows)
    start = sheet.header_row(one.rows)
    headers = list(delivery.attributes.columns)
    position = {int(number) + (start or 0): place for place, number in enumerate(delivery.source_rows)}
    for cells, code in ((one.unstored, "formula_unstored"), (one.contradicted, "cell_stored_twice")):
        for row in sorted({row for row, _ in cells} & position.keys()):
            names = ", ".join(cell_name(row, column) for r, column in sorted(cells) if r == row)
            delivery.faults.append(Fault(position[row], code, {"cells": names}))
    for cells, marked in ((one.dates, delivery.dates), (one.restyled, delivery.restyled)):
        for row, column in sorted(cells):
            if row in position and column < len(headers):
                marked.setdefault(str(headers[column]), []).append(position[row])
    if one.merged:
        delivery.notes.append(Note("cells_merged", {"cells": one.merged}))
    return delivery


def cell_name(row: int, column: int) -> str:
    """Name of a cell as spreadsheets show it, such as B7."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row + 1}"


def positions(name: str) -> Cell:
    """Row and column of a cell's name; -1 where it gives none.

    Raises:
        ValueError: no name of a cell.
    """
    letters = name.rstrip("0123456789")
    digits = name[len(letters) :]
    column = 0
    for letter in letters.replace("$", "").upper():
        if not "A" <= letter <= "Z":
            raise ValueError(f"no name of a cell: {name[:20]}")
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(digits or 0) - 1, column - 1


def fill_merged(one: Sheet, top: int, left: int, bottom: int) -> None:
    """Give the value of a merged cell to the rows below that it covers; the cells beside it stay empty."""
    if top >= len(one.rows) or left >= len(one.rows[top]) or one.rows[top][left] is None:
        return
    for number in range(top + 1, min(bottom, len(one.rows) - 1) + 1):
        row = one.rows[number]
        if not any(row) or (left < len(row) and row[left] is not None):
            continue
        row.extend([None] * (left + 1 - len(row)))
        row[left] = one.rows[top][left]
        one.merged += 1
        for cells in (one.dates, one.restyled):
            if (top, left) in cells:
                cells.add((number, left))


def dense(cells: dict[int, dict[int, str]]) -> list[list[str | None]]:
    """Rows of cells from those that are stored, whatever their order; empty rows share one list.

    Raises:
        UnreadableError: they reach so far that the table would not be one.
    """
    if len(cells) * (1 + max((max(row, default=0) for row in cells.values()), default=0)) > threshold(
        "sheet_max_cells"
    ):
        raise UnreadableError("file_too_large", problem=f"over {threshold('sheet_max_cells')} cells in a sheet")
    blank: list[str | None] = []
    rows = [blank] * (max(cells, default=-1) + 1)
    for number, row in cells.items():
        rows[number] = [row.get(column) for column in range(max(row, default=-1) + 1)]
    return rows
