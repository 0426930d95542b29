"""Every act that is written into the audit trail has a name that administrators can read."""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("portal", "equipment_lending", "project_registry", "training", "maps")


def recorded():
    """The first argument of every ``….record("…", …)`` of ours that is written out."""
    for package in PACKAGES:
        for file in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.Call) and getattr(node.func, "attr", None) == "record" and node.args:
                    first = node.args[0]
                    if isinstance(first, ast.Constant) and isinstance(first.value, str):
                        yield first.value


def test_every_act_has_a_name(config):
    acts = set(recorded())
    assert acts
    assert acts - config.registry.acts.keys() == set()
