"""Which system a command talks to, and the register that remembers it: options that all commands of filing share."""

import functools
import inspect
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

import typer

from eudr_check.cli.app import Place
from eudr_check.errors import FilingError
from eudr_check.postgresql import place
from eudr_check.text import sentence

if TYPE_CHECKING:
    from eudr_check.filing.client import Client
    from eudr_check.filing.transport import Link, System

Register = Annotated[
    Place,
    typer.Option(
        "--register",
        envvar="EUDR_CHECK_REGISTER",
        help="what the harvest names as 'register': a file or a database",
        parser=place,
    ),
]
_OPTIONS: dict[str, Any] = {
    "acceptance": Annotated[bool, typer.Option("--acceptance", help="The system of the Commission to try things in.")],
    "production": Annotated[bool, typer.Option("--production", help="The real system.")],
    "endpoint": Annotated[
        str | None,
        typer.Option(envvar="EUDR_CHECK_EU_ENDPOINT", help="address of a practice server on this machine"),
    ],
}
_DEFAULTS = {"acceptance": False, "production": False, "endpoint": None}


@dataclass(frozen=True)
class Target:
    """One system, reached directly or played by a practice server."""

    system: "System"
    endpoint: str | None

    @property
    def name(self) -> str:
        """As the register calls it; what went to a practice server must never be asked of the real one."""
        return self.system if self.endpoint is None else "practice"

    def link(self) -> "Link":
        """The way there.

        Raises:
            FilingError: credentials are missing, or the practice server is not on this machine.
        """
        from eudr_check.filing import security, transport

        if self.endpoint is not None and not transport.is_loopback(urlsplit(self.endpoint).hostname or ""):
            raise FilingError(sentence("filing", "endpoint_elsewhere", endpoint=self.endpoint))
        return transport.Link(
            self.endpoint or transport.ADDRESSES[self.system], security.credentials(self.name, os.environ)
        )

    def client(self, register: Place) -> "Client":
        """The system with a register; raises as `link`."""
        from eudr_check.filing.client import Client

        return Client(self.link(), register, self.name)


def targeted(function: Callable[..., object]) -> Callable[..., object]:
    """Give a command `--acceptance`, `--production` and `--endpoint` for its parameter `target`."""
    given = inspect.signature(function)

    @functools.wraps(function)
    def command(*, acceptance: bool, production: bool, endpoint: str | None, **values: Any) -> Any:
        if acceptance == production:
            raise FilingError(sentence("filing", "which_system"))
        return function(target=Target("production" if production else "acceptance", endpoint), **values)

    options = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=_DEFAULTS[name], annotation=annotation)
        for name, annotation in _OPTIONS.items()
    ]
    own = [one for name, one in given.parameters.items() if name != "target"]
    command.__signature__ = given.replace(  # type: ignore[attr-defined]
        parameters=[*(one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in own), *options]
    )
    kept = {name: one for name, one in function.__annotations__.items() if name != "target"}
    command.__annotations__ = kept | _OPTIONS
    return command
