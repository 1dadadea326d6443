"""The live check of vector layers, run against services of our own: each difference is found by name."""

import json
from pathlib import Path
from typing import Any

import pytest
from shapely.geometry import box
from typer.testing import CliRunner

from eudr_check.cli.commands import app
from eudr_check.layers.areas.definition import AreaDefinition
from eudr_check.layers.areas.live_check import live_check
from eudr_check.layers.fetch import http
from eudr_check.layers.fetch.retries import Patience
from eudr_check.layers.live_check import WINDOW
from tests.helpers.answers import stage
from tests.helpers.area_servers import arcgis, wfs

NO_PLACE = Path(__file__).parents[2] / "definitions" / "prodes.yaml"
"""A raster that is registered by hand: there is no place to ask."""


@pytest.mark.parametrize(
    ("kind", "instead", "label", "found"),
    [
        ("", None, ["nombre"], "as defined"),
        ("", None, [], "as defined"),
        ("about", lambda _: (401, {}, b""), [], "HTTP 401"),
        ("about", lambda _: (404, {}, b""), [], "HTTP 404"),
        ("about", lambda _: (302, {"Location": "/login"}, b""), [], "redirected"),
        ("about", lambda _: {"error": {"message": "Token Required"}}, [], "Token Required"),
        ("about", lambda about: {**about, "geometryType": "esriGeometryPolyline"}, [], "is another one by now"),
        ("", None, ["CATZFO"], "no field CATZFO"),
        ("numbers", lambda numbers: {**numbers, "exceededTransferLimit": True}, [], "cut short"),
        ("areas", lambda areas: {**areas, "crs": {"properties": {"name": "EPSG:32718"}}}, [], "another coordinate"),
        ("areas", lambda _: (200, {}, b"<html>"), [], "not what such a service sends"),
    ],
)  # fmt: skip
def test_what_a_service_does_otherwise_is_named(
    monkeypatch: pytest.MonkeyPatch, kind: str, instead: Any, label: list[str], found: str
) -> None:
    """Access, place, kind of layer, fields, whole answers, CRS."""
    monkeypatch.setattr(http, "PATIENCE", Patience(attempts=1, first_delay_s=0.01))
    here = box(*WINDOW)
    with stage(arcgis({1: here}, lambda what, content: instead(content) if what == kind else content)) as server:
        service = {"arcgis": f"{server.url}/MapServer", "layers": [1, 2]}
        layer = {"id": "a@1", "title": "A", "provider": "p", "licence": "l", "citation": "c", "topic": "zoning"}
        rows = live_check([AreaDefinition.model_validate({**layer, "label": label, "service": service})])

    assert rows["place"].str[-1].tolist() == ["1", "2"]
    assert rows["found"].str.contains(found).all(), rows["found"].tolist()
    assert (rows["agrees"] == (found == "as defined")).all()


@pytest.mark.parametrize(
    ("instead", "label", "found"),
    [
        (None, ["nombre"], "as defined"),
        (lambda _: (401, {}, b""), [], "HTTP 401"),
        (lambda _: (404, {}, b""), [], "HTTP 404"),
        (lambda _: (200, {}, b"<ows:ExceptionReport/>"), [], "not what such a service sends"),
        (None, ["CATZFO"], "no field CATZFO"),
        (lambda page: {**page, "numberMatched": 9}, [], "cut short"),
        (lambda page: {**page, "crs": {"properties": {"name": "EPSG:32718"}}}, [], "another coordinate"),
    ],
)  # fmt: skip
def test_what_a_wfs_does_otherwise_is_named(
    monkeypatch: pytest.MonkeyPatch, instead: Any, label: list[str], found: str
) -> None:
    """Access, place, form, fields, whole answers, CRS."""
    monkeypatch.setattr(http, "PATIENCE", Patience(attempts=1, first_delay_s=0.01))
    with stage(wfs([box(*WINDOW)], change=lambda _, page: page if instead is None else instead(page))) as server:
        service = {"wfs": f"{server.url}/ows", "types": ["ide:areas"]}
        layer = {"id": "a@1", "title": "A", "provider": "p", "licence": "l", "citation": "c", "topic": "zoning"}
        (row,) = live_check([AreaDefinition.model_validate({**layer, "label": label, "service": service})]).to_dict(
            "records"
        )

    assert found in row["found"]
    assert row["agrees"] == (found == "as defined")
    assert row["place"].endswith("typeNames=ide%3Aareas")


def test_the_command_asks_the_services_of_a_harvest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`layers CONFIG --live-check` names vector layers beside rasters, and ends as an error where one differs."""
    monkeypatch.setattr(http, "PATIENCE", Patience(attempts=1, first_delay_s=0.01))
    with stage() as server:
        service = f"service: {{arcgis: '{server.url}/MapServer', layers: [0]}}"
        text = f"id: mine@1\ntitle: M\nprovider: p\nlicence: l\ncitation: c\ntopic: zoning\n{service}\n"
        (tmp_path / "mine.yaml").write_text(text)
        (tmp_path / "harvest.yaml").write_text(
            "harvest: h\ncommodity: coffee\nplots: [{path: a.csv, cooperative: c}]\npackage: {outputs: []}\n"
            f"catalogues: {{web: {{tiles: published}}}}\nlayers: [{{definition: '{NO_PLACE}', from: web}}]\n"
            "areas: {zoning: mine.yaml}\n"
        )
        said = CliRunner().invoke(app, ["layers", str(tmp_path / "harvest.yaml"), "--live-check", "--json"])

    (row,) = json.loads(said.output)
    assert (said.exit_code, row["layer"], row["agrees"]) == (1, "mine@1", False) and "HTTP 404" in row["found"]
