"""Parcels as rows of a file: ids as each cooperative writes them, hectares as people type them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import shapely

from season.members import Parcel

IDS: dict[str, Callable[[int], str]] = {
    "coop-01": lambda number: f"AH-{number:03d}",
    "coop-02": lambda number: f"MAYO/{number:03d}",
    "coop-03": lambda number: f"FR{number:04d}",
    "coop-04": lambda number: f"{number:03d}",
    "coop-05": lambda number: f"ML {number:02d}-{'ABCÑ'[number % 4]}",
    "coop-06": lambda number: f"LP-{number:02d}",
    "coop-07": lambda number: f"COP{number:03d}",
    "coop-08": lambda number: f"Flor-{number:02d}",
    "coop-09": lambda number: f"Ñ{number:03d}",
    "coop-10": lambda number: f"JEP-{number:02d}",
    "coop-11": lambda number: f"{100 + number}",
    "coop-12": lambda number: f"PR-{number:03d}",
    "coop-13": lambda number: f"omia_{number:03d}",
    "coop-14": lambda number: f"YA-{number:03d}",
}
ODD_IDS = {("coop-04", 7): "007", ("coop-05", 5): "1e5", ("coop-05", 11): "Peña Rosa 2", ("coop-11", 7): "007"}


@dataclass
class Row:
    """One row or feature to be written."""

    plot_id: str | None
    parcel: Parcel
    shape: shapely.Geometry | None
    """EPSG:4326, seven decimals."""
    declared_ha: float | None
    producer: str
    raw: str | None = None
    """Geometry as text, for formats that are text, where `shape` cannot say what was written."""
    accuracy_m: float = 4.5
    country: str | None = None
    hectares_text: str | None = None
    """What stands in the cell of hectares where it is no number."""
    member: str = ""
    """Number of the member."""
    unquoted: bool = False
    """A comma-separated row that lost its quotes."""

    @property
    def hectares(self) -> str:
        """Declared hectares with a decimal comma; empty when none are given."""
        if self.hectares_text is not None:
            return self.hectares_text
        return "" if self.declared_ha is None else f"{self.declared_ha:g}".replace(".", ",")


def rows_of(parcels: Sequence[Parcel]) -> list[Row]:
    """Sound rows, one per parcel."""
    return [
        Row(
            ODD_IDS.get((parcel.cooperative, parcel.number), IDS[parcel.cooperative](parcel.number)),
            parcel,
            parcel.shape,
            parcel.declared_ha,
            parcel.producer,
            member=parcel.producer.rpartition(" ")[2],
        )
        for parcel in parcels
    ]


def attributes(row: Row, headers: dict[str, str]) -> dict[str, Any]:
    """Cells of a row under a cooperative's own headers.

    Args:
        row: what to write.
        headers: their header: field of `FIELDS`.
    """
    return {header: FIELDS[name](row) for header, name in headers.items()}


FIELDS: dict[str, Callable[[Row], Any]] = {
    "id": lambda row: row.plot_id,
    "producer": lambda row: row.producer,
    "member": lambda row: row.member,
    "place": lambda row: row.parcel.place,
    "district": lambda row: row.parcel.district,
    "province": lambda row: row.parcel.site.province,
    "region": lambda row: row.parcel.site.region,
    "hectares_comma": lambda row: row.hectares,
    "hectares": lambda row: row.declared_ha,
    "square_metres": lambda row: None if row.declared_ha is None else round(row.declared_ha * 10_000),
    "planted": lambda row: row.parcel.planted,
    "variety": lambda row: row.parcel.variety,
    "country": lambda row: row.country or "PE",
    "country_word": lambda row: "Perú" if row.country is None else row.country or None,
    "crop": lambda row: "Café",
}
