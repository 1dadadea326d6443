"""What a GIS delivery shows, and how it is called."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date
from pathlib import Path

from eudr_check.config import Harvest
from eudr_check.package import document_date
from eudr_check.package.gis.maps import Map
from eudr_check.records import Json
from eudr_check.text.clean import file_stem
from eudr_check.variables import Variable

_OF_AREAS = ("title", "provider", "licence", "citation", "topic")


@dataclass(frozen=True)
class Credit:
    """Whose map a layer is, in the words of its definition."""

    name: str
    """Prefix of its EVIDENCE columns."""
    title: str
    provider: str
    licence: str
    citation: str


@dataclass(frozen=True)
class Areas(Credit):
    """Whose vector layer a harvest lays its plots on; `name` is what the harvest calls it."""

    topic: str


@dataclass(frozen=True)
class Counted:
    """What the rules of a policy count as loss on forest."""

    baseline: str = ""
    """Column of its map of forest in 2020; empty where the policy has none, or no layer read has it."""
    methods: tuple[tuple[str, str], ...] = ()
    """Columns of the events that count, each with its method."""
    required: tuple[str, ...] = ()
    """Layers without which a plot is unknown; empty where the policy does not say."""

    @classmethod
    def of(cls, policy: Json, variables: Sequence[Variable]) -> "Counted":
        """From a policy as in `policy.json`, and layer variables."""
        layer = next((one.layer for one in variables if one.column == policy.get("baseline")), None)
        if layer is None:
            return cls()
        events = [one for one in variables if one.role == "event"]
        needed = {one.layer for one in events if one.method not in policy.get("silent_methods", ())}
        methods = tuple((one.column, one.method) for one in events)
        return cls(policy["baseline"], methods, tuple(sorted({layer} | needed)))


@dataclass(frozen=True)
class Edition:
    """All that the delivery takes from the settings of a harvest."""

    harvest: str
    """Name of the harvest."""
    language: str
    day: date
    """Date the files carry."""
    names_producers: bool
    events: tuple[str, ...]
    """Columns of event variables; each becomes a map layer."""
    scenes: tuple[str, ...] = ()
    """File names of dated pictures, each with all plots of one date and tile."""
    credits: tuple[Credit, ...] = ()
    """Of the layers."""
    maps: tuple[Map, ...] = ()
    """Variables that have a raster."""
    counted: Counted = Counted()
    areas: tuple[Areas, ...] = ()
    """Vector layers of the harvest."""
    cooperatives: tuple[tuple[str, str], ...] = ()
    """Short names of cooperatives, and names that people know."""

    @classmethod
    def of(
        cls,
        harvest: Harvest,
        variables: Sequence[Variable],
        scenes: Sequence[str] = (),
        layers: Sequence[Json] = (),
        mapped: Collection[str] = (),
        policy: Json | None = None,
        areas: Sequence[Mapping[str, object]] = (),
    ) -> "Edition":
        """The edition of a harvest with what its run has.

        Args:
            harvest: settings. variables: layer variables.
            scenes: dated pictures. layers: definitions as in `layers.json`. mapped: variables that have a raster.
            policy: as in `policy.json`. areas: vector layers as in `areas.json`.
        """
        counted = Counted.of(policy or {}, variables)
        return cls(
            harvest=harvest.harvest,
            language=harvest.package.document_languages[0],
            day=document_date.day(harvest),
            names_producers=harvest.package.producer_as == "producer",
            events=tuple(variable.column for variable in variables if variable.kind == "event"),
            scenes=tuple(scenes),
            credits=tuple(
                Credit(**{field.name: str(one.get(field.name, "")) for field in fields(Credit)})
                for one in layers
                if isinstance(one, Mapping)
            ),
            maps=tuple(
                Map(one.column, one.kind, one.role, not counted.required or one.layer in counted.required)
                for one in variables
                if one.column in mapped
            ),
            counted=counted,
            areas=tuple(Areas(name=str(one["area"]), **{key: str(one[key]) for key in _OF_AREAS}) for one in areas),
            cooperatives=tuple(sorted(harvest.cooperatives.items())),
        )

    def geopackage(self, folder: Path) -> Path:
        """Where its GeoPackage lies in the folder of the package."""
        return folder / f"{file_stem(self.harvest)}.gpkg"

    def as_json(self) -> Json:
        """As JSON can hold it."""
        return asdict(self) | {"day": self.day.isoformat(), "events": list(self.events), "scenes": list(self.scenes)}

    @classmethod
    def from_json(cls, content: Json) -> "Edition":
        """What `as_json` gave."""
        day, events, scenes = date.fromisoformat(content["day"]), tuple(content["events"]), tuple(content["scenes"])
        credits = tuple(Credit(**one) for one in content["credits"])
        maps = tuple(Map(**one) for one in content["maps"])
        counts = content["counted"]
        methods = tuple((column, method) for column, method in counts["methods"])
        counted = Counted(counts["baseline"], methods, tuple(counts["required"]))
        cooperatives = tuple((short, name) for short, name in content["cooperatives"])
        known = {"day": day, "events": events, "scenes": scenes, "credits": credits, "maps": maps, "counted": counted}
        known |= {"cooperatives": cooperatives, "areas": tuple(Areas(**one) for one in content["areas"])}
        return cls(**{**content, **known})
