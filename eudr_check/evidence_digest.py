"""The evidence under a decision, named by its content: when it changes, a review made on it is stale."""

import hashlib
from collections.abc import Iterable

import pandas as pd

DIGEST_LETTERS = 16


def evidence_digest(evidence: pd.DataFrame, plots: Iterable[str]) -> dict[str, str]:
    """Short SHA-256 of the evidence of plots: layer columns, values and hectares to the square metre."""
    wanted = sorted(set(plots))
    columns = sorted(name for name in evidence.columns if "." in name)
    rows = evidence[evidence.index.isin(wanted)]
    rows = rows[rows["area_ha"] >= 0.00005]
    found = {}
    of_plot = {str(plot): part for plot, part in rows.groupby(rows.index, sort=False)}
    for plot in wanted:
        part = of_plot.get(plot, rows.iloc[:0])
        lines = sorted(
            f"{row[0]} {' '.join(str(int(value)) for value in row[2:])} {row[1]:.4f}"
            for row in part[["footprint", "area_ha", *columns]].itertuples(index=False, name=None)
        )
        text = "\n".join([" ".join(columns), *lines])
        found[plot] = hashlib.sha256(text.encode()).hexdigest()[:DIGEST_LETTERS]
    return found
