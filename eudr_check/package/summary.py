"""What `summary.json` and `MANIFEST.json` say of a package."""

import json
from collections.abc import Mapping, Sequence

import pandas as pd

from eudr_check import __version__
from eudr_check.config import Harvest
from eudr_check.package.eu.consignment import Consignment
from eudr_check.package.eu.frozen import PART_FILED
from eudr_check.records import Json
from eudr_check.shipments import Filed, Withheld
from eudr_check.text import say


def facts(
    harvest: Harvest,
    settled: Consignment,
    made: Sequence[Mapping[str, object]],
    withheld: Sequence[Withheld],
    assessments: pd.DataFrame,
    *,
    filed: Sequence[Filed] = (),
    draft: bool,
    redacted: bool,
) -> dict[str, object]:
    """What `summary.json` says."""
    return {
        "harvest": harvest.harvest,
        "software": __version__,
        "draft": draft,
        "redacted": redacted,
        "policy": harvest.policy,
        "outcomes": _counts(assessments["final_outcome"]),
        "statements": list(made),
        "withheld": [say("shipments", one.code, "en", **one.values) for one in withheld if one.code != PART_FILED],
        "withheld_because": [{"code": one.code, **one.values} for one in withheld if one.code != PART_FILED],
        "filed_in_part": [dict(one.values) for one in withheld if one.code == PART_FILED],
        "filed": [
            {
                "reference": one.reference,
                "number": one.number,
                "submitted": one.submitted.isoformat(),
                "shipment": one.shipment,
                "lots": dict(one.lots),
                "net_mass_kg": one.net_mass_kg,
            }
            for one in filed
        ],
        "excluded": _counts(settled.excluded["excluded_because"]),
        "refused_lots": [str(lot) for lot in settled.refused_lots["lot"]],
    }


def manifest_facts(summary: Json, sources: pd.DataFrame) -> dict[str, object]:
    """What `MANIFEST.json` says besides the files."""
    read = sources[sources["status"] == "read"]
    items = read[["layer", "item_id", "asset", "href", "version", "sha256"]].drop_duplicates()
    details = {key: summary[key] for key in ("harvest", "software", "draft", "redacted")}
    return details | {"layer_items": records(items.sort_values(list(items.columns)))}


def records(frame: pd.DataFrame | None) -> list[Json]:
    """Rows of a table as JSON has them; none without a table."""
    if frame is None:
        return []
    rows: list[Json] = json.loads(frame.to_json(orient="records", date_format="iso"))
    return rows


def _counts(values: pd.Series) -> dict[str, int]:
    return {str(value): int(count) for value, count in values.value_counts().sort_index().items()}
