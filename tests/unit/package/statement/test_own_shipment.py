"""A statement speaks of its own shipment: the buyer of one sees nothing of what another gets."""

import json
from pathlib import Path

import pytest

from eudr_check import package
from eudr_check.package.verify import verify
from eudr_check.shipments import Line, Shipment, Shipments
from tests.helpers import package_tables as six

NORTH, SOUTH = ["norte/001", "norte/002"], ["sur/A 1", "sur/A 2"]


def shipment(name: str, lot: str, kg: float) -> Shipment:
    """All of one lot to one buyer."""
    return Shipment(name, (Line(0, {lot: None}, kg, None),), "NL", None, f"contract of {name}", "", "")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two shipments, each of the lot of one cooperative, and a lot that is refused for a high plot."""
    root = tmp_path_factory.mktemp("two") / "p"
    root.mkdir()
    rows = [("L1", plot, 1000.0) for plot in NORTH] + [("L2", plot, 1500.0) for plot in SOUTH]
    delivered = six.deliveries(*rows, ("L3", "norte/003", 900.0))
    lots = six.lots(
        ("L1", 2000, "accepted", NORTH), ("L2", 3000, "accepted", SOUTH), ("L3", 900, "refused", ["norte/003"])
    )
    shipments = Shipments(
        (shipment("NORTH", "L1", 2000), shipment("SOUTH", "L2", 3000)), {}, {"NORTH": 2000, "SOUTH": 3000}
    )
    settings = six.harvest(
        shipments="s.csv", deliveries="d.csv", package={"languages": ["es"], "outputs": ["eu_geojson", "statement"]}
    )
    package.write(root, package.PackageInput(**six.package(
        harvest=settings, lots=lots, deliveries=delivered, shipments=shipments)))  # fmt: skip
    return root


@pytest.mark.parametrize(("own", "kg", "strange"), [
    ("NORTH", 2000, ["SOUTH", "L2", "L3", "sur", "norte/003"]),
    ("SOUTH", 3000, ["NORTH", "L1", "L3", "norte"]),
])  # fmt: skip
def test_statement_names_its_own_lots_plots_and_partners(folder: Path, own: str, kg: int, strange: list[str]) -> None:
    """Kilograms, outcomes, what was left out and partners are those of the shipment; of others no word in any file."""
    (mine,) = folder.glob(f"statement-{own}")
    facts = json.loads((mine / "dds.json").read_text(encoding="utf-8"))
    text = "".join(
        (mine / name).read_text(encoding="utf-8")
        for name in ("dds.json", "plots_index.csv", "plots.geojson", "form.es.html")
    )

    assert facts["statement"]["net_mass_kg"] == kg
    assert facts["excluded"] == {"plots": 0, "of": 2, "reasons": []} and facts["refused_lots"] == []
    assert sum(facts["outcomes"].values()) == 2 and "high" not in facts["outcomes"]
    assert [name for name in strange if f'"{name}' in text or f" {name}" in text or f"{name}/" in text] == []


def test_such_a_package_holds_what_it_says(folder: Path) -> None:
    """Both statements can be made once more."""
    assert verify(folder) == []
