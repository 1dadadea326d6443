"""What ASSESSMENTS notes of the reviews of a plot (`R03 self_declaration_alone`), in the words of the run."""

import re

from eudr_check.text import say

FAULTS = (
    "stale:evidence_changed", "stale:reason_gone", "evidence_missing", "evidence_changed", "dated_in_future",
    "made_before_cutoff", "image_after_review", "self_declaration_alone", "no_evidence_named", "needs_dated_imagery",
    "needs_imagery_after_cutoff", "needs_second_reviewer", "cannot_be_reviewed",
)  # fmt: skip
"""Why a review does not count; each has a sentence in `reviews.yaml`."""
_FAULT = rf"(?P<fault>{'|'.join(FAULTS)})(?::(?P<detail>.*))?"
_KINDS = {
    "cleared": re.compile(r"(?P<review>.+) clear"),
    "confirmed": re.compile(r"(?P<review>.+) confirm"),
    "confirmed_lacking": re.compile(rf"(?P<review>.+) confirm \({_FAULT}\)"),
    "not_counted": re.compile(rf"(?P<review>.+) {_FAULT}"),
}
_STILL_OPEN = "still open: "


def in_words(noted: str, language: str) -> str:
    """Each review with what it does; what is noted in no known way stands as it is.

    >>> in_words("R03 self_declaration_alone", "en")[:20], in_words("a b c", "en")
    ('R03: does not count:', 'a b c')
    """
    notes = noted.split("; ")
    left = " ".join(one.removeprefix(_STILL_OPEN) for one in notes if one.startswith(_STILL_OPEN))
    return "; ".join(_said(one, left, language) for one in notes if not one.startswith(_STILL_OPEN))


def _said(note: str, left: str, language: str) -> str:
    for key, pattern in _KINDS.items():
        if found := pattern.fullmatch(note):
            part = found.groupdict()
            why = say("reviews", part["fault"], language, detail=part["detail"]) if part.get("fault") else ""
            what = "still_open" if key == "cleared" and left else key
            return f"{part['review']}: {say('reviews', what, language, why=why, codes=left)}"
    return note
