"""A practice server: interface V3 as it behaves in the field, to rehearse filing on one's own machine."""

from eudr_check.filing.practice.server import CLIENT_ID, KEY, USER, application
from eudr_check.filing.practice.system import QUIRKS, System

__all__ = ["CLIENT_ID", "KEY", "QUIRKS", "USER", "System", "application"]
