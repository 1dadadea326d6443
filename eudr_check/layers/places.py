"""Where a layer is found, and what its definition was compared with: the parts of a definition that are no raster."""

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from eudr_check.problems import SettingError
from eudr_check.text import sentence

WORLD = (-180.0, -90.0, 180.0, 90.0)
_DRAWN = re.compile(
    r"\bservice=(wms|wmts)\b|\brequest=get(map|tile)\b|/(wms|wmts)([/?]|$)|\{[xyz]\}|/mapserver\b", re.IGNORECASE
)
"""Addresses of services that draw maps: WMS, WMTS, tiles by zoom, ArcGIS."""


class Strict(BaseModel):
    """A part of a definition: no unknown keys, no changes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Verified(Strict):
    """Which claims of a definition somebody compared with what, and when."""

    by: Literal["documents", "recorded answer", "live"] = Field(
        description="`documents`: the producer's words or working public code; `recorded answer`: what somebody is "
        "known to have got from the server; `live`: `layers --live-check` was seen to pass"
    )
    date: dt.date
    claims: str = Field(description="what was compared: address, assets, grid, legend, dates, licence, ...")
    source: str = Field(description="where others can look it up")


def checked(verified: Sequence[Verified]) -> str:
    """The strongest of some records with its date, `recorded answer 2026-09-28`; `never` without any."""
    order = ("documents", "recorded answer", "live")
    best = max(verified, key=lambda one: (order.index(one.by), one.date), default=None)
    return "never" if best is None else f"{best.by} {best.date}"


def records(value: object) -> object:
    """What a definition may say instead of records: `never`, or the date of a live check as older ones do."""
    if value == "never":
        return ()
    if isinstance(value, dt.date | str):
        return ({"by": "live", "date": value, "claims": "not said", "source": "layers --live-check"},)
    return value


class TileScheme(Strict):
    """Files published without STAC, whose names follow a grid of tiles."""

    naming: Literal["hansen", "jrc", "southwest", "utm", "utmzone", "wsen", "file"] = Field(
        description="`file`: one file for all ground of `box`"
    )
    step_deg: int = 10
    box: tuple[float, float, float, float] | None = Field(
        None, description="west, south, east, north in degrees of what a single file may hold"
    )
    url: str = Field(description="with {asset} and {tile}, or {lat} and {lon} of the north-west corner")
    assets: dict[str, str] = Field(default_factory=dict, description="our asset: their word for {asset}")
    ranges: bool = Field(True, description="false: the server sends whole files only")
    overhang_deg: float = Field(0.0, ge=0, description="how far files may lie beside their nominal tiles")
    replaced: bool = Field(False, description="files change in place, so the server is asked again")
    updated_file: str | None = Field(
        None, description="text file with the day of the last update, for files that are replaced in place"
    )

    @model_validator(mode="after")
    def _a_file_has_a_box(self) -> "TileScheme":
        if (self.naming == "file") != (self.box is not None):
            raise SettingError(sentence("definition_rules", "box_file"))
        return self


class Place(Strict):
    """Where the layer is found: a STAC API at `endpoint`, `tiles` with known addresses, or one `file`.

    `file` is the address of a GeoTIFF, or one for each asset, and `box` what ground it may hold; both become `tiles`.
    """

    endpoint: str | None = None
    tiles: TileScheme | None = None
    collection: str | None = None
    assets: dict[str, str] = Field(
        default_factory=dict, description="our asset: key there, or a pattern with * of key or file name"
    )
    properties: dict[str, str] = Field(default_factory=dict, description="Item properties that pick the version")
    start_year: int | None = Field(None, description="year in which the Item begins")
    signing: Literal["planetary_computer"] | None = None
    s3_endpoint: str | None = Field(None, description="the store of its s3:// addresses, where that is not Amazon's")
    token_env: str | None = Field(None, description="environment variable that holds a token")
    token_hosts: tuple[str, ...] = Field((), description="hosts the token is sent to, and no others")
    token_header: str = Field("Authorization", description="header that carries it; Authorization means a bearer token")
    note: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _one_file(cls, data: Any) -> Any:
        if not isinstance(data, dict) or "file" not in data:
            return data
        rest = {key: value for key, value in data.items() if key not in ("file", "box")}
        if {"endpoint", "tiles"} & rest.keys():
            raise SettingError(sentence("definition_rules", "endpoint_or_tiles"))
        given, box = data["file"], data.get("box", WORLD)
        if isinstance(given, dict):
            return rest | {"tiles": {"naming": "file", "url": "{asset}", "assets": given, "box": box}}
        address = str(given).replace("{", "{{").replace("}", "}}")
        return rest | {"tiles": {"naming": "file", "url": address, "box": box}}

    @model_validator(mode="after")
    def _no_picture(self) -> "Place":
        addresses = (self.endpoint, *((self.tiles.url, *self.tiles.assets.values()) if self.tiles else ()))
        for address in addresses:
            if address is not None and _DRAWN.search(address):
                raise SettingError(sentence("definition_rules", "drawn", address=address))
        return self

    @model_validator(mode="after")
    def _one_kind(self) -> "Place":
        if (self.endpoint is None) == (self.tiles is None):
            raise SettingError(sentence("definition_rules", "endpoint_or_tiles"))
        if self.endpoint is not None and self.collection is None:
            raise SettingError(sentence("definition_rules", "endpoint_collection"))
        return self
