"""Kinds of columns that the tables are made of."""

import numpy as np
import pandas as pd
import pandera.pandas as pa

STR = pd.StringDtype(na_value=np.nan)
NOT_NEGATIVE = pa.Check.ge(0)


def text(description: str, *, nullable: bool = False, among: tuple[str, ...] | None = None) -> pa.Column:
    """Text; `among`: the only values."""
    return pa.Column(STR, pa.Check.isin(among) if among else None, nullable=nullable, description=description)


def hectares(description: str, *, nullable: bool = False) -> pa.Column:
    """float64 hectares, not negative."""
    return pa.Column("float64", NOT_NEGATIVE, nullable=nullable, description=description)


def number(description: str, *, nullable: bool = False) -> pa.Column:
    """float64."""
    return pa.Column("float64", nullable=nullable, description=description)


PLOT_INDEX = pa.Index(STR, name="plot", unique=True, description="`cooperative/plot_id`, unique in the harvest")
PLOT_REPEATED = pa.Index(STR, name="plot", description="plot the row belongs to")
