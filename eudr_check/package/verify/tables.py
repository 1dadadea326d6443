"""The tables inside against one another."""

import json
import re
from collections.abc import Iterator

import numpy as np
import pandas as pd

from eudr_check import __version__
from eudr_check.geodesy import eu_area_ha, plot_area_ha
from eudr_check.package.verify.contents import Contents
from eudr_check.package.verify.difference import Difference, some
from eudr_check.text import NAME_WITHHELD, say, sentence, topic

PLOTS, FINDINGS, EVIDENCE, SOURCES = (f"tables/{name}.parquet" for name in ("PLOTS", "FINDINGS", "EVIDENCE", "SOURCES"))
TOLERANCE_HA = 1e-6


def check(contents: Contents) -> Iterator[Difference]:
    """Keys, areas, what is usable and why not, and hectares of EVIDENCE."""
    yield from some(_plots(contents))
    yield from some(_usable(contents))
    yield from some(_evidence(contents))
    yield from some(_strangers(contents))
    yield from some(_findings(contents))
    yield from some(_sources(contents))


def _plots(contents: Contents) -> Iterator[Difference]:
    plots = contents.plots
    keys = plots["cooperative"].astype(object) + "/" + plots["plot_id"].astype(object)
    for plot in plots.index[keys.to_numpy() != plots.index.to_numpy(dtype=object)]:
        yield Difference(PLOTS, "key", sentence("differences", "other_key", plot=plot))
    usable = plots[plots["usable"]]
    polygon = usable[usable["geometry_kind"] == "polygon"]
    for column, area in (("area_ha", plot_area_ha), ("eu_area_ha", eu_area_ha)):
        fresh = area(polygon.geometry.to_numpy())
        stored = polygon[column].to_numpy(np.float64)
        for row in np.flatnonzero(~np.isclose(stored, fresh, rtol=1e-9, atol=TOLERANCE_HA)).tolist():
            stated = f"{polygon.index[row]}: {column} {stored[row]:.6f}, its geometry has {fresh[row]:.6f}"
            yield Difference(PLOTS, "area", stated)


def _usable(contents: Contents) -> Iterator[Difference]:
    """A plot is unusable because a finding blocks it, and for no other reason."""
    plots = contents.plots
    blocked = set(contents.findings.loc[contents.findings["severity"] == "block", "plot"].dropna())
    for plot, usable in zip(map(str, plots.index), plots["usable"], strict=True):
        if usable and plot in blocked:
            yield Difference(PLOTS, "usable", sentence("differences", "usable_blocked", plot=plot))
        if not usable and plot not in blocked:
            yield Difference(FINDINGS, "usable", sentence("differences", "unusable_unsaid", plot=plot))


def _evidence(contents: Contents) -> Iterator[Difference]:
    """The rows of a polygon add up to its area."""
    plots, evidence = contents.plots, contents.evidence
    whole = evidence.loc[evidence["footprint"] == "polygon", "area_ha"].groupby(level=0).sum()
    known = plots.loc[plots.index.intersection(whole.index), "area_ha"]
    sums = whole.reindex(known.index)
    for row in np.flatnonzero(~np.isclose(sums, known, rtol=1e-6, atol=TOLERANCE_HA)).tolist():
        stated = (
            f"{known.index[row]}: its rows add up to {sums.iloc[row]:.6f} ha, the plot has {known.iloc[row]:.6f} ha"
        )
        yield Difference(EVIDENCE, "area", stated)
    named = {variable.column for variable in contents.variables}
    columns = {str(name) for name in evidence.columns if "." in str(name)}
    for column in sorted(named ^ columns):
        yield Difference(EVIDENCE, "columns", sentence("differences", "column_one_side", column=column))


def _strangers(contents: Contents) -> Iterator[Difference]:
    """Rows of plots that are not there."""
    known = set(contents.plots.index)
    tables = (
        (EVIDENCE, contents.evidence.index),
        ("tables/REASONS.parquet", contents.reasons.index),
        (FINDINGS, pd.Index(contents.findings["plot"].dropna())),
    )
    for name, keys in tables:
        for plot in sorted(set(map(str, keys)) - known):
            yield Difference(name, "unknown_plot", sentence("differences", "no_such_plot", plot=plot))


def _findings(contents: Contents) -> Iterator[Difference]:
    """Every message is the sentence of its code with the figures of its details."""
    sentences = topic("findings") if contents.summary["software"] == __version__ else {}
    found = contents.findings
    for row, (code, details, message) in enumerate(
        zip(found["code"], found["details"], found["message"], strict=True), start=1
    ):
        try:
            said = say("findings", code, "en", **json.loads(details)) if code in sentences else None
        except (ValueError, TypeError, LookupError) as error:
            yield Difference(
                FINDINGS,
                "unreadable",
                sentence("differences", "details", row=row, code=code, problem=type(error).__name__),
            )
            continue
        if said is not None and not _agree(message, said):
            yield Difference(
                FINDINGS, "message", sentence("differences", "other_message", row=row, message=message[:80], code=code)
            )


def _agree(message: str, said: str) -> bool:
    """Whether both are one text; names of persons are taken out of message and details each by itself."""
    if message == said:
        return True
    return (
        NAME_WITHHELD in message
        and re.fullmatch(".*".join(map(re.escape, message.split(NAME_WITHHELD))), said, re.DOTALL) is not None
    )


def _sources(contents: Contents) -> Iterator[Difference]:
    """Every layer of the settings was looked for, and none besides."""
    wanted = {variable.layer for variable in contents.variables}
    for layer in sorted(wanted ^ set(contents.sources["layer"])):
        if layer in wanted or len(contents.sources):
            yield Difference(SOURCES, "layers", sentence("differences", "layer_one_side", layer=layer))
    read = contents.sources["status"] == "read"
    for row in np.flatnonzero(read & contents.sources["sha256"].isna()):
        yield Difference(SOURCES, "sha256", sentence("differences", "read_no_sha256", row=row + 1))
