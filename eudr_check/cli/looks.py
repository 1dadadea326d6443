"""Commands that only read what a run has left: status, explanations, comparisons, the version."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from eudr_check import __version__, object_store
from eudr_check.choices import SpokenLanguage
from eudr_check.cli.app import AsJson, Config, app, echo_json
from eudr_check.cli.language import note, speak
from eudr_check.errors import EudrCheckError
from eudr_check.text import sentence

if TYPE_CHECKING:
    import pandas as pd

    from eudr_check.config import Harvest


@app.command()
def status(config: Config, as_json: AsJson = False) -> None:
    """How far a harvest is."""
    from eudr_check.cli import show
    from eudr_check.run import results
    from eudr_check.run.folder import RunFolder
    from eudr_check.run.inputs import load
    from eudr_check.run.status import status as status_of

    harvest = load(config)
    assert harvest.run.folder is not None
    show.status(status_of(RunFolder(harvest.run.folder), *results.gaps(harvest)), as_json=as_json)


@app.command()
def explain(
    config: Config,
    plot: Annotated[str, typer.Argument(help="plot as COOPERATIVE/ID")],
    language: Annotated[SpokenLanguage | None, typer.Option(help="default: the first of the harvest")] = None,
    picture: Annotated[Path | None, typer.Option(help="SVG to write: the plot on the layers")] = None,
    as_json: AsJson = False,
) -> None:
    """Why a plot has its outcome: from Item and hectares to rule, in plain words, and as a small picture."""
    from eudr_check import layers, risk
    from eudr_check.run import results
    from eudr_check.run.inputs import load

    harvest = load(config)
    assert harvest.run.folder is not None
    spoken = language or harvest.package.languages[0]
    speak(spoken)  # refusals too
    if not as_json:
        note()
    tables = results.tables(harvest.run.folder)
    definitions = [layers.definition(choice) for choice in harvest.layers]
    words = risk.explain(
        plot,
        tables["PLOTS"],
        tables["ASSESSMENTS"],
        tables["REASONS"],
        tables["EVIDENCE"],
        [variable for definition in definitions for variable in definition.variables],
        risk.policy(harvest.policy),
        spoken,
    )
    words += _chains(plot, tables.get("ANIMALS"), spoken)
    if picture is not None:
        picture.write_text(_drawn(harvest, plot, tables), encoding="utf-8")
    if as_json:
        outcome = tables["ASSESSMENTS"].loc[plot, "final_outcome"]
        echo_json({"plot": plot, "outcome": outcome, "text": words, "picture": picture})
        return
    typer.echo(words)
    if picture is not None:
        typer.echo(str(picture))


def _chains(plot: str, animals: "pd.DataFrame | None", language: str) -> str:
    """Groups of cattle that were kept on the plot, the outcome of each chain, and what breaks it; empty without any."""
    from eudr_check.package import chains
    from eudr_check.text import say

    if animals is None:
        return ""
    mine = animals[[plot in keys for keys in animals["plots"]]]
    lines = []
    for row in mine.sort_values("group").to_dict("records"):
        why = " ".join(chains.worded(one, language) for one in chains.faults(f"{row['reasons']}; {row['warnings']}"))
        outcome = say("explain", str(row["outcome"]), language)
        lines.append(f"- {say('explain', 'chain', language, group=row['group'], outcome=outcome)} {why}".rstrip())
    if not lines:
        return ""
    return "\n".join(["", say("explain", "chains_heading", language), *lines, ""])


def _drawn(harvest: "Harvest", plot: str, tables: Mapping[str, "pd.DataFrame"]) -> str:
    """One plot on the layers, as SVG."""
    import geopandas as gpd

    from eudr_check import layers
    from eudr_check.package.report.thumbnail import svg
    from eudr_check.run import results
    from eudr_check.run.thumbnails import around, baseline_of

    chosen = gpd.GeoDataFrame(tables["PLOTS"].loc[[plot]])
    if chosen.geometry.iloc[0] is None:
        raise EudrCheckError(sentence("refusals", "nothing_to_draw", plot=plot))
    definitions = [layers.definition(choice) for choice in harvest.layers]
    supply = results.supply_of(harvest, tables["SOURCES"])
    found = around(chosen, tables["SOURCES"], definitions, baseline_of(definitions), supply)
    return svg(found[plot], chosen.geometry.iloc[0])


@app.command()
def compare(
    before: Annotated[Path, typer.Argument(help="run folder, e.g. runs/pe-coffee-2025", parser=object_store.local)],
    after: Annotated[Path, typer.Argument(help="run folder to compare with it", parser=object_store.local)],
    as_json: AsJson = False,
) -> None:
    """Every plot whose outcome changed between two runs, and its cause."""
    from eudr_check import risk
    from eudr_check.cli import show
    from eudr_check.run import results

    changes = risk.compare(results.tables(before), results.tables(after))
    if as_json:
        typer.echo(changes.reset_index().to_json(orient="records", indent=1, force_ascii=False))
    else:
        show.frame(changes.reset_index(), nothing="no outcome changed")


@app.command()
def version(as_json: AsJson = False) -> None:
    """Version of eudr-check."""
    if as_json:
        echo_json({"version": __version__})
    else:
        typer.echo(__version__)
