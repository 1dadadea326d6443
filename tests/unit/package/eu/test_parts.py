"""Statements keep the limits of the EU system, are cut along lots, and no gram is lost, invented or used twice."""

import datetime as dt

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from eudr_check.package.eu import consignment, geojson
from eudr_check.package.eu.orders import Orders, changed_since, orders
from eudr_check.package.eu.parts import Part, parts
from eudr_check.shipments import Filed, Line, Shipment, Shipments, Withheld, grams
from eudr_check.text import say
from eudr_check.trade import Product
from tests.helpers import package_tables as six

PRODUCT = Product(hs_code="090111", description="Green coffee", net_mass_kg=1000)
OPEN = Product(hs_code="090111", description="Green coffee")


def features(count: int, *, producers: int = 1, copies: int = 1) -> tuple[pd.DataFrame, gpd.GeoDataFrame]:
    shape = {f"c{i % producers:04}/{i:05}": shapely.box(0, 0, 0.001, 0.001) for i in range(count)}
    plots = six.plots(shape)
    frame = geojson.export(plots).features
    return frame.loc[np.repeat(frame.index, copies)].reset_index(drop=True), plots


def split(
    frame: pd.DataFrame,
    plots: gpd.GeoDataFrame,
    size: int,
    lots: pd.DataFrame | None = None,
    *,
    product: Product = OPEN,
    shipments: Shipments | None = None,
    filed: tuple[Filed, ...] = (),
) -> tuple[list[Part], Orders]:
    every = six.lots() if lots is None else lots
    accepted = every[every["status"] == "accepted"].reset_index(drop=True)
    refused = every[every["status"] != "accepted"].reset_index(drop=True)
    whole = consignment.Consignment(plots, pd.DataFrame(), accepted, refused)
    asked = orders("h", [product], whole, shipments, filed)
    made, told = parts("h", asked.ready, whole, frame, [size] * len(frame))
    return made, Orders(asked.ready, [*asked.withheld, *told])


def sentence(one: Withheld) -> str:
    return say("shipments", one.code, "en", **one.values)


def shipped(name: str, mass: float, **lots: float | None) -> Shipment:
    return Shipment(name, (Line(0, lots, mass, None),), "NL", None, "", "", "")


def test_statements_keep_the_byte_limit_and_lose_nothing() -> None:
    """Without lots, five plots of 10 MB make five statements that say their kilograms are estimated."""
    made, _ = split(*features(5, copies=2), size=5_000_000, product=PRODUCT)

    assert [len(part.rows) for part in made] == [2, 2, 2, 2, 2]
    assert sorted(row for part in made for row in part.rows) == list(range(10))
    assert sum(grams(part.net_mass_kg) for part in made) == 1_000_000
    assert all(part.estimated for part in made)


def test_statements_hold_at_most_a_thousand_producers() -> None:
    """2,100 producers need three statements."""
    frame, plots = features(2100, producers=2100)
    made, _ = split(frame, plots, size=100, product=PRODUCT)

    assert [frame["name"].iloc[part.rows].nunique() for part in made] == [1000, 1000, 100]


def test_all_accepted_lots_make_one_statement_with_their_own_kilograms() -> None:
    """Lots of 600.1 and 200.2 kg make one statement of 800.3 kg; a plot that fed both stands in it once."""
    frame, plots = features(3)
    lots = six.lots(("A", 600.1, "accepted", ["c0000/00000", "c0000/00001"]), ("B", 200.2, "accepted", ["c0000/00001"]))
    (only,), _ = split(frame, plots, 100, lots)

    assert (dict(only.lots), only.rows, only.net_mass_kg) == ({"A": 600.1, "B": 200.2}, [0, 1], 800.3)
    assert not only.estimated


def test_limits_cut_along_lots() -> None:
    """Three lots of one 10 MB plot each cannot share a statement: each goes alone, with the kilograms weighed."""
    frame, plots = features(3)
    lots = six.lots(*((f"L{i}", 100.5 + i, "accepted", [f"c0000/{i:05}"]) for i in range(3)))
    made, _ = split(frame, plots, 10_000_000, lots)

    assert [(part.lot, part.net_mass_kg, part.estimated) for part in made] == [
        ("L0", 100.5, False),
        ("L1", 101.5, False),
        ("L2", 102.5, False),
    ]
    assert [part.reference for part in made] == ["h.L0", "h.L1", "h.L2"]


def test_references_do_not_move_when_a_lot_is_added() -> None:
    """A shipment keeps its reference whatever is shipped before it, and two statements never share one."""
    frame, plots = features(3)
    lots = six.lots(*((f"L{i}", 100, "accepted", [f"c0000/{i:05}"]) for i in range(3)))
    one = Shipments((shipped("S1", 100, L1=None),))
    more = Shipments((shipped("S0", 50, L0=None), shipped("S1", 100, L1=None)))
    before, _ = split(frame, plots, 100, lots, shipments=one)
    after, _ = split(frame, plots, 100, lots, shipments=more)

    assert [part.reference for part in before] == ["h.S1"]
    assert [part.reference for part in after] == ["h.S0", "h.S1"]
    assert after[1].rows == before[0].rows


def test_what_was_filed_is_frozen() -> None:
    """A filed lot is in no new statement, even when more was delivered into it since."""
    frame, plots = features(2)
    filed = Filed("h.A", "26NL000000AQ2S", dt.date(2026, 11, 1), 500.0, None, {"A": 500.0})
    lots = six.lots(("A", 700, "accepted", ["c0000/00000"]), ("B", 200, "accepted", ["c0000/00001"]))
    (only,), told = split(frame, plots, 100, lots, filed=(filed,))

    assert (only.reference, only.lot, only.net_mass_kg) == ("h.B", "B", 200.0)
    assert "lot 'A': 500 kg were filed as 26NL000000AQ2S, and its kilograms or plots have changed" in sentence(
        told.withheld[0]
    )


@pytest.mark.parametrize("ships", [False, True])
@pytest.mark.parametrize("turn", range(3))
def test_the_rest_of_a_lot_that_was_cut_stays_declarable(ships: bool, turn: int) -> None:
    """One of three parts of a lot is filed: the two others are declared with the very plots and kilograms they had."""
    frame, plots = features(3)
    lots = six.lots(("A", 100.001, "accepted", list(plots.index)), ("B", 50, "accepted", ["c0000/00000"]))
    asked = Shipments((shipped("S1", 140, A=None, B=None),)) if ships else None
    before, _ = split(frame, plots, 10_000_000, lots, shipments=asked)
    done = next(part for part in before if part.rows == [turn] and "A" in part.lots)
    rest, told = split(frame, plots, 10_000_000, lots, shipments=asked, filed=(filed_as(done),))

    whole = {lot: grams(kg) for lot, kg in done.lots.items()}
    for part in rest:
        for lot, kg in part.lots.items():
            whole[lot] = whole.get(lot, 0) + grams(kg)
    assert whole == {"A": 100_001, "B": 50_000}
    assert sum(grams(part.net_mass_kg) for part in (done, *rest)) == (140_000 if ships else 150_001)
    assert sorted(row for part in rest if "A" in part.lots for row in part.rows if row != turn) == sorted(
        {0, 1, 2} - {turn}
    )
    assert [one.code for one in told.withheld] == ["part_filed"]
    assert "were filed as 26NL000000AQ2S; the " in sentence(told.withheld[0])


def test_a_lot_of_which_a_part_was_filed_and_that_changed_is_not_declared_further() -> None:
    """More was delivered into a lot of which a part is filed: what is left cannot be told, so it stays out by name."""
    frame, plots = features(3)
    held = six.lots(("A", 100, "accepted", list(plots.index)))
    before, _ = split(frame, plots, 10_000_000, held)
    grown = six.lots(("A", 120, "accepted", list(plots.index)), ("B", 50, "accepted", ["c0000/00000"]))
    rest, told = split(frame, plots, 10_000_000, grown, filed=(filed_as(before[1]),))

    assert [dict(part.lots) for part in rest] == [{"B": 50.0}]
    assert [one.code for one in told.withheld] == ["lot_changed"]


def test_a_shipment_that_changed_after_a_part_was_filed_is_not_declared_further() -> None:
    """The mass of a shipment is lowered after one of its two statements was filed: nothing more of it is written."""
    frame, plots = features(2)
    lots = six.lots(("A", 100, "accepted", ["c0000/00000"]), ("B", 100, "accepted", ["c0000/00001"]))
    before, _ = split(frame, plots, 10_000_000, lots, shipments=Shipments((shipped("S1", 180, A=None, B=None),)))
    less = Shipments((shipped("S1", 170, A=None, B=None),))
    rest, told = split(frame, plots, 10_000_000, lots, shipments=less, filed=(filed_as(before[0]),))

    assert [part.net_mass_kg for part in before] == [90.0, 90.0]
    assert rest == []
    assert [one.code for one in told.withheld] == ["rest_changed"]


def test_a_filed_lot_that_is_refused_now_is_named() -> None:
    """A plot of a filed lot turns out to be deforested: the statement must be amended, and a sentence says so."""
    frame, plots = features(2)
    filed = Filed("h.A", "26NL000000AQ2S", dt.date(2026, 11, 1), 500.0, None, {"A": 500.0})
    lots = six.lots(("A", 500, "refused", ["c0000/00000"]), ("B", 200, "accepted", ["c0000/00001"]))
    (only,), told = split(frame, plots, 100, lots, filed=(filed,))

    assert only.reference == "h.B"
    assert sentence(told.withheld[0]).startswith("lot 'A' was filed as 26NL000000AQ2S and is refused now (unsettled")


def test_filed_shipment_is_not_written_again_and_a_change_is_told() -> None:
    """The file now asks for another mass of a filed shipment: nothing of it is written, and a sentence says so."""
    frame, plots = features(1)
    filed = Filed("h.S1", "26NL000000AQ2S", dt.date(2026, 11, 1), 90.0, "S1", {"A": 100.0})
    lots = six.lots(("A", 100, "accepted", ["c0000/00000"]))
    asked = Shipments((shipped("S1", 100, A=None),))
    made, _ = split(frame, plots, 100, lots, shipments=asked, filed=(filed,))

    assert made == []
    assert "was filed on 2026-11-01 as 26NL000000AQ2S with 90 kg" in sentence(changed_since("h", asked, (filed,))[0])


def test_kilograms_that_were_filed_are_used_once() -> None:
    """Of a lot of 100 kg 60 were filed: a new shipment may take 40 of it, not 50."""
    frame, plots = features(1)
    filed = Filed("h.S1", "26NL000000AQ2S", dt.date(2026, 11, 1), 60.0, "S1", {"A": 60.0})
    lots = six.lots(("A", 100, "accepted", ["c0000/00000"]))
    fits, _ = split(frame, plots, 100, lots, shipments=Shipments((shipped("S2", 40, A=40.0),)), filed=(filed,))
    over, asked = split(frame, plots, 100, lots, shipments=Shipments((shipped("S2", 50, A=50.0),)), filed=(filed,))

    assert [part.net_mass_kg for part in fits] == [40.0]
    assert over == []
    assert "shipment 'S2': 50 kg of lot 'A', of which 40 kg are left" in sentence(asked.withheld[0])


def test_shipment_of_a_refused_lot_is_refused_by_name_and_others_are_written() -> None:
    """One shipment names a refused lot; the other one still becomes a statement."""
    frame, plots = features(2)
    lots = six.lots(("A", 100, "accepted", ["c0000/00000"]), ("B", 100, "refused", ["c0000/00001"]))
    asked = Shipments(
        (shipped("S1", 100, A=None), shipped("S2", 100, B=None)),
        {"S3": Withheld("lots_empty", {"place": "row 4", "name": "S3"})},
    )
    made, told = split(frame, plots, 100, lots, shipments=asked)

    assert [part.reference for part in made] == ["h.S1"]
    assert sentence(told.withheld[0]).startswith("row 4: shipment 'S3'")
    assert sentence(told.withheld[1]).startswith("shipment 'S2': lot 'B' is refused (unsettled_plot)")


@pytest.mark.parametrize("block", [0, 1, *(pytest.param(more, marks=pytest.mark.faults) for more in range(2, 10))])
def test_a_thousand_seasons_add_up_to_the_gram(block: int) -> None:
    """Kilograms over statements are those of the lots they declare, with and without shipments, filed or not."""
    frame, plots = features(12, producers=3)
    keys = list(plots.index)
    for seed in range(100 * block, 100 * block + 100):
        random = np.random.default_rng(seed)
        masses = np.round(random.uniform(0.001, 5000, random.integers(1, 9)), 3) / random.choice([1.0, 1.25, 5.6])
        rows = [
            (f"L{i}", float(kg), "accepted", list(random.choice(keys, random.integers(1, 5), replace=False)))
            for i, kg in enumerate(masses)
        ]
        lots = six.lots(*rows)
        size = int(random.choice([100, 3_000_000, 8_000_000, 17_000_000]))
        made, _ = split(frame, plots, size, lots)
        held = {lot: grams(kg) for lot, kg in zip(lots["lot"], lots["kg_green"], strict=True)}
        declared = dict.fromkeys(held, 0)
        for part in made:
            for lot, kg in part.lots.items():
                declared[lot] += grams(kg)
        assert declared == held, seed
        assert sum(grams(part.net_mass_kg) for part in made) == sum(held.values()), seed
        assert len({part.reference for part in made}) == len(made), seed
        shares = random.integers(0, 1001, len(masses))
        wanted = [
            Shipments(
                tuple(
                    shipped(f"S{turn}-{i}", taken / 1000, **{f"L{i}": taken / 1000})
                    for i, share in enumerate(shares)
                    for turn, taken in enumerate(
                        (held[f"L{i}"] * int(share) // 1000, held[f"L{i}"] - held[f"L{i}"] * int(share) // 1000)
                    )
                    if taken
                )
            )
        ][0]
        sent, told = split(frame, plots, size, lots, shipments=wanted)
        assert told.withheld == [], seed
        assert sum(grams(part.net_mass_kg) for part in sent) == sum(held.values()), seed
        for before, asked in ((made, None), (sent, wanted)):
            done = tuple(filed_as(part) for part in before if random.integers(2))
            rest, told = split(frame, plots, size, lots, shipments=asked, filed=done)
            assert {one.code for one in told.withheld} <= {"part_filed"}, seed
            assert sum(grams(one.net_mass_kg) for one in (*done, *rest)) == sum(held.values()), seed
            assert not {one.reference for one in done} & {part.reference for part in rest}, seed


def filed_as(part: Part) -> Filed:
    """A statement with a number of the EU system."""
    name = None if part.shipment is None else part.shipment.name
    return Filed(part.reference, "26NL000000AQ2S", dt.date(2026, 11, 1), part.net_mass_kg, name, part.lots)


def test_folders_are_told_from_one_another_by_more_than_large_letters() -> None:
    """Shipments `a1` and `A1` have folders of their own on Windows too; `A1.` and `A1` have references of their own."""
    frame, plots = features(3)
    lots = six.lots(*((f"L{i}", 100, "accepted", [f"c0000/{i:05}"]) for i in range(3)))
    asked = Shipments((shipped("a1", 100, L0=None), shipped("A1", 100, L1=None), shipped("A1.", 100, L2=None)))
    made, _ = split(frame, plots, 100, lots, shipments=asked)

    assert len({part.folder.casefold() for part in made}) == 3
    assert [part.folder[:12] for part in made] == ["statement-a1", "statement-A1", "statement-A1"]
