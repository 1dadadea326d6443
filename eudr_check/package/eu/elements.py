"""Nested names and values as elements of API V3: which name belongs to which namespace, and how a value is written."""

from collections.abc import Mapping

from lxml import etree

from eudr_check.interface import COMMON
from eudr_check.records import Element

_COMMON_ELEMENTS = frozenset(
    {"descriptionOfGoods", "goodsMeasure", "netWeight", "percentageEstimationOrDeviation", "supplementaryUnit",
     "supplementaryUnitQualifier", "groupedDeclaration", "operatorReferenceNumber", "operatorAddress", "operatorEmail",
     "operatorPhone", "operatorName"}
)  # fmt: skip
"""Elements of the common namespace; what stands below the two of an operator belongs to it as well."""
_OF_OPERATOR = frozenset({"operatorReferenceNumber", "operatorAddress"})


def append(parent: Element, content: Mapping[str, object], namespace: str, *, common: bool = False) -> None:
    """Append names and values to an element; a list repeats its element.

    Args:
        parent: the element.
        content: value, mapping, or list of them by name.
        namespace: of what is not common to all requests.
        common: all below belongs to the common namespace.
    """
    for name, value in content.items():
        for item in value if isinstance(value, list) else [value]:
            child = etree.SubElement(parent, f"{{{COMMON if common or name in _COMMON_ELEMENTS else namespace}}}{name}")
            if isinstance(item, Mapping):
                append(child, item, namespace, common=common or name in _OF_OPERATOR)
            else:
                child.text = str(item).lower() if isinstance(item, bool) else str(item)
