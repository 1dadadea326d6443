"""The fonts of Matplotlib, which draw what the fonts inside Typst lack."""

import subprocess
import sys

import pytest

from eudr_check import text
from eudr_check.package import fonts
from tests.conftest import REPOSITORY


@pytest.mark.parametrize("name", ["DejaVuSans.ttf", "DejaVuSans-Bold.ttf"])
def test_every_sentence_can_be_drawn(name: str) -> None:
    """No letter of any sentence in four languages is shown as a box, in neither weight."""
    topics = [path.stem for path in (REPOSITORY / "eudr_check" / "text").glob("*.yaml")]
    said = "".join(sentence for topic in topics for entry in text.topic(topic).values() for sentence in entry.values())

    assert topics
    assert {letter for letter in said if letter.isprintable() and ord(letter) not in fonts.letters(name)} == set()


@pytest.mark.parametrize("names", ["Ñáñez Güemes Ãõç Œuvre", "Nguyễn Thị Hồng Đắk Lắk", "Kɔfi Ɛsi", "Ŵ Ş ğ ı Ž"])
def test_names_of_producers_can_be_drawn(names: str) -> None:
    """Names of Latin America, Viet Nam, Ghana and Europe are written with their own letters in both weights."""
    assert not {letter for letter in names if ord(letter) not in fonts.letters() & fonts.letters("DejaVuSans-Bold.ttf")}


def test_the_library_that_carries_them_is_not_loaded() -> None:
    """The files are used, not the plotting library: it takes most of a second to import."""
    code = "import sys; from eudr_check.package import fonts; fonts.letters(); print('matplotlib' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "False"
