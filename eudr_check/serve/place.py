"""Where jobs find their layers."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Place:
    """What all jobs of a server share."""

    catalogue: Path | None
    """STAC folder; None reads the published tiles."""
    offline: bool
    commodity: str
    country: str | None
    """Country of plots that name none."""
