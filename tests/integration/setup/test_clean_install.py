"""The wheel alone, in an environment of its own and without any server: `doctor` is right, and a file is checked."""

import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[3]
NOWHERE = "http://127.0.0.1:9"
"""A proxy that is not there: no request leaves the machine."""


def said(*command: str | Path, **more: str) -> str:
    """What a program prints; it must end well."""
    ended = subprocess.run(
        [*map(str, command)], capture_output=True, text=True, env={**os.environ, **more}, check=False
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout.strip()


@pytest.mark.faults
def test_every_line_of_doctor_is_true_in_a_clean_environment(tmp_path: Path) -> None:
    """What it calls installed is there in the version it names, what it calls missing is not, and no server answers."""
    source = tmp_path / "source"
    kept = shutil.ignore_patterns(".git", ".venv", "runs", "build", "*.egg-info", ".mypy_cache", ".ruff_cache")
    shutil.copytree(REPOSITORY, source, ignore=kept)
    said(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", tmp_path, source)
    venv.create(tmp_path / "clean", with_pip=True)
    python = tmp_path / "clean" / "bin" / "python"
    said(python, "-m", "pip", "install", "--quiet", next(tmp_path.glob("*.whl")), PYTHONPATH="")
    proxies = {"HTTPS_PROXY": NOWHERE, "HTTP_PROXY": NOWHERE, "https_proxy": NOWHERE, "http_proxy": NOWHERE}
    lines = said(python.with_name("eudr-check"), "doctor", "--language", "en", PYTHONPATH="", **proxies).splitlines()

    def there(name: str) -> str:
        code = f"from importlib import metadata as m; print(*(d.version for d in m.distributions(name='{name}')))"
        return said(python, "-c", code, PYTHONPATH="")

    installed = [line.split() for line in lines if line.endswith(" is installed")]
    missing = [line.split()[1] for line in lines if " is not installed" in line]
    assert lines[0].split()[2] == f"{sys.version_info.major}.{sys.version_info.minor}"
    assert len(installed) > 5
    assert all(there(name) == version for _, name, version, *_ in installed)
    assert missing
    assert not any(map(there, missing))
    assert any("does not answer" in line for line in lines)
    assert not any(" answers (" in line for line in lines)
    assert not any(line.startswith("WRONG") for line in lines)

    plots = tmp_path / "plots.csv"
    plots.write_text("plot_id,latitude,longitude\nA,-5.815538,-77.985722\n", encoding="utf-8")
    run = [python.with_name("eudr-check"), "screen", plots, "--country", "PE", "--offline", "--language", "en"]
    ended = subprocess.run(run, cwd=tmp_path, capture_output=True, text=True, env=os.environ | {"PYTHONPATH": ""})
    assert ended.returncode == 4, ended.stdout + ended.stderr
    assert "Traceback" not in ended.stderr
