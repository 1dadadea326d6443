"""The sentence at the head of a plot's page says what its reasons say, and who said it."""

import pandas as pd
import pytest

from eudr_check.package.report.headline import DEFORESTED, DEGRADED, headlines
from eudr_check.risk.policy import Convergence, policy
from eudr_check.text import topic


def said(final: str, codes: str, outcome: str | None = None, deforestation_ha: float = 0.0) -> str:
    """Headline of one plot."""
    assessed = pd.DataFrame(
        {"outcome": [outcome or final], "final_outcome": [final], "deforestation_ha": [deforestation_ha]}, index=["a/1"]
    )
    names = codes.split()
    reasons = pd.DataFrame({"code": names}, index=pd.Index(["a/1"] * len(names)))
    (found,) = headlines(assessed, reasons)
    return found


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        ("agreed_deforestation deforestation_one_method event_on_forest", "says_high"),
        ("forest_to_agriculture event_on_planted_forest", "says_high"),
        ("primary_to_plantation primary_to_planted use_changed_without_event", "says_high_degradation"),
        ("agreed_deforestation natural_to_other_wooded", "says_high_both"),
        ("whisp_pcrop_row_2", "says_high_other"),
    ],
)
def test_high_names_deforestation_degradation_or_both(codes: str, expected: str) -> None:
    """A plantation on primary forest is no deforestation, and a page that says so is wrong."""
    assert said("high", codes) == expected


@pytest.mark.parametrize(("outcome", "codes"), [("undetermined", "geometry_blocked"), ("low", "no_event_on_forest")])
def test_what_a_person_confirmed_is_not_said_of_the_layers(outcome: str, codes: str) -> None:
    """On a blocked plot no layer was looked at."""
    assert said("high", codes, outcome) == "says_high_confirmed"


def test_low_with_a_little_loss_says_so() -> None:
    """And one without says nothing of it."""
    assert said("low", "no_event_on_forest", deforestation_ha=0.004) == "says_low_below"
    assert said("low", "no_event_on_forest") == "says_low"


def test_every_headline_is_written() -> None:
    """A key without a sentence would stand on the page as a key."""
    keys = {"says_high", "says_high_degradation", "says_high_both", "says_high_other", "says_high_confirmed"}

    assert keys <= set(topic("report"))


@pytest.mark.parametrize("name", ["convergence@1", "wood@1", "cattle@1"])
def test_every_rule_that_makes_high_is_one_or_the_other(name: str) -> None:
    """A rule added later may not go without a word."""
    found = policy(name)
    assert isinstance(found, Convergence)

    assert {rule.code for rule in found.rules if rule.outcome == "high"} <= DEFORESTED | DEGRADED
    assert not DEFORESTED & DEGRADED
