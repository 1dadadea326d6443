"""All tables of a harvest to one folder of files: the due-diligence package."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from eudr_check import __version__
from eudr_check.areas import eu_area_ha
from eudr_check.config import Harvest
from eudr_check.errors import PackageError
from eudr_check.package import bag, consignment, eu_check, eu_geojson, facts, gis, payload, readme, redact, statement
from eudr_check.package.consignment import Consignment, Part
from eudr_check.package.names import cells
from eudr_check.package.statement_map import draw
from eudr_check.variables import Variable

DRAFT_MARK = "DRAFT-"


def write(
    folder: Path,
    *,
    harvest: Harvest,
    plots: gpd.GeoDataFrame,
    findings: pd.DataFrame,
    sources: pd.DataFrame,
    evidence: pd.DataFrame,
    patches: gpd.GeoDataFrame,
    assessments: pd.DataFrame,
    reasons: pd.DataFrame,
    variables: Sequence[Variable],
    policy: Any,
    lots: pd.DataFrame | None = None,
    article10: pd.DataFrame | None = None,
    legality: pd.DataFrame | None = None,
    definitions: Sequence[Any] = (),
    attachments: Mapping[str, Path] | None = None,
    draft: bool = False,
    redacted: bool = False,
) -> list[Path]:
    """Write the package; same tables and settings, same bytes.

    Args:
        folder: existing, empty folder.
        harvest: the settings.
        plots, findings, sources, evidence, patches, assessments, reasons: the tables of these names.
        variables: layer variables of the run.
        policy: the policy applied (a pydantic model with `full_name` and `title`).
        lots: lot, kg_green, status, reasons, plots; None without deliveries.
        article10: letter, criterion, answer; None where no assessment record was made.
        legality: topic, document, valid_until, sha256 of the legality evidence.
        definitions: layer definitions of the run (pydantic models with `id`).
        attachments: path in the package: file, for reviews, legality documents and what else belongs to the file.
        draft: also declare plots that are not settled; every statement file is marked.
        redacted: the twin without names of persons.

    Returns:
        All files written.

    Raises:
        PackageError: the EU system would refuse operator or product (not with `draft`).
    """
    wanted = set(harvest.package.outputs)
    faults = payload.fact_faults(harvest) if "statement" in wanted else []
    if faults and not draft:
        raise PackageError(f"harvest {harvest.harvest}: no statement can be made: " + "; ".join(faults))
    if redacted:
        plots, findings = redact.plots(plots), redact.findings(findings, plots)
        harvest = redact.harvest(harvest)
    job = _Job(folder, harvest, draft)
    settled = consignment.settle(plots, assessments, lots, harvest.package.traceability, draft=draft)
    if wanted & {"eu_geojson", "statement"}:
        settled = job.statements(
            settled,
            plots,
            assessments,
            common={
                "layers": facts.layer_facts(variables, sources),
                "policy": {"name": policy.full_name, "title": policy.title},
                "legality": _records(legality),
                "article10": _records(article10),
            },
            faults=faults,
        )
    tables = {
        "PLOTS": plots,
        "FINDINGS": findings,
        "SOURCES": sources,
        "EVIDENCE": evidence,
        "PATCHES": patches,
        "ASSESSMENTS": assessments,
        "REASONS": reasons,
    }
    job.tables(tables)
    job.text("policy.json", _json(policy.model_dump(mode="json")))
    job.text("layers.json", _json([item.model_dump(mode="json") for item in definitions]))
    job.csv("excluded.csv", settled.excluded)
    job.csv("refused_lots.csv", settled.refused_lots)
    if "gis" in wanted:
        shared = {"findings": findings, "sources": sources, "patches": patches}
        gis.write(
            folder,
            harvest=harvest,
            plots=plots,
            assessments=assessments,
            reasons=reasons,
            variables=variables,
            **shared,
        )
    for place, file in sorted((attachments or {}).items()):
        job.copy(place, file)
    job.finish(settled, assessments, sources, redacted=redacted)
    return sorted(file for file in folder.rglob("*") if file.is_file())


class _Job:
    """One package on its way to disk."""

    def __init__(self, folder: Path, harvest: Harvest, draft: bool) -> None:
        self.folder, self.harvest, self.draft = folder, harvest, draft
        self.made: list[dict[str, Any]] = []
        self.withheld: list[str] = []

    def text(self, name: str, content: str) -> None:
        self.bytes(name, content.encode("utf-8"))

    def bytes(self, name: str, content: bytes) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    def csv(self, name: str, frame: pd.DataFrame) -> None:
        self.text(name, cells(frame).to_csv(index=False, lineterminator="\n"))

    def copy(self, place: str, file: Path) -> None:
        try:
            self.bytes(place, file.read_bytes())
        except OSError as error:
            raise PackageError(f"{file}: cannot be read ({error.strerror}); it belongs into the package") from error

    def tables(self, tables: Mapping[str, pd.DataFrame]) -> None:
        """All tables as Parquet, and those an auditor redoes sums with as CSV."""
        (self.folder / "tables").mkdir()
        for name, frame in tables.items():
            frame.to_parquet(self.folder / "tables" / f"{name}.parquet", compression="zstd")
        for name in ("EVIDENCE", "ASSESSMENTS", "REASONS"):
            self.csv(f"tables/{name.lower()}.csv", tables[name].reset_index())

    def statements(
        self,
        settled: Consignment,
        plots: gpd.GeoDataFrame,
        assessments: pd.DataFrame,
        common: Mapping[str, Any],
        faults: Sequence[str],
    ) -> Consignment:
        """Write every statement; the consignment comes back without the plots the EU system would refuse."""
        export = eu_geojson.export(settled.plots, self.harvest.package.producer_as)
        settled = _without_refused(settled, export.changes, assessments)
        self.csv("geojson_changes.csv", export.changes)
        product = self.harvest.product
        texts = eu_geojson.feature_texts(export.features, names=True)
        plain = eu_geojson.feature_texts(export.features, names=False)
        mass = product.net_mass_kg if product else 0.0
        covered = settled.lots["kg_green"].sum() if len(settled.lots) else None
        if covered is not None and covered < mass and not self.draft:
            self.withheld.append(
                f"the accepted lots hold {covered:g} kg of green product, less than the {mass:g} kg declared; "
                "lower product.net_mass_kg, or settle the refused lots (refused_lots.csv)"
            )
            return settled
        cut = consignment.parts(settled, export.features, [len(text.encode()) for text in texts], mass)
        if not cut:
            self.withheld.append("no plot may be declared; excluded.csv says why for every plot")
        for part in cut:
            self.statement(part, len(cut), settled, plots, assessments, export.features, texts, plain, common, faults)
        return settled

    def statement(
        self,
        part: Part,
        of: int,
        settled: Consignment,
        plots: gpd.GeoDataFrame,
        assessments: pd.DataFrame,
        features: pd.DataFrame,
        texts: list[str],
        plain: list[str],
        common: Mapping[str, Any],
        faults: Sequence[str],
    ) -> None:
        harvest = self.harvest
        mine = features.iloc[part.rows]
        place = f"statement-{part.number:02}/{DRAFT_MARK if self.draft else ''}"
        geojson = eu_geojson.collection([texts[row] for row in part.rows]).encode()
        wrong = eu_check.check(geojson, cattle=harvest.commodity == "cattle")
        if wrong:
            fault = wrong[0]
            plot = mine["plot"].iloc[fault.feature - 1] if fault.feature else "the file"
            raise PackageError(
                f"plot {plot}: the EU system would refuse what was exported ({fault.code}: {fault.message})"
            )
        self.bytes(place + "plots.geojson", geojson)
        index = _index(mine, [texts[row] for row in part.rows], plots, assessments)
        self.csv(place + "plots_index.csv", index)
        told = facts.gather(
            harvest,
            settled,
            part,
            of,
            mine,
            assessments,
            **common,
            open_points=_open_points(harvest, common, faults, self.draft),
            geolocation={
                "file": (self.folder / (place + "plots.geojson")).name,
                "sha256": hashlib.sha256(geojson).hexdigest(),
                "bytes": len(geojson),
            },
            draft=self.draft,
        )
        made = {key: told[key] for key in ("statement", "outcomes")} | {"plots": told["geolocation"]["plots"]}
        self.made.append({"folder": f"statement-{part.number:02}", **made})
        if "statement" not in harvest.package.outputs:
            return
        self.text(place + "dds.json", _json(told))
        if harvest.operator and harvest.product and not faults:
            request = payload.document(
                harvest.operator,
                harvest.product,
                _producers(mine, [plain[row] for row in part.rows]),
                net_mass_kg=part.net_mass_kg,
                reference=told["statement"]["reference"],
            )
            self.bytes(place + "dds.xml", payload.xml(request, draft=self.draft))
        declared = plots.loc[mine["plot"].unique()]
        others = plots.geometry[~plots.index.isin(declared.index)].to_numpy()
        svg = draw(declared.geometry.to_numpy(), others)
        listed = _listed(mine, plots, assessments)
        for language in harvest.package.languages:
            self.bytes(f"{place}statement.{language}.pdf", statement.pdf(told, listed, svg, language))

    def finish(self, settled: Consignment, assessments: pd.DataFrame, sources: pd.DataFrame, *, redacted: bool) -> None:
        """Summary, README, manifest, and the bag with all of it."""
        harvest = self.harvest
        summary = {
            "harvest": harvest.harvest,
            "software": __version__,
            "draft": self.draft,
            "redacted": redacted,
            "policy": harvest.policy,
            "outcomes": {str(k): int(v) for k, v in assessments["final_outcome"].value_counts().sort_index().items()},
            "statements": self.made,
            "withheld": self.withheld,
            "declared_plots": sum(made["plots"] for made in self.made),
            "excluded": {
                str(k): int(v) for k, v in settled.excluded["excluded_because"].value_counts().sort_index().items()
            },
            "refused_lots": [str(lot) for lot in settled.refused_lots["lot"]],
        }
        self.text("summary.json", _json(summary))
        for language in harvest.package.languages:
            self.text(f"README.{language}.txt", readme.text(harvest, summary, language))
        read = sources[sources["status"] == "read"]
        items = read[["layer", "item_id", "asset", "href", "version", "sha256"]].drop_duplicates()
        listed = json.loads(items.sort_values(list(items.columns)).to_json(orient="records"))
        bag.write_manifest(
            self.folder,
            {"harvest": harvest.harvest, "software": __version__, "draft": self.draft, "layer_items": listed},
        )
        name = f"{DRAFT_MARK if self.draft else ''}{harvest.harvest}{'-redacted' if redacted else ''}"
        bag.write_zip(
            self.folder,
            self.folder / f"{name}.zip",
            name=name,
            date=harvest.package.date or harvest.production.until,
            title=f"Due-diligence package of harvest {harvest.harvest}",
        )


def _without_refused(settled: Consignment, changes: pd.DataFrame, assessments: pd.DataFrame) -> Consignment:
    """The consignment less the plots that no GeoJSON can carry; they are excluded by name."""
    refused = changes[changes["refused"]].drop_duplicates("plot")
    if refused.empty:
        return settled
    status = assessments[["outcome", "final_outcome", "reasons"]].reindex(refused["plot"]).reset_index()
    status["cooperative"] = settled.plots["cooperative"].reindex(refused["plot"]).to_numpy()
    status["excluded_because"] = pd.array(("cannot_be_sent:" + refused["code"]).to_list(), dtype="str")
    excluded = pd.concat(
        [settled.excluded[~settled.excluded["plot"].isin(refused["plot"])], status[settled.excluded.columns]]
    )
    return Consignment(
        settled.plots[~settled.plots.index.isin(refused["plot"])],
        excluded.sort_values("plot", ignore_index=True),
        settled.lots,
        settled.refused_lots,
    )


def _open_points(
    harvest: Harvest, common: Mapping[str, Any], faults: Sequence[str], draft: bool
) -> list[dict[str, Any]]:
    """What keeps the statement a draft."""
    points: list[dict[str, Any]] = [{"code": "forced_draft"}] if draft else []
    points += [{"code": "fact", "fault": fault} for fault in faults]
    if not common["legality"]:
        points.append({"code": "no_legality"})
    if any(not row.get("answer") for row in common["article10"]):
        points.append({"code": "no_article10"})
    if harvest.operator and not harvest.operator.address:
        points.append({"code": "no_address"})
    return points


def _producers(features: pd.DataFrame, texts: Sequence[str]) -> list[payload.Producer]:
    """One entry per producer and country, in the order of the features (which is sorted by both)."""
    by_producer: dict[tuple[Any, str], list[str]] = {}
    for name, country, text in zip(features["name"], features["country"], texts, strict=True):
        by_producer.setdefault((name if isinstance(name, str) else None, country), []).append(text)
    return [
        payload.Producer(country, name, eu_geojson.collection(mine).encode())
        for (name, country), mine in by_producer.items()
    ]


def _index(
    features: pd.DataFrame, texts: Sequence[str], plots: gpd.GeoDataFrame, assessments: pd.DataFrame
) -> pd.DataFrame:
    """Which Feature is which plot, with its outcome and the digest of its text."""
    keys = features["plot"].to_numpy(dtype=object)
    status = assessments[["outcome", "final_outcome", "policy"]].reindex(keys)
    return pd.DataFrame(
        {
            "feature": np.arange(1, len(features) + 1),
            "plot": keys,
            "plot_id": plots["plot_id"].reindex(keys).to_numpy(),
            "cooperative": plots["cooperative"].reindex(keys).to_numpy(),
            "part": features["part"].to_numpy(),
            "parts": features.groupby("plot")["part"].transform("max").to_numpy(),
            "production_place": features["place"].to_numpy(),
            "area_ha": features["area_ha"].to_numpy(),
            "outcome": status["outcome"].to_numpy(),
            "final_outcome": status["final_outcome"].to_numpy(),
            "policy": status["policy"].to_numpy(),
            "sha256": [hashlib.sha256(text.encode()).hexdigest() for text in texts],
        }
    )


def _listed(features: pd.DataFrame, plots: gpd.GeoDataFrame, assessments: pd.DataFrame) -> pd.DataFrame:
    """The plots of a statement as the annex prints them, one row a plot."""
    first = features.drop_duplicates("plot").set_index("plot")
    known = plots.reindex(first.index)
    keys = features["plot"].to_numpy(dtype=object)
    return pd.DataFrame(
        {
            "plot_id": known["plot_id"],
            "name": first["name"],
            "country": first["country"],
            "place": first["place"],
            "geometry_kind": known["geometry_kind"],
            "area_ha": features.groupby("plot")["area_ha"].sum(),
            "eu_area_ha": pd.Series(eu_area_ha(features["geometry"].to_numpy())).groupby(keys).sum(min_count=1),
            "final_outcome": assessments["final_outcome"].reindex(first.index),
        },
        index=first.index,
    )


def _records(frame: pd.DataFrame | None) -> list[dict[str, Any]]:
    if frame is None:
        return []
    records: list[dict[str, Any]] = json.loads(frame.to_json(orient="records", date_format="iso"))
    return records


def _json(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"
