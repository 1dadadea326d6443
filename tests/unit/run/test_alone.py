"""Which shipments have a package of their own."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from eudr_check.errors import PackageError
from eudr_check.package.inputs import PackageInput
from eudr_check.run.alone import guard_declared
from eudr_check.run.stages import Run, shipment_folders
from eudr_check.shipments import Shipment, Shipments

READY = Shipments(tuple(Shipment(name, (), None, None, "", "", "") for name in ("E1", "E2", "E3")))
SUMMARY: dict[str, Any] = {
    "statements": [{"shipment": "E1"}],
    "filed": [{"shipment": "E2"}],
    "withheld_because": [
        {"code": "filed_refused", "lot": "L9", "numbers": "26NL", "why": "not_settled: c/1"},
        {"code": "unit_unreadable", "place": "shipments.csv line 4", "name": "E4", "value": "x"},
    ],
}


@pytest.mark.parametrize(("name", "why"), [("E1", None), ("E2", None), ("E3", "L9"), ("E4", "line 4"), ("E5", None)])
def test_only_what_is_declared_or_filed(name: str, why: str | None):
    """An open shipment is refused with what keeps it back, also where that is said of a lot; whether there is such a
    shipment at all is asked elsewhere."""
    given = cast(PackageInput, SimpleNamespace(shipments=READY))

    if why is None:
        guard_declared(given, name, SUMMARY)
    else:
        with pytest.raises(PackageError, match=why):
            guard_declared(given, name, SUMMARY)


@pytest.mark.parametrize("asked", [["ej-1"], ["EJ-1", "ej-1", "EJ-2"]])
def test_shipments_that_differ_by_large_letters_share_no_folder(asked: list[str]):
    """Windows and macOS take such folders for one; each keeps its own, whichever of them a run was asked for."""
    known = Shipments(ordered_kg=dict.fromkeys(("EJ-1", "ej-1", "EJ-2"), 1.0))
    run = cast(Run, SimpleNamespace(harvest=SimpleNamespace(harvest="h"), documents=SimpleNamespace(shipments=known)))
    folders = shipment_folders(run, asked)

    assert len({one.casefold() for one in folders.values()}) == len(asked)
    assert folders["ej-1"] == shipment_folders(run, ["ej-1", "EJ-2"])["ej-1"] != "shipment-ej-1"
    assert folders.get("EJ-2", "shipment-EJ-2") == "shipment-EJ-2"
