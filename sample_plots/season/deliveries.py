"""Who brought how much coffee when, and into which lot it went.

Careful cooperatives keep coffee apart that comes from parcels with forest on or beside them; not all are careful.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import shapely

from season import SEED, files
from season.ground import Ground, Use
from season.members import Parcel
from season.rasters import BASELINE_HOLES, CUTS, EVENT_HOLES
from season.rows import IDS, ODD_IDS

GREEN_KG_PER_HA = 690.0
"""Green coffee of a fair harvest in the region: 15 quintals of 46 kg."""
PER_GREEN_KG = {"parchment": 1.25, "cherry": 5.6, "green": 1.0}
PLOTS_PER_LOT = 11
CARELESS = {"coop-03": 1, "coop-08": 2, "coop-12": 1}
"""Cooperatives that mixed one parcel of doubt into one of their lots: number of that lot."""
IMPLAUSIBLE = {("coop-02", 18): 6.5, ("coop-05", 20): 3.4, ("coop-13", 3): 4.2}
"""Parcels (by number) that brought so many times what their hectares can bear."""
REMOVED = {"coop-08": ("2026-10-02", "2026-10-05")}
"""Careless cooperatives that noticed in time: the day the coffee was taken out, and the day the lot was mixed."""
CLEARED = {("coop-10", 14): "C10-L2"}
"""Parcels of doubt (by number) that a review clears from dated pictures, and the lot their coffee then goes into."""
NO_SUCH_PLOT = ("coop-09", "Ñ999")


def table_text(parcels: Mapping[str, Sequence[Parcel]], grounds: Mapping[str, Ground], faulty: set[str]) -> str:
    """`deliveries.csv`: date, cooperative, plot_id, kg, form, lot, mixed_on, removed_on; ordered by date.

    Args:
        parcels: parcels of every cooperative.
        grounds: ground of every site.
        faulty: plots (`cooperative/id`) whose rows are faulty in the plot files.
    """
    table = []
    for cooperative, members in parcels.items():
        random = np.random.default_rng([SEED, members[0].site.number, 1000 + int(cooperative[-2:])])
        for parcel, lot in _lots(cooperative, members, grounds[members[0].site.key], faulty):
            lines = _brought(parcel, lot, random)
            if (
                cooperative in REMOVED
                and lot.endswith(f"L{CARELESS[cooperative]}")
                and in_doubt(parcel, grounds[parcel.site.key])
            ):
                removed_on, mixed_on = REMOVED[cooperative]
                lines = [line | {"mixed_on": mixed_on, "removed_on": removed_on} for line in lines]
            table += lines
    cooperative, plot_id = NO_SUCH_PLOT
    table.append(_line(f"2026-07-{14:02d}", cooperative, plot_id, 212.0, "parchment", "C09-L3"))
    table.sort(key=lambda line: (line["date"], line["cooperative"], line["lot"], line["plot_id"], line["form"]))
    return files.csv_text(table).replace("\r\n", "\n")


def plot_id(parcel: Parcel) -> str:
    """Id of a parcel as its cooperative writes it."""
    known = (parcel.cooperative, parcel.number)
    return ODD_IDS.get(known, IDS[parcel.cooperative](parcel.number))


def in_doubt(parcel: Parcel, ground: Ground) -> bool:
    """Whether there is forest, recent clearing or a gap in the maps on a parcel (for points: around it)."""
    outline = parcel.outline
    if parcel.is_point:
        middle = shapely.point_on_surface(outline)
        outline = shapely.buffer(middle, 2 * float(np.sqrt(parcel.declared_ha * 10_000 / np.pi)))
    west, south, east, north = shapely.bounds(outline)
    x, y = (axis.ravel() for axis in np.meshgrid(np.arange(west, east, 9.0), np.arange(south, north, 9.0)))
    inside = shapely.contains_xy(outline, x, y)
    x, y = x[inside], y[inside]
    sample = ground.at(*parcel.site.to_degrees(x, y))
    holes = [holes[parcel.site.key] for holes in (BASELINE_HOLES, EVENT_HOLES) if parcel.site.key in holes]
    gap = any(hole.holds(x, y, ground.pattern.seed).any() for hole in holes)
    unpublished = parcel.site.key == "bagua" and (parcel.site.to_degrees(x, y)[0] > CUTS["bagua"][0] - 0.0005).any()
    felled = ((sample.use == Use.FOREST) & (np.maximum(sample.hansen, sample.tmf) > 2020)).sum()
    forest = ((sample.use == Use.FOREST) | sample.mistaken).sum() * 81 / 10_000
    share = forest / max(len(x) * 81 / 10_000, 0.01)
    return bool(gap or unpublished or felled > 0 or forest > 0.4 or (forest > 0.08 and share > 0.08))


def _lots(cooperative: str, members: Sequence[Parcel], ground: Ground, faulty: set[str]) -> list[tuple[Parcel, str]]:
    """The lot of every parcel that delivered."""
    number = cooperative[-2:]
    doubted = [f"{cooperative}/{plot_id(parcel)}" in faulty or in_doubt(parcel, ground) for parcel in members]
    clean = [parcel for parcel, doubt in zip(members, doubted, strict=True) if not doubt]
    kept_apart = [parcel for parcel, doubt in zip(members, doubted, strict=True) if doubt]
    lots = [(parcel, f"C{number}-L{1 + index // PLOTS_PER_LOT}") for index, parcel in enumerate(clean)]
    apart = [
        (parcel, CLEARED.get((cooperative, parcel.number), f"C{number}-P"))
        for parcel in kept_apart
        if parcel.number % 3
    ]
    if cooperative in CARELESS and apart:
        apart[0] = (apart[0][0], f"C{number}-L{CARELESS[cooperative]}")
    return lots + apart


def _brought(parcel: Parcel, lot: str, random: np.random.Generator) -> list[dict[str, object]]:
    """One to three deliveries of a parcel, ripe from low to high ground between April and September."""
    green = parcel.declared_ha * GREEN_KG_PER_HA * float(np.clip(random.normal(1.0, 0.22), 0.45, 1.5))
    green *= IMPLAUSIBLE.get((parcel.cooperative, parcel.number), 1.0)
    form = str(random.choice(list(PER_GREEN_KG), p=[0.84, 0.12, 0.04]))
    shares = random.dirichlet(np.full(int(random.integers(1, 4)), 4.0))
    first = int(random.integers(0, 90))
    lines = []
    for turn, share in enumerate(shares):
        day = first + 24 * turn + int(random.integers(0, 12))
        month, date = 4 + day // 30, 1 + day % 30
        kilograms = round(green * PER_GREEN_KG[form] * float(share) * 2) / 2
        lines.append(_line(f"2026-{month:02d}-{date:02d}", parcel.cooperative, plot_id(parcel), kilograms, form, lot))
    return lines


def _line(date: str, cooperative: str, plot: str, kilograms: float, form: str, lot: str) -> dict[str, object]:
    return {
        "date": date,
        "cooperative": cooperative,
        "plot_id": plot,
        "kg": f"{kilograms:.1f}",
        "form": form,
        "lot": lot,
        "mixed_on": "",
        "removed_on": "",
    }
