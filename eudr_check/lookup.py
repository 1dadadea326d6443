"""Which rows of a long table hold one of a few texts; pandas takes ten times as long as Arrow to say so."""

from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray


def among(texts: pd.Series | pd.Index, known: Iterable[str]) -> NDArray[np.bool_]:
    """Whether each text is one of those known, bool (n,); a missing text is none of them.

    >>> among(pd.Series(["a", None, "b"], dtype="str"), ["b", "c"]).tolist()
    [False, False, True]
    """
    import pyarrow as pa  # late: commands that read no table load no Arrow
    import pyarrow.compute as pc

    found = pc.is_in(pa.array(texts, pa.string()), value_set=pa.array(list(known), pa.string()))
    held: NDArray[np.bool_] = found.to_numpy(zero_copy_only=False)
    return held
