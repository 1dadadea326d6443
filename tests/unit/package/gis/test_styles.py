"""Styles and layout for QGIS: text of users is shown there, never run."""

import re
import xml.etree.ElementTree as ET

import pytest

from eudr_check.choices import LANGUAGES
from eudr_check.package import palette
from eudr_check.package.gis import forms, layout, styles
from eudr_check.package.gis.layout_items import Entry

OWN_NUMBERS = re.compile(r'^ round\("[a-z0-9_]+", 3\) $')
OWN_WORDS = re.compile(r"^ CASE (WHEN \"(final_outcome|status|severity|part)\"='[a-z_]+' THEN '(?:[^']|'')*' )+END $")
ESCAPED = ("'&amp;'", "'&lt;'", "'&gt;'")


@pytest.mark.parametrize("language", LANGUAGES)
def test_fields_in_map_tips_are_text(language: str) -> None:
    """A map tip is HTML: whatever a field holds loses its signs of markup before it is put there."""
    made = styles.styles(language, [2021, 2022])
    tips = {name: "".join(one.text or "" for one in ET.fromstring(qml).iter("mapTip")) for name, qml in made.items()}
    expressions = [found for tip in tips.values() for found in re.findall(r"\[%(.*?)%\]", tip, re.DOTALL)]

    assert all(tips.values())
    assert len(expressions) > 10
    for expression in expressions:
        assert (
            OWN_NUMBERS.match(expression)
            or OWN_WORDS.match(expression)
            or all(entity in expression for entity in ESCAPED)
        ), expression


@pytest.mark.parametrize("name", ["plots", "patches"])
def test_pictures_are_seen_through_what_lies_on_them(name: str) -> None:
    """From near, plots and losses are outlines over the dated pictures: at most a fifth of their colour is left."""
    made = ET.fromstring(styles.styles("es", [2020, 2023])[name])
    fills = [layer for layer in made.iter("layer") if layer.get("class") == "SimpleFill"]
    near = re.compile(r"if\(@map_scale < 12000, (\d+), ")
    opacity = [
        [int(one) for one in near.findall(ET.tostring(fill, encoding="unicode").replace("&lt;", "<"))] for fill in fills
    ]

    assert len(fills) > 1
    assert all(len(found) == 1 and found[0] <= 51 for found in opacity)


def drawn(name: str) -> dict[str, tuple[str, str]]:
    """Colour and shape or pattern by value of a category, or filter of a rule, of a file of styles."""
    renderer = styles.style(name, "en")[0]
    symbols = {one.get("name"): one for one in renderer.find("symbols") or ()}
    found = {}
    for one in [*renderer.iter("category"), *renderer.iter("rule")]:
        symbol = symbols[one.get("symbol")]
        said = {option.get("name"): option.get("value", "") for option in symbol.find("layer/Option") or ()}
        colour = said["outline_color"] if name == "findings" else said["color"]
        hexed = "#" + "".join(f"{int(part):02x}" for part in colour.split(",")[:3])
        marks = [option.get("value", "") for option in symbol.iter("Option") if option.get("name") == "name"]
        shape = next((mark for mark in marks if mark), "") if "plot" in name or name == "findings" else said["style"]
        found[one.get("value") or one.get("filter", "")] = (hexed, shape)
    return found


def test_map_and_page_show_an_outcome_alike() -> None:
    """Files of styles have the colours and marks of the palette, which the report, plan and pictures are drawn with."""
    outcomes = {name: (one.colour, one.mark) for name, one in palette.OUTCOMES.items()}
    years = {f'"year" = {year}': (palette.year_colour(year), "solid") for year in range(2021, 2027)}

    assert drawn("plots") == drawn("plot_points") == outcomes
    assert drawn("findings") == {name: (one.ink, one.mark) for name, one in palette.SEVERITIES.items()}
    assert drawn("loss_on_forest") == years
    assert drawn("patches") == years | {'"year" <= 2020': (palette.LOSS_BEFORE, "solid")}
    assert drawn("area_outlines") == palette.AREAS
    assert drawn("splits") == {part: (colour, "solid") for part, colour in palette.GROUND.items()}


def test_years_after_the_last_of_the_file_are_drawn_as_that_one() -> None:
    """A new year of a map has a rule, a label and a symbol; years that do not occur have none."""
    made = ET.fromstring(styles.styles("en", [2019, 2024, 2031])["patches"])

    assert [rule.get("filter") for rule in made.iter("rule")] == ['"year" = 2024', '"year" = 2031', '"year" <= 2020']
    assert [rule.get("label") for rule in made.iter("rule")] == ["2024", "2031", "up to 2020"]
    symbols = made.findall("renderer-v2/symbols/symbol")
    colours = [one.find("layer/Option/Option[@name='outline_color']") for one in symbols]
    last = (palette.year_colour(2024), palette.year_colour(2031), palette.LOSS_BEFORE)
    assert [one.get("value") for one in colours if one is not None] == [
        ",".join(map(str, (*palette.rgb(colour), 255))) for colour in last
    ]
    assert [rule.get("symbol") for rule in made.iter("rule")] == [one.get("name") for one in symbols] == ["0", "1", "2"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_of_styles_are_words_of_the_texts(language: str) -> None:
    """Every word that a file asks for is there; one that no text has is an error, not a gap on the map."""
    made = [*styles.styles(language, [2020, 2021]).values(), *map(ET.tostring, styles.decisions("wood", language))]

    assert not any("{{" in str(one) for one in made)
    with pytest.raises(KeyError):
        styles.parts_of("<qgis><mapTip>{{ gis.no_such_word }}</mapTip></qgis>", language)


@pytest.mark.parametrize("text", ["[% env('HOME') %]", "[[% 1 %]]", "x [%\n1\n%] y"])
def test_texts_of_the_layout_hold_no_expression(text: str) -> None:
    """QGIS evaluates what stands between its signs in a label; names of policies stay names."""
    words = dict.fromkeys(forms.words("es")["final_outcome"], text)
    tables = ("plots", "plot_points", "attention", "cooperatives", "countries")
    layers = {name: Entry(name, name, name, "ogr") for name in tables}
    box = (-76.2, -6.2, -76.1, -6.1)
    shown = layout.Printed(text, box, "es", text, text, "theme", layers, {}, words)
    sheet = layout.layouts(shown)[0]
    shown = [value for one in sheet.iter() for value in (*one.attrib.values(), one.text or "")]

    assert any("env" in value or "1" in value for value in shown)
    assert not any("[%" in value or "%]" in value for value in shown)
