"""One process at a time works in a run folder, and what people open is whole or not there."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from subprocess import PIPE

import pytest

from eudr_check.errors import RunError
from eudr_check.run.artifacts import Artifact
from eudr_check.run.folder import RunFolder

HOLD = """
import sys, pathlib
from eudr_check.run.folder import RunFolder
with RunFolder(pathlib.Path(sys.argv[1])).locked():
    print("ready", flush=True)
    sys.stdin.read()
"""


def test_the_second_run_on_a_folder_is_refused_by_name(tmp_path: Path):
    """The message names the folder and the process that holds it."""
    with subprocess.Popen([sys.executable, "-c", HOLD, tmp_path], stdin=PIPE, stdout=PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "ready\n"
        assert RunFolder(tmp_path).busy()

        with pytest.raises(RunError, match=f"process {other.pid} is working"), RunFolder(tmp_path).locked():
            pass

        other.communicate("")
    assert not RunFolder(tmp_path).busy()
    with RunFolder(tmp_path).locked():
        pass


def test_results_are_replaced_whole(tmp_path: Path):
    """Nothing of an earlier package stays in a later one, and the finished artifact is a copy people may edit."""
    folder = RunFolder(tmp_path)
    (tmp_path / "artifacts").mkdir()
    first = folder.artifacts.obtain("package", "1" * 64, lambda place: (place / "old.txt").write_text("old") and None)
    second = folder.artifacts.obtain("package", "2" * 64, lambda place: (place / "new.txt").write_text("new") and None)

    folder.publish("package", [first])
    final = folder.publish("package", [second])
    (final / "new.txt").write_text("edited")

    assert [path.name for path in final.iterdir()] == ["new.txt"]
    assert folder.artifacts.find("package", "2" * 64) is not None


@pytest.fixture
def published(tmp_path: Path) -> tuple[RunFolder, list[Artifact]]:
    """A package of one file, published, and its artifact."""
    folder = RunFolder(tmp_path)
    artifact = folder.artifacts.obtain(
        "package", "1" * 64, lambda place: (place / "a.txt").write_text("whole") and None
    )
    folder.publish("package", [artifact])
    return folder, [artifact]


def test_untouched_results_are_left_alone(published: tuple[RunFolder, list[Artifact]]):
    """What is published already is not copied again: a nation's package has 1.8 GB."""
    folder, artifacts = published
    before = (folder.package / "a.txt").stat()

    folder.publish("package", artifacts)

    assert (folder.package / "a.txt").stat() == before


@pytest.mark.parametrize("edit", ["changed", "added", "deleted", "all gone"])
def test_edited_results_are_put_right(published: tuple[RunFolder, list[Artifact]], edit: str):
    """The next run restores what people edited, even where size and date hide it."""
    folder, artifacts = published
    file = folder.package / "a.txt"
    match edit:
        case "changed":
            dates = file.stat()
            file.write_text("WHOLE")
            os.utime(file, ns=(dates.st_atime_ns, dates.st_mtime_ns))
        case "added":
            (folder.package / "b.txt").touch()
        case "deleted":
            file.unlink()
        case "all gone":
            shutil.rmtree(folder.package)

    folder.publish("package", artifacts)

    assert {path.name: path.read_text() for path in folder.package.iterdir()} == {"a.txt": "whole"}


def test_a_torn_log_line_does_no_harm(tmp_path: Path):
    """A run killed while it wrote its log can still be asked what it did."""
    folder = RunFolder(tmp_path)
    folder.log("start", harvest="x")
    with (tmp_path / "log.jsonl").open("a") as stream:
        stream.write('{"time": 1, "ev')

    assert [entry["event"] for entry in folder.history()] == ["start"]


def test_a_torn_log_line_takes_no_other_with_it(tmp_path: Path):
    """The run after a killed one begins on a line of its own, or it would count as part of an earlier run."""
    folder = RunFolder(tmp_path)
    folder.log("end")
    with (tmp_path / "log.jsonl").open("ab") as stream:
        stream.write('{"time": 1, "failed": "ñ'.encode()[:-1])

    with folder.locked():
        folder.log("start", harvest="x")

    assert [entry["event"] for entry in folder.history()] == ["end", "start"]
