"""Where the table in a sheet begins, and what its columns are called."""

from collections.abc import Sequence

from eudr_check.names import plain
from eudr_check.plots.read.columns import all_known_headers

LINES_LOOKED_AT = 20


def header_row(rows: Sequence[Sequence[str | None]]) -> int | None:
    """Position of the header: of the first rows, the one with most headers we know (a title often stands above).

    The first row with anything in it when no header is known; None when there is no such row.
    """
    known = all_known_headers()
    filled = [
        position for position, row in enumerate(rows[:LINES_LOOKED_AT]) if any(cell and cell.strip() for cell in row)
    ]
    if not filled:
        return next((position for position, row in enumerate(rows) if any(row)), None)
    scores = {position: sum(plain(cell) in known for cell in rows[position] if cell) for position in filled}
    best = max(filled, key=lambda position: (scores[position], -position))
    return best if scores[best] > 1 else filled[0]


def headers(row: Sequence[str | None]) -> list[str]:
    """Headers of the columns: an empty one is named by its place, a repeated one is numbered."""
    names = [(cell or "").strip() for cell in row]
    while names and not names[-1]:
        names.pop()
    taken: dict[str, int] = {}
    result = []
    for position, name in enumerate(names, start=1):
        name = name or f"(column {position})"
        taken[name] = taken.get(name, 0) + 1
        result.append(name if taken[name] == 1 else f"{name} ({taken[name]})")
    return result
