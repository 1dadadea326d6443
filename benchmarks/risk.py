"""How long a nation takes to assess: 223,000 plots, both policies, stability, on one core.

    python -m benchmarks.risk [PLOTS]

Builds seeded EVIDENCE (about four rows a plot: forest, clean ground, events of several methods, unread cells; one
plot in twenty a point; a third of the producers with adjoining plots), assesses it under `convergence@1` and
`whisp_pcrop@2026-10`, and prints seconds and peak memory.
"""

import json
import resource
import sys
import time
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from eudr_check import risk, tables
from eudr_check.config import Production
from eudr_check.variables import Variable

PLOTS = 223_000
PRODUCTION = Production.model_validate({"from": "2026-03-01", "to": "2026-09-30"})
STATE_DAY = date(2020, 12, 31)


def variable(column: str, layer: str, role: str, dating: str = "none", *, commodity: str | None = None) -> Variable:
    """A layer of the default set."""
    kind = "event" if role in {"event", "degradation"} else "state"
    first, last = (date(2001, 1, 1), date(2025, 12, 31)) if kind == "event" else (STATE_DAY, STATE_DAY)
    return Variable(column, layer, kind, role, column.split(".")[0], "-", first, last, dating, commodity)


VARIABLES = (
    variable("jrc_gfc2020.forest", "jrc_gfc2020@V4", "forest_2020"),
    variable("hansen.tree10", "hansen_gfc@v1.13", "tree_cover_2020"),
    variable("hansen.loss_year", "hansen_gfc@v1.13", "event", "yearly"),
    variable("tmf.forest", "jrc_tmf@v1.2025", "forest_2020"),
    variable("tmf.deforestation_year", "jrc_tmf@v1.2025", "event", "yearly"),
    variable("tmf.degradation_year", "jrc_tmf@v1.2025", "degradation", "yearly"),
    variable("radd.alert_year", "radd@2026", "event", "dated"),
    variable("coffee_map.crop", "coffee_map@2020", "commodity", commodity="coffee"),
)


def nation(count: int) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """PLOTS and EVIDENCE of a country, seeded."""
    random = np.random.default_rng(223_000)
    area = np.clip(random.lognormal(np.log(1.6), 0.8, count), 0.05, 60)
    point = random.random(count) < 0.05
    column, row = np.arange(count) % 500, np.arange(count) // 500
    west, south = -78 + column * 0.0012, -8 + row * 0.0012
    shapes = shapely.box(west, south, west + np.where(random.random(count) < 0.33, 0.0012, 0.001), south + 0.001)
    shapes[point] = shapely.points(west[point], south[point])
    names = [f"coop-{number % 14:02d}/{number}" for number in range(count)]
    plots = tables.typed(
        tables.PLOTS,
        {
            "plot": names,
            "plot_id": [str(number) for number in range(count)],
            "cooperative": [f"coop-{number % 14:02d}" for number in range(count)],
            "geometry": shapes,
            "original_wkb": None,
            "source_file": "nation.gpkg",
            "source_row": np.arange(1, count + 1),
            "producer_name": [f"Productora {number // 3}" for number in range(count)],
            "commodity": "coffee",
            "geometry_kind": np.where(point, "point", "polygon"),
            "area_ha": np.where(point, np.nan, area),
            "usable": True,
        },
    )
    return gpd.GeoDataFrame(plots, geometry="geometry", crs="EPSG:4326"), evidence(random, names, area, point)


def evidence(random: np.random.Generator, names: list[str], area: np.ndarray, point: np.ndarray) -> pd.DataFrame:
    """About four rows for each footprint, with values as rare as on real ground."""
    count = len(names)
    plot_index = np.concatenate([np.flatnonzero(~point), *[np.flatnonzero(point)] * 3])
    footprint = np.repeat(["polygon", "disc", "double_disc", "cell"], [(~point).sum(), *[point.sum()] * 3])
    ground = np.where(footprint == "double_disc", 4.0, np.where(footprint == "cell", 0.01 / area[plot_index], 1.0))
    rows = np.where(footprint == "cell", 1, 1 + random.poisson(3, len(plot_index)))
    whose = np.repeat(np.arange(len(plot_index)), rows)
    share = random.random(len(whose)) + 0.01
    share /= np.bincount(whose, weights=share)[whose]
    hectares = share * (area[plot_index] * ground)[whose]
    many = len(whose)
    touched = np.zeros(count, dtype=bool)
    touched[random.random(count) < 0.15] = True
    active = touched[plot_index[whose]]

    def state(chance: float) -> np.ndarray:
        return np.where(random.random(many) < 0.005, -1, random.random(many) < chance).astype("int16")

    def event(chance: float) -> np.ndarray:
        year = random.integers(2005, 2026, many)
        return np.where(random.random(many) < 0.005, -1, np.where(active & (random.random(many) < chance), year, 0))

    table = {
        "footprint": pd.array(footprint[whose], dtype="str"),
        "jrc_gfc2020.forest": state(0.1),
        "hansen.tree10": state(0.7),
        "hansen.loss_year": event(0.3),
        "tmf.forest": state(0.2),
        "tmf.deforestation_year": event(0.2),
        "tmf.degradation_year": event(0.2),
        "radd.alert_year": event(0.2),
        "coffee_map.crop": state(0.3),
        "area_ha": hectares,
        "area_inner_ha": hectares * 0.95,
        "area_outer_ha": hectares * 1.05,
    }
    frame = pd.DataFrame(
        table, index=pd.Index(pd.array([names[i] for i in plot_index[whose]], dtype="str"), name="plot")
    )
    return frame.astype({item.column: "int16" for item in VARIABLES})


def main() -> None:
    """Assess and print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else PLOTS
    plots, rows = nation(count)
    built = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    result: dict[str, object] = {"plots": count, "evidence_rows": len(rows)}
    total = 0.0
    for name in ("convergence@1", "whisp_pcrop@2026-10"):
        began = time.perf_counter()
        assessments, reasons = risk.assess(plots, rows, VARIABLES, risk.policy(name), PRODUCTION)
        seconds = time.perf_counter() - began
        total += seconds
        result[name] = {
            "seconds": round(seconds, 2),
            "reasons": len(reasons),
            "outcomes": assessments["outcome"].value_counts().to_dict(),
            "fragile": int((assessments["stability"] == "fragile").sum()),
        }
    result["seconds"] = round(total, 2)
    result["peak_memory_mib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    result["of_which_input_mib"] = built // 1024
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
