"""Hand-made plots, layers and evidence for the tests of the risk room."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import geopandas as gpd
import pandas as pd
from shapely.geometry import Point, box

from eudr_check import tables
from eudr_check.config import Harvest, Production
from eudr_check.variables import Variable

BASELINE = Variable(
    "jrc_gfc2020.forest", "jrc_gfc2020@V4", "state", "forest_2020", "jrc_gfc2020", "sentinel-2",
    date(2020, 12, 31), date(2020, 12, 31),
)  # fmt: skip
HANSEN = Variable(
    "hansen.loss_year", "hansen_gfc@v1.13", "event", "event", "hansen", "landsat",
    date(2001, 1, 1), date(2025, 12, 31), "yearly",
)  # fmt: skip
TMF = Variable(
    "tmf.deforestation_year", "jrc_tmf@v1.2025", "event", "event", "tmf", "landsat",
    date(1990, 1, 1), date(2025, 12, 31), "yearly",
)  # fmt: skip
TMF_FOREST = Variable(
    "tmf.forest", "jrc_tmf@v1.2025", "state", "forest_2020", "tmf", "landsat", date(2020, 12, 31), date(2020, 12, 31)
)
TMF_DEGRADATION = Variable(
    "tmf.degradation_year", "jrc_tmf@v1.2025", "event", "degradation", "tmf", "landsat",
    date(1990, 1, 1), date(2025, 12, 31), "yearly",
)  # fmt: skip
GFT = Variable(
    "gft2020.forest", "jrc_gft2020@V1", "state", "forest_2020", "gft2020", "sentinel-2",
    date(2020, 12, 31), date(2020, 12, 31),
)  # fmt: skip
RADD = Variable(
    "radd.alert_year", "radd@2026", "event", "event", "radd", "sentinel-1",
    date(2020, 1, 1), date(2026, 6, 30), "dated",
)  # fmt: skip
COCOA = Variable(
    "cocoa_map.crop", "cocoa_map@2020", "state", "commodity", "cocoa_map", "sentinel-2",
    date(2020, 12, 31), date(2020, 12, 31), commodity="cocoa",
)  # fmt: skip
ALL = (BASELINE, HANSEN, TMF, TMF_FOREST, TMF_DEGRADATION, GFT, RADD, COCOA)
PRODUCTION = Production.model_validate({"from": date(2026, 3, 1), "to": date(2026, 9, 30)})

HARVEST = Harvest.model_validate(
    {
        "harvest": "test",
        "commodity": "coffee",
        "operator": {"name": "Ejemplo", "country": "NL"},
        "product": {"hs_code": "0901 11", "description": "Green coffee", "net_mass_kg": 1000},
        "confidential": True,
        "border_country": "NL",
        "plots": [{"path": "plots.csv", "cooperative": "coop"}],
        "catalogues": {"local": {"folder": "catalogue"}},
        "layers": [{"id": "jrc_gfc2020@V4", "from": "local"}],
        "production": {"from": "2026-03-01", "to": "2026-09-30"},
    }
)


def changed(variable: Variable, **fields: str) -> Variable:
    """The same variable with other fields; dates as text."""
    values = {name: date.fromisoformat(text) if name.startswith("covers") else text for name, text in fields.items()}
    return replace(variable, **values)


def plots(areas: Mapping[str, float], **columns: Sequence[Any]) -> gpd.GeoDataFrame:
    """PLOTS far apart, one per name, with the given hectares; columns replace defaults."""
    count = len(areas)
    frame = {
        "plot": list(areas),
        "plot_id": [name.split("/")[-1] for name in areas],
        "cooperative": "coop",
        "geometry": [box(-76 + i, -6, -76 + i + 0.001, -5.999) for i in range(count)],
        "original_wkb": None,
        "source_file": "plots.geojson",
        "source_row": range(1, count + 1),
        "commodity": "coffee",
        "geometry_kind": "polygon",
        "area_ha": list(areas.values()),
        "eu_area_ha": list(areas.values()),
        "usable": True,
    }
    frame.update(columns)
    table = tables.typed(tables.PLOTS, frame)
    return gpd.GeoDataFrame(table, geometry="geometry", crs="EPSG:4326")


def point_plots(names: Sequence[str], declared_ha: float = 1.0) -> gpd.GeoDataFrame:
    """PLOTS of points."""
    return plots(
        dict.fromkeys(names, float("nan")),
        geometry=[Point(-76 + i, -6) for i in range(len(names))],
        geometry_kind=["point"] * len(names),
        declared_area_ha=[declared_ha] * len(names),
    )


def evidence(rows: Iterable[Mapping[str, Any]], variables: Sequence[Variable] = ALL) -> pd.DataFrame:
    """EVIDENCE from rows that name only what is not 0; `ha` is the area, inner and outer alike unless given."""
    full = []
    for row in rows:
        rest = {key: value for key, value in row.items() if key not in {"ha", "plot", "footprint", "inner", "outer"}}
        full.append(
            {
                "plot": row.get("plot", "coop/1"),
                "footprint": row.get("footprint", "polygon"),
                "area_ha": float(row["ha"]),
                "area_inner_ha": float(row.get("inner", row["ha"])),
                "area_outer_ha": float(row.get("outer", row["ha"])),
                **{variable.column: rest.get(variable.column, 0) for variable in variables},
            }
        )
    table = tables.typed(tables.EVIDENCE, full)
    return table.astype({variable.column: "int16" for variable in variables})
