"""What a start imports: seconds of every command, and again of every worker."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOMS = {"plots", "layers", "overlay", "risk", "documents", "package", "register", "config", "tables"}
LIGHT = {
    "annotated_doc", "annotated_types", "attr", "babel", "click", "cython_runtime", "eudr_check", "markdown_it",
    "mdurl", "pydantic", "pydantic_core", "pygments", "rich", "shellingham", "typer", "typing_extensions",
    "typing_inspection", "yaml",
}  # fmt: skip
"""Packages that a start may load: the terminal, and texts of four languages."""
START = """
import sys
sys.argv[1:] = {arguments}
from eudr_check.cli import main
try:
    main()
except SystemExit:
    pass
"""


def loaded(code: str) -> set[str]:
    """Modules that code loads in a fresh interpreter of this environment."""
    script = f"import sys\nbefore = set(sys.modules)\n{code}\nprint()\nprint(*(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split())


def test_workers_load_no_command() -> None:
    """Dask workers import the script that started them, and nothing of the commands."""
    assert not {"eudr_check.run", "numpy", "typer"} & loaded("import eudr_check.cli")


@pytest.mark.parametrize(
    "arguments", [["version"], ["--help"], ["law", "0901 11", "--country", "PE", "--on", "2027-01-15"]]
)
def test_a_command_loads_what_it_needs(arguments: list[str]) -> None:
    """Version, help and law answer without pandas, GDAL or any stage: a third of a second."""
    new = loaded(START.format(arguments=arguments))
    packages = {name.split(".")[0] for name in new if not name.startswith("_")} - sys.stdlib_module_names

    assert "eudr_check" in packages
    assert packages <= LIGHT
    assert not {name.split(".")[1] for name in new if name.startswith("eudr_check.")} & ROOMS


def test_a_check_of_one_file_loads_only_what_judges_it(tmp_path: Path) -> None:
    """`eu-check` needs arrays, geometry and country codes: no pandas, no GDAL, no writer of anything."""
    file = tmp_path / "one.geojson"
    file.write_text('{"type": "FeatureCollection", "features": []}')
    new = loaded(START.format(arguments=["eu-check", str(file)]))
    packages = {name.split(".")[0] for name in new if not name.startswith("_")} - sys.stdlib_module_names

    assert "shapely" in packages
    assert packages <= LIGHT | {"numpy", "shapely", "pycountry"}


WINDOWS = """
import builtins, importlib, pkgutil, tempfile
from pathlib import Path
import eudr_check
real = builtins.__import__
def imported(name, given=None, *more, **named):
    if name in {"fcntl", "grp", "pwd", "resource", "termios"} and (given or {}).get("__name__", "").startswith("eudr_"):
        raise ModuleNotFoundError(name)
    return real(name, given, *more, **named)
builtins.__import__ = imported
for module in pkgutil.walk_packages(eudr_check.__path__, "eudr_check."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
from eudr_check.run import folder, lock, profile
with folder.RunFolder(Path(tempfile.mkdtemp()) / "run").locked():
    pass
print(profile.usage().cpu_s > 0, lock.Holder.this_process().user != "")
"""


def test_every_module_loads_where_only_unix_modules_are_missing() -> None:
    """Our modules need nothing that Windows lacks (fcntl, resource, pwd) to load, to lock a folder and to measure."""
    done = subprocess.run([sys.executable, "-c", WINDOWS], capture_output=True, text=True, check=False)

    assert done.stderr == ""
    assert done.stdout.split() == ["True", "True"]
