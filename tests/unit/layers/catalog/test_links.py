"""Damaged and hostile STAC folders end in one clear line, never in a traceback or without end."""

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from eudr_check import layers
from eudr_check.cli.commands import app
from eudr_check.errors import LayersError
from eudr_check.layers.catalog.footprint import frame
from eudr_check.layers.catalog.links import items
from eudr_check.layers.catalog.stac_items import read_item
from tests.helpers.rasters import STATE, Toy, write_raster

CATALOG = {"type": "Catalog", "stac_version": "1.0.0", "id": "x", "description": "x"}


def item(**changes: Any) -> dict[str, Any]:
    """A small Item."""
    return {
        "type": "Feature",
        "stac_version": "1.0.0",
        "id": "a",
        "geometry": None,
        "properties": {"datetime": "2020-01-01T00:00:00Z"},
        "links": [],
        "assets": {"map": {"href": "a.tif"}},
        **changes,
    }


def write(folder: Path, **files: Any) -> Path:
    """A folder of JSON files; text is written as it is."""
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        text = content if isinstance(content, str) else json.dumps(content)
        (folder / f"{name}.json").write_text(text, encoding="utf-8")
    return folder


def child(*hrefs: Any) -> dict[str, Any]:
    """A catalogue with links."""
    return CATALOG | {"links": [{"rel": "child", "href": href} for href in hrefs]}


@pytest.mark.parametrize("fault", ["loop", "no-href"])
def test_folders_of_the_shared_faults(shared_data: Path, tmp_path: Path, fault: str) -> None:
    """A link to itself and a link without address: exit 1 and one line that names the file."""
    source = shared_data / "faults" / "45-stac-folder-faults" / f"{fault}.json"
    (tmp_path / "catalog.json").write_bytes(source.read_bytes())

    with pytest.raises(LayersError, match=r"catalog\.json: "):
        list(items(tmp_path))
    assert CliRunner().invoke(app, ["catalogue", "list", str(tmp_path)]).exit_code == 1


@pytest.mark.parametrize(
    "catalog",
    [
        [],
        [CATALOG],
        "text",
        "{",
        "[" * 100_000,
        CATALOG | {"links": ["x"]},
        CATALOG | {"links": [{"rel": "item"}]},
        child(7),
        child(None),
        child(""),
        child("http://[::1"),
        child("../outside\u0000.json"),
        child("."),
        child("missing.json"),
        child("catalog.json"),
        child("./x/../catalog.json"),
        child("b.json"),
        child("number.json"),
        child("no-id.json"),
        child("no-assets.json"),
        child("bad-bbox.json"),
        child("bad-date.json"),
        child("deep.json"),
    ],
)
def test_damaged_catalogues_are_refused_by_name(tmp_path: Path, catalog: Any) -> None:
    """Each is one LayersError that names a file and quotes nothing of it."""
    folder = write(tmp_path / "f", catalog=catalog, b=child("c.json"), c=child("b.json"), number=7)
    write(
        folder,
        **{
            "no-id": item(id=None),
            "no-assets": item(assets=[]),
            "bad-bbox": item(bbox=[1, "a", None, 2]),
            "bad-date": item(properties={"datetime": None, "start_datetime": "yesterday", "end_datetime": 7}),
            "deep": json.dumps(item())[:-1] + ', "x": ' + "[" * 60_000 + "]" * 60_000 + "}",
        },
    )
    (folder / "x").mkdir()

    with pytest.raises(LayersError, match=r"\.json: |\.: |f: |outside"):
        list(items(folder))


def test_long_chains_end(tmp_path: Path) -> None:
    """A chain of a thousand catalogues is refused instead of followed."""
    folder = write(tmp_path / "f", **{f"c{n}": child(f"c{n + 1}.json") for n in range(1000)}, catalog=child("c0.json"))

    with pytest.raises(LayersError, match="nested without end"):
        list(items(folder))


def test_one_item_under_two_parents_counts_once(tmp_path: Path) -> None:
    """Two catalogues may list one file; two files of one id with different content are refused when chosen."""
    folder = write(
        tmp_path / "f", catalog=child("a.json", "b.json"), a=child("item.json"), b=child("./item.json"), item=item()
    )

    assert [found.id for found, _ in items(folder)] == ["a"]


def test_a_link_to_a_secret_file_quotes_nothing(tmp_path: Path) -> None:
    """A catalogue may name any file of the machine; what stands in it does not get into the message."""
    (tmp_path / "passwd").write_text("root:x:0:0\n")
    folder = write(tmp_path / "f", catalog=child("../passwd"))

    with pytest.raises(LayersError) as caught:
        list(items(folder))
    assert "root" not in str(caught.value).replace("pytest-of-root", "")


@pytest.mark.parametrize("how", ["relative", "absolute", "symlink", "symlinked folder", "item", "of a child"])
def test_the_json_of_a_catalogue_lies_in_its_folder(tmp_path: Path, how: str) -> None:
    """Outside, it could change unseen, and a foreign folder could make this machine open any file of it."""
    outside = write(tmp_path / "outside", item=item(), collection=child("item.json"))
    folder = write(tmp_path / "f", catalog={}, inner=child("../outside/item.json"))
    (folder / "linked.json").symlink_to(outside / "item.json")
    (folder / "elsewhere").symlink_to(outside, target_is_directory=True)
    hrefs = {
        "relative": "../outside/collection.json",
        "absolute": str(outside / "item.json"),
        "symlink": "linked.json",
        "symlinked folder": "elsewhere/item.json",
        "item": "x/../../outside/item.json",
        "of a child": "inner.json",
    }
    link = {"rel": "item" if how == "item" else "child", "href": hrefs[how]}
    write(folder, catalog=CATALOG | {"links": [link]})

    with pytest.raises(LayersError, match=r"\.json: a link leads out of the folder"):
        list(items(folder))


def test_a_catalogue_may_lie_behind_a_link_and_its_rasters_anywhere(tmp_path: Path) -> None:
    """`catalogue add` itself writes addresses of rasters that lie outside; the folder as a whole may be linked to."""
    toy = Toy(tmp_path, "{map: {legend: '0..1'}}", f"{{forest: {{{STATE}, when: {{map: 1}}}}}}")
    raster = write_raster(tmp_path / "disk" / "a.tif", [[1]])
    toy.add(raster)
    (tmp_path / "catalogue").rename(tmp_path / "real")
    (tmp_path / "catalogue").symlink_to(tmp_path / "real", target_is_directory=True)

    assert "read" in set(toy.sources()["status"])
    path = tmp_path / "real" / "toy-1" / "a.json"
    path.write_text(path.read_text().replace("../../disk/a.tif", str(raster)))
    assert toy.sources()["href"].dropna().tolist() == ["local/toy-1/a/a.tif"]
    linked = tmp_path / "real" / "toy-1" / "linked.tif"
    linked.symlink_to(raster)
    path.write_text(path.read_text().replace(str(raster), "linked.tif"))
    assert (toy.cube()["toy.forest"].values == 1).any()


@pytest.mark.parametrize("target", ["/etc/passwd", "../../secret.txt", "/dev/zero", "/proc/self/environ", "/", "fifo"])
def test_a_raster_that_is_none_is_not_quoted(tmp_path: Path, target: str) -> None:
    """Whatever file of this machine an Item names as its raster: no byte of it and no path in SOURCES, no waiting."""
    toy = Toy(tmp_path, "{map: {legend: '0..1'}}", f"{{forest: {{{STATE}, when: {{map: 1}}}}}}")
    toy.add(write_raster(tmp_path / "a.tif", [[1]]))
    (tmp_path / "secret.txt").write_text("SECRET content")
    os.mkfifo(tmp_path / "catalogue" / "toy-1" / "fifo")
    path = tmp_path / "catalogue" / "toy-1" / "a.json"
    content = json.loads(path.read_text())
    content["assets"]["map"] = {"href": target}
    path.write_text(json.dumps(content))
    sources = toy.sources()
    told = " ".join(sources["reason"].dropna()) + " ".join(sources["href"].dropna())

    assert "read" not in set(sources["status"])
    assert not any(word in told for word in ("SECRET content", "root:", str(tmp_path)))
    assert (toy.cube()["toy.forest"].values == -1).all()


@pytest.mark.parametrize("code", ["EPSG:None", None, 32618, "EPSG:999999", "", ["EPSG:4326"], {"a": 1}])
def test_an_unknown_crs_is_read_by_the_other_fields(code: Any) -> None:
    """`proj:code` that names no CRS counts as missing: `proj:epsg`, else the bbox, says where the Item lies."""
    damaged = read_item(
        item(bbox=[1, 2, 3, 4], properties={"datetime": "2020-01-01T00:00:00Z", "proj:code": code}), "x"
    )
    damaged.assets["map"].extra_fields |= {"proj:transform": [1, 0, 500000, 0, -1, 9], "proj:shape": [5, 5]}

    assert (frame(damaged, "map").crs, frame(damaged, "map").bounds) == ("EPSG:4326", (1, 2, 3, 4))
    damaged.properties["proj:epsg"] = 32618
    assert (frame(damaged, "map").crs, frame(damaged, "map").bounds) == ("EPSG:32618", (500000, 4, 500005, 9))


@pytest.mark.parametrize(
    "fields",
    [
        {"proj:transform": [1, 2], "proj:shape": [1, 1]},
        {"proj:transform": [1, 0, "x", 0, 1, 0], "proj:shape": [1, 1]},
        {"proj:transform": [1, 0, 0, 0, 1, 0], "proj:shape": "1,1"},
        {"proj:transform": 7},
        {"proj:bbox": [1, 2, float("inf"), 4]},
        {"proj:bbox": {}},
    ],
)
def test_damaged_projection_fields_count_as_missing(fields: dict[str, Any]) -> None:
    """Then the bbox of the Item says where it lies."""
    damaged = read_item(item(bbox=[1, 2, 3, 4]), "x")
    damaged.assets["map"].extra_fields |= {"proj:code": "EPSG:4326", **fields}

    assert frame(damaged, "map").bounds == (1, 2, 3, 4)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 99999) | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from([*item(), "bbox", "collection", "stac_extensions"]), JSON)
@settings(max_examples=300, deadline=None)
def test_any_damage_to_an_item_is_a_refusal_or_an_item(key: str, value: Any) -> None:
    """Whatever stands in one of its fields: an Item that can be laid on the map, or a LayersError."""
    try:
        read = read_item(item(**{key: value}), "x")
    except LayersError as error:
        assert str(error).startswith("x: not a STAC Item")
    else:
        assert all(frame(read, name).touches(np.array([[0.0, 0, 1, 1]])).shape == (1,) for name in read.assets)


@pytest.mark.parametrize("href", [7, None, [], "", "http://[::1", "http://h:99999/a.tif", "a\u0000.tif"])
def test_an_asset_without_usable_address_is_named(tmp_path: Path, href: Any) -> None:
    """The Item stays, its asset counts as missing, and SOURCES says which."""
    toy = Toy(tmp_path, "{map: {legend: '0..1'}}", f"{{forest: {{{STATE}, when: {{map: 1}}}}}}")
    toy.add(write_raster(tmp_path / "a.tif", [[1]]))
    path = tmp_path / "catalogue" / "toy-1" / "a.json"
    content = json.loads(path.read_text())
    content["assets"]["map"]["href"] = href
    path.write_text(json.dumps(content))
    sources = toy.sources()

    assert set(sources["status"]) == {"failed", "missing"} or set(sources["status"]) == {"failed"}
    assert (toy.cube()["toy.forest"].values == -1).all()
    assert layers.catalogue.list(tmp_path / "catalogue") == ()


def test_check_compares_the_place_with_the_item(tmp_path: Path) -> None:
    """An Item edited to lie elsewhere, or of another shape or CRS, is reported."""
    toy = Toy(tmp_path, "{map: {legend: '0..1'}}", f"{{forest: {{{STATE}, when: {{map: 1}}}}}}")
    toy.add(write_raster(tmp_path / "a.tif", [[1]]))
    path = tmp_path / "catalogue" / "toy-1" / "a.json"
    content = json.loads(path.read_text())
    assert layers.catalogue.check(tmp_path / "catalogue") == ()
    content["assets"]["map"] |= {
        "proj:transform": [0.01, 0, 1, 0, -0.01, 0.1],
        "proj:shape": [2, 1],
        "proj:code": "EPSG:4674",
    }
    path.write_text(json.dumps(content))
    told = " ".join(layers.catalogue.check(tmp_path / "catalogue"))

    assert all(f"({field})" in told for field in ("proj:transform", "proj:shape", "proj:code"))
