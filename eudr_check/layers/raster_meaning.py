"""What would make the values or the place of a raster mean something else than they seem to."""

from collections.abc import Callable, Mapping

from affine import Affine
from rasterio.enums import MaskFlags
from rasterio.io import DatasetReader

from eudr_check.errors import LayersError
from eudr_check.text import sentence


def _reversible(structure: Mapping[str, str]) -> bool:
    return structure.get("COMPRESSION_REVERSIBILITY", "").startswith("LOSSLESS")


LOSSY_UNLESS: dict[str, Callable[[Mapping[str, str]], bool]] = {
    "JPEG": lambda _: False,
    "LERC": lambda structure: float(structure.get("MAX_Z_ERROR", 0)) == 0,
    "WEBP": _reversible,
    "JXL": _reversible,
}
"""Ways to compress that may change values, and how GDAL says of a file (IMAGE_STRUCTURE) that here they do not."""


def refuse_other_meaning(name: str, dataset: DatasetReader, band: int | None) -> None:
    """Refuse a raster whose stored values, or whose cells, are not what they seem.

    Args:
        name: file, for messages.
        dataset: the raster, opened by rasterio without anything that lies beside it.
        band: band from 1; None: the only one.

    Raises:
        LayersError: several bands and none named, no such band, a mask, scale and offset, lossy compression, rotation,
            no place, no CRS.
    """
    if dataset.crs is None:
        raise LayersError(sentence("layers", "crs_missing", name=name))
    there = dataset.transform
    if there.b or there.d or not there.a or not there.e or there == Affine.identity():
        key = "rotated" if there.b or there.d else "no_geotransform"
        raise LayersError(sentence("layers", key, name=name, numbers=str(tuple(there)[:6])))
    if (band is None and dataset.count != 1) or (band or 1) > dataset.count:
        key = "several_bands" if band is None else "no_band"
        raise LayersError(sentence("layers", key, name=name, band=band, count=dataset.count))
    which = (band or 1) - 1
    if MaskFlags.per_dataset in dataset.mask_flag_enums[which]:
        raise LayersError(sentence("layers", "mask", name=name))
    scale, offset = dataset.scales[which], dataset.offsets[which]
    if (scale, offset) != (1, 0):
        raise LayersError(sentence("layers", "scaled", name=name, scale=f"{scale:g}", offset=f"{offset:g}"))
    _refuse_lossy(name, dataset.tags(ns="IMAGE_STRUCTURE"))


def _refuse_lossy(name: str, structure: Mapping[str, str]) -> None:
    """Refuse compression that keeps what a picture looks like: a class or a year near the true one is another."""
    compression = structure.get("COMPRESSION", "")
    kind = next((kind for kind in LOSSY_UNLESS if kind in compression), None)
    if kind is not None and not LOSSY_UNLESS[kind](structure):
        raise LayersError(sentence("layers", "lossy", name=name, kind=kind))
