"""Dated pictures of a harvest that asks for them: made once its outcomes are there, and put where people look."""

from eudr_check.run.artifacts import Artifact
from eudr_check.run.imagery.command import NAME, Pictures
from eudr_check.run.stages.job import Run
from eudr_check.steps import Made, Step


def imagery(run: Run) -> Step:
    """The looks at the plots of a harvest; no outcome depends on them."""

    def work(made: Made) -> Artifact:
        looks = Pictures(run.harvest, run.folder, run.offline).made(made)
        run.folder.publish(NAME, [looks])
        return looks

    return Step("imagery", work, needs=("plots", "layers", "overlay", "assess"))
