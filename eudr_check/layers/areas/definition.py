"""What a vector layer of areas is, as data: one YAML per layer, shipped in `definitions/` or written by a user."""

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

import yaml
from pydantic import BeforeValidator, Field, ValidationError, model_validator

from eudr_check.errors import LayersError
from eudr_check.layers.places import Strict, Verified, checked, records
from eudr_check.names import is_id
from eudr_check.problems import SettingError, explained, of_yaml, said
from eudr_check.resources import parse_yaml
from eudr_check.text import Joined, sentence

Topic = Literal["protected", "indigenous", "zoning", "tenure"]
TOPICS: tuple[Topic, ...] = ("protected", "indigenous", "zoning", "tenure")


class Service(Strict):
    """Layers of an ArcGIS map or feature server, a collection of an OGC API - Features, or types of a WFS."""

    arcgis: str | None = Field(None, description="address of the server, ending in MapServer or FeatureServer")
    layers: tuple[int, ...] = Field((), description="numbers of its layers")
    ogc: str | None = Field(None, description="address of the collection of an OGC API, without /items")
    wfs: str | None = Field(
        None, description="address of a Web Feature Service 2.0 that knows GeoJSON, without ?service"
    )
    types: tuple[str, ...] = Field((), description="names of its types, such as ide:areas")

    @model_validator(mode="after")
    def _one_kind(self) -> "Service":
        named = [one for one in (self.arcgis, self.ogc, self.wfs) if one is not None]
        parts = (self.arcgis is not None) == bool(self.layers) and (self.wfs is not None) == bool(self.types)
        if len(named) != 1 or not parts:
            raise SettingError(sentence("definition_rules", "area_service"))
        return self

    @property
    def kind(self) -> Literal["arcgis", "ogc", "wfs"]:
        """How it is asked."""
        return "ogc" if self.ogc is not None else "wfs" if self.wfs is not None else "arcgis"

    @property
    def addresses(self) -> tuple[str, ...]:
        """Address of every layer of it."""
        if self.ogc is not None:
            return (self.ogc.rstrip("/"),)
        if self.wfs is not None:
            joined = "&" if "?" in self.wfs else "?"
            return tuple(f"{self.wfs.rstrip('?&')}{joined}{urlencode({'typeNames': name})}" for name in self.types)
        return tuple(f"{str(self.arcgis).rstrip('/')}/{number}" for number in self.layers)


class AreaDefinition(Strict):
    """One vector layer: where it is found and what lies in it; the rest is provenance."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*@[A-Za-z0-9.]+$")
    title: str
    provider: str
    licence: str
    citation: str
    topic: Topic = Field(description="what its areas are: protected, indigenous, zoning or tenure")
    countries: tuple[str, ...] = Field((), description="ISO codes it speaks of; elsewhere it says nothing; empty: all")
    complete: bool = Field(
        False,
        description="true only where ground outside of its areas is known to be in none; else no hit says nothing",
    )
    label: tuple[str, ...] = Field((), description="fields that name an area; a server's own display field without")
    service: Service | None = None
    file: Path | None = Field(None, description="GeoPackage, GeoParquet or shapefile instead, beside the definition")
    table: str | None = Field(None, description="layer of the file, where it has several")
    verified: Annotated[tuple[Verified, ...], BeforeValidator(records)] = ()
    notes: str | None = None

    @property
    def checked(self) -> str:
        """The strongest evidence for the definition with its date; `never` without."""
        return checked(self.verified)

    @model_validator(mode="after")
    def _somewhere(self) -> "AreaDefinition":
        if (self.file is None) == (self.service is None):
            raise SettingError(sentence("definition_rules", "area_place"))
        return self


@cache
def shipped() -> tuple[str, ...]:
    """Ids of all shipped vector layers, sorted."""
    folder = files(__package__).joinpath("definitions")
    return tuple(sorted(entry.name.removesuffix(".yaml") for entry in folder.iterdir() if entry.name.endswith(".yaml")))


def definition(name: str, path: Path) -> AreaDefinition:
    """The vector layer a harvest chose.

    Args:
        name: the key under `areas`; for a file without definition it is the topic, where it is one.
        path: id of a shipped definition, a definition file (YAML), or a vector file of one's own.

    Raises:
        LayersError: unknown id, missing file, or a definition that breaks a rule; names file and key.
    """
    if is_id(str(path)):
        if str(path) not in shipped():
            raise LayersError(sentence("layers", "area_unknown", id=str(path), known=", ".join(shipped())))
        where = f"{path}.yaml"
        return _parse(files(__package__).joinpath("definitions", where).read_text(encoding="utf-8"), where)
    if path.suffix.lower() in (".yaml", ".yml"):
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise LayersError(sentence("layers", "definition_unreadable", path=path, problem=error)) from error
        found = _parse(text, str(path))
        return found if found.file is None else found.model_copy(update={"file": path.parent / found.file})
    # The user vouches for a file of their own: where it shows nothing, there is nothing.
    own: dict[str, Any] = {"id": "own_areas@file", "title": name, "provider": "", "licence": "", "citation": ""}
    topic = next((known for known in TOPICS if known == name), "tenure")
    return AreaDefinition.model_validate(own | {"topic": topic, "complete": True, "file": path})


def _parse(text: str, where: str) -> AreaDefinition:
    try:
        return AreaDefinition.model_validate(parse_yaml(text))
    except RecursionError as error:
        raise LayersError(sentence("layers", "yaml_deep", where=where)) from error
    except yaml.YAMLError as error:
        raise LayersError(said("file", file=where, problems=of_yaml(error, text))) from error
    except ValidationError as error:
        raise LayersError(
            sentence("layers", "definition_wrong", where=where, problems=Joined(explained(error, AreaDefinition)))
        ) from error
