"""All files of the season, in order."""

import shutil
import tempfile
from pathlib import Path

from season import (
    cattle,
    deliveries,
    earlier,
    faults,
    files,
    ground,
    members,
    papers,
    parcels,
    rasters,
    returned,
    rows,
    scenes,
    shipments,
    surveys,
    wood,
)
from season.members import Parcel
from season.sites import SITES

MADE = (
    "catalogue",
    "rasters",
    "pictures",
    "coop-*",
    "deliveries.csv",
    "shipments.csv",
    "returned*",
    "2025",
    "codes.csv",
    "wood",
    "cattle",
    "evidence",
    "reviews.csv",
    "legality.csv",
)


def everything(folder: Path) -> None:
    """Write the whole season into a folder; what an earlier call wrote there is replaced."""
    for pattern in MADE:
        for path in folder.glob(pattern):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    folder.mkdir(parents=True, exist_ok=True)
    grounds = {site.key: ground.settle(parcels.pattern(site)) for site in SITES}
    walked = [parcel for place in grounds.values() for parcel in members.enrol(place)]
    rasters.write(grounds, folder)
    scenes.write(grounds, folder)
    of = members.by_cooperative(walked)
    cases = _plots(folder, of)
    faulty = {f"{case.cooperative}/{case.plot_id}" for case in cases} | faults.also_blocked(of)
    text = deliveries.table_text(of, grounds, faulty)
    (folder / "deliveries.csv").write_text(text, encoding="utf-8", newline="")
    (folder / "shipments.csv").write_text(shipments.table_text(), encoding="utf-8", newline="")
    (folder / "codes.csv").write_text(_code_table(cases), encoding="utf-8", newline="")
    papers.write(folder)
    cattle.write(folder / "cattle")
    wood.write(folder / "wood", Path(__file__).with_name(wood.GROUND))


def _plots(folder: Path, parcels_of: dict[str, list[Parcel]]) -> list[faults.Case]:
    sent = {key: rows.rows_of(group) for key, group in parcels_of.items()}
    moved = earlier.redraw(sent)
    cases = [*faults.spoil(sent), moved, *earlier.write(folder, parcels_of)]
    files.write_geojson(folder / "coop-01.geojson", sent["coop-01"])
    files.write_gpkg(folder / "coop-02.gpkg", sent["coop-02"])
    files.write_shapefile(folder / "coop-03" / "parcelas.shp", sent["coop-03"], "EPSG:32717", files.SHAPE_HEADERS)
    files.write_kml(folder / "coop-04.kml", sent["coop-04"])
    files.write_csv(folder / "coop-05.csv", sent["coop-05"])
    surveys.write_odk(folder / "coop-06-kobo.csv", sent["coop-06"])
    surveys.write_kobo_json(folder / "coop-07-kobo.json", sent["coop-07"])
    surveys.write_kmz(folder / "coop-08.kmz", sent["coop-08"])
    surveys.write_xlsx(folder / "coop-09.xlsx", sent["coop-09"])
    surveys.write_ods(folder / "coop-10.ods", sent["coop-10"], "EPSG:32718")
    surveys.write_office_csv(folder / "coop-11.csv", sent["coop-11"])
    with tempfile.TemporaryDirectory() as work:
        surveys.write_shapefile_zip(folder / "coop-12.zip", sent["coop-12"], "EPSG:32718", Path(work))
    surveys.write_lines(folder / "coop-13.ndjson", sent["coop-13"][:26])
    surveys.write_flatgeobuf(folder / "coop-13-ampliacion.fgb", sent["coop-13"][26:])
    surveys.write_parquet(folder / "coop-14.parquet", sent["coop-14"][:30])
    surveys.write_mistyped(folder / "coop-14-nuevas.geojson", sent["coop-14"][30:])
    returned.write(folder, sent)
    return cases


def _code_table(cases: list[faults.Case]) -> str:
    """Where every code is to be found: `code,cooperative,plot_id`."""
    found = [{"code": case.code, "cooperative": case.cooperative, "plot_id": case.plot_id or ""} for case in cases]
    found += [
        {"code": code, "cooperative": sender, "plot_id": ""}
        for code, sender in (returned.CASES | returned.OF_FILES).items()
    ]
    return files.csv_text(sorted(found, key=lambda case: (case["code"], case["cooperative"]))).replace("\r\n", "\n")
