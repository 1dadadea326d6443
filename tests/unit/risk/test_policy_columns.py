"""Shipped policies read columns that shipped layers give."""

import yaml

from eudr_check.config import LayerChoice
from eudr_check.layers.definition import definition, shipped
from tests.conftest import REPOSITORY

NOT_SHIPPED = {"io_lulc_2024.tree", "io_lulc_2024.crop_gain"}
"""Whisp's layers of 2024: its policy says that a harvest brings its own."""


def test_every_column_of_a_shipped_policy_is_there() -> None:
    """A column of another name would be unknown for ever, and no test of trees would see it."""
    given = {
        variable.column
        for name in shipped()
        for variable in definition(LayerChoice.model_validate({"id": name, "from": "shipped"})).variables
    }
    read: set[str] = set()
    for path in (REPOSITORY / "eudr_check/risk/policies").glob("*.yaml"):
        policy = yaml.safe_load(path.read_text(encoding="utf-8"))
        read |= {one["column"] for one in policy.get("evidence", {}).values() if "column" in one}
        read |= {policy["baseline"]} if "baseline" in policy else set()

    assert len(read) > 5
    assert read - given == NOT_SHIPPED
