"""A package is checked with nothing but itself: every tampering has a name, and nothing escapes or explodes."""

import json
import shutil
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from eudr_check import package, parquet, tables
from eudr_check.errors import PackageError, PolicyError
from eudr_check.package.bag import unpack
from eudr_check.package.verify import Difference, Stages, verify
from tests.helpers import package_pictures
from tests.helpers import package_tables as six


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished package of the six plots."""
    made = tmp_path_factory.mktemp("package") / "p"
    made.mkdir()
    assessments = six.assessments()
    assessments.loc["sur/A 3", "review"] = "R1"
    reviews = made.with_name("reviews.csv")
    reviews.write_text("review,plots\nR1,sur/A 3\n", encoding="utf-8")
    attached = [package.Attachment("reviews/reviews.csv", reviews)]
    pictures = {"looks": package_pictures.looks(), "imagery": package_pictures.folder(made.with_name("imagery"))}
    package.write(made, package.PackageInput(**six.package(assessments=assessments, attachments=attached, **pictures)))
    return made


def stages(folder: Path, assess: Callable[..., pd.DataFrame]) -> Stages:
    """Other stages: outcomes as given, reviews as the package says, nothing shipped."""

    def review(fresh: pd.DataFrame, *_: Any) -> pd.DataFrame:
        return fresh.assign(**stored(folder)[["review", "final_outcome"]])

    reasons = tables.typed(tables.REASONS, [])
    return Stages(lambda *given: (assess(*given), reasons), review, lambda _: None, lambda _: None, lambda *_: ())


def stored(folder: Path) -> pd.DataFrame:
    return parquet.frame(folder / "tables/ASSESSMENTS.parquet")


def rezip(source: Path, target: Path, change: Callable[[str, bytes], bytes | None], **added: bytes) -> Path:
    """A copy of a ZIP with files changed (None: left out) or added."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            content = change(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
        for name, content in added.items():
            new.writestr(name, content)
    return target


def codes(found: list[Difference]) -> set[tuple[str, str]]:
    return {(difference.file, difference.code) for difference in found}


def test_untouched_package_has_no_difference(folder: Path) -> None:
    """As ZIP and as folder, with outcomes recomputed to the same."""

    def same(plots: Any, evidence: Any, variables: Any, policy: Any, production: Any) -> pd.DataFrame:
        assert list(plots.index) == list(six.PLOTS) and len(evidence) == 6
        assert tuple(variables) == six.VARIABLES
        assert policy["full_name"] == "convergence@1" and str(production.until) == "2026-09-30"
        return stored(folder)

    assert verify(folder / "prueba-2026.zip", stages=stages(folder, same)) == []
    assert verify(folder, stages=stages(folder, same)) == []


@pytest.mark.parametrize(
    "victim", [six.FOLDER + "/plots.geojson", "tables/EVIDENCE.parquet", six.FOLDER + "/statement.es.pdf"]
)
def test_one_flipped_byte_is_found(folder: Path, tmp_path: Path, victim: str) -> None:
    """Any byte of any file."""

    def flip(name: str, content: bytes) -> bytes:
        return content[:50] + bytes([content[50] ^ 1]) + content[51:] if name.endswith("data/" + victim) else content

    found = verify(rezip(folder / "prueba-2026.zip", tmp_path / "a.zip", flip))

    assert (victim, "changed") in codes(found)


def test_missing_and_added_files_are_found(folder: Path, tmp_path: Path) -> None:
    """A file less, a file more."""

    def drop(name: str, content: bytes) -> bytes | None:
        return None if name.endswith("excluded.csv") else content

    changed = rezip(folder / "prueba-2026.zip", tmp_path / "a.zip", drop, **{"prueba-2026/data/more.txt": b"x"})

    assert {("excluded.csv", "missing"), ("more.txt", "added")} <= codes(verify(changed))


def test_changed_outcome_is_found_although_every_hash_fits(folder: Path) -> None:
    """Whoever rewrites ASSESSMENTS and hashes is found by the evidence inside."""

    def high(*_: Any) -> pd.DataFrame:
        fresh = stored(folder)
        fresh.loc["norte/001", ["outcome", "deforestation_ha"]] = ["high", 0.4]
        return fresh

    found = verify(folder, stages=stages(folder, high))

    assert codes(found) == {("tables/ASSESSMENTS.parquet", "outcome"), ("tables/ASSESSMENTS.parquet", "hectares")}
    assert any("norte/001: says outcome low, the evidence inside gives high" in d.message for d in found)


def test_final_outcome_needs_a_review(tmp_path: Path) -> None:
    """A plot that became settled without any review named is reported."""
    made = tmp_path / "p"
    made.mkdir()
    package.write(made, package.PackageInput(**six.package()))

    found = verify(made, stages=stages(made, lambda *_: stored(made)))

    assert codes(found) == {("tables/ASSESSMENTS.parquet", "final_outcome")}
    assert any("without a review inside it stays more_info_needed" in difference.message for difference in found)


def test_policy_that_cannot_be_applied_is_a_difference(folder: Path) -> None:
    """Not a crash."""

    def unable(*_: Any) -> pd.DataFrame:
        raise PolicyError("policy x@9 is not known here")

    assert [d.message for d in verify(folder, stages=stages(folder, unable))] == ["policy x@9 is not known here"]


def test_geojson_that_the_eu_would_refuse_is_named(folder: Path, tmp_path: Path) -> None:
    """The EU rules are checked again, feature by feature, and index and payload no longer fit."""

    def nest(name: str, content: bytes) -> bytes:
        return content.replace(b'"Area":1.5000', b'"Area":"1.5"') if name.endswith("plots.geojson") else content

    found = codes(verify(rezip(folder / "prueba-2026.zip", tmp_path / "a.zip", nest)))

    assert (six.FOLDER + "/plots.geojson", "eu:area-not-number") in found
    assert (six.FOLDER + "/plots.geojson", "features") in found
    assert (six.FOLDER + "/dds.json", "geolocation") in found


def test_payload_of_other_ground_is_found(folder: Path, tmp_path: Path) -> None:
    """The geometry inside dds.xml must be that of the file."""

    def swap(name: str, content: bytes) -> bytes:
        return content.replace(b"<dds:country>PE", b"<dds:country>P") if name.endswith("dds.xml") else content

    def cut(name: str, content: bytes) -> bytes:
        start, end = content.find(b"<dds:producers>"), content.find(b"</dds:producers>") + len(b"</dds:producers>")
        return content[:start] + content[end:] if name.endswith("dds.xml") else content

    source = folder / "prueba-2026.zip"

    assert (six.FOLDER + "/dds.xml", "schema") in codes(verify(rezip(source, tmp_path / "a.zip", swap)))
    assert (six.FOLDER + "/dds.xml", "geolocation") in codes(verify(rezip(source, tmp_path / "b.zip", cut)))


@pytest.mark.parametrize("name", ["../evil.txt", "/etc/evil.txt", "a/../../evil.txt", "c:/evil.txt", "a\\..\\evil.txt"])
def test_path_that_leaves_the_package_is_refused(tmp_path: Path, name: str) -> None:
    """Nothing is written outside."""
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(name, "x")

    with pytest.raises(PackageError, match="leads out of the package; refused"):
        verify(tmp_path / "a.zip")
    assert list(tmp_path.iterdir()) == [tmp_path / "a.zip"]


def test_manifest_that_points_outside_is_refused(folder: Path, tmp_path: Path) -> None:
    """A manifest cannot make us read files of this machine."""

    def point(name: str, content: bytes) -> bytes:
        if not name.endswith("data/MANIFEST.json"):
            return content
        manifest = json.loads(content)
        manifest["files"]["../../../etc/hostname"] = {"bytes": 1, "sha256": "0"}
        return json.dumps(manifest).encode()

    with pytest.raises(PackageError, match="leads out of the package"):
        verify(rezip(folder / "prueba-2026.zip", tmp_path / "a.zip", point))


def test_links_are_refused(tmp_path: Path) -> None:
    """A link in a ZIP could read or write anywhere."""
    entry = zipfile.ZipInfo("p/link")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(entry, "/etc/passwd")

    with pytest.raises(PackageError, match="is a link"):
        verify(tmp_path / "a.zip")


def test_zip_bomb_is_refused_before_it_unfolds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two megabytes of zeros in a few kilobytes, with limits scaled down."""
    monkeypatch.setattr(unpack, "HARMLESS_BYTES", 1 << 20)
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("p/MANIFEST.json", b"\0" * (2 << 20))

    with pytest.raises(PackageError, match="refused as a zip bomb"):
        verify(tmp_path / "a.zip")


@pytest.mark.parametrize(
    "content", [b"[]", b"{}", b"null", b"{", b'{"files": {"a": {}}}', b'{"files": {"a": 1}}', b"\xff"]
)
def test_malformed_manifest_is_a_message(folder: Path, tmp_path: Path, content: bytes) -> None:
    """Whatever MANIFEST.json holds, it is reported, never a crash."""

    def replace(name: str, old: bytes) -> bytes:
        return content if name.endswith("data/MANIFEST.json") else old

    found = verify(rezip(folder / "prueba-2026.zip", tmp_path / "a.zip", replace))

    assert {"unreadable", "malformed"} & {difference.code for difference in found if difference.file == "MANIFEST.json"}


def test_bytes_around_the_zip_are_found(folder: Path, tmp_path: Path) -> None:
    """A program before the ZIP, bytes behind or inside it, comments: none is part of any file."""
    source = folder / "prueba-2026.zip"
    whole = source.read_bytes()
    (tmp_path / "before.zip").write_bytes(b"#!/bin/sh\n" + whole)
    (tmp_path / "after.zip").write_bytes(whole + b"more")
    shutil.copy(source, tmp_path / "comment.zip")
    with zipfile.ZipFile(tmp_path / "comment.zip", "a") as archive:
        archive.comment = b"signed by nobody"
    sum_at = whole.index(b"PK\x03\x04") + 14
    (tmp_path / "sum.zip").write_bytes(whole[:sum_at] + bytes([whole[sum_at] ^ 1]) + whole[sum_at + 1 :])

    for name, code in (
        ("before", "zip_bytes"),
        ("after", "zip_bytes"),
        ("comment", "zip_comment"),
        ("sum", "zip_bytes"),
    ):
        assert code in {difference.code for difference in verify(tmp_path / f"{name}.zip")}, name


@pytest.mark.parametrize("name", ["fetch.txt", "setup.exe", "tagmanifest-md5.txt"])
def test_files_in_the_root_of_the_bag_are_found(folder: Path, tmp_path: Path, name: str) -> None:
    """Nothing lies beside the four files of a bag and its data."""
    changed = rezip(folder / "prueba-2026.zip", tmp_path / "a.zip", lambda _, old: old, **{f"prueba-2026/{name}": b"x"})

    assert (name, "added") in codes(verify(changed))


def test_zip_beside_the_folder_is_compared_with_it(folder: Path, tmp_path: Path) -> None:
    """A ZIP that is replaced, holds other content, or should not be there."""
    shutil.copytree(folder, tmp_path / "replaced")
    (tmp_path / "replaced/prueba-2026.zip").write_bytes(b"abcd")
    shutil.copytree(folder, tmp_path / "second")
    shutil.copy(folder / "prueba-2026.zip", tmp_path / "second/other.zip")
    shutil.copytree(folder, tmp_path / "differs")
    rezip(
        folder / "prueba-2026.zip",
        tmp_path / "differs/prueba-2026.zip",
        lambda name, old: old + b" " if name.endswith("summary.json") else old,
    )

    assert ("prueba-2026.zip", "zip") in codes(verify(tmp_path / "replaced"))
    assert ("other.zip", "unknown_file") in codes(verify(tmp_path / "second"))
    assert ("prueba-2026.zip", "zip") in codes(verify(tmp_path / "differs"))


def test_what_is_no_package_is_told_so(tmp_path: Path) -> None:
    """Missing, empty, text, half a ZIP: one clear sentence each."""
    (tmp_path / "text.zip").write_text("hello")
    (tmp_path / "empty").mkdir()
    for name, told in (("no.zip", "no such file"), ("text.zip", "no ZIP file"), ("empty", "no package of eudr-check")):
        with pytest.raises(PackageError, match=told):
            verify(tmp_path / name)
