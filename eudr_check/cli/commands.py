"""All commands: importing their modules adds them to `app`."""

from eudr_check.cli import (  # noqa: F401
    answers,
    catalogue,
    files,
    filing,
    imagery,
    law,
    layers,
    looks,
    references,
    register,
    review,
    runs,
    serve,
    setup,
    signature,
    simplified,
    watch,
)
from eudr_check.cli.app import app, known_errors

__all__ = ["app", "known_errors"]
