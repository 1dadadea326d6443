"""A store that every test of this folder has, and a machine that has never seen it.

`tests.helpers.bucket` is imported where it is used: it skips tests where packages of the store are not installed, which
a conftest may not.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from eudr_check.run.harvest import Finished
from tests.helpers.finished_tiny import finished_tiny
from tests.helpers.programs import object_store

if TYPE_CHECKING:
    from tests.helpers.bucket import Bucket


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Variables by which a user reaches an object store, which runs until the tests end."""
    from tests.helpers.bucket import SECRET, s3fs

    with object_store(tmp_path_factory.mktemp("moto")) as address:
        s3fs.S3FileSystem.clear_instance_cache()
        yield {
            "AWS_ENDPOINT_URL": address,
            "AWS_ACCESS_KEY_ID": "tester",
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
        }
    s3fs.S3FileSystem.clear_instance_cache()


@pytest.fixture(scope="session")
def bucket(keys: dict[str, str]) -> "Bucket":
    """The bucket of all tests."""
    from tests.helpers.bucket import BUCKET, Bucket

    with pytest.MonkeyPatch.context() as environment:
        set_keys(environment, keys)
        made = Bucket()
        made.store.mkdir(BUCKET)
    return made


def set_keys(environment: pytest.MonkeyPatch, keys: Mapping[str, str]) -> None:
    """Set them in the environment, as a user would."""
    for name, value in keys.items():
        environment.setenv(name, value)


@pytest.fixture(scope="session")
def on_disk(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """The tiny harvest, plots, catalogue and run folder on a disk."""
    return finished_tiny(tmp_path_factory)


@pytest.fixture(autouse=True)
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, keys: dict[str, str]) -> Path:
    """Every test begins on a machine that has never seen the store; no other test finds keys in its environment."""
    from tests.helpers.bucket import another_machine

    set_keys(monkeypatch, keys)
    return another_machine(tmp_path, monkeypatch, "client")
