"""Which engine runs compiled code: the one asked for, or the first that is installed."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

NEEDS = {"llvm": "llvmlite", "numpy": "numpy", "jax": "jax"}  # each engine's package
AUTO = ("llvm", "numpy")  # what is taken unasked, the fastest first
LONGEST = 3000  # instructions of a step as machine code, which takes longer to make than it saves
INSTALL = "pip install 'chalkgrad[fast]'"


def engine_of(name: str, last: str = "") -> str:
    """The engine to use where `name` is asked for; for "auto" the first that is installed, else
    `last`.

    >>> engine_of("eager", "eager")
    'eager'
    >>> engine_of("gpu")
    Traceback (most recent call last):
    ValueError: the engine is 'auto', 'llvm', 'numpy' or 'jax', not 'gpu'
    """
    if name == "auto":
        found = [engine for engine in AUTO if find_spec(NEEDS[engine])]
        if not found and not last:
            raise ModuleNotFoundError(f"compiled code runs by llvmlite or NumPy: {INSTALL}")
        return found[0] if found else last
    if last and name == last:
        return name
    if name not in NEEDS:
        *most, other = map(repr, ("auto", *NEEDS, *([last] if last else [])))
        raise ValueError(f"the engine is {', '.join(most)} or {other}, not {name!r}")
    if not find_spec(NEEDS[name]):
        others = [engine for engine in AUTO if engine != name and find_spec(NEEDS[engine])]
        instead = f"; {others[0]!r} runs without it" if others else ""
        install = INSTALL.replace("fast", "jax") if name == "jax" else INSTALL
        raise ModuleNotFoundError(f"engine={name!r} needs {NEEDS[name]}: {install}{instead}")
    return name


def require_numpy() -> None:
    """A ModuleNotFoundError where NumPy is missing, whose arrays the steps of training go through
    by every engine.
    """
    if not find_spec("numpy"):
        raise ModuleNotFoundError(f"compiled steps of training need NumPy: {INSTALL}")


def require_possible(engine: str, exact_order: bool = False, mesh: Any = None) -> None:
    """A ValueError where an engine does not do what is asked of it.

    >>> require_possible("jax", exact_order=True)
    Traceback (most recent call last):
    ValueError: engine='jax' adds in its own order: exact_order=True goes with 'llvm' or 'numpy'
    """
    if engine == "jax" and exact_order:
        raise ValueError(
            "engine='jax' adds in its own order: exact_order=True goes with 'llvm' or 'numpy'"
        )
    if mesh is not None and engine != "jax":
        raise ValueError(f"a mesh is of JAX's devices: give engine='jax', not {engine!r}")
