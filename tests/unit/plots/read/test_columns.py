"""Columns: what is needed is found under its many names, and what is not read is named."""

import pandas as pd
import pytest

from eudr_check.plots.read import columns
from tests.helpers.plot_files import codes, geojson, loaded, named, point, polygon, ring, written

WKT = "POLYGON ((" + ", ".join(f"{x} {y}" for x, y in ring()) + "))"


@pytest.mark.parametrize(
    "header",
    [
        "country_iso2",
        "countryCode",
        "iso3",
        "country_name",
        "ISO_A3",
        "pais_iso",
        "Country of origin",
        "adm0_name",
        "CNTRY_NAME",
        "GID_0",
        "paisISO",
        "CTRY",
    ],
)
def test_a_wrong_country_is_found_under_any_name(tmp_path, header):
    """A plot in Peru declared for Ecuador is blocked, whatever the column is called."""
    _, findings = loaded(geojson(tmp_path, polygon("A", **{header: "Ecuador" if "name" in header else "EC"})))

    assert "country_wrong" in codes(findings)


@pytest.mark.parametrize(
    "header",
    [
        "ParcelID",
        "FieldID",
        "UID",
        "uuid",
        "fid",
        "gid",
        "OBJECTID",
        "PlotCode",
        "GlobalID",
        "ogc_fid",
        "N° de parcelle",
        "id_lote",
        "farmer_plot_id",
        "polygon_id",
        "Cód. Talhão",
        "farm_no",
        "FarmerPlotNumber",
    ],
)
def test_common_headers_of_ids(tmp_path, header):
    """Ids are found under the names programs give them."""
    made, _ = loaded(written(tmp_path, "a.csv", f'{header},wkt\nX-1,"{WKT}"\n'))

    assert made["plot_id"].tolist() == ["X-1"]


def test_telling_headers_go_before_those_of_programs():
    """`fid` is an id only where there is no better one."""
    assert columns.recognise(["fid", "uuid", "Código de parcela"], {})["plot_id"] == "Código de parcela"


def test_two_columns_for_one_field_lose_nothing(tmp_path):
    """Gaps of the first are filled from the second, and where they differ is told."""
    rows = [polygon("A", pais="PE"), polygon("B", ring(dx=0.01), country="EC"), polygon("C", ring(dx=0.02), pais="PE")]
    _, findings = loaded(geojson(tmp_path, *rows))
    told = findings.loc[findings["code"] == "columns_doubled", "message"].item()

    assert "country_wrong" in codes(findings, 2)
    assert "2 rows, of which 2 were empty" in told


def test_two_columns_that_agree_are_no_finding(tmp_path):
    """`Perú` and `PE` are the same country."""
    _, findings = loaded(geojson(tmp_path, polygon("A", pais="Perú", country="PE")))

    assert "columns_doubled" not in codes(findings)


def test_unread_columns_are_named_once(tmp_path):
    """One finding for the file names them all."""
    _, findings = loaded(geojson(tmp_path, polygon("A", nota="x", Zona="y"), polygon("B", ring(dx=0.01), nota="z")))
    told = findings[findings["code"] == "columns_unread"]

    assert len(told) == 1
    assert "nota, Zona" in told["message"].item()


@pytest.mark.parametrize("name", ["house_latlon.csv", "kobo_house.csv"])
@pytest.mark.parametrize("said", [False, True])
def test_shared_house_is_no_plot(shared_data, name, said):
    """Where the boundary is missing the plot has none, with `columns: geometry` and without."""
    path = shared_data / "faults" / "09-place-of-the-house-taken-for-the-plot" / name
    mapped = {"geometry": "poligono" if "latlon" in name else "parcela"} if said else {}
    made, findings = loaded(named(path, producer_country="PE", columns=mapped))

    assert made.set_index("plot_id")["usable"].to_dict() == {"P1": True, "P2": False}
    assert "boundary_missing" in codes(findings, 2)


@pytest.mark.parametrize("header", ["start-geopoint", "gps_casa", "house_location", "ubicacion vivienda"])
def test_a_house_alone_is_no_plot_either(tmp_path, header):
    """Survey forms keep where the interview began; that is nobody's plot."""
    made, findings = loaded(written(tmp_path, "a.csv", f"plot_id,{header}\nA,-6.04 -76.1 0 4\n"))

    assert not made["usable"].any()
    assert "boundary_missing" in codes(findings, 1)


def test_a_survey_without_boundaries_gives_points(tmp_path):
    """The only place of a form that asks for no boundary is the plot's."""
    made, _ = loaded(written(tmp_path, "a.csv", "plot_id,ubicacion\nA,-6.040001 -76.100001 0 4\n"))

    assert made["geometry_kind"].tolist() == ["point"]


@pytest.mark.parametrize("vertex", [False, True])
def test_merged_cells_of_ids_make_no_point(tmp_path, vertex):
    """An id at the first corner only: the polygon is not its first corner."""
    lines = []
    for plot, dx in (("A", 0), ("B", 0.01)):
        for number, (x, y) in enumerate(ring(dx=dx)[:-1]):
            lines.append(f"{plot if not number else ''};{number + 1};{x};{y}")
    header = f"id;{'vertice' if vertex else 'altura'};x;y"
    made, findings = loaded(written(tmp_path, "a.csv", "\n".join([header, *lines])))

    assert not made["usable"].any()
    assert "corners_without_id" in codes(findings, 1)


def test_one_forgotten_id_blocks_its_row_alone(tmp_path):
    """A single row without an id is no boundary."""
    rows = ["A;-76.100001;-6.040003", ";-76.200001;-6.040003", "C;-76.300001;-6.040003"]
    made, _ = loaded(written(tmp_path, "a.csv", "\n".join(["id;x;y", *rows])))

    assert made["usable"].tolist() == [True, True]


@pytest.mark.parametrize("other", ["pe\u00f1a 1", "Pen\u0303a 1", "Pe\u00f1a\u200b1", "PE\u00d1A  1"])
def test_ids_that_look_alike_are_told(tmp_path, other):
    """Case, composed accents and invisible characters: both stay, and the second says which it looks like."""
    made, findings = loaded(geojson(tmp_path, polygon("Pe\u00f1a 1"), polygon(other, ring(dx=0.01))))

    assert made["usable"].tolist() == [True, True]
    assert "ids_alike" in codes(findings, 2)


@pytest.mark.parametrize("header", ["Área (manzanas)", "area_mz", "superficie (tareas)", "Alqueires", "cuadras"])
def test_an_area_in_a_local_unit_is_asked_about(tmp_path, header):
    """Nobody guesses how large a manzana is: the file is asked for hectares, and nothing is compared with 2.5."""
    made, findings = loaded(geojson(tmp_path, polygon("A", **{header: "2.5"}), polygon("B", ring(dx=0.01))))

    told = findings[findings["code"] == "area_unit_local"]
    assert header in told["message"].item()
    assert made["declared_area_ha"].isna().all()
    assert made["usable"].all()


@pytest.mark.parametrize(
    ("header", "country", "hectares"),
    [
        ("Área (manzanas)", "CR", 0.698896 * 2.5),
        ("mz", "HN", 0.698896 * 2.5),
        ("Area total en tareas", "DO", 0.062886 * 2.5),
        ("cuerdas", "PR", 0.3930395625 * 2.5),
        ("Área (manzanas)", "NI", None),
        ("Área (manzanas)", None, None),
        ("tareas", "PE", None),
        ("alqueires", "BR", None),
    ],
)
def test_a_local_unit_is_converted_where_its_country_has_one_size(tmp_path, header, country, hectares):
    """With the factor, the country and the source said; more sizes than one are named and asked about."""
    settings = {} if country is None else {"producer_country": country}
    made, findings = loaded(geojson(tmp_path, point("A", **{header: "2.5"}), **settings))

    declared = made["declared_area_ha"].item()
    assert pd.isna(declared) if hectares is None else declared == pytest.approx(hectares)
    of_country = findings.loc[findings["code"] == "area_unit_of_country", "message"]
    assert len(of_country) == (hectares is not None)
    assert all(f"its size in {country}" in said and "ha" in said for said in of_country)
    differs = findings.loc[findings["code"] == "area_unit_differs", "message"]
    assert [("0.7050124" in said or "4.84" in said) for said in differs] == [True] * (country in ("NI", "BR"))


def test_a_list_of_two_countries_converts_nothing(tmp_path):
    """A manzana of Costa Rica is none of Nicaragua: where rows name both, nobody knows which is meant."""
    made, findings = loaded(
        geojson(tmp_path, polygon("A", pais="CR", mz="2"), polygon("B", ring(dx=0.01), pais="NI", mz="2"))
    )

    assert made["declared_area_ha"].isna().all()
    assert "area_unit_local" in codes(findings)


def test_a_column_of_manzanas_named_as_hectares_is_not_read_as_such(tmp_path):
    """A harvest that names it as its area does not make a manzana a hectare."""
    settings = {"columns": {"declared_area_ha": "manzanas"}, "producer_country": "PE"}
    made, findings = loaded(geojson(tmp_path, point("A", manzanas="2.5"), **settings))

    assert made["declared_area_ha"].isna().all()
    assert "area_unit_local" in codes(findings)


@pytest.mark.parametrize(
    "header",
    ["Area total (has)", "área (has)", "Área (Has.)", "Has. café", "Área total (ha)", "Superficie cultivada ha"],
)
def test_an_area_is_read_however_hectares_are_written(tmp_path, header):
    """`has` are the hectares of Peru."""
    made, _ = loaded(geojson(tmp_path, point("A", **{header: "2.5"})))

    assert made["declared_area_ha"].item() == 2.5


def test_the_labels_of_a_kobo_form_are_read(tmp_path):
    """Questions instead of names: who, how large, planted when."""
    labels = {
        "Nombre completo del productor(a)": "Rosa Ejemplo",
        "Área declarada por el productor (ha)": "9.5",
        "¿En qué año sembró?": "2012",
    }
    made, _ = loaded(geojson(tmp_path, polygon("A", **labels)))

    assert made["producer_name"].item() == "Rosa Ejemplo"
    assert made["declared_area_ha"].item() == 9.5
    assert made["planted_year"].item() == 2012


def test_of_two_unlisted_areas_none_is_taken(tmp_path):
    """Nobody knows whether the planted or the whole is the plot: both are named as unread."""
    made, findings = loaded(geojson(tmp_path, point("A", **{"Área total (has)": "9", "Área cultivada (has)": "2"})))

    assert made["declared_area_ha"].isna().all()
    unread = findings.loc[findings["code"] == "columns_unread", "message"].item()
    assert "Área total (has)" in unread and "Área cultivada (has)" in unread


@pytest.mark.parametrize("header", ["Manzana y lote", "tareas pendientes", "Área (ha)", "sao_paulo", "acres_id"])
def test_a_word_that_only_looks_like_a_unit_is_none(tmp_path, header):
    """A city block, a task and a name of a place are no areas."""
    _, findings = loaded(geojson(tmp_path, polygon("A", **{header: "2.5"})))

    assert "area_unit_local" not in codes(findings)


@pytest.mark.parametrize("header", ["Área café (ha)", "Area de cafe, ha", "área cacao (ha)"])
def test_the_area_of_the_crop_is_the_area_declared(tmp_path, header):
    """Lists of members call it by the crop, with the unit behind it."""
    made, _ = loaded(geojson(tmp_path, polygon("A", **{header: "4.3"})))

    assert made["declared_area_ha"].item() == 4.3


@pytest.mark.parametrize(
    "question", ["inicio", "background-geopoint", "encuestador", "entrada", "gps_oficina", "lugar"]
)
def test_a_place_that_may_be_of_the_interview_is_nobodys(tmp_path, question):
    """A point recorded where the interview began lies on other ground: no place is taken, and the column is named."""
    content = f"id;_{question}_latitude;_{question}_longitude\nA;-6.041239;-76.101234\n"
    made, findings = loaded(written(tmp_path, "a.csv", content, producer_country="PE"))

    assert made.geometry.isna().all()
    assert not made["usable"].any()
    assert question in findings.loc[findings["code"] == "columns_unread", "message"].item()


def test_the_columns_that_kobo_makes_of_a_place_are_its_place() -> None:
    """An export without the column of the question itself still says where plots are, the interview does not."""
    place = ["_ubicacion_latitude", "_ubicacion_longitude", "_ubicacion_altitude", "_ubicacion_precision"]
    interview = ["_start-geopoint_latitude", "_start-geopoint_longitude", "_casa_latitude", "_casa_longitude"]
    taken = columns.recognise([*interview, *place], {})

    assert taken["latitude"] == "_ubicacion_latitude"
    assert taken["longitude"] == "_ubicacion_longitude"
    assert taken["accuracy_m"] == "_ubicacion_precision"
    assert "latitude" not in columns.recognise(interview, {})


def test_two_places_of_a_form_are_not_guessed_between() -> None:
    """Where a form asks for two places, the harvest says which is the plot's."""
    two = ["_entrada_latitude", "_entrada_longitude", "_centro_latitude", "_centro_longitude"]

    assert not {"latitude", "longitude"} & columns.recognise(two, {}).keys()
