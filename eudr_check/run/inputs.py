"""The files a harvest names: which are read for each, and those of an object store brought before work begins."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from eudr_check import config, object_store
from eudr_check.config import Harvest
from eudr_check.documents import answers, legality
from eudr_check.documents.review import read_reviews
from eudr_check.errors import ConfigError, FetchError, LayersError
from eudr_check.files import SIDECARS
from eudr_check.layers.catalog import stac_folder
from eudr_check.text import sentence


def load(path: Path) -> Harvest:
    """A harvest from its YAML, which may lie in an object store.

    Raises:
        ConfigError: the YAML is missing, cannot be had, or breaks a rule.
    """
    if object_store.origin(path) is not None:
        _pull("harvest", path)
    return config.load(path)


def key_missing(path: Path, key: str) -> ConfigError:
    """What to write into a harvest that names no file under a key, or which comment of it to make a line."""
    written = re.search(rf"^#\s*{key}:.*$", path.read_text(encoding="utf-8-sig"), re.MULTILINE)
    called = object_store.name(path)
    if written is None:
        return ConfigError(sentence("refusals", "no_file_key", config=called, key=key))
    return ConfigError(sentence("refusals", "file_key_in_comment", config=called, key=key, line=written[0].rstrip()))


def bring(harvest: Harvest, *, offline: bool = False) -> None:
    """Bring every file that a harvest names by an address; catalogues follow when layers are looked for.

    Args:
        harvest: the settings.
        offline: make no connection; what was brought earlier is used.

    Raises:
        ConfigError: a file is not there or cannot be had; names key and address.
    """
    assert harvest.run.folder is not None
    if offline:
        if (there := object_store.origin(harvest.run.folder)) is not None:
            raise ConfigError(sentence("refusals", "folder_offline", folder=str(there)))
        return
    for key, path in _named(harvest):
        if object_store.origin(path) is None:
            continue
        if path.suffix.lower() == ".gdb":
            _pull_folder(key, path)
            continue
        _pull(key, path)
        for suffix in SIDECARS.get(path.suffix.lower(), ()):
            _pull_if_there(key, path.with_suffix(suffix.upper() if path.suffix.isupper() else suffix))
    for key, document, names in _attached(harvest):
        for name in names:
            _pull_if_there(key, object_store.resolve(document.parent, Path(name)))


def catalogue(folder: Path, *, offline: bool = False) -> Mapping[str, object]:
    """Bring a STAC folder (not its rasters), and say what it holds.

    Returns:
        Size and content tag of every object, by name; offline, of what was brought earlier.

    Raises:
        LayersError: it is not there, or the store cannot be reached.
    """
    if not offline:
        return stac_folder.pull(folder)
    if not (folder / "catalog.json").is_file():
        raise LayersError(sentence("refusals", "never_brought", file=object_store.name(folder)))
    return {path.relative_to(folder).as_posix(): path.stat().st_size for path in sorted(folder.rglob("*.json"))}


def _named(harvest: Harvest) -> Iterator[tuple[str, Path]]:
    """Every file of a harvest with its key."""
    for number, file in enumerate(harvest.plots):
        yield f"plots.{number}.path", file.path
    for number, layer in enumerate(harvest.layers):
        if layer.definition is not None:
            yield f"layers.{number}.definition", layer.definition
    for key, path in (
        ("policy", Path(harvest.policy)),
        ("animals", harvest.animals),
        ("deliveries", harvest.deliveries),
        ("shipments", harvest.shipments),
        ("reviews", harvest.reviews),
        ("legality", harvest.legality),
        ("answers", harvest.answers),
        *((f"areas.{name}", path) for name, path in harvest.areas.items()),
    ):
        if path is not None:
            yield key, path


def _attached(harvest: Harvest) -> Iterator[tuple[str, Path, set[str]]]:
    """Files that documents in an object store name beside themselves."""
    if harvest.reviews is not None and object_store.origin(harvest.reviews) is not None:
        found = read_reviews(harvest.reviews)
        yield "reviews", harvest.reviews, {name for review in found for name in review.evidence}
    if harvest.legality is not None and object_store.origin(harvest.legality) is not None:
        documents = legality.read_legality(harvest.legality)
        yield "legality", harvest.legality, set(documents.loc[documents["sha256"] != "", "document"])
    if harvest.answers is not None and object_store.origin(harvest.answers) is not None:
        yield "answers", harvest.answers, answers.evidence_named(harvest.answers)


def _pull(key: str, path: Path) -> None:
    if not _pull_if_there(key, path):
        raise ConfigError(sentence("refusals", "address_no_file", key=key, file=object_store.name(path)))


def _pull_if_there(key: str, path: Path) -> bool:
    try:
        return object_store.pull(path)
    except FetchError as error:
        raise ConfigError(sentence("run", "key_problem", key=key, problem=error)) from error


def _pull_folder(key: str, path: Path) -> None:
    try:
        held = object_store.pull_folder(path)
    except FetchError as error:
        raise ConfigError(sentence("run", "key_problem", key=key, problem=error)) from error
    if not held:
        raise ConfigError(sentence("refusals", "address_no_folder", key=key, file=object_store.name(path)))
