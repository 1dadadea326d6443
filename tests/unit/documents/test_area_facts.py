"""What vector layers say of plots in the record, and of which plots they say nothing."""

from eudr_check import tables
from eudr_check.assessment_record import AreaLayer
from eudr_check.documents.area_facts import AreaFacts, settled
from tests.helpers.risk_tables import plots

LAYER = AreaLayer(area="land", layer="own_areas@file", title="land", provider="", licence="", citation="",
                  topic="indigenous", complete=True)  # fmt: skip


def test_a_plot_without_usable_ground_was_not_looked_at() -> None:
    """A map that is complete settles whether there is indigenous land only where every plot was laid on it."""
    known = AreaFacts(tables.typed(tables.AREAS, {"plot": []}), [LAYER])
    table = plots({"coop/1": 1.0, "coop/2": 1.0})
    assert settled(known.of(table))

    table["usable"] = [True, False]
    (figures,) = known.of(table)

    assert (figures["plots"], figures["unknown"]) == (0, 1)
    assert not settled([figures])
