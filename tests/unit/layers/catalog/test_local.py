"""A STAC folder from GeoTIFFs: right Items, honest checks, clear refusals."""

import json
from pathlib import Path

import numpy as np
import pystac
import pytest
import rasterio

from eudr_check import layers
from eudr_check.config import LayerChoice
from eudr_check.errors import LayersError
from eudr_check.layers.definition import LayerDefinition, definition
from tests.helpers.rasters import STATE, TILE, Toy, write_raster


@pytest.fixture
def hansen() -> LayerDefinition:
    """A layer of three assets."""
    return definition(LayerChoice.model_validate({"id": "hansen_gfc@v1.13", "from": "local"}))


def names(*assets: str, tile: str = "10N_010W") -> list[str]:
    """File names as the producer gives them."""
    return [f"Hansen_GFC-2025-v1.13_{asset}_{tile}.tif" for asset in assets]


def test_files_of_one_tile_become_one_item(tmp_path: Path, hansen: LayerDefinition) -> None:
    """Three assets of one tile are one Item, whether they are registered together or one after the other."""
    first, second, third = (
        write_raster(tmp_path / "rasters" / name, [[1]]) for name in names("datamask", "lossyear", "treecover2000")
    )
    layers.catalogue.add(tmp_path / "cat", [first], hansen)
    (item,) = layers.catalogue.add(tmp_path / "cat", [second, third], hansen)

    assert item.id == "10N_010W"
    assert sorted(item.assets) == ["datamask", "lossyear", "treecover2000"]
    assert item.assets["lossyear"].href == "../../rasters/Hansen_GFC-2025-v1.13_lossyear_10N_010W.tif"
    assert item.assets["lossyear"].extra_fields["proj:code"] == "EPSG:4326"
    assert item.assets["lossyear"].extra_fields["file:checksum"].startswith("1220")
    assert "nodata" not in item.assets["lossyear"].extra_fields
    assert item.properties["start_datetime"] == "2000-01-01T00:00:00Z"
    assert layers.catalogue.check(tmp_path / "cat") == ()
    assert [row["asset"] for row in layers.catalogue.list(tmp_path / "cat")] == [
        "datamask",
        "lossyear",
        "treecover2000",
    ]


def test_catalogue_is_stac_that_pystac_reads(tmp_path: Path, hansen: LayerDefinition) -> None:
    """Another tool can walk the folder from catalog.json to the rasters."""
    raster = write_raster(tmp_path / "cat" / "rasters" / names("lossyear")[0], [[1]])
    layers.catalogue.add(tmp_path / "cat", [raster], hansen)
    catalogue = pystac.Catalog.from_file(str(tmp_path / "cat" / "catalog.json"))
    (item,) = catalogue.get_items(recursive=True)

    assert item.collection_id == "hansen_gfc-v1.13"
    assert Path(str(item.assets["lossyear"].get_absolute_href())).resolve() == raster.resolve()


def test_registering_again_changes_nothing(tmp_path: Path, hansen: LayerDefinition) -> None:
    """The same files give the same bytes."""
    raster = write_raster(tmp_path / names("lossyear")[0], [[1]])
    layers.catalogue.add(tmp_path / "cat", [raster], hansen)
    before = {path: path.read_bytes() for path in (tmp_path / "cat").rglob("*.json")}
    layers.catalogue.add(tmp_path / "cat", [raster], hansen)

    assert {path: path.read_bytes() for path in (tmp_path / "cat").rglob("*.json")} == before


def test_check_finds_changed_and_missing_files(tmp_path: Path, hansen: LayerDefinition) -> None:
    """A file that changed or went away since it was registered is named with the remedy."""
    one, two = (
        write_raster(tmp_path / names("lossyear", tile=tile)[0], [[1]], north=north)
        for tile, north in (("10N_010W", 0.1), ("20N_010W", 10.1))
    )
    layers.catalogue.add(tmp_path / "cat", [one, two], hansen)
    write_raster(one, [[2]])
    two.unlink()
    problems = layers.catalogue.check(tmp_path / "cat")

    assert len(problems) == 2
    assert "10N_010W, asset lossyear" in problems[0]
    assert "run `catalogue add` again" in problems[0]
    assert "is not there" in problems[1]


def test_other_version_is_refused_by_name(tmp_path: Path, hansen: LayerDefinition) -> None:
    """A file of v1.12 does not slip into the collection of v1.13."""
    raster = write_raster(tmp_path / "Hansen_GFC-2024-v1.12_lossyear_10N_010W.tif", [[1]])

    with pytest.raises(LayersError, match=r"fits no asset of layer hansen_gfc@v1.13.*another version.*--asset"):
        layers.catalogue.add(tmp_path / "cat", [raster], hansen)
    (item,) = layers.catalogue.add(tmp_path / "cat", [raster], hansen, asset="lossyear")
    assert list(item.assets) == ["lossyear"]


def test_two_files_for_one_place_are_refused(tmp_path: Path, hansen: LayerDefinition) -> None:
    """The second file of the same tile and asset does not silently replace the first."""
    first = write_raster(tmp_path / "a" / names("lossyear")[0], [[1]])
    second = write_raster(tmp_path / "b" / names("lossyear")[0], [[2]])
    layers.catalogue.add(tmp_path / "cat", [first], hansen)

    with pytest.raises(LayersError, match="is already asset 'lossyear' of Item '10N_010W'"):
        layers.catalogue.add(tmp_path / "cat", [second], hansen)
    with pytest.raises(LayersError, match="is already asset"):
        layers.catalogue.add(tmp_path / "other", [first, second], hansen)


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"", "not a TIFF"), (b"<!DOCTYPE html>", "not a TIFF"), (b"II*\0\x08\0\0\0", "damaged or truncated TIFF")],
)
def test_no_geotiff_is_refused(tmp_path: Path, hansen: LayerDefinition, content: bytes, message: str) -> None:
    """Empty files, web pages and stumps are named."""
    path = tmp_path / names("lossyear")[0]
    path.write_bytes(content)

    with pytest.raises(LayersError, match=message):
        layers.catalogue.add(tmp_path / "cat", [path], hansen)


def test_raster_without_crs_is_refused(tmp_path: Path, hansen: LayerDefinition) -> None:
    """Without a CRS nobody knows where the cells lie."""
    path = write_raster(tmp_path / names("lossyear")[0], [[1]], crs=None)

    with pytest.raises(LayersError, match="the raster has no CRS"):
        layers.catalogue.add(tmp_path / "cat", [path], hansen)


@pytest.mark.parametrize("inside", [True, False])
def test_raster_with_a_mask_is_refused(tmp_path: Path, hansen: LayerDefinition, inside: bool) -> None:
    """Nodata that only a mask shows would be read as 0, that is, as 'no loss'."""
    path = write_raster(tmp_path / names("lossyear")[0], np.zeros((40, 40)), tiled=True, blockxsize=16, blockysize=16)
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=inside), rasterio.open(path, "r+") as dataset:
        dataset.write_mask(np.eye(40, dtype=bool))

    with pytest.raises(LayersError, match="keeps 'no data' in a mask"):
        layers.catalogue.add(tmp_path / "cat", [path], hansen)


def test_unknown_collection_names_what_there_is(tmp_path: Path) -> None:
    """A layer nobody registered is an error with the remedy, not an empty answer."""
    toy = Toy(tmp_path, "{map: {legend: '0..1'}}", f"{{forest: {{{STATE}, when: {{map: 1}}}}}}")
    with pytest.raises(LayersError, match="no STAC folder"):
        toy.sources()
    toy.add(write_raster(tmp_path / "a.tif", [[1]]))
    elsewhere = toy.choice.model_copy(update={"collection": "nothing-1"})

    with pytest.raises(LayersError, match=r"no collection 'nothing-1' for layer toy@1; it holds: toy-1"):
        layers.prefetch({TILE: TILE.bounds}, [elsewhere], toy.catalogues, toy.store)


def test_two_versions_in_one_collection_are_refused(tmp_path: Path) -> None:
    """Items that say another version are left out; Items of two years are an error."""
    toy = Toy(tmp_path, "{map: {legend: '0..1'}}", f"{{forest: {{{STATE}, when: {{map: 1}}}}}}")
    toy.add(write_raster(tmp_path / "a.tif", [[1]]), write_raster(tmp_path / "b.tif", [[1]]))
    path = tmp_path / "catalogue" / "toy-1" / "b.json"
    content = json.loads(path.read_text())
    content["properties"]["version"] = "2"
    path.write_text(json.dumps(content))
    assert toy.sources()["item_id"].dropna().tolist() == ["a"]
    content["properties"] |= {"version": "1", "start_datetime": "2021-01-01T00:00:00Z"}
    path.write_text(json.dumps(content))

    with pytest.raises(LayersError, match="Items of 2020, 2021"):
        toy.sources()


def test_layers_that_share_columns_are_refused(tmp_path: Path) -> None:
    """Two versions of one product would fill the same columns."""
    choices = [LayerChoice.model_validate({"id": f"hansen_gfc@v1.{n}", "from": "local"}) for n in (12, 13)]

    with pytest.raises(LayersError, match=r"would both fill columns 'hansen\.\*'"):
        layers.prefetch({}, choices, {}, tmp_path)


def test_items_of_other_tools_need_no_checksum(tmp_path: Path) -> None:
    """An Item without checksum, projection and classes is read all the same; its tag is the file's SHA-256."""
    toy = Toy(tmp_path, "{map: {legend: '0..1'}}", f"{{forest: {{{STATE}, when: {{map: 1}}}}}}")
    toy.add(write_raster(tmp_path / "a.tif", [[1, 0]]))
    before = toy.sources()
    path = tmp_path / "catalogue" / "toy-1" / "a.json"
    content = json.loads(path.read_text())
    asset = content["assets"]["map"]
    content["assets"]["map"] = {"href": asset["href"], "type": asset["type"]}
    path.write_text(json.dumps(content))

    assert toy.sources().equals(before)
    assert before["etag"].dropna().tolist() == [asset["file:checksum"].removeprefix("1220")]


def test_an_address_is_sent_to_the_definition(tmp_path: Path, hansen: LayerDefinition) -> None:
    """`catalogue add` takes files; an address is answered with where it belongs."""
    with pytest.raises(LayersError, match=r"found: \[\{file: ADDRESS\}\]"):
        layers.catalogue.add(tmp_path, [Path("https://data.example.org/mapa.tif")], hansen)
