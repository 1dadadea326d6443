"""Ways to damage a text table: quotes, cells, lines, ids and coordinates."""

import random
from collections.abc import Callable
from pathlib import Path

from tests.fuzz.damage import TEXT, Damage

Lines = Callable[[list[str], random.Random], list[str] | None]


def _encoding(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if content.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _on_lines(change: Lines) -> Callable[[Path, random.Random], bool]:
    """A change of the lines of a text, in the encoding it has."""

    def apply(path: Path, chance: random.Random) -> bool:
        content = path.read_bytes()
        encoding = _encoding(content)
        lines = change(content.decode(encoding).split("\n"), chance)
        if lines is None:
            return False
        path.write_bytes("\n".join(lines).encode(encoding))
        return True

    return apply


def on_text(change: Callable[[str, random.Random], str | None]) -> Callable[[Path, random.Random], bool]:
    def lines(content: list[str], chance: random.Random) -> list[str] | None:
        changed = change("\n".join(content), chance)
        return None if changed is None else [changed]

    return _on_lines(lines)


def _row(lines: list[str], chance: random.Random) -> int:
    return chance.choice([at for at in range(1, len(lines)) if lines[at].strip()])


def _delimiter(lines: list[str]) -> str:
    return max(",;\t|", key=lines[0].count)


def _edit(change: Callable[[str, str, random.Random], str | None]) -> Callable[[Path, random.Random], bool]:
    """A change of one data line; it is given the line and the delimiter of the header."""

    def lines(content: list[str], chance: random.Random) -> list[str] | None:
        at = _row(content, chance)
        changed = change(content[at], _delimiter(content), chance)
        return None if changed is None else [*content[:at], changed, *content[at + 1 :]]

    return _on_lines(lines)


def _open_quotes(number: int) -> Lines:
    def change(lines: list[str], chance: random.Random) -> list[str]:
        mark = _delimiter(lines)
        for at in sorted(chance.sample(range(1, len(lines) - 1), number)):
            lines[at] = lines[at].replace(mark, mark + '"', 1)
        return lines

    return change


def _drop_quote(line: str, _: str, chance: random.Random) -> str | None:
    places = [at for at, letter in enumerate(line) if letter == '"']
    if not places:
        return None
    at = chance.choice(places)
    return line[:at] + line[at + 1 :]


def _cells(line: str, mark: str) -> list[str] | None:
    return None if '"' in line else line.split(mark)


def _coordinate(change: Callable[[str, random.Random], str]) -> Callable[[Path, random.Random], bool]:
    """One coordinate cell of a table of places, changed."""

    def edit(line: str, mark: str, chance: random.Random) -> str | None:
        cells = _cells(line, mark)
        if cells is None or "POLYGON" in line or len(cells) < 4:
            return None
        at = chance.choice([len(cells) - 1, len(cells) - 2])
        return mark.join([*cells[:at], change(cells[at], chance), *cells[at + 1 :]])

    return _edit(edit)


def _swapped(line: str, mark: str, _: random.Random) -> str | None:
    cells = _cells(line, mark)
    if (
        cells is None
        or "POLYGON" in line
        or len(cells) < 4
        or (any(letter in line for letter in "NSEWO°") and "°" in line)
    ):
        return None
    return mark.join([*cells[:-2], cells[-1], cells[-2]])


def _without_id(line: str, mark: str, _: random.Random) -> str:
    return mark + line.split(mark, 1)[1]


def _another_zone(line: str, mark: str, _: random.Random) -> str | None:
    """A zone in which the metres of the row lie somewhere else: it contradicts the file."""
    return line.replace(f"{mark}18 S{mark}", f"{mark}17 S{mark}") if f"{mark}18 S{mark}" in line else None


def _wrong_letter(line: str, mark: str, _: random.Random) -> str | None:
    """East and west where north and south should be."""
    return line.replace(f"{mark}S{mark}W{mark}", f"{mark}W{mark}S{mark}") if f"{mark}S{mark}W{mark}" in line else None


def _duplicate_id(lines: list[str], chance: random.Random) -> list[str] | None:
    mark = _delimiter(lines)
    first, second = chance.sample([at for at in range(1, len(lines)) if lines[at].strip()], 2)
    one, other = (lines[at].split(mark, 1) for at in (first, second))
    if one[0] == other[0] or "vertice" in lines[0]:
        return None
    lines[second] = mark.join([one[0], other[1]])
    return lines


def _repeated(lines: list[str], chance: random.Random) -> list[str]:
    at = _row(lines, chance)
    return [*lines[: at + 1], lines[at], *lines[at + 1 :]]


def _without_coordinates(line: str, mark: str, _: random.Random) -> str | None:
    cells = _cells(line, mark)
    return None if cells is None or len(cells) < 4 else mark.join([*cells[:-1], ""])


def _between_lines(extra: str) -> Lines:
    def change(lines: list[str], chance: random.Random) -> list[str]:
        at = _row(lines, chance)
        return [*lines[:at], extra, *lines[at:]]

    return change


def _first_lines(*extra: str) -> Lines:
    return lambda lines, _: [*extra, *lines]


def _split_line(line: str, mark: str, chance: random.Random) -> str:
    at = line.index(mark) + chance.randrange(2, 6)
    return line[:at] + "\n" + line[at:]


TEXT_DAMAGES = (
    Damage("one open quote", TEXT, _on_lines(_open_quotes(1))),
    Damage("two open quotes", TEXT, _on_lines(_open_quotes(2))),
    Damage("five open quotes", TEXT, _on_lines(_open_quotes(5))),
    Damage("quote at the end of a line", TEXT, _edit(lambda line, *_: line + '"')),
    Damage("quote taken away", TEXT, _edit(_drop_quote)),
    Damage("quote in a word", TEXT, _edit(lambda line, mark, _: line.replace(mark, f'{mark}Sr. "Nico" ', 1))),
    Damage("cell missing", TEXT, _edit(lambda line, mark, _: line.rpartition(mark)[0])),
    Damage("cell too many", TEXT, _edit(lambda line, mark, _: line + mark + "ver nota")),
    Damage("line broken in a cell", TEXT, _edit(_split_line)),
    Damage("empty lines", TEXT, _on_lines(lambda lines, _: [part for line in lines for part in (line, "", "  ")])),
    Damage("delimiters at the end", TEXT, _on_lines(lambda lines, _: [line + _delimiter(lines) * 2 for line in lines])),
    Damage("carriage returns", TEXT, _on_lines(lambda lines, _: [line + "\r" for line in lines])),
    Damage("NUL", TEXT, _edit(lambda line, mark, _: line.replace(mark, "\x00" + mark, 1))),
    Damage("row twice", TEXT, _on_lines(_repeated)),
    Damage("another zone", TEXT, _edit(_another_zone)),
    Damage("wrong letters", TEXT, _edit(_wrong_letter)),
    Damage("id of another", TEXT, _on_lines(_duplicate_id)),
    Damage("no id", TEXT, _edit(_without_id)),
    Damage("no coordinates", TEXT, _edit(_without_coordinates)),
    Damage("total", TEXT, _on_lines(lambda lines, _: [*lines, f"TOTAL{_delimiter(lines)}{_delimiter(lines)}63.20"])),
    Damage("header again", TEXT, _on_lines(lambda lines, chance: _between_lines(lines[0])(lines, chance))),
    Damage("title above", TEXT, _on_lines(_first_lines("Cooperativa Valle Alto", ""))),
    Damage("separator said", TEXT, _on_lines(lambda lines, _: [f"sep={_delimiter(lines)}", *lines])),
    Damage("not a number", TEXT, _coordinate(lambda *_: "NaN")),
    Damage("words for a number", TEXT, _coordinate(lambda *_: "ver plano")),
    Damage("infinite", TEXT, _coordinate(lambda *_: "1e999")),
    Damage("axes swapped", TEXT, _edit(_swapped)),
)
