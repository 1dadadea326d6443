"""What the report page knows, as one compact document for `pieces`: columns instead of rows, outlines as whole
numbers."""

import base64
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from eudr_check import __version__
from eudr_check.choices import SPOKEN_LANGUAGES
from eudr_check.config import Harvest
from eudr_check.law.regulation import CUTOFF_YEAR, POINT_AREA_HA
from eudr_check.package import document_date, palette
from eudr_check.package.report.headline import headlines
from eudr_check.package.report.inputs import ReportInput
from eudr_check.package.report.outlines import packed
from eudr_check.package.report.pieces import Items, Members
from eudr_check.package.report.places import places
from eudr_check.package.report.thumbnail import Picture, png
from eudr_check.records import Json
from eudr_check.shipments import Withheld, in_words
from eudr_check.tables import row_names
from eudr_check.text import LANGUAGES, MARKS, Entry, in_languages, machine_made, topic
from eudr_check.text.clean import clean
from eudr_check.text.decided import decision
from eudr_check.unread import unread
from eudr_check.variables import Variable

OUTCOMES = ("high", "more_info_needed", "undetermined", "cleared_by_review", "low")
"""From the one that needs most attention to the one that needs none."""
SEVERITIES = ("block", "warn", "info")
FORM = re.compile("decision_|grounds_|needs_|form_|self_declaration_alone|no_evidence_named")
"""Words of `reviews.yaml` that the form for decisions uses."""
HECTARES = {
    "area": "area_ha",
    "declared": "declared_area_ha",
    "forest": "forest_2020_ha",
    "loss": "loss_after_2020_ha",
    "deforestation": "deforestation_ha",
    "agreed": "agreed_deforestation_ha",
    "unknown": "unknown_ha",
    "margin": "margin_ha",
}
ASSESSED = [
    "outcome", "final_outcome", "forest_2020_ha", "loss_after_2020_ha", "deforestation_ha", "agreed_deforestation_ha",
    "unknown_ha", "margin_ha", "stability", "flips", "unobserved_since", "review",
]  # fmt: skip
"""Columns of ASSESSMENTS that the page shows."""
UNREAD = {
    **{name: HECTARES[name] for name in ("forest", "loss", "deforestation", "agreed", "unknown")},
    "kind": "type_2020_ha",
    "use": "use_today_ha",
}


def document(given: ReportInput) -> Iterator[tuple[str, object]]:
    """Everything the page shows of the tables, part by part, for `pieces.members`: made when it is asked for."""
    spoken = languages(given.harvest)
    pictures = given.pictures or {}
    plots = given.plots.index
    assessed = given.assessments[ASSESSED].reindex(plots)
    found = places(given.findings["plot"], plots)
    yield "harvest", given.harvest.harvest
    yield "commodity", given.harvest.commodity
    yield "policy", ", ".join(sorted(given.assessments["policy"].unique()))
    yield "date", document_date.day(given.harvest).isoformat()
    yield "version", __version__
    yield "languages", spoken
    yield "machine_made", {language: said for language in spoken if (said := machine_made(language))}
    yield (
        "outcomes",
        [
            {
                "name": name,
                "colour": palette.OUTCOMES[name].colour,
                "ink": palette.OUTCOMES[name].ink,
                "mark": palette.OUTCOMES[name].mark,
            }
            for name in OUTCOMES
        ],
    )
    yield (
        "ground",
        {
            "forest": palette.FOREST,
            "no_forest": palette.NO_FOREST,
            "unknown": palette.UNKNOWN,
            "before": palette.LOSS_BEFORE,
        },
    )
    yield "point_ha", POINT_AREA_HA
    yield "years", {str(year): palette.year_colour(year) for year in _years(given.patches, pictures)}
    yield "text", _said(_words(given.harvest.commodity), spoken)
    yield (
        "sentences",
        {name: _said(entries, spoken) for name, entries in _sentences(given.findings, given.reasons).items()},
    )
    yield "plots", _plots(given.harvest, given.plots, assessed) | {"says": headlines(assessed, given.reasons)}
    yield "unread", _unread(unread(assessed, given.reasons))
    yield "outlines", packed(given.plots.geometry.to_numpy())
    yield "patches", _patches(given.patches, given.variables)
    yield "reasons", _reasons(given.reasons, plots)
    yield "findings", _findings(given.findings[found >= 0], plots)
    yield "elsewhere", _findings(given.findings[found < 0], plots)
    yield "layers", _layers(given.variables, given.sources, given.classes)
    yield "pictures", Members(_pictures(pictures, plots))


def _pictures(pictures: Mapping[str, Picture], plots: pd.Index) -> Iterator[tuple[str, object]]:
    found = places(pd.Series(list(pictures), dtype="str"), plots).tolist()
    for place, picture in zip(found, pictures.values(), strict=True):
        drawn = base64.b64encode(png(picture)).decode()
        yield str(place), {"bounds": list(picture.bounds), "png": drawn, "years": _picture_years(picture)}


def languages(harvest: Harvest) -> list[str]:
    """Languages of the page: the first of the harvest, those of documents, and the others of the harvest."""
    named = harvest.package.languages
    return [named[0], *(one for one in SPOKEN_LANGUAGES if one != named[0] and (one in LANGUAGES or one in named))]


def _said(entries: Mapping[str, Entry], languages: Sequence[str]) -> dict[str, dict[str, str]]:
    return {key: in_languages(entry, languages) for key, entry in entries.items()}


def _words(commodity: str) -> dict[str, Entry]:
    """All words of the page; of wood, decisions speak of degradation too."""
    words = {**topic("report")}
    words |= {f"use_{key}": said for key, said in topic("uses").items()}
    words |= {f"review_{key}": said for key, said in topic("reviews").items() if FORM.match(key)}
    words |= {f"review_decision_{code}": decision(code, commodity) for code in ("clear", "confirm")}
    if commodity == "wood":
        words["says_high_confirmed"] = words["says_high_confirmed_wood"]
    return words


def looks(shown: Mapping[str, object], plots: pd.Index) -> Members:
    """Dated pictures by position of the plot; of plots that are not on the page nothing."""
    found = places(pd.Series(list(shown), dtype="str"), plots).tolist()
    return Members((str(place), one) for place, one in zip(found, shown.values(), strict=True) if place >= 0)


def asked(to_review: Mapping[str, Mapping[str, object]], plots: pd.Index) -> Members:
    """Plots that a decision can settle, by position, each with its key."""
    found = places(pd.Series(list(to_review), dtype="str"), plots).tolist()
    return Members(
        (str(place), {"plot": plot, **one})
        for place, (plot, one) in zip(found, to_review.items(), strict=True)
        if place >= 0
    )


def reviews(stated: Sequence[Json], plots: pd.Index, languages: Sequence[str]) -> dict[str, list[Mapping[str, object]]]:
    """What people decided, by position of the plot; reviews of plots that are not on the page stand in reviews.csv."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    of = places(pd.Series([row["plot"] for row in stated], dtype="str"), plots).tolist()
    for place, row in zip(of, stated, strict=True):
        if place >= 0:
            said = {language: row["said"].get(language, row["said"]["en"]) for language in languages}
            found.setdefault(str(place), []).append({**row, "said": said})
    return found


def pictured(
    plots: gpd.GeoDataFrame, assessments: pd.DataFrame, pictures: Mapping[str, Picture] | None
) -> dict[str, int]:
    """How many plots that are not low show their ground, and how many such plots there are."""
    if pictures is None:
        return {"shown": 0, "all": 0}
    matter = (assessments["outcome"] != "low").reindex(plots.index, fill_value=False) & plots["usable"]
    return {"shown": len(pictures), "all": int(matter.sum())}


def shipments(table: pd.DataFrame | None) -> list[dict[str, object]]:
    """Kilograms of every shipment, a row each; nothing where no deliveries are known."""
    if table is None:
        return []
    rows = table.astype(object).where(table.notna(), None).to_dict("records")
    return [{str(key): clean(value) if isinstance(value, str) else value for key, value in row.items()} for row in rows]


def withheld(stated: Sequence[Withheld], languages: Sequence[str]) -> Sequence[Mapping[str, object]]:
    """What is not declared and why, with the shipment it speaks of and a sentence in every language."""
    return [
        {"shipment": one.shipment}
        | {language: clean(in_words(one.code, one.values).in_language(language)) for language in languages}
        for one in stated
    ]


def _plots(harvest: Harvest, plots: gpd.GeoDataFrame, assessed: pd.DataFrame) -> dict[str, object]:
    cooperatives = sorted(plots["cooperative"].unique())
    named = harvest.package.producer_as == "producer"
    files = sorted(plots["source_file"].unique())
    return {
        "id": [clean(name) for name in plots["plot_id"]],
        "cooperatives": cooperatives,
        "names": [clean(harvest.cooperatives.get(one, one)) for one in cooperatives],
        "cooperative": places(plots["cooperative"], cooperatives),
        "outcome": places(assessed["final_outcome"], OUTCOMES),
        "before": places(assessed["outcome"], OUTCOMES),
        "usable": _whether(plots["usable"]),
        "assumed": _whether(plots["usable"] & (plots["geometry_kind"] == "point") & plots["declared_area_ha"].isna()),
        "fragile": _whether(assessed["stability"] == "fragile"),
        "unobserved": _nullable(assessed["unobserved_since"]),
        "flips": _nullable(assessed["flips"]),
        "review": _nullable(assessed["review"]),
        "place": _nullable(plots["production_place"]),
        "producer": _nullable(plots["producer_name"]) if named else [],
        "files": files,
        "file": places(plots["source_file"], files),
        "row": row_names(plots),
        **{name: _rounded((plots if column in plots else assessed)[column]) for name, column in HECTARES.items()},
    }


def _unread(left: pd.DataFrame) -> dict[str, NDArray[np.float64]]:
    return {name: _rounded(left[column]) for name, column in UNREAD.items()}


def _whether(values: pd.Series) -> NDArray[np.int8]:
    return values.to_numpy(dtype=bool).astype(np.int8)


def _nullable(values: pd.Series) -> list[str | None]:
    """Few of these are said of many plots."""
    codes, said = pd.factorize(values.astype(object))
    texts = np.array([*(clean(one) if isinstance(one, str) else None for one in said), None], dtype=object)
    shown: list[str | None] = texts[codes].tolist()
    return shown


def _rounded(values: pd.Series) -> NDArray[np.float64]:
    return values.to_numpy(dtype=np.float64, na_value=np.nan).round(4)


def _years(patches: gpd.GeoDataFrame, pictures: Mapping[str, Picture]) -> list[int]:
    found = {int(year) for year in patches["year"].unique() if year > CUTOFF_YEAR}
    for picture in pictures.values():
        found.update(_picture_years(picture))
    return sorted(found)


def _picture_years(picture: Picture) -> list[int]:
    return sorted({2000 + int(year) for year in np.unique(picture.loss_year) if 20 < year < 255})


def _patches(patches: gpd.GeoDataFrame, variables: Sequence[Variable]) -> dict[str, object]:
    after = patches[patches["year"] > CUTOFF_YEAR]
    disturbed = [one.column for one in variables if one.role == "degradation"]
    columns = sorted(after["column"].unique())
    return {
        "columns": columns,
        "column": places(after["column"], columns),
        "disturbed": _whether(after["column"].isin(disturbed)),
        "year": after["year"].to_numpy(),
        "area": _rounded(after["area_ha"]),
        "outlines": packed(after.geometry.to_numpy()),
    }


def _reasons(reasons: pd.DataFrame, plots: pd.Index) -> dict[str, object]:
    found = places(reasons.index, plots)
    known = reasons[found >= 0]
    codes = sorted(known["code"].unique())
    return {
        "codes": codes,
        "plot": found[found >= 0],
        "code": places(known["code"], codes),
        "layers": known["layers"].tolist(),
        "area": _rounded(known["area_ha"]),
        "threshold": _rounded(known["threshold_ha"]),
    }


def _findings(findings: pd.DataFrame, plots: pd.Index) -> dict[str, object]:
    codes = sorted(findings["code"].unique())
    known = set(topic("findings"))
    found = places(findings["plot"], plots).tolist()
    return {
        "codes": codes,
        "plot": [None if missing else place for place, missing in zip(found, findings["plot"].isna(), strict=True)],
        "code": places(findings["code"], codes),
        "severity": places(findings["severity"], SEVERITIES),
        "details": Items(json.loads(details) for details in findings["details"]),
        "message": [
            None if code in known else message
            for code, message in zip(findings["code"], findings["message"], strict=True)
        ],
        "file": findings["source_file"].tolist(),
        "row": row_names(findings),
    }


def _sentences(findings: pd.DataFrame, reasons: pd.DataFrame) -> dict[str, dict[str, Entry]]:
    """The sentences of the codes that occur; the page fills in the figures."""
    wanted = {"findings": findings["code"].unique(), "reasons": reasons["code"].unique()}
    chosen = {
        name: {code: topic(name)[code] for code in sorted(codes) if code in topic(name)}
        for name, codes in wanted.items()
    }
    steps = topic("plan")
    chosen["settle"] = {code: steps[f"do_{code}"] for code in sorted(wanted["reasons"]) if f"do_{code}" in steps}
    chosen["withheld"] = {mark: topic("package")[key] for mark, key in MARKS.items()}
    return chosen


def _layers(variables: Sequence[Variable], sources: pd.DataFrame, classes: Mapping[str, str]) -> list[dict[str, Any]]:
    counts = sources.drop_duplicates(["tile", "layer", "status"]).groupby(["layer", "status"]).size().to_dict()
    return [
        {
            "layer": variable.layer,
            "variable": variable.column,
            "classes": classes.get(variable.column, ""),
            "role": variable.role,
            "sensor": variable.sensor,
            "from": variable.covers_from.isoformat(),
            "through": variable.covers_through.isoformat(),
            "tiles": [int(counts.get((variable.layer, status), 0)) for status in ("read", "missing", "failed")],
        }
        for variable in variables
    ]
