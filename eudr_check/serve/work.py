"""One job from its plots to its results, by the steps of every run."""

import datetime as dt
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pycountry
import shapely

from eudr_check import __version__, library
from eudr_check.layers import definition
from eudr_check.package.csv_files import csv_bytes
from eudr_check.risk.whisp import columns
from eudr_check.run import watched
from eudr_check.run.harvest import Finished, run
from eudr_check.run.screen import harvest_of
from eudr_check.serve.jobs import KEY, Job
from eudr_check.serve.place import Place

PLOT = (
    "plotId", "external_id", "Area", "Geometry_type", "Country", "ProducerCountry", "Admin_Level_1", "Centroid_lon",
    "Centroid_lat", "Unit", "In_waterbody",
)  # fmt: skip
OURS = ("usable", "findings", "area_ha", *library.ASSESSED)
PREFIX = "eudr_check_"
GEOJSON, TABLE, OWN = "whisp.geojson", "whisp.csv", "results.geojson"
"""Files of a finished job."""
COMMODITY, DECIMALS = "coffee", 3
Progress = Callable[[str, int, int], None]


def work(folder: Path, place: Place, progress: Progress) -> None:
    """Run a job and write its results; a run that was cut off goes on where it was.

    Raises:
        EudrCheckError: the run ended with nothing to show.
    """
    job = Job(folder)
    asked = json.loads((folder / "plots.geojson").read_text(encoding="utf-8"))["features"]
    chosen = job.options
    harvest = harvest_of(
        folder / "plots.geojson",
        commodity=chosen.commodity or place.commodity,
        catalogue=place.catalogue,
        out=job.run,
        country=chosen.country or place.country,
    )
    named = harvest.plots[0].model_copy(update={"columns": {"plot_id": KEY}})
    finished = run(
        harvest.model_copy(update={"plots": (named,)}), until="assess", offline=place.offline, progress=progress
    )
    results = _results(asked, finished, harvest.layers)
    own = results[[*PLOT[:2], *(f"{PREFIX}{name}" for name in OURS)]].rename(columns=_without_prefix)
    theirs = _in_unit(results, chosen.unit, chosen.external_id, asked)
    _put(folder / OWN, _geojson(asked, own.assign(external_id=theirs["external_id"])))
    _put(folder / GEOJSON, _geojson(asked, theirs))
    _put(folder / TABLE, csv_bytes(theirs.assign(geo=[json.dumps(one["geometry"]) for one in asked])))


def _results(asked: list[Any], finished: Finished, layers: Any) -> pd.DataFrame:
    """One row per Feature: Whisp's columns in hectares, then ours."""
    plots, evidence = finished.plots, finished.made["overlay"].table("EVIDENCE")
    definitions = [definition(layer) for layer in layers]
    known = watched.variables(definitions, finished.made["overlay"].table("SOURCES"))
    statistics = columns.columns(plots, evidence, known)
    at = pd.Series(plots.index.to_numpy(dtype=object), plots["source_row"].astype(int))
    rows = range(1, len(asked) + 1)
    order = at[~at.index.duplicated()].reindex(rows).to_numpy()
    found = statistics.reindex(order).set_axis(rows)
    words = [name for name in found if str(name).startswith("Ind_")]
    found = found.fillna(dict.fromkeys(words, "unknown") | dict.fromkeys(columns.RISKS.values(), "undetermined"))
    ours = library.tidy(pd.DataFrame(index=rows), finished)
    ours = ours.assign(findings=[" ".join(codes) for codes in ours["findings"]])
    head = _plot_columns(ours, plots.reindex(order).set_axis(rows))
    return pd.concat([head, found, ours[list(OURS)].add_prefix(PREFIX)], axis=1)


def _plot_columns(ours: gpd.GeoDataFrame, plots: gpd.GeoDataFrame) -> pd.DataFrame:
    shapes = ours.geometry
    middle = shapely.centroid(shapes.to_numpy())
    points = shapes.geom_type.eq("Point")
    return pd.DataFrame(
        {
            "plotId": [str(row) for row in ours.index],
            "external_id": None,
            # A point has no ground: Whisp says 0 as well.
            "Area": np.where(points, 0.0, ours["area_ha"].astype(float)),
            "Geometry_type": shapes.geom_type,
            "Country": [_alpha3(code) for code in plots["producer_country"]],
            "ProducerCountry": plots["producer_country"].astype(object),
            "Admin_Level_1": None,
            "Centroid_lon": np.round(shapely.get_x(middle), 6),
            "Centroid_lat": np.round(shapely.get_y(middle), 6),
            "Unit": "ha",
            "In_waterbody": None,
        },
        index=ours.index,
    )[list(PLOT)]


def _in_unit(results: pd.DataFrame, unit: str, external_id: str | None, asked: list[Any]) -> pd.DataFrame:
    """The table as a caller of Whisp gets it: rounded to three decimals, in hectares or percent of the plot."""
    area, hectares = results["Area"].round(DECIMALS), results[list(columns.STATISTICS)]
    if unit == "percent":
        hectares = hectares.div(results["Area"].where(results["Area"] > 0), axis=0) * 100
    ids = [None if external_id is None else _text(one["properties"][external_id]) for one in asked]
    plot = results[list(PLOT)].assign(Area=area, Unit=unit, external_id=pd.Series(ids, results.index, dtype=object))
    others = results.columns.difference([*PLOT, *hectares], sort=False)
    # All at once: pandas warns of a frame whose columns were put in one by one.
    made = pd.concat([plot, hectares.round(DECIMALS), results[others]], axis=1)
    about = {
        "whisp_version": f"eudr-check {__version__} (trees of Whisp {columns.EDITION})",
        "processing_timestamp_utc": dt.datetime.now(dt.UTC).strftime("%Y-%m-%d %H:%M:%S+0000"),
    }
    ours = [name for name in made if str(name).startswith(PREFIX)]
    theirs = [name for name in made if name not in ours]
    return made[theirs].assign(whisp_processing_metadata=json.dumps(about)).join(made[ours])


def _geojson(asked: list[Any], rows: pd.DataFrame) -> bytes:
    """Features with the geometry as it was sent, and a row each as properties; null where nobody knows."""

    def features() -> Iterator[Mapping[str, Any]]:
        values = rows.astype(object).where(rows.notna(), None).to_dict("records")
        for one, properties in zip(asked, values, strict=True):
            about = properties.get("whisp_processing_metadata")
            more = {} if about is None else {"whisp_processing_metadata": json.loads(str(about))}
            plain = {str(name): _plain(value) for name, value in properties.items()}
            yield {"type": "Feature", "geometry": one["geometry"], "properties": plain | more}

    return json.dumps({"type": "FeatureCollection", "features": list(features())}, ensure_ascii=False).encode()


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


def _text(value: Any) -> str | None:
    return None if value is None else value if isinstance(value, str) else json.dumps(value)


def _without_prefix(name: str) -> str:
    return name.removeprefix(PREFIX)


def _alpha3(code: Any) -> str | None:
    found = pycountry.countries.get(alpha_2=code) if isinstance(code, str) else None
    return None if found is None else str(found.alpha_3)


def _put(path: Path, content: bytes) -> None:
    new = path.with_name(f".{path.name}")
    new.write_bytes(content)
    new.replace(path)
