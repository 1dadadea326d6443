"""No document, register or policy makes the plot that is high look better, nor lets its coffee into an accepted lot."""

import sqlite3
import unicodedata
from collections.abc import Callable
from contextlib import closing
from importlib.resources import files
from pathlib import Path

import pytest
import yaml

from eudr_check import config, register
from eudr_check.documents.review import COLUMNS
from eudr_check.errors import EudrCheckError
from eudr_check.evidence_digest import evidence_digest
from eudr_check.run.harvest import Finished, run
from tests.helpers import tiny_harvest
from tests.helpers.finished_tiny import begun_tiny, finished_tiny
from tests.helpers.register_tables import plots_of

HIGH = "norte/high-one"
HEADER = "date,cooperative,plot_id,kg,form,lot\n"
SAFE = "2026-08-01,norte,low-clear,100,green,L1\n"
BAD = "2026-08-02,norte,high-one,100,green,L1\n"
REASONS, DIGEST = "(reasons of the plot)", "(digest of its evidence)"
Fault = Callable[[Path], dict[str, str]]


def deliveries(text: str) -> Fault:
    def write(folder: Path) -> dict[str, str]:
        (folder / "deliveries.csv").write_text(HEADER + text, encoding="utf-8")
        return {"deliveries": "deliveries.csv"}

    return write


def review(**fields: str) -> Fault:
    def write(folder: Path) -> dict[str, str]:
        row = dict.fromkeys(COLUMNS, "") | {
            "review": "R-1", "plots": HIGH, "decision": "clear", "grounds": "imagery", "reviewer": "Ana Pérez",
            "reason": REASONS, "imagery": "S2B=2026-07-19", "date": "2026-10-01", "evidence_digest": DIGEST,
        } | fields  # fmt: skip
        lines = [",".join(COLUMNS), ",".join(row[name] for name in COLUMNS)]
        (folder / "reviews.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        return {"reviews": "reviews.csv"} | deliveries(SAFE + BAD)(folder)

    return write


def policy(folder: Path) -> dict[str, str]:
    """A policy that hears no two methods agree, under the name of the shipped one."""
    content = yaml.safe_load(files("eudr_check.risk").joinpath("policies/convergence@1.yaml").read_text("utf-8"))
    content["agreeing_methods"] = 99
    (folder / "convergence@1.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    return {"policy": "./convergence@1.yaml"} | deliveries(SAFE + BAD)(folder)


def acting_register(folder: Path) -> dict[str, str]:
    """A register that wipes what is written into it."""
    path = folder / "register.gpkg"
    register.record_land(path, "2025", plots_of(["A"]))
    with closing(sqlite3.connect(path)) as file, file:
        file.execute("CREATE TRIGGER t AFTER INSERT ON plots BEGIN DELETE FROM plots; END")
    return {"register": "register.gpkg"} | deliveries(SAFE + BAD)(folder)


FAULTS: dict[str, Fault] = {
    "plain": deliveries(SAFE + BAD),
    "open quote": deliveries('2026-08-01,norte,low-clear,100,green,"L1\n' + BAD),
    "other case": deliveries(SAFE + BAD.replace("high-one", "HIGH-ONE")),
    "to come": deliveries(SAFE + BAD.replace("2026-08-02", "2036-08-02")),
    "one person twice": review(second_reviewer="Ana  Pérez"),
    "one person in parts of letters": review(second_reviewer=unicodedata.normalize("NFD", "Ana Pérez")),
    "one person in Cyrillic": review(second_reviewer="\u0410na P\u0435rez"),
    "one person with a blank that joins": review(second_reviewer="Ana\u00a0P\u00e9rez\u200b"),
    "one person with a digit": review(second_reviewer="Ana P3rez"),
    "confirmed under a misspelt cooperative": review(decision="confirm", plots="nrote/high-one"),
    "evidence outside the folder": review(second_reviewer="Luis Rojas", evidence="../secret.txt=" + "0" * 64),
    "edited policy of a shipped name": policy,
    "register that acts": acting_register,
    "image of 1900": review(second_reviewer="Luis Rojas", imagery="S2B=1900-07-19"),
    "confirmed, photo gone": review(decision="confirm", evidence="gone.jpg=" + "0" * 64),
    "confirmed in other letters": review(decision="confirm", plots=HIGH.upper()),
}


REFUSED = {
    "open quote",
    "to come",
    "confirmed under a misspelt cooperative",
    "evidence outside the folder",
    "edited policy of a shipped name",
    "register that acts",
}
"""Faults that no run begins with."""


@pytest.fixture(scope="module")
def words(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What a review of the plot has to name: its reasons, and the digest of its evidence."""
    finished = finished_tiny(tmp_path_factory)
    digest = evidence_digest(finished.made["overlay"].table("EVIDENCE"), finished.plots.geometry, [HIGH])[HIGH]
    return {REASONS: str(finished.assessments.loc[HIGH, "reasons"]), DIGEST: digest}


@pytest.fixture
def tiny(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> tiny_harvest.Tiny:
    """A harvest that was run before its papers came."""
    return begun_tiny(tmp_path_factory, tmp_path / "tiny")


def tried(tiny: tiny_harvest.Tiny, fault: Fault, words: dict[str, str]) -> Finished:
    """The harvest run with a fault; its reviews are made on the true evidence."""
    named = fault(tiny.config.parent)
    for made in tiny.config.parent.glob("reviews.csv"):
        text = made.read_text(encoding="utf-8")
        for name, word in words.items():
            text = text.replace(name, word)
        made.write_text(text, encoding="utf-8")
    content = yaml.safe_load(tiny.config.read_text(encoding="utf-8"))
    tiny.config.write_text(yaml.safe_dump({**content, **named}), encoding="utf-8")
    return run(config.load(tiny.config), offline=True, until="assess")


def test_two_people_with_images_do_clear_it(tiny: tiny_harvest.Tiny, words: dict[str, str]):
    """What the faults below lack is all they lack: whole papers clear the plot, and never to low."""
    finished = tried(tiny, review(second_reviewer="Luis Rojas"), words)

    assert finished.assessments.loc[HIGH, "final_outcome"] == "cleared_by_review"
    assert finished.made["assess"].table("LOTS").set_index("lot").loc["L1", "status"] == "accepted"


@pytest.mark.parametrize("how", FAULTS)
def test_high_stays_out(tiny: tiny_harvest.Tiny, words: dict[str, str], how: str):
    """The run refuses the file by name, or the plot is still high and the lot it was delivered into is refused."""
    try:
        finished = tried(tiny, FAULTS[how], words)
    except EudrCheckError as error:
        assert how in REFUSED
        assert any(ending in str(error) for ending in (".csv", ".yaml", ".gpkg", "reviews: "))
        return
    lots = finished.made["assess"].table("LOTS")

    assert how not in REFUSED
    assert finished.assessments.loc[HIGH, "final_outcome"] == "high"
    assert lots.set_index("lot").loc["L1", "status"] == "refused"
