"""What a finished package declares, read from its own files."""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from eudr_check.files import sha256
from eudr_check.package.statement.statements import DRAFT_MARK
from eudr_check.records import Json
from eudr_check.text.clean import cell, clean

OF_PEOPLE = ("reviews", "legality", "answers")
"""Folders of a package with what people wrote."""


@dataclass(frozen=True)
class Statement:
    """One statement of a finished package."""

    folder: str
    reference: str
    """Internal reference."""
    shipment: str | None
    lot: str | None
    lots: Mapping[str, float]
    """Kilograms of product taken of every lot."""
    net_mass_kg: float
    geojson_sha256: str
    plots: tuple[str, ...]
    """Keys of the plots, in the order of the features."""


def summary(package: Path) -> Json:
    """`summary.json` of a package folder."""
    content: Json = json.loads((package / "summary.json").read_text(encoding="utf-8"))
    return content


def shipments(package: Path) -> pd.DataFrame:
    """`shipment_status.csv` of a package folder as text; empty where it has none."""
    path = package / "shipment_status.csv"
    if not path.is_file():
        return pd.DataFrame()
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def files_of_people(package: Path) -> list[str]:
    """Documents and evidence of people, which no program wrote or cut, by their names in a package folder."""
    lists = {f"{kind}/{kind}.csv" for kind in OF_PEOPLE}
    files = [file for kind in OF_PEOPLE for file in (package / kind).rglob("*") if file.is_file()]
    return sorted({file.relative_to(package).as_posix() for file in files} - lists)


def statements(package: Path, plots: Iterable[str]) -> Iterator[Statement]:
    """The statements of a package folder, in their order.

    Args:
        package: the folder.
        plots: keys of all plots of the harvest.
    """
    summary_facts = summary(package)
    # The index is safe to open in a spreadsheet, so a key may stand there cleaned or with an apostrophe before it.
    written: dict[str, list[str]] = {}
    for plot in plots:
        written.setdefault(cell(clean(plot)), []).append(plot)
    mark = DRAFT_MARK if summary_facts["draft"] else ""
    for line in summary_facts["statements"]:
        place = package / line["folder"]
        yield Statement(
            line["folder"],
            line["reference"],
            line["shipment"],
            line["lot"],
            line["lots"],
            float(line["net_mass_kg"]),
            sha256(place / f"{mark}plots.geojson"),
            tuple(plot for text in _plots(place / f"{mark}plots_index.csv") for plot in written[text]),
        )


def _plots(index: Path) -> list[str]:
    """Every plot once, although one with holes has several features."""
    with index.open(encoding="utf-8", newline="") as file:
        return list(dict.fromkeys(row["plot"] for row in csv.DictReader(file)))
