"""What keeps groups of cattle from being declared, in words, as every output says it."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from eudr_check.text import say
from eudr_check.text.clean import clean

_PART = re.compile(r"^([a-z_]+)(?:: (.*))?$")


class Fault(NamedTuple):
    """What is wrong with a chain, and where or when; `what` is empty where it says nothing more."""

    code: str
    what: str


def faults(reasons: str) -> list[Fault]:
    """`reasons` or `warnings` of ANIMALS one by one.

    >>> faults("establishment_high: a/1, a/2; no_birth")
    [Fault(code='establishment_high', what='a/1, a/2'), Fault(code='no_birth', what='')]
    """
    matches = (_PART.match(part) for part in reasons.split("; ") if part)
    return [Fault(found[1], found[2] or "") for found in matches if found is not None]


def worded(fault: Fault, language: str) -> str:
    """One of them as a sentence."""
    return say("report", f"chain_{fault.code}", language, what=clean(fault.what))


def places(fault: Fault, plots: Sequence[str]) -> list[str]:
    """Establishments that a fault names, among those of the group."""
    return [plot for plot in plots if f", {plot}, " in f", {fault.what}, "]
