"""How a command ends."""

from enum import IntEnum


class Exit(IntEnum):
    """Exit codes of the command."""

    DONE = 0
    ERROR = 1
    USAGE = 2
    OPEN_QUESTIONS = 3
    """Done, but some plots are undetermined or blocked, or a shipment is not declared."""
    INCOMPLETE = 4
    """Some layer or tile could not be read; run again."""
    BUSY = 5
    """Another process works on this harvest; wait until it ends."""
