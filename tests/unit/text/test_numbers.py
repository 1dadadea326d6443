"""Numbers as each language writes them."""

import pytest
from babel.numbers import format_decimal

from eudr_check import text

VALUES = (0.0, -0.0, 1, -3, 5e-7, 1.5e-6, 0.5, 2.5, 1234.5, 999999.9999999, -1234567.891, 1e15, 123456789.123456789)


@pytest.mark.parametrize("language", text.LANGUAGES)
@pytest.mark.parametrize("decimals", [None, 0, 1, 4])
def test_numbers_are_written_as_babel_writes_them(language, decimals):
    """Only faster: halves go to the even digit, and marks are those of the language."""
    pattern = "#,##0.######" if decimals is None else "#,##0" + "." * bool(decimals) + "0" * decimals

    assert [text.number(value, language, decimals) for value in VALUES] == [
        format_decimal(value, format=pattern, locale=language) for value in VALUES
    ]
