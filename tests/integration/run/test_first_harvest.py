"""A newcomer's first harvest: a folder of messy files and rasters, `init --yes`, `run`, and the right outcomes."""

import re
import shutil
import time
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import Workbook
from typer.testing import CliRunner

from eudr_check.choices import SPOKEN_LANGUAGES
from eudr_check.cli.commands import app
from eudr_check.config import load
from eudr_check.layers.areas.definition import shipped
from eudr_check.setup.harvest_file import BLANK
from tests.helpers.tiny_harvest import OUTCOMES, PLOTS, place, write_catalogue

SECONDS = 600
EXPECTED = {
    "padron/S-001": OUTCOMES["sur/low-point"],
    "padron/S-002": OUTCOMES["sur/low-point"],
    "padron/S-003": OUTCOMES["sur/low-point"],
    "campo/C-1": OUTCOMES["norte/low-clear"],
    "campo/C-2": OUTCOMES["norte/high-one"],
    "encuesta/K-01": OUTCOMES["norte/info-wood"],
}
ENGLISH = re.compile(
    r"\b(the|plots|written|next|then|type|columns|not|blocked|undetermined|open|is|run again|since|nothing|report)\b",
    re.IGNORECASE,
)


def degrees(value: float, letters: str) -> str:
    """A coordinate as a technician copies it off a GPS: 6°01'47,4\"S."""
    whole, rest = divmod(abs(value), 1)
    minutes, rest = divmod(rest * 60, 1)
    seconds = f"{rest * 60:.4f}".replace(".", ",")
    return f"{int(whole)}°{int(minutes):02}'{seconds}\"{letters[value < 0]}"


def corners(name: str) -> list[tuple[float, float]]:
    """The closed ring of a tiny plot."""
    west, north, east, south = PLOTS[name]
    return [place(*corner) for corner in ((west, south), (east, south), (east, north), (west, north), (west, south))]


def write_padron(folder: Path) -> None:
    """A list of members with a title, degrees and minutes, and a column nobody knows."""
    book = Workbook()
    for row in (["Cooperativa Norte: padrón 2026"], [], ["Cód. socio", "Socio", "Área café", "Lat.", "Long.", "DNI?"]):
        book.active.append(row)
    for number in range(1, 4):
        longitude, latitude = place(-30.0 + 4 * number, 90.0)
        row = [f"S-{number:03}", f"Socia Ejemplo {number}", 1.5, degrees(latitude, "NS"), degrees(longitude, "EO"), ""]
        book.active.append(row)
    book.save(folder / "padron.xlsx")


def write_campo(folder: Path) -> None:
    """A phone's KML that keeps its fields in a table of HTML."""
    marks = []
    for code, name in (("C-1", "low-clear"), ("C-2", "high-one")):
        ring = " ".join(f"{x:.7f},{y:.7f},0" for x, y in corners(name))
        table = f"<table><tr><td>Código</td><td>{code}</td></tr><tr><td>Área (ha)</td><td>2.8</td></tr></table>"
        marks.append(
            f"<Placemark><name>{name}</name><description><![CDATA[{table}]]></description><Polygon><outerBoundaryIs>"
            f"<LinearRing><coordinates>{ring}</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>"
        )
    text = f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{"".join(marks)}</Document></kml>'
    (folder / "campo.kml").write_text(text, encoding="utf-8")


def write_encuesta(folder: Path) -> None:
    """A Kobo export with labels for headers, semicolons, and a trace of latitude, longitude, height and accuracy."""
    trace = "; ".join(f"{y:.7f} {x:.7f} 900 4" for x, y in corners("info-wood"))
    header = '"start";"Código de la parcela";"Nombre completo del productor(a)";"Recorrido del lindero";"_uuid"'
    row = f'"2026-05-04T08:00:00";"K-01";"Socio Ejemplo";"{trace}";"aaaa-bbbb"'
    (folder / "encuesta.csv").write_text(f"{header}\n{row}\n", encoding="utf-8")


@pytest.fixture(scope="module")
def gathered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a newcomer has: three files, rasters, and a price list."""
    folder = tmp_path_factory.mktemp("mi-cosecha")
    write_padron(folder)
    write_campo(folder)
    write_encuesta(folder)
    (folder / "precios.csv").write_text("producto;precio\ncafé;12\n", encoding="utf-8")
    write_catalogue(folder / "elsewhere", folder / "rasters")
    shutil.rmtree(folder / "elsewhere")
    return folder


@pytest.mark.parametrize("language", SPOKEN_LANGUAGES)
def test_a_folder_becomes_a_harvest(
    gathered: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    """The YAML is in the person's language and loads; every file is used or named; nothing there is overwritten."""
    folder = tmp_path / "mine"
    shutil.copytree(gathered, folder)
    monkeypatch.chdir(folder)
    answer = CliRunner().invoke(app, ["init", ".", "--yes", "--language", language])
    config = next(folder.glob("*.yaml"))
    harvest = load(config)
    again = CliRunner().invoke(app, ["init", ".", "--yes", "--language", language])

    assert answer.exit_code == 0, answer.output
    assert {file.declared for file in harvest.plots} == {"campo.kml", "encuesta.csv", "padron.xlsx"}
    assert {layer.id for layer in harvest.layers} == {
        "jrc_gfc2020@V4", "hansen_gfc@v1.13", "jrc_tmf@v1.2025", "esa_worldcover@2020",
    }  # fmt: skip
    assert "precios.csv" in answer.output and "precios.csv" in config.read_text(encoding="utf-8")
    assert all(f"\n#   {file.cooperative}: {BLANK}\n" in config.read_text(encoding="utf-8") for file in harvest.plots)
    assert f"eudr-check run {config.name}" in answer.output
    assert harvest.package.languages[0] == language
    assert len(list((folder / "templates").glob("*.csv"))) == 6
    assert again.exit_code == 1
    if language != "en":
        shown = re.sub(
            r"'columns'|columns: \{.*|templates/\w+\.csv|eudr-check run|: .*\.yaml|no_\w+", "", answer.output
        )
        assert not [line for line in shown.splitlines() if ENGLISH.search(line)]


@pytest.mark.parametrize("rasters", [True, False])
def test_vector_layers_of_the_country_are_named(
    gathered: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rasters: bool
) -> None:
    """Without rasters the maps come over the network, and public areas of Peru with them; with rasters they wait."""
    folder = tmp_path / "mine"
    shutil.copytree(gathered, folder)
    if not rasters:
        shutil.rmtree(folder / "rasters")
    monkeypatch.chdir(folder)
    assert CliRunner().invoke(app, ["init", ".", "--yes", "--language", "es"]).exit_code == 0
    config = next(folder.glob("*.yaml"))

    assert "  pe_communities: pe_communities@current" in config.read_text(encoding="utf-8")
    assert sorted(map(str, load(config).areas.values())) == ([] if rasters else list(shipped()))


def test_the_first_run_ends_with_the_right_outcomes(
    gathered: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the folder to the package within ten minutes, in Spanish to the last line."""
    folder = tmp_path / "mine"
    shutil.copytree(gathered, folder)
    monkeypatch.chdir(folder)
    began = time.monotonic()
    begun = CliRunner().invoke(app, ["init", ".", "--yes", "--language", "es"])
    config = next(folder.glob("*.yaml"))
    done = CliRunner().invoke(app, ["run", config.name, "--offline", "--language", "es"])
    took = time.monotonic() - began
    outcomes = pd.read_parquet(load(config).run.folder / "tables" / "ASSESSMENTS.parquet")["final_outcome"]

    assert begun.exit_code == 0
    assert done.exit_code in (0, 3), done.output
    assert dict(outcomes) == EXPECTED
    assert took < SECONDS
    assert not [line for line in done.stdout.splitlines() if ENGLISH.search(re.sub(r"runs/\S+", "", line))]


@pytest.mark.parametrize(
    ("latitude", "longitude", "words"),
    [
        ("9.7", "-84.1", "0.698896 ha, lo que mide en CR"),
        ("13.1", "-86.1", "0.7050124"),
        ("-6.1", "-77.1", "no se declara un punto cuya área puede pasar de 4 ha"),
    ],
    ids=["CR", "NI", "PE"],
)
def test_a_local_unit_is_told_before_the_first_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, latitude: str, longitude: str, words: str
) -> None:
    """`init` says what becomes of manzanas in the country where the plots lie, on the terminal and in the YAML."""
    rows = [f"N-{n};Socia {n};2,5;{latitude}0123{n};{longitude}0123{n}" for n in (1, 2)]
    lines = ["codigo;productor;Área (manzanas);latitud;longitud", *rows]
    (tmp_path / "lista.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    said = CliRunner().invoke(app, ["init", ".", "--yes", "--language", "es"])
    written = " ".join(next(tmp_path.glob("*.yaml")).read_text(encoding="utf-8").replace("#", " ").split())

    assert said.exit_code == 0, said.output
    assert words in " ".join(said.output.split())
    assert words in written


def test_the_first_run_after_eight_answers_works(
    gathered: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No statement is asked for before what it needs is known; filled in and asked for, it is written."""
    folder = tmp_path / "mine"
    shutil.copytree(gathered, folder)
    monkeypatch.chdir(folder)
    typed = ["coffee", "PE", "2026-04-01", "2026-09-30", "Importadora Ejemplo", "NL", "NL123456789", "no"]
    begun = CliRunner().invoke(app, ["init", ".", "--language", "es"], input="\n".join(typed) + "\n")
    config = next(folder.glob("*.yaml"))
    first = CliRunner().invoke(app, ["run", config.name, "--offline", "--language", "es"])
    words = config.read_text(encoding="utf-8")
    filled = {
        f'#   address: "{BLANK}"': '  address: "Kade 1, 1011 AB Amsterdam"',
        f"#   net_mass_kg: {BLANK}": "  net_mass_kg: 1000",
        "# border_country": "border_country",
        "outputs: [eu_geojson,": "outputs: [eu_geojson, statement,",
    }
    for blank, line in filled.items():
        assert words.count(blank) == 1, blank
        words = words.replace(blank, line)
    config.write_text(words, encoding="utf-8")
    second = CliRunner().invoke(app, ["run", config.name, "--offline", "--language", "es"])

    assert begun.exit_code == 0, begun.output
    assert first.exit_code in (0, 3), first.output
    assert second.exit_code in (0, 3), second.output
    assert BLANK in begun.output
