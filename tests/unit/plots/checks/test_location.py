"""Places: land is not called sea, files swapped as a whole are said, and wrong countries are found under any header."""

import pytest

from tests.helpers.plot_files import codes, loaded, named, written


def test_shared_ring_across_the_antimeridian(shared_data):
    """A ring that leaves the globe is blocked, and its own longitude is named."""
    made, findings = loaded(
        named(shared_data / "faults/26-split-at-the-antimeridian/m2.geojson", producer_country="FJ")
    )
    messages = findings.loc[findings["code"] == "out_of_range", "message"].str.cat()

    assert not made["usable"].any()
    assert "180.000544" in messages


def test_shared_islands_are_land(shared_data):
    """Small islands and claimed land are warned of at most, and no swap is proposed."""
    _, findings = loaded(named(shared_data / "faults/27-land-called-sea/isl.geojson"))

    assert not codes(findings) & {"at_sea", "axes_swapped"}
    assert not (findings["severity"] == "block").any()


def test_shared_file_swapped_as_a_whole(shared_data):
    """Ethiopian coffee with its axes swapped is never taken for Algerian coffee without a word."""
    made, findings = loaded(named(shared_data / "faults/29-whole-file-swapped-no-country/sw_et.geojson"))

    assert codes(findings) & {"axes_swapped", "axes_uncertain"}
    assert "DZ" not in set(made["producer_country"].dropna())


@pytest.mark.parametrize(
    ("header", "wrong", "right"),
    [
        ("country_iso2", "CO", "PE"),
        ("countryCode", "CO", "PE"),
        ("iso3", "COL", "PER"),
        ("country_name", "Colombia", "Perú"),
        ("ISO_A2", "co", "pe"),
        ("País de producción", "Colombie", "Pérou"),
        ("country_iso_a3", "COL", "PER"),
        ("nacion", "Colombia", "Peru"),
    ],
)
def test_wrong_countries_under_any_header(tmp_path, header, wrong, right):
    """143 of 200 rows name another country than the one they lie in; all 143 are blocked and no other."""
    rows = [f"P{n};{-6.041239 - n * 0.003:.6f};-76.101234;{wrong if n < 143 else right}" for n in range(200)]
    _, findings = loaded(written(tmp_path, "a.csv", "\n".join([f"id;lat;lon;{header}", *rows, ""])))

    assert (findings["code"] == "country_wrong").sum() == 143
