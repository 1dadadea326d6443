"""Every byte of a file that may hold a name: archives in archives, tables of Parquet and SQLite, text of PDF."""

import io
import re
import shutil
import sqlite3
import subprocess
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow.parquet as pq


def every_byte(name: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    """A file, its name, and whatever is packed in it: archives in archives, tables of Parquet and SQLite, PDF."""
    yield name, name.encode() + b"\n" + content
    if zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            yield f"{name}: comments", packed.comment + b"".join(one.comment + one.extra for one in packed.infolist())
            for inside in packed.namelist():
                yield from every_byte(f"{name}/{inside}", packed.read(inside))
    elif name.endswith(".parquet"):
        table = pq.read_table(io.BytesIO(content))
        yield f"{name}: columns", str(table.schema.metadata).encode() + str(table.to_pydict()).encode()
    elif name.endswith(".gpkg"):
        yield name, "\n".join(dumped(content)).encode()
    elif name.endswith(".pdf"):
        for stream in re.findall(rb"stream\r?\n(.*?)endstream", content, re.DOTALL):
            try:
                yield f"{name}: stream", zlib.decompress(stream)
            except zlib.error:
                yield f"{name}: stream", stream
        if shutil.which("pdftotext"):
            yield f"{name}: text", subprocess.run(["pdftotext", "-", "-"], input=content, capture_output=True).stdout


def dumped(content: bytes) -> Iterator[str]:
    with sqlite3.connect(":memory:") as base:
        base.deserialize(content)
        for (table,) in base.execute("select name from sqlite_master where type = 'table'").fetchall():
            if not table.startswith("rtree_"):
                yield from map(str, base.execute(f'select * from "{table}"'))


def held_by(folder: Path, names: Iterable[str]) -> dict[str, set[str]]:
    """Which of some names stand in which files of a folder, in any case and in the encodings that formats write in."""
    wanted = {name: (name.lower().encode(), name.lower().encode("utf-16-le")) for name in names}
    found: dict[str, set[str]] = {}
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            for place, content in every_byte(file.relative_to(folder).as_posix(), file.read_bytes()):
                texts = {content.decode("utf-8", "replace").lower().encode(), content.lower()}
                for name, forms in wanted.items():
                    if any(form in text for form in forms for text in texts):
                        found.setdefault(name, set()).add(place)
    return found
