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
    lines: dict[str, list[str]] = {plot: [] for plot in wanted}
    values = map(tuple, rows[columns].astype("int64").to_numpy().tolist())
    said: dict[tuple[int, ...], str] = {}
    named = (rows.index.tolist(), rows["footprint"].tolist(), rows["area_ha"].tolist())
    for plot, footprint, hectares, row in zip(*named, values, strict=True):
        # A nation has millions of rows, and a few hundred things that layers say together.
        if row not in said:
            said[row] = " ".join(map(str, row))
        lines[str(plot)].append(f"{footprint} {said[row]} {hectares:.4f}")
    head = " ".join(columns)
    return {
        plot: hashlib.sha256("\n".join([head, *sorted(mine)]).encode()).hexdigest()[:DIGEST_LETTERS]
        for plot, mine in lines.items()
    }
