"""A raster is what stands in its own file: what would make its values or its place mean something else is refused."""

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from affine import Affine
from hypothesis import given, settings
from hypothesis import strategies as st
from rasterio.session import Session

from eudr_check import layers
from eudr_check.errors import LayersError
from eudr_check.layers.raster import contradicted, open_raster, read_window
from tests.helpers.rasters import STATE, Toy, write_raster

BOX = [0, 0.02, 0.08, 0.1]
BLOCKS = {"tiled": True, "blockxsize": 16, "blockysize": 16}
AUX = "<PAMDataset>{}</PAMDataset>"
SIDECARS = {
    "transform": (".aux.xml", AUX.format("<GeoTransform>1, 0.002, 0, 0.1, 0, -0.002</GeoTransform>")),
    "CRS": (".aux.xml", AUX.format("<SRS>EPSG:32718</SRS>")),
    "nodata": (".aux.xml", AUX.format('<PAMRasterBand band="1"><NoDataValue>1</NoDataValue></PAMRasterBand>')),
    "scale": (".aux.xml", AUX.format('<PAMRasterBand band="1"><Offset>5</Offset><Scale>2</Scale></PAMRasterBand>')),
}


def toy(folder: Path, asset: str = "") -> Toy:
    """A layer of 0 and 1."""
    return Toy(folder, f"{{map: {{legend: '0..1'{asset}}}}}", f"{{forest: {{{STATE}, when: {{map: 1}}}}}}")


def values(seed: int = 1) -> Any:
    """40 x 40 cells of 0 and 1."""
    return np.random.default_rng(seed).integers(0, 2, (40, 40))


def fine(path: Path, array: Any, **profile: Any) -> Path:
    """40 x 40 cells of 0.002 degree."""
    return write_raster(path, array, cell=0.002, **BLOCKS, **profile)


def test_keys_of_an_object_store_are_not_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A raster is a file: whoever has keys in the environment does not pay for a session of boto3 at every window."""
    array = values()
    path = fine(tmp_path / "a.tif", array)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "tester")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "only-for-this-test")
    monkeypatch.setattr(Session, "from_environ", lambda: pytest.fail("a session was begun"))

    assert (read_window(open_raster(path), 0, 0, (40, 40)) == array).all()
    assert contradicted(path) == ()


@pytest.mark.parametrize("what", SIDECARS)
def test_what_lies_beside_a_registered_raster_changes_nothing(tmp_path: Path, what: str) -> None:
    """A sidecar put there after registration is reported by `check`, and neither read in a run nor registered."""
    one, array = toy(tmp_path), values()
    path = fine(tmp_path / "a.tif", array)
    one.add(path)
    ending, content = SIDECARS[what]
    path.with_name(f"a.tif{ending}").write_text(content)
    (problem,) = layers.catalogue.check(tmp_path / "catalogue")

    assert f"contradicted by a file beside it ({what})" in problem
    assert one.sources(BOX)["status"].tolist() == ["read"]
    assert (one.cube(BOX)["toy.forest"].values == array).all()
    with pytest.raises(LayersError, match=f"otherwise about its {what}"):
        one.add(path)


def test_masks_and_overviews_beside_a_registered_raster_change_nothing(tmp_path: Path) -> None:
    """A .msk, an .ovr and world files are not read; statistics of other programs are no reason to complain."""
    one, array = toy(tmp_path), values()
    path = fine(tmp_path / "a.tif", array)
    one.add(path)
    other = fine(tmp_path / "other" / "a.tif", 1 - array)
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=False), rasterio.open(other, "r+") as dataset:
        dataset.write_mask(np.zeros((40, 40), dtype=bool))
    shutil.copy(other.with_name("a.tif.msk"), path.with_name("a.tif.msk"))
    shutil.copy(other, path.with_name("a.tif.ovr"))
    for ending in ("tfw", "tifw", "wld"):
        path.with_suffix(f".{ending}").write_text("1\n0\n0\n-1\n5\n5\n")
    path.with_name("a.tab").write_text("!table\n")

    assert (one.cube(BOX)["toy.forest"].values == array).all()
    assert contradicted(path) == ("mask",)
    path.with_name("a.tif.msk").unlink()
    path.with_name("a.tif.aux.xml").write_text(
        AUX.format('<PAMRasterBand band="1"><Metadata><MDI key="STATISTICS_MEAN">0.5</MDI></Metadata></PAMRasterBand>')
    )
    assert contradicted(path) == ()


def test_a_mask_beside_a_raster_nobody_hashed_is_refused(tmp_path: Path) -> None:
    """Where an Item records no SHA-256, nobody knows that the mask came later."""
    one = toy(tmp_path)
    path = fine(tmp_path / "a.tif", values())
    one.add(path)
    item = tmp_path / "catalogue" / "toy-1" / "a.json"
    item.write_text(item.read_text().replace("file:checksum", "x:checksum"))
    path.with_name("a.tif.msk").write_bytes(b"x")

    assert one.sources(BOX)["reason"].str.contains("mask beside the raster").all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"count": 2}, r"has 2 bands; say in the layer's definition which one"),
        ({"transform": Affine(0.002, 0.0001, 0, 0.0001, -0.002, 0.1)}, "is rotated"),
        ({"transform": Affine(0.002, 0, 0, 0.0001, -0.002, 0.1)}, "is rotated"),
        ({"transform": Affine.identity()}, "is missing"),
        ({"scale": (2.0, 0.0)}, "scale 2 and offset 0"),
        ({"scale": (1.0, 2000.0)}, "scale 1 and offset 2000"),
    ],
)
@pytest.mark.filterwarnings("ignore:The given matrix is equal to Affine.identity")  # GDAL says so of what is refused
def test_other_meaning_is_refused(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    """Several bands, rotation, no place, scale and offset: each is refused when registered, with the remedy."""
    path = tmp_path / "a.tif"
    profile = {"dtype": "uint8", "crs": "EPSG:4326", "transform": Affine(0.002, 0, 0, 0, -0.002, 0.1), "count": 1}
    profile |= {name: value for name, value in change.items() if name != "scale"}
    with rasterio.open(path, "w", driver="GTiff", height=40, width=40, **profile) as dataset:
        for band in range(1, dataset.count + 1):
            dataset.write(values(band).astype("uint8"), band)
        if "scale" in change:
            dataset.scales, dataset.offsets = [change["scale"][0]], [change["scale"][1]]

    with pytest.raises(LayersError, match=message):
        toy(tmp_path).add(path)


@pytest.mark.parametrize(
    ("how", "lossy"),
    [
        ({"compress": "JPEG"}, True),
        ({"compress": "LERC", "MAX_Z_ERROR": 3}, True),
        ({"compress": "WEBP", "count": 3, "interleave": "pixel"}, True),
        ({"compress": "LERC"}, False),
        ({"compress": "WEBP", "count": 3, "interleave": "pixel", "WEBP_LOSSLESS": True}, False),
        ({"compress": "ZSTD", "NBITS": 5}, False),
    ],
)
def test_lossy_compression_is_refused(tmp_path: Path, how: dict[str, Any], lossy: bool) -> None:
    """What makes a picture small makes another class or year of a value; lossless ways are read to the cell."""
    path, years = tmp_path / "a.tif", values() * 22
    profile = {"dtype": "uint8", "crs": "EPSG:4326", "transform": Affine(0.002, 0, 0, 0, -0.002, 0.1), "count": 1}
    with rasterio.open(path, "w", driver="GTiff", height=40, width=40, **BLOCKS, **profile | how) as dataset:
        for band in range(1, dataset.count + 1):
            dataset.write(years.astype("uint8"), band)

    if lossy:
        with pytest.raises(LayersError, match=f"{how['compress']} compression that changes values.*COMPRESS=DEFLATE"):
            open_raster(path, dataset.count)
    else:
        assert (read_window(open_raster(path, dataset.count), 0, 0, (40, 40)) == years).all()


@pytest.mark.parametrize(
    ("count", "told"),
    [(1, "no band 3 \\(bands in the file: 1\\); say"), (2, "no band 3 \\(bands in the file: 2\\); say")],
)
def test_a_band_that_is_not_there_is_refused(tmp_path: Path, count: int, told: str) -> None:
    """The refusal names the band that was meant and how many there are, and says where to correct it."""
    path = tmp_path / "a.tif"
    with rasterio.open(
        path, "w", driver="GTiff", height=40, width=40, count=count, dtype="uint8", crs="EPSG:4326",
        transform=Affine(0.002, 0, 0, 0, -0.002, 0.1), interleave="pixel",
    ) as dataset:  # fmt: skip
        dataset.write(np.stack([values(band) for band in range(count)]).astype("uint8"))

    with pytest.raises(LayersError, match=told):
        open_raster(path, 3)


def test_the_band_a_definition_names_is_read(tmp_path: Path) -> None:
    """A file of three bands is taken where the definition says which is meant, whether bands lie together or not."""
    for number, interleave in enumerate(("pixel", "band")):
        one = toy(tmp_path / str(number), ", band: 2")
        path = one.folder / "a.tif"
        with rasterio.open(
            path, "w", driver="GTiff", height=40, width=40, count=3, dtype="uint8", crs="EPSG:4326",
            transform=Affine(0.002, 0, 0, 0, -0.002, 0.1), interleave=interleave,
        ) as dataset:  # fmt: skip
            dataset.write(np.stack([values(0), values(1), values(2)]).astype("uint8"))
        one.add(path)

        assert (one.cube(BOX)["toy.forest"].values == values(1)).all()


@given(st.sets(st.integers(0, 8)), st.booleans(), st.sampled_from([None, 255]))
@settings(max_examples=30, deadline=None)
def test_blocks_never_stored_are_unknown(
    tmp_path_factory: pytest.TempPathFactory, absent: set[int], zero: bool, nodata: int | None
) -> None:
    """Whichever blocks are missing, their cells are unknown, and 0 only where the definition says so; SOURCES tells."""
    folder = tmp_path_factory.mktemp("sparse")
    one = toy(folder, ", nodata: 255" + (", sparse: zero" if zero else ""))
    array = np.ones((48, 48), dtype="uint8")
    expected = np.ones((48, 48))
    path = folder / "a.tif"
    profile = {"crs": "EPSG:4326", "transform": Affine(0.001, 0, 0, 0, -0.001, 0.1), "nodata": nodata}
    with rasterio.open(
        path, "w", driver="GTiff", height=48, width=48, count=1, dtype="uint8", SPARSE_OK=True, **BLOCKS, **profile
    ) as dataset:
        for block in range(9):
            rows, columns = (
                slice(16 * (block // 3), 16 * (block // 3 + 1)),
                slice(16 * (block % 3), 16 * (block % 3 + 1)),
            )
            if block in absent:
                expected[rows, columns] = 0 if zero else -1
            else:
                window = rasterio.windows.Window.from_slices(rows, columns)
                dataset.write(array[rows, columns], 1, window=window)
    one.add(path)
    box = [0, 0.052, 0.048, 0.1]
    (reason,) = one.sources(box)["reason"]

    assert (one.cube(box)["toy.forest"].values == expected).all()
    assert (f"{len(absent)} of 9 blocks" in str(reason)) == (bool(absent) and not zero)


def test_a_huge_raster_without_any_block_is_unknown(tmp_path: Path) -> None:
    """2,000,000 x 2,000,000 cells in a few kilobytes are neither decoded nor taken for 'no'."""
    one, path = toy(tmp_path), tmp_path / "a.tif"
    with rasterio.open(
        path, "w", driver="GTiff", height=2_000_000, width=2_000_000, count=1, dtype="uint8", crs="EPSG:4326",
        transform=Affine(1e-6, 0, 0, 0, -1e-6, 0.1), SPARSE_OK=True, BIGTIFF="YES", tiled=True, blockxsize=16384,
        blockysize=16384,
    ):  # fmt: skip
        pass
    one.add(path)

    assert path.stat().st_size < 1_000_000
    assert (one.cube([0.05, 0.05, 0.0501, 0.0501])["toy.forest"].values == -1).all()


@pytest.mark.parametrize("overviews", [[], [2], [2, 4]])
@pytest.mark.parametrize("big", ["NO", "YES"])
def test_a_mask_is_found_behind_any_image(tmp_path: Path, overviews: list[int], big: str) -> None:
    """Whether the mask is the second image, the third or the last: the file is refused."""
    path = fine(tmp_path / "a.tif", values(), BIGTIFF=big)
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True), rasterio.open(path, "r+") as dataset:
        if overviews:
            dataset.build_overviews(overviews)
        dataset.write_mask(np.eye(40, dtype=bool))

    with pytest.raises(LayersError, match="keeps 'no data' in a mask"):
        open_raster(path)


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9, 0.999])
def test_truncated_files_are_refused(tmp_path: Path, share: float) -> None:
    """A file that ends before its last block does is not read at all, wherever the ground lies."""
    path = fine(tmp_path / "a.tif", values())
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])

    with pytest.raises(LayersError, match="truncated"):
        open_raster(path)


def test_what_is_no_tiff_is_not_quoted(tmp_path: Path) -> None:
    """The first bytes of a file that a catalogue points to do not land in messages; devices are not read."""
    path = tmp_path / "passwd"
    path.write_bytes(b"root:x:0:0:root:/root:/bin/bash\n")

    with pytest.raises(LayersError) as caught:
        open_raster(path)
    assert "root:" not in str(caught.value)
    with pytest.raises(LayersError, match="not a file"):
        open_raster(Path("/dev/zero"))


@pytest.mark.filterwarnings("ignore:Dataset has no geotransform")  # damage may take it; GDAL says so, and so do we
@given(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=6), st.booleans())
@settings(max_examples=200, deadline=None)
def test_any_damage_to_a_header_is_a_refusal_or_a_raster(
    tmp_path_factory: pytest.TempPathFactory, flips: list[tuple[float, int]], big: bool
) -> None:
    """Whatever bytes of the first 400 are changed: no traceback, no endless list of images, no huge allocation."""
    path = fine(tmp_path_factory.mktemp("x") / "a.tif", values(), BIGTIFF="YES" if big else "NO")
    content = bytearray(path.read_bytes())
    for share, value in flips:
        content[int(share * 399)] = value
    path.write_bytes(content)
    try:
        raster = open_raster(path)
    except LayersError as error:
        assert str(error).startswith("a.tif: ")
    else:
        assert raster.layout.offsets.shape == raster.layout.sizes.shape
