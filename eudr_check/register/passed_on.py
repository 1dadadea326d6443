"""Numbers that hold, shipment by shipment, as they are passed on to whoever buys the goods."""

from pathlib import Path

from eudr_check.errors import RegisterError
from eudr_check.records import Row
from eudr_check.register import store
from eudr_check.text import sentence

_STATEMENTS = """
SELECT 'dds' AS kind, s.harvest, s.internal_reference, l.shipment, l.lots, s.net_mass_kg, n.reference_number,
    n.verification_number, n.submitted, o.status, o.system
FROM numbers n JOIN statements s ON s.fid = n.statement
LEFT JOIN (SELECT statement, max(shipment) AS shipment, group_concat(lot, '; ') AS lots FROM
    (SELECT * FROM statement_lots ORDER BY fid) GROUP BY statement) l ON l.statement = s.fid
LEFT JOIN filing_overviews o ON o.reference_number = n.reference_number
WHERE n.replaced = 0 AND s.harvest = ? ORDER BY n.fid
"""
_DECLARATIONS = """
SELECT f.kind, f.harvest, f.internal_reference, f.shipment, NULL AS lots, NULL AS net_mass_kg, o.reference_number,
    o.verification_number, substr(f.created, 1, 10) AS submitted, o.status, o.system
FROM filings f JOIN filing_overviews o ON o.uuid = f.uuid AND o.system = f.system
WHERE f.kind = 'sd' AND f.operation = 'submit' AND f.state = 'accepted' AND o.reference_number NOT NULL
    AND o.status NOT IN ('REJECTED', 'WITHDRAWN', 'OBSOLETE') AND f.harvest = ? ORDER BY f.fid
"""


def passed_on(path: Path, harvest: str, shipment: str | None = None) -> list[Row]:
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
            dict(row) for query in (_STATEMENTS, _DECLARATIONS) for row in database.execute(query, (harvest,))
        ]
    chosen = [row for row in rows if shipment is None or shipment in (row["shipment"], row["internal_reference"])]
    if not chosen:
        there = ", ".join(str(row["shipment"] or row["internal_reference"]) for row in rows) or "-"
        raise RegisterError(
            sentence("filing", "nothing_to_pass_on", harvest=harvest, shipment=shipment or "*", found=there)
        )
    return chosen
