"""Features as lines of GeoJSON text, with the six decimals that the law asks for and the system keeps."""

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray

PER_DEGREE = 1_000_000
FEATURES = 20_000
"""Features drawn at once."""
SHAPES = {
    shapely.GeometryType.POINT: ("Point", 1, ""),
    shapely.GeometryType.MULTIPOINT: ("MultiPoint", 2, "],["),
    shapely.GeometryType.POLYGON: ("Polygon", 3, ""),
    shapely.GeometryType.MULTIPOLYGON: ("MultiPolygon", 4, "]]],[[["),
}
"""Name in GeoJSON, depth of the coordinates (a position lies deepest), and what stands between two parts."""


def feature_texts(features: pd.DataFrame, *, names: bool) -> list[str]:
    """Every Feature as one line of GeoJSON with exactly six decimals.

    Args:
        features: as in `geojson.Export.features`.
        names: whether to write ProducerName and ProducerCountry (Type II) or leave the name to the producer entry
            (Type I).
    """
    properties = _property_texts(features, names)
    return [
        f'{{"type":"Feature","properties":{text},"geometry":{drawn}}}'
        for text, drawn in zip(properties, _geometry_texts(features["geometry"].to_numpy()), strict=True)
    ]


def collection(features: Sequence[str]) -> str:
    """A FeatureCollection of feature texts, one Feature to a line."""
    return '{"type":"FeatureCollection","features":[\n' + ",\n".join(features) + "\n]}\n"


def _property_texts(features: pd.DataFrame, names: bool) -> list[str]:
    place = _member("ProductionPlace", features["place"])
    country = _member("ProducerCountry", features["country"])
    name = _member("ProducerName", features["name"]) if names else [""] * len(features)
    return [
        f"{{{f'{a}{b}{c}{area}'.rstrip(',')}}}"
        for a, b, c, area in zip(name, country, place, _area_texts(features["area_ha"].to_numpy()), strict=True)
    ]


def _area_texts(hectares: NDArray[np.float64]) -> list[str]:
    """The Area member; nothing where nobody declared an area."""
    return ["" if area != area else f'"Area":{area:.4f}' for area in hectares.tolist()]


def _member(key: str, values: pd.Series) -> list[str]:
    """`"key":"value",` for every value, nothing where there is none; each different text is written once."""
    texts = {value: f'"{key}":{json.dumps(value, ensure_ascii=False)},' for value in values.dropna().unique() if value}
    return [texts.get(value, "") for value in values.to_numpy(dtype=object)]


def _geometry_texts(geometries: NDArray[Any]) -> list[str]:
    """GeoJSON geometries; numbers with a fixed six decimals, as many as the law asks for and the system keeps."""
    return [
        text
        for start in range(0, len(geometries), FEATURES)
        for text in _drawn(geometries[start : start + FEATURES]).to_pylist()
    ]


def _drawn(geometries: NDArray[Any]) -> pa.Array:
    shapes = [SHAPES[kind] for kind in shapely.get_type_id(geometries).tolist()]
    parts, plot_index = shapely.get_parts(geometries, return_index=True)
    coordinates, part = shapely.get_coordinates(parts, return_index=True)
    positions = pc.binary_join_element_wise(_six_decimals(coordinates[:, 0]), _six_decimals(coordinates[:, 1]), ",")
    rings = pc.binary_join(_listed(positions, part, len(parts)), "],[")
    between = pa.array([between for _, _, between in shapes])
    return pc.binary_join_element_wise(
        pa.array([f'{{"type":"{name}","coordinates":{"[" * depth}' for name, depth, _ in shapes]),
        pc.binary_join(_listed(rings, plot_index, len(shapes)), between),
        pa.array(["]" * depth + "}" for _, depth, _ in shapes]),
        "",
    )


def _six_decimals(degrees: NDArray[np.float64]) -> pa.Array:
    """Degrees as text; Arrow writes decimal numbers in a third of the time Python takes for binary ones."""
    whole = np.rint(degrees * PER_DEGREE).astype(np.int64)
    # 128 bits a number: the low half, and the sign once more for the high half.
    halves = np.column_stack([whole, whole >> 63])
    return pa.Array.from_buffers(pa.decimal128(38, 6), len(whole), [None, pa.py_buffer(halves)]).cast(pa.string())


def _listed(values: pa.Array, plot_index: NDArray[np.int64], count: int) -> pa.ListArray:
    """The values of each plot_index; plot_indices come in order."""
    return pa.ListArray.from_arrays(np.concatenate([[0], np.cumsum(np.bincount(plot_index, minlength=count))]), values)
