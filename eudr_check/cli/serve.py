"""The command that answers other programs."""

from pathlib import Path
from typing import Annotated

import typer

from eudr_check import object_store
from eudr_check.cli.app import Offline, app
from eudr_check.cli.language import in_words
from eudr_check.errors import ConfigError
from eudr_check.text import sentence

LOOPBACK = ("127.0.0.1", "localhost", "::1")


@app.command()
def serve(
    jobs: Annotated[Path, typer.Option(help="folder of the jobs and their results")] = Path("jobs"),
    catalogue: Annotated[
        Path | None,
        typer.Option(
            help="STAC folder; default: the published tiles, online", parser=object_store.local, metavar="PATH"
        ),
    ] = None,
    tokens: Annotated[Path | None, typer.Option(help="file with NAME TOKEN on each line: who may ask")] = None,
    known_plots: Annotated[Path | None, typer.Option(help="plot file whose land may be asked for by GeoID")] = None,
    commodity: Annotated[str, typer.Option(help="what grows there, in any of the four languages")] = "coffee",
    country: Annotated[str | None, typer.Option(help="country (ISO code or name), for rows that name none")] = None,
    host: Annotated[str, typer.Option(help="address to listen on; others than this machine need --tokens")] = LOOPBACK[
        0
    ],
    port: Annotated[int, typer.Option(help="port on this machine; 0 takes a free one")] = 8640,
    workers: Annotated[int, typer.Option(min=1, help="jobs done at once")] = 2,
    offline: Offline = False,
) -> None:
    """Answer other programs over HTTP, in the shape that callers of Whisp know."""
    import socket

    import uvicorn

    from eudr_check import serve as room
    from eudr_check.run.screen import harvest_of
    from eudr_check.serve.land import land

    if tokens is None and host not in LOOPBACK:
        raise ConfigError(sentence("serve", "tokens_needed", host=host))
    known, token = room.Tokens.made_up() if tokens is None else (room.Tokens.read(tokens), None)
    # What would be wrong in every job is said now.
    harvest_of(Path("plots.geojson"), commodity=commodity, catalogue=catalogue, out=jobs, country=country)
    limits = room.Limits()
    place = room.Place(catalogue, offline, commodity, country)
    slots = room.Slots(room.Store(jobs), place, limits, workers)
    answering = room.application(slots, known, limits, None if known_plots is None else land(known_plots))
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        # Whoever reads the line below may ask at once.
        listening.listen()
        typer.echo(in_words(sentence("serve", "started", host=host, port=listening.getsockname()[1])))
        if token is not None:
            typer.echo(in_words(sentence("serve", "own_token", token=token)))
        config = uvicorn.Config(answering, log_level="warning", access_log=False, timeout_keep_alive=30)
        uvicorn.Server(config).run(sockets=[listening])
