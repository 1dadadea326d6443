"""`eudr-check catalogue`: a STAC folder on disk."""

from pathlib import Path
from typing import Annotated

import typer

from eudr_check.cli.app import AsJson, Commands, app, echo_json
from eudr_check.cli.language import spoken
from eudr_check.run.exit import Exit

WORDS = {
    "not stored": "not_stored",
    "no value": "no_value",
    "overlapping": "overlapping",
    "outside the cover": "outside",
    "in no polygon": "in_no_polygon",
}
"""What stands among the hectares of classes and is none, by the key of its words."""

catalogue = Commands(no_args_is_help=True, help="A STAC folder on disk, made from GeoTIFFs and polygon maps.")
app.add_typer(catalogue, name="catalogue")


@catalogue.command("add")
def catalogue_add(
    folder: Annotated[Path, typer.Argument(help="STAC folder; made when it does not exist")],
    rasters: Annotated[list[Path], typer.Argument(help="GeoTIFFs of one layer, or the vector file of a polygon map")],
    layer: Annotated[str, typer.Option(help="layer id such as jrc_gfc2020@V4, or a definition YAML of your own")],
    asset: Annotated[str | None, typer.Option(help="asset the files are, when their names do not tell")] = None,
    as_json: AsJson = False,
) -> None:
    """Register GeoTIFFs as STAC Items with checksum, projection and classes, and print the hectares of every class."""
    from eudr_check import layers
    from eudr_check.config import LayerChoice
    from eudr_check.text import number, say

    own = Path(layer) if layer.endswith((".yaml", ".yml")) else None
    choice = LayerChoice(id=None if own else layer, definition=own, source="local")
    chosen = layers.definition(choice)
    added = layers.catalogue.add(folder, rasters, chosen, asset=asset)
    if as_json:
        echo_json(
            [
                {
                    "item": f"{item.collection_id}/{item.id}",
                    "hectares": {key: one.extra_fields[layers.catalogue.HECTARES] for key, one in item.assets.items()},
                }
                for item in added
            ]
        )
        return
    for item in added:
        typer.echo(f"{item.collection_id}/{item.id}")
        for key in sorted(item.assets):
            names = {str(value): name for value, name in chosen.assets[key].classes.items()}
            for value, hectares in item.assets[key].extra_fields[layers.catalogue.HECTARES].items():
                said = say("definition", WORDS[value], spoken()) if value in WORDS else value
                typer.echo(f"  {key} {said}  {number(hectares, spoken(), 2)} ha  {names.get(value, '')}".rstrip())


@catalogue.command("list")
def catalogue_list(
    folder: Annotated[Path, typer.Argument(help="STAC folder")],
    as_json: AsJson = False,
) -> None:
    """The Items of a STAC folder."""
    from eudr_check import layers

    items = [item for item, _ in layers.catalogue.items(folder)]
    if as_json:
        echo_json([{"item": f"{item.collection_id}/{item.id}", "assets": sorted(item.assets)} for item in items])
        return
    for item in items:
        typer.echo(f"{item.collection_id}/{item.id}  {', '.join(sorted(item.assets))}")


@catalogue.command("check")
def catalogue_check(
    folder: Annotated[Path, typer.Argument(help="STAC folder")],
    as_json: AsJson = False,
) -> None:
    """Hash every file of a STAC folder again; exit code 1 when something is wrong."""
    from eudr_check import layers

    problems = layers.catalogue.check(folder)
    if as_json:
        echo_json(problems)
    else:
        for problem in problems:
            typer.echo(problem)
    raise typer.Exit(Exit.ERROR if problems else Exit.DONE)
