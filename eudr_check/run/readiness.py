"""What can be refused before a plot is read or a raster touched: facts of the statement, and files of people."""

import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd

from eudr_check import layers, object_store, risk
from eudr_check.config import Harvest, LayerChoice
from eudr_check.documents import dossier
from eudr_check.documents.csv_rows import raise_all
from eudr_check.errors import EudrCheckError, LayersError, PackageError
from eudr_check.layers.areas.definition import definition as area_definition
from eudr_check.layers.areas.files import labels, read_areas
from eudr_check.package.eu import dds_xml
from eudr_check.shipments import grams
from eudr_check.text import Joined, Sentence, sentence

Looked = TypeVar("Looked")


def checked(harvest: Harvest, until: str, *, draft: bool) -> dossier.Dossier:
    """The documents of a harvest, once all that is cheap to look at was found to be right.

    Args:
        harvest: the settings.
        until: last stage of the run.
        draft: unsettled plots are declared too; then facts of the statement may be wrong.

    Raises:
        EudrCheckError: layers, catalogues, the policy, documents or facts of the statement are wrong; all at once.
    """
    problems: list[EudrCheckError] = []

    def tried(look: Callable[[], Looked], otherwise: Any) -> Looked | Any:
        try:
            return look()
        except EudrCheckError as error:
            problems.append(error)
            return otherwise

    if until != "plots":
        for choice in harvest.layers:
            tried(partial(_guard_layer, choice), None)
        used = {harvest.catalogues[choice.source].folder for choice in harvest.layers}
        for folder in sorted(folder for folder in used if folder is not None):
            if object_store.origin(folder) is None:
                tried(partial(_guard_catalogue, folder), None)
    documents = dossier.Dossier()
    if until in ("assess", "package"):
        tried(partial(risk.policy, harvest.policy), None)
        for name, path in sorted(harvest.areas.items()):
            tried(partial(_guard_area, name, path), None)
        documents = tried(partial(dossier.read, harvest), documents)
    if until == "package" and "statement" in harvest.package.outputs and not draft:
        tried(partial(check, harvest, documents.deliveries), None)
    raise_all(problems)
    return documents


def _guard_layer(choice: LayerChoice) -> None:
    known = layers.shipped()
    if choice.id is not None and choice.id not in known:
        mine = [one for one in known if one.partition("@")[0] == choice.id.partition("@")[0]]
        newest = sentence("start", "layer_newest", id=max(mine, key=_version)) if mine else ""
        raise LayersError(sentence("start", "layer_unknown", id=choice.id, newest=newest, known=", ".join(known)))
    layers.definition(choice)


def _guard_area(name: str, path: Path) -> None:
    found = area_definition(name, path)
    if found.file is not None:
        labels(read_areas(found.file, found.table)[0], found.label, found.file)


def _version(name: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", name.partition("@")[2])))


def _guard_catalogue(folder: Path) -> None:
    if not (folder / "catalog.json").is_file():
        raise LayersError(sentence("start", "no_stac", folder=str(folder)))


def check(harvest: Harvest, delivered: pd.DataFrame | None) -> None:
    """Refuse what the EU system would refuse, all of it at once, each with key, value and remedy.

    Args:
        harvest: the settings.
        delivered: its deliveries; None where it names none.

    Raises:
        PackageError: operator, products or a key of theirs is wrong or missing.
    """
    faults = dds_xml.fact_faults(harvest)
    if delivered is not None:
        faults += _in_tonnes(harvest, sum(map(grams, dossier.held(delivered).values())))
    if harvest.operator is not None and harvest.operator.role in ("trader", "downstream_operator"):
        faults.append(sentence("start", "no_statement_role", role=harvest.operator.role))
    if faults:
        raise PackageError(sentence("start", "no_statement", harvest=harvest.harvest, faults=Joined(faults)))


def _in_tonnes(harvest: Harvest, held: int) -> Iterator[Sentence]:
    """Net masses that hold what was delivered only when they are read as tonnes; `held` in grams."""
    masses = [product.net_mass_kg for product in harvest.goods]
    stated = [grams(mass) for mass in masses if mass]
    if stated and 0.5 * held <= sum(stated) * 1000 <= 1.5 * held:
        keys = (
            [f"products.{n}.net_mass_kg" for n in range(len(masses))] if harvest.products else ["product.net_mass_kg"]
        )
        named = ", ".join(f"{key} {mass:g}" for key, mass in zip(keys, masses, strict=True) if mass)
        yield sentence("start", "in_tonnes", named=named, held=float(round(held / 1000)))
