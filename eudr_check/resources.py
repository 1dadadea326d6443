"""YAML: files that are part of the program, and those that users write."""

from collections.abc import Hashable
from importlib.resources import files
from typing import Any

import yaml

# libyaml where PyYAML was built with it: the texts of the findings take 0.05 s instead of 0.5.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _NoKeyTwice(yaml.SafeLoader):
    """A safe loader for which a key that stands twice is a mistake: the second would replace the first unseen."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: dict[Any, int] = {}
        for key_node, _ in node.value:
            if key_node.tag == "tag:yaml.org,2002:merge":
                continue
            key = self.construct_object(key_node, deep=True)
            line = key_node.start_mark.line + 1
            if isinstance(key, Hashable) and key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"'{key}' stands twice in one block (lines {seen[key]} and {line}); keep one"
                )
            if isinstance(key, Hashable):
                seen[key] = line
        return super().construct_mapping(node, deep)


def parse_yaml(text: str) -> Any:
    """Content of a YAML text that a user wrote.

    Raises:
        yaml.YAMLError: the text is no YAML, or a key stands twice in one mapping.
        RecursionError: it is nested too deep.
    """
    return yaml.load(text, Loader=_NoKeyTwice)


def read_yaml(package: str, name: str) -> Any:
    """Content of a YAML file that lies in a package of ours."""
    return yaml.load(files(package).joinpath(name).read_text(encoding="utf-8"), Loader=_LOADER)
