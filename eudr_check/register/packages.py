"""Packages of every harvest: what came out for each plot, from which layers, and what the statements declare.

A harvest has one last package. The next one takes its place, unless a number of the EU system was noted for one of
its statements: what was submitted stays for good, with the plots and outcomes it was submitted with.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import geopandas as gpd
import pandas as pd
import shapely

from eudr_check.postgresql import Place
from eudr_check.register import store
from eudr_check.tables import OUTCOMES


@dataclass(frozen=True)
class LayerRead:
    """One layer of a package."""

    layer: str
    version: str | None
    """Product versions the Items name."""
    items_read: int
    tiles_with_gaps: int


@dataclass(frozen=True)
class Declared:
    """One statement of a package."""

    statement: str
    """Its folder in the package."""
    internal_reference: str
    lot: str | None
    net_mass_kg: float
    geojson_sha256: str
    plots: Sequence[str]
    """Keys of the plots it declares, as in PLOTS."""
    shipment: str | None = None
    lots: Mapping[str, float] = field(default_factory=dict)
    """Kilograms of product it takes of every lot."""


@dataclass(frozen=True)
class Package:
    """One finished package; nothing in it is a time of day or a path of this machine."""

    harvest: str
    commodity: str
    date: dt.date | None
    """Day of the assessment, as the harvest says."""
    package_digest: str
    """SHA-256 of everything the package was made of; the same package has the same."""
    zip: str | None
    """Name of the ZIP file in the package."""
    zip_sha256: str | None
    draft: bool
    policy: str
    software: str
    blocked_rows: int
    """Rows of plot files, and whole files, that a blocking finding stops."""
    withheld: str | None
    """Why a statement was not made."""
    layers: Sequence[LayerRead]
    statements: Sequence[Declared]


def record_package(path: Place, package: Package, plots: gpd.GeoDataFrame, assessments: pd.DataFrame) -> None:
    """Make a package the last one of its harvest.

    Args:
        path: the register; made where there is none.
        package: what is known of it beside the plots.
        plots: PLOTS. Names of producers are not taken over.
        assessments: ASSESSMENTS.

    Raises:
        RegisterError: the register cannot be written.
    """
    with store.writing(path) as database:
        database.execute("UPDATE packages SET is_last = 0 WHERE harvest = ?", (package.harvest,))
        same = database.execute(
            "UPDATE packages SET is_last = 1 WHERE harvest = ? AND package_digest = ? RETURNING fid",
            (package.harvest, package.package_digest),
        ).fetchall()
        if not same:
            _add(database, package, _outcomes(plots, assessments))
        _replace_earlier(database, package.harvest)


def _outcomes(plots: gpd.GeoDataFrame, assessments: pd.DataFrame) -> gpd.GeoDataFrame:
    """PLOTS beside ASSESSMENTS; the area of a point is the declared one."""
    joined = plots[["cooperative", "plot_id", "geometry", "area_ha", "declared_area_ha"]].join(
        assessments[["outcome", "final_outcome", "policy", "review"]], how="inner"
    )
    return joined.assign(area_ha=joined["area_ha"].fillna(joined["declared_area_ha"]))


def _add(database: store.Transaction, package: Package, outcomes: gpd.GeoDataFrame) -> None:
    fid = store.insert(
        database,
        "packages",
        harvest=package.harvest,
        commodity=package.commodity,
        date=None if package.date is None else package.date.isoformat(),
        package_digest=package.package_digest,
        is_last=1,
        draft=int(package.draft),
        zip=package.zip,
        zip_sha256=package.zip_sha256,
        policy=package.policy,
        software=package.software,
        plots=len(outcomes),
        area_ha=float(outcomes["area_ha"].sum()),
        **{outcome: int((outcomes["final_outcome"] == outcome).sum()) for outcome in (*OUTCOMES, "cleared_by_review")},
        blocked_rows=package.blocked_rows,
        withheld=package.withheld,
    )
    for layer in package.layers:
        store.insert(database, "layers", package=fid, **vars(layer))
    plots = _add_outcomes(database, fid, package.harvest, outcomes)
    for declared in package.statements:
        _add_statement(database, fid, package.harvest, declared, plots)


def _add_outcomes(
    database: store.Transaction, package: int, harvest: str, outcomes: gpd.GeoDataFrame
) -> dict[str, int]:
    """Returns the `fid` of every plot."""
    shapes = outcomes.geometry.to_numpy()
    columns = ["cooperative", "plot_id", "area_ha", "outcome", "final_outcome", "policy", "review"]
    rows = outcomes[columns].astype(object).where(outcomes[columns].notna(), None).to_numpy().tolist()
    fids: dict[str, int] = {}
    for plot, blob, shape, row in zip(outcomes.index.tolist(), store.blobs(shapes), shapes, rows, strict=True):
        named = dict(zip(columns, row, strict=True))
        fid = store.insert(database, "outcomes", geom=blob, package=package, harvest=harvest, plot=plot, **named)
        if shape is not None and not shape.is_empty:
            store.index(database, "outcomes", fid, shapely.bounds(shape).tolist())
        fids[plot] = fid
    return fids


def _add_statement(
    database: store.Transaction, package: int, harvest: str, declared: Declared, plots: Mapping[str, int]
) -> None:
    fid = store.insert(
        database,
        "statements",
        package=package,
        harvest=harvest,
        statement=declared.statement,
        internal_reference=declared.internal_reference,
        lot=declared.lot,
        plots=len(declared.plots),
        net_mass_kg=declared.net_mass_kg,
        geojson_sha256=declared.geojson_sha256,
    )
    for lot, kg in declared.lots.items():
        store.insert(database, "statement_lots", statement=fid, shipment=declared.shipment, lot=lot, kg=kg)
    for plot in declared.plots:
        store.insert(database, "statement_plots", statement=fid, outcome=plots[plot], plot=plot)


def _replace_earlier(database: store.Transaction, harvest: str) -> None:
    """Take out earlier packages of a harvest of which nothing was submitted."""
    earlier = database.execute(
        "SELECT fid FROM packages WHERE harvest = ? AND is_last = 0 AND fid NOT IN "
        "(SELECT package FROM statements JOIN numbers ON numbers.statement = statements.fid) "
        # What was sent and has no number yet may get one any moment.
        "AND package_digest NOT IN (SELECT package_digest FROM filings WHERE package_digest IS NOT NULL "
        "AND state IN ('sending', 'accepted'))",
        (harvest,),
    ).fetchall()
    for (fid,) in earlier:
        mine = "(SELECT fid FROM {} WHERE package = ?)"
        for table in ("statement_plots", "statement_lots"):
            database.execute(f"DELETE FROM {table} WHERE statement IN {mine.format('statements')}", (fid,))
        store.remove(database, "outcomes", "package", fid)
        for table in ("statements", "layers"):
            database.execute(f"DELETE FROM {table} WHERE package = ?", (fid,))
        database.execute("DELETE FROM packages WHERE fid = ?", (fid,))
