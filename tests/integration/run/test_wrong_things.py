"""The 24 wrong things that newcomers did, and findings 5, 8, 9, 14, 19 and 25, each with the right answer.

Numbers are those of the walk of November 2026. Most are proved where their module is tested:

- 1, 4, 5, 7 (ambiguous, with a unit), 8, 10, 11, 14, 15, 19, 20 and finding 25: `tests/unit/test_problems.py`
- 7 (tonnes against deliveries): `tests/unit/run/test_readiness.py`; 15 (`screen`): `tests/unit/run/test_screen.py`
- 16: `tests/integration/run/test_two_runs.py`
- 24: `tests/unit/documents/test_lots.py`, and below with 9
- finding 5: `tests/integration/run/test_redrawn.py`, `tests/unit/run/test_changes.py`
- finding 8: `tests/unit/documents/test_csv_rows.py`, `tests/unit/documents/test_amounts.py`
- finding 12: `tests/unit/cli/test_changes.py`, `tests/unit/run/test_status.py`
- finding 14: `tests/unit/plots/read/test_columns.py`
- finding 15: `tests/unit/plots/read/test_raw_table.py`, `tests/unit/plots/read/test_totals.py`
- finding 19: `tests/integration/run/test_first_harvest.py`, `tests/unit/setup/test_doctor.py`
"""

import re
import shutil
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from eudr_check.choices import LANGUAGES
from tests.helpers.command import ended
from tests.helpers.tiny_harvest import Tiny, settings, write


class Done(NamedTuple):
    """A harvest that was run once, whose cached results make every other run cheap."""

    tiny: Tiny
    before: dict[str, str]
    """What `status` and `explain` said before the run."""


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Done:
    """The tiny harvest after a run, in Spanish."""
    tiny = write(tmp_path_factory.mktemp("mi-cosecha") / "tiny")
    before = {
        "status": ended("status", tiny.config, "--language", "es").stdout,
        "explain": ended("explain", tiny.config, "norte/hole").stderr,
    }
    assert ended("run", tiny.config, "--language", "es").returncode == 3
    return Done(tiny, before)


def changed(done: Done, **changes: Any) -> Path:
    """The YAML with some keys changed (None takes one out), beside the other."""
    path = done.tiny.config.with_name("otra.yaml")
    content = {key: value for key, value in {**settings(), **changes}.items() if value is not None}
    path.write_text(yaml.safe_dump(content, sort_keys=False, allow_unicode=True), encoding="utf-8")
    return path


def with_plots(**changes: Any) -> list[dict[str, Any]]:
    """The plot files with keys of the first one changed."""
    first, second = settings()["plots"]
    return [{**first, **changes}, second]


@pytest.mark.parametrize("wrong", ["norte.geoJson", "nortee.geojson", ".\\norte.geojson"])
def test_f02_a_wrong_plot_path_is_answered_with_the_file_that_is_there(done: Done, wrong: str) -> None:
    """The terminal names the file nearly so called, and the path with slashes where somebody wrote backslashes."""
    said = ended("plots", changed(done, plots=with_plots(path=wrong), run={"folder": "f02"}), "--language", "es")

    assert said.returncode == 3
    assert "El archivo no existe; ¿quiso decir" in said.stdout
    assert "norte.geojson'? Corrija la ruta" in said.stdout


def test_f02_a_path_without_any_like_it_is_answered_plainly(done: Done) -> None:
    """Nothing is proposed that nobody meant."""
    said = ended("plots", changed(done, plots=with_plots(path="huallaga.kml"), run={"folder": "f02"}))

    assert "huallaga.kml: The file does not exist. Correct the path" in said.stdout


def test_f03_a_wrong_column_is_answered_with_the_columns_there_are(done: Done) -> None:
    """The person learns what the columns are called."""
    config = changed(done, plots=with_plots(columns={"plot_id": "código_x"}), run={"folder": "f03"})
    said = ended("plots", config, "--language", "es")

    assert "toma 'plot_id' de la columna 'código_x', que el archivo no tiene" in said.stdout
    assert "Sus columnas son: codigo, socio, hectareas" in said.stdout


@pytest.mark.parametrize("code", ["0901 11", "090111", "0901.11", "09011100", "0901110000"])
def test_f06_a_code_of_goods_is_taken_as_people_write_it(done: Done, code: str) -> None:
    """Blanks, points and more digits change nothing; the run gets as far as the layers, which are not there."""
    config = changed(done, product={**settings()["product"], "hs_code": code}, catalogues={"local": {"folder": "no"}})

    assert ended("run", config).stderr.splitlines() == [
        f"error: {config.parent / 'no'}: no STAC folder (catalog.json is missing); make one with `eudr-check "
        "catalogue add`"
    ]


def test_f06_a_code_of_another_commodity_is_refused(done: Done) -> None:
    """Cocoa beans are no coffee."""
    said = ended("run", changed(done, product={**settings()["product"], "hs_code": "1801 00"}))

    assert "product.hs_code 1801 00 belongs to cocoa, but the harvest is coffee" in said.stderr


@pytest.mark.parametrize("mass", [3.4, "3.400", "3.4"])
def test_f07_a_mass_in_tonnes_is_asked_about(done: Done, mass: object) -> None:
    """Without deliveries nothing contradicts 3.4 kg, so the person is asked, with what to write."""
    said = ended("run", changed(done, product={**settings()["product"], "net_mass_kg": mass}), "--language", "es")

    assert "net_mass_kg 3.4 es menos de un saco de 60 kg; si eran toneladas, escriba 3400" in said.stdout


@pytest.mark.parametrize("mass", [-5, 0])
def test_f07_a_mass_of_nothing_is_refused(done: Done, mass: int) -> None:
    """Nobody declares no coffee, or less."""
    said = ended("run", changed(done, product={**settings()["product"], "net_mass_kg": mass}), "--language", "es")

    assert said.returncode == 1
    assert "net_mass_kg" in said.stderr and "cero" in said.stderr


def test_f07_finding_9_more_than_the_plots_can_grow_is_not_declared(done: Done) -> None:
    """Yield ceilings apply without deliveries as well: no statement is written, and the answer says what to correct."""
    config = changed(done, product={**settings()["product"], "net_mass_kg": 19_200_000})
    said = ended("run", config, "--language", "es")

    assert said.returncode == 3
    assert "no se declara: net_mass_kg 19200000 es más de lo que las" in " ".join(said.stdout.split())
    assert not list((config.parent / "run" / "package").glob("statement-*"))


def test_f07_more_than_usual_is_asked_about_and_declared(done: Done) -> None:
    """High yields happen: the statement is written and the person is asked."""
    config = changed(done, product={**settings()["product"], "net_mass_kg": 30_000})
    said = ended("run", config, "--language", "es")

    assert re.search(r"net_mass_kg 30000 es más de lo que las [\d.]+ ha de las parcelas suelen dar", said.stdout)
    assert list((config.parent / "run" / "package").glob("statement*"))


def test_f09_f12_f13_everything_late_is_said_early_and_at_once(done: Done) -> None:
    """A missing EORI, an unknown layer and policy, and a catalogue that is not there: one answer, no raster touched."""
    operator = {key: value for key, value in settings()["operator"].items() if key != "eori"}
    config = changed(
        done,
        operator=operator,
        layers=[{"id": "hansen_gfc@v1.14", "from": "local"}],
        policy="convergencia",
        catalogues={"local": {"folder": "no-hay"}},
        deliveries="entregas.csv",
        run={"folder": "early"},
    )
    said = {language: ended("run", config, "--language", language).stderr for language in LANGUAGES}

    assert "5 things to correct" in said["en"]
    for words in (
        "operator.eori is missing",
        "the newest version of that map here is hansen_gfc@v1.13",
        "policy convergencia: not shipped (known: ",
        "no-hay: no STAC folder",
        "entregas.csv: no such file",
    ):
        assert words in said["en"]
    assert "la versión más nueva de ese mapa aquí es hansen_gfc@v1.13" in said["es"]
    assert not [line for line in said["es"].splitlines() if line in said["en"]]
    assert not (config.parent / "early").exists()


@pytest.mark.parametrize(
    ("asked", "near"), [("HOLE", "norte/hole"), ("hole", "norte/hole"), ("Norte/Holes", "norte/hole")]
)
def test_f17_a_plot_nearly_so_called_is_proposed(done: Done, asked: str, near: str) -> None:
    """Codes without their cooperative, in capitals or with a slip lead to the plot."""
    said = ended("explain", done.tiny.config, asked, "--language", "es")

    assert said.returncode == 1
    assert f"¿quiso decir {near}?" in said.stderr


def test_f18_before_a_run_the_commands_say_so(done: Done) -> None:
    """Nothing is called unfinished that was never begun."""
    assert "aún no se ha corrido" in done.before["status"]
    assert "corra primero la cosecha" in done.before["explain"]


def test_f21_what_is_no_package_is_told_from_a_damaged_one(done: Done, tmp_path: Path) -> None:
    """A text, a run folder and half a ZIP get three different answers."""
    package = done.tiny.config.parent / "run" / "package"
    whole = next(package.glob("*.zip")).read_bytes()
    half = tmp_path / "half.zip"
    half.write_bytes(whole[: len(whole) // 2])
    text = tmp_path / "README.md"
    text.write_text("no package\n")

    assert "no ZIP file" in ended("verify", text).stderr
    assert "no MANIFEST.json inside" in ended("verify", package.parent).stderr
    assert "damaged" in ended("verify", half).stderr


def test_f22_a_changed_a_missing_and_an_added_file_are_named(done: Done, tmp_path: Path) -> None:
    """One byte, a file gone, a file added: a line each, in words, and exit code 1."""
    copy = tmp_path / "package"
    shutil.copytree(done.tiny.config.parent / "run" / "package", copy)
    changed_file = copy / "refused_lots.csv"
    changed_file.write_bytes(changed_file.read_bytes()[:-1] + b"x")
    next(copy.rglob("*.kml")).unlink()
    (copy / "mine.txt").write_text("x")
    said = ended("verify", copy)

    assert said.returncode == 1
    assert "refused_lots.csv: changed: its content is not what the manifest lists" in said.stdout
    assert ".kml: missing: listed in the manifest but not here" in said.stdout
    assert "mine.txt: added: here but not listed in the manifest" in said.stdout
    assert "Difference(" not in said.stdout


def test_f23_one_file_under_two_cooperatives_is_named_on_the_terminal(done: Done) -> None:
    """Its plots are blocked, and the person sees why without opening a table."""
    shutil.copy(done.tiny.config.with_name("norte.geojson"), done.tiny.config.with_name("otra.geojson"))
    first = settings()["plots"][0]
    twice = [first, {**first, "path": "otra.geojson", "cooperative": "otra"}]
    said = ended("plots", changed(done, plots=twice, run={"folder": "f23"}), "--language", "es")

    assert said.returncode == 3
    assert "otra.geojson" in said.stdout
    assert re.search(r"otra.geojson: filas detenidas: \d+. La parcela tiene el mismo lindero que norte/", said.stdout)
