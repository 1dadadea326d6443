"""Policies are data: which thresholds, in which unit, why, and from where."""

import hashlib
import json
import unicodedata
from datetime import date
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated, Literal, get_args

import yaml
from pydantic import Field, TypeAdapter, ValidationError, model_validator

from eudr_check.choices import Commodity
from eudr_check.errors import PolicyError
from eudr_check.problems import SettingError, explained, of_yaml
from eudr_check.resources import parse_yaml
from eudr_check.text import Joined, sentence
from eudr_check.trade import Strict

Degradation = Literal[
    "primary_to_plantation",
    "regenerating_to_plantation",
    "natural_to_other_wooded",
    "primary_to_planted",
    "forest_to_agriculture",
    "use_changed_without_event",
]
Quantity = Literal[
    "agreed_event_on_forest",
    "one_method_event_on_forest",
    "one_method_2021_only",
    "event_on_forest",
    "event_on_tree_crop",
    "standing_forest",
    "canopy_disturbance",
    "event_on_disputed_forest",
    "forest_seen_once",
    Degradation,
]
DEGRADATION = frozenset(get_args(Degradation))
"""Quantities that need the kind of forest in 2020 and the use of the land today."""
OWN_POLICIES = {"cattle": "cattle@1", "wood": "wood@1"}
"""Shipped policies of commodities that have one of their own."""
Tree = Literal["pcrop", "acrop", "timber", "timber_2026_09"]


class Figure(Strict):
    """One number of a policy, with what makes it defensible."""

    value: float = Field(ge=0)
    unit: Literal["ha", "share", "percent", "days", "m"]
    reason: str = Field(min_length=1)
    source: str = Field(min_length=1)

    def times(self, factor: float) -> "Figure":
        """The same figure, scaled."""
        return self.model_copy(update={"value": self.value * factor})


NOISE_SHARE = Figure(
    value=0.1,
    unit="share",
    reason="On a small plot a tenth of the ground is a change a visitor would see; no floor may hide more of it.",
    source="Whisp default threshold of all indicators",
)
"""What a policy means that does not name its own share; in force for every policy, those made before it included."""


class Rule(Strict):
    """One line of the ordered list: enough hectares of a quantity give an outcome."""

    code: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    outcome: Literal["high", "more_info_needed"]
    quantity: Quantity
    hectares: Figure
    strictly_more: bool = False
    share: Figure | None = None
    share_hectares: Figure | None = None
    piece: Figure

    def times(self, factor: float) -> "Rule":
        """The rule with every threshold scaled."""
        scaled = {
            "hectares": self.hectares.times(factor),
            "share": self.share and self.share.times(factor),
            "share_hectares": self.share_hectares and self.share_hectares.times(factor),
        }
        return self.model_copy(update=scaled)


class Named(Strict):
    """A policy under its name."""

    name: str
    version: str

    @property
    def stated_name(self) -> str:
        """Name with version, as the file states them."""
        return f"{self.name}@{self.version}"

    @property
    def full_name(self) -> str:
        """Name with version, as every table and page prints it; with a digest of the content unless it is shipped.

        The name of a shipped policy belongs to what is shipped: nothing else prints it alone.
        """
        if _is_shipped(self):
            return self.stated_name
        content = json.dumps(self.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)
        return f"{self.stated_name}+sha256:{hashlib.sha256(content.encode()).hexdigest()[:16]}"


class Convergence(Named):
    """Loss on forest, by agreement of independent methods."""

    kind: Literal["convergence"]
    title: str
    commodities: tuple[Commodity, ...]
    cutoff: date
    baseline: str
    tree_crops: tuple[str, ...]
    silent_methods: tuple[str, ...]
    agreeing_methods: int = Field(ge=2)
    disputing_layers: int = Field(ge=1)
    noise_floor: Figure
    noise_share: Figure = NOISE_SHARE
    cover_gap: Figure
    rules: tuple[Rule, ...] = Field(min_length=1)
    adjoining: Figure
    sampled_error: Figure

    @property
    def asks_for_degradation(self) -> bool:
        """Whether a rule needs the kind of forest in 2020 and the use of the land today, as for wood."""
        return any(rule.quantity in DEGRADATION for rule in self.rules)

    def times(self, factor: float) -> "Convergence":
        """The policy with every hectare and share threshold scaled, noise floor included."""
        return self.model_copy(
            update={
                "noise_floor": self.noise_floor.times(factor),
                "noise_share": self.noise_share.times(factor),
                "rules": tuple(rule.times(factor) for rule in self.rules),
            }
        )


class Measure(Strict):
    """How EVIDENCE gives the hectares of one of Whisp's columns."""

    column: str | None = None
    role: Literal["commodity"] | None = Field(None, description="every variable of the role, each on its own")
    years: Literal["before", "after"] | None = Field(None, description="events up to, or after, the cut-off")
    only_where: str | None = Field(None, description="state that must hold as well")
    note: str | None = None

    @model_validator(mode="after")
    def _one_origin(self) -> "Measure":
        if (self.column is None) == (self.role is None):
            raise SettingError(sentence("definition_rules", "column_or_role"))
        return self


class Whisp(Named):
    """One of Whisp's decision trees over its eleven indicators."""

    kind: Literal["whisp"]
    title: str
    tree: Tree
    commodities: tuple[Commodity, ...]
    cutoff: date
    source: str
    thresholds: dict[str, Figure]
    columns: dict[str, tuple[str, ...]]
    """Per indicator, Whisp's columns that this edition considers."""
    evidence: dict[str, Measure]
    """Whisp's column: how EVIDENCE gives it."""
    left_out: dict[str, str] = Field(default_factory=dict)
    """Whisp's columns that no public layer of ours gives, and why."""

    def times(self, factor: float) -> "Whisp":
        """The policy with every threshold scaled."""
        return self.model_copy(
            update={"thresholds": {name: figure.times(factor) for name, figure in self.thresholds.items()}}
        )


Policy = Convergence | Whisp
_POLICY: TypeAdapter[Policy] = TypeAdapter(Annotated[Policy, Field(discriminator="kind")])


def policy(name: str) -> Policy:
    """A policy by shipped name (`convergence@1`; no version needed where only one is shipped) or by path of a YAML.

    Raises:
        PolicyError: no such policy, or the file breaks a rule or bears the name of a shipped policy whose content it
            has not; names the key and what is known.
    """
    if name in _shipped():
        return _shipped_policy(name)
    editions = [full for full in _shipped() if full.partition("@")[0] == name]
    if len(editions) == 1:
        return _shipped_policy(editions[0])
    path = Path(name)
    if path.suffix in {".yaml", ".yml"} and path.is_file():
        return _own(_read(path, name), path.name)
    raise PolicyError(sentence("start", "policy_unknown", name=name, known=", ".join(shipped())))


def default_policy(commodity: str) -> str:
    """Name of the shipped policy by which a commodity is judged when nobody says otherwise."""
    return OWN_POLICIES.get(commodity, "convergence@1")


def shipped() -> tuple[str, ...]:
    """Names of the shipped policies."""
    return tuple(_shipped())


def _own(found: Policy, file: str) -> Policy:
    """Refuse a policy of somebody's own under a shipped name, however that is written."""
    plain = unicodedata.normalize("NFKC", found.stated_name).casefold()
    if "".join(plain.split()) in shipped() and not _is_shipped(found):
        raise PolicyError(
            sentence("run", "policy_namesake", file=file, name=found.stated_name, plain="".join(plain.split()))
        )
    return found


def _is_shipped(found: Named) -> bool:
    file = _shipped().get(found.stated_name)
    return file is not None and _shipped_policy(found.stated_name) == found


@cache
def _shipped_policy(name: str) -> "Policy":
    return _read(_shipped()[name], name)


@cache
def _shipped() -> dict[str, Traversable]:
    folder = files("eudr_check.risk").joinpath("policies")
    found = {item.name.removesuffix(".yaml"): item for item in folder.iterdir() if item.name.endswith(".yaml")}
    return dict(sorted(found.items()))


def parse(content: object, name: str) -> Policy:
    """A policy from what a YAML or JSON file holds.

    Raises:
        PolicyError: it breaks a rule; names the keys.
    """
    try:
        return _POLICY.validate_python(content)
    except ValidationError as error:
        kind = Whisp if isinstance(content, dict) and content.get("kind") == "whisp" else Convergence
        raise PolicyError(
            sentence("run", "policy_wrong", name=name, problems=Joined(explained(error, kind)))
        ) from error


def _read(file: Traversable | Path, name: str) -> Policy:
    text = ""
    try:
        text = file.read_text(encoding="utf-8")
        content = parse_yaml(text)
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise PolicyError(sentence("run", "policy_wrong", name=name, problems=of_yaml(error, text))) from error
    return parse(content, name)
