"""A definition that would be a map of silent zeros, or of the wrong day, is refused by key and value."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from eudr_check.errors import LayersError
from eudr_check.layers.definition import read

SOUND: dict[str, Any] = {
    "id": "mapa_bosque@2024",
    "name": "mapa",
    "title": "Mapa de bosque",
    "provider": "Nadie",
    "licence": "none",
    "citation": "none",
    "lineage": "drawn",
    "crs": "EPSG:4674",
    "resolution": "30 m",
    "date": "2020-01-01/2024-12-31",
    "assets": {"class": {"legend": "3..5, 21", "nodata": 0}, "year": {"legend": "0..24", "nodata": 255}},
    "variables": {
        "forest": {
            "kind": "state", "role": "forest_2020", "method": "mapa", "sensor": "landsat",
            "covers_from": "2020-01-01", "covers_through": "2020-12-31", "when": {"class": "3..5"},
        },
        "loss_year": {
            "kind": "event", "role": "event", "method": "mapa", "sensor": "landsat",
            "covers_from": "2001-01-01", "covers_through": "2024-12-31", "dating": "yearly",
            "year": {"asset": "year", "values": "1..24", "add": 2000}, "unknown": [{"class": 21}],
        },
    },
}  # fmt: skip
FOREST, LOSS = ("variables", "forest"), ("variables", "loss_year")
WRONG = {
    "when of a value outside the legend": ((*FOREST, "when"), {"class": 99}, "value 99 of asset 'class' is neither"),
    "when of one value more": ((*FOREST, "when"), {"class": "3..6"}, "value 6 of asset 'class' is neither"),
    "when of nodata": ((*FOREST, "when"), {"class": "0, 3"}, "value 0 of asset 'class' is nodata"),
    "unknown outside the legend": ((*LOSS, "unknown"), [{"class": 99}], "unknown: value 99"),
    "year values outside the legend": ((*LOSS, "year", "values"), "1..25", "year: value 25"),
    "nodata in the legend": (("assets", "class", "nodata"), "0, 21", "value 21 cannot be in the legend and be nodata"),
    "legend beyond the dtype": (("assets", "class", "legend"), "3..5, 21, 300", "value 300 cannot be in a raster"),
    "event as forest": ((*LOSS, "role"), "forest_2020", "forest_2020 is a state, not kind 'event'"),
    "state as event": ((*FOREST, "role"), "event", "event is an event, not kind 'state'"),
    "state as degradation": ((*FOREST, "role"), "degradation", "degradation is an event"),
    "cover that ends before it begins": ((*LOSS, "covers_from"), "2025-06-01", "covers_from: 2025-06-01 is after"),
    "forest of 2015": (FOREST, {"covers_from": "2015-01-01", "covers_through": "2015-12-31"}, "state of 2020-12-31"),
    "trees of 2021": (FOREST, {"role": "tree_cover_2020", "covers_from": "2021-01-01", "covers_through": "2021-12-31"},
                      "state of 2020-12-31"),
    "events of days to come": ((*LOSS, "covers_through"), "2999-12-31", "loss_year, covers_through: .* has not come"),
    "forest of days to come": ((*FOREST, "covers_through"), "2999-12-31", "forest, covers_through: .* has not come"),
    "Items of days to come": (("date",), "2020-01-01/2999-12-31", "date: .* has not come"),
    "date in words": (("date",), "last year", "'last year' is neither a day"),
    "date of no calendar": (("date",), "2020-02-30", "'2020-02-30' is neither a day"),
    "interval backwards": (("date",), "2024-12-31/2020-01-01", "ends before it begins"),
    "code of no CRS": (("crs",), "EPSG:99999", "'EPSG:99999' is no known coordinate reference system"),
    "CRS in words": (("crs",), "UTM 18 Sur", "'UTM 18 Sur' is no EPSG code"),
    "CRS without code": (("crs",), "+proj=longlat +ellps=intl +no_defs", "is no EPSG code"),
    "years of 3000": ((*LOSS, "year", "add"), 3000, "3001, 3002, .* lies outside the cover"),
    "2035 in a layer until 2024": ((*LOSS, "year"), {"asset": "year", "years": {2035: 1, 2023: 2}}, "year: 2035 lies"),
    "one value of two years": ((*LOSS, "year"), {"asset": "year", "years": {2022: "1..3", 2023: "3"}},
                               "year: value 3 means 2022 and 2023"),
    "forest that is always unknown": ((*FOREST, "unknown"), [{"class": "3..5"}], "the variable could never be 1"),
    "id of a shipped layer": (("id",), "hansen_gfc@v1.13", "is the id of a definition that comes with"),
    "name of a shipped layer": (("name",), "hansen", "'hansen' is the name of a layer that comes with eudr-check"),
    "id without a version": (("id",), "mapa_bosque", "id: 'mapa_bosque'"),
    "key that is misspelt": (("assets", "class", "legende"), "3..5", "legende: unknown key; did you mean 'legend'"),
    "asset that is not there": ((*FOREST, "when"), {"clase": 3}, "no asset 'clase'"),
    "event without a rule of years": ((*LOSS, "year"), None, "an event is defined by 'year'"),
    "two rules of years": ((*LOSS, "year", "since"), "2000-01-01", "exactly one of add, since, years"),
    "when of no value": ((*FOREST, "when"), {"class": []}, "names no value"),
    "year of no value": ((*LOSS, "year", "values"), [], "names no value"),
    "a year of no value": ((*LOSS, "year"), {"asset": "year", "years": {2023: []}}, "names no value"),
    "table of no years": ((*LOSS, "year"), {"asset": "year", "years": {}}, "'years' names no year"),
    "legend of no value": (("assets", "class", "legend"), [], "names no value"),
    "unknown without a condition": ((*LOSS, "unknown"), [{}], "unknown: an empty condition holds everywhere"),
    "loss that is always unknown": ((*LOSS, "unknown"), [{"year": "1..9"}, {"year": "10..24"}],
                                    "year: every value of asset 'year' it names is unknown"),
    "forest unknown in two conditions": ((*FOREST, "unknown"), [{"class": "3..4"}, {"class": 5}],
                                         "when: every value of asset 'class' it names is unknown"),
    "values without end": ((*LOSS, "year", "values"), "1..99999999999999", "year: values 25..254, 256..99999999999999"),
    "years without end": ((*LOSS, "year", "add"), 10**30, "lies outside the cover"),
    "days of another century": ((*LOSS, "year"), {"asset": "year", "values": "1..24", "since": "1900-12-31"},
                                "no day its values mean lies in the cover"),
    "divisor of a rule that does not divide": ((*LOSS, "year"), {"asset": "year", "years": {2023: 2}, "divide": 10},
                                               "'divide' does nothing with 'years'"),
    "modulo of a table": ((*LOSS, "year"), {"asset": "year", "years": {2023: 2}, "modulo": 10},
                          "'modulo' does nothing with 'years'"),
    "divisor of days": ((*LOSS, "year"), {"asset": "year", "values": "1..24", "since": "2001-01-01", "divide": 2},
                        "'divide' does nothing with 'since'"),
    "date without dashes": (("date",), 20201231, "'20201231' is neither a day"),
    "interval half without dashes": (("date",), "20200101/2020-01-01", "is neither a day"),
    "map service as a file": (("found",), [{"file": "https://a.pe/ows?SERVICE=WMS&REQUEST=GetMap"}],
                              "a picture is no evidence"),
    "map service as tiles": (("found",), [{"tiles": {"naming": "jrc", "url": "https://a.pe/wmts/{tile}"}}],
                             "a picture is no evidence"),
    "map tiles by zoom": (("found",), [{"file": "https://a.pe/bosque/{z}/{x}/{y}.png"}], "a picture is no evidence"),
    "map server as an endpoint": (("found",), [{"endpoint": "https://a.pe/rest/MapServer", "collection": "b"}],
                                  "a picture is no evidence"),
    "file and endpoint": (("found",), [{"file": "https://a.pe/b.tif", "endpoint": "https://a.pe"}],
                          "exactly one of endpoint, tiles, file"),
    "no variable": (("variables",), {}, "variables: is empty"),
}  # fmt: skip


TRIED_IN_QGIS = (
    "when of a value outside the legend",
    "unknown outside the legend",
    "nodata in the legend",
    "when of nodata",
    "legend beyond the dtype",
    "event as forest",
    "state as event",
    "cover that ends before it begins",
    "forest of 2015",
    "date in words",
    "code of no CRS",
    "CRS in words",
    "name of a shipped layer",
    "years of 3000",
    "year values outside the legend",
    "2035 in a layer until 2024",
    "id without a version",
    "key that is misspelt",
    "asset that is not there",
    "event without a rule of years",
    "two rules of years",
)
"""What a GIS user of November 2026 tried with maps of their own: 1 to 16 were accepted then, 17 to 21 refused."""


def numbered(case: str) -> str:
    """The name of a case, behind its number where it is one of those 21."""
    return f"{TRIED_IN_QGIS.index(case) + 1:02} {case}" if case in TRIED_IN_QGIS else case


def changed(place: tuple[str, ...], value: Any) -> dict[str, Any]:
    """The sound definition with another value at one place (a mapping at a variable is merged)."""
    content: dict[str, Any] = yaml.safe_load(yaml.safe_dump(SOUND))
    inner = content
    for key in place[:-1]:
        inner = inner[key]
    merged = place in (FOREST, LOSS)
    inner[place[-1]] = {**inner[place[-1]], **value} if merged else value
    return content


def write(folder: Path, content: Any) -> Path:
    path = folder / "own.yaml"
    path.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    return path


def test_a_sound_definition_is_taken(tmp_path: Path) -> None:
    """What all wrong ones differ from in one place is right."""
    assert read(write(tmp_path, SOUND)).id == "mapa_bosque@2024"


def test_all_that_was_tried_is_here() -> None:
    """Twenty-one, each once and by a name of the table."""
    assert len(set(TRIED_IN_QGIS)) == 21 and set(TRIED_IN_QGIS) <= set(WRONG)


@pytest.mark.parametrize("case", WRONG, ids=numbered)
def test_a_wrong_definition_is_refused_by_name(tmp_path: Path, case: str) -> None:
    """File, key, value and what is wrong stand in the message."""
    place, value, message = WRONG[case]
    path = write(tmp_path, changed(place, value))

    with pytest.raises(LayersError, match=message) as refused:
        read(path)
    assert str(path) in str(refused.value)


def test_a_key_that_stands_twice_is_refused(tmp_path: Path) -> None:
    """YAML would take the second `when` without a word."""
    text = yaml.safe_dump(SOUND, sort_keys=False)
    path = tmp_path / "own.yaml"
    path.write_text(text.replace("    when:\n", "    when:\n      class: 4\n    when:\n", 1), encoding="utf-8")

    with pytest.raises(
        LayersError, match=r"own.yaml: not valid YAML: 'when' stands twice in one block \(lines \d+ and"
    ):
        read(path)
