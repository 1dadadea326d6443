"""Under what a benchmark was run: commit, load, day and machine, printed with its figures."""

import datetime as dt
import os
import platform
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path


def conditions() -> dict[str, str]:
    """Asked before anything is measured: the load is that of others."""
    commit = subprocess.run(
        ["git", "describe", "--always", "--dirty"], capture_output=True, text=True, check=False
    ).stdout.strip()
    return {
        "day": dt.date.today().isoformat(),
        "commit": commit,
        "load_before": f"{os.getloadavg()[0]:.1f}",
        "processor": _processor(),
        "cores": str(os.cpu_count()),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
    }


def sentence(of: dict[str, str], *packages: str) -> str:
    """The same for docs, with the versions of some packages."""
    versions = "".join(f", {name} {version(name)}" for name in packages)
    return (
        f"*One run on {of['day']}, commit {of['commit']}, load {of['load_before']} before: {of['processor']} "
        f"({of['cores']} virtual cores), {of['system']}, Python {of['python']}{versions}.*"
    )


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines() if sys.platform == "linux" else []
    models = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.processor()
