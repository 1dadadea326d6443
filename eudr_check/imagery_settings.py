"""Settings of a harvest that say where dated pictures of plots come from, and how much may be read for them."""

from collections.abc import Collection

from pydantic import Field

from eudr_check.problems import Sentence, said
from eudr_check.trade import Strict


class ImageryChoice(Strict):
    """One place where dated pictures are looked for."""

    source: str = Field(alias="from", description="name of a catalogue above")
    collection: str = Field("sentinel-2-l2a", description="collection of Sentinel-2 L2A there")


class Imagery(Strict):
    """Dated satellite pictures of plots that are not low."""

    catalogues: tuple[ImageryChoice, ...] = Field(
        min_length=1, description="where they are looked for, the best first; copies of one overflight are joined"
    )
    megabytes: int = Field(500, ge=1, description="byte budget: what does not fit is left out, and said")
    plots: tuple[str, ...] = Field(
        (), description="plots (cooperative/plot_id) that get pictures although they are low"
    )

    def astray(self, catalogues: Collection[str]) -> list[Sentence]:
        """What is wrong with the catalogues named: they must be of the harvest, and hold Items (not known tiles)."""
        known = ", ".join(sorted(catalogues)) or "-"
        named = [choice.source for choice in self.catalogues]
        return [said("no_picture_catalogue", source=one, known=known) for one in named if one not in catalogues]
