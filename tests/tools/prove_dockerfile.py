"""The steps of `Dockerfile` where there is no Docker: `python -m tests.tools.prove_dockerfile`.

Copies what `.dockerignore` lets through, installs into a clean environment what the RUN step installs, starts what
ENTRYPOINT and CMD start, and submits a plot. What only Docker can do is said to be not proved: base image and user.
Volumes and `compose.yaml` are not looked at.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

import requests
import typer

from tests.conftest import REPOSITORY

TOKEN = "coop-0123456789abcdef"
PLOT = {"type": "Polygon", "coordinates": [[[-76.1, -6.04], [-76.1, -6.039], [-76.099, -6.039], [-76.1, -6.04]]]}


def steps(text: str) -> list[tuple[str, str]]:
    """Instructions of a Dockerfile with their words."""
    joined = re.sub(r"\\\n\s*", " ", text)
    lines = (line.strip() for line in joined.splitlines())
    return [
        (word, rest) for word, _, rest in (line.partition(" ") for line in lines if line and not line.startswith("#"))
    ]


def allowed(ignore: str) -> list[str]:
    """Paths that `.dockerignore` lets through, where its first line keeps everything out."""
    lines = ignore.split()
    assert lines[0] == "*"
    return [line[1:] for line in lines if line.startswith("!")]


def copied(made: list[tuple[str, str]], context: list[str], source: Path) -> None:
    """What the COPY steps put into the image."""
    for word, rest in made:
        if word != "COPY":
            continue
        *names, target = rest.split()
        for name in names:
            assert name in context, f"{name}: .dockerignore keeps it out"
            place = source / target / (Path(name).name if target.endswith("/") else "")
            place.parent.mkdir(parents=True, exist_ok=True)
            if (REPOSITORY / name).is_dir():
                shutil.copytree(REPOSITORY / name, place, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copyfile(REPOSITORY / name, place)


def installed(made: list[tuple[str, str]], source: Path, python: Path) -> None:
    """The `pip install` of the RUN step, in a clean environment."""
    for part in (part.strip() for word, rest in made if word == "RUN" for part in rest.split("&&")):
        if not part.startswith("pip install"):
            typer.echo(f"not proved here: {part}")
            continue
        command = [str(python), "-m", *part.replace('"', "").split()]
        typer.echo(f"$ {part}")
        subprocess.run(command, cwd=source, check=True, env={**os.environ, "PYTHONPATH": ""})


def answers(made: list[tuple[str, str]], folder: Path, python: Path) -> None:
    """What the image starts answers a submission."""
    given = {word: json.loads(rest) for word, rest in made if word in ("ENTRYPOINT", "CMD")}
    (folder / "tokens.txt").write_text(f"coop {TOKEN}\n", encoding="utf-8")
    program, *arguments = (one.replace("/data", str(folder)) for one in (*given["ENTRYPOINT"], *given["CMD"]))
    command = [str(python.with_name(program)), *arguments, "--port", "0", "--offline", "--language", "en"]
    command[command.index("0.0.0.0")] = "127.0.0.1"
    process = subprocess.Popen(
        command,
        cwd=folder,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": "", "PYTHONUNBUFFERED": "1"},
    )
    try:
        assert process.stdout is not None
        address = process.stdout.readline().split("/ ")[0]
        found = requests.post(
            f"{address}/api/submit/geojson",
            json={"type": "Feature", "geometry": PLOT, "properties": {}, "analysisOptions": {"country": "PE"}},
            headers={"x-api-key": TOKEN},
            timeout=120,
        )
        typer.echo(found.text[:200])
        assert found.json()["code"] == "analysis_completed"
    finally:
        process.terminate()
        process.wait()


def main() -> None:
    """All steps, in a folder that goes again."""
    made = steps((REPOSITORY / "Dockerfile").read_text(encoding="utf-8"))
    base = next(rest for word, rest in made if word == "FROM")
    here = f"python:{sys.version_info.major}.{sys.version_info.minor}"
    assert base.startswith(here), f"run this with the Python of {base}"
    typer.echo(f"not proved here: FROM {base}")
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        (folder / "data").mkdir()
        copied(made, allowed((REPOSITORY / ".dockerignore").read_text(encoding="utf-8")), folder / "src")
        venv.create(folder / "clean", with_pip=True)
        python = folder / "clean" / "bin" / "python"
        installed(made, folder / "src", python)
        answers(made, folder / "data", python)
    typer.echo("proved")


if __name__ == "__main__":
    main()
