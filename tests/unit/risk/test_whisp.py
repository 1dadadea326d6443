"""Whisp's trees against an independent writing of its decision tables, in every combination."""

from itertools import product

import numpy as np
import pandas as pd
import pytest

from eudr_check.errors import PolicyError
from eudr_check.risk.policy import Whisp, policy
from eudr_check.risk.whisp import trees

NAMES = [f"ind_{number:02d}" for number in range(1, 12)]
ALL_COMBINATIONS = pd.DataFrame(list(product([False, True], repeat=11)), columns=NAMES).astype("boolean")


def by_hand_pcrop(yes: dict[int, bool]) -> str:
    """Low unless it looked like forest, no crop explains it and nothing happened before; then loss decides."""
    if yes[1] and not yes[2] and not yes[3]:
        return "high" if yes[4] else "more_info_needed"
    return "low"


def by_hand_acrop(yes: dict[int, bool]) -> str:
    """The same without disturbance before 2020."""
    if yes[1] and not yes[2]:
        return "high" if yes[4] else "more_info_needed"
    return "low"


def by_hand_timber(yes: dict[int, bool]) -> str:
    """Written from the nine rows, gathered by whether agriculture followed."""
    natural = yes[5] or yes[6]
    if yes[2]:
        return "low"
    if yes[7]:
        # Planted forest: agriculture afterwards is the only thing that matters.
        return "high" if yes[10] else "low"
    if not natural:
        return "low"
    if yes[10] or yes[8]:
        return "high"
    if yes[9] or yes[11]:
        return "low"
    return "more_info_needed"


TREES = {
    "pcrop": (trees.risk_pcrop, by_hand_pcrop, (1, 2, 3, 4)),
    "acrop": (trees.risk_acrop, by_hand_acrop, (1, 2, 4)),
    "timber": (trees.risk_timber, by_hand_timber, (2, 5, 6, 7, 8, 9, 10, 11)),
}


@pytest.mark.parametrize("name", TREES)
def test_all_2048_combinations(name: str) -> None:
    """With all indicators known the tree agrees with the decision table."""
    decide, by_hand, _ = TREES[name]
    expected = [by_hand(dict(enumerate(row, start=1))) for row in ALL_COMBINATIONS.astype(bool).itertuples(index=False)]

    assert decide(ALL_COMBINATIONS).tolist() == expected
    assert len(expected) == 2048


@pytest.mark.parametrize("name", TREES)
def test_unknowns_answer_only_what_every_completion_says(name: str) -> None:
    """Every combination of no, yes and unknown of the indicators the tree uses, against all its completions."""
    decide, by_hand, used = TREES[name]
    combinations = list(product([False, True, None], repeat=len(used)))
    frame = pd.DataFrame([[None] * 11] * len(combinations), columns=NAMES).astype("boolean")
    frame[[NAMES[number - 1] for number in used]] = pd.DataFrame(combinations).astype("boolean").to_numpy()
    frame = frame.astype("boolean")
    expected = []
    for combination in combinations:
        answers = set()
        for completion in product(*[(value,) if value is not None else (False, True) for value in combination]):
            yes = dict.fromkeys(range(1, 12), False) | dict(zip(used, completion, strict=True))
            answers.add(by_hand(yes))
        expected.append(answers.pop() if len(answers) == 1 else "undetermined")

    assert decide(frame).tolist() == expected


SEPTEMBER = trees.USED["timber_2026_09"]


def by_hand_september(yes: dict[str, bool]) -> str:
    """Whisp's tree for wood of September, written from its rules: what forest of 2020 became."""
    natural = yes["ind_05"] or yes["ind_06"] or yes["ind_07a"]
    still_primary = yes["ind_05"] and not yes["ind_04"]
    if not natural and not yes["ind_07b"]:
        return "low"
    if yes["ind_02"] or (yes["ind_07b"] and not yes["ind_10"]):
        return "low"
    if yes["ind_10"]:
        return "high"
    if yes["ind_08a"] or yes["ind_08b"]:
        return "high"
    if still_primary or yes["ind_09"] or yes["ind_11"]:
        return "low"
    return "high" if yes["ind_04"] else "more_info_needed"


def test_the_newest_tree_for_wood_in_all_combinations() -> None:
    """4,096 with all indicators known, by an independent writing; each of the ten rows answers somewhere."""
    combinations = list(product([False, True], repeat=len(SEPTEMBER)))
    frame = pd.DataFrame(combinations, columns=list(SEPTEMBER)).astype("boolean")
    expected = [by_hand_september(dict(zip(SEPTEMBER, row, strict=True))) for row in combinations]

    assert trees.decide("timber_2026_09", frame).tolist() == expected
    assert len(expected) == 4096
    assert set(trees.path("timber_2026_09", frame)) == set(range(1, 11))


ROWS_OF_SEPTEMBER = {
    1: ({"ind_13"}, "low"),
    2: ({"ind_02", "ind_05", "ind_10"}, "low"),
    3: ({"ind_07b", "ind_06"}, "low"),
    4: ({"ind_07b", "ind_10"}, "high"),
    5: ({"ind_06", "ind_08b", "ind_09"}, "high"),
    6: ({"ind_05", "ind_04"}, "high"),
    7: ({"ind_06", "ind_04", "ind_11"}, "low"),
    8: ({"ind_05"}, "low"),
    9: ({"ind_07a"}, "more_info_needed"),
    10: (set(), "low"),
}


@pytest.mark.parametrize("row", ROWS_OF_SEPTEMBER)
def test_every_row_of_the_newest_tree_for_wood(row: int) -> None:
    """What is yes, which row answers, and what."""
    yes, answer = ROWS_OF_SEPTEMBER[row]
    frame = pd.DataFrame([{name: name in yes for name in SEPTEMBER}]).astype("boolean")

    assert (trees.path("timber_2026_09", frame)[0], trees.decide("timber_2026_09", frame).iloc[0]) == (row, answer)


def test_unknowns_of_the_newest_tree_answer_only_what_every_completion_says() -> None:
    """A thousand combinations of no, yes and unknown with up to six unknowns, against all their completions."""
    random = np.random.default_rng(5)
    drawn = random.integers(0, 2, (1000, len(SEPTEMBER))).astype(object).astype(bool).astype(object)
    for row in drawn:
        row[random.choice(len(SEPTEMBER), random.integers(1, 7), replace=False)] = None
    frame = pd.DataFrame(drawn, columns=list(SEPTEMBER)).astype("boolean")
    expected = []
    for row in drawn:
        free = [(False, True) if value is None else (value,) for value in row]
        answers = {by_hand_september(dict(zip(SEPTEMBER, choice, strict=True))) for choice in product(*free)}
        expected.append(answers.pop() if len(answers) == 1 else "undetermined")

    assert trees.decide("timber_2026_09", frame).tolist() == expected


@pytest.mark.parametrize("name", ["whisp_timber@2026-09", "whisp_cattle@2026-09"])
def test_the_newest_policies_leave_open_what_no_layer_tells(name: str) -> None:
    """Every indicator of the tree has its columns in the policy, and each column is read or its lack is explained."""
    found = policy(name)

    assert isinstance(found, Whisp)
    assert set(trees.USED[found.tree]) <= set(found.columns)
    named = {column for group in found.columns.values() for column in group}
    assert {column for column in named - set(found.evidence) if not column.startswith("ForTy")} <= set(found.left_out)


def test_rows_of_the_tree_are_named() -> None:
    """The path through the tree is the first matching row; 0 where it is not known."""
    frame = pd.DataFrame({"ind_01": [False, True, True], "ind_02": [None, True, None], "ind_03": False, "ind_04": True})
    frame = frame.astype("boolean")

    assert trees.path("pcrop", frame).tolist() == [1, 2, 0]


def test_index_is_kept_and_plain_booleans_are_taken() -> None:
    """Answers belong to the plots they came from."""
    frame = pd.DataFrame({name: [True] for name in NAMES}, index=["coop/7"])

    assert trees.risk_acrop(frame).to_dict() == {"coop/7": "low"}


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (pd.DataFrame({"ind_01": [True]}), "needs column ind_02"),
        (pd.DataFrame({name: ["yes"] for name in NAMES}), "ind_01 is"),
    ],
)
def test_wrong_indicators_are_named(frame: pd.DataFrame, words: str) -> None:
    """An absent or textual indicator is an error, never a no."""
    with pytest.raises(PolicyError, match=words):
        trees.risk_pcrop(frame)


def statistics(**columns: list[float]) -> pd.DataFrame:
    """A table of all Whisp columns that count, zero unless given."""
    rows = len(next(iter(columns.values())))
    names = {name for group in trees.COLUMNS.values() for name in group}
    return pd.DataFrame({name: columns.get(name, [0.0] * rows) for name in sorted(names)}, dtype=float)


def test_indicator_is_strictly_greater() -> None:
    """Exactly 10 % is no; a hair more is yes; columns are never summed."""
    table = statistics(EUFO_2020=[1.0, 1.0001, 0.9], TMF_undist=[0.0, 0.0, 0.9])

    assert trees.indicators(table, pd.Series([10.0] * 3))["ind_01"].tolist() == [False, True, False]


def test_points_and_zero_areas() -> None:
    """Any value above 0 is yes at a point, and where the area is 0."""
    table = statistics(EUFO_2020=[0.001, 0.001, 0.0])
    found = trees.indicators(table, pd.Series([10.0, 0.0, 10.0]), points=pd.Series([True, False, True]))

    assert found["ind_01"].tolist() == [True, True, False]


def test_threshold_per_indicator() -> None:
    """One threshold may differ; the others stay at 10 %. At 100 nothing fires, since shares stop there."""
    table = statistics(EUFO_2020=[2.0], RADD_after_2020=[2.0])
    area = pd.Series([10.0])

    assert trees.indicators(table, area, {"ind_04": 30})[["ind_01", "ind_04"]].to_numpy().tolist() == [[True, False]]
    assert not trees.indicators(statistics(EUFO_2020=[99.0]), area, 100)["ind_01"].any()


@pytest.mark.parametrize("thresholds", [101.0, -1.0, {"ind_12": 5.0}])
def test_impossible_thresholds(thresholds: float | dict[str, float]) -> None:
    """Outside 0..100, or of an indicator that does not exist."""
    with pytest.raises(PolicyError, match="threshold"):
        trees.indicators(statistics(EUFO_2020=[0.0]), pd.Series([1.0]), thresholds)


def test_missing_values_are_unknown_not_no() -> None:
    """Where Whisp reads NaN as no, we answer only if another column settles it."""
    table = statistics(EUFO_2020=[np.nan, np.nan, 0.0], TMF_undist=[0.0, 5.0, 0.0])
    found = trees.indicators(table, pd.Series([10.0, 10.0, np.nan]))

    assert found["ind_01"].isna().tolist() == [True, False, True]
    assert found["ind_01"].iloc[1]
    assert trees.indicators(table.drop(columns="GLAD_Primary"), pd.Series([10.0] * 3))["ind_01"].isna().tolist() == [
        True,
        False,
        True,
    ]


def test_unread_ground_may_hold_anything() -> None:
    """0.9 ha seen and 0.2 ha unread of 10 ha may exceed 10 %."""
    table = statistics(EUFO_2020=[0.9, 0.9, 1.1])
    unread = pd.DataFrame({"EUFO_2020": [0.05, 0.2, 0.2]})
    found = trees.indicators(table, pd.Series([10.0] * 3), unknown_ha=unread)["ind_01"]

    assert found.isna().tolist() == [False, True, False]
    assert found.fillna(False).tolist() == [False, False, True]


def test_indicator_08_never_fires() -> None:
    """Whisp lists no column for it."""
    assert not trees.indicators(statistics(EUFO_2020=[9.0]), pd.Series([10.0]))["ind_08"].any()


def test_the_soya_case() -> None:
    """110 ha of soya in 1,000 ha make Whisp say low while 400 ha of forest were cleared."""
    table = statistics(EUFO_2020=[500.0], Soy_Song_2020=[110.0], GFC_loss_after_2020=[400.0])
    found = trees.indicators(table, pd.Series([1000.0]))

    assert trees.risk_acrop(found).tolist() == ["low"]
