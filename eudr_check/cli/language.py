"""The language of the terminal: `--language`, else that of the locale, else English."""

import os
import sys
from collections.abc import Mapping

from eudr_check import text
from eudr_check.choices import SPOKEN_LANGUAGES

_chosen: list[str] = []
_noted: set[str] = set()


def speak(language: str | None) -> None:
    """Settle the language of everything said from now on; None leaves it to the locale."""
    _chosen[:] = [] if language is None else [language]


def spoken() -> str:
    """The language to speak."""
    return _chosen[0] if _chosen else of_locale(os.environ)


def of_locale(environment: Mapping[str, str]) -> str:
    """Language of a locale, as POSIX looks for it; English where it is none of ours.

    >>> of_locale({"LANG": "es_PE.UTF-8"}), of_locale({"LANG": "de_DE.UTF-8", "LC_ALL": ""}), of_locale({})
    ('es', 'en', 'en')
    """
    locale = next(filter(None, map(environment.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), None)
    if locale is None and sys.platform == "win32":
        import locale as system

        locale = system.getlocale()[0]
    code = (locale or "").lower()[:2]
    return code if code in SPOKEN_LANGUAGES else "en"


def note() -> None:
    """Say once, on stderr, that a machine made the words of the language spoken, where nobody has read them."""
    if spoken() not in _noted and (said := text.machine_made(spoken())):
        _noted.add(spoken())
        sys.stderr.writelines(f"{one}\n" for one in said)


def in_words(message: object) -> str:
    """A sentence in the language of the terminal; other text as it stands."""
    return message.in_language(spoken()) if isinstance(message, text.Sentence) else str(message)


def say(key: str, /, **values: object) -> str:
    """A sentence of the terminal in its language."""
    return text.say("terminal", key, spoken(), **{name: spoken_value(one) for name, one in values.items()})


def spoken_value(value: object) -> object:
    return in_words(value) if isinstance(value, text.Sentence) else value
