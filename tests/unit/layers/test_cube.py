"""The cube says 1, 0 or a year only where a raster really says so."""

import json
from pathlib import Path

import numpy as np
import pytest
from affine import Affine
from hypothesis import given, settings
from hypothesis import strategies as st

from eudr_check import layers
from eudr_check.errors import LayersError
from eudr_check.layers.refinement import refine
from eudr_check.tiles import Tile
from tests.helpers.rasters import EVENT, STATE, TILE, Toy, write_raster

FOREST = "{map: {legend: '0..1', nodata: 255}}"
IS_FOREST = f"{{forest: {{{STATE}, when: {{map: 1}}}}}}"


@pytest.fixture
def forest(tmp_path: Path) -> Toy:
    """A layer of 0, 1 and nodata 255."""
    return Toy(tmp_path, FOREST, IS_FOREST)


def at(cube: object, column: str, longitude: float, latitude: float) -> int:
    """Value of the cell at a position."""
    return int(cube[column].sel(x=longitude, y=latitude, method="nearest"))  # type: ignore[index]


def test_nine_cells_by_hand(forest: Toy) -> None:
    """Values become 1, 0 and -1; ground outside the raster is -1, not 0."""
    forest.add(write_raster(forest.folder / "a.tif", [[1, 0, 1], [0, 255, 1], [1, 1, 0]]))
    cube = forest.cube()

    assert cube["toy.forest"].dtype == np.int16
    assert cube["toy.forest"].values[:3, :3].tolist() == [[1, 0, 1], [0, -1, 1], [1, 1, 0]]
    assert cube["toy.forest"].values[0, 3] == -1
    assert cube["toy.forest"].values[3, 0] == -1
    assert cube["x_edge"].values[[0, 1, -1]] == pytest.approx([0, 0.01, 0.1])
    assert cube["y_edge"].values[[0, 1, -1]] == pytest.approx([0.1, 0.09, 0])
    assert not cube["toy.forest"].attrs["sampled"]


def test_no_item_is_unknown_and_said_so(forest: Toy) -> None:
    """A tile the catalogue does not cover is unknown throughout and a row `missing`; its cells stay small."""
    forest.add(write_raster(forest.folder / "a.tif", [[1]], west=50))
    sources = forest.sources()
    cube = forest.cube(sources=sources)

    assert sources["status"].tolist() == ["missing"]
    assert "no Item for the tile" in sources["reason"].iloc[0]
    assert cube["toy.forest"].shape == (1200, 1200)
    assert (cube["toy.forest"] == -1).all()


def test_half_a_tile_without_item_is_told_apart_from_nodata(forest: Toy) -> None:
    """Where an Item covers only part of the ground needed, SOURCES has a `missing` row beside the `read` row."""
    forest.add(write_raster(forest.folder / "a.tif", np.ones((3, 3))))

    assert forest.sources()["status"].tolist() == ["missing", "read"]
    assert forest.sources([0, 0.07, 0.03, 0.1])["status"].tolist() == ["read"]


def test_south_up_raster_reads_the_same(tmp_path: Path) -> None:
    """A raster whose rows run north gives the same cube as its mirror image."""
    values = np.array([[1, 0], [0, 1], [1, 1]])
    north_up, south_up = (Toy(tmp_path / name, FOREST, IS_FOREST) for name in ("n", "s"))
    north_up.add(write_raster(tmp_path / "n" / "a.tif", values))
    south_up.add(write_raster(tmp_path / "s" / "a.tif", values[::-1], transform=Affine(0.01, 0, 0, 0, 0.01, 0.07)))

    box = [0, 0.07, 0.02, 0.1]
    assert north_up.cube(box)["toy.forest"].values.tolist() == values.tolist()
    assert south_up.cube(box)["toy.forest"].values.tolist() == values.tolist()


def test_overlapping_items_count_each_cell_once(forest: Toy) -> None:
    """Unknown cells are filled from an overlapping Item; where two that are equally new differ, nothing is known."""
    forest.add(write_raster(forest.folder / "a.tif", [[1, 255]]), write_raster(forest.folder / "b.tif", [[0, 0, 1]]))
    sources = forest.sources([0, 0.09, 0.03, 0.1])

    assert sources["status"].tolist() == ["read", "read"]
    assert sources["reason"].str.contains("neither is newer: where they differ, nothing is known").all()
    assert forest.cube([0, 0.09, 0.03, 0.1])["toy.forest"].values.tolist() == [[-1, 0, 1]]


def dated(toy: Toy, item: str, **properties: str) -> None:
    """Give an Item of a catalogue dates."""
    path = toy.folder / "catalogue" / "toy-1" / f"{item}.json"
    content = json.loads(path.read_text())
    content["properties"] |= {
        name.replace("_", ":", 1) if name == "processing_datetime" else name: value
        for name, value in properties.items()
    }
    path.write_text(json.dumps(content))


@pytest.mark.parametrize("key", ["processing_datetime", "updated", "created"])
@pytest.mark.parametrize("newer", ["a", "b"])
def test_the_newest_of_overlapping_items_counts(forest: Toy, key: str, newer: str) -> None:
    """Not the first id: the copy that says it is newer gives the value, in whichever time zone it says so."""
    older = "b" if newer == "a" else "a"
    forest.add(write_raster(forest.folder / f"{newer}.tif", [[1, 1, 255]]))
    forest.add(write_raster(forest.folder / f"{older}.tif", [[0, 1, 0]]))
    dated(forest, newer, **{key: "2026-03-01T01:00:00+00:00"})
    dated(forest, older, **{key: "2026-03-01T01:30:00+02:00"})
    sources = forest.sources([0, 0.09, 0.03, 0.1])

    assert sources["reason"].isna().all()
    assert forest.cube([0, 0.09, 0.03, 0.1], sources=sources)["toy.forest"].values.tolist() == [[1, 1, 0]]


def test_an_older_copy_never_says_that_there_was_no_event(tmp_path: Path) -> None:
    """Where the newer copy knows nothing, an older one may add a loss but no 'no loss'; beyond its edge, both."""
    toy = Toy(
        tmp_path,
        "{loss: {legend: '0..25', nodata: '255'}}",
        f"{{year: {{{EVENT}, year: {{asset: loss, values: '1..25', add: 2000}}}}}}",
    )
    toy.add(write_raster(tmp_path / "a.tif", [[0, 0, 22, 0]]), write_raster(tmp_path / "b.tif", [[23, 255, 255]]))
    dated(toy, "a", updated="2025-01-01T00:00:00Z")
    dated(toy, "b", updated="2026-01-01T00:00:00Z")

    assert toy.cube([0, 0.09, 0.04, 0.1])["toy.year"].values.tolist() == [[2023, -1, 2022, 0]]


@given(st.permutations(["a", "b", "c"]), st.lists(st.sampled_from([0, 1, 255]), min_size=9, max_size=9))
@settings(max_examples=25, deadline=None)
def test_names_of_equal_copies_do_not_matter(
    tmp_path_factory: pytest.TempPathFactory, names: list[str], values: list[int]
) -> None:
    """Whatever three equal copies are called, a cell is what those that know it agree on, else unknown."""
    toy = Toy(
        tmp_path_factory.mktemp("x"),
        "{map: {legend: '0..1', nodata: '255'}}",
        f"{{forest: {{{STATE}, when: {{map: 1}}}}}}",
    )
    rows = [values[:3], values[3:6], values[6:]]
    toy.add(*(write_raster(toy.folder / f"{name}.tif", [row]) for name, row in zip(names, rows, strict=True)))
    known = [{row[at] for row in rows} - {255} for at in range(3)]

    assert toy.cube([0, 0.09, 0.03, 0.1])["toy.forest"].values.tolist() == [
        [next(iter(one)) if len(one) == 1 else -1 for one in known]
    ]


def test_nothing_is_known_where_an_item_failed(forest: Toy) -> None:
    """A file that cannot be read leaves its whole box unknown, even where a neighbour overlaps it."""
    forest.add(write_raster(forest.folder / "a.tif", [[1, 1]]), write_raster(forest.folder / "b.tif", [[0, 0, 1]]))
    (forest.folder / "a.tif").write_bytes((forest.folder / "a.tif").read_bytes()[:-1])
    sources = forest.sources([0, 0.09, 0.03, 0.1])

    assert sources["status"].tolist() == ["failed", "read"]
    assert "catalogue add" in sources["reason"].iloc[0]
    assert forest.cube([0, 0.09, 0.03, 0.1], sources=sources)["toy.forest"].values.tolist() == [[-1, -1, 1]]


def test_value_outside_the_legend_names_item_and_value(forest: Toy) -> None:
    """A class the definition does not know is an error, not a guess, also in a folder that others registered."""
    strict = forest.file.read_text(encoding="utf-8")
    forest.file.write_text(strict.replace("0..1", "0..7"), encoding="utf-8")
    forest.add(write_raster(forest.folder / "a.tif", [[1, 7]]))
    forest.file.write_text(strict, encoding="utf-8")

    with pytest.raises(LayersError, match=r"toy@1, Item a, asset map: value 7 is not in the legend \(0..1\)"):
        forest.cube()


def test_another_crs_than_the_definition_says_is_an_error(forest: Toy) -> None:
    """A projected raster under a definition in degrees would be sampled while everybody takes its cells for native."""
    in_degrees = forest.file.read_text(encoding="utf-8")
    forest.file.write_text(in_degrees.replace("EPSG:4326", "EPSG:32631"), encoding="utf-8")
    there = Affine(1000, 0, 166000, 0, -1000, 11000)
    forest.add(write_raster(forest.folder / "a.tif", [[1, 1]], crs="EPSG:32631", transform=there))
    forest.file.write_text(in_degrees, encoding="utf-8")

    with pytest.raises(LayersError, match="Item a, asset map: its CRS is EPSG:32631, and the definition"):
        forest.cube()


def test_single_wrong_band_type_is_an_error(forest: Toy) -> None:
    """A float raster is refused when it is registered."""
    with pytest.raises(LayersError, match="values are float32, asset 'map'"):
        forest.add(write_raster(forest.folder / "a.tif", [[1.5]], dtype="float32"))


def test_event_is_unknown_where_another_asset_says_so(tmp_path: Path) -> None:
    """Hansen's lossyear says 0 where nothing was mapped; only datamask 0 shows it."""
    toy = Toy(
        tmp_path,
        "{lossyear: {legend: '0..25', nodata_tag: ignore, file: 'loss_{id}'}, "
        "datamask: {legend: '0..2', file: 'mask_{id}'}}",
        f"{{loss_year: {{{EVENT}, dating: yearly, year: {{asset: lossyear, values: '1..25', add: 2000}}, "
        "unknown: [{datamask: 0}]}}",
    )
    toy.add(
        write_raster(tmp_path / "loss_n.tif", [[0, 0, 21, 21]], nodata=0),
        write_raster(tmp_path / "mask_n.tif", [[0, 1, 1, 0]]),
    )

    assert toy.cube([0, 0.09, 0.04, 0.1])["toy.loss_year"].values.tolist() == [[-1, 0, 2021, -1]]


def test_assets_on_different_grids_meet_on_the_refinement(tmp_path: Path) -> None:
    """An asset of half the cell size decides about halves of cells; each is unknown outside its own raster."""
    toy = Toy(
        tmp_path,
        "{year: {legend: '0, 2001..2025', dtype: uint16, file: 'year_{id}'}, "
        "cover: {legend: '0..6', file: 'cover_{id}'}}",
        f"{{loss_year: {{{EVENT}, dating: yearly, year: {{asset: year, values: '2001..2025', add: 0}}, "
        "unknown: [{cover: '0, 5..6'}]}}",
    )
    toy.add(
        write_raster(tmp_path / "year_n.tif", [[2022, 0]], dtype="uint16"),
        write_raster(tmp_path / "cover_n.tif", [[1, 6, 1], [1, 1, 1]], cell=0.005),
    )

    cube = toy.cube([0, 0.09, 0.02, 0.1])
    assert cube["toy.loss_year"].values.tolist() == [[2022, -1, 0, -1], [2022, 2022, 0, -1]]


@pytest.mark.parametrize("copies", ["n", "nm"])
@pytest.mark.parametrize("wanted", [["toy.loss_year"], ["toy.covered"], []])
def test_some_variables_are_those_of_all(tmp_path: Path, copies: str, wanted: list[str]) -> None:
    """On the cells of all assets, in one Item or in several that overlap."""
    toy = Toy(
        tmp_path,
        "{year: {legend: '0, 2001..2025', dtype: uint16, file: 'year_{id}'}, "
        "cover: {legend: '0..6', file: 'cover_{id}'}}",
        f"{{loss_year: {{{EVENT}, dating: yearly, year: {{asset: year, values: '2001..2025', add: 0}}}}, "
        f"covered: {{{STATE}, when: {{cover: '1..6'}}}}}}",
    )
    for at, name in enumerate(copies):
        west = 0.01 * at
        write_raster(tmp_path / f"year_{name}.tif", [[2022, 0]], dtype="uint16", west=west)
        write_raster(tmp_path / f"cover_{name}.tif", [[1, 6, 0], [1, 1, 1]], cell=0.005, west=west)
    toy.add(*sorted(tmp_path.glob("*.tif")))
    ground, sources = [0, 0.09, 0.03, 0.1], toy.sources([0, 0.09, 0.03, 0.1])
    every = layers.cube(TILE, ground, [toy.definition], sources, toy.store)
    some = layers.cube(TILE, ground, [toy.definition], sources, toy.store, wanted)

    assert some.equals(every.drop_vars(set(every) - set(wanted)))
    assert list(some) == wanted
    assert [some[name].attrs["sampled"] for name in wanted] == [every[name].attrs["sampled"] for name in wanted]


def test_refinement_is_the_union_of_cell_lines(tmp_path: Path) -> None:
    """3 x 3 nested cells add nothing; a grid of its own adds its lines; neighbours share the tile edge exactly."""
    fine, coarse, other = (Toy(tmp_path / name, FOREST, IS_FOREST, name=name) for name in ("fine", "coarse", "other"))
    fine.add(write_raster(tmp_path / "fine" / "a.tif", np.ones((1200, 1200)), cell=1 / 12000))
    coarse.add(write_raster(tmp_path / "coarse" / "a.tif", np.ones((400, 400)), cell=1 / 4000))
    other.add(write_raster(tmp_path / "other" / "a.tif", np.ones((371, 371)), cell=0.0002695))

    def lines(*toys: Toy) -> int:
        sources = layers.prefetch(
            {TILE: TILE.bounds},
            [toy.choice.model_copy(update={"source": toy.definition.name}) for toy in toys],
            {toy.definition.name: toy.catalogues["local"] for toy in toys},
            tmp_path / "store",
        )
        cube = layers.cube(TILE, TILE.bounds, [toy.definition for toy in toys], sources, tmp_path / "store")
        return cube.sizes["x"]

    assert lines(fine) == 1200
    assert lines(fine, coarse) == 1200
    assert lines(fine, coarse, other) == 1200 + 371
    west = refine(Tile(-761, 0), np.array(Tile(-761, 0).bounds), [])
    east = refine(Tile(-760, 0), np.array(Tile(-760, 0).bounds), [])
    assert west.x_edges[-1] == east.x_edges[0]


def test_window_snaps_outward_to_cell_lines_only(forest: Toy) -> None:
    """The cube covers the cells a box touches and no others; a box that ends on a line does not reach further."""
    forest.add(write_raster(forest.folder / "a.tif", np.ones((10, 10))))
    cube = forest.cube([0.012, 0.05, 0.03, 0.068])

    assert cube["x_edge"].values.tolist() == pytest.approx([0.01, 0.02, 0.03])
    assert cube["y_edge"].values.tolist() == pytest.approx([0.07, 0.06, 0.05])


def test_blocks_no_box_needs_stay_unknown(forest: Toy) -> None:
    """Between two far boxes, blocks that neither needs are not read and hold -1."""
    forest.add(
        write_raster(forest.folder / "a.tif", np.ones((100, 100)), cell=0.001, tiled=True, blockxsize=16, blockysize=16)
    )
    boxes = np.array([[0.001, 0.095, 0.003, 0.098], [0.095, 0.095, 0.098, 0.098]])
    cube = forest.cube(boxes)

    assert at(cube, "toy.forest", 0.002, 0.097) == 1
    assert at(cube, "toy.forest", 0.097, 0.097) == 1
    assert at(cube, "toy.forest", 0.05, 0.097) == -1


def test_utm_layers_are_sampled_at_cell_centres_and_marked(tmp_path: Path) -> None:
    """A raster in metres is looked up under each cell centre; the cells are about 9 m."""
    toy = Toy(tmp_path, FOREST, IS_FOREST, crs="UTM")
    # Zone 31N, central meridian 3 E; 0.05 E 0.05 N is about easting 171,600, northing 5,540.
    values = np.zeros((200, 200))
    values[:, 100:] = 1
    toy.add(write_raster(tmp_path / "a.tif", values, crs="EPSG:32631", transform=Affine(10, 0, 170_600, 0, -10, 6_540)))
    cube = toy.cube([0.045, 0.045, 0.055, 0.055])

    assert cube["toy.forest"].attrs["sampled"]
    assert toy.sources([0.045, 0.045, 0.055, 0.055])["sampled"].all()
    assert np.diff(cube["x_edge"].values).max() <= 1 / 12000 + 1e-12
    assert at(cube, "toy.forest", 0.0460, 0.05) == 0
    assert at(cube, "toy.forest", 0.0545, 0.05) == 1
    share = float((cube["toy.forest"] == 1).mean())
    assert 0.3 < share < 0.7


def test_sirgas_2000_is_taken_as_wgs_84(tmp_path: Path) -> None:
    """EPSG:4674 differs from WGS 84 by centimetres: its cells stay native instead of being sampled."""
    toy = Toy(tmp_path, FOREST, IS_FOREST, crs="EPSG:4674")
    toy.add(write_raster(tmp_path / "a.tif", [[1, 0]], crs="EPSG:4674"))
    cube = toy.cube([0, 0.09, 0.02, 0.1])

    assert cube["toy.forest"].values.tolist() == [[1, 0]]
    assert not cube["toy.forest"].attrs["sampled"]


def test_same_rasters_give_the_same_bytes(tmp_path: Path) -> None:
    """Two catalogues in two folders give equal SOURCES and equal catalogues."""
    tables = []
    for name in ("one", "two"):
        toy = Toy(tmp_path / name, FOREST, IS_FOREST)
        toy.add(write_raster(tmp_path / name / "a.tif", [[1, 0]]))
        tables.append(toy.sources())
    one, two = (sorted((tmp_path / name / "catalogue").rglob("*.json")) for name in ("one", "two"))

    assert tables[0].equals(tables[1])
    assert [path.read_bytes() for path in one] == [path.read_bytes() for path in two]
