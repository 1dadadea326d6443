"""The map in which people decide, in QGIS or in QField on a phone: a GeoPackage and its project, read back as reviews.

The layer `reviews` has the columns of reviews.csv, all filled in that a machine may fill in; plots and losses lie below
it to be looked at. `eudr-check review add COOPERATIVE.gpkg` takes what was decided. The GeoPackage is version 1.2.
"""

import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyogrio
import shapely

from eudr_check.lookup import among
from eudr_check.package.action_plan import decision_form, losses
from eudr_check.package.action_plan.cooperative import Plan
from eudr_check.package.gis import qgs, styles
from eudr_check.package.gis.content import CRS
from eudr_check.package.gis.layout import with_margin
from eudr_check.package.gis.layout_items import Box
from eudr_check.package.gis.written_on import written_on
from eudr_check.text import say
from eudr_check.text.clean import clean, file_stem
from eudr_check.typing import Geometries

LAYERS = {"reviews": "Point", "plots": "MultiPolygon", "losses": "MultiPolygon"}
"""Tables from top to bottom of the map, with their geometries."""
AT_ONCE = 10_000
PLOTS = ("plot", "plot_id", "cooperative", "area_ha")
OUTCOMES = ("final_outcome", "forest_2020_ha", "deforestation_ha", "unknown_ha")


def write(folder: Path, plan: Plan) -> list[Path]:
    """Write `COOPERATIVE.gpkg` and `.qgz`; nothing where no plot is to be decided on. Same plan, same bytes."""
    asked = plan.to_review[among(plan.to_review.index, plan.plots.index)]
    if asked.empty:
        return []
    path = folder / f"{file_stem(plan.cooperative)}.gpkg"
    mine = plan.losses[among(plan.losses["plot"], asked.index)]
    content = {"reviews": _reviews(plan, asked), "plots": _plots(plan, asked.index), "losses": _losses(mine)}
    with written_on(plan.settings.day):
        for number, (name, (rows, shapes)) in enumerate(content.items()):
            _write(path, name, rows, shapes, first=number == 0)
    years = sorted({int(year) for year in mine["year"]})
    return [path, _project(path.with_suffix(".qgz"), plan, years, content["reviews"][1])]


def _reviews(plan: Plan, asked: pd.DataFrame) -> tuple[pa.Table, np.ndarray[Any, Any]]:
    """A row per plot to decide on, where its largest loss lies or else on the plot."""
    own = plan.plots[["plot_id", "geometry"]].loc[asked.index]
    points = shapely.point_on_surface(own.geometry.to_numpy())
    lost = losses.marks(plan.losses).reindex(asked.index)
    there = lost["longitude"].notna().to_numpy()
    points[there] = shapely.points(lost.to_numpy(float)[there])
    why, due = _asked_for(plan.todo, asked.index)
    needs = {one: f"{_needs(one, plan.language)}\n{plan.mark}".strip("\n") for one in asked["outcome"].unique()}
    filled = {
        "plot_id": own["plot_id"],
        "outcome": asked["outcome"],
        "wrong": why,
        "needs": asked["outcome"].map(needs),
        "by": due,
        "plots": asked.index,
        "reason": asked["reason"],
        "evidence_digest": asked["evidence_digest"],
    }
    kinds = {name: pa.date32() if name in decision_form.DATES else pa.string() for name in decision_form.FIELDS}
    arrays = [
        pa.array(filled[name], kind, from_pandas=True) if name in filled else pa.nulls(len(asked), kind)
        for name, kind in kinds.items()
    ]
    return pa.table(arrays, list(kinds)), points


def _asked_for(todo: pd.DataFrame, asked: pd.Index) -> tuple[pa.Array, pa.Array]:
    """What is wrong with each plot and is to be done, a line for each action, and the first day it is due."""
    at = asked.get_indexer(pd.Index(todo["plot"]))
    rows = np.flatnonzero(at >= 0)
    rows = rows[np.argsort(at[rows], kind="stable")]
    mine = todo[["wrong", "todo", "by"]].iloc[rows]
    ends = np.searchsorted(at[rows], np.arange(len(asked) + 1))
    some = ends[1:] > ends[:-1]
    texts = (pa.array(mine[name], pa.string(), from_pandas=True) for name in ("wrong", "todo"))
    lines = pa.ListArray.from_arrays(pa.array(ends, pa.int32()), pc.binary_join_element_wise(*texts, " → "))
    due = np.full(len(asked), np.datetime64("NaT", "D"))
    due[some] = np.minimum.reduceat(mine["by"].to_numpy("datetime64[D]"), ends[:-1][some]) if some.any() else due[some]
    return pc.if_else(pa.array(some), pc.binary_join(lines, "\n"), pa.scalar(None, pa.string())), pa.array(due)


def _needs(outcome: str, language: str) -> str:
    return say("reviews", f"needs_{outcome}", language)


def _plots(plan: Plan, asked: pd.Index) -> tuple[pa.Table, np.ndarray[Any, Any]]:
    own = plan.plots[[*PLOTS[1:], "geometry"]].loc[asked]
    shapes = own.geometry.to_numpy()
    drawn = shapely.get_dimensions(shapes) == 2
    frame = own.join(plan.assessments[[*OUTCOMES]]).reset_index()[[*PLOTS, *OUTCOMES]]
    return _typed(frame[drawn]), shapes[drawn]


def _losses(mine: gpd.GeoDataFrame) -> tuple[pa.Table, np.ndarray[Any, Any]]:
    drawn = shapely.get_dimensions(mine.geometry.to_numpy()) == 2
    frame = pd.DataFrame(mine.loc[drawn, ["plot", "column", "year", "area_ha"]]).rename(columns={"plot": "plots"})
    return _typed(frame), mine.geometry.to_numpy()[drawn]


def _typed(frame: pd.DataFrame) -> pa.Table:
    """As Arrow; the columns of a table without rows have their types too."""
    kinds = {"year": pa.int64()} | dict.fromkeys([name for name in frame if str(name).endswith("_ha")], pa.float64())
    schema = pa.schema([(str(name), kinds.get(str(name), pa.string())) for name in frame])
    return pa.Table.from_pandas(frame, schema=schema, preserve_index=False)


def _multi(shapes: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Areas as multipolygons; lines where two areas only touch are no part of them."""
    parts, of = shapely.get_parts(shapes, return_index=True)
    whole = shapely.get_dimensions(parts) == 2
    made: np.ndarray[Any, Any] = np.full(len(shapes), shapely.MultiPolygon(), dtype=object)
    shapely.multipolygons(parts[whole], indices=of[whole], out=made)
    return made


def _write(path: Path, name: str, rows: pa.Table, shapes: np.ndarray[Any, Any], *, first: bool) -> None:
    # In one piece each: bytes depend on how many pieces are written, and texts read from several come in as many.
    table = rows.append_column("geometry", _wkb(shapes, areas=LAYERS[name] == "MultiPolygon")).combine_chunks()
    options: dict[str, Any] = {"dataset_options": {"VERSION": "1.2"}} if first else {"append": False}
    pyogrio.write_arrow(
        table,
        path,
        layer=name,
        driver="GPKG",
        geometry_name="geometry",
        geometry_type=LAYERS[name],
        crs=CRS,
        layer_options={"GEOMETRY_NAME": "geom", "SPATIAL_INDEX": "YES"},
        **options,
    )


def _wkb(shapes: Geometries, *, areas: bool) -> pa.Array:
    """Geometries as WKB in one piece, on which the bytes of a GeoPackage depend; made some thousand at a time."""
    slices = (shapes[start : start + AT_ONCE] for start in range(0, len(shapes), AT_ONCE))
    made = (shapely.to_wkb(_multi(one) if areas else one) for one in slices)
    return pa.concat_arrays([pa.array([], pa.binary()), *(pa.array(one.tolist(), pa.binary()) for one in made)])


def _project(path: Path, plan: Plan, years: Sequence[int], points: np.ndarray[Any, Any]) -> Path:
    title = plan.say("map_title", name=clean(plan.name))
    root = ET.Element("qgis", projectname=title, version="3.22.0")
    ET.SubElement(root, "title").text = title
    qgs.crs(ET.SubElement(root, "projectCrs"))
    tree, layers = ET.SubElement(root, "layer-tree-group"), ET.SubElement(root, "projectlayers")
    drawn = styles.styles(plan.language, years)
    names = {
        "reviews": plan.say("to_decide"),
        "plots": say("gis", "layer_plots", plan.language),
        "losses": plan.say("losses"),
    }
    looks = {
        "reviews": styles.decisions(plan.settings.commodity, plan.language),
        "plots": styles.elements(drawn["plots"]),
        "losses": styles.elements(drawn["patches"]),
    }
    for table, name in names.items():
        key = f"{table}_{uuid.uuid5(uuid.NAMESPACE_URL, f'{title}/{table}').hex}"
        source = f"./{path.with_suffix('.gpkg').name}|layername={table}"
        entry = {"id": key, "name": name, "source": source, "providerKey": "ogr", "checked": "Qt::Checked"}
        ET.SubElement(tree, "layer-tree-layer", entry)
        layer = _layer(table, name, key, source)
        layer.extend(looks[table])
        if table == "reviews":
            layer.extend(decision_form.elements(plan))
        layers.append(layer)
    qgs.properties(root)
    view = ET.SubElement(root, "ProjectViewSettings", UseProjectScales="0")
    west, south, east, north = with_margin(_box(points), 1.2)
    extent = ET.SubElement(view, "DefaultViewExtent", xmin=f"{west}", ymin=f"{south}", xmax=f"{east}", ymax=f"{north}")
    qgs.crs(extent)
    qgs.save(path, root)
    return path


def _box(points: np.ndarray[Any, Any]) -> Box:
    """Box of some points; of the world where no plot has a geometry."""
    west, south, east, north = gpd.GeoSeries(points).total_bounds.tolist()
    return (-180.0, -90.0, 180.0, 90.0) if west != west else (west, south, east, north)


def _layer(table: str, name: str, key: str, source: str) -> ET.Element:
    layer = ET.Element(
        "maplayer",
        type="vector",
        geometry="Point" if table == "reviews" else "Polygon",
        wkbType=LAYERS[table],
        labelsEnabled="1",
        styleCategories="AllStyleCategories",
        readOnly="0" if table == "reviews" else "1",
    )
    for tag, text in (("id", key), ("datasource", source), ("layername", name)):
        ET.SubElement(layer, tag).text = text
    qgs.crs(ET.SubElement(layer, "srs"))
    ET.SubElement(layer, "provider", encoding="UTF-8").text = "ogr"
    return layer
