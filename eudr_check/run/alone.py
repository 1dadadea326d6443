"""The input of the package of one shipment: tables, documents and pictures of its plots, and what hangs on others."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from eudr_check import risk
from eudr_check.config import Harvest
from eudr_check.documents import excerpt
from eudr_check.documents.area_facts import AreaFacts
from eudr_check.documents.dossier import Dossier
from eudr_check.errors import PackageError
from eudr_check.imagery import excerpt as looks
from eudr_check.package.inputs import PackageInput
from eudr_check.package.one_shipment import of_shipment
from eudr_check.records import Json
from eudr_check.run.records import records
from eudr_check.shipments import in_words
from eudr_check.text import Joined, sentence

TOLERANCE_HA = 1e-9
"""Sums in another order may differ by less."""


def guard_declared(given: PackageInput, name: str, summary: Json) -> None:
    """Refuse a shipment that no statement of the whole harvest declares: what refuses it may lie in others.

    Args:
        given: the input of the whole harvest.
        name: the shipment.
        summary: `summary.json` of the package of the harvest.

    Raises:
        PackageError: it is known, and open.
    """
    declared = {one["shipment"] for one in (*summary["statements"], *summary["filed"])}
    known = set() if given.shipments is None else {one.name for one in given.shipments.ready}
    withheld = summary["withheld_because"]
    because = [one for one in withheld if one.get("name") == name]
    if name not in declared and (because or name in known):
        # What keeps it back may be said of a lot.
        stated = [
            (one["code"], {key: value for key, value in one.items() if key != "code"}) for one in because or withheld
        ]
        why = Joined(in_words(code, values) for code, values in stated)
        raise PackageError(sentence("refusals", "shipment_open", name=name, why=why))


def input_of(given: PackageInput, name: str, harvest: Harvest, documents: Dossier, scratch: Path) -> PackageInput:
    """The input of the package of a shipment.

    Args:
        given: that of the whole harvest.
        name: a shipment that is declared.
        harvest: the settings of the run, with the date of the package.
        documents: what people added.
        scratch: existing, empty folder for its part of the pictures, read while the package is written.

    Raises:
        PackageError: the harvest has no such shipment.
    """
    cut = of_shipment(given, name)
    assert cut.alone is not None
    cooperatives = sorted(cut.plots["cooperative"].unique())
    added = excerpt.of_plots(documents, frozenset(cut.plots.index), cooperatives)
    areas = None if cut.areas is None else AreaFacts(cut.areas, cut.area_layers)
    if cut.imagery is not None:
        looks.of_plots(cut.imagery, scratch, cut.plots)
    judged = tuple(sorted(_judged_otherwise(cut)))
    return replace(
        cut,
        legality=added.legality,
        attachments=added.attachments,
        article10_of=None
        if given.article10_of is None
        else records(harvest, added, cut.plots, cut.assessments, cut.sources, cut.lots, areas),
        imagery=None if cut.imagery is None else scratch,
        alone=replace(cut.alone, judged_with_others=judged),
    )


def _judged_otherwise(cut: PackageInput) -> Iterator[str]:
    """Plots that would be judged otherwise, were no other plots there."""
    assert isinstance(cut.evidence, pd.DataFrame)
    policy = risk.policy(cut.harvest.policy)
    fresh, reasons = risk.assess(cut.plots, cut.evidence, cut.variables, policy, cut.harvest.production)
    columns = [name for name in fresh.columns if name not in ("review", "final_outcome")]
    was, now = (_cells(one[columns]) for one in (cut.assessments, fresh))
    before, after = (_cells(one) for one in (cut.reasons, reasons))
    for plot in map(str, cut.plots.index):
        if was.get(plot) != now.get(plot) or before.get(plot) != after.get(plot):
            yield plot


def _cells(frame: pd.DataFrame) -> dict[str, list[tuple[object, ...]]]:
    """Rows by plot, in any order of theirs, figures as exact as they are compared."""
    whole = frame.copy()
    for name in frame.select_dtypes("number"):
        whole[name] = np.round(frame[name] / TOLERANCE_HA)
    rows: dict[str, list[tuple[object, ...]]] = {}
    for plot, *cells in whole.astype(object).where(whole.notna(), None).itertuples():
        rows.setdefault(str(plot), []).append(tuple(cells))
    return {plot: sorted(mine, key=str) for plot, mine in rows.items()}
