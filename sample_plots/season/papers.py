"""Reviews, legality evidence and answers, made as people make them: look at the outcomes, then go and see.

The reviews answer what a first run of the harvest left open. Some of them do not suffice, as happens: a mere
declaration, one reviewer where two are needed, a review of evidence that has changed since.
"""

import hashlib
import tempfile
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import yaml

from eudr_check import config
from eudr_check.documents.review import COLUMNS
from eudr_check.evidence_digest import evidence_digest
from eudr_check.run.harvest import run
from season import files

CONFIG = Path(__file__).resolve().parents[2] / "configs" / "pe-coffee-2026.yaml"
BEFORE, AFTER = "S2A_18MST_20201214_ejemplo=2020-12-14", "S2B_18MST_20260718_ejemplo=2026-07-18"
PICTURED = "coop-10/JEP-14"
"""Cleared from pictures of `scenes`; its coffee is shipped, so that a statement shows a pair."""
PAIR = "S2A_18MTU_20200814_moyobamba_L2A=2020-08-14; S2C_18MTU_20260824_moyobamba_L2A=2026-08-24"
STALE = "0" * 16
READY = "coop-04"
"""The cooperative whose papers are complete."""


class Finding(NamedTuple):
    """What one review says."""

    plots: tuple[str, ...]
    decision: str
    reason: str
    grounds: str
    imagery: str
    second_reviewer: str
    text: str
    stale: bool = False


def write(folder: Path) -> None:
    """Write reviews.csv, legality.csv, answers.csv and the documents they name (folder `evidence`)."""
    there = folder / "evidence"
    there.mkdir()
    assessments, evidence, boundaries = _first_look(folder)
    table = []
    for number, finding in enumerate(_findings(assessments), start=1):
        name = f"R{number:02d}"
        digests = evidence_digest(evidence, boundaries, finding.plots)
        table.append(
            {
                "review": name,
                "plots": "; ".join(finding.plots),
                "decision": finding.decision,
                "reason": finding.reason,
                "grounds": finding.grounds,
                "evidence": _document(there / f"acta-{name}.txt", finding.text),
                "imagery": finding.imagery,
                "reviewer": "Revisora Ejemplo 01",
                "second_reviewer": finding.second_reviewer,
                "date": f"2026-10-{11 + number:02d}",
                "evidence_digest": "; ".join(STALE if finding.stale else digests[plot] for plot in finding.plots),
            }
        )
    assert tuple(table[0]) == tuple(COLUMNS)
    _write_csv(folder / "reviews.csv", table)
    _write_csv(folder / "legality.csv", [_paper(there, *paper) for paper in LEGALITY])
    _write_csv(folder / "answers.csv", [_answer(there, *answer) for answer in ANSWERS])


def _first_look(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame, pd.Series]:
    """ASSESSMENTS, EVIDENCE and boundaries of the harvest before any review."""
    content = yaml.safe_load(CONFIG.read_text(encoding="utf-8").replace("../sample_plots", folder.resolve().as_posix()))
    for key in ("deliveries", "shipments", "reviews", "legality", "answers", "register"):
        content.pop(key, None)
    with tempfile.TemporaryDirectory() as work:
        path = Path(work) / "first-look.yaml"
        path.write_text(yaml.safe_dump({**content, "run": {"folder": "run"}}, allow_unicode=True), encoding="utf-8")
        finished = run(config.load(path), until="assess", offline=True)
        evidence = pd.read_parquet(finished.folder.tables / "EVIDENCE.parquet")
        boundaries = finished.plots.geometry
    assert finished.assessments is not None
    return finished.assessments.sort_index(), evidence, boundaries


def _findings(assessments: pd.DataFrame) -> list[Finding]:
    wood = [plot for plot in assessments.index if assessments.loc[plot, "reasons"] == "standing_forest"]
    bite = _with(assessments, "more_info_needed", "event_on_forest")
    high = _with(assessments, "high", "agreed_deforestation")
    unseen = [plot for plot in assessments.index if assessments.loc[plot, "reasons"] == "unknown_baseline"]
    both = f"{BEFORE}; {AFTER}"
    shade = "Café bajo sombra de guaba y laurel desde antes de 2015; los árboles siguen en pie."
    return [
        Finding(tuple(wood[:2]), "clear", "standing_forest", "field_visit", both, "", shade),
        Finding((PICTURED,), "clear", "standing_forest", "imagery", PAIR, "", "Los mismos árboles en ambas fechas."),
        Finding((wood[3],), "clear", "standing_forest", "self_declaration", "", "", "La socia declara que es sombra."),
        Finding((wood[4],), "clear", "standing_forest", "field_visit", both, "", shade, stale=True),
        Finding((bite[0],), "confirm", "event_on_forest", "field_visit", AFTER, "", "Chacra nueva; lote apartado."),
        Finding((unseen[0],), "clear", "unknown_baseline", "imagery", both, "", "Cafetal de 2008 en ambas fechas."),
        Finding(
            (high[0],), "clear", str(assessments.loc[high[0], "reasons"]), "field_visit", both, "Revisor Ejemplo 02",
            "Derrumbe de la ladera en 2022, no tala; dos visitas con fotografías.",
        ),
        Finding(
            (high[1],), "clear", str(assessments.loc[high[1], "reasons"]), "field_visit", both, "",
            "El socio dice que el bosque cayó con el viento.",
        ),
    ]  # fmt: skip


def _with(assessments: pd.DataFrame, outcome: str, reason: str) -> list[str]:
    """Plots of an outcome whose weightiest reason is the given one."""
    chosen = (assessments["outcome"] == outcome) & (assessments["reasons"].str.split().str[0] == reason)
    return [str(plot) for plot in assessments.index[chosen]]


LEGALITY = (
    ("land_use_rights", "constancias-de-posesion.txt", "2028-12-31", "Constancias de posesión de las parcelas."),
    (
        "environment",
        "opinion-zona-amortiguamiento.txt",
        "2027-06-30",
        "Opinión técnica de compatibilidad.",
    ),
    ("forest_rules", "cesion-en-uso-agroforestal.txt", "2030-12-31", "Contratos de cesión en uso agroforestal."),
    ("third_party_rights", "acta-de-linderos.txt", "2029-12-31", "Acta de linderos con los colindantes."),
    ("labour_rights", "planilla-de-cosecha-2026.txt", "2027-03-31", "Planilla de jornaleros de la cosecha."),
    ("human_rights", "politica-de-derechos-humanos.txt", "2028-06-30", "Política de la central de cooperativas."),
    (
        "free_prior_informed_consent",
        "consulta-comunidad-nativa.txt",
        "2025-12-31",
        "Acta de consulta; vencida, se pidió la nueva.",
    ),
    (
        "free_prior_informed_consent",
        "consulta-comunidad-coop-04.txt",
        "2028-05-31",
        "Acta de la asamblea de mayo de 2026 con la comunidad vecina; la nueva, solo de coop-04.",
        READY,
    ),
    ("tax_anticorruption_trade_customs", "ficha-ruc.txt", "2027-12-31", "Ficha del registro de contribuyentes."),
)
"""Topic of Art. 2(40), document, valid until, what it is, and whose it is where it is not everybody's."""

ANSWERS = (
    (
        "c",
        "Una comunidad vecina, fuera de las parcelas; el acta de linderos la nombra y la comunidad la firmó.",
        "linderos-comunidad-coop-04.txt",
        "Acta de linderos con la comunidad vecina, abril de 2026.",
        READY,
    ),
    (
        "d",
        "Sí: asamblea con la comunidad vecina en mayo de 2026, con intérprete; no pidió cambios.",
        "consulta-comunidad-coop-04.txt",
        LEGALITY[-2][3],
        READY,
    ),
    ("e", "Ninguna conocida; se preguntó a la comunidad y a la oficina de tierras en mayo de 2026.", "", "", READY),
    (
        "h",
        "Riesgo general de documentos falsos: las constancias de posesión se cotejaron en la oficina que las expidió.",
        "cotejo-de-constancias.txt",
        "Hoja de cotejo de doce constancias; todas halladas en el registro.",
        "",
    ),
    ("k", "No conocemos conclusiones de grupos de expertos sobre café del norte del Perú.", "", "", ""),
    ("l", "Ninguna recibida hasta la fecha; el buzón de reclamos de la central está vacío.", "", "", ""),
    ("m", "Nada más que conozcamos.", "", "", READY),
    (
        "n",
        "Certificado de comercio justo de la cooperativa, vigente; no sustituye a ninguna otra prueba.",
        "certificado-comercio-justo-coop-04.txt",
        "Certificado de ejemplo, vigente hasta mayo de 2027.",
        READY,
    ),
)
"""Letter, answer, document and what it is, and for whom it was answered where not for everybody.

Only coop-04 has an answer to every letter that the data leave open: its statement is ready to sign, others are drafts.
"""


def _paper(there: Path, topic: str, name: str, until: str, text: str, whose: str = "") -> dict[str, str]:
    return {
        "topic": topic,
        "document": f"evidence/{name}",
        "sha256": _document(there / name, text).rpartition("=")[2],
        "valid_until": until,
        "cooperatives": whose,
    }


def _answer(there: Path, letter: str, answer: str, name: str, text: str, whose: str) -> dict[str, str]:
    evidence, _, sha256 = _document(there / name, text).rpartition("=") if name else ("", "", "")
    return {
        "letter": letter,
        "answer": answer,
        "evidence": evidence,
        "sha256": sha256,
        "date": "2026-10-26",
        "person": "Responsable Ejemplo",
        "cooperatives": whose,
    }


def _document(path: Path, text: str) -> str:
    """Write an invented document; its name and SHA-256 as reviews give them."""
    content = f"DOCUMENTO DE EJEMPLO - todo en él es inventado.\n{path.stem}\n\n{text}\n".encode()
    path.write_bytes(content)
    return f"evidence/{path.name}={hashlib.sha256(content).hexdigest()}"


def _write_csv(path: Path, table: list[dict[str, str]]) -> None:
    path.write_text(files.csv_text(table).replace("\r\n", "\n"), encoding="utf-8", newline="")
