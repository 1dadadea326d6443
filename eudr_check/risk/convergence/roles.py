"""Which layer variable plays which part under a policy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from eudr_check.risk.policy import Convergence
from eudr_check.variables import Variable

KINDS = (
    "primary_2020",
    "regenerating_2020",
    "plantation_now",
    "planted_now",
    "other_wooded_now",
    "agriculture_now",
)
"""Roles of maps that tell degradation."""


@dataclass(frozen=True)
class Roles:
    """The variables of a harvest, sorted by what the policy may use them for."""

    baseline: Variable | None
    alternative_baselines: tuple[Variable, ...]
    """Other maps of forest at the end of 2020; they may dispute the baseline, never replace it."""
    tree_crops: tuple[Variable, ...]
    """Maps of tree crops dated on or before the cut-off; of planted forest too where a policy asks for degradation."""
    events: tuple[Variable, ...]
    """Every layer that detects loss."""
    required_layers: tuple[Variable, ...]
    """Event layers whose "no" counts: the required ones."""
    degradations: tuple[Variable, ...]
    kinds: Mapping[str, tuple[Variable, ...]]
    """Per role of `KINDS`, its maps; empty where a policy does not ask for degradation."""

    @property
    def sufficient(self) -> bool:
        """Whether the required layers are here: the baseline and at least one witness."""
        return self.baseline is not None and bool(self.required_layers)

    @property
    def columns(self) -> tuple[str, ...]:
        """EVIDENCE columns the policy reads."""
        return tuple(variable.column for variable in self.variables)

    @property
    def variables(self) -> tuple[Variable, ...]:
        """All variables the policy reads, baseline first."""
        first = () if self.baseline is None else (self.baseline,)
        kinds = (variable for found in self.kinds.values() for variable in found)
        return (*first, *self.alternative_baselines, *self.tree_crops, *self.events, *self.degradations, *kinds)

    @property
    def optional_layers(self) -> tuple[str, ...]:
        """Layers that can be taken away one at a time without losing a required one."""
        layers = dict.fromkeys(variable.layer for variable in self.variables)
        return tuple(layer for layer in layers if self.without(layer).sufficient)

    def without(self, layer: str) -> "Roles":
        """The same roles without the variables of one layer."""
        kept = {
            name: tuple(variable for variable in getattr(self, name) if variable.layer != layer)
            for name in ("alternative_baselines", "tree_crops", "events", "required_layers", "degradations")
        }
        baseline = None if self.baseline is None or self.baseline.layer == layer else self.baseline
        kinds = {role: tuple(one for one in found if one.layer != layer) for role, found in self.kinds.items()}
        return replace(self, baseline=baseline, kinds=kinds, **kept)


def roles(variables: Sequence[Variable], policy: Convergence) -> Roles:
    """Sort variables by role; those of role `tree_cover_2020` and `context` play no part.

    A commodity map counts as tree crop only if it shows the ground on or before the cut-off: a later crop may stand
    where the forest was.
    """
    ordered = sorted(variables, key=lambda variable: variable.column)
    events = tuple(variable for variable in ordered if variable.role == "event")
    return Roles(
        baseline=next((variable for variable in ordered if variable.column == policy.baseline), None),
        alternative_baselines=tuple(
            variable for variable in ordered if variable.role == "forest_2020" and variable.column != policy.baseline
        ),
        tree_crops=tuple(variable for variable in ordered if _not_natural(variable, policy)),
        events=events,
        required_layers=tuple(variable for variable in events if variable.method not in policy.silent_methods),
        degradations=tuple(variable for variable in ordered if variable.role == "degradation"),
        kinds={role: tuple(one for one in ordered if _tells(one, role, policy)) for role in KINDS}
        if policy.asks_for_degradation
        else {},
    )


def _not_natural(variable: Variable, policy: Convergence) -> bool:
    """Whether a map tells trees of 2020 whose felling is not by itself the loss of forest."""
    if variable.kind != "state" or variable.covers_through > policy.cutoff:
        return False
    if policy.asks_for_degradation and variable.role == "planted_2020":
        return True
    return variable.role == "commodity" and variable.commodity in policy.tree_crops


def _tells(variable: Variable, role: str, policy: Convergence) -> bool:
    """Whether a map has a role and a date that goes with it: the cut-off, or a day after it."""
    after = variable.covers_through > policy.cutoff
    return variable.role == role and variable.kind == "state" and after == role.endswith("_now")
