"""Which shipments have a package of their own."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from eudr_check.errors import PackageError
from eudr_check.package.inputs import PackageInput
from eudr_check.run.alone import guard_declared
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
