"""The findings of one load: collected column-wise while the checks run, made into FINDINGS at the end."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from eudr_check import tables, text
from eudr_check.plots.thresholds import codes, severity
from eudr_check.typing import Ints

_KNOWN = ["plot", "cooperative", "source_file", "source_row", "source_place", "file_order"]
"""What a finding of a row takes over from it."""


class FindingCollector:
    """Findings by row of the joined rows, and by file."""

    def __init__(self) -> None:
        self._rows: list[pd.DataFrame] = []
        self._files: list[dict[str, Any]] = []
        self.blocked_rows: set[int] = set()

    def row(
        self,
        code: str,
        rows: ArrayLike,
        /,
        *,
        at: ArrayLike | None = None,
        fix: str | None = None,
        before_ha: ArrayLike | None = None,
        after_ha: ArrayLike | None = None,
        **details: object,
    ) -> None:
        """One finding for each of `rows`.

        Args:
            code: code of `checks.yaml`.
            rows: int (k,) positions in the joined rows.
            at: float (k, 2) longitude and latitude of the problem; by default the plot's own place.
            fix: what was repaired.
            before_ha: float (k,) hectares before the repair.
            after_ha: float (k,) hectares after it.
            details: figures of the message, each one value for all or (k,) values.
        """
        rows = np.atleast_1d(np.asarray(rows, dtype=np.int64))
        if not len(rows):
            return
        place = np.full((len(rows), 2), np.nan) if at is None else np.asarray(at, dtype=np.float64).reshape(-1, 2)
        values = {name: _listed(value, len(rows)) for name, value in sorted(details.items())}
        self._rows.append(
            pd.DataFrame(
                {
                    "row": rows,
                    "code": code,
                    "values": [dict(zip(values, group, strict=True)) for group in zip(*values.values(), strict=True)]
                    if values
                    else [{} for _ in rows],
                    "longitude": place[:, 0],
                    "latitude": place[:, 1],
                    "fix": fix,
                    "area_before_ha": np.nan if before_ha is None else before_ha,
                    "area_after_ha": np.nan if after_ha is None else after_ha,
                }
            )
        )
        if severity(code) == "block":
            self.blocked_rows.update(rows.tolist())

    def file(self, code: str, source_file: str, cooperative: str | None, /, **details: object) -> None:
        """One finding about a whole file, or about a layer."""
        self._files.append(
            {
                "cooperative": cooperative,
                "source_file": source_file,
                "code": code,
                "values": dict(sorted(details.items())),
            }
        )

    def has(self, code: str) -> Ints:
        """Rows that carry a finding of this code."""
        found = [frame["row"].to_numpy() for frame in self._rows if frame["code"].iat[0] == code]
        return np.unique(np.concatenate(found)) if found else np.empty(0, dtype=np.int64)

    def table(self, rows: pd.DataFrame, places: NDArray[np.float64]) -> pd.DataFrame:
        """FINDINGS, ordered by file, row and code.

        Args:
            rows: the joined rows: `plot` (null without identity), `cooperative`, `source_file`, `source_row`,
                `source_place`, `file_order`.
            places: float (n, 2) longitude and latitude of each row, NaN where unknown.
        """
        by_row = pd.concat(self._rows, ignore_index=True) if self._rows else pd.DataFrame({"row": []}, dtype=np.int64)
        of = by_row["row"].to_numpy(dtype=np.int64)
        for axis, name in enumerate(("longitude", "latitude")):
            if len(by_row):
                own = places[of, axis]
                by_row[name] = by_row[name].where(by_row[name].notna(), np.where(np.isfinite(own), own, np.nan))
        known = rows[_KNOWN].take(of).reset_index(drop=True)
        by_row = pd.concat([known, by_row], axis=1)
        by_file = pd.DataFrame(self._files)
        if len(by_file):
            order = {name: position for position, name in reversed(list(enumerate(self._file_names(rows))))}
            by_file["file_order"] = by_file["source_file"].map(order).fillna(len(order)).astype(int)
        everything = pd.concat([by_file, by_row], ignore_index=True) if len(by_file) else by_row
        if not len(everything):
            return tables.typed(tables.FINDINGS, [])
        rank = {code: position for position, code in enumerate(codes())}
        everything["rank"] = everything["code"].map(rank)
        everything["source_row"] = everything.get("source_row", pd.Series(dtype="Int64")).astype("Int64")
        everything["details"] = [_storable(json.dumps(values, ensure_ascii=False)) for values in everything["values"]]
        everything = everything.sort_values(
            ["file_order", "source_row", "rank", "details"], na_position="first", ignore_index=True, kind="stable"
        )
        everything["severity"] = everything["code"].map({code: severity(code) for code in codes()})
        everything["message"] = [
            _storable(sentence(code, values, "en"))
            for code, values in zip(everything["code"], everything["values"], strict=True)
        ]
        everything = everything.drop(columns=["row", "values", "rank", "file_order"])
        return tables.typed(tables.FINDINGS, everything)

    def _file_names(self, rows: pd.DataFrame) -> Sequence[str]:
        return self.files_in_order

    files_in_order: Sequence[str] = ()


def with_findings(findings: pd.DataFrame, plots: pd.DataFrame, code: str, found: pd.DataFrame) -> pd.DataFrame:
    """FINDINGS with one more for every plot of which a later stage found something.

    Args:
        findings: FINDINGS of the load.
        plots: PLOTS.
        code: code of `checks.yaml`.
        found: column `plot`; the others are the figures of the message.
    """
    log = FindingCollector()
    mine = plots.loc[found["plot"]]
    figures: dict[str, Any] = {name: found[name] for name in found.columns if name != "plot"}
    log.row(code, range(len(found)), **figures)
    rows = mine[["cooperative", "source_file", "source_row", "source_place"]].reset_index().assign(file_order=0)
    boxes = mine.geometry.bounds.to_numpy()
    added = log.table(rows, (boxes[:, :2] + boxes[:, 2:]) / 2)
    return tables.check(tables.FINDINGS, pd.concat([findings, added], ignore_index=True))


def with_layer_findings(findings: pd.DataFrame, found: Sequence[tuple[str, str, Mapping[str, object]]]) -> pd.DataFrame:
    """FINDINGS with more about whole layers, which belong to no plot file and to no cooperative.

    Args:
        findings: FINDINGS so far.
        found: code of `checks.yaml`, id of the layer, figures of the message.
    """
    log = FindingCollector()
    for code, layer, figures in found:
        log.file(code, layer, None, **figures)
    nothing = pd.DataFrame(columns=_KNOWN)
    added = log.table(nothing, np.empty((0, 2)))
    return tables.check(tables.FINDINGS, pd.concat([findings, added], ignore_index=True))


def message(code: str, details: str, language: str) -> str:
    """The message of one row of FINDINGS in another language.

    Args:
        code: its `code`.
        details: its `details`, JSON.
        language: one that people work with (`choices.SPOKEN_LANGUAGES`).
    """
    return sentence(code, json.loads(details), language)


def sentence(code: str, values: Mapping[str, object], language: str) -> str:
    """The message of a code with its figures."""
    return text.say("findings", code, language, **values)


def _storable(text: str) -> str:
    """Halves of a surrogate pair, which JSON may hold and no file can store, as question marks."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _listed(value: Any, count: int) -> list[Any]:
    if isinstance(value, np.ndarray | pd.Series | list):
        values = value.tolist() if not isinstance(value, list) else value
        return [None if isinstance(one, float) and not np.isfinite(one) else one for one in values]
    return [value] * count
