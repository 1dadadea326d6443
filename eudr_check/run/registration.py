"""A finished run written into the register of its harvests."""

from collections.abc import Iterator, Mapping

import pandas as pd

from eudr_check import register
from eudr_check.config import Harvest
from eudr_check.documents import dossier
from eudr_check.files import sha256
from eudr_check.package.bag import contents
from eudr_check.postgresql import Place
from eudr_check.run.artifacts import Artifact


def record(harvest: Harvest, file: Place, artifacts: Mapping[str, Artifact]) -> None:
    """Write outcomes and statements of a package into the register, which has its land already.

    Args:
        harvest: the settings.
        file: the register; made where there is none.
        artifacts: finished artifacts by stage, the package among them.

    Raises:
        RegisterError: the register cannot be written.
    """
    plots = artifacts["plots"].features("PLOTS")
    package = _package(harvest, artifacts, plots)
    register.record_package(file, package, plots, artifacts["assess"].table("ASSESSMENTS"))


def _package(harvest: Harvest, artifacts: Mapping[str, Artifact], plots: pd.DataFrame) -> register.Package:
    folder = artifacts["package"].folder
    summary_facts = contents.summary(folder)
    packed = next(iter(sorted(folder.glob("*.zip"))), None)
    return register.Package(
        harvest=harvest.harvest,
        commodity=harvest.commodity,
        date=dossier.day(harvest),
        package_digest=artifacts["package"].digest,
        zip=None if packed is None else packed.name,
        zip_sha256=None if packed is None else sha256(packed),
        draft=summary_facts["draft"],
        policy=summary_facts["policy"],
        software=summary_facts["software"],
        blocked_rows=_blocked_rows(artifacts["plots"].table("FINDINGS")),
        withheld="; ".join(summary_facts["withheld"]) or None,
        layers=list(_layers(artifacts["overlay"].table("SOURCES"))),
        statements=[
            register.Declared(
                one.folder,
                one.reference,
                one.lot,
                one.net_mass_kg,
                one.geojson_sha256,
                one.plots,
                one.shipment,
                one.lots,
            )
            for one in contents.statements(folder, plots.index)
        ],
    )


def _blocked_rows(findings: pd.DataFrame) -> int:
    blocked = findings[findings["severity"] == "block"]
    return len(blocked.drop_duplicates(["source_file", "source_row"]))


def _layers(sources: pd.DataFrame) -> Iterator[register.LayerRead]:
    for layer, rows in sources.groupby("layer", sort=True):
        read = rows[rows["status"] == "read"]
        yield register.LayerRead(
            layer=str(layer),
            version=", ".join(sorted(read["version"].dropna().unique())) or None,
            items_read=int(read["item_id"].nunique()),
            tiles_with_gaps=int(rows.loc[rows["status"] != "read", "tile"].nunique()),
        )
