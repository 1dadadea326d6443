"""An invented Sentinel-2 catalogue of the sites: small COGs in the true encoding, clouds, and two processing baselines.

The scenes sample the same truth as the maps, on the 10 m cells of the UTM zone; nothing in them shows a real place.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import rasterio
from affine import Affine
from numpy.typing import NDArray
from pyproj import Transformer

from season import noise
from season.ground import Blob, Ground, Sample, Use
from season.noise import Array

COLLECTION = "sentinel-2-l2a"
BANDS = {"blue": "B02", "green": "B03", "red": "B04", "nir": "B08", "swir22": "B12"}
COLOURS = {
    Use.FOREST: (0.024, 0.044, 0.026, 0.32, 0.075), Use.SHADED_COFFEE: (0.030, 0.058, 0.040, 0.36, 0.100),
    Use.OPEN_COFFEE: (0.044, 0.076, 0.062, 0.33, 0.130), Use.PASTURE: (0.056, 0.094, 0.088, 0.29, 0.180),
    Use.CROPS: (0.062, 0.092, 0.104, 0.26, 0.200), Use.FALLOW: (0.038, 0.068, 0.054, 0.31, 0.120),
    Use.BUILT: (0.120, 0.140, 0.160, 0.22, 0.230), Use.WATER: (0.050, 0.052, 0.036, 0.03, 0.010),
    Use.ROAD: (0.100, 0.122, 0.142, 0.20, 0.240),
}  # fmt: skip
"""Reflectance of land uses in `BANDS`."""
BARE, REGROWN = (0.074, 0.104, 0.146, 0.22, 0.300), (0.050, 0.084, 0.070, 0.30, 0.160)
"""Land cleared within a year, and later."""
CLOUD, SHADE = (0.55, 0.54, 0.53, 0.58, 0.45), 0.45
STEPS = (20, 25, 25, 100, 200)
"""Stored numbers of `BANDS` are rounded to these, so that the files stay small."""
CELL = {"swir22": 20.0, "scl": 20.0}
"""Width of a cell in metres, where it is not 10."""
GREENER = (-0.004, -0.003, -0.010, 0.02, -0.02)
"""What rain adds to land that is not forest; `YEARS` lie in the wet months."""


class Day(NamedTuple):
    """One overflight of all sites."""

    date: str
    platform: str
    baseline: str
    cloud: float
    """Share of the ground under cloud, roughly."""
    sun_deg: float

    flat: bool = False
    """Without texture or detail: dates that only the line through the years needs, a tenth of the bytes."""

    @property
    def added(self) -> int:
        """What stored numbers carry since baseline 04.00."""
        return 1000 if self.baseline >= "04" else 0


DAYS = (
    Day("2020-08-14", "sentinel-2a", "02.14", 0.03, 54.1),
    Day("2020-11-22", "sentinel-2b", "02.14", 0.97, 62.8),
    Day("2022-09-03", "sentinel-2b", "04.00", 0.04, 58.3),
    Day("2024-08-19", "sentinel-2a", "05.11", 0.03, 55.0),
    Day("2026-08-24", "sentinel-2c", "05.12", 0.05, 55.9),
)
YEARS = tuple(
    Day(
        f"{year}-{day}",
        "sentinel-2a",
        "02.14" if year < 2022 else "04.00" if year < 2023 else "05.11",
        0.02,
        sun,
        flat=True,
    )
    for year in range(2019, 2027)
    for day, sun in (("02-05", 64.2), ("05-16", 51.7))
    if year % 2 == 0 or sun < 60
)
"""Between the others, outside of their season, for the line through the years."""
CLOUDY_SITE = "san-ignacio"
"""Without `YEARS`: nothing clear is left there before the cut-off."""
OVERCAST = {("san-ignacio", "2020-08-14"): 0.93}
"""Sites where a day had other weather: nothing clear is left there before the cut-off."""


class Ground10m(NamedTuple):
    """The truth of a site on the 10 m cells of its UTM zone, the same on all days."""

    ground: Ground
    sample: Sample
    transform: Affine
    shape: tuple[int, int]
    grain: tuple[Array, ...]
    """Texture of each band, around 0."""

    @classmethod
    def of(cls, ground: Ground) -> "Ground10m":
        """Sample a site."""
        site = ground.pattern.site
        there = Transformer.from_crs("EPSG:4326", site.utm, always_xy=True)
        left, bottom, right, top = (round(edge / 20) * 20 for edge in there.transform_bounds(*site.bounds))
        shape = (top - bottom) // 10, (right - left) // 10
        down, across = np.indices(shape)
        x, y = left + 10 * (across.ravel() + 0.5), top - 10 * (down.ravel() + 0.5)
        sample = ground.at(*there.transform(x, y, direction="INVERSE"))
        texture = [noise.rough(sample.x, sample.y, 90.0, 7 + number, octaves=2) - 0.5 for number in range(2)]
        grain = (texture[0], texture[0], texture[0], texture[1], texture[0])
        return cls(ground, sample, Affine(10.0, 0.0, left, 0.0, -10.0, top), shape, grain)


def write(grounds: Mapping[str, Ground], folder: Path) -> None:
    """Write the STAC folder `folder/pictures` with its COGs."""
    home = folder / "pictures"
    sites = [Ground10m.of(ground) for ground in grounds.values()]
    members = [_scene(site, day, home / COLLECTION) for site in sites for day in _days(site.ground.pattern.site.key)]
    for member in members:
        _write_json(home / COLLECTION / f"{member['id']}.json", member)
    _write_json(home / COLLECTION / "collection.json", _collection(members))
    child = {"rel": "child", "href": f"./{COLLECTION}/collection.json", "type": "application/json"}
    catalog = {
        "type": "Catalog",
        "stac_version": "1.1.0",
        "id": "invented-pictures",
        "description": "Invented Sentinel-2 scenes of the sample season.",
        "links": [{"rel": "root", "href": "./catalog.json", "type": "application/json"}, child],
    }
    _write_json(home / "catalog.json", catalog)


def _skies(day: Day) -> Day:
    """Whose clouds a day has: those of `YEARS` have wider ones of a clear day near to them: no look is theirs."""
    clear = [one for one in DAYS if one.cloud < 0.5]
    return next((one for one in clear if day.date <= one.date), clear[-1]) if day.flat else day


def _days(site: str) -> tuple[Day, ...]:
    return DAYS if site == CLOUDY_SITE else tuple(sorted((*DAYS, *YEARS)))


def _scene(here: Ground10m, day: Day, folder: Path) -> dict[str, Any]:
    """The Item of one site and day, its files written."""
    site = here.ground.pattern.site
    cloudy = _skies(day)
    seed = here.ground.pattern.seed + int(cloudy.date.replace("-", "")) % 100_003
    cloud, shadow = _weather(here.sample, OVERCAST.get((site.key, cloudy.date), cloudy.cloud), seed, 40.0 * day.flat)
    tile = _tile(site.utm, here.transform.c, here.transform.f)
    name = f"S2{day.platform[-1].upper()}_{tile}_{day.date.replace('-', '')}_{site.key}_L2A"
    classes = _classes(here, day, cloud, shadow)
    files = {"scl": (classes, here.transform @ Affine.scale(2))}
    brightness = 0.85 + 0.3 * noise.smooth(here.sample.x, here.sample.y, 160.0, seed)
    for number, band in enumerate(BANDS):
        covered = np.where(cloud, CLOUD[number] * (1 if day.flat else brightness), np.nan)
        values, step = _numbers(here, day, covered, shadow, number), round(CELL.get(band, 10.0) / 10)
        if day.flat:
            values = _coarse(values, 4 if number > 1 else 16)
        files[band] = (values[::step, ::step], here.transform @ Affine.scale(step))
    assets = {}
    for band, (values, transform) in files.items():
        path = folder / f"{name}_{BANDS.get(band, 'SCL')}.tif"
        _write(path, values, transform, site.utm)
        assets[band] = _asset(path, values, transform, day, band)
    return _item(name, site.utm, tile, day, assets, site.bounds, float(np.isin(classes, (8, 9, 10)).mean()))


def _coarse(values: Array, step: int) -> Array:
    """Every fourth (or other) cell repeated, on the same grid."""
    rows, columns = values.shape
    return values[::step, ::step].repeat(step, 0).repeat(step, 1)[:rows, :columns]


def _weather(sample: Sample, share: float, seed: int, wider_m: float) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Where clouds and their shadows lie; single clouds a few hundred metres wide, or a cover with holes."""
    x, y = sample.x, sample.y
    if share > 0.5:
        cover = noise.rough(x, y, 900.0, seed, octaves=3)
        cloud = cover > np.quantile(cover, 1 - share)
        return cloud, np.zeros_like(cloud)
    random = np.random.default_rng(seed)
    cloud, shadow = np.zeros(x.shape, bool), np.zeros(x.shape, bool)
    for _ in range(max(int(share * 100), 1)):
        east, north, radius = random.uniform(-2100, 2100), random.uniform(-1900, 1900), random.uniform(120, 260)
        cloud |= Blob(east, north, radius + wider_m).holds(x, y, seed)
        shadow |= Blob(east - 180, north - 140, radius + wider_m).holds(x, y, seed)
    return cloud, shadow & ~cloud


def _numbers(here: Ground10m, day: Day, cloud: Array, shadow: NDArray[np.bool_], band: int) -> NDArray[np.uint16]:
    """Stored numbers of one band: reflectance x 10000, and 1000 more since baseline 04.00; `cloud` is NaN without."""
    year, sample = int(day.date[:4]), here.sample
    colour = np.zeros(10)
    for use, values in COLOURS.items():
        colour[use] = values[band]
    value = colour[sample.use]
    cleared = (sample.cleared > 0) & (sample.cleared <= year)
    value = np.where(cleared, np.where(sample.cleared >= year - 1, BARE[band], REGROWN[band]), value)
    if day.flat:
        value = np.where(sample.use == Use.FOREST, value, value + GREENER[band])
    else:
        value = value * (1 + 0.5 * here.grain[band])
    value = np.where(shadow, value * SHADE, value)
    covered = ~np.isnan(cloud)
    step = np.where(covered, 400, STEPS[band])
    value = np.where(covered, cloud, value)
    return (np.round(value * 10_000 / step) * step + day.added).astype(np.uint16).reshape(here.shape)


def _classes(here: Ground10m, day: Day, cloud: NDArray[np.bool_], shadow: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Scene classification on 20 m cells: the upper left of four fine cells, bare where any of them is."""
    year, sample = int(day.date[:4]), here.sample
    bare = np.isin(sample.use, (Use.BUILT, Use.ROAD)) | np.isin(sample.cleared, (year - 1, year))
    classes = np.select([cloud, shadow, sample.use == Use.WATER], [9, 3, 6], default=4)
    rows, columns = (side // 2 for side in here.shape)
    coarse = classes.astype(np.uint8).reshape(here.shape)[::2, ::2]
    # A roof or a road in a cell called vegetation would be taken for a cloud that the classification missed.
    any_bare = bare.reshape(rows, 2, columns, 2).any(axis=(1, 3))
    return np.where((coarse == 4) & any_bare, np.uint8(5), coarse)


def _tile(utm: str, easting: float, northing: float) -> str:
    """MGRS tile of a position in a southern UTM zone of latitude band M (0 to 8 degrees south)."""
    zone = int(utm[-2:])
    column = ("STUVWXYZ", "ABCDEFGH", "JKLMNPQR")[zone % 3][int(easting // 100_000) - 1]
    row = "ABCDEFGHJKLMNPQRSTUV"[(int(northing // 100_000) + (0 if zone % 2 else 5)) % 20]
    return f"{zone}M{column}{row}"


def _asset(path: Path, values: Array, transform: Affine, day: Day, band: str) -> dict[str, Any]:
    raster: dict[str, Any] = {"nodata": 0, "data_type": values.dtype.name, "spatial_resolution": transform.a}
    if band != "scl":
        raster |= {"scale": 0.0001, "offset": -0.1 if day.added else 0}
    return {
        "href": f"./{path.name}",
        "type": "image/tiff; application=geotiff; profile=cloud-optimized",
        "roles": ["data"],
        "proj:shape": list(values.shape),
        "proj:transform": [*transform][:6],
        "raster:bands": [raster],
        "file:checksum": "1220" + hashlib.sha256(path.read_bytes()).hexdigest(),
        "file:size": path.stat().st_size,
    }


def _item(
    name: str, utm: str, tile: str, day: Day, assets: dict[str, Any], bounds: tuple[float, ...], cloud: float
) -> dict[str, Any]:
    west, south, east, north = (round(edge, 6) for edge in bounds)
    clock = f"{day.date.replace('-', '')}T153{int(utm[-1])}21"
    return {
        "type": "Feature",
        "stac_version": "1.1.0",
        "stac_extensions": [],
        "id": name,
        "collection": COLLECTION,
        "bbox": [west, south, east, north],
        "geometry": {
            "type": "Polygon",
            "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]],
        },
        "properties": {
            "datetime": f"{day.date}T15:3{int(utm[-1])}:21Z",
            "platform": day.platform,
            "grid:code": f"MGRS-{tile}",
            "proj:code": utm,
            "eo:cloud_cover": round(100 * cloud, 2),
            "view:sun_elevation": day.sun_deg,
            "s2:processing_baseline": day.baseline,
            "earthsearch:boa_offset_applied": False,
            "s2:datatake_id": f"GS2{day.platform[-1].upper()}_{clock}_000000_N{day.baseline}",
        },
        "links": [
            {"rel": "root", "href": "../catalog.json", "type": "application/json"},
            {"rel": "parent", "href": "./collection.json", "type": "application/json"},
            {"rel": "collection", "href": "./collection.json", "type": "application/json"},
        ],
        "assets": assets,
    }


def _collection(members: list[dict[str, Any]]) -> dict[str, Any]:
    boxes = np.array([member["bbox"] for member in members])
    box = [*boxes[:, :2].min(axis=0).tolist(), *boxes[:, 2:].max(axis=0).tolist()]
    return {
        "type": "Collection", "stac_version": "1.1.0", "stac_extensions": [], "id": COLLECTION,
        "title": "Invented Sentinel-2 scenes", "license": "other",
        "description": "Invented scenes in the encoding of Sentinel-2 L2A; they show no real place.",
        "extent": {
            "spatial": {"bbox": [box]},
            "temporal": {"interval": [[f"{YEARS[0].date}T00:00:00Z", f"{DAYS[-1].date}T23:59:59Z"]]},
        },
        "links": [
            {"rel": "root", "href": "../catalog.json", "type": "application/json"},
            *({"rel": "item", "href": f"./{member['id']}.json", "type": "application/geo+json"} for member in members),
        ],
    }  # fmt: skip


def _write(path: Path, values: NDArray[Any], transform: Affine, crs: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    height, width = values.shape
    with rasterio.open(
        path, "w", driver="COG", width=width, height=height, count=1, dtype=values.dtype, crs=crs, transform=transform,
        nodata=0, compress="deflate", level=7, predictor="no", blocksize=512, overviews="none",
    ) as dataset:  # fmt: skip
        dataset.write(values, 1)


def _write_json(path: Path, content: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
