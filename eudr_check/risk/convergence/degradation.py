"""Forest degradation of Regulation (EU) 2023/1115, Article 2(7), row by row and three-valued.

Primary or naturally regenerating forest turned into plantation forest or other wooded land, primary forest turned into
planted forest. A pathway is known where a map of 2020, a map of today and a change between them say so, and possible
where nothing read denies it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eudr_check.risk.convergence.roles import Roles
from eudr_check.typing import Mask
from eudr_check.variables import NO, UNKNOWN, YES, Variable

Said = NDArray[np.int8]
"""One entry per row: 1 yes, 0 no, -1 unknown."""
PATHWAYS = (
    ("primary_to_plantation", "primary", "plantation"),
    ("regenerating_to_plantation", "regenerating", "plantation"),
    ("natural_to_other_wooded", "natural", "other_wooded"),
    ("primary_to_planted", "primary", "planted"),
)
"""Name, kind of forest in 2020, use today: Article 2(7)."""
CONVERTED = "forest_to_agriculture"
"""Deforestation, Article 2(3): planted forest that is farmland today included."""
UNEXPLAINED = "use_changed_without_event"
"""Two maps tell a pathway, and no layer needs to have seen the change."""


@dataclass(frozen=True)
class Change:
    """Rows per pathway, conversion and difference of maps."""

    known: Mapping[str, Mask]
    possible: Mapping[str, Mask]
    """Known or not denied by any layer."""
    type_unread: Mask
    """Degradation is possible because no map tells the kind of forest of 2020."""
    use_unread: Mask
    """Degradation is possible because no map tells what the land is today."""

    @property
    def unread(self) -> Mask:
        """Degradation is possible, and neither shown nor denied."""
        return self.type_unread | self.use_unread


def change(
    values: Mapping[str, NDArray[np.int16]], roles: Roles, changed: Mask, unread: Mask, silent: tuple[str, ...]
) -> Change:
    """What became of the forest of 2020.

    Args:
        values: EVIDENCE columns, one entry per row.
        roles: variables by role; the baseline must be among them.
        changed: rows with loss or disturbance after the cut-off by any layer.
        unread: rows on which no layer whose "no" counts looked for loss.
        silent: methods whose "no" never counts.
    """
    assert roles.baseline is not None
    baseline = values[roles.baseline.column]
    said = {role: _said(found, values, silent, baseline) for role, found in roles.kinds.items()}
    planted = _said(roles.tree_crops, values, silent, baseline)
    primary, regenerating = said["primary_2020"], said["regenerating_2020"]
    natural = _three((primary == YES) | (regenerating == YES), (baseline == NO) | (planted == YES))
    then = {
        "natural": natural,
        "primary": _three(primary == YES, (natural == NO) | (regenerating == YES)),
        "regenerating": _three(regenerating == YES, (natural == NO) | (primary == YES)),
        "forest": _three((baseline == YES) | (natural == YES), baseline == NO),
    }
    plantation, other = said["plantation_now"], said["other_wooded_now"]
    now = {
        "plantation": plantation,
        "other_wooded": other,
        "planted": _three(
            (plantation == YES) | (said["planted_now"] == YES), (plantation == NO) & (said["planted_now"] != UNKNOWN)
        ),
        "agriculture": said["agriculture_now"],
    }
    pairs = [(then[kind], now[use]) for _, kind, use in PATHWAYS]
    both = [(kind == YES) & (use == YES) for kind, use in pairs]
    perhaps = [(kind != NO) & (use != NO) for kind, use in pairs]
    farmed, may_be_farmed = now["agriculture"] == YES, now["agriculture"] != NO
    known = {name: changed & mask for (name, _, _), mask in zip(PATHWAYS, both, strict=True)}
    possible = {name: (changed | unread) & mask for (name, _, _), mask in zip(PATHWAYS, perhaps, strict=True)}
    known |= {CONVERTED: changed & (then["forest"] == YES) & farmed, UNEXPLAINED: np.any(both, axis=0)}
    possible |= {
        CONVERTED: (changed | unread) & (then["forest"] != NO) & may_be_farmed,
        UNEXPLAINED: np.any(perhaps, axis=0),
    }
    open_type, open_use = np.zeros((2, len(baseline)), dtype=bool)
    for (kind, use), shown, maybe in zip(pairs, both, perhaps, strict=True):
        open_type |= maybe & ~shown & (kind == UNKNOWN)
        open_use |= maybe & ~shown & (use == UNKNOWN)
    return Change(known, possible, open_type, open_use)


def _said(
    variables: tuple[Variable, ...],
    values: Mapping[str, NDArray[np.int16]],
    silent: tuple[str, ...],
    like: NDArray[np.int16],
) -> Said:
    """Yes where any map says so, no where one that was read says so and none yes, else unknown."""
    yes, no = np.zeros((2, len(like)), dtype=bool)
    for variable in variables:
        yes |= values[variable.column] == YES
        if variable.method not in silent:
            no |= values[variable.column] == NO
    return _three(yes, no)


def _three(yes: Mask, no: Mask) -> Said:
    return np.where(yes, YES, np.where(no, NO, UNKNOWN)).astype(np.int8)
