"""Objects of an object store, and the files that stand in for them on this machine.

Every address `SCHEME://BUCKET/KEY` has one path below the mirror folder, and every path there has one address. So all
work is done on plain files: what is read is pulled first, what was made is pushed afterwards. Endpoint and credentials
come from the environment, as the store's own library reads them (AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID, ...).
"""

import os
import re
import sys
import tempfile
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

from eudr_check.errors import ConfigError, FetchError
from eudr_check.text import sentence

PACKAGES = {"s3": "'eudr-check[cluster]'", "gs": "gcsfs", "az": "adlfs"}
"""Schemes that are object stores, and what must be installed for them."""
SIGNED_FOR_S = 3600
_ADDRESS = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<bucket>[^/]*)/?(?P<key>.*)", re.DOTALL)
_BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_FOREIGN_ERRORS = (
    ("botocore.exceptions", "BotoCoreError"),
    ("aiohttp.client_exceptions", "ClientError"),
    ("gcsfs.retry", "HttpError"),
    ("google.auth.exceptions", "GoogleAuthError"),
    ("azure.core.exceptions", "AzureError"),
)
"""What the stores' libraries raise beside OSError."""


def root() -> Path:
    """Folder of all stand-ins on this machine."""
    cache = Path(os.environ.get("XDG_CACHE_HOME", ""))
    if not cache.is_absolute():
        try:
            cache = Path.home() / ".cache"
        except RuntimeError:
            # A container may run a user that has no home.
            cache = Path(tempfile.gettempdir())
    return cache / "eudr-check" / "mirror"


def local(text: str) -> Path:
    """The path a user means: the stand-in of an address, and a path as it is.

    Raises:
        ConfigError: an address that is none of an object store.
    """
    return mirrored(text) if "://" in text else Path(text)


def mirrored(text: str) -> Path:
    """The stand-in of an address (which need not exist yet).

    Raises:
        ConfigError: no object store, or bucket and key that no path can stand for; says what to write instead.
    """
    parts = _ADDRESS.fullmatch(text)
    scheme = parts["scheme"].lower() if parts else text.partition("://")[0]
    if parts is None or scheme not in PACKAGES:
        known = ", ".join(f"{name}://" for name in PACKAGES)
        raise ConfigError(sentence("run", "no_such_store", scheme=scheme, known=known))
    if not _BUCKET.fullmatch(parts["bucket"]):
        raise ConfigError(sentence("run", "address_form", scheme=scheme))
    key = parts["key"].removesuffix("/").split("/")
    if any(part in ("", ".", "..") or "\0" in part for part in key):
        raise ConfigError(sentence("run", "key_form", address=text))
    return root().joinpath(scheme, parts["bucket"], *key)


def origin(path: Path) -> str | None:
    """The address a path stands for; None for a path that is only itself."""
    place = Path(os.path.normpath(path.absolute()))
    if not place.is_relative_to(root()):
        return None
    parts = place.relative_to(root()).parts
    if len(parts) < 3 or parts[0] not in PACKAGES:
        return None
    return f"{parts[0]}://{'/'.join(parts[1:])}"


def name(path: Path) -> str:
    """What to call a path before people: its address, else the path itself."""
    return origin(path) or str(path)


def named(text: str) -> str:
    """A message with addresses in place of the stand-ins it mentions."""
    for scheme in PACKAGES:
        text = text.replace(f"{root() / scheme}{os.sep}", f"{scheme}://")
    return text


def resolve(folder: Path, relative: Path) -> Path:
    """A path relative to a folder; that of a stand-in stays in its bucket.

    Raises:
        ConfigError: it leads out of the bucket.
    """
    joined = folder / relative
    home, there = origin(folder / "x"), origin(joined)
    if home is None:
        return joined
    if there is None or there.split("/")[:3] != home.split("/")[:3]:
        raise ConfigError(sentence("run", "out_of_bucket", path=relative, bucket=home.removesuffix("/x")))
    return mirrored(there)


def pull(path: Path) -> bool:
    """Bring a file from its address, whole or not at all.

    Returns:
        False where the store has no such object; then no stand-in is left either, so that nothing stale is read.

    Raises:
        FetchError: the store cannot be reached or refuses.
    """
    if not get({path: path}):
        path.unlink(missing_ok=True)
        return False
    return True


def pull_folder(folder: Path, ending: str = "") -> dict[str, tuple[int, str]]:
    """Bring the files of a folder whose names end so; files that are not there any more go here too.

    Returns:
        The `listing` of the folder: other files, other state.

    Raises:
        FetchError: the folder changed meanwhile, or the store cannot be reached or refuses.
    """
    held = listing(folder)
    wanted = [folder / key for key in held if key.endswith(ending)]
    if not get({path: path for path in wanted}) or listing(folder) != held:
        raise FetchError(sentence("run", "store_changed", folder=name(folder)))
    for stale in set(folder.rglob(f"*{ending}")) - set(wanted):
        if stale.is_file():
            stale.unlink(missing_ok=True)
    return held


def get(wanted: Mapping[Path, Path]) -> bool:
    """Bring objects (named by their stand-ins) to some paths, many at once.

    Returns:
        False where one of them does not exist; then none is brought.

    Raises:
        FetchError: the store cannot be reached or refuses.
    """
    if not wanted:
        return True
    sources = [_address(path) for path in wanted]
    fresh = [path.with_name(f".{uuid.uuid4().hex}.part") for path in wanted.values()]
    try:
        with _asking(sources[0]) as store:
            store.get(sources, [str(path) for path in fresh])
        for arrived, path in zip(fresh, wanted.values(), strict=True):
            arrived.replace(path)
    except FileNotFoundError:
        return False
    finally:
        for path in fresh:
            path.unlink(missing_ok=True)
    return True


def put(made: Mapping[Path, Path]) -> None:
    """Send files to the addresses of some stand-ins, many at once.

    Raises:
        FetchError: the store cannot be reached or refuses.
    """
    if made:
        targets = [_address(path) for path in made.values()]
        try:
            with _asking(targets[0]) as store:
                store.put([str(path) for path in made], targets)
        except FileNotFoundError as error:
            raise FetchError(sentence("run", "not_written", address=targets[0])) from error


def read(path: Path) -> bytes | None:
    """Content of an object; None where there is none.

    Raises:
        FetchError: the store cannot be reached or refuses.
    """
    address = _address(path)
    try:
        with _asking(address) as store:
            content: bytes = store.cat_file(address)
    except FileNotFoundError:
        return None
    return content


def create(path: Path, content: bytes) -> bool:
    """Write an object that must not exist yet; False where it does.

    Raises:
        FetchError: the store cannot be reached or refuses.
    """
    address = _address(path)
    try:
        with _asking(address) as store:
            store.pipe_file(address, content, mode="create")
    except FileExistsError:
        return False
    except FileNotFoundError as error:
        raise FetchError(sentence("run", "not_written", address=address)) from error
    return True


def remove(paths: Sequence[Path]) -> None:
    """Remove objects; those that are gone already do no harm.

    Raises:
        FetchError: the store cannot be reached or refuses.
    """
    for path in paths:
        address = _address(path)
        try:
            with _asking(address) as store:
                store.rm_file(address)
        except FileNotFoundError:
            continue


def listing(folder: Path) -> dict[str, tuple[int, str]]:
    """Size in bytes and content tag of every object below a folder, by relative name, sorted.

    Raises:
        FetchError: the store cannot be reached or refuses.
    """
    address = _address(folder)
    base = address.partition("://")[2] + "/"
    try:
        with _asking(address) as store:
            found = store.find(address, detail=True)
    except FileNotFoundError:
        return {}
    return {
        full.removeprefix(base): (int(about["size"]), str(about.get("ETag") or about.get("etag") or about.get("md5")))
        for full, about in sorted(found.items())
        if full.startswith(base) and about["type"] == "file" and _is_name(full.removeprefix(base))
    }


def signed(address: str) -> str:
    """The https address at which an object can be read for an hour by whoever knows it: never to be written down.

    Raises:
        FetchError: there are no credentials to sign with, or the scheme cannot be signed.
    """
    with _asking(address) as store:
        return str(store.sign(address, expiration=SIGNED_FOR_S))


def _is_name(text: str) -> bool:
    """Whether a key can be a file below its folder (some stores hold empty objects named `folder/`)."""
    return bool(text) and not text.endswith("/") and ".." not in PurePosixPath(text).parts


def _address(path: Path) -> str:
    address = origin(path)
    if address is None:
        raise FetchError(f"{path}: stands for no object of a store")
    return address


@contextmanager
def _asking(address: str) -> Iterator[Any]:
    """The store of an address; its errors in words that say what to do. Absence is for the caller to judge."""
    scheme = address.partition("://")[0]
    try:
        import fsspec  # late: an optional extra

        # The listing of an earlier moment must not hide what other machines have done since.
        yield fsspec.filesystem(scheme, use_listings_cache=False)
    except ImportError as error:
        raise FetchError(
            sentence("run", "package_missing", address=address, scheme=scheme, package=PACKAGES[scheme])
        ) from error
    except (FileNotFoundError, FileExistsError):
        raise
    except PermissionError as error:
        raise FetchError(sentence("run", "store_refuses", address=address)) from error
    except _store_errors() as error:
        if type(error).__name__ == "NoCredentialsError":
            raise FetchError(sentence("run", "no_credentials", address=address)) from error
        raise FetchError(
            sentence("run", "not_delivered", address=address, problem=" ".join(str(error).split()))
        ) from error


def _store_errors() -> tuple[type[Exception], ...]:
    """What a store may raise, with the errors of those libraries that are loaded."""
    foreign = (getattr(sys.modules[module], kind) for module, kind in _FOREIGN_ERRORS if module in sys.modules)
    return (OSError, *foreign)
