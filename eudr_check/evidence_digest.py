"""The evidence under a decision, named by its content: when it changes, a review made on it is stale."""

import hashlib
from collections.abc import Iterable
from itertools import pairwise

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

DIGEST_LETTERS = 16
DECIMALS = 6
"""Of degrees: 0.1 m, as exact as the EU system asks for; formats differ in the digits behind."""


def evidence_digest(evidence: pd.DataFrame, boundaries: pd.Series, plots: Iterable[str]) -> dict[str, str]:
    """Short SHA-256 of the evidence of plots: their ground, layer columns, values and hectares to the square metre.

    The ground is part of it, since layers say the same of many places and a person looked at one of them.

    Args:
        evidence: EVIDENCE.
        boundaries: geometry of PLOTS by plot, EPSG:4326; null, or no entry, where a plot has none.
        plots: `cooperative/plot_id`.
    """
    wanted = sorted(set(plots))
    columns = sorted(name for name in evidence.columns if "." in name)
    rows = evidence[evidence["area_ha"].to_numpy() >= 0.00005]
    plot = pd.Index(wanted).get_indexer(rows.index)
    order = np.argsort(plot, kind="stable")[np.count_nonzero(plot < 0) :]
    hectares = rows["area_ha"].to_numpy(dtype=np.float64)[order].tolist()
    said, text = _said(rows[["footprint", *columns]])
    lines = [f"{text[one]} {area:.4f}" for one, area in zip(said[order].tolist(), hectares, strict=True)]
    ends = pairwise(np.searchsorted(plot[order], np.arange(len(wanted) + 1)).tolist())
    head = " ".join(columns)
    return {
        name: hashlib.sha256("\n".join([head, *sorted(lines[first:last]), ""]).encode() + ground).hexdigest()[
            :DIGEST_LETTERS
        ]
        for name, (first, last), ground in zip(wanted, ends, _grounds(boundaries, wanted), strict=True)
    }


def _said(rows: pd.DataFrame) -> tuple[NDArray[np.int64], list[str]]:
    """What each row says, as a number, and every thing said in words: footprint, then the values of the layers.

    A nation has millions of rows, and a few hundred things that layers say together.
    """
    number = np.zeros(len(rows), dtype=np.int64)
    for name in rows.columns:
        mine, known = pd.factorize(rows[name])
        number = pd.factorize(number * len(known) + mine)[0]
    first = np.unique(number, return_index=True)[1]
    texts = [
        f"{one[0]} {' '.join(str(int(value)) for value in one[1:])}" for one in rows.iloc[first].itertuples(index=False)
    ]
    return number, texts


def _grounds(boundaries: pd.Series, plots: list[str]) -> list[bytes]:
    """Where every plot lies: the edges of its outline in one order, or its point; empty where it has no geometry.

    Edges know neither where a ring starts nor which way it runs, nor the order of parts and holes. GEOS normalises
    shapes too, in an order that its releases may change.
    """
    shapes = np.asarray(boundaries.reindex(plots), dtype=object)
    parts, plot_of_part = shapely.get_parts(shapes, return_index=True)
    rings, part_of_ring = shapely.get_rings(parts, return_index=True)
    corners, ring = shapely.get_coordinates(rings, return_index=True)
    alone = np.flatnonzero(shapely.get_type_id(parts) == shapely.GeometryType.POINT)
    places, point = shapely.get_coordinates(parts[alone], return_index=True)
    corner, place = _numbered(corners), _numbered(places)
    joined = ring[1:] == ring[:-1]
    ends = np.column_stack([corner[:-1][joined], corner[1:][joined]])
    edges = np.sort(np.concatenate([ends, np.column_stack([place, place])]), axis=1)
    plot = np.concatenate([plot_of_part[part_of_ring[ring[1:][joined]]], plot_of_part[alone[point]]])
    order = np.lexsort((edges[:, 1], edges[:, 0], plot))
    bounds = np.searchsorted(plot[order], np.arange(len(shapes) + 1))
    written = edges[order].astype("<i8")
    return [written[start:end].tobytes() for start, end in pairwise(bounds)]


def _numbered(degrees: NDArray[np.float64]) -> NDArray[np.int64]:
    """int64 (n,) for longitudes and latitudes (n, 2): one number for each place, to `DECIMALS`."""
    longitude, latitude = np.rint(np.add(degrees, (180.0, 90.0)) * 10**DECIMALS).astype(np.int64).T
    return np.asarray(longitude * 2**28 + latitude)
