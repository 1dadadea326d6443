"""The register as files that an auditor opens without this software."""

from pathlib import Path

import geopandas as gpd

from eudr_check import register
from eudr_check.errors import RegisterError
from eudr_check.package.folder import Folder
from eudr_check.postgresql import Place
from eudr_check.text import sentence

DECIMALS = 9
"""Of degrees: a tenth of a millimetre."""
README = """Register of harvests, exported by eudr-check.

harvests.csv         one row per package: outcomes by plot, policy, ZIP file and its SHA-256; is_last = 1 is the last
                     package of the harvest, 0 one of which a statement was submitted before the harvest was run again
outcomes.csv         one row per plot of a package: outcome by the evidence, final_outcome after reviews, hectares
layers.csv           the forest maps a package was made from, their versions and gaps
statements.csv       one row per due diligence statement with the numbers the EU system gave; keep_until is five
                     years after submission (Art. 4(3) of Regulation (EU) 2023/1115), or after the last day noted on
                     which its product was placed on the market or exported (Art. 9(1)), whichever is later
placements.csv       every day noted on which the product of a statement was placed or exported
filings.csv          every request sent to the EU system, its SHA-256, what became of it and the last status seen
received.csv         every check of reference numbers received from suppliers: day, answer, and its words
statement_plots.csv  which plots a statement declares
statement_lots.csv   how many kilograms it takes of which lot, and its shipment
numbers.csv          every number ever noted; replaced = 1 no longer holds
outcomes.geojson     the plots of outcomes.csv on the map (WGS 84)
plots.geojson        the plots of the last run of every harvest
former_plots.geojson plots an earlier run of a harvest had and its last run has not
boundaries.geojson   boundaries that held a loss when a run saw them, whatever was drawn in their place later
losses.geojson       forest loss after 2020 found on and near the plots, by event layer and year

Tables belong together by harvest, package_digest, statement and plot. Text is UTF-8.
{verification}
"""
WITH = "Verification numbers are in statements.csv, numbers.csv, filings.csv and received.csv. They are confidential."
WITHOUT = "Verification numbers are confidential and were left out."


def export(path: Place, folder: Path, *, with_verification: bool = False) -> list[Path]:
    """Write everything in the register as CSV and GeoJSON.

    Args:
        path: the register.
        folder: new or empty folder.
        with_verification: put the verification numbers in; they are confidential.

    Returns:
        The files written.

    Raises:
        RegisterError: the register cannot be read, or the folder holds something (it might be an earlier export with
            verification numbers).
    """
    content = register.content(path)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise RegisterError(sentence("refusals", "export_folder", folder=str(folder)))
    into = Folder(folder)
    into.text("README.txt", README.format(verification=WITH if with_verification else WITHOUT))
    for name, table in content.items():
        shown = table if with_verification else table.drop(columns="verification_number", errors="ignore")
        if isinstance(shown, gpd.GeoDataFrame):
            shown.to_file(folder / f"{name}.geojson", driver="GeoJSON", COORDINATE_PRECISION=DECIMALS)
        if not isinstance(shown, gpd.GeoDataFrame) or name == "outcomes":
            into.csv(f"{name}.csv", shown.drop(columns="geometry", errors="ignore"))
    return sorted(folder.iterdir())
