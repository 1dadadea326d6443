"""A harvest made up for one plot file, so that a first look needs no YAML."""

import re
from pathlib import Path
from typing import cast, get_args

from eudr_check import layers, risk
from eudr_check.choices import Commodity
from eudr_check.config import Catalogue, Harvest, LayerChoice, PackageChoice, PlotFile, RunChoice
from eudr_check.errors import ConfigError
from eudr_check.layers import packs
from eudr_check.names import code_of, commodity_of
from eudr_check.problems import said
from eudr_check.resources import read_yaml


def harvest_of(
    plots_file: Path, *, commodity: str, catalogue: Path | None, out: Path, country: str | None = None
) -> Harvest:
    """The settings of a screening: default layers, the policy of the commodity; no operator, product or dates.

    Args:
        plots_file: plot file of any format `plots.load` reads.
        commodity: what grows on the plots, as the Regulation or people call it.
        catalogue: STAC folder to read the layers from; None reads the published tiles over the network.
        out: run folder.
        country: country for rows that name none, as a code or a name in the languages of `names.code_of`.

    Raises:
        ConfigError: country or commodity is none.
    """
    code = None if country is None else code_of(country)
    problems = []
    if country is not None and code is None:
        problems.append(said("at", place="--country", problem=said("bad_country", value=country[:60])))
    known = commodity_of(commodity)
    if known is None:
        listed = ", ".join(get_args(Commodity))
        problems.append(said("at", place="--commodity", problem=said("not_among", value=commodity[:60], known=listed)))
    if problems:
        raise ConfigError(said("all", problems=problems) if len(problems) > 1 else problems[0])
    default = read_yaml(__package__, "screen.yaml")
    place = Catalogue(folder=catalogue) if catalogue is not None else Catalogue(tiles="published")
    policy = risk.default_policy(str(known))
    chosen = packs.pack(code).ids
    if catalogue is not None:
        more = _further(catalogue, code) if policy != risk.default_policy("coffee") else ()
        chosen = tuple(dict.fromkeys((*default["layers"], *more)))
    name = re.sub(r"[^a-z0-9]+", "-", plots_file.stem.lower()).strip("-") or "plots"
    return Harvest(
        harvest=f"screen-{name}",
        commodity=cast(Commodity, known),
        plots=(
            PlotFile(
                path=plots_file,
                declared=plots_file.name,
                cooperative=default["cooperative"],
                producer_country=code,
            ),
        ),
        catalogues={"screen": place},
        layers=tuple(LayerChoice(id=layer, source="screen") for layer in chosen),
        policy=policy,
        production=None,
        package=PackageChoice(outputs=tuple(default["outputs"])),
        run=RunChoice(folder=out),
    ).for_screening()


def _further(catalogue: Path, country: str | None) -> tuple[str, ...]:
    """Layers of a country's pack that a folder has: some policies ask for more than forest and loss."""
    there = layers.catalogue.collections(catalogue)
    known = {one: layers.definition(LayerChoice(id=one, source="screen")) for one in packs.pack(country).ids}
    return tuple(one for one, layer in known.items() if layer.collection in there)
