"""Numbers, angles, headers and names of countries as people write them."""

from eudr_check.names import code_of
from eudr_check.plots.read.columns import known_headers, plain
from eudr_check.plots.read.coordinates import angle, written_number
from eudr_check.plots.read.geometry_builder import decimals_of


def test_words_and_figures_as_people_write_them():
    """Each is read in one way, or not at all."""
    assert written_number("1.234.567,8") == "1234567.8"
    assert written_number("1,234,567.8") == "1234567.8"
    assert written_number("-76.097.100") == "-76097100"
    assert written_number("12,500") is None
    assert angle("6º 2,5' S") == ("-6.0416666667", 2)
    assert angle("O 76 5 49,56") == ("-76.0971000000", 5)
    assert angle("76 65 00 W") is None
    assert angle("north") is None
    assert decimals_of(["1e-7", "12.50", "3"]).tolist() == [7, 2, 0]
    assert code_of("República de Atlántida") is None
    assert code_of("COTE D'IVOIRE") == "CI"
    repeated = [header for headers in known_headers().values() for header in headers]
    assert len(repeated) == len(set(repeated))
    assert all(plain(header) == header for header in repeated)
