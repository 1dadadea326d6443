"""The whole way through the command: run, submit to a practice server, numbers in the register, package made again."""

import json
import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner, Result

from eudr_check import config, register
from eudr_check.cli.commands import app
from eudr_check.errors import EudrCheckError
from eudr_check.files import sha256
from eudr_check.filing import practice, security
from eudr_check.register import outbox
from eudr_check.run.exit import Exit
from eudr_check.run.harvest import run
from tests.conftest import REPOSITORY
from tests.helpers import register_tables, tiny_harvest
from tests.helpers.filing import serving
from tests.helpers.quick_register import no_waiting_for_the_disk

FILES = {"register": "register.gpkg", "deliveries": "deliveries.csv", "shipments": "shipments.csv"}
DELIVERIES = "date,cooperative,plot_id,kg,form,lot\n2026-08-01,norte,low-clear,1000,green,L1\n"
SHIPMENTS = "shipment,lots,net_mass_kg,border_country\nEXP-014,L1,1000,NL\n"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test here asks whether a register survives a power cut."""
    no_waiting_for_the_disk(monkeypatch)


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a tiny harvest with a register, run once."""
    drawn = tiny_harvest.write(tmp_path_factory.mktemp("filed") / "tiny")
    content = yaml.safe_load(drawn.config.read_text(encoding="utf-8"))
    # What QGIS and technicians get is not filed, and takes most of a run and of its verification.
    package = {**content["package"], "outputs": ["eu_geojson", "statement", "report"]}
    drawn.config.write_text(yaml.safe_dump({**content, **FILES, "package": package}), encoding="utf-8")
    drawn.config.with_name("deliveries.csv").write_text(DELIVERIES, encoding="utf-8")
    drawn.config.with_name("shipments.csv").write_text(SHIPMENTS, encoding="utf-8")
    run(config.load(drawn.config), offline=True)
    return drawn.config.parent


@pytest.fixture
def harvest(finished: Path, tiny: tiny_harvest.Tiny) -> Path:
    """The folder of a finished run that is the test's own."""
    shutil.copytree(finished, tiny.config.parent, dirs_exist_ok=True)
    return tiny.config.parent


@pytest.fixture
def system(harvest: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[practice.System]:
    """A practice server, and an environment that leads to it."""
    system = practice.System(polls=2)
    with serving(system) as address:
        variables = {
            security.USER: practice.USER,
            security.KEY: practice.KEY,
            security.CLIENT_ID: practice.CLIENT_ID,
            "EUDR_CHECK_EU_ENDPOINT": address,
            "EUDR_CHECK_REGISTER": str(harvest / "register.gpkg"),
        }
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        yield system


def said(*words: object) -> Result:
    """What a command says and how it ends."""
    return CliRunner().invoke(app, [str(word) for word in words])


def refused(*words: object) -> str:
    """The words of a command that must refuse."""
    result = said(*words)
    assert isinstance(result.exception, EudrCheckError), result.output
    return str(result.exception)


def reference(harvest: Path) -> str:
    """The internal reference of the only statement."""
    (line,) = json.loads((harvest / "run/package/summary.json").read_text(encoding="utf-8"))["statements"]
    return str(line["reference"])


def test_the_whole_way(harvest: Path, system: practice.System, tiny: tiny_harvest.Tiny) -> None:
    """A finished package is filed once, gets its numbers, and the package made again knows them and verifies."""
    package, file = harvest / "run/package", harvest / "register.gpkg"
    name = reference(harvest)
    outputs = [said("submit", package, "--acceptance", "--dry-run").output]
    assert "SubmitDdsRequest" in outputs[0]
    assert not system.calls
    assert outbox.sent(file) == []

    sent = said("submit", package, "--acceptance")
    assert sent.exit_code == Exit.DONE, sent.output
    assert "pending" in sent.output
    assert "EXP-014: pending" in said("register", "filings", file).output
    assert "was filed already" in refused("submit", package, "--acceptance")
    assert said("submission", "status", "--acceptance").exit_code == Exit.INCOMPLETE
    waited = said("submission", "status", "--acceptance", "--wait", "--every", "0.01")
    assert waited.exit_code == Exit.DONE, waited.output
    (record,) = system.records
    assert f"{name} (practice, submit): {record.reference_number} available" in waited.output
    listed = json.loads(said("register", "list", file, "--json").output)
    (statement,) = listed[0]["packages"][0]["statements"]
    assert (statement["reference_number"], statement["verification_noted"]) == (record.reference_number, True)

    again = said("run", tiny.config, "--offline")
    assert again.exit_code in (Exit.DONE, Exit.OPEN_QUESTIONS), again.output
    summary = json.loads((package / "summary.json").read_text(encoding="utf-8"))
    assert [one["number"] for one in summary["filed"]] == [record.reference_number]
    table = (package / "shipment_status.csv").read_text(encoding="utf-8")
    assert f"filed,{name},{record.reference_number}" in table
    page = (package / "report.html").read_text(encoding="utf-8")
    assert f"{record.reference_number}: available: its numbers hold; may be amended or withdrawn until" in page
    assert f"{record.reference_number} available" in said("register", "filings", file).output
    (shown,) = package.glob("filed-EXP-014/statement.en.pdf")
    stated = json.loads(shown.with_name("dds.json").read_text(encoding="utf-8"))["statement"]
    assert (stated["reference"], stated["filed"]["number"]) == (name, record.reference_number)
    assert stated["filed"]["rehearsed"]
    if shutil.which("pdftotext"):
        printed = subprocess.run(["pdftotext", shown, "-"], capture_output=True, check=True).stdout.decode()
        assert record.reference_number in printed
    assert not shown.with_name("dds.xml").exists()
    assert said("verify", package).exit_code == Exit.DONE
    verified = said("verify-number", record.reference_number, record.verification_number, "--acceptance")
    assert "exists and may be used" in verified.output
    withdrawn = said("withdraw", record.reference_number, "--acceptance")
    assert "withdrawn" in withdrawn.output, withdrawn.output
    outputs += [sent.output, waited.output, verified.output, withdrawn.output]

    assert len(system.records) == 1
    secret = {practice.KEY, str(record.verification_number)}
    assert not [text for text in outputs if any(one in text for one in secret)]
    files = [path for path in harvest.rglob("*") if path.is_file()]
    assert not [path for path in files if practice.KEY.encode() in path.read_bytes()]
    holds = [path for path in files if str(record.verification_number).encode() in path.read_bytes()]
    assert holds == [file]


def test_numbers_along_the_chain(
    harvest: Path, system: practice.System, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The list of a supplier is checked row by row and kept; one's own number goes to the customer of its shipment."""
    package, file, folder = harvest / "run/package", harvest / "register.gpkg", tmp_path_factory.mktemp("chain")
    said("submit", package, "--acceptance")
    said("submission", "status", "--acceptance", "--wait", "--every", "0.01")
    (record,) = system.records
    secret = str(record.verification_number)
    rows = [f"{record.reference_number},{secret},Norte", f"26XX{'0' * 10},WR0NG-1,Sur", ",WR0NG-2,Este"]
    supplied = folder / "supplied.csv"
    supplied.write_text("\n".join(["reference_number,verification_number,supplier", *rows]), encoding="utf-8")
    checked = said("verify-numbers", supplied, "--acceptance", "--language", "es")
    listed = json.loads(said("verify-numbers", supplied, "--acceptance", "--json").stdout)
    for end, text in (("1", f"{rows[0]}\n"), ("2", "\n")):
        (folder / f"{end}.csv").write_text(f"reference_number,verification_number,supplier\n{text}", encoding="utf-8")
    passed = said("register", "references", file, "tiny", folder / "buyer", "--shipment", "EXP-014")

    assert checked.exit_code == Exit.OPEN_QUESTIONS
    assert f"{record.reference_number} (Norte): EXISTING_USABLE: existe y se puede usar" in checked.output
    assert "NON_EXISTENT: no existe" in checked.output
    assert "supplied.csv, line 4: '' no es un número de referencia" in checked.output
    assert not [word for word in (secret, "WR0NG") if word in checked.output]
    assert [one["result"] for one in listed["checks"]] == ["EXISTING_USABLE", "NON_EXISTENT"]
    assert len(listed["findings"]) == 1
    assert said("verify-numbers", folder / "1.csv", "--acceptance").exit_code == Exit.DONE
    assert "no row" in refused("verify-numbers", folder / "2.csv", "--acceptance")
    assert len(register.content(file)["received"]) == 5
    assert passed.exit_code == Exit.DONE, passed.output
    assert secret not in (folder / "buyer/references.csv").read_text(encoding="utf-8")
    assert f"EXP-014,L1,1000.0,{record.reference_number}" in (folder / "buyer/references.csv").read_text(
        encoding="utf-8"
    )


@pytest.mark.faults
def test_a_corrected_package_takes_the_place(harvest: Path, system: practice.System, tmp_path: Path) -> None:
    """A package made from a copy without register amends what was filed: other kilograms under the same number."""
    said("submit", harvest / "run/package", "--acceptance")
    said("submission", "status", "--acceptance", "--wait", "--every", "0.01")
    (record,) = system.records
    number, copy = record.reference_number, tmp_path / "copy"
    shutil.copytree(harvest, copy, ignore=shutil.ignore_patterns("run", "register.gpkg"))
    (file,) = copy.glob("*.yaml")
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    del content["register"]
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
    (copy / "shipments.csv").write_text(SHIPMENTS.replace("1000", "900"), encoding="utf-8")
    run(config.load(file), offline=True)
    amended = said("amend", copy / "run/package", "--acceptance", "--shipment", "EXP-014")

    assert amended.exit_code == Exit.DONE, amended.output
    assert len(system.records) == 1
    assert (record.version, record.reference_number) == (2, number)
    assert record.statement.findtext(".//{*}netWeight") == "900"
    assert [row["operation"] for row in outbox.sent(harvest / "register.gpkg")] == ["submit", "amend"]


def test_what_is_not_ready_is_not_sent(harvest: Path, system: practice.System) -> None:
    """A changed package, an unconfirmed one for production, and a register of other plots are refused before a call."""
    package, file = harvest / "run/package", harvest / "register.gpkg"
    (page,) = [sha256(path) for path in package.glob("statement*/statement.en.pdf")]
    assert "not confirmed" in refused("submit", package, "--production")
    assert page not in refused("submit", package, "--production", "--confirm", "0" * 64)
    assert "say which system" in refused("submit", package, "--acceptance", "--production")
    assert "no statement 'EXP-9'" in refused("submit", package, "--acceptance", "--shipment", "EXP-9")
    assert "is not on this machine" in refused("submit", package, "--acceptance", "--endpoint", "https://x.example/")
    empty = harvest / "other.gpkg"
    assert "no such file" in refused("submit", package, "--acceptance", "--register", empty)
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv(security.KEY)
        assert "EUDR_CHECK_EU_KEY: not set" in refused("submit", package, "--acceptance")
    copy = harvest / "copy"
    shutil.copytree(package, copy)
    payload = next(copy.glob("statement*/dds.xml"))
    payload.write_bytes(payload.read_bytes().replace(b"IMPORT", b"EXPORT"))
    assert "does not verify" in refused("submit", copy, "--acceptance")

    assert not system.calls
    assert outbox.sent(file) == []
    assert said("submit", package, "--production", "--confirm", page).exit_code == Exit.DONE
    assert len(system.records) == 1


def test_plots_that_changed_since_are_not_sent(harvest: Path, system: practice.System) -> None:
    """A package is refused once a later run saw other boundaries of a plot it declares."""
    register.record_land(harvest / "register.gpkg", "tiny", register_tables.plots_of(["low-clear"]))

    assert "of its plots changed" in refused("submit", harvest / "run/package", "--acceptance")
    assert not system.calls


def test_the_rehearsal_goes_as_written(harvest: Path, system: practice.System, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every line that the page on filing has people type in their rehearsal does what it says."""
    page = (REPOSITORY / "docs" / "how-to" / "filing.md").read_text(encoding="utf-8")
    typed = [
        line.removeprefix("$ ")
        for block in re.findall(r"<!-- rehearsal -->\n```console\n(.*?)```", page, re.DOTALL)
        for line in block.splitlines()
    ]
    address = os.environ["EUDR_CHECK_EU_ENDPOINT"]
    monkeypatch.chdir(harvest)
    ends = {}
    for line in typed:
        command, *words = shlex.split(line)
        if command == "export":
            name, value = words[0].split("=")
            monkeypatch.setenv(name, value.replace("http://127.0.0.1:8650/", address))
        else:
            ends[line] = said(*words).exit_code

    assert len(ends) >= 6
    assert set(ends.values()) <= {Exit.DONE, Exit.OPEN_QUESTIONS}
    assert [one.status for one in system.records] == ["AVAILABLE"]


def test_the_page_names_every_quirk_and_variable() -> None:
    """The page on filing has every switch of the practice server and every variable of the environment."""
    page = (REPOSITORY / "docs" / "how-to" / "filing.md").read_text(encoding="utf-8")
    names = {*practice.QUIRKS, security.USER, security.KEY, security.CLIENT_ID, security.OPERATOR}

    assert not [name for name in names if f"| `{name}` |" not in page]
