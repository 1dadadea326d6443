"""One YAML per harvest: what it may say, and what each key means.

Paths are relative to the YAML; an address of an object store (`s3://BUCKET/KEY`) may stand for any path and becomes
its stand-in on this machine (`mirror`). Unknown keys are errors that name the nearest known key. Secrets never stand
here: they come from the environment.
"""

import datetime as dt
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    Field,
    ValidationError,
    ValidationInfo,
    model_validator,
)

from eudr_check import object_store
from eudr_check.choices import Commodity, Language, Output
from eudr_check.errors import ConfigError
from eudr_check.resources import parse_yaml
from eudr_check.trade import Country, Operator, Product, Simplified, Strict

Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]


def _stand_in(value: Any) -> Any:
    """An address becomes its stand-in before it is taken for a path."""
    if not isinstance(value, str) or "://" not in value:
        return value
    try:
        return object_store.mirrored(value)
    except ConfigError as error:
        raise ValueError(str(error)) from error


def _beside_yaml(path: Path, info: ValidationInfo) -> Path:
    base = (info.context or {}).get("base", Path())
    try:
        return path if path.is_absolute() else object_store.resolve(Path(base), path)
    except ConfigError as error:
        raise ValueError(str(error)) from error


def _policy_beside_yaml(name: str, info: ValidationInfo) -> str:
    """A policy file lies beside the YAML like every other file; a shipped policy is a name."""
    return str(_beside_yaml(Path(_stand_in(name)), info)) if name.endswith((".yaml", ".yml")) else name


def _on_disk(path: Path) -> Path:
    if object_store.origin(path) is not None:
        raise ValueError(
            f"{object_store.name(path)}: is written in place by one harvest after another; give a path on a disk"
        )
    return path


FilePath = Annotated[Path, BeforeValidator(_stand_in), AfterValidator(_beside_yaml)]
DiskPath = Annotated[FilePath, AfterValidator(_on_disk)]


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
            raise ValueError("give exactly one of url, folder, tiles")
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
            raise ValueError("give exactly one of id, definition")
        return self


class Production(Strict):
    """Dates of production (Art. 9(1)(d))."""

    since: dt.date = Field(alias="from")
    until: dt.date = Field(alias="to")

    @model_validator(mode="after")
    def _in_order(self) -> "Production":
        if self.until < self.since:
            raise ValueError("'to' lies before 'from'")
        return self


class PackageChoice(Strict):
    """What the due-diligence package holds."""

    languages: tuple[Language, ...] = ("en",)
    producer_as: Literal["cooperative", "producer"] = "cooperative"
    traceability: Literal["full", "declared_in_excess"] = "full"
    outputs: tuple[Output, ...] = ("eu_geojson", "statement", "gis", "report", "action_plan")
    date: dt.date | None = Field(None, description="date of the statement; left blank on paper when absent")


class RunChoice(Strict):
    """How the work is done; never what comes out."""

    folder: FilePath | None = Field(None, description="run folder; default runs/HARVEST beside the folder of the YAML")
    executor: Literal["serial", "dask"] = "serial"
    workers: int = Field(2, ge=1, description="processes on this machine; of no account with a scheduler")
    scheduler: str | None = Field(None, description="address of a Dask cluster that is there, e.g. tcp://HOST:8786")


class Harvest(Strict):
    """One harvest."""

    harvest: Slug = Field(description="name of the harvest, of its run folder and of its files")
    commodity: Commodity = Field(description="commodity of the Regulation")
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
    catalogues: dict[str, Catalogue] = Field(description="where layers are found, by a name of your own")
    layers: tuple[LayerChoice, ...] = Field(min_length=1, description="layers to look at")
    policy: Annotated[str, AfterValidator(_policy_beside_yaml)] = "convergence@1"
    production: Production | None = Field(None, description="dates of production; needed for a statement")
    gps_error_m: float = Field(5.0, ge=0, le=50, description="horizontal error of the plot boundary")
    deliveries: FilePath | None = Field(None, description="CSV of deliveries: date, plot, kilograms, form, lot")
    shipments: FilePath | None = Field(None, description="CSV of shipments: which lots go where; one statement each")
    reviews: FilePath | None = Field(None, description="CSV of decisions by which people settle plots")
    legality: FilePath | None = Field(None, description="CSV of legality documents (Art. 2(40))")
    answers: FilePath | None = Field(None, description="CSV of the operator's answers (Art. 10(2), Art. 13)")
    concern: str | None = Field(
        None,
        min_length=1,
        max_length=2000,
        description="substantiated concern or other sign of risk, in words; asks for the full record (Art. 13)",
    )
    areas: dict[str, FilePath] = Field(
        default_factory=dict,
        description="vector layers of your own, by name: protected, indigenous, tenure",
    )
    register_file: DiskPath | None = Field(
        None, alias="register", description="GeoPackage of all harvests: land, outcomes, statements"
    )
    package: PackageChoice = PackageChoice()
    run: RunChoice = RunChoice()

    @property
    def goods(self) -> tuple[Product, ...]:
        """The commodity lines: `products`, or the one `product`."""
        return self.products or (() if self.product is None else (self.product,))

    @model_validator(mode="after")
    def _one_way_to_name_products(self) -> "Harvest":
        if self.product is not None and self.products:
            raise ValueError("give 'product' or 'products', not both")
        if self.shipments is not None and self.deliveries is None:
            raise ValueError("'shipments' take lots of 'deliveries'; add deliveries, or take shipments out")
        return self

    @model_validator(mode="after")
    def _statement_has_its_facts(self) -> "Harvest":
        facts = {"operator": self.operator, "product": self.goods or None, "production": self.production}
        absent = [f"'{name}'" for name, value in facts.items() if value is None]
        if "statement" in self.package.outputs and absent:
            raise ValueError(f"a statement needs {' and '.join(absent)} (or leave it out of package.outputs)")
        return self

    @model_validator(mode="after")
    def _catalogues_exist(self) -> "Harvest":
        for layer in self.layers:
            if layer.source not in self.catalogues:
                known = ", ".join(sorted(self.catalogues)) or "none"
                raise ValueError(
                    f"layer {layer.id or layer.definition}: no catalogue '{layer.source}' (known: {known})"
                )
        return self


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
    try:
        content = parse_yaml(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ConfigError(f"{called}: no such file; give the path of a harvest YAML, e.g. configs/NAME.yaml") from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{called}: cannot be read ({error})") from error
    except (yaml.YAMLError, RecursionError) as error:
        raise ConfigError(f"{called}: not valid YAML: {' '.join(str(error).split())}") from error
    if not isinstance(content, dict):
        raise ConfigError(f"{called}: expected keys such as 'harvest:' and 'plots:' at the top level")
    try:
        harvest = Harvest.model_validate(content, context={"base": path.parent})
    except ValidationError as error:
        raise ConfigError(f"{called}: " + "; ".join(_explain(problem) for problem in error.errors())) from error
    if harvest.run.folder is None:
        folder = path.parent.parent / "runs" / harvest.harvest
        if object_store.origin(path) is not None:
            folder = object_store.resolve(path.parent, Path("..", "runs", harvest.harvest))
        harvest = harvest.model_copy(update={"run": harvest.run.model_copy(update={"folder": folder})})
    return harvest


def _explain(problem: Any) -> str:
    """One problem in words: where it is, what is wrong, the nearest known key."""
    place = ".".join(str(part) for part in problem["loc"]) or "top level"
    if problem["type"] != "extra_forbidden":
        return f"{place}: {problem['msg'].removeprefix('Value error, ')}"
    known = _known_keys(problem["loc"][:-1])
    near = get_close_matches(str(problem["loc"][-1]), known, n=1, cutoff=0.5)
    hint = f"did you mean '{near[0]}'?" if near else f"known keys: {', '.join(known)}"
    return f"{place}: unknown key; {hint}"


def _known_keys(place: tuple[str | int, ...]) -> list[str]:
    model: type[BaseModel] = Harvest
    for part in place:
        if not isinstance(part, str) or part not in _fields(model):
            continue
        nested = _models(_fields(model)[part].annotation)
        model = nested[0] if nested else model
    return sorted(_fields(model))


def _fields(model: type[BaseModel]) -> dict[str, Any]:
    return {info.alias or name: info for name, info in model.model_fields.items() if not info.exclude}


def _models(annotation: Any) -> list[type[BaseModel]]:
    """Settings classes inside an annotation such as `tuple[PlotFile, ...]` or `dict[str, Catalogue]`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in getattr(annotation, "__args__", ()) for model in _models(part)]
