"""What all commands share: the application, its options, and how errors end."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from eudr_check import object_store
from eudr_check.errors import EudrCheckError
from eudr_check.run.exit import Exit

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Check farm plots against forest maps and write EU due-diligence packages.",
)

Config = Annotated[
    Path,
    typer.Argument(help="YAML of the harvest, e.g. configs/pe-coffee-2026.yaml", parser=object_store.local),
]
AsJson = Annotated[bool, typer.Option("--json", help="Machine-readable result on stdout.")]
Offline = Annotated[bool, typer.Option("--offline", help="Make no connection; what is not here stays unknown.")]
Profile = Annotated[bool, typer.Option("--profile", help="Say where the time went.")]
Redacted = Annotated[
    bool, typer.Option("--redacted", help="Write a redacted edition without names of persons as well.")
]
Draft = Annotated[bool, typer.Option("--draft", help="Declare unsettled plots too; every file says draft.")]


@contextmanager
def known_errors() -> Iterator[None]:
    """Turn errors raised on purpose into one line and exit code 1."""
    try:
        yield
    except EudrCheckError as error:
        from rich.console import Console
        from rich.text import Text

        said = Text.assemble(("error:", "red"), " ", object_store.named(str(error)))
        Console(stderr=True).print(said, soft_wrap=True)
        sys.exit(Exit.ERROR)
