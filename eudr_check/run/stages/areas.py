"""AREAS of a harvest: what plots share with vector layers of protected, indigenous, zoned or titled land.

No rule of a policy sees them: they become findings, and facts of the assessment record.
"""

from collections.abc import Mapping
from pathlib import Path

import geopandas as gpd
import pandas as pd

from eudr_check import plots as plots_room
from eudr_check.assessment_record import AreaLayer
from eudr_check.documents.area_facts import AreaFacts
from eudr_check.files import hashes
from eudr_check.layers.areas.definition import AreaDefinition, definition
from eudr_check.layers.areas.look import look
from eudr_check.layers.fetch.block_store import Store
from eudr_check.run import conservation
from eudr_check.run.artifacts import Artifact, write_json, write_table
from eudr_check.run.graph import Result, in_flight
from eudr_check.run.stages.job import Run
from eudr_check.steps import Made

LOOKED, OUTLINES = "looked", "AREA_OUTLINES"
OVERLAP, UNREAD = "area_overlap", "area_unread"


def areas(run: Run) -> Result:
    """AREAS with outlines, and FINDINGS with what lies on plots; what a service did not answer is asked again."""
    return Result(
        "areas",
        "areas",
        lambda made: _key(run, made["plots"], made["overlay"]),
        lambda made, folder: _write(run, made, folder),
        needs=("plots", "overlay"),
        is_complete=lambda found: not (found.table("AREAS")["status"] == "unknown").any(),
    )


def facts(found: Artifact | None) -> AreaFacts | None:
    """What the record says of vector layers; None without any."""
    return None if found is None else AreaFacts(found.table("AREAS"), found.json(LOOKED))


def definitions(run: Run) -> dict[str, AreaDefinition]:
    """The vector layers of the harvest by the name it gives them."""
    return {name: definition(name, path) for name, path in sorted(run.harvest.areas.items())}


def _key(run: Run, plots: Artifact, overlay: Artifact) -> str:
    known = definitions(run)
    made_of = {
        "plots": plots.digest,
        "overlay": overlay.digest,
        "areas": {name: one.model_dump(mode="json", exclude={"file"}) for name, one in known.items()},
        "files": {name: hashes(one.file) for name, one in known.items() if one.file is not None},
    }
    return run.name_of("areas", made_of)


def _write(run: Run, made: Made, folder: Path) -> None:
    known, table = definitions(run), made["plots"].features("PLOTS")
    found = look(table, known, Store(run.folder.store), offline=run.offline, each=in_flight)
    write_table(folder, "AREAS", found.areas)
    write_table(folder, OUTLINES, found.outlines)
    write_json(folder, LOOKED, [_shown(name, one) for name, one in known.items()])
    findings = conservation.findings_of(made["plots"], made["overlay"])
    added = with_findings(findings, table, found.areas, known)
    if len(added) > len(findings):
        write_table(folder, "FINDINGS", added)


def _shown(name: str, one: AreaDefinition) -> AreaLayer:
    return AreaLayer(
        area=name,
        layer=one.id,
        title=one.title,
        provider=one.provider,
        licence=one.licence,
        citation=one.citation,
        topic=one.topic,
        complete=one.complete,
    )


def with_findings(
    findings: pd.DataFrame, plots: gpd.GeoDataFrame, found: pd.DataFrame, known: Mapping[str, AreaDefinition]
) -> pd.DataFrame:
    """FINDINGS with one more for every plot and area on it, and one for every layer that could not be learned.

    Args:
        findings: FINDINGS so far.
        plots: PLOTS.
        found: AREAS.
        known: the vector layers by name.
    """
    titles = {name: one.title for name, one in known.items()}
    hits = found[found["status"] == "overlap"].reset_index()
    if len(hits):
        figures = {
            "title": hits["area"].map(titles).astype(object),
            "topic": hits["topic"].astype(object),
            "feature": hits["feature"].astype(object),
            "overlap_ha": hits["overlap_ha"].round(4),
            "percent": (100 * hits["overlap_share"]).round(1),
        }
        findings = plots_room.with_findings(findings, plots, OVERLAP, hits[["plot"]].assign(**figures))
    unread = found[found["status"] == "unknown"].groupby("area")
    layers = [
        (UNREAD, str(name), {"title": titles[str(name)], "plots": str(rows.index.nunique()), "reason": reasons(rows)})
        for name, rows in unread
    ]
    return plots_room.with_layer_findings(findings, layers) if layers else findings


def reasons(rows: pd.DataFrame) -> str:
    """Every reason once."""
    return "; ".join(sorted(set(rows["reason"].dropna())))
