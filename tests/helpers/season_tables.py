"""Whole tables of an invented season for what people look at: any number of plots, all outcomes, hostile names.

Nothing here is computed from rasters; the figures only have to keep the contracts of `eudr_check.tables`.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from eudr_check import parquet, tables
from eudr_check.assessment_record import AreaLayer
from eudr_check.config import Harvest
from eudr_check.geodesy import plot_area_ha
from eudr_check.package.gis import delivery, maps
from eudr_check.package.gis.edition import Edition
from eudr_check.tiles import Tile
from eudr_check.variables import Variable

HOSTILE = "<script>alert(\"1\")</script> =cmd|A1 \u202eoloP & 'Rosa'"
CENTRES = {"coop-jaen": (-78.80, -5.70), "coop-rodriguez": (-77.50, -6.39), "coop-moyobamba": (-76.97, -6.03)}

VARIABLES = (
    Variable(
        "jrc_gfc2020.forest",
        "jrc_gfc2020@V4",
        "state",
        "forest_2020",
        "jrc_gfc2020",
        "sentinel-2",
        date(2020, 12, 31),
        date(2020, 12, 31),
    ),
    Variable(
        "hansen.loss_year",
        "hansen_gfc@v1.13",
        "event",
        "event",
        "hansen",
        "landsat",
        date(2001, 1, 1),
        date(2025, 12, 31),
        "yearly",
    ),
    Variable(
        "tmf.deforestation_year",
        "jrc_tmf@v1.2025",
        "event",
        "event",
        "tmf",
        "landsat",
        date(1990, 1, 1),
        date(2025, 12, 31),
        "yearly",
    ),
)

LAYERS = [
    {
        "name": name,
        "title": f"Map {name}",
        "provider": "A provider",
        "licence": licence,
        "citation": f"Cite {name} & all",
    }
    for name, licence in (("jrc_gfc2020", "CC-BY-4.0"), ("hansen", "CC-BY-4.0"), ("tmf", "Copernicus"))
]
"""What the package takes of their definitions."""


AREA_LAYERS: tuple[AreaLayer, ...] = (
    AreaLayer(area="parque d'aquí", layer="parks@test", title="Parks of Peru", provider="A park service",
              licence="CC-BY-4.0", citation="Cite parks", topic="protected", complete=True),
    AreaLayer(area="comunidades", layer="communities@test", title="Communities of Peru", provider="A ministry",
              licence="Open data", citation="Cite communities", topic="indigenous", complete=False),
    AreaLayer(area="unread", layer="zones@test", title="Zones of Peru", provider="A region",
              licence="", citation="", topic="zoning", complete=False),
)  # fmt: skip
"""Vector layers of the invented harvest."""


@dataclass(frozen=True)
class Season:
    """The tables of one invented harvest."""

    plots: gpd.GeoDataFrame
    findings: pd.DataFrame
    sources: pd.DataFrame
    patches: gpd.GeoDataFrame
    assessments: pd.DataFrame
    reasons: pd.DataFrame
    evidence: pd.DataFrame
    deliveries: pd.DataFrame
    areas: pd.DataFrame | None = None
    outlines: gpd.GeoDataFrame | None = None
    splits: gpd.GeoDataFrame | None = None

    def tables(self) -> dict[str, pd.DataFrame]:
        """Keyword arguments that every writer of `eudr_check.package` takes."""
        return {
            name: getattr(self, name) for name in ("plots", "findings", "sources", "patches", "assessments", "reasons")
        }

    def gis(self, folder: Path, settings: Harvest, scenes: Sequence[str] = ()) -> tuple[Path, Path]:
        """GeoPackage and QGIS project of the season."""
        stored = folder / "tables"
        stored.mkdir()
        for name in ("PLOTS", "FINDINGS", "SOURCES", "PATCHES", "ASSESSMENTS", "REASONS", "EVIDENCE"):
            parquet.write(stored / f"{name}.parquet", name, getattr(self, name.lower()))
        if self.areas is not None:
            parquet.write(stored / "AREAS.parquet", "AREAS", self.areas)
        if self.outlines is not None:
            parquet.write(stored / "AREA_OUTLINES.parquet", "AREA_OUTLINES", self.outlines)
        if self.splits is not None:
            parquet.write(stored / "SPLITS.parquet", "SPLITS", self.splits)
        policy = {"baseline": "jrc_gfc2020.forest", "silent_methods": ["tmf"]}
        edition = Edition.of(settings, VARIABLES, scenes, LAYERS, maps.columns(folder), policy, AREA_LAYERS)
        for call in (
            delivery.drawing(edition.geopackage(folder), stored / "PATCHES.parquet", edition.day),
            delivery.writing(folder, edition, self.plots),
        ):
            call.function(**call.arguments)
        package = edition.geopackage(folder)
        return package, package.with_suffix(".qgz")


def with_areas(made: Season) -> Season:
    """The season with a park over the western half of its plots, two communities, and zones that were not read."""
    usable = made.plots[made.plots["usable"]]
    west, south, east, north = usable.total_bounds
    park = shapely.box(west - 0.1, south - 0.1, (west + east) / 2, north + 0.1)
    hostile = f"Comunidad {HOSTILE}"
    communities = [shapely.box(x, south - 0.05, x + 0.3, north) for x in (east - 0.3, east - 0.1)]
    drawn = {"geometry": [shapely.multipolygons([one]) for one in (park, *communities)],
             "area": ["parque d'aquí", "comunidades", "comunidades"],
             "layer": ["parks@test", "communities@test", "communities@test"],
             "topic": ["protected", "indigenous", "indigenous"],
             "feature": ["Parque del Oeste", hostile, "Comunidad Dos"]}  # fmt: skip
    outlines = gpd.GeoDataFrame(
        tables.check(tables.AREA_OUTLINES, tables.typed(tables.AREA_OUTLINES, drawn)), geometry="geometry", crs=4326
    )
    unread = {"area": "unread", "layer": "zones@test", "topic": "zoning", "status": "unknown", "reason": "no answer"}
    missed = [{"plot": plot, **unread} for plot in usable.index]
    missed.append({**missed[0], "area": "comunidades", "layer": "communities@test", "topic": "indigenous"})
    areas = tables.check(tables.AREAS, tables.typed(tables.AREAS, missed))
    return replace(made, areas=areas, outlines=outlines)


def proposed(season: Season) -> gpd.GeoDataFrame:
    """SPLITS of one plot that is not settled: its western third lost, the rest other ground with a little forest."""
    final = season.assessments["final_outcome"]
    polygons = season.plots[season.plots["usable"] & (season.plots["geometry_kind"] == "polygon")]
    plot = next(name for name in polygons.index if final[name] == "high")
    shape = polygons.geometry[plot]
    west, south, east, north = shape.bounds
    middle = west + (east - west) / 3
    rows = [
        {"part": "cleared", "number": 1, "area_ha": 0.7, "cleared_ha": 0.7},
        {"part": "other", "number": 2, "area_ha": 1.4, "other_ha": 1.35, "forest_ha": 0.05},
    ]
    halves = [
        shapely.intersection(shape, shapely.box(*box))
        for box in ((west, south, middle, north), (middle, south, east, north))
    ]
    nought = dict.fromkeys((f"{name}_ha" for name in tables.GROUND_USES), 0.0)
    frame = tables.typed(
        tables.SPLITS,
        [{"plot": plot, **nought, **row, "geometry": half} for row, half in zip(rows, halves, strict=True)],
    )
    return gpd.GeoDataFrame(tables.check(tables.SPLITS, frame), geometry="geometry", crs="EPSG:4326")


def harvest(**changes: object) -> Harvest:
    """Settings of the invented harvest."""
    settings = {
        "harvest": "pe-coffee-2026",
        "commodity": "coffee",
        "operator": {"name": "Ejemplo Importers BV", "country": "NL"},
        "product": {"hs_code": "0901 11", "description": "Green coffee", "net_mass_kg": 57600},
        "confidential": True,
        "border_country": "NL",
        "plots": [{"path": "plots.geojson", "cooperative": "coop-jaen"}],
        "catalogues": {"local": {"folder": "catalogue"}},
        "layers": [{"id": "jrc_gfc2020@V4", "from": "local"}],
        "production": {"from": "2026-03-01", "to": "2026-09-30"},
        "package": {"languages": ["es", "en"]},
    }
    return Harvest.model_validate({**settings, **changes})


def season(count: int = 60, *, seed: int = 7, vertices: int = 12, hostile: bool = False) -> Season:
    """An invented season of `count` plots around three towns of northern Peru; the same seed gives the same tables."""
    rng = np.random.default_rng(seed)
    plots = _plots(rng, count, vertices, hostile)
    assessments, reasons = _assessed(rng, plots)
    return Season(
        plots,
        _findings(plots, hostile),
        _sources(plots),
        _patches(plots, assessments),
        assessments,
        reasons,
        _evidence(plots, assessments),
        _deliveries(rng, plots),
    )


def _plots(rng: np.random.Generator, count: int, vertices: int, hostile: bool) -> gpd.GeoDataFrame:
    cooperatives = np.array(sorted(CENTRES))[np.sort(rng.integers(0, len(CENTRES), count))]
    centre = np.array([CENTRES[name] for name in cooperatives]).reshape(-1, 2) + rng.normal(0, 0.06, (count, 2))
    radius = np.exp(rng.normal(-0.1, 0.5, count)) * 0.0005
    angle = np.linspace(0, 2 * np.pi, vertices, endpoint=False)
    reach = radius[:, None] * rng.uniform(0.75, 1.25, (count, vertices))
    ring = centre[:, None] + reach[..., None] * np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    shapes = np.asarray(shapely.polygons(ring), dtype=object).reshape(-1)
    is_point = rng.random(count) < 0.1
    shapes[is_point] = shapely.points(centre[is_point])
    missing = np.zeros(count, bool)
    missing[1::50] = True
    shapes[missing] = None
    area = np.where(is_point | missing, np.nan, plot_area_ha(shapes))
    ids = [f"{name[5:8].upper()}-{number:05d}" for number, name in enumerate(cooperatives, start=1)]
    rows = {
        "plot": [f"{cooperative}/{plot}" for cooperative, plot in zip(cooperatives, ids, strict=True)],
        "plot_id": ids,
        "cooperative": cooperatives,
        "source_file": [f"{name}.geojson" for name in cooperatives],
        "source_row": np.arange(1, count + 1),
        "producer_name": [HOSTILE if hostile else f"Socia Inventada {number}" for number in range(count)],
        "producer_country": "PE",
        "production_place": [HOSTILE if hostile else "La Coipa" for _ in range(count)],
        "commodity": "coffee",
        "geometry_kind": np.where(missing, None, np.where(is_point, "point", "polygon")),
        "area_ha": area,
        "declared_area_ha": np.where(np.isnan(area), 1.5, np.round(area, 1)),
        "eu_area_ha": area * 1.006,
        "usable": ~missing,
    }
    frame = tables.typed(tables.PLOTS, pd.DataFrame(rows))
    frame["geometry"] = shapes
    return tables.check(tables.PLOTS, gpd.GeoDataFrame(frame, geometry="geometry", crs="EPSG:4326"))


def _findings(plots: gpd.GeoDataFrame, hostile: bool) -> pd.DataFrame:
    rows = []
    for number, plot in enumerate(plots.itertuples()):
        if plot.geometry is None:
            code, severity, where = "geometry_empty", "block", (None, None)
        elif number % 17 == 3:
            code, severity, where = "area_mismatch", "warn", _position(plot.geometry)
        else:
            continue
        message = f"{plot.source_file}, row {plot.source_row}: {HOSTILE if hostile else 'invented finding'}"
        rows.append(
            {
                "plot": plot.Index,
                "cooperative": plot.cooperative,
                "source_file": plot.source_file,
                "source_row": plot.source_row,
                "code": code,
                "severity": severity,
                "message": message,
                "details": json.dumps(
                    {"area_ha": 1.25, "declared_ha": 2.5, "percent": 50} if code == "area_mismatch" else {}
                ),
                "longitude": where[0],
                "latitude": where[1],
            }
        )
    return tables.check(tables.FINDINGS, tables.typed(tables.FINDINGS, rows))


def _position(geometry: shapely.Geometry) -> tuple[float, float]:
    return geometry.centroid.x, geometry.centroid.y


def _sources(plots: gpd.GeoDataFrame) -> pd.DataFrame:
    inside = plots.geometry.dropna()
    names = sorted({Tile.at(shape.centroid.x, shape.centroid.y).name for shape in inside})
    rows = [
        {
            "tile": name,
            "layer": layer,
            "item_id": None if (missing := number == 0 and layer.startswith("jrc_tmf")) else f"{layer}-{name}",
            "asset": "map",
            "href": f"items/{layer}/{name}.tif",
            "version": layer.partition("@")[2],
            "sha256": "ab" * 32,
            "status": "missing" if missing else "read",
            "reason": "no Item covers the tile" if missing else None,
            "sampled": False,
        }
        for number, name in enumerate(names)
        for layer in sorted({variable.layer for variable in VARIABLES})
    ]
    return tables.check(tables.SOURCES, tables.typed(tables.SOURCES, rows))


def _patches(plots: gpd.GeoDataFrame, assessments: pd.DataFrame) -> gpd.GeoDataFrame:
    lossy = plots.loc[(assessments["loss_after_2020_ha"] > 0) & (plots["geometry_kind"] == "polygon")]
    rows, shapes = [], []
    for number, (key, plot) in enumerate(lossy.iterrows()):
        x, y = plot.geometry.centroid.x, plot.geometry.centroid.y
        for step, column in enumerate(("hansen.loss_year", "tmf.deforestation_year")):
            side = 0.0003 + 0.00005 * step
            shapes.append(shapely.box(x, y, x + side, y + side))
            rows.append(
                {
                    "column": column,
                    "year": 2018 + (number + step) % 8,
                    "area_ha": side**2 * 1.22e6,
                    "plots": [key],
                }
            )
    frame = tables.typed(tables.PATCHES, rows)
    frame["geometry"] = shapes
    return tables.check(tables.PATCHES, gpd.GeoDataFrame(frame, geometry="geometry", crs="EPSG:4326"))


def _assessed(rng: np.random.Generator, plots: gpd.GeoDataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    count = len(plots)
    outcome = rng.choice(np.array(tables.OUTCOMES), count, p=[0.72, 0.15, 0.08, 0.05])
    outcome[~plots["usable"].to_numpy()] = "undetermined"
    area = plots["area_ha"].fillna(0.5).to_numpy()
    loss = np.where(np.isin(outcome, ["high", "more_info_needed"]), area * rng.uniform(0.05, 0.4, count), 0.0)
    reason = pd.Series(outcome).map(
        {
            "low": "no_forest_2020",
            "more_info_needed": "standing_forest",
            "high": "agreed_deforestation",
            "undetermined": "unknown_events",
        }
    )
    rows = {
        "plot": plots.index,
        "outcome": outcome,
        "reasons": reason.to_numpy(),
        "forest_2020_ha": loss * 1.5,
        "loss_after_2020_ha": loss,
        "deforestation_ha": loss * 0.9,
        "agreed_deforestation_ha": np.where(outcome == "high", loss * 0.8, 0.0),
        "unknown_ha": np.where(outcome == "undetermined", area, 0.0),
        "margin_ha": loss - 0.1,
        "stability": np.where(rng.random(count) < 0.1, "fragile", "stable"),
        "policy": "convergence@1",
        "final_outcome": outcome,
    }
    assessments = tables.typed(tables.ASSESSMENTS, pd.DataFrame(rows))
    reasons = tables.typed(
        tables.REASONS,
        pd.DataFrame(
            {
                "plot": plots.index,
                "code": reason.to_numpy(),
                "layers": "jrc_gfc2020.forest hansen.loss_year",
                "area_ha": loss * 0.9,
                "threshold_ha": 0.1,
                "margin_ha": loss * 0.9 - 0.1,
            }
        ),
    )
    return tables.check(tables.ASSESSMENTS, assessments), tables.check(tables.REASONS, reasons)


def _evidence(plots: gpd.GeoDataFrame, assessments: pd.DataFrame) -> pd.DataFrame:
    """Two rows a plot: forest that was lost in 2022, and the rest."""
    usable = plots[plots["usable"]]
    whole = usable["area_ha"].fillna(0.5).to_numpy()
    lost = np.minimum(assessments["deforestation_ha"].reindex(usable.index).to_numpy(), whole)
    footprint = np.where(usable["geometry_kind"] == "point", "disc", "polygon")
    columns = [variable.column for variable in VARIABLES]
    rows = [
        pd.DataFrame(
            {
                "plot": usable.index,
                "footprint": footprint,
                **dict(zip(columns, values, strict=True)),
                "area_ha": hectares,
                "area_inner_ha": hectares * 0.9,
                "area_outer_ha": hectares * 1.1,
            }
        )
        for hectares, values in ((lost, (1, 2022, 0)), (whole - lost, (0, 0, 0)))
    ]
    made = tables.typed(tables.EVIDENCE, pd.concat(rows)).sort_index(kind="stable")
    made = made.astype({variable.column: "int16" for variable in VARIABLES})
    return tables.check(tables.EVIDENCE, made[made["area_ha"] > 0])


def _deliveries(rng: np.random.Generator, plots: gpd.GeoDataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "date": "2026-07-15",
            "plot": plots.index.to_numpy(),
            "kg_green": np.round(rng.uniform(80, 1400, len(plots)), 1),
            "lot": [f"L{number % 5 + 1}" for number in range(len(plots))],
        }
    )
