"""One bad delivery taints its lot; nothing plausible is refused, nothing implausible passes."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from eudr_check import tables
from eudr_check.documents import lots
from eudr_check.documents.deliveries import of_table, read_deliveries, to_table
from eudr_check.errors import ConfigError
from tests.helpers.risk_tables import HARVEST, plots


def delivered(folder: Path, *rows: str, header: str = "date,cooperative,plot_id,kg,form,lot") -> pd.DataFrame:
    """deliveries.csv read back."""
    path = folder / "deliveries.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return read_deliveries(path, "coffee")


def judged(deliveries: pd.DataFrame, outcomes: dict[str, str] | None = None, **columns: Any) -> pd.DataFrame:
    """LOTS for plots coop/1, coop/2 and coop/3 of 2 ha."""
    names = {"coop/1": "low", "coop/2": "low", "coop/3": "low"} | (outcomes or {})
    table = plots(dict.fromkeys(names, 2.0), **columns)
    assessments = pd.DataFrame({"final_outcome": pd.Series(names, dtype="str")})
    found = lots.assess(deliveries, assessments, table, HARVEST)
    return tables.check(tables.LOTS, found).set_index("lot")


GOOD = "2026-04-01,coop,1,500,parchment,L1"


def test_a_sound_lot(tmp_path: Path) -> None:
    """500 kg of parchment are 415 kg of green coffee."""
    row = judged(delivered(tmp_path, GOOD, "2026-04-02,coop,2,100,Cereza,L1")).loc["L1"]

    assert (row["status"], row["reasons"], row["plots"]) == ("accepted", "", ["coop/1", "coop/2"])
    assert row["kg_green"] == pytest.approx(500 * 0.83 + 100 * 0.2)


@pytest.mark.parametrize("outcome", ["more_info_needed", "high", "undetermined"])
def test_one_unsettled_plot_taints_the_whole_lot(tmp_path: Path, outcome: str) -> None:
    """The other lot of the same day stays accepted."""
    deliveries = delivered(tmp_path, GOOD, "2026-04-02,coop,2,100,green,L1", "2026-04-02,coop,3,100,green,L2")
    found = judged(deliveries, {"coop/2": outcome})

    assert found["status"].to_dict() == {"L1": "refused", "L2": "accepted"}
    assert found.loc["L1", "reasons"] == "not_settled: coop/2"


def test_cleared_plots_may_go_in(tmp_path: Path) -> None:
    """A review that settled the plot is enough."""
    assert judged(delivered(tmp_path, GOOD), {"coop/1": "cleared_by_review"})["status"].tolist() == ["accepted"]


def test_unknown_and_blocked_plots(tmp_path: Path) -> None:
    """A plot nobody mapped, and one whose geometry is blocked."""
    deliveries = delivered(tmp_path, GOOD, "2026-04-02,coop,99,10,green,L1", "2026-04-02,coop,2,10,green,L1")
    found = judged(deliveries, usable=[True, False, True])

    assert found.loc["L1", "reasons"] == "plot_blocked: coop/2; unknown_plot: coop/99"


REMOVAL = "date,cooperative,plot_id,kg,form,lot,mixed_on,removed_on"


@pytest.mark.parametrize(
    ("dates", "status"),
    [
        ("2026-04-10,2026-04-05", "accepted"),
        ("2026-04-10,2026-04-10", "refused"),
        ("2026-04-10,2026-04-12", "refused"),
        (",2026-04-05", "refused"),
        ("2026-04-10,2026-03-01", "refused"),
        (",", "refused"),
    ],
)
def test_removal_counts_only_before_mixing(tmp_path: Path, dates: str, status: str) -> None:
    """Taken out before the lot was mixed, with both days recorded."""
    deliveries = delivered(tmp_path, f"{GOOD},,", f"2026-04-02,coop,2,100,green,L1,{dates}", header=REMOVAL)
    row = judged(deliveries, {"coop/2": "high"}).loc["L1"]

    assert row["status"] == status
    assert row["kg_green"] == pytest.approx(415 if status == "accepted" else 515)


def test_more_than_the_plot_can_grow(tmp_path: Path) -> None:
    """Over 4,000 kg of green coffee a hectare in a season is refused in every lot; over 1,500 is asked about."""
    deliveries = delivered(
        tmp_path,
        "2026-04-01,coop,1,4500,green,L1",
        "2026-05-01,coop,1,4500,green,L2",
        "2026-05-01,coop,2,3100,green,L3",
        "2026-05-01,coop,3,3000,green,L4",
    )
    found = judged(deliveries)

    assert found["status"].to_dict() == {"L1": "refused", "L2": "refused", "L3": "accepted", "L4": "accepted"}
    assert found.loc["L1", "reasons"] == "quantity_implausible: coop/1"
    assert found["warnings"].to_dict()["L3"] == "yield_above_usual: coop/2"
    assert found.loc["L4", "warnings"] == ""


def test_figures_of_the_country(tmp_path: Path) -> None:
    """Viet Nam grows more a hectare than the default."""
    deliveries = delivered(tmp_path, "2026-04-01,coop,1,9000,green,L1")

    assert judged(deliveries, producer_country=["VN"] * 3)["status"].tolist() == ["accepted"]
    assert judged(deliveries, producer_country=["PE"] * 3)["status"].tolist() == ["refused"]


def test_coverage_of_the_declared_mass(tmp_path: Path) -> None:
    """Accepted lots must hold the declared net mass; refused ones do not count."""
    deliveries = delivered(tmp_path, "2026-04-01,coop,1,999,green,L1", "2026-04-01,coop,2,500,green,L2")
    short = lots.coverage(judged(deliveries, {"coop/2": "high"}).reset_index(), HARVEST)
    full = lots.coverage(judged(deliveries).reset_index(), HARVEST)

    assert short is not None and (short.accepted_kg, short.enough) == (999.0, False)
    assert full is not None and full.enough


def test_semicolons_and_decimal_commas(tmp_path: Path) -> None:
    """A spreadsheet in Spanish."""
    rows = delivered(tmp_path, "2026-04-01;coop;1;1.412,5;pergamino;L1", header="date;cooperative;plot_id;kg;form;lot")

    assert rows.loc[0, "kg"] == 1412.5
    assert rows.loc[0, "form"] == "parchment"


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("2026-04-01,coop,1,0,green,L1", "kg '0' is no weight"),
        ("2026-04-01,coop,1,-5,green,L1", "kg '-5' is no weight"),
        ("2026-04-01,coop,1,5,roasted,L1", "form 'roasted' is not known for coffee"),
        ("01/04/2026,coop,1,5,green,L1", "line 2: date '01/04/2026' is no date"),
        ("2026-04-01,coop,1,5,green,", "'lot' is empty"),
    ],
)
def test_a_wrong_row_is_named(tmp_path: Path, row: str, words: str) -> None:
    """File, row and remedy."""
    with pytest.raises(ConfigError, match=words):
        delivered(tmp_path, row)


@pytest.mark.parametrize("twin", ["l1", "L\u200b1", "L 1", "\uff2c1"])
def test_one_lot_in_two_spellings_is_refused(tmp_path: Path, twin: str) -> None:
    """Split in two by a letter's case, the sound half of a lot would be accepted and the bad half left out of sight."""
    rows = (GOOD, GOOD.replace("L1", "L2"), GOOD, f"2026-04-02,coop,2,100,green,{twin}")

    with pytest.raises(ConfigError, match=rf"line 5: lot '{twin}' .*'L1' \(.*line 2\)"):
        delivered(tmp_path, *rows)
    assert set(delivered(tmp_path, *rows[:3])["lot"]) == {"L1", "L2"}


def test_a_file_without_columns_or_rows(tmp_path: Path) -> None:
    """An empty file delivers nothing and says so."""
    with pytest.raises(ConfigError, match="no column form"):
        delivered(tmp_path, header="date,cooperative,plot_id,kg,lot")
    with pytest.raises(ConfigError, match="no delivery"):
        delivered(tmp_path)


def test_table_of_a_package_gives_the_same_deliveries(tmp_path: Path) -> None:
    """DELIVERIES keeps line, form, dates and what was removed, so that lots come out as from the file."""
    path = tmp_path / "deliveries.csv"
    path.write_text(
        "date,cooperative,plot_id,kg,form,lot,mixed_on,removed_on\n"
        "2026-05-01,a,1,100,cherry,L1,2026-05-10,2026-05-05\n"
        "2026-05-02,a,2,80,parchment,L1,,\n",
        encoding="utf-8",
    )
    read = read_deliveries(path, "coffee")
    kept = to_table(read)

    assert kept["source_place"].tolist() == ["2", "3"]
    assert kept["removed"].tolist() == [True, False]
    assert kept["removed_on"].tolist()[0] == "2026-05-05" and pd.isna(kept["removed_on"].tolist()[1])
    again = of_table(kept, "coffee")
    assert again["kg_green"].tolist() == read["kg_green"].tolist()
    pd.testing.assert_frame_equal(to_table(again), kept)


@pytest.mark.parametrize("form", ["pergamino", "pergamino seco", "Café pergamino", "dry parchment"])
def test_parchment_has_the_names_of_the_warehouse(tmp_path: Path, form: str) -> None:
    """A buyer writes dry parchment in several ways; 100 kg of it make 83 kg of green coffee."""
    assert delivered(tmp_path, f"2026-06-13,a,1,100,{form},L1")["kg_green"].item() == pytest.approx(83.0)
