"""All commands: importing their modules adds them to `app`."""

from eudr_check.cli import answers, catalogue, files, imagery, law, layers, looks, register, runs, simplified  # noqa: F401
from eudr_check.cli.app import app, known_errors

__all__ = ["app", "known_errors"]
