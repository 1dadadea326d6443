"""The redacted edition names nobody: names planted in every field and id, searched in every byte of every file."""

import hashlib
import json
import re
import zipfile
from pathlib import Path

import pandas as pd
import pytest
import yaml

from eudr_check import config
from eudr_check.documents.review import COLUMNS
from eudr_check.package.verify import verify
from eudr_check.run import recompute
from eudr_check.run.harvest import run
from tests.helpers import tiny_harvest
from tests.helpers.every_byte import held_by
from tests.helpers.made_once import made_once

NAME = "Zutano"
"""In whatever a person may write; nothing of ours holds it."""
PLANTED = f"{NAME} Mengana"
DELIVERIES = f"""date,cooperative,plot_id,kg,form,lot
2026-08-01,norte,{PLANTED} low-clear,400,green,LOTE {NAME}
2026-08-02,norte,{PLANTED} low-renew,300,green,LOTE {NAME}
2026-08-03,norte,{PLANTED} high-one,300,green,{NAME} 2
2026-08-04,norte,{PLANTED} Nadie,300,green,{NAME} 3
2026-08-04,norte,{PLANTED.upper()} LOW-CLEAR,300,green,{NAME} 3
2026-08-05,sur,{PLANTED} low-point,100,green,{NAME} 4
"""
SHIPMENTS = f"""shipment,lots,net_mass_kg,contract,container,border_country,date,sales_reference
{NAME}-1,LOTE {NAME},700,contrato {NAME},caja {NAME},NL,2026-10-30,venta {NAME}
{NAME}-2,{NAME} 4,900,contrato {NAME},,NL,2026-10-30,
{NAME}-3,{NAME} 9,900,,,NL,2026-10-30,
"""


def planted(tiny: tiny_harvest.Tiny) -> Path:
    """The tiny harvest with the name in every field a cooperative, a reviewer or an operator fills in."""
    folder = tiny.config.parent
    for old, new in (("norte.geojson", f"{NAME}.geojson"), ("sur.csv", f"padron de {NAME}.csv")):
        text = (folder / old).read_text(encoding="utf-8")
        for key in (*tiny.outcomes, *tiny.blocked):
            plot = key.partition("/")[2]
            text = re.sub(rf"(?<=\"codigo\": \"){plot}(?=\")|(?<=\n){plot}(?=,)", f"{PLANTED} {plot}", text)
        text = text.replace("Ejemplo", PLANTED)
        text = text.replace('"hectareas": 2.8', f'"hectareas": "2.8 de {NAME}", "caserio": "Fundo {NAME}"', 1)
        text = text.replace('"hectareas": 2.8', f'"hectareas": 2.8, "caserio": "Fundo {NAME}", "{NAME}": "{NAME}"')
        (folder / new).write_text(text, encoding="utf-8")
    paper = f"acta-{NAME}.txt"
    (folder / paper).write_text(f"firmado: {PLANTED}\n", encoding="utf-8")
    digest = hashlib.sha256((folder / paper).read_bytes()).hexdigest()
    (folder / "deliveries.csv").write_text(DELIVERIES, encoding="utf-8")
    (folder / "shipments.csv").write_text(SHIPMENTS, encoding="utf-8")
    confirmed = f"{NAME}-R1,norte/{PLANTED} high-one,confirm,deforestation,field_visit"
    review = f"{confirmed},{paper}={digest},,{PLANTED},,2026-10-12,0"
    (folder / "reviews.csv").write_text(",".join(COLUMNS) + "\n" + review + "\n", encoding="utf-8")
    (folder / "legality.csv").write_text(
        f"topic,document,sha256,valid_until,cooperatives\nland_use_rights,{paper},{digest},2030-01-01,\n",
        encoding="utf-8",
    )
    (folder / "answers.csv").write_text(
        "letter,answer,evidence,sha256,date,person,cooperatives\n"
        f"d,lo dijo {NAME},{paper},{digest},2026-10-26,{PLANTED},\n",
        encoding="utf-8",
    )
    content = yaml.safe_load(tiny.config.read_text(encoding="utf-8"))
    for file, name in zip(content["plots"], (f"{NAME}.geojson", f"padron de {NAME}.csv"), strict=True):
        file["path"] = name
        file["columns"] |= {"production_place": "caserio"} if name.endswith("json") else {}
    documents = ("deliveries", "shipments", "reviews", "legality", "answers")
    content |= {name: f"{name}.csv" for name in documents} | {"concern": f"carta de {NAME}"}
    del content["package"]["date"]
    (folder / "run").mkdir()
    (folder / "run" / "first-run.txt").write_text("2026-10-20\n", encoding="ascii")
    tiny.config.write_text(yaml.safe_dump(content, sort_keys=False, allow_unicode=True), encoding="utf-8")
    return tiny.config


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run folder of that harvest, with its package and the redacted edition."""

    def make(folder: Path) -> Path:
        run(config.load(planted(tiny_harvest.write(folder / "tiny"))), offline=True, redacted=True)
        return folder / "tiny" / "run"

    return made_once(tmp_path_factory, "redacted", make)


def named_in(folder: Path) -> set[str]:
    """Where the name stands."""
    return held_by(folder, [NAME]).get(NAME, set())


def test_dates_of_a_package_are_true(home: Path):
    """Its first run was on 20 October and its newest document is of the 26th: so are statement and PDF, and no date is
    that of the end of production. The bag holds a plan that was made today."""
    with zipfile.ZipFile(home / "package" / "tiny.zip") as bag:
        info = bag.read("tiny/bag-info.txt").decode()
    (statement,) = (home / "package").glob("statement-*")
    facts = json.loads((statement / "dds.json").read_text(encoding="utf-8"))

    dated = re.search(r"^Bagging-Date: (\S+)$", info, re.MULTILINE)
    assert dated is not None and dated[1] >= "2026-10-26"
    assert facts["statement"]["date"] == "2026-10-26"
    assert "no_date" not in {remark["code"] for remark in facts["remarks"]}
    assert b"/CreationDate(D:20261026" in (statement / "statement.es.pdf").read_bytes()
    assert json.loads((home / "tables/article10.json").read_text(encoding="utf-8"))["on"] == "2026-10-26"


def test_redacted_edition_names_nobody(home: Path):
    """Ids, places, files, columns, cells, lots, shipments, reviewers, documents and answers leave no name behind; the
    edition is still whole, its outcomes are those of the plots, and the key to its codes lies beside it."""
    redacted, key = home / "package-redacted", pd.read_csv(home / "redacted-key.csv")

    assert named_in(home / "package") > {"tables/PLOTS.parquet", "tiny.gpkg", "report.html", "shipments.json"}
    assert named_in(redacted) == set()
    assert verify(redacted, stages=recompute.STAGES) == []
    of_plots = key[key["kind"] == "plot"].set_index("name")["code"]
    outcomes = pd.read_parquet(redacted / "tables/ASSESSMENTS.parquet")["final_outcome"]
    expected = {name.replace("/", f"/{PLANTED} "): outcome for name, outcome in tiny_harvest.OUTCOMES.items()}
    assert {name: outcomes[of_plots[name]] for name in expected} == expected
    assert set(key["kind"]) == {"plot", "lot", "shipment", "file", "document", "review"}
    summary = json.loads((redacted / "summary.json").read_text(encoding="utf-8"))
    whole = json.loads((home / "package/summary.json").read_text(encoding="utf-8"))
    assert [one["net_mass_kg"] for one in summary["statements"]] == [one["net_mass_kg"] for one in whole["statements"]]
    assert len(summary["withheld"]) == len(whole["withheld"]) == 2
    near, coded = (
        [set(plots) for plots in pd.read_parquet(folder / "tables/PATCHES.parquet")["plots"]]
        for folder in (home / "package", redacted)
    )
    assert near
    assert coded == [{of_plots[plot] for plot in plots} for plots in near]
