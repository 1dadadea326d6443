"""Dated pictures of a harvest from STAC servers: joined, measured, read once; the same offline; no outcome moves."""

import csv
import json
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import pytest
import yaml

from eudr_check import config
from eudr_check.config import Harvest
from eudr_check.documents.review import read_reviews
from eudr_check.errors import ConfigError
from eudr_check.run.artifacts import Artifact
from eudr_check.run.exit import Exit
from eudr_check.run.harvest import run
from eudr_check.run.imagery.command import publish
from tests.helpers import overflights, tiny_harvest
from tests.helpers.command import ended
from tests.helpers.finished_tiny import begun_tiny, finished_tiny
from tests.helpers.programs import Published, rustac
from tests.helpers.servers import Fault, Server


class Place(NamedTuple):
    """The tiny harvest, and a server with scenes of it."""

    harvest: Harvest
    server: Server
    content: Published
    before: Path
    """The folder of a run of it, made when no pictures were asked for."""

    def add(self, day: str, **more: Any) -> dict[str, Any]:
        """An overflight on the server; the Item may be spoilt."""
        return overflights.add(self.content, self.server.root, self.server.url, day, **more)

    def looks(self, folder: Path, *, offline: bool = False, refresh: bool = False) -> Artifact:
        """The pictures of a run in a folder."""
        if not folder.exists():
            shutil.copytree(self.before, folder)
        there = self.harvest.model_copy(update={"run": self.harvest.run.model_copy(update={"folder": folder})})
        finished = run(there, until="assess", offline=offline)
        return publish(there, finished.made, offline=offline, refresh=refresh)


@pytest.fixture
def place(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A server without scenes as yet, and a harvest that was run without them."""
    tiny = begun_tiny(tmp_path_factory, tmp_path / "tiny")
    (tmp_path / "served").mkdir()
    with Server(tmp_path / "served") as server:
        settings = yaml.safe_load(tiny.config.read_text(encoding="utf-8"))
        settings["catalogues"]["sky"] = {"url": f"{server.url}/stac"}
        chosen = [{"from": "sky", "collection": name} for name in ("sentinel-2-c1-l2a", "sentinel-2-l2a")]
        settings["imagery"] = {"catalogues": chosen, "megabytes": 50}
        tiny.config.write_text(yaml.safe_dump(settings), encoding="utf-8")
        content = Published(collections=[{**overflights.DESCRIBED, "id": one["collection"]} for one in chosen])
        yield Place(config.load(tiny.config), server, content, finished_tiny(tmp_path_factory).folder.path)


def looks_of(made: Artifact, plot: str) -> dict[str, Any]:
    """Rows of LOOKS of one plot by look."""
    table = made.table("LOOKS").loc[[plot]]
    names = table["look"] + table["loss_year"].astype("string").fillna("")
    return {name: row for name, (_, row) in zip(names, table.iterrows(), strict=True)}


def test_a_harvest_from_a_server(place: Place, tmp_path: Path, shared_data: Path) -> None:
    """Copies are joined, every block is fetched once, offline gives the same bytes, and no outcome moves."""
    overflights.real_items(place.content, shared_data)
    place.add("2020-08-14")
    place.add("2020-08-14", collection="sentinel-2-c1-l2a", baseline="05.00")
    place.add("2020-10-02", cloud=(slice(0, 240), slice(0, 320)))
    place.add("2022-07-20", baseline="04.00")
    place.add("2024-08-20", baseline="05.11")
    no_scl = place.add("2026-09-20", baseline="05.12")
    no_scl["assets"].pop("scl")
    place.add("2026-08-24", baseline="05.12", corrected=True)
    plain = place.harvest.model_copy(update={"imagery": None})
    before = run(
        plain.model_copy(update={"run": plain.run.model_copy(update={"folder": tmp_path / "plain"})}), until="assess"
    )

    with rustac(tmp_path / "rustac", place.content) as place.server.upstream:
        made = place.looks(tmp_path / "a" / "run")
    hits = Counter((hit.path, hit.byte_range) for hit in place.server.cog_hits())
    again = place.looks(tmp_path / "a" / "second", offline=True)

    rows = looks_of(made, "norte/high-one")
    assert {name: row["date"] for name, row in rows.items()} == {
        "before_cutoff": "2020-08-14", "before_loss2023": "2022-07-20", "after_loss2023": "2024-08-20",
        "latest": "2026-08-24",
    }  # fmt: skip
    assert rows["before_cutoff"]["collection"] == "sentinel-2-c1-l2a"
    assert [rows[name]["offset"] for name in ("before_cutoff", "latest")] == [-0.1, 0.0]
    assert set(made.table("LOOKS")["offset_state"].dropna()) == {"confirmed"}
    assert "norte/low-clear" not in made.table("LOOKS").index
    months = made.table("VEGETATION_SERIES").loc["norte/high-one"]
    assert list(months["date"].dropna()) == ["2020-08-14", "2022-07-20", "2024-08-20", "2026-08-24"]
    # Forest of 0.35 and 0.03 with grain, the same before and after baseline 04.00; no band B12, so no NBR.
    assert months["ndvi"].dropna().round(2).tolist() == [0.82] * 4 and months["nbr"].isna().all()
    assert json.loads((made.folder / "summary.json").read_text(encoding="utf-8"))["unusable_items"] == 1
    assert max(hits.values()) == 1
    assert again.files() == made.files()
    after = (tmp_path / "a" / "run" / "tables" / "ASSESSMENTS.parquet").read_bytes()
    assert after == (before.folder.tables / "ASSESSMENTS.parquet").read_bytes()


@pytest.mark.faults
def test_the_list_is_frozen_until_it_is_refreshed(place: Place, tmp_path: Path) -> None:
    """A scene that appears later changes nothing until somebody asks the catalogues again."""
    place.add("2020-08-14")
    place.add("2026-07-30", baseline="05.12")
    folder = tmp_path / "a" / "run"
    with rustac(tmp_path / "one", place.content) as place.server.upstream:
        first = place.looks(folder)
    place.add("2026-09-03", baseline="05.12")
    with rustac(tmp_path / "two", place.content) as place.server.upstream:
        frozen = place.looks(folder)
        fresh = place.looks(folder, refresh=True)

    assert frozen.digest == first.digest
    assert looks_of(first, "norte/high-one")["latest"]["date"] == "2026-07-30"
    assert looks_of(fresh, "norte/high-one")["latest"]["date"] == "2026-09-03"


def test_faults_of_a_server_are_said(place: Place, tmp_path: Path) -> None:
    """A scene that is refused (403) and a lying offset do not stop the others: the look says what happened."""
    refused = place.add("2020-10-14")["id"]
    place.add("2020-08-14")
    lying = place.add("2026-08-24", baseline="05.12", corrected=True)
    lying["properties"]["earthsearch:boa_offset_applied"] = False
    place.server.decide = lambda hit: Fault("status", status=403) if refused in hit.path else None
    with rustac(tmp_path / "rustac", place.content) as place.server.upstream:
        made = place.looks(tmp_path / "a" / "run")

    rows = looks_of(made, "norte/high-one")
    assert (rows["before_cutoff"]["date"], "403" in rows["before_cutoff"]["reason"]) == ("2020-08-14", True)
    assert (rows["latest"]["offset"], rows["latest"]["offset_state"]) == (0.0, "contradicted")


def test_pages_that_repeat_and_files_that_are_gone(place: Place, tmp_path: Path) -> None:
    """A page of the catalogue that comes twice adds no scene; a band that is gone (404) is tried at another date."""
    place.add("2020-08-14")
    gone = place.add("2020-10-02")
    gone["assets"]["nir"]["href"] += ".gone"
    place.add("2026-08-24", baseline="05.12")
    place.server.decide = lambda hit: Fault("repeat") if hit.path.startswith("/stac/search") else None
    with rustac(tmp_path / "rustac", place.content) as place.server.upstream:
        made = place.looks(tmp_path / "a" / "run")

    row = looks_of(made, "norte/high-one")["before_cutoff"]
    assert made.json("summary")["scenes"] == 3
    assert (row["date"], row["reason"][:10], "404" in row["reason"]) == ("2020-08-14", "2020-10-02", True)


@pytest.mark.faults
def test_killed_and_begun_again(place: Place, tmp_path: Path) -> None:
    """Killed by force while bands arrive and started again, the stage gives the bytes of one that goes through."""
    for day in ("2020-08-14", "2022-07-20", "2024-08-20", "2026-08-24"):
        place.add(day)
    folder = place.harvest.run.folder
    assert folder is not None
    command = [sys.executable, "-m", "eudr_check.cli", "imagery", folder.with_name("tiny.yaml")]
    with rustac(tmp_path / "rustac", place.content) as place.server.upstream:
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            place.server.decide = lambda hit: process.kill() if len(place.server.cog_hits()) == 9 else None
        seen = len(place.server.cog_hits())
        place.server.decide = lambda hit: None
        resumed = place.looks(folder)
    finished = resumed.files()
    shutil.rmtree(resumed.folder)
    alone = place.looks(folder, offline=True)

    assert process.returncode == -signal.SIGKILL
    assert 9 <= seen < len(place.server.cog_hits())
    assert finished == alone.files()
    assert len(alone.table("LOOKS").query("status == 'clear'")) >= 8


def test_no_clear_date_at_all(place: Place, tmp_path: Path) -> None:
    """A plot under cloud at every date has no clear look and no picture."""
    for day in ("2020-08-14", "2020-11-02", "2026-08-24"):
        place.add(day, cloud=(slice(0, 240), slice(0, 320)))
    with rustac(tmp_path / "rustac", place.content) as place.server.upstream:
        made = place.looks(tmp_path / "a" / "run")

    assert set(made.table("LOOKS")["status"]) == {"no_clear_look"}
    assert not list((made.folder / "pictures").iterdir())


def test_budget_leaves_out_and_says_so(place: Place, tmp_path: Path) -> None:
    """What does not fit the byte budget is counted and named in the looks it is missing from."""
    place.add("2020-08-14")
    place.add("2026-08-24", baseline="05.12")
    small = place.harvest.imagery.model_copy(update={"megabytes": 0})  # type: ignore[union-attr]
    poor = place._replace(harvest=place.harvest.model_copy(update={"imagery": small}))
    with rustac(tmp_path / "rustac", place.content) as place.server.upstream:
        made = poor.looks(tmp_path / "a" / "run")
        before = (made.folder / "LOOKS.parquet").stat().st_mtime_ns
        again = poor.looks(tmp_path / "a" / "run")

    assert (again.folder / "LOOKS.parquet").stat().st_mtime_ns == before
    summary = json.loads((made.folder / "summary.json").read_text(encoding="utf-8"))
    assert summary["bands_left_out"] > 0 and summary["megabytes"] == 0
    months = made.table("VEGETATION_SERIES")
    assert summary["months"] == {"known": 0, "unknown": len(months), "left_out": len(months)}
    assert months["reason"].str.contains("imagery.megabytes").all()
    wanted = made.table("LOOKS").query("look in ('before_cutoff', 'latest')")
    assert set(wanted["status"]) == {"no_clear_look"}
    assert wanted["reason"].str.contains("imagery.megabytes").all()


@pytest.mark.faults
def test_a_catalogue_that_is_down(place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Searches that fail are listed, nothing is invented, and the next run looks again."""
    from eudr_check.layers.fetch import http
    from eudr_check.layers.fetch.retries import Patience

    monkeypatch.setattr(http, "PATIENCE", Patience(attempts=1, first_delay_s=0.01))
    place.add("2020-08-14")
    folder = tmp_path / "a" / "run"
    place.server.decide = lambda hit: Fault("status") if hit.path.startswith("/stac") else None
    down = place.looks(folder)
    place.server.decide = lambda hit: None
    with rustac(tmp_path / "rustac", place.content) as place.server.upstream:
        up = place.looks(folder)

    assert json.loads((down.folder / "summary.json").read_text(encoding="utf-8"))["failed_searches"]
    assert set(down.table("LOOKS")["status"]) == {"no_clear_look"}
    assert looks_of(up, "norte/high-one")["before_cutoff"]["date"] == "2020-08-14"


def test_todo_becomes_reviews(place: Place, tmp_path: Path) -> None:
    """What the reviewer adds to reviews-todo.csv makes it a reviews file that is read without complaint."""
    place.add("2020-08-14")
    place.add("2026-08-24", baseline="05.12")
    with rustac(tmp_path / "rustac", place.content) as place.server.upstream:
        made = place.looks(tmp_path / "a" / "run")
    with (made.folder / "reviews-todo.csv").open(encoding="utf-8", newline="") as todo:
        rows = list(csv.DictReader(todo))
    added = {"decision": "confirm", "grounds": "imagery", "reviewer": "Ana Ruiz", "date": "2026-10-01"}
    pd.DataFrame([row | added for row in rows]).to_csv(tmp_path / "reviews.csv", index=False)

    reviews = {review.plots[0]: review for review in read_reviews(tmp_path / "reviews.csv")}

    assert {"norte/high-one", "norte/high-seam", "norte/hole"} <= set(reviews)
    assert [str(day) for day in reviews["norte/high-one"].imagery.values()] == ["2020-08-14", "2026-08-24"]
    assert all(len(review.digests) == 1 and review.fault is None for review in reviews.values())


def test_a_run_shows_them_in_its_report(place: Place, tmp_path: Path) -> None:
    """A whole run makes pictures by itself, publishes them, and its report holds the chips and dates of every look."""
    place.add("2020-08-14")
    place.add("2026-08-24", baseline="05.12")
    with rustac(tmp_path / "rustac", place.content) as place.server.upstream:
        finished = run(place.harvest, draft=True)

    page = json.loads(
        (finished.package / "report.html").read_text(encoding="utf-8")  # type: ignore[operator]
        .partition('id="data">')[2].partition("</script>")[0]
    )  # fmt: skip
    of = page["looks"][str(page["plots"]["id"].index("high-one"))]
    assert [look.get("date") for look in of] == ["2020-08-14", None, None, "2026-08-24"]
    assert set(of[0]["said"]) == {"en", "es", "fr", "pt"} and of[0]["chips"]["nir"]
    assert (finished.folder.path / "imagery" / "looks.csv").is_file()
    assert finished.exit == Exit.OPEN_QUESTIONS


def test_brought_before_and_shown_without_network(place: Place, tmp_path: Path) -> None:
    """After `prefetch` a run offline asks nobody, and has the pictures of a run with network."""
    place.add("2020-08-14")
    place.add("2026-08-24", baseline="05.12")
    assert place.harvest.run.folder is not None
    tiny = tmp_path / "tiny" / "tiny.yaml"

    with rustac(tmp_path / "rustac", place.content) as place.server.upstream:
        brought = ended("prefetch", tiny)
        asked = len(place.server.hits)
        finished = run(place.harvest, offline=True)
        assert len(place.server.hits) == asked > 0
        online = place.looks(tmp_path / "b" / "run")

    assert brought.returncode in (Exit.DONE, Exit.OPEN_QUESTIONS), brought.stderr
    assert looks_of(online, "norte/high-one")["latest"]["date"] == "2026-08-24"
    assert finished.made["imagery"].files() == online.files()


def test_without_settings(tiny: tiny_harvest.Tiny) -> None:
    """A harvest without `imagery:` is told what to write."""
    harvest = config.load(tiny.config)

    with pytest.raises(ConfigError, match="no 'imagery:' in its YAML"):
        publish(harvest, {}, offline=True, refresh=False)
