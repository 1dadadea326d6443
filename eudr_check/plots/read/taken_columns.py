"""Which column of a file is read as which field of ours, said in one finding."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from eudr_check.config import PlotFile
from eudr_check.names import code_of
from eudr_check.plots.findings import FindingCollector
from eudr_check.plots.read import area_units, columns, geometry_columns, id_column, positions, reference_systems, totals
from eudr_check.plots.read.raw_table import Delivery

_FILLED = ("producer_country", "producer_name", "producer_id", "planted_year", "declared_area_ha")
"""Fields of which a second column may fill the gaps: no id, no place."""
_HEADERS_SHOWN = 500
_TECHNICAL = ("@id",)
_AXES = ("longitude", "latitude")


def name_of(file: PlotFile) -> str:
    """The path as the harvest writes it; only the name where that is absolute: no table holds a machine's paths."""
    absolute = not file.declared or "://" in file.declared or Path(file.declared).is_absolute()
    return file.path.name if absolute else file.declared


def take(file: PlotFile, delivery: Delivery, log: FindingCollector) -> dict[str, str]:
    """Our field: header, as said or recognised; reported either way. Totals rows are taken out of the delivery."""
    headers = [str(header) for header in delivery.attributes.columns]
    explicit = {}
    for field, header in sorted(file.columns.items()):
        if header in headers and field in columns.FIELDS:
            explicit[field] = header
        else:
            listed = ", ".join(headers if field in columns.FIELDS else columns.FIELDS)[:500]
            log.file("column_missing", name_of(file), file.cooperative, field=field, header=header, known=listed)
    axes = {field: theirs for field, theirs in columns.recognise(headers, explicit).items() if field in _AXES}
    known = {**axes, **explicit}
    placed = geometry_columns.geometry_headers(delivery.attributes, known) if pd.isna(delivery.geometry).any() else []
    taken = columns.recognise([header for header in headers if header not in placed], explicit)
    if "plot_id" not in taken and delivery.label in headers:
        taken["plot_id"] = delivery.label
    if placed:
        taken["geometry"] = placed[0]
    totals.leave_out(delivery, taken, placed)
    if not {"plot_id", "vertex"} & {*taken, *file.columns}:
        _guess_id(file, delivery, [header for header in headers if header not in placed], taken, log)
    _second_columns(file, delivery, headers, taken, log)
    _area_in_known_unit(file, delivery, headers, taken, log)
    others = [
        *reference_systems.headers_of(delivery.attributes),
        *positions.hemisphere_headers(delivery.attributes, taken),
    ]
    unread = [header for header in headers if header not in {*taken.values(), *placed, *others, *_TECHNICAL}]
    for header in unread:
        unit = area_units.local_unit(header)
        if unit is not None and delivery.attributes[header].notna().any():
            _ask_size(file, header, unit, country_of(file, delivery, taken), log)
    _say_columns(file, taken, unread, log)
    return taken


def _area_in_known_unit(
    file: PlotFile, delivery: Delivery, headers: list[str], taken: dict[str, str], log: FindingCollector
) -> None:
    """Where no column gives hectares or square metres, take one in a unit of one size; say how large the unit is."""
    areas, country = ("declared_area_ha", "declared_area_m2"), country_of(file, delivery, taken)
    found = {header: area_units.area_unit(header, country) for header in headers}
    units = {header: unit for header, unit in found.items() if unit and delivery.attributes[header].notna().any()}
    if len(units) == 1 and not set(areas) & taken.keys():
        taken["declared_area_ha"] = next(iter(units))
    for field in areas:
        # Whoever names a column of manzanas as the area would have them read as hectares.
        if taken.get(field) and found.get(taken[field]) is None and area_units.local_unit(taken[field]) is not None:
            del taken[field]
    for header in [taken[field] for field in areas if taken.get(field) in units]:
        unit = units[header]
        figures = {"header": header[:80], "unit": unit.name, "hectares": str(unit.hectares), "source": unit.source}
        if unit.country is None:
            log.file("area_unit_known", name_of(file), file.cooperative, **figures)
        else:
            log.file("area_unit_of_country", name_of(file), file.cooperative, country=unit.country, **figures)


def _ask_size(file: PlotFile, header: str, unit: str, country: str | None, log: FindingCollector) -> None:
    """Ask for hectares instead of a unit whose size nobody knows here, with the sizes in use."""
    figures, sizes = {"header": header[:80], "unit": unit}, area_units.in_use(unit, country)
    if sizes:
        log.file(
            "area_unit_differs", name_of(file), file.cooperative, country=country, sizes=", ".join(sizes), **figures
        )
    else:
        log.file("area_unit_local", name_of(file), file.cooperative, **figures)


def country_of(file: PlotFile, delivery: Delivery, taken: Mapping[str, str]) -> str | None:
    """The country in which all plots of a file are said to lie; None where none or more than one is said."""
    said: list[str | None] = []
    if (header := taken.get("producer_country")) in delivery.attributes.columns:
        cells = columns.text_of(delivery.attributes[header])
        said = [file.producer_country if cell is None else code_of(cell) for cell in cells.unique()]
    found = set(said) or {file.producer_country}
    return found.pop() if len(found) == 1 else None


def _say_columns(file: PlotFile, taken: Mapping[str, str], unread: Sequence[str], log: FindingCollector) -> None:
    """One finding: columns read as what, columns not read, and the line of the harvest that says so."""
    pairs = ", ".join(f"{field} = '{header}'" for field, header in sorted(taken.items()))
    # JSON's strings are YAML's as well, whatever marks a header holds.
    said = ", ".join(f"{field}: {json.dumps(header, ensure_ascii=False)}" for field, header in sorted(taken.items()))
    figures = {"taken": pairs or "-", "line": f"columns: {{{said}}}"}
    if unread:
        log.file(
            "columns_unread", name_of(file), file.cooperative, headers=", ".join(unread)[:_HEADERS_SHOWN], **figures
        )
    elif taken:
        log.file("columns_taken", name_of(file), file.cooperative, **figures)


def _guess_id(
    file: PlotFile, delivery: Delivery, headers: list[str], taken: dict[str, str], log: FindingCollector
) -> None:
    """Take a column for the id by what it holds, and say so; where none can be, name all columns once."""
    bounded = not pd.isna(delivery.geometry).any()
    free = [header for header in headers if header not in taken.values()]
    second = [taken["producer_id"]] if "producer_id" in taken else []
    guessed = id_column.by_content(delivery.attributes, free, second, bounded=bounded)
    if guessed is not None:
        taken["plot_id"] = guessed
        log.file("id_by_content", name_of(file), file.cooperative, header=guessed)
    elif len(delivery):
        log.file("id_column_missing", name_of(file), file.cooperative, headers=", ".join(headers)[:500] or "-")


def _second_columns(
    file: PlotFile, delivery: Delivery, headers: list[str], taken: dict[str, str], log: FindingCollector
) -> None:
    """Where two columns give one field, fill the gaps of the first from the second and say where they differ."""
    for field, header in columns.rivals(headers, taken):
        if field not in _FILLED or field in file.columns:
            continue
        first, second = (columns.text_of(delivery.attributes[name]) for name in (taken[field], header))
        gaps = first.isna() & second.notna()
        differ = gaps | (first.notna() & second.notna() & (first != second))
        if field == "producer_country":
            differ &= gaps | (first.map(code_of, na_action="ignore") != second.map(code_of, na_action="ignore"))
        if not differ.any():
            continue
        delivery.attributes = delivery.attributes.copy(deep=False)
        kept = delivery.attributes[taken[field]].astype(object)
        delivery.attributes[taken[field]] = kept.where(~gaps, delivery.attributes[header])
        log.file(
            "columns_doubled", name_of(file), file.cooperative,
            field=field, header=taken[field], other=header, rows=int(differ.sum()), filled=int(gaps.sum()),
        )  # fmt: skip
