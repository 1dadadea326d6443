"""How the layers look in QGIS: symbols, categories, labels, aliases and map tips, as QML.

Written as XML by hand because QGIS is not a dependency; the attributes are those QGIS 3.22 writes itself, and whatever
is left out takes its default. Read back and drawn by a real QGIS in `tests/integration/look/`.
"""

from collections.abc import Iterable, Sequence
from xml.etree import ElementTree as ET

from eudr_check.law.regulation import CUTOFF_YEAR
from eudr_check.package import palette
from eudr_check.package.gis.content import OUTLINES
from eudr_check.package.gis.symbols import data_defined, fill, labels_of, marker, option_map
from eudr_check.tables import AREA_TOPICS
from eudr_check.text import say
from eudr_check.text.decided import decision

PICTURES_SCALE = 12_000
"""From here on plots are hardly tinted, so that pictures below them are seen."""
MARKS_SCALE = 30_000
"""Further out than 1:30 000 a one-hectare plot is smaller than its mark."""
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"}
"""Signs that HTML reads; the ampersand first, since the others bring it in."""
_MARKS = {"circle": "circle", "square": "square", "diamond": "diamond", "triangle": "triangle"}


def styles(language: str, years: Sequence[int]) -> dict[str, str]:
    """QML of every layer that has a geometry.

    Args:
        language: of labels and legends.
        years: calendar years that occur in PATCHES, ascending.
    """
    made = {
        "plots": _plots(language, polygons=True),
        "plot_points": _plots(language, polygons=False),
        "patches": _patches(language, years),
        "loss_on_forest": _loss(years),
        "findings": _findings(language),
        "tiles": _tiles(language),
        OUTLINES: _area_outlines(language, AREA_TOPICS),
        # In a project each vector layer has a layer of its own, whose legend names its own topic.
        **{f"{OUTLINES}/{topic}": _area_outlines(language, [topic]) for topic in AREA_TOPICS},
        "attention": _attention(language),
        "cooperatives": _cooperatives(language),
        "countries": _countries(language),
    }
    return {name: _qml(elements) for name, elements in made.items()}


def decisions(commodity: str, language: str) -> list[ET.Element]:
    """Style of plots to decide on: those without a decision stand out, others say which."""
    words = {"": say("plan", "to_decide", language)}
    words |= {code: decision(code, commodity)[language] for code in ("clear", "confirm")}
    accents = [palette.OUTCOMES[name] for name in ("more_info_needed", "cleared_by_review", "high")]
    symbols = [marker(one, 3.4) for one in accents]
    return [_categorised("decision", list(words.items()), symbols), labels_of("plot_id", polygons=False)]


def elements(qml: str) -> list[ET.Element]:
    """The parts of a style, for use inside a project's layer."""
    return list(ET.fromstring(qml))


def _qml(parts: Iterable[ET.Element]) -> str:
    root = ET.Element("qgis", version="3.22.0", styleCategories="AllStyleCategories", labelsEnabled="1")
    root.extend(parts)
    return ET.tostring(root, encoding="unicode")


def _plots(language: str, *, polygons: bool) -> list[ET.Element]:
    symbols, labels = [], []
    for name, accent in sorted(palette.OUTCOMES.items(), key=lambda entry: -entry[1].rank):
        symbols.append(_plot_symbol(accent) if polygons else marker(accent, 2.6))
        labels.append((name, say("report", f"outcome_{name}", language)))
    tip = (
        f"<p><b>{_value('plot_id')}</b> · {_value('cooperative')}</p><p>"
        + "CASE "
        + " ".join(f"WHEN \"final_outcome\"='{name}' THEN '{_quoted(text)}'" for name, text in labels)
        + " END"
    )
    tip = tip.replace("<p>CASE", "<p>[% CASE") + " %]</p>"
    for field in ("area_ha", "forest_2020_ha", "deforestation_ha", "unknown_ha"):
        tip += f'<p>{say("gis", f"field_{field}", language)}: [% round("{field}", 3) %]</p>'
    tip += f"<p>{say('gis', 'tip_findings', language)}</p>"
    order = (
        "CASE "
        + " ".join(f"WHEN \"final_outcome\"='{name}' THEN {accent.rank}" for name, accent in palette.OUTCOMES.items())
        + " ELSE 0 END"
    )
    return [
        _categorised("final_outcome", [(value, label) for value, label in labels], symbols, order_by=order),
        labels_of("plot_id", polygons=polygons),
        _text_element("mapTip", tip),
    ]


def _quoted(text: str) -> str:
    return text.replace("'", "''")


def _value(field: str) -> str:
    """A field in a map tip, which QGIS shows in a browser: text of users must not become markup there."""
    expression = f'to_string("{field}")'
    for sign, entity in _ENTITIES.items():
        expression = f"replace({expression}, '{_quoted(sign)}', '{entity}')"
    return f"[% {expression} %]"


def _findings(language: str) -> list[ET.Element]:
    names = sorted(palette.SEVERITIES, key=lambda name: -palette.SEVERITIES[name].rank)
    symbols = [marker(palette.SEVERITIES[name], 3.0, outlined=True) for name in names]
    return [
        _categorised("severity", [(name, say("gis", f"severity_{name}", language)) for name in names], symbols),
        _text_element("mapTip", f"<p><b>{_value('code')}</b> {_value('plot')}</p><p>{_value('message')}</p>"),
    ]


def _patches(language: str, years: Sequence[int]) -> list[ET.Element]:
    before = [year for year in years if year <= CUTOFF_YEAR]
    after = [year for year in years if year > CUTOFF_YEAR]
    labels = [(str(year), str(year)) for year in after]
    if before:
        labels.append((f'"year" <= {CUTOFF_YEAR}', say("gis", "until_cutoff", language)))
    colours = [palette.year_colour(year) for year in after] + [palette.LOSS_BEFORE] * bool(before)
    # The edge has the colour of its own year: far out an edge is all that is seen of a patch.
    symbols = [_seen_through(fill(colour, colour, opacity=0.85, width=0.3), colour, 25, 217) for colour in colours]
    rules = [(f'"year" = {value}' if value.isdigit() else value, label) for value, label in labels]
    return [
        _ruled(rules, symbols),
        _text_element(
            "mapTip",
            f"<p><b>{_value('year')}</b> {_value('column')}</p>"
            f'<p>[% round("area_ha", 3) %] ha</p><p>{_value("plots")}</p>',
        ),
    ]


def _loss(years: Sequence[int]) -> list[ET.Element]:
    """Loss on forest by year: what decides is drawn firmly, with the darkest edge of all."""
    after = [year for year in years if year > CUTOFF_YEAR]
    symbols = [fill(palette.year_colour(year), palette.LOSS_AFTER[-1], width=0.4) for year in after]
    tip = (
        f"<p><b>{_value('plot')}</b></p><p>{_value('year')} {_value('column')} ({_value('method')})</p>"
        '<p>[% round("area_ha", 3) %] ha</p>'
    )
    return [_ruled([(f'"year" = {year}', str(year)) for year in after], symbols), _text_element("mapTip", tip)]


def _tiles(language: str) -> list[ET.Element]:
    names = ("read", "missing", "failed")
    keys = ("tile_complete", "tile_missing", "tile_failed")
    looks = (("#ffffff", "no"), (palette.UNKNOWN, "b_diagonal"), (palette.OUTCOMES["high"].colour, "b_diagonal"))
    symbols = [fill(colour, palette.UNKNOWN, width=0.2, pattern=pattern) for colour, pattern in looks]
    tip = f"<p><b>{_value('tile')}</b></p><p>{_value('layers_missing')} {_value('layers_failed')}</p>"
    return [
        _categorised("status", [(n, say("gis", k, language)) for n, k in zip(names, keys, strict=True)], symbols),
        _text_element("mapTip", tip),
    ]


def _area_outlines(language: str, topics: Sequence[str]) -> list[ET.Element]:
    """Firm edges and a thin hatch, so that plots and losses are read through them."""
    symbols = []
    for name in topics:
        colour, pattern = palette.AREAS[name]
        symbols.append(fill(colour, colour, opacity=0.45, width=0.5, pattern=pattern))
    tip = f"<p><b>{_value('feature')}</b></p><p>{_value('area')}</p>"
    return [
        _categorised("topic", [(name, say("gis", f"area_topic_{name}", language)) for name in topics], symbols),
        labels_of("feature", polygons=True, farthest=1_000_000),
        _text_element("mapTip", tip),
    ]


def _attention(language: str) -> list[ET.Element]:
    """The outline of the plot that a sheet is about, and of no other."""
    outline = fill("#ffffff", "#ffffff", opacity=0.0, width=1.1)
    # Dark within white: seen on maps and on pictures alike.
    outline.append(fill("#ffffff", "#282c34", opacity=0.0, width=0.5)[0])
    # `@atlas_featureid` of a sheet of cooperatives counts cooperatives.
    mine = '$id = @atlas_featureid AND @layout_name IS NOT NULL AND @atlas_pagename = "plot"'
    tip = f"<p><b>{_value('plot')}</b></p><p>{_value('why')}</p>"
    return [_ruled([(mine, say("gis", "sheet_plot", language))], [outline]), _text_element("mapTip", tip)]


def _cooperatives(language: str) -> list[ET.Element]:
    box = fill("#ffffff", "#4f5560", opacity=0.0, width=0.35)
    tip = f"<p><b>{_value('cooperative_name')}</b></p>"
    return [
        _ruled([("", say("gis", "layer_cooperatives", language))], [box]),
        labels_of("cooperative_name", polygons=True, nearest=100_000, farthest=2_500_000),
        _text_element("mapTip", tip),
    ]


def _countries(language: str) -> list[ET.Element]:
    # Grey as all that is unknown: of ground that is not covered by a map nothing was read.
    land = fill("#e9eaed", "#8a909b", width=0.26)
    tip = f"<p>{_value('country')}</p>"
    return [
        _ruled([("", say("gis", "map_not_read", language))], [land]),
        labels_of("country", polygons=True, nearest=100_000, farthest=100_000_000),
        _text_element("mapTip", tip),
    ]


def provinces(language: str, nearest: int) -> list[ET.Element]:
    """Style of provinces: dashed lines that hide nothing, names from afar.

    Args:
        language: of the legend.
        nearest: denominator of the scale from which on names show.
    """
    edge = fill("#ffffff", "#8a909b", opacity=0.0, width=0.18, edge="dash")
    tip = f"<p>{_value('name')}</p><p>{_value('admin')}</p>"
    return [
        _ruled([("", say("gis", "layer_provinces", language))], [edge]),
        labels_of("name", polygons=True, nearest=nearest, farthest=4_000_000),
        _text_element("mapTip", tip),
    ]


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


def _text_element(tag: str, text: str) -> ET.Element:
    element = ET.Element(tag)
    element.text = text
    return element


def _categorised(
    field: str, labels: Sequence[tuple[str, str]], symbols: Sequence[ET.Element], *, order_by: str | None = None
) -> ET.Element:
    renderer = ET.Element(
        "renderer-v2",
        type="categorizedSymbol",
        attr=field,
        forceraster="0",
        symbollevels="0",
        enableorderby="1" if order_by else "0",
    )
    categories = ET.SubElement(renderer, "categories")
    for number, (value, label) in enumerate(labels):
        ET.SubElement(categories, "category", render="true", symbol=str(number), value=value, label=label)
    _number(renderer, symbols)
    if order_by:
        clauses = ET.SubElement(renderer, "orderby")
        ET.SubElement(clauses, "orderByClause", asc="1", nullsFirst="1").text = order_by
    return renderer


def _ruled(rules: Sequence[tuple[str, str]], symbols: Sequence[ET.Element]) -> ET.Element:
    renderer = ET.Element("renderer-v2", type="RuleRenderer", forceraster="0", symbollevels="0", enableorderby="0")
    root = ET.SubElement(renderer, "rules", key="rules")
    for number, (condition, label) in enumerate(rules):
        ET.SubElement(root, "rule", key=f"rule{number}", symbol=str(number), filter=condition, label=label)
    _number(renderer, symbols)
    return renderer


def _number(renderer: ET.Element, symbols: Sequence[ET.Element]) -> None:
    holder = ET.SubElement(renderer, "symbols")
    for number, symbol in enumerate(symbols):
        symbol.set("name", str(number))
        holder.append(symbol)


def _plot_symbol(accent: palette.Accent) -> ET.Element:
    """A tinted area with a firm edge, and a mark in its middle that is seen when the area no longer is."""
    symbol = fill(accent.colour, accent.ink, opacity=0.55, width=0.2 + 0.12 * accent.rank)
    _seen_through(symbol, accent.colour, 45, 140)
    centre = ET.SubElement(symbol, "layer", {"class": "CentroidFill", "pass": "0", "locked": "0", "enabled": "1"})
    option_map(centre, {"point_on_surface": "1", "point_on_all_parts": "0", "clip_on_current_part_only": "0"})
    mark = marker(accent, 1.5)
    mark.set("name", "@0@1")
    centre.append(mark)
    hidden = {"enabledLayer": f"@map_scale > {MARKS_SCALE}"}
    data_defined(mark[0], {"enabled": hidden["enabledLayer"]})
    return symbol


def _seen_through(symbol: ET.Element, colour: str, near: int, far: int) -> ET.Element:
    """A filled symbol that dated pictures are looked at through from near: opacity of 255 near and far."""
    tint = ",".join(map(str, palette.rgb(colour)))
    data_defined(symbol[0], {"fillColor": f"color_rgba({tint},if(@map_scale < {PICTURES_SCALE}, {near}, {far}))"})
    return symbol
