"""Plots whose outline the server knows, by GeoID."""

from pathlib import Path

import shapely

from eudr_check import plots
from eudr_check.errors import ConfigError
from eudr_check.geoid import geoid
from eudr_check.records import Json
from eudr_check.run.screen import harvest_of
from eudr_check.text import sentence


def land(file: Path) -> dict[str, Json]:
    """Features of a plot file of any format, by the GeoID v2 of their outline.

    Raises:
        EudrCheckError: the file cannot be read or holds no plot, or the extra `geoid` is not installed.
    """
    harvest = harvest_of(file, commodity="coffee", catalogue=file.parent, out=file.parent)
    table, _ = plots.load(harvest.plots, commodity=harvest.commodity)
    found: dict[str, Json] = {}
    for shape in table.geometry[table["usable"]]:
        name = geoid(shape)
        if name is not None:
            found[name] = {"type": "Feature", "geometry": shapely.geometry.mapping(shape)}
    if not found:
        raise ConfigError(sentence("serve", "no_land", file=str(file)))
    return found
