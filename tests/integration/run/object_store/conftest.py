"""A store that every test of this folder has, and a machine that has never seen it.

`tests.helpers.bucket` is imported where it is used: it skips tests where packages of the store are not installed, which
a conftest may not.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from eudr_check.run.harvest import Finished
from tests.helpers.finished_tiny import finished_tiny
from tests.helpers.programs import object_store

if TYPE_CHECKING:
    from tests.helpers.bucket import Bucket


@pytest.fixture(scope="package")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An object store with credentials in the environment, as a user would set them."""
    from tests.helpers.bucket import SECRET, s3fs

    with object_store(tmp_path_factory.mktemp("moto")) as address, pytest.MonkeyPatch.context() as environment:
        for name, value in {
            "AWS_ENDPOINT_URL": address,
            "AWS_ACCESS_KEY_ID": "tester",
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
        }.items():
            environment.setenv(name, value)
        s3fs.S3FileSystem.clear_instance_cache()
        yield address
    s3fs.S3FileSystem.clear_instance_cache()


@pytest.fixture(scope="package")
def bucket(endpoint: str) -> "Bucket":
    """The bucket of all tests."""
    from tests.helpers.bucket import BUCKET, Bucket

    made = Bucket()
    made.store.mkdir(BUCKET)
    return made


@pytest.fixture(scope="package")
def on_disk(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """The tiny harvest, plots, catalogue and run folder on a disk."""
    return finished_tiny(tmp_path_factory)


@pytest.fixture(autouse=True)
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every test begins on a machine that has never seen the store."""
    from tests.helpers.bucket import another_machine

    return another_machine(tmp_path, monkeypatch, "client")
