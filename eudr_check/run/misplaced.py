"""Confirmed clearings whose cooperative is in no harvest that this one knows of."""

from collections.abc import Iterable, Sequence

from eudr_check import register
from eudr_check.config import Harvest
from eudr_check.documents import reviews
from eudr_check.documents.review import Review


def refuse_misplaced(harvest: Harvest, reviewed: Sequence[Review], plots: Iterable[str]) -> None:
    """As `reviews.refuse_misplaced`, with the cooperatives that the harvest and its register name.

    Args:
        harvest: the settings.
        reviewed: rows of reviews.csv.
        plots: plots of the harvest.

    Raises:
        ConfigError: as there.
    """
    path = harvest.register_file
    kept = [] if path is None or not reviewed else register.cooperatives(path, harvest.harvest)
    reviews.refuse_misplaced(reviewed, map(str, plots), [*harvest.other_cooperatives, *kept])
