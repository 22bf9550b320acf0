"""How arguments are nested: read into one row of numbers, and built again, as fast as Python can.

A row is a sequence of numbers; where all of them are one array of floats, it is an array too. The
functions are written for one nesting, as source of its lengths and classes alone; what people gave,
such as the keys of a dict, is handed over as it is.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any

from autograd.calculus.nesting import (
    CONTAINERS,
    LEAVES,
    Tree,
    flat,
    is_container_array,
    is_model,
    nested,
    paired,
    require_depth,
)
from autograd.reading import Value, number_of

Row = Any  # a sequence of numbers, or an array of floats
MOST_NAMED = 100  # numbers of a list that have a name each, for they are read so the fastest


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
        keys: list[Any] = []
        self.read = _reader(tree, keys)
        self._of_list = _builder(tree, keys, OF_LIST)
        self._of_array = _builder(tree, keys, OF_ARRAY)

    def built(self, row: Row) -> Tree:
        """The numbers of a list or an array, nested as the tree is."""
        return self._of_list(row) if row.__class__ is list else self._of_array(row)


def _reader(tree: Tree, keys: list[Any]) -> Callable[[Tree], Row | None]:
    """A function that reads a tree nested as this one; of another it gives None.

    That a leaf is a number is not checked.
    """
    names = map("x{}".format, count())
    lines, leaves, row = list[str](), list[str](), ""
    waiting = [(tree, next(names))]
    while waiting:
        part, name = waiting.pop()
        kind = part.__class__
        if kind in (list, tuple):
            lines.append(f"if {name}.__class__ is not {kind.__name__}: return")
            if len(part) > MOST_NAMED and not any(map(is_nested, part)):
                lines.append(f"if len({name}) != {len(part)}: return")
                leaves.append(f"*{name}")
                continue
            children, given = [*part], name
        elif kind is dict:
            known = f"keys[{len(keys)}]"
            keys.append(tuple(part))
            differs = f"tuple({name}) != {known}" if part else name
            lines.append(f"if {name}.__class__ is not dict or {differs}: return")
            children, given = [*part.values()], f"{name}.values()"
        elif is_of_floats(part):
            is_same = f"{name}.__class__ is Array and {name}.shape == {part.shape}"
            is_same += f" and {name}.dtype is floats"
            if part.ndim == 1:
                lines.append(f"if not ({is_same}):")
            else:
                lines.append(f"if {is_same}: {name} = {name}.ravel()")
                lines.append("else:")
            lines.append(f"    {name} = other({name}, keys[{len(keys)}])")
            lines.append(f"    if {name} is None: return")
            leaves.append(f"*listed({name})")
            row = f"{name} if {name}.__class__ is Array else (*{name},)"  # if no other number comes
            keys.append(part)
            continue
        elif is_nested(part):
            lines.append(f"{name} = other({name}, keys[{len(keys)}])")
            lines.append(f"if {name} is None: return")
            leaves.append(f"*{name}")
            keys.append(part)
            continue
        else:
            leaves.append(name)
            continue
        named = [(child, next(names)) for child in children]
        if kind is not dict or named:  # of an empty one that is known already
            lines.append(f"[{', '.join(x for _, x in named)}] = {given}")
        waiting += reversed(named)
    if len(leaves) != 1 or not row:
        row = f"({', '.join(leaves)}{',' if leaves else ''})"
    lines.append(f"return {row}")
    source = "\n        ".join(["def read(x0):\n    try:", *lines])
    source += "\n    except Unequal: return"  # another length
    read: Callable[[Tree], Row | None] = _function(source, "read", keys)
    return read


@dataclass(frozen=True)
class Form:
    """How the source of a builder writes what it takes from a row."""

    number: str
    some: str  # as a list
    array: str
    whole: str  # an array of all of it


OF_LIST = Form("row[{}]", "row[{}:{}]", "array_of(row[{}:{}], {})", "array_of(row, {})")
OF_ARRAY = Form("row.item({})", "row[{}:{}].tolist()", "row[{}:{}].reshape({})", "row.reshape({})")


def _builder(tree: Tree, keys: list[Any], form: Form) -> Callable[[Row], Tree]:
    """A function that nests a row of numbers as the tree is."""
    parts: list[str] = []
    place = 0
    waiting: list[Any] = [(tree,)]  # a text stands for itself, what is to be written in a tuple
    while waiting:
        part = waiting.pop()
        if part.__class__ is str:
            parts.append(part)
            continue
        (part,) = part
        if part.__class__ is list and len(part) > 1 and LEAVES.issuperset(map(type, part)):
            parts.append(form.some.format(place, place + len(part)))
            place += len(part)
        elif part.__class__ in (list, tuple):
            begin, end = ("[", "]") if part.__class__ is list else ("(", ",)" if part else ")")
            between: list[Any] = [x for child in part for x in ((child,), ",")][:-1]
            waiting += [end, *reversed(between), begin]
        elif part.__class__ is dict:
            known = len(keys)
            keys.append(tuple(part))
            pairs = [
                x
                for i, child in enumerate(part.values())
                for x in (f"keys[{known}][{i}]:", (child,), ",")
            ]
            waiting += ["}", *reversed(pairs), "{"]
        elif part.__class__ in LEAVES:
            parts.append(form.number.format(place))
            place += 1
        elif part is tree and is_of_floats(part):
            parts.append(form.whole.format(part.shape))
        elif is_of_floats(part):
            parts.append(form.array.format(place, place + part.size, part.shape))
            place += part.size
        else:
            return _rebuilder(tree)
    source = f"def built(row):\n    return {''.join(parts)}"
    try:
        built: Callable[[Row], Tree] = _function(source, "built", keys)
    except SyntaxError:  # nested deeper than Python's own brackets may be
        return _rebuilder(tree)
    return built


def _rebuilder(tree: Tree) -> Callable[[Row], Tree]:
    """The same of whatever tree; where it has Values, as in a model, these hold the numbers."""
    are_values = [x.__class__ is Value for x in flat(tree)]

    def built(row: Row) -> Tree:
        pairs = zip(_listed(row), are_values, strict=True)
        return nested(tree, (Value(x) if is_value else x for x, is_value in pairs))

    return built


def _array_of(numbers: list[float], shape: tuple[int, ...]) -> Any:
    return sys.modules["numpy"].array(numbers).reshape(shape)


def is_of_floats(part: Any) -> bool:
    """Whether it is an array of NumPy's, and no kin of those, of one float64 number or more."""
    numpy = sys.modules.get("numpy")
    is_plain = numpy is not None and part.__class__ is numpy.ndarray
    return is_plain and part.ndim > 0 and part.size > 0 and part.dtype == float


def _listed(row: Row) -> Row:
    return row if row.__class__ is list else row.tolist()


def is_nested(part: Any) -> bool:
    """Whether it is a container, an array or a model."""
    return isinstance(part, CONTAINERS) or is_container_array(part) or is_model(part)


def _other(part: Any, like: Any) -> Row | None:
    """The numbers of a part nested as `like` is, where that is no plain container; else None.

    A model is like itself alone: another may compute something else of as many parameters.
    """
    if part.__class__ is not like.__class__ or (is_model(like) and part is not like):
        return None
    try:
        return [x for _, x, _ in paired(part, like, "")] if not is_model(like) else leaves(like)
    except ValueError:
        return None


def leaves(tree: Tree) -> list[Any]:
    """The numbers and Values of a tree in order; a model's parameters as the numbers that they are.

    >>> from autograd import Value
    >>> leaves([1.0, {"w": Value(2.0)}])
    [1.0, Value(2.0)]
    """
    found, waiting = list[Any](), [(tree, 0)]
    while waiting:
        part, depth = waiting.pop()
        require_depth(depth)
        if is_model(part):
            found += map(number_of, part.parameters())
        elif is_container_array(part):
            found += part.ravel().tolist()
        elif isinstance(part, CONTAINERS):
            parts = part.values() if isinstance(part, dict) else part
            waiting += [(each, depth + 1) for each in reversed(list(parts))]
        else:
            found.append(part)
    return found


def _function(source: str, name: str, keys: list[Any]) -> Any:
    scope: dict[str, Any] = {"keys": keys, "Unequal": ValueError}
    scope |= {"other": _other, "listed": _listed, "array_of": _array_of}
    if numpy := sys.modules.get("numpy"):
        scope |= {"Array": numpy.ndarray, "floats": numpy.dtype(float)}
    exec(source, scope)
    return scope.pop(name)  # or each would hold the other
