"""One YAML per harvest: what it may say, and what each key means.

Paths are relative to the YAML; an address of an object store (`s3://BUCKET/KEY`) may stand for any path and becomes
its stand-in on this machine (`mirror`). Unknown keys are errors that name the nearest known key. Secrets never stand
here: they come from the environment.
"""

import datetime as dt
import re
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PrivateAttr,
    ValidationError,
    model_validator,
)

from eudr_check import object_store
from eudr_check.choices import LANGUAGES, Commodity, Language, Output, SpokenLanguage
from eudr_check.errors import ConfigError
from eudr_check.given_paths import AreaPath, FilePath, RegisterPlace, policy_beside_yaml
from eudr_check.imagery_settings import Imagery
from eudr_check.names import commodity_of, language_of, plain
from eudr_check.problems import Sentence, SettingError, explained, of_whole, of_yaml, said, unreadable
from eudr_check.resources import parse_yaml
from eudr_check.trade import Country, Operator, Product, Simplified, Strict, known_as


def slug(text: str) -> str:
    """A name as folders and statements take it.

    >>> slug("Coop. Bagua Grande")
    'coop-bagua-grande'
    """
    return plain(text).replace("_", "-").replace("@", "-").strip("-") or "coop"


def _is_slug(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", text):
        raise SettingError(said("bad_name", value=text[:60], example=slug(text)))
    return text


Slug = Annotated[str, AfterValidator(_is_slug)]
NamedCommodity = Annotated[Commodity, BeforeValidator(known_as(commodity_of))]
NamedLanguage = Annotated[SpokenLanguage, BeforeValidator(known_as(language_of))]


class PlotFile(Strict):
    """One file of plots of one cooperative."""

    path: FilePath
    cooperative: Slug
    columns: dict[str, str] = Field(default_factory=dict, description="our column: their header")
    crs: str | None = Field(None, description="CRS of the file where it carries none, or a wrong one")
    table: str | None = Field(None, description="layer or sheet, where a file has several")
    producer_country: Country | None = Field(None, description="country for rows that name none")
    encoding: str | None = None
    declared: str = Field("", description="the path as the YAML writes it", exclude=True)

    @model_validator(mode="before")
    @classmethod
    def _keep_declared_path(cls, data: Any) -> Any:
        if isinstance(data, dict) and "path" in data:
            return {"declared": str(data["path"]), **data}
        return data


class Catalogue(Strict):
    """Where Items come from: a STAC API (`url`), a STAC folder (`folder`) or known tile addresses (`tiles`)."""

    url: str | None = None
    folder: FilePath | None = None
    tiles: Literal["published"] | None = None
    signing: Literal["planetary_computer", "object_store"] | None = Field(
        None, description="how addresses are opened; object_store: s3:// with the credentials of the environment"
    )

    inside: tuple[str, ...] = Field(
        (), description="HOST:PORT of other servers inside your own network that its Items may point to"
    )

    @model_validator(mode="after")
    def _exactly_one_place(self) -> "Catalogue":
        if sum(place is not None for place in (self.url, self.folder, self.tiles)) != 1:
            raise SettingError(said("one_place"))
        return self


class LayerChoice(Strict):
    """One layer of the run: a shipped definition by id, or a definition file of your own."""

    id: str | None = Field(None, description="shipped definition, e.g. jrc_gfc2020@V4")
    definition: FilePath | None = Field(None, description="YAML of a layer of your own")
    source: str = Field(alias="from", description="name of a catalogue above")
    collection: str | None = Field(None, description="collection there, when it differs from the definition")

    @model_validator(mode="after")
    def _exactly_one_definition(self) -> "LayerChoice":
        if (self.id is None) == (self.definition is None):
            raise SettingError(said("one_definition"))
        return self


class Production(Strict):
    """Dates of production (Art. 9(1)(d))."""

    since: dt.date = Field(alias="from")
    until: dt.date = Field(alias="to")

    @model_validator(mode="after")
    def _in_order(self) -> "Production":
        if self.until < self.since:
            raise SettingError(said("days_reversed"))
        return self


class PackageChoice(Strict):
    """What the due-diligence package holds."""

    languages: tuple[NamedLanguage, ...] = Field(("en",), min_length=1)
    producer_as: Literal["cooperative", "producer"] = "cooperative"
    traceability: Literal["full", "declared_in_excess"] = "full"
    outputs: tuple[Output, ...] = ("eu_geojson", "statement", "gis", "report", "action_plan")
    date: dt.date | None = Field(
        None,
        description="date of the package and its statements; default the day of the first run",
    )

    @property
    def document_languages(self) -> tuple[Language, ...]:
        """Languages of statements, records and maps: those named that have the words of the Regulation, else English.

        >>> PackageChoice(languages=("am", "fr")).document_languages
        ('fr',)
        """
        known = {str(one): one for one in LANGUAGES}
        return tuple(known[one] for one in self.languages if one in known) or ("en",)


class RunChoice(Strict):
    """How the work is done; never what comes out."""

    folder: FilePath | None = Field(None, description="run folder; default runs/HARVEST beside the folder of the YAML")
    executor: Literal["serial", "dask"] = "serial"
    workers: int = Field(2, ge=1, description="processes on this machine; of no account with a scheduler")
    scheduler: str | None = Field(None, description="address of a Dask cluster that is there, e.g. tcp://HOST:8786")


class Harvest(Strict):
    """One harvest."""

    harvest: Slug = Field(description="name of the harvest, of its run folder and of its files")
    commodity: NamedCommodity = Field(description="commodity of the Regulation")
    operator: Operator | None = Field(None, description="who signs; needed for a statement")
    product: Product | None = Field(None, description="what is placed on the market; needed for a statement")
    products: tuple[Product, ...] = Field(
        (), max_length=200, description="the same for several commodity lines, instead of product"
    )
    confidential: bool | None = Field(
        None,
        description="true: plots are not disclosed down the supply chain; false: every later operator and trader may "
        "see them; needed for a statement, without default",
    )
    border_country: Country | None = Field(
        None, description="IMPORT: country of entry into the Union; EXPORT: country of exit; never for DOMESTIC"
    )
    simplified: Simplified | None = Field(
        None, description="simplified declaration of a micro or small primary operator (Art. 4a)"
    )
    plots: tuple[PlotFile, ...] = Field(min_length=1, description="files of plots, one or more per cooperative")
    cooperatives: dict[Slug, Annotated[str, Field(min_length=1, max_length=200)]] = Field(
        default_factory=dict,
        description="names of cooperatives as people and the EU know them, by their short name in plots",
    )
    catalogues: dict[str, Catalogue] = Field(description="where layers are found, by a name of your own")
    layers: tuple[LayerChoice, ...] = Field(min_length=1, description="layers to look at")
    policy: Annotated[str, AfterValidator(policy_beside_yaml)] = "convergence@1"
    production: Production | None = Field(None, description="dates of production; needed for a statement")
    gps_error_m: float = Field(5.0, ge=0, le=50, description="horizontal error of the plot boundary")
    deliveries: FilePath | None = Field(None, description="CSV of deliveries: date, plot, kilograms, form, lot")
    animals: FilePath | None = Field(None, description="CSV of cattle: group, establishment, role, from, to")
    shipments: FilePath | None = Field(None, description="CSV of shipments: which lots go where; one statement each")
    reviews: FilePath | None = Field(None, description="CSV of decisions by which people settle plots")
    other_cooperatives: tuple[str, ...] = Field(
        (), description="cooperatives of other harvests whose reviews stand in the same file"
    )
    legality: FilePath | None = Field(None, description="CSV of legality documents (Art. 2(40))")
    answers: FilePath | None = Field(None, description="CSV of the operator's answers (Art. 10(2), Art. 13)")
    concern: str | None = Field(
        None,
        min_length=1,
        max_length=2000,
        description="substantiated concern or other sign of risk, in words; asks for the full record (Art. 13)",
    )
    areas: dict[str, AreaPath] = Field(
        default_factory=dict,
        description="vector layers by name (protected, indigenous, zoning, tenure): files, definitions or shipped ids",
    )
    register_file: RegisterPlace | None = Field(
        None,
        alias="register",
        description="GeoPackage or PostgreSQL address of all harvests: land, outcomes, statements",
    )
    imagery: Imagery | None = Field(None, description="dated satellite pictures of plots, for reviewers")
    package: PackageChoice = PackageChoice()
    run: RunChoice = RunChoice()
    _screening: bool = PrivateAttr(default=False)

    @property
    def screening(self) -> bool:
        """Whether this is a look at one plot file that declares nothing, not a harvest of a YAML."""
        return self._screening

    def for_screening(self) -> "Harvest":
        """The same settings for a look that declares nothing."""
        made = self.model_copy()
        made._screening = True
        return made

    @property
    def goods(self) -> tuple[Product, ...]:
        """The commodity lines: `products`, or the one `product`."""
        return self.products or (() if self.product is None else (self.product,))

    @model_validator(mode="after")
    def _one_way_to_name_products(self) -> "Harvest":
        if self.product is not None and self.products:
            raise SettingError(said("product_twice"))
        if self.shipments is not None and self.deliveries is None:
            raise SettingError(said("shipments_alone"))
        return self

    @model_validator(mode="after")
    def _whole(self) -> "Harvest":
        facts = {"operator": self.operator, "product": self.goods or None, "production": self.production}
        given = {name for name, value in facts.items() if value is not None}
        lacking = _lacking(given, self.package.outputs) or _astray(
            [(layer.id or str(layer.definition), layer.source) for layer in self.layers], self.catalogues
        )
        if self.imagery is not None:
            listed = [name for name, one in self.catalogues.items() if one.tiles is None]
            lacking += self.imagery.astray(listed)
        if lacking:
            raise SettingError(lacking[0] if len(lacking) == 1 else said("all", problems=lacking))
        return self


def _lacking(given: Collection[str], outputs: Collection[str]) -> list[Sentence]:
    """What a statement needs and the harvest does not say."""
    if "statement" not in outputs:
        return []
    return [said("statement_lacks", name=name) for name in ("operator", "product", "production") if name not in given]


def _astray(layers: Iterable[tuple[str, str]], catalogues: Collection[str]) -> list[Sentence]:
    """Layers that name a catalogue the harvest does not have."""
    known = ", ".join(sorted(catalogues)) or "-"
    return [
        said("no_catalogue", layer=layer, source=source, known=known)
        for layer, source in layers
        if source not in catalogues
    ]


def load(path: Path) -> Harvest:
    """Read and check a harvest.

    Args:
        path: the YAML.

    Returns:
        The settings, with every path made relative to the working folder (or absolute as written).

    Raises:
        ConfigError: the file is missing, is no YAML, or breaks a rule; names file, key and remedy.
    """
    called = object_store.name(path)
    if (why := unreadable(path, called)) is not None:
        raise ConfigError(why)
    text = path.read_text(encoding="utf-8-sig")
    try:
        content = parse_yaml(text)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        problem = of_yaml(error, text)
        raise ConfigError(said("file", file=called, problems=problem)) from error
    if not isinstance(content, dict):
        raise ConfigError(said("top_level", file=called))
    try:
        harvest = Harvest.model_validate(content, context={"base": path.parent})
    except ValidationError as error:
        problems = explained(error, Harvest) + ([] if of_whole(error) else _across(content))
        if len(problems) == 1:
            raise ConfigError(said("file", file=called, problems=problems[0])) from error
        raise ConfigError(said("several", file=called, count=len(problems), problems=problems)) from error
    delivering = {one.cooperative for one in harvest.plots}
    for name in sorted(harvest.cooperatives.keys() - delivering):
        problem = said("no_cooperative", value=name, known=", ".join(sorted(delivering)))
        raise ConfigError(said("file", file=called, problems=problem))
    if harvest.run.folder is None:
        folder = path.parent.parent / "runs" / harvest.harvest
        if object_store.origin(path) is not None:
            folder = object_store.resolve(path.parent, Path("..", "runs", harvest.harvest))
        harvest = harvest.model_copy(update={"run": harvest.run.model_copy(update={"folder": folder})})
    return harvest


def _across(content: dict[Any, Any]) -> list[Sentence]:
    """What is wrong between keys, where single keys are wrong; else the model has said it."""
    package, layers, catalogues = content.get("package"), content.get("layers"), content.get("catalogues")
    outputs = package.get("outputs") if isinstance(package, dict) else None
    given = {("product" if name == "products" else name) for name, value in content.items() if value is not None}
    found = _lacking(given, outputs if isinstance(outputs, list) else PackageChoice().outputs)
    if isinstance(layers, list) and isinstance(catalogues, dict):
        named = [(str(one.get("id", one.get("definition"))), str(one["from"])) for one in layers if "from" in one]
        found += _astray(named, catalogues)
    return found
