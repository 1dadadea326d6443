"""The redacted edition of a package without names of persons."""

import dataclasses
import json
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import geopandas as gpd
import pandas as pd

from eudr_check.assessment_record import WrittenRecord
from eudr_check.config import Harvest
from eudr_check.package import codes
from eudr_check.package.codes import TEXT, Codes
from eudr_check.package.inputs import PackageInput
from eudr_check.tables import Frame
from eudr_check.text import NAME_WITHHELD as HIDDEN
from eudr_check.text import WITHHELD, say, topic

WORD = re.compile(r"\w+")
NAME_LIKE = re.compile(r"[^\W\d_]{3}")
"""Three letters in a row: less names nobody; units, hemispheres and country codes are shorter."""
OURS = frozenset(
    {"crs", "encoding", "expected", "feature", "field", "file", "first", "harvest", "header", "headers", "key",
     "known", "line", "meant", "member", "other", "others", "place", "plot_id", "problem", "proposal", "reason",
     "row", "rows", "table", "tables", "taken", "title", "topic", "type", "unit"}
)  # fmt: skip
"""Details that hold words of ours, names of columns and files, or keys of plots; all others hold what a cell held."""
TITLED = "tenure"
"""Topic of areas that are called after who holds them."""
FOLDERS = re.compile(r"""(?:(?<=[\s'"`(=\[])|^)(?:[A-Za-z]:)?/+(?:[^\s'"/:]+/+)+""")
"""Folders of an absolute path; keys of plots (`coop/1`) and addresses (`https://...`) begin otherwise."""


def edition(given: PackageInput) -> PackageInput:
    """What a package shows of its input: no path of a machine, nobody by name where cooperatives are the producers.

    In the redacted edition codes stand for whatever people named (`codes`), and it goes without the operator's own
    words and without documents, which name reviewers and growers in ways no program can find.
    """
    shown = dataclasses.replace(given, findings=without_paths(given.findings))
    if given.redacted:
        coded = codes.edition(shown, Codes.of(given))
        of = coded.article10_of
        return dataclasses.replace(
            coded,
            harvest=harvest(given.harvest),
            plots=plots(coded.plots),
            article10=record(given.article10),
            article10_of=None if of is None else lambda keys, lots: record(of(keys, lots)),
            attachments=(),
            filings=(),
            reviews=(),
            to_review={},
            area_outlines=None if given.area_outlines is None else unnamed(given.area_outlines),
        )
    if shown.harvest.package.producer_as != "cooperative":
        return shown
    # Names are personal data the EU does not ask for; the edition without them is the usual one.
    return dataclasses.replace(
        shown,
        plots=plots(given.plots),
        findings=findings(shown.findings, given.plots),
        areas=None if given.areas is None else areas(given.areas, given.plots),
        area_outlines=None if given.area_outlines is None else areas(given.area_outlines, given.plots),
    )


def harvest(settings: Harvest) -> Harvest:
    """The settings with cooperatives as producers, whatever they were, and without the operator's own words."""
    package = settings.package.model_copy(update={"producer_as": "cooperative"})
    # A cooperative may be called after somebody.
    return settings.model_copy(
        update={"package": package, "concern": settings.concern and WITHHELD, "cooperatives": {}}
    )


def plots(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """PLOTS with a number for every producer: neighbours of one producer can still be recognised.

    Names that differ only in case and spaces are one producer, as the assessment of neighbours has it.
    """
    numbers: dict[str, str] = {}
    named = frame["producer_name"].sort_index()
    place, names = pd.factorize(named.to_numpy(dtype=object))
    keys = [" ".join(name.split()).casefold() for name in names]
    hidden = [numbers.setdefault(key, f"producer {len(numbers) + 1:05}") if key else None for key in keys]
    labels = pd.array([*hidden, None], dtype="str").take(place)
    return frame.assign(producer_name=pd.Series(labels, named.index).reindex(frame.index))


def findings(frame: pd.DataFrame, named: gpd.GeoDataFrame) -> pd.DataFrame:
    """FINDINGS in which nobody is called by name: no producer of `named` (PLOTS with names), and nobody else.

    Producers are known however their names are written (capitals, accents, blanks). What a cell held may name anybody,
    so of such values only those stay that no name can be: numbers, dates, short codes.
    """
    hide = _hider(named["producer_name"].dropna().unique().tolist())
    messages, details = [], []
    for code, message, written in zip(frame["code"], frame["message"], frame["details"], strict=True):
        values = json.loads(written)
        named_after = "feature" if values.get("topic") == TITLED else None
        kept = {key: _kept(value, hide, ours=key in OURS and key != named_after) for key, value in values.items()}
        if any(kept[key] == HIDDEN and values[key] != HIDDEN for key in kept):
            message = _said(str(code), message, values, kept)
        messages.append(hide(message))
        details.append(json.dumps(kept, ensure_ascii=False))
    fixes = [hide(fix) if isinstance(fix, str) else None for fix in frame["fix"]]
    columns = {"message": messages, "fix": fixes, "details": details}
    return frame.assign(**{name: pd.Series(texts, frame.index, TEXT) for name, texts in columns.items()})


def areas(frame: Frame, named: gpd.GeoDataFrame) -> Frame:
    """AREAS or AREA_OUTLINES that name no producer of `named` (PLOTS with names), and nobody who holds titled land."""
    hide = _hider(named["producer_name"].dropna().unique().tolist())
    shown = [
        _kept(one, hide, ours=topic != TITLED) if isinstance(one, str) else None
        for one, topic in zip(frame["feature"], frame["topic"], strict=True)
    ]
    return frame.assign(feature=pd.Series(shown, frame.index, frame["feature"].dtype))


def unnamed(outlines: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """AREA_OUTLINES without names, and without land that persons hold: its outline tells whose it is."""
    return outlines[outlines["topic"] != TITLED].assign(feature=pd.Series(None, dtype=outlines["feature"].dtype))


def without_paths(frame: pd.DataFrame) -> pd.DataFrame:
    """FINDINGS that say nothing of where files lie on the machine that made them; names of files stay."""
    shown = {
        name: pd.Series([FOLDERS.sub("", text) if "/" in text else text for text in frame[name]], frame.index, TEXT)
        for name in ("message", "details")
    }
    return frame.assign(**shown)


def _hider(names: Sequence[str]) -> Callable[[str], str]:
    """Takes names out of a text, word by word, whatever case, accents and blanks they are written with."""
    by_first_word: dict[str, list[list[str]]] = {}
    for name in names:
        words = [_plain(word[0]) for word in WORD.finditer(unicodedata.normalize("NFC", name))]
        if words:
            by_first_word.setdefault(words[0], []).append(words)
    for known in by_first_word.values():
        known.sort(key=len, reverse=True)

    def hide(text: str) -> str:
        composed = unicodedata.normalize("NFC", text)
        found = list(WORD.finditer(composed))
        words = [_plain(word[0]) for word in found]
        parts, end, place = [], 0, 0
        while place < len(words):
            candidates = by_first_word.get(words[place], ())
            length = next((len(name) for name in candidates if words[place : place + len(name)] == name), 0)
            if length:
                parts += [composed[end : found[place].start()], HIDDEN]
                end = found[place + length - 1].end()
            place += length or 1
        return "".join([*parts, composed[end:]]) if parts else text

    return hide


def _plain(word: str) -> str:
    """A word without case and accents."""
    if word.isascii():
        return word.lower()  # the usual word, in a tenth of the time
    return "".join(sign for sign in unicodedata.normalize("NFKD", word.casefold()) if not unicodedata.combining(sign))


def _kept(value: Any, hide: Callable[[str], str], *, ours: bool) -> Any:
    """A detail as it may be shown: words of ours and keys of plots without names, of cells only what names nobody."""
    if not isinstance(value, str):
        return value
    if ours:
        return hide(value)
    return HIDDEN if NAME_LIKE.search(unicodedata.normalize("NFC", value)) else hide(value)


def _said(code: str, message: str, values: Mapping[str, Any], kept: Mapping[str, Any]) -> str:
    """The message once more, without what was withheld from its details."""
    if code in topic("findings"):
        return say("findings", code, "en", **kept)
    for key, value in values.items():
        if kept[key] == HIDDEN and isinstance(value, str):
            message = message.replace(value, HIDDEN)
    return message


def record(written: WrittenRecord) -> WrittenRecord:
    """The record without the operator's own words, which may name anybody; that and when it answered stays."""
    said: Mapping[str, Sequence[Mapping[str, Any]]] = written.rows
    rows = {
        language: [{**row, "operator": [_withheld(one) for one in row.get("operator") or ()]} for row in mine]
        for language, mine in said.items()
    }
    return dataclasses.replace(written, rows=rows, concern=written.concern and WITHHELD)


def _withheld(answer: Mapping[str, Any]) -> dict[str, Any]:
    return {**answer, "answer": WITHHELD, "person": HIDDEN, "evidence": "", "sha256": ""}
