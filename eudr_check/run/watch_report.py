"""The page of a look at filed land: what is new, what is unknown, how far each layer has seen."""

from collections.abc import Iterator
from html import escape

from eudr_check.run.watch import Unknown, Watched
from eudr_check.text import Sentence, number, recognised, say

MOST_PLOTS = 20
"""Names of unread plots on the page; the JSON has them all."""
_STYLE = (
    "body{font:16px/1.4 sans-serif;max-width:60em;margin:2em auto;padding:0 1em}"
    "li{margin:.3em 0}.unknown{color:#8a4b00}"
)


def sentences(found: Watched, language: str) -> Iterator[tuple[str, str]]:
    """Kind (`fact`, `change` or `unknown`) and sentence, in the order of the page."""
    changed = len({one["plot"] for one in found.changes})
    yield "fact", say("watch", "looked", language, plots=found.plots, changed=changed)
    earlier = found.before.looks
    more = {"day": found.look["on"], "count": len(earlier) + 1}
    if earlier:
        yield "fact", say("watch", "record", language, **more, before=earlier[-1]["on"])
    else:
        yield "fact", say("watch", "record_first", language, **more)
    if found.first:
        yield "fact", say("watch", "first", language)
    for change in found.changes:
        shown = {name: number(float(str(change[name])), language, 4) for name in ("new_ha", "now_ha")}
        facts = {name: change[name] for name in ("plot", "statements", "layer", "year")}
        if change["since"] is not None:
            yield "change", say("watch", "change_since", language, since=change["since"], **facts, **shown)
        else:
            yield "change", say("watch", "change", language, **facts, **shown)
    for gap in found.unknown:
        layer = gap["layer"] or say("watch", "no_layer", language)
        named = ", ".join(gap["plots"][:MOST_PLOTS]) + (" …" if len(gap["plots"]) > MOST_PLOTS else "")
        said = say("watch", "unknown", language, plots=len(gap["plots"]), layer=layer, reason=_why(gap, language))
        yield "unknown", f"{said}: {named}"
    for layer, day in sorted(found.seen_until.items()):
        further = layer not in found.dated or day > found.before.seen_until.get(layer, "")
        yield "fact", say("watch", "seen_until" if further else "seen_no_further", language, layer=layer, day=day)
    yield "fact", say("watch", "meaning", language)


def _why(gap: Unknown, language: str) -> str:
    """The reason in another language, where it is a sentence of ours."""
    reason = recognised("layers", gap["reason"])
    if not isinstance(reason, Sentence):
        reason = recognised("watch", gap["reason"])
    return reason.in_language(language) if isinstance(reason, Sentence) else reason


def page(found: Watched, language: str) -> str:
    """The page as HTML that needs nothing else."""
    title = escape(say("watch", "title", language, register=found.register.name))
    lines = [f'<li class="{kind}">{escape(said)}</li>' for kind, said in sentences(found, language)]
    head = f'<meta charset="utf-8"><title>{title}</title><style>{_STYLE}</style>'
    return f'<!doctype html><html lang="{language}"><head>{head}</head><body><h1>{title}</h1><ul>\n' + (
        "\n".join(lines) + "\n</ul></body></html>\n"
    )
