"""Internal reference and folder of a statement: made of what it declares, never of its place in a list."""

import hashlib
import json
import re
from collections.abc import Sequence

from eudr_check.text.clean import file_stem

MOST_CHARACTERS = 35
"""Of the Operator API Reference; the schema of release 8.2.1 allows 50."""
_DIGEST = 10


def reference(harvest: str, names: Sequence[str], detail: Sequence[str] = ()) -> str:
    """The reference of a shipment, of lots, or of a part of them.

    Args:
        harvest: name of the harvest; a point follows it, which no such name holds.
        names: shipment or lots.
        detail: what else tells it from others: plots and kilograms, where names alone do not.

    >>> reference("pe-coffee-2026", ["EXP-014"])
    'pe-coffee-2026.EXP-014'
    """
    label = re.sub(r"[^A-Za-z0-9._-]+", "-", "-".join(names)).strip("-")
    plain = f"{harvest}.{label}".rstrip(".")
    whole = plain == f"{harvest}.{label}" and len(plain) <= MOST_CHARACTERS
    if len(names) == 1 and label == names[0] and not detail and whole:
        return plain
    content = json.dumps([harvest, list(names), list(detail)], ensure_ascii=False)
    digest = hashlib.sha256(content.encode()).hexdigest()[:_DIGEST]
    return f"{plain[: MOST_CHARACTERS - _DIGEST - 1].rstrip('-.')}-{digest}"


def folder(harvest: str, reference: str) -> str:
    """Folder of a statement in the package: its reference without the name of the harvest.

    >>> folder("pe-coffee-2026", "pe-coffee-2026.EXP-014")
    'statement-EXP-014'
    """
    own = reference[len(harvest) + 1 :] if reference.startswith(harvest) else reference
    return file_stem(f"statement-{own}")


def distinct(name: str, reference: str) -> str:
    """A folder's name with a digest of the reference, which tells large letters from small ones."""
    return f"{name}-{hashlib.sha256(reference.encode()).hexdigest()[:_DIGEST]}"
