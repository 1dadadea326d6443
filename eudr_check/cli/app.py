"""What all commands share: the application, its options, and how errors end."""

import functools
import inspect
import json
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from eudr_check import __version__, object_store, postgresql
from eudr_check.choices import SpokenLanguage
from eudr_check.cli import language
from eudr_check.errors import BusyError, EudrCheckError
from eudr_check.run.exit import Exit

if TYPE_CHECKING:
    from eudr_check.postgresql import Place as Place
else:
    # Typer takes no unions; what a register is, its parser says.
    Place = Path

Spoken = Annotated[
    SpokenLanguage | None, typer.Option(help="language of what is said here; default: that of the system")
]


class Commands(typer.Typer):
    """Commands that all take `--language`."""

    def command(self, name: str | None = None, **options: Any) -> Callable[[Any], Any]:
        """Register a function as a command; one with a `language` of its own speaks that."""
        register = super().command(name, **options)

        def speaking(function: Callable[..., Any]) -> Callable[..., Any]:
            given = inspect.signature(function)
            own = "language" in given.parameters

            @functools.wraps(function)
            def command(**values: Any) -> Any:
                language.speak(values.get("language"))
                if not own:
                    values.pop("language", None)
                return function(**values)

            if not own:
                option = inspect.Parameter("language", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Spoken)
                command.__signature__ = given.replace(parameters=[*given.parameters.values(), option])  # type: ignore[attr-defined]
                command.__annotations__ = {**function.__annotations__, "language": Spoken}
            register(command)
            return function

        return speaking


ORDER = (
    "init", "doctor", "run", "status", "explain", "review", "answers", "compare", "screen",
    "plots", "layers", "overlay", "assess", "imagery", "package", "prefetch", "catalogue",
    "eu-check", "verify", "new-key", "sign", "simplified",
    "submit", "submission", "amend", "withdraw", "verify-number", "verify-numbers", "practice-server",
    "register", "watch", "serve", "law", "version",
)  # fmt: skip
"""Commands in the order people use them: begin, run, decide; stage by stage; the package; filing; looking things up."""


class InOrder(TyperGroup):
    """All commands, in the order of `ORDER`."""

    def list_commands(self, ctx: Any) -> list[str]:
        return sorted(super().list_commands(ctx), key=ORDER.index)


app = Commands(
    cls=InOrder,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

Register = Annotated[
    Place, typer.Argument(help="what a harvest names as 'register': a file or a database", parser=postgresql.place)
]
Config = Annotated[
    Path,
    typer.Argument(help="YAML of the harvest, e.g. configs/pe-coffee-2026.yaml", parser=object_store.local),
]


def _version(asked: bool) -> None:
    if asked:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def whole(
    version: Annotated[
        bool, typer.Option("--version", help="Version of eudr-check.", is_eager=True, callback=_version)
    ] = False,
) -> None:
    """Check farm plots against forest maps and write EU due-diligence packages."""


AsJson = Annotated[bool, typer.Option("--json", help="Machine-readable result on stdout.")]
Offline = Annotated[bool, typer.Option("--offline", help="Make no connection; what is not here stays unknown.")]
Profile = Annotated[bool, typer.Option("--profile", help="Say where the time went.")]
Redacted = Annotated[
    bool, typer.Option("--redacted", help="Write a redacted edition without names of persons as well.")
]
Draft = Annotated[bool, typer.Option("--draft", help="Declare unsettled plots too; every file says draft.")]


def echo_json(value: object) -> None:
    """Write a result for programs on stdout; paths and days as text."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=1, default=str))


def error_json(code: str, message: str) -> None:
    """Write an error for programs on stdout, as every command with `--json` does.

    `where` is the file the message begins with, where there is such a file.
    """
    begins = re.split(", |: ", message, maxsplit=1)[0]
    found = begins != message and len(begins) < 1000 and Path(begins).exists()
    echo_json({"error": code, "message": message, "where": begins if found else None})


@contextmanager
def known_errors() -> Iterator[None]:
    """Turn errors raised on purpose into words of the language spoken and exit code 1, or 5 when busy."""
    try:
        yield
    except EudrCheckError as error:
        from rich.console import Console
        from rich.text import Text

        words = language.in_words(error.args[0] if error.args else error)
        if "--json" in sys.argv:
            error_json(error.code, object_store.named(words))
        said = Text.assemble((language.say("error"), "red"), " ", object_store.named(words))
        Console(stderr=True).print(said, soft_wrap=True)
        sys.exit(Exit.BUSY if isinstance(error, BusyError) else Exit.ERROR)
