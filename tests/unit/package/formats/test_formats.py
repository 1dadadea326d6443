"""What other programs read: each format keeps its own rules, says no more than the tables, and is made once more."""

import csv
import hashlib
import io
import json
import re
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely
from jsonschema import Draft7Validator, Draft202012Validator

from eudr_check import geodesy, package
from eudr_check.geoid import REGIME, geoid
from eudr_check.package import formats
from eudr_check.package.formats.diasca import detected
from eudr_check.package.verify import only_a_signature, verify
from tests.helpers import package_tables as six
from tests.helpers.tampering import edited, rehashed

MADE = {"created_at", "created_by_system", "created_by_actor", "source_system", "authority_type", "updated_at",
        "metadata", "status"}  # fmt: skip
UUID = {"type": "string", "pattern": "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"}
SITE_TYPES = ["plot", "farm", "factory", "warehouse", "processing_facility", "distribution_center", "office", "port"]
CLAIM_TYPES = ["certification", "quality", "compliance", "deforestation_free", "risk", "sustainability",
               "survey_response", "indicator", "observation"]  # fmt: skip
EVIDENCE_TYPES = ["document", "image", "satellite", "audit_report", "lab_result", "sensor_data", "gps_trace", "survey",
                  "self_declaration", "blockchain"]  # fmt: skip
AUTHORITIES = ["self_reported", "cooperative_registry", "government_registry", "third_party_auditor",
               "external_provider"]  # fmt: skip
ENTITIES: dict[str, dict[str, Any]] = {
    "sites": {
        "required": ["site_id", "name", "type", "created_at", "created_by_system"],
        "only": MADE | {"site_id", "name", "type", "parent_id", "owner_person_id", "owner_enterprise_id", "address",
                        "latitude", "longitude", "altitude", "geometry", "size", "size_unit", "country", "region",
                        "is_headquarters"},
        "rules": {"site_id": UUID, "name": {"type": "string", "maxLength": 100}, "type": {"enum": SITE_TYPES},
                  "latitude": {"minimum": -90, "maximum": 90}, "longitude": {"minimum": -180, "maximum": 180},
                  "size": {"type": "number", "minimum": 0}, "country": {"pattern": "^[A-Z]{2}$"},
                  "authority_type": {"enum": AUTHORITIES}},
    },
    "claims": {
        "required": ["claim_id", "type", "subject_type", "subject_id", "key", "created_at", "created_by_system"],
        "only": MADE | {"claim_id", "type", "subject_type", "subject_id", "key", "value", "value_type", "unit",
                        "category", "confidence_score", "claim_date", "valid_from", "valid_until", "source",
                        "source_type", "methodology"},
        "rules": {"claim_id": UUID, "subject_id": UUID, "type": {"enum": CLAIM_TYPES},
                  "subject_type": {"enum": ["person", "enterprise", "site", "lot", "transaction", "claim"]},
                  "key": {"type": "string", "maxLength": 100}, "value": {"type": ["string", "null"]},
                  "value_type": {"enum": ["string", "number", "boolean", "date", "json"]},
                  "status": {"enum": ["pending", "verified", "disputed", "expired", "revoked"]},
                  "methodology": {"type": ["string", "null"]}},
    },
    "evidence": {
        "required": ["evidence_id", "claim_id", "type", "source_name", "created_at", "created_by_system"],
        "only": (MADE - {"status"}) | {"evidence_id", "claim_id", "type", "source_name", "source_provider",
                 "description", "url", "file_hash", "confidence_score", "observation_date", "submission_date",
                 "observation_data"},
        "rules": {"evidence_id": UUID, "claim_id": UUID, "type": {"enum": EVIDENCE_TYPES},
                  "source_name": {"type": "string", "maxLength": 200},
                  "file_hash": {"type": "string", "pattern": "^[a-fA-F0-9]{64}$"},
                  "observation_data": {"type": ["object", "null"]}},
    },
}  # fmt: skip
"""Rules of DIASCA's entities, from thecosaorg/diasca-exchange `v2_semantic_core/json_schemas` at 8e10de97, 4d9714a1."""
POSITION = {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}
RINGS = {"type": "array", "minItems": 1, "items": {"type": "array", "minItems": 4, "items": POSITION}}
TEMPLATE = {
    "type": "object",
    "required": ["type", "features"],
    "properties": {
        "type": {"enum": ["FeatureCollection"]},
        "features": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["type", "properties", "geometry"],
                "properties": {
                    "type": {"enum": ["Feature"]},
                    "properties": {
                        "type": "object",
                        "required": ["ProductionPlace", "Area"],
                        "properties": {
                            "ProducerName": {"type": "string", "maxLength": 100},
                            "ProducerCountry": {"type": "string", "pattern": "^[A-Z]{2}$"},
                            "ProductionPlace": {"type": "string", "minLength": 1},
                            "Area": {"type": "number", "minimum": 0.01},
                            "DateMostRecentRemoteSensing": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d$"},
                            "RemoteSensingTools": {"type": "string", "minLength": 1},
                            "DeforestationDetectedRemoteSensing": {"type": "boolean"},
                        },
                    },
                    "geometry": {
                        "type": "object",
                        "required": ["type", "coordinates"],
                        "properties": {
                            "type": {"enum": ["Polygon", "Point"]},
                            "coordinates": {"oneOf": [POSITION, RINGS]},
                        },
                    },
                },
            },
        },
    },
}
"""Rules of its GeoJSON template, from `tools/geojson-validator/docs/geojson-template-spec.md` at bb46d68d."""


def written(folder: Path, *outputs: str, **changes: Any) -> Path:
    folder.mkdir(parents=True)
    settings = six.harvest(package={"languages": ["en"], "outputs": outputs})
    package.write(folder, package.PackageInput(**six.package(harvest=settings, **changes)))
    return folder


def content(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def test_every_plot_is_in_the_file_of_its_outcome(tmp_path: Path) -> None:
    """All files together have every plot once, those that were not looked at too; GDAL reads them."""
    frame = six.plots()
    frame.loc["sur/A 1", "usable"] = False
    folder = written(tmp_path / "p", "geojson_by_outcome", plots=frame)
    read = {file.stem: pyogrio.read_dataframe(file) for file in sorted((folder / "by_outcome").glob("*"))}

    assert {name: sorted(rows["plot"]) for name, rows in read.items()} == {
        "blocked": ["sur/A 1"],
        "cleared_by_review": ["sur/A 3"],
        "high": ["norte/003"],
        "low": ["norte/001", "norte/002", "sur/A 2"],
    }
    low = read["low"].set_index("plot").geometry
    assert low.geom_equals(frame.geometry[low.index]).all()
    assert low["norte/002"].exterior.is_ccw
    assert "outcome" not in content(folder / "by_outcome/blocked.geojson")["features"][0]["properties"]


def test_geoids_are_of_the_outline_as_it_stands(tmp_path: Path) -> None:
    """One row per plot, with the regime that it is an id of."""
    rows = list(csv.DictReader(io.StringIO((written(tmp_path / "p", "geoid") / "geoids.csv").read_text())))
    frame = six.plots()

    assert {row["plot"]: row["geoid"] for row in rows} == {plot: geoid(frame.geometry[plot]) for plot in frame.index}
    assert {row["regime"] for row in rows} == {REGIME}
    assert len({row["geoid"] for row in rows}) == len(frame)


def test_diasca_keeps_the_rules_of_its_schemas(tmp_path: Path) -> None:
    """Template and entities, by the rules their schemas state; outer rings run counterclockwise."""
    folder = written(tmp_path / "p", "diasca") / "diasca"

    assert [*Draft7Validator(TEMPLATE).iter_errors(content(folder / "plots.geojson"))] == []
    for name, entity in ENTITIES.items():
        rules = {field: entity["rules"].get(field, {}) for field in entity["only"]}
        schema = {"type": "object", "required": entity["required"], "properties": rules, "additionalProperties": False}
        rows = content(folder / f"{name}.json")
        assert len(rows) == 6
        assert [error.message for row in rows for error in Draft202012Validator(schema).iter_errors(row)] == []
    read = pyogrio.read_dataframe(folder / "plots.geojson")
    assert all(shape.exterior.is_ccw for shape in read.geometry if shape.geom_type == "Polygon")


def test_diasca_measures_as_the_tables_do(tmp_path: Path) -> None:
    """Areas of the parts of a plot are those of its parts, and a site's size that of its outline, far within 10 %."""
    folder = written(tmp_path / "p", "diasca") / "diasca"
    read = pyogrio.read_dataframe(folder / "plots.geojson").set_index("ProductionPlace")
    drawn = read[read.geom_type == "Polygon"]

    np.testing.assert_allclose(drawn["Area"], geodesy.plot_area_ha(drawn.geometry.to_numpy()), rtol=1e-3)
    assert [name for name in read.index if name.startswith("sur/A 1")] == ["sur/A 1 (1/2)", "sur/A 1 (2/2)"]
    assert read.loc["sur/A 2", "Area"] == 1.5
    sizes = {site["name"]: site["size"] for site in content(folder / "sites.json")}
    assert sizes["norte/002"] == round(six.plots().loc["norte/002", "area_ha"], 5)


def test_an_outcome_is_a_risk_and_never_verified(tmp_path: Path) -> None:
    """Nothing says free of deforestation, nothing is verified, and the evidence of a claim can be checked."""
    folder = written(tmp_path / "p", "diasca")
    claims = {one["claim_id"]: one for one in content(folder / "diasca/claims.json")}
    evidence = content(folder / "diasca/evidence.json")
    names = {site["site_id"]: site["name"] for site in content(folder / "diasca/sites.json")}

    assert {(one["type"], one["status"]) for one in claims.values()} == {("risk", "pending")}
    assert {names[one["subject_id"]]: one["value"] for one in claims.values()} == {
        plot: final for plot, (_, _, final) in six.PLOTS.items()
    }
    table = (folder / "tables/EVIDENCE.parquet").read_bytes()
    assert {one["file_hash"] for one in evidence} == {hashlib.sha256(table).hexdigest()}
    assert {one["claim_id"] for one in evidence} == claims.keys()
    assert not re.search("deforestation.free|verified", "".join(map(str, claims.values())))


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ({"outcome": "low", "deforestation_ha": 0.0, "unknown_ha": 0.0, "loss_after_2020_ha": 0.0}, False),
        ({"outcome": "low", "deforestation_ha": 0.01, "unknown_ha": 0.0, "loss_after_2020_ha": 0.01}, True),
        ({"outcome": "low", "deforestation_ha": 0.0, "unknown_ha": 0.01, "loss_after_2020_ha": 0.0}, None),
        ({"outcome": "low", "deforestation_ha": 0.0, "unknown_ha": 0.0, "loss_after_2020_ha": 0.2}, None),
        ({"outcome": "undetermined", "deforestation_ha": 0.0, "unknown_ha": 0.0, "loss_after_2020_ha": 0.0}, None),
        ({"outcome": "more_info_needed", "deforestation_ha": 0.0, "unknown_ha": 0.0, "loss_after_2020_ha": 0.0}, None),
        ({"outcome": "high", "deforestation_ha": 1.0, "unknown_ha": 0.5, "loss_after_2020_ha": 1.0}, True),
    ],
)
def test_no_deforestation_is_said_only_where_all_was_seen(row: dict[str, Any], says: bool | None) -> None:
    """Any hectare of it is yes, and whatever leaves it open is neither yes nor no."""
    assert detected(row) is says


def test_ids_are_of_one_exporter_and_one_harvest(tmp_path: Path) -> None:
    """A buyer who gathers many packages joins by id: the same names of another exporter are another's land.

    A plot keeps its id from harvest to harvest; what was claimed of it is a claim of its own each time.
    """

    def ids(name: str, **changes: Any) -> tuple[list[str], list[str], list[str]]:
        folder = tmp_path / name
        folder.mkdir()
        settings = six.harvest(package={"languages": ["en"], "outputs": ["diasca"]}, **changes)
        package.write(folder, package.PackageInput(**six.package(harvest=settings)))
        rows = [content(folder / f"diasca/{kind}.json") for kind in ("sites", "claims", "evidence")]
        assert [one["subject_id"] for one in rows[1]] == [one["site_id"] for one in rows[0]]
        assert [one["claim_id"] for one in rows[2]] == [one["claim_id"] for one in rows[1]]
        sites, claims, evidence = ([one[key] for one in found] for key, found in zip(
            ("site_id", "claim_id", "evidence_id"), rows, strict=True))  # fmt: skip
        return sites, claims, evidence

    first, later = ids("first"), ids("later", harvest="prueba-2027")
    other = ids("other", operator={"name": "Otra BV", "country": "NL", "address": "Kade 2", "eori": "NL111111111"})

    assert later[0] == first[0]
    assert not set(later[1]) & set(first[1])
    assert not set(later[2]) & set(first[2])
    assert not any(set(mine) & set(theirs) for mine, theirs in zip(first, other, strict=True))


def test_no_day_of_observation_where_ground_was_not_seen(tmp_path: Path) -> None:
    """Evidence of an undetermined plot has no day up to which all was seen, as the template has none."""
    assessments = six.assessments()
    assessments.loc["norte/002", ["outcome", "final_outcome"]] = "undetermined"
    folder = written(tmp_path / "p", "diasca", assessments=assessments) / "diasca"
    days = {row["observation_data"]["plot"]: row["observation_date"] for row in content(folder / "evidence.json")}
    places = {
        one["properties"]["ProductionPlace"]: one["properties"] for one in content(folder / "plots.geojson")["features"]
    }

    assert days["norte/002"] is None
    assert days["norte/001"] == places["norte/001"]["DateMostRecentRemoteSensing"] == "2025-12-31"
    assert "DateMostRecentRemoteSensing" not in places["norte/002"]


def test_what_the_template_cannot_hold_is_named(tmp_path: Path) -> None:
    """A point without hectares and a plot that was not looked at are listed, not dropped."""
    frame = six.plots()
    frame.loc["sur/A 2", "declared_area_ha"] = np.nan
    frame.loc["norte/003", "usable"] = False
    frame.loc["norte/001", "producer_name"] = "Ñ" * 150
    folder = written(tmp_path / "p", "diasca", plots=frame)
    listed = pd.read_csv(folder / "diasca/left_out.csv").set_index("plot")["why"]
    frame.loc["sur/A 2", "declared_area_ha"] = 0.004
    tiny = written(tmp_path / "tiny", "diasca", plots=frame)

    assert listed.to_dict() == {"norte/003": "not_assessed", "sur/A 2": "no_area"}
    assert len(content(folder / "diasca/sites.json")) == 4
    assert [*Draft7Validator(TEMPLATE).iter_errors(content(folder / "diasca/plots.geojson"))] == []
    assert pd.read_csv(tiny / "diasca/left_out.csv").set_index("plot")["why"]["sur/A 2"] == "area_too_small"


def test_fiboa_is_read_as_what_it_is(tmp_path: Path) -> None:
    """Its schemas are named, ids and outlines may not be null, areas are square metres; points are no fields."""
    path = written(tmp_path / "p", "fiboa") / "plots.fiboa.parquet"
    schema = pq.read_schema(path)
    about = json.loads(schema.metadata[b"collection"])
    read, frame = gpd.read_parquet(path).set_index("id"), six.plots()
    required = {field.name for field in schema if not field.nullable}

    assert about["schemas"] == {
        "prueba-2026": [
            "https://vecorel.org/specification/v0.1.0/schema.yaml",
            "https://fiboa.org/specification/v0.3.0/schema.yaml",
        ]
    }
    assert required == {"id", "collection", "geometry"}
    assert sorted(read.index) == sorted(set(frame.index) - {"sur/A 2"})
    assert read.geometry.geom_equals(frame.geometry[read.index]).all()
    np.testing.assert_allclose(read["metrics:area"], frame.loc[read.index, "area_ha"] * 10_000, rtol=1e-6)
    assert schema.field("metrics:perimeter").type == pa.float32()
    assert read.loc["norte/001", "metrics:perimeter"] == pytest.approx(442.5, abs=1)


def test_fiboa_has_no_field_whose_outline_is_broken(tmp_path: Path) -> None:
    """Its own validator (fiboa-cli 0.21) refuses a file for one outline that crosses itself, or a field of no area."""
    frame = six.plots()
    bow = shapely.Polygon([(-76.1, -6.04), (-76.099, -6.039), (-76.099, -6.04), (-76.1, -6.039)])
    frame.loc["norte/001", "geometry"] = bow
    frame.loc["norte/001", "usable"] = False
    frame.loc["norte/002", "area_ha"] = 0.0
    read = gpd.read_parquet(written(tmp_path / "p", "fiboa", plots=frame) / "plots.fiboa.parquet").set_index("id")

    assert sorted(read.index) == ["norte/002", "norte/003", "sur/A 1", "sur/A 3"]
    assert read.geometry.is_valid.all()
    assert pd.isna(read.loc["norte/002", "metrics:area"])


def test_verify_makes_them_once_more(tmp_path: Path) -> None:
    """A finished package with all of them verifies, and a word changed in one is found."""
    made = written(tmp_path / "p", *formats.FILES)
    stages_free = [one for one in verify(made) if one.file.startswith(("by_", "geoids", "diasca", "plots."))]
    assert stages_free == []

    changes = {
        "by_outcome/high.geojson": edited("by_outcome/high.geojson", '"high"', '"low"'),
        "geoids.csv": edited("geoids.csv", REGIME, "v1"),
        "diasca/claims.json": edited("diasca/claims.json", '"pending"', '"verified"'),
        "diasca/plots.geojson": edited("diasca/plots.geojson", "norte/003", "norte/007"),
    }
    for name, change in changes.items():
        copy = rehashed(made, tmp_path / name.replace("/", "-"), change)
        assert name in {one.file for one in verify(copy)}
    assert only_a_signature()
