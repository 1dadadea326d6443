"""Definitions are data, and wrong ones are refused with their key."""

import re
from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from eudr_check import layers
from eudr_check.config import LayerChoice
from eudr_check.errors import LayersError
from eudr_check.layers.definition import Asset, VariableDefinition, definition, shipped
from eudr_check.layers.encode import encode
from eudr_check.layers.value_ranges import Values
from tests.helpers.rasters import EVENT, STATE, write_definition

COVER = {"kind": "state", "role": "forest_2020", "method": "m", "sensor": "s"}
DEFINITIONS = Path(layers.__file__).parent / "definitions"
DATES = {"covers_from": "2020-12-31", "covers_through": "2020-12-31"}


def choose(layer: str) -> LayerChoice:
    """Choice of a shipped layer."""
    return LayerChoice.model_validate({"id": layer, "from": "local"})


@pytest.mark.parametrize("layer", shipped())
def test_shipped_definitions_are_sound(layer: str) -> None:
    """Each parses and is named by its own id."""
    one = definition(choose(layer))

    assert one.id == layer
    assert one.variables
    assert all(variable.column.startswith(f"{one.name}.") for variable in one.variables)


def test_contract_columns_exist() -> None:
    """The columns that policies name come from these layers, with these roles."""
    roles = {
        variable.column: (variable.kind, variable.role, variable.dating)
        for layer in ("jrc_gfc2020@V4", "hansen_gfc@v1.13", "jrc_tmf@v1.2025", "esa_worldcover@2020")
        for variable in definition(choose(layer)).variables
    }

    assert roles == {
        "jrc_gfc2020.forest": ("state", "forest_2020", "none"),
        "hansen.tree10": ("state", "tree_cover_2020", "none"),
        "hansen.loss_year": ("event", "event", "yearly"),
        "tmf.forest": ("state", "forest_2020", "none"),
        "tmf.deforestation_year": ("event", "event", "yearly"),
        "tmf.degradation_year": ("event", "degradation", "yearly"),
        "worldcover.tree": ("state", "tree_cover_2020", "none"),
        "worldcover.crop": ("state", "context", "none"),
    }


def shipped_values(layer: str, variable: str, **values: int) -> int:
    """What a shipped variable makes of one cell."""
    one = definition(choose(layer))
    encoding = one.encodings[variable]
    arrays = {key: np.array([values[key]], dtype=one.assets[key].dtype) for key in encoding.assets}
    return int(encode(encoding, one.assets, arrays, {})[0])


@pytest.mark.parametrize("cover", [0, 5, 6])
def test_tmf_says_nothing_outside_moist_forest(cover: int) -> None:
    """Where AnnualChange 2020 is 0, 5 or 6, TMF's 'no event' is unknown, never 'no'."""
    for name in ("deforestation_year", "degradation_year"):
        values = {"annual_change_2020": cover, name: 0}
        assert shipped_values("jrc_tmf@v1.2025", name, **values) == -1


def test_tmf_inside_moist_forest() -> None:
    """Undisturbed, degraded and regrown are forest; deforested is not; years stay, also those before 2021."""
    forest = [shipped_values("jrc_tmf@v1.2025", "forest", annual_change_2020=value) for value in range(7)]

    assert forest == [-1, 1, 1, 0, 1, 0, 0]
    assert (
        shipped_values("jrc_tmf@v1.2025", "deforestation_year", annual_change_2020=3, deforestation_year=2015) == 2015
    )
    assert shipped_values("jrc_tmf@v1.2025", "deforestation_year", annual_change_2020=1, deforestation_year=0) == 0


def test_hansen_trees_of_2020() -> None:
    """More than 10 % cover in 2000 and not lost by 2020; loss after 2020 leaves the trees of 2020 standing."""
    trees = {
        (cover, loss, mask): shipped_values(
            "hansen_gfc@v1.13", "tree10", treecover2000=cover, lossyear=loss, datamask=mask
        )
        for cover, loss, mask in [(10, 0, 1), (11, 0, 1), (90, 20, 1), (90, 21, 1), (90, 0, 0), (0, 0, 2)]
    }

    assert list(trees.values()) == [0, 1, 0, 1, -1, 0]


def test_clouds_of_io_lulc_are_unknown() -> None:
    """Class 10 is cloud, 0 is nodata; mangrove may hide in class 4, so it is no tree here."""
    values = [shipped_values("io_lulc@2020", "tree", data=value) for value in (0, 1, 2, 4, 10, 11)]

    assert values == [-1, 0, 1, 0, -1, 0]


@pytest.mark.parametrize(
    ("rule", "value", "year"),
    [
        ({"values": "1..25", "add": 2000}, 21, 2021),
        ({"values": "20001..26365", "divide": 1000, "add": 2000}, 21001, 2021),
        ({"values": "20001..26365", "divide": 1000, "add": 2000}, 20366, 2020),
        ({"values": "1..5000", "since": "2020-12-31"}, 1, 2021),
        ({"values": "1..5000", "since": "2014-12-31"}, 2192, 2020),
        ({"values": "1..5000", "since": "2014-12-31"}, 2193, 2021),
        ({"values": "20000..49999", "since": "2014-12-31", "modulo": 10000}, 32193, 2021),
        ({"years": {2021: "32..33", 2020: "29"}}, 33, 2021),
    ],
)
def test_year_rules(rule: dict[str, object], value: int, year: int) -> None:
    """Counts of years, YYDOY, days since a day, confidence digits before days, and plain tables."""
    variable = VariableDefinition.model_validate(
        {"kind": "event", "role": "event", "method": "m", "sensor": "s", "year": {"asset": "a", **rule}, **DATES}
    )
    asset = Asset(legend=Values.parse("0..60000"), dtype="uint16")

    assert encode(variable, {"a": asset}, {"a": np.array([0, value], dtype="uint16")}, {}).tolist() == [0, year]


def test_nodata_tag_is_obeyed_unless_told_otherwise() -> None:
    """A file's own nodata is unknown; `ignore` is for products whose tag lies on data."""
    variable = VariableDefinition.model_validate({**COVER, **DATES, "when": {"a": 1}})
    values = {"a": np.array([0, 1], dtype="uint8")}

    obeyed = encode(variable, {"a": Asset(legend=Values.parse("0..1"))}, values, {"a": 0})
    ignored = encode(variable, {"a": Asset(legend=Values.parse("0..1"), nodata_tag="ignore")}, values, {"a": 0})
    assert obeyed.tolist() == [-1, 1]
    assert ignored.tolist() == [0, 1]


def test_unknown_layer_names_the_known_ones() -> None:
    """A misspelt id lists what is shipped."""
    with pytest.raises(LayersError, match=r"'jrc_gfc@V4': no such shipped definition; known: .*jrc_gfc2020@V4"):
        definition(choose("jrc_gfc@V4"))


@pytest.mark.parametrize(
    ("assets", "variables", "message"),
    [
        ("{a: {legend: '0..x'}}", f"{{v: {{{STATE}, when: {{a: 1}}}}}}", "'0..x' is neither an integer nor a range"),
        ("{a: {legend: '5..1'}}", f"{{v: {{{STATE}, when: {{a: 1}}}}}}", "range '5..1' runs backwards"),
        ("{a: {legend: 1}}", f"{{v: {{{STATE}, when: {{b: 1}}}}}}", r"variable v: no asset 'b' \(assets: a\)"),
        ("{a: {legend: 1}}", f"{{v: {{{STATE}}}}}", "a state is defined by 'when' alone"),
        ("{a: {legend: 1}}", f"{{v: {{{EVENT}}}}}", "an event is defined by 'year'"),
        (
            "{a: {legend: '0..1'}}",
            f"{{v: {{{STATE}, when: {{a: 2}}}}}}",
            "v, when: value 2 of asset 'a' is neither in its",
        ),
        ("{a: {legend: '0..1'}}", f"{{v: {{{STATE}, when: {{a: '1..3'}}}}}}", "values 2..3 of asset 'a'"),
        (
            "{a: {legend: '0..1', nodata: 9}}",
            f"{{v: {{{STATE}, when: {{a: 1}}, unknown: [{{a: 9}}, {{a: 7}}]}}}}",
            "v, unknown: value 7",
        ),
        (
            "{a: {legend: '0..20'}}",
            f"{{v: {{{EVENT}, year: {{asset: a, values: '1..25', add: 2000}}}}}}",
            "v, year: values 21..25",
        ),
        ("{a: {legend: '0..20'}}", f"{{v: {{{EVENT}, year: {{asset: a, years: {{2021: 21}}}}}}}}", "v, year: value 21"),
        (
            "{a: {legend: '0..300'}}",
            f"{{v: {{{STATE}, when: {{a: 1}}}}}}",
            "legend values 256..300 cannot be in a raster",
        ),
        ("{a: {legend: 1, nodata: -9999}}", f"{{v: {{{STATE}, when: {{a: 1}}}}}}", "nodata value -9999 cannot be"),
        ("{a: {legend: 1, band: 0}}", f"{{v: {{{STATE}, when: {{a: 1}}}}}}", "assets.a.band"),
        ("{a: {legend: 1, sparse: 0}}", f"{{v: {{{STATE}, when: {{a: 1}}}}}}", "assets.a.sparse"),
        ("[" * 3000, "1", "not valid YAML"),
        (
            "{a: {legende: 1}}",
            f"{{v: {{{STATE}, when: {{a: 1}}}}}}",
            "assets.a.legende: unknown key; did you mean 'legend'",
        ),
    ],
)
def test_wrong_definitions_name_the_key(tmp_path: Path, assets: str, variables: str, message: str) -> None:
    """A rule that is broken is told with file and key."""
    path = write_definition(tmp_path / "own.yaml", assets, variables)

    with pytest.raises(LayersError, match=message):
        definition(LayerChoice.model_validate({"definition": str(path), "from": "local"}))


@pytest.mark.parametrize("name", ["hansen_gfc@v1.13", "hansen_gfc@V1.13"])
def test_a_shipped_id_belongs_to_the_shipped_definition(tmp_path: Path, name: str) -> None:
    """A copy is taken, an edited one refused (also in letters of other case), a wholly renamed one taken."""
    text = (DEFINITIONS / "hansen_gfc@v1.13.yaml").read_text(encoding="utf-8")
    edited = text.replace('values: "1..25"', 'values: "1..20"').replace("id: hansen_gfc@v1.13", f"id: {name}")
    renamed = edited.replace(f"id: {name}", "id: mine@1").replace("name: hansen", "name: mine")
    for content, accepted in ((text, True), (edited, False), (renamed.replace("title: ", "title: Our own "), True)):
        path = tmp_path / "own.yaml"
        path.write_text(content, encoding="utf-8")
        choice = LayerChoice.model_validate({"definition": str(path), "from": "local"})
        if accepted:
            assert definition(choice).id in ("hansen_gfc@v1.13", "mine@1")
        else:
            with pytest.raises(LayersError, match="id of a definition that comes with eudr-check"):
                definition(choice)


@pytest.mark.parametrize(
    ("own", "message"),
    [
        ({"id": "mine@1"}, "'hansen' is the name of a layer that comes with eudr-check"),
        ({"id": "mine@1", "name": "hansen_"}, "'hansen_' is the name"),
        ({"id": "mine@1", "name": "mine"}, "'Hansen Global Forest Change 2000-2025' is the title"),
        ({"id": "mine@1", "name": "mine", "title": "JRC global map  of Forest cover 2020 v4"}, "v4' is the title"),
    ],
)
def test_name_and_title_of_a_shipped_layer_belong_to_it(tmp_path: Path, own: dict[str, str], message: str) -> None:
    """No layer of one's own goes by what pages call a shipped one, in whatever case, signs or spaces."""
    text = (DEFINITIONS / "hansen_gfc@v1.13.yaml").read_text(encoding="utf-8")
    path = tmp_path / "own.yaml"
    path.write_text(yaml.safe_dump(yaml.safe_load(text) | own), encoding="utf-8")
    with pytest.raises(LayersError, match=re.escape(message)):
        definition(LayerChoice.model_validate({"definition": str(path), "from": "local"}))


@given(
    st.lists(st.tuples(st.integers(-9, 9), st.integers(0, 5)), max_size=5),
    st.lists(st.tuples(st.integers(-9, 9), st.integers(0, 5)), max_size=5),
)
def test_values_beyond_others(one: list[tuple[int, int]], other: list[tuple[int, int]]) -> None:
    """What is beyond some ranges is the difference of the sets; what is common to both their intersection."""

    def members(ranges: object) -> set[int]:
        return {value for low, high in ranges for value in range(low, high + 1)}  # type: ignore[attr-defined]

    mine, known = (Values(sorted((low, low + width) for low, width in pairs)) for pairs in (one, other))
    assert members(mine.beyond(known)) == members(mine) - members(known)
    assert members(mine.common(known)) == members(mine) & members(known)
