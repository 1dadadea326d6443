"""File geodatabases of Esri, which are folders."""

from pathlib import Path

from pyogrio.errors import CRSError

from eudr_check.plots.read import vector
from eudr_check.plots.read.raw_table import Delivery, UnreadableError


def read(path: Path, table: str | None, encoding: str | None) -> Delivery:
    """One delivery from the feature classes of a file geodatabase.

    Raises:
        UnreadableError: no geodatabase, or a damaged one.
    """
    try:
        return vector.read(vector.Source(path, ("OpenFileGDB",), encoding), table)
    except CRSError as error:
        raise UnreadableError("file_unreadable", problem="its coordinate reference system is damaged") from error
