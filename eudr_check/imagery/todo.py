"""The reviewer's table with everything filled in that a machine may fill in; decisions are left to people."""

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd


def todo(
    assessments: pd.DataFrame,
    looks: pd.DataFrame,
    digests: Mapping[str, str],
    columns: Sequence[str],
    not_asked: Iterable[str],
) -> pd.DataFrame:
    """One row per plot that has looks and is not settled, in the columns of reviews.csv.

    Args:
        assessments: ASSESSMENTS.
        looks: LOOKS.
        digests: evidence digest by plot.
        columns: of reviews.csv; decision, grounds, names and date stay empty.
        not_asked: reason codes that no review answers.

    Returns:
        Text columns; `imagery` as reviews.csv wants it, ITEM=DATE separated by semicolons.
    """
    silent = set(not_asked)
    rows = []
    for plot in dict.fromkeys(looks.index):
        row = assessments.loc[plot]
        if row["final_outcome"] in ("low", "cleared_by_review"):
            continue
        mine = looks.loc[[plot]]
        seen = mine[mine["date"].notna()].sort_values("date", kind="stable")
        dated = dict.fromkeys(f"{item}={date}" for item, date in zip(seen["item_id"], seen["date"], strict=True))
        rows.append(
            dict.fromkeys(columns, "")
            | {
                "review": f"todo {plot}",
                "plots": plot,
                "reason": " ".join(code for code in str(row["reasons"]).split() if code not in silent),
                "imagery": "; ".join(dated),
                "evidence_digest": digests[plot],
            }
        )
    return pd.DataFrame(rows, columns=list(columns), dtype="str")
