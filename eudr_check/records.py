"""Types of values whose form is held elsewhere; no library is loaded for them."""

from collections.abc import Mapping
from typing import Any

Json = Mapping[str, Any]
"""An object of a JSON document that is written to a file, read from one or sent: its form is held there."""
Row = Mapping[str, Any]
"""A row of a table, by column; `tables.py` holds what the columns are."""
Element = Any
"""An element of XML; lxml declares no types."""
