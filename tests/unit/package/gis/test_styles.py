"""Styles and layout for QGIS: text of users is shown there, never run."""

import re
import xml.etree.ElementTree as ET

import pytest

from eudr_check.choices import LANGUAGES
from eudr_check.package.gis import forms, layout, styles
from eudr_check.package.gis.layout_items import Entry

OWN_NUMBERS = re.compile(r'^ round\("[a-z0-9_]+", 3\) $')
OWN_WORDS = re.compile(r"^ CASE (WHEN \"(final_outcome|status|severity)\"='[a-z_]+' THEN '(?:[^']|'')*' )+END $")
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
    near = re.compile(rf"if\(@map_scale < {styles.PICTURES_SCALE}, (\d+), ")
    opacity = [
        [int(one) for one in near.findall(ET.tostring(fill, encoding="unicode").replace("&lt;", "<"))] for fill in fills
    ]

    assert len(fills) > 1
    assert all(len(found) == 1 and found[0] <= 51 for found in opacity)


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
