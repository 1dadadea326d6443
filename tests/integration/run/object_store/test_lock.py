"""One run at a time on a folder in an object store."""

import json
from pathlib import Path

import pytest

from eudr_check import object_store as mirror
from eudr_check.errors import EudrCheckError, RunError
from eudr_check.run import lock
from eudr_check.run.folder import RunFolder
from eudr_check.run.harvest import run
from tests.helpers.bucket import Bucket, another_machine, harvest_at, stored


def test_the_second_run_on_a_folder_is_refused_by_name(tmp_path: Path, bucket: Bucket, monkeypatch: pytest.MonkeyPatch):
    """Host, user and process are named, and how to lift the lock; a run that ended leaves none behind."""
    address = stored(tmp_path, bucket, "locked")
    there = f"{address}/runs/tiny"
    other = lock.Holder("otherhost", "0", 4711, "rosa", "x")
    with monkeypatch.context() as first:
        first.setattr(lock.Holder, "this_process", classmethod(lambda cls: other))
        held = RunFolder(mirror.mirrored(there)).locked()
        held.__enter__()
    with monkeypatch.context() as second:
        another_machine(tmp_path, second, "second")
        words = f"{there}: process 4711 of rosa on otherhost is working.* delete {there}/.lock and run again"
        with pytest.raises(RunError, match=words):
            run(harvest_at(tmp_path, address))
        assert RunFolder(mirror.mirrored(there)).busy()
    held.__exit__(None, None, None)

    run(harvest_at(tmp_path, address), until="plots")
    assert not [name for name in bucket.objects(address) if name.endswith(".lock")]


def test_a_lock_of_a_process_that_is_gone_is_taken_over(tmp_path: Path, bucket: Bucket):
    """A run killed on this machine does not shut its owner out."""
    address = stored(tmp_path, bucket, "killed")
    here = lock.Holder.this_process()
    dead = {**here.__dict__, "process": 2**22 + 1, "token": "x"}
    bucket.store.pipe_file(f"{address}/runs/tiny/.lock", json.dumps(dead).encode())

    run(harvest_at(tmp_path, address), until="plots")

    assert not [name for name in bucket.objects(address) if name.endswith(".lock")]


def test_the_lock_is_let_go_when_the_run_fails(tmp_path: Path, bucket: Bucket):
    """An error ends the run, not the right of the next."""
    address = stored(tmp_path, bucket, "failed")
    harvest = harvest_at(tmp_path, address, policy="none@1", package={"outputs": []})

    with pytest.raises(EudrCheckError, match="none@1"):
        run(harvest)
    assert not [name for name in bucket.objects(address) if name.endswith(".lock")]
