"""Vector layers in a whole harvest: findings and facts, and never another outcome."""

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import yaml
from shapely.geometry import box

from eudr_check import config
from eudr_check.layers.fetch import http
from eudr_check.layers.fetch.retries import Patience
from eudr_check.package.verify import verify
from eudr_check.run.harvest import Exit, Finished, run
from eudr_check.run.recompute import STAGES
from tests.helpers import tiny_harvest
from tests.helpers.answers import stage
from tests.helpers.area_servers import arcgis, wfs
from tests.helpers.finished_tiny import finished_tiny

EVERYTHING = box(-77.0, -6.2, -76.6, -6.0)
DEFINITION = {
    "id": "communities@test",
    "title": "Communities of Peru",
    "provider": "tests",
    "licence": "CC0-1.0",
    "citation": "tests",
    "topic": "indigenous",
    "countries": ["PE"],
}


def _with_areas(folder: Path, url: str, **service: Any) -> Finished:
    """The tiny harvest with a park of one's own over all plots, and communities that a server knows."""
    tiny = tiny_harvest.write(folder)
    gpd.GeoDataFrame({"a": [1]}, geometry=[EVERYTHING], crs="EPSG:4326").to_file(folder / "park.gpkg")
    service = service or {"arcgis": f"{url}/MapServer", "layers": [0]}
    (folder / "communities.yaml").write_text(yaml.safe_dump({**DEFINITION, "service": service}))
    content = yaml.safe_load(tiny.config.read_text(encoding="utf-8"))
    content["areas"] = {"protected": "park.gpkg", "communities": "communities.yaml"}
    tiny.config.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    return run(config.load(tiny.config), redacted=True)


def _record(finished: Finished) -> dict[str, Any]:
    text = (finished.folder.tables / "article10.json").read_text(encoding="utf-8")
    return {item["letter"]: item for item in json.loads(text)["criteria"]}


def test_areas_are_told_and_change_no_outcome(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Every table of outcomes is what it was; hits stand in findings, record, report and QGIS, and verify agrees."""
    west = tiny_harvest.place(-70, 10)[0]
    with stage(arcgis({4: box(west - 0.1, -6.2, west + 0.0005, -6.0)})) as here:
        finished = _with_areas(tmp_path / "tiny", here.url)
    before = finished_tiny(tmp_path_factory)

    assert before.assessments is not None and finished.assessments is not None and finished.package is not None
    pd.testing.assert_frame_equal(finished.assessments, before.assessments)
    codes = finished.findings["code"].value_counts()
    assert codes["area_overlap"] == len(tiny_harvest.OUTCOMES) + 2 and "area_unread" not in codes
    hits = finished.findings[finished.findings["code"] == "area_overlap"]
    community = hits[hits["message"].str.contains("'area 4' of Communities of Peru")]
    assert set(community["plot"]) == {"norte/low-clear", "norte/hole"}
    assert json.loads(community["details"].iloc[0])["overlap_ha"] == pytest.approx(0.917, abs=0.02)
    facts = _record(finished)
    assert [one["plots"] for one in facts["c"]["noted"]] == [one["plots"] for one in facts["d"]["noted"]] == [2]
    assert facts["c"]["state"] == "question" and facts["m"]["noted"][0]["plots"] == len(tiny_harvest.OUTCOMES)
    assert "Communities of Peru" in (finished.package / "report.html").read_text(encoding="utf-8")
    drawn = gpd.read_file(next(finished.package.glob("*.gpkg")), layer="area_outlines")
    assert drawn[["area", "feature"]].values.tolist() == [["communities", "area 4"], ["protected", "1"]]
    shown = gpd.read_file(next(finished.package.glob("*.gpkg")), layer="findings")
    assert shown["message"].str.contains("'area 4' of Communities of Peru").sum() == 2
    assert verify(finished.package, stages=STAGES) == []
    redacted = finished.folder.path / "package-redacted"
    assert verify(redacted, stages=STAGES) == []
    assert b"area 4" not in b"".join(file.read_bytes() for file in redacted.rglob("*.csv"))
    assert gpd.read_file(next(redacted.glob("*.gpkg")), layer="area_outlines")["feature"].isna().all()


def test_areas_of_a_wfs_are_told_and_change_no_outcome(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """What a ministry serves as WFS comes as from any other service: findings, and every outcome as it was."""
    west = tiny_harvest.place(-70, 10)[0]
    with stage(wfs([box(west - 0.1, -6.2, west + 0.0005, -6.0)])) as here:
        finished = _with_areas(tmp_path / "tiny", here.url, wfs=f"{here.url}/geoserver/ows", types=["ide:areas"])
    before = finished_tiny(tmp_path_factory)

    assert before.assessments is not None and finished.assessments is not None and finished.package is not None
    pd.testing.assert_frame_equal(finished.assessments, before.assessments)
    hits = finished.findings[finished.findings["code"] == "area_overlap"]
    community = hits[hits["message"].str.contains("Communities of Peru")]
    assert set(community["plot"]) == {"norte/low-clear", "norte/hole"}
    assert verify(finished.package, stages=STAGES) == []


def test_a_silent_service_is_unknown_and_asked_again(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run ends as incomplete, says which layer and how many plots, and the next run asks again."""
    monkeypatch.setattr(http, "PATIENCE", Patience(attempts=1, first_delay_s=0.01))
    with stage() as here:
        finished = _with_areas(tmp_path / "tiny", here.url)
        before = finished_tiny(tmp_path_factory)

        assert before.assessments is not None and finished.assessments is not None
        pd.testing.assert_frame_equal(finished.assessments, before.assessments)
        assert finished.exit == Exit.INCOMPLETE
        unread = finished.findings[finished.findings["code"] == "area_unread"]
        assert unread["message"].str.startswith(f"Communities of Peru: unknown for {len(tiny_harvest.OUTCOMES)}").all()
        # Those that are blocked included: nobody laid them on any map.
        assert finished.package is not None
        outlines = gpd.read_file(next(finished.package.glob("*.gpkg")), layer="area_outlines")
        assert outlines["area"].tolist() == ["protected"]
        assert _record(finished)["c"]["noted"][0]["unknown"] == len(finished.plots) > len(tiny_harvest.OUTCOMES)

        here.answer = arcgis({})
        again = run(config.load(tmp_path / "tiny" / "tiny.yaml"))

    assert again.exit == Exit.OPEN_QUESTIONS
    assert "area_unread" not in set(again.findings["code"])
