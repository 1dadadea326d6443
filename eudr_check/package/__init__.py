"""The due-diligence package: what the exporter attaches and the EU system accepts."""

from eudr_check.files import Attachment
from eudr_check.package.inputs import PackageInput
from eudr_check.package.writing import DRAWN, steps, write

__all__ = ["DRAWN", "Attachment", "PackageInput", "steps", "write"]
