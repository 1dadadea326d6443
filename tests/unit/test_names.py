"""Names of countries, commodities and languages as the field writes them."""

import pycountry
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
    ("name", "code"),
    [
        ("Republik Indonesia", "ID"),
        ("Indonesia, Republic of", "ID"),
        ("Honduras C.A.", "HN"),
        ("Honduras, C.A.", "HN"),
        ("Guatemala (Centroamérica)", "GT"),
        ("Ghana, West Africa", "GH"),
        ("Gambia, The", "GM"),
        ("Congo, Dem. Rep.", "CD"),
        ("D.R. Congo", "CD"),
        ("Rép. Dém. du Congo", "CD"),
        ("Congo, Rep.", "CG"),
        ("Tanzania, United Republic of", "TZ"),
        ("United Rep. of Tanzania", "TZ"),
        ("Venezuela, RB", "VE"),
        ("Lao P.D.R.", "LA"),
        ("Korea, Rep.", "KR"),
        ("Korea, Dem. People's Rep.", "KP"),
        ("Rep. del Perú", "PE"),
        ("Bolivia, Estado Plurinacional de", "BO"),
        ("Guinea, Equatorial", "GQ"),
        ("Sudan, South", "SS"),
        ("PR China", "CN"),
        ("PE_Peru", "PE"),
        ("XK", "XK"),
        ("XKX", "XK"),
        ("Congo, Kingdom of", None),
        ("Republic of China", None),
        ("Georgia, C.A.", None),
        ("Peru, Colombia", None),
        ("Samoa, South America", None),
        ("Republic of", None),
        ("Dem. Rep.", None),
        ("C.A.", None),
        ("An, La", None),
        ("Not Peru", None),
    ],
)
def test_a_country_goes_by_the_words_of_its_name_in_any_order(name: str, code: str | None) -> None:
    """Inverted, shortened, translated, or with the part of the Earth behind it; what could be two countries is none."""
    assert code_of(name) == code


def test_the_official_name_turned_round_is_the_same_country() -> None:
    """`Republic of Peru` and `Peru, Republic of`: for every country that ISO 3166-1 has such a name of."""
    named = [(one.alpha_2, getattr(one, "official_name", "")) for one in pycountry.countries]
    official = {code: name for code, name in named if " of " in name}
    turned = {code: code_of(", ".join(reversed(name.split(" of ", 1))) + " of") for code, name in official.items()}

    assert len(turned) > 100
    assert turned == {code: code for code in official}


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
