"""One interface to every format a cooperative sends: each file is read in a process of its own."""

from eudr_check.config import PlotFile
from eudr_check.plots.read import process
from eudr_check.plots.read.raw_table import Delivery, UnreadableError


def read(file: PlotFile) -> Delivery:
    """The rows of one file or folder.

    Raises:
        UnreadableError: the file as a whole cannot be read; says why by a code.
    """
    if not file.path.exists():
        raise UnreadableError("file_missing")
    return process.read(file)
