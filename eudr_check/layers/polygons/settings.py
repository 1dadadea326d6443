"""What the definition of a map of polygons says besides its assets, and what would make it a lie."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pydantic import Field

from eudr_check.layers.places import WORLD, Strict
from eudr_check.layers.value_ranges import Values
from eudr_check.text import Sentence, sentence

if TYPE_CHECKING:
    from eudr_check.layers.definition import LayerDefinition

Box = tuple[float, float, float, float]
UTM = "UTM"


class Polygons(Strict):
    """A layer whose one Item is a vector file: every asset is a column (`field`) of its polygons."""

    table: str | None = Field(None, description="layer of the file, where it has several")
    cover: Box | str | None = Field(
        None,
        description="ground the map speaks of, beyond which nothing is known: west, south, east, north in degrees, or "
        "the layer of the file that outlines it; without it, the polygons themselves",
    )
    gaps: dict[str, int] = Field(
        default_factory=dict,
        description="our asset: its value on ground of `cover` that no polygon holds; without it that is unknown",
    )


def of_polygons(layer: "LayerDefinition") -> Iterator[Sentence]:
    """What is wrong with the keys of polygons, in words: those of rasters do nothing there, and the other way round."""
    if layer.polygons is None:
        for key, asset in layer.assets.items():
            if asset.field is not None:
                yield sentence("definition_rules", "field_alone", asset=key)
        return
    if layer.crs == UTM:
        yield sentence("definition_rules", "polygons_crs", utm=UTM)
    if layer.found:
        yield sentence("definition_rules", "polygons_found")
    for key, asset in layer.assets.items():
        if asset.field is None:
            yield sentence("definition_rules", "no_field", asset=key)
        for name in ("band", "file", "nodata_tag", "sparse"):
            if getattr(asset, name) != type(asset).model_fields[name].default:
                yield sentence("definition_rules", "raster_key", asset=key, name=name)
        names = [name.strip() for name in asset.classes.values()]
        if double := sorted({name for name in names if names.count(name) > 1}):
            yield sentence("definition_rules", "same_class", asset=key, names=", ".join(double))
    yield from _cover(layer, layer.polygons)


def _cover(layer: "LayerDefinition", polygons: Polygons) -> Iterator[Sentence]:
    if isinstance(polygons.cover, tuple):
        west, south, east, north = polygons.cover
        low, high = WORLD[:2], WORLD[2:]
        if not (low[0] <= west < east <= high[0] and low[1] <= south < north <= high[1]):
            yield sentence("definition_rules", "cover_box", box=", ".join(f"{one:g}" for one in polygons.cover))
    if polygons.gaps and polygons.cover is None:
        yield sentence("definition_rules", "gaps_alone")
    for key, value in polygons.gaps.items():
        if key not in layer.assets:
            yield sentence("definition_rules", "gap_asset", asset=key, assets=", ".join(sorted(layer.assets)))
            continue
        known = Values(sorted((*layer.assets[key].legend, *layer.assets[key].nodata)))
        if Values([(value, value)]).beyond(known):
            yield sentence("definition_rules", "gap_value", asset=key, value=str(value), legend=str(known))
