"""Numbers that hold, shipment by shipment, as they are passed on to whoever buys the goods."""

from eudr_check.errors import RegisterError
from eudr_check.postgresql import Place
from eudr_check.records import Row
from eudr_check.register import store
from eudr_check.text import sentence

_STATEMENTS = """
SELECT s.fid AS statement, 'dds' AS kind, s.harvest, s.internal_reference, NULL AS shipment, NULL AS lots,
    s.net_mass_kg, n.reference_number, n.verification_number, n.submitted, o.status, o.system
FROM numbers n JOIN statements s ON s.fid = n.statement
LEFT JOIN filing_overviews o ON o.reference_number = n.reference_number
WHERE n.replaced = 0 AND s.harvest = ? ORDER BY n.fid
"""
_DECLARATIONS = """
SELECT NULL AS statement, f.kind, f.harvest, f.internal_reference, f.shipment, NULL AS lots,
    NULL AS net_mass_kg, o.reference_number, o.verification_number, substr(f.created, 1, 10) AS submitted,
    o.status, o.system
FROM filings f JOIN filing_overviews o ON o.uuid = f.uuid AND o.system = f.system
WHERE f.kind = 'sd' AND f.operation = 'submit' AND f.state = 'accepted' AND o.reference_number IS NOT NULL
    AND o.status NOT IN ('REJECTED', 'WITHDRAWN', 'OBSOLETE') AND f.harvest = ? ORDER BY f.fid
"""


def passed_on(path: Place, harvest: str, shipment: str | None = None) -> list[Row]:
    """Every statement and declaration of a harvest whose numbers hold.

    Args:
        path: the register.
        harvest: its name.
        shipment: only this shipment, or internal reference.

    Returns:
        kind (dds or sd), harvest, internal_reference, shipment, lots (separated by semicolons), net_mass_kg,
        reference_number, verification_number, submitted (day), status and system (None: noted by hand).

    Raises:
        RegisterError: the register cannot be read, or has no number that holds for this.
    """
    with store.reading(path) as database:
        rows: list[Row] = [
            {**dict(row), **_lots(database, row["statement"])}
            for row in database.execute(_STATEMENTS, (harvest,)).fetchall()
        ]
        rows += [dict(row) for row in database.execute(_DECLARATIONS, (harvest,))]
    chosen = [row for row in rows if shipment is None or shipment in (row["shipment"], row["internal_reference"])]
    if not chosen:
        there = ", ".join(str(row["shipment"] or row["internal_reference"]) for row in rows) or "-"
        raise RegisterError(
            sentence("filing", "nothing_to_pass_on", harvest=harvest, shipment=shipment or "*", found=there)
        )
    return [{name: value for name, value in row.items() if name != "statement"} for row in chosen]


def _lots(database: store.Transaction, statement: int) -> Row:
    """Shipment and lots of a statement."""
    lots = database.execute("SELECT shipment, lot FROM statement_lots WHERE statement = ? ORDER BY fid", (statement,))
    found = lots.fetchall()
    shipment = max((one["shipment"] for one in found if one["shipment"] is not None), default=None)
    return {"shipment": shipment, "lots": "; ".join(one["lot"] for one in found) or None}
