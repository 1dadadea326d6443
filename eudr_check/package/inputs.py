"""Everything a package is written from, as one value."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import geopandas as gpd
import pandas as pd

from eudr_check.assessment_record import AreaLayer, WrittenRecord
from eudr_check.config import Harvest
from eudr_check.files import Attachment
from eudr_check.package.alone import Alone
from eudr_check.package.report.thumbnail import Picture
from eudr_check.register import FilingState
from eudr_check.shipments import Filed, Shipments
from eudr_check.variables import Variable

Record = Callable[[Sequence[str], Sequence[str]], WrittenRecord]
"""The assessment record of some plots and lots alone."""


class Stated(Protocol):
    """A setting that can be written down as JSON."""

    def model_dump(self, *, mode: str) -> dict[str, object]:
        """Its keys and values."""


class Policy(Stated, Protocol):
    """A policy with the names under which statements speak of it."""

    @property
    def full_name(self) -> str:
        """Name and version."""

    @property
    def title(self) -> str:
        """As people call it."""


@dataclass(frozen=True)
class PackageInput:
    """The tables, settings and documents of one harvest."""

    harvest: Harvest
    plots: gpd.GeoDataFrame
    """PLOTS."""
    findings: pd.DataFrame
    """FINDINGS."""
    sources: pd.DataFrame
    """SOURCES."""
    evidence: pd.DataFrame | Path
    """EVIDENCE, or the Parquet file that holds it, which is passed on as it is."""
    patches: gpd.GeoDataFrame | Path
    """PATCHES, or the Parquet file that holds it, which is passed on as it is."""
    assessments: pd.DataFrame
    """ASSESSMENTS."""
    reasons: pd.DataFrame
    """REASONS."""
    variables: Sequence[Variable]
    """Layer variables of the run."""
    policy: Policy
    """The policy applied."""
    stored: Mapping[str, Path] = field(default_factory=dict)
    """Parquet files of SOURCES, ASSESSMENTS and REASONS, passed on as they are instead of written again."""
    uses: pd.DataFrame | None = None
    """USES; None under a policy that sorts no ground."""
    splits: gpd.GeoDataFrame | None = None
    """SPLITS; None where no plot holds several uses."""
    areas: pd.DataFrame | None = None
    """AREAS; None without vector layers."""
    area_outlines: gpd.GeoDataFrame | None = None
    """AREA_OUTLINES; None without vector layers."""
    area_layers: Sequence[AreaLayer] = ()
    """The vector layers that AREAS speaks of, as `areas.json` holds them."""
    lots: pd.DataFrame | None = None
    """LOTS; None without deliveries."""
    article10: WrittenRecord = field(default_factory=lambda: WrittenRecord({}))
    """The assessment record in the languages of the harvest, and what keeps statements drafts."""
    article10_of: Record | None = None
    """As `article10`, for some plots and lots alone."""
    legality: pd.DataFrame | None = None
    """topic, document, valid_until, sha256, cooperatives of the legality evidence."""
    definitions: Sequence[Stated] = ()
    """Layer definitions of the run."""
    pictures: Callable[[], Mapping[str, Picture]] | None = None
    """Ground of plots that matter, for the report."""
    looks: Mapping[str, Sequence[Mapping[str, object]]] | None = None
    """Dated satellite pictures by plot, as the report shows them (`imagery.written`)."""
    imagery: Path | None = None
    """Folder with the tables and rasters of the looks; None where the harvest has no pictures."""
    deliveries: pd.DataFrame | None = None
    """DELIVERIES; None where the harvest has no list."""
    stays: pd.DataFrame | None = None
    """STAYS; None where the harvest names no animals."""
    animals: pd.DataFrame | None = None
    """ANIMALS; None where the harvest names no animals."""
    shipments: Shipments | None = None
    """From shipments.csv; None where the harvest names none."""
    filed: Sequence[Filed] = ()
    """Statements of this harvest that have a number of the EU system."""
    filings: Sequence[FilingState] = ()
    """What the register knows of the filing of shipments, for the report."""
    reviews: Sequence[Mapping[str, object]] = ()
    """What every review does, a row per plot (`documents.review_lines.stated`)."""
    to_review: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    """Plots that a decision can settle: outcome, reason codes to answer, evidence digest."""
    attachments: Sequence[Attachment] = ()
    """Reviews with their evidence files, legality documents and what else belongs to the file."""
    plan_day: dt.date | None = None
    """Day from which the weeks of the action plan count; None: the date of the package."""
    draft: bool = False
    """Also declare plots that are not settled; every statement file is marked."""
    redacted: bool = False
    """The redacted edition, without names of persons: producers become numbers, cooperatives represent them."""
    codes: Mapping[str, str] = field(default_factory=dict)
    """Codes that stand for plots in the redacted edition; what comes as files of its own still names them."""
    alone: Alone | None = None
    """The one shipment of the package, with what hangs on others; None for a whole harvest."""

    @property
    def layers(self) -> list[dict[str, object]]:
        """The layer definitions as `layers.json` holds them."""
        return [definition.model_dump(mode="json") for definition in self.definitions]
