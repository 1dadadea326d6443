"""One interface to every format a cooperative sends: each file is read in a process of its own."""

from difflib import get_close_matches
from pathlib import Path, PurePosixPath

from eudr_check.config import PlotFile
from eudr_check.plots.read import process
from eudr_check.plots.read.raw_table import Delivery, UnreadableError


def read(file: PlotFile) -> Delivery:
    """The rows of one file or folder.

    Raises:
        UnreadableError: the file as a whole cannot be read; says why by a code.
    """
    if not file.path.exists():
        near = _near(file.path, file.declared)
        raise UnreadableError("file_missing_near", near=near) if near else UnreadableError("file_missing")
    return process.read(file)


def _near(path: Path, declared: str) -> str:
    """What is there and was probably meant: the same path with slashes, else a name nearly so written."""
    slashed = declared.replace("\\", "/")
    place = path.with_name(slashed) if path.name == declared else Path(str(path).replace("\\", "/"))
    if slashed != declared and place.exists():
        return slashed
    if not place.parent.is_dir():
        return ""
    names = {one.name.casefold(): one.name for one in sorted(place.parent.iterdir())}
    found = get_close_matches(place.name.casefold(), names, n=1, cutoff=0.8)
    return str(PurePosixPath(slashed).with_name(names[found[0]])) if found else ""
