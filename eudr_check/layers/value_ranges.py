"""Sets of raster values written as people write them: `"0..100"`, `"0, 21..25"`."""

import numpy as np
from numpy.typing import NDArray

from eudr_check.problems import SettingError
from eudr_check.text import sentence
from eudr_check.typing import Numbers


class Values(tuple[tuple[int, int], ...]):
    """Closed integer ranges, in ascending order and disjoint.

    >>> Values.parse("0, 21..25")
    Values('0, 21..25')
    """

    __slots__ = ()

    @classmethod
    def parse(cls, text: object) -> "Values":
        """Ranges from text, one integer or a list of either.

        Raises:
            ValueError: the text is no list of integers and ranges, or an empty one.
        """
        if isinstance(text, Values):
            return text
        parts = text if isinstance(text, list) else str(text).split(",")
        if not parts:
            raise SettingError(sentence("definition_rules", "no_value"))
        return cls(sorted(_one_range(str(part).strip()) for part in parts))

    def holds(self, values: Numbers) -> NDArray[np.bool_]:
        """Which of the values lie in one of the ranges; bool, shape of `values`."""
        inside = np.zeros(values.shape, dtype=bool)
        for low, high in self:
            inside |= (values >= low) & (values <= high)
        return inside

    def beyond(self, known: "Values") -> "Values":
        """What of these values is in none of some ranges.

        >>> Values.parse("0..30").beyond(Values.parse("0..10, 12..25"))
        Values('11, 26..30')
        """
        left = list(self)
        for low, high in known:
            pieces = [[(first, min(last, low - 1)), (max(first, high + 1), last)] for first, last in left]
            left = [piece for pair in pieces for piece in pair if piece[0] <= piece[1]]
        return Values(sorted(set(left)))

    def common(self, others: "Values") -> "Values":
        """What of these values is also in some other ranges.

        >>> Values.parse("0..30").common(Values.parse("5, 28..40"))
        Values('5, 28..30')
        """
        return Values(
            sorted(
                (max(low, other), min(high, until))
                for low, high in self
                for other, until in others
                if max(low, other) <= min(high, until)
            )
        )

    def __str__(self) -> str:
        return ", ".join(str(low) if low == high else f"{low}..{high}" for low, high in self)

    def __repr__(self) -> str:
        return f"Values('{self}')"


def _one_range(part: str) -> tuple[int, int]:
    low, dots, high = part.partition("..")
    try:
        ends = int(low), int(high if dots else low)
    except ValueError:
        raise SettingError(sentence("definition_rules", "no_range", part=part)) from None
    if ends[0] > ends[1]:
        raise SettingError(sentence("definition_rules", "backwards", part=part))
    return ends
