"""What the register holds: harvest by harvest, by plot, number or place, and whole."""

import datetime as dt
import math
import re

import geopandas as gpd
import pandas as pd
import shapely

from eudr_check.geodesy import METRES_PER_DEGREE_EQUATOR
from eudr_check.postgresql import Place
from eudr_check.records import Row
from eudr_check.register import store
from eudr_check.register.numbers import CURRENT, amend_texts
from eudr_check.tables import OUTCOMES

POINT_RADIUS_M = 112.84
"""A point stands for up to 4 ha (Art. 2(28) of Regulation (EU) 2023/1115): a circle of this radius."""
_PLACE = re.compile(r"(-?\d+(?:\.\d+)?)\s*,\s*(-?\d+(?:\.\d+)?)")

_STATEMENTS = (
    """
SELECT s.fid, s.package, s.harvest, s.statement, s.internal_reference, s.lot, s.plots, s.net_mass_kg, s.geojson_sha256,
    n.reference_number, n.verification_number, n.submitted,
    CASE WHEN l.until > n.keep_until THEN l.until ELSE n.keep_until END AS keep_until,
    l.placed, coalesce(c.submitted, n.submitted) AS submitted_at, c.available AS available_at
FROM statements s LEFT JOIN numbers n ON n.fid = """
    + CURRENT
    + """
LEFT JOIN clocks c ON c.number = n.fid
LEFT JOIN (SELECT statement, max(placed) AS placed, max(keep_until) AS until FROM placements WHERE replaced = 0
    GROUP BY statement) l ON l.statement = n.statement
"""
)
_FOUND = """
SELECT * FROM (
SELECT o.harvest, o.plot, o.area_ha, o.outcome, o.final_outcome, o.policy, p.date,
    CASE WHEN p.is_last = 1 THEN 'last' ELSE 'submitted earlier' END AS package, p.package_digest, p.draft,
    s.statement, s.internal_reference, s.reference_number, s.submitted, s.keep_until
FROM outcomes o JOIN packages p ON p.fid = o.package
    LEFT JOIN statement_plots d ON d.outcome = o.fid LEFT JOIN ({statements}) s ON s.fid = d.statement
WHERE {outcomes}
UNION ALL
SELECT l.harvest, l.cooperative || '/' || l.plot_id AS plot, l.area_ha, NULL, NULL, NULL, NULL,
    l.package, NULL, NULL, NULL, NULL, NULL, NULL, NULL
FROM (SELECT *, 'plots' AS place, 'none yet' AS package FROM plots
    UNION ALL SELECT *, 'former_plots', 'left out later' FROM former_plots) l
WHERE NOT EXISTS (SELECT 1 FROM outcomes WHERE harvest = l.harvest AND plot = l.cooperative || '/' || l.plot_id)
    AND {land}
) AS found ORDER BY harvest, plot, package, statement NULLS FIRST
"""


def harvests(path: Place) -> list[Row]:
    """Every harvest with its packages (the last one first), their outcomes, layers, statements and numbers.

    Verification numbers are confidential: `verification_noted` says whether there is one.

    Raises:
        RegisterError: the register cannot be read.
    """
    with store.reading(path) as database:
        land = database.execute(
            "SELECT harvest, count(*) AS plots FROM plots GROUP BY harvest UNION "
            "SELECT DISTINCT harvest, 0 FROM packages WHERE harvest NOT IN (SELECT harvest FROM plots) ORDER BY harvest"
        ).fetchall()
        found: list[Row] = []
        for harvest, plots in land:
            rows = database.execute(
                "SELECT * FROM packages WHERE harvest = ? ORDER BY is_last DESC, fid DESC", (harvest,)
            ).fetchall()
            packages = [_package(database, row) for row in rows]
            until = [one["keep_until"] for package in packages for one in package["statements"] if one["keep_until"]]
            found.append(
                {
                    "harvest": harvest,
                    "usable_plots": plots,
                    "keep_until": max(until, default=None),
                    "packages": packages,
                }
            )
        return found


def find(path: Place, what: str) -> list[Row]:
    """Every plot that answers to a name, a number or a place, once per harvest, package and statement.

    Args:
        path: the register.
        what: a plot (`cooperative/plot_id` or `plot_id`), harvest, internal reference or reference number (also one
            that was replaced), or `longitude,latitude` in degrees, WGS 84.

    Returns:
        One row each, with outcome, statement and numbers as far as there are any.

    Raises:
        RegisterError: the register cannot be read.
    """
    place = _PLACE.fullmatch(what.strip())
    with store.reading(path) as database:
        if place is None:
            chosen: Row = {"what": what.strip()}
            outcomes = (
                ":what IN (o.harvest, o.plot, o.plot_id, s.internal_reference) "
                "OR s.reference_number = upper(:what) OR s.fid IN "
                "(SELECT statement FROM numbers WHERE reference_number = upper(:what))"
            )
            land = ":what IN (l.harvest, l.plot_id, l.cooperative || '/' || l.plot_id)"
        else:
            tables = ("outcomes", "plots", "former_plots")
            chosen = {}
            at = {table: _at(database, table, float(place[1]), float(place[2])) for table in tables}
            outcomes = f"o.fid IN ({at['outcomes']})"
            land = " OR ".join(f"l.place = '{table}' AND l.fid IN ({at[table]})" for table in tables[1:])
        query = _FOUND.format(statements=_STATEMENTS, outcomes=f"({outcomes})", land=f"({land})")
        return [dict(row) for row in database.execute(query, chosen)]


def content(path: Place) -> dict[str, pd.DataFrame]:
    """Everything in the register as tables that can be read alone, those with a geometry in EPSG:4326.

    Raises:
        RegisterError: the register cannot be read.
    """
    joined = "FROM {0} t JOIN packages p ON p.fid = t.package ORDER BY t.harvest, p.fid, t.fid"
    queries = {
        "harvests": "SELECT * FROM packages ORDER BY harvest, fid",
        "layers": "SELECT p.harvest, p.package_digest, t.* "
        "FROM layers t JOIN packages p ON p.fid = t.package ORDER BY p.harvest, p.fid, t.fid",
        "statements": "SELECT t.harvest, p.package_digest, t.* " + joined.format(f"({_STATEMENTS})"),
        "statement_plots": "SELECT s.harvest, p.package_digest, s.statement, t.plot FROM statement_plots t "
        "JOIN statements s ON s.fid = t.statement JOIN packages p ON p.fid = s.package ORDER BY s.harvest, t.fid",
        "statement_lots": "SELECT s.harvest, p.package_digest, s.statement, t.shipment, t.lot, t.kg "
        "FROM statement_lots t JOIN statements s ON s.fid = t.statement JOIN packages p ON p.fid = s.package "
        "ORDER BY s.harvest, t.fid",
        "received": "SELECT * FROM received ORDER BY fid",
        "numbers": "SELECT s.harvest, p.package_digest, s.statement, s.internal_reference, t.reference_number, "
        "t.verification_number, t.submitted, t.keep_until, t.replaced FROM numbers t "
        "JOIN statements s ON s.fid = t.statement JOIN packages p ON p.fid = s.package ORDER BY s.harvest, t.fid",
        "placements": "SELECT s.harvest, p.package_digest, s.statement, s.internal_reference, t.placed, t.keep_until, "
        "t.replaced FROM placements t JOIN statements s ON s.fid = t.statement "
        "JOIN packages p ON p.fid = s.package ORDER BY s.harvest, t.fid",
        "filings": "SELECT f.*, o.status, o.reference_number, o.verification_number, o.rejection_reason, o.version, "
        "o.seen FROM filings f LEFT JOIN filing_overviews o ON o.uuid = f.uuid AND o.system = f.system ORDER BY f.fid",
        "outcomes": "SELECT p.package_digest, t.* " + joined.format("outcomes"),
        **{name: f"SELECT * FROM {name} ORDER BY harvest, fid" for name in store.FEATURES if name != "outcomes"},
    }
    with store.reading(path) as database:
        return {name: _frame(database.execute(query)) for name, query in queries.items()}


def _package(database: store.Transaction, row: store.Row) -> Row:
    names = ["date", "commodity", "package_digest", "zip", "zip_sha256", "policy", "software", "plots", "area_ha"]
    mine = (row["fid"],)
    statements = [
        dict(one) for one in database.execute(f"{_STATEMENTS} WHERE s.package = ? ORDER BY s.statement", mine)
    ]
    for one in statements:
        replaced = database.execute(
            "SELECT reference_number, submitted FROM numbers WHERE statement = ? AND replaced = 1 ORDER BY fid",
            (one["fid"],),
        )
        one |= _window(one.pop("submitted_at"), one.pop("available_at"))
        one["verification_noted"] = one.pop("verification_number") is not None
        one["replaced"] = [dict(number) for number in replaced]
    layers = database.execute(
        "SELECT layer, version, items_read, tiles_with_gaps FROM layers WHERE package = ? ORDER BY fid", mine
    )
    return {
        **{name: row[name] for name in names},
        "is_last": bool(row["is_last"]),
        "draft": bool(row["draft"]),
        "outcomes": {name: row[name] for name in (*OUTCOMES, "cleared_by_review") if row[name]},
        "blocked_rows": row["blocked_rows"],
        "withheld": row["withheld"],
        "layers": [dict(layer) for layer in layers],
        "statements": [
            {name: value for name, value in one.items() if name not in ("fid", "package", "harvest")}
            for one in statements
        ],
    }


def _window(submitted: str | None, available: str | None) -> dict[str, str | None]:
    """Until when a statement may be amended, by both readings; nothing where it was not submitted."""
    if submitted is None:
        return {"amend_from_submission": None, "amend_from_number": None}
    known = None if available is None else dt.datetime.fromisoformat(available)
    return amend_texts(dt.datetime.fromisoformat(submitted), known)


def _at(database: store.Transaction, table: str, longitude: float, latitude: float) -> str:
    """Ids of the features at a place, as SQL lists them; a plot that is a point reaches `POINT_RADIUS_M` far."""
    stretch = max(math.cos(math.radians(latitude)), 0.01)
    north, east = POINT_RADIUS_M / METRES_PER_DEGREE_EQUATOR, POINT_RADIUS_M / (METRES_PER_DEGREE_EQUATOR * stretch)
    box = (longitude - east, latitude - north, longitude + east, latitude + north)
    rows = store.touching(database, table, ("fid", "geom"), box)
    shapes = store.shapes([blob for _, blob in rows])
    place = shapely.Point(longitude, latitude)
    found = []
    for (fid, _), shape in zip(rows, shapes, strict=True):
        if shape.geom_type == "Point":
            away = math.hypot((shape.x - longitude) * stretch, shape.y - latitude) * METRES_PER_DEGREE_EQUATOR
            hit = away <= POINT_RADIUS_M
        else:
            hit = bool(shapely.intersects(shape, place))
        if hit:
            found.append(str(fid))
    return ", ".join(found) or "NULL"


def _frame(rows: store.Rows) -> pd.DataFrame:
    """Rows as a table, without the ids that only join tables."""
    names = [column[0] for column in rows.description]
    frame = pd.DataFrame([tuple(row) for row in rows], columns=names)
    frame = frame.loc[:, ~frame.columns.duplicated()].drop(columns=["fid", "package"], errors="ignore")
    if "geom" not in frame:
        return frame
    shapes = store.shapes(frame.pop("geom").tolist())
    return gpd.GeoDataFrame(frame, geometry=shapes, crs="EPSG:4326")
