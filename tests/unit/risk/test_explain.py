"""What `explain` says of rules and doubts, in the language asked for."""

from pathlib import Path

import pandas as pd
import pytest
from shapely.geometry import Point

from eudr_check import risk
from eudr_check.risk.explain import _doubts, _why
from eudr_check.risk.policy import Convergence
from eudr_check.text import topic

SHIPPED = [path.stem for path in Path(risk.__file__).parent.joinpath("policies").glob("*.yaml")]


@pytest.mark.parametrize("name", SHIPPED)
def test_every_threshold_of_a_shipped_policy_is_explained_in_four_languages(name: str) -> None:
    """A reason or source that a policy gains needs its sentence in `rules.yaml`."""
    policy = risk.policy(name)
    rules = policy.rules if isinstance(policy, Convergence) else ()
    written = {text for rule in rules for text in (rule.hectares.reason, rule.hectares.source)}

    assert written <= {entry["en"] for entry in topic("rules").values()}


@pytest.mark.parametrize("language", ["es", "fr", "pt"])
def test_rules_are_told_in_the_language_asked_for(language: str) -> None:
    """No rule of a shipped policy is read in English by who asked in another language."""
    policy = risk.policy("convergence@1")
    assert isinstance(policy, Convergence)
    reasons = pd.DataFrame(
        [
            {"code": rule.code, "layers": "x", "area_ha": 1.0, "threshold_ha": 0.1, "margin_ha": 0.9}
            for rule in policy.rules
        ]
    )
    said = "\n".join(_why(reasons, policy, language))

    for rule in policy.rules:
        for text in (rule.hectares.reason, rule.hectares.source):
            assert text not in said
            assert next(entry[language] for entry in topic("rules").values() if entry["en"] == text) in said


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "with the boundary moved in by the GPS error → low risk; without jrc_gft2020@V1 → high risk"),
        ("es", "con el lindero hacia adentro por el error del GPS → riesgo bajo; sin jrc_gft2020@V1 → riesgo alto"),
        ("fr", "avec la limite rentrée de l'erreur GPS → risque faible; sans jrc_gft2020@V1 → risque élevé"),
        ("pt", "com o limite para dentro pelo erro do GPS → risco baixo; sem jrc_gft2020@V1 → risco alto"),
    ],
)
def test_what_would_change_an_outcome_is_said_in_words(language: str, words: str) -> None:
    """The table keeps `change=outcome`, which nobody has to read."""
    row = pd.Series(
        {
            "margin_ha": None, "flips": "gps_inner=low without:jrc_gft2020@V1=high", "stability": "fragile",
            "unobserved_since": None, "review": None, "outcome": "high", "final_outcome": "high",
        }
    )  # fmt: skip
    evidence = pd.DataFrame({"area_ha": [1.0], "footprint": "polygon"}, pd.Index(["coop/1"], name="plot"))
    boundaries = pd.Series([Point(-76.5, -6.0)], evidence.index)

    assert words in "\n".join(_doubts("coop/1", row, evidence, boundaries, language))
