"""ASSESSMENTS of a harvest: what evidence and documents say of its plots, lots and the record of them."""

from pathlib import Path

from eudr_check import risk
from eudr_check.documents import dossier
from eudr_check.run import watched
from eudr_check.run.artifacts import Artifact, write_json, write_table
from eudr_check.run.graph import Result
from eudr_check.run.misplaced import refuse_misplaced
from eudr_check.run.stages.areas import facts
from eudr_check.run.stages.job import Run, definitions


def assess(run: Run) -> Result:
    """ASSESSMENTS and REASONS under the policy of the harvest, LOTS and the record under Article 10."""
    return Result(
        "assess",
        "assessment",
        lambda made: _key(run, made["plots"], made["overlay"], made.get("areas")),
        lambda made, folder: _write(run, made["plots"], made["overlay"], made.get("areas"), folder),
        needs=("plots", "overlay", *(("areas",) if run.harvest.areas else ())),
    )


def _key(run: Run, plots: Artifact, evidence: Artifact, areas: Artifact | None) -> str:
    harvest = run.dated
    made_of = {
        "plots": plots.digest,
        "evidence": evidence.digest,
        "policy": risk.policy(harvest.policy).model_dump(mode="json"),
        "harvest": harvest.model_dump(
            mode="json", include={"production", "commodity", "product", "products", "operator", "concern"}
        ),
        "on": str(dossier.day(harvest)),
        **({} if areas is None else {"areas": areas.digest}),
        **run.documents.digests,
    }
    return run.name_of("assessment", made_of)


def _write(run: Run, plots: Artifact, evidence: Artifact, areas: Artifact | None, folder: Path) -> None:
    harvest, added = run.dated, run.documents
    table, ground = plots.features("PLOTS"), evidence.table("EVIDENCE")
    known = watched.variables(definitions(run), evidence.table("SOURCES"))
    policy = risk.policy(harvest.policy)
    assessments, reasons = risk.assess(table, ground, known, policy, harvest.production)
    uses = risk.uses(table, ground, known, policy)
    refuse_misplaced(harvest, added.reviews, table.index)
    assessments, effects = dossier.assessed(added, assessments, ground, table.geometry)
    animals = dossier.animals_of(harvest, added, assessments, table)
    lots = dossier.lots_of(harvest, added, assessments, table, animals)
    write_table(folder, "ASSESSMENTS", assessments)
    write_table(folder, "REASONS", reasons)
    if uses is not None:
        write_table(folder, "USES", uses)
    if animals is not None:
        write_table(folder, "ANIMALS", animals)
    if lots is not None:
        write_table(folder, "LOTS", lots)
    record = dossier.record(harvest, added, table, assessments, evidence.table("SOURCES"), lots, facts(areas))
    write_json(folder, "article10", record)
    write_json(folder, "reviews", effects)
    write_json(folder, "to_review", dossier.to_review(assessments, ground, table.geometry))
