"""Why a lot is refused, in words and not as the codes of a table."""

import pytest

from eudr_check.shipments import in_words

VALUES = {"name": "S1", "lot": "A", "why": "plot_blocked: coop/1, coop/2; animals_not_settled: T-03; all_removed"}


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "en",
            "fault in the plot data: coop/1, coop/2; chain of animals not low: T-03; all its deliveries were removed",
        ),
        (
            "es",
            "coop/1, coop/2; cadena de animales que no es de riesgo bajo: T-03; todas sus entregas fueron retiradas",
        ),
        ("fr", "chaîne d'animaux qui n'est pas à faible risque: T-03; toutes ses livraisons ont été retirées"),
        ("pt", "cadeia de animais que não é de baixo risco: T-03; todas as suas entregas foram retiradas"),
    ],
)
def test_faults_of_a_lot_are_said_in_words(language: str, words: str) -> None:
    """Plots and groups stay as they are called."""
    said = in_words("lot_refused", VALUES).in_language(language)

    assert words in said and "not_settled" not in said


def test_a_reason_nobody_knows_stays_as_it_is() -> None:
    """Packages of other versions may hold other codes."""
    assert "(new_code: coop/1)" in in_words("lot_refused", VALUES | {"why": "new_code: coop/1"})
