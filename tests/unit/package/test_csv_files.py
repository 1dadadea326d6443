"""Tables as CSV: the bytes pandas would write, with text cleaned and disarmed."""

from pathlib import Path

import numpy as np
import pandas as pd

from eudr_check.package import csv_files
from eudr_check.text import clean

HOSTILE = ["=a", "b,c", 'd"e', "  \u00e9\n x ", "", None, "-1", "Rosa Quispe"]


def written(folder: Path, frame: pd.DataFrame) -> str:
    csv_files.write_csv(folder / "table.csv", frame)
    return (folder / "table.csv").read_text(encoding="utf-8")


def test_text_cannot_be_taken_for_a_formula_and_numbers_stay(tmp_path: Path) -> None:
    """Formulas get an apostrophe, commas quotes; a negative number is a number."""
    frame = pd.DataFrame({"name": pd.array(["=1+1", "a,\nb", None], "str"), "area_ha": [-1.5, 2.0, np.nan]})

    assert written(tmp_path, frame) == 'name,area_ha\n\'=1+1,-1.5\n"a, b",2.0\n,\n'


def test_every_kind_of_column_reads_as_pandas_writes_it(tmp_path: Path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    """Text, numbers of every size, whole numbers with gaps, booleans and mixtures, over several blocks of rows."""
    monkeypatch.setattr(csv_files, "ROWS", 97)
    random = np.random.default_rng(1)
    rows = 1000
    numbers = np.exp(random.normal(0, 15, rows)) * random.choice([-1, 1], rows)
    numbers[:12] = [0.0, -0.0, 1.0, 1e-4, 9.9e-5, 1e9, 123456789.0, 1e15, 1e16, 5e-324, np.inf, np.nan]
    mixed = np.array([1.5, None, "=x", ("a", "b"), np.nan, 3, True], dtype=object)
    frame = pd.DataFrame(
        {
            "a,b": pd.array(random.choice(np.array(HOSTILE, dtype=object), rows), "str"),
            "text": random.choice(np.array(HOSTILE, dtype=object), rows),
            "number": numbers,
            "rounded": np.round(random.random(rows), 8),
            "year": random.integers(-1, 2026, rows).astype("int16"),
            "planted": pd.array([None, 2001, 1999, 2010] * (rows // 4), "Int64"),
            "usable": random.random(rows) < 0.5,
            "mixed": mixed[random.integers(0, len(mixed), rows)],
        }
    )
    text = ["a,b", "text", "mixed"]
    safe = frame.assign(
        **{name: frame[name].map(lambda v: clean.cell(clean.clean(v)) if isinstance(v, str) else v) for name in text}
    )

    assert written(tmp_path, frame) == safe.to_csv(index=False, lineterminator="\n")
    assert written(tmp_path, frame.iloc[:0]) == frame.iloc[:0].to_csv(index=False, lineterminator="\n")
