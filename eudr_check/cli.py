"""The command `eudr-check`: results on stdout, log and progress on stderr, exit codes as in `run.harvest.Exit`."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from eudr_check import __version__, show
from eudr_check import layers as layers_room
from eudr_check.config import Harvest, LayerChoice, load
from eudr_check.errors import EudrCheckError
from eudr_check.run import harvest as run_harvest
from eudr_check.run.folder import RunFolder
from eudr_check.run.harvest import Exit
from eudr_check.run.screen import harvest_of
from eudr_check.run.status import status as status_of

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Check farm plots against forest maps and write EU due-diligence packages.",
)
catalogue = typer.Typer(no_args_is_help=True, help="A STAC folder on disk, made from GeoTIFFs.")
app.add_typer(catalogue, name="catalogue")

Config = Annotated[Path, typer.Argument(help="YAML of the harvest, e.g. configs/pe-coffee-2026.yaml")]
AsJson = Annotated[bool, typer.Option("--json", help="Machine-readable result on stdout.")]
Offline = Annotated[bool, typer.Option("--offline", help="Make no connection; what is not here stays unknown.")]
Profile = Annotated[bool, typer.Option("--profile", help="Say where the time went.")]

errors = Console(stderr=True)


def main() -> None:
    """Run the command; a known error is one line on stderr and exit code 1."""
    with known_errors():
        app()


@contextmanager
def known_errors() -> Iterator[None]:
    """Turn errors raised on purpose into one line and exit code 1."""
    try:
        yield
    except EudrCheckError as error:
        errors.print(f"[red]error:[/red] {error}", highlight=False, soft_wrap=True)
        sys.exit(Exit.ERROR)


def _stage(path: Path, until: str, as_json: bool, offline: bool = False, profile: bool = False, **more: bool) -> None:
    _finish(load(path), until, as_json, offline, profile, **more)


def _finish(
    harvest: Harvest, until: str, as_json: bool, offline: bool = False, profile: bool = False, **more: bool
) -> None:
    with show.progress() as report:
        finished = run_harvest.run(harvest, until=until, offline=offline, progress=report, **more)
    show.result(finished, as_json=as_json, profile=profile)
    raise typer.Exit(finished.exit)


@app.command()
def run(
    config: Config,
    as_json: AsJson = False,
    offline: Offline = False,
    profile: Profile = False,
    draft: Annotated[bool, typer.Option("--draft", help="Write unsettled plots too; every file says draft.")] = False,
) -> None:
    """Do everything that is missing, from plot files to package."""
    _stage(config, "package", as_json, offline, profile, draft=draft)


@app.command()
def plots(config: Config, as_json: AsJson = False) -> None:
    """Read and check the plot files; write PLOTS, FINDINGS and a fix list per cooperative."""
    _stage(config, "plots", as_json)


@app.command()
def overlay(config: Config, as_json: AsJson = False, offline: Offline = False) -> None:
    """Go as far as the EVIDENCE table."""
    _stage(config, "overlay", as_json, offline)


@app.command()
def assess(config: Config, as_json: AsJson = False, offline: Offline = False) -> None:
    """Go as far as outcomes and reasons."""
    _stage(config, "assess", as_json, offline)


@app.command()
def package(config: Config, as_json: AsJson = False, offline: Offline = False) -> None:
    """Write the due-diligence package."""
    _stage(config, "package", as_json, offline)


@app.command()
def prefetch(config: Config, as_json: AsJson = False) -> None:
    """Bring every raster block the plots need to this machine: the first half of run."""
    _stage(config, "layers", as_json)


@app.command()
def screen(
    plots_file: Annotated[Path, typer.Argument(help="plot file of any format")],
    catalogue: Annotated[Path | None, typer.Option(help="STAC folder; default: the published tiles, online")] = None,
    commodity: Annotated[str, typer.Option(help="what grows there")] = "coffee",
    country: Annotated[str | None, typer.Option(help="ISO 3166-1 alpha-2, for rows that name none")] = None,
    out: Annotated[Path | None, typer.Option(help="run folder; default screen-NAME here")] = None,
    plots_only: Annotated[bool, typer.Option("--plots-only", help="Check the plots, read no layer.")] = False,
    as_json: AsJson = False,
    offline: Offline = False,
) -> None:
    """One plot file, no YAML: default layers and policy."""
    harvest = harvest_of(
        plots_file,
        commodity=commodity,
        catalogue=catalogue,
        out=out or Path(f"screen-{plots_file.stem}"),
        country=country,
    )
    _finish(harvest, "plots" if plots_only else "package", as_json, offline)


@app.command()
def status(config: Config, as_json: AsJson = False) -> None:
    """How far a harvest is."""
    harvest = load(config)
    assert harvest.run.folder is not None
    show.status(status_of(RunFolder(harvest.run.folder)), as_json=as_json)


@catalogue.command("add")
def catalogue_add(
    folder: Annotated[Path, typer.Argument(help="STAC folder; made when it does not exist")],
    rasters: Annotated[list[Path], typer.Argument(help="GeoTIFFs of one layer")],
    layer: Annotated[str, typer.Option(help="layer id such as jrc_gfc2020@V4, or a definition YAML of your own")],
    asset: Annotated[str | None, typer.Option(help="asset the files are, when their names do not tell")] = None,
) -> None:
    """Register GeoTIFFs as STAC Items with checksum, projection and classes."""
    own = Path(layer) if layer.endswith((".yaml", ".yml")) else None
    choice = LayerChoice(id=None if own else layer, definition=own, source="local")
    for item in layers_room.catalogue.add(folder, rasters, layers_room.definition(choice), asset=asset):
        typer.echo(f"{item.collection_id}/{item.id}")


@catalogue.command("list")
def catalogue_list(folder: Annotated[Path, typer.Argument(help="STAC folder")]) -> None:
    """The Items of a STAC folder."""
    for item, _ in layers_room.catalogue.items(folder):
        typer.echo(f"{item.collection_id}/{item.id}  {', '.join(sorted(item.assets))}")


@catalogue.command("check")
def catalogue_check(folder: Annotated[Path, typer.Argument(help="STAC folder")]) -> None:
    """Hash every file of a STAC folder again; exit code 1 when something is wrong."""
    problems = layers_room.catalogue.check(folder)
    for problem in problems:
        typer.echo(problem)
    raise typer.Exit(Exit.ERROR if problems else Exit.DONE)


@app.command()
def version() -> None:
    """Version of eudr-check."""
    typer.echo(__version__)


if __name__ == "__main__":
    main()
