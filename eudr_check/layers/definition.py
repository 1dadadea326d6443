"""What a layer is, as data: one YAML per layer and version, shipped in `definitions/` or written by a user.

A definition says where the layer comes from, which raster values are legal, and how they become the variables of
EVIDENCE: 1 / 0 / -1 for a state, the calendar year / 0 / -1 for an event. Everything not said to be known is unknown.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
import yaml
from pydantic import BeforeValidator, Field, ValidationError, model_validator

from eudr_check.choices import Commodity
from eudr_check.config import LayerChoice
from eudr_check.errors import LayersError
from eudr_check.layers.assets import Asset, Ranges
from eudr_check.layers.definition_rules import LONGITUDE_LATITUDE, not_yet, problems
from eudr_check.layers.places import Place, Strict, Verified, checked, records
from eudr_check.layers.polygons.settings import Polygons
from eudr_check.layers.value_ranges import Values
from eudr_check.problems import SettingError, explained, of_yaml, said
from eudr_check.resources import parse_yaml
from eudr_check.text import Joined, sentence
from eudr_check.variables import Kind, Role, Variable

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Condition = dict[str, Ranges]
BLANK = "________"
"""What a definition written by `layers new` leaves for people to fill in."""


class Year(Strict):
    """How an asset's values become calendar years; `values` hold an event, every other legal value none.

    The year of value v is, with one of: `add` (v // divide + add), `since` (the year of the day v days after it;
    v is taken modulo `modulo` first), `years` (a table of year to values).
    """

    asset: str
    values: Ranges | None = None
    add: int | None = None
    divide: int = Field(1, ge=1)
    since: dt.date | None = None
    modulo: int | None = Field(None, ge=2)
    years: dict[int, Ranges] | None = None

    @property
    def stated(self) -> frozenset[int]:
        """Calendar years the values mean; a rule of days may have room for more of them than ever occur."""
        if self.years is not None:
            return frozenset(self.years)
        assert self.values is not None
        within = self.values.common(Values(((-(1 << 15), (1 << 16) - 1),)))
        numbers = {number for low, high in within for number in range(low, high + 1)}
        counts = {number % self.modulo for number in numbers} if self.modulo else numbers
        if self.add is not None:
            return frozenset(count // self.divide + self.add for count in counts)
        days = np.datetime64(self.since, "D") + np.array(sorted(counts), dtype="timedelta64[D]")
        return frozenset((days.astype("datetime64[Y]").astype(np.int64) + 1970).tolist())

    @model_validator(mode="after")
    def _one_rule(self) -> "Year":
        if sum(rule is not None for rule in (self.add, self.since, self.years)) != 1:
            raise SettingError(sentence("definition_rules", "one_rule"))
        if (self.values is None) == (self.years is None):
            raise SettingError(sentence("definition_rules", "values_or_years"))
        if self.years == {}:
            raise SettingError(sentence("definition_rules", "no_year"))
        rule = "since" if self.years is None else "years"
        for key, idle in (("divide", self.divide > 1 and self.add is None), ("modulo", self.modulo and self.years)):
            if idle:
                raise SettingError(sentence("definition_rules", "idle", name=key, rule=rule))
        return self


class VariableDefinition(Strict):
    """One EVIDENCE column of a layer."""

    kind: Kind
    role: Role
    method: str
    sensor: str
    covers_from: dt.date
    covers_through: dt.date
    dating: Literal["yearly", "dated", "none"] = "none"
    commodity: Commodity | None = None
    when: Condition = Field(
        default_factory=dict,
        description="a state is 1, and an event counts, only where every asset named holds one of its values",
    )
    year: Year | None = None
    unknown: tuple[Condition, ...] = Field((), description="-1 where any of these holds")

    @model_validator(mode="after")
    def _encoding_fits_kind(self) -> "VariableDefinition":
        if self.kind == "state" and (not self.when or self.year is not None):
            raise SettingError(sentence("definition_rules", "state_when"))
        if self.kind == "event" and self.year is None:
            raise SettingError(sentence("definition_rules", "event_year"))
        if (self.role == "commodity") != (self.commodity is not None):
            raise SettingError(sentence("definition_rules", "commodity_role"))
        return self

    @property
    def assets(self) -> tuple[str, ...]:
        """Assets the column is made from, sorted."""
        named = {*self.when, *(key for condition in self.unknown for key in condition)}
        if self.year is not None:
            named.add(self.year.asset)
        return tuple(sorted(named))

    @property
    def named(self) -> Iterator[tuple[str, str, Values]]:
        """Every set of raster values the encoding names: key of the definition, asset, values."""
        yield from (("when", key, values) for key, values in self.when.items())
        for condition in self.unknown:
            yield from (("unknown", key, values) for key, values in condition.items())
        if self.year is not None:
            groups = [self.year.values] if self.year.values is not None else (self.year.years or {}).values()
            yield from (("year", self.year.asset, values) for values in groups)


class LayerDefinition(Strict):
    """One layer of one version; `variables` and `assets` are the heart, the rest is provenance."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*@[A-Za-z0-9.]+$")
    name: Name = Field(description="prefix of the EVIDENCE columns")
    title: str
    provider: str
    licence: str
    citation: str
    lineage: str = Field(description="what the map was made from; maps of one lineage are no two witnesses")
    crs: str = Field(description="EPSG code, or 'UTM' where every tile has its own zone")
    resolution: str = Field(description="cell size, for people")
    verified: Annotated[tuple[Verified, ...], BeforeValidator(records)] = Field(
        (), description="what of it was compared with what; `never` where nothing was"
    )
    date: Annotated[str, BeforeValidator(str)] = Field(description="date or interval the Items stand for, ISO 8601")
    assets: dict[str, Asset]
    encodings: dict[Name, VariableDefinition] = Field(alias="variables", min_length=1)
    polygons: Polygons | None = Field(
        None,
        exclude_if=lambda value: value is None,
        description="for a map that is no raster but polygons of a vector file",
    )
    found: tuple[Place, ...] = ()
    notes: str | None = None

    @model_validator(mode="after")
    def _assets_exist(self) -> "LayerDefinition":
        for name, encoding in self.encodings.items():
            for key in encoding.assets:
                if key not in self.assets:
                    raise SettingError(
                        sentence(
                            "definition_rules",
                            "no_asset",
                            variable=name,
                            asset=key,
                            assets=", ".join(sorted(self.assets)),
                        )
                    )
        return self

    @model_validator(mode="after")
    def _is_sound(self) -> "LayerDefinition":
        if found := problems(self):
            raise SettingError(sentence("definition_rules", "several", problems=Joined(found)))
        return self

    @property
    def product(self) -> str:
        """The id without its version."""
        return self.id.partition("@")[0]

    @property
    def version(self) -> str:
        """What follows the @ of the id."""
        return self.id.partition("@")[2]

    @property
    def collection(self) -> str:
        """Collection of a local folder, and of any STAC API the definition does not name."""
        return self.id.replace("@", "-")

    @property
    def interval(self) -> tuple[str, str]:
        """First and last day the Items stand for, ISO 8601."""
        first, _, last = self.date.partition("/")
        return first, last or first

    @property
    def grows(self) -> bool:
        """Whether its files are replaced in place; a file next to them says how far they have seen."""
        return any(place.tiles is not None and place.tiles.updated_file is not None for place in self.found)

    @property
    def checked(self) -> str:
        """The strongest evidence for the definition with its date, `recorded answer 2026-09-28`; `never` without."""
        return checked(self.verified)

    @property
    def variables(self) -> tuple[Variable, ...]:
        """The layer's EVIDENCE columns with their meaning, in the order of the definition."""
        return tuple(
            Variable(
                column=f"{self.name}.{name}",
                layer=self.id,
                kind=encoding.kind,
                role=encoding.role,
                method=encoding.method,
                sensor=encoding.sensor,
                covers_from=encoding.covers_from,
                covers_through=encoding.covers_through,
                dating=encoding.dating,
                commodity=encoding.commodity,
                sampled=self.polygons is None and self.crs not in LONGITUDE_LATITUDE,
                verified=self.checked,
            )
            for name, encoding in self.encodings.items()
        )


def definition(choice: LayerChoice) -> LayerDefinition:
    """The definition a harvest chose.

    Args:
        choice: id of a shipped definition, or path of a definition file.

    Raises:
        LayersError: unknown id, missing file, or a definition that breaks a rule; names file and key.
    """
    if choice.definition is not None:
        return read(choice.definition)
    folder = files(__package__).joinpath("definitions")
    assert choice.id is not None
    name = f"{choice.id}.yaml"
    if not re.fullmatch(r"[a-z][a-z0-9_]*@[A-Za-z0-9.]+", choice.id) or not folder.joinpath(name).is_file():
        raise LayersError(sentence("layers", "definition_unknown", id=choice.id, known=", ".join(shipped())))
    return _parse(folder.joinpath(name).read_text(encoding="utf-8"), name)


@cache
def shipped() -> tuple[str, ...]:
    """Ids of all shipped definitions, sorted."""
    folder = files(__package__).joinpath("definitions")
    return tuple(sorted(entry.name.removesuffix(".yaml") for entry in folder.iterdir() if entry.name.endswith(".yaml")))


def read(path: Path) -> LayerDefinition:
    """A user's own definition file.

    Raises:
        LayersError: the file is missing or breaks a rule, or carries the id, name or title of a shipped definition
            without being it.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise LayersError(sentence("layers", "definition_unreadable", path=path, problem=error)) from error
    found = _parse(text, str(path))
    if to_come := not_yet(found, dt.date.today()):
        raise LayersError(sentence("layers", "definition_wrong", where=path, problems=Joined(to_come)))
    if taken := _taken(found):
        key, mine = taken
        raise LayersError(sentence("layers", f"definition_{key}", path=path, id=mine))
    return found


def _taken(found: LayerDefinition) -> tuple[str, str] | None:
    """What an own definition bears that belongs to a shipped one : key of the sentence, and what it is."""
    taken = None
    for theirs in (definition(LayerChoice.model_validate({"id": one, "from": "shipped"})) for one in shipped()):
        if theirs.id.casefold() == found.id.casefold():
            return None if found == theirs else ("namesake", found.id)
        for key, mine, other in (("name", found.name, theirs.name), ("title", found.title, theirs.title)):
            if _bare(mine) == _bare(other):
                taken = taken or (f"{key}_taken", mine)
    return taken


def _bare(text: str) -> str:
    """Letters and digits as a reader tells them: neither case, signs nor spaces make another name."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", text).casefold() if sign.isalnum())


@cache
def _parse(text: str, where: str) -> LayerDefinition:
    try:
        content = parse_yaml(text)
        if open_keys := sorted(set(_blanks(content))):
            raise LayersError(
                sentence("layers", "definition_blank", where=where, blank=BLANK, keys=", ".join(open_keys))
            )
        return LayerDefinition.model_validate(content)
    except RecursionError as error:
        raise LayersError(sentence("layers", "yaml_deep", where=where)) from error
    except yaml.YAMLError as error:
        raise LayersError(said("file", file=where, problems=of_yaml(error, text))) from error
    except ValidationError as error:
        problems = Joined(explained(error, LayerDefinition))
        raise LayersError(sentence("layers", "definition_wrong", where=where, problems=problems)) from error


def _blanks(content: Any, place: str = "") -> Iterator[str]:
    """Keys of a definition that nobody has filled in yet."""
    if isinstance(content, dict):
        for key, value in content.items():
            where = f"{place}.{key}" if place else str(key)
            yield from [where] if key == BLANK else _blanks(value, where)
    elif content == BLANK:
        yield place
