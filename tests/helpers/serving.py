"""A real `eudr-check serve` on loopback, and a client as anybody writes one from Whisp's description of its API."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

ROSA, INES, OTHER = (f"{name}-0123456789abcdef" for name in ("rosa", "ines", "other"))
"""Tokens of three callers."""


@dataclass
class Serving:
    """A server, and who asks it."""

    address: str
    process: "subprocess.Popen[str]"
    key: str = ROSA

    def submit(self, content: Any, key: str | None = None, path: str = "geojson") -> requests.Response:
        """`POST /api/submit/...`."""
        return requests.post(
            f"{self.address}/api/submit/{path}", json=content, headers={"x-api-key": key or self.key}, timeout=120
        )

    def get(self, path: str, key: str | None = None, **headers: str) -> requests.Response:
        """`GET`."""
        return requests.get(self.address + path, headers={"x-api-key": key or self.key, **headers}, timeout=60)

    def queued(self, content: Mapping[str, Any], key: str | None = None) -> str:
        """The token of a job that nobody waits for."""
        more = {"analysisOptions": {**content.get("analysisOptions", {}), "async": True}}
        answer = self.submit({**content, **more}, key)
        assert answer.status_code == 202, answer.text
        return str(answer.json()["data"]["token"])

    def result(self, token: str, key: str | None = None) -> dict[str, Any]:
        """The data of a job, asked for until it is done."""
        until = time.monotonic() + 300
        while time.monotonic() < until:
            answer = self.get(f"/api/status/{token}", key)
            if answer.status_code != 202:
                assert answer.status_code == 200, answer.text
                data: dict[str, Any] = answer.json()["data"]
                return data
            time.sleep(0.2)
        raise AssertionError(f"{token} is never done")

    def kill(self) -> None:
        """End it as a power cut does."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


@contextmanager
def serving(folder: Path, catalogue: Path, *options: str) -> Iterator[Serving]:
    """A server whose jobs lie in a folder, for `ROSA`, `INES` and `OTHER`."""
    tokens = folder / "tokens.txt"
    folder.mkdir(parents=True, exist_ok=True)
    tokens.write_text(f"rosa {ROSA}\nines {INES}  # buys\n\nother {OTHER}\n", encoding="utf-8")
    command: Sequence[str] = (
        sys.executable, "-m", "eudr_check.cli", "serve", "--jobs", str(folder / "jobs"), "--tokens", str(tokens),
        "--catalogue", str(catalogue), "--port", "0", "--country", "PE", "--offline", "--language", "en", *options,
    )  # fmt: skip
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"})
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        address = line.split("/ ")[0]
        yield Serving(address, process)
    finally:
        process.terminate()
        process.wait(20)
        assert process.stdout is not None
        process.stdout.close()


def collection(shapes: Sequence[Mapping[str, Any]], **options: Any) -> dict[str, Any]:
    """A FeatureCollection of GeoJSON geometries with an id of the caller's own each."""
    features = [
        {"type": "Feature", "geometry": shape, "properties": {"farm": f"F-{number}"}}
        for number, shape in enumerate(shapes, start=1)
    ]
    return {"type": "FeatureCollection", "features": features, "analysisOptions": options}
