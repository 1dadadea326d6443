"""The simplified declaration of a finished run."""

import json
from pathlib import Path

import geopandas as gpd

from eudr_check.config import Harvest
from eudr_check.documents import article10, dossier
from eudr_check.errors import RunError
from eudr_check.package.folder import Folder
from eudr_check.package.statement import simplified
from eudr_check.records import Json
from eudr_check.run import results
from eudr_check.run.folder import RunFolder
from eudr_check.text import sentence


def declare(harvest: Harvest, folder: Path) -> Json:
    """Write the declaration of a harvest that has come to its outcomes.

    Args:
        harvest: the settings.
        folder: new or empty folder.

    Returns:
        What `sd.json` says.

    Raises:
        RunError: the run has no outcomes yet, or the folder holds something.
        PackageError: the operator may not declare simply, or the EU system would refuse it.
    """
    assert harvest.run.folder is not None
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise RunError(sentence("refusals", "declaration_folder", folder=str(folder)))
    tables = results.tables(harvest.run.folder)
    path = RunFolder(harvest.run.folder).tables / "article10.json"
    record = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None
    legality = dossier.read(harvest).legality
    folder.mkdir(parents=True, exist_ok=True)
    return simplified.write(
        Folder(folder),
        simplified.DeclarationInput(
            harvest,
            gpd.GeoDataFrame(tables["PLOTS"]),
            tables["ASSESSMENTS"],
            article10.written(record, harvest.package.document_languages),
            [] if legality is None else [{str(key): row[key] for key in row} for row in legality.to_dict("records")],
        ),
    )
