"""The description of the server for programs (OpenAPI 3.1), and the same as a page without a script."""

from html import escape

from eudr_check import __version__
from eudr_check.records import Json
from eudr_check.resources import read_yaml
from eudr_check.serve.answers import STATUS
from eudr_check.text import say

STYLE = (
    "body{font:16px/1.5 sans-serif;max-width:60em;margin:2em auto;padding:0 1em}code{background:#eee;padding:0 .2em}"
)


def document() -> Json:
    """The OpenAPI document."""
    made: Json = read_yaml(__package__, "openapi.yaml")
    return {**made, "info": {**made["info"], "version": __version__}}


def page() -> str:
    """All operations and codes, for people."""
    described = document()
    parts = [f"<h1>{escape(described['info']['title'])} {escape(__version__)}</h1>"]
    parts.append(f"<p>{escape(described['info']['description'])}</p>")
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            parts.append(f"<h2><code>{method.upper()} {escape(path)}</code></h2><p>{escape(operation['summary'])}</p>")
    rows = (
        f"<tr><td><code>{code}</code></td><td>{status}</td><td>{escape(_sentence(code))}</td></tr>"
        for code, status in STATUS.items()
    )
    parts.append(f"<h2>Codes</h2><table>{''.join(rows)}</table><p><a href='/openapi.json'>openapi.json</a></p>")
    return (
        "<!doctype html><html lang='en'><meta charset='utf-8'><title>eudr-check serve</title>"
        f"<style>{STYLE}</style><body>{''.join(parts)}</body></html>"
    )


def _sentence(code: str) -> str:
    blanks = dict.fromkeys(("problem", "name", "most", "seconds", "column", "known"), "…")
    return say("serve", code, "en", **blanks)
