"""What has to be done about groups of cattle whose chain of establishments is not whole and low."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterator
from typing import Any

import pandas as pd

from eudr_check.package import chains
from eudr_check.package.action_plan.actions import COLUMNS
from eudr_check.text import say

WEEKS = 4
_OF_PLACE = "establishment_"
_STEPS = {"establishment_high": "do_chain_high", "establishment_unknown": "do_chain_unknown"}


def actions(
    animals: pd.DataFrame,
    cooperatives: Collection[str],
    deliveries: pd.DataFrame | None,
    *,
    file: str,
    start: dt.date,
    language: str,
) -> pd.DataFrame:
    """A row for every establishment that breaks chains, and for every group and fault of its days.

    Args:
        animals: ANIMALS. cooperatives: those that have a plan; what names none of them stands in all of the group's.
        deliveries: DELIVERIES, or None.
        file: how the list of animals is called.
        start: day of the plan. language: of the sentences.

    Returns:
        Columns of `actions.COLUMNS`; `plot_id` is the group where no establishment is meant.
    """
    kg = {} if deliveries is None else deliveries.groupby("group")["kg_green"].sum().to_dict()
    common: dict[str, Any] = {"kind": "desk", "by": start + dt.timedelta(weeks=WEEKS), "source_file": file}
    found = [*_of_places(animals, cooperatives, language), *_of_groups(animals, cooperatives, language)]
    rows = [common | row for row in found]
    for row in rows:
        row["kg"] = float(sum(kg.get(group, 0.0) for group in row["groups"]))
    return pd.DataFrame(rows, columns=COLUMNS).astype({"source_row": "Int64"})


def _of_places(animals: pd.DataFrame, cooperatives: Collection[str], language: str) -> Iterator[dict[str, Any]]:
    """Establishments that break the chain of groups, with those groups."""
    broken: dict[tuple[str, str], list[str]] = defaultdict(list)
    kept: dict[str, set[str]] = defaultdict(set)
    for group, reasons, plots in zip(animals["group"], animals["reasons"], animals["plots"], strict=True):
        for fault in chains.faults(reasons):
            for plot in chains.places(fault, plots) if fault.code.startswith(_OF_PLACE) else ():
                broken[plot, fault.code].append(str(group))
                kept[plot].update(_cooperatives(plots, cooperatives))
    for (plot, code), groups in sorted(broken.items()):
        wrong = chains.worded(chains.Fault(code, plot), language)
        mine = plot.partition("/")[0]
        for cooperative in [mine] if mine in cooperatives else sorted(kept[plot]):
            yield {
                "plot": plot,
                "plot_id": plot.partition("/")[2],
                "cooperative": cooperative,
                "code": code,
                "severity": "warn" if code == "establishment_more_info" else "block",
                "who": "desk" if code == "establishment_unknown" else "exporter",
                "wrong": f"{wrong} {say('plan', 'chain_groups', language, groups=', '.join(groups))}",
                "todo": say("plan", _STEPS.get(code, "do_chain_establishment"), language),
                "groups": groups,
            }


def _of_groups(animals: pd.DataFrame, cooperatives: Collection[str], language: str) -> Iterator[dict[str, Any]]:
    """Days and roles that nobody knows, or that contradict one another, group by group."""
    for group, reasons, plots in zip(animals["group"], animals["reasons"], animals["plots"], strict=True):
        for fault in chains.faults(reasons):
            if fault.code.startswith(_OF_PLACE):
                continue
            said = chains.worded(fault, language)
            for cooperative in sorted(_cooperatives(plots, cooperatives)):
                yield {
                    "plot_id": str(group),
                    "cooperative": cooperative,
                    "code": fault.code,
                    "severity": "warn" if fault.code in ("two_places", "order_wrong") else "block",
                    "who": "desk",
                    "wrong": say("plan", "chain_group", language, group=group, why=said),
                    "todo": say("plan", "do_chain_stays", language),
                    "groups": [str(group)],
                }


def _cooperatives(plots: Collection[str], known: Collection[str]) -> set[str]:
    """Cooperatives of a group that have a plan; all of them where it names none."""
    return {plot.partition("/")[0] for plot in plots} & set(known) or set(known)
