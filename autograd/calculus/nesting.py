"""Nested arguments: lists, tuples, dicts and models of numbers and Values, apart and together.

A model is whatever has `parameters()`, such as those of `nn`.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol

from autograd.number_types import Operand, is_number, number_of

Tree = Any  # a number, a Value or a model, or a list, tuple or dict of Trees


class Model(Protocol):
    """What has parameters, such as a network of `nn`."""

    def parameters(self) -> Iterable[Operand]: ...


CONTAINERS = (dict, list, tuple)


def paired(tree: Tree, other: Tree, place: str) -> Iterator[tuple[str, Operand, Operand]]:
    """Each number or Value of `tree` with its place in words and what `other` has there.

    A TypeError for what cannot be differentiated, a ValueError where the two are not nested alike.

    >>> list(paired({"w": [2, 3]}, {"w": [0, 1]}, "x"))
    [("x['w'][0]", 2, 0), ("x['w'][1]", 3, 1)]
    """
    children = _children(tree, place)
    if children is None:
        if _children(other, place) is not None:
            raise ValueError(
                f"{place}: expected one number, as nested as its counterpart, got {_short(other)}"
            )
        yield place, tree, other
        return
    others = _children(other, place)
    if others is None or children.keys() != others.keys():
        raise ValueError(
            f"{place}: {_short(other)} is not nested like its counterpart, {_short(tree)}"
        )
    for key, child in children.items():
        yield from paired(child, others[key], f"{place}{key}")


def flat(tree: Tree, place: str = "the argument") -> list[Operand]:
    """The numbers and Values of `tree`, in order.

    >>> flat(([1, 2], {"b": 3}))
    [1, 2, 3]
    """
    return [leaf for _, leaf, _ in paired(tree, tree, place)]


def nested(tree: Tree, leaves: Iterator[Any]) -> Any:
    """The same nesting with other leaves, taken from the iterator in the order of `flat`.

    >>> nested(([1, 2], {"b": 3}), iter("xyz"))
    (['x', 'y'], {'b': 'z'})
    """
    if isinstance(tree, CONTAINERS) or is_model(tree):
        return _rebuilt(tree, lambda child: nested(child, leaves))
    return next(leaves)


def mapped(function: Callable[[Any], Any], tree: Any, models: bool = False) -> Any:
    """The nesting with each Value in it passed through `function`, everything else as it is.

    Models are left as they are too, unless `models`.

    >>> from autograd import Value
    >>> mapped(number_of, {"loss": Value(0.5), "epoch": "first"})
    {'loss': 0.5, 'epoch': 'first'}
    """
    if isinstance(tree, CONTAINERS) or (models and is_model(tree)):
        return _rebuilt(tree, lambda child: mapped(function, child, models))
    return function(tree) if number_of(tree) is not tree else tree


def values_in(tree: Any) -> Iterator[Any]:
    """Each Value in a nesting of whatever else, the parameters of models too.

    >>> from autograd import Value
    >>> list(values_in([{"loss": Value(0.5)}, "first", 1]))
    [Value(0.5)]
    """
    if isinstance(tree, CONTAINERS):
        for part in tree.values() if isinstance(tree, dict) else tree:
            yield from values_in(part)
    elif is_model(tree):
        yield from (x for x in tree.parameters() if number_of(x) is not x)
    elif number_of(tree) is not tree:
        yield tree


def is_model(x: object) -> bool:
    """Whether `x` has parameters; a class of models has none yet."""
    return callable(getattr(x, "parameters", None)) and not isinstance(x, type)


def _rebuilt(tree: Any, child: Callable[[Any], Any]) -> Any:
    """A container or model of the same class, with `child` of each part in its place."""
    if isinstance(tree, dict):
        copied = copy.copy(tree)  # a dict of its class
        copied.update((key, child(part)) for key, part in tree.items())
        return copied
    if not isinstance(tree, CONTAINERS):
        replaced = {id(parameter): child(parameter) for parameter in tree.parameters()}
        return copy.deepcopy(tree, replaced)
    parts, kind = [child(part) for part in tree], type(tree)
    return kind(*parts) if hasattr(tree, "_fields") else kind(parts)  # a namedtuple, or another


def _children(tree: Tree, place: str) -> dict[str, Tree] | None:
    """The parts of a container by their places; None for a number or a Value."""
    if isinstance(tree, dict):
        return {f"[{key!r}]": child for key, child in tree.items()}
    if isinstance(tree, (list, tuple)):
        return {f"[{i}]": child for i, child in enumerate(tree)}
    if is_model(tree):
        return {f".parameters()[{i}]": parameter for i, parameter in enumerate(tree.parameters())}
    try:
        if number_of(tree) is not tree or is_number(tree):
            return None
    except TypeError as error:
        raise TypeError(f"{place}: {error}") from None
    raise TypeError(
        f"{place}: nothing is differentiated in an object of type {type(tree).__name__}; "
        "give numbers, Values, models, or lists, tuples and dicts of them"
    )


def _short(tree: Tree) -> str:
    text = repr(tree)
    return text if len(text) <= 60 else f"a {type(tree).__name__} of {len(flat(tree))} numbers"
