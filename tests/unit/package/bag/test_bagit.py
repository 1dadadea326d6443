"""The bag: valid for those who know only BagIt, and the same bytes on any number of cores."""

import datetime as dt
import hashlib
import json
import random
import zipfile
from pathlib import Path

import bagit
import pytest

from eudr_check.package.bag import bagit as bag
from eudr_check.run import graph
from eudr_check.steps import Map, one_by_one

FILES = {
    "a.csv": b"plot,area_ha\n" * 300_000,
    "a/deep/noise.bin": random.Random(1).randbytes(2_500_000),
    "a/empty.txt": b"",
    "tables/PLOTS.parquet": b"PAR1" * 1000,
    "\u00f1and\u00fa.txt": "\u00f1".encode(),
}


def packed(folder: Path, each: Map = one_by_one) -> Path:
    for name, content in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    bag.write(folder, name="prueba", date=dt.date(2026, 9, 30), title="A bag", facts={"harvest": "prueba"}, each=each)
    return folder / "prueba.zip"


def test_bag_is_valid_and_holds_every_file(tmp_path: Path) -> None:
    """bagit finds nothing wrong; what was compressed already is stored; the manifest lists what is there."""
    path = packed(tmp_path / "p")
    with zipfile.ZipFile(path) as opened:
        opened.extractall(tmp_path / "out")
        kinds = {entry.filename: entry.compress_type for entry in opened.infolist()}
    manifest = json.loads((tmp_path / "out/prueba/data/MANIFEST.json").read_text())

    bagit.Bag(str(tmp_path / "out/prueba")).validate()
    assert {name: (tmp_path / "out/prueba/data" / name).read_bytes() for name in FILES} == FILES
    assert kinds["prueba/data/tables/PLOTS.parquet"] == zipfile.ZIP_STORED
    assert kinds["prueba/data/a.csv"] == zipfile.ZIP_DEFLATED and path.stat().st_size < 2_700_000
    assert manifest["files"] == {
        name: {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()} for name, content in FILES.items()
    }


@pytest.mark.parametrize("each", [graph.on_cores, graph.in_flight])
def test_threads_leave_no_trace(tmp_path: Path, each: Map) -> None:
    """Blocks compressed one after another and several at a time give the same bytes."""
    assert packed(tmp_path / "b", each).read_bytes() == packed(tmp_path / "a").read_bytes()
