"""Requests go where the user meant them to go, and nothing secret goes along further than that."""

import gzip
import hashlib
import json
import random
import socket
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio

from eudr_check import layers
from eudr_check.config import Catalogue
from eudr_check.errors import FetchError
from eudr_check.layers.fetch import http as fetch
from eudr_check.layers.fetch import session as session_module
from eudr_check.layers.fetch.addresses import is_inside, place
from eudr_check.layers.fetch.block_store import Store
from eudr_check.layers.fetch.credentials import Access, kept_back, unsigned
from eudr_check.layers.fetch.http import Delivered, Wanted
from eudr_check.layers.fetch.retries import FetchFailure
from eudr_check.layers.fetch.session import GuardedSession, require_outside
from tests.helpers.answers import Reply, ranged, stage
from tests.helpers.rasters import STATE, TILE, Toy, write_raster
from tests.tools.fault_campaign import IMPATIENT

BOX = np.array([[0.0, 0.06, 0.04, 0.1]])


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """No long waiting in tests."""
    monkeypatch.setattr(fetch, "PATIENCE", IMPATIENT)


def raster(folder: Path, value: int = 1) -> bytes:
    """A small GeoTIFF."""
    values = np.full((64, 64), value)
    path = write_raster(folder / "source.tif", values, cell=0.001, tiled=True, blockxsize=32, blockysize=32)
    return path.read_bytes()


def bring(store: Path, address: str, **access: Any) -> Delivered | FetchFailure:
    """Fetch one asset."""
    wanted = Wanted(unsigned(address), address, BOX, Access(**access))
    return fetch.bring([wanted], Store(store))[wanted.href]


@pytest.mark.parametrize(
    "ip",
    [
        "127.0.0.1", "127.9.9.9", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1",
        "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1%eth0", "fd00::1", "fec0::1", "::ffff:127.0.0.1",
        "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "::127.0.0.1", "ff02::1",
    ],
)  # fmt: skip
def test_addresses_of_this_network_are_known(ip: str) -> None:
    """Loopback, private, link-local, metadata services, reserved, and all of them wrapped in IPv6."""
    assert is_inside(ip)
    assert not any(map(is_inside, ("8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8")))


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1/x", "http://localhost:9/x", "http://LOCALHOST./x", "http://2130706433/x", "http://0x7f.1/x",
        "http://127.1/x", "http://[::1]/x", "http://[::ffff:127.0.0.1]:80/x", "http://169.254.169.254/latest/meta-data",
        "http://user:pass@10.0.0.1/x", "http://0/x", "http://[fe80::1%25eth0]/x",
    ],
)  # fmt: skip
def test_targets_inside_are_refused_however_they_are_written(address: str) -> None:
    """Names, decimal and short forms, IPv6, link-local: none is asked, and the message shows no password."""
    with pytest.raises(FetchError, match="inside this network") as caught:
        require_outside(address, frozenset())
    assert "pass" not in str(caught.value)
    require_outside(address, frozenset({place(address)}))


def test_a_name_that_resolves_to_an_inner_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where it resolves to something else by the time of the connection: then before a byte is sent."""
    with stage() as inner:
        port = int(inner.url.rpartition(":")[2])
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [(2, 1, 6, "", ("127.0.0.1", port))])
        with pytest.raises(FetchError, match="inside this network"):
            GuardedSession(frozenset()).get(f"http://rebound.example:{port}/x", timeout=5)
        monkeypatch.setattr(session_module, "_resolved", lambda host: ["8.8.8.8"])
        with pytest.raises(FetchError, match="inside this network"):
            GuardedSession(frozenset()).get(f"http://rebound.example:{port}/x", timeout=5)

        assert inner.seen == []


@pytest.mark.parametrize("how", ["asset", "redirect", "chain"])
def test_an_asset_does_not_reach_another_service(tmp_path: Path, how: str) -> None:
    """By its address, by a redirect, by a chain of redirects: the service is not asked, nothing of it is kept."""
    secret = b"root:x:0:0:inner service"
    with stage(lambda *_: (200, {}, secret)) as inner, stage() as outer:
        hops = {"asset": inner.url, "redirect": f"{outer.url}/go", "chain": f"{outer.url}/first"}

        def answer(path: str, _: dict[str, str]) -> Reply:
            return 302, {"Location": "/go" if path == "/first" else f"{inner.url}/x"}, b""

        outer.answer = answer
        result = bring(tmp_path, hops[how], home=frozenset({place(outer.url)}))

        assert isinstance(result, FetchFailure)
        assert "inside this network" in result.reason
        assert inner.seen == []
    assert not any(secret[:4] in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())


@pytest.mark.parametrize("how", ["search link", "next link", "redirect", "file", "next file"])
def test_a_search_does_not_reach_another_service(how: str, tmp_path: Path) -> None:
    """Search links, paging links with headers of their own, redirects and paths of this machine are not followed."""
    (tmp_path / "secret.json").write_text('{"type": "FeatureCollection", "features": [], "secret": 1}')
    with stage(lambda *_: (200, {}, b"{}")) as inner, stage() as outer:
        targets = {"search link": f"{inner.url}/s", "file": f"file://{tmp_path}/secret.json"}

        def answer(path: str, _: dict[str, str]) -> Reply:
            kind = {"Content-Type": "application/json"}
            if path.startswith("/search"):
                if how == "redirect":
                    return 307, {"Location": f"{inner.url}/r"}, b""
                there = f"{inner.url}/n" if how == "next link" else str(tmp_path / "secret.json")
                link = {"rel": "next", "href": there, "headers": {"X-Evil": "1"}}
                page = {"type": "FeatureCollection", "features": [{"id": "a"}], "links": [link]}
                return 200, kind, json.dumps(page).encode()
            if path.startswith("/collections"):
                extent = {"spatial": {"bbox": [[0, 0, 1, 1]]}, "temporal": {"interval": [[None, None]]}}
                about = {"type": "Collection", "id": "c", "stac_version": "1.0.0", "description": "c", "links": []}
                return 200, kind, json.dumps(about | {"license": "x", "extent": extent}).encode()
            links = [
                {
                    "rel": "search",
                    "href": targets.get(how, f"{outer.url}/search"),
                    "type": "application/geo+json",
                    "method": "POST",
                },
                {"rel": "data", "href": f"{outer.url}/collections"},
                {"rel": "self", "href": f"{outer.url}/"},
            ]
            conforms = ["https://api.stacspec.org/v1.0.0/core", "https://api.stacspec.org/v1.0.0/item-search",
                        "https://api.stacspec.org/v1.0.0/collections"]  # fmt: skip
            root = {"type": "Catalog", "id": "r", "stac_version": "1.0.0", "description": "r", "links": links}
            return 200, kind, json.dumps(root | {"conformsTo": conforms}).encode()

        outer.answer = answer
        (result,) = fetch.search(f"{outer.url}/", "c", [(0, 0, 1, 1)])

        assert isinstance(result, FetchFailure)
        assert inner.seen == []
        assert any(path.startswith(("/search", "/collections")) for path, _ in outer.seen)


def test_secrets_do_not_follow_a_redirect(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the header is called, a change of host or port leaves it behind; cookies are never kept."""
    secret = {"Authorization": "Bearer T", "x-api-key": "T", "Cookie": "T=1", "X-Odd": "T"}
    with stage() as other, stage() as first:

        def answer(path: str, _: dict[str, str]) -> Reply:
            target = "/there" if path == "/here" else f"{other.url}/x"
            return (302, {"Location": target, "Set-Cookie": "C=T"}, b"") if path != "/end" else (200, {}, b"")

        first.answer = answer
        home = frozenset({place(first.url), place(other.url)})
        with GuardedSession(home) as session:
            session.get(f"{first.url}/here", headers=secret | {"Range": "bytes=0-1"}, timeout=5)

        assert [headers.get("x-api-key") for _, headers in first.seen] == ["T", "T"]
        assert "T" not in other.seen[0][1].values()
        assert not {"authorization", "x-api-key", "cookie", "x-odd"} & other.seen[0][1].keys()
        assert other.seen[0][1]["range"] == "bytes=0-1"


def test_tokens_never_go_out_in_clear(monkeypatch: pytest.MonkeyPatch) -> None:
    """Over http a token is refused with the remedy, unless the server is on this machine."""
    monkeypatch.setenv("T_ENV", "T")
    access = Access(token_env="T_ENV", token_hosts=("h.example", "127.0.0.1"), token_header="x-api-key")

    assert access.headers("https://h.example/a") == {"x-api-key": "T"}
    assert access.headers("http://127.0.0.1:8000/a") == {"x-api-key": "T"}
    with pytest.raises(FetchError, match="not sent over http"):
        access.headers("http://h.example/a")


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Range": "bytes 0-1023/90000000000000"},
        {"Content-Range": "bytes 0-1023/*"},
        {"Content-Range": "bytes ²-³/⁴".encode().decode("latin-1")},
        {"Content-Range": "bytes -5-1023/9999999999999999999999"},
        {"Content-Range": "nonsense"},
        {"Content-Encoding": "gzip"},
        {"Content-Encoding": "br"},
    ],
)
@pytest.mark.parametrize("status", [200, 206])
def test_lies_about_an_answer_are_refusals(tmp_path: Path, headers: dict[str, str], status: int) -> None:
    """Impossible sizes, nonsense ranges, compression nobody asked for: a refusal by name, not the end of the run."""
    content = gzip.compress(bytes(1 << 20))
    with stage(lambda *_: (status, {"ETag": '"a"', **headers}, content)) as server:
        result = bring(tmp_path, f"{server.url}/a.tif", home=frozenset({place(server.url)}))

    assert isinstance(result, FetchFailure)
    assert result.reason
    assert sum(path.stat().st_size for path in tmp_path.rglob("*.tif")) == 0


@pytest.mark.parametrize("length", ["abc", "90000000000000", "-5", "²".encode().decode("latin-1"), "1e9"])
def test_lengths_that_are_none_are_refusals(tmp_path: Path, length: str) -> None:
    """A Content-Length that is no number, or more than any disk holds."""
    with stage(lambda *_: (200, {"ETag": '"a"', "Content-Length": length}, b"II*\0")) as server:
        result = bring(tmp_path, f"{server.url}/a.tif", home=frozenset({place(server.url)}))

    assert isinstance(result, FetchFailure)


def test_json_answers_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A small answer that unpacks to gigabytes is given up at a stated size."""
    monkeypatch.setattr(session_module, "MOST_JSON_BYTES", 1_000_000)
    bomb = gzip.compress(bytes(50_000_000))
    with stage(lambda *_: (200, {"Content-Encoding": "gzip"}, bomb)) as server:
        (result,) = fetch.search(f"{server.url}/", "c", [(0, 0, 1, 1)])

    assert isinstance(result, FetchFailure)
    assert "no end" in result.reason


@pytest.mark.parametrize("dated", [True, False])
def test_a_file_replaced_without_etag_is_never_mixed(tmp_path: Path, dated: bool) -> None:
    """Without ETag and date the file comes in one answer and is known by its SHA-256; with a date, by that."""
    contents = [raster(tmp_path, 0), raster(tmp_path, 1)]
    asked: list[str] = []

    def answer(path: str, headers: dict[str, str]) -> Reply:
        asked.append(path)
        which = min(len(asked) - 1, 1)
        extra = {"Last-Modified": f"Sat, 28 Nov 2026 12:00:0{which} GMT"} if dated else {}
        return ranged(contents[which], headers, **extra)

    with stage(answer) as server:
        result = bring(tmp_path / "store", f"{server.url}/a.tif", home=frozenset({place(server.url)}))

    assert isinstance(result, Delivered)
    assert result.etag.startswith("Sat, 28 Nov 2026 12:00:01" if dated else "sha256:")
    with rasterio.open(result.path) as dataset:
        assert (dataset.read(1) == 1).all()


@pytest.mark.parametrize("damage", ["empty", "header", "block", "zeros", "gone"])
@pytest.mark.parametrize("whole", [True, False])
def test_damage_in_the_store_is_noticed(tmp_path: Path, damage: str, whole: bool) -> None:
    """A file of the store that lost its bytes is brought again, and offline it counts as not there."""
    content = raster(tmp_path)
    with stage(lambda _, headers: ranged(content, {} if whole else headers, ETag='"a"')) as server:
        address, home = f"{server.url}/a.tif", frozenset({place(server.url)})
        first = bring(tmp_path / "s", address, home=home)
        assert isinstance(first, Delivered)
        good = first.path.read_bytes()
        stored = bytearray(good)
        if damage == "header":
            stored[12] ^= 1
        elif damage == "block":
            stored[-1] ^= 1
        elif damage == "zeros":
            stored[:] = bytes(len(stored))
        first.path.write_bytes(b"" if damage == "empty" else stored)
        if damage == "gone":
            first.path.unlink()
        wanted = Wanted(address, address, BOX, Access(home=home))
        offline = fetch.bring([wanted], Store(tmp_path / "s"), offline=True)[address]
        again = bring(tmp_path / "s", address, home=home)

    assert isinstance(offline, FetchFailure)
    assert isinstance(again, Delivered)
    assert again.path.read_bytes() == good


@pytest.mark.parametrize("seed", range(4))
def test_any_damage_to_any_file_of_the_store_is_noticed(tmp_path: Path, seed: int) -> None:
    """Bytes turned, cut off, added, or of another place: offline the cells are the true ones, or there are none."""
    chance = random.Random(seed)
    values = np.arange(64 * 64, dtype="uint16").reshape(64, 64)
    source = write_raster(tmp_path / "a.tif", values, dtype="uint16", tiled=True, blockxsize=16, blockysize=16)
    with stage(lambda _, headers: ranged(source.read_bytes(), headers if seed % 2 else {}, ETag='"a"')) as server:
        address = f"{server.url}/a.tif"
        assert isinstance(bring(tmp_path / "s", address, home=frozenset({place(server.url)})), Delivered)
    files = sorted(path for path in (tmp_path / "s").rglob("*") if path.is_file())
    kinds: set[bool] = set()
    for _ in range(40):
        victim = chance.choice(files)
        good = victim.read_bytes()
        victim.write_bytes(damaged(chance, good))
        wanted = Wanted(address, address, BOX, Access())
        found = fetch.bring([wanted], Store(tmp_path / "s"), offline=True)[address]
        kinds.add(isinstance(found, Delivered))
        if isinstance(found, Delivered):
            with rasterio.open(found.path) as dataset:
                assert (dataset.read(1)[:4, :4] == values[:4, :4]).all()
        victim.write_bytes(good)

    assert False in kinds


def damaged(chance: random.Random, content: bytes) -> bytes:
    """Other bytes than these."""
    at, how = chance.randrange(len(content)), chance.choice(["turn", "cut", "add", "move", "zeros"])
    if how == "turn":
        return content[:at] + bytes([content[at] ^ (1 << chance.randrange(8))]) + content[at + 1 :]
    if how == "cut":
        return content[:at]
    if how == "add":
        return content + content[:at]
    return content[at:] + content[:at] if how == "move" else bytes(len(content))


@pytest.mark.parametrize(
    "name",
    ["key", "api-key", "access-token", "auth", "jwt", "password", "secret", "code", "hmac", "sas", "credential",
     "hdnea", "X-Amz-Credential", "sig", "apiKey", "client_secret", "SessionID", "x-goog-signature"],
)  # fmt: skip
def test_secrets_of_addresses_are_not_written_down(name: str) -> None:
    """By a list of what may stay: whatever else stands in a query is left out or digested, user names always."""
    assert unsigned(f"https://u:TOPSECRET@h/a.tif?type=tile&{name}=TOPSECRET") == "https://h/a.tif?type=tile"
    assert "TOPSECRET" not in unsigned("https://h/a.tif?unheard_of=TOPSECRET#TOPSECRET")
    assert unsigned("https://h/a.tif?scene=1") != unsigned("https://h/a.tif?scene=2")
    assert kept_back("https://h/a?key=1") != kept_back("https://h/a?key=2")
    assert kept_back("https://h/a?sig=1&X-Amz-Date=1") == kept_back("https://h/a?sig=2&X-Amz-Date=3")


def test_secrets_of_a_catalogue_reach_no_table_and_no_message(tmp_path: Path) -> None:
    """A server that is down is named without user name, password and key."""
    toy = Toy(tmp_path, "{map: {legend: '0..1'}}", f"{{forest: {{{STATE}, when: {{map: 1}}}}}}")
    there = Catalogue(url="http://user:TOPSECRET@127.0.0.1:9/stac?key=TOPSECRET")
    sources = layers.prefetch({TILE: TILE.bounds}, [toy.choice], {"local": there}, toy.store)
    offline = layers.prefetch({TILE: TILE.bounds}, [toy.choice], {"local": there}, toy.store, offline=True)

    assert (sources["status"] == "failed").all()
    assert "TOPSECRET" not in sources.to_json() + offline.to_json()
    assert "127.0.0.1:9/stac" in sources["reason"].iloc[0]


@pytest.mark.parametrize("status", [302, 307])
def test_a_key_stays_at_its_service_when_that_leads_to_a_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    """A service with a key leads to a presigned address: ranges are read there, and the key is not shown there."""
    monkeypatch.setenv("SERVICE_KEY", "K")
    content = raster(tmp_path)
    with stage(lambda _, headers: ranged(content, headers, ETag='"a"')) as bucket, stage() as service:
        service.answer = lambda _, headers: (
            (status, {"Location": f"{bucket.url}/a.tif?X-Amz-Signature=S"}, b"")
            if headers.get("x-api-key") == "K"
            else (403, {}, b"")
        )
        home = frozenset({place(service.url), place(bucket.url)})
        key = {"token_env": "SERVICE_KEY", "token_hosts": ("127.0.0.1",), "token_header": "x-api-key"}
        result = bring(tmp_path / "store", f"{service.url}/a.tif", home=home, **key)

    assert isinstance(result, Delivered)
    assert all("range" in headers and "x-api-key" not in headers for _, headers in bucket.seen)
    kept = [path.read_text() for path in (tmp_path / "store" / "addresses").rglob("*.json")]
    assert kept
    assert "X-Amz-Signature" not in "".join(kept)


def test_whole_files_without_etag_are_known_by_their_hash(tmp_path: Path) -> None:
    """A server that sends neither ranges nor ETag nor date: another content is another tag, so a change is seen."""
    tags = []
    for value in (1, 2):
        content = raster(tmp_path, value)
        with stage(lambda *_, content=content: (200, {}, content)) as server:
            home = frozenset({place(server.url)})
            result = bring(tmp_path / f"store-{value}", f"{server.url}/a.tif", home=home, ranges=False)
        assert isinstance(result, Delivered)
        tags.append(result.etag)

    assert tags == [f"sha256:{hashlib.sha256(raster(tmp_path, value)).hexdigest()}" for value in (1, 2)]
