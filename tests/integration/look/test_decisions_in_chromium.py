"""Decisions made in the report page, saved, added and assessed, in a real Chromium from disk with the network off."""

import datetime as dt
import hashlib
import json
import re
import sys
import time
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

sys.path.insert(0, str(Path(__file__).parent))

from browser import Browser, needed
from conftest import written

from eudr_check.text import topic
from tests.helpers import season_tables
from tests.helpers.command import ended
from tests.helpers.finished_tiny import begun_tiny

PHOTO = b"a photograph of the place"
TODAY = dt.date.today().isoformat()


def decide(browser: Browser, plot: str, **given: Any) -> str:
    """Fill in the form of a plot and keep the decision; what the form says in the end."""
    browser.run(f"open(Object.entries(D.to_review).find(([, one]) => one.plot === {json.dumps(plot)})[0] * 1)")
    form = "document.querySelector('form.decide')"
    browser.run(f"{form}.querySelector('[value={given['decision']}]').click()")
    browser.run(
        f"{form}.querySelector('select').value = {json.dumps(given['grounds'])};"
        f"{form}.querySelector('select').dispatchEvent(new Event('change')); 1"
    )
    for name, day in given.get("imagery", {}).items():
        browser.run(
            f"{{ const [text, date] = {form}.querySelectorAll('.pair input'); text.value = {json.dumps(name)};"
            f" date.value = {json.dumps(day)}; date.dispatchEvent(new Event('change')); 1 }}"
        )
    if "file" in given:
        document = browser.call("DOM.getDocument")["root"]["nodeId"]
        node = browser.call("DOM.querySelector", nodeId=document, selector="form.decide input[type=file]")["nodeId"]
        browser.call("DOM.setFileInputFiles", nodeId=node, files=[str(given["file"])])
        wait_for(browser, f"{form}.querySelectorAll('li').length === 1")
    browser.run(f"{form}.querySelector('[autocomplete=name]').focus()")
    browser.run(f"{form}.querySelector('[autocomplete=name]').value = ''")
    browser.call("Input.insertText", text=given["reviewer"])
    browser.run(f"{form}.querySelector('[type=submit]').click()")
    said: str = browser.run(f"{form}.querySelector('[role=status]').textContent")
    return said


def wait_for(browser: Browser, condition: str) -> None:
    """Until something is so on the page."""
    for _ in range(500):
        if browser.run(condition):
            return
        time.sleep(0.02)
    pytest.fail(f"never: {condition}")


def save(browser: Browser, folder: Path) -> Path:
    """Press the button that saves; the file."""
    browser.call("Page.setDownloadBehavior", behavior="allow", downloadPath=str(folder))
    browser.run("document.getElementById('save').click()")
    for _ in range(500):
        found = [path for path in folder.glob("decisions-*.json") if path.stat().st_size]
        if found:
            return found[0]
        time.sleep(0.02)
    pytest.fail("nothing was saved")


@pytest.fixture(scope="module")
def harvest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny harvest with its report; its YAML."""
    needed("chromium")
    tiny = begun_tiny(tmp_path_factory, tmp_path_factory.mktemp("page") / "tiny")
    settings = yaml.safe_load(tiny.config.read_text(encoding="utf-8"))
    settings |= {"reviews": "reviews.csv", "package": {"languages": ["en"], "outputs": ["report"], "date": TODAY}}
    tiny.config.write_text(yaml.safe_dump(settings), encoding="utf-8")
    (tiny.config.parent / "reviews.csv").write_text(
        "review,plots,decision,reason,grounds,evidence,imagery,reviewer,second_reviewer,date,evidence_digest\n",
        encoding="utf-8",
    )
    assert ended("run", tiny.config, "--offline").returncode == 3
    return tiny.config


def test_decided_in_the_page_assessed_as_decided(harvest: Path, tmp_path: Path) -> None:
    """Four plots are decided by two people, saved, added, and the next page says who, when and on which grounds."""
    run, before, after = harvest.parent / "run", {"S2A one": "2020-12-14"}, {"S2B=two": "2026-07-18"}
    files = {}
    for name in ("Ana", "Luis"):
        mail = tmp_path / name
        mail.mkdir()
        (mail / "photo.jpg").write_bytes(PHOTO)
        with Browser(tmp_path / f"profile-{name}") as browser:
            browser.open(run / "package" / "report.html")
            high = {"decision": "clear", "grounds": "imagery", "imagery": before | after, "reviewer": name}
            said = [decide(browser, "norte/high-one", **high)]
            if name == "Ana":
                visit = {"decision": "clear", "grounds": "field_visit", "file": mail / "photo.jpg", "reviewer": name}
                said.append(decide(browser, "norte/info-wood", **visit))
                said.append(
                    decide(browser, "norte/info-bite", decision="confirm", grounds="field_visit", reviewer=name)
                )
                said.append(decide(browser, "norte/hole", **{**high, "imagery": before}))
            browser.run("document.querySelector('dialog').close()")
            files[name] = save(browser, mail)
            assert not browser.complaints
            assert [
                url for url in browser.requests if not url.startswith(("file://", "data:", "about:", "blob:"))
            ] == []
            if name == "Ana":
                assert "a second person decides the same" in said[0]
                assert "This is enough" in said[1]
                assert "becomes high" in said[2]
                assert "Not enough yet: one reviewer; an image dated after 31 December 2020" in said[3]
                named = (
                    "(([i, asked]) => verdict(i * 1, {decision: 'clear', grounds: 'field_visit', reason: ['other'],"
                    " reviewer: 'Ana', evidence: {'photo.jpg': ''}, imagery: {'2021': '2021-06-01'}})[1])"
                    "(Object.entries(D.to_review).find(([, one]) => one.plot === 'norte/info-wood'))"
                )
                assert re.fullmatch(r"Not enough yet: [A-Z].{20,} \([a-z_]+\)", browser.run(named))
    saved = json.loads(files["Ana"].read_text(encoding="utf-8"))
    assert {one["plot"]: one["evidence"] for one in saved["decisions"]}["norte/info-wood"] == {
        "photo.jpg": hashlib.sha256(PHOTO).hexdigest()
    }

    done = ended("review", "add", harvest, files["Ana"], files["Luis"], "--offline", "--language", "en")
    assert done.returncode == 0, done.stderr
    assert ended("run", harvest, "--offline").returncode == 3
    outcomes = pd.read_parquet(run / "tables" / "ASSESSMENTS.parquet")["final_outcome"].to_dict()
    assert {plot.partition("/")[2]: outcomes[plot] for plot in outcomes if plot.startswith("norte/")} == {
        "low-clear": "low", "low-renew": "low", "low-edge": "low", "high-seam": "high",
        "high-one": "cleared_by_review", "info-wood": "cleared_by_review", "info-bite": "high", "hole": "undetermined",
    }  # fmt: skip
    with Browser(tmp_path / "again") as browser:
        browser.open(run / "package" / "report.html", "#norte/high-one")
        card = browser.run("document.getElementById('detail').innerText")
        browser.run("open(P.id.indexOf('info-wood'))")
        visited = browser.run("document.getElementById('detail').innerText")
        browser.run("open(P.id.indexOf('hole'))")
        hole = browser.run("document.getElementById('detail').innerText")
    assert f"Luis, Ana · {TODAY}" in card
    assert "counts: cleared" in card
    assert "S2B_two (2026-07-18)" in card
    # One field visit is not said to be more: one name, its paper, and no word of images or of a second person.
    assert f"Ana · {TODAY}" in visited and "field visit" in visited.lower() and "photo.jpg" in visited
    assert "Luis" not in visited and "two reviewers" not in visited.lower() and "imagery" not in visited.lower()
    assert "does not count: an undetermined plot asks for an image dated after" in hole


def test_pictures_of_the_page_are_filled_in_and_every_language_is_whole(tmp_path: Path) -> None:
    """The dated pictures on the card are ticked as what the reviewer looked at; no word is missing in any language."""
    season = season_tables.season(20)
    plot = str(season.assessments.index[season.assessments["final_outcome"] == "more_info_needed"][0])
    words = {code: {"name": "before", "lines": ["2020-12-14"]} for code in ("en", "es", "fr", "pt")}
    look = {
        "status": "clear", "said": words, "date": "2020-12-14", "item": "S2A_X", "width": 2, "height": 2,
        "chips": {"true": "", "nir": ""}, "rings": {"plot": [], "forest": [], "loss": []},
    }  # fmt: skip
    code = str(season.reasons.loc[[plot], "code"].iloc[0])
    asked = {"outcome": "more_info_needed", "reason": [code], "evidence_digest": "a" * 16}
    page = written(tmp_path, season, given={"looks": {plot: [look]}, "to_review": {plot: asked}})
    with Browser(tmp_path / "profile", width=390, height=844, phone=True) as browser:
        browser.open(page, f"#{plot}")
        for language in ("en", "es", "fr", "pt"):
            browser.run(f"$('language').value = '{language}'; $('language').dispatchEvent(new Event('change')); 1")
            text = browser.run("document.querySelector('form.decide').innerText")
            assert "S2A_X · 2020-12-14" in text
            assert topic("reasons")[code][language].partition("{")[0] in text and f"({code})" in text
            assert "undefined" not in text and "{" not in text
        nameless = browser.run(
            "[...document.querySelectorAll('form.decide :is(input, select, button)')].filter(node =>"
            " !(node.getAttribute('aria-label') || node.textContent.trim()"
            " || node.closest('label')?.textContent.trim())).length"
        )
        assert browser.run("document.querySelector('form.decide [name=image]').checked")
        assert nameless == 0
        assert browser.run("document.documentElement.scrollWidth") <= 390
        assert browser.run("$('detail').scrollWidth <= $('detail').clientWidth")
