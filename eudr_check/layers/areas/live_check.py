"""Live check of vector layers: does every service still answer for one small window as its definition says?"""

from collections.abc import Iterable

import pandas as pd

from eudr_check.errors import FetchError
from eudr_check.layers.areas.definition import AreaDefinition
from eudr_check.layers.fetch import feature_service
from eudr_check.layers.live_check import COLUMNS, WINDOW


def live_check(definitions: Iterable[AreaDefinition]) -> pd.DataFrame:
    """Ask every service of some vector layers for one small window.

    Args:
        definitions: vector layers; those that are files are left out.

    Returns:
        The columns of `layers.live_check`, one row per layer of a service: `found` says why its answer cannot be
        trusted (no answer, an error, no polygons, a field that names areas is gone, cut short, another CRS).
    """
    rows = []
    for layer in definitions:
        if layer.service is None:
            continue
        ask = feature_service.ASK[layer.service.kind]
        for address in layer.service.addresses:
            try:
                ask(address, WINDOW, layer.label)
                agrees, found = True, "as defined"
            except FetchError as error:
                agrees, found = False, str(error)
            rows.append((layer.id, address, "", "", agrees, found, layer.checked))
    return pd.DataFrame(rows, columns=list(COLUMNS))
