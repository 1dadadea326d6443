"""Text as people typed it, made safe for every format it is written to, and still right.

Letters of every script stay. What goes is what no reader sees: control characters (XML cannot carry them), line breaks
inside a name, and the directional overrides that can make a line read as something else. What a reader would run
(formulas in spreadsheets, HTML, expressions in QGIS) is marked or escaped for that reader.
"""

import re
import unicodedata
from xml.sax.saxutils import escape

_OVERRIDES = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_DROPPED = re.compile(f"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff{_OVERRIDES}]")
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_BEGINS_FORMULA = "=+\\-@|%\uff1d\uff0b\uff0d\uff20\uff5c\uff05\ufe66\ufe62\ufe63\ufe6b\ufe6a\u2212"
"""What spreadsheets take for the beginning of a formula or of a call of a program, full-width and small forms too."""
_LIVE = re.compile(f'(^|[;\t\r\n])([\\s"\u00ad\u200b-\u200f\u2060\ufeff]*)(?=[{_BEGINS_FORMULA}])')
_NUMBER = re.compile(r"[-+]?[0-9]+(\.[0-9]+)?")
_DEVICE = re.compile(r"^(con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9\u00b9\u00b2\u00b3])(?=[ .]|$)", re.IGNORECASE)


def clean(text: str) -> str:
    """A name on one line, composed (NFC), without invisible controls.

    >>> clean("  Rosa\\n Quispe\\x00 ")
    'Rosa Quispe'
    """
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()  # the usual name, in a tenth of the time
    return unicodedata.normalize("NFC", _DROPPED.sub("", re.sub(r"\s+", " ", text))).strip()


def without_controls(text: str) -> str:
    """Text with its lines and blanks as they are, but nothing that XML cannot hold."""
    return _NOT_IN_XML.sub("", text)


def cell(text: str) -> str:
    """Text for a cell of a CSV file, dead under comma, semicolon and tab alike.

    A reader's cell begins at a separator or at a line, whatever it takes for quotes, so an apostrophe goes before
    everything there that a spreadsheet would run. A text that is nothing but a number stays as it is.

    >>> cell("=HYPERLINK(1)"), cell("x;=1+1"), cell("-5"), cell("a=b")
    ("'=HYPERLINK(1)", "x;'=1+1", '-5', 'a=b')
    """
    if _NUMBER.fullmatch(text):
        return text
    marked = _LIVE.sub(r"\1\2'", text)
    return f"'{marked}" if marked.startswith(("\t", "\r", "\n")) else marked


def file_stem(name: str) -> str:
    """A name of ours as the stem of a file that Windows can hold too: `con`, `nul`, `com1` ... name devices there.

    >>> file_stem("con"), file_stem("coop-01")
    ('con_', 'coop-01')
    """
    return _DEVICE.sub(r"\1_", name)


def markup_entities(text: str) -> str:
    """Text between tags, for a reader that takes it for HTML; quotes stay, for those who read it as it is.

    >>> markup_entities("<b> & l'arbre")
    "&lt;b&gt; &amp; l'arbre"
    """
    return escape(text)


def without_expressions(text: str) -> str:
    """Text in which QGIS finds no expression to evaluate: `[%` and `%]` are parted by a blank.

    >>> without_expressions("[% env('HOME') %]")
    "[ % env('HOME') % ]"
    """
    return re.sub(r"%(?=\])", "% ", re.sub(r"\[(?=%)", "[ ", text))
