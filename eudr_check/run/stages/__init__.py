"""The steps of a harvest, from plot files to a published package: what each needs, and what names its result."""

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from eudr_check.package.csv_files import write_csv
from eudr_check.package.eu.reference import distinct, reference
from eudr_check.run import changes, history, registration
from eudr_check.run.graph import Result
from eudr_check.run.stages.areas import areas
from eudr_check.run.stages.assess import assess
from eudr_check.run.stages.imagery import imagery
from eudr_check.run.stages.job import Progress, Run
from eudr_check.run.stages.layers import layers
from eudr_check.run.stages.overlay import overlay, workers
from eudr_check.run.stages.package import NEEDS, Edition, key_of_codes, package, patches, plan_day
from eudr_check.run.stages.plots import ground, plots
from eudr_check.run.stages.splits import splits
from eudr_check.steps import Made, Step

STAGES = ("plots", "layers", "overlay", "assess", "package")

KEY = "redacted-key.csv"
"""Beside the packages, never in one: which name every code of the redacted edition stands for."""

__all__ = ["STAGES", "Progress", "Run", "shipment_folders", "steps", "steps_on"]


def steps(run: Run, until: str, *, draft: bool, redacted: bool, shipments: Sequence[str] = ()) -> list[Step | Result]:
    """All steps up to a stage, one of `STAGES`; with shipments also the package of each of them alone.

    The tables are published first: they are there for people even when no package may be written.
    """
    wanted = STAGES[: STAGES.index(until) + 1]
    found: list[Step | Result] = [plots(run)]
    if "layers" in wanted:
        found += [ground(run), layers(run)]
    if "overlay" in wanted:
        found += [workers(run), overlay(run)]
    if "assess" in wanted:
        found += [areas(run), assess(run)] if run.harvest.areas else [assess(run)]
    shown = [stage for stage in wanted if stage != "package"]
    if "assess" in shown and run.harvest.areas:
        shown.insert(shown.index("assess"), "areas")
    found += _shown(run, shown)
    if "package" in wanted:
        found += [imagery(run)] if run.harvest.imagery is not None else []
        found += _packages(run, draft=draft, redacted=redacted and not shipments)
        for name, own in shipment_folders(run, shipments).items():
            found += _of_shipment(run, name, own, draft=draft, redacted=redacted)
    return found


def steps_on(run: Run, land: Step) -> list[Step | Result]:
    """The steps up to EVIDENCE for plots that come from elsewhere than plot files; `land` gives them as `plots`."""
    return [land, ground(run), layers(run), workers(run), overlay(run)]


def _shown(run: Run, stages: list[str]) -> list[Step | Result]:
    """What the run saw is kept before anybody sees it."""

    def publish(made: Made) -> None:
        run.folder.publish("tables", [made[stage] for stage in stages])

    needs = tuple(stages)
    found: list[Step | Result] = []
    if "overlay" in stages:
        found.append(Step("remembered", lambda made: history.remember(run.harvest, run.folder, made), needs))
    # What was published before is what the run is compared with.
    last = needs if not found else (*needs, "remembered")
    found += [
        Step("compared", lambda made: changes.since_last(run.folder, made), last),
        # Before the tables it compares with are replaced: a run that is killed between shows it the next time.
        Step("changes shown", lambda made: changes.show(run.harvest, run.folder, made["compared"]), ("compared",)),
    ]
    return [*found, Step("tables", publish, (*needs, "changes shown"))]


def _packages(run: Run, *, draft: bool, redacted: bool) -> list[Step | Result]:
    found: list[Step | Result] = [plan_day(run)] if "action_plan" in run.harvest.package.outputs else []
    found += [
        splits(run),
        package(run, "package", Edition(draft), after="tables"),
        Step("published", lambda made: run.folder.publish("package", [made["package"]]), ("package",)),
    ]
    if "gis" in run.harvest.package.outputs:
        found.append(patches(run))
    if redacted:
        found += [
            package(run, "redacted", Edition(draft, redacted=True), after="published"),
            Step("published redacted", lambda made: _publish_redacted(run, made), (*NEEDS, "redacted")),
        ]
    known = run.harvest.register_file
    if known is not None:
        last = found[-1].name if redacted else "published"
        needs = (*NEEDS, "package", last)
        found.append(Step("registered", lambda made: registration.record(run.dated, known, made), needs))
    return found


def _publish_redacted(run: Run, made: Made) -> None:
    run.folder.publish("package-redacted", [made["redacted"]])
    write_csv(run.folder.path / KEY, key_of_codes(run, made))


def shipment_folder(harvest: str, name: str, shipments: Collection[str] = ()) -> str:
    """Folder of the package of one shipment, in the run folder.

    Args:
        harvest: name of the harvest.
        name: of the shipment.
        shipments: all names of shipments; some disks take those that differ only by large letters for one.

    >>> shipment_folder("pe-coffee-2026", "EJ-2026-01")
    'shipment-EJ-2026-01'
    """
    named = {one: reference(harvest, [one]) for one in {name, *shipments}}
    folder = f"shipment-{named[name].removeprefix(f'{harvest}.')}"
    alike = [one for one in named.values() if one.casefold() == named[name].casefold()]
    return folder if len(alike) == 1 else distinct(folder, named[name])


def shipment_folders(run: Run, shipments: Sequence[str]) -> dict[str, str]:
    """Folder of the package of each shipment that was asked for."""
    known = run.documents.shipments
    names = {*shipments, *(known.ordered_kg if known is not None else ())}
    return {name: shipment_folder(run.harvest.harvest, name, names) for name in dict.fromkeys(shipments)}


def _of_shipment(run: Run, name: str, folder: str, *, draft: bool, redacted: bool) -> Iterator[Step | Result]:
    yield package(run, folder, Edition(draft, shipment=name), after="published")
    yield Step(f"published {folder}", lambda made: run.folder.publish(folder, [made[folder]]), (folder,))
    if redacted:
        coded = f"redacted-{folder}"

        def publish(made: Made) -> Path:
            write_csv(run.folder.path / f"{coded}-key.csv", key_of_codes(run, made, name))
            return run.folder.publish(coded, [made[coded]])

        yield package(run, coded, Edition(draft, redacted=True, shipment=name), after=folder)
        seen = [one for one in ("imagery", "areas") if getattr(run.harvest, one)]
        yield Step(f"published {coded}", publish, (*NEEDS, *seen, coded))
