"""Every real plot file of the shared data loads with the number of plots and findings we expect, and why."""

from collections import Counter

import pytest

from tests.helpers.plot_files import assert_conserved, loaded, named

# file: (settings, rows, plots, usable, findings that must be there, why)
EXPECTED = {
    "fiboa_fields/1_vietnam_areas.gpkg": (
        {}, 100, 1, 0, {"id_repeated": 100},
        "id is the number of the sample area, 1 in all rows: an id for none; they lie in VN, in the zone of Bangkok",
    ),
    "fiboa_fields/4_cambodia_areas.gpkg": ({}, 100, 1, 0, {"id_repeated": 100}, "as above, 4 in all rows"),
    "fiboa_fields/BD_JECAM_CIRAD_2023_feb.shp": (
        {}, 100, 100, 100, {"vertices_repeated": 1}, "own ids, areas in hectares that agree, one vertex written twice",
    ),
    "fiboa_fields/LEM_dataset.zip": (
        {}, 100, 100, 100, {"area_too_large": 62, "circle": 4, "hole": 1},
        "farms of soya and cotton in Bahia, large for coffee; four stand under centre pivots, which are circles indeed",
    ),
    "fiboa_fields/LandUse.ExistingLandUse.GSAAAgriculturalParcel.gpkg": (
        {"columns": {"plot_id": "TUNNUS"}}, 100, 100, None, {"hole": 8}, "Finnish headers have to be named; EPSG:3067",
    ),
    "fiboa_fields/india_10k.zip": (
        {}, 100, 0, 0, {"id_missing": 100, "unit_taken": 1}, "no id column; the column 'area' is in square metres",
    ),
    "fiboa_fields/land_parcels.gpkg": (
        {}, 100, 0, 0, {"id_missing": 100, "hole": 10, "unit_taken": 1, "axes_swapped": 100},
        "Croatia, where coffee would grow only with the axes swapped; no id and no country; square metres; EPSG:3765",
    ),
    "fiboa_fields/lwb_nutzungsflaechen_v2_0_lv95.gpkg": (
        {"columns": {"plot_id": "nutzungsidentifikator"}}, 100, None, None, {"axes_swapped": 100, "hole": 2},
        "Geneva, where coffee would grow only with the axes swapped; EPSG:2056 has its axes the other way round",
    ),
    "kml_shp/kml_sample_1.kml": ({}, 1, 1, 0, {"wrong_type": 1}, "a GPS track is no plot"),
    "kml_shp/kml_sample_2.kml": (
        {}, 20, 16, 9, {"wrong_type": 6, "geometry_empty": 1, "id_repeated": 8, "hole": 1},
        "20 placemarks in folders: 6 lines, one without a place, names used twice, one building with a courtyard",
    ),
    "kml_shp/kml_sample_3.kml": (
        {}, 5, 5, 4, {"extent_absurd": 1, "point_without_area": 4}, "four cities and a polygon across the Atlantic",
    ),
    "kml_shp/kmz_sample_1.kmz": ({}, 1, 0, 0, {"id_missing": 1, "wrong_type": 1}, "a track without a name"),
    "kml_shp/regen_Reveg_upper.kml": ({}, 1, 1, 1, {}, "one good polygon; the name is its id"),
    "kml_shp/shapefile_sample_1.zip": ({}, 1, 0, 0, {"id_missing": 1}, "one point among clutter of macOS"),
    "kml_shp/shapefile_sample_2.zip": ({}, 1, 0, 0, {"id_missing": 1}, "one point in a sub-folder"),
    "messy/messy_submission.csv": (
        {}, 9, 9, 0, {"boundary_missing": 8, "self_crossing": 1},
        "byte-order mark, decimal commas; the bow-tie is in the column of WKT, the points may be houses",
    ),
    "messy/messy_submission.geojson": (
        {}, 9, 8, 3,
        {"axes_swapped": 1, "self_crossing": 1, "id_repeated": 2, "sliver": 1, "hole": 1, "decimals_too_few": 2},
        "its author lists: a swap, a bow-tie, a repeated id, a sliver, a hole; two points have two decimals",
    ),
    "odk_kobo/kobo_all_geo_types_v1.json": ({}, 1, 1, 1, {}, "one submission; its shape goes before its points"),
    "odk_kobo/kobo_all_geo_types_v2.json": ({}, 1, 1, 1, {}, "the same with questions in a group"),
    "odk_kobo/odktrace2wkt_test_input.csv": (
        {}, None, 0, 0, {"wrong_type": 16}, "roads and drains of Dar es Salaam: lines, and no ids",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_shared_file(shared_data, name):
    """Rows, plots, usable plots and the telling findings are those expected."""
    settings, rows, plots, usable, telling, _ = EXPECTED[name]
    path = shared_data / "plots" / name
    made, findings = loaded(named(path, **settings))
    counted = Counter(findings["code"])
    numbered = {*made["source_row"], *findings["source_row"].dropna().astype(int)}
    rows = rows or max(numbered)

    assert {code: counted[code] for code in telling} == telling
    assert plots is None or len(made) == plots
    assert usable is None or made["usable"].sum() == usable
    assert max(numbered) == rows
    if not name.endswith("odktrace2wkt_test_input.csv"):
        assert_conserved(made, findings, {path.name: set(range(1, rows + 1))})


def test_no_file_is_forgotten(shared_data):
    """A file added to the shared data wants its expectation here."""
    sidecars = (".dbf", ".prj", ".shx")
    found = {
        path.relative_to(shared_data / "plots").as_posix()
        for path in (shared_data / "plots").rglob("*")
        if path.is_file() and path.suffix not in sidecars
    }

    assert found == set(EXPECTED)


def test_real_peruvian_plots(shared_data):
    """The hole of the Huanuco plot is wound like its shell: its area is 26.02 ha, not 26.73."""
    path = shared_data / "real-plots-and-rasters" / "plots.geojson"
    made, findings = loaded(named(path, columns={"plot_id": "user_id"}))

    assert len(made) == 4
    assert made.loc["coop-01/14", "area_ha"] == pytest.approx(26.0235, abs=1e-3)
    assert made.loc["coop-01/10", "area_ha"] == pytest.approx(9.1205, abs=1e-3)
    assert set(findings["code"]) >= {"hole"}
