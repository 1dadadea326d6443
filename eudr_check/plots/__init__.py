"""Plot files as cooperatives really send them, checked and repaired: files in, PLOTS and FINDINGS out."""

from eudr_check.plots.checks.moved_off_loss import CODE as MOVED_OFF_LOSS
from eudr_check.plots.checks.moved_off_loss import of_reruns as moved_in_reruns
from eudr_check.plots.findings import message, with_findings, with_layer_findings
from eudr_check.plots.fix_list import write_fix_lists
from eudr_check.plots.load import load
from eudr_check.plots.read.process import INTERRUPTED
from eudr_check.plots.thresholds import threshold

__all__ = [
    "INTERRUPTED",
    "MOVED_OFF_LOSS",
    "load",
    "message",
    "moved_in_reruns",
    "threshold",
    "with_findings",
    "with_layer_findings",
    "write_fix_lists",
]
