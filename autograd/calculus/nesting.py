"""Nested arguments: lists, tuples, dicts, NumPy's arrays and models of numbers and Values.

A model is whatever has `parameters()`, such as those of `nn`. An array is nested as its lists are,
`array.tolist()`, and comes back as an array of its shape: of dtype float64 where it holds floats
alone, complex128 where complex numbers, else object. Nothing here recurses.
"""

from __future__ import annotations

import copy
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any, Protocol

from autograd.number_types import BUILT_IN, Operand, is_number, number_of, python_number
from autograd.value import Value

Tree = Any  # a number, a Value or a model, or an array, list, tuple or dict of Trees


class Model(Protocol):
    """What has parameters, such as a network of `nn`."""

    def parameters(self) -> Iterable[Operand]: ...


CONTAINERS = (dict, list, tuple)
LEAVES = BUILT_IN | {Value}  # the classes that are seen at once to be no containers
DEEPEST = 1000  # containers within each other


def values(tree: Tree, name: str = "") -> Any:
    """The same nesting with a Value for each number; with a name, each is named by its place.

    >>> values([[2.0, 3.0]], "W")
    [[Value(2.0, name='W[0][0]'), Value(3.0, name='W[0][1]')]]
    """
    leaves = paired(tree, tree, name or "the argument")
    return nested(tree, (_leaf(x, place if name else "") for place, x, _ in leaves))


def _leaf(x: Operand, name: str) -> Value:
    return x if x.__class__ is Value else Value(x, name)


def numbers(tree: Tree) -> Any:
    """The same nesting with the number of each Value; those of a model are Values that hold the
    numbers alone.

    >>> numbers({"w": [Value(2.0), Value(3.0)], "epoch": 1})
    {'w': [2.0, 3.0], 'epoch': 1}
    """
    return with_numbers(tree, number_of)


def with_numbers(tree: Tree, number: Callable[[Value], Any]) -> Any:
    """The same with what `number` gives for each Value."""

    def leaf(x: Any) -> Any:
        if x.__class__ not in LEAVES and is_model(x):  # which knows its Values from each other
            return mapped(lambda part: Value(number(part)), x, models=True)
        return number(x) if number_of(x) is not x else x

    return _rebuilt(tree, leaf, models=False, numeric=False)


def paired(tree: Tree, other: Tree, place: str) -> Iterator[tuple[str, Operand, Operand]]:
    """Each number or Value of `tree` with its place in words and what `other` has there.

    A TypeError for what cannot be differentiated, a ValueError where the two are not nested alike.

    >>> list(paired({"w": [2, 3]}, {"w": [0, 1]}, "x"))
    [("x['w'][0]", 2, 0), ("x['w'][1]", 3, 1)]
    """
    waiting = [(tree, other, place, 0)]
    while waiting:
        tree, other, place, depth = waiting.pop()
        children = _children(tree, place)
        others = children if other is tree else _children(other, place)
        if children is None:
            if others is not None:
                raise ValueError(
                    f"{place}: expected one number, as nested as its counterpart, "
                    f"got {_short(other)}"
                )
            yield place, _number(tree), _number(other)
            continue
        if others is None or children.keys() != others.keys():
            raise ValueError(
                f"{place}: {_short(other)} is not nested like its counterpart, {_short(tree)}"
            )
        require_depth(depth)
        parts = [(x, others[key], f"{place}{key}", depth + 1) for key, x in children.items()]
        waiting += reversed(parts)


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
    return _rebuilt(tree, lambda _: next(leaves), models=True)


def mapped(function: Callable[[Any], Any], tree: Any, models: bool = False) -> Any:
    """The nesting with each Value in it passed through `function`, everything else as it is.

    Models are left as they are too, unless `models`.

    >>> from autograd import Value
    >>> mapped(number_of, {"loss": Value(0.5), "epoch": "first"})
    {'loss': 0.5, 'epoch': 'first'}
    """
    return _rebuilt(tree, lambda x: function(x) if number_of(x) is not x else x, models, False)


def values_in(tree: Any) -> Iterator[Any]:
    """Each Value in a nesting of whatever else, the parameters of models too.

    >>> from autograd import Value
    >>> list(values_in([{"loss": Value(0.5)}, "first", 1]))
    [Value(0.5)]
    """
    entered = [iter((tree,))]
    while entered:
        for part in entered[-1]:
            within = _parts(part, models=True, numeric=False)
            if within is not None:
                require_depth(len(entered))
                entered.append(iter(within))
                break
            if number_of(part) is not part:
                yield part
        else:
            entered.pop()


def is_model(x: object) -> bool:
    """Whether `x` has parameters; a class of models has none yet."""
    return callable(getattr(x, "parameters", None)) and not isinstance(x, type)


def is_container_array(x: object) -> bool:
    """Whether `x` is an array that is nested as its lists are: no matrix and no masked array."""
    return x.__class__ is getattr(sys.modules.get("numpy"), "ndarray", None)


def require_depth(depth: int) -> None:
    """A ValueError for containers in containers beyond what is followed."""
    if depth == DEEPEST:
        raise ValueError(f"nested more than {DEEPEST} deep: does a container hold itself?")


def _parts(tree: Any, models: bool, numeric: bool) -> Sequence[Any] | None:
    """The parts of a container in order, of an array its elements; None for a leaf.

    `numeric` says whether an array that cannot hold Values is one, too.
    """
    if tree.__class__ in LEAVES:
        return None
    if isinstance(tree, CONTAINERS):
        return [*tree.values()] if isinstance(tree, dict) else tree
    if is_container_array(tree):
        return tree.ravel().tolist() if numeric or tree.dtype == object else None
    return [*tree.parameters()] if models and is_model(tree) else None


def _rebuilt(tree: Any, leaf: Callable[[Any], Any], models: bool, numeric: bool = True) -> Any:
    """The nesting with `leaf` of each leaf in its place, called in their order.

    `entered` holds the containers around the place that was reached: each with its parts, those
    still to come, and the copies of those that are done.
    """
    parts = _parts(tree, models, numeric)
    if parts is None:
        return leaf(tree)
    entered: list[tuple[Any, Sequence[Any], Iterator[Any], list[Any]]]
    entered = [(tree, parts, iter(parts), [])]
    while True:
        tree, parts, rest, copies = entered[-1]
        for part in rest:
            within = _parts(part, models, numeric)
            if within is not None:
                require_depth(len(entered))
                entered.append((part, within, iter(within), []))
                break
            copies.append(leaf(part))
        else:
            entered.pop()
            copied = _like(tree, parts, copies)
            if not entered:
                return copied
            entered[-1][3].append(copied)


def _like(tree: Any, parts: Sequence[Any], copies: list[Any]) -> Any:
    """A container or model of the same class, with the copies in the places of its parts."""
    if isinstance(tree, dict):
        copied = copy.copy(tree)  # a dict of its class
        copied.update(zip(tree, copies, strict=True))
        return copied
    if is_container_array(tree):
        return _array_of(copies, tree.shape)
    if not isinstance(tree, CONTAINERS):
        replaced = {id(part): other for part, other in zip(parts, copies, strict=True)}
        return copy.deepcopy(tree, replaced)
    kind = type(tree)
    return kind(*copies) if hasattr(tree, "_fields") else kind(copies)  # a namedtuple, or another


def _array_of(elements: list[Any], shape: tuple[int, ...]) -> Any:
    """The elements as an array; arrays of one shape as one array, with their axes last."""
    numpy, kinds = sys.modules["numpy"], {x.__class__ for x in elements}
    if kinds == {numpy.ndarray} and len({x.shape for x in elements}) == 1:
        return numpy.stack(elements).reshape(shape + elements[0].shape)
    if kinds in ({float}, {complex}):
        return numpy.array(elements).reshape(shape)
    return numpy.fromiter(elements, dtype=object, count=len(elements)).reshape(shape)


def _children(tree: Tree, place: str) -> dict[str, Tree] | None:
    """The parts of a container by their places; None for a number or a Value."""
    if tree.__class__ in LEAVES:
        return None
    if is_container_array(tree):
        tree = tree.tolist()
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
        "give numbers, Values, models, or arrays, lists, tuples and dicts of them"
    )


def _number(leaf: Tree) -> Operand:
    """A number or Value as it is; of NumPy's as Python's."""
    if leaf.__class__ in LEAVES:
        return leaf
    return python_number(leaf.item() if is_container_array(leaf) else leaf)


def _short(tree: Tree) -> str:
    with suppress(RecursionError, ValueError):  # too deep, or too many digits
        text = repr(tree)
        if len(text) <= 60:
            return text
    return f"a {type(tree).__name__} of {len(flat(tree))} numbers"
