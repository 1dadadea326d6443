"""What the exporter ships: containers of 19,200 kg of the lots; one of them names a lot that is refused."""

from season import files

BAGS_KG = 19200.0
"""320 bags of 60 kg."""
ORDERS = (
    ("EJ-2026-01", "C04-L1; C04-L2=4304.53", "NL", "2026-11-09", "EJIU0000011"),
    ("EJ-2026-02", "C05-L1; C05-L2=2612.77", "NL", "2026-11-09", "EJIU0000027"),
    ("EJ-2026-03", "C05-L2=14970; C05-L3=4230", "NL", "2026-11-16", "EJIU0000032"),
    ("EJ-2026-04", "C10-L1; C10-L2=1742.54", "BE", "2026-11-16", "EJIU0000048"),
    ("EJ-2026-05", "C08-L1", "BE", "2026-11-23", "EJIU0000053"),
    ("EJ-2026-06", "C03-L1; C03-L2", "NL", "2026-11-23", "EJIU0000069"),
)
"""Shipment, lots with the kilograms taken where it is not all, country of entry, date, container."""


def table_text() -> str:
    """`shipments.csv`."""
    rows = [
        {
            "shipment": name,
            "lots": lots,
            "net_mass_kg": f"{BAGS_KG:.0f}",
            "product": "0901 11",
            "contract": f"EJ-C-{name[-2:]}",
            "container": container,
            "border_country": border,
            "date": date,
            "sales_reference": f"Ejemplo {name[-2:]}/2026",
        }
        for name, lots, border, date, container in ORDERS
    ]
    return files.csv_text(rows).replace("\r\n", "\n")
