"""Steps done one after another, as tests and scripts do them."""

import pytest

from eudr_check.steps import Call, Step, at_once, in_turn, one_by_one


def test_a_call_is_done_here() -> None:
    """What could run in a process of its own is an ordinary function with its arguments."""
    seen: list[int] = []

    def note(number: int) -> None:
        seen.append(number)

    steps = [
        Step("gis", lambda made: Call(note, {"number": made["tables"]}, "x.gpkg", 1), ("tables",)),
        Step("tables", lambda made: 7),
    ]
    in_turn(steps)

    assert seen == [7]


def test_steps_in_a_circle_are_refused() -> None:
    """Nothing is done where each waits for the other."""
    with pytest.raises(ValueError, match="cycle"):
        in_turn([Step("a", lambda made: 1, ("b",)), Step("b", lambda made: 1, ("a",))])


def test_one_by_one_is_lazy() -> None:
    """Items are taken as answers are."""
    items = iter([1, 2])

    assert next(one_by_one(str, items)) == "1" and next(items) == 2


def test_at_once_is_done_when_it_returns() -> None:
    """For a map whose answers are asked for later, or never."""
    seen: list[int] = []
    answers = at_once(seen.append, [1, 2])

    assert seen == [1, 2]
    assert list(answers) == [None, None]
