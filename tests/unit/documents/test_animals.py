"""animals.csv read, and the chain of every group: as strong as its weakest link."""

import datetime as dt
from itertools import product
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eudr_check import tables
from eudr_check.documents import amounts, chains, dossier, headers, lots
from eudr_check.documents.animals import read_animals
from eudr_check.documents.deliveries import read_deliveries, require_form_of_goods
from eudr_check.errors import ConfigError
from eudr_check.package.eu import goods as eu_goods
from eudr_check.text import LANGUAGES
from eudr_check.trade import Product
from tests.helpers.risk_tables import HARVEST, plots

HEADER = "group,cooperative,plot_id,role,from,to\n"
CATTLE = HARVEST.model_copy(
    update={"commodity": "cattle", "product": HARVEST.goods[0].model_copy(update={"hs_code": "0201 30"})}
)
LIVE = CATTLE.model_copy(update={"product": CATTLE.goods[0].model_copy(update={"hs_code": "0102 29"})})
WHOLE = ("A birth 2024-01-01 2024-08-01", "B fattening 2024-08-02 2025-11-30", "C slaughter 2025-12-01 2025-12-01")
LEVELS = ("low", "more_info_needed", "undetermined", "high")


def stays(*rows: str, group: str = "G1") -> pd.DataFrame:
    """STAYS from `PLOT ROLE SINCE UNTIL`; `-` for a day nobody knows."""
    found = []
    for number, row in enumerate(rows, start=1):
        plot, role, since, until = row.split()
        days = {"since": None if since == "-" else since, "until": None if until == "-" else until}
        found.append(
            {
                "source_row": number,
                "source_place": str(number + 1),
                "group": group,
                "plot": f"coop/{plot}",
                "role": role,
                **days,
            }
        )
    return tables.check(tables.STAYS, tables.typed(tables.STAYS, found))


def judged(table: pd.DataFrame, outcomes: dict[str, str] | None = None, **more: object) -> pd.DataFrame:
    """ANIMALS where establishments A to E have outcomes, low unless said."""
    names = [f"coop/{letter}" for letter in "ABCDE"]
    final = ["low" if outcomes is None else outcomes.get(name[-1], "low") for name in names]
    assessments = pd.DataFrame({"final_outcome": final}, index=pd.Index(names, name="plot"))
    usable = more.pop("usable", [True] * 5)
    known = plots(dict.fromkeys(names, 1.0), commodity=["cattle"] * 5, usable=usable)
    found = chains.assess(table, assessments, known, more.pop("harvest", CATTLE))
    return tables.check(tables.ANIMALS, found)


def one(table: pd.DataFrame, outcomes: dict[str, str] | None = None, **more: object) -> tuple[str, str]:
    """Outcome and reasons of the only group."""
    row = judged(table, outcomes, **more).iloc[0]
    return row["outcome"], row["reasons"]


@pytest.mark.parametrize(("first", "second", "third"), list(product((*LEVELS, "cleared_by_review"), repeat=3)))
def test_a_chain_is_its_worst_establishment(first: str, second: str, third: str) -> None:
    """Every combination of three: high over undetermined over more_info_needed over low and cleared."""
    outcome, reasons = one(stays(*WHOLE), {"A": first, "B": second, "C": third})
    as_link = [LEVELS.index("low" if level == "cleared_by_review" else level) for level in (first, second, third)]

    assert outcome == LEVELS[max(as_link)]
    assert (reasons == "") == (outcome == "low")


@pytest.mark.parametrize(
    ("rows", "expected", "reasons"),
    [
        (WHOLE, "low", ""),
        (WHOLE[1:], "undetermined", "no_birth"),
        (WHOLE[:2], "undetermined", "no_slaughter"),
        ((*WHOLE[:2], "X slaughter 2025-12-01 2025-12-01"), "undetermined", "establishment_unknown: coop/X"),
        ((WHOLE[0], "B fattening 2024-08-03 2025-11-30", WHOLE[2]), "undetermined",
         "days_unknown: 2024-08-02/2024-08-02"),
        ((WHOLE[0], "B fattening 2024-08-01 2025-11-30", WHOLE[2]), "low", ""),
        ((WHOLE[0], "B fattening 2024-07-31 2025-11-30", WHOLE[2]), "more_info_needed", "two_places: coop/B"),
        ((WHOLE[0], "B fattening - 2025-11-30", WHOLE[2]), "undetermined",
         "day_missing: coop/B; days_unknown: 2024-08-02/2025-11-30"),
        ((*WHOLE, "D rearing 2023-12-01 2023-12-31"), "more_info_needed", "order_wrong: coop/D"),
        ((*WHOLE, "D market 2025-12-01 2025-12-02"), "more_info_needed", "order_wrong: coop/D"),
        (("A birth 2024-01-01 2024-08-01", "A rearing 2024-06-01 2025-11-30", WHOLE[2]), "low", ""),
    ],
)  # fmt: skip
def test_links_that_lack(rows: tuple[str, ...], expected: str, reasons: str) -> None:
    """What is unknown stays so; contradictions are asked about; days of a move and one place twice are sound."""
    assert one(stays(*rows)) == (expected, reasons)


def test_live_cattle_have_no_slaughter() -> None:
    """Heading 0102 is sold alive; every other product of cattle was slaughtered somewhere."""
    assert one(stays(*WHOLE[:2]), harvest=LIVE) == ("low", "")


def test_a_blocked_establishment_is_unknown() -> None:
    """Nobody could look at it, whatever the table says of it."""
    assert one(stays(*WHOLE), usable=[True, False, True, True, True]) == (
        "undetermined",
        "establishment_blocked: coop/B",
    )


def test_gaps_are_named_day_by_day() -> None:
    """From the day after they left to the day before they came; the longest stay counts, not the last row."""
    rows = ("A birth 2024-01-01 2024-03-01", "A rearing 2024-01-01 2024-02-01", "C slaughter 2024-06-01 2024-06-01")

    assert one(stays(*rows)) == ("undetermined", "days_unknown: 2024-03-02/2024-05-31")


def test_animals_born_before_the_regulation_are_asked_about() -> None:
    """Cattle born before 29 June 2023 are outside; the chain is judged all the same."""
    row = judged(stays("A birth 2023-06-28 2024-08-01", *WHOLE[1:])).iloc[0]

    assert (row["outcome"], row["warnings"], row["born"]) == ("low", "born_before: 2023-06-28", "2023-06-28")


DAY = st.integers(0, 40).map(lambda days: str(dt.date(2024, 1, 1) + dt.timedelta(days=days)))
STAY = st.builds(
    lambda plot, role, days: " ".join([plot, role, *(days if "-" in days else sorted(days))]),
    st.sampled_from("ABCDEX"),
    st.sampled_from(["birth", "rearing", "fattening", "slaughter"]),
    st.tuples(DAY | st.just("-"), DAY | st.just("-")),
)
OUTCOMES = st.dictionaries(st.sampled_from("ABCDE"), st.sampled_from(LEVELS))


@given(rows=st.lists(STAY, min_size=1, max_size=6), more=STAY, outcomes=OUTCOMES)
def test_another_establishment_never_improves_the_links(rows: list[str], more: str, outcomes: dict[str, str]) -> None:
    """Whatever row is added, the chain is no better than the establishments it had; it may only close a gap in days."""
    after = LEVELS.index(one(stays(*rows, more), outcomes)[0])
    worst = max(LEVELS.index(outcomes.get(row[0], "low")) if row[0] != "X" else 2 for row in rows)

    assert after >= worst


@given(
    rows=st.lists(STAY, min_size=1, max_size=6), outcomes=OUTCOMES, plot=st.sampled_from("ABCDE"), at=st.integers(0, 5)
)
def test_another_establishment_on_days_that_are_known_improves_nothing(
    rows: list[str], outcomes: dict[str, str], plot: str, at: int
) -> None:
    """A stay within another's days closes no gap and begins no chain: the outcome stays or gets worse."""
    _, _, since, until = rows[at % len(rows)].split()
    before = LEVELS.index(one(stays(*rows), outcomes)[0])

    assert LEVELS.index(one(stays(*rows, f"{plot} rearing {since} {until}"), outcomes)[0]) >= before


@given(rows=st.lists(STAY, min_size=1, max_size=6), outcomes=OUTCOMES, at=st.integers(0, 5))
def test_a_day_nobody_knows_makes_nothing_low(rows: list[str], outcomes: dict[str, str], at: int) -> None:
    """Days that go missing clear no chain."""
    plot, role, _, until = rows[at % len(rows)].split()
    hidden = [f"{plot} {role} - {until}" if number == at % len(rows) else row for number, row in enumerate(rows)]

    assert one(stays(*hidden), outcomes)[0] != "low"


class TestReading:
    """The file as people write it."""

    def test_spanish_words_and_empty_days(self, tmp_path: Path) -> None:
        """Headers and stages in Spanish; an empty day is unknown, not wrong."""
        path = tmp_path / "animales.csv"
        path.write_text(
            "Grupo;Cooperativa;Establecimiento;Etapa;Desde;Hasta\nT-1;coop;P1;Cría;2024-01-01;\nT-1;coop;P2;Camal;;2025-12-01\n",
            encoding="utf-8-sig",
        )
        table = read_animals(path)

        assert table["role"].tolist() == ["birth", "slaughter"]
        assert table[["since", "until"]].isna().sum().tolist() == [1, 1]
        assert table["plot"].tolist() == ["coop/P1", "coop/P2"]

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_template_of_every_language(self, tmp_path: Path, language: str) -> None:
        """The empty table of a language, filled in, is read."""
        path = tmp_path / "animals.csv"
        path.write_text(
            headers.template("animals", language) + "G;coop;P1;birth;2024-01-01;2024-02-01\n", encoding="utf-8"
        )

        assert read_animals(path)["group"].tolist() == ["G"]

    @pytest.mark.parametrize(
        ("row", "said"),
        [
            (",coop,A,birth,2024-01-01,2024-02-01", "'group' is empty"),
            ("G,coop,,birth,2024-01-01,2024-02-01", "'plot_id' is empty"),
            ("G,coop,A,holiday,2024-01-01,2024-02-01", "role 'holiday' is not known; write one of: birth"),
            ("G,coop,A,birth,01/02/2024,2024-02-01", "from '01/02/2024' is no date"),
            ("G,coop,A,birth,2024-03-01,2024-02-01", "leave on 2024-02-01, before they arrive on 2024-03-01"),
            ("G,coop,A,birth,2024-03-01,2031-02-01", "to 2031-02-01 lies after 2026-11-02"),
        ],
    )
    def test_what_is_wrong_is_said(self, tmp_path: Path, row: str, said: str) -> None:
        """File, line, value and remedy."""
        path = tmp_path / "animals.csv"
        path.write_text(HEADER + row + "\n", encoding="utf-8")

        with pytest.raises(ConfigError, match=said):
            read_animals(path, last=dt.date(2026, 11, 2))

    def test_a_group_in_two_spellings(self, tmp_path: Path) -> None:
        """As two groups, each would seem to lack the other's establishments."""
        path = tmp_path / "animals.csv"
        path.write_text(HEADER + "G 1,coop,A,birth,,\ng 1,coop,B,slaughter,,\n", encoding="utf-8")

        with pytest.raises(ConfigError, match="group 'g 1' differs from 'G 1'"):
            read_animals(path)


def delivered(*groups: str | None) -> pd.DataFrame:
    """Deliveries of meat from establishment C into one lot."""
    day = pd.Timestamp("2025-12-02")
    return pd.DataFrame(
        [{"date": day, "plot": "coop/C", "kg": 100.0, "form": "meat", "kg_green": 100.0, "lot": "L1",
          "mixed_on": pd.NaT, "removed_on": pd.NaT, "group": group} for group in groups]
    )  # fmt: skip


@pytest.mark.parametrize(
    ("groups", "outcomes", "reasons"),
    [
        (["G1"], {}, ""),
        (["G1"], {"A": "high"}, "animals_not_settled: G1"),
        (["G1", "G2"], {}, "animals_unknown: G2"),
        (["G1", None], {}, "animals_not_named"),
    ],
)
def test_lots_are_as_sound_as_their_animals(groups: list[str | None], outcomes: dict[str, str], reasons: str) -> None:
    """The slaughterhouse is low; what counts is the whole chain, and the lot names all of its establishments."""
    names = [f"coop/{letter}" for letter in "ABCDE"]
    final = [outcomes.get(name[-1], "low") for name in names]
    assessments = pd.DataFrame({"final_outcome": final}, index=pd.Index(names, name="plot"))
    known = plots(dict.fromkeys(names, 1.0), commodity=["cattle"] * 5)
    animals = judged(stays(*WHOLE), outcomes)
    lot = lots.assess(delivered(*groups), assessments, known, CATTLE, animals).iloc[0]

    assert (lot["status"], lot["reasons"]) == ("refused" if reasons else "accepted", reasons)
    assert lot["plots"] == ["coop/A", "coop/B", "coop/C"]


def test_cattle_without_animals_make_no_lot() -> None:
    """Where no file says which animals were kept where, nothing is known of them."""
    names = ["coop/C"]
    assessments = pd.DataFrame({"final_outcome": ["low"]}, index=pd.Index(names, name="plot"))
    known = plots(dict.fromkeys(names, 1.0), commodity=["cattle"])

    assert lots.assess(delivered("G1"), assessments, known, CATTLE)["reasons"].tolist() == ["animals_unknown: G1"]


DELIVERED = "date,cooperative,plot_id,kg,form,lot,group\n"
MEAT, ALIVE = (Product(hs_code=code, description="x") for code in ("0201 30", "0102 29"))


def weighed(folder: Path, *forms: str) -> pd.DataFrame:
    """A delivery of 450 kg in each form."""
    path = folder / "entregas.csv"
    path.write_text(DELIVERED + "".join(f"2026-01-10,coop,C,450,{form},L1,G1\n" for form in forms), encoding="utf-8")
    return read_deliveries(path, "cattle")


@pytest.mark.parametrize("word", ["live", "en pie", "Peso vivo", "sur pied", "em pé"])
def test_live_weight_is_a_form_of_live_cattle(tmp_path: Path, word: str) -> None:
    """Kilograms of live weight are the net mass of live animals."""
    found = weighed(tmp_path, word)

    assert found[["form", "kg", "kg_green"]].values.tolist() == [["live", 450.0, 450.0]]
    require_form_of_goods(found, [ALIVE], "entregas.csv")


@pytest.mark.parametrize(
    ("forms", "goods"),
    [
        (["live"], [MEAT]),
        (["canal"], [ALIVE]),
        (["canal", "live"], [MEAT]),
        (["canal", "live"], []),
        (["live"], [ALIVE, MEAT]),
    ],
)
def test_kilograms_of_live_animals_are_none_of_meat(tmp_path: Path, forms: list[str], goods: list[Product]) -> None:
    """Taken for meat, live weight would cover twice the mass; row, form and code are named, also without goods."""
    with pytest.raises(ConfigError, match=r"entregas\.csv: \d.*does not fit the declared"):
        require_form_of_goods(weighed(tmp_path, *forms), goods, "entregas.csv")


def test_meat_fits_meat(tmp_path: Path) -> None:
    """Carcass weight, as it was; nothing is asked where nothing is declared."""
    require_form_of_goods(weighed(tmp_path, "canal"), [MEAT], "entregas.csv")
    require_form_of_goods(weighed(tmp_path, "live", "live"), [], "entregas.csv")


@pytest.mark.parametrize(("mass", "many"), [(450.0, 1), (45_000.0, 0), (1_900.0, 1), (200_000.0, 1), (2_000.0, 0)])
def test_animals_that_weigh_what_none_does_are_asked_about(mass: float, many: int) -> None:
    """A hundred live animals: 4.5 and 2,000 kg each are heads or tonnes in the wrong place, 20 and 450 kg are not."""
    goods = LIVE.goods[0].model_copy(update={"net_mass_kg": mass, "supplementary_unit": 100})
    found = [str(one) for one in amounts.doubts(LIVE.model_copy(update={"product": goods}), plots({"a/1": 2.0}), None)]

    assert sum("100 animals" in said for said in found) == many


def test_a_harvest_of_live_cattle_is_refused_in_carcass_weight(tmp_path: Path) -> None:
    """The documents of a harvest are read with it."""
    weighed(tmp_path, "canal")
    harvest = LIVE.model_copy(update={"deliveries": tmp_path / "entregas.csv"})

    with pytest.raises(ConfigError, match="does not fit the declared 0102 29"):
        dossier.read(harvest)


def test_live_cattle_goes_out_with_kilograms_and_heads() -> None:
    """HS 0102: both are asked for by the EU system, the heads as NAR."""
    goods = LIVE.goods[0].model_copy(update={"supplementary_unit": 100})
    day = dt.date(2026, 12, 30)

    assert [one.key for one in eu_goods.faults(LIVE.goods[0], "product", "cattle", "IMPORT", day)] == ["unit_needed"]
    assert list(eu_goods.faults(goods, "product", "cattle", "IMPORT", day)) == []
    assert (eu_goods.qualifier_of(goods, day), eu_goods.hs_heading("0102 29")) == ("NAR", "0102")
