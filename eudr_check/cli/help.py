"""`--help` and what is said of a wrong call, in the language of the terminal.

The English sentences stand in the code, where they are read with the command they explain; `help.yaml` and `usage.yaml`
hold the other languages under them.
"""

import re
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import typer
from typer import rich_utils
from typer.main import get_command

from eudr_check.choices import SPOKEN_LANGUAGES
from eudr_check.cli import language
from eudr_check.cli.app import error_json
from eudr_check.cli.language import say
from eudr_check.resources import read_yaml

_WRONG_CALL: Any = typer.BadParameter.__mro__[1]
"""Base of all errors of a wrong call; Typer gives it no public name."""
_TITLES = {
    "OPTIONS_PANEL_TITLE": "help_options",
    "ARGUMENTS_PANEL_TITLE": "help_arguments",
    "COMMANDS_PANEL_TITLE": "help_commands",
    "ERRORS_PANEL_TITLE": "help_error",
    "DEFAULT_STRING": "help_default",
    "REQUIRED_LONG_STRING": "help_required",
    "RICH_HELP": "help_try",
    "ABORTED_TEXT": "help_aborted",
}


def run(app: typer.Typer, arguments: Sequence[str]) -> None:
    """Run the command that was called; help and wrong calls speak the language asked for, else that of the locale.

    Args:
        app: all commands.
        arguments: what stands behind the name of the program.
    """
    language.speak(asked(arguments))
    if "--json" not in arguments:
        language.note()
    command: Any = get_command(app)
    _translate(command)
    for name, key in _TITLES.items():
        setattr(rich_utils, name, say(key))
    try:
        sys.exit(command.main(list(arguments), prog_name="eudr-check", standalone_mode=False) or 0)
    except _WRONG_CALL as error:
        words = of_call(error.format_message())
        if "--json" in arguments:
            error_json("usage", words)
        error.format_message = lambda: words
        rich_utils.rich_format_error(error)
        sys.exit(error.exit_code)
    except typer.Abort:
        rich_utils.rich_abort_error()
        sys.exit(1)


def asked(arguments: Sequence[str]) -> str | None:
    """The language of `--language` before anything else is read; None where it names none of ours.

    >>> asked(["run", "--language", "es"]), asked(["--help", "--language=fr"]), asked(["run", "--language", "xx"])
    ('es', 'fr', None)
    """
    pairs = zip(arguments, [*arguments[1:], ""], strict=True)
    named = [after if one == "--language" else one.partition("=")[2] for one, after in pairs if _names(one)]
    return next((one for one in named if one in SPOKEN_LANGUAGES), None)


def _names(argument: str) -> bool:
    return argument.partition("=")[0] == "--language"


def of_help(text: str, spoken: str) -> str:
    """A text of the help, paragraph by paragraph, in a language; one without translation as it stands."""
    paragraphs = [" ".join(one.split()) for one in text.split("\n\n")]
    return "\n\n".join(help_texts().get(one, {}).get(spoken, one) for one in paragraphs)


def of_call(message: str) -> str:
    """What Typer says of a wrong call, in the language of the terminal."""
    spoken = language.spoken()
    if spoken == "en":
        return message
    for pattern, words in read_yaml(__package__, "usage.yaml").items():
        found = re.fullmatch(pattern, message, re.DOTALL)
        if found is not None:
            return str(words[spoken]).format(**found.groupdict()) if spoken in words else message
    return message


@cache
def help_texts() -> dict[str, dict[str, str]]:
    """Sentence of the help in English: language: the same sentence."""
    content: dict[str, dict[str, str]] = read_yaml(__package__, "help.yaml")
    return content


def _translate(command: Any) -> None:
    spoken = language.spoken()
    if spoken == "en":
        return
    for one in all_of(command):
        if hasattr(one, "get_help_option"):
            # Made at its first use, and kept.
            option = one.get_help_option(typer.Context(one))
            option.help = of_help(option.help, spoken)
        for name in ("help", "short_help"):
            if getattr(one, name, None):
                setattr(one, name, of_help(getattr(one, name), spoken))


def all_of(command: Any) -> Iterator[Any]:
    """A command, its parameters, and the same of the commands below it."""
    yield command
    yield from command.params
    for below in getattr(command, "commands", {}).values():
        yield from all_of(below)
