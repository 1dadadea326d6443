"""Whole numbers as a sheet shows them: the id 7 under the format 000 is 007 to whoever reads the sheet."""

import re

_TOKEN = re.compile(r'"([^"]*)"|\\(.)|_.|\*.|\[[^\]]*\]|([0#?])|([.,%/Ee@])|(.)', re.DOTALL)
_UNITS = ("ha", "has", "hectareas", "hectáreas", "m2", "m²", "m", "km", "kg", "qq", "t", "s/", "$", "€", "°", "º", "'")


def shown(number: str, code: str) -> str:
    """A whole number under a number format.

    Only formats that write an id are followed: leading zeros, and literals before or between the digits. A unit, a
    currency, decimals or separators of thousands belong to a quantity, whose digits are wanted as they are.

    Args:
        number: digits, without sign.
        code: number format, such as `"P-"000`.
    """
    section = _first_section(code)
    parts: list[str | None] = []
    zeros = 0
    for literal, escaped, digit, special, other in _TOKEN.findall(section):
        if special:
            return number
        if digit:
            parts.append(None)
            zeros += digit == "0"
        elif literal or escaped or other:
            parts.append(literal or escaped or other)
    places = parts.count(None)
    literals = [part for part in parts if part is not None]
    if not places or (zeros < 2 and not "".join(literals).strip()):
        return number
    if "".join(literals).strip().lower() in _UNITS:
        return number.zfill(zeros)
    return _laid_out(number.zfill(zeros), parts, places)


def followed(number: str, code: str) -> bool:
    """Whether people who look at the sheet see what `shown` gives.

    Decimals, percents, fractions, separators of thousands and units are left out of it: 12 under `0.00` is 12, and the
    sheet shows 12.00. For a quantity that is right; an id is another id to whoever reads the sheet.

    >>> [followed("12", code) for code in ("0", '"P-"000', "@", "#,##0", "0.00", "0%", "# ?/?", '0" ha"')]
    [True, True, True, True, False, False, False, False]
    >>> followed("1234", "#,##0")
    False
    """
    literals = ""
    for literal, escaped, _, special, other in _TOKEN.findall(_first_section(code)):
        if special and special != "@" and (special != "," or len(number) > 3):
            return False
        literals += literal or escaped or other
    return literals.strip().lower() not in _UNITS


def _first_section(code: str) -> str:
    """The format of positive numbers; a semicolon within quotes ends nothing."""
    match = re.match(r'(?:"[^"]*"|\\.|[^;"\\])*', code, re.DOTALL)
    return match.group() if match else code


def _laid_out(digits: str, parts: list[str | None], places: int) -> str:
    """Digits in their places from the right; the first place takes all that are too many."""
    padded = digits.rjust(places)
    extra = len(padded) - places
    result = []
    at = 0
    for part in parts:
        if part is not None:
            result.append(part)
            continue
        size = 1 + (extra if at == 0 else 0)
        result.append(padded[at : at + size])
        at += size
    return "".join(result).strip() if padded[0] != " " else "".join(result).replace(" ", "").strip()


def is_shown_id(number: str, text: str) -> bool:
    """Whether what a cell shows is an id made of its whole number, such as 007 or P-007, and not just the number."""
    digits = re.sub(r"\D", "", text)
    rest = re.sub(r"\d", "", text).strip()
    if not digits or digits.lstrip("0") != number.lstrip("0"):
        return False
    if rest.lower() in _UNITS:
        return False
    return digits != number or any(letter.isalpha() or letter in "-_/#" for letter in rest)
