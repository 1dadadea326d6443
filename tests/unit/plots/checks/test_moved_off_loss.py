"""Ground that a run saw with a loss is not delivered without it, whatever it is called and however it is drawn."""

from datetime import date
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from eudr_check.plots.checks.moved_off_loss import of_reruns
from eudr_check.postgresql import Place
from eudr_check.register import boundaries_on_loss, land_state, record_land, remember
from tests.helpers.plot_files import codes, geojson, loaded, point, polygon, ring

WEST_STRIP = (-76.1, -6.04, -76.0995, -6.0385)
"""Loss on the western 55 m of the plot `polygon("A")`."""
DAY = date(2026, 11, 2)


def losses(*boxes) -> gpd.GeoDataFrame:
    count = len(boxes)
    rows = {
        "column": ["hansen.loss_year"] * count,
        "year": [2022] * count,
        "area_ha": [1.0] * count,
        "plots": [""] * count,
    }
    return gpd.GeoDataFrame(rows, geometry=[shapely.box(*box) for box in boxes], crs="EPSG:4326")


def season(
    register: Place, folder: Path, *features, harvest="2025", cooperative="coop-01", boxes=(WEST_STRIP,)
) -> Place:
    """A register with one harvest of some plots."""
    made, _ = loaded(geojson(folder, *features, name="earlier.geojson", cooperative=cooperative))
    record_land(register, harvest, made, losses(*boxes), DAY)
    return register


def with_hole() -> dict:
    feature = polygon("A")
    hole = shapely.box(-76.0999, -6.0399, -76.0994, -6.0386).exterior.coords
    feature["geometry"]["coordinates"].append([list(corner) for corner in hole][::-1])
    return feature


REDRAWN = {
    "smaller": (polygon("A", ring(dx=0.0008)),),
    "a hole": (with_hole(),),
    "a point": (point("A", -76.0985, -6.039, area_ha=1),),
    "another id": (polygon("Z", ring(dx=0.0008)),),
    "another id as a point": (point("Z", -76.0985, -6.039, area_ha=1),),
    "two parts": (
        polygon("Y", [[-76.099, -6.04], [-76.0985, -6.04], [-76.0985, -6.0385], [-76.099, -6.0385], [-76.099, -6.04]]),
        polygon("Z", [[-76.0984, -6.04], [-76.098, -6.04], [-76.098, -6.0385], [-76.0984, -6.0385], [-76.0984, -6.04]]),
    ),
}


@pytest.mark.parametrize("cooperative", ["coop-01", "coop-02"])
@pytest.mark.parametrize("how", REDRAWN)
def test_next_harvest_is_blocked(place, tmp_path, how, cooperative):
    """The next harvest without the loss is blocked, and told plot, harvest and hectares."""
    register = season(place, tmp_path, polygon("A"))
    file = geojson(tmp_path, *REDRAWN[how], cooperative=cooperative)
    made, findings = loaded(file, register=register, harvest="2026")
    found = findings[findings["code"] == "boundary_moved_off_loss"]

    assert set(found["plot"]) == set(made.index)
    assert not made["usable"].any()
    assert found["message"].str.contains("coop-01/A", regex=False).all()
    assert found["message"].str.contains("2025").all()


def test_message_names_the_harvest_and_what_the_hectares_are(place, tmp_path):
    """How much lies outside and of what: what any layer saw, on any ground; no day that is not that of the run."""
    register = season(place, tmp_path, polygon("A"))
    _, findings = loaded(geojson(tmp_path, *REDRAWN["another id"]), register=register, harvest="2026")
    (message,) = findings.loc[findings["code"] == "boundary_moved_off_loss", "message"]

    assert "In harvest 2025 this" in message and "2026-11-02" not in message
    assert "of loss or disturbance that some layer saw, on any ground" in message
    assert "0.9176 ha" in message or "0.91" in message


@pytest.mark.parametrize("how", REDRAWN)
def test_rerun_of_the_same_harvest_is_found(tmp_path, how):
    """What a run of the harvest itself saw counts as well, in the register as in the run folder."""
    made, _ = loaded(geojson(tmp_path, polygon("A"), name="earlier.geojson"))
    registers = [tmp_path / "season.gpkg", tmp_path / "run.gpkg"]
    record_land(registers[0], "2026", made, losses(WEST_STRIP), DAY)
    wrote = remember(registers[1], "2026", made, losses(WEST_STRIP), DAY)
    now, _ = loaded(geojson(tmp_path, *REDRAWN[how]), harvest="2026")

    assert wrote
    for register in registers:
        found = of_reruns([register], "2026", now)
        assert set(found["plot"]) == set(now.index)
        assert set(found["harvest"]) == {"2026"}
        assert (found["loss_ha"] > 0.5).all()


NEIGHBOUR = polygon("N", ring(dx=-0.00195))
HARMLESS = {
    "as it was": (polygon("A"),),
    "larger": (
        polygon("A", [[-76.101, -6.04], [-76.098, -6.04], [-76.098, -6.038], [-76.101, -6.038], [-76.101, -6.04]]),
    ),
    "left out": (NEIGHBOUR,),
    "divided, loss and all": (
        polygon("Y", ring(dx=0.0008)),
        polygon("Z", [[-76.1, -6.04], [-76.0992, -6.04], [-76.0992, -6.0385], [-76.1, -6.0385], [-76.1, -6.04]]),
    ),
    "walked again": (polygon("A", ring(dx=0.00002)),),
}


@pytest.mark.parametrize("how", HARMLESS)
def test_honest_deliveries_raise_nothing(place, tmp_path, how):
    """The same boundary, a larger one, a new walk, neighbours, and a plot divided with its loss are no redrawing."""
    register = season(place, tmp_path, polygon("A"))
    file = geojson(tmp_path, *HARMLESS[how])
    _, findings = loaded(file, register=register, harvest="2026")
    now, _ = loaded(file, register=register, harvest="2025")

    assert "boundary_moved_off_loss" not in codes(findings)
    assert of_reruns([register], "2025", now).empty


def test_point_moved_off_its_loss(place, tmp_path):
    """A point stands for its disc: put elsewhere, the loss within the disc is left out; a metre of GPS is none."""
    box = (-76.0995, -6.0395, -76.099, -6.039)
    register = season(place, tmp_path, point("P", -76.0992, -6.0392, area_ha=1), boxes=(box,))
    _, moved = loaded(geojson(tmp_path, point("P", -76.098, -6.0392, area_ha=1)), register=register, harvest="2026")
    _, near = loaded(geojson(tmp_path, point("P", -76.09919, -6.0392, area_ha=1)), register=register, harvest="2026")

    assert "boundary_moved_off_loss" in codes(moved)
    assert "boundary_moved_off_loss" not in codes(near)


def test_boundaries_are_only_added(place, tmp_path):
    """A boundary with its loss stays through reruns that draw it again, and stands there once however often seen."""
    register = season(place, tmp_path, polygon("A"))
    redrawn, _ = loaded(geojson(tmp_path, *REDRAWN["smaller"]))
    season(place, tmp_path, polygon("A"))
    record_land(register, "2025", redrawn, losses(WEST_STRIP), DAY)
    kept = boundaries_on_loss(register, "2025", own=True)

    assert kept["plot_id"].tolist() == ["A"]
    assert kept["geometry"].iloc[0].bounds[0] < -76.1


def test_own_history_names_no_plots(place, tmp_path):
    """What the harvest itself saw does not change the state its plots are named by; what another saw does."""
    register = season(place, tmp_path, polygon("A"), harvest="2026")
    empty = land_state(tmp_path / "none.gpkg", "2026")

    assert land_state(register, "2026") == land_state(season(place, tmp_path, polygon("B"), harvest="2026"), "2026")
    assert land_state(register, "2027") != empty


def test_nothing_new_writes_nothing(tmp_path):
    """A run that sees what is known leaves the file alone; one without a loss makes none."""
    made, _ = loaded(geojson(tmp_path, polygon("A")))
    path = tmp_path / "run.gpkg"
    without = remember(path, "2026", made, losses((0, 0, 0.001, 0.001)), DAY)
    there = path.exists()
    first, second = (remember(path, "2026", made, losses(WEST_STRIP), DAY) for _ in range(2))

    assert (without, there, first, second) == (False, False, True, False)
