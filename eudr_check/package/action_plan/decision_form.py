"""The form in which a plot is decided on, in QGIS and in QField: words to choose from, a date, a photograph."""

from collections.abc import Mapping
from xml.etree import ElementTree as ET

from eudr_check.package.action_plan.cooperative import Plan
from eudr_check.package.gis import symbols
from eudr_check.package.gis.content import alias
from eudr_check.tables import OUTCOMES
from eudr_check.text import say
from eudr_check.text.decided import decision

SHOWN = ("plot_id", "outcome", "wrong", "needs", "by")
"""What the form tells."""
DECIDED = ("decision", "grounds", "date", "evidence", "reviewer")
"""What whoever goes there fills in."""
MORE = ("second_reviewer", "imagery", "reason", "review", "plots", "evidence_digest")
FIELDS = (*SHOWN, *DECIDED, *MORE)
"""Fields of the layer `reviews`: with those of `SHOWN`, the columns of reviews.csv."""
FIXED = (*SHOWN, "plots", "evidence_digest")
"""What nobody may change: a decision is one on this plot and this evidence."""
DATES = ("by", "date")
DECISIONS = ("clear", "confirm")
GROUNDS = ("field_visit", "imagery", "official_record", "land_record", "self_declaration")
_TITLES = {"by": "by_when", "wrong": "wrong", "plots": "plot_key", "evidence_digest": "evidence_digest"}


def elements(plan: Plan) -> list[ET.Element]:
    """The parts of the layer that say how its rows are filled in."""
    preview = ET.Element("previewExpression")
    preview.text = '"plot_id"'
    layout = ET.Element("editorlayout")
    layout.text = "tablayout"
    return [_aliases(plan), _widgets(plan), _editable(), layout, _form(plan), preview, _custom()]


def title(field: str, plan: Plan) -> str:
    """What a field is called."""
    if field in ("plot_id", "outcome"):
        return alias(field, plan.language)
    return plan.say(_TITLES.get(field, f"column_{field}"))


def _aliases(plan: Plan) -> ET.Element:
    root = ET.Element("aliases")
    # The provider puts the feature id in front of the table's own fields.
    for number, field in enumerate(FIELDS, start=1):
        ET.SubElement(root, "alias", field=field, index=str(number), name=title(field, plan))
    return root


def _widgets(plan: Plan) -> ET.Element:
    root = ET.Element("fieldConfiguration")
    words = {
        "decision": {code: decision(code, plan.settings.commodity)[plan.language] for code in DECISIONS},
        "grounds": {code: say("reviews", f"grounds_{code}", plan.language) for code in GROUNDS},
        "outcome": {code: say("report", f"outcome_{code}", plan.language) for code in OUTCOMES},
    }
    for field in FIELDS:
        if field in words:
            listed = ET.SubElement(_widget(root, field, "ValueMap"), "Option", name="map", type="List")
            for code, word in words[field].items():
                symbols.option_map(listed, {word: code})
        elif field in DATES:
            _options(
                _widget(root, field, "DateTime"),
                {"display_format": "yyyy-MM-dd", "field_format": "yyyy-MM-dd"},
                {"calendar_popup": "true", "allow_null": "true", "field_iso_format": "false"},
            )
        elif field == "evidence":
            # Photographs lie beside the project, under a path that holds wherever its folder goes.
            _options(
                _widget(root, field, "ExternalResource"),
                {"RelativeStorage": "1", "DocumentViewer": "1", "StorageMode": "0"},
                {"FileWidget": "true", "FileWidgetButton": "true", "UseLink": "false"},
            )
        elif field in ("wrong", "needs"):
            _options(_widget(root, field, "TextEdit"), {}, {"IsMultiline": "true", "UseHtml": "false"})
    return root


def _widget(root: ET.Element, field: str, kind: str) -> ET.Element:
    widget = ET.SubElement(ET.SubElement(root, "field", name=field), "editWidget", type=kind)
    return ET.SubElement(ET.SubElement(widget, "config"), "Option", type="Map")


def _options(parent: ET.Element, texts: Mapping[str, str], flags: Mapping[str, str]) -> None:
    for kind, values in (("QString", texts), ("bool", flags)):
        for name, value in values.items():
            ET.SubElement(parent, "Option", name=name, value=value, type=kind)


def _editable() -> ET.Element:
    root = ET.Element("editable")
    for field in FIELDS:
        ET.SubElement(root, "field", name=field, editable=str(int(field not in FIXED)))
    return root


def _form(plan: Plan) -> ET.Element:
    root = ET.Element("attributeEditorForm")
    for tab, fields in (("tab_visit", (*SHOWN, *DECIDED)), ("tab_more", MORE)):
        values = {"groupBox": "0", "columnCount": "1", "showLabel": "1", "visibilityExpressionEnabled": "0"}
        page = ET.SubElement(root, "attributeEditorContainer", {"name": plan.say(tab), **values})
        for field in fields:
            ET.SubElement(page, "attributeEditorField", name=field, index=str(FIELDS.index(field) + 1), showLabel="1")
    return root


def _custom() -> ET.Element:
    """QField moves no mark by a touch: where it lies is where the loss was seen."""
    root = ET.Element("customproperties")
    symbols.option_map(root, {"QFieldSync/is_geometry_locked": "true"})
    return root
