"""`eudr-check serve`: plots in and results out over HTTP, in the shape that callers of Whisp know."""

from eudr_check.serve.application import application
from eudr_check.serve.jobs import Store
from eudr_check.serve.limits import Limits
from eudr_check.serve.place import Place
from eudr_check.serve.slots import Slots
from eudr_check.serve.tokens import Tokens

__all__ = ["Limits", "Place", "Slots", "Store", "Tokens", "application"]
