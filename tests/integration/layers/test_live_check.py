"""The live check, run against servers of our own: it agrees with what is right and names what is not."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from eudr_check.layers.definition import LayerDefinition
from eudr_check.layers.live_check import WINDOW, cell_size, live_check
from eudr_check.layers.places import Place, TileScheme
from tests.helpers.answers import Reply, ranged, stage
from tests.helpers.programs import published, rustac
from tests.helpers.rasters import STATE, Toy, write_raster
from tests.helpers.servers import Server


@pytest.fixture
def toy(tmp_path: Path) -> Toy:
    """One COG over the test window."""
    made = Toy(tmp_path, "{map: {legend: '0..1'}}", f"{{forest: {{{STATE}, when: {{map: 1}}}}}}")
    text = made.file.read_text().replace("resolution: coarse", "resolution: 1/1000 degree")
    made.file.write_text(text)
    made.add(write_raster(tmp_path / "a.tif", np.ones((100, 100)), cell=0.001, west=-76.15, north=-6.0))
    return made


def at(layer: LayerDefinition, **place: object) -> LayerDefinition:
    """The definition with one place only."""
    return layer.model_copy(update={"found": (Place.model_validate(place),)})


def test_agreement_and_disagreement(toy: Toy, tmp_path: Path) -> None:
    """As defined: agrees. Wrong legend, CRS, cell size, collection or year: each is named."""
    with Server(tmp_path) as server:
        content = published(tmp_path / "catalogue", tmp_path, server.url)
        with rustac(tmp_path / "rustac", content) as server.upstream:
            endpoint = {"endpoint": f"{server.url}/stac", "collection": "toy-1"}
            good = at(toy.definition, **endpoint)
            (row,) = live_check([good]).to_dict("records")
            assert row["agrees"]
            assert row["found"] == "as defined"

            asset = good.assets["map"]
            empty = type(asset.legend).parse("7..9")
            cases = {
                "values outside the legend: 1": good.model_copy(
                    update={"assets": {"map": asset.model_copy(update={"legend": empty})}}
                ),
                "CRS is EPSG:4326, not UTM": good.model_copy(update={"crs": "UTM"}),
                "cells are 0.001 wide, not 1/4000 degree": good.model_copy(update={"resolution": "1/4000 degree"}),
                "no collection 'other'": at(toy.definition, endpoint=f"{server.url}/stac", collection="other"),
                "no Item of this version and year": at(toy.definition, **endpoint, start_year=2019),
                "no such file": at(
                    toy.definition, tiles=TileScheme(naming="jrc", url=f"{server.url}/cog/{{tile}}.tif").model_dump()
                ),
            }
            for message, definition in cases.items():
                (row,) = live_check([definition]).to_dict("records")
                assert not row["agrees"]
                assert message in row["found"]


def _presigned(content: bytes) -> Callable[[str, dict[str, str]], Reply]:
    """First the service, which wants a key, then the signed address it leads to."""

    def answer(path: str, headers: dict[str, str]) -> Reply:
        if path.startswith("/signed"):
            return ranged(content, headers, ETag='"a"')
        if headers.get("x-api-key") != "K":
            return 401, {}, b""
        return 307, {"Location": "/signed?X-Amz-Signature=S"}, b""

    return answer


@pytest.mark.parametrize(
    ("kind", "key", "found"),
    [
        ("presigned", "K", "as defined"),
        ("presigned", "wrong", "the server refuses access (HTTP 401)"),
        ("no ranges", "K", "the server sends whole files only"),
        ("no etag", "K", "neither ETag nor Last-Modified"),
        ("moved", "K", "no such file"),
        ("legend", "K", "values outside the legend: 2"),
    ],
)
def test_what_servers_do_otherwise_is_named(
    toy: Toy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, key: str, found: str
) -> None:
    """A redirect to a presigned address is as defined; no access, ranges, ETag, tile or legend is named."""
    monkeypatch.setenv("TOY_KEY", key)
    value = 2 if kind == "legend" else 1
    cells = np.full((100, 100), value)
    content = write_raster(tmp_path / "b.tif", cells, cell=0.001, west=-76.15, north=-6.0).read_bytes()
    answers: dict[str, Callable[[str, dict[str, str]], Reply]] = {
        "presigned": _presigned(content),
        "no ranges": lambda _, headers: (200, {"ETag": '"a"'}, content),
        "no etag": lambda _, headers: ranged(content, headers),
        "moved": lambda *_: (404, {}, b""),
        "legend": lambda _, headers: ranged(content, headers, ETag='"a"'),
    }
    with stage(answers[kind]) as server:
        scheme = TileScheme(naming="jrc", url=f"{server.url}/{{tile}}.tif").model_dump()
        there = {"tiles": scheme, "token_env": "TOY_KEY", "token_hosts": ["127.0.0.1"], "token_header": "x-api-key"}
        (row,) = live_check([at(toy.definition, **there)]).to_dict("records")

    assert found in row["found"]
    assert row["agrees"] == (found == "as defined")
    assert row["verified"] == "never"


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("1/12000 degree", 1 / 12000),
        ("10 m", 10),
        ("about 0.0002695 degree, its own grid", 0.0002695),
        ("coarse", None),
    ],
)
def test_cell_size_from_words(text: str, size: float | None) -> None:
    """The words of the definitions carry the figure."""
    assert cell_size(text) == size


def test_window_is_small() -> None:
    """About 220 m on a side."""
    assert WINDOW[2] - WINDOW[0] == pytest.approx(0.002)
