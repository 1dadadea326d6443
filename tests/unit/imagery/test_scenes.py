"""Items of all catalogues as scenes of one form, joined by tile and sensing time."""

import json
from pathlib import Path

import pystac
import pytest

from eudr_check.imagery.scenes import Scene, UnusableItemError, join, scene


def item(shared_data: Path, name: str) -> pystac.Item:
    """A real Item."""
    content = json.loads((shared_data / "sentinel2" / "items" / f"{name}.json").read_text(encoding="utf-8"))
    return pystac.Item.from_dict(content, migrate=False)


@pytest.mark.parametrize(
    ("name", "tile", "strip", "baseline"),
    [
        ("es1_S2A_32TMT_20200302_0_L2A", "32TMT", "20200302T102554", "02.14"),
        ("es1c1_S2B_T24MVV_20250731T130245_L2A", "24MVV", "20250731T130245", "05.11"),
        ("pc_S2B_MSIL2A_20200705T101559_R065_T32TMT", "32TMT", "20200705T101917", "02.12"),
        ("EXCERPT_es1c1_S2A_T19TDJ_20260823T153829_L2A", "19TDJ", "20260823T153829", "05.12"),
    ],
)
def test_real_items(shared_data: Path, name: str, tile: str, strip: str, baseline: str) -> None:
    """Tile, time and baseline are found whichever catalogue wrote the Item."""
    found = scene(item(shared_data, name), "any", "sentinel-2-l2a")

    assert (found.tile, found.strip, found.baseline) == (tile, strip, baseline)
    assert set(found.assets) >= {"scl", "blue", "green", "red", "nir"}
    assert found.sun_elevation_deg is not None


def test_kept_as_json(shared_data: Path) -> None:
    """A scene comes back from the list kept in the run as it went in."""
    found = scene(item(shared_data, "es1_S2A_33TWN_20220122_0_L2A"), "earth", "sentinel-2-l2a")

    assert Scene.model_validate_json(found.model_dump_json()) == found


def test_copies_of_one_overflight(shared_data: Path) -> None:
    """One scene in two collections, or twice in one, is one overflight; the preferred copy comes first."""
    twice = [scene(item(shared_data, f"es1_S2A_32TMT_20200302_{n}_L2A"), "earth", "sentinel-2-l2a") for n in (0, 1)]
    both = [
        scene(item(shared_data, "es1_S2B_24MVV_20250731_0_L2A"), "earth", "sentinel-2-l2a"),
        scene(item(shared_data, "es1c1_S2B_T24MVV_20250731T130245_L2A"), "earth", "sentinel-2-c1-l2a"),
    ]

    found = join([*twice, *both, *both], [("earth", "sentinel-2-c1-l2a"), ("earth", "sentinel-2-l2a")])

    assert [[copy.item_id for copy in one.copies] for one in found] == [
        ["S2A_32TMT_20200302_1_L2A", "S2A_32TMT_20200302_0_L2A"],
        ["S2B_T24MVV_20250731T130245_L2A", "S2B_24MVV_20250731_0_L2A"],
    ]


def test_other_catalogues_name_the_same_time(shared_data: Path) -> None:
    """Planetary Computer dates a scene by the start of its data take; the data strip still joins it with others."""
    found = scene(item(shared_data, "pc_S2B_MSIL2A_20200705T101559_R065_T32TMT"), "pc", "sentinel-2-l2a")
    other = found.model_copy(
        update={"catalogue": "earth", "sensed": found.sensed.replace(minute=26), "item_id": "S2B_0"}
    )

    assert len(join([found, other], [])) == 1


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda content: content["assets"].pop("scl"), "no SCL as GeoTIFF"),
        (lambda content: content["assets"].pop("nir"), "no B08 as GeoTIFF"),
    ],
    ids=["no SCL", "no near infrared"],
)
def test_missing_assets(shared_data: Path, change: object, expected: str) -> None:
    """An Item that lacks a band is refused by name."""
    content = json.loads(
        (shared_data / "sentinel2/items/es1_S2A_33TWN_20220122_0_L2A.json").read_text(encoding="utf-8")
    )
    change(content)  # type: ignore[operator]

    with pytest.raises(UnusableItemError, match=expected):
        scene(pystac.Item.from_dict(content), "earth", "sentinel-2-l2a")


def test_jpeg_2000(shared_data: Path) -> None:
    """The Copernicus Data Space offers JPEG 2000 only, which cannot be read by blocks: said, not tried."""
    with pytest.raises(UnusableItemError, match="no SCL, B02, B03, B04, B08 as GeoTIFF"):
        scene(item(shared_data, "cdse_S2B_MSIL2A_20200705T101559_N0500_R065_T32TMT"), "cdse", "sentinel-2-l2a")


def test_antimeridian() -> None:
    """A scene whose box spans the globe shows plots of its own zone only."""
    base = {
        "item_id": "x", "catalogue": "c", "collection": "s", "sensed": "2020-06-01T22:00:00Z", "strip": "1",
        "platform": "s2", "baseline": None, "cloud_percent": None, "sun_elevation_deg": None,
        "claim": (0.0, True, False), "assets": {},
    }  # fmt: skip
    fiji = Scene.model_validate({**base, "tile": "60KXF", "bbox": (-180, -18, 180, -16)})
    crossing = Scene.model_validate({**base, "tile": "01KAB", "bbox": (179.2, -18, -179.6, -16)})

    assert [fiji.may_show(x, -17) for x in (179.9, -179.9, 12.0)] == [True, True, False]
    assert [crossing.may_show(x, -17) for x in (179.9, -179.9, 12.0)] == [True, True, False]
