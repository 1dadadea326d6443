"""The date that files carry: the statement's, or the end of production; never the day of the run."""

from datetime import date

from eudr_check.config import Harvest
from eudr_check.law.regulation import CUTOFF


def day(harvest: Harvest) -> date:
    """Date of the statement; else the last day of production; else the Regulation's cut-off."""
    if harvest.package.date is not None:
        return harvest.package.date
    return CUTOFF if harvest.production is None else harvest.production.until
