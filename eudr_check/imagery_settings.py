"""Settings of a harvest that say where dated pictures of plots come from, and how much may be read for them."""

from collections.abc import Collection

from pydantic import Field

from eudr_check.problems import Sentence, said
from eudr_check.trade import Strict


class ImageryChoice(Strict):
    """One place where dated pictures are looked for."""

    source: str = Field(alias="from", description="name of a catalogue above")
    collection: str = Field("sentinel-2-l2a", description="collection of Sentinel-2 L2A there")


class RadarChoice(Strict):
    """Where radar passes are looked for, of plots that no optical look shows."""

    source: str = Field(alias="from", description="name of a catalogue above")
    collection: str = Field("sentinel-1-rtc", description="collection of terrain-corrected Sentinel-1 there")


class Imagery(Strict):
    """Dated satellite pictures of plots that are not low."""

    catalogues: tuple[ImageryChoice, ...] = Field(
        min_length=1, description="where they are looked for, the best first; copies of one overflight are joined"
    )
    megabytes: int = Field(500, ge=1, description="byte budget: what does not fit is left out, and said")
    vegetation_megabytes: int | None = Field(
        None, ge=0, description="what the line through the years may read of it; 0: no line; default what is left"
    )
    radar: RadarChoice | None = Field(None, description="Sentinel-1 medians of plots without a clear look")
    plots: tuple[str, ...] = Field(
        (), description="plots (cooperative/plot_id) that get pictures although they are low"
    )

    @property
    def sources(self) -> tuple[str, ...]:
        """Catalogues that are named, in order."""
        of_radar = () if self.radar is None else (self.radar.source,)
        return (*(one.source for one in self.catalogues), *of_radar)

    def astray(self, catalogues: Collection[str]) -> list[Sentence]:
        """What is wrong with the catalogues named: they must be of the harvest, and hold Items (not known tiles)."""
        known = ", ".join(sorted(catalogues)) or "-"
        return [said("no_picture_catalogue", source=one, known=known) for one in self.sources if one not in catalogues]
