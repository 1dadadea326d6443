"""What `settings.json` says of a harvest."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict

from eudr_check.config import Harvest
from eudr_check.variables import Variable


def of(harvest: Harvest, variables: Sequence[Variable]) -> dict[str, object]:
    """What is needed to compute outcomes and statements once more; no path of any machine."""
    facts = ("harvest", "commodity", "operator", "product", "products", "confidential", "concern")
    choices = ("border_country", "cooperatives", "policy", "production", "gps_error_m", "package")
    return harvest.model_dump(mode="json", by_alias=True, include={*facts, *choices}) | {
        "variables": [
            {key: value.isoformat() if isinstance(value, dt.date) else value for key, value in asdict(variable).items()}
            for variable in variables
        ]
    }
