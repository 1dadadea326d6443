"""The action plan of each cooperative: a workbook, two pages of PDF, a KML of field visits, and a map to decide in.

One set per cooperative, in the first language of the harvest, in the folder `action_plan/`; the PDF in the next one
where the machine has no font with its letters. Codes are those of
findings and reasons. Names of producers appear only in the named edition (`package: {producer_as: producer}`).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import geopandas as gpd
import pandas as pd
import pyarrow as pa

from eudr_check import parquet
from eudr_check.package import fonts, splits
from eudr_check.package.action_plan import chains, decision_map, losses, pages, phone, workbook
from eudr_check.package.action_plan.actions import actions, scorecard
from eudr_check.package.action_plan.cooperative import Ground, Plan, Settings, to_decide
from eudr_check.records import Json
from eudr_check.steps import Call

Frame = TypeVar("Frame", bound=pd.DataFrame)
FOLDER = "action_plan"
READ = {
    "PLOTS": ("plot_id", "cooperative", "geometry", "source_file", "source_row", "source_place", "producer_name",
              "production_place", "area_ha", "declared_area_ha", "usable"),
    "ASSESSMENTS": ("outcome", "review", "final_outcome", "forest_2020_ha", "deforestation_ha", "unknown_ha"),
    "DELIVERIES": ("plot", "group", "kg_green"),
}  # fmt: skip
"""Columns of tables that plans need; of the others all are."""


def writing(
    folder: Path, settings: Settings, to_review: Mapping[str, Json], disturbed: Collection[str], plots: int
) -> Call:
    """Write the plans of a package whose tables are there, in a process of its own.

    Args:
        folder: of the package.
        settings: of the harvest.
        to_review: plots that a decision can settle.
        disturbed: columns of PATCHES that show disturbed canopy.
        plots: how many there are.
    """
    arguments = {
        "folder": str(folder),
        "settings": settings.as_json(),
        "to_review": to_decide(to_review).reset_index().to_dict("list"),
        "disturbed": sorted(disturbed),
    }
    return Call(write_from_tables, arguments, FOLDER, plots)


def write_from_tables(folder: str, settings: Json, to_review: Json, disturbed: Sequence[str]) -> None:
    """What `writing` orders."""
    tables = Path(folder) / "tables"
    added = {name: tables / f"{name}.parquet" for name in ("DELIVERIES", "ANIMALS", "SPLITS")}
    there = {name: path for name, path in added.items() if path.is_file()}
    write(
        Path(folder),
        settings=Settings.from_json(settings),
        plots=parquet.features(tables / "PLOTS.parquet", READ["PLOTS"]),
        findings=parquet.frame(tables / "FINDINGS.parquet"),
        assessments=parquet.frame(tables / "ASSESSMENTS.parquet", READ["ASSESSMENTS"]),
        reasons=parquet.frame(tables / "REASONS.parquet"),
        deliveries=parquet.frame(there["DELIVERIES"], READ["DELIVERIES"]) if "DELIVERIES" in there else None,
        ground=Ground(
            losses.read(tables / "PATCHES.parquet"),
            pd.DataFrame(to_review, dtype="str").set_index("plot"),
            frozenset(disturbed),
            parquet.frame(there["ANIMALS"]) if "ANIMALS" in there else None,
            parquet.features(there["SPLITS"]) if "SPLITS" in there else None,
        ),
    )


def write(
    folder: Path,
    *,
    settings: Settings,
    plots: gpd.GeoDataFrame,
    findings: pd.DataFrame,
    assessments: pd.DataFrame,
    reasons: pd.DataFrame,
    deliveries: pd.DataFrame | None = None,
    ground: Ground,
) -> list[Path]:
    """Write `action_plan/COOPERATIVE.xlsx` and `.pdf`; `.kml` where there are field visits; `.gpkg` with `.qgz` where a
    decision can settle something.

    Args:
        folder: existing folder; the sub-folder is made.
        settings: of the harvest.
        plots: PLOTS. findings: FINDINGS. assessments: ASSESSMENTS. reasons: REASONS.
        ground: what whoever goes there has to find, and to decide on.
        deliveries: `plot`, `group` and `kg_green` per delivery; None where the harvest has no list.

    Returns:
        The files, cooperatives in alphabetical order. Same tables, same bytes.
    """
    target = folder / FOLDER
    target.mkdir(exist_ok=True)
    proposed = splits.by_plot(ground.splits)
    lost = losses.on_plots(plots, ground.patches, ground.disturbed)
    # Most patches lie beside plots, and nothing else asks for them.
    ground = replace(ground, patches=ground.patches.head(0).copy())
    named = {*plots["cooperative"], *findings["cooperative"].dropna()}

    def to_do(language: str) -> pd.DataFrame:
        given = (plots, findings, assessments, reasons, deliveries)
        found = actions(*given, start=settings.day, language=language, splits=proposed)
        found = losses.marked(found, losses.marks(lost))
        if ground.animals is None:
            return found
        return _with_chains(found, ground.animals, named, deliveries, settings, language)

    spoken = settings.languages
    todo, drawn = to_do(spoken[0]), next((one for one in spoken if fonts.families(one)), "en")
    on_paper = todo if drawn == spoken[0] else to_do(drawn)
    written: list[Path] = []
    seen = lost, ground.to_review, proposed
    for cooperative in sorted(named):
        own = _of(cooperative, plots)
        of_them = _of(cooperative, todo).reset_index(drop=True)
        about = findings[findings["cooperative"] == cooperative]
        scores = scorecard(own, about, assessments, of_them, deliveries)
        plan = Plan(cooperative, settings, own, assessments, of_them, scores, deliveries is not None, *seen)
        paper = plan
        if drawn != spoken[0]:
            paper = replace(plan, todo=_of(cooperative, on_paper).reset_index(drop=True), spoken=drawn)
        written += _files(target, plan, paper)
    return written


def _files(target: Path, plan: Plan, paper: Plan) -> list[Path]:
    """Write the files of one cooperative; `paper` is its plan in the language of the PDF."""
    written = [workbook.write(target, plan), pages.write(target, paper)]
    if (plan.todo["kind"] == "field").any():
        written += phone.write(target, plan)
    # What these were made from leaves gaps that the next does not fit into.
    pa.default_memory_pool().release_unused()
    return written + decision_map.write(target, plan)


def _of(cooperative: str, rows: Frame) -> Frame:
    """The rows of a cooperative, which are all of them where it is the only one."""
    mine = rows["cooperative"] == cooperative
    return rows if mine.all() else rows[mine]


def _with_chains(
    todo: pd.DataFrame,
    animals: pd.DataFrame,
    named: set[str],
    deliveries: pd.DataFrame | None,
    settings: Settings,
    language: str,
) -> pd.DataFrame:
    """What is to be done, chains of animals among it, what weighs most first."""
    more = chains.actions(
        animals,
        named,
        deliveries,
        file=settings.animals_file,
        start=settings.day,
        language=language,
    )
    if more.empty:
        return todo
    # Frames with columns that are empty in one of them are joined as objects, then typed as before.
    more["area_ha"] = more["plot"].map(todo.dropna(subset="plot").groupby("plot")["area_ha"].first())
    whole = pd.concat([todo.astype(object), more.astype(object)], ignore_index=True)
    whole = whole.astype({"kg": float, "area_ha": float, "source_row": "Int64", "longitude": float, "latitude": float})
    weight = whole["kg"] if deliveries is not None else whole["area_ha"].fillna(0.0)
    return whole.loc[(-weight).sort_values(kind="stable").index].reset_index(drop=True)
