"""Shipments and filed statements as a package keeps them, so that whoever verifies it plans the same statements."""

from collections.abc import Sequence

from pydantic import TypeAdapter

from eudr_check.records import Json
from eudr_check.shipments import Filed, Shipments

NAME = "shipments.json"
_SHIPMENTS: TypeAdapter[Shipments | None] = TypeAdapter(Shipments | None)
_FILED: TypeAdapter[tuple[Filed, ...]] = TypeAdapter(tuple[Filed, ...])


def content(shipments: Shipments | None, filed: Sequence[Filed]) -> dict[str, object] | None:
    """What the file says; None where there is nothing to say."""
    if shipments is None and not filed:
        return None
    return {
        "shipments": _SHIPMENTS.dump_python(shipments, mode="json"),
        "filed": _FILED.dump_python(tuple(filed), mode="json"),
    }


def from_content(stated: Json | None) -> tuple[Shipments | None, tuple[Filed, ...]]:
    """Shipments and filed statements of the content of the file; None and nothing for a package without it.

    Raises:
        ValueError: the content is not what `content` writes.
    """
    if stated is None:
        return None, ()
    return _SHIPMENTS.validate_python(stated["shipments"]), _FILED.validate_python(stated["filed"])
