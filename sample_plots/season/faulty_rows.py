"""Rows whose answers go wrong: ids, names, areas, and text that no reader can take."""

from collections.abc import Callable

from season import files
from season.rows import Row

Change = Callable[[list[Row], int], None]


def raw(text: str) -> Change:
    def change(rows: list[Row], at: int) -> None:
        rows[at].raw = text

    return change


def no_geometry(rows: list[Row], at: int) -> None:
    rows[at].shape = None


def no_id(rows: list[Row], at: int) -> None:
    rows[at].plot_id = None


def same_id(rows: list[Row], at: int) -> None:
    rows[at].plot_id = rows[at - 1].plot_id


def sent_twice(rows: list[Row], at: int) -> None:
    rows.insert(at + 1, rows[at])


def wrong_area(rows: list[Row], at: int) -> None:
    rows[at].declared_ha = round(rows[at].parcel.area_ha * 1.7, 2)


def large_point(rows: list[Row], at: int) -> None:
    rows[at].declared_ha = 5.5


def four_ha_point(rows: list[Row], at: int) -> None:
    rows[at].declared_ha = 3.95


def no_area(rows: list[Row], at: int) -> None:
    rows[at].declared_ha = None


def inaccurate(rows: list[Row], at: int) -> None:
    rows[at].accuracy_m = 28.0


def broken_wkt(rows: list[Row], at: int) -> None:
    rows[at].raw = files.wkt_text(rows[at].shape)[:120]


def text_in_hectares(rows: list[Row], at: int) -> None:
    rows[at].declared_ha = None
    rows[at].hectares_text = "dos y media"


def control_character(rows: list[Row], at: int) -> None:
    rows[at].producer = rows[at].producer.replace("Ejem", "Ejem\x0b")


def same_name(rows: list[Row], at: int) -> None:
    """One name, two member numbers."""
    rows[at].producer = rows[at - 3].producer
    rows[at].member = "9" + rows[at].member


def no_country(rows: list[Row], at: int) -> None:
    rows[at].country = ""


def comma_cells(rows: list[Row], at: int) -> None:
    rows[at].raw = files.wkt_text(rows[at].shape)
    rows[at].unquoted = True
