"""Plot files as cooperatives really send them, checked and repaired: files in, PLOTS and FINDINGS out."""

from eudr_check.plots.findings import message
from eudr_check.plots.fix_list import write_fix_lists
from eudr_check.plots.load import load
from eudr_check.plots.register import record
from eudr_check.plots.register import state as register_state

__all__ = ["load", "message", "record", "register_state", "write_fix_lists"]
