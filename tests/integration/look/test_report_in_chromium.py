"""The report in a real Chromium, from disk, with the network off."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from browser import Browser
from conftest import written

from eudr_check.shipments import Withheld
from tests.helpers import package_pictures, season_tables


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Browser]:
    """A fresh browser, whose page must have asked for nothing and complained of nothing in the end."""
    with Browser(tmp_path / "profile") as opened:
        yield opened
        assert not opened.complaints
        assert [url for url in opened.requests if not url.startswith(("file://", "data:", "about:"))] == []
        assert len([url for url in opened.requests if url.startswith("file://")]) == 1


def shown(browser: Browser) -> list[str]:
    """Plot ids of the rows in sight, from top to bottom."""
    return browser.run("[...document.querySelectorAll('tr[data-plot] td:first-child')].map(cell => cell.textContent)")


def count(browser: Browser) -> int:
    """Plots the filters leave."""
    return browser.run("rows.length")


def choose(browser: Browser, element: str, value: str) -> None:
    """Choose in a select as a person would."""
    browser.run(
        f"$('{element}').value = {value!r}; $('{element}').dispatchEvent(new Event('change', {{bubbles: true}})); 1"
    )


def test_outcome_filters_the_list(browser: Browser, small_report: Path) -> None:
    """Pressing `high` leaves the six high plots; pressing it again brings all sixty back."""
    browser.open(small_report)
    assert count(browser) == 60

    browser.run("document.querySelector('.tile').click()")
    assert browser.run("rows.every(i => D.outcomes[P.outcome[i]].name === 'high')")
    assert count(browser) == int(browser.run("document.querySelector('.tile b').textContent"))
    assert browser.run("document.querySelector('.tile').getAttribute('aria-pressed')") == "true"

    browser.run("document.querySelector('.tile').click()")
    assert count(browser) == 60


def test_what_is_withheld_is_said_in_the_language_of_the_page(browser: Browser, small_report: Path) -> None:
    """Tables keep one mark for all languages."""
    browser.open(small_report)

    assert browser.run("fill('{value} · {rows}', {value: '[name withheld]', rows: 3})") == "[nombre reservado] · 3"


def test_ground_that_is_not_drawn_is_counted(browser: Browser, large_report: Path) -> None:
    """Of thousands of plots that are not low two hundred have a picture, and the page says so."""
    browser.open(large_report)
    said = browser.run("document.getElementById('pictured').textContent")
    every = browser.run("D.pictured.all")

    assert every > 1000
    assert said == (
        f"El terreno está dibujado para 200 de {every:,} parcelas que no son de riesgo bajo, las de más peso "
        "primero; `eudr-check explain CONFIG PLOT --picture FILE.svg` dibuja cualquier otra."
    ).replace(",", ".", 1)
    assert not browser.run("document.getElementById('pictured').hidden")


def test_all_ground_is_drawn_in_silence(browser: Browser, small_report: Path) -> None:
    """A page with every picture says nothing of them."""
    browser.open(small_report)

    assert browser.run("document.getElementById('pictured').hidden")


def test_dated_pictures_have_a_scale_and_a_slider(browser: Browser, small_report: Path) -> None:
    """Every picture says how long 100 m are and where north is; moving the slider moves the edge between two dates."""
    browser.open(small_report, "#coop-jaen/JAE-00009")
    words = "[...one.querySelectorAll('text')].map(text => text.textContent)"
    read = f"[...document.querySelectorAll('.slide svg, .shots svg')].map(one => {words})"
    edge = "document.querySelector('.slide i').getBoundingClientRect().x"

    assert browser.run(read) == [["100 m", "N"]] * 4
    before = browser.run(edge)
    browser.run("document.querySelector('.slide input').value = 10")
    browser.run("document.querySelector('.slide input').dispatchEvent(new Event('input'))")
    assert browser.run(edge) < before - 50
    assert browser.run("document.querySelector('.slide .over').style.clipPath") == "inset(0px 0px 0px 10%)"


def test_radar_stands_below_a_look_that_is_not_clear(browser: Browser, tmp_path: Path) -> None:
    """Two medians with their own words under the looks; no slider takes them for a dated pair."""
    looks = package_pictures.under_radar("coop-jaen/JAE-00009")
    page = written(tmp_path, season_tables.season(60, hostile=True), given={"looks": looks})
    browser.open(page, "#coop-jaen/JAE-00009")
    of_each = "[...document.querySelectorAll('.looks .shots')].map(part => [...part.querySelectorAll('{}')]{})"
    names = browser.run(of_each.format("b", ".map(one => one.textContent)"))
    images = browser.run(of_each.format("image", ".length"))

    assert (names[1], images) == (["radar before", "radar now"], [1, 2])
    assert browser.run("document.querySelector('.looks .slide')") is None
    assert not browser.complaints
    browser.picture(tmp_path / "radar.png")


def test_the_line_through_the_years(browser: Browser, small_report: Path) -> None:
    """Every dot says its index, value, date and Item; an unknown NBR has none, and a year of loss is marked."""
    browser.open(small_report, "#coop-jaen/JAE-00009")
    dots = "[...document.querySelectorAll('.years circle, .years rect')].map(one => one.textContent)"

    said = browser.run(dots)
    assert [text.split(" · ")[1:] for text in said[1:3]] == [["2020-08-14", "S2A_a"], ["2026-08-24", "S2A_b"]]
    assert (said[0].endswith("2023"), said[1][:4], said[3][:3], len(said)) == (True, "NDVI", "NBR", 4)


def test_search_finds_a_plot_and_a_code(browser: Browser, small_report: Path) -> None:
    """Ids, places and codes are searched, several words at once."""
    browser.open(small_report)
    browser.run("$('search').focus()")
    browser.call("Input.insertText", text="jae-00009")
    assert shown(browser) == ["JAE-00009"]

    browser.run("$('search').value = 'coop-jaen standing_forest'; $('search').dispatchEvent(new Event('input')); 1")
    assert 0 < count(browser) < 16
    assert browser.run("rows.every(i => P.cooperatives[P.cooperative[i]] === 'coop-jaen')")


def test_cooperative_and_reason_filter(browser: Browser, small_report: Path) -> None:
    """Both selects narrow the list; clearing restores it."""
    browser.open(small_report)
    choose(browser, "coop", "1")
    choose(browser, "reason", str(browser.run("D.reasons.codes.indexOf('agreed_deforestation')")))
    assert browser.run("rows.length && rows.every(i => P.cooperative[i] === 1 && P.outcome[i] === 0)")

    browser.run("document.querySelector('button[type=reset]').click()")
    browser.run("new Promise(done => setTimeout(() => done(1), 50))")
    assert count(browser) == 60


def test_sorting_by_area_orders_rows(browser: Browser, small_report: Path) -> None:
    """The first press sorts figures from large to small, the second from small to large; unknown figures come last."""
    browser.open(small_report)
    browser.run("document.querySelector('[data-key=area]').click()")
    falling = browser.run("rows.map(i => P.area[i])")
    browser.run("document.querySelector('[data-key=area]').click()")
    rising = browser.run("rows.map(i => P.area[i])")

    known = [area for area in falling if area is not None]
    assert known == sorted(known, reverse=True)
    assert falling[len(known) :] == [None] * (60 - len(known))
    assert [area for area in rising if area is not None] == sorted(known)
    assert browser.run("document.querySelector('[aria-sort=ascending]').textContent").startswith("Área")


def test_click_on_the_map_opens_the_plot(browser: Browser, small_report: Path) -> None:
    """Hovering names the plot, clicking opens its page, Escape closes it."""
    browser.open(small_report)
    place = browser.run(
        "(() => { const i = P.id.indexOf('JAE-00009'), b = PLOT.box.slice(4 * i, 4 * i + 4); fit(b);"
        " canvas.scrollIntoView();"
        " const box = canvas.getBoundingClientRect();"
        " return [box.left + px((b[0] + b[2]) / 2), box.top + py((b[1] + b[3]) / 2)]; })()"
    )
    browser.call("Input.dispatchMouseEvent", type="mouseMoved", x=place[0], y=place[1])
    assert "JAE-00009" in browser.run("$('tip').hidden ? '' : $('tip').textContent")

    browser.click(*place)
    assert browser.run("$('detail').open && $('d-title').textContent") == "JAE-00009"
    assert browser.run("location.hash") == "#coop-jaen%2FJAE-00009"
    browser.press("Escape")
    assert browser.run("$('detail').open") is False


def test_page_of_a_plot_tells_why(browser: Browser, small_report: Path) -> None:
    """Picture, figures, reasons, remedy and findings stand on it; markup in a name is text."""
    browser.open(small_report, "#coop-jaen/JAE-00009")
    text = browser.run("$('detail').textContent")

    assert browser.run("!!document.querySelector('#detail image')")
    assert "Riesgo alto" in text
    assert "agreed_deforestation" in text
    assert "Separe el producto de esta parcela" in text
    assert '<script>alert("1")</script>' in text
    assert browser.run("document.scripts.length") == 2


def test_keyboard_alone_reaches_a_plot(browser: Browser, small_report: Path) -> None:
    """Arrow keys walk the list, Enter opens, and focus stays visible."""
    browser.open(small_report)
    browser.run("$('list').focus()")
    for _ in range(3):
        browser.press("ArrowDown")
    assert browser.run("document.activeElement.dataset.plot") == str(browser.run("rows[2]"))

    browser.press("Enter")
    assert browser.run("$('d-title').textContent") == browser.run("P.id[rows[2]]")


@pytest.mark.parametrize(
    ("language", "word"), [("en", "High risk"), ("es", "Riesgo alto"), ("fr", "Risque élevé"), ("pt", "Risco alto")]
)
def test_language_can_be_switched(browser: Browser, small_report: Path, language: str, word: str) -> None:
    """All words change; nothing is left as a bare key or an unfilled field."""
    browser.open(small_report)
    choose(browser, "language", language)
    browser.run("open(rows[0])")
    text = browser.run("document.body.innerText")

    assert word in text
    assert browser.run("document.documentElement.lang") == language
    assert "undefined" not in text
    assert "{" not in text


def test_every_control_has_a_name(browser: Browser, small_report: Path) -> None:
    """What a screen reader meets is named: buttons, fields, map; one level-one heading."""
    browser.open(small_report)
    nameless = browser.run(
        "[...document.querySelectorAll('button, select, input, canvas')].filter(node =>"
        " !(node.getAttribute('aria-label')"
        " || node.textContent.trim() || node.closest('label')?.textContent.trim())).map(node => node.outerHTML)"
    )

    assert nameless == []
    assert browser.run("document.querySelectorAll('h1').length") == 1


def test_twenty_thousand_plots_are_seen_within_three_seconds(
    browser: Browser, large_report: Path, tmp_path: Path
) -> None:
    """First view, then a filter and a sort that a person would not wait for, measured by the work it takes."""
    browser.open(large_report)

    assert browser.processor_s() < 3
    assert count(browser) == 20_000
    assert len(shown(browser)) < 60
    took = browser.run(
        "(() => { const t = performance.now(); filter.text = 'moy'; apply(); sort.key = 'area'; apply();"
        " return performance.now() - t; })()"
    )
    assert took < 1000
    browser.picture(tmp_path / "large.png")


@pytest.mark.parametrize("width", [360, 390, 768, 1400])
def test_page_never_scrolls_sideways(browser: Browser, small_report: Path, width: int) -> None:
    """From a small phone to a desktop the page fits its window."""
    browser.open(small_report)
    browser.resize(width, 800, phone=width < 600)

    assert browser.run("document.documentElement.scrollWidth") <= width


def test_prints_whole_list_not_the_window(browser: Browser, small_report: Path) -> None:
    """Before printing, all rows are put on the page."""
    browser.open(small_report)
    browser.run("dispatchEvent(new Event('beforeprint'))")

    assert len(shown(browser)) == 60


def test_no_plots_is_said(browser: Browser, tmp_path: Path) -> None:
    """A harvest without plots shows a sentence, not a broken page."""
    page = written(tmp_path, season_tables.season(0))
    browser.open(page)

    assert "no tiene ninguna parcela" in browser.run("$('count').textContent")


def test_only_low_plots_and_long_names(browser: Browser, tmp_path: Path) -> None:
    """No deforestation at all, cooperatives of 300 characters, a plot of 3 and one of 100,000 vertices."""
    import numpy as np
    import shapely

    season = season_tables.season(30)
    season.assessments[["outcome", "final_outcome"]] = "low"
    name = "cooperativa-" * 25
    season.plots["cooperative"] = name
    angle = np.linspace(0, 2 * np.pi, 100_000, endpoint=False)
    circle = shapely.Polygon(np.stack([-77 + 0.01 * np.cos(angle), -6 + 0.01 * np.sin(angle)], axis=1))
    shapes = season.plots.geometry.to_numpy().copy()
    shapes[0], shapes[2] = circle, shapely.Polygon([(-77, -6), (-76.999, -6), (-77, -5.999)])
    season.plots["geometry"] = shapes
    browser.open(written(tmp_path, season))
    browser.run("open(0)")

    assert browser.run("document.documentElement.scrollWidth") <= 1400
    assert browser.run("$('detail').scrollWidth <= $('detail').clientWidth")
    assert browser.run("PLOT.first[1] && PLOT.start[1]") < 2000


def test_a_phone_shows_every_step_of_a_shipment_and_why_it_is_open(tmp_path: Path) -> None:
    """At 390 px no kilograms lie out of sight, and the sentence under an open shipment follows the chosen language."""
    steps = dict.fromkeys(("ordered_kg", "delivered_kg", "located_kg", "cleared_kg", "declared_kg", "missing_kg"), 1.0)
    table = pd.DataFrame([{"shipment": "S1", **steps, "state": "open", "filed_as": "", "filed_on": ""}])
    why = (
        Withheld("lot_refused", {"name": "S1", "lot": "<b>A</b>", "why": "x"}),
        Withheld("filed_refused", {"lot": "B", "numbers": "26NL", "why": "x"}),
    )
    page = written(tmp_path, season_tables.season(5), given={"shipments": table, "withheld": why})
    with Browser(tmp_path / "profile", width=390, height=844, phone=True) as browser:
        browser.open(page)
        inside = "[...document.querySelectorAll('#kilograms td')].every(td => td.getBoundingClientRect().right <= 390)"
        said = browser.run("document.querySelector('#kilograms .why').textContent")
        choose(browser, "language", "en")
        english = browser.run("document.querySelector('#kilograms .why').textContent")

        assert browser.run(inside)
        assert english.startswith("shipment 'S1': lot '<b>A</b>' is refused")
        assert said.startswith("embarque 'S1': el lote '<b>A</b>' está rechazado")
        assert "lot 'B' was filed as 26NL" in browser.run("$('withheld').textContent")


def test_areas_near_plots_are_drawn_and_named(browser: Browser, tmp_path: Path) -> None:
    """Land of vector layers lies under the plots, answers to the pointer, and can be put away; rights are beside it."""
    season = season_tables.with_areas(season_tables.season(60, hostile=True))
    given = {"areas": season.areas, "area_outlines": season.outlines, "area_layers": season_tables.AREA_LAYERS}
    browser.open(written(tmp_path, season, given=given))
    image = "(paint(), canvas.toDataURL())"
    drawn = browser.run(image)

    assert "Parks of Peru (A park service · CC-BY-4.0)" in browser.run("$('areas-key').textContent")
    assert "para las que no se leyó: 58" in browser.run("$('areas-key').textContent")
    inside = "const [x, y] = D.areas.label[D.areas.feature.indexOf('Parque del Oeste')]"
    assert browser.run(f"(() => {{ {inside}; return areasAt(px(x), py(y)); }})()") == [
        "Parque del Oeste · Parks of Peru"
    ]
    assert browser.run(image) == drawn
    browser.run("$('areas').click(); 1")
    assert browser.run(image) != drawn
    assert browser.run(f"(() => {{ {inside}; return areasAt(px(x), py(y)); }})()") == []


def test_without_vector_layers_the_map_has_no_switch_for_them(browser: Browser, small_report: Path) -> None:
    """Nothing is offered that is not there."""
    browser.open(small_report)

    assert browser.run("$('areas-shown').hidden && !$('areas-key').textContent")
