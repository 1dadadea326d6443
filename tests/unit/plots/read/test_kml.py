"""KML: links, deep nesting, endless blanks and attributes at odd places."""

import time

import pytest

from tests.helpers.plot_files import codes, loaded, written

KML = '<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{}</Document></kml>'
PLACE = "<Placemark>{}<Point><coordinates>-76.101234,-6.041234</coordinates></Point></Placemark>"


@pytest.mark.parametrize("href", ["https://example.org/b.kml?key=SECRET", "files/b.kmz", ""])
def test_link_means_the_file_is_partial(tmp_path, href):
    """A NetworkLink is a blocking finding that shows no key; the placemarks beside it are plots."""
    link = f"<Folder><NetworkLink><name>B</name><Link><href>{href}</href></Link></NetworkLink></Folder>"
    made, findings = loaded(written(tmp_path, "a.kml", KML.format(PLACE.format("<name>A</name>") + link)))
    block = findings[findings["code"] == "file_linked"]

    assert made["plot_id"].tolist() == ["A"]
    assert set(block["severity"]) == {"block"}
    assert "SECRET" not in findings.to_json()


def test_deep_nesting_is_read(tmp_path):
    """A point within 3,000 collections is a point."""
    shape = "<MultiGeometry>" * 3000 + "<Point><coordinates>-76.101234,-6.041234</coordinates></Point>"
    shape += "</MultiGeometry>" * 3000
    made, _ = loaded(written(tmp_path, "a.kml", KML.format(f"<Placemark><name>A</name>{shape}</Placemark>")))

    assert made["geometry_kind"].tolist() == ["point"]


def test_blanks_cost_no_square_time(tmp_path):
    """A million blanks between two coordinates are read in seconds of one processor."""
    place = PLACE.replace("-76.101234,", "-76.101234" + " " * 1_000_000 + ",")
    file = written(tmp_path, "a.kml", KML.format(place.format("<name>A</name>")))
    begun = time.process_time()
    made, _ = loaded(file)

    assert made["plot_id"].tolist() == ["A"]
    assert time.process_time() - begun < 30


TABLE = (
    "<![CDATA[<html><table><tr><td colspan=2>lote</td></tr><tr><td>codigo_parcela</td><td>P&amp;7</td></tr></table>]]>"
)


@pytest.mark.parametrize(
    ("inside", "plot_id"),
    [
        (f"<description>{TABLE}</description>", "P&7"),
        ('<ExtendedData xmlns:x="urn:x"><x:codigo_parcela>P7</x:codigo_parcela></ExtendedData>', "P7"),
        ('<ExtendedData><Data name="codigo_parcela"><value>P7</value></Data></ExtendedData>', "P7"),
    ],
)
def test_id_is_found_where_programs_put_it(tmp_path, inside, plot_id):
    """A balloon's table and attributes of one's own name are columns like any other."""
    made, findings = loaded(written(tmp_path, "a.kml", KML.format(PLACE.format(inside))))

    assert made["plot_id"].tolist() == [plot_id]
    assert "id_missing" not in codes(findings)
