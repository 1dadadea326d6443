"""Small true tables of a harvest for the tests of the package: six plots whose place and outcome can be read here."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely
from pydantic import BaseModel

from eudr_check import geodesy, tables
from eudr_check.config import Harvest
from eudr_check.variables import Variable

RING = shapely.box(-76.10, -6.04, -76.099, -6.039)
"""About 1.2 ha."""
HOLED = shapely.box(-76.09, -6.04, -76.088, -6.038).difference(shapely.box(-76.0895, -6.0395, -76.0885, -6.0385))
TWO = shapely.MultiPolygon([shapely.box(-76.08, -6.04, -76.079, -6.039), shapely.box(-76.077, -6.04, -76.076, -6.039)])
POINT = shapely.Point(-76.0700001234, -6.04)

PLOTS: dict[str, tuple[Any, str, str]] = {
    "norte/001": (RING, "low", "low"),
    "norte/002": (HOLED, "low", "low"),
    "norte/003": (shapely.box(-76.10, -6.05, -76.099, -6.049), "high", "high"),
    "sur/A 1": (TWO, "low", "low"),
    "sur/A 2": (POINT, "low", "low"),
    "sur/A 3": (shapely.box(-76.06, -6.04, -76.059, -6.039), "more_info_needed", "cleared_by_review"),
}
"""Plot: geometry, outcome, outcome after reviews."""

FOLDER = "statement-2f390bb697"
"""Folder of their one statement: without shipment and lots it is named by a digest of what it declares."""

VARIABLES = (
    Variable("jrc_gfc2020.forest", "jrc_gfc2020@V4", "state", "forest_2020", "jrc_gfc2020", "sentinel-2",
             date(2020, 12, 31), date(2020, 12, 31)),
    Variable("hansen.loss_year", "hansen_gfc@v1.13", "event", "event", "hansen", "landsat",
             date(2001, 1, 1), date(2025, 12, 31), "yearly"),
)  # fmt: skip


class Policy(BaseModel):
    """What the package needs of a policy."""

    full_name: str = "convergence@1"
    title: str = "Loss on forest by agreement"


def harvest(**changes: Any) -> Harvest:
    """Settings of the six plots; keywords replace top-level keys."""
    content: dict[str, Any] = {
        "harvest": "prueba-2026",
        "commodity": "coffee",
        "operator": {"name": "Ejemplo BV", "country": "NL", "address": "Kade 1, Rotterdam", "eori": "NL000000000"},
        "product": {"hs_code": "0901 11", "description": "Green coffee", "net_mass_kg": 5760},
        "plots": [{"path": "norte.geojson", "cooperative": "norte"}, {"path": "sur.geojson", "cooperative": "sur"}],
        "catalogues": {"local": {"folder": "catalogue"}},
        "layers": [{"id": "jrc_gfc2020@V4", "from": "local"}],
        "confidential": True,
        "border_country": "NL",
        "production": {"from": "2026-03-01", "to": "2026-09-30"},
        "package": {"languages": ["es"], "outputs": ["eu_geojson", "statement"]},
    }
    return Harvest.model_validate(content | changes)


def plots(geometries: Mapping[str, Any] | None = None, **columns: Any) -> gpd.GeoDataFrame:
    """PLOTS of some geometries (default: the six); keywords replace columns."""
    geometries = {key: value[0] for key, value in PLOTS.items()} if geometries is None else geometries
    shapes = list(geometries.values())
    point = ["point" if shape is not None and shape.geom_type.endswith("Point") else "polygon" for shape in shapes]
    rows = pd.DataFrame(
        {
            "plot": list(geometries),
            "plot_id": [key.split("/")[1] for key in geometries],
            "cooperative": [key.split("/")[0] for key in geometries],
            "geometry": shapes,
            "source_file": "plots.geojson",
            "source_row": range(1, len(shapes) + 1),
            "producer_name": [f"Persona {i}" for i in range(len(shapes))],
            "producer_country": "PE",
            "production_place": "San José",
            "commodity": "coffee",
            "geometry_kind": point,
            "area_ha": geodesy.plot_area_ha(shapes),
            "eu_area_ha": geodesy.eu_area_ha(shapes),
            "declared_area_ha": [1.5 if kind == "point" else None for kind in point],
            "usable": True,
        }
        | columns
    )
    return gpd.GeoDataFrame(tables.typed(tables.PLOTS, rows), geometry="geometry", crs="EPSG:4326")


def assessments(outcomes: Mapping[str, tuple[str, str]] | None = None) -> pd.DataFrame:
    """ASSESSMENTS: plot to outcome and final outcome (default: the six)."""
    outcomes = {key: value[1:] for key, value in PLOTS.items()} if outcomes is None else outcomes
    rows = [
        {
            "plot": plot,
            "outcome": outcome,
            "final_outcome": final,
            "reasons": "" if outcome == "low" else "agreed_loss",
            **dict.fromkeys(("forest_2020_ha", "loss_after_2020_ha", "deforestation_ha", "unknown_ha"), 0.0),
            "agreed_deforestation_ha": 0.0,
            "stability": "stable",
            "policy": "convergence@1",
        }
        for plot, (outcome, final) in outcomes.items()
    ]
    return tables.typed(tables.ASSESSMENTS, rows)


def package(**changes: Any) -> dict[str, Any]:
    """All arguments of `package.write` but the folder; keywords replace them."""
    frame = changes.pop("plots", None)
    frame = plots() if frame is None else frame
    hectares = frame["area_ha"].where(frame["area_ha"] > 0, 1.0)
    evidence = [
        {"plot": plot, "footprint": "disc" if frame.loc[plot, "geometry_kind"] == "point" else "polygon",
         "area_ha": hectares[plot], "area_inner_ha": 0.9, "area_outer_ha": 1.1,
         "jrc_gfc2020.forest": 0, "hansen.loss_year": 0}
        for plot in frame.index
    ]  # fmt: skip
    patches = tables.typed(tables.PATCHES, [])
    content: dict[str, Any] = {
        "harvest": harvest(),
        "plots": frame,
        "findings": tables.typed(tables.FINDINGS, []),
        "sources": tables.typed(
            tables.SOURCES, [source("jrc_gfc2020@V4", "S10W080"), source("hansen_gfc@v1.13", "00N")]
        ),
        "evidence": tables.typed(tables.EVIDENCE, evidence).astype(
            {variable.column: "int16" for variable in VARIABLES}
        ),
        "patches": gpd.GeoDataFrame(patches, geometry="geometry", crs="EPSG:4326"),
        "assessments": assessments()
        if set(frame.index) == set(PLOTS)
        else assessments(dict.fromkeys(frame.index, ("low", "low"))),
        "reasons": tables.typed(tables.REASONS, []),
        "variables": VARIABLES,
        "policy": Policy(),
        "draft": False,
    }
    return content | changes


def statement(folder: Path) -> Path:
    """The folder of the only statement of a package."""
    (only,) = folder.glob("*statement-*")
    return only


def source(layer: str, item: str, status: str = "read") -> dict[str, Any]:
    """One row of SOURCES."""
    return {"tile": "S06.1W076.1", "layer": layer, "item_id": item, "asset": "data", "href": f"{item}.tif",
            "status": status, "sampled": False, "sha256": "0" * 64}  # fmt: skip


def lots(*rows: tuple[str, float, str, Sequence[str]]) -> pd.DataFrame:
    """Lots: name, kg of green product, status, plots."""
    return pd.DataFrame(
        {
            "lot": [row[0] for row in rows],
            "kg_green": [row[1] for row in rows],
            "status": [row[2] for row in rows],
            "reasons": ["" if row[2] == "accepted" else "unsettled_plot" for row in rows],
            "plots": [tuple(row[3]) for row in rows],
        }
    )


def deliveries(*rows: tuple[str, str, float]) -> pd.DataFrame:
    """DELIVERIES of green coffee: lot, plot, kilograms."""
    return tables.typed(
        tables.DELIVERIES,
        [
            {"source_row": row, "source_place": str(row + 1), "date": "2026-06-01", "plot": plot, "kg": kg,
             "form": "green", "kg_green": kg, "lot": lot, "removed": False}
            for row, (lot, plot, kg) in enumerate(rows, start=1)
        ],
    )  # fmt: skip


def animals(*rows: tuple[str, str, Sequence[str]]) -> pd.DataFrame:
    """ANIMALS: group, outcome, establishments."""
    return tables.typed(
        tables.ANIMALS,
        [
            {"group": group, "stays": len(keys), "outcome": outcome, "reasons": "", "warnings": "", "plots": list(keys)}
            for group, outcome, keys in rows
        ],
    )
