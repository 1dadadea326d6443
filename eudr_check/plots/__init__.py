"""Plot files as cooperatives really send them, checked and repaired: files in, PLOTS and FINDINGS out."""

from eudr_check.plots.findings import FindingCollector, message
from eudr_check.plots.fix_list import write_fix_lists
from eudr_check.plots.load import load

__all__ = ["FindingCollector", "load", "message", "write_fix_lists"]
