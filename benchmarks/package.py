"""How long 223,000 plots take from PLOTS to checked EU files, on one core.

    python -m benchmarks.package                  the national workload
    python -m benchmarks.package --plots 20000    a quick look

Every file is checked by `eu_check` as it would be by `eudr-check eu-check`, and the union of the files is proved to
hold every plot once. Seconds are processor seconds of one process; making the workload is not timed.
"""

import argparse
import time
from collections import Counter
from typing import Any

import numpy as np
import pandas as pd
import shapely

from benchmarks.workload import NATIONAL, workload
from eudr_check import tables
from eudr_check.config import Product
from eudr_check.geodesy import plot_area_ha
from eudr_check.package.eu import consignment, feature_text, file_rules, geojson
from eudr_check.package.eu.orders import orders
from eudr_check.package.eu.parts import parts as cut


def main() -> None:
    """Export, write and check; print a line for each step."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plots", type=int, default=NATIONAL)
    plots = _plots(parser.parse_args().plots)
    print(f"{len(plots):,} plots, {shapely.get_num_coordinates(plots.geometry.to_numpy()).sum():,} vertices")
    steps: dict[str, float] = {}

    def timed(step: str, work: Any) -> Any:
        begin = time.process_time()
        result = work()
        steps[step] = steps.get(step, 0.0) + time.process_time() - begin
        return result

    assessments = pd.DataFrame({"outcome": "low", "final_outcome": "low", "reasons": ""}, index=plots.index)
    settled = timed("settle", lambda: consignment.settle(plots, assessments, None, "full", draft=False))
    export = timed("export", lambda: geojson.export(settled.plots))
    texts = timed("text", lambda: feature_text.feature_texts(export.features, names=True))
    sizes = [len(text) for text in texts]
    product = Product(hs_code="090111", description="Green coffee", net_mass_kg=1e6)
    asked = orders("nation", [product], settled, None, ())
    parts, _ = timed("split", lambda: cut("nation", asked.ready, settled, export.features, sizes))
    seen: Counter[str] = Counter()
    for part in parts:
        content = timed("text", lambda: feature_text.collection([texts[r] for r in part.rows]).encode())  # noqa: B023
        assert len(content) <= file_rules.LIMIT_BYTES * 3 // 4
        assert timed("check", lambda: file_rules.check(content)) == []  # noqa: B023
        seen.update(export.features["plot"].iloc[part.rows].unique())
    refused = set(export.changes.loc[export.changes["refused"], "plot"])
    assert set(seen) | refused == set(plots.index) and set(seen.values()) == {1}
    for step, seconds in steps.items():
        print(f"{step:8} {seconds:6.1f} s")
    print(f"{'all':8} {sum(steps.values()):6.1f} s   {len(parts)} files, {sum(sizes) / 1e6:.0f} MB")


def _plots(count: int) -> pd.DataFrame:
    """PLOTS of the made-up nation: one plot in a hundred with a hole, one in twenty a point."""
    made = workload(count).plots.reset_index(drop=True)
    geometries = made.geometry.to_numpy()
    for i in range(0, len(geometries), 100):
        geometries[i] = geometries[i].difference(geometries[i].centroid.buffer(1e-4, quad_segs=3))
    for i in range(7, len(geometries), 20):
        geometries[i] = geometries[i].representative_point()
    number = np.arange(len(made))
    point = shapely.get_dimensions(geometries) == 0
    rows = {
        "plot": [f"coop-{n % 900:03}/{n}" for n in number],
        "plot_id": number.astype(str),
        "cooperative": [f"coop-{n % 900:03}" for n in number],
        "source_file": "plots.gpkg",
        "source_row": number + 1,
        "producer_country": "PE",
        "production_place": [f"Caserío {n % 5000}" for n in number],
        "commodity": "coffee",
        "geometry_kind": np.where(point, "point", "polygon"),
        "area_ha": plot_area_ha(geometries),
        "declared_area_ha": np.where(point, 1.25, np.nan),
        "usable": True,
        "geometry": geometries,
    }
    frame = tables.typed(tables.PLOTS, pd.DataFrame(rows))
    return type(made)(frame, geometry="geometry", crs="EPSG:4326")


if __name__ == "__main__":
    main()
