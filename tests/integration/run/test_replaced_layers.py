"""A layer that is replaced in place is asked for again in every run, also where the last one read all of it."""

from pathlib import Path

import numpy as np
import yaml

from eudr_check import config
from eudr_check.run.harvest import run
from tests.helpers import tiny_harvest
from tests.helpers.answers import ranged, stage
from tests.helpers.rasters import write_raster

DEFINITION = """
id: news@1
name: news
title: News of today
provider: tests
licence: CC0-1.0
citation: tests
lineage: news
crs: EPSG:4326
resolution: 0.01 degree
date: 2021-01-01/2026-01-01
assets: {map: {legend: "0..1"}}
variables:
  seen:
    {kind: state, role: context, method: m, sensor: s,
     covers_from: 2021-01-01, covers_through: 2026-01-01, when: {map: "1"}}
found:
  - tiles: {naming: file, box: [-78, -7, -76, -6], url: "URL", assets: {map: map}, replaced: true}
"""


def test_what_is_replaced_is_asked_for_again(tmp_path: Path) -> None:
    """The second run sees the new file; offline, it takes what it has."""
    tiny = tiny_harvest.write(tmp_path / "tiny")
    files = [
        write_raster(tmp_path / f"{value}.tif", np.full((100, 200), value), cell=0.01, west=-78, north=-6).read_bytes()
        for value in (0, 1)
    ]
    now = files[0]
    seen = []
    with stage(lambda path, headers: ranged(now, headers, ETag=f'"{files.index(now)}"')) as here:
        text = DEFINITION.replace("URL", f"{here.url}/{{asset}}.tif")
        (tmp_path / "tiny" / "news.yaml").write_text(text)
        content = yaml.safe_load(tiny.config.read_text(encoding="utf-8"))
        content["catalogues"]["web"] = {"tiles": "published"}
        content["layers"].append({"definition": "news.yaml", "from": "web"})
        tiny.config.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
        for offline in (False, False, True):
            sources = run(config.load(tiny.config), until="layers", offline=offline).sources
            assert sources is not None
            mine = sources[sources["layer"] == "news@1"]
            seen.append((set(mine["status"]), set(mine["etag"])))
            now = files[1]

    assert seen == [({"read"}, {'"0"'}), ({"read"}, {'"1"'}), ({"read"}, {'"1"'})]
