"""The tables that stages hand to one another: declared once, checked at every stage end.

`PLOTS` and `PATCHES` are GeoDataFrames in EPSG:4326; the others are plain frames. Column descriptions carry units.
A column ending in `_ha` is hectares on the WGS84 ellipsoid, in `_share` a number from 0 to 1.
"""

from collections.abc import Mapping, Sequence
from typing import TypeVar

import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaErrors

from eudr_check.animal_tables import ANIMALS as ANIMALS
from eudr_check.animal_tables import STAYS as STAYS
from eudr_check.columns import NOT_NEGATIVE, PLOT_REPEATED, STR, TEXT, hectares, number, text
from eudr_check.columns import PLOT_INDEX as PLOT_INDEX
from eudr_check.errors import EudrCheckError
from eudr_check.imagery_tables import LOOK_STATUSES as LOOK_STATUSES
from eudr_check.imagery_tables import LOOKS as LOOKS
from eudr_check.imagery_tables import RADAR as RADAR
from eudr_check.imagery_tables import VEGETATION_SERIES as VEGETATION_SERIES
from eudr_check.use_tables import GROUND_USES as GROUND_USES
from eudr_check.use_tables import SPLITS as SPLITS
from eudr_check.use_tables import USES as USES

Frame = TypeVar("Frame", bound=pd.DataFrame)

OUTCOMES = ("low", "more_info_needed", "high", "undetermined")
SETTLED = ("low", "cleared_by_review")
SEVERITIES = ("block", "warn", "info")
FOOTPRINTS = ("polygon", "disc", "double_disc", "cell")
SOURCE_STATUSES = ("read", "missing", "failed")
AREA_TOPICS = ("protected", "indigenous", "zoning", "tenure")
AREA_STATUSES = ("overlap", "unknown", "outside")
COMMODITIES = ("cattle", "cocoa", "coffee", "oil_palm", "rubber", "soya", "wood")

PLACE = (
    "how the file names that row: `sheet!row`, the line of a text, `layer!number`; null where features are only counted"
)

PLOTS = pa.DataFrameSchema(
    {
        "plot_id": text("the cooperative's own id, kept as text"),
        "cooperative": text("cooperative that delivered the plot"),
        "geometry": pa.Column(
            nullable=True,
            description="point, polygon or multipolygon in EPSG:4326, 2-D; repaired where a finding says so",
        ),
        "original_wkb": pa.Column(
            "object", nullable=True, description="WKB of the geometry as delivered, where a repair changed it"
        ),
        "source_file": text("plot file as named in the harvest"),
        "source_row": pa.Column("int64", pa.Check.ge(1), description="feature or data row in that file, from 1"),
        "source_place": text(PLACE, nullable=True),
        "producer_name": text(
            "producer (personal data: left out unless the named edition is asked for)", nullable=True
        ),
        "producer_country": text("ISO 3166-1 alpha-2 country of production", nullable=True),
        "production_place": text("place name, for people", nullable=True),
        "commodity": text("commodity of the Regulation", among=COMMODITIES),
        "planted_year": pa.Column("Int64", nullable=True, description="year the crop was planted"),
        "geometry_kind": text("point or polygon", among=("point", "polygon"), nullable=True),
        "area_ha": hectares("ellipsoidal area of the polygon; null for points", nullable=True),
        "declared_area_ha": hectares("area the cooperative declares", nullable=True),
        "eu_area_ha": hectares("area the EU system is expected to show (sphere, R = 6378137 m)", nullable=True),
        "usable": pa.Column("bool", description="false where a blocking finding stops the analysis"),
    },
    index=PLOT_INDEX,
    strict=True,
    title="PLOTS",
    description="One row per plot.",
)

FINDINGS = pa.DataFrameSchema(
    {
        "plot": text("plot concerned; null where the row has no usable identity", nullable=True),
        "cooperative": text("cooperative concerned", nullable=True),
        "source_file": text("plot file as named in the harvest, or the id of a layer"),
        "source_row": pa.Column("Int64", nullable=True, description="row in that file; null: the whole file"),
        "source_place": text(PLACE, nullable=True),
        "code": text("stable code of the check"),
        "severity": text("block, warn or info", among=SEVERITIES),
        "message": text("what was found and what to do, in English"),
        "details": text("JSON object of the figures in the message, from which other languages are made"),
        "longitude": number("where, degrees east", nullable=True),
        "latitude": number("where, degrees north", nullable=True),
        "fix": text("what was repaired", nullable=True),
        "area_before_ha": hectares("area before the repair", nullable=True),
        "area_after_ha": hectares("area after the repair", nullable=True),
    },
    strict=True,
    title="FINDINGS",
    description="One row per problem of a plot, a row or a file.",
)

SOURCES = pa.DataFrameSchema(
    {
        "tile": text("tile the pixels were read for"),
        "layer": text("layer with version"),
        "item_id": text("STAC Item; null where the catalogue has none", nullable=True),
        "asset": text("asset of the Item", nullable=True),
        "href": text("unsigned address of the asset", nullable=True),
        "datetime": text("date or interval the Item stands for", nullable=True),
        "version": text("product version as the Item says", nullable=True),
        "updated": text("when the Item was last changed, UTC; where Items overlap, the newest counts", nullable=True),
        "etag": text("ETag the server gave", nullable=True),
        "sha256": text("SHA-256 of the raster blocks read for the tile; of a polygon map, of its file", nullable=True),
        "bbox": text("west, south, east, north of the Item", nullable=True),
        "status": text("read, missing (no Item) or failed", among=SOURCE_STATUSES),
        "reason": text("why it is missing or failed, or what of it is unknown though read", nullable=True),
        "sampled": pa.Column("bool", description="true where cells were sampled from another CRS"),
    },
    strict=True,
    title="SOURCES",
    description="One row per tile, layer and Item really read, and per gap.",
)

EVIDENCE = pa.DataFrameSchema(
    {
        "footprint": text("ground the row belongs to", among=FOOTPRINTS),
        r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$": pa.Column(
            "int16",
            pa.Check.ge(-1),
            regex=True,
            required=False,
            description="state: 1 yes, 0 no, -1 unknown; event: year, 0 none, -1 unknown",
        ),
        "area_ha": hectares("area of the plot with this combination of values"),
        "area_inner_ha": hectares("the same for the plot shrunk by the GPS error"),
        "area_outer_ha": hectares("the same for the plot grown by the GPS error"),
    },
    index=PLOT_REPEATED,
    strict=True,
    title="EVIDENCE",
    description="One row per plot, footprint and combination of layer values; "
    "`area_ha` of a footprint adds up to its area.",
)

PATCHES = pa.DataFrameSchema(
    {
        "geometry": pa.Column(description="polygon or multipolygon of event cells, EPSG:4326"),
        "column": text("event variable"),
        "year": pa.Column("int16", pa.Check.gt(0), description="year of the event"),
        "area_ha": hectares("area of the patch"),
        "plots": pa.Column("object", description="plots on or within 100 m of the patch (a list of `plot`)"),
    },
    strict=True,
    title="PATCHES",
    description="Polygons of event cells on and within 100 m of plots; free of any policy.",
)

ASSESSMENTS = pa.DataFrameSchema(
    {
        "outcome": text("what the evidence says under the policy", among=OUTCOMES),
        "reasons": text("reason codes, weightiest first, separated by spaces"),
        "forest_2020_ha": hectares("forest at the end of 2020 (baseline)"),
        "loss_after_2020_ha": hectares("any event after 31 December 2020"),
        "deforestation_ha": hectares("event after 31 December 2020 on forest, any method"),
        "agreed_deforestation_ha": hectares("the same where two methods agree on the cells"),
        "unknown_ha": hectares("area the required layers leave unknown"),
        "margin_ha": number("hectares to the nearest threshold that would change the outcome", nullable=True),
        "stability": text(
            "stable or fragile; unknown where the ground of the plot, or what is on it, is not known",
            among=("stable", "fragile", "unknown"),
        ),
        "flips": text("what changes the outcome, where fragile", nullable=True),
        "unobserved_since": text(
            "last day the event layers cover, where production ends later or nobody said when", nullable=True
        ),
        "policy": text("policy with version"),
        "review": text("review that settles or contests the outcome", nullable=True),
        "final_outcome": text("outcome after reviews", among=(*OUTCOMES, "cleared_by_review")),
    },
    index=PLOT_INDEX,
    strict=True,
    title="ASSESSMENTS",
    description="One row per plot.",
)

REASONS = pa.DataFrameSchema(
    {
        "code": text("reason code"),
        "layers": text("EVIDENCE columns behind it, separated by spaces"),
        "area_ha": hectares("hectares found", nullable=True),
        "threshold_ha": hectares("hectares at which the rule applies", nullable=True),
        "margin_ha": number("found minus threshold", nullable=True),
    },
    index=PLOT_REPEATED,
    strict=True,
    title="REASONS",
    description="One row per plot and reason.",
)

AREAS = pa.DataFrameSchema(
    {
        "area": text("name of the vector layer in the harvest"),
        "layer": text("id of its definition"),
        "topic": text("what its areas are", among=AREA_TOPICS),
        "status": text("overlap, unknown (could not be learned) or outside (another country)", among=AREA_STATUSES),
        "feature": text("what the area is called", nullable=True),
        "overlap_ha": hectares("ground of the plot in that area; of a point, of its disc", nullable=True),
        "overlap_share": number("the same as a share of the plot", nullable=True),
        "together_ha": hectares("ground of the plot in all areas of the layer, counted once", nullable=True),
        "reason": text("why it is unknown", nullable=True),
    },
    index=PLOT_REPEATED,
    strict=True,
    title="AREAS",
    description="One row per plot and area of a vector layer it shares ground with, and per plot and layer that could "
    "not be learned; no rule of a policy sees it.",
)

AREA_OUTLINES = pa.DataFrameSchema(
    {
        "geometry": pa.Column(description="polygon or multipolygon to about a metre, EPSG:4326"),
        "area": text("name of the vector layer in the harvest"),
        "layer": text("id of its definition"),
        "topic": text("what its areas are", among=AREA_TOPICS),
        "feature": text("what the area is called", nullable=True),
    },
    strict=True,
    title="AREA_OUTLINES",
    description="The areas that come near plots, for maps; those of titled land only where a plot lies in them. Where "
    "a layer could not be learned none is drawn; hectares are those of AREAS.",
)

LOTS = pa.DataFrameSchema(
    {
        "lot": pa.Column(TEXT, unique=True, description="lot as the deliveries name it"),
        "deliveries": pa.Column("int64", NOT_NEGATIVE, description="deliveries left in the lot"),
        "removed": pa.Column("int64", NOT_NEGATIVE, description="deliveries taken out before mixing, with a date"),
        "kg_green": pa.Column(
            "float64", NOT_NEGATIVE, description="kilograms of product left in the lot (coffee: as green coffee)"
        ),
        "status": text("accepted or refused; a lot is refused whole", among=("accepted", "refused")),
        "reasons": text("why it is refused: codes with the plots concerned; empty where accepted"),
        "warnings": text("what to ask about: codes with the plots concerned; empty where nothing"),
        "plots": pa.Column(
            "object",
            description="plots that delivered into the lot (a list of `cooperative/plot_id`); "
            "of cattle, all establishments of its groups",
        ),
    },
    strict=True,
    title="LOTS",
    description="One row per lot of the deliveries.",
)

DELIVERIES = pa.DataFrameSchema(
    {
        "source_row": pa.Column("int64", pa.Check.ge(1), description="delivery in the file, counted from 1"),
        "source_place": text("how the file names that row: its line, or `sheet!row`"),
        "date": text("day of the delivery, YYYY-MM-DD"),
        "plot": text("plot it came from (`cooperative/plot_id`), also where PLOTS has no such plot"),
        "kg": pa.Column("float64", NOT_NEGATIVE, description="kilograms as weighed, in its form"),
        "form": text("form it was weighed in"),
        "kg_green": pa.Column("float64", NOT_NEGATIVE, description="kilograms of product it makes, as in LOTS"),
        "lot": text("lot it went into"),
        "mixed_on": text("day the lot was mixed, YYYY-MM-DD", nullable=True),
        "removed_on": text("day the delivery was taken out of its lot, YYYY-MM-DD", nullable=True),
        "removed": pa.Column("bool", description="taken out before mixing: the lot holds nothing of it"),
        "group": text("group of animals it comes from, as ANIMALS calls it; cattle only", nullable=True),
    },
    strict=True,
    title="DELIVERIES",
    description="One row per delivery, in the order of the file, as it was read; LOTS is made of it.",
)

_NAMED = (
    PLOTS,
    FINDINGS,
    SOURCES,
    EVIDENCE,
    PATCHES,
    ASSESSMENTS,
    REASONS,
    USES,
    SPLITS,
    AREAS,
    AREA_OUTLINES,
    LOTS,
    DELIVERIES,
    STAYS,
    ANIMALS,
    LOOKS,
    RADAR,
    VEGETATION_SERIES,
)
ALL = {schema.title: schema for schema in _NAMED}


def check(schema: pa.DataFrameSchema, frame: Frame) -> Frame:
    """The frame itself, when it keeps the contract of its table.

    Raises:
        EudrCheckError: names the table, the column and the first values that break the contract.
    """
    try:
        schema.validate(frame, lazy=True)
    except SchemaErrors as error:
        cases = error.failure_cases
        lines = [
            f"{row.column or schema.title}: {row.check} ({row.failure_case!r})" for row in cases.head(5).itertuples()
        ]
        raise EudrCheckError(f"table {schema.title} breaks its contract: " + "; ".join(lines)) from error
    return frame


def row_names(frame: pd.DataFrame) -> list[int | str | None]:
    """How people find the rows of PLOTS, FINDINGS or a part of them again in their file; None for the whole file.

    Args:
        frame: has `source_row` and `source_place`.
    """
    return [
        (None if pd.isna(row) else int(row)) if pd.isna(place) else int(place) if str(place).isdecimal() else str(place)
        for row, place in zip(frame["source_row"], frame["source_place"], strict=True)
    ]


RowsOfTable = pd.DataFrame | Sequence[Mapping[str, object]] | Mapping[str, object]
"""A frame, a mapping for each row, or a sequence for each column."""


def typed(schema: pa.DataFrameSchema, rows: RowsOfTable) -> pd.DataFrame:
    """A frame with the table's columns, order and dtypes, from rows or columns.

    Rows carry the index as a field of its name. Columns given by a pattern are kept behind the named ones.

    >>> typed(REASONS, [{"plot": "c/1", "code": "standing_forest", "layers": "jrc_gfc2020.forest"}]).shape
    (1, 5)
    """
    frame = pd.DataFrame(rows)
    names = [name for name, column in schema.columns.items() if not column.regex]
    index = [] if schema.index is None else [schema.index.name]
    extra = [name for name in frame.columns if name not in {*names, *index}]
    frame = frame.reindex(columns=[*index, *names, *extra])
    frame = frame.astype({name: schema.columns[name].dtype.type for name in names if schema.columns[name].dtype})
    if index:
        frame = frame.astype({index[0]: STR}).set_index(index[0])
    return frame
