"""What a run has to say besides its outcomes: layers it could not read, and what changed since the last run."""

from collections.abc import Iterator

from eudr_check import object_store
from eudr_check.cli.language import in_words, say
from eudr_check.package.report.changes import PAGE
from eudr_check.run.harvest import Finished
from eudr_check.text import recognised, sentence

MOST = 10
"""Plots named on the terminal."""


def unread(finished: Finished) -> Iterator[str]:
    """Which layers were not read, why, and how many plots that leaves undetermined."""
    if finished.sources is None:
        return
    failed = finished.sources[finished.sources["status"] == "failed"]
    if failed.empty:
        return
    undetermined = 0
    if finished.assessments is not None:
        undetermined = int((finished.assessments["final_outcome"] == "undetermined").sum())
    names = sorted(failed["layer"].unique())
    reasons = failed["reason"].dropna().value_counts()
    yield say(
        "unread_layers",
        layers=len(names),
        of=int(finished.sources["layer"].nunique()),
        names=", ".join(names),
        reason="-" if reasons.empty else _reason(str(reasons.index[0])),
        plots=undetermined,
    )


def _reason(said: str) -> str:
    """Why a layer was not read, in the language of the terminal; the two that everybody meets in few words."""
    if "no connection" in said:
        return say("reason_no_connection")
    return say("reason_offline") if "this run is offline" in said else in_words(recognised("layers", said))


def since_last(finished: Finished) -> Iterator[str]:
    """Plots, outcomes and boundaries that changed; those drawn off a loss by name."""
    changes = finished.changes
    if changes is None:
        return
    if not changes.any:
        page = finished.folder.path / PAGE
        yield say("changed_none_now", file=object_store.name(page)) if page.is_file() else say("changed_none")
        return
    yield say(
        "changed",
        new=len(changes.new),
        gone=len(changes.gone),
        outcomes=len(changes.outcomes),
        moved=len(changes.moved),
    )
    for plot, row in changes.outcomes.head(MOST).iterrows():
        yield "  " + say("changed_plot", plot=plot, before=say(str(row["before"])), after=say(str(row["after"])))
    if len(changes.outcomes) > MOST:
        kept = object_store.name(finished.folder.tables_before)
        yield "  " + say("changed_more", count=len(changes.outcomes) - MOST, file=kept)
    for key, lots, mass in (("freed", changes.freed, "kg_after"), ("held", changes.held, "kg_before")):
        if len(lots):
            yield in_words(sentence("changes", key, lots=len(lots), kg=float(round(lots[mass].sum()))))
    off = finished.findings[finished.findings["code"] == "boundary_moved_off_loss"]["plot"].dropna()
    if len(off):
        yield say("moved_off_loss", plots=", ".join(off))
