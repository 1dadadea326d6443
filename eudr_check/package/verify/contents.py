"""The content of a package, read once for all checks."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
from pydantic import TypeAdapter

from eudr_check import parquet, tables
from eudr_check.assessment_record import WrittenRecord
from eudr_check.config import Harvest
from eudr_check.errors import EudrCheckError
from eudr_check.package import alone, pictures
from eudr_check.package.alone import Alone
from eudr_check.package.eu import dds_xml, shipments_json
from eudr_check.package.eu.parts import Part
from eudr_check.package.pictures import Shots
from eudr_check.package.statement.facts import layer_facts
from eudr_check.package.statement.filed import FILED
from eudr_check.package.statement.statements import DRAFT_MARK, Behind, Plan, plan
from eudr_check.package.verify.difference import Difference
from eudr_check.records import Json
from eudr_check.shipments import Filed, Shipments
from eudr_check.text import sentence
from eudr_check.variables import Variable

_WORDS_OF_AN_ANSWER = {"letter", "answer", "evidence", "sha256", "date", "person", "cooperatives"}
_VARIABLE = TypeAdapter(Variable)


@dataclass(frozen=True)
class Contents:
    """What a package says, as the writer knew it."""

    root: Path
    manifest: Json
    summary: Json
    settings: Json
    policy: Json
    layers: Sequence[Json]
    areas: Sequence[Json]
    """Vector layers of the harvest."""
    harvest: Harvest
    """Settings without what names files of another machine."""
    variables: Sequence[Variable]
    plots: gpd.GeoDataFrame
    findings: pd.DataFrame
    sources: pd.DataFrame
    evidence: pd.DataFrame
    assessments: pd.DataFrame
    reasons: pd.DataFrame
    uses: pd.DataFrame | None
    splits: gpd.GeoDataFrame | None
    lots: pd.DataFrame | None
    deliveries: pd.DataFrame | None
    stays: pd.DataFrame | None
    animals: pd.DataFrame | None
    dds: Mapping[str, Json]
    """`dds.json` by the beginning of its name: what people answered stands nowhere else."""
    shipments: Shipments | None
    filed: tuple[Filed, ...]
    looks: Shots
    """Dated pictures by plot."""
    alone: Alone | None = None
    """The one shipment of the package; None for a whole harvest."""

    @property
    def draft(self) -> bool:
        """Whether statements declare plots that are not settled."""
        return bool(self.summary["draft"])

    @property
    def redacted(self) -> bool:
        """Whether this is the edition without names of persons."""
        return bool(self.summary["redacted"])

    def wants(self, output: str) -> bool:
        """Whether the harvest asked for an output."""
        return output in self.harvest.package.outputs

    def behind(self, place: str = "") -> Behind:
        """What stands behind the statements, with the answers of the one whose names begin with `place`."""
        dds: Mapping[str, Any] = self.dds.get(place, {})
        faults = dds_xml.fact_faults(self.harvest) if self.wants("statement") else []
        return Behind(
            self.harvest,
            self.plots,
            self.assessments,
            self.lots,
            layer_facts(self.variables, self.sources),
            {"name": self.settings["policy"], "title": self.policy.get("title")},
            dds.get("legality", []),
            _record(dds),
            faults,
            self.draft,
            self.shipments,
            self.filed,
            self.sources,
            self.variables,
            looks=self.looks,
            deliveries=self.deliveries,
            animals=self.animals,
        )


def read(root: Path, manifest: Json) -> Contents | Difference:
    """All of it, or what keeps it from being read."""
    name = ""
    try:
        settings = _object(root, name := "settings.json")
        summary = _object(root, name := "summary.json")
        policy = _object(root, name := "policy.json")
        layers = json.loads((root / (name := "layers.json")).read_text(encoding="utf-8"))
        areas_file = root / (name := "areas.json")
        areas = json.loads(areas_file.read_text(encoding="utf-8")) if areas_file.is_file() else []
        found: dict[str, Any] = {}
        for schema in (
            tables.PLOTS,
            tables.FINDINGS,
            tables.SOURCES,
            tables.EVIDENCE,
            tables.ASSESSMENTS,
            tables.REASONS,
        ):
            name = f"tables/{schema.title}.parquet"
            reader = parquet.features if schema is tables.PLOTS else parquet.frame
            found[str(schema.title).lower()] = tables.check(schema, reader(root / name))
        lots_file = root / (name := "tables/LOTS.parquet")
        lots = parquet.frame(lots_file) if lots_file.is_file() else None
        for schema in (tables.USES, tables.SPLITS, tables.DELIVERIES, tables.STAYS, tables.ANIMALS):
            file = root / (name := f"tables/{schema.title}.parquet")
            reader = parquet.features if schema is tables.SPLITS else parquet.frame
            found[str(schema.title).lower()] = tables.check(schema, reader(file)) if file.is_file() else None
        shipments_file = root / (name := shipments_json.NAME)
        shipments, filed = shipments_json.from_content(_object(root, name) if shipments_file.is_file() else None)
        seen_file = root / (name := pictures.LOOKS)
        looks = pictures.shots(_object(root, name)) if seen_file.is_file() else {}
        name = "settings.json"
        harvest = _harvest(settings, delivered=lots is not None, shipped=shipments is not None)
        variables = [variable(entry) for entry in settings["variables"]]
        name = "summary.json"
        if not {"harvest", "software", "draft", "redacted"} <= summary.keys():
            raise ValueError("harvest, software, draft or redacted is missing")
        found["alone"] = alone.of_summary(summary)
        mark = DRAFT_MARK if summary["draft"] else ""
        dds = {}
        for file in sorted([*root.glob(f"statement-*/{mark}dds.json"), *root.glob(f"{FILED}-*/dds.json")]):
            name = file.relative_to(root).as_posix()
            dds[name.removesuffix("dds.json")] = _with_words(_object(root, name))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, EudrCheckError) as error:
        said = " ".join(str(error).split()).partition(" For further information")[0]
        return Difference(name, "unreadable", sentence("differences", "rest_unreadable", problem=said[:300]))
    found |= {"lots": lots, "dds": dds, "shipments": shipments, "filed": filed, "looks": looks}
    return Contents(root, manifest, summary, settings, policy, layers, areas, harvest, variables, **found)


def variable(entry: Json) -> Variable:
    """A layer variable as `settings.json` writes it.

    Raises:
        ValueError: a part of it is missing, or has a value that none has.
    """
    return _VARIABLE.validate_python(entry)


def _object(root: Path, name: str) -> dict[str, Any]:
    content = json.loads((root / name).read_text(encoding="utf-8"))
    if not isinstance(content, dict):
        raise ValueError("expected a JSON object")
    return content


def _with_words(dds: dict[str, Any]) -> dict[str, Any]:
    """The content of a `dds.json`, whose lists hold objects, and whose answers of the operator are such.

    Raises:
        ValueError: one is not.
    """
    for name in ("legality", "open_points"):
        if not isinstance(dds.get(name), list) or not all(isinstance(one, Mapping) for one in dds[name]):
            raise ValueError(f"{name}: expected a list of objects")
    for rows in dds.get("article10", {}).values():
        for answer in [one for row in rows for one in row.get("operator") or ()]:
            if not isinstance(answer, Mapping) or not answer.keys() >= _WORDS_OF_AN_ANSWER:
                raise ValueError("article10: an answer of the operator lacks its words")
    return dds


def _harvest(settings: Mapping[str, Any], *, delivered: bool, shipped: bool) -> Harvest:
    """The settings; where files lay on the machine that made the package is not kept, and of no account."""
    stated = {key: value for key, value in settings.items() if key != "variables"}
    files: dict[str, Any] = {
        "plots": [{"path": "plots", "cooperative": "cooperative"}],
        "catalogues": {"local": {"folder": "catalogue"}},
        "layers": [{"id": "layer@1", "from": "local"}],
    }
    files |= {"deliveries": "deliveries.csv"} if delivered else {}
    files |= {"shipments": "shipments.csv"} if shipped else {}
    return Harvest.model_validate(files | stated)


def _record(dds: Mapping[str, Any]) -> WrittenRecord:
    """The record of a statement, as `dds.json` tells it."""
    kept = dds.get("record", {})
    return WrittenRecord(
        dds.get("article10", {}),
        kept.get("basis", "article_10"),
        kept.get("concern"),
        _because(dds.get("open_points", [])),
    )


def _because(open_points: Sequence[Mapping[str, Any]]) -> list[str]:
    """What kept the statement a draft, as the assessment record said it."""
    reasons = ["no_legality_evidence" for point in open_points if point["code"] == "no_legality"]
    return reasons + [f"{point['code']}: {topic}" for point in open_points for topic in point.get("topics", [])]


def place_of(contents: Contents, part: Part) -> str:
    """Beginning of the names of a statement's files."""
    return f"{part.folder}/{DRAFT_MARK if contents.draft else ''}"


def planned(contents: Contents) -> Plan:
    """What the tables inside declare."""
    return plan(contents.behind())
