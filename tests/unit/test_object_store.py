"""Every address has one stand-in, every stand-in one address, and nothing else is taken for either."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eudr_check import object_store
from eudr_check.errors import ConfigError, FetchError

parts = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="/"), min_size=1, max_size=12).filter(
    lambda part: part not in (".", "..")
)
buckets = st.from_regex(r"[a-z0-9][a-z0-9.-]{1,20}", fullmatch=True)


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A mirror of this test's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path


@given(st.sampled_from(sorted(object_store.PACKAGES)), buckets, st.lists(parts, min_size=1, max_size=4))
def test_there_and_back(scheme: str, bucket: str, key: list[str]):
    """Spaces, percent signs, question marks and letters of any script are part of the key."""
    address = f"{scheme}://{bucket}/{'/'.join(key)}"

    assert object_store.origin(object_store.mirrored(address)) == address


def test_the_place_is_readable(cache: Path):
    """A person finds the file of an address without asking the program."""
    assert object_store.mirrored("s3://coops/2026/a.gpkg") == cache / "eudr-check/mirror/s3/coops/2026/a.gpkg"
    assert object_store.mirrored("s3://coops/2026/") == cache / "eudr-check/mirror/s3/coops/2026"


def test_paths_are_only_themselves(cache: Path, monkeypatch: pytest.MonkeyPatch):
    """A path on disk has no address, nor have the folders above the keys."""
    monkeypatch.chdir(cache)

    assert object_store.origin(Path("plots.gpkg")) is None
    assert object_store.origin(object_store.root()) is None
    assert object_store.origin(object_store.root() / "s3" / "coops") is None
    assert object_store.origin(Path("eudr-check/mirror/s3/coops/a/../b")) == "s3://coops/b"
    assert object_store.local("plots.gpkg") == Path("plots.gpkg")
    assert object_store.name(Path("plots.gpkg")) == "plots.gpkg"


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("https://example.org/a.gpkg?sig=hidden", "'https://' is no object store"),
        ("s3://key:hidden@coops/a", "credentials come from the environment"),
        ("s3:///a", "plain bucket name"),
        ("s3://coops", "name a key"),
        ("s3://coops/", "name a key"),
        ("s3://coops/a//b", "without empty parts"),
        ("s3://coops/../other/a", "without empty parts"),
    ],
)
def test_addresses_no_path_can_stand_for_are_refused(address: str, words: str):
    """The message says what to write, and repeats no secret."""
    with pytest.raises(ConfigError) as caught:
        object_store.mirrored(address)

    assert words in str(caught.value)
    assert "hidden" not in str(caught.value)


def test_relative_paths_stay_in_their_bucket(cache: Path):
    """`..` in a catalogue or a YAML of the store moves within the bucket, never to that of somebody else."""
    folder = object_store.mirrored("s3://coops/catalogue/hansen")

    assert object_store.resolve(folder, Path("../../rasters/a.tif")) == object_store.mirrored(
        "s3://coops/rasters/a.tif"
    )
    assert object_store.resolve(cache, Path("../a.tif")) == cache / "../a.tif"
    for outside in ("../../../others/a.tif", "../../../../gs/others/a.tif", "../../../../../../a.tif", "/etc/passwd"):
        with pytest.raises(ConfigError, match="leads out of the bucket of s3://coops/catalogue/hansen"):
            object_store.resolve(folder, Path(outside))


def test_messages_name_addresses():
    """What a person reads is the address, also where a deeper room knew only the stand-in."""
    path = object_store.mirrored("s3://coops/2026/a.csv")

    assert object_store.named(f"{path}, row 3: no date") == "s3://coops/2026/a.csv, row 3: no date"


class Broken:
    """A store that answers every question with an error."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def __getattr__(self, question: str) -> Callable[..., None]:
        def answer(*_: object, **__: object) -> None:
            raise self.error

        return answer


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (PermissionError(13, "Forbidden"), "s3://coops/a.csv: the store refuses access; do the credentials"),
        (TimeoutError("no answer"), r"s3://coops/a.csv: the store did not deliver \(no answer\)"),
        (ImportError("s3fs"), r"s3://coops/a.csv: s3:// needs one more package; pip install 'eudr-check\[cluster\]'"),
    ],
)
def test_errors_of_a_store_say_what_to_do(error: Exception, words: str, monkeypatch: pytest.MonkeyPatch):
    """One line with the address, for every question that can be asked."""
    fsspec = pytest.importorskip("fsspec")
    monkeypatch.setattr(fsspec, "filesystem", lambda *_, **__: Broken(error))
    path = object_store.mirrored("s3://coops/a.csv")

    for ask in (
        lambda: object_store.pull(path),
        lambda: object_store.read(path),
        lambda: object_store.put({path: path}),
        lambda: object_store.create(path, b""),
        lambda: object_store.remove([path]),
        lambda: object_store.listing(path),
        lambda: object_store.signed("s3://coops/a.csv"),
    ):
        with pytest.raises(FetchError, match=words):
            ask()


def test_a_bucket_that_is_not_there_cannot_be_written(monkeypatch: pytest.MonkeyPatch):
    """Absence is an answer when reading, and an error when writing."""
    fsspec = pytest.importorskip("fsspec")
    monkeypatch.setattr(fsspec, "filesystem", lambda *_, **__: Broken(FileNotFoundError("no bucket")))
    path = object_store.mirrored("s3://coops/a.csv")

    assert not object_store.pull(path)
    assert object_store.read(path) is None
    assert object_store.listing(path) == {}
    for write in (lambda: object_store.put({path: path}), lambda: object_store.create(path, b"")):
        with pytest.raises(FetchError, match="cannot be written; is there such a bucket"):
            write()
