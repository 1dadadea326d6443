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
    values = rows[columns].astype("int64").to_numpy().tolist()
    for plot, footprint, hectares, row in zip(rows.index, rows["footprint"], rows["area_ha"], values, strict=True):
        lines[str(plot)].append(f"{footprint} {' '.join(map(str, row))} {hectares:.4f}")
    head = " ".join(columns)
    return {
        plot: hashlib.sha256("\n".join([head, *sorted(mine)]).encode()).hexdigest()[:DIGEST_LETTERS]
        for plot, mine in lines.items()
    }
