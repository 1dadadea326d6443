"""The QGIS project beside the GeoPackage: layers grouped by question, forms, one print layout, relative paths.

Works from a plain zip of one XML file (`.qgz`). QGIS 3.22 ignores `projectCrs` unless the property
`SpatialRefSys/ProjectionsEnabled` is 1, and takes its first view from `DefaultViewExtent`, not from a map canvas.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

from eudr_check.law.regulation import CUTOFF_YEAR
from eudr_check.package.gis import forms, maps, metadata, provinces, qgs, rasters, themes
from eudr_check.package.gis import styles as gis_styles
from eudr_check.package.gis.chains import STAYS
from eudr_check.package.gis.content import AREAS, LOSS, OUTLINES, SPLITS, alias
from eudr_check.package.gis.edition import Areas, Credit
from eudr_check.package.gis.layout import Printed, layouts, with_margin
from eudr_check.package.gis.layout_items import Box, Entry
from eudr_check.package.gis.maps import Map
from eudr_check.text import say

FINDINGS_SCALE = 100_000
"""Findings show from 1:100 000 on."""
DRAWN = (
    "attention", "findings", "plot_points", "plots", SPLITS, LOSS, OUTLINES, "cooperatives", "patches", "tiles",
    "countries",
)  # fmt: skip
"""Layers from top to bottom of the map."""


@dataclass(frozen=True)
class Project:
    """What a project shows."""

    geopackage: str
    """File name of the GeoPackage in the same folder."""
    title: str
    fields: Mapping[str, Sequence[str]]
    """Fields of each table, in order."""
    geometry_types: Mapping[str, str | None]
    """OGR geometry type of each table; None for plain tables."""
    bounds: Box
    """West, south, east, north of the first view, degrees."""
    events: Sequence[str]
    """Event variables that occur in PATCHES; one layer each."""
    styles: Mapping[str, str]
    """QML of each table that has a geometry."""
    language: str
    """Of names and notes."""
    policy: str
    """Policy or policies of the assessments, for the layout's note."""
    scenes: Sequence[str] = ()
    """File names of dated pictures in the folder of pictures."""
    harvest: str = ""
    credits: Sequence[Credit] = ()
    """Whose layers the harvest is made from."""
    maps: Sequence[Map] = ()
    areas: Sequence[tuple[Areas, int]] = ()
    """Vector layers that are drawn, each with the number of plots it was not read for."""
    years: Sequence[int] = ()
    """Years in PATCHES."""
    cooperatives: Sequence[tuple[str, Box]] = ()
    """Boxes of the cooperatives, by the names that people know."""


def write(path: Path, project: Project) -> Path:
    """Write the project to a `.qgz`; same project, same bytes."""
    root = ET.Element("qgis", projectname=project.title, version="3.22.0")
    ET.SubElement(root, "title").text = project.title
    qgs.crs(ET.SubElement(root, "projectCrs"))
    content = _layers(root, project)
    qgs.properties(root)
    named = _themes(content, project.language)
    themes.add(root, named)
    themes.add_bookmarks(root, say("gis", "layer_cooperatives", project.language), project.cooperatives)
    ET.SubElement(root, "Layouts").extend(layouts(_printed(content, project, list(named)[-1])))
    view = ET.SubElement(root, "ProjectViewSettings", UseProjectScales="0")
    west, south, east, north = with_margin(project.bounds, 1.0)
    extent = ET.SubElement(view, "DefaultViewExtent", xmin=f"{west}", ymin=f"{south}", xmax=f"{east}", ymax=f"{north}")
    qgs.crs(extent)
    qgs.save(path, root)
    return path


@dataclass(frozen=True)
class _Layer:
    """One entry of the tree of layers."""

    name: str
    table: str
    rows: str = ""
    """Which rows it shows, as SQL; all where empty."""
    shown: bool = True
    column: str = ""
    """Event variable, or vector layer, that all of it comes from."""
    style: str = ""
    """Key of its style; its table where empty."""

    def key(self, title: str) -> str:
        """Its id in the project."""
        return f"{self.table}_{uuid.uuid5(uuid.NAMESPACE_URL, f'{title}/{self.name}').hex}"

    def source(self, geopackage: str) -> str:
        """Where its rows lie, beside the project."""
        return f"./{geopackage}|layername={self.table}" + (f"|subset={self.rows}" if self.rows else "")


@dataclass(frozen=True)
class _Content:
    """What a project holds, once its layers are there."""

    groups: Mapping[str, Sequence[tuple[_Layer, Entry]]]
    maps: Sequence[maps.Shown]
    pictures: Sequence[rasters.Shown]
    provinces: Entry

    def tables(self) -> dict[str, Entry]:
        """The first layer of each table."""
        found: dict[str, Entry] = {}
        for layer, entry in (one for group in self.groups.values() for one in group):
            found.setdefault(layer.table, entry)
        return found


def _layers(root: ET.Element, project: Project) -> _Content:
    """The tree of layers by question, the layers, and the order in which they are drawn."""
    tree = ET.SubElement(root, "layer-tree-group")
    layers = ET.SubElement(root, "projectlayers")
    groups = _groups(project)
    members = [layer for group in groups.values() for layer in group]
    keys = {layer.table: layer.key(project.title) for layer in members if layer.table in forms.RELATED}
    plots = [layer.key(project.title) for layer in members if layer.table in ("plots", "plot_points")]
    related = forms.relations(keys, plots)
    for group, entries in groups.items():
        branch = ET.SubElement(
            tree,
            "layer-tree-group",
            name=say("gis", group, project.language),
            checked="Qt::Checked",
            expanded=str(int(group != "group_tables")),
        )
        for entry in entries:
            key = entry.key(project.title)
            source = entry.source(project.geopackage)
            ET.SubElement(
                branch,
                "layer-tree-layer",
                id=key,
                name=entry.name,
                source=source,
                providerKey="ogr",
                checked="Qt::Checked" if entry.shown else "Qt::Unchecked",
                expanded=str(int(entry.shown)),
            )
            layer = _layer(key, entry, source, project)
            layer.extend(
                forms.elements(entry.table, project.fields[entry.table], related.get(key, {}), project.language)
            )
            layers.append(layer)
    # Beside the countries, in the last group.
    shipped = provinces.add(branch, layers, project.title, project.harvest, project.language)
    root.append(forms.relation_elements(keys, related))
    mapped = maps.add(tree, project.maps, project.years, project.title, project.language)
    for one in mapped:
        qgs.crs(ET.SubElement(one.element, "srs"))
        layers.append(one.element)
    pictures = rasters.add(tree, layers, project.scenes, project.title, project.language)
    # Read from top to bottom by question, but drawn so that small things lie on large ones.
    custom = ET.SubElement(tree, "custom-order", enabled="1")
    order = {table: number for number, table in enumerate(DRAWN)}
    drawn = [(float(order.get(entry.table, len(DRAWN))), entry.key(project.title)) for entry in members]
    # Pictures lie below everything but the tiles, whose hatching would cover them.
    drawn += [(order["tiles"] - 0.5, one.key) for one in pictures]
    drawn += [(order["tiles"] - 0.25, one.entry.key) for one in mapped]
    drawn.append((order["cooperatives"] + 0.5, shipped.key))
    for _, key in sorted(drawn, key=lambda one: one[0]):
        ET.SubElement(custom, "item").text = key
    placed = {
        group: [
            (one, Entry(one.key(project.title), one.name, one.source(project.geopackage), "ogr")) for one in entries
        ]
        for group, entries in groups.items()
    }
    return _Content(placed, mapped, pictures, shipped)


def _themes(content: _Content, language: str) -> dict[str, list[str]]:
    """Ids of the layers that answer each question, by the question; the last is that of the sheets.

    Provinces stand on no sheet: `qgis_process` of QGIS 3.22 falls over at its end where a sheet shows vector layers of
    two files.
    """
    tables = content.tables()
    plots = [tables[name].key for name in ("attention", "plots", "plot_points")]
    ground = [tables["cooperatives"].key, content.provinces.key, tables["countries"].key]
    loss = [tables[LOSS].key] if LOSS in tables else []
    seen = [one.entry.key for one in content.maps if one.seen]
    pictures = [one.key for one in content.pictures if one.seen]
    shown = {
        name: [entry.key for layer, entry in content.groups.get(f"group_{name}", ()) if layer.shown]
        for name in ("faults", "evidence", "areas")
    }
    themes = {
        "outcome": [*plots, *loss, *seen, *ground],
        "faults": [*plots, *shown["faults"], *ground],
        "evidence": [*plots, *shown["evidence"], *seen, *ground],
        "areas": [*plots, *shown["areas"], *ground] if shown["areas"] else [],
        "pictures": [*plots, *loss, *pictures, *ground] if pictures else [],
        "sheets": [*plots, *loss, *seen, *(key for key in ground if key != content.provinces.key)],
    }
    return {say("gis", f"group_{name}", language): keys for name, keys in themes.items() if keys}


def _printed(content: _Content, project: Project, theme: str) -> Printed:
    """What the sheets take of the project."""
    language = project.language
    explained = {f"legend/{one.kind}": one.entry for one in reversed(content.maps) if one.seen}
    dates: dict[str, list[str]] = {}
    for picture in content.pictures:
        if picture.kind == rasters.TRUE_COLOUR:
            dates.setdefault(picture.day, []).append(picture.name)
    credited = "; ".join(f"{one.title}: {one.provider} ({one.licence})" for one in project.credits)
    return Printed(
        project.title,
        project.bounds,
        language,
        note=say("gis", "layout_note", language, policy=project.policy, file=project.geopackage),
        credits=say("gis", "layout_credits", language, credits=credited),
        theme=theme,
        layers=content.tables() | explained,
        pictures=dates,
        outcomes=forms.words(language)["final_outcome"],
    )


def _groups(project: Project) -> dict[str, list[_Layer]]:
    """Groups by question, from top to bottom."""
    events, language = project.events, project.language

    def title(key: str, **values: str) -> str:
        return say("gis", f"layer_{key}", language, **values)

    def of(tables: Sequence[str]) -> list[_Layer]:
        return [_Layer(title(table), table) for table in tables]

    usable, blocked = '"usable" = 1', '"usable" = 0'
    loss, older = f'"year" > {CUTOFF_YEAR}', f'"year" <= {CUTOFF_YEAR}'
    return {
        "group_outcome": [
            _Layer(title("plot_points"), "plot_points", usable),
            _Layer(title("plots"), "plots", usable),
            # Off: what is only proposed must not be taken for boundaries at first sight.
            *(_Layer(title(table), table, shown=False) for table in (SPLITS,) if table in project.fields),
        ],
        "group_faults": [
            *of(["findings"]),
            # Blocked plots are often blocked for lying on the wrong side of the Earth.
            _Layer(title("blocked_points"), "plot_points", blocked),
            _Layer(title("blocked"), "plots", blocked),
        ],
        "group_evidence": [
            *of([LOSS] if LOSS in project.fields else []),
            *(_patches(title("patches", column=one), one, loss) for one in events),
            *(_patches(title("older", column=one), one, older, shown=False) for one in events),
            *of(["tiles"]),
        ],
        **({"group_areas": [_areas(one, plots, language) for one, plots in project.areas]} if project.areas else {}),
        "group_tables": of(
            [
                "reasons",
                "evidence",
                "plot_patches",
                *(table for table in (AREAS, STAYS) if table in project.fields),
                "sources",
                "data_dictionary",
            ]
        ),
        "group_sheets": of(["attention", "cooperatives", "countries"]),
    }


def _patches(title: str, column: str, years: str, *, shown: bool = True) -> _Layer:
    return _Layer(title, "patches", f"\"column\" = '{column}' AND {years}", shown, column)


def _areas(one: Areas, unread: int, language: str) -> _Layer:
    """A vector layer; of its name only what is missing is said."""
    key = "layer_areas_unread" if unread else "layer_areas_read"
    name = one.name.replace("'", "''")
    title = say("gis", key, language, title=one.title, count=unread)
    return _Layer(title, OUTLINES, f"\"area\" = '{name}'", column=one.name, style=f"{OUTLINES}/{one.topic}")


def _layer(key: str, entry: _Layer, source: str, project: Project) -> ET.Element:
    table = entry.table
    geometry_type, style = project.geometry_types[table], project.styles.get(entry.style or table)
    kind = {"MultiPolygon": "Polygon", "Polygon": "Polygon", "Point": "Point"}.get(geometry_type or "", "No geometry")
    layer = ET.Element(
        "maplayer",
        type="vector",
        geometry=kind,
        wkbType=geometry_type or "NoGeometry",
        labelsEnabled="1",
        simplifyDrawingHints="1",
        simplifyDrawingTol="1",
        simplifyLocal="1",
        simplifyMaxScale="1",
        styleCategories="AllStyleCategories",
        # Faults are looked at from near; far out they would cover the outcomes.
        hasScaleBasedVisibilityFlag=str(int(table == "findings")),
        minScale=str(FINDINGS_SCALE),
        maxScale="0",
        readOnly="1",
    )
    ET.SubElement(layer, "id").text = key
    ET.SubElement(layer, "datasource").text = source
    ET.SubElement(layer, "layername").text = entry.name
    if geometry_type is not None:
        qgs.crs(ET.SubElement(layer, "srs"))
    ET.SubElement(layer, "provider", encoding="UTF-8").text = "ogr"
    aliases = ET.SubElement(layer, "aliases")
    # The provider puts the feature id in front of the table's own fields.
    for number, field in enumerate(project.fields[table], start=1):
        ET.SubElement(aliases, "alias", field=field, index=str(number), name=alias(field, project.language))
    credits, language = project.credits, project.language
    of = [one for one, _ in project.areas] if table == OUTLINES else credits
    said = metadata.about(table, entry.name, of, project.harvest, language, entry.column)
    layer.append(metadata.element(said, language))
    if style is not None:
        layer.extend(gis_styles.elements(style))
    return layer
