"""LOTS without the deliveries they are made of."""

from types import SimpleNamespace
from typing import cast

import pandas as pd

from eudr_check.package.verify.contents import Contents
from eudr_check.package.verify.deliveries import check


def test_lots_without_deliveries_are_unchecked_and_never_whole() -> None:
    """A package that an earlier version wrote looks like one from which the table was taken: it says both."""
    contents = cast(Contents, SimpleNamespace(lots=pd.DataFrame({"lot": ["L1"]}), deliveries=None))
    (found,) = check(contents, None)

    assert (found.file, found.code) == ("tables/DELIVERIES.parquet", "missing")
    assert "cannot be checked" in found.message and "did not know it" in found.message
