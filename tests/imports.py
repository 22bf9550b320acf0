"""A script that checks who imports whom: no cycle (lazy imports included), and the readers apart
from each other.

python tests/imports.py
"""

from __future__ import annotations

import ast
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).parent.parent
CORE = {
    "autograd.operations",
    "autograd.value",
    "autograd.graph",
    "autograd.derivatives",
    "autograd.number_types",
}
CORE |= {
    f"autograd.{name}" for name in ("nesting", "transforms", "jets", "differences")
}  # derivatives of functions
FRONT_DOORS = {"autograd", "nn"}  # these load the readers lazily, by name
MAY_USE_DERIVATION = {"autograd.notes.walk"}


def imports() -> dict[str, set[str]]:
    """Each module of the two packages, and every module that it imports anywhere in it."""
    found = {}
    for path in [*ROOT.glob("autograd/**/*.py"), *ROOT.glob("nn/**/*.py")]:
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        names = set()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        found[module] = names
    return {module: names - {module} for module, names in found.items()}


def faults(found: dict[str, set[str]]) -> list[str]:
    """Every way in which the imports are not as they should be, a sentence each."""
    wrong = []
    inner = {
        module: (names & found.keys()) - FRONT_DOORS
        for module, names in found.items()
        if module not in FRONT_DOORS
    }
    try:
        tuple(TopologicalSorter(inner).static_order())
    except CycleError as error:
        wrong.append(f"import cycle: {' -> '.join(error.args[1])}")
    readers = {name.split(".")[1] for name in found if name.startswith("autograd.")} - {
        name.split(".")[1] for name in CORE
    }
    readers -= {"notation"}
    for module, names in found.items():
        if module in FRONT_DOORS:
            continue
        if module in CORE:
            outside = (
                {name.split(".")[0] for name in names} - sys.stdlib_module_names - {"autograd"}
            )
            wrong += [f"{module} is core and imports {name}" for name in sorted(outside)]
        for name in names & found.keys():
            parts, reader = module.split("."), name.split(".")[1:2]
            allowed = module in MAY_USE_DERIVATION and reader == ["derivation"]
            apart = (
                parts[0] == "autograd" and reader and reader[0] in readers and parts[1] != reader[0]
            )
            if apart and not allowed:
                wrong.append(f"{module} imports the reader {name}")
    return wrong


if __name__ == "__main__":
    sentences = faults(imports())
    print("\n".join(sentences) or "imports are as they should be")
    sys.exit(bool(sentences))
