"""What files of the house's own say, those that are written as YAML."""

from importlib.resources import files
from typing import Any

import yaml

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's where PyYAML was built with it: a tenth of the time, and the API's description is read at each start."""


def read_yaml(package: str, *path: str) -> Any:
    """Return what a file of a package says: ``read_yaml("maps", "openapi.yaml")``."""
    return yaml.load(files(package).joinpath(*path).read_text("utf-8"), Loader=LOADER)  # noqa: S506 (either is safe)
