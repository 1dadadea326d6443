"""A statement speaks of its own shipment: the buyer of one sees nothing of what another gets."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pandas as pd
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


@pytest.mark.parametrize(("own", "lot", "kg"), [("NORTH", "L1", 1000.0), ("SOUTH", "L2", 1500.0)])
def test_every_plot_of_a_statement_is_tied_to_its_lot_and_kilograms(
    folder: Path, own: str, lot: str, kg: float
) -> None:
    """An auditor adds up what the plots delivered, in the index and in the table of deliveries, without any program."""
    index = pd.read_csv(folder / f"statement-{own}" / "plots_index.csv")
    delivered = pd.read_csv(folder / "tables" / "deliveries.csv")
    facts = json.loads((folder / f"statement-{own}" / "dds.json").read_text(encoding="utf-8"))

    assert set(index["lots"]) == {lot}
    assert index["delivered_kg"].dropna().tolist() == [kg] * 2
    assert index["delivered_kg"].sum() == facts["statement"]["net_mass_kg"]
    assert delivered.loc[delivered["lot"] == lot].groupby("plot")["kg_green"].sum().to_dict() == dict(
        index.dropna(subset="delivered_kg")[["plot", "delivered_kg"]].itertuples(index=False)
    )


@pytest.mark.parametrize(("own", "mine", "strange"), [
    ("NORTH", ["L1", "1.000,0", "001", "002"], ["SOUTH", "L2", "L3", "sur", "003"]),
    ("SOUTH", ["L2", "1.500,0", "San José"], ["NORTH", "L1", "L3", "norte"]),
])  # fmt: skip
def test_pages_name_nothing_of_another_shipment(folder: Path, own: str, mine: list[str], strange: list[str]) -> None:
    """The PDF as a reader sees it: lots and kilograms of its own plots in the annex, no word of others."""
    program = shutil.which("pdftotext")
    if program is None:
        pytest.skip("pdftotext is not installed; apt-get install poppler-utils to run this test")
    page = folder / f"statement-{own}" / "statement.es.pdf"
    text = subprocess.run([program, "-layout", page, "-"], capture_output=True, text=True, check=True).stdout
    text = " ".join(text.split())
    annex = text[text.rindex("kg entregados") :]

    assert [word for word in mine if word not in annex] == []
    assert [word for word in strange if re.search(rf"(?<![0-9A-Za-z]){re.escape(word)}(?![0-9A-Za-z])", text)] == []


def test_changed_kilograms_in_the_index_are_found(folder: Path, tmp_path: Path) -> None:
    """The index is made of the deliveries inside."""
    other = shutil.copytree(folder, tmp_path / "p")
    path = other / "statement-NORTH" / "plots_index.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("1000.0", "9999.0"), encoding="utf-8")

    assert any(one.file == "statement-NORTH/plots_index.csv" and one.code == "table" for one in verify(other))
