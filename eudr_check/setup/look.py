"""What lies in a folder that somebody wants a harvest of: plot files and what is in them, rasters, a catalogue."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from eudr_check import layers
from eudr_check.config import LayerChoice, PlotFile, slug
from eudr_check.errors import LayersError
from eudr_check.layers import LayerDefinition, definition, shipped
from eudr_check.names import commodity_of, plain
from eudr_check.plots import load

PLOTS = frozenset({
    ".csv", ".fgb", ".gdb", ".geojson", ".geoparquet", ".gpkg", ".json", ".jsonl", ".kml", ".kmz", ".ndjson", ".ods",
    ".parquet", ".shp", ".tsv", ".xlsx", ".zip",
})  # fmt: skip
RASTERS = frozenset({".tif", ".tiff"})
_OURS = frozenset({"runs", "templates", "catalogue"})
_PARTS = frozenset({".shx", ".dbf", ".prj", ".cpg", ".sbn", ".sbx", ".qpj", ".xml", ".aux"})
"""Files that belong to another of the same name."""


SHOWN = (
    "id_by_content",
    "id_column_missing",
    "area_unit_known",
    "area_unit_of_country",
    "area_unit_differs",
    "area_unit_local",
)
"""Findings besides those about columns that a person should know of before the first run."""


@dataclass(frozen=True)
class Found:
    """What a folder holds."""

    files: tuple[PlotFile, ...]
    """Files in which plots were found, each with a cooperative named after it."""
    plots: pd.DataFrame
    findings: pd.DataFrame
    left: Mapping[str, tuple[str, str] | None]
    """Files that no harvest reads, with code and details of the finding that says why; None where no plot is in one."""
    rasters: tuple[Path, ...]
    catalogue: Path | None
    """STAC folder that is there already."""

    @property
    def countries(self) -> list[str]:
        """Countries of the plots, the most frequent first."""
        return [str(code) for code in self.plots["producer_country"].dropna().value_counts().index]

    @property
    def commodity(self) -> str | None:
        """Commodity that names of files and columns speak of; None where they speak of none, or of several."""
        words = [plain(file.path.stem) for file in self.files]
        words += [plain(text) for text in self.findings["message"][self.findings["code"].str.startswith("columns_")]]
        named = {commodity_of(part) for word in words for part in word.split("_")} - {None, "wood", "cattle"}
        return named.pop() if len(named) == 1 else None


def look(folder: Path) -> Found:
    """Read the plot files of a folder once, as a run would.

    Args:
        folder: searched with its subfolders; hidden ones, finished runs and templates are passed over.
    """
    files: list[PlotFile] = []
    left: dict[str, tuple[str, str] | None] = {}
    for path in sorted(_walk(folder)):
        name = path.relative_to(folder).as_posix()
        if path.suffix.lower() in PLOTS:
            files.append(PlotFile(path=path, declared=name, cooperative=slug(path.stem)))
        elif path.suffix.lower() not in RASTERS | _PARTS | {".yaml", ".yml"} and path.name != "Makefile":
            left[name] = None
    rasters = tuple(sorted(path for path in _walk(folder) if path.suffix.lower() in RASTERS))
    catalogue = folder / "catalogue"
    plots, findings = load(files, commodity="coffee")
    unsized = set(findings["source_file"][findings["code"] == "area_unit_local"])
    if unsized:
        # The harvest will name the country, by which some units have a size.
        files = [_in_its_country(file, plots) if file.declared in unsized else file for file in files]
        plots, findings = load(files, commodity="coffee")
    # A file of prices has rows as well, but none with a place.
    placed = set(plots["source_file"][plots["geometry_kind"].notna()]) | {
        file for file, rows in findings[findings["longitude"].notna()].groupby("source_file") if len(rows)
    }
    for file in files:
        if file.declared not in placed:
            mine = findings[(findings["source_file"] == file.declared) & (findings["severity"] == "block")]
            mine = mine[mine["source_row"].isna()]
            left[file.declared] = next(((str(row.code), str(row.details)) for row in mine.itertuples()), None)
    return Found(
        tuple(file for file in files if file.declared in placed),
        plots[plots["source_file"].isin(placed)],
        findings,
        left,
        rasters,
        catalogue if (catalogue / "catalog.json").is_file() else None,
    )


def _in_its_country(file: PlotFile, plots: pd.DataFrame) -> PlotFile:
    """The file with the country of its plots, where all lie in one."""
    countries = plots["producer_country"][plots["source_file"] == file.declared].dropna().unique()
    return file.model_copy(update={"producer_country": str(countries[0])}) if len(countries) == 1 else file


def _walk(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.name.startswith((".", "~$")) or (path.is_dir() and path.name in _OURS):
            continue
        if path.is_dir() and path.suffix.lower() != ".gdb":
            yield from _walk(path)
        else:
            yield path


def layers_of(catalogue: Path) -> tuple[str, ...]:
    """Shipped layers of a STAC folder, of each map the newest version."""
    there = {str(item.collection_id) for item, _ in layers.catalogue.items(catalogue)}
    return _newest([one for one in _definitions() if one.collection in there])


def register(rasters: tuple[Path, ...], catalogue: Path) -> tuple[tuple[str, ...], dict[str, str]]:
    """Register GeoTIFFs whose names and values are those of shipped layers in a STAC folder.

    Returns:
        Layers of the folder; and by file, why it is of none.
    """
    refused: dict[str, str] = {}
    for raster in rasters:
        why = ""
        # Versions of one map share names: the newest that fits its name and values is meant.
        for layer in sorted(_definitions(), key=lambda one: one.id, reverse=True):
            if all(asset.file is None for asset in layer.assets.values()):
                continue
            try:
                layers.catalogue.add(catalogue, [raster], layer)
                why = ""
                break
            except LayersError as error:
                why = why or str(error)
        if why:
            refused[raster.name] = why
    return layers_of(catalogue) if (catalogue / "catalog.json").is_file() else (), refused


def _definitions() -> list[LayerDefinition]:
    return [definition(LayerChoice.model_validate({"id": name, "from": "local"})) for name in shipped()]


def _newest(known: list[LayerDefinition]) -> tuple[str, ...]:
    newest = {one.product: one.id for one in sorted(known, key=lambda one: one.id)}
    return tuple(newest.values())
