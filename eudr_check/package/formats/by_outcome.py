"""One GeoJSON per outcome after reviews, for maps and for people who want to see only some plots.

`blocked.geojson` has the plots that were not looked at; all files together have every plot of the harvest once.
"""

from collections.abc import Iterator
from pathlib import Path

from eudr_check.package.formats.geojson_text import collection, feature
from eudr_check.package.formats.given import ASSESSED, Given, assessed

OF_PLOT = ("cooperative", "plot_id", "producer_name", "producer_country", "production_place", "area_ha",
           "declared_area_ha")  # fmt: skip


def files(given: Given, folder: Path) -> Iterator[tuple[str, bytes]]:
    """`by_outcome/OUTCOME.geojson` of every outcome that a plot has."""
    frame = assessed(given)
    outcomes = frame["final_outcome"].astype(object).where(frame["final_outcome"].notna(), "blocked")
    for outcome, plots in frame.groupby(outcomes, sort=True):
        shown = plots[[*OF_PLOT, *ASSESSED]].astype(object).to_dict("records")
        features = (
            feature(shape, {"plot": plot, **{str(name): value for name, value in properties.items()}})
            for plot, shape, properties in zip(plots.index, plots.geometry, shown, strict=True)
        )
        yield f"by_outcome/{outcome}.geojson", collection(features)
