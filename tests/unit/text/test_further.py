"""Languages that have the sentences people work with, and not those of statements."""

import re
from itertools import combinations

import pytest

from eudr_check.choices import FURTHER_LANGUAGES, LANGUAGES, SPOKEN_LANGUAGES
from eudr_check.documents.review import DECISIONS, GROUNDS, coded, half_cleared
from eudr_check.documents.visits import BY_HAND, FIXED
from eudr_check.names import language_of, spelled
from eudr_check.package import fonts
from eudr_check.package.action_plan.actions import _halves
from eudr_check.setup.questions import _truth
from eudr_check.text import further, machine_made, say, topic
from eudr_check.text.decided import decision


def test_what_a_language_lacks_is_said_in_english() -> None:
    """A statement's words are in no further language, and no page fails for it; an unknown language is a mistake."""
    assert say("statement", "title", "am") == say("statement", "title", "en")
    assert say("plan", "title", "am") != say("plan", "title", "en")
    with pytest.raises(KeyError):
        say("plan", "title", "xx")


@pytest.mark.parametrize("language", FURTHER_LANGUAGES)
def test_words_of_a_machine_are_marked_until_a_person_has_read_them(
    language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mark stands in the language and in English; a name in `language.yaml` takes it away."""
    own, english = machine_made(language)

    assert own != english
    assert english == say("package", "machine_made", "en")

    monkeypatch.setattr(further, "read_by", lambda language: "Abebech Gobena, 2027-01-15")
    assert machine_made(language) == ()


def test_words_of_people_are_not_marked() -> None:
    """The four languages were written by people who read them."""
    assert not [language for language in LANGUAGES if machine_made(language)]


def test_text_in_another_script_is_no_decision() -> None:
    """Letters that a comparison drops must not make any word the one that decides."""
    assert coded("decision", "ምናልባት") == "ምናልባት"
    assert coded("decision", "не знаю") == "не знаю"
    assert coded("grounds", "ምናልባት") == "ምናልባት"
    assert coded("decision", "") == ""


@pytest.mark.parametrize("language", SPOKEN_LANGUAGES)
def test_words_of_decisions_are_read_back(language: str) -> None:
    """What a list offers is what is understood, in every language."""
    for commodity in ("coffee", "wood"):
        assert [coded("decision", decision(code, commodity)[language]) for code in DECISIONS] == [*DECISIONS]
    assert [coded("grounds", topic("reviews")[f"grounds_{code}"][language]) for code in GROUNDS] == [*GROUNDS]


@pytest.mark.parametrize("language", SPOKEN_LANGUAGES)
def test_clearing_wood_in_the_words_of_coffee_is_refused(language: str) -> None:
    """In no language is 'no deforestation' the same as 'no deforestation and no degradation'."""
    assert half_cleared(decision("clear", "coffee")[language], "wood", "row 1")
    assert not half_cleared(decision("clear", "wood")[language], "wood", "row 1")


@pytest.mark.parametrize("language", SPOKEN_LANGUAGES)
def test_choices_fit_into_a_list_of_a_workbook(language: str) -> None:
    """Excel parts a list at commas, and takes 255 characters."""
    grounds = [say("reviews", f"grounds_{code}", language) for code in GROUNDS]
    for words in (grounds, *([decision(code, of)[language] for code in DECISIONS] for of in ("coffee", "wood"))):
        assert not [word for word in words if "," in word]
        assert len(",".join(words)) <= 255


@pytest.mark.parametrize("language", SPOKEN_LANGUAGES)
def test_yes_and_no_are_understood_as_the_question_says_them(language: str) -> None:
    """Who answers with the words of the question is not asked again."""
    found = re.search(r"\((\w+)/(\w+)\)", say("init", "ask_confidential", language))

    assert found is not None
    assert [_truth(word) for word in found.groups()] == ["true", "false"]


def test_columns_that_are_read_back_are_told_apart() -> None:
    """No header of one column is the header of another, in any two languages."""
    words = {key: {spelled(word) for word in topic("plan")[key].everywhere()} for key in ("plot", *BY_HAND, *FIXED)}

    assert not [(one, other) for one, other in combinations(words, 2) if words[one] & words[other]]
    assert "" not in set().union(*words.values())


@pytest.mark.parametrize("language", SPOKEN_LANGUAGES)
def test_sheets_of_a_plan_have_names_that_workbooks_take(language: str) -> None:
    """Names of sheets have 31 characters, none of which is one of a path, and are told apart without case."""
    names = [say("plan", key, language)[:31] for key in ("scorecard", "actions", "visits")]

    assert len({name.lower() for name in names}) == len(names)
    assert not [name for name in names if set(name) & set("[]:*?/\\")]
    assert not [name for name in names if name.startswith("'") or name.endswith("'")]


@pytest.mark.parametrize("language", [one for one in SPOKEN_LANGUAGES if one != "am"])
def test_pages_are_drawn_with_the_font_that_is_always_there(language: str) -> None:
    """DejaVu Sans has every letter of the sentences of all languages but Amharic."""
    said = "".join(entry[language] for name in ("plan", "findings", "reasons") for entry in topic(name).values())

    assert fonts.drawn(language)
    assert not {letter for letter in said if ord(letter) not in fonts.letters() and letter != "\n"}


def test_amharic_needs_a_font_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the machine has none, nothing is drawn in boxes."""

    class Machine:
        def families(self) -> list[str]:
            return ["Nyala", "Arial"]

    monkeypatch.setattr(fonts, "of_machine", Machine)
    fonts.families.cache_clear()
    assert fonts.families("am") == ("DejaVu Sans", "Nyala")
    monkeypatch.setattr(Machine, "families", lambda self: ["Arial"])
    fonts.families.cache_clear()
    assert fonts.families("am") == ()
    fonts.families.cache_clear()
    assert not fonts.drawn("am")


def test_languages_are_known_by_their_own_names() -> None:
    """A harvest may name them as people do."""
    names = ["Bahasa Indonesia", "indonesia", "Tiếng Việt", "Kiswahili", "አማርኛ", "Amharic", "vi_VN", "am-ET"]

    assert [language_of(name) for name in names] == ["id", "id", "vi", "sw", "am", "am", "vi", "am"]


def test_a_finding_in_amharic_has_two_halves() -> None:
    """Its sentences end with another mark."""
    wrong, todo = _halves(say("findings", "file_missing", "am"), "?")

    assert wrong.endswith("።")
    assert todo not in ("?", "")
