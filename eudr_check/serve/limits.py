"""How much one server takes."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Ours: a server on a laptop stays usable, and one caller cannot fill it."""

    body_bytes: int = 20_000_000
    body_seconds: float = 60
    """A body that takes longer to come in is not waited for."""
    plots: int = 10_000
    waiting: int = 20
    """Unfinished jobs of one token."""
    wait_seconds: float = 60
    """How long a caller who does not ask for `async` is kept waiting before it gets the token to ask again."""
    job_seconds: float = 3600
    keep_days: float = 30
    """Days after which finished jobs are deleted."""
