"""Tables as CSV that a spreadsheet opens without harm, column by column: millions of rows in seconds.

The bytes are those of `DataFrame.to_csv`, which takes five times as long: 2.7 s against 0.5 s of processor time for
400,000 rows of EVIDENCE, cleaning included.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from eudr_check.package.names import cell, clean

ROWS = 100_000
"""Rows held as text at once."""


def write_csv(path: Path, frame: pd.DataFrame) -> None:
    """Write a table (without its index) as CSV in UTF-8; text is cleaned, and none of it can be taken for a formula."""
    with path.open("wb") as stream:
        stream.write((",".join(_quoted(str(name)) for name in frame.columns) + "\n").encode())
        for start in range(0, len(frame), ROWS):
            rows = frame.iloc[start : start + ROWS]
            fields = [pc.fill_null(_texts(rows.iloc[:, place]), "") for place in range(frame.shape[1])]
            lines = pc.binary_join_element_wise(*fields, ",")
            stream.write(pc.binary_join(pa.ListArray.from_arrays([0, len(rows)], lines), "\n")[0].as_buffer())
            stream.write(b"\n")


def _texts(values: pd.Series) -> pa.Array:
    """The fields of a column; null where it has no value."""
    if pd.api.types.is_bool_dtype(values.dtype):
        return pc.if_else(pa.array(values), "True", "False")
    if pd.api.types.is_integer_dtype(values.dtype):
        return pc.cast(pa.array(values), pa.string())
    if values.dtype == np.float64:
        return _decimals(values.to_numpy())
    distinct, number = _distinct(values)
    return pa.array([_field(value) for value in distinct], pa.string()).take(pa.array(number, mask=number < 0))


def _distinct(values: pd.Series) -> tuple[Iterable[Any], np.ndarray[Any, np.dtype[np.int64]]]:
    """Different values of a text column and which of them each row holds, -1 for none; of other columns every value."""
    if isinstance(values.dtype, pd.StringDtype):
        number, distinct = pd.factorize(values)
        return distinct, number
    missing = values.isna().to_numpy()
    return values, np.where(missing, -1, np.arange(len(values)))


def _field(value: Any) -> str:
    return _quoted(cell(clean(value)) if isinstance(value, str) else str(value))


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if "," in text or '"' in text else text


def _decimals(values: np.ndarray[Any, np.dtype[np.float64]]) -> pa.Array:
    """The shortest decimals that give each number back, as `repr` writes them.

    Arrow finds the same digits in a seventh of the time and writes them alike but for whole numbers (`0` for `0.0`) and
    those that `repr` writes with an exponent.
    """
    size = np.abs(values)
    alike = (size >= 1e-4) & (size < 1e9) & (values != np.rint(values))
    # As bits, so that -0.0 and 0.0 stay two numbers.
    number, distinct = pd.factorize(values[~alike].view(np.int64))
    others = ["" if np.isnan(value) else repr(value) for value in distinct.view(np.float64).tolist()]
    texts = pc.cast(pa.array(values), pa.string())
    return pc.replace_with_mask(texts, pa.array(~alike), pa.array(others, pa.string()).take(pa.array(number)))
