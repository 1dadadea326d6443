"""What the report page of a harvest is made of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import geopandas as gpd
import pandas as pd

from eudr_check.assessment_record import AreaLayer
from eudr_check.config import Harvest
from eudr_check.package.report.thumbnail import Picture
from eudr_check.register import FilingState
from eudr_check.shipments import Withheld
from eudr_check.variables import Variable


@dataclass(frozen=True)
class ReportInput:
    """Tables, pictures and what became of it all; the tables have the columns of `tables.py`."""

    harvest: Harvest
    """Name, commodity, languages, `producer_as` and date are read."""
    plots: gpd.GeoDataFrame
    findings: pd.DataFrame
    sources: pd.DataFrame
    patches: gpd.GeoDataFrame
    """Those after the cut-off date are shown."""
    assessments: pd.DataFrame
    reasons: pd.DataFrame
    variables: Sequence[Variable]
    """Layer variables of the run."""
    classes: Mapping[str, str] = field(default_factory=dict)
    """Classes of a map that count, in words, by EVIDENCE column, where its definition names them."""
    pictures: Mapping[str, Picture] | None = None
    """Ground of plots that matter, by plot; plots without one show their outline alone."""
    baseline: str | None = None
    """EVIDENCE column of the forest that the policy starts from."""
    shipment: str | None = None
    """The one shipment of it; None: a whole harvest."""
    shipments: pd.DataFrame | None = None
    """Kilograms of every shipment, from `ledger.table`."""
    withheld: Sequence[Withheld] = ()
    """Why some of it is not declared."""
    filings: Sequence[FilingState] = ()
    """What became of shipments that were filed, as the register knows."""
    looks: Mapping[str, Sequence[Mapping[str, object]]] = field(default_factory=dict)
    """Dated satellite pictures by plot."""
    reviews: Sequence[Mapping[str, object]] = ()
    """What every review does, a row per plot."""
    to_review: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    """Plots that a decision can settle."""
    uses: pd.DataFrame | None = None
    splits: gpd.GeoDataFrame | None = None
    lots: pd.DataFrame | None = None
    refused_lots: pd.DataFrame | None = None
    """LOTS that no statement declares."""
    animals: pd.DataFrame | None = None
    area_layers: Sequence[AreaLayer] = ()
    """Vector layers of the harvest, with AREAS and AREA_OUTLINES."""
    areas: pd.DataFrame | None = None
    area_outlines: gpd.GeoDataFrame | None = None
    deliveries: pd.DataFrame | None = None
    """None where none are known."""

    @property
    def called(self) -> str:
        """Harvest, and shipment where there is but one, as the page is called."""
        return self.harvest.harvest if self.shipment is None else f"{self.harvest.harvest} · {self.shipment}"
