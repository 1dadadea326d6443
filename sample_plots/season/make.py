"""All files of the season, in order."""

import shutil
from pathlib import Path

from season import files, ground, members, parcels, rasters, rows
from season.members import Parcel
from season.sites import SITES

MADE = ("catalogue", "rasters", "coop-*")


def everything(folder: Path) -> None:
    """Write the whole season into a folder; what an earlier call wrote there is replaced."""
    for pattern in MADE:
        for path in folder.glob(pattern):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    folder.mkdir(parents=True, exist_ok=True)
    grounds = {site.key: ground.settle(parcels.pattern(site)) for site in SITES}
    walked = [parcel for place in grounds.values() for parcel in members.enrol(place)]
    rasters.write(grounds, folder)
    _plots(folder, members.by_cooperative(walked))


def _plots(folder: Path, parcels_of: dict[str, list[Parcel]]) -> None:
    sent = {key: rows.rows_of(group) for key, group in parcels_of.items()}
    files.write_geojson(folder / "coop-01.geojson", sent["coop-01"])
    files.write_gpkg(folder / "coop-02.gpkg", sent["coop-02"])
    files.write_shapefile(folder / "coop-03" / "parcelas.shp", sent["coop-03"], "EPSG:32717")
    files.write_kml(folder / "coop-04.kml", sent["coop-04"])
    files.write_csv(folder / "coop-05.csv", sent["coop-05"])
