"""The land of everything filed: plots that statements with a number that holds declare, as they were declared."""

import geopandas as gpd
import pandas as pd

from eudr_check.postgresql import Place
from eudr_check.register import store

COLUMNS = ("harvest", "cooperative", "plot_id", "area_ha", "statements")


def filed_land(path: Place) -> gpd.GeoDataFrame:
    """Every plot of every statement that has a number of the EU system.

    Args:
        path: the register.

    Returns:
        Index `plot` (`HARVEST/COOPERATIVE/PLOT`), geometry in EPSG:4326 as it was declared, `harvest`, `cooperative`,
        `plot_id`, `area_ha` (NaN for a point), and `statements`: the reference numbers, separated by spaces. A plot
        that statements declare with two boundaries has two rows, of which the second carries ` (2)`.

    Raises:
        RegisterError: it is not there or cannot be read.
    """
    with store.reading(path) as database:
        rows = database.execute(
            "SELECT o.geom, o.harvest, o.cooperative, o.plot_id, o.area_ha, n.reference_number AS statements "
            "FROM numbers n JOIN statement_plots d ON d.statement = n.statement JOIN outcomes o ON o.fid = d.outcome "
            "WHERE n.replaced = 0 AND o.geom IS NOT NULL ORDER BY o.harvest, o.plot, n.fid"
        ).fetchall()
    frame = pd.DataFrame([tuple(row) for row in rows], columns=["geom", *COLUMNS])
    own = ["geom", "harvest", "cooperative", "plot_id"]
    numbers = frame.groupby(own, sort=False)["statements"].agg(lambda one: " ".join(dict.fromkeys(one)))
    frame = frame.drop_duplicates(own).drop(columns="statements").merge(numbers.reset_index(), on=own, sort=False)
    plot = frame["harvest"] + "/" + frame["cooperative"] + "/" + frame["plot_id"]
    again = plot.groupby(plot).cumcount()
    frame.index = pd.Index(plot.where(again == 0, plot + " (" + (again + 1).astype(str) + ")"), name="plot")
    shapes = store.shapes(frame.pop("geom").tolist(), list(frame.index))
    return gpd.GeoDataFrame(frame.astype({"area_ha": "float64"}), geometry=shapes, crs="EPSG:4326")
