"""The overlay against exactextract and published hectares, on real rasters."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import rioxarray  # noqa: F401
import shapely
import xarray as xr
from rasterio.windows import Window, from_bounds

from eudr_check.errors import OverlayError
from eudr_check.geodesy import cell_area_ha, plot_area_ha
from eudr_check.overlay import cell_coverage, cross_tabulate

exactextract = pytest.importorskip("exactextract")

AFTER_2020 = {"gfc_lossyear": 20, "tmf_deforestation_year": 2020, "tmf_degradation_year": 2020}
AFTER_2020 |= {"radd_alert_year": 2020, "glad_s2_alert_year": 2020}


def read(path, window=None, name="v"):
    """A window of a raster as a cube of one variable, in the CRS of the file; lines from its geotransform."""
    with rasterio.open(path) as file:
        window = window or Window(0, 0, file.width, file.height)
        values = file.read(1, window=window)
        grid, crs = file.transform, file.crs
    column, row = round(window.col_off), round(window.row_off)
    x = grid.c + grid.a * (column + np.arange(values.shape[1] + 1))
    y = grid.f + grid.e * (row + np.arange(values.shape[0] + 1))
    return xr.Dataset(
        {name: (("y", "x"), values.astype(np.int16))},
        coords={"y": (y[1:] + y[:-1]) / 2, "x": (x[1:] + x[:-1]) / 2, "x_edge": x, "y_edge": y},
    ).rio.write_crs(crs)


def farms(count, bounds, seed, size=0.002):
    """Ragged plots, every fifth with a hole, every seventh of two far parts, some across the edge of the bounds."""
    random = np.random.default_rng(seed)
    west, south, east, north = bounds
    shapes = []
    for number in range(count):
        corners = int(random.integers(5, 30))
        angle = np.sort(random.uniform(0, 2 * np.pi, corners))
        radius = size * np.exp(random.normal(-0.5, 0.6)) * random.uniform(0.6, 1, corners)
        place = np.array([random.uniform(west, east), random.uniform(south, north)])
        ring = place + np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])
        shape = shapely.Polygon(ring).buffer(0)
        if number % 5 == 0:
            shape = shape.difference(shapely.Point(place + size / 10).buffer(size / 8))
        if number % 7 == 0:
            shape = shape.union(shapely.box(*(place + 2 * size), *(place + 2.5 * size)))
        shapes.append(shape)
    shapes = [shape for shape in shapes if shape.geom_type in ("Polygon", "MultiPolygon") and shape.area > 0]
    return frame(shapes)


def frame(shapes):
    index = pd.Index([f"p{number}" for number in range(len(shapes))], name="plot")
    return gpd.GeoDataFrame(geometry=list(shapes), index=index, crs="EPSG:4326")


def oracle(plots, cube):
    """exactextract's covered share per plot and cell (Series)."""
    number = np.arange(cube.sizes["y"] * cube.sizes["x"], dtype=np.int32).reshape(cube.sizes["y"], -1)
    x, y = cube["x_edge"].values, cube["y_edge"].values
    source = exactextract.raster.NumPyRasterSource(
        number, xmin=x[0], xmax=x[-1], ymin=y[-1], ymax=y[0], name="v", srs_wkt=plots.crs.to_wkt()
    )
    table = exactextract.exact_extract(
        source, plots.reset_index(), ["values", "coverage"], include_cols=["plot"], output="pandas"
    )
    plot = np.repeat(np.arange(len(plots)), table["coverage"].map(len))
    cell = np.concatenate(list(table["values"])).astype(np.int64)
    return pd.Series(np.concatenate(list(table["coverage"])), [plot, cell], dtype=float)


def agree(plots, cube):
    """Every cell's share within 1e-7, every plot's hectares per value within 1e-6 of its area."""
    x, y = cube["x_edge"].values, cube["y_edge"].values
    theirs = oracle(plots, cube)
    plot, row, column, share = cell_coverage(plots.geometry.to_numpy(), x, y)
    ours = pd.Series(share, [plot, row * (len(x) - 1) + column]).groupby(level=[0, 1]).sum()

    assert ours.sub(theirs, fill_value=0).abs().max() < 1e-7

    cell = theirs.index.get_level_values(1).to_numpy()
    hectares = pd.Series(theirs.to_numpy() * cell_area_ha(x, y).ravel()[cell])
    expected = hectares.groupby([theirs.index.get_level_values(0), cube["v"].values.ravel()[cell]]).sum()
    found = cross_tabulate(plots, cube)
    found = found["area_ha"].groupby([plots.index.get_indexer(found.index), found["v"].to_numpy()]).sum()
    difference = found.sub(expected, fill_value=0).abs()
    area = plot_area_ha(plots.geometry.to_numpy())[difference.index.get_level_values(0)]

    assert (difference / area).max() < 1e-6


@pytest.mark.parametrize(
    ("bounds", "values"), [((6.5, 0.2, 6.6, 0.3), {10, 30, 50}), ((7.0, 0.42, 7.06, 0.46), {0, 80})]
)
def test_sao_tome_worldcover(shared_data, bounds, values):
    """200 plots over 10 m land cover, and as many where mapped water ends and nodata begins; some over the edge."""
    path = shared_data / "saotome_worldcover" / "ESA_WorldCover_10m_2020_v100_N00E006_Map.tif"
    with rasterio.open(path) as file:
        window = from_bounds(*bounds, file.transform).round_offsets().round_lengths()
    cube = read(path, window)
    west, south, east, north = bounds

    assert values <= set(np.unique(cube["v"]).tolist())
    agree(farms(200, (west - 0.001, south - 0.001, east + 0.001, north + 0.001), 1), cube)


def test_edge_of_the_raster(shared_data):
    """Plots over the corner where the file ends: only their part inside it counts, as in exactextract."""
    path = shared_data / "saotome_worldcover" / "ESA_WorldCover_10m_2020_v100_N00E006_Map.tif"
    cube = read(path, Window(0, 35_500, 500, 500))

    agree(farms(100, (5.999, -0.001, 6.01, 0.01), 2), cube)


def test_tile_seam(shared_data):
    """Plots across the seam of two tiles: the tiles' hectares add up to those of the undivided raster."""
    path = shared_data / "saotome_worldcover" / "ESA_WorldCover_10m_2021_v200_N00E006_Map.tif"
    with rasterio.open(path) as file:
        window = from_bounds(6.58, 0.2, 6.62, 0.24, file.transform).round_offsets().round_lengths()
    cube = read(path, window)
    plots = farms(100, (6.595, 0.205, 6.605, 0.235), 3)
    west = cube.isel(x=slice(None, 240), x_edge=slice(None, 241))
    east = cube.isel(x=slice(240, None), x_edge=slice(240, None))
    whole = cross_tabulate(plots, cube).set_index("v", append=True)["area_ha"]
    parts = pd.concat([cross_tabulate(plots, tile).set_index("v", append=True)["area_ha"] for tile in (west, east)])

    assert float(west["x_edge"][-1]) == pytest.approx(6.6)
    assert whole.sub(parts.groupby(level=[0, 1]).sum(), fill_value=0).abs().max() < 1e-9
    agree(plots, cube)


def test_dominican_republic_hansen(shared_data):
    """Hansen's 30 m cells: small plots, and a mountain's protected area that reaches far beyond the file."""
    folder = shared_data / "domrep_hansen"
    cube = read(folder / "Hansen_GFC-2023-v1.11_lossyear_20N_080W.tif")
    sierra = gpd.read_file(folder / "sierra_de_neiba_478140.gpkg").geometry
    small = farms(200, (-71.738, 18.631, -71.689, 18.688), 4, size=0.004).geometry

    assert (cube["v"].values > 20).sum() == 284
    agree(frame([*sierra, *small]), cube)


def test_rondonia_prodes_in_sirgas(shared_data):
    """PRODES in SIRGAS 2000 is refused; relabelled (the two agree to centimetres) it matches exactextract."""
    path = shared_data / "rondonia_prodes" / "PRODES_LANDSAT_AMZ_2000-08-01_2020-07-31_class_v20220606.tif"
    cube = read(path)
    plots = farms(200, (-62.671, -8.831, -62.499, -8.699), 5, size=0.004)

    with pytest.raises(OverlayError, match="EPSG:4674"):
        cross_tabulate(plots, cube)
    agree(plots, cube.rio.write_crs("EPSG:4326"))


def test_published_hectares(shared_data):
    """Every plot of Whisp's example has the published hectares of every layer within 0.0005 ha; the hole counts."""
    folder = shared_data / "real-plots-and-rasters"
    plots = gpd.read_file(folder / "plots.geojson").set_index("user_id").rename_axis("plot")
    published = pd.read_csv(folder / "expected.csv").set_index("user_id")
    for number, expected in published.iterrows():
        for column, hectares in expected.filter(like="_ha").drop("area_ha_geodesic").items():
            layer = column.removesuffix("_ha").removesuffix("_after_2020")
            cube = read(folder / expected["site"] / f"{layer}.tif")
            found = cross_tabulate(plots.loc[[number]], cube)

            assert found["area_ha"].sum() == pytest.approx(expected["area_ha_geodesic"], abs=1e-4)
            assert found.loc[found["v"] > AFTER_2020.get(layer, 0), "area_ha"].sum() == pytest.approx(
                hectares, abs=5e-4
            ), f"{expected['site']} {layer}"


def test_two_products_on_the_same_cells(shared_data):
    """San Martín, on forest of 2020: 0.344 ha of Hansen loss, 0.189 ha of TMF deforestation, 0.449 ha of either."""
    folder = shared_data / "real-plots-and-rasters"
    plots = gpd.read_file(folder / "plots.geojson").set_index("user_id")
    names = {"forest": "jrc_gfc2020_EUFO", "hansen": "gfc_lossyear", "tmf": "tmf_deforestation_year"}
    layers = [read(folder / "PE_sanmartin_p10" / f"{file}.tif", name=name) for name, file in names.items()]
    cube = xr.merge(layers, join="exact", compat="equals")
    found = cross_tabulate(plots.loc[[10]], cube)
    found = found[found["forest"] == 1]
    hansen, tmf = found["hansen"] > 20, found["tmf"] > 2020

    assert found.loc[hansen, "area_ha"].sum() == pytest.approx(0.344, abs=5e-4)
    assert found.loc[tmf, "area_ha"].sum() == pytest.approx(0.189, abs=5e-4)
    assert found.loc[hansen | tmf, "area_ha"].sum() == pytest.approx(0.449, abs=5e-4)
