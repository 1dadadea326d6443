"""What a run in an object store refuses, and by which name."""

import os
import re
from pathlib import Path

import pytest

from eudr_check.errors import ConfigError
from eudr_check.run.harvest import Finished, run
from tests.helpers.bucket import Bucket, harvest_at, s3fs, stored, tables


@pytest.mark.parametrize("key", ["plots", "deliveries", "reviews"])
def test_a_missing_file_is_named_with_its_key(tmp_path: Path, bucket: Bucket, key: str):
    """Key, address and what to do; nothing is begun."""
    address = stored(tmp_path, bucket, f"missing-{key}")
    there = f"{address}/none.csv"
    harvest = harvest_at(
        tmp_path, address, **{key: [{"path": there, "cooperative": "norte"}] if key == "plots" else there}
    )

    with pytest.raises(ConfigError, match=rf"^{key}.*{re.escape(there)} is not there; put the file there"):
        run(harvest)
    assert not bucket.objects(f"{address}/runs")


def test_a_file_deleted_in_the_store_is_not_read_from_the_mirror(tmp_path: Path, bucket: Bucket):
    """What was brought yesterday does not stand in for what is gone today."""
    address = stored(tmp_path, bucket, "deleted")
    harvest = harvest_at(tmp_path, address)
    run(harvest, until="plots")
    bucket.store.rm_file(f"{address}/sur.csv")

    with pytest.raises(ConfigError, match=r"plots\.1\.path: s3://coops/deleted/sur\.csv is not there"):
        run(harvest, until="plots")


def test_without_credentials_the_message_says_which(
    tmp_path: Path, bucket: Bucket, on_disk: Finished, monkeypatch: pytest.MonkeyPatch
):
    """No traceback, no secret; what was finished is there when the credentials are."""
    address = stored(tmp_path, bucket, "keyless")
    harvest = harvest_at(tmp_path, address)
    run(harvest, until="plots")
    with monkeypatch.context() as keyless:
        keyless.delenv("AWS_ACCESS_KEY_ID")
        keyless.delenv("AWS_SECRET_ACCESS_KEY")
        keyless.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
        keyless.setenv("AWS_CONFIG_FILE", os.devnull)
        s3fs.S3FileSystem.clear_instance_cache()
        with pytest.raises(ConfigError, match=r"plots\.0\.path: s3://.*: no credentials; set AWS_ACCESS_KEY_ID"):
            run(harvest)
    s3fs.S3FileSystem.clear_instance_cache()

    assert tables(run(harvest, until="assess").folder.tables) == tables(on_disk.folder.tables)


def test_without_the_package_the_message_says_what_to_install(
    tmp_path: Path, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
):
    """pip install 'eudr-check[cluster]'."""
    harvest = harvest_at(tmp_path, stored(tmp_path, bucket, "bare"))
    monkeypatch.setitem(__import__("sys").modules, "fsspec", None)

    with pytest.raises(ConfigError, match=r"plots\.0\.path: .*pip install 'eudr-check\[cluster\]'"):
        run(harvest)


def test_offline_cannot_work_in_the_store(tmp_path: Path, bucket: Bucket):
    """The message says where it can."""
    harvest = harvest_at(tmp_path, stored(tmp_path, bucket, "offline"))

    with pytest.raises(ConfigError, match=r"run\.folder: s3://.* cannot be worked in offline; give a folder on a disk"):
        run(harvest, offline=True)
