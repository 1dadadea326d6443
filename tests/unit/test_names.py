"""Names of countries, commodities and languages as the field writes them."""

import pytest

from eudr_check.cli import language
from eudr_check.names import code_of, commodity_of, language_of


@pytest.mark.parametrize("name", ["Perú", "Pérou", "Peru", "peru", "PE", "PER", " PERU "])
def test_a_country_goes_by_all_its_names(name: str) -> None:
    """Four languages, codes, with and without accents."""
    assert code_of(name) == "PE"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("República del Perú", "PE"),
        ("REPUBLICA DEL PERU", "PE"),
        ("République du Pérou", "PE"),
        ("604", "PE"),
        ("PE - Perú", "PE"),
        ("Perú (PER)", "PE"),
        ("Plurinational State of Bolivia", "BO"),
        ("Bolivia (Plurinational State of)", "BO"),
        ("República Federativa do Brasil", "BR"),
        ("076", "BR"),
        ("the United Republic of Tanzania", "TZ"),
        ("Cộng hòa xã hội chủ nghĩa Việt Nam", "VN"),
        ("République de Côte d'Ivoire", "CI"),
        ("Ivory Coast", "CI"),
        ("RDC", "CD"),
        ("República del Congo", "CG"),
        ("Guinea-Bissau", "GW"),
        ("76", None),
        ("51", None),
        ("999", None),
        ("PE/CO", None),
        ("Congo (CD)", None),
        ("República de Atlántida", None),
        ("-", None),
    ],
)
def test_a_country_goes_by_its_official_name_and_its_number(name: str, code: str | None) -> None:
    """What could be a telephone prefix, or names two countries, is none."""
    assert code_of(name) == code


@pytest.mark.parametrize(
    ("name", "commodity"),
    [
        ("café", "coffee"),
        ("CAFE", "coffee"),
        ("palma aceitera", "oil_palm"),
        ("dendê", "oil_palm"),
        ("hévéa", "rubber"),
        ("bois", "wood"),
        ("madeira", "wood"),
        ("ganado", "cattle"),
        ("té", None),
        ("", None),
    ],
)
def test_a_commodity_goes_by_its_names_in_four_languages(name: str, commodity: str | None) -> None:
    """What is no commodity of the Regulation is none."""
    assert commodity_of(name) == commodity


def test_a_language_goes_by_code_locale_and_name() -> None:
    """`esp` is no language: it is asked about."""
    assert [language_of(one) for one in ("ES", "es_PE.UTF-8", "Español", "esp", "")] == ["es", "es", "es", None, None]


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"LANG": "es_PE.UTF-8"}, "es"),
        ({"LANG": "es_PE.UTF-8", "LC_ALL": "fr_FR"}, "fr"),
        ({"LANG": "pt_BR", "LC_MESSAGES": ""}, "pt"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "qu_PE"}, "en"),
        ({}, "en"),
    ],
)
def test_the_terminal_speaks_the_language_of_the_system(environment: dict[str, str], expected: str) -> None:
    """In the order POSIX looks for it; English where we do not speak it."""
    assert language.of_locale(environment) == expected
