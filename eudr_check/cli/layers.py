"""`eudr-check layers`: bring the layers of a harvest, ask every public place whether it still is as defined, or begin a
definition of one's own.
"""

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from eudr_check import object_store
from eudr_check.cli.app import AsJson, Commands, Offline, app, echo_json
from eudr_check.cli.language import spoken
from eudr_check.cli.runs import finish
from eudr_check.errors import LayersError
from eudr_check.run.exit import Exit


class Layers(TyperGroup):
    """`layers CONFIG` is short for `layers bring CONFIG`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if not args or args[0] not in {*self.commands, *ctx.help_option_names}:
            args = ["bring", *args]
        return super().parse_args(ctx, args)


layers = Commands(cls=Layers, help="The maps of a harvest, and definitions of one's own.")
app.add_typer(layers, name="layers")


@layers.command("bring")
def layers_bring(
    config: Annotated[
        Path | None,
        typer.Argument(help="YAML of the harvest; not needed with --live-check", parser=object_store.local),
    ] = None,
    live: Annotated[bool, typer.Option("--live-check", help="Ask every configured endpoint for one window.")] = False,
    country: Annotated[
        str | None, typer.Option(help="Which layers apply in a country, why, and their licence.")
    ] = None,
    as_json: AsJson = False,
    offline: Offline = False,
) -> None:
    """Go as far as the SOURCES table (`layers CONFIG` is short for it); with --live-check ask the public endpoints,
    with --country show what applies there."""
    import pandas as pd

    from eudr_check.cli import show
    from eudr_check.config import LayerChoice
    from eudr_check.layers.areas.definition import definition as area_definition
    from eudr_check.layers.areas.definition import shipped as shipped_areas
    from eudr_check.layers.areas.live_check import live_check as check_areas
    from eudr_check.layers.definition import definition, shipped
    from eudr_check.layers.live_check import live_check
    from eudr_check.run.inputs import load

    if country is not None:
        _applies(country, as_json)
        return
    if not live:
        if config is None:
            raise typer.BadParameter("give the YAML of a harvest, --country, or --live-check")
        finish(load(config), "layers", as_json, offline)
    chosen = (
        [LayerChoice(id=name, source="live") for name in shipped()] if config is None else list(load(config).layers)
    )
    named = {name: Path(name) for name in shipped_areas()} if config is None else load(config).areas
    found = pd.concat(
        [
            live_check([definition(choice) for choice in chosen]),
            check_areas([area_definition(name, path) for name, path in named.items()]),
        ],
        ignore_index=True,
    )
    if as_json:
        typer.echo(found.to_json(orient="records", indent=1, force_ascii=False))
    else:
        show.frame(found, nothing="no layer to check")
    raise typer.Exit(Exit.DONE if found["agrees"].all() else Exit.ERROR)


def _applies(country: str, as_json: bool) -> None:
    """Print the layers of a country and the maps that are registered by hand."""
    import json
    from dataclasses import asdict

    import pandas as pd

    from eudr_check.cli import show
    from eudr_check.config import LayerChoice
    from eudr_check.layers import packs
    from eudr_check.layers.areas.definition import definition as area_definition
    from eudr_check.layers.definition import definition
    from eudr_check.names import code_of
    from eudr_check.text import say

    code = code_of(country)
    if code is None:
        raise typer.BadParameter(f"'{country[:60]}' is no country", param_hint="--country")
    pack, language = packs.pack(code), spoken()
    known = [definition(LayerChoice(id=one.layer, source="web")) for one in pack.layers]
    rows = [
        {"layer": one.id, "why": say("packs", mine.why, language), "licence": one.licence, "verified": one.checked}
        for mine, one in zip(pack.layers, known, strict=True)
    ]
    rows += [
        {"layer": one.id, "why": say("packs", one.topic, language), "licence": one.licence, "verified": one.checked}
        for one in (area_definition(name, Path(name)) for name in pack.areas)
    ]
    if as_json:
        listed = {"country": code, "layers": rows, "by_hand": [asdict(one) for one in pack.by_hand]}
        typer.echo(json.dumps(listed, ensure_ascii=False, indent=1))
        return
    show.frame(pd.DataFrame(rows), nothing="")
    if code not in packs.countries():
        typer.echo(say("packs", "unknown", language, country=code, known=", ".join(packs.countries())))
    elif not pack.has_national_map:
        typer.echo(say("packs", "no_national", language, country=code))
    for one in pack.by_hand:
        typer.echo(say("packs", "by_hand", language, title=one.title, page=one.page))


@layers.command("new")
def layers_new(
    raster: Annotated[Path, typer.Argument(help="GeoTIFF of classes, or vector file of polygons; all of it is read")],
    table: Annotated[str | None, typer.Option(help="layer of the vector file, where it has several")] = None,
    to: Annotated[Path | None, typer.Option(help="YAML to write; by default beside the raster")] = None,
    as_json: AsJson = False,
) -> None:
    """Begin the definition of a map of one's own with its values, names, hectares and CRS; the rest is marked."""
    from eudr_check.layers.definition import BLANK
    from eudr_check.layers.polygons.files import is_polygons
    from eudr_check.setup.new_definition import new_definition
    from eudr_check.setup.new_polygons import new_polygons
    from eudr_check.text import say, sentence

    target = to or raster.with_suffix(".yaml")
    if target.exists():
        raise LayersError(sentence("definition", "exists", file=target))
    if is_polygons(raster):
        text = new_polygons(raster, table, target.name, spoken())
    else:
        text = new_definition(raster, target.name, spoken())
    target.write_text(text, encoding="utf-8")
    if as_json:
        echo_json({"file": target})
        return
    typer.echo(say("definition", "written", spoken(), file=target, blank=BLANK))
