"""The package of one shipment: whole for whoever checks it, and silent about all others in every byte of every file."""

import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import pytest
import yaml

from eudr_check import config, parquet
from eudr_check.documents.review import COLUMNS, read_reviews
from eudr_check.errors import PackageError
from eudr_check.package.verify import verify
from eudr_check.run import recompute
from eudr_check.run.harvest import run
from tests.helpers import tiny_harvest
from tests.helpers.every_byte import held_by
from tests.helpers.made_once import made_once
from tests.helpers.tampering import patched, rehashed

SUR = "zutana-sur"
DELIVERIES = f"""date,cooperative,plot_id,kg,form,lot,mixed_on,removed_on
2026-08-01,norte,low-clear,901,green,LOTE-A,2026-09-01,
2026-08-02,norte,piece-a,333,green,LOTE-A,2026-09-01,
2026-08-02,norte,high-seam,77.5,green,LOTE-A,2026-09-01,2026-08-20
2026-08-03,norte,low-renew,507,green,LOTE-M,,
2026-08-04,norte,low-clear,4003,green,LOTE-B,,
2026-08-05,norte,piece-b,611,green,LOTE-B,,
2026-08-06,norte,low-edge,613,green,LOTE-B,,
2026-08-07,{SUR},low-point,617,green,LOTE-B,,
2026-08-08,norte,info-wood,619,green,LOTE-C,,
"""
SHIPMENTS = """shipment,lots,net_mass_kg,contract,container,border_country,date,sales_reference
EMB-A,LOTE-A; LOTE-M=301,1535,contrato-propio,caja-propia,NL,2026-10-30,venta-propia
EMB-B,LOTE-B; LOTE-M=205.75,6049.75,contrato-ajeno,caja-ajena,BE,2026-10-31,venta-ajena
EMB-C,LOTE-C,619,contrato-mengano,,NL,2026-10-31,
"""
OTHERS = (
    "piece-b", "low-edge", "high-seam", "info-wood", "info-bite", "no-events", "low-point", "bow-tie", "zutan",
    "sur.csv", "LOTE-B", "LOTE-C", "EMB-B", "EMB-C", "ajen", "mengano", "6049.75", "205.75", "4003", "611", "613",
    "617", "5844", "619", "8203.75", "R-ajena",
)  # fmt: skip
"""Names of plots, people, cooperatives, files, lots, shipments, papers and reviews, and kilograms, of others alone."""
DIGITS = re.compile(r"[\d.]+")


class Home(NamedTuple):
    """A run folder, and what was asked for in it."""

    folder: Path
    config: Path

    @property
    def alone(self) -> Path:
        """The package of shipment EMB-A."""
        return self.folder / "shipment-EMB-A"


def planted(folder: Path) -> Path:
    """The tiny harvest with a farm cut into two pieces that go into two shipments, and documents on both."""
    tiny = tiny_harvest.write(folder / "tiny")
    place = tiny.config.parent
    land = json.loads((place / "norte.geojson").read_text(encoding="utf-8"))
    kept = [one for one in land["features"] if one["properties"]["codigo"] != "high-one"]
    for name, box in (("piece-a", (17, 10, 22, 16)), ("piece-b", (21.9, 10, 28, 16))):
        ring = [[*tiny_harvest.place(*corner)] for corner in corners(box)]
        kept.append({"type": "Feature", "properties": {"codigo": name, "socio": "Socia Ejemplo 90", "hectareas": 2.3},
                     "geometry": {"type": "Polygon", "coordinates": [ring]}})  # fmt: skip
    (place / "norte.geojson").write_text(json.dumps({**land, "features": kept}), encoding="utf-8")
    sur = (place / "sur.csv").read_text(encoding="utf-8")
    (place / "sur.csv").write_text(sur.replace("Socio Ejemplo", "Zutano"), encoding="utf-8")
    for name, text in (("deliveries", DELIVERIES), ("shipments", SHIPMENTS)):
        (place / f"{name}.csv").write_text(text, encoding="utf-8")
    digest = paper(place, "acta.txt"), paper(place, "zutana.txt")
    (place / "legality.csv").write_text(
        "topic,document,sha256,valid_until,cooperatives\n"
        f"land_use_rights,acta.txt,{digest[0]},2030-01-01,norte; {SUR}\n"
        f"environment,zutana.txt,{digest[1]},2030-01-01,{SUR}\n",
        encoding="utf-8",
    )
    (place / "answers.csv").write_text(
        "letter,answer,evidence,sha256,date,person,cooperatives\n"
        f"d,asamblea celebrada,acta.txt,{digest[0]},2026-10-26,Responsable Ejemplo,norte; {SUR}\n"
        f"e,dicho por zutana,zutana.txt,{digest[1]},2026-10-26,Zutana,{SUR}\n",
        encoding="utf-8",
    )
    content = yaml.safe_load(tiny.config.read_text(encoding="utf-8"))
    content["plots"][1]["cooperative"] = SUR
    content["product"]["net_mass_kg"] = 8203.75
    content["cooperatives"] = {"norte": "Cooperativa del Norte", SUR: "Cooperativa Zutana"}
    content |= {name: f"{name}.csv" for name in ("deliveries", "shipments", "legality", "answers")}
    tiny.config.write_text(yaml.safe_dump(content, sort_keys=False, allow_unicode=True), encoding="utf-8")
    return tiny.config


def corners(box: tuple[float, float, float, float]) -> list[tuple[float, float]]:
    west, north, east, south = box
    return [(west, south), (east, south), (east, north), (west, north), (west, south)]


def paper(folder: Path, name: str) -> str:
    (folder / name).write_text(f"documento {name}\n", encoding="utf-8")
    return hashlib.sha256((folder / name).read_bytes()).hexdigest()


def reviewed(file: Path) -> None:
    """Decide on both pieces in one review, with two people and dated pictures; and on a plot of others."""
    asked = run(config.load(file), until="assess", offline=True).made["assess"].json("to_review")
    digest = paper(file.parent, "acta.txt")
    pieces = ["norte/piece-a", "norte/piece-b"]
    reasons = sorted({code for plot in pieces for code in asked[plot]["reason"]})
    rows = [("R-comun", pieces, reasons), ("R-ajena", ["norte/info-bite"], asked["norte/info-bite"]["reason"])]
    lines = [
        f"{name},{'; '.join(plots)},clear,{' '.join(codes)},field_visit,acta.txt={digest},"
        "S2A_antes=2020-12-14; S2B_ahora=2026-07-18,Ana Ejemplo,Luis Muestra,2026-10-12,"
        + "; ".join(asked[plot]["evidence_digest"] for plot in plots)
        for name, plots, codes in rows
    ]
    (file.parent / "reviews.csv").write_text("\n".join([",".join(COLUMNS), *lines]) + "\n", encoding="utf-8")
    content = yaml.safe_load(file.read_text(encoding="utf-8")) | {"reviews": "reviews.csv"}
    file.write_text(yaml.safe_dump(content, sort_keys=False, allow_unicode=True), encoding="utf-8")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """That harvest with the package of shipment EMB-A, and its redacted edition."""

    def make(folder: Path) -> Home:
        file = planted(folder)
        reviewed(file)
        run(config.load(file), offline=True, shipments=["EMB-A"], redacted=True)
        return Home(file.parent / "run", file)

    return made_once(tmp_path_factory, "one-shipment", make)


def test_no_byte_names_another_shipment(home: Home):
    """Plots, people, cooperatives, files, lots, masses, papers and reviews of others stand nowhere, edition without
    names included; the whole package holds every one of them."""
    assert set(held_by(home.folder / "package", OTHERS)) == set(OTHERS)
    for package in (home.alone, home.folder / "redacted-shipment-EMB-A"):
        found = held_by(package, [name for name in OTHERS if not DIGITS.fullmatch(name)])
        assert found == {}
        assert masses(package) == set()


def masses(package: Path) -> set[str]:
    """Figures of others among the numbers of files that people and programs read; digests hold any digits."""
    files = [file for kind in ("csv", "json", "txt", "html") for file in package.rglob(f"*.{kind}")]
    texts = [file.read_text(encoding="utf-8") for file in files if file.name != "MANIFEST.json"]
    figure = r"(?<![\w.,-]){}(\.0+)?(?![\w.,-])"
    wanted = {name for name in OTHERS if DIGITS.fullmatch(name)}
    return {name for text in texts for name in wanted if re.search(figure.format(re.escape(name)), text)}


def test_whoever_gets_it_makes_everything_once_more(home: Home):
    """Lots, masses, reviews and outcomes come out of it alone; the statement is to the byte that of the whole."""
    plots = parquet.frame(home.alone / "tables/PLOTS.parquet").index
    lots = parquet.frame(home.alone / "tables/LOTS.parquet")
    (inside,) = home.alone.glob("*.zip")

    assert set(plots) == {"norte/low-clear", "norte/piece-a", "norte/low-renew"}
    assert dict(zip(lots["lot"], lots["kg_green"], strict=True)) == {"LOTE-A": 1234.0, "LOTE-M": 507.0}
    for package in (home.alone, inside, home.folder / "redacted-shipment-EMB-A"):
        assert verify(package, stages=recompute.STAGES) == []
    whole = {file.name: file.read_bytes() for file in (home.folder / "package/statement-EMB-A").iterdir()}
    alone = {file.name: file.read_bytes() for file in (home.alone / "statement-EMB-A").iterdir()}
    assert whole.keys() == alone.keys()
    assert {name for name in whole if whole[name] != alone[name]} == set()


def test_lists_and_texts_are_cut(home: Home):
    """A review of two plots keeps one, a scope of two cooperatives one, a finding names no neighbour, a delivery that
    was taken out of the lot no plot; files go whole."""
    (review,) = read_reviews(home.alone / "reviews/reviews.csv")
    deliveries = parquet.frame(home.alone / "tables/DELIVERIES.parquet")
    findings = parquet.frame(home.alone / "tables/FINDINGS.parquet")
    overlap = findings[findings["code"] == "overlap"]

    assert review.plots == ("norte/piece-a",)
    assert list(pd.read_csv(home.alone / "legality/legality.csv")["cooperatives"]) == ["norte"]
    assert list(pd.read_csv(home.alone / "answers/answers.csv")["cooperatives"]) == ["norte"]
    assert list(deliveries.loc[deliveries["removed"], "plot"]) == ["[withheld]/[withheld]"]
    assert list(overlap["plot"]) == ["norte/piece-a"]
    assert "[withheld]" in overlap["message"].iloc[0]
    assert (home.alone / "reviews/acta.txt").read_bytes() == b"documento acta.txt\n"


def test_what_hangs_on_others_is_said(home: Home):
    """Of a lot shared with another shipment, of plots that deliver elsewhere too, and of a farm that was judged whole,
    the package says what can be said: that there is more, and not what."""
    stated = json.loads((home.alone / "summary.json").read_text(encoding="utf-8"))["alone"]
    readme = (home.alone / "README.en.txt").read_text(encoding="utf-8")
    lots = parquet.frame(home.alone / "tables/LOTS.parquet").set_index("lot")

    assert stated == {
        "shipment": "EMB-A",
        "lots_taken_in_part": [{"lot": "LOTE-M", "held_kg": 507.0, "taken_kg": 301.0}],
        "judged_with_others": ["norte/piece-a"],
        "delivering_elsewhere": 1,
    }
    assert "Lot LOTE-M holds 507 kg, of which this shipment takes 301 kg." in readme
    assert "also delivered into lots that are not inside: 1." in readme
    assert "the whole harvest only: norte/piece-a" in readme
    report = (home.alone / "report.html").read_text(encoding="utf-8")
    assert '"called":"tiny · EMB-A"' in report
    assert '{"lot":"LOTE-M","kg":301.0,"ready":true' in report
    # 4,904 kg of 2.76 ha are asked about; the 901 kg inside alone would not be.
    assert lots.loc["LOTE-A", "warnings"] == "yield_above_usual: norte/low-clear"


def better(folder: Path) -> None:
    """The plot that was judged with others is given out for one that needs no review."""
    path = folder / "tables/ASSESSMENTS.parquet"
    table = parquet.frame(path)
    table.loc["norte/piece-a", ["outcome", "final_outcome", "review"]] = ["low", "low", None]
    parquet.write(path, "ASSESSMENTS", table)


def unwarned(folder: Path) -> None:
    """A warning that hangs on this shipment alone goes."""
    path = folder / "tables/DELIVERIES.parquet"
    table = parquet.frame(path)
    table.loc[table["plot"] == "norte/low-renew", ["kg", "kg_green"]] = [5000.0, 5000.0]
    parquet.write(path, "DELIVERIES", table)


EDITS: dict[str, tuple[Callable[[Path], None], str, str]] = {
    "a plot judged with others made better": (better, "tables/ASSESSMENTS.parquet", "outcome"),
    "kilograms that ask for a warning": (unwarned, "tables/LOTS.parquet", "deliveries"),
    "a plot said to be judged with others": (
        patched("summary.json", lambda told: told["alone"].update(delivering_elsewhere="many")),
        "summary.json",
        "unreadable",
    ),
    "another shipment": (
        patched("summary.json", lambda told: told["alone"].update(shipment="EMB-Z")),
        "summary.json",
        "alone",
    ),
}


@pytest.mark.parametrize("edit", EDITS)
def test_edits_are_found(edit: str, home: Home, tmp_path: Path):
    """What may differ from the whole harvest may be worse here than the tables give, and never better."""
    change, file, code = EDITS[edit]

    found = verify(rehashed(home.alone, tmp_path / "p", change), stages=recompute.STAGES)

    assert (file, code) in {(one.file, one.code) for one in found}


def test_a_whole_harvest_is_no_shipment(home: Home, tmp_path: Path):
    """Nobody gets rid of checks by calling the package of a harvest that of a shipment."""

    def called(told: Any) -> None:
        told["alone"] = {"shipment": "EMB-A", "lots_taken_in_part": [], "judged_with_others": [],
                         "delivering_elsewhere": 0}  # fmt: skip

    found = verify(
        rehashed(home.folder / "package", tmp_path / "p", patched("summary.json", called)), stages=recompute.STAGES
    )

    assert ("summary.json", "alone") in {(one.file, one.code) for one in found}


@pytest.mark.parametrize("name", ["EMB-C", "EMB-X"])
def test_open_and_unknown_shipments_have_no_package(name: str, home: Home):
    """A shipment that is not declared is refused with its reason, an unknown one with those there are."""
    with pytest.raises(PackageError, match="LOTE-C" if name == "EMB-C" else "EMB-A, EMB-B, EMB-C"):
        run(config.load(home.config), offline=True, shipments=[name])

    assert not (home.folder / f"shipment-{name}").exists()
