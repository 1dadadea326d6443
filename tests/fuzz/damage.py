"""One way to damage a file."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

TEXT, JSON, KML = ("text",), ("json",), ("kml",)


@dataclass(frozen=True)
class Damage:
    """One way.

    Attributes:
        families: of layouts it fits.
        apply: damages the file in place; False where it holds nothing to damage.
        truncates: nobody can say how many plots the lost part held, so one blocking finding may speak for all of them.
    """

    name: str
    families: tuple[str, ...]
    apply: Callable[[Path, random.Random], bool]
    truncates: bool = False
