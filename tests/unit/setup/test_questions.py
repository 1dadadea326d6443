"""The questions of `init`: an answer that cannot be is asked again with the reason."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from eudr_check.choices import LANGUAGES
from eudr_check.cli.commands import app
from eudr_check.config import load
from eudr_check.text import say
from tests.helpers.plot_files import geojson, point


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refused_answer_is_asked_again_with_the_reason(tmp_path: Path, language: str) -> None:
    """A day written otherwise, a last day before the first, and a country nobody knows."""
    geojson(tmp_path, point("A", area_ha=2))
    typed = ["", "Atlantis", "PE", "01/04/2026", "2026-04-01", "2026-03-31", "2026-09-30", "", "", "", ""]
    said = CliRunner().invoke(app, ["init", str(tmp_path), "--language", language], input="\n".join(typed) + "\n")
    production = load(next(tmp_path.glob("*.yaml"))).production

    assert said.exit_code == 0, said.output
    assert say("init", "again", language, value="Atlantis") in said.output
    assert say("init", "again_day", language, value="01/04/2026") in said.output
    assert say("init", "again_before", language, value="2026-03-31", first="2026-04-01") in said.output
    assert production is not None
    assert (str(production.since), str(production.until)) == ("2026-04-01", "2026-09-30")
