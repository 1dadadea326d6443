"""What fetching rests on: TIFF headers, sparse copies, addresses without secrets."""

import ast
from pathlib import Path

import numpy as np
import pytest
import rasterio

from eudr_check.errors import FetchError
from eudr_check.layers.fetch.block_store import Store
from eudr_check.layers.fetch.cog_header import LocalBytes, read_layout
from eudr_check.layers.fetch.credentials import Access, unsigned, web_address
from eudr_check.layers.fetch.sparse_file import SparseFile
from eudr_check.layers.raster import needed_blocks, open_raster
from tests.conftest import REPOSITORY
from tests.helpers.rasters import write_raster


@pytest.mark.parametrize(
    "profile",
    [
        {"tiled": True, "blockxsize": 64, "blockysize": 32, "compress": "deflate"},
        {"blockysize": 7, "compress": "lzw"},
        {"tiled": True, "blockxsize": 64, "blockysize": 64, "BIGTIFF": "YES"},
        {"ENDIANNESS": "BIG", "compress": "deflate", "dtype": "uint16"},
        {"tiled": True, "blockxsize": 64, "blockysize": 64, "SPARSE_OK": "TRUE"},
    ],
)
def test_layout_agrees_with_gdal(tmp_path: Path, profile: dict[str, object]) -> None:
    """Offsets and sizes of all blocks are GDAL's own, for tiles, strips, BigTIFF, big-endian and sparse files."""
    values = np.random.default_rng(1).integers(0, 9, (150, 200))
    values[:64, :64] = 0
    path = write_raster(tmp_path / "a.tif", values, cell=0.0001, **profile)
    with LocalBytes(path) as source:
        layout = read_layout(source, "a.tif")
    with rasterio.open(path) as dataset:
        assert dataset.block_shapes[0] == (layout.block_height, layout.block_width)
        for (row, column), offset in np.ndenumerate(layout.offsets):
            theirs = dataset.get_tag_item(f"BLOCK_OFFSET_{column}_{row}", "TIFF", bidx=1)
            assert int(theirs or 0) == offset


def test_real_header_of_1296_blocks(shared_data: Path) -> None:
    """WorldCover: 36,000 x 36,000 cells in blocks of 1,024; the header is all that a sparse copy needs to be opened."""
    path = shared_data / "saotome_worldcover" / "ESA_WorldCover_10m_2020_v100_N00E006_Map.tif"
    with LocalBytes(path) as source:
        layout = read_layout(source, path.name)

    assert layout.offsets.shape == (36, 36)
    assert (layout.width, layout.block_width) == (36000, 1024)
    assert max(stop for _, stop in layout.header) < 40_000


def test_twin_holds_only_what_was_needed_and_reads_the_same(tmp_path: Path) -> None:
    """A sparse with one block of nine gives that block's values; damage to a block is noticed."""
    values = np.random.default_rng(2).integers(0, 2, (192, 192))
    path = write_raster(
        tmp_path / "a.tif", values, cell=0.0001, tiled=True, blockxsize=64, blockysize=64, compress="deflate"
    )
    raster = open_raster(path)
    needed = needed_blocks(raster, np.array([[0.0065, 0.092, 0.0066, 0.0921]]))
    assert needed.nonzero() == (np.array([1]), np.array([1]))
    offset, size = int(raster.layout.offsets[1, 1]), int(raster.layout.sizes[1, 1])
    content = path.read_bytes()
    sparse = SparseFile(Store(tmp_path / "store"), "http://x/a.tif", '"tag"', len(content))
    sparse.write_header([(start, content[start:stop]) for start, stop in raster.layout.header], raster.layout)
    at = np.array([offset]), np.array([size])

    assert not sparse.present(*at).any()
    sparse.add([(offset, content[offset : offset + size])])
    assert sparse.present(*at).all()
    with rasterio.open(sparse.path) as copy:
        assert copy.read(1, window=((64, 128), (64, 128))).tolist() == values[64:128, 64:128].tolist()
    with sparse.path.open("r+b") as file:
        file.seek(offset)
        file.write(b"\0\0\0")
    assert not sparse.present(*at).any()


def test_torn_journal_line_is_as_if_not_written(tmp_path: Path) -> None:
    """A crash in mid-line costs that block only."""
    sparse = SparseFile(Store(tmp_path), "http://x/a.tif", '"tag"', 100)
    sparse.path.parent.mkdir(parents=True)
    sparse.path.write_bytes(bytes(100))
    sparse.add([(10, b"abc"), (20, b"def")])
    lines = sparse.journal.read_text()
    sparse.journal.write_text(lines[: lines.index("\n20") + 8])

    assert sparse.present(np.array([10, 20]), np.array([3, 3])).tolist() == [True, False]


@pytest.mark.parametrize(
    ("signed", "plain"),
    [
        (
            "https://a.blob.core.windows.net/c/x.tif?st=1&se=2&sp=r&sv=3&sr=c&sig=S",
            "https://a.blob.core.windows.net/c/x.tif",
        ),
        ("https://h/x?type=tile&lat=N10&lon=W80", "https://h/x?type=tile&lat=N10&lon=W80"),
        ("https://u:p@h/x.tif?X-Amz-Signature=1&X-Amz-Credential=2", "https://h/x.tif"),
        ("https://h/g?grid=10&x-api-key=K#part", "https://h/g?grid=10"),
    ],
)
def test_addresses_lose_their_secrets(signed: str, plain: str) -> None:
    """Signatures, keys and passwords go; what names the file stays."""
    assert unsigned(signed) == plain


def test_tokens_go_to_their_host_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """A token is sent to the hosts of its place, never elsewhere, and a missing one is asked for by name."""
    access = Access(token_env="CDSE_TOKEN", token_hosts=("download.example",))
    monkeypatch.setenv("CDSE_TOKEN", "T")

    assert access.headers("https://download.example/x.tif") == {"Authorization": "Bearer T"}
    assert access.headers("https://elsewhere.example/x.tif") == {}
    monkeypatch.delenv("CDSE_TOKEN")
    with pytest.raises(FetchError, match="set CDSE_TOKEN in the environment"):
        access.headers("https://download.example/x.tif")


def test_bucket_addresses_become_https() -> None:
    """gs:// and s3:// of public buckets are read over https."""
    assert web_address("gs://b/k.tif") == "https://storage.googleapis.com/b/k.tif"
    assert web_address("s3://b/k.tif") == "https://b.s3.amazonaws.com/k.tif"
    assert web_address("https://h/k.tif") == "https://h/k.tif"


def test_keys_of_an_object_store_stay_whole() -> None:
    """'?' and '#' are letters of a key: two files must not become one address."""
    assert unsigned("s3://b/a#1.tif") == "s3://b/a#1.tif"
    assert unsigned("s3://b/a?v=1&sig=2.tif") == "s3://b/a?v=1&sig=2.tif"
    assert unsigned("s3://key:secret@b/a.tif") == "s3://b/a.tif"


def test_only_fetch_mirror_and_filing_touch_the_network() -> None:
    """No other module of the package imports anything that opens connections (the signing package is fetch's).

    Beside layers and the object store only filing speaks to anybody: to the EU system. `serve` only listens.
    """
    networked = {"requests", "httpx", "urllib3", "socket", "http", "aiohttp", "pystac_client", "ftplib"}
    networked |= {"obstore", "fsspec", "s3fs", "boto3", "botocore"}
    found = set()
    for path in sorted((REPOSITORY / "eudr_check").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if any(name.partition(".")[0] in networked or name == "urllib.request" for name in names):
                found.add(path.relative_to(REPOSITORY / "eudr_check").as_posix())

    fetching = {name for name in found if name.startswith("layers/fetch/")}
    assert fetching
    others = {"cli/serve.py", "filing/transport.py", "layers/catalog/stac_api.py", "object_store.py"}
    assert found - fetching == others
