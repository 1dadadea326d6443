"""One layer that cannot be read makes its own columns unknown, and no others."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
import yaml
from rasterio.transform import from_origin

from eudr_check import config
from eudr_check.layers.catalog import local
from eudr_check.layers.definition import read
from eudr_check.run import results
from eudr_check.run.harvest import Exit, Finished, run
from tests.helpers import tiny_harvest

SOILS: dict[str, Any] = {
    "id": "soils@1",
    "name": "soils",
    "title": "Soils of nowhere",
    "provider": "tests",
    "licence": "CC0-1.0",
    "citation": "tests",
    "lineage": "soils",
    "crs": "EPSG:4326",
    "resolution": "0.001 degree",
    "date": "2020-01-01/2020-12-31",
    "assets": {"map": {"legend": "0..1", "nodata": "255"}},
    "variables": {
        "peat": {
            "kind": "state",
            "role": "context",
            "method": "soils",
            "sensor": "spade",
            "covers_from": "2020-01-01",
            "covers_through": "2020-12-31",
            "when": {"map": "1"},
        }
    },
}
"""A context layer: facts for the reviewer, of which no outcome is made."""


def _with_soils(tiny: tiny_harvest.Tiny, east: int) -> Path:
    """Register soils that hold 1 west of the seam between the two tiles and `east` beyond it."""
    folder = tiny.config.parent
    definition, raster = folder / "soils.yaml", folder / "soils.tif"
    values = np.full((150, 150), 1, np.uint8)
    values[:, 75:] = east
    profile = {"driver": "GTiff", "dtype": "uint8", "count": 1, "width": 150, "height": 150, "crs": "EPSG:4326"}
    place = from_origin(tiny_harvest.SEAM - 0.075, tiny_harvest.NORTH + 0.01, 0.001, 0.001)
    with rasterio.open(raster, "w", transform=place, nodata=255, **profile) as stream:
        stream.write(values, 1)
    # A folder that others registered, with a legend of their own: `catalogue add` would refuse the value.
    definition.write_text(yaml.safe_dump(SOILS).replace("0..1", "0..9"), encoding="utf-8")
    local.add(tiny.catalogue, [raster], read(definition))
    definition.write_text(yaml.safe_dump(SOILS), encoding="utf-8")
    content = yaml.safe_load(tiny.config.read_text(encoding="utf-8"))
    chosen = [layer for layer in content["layers"] if "definition" not in layer]
    content["layers"] = [*chosen, {"definition": "soils.yaml", "from": content["layers"][0]["from"]}]
    tiny.config.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    return raster


def _outcomes(finished: Finished) -> dict[str, str]:
    assert finished.assessments is not None
    return dict(finished.assessments["outcome"])


@pytest.fixture
def finished(tiny: tiny_harvest.Tiny) -> Finished:
    """The tiny harvest with soils whose legend does not know what they hold in the eastern tile."""
    _with_soils(tiny, east=7)
    return run(config.load(tiny.config), offline=True, until="assess")


def test_no_other_layer_loses_its_evidence(finished: Finished, tiny: tiny_harvest.Tiny) -> None:
    """All outcomes are those without the layer; only its own column is unknown, and only in its tile."""
    evidence = finished.made["overlay"].table("EVIDENCE")
    hectares = evidence.groupby([evidence.index, "soils.peat"])["area_ha"].sum().unstack(fill_value=0)
    outcomes = _outcomes(finished)

    assert {plot: outcomes[plot] for plot in tiny.outcomes} == dict(tiny.outcomes)
    assert hectares.loc["norte/low-clear", -1] == 0
    assert hectares.loc["norte/high-one", 1] == 0
    assert hectares.loc["norte/high-seam", [-1, 1]].gt(0.5).all()


def test_what_failed_is_named(finished: Finished, tiny: tiny_harvest.Tiny) -> None:
    """SOURCES, exit code and status say which layer, where and why; the other layers of the tile stay read."""
    assert finished.sources is not None
    failed = finished.sources[finished.sources["status"] == "failed"]
    others = finished.sources[finished.sources["tile"].isin(failed["tile"]) & (finished.sources["layer"] != "soils@1")]
    reasons, _ = results.gaps(config.load(tiny.config))

    assert finished.exit is Exit.INCOMPLETE
    assert failed["layer"].tolist() == ["soils@1"]
    assert (others["status"] == "read").sum() >= 3
    assert reasons == tuple(failed["reason"])
    assert "value 7 is not in the legend (0..1)" in reasons[0]


def test_the_next_run_reads_it_when_it_is_right(finished: Finished, tiny: tiny_harvest.Tiny) -> None:
    """A tile made without a layer is not taken for one made with it."""
    _with_soils(tiny, east=0)
    again = run(config.load(tiny.config), offline=True, until="assess")
    assert again.sources is not None
    evidence = again.made["overlay"].table("EVIDENCE")

    assert not (again.sources["status"] == "failed").any()
    assert again.exit is Exit.OPEN_QUESTIONS
    assert set(evidence.loc[["norte/high-one"], "soils.peat"]) == {0}
