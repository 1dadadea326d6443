"""Who may ask: secrets of callers, known by their hashes only once the server runs."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from eudr_check.errors import ConfigError
from eudr_check.text import sentence

LEAST_LENGTH = 16
OWN = "local"
"""Who asks with the token that a server made up for itself."""


@dataclass(frozen=True)
class Tokens:
    """Names of callers by the SHA-256 of their tokens."""

    names: Mapping[str, str]

    @classmethod
    def made_up(cls) -> "tuple[Tokens, str]":
        """One token for this once, to be shown to whoever starts the server."""
        token = secrets.token_urlsafe(24)
        return cls({_hash(token): OWN}), token

    @classmethod
    def read(cls, file: Path) -> "Tokens":
        """Tokens of a file with `NAME TOKEN` on each line; `#` begins a comment.

        Raises:
            ConfigError: it cannot be read, a line is none, a token is short, or a name or token stands twice.
        """
        try:
            lines = file.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(sentence("serve", "tokens_unreadable", file=str(file), problem=error)) from error
        names: dict[str, str] = {}
        for number, line in enumerate(lines, start=1):
            words = line.split("#")[0].split()
            if not words:
                continue
            if len(words) != 2 or len(words[1]) < LEAST_LENGTH:
                wrong = sentence("serve", "token_line", file=str(file), line=number, least=LEAST_LENGTH)
                raise ConfigError(wrong)
            if words[0] in names.values() or _hash(words[1]) in names:
                raise ConfigError(sentence("serve", "token_twice", file=str(file), line=number))
            names[_hash(words[1])] = words[0]
        if not names:
            raise ConfigError(sentence("serve", "no_token", file=str(file)))
        return cls(names)

    def owner(self, token: str) -> str | None:
        """Whose token this is."""
        return self.names.get(_hash(token))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()
