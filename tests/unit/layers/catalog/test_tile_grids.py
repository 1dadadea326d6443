"""Tile names, in all four hemispheres and on exact multiples: a wrong one means a wrong country."""

from pathlib import Path

import numpy as np
import pytest

from eudr_check import layers
from eudr_check.config import Catalogue, LayerChoice
from eudr_check.errors import LayersError
from eudr_check.layers.catalog.tile_grids import items, tile_at, tiles_of
from eudr_check.layers.definition import definition
from eudr_check.layers.places import TileScheme
from eudr_check.tiles import Tile

NAMES = [
    # latitude, longitude, Hansen, JRC, south-west corner of 3 degrees, UTM
    (12.6, 108.2, "20N_100E", "N20_E100", "N12E108", "49P"),  # Dak Lak
    (3.5, -76.3, "10N_080W", "N10_W80", "N03W078", "18N"),  # Valle del Cauca
    (6.7, -2.5, "10N_010W", "N10_W10", "N06W003", "30N"),
    (6.2, 0.4, "10N_000E", "N10_E0", "N06E000", "31N"),
    (-0.5, 101.4, "00N_100E", "N0_E100", "S03E099", "47M"),
    (-9.97, -62.9, "00N_070W", "N0_W70", "S12W063", "20L"),
    (-17.8, -63.2, "10S_070W", "S10_W70", "S18W066", "20K"),
    (10, -80, "10N_080W", "N10_W80", "N09W081", "17P"),
    (0, -70, "00N_070W", "N0_W70", "S03W072", "19N"),
    (-10, 20, "10S_020E", "S10_E20", "S12E018", "34L"),
    (0, 0, "00N_000E", "N0_E0", "S03E000", "31N"),
    (3, 6, "10N_000E", "N10_E0", "N00E006", "32N"),
    (-16.6, 179.9, "10S_170E", "S10_E170", "S18E177", "60K"),
    (-16.6, 180, "10S_180W", "S10_W180", "S18W180", "01K"),
    (0.3, 6.7, "10N_000E", "N10_E0", "N00E006", "32N"),  # São Tomé
]


@pytest.mark.parametrize(("latitude", "longitude", "hansen", "jrc", "southwest", "utm"), NAMES)
def test_names(latitude: float, longitude: float, hansen: str, jrc: str, southwest: str, utm: str) -> None:
    """Each scheme names the tile that holds the position."""
    assert tile_at("hansen", 10, longitude, latitude).name == hansen
    assert tile_at("jrc", 10, longitude, latitude).name == jrc
    assert tile_at("southwest", 3, longitude, latitude).name == southwest
    assert tile_at("utm", 10, longitude, latitude).name == utm


@pytest.mark.parametrize("naming", ["hansen", "jrc"])
@pytest.mark.parametrize(("latitude", "longitude"), [(row[0], row[1]) for row in NAMES if row[1] < 180])
def test_tile_holds_its_position(naming: str, latitude: float, longitude: float) -> None:
    """The nominal box holds the position, its north and west edges included."""
    west, south, east, north = tile_at(naming, 10, longitude, latitude).bounds

    assert west <= longitude < east
    assert south < latitude <= north


def test_box_across_tiles_needs_all_of_them() -> None:
    """A box over a corner needs four tiles; one that only touches an edge needs none beyond it."""
    scheme = TileScheme(naming="hansen", url="http://x/{tile}")
    corner = np.array([[-70.1, -10.1, -69.9, -9.9]])
    edge = np.array([[-70.0, 0.0, -69.9, 0.1]])

    assert [tile.name for tile in tiles_of(scheme, corner)] == ["00N_070W", "00N_080W", "10S_070W", "10S_080W"]
    assert [tile.name for tile in tiles_of(scheme, edge)] == ["10N_070W"]


@pytest.mark.parametrize("row", range(-120, 120))
def test_every_tenth_of_a_degree_has_exactly_one_tile(row: int) -> None:
    """Tiles of the run never straddle a published tile, whatever rounding does to tenths."""
    scheme = TileScheme(naming="jrc", url="http://x/{tile}")

    for column in (row, row * 7, -row - 1):
        assert len(tiles_of(scheme, np.array([Tile(column, row).bounds]))) == 1


def test_overhang_asks_for_the_neighbour_too() -> None:
    """Files that lie beside their nominal tile are looked for when ground is near the edge."""
    near = np.array([[20.01, 5.0, 20.02, 5.01]])

    assert [tile.name for tile in tiles_of(TileScheme(naming="jrc", url="u"), near)] == ["N10_E20"]
    assert [tile.name for tile in tiles_of(TileScheme(naming="jrc", url="u", overhang_deg=0.05), near)] == [
        "N10_E10",
        "N10_E20",
    ]


def test_addresses_follow_the_producers() -> None:
    """Dak Lak in Hansen, GFC2020, TMF and WorldCover."""
    box = np.array([[108.2, 12.6, 108.21, 12.61]])
    addresses = {}
    for layer in ("hansen_gfc@v1.13", "jrc_gfc2020@V4", "jrc_tmf@v1.2025", "esa_worldcover@2020"):
        one = definition(LayerChoice.model_validate({"id": layer, "from": "x"}))
        scheme = next(place.tiles for place in reversed(one.found) if place.tiles)
        (item,) = items(one, scheme, box)
        addresses[layer] = [asset.href.rpartition("/")[2] for _, asset in sorted(item.assets.items())]

    assert addresses == {
        "hansen_gfc@v1.13": [
            f"Hansen_GFC-2025-v1.13_{asset}_20N_100E.tif" for asset in ("datamask", "lossyear", "treecover2000")
        ],
        "jrc_gfc2020@V4": ["JRC_GFC2020_V4_N20_E100.tif"],
        "jrc_tmf@v1.2025": [
            f"download.py?type=tile&dataset={name}&lat=N20&lon=E100"
            for name in ("AnnualChange_2020", "DeforestationYear", "DegradationYear")
        ],
        "esa_worldcover@2020": ["ESA_WorldCover_10m_2020_v100_N12E108_Map.tif"],
    }


def test_layer_without_published_tiles_is_refused(tmp_path: Path) -> None:
    """`tiles: published` works only where the definition knows addresses."""
    choice = LayerChoice.model_validate({"id": "alos_fnf@2020", "from": "web"})

    with pytest.raises(LayersError, match="alos_fnf@2020: its definition knows no published tiles"):
        layers.prefetch({Tile(0, 0): Tile(0, 0).bounds}, [choice], {"web": Catalogue(tiles="published")}, tmp_path)
