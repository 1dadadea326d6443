"""The register of all harvests: land, outcomes, packages, statements; a GeoPackage or a database, kept five years."""

from eudr_check.register.boundaries import read as boundaries_on_loss
from eudr_check.register.clock import amend_window, keep_until
from eudr_check.register.filed import filed
from eudr_check.register.filed_land import filed_land
from eudr_check.register.filing_state import FilingState, filing_states
from eudr_check.register.land import (
    cooperatives,
    land_state,
    losses_within,
    plots_of,
    plots_within,
    record_land,
    remember,
)
from eudr_check.register.numbers import note, note_available
from eudr_check.register.packages import Declared, LayerRead, Package, record_package
from eudr_check.register.passed_on import passed_on
from eudr_check.register.placed import place
from eudr_check.register.ready import ready
from eudr_check.register.received import received
from eudr_check.register.search import content, find, harvests
from eudr_check.register.store import there

__all__ = [
    "Declared",
    "FilingState",
    "LayerRead",
    "Package",
    "amend_window",
    "boundaries_on_loss",
    "content",
    "cooperatives",
    "filed",
    "filed_land",
    "filing_states",
    "find",
    "harvests",
    "keep_until",
    "land_state",
    "losses_within",
    "note",
    "note_available",
    "passed_on",
    "place",
    "plots_of",
    "plots_within",
    "ready",
    "received",
    "record_land",
    "record_package",
    "remember",
    "there",
]
