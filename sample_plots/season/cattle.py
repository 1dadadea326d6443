"""A small chain of cattle: nine invented establishments, eight groups of animals, one for every way a chain can break.

Outlines are boxes of 20 x 18 Landsat cells (two corners of two cells each missing), about 25 ha; points declare their
hectares. All ground is pasture without forest in 2020 but for the boxes that `FORESTS` names.
"""

import json
from pathlib import Path
from typing import NamedTuple

from season.drawn import Box, Drawing, Map, write_maps
from season.files import geometry_text

LAND = Drawing(west=-299_600, north=-34_800, width=160, height=110)
"""Eight degrees and 42 minutes south, 74 degrees and 54 minutes west: Ucayali."""


class Establishment(NamedTuple):
    """One place where animals were kept."""

    plot_id: str
    owner: str
    place: Box | tuple[float, float]
    """Box of an outline, or place of a point, in Landsat cells."""
    hectares: str


ESTABLISHMENTS = (
    Establishment("CRIA-01", "Predio Inventado El Encanto", (42, 38), "60"),
    Establishment("CRIA-02", "Fundo Ejemplo La Ceiba", (75, 8, 95, 26), "25,6"),
    Establishment("CRIA-03", "Fundo Supuesto Nueva Loma", (75, 40, 95, 58), "25,6"),
    Establishment("RECRIA-01", "Asociación Muestra de Recría", (105, 8, 125, 26), "25,6"),
    Establishment("RECRIA-02", "Predio Ficticio Sin Medir", (115, 80), ""),
    Establishment("ENGORDE-01", "Engordes de Ejemplo SAC", (105, 40, 125, 58), "25,6"),
    Establishment("ENGORDE-02", "Fundo Demostración", (75, 72, 95, 90), "25,6"),
    Establishment("CAMAL-01", "Camal Inventado de la Cuenca", (145, 30), "1,2"),
    Establishment("POTRERO-09", "Predio Ensayo", (8, 86, 28, 104), "25,6"),
)
FORESTS: tuple[Box, ...] = ((83, 12, 95, 26), (80, 44, 90, 54), (76, 76, 90, 86))
"""Half of CRIA-02, which stands; 100 cells of CRIA-03; 140 cells of ENGORDE-02."""
LOSS: Box = (82, 46, 88, 52)
"""36 cells of CRIA-03 that Hansen and TMF see lost in 2022."""
THINNED: Box = (78, 78, 84, 84)
"""36 cells of ENGORDE-02 that TMF sees disturbed in 2023."""

STAYS = (
    ("T-01", "CRIA-01", "cría", "2024-01-10", "2024-09-30"),
    ("T-01", "RECRIA-01", "recría", "2024-09-30", "2025-06-14"),
    ("T-01", "ENGORDE-01", "engorde", "2025-06-15", "2026-03-01"),
    ("T-01", "CAMAL-01", "camal", "2026-03-02", "2026-03-02"),
    ("T-02", "CRIA-02", "cría", "2024-02-01", "2025-06-19"),
    ("T-02", "ENGORDE-01", "engorde", "2025-06-20", "2026-03-08"),
    ("T-02", "CAMAL-01", "camal", "2026-03-09", "2026-03-09"),
    ("T-03", "CRIA-03", "cría", "2024-01-05", "2024-10-01"),
    ("T-03", "RECRIA-01", "recría", "2024-10-02", "2025-07-01"),
    ("T-03", "ENGORDE-01", "engorde", "2025-07-02", "2026-04-05"),
    ("T-03", "CAMAL-01", "camal", "2026-04-06", "2026-04-06"),
    ("T-04", "CRIA-01", "cría", "2024-03-01", "2024-12-01"),
    ("T-04", "RECRIA-02", "recría", "2024-12-02", "2026-04-12"),
    ("T-04", "CAMAL-01", "camal", "2026-04-13", "2026-04-13"),
    ("T-05", "CRIA-01", "cría", "2024-03-01", "2025-05-01"),
    ("T-05", "ENGORDE-02", "engorde", "2025-05-02", "2026-04-19"),
    ("T-05", "CAMAL-01", "camal", "2026-04-20", "2026-04-20"),
    ("T-06", "CRIA-02", "cría", "2024-02-01", "2024-11-30"),
    ("T-06", "ENGORDE-01", "engorde", "2025-03-01", "2026-05-03"),
    ("T-06", "CAMAL-01", "camal", "2026-05-04", "2026-05-04"),
    ("T-07", "ENGORDE-01", "engorde", "2025-08-01", "2026-05-10"),
    ("T-07", "CAMAL-01", "camal", "2026-05-11", "2026-05-11"),
    ("T-08", "COMPRA-7", "cría", "2024-04-01", "2025-08-01"),
    ("T-08", "ENGORDE-01", "engorde", "2025-08-02", "2026-05-17"),
    ("T-08", "CAMAL-01", "camal", "2026-05-18", "2026-05-18"),
)
DELIVERIES = (
    ("2026-03-03", "T-01", 5200, "CARNE-1"),
    ("2026-03-10", "T-02", 4800, "CARNE-1"),
    ("2026-04-07", "T-03", 5100, "CARNE-2"),
    ("2026-04-07", "T-01", 400, "CARNE-2"),
    ("2026-05-05", "T-06", 4900, "CARNE-3"),
)


def write(folder: Path) -> None:
    """Write establishments, animals, deliveries and maps into `folder`."""
    folder.mkdir()
    features = ",\n".join(_feature(one) for one in ESTABLISHMENTS)
    text = '{"type": "FeatureCollection", "features": [\n' + features + "\n]}\n"
    (folder / "establecimientos.geojson").write_text(text, encoding="utf-8")
    kept = [("grupo", "cooperativa", "establecimiento", "etapa", "desde", "hasta")]
    kept += [(group, "ganaderos", *stay) for group, *stay in STAYS]
    _table(folder / "animales.csv", kept)
    given = [("fecha", "cooperativa", "parcela", "kg", "forma", "lote", "grupo")]
    given += [(day, "ganaderos", "CAMAL-01", str(kg), "canal", lot, group) for day, group, kg, lot in DELIVERIES]
    _table(folder / "entregas.csv", given)
    _table(
        folder / "embarques.csv",
        [("embarque", "lotes", "peso neto kg"), ("EG-01", "CARNE-1", "10000"), ("EG-02", "CARNE-2", "5500")],
    )
    write_maps(folder, _maps())


def _feature(one: Establishment) -> str:
    properties = {"establecimiento": one.plot_id, "titular": one.owner, "hectareas": one.hectares, "pais": "Perú"}
    shape = LAND.outline(one.place) if len(one.place) == 4 else LAND.place(one.place[0] + 0.37, one.place[1] + 0.41)
    words = json.dumps(properties, ensure_ascii=False)
    return f'{{"type": "Feature", "properties": {words}, "geometry": {geometry_text(shape)}}}'


def _table(path: Path, rows: list[tuple[str, ...]]) -> None:
    path.write_text("".join(";".join(row) + "\n" for row in rows), encoding="utf-8")


def _maps() -> list[Map]:
    fine, grid, tropical = LAND.fine(), LAND.landsat(), LAND.tropical()
    forest = dict.fromkeys(FORESTS, 1)
    hansen = {
        "datamask": LAND.painted(grid, 1, {}),
        "lossyear": LAND.painted(grid, 0, {LOSS: 22}),
        "treecover2000": LAND.painted(grid, 8, dict.fromkeys(FORESTS, 90)),
    }
    tmf = {
        "AnnualChange_v1_2020": LAND.painted(tropical, 6, forest),
        "DeforestationYear_INT_1982_2025_v1": LAND.painted(tropical, 0, {LOSS: 2022}, "uint16"),
        "DegradationYear_INT_1982_2025_v1": LAND.painted(tropical, 0, {THINNED: 2023}, "uint16"),
    }
    tile = "cuenca-ganadera"
    pasture = LAND.painted(grid, 1, dict.fromkeys(FORESTS, 0) | {LOSS: 1})
    return [
        Map("jrc_gfc2020@V4", f"JRC_GFC2020_V4_S10_W80_{tile}", fine, LAND.painted(fine, 0, forest), 255),
        *(
            Map("hansen_gfc@v1.13", f"Hansen_GFC-2025-v1.13_{name}_00N_080W_{tile}", grid, hansen[name])
            for name in hansen
        ),
        *(Map("jrc_tmf@v1.2025", f"JRC_TMF_{name}_SAM_ID14_S10_W80_{tile}", tropical, tmf[name]) for name in tmf),
        Map("gpw_grassland@2022", f"gpw_grassland_2022_{tile}", grid, pasture, 255),
    ]
