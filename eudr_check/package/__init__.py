"""The due-diligence package: what the exporter attaches and the EU system accepts."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from eudr_check.files import Attachment
    from eudr_check.package.inputs import PackageInput
    from eudr_check.package.writing import DRAWN, steps, write

__all__ = ["DRAWN", "Attachment", "PackageInput", "steps", "write"]
HOME = {"Attachment": "eudr_check.files", "PackageInput": "eudr_check.package.inputs"}


def __getattr__(name: str) -> object:
    """Loaded when asked for: a check of one file of the EU needs no writer of workbooks (PEP 562)."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(HOME.get(name, "eudr_check.package.writing")), name)
