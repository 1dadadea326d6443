"""Wrong things a newcomer did with a harvest YAML, and the right answer to each, all at once and in four languages."""

import re
from pathlib import Path

import pytest
import yaml

from eudr_check.choices import LANGUAGES
from eudr_check.config import load
from eudr_check.errors import ConfigError
from eudr_check.text import Sentence
from tests.unit.test_config import GOOD, written

PROGRAM_WORDS = re.compile(
    r"pydantic|pattern|\^\[|Input should|valid (string|number|date|dict)|unable to parse|Tuple|codec|Errno|token"
)


def said(path: Path) -> Sentence:
    """What loading a YAML answers."""
    with pytest.raises(ConfigError) as caught:
        load(path)
    return caught.value.args[0]


def raw(folder: Path, content: bytes) -> Path:
    """A YAML of some bytes."""
    path = folder / "x.yaml"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param(b"harvest: a\n\tcommodity: coffee\n", "line 2 begins with a tab; write blanks", id="4-tab"),
        pytest.param(
            "product:\n  description: Café: verde\n".encode(),
            'line 2 has a colon inside its text; put the text between quotation marks: description: "Café: verde"',
            id="4-colon",
        ),
        pytest.param(b"plots: [a, b\nharvest: c\n", "line 1 (plots: [a, b)", id="4-bracket"),
        pytest.param(b'harvest: "a\nplots: b\n', 'line 1 (harvest: "a)', id="4-quote"),
        pytest.param(b"harvest: a\x07b\n", "something that text may not hold", id="4-control"),
        pytest.param("harvest: café\n".encode("cp1252"), "line 1 is not saved as UTF-8; in Notepad", id="19"),
        pytest.param(b"PK\x03\x04" + bytes(50), "is a spreadsheet", id="20-xlsx"),
    ],
)
def test_what_is_no_yaml_says_what_to_type(tmp_path: Path, content: bytes, words: str) -> None:
    """Line and remedy stand in the answer, and none of the words of a parser."""
    answer = said(raw(tmp_path, content))

    assert words in answer
    assert not PROGRAM_WORDS.search(answer)


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "no such file; give the path of a harvest YAML"), ("es", "archivo"), ("pt", "ficheiro")],
)
def test_a_path_that_is_not_there_is_named(tmp_path: Path, language: str, words: str) -> None:
    """Number 1: the path as it was typed, and what to give instead."""
    answer = said(tmp_path / "cosehca.yaml")

    assert "cosehca.yaml" in answer.in_language(language)
    assert words in answer.in_language(language)
    assert not PROGRAM_WORDS.search(answer)


def test_a_folder_is_answered_with_its_yamls(tmp_path: Path) -> None:
    """Number 20: whoever gives the folder learns the file."""
    (tmp_path / "mi-cosecha.yaml").write_text("a: b\n")

    assert "is a folder; give the YAML of a harvest (there: mi-cosecha.yaml)" in said(tmp_path)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        pytest.param({"commodity": "tea"}, "commodity: 'tea' is not known; write one of: cattle, cocoa", id="5"),
        pytest.param({"commodity": "cofee"}, "did you mean 'coffee'?", id="5-near"),
        pytest.param({"production": {"from": "01/03/2026", "to": "2026-09-30"}}, "write YYYY-MM-DD", id="8"),
        pytest.param(
            {"operator": {"name": "A", "country": "NL", "eori": 123}},
            'operator.eori: 123 must stand between quotation marks, for it is text: "123"',
            id="10",
        ),
        pytest.param(
            {"operator": {"name": "A", "country": False}}, 'quotation marks, for it is text: "false"', id="no"
        ),
        pytest.param({"package": {"languages": ["esp"]}}, "'esp' is not known; did you mean 'es'?", id="11"),
        pytest.param({"produccion": {}}, "unknown key; did you mean 'production'?", id="14"),
        pytest.param({"policy": 3}, 'policy: 3 must stand between quotation marks, for it is text: "3"', id="14-type"),
        pytest.param(
            {"plots": [{"path": "a", "cooperative": "a", "producer_country": "Atlantis"}]},
            "plots 1.producer_country: 'Atlantis' is no country",
            id="15",
        ),
        pytest.param(
            {"plots": [{"path": "a", "cooperative": "El Mirador"}]}, "hyphens only; write el-mirador", id="capital"
        ),
        pytest.param({"plots": []}, "plots: is empty; write at least one", id="empty"),
        pytest.param({"gps_error_m": 70}, "70 is too large; write at most 50", id="limit"),
        pytest.param({"confidential": "perhaps"}, "'perhaps' is neither true nor false", id="boolean"),
        pytest.param({"plots": "a.csv"}, "where a list is expected; write [a.csv]", id="list"),
        pytest.param({"operator": "Ejemplo BV"}, "where keys are expected", id="keys"),
    ],
)
def test_a_wrong_value_is_answered_in_words(tmp_path: Path, changes: dict[str, object], words: str) -> None:
    """Key, value and what to type: no regular expression and no type of a library."""
    answer = said(written(tmp_path, **changes))

    assert words in answer
    assert not PROGRAM_WORDS.search(answer)


@pytest.mark.parametrize(
    ("mass", "words"),
    [
        ("19,200", "'19,200' may be 19200 or 19.200"),
        ("19.200,5", "write 19200.5"),
        ("3.4 t", "'3.4 t' is no plain number; write 3.4, or what it is in the unit the key names"),
        ("mucho", "'mucho' is no number; write digits only"),
    ],
)
def test_masses_are_read_one_way_or_asked_about(tmp_path: Path, mass: str, words: str) -> None:
    """Number 7: an ambiguous mass is answered with both readings, and none is taken."""
    answer = said(written(tmp_path, product={**GOOD["product"], "net_mass_kg": mass}))

    assert words in answer


@pytest.mark.parametrize(
    ("key", "name", "code"),
    [
        ("commodity", "café", "coffee"),
        ("commodity", "Cacau", "cocoa"),
        ("commodity", "palmier à huile", "oil_palm"),
        ("producer_country", "Perú", "PE"),
        ("producer_country", "Pérou", "PE"),
        ("producer_country", "peru", "PE"),
        ("languages", "ES", "es"),
        ("languages", "português", "pt"),
    ],
)
def test_names_of_the_field_are_taken(tmp_path: Path, key: str, name: str, code: str) -> None:
    """Numbers 5, 11 and 15: commodities, countries and languages as people call them in four languages."""
    changes: dict[str, object] = {
        "commodity": {"commodity": name},
        "producer_country": {"plots": [{"path": "a", "cooperative": "a", "producer_country": name}]},
        "languages": {"package": {"languages": [name]}},
    }[key]
    harvest = load(written(tmp_path, **changes))
    found = {
        "commodity": harvest.commodity,
        "producer_country": harvest.plots[0].producer_country,
        "languages": harvest.package.languages[0],
    }

    assert found[key] == code


def everything_wrong(folder: Path) -> Path:
    """A YAML with eight mistakes of single keys and between keys."""
    return written(
        folder,
        commodity="te",
        policy=3,
        production={"from": "01/03/2026", "to": "2026-09-30"},
        plots=[{"path": "a", "cooperative": "El Mirador", "colums": {}}],
        layers=[{"id": "jrc_gfc2020@V4", "from": "locla"}],
        operator=None,
        product={"hs_code": "0901 11", "description": "x", "net_mass_kg": "19,200"},
    )


def test_all_problems_come_at_once(tmp_path: Path) -> None:
    """Number 25: one answer for all mistakes of a file, those between keys among them."""
    answer = said(everything_wrong(tmp_path))

    assert "8 things to correct" in answer
    for words in ("'te'", "policy", "01/03/2026", "el-mirador", "colums", "locla", "needs 'operator'", "19200"):
        assert words in answer


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_every_problem_is_said_in_the_language_asked_for(tmp_path: Path, language: str) -> None:
    """No English sentence is left in Spanish, French or Portuguese."""
    answer = said(everything_wrong(tmp_path))
    lines = answer.in_language(language).splitlines()

    assert len(lines) == 9
    assert not set(lines) & set(answer.splitlines())
    assert not re.search(r"\b(write|stands?|unknown|needs|mean|known|correct:)\b", "\n".join(lines))


def test_a_yaml_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    """Notepad puts one before UTF-8; it is no mistake."""
    path = tmp_path / "pe.yaml"
    path.write_text(yaml.safe_dump(GOOD), encoding="utf-8-sig")

    assert load(path).harvest == "pe-2026"
