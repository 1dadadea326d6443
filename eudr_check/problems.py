"""What is wrong with settings, in words for whoever wrote them: key, value and what to type instead."""

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from eudr_check.numerals import readings
from eudr_check.text import Sentence, sentence

__all__ = ["Sentence", "SettingError", "explained", "known_keys", "of_yaml", "said", "unreadable"]

said = partial(sentence, "config")
"""One sentence about settings."""
_LONGEST = 80
_EMPTY = {"missing", "string_too_short", "too_short"}
_NUMBERS = {"float_parsing", "float_type", "int_parsing", "int_type", "int_from_float"}
_DAYS = {"date_from_datetime_parsing", "date_parsing", "date_type", "date_from_datetime_inexact"}
_LIMITS = {
    "greater_than_equal": "at_least",
    "less_than_equal": "at_most",
    "string_too_long": "too_long",
    "too_long": "too_many",
}
_KINDS = {
    "bool_parsing": "no_boolean",
    "bool_type": "no_boolean",
    "model_type": "no_keys",
    "model_attributes_type": "no_keys",
    "dict_type": "no_keys",
    "tuple_type": "no_list",
    "list_type": "no_list",
    "path_type": "no_path",
}


class SettingError(ValueError):
    """A value that breaks a rule of ours; pydantic gathers those of one file."""

    def __init__(self, why: Sentence) -> None:
        super().__init__(why)
        self.why = why


def explained(error: ValidationError, model: type[BaseModel]) -> list[Sentence]:
    """All that is wrong with some settings, a sentence each.

    Args:
        error: what the settings raised.
        model: class of the whole settings; it knows the keys.
    """
    found = error.errors()
    # A list whose entries are wrong is called empty as well: it is not.
    inside = {one["loc"][:depth] for one in found for depth in range(len(one["loc"]))}
    kept = [one for one in found if one["type"] != "too_short" or one["loc"] not in inside]
    return [placed for one in kept for placed in _placed(one, model)]


def _placed(one: Any, model: type[BaseModel]) -> list[Sentence]:
    """One problem with its place; those between keys, which have no place, one by one."""
    problem = _problem(one, model)
    listed = problem.values.get("problems")
    if not one["loc"] and isinstance(listed, list):
        return [part for part in listed if isinstance(part, Sentence)]
    return [said("at", place=_place(one["loc"]), problem=problem)]


def of_whole(error: ValidationError) -> bool:
    """Whether every key is right by itself and something between them is wrong, which the error says."""
    return any(not one["loc"] for one in error.errors())


def unreadable(path: Path, called: str) -> Sentence | None:
    """Why a file cannot be settings, from its first bytes and its encoding; None where it may be."""
    if path.is_dir():
        found = sorted(one.name for one in path.iterdir() if one.suffix in (".yaml", ".yml"))
        return said("is_folder", file=called, found=", ".join(found) or "-")
    if not path.exists():
        return said("no_file", file=called)
    try:
        content = path.read_bytes()
    except OSError as error:
        return said("no_access", file=called, problem=str(error.strerror))
    if b"\0" in content[:1000] or content.startswith((b"PK\x03\x04", b"%PDF")):
        return said("no_text", file=called)
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return said("no_utf8", file=called, line=content[: error.start].count(b"\n") + 1)
    return None


def of_yaml(error: Exception, text: str) -> Sentence:
    """What a YAML reader stumbled over, as what to type."""
    mark = getattr(error, "problem_mark", None)
    tab = next((number for number, line in enumerate(text.splitlines(), 1) if re.match(r" *\t", line)), None)
    if tab is not None:
        return said("tab", line=tab)
    twice = re.search(r"'(.*)' stands twice in one block \(lines (\d+) and (\d+)\)", str(error))
    if twice is not None:
        return said("key_twice", key=twice[1], first=int(twice[2]), second=int(twice[3]))
    if mark is None:
        return said("character", problem=str(getattr(error, "reason", "")) or type(error).__name__)
    lines = text.splitlines()
    # What is not closed is noticed at the end of the file: where it opened says more.
    opened = getattr(error, "context_mark", None)
    problem = str(getattr(error, "problem", ""))
    if "mapping values" in problem:
        line = lines[mark.line] if mark.line < len(lines) else ""
        key, _, value = line.strip().partition(": ")
        return said("colon", line=mark.line + 1, example=f'{key}: "{value.strip()}"')
    unclosed = "flow" in str(getattr(error, "context", "")) or mark.line >= len(lines)
    at = opened if opened is not None and unclosed else mark
    shown = lines[at.line].strip()[:_LONGEST] if at.line < len(lines) else ""
    return said("structure", line=at.line + 1, shown=shown)


def _place(loc: tuple[str | int, ...]) -> str:
    """`plots 2, path` of `("plots", 1, "path")`: people count from 1."""
    text = ""
    for part in loc:
        text += f" {part + 1}" if isinstance(part, int) else f"{'.' if text else ''}{part}"
    return text or "YAML"


def _problem(problem: Any, model: type[BaseModel]) -> Sentence:
    kind, value, limits = problem["type"], problem.get("input"), problem.get("ctx", {})
    shown = str(value)[:_LONGEST]
    if kind == "extra_forbidden":
        return _unknown_key(problem["loc"], model)
    if isinstance(error := limits.get("error"), SettingError):
        return error.why
    if kind in _EMPTY:
        return said("missing" if kind == "missing" else "empty")
    if kind == "union_tag_invalid":
        return _not_among(str(limits["tag"]), re.findall(r"'([^']*)'", limits["expected_tags"]))
    if kind == "union_tag_not_found":
        return said("key_missing", key=limits["discriminator"].strip("'"))
    if kind == "literal_error":
        return _not_among(shown, re.findall(r"'([^']*)'", limits["expected"]))
    if kind in _NUMBERS:
        return _no_number(shown)
    if kind in _DAYS:
        return said("no_day", value=shown)
    if kind == "string_type":
        return said("unquoted", value=shown.lower() if isinstance(value, bool) else shown)
    if kind == "string_pattern_mismatch":
        return said("odd_characters", value=shown)
    if kind in _LIMITS:
        limit = next(limits[name] for name in ("ge", "le", "max_length") if name in limits)
        return said(_LIMITS[kind], value=shown, limit=limit)
    return said(_KINDS.get(kind, "wrong"), value=shown)


def _no_number(shown: str) -> Sentence:
    number = re.sub(r"\s*(kg|kilos?|t|ton(nes|eladas|nen)?|m|ha)\.?\s*$", "", shown, flags=re.IGNORECASE).strip()
    point, comma = readings(number)
    if point is not None and comma is not None and point != comma:
        return said("two_readings", value=shown, first=point, second=comma)
    plain = point or comma
    return said("no_number", value=shown) if plain is None else said("write_number", value=shown, number=plain)


def _not_among(shown: str, known: list[str]) -> Sentence:
    near = get_close_matches(shown.casefold(), [one.casefold() for one in known], n=1, cutoff=0.6)
    listed = ", ".join(known)
    return said("not_among_near", value=shown, near=near[0], known=listed) if near else said(
        "not_among", value=shown, known=listed
    )  # fmt: skip


def _unknown_key(loc: tuple[str | int, ...], model: type[BaseModel]) -> Sentence:
    known = known_keys(loc[:-1], model)
    near = get_close_matches(str(loc[-1]), known, n=1, cutoff=0.5)
    return said("unknown_key_near", near=near[0]) if near else said("unknown_key", known=", ".join(known))


def known_keys(place: tuple[str | int, ...], model: type[BaseModel]) -> list[str]:
    """The keys that may stand at a place of the settings."""
    for part in place:
        if not isinstance(part, str) or part not in _fields(model):
            continue
        nested = list(_models(_fields(model)[part].annotation))
        model = nested[0] if nested else model
    return sorted(_fields(model))


def _fields(model: type[BaseModel]) -> Mapping[str, Any]:
    return {info.alias or name: info for name, info in model.model_fields.items() if not info.exclude}


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    """Settings classes inside an annotation such as `tuple[PlotFile, ...]` or `dict[str, Catalogue]`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
        return
    for part in getattr(annotation, "__args__", ()):
        yield from _models(part)
