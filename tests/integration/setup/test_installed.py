"""The wheel, built and installed where the repository is not: everything is in it, and it works."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

import pytest

from eudr_check import __version__
from tests.conftest import REPOSITORY
from tests.helpers.tiny_harvest import Tiny

FROM = ("pyproject.toml", "README.md", "LICENSE", "docs/reference/eudr-check.1")
BYTES = 4_000_000
"""Twice what it has: whoever adds data of the size of a sample is asked whether it belongs there."""


def ran(*words: str | Path, cwd: Path, environment: Mapping[str, str]) -> str:
    """Standard output of a program that must succeed."""
    done = subprocess.run([str(word) for word in words], cwd=cwd, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, f"{words}: {done.stdout[-2000:]} {done.stderr[-2000:]}"
    return done.stdout


def without_us() -> dict[str, str]:
    """The environment without a way back to the repository."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PIP_"))}
    return kept | {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INDEX": "1"}


def ours() -> list[Path]:
    """Every file of the package, without what running it leaves behind."""
    found = [one.relative_to(REPOSITORY) for one in (REPOSITORY / "eudr_check").rglob("*") if one.is_file()]
    return [one for one in found if one.suffix != ".pyc" and not any(part.startswith(".") for part in one.parts)]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of what the repository holds now, built by the setuptools of this environment, without a network."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    for name in (*map(Path, FROM), *ours()):
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(REPOSITORY / name, source / name)
    build = ("-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, source)
    ran(sys.executable, *build, cwd=folder, environment=without_us())
    (made,) = folder.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def program(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`eudr-check` of a fresh environment in which the wheel is installed; libraries are those of this one."""
    folder = tmp_path_factory.mktemp("installed") / "env"
    venv.create(folder, with_pip=False, symlinks=True)
    site = Path(sysconfig.get_path("purelib", "venv", {"base": str(folder), "platbase": str(folder)}))
    # A path in a .pth is not looked through for the .pth of the repository.
    (site / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    install = ("-m", "pip", "--python", folder / "bin" / "python", "install", "--quiet", "--no-deps", wheel)
    ran(sys.executable, *install, "--ignore-installed", cwd=folder, environment=without_us())
    return folder / "bin" / "eudr-check"


def test_the_wheel_is_the_package_and_nothing_else(wheel: Path) -> None:
    """Every module, text, policy and style byte for byte, the manual page, the licence; no test and no sample."""
    with zipfile.ZipFile(wheel) as packed:
        held = {PurePosixPath(name): packed.read(name) for name in packed.namelist()}
    about = {name for name in held if ".dist-info" in name.parts[0]}
    page = {name for name in held if ".data" in name.parts[0]}

    assert set(held) - about - page == {PurePosixPath(name.as_posix()) for name in ours()}
    assert [name for name in ours() if held[PurePosixPath(name.as_posix())] != (REPOSITORY / name).read_bytes()] == []
    assert [name.name for name in page] == ["eudr-check.1"]
    assert any(name.name == "LICENSE" for name in about)


def test_the_wheel_comes_over_thin_lines(wheel: Path) -> None:
    """Its size is that of some photographs."""
    assert wheel.stat().st_size < BYTES


def test_it_runs_where_the_repository_is_not(program: Path, tiny: Tiny, tmp_path: Path) -> None:
    """Version and help, and a look at a plot file with its maps, all from what the wheel brought."""
    environment = without_us() | {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    where = "import eudr_check; print(eudr_check.__file__)"
    found = Path(ran(program.with_name("python"), "-c", where, cwd=tmp_path, environment=environment).strip())
    plots, out = tiny.config.with_name("norte.geojson"), tmp_path / "run"
    screen = ("screen", plots, "--catalogue", tiny.catalogue, "--country", "PE", "--out", out, "--offline", "--json")
    told = subprocess.run(
        [str(word) for word in (program, *screen)], cwd=tmp_path, env=environment, capture_output=True, text=True
    )

    assert program.parent.parent in found.parents
    assert __version__ in ran(program, "version", cwd=tmp_path, environment=environment)
    assert "screen" in ran(program, "--help", cwd=tmp_path, environment=environment)
    assert "parcela" in ran(program, "screen", "--help", "--language", "es", cwd=tmp_path, environment=environment)
    assert told.returncode in (0, 3, 4), told.stderr
    assert json.loads(told.stdout)
    assert (program.parent.parent / "share" / "man" / "man1" / "eudr-check.1").is_file()
