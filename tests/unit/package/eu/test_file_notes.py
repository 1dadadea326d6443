"""What the EU system takes without a word is told, and is no reason to refuse a file."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from eudr_check.cli.commands import app
from eudr_check.package.eu.file_notes import notes_of

RING = "[[[-76.1012{0}, -6.1012{0}], [-76.1001{0}, -6.1012{0}], [-76.1001{0}, -6.1001{0}], [-76.1012{0}, -6.1012{0}]]]"


def written(folder: Path, kind: str, coordinates: str, **properties: Any) -> Path:
    feature = f'{{"type": "{kind}", "coordinates": {coordinates}}}'
    path = folder / "plots.geojson"
    path.write_text(
        f'{{"type": "FeatureCollection", "features": [{{"type": "Feature", "geometry": {feature}, '
        f'"properties": {json.dumps(properties)}}}]}}'
    )
    return path


@pytest.mark.parametrize(
    ("kind", "coordinates", "codes"),
    [
        ("Polygon", RING.format("34"), []),
        ("Polygon", RING.format(""), ["decimals-few"]),
        ("Polygon", RING.format("").replace("-76.1001", "-76.100134"), []),
        ("Point", "[-76.101234, -6.1]", ["point-without-area"]),
        ("Point", "[-76.1012, -6.1012]", ["decimals-few", "point-without-area"]),
        ("Point", "[-76, -6, 312.123456]", ["decimals-few", "point-without-area"]),
        ("MultiPoint", "[[-76.101234, -6.101234]]", ["point-without-area"]),
        ("Point", "[1e-7, -6.1]", ["point-without-area"]),
        ("Point", '{"x": 1}', ["point-without-area"]),
    ],
)
def test_what_the_system_fills_in_is_told(tmp_path: Path, kind: str, coordinates: str, codes: list[str]) -> None:
    """A feature is judged by its best coordinate: JSON writers drop zeros at the end."""
    assert [note.code for note in notes_of(written(tmp_path, kind, coordinates))] == codes


@pytest.mark.parametrize(("properties", "cattle"), [({"Area": 2.5}, False), ({}, True)])
def test_a_point_with_its_area_or_of_cattle_is_no_note(tmp_path: Path, properties: Any, cattle: bool) -> None:
    """Nothing is left to the system, or the area decides nothing."""
    assert notes_of(written(tmp_path, "Point", "[-76.101234, -6.101234]", **properties), cattle=cattle) == []


@pytest.mark.parametrize(
    "content", [b"", b"[1]", b'{"features": {}}', b"\xff\xfe\x00", b"[" * 5000, b'{"features": [3]}']
)
def test_what_is_no_geojson_has_no_notes(tmp_path: Path, content: bytes) -> None:
    """The faults say what is wrong with it."""
    (tmp_path / "a.geojson").write_bytes(content)

    assert notes_of(tmp_path / "a.geojson") == []


def test_a_file_with_notes_alone_passes(tmp_path: Path) -> None:
    """Exit code 0, and the notes stand in both kinds of output."""
    path = written(tmp_path, "Polygon", RING.format(""))
    plain, as_json = (CliRunner().invoke(app, ["eu-check", str(path), *more]) for more in ([], ["--json"]))

    assert plain.exit_code == as_json.exit_code == 0
    assert "decimals-few" in plain.output
    assert [(one["kind"], one["code"]) for one in json.loads(as_json.output)] == [("note", "decimals-few")]
