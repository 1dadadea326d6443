"""What was filed for a harvest: statements with a number of the EU system, and the lots they used up."""

import datetime as dt

from eudr_check.postgresql import Place
from eudr_check.register import store
from eudr_check.shipments import Filed


def filed(path: Place, harvest: str) -> tuple[Filed, ...]:
    """Statements of a harvest that have a number that holds, in the order they were noted.

    Args:
        path: the register; nothing is filed where there is none.
        harvest: name of the harvest.

    Raises:
        RegisterError: it cannot be read.
    """
    if not store.there(path):
        return ()
    with store.reading(path) as database:
        rows = database.execute(
            "SELECT s.fid, s.internal_reference, s.lot, s.net_mass_kg, s.geojson_sha256, n.reference_number, "
            "n.submitted, (SELECT max(CASE WHEN o.system = 'production' THEN 0 ELSE 1 END) FROM filing_overviews o "
            "WHERE o.reference_number = n.reference_number) AS rehearsed "
            "FROM numbers n JOIN statements s ON s.fid = n.statement "
            "WHERE n.replaced = 0 AND s.harvest = ? ORDER BY n.fid",
            (harvest,),
        ).fetchall()
        lots = {
            row["fid"]: database.execute(
                "SELECT shipment, lot, kg FROM statement_lots WHERE statement = ? ORDER BY fid", (row["fid"],)
            ).fetchall()
            for row in rows
        }
    found: dict[str, Filed] = {}
    for row in rows:
        mine = lots[row["fid"]]
        used = {lot["lot"]: lot["kg"] for lot in mine}
        if not used and row["lot"]:
            # Registers of earlier versions name one lot a statement, and no kilograms beside the net mass.
            used = {row["lot"]: row["net_mass_kg"]}
        found[row["internal_reference"]] = Filed(
            row["internal_reference"],
            row["reference_number"],
            dt.date.fromisoformat(row["submitted"]),
            row["net_mass_kg"],
            mine[0]["shipment"] if mine else None,
            used,
            row["geojson_sha256"],
            bool(row["rehearsed"]),
        )
    return tuple(found.values())
