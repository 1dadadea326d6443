"""The meaning of one EVIDENCE column: what a layer variable says, by whose method, for which dates."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

Kind = Literal["state", "event"]
Role = Literal[
    "forest_2020",
    "tree_cover_2020",
    "primary_2020",
    "regenerating_2020",
    "planted_2020",
    "plantation_now",
    "planted_now",
    "other_wooded_now",
    "agriculture_now",
    "event",
    "degradation",
    "commodity",
    "context",
]

UNKNOWN = -1
NO = 0
YES = 1


@dataclass(frozen=True)
class Variable:
    """One layer variable, as the cube carries it and the policy reads it.

    A state variable holds 1 (yes), 0 (no) or -1 (unknown) per cell; an event variable holds the calendar
    year of the event, 0 (no event) or -1 (unknown).
    """

    column: str
    """Column of CUBE and EVIDENCE, `product.variable`, e.g. `hansen.loss_year`."""
    layer: str
    """Layer with version the values come from, e.g. `hansen_gfc@v1.13`."""
    kind: Kind
    role: Role
    """What a policy may use it for; `degradation` is an event that is not a conversion.

    `..._2020` are kinds of forest at the cut-off, `..._now` what the land is today; only `wood@1` reads them.
    """
    method: str
    """Name of the independent method behind it; two variables with one method never agree as two."""
    sensor: str
    """Sensor lineage (`landsat`, `sentinel-1`, ...); printed where methods share it."""
    covers_from: date
    """State date, or first day events are looked for."""
    covers_through: date
    """State date, or last day events are looked for."""
    dating: Literal["yearly", "dated", "none"] = "none"
    """`yearly` detections may lie in the year before; `dated` ones carry a day; states have none."""
    commodity: str | None = None
    """For role `commodity`: the crop shown."""
    sampled: bool = False
    """True where cells were sampled at their centres from another CRS, so hectares are not native."""
    verified: str = "never"
    """What the layer's definition was compared with (`documents`, `recorded answer`, `live`), and when."""
