"""Splits that are proposed: in GeoJSON, in the plan, on the page; never as anything but a proposal."""

import datetime as dt
import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import shapely

from eudr_check import tables
from eudr_check.package import splits
from eudr_check.package.action_plan import actions, plan
from eudr_check.package.action_plan.cooperative import Ground, Settings
from eudr_check.package.report import page
from eudr_check.package.report import uses as report_uses
from eudr_check.package.report.inputs import ReportInput
from eudr_check.text import LANGUAGES, say, topic
from tests.helpers import season_tables


def test_geojson_says_of_every_part_that_it_is_a_proposal() -> None:
    """Parts with hectares that add up, no producer, no outcome, no id of their own."""
    season = season_tables.season(60)
    parts = season_tables.proposed(season)
    features = json.loads("".join(splits.content(parts, season.plots, "es")))["features"]

    assert [one["properties"]["number"] for one in features] == [1, 2]
    assert sum(one["properties"]["area_ha"] for one in features) == pytest.approx(2.1, abs=1e-8)
    for one in features:
        assert one["properties"]["status"] == "proposal"
        assert one["properties"]["note"] == say("uses", "mixed", "es")
        assert not {"producer_name", "final_outcome", "outcome", "ProducerName"} & one["properties"].keys()
    shapes = [shapely.from_geojson(json.dumps(one["geometry"])) for one in features]
    assert shapely.union_all(shapes).symmetric_difference(shapely.union_all(parts.geometry)).area == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_plan_asks_on_the_ground_before_anything_is_divided(language: str) -> None:
    """One visit for a plot of several uses, in words that fit on paper; without splits there is none."""
    season = season_tables.season(60)
    given = (season.plots, season.findings, season.assessments, season.reasons, season.deliveries)
    parts = season_tables.proposed(season)
    todo = actions.actions(*given, start=dt.date(2026, 9, 30), language=language, splits=splits.by_plot(parts))
    mine = todo[todo["code"] == splits.CODE]

    assert mine["plot"].tolist() == [parts.index[0]]
    assert mine[["kind", "who"]].to_numpy().tolist() == [["field", "field"]]
    assert mine["wrong"].iat[0].count(" ha") == 3  # what slivers brought is told too
    assert "splits.geojson" in mine["todo"].iat[0]
    assert len(mine["todo"].iat[0]) <= 210
    assert splits.CODE not in set(actions.actions(*given, start=dt.date(2026, 9, 30), language=language)["code"])


def test_phone_shows_the_parts(tmp_path: Path) -> None:
    """The KML of the cooperative has a folder with the outline of each part, and says what they are not."""
    season = season_tables.season(60)
    parts = season_tables.proposed(season)
    frames = {name: season.tables()[name] for name in ("plots", "findings", "assessments", "reasons")}
    ground = Ground(season.patches, splits=parts)
    files = plan.write(
        tmp_path, settings=Settings.of(season_tables.harvest()), deliveries=season.deliveries, ground=ground, **frames
    )
    cooperative = season.plots.at[parts.index[0], "cooperative"]
    texts = [
        path.read_text(encoding="utf-8")
        for path in files
        if path.suffix == ".kml" and path.stem.startswith(cooperative)
    ]

    assert sum(say("uses", "proposed", "es") in text for text in texts) == 1
    names = [
        one.text or "" for text in texts for one in ET.fromstring(text).iter("{http://www.opengis.net/kml/2.2}name")
    ]
    assert sum("1, 0,70 ha: Bosque de 2020 perdido después 0,70 ha" in name for name in names) == 1


def test_page_carries_them(tmp_path: Path) -> None:
    """What the script asks for stands in the data of the page, with its words."""
    season = season_tables.season(60)
    parts = season_tables.proposed(season)
    given = ReportInput(season_tables.harvest(), **season.tables(), variables=season_tables.VARIABLES, splits=parts)
    [path] = page.write(tmp_path, given)
    html = path.read_text(encoding="utf-8")
    told = json.loads(html.partition('id="data">')[2].partition("</script>")[0])

    assert told["uses"]["parts"]["part"] == ["cleared", "other"]
    assert {f"use_{key}" for key in topic("uses")} <= told["text"].keys()
    assert "useBox(i)" in html


def test_page_has_hectares_of_plots_that_are_not_low() -> None:
    """By position of the plot; a nation's low plots do not make the page longer."""
    season = season_tables.season(60)
    parts = season_tables.proposed(season)
    uses = tables.typed(tables.USES, {"plot": season.plots.index} | {f"{name}_ha": 0.5 for name in tables.GROUND_USES})
    found = report_uses.document(uses, parts, season.plots, season.assessments)
    shown = {season.plots.index[int(place)] for place in found["hectares"].keys}

    assert shown == set(season.assessments.index[season.assessments["outcome"] != "low"])
    assert found["parts"]["holds"][1].tolist() == [0.0, 0.0, 0.0, 0.05, 0.0, 1.35]
    assert report_uses.document(None, None, season.plots, season.assessments)["parts"] is None
