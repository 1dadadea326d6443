"""A harvest made up for one plot file, so that a first look needs no YAML."""

import re
from importlib.resources import files
from pathlib import Path

import yaml

from eudr_check.choices import Commodity
from eudr_check.config import Catalogue, Harvest, LayerChoice, PackageChoice, PlotFile, RunChoice
from eudr_check.errors import ConfigError
from eudr_check.plots.checks.country import code_of


def harvest_of(
    plots_file: Path, *, commodity: Commodity, catalogue: Path | None, out: Path, country: str | None = None
) -> Harvest:
    """The settings of a screening: default layers and policy, no operator, no product, no production dates.

    Args:
        plots_file: plot file of any format `plots.load` reads.
        commodity: what grows on the plots.
        catalogue: STAC folder to read the layers from; None reads the published tiles over the network.
        out: run folder.
        country: country for rows that name none, as a code or a name in the languages of `plots.country.code_of`.

    Raises:
        ConfigError: the country is none.
    """
    code = None if country is None else code_of(country)
    if country is not None and code is None:
        raise ConfigError(f"--country {country[:60]!r} is no country; give its ISO 3166-1 code, such as PE")
    default = yaml.safe_load(files(__package__).joinpath("screen.yaml").read_text(encoding="utf-8"))
    place = Catalogue(folder=catalogue) if catalogue is not None else Catalogue(tiles="published")
    name = re.sub(r"[^a-z0-9]+", "-", plots_file.stem.lower()).strip("-") or "plots"
    return Harvest(
        harvest=f"screen-{name}",
        commodity=commodity,
        plots=(
            PlotFile(
                path=plots_file,
                declared=plots_file.name,
                cooperative=default["cooperative"],
                producer_country=code,
            ),
        ),
        catalogues={"screen": place},
        layers=tuple(LayerChoice(id=layer, source="screen") for layer in default["layers"]),
        policy=default["policy"],
        production=None,
        package=PackageChoice(outputs=tuple(default["outputs"])),
        run=RunChoice(folder=out),
    )
