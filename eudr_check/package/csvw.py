"""What the columns of the CSV files of a package are, for programs: CSV on the Web (W3C), beside the files.

The facts are those of the Parquet files: names, types, descriptions, units and lists.
"""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from eudr_check import parquet, tables
from eudr_check.package import csv_files, lots_table

NAME = "csv-metadata.json"
"""Where programs look for it, by the recommendation."""
CONVERTED = ("EVIDENCE", "ASSESSMENTS", "REASONS", "DELIVERIES")
"""Tables that a package holds as CSV as well, where it holds them."""
CONTEXT = ["http://www.w3.org/ns/csvw", {"@language": "en"}]


def converted(folder: Path) -> list[str]:
    """Names of the tables of a folder that stand there as CSV as well.

    Args:
        folder: `tables` of a package, with the Parquet files.
    """
    return [name for name in CONVERTED if (folder / f"{name}.parquet").is_file()]


def write(folder: Path) -> None:
    """Write the tables of a folder as CSV, and what their columns are.

    Args:
        folder: `tables` of a package, with the Parquet files.
    """
    for name in converted(folder):
        csv_files.convert(folder / f"{name}.parquet", folder / f"{name.lower()}.csv")
    (folder / NAME).write_text(text(folder), encoding="utf-8")


def text(folder: Path) -> str:
    """The description of the CSV files, as JSON.

    Args:
        folder: `tables` of a package, with the Parquet files.
    """
    described = [_table(name, pq.read_schema(folder / f"{name}.parquet")) for name in converted(folder)]
    if (folder / "LOTS.parquet").is_file():
        described.append(_lots(pq.read_schema(folder / "LOTS.parquet")))
    content = {"@context": CONTEXT, "dialect": {"encoding": "utf-8", "header": True}, "tables": described}
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _table(name: str, schema: pa.Schema) -> dict[str, Any]:
    columns = csv_files.columns(name, schema)
    return {
        "url": f"{name.lower()}.csv",
        "dc:title": name,
        "tableSchema": {"columns": [_column(name, schema.field(column)) for column in columns]},
    }


def _lots(schema: pa.Schema) -> dict[str, Any]:
    """Of the table of lots, whose lists are joined with semicolons, for ids may hold blanks."""
    shipments = pa.field("shipments", pa.list_(pa.string()))
    columns = [
        _column("LOTS", schema.field(name) if name in schema.names else shipments) for name in lots_table.COLUMNS
    ]
    for column in columns:
        if "separator" in column:
            column["separator"] = lots_table.SEPARATOR
        if column["name"] == shipments.name:
            column["dc:description"] = lots_table.SHIPMENTS
    return {"url": lots_table.NAME, "dc:title": "LOTS", "tableSchema": {"columns": columns}}


def _column(table: str, field: pa.Field) -> dict[str, Any]:
    meaning = parquet.meaning(table, field.name)
    about: dict[str, Any] = {"name": field.name, "titles": field.name, "datatype": _datatype(field.type)}
    if pa.types.is_list(field.type):
        about["separator"] = " "
    if "description" in meaning:
        about["dc:description"] = meaning["description"]
    if "unit" in meaning:
        about["schema:unitText"] = meaning["unit"]
    return about | ({"required": True} if field.name == tables.PLOT_INDEX.name else {})


def _datatype(kind: pa.DataType) -> str | dict[str, str]:
    """A type of Arrow in the words of XML Schema; of a list that of its members."""
    if pa.types.is_list(kind):
        kind = kind.value_type
    if pa.types.is_boolean(kind):
        return {"base": "boolean", "format": "True|False"}
    if pa.types.is_integer(kind):
        return "integer"
    return "double" if pa.types.is_floating(kind) else "string"
