"""Plot-by-plot deforestation evidence and EU due-diligence packages from public forest maps.

In one call, with the index of a GeoDataFrame as ids:

    result = eudr_check.screen(plots, country="PE")

In steps, with rasters of one's own (`docs/notebooks/ten_lines.ipynb` of the repository):

    plots, findings = eudr_check.check(plots, country="PE")
    evidence = eudr_check.tabulate(plots, cube)
    assessments, reasons = eudr_check.assess(plots, evidence, ["jrc_gfc2020@V4", "hansen_gfc@v1.13"])

For the EU Information System: `eu_geojson(plots)` writes its file, `eu_check(file)` says what it would refuse.
Errors raised on purpose are `eudr_check.errors.EudrCheckError`.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from eudr_check.library import assess, check, eu_check, eu_geojson, screen, tabulate

__version__ = "0.1.0"
__all__ = ["__version__", "assess", "check", "eu_check", "eu_geojson", "screen", "tabulate"]


def __getattr__(name: str) -> object:
    """Loaded when asked for: commands and workers that need no library start without pandas and GDAL (PEP 562)."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module("eudr_check.library"), name)


def __dir__() -> list[str]:
    return __all__
