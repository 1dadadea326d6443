"""Whose data each table shows, and under which licence: in the GeoPackage (`gpkg_metadata`) and in the QGIS project.

The words are those of QGIS's own layer metadata, which it also reads from a GeoPackage.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from eudr_check.package.gis.edition import Credit
from eudr_check.text import say

STANDARD = "http://mrcc.com/qgis.dtd"
"""Of metadata as QGIS writes it."""
TABLES = """
CREATE TABLE gpkg_metadata (
    id INTEGER CONSTRAINT m_pk PRIMARY KEY ASC NOT NULL, md_scope TEXT NOT NULL DEFAULT 'dataset',
    md_standard_uri TEXT NOT NULL, mime_type TEXT NOT NULL DEFAULT 'text/xml', metadata TEXT NOT NULL DEFAULT '');
CREATE TABLE gpkg_metadata_reference (
    reference_scope TEXT NOT NULL, table_name TEXT, column_name TEXT, row_id_value INTEGER,
    timestamp DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')), md_file_id INTEGER NOT NULL,
    md_parent_id INTEGER, CONSTRAINT crmr_mfi_fk FOREIGN KEY (md_file_id) REFERENCES gpkg_metadata(id),
    CONSTRAINT crmr_mpi_fk FOREIGN KEY (md_parent_id) REFERENCES gpkg_metadata(id));
"""
"""As the GeoPackage standard 1.2 words them."""
FROM_MAPS = frozenset(
    {
        "area_outlines",
        "loss_on_forest",
        "patches",
        "patch_plots",
        "plot_patches",
        "splits",
        "tiles",
        "sources",
        "evidence",
    }
)
"""Tables made from layers; the others hold what the operator gave, and what was found in it."""


@dataclass(frozen=True)
class About:
    """What is said of one layer."""

    identifier: str
    title: str
    abstract: str
    rights: tuple[str, ...]
    """Whose data it shows, a sentence each."""
    licences: tuple[str, ...] = ()


def about(table: str, title: str, credits: Sequence[Credit], harvest: str, language: str, column: str = "") -> About:
    """What is said of a table of the GeoPackage, or of the part of `patches` that one event variable gave.

    Args:
        table: its name.
        title: what people call it.
        credits: whose layers the harvest is made from.
        harvest: name of the harvest.
        language: of all sentences.
        column: the event variable, or the name of the vector layer.
    """
    abstract = say("gis", f"about_{table}", language)
    identifier = f"{harvest}/{table}"
    if table in ("countries", "provinces"):
        return About(identifier, title, abstract, (say("gis", "rights_countries", language),))
    if table not in FROM_MAPS:
        return About(identifier, title, abstract, (say("gis", "rights_operator", language),))
    shown = [one for one in credits if not column or one.name in (column, column.partition(".")[0])]
    operator = say("gis", "rights_operator", language)
    rights = tuple(f"{one.title}: {one.provider}. {one.citation}" if one.provider else operator for one in shown)
    if table == "splits":
        # Their outer lines are the outlines of plots, their inner ones cells of maps.
        rights = (operator, *rights)
    return About(identifier, title, abstract, rights, tuple(dict.fromkeys(one.licence for one in shown if one.licence)))


def element(said: About, language: str) -> ET.Element:
    """The metadata of a layer in a project."""
    root = ET.Element("resourceMetadata")
    values = (
        ("identifier", said.identifier),
        ("parentidentifier", ""),
        ("language", language),
        ("type", "dataset"),
        ("title", said.title),
        ("abstract", said.abstract),
        *(("rights", one) for one in said.rights),
        *(("license", one) for one in said.licences),
    )
    for tag, text in values:
        ET.SubElement(root, tag).text = text
    return root


def write(file: sqlite3.Connection, said: dict[str, About], language: str, moment: str) -> None:
    """Put into a GeoPackage what is said of each of its tables."""
    file.executescript(TABLES)
    for number, (table, one) in enumerate(said.items(), start=1):
        root = element(one, language)
        root.tag = "qgis"
        root.set("version", "3.22.0")
        text = f"<!DOCTYPE qgis PUBLIC '{STANDARD}' 'SYSTEM'>\n{ET.tostring(root, encoding='unicode')}"
        file.execute("INSERT INTO gpkg_metadata VALUES (?, 'dataset', ?, 'text/xml', ?)", (number, STANDARD, text))
        file.execute(
            "INSERT INTO gpkg_metadata_reference VALUES ('table', ?, NULL, NULL, ?, ?, NULL)", (table, moment, number)
        )
    file.executemany(
        "INSERT INTO gpkg_extensions VALUES (?, NULL, 'gpkg_metadata', "
        "'http://www.geopackage.org/spec121/#extension_metadata', 'read-write')",
        [("gpkg_metadata",), ("gpkg_metadata_reference",)],
    )
