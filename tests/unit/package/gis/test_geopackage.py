"""The GeoPackage and the project, read back without QGIS."""

import sqlite3
import zipfile
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest

from eudr_check import tables
from eudr_check.choices import LANGUAGES
from eudr_check.package.gis import chains
from tests.helpers import season_tables

ODD = ["coop/01-B 03", "coop/Ñ, 'lote' 2/b", 'coop/"A" 7']
LOSS = 'patch, "column", year, area_ha'


def written(folder: Path, count: int = 60, **changes: object) -> Path:
    """A GeoPackage of an invented season."""
    return season_tables.season(count, hostile=True).gis(folder, season_tables.harvest(**changes))[0]


def test_every_plot_is_in_the_file_once(tmp_path: Path) -> None:
    """Polygons, points and plots without a geometry together are the plots of the season."""
    season = season_tables.season(60)
    package = written(tmp_path)

    found = [*gpd.read_file(package, layer="plots")["plot"], *gpd.read_file(package, layer="plot_points")["plot"]]

    assert sorted(found) == sorted(season.plots.index)


def test_file_is_a_geopackage_1_2(tmp_path: Path) -> None:
    """QGIS 3.22 warns about later versions."""
    with closing(sqlite3.connect(written(tmp_path))) as file:
        assert file.execute("PRAGMA user_version").fetchone() == (10200,)


def test_every_map_layer_carries_its_style(tmp_path: Path) -> None:
    """Whoever opens a layer alone sees it styled; every style is well-formed XML."""
    package = written(tmp_path)
    with closing(sqlite3.connect(package)) as file:
        styles = dict(file.execute("SELECT f_table_name, styleQML FROM layer_styles WHERE useAsDefault"))
        shown = {row[0] for row in file.execute("SELECT table_name FROM gpkg_geometry_columns")}

    assert set(styles) == shown
    assert all(ET.fromstring(style).tag == "qgis" for style in styles.values())


def test_every_field_is_named_and_explained(tmp_path: Path) -> None:
    """Aliases in the harvest's first language; the dictionary covers each field of each table."""
    package = written(tmp_path)
    words = pyogrio.read_dataframe(package, layer="data_dictionary", read_geometry=False)
    with closing(sqlite3.connect(package)) as file:
        aliases = {
            row[:2]: row[2] for row in file.execute("SELECT table_name, column_name, name FROM gpkg_data_columns")
        }

    for layer in set(words["layer"]):
        fields = set(pyogrio.read_info(package, layer=layer)["fields"])
        assert set(words.loc[words["layer"] == layer, "field"]) == fields
        assert all(aliases[layer, field] for field in fields)
    assert aliases["plots", "final_outcome"] == "Resultado después de revisiones"
    assert (words["description"].str.len() > 5).all()


@pytest.mark.parametrize(("edition", "named"), [("cooperative", False), ("producer", True)])
def test_names_of_people_only_where_asked_for(tmp_path: Path, edition: str, named: bool) -> None:
    """The producer's name is personal data."""
    package = written(tmp_path, package={"languages": ["es"], "producer_as": edition})

    assert ("producer_name" in pyogrio.read_info(package, layer="plots")["fields"]) is named
    assert (b"<script>alert" in package.read_bytes()) is True  # the hostile place name, as text


def test_same_tables_give_the_same_bytes(tmp_path: Path) -> None:
    """No clock and no order of chance in either file."""
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        written(tmp_path / name)

    for file in ("pe-coffee-2026.gpkg", "pe-coffee-2026.qgz"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()


def test_project_points_at_its_neighbour(tmp_path: Path) -> None:
    """Layers are named relative to the project, so that both files can be moved together; provinces come with QGIS."""
    written(tmp_path)
    with zipfile.ZipFile(tmp_path / "pe-coffee-2026.qgz") as archive:
        project = ET.fromstring(archive.read("pe-coffee-2026.qgs"))

    sources = [layer.findtext("datasource") or "" for layer in project.iter("maplayer")]
    sources.remove("inbuilt:/data/world_map.gpkg|layername=states_provinces")
    assert len(sources) == 18
    assert all(source.startswith("./pe-coffee-2026.gpkg|layername=") for source in sources)
    assert str(tmp_path) not in ET.tostring(project, encoding="unicode")


def test_patches_of_each_event_layer_are_a_layer(tmp_path: Path) -> None:
    """Hansen and TMF can be looked at one by one."""
    written(tmp_path)
    with zipfile.ZipFile(tmp_path / "pe-coffee-2026.qgz") as archive:
        project = archive.read("pe-coffee-2026.qgs").decode()

    assert "hansen.loss_year" in project
    assert "tmf.deforestation_year" in project


def test_harvest_without_plots_gives_empty_layers(tmp_path: Path) -> None:
    """Nothing to show is no error."""
    package = written(tmp_path, 0)

    assert pyogrio.read_info(package, layer="plots")["features"] == 0


def test_areas_that_plots_lie_in_are_a_table_of_their_forms(tmp_path: Path) -> None:
    """AREAS stands in the GeoPackage with its unknown ones, related to plots; without vector layers there is none."""
    season = season_tables.season(12)
    shared = {"area": "parques", "layer": "sernanp_protected@current", "topic": "protected"}
    rows = [
        {"plot": season.plots.index[0], "status": "overlap", "feature": "Río Abiseo", "overlap_ha": 0.25, **shared},
        {"plot": season.plots.index[2], "status": "unknown", "reason": "no answer", **shared},
    ]
    areas = tables.check(tables.AREAS, tables.typed(tables.AREAS, rows))
    for name in ("with", "without"):
        (tmp_path / name).mkdir()
    package, _ = replace(season, areas=areas).gis(tmp_path / "with", season_tables.harvest())
    bare, project = season.gis(tmp_path / "without", season_tables.harvest())

    found = pyogrio.read_dataframe(package, layer="areas", read_geometry=False)

    assert found["plot"].tolist() == list(season.plots.index[[0, 2]])
    assert found["overlap_ha"].tolist()[0] == 0.25 and pd.isna(found["overlap_ha"].tolist()[1])
    with zipfile.ZipFile(package.with_suffix(".qgz")) as archive:
        related = ET.fromstring(archive.read("pe-coffee-2026.qgs")).iter("relation")
    assert sum("areas_of_" in one.get("id", "") for one in related) == 4
    assert "areas" not in [name for name, _ in pyogrio.list_layers(bare)]
    with zipfile.ZipFile(project) as archive:
        assert b"areas_of_" not in archive.read("pe-coffee-2026.qgs")


def test_animals_are_a_table_of_the_forms_of_establishments(tmp_path: Path) -> None:
    """Each stay with the outcome of the whole chain and its faults in words; establishments without plot stay in."""
    plot = str(season_tables.season(2).plots.index[0])
    place = {"source_row": 1, "source_place": "2"}
    stays = tables.typed(
        tables.STAYS,
        [
            {**place, "group": "G1", "plot": plot, "role": "birth", "since": "2024-01-01", "until": None},
            {**place, "group": "G1", "plot": "norte/none", "role": "market"},
        ],
    )
    why = f"establishment_unknown: norte/none; day_missing: {plot}"
    animals = [{"group": "G1", "stays": 2, "outcome": "undetermined", "reasons": why, "warnings": "", "plots": [plot]}]
    for name, table in (("STAYS", stays), ("ANIMALS", tables.typed(tables.ANIMALS, animals))):
        (tmp_path / "tables").mkdir(exist_ok=True)
        table.to_parquet(tmp_path / "tables" / f"{name}.parquet")

    found = chains.table(chains.files(tmp_path) or (), "en")

    assert found["plot"].tolist() == [plot, "norte/none"] and found["chain_outcome"].tolist() == ["undetermined"] * 2
    assert found["why"].iloc[0] == f"In no plot file: norte/none.\nA first or last day is missing: {plot}."
    assert chains.files(tmp_path / "tables") is None


def test_a_plot_finds_its_patches_whatever_its_id_holds(tmp_path: Path) -> None:
    """The link table has a row for each pair; the column `plots` stays text, one plot a line."""
    season = season_tables.season(12)
    loss = season.patches.iloc[:2].assign(plots=pd.Series([ODD, ODD[:1]], dtype=object).to_numpy())
    package, _ = replace(season, patches=loss).gis(tmp_path, season_tables.harvest())
    with closing(sqlite3.connect(package)) as file:
        pairs = file.execute("SELECT patch, plot FROM patch_plots").fetchall()
        near = file.execute(f"SELECT {LOSS} FROM plot_patches WHERE plot = ?", ODD[:1]).fetchall()
        shown = file.execute("SELECT plots FROM patches ORDER BY fid").fetchall()

    assert pairs == [(1, plot) for plot in ODD] + [(2, ODD[0])]
    assert near == list(zip([1, 2], loss["column"], loss["year"], loss["area_ha"], strict=True))
    assert shown == [("\n".join(ODD),), (ODD[0],)]


def test_evidence_is_a_table_of_the_file(tmp_path: Path) -> None:
    """Hectares by layer and year, row by row those of EVIDENCE."""
    season = season_tables.season(40)
    package, _ = season.gis(tmp_path, season_tables.harvest())
    inside = pyogrio.read_dataframe(package, layer="evidence")

    assert inside["plot"].tolist() == season.evidence.index.tolist()
    assert inside["hansen.loss_year"].tolist() == season.evidence["hansen.loss_year"].tolist()
    assert inside["area_ha"].tolist() == season.evidence["area_ha"].tolist()


def test_splits_are_a_table_where_some_are_proposed(tmp_path: Path) -> None:
    """Every part with its hectares, as multipolygons that are those of SPLITS; elsewhere no table and no layer."""
    season = season_tables.season(60)
    parts = season_tables.proposed(season)
    for name in ("with", "without"):
        (tmp_path / name).mkdir()
    package, _ = replace(season, splits=parts).gis(tmp_path / "with", season_tables.harvest())
    bare, project = season.gis(tmp_path / "without", season_tables.harvest())

    found = gpd.read_file(package, layer="splits").set_index("plot")

    assert list(found.columns) == list(parts.columns)
    assert set(found.geom_type) == {"MultiPolygon"}
    assert found.index.tolist() == parts.index.tolist()
    assert (found.drop(columns="geometry") == parts.drop(columns="geometry")).all(axis=None)
    assert found.geometry.geom_equals(parts.geometry, align=False).all()
    assert "splits" not in pyogrio.list_layers(bare)[:, 0]
    with zipfile.ZipFile(project) as archive:
        assert b"splits" not in archive.read("pe-coffee-2026.qgs")


@pytest.mark.parametrize("language", LANGUAGES)
def test_title_of_splits_says_that_none_is_applied(language: str, tmp_path: Path) -> None:
    """In the project as in the file, before anything else."""
    season = season_tables.season(20)
    given = replace(season, splits=season_tables.proposed(season))
    package, project = given.gis(tmp_path, season_tables.harvest(package={"languages": [language]}))
    with zipfile.ZipFile(project) as archive:
        root = ET.fromstring(archive.read("pe-coffee-2026.qgs"))
    (title,) = (
        layer.findtext("layername") or ""
        for layer in root.iter("maplayer")
        if (layer.findtext("datasource") or "").endswith("layername=splits")
    )
    (metadata,) = pyogrio.read_dataframe(
        package,
        sql="SELECT metadata FROM gpkg_metadata JOIN gpkg_metadata_reference ON id = md_file_id "
        "WHERE table_name = 'splits'",
    )["metadata"]

    proposal = {"en": "Proposal, not applied", "es": "Propuesta, no aplicada"}
    proposal |= {"fr": "Proposition, non appliquée", "pt": "Proposta, não aplicada"}
    assert title.startswith(proposal[language])
    assert title in metadata
