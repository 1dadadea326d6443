"""Ways in which files are damaged that leave no doubt about what a reader may still say of them.

Each takes the path of a good file and changes it in place. A damage never makes another plausible plot: it breaks the
form, not the facts, or breaks a fact so that nobody can take it for true.
"""

import io
import json
import random
import re
import sqlite3
import struct
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.fuzz.layouts import stale_count

TEXT, JSON, KML = ("text",), ("json",), ("kml",)


@dataclass(frozen=True)
class Damage:
    """One way.

    Attributes:
        families: of layouts it fits.
        apply: damages the file in place; False where it holds nothing to damage.
        truncates: nobody can say how many plots the lost part held, so one blocking finding may speak for all of them.
    """

    name: str
    families: tuple[str, ...]
    apply: Callable[[Path, random.Random], bool]
    truncates: bool = False


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


def _on_text(change: Callable[[str, random.Random], str | None]) -> Callable[[Path, random.Random], bool]:
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


def _cut_json(text: str, chance: random.Random) -> str:
    return text[: chance.randrange(len(text) // 3, len(text) - 5)]


def _feature(change: Callable[[dict, random.Random], None]) -> Callable[[Path, random.Random], bool]:
    """One Feature of a collection, an array or lines, changed."""

    def apply(path: Path, chance: random.Random) -> bool:
        text = path.read_text(encoding="utf-8")
        if text.startswith(("{", "\x1e")) and '"FeatureCollection"' not in text:
            mark = "\x1e" if text.startswith("\x1e") else ""
            lines = [json.loads(line.lstrip("\x1e")) for line in text.splitlines() if line.strip("\x1e ")]
            change(chance.choice(lines), chance)
            path.write_text("".join(mark + json.dumps(line) + "\n" for line in lines), encoding="utf-8")
            return True
        content = json.loads(text)
        features = content["features"] if isinstance(content, dict) else content
        if "geometry" not in features[0]:
            return False
        change(chance.choice(features), chance)
        path.write_text(json.dumps(content), encoding="utf-8")
        return True

    return apply


def _first_position(geometry: dict) -> list:
    place = geometry["coordinates"]
    while isinstance(place[0], list):
        place = place[0]
    return place


def _set_position(value: object) -> Callable[[dict, random.Random], None]:
    def change(feature: dict, chance: random.Random) -> None:
        _first_position(feature["geometry"])[chance.randrange(2)] = value

    return change


def _wrong_nesting(feature: dict, _: random.Random) -> None:
    feature["geometry"]["coordinates"] = [feature["geometry"]["coordinates"]]


def _doubled_key(key: str) -> Callable[[str, random.Random], str | None]:
    """The key once more, with nothing in it, behind the first: a lenient parser keeps the last."""

    def change(text: str, chance: random.Random) -> str | None:
        empty = {"features": '"features": []', "geometry": '"geometry": null'}[key]
        if f'"{key}"' not in text:
            return None
        if key == "features":
            return text.rstrip()[:-1] + f", {empty}}}"
        places = [found.start() for found in re.finditer(r'"geometry"', text)]
        at = chance.choice(places)
        return text[:at] + empty + ", " + text[at:]

    return change


def _member(name: str, value: object) -> Callable[[str, random.Random], str | None]:
    def change(text: str, _: random.Random) -> str | None:
        if '"FeatureCollection"' not in text:
            return None
        return json.dumps({**json.loads(text), name: value})

    return change


def _in_zip(change: Callable[[dict[str, bytes], random.Random], dict[str, bytes] | None]):
    def apply(path: Path, chance: random.Random) -> bool:
        with zipfile.ZipFile(path) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
        changed = change(members, chance)
        if changed is None:
            return False
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in changed.items():
                archive.writestr(name, content)
        return True

    return apply


def _sheet(pattern: str, replace: Callable[[re.Match[str], random.Random], str]):
    """The first sheet of a workbook, changed at one random place that fits the pattern."""

    def change(members: dict[str, bytes], chance: random.Random) -> dict[str, bytes] | None:
        name = "xl/worksheets/sheet1.xml"
        text = members[name].decode()
        places = list(re.finditer(pattern, text))
        if not places:
            return None
        hit = chance.choice(places)
        return {**members, name: (text[: hit.start()] + replace(hit, chance) + text[hit.end() :]).encode()}

    return _in_zip(change)


def _rows_out_of_order(members: dict[str, bytes], chance: random.Random) -> dict[str, bytes]:
    name = "xl/worksheets/sheet1.xml"
    text = members[name].decode()
    rows = re.findall(r"<row .*?</row>", text, re.S)
    head, tail = text[: text.index(rows[0])], text[text.rindex(rows[-1]) + len(rows[-1]) :]
    first, body = rows[:5], rows[5:]
    chance.shuffle(body)
    return {**members, name: (head + "".join(first + body) + tail).encode()}


def _renamed(suffix: str):
    def change(members: dict[str, bytes], _: random.Random) -> dict[str, bytes] | None:
        tables = [name for name in members if name.endswith((".csv", ".geojson"))]
        if not tables:
            return None
        return {
            (f"{Path(name).with_suffix(suffix)}" if name in tables[-1:] else name): body
            for name, body in members.items()
        }

    return change


def _nested(members: dict[str, bytes], _: random.Random) -> dict[str, bytes] | None:
    if "mimetype" in members or "doc.kml" in members:
        return None
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, body in members.items():
            archive.writestr(name, body)
    return {"todo.zip": stream.getvalue()}


def _same_names(path: Path, _: random.Random) -> bool:
    """Two members of one name: directory readers see only the last."""
    with zipfile.ZipFile(path) as archive:
        members = [(name, archive.read(name)) for name in archive.namelist()]
    if not any(name.endswith(".geojson") for name, _ in members):
        return False
    with zipfile.ZipFile(path, "w") as archive:
        for _, body in members:
            archive.writestr("plots.json", body)
    return True


def _cut(low: float, high: float) -> Callable[[Path, random.Random], bool]:
    def apply(path: Path, chance: random.Random) -> bool:
        content = path.read_bytes()
        path.write_bytes(content[: int(len(content) * chance.uniform(low, high))])
        return True

    return apply


def _sibling(
    suffix: str, change: Callable[[bytes, random.Random], bytes | None]
) -> Callable[[Path, random.Random], bool]:
    """A change of one of a shapefile's files; None takes it away."""

    def apply(path: Path, chance: random.Random) -> bool:
        other = path.with_suffix(suffix)
        changed = change(other.read_bytes(), chance)
        if changed is None:
            other.unlink()
        else:
            other.write_bytes(changed)
        return True

    return apply


def _dbf_count(content: bytes, chance: random.Random) -> bytes:
    return content[:4] + struct.pack("<I", chance.randrange(1, 49)) + content[8:]


def _dbf_cut(content: bytes, chance: random.Random) -> bytes:
    head, record = struct.unpack("<HH", content[8:12])
    return content[: head + record * chance.randrange(1, 49)]


def _triggered(path: Path, _: random.Random) -> bool:
    with sqlite3.connect(path) as database:
        database.execute("CREATE VIEW extra AS SELECT * FROM plots LIMIT 3")
    database.close()
    return True


def _wal(path: Path, _: random.Random) -> bool:
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA journal_mode=WAL")
    database.close()
    return True


def _count(path: Path, chance: random.Random) -> bool:
    stale_count(path, chance.choice([0, 3, 49, 51, 5000]))
    return True


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


DAMAGES = (
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
    Damage("cut short", (*JSON, *KML), _on_text(_cut_json), truncates=True),
    Damage("features twice", JSON, _on_text(_doubled_key("features"))),
    Damage("geometry twice", JSON, _on_text(_doubled_key("geometry"))),
    Damage("limit exceeded", JSON, _on_text(_member("exceededTransferLimit", True))),
    Damage("next page", JSON, _on_text(_member("links", [{"rel": "next", "href": "https://example.org/?page=2"}]))),
    Damage("no geometry", JSON, _feature(lambda feature, _: feature.update(geometry=None))),
    Damage("text for a coordinate", JSON, _feature(_set_position("ver plano"))),
    Damage("NaN", JSON, _feature(_set_position(float("nan")))),
    Damage("Infinity", JSON, _feature(_set_position(float("inf")))),
    Damage("nested too deep", JSON, _feature(_wrong_nesting)),
    Damage("id gone", JSON, _feature(lambda feature, _: feature["properties"].pop("codigo"))),
    Damage(
        "comma too many", JSON, _on_text(lambda text, _: text.replace("}, {", "},, {", 1) if "}, {" in text else None)
    ),
    Damage(
        "link to more",
        KML,
        _on_text(
            lambda text, _: text.replace(
                "<Folder>", "<NetworkLink><Link><href>b.kml</href></Link></NetworkLink><Folder>"
            )
        ),
    ),
    Damage(
        "no outline",
        KML,
        _on_text(
            lambda text, _: re.sub(r"<coordinates>.*?</coordinates>", "<coordinates/>", text, count=1, flags=re.S)
        ),
    ),
    Damage("blanks behind commas", KML, _on_text(lambda text, _: text.replace(",0 ", ", 0 "))),
    Damage(
        "wrong dimension", ("workbook",), _sheet(r'<dimension ref="[^"]*" ?/>', lambda *_: '<dimension ref="A1:B4"/>')
    ),
    Damage("rows out of order", ("workbook",), _in_zip(_rows_out_of_order)),
    Damage("formula without value", ("workbook",), _sheet(r"<v>-76[^<]*</v>", lambda *_: "<f>A1*2</f>")),
    Damage("index gone", ("shapefile",), _sibling(".shx", lambda *_: None)),
    Damage("attributes gone", ("shapefile",), _sibling(".dbf", lambda *_: None)),
    Damage("attributes counted wrong", ("shapefile",), _sibling(".dbf", _dbf_count)),
    Damage("attributes cut", ("shapefile",), _sibling(".dbf", _dbf_cut)),
    Damage("outlines cut", ("shapefile",), _cut(0.3, 0.95)),
    Damage(
        "index cut",
        ("shapefile",),
        _sibling(".shx", lambda content, chance: content[: chance.randrange(100, 480) // 8 * 8]),
    ),
    Damage("stale count", ("geopackage",), _count),
    Damage("a view beside", ("geopackage",), _triggered),
    Damage("write-ahead log", ("geopackage",), _wal),
    Damage("broken off", ("binary", "archive", "workbook", "geopackage"), _cut(0.3, 0.97)),
    Damage("table called text", ("archive",), _in_zip(_renamed(".txt"))),
    Damage("table called nothing", ("archive",), _in_zip(_renamed(".bak"))),
    Damage("archive in an archive", ("archive",), _in_zip(_nested)),
    Damage("one name twice", ("archive",), _same_names),
)
