"""How the cells of a row of a document are read, and what is wrong with them."""

import datetime as dt
from dataclasses import dataclass

from eudr_check.text import Sentence, sentence


@dataclass(frozen=True)
class Cells:
    """The cells of one row."""

    place: Sentence
    """Where the row stands."""
    last: dt.date
    """Day after which nothing can have happened yet."""
    faults: list[Sentence]
    """What was found wrong so far."""

    def wrong(self, key: str, **values: str) -> None:
        """One more fault, a sentence of `documents`."""
        self.faults.append(sentence("documents", key, place=self.place, **values))

    def day(self, text: str, column: str, to_come: str = "day_to_come") -> dt.date | None:
        """A day; None where it is none. A fault where it is none or still to come (`to_come`: key of what is said)."""
        try:
            day = dt.date.fromisoformat(text)
        except ValueError:
            self.wrong("no_day", column=column, value=text)
            return None
        if day > self.last:
            self.wrong(to_come, column=column, day=str(day), last=str(self.last))
        return day
