"""Would the outcome be another if a figure, a layer or the boundary were a little different?"""

from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from eudr_check.config import Production
from eudr_check.risk.convergence.outcome import OUTCOME, Case, reach
from eudr_check.risk.convergence.roles import Roles
from eudr_check.risk.convergence.rules import Levels
from eudr_check.risk.policy import Convergence
from eudr_check.typing import Mask
from eudr_check.unread import NOBODY_LOOKED

HALF, DOUBLE = 0.5, 2.0


def variants(
    harvest: Case, roles: Roles, policy: Convergence, production: Production | None
) -> Iterator[tuple[str, Levels]]:
    """Outcomes with one thing changed at a time, each with the name of the change.

    Thresholds halved and doubled; the boundary moved in and out by the GPS error; without each layer that is not
    required; hectares of sampled layers larger and smaller by the policy's `sampled_error`.
    """
    for name, factor in (("thresholds_halved", HALF), ("thresholds_doubled", DOUBLE)):
        yield name, reach(harvest, roles, policy.times(factor), production).outcome
    for name, area in (("gps_inner", "area_inner_ha"), ("gps_outer", "area_outer_ha")):
        yield name, reach(harvest, roles, policy, production, area=area).outcome
    for layer in roles.optional_layers:
        yield f"without:{layer}", reach(harvest, roles.without(layer), policy, production).outcome
    sampled = [variable.column for variable in roles.variables if variable.sampled]
    if sampled:
        error = policy.sampled_error.value
        for name, factor in (("sampled_smaller", 1 - error), ("sampled_larger", 1 + error)):
            scale = dict.fromkeys(sampled, factor)
            yield name, reach(harvest, roles, policy, production, scale=scale).outcome


def gather(outcome: Levels, others: Iterable[tuple[str, Levels]]) -> tuple[Mask, pd.Series]:
    """Which plots are fragile, and what flips them.

    Args:
        outcome: outcome of each plot as it stands.
        others: names of changes, and the outcomes they give.

    Returns:
        A mask over plots, and text `change=outcome ...` per plot (null where nothing flips it).
    """
    fragile = np.zeros(len(outcome), dtype=bool)
    kinds = np.zeros(len(outcome), dtype=np.int64)
    texts = np.array([""], dtype=object)
    for name, other in others:
        differs = other != outcome
        fragile |= differs
        # Few combinations of flips occur, so that text is made once per combination, not once per plot.
        combination, pairs = pd.factorize(kinds * 5 + np.where(differs, other + 1, 0), sort=True)
        texts = np.array([_longer(texts[pair // 5], name, int(pair % 5)) for pair in pairs], dtype=object)
        kinds = combination.astype(np.int64)
    text = pd.Series(texts[kinds], dtype=object)
    return fragile, text.where(fragile, None)


def worded(fragile: Mask, nobody_looked: Mask) -> NDArray[np.object_]:
    """`fragile`, `stable`, or `unknown` where nobody looked: that nothing changes such an outcome is no strength of it.

    Args:
        fragile: from `gather`.
        nobody_looked: plots that are undetermined because their ground, or what is on it, is not known.
    """
    return np.where(fragile, "fragile", np.where(nobody_looked, "unknown", "stable")).astype(object)


def without_ground(plots: pd.Index, reasons: pd.DataFrame) -> Mask:
    """Plots of which a reason in REASONS says that their ground, or what is on it, is not known."""
    return plots.isin(reasons.index[reasons["code"].isin(NOBODY_LOOKED)])


def _longer(text: str, name: str, flip: int) -> str:
    return text if flip == 0 else f"{text} {name}={OUTCOME[flip - 1]}".strip()
