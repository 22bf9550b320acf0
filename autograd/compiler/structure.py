"""How arguments are nested: read into one row of numbers, and built again, as fast as Python can.

The functions that do it are written for one nesting, as source of its lengths and classes alone;
what people gave, such as the keys of a dict, is handed over as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count
from typing import Any

from autograd.calculus.nesting import LEAVES, Tree, flat, nested

Row = Sequence[float]


class Structure:
    """The nesting of a tree.

    >>> structure = Structure(([1.0, 2.0], {"b": 3.0}))
    >>> list(structure.read(([5.0, 6.0], {"b": 7.0})))
    [5.0, 6.0, 7.0]
    >>> structure.read(([5.0], {"b": 7.0})) is None
    True
    >>> structure.built([5.0, 6.0, 7.0])
    ([5.0, 6.0], {'b': 7.0})
    """

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.count = len(flat(tree))
        keys: list[Any] = []
        self.read = _reader(tree, keys)
        self.built = _builder(tree, keys)


def _reader(tree: Tree, keys: list[Any]) -> Callable[[Tree], Row | None]:
    """A function that reads a tree nested as this one; of another it gives None.

    That a leaf is a number is not checked.
    """
    names = map("x{}".format, count())
    lines, leaves = ["def read(x0):"], []
    waiting = [(tree, next(names))]
    while waiting:
        part, name = waiting.pop()
        kind = part.__class__
        if kind in (list, tuple):
            lines.append(
                f"if {name}.__class__ is not {kind.__name__} or len({name}) != {len(part)}: return"
            )
            if not any(
                child.__class__ in (list, tuple, dict) or _is_other(child) for child in part
            ):
                leaves.append(f"*{name}")
                continue
            children = [(child, next(names)) for child in part]
            lines.append(f"[{', '.join(x for _, x in children)}] = {name}")
        elif kind is dict:
            place = len(keys)
            keys.append(tuple(part))
            lines.append(
                f"if {name}.__class__ is not dict or tuple({name}) != keys[{place}]: return"
            )
            children = [(child, next(names)) for child in part.values()]
            lines.append(f"[{', '.join(x for _, x in children)}] = {name}.values()")
        elif _is_other(part):
            place = len(keys)
            keys.append(part)
            lines.append(f"row = others({name}, keys[{place}])")
            lines.append("if row is None: return")
            lines.append(f"{name} = row")
            leaves.append(f"*{name}")
            continue
        else:
            leaves.append(name)
            continue
        waiting += reversed(children)
    lines.append(f"return ({', '.join(leaves)}{',' if leaves else ''})")
    read: Callable[[Tree], Row | None] = _function("\n    ".join(lines), "read", keys)
    return read


def _builder(tree: Tree, keys: list[Any]) -> Callable[[Row], Tree]:
    """A function that nests a row of numbers as the tree is."""
    names = map("x{}".format, count())
    parts: list[str] = []
    waiting: list[Any] = [(tree,)]  # a text stands for itself, what is to be written in a tuple
    while waiting:
        part = waiting.pop()
        if part.__class__ is str:
            parts.append(part)
            continue
        (part,) = part
        if part.__class__ in (list, tuple):
            begin, end = ("[", "]") if part.__class__ is list else ("(", ",)" if part else ")")
            between: list[Any] = [x for child in part for x in ((child,), ",")][:-1]
            waiting += [end, *reversed(between), begin]
        elif part.__class__ is dict:
            place = len(keys)
            keys.append(tuple(part))
            pairs = [
                x
                for i, child in enumerate(part.values())
                for x in (f"keys[{place}][{i}]:", (child,), ",")
            ]
            waiting += ["}", *reversed(pairs), "{"]
        elif part.__class__ in LEAVES:
            parts.append(next(names))
        else:
            return lambda row: nested(tree, iter(row))
    taken = [f"x{i}" for i in range(int(next(names)[1:]))]
    lines = ["def built(row):", f"[{', '.join(taken)}] = row", f"return {''.join(parts)}"]
    built: Callable[[Row], Tree] = _function("\n    ".join(lines), "built", keys)
    return built


def _is_other(part: Any) -> bool:
    """Whether it is an array or a model: read by what it says of itself."""
    return (hasattr(part, "tolist") and getattr(part, "ndim", 0) > 0) or callable(
        getattr(part, "parameters", None)
    )


def _others(part: Any, like: Any) -> Row | None:
    """The numbers of an array or model like the other; None if it is none."""
    if part.__class__ is not like.__class__:
        return None
    if hasattr(part, "tolist"):
        return part.ravel().tolist() if part.shape == like.shape else None
    numbers = [getattr(x, "data", x) for x in part.parameters()]
    return numbers if len(numbers) == len(list(like.parameters())) else None


def _function(source: str, name: str, keys: list[Any]) -> Any:
    scope: dict[str, Any] = {"keys": keys, "others": _others}
    exec(source, scope)
    return scope[name]
