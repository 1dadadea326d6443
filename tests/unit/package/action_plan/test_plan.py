"""The action plan: order, figures, formats."""

import datetime as dt
import json
import re
import zipfile
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import geopandas as gpd
import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pytest
import shapely
import yaml
from lxml import etree

from eudr_check import parquet
from eudr_check.documents import dossier
from eudr_check.package.action_plan import actions, losses, phone, plan, workbook
from eudr_check.package.action_plan.cooperative import Ground, Settings, to_decide
from eudr_check.text import LANGUAGES, say, topic
from eudr_check.text.decided import decision
from tests.helpers import season_tables

START = dt.date(2026, 9, 30)


def made(season: season_tables.Season, *, with_deliveries: bool = True, language: str = "es") -> pd.DataFrame:
    """All actions of a season."""
    return actions.actions(
        season.plots,
        season.findings,
        season.assessments,
        season.reasons,
        season.deliveries if with_deliveries else None,
        start=START,
        language=language,
    )


def write(folder: Path, season: season_tables.Season, **package: object) -> list[Path]:
    """The plan's files."""
    tables = season.tables()
    return plan.write(
        folder,
        settings=Settings.of(season_tables.harvest(package={"languages": ["es"], **package})),
        deliveries=season.deliveries,
        ground=Ground(
            season.patches,
            to_decide(dossier.to_review(season.assessments, season.evidence, season.plots.geometry)),
            frozenset({"tmf.degradation_year"}),
        ),
        **{name: tables[name] for name in ("plots", "findings", "assessments", "reasons")},
    )


def test_most_kilograms_come_first() -> None:
    """A technician starts where most product waits."""
    todo = made(season_tables.season(200))

    assert todo["kg"].is_monotonic_decreasing
    assert todo["kg"].iat[0] > 0


def test_without_deliveries_hectares_decide() -> None:
    """The order falls back to area, and says so in the files."""
    todo = made(season_tables.season(200), with_deliveries=False)

    assert todo["area_ha"].fillna(0).is_monotonic_decreasing


def test_every_open_plot_has_something_to_do() -> None:
    """No plot that may not go in is left without an action; none that may go in gets one from its outcome."""
    season = season_tables.season(300)
    todo = made(season)

    settled = season.assessments["final_outcome"] == "low"
    assert set(season.assessments.index[~settled]) <= set(todo["plot"])
    from_outcome = todo[todo["code"].isin(topic("reasons"))]
    assert not set(from_outcome["plot"]) & set(season.assessments.index[settled])


def test_every_reason_that_opens_a_plot_has_a_remedy() -> None:
    """Each code is either explained only, or has kind, person and sentence; no third kind."""
    explains_only = {
        "geometry_blocked",
        "adjoining_plots",
        "tree_crop_2020",
        "planted_forest_2020",
        "no_forest_2020",
        "no_event_on_forest",
    }
    for code in topic("reasons"):
        rule = actions.rule_of(code)
        assert (rule is None) == (code in explains_only), code
        if rule is not None:
            key = "do_whisp" if code.startswith("whisp_") else f"do_{code}"
            assert set(topic("plan")[key]) == set(LANGUAGES)


def test_every_listed_finding_exists() -> None:
    """The lists of actions.yaml name codes that the plots stage really writes."""
    rules = actions._rules()
    named = [*rules["findings_in_the_field"], *rules["findings_by_evidence"]]
    named += [code for codes in rules["scores"].values() for code in codes]

    assert set(named) <= set(topic("findings"))


def test_a_full_stop_in_a_name_ends_no_sentence() -> None:
    """What is wrong is said whole, with the id `Sr. Rosa`, and what to do begins where the advice does."""
    season = season_tables.season(60)
    row = season.findings.iloc[[0]].assign(code="id_repeated", severity="block")
    row["details"] = json.dumps({"plot_id": "Sr. Rosa", "rows": "1. plots.csv 3, 1. plots.csv 4"})
    todo = made(replace(season, findings=row.astype(season.findings.dtypes)), language="en")
    mine = todo[todo["code"] == "id_repeated"].iloc[0]

    wrong, _, advice = topic("findings")["id_repeated"]["en"].partition(". ")
    assert mine["wrong"] == f"{wrong}.".format(plot_id="Sr. Rosa", rows="1. plots.csv 3, 1. plots.csv 4")
    assert mine["todo"] == advice.format(plot_id="Sr. Rosa", rows="1. plots.csv 3, 1. plots.csv 4")


def test_scorecard_counts_by_hand() -> None:
    """Four plots: one without geometry, one overlapping, one high, one low with 30 of 100 kg."""
    season = season_tables.season(4)
    keys = list(season.plots.index)
    season.assessments["final_outcome"] = ["undetermined", "low", "high", "low"]
    season.plots["usable"] = [False, True, True, True]
    season.plots.loc[keys[0], "geometry"] = None
    findings = season.findings.iloc[:0].copy()
    findings.loc[0, ["plot", "code", "severity"]] = [keys[1], "overlap", "warn"]
    deliveries = pd.DataFrame({"plot": keys, "kg_green": [40.0, 0.0, 30.0, 30.0]})
    todo = pd.DataFrame({"kind": ["evidence", "field"]})

    plots = season.plots.assign(
        geometry=season.plots.geometry.where(season.plots.index != keys[1], season.plots.geometry.dropna().iloc[0])
    )
    scores = {score.name: score for score in actions.scorecard(plots, findings, season.assessments, todo, deliveries)}

    assert (scores["mapped"].reached, scores["mapped"].whole) == (3, 4)
    assert (scores["unique"].reached, scores["unique"].whole, scores["unique"].unknown) == (2, 4, 1)
    assert scores["assessed"].reached == 3
    assert scores["settled"].share == 0.5
    assert (scores["volume"].reached, scores["volume"].whole) == (30, 100)
    assert scores["documents"].reached == 1
    assert not scores["documents"].done


@pytest.mark.parametrize("code", ["self_crossing", "null_island", "neighbours_unchecked"])
def test_a_plot_that_nobody_compared_is_not_called_unique(tmp_path: Path, code: str) -> None:
    """Of three plots without a place and one that no other was compared with, nobody knows what covers them."""
    season = season_tables.season(4)
    keys = list(season.plots.index)
    season.plots.loc[keys[:3], "geometry"] = None
    findings = season.findings.iloc[:0].copy()
    findings.loc[0, ["plot", "code", "severity"]] = [keys[3], code, "block"]
    scores = actions.scorecard(season.plots, findings, season.assessments, pd.DataFrame({"kind": []}), None)
    (unique,) = [score for score in scores if score.name == "unique"]

    assert (unique.reached, unique.whole, unique.unknown, unique.done) == (0, 4, 4, False)


def test_workbook_holds_text_never_formulas(tmp_path: Path) -> None:
    """A name that begins like a formula is a name."""
    season = season_tables.season(60, hostile=True)
    season.plots["producer_name"] = "=cmd|' /C calc'!A1"
    files = write(tmp_path, season, producer_as="producer")

    book = openpyxl.load_workbook(files[0])
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert any(str(cell.value).startswith("=cmd") and cell.data_type == "s" for cell in cells)


def test_rows_are_as_high_as_their_text(tmp_path: Path) -> None:
    """No row of the workbook hides a line of its text, and there is room to note what was done."""
    book = openpyxl.load_workbook(write(tmp_path, season_tables.season(60))[0])
    sheet = book["Acciones"]
    head = {cell.value: cell.column_letter for cell in sheet[1]}
    shown = [(head[name], sheet.column_dimensions[head[name]].width) for name in ("Qué pasa", "Qué hacer")]

    assert {"Hecho", "Hecho el", "Foto"} <= set(head)
    for row in range(2, sheet.max_row + 1):
        needed = max(len(str(sheet[f"{column}{row}"].value or "")) / width for column, width in shown)
        assert sheet.row_dimensions[row].height >= min(409, 15 * needed)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_read_and_filled_in_fits_a_page(tmp_path: Path, language: str) -> None:
    """Printed are plot, fault, advice and the cells to fill in, on one page across; keys and codes are not."""
    book = openpyxl.load_workbook(write(tmp_path, season_tables.season(60), languages=[language])[0])
    sheet = book[say("plan", "actions", language)]
    last = re.search(r":\$([A-Z]+)\$", sheet.print_area).group(1)
    printed = [cell.value for cell in sheet[1] if cell.column <= openpyxl.utils.column_index_from_string(last)]
    looks = {at: one for one in sheet.column_dimensions.values() for at in range(one.min, one.max + 1)}
    width = sum(looks[at].width for at in range(1, len(printed) + 1))
    hidden = {cell.value for cell in sheet[1] if looks[cell.column].hidden}

    assert {say("plan", key, language) for key in ("plot", "wrong", "todo", *workbook.BY_HAND)} <= set(printed)
    assert hidden == {say("plan", key, language) for key in workbook.KEYS}
    # A landscape A4 page holds about 145 characters of the standard font: smaller than six tenths nobody reads it.
    assert width < 145 / 0.6
    assert (sheet.sheet_properties.pageSetUpPr.fitToPage, sheet.page_setup.fitToHeight) == (True, 0)
    assert sheet.page_setup.orientation == "landscape"


def test_notes_of_the_scorecard_lie_over_no_other(tmp_path: Path) -> None:
    """Each note has the width of the table and the height it takes there."""
    book = openpyxl.load_workbook(write(tmp_path, season_tables.season(60))[0])
    sheet = book[say("plan", "scorecard", "es")]
    notes = {area.min_row for area in sheet.merged_cells.ranges if (area.min_col, area.max_col) == (1, 6)}

    assert len(notes) == 3
    assert all(
        (sheet.row_dimensions[row].height or 15) >= 15 * -(-len(sheet.cell(row, 1).value) // 111) for row in notes
    )


def test_same_tables_give_the_same_bytes(tmp_path: Path) -> None:
    """Workbook, paper and KML alike."""
    season = season_tables.season(60)
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    first, second = (write(tmp_path / name, season) for name in ("a", "b"))

    assert [path.name for path in first] == [path.name for path in second]
    assert all(a.read_bytes() == b.read_bytes() for a, b in zip(first, second, strict=True))


@pytest.mark.parametrize("language", LANGUAGES)
def test_paper_has_two_pages_in_every_language(tmp_path: Path, language: str) -> None:
    """However long the sentences and names, the plan stays two pages."""
    season = season_tables.season(300, hostile=True)
    files = write(tmp_path, season, languages=[language])

    for path in (file for file in files if file.suffix == ".pdf"):
        assert path.read_bytes().count(b"/Type /Page\n") + path.read_bytes().count(b"/Type/Page/") in (0, 2)
        assert b"/Count 2" in path.read_bytes()


def test_phone_gets_only_field_visits(tmp_path: Path) -> None:
    """Each placemark is a plot with a position and a field action."""
    season = season_tables.season(120)
    todo = made(season)
    kml = next(path for path in write(tmp_path, season) if path.suffix == ".kml")
    names = {mark.findtext("{*}name") for mark in ET.parse(kml).iterfind("{*}Document/{*}Placemark")}

    visits = todo[(todo["kind"] == "field") & (todo["cooperative"] == kml.stem) & todo["longitude"].notna()]
    assert names == set(visits["plot_id"])


@pytest.mark.parametrize("language", ["es", "am"])
def test_phone_files_are_those_that_lxml_writes(tmp_path: Path, language: str) -> None:
    """Read, indented and written again, every byte is the same: names with markup, losses, parts of splits."""
    season = season_tables.season(120, hostile=True)
    season.plots["plot_id"] = season_tables.HOSTILE + season.plots["plot_id"]
    tables, parts = season.tables(), season_tables.proposed(season)
    files = plan.write(
        tmp_path,
        settings=Settings.of(season_tables.harvest(package={"languages": [language]})),
        ground=Ground(season.patches, splits=parts),
        **{name: tables[name] for name in ("plots", "findings", "assessments", "reasons")},
    )
    phones = [path for path in files if path.suffix == ".kml"]

    assert phones
    for path in phones:
        root = etree.fromstring(path.read_bytes(), etree.XMLParser(remove_blank_text=True))
        etree.indent(root, " ")
        assert etree.tostring(root, encoding="utf-8", xml_declaration=True) == path.read_bytes()
    assert any(say("uses", "proposed", language) in path.read_text(encoding="utf-8") for path in phones)


def test_rows_that_are_no_plot_are_visited_by_file_and_row(tmp_path: Path) -> None:
    """Two rows share an id and are no plots, at one position of which nothing else tells them apart; the visits to
    plots beside them keep their names."""
    season = season_tables.season(120)
    visited = season.findings.iloc[[0, 0]].assign(code="drawn_square", severity="warn", details="{}")
    twins = visited.assign(plot=None, source_row=[3, 4], longitude=-77.0, latitude=-6.0)
    findings = pd.concat([season.findings, twins], ignore_index=True).astype(season.findings.dtypes)
    kml = next(path for path in write(tmp_path, replace(season, findings=findings)) if path.suffix == ".kml")
    names = [mark.findtext("{*}name") for mark in ET.parse(kml).iterfind("{*}Document/{*}Placemark")]

    file = Path(visited["source_file"].iat[0]).name
    assert {say("plan", "file_row", "es", file=file, row=row) for row in (3, 4)} < set(names)
    assert "nan" not in names and len(names) > 2


def test_a_cooperative_of_which_no_row_is_a_plot_is_visited_too(tmp_path: Path) -> None:
    """All its rows share their ids: there is no plot, and every row has its place."""
    season = season_tables.season(60)
    twins = season.findings.iloc[[0, 0]].assign(code="drawn_square", severity="warn", details="{}", plot=None)
    twins = twins.assign(cooperative="coop-nueva", source_row=[3, 4], longitude=-77.0, latitude=-6.0)
    findings = pd.concat([season.findings, twins], ignore_index=True).astype(season.findings.dtypes)
    files = write(tmp_path, replace(season, findings=findings))
    kml = next(path for path in files if path.name == "coop-nueva.kml")

    assert len(list(ET.parse(kml).iterfind("{*}Document/{*}Placemark"))) == 2


def test_maps_are_the_same_from_patches_read_in_several_pieces(tmp_path: Path) -> None:
    """Row groups of a Parquet file, of which each is read by itself, are a matter of that file."""
    season = season_tables.season(60)
    high = season.assessments.index[season.assessments["final_outcome"] == "high"]
    of_high = season.patches[season.patches["plots"].map(lambda plots: plots[0] in high)]
    of_one = of_high["plots"].map(tuple) == tuple(of_high["plots"].iat[0])
    mine = of_high[of_one].assign(year=2022).sort_values("area_ha", ascending=False)
    table = parquet.arrow("PATCHES", mine)
    made = []
    for rows in (2, 1):
        folder = tmp_path / str(rows)
        folder.mkdir()
        pq.write_table(table, folder / "PATCHES.parquet", row_group_size=rows)
        made.append(write(folder, replace(season, patches=losses.read(folder / "PATCHES.parquet"))))

    assert any(path.suffix == ".gpkg" for path in made[0])
    assert [path.read_bytes() for path in made[0]] == [path.read_bytes() for path in made[1]]


def test_many_visits_are_cut_into_files_a_phone_can_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every place stands in one file, with what is to be done and the losses of its plot, in the order of the plan."""
    season = season_tables.season(120)
    ways = ("{*}Document/{*}Placemark", "{*}Document/{*}Folder/{*}Placemark")

    def read(folder: Path, cooperative: str) -> list[list[list[bytes]]]:
        folder.mkdir(exist_ok=True)
        files = [path for path in write(folder, season) if path.suffix == ".kml" and path.stem.startswith(cooperative)]
        roots = [ET.parse(path).getroot() for path in files]
        return [[[ET.tostring(mark).strip() for mark in root.iterfind(way)] for way in ways] for root in roots]

    todo = made(season)
    cooperative = str(todo.loc[todo["kind"] == "field", "cooperative"].mode()[0])
    ((places, losses),) = read(tmp_path / "whole", cooperative)
    monkeypatch.setattr(phone, "MOST", 3)
    cut = read(tmp_path / "cut", cooperative)

    assert len(cut) == -(-len(places) // 3) > 1
    assert [mark for part in cut for mark in part[0]] == places
    assert sorted(mark for part in cut for mark in part[1]) == sorted(losses)


def test_a_mark_lies_in_the_loss_and_every_loss_is_outlined(tmp_path: Path) -> None:
    """A loss in the corner of a plot is marked in that corner, with year and hectares; what lies outside is cut off."""
    season = season_tables.season(4)
    plot = str(season.plots.index[3])
    season.plots.loc[plot, "geometry"] = shapely.box(-77.0, -6.0, -76.99, -5.99)
    season.assessments.loc[plot, ["outcome", "final_outcome"]] = "more_info_needed"
    season.reasons.loc[plot, "code"] = "event_on_forest"
    corner, other = shapely.box(-77.001, -6.0, -76.999, -5.998), shapely.box(-76.995, -5.9951, -76.9949, -5.995)
    rows = [("hansen.loss_year", 2022, 4.0, corner), ("radd.alert_year", 2024, 0.1, other),
            ("hansen.loss_year", 2019, 9.0, corner), ("tmf.degradation_year", 2023, 0.1, other)]  # fmt: skip
    frame = pd.DataFrame([row[:3] for row in rows], columns=["column", "year", "area_ha"]).assign(plots=plot)
    patches = gpd.GeoDataFrame(frame, geometry=[row[3] for row in rows], crs=4326)
    season = replace(season, patches=patches)
    kml = next(path for path in write(tmp_path, season) if path.suffix == ".kml")
    document = ET.parse(kml).getroot().find("{*}Document")
    visit = next(m for m in document.iterfind("{*}Placemark") if m.findtext("{*}name") == plot.partition("/")[2])
    point = shapely.Point([float(part) for part in visit.findtext(".//{*}Point/{*}coordinates").split(",")])
    losses = {m.findtext("{*}name").partition(" · ")[2] for m in document.iterfind("{*}Folder/{*}Placemark")}

    assert corner.intersection(season.plots.geometry[plot]).contains(point)
    assert losses == {"pérdida 2022, 2,000 ha", "pérdida 2024, 0,100 ha", "dosel perturbado 2023, 0,100 ha"}


def test_phone_takes_nothing_in_a_description_for_markup(tmp_path: Path) -> None:
    """Google Earth shows descriptions as HTML: a column with markup in its name is text there, as everywhere."""
    season = season_tables.season(4)
    plot = str(season.plots.index[3])
    season.assessments.loc[plot, ["outcome", "final_outcome"]] = "more_info_needed"
    season.reasons.loc[plot, "code"] = "event_on_forest"
    hostile = "<img src=x onerror=alert(1)>&<script>alert(2)</script>"
    frame = pd.DataFrame([(hostile, 2022, 4.0, [plot])], columns=["column", "year", "area_ha", "plots"])
    patches = gpd.GeoDataFrame(frame, geometry=[season.plots.geometry[plot].buffer(0.001)], crs=4326)
    season = replace(season, patches=patches)
    kml = next(path for path in write(tmp_path, season) if path.suffix == ".kml")
    described = [mark.text for mark in ET.parse(kml).iterfind(".//{*}Placemark/{*}description")]

    assert any("&lt;img src=x onerror=alert(1)&gt;&amp;&lt;script&gt;" in text for text in described)
    assert not any("<" in text for text in described)


@pytest.mark.parametrize(
    ("outcome", "review", "kind"),
    [
        ("more_info_needed", "R05 confirm", "desk"),
        ("high", "R04 needs_second_reviewer; R05 confirm (no_evidence_named)", "desk"),
        ("high", "R04 needs_second_reviewer", "field"),
        ("high", None, "field"),
    ],
)
def test_a_confirmed_deforestation_is_no_visit(outcome: str, review: str | None, kind: str) -> None:
    """The plan follows the final outcome: what people confirmed is kept back, and nobody is sent there again."""
    season = season_tables.season(4)
    plot = str(season.plots.index[3])
    season.assessments["review"] = season.assessments["review"].astype(object)
    season.assessments.loc[plot, ["outcome", "final_outcome", "review"]] = [outcome, "high", review]
    season.reasons.loc[plot, "code"] = "event_on_forest"
    again = season.reasons.loc[[plot]].assign(code="standing_forest")
    season = replace(season, reasons=pd.concat([season.reasons, again]))
    todo = made(season, language="en")
    mine = todo[(todo["plot"] == plot) & todo["code"].isin(["event_on_forest", "standing_forest"])]

    assert set(mine["kind"]) == {kind}
    assert (len(mine) == 1) is (kind == "desk")
    assert mine["todo"].str.startswith("A review confirmed what puts this plot at high risk").all() == (kind == "desk")


def test_a_harvest_of_which_no_row_is_a_plot_has_its_plan(tmp_path: Path) -> None:
    """Only faults of a file, no plot, no loss: the plan lists the faults."""
    season = season_tables.season(60)
    nothing = replace(season, **{name: table.iloc[:0] for name, table in season.tables().items() if name != "findings"})
    nothing.findings["plot"] = None

    assert [path.suffix for path in write(tmp_path, nothing)][:2] == [".xlsx", ".pdf"]


def test_harvest_without_plots_writes_no_plan(tmp_path: Path) -> None:
    """No cooperative, no file, no error."""
    assert write(tmp_path, season_tables.season(0)) == []


def test_rules_are_well_formed() -> None:
    """Every kind and person has its word."""
    rules = yaml.safe_load((Path(actions.__file__).parent / "actions.yaml").read_text(encoding="utf-8"))
    words = topic("plan")

    assert all(f"kind_{rule['kind']}" in words and f"who_{rule['who']}" in words for rule in rules["reasons"].values())


@pytest.mark.parametrize("commodity", ["coffee", "wood"])
def test_of_wood_workbook_and_map_ask_about_degradation_too(tmp_path: Path, commodity: str) -> None:
    """Whoever goes there chooses among words that say what the law forbids of that commodity."""
    season = season_tables.season(60)
    tables = season.tables()
    files = plan.write(
        tmp_path,
        settings=Settings.of(season_tables.harvest(commodity=commodity, package={"languages": ["en"]})),
        ground=Ground(
            season.patches,
            to_decide(dossier.to_review(season.assessments, season.evidence, season.plots.geometry)),
        ),
        **{name: tables[name] for name in ("plots", "findings", "assessments", "reasons")},
    )
    book, project = (next(path for path in files if path.suffix == suffix) for suffix in (".xlsx", ".qgz"))
    lists = [rule.formula1 for sheet in openpyxl.load_workbook(book) for rule in sheet.data_validations.dataValidation]
    with zipfile.ZipFile(project) as archive:
        form = archive.read(archive.namelist()[0]).decode()

    for code in ("clear", "confirm"):
        word = decision(code, commodity)["en"]
        assert any(f",{word}," in f",{one.strip(chr(34))}," for one in lists if one)
        assert f'name="{word}" value="{code}"' in form
        assert f'label="{word}"' in form


def test_workbook_and_paper_say_the_same_share_and_never_all_of_less(tmp_path: Path) -> None:
    """199 of 200 plots are 99 % on the sheet as on paper; a cell that rounds would say that nothing is left to do."""
    season = season_tables.season(400)
    mine = season.plots["cooperative"] == "coop-jaen"
    season.plots.loc[mine, "usable"] = True
    season.plots.loc[season.plots.index[mine][0], "usable"] = False
    book = next(path for path in write(tmp_path, season) if path.name == "coop-jaen.xlsx")
    sheet = openpyxl.load_workbook(book).worksheets[0]
    share = next(row[3].value for row in sheet.iter_rows() if row[0].value == say("plan", "score_valid", "es"))

    assert mine.sum() > 100
    assert share == 0.99


def test_a_date_does_not_run_into_what_is_written_by_hand(tmp_path: Path) -> None:
    """Headers of text, dates and empty cells begin within their cells: "Para el" stood on "Hecho"."""
    book = next(path for path in write(tmp_path, season_tables.season(60)) if path.suffix == ".xlsx")
    sheet = openpyxl.load_workbook(book)[say("plan", "actions", "es")]
    at = {cell.value: cell for cell in sheet[1]}
    due = at[say("plan", "by_when", "es")]

    for cell in (due, sheet.cell(2, due.column), at[say("plan", "done", "es")]):
        assert (cell.alignment.horizontal, cell.alignment.indent) == ("left", 1)


def test_a_cooperative_reads_the_name_of_its_file(tmp_path: Path) -> None:
    """It sent `coop-01.geojson`; where it lies on the machine of the run is nobody's affair."""
    season = season_tables.season(20)
    season.plots["source_file"] = "../plots/" + season.plots["source_file"]
    season.findings["source_file"] = "../plots/" + season.findings["source_file"]
    books = [path for path in write(tmp_path, season) if path.suffix == ".xlsx"]
    cells = [
        str(cell.value) for path in books for sheet in openpyxl.load_workbook(path) for row in sheet for cell in row
    ]

    assert any(", fila " in cell for cell in cells)
    assert not [cell for cell in cells if "../plots/" in cell]
