"""The data of the page as text: the same as `json.dumps` makes of lists, whatever the size of the pieces."""

import json

import numpy as np
import pandas as pd
import pytest

from eudr_check.package.report import pieces
from eudr_check.package.report.pieces import Items, Keyed, Members, encoded
from eudr_check.package.report.places import places

FLOATS = [0.0, -0.0, 1.0, 0.0001, 2.5, 1234567.8901, 12345678901.0, 1e-5, 1e17, 100.0, float("nan"), 0.1 + 0.2]


def plain(content: object) -> str:
    """As the page has written it ever since: lists by Python's own JSON."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


@pytest.mark.parametrize("size", [1, 2, 5, 1 << 14])
def test_pieces_are_one_document(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    """Arrays, rows and what is made as it is written come out as lists and objects do."""
    monkeypatch.setattr(pieces, "PIECE", size)
    rows = np.array([[1.0, 0.25, float("nan")], [0.0, 3.0, 4.5], [0.0001, 2.0, 9.75]])
    listed = [[1.0, 0.25, None], [0.0, 3.0, 4.5], [0.0001, 2.0, 9.75]]
    content = {
        "ints": np.array([3, -1, 0, 12], np.int32),
        "floats": np.array(FLOATS),
        "none": np.empty(0),
        "rows": rows,
        "keyed": Keyed(np.array([7, 8, 30]), rows),
        "items": Items(iter([{"a": 1}, None, "ñ", 4, 5, 6])),
        "members": Members((str(number), [number]) for number in range(7)),
        "no members": Members(()),
        "names": ["Rosa", None, "x", "y", "z", "w"],
        "deep": {"es": {"one": True}},
    }
    wanted = content | {
        "ints": [3, -1, 0, 12],
        "floats": [None if value != value else value for value in FLOATS],
        "none": [],
        "rows": listed,
        "keyed": dict(zip(("7", "8", "30"), listed, strict=True)),
        "items": [{"a": 1}, None, "ñ", 4, 5, 6],
        "members": {str(number): [number] for number in range(7)},
        "no members": {},
    }

    assert "".join(encoded(content)) == plain(wanted)


def test_nothing_in_it_can_end_the_script() -> None:
    """Markup and line separators of JavaScript are escaped wherever a text stands."""
    nasty = "</script>\u2028\u2029"
    text = "".join(encoded({nasty: [nasty] * 3, "members": Members([(nasty, nasty)]), "items": Items([nasty])}))

    assert not {"<", "\u2028", "\u2029"} & set(text)
    assert json.loads(text)["items"] == [nasty]


def test_what_is_no_number_of_json_is_refused() -> None:
    """An infinite number would make a page that no browser reads."""
    with pytest.raises(ValueError, match="not JSON compliant"):
        "".join(encoded(np.array([1.0, np.inf])))


def test_places_of_names() -> None:
    """Names that are missing, or not among the others, have none."""
    names = pd.Series(["b", None, "x", "a"], dtype="str")

    assert places(names, pd.Index(["a", "b"])).tolist() == [1, -1, -1, 0]
    assert places(names.astype(object), ["x"]).tolist() == [-1, -1, 0, -1]
    assert places(pd.Series([], dtype=object), pd.Index([], dtype=object)).tolist() == []
