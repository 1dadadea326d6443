"""A harvest of which one thing changed: what did not change is kept, and nothing differs from a run from the start."""

import importlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from eudr_check import config, parquet
from eudr_check.run.harvest import Finished, run
from eudr_check.run.tile_splits import PART
from tests.helpers import tiny_harvest
from tests.helpers.finished_tiny import finished_tiny
from tests.helpers.same_bytes import contents
from tests.helpers.tiny_harvest import CELL, FOREST, place


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """The tiny harvest; nobody may change its folder."""
    return finished_tiny(tmp_path_factory)


def again(folder: Path) -> Finished:
    """A run of the harvest in a folder."""
    return run(config.load(folder / "tiny.yaml"), offline=True)


def copied(finished: Finished, folder: Path) -> Path:
    """Inputs and work of a finished harvest in a folder of their own."""
    shutil.copytree(finished.folder.path.parent, folder)
    return folder


def shown(folder: Path) -> dict[str, str]:
    """Every file that people see, by digest."""
    return contents(folder / "run" / "package") | contents(folder / "run" / "tables")


def parts(folder: Path) -> set[str]:
    """Names of the splits kept by tile."""
    return {path.name for path in (folder / "run" / "artifacts").glob(f"{PART}-*")}


def features(folder: Path, change: Callable[[list[dict[str, object]]], object]) -> None:
    """Change the plots of the northern cooperative, seven decimals as they were sent."""
    path = folder / "norte.geojson"
    content = json.loads(path.read_text(encoding="utf-8"))
    change(content["features"])
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


def named(plots: list[dict[str, object]], name: str) -> dict[str, object]:
    """The plot of an id."""
    return next(one for one in plots if one["properties"]["codigo"] == name)


def box(west: float, north: float, east: float, south: float) -> dict[str, object]:
    """A plot over some cells."""
    corners = ((west, south), (east, south), (east, north), (west, north), (west, south))
    ring = [[round(value + 1e-7, 7) for value in place(*corner)] for corner in corners]
    return {"type": "Polygon", "coordinates": [ring]}


def moved(folder: Path) -> None:
    """Half a cell more of a plot that holds forest and other ground."""
    features(folder, lambda plots: named(plots, "info-wood").update(geometry=box(40, 10, 46.5, 16)))


def removed(folder: Path) -> None:
    """One of the plots of several uses is not delivered any more."""
    features(folder, lambda plots: plots.remove(named(plots, "info-wood")))


def added(folder: Path) -> None:
    """Another plot, for which blocks of the rasters are read that no other plot of its tile needs."""
    new = {"type": "Feature", "properties": {"codigo": "new", "socio": "Socia Nueva", "hectareas": 2.8}}
    features(folder, lambda plots: plots.append(new | {"geometry": box(40, 80, 46, 86)}))


def other_ground(folder: Path) -> None:
    """Maps in which more of a plot is forest."""
    shutil.rmtree(folder / "catalogue")
    shutil.rmtree(folder / "rasters")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tiny_harvest, "FOREST", (*FOREST, (40, 10, 45, 14)))
        tiny_harvest.write_catalogue(folder / "catalogue", folder / "rasters")


def other_producer(folder: Path) -> None:
    """The name of a producer, which no ground depends on."""
    features(folder, lambda plots: named(plots, "info-wood")["properties"].update(socio="Otra Socia"))


@pytest.mark.parametrize(
    ("change", "redone"), [(moved, 1), (removed, 1), (added, 2), (other_ground, None), (other_producer, 0)]
)
def test_a_change_gives_what_a_run_from_the_start_gives(
    finished: Finished, tmp_path: Path, change: Callable[[Path], None], redone: int | None
) -> None:
    """Every byte of package and tables; only splits of plots that changed are drawn again."""
    folder = copied(finished, tmp_path / "kept")
    change(folder)
    before = parts(folder)
    again(folder)
    fresh = shutil.copytree(folder, tmp_path / "fresh", ignore=shutil.ignore_patterns("run"))
    again(fresh)

    assert shown(folder) == shown(fresh)
    assert shown(folder) != shown(finished.folder.path.parent)
    assert parts(fresh) <= parts(folder)
    if redone is not None:
        assert len(parts(folder) - before) == redone


@pytest.mark.parametrize("damage", [lambda path: path.write_bytes(b"PAR1"), Path.unlink])
def test_damaged_splits_of_a_tile_are_drawn_again(
    finished: Finished, tmp_path: Path, damage: Callable[[Path], object]
) -> None:
    """As finished work everywhere: what is not whole is not there."""
    folder = copied(finished, tmp_path / "kept")
    for path in (folder / "run" / "artifacts").glob("splits-*"):
        shutil.rmtree(path)
    shutil.rmtree(folder / "run" / "package")
    for path in (folder / "run" / "artifacts").glob("package-*"):
        shutil.rmtree(path)
    for path in (folder / "run" / "artifacts").glob(f"{PART}-*/SPLITS.parquet"):
        damage(path)
    again(folder)

    assert shown(folder) == shown(finished.folder.path.parent)


def test_a_run_that_was_cut_short_goes_on_with_the_tiles_it_had(
    finished: Finished, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped at the second tile: the splits of the first stay, and the end is that of a run in one go."""
    folder, module = tmp_path / "cut", importlib.import_module("eudr_check.run.tile_splits")
    shutil.copytree(finished.folder.path.parent, folder, ignore=shutil.ignore_patterns("run"))
    proposals, called = module.proposals, list[Any]()

    def once(*given: Any) -> Any:
        called.append(given)
        if len(called) > 1:
            raise KeyboardInterrupt
        return proposals(*given)

    with monkeypatch.context() as patch:
        patch.setattr(module, "proposals", once)
        with pytest.raises(KeyboardInterrupt):
            again(folder)
    before = parts(folder)
    again(folder)

    assert len(before) == 1
    assert before < parts(folder)
    assert shown(folder) == shown(finished.folder.path.parent)


def test_patches_that_no_change_touched_are_drawn_once(finished: Finished, tmp_path: Path) -> None:
    """The longest table of a nation is drawn again where it says something else, and not for a name."""
    folder = copied(finished, tmp_path / "kept")
    other_producer(folder)
    again(folder)
    kept = list((folder / "run" / "artifacts").glob("patches-*"))
    features(folder, lambda plots: plots.remove(named(plots, "high-one")))
    again(folder)

    assert len(kept) == 1
    assert len(list((folder / "run" / "artifacts").glob("patches-*"))) == 2


def test_splits_of_the_tile_of_a_moved_plot_are_those_of_its_outline(finished: Finished, tmp_path: Path) -> None:
    """The parts of the plot reach to where it ends now."""
    folder = copied(finished, tmp_path / "kept")
    moved(folder)
    again(folder)
    drawn = parquet.features(folder / "run" / "package" / "tables" / "SPLITS.parquet").loc[["norte/info-wood"]]

    assert drawn.total_bounds[2] == pytest.approx(place(46.5, 0)[0], abs=CELL / 1000)
