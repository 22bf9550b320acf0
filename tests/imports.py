"""A script that checks who imports whom: no cycle (lazy imports included), one direction.

    python tests/imports.py

Floors, each on the ones before it: the engine's files (autograd/*.py), calculus, then the readers,
which know the engine by its door, autograd/reading.py, alone; nn stands beside the readers.
"""

from __future__ import annotations

import ast
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).parent.parent
FRONT_DOORS = {"autograd", "nn"}  # these load the rest lazily, by name
COMMAND = "autograd.__main__"  # stands above both packages, and may use all of them
DOOR, FILES = "autograd.reading", "autograd.files"  # the other is no part of the engine
FLOORS = {  # each folder, and the folders that it may import beside the engine
    "calculus": set[str](),
    "checking": {"calculus"},
    "notes": set[str](),
    "drawing": {"notes"},
    "audit": {"notes", "drawing"},
    "compiler": {"calculus", "notes"},
}


def imports() -> dict[str, set[str]]:
    """Each module of the two packages, and every module that it imports anywhere in it."""
    found = {}
    for path in [*ROOT.glob("autograd/**/*.py"), *ROOT.glob("nn/**/*.py")]:
        parts = path.relative_to(ROOT).with_suffix("").parts
        module = ".".join(parts).removesuffix(".__init__")
        names = set()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        found[module] = names
    return {module: names - {module} for module, names in found.items()}


def folder_of(module: str) -> str:
    """The folder of autograd that a module stands in; "" for the engine's files."""
    parts = module.split(".")
    return parts[1] if parts[0] == "autograd" and len(parts) > 1 and parts[1] in FLOORS else ""


def cycles(found: dict[str, set[str]]) -> list[str]:
    inner = {
        module: (names & found.keys()) - FRONT_DOORS
        for module, names in found.items()
        if module not in FRONT_DOORS
    }
    try:
        tuple(TopologicalSorter(inner).static_order())
    except CycleError as error:
        return [f"import cycle: {' -> '.join(error.args[1])}"]
    return []


def faults_of(module: str, names: set[str], modules: set[str]) -> list[str]:
    """How one module's imports are not as they should be, a sentence each."""
    folder, wrong = folder_of(module), []
    engine = module.startswith("autograd.") and not folder
    if engine or folder == "calculus":
        outside = {name.split(".")[0] for name in names} - sys.stdlib_module_names - {"autograd"}
        wrong += [f"{module} is core and imports {name}" for name in sorted(outside)]
    for name in sorted(names & modules - FRONT_DOORS):
        other = folder_of(name)
        if module.startswith("autograd.") and name.startswith("nn"):
            wrong.append(f"{module} imports {name}, which stands on it")
        elif engine and other:
            wrong.append(f"{module} is of the engine and imports the reader {name}")
        elif folder and other and other != folder and other not in FLOORS[folder]:
            wrong.append(f"{module} imports {name}, of a floor above it or beside it")
        elif folder not in ("", "calculus") and not other and name not in (DOOR, FILES):
            wrong.append(f"{module} is a reader and imports {name} past {DOOR}")
    return wrong


def faults(found: dict[str, set[str]]) -> list[str]:
    """Every way in which the imports are not as they should be, a sentence each."""
    each = (
        faults_of(module, names, {*found})
        for module, names in found.items()
        if module not in FRONT_DOORS | {COMMAND}
    )
    return [*cycles(found), *(sentence for sentences in each for sentence in sentences)]


if __name__ == "__main__":
    sentences = faults(imports())
    print("\n".join(sentences) or "imports are as they should be")
    sys.exit(bool(sentences))
