"""What changed since the last run of the same folder, whose tables are still there when this one's are made."""

import datetime as dt
import time
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from eudr_check import object_store, parquet
from eudr_check.config import Harvest
from eudr_check.package.report import changes
from eudr_check.package.report.changes import HECTARES, Changes, Why
from eudr_check.plots import MOVED_OFF_LOSS
from eudr_check.risk.compare import CAME, WENT, causes, changed
from eudr_check.run.artifacts import Artifact, reaching, refusal
from eudr_check.run.folder import RunFolder
from eudr_check.steps import Made
from eudr_check.tables import PLOT_INDEX

_NAMED = {CAME: "blocked", WENT: "unblocked"}
"""Causes in a word of their own instead of a detail in English."""
COMPARED = ("PLOTS", "EVIDENCE", "ASSESSMENTS")
PLACE = ["geometry", "geometry_kind", "declared_area_ha", "usable"]


def since_last(folder: RunFolder, made: Made) -> Changes | None:
    """Compare this run with the tables of the last one whose outcomes were shown.

    Args:
        folder: the run folder, before this run's tables are put there.
        made: artifacts of this run: `plots`, and `overlay` and `assess` where it went so far.

    Returns:
        None where there is nothing to compare: no last run with outcomes, or none now.
    """
    # Of a run that was cut short, or stopped before outcomes, nobody saw any; those last shown then lie beside.
    last = folder.tables if folder.are_shown else folder.tables_before
    then = {name: last / f"{name}.parquet" for name in COMPARED}
    if "assess" not in made or not all(path.is_file() for path in then.values()):
        return None
    stages = zip(COMPARED, ("plots", "overlay", "assess"), strict=True)
    now = {name: made[stage].file(name) for name, stage in stages}
    before, after = _state(then), _state(now)
    both = before.add_suffix("_before").join(after.add_suffix("_after"), how="inner")
    moved = (both["geometry_before"] != both["geometry_after"]) | (both["disc_before"] != both["disc_after"])
    others = both[both["outcome_before"] != both["outcome_after"]]
    outcomes = others[["outcome_before", "outcome_after"]].set_axis(["before", "after"], axis=1).join(both[HECTARES])
    found = made["plots"].table("FINDINGS", ["plot", "code"])
    return Changes(
        new=after.loc[after.index.difference(before.index), "outcome"],
        gone=before.loc[before.index.difference(after.index), "outcome"],
        moved=both.loc[moved, HECTARES],
        moved_off_loss=tuple(found.loc[found["code"] == MOVED_OFF_LOSS, "plot"].dropna()),
        outcomes=outcomes.assign(why=pd.Series(_why(outcomes.index, then, now), index=outcomes.index, dtype=object)),
        lots=_lots(last / "LOTS.parquet", made["assess"]),
    )


def show(harvest: Harvest, folder: RunFolder, found: Changes | None) -> None:
    """Write the page of changes and its table into the run folder, where there are any.

    What the last run that changed anything had to tell stays: the page says of which run it is.

    Raises:
        RunError: the run folder cannot be written.
    """
    if found is None or not found.any:
        return
    now = dt.datetime.fromtimestamp(time.time(), dt.UTC)
    try:
        written = changes.write(folder.path, found, harvest.harvest, harvest.package.languages, now)
    except OSError as error:
        raise refusal(error, folder.path) from error
    if folder.remote:
        with reaching():
            object_store.put({path: path for path in written})


def _state(files: Mapping[str, Path]) -> pd.DataFrame:
    """Geometry as bytes, hectares of points, outcome, area and deforestation; text for no outcome."""
    # Outlines stay in Arrow: as objects of Python those of a nation would take three times as much.
    read = pq.ParquetFile(files["PLOTS"]).read([PLOT_INDEX.name, *PLACE[:3], "area_ha"])
    places = read.to_pandas(types_mapper={pa.binary(): pd.ArrowDtype(pa.binary())}.get)
    assessed = pd.read_parquet(files["ASSESSMENTS"], columns=["final_outcome", "deforestation_ha"])
    outcome = assessed["final_outcome"].astype(object).reindex(places.index).fillna("blocked")
    # The declared area of a point makes its disc.
    disc = places["declared_area_ha"].where(places["geometry_kind"] == "point").fillna(-1.0)
    return pd.DataFrame(
        {
            "geometry": places["geometry"].fillna(b""),
            "disc": disc,
            "outcome": outcome,
            "area": places["area_ha"].fillna(places["declared_area_ha"]).round(4),
            # What was seen of a plot that is not known whole is no figure of the plot.
            "loss": assessed["deforestation_ha"]
            .round(4)
            .reindex(places.index)
            .where(~outcome.isin(["blocked", "undetermined"])),
        }
    )


def _why(plots: pd.Index, last: Mapping[str, Path], now: Mapping[str, Path]) -> list[Why]:
    """Causes of every plot whose outcome changed; nothing is read where none did."""
    if plots.empty:
        return []
    before, after = _tables(last), _tables(now)
    both = changed(before, after)
    held: dict[str, list[tuple[str, str]]] = {}
    for cause, (mask, details) in causes(both, before, after).items():
        for plot, detail in zip(both.index[mask], details[mask], strict=True):
            named = _NAMED.get(detail, cause)
            held.setdefault(plot, []).append((named, str(detail) if named == cause else ""))
    return [tuple(held.get(plot, [("other", "")])) for plot in plots]


def _tables(files: Mapping[str, Path]) -> dict[str, pd.DataFrame]:
    return {
        name: parquet.features(path, PLACE) if name == "PLOTS" else parquet.frame(path) for name, path in files.items()
    }


def _lots(last: Path, assessment: Artifact) -> pd.DataFrame:
    """Lots that came, went, or have another status or mass."""
    now = assessment.file("LOTS") if assessment.has("LOTS") else None
    old, new = (
        pd.DataFrame(columns=["status", "kg_green"]) if path is None or not path.is_file() else _of_lots(path)
        for path in (last, now)
    )
    both = old.add_suffix("_before").join(new.add_suffix("_after"), how="outer").sort_index()
    both = both.rename(columns=lambda name: name.replace("status_", "").replace("kg_green_", "kg_"))
    same = both["before"].fillna("").eq(both["after"].fillna("")) & both["kg_before"].eq(both["kg_after"])
    return both.loc[~same, ["before", "after", "kg_before", "kg_after"]].rename_axis("lot")


def _of_lots(path: Path) -> pd.DataFrame:
    return pd.read_parquet(path, columns=["lot", "status", "kg_green"]).set_index("lot")
