"""What a decision on a plot is called. Wood has to be free of forest degradation too (Article 2(13)(b))."""

from eudr_check.text import Entry, topic


def decision(code: str, commodity: str) -> Entry:
    """A decision in words, by language.

    >>> decision("clear", "coffee")["en"], decision("confirm", "wood")["en"]
    ('no deforestation', 'deforestation or forest degradation')
    """
    return topic("reviews")[f"{'degradation' if commodity == 'wood' else 'decision'}_{code}"]


def both(code: str) -> tuple[Entry, ...]:
    """A decision in the words of every commodity, for reading them back."""
    return decision(code, "coffee"), decision(code, "wood")
