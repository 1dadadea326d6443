"""Radar of a harvest from a STAC server: where nothing optical is clear, twice from one orbit, frozen and offline."""

import csv
import json
from collections import Counter
from pathlib import Path

import pytest
import yaml

from eudr_check import config
from eudr_check.run.harvest import run
from eudr_check.run.imagery.command import publish
from tests.helpers import overflights, radar_passes, tiny_harvest
from tests.helpers.programs import Published, rustac
from tests.helpers.servers import Server

BEFORE = ("2020-08-10", "2020-08-22", "2020-09-03", "2020-09-15", "2020-09-27")
NOW = ("2026-08-12", "2026-08-24", "2026-09-05", "2026-10-10")


def test_radar_where_nothing_is_clear(tmp_path: Path) -> None:
    """Every plot without a clear look gets two medians; offline gives the same bytes; no outcome moves."""
    tiny = tiny_harvest.write(tmp_path / "tiny")
    settings = yaml.safe_load(tiny.config.read_text(encoding="utf-8"))
    (tmp_path / "served").mkdir()
    with Server(tmp_path / "served") as server:
        settings["catalogues"]["sky"] = {"url": f"{server.url}/stac"}
        settings["imagery"] = {"catalogues": [{"from": "sky"}], "radar": {"from": "sky"}, "megabytes": 50}
        tiny.config.write_text(yaml.safe_dump(settings), encoding="utf-8")
        harvest = config.load(tiny.config)
        content = Published(collections=[{**overflights.DESCRIBED, "id": overflights.COLLECTION}])
        for day in ("2020-08-14", "2026-08-24"):
            overflights.add(content, server.root, server.url, day, cloud=(slice(0, 240), slice(0, 320)))
        for day, vv_db in (*((day, -7.0) for day in BEFORE), *((day, -12.0) for day in NOW)):
            radar_passes.add(content, server.root, server.url, day, vv_db=vv_db)
        spoilt = radar_passes.add(content, server.root, server.url, "2026-09-01")
        del spoilt["properties"]["sat:relative_orbit"]
        plain = harvest.model_copy(
            update={"imagery": None, "run": harvest.run.model_copy(update={"folder": tmp_path / "plain"})}
        )
        before = run(plain, until="assess")
        with rustac(tmp_path / "rustac", content) as server.upstream:
            finished = run(harvest, draft=True)
        hits = Counter((hit.path, hit.byte_range) for hit in server.cog_hits())
        assert harvest.run.folder is not None
        other = harvest.run.model_copy(update={"folder": harvest.run.folder.with_name("other")})
        elsewhere = harvest.model_copy(update={"run": other})
        again = run(elsewhere, until="assess", offline=True)
        second = publish(elsewhere, again.made, offline=True, refresh=False)

    made = finished.made["imagery"]
    table = made.table("RADAR")
    rows = table.loc[["norte/high-one"]]
    assert rows["status"].tolist() == ["radar_median"] * 2 and rows["passes"].tolist() == [5, 4]
    assert set(table["relative_orbit"].dropna()) == {142}
    pictures = sorted(path.name for path in (made.folder / "pictures").iterdir())
    assert pictures and all("_radar_median_20" in name for name in pictures)
    assert set(rows["picture"]) <= {f"pictures/{name}" for name in pictures}
    sources = list(csv.DictReader((made.folder / "sources.csv").read_text(encoding="utf-8").splitlines()))
    radar = [row for row in sources if row["layer"] == "sentinel-1-rtc"]
    assert {row["asset"] for row in radar} == {"vv", "vh"} and len(radar) == 18 and all(row["sha256"] for row in radar)
    assert made.json("summary")["radar"] == len(set(table.index[table["status"] == "radar_median"]))
    assert made.json("summary")["unusable_items"] == 1
    assert "radar" not in (made.folder / "reviews-todo.csv").read_text(encoding="utf-8").lower()
    assert max(hits.values()) == 1
    assert second.files() == made.files()
    outcomes = (finished.folder.tables / "ASSESSMENTS.parquet").read_bytes()
    assert outcomes == (before.folder.tables / "ASSESSMENTS.parquet").read_bytes()
    assert finished.package is not None
    page = json.loads(
        (finished.package / "report.html").read_text(encoding="utf-8")
        .partition('id="data">')[2].partition("</script>")[0]
    )  # fmt: skip
    shown = page["looks"][str(page["plots"]["id"].index("high-one"))][-1]["radar"]
    assert ["RADAR" in one["said"]["es"]["name"] for one in shown] == [True, True]
    assert all("Copernicus Sentinel-1" in one["said"]["fr"]["lines"][-1] for one in shown)
    assert [set(one["chips"]) for one in shown] == [{"radar"}] * 2 and "date" not in shown[0]
    assert (finished.package / "pictures" / "radar.csv").is_file()


@pytest.mark.parametrize(("megabytes", "known"), [(None, True), (0, False)])
def test_the_line_has_a_switch(tmp_path: Path, megabytes: int | None, known: bool) -> None:
    """With `vegetation_megabytes: 0` no month is read, and pictures are as before."""
    tiny = tiny_harvest.write(tmp_path / "tiny")
    settings = yaml.safe_load(tiny.config.read_text(encoding="utf-8"))
    (tmp_path / "served").mkdir()
    with Server(tmp_path / "served") as server:
        settings["catalogues"]["sky"] = {"url": f"{server.url}/stac"}
        settings["imagery"] = {"catalogues": [{"from": "sky"}], "vegetation_megabytes": megabytes}
        tiny.config.write_text(yaml.safe_dump(settings), encoding="utf-8")
        harvest = config.load(tiny.config)
        content = Published(collections=[{**overflights.DESCRIBED, "id": overflights.COLLECTION}])
        overflights.add(content, server.root, server.url, "2020-08-14")
        with rustac(tmp_path / "rustac", content) as server.upstream:
            made = publish(harvest, run(harvest, until="assess").made, offline=False, refresh=False)

    assert (len(made.table("VEGETATION_SERIES")) > 0) == known
    assert (made.table("LOOKS")["status"] == "clear").any()
