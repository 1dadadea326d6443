"""`eudr-check serve` as callers of Whisp meet it: the same addresses, codes and columns, and no unknown made a no."""

import csv
import io
import json
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pytest
import requests
import shapely
from openapi_spec_validator import OpenAPIV31SpecValidator

from eudr_check import library
from eudr_check.geoid import geoid
from tests.helpers.serving import INES, OTHER, ROSA, Serving, collection, serving
from tests.helpers.tiny_harvest import OUTCOMES, PLOTS, place, write

WHISP = [
    "plotId", "external_id", "Area", "Geometry_type", "Country", "ProducerCountry", "Admin_Level_1", "Centroid_lon",
    "Centroid_lat", "Unit", "In_waterbody", "EUFO_2020", "GLAD_Primary", "TMF_undist", "GFC_TC_2020", "Forest_FDaP",
    "ESA_TC_2020", "SBTN_natural_2020", "DIST_year_2024", "DIST_after_2020", "TMF_plant", "Oil_palm_Descals",
    "Coffee_FDaP", "Cocoa_ETH", "Rubber_RBGE_2020", "Soy_Song_2020",
    "TMF_def_2000", "TMF_def_2025", "TMF_deg_2021", "GFC_loss_year_2001", "GFC_loss_year_2025", "RADD_year_2026",
    "GLAD-L_year_2017", "GLAD-S2_year_2019", "TMF_deg_before_2020", "TMF_def_after_2020", "GFC_loss_before_2020",
    "GFC_loss_after_2020", "RADD_after_2020", "GLAD-L_before_2020", "MODIS_fire_after_2020", "ESA_fire_before_2020",
    "GFT_primary", "IFL_2020", "European_Primary_Forest", "TMF_regrowth_2024", "ESRI_crop_gain_2020_2024",
    "GFW_logging_before_2020", "Ind_01_treecover", "Ind_02_commodities", "Ind_03_disturbance_before_2020",
    "Ind_04_disturbance_after_2020", "Ind_05_primary_2020", "Ind_06_nat_reg_forest_2020",
    "Ind_07_planted_plantations_2020", "Ind_08_planted_plantations_after_2020", "Ind_09_treecover_after_2020",
    "Ind_10_agri_after_2020", "Ind_11_logging_concession_before_2020", "risk_pcrop", "risk_acrop", "risk_timber",
    "whisp_processing_metadata",
]  # fmt: skip
"""Columns of Whisp 3.0.0a22 that callers read, from its `lookup_datasets.csv` and the example of its API."""


def square(u: float, v: float, side: float = 0.001) -> dict[str, Any]:
    x, y = place(u, v)
    return dict(shapely.geometry.mapping(shapely.box(x, y, x + side, y + side)))


def tiny_shapes() -> list[dict[str, Any]]:
    return [
        dict(shapely.geometry.mapping(shapely.box(*place(west, south), *place(east, north))))
        for west, north, east, south in PLOTS.values()
    ]


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("layers") / "tiny").catalogue


@pytest.fixture(scope="module")
def server(catalogue: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    folder = tmp_path_factory.mktemp("serve")
    known = folder / "known.geojson"
    text = json.dumps(collection([square(0, 20), square(10, 20)])).replace('"farm"', '"plot_id"')
    known.write_text(text, encoding="utf-8")
    with serving(folder, catalogue, "--known-plots", str(known)) as made:
        yield made


def test_a_thousand_plots_come_back_with_the_columns_of_whisp(server: Serving) -> None:
    """Submitted and asked for as Whisp's description says; every plot is there once, under its own id, as it was."""
    chance = np.random.default_rng(5)
    shapes = [square(*one) for one in np.column_stack([chance.uniform(-70, 70, 1000), chance.uniform(10, 100, 1000)])]
    token = server.queued(collection(shapes, externalIdColumn="farm", unitType="ha"))
    found = server.result(token)
    rows = [one["properties"] for one in found["features"]]

    assert [row["external_id"] for row in rows] == [f"F-{number}" for number in range(1, 1001)]
    assert [row["plotId"] for row in rows] == [str(number) for number in range(1, 1001)]
    assert [one["geometry"] for one in found["features"]] == json.loads(json.dumps(shapes))
    assert {*WHISP} <= rows[0].keys()
    assert {row["risk_pcrop"] for row in rows} <= {"low", "high", "more_info_needed", "undetermined"}
    assert {row["Country"] for row in rows} == {"PER"}
    assert rows[0]["Area"] == pytest.approx(1.22, abs=0.02)
    assert server.get(f"/api/generate-geojson/{token}").json() == found
    table = list(csv.DictReader(io.StringIO(server.get(f"/api/download-csv/{token}").text)))
    assert [row["external_id"] for row in table] == [row["external_id"] for row in rows]
    assert {*WHISP, "geo"} <= table[0].keys()


@pytest.fixture(scope="module")
def tiny_answer(server: Serving) -> Any:
    """The plots of the tiny harvest, waited for."""
    answer = server.submit(collection(tiny_shapes(), externalIdColumn="farm"))
    assert answer.status_code == 200
    return answer.json()


def test_outcomes_are_those_of_a_run_and_unknown_stays_unknown(server: Serving, tiny_answer: Any) -> None:
    """Our outcome of every plot is that of the same plots in a harvest; what was not read is empty, never a zero."""
    rows = [one["properties"] for one in tiny_answer["data"]["features"]]
    known = {name.split("/")[1]: outcome for name, outcome in OUTCOMES.items()}
    own = server.get(f"/api/results/{tiny_answer['context']['token']}").json()["features"]

    assert {"plotId", "external_id", "usable", "findings", "area_ha", *library.ASSESSED} == own[0]["properties"].keys()
    assert [row["eudr_check_outcome"] for row in rows] == [known[name] for name in PLOTS]
    assert [one["properties"]["outcome"] for one in own] == [row["eudr_check_outcome"] for row in rows]
    unread = [row for row in rows if row["eudr_check_outcome"] == "undetermined"]
    assert unread
    assert all(row["eudr_check_unknown_ha"] > 0 for row in unread)
    assert all(row["risk_pcrop"] != "low" or row["Ind_01_treecover"] == "no" for row in rows)
    for row in rows:
        assert row["GLAD_Primary"] is None  # no layer of ours
        assert row["Ind_11_logging_concession_before_2020"] == "unknown"
    hole = next(row for row, name in zip(rows, PLOTS, strict=True) if known[name] == "undetermined")
    assert None in (hole["EUFO_2020"], hole["GFC_loss_after_2020"])


def test_hectares_are_those_of_the_plot(server: Serving, tiny_answer: Any) -> None:
    """Years add up to the sums, and percent are hectares of the plot's area."""
    shapes = tiny_shapes()
    ha = [one["properties"] for one in tiny_answer["data"]["features"]]
    percent = [
        one["properties"] for one in server.submit(collection(shapes, unitType="percent")).json()["data"]["features"]
    ]
    lost = [row for row in ha if row["GFC_loss_after_2020"]]

    assert lost
    for row in lost:
        years = [row[f"GFC_loss_year_{year}"] for year in range(2021, 2026)]
        assert sum(years) == pytest.approx(row["GFC_loss_after_2020"], abs=0.003)
    for row, share in zip(ha, percent, strict=True):
        if row["EUFO_2020"] is not None:
            assert share["EUFO_2020"] == pytest.approx(row["EUFO_2020"] / row["Area"] * 100, abs=0.2)
    assert {row["Unit"] for row in percent} == {"percent"}


def test_land_is_found_by_geoid(server: Serving) -> None:
    """Plots the server knows are taken by their id; another id is named, and nothing is begun."""
    names = [geoid(shapely.geometry.shape(square(*at))) for at in ((10, 20), (0, 20))]
    found = server.submit({"geoIds": names}, path="geo-ids").json()["data"]["features"]
    strange = server.submit({"geoIds": [names[0], "1b17337e-83dc-43df-8fc1-a7415d5c0890"]}, path="geo-ids")

    assert [one["properties"]["external_id"] for one in found] == names
    assert strange.status_code == 400
    assert strange.json()["code"] == "validation_geo_id_not_found"
    assert strange.json()["cause"] == "1b17337e-83dc-43df-8fc1-a7415d5c0890"


def test_land_is_taken_as_well_known_text(server: Serving) -> None:
    """The same outline as WKT and as GeoJSON has the same answer."""
    text = shapely.geometry.shape(square(0, 20)).wkt
    answer = server.submit({"wkt": text, "analysisOptions": {"unitType": "percent"}}, path="wkt")
    (row,) = [one["properties"] for one in answer.json()["data"]["features"]]
    (same,) = [
        one["properties"]
        for one in server.submit(collection([square(0, 20)], unitType="percent")).json()["data"]["features"]
    ]
    strange = server.submit({"wkt": "POLYGON((0 0"}, path="wkt")

    for name in ("external_id", "eudr_check_findings", "whisp_processing_metadata"):
        del row[name], same[name]
    assert row == same
    assert (strange.status_code, strange.json()["code"]) == (400, "validation_invalid_wkt")


def test_no_job_of_another_is_seen(server: Serving, tiny_answer: Any) -> None:
    """Another's token is answered as one that never was; so is a path for a token, and a call without a key."""
    token = tiny_answer["context"]["token"]
    never = server.get("/api/status/00000000-0000-4000-8000-000000000000", INES)

    for path in ("status", "generate-geojson", "download-csv", "results"):
        seen = server.get(f"/api/{path}/{token}", INES)
        assert (seen.status_code, seen.json()) == (404, never.json())
        assert requests.get(f"{server.address}/api/{path}/{token}", timeout=9).status_code == 401
        assert server.get(f"/api/{path}/{token}", "rosa-0123456789abcdee").json()["code"] == "auth_invalid_api_key"
    cancel = requests.post(
        f"{server.address}/api/status/{token}/cancel", headers={"x-api-key": INES}, timeout=9
    ).status_code
    assert cancel == 404
    for name in ("..%2f..%2ftokens.txt", "tokens.txt", f".new-{token}", token.upper() + "/x"):
        assert server.get(f"/api/generate-geojson/{name}").status_code == 404


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "validation_missing_request_body"),
        (b"{", "validation_missing_request_body"),
        (b"[1, 2]", "validation_missing_request_body"),
        (b"\xff\xfe\x00", "validation_missing_request_body"),
        (b"[" * 200_000, "validation_missing_request_body"),
        (b'{"type": "FeatureCollection", "features": [NaN]}', "validation_missing_request_body"),
        (b'{"a": ' + b"9" * 6000 + b"}", "validation_missing_request_body"),
        (b"{}", "validation_invalid_geojson"),
        (b'{"type": "FeatureCollection", "features": []}', "validation_invalid_geojson"),
        (b'{"type": "FeatureCollection", "features": {"a": 1}}', "validation_invalid_geojson"),
        (b'{"type": "FeatureCollection", "features": [5]}', "validation_invalid_geojson"),
        (b'{"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": 5}]}',
         "validation_invalid_geojson"),
        (b'{"type": "Point", "coordinates": [1, 2], "crs": {"properties": {"name": "EPSG:32718"}}}',
         "validation_invalid_crs"),
        (b'{"type": "Point", "coordinates": [1, 2], "analysisOptions": {"unitType": "acre"}}',
         "validation_invalid_options"),
        (b'{"type": "Point", "coordinates": [1, 2], "analysisOptions": {"externalIdColumn": "farm"}}',
         "validation_invalid_external_id_column"),
        (json.dumps({"type": "FeatureCollection", "features": [{}] * 10_001}).encode(),
         "validation_too_many_geometries"),
    ],
)  # fmt: skip
def test_what_no_row_can_be_made_of_is_refused_by_code(server: Serving, content: bytes, code: str) -> None:
    """Said at once, with a code of Whisp's, in the caller's language; no job is begun."""
    headers = {"x-api-key": server.key, "content-type": "application/json", "accept-language": "es-PE"}
    answer = requests.post(f"{server.address}/api/submit/geojson", data=content, headers=headers, timeout=30)

    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert "token" not in answer.text


def test_one_bad_plot_costs_no_other(server: Serving) -> None:
    """Rows that no plot can be made of come back as rows with findings, undetermined under every tree."""
    bad: list[Any] = [
        None,
        {"type": "Polygon", "coordinates": [[[1, 2], ["x", 4], [5, 6], [1, 2]]]},
        {"type": "Polygon", "coordinates": []},
        {"type": "LineString", "coordinates": [[-76.8, -6.0], [-76.7, -6.1]]},
        {"type": "Polygon", "coordinates": [[[400000, 9000000], [400100, 9000000], [400100, 9000100], [400000, 9e6]]]},
        {"type": "Nothing", "coordinates": "=cmd|'/c calc'!A0"},
    ]
    content = collection([square(0, 20), *bad])
    for one in content["features"]:
        one["properties"]["farm"] = '=cmd|"x"!A0'
    content["analysisOptions"] = {"externalIdColumn": "farm"}
    answer = server.submit(content)
    assert answer.status_code == 200, answer.text
    rows = [one["properties"] for one in answer.json()["data"]["features"]]

    assert rows[0]["eudr_check_usable"] is True
    for row in rows[1:]:
        assert row["eudr_check_usable"] is False
        assert row["eudr_check_findings"]
        assert row["risk_pcrop"] == row["risk_acrop"] == row["risk_timber"] == "undetermined"
        assert row["EUFO_2020"] is None
        assert row["Ind_01_treecover"] == "unknown"
    text = server.get(f"/api/download-csv/{answer.json()['context']['token']}").text
    assert "\n=cmd" not in text
    assert ",=cmd" not in text


def raw(server: Serving, head: str, *parts: bytes, wait: float = 0.0) -> bytes:
    """What comes back over a bare socket, part after part."""
    place = urlsplit(server.address)
    assert place.hostname is not None
    with socket.create_connection((place.hostname, place.port or 80), timeout=20) as line:
        line.sendall(f"POST /api/submit/geojson HTTP/1.1\r\nhost: x\r\nx-api-key: {server.key}\r\n{head}\r\n".encode())
        for part in parts:
            line.sendall(part)
            time.sleep(wait)
        line.shutdown(socket.SHUT_WR)
        found = b""
        while chunk := line.recv(65536):
            found += chunk
        return found


def test_long_and_half_bodies_leave_nothing(server: Serving) -> None:
    """A body that says it is too long is not read, one that grows too long is cut off, half a one begins no job."""
    before = server.get("/openapi.json").status_code
    stated = raw(server, "content-length: 99999999999\r\n", b"{")
    grown = raw(server, "transfer-encoding: chunked\r\n", *[b"1000000\r\n" + b" " * 0x1000000 + b"\r\n"] * 2)
    half = raw(server, "content-length: 1000\r\n", b'{"type": "FeatureCollection", "features": [')

    assert before == 200
    assert b"validation_request_body_too_large" in stated
    assert b"validation_request_body_too_large" in grown
    assert b'"token"' not in half
    assert server.submit(collection([square(0, 20)])).status_code == 200


@pytest.mark.parametrize("count", [4, pytest.param(50, marks=pytest.mark.faults)])
def test_jobs_at_once_are_kept_apart(server: Serving, count: int) -> None:
    """Jobs of three callers at once: each gets its own plots back, and none is lost."""

    def ask(number: int) -> list[str]:
        key = (server.key, INES, OTHER)[number % 3]
        content = collection([square(number, 20 + row) for row in range(number % 5 + 1)], externalIdColumn="farm")
        for one in content["features"]:
            one["properties"]["farm"] += f"-{number}"
        found = server.result(server.queued(content, key), key)
        return [one["properties"]["external_id"] for one in found["features"]]

    with ThreadPoolExecutor(count) as callers:
        found = list(callers.map(ask, range(count)))

    assert found == [[f"F-{row + 1}-{number}" for row in range(number % 5 + 1)] for number in range(count)]


def test_a_restart_in_the_middle_loses_nothing(catalogue: Path, tmp_path: Path) -> None:
    """A server that dies with jobs queued and under way does them when it is there again, but none that was cancelled.

    The 21st unfinished job of a caller is refused, that of another is not.
    """
    shapes = [square(u, v) for u in range(-60, 60, 10) for v in range(20, 90, 10)]
    with serving(tmp_path, catalogue, "--workers", "1") as first:
        tokens = [first.queued(collection(shapes[number:], externalIdColumn="farm")) for number in range(20)]
        more, other = first.submit(collection([shapes[0]])), first.queued(collection([shapes[0]]), INES)
        for token in tokens[2:]:
            requests.post(f"{first.address}/api/status/{token}/cancel", headers={"x-api-key": ROSA}, timeout=60)
        while first.get(f"/api/status/{tokens[0]}").json()["code"] == "analysis_queued":
            time.sleep(0.05)
        first.kill()
    (tmp_path / "jobs" / ".new-half").mkdir()
    with serving(tmp_path, catalogue, "--workers", "1") as second:
        found = [second.result(token) for token in tokens[:2]]
        second.result(other, INES)
        said = second.get(f"/api/status/{tokens[2]}")

    assert [len(one["features"]) for one in found] == [len(shapes), len(shapes) - 1]
    assert not (tmp_path / "jobs" / ".new-half").exists()
    assert (more.status_code, more.json()["code"]) == (429, "analysis_too_many_concurrent")
    assert (said.status_code, said.json()["code"]) == (400, "analysis_cancelled")


def test_the_description_is_valid_and_complete(server: Serving) -> None:
    """OpenAPI's own validator takes it; the page needs no script and no key."""
    described = requests.get(f"{server.address}/openapi.json", timeout=9).json()
    page = requests.get(f"{server.address}/docs", timeout=9)

    OpenAPIV31SpecValidator(described).validate()
    assert all(path in page.text for path in described["paths"])
    assert "<script" not in page.text
    assert requests.get(f"{server.address}/api", timeout=9).json()["code"] == "not_found"
