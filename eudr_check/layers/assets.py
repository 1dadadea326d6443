"""What a definition says of one asset of a layer: its legal values, and how a file holds them."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, InstanceOf, PlainSerializer

from eudr_check.layers.places import Strict
from eudr_check.layers.value_ranges import Values

Ranges = Annotated[InstanceOf[Values], BeforeValidator(Values.parse), PlainSerializer(str)]
NoneOrRanges = Annotated[
    InstanceOf[Values],
    BeforeValidator(lambda value: Values() if value in ("", []) else Values.parse(value)),
    PlainSerializer(str),
]


class Asset(Strict):
    """One raster of a layer's Items, or one column of the polygons of a file."""

    legend: Ranges = Field(description="every value the producer gives a meaning to")
    dtype: Literal["uint8", "int8", "uint16", "int16"] = "uint8"
    classes: dict[int, str] = Field(
        default_factory=dict, description="what values of the legend are called, for people"
    )
    nodata: NoneOrRanges = Field(Values(), description="values that mean 'not mapped'")
    nodata_tag: Literal["obey", "ignore"] = Field(
        "obey", description="`ignore` where another asset says what is unknown and the tag is known to lie on data"
    )
    band: int | None = Field(None, ge=1, description="band of files that hold several; others are refused")
    sparse: Literal["unknown", "zero"] = Field(
        "unknown", description="what blocks hold that a file does not store; `zero` only where the producer says so"
    )
    file: str | None = Field(
        None, description="file name without ending; `*` is anything, `{id}` becomes the id of the Item"
    )
    field: str | None = Field(
        None,
        exclude_if=lambda value: value is None,
        description="of polygons: column of the file that holds the value; a date counts as its year, and text stands "
        "for the value that `classes` gives that name",
    )
