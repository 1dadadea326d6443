"""An S3-compatible store as its owner sees it, and harvests in it.

A machine is played by its own cache folder (`XDG_CACHE_HOME`): what it knows of the store is what lies there.
"""

import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from eudr_check import config
from eudr_check.run import tile as tile_work
from tests.helpers import tiny_harvest
from tests.helpers.same_bytes import contents

s3fs = pytest.importorskip("s3fs", reason="the cluster extra is not installed (pip install 'eudr-check[cluster]')")
pytest.importorskip("moto", reason="the test extra is not installed (pip install 'eudr-check[test]')")

SECRET = "only-for-this-test"
BUCKET = "coops"
SIGNED = re.compile(rb"Signature=|X-Amz-|AWSAccessKeyId|" + SECRET.encode())
HANSEN = "rasters/Hansen_GFC-2025-v1.13_lossyear_00N_080W.tif"


class Bucket:
    """The store as its owner sees it, past all code under test."""

    def __init__(self) -> None:
        self.store = s3fs.S3FileSystem(use_listings_cache=False, skip_instance_cache=True)

    def fill(self, folder: Path, name: str) -> str:
        """A folder copied into the bucket; its address."""
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                self.store.put_file(str(path), f"{BUCKET}/{name}/{path.relative_to(folder).as_posix()}")
        return f"s3://{BUCKET}/{name}"

    def objects(self, address: str) -> dict[str, tuple[str, str]]:
        """Tag and time of every object below an address."""
        found = self.store.find(address, detail=True)
        return {name: (about["ETag"], str(about["LastModified"])) for name, about in found.items()}

    def flip(self, name: str) -> None:
        """Change one byte of an object."""
        content = bytearray(self.store.cat_file(name))
        content[len(content) // 2] ^= 1
        self.store.pipe_file(name, bytes(content))


def another_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> Path:
    """From now on this process is a machine with an empty cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / name))
    tile_work._ground_table.cache_clear()
    return tmp_path / name


def stored(tmp_path: Path, bucket: Bucket, name: str) -> str:
    """The tiny harvest in the store, and nowhere else; its address."""
    drawn = tiny_harvest.write(tmp_path / "drawn")
    address = bucket.fill(drawn.config.parent, name)
    shutil.rmtree(drawn.config.parent)
    return address


def harvest_at(tmp_path: Path, address: str, **changes: Any) -> config.Harvest:
    """The tiny harvest with an address for every path."""
    content = yaml.safe_load(bytes(Bucket().store.cat_file(f"{address}/tiny.yaml")))
    content["plots"] = [{**plots, "path": f"{address}/{plots['path']}"} for plots in content["plots"]]
    content["catalogues"] = {"local": {"folder": f"{address}/catalogue"}}
    content["run"] = {"folder": f"{address}/runs/tiny", **changes.pop("run", {})}
    path = tmp_path / "tiny.yaml"
    path.write_text(yaml.safe_dump({**content, **changes}), encoding="utf-8")
    return config.load(path)


def tables(folder: Path) -> dict[str, str]:
    """Published tables, without the document that says where assets lie."""
    return {name: sha256 for name, sha256 in contents(folder).items() if name != "tables/addresses.json"}
