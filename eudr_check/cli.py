"""The command `eudr-check`: results on stdout, log and progress on stderr, exit codes as in `run.harvest.Exit`."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from eudr_check import __version__, config
from eudr_check.errors import EudrCheckError
from eudr_check.run import harvest as run_harvest
from eudr_check.run import show

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
        sys.exit(run_harvest.Exit.ERROR)


def _stage(path: Path, until: str, as_json: bool, offline: bool = False, profile: bool = False, **more: bool) -> None:
    harvest = config.load(path)
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
def version() -> None:
    """Version of eudr-check."""
    typer.echo(json.dumps(__version__).strip('"'))


if __name__ == "__main__":
    main()
