"""Where names stand in a list of names."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray


def places(names: pd.Series | pd.Index, among: pd.Index | Sequence[str]) -> NDArray[np.int32]:
    """Position of each name among others, -1 where it is not one of them or missing.

    Asked of pandas, an index would keep a nation's keys as Python objects for as long as it is there.

    Args:
        names: texts, null among them.
        among: texts, each once.
    """
    known = pa.array(among, pa.large_string())
    found = pc.index_in(pa.array(names, pa.large_string(), from_pandas=True), value_set=known)
    where: NDArray[np.int32] = found.fill_null(-1).to_numpy()
    return where
