"""Paths in the YAML of a harvest: relative to it, in an object store, or the address of a database."""

from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, PlainValidator, TypeAdapter, ValidationInfo

from eudr_check import object_store, postgresql
from eudr_check.errors import ConfigError
from eudr_check.names import is_id
from eudr_check.postgresql import Database, Place
from eudr_check.problems import SettingError, said


def _stand_in(value: Any) -> Any:
    """An address becomes its stand-in before it is taken for a path."""
    if not isinstance(value, str) or "://" not in value:
        return value
    try:
        return object_store.mirrored(value)
    except ConfigError as error:
        raise SettingError(said("other", problem=str(error))) from error


def _beside_yaml(path: Path, info: ValidationInfo) -> Path:
    base = (info.context or {}).get("base", Path())
    try:
        return path if path.is_absolute() else object_store.resolve(Path(base), path)
    except ConfigError as error:
        raise SettingError(said("other", problem=str(error))) from error


def policy_beside_yaml(name: str, info: ValidationInfo) -> str:
    """A policy file lies beside the YAML like every other file; a shipped policy is a name."""
    return str(_beside_yaml(Path(_stand_in(name)), info)) if name.endswith((".yaml", ".yml")) else name


def _area_beside_yaml(path: Path, info: ValidationInfo) -> Path:
    """A vector file lies beside the YAML like every other file; a shipped vector layer is an id."""
    return path if is_id(str(path)) else _beside_yaml(path, info)


def _on_disk(path: Path) -> Path:
    if object_store.origin(path) is not None:
        raise SettingError(said("not_in_place", value=object_store.name(path)))
    return path


FilePath = Annotated[Path, BeforeValidator(_stand_in), AfterValidator(_beside_yaml)]
AreaPath = Annotated[Path, BeforeValidator(_stand_in), AfterValidator(_area_beside_yaml)]
DiskPath = Annotated[FilePath, AfterValidator(_on_disk)]
_DISK_PATH: TypeAdapter[Path] = TypeAdapter(DiskPath)


def _of_register(value: Any, info: ValidationInfo) -> Place:
    """An address of PostgreSQL is a database; all else is a path."""
    if isinstance(value, Database):
        return value
    if not isinstance(value, str) or not postgresql.is_address(value):
        return _DISK_PATH.validate_python(value, context=info.context)
    try:
        return postgresql.database(value)
    except ConfigError as error:
        raise SettingError(said("other", problem=str(error))) from error


RegisterPlace = Annotated[Place, PlainValidator(_of_register)]
