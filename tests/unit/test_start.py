"""What a start imports: seconds of every command, and again of every worker."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("module", "spared"),
    [
        ("eudr_check.cli", {"eudr_check.run", "numpy", "typer"}),
        (
            "eudr_check.cli.commands",
            {"dask", "distributed", "matplotlib", "openpyxl", "planetary_computer", "rioxarray", "timezonefinder"},
        ),
    ],
)
def test_start_leaves_out_what_few_need(module, spared):
    """Dask workers import the script that started them, and nothing of the commands; no command imports what few do."""
    listed = subprocess.run(
        [sys.executable, "-c", f"import sys, {module}; print(*sys.modules)"], capture_output=True, text=True, check=True
    )
    assert not spared & set(listed.stdout.split())
