"""What the terminal shows of a run: texts of users as they are."""

import pandas as pd
import pytest

from eudr_check.cli import show


@pytest.mark.parametrize("plot", ["coop/a[/]b", "coop/[bold]1", "coop/[/red]", "coop/:smile:", "coop/[link=x]y[/link]"])
def test_ids_with_brackets_are_shown_as_they_are(plot: str, capsys: pytest.CaptureFixture[str]) -> None:
    """`compare` names plots whose ids look like markup of the terminal, and does not die of them."""
    show.frame(pd.DataFrame({"plot": [plot], "before": ["low"], "now": ["high"]}), nothing="no plot")

    assert plot in capsys.readouterr().out
