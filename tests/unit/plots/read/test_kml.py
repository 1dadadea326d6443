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


@pytest.mark.parametrize(
    ("inside", "plot_id"),
    [
        ("<name><b>Rosa</b></name>", "Rosa"),
        ("<name>Rosa <b>7</b></name>", "Rosa 7"),
        ("<name>P<i>7</i>b</name>", "P7b"),
        ("<name>Rosa<br/>7</name>", "Rosa 7"),
        ("<name>P<!-- old -->7</name>", "P7"),
        ("<ExtendedData><Data name='codigo'><value>P<b>7</b></value></Data></ExtendedData>", "P7"),
        (
            "<ExtendedData><SchemaData><SimpleData name='codigo'>P<i>7</i></SimpleData></SchemaData></ExtendedData>",
            "P7",
        ),
    ],
)
def test_an_id_is_whole_where_elements_stand_in_it(tmp_path, inside, plot_id):
    """Bold type within a name cuts nothing off."""
    made, _ = loaded(written(tmp_path, "a.kml", KML.format(PLACE.format(inside))))

    assert made["plot_id"].tolist() == [plot_id]


@pytest.mark.parametrize("name", ["<b>Rosa</b>", "P&nbsp;7", "Rosa &amp; Ana", "P&#55;", "<a href='x'>7</a>"])
def test_an_id_with_markup_is_told(tmp_path, name):
    """Text that a map program may show without its marks stays as it is, with a warning."""
    made, findings = loaded(written(tmp_path, "a.kml", KML.format(PLACE.format(f"<name><![CDATA[{name}]]></name>"))))
    told = findings[findings["code"] == "id_marked_up"]

    assert made["plot_id"].tolist() == [name]
    assert told["plot"].tolist() == made.index.tolist()


@pytest.mark.parametrize("name", ["P < 7 > 3", "Rosa & Ana", "A&B;", "<7>", "P<7"])
def test_signs_that_mark_nothing_up_are_no_markup(tmp_path, name):
    """Less, more and ampersands are letters like others."""
    _, findings = loaded(written(tmp_path, "a.kml", KML.format(PLACE.format(f"<name><![CDATA[{name}]]></name>"))))

    assert "id_marked_up" not in codes(findings)


@pytest.mark.parametrize(
    "inside",
    [
        "<name>A</name><name>B</name>",
        "<name>A</name><ExtendedData><Data name='name'><value>B</value></Data></ExtendedData>",
    ],
)
def test_a_second_name_is_named_as_unread(tmp_path, inside):
    """The first counts, and the other is not lost."""
    made, findings = loaded(written(tmp_path, "a.kml", KML.format(PLACE.format(inside))))

    assert made["plot_id"].tolist() == ["A"]
    assert findings["message"].str.contains("name (2)", regex=False).any()
