"""The recipe for conda names what `pyproject.toml` names, and is one for the program that builds it."""

import tomllib

import pytest
import yaml

from tests.conftest import REPOSITORY

PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
NAMES = {"tzdata": "python-tzdata", "matplotlib": "matplotlib-base"}
"""Libraries that conda-forge calls otherwise; all others by their name in lower case."""
PATH = REPOSITORY / "recipe" / "recipe.yaml"
RECIPE = yaml.safe_load(PATH.read_text(encoding="utf-8"))


def wanted() -> list[str]:
    """Dependencies of the project as conda writes them."""
    pairs = (one.lower().partition(";")[0].split(">=") for one in PROJECT["project"]["dependencies"])
    return [f"{NAMES.get(name, name)} >={lowest}" for name, lowest in pairs]


def test_libraries_and_their_lowest_versions_are_those_of_the_project() -> None:
    """A library added, dropped or raised in one place alone would be missing where conda installs."""
    python, *libraries = RECIPE["requirements"]["run"]

    assert sorted(libraries) == sorted(wanted())
    assert python == "python >=${{ python_min }}"
    assert f">={RECIPE['context']['python_min']}" == PROJECT["project"]["requires-python"]


def test_it_builds_this_version_with_its_commands() -> None:
    """Version, command, build tool and licence."""
    scripts = [f"{name} = {target}" for name, target in PROJECT["project"]["scripts"].items()]

    assert RECIPE["context"]["version"] == PROJECT["project"]["version"]
    assert RECIPE["build"]["python"]["entry_points"] == scripts
    assert [one.replace(" ", "") for one in RECIPE["requirements"]["host"][2:]] == PROJECT["build-system"]["requires"]
    assert RECIPE["about"]["license"] == PROJECT["project"]["license"]


def test_the_builder_takes_it() -> None:
    """rattler-build reads and fills in the recipe, where somebody has it (80 MB: pip install py-rattler-build)."""
    rattler_build = pytest.importorskip("rattler_build")
    (made,) = rattler_build.Stage0Recipe.from_yaml(PATH.read_text(encoding="utf-8")).render()
    recipe = made.recipe.to_dict()

    assert recipe["requirements"]["run"] == ["python >=3.11", *RECIPE["requirements"]["run"][1:]]
    assert recipe["package"] == {"name": "eudr-check", "version": PROJECT["project"]["version"]}
