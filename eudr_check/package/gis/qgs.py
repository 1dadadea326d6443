"""Parts of every QGIS project that we write: reference system, measures, the zip."""

import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

EARLIEST = (1980, 1, 1, 0, 0, 0)
"""The first date a zip entry can carry; the same bytes on every day."""
WKT = (
    'GEOGCRS["WGS 84",DATUM["World Geodetic System 1984",ELLIPSOID["WGS 84",6378137,298.257223563,'
    'LENGTHUNIT["metre",1]]],PRIMEM["Greenwich",0,ANGLEUNIT["degree",0.0174532925199433]],CS[ellipsoidal,2],'
    'AXIS["geodetic latitude (Lat)",north,ORDER[1],ANGLEUNIT["degree",0.0174532925199433]],'
    'AXIS["geodetic longitude (Lon)",east,ORDER[2],ANGLEUNIT["degree",0.0174532925199433]],ID["EPSG",4326]]'
)
ELLIPSOID = "EPSG:7030"
"""WGS 84: with it `$area` of QGIS is the `area_ha` of PLOTS; without any QGIS measures on a plane."""


def crs(parent: ET.Element) -> None:
    """Add EPSG:4326."""
    system = ET.SubElement(parent, "spatialrefsys")
    values = {
        "wkt": WKT,
        "proj4": "+proj=longlat +datum=WGS84 +no_defs",
        "srsid": "3452",
        "srid": "4326",
        "authid": "EPSG:4326",
        "description": "WGS 84",
        "projectionacronym": "longlat",
        "ellipsoidacronym": ELLIPSOID,
        "geographicflag": "true",
    }
    for name, value in values.items():
        ET.SubElement(system, name).text = value


def properties(root: ET.Element) -> None:
    """Add what a project measures with; paths are relative."""
    properties = ET.SubElement(root, "properties")
    reference = ET.SubElement(properties, "SpatialRefSys")
    ET.SubElement(reference, "ProjectionsEnabled", type="int").text = "1"
    paths = ET.SubElement(properties, "Paths")
    ET.SubElement(paths, "Absolute", type="bool").text = "false"
    ET.SubElement(ET.SubElement(properties, "Measure"), "Ellipsoid", type="QString").text = ELLIPSOID
    measure = ET.SubElement(properties, "Measurement")
    ET.SubElement(measure, "AreaUnits", type="QString").text = "ha"
    ET.SubElement(measure, "DistanceUnits", type="QString").text = "meters"


def save(path: Path, root: ET.Element) -> None:
    """Write a project to a `.qgz`; same project, same bytes."""
    ET.indent(root, " ")
    text = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n" + ET.tostring(root, encoding="unicode")
    entry = zipfile.ZipInfo(f"{path.stem}.qgs", EARLIEST)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(entry, text.encode())
