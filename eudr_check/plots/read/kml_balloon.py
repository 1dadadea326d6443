"""The balloon of a placemark: programs of Esri write its attributes as an HTML table, and nowhere else."""

from html.parser import HTMLParser


class _Rows(HTMLParser):
    """Cells of the rows of all tables; a row that holds a table is no row."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[list[str]] = []
        self._open: list[list[str]] = []
        self._in_cell = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        if tag == "tr":
            self._open.append([])
        elif tag in ("td", "th") and self._open:
            self._open[-1].append("")
            self._in_cell = True

    def handle_endtag(self, tag: str) -> None:
        if tag == "tr" and self._open:
            self.rows.append(self._open.pop())
        elif tag in ("td", "th"):
            self._in_cell = False

    def handle_data(self, data: str) -> None:
        if self._in_cell and self._open and self._open[-1]:
            self._open[-1][-1] += data


def pairs(description: str) -> list[tuple[str, str | None]]:
    """Header and cell of each row of two cells; empty where the description is no table."""
    if "<td" not in description.lower():
        return []
    parser = _Rows()
    parser.feed(description)
    parser.close()
    cells = [[cell.strip() for cell in row] for row in parser.rows]
    return [(row[0], row[1] or None) for row in cells if len(row) == 2 and row[0]]
