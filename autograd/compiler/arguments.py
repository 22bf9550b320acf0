"""The arguments of a compiled function by their names, for its inputs and its errors."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from inspect import Parameter, Signature, signature
from numbers import Number
from typing import Any

from autograd.calculus.nesting import LEAVES, Tree, is_container_array, is_model
from autograd.compiler.structure import leaves
from autograd.reading import did_you_mean

NUMBER = "a number"
DEEPEST = 5  # lists in lists whose lengths are told
WHATEVER = (Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD)
OF_CALLS = (AttributeError, IndexError, TypeError, ValueError)  # what other arguments may raise


def names_of(f: Callable[..., Any], count: int) -> list[str]:
    """A name for each of so many arguments that are given by position.

    >>> names_of(lambda w, *rows: w, 3), names_of(max, 2)
    (['w', 'rows[0]', 'rows[1]'], ['x0', 'x1'])
    """
    found = list[str]()
    for x in _parameters(f):
        if x.kind is Parameter.VAR_POSITIONAL:
            found += [f"{x.name}[{i}]" for i in range(count - len(found))]
        elif x.kind in (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD):
            found.append(x.name)
    return [*found, *(f"x{i}" for i in range(len(found), count))][:count]


def shapes_of(
    f: Callable[..., Any], arguments: Sequence[Tree], keywords: Mapping[str, Tree]
) -> dict[str, str]:
    """What each argument is.

    >>> shapes_of(lambda w, x: w, ([[1.0, 2.0]], 3.0), {"more": {"b": 2.0}})
    {'w': 'a list of shape (1, 2)', 'x': 'a number', 'more': "a dict of 'b'"}
    """
    named = dict(zip(names_of(f, len(arguments)), arguments, strict=True))
    return {name: _shape(x) for name, x in {**named, **keywords}.items()}


def misfit(
    error: Exception,
    f: Callable[..., Any],
    arguments: Sequence[Tree],
    keywords: Mapping[str, Tree],
    before: Mapping[str, str],
) -> str:
    """What of the arguments an error of f may come from: names that f does not have, or shapes
    beside those of a call that worked; "" where nothing tells, or the error is of what is no
    number.

    >>> misfit(TypeError("unexpected argument"), lambda w, rate=1: w, [2.0], {"rat": 3.0}, {})
    'it is called as (w, rate=1): did you mean rate?'
    >>> misfit(ValueError(), lambda w, x: w @ x, [[1.0, 2.0], [1.0]], {}, {})
    'w is a list of shape (2,), x a list of shape (1,)'
    >>> misfit(ValueError(), lambda w: w, [[1.0]], {}, {"w": "a number"})
    'w is a list of shape (1,), where in a call that worked it was a number: give it so, or ...'
    """
    if isinstance(error, TypeError) and "argument" in str(error):
        return _call(f, arguments, keywords)
    if not all(map(_is_number, leaves((arguments, keywords)))):
        return ""  # it is of what is no number
    now = shapes_of(f, arguments, keywords)
    other = {name: shape for name, shape in now.items() if before.get(name, shape) != shape}
    for name, shape in other.items():
        return (
            f"{name} is {shape}, where in a call that worked it was {before[name]}: give it so, or "
            "write the function for both"
        )
    if before or isinstance(error, TypeError):
        return ""
    first, *others = [(name, shape) for name, shape in now.items() if shape != NUMBER] or [("", "")]
    return ", ".join([" is ".join(first), *map(" ".join, others)]) if first[0] else ""


def _call(f: Callable[..., Any], arguments: Sequence[Tree], keywords: Mapping[str, Tree]) -> str:
    """How f is called, where it was called otherwise."""
    parameters = _parameters(f)
    plain = Signature([x.replace(annotation=Parameter.empty) for x in parameters])
    try:
        plain.bind(*arguments, **keywords)
    except TypeError:
        known = [x.name for x in parameters]
        meant = [did_you_mean(key, known, 1) for key in keywords if key not in known]
        return f"it is called as {plain}" + (f": {meant[0]}" if meant and meant[0] else "")
    return ""


def _parameters(f: Callable[..., Any]) -> list[Parameter]:
    """Those of f, or of what it wraps where it takes whatever it is given; none where it does not
    say.
    """
    try:
        while True:
            found = [*signature(f, follow_wrapped=False).parameters.values()]
            if not hasattr(f, "__wrapped__") or not all(x.kind in WHATEVER for x in found):
                return found
            f = f.__wrapped__
    except (TypeError, ValueError):
        return []


def _shape(tree: Tree) -> str:
    """What it is, lists by the lengths of their first parts."""
    if is_model(tree):
        return f"a model of {len([*tree.parameters()])} parameters"
    if isinstance(tree, dict):
        return f"a dict of {', '.join(map(repr, tree))}"
    kind, lengths, part = type(tree).__name__, list[int](), tree
    while isinstance(part, (list, tuple)) and len(lengths) < DEEPEST:
        lengths.append(len(part))
        part = part[0] if part else None
    if is_container_array(part):
        lengths += part.shape
    if part is not tree:
        return f"a {kind} of shape {tuple(lengths)}"
    if is_container_array(tree):
        return f"an array of shape {tree.shape}"
    return NUMBER if _is_number(tree) else f"a {kind}"


def _is_number(x: Any) -> bool:
    return x.__class__ in LEAVES or (isinstance(x, Number) and not isinstance(x, bool))
