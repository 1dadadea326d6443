"""What a run says of what it could not read."""

from types import SimpleNamespace

import pandas as pd
import pytest

from eudr_check.cli import changes, language


def finished(*sources: tuple[str, str, str | None], undetermined: int = 0) -> SimpleNamespace:
    """A run with these layers, statuses and reasons, as far as the sentence looks at it."""
    assessed = pd.DataFrame({"final_outcome": ["undetermined"] * undetermined + ["low"]})
    return SimpleNamespace(sources=pd.DataFrame(sources, columns=["layer", "status", "reason"]), assessments=assessed)


@pytest.mark.parametrize(
    ("spoken", "words", "english"),
    [
        ("en", ("2 of 3 layers", "no connection", "17 plots are undetermined"), ()),
        ("es", ("2 de 3 capas", "sin conexión", "17 parcelas quedan sin determinar"), ("connection", "times")),
        ("fr", ("2 couches sur 3", "pas de connexion", "17 parcelles restent"), ("connection", "times")),
        ("pt", ("2 de 3 camadas", "sem ligação", "17 parcelas ficam"), ("connection", "times")),
    ],
)
def test_a_network_that_fails_is_spoken_of(monkeypatch, spoken, words, english):
    """Which layers could not be reached, why, and how many plots that leaves undetermined: in every language."""
    monkeypatch.setattr(language, "_chosen", [spoken])
    failed = "no connection, 6 times"
    run = finished(("gfc@1", "failed", failed), ("tmf@1", "failed", failed), ("gaul@1", "read", None), undetermined=17)

    (said,) = changes.unread(run)

    assert "gfc@1, tmf@1" in said
    assert all(word in said for word in words)
    assert not any(word in said for word in english)


@pytest.mark.parametrize("status", ["read", "missing"])
def test_nothing_is_said_where_every_layer_was_reached(status):
    """A layer that has no tile there is no failure of the network."""
    assert not list(changes.unread(finished(("gfc@1", status, None), undetermined=3)))
