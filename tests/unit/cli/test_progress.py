"""Every stage that a run can report has its words: the line of it ended runs with areas in a KeyError."""

import pytest

from eudr_check.cli import language
from eudr_check.cli.progress import lines
from eudr_check.run.harvest import SHOWN
from eudr_check.text import LANGUAGES


@pytest.mark.parametrize("stage", SHOWN)
@pytest.mark.parametrize("spoken", LANGUAGES)
def test_every_stage_that_a_run_reports_has_its_words(stage: str, spoken: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language, "spoken", lambda: spoken)
    written: list[str] = []
    ticks = iter(range(0, 1000, 100))
    lines(lambda: float(next(ticks)), written.append)(stage, 3, 7)
    (line,) = written
    assert line.endswith(" 3/7\n") and len(line) > len(" 3/7\n")
