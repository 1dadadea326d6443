"""What lies of a run in an object store: damaged, half written, or read by others."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from eudr_check import object_store as mirror
from eudr_check.run.folder import RunFolder
from eudr_check.run.harvest import Finished, run
from tests.helpers.bucket import BUCKET, Bucket, another_machine, harvest_at, stored, tables
from tests.helpers.same_bytes import contents


@pytest.mark.faults
def test_damaged_artifacts_in_the_store_are_made_anew(
    tmp_path: Path, bucket: Bucket, on_disk: Finished, monkeypatch: pytest.MonkeyPatch
):
    """One flipped byte in every table: from an empty machine the result is what it was."""
    address = stored(tmp_path, bucket, "damaged")
    run(harvest_at(tmp_path, address))
    for name in bucket.objects(f"{address}/runs/tiny/artifacts"):
        if name.endswith(".parquet"):
            bucket.flip(name)

    another_machine(tmp_path, monkeypatch, "second")
    again = run(harvest_at(tmp_path, address))

    assert tables(again.folder.tables) == tables(on_disk.folder.tables)
    assert contents(again.folder.package) == contents(on_disk.folder.package)


def test_a_artifact_without_its_mark_is_no_artifact(tmp_path: Path, bucket: Bucket):
    """What a run killed while sending has left is not taken for finished work."""
    folder = RunFolder(mirror.mirrored(f"s3://{BUCKET}/marks/run"))
    made = folder.artifacts.obtain("plots", "d" * 64, lambda place: (place / "a.txt").write_text("42") and None)
    bucket.store.rm_file(f"{BUCKET}/marks/run/artifacts/{made.folder.name}/artifact.json")
    shutil.rmtree(made.folder)

    assert folder.artifacts.find("plots", "d" * 64) is None


def test_a_artifact_that_others_read_is_left_alone(tmp_path: Path, bucket: Bucket, monkeypatch: pytest.MonkeyPatch):
    """Workers of one machine may bring one artifact at once: the second takes no file away from the first."""
    folder = RunFolder(mirror.mirrored(f"s3://{BUCKET}/race/run"))
    made = folder.artifacts.obtain("ground", "d" * 64, lambda place: (place / "a.txt").write_text("42") and None)
    (aside := tmp_path / "aside").mkdir()
    made.folder.rename(aside / made.folder.name)
    get = mirror.get

    def meanwhile(wanted: Any) -> bool:
        if not made.folder.exists():
            (aside / made.folder.name).rename(made.folder)
        return get(wanted)

    monkeypatch.setattr(mirror, "get", meanwhile)
    before = (aside / made.folder.name / "a.txt").stat().st_ino

    assert folder.artifacts.find("ground", "d" * 64) is not None
    assert (made.folder / "a.txt").stat().st_ino == before
