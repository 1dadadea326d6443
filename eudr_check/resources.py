"""YAML files that are part of the program."""

from importlib.resources import files
from typing import Any

import yaml

# libyaml where PyYAML was built with it: the texts of the findings take 0.05 s instead of 0.5.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(package: str, name: str) -> Any:
    """Content of a YAML file that lies in a package of ours."""
    return yaml.load(files(package).joinpath(name).read_text(encoding="utf-8"), Loader=_LOADER)
