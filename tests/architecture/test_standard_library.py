import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BEFORE_ANYTHING_IS_INSTALLED = ROOT / "portal" / "install.py"
TERMS = [path for path in sorted(ROOT.glob("*/**/terms.py")) if ".venv" not in path.parts]


def imported(path):
    """Return the modules that a file imports, with their full names."""
    here = path.relative_to(ROOT).with_suffix("").parts
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield ".".join([*here[: -node.level], *filter(None, [node.module])]) if node.level else node.module


def test_there_are_terms():
    assert ROOT / "equipment_lending" / "terms.py" in TERMS


@pytest.mark.parametrize("path", TERMS, ids=lambda path: path.parent.name)
def test_terms_import_the_standard_library_and_other_terms_alone(path):
    assert {name for name in beyond_the_standard_library(path) if not name.endswith(".terms")} == set()


def test_the_installation_imports_nothing_that_it_would_have_to_install():
    assert beyond_the_standard_library(BEFORE_ANYTHING_IS_INSTALLED) == set()


def beyond_the_standard_library(path):
    return {name for name in imported(path) if name.partition(".")[0] not in sys.stdlib_module_names}
