"""Formats that other programs read, each made of the tables alone, so that `verify` can make them once more."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from eudr_check.package.formats import by_outcome, diasca, fiboa, geoids
from eudr_check.package.formats.given import Given

FILES: Mapping[str, Callable[[Given, Path], Iterator[tuple[str, bytes]]]] = {
    "geojson_by_outcome": by_outcome.files,
    "geoid": geoids.files,
    "diasca": diasca.files,
    "fiboa": fiboa.files,
}
"""Name within the package and content of the files of an output, by its name in `package.outputs`.

Each takes the tables and the folder in which `tables/` lies.
"""
PATTERNS: Mapping[str, str] = {
    "geojson_by_outcome": r"by_outcome/[a-z_]+\.geojson",
    "geoid": r"geoids\.csv",
    "diasca": r"diasca/(plots\.geojson|(sites|claims|evidence)\.json|left_out\.csv)",
    "fiboa": r"plots\.fiboa\.parquet",
}
"""Names of these files."""
EXACT = frozenset(FILES) - {"fiboa"}
"""Outputs whose bytes are the same with every version of the libraries."""
