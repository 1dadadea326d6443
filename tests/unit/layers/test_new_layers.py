"""Layers of 2026: encodings on small rasters in the producers' own grid; tiles, days of update, places."""

import datetime as dt
import json
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from affine import Affine

from eudr_check import layers
from eudr_check.config import Catalogue, LayerChoice
from eudr_check.layers.catalog.tile_grids import items, tile_at, tiles_of
from eudr_check.layers.class_areas import class_areas
from eudr_check.layers.definition import LayerDefinition, definition, shipped
from eudr_check.layers.encode import encode
from eudr_check.layers.fetch import update_day
from eudr_check.layers.places import TileScheme
from eudr_check.layers.raster import open_raster
from eudr_check.run.watched import variables
from eudr_check.tiles import Tile
from tests.helpers.answers import Reply, ranged, stage
from tests.helpers.rasters import STATE, Toy, write_raster

ALERT, COUNTED = ("alert", "date"), ("anomaly", "count", "date")
PERU = tuple(str(year) for year in range(2020, 2026))
CASES: list[tuple[str, str, tuple[str, ...], list[tuple[tuple[int, ...], int]]]] = [
    # Days are counted from 2019-01-01: 730 is the last day of 2020, 731 the first of 2021; 0 is a day too.
    ("glad_s2@current", "alert_year", ALERT, [
        ((0, 0), -1), ((1, 900), -1), ((2, 0), 2019), ((2, 730), 2020), ((2, 731), 2021), ((4, 2800), 2026),
    ]),
    # Days after 2020-12-31: 1 is the first of 2021, 365 its last; less than 30 %, seen once or undated is no alert.
    ("dist_alert@current", "alert_year", COUNTED, [
        ((30, 2, 1), 2021), ((254, 254, 365), 2021), ((30, 2, 366), 2022), ((29, 9, 400), -1), ((90, 1, 400), -1),
        ((90, 9, 0), -1), ((90, 9, -1), -1), ((255, 9, 400), -1), ((90, 255, 400), -1),
    ]),
    # A cell without alert has a value; nodata has none.
    ("dist_alert@current", "observed", COUNTED[:2], [((0, 0), 1), ((254, 254), 1), ((255, 9), -1), ((90, 255), -1)]),
    ("glad_l@2021", "alert_year", ALERT, [((0, 0), -1), ((2, 1), 2021), ((3, 365), 2021), ((1, 9), -1)]),
    ("glad_l@2026", "alert_year", ALERT, [((0, 0), -1), ((2, 300), 2026), ((3, 1), 2026)]),
    # The day counts within the year of the file: 0 and 366 are days of it too.
    *(
        (f"glad_l@{year}", "alert_year", ALERT, [((3, 0), year), ((2, 366), year), ((1, 10), -1), ((0, 200), -1)])
        for year in range(2022, 2027)
    ),
    ("opera_dist_ann@2025", "loss_year", ("status",), [((3,), 2025), ((9,), 0), ((10,), 0), ((255,), -1)]),
    ("glad_glclu@2020", "tree", ("class",), [
        ((24,), 0), ((25,), -1), ((26,), -1), ((27,), 1), ((48,), 1), ((100,), 0), ((126,), -1), ((127,), 1),
        ((148,), 1), ((200,), 0), ((244,), 0), ((250,), 0), ((255,), -1),
    ]),
    ("glad_glclu@2020", "crop", ("class",), [((244,), 1), ((48,), 0)]),
    ("gpw_grassland@2022", "cultivated", ("class",), [((1,), 1), ((2,), 0), ((0,), 0), ((255,), -1)]),
    ("gpw_grassland@2022", "natural", ("class",), [((2,), 1), ((1,), 0), ((255,), -1)]),
    ("wri_drivers@v1.3", "agriculture", ("driver",), [((1,), 1), ((3,), 1), ((5,), 0), ((255,), -1)]),
    ("wri_drivers@v1.3", "logging", ("driver",), [((4,), 1), ((1,), 0), ((7,), 0), ((255,), -1)]),
    ("wri_drivers@v1.3", "fire", ("driver",), [((5,), 1), ((1,), 0), ((255,), -1)]),
    ("mapbiomas_peru@col4", "forest", ("2020",), [((3,), 1), ((6,), 1), ((15,), 0), ((21,), -1), ((0,), -1)]),
    # A loss stays lost in the next year; a change to mosaic, back to forest, or of other land is nothing that it says.
    ("mapbiomas_peru@col4", "loss_2021", PERU[:3], [
        ((3, 15, 15), 2021), ((3, 15, 3), -1), ((3, 21, 21), -1), ((3, 3, 3), -1), ((15, 15, 15), -1), ((3, 15, 0), -1),
    ]),
    ("mapbiomas_peru@col4", "loss_2025", ("2020", "2024", "2025"), [((4, 4, 72), 2025), ((4, 15, 15), -1)]),
    ("mapbiomas_peru@col4", "plantation", ("2025",), [((9,), 1), ((3,), 0), ((15,), 0), ((21,), -1), ((0,), -1)]),
    ("mapbiomas_peru@col4", "agriculture", ("2025",), [((72,), 1), ((9,), 0), ((6,), 0), ((66,), -1), ((0,), -1)]),
    ("mapbiomas_brazil@col11", "coffee", ("2020",), [((46,), 1), ((3,), 0), ((21,), -1)]),
    ("mapbiomas_brazil@col11", "forest", ("2020",), [((49,), 1), ((46,), 0), ((0,), -1)]),
    ("mapbiomas_brazil@col11", "loss_2025", ("2020", "2024", "2025"), [
        ((3, 3, 46), 2025), ((49, 5, 15), 2025), ((3, 3, 21), -1), ((3, 3, 3), -1), ((15, 15, 46), -1),
    ]),
    ("mapbiomas_brazil@col11", "plantation", ("2025",), [((9,), 1), ((46,), 0), ((3,), 0), ((21,), -1), ((0,), -1)]),
    ("mapbiomas_brazil@col11", "agriculture", ("2025",), [((46,), 1), ((15,), 1), ((9,), 0), ((49,), 0), ((21,), -1)]),
    ("mapbiomas_colombia@col3", "plantation", ("2024",), [((9,), 1), ((81,), 0), ((3,), 0), ((21,), -1), ((27,), -1)]),
    ("mapbiomas_colombia@col3", "agriculture", ("2024",), [((35,), 1), ((74,), 1), ((9,), 0), ((4,), -1), ((21,), -1)]),
    ("mapbiomas_colombia@col3", "loss_2024", ("2020", "2023", "2024"), [((3, 3, 35), 2024), ((3, 3, 21), -1)]),
    ("mapbiomas_ecuador@col3", "forest", ("2020",), [((4,), 1), ((82,), 0), ((9,), 0), ((21,), -1), ((0,), -1)]),
    ("mapbiomas_ecuador@col3", "plantation", ("2024",), [((9,), 1), ((74,), 0), ((4,), 0), ((35,), -1), ((0,), -1)]),
    ("mapbiomas_ecuador@col3", "agriculture", ("2024",), [((74,), 1), ((9,), 0), ((35,), -1)]),
    ("mapbiomas_indonesia@col3", "forest", ("2020",), [((3,), 1), ((5,), 1), ((35,), 0), ((21,), -1), ((0,), -1)]),
    ("mapbiomas_colombia@col3", "forest", ("2020",), [((6,), 1), ((81,), 0), ((4,), -1), ((27,), -1)]),
    ("mapbiomas_ecuador@col3", "loss_2024", ("2020", "2023", "2024"), [((3, 3, 74), 2024), ((3, 3, 3), -1)]),
    ("mapbiomas_indonesia@col3", "loss_2023", ("2020", "2022", "2023"), [((3, 3, 35), 2023), ((3, 3, 21), -1)]),
]  # fmt: skip
GRIDS = {
    # Cell in degrees (metres in UTM), hectares of one cell at the equator: WGS 84, 111319.49 m and 110574.3 m a degree.
    "1/10000 degree": (0.0001, 0.0123091),
    "1/4000 degree": (0.00025, 0.0769321),
    "30 m, in degrees": (0.00025, 0.0769321),
    "0.01 degree": (0.01, 123.0907),
    "about 0.0002695 degree": (0.0002695, 0.0894002),
    "30 m": (30.0, 0.09),
}


def shipped_layer(name: str) -> LayerDefinition:
    """A shipped definition."""
    return definition(LayerChoice.model_validate({"id": name, "from": "x"}))


@pytest.mark.parametrize(("name", "variable", "assets", "cells"), CASES)
def test_encoding_on_the_producers_grid(
    tmp_path: Path, name: str, variable: str, assets: tuple[str, ...], cells: list[tuple[tuple[int, ...], int]]
) -> None:
    """One row of cells per case, read through catalogue, store and cube: what each means, and how large a cell is."""
    layer = shipped_layer(name)
    size, hectares = GRIDS[layer.resolution]
    utm = layer.crs == "UTM"
    where: dict[str, Any] = {"west": 0.0, "north": size}
    if utm:
        # East of the central meridian of zone 31 (3 degrees east), on the equator.
        where = {"west": 500_000.0, "north": 30.0, "crs": "EPSG:32631"}
    paths = []
    for asset in sorted({asset for encoding in layer.encodings.values() for asset in encoding.assets}):
        column = [values[assets.index(asset)] if asset in assets else 1 for values, _ in cells]
        pattern = layer.assets[asset].file or f"{asset}_{{id}}"
        path = tmp_path / "tile" / f"{pattern.replace('{id}', 'tile').replace('*', 'x')}.tif"
        paths.append(write_raster(path, [column], cell=size, dtype=layer.assets[asset].dtype, **where))
        layers.catalogue.add(tmp_path / "catalogue", [path], layer, asset=asset)
    step = 30 / 111_319.49 / 0.9996 if utm else size
    longitudes = (3.0 if utm else 0.0) + (np.arange(len(cells)) + 0.5) * step
    inside = longitudes < (3.1 if utm else 0.1)
    box = np.array([[longitudes[0] - step / 2, 0.0, longitudes[inside][-1] + step / 4, 0.0001]])
    tile = Tile.at(longitudes[0], 0.00005)
    choice = LayerChoice.model_validate({"id": name, "from": "local"})
    folder = {"local": Catalogue(folder=tmp_path / "catalogue")}
    sources = layers.prefetch({tile: box}, [choice], folder, tmp_path / "store")
    cube = layers.cube(tile, box, [layer], sources, tmp_path / "store")
    row = cube[f"{layer.name}.{variable}"].sel(y=0.00005, method="nearest")

    assert sources["status"].eq("read").all()
    seen = [int(row.sel(x=longitude, method="nearest")) for longitude in longitudes[inside]]
    assert seen == [expected for _, expected in cells][: len(seen)]
    assert sum(class_areas(open_raster(paths[0], None)).hectares.values()) == pytest.approx(
        hectares * len(cells), rel=1e-4
    )


def test_tiles_of_alerts_are_named_by_their_edges_and_mosaics_by_their_zone() -> None:
    """GLAD names west, south, east and north edge; DIST mosaics the UTM zone, from pole to pole."""
    edges = [
        tile_at("wsen", 10, *at).name for at in [(-76.1, -6.0), (5.0, 5.0), (-0.5, 0.0), (108.2, 12.6), (175, -16)]
    ]
    zones = [tile_at("utmzone", 10, *at).name for at in [(-76.1, -6.0), (-180.0, 0.0), (179.9, 70.0), (0.0, 0.0)]]

    assert edges == [
        "080W_10S_070W_00N", "000E_00N_010E_10N", "010W_10S_000E_00N", "100E_10N_110E_20N", "170E_20S_180E_10S"
    ]  # fmt: skip
    assert zones == ["18", "01", "60", "31"]
    both = np.array([[-78.01, -0.01, -77.99, 0.01]])
    assert [tile.name for tile in tiles_of(TileScheme(naming="utmzone", url="u"), both)] == ["17", "18"]


def test_a_single_file_is_asked_for_its_own_ground_only() -> None:
    """A national file is one Item, and none for ground that it cannot hold."""
    layer = shipped_layer("mapbiomas_peru@col4")
    scheme = layer.found[0].tiles
    assert scheme is not None
    (item,) = items(layer, scheme, np.array([[-76.1, -6.1, -76.0, -6.0]]))

    assert item.assets["2021"].href.endswith(
        "/peru/collection4/lulc/coverage/peru_coverage/peru_coverage-col4_2021.tif"
    )
    assert items(layer, scheme, np.array([[0.0, 6.0, 0.1, 6.1]])) == []
    with pytest.raises(ValueError, match="'box' is given for naming file"):
        TileScheme(naming="file", url="u")


@pytest.mark.parametrize(
    ("variable", "expected"),
    [("primary", [0, 0, 1, 0, -1]), ("regenerating", [0, 1, 0, 0, -1]), ("planted", [0, 0, 0, 1, -1])],
)
def test_kinds_of_forest_of_gft2020(variable: str, expected: list[int]) -> None:
    """0 is no forest, 1 naturally regenerating, 10 primary, 20 planted, 255 not mapped."""
    layer = shipped_layer("jrc_gft2020@V1")
    values = {"type": np.array([0, 1, 10, 20, 255], dtype=np.uint8)}

    assert encode(layer.encodings[variable], layer.assets, values, {}).tolist() == expected


@pytest.mark.parametrize("name", shipped())
def test_alerts_and_yearly_maps_without_a_mask_never_say_no(name: str) -> None:
    """Where a raster does not show what it watches, its "nothing" is unknown: it can hide no other layer's event."""
    layer = shipped_layer(name)
    for encoding in layer.encodings.values():
        if encoding.kind == "event" and name.startswith(("radd", "glad_", "dist_alert", "mapbiomas")):
            (columns, values) = _every_value(layer, encoding.assets)
            made = encode(encoding, layer.assets, dict(zip(columns, values, strict=True)), {})
            assert not (made == 0).any()


def _every_value(layer: LayerDefinition, assets: tuple[str, ...]) -> tuple[list[str], list[np.ndarray]]:
    """Every combination of the bounds of all ranges that a layer names, of some assets."""
    bounds = []
    for asset in assets:
        ranges = [values for one in layer.encodings.values() for _, key, values in one.named if key == asset]
        ends = {end for values in (layer.assets[asset].legend, *ranges) for low, high in values for end in (low, high)}
        bounds.append(np.array(sorted(ends), dtype=layer.assets[asset].dtype))
    grid = np.meshgrid(*bounds, indexing="ij")
    return list(assets), [one.ravel() for one in grid]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Updated Fri Apr 15 14:27:01 2022 UTC", dt.date(2022, 4, 15)),
        ("Updated Sat Nov  7 04:05 UTC 2026\n", dt.date(2026, 11, 7)),
        ("Updated Fri Apr 45 14:27:01 2022 UTC", None),
        ("Updated Thu Jan  1 00:00:00 2999 UTC", None),
        ("<html>moved</html>", None),
        ("", None),
    ],
)
def test_days_of_update_are_read_or_unknown(text: str, day: dt.date | None) -> None:
    """The text beside the files gives a day, or none: never today."""
    assert update_day.read(text) == day


def _published(toy: Toy, url: str, *places: str, **scheme: str) -> None:
    """Give a layer published tiles at some places of a server."""
    found = [f"{{tiles: {{naming: jrc, url: '{url}/{place}/{{tile}}.tif'{_more(scheme)}}}}}" for place in places]
    toy.file.write_text(f"{toy.file.read_text()}found: [{', '.join(found)}]\n", encoding="utf-8")


def _more(scheme: dict[str, str]) -> str:
    return "".join(f", {name}: {value}" for name, value in scheme.items())


BOX = np.array([[0.01, 0.01, 0.02, 0.02]])
WEB = {"local": Catalogue(tiles="published")}


def test_how_far_a_file_has_seen_is_read_with_it(tmp_path: Path) -> None:
    """SOURCES and column carry the day of update; a newer file is fetched; offline tells the same."""
    event = "kind: event, role: event, method: m, sensor: s, covers_from: 2019-01-01, covers_through: 2020-12-31"
    year = "year: {asset: a, values: '1000..3000', since: 2019-01-01}, unknown: [{a: 0}]"
    toy = Toy(
        tmp_path, "{a: {legend: '0, 1000..3000', dtype: uint16}}", f"{{alert: {{{event}, dating: dated, {year}}}}}"
    )
    now = {"day": "Fri Apr 15 14:27:01 2022", "value": 1200}

    def answer(path: str, headers: dict[str, str]) -> Reply:
        if path.endswith("uploadDate.txt"):
            return (200, {}, f"Updated {now['day']} UTC".encode()) if now["day"] else (404, {}, b"")
        source = write_raster(tmp_path / "n.tif", np.full((100, 100), now["value"]), cell=0.1, north=10, dtype="uint16")
        return ranged(source.read_bytes(), headers, ETag=f'"{now["value"]}"')

    seen = []
    with stage(answer) as server:
        _published(toy, server.url, "t", replaced="true", updated_file=f"'{server.url}/uploadDate.txt'")
        tile = Tile(0, 0)
        later = "Sat Nov  7 04:05:00 2026"
        reads = [(now["day"], 1200, False), (later, 2700, False), (later, 2700, True), ("", 2700, False)]
        for day, value, offline in reads:
            now |= {"day": day, "value": value}
            sources = layers.prefetch({tile: BOX}, [toy.choice], WEB, tmp_path / "store", offline=offline)
            cube = layers.cube(tile, BOX, [toy.definition], sources, tmp_path / "store")
            (column,) = variables([toy.definition], sources)
            seen.append((sources["datetime"].item(), str(column.covers_through), int(cube["toy.alert"].max())))

    assert seen == [
        ("2020-12-31/2022-04-15", "2022-04-15", 2022),
        ("2020-12-31/2026-11-07", "2026-11-07", 2026),
        ("2020-12-31/2026-11-07", "2026-11-07", 2026),
        ("2020-12-31", "2020-12-31", 2026),
    ]


def test_of_several_files_the_one_that_has_seen_least_counts() -> None:
    """Two tiles read on two days reach as far as the older; without anything read the definition's end stays."""
    layer = shipped_layer("glad_s2@current")
    rows = pd.DataFrame(
        {"layer": layer.id, "status": "read", "datetime": ["2019-01-01/2026-11-07", "2019-01-01/2026-10-01"]}
    )

    assert [str(one.covers_through) for one in variables([layer], rows)] == ["2026-10-01"]
    assert variables([layer], rows.assign(status="failed")) == layer.variables
    old = replace(layer.variables[0], covers_through=dt.date(2026, 10, 1))
    assert variables([layer], rows) == (old,)


def test_a_catalogue_cannot_say_that_a_file_has_seen_days_to_come(tmp_path: Path) -> None:
    """Of a layer whose files are replaced in place, an Item that ends in 2999 is no witness of what was seen."""
    event = "kind: event, role: event, method: m, sensor: s, covers_from: 2001-01-01, covers_through: 2022-12-31"
    year = "year: {asset: a, values: '1..22', add: 2000}"
    toy = Toy(tmp_path, "{a: {legend: '0..22'}}", f"{{alert: {{{event}, dating: yearly, {year}}}}}")
    _published(toy, "https://tiles.example", "t", updated_file="https://tiles.example/day.txt")
    toy.add(write_raster(tmp_path / "m.tif", np.zeros((10, 10))))
    (path,) = (tmp_path / "catalogue" / "toy-1").glob("m.json")
    content = json.loads(path.read_text())
    seen = []
    for end in ("2024-03-01T00:00:00Z", "2999-01-01T00:00:00Z"):
        content["properties"] |= {"datetime": None, "start_datetime": "2019-01-01T00:00:00Z", "end_datetime": end}
        path.write_text(json.dumps(content))
        (column,) = variables([toy.definition], sources := toy.sources())
        seen.append((str(column.covers_through), sources["reason"].str.contains("gives a date to come").all()))

    assert seen == [("2024-03-01", False), ("2022-12-31", True)]


@pytest.mark.parametrize("copy", ["whole", "no file", "refused", "damaged"])
def test_what_the_copy_does_not_give_is_asked_of_the_producer(tmp_path: Path, copy: str) -> None:
    """The first place is asked first; what it lacks comes from the second, and SOURCES says from where."""
    toy = Toy(tmp_path, "{map: {legend: '0..1'}}", f"{{forest: {{{STATE}, when: {{map: 1}}}}}}")
    values = np.random.default_rng(1).integers(0, 2, (100, 100))
    mirror = write_raster(tmp_path / "m.tif", values, cell=0.1, north=10, tiled=True, blockxsize=64, blockysize=64)
    producer = write_raster(tmp_path / "p.tif", values, cell=0.1, north=10)
    replies: dict[str, Reply] = {"no file": (404, {}, b""), "refused": (403, {}, b""), "damaged": (200, {}, b"<html>")}

    def answer(path: str, headers: dict[str, str]) -> Reply:
        if "producer" in path:
            return 200, {}, producer.read_bytes()
        return replies.get(copy) or ranged(mirror.read_bytes(), headers, ETag='"m"')

    with stage(answer) as server:
        _published(toy, server.url, "mirror", "producer")
        sources = layers.prefetch({Tile(0, 0): BOX}, [toy.choice], WEB, tmp_path / "store")
        asked = [path for path, _ in server.seen]
    cube = layers.cube(Tile(0, 0), BOX, [toy.definition], sources, tmp_path / "store")

    assert sources["status"].tolist() == ["read"]
    assert ("mirror" if copy == "whole" else "producer") in sources["href"].item()
    assert any("producer" in path for path in asked) == (copy != "whole")
    assert (cube["toy.forest"] == values[99, 0]).all()


def test_the_copy_of_tmf_is_named_as_one_of_a_third_party() -> None:
    """Ranges come from the copy, JRC stands behind it; the definition says whose it is."""
    for name in ("jrc_tmf@v1.2025", "jrc_tmf_subtypes@v1.2025"):
        copy, producer = shipped_layer(name).found
        assert copy.tiles is not None
        assert producer.tiles is not None
        assert copy.tiles.url.startswith("https://data.source.coop/epoch/jrc-tmf/v1_2025/{tile}/")
        assert copy.note is not None
        assert "third party" in copy.note
        assert (copy.tiles.ranges, producer.tiles.ranges) == (True, False)


TMF_CELL = 0.000269494585235856472


def _tmf_files(folder: Path, drawn: dict[str, np.ndarray]) -> dict[str, bytes]:
    """The copy tiled, ZSTD and north-up; JRC's from south to north, LZW, with a row north of its nominal box."""
    files = {}
    for name, values in drawn.items():
        kind = values.dtype.name
        tiled = {"tiled": True, "blockxsize": 64, "blockysize": 64, "compress": "ZSTD"}
        grid = {"cell": TMF_CELL, "west": -70.0, "north": 0.0, "dtype": kind}
        files[f"copy {name}"] = write_raster(folder / f"c{name}.tif", values, **grid, **tiled).read_bytes()
        south_up = Affine(TMF_CELL, 0, -70.0, 0, TMF_CELL, -len(values) * TMF_CELL)
        rows = np.vstack([values[:1], values])[::-1]
        path = write_raster(folder / f"p{name}.tif", rows, dtype=kind, transform=south_up, compress="LZW")
        files[f"producer {name}"] = path.read_bytes()
    return files


def test_the_copy_of_tmf_and_the_producers_file_say_the_same(tmp_path: Path) -> None:
    """Every variable on every cell that both have, whichever of them answers."""
    random = np.random.default_rng(7)
    drawn = {
        "AnnualChange_2020": random.integers(0, 7, (120, 130)).astype(np.uint8),
        "DeforestationYear": random.choice([0, 1999, 2020, 2021, 2025], (120, 130)).astype(np.uint16),
        "DegradationYear": random.choice([0, 2020, 2022], (120, 130)).astype(np.uint16),
    }
    files = _tmf_files(tmp_path, drawn)
    text = resources.files("eudr_check.layers").joinpath("definitions/jrc_tmf@v1.2025.yaml").read_text("utf-8")
    text = text.replace("jrc_tmf@", "own_tmf@").replace("name: tmf", "name: own").replace("title: ", "title: Copy of ")
    box = np.array([[-70.0 + 3 * TMF_CELL, -100 * TMF_CELL, -70.0 + 100 * TMF_CELL, -3 * TMF_CELL]])
    tile, cubes, hrefs = Tile.at(-70.0, -0.05), [], []
    for mirrored in (True, False):

        def answer(path: str, headers: dict[str, str], mirrored: bool = mirrored) -> Reply:
            name = next(one for one in drawn if one in path)
            if path.startswith("/iforce"):
                return 200, {}, files[f"producer {name}"]
            return ranged(files[f"copy {name}"], headers, ETag=f'"{name}"') if mirrored else (404, {}, b"")

        with stage(answer) as server:
            file = tmp_path / f"tmf{mirrored}.yaml"
            hosts = ("https://data.source.coop", "https://ies-ows.jrc.ec.europa.eu")
            file.write_text(text.replace(hosts[0], server.url).replace(hosts[1], server.url), encoding="utf-8")
            choice = LayerChoice.model_validate({"definition": str(file), "from": "local"})
            sources = layers.prefetch({tile: box}, [choice], WEB, tmp_path / f"store{mirrored}")
        assert set(sources["status"]) == {"read"}
        hrefs.append(sources["href"].str.contains("iforce").tolist())
        cubes.append(layers.cube(tile, box, [definition(choice)], sources, tmp_path / f"store{mirrored}"))

    assert hrefs == [[False] * 3, [True] * 3]
    where = {"x": -70.0 + (np.arange(3, 100) + 0.5) * TMF_CELL, "y": -(np.arange(3, 100) + 0.5) * TMF_CELL}
    for name in ("forest", "deforestation_year", "degradation_year"):
        seen = [cube[f"own.{name}"].sel(**where, method="nearest").to_numpy() for cube in cubes]
        assert (seen[0] == seen[1]).all()
        assert len(np.unique(seen[0])) > 2
    forest = cubes[0]["own.forest"].sel(**where, method="nearest").transpose("y", "x").to_numpy()
    values = drawn["AnnualChange_2020"][3:100, 3:100]
    assert (forest == np.where(values == 0, -1, np.isin(values, (1, 2, 4)))).all()
