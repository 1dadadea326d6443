"""A harvest whose forest and loss are polygon maps: exact, joint with the rasters, and no better than they say."""

import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
import yaml

from eudr_check import config, parquet
from eudr_check.geodesy import plot_area_ha
from eudr_check.layers.catalog import local
from eudr_check.layers.definition import read
from eudr_check.package.verify import verify
from eudr_check.run import recompute
from eudr_check.run.harvest import Exit, Finished, run
from tests.helpers import tiny_harvest
from tests.helpers.command import ended
from tests.helpers.polygon_country import MAP
from tests.helpers.rasters import policy_on
from tests.helpers.same_bytes import contents


def box(cells: tiny_harvest.Box) -> shapely.Polygon:
    """A box of cells in degrees."""
    west, north = tiny_harvest.place(*cells[:2])
    east, south = tiny_harvest.place(*cells[2:])
    return shapely.box(west, south, east, north)


WINDOW = list(box(tiny_harvest.WINDOW).bounds)
FOREST_MAP = {**MAP, "assets": {"clase": MAP["assets"]["clase"]}, "variables": {"forest": MAP["variables"]["forest"]}}
FOREST_MAP["polygons"] = {"cover": WINDOW, "gaps": {"clase": 0}}
LOSS_MAP = {
    **MAP,
    "id": "perdida@1",
    "name": "perdida",
    "title": "Pérdida del país",
    "polygons": {"cover": WINDOW, "gaps": {"anio": 0}},
    "assets": {"anio": MAP["assets"]["anio"]},
    "variables": {"loss_year": {**MAP["variables"]["loss_year"], "method": "perdida"}},
}


def with_maps(tiny: tiny_harvest.Tiny, name: str, loss: dict[tiny_harvest.Box, int | None], **run_as: object) -> Path:
    """The YAML of the tiny harvest with its forest, and some loss, as polygon maps in place of JRC's raster."""
    folder = tiny.config.parent
    forest = dict.fromkeys(tiny_harvest.FOREST, "Bosque") | {tiny_harvest.BASELINE_HOLE: "Nube"}
    drawings = {
        "bosque": (FOREST_MAP, {"CLASE": list(forest.values())}, list(forest)),
        f"perdida_{name}": (LOSS_MAP, {"ANIO": list(loss.values())}, list(loss)),
    }
    chosen = []
    for key, (definition, columns, boxes) in drawings.items():
        path = folder / f"{key}.yaml"
        path.write_text(yaml.safe_dump(definition, allow_unicode=True), encoding="utf-8")
        gpd.GeoDataFrame(columns, geometry=[box(one) for one in boxes], crs="EPSG:4326").to_file(folder / f"{key}.gpkg")
        local.add(folder / f"catalogue-{name}", [folder / f"{key}.gpkg"], read(path))
        chosen.append({"definition": path.name, "from": "polygons"})
    content = yaml.safe_load(tiny.config.read_text(encoding="utf-8"))
    rasters = [layer for layer in content["layers"] if layer["id"] != "jrc_gfc2020@V4"]
    target = folder / f"{name}.yaml"
    content |= {
        "layers": [chosen[0], *rasters, chosen[1]],
        "catalogues": {**content["catalogues"], "polygons": {"folder": f"catalogue-{name}"}},
        "policy": policy_on(folder, "bosque.forest"),
        "run": {"folder": f"run-{name}", **run_as},
    }
    target.write_text(yaml.safe_dump(content, sort_keys=False, allow_unicode=True), encoding="utf-8")
    return target


FAR = {(-79, 100, -78, 101): 2022, tiny_harvest.EVENT_HOLE: None}
"""Loss on no plot; where the rasters saw nothing, this map does not say a year either."""


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> tiny_harvest.Tiny:
    """The tiny harvest on disk."""
    return tiny_harvest.write(tmp_path_factory.mktemp("tiny") / "harvest")


@pytest.fixture(scope="module")
def finished(drawn: tiny_harvest.Tiny) -> Finished:
    """The whole harvest, package included, with loss drawn far from all plots."""
    return run(config.load(with_maps(drawn, "whole", FAR)), offline=True)


def test_outcomes_are_those_of_the_raster(finished: Finished, drawn: tiny_harvest.Tiny) -> None:
    """Forest as polygons takes part in the rules as a raster of the same role does; its cloud is unknown."""
    assert finished.assessments is not None
    outcomes = finished.assessments["outcome"].to_dict()

    assert {plot: outcomes[plot] for plot in drawn.outcomes} == dict(drawn.outcomes)
    assert finished.exit is Exit.OPEN_QUESTIONS
    assert finished.made["overlay"].table("SOURCES").query("layer == 'bosque@1'")["status"].eq("read").any()


def test_rows_add_up_and_nothing_is_doubted(finished: Finished, drawn: tiny_harvest.Tiny) -> None:
    """EVIDENCE holds every hectare once, and the columns stand in the order of the harvest."""
    evidence = finished.made["overlay"].table("EVIDENCE")
    plots = finished.made["plots"].features("PLOTS").query("usable and geometry_kind == 'polygon'")
    sums = evidence[evidence["footprint"] == "polygon"].groupby(level=0)["area_ha"].sum()

    assert (sums / plots["area_ha"] - 1).abs().max() < 1e-8
    columns = [name for name in evidence.columns if "." in name]
    assert (columns[0], columns[-1]) == ("bosque.forest", "perdida.loss_year")
    assert evidence.loc[["norte/hole"], "bosque.forest"].eq(-1).all()


def test_pictures_and_package_show_the_map(finished: Finished) -> None:
    """The package is whole: the map of QGIS and the definitions hold the polygon map."""
    found = {path.name for path in (finished.folder.path / "package").rglob("*") if path.is_file()}

    assert "bosque.forest.vrt" in found


def test_a_further_loss_never_lowers_an_outcome(finished: Finished, drawn: tiny_harvest.Tiny) -> None:
    """Loss drawn over forest, over a seam and on part of a cell: no plot looks better, and those on it worse."""
    loss = FAR | {(40, 10, 44.5, 14): 2023, (-2.5, 12, 2.2, 15): 2024}
    more = run(config.load(with_maps(drawn, "more", loss)), offline=True, until="assess")
    assert more.assessments is not None and finished.assessments is not None
    order = ["low", "more_info_needed", "undetermined", "high"]
    before, after = (one["outcome"].map(order.index) for one in (finished.assessments, more.assessments))
    patches = more.made["overlay"].features("PATCHES").query("column == 'perdida.loss_year'")

    assert (after >= before).all()
    assert more.assessments.loc["norte/info-wood", "outcome"] == "high"
    assert sorted(patches["year"]) == [2023, 2024], "one patch over the seam, none far from plots"
    assert [list(one) for one in patches.sort_values("year")["plots"]][1] == ["norte/high-seam"]


def test_the_same_bytes_whoever_does_the_work(finished: Finished, drawn: tiny_harvest.Tiny) -> None:
    """Two processes write the tables that one writes."""
    other = run(config.load(with_maps(drawn, "two", FAR, executor="dask", workers=2)), offline=True, until="overlay")

    names = ("EVIDENCE.parquet", "PATCHES.parquet")
    one, two = (contents(item.made["overlay"].folder) for item in (finished, other))
    for name in names:
        assert (
            [sha for path, sha in one.items() if path.endswith(name)]
            == [sha for path, sha in two.items() if path.endswith(name)]
            != []
        )


def test_a_map_that_cannot_be_read_loses_its_own_columns_alone(drawn: tiny_harvest.Tiny, finished: Finished) -> None:
    """A class the definition does not know sets the map aside in its tile: its columns are unknown, all others stay."""
    path = with_maps(drawn, "aside", FAR | {(50, 30, 51, 31): 2022})
    narrow = {**LOSS_MAP, "assets": {"anio": {**MAP["assets"]["anio"], "legend": "0, 2001..2021"}}}
    narrow["variables"] = {"loss_year": {**LOSS_MAP["variables"]["loss_year"]}}
    narrow["variables"]["loss_year"]["year"] = {"asset": "anio", "values": "2001..2021", "add": 0}
    (path.parent / "perdida_aside.yaml").write_text(yaml.safe_dump(narrow, allow_unicode=True), encoding="utf-8")
    aside = run(config.load(path), offline=True, until="assess")
    evidence = aside.made["overlay"].table("EVIDENCE")
    failed = aside.made["overlay"].table("SOURCES").query("status == 'failed'")

    assert aside.exit is Exit.INCOMPLETE
    assert failed["layer"].tolist() == ["perdida@1"] and "feature 3: 2022" in failed["reason"].iloc[0]
    assert set(evidence.loc[["norte/high-one"], "perdida.loss_year"]) == {-1}
    assert set(evidence.loc[["norte/low-clear"], "perdida.loss_year"]) == {0}, (
        "in the tile beside it nothing is strange"
    )
    assert (evidence.loc[["norte/high-one"], "hansen.loss_year"] == 2023).any()
    assert (evidence.loc[["norte/high-one"], "bosque.forest"] == 1).any()


CROSSING: tuple[tiny_harvest.Box, ...] = ((40, 10, 42.5, 14), (40.5, 10, 42.5, 14), (41.5, 11.5, 45, 14))
"""Loss on `info-wood` whose edges cut cells: one edge, two that are moved alike, and a corner."""


@pytest.mark.parametrize("loss", CROSSING)
def test_a_plot_that_an_edge_of_the_map_crosses_has_hectares_and_no_split(
    finished: Finished, drawn: tiny_harvest.Tiny, loss: tiny_harvest.Box
) -> None:
    """USES has what the polygons cut out of the plot, exactly, and no part is drawn that could not be; `explain` tells.

    Where no edge cuts a cell the same plot has its split, and so have its neighbours; the package verifies.
    """
    path = with_maps(drawn, f"crossed-{'-'.join(map(str, loss))}", FAR | {loss: 2023})
    crossed = run(config.load(path), offline=True)
    assert finished.package is not None and crossed.package is not None
    whole, cut = (parquet.features(one.package / "tables" / "SPLITS.parquet") for one in (finished, crossed))
    uses = parquet.frame(crossed.package / "tables" / "USES.parquet").loc["norte/info-wood"]
    told = json.loads((crossed.package / "splits.geojson").read_text(encoding="utf-8"))["features"]
    plot, wood, lost = box(tiny_harvest.PLOTS["info-wood"]), box((40, 10, 44, 14)), box(loss)
    exact = {"cleared_ha": plot & wood & lost, "forest_ha": (plot & wood) - lost, "other_ha": plot - wood}
    hectares = plot_area_ha(np.array(list(exact.values())))
    said = " ".join(ended("explain", path, "norte/info-wood", "--language", "es").stdout.split())

    assert uses[list(exact)].to_numpy() == pytest.approx(hectares, abs=1e-7)
    assert (uses[["forest_ha", "cleared_ha", "other_ha"]] > 0.5).sum() >= 2, "it would have a split"
    assert set(whole.index) == {"norte/high-one", "norte/high-seam", "norte/info-wood"}
    assert set(cut.index) == {one["properties"]["plot"] for one in told} == {"norte/high-one", "norte/high-seam"}
    assert f"Bosque de 2020 perdido después: {hectares[0]:.3f} ha.".replace("0.", "0,") in said
    assert "no lo cruza el borde de un mapa de polígonos" in said
    assert verify(crossed.package, stages=recompute.STAGES) == []
