"""How the layers look in QGIS: the files of `qml/`, with words in the language of the harvest.

Each is a style of QGIS, to be loaded into a layer there, changed, and saved over its file: symbols, categories, labels
and map tip are taken from it, and nothing else that QGIS saves. Words stand in them as `{{ report.outcome_high }}`, by
topic and key of the texts; `{{ ... | quoted }}` within quotes of an expression. Text of users comes by fields only.
"""

import re
from collections.abc import Sequence
from copy import deepcopy
from functools import lru_cache
from importlib.resources import files
from xml.etree import ElementTree as ET

from eudr_check.law.regulation import CUTOFF_YEAR
from eudr_check.package import palette
from eudr_check.package.gis.content import OUTLINES, SPLITS
from eudr_check.package.gis.symbols import fill, marker, option_map
from eudr_check.tables import AREA_TOPICS
from eudr_check.text import say
from eudr_check.text.decided import decision

PARTS = ("renderer-v2", "labeling", "mapTip", "blendMode", "featureBlendMode", "layerOpacity")
"""What is taken of a style."""
LAYERS = ("plots", "plot_points", "findings", "tiles", "attention", "cooperatives", "countries", OUTLINES, SPLITS)
"""Tables that are drawn the same for every harvest."""
WORD = re.compile(r"\{\{ (\w+)\.(\w+)( \| quoted)? \}\}")
YEAR = re.compile(r'"year" = (\d{4})')


def styles(language: str, years: Sequence[int]) -> dict[str, str]:
    """QML of every layer that has a geometry.

    Args:
        language: of labels and legends.
        years: calendar years that occur in PATCHES, ascending.
    """
    made = {name: style(name, language) for name in LAYERS}
    for name in ("patches", "loss_on_forest"):
        made[name] = _of_years(style(name, language), years)
    for topic in AREA_TOPICS:
        # In a project each vector layer has a layer of its own, whose legend names its own topic.
        made[f"{OUTLINES}/{topic}"] = _of_topic(style(OUTLINES, language), topic)
    return {name: _qml(parts) for name, parts in made.items()}


def decisions(commodity: str, language: str) -> list[ET.Element]:
    """Style of plots to decide on: those without a decision stand out, others say which."""
    parts = style("decisions", language)
    for one in parts[0].iter("category"):
        if code := one.get("value"):
            one.set("label", decision(code, commodity)[language])
    return parts


def provinces(language: str) -> list[ET.Element]:
    """Style of provinces: dashed lines that hide nothing, names from afar."""
    return style("provinces", language)


def elements(qml: str) -> list[ET.Element]:
    """The parts of a style, for use inside a project's layer."""
    return list(ET.fromstring(qml))


def style(name: str, language: str) -> list[ET.Element]:
    """The parts of a file of `qml/`, with its words in a language."""
    return parts_of(_file(name), language)


def parts_of(qml: str, language: str) -> list[ET.Element]:
    """What is taken of a style, as written here or as QGIS saved it, with its words in a language.

    Raises:
        KeyError: it asks for a word that no text has.
    """
    root = ET.fromstring(qml)

    def word(found: re.Match[str]) -> str:
        text = say(found[1], found[2], language)
        return text.replace("'", "''") if found[3] else text

    for one in root.iter():
        one.tail = None
        one.text = WORD.sub(word, one.text) if one.text and one.text.strip() else None
        one.attrib.update({key: WORD.sub(word, value) for key, value in one.attrib.items()})
    return [part for part in root if part.tag in PARTS]


@lru_cache
def _file(name: str) -> str:
    return files(__package__).joinpath("qml", f"{name}.qml").read_text(encoding="utf-8")


def _qml(parts: Sequence[ET.Element]) -> str:
    root = ET.Element("qgis", version="3.22.0", styleCategories="AllStyleCategories", labelsEnabled="1")
    root.extend(parts)
    return ET.tostring(root, encoding="unicode")


def _of_years(parts: list[ET.Element], years: Sequence[int]) -> list[ET.Element]:
    """A style by years with rules for those that occur; a year after its last is drawn as that one."""
    rules = [(rule, YEAR.fullmatch(rule.get("filter", ""))) for rule in parts[0].iterfind("rules/rule")]
    of_year = {int(found[1]): rule for rule, found in rules if found}
    kept = []
    for year in years:
        if year > CUTOFF_YEAR:
            rule = deepcopy(of_year[min(year, max(of_year))])
            rule.attrib.update({"filter": f'"year" = {year}', "label": str(year)})
            kept.append(rule)
    if any(year <= CUTOFF_YEAR for year in years):
        kept += [rule for rule, found in rules if not found]
    return _keep(parts, "rules", kept)


def _of_topic(parts: list[ET.Element], topic: str) -> list[ET.Element]:
    """A style by topics of which one is left."""
    return _keep(
        parts, "categories", [one for one in parts[0].iterfind("categories/category") if one.get("value") == topic]
    )


def _keep(parts: list[ET.Element], tag: str, kept: Sequence[ET.Element]) -> list[ET.Element]:
    """Leave some rules or categories in a style, each with a symbol of its own."""
    listed, symbols = _child(parts[0], tag), _child(parts[0], "symbols")
    known = {symbol.get("name"): symbol for symbol in symbols}
    listed[:], symbols[:] = kept, [deepcopy(known[one.get("symbol")]) for one in kept]
    for number, (one, symbol) in enumerate(zip(listed, symbols, strict=True)):
        if tag == "rules":
            one.set("key", f"rule{number}")
        one.set("symbol", str(number))
        symbol.set("name", str(number))
    return parts


def _child(parent: ET.Element, tag: str) -> ET.Element:
    found = parent.find(tag)
    assert found is not None
    return found


def located() -> ET.Element:
    """A frame with a mark in its middle, seen however small the frame is."""
    symbol = fill("#ffffff", palette.OUTCOMES["high"].ink, opacity=0.0, width=0.4)
    centre = ET.SubElement(symbol, "layer", {"class": "CentroidFill", "pass": "0", "locked": "0", "enabled": "1"})
    option_map(centre, {"point_on_surface": "0", "point_on_all_parts": "0", "clip_on_current_part_only": "0"})
    mark = marker(palette.OUTCOMES["high"], 2.4)
    symbol.set("name", "")
    mark.set("name", "@@1")
    centre.append(mark)
    return symbol
