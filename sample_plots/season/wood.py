"""A small wood harvest: sixteen cutting compartments of an invented forest, one for every way wood@1 can decide.

Compartments of 14 x 10 Landsat cells (two corners of two cells each missing) in four rows; a row is 24 cells south of
the one before, a column 20 cells east. Every map says of each compartment's box what `STANDS` lists.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from numpy.typing import NDArray

from season.drawn import Box, Drawing, Map, write_maps
from season.files import geometry_text

LAND = Drawing(west=-296_400, north=-33_600, width=100, height=112)
"""Eight degrees and 24 minutes south, 74 degrees and 6 minutes west: Ucayali."""
WIDTH, HEIGHT = 14, 10
GROUND, COVER = "uso-actual.yaml", "mapbiomas_peru@col4"
REGENERATING, PRIMARY, PLANTED, UNTYPED = 1, 10, 20, 255
FOREST, PLANTATION, PLANTED_USE, OTHER_WOODED, FARMLAND, UNSEEN = 1, 2, 3, 4, 5, 0


class Stand(NamedTuple):
    """What the maps say of one compartment; 0 where a change was not seen."""

    plot_id: str
    kind: int
    """Of JRC GFT2020; 0: no forest in 2020."""
    use: int
    """Of the map of one's own."""
    loss: int = 0
    """Year in Hansen."""
    deforested: int = 0
    """Year in TMF."""
    degraded: int = 0
    """Year in TMF."""
    cover: int = 3
    """Class of MapBiomas in the year after the loss and since; 3 is forest."""
    part: tuple[int, int, int, int] = (0, 0, WIDTH, HEIGHT)
    """Cells from its corner to which loss, disturbance, use and cover belong; elsewhere nothing changed."""
    watched: bool = True
    """False: Hansen has no data here."""


STANDS = (
    Stand("PC-01", PLANTED, PLANTATION, cover=9),
    Stand("PC-02", REGENERATING, FOREST),
    Stand("PC-03", PRIMARY, FOREST),
    Stand("PC-04", 0, FARMLAND, cover=15),
    Stand("PC-05", REGENERATING, FARMLAND, loss=2022, deforested=2022, cover=15, part=(3, 2, 9, 8)),
    Stand("PC-06", PRIMARY, FOREST, loss=2023, part=(4, 4, 8, 6)),
    Stand("PC-07", PRIMARY, PLANTATION, degraded=2023, part=(3, 2, 9, 8)),
    Stand("PC-08", REGENERATING, PLANTATION, degraded=2023, part=(3, 2, 9, 8)),
    Stand("PC-09", REGENERATING, OTHER_WOODED, degraded=2022, part=(3, 2, 9, 8)),
    Stand("PC-10", PRIMARY, PLANTED_USE, degraded=2022, part=(3, 2, 9, 8)),
    Stand("PC-11", PLANTED, PLANTATION, loss=2023, part=(3, 2, 9, 8)),
    Stand("PC-12", PLANTED, FARMLAND, loss=2022, cover=15, part=(3, 2, 9, 8)),
    Stand("PC-13", PRIMARY, FOREST, degraded=2024, part=(3, 2, 9, 8)),
    Stand("PC-14", REGENERATING, PLANTATION, part=(3, 2, 9, 8)),
    Stand("PC-15", PRIMARY, UNSEEN),
    Stand("PC-16", REGENERATING, FOREST, watched=False),
)
OWNERS = {1: "Comunidad Maderera Inventada", 2: "Empresa Forestal Ejemplo"}


def box(number: int) -> Box:
    """The compartment of a number from 0."""
    west, north = 8 + 20 * (number % 4) + 2 * (number // 4), 8 + 24 * (number // 4)
    return (west, north, west + WIDTH, north + HEIGHT)


def changed(number: int) -> Box:
    """The part of it that changed."""
    west, north, _, _ = box(number)
    left, top, right, bottom = STANDS[number].part
    return (west + left, north + top, west + right, north + bottom)


def write(folder: Path, own_map: Path) -> None:
    """Write plots and maps into `folder`, and the definition of the map of one's own beside them."""
    folder.mkdir()
    (folder / GROUND).write_bytes(own_map.read_bytes())
    features = [_feature(number, stand) for number, stand in enumerate(STANDS)]
    text = '{"type": "FeatureCollection", "features": [\n' + ",\n".join(features) + "\n]}\n"
    (folder / "parcelas-de-corta.geojson").write_text(text, encoding="utf-8")
    write_maps(folder, [*_kinds(), *_losses(), *_uses(folder / GROUND)])


def _feature(number: int, stand: Stand) -> str:
    owner = OWNERS[1 if number < 8 else 2]
    properties = {"parcela_corta": stand.plot_id, "titular": owner, "hectareas": "9,7", "pais": "Perú"}
    shape = geometry_text(LAND.outline(box(number)))
    return f'{{"type": "Feature", "properties": {json.dumps(properties, ensure_ascii=False)}, "geometry": {shape}}}'


def _kinds() -> list[Map]:
    """Forest of 2020 and its kind; the baseline has forest wherever a kind is written."""
    kinds = {box(number): stand.kind for number, stand in enumerate(STANDS)}
    forest = {there: int(kind != 0) for there, kind in kinds.items()}
    fine = LAND.fine()
    return [
        Map("jrc_gfc2020@V4", "JRC_GFC2020_V4_S10_W80_supuesta", fine, LAND.painted(fine, 1, forest), 255),
        Map("jrc_gft2020@V1", "JRC_GFT2020_V1_S10_W80_supuesta", fine, LAND.painted(fine, REGENERATING, kinds), 255),
    ]


def _losses() -> list[Map]:
    grid, tropical = LAND.landsat(), LAND.tropical()
    each = {changed(number): stand for number, stand in enumerate(STANDS)}
    unwatched = {box(number): 0 for number, stand in enumerate(STANDS) if not stand.watched}
    losses = {there: stand.loss - 2000 for there, stand in each.items() if stand.loss}
    bare = {box(number): 5 for number, stand in enumerate(STANDS) if not stand.kind}
    # TMF knows no planted forest: other cover, where its silence says nothing.
    other = {box(number): 6 for number, stand in enumerate(STANDS) if stand.kind in {0, PLANTED}}
    hansen = {
        "datamask": LAND.painted(grid, 1, unwatched),
        "lossyear": LAND.painted(grid, 0, losses),
        "treecover2000": LAND.painted(grid, 92, bare),
    }
    tmf = {
        "AnnualChange_v1_2020": LAND.painted(tropical, 1, other),
        "DeforestationYear_INT_1982_2025_v1": _years({there: stand.deforested for there, stand in each.items()}),
        "DegradationYear_INT_1982_2025_v1": _years({there: stand.degraded for there, stand in each.items()}),
    }
    files = [
        Map("hansen_gfc@v1.13", f"Hansen_GFC-2025-v1.13_{asset}_00N_080W_supuesta", grid, values)
        for asset, values in hansen.items()
    ]
    return files + [
        Map("jrc_tmf@v1.2025", f"JRC_TMF_{asset}_SAM_ID14_S10_W80_supuesta", tropical, values)
        for asset, values in tmf.items()
    ]


def _years(years: Mapping[Box, int]) -> NDArray[Any]:
    """A band of TMF's years."""
    return LAND.painted(LAND.tropical(), 0, years, "uint16")


def _uses(own_map: Path) -> list[Map]:
    grid, tropical = LAND.landsat(), LAND.tropical()
    uses = {changed(number): stand.use for number, stand in enumerate(STANDS)}
    maps = [Map(own_map.as_posix(), "uso_actual_2025_supuesta", grid, LAND.painted(grid, FOREST, uses), 0)]
    for year in range(2020, 2026):
        cover = {}
        for number, stand in enumerate(STANDS):
            since = max(stand.loss, 2020)
            if year >= since and stand.cover != 3:
                cover[changed(number)] = stand.cover
        name = f"peru_coverage-col4_{year}"
        maps.append(Map(COVER, name, tropical, LAND.painted(tropical, 3, cover), 0))
    return maps
