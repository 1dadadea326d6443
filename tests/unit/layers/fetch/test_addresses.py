"""An address means one place to everybody who reads it, and shows no secret wherever it hides one."""

import pytest

from eudr_check.errors import FetchError
from eudr_check.layers.catalog.stac_items import read_item
from eudr_check.layers.fetch.addresses import place
from eudr_check.layers.fetch.credentials import Access, kept_back, unsigned

TRICKS = [
    "https://evil.example\\@download.example/x.tif",
    "https://evil.example\\.download.example/x.tif",
    "https://evil.example:80\\@download.example/x.tif",
    "https://download.example\t.evil.example/x.tif",
    "https://download.example @evil.example/x.tif",
    "https://download.example\n/x.tif",
]


@pytest.mark.parametrize("address", TRICKS)
def test_an_address_two_readers_read_differently_is_no_address(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A token of one host must not go to another because a backslash or blank ends the host for one reader only."""
    monkeypatch.setenv("T_ENV", "T")
    access = Access(token_env="T_ENV", token_hosts=("download.example",))
    content = {
        "type": "Feature",
        "stac_version": "1.0.0",
        "id": "a",
        "geometry": None,
        "properties": {"datetime": "2020-01-01T00:00:00Z"},
        "links": [],
        "assets": {"map": {"href": address}},
    }

    assert place(address) == ""
    with pytest.raises(FetchError, match="malformed address"):
        access.headers(address)
    assert read_item(content, "x").assets == {}


@pytest.mark.parametrize("address", ["https://download.example/a b.tif", "https://download.example/a%5Cb.tif?x=1 2"])
def test_blanks_in_a_path_are_no_trick(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the host must be beyond doubt."""
    monkeypatch.setenv("T_ENV", "T")

    assert place(address) == "download.example:443"
    assert Access(token_env="T_ENV", token_hosts=("download.example",)).headers(address)


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://h/a.tif;jsessionid=SECRET", "https://h/a.tif;jsessionid="),
        ("https://h/token=SECRET/a.tif", "https://h/token=/a.tif"),
        ("https://h/a;api_key=SECRET;v=1/b.tif", "https://h/a;api_key=;v=1/b.tif"),
        ("https://h/x?file=https://u:SECRET@i/y.tif", "https://h/x?file=https%3A%2F%2Fi%2Fy.tif"),
        ("https://h/x?path=https%3A%2F%2Fi%2Fy.tif%3Ftoken%3DSECRET", "https://h/x?path=https%3A%2F%2Fi%2Fy.tif"),
        ("https://h/x.tif#token=SECRET", "https://h/x.tif"),
        ("https://SECRET@h/x.tif", "https://h/x.tif"),
        ("https://h/x?a=1;token=SECRET", None),
        ("https://h/x?TOKEN=SECRET", "https://h/x"),
        ("https://h/x?to%6ben=SECRET", "https://h/x"),
        ("https://h/x?X%2DAmz%2DSignature=SECRET", "https://h/x"),
        ("https://h/country_code=PE/year=2020/x.tif", "https://h/country_code=PE/year=2020/x.tif"),
    ],
)  # fmt: skip
def test_secrets_hide_nowhere_in_an_address(address: str, shown: str | None) -> None:
    """Path, matrix parameters, nested addresses, fragments, odd spelling: the secret does not stand in SOURCES."""
    assert "SECRET" not in unsigned(address)
    assert shown is None or unsigned(address) == shown


@pytest.mark.parametrize(
    "address", ["https://h/a.tif;secret={}", "https://h/k/api_key={}/a.tif", "https://h/x?file=http://i/y?key={}"]
)
def test_files_that_differ_in_what_is_hidden_are_told_apart(address: str) -> None:
    """On this machine two secrets in a path are two files, though both are shown alike."""
    one, other = address.format("A"), address.format("B")

    assert unsigned(one) == unsigned(other)
    assert kept_back(one) != kept_back(other)
