"""Plots that adjoin and belong to one producer, found so that a field cut into pieces is judged whole."""

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from eudr_check.geodesy import METRES_PER_DEGREE
from eudr_check.risk.convergence.rules import Groups, is_small
from eudr_check.risk.policy import Convergence

"""Along the equator; enough to find neighbours within some metres."""


def adjoining(plots: pd.DataFrame, policy: Convergence) -> Groups:
    """Groups of usable polygons of one producer that lie within `policy.adjoining` of one another.

    Producers are distinguished by name alone, whatever the cooperative, the case and the spaces: plots that adjoin and
    bear the same name are one farm. Plots without a name stay alone.

    Args:
        plots: PLOTS, geometry in EPSG:4326.
        policy: gives the distance in metres.
    """
    name = pd.Series([_key(text) for text in plots["producer_name"].to_numpy(dtype=object)], dtype=object)
    eligible = (plots["usable"] & (plots["geometry_kind"] == "polygon")).to_numpy(dtype=bool)
    eligible = eligible & name.notna().to_numpy()
    several = name.where(eligible).duplicated(keep=False).to_numpy() & eligible
    position = np.flatnonzero(several)
    if not len(position):
        return Groups(np.arange(len(plots), dtype=np.int64), len(plots))
    shapes = np.asarray(plots["geometry"].to_numpy()[position], dtype=object)
    first, second = _near(shapes, pd.factorize(name.to_numpy()[position])[0], policy.adjoining.value)
    return _connected(position[first], position[second], len(plots))


def small_neighbours(plots: pd.DataFrame, policy: Convergence) -> Groups:
    """Groups of usable small polygons, of whatever producer, that lie within `policy.adjoining` of one another.

    Cut into pieces under many names, a farm has no loss larger than the noise floor on any of them.

    Args:
        plots: PLOTS, geometry in EPSG:4326.
        policy: gives the distance in metres, and which plots are small.
    """
    eligible = (plots["usable"] & (plots["geometry_kind"] == "polygon")).to_numpy(dtype=bool)
    position = np.flatnonzero(eligible & is_small(plots["area_ha"].to_numpy(dtype=np.float64), policy))
    if len(position) < 2:
        return Groups(np.arange(len(plots), dtype=np.int64), len(plots))
    shapes = np.asarray(plots["geometry"].to_numpy()[position], dtype=object)
    first, second = _near(shapes, np.zeros(len(position), dtype=np.int64), policy.adjoining.value)
    return _connected(position[first], position[second], len(plots))


def _key(name: object) -> str | None:
    """A producer's name without case and surplus spaces; None where there is none."""
    return " ".join(name.split()).casefold() or None if isinstance(name, str) else None


def _near(
    shapes: NDArray[np.object_], producer: NDArray[np.int64], metres: float
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pairs of shapes of one producer (by number) within a distance; a little more north to south."""
    west, south, east, north = shapely.bounds(shapes).T
    reach = metres / METRES_PER_DEGREE / np.cos(np.radians(np.clip(np.maximum(np.abs(south), np.abs(north)), 0, 85)))
    boxes = shapely.box(west - reach, south - reach, east + reach, north + reach)
    first, second = shapely.STRtree(shapes).query(boxes)
    candidate = (first < second) & (producer[first] == producer[second])
    first, second = first[candidate], second[candidate]
    close = shapely.dwithin(shapes[first], shapes[second], reach[first])
    return first[close], second[close]


def _connected(first: NDArray[np.int64], second: NDArray[np.int64], count: int) -> Groups:
    """Groups of plots joined by pairs, directly or through others, numbered in the order of the plots."""
    label = np.arange(count, dtype=np.int64)
    while True:
        before = label.copy()
        np.minimum.at(label, first, label[second])
        np.minimum.at(label, second, label[first])
        # Following each label to its own label halves the length of chains of plots.
        label = label[label]
        if (label == before).all():
            break
    numbers, group = np.unique(label, return_inverse=True)
    return Groups(group.astype(np.int64), len(numbers))
