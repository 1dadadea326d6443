"""Ways to damage JSON, KML and containers: archives, workbooks, shapefiles, GeoPackages."""

import io
import json
import random
import re
import sqlite3
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

from tests.fuzz.damage import JSON, KML, Damage
from tests.fuzz.text_damages import on_text


def _cut_json(text: str, chance: random.Random) -> str:
    end = chance.randrange(len(text) // 3, len(text) - 5)
    # Where one line ends and the next has not begun nobody can see that lines are missing.
    while {text[end - 1], text[end]} & {"\n", "\x1e"}:
        end -= 1
    return text[:end]


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


def _formula_in_ods(members: dict[str, bytes], chance: random.Random) -> dict[str, bytes] | None:
    """A number of an OpenDocument sheet becomes a formula whose result was never stored."""
    if "content.xml" not in members:
        return None
    text = members["content.xml"].decode()
    hit = chance.choice(
        list(re.finditer(r'office:value-type="float" office:value="-[^"]*"><text:p>[^<]*</text:p>', text))
    )
    changed = text[: hit.start()] + 'table:formula="of:=[.B2]*2">' + text[hit.end() :]
    return {**members, "content.xml": changed.encode()}


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


def stale_count(path: Path, count: int) -> None:
    """Make a GeoPackage claim another number of features."""
    with sqlite3.connect(path) as database:
        database.execute("UPDATE gpkg_ogr_contents SET feature_count = ?", (count,))
    database.close()


def _count(path: Path, chance: random.Random) -> bool:
    stale_count(path, chance.choice([0, 3, 49, 51, 5000]))
    return True


FILE_DAMAGES = (
    Damage("cut short", (*JSON, *KML), on_text(_cut_json), truncates=True),
    Damage("features twice", JSON, on_text(_doubled_key("features"))),
    Damage("geometry twice", JSON, on_text(_doubled_key("geometry"))),
    Damage("limit exceeded", JSON, on_text(_member("exceededTransferLimit", True))),
    Damage("next page", JSON, on_text(_member("links", [{"rel": "next", "href": "https://example.org/?page=2"}]))),
    Damage("no geometry", JSON, _feature(lambda feature, _: feature.update(geometry=None))),
    Damage("text for a coordinate", JSON, _feature(_set_position("ver plano"))),
    Damage("NaN", JSON, _feature(_set_position(float("nan")))),
    Damage("Infinity", JSON, _feature(_set_position(float("inf")))),
    Damage("nested too deep", JSON, _feature(_wrong_nesting)),
    Damage("id gone", JSON, _feature(lambda feature, _: feature["properties"].pop("codigo"))),
    Damage(
        "comma too many", JSON, on_text(lambda text, _: text.replace("}, {", "},, {", 1) if "}, {" in text else None)
    ),
    Damage(
        "link to more",
        KML,
        on_text(
            lambda text, _: text.replace(
                "<Folder>", "<NetworkLink><Link><href>b.kml</href></Link></NetworkLink><Folder>"
            )
        ),
    ),
    Damage(
        "no outline",
        KML,
        on_text(lambda text, _: re.sub(r"<coordinates>.*?</coordinates>", "<coordinates/>", text, count=1, flags=re.S)),
    ),
    Damage("blanks behind commas", KML, on_text(lambda text, _: text.replace(",0 ", ", 0 "))),
    Damage(
        "wrong dimension", ("workbook",), _sheet(r'<dimension ref="[^"]*" ?/>', lambda *_: '<dimension ref="A1:B4"/>')
    ),
    Damage("rows out of order", ("workbook",), _in_zip(_rows_out_of_order)),
    Damage("formula without value", ("workbook",), _sheet(r"<v>-76[^<]*</v>", lambda *_: "<f>A1*2</f>")),
    Damage("formula without value in a sheet of ODS", ("archive",), _in_zip(_formula_in_ods)),
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
