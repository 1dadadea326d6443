"""The GeoPackage and its project in a real QGIS, without a screen."""

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio.shutil
from PIL import Image
from rasterio.transform import from_bounds

sys.path.insert(0, str(Path(__file__).parent))

from browser import needed

from eudr_check.package import palette, pictures
from eudr_check.text import say
from tests.conftest import REPOSITORY
from tests.helpers import package_pictures, season_tables

SYSTEM_PYTHON = "/usr/bin/python3"
SPLITS = "Propuesta, no aplicada: cómo podrían dividirse algunas parcelas"
PROVINCES = "Departamentos y provincias (mapa que trae QGIS)"


def mapped(folder: Path, season: season_tables.Season) -> None:
    """A map of forest and one of loss over all plots: forest everywhere, loss of 2022 in the north."""
    folder.mkdir()
    window = from_bounds(*season.plots.total_bounds, 50, 50) if len(season.plots) else from_bounds(0, 0, 1, 1, 50, 50)
    for column, north in (("jrc_gfc2020.forest", 1), ("hansen.loss_year", 22)):
        values = np.where(np.arange(50)[:, None] < 25, north, column.startswith("jrc")).repeat(50, 1).astype(np.uint8)
        profile = {"width": 50, "height": 50, "count": 1, "dtype": "uint8", "crs": "EPSG:4326", "transform": window}
        with rasterio.open(folder / f"{column}.tif", "w", driver="GTiff", **profile) as file:
            file.write(values, 1)
        rasterio.shutil.copy(folder / f"{column}.tif", folder / f"{column}.vrt", driver="VRT")


def look(folder: Path, count: int) -> dict[str, Any]:
    """What QGIS says of an invented season; pictures lie in the folder."""
    needed("qgis")
    season = season_tables.season(count, hostile=True)
    if count:
        season = replace(season_tables.with_areas(season), splits=season_tables.proposed(season))
    scenes = pictures.files((package_pictures.folder(folder / "imagery") / "rasters").rename(folder / "pictures"))
    mapped(folder / "rasters", season)
    _, project = season.gis(folder, season_tables.harvest(), scenes)
    runtime = folder / "runtime"
    runtime.mkdir(mode=0o700)
    script = Path(__file__).with_name("qgis_look.py")
    done = subprocess.run(
        [SYSTEM_PYTHON, script, project, folder],
        # Only what it needs: the GIS libraries of this process name their own data folders in the environment.
        env={"PATH": os.environ["PATH"], "XDG_RUNTIME_DIR": str(runtime), "HOME": str(runtime)},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    seen: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return seen


def vectors(seen: dict[str, Any]) -> list[dict[str, Any]]:
    """What QGIS says of tables and of layers made of them."""
    return [layer for layer in seen["layers"] if not layer["raster"] and layer["name"] != PROVINCES]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the pictures go."""
    return tmp_path_factory.mktemp("qgis")


@pytest.fixture(scope="module")
def seen(folder: Path) -> dict[str, Any]:
    """What QGIS says of sixty plots."""
    return look(folder, 60)


def test_opens_without_a_word(seen: dict[str, Any]) -> None:
    """No warning and no error in QGIS's log; the project has its CRS and title."""
    assert seen["opened"]
    assert seen["messages"] == []
    assert seen["crs"] == "EPSG:4326"
    assert seen["title"] == "pe-coffee-2026: parcelas y evidencia"


def test_every_layer_is_valid_and_styled(seen: dict[str, Any]) -> None:
    """Map layers have categories, map tips and names for their fields, in the project and in the file itself."""
    assert len(vectors(seen)) == 23
    for layer in vectors(seen):
        assert layer["valid"], layer["name"]
        assert all(layer["aliases"]), layer["name"]
        if layer["renderer"]:
            assert layer["renderer"] in ("categorizedSymbol", "RuleRenderer")
            assert layer["style_in_file"]
            assert layer["style_renderer"] == layer["renderer"]
            assert layer["map_tip"]
            assert layer["legend"]


def test_map_tips_show_text_and_no_markup(seen: dict[str, Any]) -> None:
    """Ids and messages that are HTML are shown as they are written, since QGIS opens tips in a browser."""
    tips = [tip for layer in vectors(seen) for tip in layer["tips"]]
    tags = {tag for tip in tips for tag in re.findall(r"<[^>]*>?", tip)}

    assert tags == {"<p>", "</p>", "<b>", "</b>"}
    assert any("&lt;script&gt;" in tip for tip in tips)
    assert not any("[%" in tip or "Eval Error" in tip for tip in tips)


def test_layers_are_grouped_by_question(seen: dict[str, Any]) -> None:
    """Outcome, faults, evidence, tables, in this order; plots carry labels."""
    groups = list(dict.fromkeys(layer["group"] for layer in seen["layers"]))

    assert [group.split(":")[0] for group in groups] == [
        "Resultado", "Fallas", "Evidencia",
        "Tierras protegidas, indígenas, zonificadas y tituladas",
        "Tablas", "Para imprimir", "Mapas", "Imágenes satelitales",
    ]  # fmt: skip
    assert all(layer["labels"] for layer in seen["layers"] if layer["name"].startswith(("Parcelas (", "Parcelas det")))


def test_dated_pictures_are_raster_layers(seen: dict[str, Any]) -> None:
    """A layer per date and kind in its own CRS, with colours as stored; the newest in true colour is seen first."""
    rasters = [layer for layer in seen["layers"] if layer["raster"] and not layer["name"].startswith("Mapa")]

    assert [(layer["name"].split(" ")[0], layer["visible"]) for layer in rasters] == [
        ("2026-08-24", True), ("2020-08-14", False), ("2026-08-24", False), ("2020-08-14", False),
    ]  # fmt: skip
    assert {layer["crs"] for layer in rasters} == {"EPSG:32718"}
    assert all(layer["valid"] and layer["placed"] for layer in rasters)
    assert {layer["renderer"] for layer in rasters} == {"multibandcolor"}


def test_forest_and_loss_are_maps_below_the_plots(seen: dict[str, Any], folder: Path) -> None:
    """Events above forest, both seen, each in the project's CRS; the green of forest is really on the map."""
    maps = [layer for layer in seen["layers"] if layer["name"].startswith("Mapa")]
    pixels = np.asarray(Image.open(folder / "map.png").convert("RGB"), int).reshape(-1, 3)

    assert [layer["name"] for layer in maps] == ["Mapa, después de 2020: hansen.loss_year", "Mapa: jrc_gfc2020.forest"]
    assert all(layer["valid"] and layer["visible"] and layer["renderer"] == "paletted" for layer in maps)
    assert {layer["crs"] for layer in maps} == {"EPSG:4326"}
    for colour in (palette.FOREST, palette.year_colour(2022)):
        assert (np.abs(pixels - np.array(palette.rgb(colour))).max(axis=1) <= 3).sum() > 1000


def test_provinces_come_with_qgis(seen: dict[str, Any]) -> None:
    """Its own map of the world is found without a path of this machine: named, credited, above all that is filled."""
    (layer,) = (layer for layer in seen["layers"] if layer["name"] == PROVINCES)
    drawn = seen["order"]

    assert layer["valid"] and layer["visible"] and layer["labels"]
    assert layer["rows"] > 4000
    assert "Natural Earth" in layer["rights"][0]
    assert drawn.index("Cooperativas") < drawn.index(PROVINCES) < drawn.index("Países")
    assert [name.split(":")[0] for name, layers in seen["themes"].items() if PROVINCES not in layers] == [
        "Para imprimir"
    ]


def test_area_of_qgis_is_ours(seen: dict[str, Any]) -> None:
    """`$area` with the project's ellipsoid is `area_ha` of PLOTS within a millionth; there are plots to tell by."""
    areas = [share for layer in vectors(seen) for share in layer["areas"]]

    assert len(areas) > 20
    assert max(areas) < 1e-6


def test_blocked_plots_lie_in_layers_of_their_own(seen: dict[str, Any]) -> None:
    """Zooming to the plots does not lead to where a blocked one fell; blocked ones are among the faults."""
    by_name = {layer["name"]: layer for layer in seen["layers"]}
    usable = season_tables.season(60, hostile=True).plots.query("usable")
    west, south, east, north = usable.total_bounds
    blocked = [layer for name, layer in by_name.items() if name.startswith("Parcelas detenidas")]

    assert by_name["Parcelas (polígonos)"]["rows"] + by_name["Parcelas (puntos)"]["rows"] == len(usable)
    assert sum(layer["rows"] for layer in blocked) > 0
    assert {layer["group"].split(":")[0] for layer in blocked} == {"Fallas"}
    box = by_name["Parcelas (polígonos)"]["box"]
    assert west - 0.01 <= box[0] <= box[2] <= east + 0.01
    assert south - 0.01 <= box[1] <= box[3] <= north + 0.01


def test_only_loss_after_the_cutoff_is_drawn_at_first(seen: dict[str, Any]) -> None:
    """Loss until 2020 has a layer of its own, off; each shows years of its side only."""
    evidence = [layer for layer in vectors(seen) if layer["group"].startswith("Evidencia") and layer["renderer"]]
    for side, visible in (("después de 2020", True), ("hasta 2020", False)):
        mine = [layer for layer in evidence if side in layer["name"]]
        years = {int(re.sub(r"\D", "", row["year"])) for layer in mine for row in layer["table"]["rows"]}

        assert mine
        assert {layer["visible"] for layer in mine} == {visible}
        assert all((year > 2020) == visible for year in years)


def test_loss_on_forest_is_seen_under_the_outlines(seen: dict[str, Any]) -> None:
    """What the rules count is a layer of its own, on, below the plots and above all other loss."""
    (layer,) = (layer for layer in vectors(seen) if layer["name"].startswith("Cuenta: pérdida sobre bosque"))
    drawn = seen["order"]
    loss = drawn.index(layer["name"])

    assert layer["visible"]
    assert layer["rows"] > 3
    assert {row["method"] for row in layer["table"]["rows"]} == {"hansen"}
    assert drawn.index("Parcelas (polígonos)") < loss
    assert all(loss < drawn.index(name) for name in drawn if name.startswith(("Pérdida después", "Pérdida hasta")))


def test_areas_that_were_read_lie_under_the_plots(seen: dict[str, Any], folder: Path) -> None:
    """A layer for each vector layer with its rights and what is missing; one that was not read draws nothing."""
    areas = [layer for layer in vectors(seen) if layer["group"].startswith("Tierras protegidas")]
    drawn = seen["order"]
    pixels = np.asarray(Image.open(folder / "map.png").convert("RGB"), int).reshape(-1, 3)

    assert [(layer["name"], layer["rows"]) for layer in areas] == [
        ("Parks of Peru", 1), ("Communities of Peru (parcelas para las que no se leyó: 1)", 2),
    ]  # fmt: skip
    assert [layer["rights"] for layer in areas] == [
        ["Parks of Peru: A park service. Cite parks"], ["Communities of Peru: A ministry. Cite communities"],
    ]  # fmt: skip
    assert [layer["licences"] for layer in areas] == [["CC-BY-4.0"], ["Open data"]]
    assert [layer["legend"] for layer in areas] == [["área protegida"], ["tierra de comunidades"]]
    assert all(layer["visible"] and layer["labels"] for layer in areas)
    assert "Parque del Oeste" in areas[0]["tips"][0] and "&lt;script&gt;" in "".join(areas[1]["tips"])
    assert all(drawn.index("Parcelas (polígonos)") < drawn.index(layer["name"]) for layer in areas)
    for topic in ("protected", "indigenous"):
        colour = np.array(palette.rgb(palette.AREAS[topic][0]))
        assert (np.abs(pixels - colour).max(axis=1) <= 3).sum() > 100


def test_splits_are_a_proposal_that_waits_for_a_click(seen: dict[str, Any], folder: Path) -> None:
    """A layer beside the plots, off and in no theme; its parts in the colours of the report, over loss, under outlines.

    Hectares, words for codes, whose data they are and what they are not stand in rows, tips and metadata.
    """
    (layer,) = (layer for layer in vectors(seen) if layer["name"] == SPLITS)
    drawn = seen["order"]
    rows = layer["table"]["rows"]
    pixels = np.asarray(Image.open(folder / "splits.png").convert("RGB"), int).reshape(-1, 3)

    assert layer["group"].startswith("Resultado") and not layer["visible"]
    assert not any(SPLITS in layers for layers in seen["themes"].values())
    assert drawn.index("Parcelas (polígonos)") < drawn.index(SPLITS) < drawn.index("Parks of Peru")
    assert layer["rows"] == 2 and layer["labels"]
    assert layer["legend"] == [
        say("uses", word, "es") for word in ("cleared", "disputed", "unknown", "forest", "part_other")
    ]
    assert [row["part"] for row in rows] == [say("uses", "cleared", "es"), say("uses", "part_other", "es")]
    assert [row["area_ha"].replace(",", ".") for row in rows] == ["0.7000", "1.4000"]
    assert all(SPLITS in tip and say("gis", "tip_splits", "es") in tip for tip in layer["tips"])
    assert "operador" in layer["rights"][0] and any("Map jrc_gfc2020" in one for one in layer["rights"])
    assert {(to, of) for _, to, of in seen["relations"]} >= {(SPLITS, "Parcelas (polígonos)")}
    for part in ("cleared", "other"):
        # Two thirds of the colour on white.
        colour = 255 - (255 - np.array(palette.rgb(palette.GROUND[part]))) * 166 / 255
        assert (np.abs(pixels - colour).max(axis=1) <= 4).sum() > 3000, part


def test_codes_are_words_and_hectares_have_four_decimals(seen: dict[str, Any]) -> None:
    """The table begins with the outcome, in words; no figure carries fifteen decimals; the form has tabs."""
    plots = next(layer for layer in vectors(seen) if layer["name"] == "Parcelas (polígonos)")
    table = plots["table"]

    assert table["columns"][:4] == ["final_outcome", "plot_id", "cooperative", "area_ha"]
    assert "fid" not in table["columns"]
    assert {row["final_outcome"] for row in table["rows"]} >= {"Riesgo bajo", "Riesgo alto"}
    assert all(len(row["area_ha"].replace(",", ".").partition(".")[2]) == 4 for row in table["rows"])
    assert table["tabs"][:3] == ["Resultado", "Cifras", "Parcela"]


def test_reasons_and_findings_of_a_plot_are_in_its_form(seen: dict[str, Any]) -> None:
    """Every relation is valid, and at least one plot has related rows."""
    assert {(to, of) for _, to, of in seen["relations"]} >= {("Motivos", "Parcelas (polígonos)")}
    assert all(valid for valid, _, _ in seen["relations"])
    assert seen["related"] >= 1


def test_the_form_of_a_plot_opens_with_what_belongs_to_it(seen: dict[str, Any]) -> None:
    """Tabs of its own fields and a table for each relation, with the rows of the first plot that is high."""
    form = seen["form"]

    assert form["tabs"][:4] == ["Resultado", "Cifras", "Parcela", "Motivos"]
    assert form["rows"]["Motivos"] == 1
    assert form["rows"]["Evidencia: hectáreas por capa y año"] == 2
    assert form["rows"][SPLITS] == 2
    assert len(form["rows"]) == 6


def test_every_layer_says_whose_data_it_shows(seen: dict[str, Any]) -> None:
    """Rights stand in the project and in the file; a layer of one map names that map, its source and licence."""
    by_name = {layer["name"]: layer for layer in vectors(seen)}

    assert all(layer["rights"] and layer["rights_in_file"] for layer in by_name.values())
    assert by_name["Pérdida o perturbación después de 2020: tmf.deforestation_year"]["rights"] == [
        "Map tmf: A provider. Cite tmf & all"
    ]
    assert by_name["Pérdida o perturbación después de 2020: tmf.deforestation_year"]["licences"] == ["Copernicus"]
    assert "operador" in by_name["Parcelas (polígonos)"]["rights"][0]


def test_view_opens_on_the_plots(seen: dict[str, Any]) -> None:
    """The first view holds the plots and little more."""
    west, south, east, north = season_tables.season(60).plots.total_bounds
    box = seen["extent"]

    assert box[0] < west < east < box[2]
    assert box[1] < south < north < box[3]
    assert box[2] - box[0] < 2 * max(east - west, north - south)


def test_map_and_layout_are_drawn(seen: dict[str, Any], folder: Path) -> None:
    """Colours of outcomes are really on both pictures."""
    for name in ("map.png", "sheet_0_0.png"):
        pixels = np.asarray(Image.open(folder / name).convert("RGB"), int).reshape(-1, 3)
        for outcome in ("low", "high"):
            colour = np.array(palette.rgb(palette.OUTCOMES[outcome].colour))
            assert (np.abs(pixels - colour).max(axis=1) <= 3).any(), (name, outcome)


def test_a_sheet_for_each_plot_that_needs_attention(seen: dict[str, Any], folder: Path) -> None:
    """Its map in metres at 1:5 000 around the plot, its figures and reasons in words, and nothing beyond the paper."""
    sheets = seen["sheets"]["Hojas de parcelas que piden atención"]
    season = season_tables.season(60, hostile=True)
    asking = season.assessments[season.plots["usable"] & (season.assessments["final_outcome"] != "low")]

    assert len(sheets) == 3
    for sheet in sheets:
        row, said = asking.loc[sheet["of"]], sheet["said"]
        assert sheet["done"] == 0
        assert sheet["scale"] == pytest.approx(5000)
        assert sheet["crs"] in ("EPSG:32717", "EPSG:32718")
        assert sheet["over"] <= 0
        assert said["title"].startswith(season.plots.loc[sheet["of"], "plot_id"])
        assert f"{row['deforestation_ha']:.3f}".replace(".", ",") in said["figures"]
        assert said["why"].startswith("– ") and len(said["why"]) > 20
        assert not any("[%" in text for text in said.values())
        pixels = np.asarray(Image.open(folder / sheet["picture"]).convert("RGB"), int)
        ground = pixels[:, : pixels.shape[1] // 2]
        maps = (palette.rgb(palette.FOREST), palette.rgb(palette.year_colour(2022)))
        assert max((np.abs(ground - colour).max(axis=2) <= 3).sum() for colour in maps) > 50_000


def test_the_command_of_the_docs_prints_the_sheets(seen: dict[str, Any], folder: Path) -> None:
    """`qgis_process` without a window writes a PDF with the sheets that its filter names."""
    assert seen["opened"]
    plots = [sheet["of"] for sheet in seen["sheets"]["Hojas de parcelas que piden atención"]]
    command = next(name for name in ("qgis_process.bin", "qgis_process") if shutil.which(name))
    paper = folder / "sheets.pdf"
    subprocess.run(
        [
            command, "run", "native:atlaslayouttopdf", f"--project_path={folder / 'pe-coffee-2026.qgz'}",
            "--LAYOUT=Hojas de parcelas que piden atención", "--COVERAGE_LAYER=Parcelas que piden atención",
            f"--FILTER_EXPRESSION=\"plot\" = '{plots[1]}'",
            f"--OUTPUT={paper}", "--DPI=40",
        ],
        # A virtual environment in PATH would be taken for QGIS's own Python.
        env={"PATH": "/usr/bin:/bin", "HOME": str(folder / "runtime"), "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True, timeout=120, check=True,
    )  # fmt: skip

    assert len(re.findall(rb"/Type\s*/Page\b", paper.read_bytes())) == 1
    said = (REPOSITORY / "docs" / "how-to" / "gis.md").read_text(encoding="utf-8")
    assert "native:atlaslayouttopdf --project_path=" in said
    assert '--COVERAGE_LAYER="Parcelas que piden atención"' in said
    assert "qgis_process.bin" in said


def test_a_sheet_for_each_cooperative(seen: dict[str, Any]) -> None:
    """Named as people know it, with the number of plots by outcome; the map is in metres and on the paper."""
    sheets = seen["sheets"]["Hojas de cooperativas"]
    season = season_tables.season(60, hostile=True)

    assert [sheet["of"] for sheet in sheets] == sorted(season_tables.CENTRES)
    for sheet in sheets:
        mine = season.assessments[season.plots["usable"] & (season.plots["cooperative"] == sheet["of"])]
        low = (mine["final_outcome"] == "low").sum()
        assert f"Riesgo bajo: {low}\n" in sheet["said"]["figures"]
        assert sheet["crs"] in ("EPSG:32717", "EPSG:32718")
        assert sheet["over"] <= 0


def test_credits_are_on_every_sheet(seen: dict[str, Any]) -> None:
    """Layers with their licence, and the countries."""
    for sheet in (one for sheets in seen["sheets"].values() for one in sheets):
        assert "Map jrc_gfc2020: A provider (CC-BY-4.0)" in sheet["said"]["credits"]
        assert "Natural Earth" in sheet["said"]["credits"]


def test_themes_answer_the_questions(seen: dict[str, Any]) -> None:
    """One for each question, none with tables; a bookmark for each cooperative holds its usable plots."""
    themes = {name.split(":")[0]: layers for name, layers in seen["themes"].items()}
    season = season_tables.season(60, hostile=True)

    areas = "Tierras protegidas, indígenas, zonificadas y tituladas"
    assert set(themes) == {"Resultado", "Fallas", "Evidencia", "Imágenes satelitales", "Para imprimir", areas}
    assert "Parks of Peru" in themes[areas] and "Parks of Peru" not in themes["Resultado"]
    assert {"Parcelas (polígonos)", "Parcelas (puntos)"} <= set.intersection(*map(set, themes.values()))
    assert "Hallazgos" in themes["Fallas"] and "Hallazgos" not in themes["Resultado"]
    assert not any("hasta 2020" in name for name in themes["Evidencia"])
    assert [name for name, _, _ in seen["bookmarks"]] == sorted(season_tables.CENTRES)
    for name, group, (west, south, east, north) in seen["bookmarks"]:
        box = season.plots[season.plots["usable"] & (season.plots["cooperative"] == name)].total_bounds
        assert group == "Cooperativas"
        assert west <= box[0] + 1e-6 and south <= box[1] + 1e-6 and east >= box[2] - 1e-6 and north >= box[3] - 1e-6


def test_harvest_without_plots_opens_too(tmp_path: Path) -> None:
    """Empty layers are valid layers."""
    said = look(tmp_path, 0)

    assert said["opened"]
    assert said["messages"] == []
    assert all(layer["valid"] for layer in said["layers"])
