"""What the public record says of the shipped layers: addresses, legends, dates, citations, licences, hosts."""

from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.transform import from_origin

from eudr_check.config import Catalogue, LayerChoice
from eudr_check.errors import FetchError, LayersError
from eudr_check.layers import packs
from eudr_check.layers.catalog import local
from eudr_check.layers.catalog.items import match_assets
from eudr_check.layers.catalog.search import access
from eudr_check.layers.definition import LayerDefinition, definition, shipped
from eudr_check.layers.encode import encode, illegal
from eudr_check.layers.fetch.credentials import Access
from eudr_check.layers.places import Place
from tests.helpers.stac import item_of

DATA_SPACE = "https://stac.dataspace.copernicus.eu/v1"


def shipped_layer(name: str) -> LayerDefinition:
    """A shipped definition."""
    return definition(LayerChoice.model_validate({"id": name, "from": "x"}))


def place_at(layer: LayerDefinition, endpoint: str) -> Place:
    """The place of a layer at a catalogue."""
    return next(place for place in layer.found if place.endpoint == endpoint)


def read(layer: str, variable: str, asset: str, values: list[int]) -> list[int]:
    """What a variable of one asset makes of some cells."""
    one = shipped_layer(layer)
    array = np.array(values, dtype=one.assets[asset].dtype)
    return encode(one.encodings[variable], one.assets, {asset: array}, {}).tolist()


@pytest.mark.parametrize("year", [2022, 2023, 2024])
def test_disturbance_of_the_year_before_is_legal_and_no_event_of_this_one(year: int) -> None:
    """DIST-ANN: 3 and 6 to 8 are confirmed this year, 9 and 10 the year before, 255 is nodata, nothing else occurs."""
    layer = f"opera_dist_ann@{year}"
    asset = shipped_layer(layer).assets["status"]

    read_as = read(layer, "loss_year", "status", [0, 3, 6, 7, 8, 9, 10, 255])
    assert read_as == [0, year, year, year, year, 0, 0, -1]
    assert illegal(asset, np.arange(12, dtype="uint8"), None).tolist() == [1, 2, 4, 5, 11]


def test_the_year_that_was_perhaps_never_made_is_called_so_and_read_by_nobody_unasked() -> None:
    """DIST-ANN of 2022 needs alerts of 2021, which were not made: its definition says so, and no pack names it."""
    doubtful = shipped_layer("opera_dist_ann@2022")

    assert "doubtful" in str(doubtful.notes)
    assert not [one for country in (None, *packs.countries()) for one in packs.pack(country).ids if "dist_ann" in one]


@pytest.mark.parametrize(
    ("layer", "name"), [("io_lulc_aws@2020", "20L_2020.tif"), ("io_lulc@2020", "20L_20200101-20210101.tif")]
)
def test_each_series_is_registered_under_the_names_of_its_downloads(tmp_path: Path, layer: str, name: str) -> None:
    """The bucket of Impact Observatory and the downloads of Esri call the same tile differently."""
    one = shipped_layer(layer)
    other = "20L_2020.tif" if "-" in name else "20L_20200101-20210101.tif"
    profile = {"driver": "GTiff", "width": 4, "height": 4, "count": 1, "dtype": "uint8", "crs": "EPSG:32720"}
    for file in (name, other):
        with rasterio.open(tmp_path / file, "w", transform=from_origin(500_000, 9_000_000, 10, 10), **profile) as made:
            made.write(np.full((4, 4), 2, dtype="uint8"), 1)

    (item,) = local.add(tmp_path / "catalogue", [tmp_path / name], one)

    assert "20L" in item.id
    with pytest.raises(LayersError):
        local.add(tmp_path / "catalogue", [tmp_path / other], one)


@pytest.mark.parametrize("layer", ["clms_lcm10@2020", "clms_tcd10@2020"])
def test_assets_of_the_data_space_are_found_and_asked_for_at_its_own_store(
    layer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The key is `map` beside a zip; its bucket is none of Amazon's, and no signature is made for another store."""
    one = shipped_layer(layer)
    href = "s3://eodata/CLMS/landcover/LCFM_LCM-10_V100_2020_N18E105_MAP.tif"
    offered = item_of({"map": href, "Product": "https://zipper.dataspace.copernicus.eu/odata/v1/Products(1)/$value"})
    opened = access(one, Catalogue(url=DATA_SPACE))
    monkeypatch.delenv("AWS_ENDPOINT_URL_S3", raising=False)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "https://objects.elsewhere.example")

    assert match_assets(one, place_at(one, DATA_SPACE), offered) == {"MAP": "map"}
    with pytest.raises(FetchError, match=r"AWS_ENDPOINT_URL=https://eodata\.dataspace\.copernicus\.eu"):
        opened.signed(href)
    with pytest.raises(FetchError, match="wants keys of that store"):
        access(one, Catalogue(url=DATA_SPACE, signing="object_store")).signed(href)


def test_terrascope_has_worldcover_under_its_own_key() -> None:
    """`Map` there, `map` elsewhere; its downloads want the token of Terrascope."""
    one = shipped_layer("esa_worldcover@2020")
    there = place_at(one, "https://stac.terrascope.be")

    assert match_assets(one, there, item_of({"Map": "https://services.terrascope.be/x_Map.tif"})) == {"map": "Map"}
    assert Access.of(there).token_env == "TERRASCOPE_TOKEN"
    assert Access.of(there).token_hosts == ("services.terrascope.be",)


@pytest.mark.parametrize(("layer", "claims"), [("radd@v20260912", "2026-09-12"), ("radd@latest", "2020-12-31")])
def test_an_alert_release_has_a_name_and_claims_no_invented_end(layer: str, claims: str) -> None:
    """A named release reaches to its own day, one that moves claims nothing after the cut-off; both read by ranges."""
    one = shipped_layer(layer)
    (there,) = one.found

    assert str(one.encodings["alert_year"].covers_through) == claims == one.interval[1]
    assert there.tiles is not None
    assert f"/wur_radd_alerts/{one.version}/" in there.tiles.url
    assert there.tiles.ranges


def test_alerts_with_confidence_count_days_since_the_end_of_2014() -> None:
    """20000 and 30000 lead the days since 2014-12-31: 2192 is the last day of 2020, 2193 the first of 2021."""
    values = [0, 22192, 22193, 32192, 32193]

    assert read("radd@v20260912", "alert_year", "alert", values) == [-1, 2020, 2021, 2020, 2021]
    asset = shipped_layer("radd@v20260912").assets["alert"]
    assert illegal(asset, np.array([42193], dtype="uint16"), None).tolist() == [42193]


@pytest.mark.parametrize("layer", ["jrc_tmf@v1.2025", "jrc_tmf_subtypes@v1.2025"])
def test_tiles_of_tmf_reach_one_cell_beyond_their_box(layer: str) -> None:
    """Footprints were measured: neighbours are asked for within a cell of a tile's edge, not within five kilometres."""
    schemes = [place.tiles for place in shipped_layer(layer).found if place.tiles and not place.tiles.ranges]

    assert [scheme.overhang_deg for scheme in schemes] == [0.0003]


def test_regrowth_of_2020_is_forest_of_2020() -> None:
    """Class 4 of AnnualChange 2020 stands on the cut-off day: what is lost of it later is a loss of forest."""
    one = shipped_layer("jrc_tmf@v1.2025")
    cells = {"annual_change_2020": np.arange(7, dtype="uint8"), "deforestation_year": np.full(7, 2022, dtype="uint16")}

    forest = encode(one.encodings["forest"], one.assets, {"annual_change_2020": cells["annual_change_2020"]}, {})
    assert forest.tolist() == [-1, 1, 1, 0, 1, 0, 0]
    assert encode(one.encodings["deforestation_year"], one.assets, cells, {})[4] == 2022


def test_a_plantation_made_after_the_cutoff_is_none_of_2020() -> None:
    """81 to 84 stood in 2020, 85 (2016 to 2022) may have, 86 (2023 to 2025) did not."""
    codes = [0, 10, 81, 84, 85, 86]

    assert read("jrc_tmf_subtypes@v1.2025", "plantation", "subtypes", codes) == [-1, 0, 1, 1, -1, 0]
    assert read("jrc_tmf_subtypes@v1.2025", "planted_after_2020", "subtypes", codes) == [-1, 0, 0, 0, -1, 1]


def test_two_series_of_one_product_are_two_layers_of_one_method() -> None:
    """The Planetary Computer's io-lulc and Impact Observatory's own are different maps, and no two witnesses."""
    one, other = shipped_layer("io_lulc@2020"), shipped_layer("io_lulc_aws@2020")
    endpoints = [{place.endpoint for place in layer.found if place.endpoint} for layer in (one, other)]

    assert endpoints == [
        {"https://planetarycomputer.microsoft.com/api/stac/v1"},
        {"https://api.impactobservatory.com/stac-aws"},
    ]
    assert {variable.method for layer in (one, other) for variable in layer.variables} == {"io_lulc"}
    assert not {variable.column for variable in one.variables} & {variable.column for variable in other.variables}
    assert (one.assets["data"].file, other.assets["data"].file) == ("{id}_20200101-20210101", "{id}_2020")


@pytest.mark.parametrize(
    ("layer", "words"),
    [
        ("jrc_gft2020@V1", "Bourgoin, Ameztoy, Verhegghen, Carboni, Achard, Colditz (2026)"),
        ("jrc_gft2020@V1", "10.2905/JRC.C760PNG"),
        ("jrc_gfc2020@V4", "10.2905/JRC.3KATEH8"),
        ("jrc_gfc2020@V1", "10.2905/JRC.CMMF70G"),
        ("hansen_gfc@v1.11", "data of version 1.11"),
        ("hansen_gfc@v1.12", "data of version 1.12"),
        ("hansen_gfc@v1.13", "data of version 1.13"),
        ("opera_dist_ann@2024", "10.1038/s41467-025-64014-9"),
    ],
)
def test_citations_name_the_version_that_was_read(layer: str, words: str) -> None:
    """A citation in a due-diligence file is that of this version."""
    assert words in shipped_layer(layer).citation


@pytest.mark.parametrize("layer", [name for name in shipped() if name.startswith(("jrc_gfc", "jrc_gft"))])
def test_forest_maps_of_jrc(layer: str) -> None:
    """CC BY 4.0 by the producer's copyright file; a tag on 0, which is data, would change nothing, 255 is unknown."""
    one = shipped_layer(layer)
    ((asset, how),) = one.assets.items()
    cells = {asset: np.array([0, 1, 255], dtype="uint8")}

    assert one.licence == "CC-BY-4.0"
    assert how.nodata_tag == "ignore"
    assert encode(one.encodings["forest"], one.assets, cells, {asset: 0}).tolist() == [0, 1, -1]


@pytest.mark.parametrize("layer", shipped())
def test_every_definition_says_what_it_was_compared_with(layer: str) -> None:
    """Evidence, day, claims and where to look it up; the strongest goes along with every column; none is live yet."""
    one = shipped_layer(layer)

    assert one.verified
    assert all(record.claims and record.source for record in one.verified)
    assert {record.by for record in one.verified} <= {"documents", "recorded answer"}
    assert {variable.verified for variable in one.variables} == {one.checked}
    assert one.checked.startswith(("documents 2026-", "recorded answer 2026-"))


@pytest.mark.parametrize(
    ("said", "checked"),
    [("never", "never"), ("2026-03-01", "live 2026-03-01"), (None, "never")],
)
def test_older_definitions_may_say_verified_as_they_did(said: str | None, checked: str) -> None:
    """A definition of one's own with `never` or a date, or without the key, is read as before."""
    content = shipped_layer("hansen_gfc@v1.13").model_dump(mode="json", by_alias=True)
    content |= {"id": "mine@1", "verified": said}
    if said is None:
        del content["verified"]

    assert LayerDefinition.model_validate(content).checked == checked
