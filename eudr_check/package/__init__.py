"""The due-diligence package: what the exporter attaches and the EU system accepts."""

from eudr_check.files import Attachment
from eudr_check.package.inputs import PackageInput
from eudr_check.package.writing import write

__all__ = ["Attachment", "PackageInput", "write"]
