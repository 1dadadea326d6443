"""Answers and roles are looked at before anything is read that takes long."""

import json
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from eudr_check import config
from eudr_check.cli.commands import app
from eudr_check.errors import ConfigError, PackageError
from eudr_check.run import readiness
from eudr_check.run.harvest import run
from tests.helpers import package_tables as six


def harvest(folder: Path, **changes: object) -> Path:
    """The YAML of a harvest whose plot files are not even there."""
    content = six.harvest().model_dump(mode="json", by_alias=True, exclude_none=True, exclude={"run"})
    path = folder / "harvest.yaml"
    path.write_text(yaml.safe_dump(content | {"run": {"folder": "run"}} | changes), encoding="utf-8")
    return path


def letters(path: Path) -> list[str]:
    """Letters of an answers file."""
    return [line.split(",")[0] for line in path.read_text(encoding="utf-8").splitlines()[1:]]


def test_questions_are_written_before_the_first_run(tmp_path: Path) -> None:
    """Without outcomes the file asks what no data can answer; deliveries answer for mixing."""
    path = harvest(tmp_path, answers="answers.csv")
    result = CliRunner().invoke(app, ["answers", str(path)])

    assert result.exit_code == 0, result.output
    assert letters(tmp_path / "answers.csv") == list("cdehjklmn")
    assert "¿" in (tmp_path / "answers.csv").read_text(encoding="utf-8")


def test_after_a_run_only_what_is_open_is_asked(tmp_path: Path) -> None:
    """The record of the last run says what is open, and a second call adds nothing."""
    path = harvest(tmp_path, answers="answers.csv")
    (tmp_path / "run/tables").mkdir(parents=True)
    items = [{"letter": "d", "state": "question", "facts": {}}, {"letter": "e", "state": "operator", "facts": {}}]
    record = {"criteria": [item | {"answers": [], "sources": []} for item in items]}
    (tmp_path / "run/tables/article10.json").write_text(json.dumps(record), encoding="utf-8")
    for _ in range(2):
        assert CliRunner().invoke(app, ["answers", str(path)]).exit_code == 0

    assert letters(tmp_path / "answers.csv") == ["d"]


def test_without_the_key_the_command_says_what_to_add(tmp_path: Path) -> None:
    """One line names the key."""
    result = CliRunner().invoke(app, ["answers", str(harvest(tmp_path))])

    assert isinstance(result.exception, ConfigError)
    assert "add the line `answers: answers.csv`" in str(result.exception)


@pytest.mark.parametrize(("command", "key"), [(["answers"], "answers"), (["review", "add"], "reviews")])
def test_a_line_that_is_a_comment_is_named_as_it_stands(tmp_path: Path, command: list[str], key: str) -> None:
    """`init` writes the line with # before it: another one would not be the file that lies there."""
    path = harvest(tmp_path)
    with path.open("a", encoding="utf-8") as stream:
        stream.write(f"# {key}: templates/{key}.csv\n")
    decided = [str(tmp_path / "none.json")] if key == "reviews" else []
    result = CliRunner().invoke(app, [*command, str(path), *decided])

    assert isinstance(result.exception, ConfigError)
    assert f"take the # away before `# {key}: templates/{key}.csv`" in str(result.exception)


@pytest.mark.parametrize("draft", [False, True])
def test_a_wrong_answer_stops_the_run_before_anything_is_read(tmp_path: Path, draft: bool) -> None:
    """The plot files do not exist, and still the answer is what is refused, drafts included."""
    path = harvest(tmp_path, answers="answers.csv")
    (tmp_path / "answers.csv").write_text(
        "letter,answer,evidence,sha256,date,person\nq,Sí.,,,2026-05-14,Ana Ejemplo\n", encoding="utf-8"
    )
    with pytest.raises(ConfigError, match=r"answers\.csv, line 2: letter 'q' is unknown"):
        run(config.load(path), offline=True, draft=draft)

    assert not (tmp_path / "run/tables").exists()


@pytest.mark.parametrize("role", ["trader", "downstream_operator"])
def test_those_downstream_are_told_that_they_file_nothing(role: str) -> None:
    """A statement of somebody who files none is refused by key, value and remedy."""
    operator = {"name": "Ejemplo BV", "country": "NL", "address": "Kade 1", "eori": "NL000000000", "role": role}
    with pytest.raises(PackageError, match=rf"operator\.role {role} files no statement \(Art\. 5\); take 'statement'"):
        readiness.check(six.harvest(operator=operator), None)
