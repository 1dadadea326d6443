"""A map that never says yes, or always, on ground where another of its kind differs is named."""

import datetime as dt
from dataclasses import replace

import pandas as pd
import pytest

from eudr_check import plots, tables
from eudr_check.run import map_doubts
from eudr_check.variables import Kind, Role, Variable


def variable(column: str, role: Role, kind: Kind = "state") -> Variable:
    """A variable of a layer named like its column."""
    day = dt.date(2020, 12, 31)
    return Variable(column, f"{column}@1", kind, role, column, "landsat", day, day)


def evidence(*rows: tuple[float, int, int], footprint: str = "polygon") -> pd.DataFrame:
    """EVIDENCE of one plot: hectares and what `a.x` and `b.y` say of them."""
    frame = pd.DataFrame(rows, columns=["area_ha", "a.x", "b.y"])
    return frame.assign(footprint=footprint, plot="coop/1").set_index("plot")


FOREST = (variable("a.x", "forest_2020"), variable("b.y", "tree_cover_2020"))
LOSS = (variable("a.x", "event", "event"), variable("b.y", "event", "event"))


@pytest.mark.parametrize(
    ("columns", "rows", "codes"),
    [
        (FOREST, [(40.0, 0, 1), (60.0, 0, 0)], [("map_nowhere", "a.x@1", 40.0)]),
        (FOREST, [(40.0, 1, 1), (60.0, 1, 0)], [("map_everywhere", "a.x@1", 60.0)]),
        (FOREST, [(40.0, 1, 0), (60.0, 0, 0)], [("map_nowhere", "b.y@1", 40.0)]),
        (FOREST, [(40.0, 0, 1), (60.0, 1, 0)], []),
        (FOREST, [(40.0, -1, 1), (60.0, 0, 0)], []),
        (FOREST, [(4.0, 0, 1), (96.0, 0, 0)], []),
        (FOREST, [(0.9, 0, 1), (1.1, 0, 0)], []),
        (FOREST, [(6.0, 0, 1), (0.3, 0, 0)], []),
        (
            (replace(FOREST[0], layer="jrc_tmf@v1.2025"), FOREST[1]),
            [(40.0, 0, 1), (60.0, 0, 0)],
            [("map_nowhere", "jrc_tmf@v1.2025", 40.0)],
        ),
        (LOSS, [(40.0, 0, 2022), (60.0, 0, 0)], [("map_nowhere", "a.x@1", 40.0)]),
        (LOSS, [(40.0, 2021, 2022), (60.0, 0, 0)], []),
        ((FOREST[0], variable("b.y", "context")), [(40.0, 0, 1), (60.0, 0, 0)], []),
        ((FOREST[0], LOSS[1]), [(40.0, 0, 2022), (60.0, 0, 0)], []),
    ],
)
def test_one_sided_maps_are_named(
    columns: tuple[Variable, ...], rows: list[tuple[float, int, int]], codes: list[tuple[str, str, float]]
) -> None:
    """Only known ground counts, only maps of one thing are compared, and small differences are none."""
    found = map_doubts.doubts(evidence(*rows), columns)

    assert [(one.code, one.layer, one.figures["other_ha"]) for one in found] == codes


@pytest.mark.parametrize("footprint", ["double_disc", "cell"])
def test_ground_around_a_point_is_not_counted_twice(footprint: str) -> None:
    """Of a point its disc counts; the wider ground and the cell would count hectares again."""
    assert map_doubts.doubts(evidence((40.0, 0, 1), (60.0, 0, 0), footprint=footprint), FOREST) == []


def test_the_finding_names_the_layer_and_no_cooperative() -> None:
    """A map is nobody's plot file: the finding stands under the id of the layer, with its figures in words."""
    found = map_doubts.doubts(evidence((40.0, 0, 1), (60.5, 0, 0)), FOREST)
    findings = map_doubts.with_findings(tables.typed(tables.FINDINGS, []), found)

    assert findings[["source_file", "code", "severity"]].to_numpy().tolist() == [["a.x@1", "map_nowhere", "warn"]]
    assert findings[["plot", "cooperative"]].isna().all(axis=None)
    assert "a.x says yes nowhere on 100.5 ha, although b.y does on 40 ha" in findings["message"].iat[0]
    assert "de 100,5 ha" in plots.message("map_nowhere", findings["details"].iat[0], "es")
