"""Points: a place without an outline can be cleared, asked about, or caught in the act, but rarely condemned."""

from dataclasses import dataclass

import numpy as np

from eudr_check.risk.convergence.rules import HIGH, MORE_INFO, Levels, judge
from eudr_check.risk.convergence.sums import TOLERANCE_HA, Sums
from eudr_check.risk.policy import Convergence
from eudr_check.typing import Mask


@dataclass(frozen=True)
class Settled:
    """Outcome of points, and what made it."""

    levels: Levels
    cell_agreed: Mask
    """The point's own cell is forest that several methods saw lost."""
    wider_disc: Mask
    """The declared disc would be low; the wider one is not."""


def settle(disc: Levels, wide: Sums, cell: Sums, policy: Convergence) -> Settled:
    """Outcome of points from their discs and own cell.

    The plot lies somewhere around the point, so what the disc shows may be a neighbour's: it asks for the polygon and
    never says `high`. Only the point's own cell is certainly on the plot. `low` needs both discs to be low.

    Args:
        disc: level of the declared disc.
        wide: hectares in the disc of twice the radius.
        cell: hectares in the point's own cell.
        policy: rules for the discs.
    """
    wider = judge(wide, policy).levels
    agreed = cell.agreed > TOLERANCE_HA
    asked = np.minimum(np.maximum(disc, wider), MORE_INFO)
    levels = np.where(agreed, HIGH, asked).astype(np.int8)
    return Settled(levels, agreed, (disc == 0) & (wider > 0))
