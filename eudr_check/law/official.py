"""Texts of the law that stand word for word on our pages, in the languages whose official version was seen."""

from eudr_check.resources import read_yaml


def annex_ii_point_5(language: str) -> str | None:
    """What the operator confirms by submitting a statement; None where the official text is not at hand."""
    texts: dict[str, str] = read_yaml(__package__, "annex_ii_point_5.yaml")["texts"]
    return texts.get(language)
