"""Commands that do work: the whole run, one stage, a screening."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from eudr_check import object_store
from eudr_check.cli.app import AsJson, Config, Draft, Offline, Profile, Redacted, app

if TYPE_CHECKING:
    from eudr_check.config import Harvest


def stage(
    path: Path,
    until: str,
    as_json: bool,
    offline: bool = False,
    profile: bool = False,
    shipments: Sequence[str] = (),
    **more: bool,
) -> None:
    from eudr_check.run.inputs import load

    finish(load(path), until, as_json, offline, profile, shipments=shipments, **more)


def finish(
    harvest: "Harvest",
    until: str,
    as_json: bool,
    offline: bool = False,
    profile: bool = False,
    *,
    plots: bool = False,
    shipments: Sequence[str] = (),
    **more: bool,
) -> None:
    from eudr_check.cli import imagery, show
    from eudr_check.cli.progress import progress
    from eudr_check.run import harvest as run_harvest

    pictured = harvest.imagery is not None and until == "package"
    with progress() as report:
        if pictured:
            typer.echo(imagery.budget(harvest), err=True)
        finished = run_harvest.run(harvest, until=until, offline=offline, progress=report, shipments=shipments, **more)
    if pictured and "imagery" in finished.made:
        for line in imagery.read(finished.made["imagery"].json("summary")):
            typer.echo(line, err=True)
    show.result(finished, as_json=as_json, profile=profile, plots=plots)
    raise typer.Exit(finished.exit)


@app.command()
def run(
    config: Config,
    as_json: AsJson = False,
    offline: Offline = False,
    profile: Profile = False,
    draft: Draft = False,
    redacted: Redacted = False,
) -> None:
    """Do everything that is missing, from plot files to package."""
    stage(config, "package", as_json, offline, profile, draft=draft, redacted=redacted)


@app.command()
def plots(config: Config, as_json: AsJson = False) -> None:
    """Read and check the plot files; write PLOTS, FINDINGS and a fix list per cooperative."""
    stage(config, "plots", as_json)


@app.command()
def overlay(config: Config, as_json: AsJson = False, offline: Offline = False) -> None:
    """Go as far as the EVIDENCE table."""
    stage(config, "overlay", as_json, offline)


@app.command()
def assess(
    config: Config,
    policy: Annotated[str | None, typer.Option(help="policy instead of the harvest's, by name or YAML")] = None,
    as_json: AsJson = False,
    offline: Offline = False,
) -> None:
    """Go as far as outcomes and reasons; another policy touches no raster."""
    from eudr_check.run.inputs import load

    harvest = load(config)
    finish(harvest if policy is None else harvest.model_copy(update={"policy": policy}), "assess", as_json, offline)


@app.command()
def package(
    config: Config,
    as_json: AsJson = False,
    offline: Offline = False,
    draft: Draft = False,
    redacted: Redacted = False,
    shipment: Annotated[
        list[str] | None,
        typer.Option(help="also a package of this shipment alone, to hand to its buyer; repeatable", metavar="NAME"),
    ] = None,
) -> None:
    """Write the due-diligence package."""
    stage(config, "package", as_json, offline, shipments=shipment or (), draft=draft, redacted=redacted)


@app.command()
def prefetch(config: Config, as_json: AsJson = False) -> None:
    """Bring every raster block the plots need to this machine: the first half of run."""
    from eudr_check.run.inputs import load

    harvest = load(config)
    if harvest.imagery is not None:
        # Which plots need pictures is known once they are assessed.
        from eudr_check.cli.imagery import look

        raise typer.Exit(look(harvest, as_json=as_json, offline=False))
    finish(harvest, "layers", as_json)


@app.command()
def screen(
    plots_file: Annotated[Path, typer.Argument(help="plot file of any format", parser=object_store.local)],
    catalogue: Annotated[
        Path | None,
        typer.Option(
            help="STAC folder; default: the published tiles, online", parser=object_store.local, metavar="PATH"
        ),
    ] = None,
    commodity: Annotated[str, typer.Option(help="what grows there, in any of the four languages")] = "coffee",
    country: Annotated[str | None, typer.Option(help="country (ISO code or name), for rows that name none")] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="run folder; default screen-NAME here", parser=object_store.local, metavar="PATH"),
    ] = None,
    plots_only: Annotated[bool, typer.Option("--plots-only", help="Check the plots, read no layer.")] = False,
    as_json: AsJson = False,
    offline: Offline = False,
) -> None:
    """One plot file, no YAML: default layers and policy."""
    from eudr_check.run.screen import harvest_of

    harvest = harvest_of(
        plots_file,
        commodity=commodity,
        catalogue=catalogue,
        out=out or Path(f"screen-{plots_file.stem}"),
        country=country,
    )
    finish(harvest, "plots" if plots_only else "package", as_json, offline, plots=True)
