"""What buyers ask beyond the EU system, in the forms of DIASCA: GeoJSON template, and Site, Claim and Evidence.

Source: github.com/thecosaorg/diasca-exchange of July 2026: `tools/geojson-validator/docs/geojson-template-spec.md`,
`v2_semantic_core/json_schemas` and `exchange_profiles/eudr/eudr_profile.md`; looked at again in November 2026.

An outcome goes out as a claim of type `risk` with status `pending`: what maps say is no verified freedom from
deforestation, though the profile has a claim of that name. Of the template only what the tables know is written.
Contracts, audits, legal findings and regional risk are the exporter's to add. Lots stay out: the core wants one plot of
origin for each, and a mixed lot has many.
"""

import datetime as dt
import json
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from eudr_check import __version__
from eudr_check.config import Harvest
from eudr_check.files import sha256
from eudr_check.package import document_date
from eudr_check.package.csv_files import csv_bytes
from eudr_check.package.formats.geojson_text import collection, feature, geometry, known
from eudr_check.package.formats.given import Given, assessed
from eudr_check.records import Row

NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://github.com/thecosaorg/diasca-exchange#eudr-check")
SYSTEM = f"eudr-check {__version__}"
NAME_LENGTH = 100
POINT_HECTARES = 0.01
"""The least area that the template takes of a point."""
HECTARES = ("forest_2020_ha", "loss_after_2020_ha", "deforestation_ha", "unknown_ha")


def files(given: Given, folder: Path) -> Iterator[tuple[str, bytes]]:
    """Template, entities and the list of plots that neither can hold."""
    frame = assessed(given)
    without = left_out(frame)
    kept = frame[~frame.index.isin(without["plot"])]
    yield "diasca/plots.geojson", collection(template(kept, given))
    day, ids = document_date.day(given.harvest), Ids.of(given.harvest)
    yield "diasca/sites.json", _json(site(row, day, ids) for row in _rows(kept))
    yield "diasca/claims.json", _json(claim(row, day, ids) for row in _rows(kept))
    table = folder / "tables" / "EVIDENCE.parquet"
    about = {"file_hash": sha256(table), "layers": _layers(given), "seen": _seen_through(given)}
    yield "diasca/evidence.json", _json(evidence(row, day, ids, about) for row in _rows(kept))
    yield "diasca/left_out.csv", csv_bytes(without)


@dataclass(frozen=True)
class Ids:
    """Ids that are the same in every package of an exporter, and those of no other.

    A plot keeps its id from harvest to harvest; claims and evidence are of one harvest.
    """

    exporter: str
    harvest: str

    @classmethod
    def of(cls, harvest: Harvest) -> "Ids":
        """Those of a harvest."""
        who = harvest.operator
        return cls("" if who is None else who.eori or f"{who.country} {who.name}", harvest.harvest)

    def site(self, plot: str) -> str:
        """Of a plot."""
        return _id("site", self.exporter, plot)

    def claim(self, plot: str, policy: str) -> str:
        """Of its outcome."""
        return _id("claim", self.exporter, self.harvest, plot, policy)

    def evidence(self, plot: str, policy: str) -> str:
        """Of what stands behind it."""
        return _id("evidence", self.exporter, self.harvest, plot, policy)


def left_out(frame: gpd.GeoDataFrame) -> pd.DataFrame:
    """Plots that cannot go out, with why.

    `not_assessed`; `no_area` and `area_too_small`: the template wants hectares of points too, and at least 0.01.
    """
    why = pd.Series(pd.NA, frame.index, dtype="object")
    why[_area(frame).isna()] = "no_area"
    why[(frame["geometry_kind"] == "point") & (_area(frame) < POINT_HECTARES)] = "area_too_small"
    why[frame["final_outcome"].isna() | frame.geometry.isna()] = "not_assessed"
    found = why.dropna()
    return pd.DataFrame({"plot": found.index.to_numpy(dtype=object), "why": found.to_numpy(dtype=object)})


def template(frame: gpd.GeoDataFrame, given: Given) -> Iterator[dict[str, object]]:
    """Features of the GeoJSON template, one per part of a plot: it knows no MultiPolygon."""
    tools, seen = ", ".join(_layers(given)), _seen_through(given)
    for row in _rows(frame):
        parts = list(shapely.get_parts(row["geometry"]))
        for number, part in enumerate(parts, start=1):
            name = row["plot"] if len(parts) == 1 else f"{row['plot']} ({number}/{len(parts)})"
            area = row["area"] if len(parts) == 1 else row["area"] * part.area / row["geometry"].area
            yield feature(
                part,
                {
                    "ProducerName": None if pd.isna(row["producer_name"]) else row["producer_name"][:NAME_LENGTH],
                    "ProducerCountry": row["producer_country"],
                    "ProductionPlace": name,
                    "Area": float(area),
                    "DateMostRecentRemoteSensing": _day_of(row, seen),
                    "RemoteSensingTools": tools or None,
                    "DeforestationDetectedRemoteSensing": detected(row),
                    "EudrCheckOutcome": row["final_outcome"],
                    "EudrCheckReasons": row["reasons"],
                    "EudrCheckUnknownHa": row["unknown_ha"],
                    "EudrCheckPolicy": row["policy"],
                },
            )


def detected(row: Row) -> bool | None:
    """Whether the layers show deforestation after 2020; None where they leave it open.

    No is said of `low` plots alone, and only where no ground is unread and no loss was seen at all.
    """
    if row["deforestation_ha"] > 0:
        return True
    clear = row["outcome"] == "low" and row["unknown_ha"] == 0 and row["loss_after_2020_ha"] == 0
    return False if clear else None


def site(row: Row, day: dt.date, ids: Ids) -> dict[str, object]:
    """A plot as Site."""
    middle = row["geometry"].representative_point()
    return {
        "site_id": ids.site(row["plot"]),
        "name": str(row["plot"])[:NAME_LENGTH],
        "type": "plot",
        "latitude": round(middle.y, 6),
        "longitude": round(middle.x, 6),
        "geometry": geometry(row["geometry"]),
        **known({"size": float(row["area"]), "country": row["producer_country"]}),
        "size_unit": "hectares",
        "metadata": known({name: row[name] for name in ("cooperative", "plot_id", "production_place")}),
        **_made(day),
        "authority_type": "cooperative_registry",
    }


def claim(row: Row, day: dt.date, ids: Ids) -> dict[str, object]:
    """The outcome of a plot as Claim of risk, never verified."""
    figures = ("outcome", "reasons", *HECTARES, "margin_ha", "stability", "unobserved_since")
    return {
        "claim_id": ids.claim(row["plot"], row["policy"]),
        "type": "risk",
        "subject_type": "site",
        "subject_id": ids.site(row["plot"]),
        "key": "eudr_check_outcome",
        "value": row["final_outcome"],
        "value_type": "string",
        "status": "pending",
        "claim_date": day.isoformat(),
        "methodology": row["policy"],
        "metadata": known({name: row[name] for name in figures}),
        **_made(day),
    }


def evidence(row: Row, day: dt.date, ids: Ids, about: Mapping[str, object]) -> dict[str, object]:
    """What stands behind a claim: the EVIDENCE table of the package by its SHA-256, and the layers read for it."""
    return {
        "evidence_id": ids.evidence(row["plot"], row["policy"]),
        "claim_id": ids.claim(row["plot"], row["policy"]),
        "type": "satellite",
        "source_name": "tables/EVIDENCE.parquet",
        "file_hash": about["file_hash"],
        "observation_date": _day_of(row, about["seen"]),
        "observation_data": {"plot": row["plot"], "layers": about["layers"]},
        **_made(day),
    }


def _rows(frame: gpd.GeoDataFrame) -> Iterator[dict[str, Any]]:
    flat = pd.DataFrame(frame).assign(area=_area(frame)).astype(object).reset_index(names="plot")
    for start in range(0, len(flat), 1000):
        for row in flat.iloc[start : start + 1000].to_dict("records"):
            yield {str(name): value for name, value in row.items()}


def _area(frame: gpd.GeoDataFrame) -> pd.Series:
    """Hectares of the outline; of points those declared."""
    return frame["area_ha"].fillna(frame["declared_area_ha"])


def _layers(given: Given) -> list[str]:
    return sorted(given.sources.loc[given.sources["status"] == "read", "layer"].unique())


def _seen_through(given: Given) -> str | None:
    """The last day that every layer of events covers."""
    days = [variable.covers_through for variable in given.variables if variable.role == "event"]
    return min(days).isoformat() if days else None


def _day_of(row: Row, seen: object) -> object:
    """The last day of which all was seen; none of a plot that was not seen."""
    return None if row["outcome"] == "undetermined" else seen


def _made(day: dt.date) -> dict[str, str]:
    return {"created_by_system": SYSTEM, "created_at": f"{day.isoformat()}T00:00:00Z"}


def _id(*names: str) -> str:
    return str(uuid.uuid5(NAMESPACE, json.dumps(names)))


def _json(entities: Iterable[Mapping[str, Any]]) -> bytes:
    lines = ",\n".join(json.dumps(entity, ensure_ascii=False) for entity in entities)
    return f"[\n{lines}\n]\n".encode()
