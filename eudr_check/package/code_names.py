"""Codes for things people named: made of what they hold, or numbered in the order of their names."""

import hashlib
import json
from collections.abc import Hashable, Iterable, Sequence

DIGITS = 10


def distinct(letter: str, names: Sequence[str], contents: Sequence[Hashable]) -> dict[str, str]:
    """Codes made of contents; equal contents are numbered in their order."""
    found: dict[str, str] = {}
    seen: dict[str, int] = {}
    for name, content in zip(names, contents, strict=True):
        written = content if isinstance(content, bytes) else json.dumps(content, ensure_ascii=False).encode()
        code = letter + hashlib.sha256(written).hexdigest()[:DIGITS].upper()
        seen[code] = seen.get(code, 0) + 1
        found[name] = code if seen[code] == 1 else f"{code}-{seen[code]}"
    return found


def numbered(kind: str, names: Iterable[object]) -> dict[str, str]:
    """Codes `KIND-001` and on, in the order of the names."""
    return {name: f"{kind}-{number:03}" for number, name in enumerate(sorted(set(map(str, names))), start=1)}
