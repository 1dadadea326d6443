"""The Item of a polygon map: one vector file, whose columns are the assets."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pystac
import shapely

from eudr_check import files as on_disk
from eudr_check.errors import LayersError
from eudr_check.geodesy import plot_area_ha
from eudr_check.layers.definition import LayerDefinition
from eudr_check.layers.polygons import files, zones
from eudr_check.text import sentence
from eudr_check.typing import Floats, Geometries, Ints, Mask

SHA256_MULTIHASH = "1220"
SIDECARS = "eudr_check:sidecars"
"""SHA-256 of the files that belong to the one registered, by their ending."""
EMPTY, OVERLAPPING, OUTSIDE = "no value", "overlapping", "outside the cover"
"""What stands among the hectares of classes: without a value, said in two ways, and beyond the cover; all unknown."""
GAPS = "in no polygon"
"""Ground of the cover of which the definition says with `gaps` what it holds: a frame that is too large shows here."""
_TYPES = {
    ".gpkg": "application/geopackage+sqlite3",
    ".parquet": "application/vnd.apache.parquet",
    ".geoparquet": "application/vnd.apache.parquet",
    ".geojson": "application/geo+json",
    ".fgb": "application/vnd.flatgeobuf",
    ".shp": "application/vnd.shp",
}


def described(path: Path, layer: LayerDefinition, collection: Path) -> dict[str, dict[str, object]]:
    """Every asset of a polygon map, with the hectares of its classes; all of the file is looked at.

    Args:
        path: the vector file.
        layer: its definition.
        collection: folder of the Item.

    Raises:
        LayersError: the file cannot be read, is in another CRS than its definition says, lies beside its cover, or
            holds what the definition does not know; names the features.
    """
    assert layer.polygons is not None
    fields = sorted({str(asset.field) for asset in layer.assets.values()})
    frame = files.read(path, layer.polygons.table, fields)
    if frame.empty:
        raise LayersError(sentence("layers", "areas_no_polygon", file=str(path)))
    zones.require_crs(layer, frame, path)
    shapes = files.in_degrees(frame, path)
    values = {key: files.values(frame, asset, path) for key, asset in layer.assets.items()}
    whole = np.column_stack([np.where(empty, -(2**40), one) for one, empty in values.values()])
    hectares, cover = plot_area_ha(shapes), _cover(layer, path)
    if cover is not None and not shapely.intersects(shapes, cover).any():
        # Its gaps would be taken for all there is: latitude and longitude that changed places look like that.
        raise LayersError(sentence("layers", "polygons_beside_cover", file=path.name))
    unsaid = _unsaid(shapes, whole, cover)
    gaps = 0.0 if cover is None else _hectares(np.array([shapely.difference(cover, shapely.union_all(shapes))]))
    box = shapely.total_bounds(shapes if cover is None else np.array([cover]))
    hashes = on_disk.hashes(path)
    crs = files.code_of(frame, path)
    common: dict[str, object] = {
        "href": Path(os.path.relpath(path.resolve(), collection.resolve())).as_posix(),
        "type": _TYPES[path.suffix.lower()],
        "roles": ["data"],
        "file:checksum": SHA256_MULTIHASH + hashes[path.suffix],
        "file:size": path.stat().st_size,
        "proj:code": crs if crs.startswith("EPSG:") else None,
        "bbox": [round(float(side), 9) for side in box],
    }
    if len(hashes) > 1:
        common[SIDECARS] = {ending: one for ending, one in hashes.items() if ending != path.suffix}
    counted = {
        key: _of_classes(*values[key], hectares) | unsaid | ({GAPS: gaps} if key in layer.polygons.gaps else {})
        for key in layer.assets
    }
    return {key: {**common, "title": key, "eudr_check:hectares": found} for key, found in counted.items()}


def recorded(asset: pystac.Asset) -> str | None:
    """The digest of a registered vector file, as `files.digest` gives it; None where the Item records none."""
    fields = asset.extra_fields
    checksum = str(fields.get("file:checksum") or "")
    if not checksum.startswith(SHA256_MULTIHASH):
        return None
    sidecars, main = fields.get(SIDECARS), checksum.removeprefix(SHA256_MULTIHASH)
    if not isinstance(sidecars, Mapping):
        return main
    return files.together({Path(asset.href).suffix: main, **sidecars})


def refuse_several(paths: Sequence[Path], known: Sequence[str], item_id: str, layer: LayerDefinition) -> None:
    """A polygon map is one file: of two that lie over one another nobody could say which is the newer.

    Raises:
        LayersError: several files, or another one is registered.
    """
    others = [str(path) for path in paths[1:]] or [one for one in known if one != item_id]
    if others:
        raise LayersError(sentence("layers", "polygons_one_file", layer=layer.id, items=", ".join([item_id, *others])))


def _cover(layer: LayerDefinition, path: Path) -> shapely.Geometry | None:
    assert layer.polygons is not None
    stated = layer.polygons.cover
    if stated is None or isinstance(stated, tuple):
        return None if stated is None else shapely.box(*stated)
    frame = files.read(path, stated, [])
    zones.require_crs(layer, frame, path)
    return shapely.union_all(files.in_degrees(frame, path))


def _of_classes(values: Ints, empty: Mask, hectares: Floats) -> dict[str, float]:
    """Hectares by value, ascending, as the polygons are drawn."""
    found = {str(value): float(hectares[~empty & (values == value)].sum()) for value in np.unique(values[~empty])}
    if empty.any():
        found[EMPTY] = float(hectares[empty].sum())
    return {value: round(one, 4) for value, one in found.items()}


def _unsaid(shapes: Geometries, values: Ints, cover: shapely.Geometry | None) -> dict[str, float]:
    """Hectares that are unknown: of polygons that differ where they overlap, and of those beyond the cover."""
    found = {}
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    differing = (one < other) & (values[one] != values[other]).any(axis=1)
    common = shapely.intersection(shapes[one[differing]], shapes[other[differing]])
    if overlapping := _hectares(common):
        found[OVERLAPPING] = overlapping
    if cover is not None and (beyond := _hectares(shapely.difference(shapes, cover))):
        found[OUTSIDE] = beyond
    return found


def _hectares(shapes: Geometries) -> float:
    drawn = files.polygons_of(shapes)
    drawn = drawn[~shapely.is_missing(drawn)]
    thick = drawn[2 * shapely.area(drawn) > 1e-9 * shapely.length(drawn)]
    return round(float(plot_area_ha(thick).sum()), 4)
