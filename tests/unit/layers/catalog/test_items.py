"""Real Items of public catalogues become the right layer, year, asset and grid."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pystac
import pytest

from eudr_check import layers
from eudr_check.config import Catalogue, LayerChoice
from eudr_check.errors import LayersError
from eudr_check.layers.catalog.footprint import frame
from eudr_check.layers.catalog.items import choose, match_assets
from eudr_check.layers.definition import LayerDefinition, definition
from eudr_check.layers.places import Place
from eudr_check.tiles import Tile
from tests.conftest import REPOSITORY
from tests.helpers.rasters import EVENT, Toy, write_raster


def layer(name: str) -> LayerDefinition:
    """A shipped definition."""
    return definition(LayerChoice.model_validate({"id": name, "from": "x"}))


def place(one: LayerDefinition, endpoint: str) -> Place:
    """Where the definition finds the layer at an endpoint."""
    return next(place for place in one.found if endpoint in (place.endpoint or ""))


def read(folder: Path, name: str) -> list[pystac.Item]:
    """Items of a sample file."""
    content: Any = json.loads((folder / "stac-items" / name).read_text(encoding="utf-8"))
    return [pystac.Item.from_dict(one) for one in (content if isinstance(content, list) else [content])]


def test_worldcover_2020_and_2021_are_never_mixed(shared_data: Path) -> None:
    """Both versions of N00E006 come from one search; only v100 of 2020 is taken."""
    one = layer("esa_worldcover@2020")
    both = [
        item
        for year in ("2021_v200", "2020_v100")
        for item in read(shared_data, f"stactools_esa-worldcover_{year}_N00E006.json")
    ]
    chosen = choose(one, place(one, "planetarycomputer"), both)

    assert [item.id for item in chosen] == ["ESA_WorldCover_10m_2020_v100_N00E006"]
    assert match_assets(one, place(one, "planetarycomputer"), chosen[0]) == {"map": "map"}
    with pytest.raises(LayersError, match="Items of 2020, 2021"):
        choose(one, None, both)


def test_worldcover_frame_is_the_tile_not_the_data_footprint(shared_data: Path) -> None:
    """The bbox of N00E006 begins at 6.1649 E, its raster at 6 E."""
    (item,) = read(shared_data, "stactools_esa-worldcover_2020_v100_N00E006.json")

    assert frame(item, "map").crs == "EPSG:4326"
    assert frame(item, "map").bounds == pytest.approx((6, 0, 9, 3))
    assert frame(item, "map").touches(np.array([[6.05, 0.1, 6.06, 0.2]])).all()


def test_worldcover_classes_agree_with_the_legend(shared_data: Path) -> None:
    """The producer's classes are our legend without nodata."""
    one = layer("esa_worldcover@2020")
    (item,) = read(shared_data, "stactools_esa-worldcover_2020_v100_N00E006.json")
    classes = np.array([entry["value"] for entry in item.assets["map"].extra_fields["classification:classes"]])

    assert one.assets["map"].legend.holds(classes).all()
    assert sorted(classes) == [10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 100]


def test_io_lulc_takes_the_year_asked_for(shared_data: Path) -> None:
    """Items of 2023 are not of 2020; in each the legend agrees and class 3 and 6 of the old map are no part of it."""
    one = layer("io_lulc@2020")
    items = read(shared_data, "pc_io-lulc-annual-v02_items.json")

    assert choose(one, place(one, "planetarycomputer"), items) == []
    for item in items:
        values = np.array([entry["values"][0] for entry in item.assets["data"].extra_fields["file:values"]])
        asset = one.assets["data"]
        assert (asset.legend.holds(values) | asset.nodata.holds(values)).all()
    old = read(shared_data, "pc_io-lulc_items.json")
    values = [entry["values"][0] for entry in old[0].assets["data"].extra_fields["file:values"]]
    assert not (one.assets["data"].legend.holds(np.array(values)) | (np.array(values) == 0)).all()


def test_items_across_the_antimeridian_match_only_their_own_ground(shared_data: Path) -> None:
    """Zone 60 Items whose bbox spans the globe touch Fiji's latitude there, and not Peru or Ghana."""
    items = read(shared_data, "pc_io-lulc-annual-v02_items.json")
    north = next(item for item in items if item.id.startswith("60N"))
    ground = np.array([[177.0, 4.0, 177.1, 4.1], [-76.1, 4.0, -76.0, 4.1], [-2.0, 6.0, -1.9, 6.1]])

    assert frame(north, "data").crs == "EPSG:32660"
    assert frame(north, "data").touches(ground).tolist() == [True, False, False]


def test_hansen_item_of_maap(shared_data: Path) -> None:
    """Nine-number transforms and both projection fields are understood; assets match by key."""
    one = layer("hansen_gfc@v1.11")
    items = read(shared_data, "stactools_glad-gfc-v1.11_40N-080W.json")
    (item,) = choose(one, place(one, "maap"), items)

    assert match_assets(one, place(one, "maap"), item) == {
        "datamask": "datamask",
        "lossyear": "lossyear",
        "treecover2000": "treecover2000",
    }
    assert frame(item, "lossyear").bounds == pytest.approx((-80, 30, -70, 40))


def test_opera_assets_are_matched_by_name() -> None:
    """Keys are not pinned down: the status asset is known by VEG-DIST-STATUS in its key or file name."""
    one = layer("opera_dist_ann@2023")
    item = pystac.Item.from_dict(
        {
            "type": "Feature",
            "stac_version": "1.0.0",
            "id": "g",
            "geometry": None,
            "properties": {"datetime": "2023-01-01T00:00:00Z"},
            "links": [],
            "assets": {
                "0_VEG-DIST-STATUS": {"href": "https://x/OPERA_L3_DIST-ANN-HLS_T18LUP_2023_VEG-DIST-STATUS.tif"},
                "0_VEG-HIST": {"href": "https://x/OPERA_L3_DIST-ANN-HLS_T18LUP_2023_VEG-HIST.tif"},
            },
        }
    )

    assert match_assets(one, one.found[0], item) == {"status": "0_VEG-DIST-STATUS"}


def test_real_worldcover_rasters_of_sao_tome(shared_data: Path, tmp_path: Path) -> None:
    """Registered and read: land where the island is, unknown at sea, and the 2021 file is refused by name."""
    one = layer("esa_worldcover@2020")
    folder = shared_data / "saotome_worldcover"
    layers.catalogue.add(tmp_path / "cat", [folder / "ESA_WorldCover_10m_2020_v100_N00E006_Map.tif"], one)
    choice = LayerChoice.model_validate({"id": one.id, "from": "local"})
    tile = Tile.at(6.6, 0.25)
    window = [6.6, 0.25, 6.62, 0.27]
    sources = layers.prefetch({tile: window}, [choice], {"local": Catalogue(folder=tmp_path / "cat")}, tmp_path / "s")
    cube = layers.cube(tile, window, [one], sources, tmp_path / "s")

    assert cube["worldcover.tree"].shape == (240, 240)
    assert (cube["worldcover.tree"] == 1).mean() > 0.5
    with pytest.raises(LayersError, match=r"its name fits no asset of layer esa_worldcover@2020.*another version"):
        layers.catalogue.add(tmp_path / "cat", [folder / "ESA_WorldCover_10m_2021_v200_N00E006_Map.tif"], one)
    sea = layers.cube(
        Tile.at(6.05, 0.05),
        [6.05, 0.05, 6.06, 0.06],
        [one],
        layers.prefetch(
            {Tile.at(6.05, 0.05): [6.05, 0.05, 6.06, 0.06]},
            [choice],
            {"local": Catalogue(folder=tmp_path / "cat")},
            tmp_path / "s",
        ),
        tmp_path / "s",
    )
    assert (sea["worldcover.tree"] == -1).all()


PRODES = REPOSITORY / "tests" / "definitions" / "prodes.yaml"


def test_prodes_as_a_layer_of_ones_own(shared_data: Path, tmp_path: Path) -> None:
    """The worked example: SIRGAS 2000 grid kept native, clouds unknown, PRODES year 2021 an event of 2021."""
    one = definition(LayerChoice.model_validate({"definition": str(PRODES), "from": "local"}))
    raster = next((shared_data / "rondonia_prodes").glob("PRODES*.tif"))
    layers.catalogue.add(tmp_path / "cat", [raster], one)
    choice = LayerChoice.model_validate({"definition": str(PRODES), "from": "local"})
    tile = Tile.at(-62.6, -8.75)
    sources = layers.prefetch(
        {tile: tile.bounds}, [choice], {"local": Catalogue(folder=tmp_path / "cat")}, tmp_path / "store"
    )
    cube = layers.cube(tile, tile.bounds, [one], sources, tmp_path / "store")

    assert sources["status"].tolist() == ["missing", "read"] or sources["status"].tolist() == ["read"]
    assert not cube["prodes.loss_year"].attrs["sampled"]
    assert set(np.unique(cube["prodes.loss_year"])) <= {-1, 0, 2012, 2017, 2018, 2019, 2020, 2021}
    assert (cube["prodes.loss_year"] == 2021).any()
    assert ((cube["prodes.forest"] == -1) == (cube["prodes.loss_year"] == -1)).all()
    assert (cube["prodes.forest"] == 1).any()


OLD, MID, NEW = "2020-01-01T00:00:00Z", "2023-01-01T00:00:00Z", "2026-01-01T00:00:00Z"
TO_COME = "2999-01-01T00:00:00Z"
DATES: dict[str, tuple[dict[str, Any], dict[str, Any], int]] = {
    "nothing": ({}, {}, -1),
    "updated": ({"updated": NEW}, {"updated": OLD}, 1),
    "created": ({"created": NEW}, {"created": OLD}, 1),
    "processing": ({"processing:datetime": NEW}, {"processing:datetime": OLD}, 1),
    "datetime": ({"datetime": MID}, {"datetime": OLD}, 1),
    "catalogue written again": (
        {"processing:datetime": NEW, "updated": NEW}, {"processing:datetime": OLD, "updated": "2026-06-01T00:00:00Z"}, 1
    ),
    "only the other says": ({}, {"updated": NEW}, -1),
    "only this one says": ({"updated": NEW}, {}, -1),
    "of different kinds": ({"created": OLD}, {"updated": NEW}, -1),
    "a kind both have": ({"created": NEW}, {"updated": NEW, "created": OLD}, 1),
    "zones": ({"updated": "2026-01-01T00:00:00-05:00"}, {"updated": "2026-01-01T04:00:00Z"}, 1),
    "same moment": ({"updated": "2026-01-01T02:00:00+02:00"}, {"updated": NEW}, -1),
    "no date at all": ({"updated": "yesterday"}, {"updated": NEW}, -1),
    "a number": ({"updated": 20260101}, {"updated": OLD}, -1),
    "updated in a time to come": ({"updated": NEW}, {"updated": TO_COME}, -1),
    "created in a time to come": ({"created": NEW}, {"created": TO_COME}, -1),
    "processed in a time to come": ({"processing:datetime": NEW}, {"processing:datetime": TO_COME}, -1),
    "of a day to come": ({"datetime": MID}, {"datetime": "2020-06-01T00:00:00Z", "updated": TO_COME}, -1),
    "both in a time to come": ({"updated": "2998-01-01T00:00:00Z"}, {"updated": TO_COME}, -1),
    "to come beside a date both have": ({"created": OLD}, {"created": NEW, "processing:datetime": TO_COME}, -1),
}  # fmt: skip


@pytest.mark.parametrize("name", ["000-first", "zzz-last"])
@pytest.mark.parametrize("dates", DATES)
def test_the_newer_of_two_copies_counts_by_dates_of_one_kind(tmp_path: Path, dates: str, name: str) -> None:
    """A copy that knows nothing of a loss counts only where both say, in the same way, that it is the newer."""
    year = f"{EVENT}, year: {{asset: loss, values: '1..25', add: 2000}}"
    toy = Toy(tmp_path, "{loss: {legend: '0..25'}}", f"{{year: {{{year}}}}}")
    toy.add(*(write_raster(tmp_path / f"{item}.tif", np.full((10, 10), at)) for item, at in (("m", 22), (name, 0))))
    mine, other, newer = DATES[dates]
    for item_id, changes in (("m", mine), (name, other)):
        path = tmp_path / "catalogue" / "toy-1" / f"{item_id}.json"
        content = json.loads(path.read_text())
        content["properties"] |= changes
        path.write_text(json.dumps(content))
    sources, cube = toy.sources(), toy.cube()

    assert set(np.unique(cube["toy.year"])) == ({2022} if newer == 1 else {-1})
    assert sources["reason"].str.contains("neither is newer").all() == (newer == -1)
    assert sources["reason"].str.contains("gives a date to come").any() == (TO_COME in str((mine, other)))
