"""What a verifier asks other stages: outcomes once more from what a package holds, and what is shipped under a name."""

import datetime as dt
import json
from collections.abc import Sequence
from pathlib import Path

import geopandas as gpd
import pandas as pd
from pydantic import ValidationError

from eudr_check import layers, parquet, risk
from eudr_check.config import Harvest, LayerChoice, Production
from eudr_check.documents import answers, chains, deliveries, legality, lots, reviews
from eudr_check.documents.area_facts import AreaFacts
from eudr_check.documents.dossier import Dossier
from eudr_check.documents.review import read_reviews
from eudr_check.errors import LayersError
from eudr_check.layers.definition import definition
from eudr_check.package.verify import Recorded, Stages
from eudr_check.problems import explained
from eudr_check.records import Json
from eudr_check.risk.policy import shipped
from eudr_check.run import watched
from eudr_check.run.records import records
from eudr_check.text import Joined, sentence
from eudr_check.variables import Variable


def recompute(
    plots: pd.DataFrame,
    evidence: pd.DataFrame,
    variables: Sequence[Variable],
    policy: Json,
    production: Production | None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """ASSESSMENTS and REASONS under the policy as `policy.json` of the package writes it.

    Raises:
        PolicyError: this version of eudr-check cannot read that policy.
    """
    return risk.assess(plots, evidence, variables, risk.parse(policy, "policy.json"), production)


def uses(
    plots: pd.DataFrame, evidence: pd.DataFrame, variables: Sequence[Variable], policy: Json
) -> pd.DataFrame | None:
    """USES under the policy as `policy.json` of the package writes it; None where it sorts no ground.

    Raises:
        PolicyError: this version of eudr-check cannot read that policy.
    """
    return risk.uses(plots, evidence, variables, risk.parse(policy, "policy.json"))


def reviewed(assessments: pd.DataFrame, evidence: pd.DataFrame, plots: gpd.GeoDataFrame, path: Path) -> pd.DataFrame:
    """ASSESSMENTS after the reviews of a package, with the files that lie beside them.

    Raises:
        ConfigError: the reviews cannot be read.
    """
    read = read_reviews(path)
    return reviews.apply(assessments, read, evidence, plots.geometry, reviews.broken_files(read, path.parent))


def shipped_policy(name: str) -> Json | None:
    """The policy of that name as it is shipped; None where none is."""
    return risk.policy(name).model_dump(mode="json") if name in shipped() else None


def policy_name(policy: Json) -> str:
    """What tables and pages call a policy of `policy.json`: one that is not shipped by its content too.

    Raises:
        PolicyError: this version of eudr-check cannot read that policy.
    """
    return risk.parse(policy, "policy.json").full_name


def shipped_definition(name: str) -> Json | None:
    """The layer of that id as it is shipped; None where none is."""
    if name not in layers.shipped():
        return None
    return definition(LayerChoice.model_validate({"id": name, "from": "shipped"})).model_dump(mode="json")


def meant(definitions: Sequence[object], sources: pd.DataFrame) -> Sequence[Variable]:
    """The meaning of the columns of some layers, as `layers.json` of a package writes these, and of its SOURCES.

    Raises:
        LayersError: one is no layer definition.
    """
    try:
        read = [layers.LayerDefinition.model_validate(one, by_alias=False, by_name=True) for one in definitions]
    except ValidationError as error:
        problems = Joined(explained(error, layers.LayerDefinition))
        raise LayersError(sentence("layers", "definition_in_package", problems=problems)) from error
    return watched.variables(read, sources)


def answers_in(path: Path, cooperatives: Sequence[str]) -> list[Json]:
    """The operator's answers of a package, as its statements show them.

    Raises:
        ConfigError: they cannot be read, or a file they name is not what it was.
    """
    return [answers.shown(one) for one in answers.read_answers(path, cooperatives, dt.date.max)]


def recorded(
    folder: Path,
    harvest: Harvest,
    plots: gpd.GeoDataFrame,
    assessments: pd.DataFrame,
    sources: pd.DataFrame,
    assessed_lots: pd.DataFrame | None,
) -> Recorded:
    """Evidence of legality and assessment record of any plots and lots, from the documents inside a package.

    Args:
        folder: the package.
        harvest: its settings.
        plots, assessments, sources, assessed_lots: its tables; None without lots.

    Raises:
        ConfigError: a document cannot be read, or a file it names is not what it was.
    """
    listed, answered = folder / "legality" / "legality.csv", folder / "answers" / "answers.csv"
    documents = legality.read_legality(listed) if listed.is_file() else None
    known = sorted(plots["cooperative"].unique())
    inside = Dossier(
        legality=documents,
        broken_documents={} if documents is None else legality.broken_documents(documents, listed.parent),
        answers=answers.read_answers(answered, known, dt.date.max) if answered.is_file() else (),
    )
    looked, found = folder / "areas.json", folder / "tables" / "AREAS.parquet"
    areas = None
    if looked.is_file() and found.is_file():
        areas = AreaFacts(parquet.frame(found), json.loads(looked.read_text(encoding="utf-8")))
    rows = [] if documents is None else [{str(key): row[key] for key in row} for row in documents.to_dict("records")]
    return Recorded(rows, records(harvest, inside, plots, assessments, sources, assessed_lots, areas))


def lots_of(
    delivered: pd.DataFrame,
    assessments: pd.DataFrame,
    plots: gpd.GeoDataFrame,
    harvest: Harvest,
    animals: pd.DataFrame | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """DELIVERIES with recomputed kilograms of product and removals, and LOTS of them.

    Args:
        delivered: DELIVERIES of a package.
        assessments: ASSESSMENTS after reviews. plots: PLOTS. harvest: its settings. animals: ANIMALS.
    """
    read = deliveries.of_table(delivered, harvest.commodity)
    return deliveries.to_table(read), lots.assess(read, assessments, plots, harvest, animals)


STAGES = Stages(
    recompute,
    reviewed,
    shipped_policy,
    shipped_definition,
    answers_in,
    recorded,
    lots=lots_of,
    animals=chains.assess,
    uses=uses,
    variables=meant,
    policy_name=policy_name,
)
