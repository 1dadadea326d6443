"""How rows are read in QGIS: order of columns, words for codes, decimals, and a form with what belongs to a plot."""

from collections.abc import Mapping, Sequence
from xml.etree import ElementTree as ET

from eudr_check import tables
from eudr_check.animal_tables import CHAIN_OUTCOMES, ROLES
from eudr_check.text import say
from eudr_check.use_tables import SPLIT_PARTS

FIRST = ("final_outcome", "plot_id", "cooperative", "area_ha", "deforestation_ha", "forest_2020_ha", "unknown_ha")
"""Columns of plots that people look for, in front of all others."""
DECIMALS = 4
"""Of hectares: a square metre."""
RELATED = ("reasons", "findings", "evidence", "plot_patches", "splits", "areas", "stays")
"""Tables with a row for every plot they speak of, shown in its form."""
_PLOT = ("plots", "plot_points")
_TABS = {
    "tab_outcome": ("final_outcome", "outcome", "review", "reasons", "stability", "flips", "policy"),
    "tab_figures": (),
    "tab_plot": (
        "plot_id",
        "cooperative",
        "producer_name",
        "production_place",
        "producer_country",
        "commodity",
        "planted_year",
        "geometry_kind",
        "area_ha",
        "declared_area_ha",
        "eu_area_ha",
        "usable",
        "source_file",
        "source_row",
        "source_place",
        "plot",
    ),
}
"""Fields of the form of a plot by tab; what none of them names stands under `tab_figures`."""


def words(language: str) -> dict[str, dict[str, str]]:
    """Codes of fields that hold one of a few, and what people read for them, in the order of the tables."""
    outcomes = (*tables.OUTCOMES, "cleared_by_review")
    return {
        "outcome": {code: say("report", f"outcome_{code}", language) for code in tables.OUTCOMES},
        "final_outcome": {code: say("report", f"outcome_{code}", language) for code in outcomes},
        "chain_outcome": {code: say("report", f"outcome_{code}", language) for code in CHAIN_OUTCOMES},
        "role": {code: say("gis", f"role_{code}", language) for code in ROLES},
        "severity": {code: say("gis", f"severity_{code}", language) for code in tables.SEVERITIES},
        "commodity": {code: say("report", f"commodity_{code}", language) for code in tables.COMMODITIES},
        "geometry_kind": {code: say("statement", f"kind_{code}", language) for code in ("point", "polygon")},
        "topic": {code: say("gis", f"area_topic_{code}", language) for code in tables.AREA_TOPICS},
        "part": {code: say("uses", "part_other" if code == "other" else code, language) for code in SPLIT_PARTS},
        "stability": {code: say("gis", f"stability_{code}", language) for code in ("stable", "fragile", "unknown")},
    }


def elements(table: str, fields: Sequence[str], relations: Mapping[str, str], language: str) -> list[ET.Element]:
    """The parts of a layer that say how its rows are shown.

    Args:
        table: name of the table. fields: its fields, in order.
        relations: id of the relation that ends in each table of `RELATED`, for a layer of plots; empty for others.
        language: of words and tabs.
    """
    parts = [_widgets(fields, words(language)), _columns(table, fields)]
    if table in _PLOT:
        parts += [_text("editorlayout", "tablayout"), _form(fields, relations, language)]
    return parts


def relations(keys: Mapping[str, str], plots: Sequence[str]) -> dict[str, dict[str, str]]:
    """Ids of the relations of every layer of plots, by table.

    Args:
        keys: id of the layer of each table in `RELATED`. plots: ids of the layers of plots.
    """
    return {plot: {table: f"{table}_of_{plot}" for table in RELATED if table in keys} for plot in plots}


def relation_elements(keys: Mapping[str, str], found: Mapping[str, Mapping[str, str]]) -> ET.Element:
    """The relations of a project: rows of other tables that speak of a plot."""
    root = ET.Element("relations")
    for plots, mine in found.items():
        for table, name in mine.items():
            one = ET.SubElement(
                root,
                "relation",
                id=name,
                name=name,
                referencingLayer=keys[table],
                referencedLayer=plots,
                strength="Association",
            )
            ET.SubElement(one, "fieldRef", referencingField="plot", referencedField="plot")
    return root


def _widgets(fields: Sequence[str], known: Mapping[str, Mapping[str, str]]) -> ET.Element:
    root = ET.Element("fieldConfiguration")
    for name in fields:
        if name in known:
            listed = ET.SubElement(_widget(root, name, "ValueMap"), "Option", name="map", type="List")
            for code, word in known[name].items():
                entry = ET.SubElement(listed, "Option", type="Map")
                ET.SubElement(entry, "Option", name=word, value=code, type="QString")
        elif name.endswith("_ha"):
            config = _widget(root, name, "Range")
            ET.SubElement(config, "Option", name="Precision", value=str(DECIMALS), type="int")
            ET.SubElement(config, "Option", name="AllowNull", value="true", type="bool")
            ET.SubElement(config, "Option", name="Style", value="SpinBox", type="QString")
    return root


def _widget(root: ET.Element, field: str, kind: str) -> ET.Element:
    """The map of settings of a widget."""
    widget = ET.SubElement(ET.SubElement(root, "field", name=field), "editWidget", type=kind)
    return ET.SubElement(ET.SubElement(widget, "config"), "Option", type="Map")


def _columns(table: str, fields: Sequence[str]) -> ET.Element:
    root = ET.Element("attributetableconfig", actionWidgetStyle="dropDown", sortExpression="", sortOrder="0")
    columns = ET.SubElement(root, "columns")
    first = [name for name in FIRST if name in fields] if table in _PLOT else []
    for name in [*first, *(name for name in fields if name not in first)]:
        ET.SubElement(columns, "column", type="field", name=name, hidden="0", width="-1")
    ET.SubElement(columns, "column", type="field", name="fid", hidden="1", width="-1")
    return root


def _form(fields: Sequence[str], related: Mapping[str, str], language: str) -> ET.Element:
    placed = {name for names in _TABS.values() for name in names}
    root = ET.Element("attributeEditorForm")
    for tab, names in _TABS.items():
        page = _page(root, say("gis", tab, language))
        shown = names or [name for name in fields if name not in placed]
        for name in (name for name in shown if name in fields):
            ET.SubElement(page, "attributeEditorField", name=name, index=str(fields.index(name) + 1), showLabel="1")
    for table, relation in related.items():
        page = _page(root, say("gis", f"layer_{table}", language))
        editor = ET.SubElement(page, "attributeEditorRelation", name=relation, relation=relation, showLabel="0")
        editor.set("relationWidgetTypeId", "relation_editor")
        editor.set("forceSuppressFormPopup", "0")
        editor.set("nmRelationId", "")
    return root


def _page(root: ET.Element, title: str) -> ET.Element:
    return ET.SubElement(
        root,
        "attributeEditorContainer",
        name=title,
        groupBox="0",
        columnCount="1",
        showLabel="1",
        visibilityExpressionEnabled="0",
    )


def _text(tag: str, text: str) -> ET.Element:
    element = ET.Element(tag)
    element.text = text
    return element
