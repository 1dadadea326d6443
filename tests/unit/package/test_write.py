"""The package on disk: complete, the same every day, safe to open, and honest about drafts."""

import hashlib
import io
import json
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from lxml import etree

from eudr_check import package, tables
from eudr_check.errors import PackageError
from eudr_check.package import document_date, redact
from eudr_check.package.eu import file_rules
from eudr_check.package.gis import geopackage
from eudr_check.steps import Step, in_turn
from eudr_check.text import say
from tests.helpers import package_tables as six

HOSTILE = "=cmd|'/c calc'!A0 <script>\"&\u202egpj.exe\u202c\nمزرعة \u200fعلي 田中"
CLEAN = "=cmd|'/c calc'!A0 <script>\"&gpj.exe مزرعة \u200fعلي 田中"


def written(folder: Path, **changes: Any) -> Path:
    folder.mkdir(parents=True)
    package.write(folder, package.PackageInput(**six.package(**changes)))
    return folder


def digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_package_holds_what_the_exporter_and_the_auditor_need(tmp_path: Path) -> None:
    """One statement of five plots; the high one is excluded by name; the bag holds everything."""
    folder = written(tmp_path / "p")
    index = pd.read_csv(six.statement(folder) / "plots_index.csv", dtype=str)
    told = json.loads((six.statement(folder) / "dds.json").read_text())
    excluded = pd.read_csv(folder / "excluded.csv")
    manifest = json.loads((folder / "MANIFEST.json").read_text())

    assert list(index["plot"]) == ["norte/001", "norte/002", "norte/002", "sur/A 1", "sur/A 2", "sur/A 3"]
    assert list(excluded["plot"]) == ["norte/003"]
    assert told["outcomes"] == {"low": 4, "cleared_by_review": 1}
    assert {item["item_id"] for item in manifest["layer_items"]} == {"S10W080", "00N"}
    present = digests(folder)
    assert {name: entry["sha256"] for name, entry in manifest["files"].items()} == {
        name: digest for name, digest in present.items() if name not in ("MANIFEST.json", "prueba-2026.zip")
    }
    with zipfile.ZipFile(folder / "prueba-2026.zip") as bag:
        inside = {name.removeprefix("prueba-2026/data/") for name in bag.namelist() if "/data/" in name}
    assert inside == present.keys() - {"prueba-2026.zip"}


def test_index_ties_every_feature_to_its_plot(tmp_path: Path) -> None:
    """Row n of the index is feature n of the file, by digest of its text."""
    folder = written(tmp_path / "p")
    index = pd.read_csv(six.statement(folder) / "plots_index.csv", dtype=str)
    lines = (six.statement(folder) / "plots.geojson").read_text(encoding="utf-8").splitlines()[1:-1]

    assert list(index["sha256"]) == [hashlib.sha256(line.removesuffix(",").encode()).hexdigest() for line in lines]


def test_geojson_has_the_four_properties_and_six_decimals(tmp_path: Path) -> None:
    """Nothing the system ignores is sent; numbers are numbers with six decimals."""
    folder = written(tmp_path / "p")
    text = (six.statement(folder) / "plots.geojson").read_text(encoding="utf-8")
    features = json.loads(text)["features"]

    assert {key for feature in features for key in feature["properties"]} == set(file_rules.PROPERTIES)
    assert features[4]["geometry"] == {"type": "Point", "coordinates": [-76.07, -6.04]}
    assert "[-76.070000,-6.040000]" in text
    assert features[4]["properties"]["Area"] == 1.5


def test_two_builds_are_byte_for_byte_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Day, time zone and folder of the build leave no trace."""
    first = written(tmp_path / "a")
    monkeypatch.setenv("TZ", "Asia/Ho_Chi_Minh")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1")
    monkeypatch.setattr("time.time", lambda: 1_900_000_000.0)
    second = written(tmp_path / "elsewhere" / "b")

    assert digests(first) == digests(second)


def test_patches_drawn_beforehand_give_the_same_bytes(tmp_path: Path) -> None:
    """Where somebody draws them already, the GeoPackage goes on from theirs."""
    patch = {"column": "hansen.loss_year", "year": 2022, "area_ha": 0.1, "plots": ["norte/1"]}
    content = {
        "harvest": six.harvest(package={"languages": ["es"], "outputs": ["gis"]}),
        "patches": gpd.GeoDataFrame([patch], geometry=[shapely.box(-77, -6, -76.999, -5.999)], crs="EPSG:4326"),
    }
    alone = written(tmp_path / "alone", **content)
    beforehand, day = tmp_path / "patches.gpkg", document_date.day(content["harvest"])
    geopackage.draw(beforehand, patches=alone / "tables" / "PATCHES.parquet", day=day)
    folder = tmp_path / "begun"
    folder.mkdir()
    copied = Step(package.DRAWN, lambda made: shutil.copyfile(beforehand, folder / "prueba-2026.gpkg"))
    steps = package.steps(folder, package.PackageInput(**six.package(**content)))
    in_turn([copied if step.name == package.DRAWN else step for step in steps])

    assert digests(folder) == digests(alone)


def test_no_path_of_this_machine_is_inside(tmp_path: Path) -> None:
    """The package says nothing about where it was made."""
    folder = written(tmp_path / "p")
    with zipfile.ZipFile(folder / "prueba-2026.zip") as bag:
        for name in bag.namelist():
            assert str(tmp_path).encode() not in bag.read(name), name


def test_draft_marks_every_file_of_a_statement(tmp_path: Path) -> None:
    """A draft may hold the high plot; no file of it can be taken for a finished one."""
    folder = written(tmp_path / "p", draft=True)
    names = sorted(path.name for path in (six.statement(folder)).iterdir())

    files = ("dds.json", "dds.xml", "form.es.html", "plots.geojson", "plots_index.csv", "statement.es.pdf")
    assert names == ["DRAFT-" + name for name in files]
    assert "norte/003" in (six.statement(folder) / "DRAFT-plots_index.csv").read_text()
    assert b"<!-- DRAFT" in (six.statement(folder) / "DRAFT-dds.xml").read_bytes()
    assert (folder / "DRAFT-prueba-2026.zip").is_file()
    assert json.loads((folder / "summary.json").read_text())["draft"] is True


def test_wrong_facts_are_refused_whole_unless_a_draft_is_asked_for(tmp_path: Path) -> None:
    """A wrong code stops the package with one clear sentence; a draft prints it instead."""
    wrong = six.harvest(product={"hs_code": "1801", "description": "Cocoa", "net_mass_kg": 1})
    with pytest.raises(PackageError, match=r"prueba-2026: no statement can be made: .*belongs to cocoa"):
        written(tmp_path / "a", harvest=wrong)

    folder = written(tmp_path / "b", harvest=wrong, draft=True)

    assert not (six.statement(folder) / "DRAFT-dds.xml").exists()
    assert "belongs to cocoa" in (six.statement(folder) / "DRAFT-dds.json").read_text()


def test_nothing_settled_means_no_statement_but_still_a_package(tmp_path: Path) -> None:
    """With every plot high, tables and reasons are delivered, and a sentence instead of a statement."""
    high = six.assessments(dict.fromkeys(six.PLOTS, ("high", "high")))
    folder = written(tmp_path / "p", assessments=high)
    summary = json.loads((folder / "summary.json").read_text())

    assert not list(folder.glob("statement-*"))
    assert summary["withheld"] == ["no plot may be declared; excluded.csv says why for every plot"]
    assert len(pd.read_csv(folder / "excluded.csv")) == 6


def test_lots_must_cover_the_declared_mass(tmp_path: Path) -> None:
    """1,000 kg in accepted lots cannot carry a statement of 5,760 kg."""
    lots = six.lots(("L1", 1000, "accepted", ["norte/001"]), ("L2", 9000, "refused", ["norte/003"]))
    folder = written(tmp_path / "p", lots=lots)
    withheld = json.loads((folder / "summary.json").read_text())["withheld"]

    assert not list(folder.glob("statement-*"))
    assert withheld[0].startswith("the accepted lots hold 1000 kg of green product, less than the 5760 kg declared")
    assert list(pd.read_csv(folder / "refused_lots.csv")["lot"]) == ["L2"]


def test_producer_without_country_is_excluded_by_name(tmp_path: Path) -> None:
    """The EU needs the country of every named producer."""
    plots = six.plots(producer_country=["PE", None, "PE", "PE", "PE", "PE"])
    folder = written(tmp_path / "p", plots=plots)
    excluded = pd.read_csv(folder / "excluded.csv").set_index("plot")

    assert excluded.loc["norte/002", "excluded_because"] == "cannot_be_sent:no_producer_country"


def test_hostile_names_come_out_right_and_harmless(tmp_path: Path) -> None:
    """Formulas, markup, quotes, directions, line breaks and every script, in JSON, XML, CSV and PDF."""
    plots = six.plots(producer_name=HOSTILE, production_place=HOSTILE)
    harvest = six.harvest(
        operator={"name": HOSTILE, "country": "NL", "address": HOSTILE, "eori": "NL1"},
        package={"languages": ["es"], "producer_as": "producer", "outputs": ["eu_geojson", "statement"]},
    )
    folder = six.statement(written(tmp_path / "p", plots=plots, harvest=harvest))
    feature = json.loads((folder / "plots.geojson").read_text(encoding="utf-8"))["features"][0]
    index = pd.read_csv(io.StringIO((folder / "plots_index.csv").read_text(encoding="utf-8")))
    names = [e.text for e in etree.parse(str(folder / "dds.xml")).iter("{*}name")]

    assert feature["properties"]["ProducerName"] == CLEAN
    assert set(names) == {CLEAN}
    assert set(index["production_place"]) == {"'" + CLEAN}
    assert (folder / "statement.es.pdf").read_bytes().startswith(b"%PDF-1.7")


def test_redacted_twin_names_no_person(tmp_path: Path) -> None:
    """Not in tables, findings, GeoJSON or pages; neighbours of one producer can still be told."""
    told = "norte/001: producer Persona 0 also holds sur/A 1 of Persona 3"
    findings = tables.typed(
        tables.FINDINGS,
        [{"plot": "norte/001", "source_file": "f", "code": "c", "severity": "warn", "message": told, "details": "{}"}],
    )
    harvest = six.harvest(
        package={"languages": ["es"], "producer_as": "producer"} | {"outputs": ["eu_geojson", "statement"]}
    )
    folder = written(tmp_path / "p", findings=findings, harvest=harvest, redacted=True)

    assert (folder / "prueba-2026-redacted.zip").is_file()
    with zipfile.ZipFile(folder / "prueba-2026-redacted.zip") as bag:
        for name in bag.namelist():
            assert b"Persona" not in bag.read(name), name
    for table in ("PLOTS", "FINDINGS"):
        text = (
            pd.read_parquet(folder / "tables" / f"{table}.parquet").drop(columns="geometry", errors="ignore").to_csv()
        )
        assert "Persona" not in text
    assert redact.plots(six.plots(producer_name=["B", "A", "B", None, "A", "C"]))["producer_name"].tolist()[:3] == [
        "producer 00001",
        "producer 00002",
        "producer 00001",
    ]


@pytest.mark.parametrize(
    "cell", ["PERSONA 0", "persona  0", "Pe\u0301rsona 0", "Rosa Quispe Mamani", "doña Eulalia", "12 de Luz"]
)
def test_no_edition_names_anybody_in_a_cell(tmp_path: Path, cell: str) -> None:
    """Producers in capitals, with accents or two blanks, and third persons in a cell that could not be read."""
    details = {"field": "declared_area_ha", "value": cell, "expected": "a number"}
    message = say("findings", "value_unreadable", "en", **details)
    row = {"plot": "norte/001", "source_file": "f", "code": "value_unreadable", "severity": "warn"}
    findings = tables.typed(
        tables.FINDINGS, [row | {"message": message, "details": json.dumps(details, ensure_ascii=False)}]
    )
    hidden = redact.findings(findings, six.plots())
    said = hidden["message"].iloc[0] + hidden["details"].iloc[0]

    assert redact.HIDDEN in said and cell not in said
    assert not {"Rosa", "Eulalia", "Luz", "persona"} & {word.strip(".,'\"") for word in said.split()}
    assert tables.check(tables.FINDINGS, hidden) is hidden


@pytest.mark.parametrize("language", ["en", "es", "fr", "pt"])
def test_what_is_withheld_is_said_in_the_language_of_the_page(language: str) -> None:
    """And the rows that have to be mended stay: a file and its rows name nobody."""
    details = {"plot_id": "7", "rows": "coop-05.csv 4, coop-05.csv 12"}
    value = {"field": "declared_area_ha", "value": "Rosa Quispe", "expected": "a number"}
    row = {"plot": "norte/001", "source_file": "f", "severity": "warn", "message": ""}
    findings = tables.typed(
        tables.FINDINGS,
        [
            row | {"code": "id_repeated", "details": json.dumps(details)},
            row | {"code": "value_unreadable", "details": json.dumps(value)},
        ],
    )
    repeated, unread = redact.findings(findings, six.plots())["details"]
    words = {
        "en": "[name withheld]", "es": "[nombre reservado]", "fr": "[nom non communiqué]", "pt": "[nome reservado]"
    }  # fmt: skip

    assert "coop-05.csv 4, coop-05.csv 12" in say("findings", "id_repeated", language, **json.loads(repeated))
    assert words[language] in say("findings", "value_unreadable", language, **json.loads(unread))


@pytest.mark.parametrize("cell", ["1,5 ha", "12..5", "2026-13-45", "PE", "-76.1 W"])
def test_values_that_name_nobody_stay(cell: str) -> None:
    """What a person must correct is still shown."""
    details = {"field": "declared_area_ha", "value": cell, "expected": "a number"}
    row = {"plot": "norte/001", "source_file": "f", "code": "value_unreadable", "severity": "warn", "message": cell}
    findings = tables.typed(tables.FINDINGS, [row | {"details": json.dumps(details)}])

    assert redact.findings(findings, six.plots())["message"].iloc[0] == cell


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Unable to open /home/eva/2026/plots.shx or plots.SHX", "Unable to open plots.shx or plots.SHX"),
        ("cannot read '/vsizip//srv/x y/a.zip/p.shp'", None),
        ("norte/001 lies beside sur/A 1", "norte/001 lies beside sur/A 1"),
        ("see https://example.org/a/b", "see https://example.org/a/b"),
    ],
)
def test_findings_say_nothing_of_the_machine(text: str, shown: str | None) -> None:
    """Folders of absolute paths go; file names, keys of plots and addresses stay."""
    row = {"plot": "norte/001", "source_file": "f", "code": "c", "severity": "warn", "message": text}
    details = json.dumps({"problem": text})
    told = redact.without_paths(tables.typed(tables.FINDINGS, [row | {"details": details}]))

    assert "/srv" not in told["message"].iloc[0] and "/home" not in told["details"].iloc[0]
    assert shown is None or told["message"].iloc[0] == shown
    assert json.loads(told["details"].iloc[0])["problem"] == told["message"].iloc[0]


def test_usual_edition_names_no_producer_either(tmp_path: Path) -> None:
    """With cooperatives as producers, tables carry numbers; the named edition carries names."""
    usual = pd.read_parquet(written(tmp_path / "a") / "tables/PLOTS.parquet")["producer_name"]
    harvest = six.harvest(package={"producer_as": "producer", "outputs": ["eu_geojson"]})
    named = pd.read_parquet(written(tmp_path / "b", harvest=harvest) / "tables/PLOTS.parquet")["producer_name"]

    assert usual["norte/001"] == "producer 00001"
    assert named["norte/001"] == "Persona 0"


PRODUCERS = ["Ana Ría", 'Eva "La" Sol', "plots", "12", "Rosa", None]
TOLD = """norte/001: 12 plots of Ana Ría, Eva "La" Sol's and Rosa's. Ask Rosa, not Rosario."""


def told(tmp_path: Path, edition: str) -> Path:
    """A package with everything in it for people, of producers whom findings name."""
    row = {"plot": "norte/001", "cooperative": "norte", "source_file": "f", "code": "told", "severity": "warn"}
    details = json.dumps({"other": TOLD, "plots": 12}, ensure_ascii=False)
    findings = tables.typed(tables.FINDINGS, [row | {"message": TOLD, "fix": TOLD, "details": details}])
    outputs = ["eu_geojson", "statement", "gis", "report", "action_plan"]
    harvest = six.harvest(package={"languages": ["es"], "producer_as": edition, "outputs": outputs})
    return written(tmp_path / edition, plots=six.plots(producer_name=PRODUCERS), findings=findings, harvest=harvest)


def unpacked(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file of a package, and of the archives in it (workbooks and QGIS projects are some), with its bytes."""
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        yield path.name, path.read_bytes()
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as packed:
                for name in packed.namelist():
                    yield f"{path.name}/{name}", packed.read(name)


def test_no_file_of_the_usual_edition_names_a_producer(tmp_path: Path) -> None:
    """Not the GeoPackage, the report or the action plan either, which the named edition does name them in."""
    names = [name.encode() for name in ("Ana Ría", 'La" Sol', 'La\\" Sol', "Rosa's", "Ask Rosa")]
    usual = {
        (file, name) for file, content in unpacked(told(tmp_path, "cooperative")) for name in names if name in content
    }
    named = {file for file, content in unpacked(told(tmp_path, "producer")) if "Ana Ría".encode() in content}

    assert usual == set()
    assert {"prueba-2026.gpkg", "report.html"} <= named
    assert any(file.startswith("norte.xlsx/xl/") for file in named)


def test_details_stay_what_they_are_called(tmp_path: Path) -> None:
    """A producer called `plots`, or 12, changes neither the name of a detail nor its figure; Rosario is not Rosa."""
    findings = pd.read_parquet(told(tmp_path, "cooperative") / "tables/FINDINGS.parquet")
    details = json.loads(findings["details"].iloc[0])

    assert details["plots"] == 12
    assert details["other"] == findings["message"].iloc[0]
    assert details["other"].endswith(
        f"of {redact.HIDDEN}, {redact.HIDDEN}'s and {redact.HIDDEN}'s. Ask {redact.HIDDEN}, not Rosario."
    )


def test_one_producer_written_twice_keeps_one_number() -> None:
    """Case and spaces make no second person, or neighbours would no longer be assessed together."""
    hidden = redact.plots(six.plots(producer_name=["Ana Ría", "ANA  RÍA ", "Eva", None, " ", "Eva"]))["producer_name"]

    assert hidden.fillna("-").tolist() == [
        "producer 00001",
        "producer 00001",
        "producer 00002",
        "-",
        "-",
        "producer 00002",
    ]


def test_attachment_missing_or_changed_is_refused(tmp_path: Path) -> None:
    """A review stands on its evidence file: gone or altered, there is no package."""
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(b"trees")
    good = package.Attachment("reviews/photo.jpg", photo, hashlib.sha256(b"trees").hexdigest())
    folder = written(tmp_path / "a", attachments=[good])
    assert (folder / "reviews/photo.jpg").read_bytes() == b"trees"

    photo.write_bytes(b"field")
    with pytest.raises(PackageError, match=r"reviews/photo\.jpg: changed since it was signed off"):
        written(tmp_path / "b", attachments=[good])
    with pytest.raises(PackageError, match="leads out of the package"):
        written(tmp_path / "d", attachments=[package.Attachment("reviews/../../photo.jpg", photo)])
    assert not list(
        written(tmp_path / "e", attachments=[package.Attachment("r.csv", photo)], redacted=True).glob("r.csv")
    )
    photo.unlink()
    with pytest.raises(PackageError, match=r"reviews/photo\.jpg: cannot be read"):
        written(tmp_path / "c", attachments=[good])
