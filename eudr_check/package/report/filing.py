"""What the page says of shipments that were sent to the EU system: state, number, until when they may be amended."""

import datetime as dt
from collections.abc import Mapping, Sequence

from eudr_check.register import FilingState
from eudr_check.text.clean import clean


def document(filings: Sequence[FilingState], languages: Sequence[str]) -> Sequence[Mapping[str, object]]:
    """A sentence in every language for each statement that was filed or tried, with its shipment.

    Times are those of UTC: the page is read in other zones than it was made in.
    """
    return [
        {"shipment": one.shipment}
        | {
            language: clean(f"{one.reference_number or one.internal_reference}: {one.words(language, dt.UTC)}")
            for language in languages
        }
        for one in filings
        if one.state != "not_filed"
    ]
