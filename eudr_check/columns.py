"""Kinds of columns that the tables are made of."""

from collections.abc import Iterable

import numpy as np
import pandas as pd
import pandera.pandas as pa
from pandera.dtypes import DataType
from pandera.engines.pandas_engine import STRING

STR = pd.StringDtype(na_value=np.nan)


class _Text(STRING):
    """Text of the one kind that tables hold, known by its dtype alone.

    pandera answers for every row by itself, and makes a table of those that are not text, of none as well: more than
    half of the time that a small table is looked at.
    """

    def check(
        self, pandera_dtype: DataType, data_container: pd.Series | pd.DataFrame | None = None
    ) -> bool | Iterable[bool]:
        if isinstance(pandera_dtype, STRING) and pandera_dtype.type == self.type:
            return True
        return super().check(pandera_dtype, data_container)


TEXT = _Text.from_parametrized_dtype(STR)
NOT_NEGATIVE = pa.Check.ge(0)


def text(description: str, *, nullable: bool = False, among: tuple[str, ...] | None = None) -> pa.Column:
    """Text; `among`: the only values."""
    return pa.Column(TEXT, pa.Check.isin(among) if among else None, nullable=nullable, description=description)


def hectares(description: str, *, nullable: bool = False) -> pa.Column:
    """float64 hectares, not negative."""
    return pa.Column("float64", NOT_NEGATIVE, nullable=nullable, description=description)


def number(description: str, *, nullable: bool = False) -> pa.Column:
    """float64."""
    return pa.Column("float64", nullable=nullable, description=description)


PLOT_INDEX = pa.Index(TEXT, name="plot", unique=True, description="`cooperative/plot_id`, unique in the harvest")
PLOT_REPEATED = pa.Index(TEXT, name="plot", description="plot the row belongs to")
