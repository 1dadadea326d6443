"""Parts of the server that need no server: who may ask, what is kept, how a refused body is told."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from starlette.requests import ClientDisconnect, Request
from typer.testing import CliRunner

from eudr_check.cli.commands import app
from eudr_check.errors import ConfigError
from eudr_check.risk.whisp import columns
from eudr_check.serve import Store, Tokens, asked
from eudr_check.serve.answers import STATUS, CallError
from eudr_check.serve.jobs import COMPLETED, Job
from eudr_check.serve.limits import Limits
from eudr_check.text import topic
from tests.helpers import package_tables as six

FEATURE = {"type": "Feature", "geometry": None, "properties": {}}


def test_every_code_has_its_sentence() -> None:
    """What a program reads as a code, a person reads as a sentence."""
    assert set(STATUS) <= set(topic("serve"))


@pytest.mark.parametrize(
    "text",
    ["rosa short\n", "rosa 0123456789abcdef x\n", "# nobody\n", "a 0123456789abcdef\nb 0123456789abcdef\n",
     "a 0123456789abcdef\na 0123456789abcdeg\n"],
)  # fmt: skip
def test_files_of_tokens_that_leave_a_doubt_are_refused(tmp_path: Path, text: str) -> None:
    """A token that is short, shared or none lets nobody in."""
    file = tmp_path / "tokens.txt"
    file.write_text(text, encoding="utf-8")

    with pytest.raises(ConfigError, match=r"tokens\.txt"):
        Tokens.read(file)


def test_others_than_this_machine_need_a_file_of_tokens() -> None:
    """Nothing listens to a network with a token that was only printed."""
    made = CliRunner().invoke(app, ["serve", "--host", "0.0.0.0", "--offline"])

    assert isinstance(made.exception, ConfigError)
    assert "--tokens" in str(made.exception)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("POLYGON((-76 -6,-76.001 -6,-76.001 -6.001,-76 -6))", ["Polygon"]),
        ("polygon z ((-76 -6 900, -76.001 -6 900, -76.001 -6.001 900, -76 -6 900))", ["Polygon"]),
        ("MULTIPOLYGON(((0 0,1 0,1 1,0 0)),((5 5,6 5,6 6,5 5)))", ["MultiPolygon"]),
        ("MULTIPOINT(1 2,3 4)", ["Point", "Point"]),
        ("GEOMETRYCOLLECTION(POINT(1 2),GEOMETRYCOLLECTION(POLYGON((0 0,1 0,1 1,0 0)),LINESTRING(0 0,1 1)))",
         ["Point", "Polygon", "LineString"]),
    ],
)  # fmt: skip
def test_every_part_of_a_text_is_a_plot(text: str, kinds: list[str]) -> None:
    """Points and collections are divided, parts of one plot are not; heights go, and a line stays a row."""
    found = asked.wkt({"wkt": text}, Limits())

    assert [one["geometry"]["type"] for one in found] == kinds
    assert all(len(position) == 2 for one in found for position in _positions(one["geometry"]["coordinates"]))


def _positions(found: Any) -> list[Any]:
    return [found] if isinstance(found[0], float) else [one for part in found for one in _positions(part)]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (None, "validation_invalid_wkt"),
        (["POINT(1 2)"], "validation_invalid_wkt"),
        ("", "validation_invalid_wkt"),
        ("POLYGON EMPTY", "validation_invalid_wkt"),
        ("GEOMETRYCOLLECTION(POINT EMPTY)", "validation_invalid_wkt"),
        ("POINT(nan 2)", "validation_invalid_wkt"),
        ("POINT(1 1e999)", "validation_invalid_wkt"),
        ("POLYGON((0 0,1 0,1 1))", "validation_invalid_wkt"),
        ("SRID=32718;POINT(400000 9000000)", "validation_invalid_wkt"),
        ("GEOMETRYCOLLECTION(" * 300_000 + "POINT(1 2)" + ")" * 300_000, "validation_invalid_wkt"),
        ("MULTIPOINT(" + ",".join(["1 2"] * 10_001) + ")", "validation_too_many_geometries"),
    ],
)  # fmt: skip
def test_a_text_of_no_plot_is_refused(text: object, code: str) -> None:
    """Said by code; a text of countless brackets would end the whole server."""
    with pytest.raises(CallError) as refused:
        asked.wkt({"wkt": text}, Limits())

    assert refused.value.code == code


def test_a_made_up_token_is_known_by_its_hash_only() -> None:
    """The server keeps no secret it could leak."""
    tokens, token = Tokens.made_up()

    assert tokens.owner(token) is not None
    assert tokens.owner(token[:-1]) is None
    assert token not in repr(tokens)


def test_old_finished_jobs_go_and_unfinished_stay(tmp_path: Path) -> None:
    """Kept for as many days as was said; a job that waits is never deleted, however old."""
    store = Store(tmp_path / "jobs")
    done, waiting = (store.add("rosa", [FEATURE], asked.Options()) for _ in range(2))
    done.becomes(COMPLETED)
    (tmp_path / "jobs" / ".new-half").mkdir()
    store.tidy(1)
    assert (tmp_path / "jobs" / ".new-half").is_dir(), "a job that is being written is no rubbish"
    store.sweep()
    assert not (tmp_path / "jobs" / ".new-half").exists()
    assert {job.id for job in store.all()} == {done.id, waiting.id}

    for job in (done, waiting):
        job.run.mkdir(parents=True)
        _aged(job, days=2)
    store.tidy(1)

    assert [job.id for job in store.all()] == [waiting.id]
    assert [job.run.exists() for job in (done, waiting)] == [False, True]
    assert store.unfinished("rosa") == [waiting]
    assert store.unfinished("ines") == []
    assert store.find(waiting.id, "ines") is None
    assert store.find("../" + waiting.id, "rosa") is None


def _aged(job: Job, days: int) -> None:
    state = dict(job.state)
    (job.folder / "state.json").write_text(json.dumps(state | {"at": state["at"] - days * 86_400}), encoding="utf-8")


@pytest.mark.parametrize("crs", ["EPSG:4326", "urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:EPSG::4326"])
def test_names_of_wgs84_are_taken(crs: str) -> None:
    """As files in use write it."""
    content: dict[str, Any] = {**FEATURE, "crs": {"type": "name", "properties": {"name": crs}}}

    assert len(asked.features(content, Limits())) == 1


def test_an_external_id_that_lacks_somewhere_is_refused() -> None:
    """A result would come back without the caller's id."""
    found = [{"properties": {"farm": 1}}, {"properties": {"plot": 2}}]

    with pytest.raises(CallError):
        asked.external_ids(found, "farm")


def test_columns_of_whisp_without_evidence_are_unknown() -> None:
    """A plot that was not looked at has no hectare, no yes, no no and no low."""
    frame = six.plots()
    frame["usable"] = frame.index != "norte/001"
    given = six.package(plots=frame)
    found = columns.columns(frame, given["evidence"], given["variables"])
    blind = found.loc["norte/001"]

    assert blind[list(columns.STATISTICS)].isna().all()
    assert set(blind[list(columns.INDICATORS.values())]) == {"unknown"}
    assert set(blind[list(columns.RISKS.values())]) == {"undetermined"}
    seen = found.loc["norte/003"]
    assert seen["EUFO_2020"] == 0
    assert pd.isna(seen["TMF_undist"])
    assert seen["Ind_01_treecover"] == "unknown"


def came(*messages: dict[str, Any], then: float = 0.0, limits: Limits) -> Any:
    """What `asked.body` makes of a body that comes in parts, and after them nothing for some seconds."""
    left = list(messages)

    async def receive() -> dict[str, Any]:
        if not left:
            await asyncio.sleep(then)
            return {"type": "http.disconnect"}
        return left.pop(0)

    return asyncio.run(asked.body(Request({"type": "http", "headers": []}, receive), limits))


def part(body: bytes, more: bool = True) -> dict[str, Any]:
    return {"type": "http.request", "body": body, "more_body": more}


def test_a_body_is_put_together_of_its_parts() -> None:
    """As networks deliver it."""
    assert came(part(b'{"a"'), part(b": 1}", more=False), limits=Limits()) == {"a": 1}


def test_a_body_that_drips_is_not_waited_for() -> None:
    """One caller who sends nothing more holds no place for long."""
    with pytest.raises(CallError) as error:
        came(part(b"{"), then=60, limits=Limits(body_seconds=0.05))

    assert error.value.code == "validation_request_body_too_slow"


def test_a_caller_who_goes_away_leaves_nothing() -> None:
    """Half a body is no body."""
    with pytest.raises(ClientDisconnect):
        came(part(b"{"), limits=Limits())


def test_jobs_are_for_the_server_alone(tmp_path: Path) -> None:
    """Another user of the machine reads no plots."""
    job = Store(tmp_path / "jobs").add("rosa", [FEATURE], asked.Options())

    assert job.folder.parent.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("value", [r'"\ud800"', r'{"\uDFFF": 1}', "1e999", "-1e400"])
def test_what_no_answer_could_hold_is_refused(value: str) -> None:
    """Half a surrogate pair and a number without end can be written into no JSON: the call is refused."""
    with pytest.raises(CallError, match="validation_missing_request_body"):
        asked.parsed(f'{{"type": "Feature", "geometry": null, "properties": {{"farm": {value}}}}}'.encode())
    assert asked.parsed(rb'{"name": "\ud83c\udf31", "size": 1e30}') == {"name": "\U0001f331", "size": 1e30}
