"""The first screen in a real Chromium: kilograms, what holds them back, figures that claim no more than was read."""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import rasterio
from rasterio.transform import from_bounds

sys.path.insert(0, str(Path(__file__).parent))

from browser import Browser
from conftest import written

from eudr_check.package import palette
from tests.helpers import season_tables


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve plots: one low with a trace of loss, one not read, one fragile, two lots held back and one ready."""
    season = season_tables.season(12)
    plots, table, reasons = season.plots, season.assessments, season.reasons
    usable = [str(plot) for plot in plots.index[plots["usable"]]][:6]
    table[["outcome", "final_outcome"]] = "low"
    table["stability"] = "stable"
    table["flips"] = table["flips"].astype(object)
    low, high, info, missing, fragile, trace = usable
    for plot, outcome in ((high, "high"), (info, "more_info_needed"), (missing, "undetermined")):
        table.loc[plot, ["outcome", "final_outcome"]] = outcome
    figures = ["forest_2020_ha", "loss_after_2020_ha", "deforestation_ha", "agreed_deforestation_ha", "unknown_ha"]
    table[figures] = 0.0
    table.loc[trace, ["loss_after_2020_ha", "deforestation_ha"]] = 0.006
    table.loc[fragile, ["stability", "flips"]] = ["fragile", "thresholds_halved=high without:radd@latest=low"]
    reasons["code"] = "no_forest_2020"
    reasons.loc[missing, ["code", "area_ha"]] = ["unknown_baseline", 1.265]
    reasons.loc[info, "code"] = "standing_forest"
    rows = [("A", 5000.0, [low, fragile]), ("B", 9516.0, [low, high]), ("C", 2171.0, [info]), ("D", 3000.0, [info])]
    lots = pd.DataFrame({"lot": [r[0] for r in rows], "kg_green": [r[1] for r in rows], "plots": [r[2] for r in rows]})
    refused = pd.DataFrame({"lot": ["B", "C", "D"], "reasons": ["not_settled: x"] * 3})
    delivered = pd.DataFrame(
        [{"plot": plot, "lot": lot, "kg_green": mass / len(mine)} for lot, mass, mine in rows for plot in mine]
    )
    folder = tmp_path_factory.mktemp("desk")
    given = {"lots": lots, "refused_lots": refused, "deliveries": delivered}
    path = written(folder, season, given=given, package={"languages": ["en"]})
    return path.rename(folder / "-".join(["desk", *(str(list(plots.index).index(plot)) for plot in usable)]))


def places(page: Path) -> list[int]:
    """Positions of low, high, info, missing, fragile and trace on the page."""
    return [int(part) for part in page.name.split("-")[1:]]


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)])
def test_first_screen_says_what_ships_and_what_frees_most(page: Path, tmp_path: Path, width: int, height: int) -> None:
    """Kilograms ready, held back and by what; the largest first, lots with the same plots together."""
    html = page.with_suffix(".html")
    html.write_bytes(page.read_bytes())
    with Browser(tmp_path / "profile", width=width, height=height, phone=width < 600) as browser:
        browser.open(html)
        tiles = browser.run("[...document.querySelectorAll('#d-tiles .sum')].map(tile => tile.innerText)")
        why = browser.run("[...document.querySelectorAll('#d-why li')].map(item => item.innerText)")
        actions = browser.run("[...document.querySelectorAll('#d-actions li')].map(item => item.innerText)")

        assert [tile.split("\n")[0] for tile in tiles[:2]] == ["5,000 kg", "14,687 kg"]
        assert why == ["9,516 kg · high risk", "5,171 kg · a person has to look"]
        assert actions[0].startswith("9,516 kg (B):") and "cannot be unmixed" in actions[0]
        assert actions[1].startswith("5,171 kg (C, D):") and "Decide on the page of the plot" in actions[1]
        assert browser.run("document.querySelector('#d-tiles').getBoundingClientRect().bottom") < height
        assert browser.run("document.documentElement.scrollWidth") <= width

        browser.run("document.querySelector('#d-actions button').focus()")
        browser.press("Enter")
        assert browser.run("$('detail').open && P.cooperative.length && selected") == places(page)[1]
        assert "B · 4,758 kg · held back" in browser.run("$('detail').innerText")
        assert not browser.complaints


def test_unknown_is_never_printed_as_nought(page: Path, tmp_path: Path) -> None:
    """What was not read is a dash with its hectares; a trace below the threshold is said with its figure."""
    html = page.with_suffix(".html")
    html.write_bytes(page.read_bytes())
    _, _, _, missing, fragile, trace = places(page)
    with Browser(tmp_path / "profile") as browser:
        browser.open(html)
        figures = browser.run(
            f"(open({missing}), Object.fromEntries([...document.querySelectorAll('#detail dt')].map(name =>"
            " [name.textContent, name.nextSibling.textContent])))"
        )
        row = browser.run(
            f"document.querySelector('tr[data-plot=\"{missing}\"]')?.innerText.split('\\t').map(cell => cell.trim())"
        )
        traced = browser.run(f"(open({trace}), $('detail').innerText)")
        fragile_words = browser.run(f"(open({fragile}), $('detail').innerText)")

        assert figures["Forest 2020 (ha)"] == "– (1.265 ha not read)"
        assert figures["Forest or loss not read (ha)"] == "1.265"
        assert row[4:] == ["–", "–", "1.27"]
        assert "show 0.006 ha of loss on forest after 2020, too little to count" in traced
        assert "show no deforestation" not in traced
        assert "Fragile. It would change: with thresholds halved → High risk; without radd@latest → Low risk" in (
            fragile_words
        )


def test_filters_in_words(page: Path, tmp_path: Path) -> None:
    """Fragile plots alone; plots that a visit settles alone, named by what is to do."""
    html = page.with_suffix(".html")
    html.write_bytes(page.read_bytes())
    _, _, info, _, fragile, _ = places(page)
    with Browser(tmp_path / "profile") as browser:
        browser.open(html)
        browser.run("document.querySelector('dialog').close(); $('fragile').click()")
        assert browser.run("rows") == [fragile]

        browser.run("$('fragile').click()")
        browser.run(
            "$('settles').value = [...$('settles').options].find(one => one.text.startsWith('Visit: is it')).value;"
            " $('settles').dispatchEvent(new Event('change')); 1"
        )
        assert browser.run("rows") == [info]


def test_map_goes_to_what_is_filtered_and_says_what_its_colours_mean(page: Path, tmp_path: Path) -> None:
    """The plot that alone is listed fills the map, sorting moves nothing, and each outcome drawn is in the legend."""
    html = page.with_suffix(".html")
    html.write_bytes(page.read_bytes())
    _, _, _, _, fragile, _ = places(page)
    with Browser(tmp_path / "profile") as browser:
        browser.open(html)
        far = browser.run("view.k")
        browser.run("document.querySelector('dialog').close(); $('fragile').click()")
        near = browser.run("view.k")
        at = browser.run(f"[view.x, view.y, ...PLOT.box.slice({4 * fragile}, {4 * fragile + 4})]")
        browser.run("zoom(.5); document.querySelector('#plots thead button').click()")
        after = browser.run("view.k")
        legend = browser.run("[...document.querySelectorAll('#key > span')].map(one => one.innerText.trim())")

        assert near > 10 * far
        assert at[2] <= at[0] <= at[4] and at[3] <= at[1] <= at[5]
        assert after == near / 2
        assert sorted(legend) == sorted(browser.run("[...new Set(P.outcome)].map(outcomeName)"))
        assert not browser.complaints


@pytest.mark.parametrize("declared", [2.0, None])
def test_a_point_is_seen_with_the_ground_it_stands_for(tmp_path: Path, declared: float | None) -> None:
    """On card and map a disc of the area declared, of four hectares where none is; north to south, in metres."""
    season = season_tables.season(60)
    plot = str(season.plots.index[season.plots["geometry_kind"] == "point"][0])
    season.plots.loc[plot, "declared_area_ha"] = declared
    at, radius_m = list(season.plots.index).index(plot), ((declared or 4) * 1e4 / 3.14159) ** 0.5
    with Browser(tmp_path / "profile") as browser:
        browser.open(written(tmp_path, season))
        card = browser.run(
            f"(open({at}), [...document.querySelectorAll('#detail svg circle')].map(one => 1 * one.getAttribute('r')))"
        )
        bounds = browser.run(f"D.pictures[{at}]?.bounds ?? null")
        high = browser.run("document.querySelector('#detail svg[role=img]').viewBox.baseVal.height")
        browser.run("document.querySelector('dialog').close()")
        north, south = (bounds[3], bounds[1]) if bounds else (2.4 * radius_m / 111320, 0)
        painted = browser.run(
            f"(view = {{ x: PLOT.box[{4 * at}], y: PLOT.box[{4 * at + 1}], k: 60000 }}, paint(),"
            f" [.9, 1.1].map(part => pen.getImageData((width / 2 + part * {radius_m} / 111320 * 60000) *"
            " (devicePixelRatio || 1), height / 2 * (devicePixelRatio || 1), 1, 1).data[3]))"
        )

    assert len(card) == 3
    assert card[0] * (north - south) / high * 111320 == pytest.approx(radius_m, rel=0.01)
    assert painted[0] > 0 and painted[1] == 0


def test_notes_about_files_are_folded_away_from_faults(tmp_path: Path) -> None:
    """Forty notes on columns and rings bury no fault: faults are seen, notes are counted behind one line."""
    season = season_tables.season(12)
    row = season.findings.iloc[[0]].assign(plot=None, details="{}")
    notes = [row.assign(code="ring_direction", severity="info", message=f"note {number}") for number in range(40)]
    about_files = pd.concat([row.assign(code="file_unreadable", severity="block", message="a fault"), *notes])
    changed = replace(season, findings=about_files.reset_index(drop=True))
    with Browser(tmp_path / "profile") as browser:
        browser.open(written(tmp_path, changed, package={"languages": ["en"]}))

        assert browser.run("document.querySelectorAll('#faults > li').length") == 1
        assert browser.run("document.querySelectorAll('#notes > li').length") == 40
        assert not browser.run("$('n-notes').open")
        assert browser.run("$('elsewhere').getBoundingClientRect().height") < 400


def test_tables_that_end_after_their_first_rows_say_so(tmp_path: Path) -> None:
    """Of 501 lots and 501 faults of files 500 are on the page, which says where all are; 40 notes are all there."""
    season = season_tables.season(12)
    row = season.findings.iloc[[0]].assign(plot=None, details="{}", code="file_unreadable", severity="block")
    notes = [row.assign(code="ring_direction", severity="info")] * 40
    found = pd.concat([row] * 501 + notes, ignore_index=True)
    lots = pd.DataFrame({"lot": [f"L{n:03}" for n in range(501)], "kg_green": 1.0, "plots": [[]] * 501})
    given = {"lots": lots, "refused_lots": lots.iloc[:0].assign(reasons=""), "deliveries": season.deliveries}
    with Browser(tmp_path / "profile") as browser:
        browser.open(written(tmp_path, replace(season, findings=found), given=given, package={"languages": ["en"]}))
        said = {name: browser.run(f"$('{name}-more').hidden || $('{name}-more').textContent") for name in
                ("lots", "faults", "notes")}  # fmt: skip

        assert browser.run("document.querySelectorAll('#faults > li').length") == 500
        assert said == {
            "lots": "The first 500 of 501; all stand in tables/lots.csv.",
            "faults": "The first 500 of 501; all stand in tables/FINDINGS.parquet.",
            "notes": True,
        }


def test_lots_held_back_by_plots_of_one_name_are_told_apart(tmp_path: Path) -> None:
    """Two plots whose ids differ by how a letter is stored hold a lot back each: settling one frees one lot, and an
    address leads to the one that it was copied from."""
    season = season_tables.season(12)
    twins = season.plots.index[:2]
    names = dict(zip(twins, ("coop-jaen/Pe\u00f1a", "coop-jaen/Pen\u0303a"), strict=True))
    season.assessments.loc[twins, ["outcome", "final_outcome"]] = "high"
    tables = {name: table.rename(index=names) for name, table in season.tables().items()}
    plots, judged, reasons = (tables[name] for name in ("plots", "assessments", "reasons"))
    plots["plot_id"] = [key.partition("/")[2] for key in plots.index]
    lots = pd.DataFrame({"lot": ["A", "B"], "kg_green": 70.0, "plots": [[one] for one in names.values()]})
    refused = pd.DataFrame({"lot": ["A", "B"], "reasons": "not_settled: x"})
    given = {"lots": lots, "refused_lots": refused, "deliveries": season.deliveries.iloc[:0]}
    changed = replace(season, plots=plots, assessments=judged, reasons=reasons)
    with Browser(tmp_path / "profile") as browser:
        browser.open(written(tmp_path, changed, given=given, package={"languages": ["en"]}))

        assert browser.run("[...document.querySelectorAll('#d-actions b')].map(one => one.textContent)") == [
            browser.run("T('desk_frees', { kg: kg(70), lots: ['A'] })"),
            browser.run("T('desk_frees', { kg: kg(70), lots: ['B'] })"),
        ]
        assert browser.run(
            "[0, 1].map(i => { open(i); return AT.get(decodeURIComponent(location.hash.slice(1))); })"
        ) == [
            0,
            1,
        ]


def painted(browser: Browser, x: float, y: float) -> list[int]:
    """Colour of the map at a position in degrees, once all its pictures are unpacked."""
    browser.run("(async () => { for (const one of PICTURES.values()) await one.decode(); paint(); return 1; })()")
    place = f"Math.round(px({x}) * (devicePixelRatio || 1)), Math.round(py({y}) * (devicePixelRatio || 1))"
    return browser.run(f"[...pen.getImageData({place}, 1, 1).data].slice(0, 3)")


def test_forest_and_loss_are_seen_from_afar(tmp_path: Path) -> None:
    """Forest of 2020 where its map has it, each loss a spot of its year; both can be put away."""
    season = season_tables.season(60)
    west, south, east, north = season.plots[season.plots["usable"]].total_bounds
    maps = tmp_path / "rasters" / "jrc_gfc2020.forest"
    maps.mkdir(parents=True)
    maps.with_suffix(".forest.vrt").touch()
    profile = {"driver": "GTiff", "width": 600, "height": 600, "count": 1, "dtype": "uint8", "crs": "EPSG:4326"}
    with rasterio.open(
        maps / "T.tif", "w", transform=from_bounds(west, south, east, north, 600, 600), **profile
    ) as file:
        file.write(np.ones((600, 600), np.uint8), 1)
    after = season.patches[season.patches["year"] > 2020]
    spot = after.geometry.iloc[0].representative_point()
    with Browser(tmp_path / "profile") as browser:
        browser.open(written(tmp_path, season))
        browser.run(f"(rows = [], view = {{ x: {spot.x}, y: {spot.y}, k: 900 }}, paint(), 1)")
        loss, ground = painted(browser, spot.x, spot.y), painted(browser, spot.x + 0.05, spot.y)
        browser.run("($('forest').click(), $('patches').click(), paint(), 1)")
        bare = painted(browser, spot.x, spot.y)
        legend = browser.run("$('forest-name').textContent")

        assert np.abs(np.array(ground) - palette.rgb(palette.FOREST)).max() <= 2
        year = palette.rgb(palette.year_colour(int(after["year"].iloc[0])))
        assert np.abs(np.array(loss) - year).max() < 40 < np.abs(np.array(loss) - ground).max()
        assert bare == [0, 0, 0]
        assert "jrc_gfc2020.forest" in legend


@pytest.mark.parametrize("phone", [False, True])
def test_a_position_leads_somewhere_on_every_machine(page: Path, tmp_path: Path, phone: bool) -> None:
    """It can be copied without a network; `geo:` stands only where an application opens it."""
    html = page.with_suffix(".html")
    html.write_bytes(page.read_bytes())
    with Browser(tmp_path / "profile", width=390 if phone else 1440, phone=phone) as browser:
        browser.open(html)
        browser.run("open(0)")
        links = browser.run("[...document.querySelectorAll('#detail dd a')].map(one => one.protocol)")
        text = browser.run("[...document.querySelectorAll('#detail dd')].at(-1).querySelector('bdi').textContent")
        box = browser.run("PLOT.box.slice(0, 4)")
        box = [box[str(number)] for number in range(4)] if isinstance(box, dict) else box
        browser.run("[...document.querySelectorAll('#detail dd')].at(-1).querySelector('button').click()")
        browser.run("new Promise(done => setTimeout(() => done(1), 300))")
        said = browser.run(
            "[...document.querySelectorAll('#detail dd')].at(-1).querySelector('[role=status]').textContent"
        )

        assert links == (["geo:"] if phone else ["https:"])
        latitude, longitude = map(float, text.split(", "))
        assert box[1] <= latitude <= box[3] and box[0] <= longitude <= box[2]
        assert said.strip() in ("copied", "marked; copy it with the keyboard")
        assert not browser.complaints
