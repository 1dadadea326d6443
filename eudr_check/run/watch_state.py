"""What earlier looks at filed land saw, kept in a file beside the register: a look without news is on record too."""

import hashlib
import json
from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NotRequired, TypedDict

from eudr_check.errors import RegisterError
from eudr_check.text import sentence

SEEN = "seen.json"
Hectares = dict[str, float]
"""`COLUMN YEAR` to hectares."""


class Seen(TypedDict):
    """What was last known of a plot."""

    ground: str
    """SHA-256 of its boundary."""
    ha: Hectares
    where: NotRequired[dict[str, str]]
    """`COLUMN YEAR` to the ground of these hectares as WKB; of looks of earlier versions, none."""
    until: NotRequired[dict[str, str]]
    """Layer to the latest day it had seen when it was read on all of the plot; layers that say no day are left out."""


class Look(TypedDict):
    """One look at a register."""

    on: str
    """Day, YYYY-MM-DD."""
    plots: int
    changed: int
    """Plots of which there was something new."""
    unknown: int
    """Plots that at least one layer left unknown."""
    seen_until: dict[str, str]
    """Layer to the last day it had seen."""


@dataclass(frozen=True)
class State:
    """What a look leaves for the next."""

    plots: dict[str, Seen] = field(default_factory=dict)
    seen_until: dict[str, str] = field(default_factory=dict)
    """Layer to the latest day it had seen at any look."""
    looks: tuple[Look, ...] = ()
    """In the order of time; of looks before they were kept, none."""


def later(one: Mapping[str, str], other: Mapping[str, str]) -> dict[str, str]:
    """The later day of each layer."""
    return {layer: max(one.get(layer, ""), other.get(layer, "")) for layer in sorted({*one, *other})}


def kept(before: Hectares, now: Hectares, plot: str, alerts: Mapping[str, str], sure: Set[tuple[str, str]]) -> Hectares:
    """What the next look compares a plot with: what this one saw, where the layer was read on all of the plot.

    Elsewhere nothing that was known is forgotten.
    """
    found = {}
    for key in sorted({*before, *now}):
        layer = alerts.get(key.partition(" ")[0], "")
        hectares = now.get(key, 0.0)
        found[key] = hectares if (layer, plot) in sure else max(before.get(key, 0.0), hectares)
    return {key: hectares for key, hectares in found.items() if hectares > 0}


def read(folder: Path) -> State | None:
    """What the last look left; None where nobody looked.

    Raises:
        RegisterError: the file is there and is not what was written.
    """
    path = folder / SEEN
    if not path.exists():
        return None
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        # Files of earlier versions hold plots alone.
        content = {name: kept[name] for name in ("plots", "seen_until", "looks")} if "looks" in kept else kept["plots"]
        if kept["sha256"] != _sha256(content):
            raise ValueError("sha256")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RegisterError(sentence("watch", "state_broken", file=str(path))) from error
    return State(kept["plots"], kept.get("seen_until", {}), tuple(kept.get("looks", ())))


def write(folder: Path, state: State) -> None:
    """Keep what was seen: whole, or as it was before."""
    content: dict[str, Any] = {"plots": state.plots, "seen_until": state.seen_until, "looks": list(state.looks)}
    path = folder / SEEN
    temporary = path.with_suffix(".tmp")
    text = json.dumps({**content, "sha256": _sha256(content)}, sort_keys=True, indent=1)
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(path)


def _sha256(content: object) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
