"""Pages without any script, in the look of the report: a list of tables under headings.

Their Content-Security-Policy forbids everything but their own style.
"""

import base64
import hashlib
import html
from collections.abc import Sequence
from importlib.resources import files

from eudr_check.text import machine_made, say
from eudr_check.text.clean import clean

MOST_ROWS = 200
"""Rows of a list on the page; the rest is counted."""


def sheet(title: str, content: str, language: str) -> str:
    """A whole page around its content; title and content are markup already."""
    style = files(__package__).joinpath("report.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return (
        f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        f"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-{digest}'; "
        "img-src data:; base-uri 'none'; form-action 'none'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<link rel="icon" href="data:,">\n<title>{title}</title>\n<style>{style}</style>\n</head>\n<body>\n'
        f"{content}</body>\n</html>\n"
    )


def mark(language: str) -> str:
    """That a machine made the words, as markup; nothing where people did."""
    said = zip((language, "en"), machine_made(language), strict=False)
    return "".join(f'<p class="note" lang="{spoken}">{html.escape(text)}</p>' for spoken, text in said)


def section(title: str, content: str) -> str:
    """A part of the page; its content is markup already."""
    return f"<section>\n<h2>{html.escape(title)}</h2>\n{content}</section>\n"


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table of cells that are markup already."""
    head = "".join(f'<th scope="col">{html.escape(text)}</th>' for text in heads)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>\n" for row in rows)
    return (
        f'<div class="scroll" tabindex="0"><table><thead><tr>{head}</tr></thead>\n<tbody>{body}</tbody></table></div>\n'
    )


def named(text: object) -> str:
    """A name that somebody gave, as markup; its direction does not touch the words around it."""
    return f"<bdi>{html.escape(clean(str(text)))}</bdi>"


def rest(count: int, language: str) -> str:
    """How many of so many rows are not on the page; nothing where all are."""
    if count <= MOST_ROWS:
        return ""
    return f"<p>{html.escape(say('season', 'more', language, count=count - MOST_ROWS))}</p>"
