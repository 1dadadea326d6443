"""One interface to every format a cooperative sends."""

from eudr_check.config import PlotFile
from eudr_check.plots.delivery import Delivery, UnreadableError
from eudr_check.plots.readers import csv, geojson, kml, vector

_VECTOR = (".gpkg", ".shp", ".fgb", ".gdb")


def read(file: PlotFile) -> Delivery:
    """The rows of one file.

    Raises:
        UnreadableError: the file as a whole cannot be read; says why by a code.
    """
    path = file.path
    if not path.exists():
        raise UnreadableError("file_missing")
    suffix = path.suffix.lower()
    if suffix in _VECTOR:
        return vector.read(path, file.table, file.encoding)
    content = path.read_bytes()
    if not content.strip():
        raise UnreadableError("file_empty")
    if suffix in (".geojson", ".json", ".geojsonl", ".geojsons", ".ndjson"):
        return geojson.read(csv.text_of(content, file.encoding))
    if suffix == ".kml":
        return kml.read(content)
    if suffix in (".csv", ".tsv", ".txt"):
        return csv.read(csv.text_of(content, file.encoding))
    raise UnreadableError("file_unreadable", problem=f"files of type {suffix or '(none)'} are not known")
