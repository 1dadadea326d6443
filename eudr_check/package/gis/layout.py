"""Print layouts of the QGIS project, A4: all plots, a sheet for each cooperative, one for each plot to look at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from xml.etree import ElementTree as ET

from eudr_check.package.gis import layout_items as items
from eudr_check.package.gis import qgs, sheets, styles
from eudr_check.package.gis.layout_items import Box, Entry
from eudr_check.text import say
from eudr_check.text.clean import without_expressions

MAP_MM = (10.0, 26.0, *sheets.FRAME_MM)
"""Left, top, width and height of the map, in millimetres; what explains it stands right of it."""
SIDE_MM, SIDE_WIDTH_MM = 196.0, 91.0
PICTURE_MM = 44.0
METRES_PER_DEGREE = round(sheets.METRES_PER_DEGREE)


@dataclass(frozen=True)
class Printed:
    """What all sheets take of the project."""

    title: str
    bounds: Box
    """West, south, east, north of all usable plots, degrees."""
    language: str
    note: str
    credits: str
    theme: str
    """Theme of the maps."""
    layers: Mapping[str, Entry]
    """Layers by table; `legend/...` are maps below the plots, in the order of the legend."""
    pictures: Mapping[str, Sequence[str]]
    """Names of the pictures in true colour, by date."""
    outcomes: Mapping[str, str]
    """Words for outcomes."""

    def say(self, key: str, **values: str) -> str:
        """A word or sentence of the sheets."""
        return say("gis", key, self.language, **values)


def with_margin(bounds: Box, aspect: float) -> Box:
    """The box with a margin, grown to a ratio of width to height; a lone plot keeps about 500 m around it."""
    west, south, east, north = bounds
    width, height = max((east - west) * 1.08, 0.01), max((north - south) * 1.08, 0.01)
    width, height = max(width, height * aspect), max(height, width / aspect)
    x, y = (west + east) / 2, (south + north) / 2
    return (round(x - width / 2, 7), round(y - height / 2, 7), round(x + width / 2, 7), round(y + height / 2, 7))


def layouts(shown: Printed) -> list[ET.Element]:
    """All sheets: of the harvest, of cooperatives, of plots that need attention."""
    return [_harvest(shown), _cooperatives(shown), _plots(shown)]


def _harvest(shown: Printed) -> ET.Element:
    sheet = items.sheet("layout", shown.language)
    items.label(sheet, "title", (10, 9, 277, 9), shown.title, size=16, bold=True)
    drawn = _main(sheet, shown, "km")
    items.legend(sheet, drawn, (SIDE_MM, 26, SIDE_WIDTH_MM, 120), _explained(shown))
    _foot(sheet, shown)
    return sheet


def _cooperatives(shown: Printed) -> ET.Element:
    sheet = items.sheet("sheet_cooperatives", shown.language)
    _head(sheet, '"cooperative_name"', _quoted(shown.title))
    drawn = _main(sheet, shown, "km")
    _follows(sheet, drawn, shown, "cooperatives", "cooperative")
    counts = [f'{without_expressions(shown.outcomes[name])}: [% "{name}" %]' for name in sheets.COUNTED]
    text = "\n".join([*counts, "", without_expressions(shown.say("sheet_blocked"))])
    items.said(sheet, "figures", (SIDE_MM, 26, 44, 50), text, size=8)
    _locator(sheet, drawn, shown, (SIDE_MM + SIDE_WIDTH_MM - 45, 26, 45, 45))
    items.legend(sheet, drawn, (SIDE_MM, 78, SIDE_WIDTH_MM, 100), _explained(shown))
    _foot(sheet, shown)
    return sheet


def _plots(shown: Printed) -> ET.Element:
    sheet = items.sheet("sheet_plots", shown.language)
    words = " ".join(f"WHEN \"final_outcome\"='{name}' THEN {_quoted(word)}" for name, word in shown.outcomes.items())
    _head(
        sheet,
        f"\"plot_id\" || ' · ' || CASE {words} END",
        f"\"cooperative_name\" || ' · ' || {_quoted(shown.title)}",
    )
    drawn = _main(sheet, shown, "m")
    _follows(sheet, drawn, shown, "attention", "plot")
    lines = [
        f"{without_expressions(shown.say(f'field_{name}'))}: "
        f"[% coalesce(format_number(\"{name}\", 3, '{shown.language}'), '–') %]"
        for name in sheets.FIGURES
    ]
    items.said(sheet, "figures", (SIDE_MM, 26, 56, 36), "\n".join(lines), size=7.5)
    _locator(sheet, drawn, shown, (SIDE_MM + SIDE_WIDTH_MM - 34, 26, 34, 36))
    items.label(sheet, "why_title", (SIDE_MM, 64, SIDE_WIDTH_MM, 5), shown.say("sheet_why"), size=8.5, bold=True)
    room = 30 if shown.pictures else 80
    why = "[% '– ' || replace(\"why\", '\n', '\n– ') %]"
    items.said(sheet, "why", (SIDE_MM, 69, SIDE_WIDTH_MM, room), why, size=7.5)
    for number, field in enumerate(("picture_before", "picture_now") if shown.pictures else ()):
        _picture(sheet, shown, field, SIDE_MM + number * (SIDE_WIDTH_MM - PICTURE_MM))
    items.legend(sheet, drawn, (SIDE_MM, 152, SIDE_WIDTH_MM, 45), _explained(shown), columns=2)
    _foot(sheet, shown)
    return sheet


def _main(sheet: ET.Element, shown: Printed, unit: str) -> ET.Element:
    """The map of a sheet with graticule and scale bar."""
    box = with_margin(shown.bounds, MAP_MM[2] / MAP_MM[3])
    drawn = items.map_item(sheet, "map", MAP_MM, box, **items.of_theme(shown.theme))
    qgs.crs(items.graticule(drawn))
    items.scale_bar(sheet, drawn, (MAP_MM[0] + 2, MAP_MM[1] + MAP_MM[3] - 10, 60, 8), unit)
    return drawn


def _follows(sheet: ET.Element, drawn: ET.Element, shown: Printed, table: str, key: str) -> None:
    """A sheet for each row of a table, its map in the UTM zone of the row and at its scale."""
    covered = shown.layers[table]
    items.follow(drawn, {"dataDefinedMapScale": '"scale"', "dataDefinedCrs": '"projection"'})
    place = (MAP_MM[0] + MAP_MM[2] - 46, MAP_MM[1] + MAP_MM[3] - 6, 44, 4)
    scale = f"[% '1:' || format_number(\"scale\", 0, '{shown.language}') || ' · UTM, ' || \"projection\" %]"
    items.said(sheet, "scale", place, scale, size=7, ground=True)
    ET.SubElement(
        sheet,
        "Atlas",
        enabled="1",
        coverageLayer=covered.key,
        coverageLayerName=covered.name,
        coverageLayerSource=covered.source,
        coverageLayerProvider=covered.provider,
        hideCoverage="0",
        filterFeatures="0",
        # Rows lie in the order of the sheets.
        sortFeatures="0",
        pageNameExpression=f'"{key}"',
        filenamePattern="'sheet_' || @atlas_featurenumber",
    )


def _picture(sheet: ET.Element, shown: Printed, field: str, left: float) -> None:
    """What the ground looked like at one date, with the outline of the plot."""
    heading = without_expressions(shown.say(f"field_{field}"))
    caption = f'{heading}: [% coalesce("{field}", {_quoted(shown.say("sheet_no_picture"))}) %]'
    items.said(sheet, f"{field}_date", (left, 100, PICTURE_MM, 6.5), caption, size=6.5)
    drawn = items.map_item(sheet, field, (left, 107, PICTURE_MM, PICTURE_MM), with_margin(shown.bounds, 1.0))
    dated = " ".join(
        f"WHEN \"{field}\"='{day}' THEN {_quoted('|' + '|'.join(names))}" for day, names in shown.pictures.items()
    )
    across = f"bounds_width($geometry)*{METRES_PER_DEGREE}*cos(radians(y(centroid($geometry))))"
    along = f"bounds_height($geometry)*{METRES_PER_DEGREE}"
    items.follow(
        drawn,
        {
            "dataDefinedMapScale": f"max(5000, 1400*max({across}, {along})/{PICTURE_MM})",
            "dataDefinedCrs": '"projection"',
            "dataDefinedMapLayers": f"{_quoted(shown.layers['attention'].name)} || CASE {dated} ELSE '' END",
        },
    )


def _locator(sheet: ET.Element, drawn: ET.Element, shown: Printed, place: Box) -> None:
    """Where the map of a sheet lies among all cooperatives and countries."""
    west, south, east, north = shown.bounds
    around = (west - 0.5, south - 0.5, east + 0.5, north + 0.5)
    small = items.map_item(sheet, "locator", place, with_margin(around, place[2] / place[3]))
    items.keep(small, [shown.layers[name] for name in ("cooperatives", "countries")])
    frame = ET.SubElement(
        small,
        "ComposerMapOverview",
        name="overview",
        uuid=items.identity(sheet, "overview"),
        frameMap=drawn.get("uuid", ""),
        show="1",
        position="3",
        blendMode="0",
        inverted="0",
        centered="0",
    )
    # Far out the frame of a map of a few hundred metres is a dot that nobody sees.
    frame.append(styles.located())


def _explained(shown: Printed) -> list[Entry]:
    """What the legend explains."""
    maps = [entry for name, entry in shown.layers.items() if name.startswith("legend/")]
    unread = replace(shown.layers["countries"], title="")
    titles = {"plots": "layer_plots", "plot_points": "layer_plot_points", "loss_on_forest": "legend_loss"}
    tables = [
        replace(shown.layers[name], title=shown.say(title)) for name, title in titles.items() if name in shown.layers
    ]
    return [*tables, *maps[:1], unread, *maps[1:]]


def _head(sheet: ET.Element, title: str, below: str) -> None:
    items.said(sheet, "title", (10, 8, 277, 8), f"[% {title} %]", size=15, bold=True)
    items.said(sheet, "subtitle", (10, 17, 277, 5), f"[% {below} %]", size=8.5)


def _foot(sheet: ET.Element, shown: Printed) -> None:
    items.label(sheet, "credits", (10, 180, MAP_MM[2], 16), shown.credits, size=6)
    items.label(sheet, "note", (10, 199, 277, 5), shown.note, size=7)


def _escaped(text: str) -> str:
    """Text within quotes of an expression within a label: nothing of it may end either."""
    return without_expressions(text).replace("\\", "\\\\").replace("'", "''")


def _quoted(text: str) -> str:
    return f"'{_escaped(text)}'"
