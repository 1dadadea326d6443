"""Producers that stand in one delivery with data that contradict each other."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from eudr_check.plots.findings import FindingCollector
from eudr_check.plots.read.join import Rows

_NAMED = 5


def check(rows: Rows, log: FindingCollector) -> None:
    """Report producers of one cooperative who have several countries, several documents, or a document of two names.

    Names and documents are personal data and stay out of the findings; the plots tell which they are.
    """
    table = rows.table
    if table[["producer_country", "producer_id"]].isna().all(axis=None):
        return
    plot = table["plot_id"].where(rows.identified, None).to_numpy(dtype=object)
    names = table["producer_name"].map(lambda name: " ".join(name.lower().split()), na_action="ignore")
    documents = table["producer_id"]
    _conflicts(table["cooperative"], names, table["producer_country"], "producer_country", plot, log)
    _conflicts(table["cooperative"], names, documents, "producer_id", plot, log)
    _conflicts(table["cooperative"], documents, names, "producer_name", plot, log)


def _conflicts(
    cooperative: pd.Series,
    who: pd.Series,
    what: pd.Series,
    field: str,
    plot: NDArray[np.object_],
    log: FindingCollector,
) -> None:
    """Report rows of a producer (`who`) at whose other rows another value (`what`) stands."""
    frame = pd.DataFrame({"cooperative": cooperative, "who": who, "what": what, "plot": plot}).dropna(
        subset=["who", "what"]
    )
    if frame.empty:
        return
    several = frame.groupby(["cooperative", "who"])["what"].transform("nunique") > 1
    for _, group in frame[several].groupby(["cooperative", "who"]):
        for value, mine in group.groupby("what"):
            others = group.loc[(group["what"] != value) & group["plot"].notna(), "plot"]
            listed = ", ".join(str(name) for name in others.iloc[:_NAMED]) or "-"
            log.row("producer_conflict", mine.index.to_numpy(), field=field, others=listed)
