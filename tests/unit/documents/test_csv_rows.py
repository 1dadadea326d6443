"""The CSV files of people: a row that cannot be told from its neighbours is refused, never left out."""

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eudr_check.documents.csv_rows import rows_of
from eudr_check.documents.deliveries import read_deliveries
from eudr_check.errors import ConfigError

HEADER = "date,cooperative,plot_id,kg,form,lot,nota"
LINES = [f"2026-05-0{day},coop,P{day},10{day},green,L1,ok" for day in range(1, 6)]
TODAY = dt.date(2026, 11, 28)


def written(folder: Path, text: str | bytes) -> Path:
    """A deliveries.csv."""
    path = folder / "deliveries.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.mark.parametrize("name", ["d_quote.csv", "dvbad.csv"])
def test_shared_deliveries_with_an_open_quote_are_refused(shared_data: Path, name: str) -> None:
    """The delivery of a plot that is not settled cannot hide behind a quotation mark."""
    with pytest.raises(ConfigError, match=rf"{name}, line 3: a quotation mark"):
        read_deliveries(shared_data / "faults" / "02-deliveries-reviews-stray-quote" / name, "coffee")


def test_shared_reviews_with_an_open_quote_are_refused(shared_data: Path) -> None:
    """The `confirm` in the next line cannot vanish."""
    with pytest.raises(ConfigError, match=r"reviews_quote.csv, line 2: a quotation mark"):
        rows_of(shared_data / "faults" / "02-deliveries-reviews-stray-quote" / "reviews_quote.csv", "reviews", ())


def test_shared_deliveries_without_a_quote_are_all_there(shared_data: Path) -> None:
    """The same file without the mark has its four deliveries."""
    path = shared_data / "faults" / "02-deliveries-reviews-stray-quote" / "dvok.csv"

    assert read_deliveries(path, "coffee")["plot"].tolist() == ["whisp/5", "whisp/5", "whisp/10", "whisp/5"]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 60)), min_size=1, max_size=3),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["\n", "\r\n"]),
)
def test_quotation_marks_anywhere_never_make_fewer_deliveries(
    tmp_path: Path, marks: list[tuple[int, int]], separator: str, end: str
) -> None:
    """Marks put into any places of the rows: all five rows come out, or the file is refused by name and line."""
    lines = list(LINES)
    for row, place in marks:
        lines[row] = f'{lines[row][:place]}"{lines[row][place:]}'
    text = end.join([HEADER, *lines]).replace(",", separator) + end
    try:
        found = rows_of(written(tmp_path, text), "deliveries", HEADER.split(","))
    except ConfigError as error:
        assert "deliveries.csv" in str(error)
    else:
        assert len(found) == len(LINES)


def test_a_note_of_two_lines_is_one_row(tmp_path: Path) -> None:
    """Quotation marks that are balanced may hold a line end."""
    lines = [*LINES[:2], '2026-05-03,coop,P3,103,green,L1,"saco roto,\nse cambió"', *LINES[3:]]
    found = rows_of(written(tmp_path, "\n".join([HEADER, *lines])), "deliveries", HEADER.split(","))

    assert [row["plot_id"] for row, _ in found] == ["P1", "P2", "P3", "P4", "P5"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le"])
def test_any_encoding_of_a_spreadsheet_is_read(tmp_path: Path, encoding: str) -> None:
    """A spreadsheet saves in the encoding of its machine."""
    text = f"{HEADER}\n2026-05-01,coop,Ñ01,10,green,L1,día\n"

    assert read_deliveries(written(tmp_path, text.encode(encoding)), "coffee")["plot"].tolist() == ["coop/Ñ01"]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("2026-05-06,coop,P6,106,green", "line 7: 5 cells under 7 columns"),
        ("2026-05-06,coop,P6,106,green,L1,ok,more", "line 7: 8 cells under 7 columns"),
        ('2026-05-06,coop,P6,106,green,L1,"roto', "line 7: a quotation mark"),
    ],
)
def test_a_broken_row_is_refused_with_its_line(tmp_path: Path, line: str, words: str) -> None:
    """Too few cells, too many, or a mark that is never closed."""
    with pytest.raises(ConfigError, match=words):
        read_deliveries(written(tmp_path, "\n".join([HEADER, *LINES, line])), "coffee")


def test_a_column_twice_is_refused(tmp_path: Path) -> None:
    """Nobody knows which of two columns of one name counts."""
    with pytest.raises(ConfigError, match="column kg stands there twice"):
        rows_of(written(tmp_path, f"{HEADER},kg\n"), "deliveries", HEADER.split(","))


def weighed(folder: Path, *weights: str) -> list[float]:
    """Kilograms read of such weights, in a file with semicolons."""
    lines = [f"2026-05-01;coop;P{row};{kg};green;L1;" for row, kg in enumerate(weights)]
    return read_deliveries(written(folder, "\n".join([HEADER.replace(",", ";"), *lines])), "coffee")["kg"].tolist()


@pytest.mark.parametrize(
    ("weights", "kilograms"),
    [
        (["1.250,50", "1.250", "980"], [1250.5, 1250, 980]),
        (["1,250.50", "1,250", "980"], [1250.5, 1250, 980]),
        (["412,5", "1250"], [412.5, 1250]),
        (["412.5", "1250"], [412.5, 1250]),
        (["1 250", "1\u00a0250,5", "1'250"], [1250, 1250.5, 1250]),
        (["1.250.000"], [1250000]),
        (["0,750", "1,250"], [0.75, 1.25]),
        (["1250 kg", "980 Kg"], [1250, 980]),
    ],
)
def test_weights_are_read_with_one_decimal_mark(tmp_path: Path, weights: list[str], kilograms: list[float]) -> None:
    """What one row of the file makes clear holds for all of them."""
    assert weighed(tmp_path, *weights) == kilograms


@pytest.mark.parametrize(
    "weights", [["1.250"], ["1,250"], ["1.000"], ["1.250", "1,250", "1.250,50"], ["412.5", "412,5", "1,250"]]
)
def test_weights_of_two_readings_are_refused_with_both(tmp_path: Path, weights: list[str]) -> None:
    """Twelve hundred and fifty, or one and a quarter: the file does not say, and is not guessed at."""
    with pytest.raises(ConfigError, match=r"line \d: kg '1[.,]\d{3}' is 1.* or 1"):
        weighed(tmp_path, *weights)


def test_shared_weights_with_thousands_are_refused(shared_data: Path) -> None:
    """A kilogram and a quarter is never read where twelve hundred and fifty may be meant."""
    with pytest.raises(ConfigError, match=r"line 2: kg '1.250' is 1.250 or 1250"):
        read_deliveries(shared_data / "faults" / "18-thousands-separator" / "d_thou.csv", "coffee")


@pytest.mark.parametrize("column", ["date", "mixed_on", "removed_on"])
def test_deliveries_of_days_to_come_are_refused(tmp_path: Path, column: str) -> None:
    """Nothing was delivered, mixed or taken out after the day of the run."""
    days = {"date": "2026-05-01", "mixed_on": "", "removed_on": ""} | {column: "2036-01-01"}
    text = (
        f"{HEADER},mixed_on,removed_on\n{days['date']},coop,P1,10,green,L1,,{days['mixed_on']},{days['removed_on']}\n"
    )
    path = written(tmp_path, text)

    with pytest.raises(ConfigError, match=f"line 2: {column} 2036-01-01 lies after 2026-11-28"):
        read_deliveries(path, "coffee", last=TODAY)
