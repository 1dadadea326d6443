"""Text of a .dbf: the code page its header, .cpg or .cst names, and numbers too long for a double."""

import codecs
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from eudr_check.plots.read.raw_table import Delivery

# Language driver (byte 29 of the header): code page, as dBASE, FoxPro and ESRI number them.
_DRIVERS = {
    0x01: "cp437",
    0x02: "cp850",
    0x03: "cp1252",
    0x04: "mac_roman",
    0x08: "cp865",
    0x09: "cp437",
    0x0A: "cp850",
    0x0B: "cp437",
    0x0D: "cp437",
    0x0E: "cp850",
    0x0F: "cp437",
    0x10: "cp850",
    0x11: "cp437",
    0x12: "cp850",
    0x13: "cp932",
    0x14: "cp850",
    0x15: "cp437",
    0x16: "cp850",
    0x17: "cp865",
    0x18: "cp437",
    0x19: "cp437",
    0x1A: "cp850",
    0x1B: "cp437",
    0x1C: "cp863",
    0x1D: "cp850",
    0x1F: "cp852",
    0x22: "cp852",
    0x23: "cp852",
    0x24: "cp860",
    0x25: "cp850",
    0x26: "cp866",
    0x37: "cp850",
    0x40: "cp852",
    0x4D: "cp936",
    0x4E: "cp949",
    0x4F: "cp950",
    0x50: "cp874",
    0x58: "cp1252",
    0x59: "cp1252",
    0x64: "cp852",
    0x65: "cp866",
    0x66: "cp865",
    0x67: "cp861",
    0x6A: "cp737",
    0x6B: "cp857",
    0x6C: "cp863",
    0x78: "cp950",
    0x79: "cp949",
    0x7A: "cp936",
    0x7B: "cp932",
    0x7C: "cp874",
    0x7D: "cp1255",
    0x7E: "cp1256",
    0x86: "cp737",
    0x87: "cp852",
    0x88: "cp857",
    0xC8: "cp1250",
    0xC9: "cp1251",
    0xCA: "cp1254",
    0xCB: "cp1253",
    0xCC: "cp1257",
}
_WESTERN = ("cp1252", "latin-1", "iso8859-1")
_LONGEST_EXACT = 18
"""Digits of the longest whole number that GDAL reads as one."""


@dataclass
class CodePage:
    """How the bytes of a .dbf become text."""

    name: str
    """Python's name of the encoding."""
    said: bool
    """Whether the file or the harvest names it."""
    utf8_first: bool
    """Whether text that is UTF-8 is read so: nobody writes western letters that happen to be UTF-8."""
    doubtful: bool = False
    """Whether a cell was read that the encoding does not fit, or that shows which one only by guess."""

    def recode(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Cells and headers that were read byte by byte (as latin-1), as text."""
        frame = frame.rename(columns=lambda name: self._text(str(name)))
        for position, kind in enumerate(frame.dtypes):
            if kind.kind in "OU":
                cells = frame.iloc[:, position]
                texts = [self._text(value) if isinstance(value, str) else value for value in cells]
                frame.isetitem(position, np.array(texts, dtype=object))
        return frame

    def _text(self, value: str) -> str:
        if value.isascii():
            return value
        raw = value.encode("latin-1", "replace")
        for name in ("utf-8", self.name) if self.utf8_first else (self.name, "utf-8"):
            try:
                text = raw.decode(name)
            except UnicodeDecodeError:
                continue
            self.doubtful |= name != "utf-8" if not self.said else name != self.name and not self.utf8_first
            return text
        self.doubtful = True
        return raw.decode("cp1252", "replace")


def of_shapefile(beside: dict[str, Path], encoding: str | None) -> CodePage:
    """The code page of a shapefile: the harvest's word, .cpg, .cst, the header's language driver, else a guess.

    Args:
        beside: the files beside the .shp by their ending in small letters.
        encoding: encoding the harvest names.
    """
    if encoding is not None:
        return CodePage(encoding, said=True, utf8_first=False)
    for ending in (".cpg", ".cst"):
        name = _known(beside[ending].read_bytes().decode("ascii", "replace")) if ending in beside else None
        if name is not None:
            return CodePage(name, said=True, utf8_first=False)
    driver = beside[".dbf"].read_bytes()[29] if ".dbf" in beside else 0
    name = _DRIVERS.get(driver)
    if name is None:
        return CodePage("cp1252", said=False, utf8_first=True)
    return CodePage(name, said=True, utf8_first=name in _WESTERN)


def _known(text: str) -> str | None:
    """Python's name of what a .cpg or .cst says, such as `1252`, `ANSI 1252`, `88591` or `windows-1256`."""
    said = text.strip().strip("\ufeff\x00").lower()
    digits = "".join(re.findall(r"\d+", said))
    forms = [said, f"cp{digits}"]
    if digits.startswith("8859"):
        forms = [f"iso8859-{digits[4:]}", *forms]
    if digits == "65001":
        forms = ["utf-8"]
    for form in forms:
        try:
            return codecs.lookup(form).name
        except LookupError:
            continue
    return None


def restore_long_numbers(delivery: Delivery, header: bytes, records: list[bytes]) -> None:
    """Give whole numbers of more digits than a double holds back as they are written in the .dbf."""
    kept = [record for record in records if record[:1] != b"*"]
    if len(kept) != len(delivery):
        return
    at = 1
    for place, start in enumerate(range(32, len(header) - 32 + 1, 32)):
        field = header[start : start + 32]
        if field[:1] == b"\r" or place >= delivery.attributes.shape[1]:
            break
        width, decimals = field[16], field[17]
        if field[11:12] in b"NF" and decimals == 0 and width > _LONGEST_EXACT:
            cells = [record[at : at + width].strip(b" \x00").decode("ascii", "replace") or None for record in kept]
            delivery.attributes.isetitem(place, np.array(cells, dtype=object))
        at += width
