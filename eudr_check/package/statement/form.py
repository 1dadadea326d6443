"""What a person types who files a statement by hand: every field of the payload in its order, to copy one by one."""

import re
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

from babel import Locale

from eudr_check.records import Json
from eudr_check.text import machine_made, say
from eudr_check.text.clean import clean

COUNTRIES = frozenset({"country", "countryOfActivity", "borderCrossCountry"})
SPOKEN = frozenset({"operatorRole", "activityType", "geoLocationConfidential"})
"""Fields chosen from a list, whose entries the web pages call by words."""
STYLE = (
    "body{font:16px/1.45 system-ui,'Segoe UI',Roboto,'Noto Sans','Noto Sans Ethiopic',Ebrima,Kefa,Nyala,"
    "'Abyssinica SIL',sans-serif;max-width:60rem;margin:1.5rem auto;padding:0 1rem;color:#1b1b1b}"
    "table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.35rem .5rem;"
    "border-bottom:1px solid #bbb;overflow-wrap:anywhere}th[scope=rowgroup]{background:#eee}"
    "code{user-select:all;-webkit-user-select:all;font-size:1rem;background:#f4f4f4;padding:.1rem .3rem}"
    "td:nth-child(2){width:40%}@media(max-width:40rem){h1{font-size:1.3rem}thead{display:none}"
    "tr,th,td,td:nth-child(2){display:block;width:auto;border:0;padding:.1rem .3rem}tr{border-bottom:1px solid #bbb;"
    "padding:.35rem 0}}tr{break-inside:avoid}.mark{color:#8a1c1c;font-weight:bold}"
)


def sheet(request: Json, language: str, *, geolocation: str, harvest: str, draft: bool) -> bytes:
    """A page of HTML on which a click marks a value for copying; needs no script and no network.

    Args:
        request: the payload as `dds_xml.document` gives it.
        language: of the page.
        geolocation: name of the GeoJSON file of the statement.
        harvest: its name.
        draft: whether nothing of it may be filed.
    """
    reference = clean(str(request["statement"]["internalReferenceNumber"]))
    title = escape(say("form", "title", language, reference=reference))
    rows = list(_rows(request, language, geolocation))
    lines = [
        "<!doctype html>",
        f'<html lang="{language}"><head><meta charset="utf-8">',
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">",
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title>',
        f"<style>{STYLE}</style></head><body><main><h1>{title}</h1>",
        f'<p class="mark">{escape(say("form", "draft", language))}</p>' if draft else "",
        f"<p>{escape(say('form', 'help', language, harvest=clean(harvest)))}</p>",
        *(f"<p>{escape(one)}</p>" for one in machine_made(language)),
        f"<table><thead><tr>{_heads(language)}</tr></thead><tbody>",
        *rows,
        "</tbody></table>",
        f"<p>{escape(say('form', 'after', language))}</p></main></body></html>",
    ]
    return ("\n".join(line for line in lines if line) + "\n").encode("utf-8")


def _heads(language: str) -> str:
    return "".join(f'<th scope="col">{escape(say("form", key, language))}</th>' for key in ("field", "value", "means"))


def _rows(node: Mapping[str, Any], language: str, geolocation: str) -> Iterator[str]:
    """Fields in the order of the payload; a heading before every group."""
    for name, value in node.items():
        groups = value if isinstance(value, Sequence) and not isinstance(value, str) else [value]
        for number, one in enumerate(groups, start=1):
            if not isinstance(one, Mapping):
                yield _row(name, one, language, geolocation)
                continue
            if (key := _key(name)) in ("represented_operator", "commodities", "species_info", "producers"):
                heading = say("form", key, language, number=number, count=len(groups))
                yield f'<tr><th scope="rowgroup" colspan="3">{escape(heading)}</th></tr>'
            yield from _rows(one, language, geolocation)


def _row(name: str, value: Any, language: str, geolocation: str) -> str:
    text = geolocation if name == "geometryGeojson" else _text(value)
    means = _means(name, text, language)
    label = escape(say("form", _key(name), language))
    return f'<tr><th scope="row">{label}</th><td><code>{escape(text)}</code></td><td>{escape(means)}</td></tr>'


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _means(name: str, text: str, language: str) -> str:
    """The value in words, where the payload has a code."""
    if name in COUNTRIES:
        return str(Locale(language).territories.get(text, ""))
    if name in SPOKEN:
        return say("form", f"{_key(name)}_{text.lower()}", language)
    return say("form", "geometry_help", language) if name == "geometryGeojson" else ""


def _key(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
