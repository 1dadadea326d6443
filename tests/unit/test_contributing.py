"""The pages for people who come later: every link leads somewhere, every command exists."""

import re

import pytest
import typer.main

from tests.conftest import REPOSITORY

PAGES = ("CONTRIBUTING.md", "README.md", "RELEASING.md", "SECURITY.md")
QUESTIONS = {
    "the rule that makes a plot `high`": "def ",
    "the search in a STAC catalogue": "pystac_client",
    "the EU system's own file rules": "EU_CODES",
    "a layer": "",
    "a check of plots": "",
    "a language": "Language",
    "an output of the package": "",
}
"""What a newcomer asks, as the page words it, and what the first file of the answer holds."""


def text_of(page: str) -> str:
    """A page of the repository's root."""
    return (REPOSITORY / page).read_text(encoding="utf-8")


def links(text: str) -> list[str]:
    """Targets of Markdown links inside the repository."""
    return re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", text)


def answers() -> dict[str, str]:
    """Rows of the tables "I look for" and "I want to add"."""
    rows = re.findall(r"^\| (.+?) \| (.+) \|$", text_of("CONTRIBUTING.md"), flags=re.MULTILINE)
    return {question: answer for question, answer in rows if links(answer)}


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page: str) -> None:
    """A file that was moved takes its links along."""
    assert [target for target in links(text_of(page)) if not (REPOSITORY / target).exists()] == []


def test_every_answer_names_a_file() -> None:
    """The page is a table of files; it answers more than the seven questions."""
    assert len(answers()) > len(QUESTIONS)


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_newcomers_question_ends_in_a_file_or_two(question: str) -> None:
    """Each of the seven questions is answered by what the named file really holds."""
    targets = [REPOSITORY / target for target in links(answers()[question])]

    assert 1 <= len(targets) <= 3
    assert targets[0].is_dir() or QUESTIONS[question] in targets[0].read_text(encoding="utf-8")
    assert all(any(target.iterdir()) for target in targets if target.is_dir())


def test_the_readme_is_short() -> None:
    """Who comes by reads one screen or two; tables have pages of their own."""
    assert len(text_of("README.md").splitlines()) < 150


@pytest.mark.parametrize("page", PAGES)
def test_commands_of_the_page_exist(page: str) -> None:
    """No page names a command or make target that is not there."""
    from eudr_check.cli.commands import app  # late: typer is only needed here

    known = set(typer.main.get_command(app).commands)  # type: ignore[attr-defined]
    targets = set(re.findall(r"^([a-z]+):", text_of("Makefile"), flags=re.MULTILINE)) | {"NAME"}
    named = set(re.findall(r"`?eudr-check ([a-z][a-z-]*)", "\n".join(code(text_of(page)))))
    made = set(re.findall(r"\bmake ([A-Za-z]+)", "\n".join(code(text_of(page)))))

    assert named <= known
    assert made <= targets


def code(text: str) -> list[str]:
    """Code of a page: fenced blocks and spans."""
    blocks = re.findall(r"^```.*?^```", text, flags=re.MULTILINE | re.DOTALL)
    return [*blocks, *re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL))]


def test_the_version_is_said_once_and_the_same() -> None:
    """CITATION.cff, pyproject.toml and the package agree, as RELEASING asks."""
    from eudr_check import __version__

    assert f'version = "{__version__}"' in text_of("pyproject.toml")
    assert f"\nversion: {__version__}\n" in text_of("CITATION.cff")


def test_figures_of_the_sample_season_agree() -> None:
    """The README, its table and the page of the season tell of the same plots, outcomes and lots."""
    readme, page = text_of("README.md"), text_of("docs/sample-season.md")
    row = next(line for line in readme.splitlines() if line.split()[:1] == ["all"])
    plots, low, info, high, undetermined, cleared, _ = map(int, row.split()[1:])
    said = re.search(
        r"before reviews: (\d+) plots low \(\d+ %\), (\d+) more_info_needed \(\d+ %\), (\d+) high, (\d+) undet", page
    )
    lots = re.search(r"(\d+) of (\d+) lots accepted", readme)

    assert said and lots
    assert low + info + high + undetermined + cleared == plots == sum(map(int, said.groups()))
    assert (low, high) == (int(said[1]), int(said[3]))
    assert info + undetermined + cleared == int(said[2]) + int(said[4])
    assert f"{plots} plots" in page
    assert f"{lots[1]} lots with" in page
