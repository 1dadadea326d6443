"""Each check finds what it is for, at the figure `checks.yaml` gives, and leaves what lies below alone."""

import json
import string
import zipfile

import numpy as np
import pytest
import shapely

from eudr_check import text
from eudr_check.plots import message
from eudr_check.plots.document import table_of_codes, table_of_thresholds
from eudr_check.plots.thresholds import codes as all_codes
from eudr_check.plots.thresholds import thresholds
from tests.conftest import REPOSITORY
from tests.helpers.plot_files import (
    SQUARE,
    codes,
    feature,
    geojson,
    loaded,
    named,
    point,
    polygon,
    ring,
    written,
)
from tests.helpers.reader_cases import CASES as READER_CASES

BOW_TIE = [[-76.100001, -6.040003], [-76.098113, -6.038111], [-76.098229, -6.040007], [-76.100119, -6.038223]]
LINE = {"type": "LineString", "coordinates": ring()[:3]}


def circle(count=36, radius=0.0008):
    turn = np.linspace(0, 2 * np.pi, count, endpoint=False)
    return ring(
        corners=[[-76.1 + radius * np.cos(t) / np.cos(np.radians(6)), -6.04 + radius * np.sin(t)] for t in turn]
    )


def true_square(side=0.001):
    width = side * 110574.3 / 110717.6 / np.cos(np.radians(6.04)) * 1.0006
    corners = [[0, 0], [width, 0], [width, side], [0, side]]
    return ring(corners=[[-76.1000013 + x, -6.0400037 + y] for x, y in corners])


def coded(folder, header, *values):
    """Plots under a header that no list of headers knows."""
    rows = [polygon("", ring(dx=0.01 * n)) | {"properties": {header: value}} for n, value in enumerate(values)]
    return geojson(folder, *rows)


CASES = {
    "key_misspelt": lambda f: [geojson(f, {"type": "Feature", "properties": {"plot_id": "A"}, "geomerty": None})],
    "id_missing": lambda f: [geojson(f, polygon(None))],
    "id_marked_up": lambda f: [geojson(f, polygon("<b>A</b>"))],
    "id_repeated": lambda f: [geojson(f, polygon("A"), polygon("A", ring(dx=0.01)))],
    "row_repeated": lambda f: [geojson(f, polygon("A"), polygon("A"))],
    "text_damaged": lambda f: [geojson(f, polygon("Pe\ufffda"))],
    "text_cleaned": lambda f: [geojson(f, polygon("A\x00\x1b"))],
    "value_unreadable": lambda f: [geojson(f, polygon("A", area_ha="many"))],
    "producer_conflict": lambda f: [
        geojson(f, polygon("A", socio="X Y", dni="1"), polygon("B", ring(dx=0.01), socio="x  y", dni="2"))
    ],
    "geometry_empty": lambda f: [geojson(f, feature("A", None))],
    "geometry_unreadable": lambda f: [geojson(f, point("A", "x", "y"))],
    "wrong_nesting": lambda f: [geojson(f, feature("A", {"type": "Polygon", "coordinates": ring()}))],
    "wrong_type": lambda f: [geojson(f, feature("A", LINE))],
    "coordinate_missing": lambda f: [written(f, "a.csv", "id;wkt\nA;POINT(nan nan)\n")],
    "metres_as_degrees": lambda f: [geojson(f, point("A", 377000.5, 9332000.5))],
    "out_of_range": lambda f: [geojson(f, point("A", -186.1234567, -6.1234567))],
    "null_island": lambda f: [geojson(f, point("A", 0, 0))],
    "axes_swapped": lambda f: [geojson(f, point("A", -6.040003, -76.100001), producer_country="PE")],
    "antimeridian": lambda f: [
        geojson(f, polygon("A", ring(corners=[[179.91, -16.1], [-179.91, -16.1], [-179.91, -16.2], [179.91, -16.2]])))
    ],
    "ring_too_short": lambda f: [geojson(f, polygon("A", ring()[:2]))],
    "ring_unclosed": lambda f: [geojson(f, polygon("A", ring()[:-1]))],
    "vertices_repeated": lambda f: [geojson(f, polygon("A", [ring()[0], *ring()]))],
    "self_crossing": lambda f: [geojson(f, polygon("A", ring(corners=BOW_TIE)))],
    "self_crossing_repaired": lambda f: [
        geojson(f, polygon("A", ring(corners=[*SQUARE[:2], [-76.097, -6.039], SQUARE[1], *SQUARE[2:]])))
    ],
    "collapses_at_six_decimals": lambda f: [
        written(f, "a.csv", 'id;wkt\nA;"POLYGON((-76.1 -6.04,-76.0999999 -6.04,-76.0999999 -6.0399999,-76.1 -6.04))"\n')
    ],
    "decimals_few": lambda f: [geojson(f, point("A", -76.1234, -6.1234))],
    "decimals_too_few": lambda f: [geojson(f, point("A", -76.12, -6.123))],
    "coordinates_rounded": lambda f: [written(f, "a.csv", "id;lon;lat\nA;-76.123400;-6.123400\n")],
    "gps_inaccurate": lambda f: [written(f, "a.csv", "id;donde\nA;-6.123456 -76.123456 900.0 25.0\n")],
    "hole": lambda f: [geojson(f, polygon("A", ring(), ring(corners=(np.array(SQUARE) * 0.2 + [-60.879, -4.831]))))],
    "spike": lambda f: [geojson(f, polygon("A", ring(corners=[*SQUARE, [-76.11, -6.0385], [-76.100111, -6.0386]])))],
    "sliver": lambda f: [
        geojson(f, polygon("A", ring(corners=[[-76.1, -6.04], [-76.098, -6.040004], [-76.098, -6.039996]])))
    ],
    "circle": lambda f: [geojson(f, polygon("A", circle()))],
    "drawn_square": lambda f: [geojson(f, polygon("A", true_square()))],
    "vertices_many": lambda f: [geojson(f, polygon("A", circle(10_001, 0.03)))],
    "area_tiny": lambda f: [geojson(f, polygon("A", ring(corners=np.array(SQUARE) * 0.02 + [-74.577, -5.919])))],
    "area_too_large": lambda f: [geojson(f, polygon("A", circle(50, 0.01)))],
    "degrees_as_metres": lambda f: [geojson(f, point("A"), crs="EPSG:32718")],
    "crs_contradicts": lambda f: [
        written(f, "a.csv", "id,zona,este,norte\nA,17M,378128.86,9332113.51\n", crs="EPSG:32718")
    ],
    "axes_uncertain": lambda f: [geojson(f, point("A", 10.101234, 5.101234))],
    "coast_unsure": lambda f: [geojson(f, point("A", 6.523237, -0.003239))],
    "extent_absurd": lambda f: [geojson(f, polygon("A", ring(corners=[*SQUARE, [-8.1, -6.0]])))],
    "neighbours_more": lambda f: [geojson(f, *(point(str(n), -76.100001 + n / 1e6) for n in range(23)))],
    "neighbours_unchecked": lambda f: [
        geojson(f, *(polygon(str(n), ring(dx=n % 13 / 1e5, dy=n // 13 / 1e5)) for n in range(220)))
    ],
    "area_mismatch": lambda f: [geojson(f, polygon("A", area_ha=9))],
    "areas_contradict": lambda f: [geojson(f, point("A", area_ha=1, area_m2=99999))],
    "point_over_4_ha": lambda f: [geojson(f, point("A", area_ha=4.2))],
    "point_near_4_ha": lambda f: [geojson(f, point("A", area_ha=3.95))],
    "point_area_unread": lambda f: [geojson(f, point("A", mz="12"), producer_country="PE")],
    "point_area_unsized": lambda f: [geojson(f, point("A", mz="2"), producer_country="PE")],
    "point_without_area": lambda f: [geojson(f, point("A"))],
    "establishment_without_area": lambda f: [geojson(f, point("A"))],
    "establishment_outlined": lambda f: [geojson(f, polygon("A"))],
    "country_wrong": lambda f: [geojson(f, polygon("A"), producer_country="GH")],
    "country_near_border": lambda f: [geojson(f, point("A", -69.936123, -4.241234), producer_country="CO")],
    "country_unknown": lambda f: [geojson(f, point("A", -69.936123, -4.241234))],
    "country_taken": lambda f: [geojson(f, polygon("A"))],
    "at_sea": lambda f: [geojson(f, point("A", -80.501234, -8.501234))],
    "duplicate_exact": lambda f: [geojson(f, polygon("A"), polygon("B", [*ring()[2:], *ring()[1:3]]))],
    "duplicate_near": lambda f: [geojson(f, polygon("A"), polygon("B", ring(dx=0.00001)))],
    "duplicate_kept": lambda f: [geojson(f, polygon("A"), polygon("B"))],
    "inside_another": lambda f: [
        geojson(f, polygon("A"), polygon("B", ring(corners=np.array(SQUARE) * 0.5 + [-38.0495, -3.0195])))
    ],
    "overlap": lambda f: [geojson(f, polygon("A"), polygon("B", ring(dx=0.0015)))],
    "points_close": lambda f: [geojson(f, point("A"), point("B", -76.100051))],
    "point_in_plot": lambda f: [geojson(f, polygon("A"), point("B", -76.099, -6.039))],
    "crs_assumed": lambda f: [shapefile(f)],
    "crs_unknown": lambda f: [geojson(f, polygon("A"), crs="EPSG:1")],
    "rings_turned": lambda f: [geojson(f, polygon("A", ring()[::-1]))],
    "unit_taken": lambda f: [geojson(f, *(polygon(str(n), ring(dx=n / 100), area=42_800 + n) for n in range(6)))],
    "columns_taken": lambda f: [geojson(f, polygon("A"))],
    "column_missing": lambda f: [geojson(f, polygon("A"), columns={"plot_id": "nope"})],
    "table_missing": lambda f: [workbook(f, table="Hoja9")],
    "table_ignored": lambda f: [workbook(f)],
    "tables_joined": lambda f: [archive(f, {"a.csv": POINT_CSV, "b.csv": POINT_CSV.replace("A", "B")})],
    "member_ignored": lambda f: [archive(f, {"a.csv": POINT_CSV, "b.docx": "x"})],
    "encoding_wrong": lambda f: [written(f, "a.csv", "id;ñ\n".encode("latin-1"), encoding="utf-8")],
    "file_missing": lambda f: [named(f / "gone.csv")],
    "file_missing_near": lambda f: [written(f, "gone.csv", "id;lon;lat\n").model_copy(update={"path": f / "gon.csv"})],
    "file_empty": lambda f: [written(f, "a.csv", "id;lon;lat\n")],
    "file_unreadable": lambda f: [written(f, "a.gpkg", b"\x01\x02\x03")],
    "file_unsafe": lambda f: [archive(f, {"../../a.csv": POINT_CSV})],
    "file_too_large": lambda f: [archive(f, {f"{number}.csv": "" for number in range(1001)})],
    "row_unreadable": lambda f: [written(f, "a.ndjson", json.dumps(polygon("A")) + "\n{oops\n")],
    "cells_misaligned": lambda f: [written(f, "a.csv", "id,lon,lat\nA,-76,1,-6,1\nB,-76.123456,-6.123456\n")],
    "cells_missing": lambda f: [written(f, "a.csv", "id,lon,lat,socio\nA,-76.123456,-6.123456\n")],
    "quotes_unbalanced": lambda f: [written(f, "a.csv", 'id,lon,lat,socio\nA,-76.123456,-6.123456,"Rosa\n')],
    "file_partial": lambda f: [written(f, "a.geojson", json.dumps(collection(polygon("A"), numberMatched=2)))],
    "area_unit_known": lambda f: [geojson(f, polygon("A", **{"Area (acres)": "2.5"}))],
    "area_unit_of_country": lambda f: [geojson(f, polygon("A", mz="2.5"), producer_country="CR")],
    "area_unit_differs": lambda f: [geojson(f, polygon("A", mz="2.5"), producer_country="NI")],
    "area_unit_local": lambda f: [geojson(f, polygon("A", **{"Área (manzanas)": "2.5"}))],
    "totals_row": lambda f: [written(f, "a.csv", "id,lon,lat\nA,-76.101234,-6.041234\nTOTAL,,\n")],
    "columns_unread": lambda f: [geojson(f, polygon("A", nota="x"))],
    "columns_doubled": lambda f: [geojson(f, polygon("A", pais="PE"), polygon("B", ring(dx=0.01), country="EC"))],
    "id_by_content": lambda f: [coded(f, "Cód. socio", "S-1", "S-2", "S-3")],
    "id_column_missing": lambda f: [coded(f, "nota", "a", "a", "b")],
    "ids_alike": lambda f: [geojson(f, polygon("a1"), polygon("A1", ring(dx=0.01)))],
    "id_looks_like_a_name": lambda f: [geojson(f, polygon("María Tarrillo"))],
    "number_ambiguous": lambda f: [geojson(f, polygon("A", area_ha="1,250"))],
    "boundary_missing": lambda f: [geojson(f, polygon("A"), feature("B", None, longitude=-76.1, latitude=-6.1))],
    "corners_without_id": lambda f: [
        written(f, "a.csv", "id;x;y\nA;-76.100001;-6.040003\n;-76.098113;-6.040007\n;-76.098229;-6.038111\n")
    ],
    "corners_in_columns": lambda f: [
        written(f, "a.csv", "id;lat;lon;lat2;lon2;lat3;lon3\nA;-6.04;-76.1;-6.041;-76.101;-6.042;-76.103\n")
    ],
    "point_of_house": lambda f: [geojson(f, polygon("A"), point("Casa de Rosa", -76.2))],
    "id_shortened": lambda f: [geojson(f, point("1.23457E+11"))],
    "vertices_joined": lambda f: [
        written(f, "a.csv", "id;vertice;x;y\n" + "".join(f"A;{n};{x};{y}\n" for n, (x, y) in enumerate(ring()[:-1])))
    ],
}


def collection(*features, **members):
    return {"type": "FeatureCollection", **members, "features": list(features)}


POINT_CSV = "id;lon;lat\nA;-76.123456;-6.123456\n"
CASES |= READER_CASES
FOUND_LATER = {"area_overlap", "area_unread",
    "overlap_earlier", "boundary_changed", "boundary_moved_off_loss",
    "area_not_conserved", "map_nowhere", "map_everywhere",
}  # fmt: skip
"""Codes that need a register, or come from the overlay or the maps read."""


def archive(folder, members):
    path = folder / "a.zip"
    with zipfile.ZipFile(path, "w") as made:
        for name, content in members.items():
            made.writestr(name, content)
    return named(path)


def shapefile(folder):
    import geopandas as gpd

    path = folder / "a.shp"
    gpd.GeoDataFrame({"id": ["A"]}, geometry=[shapely.Polygon(ring())]).to_file(path)
    return named(path)


def workbook(folder, **settings):
    import openpyxl

    book = openpyxl.Workbook()
    book.active.append(["id", "lon", "lat"])
    book.active.append(["A", -76.123456, -6.123456])
    notes = book.create_sheet("Notas")
    notes.append(["nota", "texto"])
    notes.append(["uno", "dos"])
    book.save(folder / "a.xlsx")
    return named(folder / "a.xlsx", **settings)


def test_every_code_has_a_case():
    """No code stands in `checks.yaml` that no file can raise."""
    assert set(CASES) | FOUND_LATER == set(all_codes())


@pytest.mark.parametrize("code", sorted(CASES))
@pytest.mark.filterwarnings("ignore:'crs' was not provided")  # the case of a file without one
def test_check_finds_its_case(tmp_path, code):
    """The case raises its code with the severity of the file, and the row is not lost."""
    commodity = "cattle" if code.startswith("establishment_") else "coffee"
    made, findings = loaded(*CASES[code](tmp_path), commodity=commodity)
    mine = findings[findings["code"] == code]

    assert len(mine)
    assert set(mine["severity"]) == {all_codes()[code]["severity"]}
    blocked = findings[(findings["severity"] == "block") & findings["source_row"].notna()]
    unusable = set(made.loc[~made["usable"], "source_row"])
    assert unusable <= set(blocked["source_row"])
    for language in text.LANGUAGES:
        # The line to copy holds braces of YAML.
        assert "{" not in message(code, mine["details"].iloc[0], language).replace("columns: {", "")


def test_clean_field_has_no_finding_to_act_on(tmp_path):
    """A good plot is left alone."""
    _, findings = loaded(geojson(tmp_path, polygon("A", area_ha=4.3)))

    assert set(findings["severity"]) == {"info"}


def test_two_columns_of_one_area_agree_but_for_rounding(tmp_path):
    """2.4 ha beside 24,050 m2 is one area; a boundary is measured, whatever its list declares twice."""
    _, findings = loaded(
        geojson(tmp_path, point("A", area_ha=2.4, area_m2=24050), polygon("B", area_ha=4.3, area_m2=1))
    )

    assert "areas_contradict" not in codes(findings)


def test_english_message_is_that_of_the_texts(tmp_path):
    """The fast English rendering says what the texts say."""
    _, findings = loaded(geojson(tmp_path, polygon("A", area_ha=9), polygon("B", ring(dx=0.0015), area_ha=12345)))

    for finding in findings.itertuples():
        assert message(finding.code, finding.details, "en") == finding.message


def test_every_code_is_said_in_every_language_with_the_same_fields():
    """A code without a Portuguese sentence would crash a harvest in Portuguese."""
    entries = text.topic("findings")

    assert set(entries) == set(all_codes())
    for code, sentences in entries.items():
        fields = {
            language: {name for _, name, _, _ in string.Formatter().parse(sentences[language]) if name}
            for language in text.LANGUAGES
        }
        assert len({frozenset(names) for names in fields.values()}) == 1, code


def test_every_threshold_is_used_and_has_a_source():
    """A figure without a source, or one no code goes by, does not belong into the file."""
    used = {name for code in all_codes().values() for name in code.get("thresholds", [])}

    assert used == set(thresholds())
    assert all(entry["source"] and entry["unit"] for entry in thresholds().values())


def test_docs_hold_the_tables_of_codes_and_figures():
    """The docs are made from what the checks go by, and cannot drift from it."""
    documented = (REPOSITORY / "docs" / "plots.md").read_text(encoding="utf-8")

    assert table_of_codes() in documented
    assert table_of_thresholds() in documented
