"""Edits of a package whose every hash was made anew: each is found, or belongs to what only a signature tells."""

import hashlib
import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import shapely

from eudr_check import package, parquet, tables
from eudr_check.files import Attachment
from eudr_check.package.verify import Difference, Stages, contents, only_a_signature, verify
from eudr_check.run.recompute import lots_of
from tests.helpers import package_tables as six
from tests.helpers.tampering import edited, patched, rehashed

Change = Callable[[Path], None]
OUTPUTS = ["eu_geojson", "statement", "gis", "report", "action_plan"]


def settings(**changes: Any) -> Any:
    return six.harvest(package={"languages": ["es"], "outputs": OUTPUTS}, **changes)


def all_tables(folder: Path) -> dict[str, Any]:
    """Arguments of a package with lots, a finding that blocks, a gap, a review and a legality document."""
    document, reviews = folder / "a.pdf", folder / "reviews.csv"
    document.write_bytes(b"title deed")
    reviews.write_text("review,plots\nR1,sur/A 3\n", encoding="utf-8")
    sha256 = hashlib.sha256(b"title deed").hexdigest()
    (folder / "legality.csv").write_text(f"topic,document,sha256\nland,a.pdf,{sha256}\n", encoding="utf-8")
    assessments = six.assessments()
    assessments.loc["sur/A 3", "review"] = "R1 clear"
    finding = {"plot": "norte/001", "cooperative": "norte", "source_file": "norte.geojson", "source_row": 1,
               "code": "seen_by_hand", "severity": "warn", "message": "Measured twice.", "details": "{}"}  # fmt: skip
    reason = {"plot": "norte/003", "code": "agreed_loss", "layers": "hansen.loss_year", "area_ha": 0.5}
    accepted = ["norte/001", "norte/002", "sur/A 1", "sur/A 2", "sur/A 3"]
    delivered = six.deliveries(*(("L1", plot, 1200) for plot in accepted), ("L2", "norte/003", 900))
    return six.package(
        harvest=settings(),
        assessments=assessments,
        findings=tables.typed(tables.FINDINGS, [finding]),
        reasons=tables.typed(tables.REASONS, [reason]),
        deliveries=delivered,
        lots=lots_of(delivered, assessments, six.plots(), settings())[1],
        legality=pd.DataFrame([{"topic": "land", "document": "a.pdf", "valid_until": "2027-12-31", "sha256": sha256}]),
        attachments=[
            Attachment("reviews/reviews.csv", reviews),
            Attachment("legality/legality.csv", folder / "legality.csv"),
            Attachment("legality/a.pdf", document, sha256),
        ],
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Stages]:
    """A finished package, and other stages that give what its tables say."""
    folder = tmp_path_factory.mktemp("tampering")
    (folder / "p").mkdir()
    content = all_tables(folder)
    package.write(folder / "p", package.PackageInput(**content))
    assessments, reasons = content["assessments"], content["reasons"]

    def review(fresh: pd.DataFrame, evidence: pd.DataFrame, plots: pd.DataFrame, path: Path) -> pd.DataFrame:
        """The review clears its plot as long as it stands in the file."""
        cleared = "sur/A 3" in path.read_text(encoding="utf-8")
        return assessments if cleared else fresh.assign(final_outcome=fresh["outcome"], review=None)

    def assess(plots: Any, *_: Any) -> tuple[pd.DataFrame, pd.DataFrame]:
        return assessments.reindex(plots.index), reasons

    shipped = {"convergence@1": {"full_name": "convergence@1", "title": "Loss on forest by agreement"}}
    return folder / "p", Stages(assess, review, shipped.get, lambda name: None, lambda *_: (), lots=lots_of)


def table(name: str, change: Callable[[Any], Any]) -> Change:
    """Rewrites a Parquet table."""

    def rewrite(folder: Path) -> None:
        path = folder / f"tables/{name}.parquet"
        read = parquet.features if name in ("PLOTS", "PATCHES") else parquet.frame
        changed = change(read(path))
        changed.to_parquet(path, compression="zstd")

    return rewrite


def at(row: Any, column: str, value: Any) -> Callable[[Any], Any]:
    def change(frame: Any) -> Any:
        frame.loc[row, column] = value
        return frame

    return change


def moved(frame: Any) -> Any:
    frame.loc["norte/001", "geometry"] = shapely.transform(frame.loc["norte/001", "geometry"], lambda xy: xy + 0.01)
    return frame


def sql(statement: str) -> Change:
    """Changes the GeoPackage."""

    def change(folder: Path) -> None:
        (path,) = folder.glob("*.gpkg")
        with closing(sqlite3.connect(path)) as file, file:
            file.execute(statement)

    return change


def removed(name: str) -> Change:
    def change(folder: Path) -> None:
        path = folder / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()

    return change


def added(name: str, content: bytes = b"x") -> Change:
    def change(folder: Path) -> None:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)

    return change


def appended(name: str) -> Change:
    def change(folder: Path) -> None:
        with (folder / name).open("ab") as file:
            file.write(b"\n%x")

    return change


def declared_high(folder: Path) -> None:
    """The feature of a low plot is given out for the high one's ground."""
    edited(S + "plots.geojson", "-76.100000,-6.039000", "-76.100000,-6.049000")(folder)


S = "statement-L1/"
FOUND: dict[str, tuple[Change, str]] = {
    "geojson geometry": (edited(S + "plots.geojson", "-76.060000,-6.039000", "-76.060001,-6.039000"), "plots.geojson"),
    "geojson of other ground": (declared_high, "plots.geojson"),
    "geojson area": (edited(S + "plots.geojson", '"Area":1.5000', '"Area":1.4000'), "plots.geojson"),
    "geojson property": (edited(S + "plots.geojson", '"ProductionPlace":"San José",', ""), "plots.geojson"),
    "geojson producer": (edited(S + "plots.geojson", '"ProducerName":"sur"', '"ProducerName":"este"'), "plots.geojson"),
    "geojson country": (edited(S + "plots.geojson", '"PE"', '"EC"'), "plots.geojson"),
    "geojson blanks": (appended(S + "plots.geojson"), "plots.geojson"),
    "index outcome": (edited(S + "plots_index.csv", "cleared_by_review", "low"), "plots_index.csv"),
    "index digest": (edited(S + "plots_index.csv", "norte/001", "norte/003"), "plots_index.csv"),
    "payload mass": (edited(S + "dds.xml", "6000<", "6001<"), "dds.xml"),
    "payload heading": (edited(S + "dds.xml", "090111", "090112"), "dds.xml"),
    "payload country": (edited(S + "dds.xml", "<dds:country>PE", "<dds:country>EC"), "dds.xml"),
    "payload activity": (edited(S + "dds.xml", "IMPORT", "EXPORT"), "dds.xml"),
    "payload reference": (edited(S + "dds.xml", "Number>prueba-2026.L1", "Number>prueba-2026.L2"), "dds.xml"),
    "payload goods": (edited(S + "dds.xml", "Green coffee", "Roasted coffee"), "dds.xml"),
    "payload confidential": (edited(S + "dds.xml", "Confidential>true", "Confidential>false"), "dds.xml"),
    "payload removed": (removed(S + "dds.xml"), "dds.xml"),
    "dds mass": (patched(S + "dds.json", lambda d: d["statement"].update(net_mass_kg=1.0)), "dds.json"),
    "dds operator": (patched(S + "dds.json", lambda d: d["operator"].update(name="Other")), "dds.json"),
    "dds product": (patched(S + "dds.json", lambda d: d["product"].update(hs_code="1801")), "dds.json"),
    "dds outcomes": (patched(S + "dds.json", lambda d: d["outcomes"].update(low=9)), "dds.json"),
    "dds layers": (patched(S + "dds.json", lambda d: d["layers"][0].update(gaps=1)), "dds.json"),
    "dds excluded": (patched(S + "dds.json", lambda d: d["excluded"].update(plots=1)), "dds.json"),
    "dds countries": (
        patched(S + "dds.json", lambda d: d["geolocation"]["countries"][0].update(hectares=1)), "dds.json"),
    "dds draft": (patched(S + "dds.json", lambda d: d.update(draft=True)), "dds.json"),
    "dds answers": (
        patched(S + "dds.json", lambda d: d.update(article10={"es": [{"letter": "a", "operator": [1]}]})), "dds.json"),
    "dds is a list": (added(S + "dds.json", b"[]"), "dds.json"),
    "dds legality of numbers": (patched(S + "dds.json", lambda d: d.update(legality=[1])), "dds.json"),
    "dds points of text": (patched(S + "dds.json", lambda d: d.update(open_points=["a"])), "dds.json"),
    "dds countries of numbers": (patched(S + "dds.json", lambda d: d["geolocation"].update(countries=3)), "dds.json"),
    "dds document": (patched(S + "dds.json", lambda d: d["legality"][0].update(sha256="ab" * 32)), "legality"),
    "pages": (appended(S + "statement.es.pdf"), "statement.es.pdf"),
    "sheet to file by hand": (edited(S + "form.es.html", ">6000<", ">6001<"), "form.es.html"),
    "sheet removed": (removed(S + "form.es.html"), "form.es.html"),
    "statement removed": (removed("statement-L1"), "statement-L1"),
    "statement added": (lambda f: shutil.copytree(f / "statement-L1", f / "statement-L2") and None, "statement-L2"),
    "statement renamed": (lambda f: (f / "statement-L1").rename(f / "DRAFT-statement-L1") and None, "statement-L1"),
    "summary outcomes": (patched("summary.json", lambda d: d["outcomes"].update(high=0)), "summary.json"),
    "summary statements": (patched("summary.json", lambda d: d["statements"][0].update(net_mass_kg=1)), "summary.json"),
    "summary lots": (patched("summary.json", lambda d: d.update(refused_lots=[])), "summary.json"),
    "summary policy": (patched("summary.json", lambda d: d.update(policy="other@1")), "summary.json"),
    "summary draft": (patched("summary.json", lambda d: d.update(draft=True)), "summary.json"),
    "settings mass": (patched("settings.json", lambda d: d["product"].update(net_mass_kg=10)), "dds.json"),
    "settings operator": (patched("settings.json", lambda d: d["operator"].update(country="DE")), "dds"),
    "settings production": (patched("settings.json", lambda d: d["production"].update(to="2026-12-31")), "dds.json"),
    "settings traceability": (
        patched("settings.json", lambda d: d["package"].update(traceability="declared_in_excess")), "excluded.csv"),
    "settings outputs": (patched("settings.json", lambda d: d["package"].update(outputs=["gis"])), "statement-L1"),
    "settings variable": (patched("settings.json", lambda d: d["variables"].pop()), "EVIDENCE"),
    "settings role that is none": (
        patched("settings.json", lambda d: d["variables"][0].update(role="forest")), "settings.json"),
    "settings kind that is none": (
        patched("settings.json", lambda d: d["variables"][0].update(kind="map")), "settings.json"),
    "settings date that is none": (
        patched("settings.json", lambda d: d["variables"][0].update(covers_from="2020-13-01")), "settings.json"),
    "settings unknown key": (patched("settings.json", lambda d: d.update(extra=1)), "settings.json"),
    "settings languages": (patched("settings.json", lambda d: d["package"].update(languages=[])), "settings.json"),
    "policy threshold": (patched("policy.json", lambda d: d.update(threshold_ha=50)), "policy.json"),
    "policy title": (patched("policy.json", lambda d: d.update(title="Other")), "policy.json"),
    "policy removed": (removed("policy.json"), "policy.json"),
    "manifest sources": (table("SOURCES", at(0, "sha256", "1" * 64)), "MANIFEST.json"),
    "sources failed": (table("SOURCES", at(0, "status", "failed")), "dds.json"),
    "sources row removed": (table("SOURCES", lambda f: f.iloc[1:]), "SOURCES"),
    "findings message": (table("FINDINGS", at(0, "message", "Fine.")), "gpkg"),
    "findings row removed": (table("FINDINGS", lambda f: f.iloc[:0]), "gpkg"),
    "findings block": (table("FINDINGS", at(0, "severity", "block")), "PLOTS"),
    "findings details": (
        table("FINDINGS", lambda f: f.assign(code="area_mismatch", details='{"declared_ha": 1, "measured_ha": 2}')),
        "FINDINGS"),
    "plots geometry": (table("PLOTS", moved), "plots.geojson"),
    "plots area": (table("PLOTS", at("norte/001", "area_ha", 9.0)), "PLOTS"),
    "plots usable": (table("PLOTS", at("norte/001", "usable", False)), "FINDINGS"),
    "plots key": (table("PLOTS", at("norte/001", "plot_id", "009")), "PLOTS"),
    "plots row removed": (table("PLOTS", lambda f: f.drop("norte/003")), "ASSESSMENTS"),
    "evidence hectares": (table("EVIDENCE", at("norte/001", "area_ha", 0.1)), "EVIDENCE"),
    "evidence row removed": (table("EVIDENCE", lambda f: f.drop("norte/001")), "evidence.csv"),
    "assessments outcome": (table("ASSESSMENTS", at("norte/003", "outcome", "low")), "ASSESSMENTS"),
    "assessments final": (table("ASSESSMENTS", at("norte/003", "final_outcome", "low")), "ASSESSMENTS"),
    "assessments reasons": (table("ASSESSMENTS", at("norte/003", "reasons", "")), "ASSESSMENTS"),
    "assessments review": (table("ASSESSMENTS", at("norte/003", "review", "R9 clear")), "ASSESSMENTS"),
    "assessments hectares": (table("ASSESSMENTS", at("norte/003", "deforestation_ha", 0.2)), "ASSESSMENTS"),
    "assessments row removed": (table("ASSESSMENTS", lambda f: f.drop("norte/003")), "ASSESSMENTS"),
    "reasons": (table("REASONS", lambda f: f.iloc[:0]), "REASONS"),
    "lots weight": (table("LOTS", at(0, "kg_green", 10.0)), "summary.json"),
    "lots status": (table("LOTS", at(1, "status", "accepted")), "refused_lots.csv"),
    "lots plots": (table("LOTS", lambda f: f.assign(plots=[list(f["plots"][1]), list(f["plots"][0])])), "LOTS"),
    "lots warning": (table("LOTS", at(0, "warnings", "area_unknown: norte/001")), "LOTS"),
    "deliveries weight": (table("DELIVERIES", at(0, "kg", 1000.0)), "DELIVERIES"),
    "deliveries product": (table("DELIVERIES", at(0, "kg_green", 1000.0)), "DELIVERIES"),
    "deliveries weight and product": (
        table("DELIVERIES", lambda f: at(0, "kg", 1000.0)(at(0, "kg_green", 1000.0)(f))), "LOTS"),
    "deliveries form": (table("DELIVERIES", at(0, "form", "cherry")), "DELIVERIES"),
    "deliveries plot": (table("DELIVERIES", at(0, "plot", "norte/003")), "LOTS"),
    "deliveries lot": (table("DELIVERIES", at(5, "lot", "L1")), "LOTS"),
    "deliveries date": (table("DELIVERIES", at(0, "date", "2019-06-01")), "LOTS"),
    "deliveries removal": (table("DELIVERIES", at(0, "removed", True)), "DELIVERIES"),
    "deliveries removal dated": (
        table("DELIVERIES", lambda f: f.assign(removed_on="2026-06-02", mixed_on="2026-06-03", removed=True)), "LOTS"),
    "deliveries row removed": (table("DELIVERIES", lambda f: f.iloc[1:]), "LOTS"),
    "deliveries column removed": (table("DELIVERIES", lambda f: f.drop(columns="kg")), "DELIVERIES"),
    "deliveries removed": (removed("tables/DELIVERIES.parquet"), "DELIVERIES"),
    "lots removed": (removed("tables/LOTS.parquet"), "refused_lots.csv"),
    "evidence.csv": (edited("tables/evidence.csv", "polygon", "cell"), "evidence.csv"),
    "assessments.csv": (edited("tables/assessments.csv", ",high,", ",low,"), "assessments.csv"),
    "reasons.csv": (edited("tables/reasons.csv", "agreed_loss", "old_loss"), "reasons.csv"),
    "csv-metadata": (edited("tables/csv-metadata.json", '"ha"', '"acre"'), "csv-metadata.json"),
    "excluded.csv": (edited("excluded.csv", "norte/003", "norte/004"), "excluded.csv"),
    "refused_lots.csv": (edited("refused_lots.csv", "L2", "L3"), "refused_lots.csv"),
    "shipment kilograms": (edited("shipment_status.csv", "declared", "open"), "shipment_status.csv"),
    "shipment located": (edited("shipment_status.csv", "6900.0,6900.0,", "6900.0,9000.0,"), "shipment_status.csv"),
    "shipment removed": (removed("shipment_status.csv"), "shipment_status.csv"),
    "grouping": (added("grouping/prueba-2026.S1.dds.xml"), "grouping/prueba-2026.S1.dds.xml"),
    "geojson_changes.csv": (edited("geojson_changes.csv", "norte/002", "norte/001"), "geojson_changes.csv"),
    "readme": (edited("README.es.txt", "1", "7"), "README.es.txt"),
    "geopackage attribute": (sql("UPDATE reasons SET code = 'old_loss'"), "gpkg"),
    "geopackage row": (sql("DELETE FROM findings"), "gpkg"),
    "geopackage sources": (sql("UPDATE sources SET status = 'read', href = 'x'"), "gpkg"),
    "geopackage style": (sql("UPDATE layer_styles SET styleQML = replace(styleQML, 'high', 'low')"), "gpkg"),
    "geopackage trigger": (
        sql("CREATE TRIGGER t AFTER INSERT ON reasons BEGIN DELETE FROM plots; END"), "gpkg"),
    "project": (appended("prueba-2026.qgz"), "qgz"),
    "review taken out": (edited("reviews/reviews.csv", "R1,sur/A 3", ""), "ASSESSMENTS"),
    "document": (added("legality/a.pdf", b"another deed"), "legality/a.pdf"),
    "document removed": (removed("legality/a.pdf"), "legality/a.pdf"),
    "report removed": (removed("report.html"), "report.html"),
    "action plan removed": (removed("action_plan/norte.pdf"), "norte.pdf"),
    "workbook removed": (removed("action_plan/sur.xlsx"), "sur.xlsx"),
    "geopackage removed": (removed("prueba-2026.gpkg"), "gpkg"),
    "project removed": (removed("prueba-2026.qgz"), "qgz"),
    "definitions removed": (removed("layers.json"), "layers.json"),
    "table as CSV removed": (removed("tables/reasons.csv"), "reasons.csv"),
    "excluded.csv removed": (removed("excluded.csv"), "excluded.csv"),
    "readme removed": (removed("README.es.txt"), "README.es.txt"),
    "foreign file": (added(S + "invoice.exe"), "invoice.exe"),
    "foreign table": (added("tables/MORE.parquet"), "MORE.parquet"),
    "summary is a list": (added("summary.json", b"[]"), "summary.json"),
    "settings without product": (patched("settings.json", lambda d: d.pop("product")), "settings.json"),
    "table that is none": (added("tables/PLOTS.parquet", b"PAR1"), "PLOTS"),
}  # fmt: skip


def test_untouched_package_passes(made: tuple[Path, Stages], tmp_path: Path) -> None:
    """As it was made, and as it is after nothing but its hashes were made anew."""
    folder, stages = made

    assert verify(folder, stages=stages) == []
    assert verify(next(folder.glob("*.zip")), stages=stages) == []
    assert verify(rehashed(folder, tmp_path / "p", lambda _: None), stages=stages) == []


@pytest.mark.parametrize("name", FOUND)
def test_edit_is_found_although_every_hash_fits(made: tuple[Path, Stages], tmp_path: Path, name: str) -> None:
    """One edit per kind of file and field; the file concerned is named."""
    change, file = FOUND[name]
    folder, stages = made
    found = verify(rehashed(folder, tmp_path / "p", change), stages=stages)

    assert any(file in difference.file for difference in found), found
    assert all(difference.message for difference in found)


@pytest.mark.parametrize("error", [KeyError("x"), TypeError("x"), ValueError("x"), IndexError("x"), RecursionError()])
def test_a_check_that_a_foreign_file_breaks_is_a_difference(
    made: tuple[Path, Stages], monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """Whatever a file holds that nobody thought of, `verify` says so, and goes on to the other checks."""

    def broken(*_: Any) -> Any:
        raise error

    folder, stages = made
    monkeypatch.setattr("eudr_check.package.verify.derived.check", broken)
    monkeypatch.setattr("eudr_check.package.verify.documents.check", lambda _: [Difference("x", "y", "z")])
    found = verify(folder, stages=stages)

    assert [(one.file, one.code) for one in found] == [("MANIFEST.json", "not_recomputed"), ("x", "y")]
    assert type(error).__name__ in found[0].message


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (appended("report.html"), "report.html"),
        (lambda f: appended("action_plan/norte.pdf")(f), "action plans"),
    ],
)
def test_what_is_not_found_is_listed(made: tuple[Path, Stages], tmp_path: Path, change: Change, told: str) -> None:
    """Files that nothing inside can vouch for stand in the list that `verify` prints."""
    folder, stages = made

    assert verify(rehashed(folder, tmp_path / "p", change), stages=stages) == []
    assert any(told in one for one in only_a_signature())


def test_shipped_definition_under_its_own_id(made: tuple[Path, Stages], tmp_path: Path) -> None:
    """A layer with a shipped id holds what was shipped under it."""
    folder, stages = made
    own = added("layers.json", json.dumps([{"id": "hansen_gfc@v1.13", "values": "1..20"}]).encode())
    known = replace(stages, definition={"hansen_gfc@v1.13": {"id": "hansen_gfc@v1.13", "values": "1..25"}}.get)
    found = verify(rehashed(folder, tmp_path / "p", own), stages=known)

    assert ("layers.json", "not_shipped") in [(d.file, d.code) for d in found]


@pytest.mark.parametrize(("column", "value"), [("role", "context"), ("covers_through", "2030-12-31")])
def test_columns_mean_what_the_definitions_inside_say(
    made: tuple[Path, Stages], tmp_path: Path, column: str, value: Any
) -> None:
    """Outcomes are made once more by the meaning of the columns, so nobody may give them another one."""
    folder, stages = made
    defined = contents.variable(json.loads((folder / "settings.json").read_text(encoding="utf-8"))["variables"][0])
    known = replace(stages, variables=lambda *_: [defined, *six.VARIABLES[1:]])
    change = patched("settings.json", lambda d: d["variables"][0].update({column: value}))
    found = verify(rehashed(folder, tmp_path / "p", change), stages=known)

    assert verify(folder, stages=known) == []
    assert [d.message for d in found if d.code == "variables" and f".{column}: " in d.message]


def test_edits_are_many_enough() -> None:
    """At least forty kinds."""
    assert len(FOUND) >= 40
