"""The date that files carry: that of the package, which a run always knows; never the clock of whoever writes them."""

from datetime import date

from eudr_check.config import Harvest
from eudr_check.law.regulation import CUTOFF


def day(harvest: Harvest) -> date:
    """Date of the package; else the last day of production; else the Regulation's cut-off."""
    if harvest.package.date is not None:
        return harvest.package.date
    return CUTOFF if harvest.production is None else harvest.production.until


def on(harvest: Harvest, date: date | None) -> Harvest:
    """The settings of a harvest whose files carry a date."""
    return harvest.model_copy(update={"package": harvest.package.model_copy(update={"date": date})})
