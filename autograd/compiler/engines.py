"""Which engine runs compiled code: the one asked for, or the first that is installed."""

from __future__ import annotations

from importlib.util import find_spec

NEEDS = {"llvm": "llvmlite", "numpy": "numpy"}  # each engine's package, the fastest first
LONGEST = 5000  # instructions of a step as machine code, which takes long to make, and is no faster
INSTALL = "pip install 'chalkgrad[fast]'"


def engine_of(name: str, last: str = "") -> str:
    """The engine to use where `name` is asked for; for "auto" the first that is installed, else
    `last`.

    >>> engine_of("eager", "eager")
    'eager'
    >>> engine_of("gpu")
    Traceback (most recent call last):
    ValueError: the engine is 'auto', 'llvm' or 'numpy', not 'gpu'
    """
    if name == "auto":
        found = [engine for engine, package in NEEDS.items() if find_spec(package)]
        if not found and not last:
            raise ModuleNotFoundError(f"compiled code runs by llvmlite or NumPy: {INSTALL}")
        return found[0] if found else last
    if last and name == last:
        return name
    if name not in NEEDS:
        *most, other = map(repr, ("auto", *NEEDS, *([last] if last else [])))
        raise ValueError(f"the engine is {', '.join(most)} or {other}, not {name!r}")
    if not find_spec(NEEDS[name]):
        others = [engine for engine in NEEDS if engine != name and find_spec(NEEDS[engine])]
        instead = f"; {others[0]!r} runs without it" if others else ""
        raise ModuleNotFoundError(f"engine={name!r} needs {NEEDS[name]}: {INSTALL}{instead}")
    return name
