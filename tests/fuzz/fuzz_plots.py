"""Good plot files of every format, damaged at random: no crash, no lost row, nothing written outside.

    python tests/fuzz/fuzz_plots.py SECONDS [SEED]

Each round takes one good file, damages some of its bytes (or, in archives, of a member), loads it and checks the law of
conservation. It ends with 0 after SECONDS, or stops with the file that broke the law.
"""

import io
import json
import random
import sys
import tempfile
import time
import warnings
import zipfile
from collections import Counter
from pathlib import Path

import geopandas as gpd
import openpyxl
import shapely

from eudr_check import plots, tables
from eudr_check.config import PlotFile

ROWS = 8


def good_files(folder: Path) -> list[Path]:
    """One good file of every format, eight plots each."""
    shapes = [
        shapely.Polygon([(x, -6.04), (x + 0.0018123, -6.0401), (x + 0.0017, -6.038111), (x, -6.038223)])
        for x in (-76.1 + 0.004 * row for row in range(ROWS))
    ]
    frame = gpd.GeoDataFrame({"codigo": [f"P{row}" for row in range(ROWS)]}, geometry=shapes, crs="EPSG:4326")
    made = []
    drivers = {"geojson": "GeoJSON", "ndjson": "GeoJSONSeq", "gpkg": "GPKG", "fgb": "FlatGeobuf"}
    for suffix, driver in {**drivers, "shp": "ESRI Shapefile", "kml": "KML"}.items():
        frame.to_file(folder / f"a.{suffix}", driver=driver)
        made.append(folder / f"a.{suffix}")
    frame.to_parquet(folder / "a.parquet")
    with zipfile.ZipFile(folder / "a.zip", "w") as archive:
        for suffix in ("shp", "shx", "dbf", "prj"):
            archive.write(folder / f"a.{suffix}", f"x/a.{suffix}")
    with zipfile.ZipFile(folder / "a.kmz", "w") as archive:
        archive.write(folder / "a.kml", "doc.kml")
    lines = [f'P{row};"{shapely.to_wkt(shape)}"' for row, shape in enumerate(shapes)]
    (folder / "a.csv").write_text("\n".join(["codigo;wkt", *lines]), encoding="utf-8")
    corners = [f"P{row};{n};{x};{y}" for row, s in enumerate(shapes) for n, (x, y) in enumerate(s.exterior.coords[:-1])]
    (folder / "vertices.csv").write_text("\n".join(["codigo;vertice;lon;lat", *corners]), encoding="utf-8")
    records = [
        {"_id": row, "lindero": "; ".join(f"{y} {x} 0 3" for x, y in shape.exterior.coords)}
        for row, shape in enumerate(shapes)
    ]
    (folder / "kobo.json").write_text(json.dumps(records), encoding="utf-8")
    book = openpyxl.Workbook()
    book.active.append(["codigo", "lon", "lat"])
    for row, shape in enumerate(shapes):
        book.active.append([f"P{row}", shape.centroid.x, shape.centroid.y])
    book.save(folder / "a.xlsx")
    made += [folder / n for n in ("a.parquet", "a.zip", "a.kmz", "a.csv", "vertices.csv", "kobo.json", "a.xlsx")]
    return made


def damaged(content: bytes, chance: random.Random) -> bytes:
    """Some bytes changed, removed, doubled, or the end cut off."""
    data = bytearray(content)
    for _ in range(chance.choice([1, 1, 2, 5, 30])):
        at = chance.randrange(max(len(data), 1))
        length = chance.choice([1, 1, 2, 8, 100])
        kind = chance.randrange(5)
        if kind == 0:
            data[at : at + length] = bytes(chance.randrange(256) for _ in range(length))
        elif kind == 1:
            del data[at : at + length]
        elif kind == 2:
            data[at:at] = data[at : at + length]
        elif kind == 3:
            data[at:at] = chance.choice([b'"', b"<", b"]", b"}", b"\x00", b"1e999", b"&x;", b"\xff", b"-", b",", b"\n"])
        elif chance.random() < 0.2:
            del data[at:]
    return bytes(data)


def damaged_file(path: Path, chance: random.Random) -> bytes:
    """A damaged copy; half of the archives are damaged inside, so that their members are read at all."""
    content = path.read_bytes()
    if not zipfile.is_zipfile(path) or chance.random() < 0.5:
        return damaged(content, chance)
    stream = io.BytesIO()
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(stream, "w") as target:
        hit = chance.choice(source.namelist())
        for name in source.namelist():
            target.writestr(name, damaged(source.read(name), chance) if name == hit else source.read(name))
    return stream.getvalue()


def check(path: Path) -> Counter[str]:
    """Load a file and check the law; what came of it."""
    made, findings = plots.load([PlotFile(path=path, cooperative="coop-01")], commodity="coffee")
    tables.check(tables.PLOTS, made)
    tables.check(tables.FINDINGS, findings)
    of_rows = findings[findings["source_row"].notna()]
    blocked = set(of_rows.loc[of_rows["severity"] == "block", "source_row"].astype(int))
    kept = made["source_row"].tolist()
    whole = findings[(findings["severity"] == "block") & findings["source_row"].isna()]
    assert len(kept) == len(set(kept)), "a row is there twice"
    assert set(of_rows["source_row"].astype(int)) <= set(kept) | blocked, (
        "a row with findings is neither kept nor blocked"
    )
    assert kept or blocked or len(whole), "a file left no trace"
    assert set(made.loc[~made["usable"], "source_row"]) == set(kept) & blocked, "unusable without a reason"
    return Counter(
        {"file refused": int(len(whole) > 0), "plots kept": int(made["usable"].sum()), "rows blocked": len(blocked)}
    )


def main(seconds: float, seed: int) -> None:
    warnings.simplefilter("ignore")
    chance = random.Random(seed)
    total: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "good").mkdir()
        files = good_files(folder / "good")
        end = time.monotonic() + seconds
        rounds = 0
        while time.monotonic() < end:
            source = files[rounds % len(files)]
            inside = folder / "round"
            inside.mkdir()
            for sibling in (folder / "good").glob(f"{source.stem}.*") if source.suffix == ".shp" else [source]:
                (inside / sibling.name).write_bytes(sibling.read_bytes())
            target = inside / source.name
            if source.suffix == ".shp":
                target = chance.choice(sorted(inside.glob("a.s*")))
            target.write_bytes(damaged_file(target, chance))
            before = {path.name for path in folder.iterdir()}
            try:
                total += check(inside / source.name)
                assert {path.name for path in folder.iterdir()} == before, "something was written outside"
            except BaseException:
                kept = Path(f"fuzz-{seed}-{rounds}-{target.name}")
                kept.write_bytes(target.read_bytes())
                sys.stderr.write(f"round {rounds}, seed {seed}: the file is kept as {kept}\n")
                raise
            for path in inside.iterdir():
                path.unlink()
            inside.rmdir()
            rounds += 1
    sys.stdout.write(f"{rounds} damaged files, seed {seed}: no crash, no lost row; {dict(total)}\n")


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 60, int(sys.argv[2]) if len(sys.argv) > 2 else 1)
