"""Invented harvests for the register: plots in a row, one outcome each, one statement."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from hashlib import sha256
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from eudr_check import register
from eudr_check.postgresql import Place
from eudr_check.register import Declared, LayerRead, Package

SIDE = 0.001
NUMBERS: Mapping[str, Any] = {
    "reference": "26PE7XTVCZAQ2S",
    "verification": "QW3RT5YU",
    "submitted": date(2026, 11, 20),
}


def plots_of(names: Sequence[str], east: float = 0.0) -> gpd.GeoDataFrame:
    """PLOTS as far as the register reads them: squares of 0.001 degree in a row from -76.1, -6.04 to the east."""
    squares = [
        shapely.box(-76.1 + east + 2 * SIDE * at, -6.04, -76.1 + east + SIDE * (2 * at + 1), -6.04 + SIDE)
        for at in range(len(names))
    ]
    return gpd.GeoDataFrame(
        {
            "cooperative": "coop",
            "plot_id": list(names),
            "producer_name": "Rosa Ejemplo",
            "area_ha": 1.22,
            "declared_area_ha": 1.2,
            "usable": True,
        },
        geometry=squares,
        crs="EPSG:4326",
        index=pd.Index([f"coop/{name}" for name in names], name="plot"),
    )


def package_of(harvest: str, digest: str, declared: Sequence[str], **changes: Any) -> Package:
    """A package with one statement of some plots."""
    made = Package(
        harvest=harvest,
        commodity="coffee",
        date=date(2026, 11, 2),
        package_digest=digest,
        zip=f"{harvest}.zip",
        zip_sha256="ab" * 32,
        draft=False,
        policy="convergence@1",
        software="0.1.0",
        blocked_rows=0,
        withheld=None,
        layers=[LayerRead("jrc_gfc2020@V4", "V4", 1, 0)],
        statements=[
            Declared(
                "statement-01",
                f"{harvest}-001",
                None,
                4000.0,
                sha256(str(declared).encode()).hexdigest(),
                [f"coop/{name}" for name in declared],
            )
        ],
    )
    return replace(made, **changes)


def record(
    path: Place, harvest: str, outcomes: Mapping[str, str], digest: str = "d1" * 32, east: float = 0.0, **changes: Any
) -> None:
    """Record a harvest as a run does: land, then a package that declares its low plots."""
    plots = plots_of(list(outcomes), east)
    assessments = pd.DataFrame(
        {
            "outcome": list(outcomes.values()),
            "final_outcome": list(outcomes.values()),
            "policy": "convergence@1",
            "review": None,
        },
        index=plots.index,
    )
    low = [name for name, outcome in outcomes.items() if outcome == "low"]
    register.record_land(path, harvest, plots)
    register.record_package(path, package_of(harvest, digest, low, **changes), plots, assessments)
