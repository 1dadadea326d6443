"""The manual page, made of the command line itself; `docs/make_reference.py` writes it."""

import inspect
from collections.abc import Iterator
from typing import Any

import typer.main

from eudr_check import __version__

HIDDEN = ("help", "install_completion", "show_completion")
EXITS = {
    "0": "done",
    "1": "an error; the message says what to do",
    "2": "a wrong call",
    "3": "done, and something is open: plots undetermined or blocked, or a shipment not declared",
    "4": "incomplete: a layer was not read, or the EU system has not answered yet; run again",
    "5": "another process is at work on this harvest",
}


def page() -> str:
    """The page in the macros of man(7)."""
    from eudr_check.cli.commands import app  # Late: the command line imports every stage.

    whole: Any = typer.main.get_command(app)
    lines = [
        f'.TH EUDR\\-CHECK 1 "" "eudr\\-check {text(__version__)}" "User Commands"',
        ".SH NAME",
        f"eudr\\-check \\- {text(first(whole.help)[:1].lower() + first(whole.help)[1:].rstrip('.'))}",
        ".SH SYNOPSIS",
        ".B eudr\\-check",
        ".I COMMAND",
        "[\\fIOPTION\\fR ...] [\\fIARGUMENT\\fR ...]",
        ".SH COMMANDS",
        *commands(whole, "eudr-check"),
        ".SH EXIT STATUS",
    ]
    for code, meaning in EXITS.items():
        lines += [".TP", f".B {code}", text(meaning)]
    return "\n".join([*lines, ".SH SEE ALSO", "The documentation in docs/, or the site made of it.", ""])


def commands(command: Any, name: str) -> Iterator[str]:
    """A command and those below it, each with its options."""
    if getattr(command, "commands", None):
        for child, below in sorted(command.commands.items()):
            yield from commands(below, f"{name} {child}")
        return
    yield f".SS {text(name)}"
    for paragraph in inspect.cleandoc(command.help or "").split(chr(12))[0].split("\n\n"):
        yield from (text(" ".join(paragraph.split())), ".PP")
    for item in command.params:
        if item.name not in HIDDEN:
            dashed = item.opts and item.opts[0].startswith("-")
            label = ", ".join(item.opts) if dashed else (item.metavar or item.name.upper())
            yield from (
                ".TP",
                f".B {text(label)}",
                text(" ".join((getattr(item, "help", None) or "").split()) or "\\&"),
            )


def first(paragraphs: str | None) -> str:
    """The first paragraph of a help text."""
    return " ".join((paragraphs or "").split("\n\n")[0].split())


def text(words: str) -> str:
    """Words as roff prints them and nothing else."""
    if words == "\\&":
        return words
    plain = words.replace("\\", "\\e").replace("-", "\\-").replace('"', "\\(dq")
    return f"\\&{plain}" if plain[:1] in (".", "'") else plain
