"""Derivatives of functions: `grad`, `jacobian`, `hessian`, `jvp`, `vjp`, `hvp`.

The functions take and return numbers or Values, in arrays, lists, tuples, dicts and models. Given
numbers, the derivatives are numbers of that type; given Values they are Values, recorded, to go on
with. They compose: inside a function that is being differentiated they give Values too.

>>> def f(x):
...     return x**3
>>> grad(f)(2), grad(grad(f))(2)
(12, 12)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, replace
from functools import wraps
from inspect import unwrap
from types import FunctionType
from typing import Any, Literal, Protocol, TypeVar, overload

from autograd.calculus.nesting import Model, Tree, mapped, nested, paired, values_in
from autograd.derivatives import adjoint_numbers, adjoints, tangent_numbers, tangents
from autograd.entry import Node, taken
from autograd.graph import live, moving, topological_order
from autograd.number_format import shown
from autograd.number_types import BUILT_IN, Operand, constant, number_of
from autograd.operations import dot, total
from autograd.value import Value, record

Argnums = int | tuple[int, ...]
Function = Callable[..., Tree]  # of nested arguments; what it returns holds Values
Pullback = Callable[[Tree], Tree]
T = TypeVar("T")
V = TypeVar("V", bound=Node | Model)

# Whether a derivative is being taken around this call: then it goes on with the results, which must
# be recorded. `_run` alone sets it, while f runs, and puts it back.
INSIDE: ContextVar[bool] = ContextVar("INSIDE", default=False)
# The variables of those derivatives, in all threads: a thread of a pool does not know by INSIDE
# what it is in. `_run` alone adds them, and takes them out when f has returned.
VARIABLES: set[Value] = set()


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a function, recorded.

    Its `variables` are in the order of `inputs`; `outputs` are the Values of the nested `output`, a
    leaf for each number in it; `aux` is what it gave beside. `wants_numbers` says that the caller
    wants numbers back: it has `given` no Value, and no derivative is taken around it.
    """

    inputs: tuple[Tree, ...]
    variables: list[Value]
    output: Tree
    outputs: list[Value]
    aux: object
    wants_numbers: bool
    given: list[Value]

    def result(self, x: Operand) -> Operand:
        """`x` as the caller wants it: a number or a Value."""
        if self.wants_numbers:
            return number_of(x)
        return x if x.__class__ is Value else Value(x)

    def results(self, tree: Tree) -> Tree:
        """The Values in `tree` as the caller wants them."""
        return mapped(self.result, tree)

    def order(self, outputs: Sequence[Value]) -> list[Value]:
        """What leads from the variables, which come first, to the outputs, in topological order."""
        nodes = topological_order(*outputs, stop=[*self.variables, *self.given])
        order = moving([*self.variables, *nodes], self.variables)
        reached = live(order, outputs)
        return [node for node in order if node in reached]

    def gradients(self, root: Value) -> list[Operand]:
        """The gradient of `root` in each variable."""
        order = self.order([root])
        if self.wants_numbers:
            found = adjoint_numbers(root, order)
        else:
            found = {adjoint.node: adjoint.gradient for adjoint in adjoints(root, order)}
        return [
            self.result(found[x] if x in found else constant(0, x.data)) for x in self.variables
        ]

    def tangents(self, directions: Iterable[Sequence[Operand]]) -> Iterator[list[Operand]]:
        """For each direction, a number for each variable, the derivative of each output in it."""
        order = self.order(self.outputs)
        like = [variable.data for variable in self.variables[:1]]
        forward = tangent_numbers if self.wants_numbers else tangents
        for direction in directions:
            moving = forward(order, dict(zip(self.variables, direction, strict=True)))
            yield [
                self.result(moving.get(output, constant(0, *like or [output.data])))
                for output in self.outputs
            ]

    def with_aux(self, *results: Any) -> Any:
        """The results, followed by what the function gave beside its output; one alone as it is."""
        if self.aux is not NO_AUX:
            results = (*results, self.results(self.aux))
        first, *more = results
        return results if more else first


NO_AUX = object()


def call(
    f: Function,
    arguments: Sequence[Tree],
    argnums: Argnums,
    has_aux: bool = False,
    keywords: Mapping[str, Tree] | None = None,
) -> Call:
    """Run `f` with a variable for each number in the chosen arguments.

    The variables are nodes of their own, so that the same Value given twice, or used inside `f`, is
    not confused with them.
    """
    if not callable(f):
        raise TypeError(f"a derivative is of a function, not of a {type(f).__name__}")
    positions = _positions(argnums, len(arguments))
    inputs = tuple(arguments[i] for i in positions)
    named = zip(inputs, (_name_of_argument(f, i) for i in positions), strict=True)
    variables = [variable for tree, name in named for variable in _variables_of(tree, name)]
    leaves = iter(variables)
    replaced = list(arguments)
    for i in positions:
        replaced[i] = nested(arguments[i], leaves)
    output = _run(f, replaced, keywords or {}, variables)
    output, aux = _with_its_aux(f, output) if has_aux else (output, NO_AUX)
    outputs = outputs_of(f, output)
    given = list(values_in((arguments, keywords)))
    recorded = INSIDE.get() or given or _is_within(outputs)
    return Call(inputs, variables, output, outputs, aux, wants_numbers=not recorded, given=given)


def _variables_of(tree: Tree, name: str) -> list[Value]:
    """A new variable for each number of an argument. Of a Value it is the sum of that one alone."""
    return [
        record(total, (x,)) if x.__class__ is Value else Value(x, place)
        for place, x, _ in paired(tree, tree, name)
    ]


def _run(
    f: Function,
    arguments: Sequence[Tree],
    keywords: Mapping[str, Tree],
    variables: Sequence[Value],
) -> Tree:
    """What f returns, inside a derivative in the variables."""
    token = INSIDE.set(True)
    VARIABLES.update(variables)
    try:
        return f(*arguments, **keywords)
    finally:
        VARIABLES.difference_update(variables)
        INSIDE.reset(token)


def _with_its_aux(f: Function, returned: Any) -> tuple[Tree, Any]:
    """What f returned, where it must be an output and something beside."""
    if not isinstance(returned, tuple) or len(returned) != 2:
        raise TypeError(
            f"with has_aux=True a function returns (output, aux), {_named(f)} returned {returned!r}"
        )
    output, aux = returned
    return output, aux


def _is_within(outputs: Iterable[Value]) -> bool:
    """Whether another derivative's variables are among what the outputs were computed from."""
    return bool(VARIABLES) and not VARIABLES.isdisjoint(topological_order(*outputs))


def _name_of_argument(f: Function, position: int) -> str:
    f = unwrap(f)
    names: tuple[str, ...] = ()
    if isinstance(f, FunctionType):
        names = f.__code__.co_varnames[: f.__code__.co_argcount]
    return names[position] if position < len(names) else f"argument {position}"


def _positions(argnums: Argnums, count: int) -> tuple[int, ...]:
    positions = argnums if isinstance(argnums, tuple) else (argnums,)
    if not count:
        raise TypeError("a derivative is in an argument, and none was given by position")
    if not positions or any(position.__class__ is not int for position in positions):
        raise TypeError(
            f"argnums is the place of an argument, 0, 1, ..., or a tuple of places, not {argnums!r}"
        )
    for position in positions:
        if not -count <= position < count:
            raise ValueError(
                f"argnums={argnums!r} asks for argument {position}, of {count} given by position: "
                "keywords and defaults are not differentiated"
            )
    if len({position % count for position in positions}) != len(positions):
        raise ValueError(f"argnums={argnums!r} names an argument twice")
    return tuple(position % count for position in positions)


def outputs_of(f: Function, output: Tree) -> list[Value]:
    """The Values of a nested output; a TypeError where the gradient was lost: numbers alone."""
    found = list(paired(output, output, f"the output of {_named(f)}"))
    if found and not any(x.__class__ is Value for _, x, _ in found):
        place, x, _ = found[0]
        raise TypeError(
            f"{place} is the number {shown(x)}, not a Value: nothing of it was recorded. "
            "Use the functions of autograd (autograd.exp for math.exp), not .data; "
            f"a constant is Value({shown(x)})"
        )
    return [x if x.__class__ is Value else Value(x) for _, x, _ in found]


def _named(f: Function) -> str:
    return getattr(f, "__name__", type(f).__name__)


def single(f: Function, called: Call) -> Value:
    """The output of the call, where it must be one Value."""
    output: Value = called.output
    if getattr(output, "shape", None) == ():  # an array of no dimensions, around the Value
        (output,) = called.outputs
    if output.__class__ is not Value:
        raise TypeError(
            f"a gradient is of one Value, and {_named(f)} returned a "
            f"{type(output).__name__}: use jacobian or vjp for several outputs"
        )
    return output


def _like_arguments(called: Call, argnums: Argnums, leaves: Iterable[Tree]) -> Tree:
    """The leaves nested as the one chosen argument; for a tuple of places as a tuple of them."""
    result = nested(called.inputs, iter(leaves))
    return result if isinstance(argnums, tuple) else result[0]


class Gradient(Protocol):
    """What `grad` makes of a function: of its arguments, the gradient nested as the first is.

    In a Value it is a Value, in a model a model of its class. In numbers it is numbers, but Values
    where another argument holds one, or a derivative is taken around the call: a Tree.
    """

    @overload
    def __call__(self, x: V, /, *more: Tree, **keywords: Tree) -> V: ...
    @overload
    def __call__(self, *arguments: Tree, **keywords: Tree) -> Tree: ...


class ValueAndGradient(Protocol):
    """What `value_and_grad` makes of it: f's value, and the same."""

    @overload
    def __call__(self, x: V, /, *more: Tree, **keywords: Tree) -> tuple[Operand, V]: ...
    @overload
    def __call__(self, *arguments: Tree, **keywords: Tree) -> tuple[Operand, Tree]: ...


@overload
def value_and_grad(f: Function) -> ValueAndGradient: ...
@overload
def value_and_grad(
    f: Function, argnums: Argnums = ..., has_aux: bool = False
) -> Callable[..., tuple[Tree, Tree]]: ...
def value_and_grad(
    f: Function, argnums: Argnums = 0, has_aux: bool = False
) -> Callable[..., tuple[Tree, Tree]]:
    """The function of f's value and its gradient, nested as the arguments `argnums` are.

    With `has_aux`, f returns (value, aux), and the result is ((value, aux), gradient).

    >>> value_and_grad(lambda w, x: (w["a"] * x + w["b"]) ** 2)({"a": 2.0, "b": 1.0}, 3.0)
    (49.0, {'a': 42.0, 'b': 14.0})
    """

    @wraps(f)
    def differentiated(*arguments: Tree, **keywords: Tree) -> tuple[Tree, Tree]:
        called = call(f, arguments, argnums, has_aux, keywords)
        root = single(f, called)
        value = called.result(root)
        gradient = _like_arguments(called, argnums, called.gradients(root))
        return called.with_aux(value), gradient

    return differentiated


@overload
def grad(f: Function) -> Gradient: ...
@overload
def grad(f: Function, argnums: Argnums = ..., has_aux: bool = False) -> Function: ...
def grad(f: Function, argnums: Argnums = 0, has_aux: bool = False) -> Function:
    """The gradient of f, a function of the same arguments, nested as the arguments `argnums` are.

    f returns one Value, or (`has_aux`) that and something to pass on: (gradient, aux).

    >>> grad(lambda x, y: x * y + x**2, argnums=(0, 1))(3, 5)
    (11, 3)
    """
    both = value_and_grad(f, argnums, has_aux)

    @wraps(f)
    def differentiated(*arguments: Tree, **keywords: Tree) -> Tree:
        value, gradient = both(*arguments, **keywords)
        return (gradient, value[1]) if has_aux else gradient

    return differentiated


def jacobian(f: Function, argnums: Argnums = 0, has_aux: bool = False) -> Function:
    """The derivative of each output of f in each number of the arguments.

    It is nested as the output, then as the arguments. In reverse where there are fewer outputs than
    inputs, else forward.

    >>> jacobian(lambda x: [x[0] * x[1], x[0] + x[1]])([2, 3])
    [[3, 2], [1, 1]]
    """

    @wraps(f)
    def differentiated(*arguments: Tree, **keywords: Tree) -> Tree:
        called = call(f, arguments, argnums, has_aux, keywords)
        outputs, inputs = called.outputs, called.variables
        if len(inputs) <= len(outputs):
            directions = [[constant(int(x is y), x.data) for x in inputs] for y in inputs]
            columns = list(called.tangents(directions))
            rows = list(map(list, zip(*columns, strict=True))) if columns else [[] for _ in outputs]
        else:
            rows = list(map(called.gradients, outputs))
        matrix = nested(called.output, (_like_arguments(called, argnums, row) for row in rows))
        return called.with_aux(matrix)

    return differentiated


def hessian(f: Function, argnums: Argnums = 0, has_aux: bool = False) -> Function:
    """The second derivatives of f, which returns one Value: nested as the arguments, twice.

    >>> hessian(lambda x: x[0] ** 2 * x[1])([3, 5])
    [[10, 6], [6, 0]]
    """
    return jacobian(grad(f, argnums, has_aux), argnums, has_aux)


@overload
def jvp(
    f: Function,
    primals: Sequence[Tree],
    tangents: Sequence[Tree],
    has_aux: Literal[False] = False,
) -> tuple[Tree, Tree]: ...
@overload
def jvp(
    f: Function, primals: Sequence[Tree], tangents: Sequence[Tree], has_aux: bool
) -> tuple[Tree, ...]: ...
def jvp(
    f: Function, primals: Sequence[Tree], tangents: Sequence[Tree], has_aux: bool = False
) -> tuple[Tree, ...]:
    """Forward mode: f's output at the arguments `primals`, and its derivative along `tangents`.

    Primals and tangents are tuples or lists of as many arguments, nested alike.

    >>> jvp(lambda x, y: x * y, (3, 5), (1, 10))
    (15, 35)
    """
    directions = [_of_type(t, x, place, "primal") for place, x, t in _directions(primals, tangents)]
    called = call(f, primals, tuple(range(len(primals))), has_aux)
    if any(x.__class__ is Value for x in directions):
        called = replace(called, wants_numbers=False)
    (moved,) = called.tangents([directions])
    output = called.results(called.output)
    both: tuple[Tree, ...] = called.with_aux(output, nested(called.output, iter(moved)))
    return both


def _of_type(direction: Operand, counterpart: Operand, place: str, role: str) -> Operand:
    """A tangent as a number of its primal's type, a cotangent of its output's; a Value as it is.

    An int becomes one; another built-in number, of which this is not known, is a TypeError.
    """
    like = number_of(counterpart)
    if direction.__class__ is like.__class__ or number_of(direction) is not direction:
        return direction
    if direction.__class__ is int:
        return constant(direction, like)
    into = like.__class__
    if into in BUILT_IN and not (direction.__class__ is float and into in (int, complex)):
        given = f"{place} is {shown(direction)} and its {role} {shown(like)}"
        raise TypeError(f"{given}: give a {into.__name__}")
    return direction


def _directions(
    primals: Sequence[Tree], tangents: Sequence[Tree]
) -> list[tuple[str, Operand, Operand]]:
    for name, arguments in (("primals", primals), ("tangents", tangents)):
        if not isinstance(arguments, (list, tuple)):
            kind = type(arguments).__name__
            raise TypeError(
                f"{name} are a tuple of arguments, not a {kind}: write ({arguments!r},)"
            )
    return list(paired(tuple(primals), tuple(tangents), "tangents"))


@overload
def vjp(f: Function, *primals: Tree, has_aux: Literal[False] = False) -> tuple[Tree, Pullback]: ...
@overload
def vjp(f: Function, *primals: Tree, has_aux: bool) -> tuple[Any, ...]: ...
def vjp(f: Function, *primals: Tree, has_aux: bool = False) -> tuple[Any, ...]:
    """Reverse mode: f's output, and the function that pulls back.

    From a number for each output that makes one for each input: the tuple of the arguments.

    >>> output, pullback = vjp(lambda x, y: [x * y, x + y], 3, 5)
    >>> output, pullback([1, 10])
    ([15, 8], (15, 13))
    """
    called = call(f, primals, tuple(range(len(primals))), has_aux)
    output = called.results(called.output)

    def pullback(cotangents: Tree) -> Tree:
        each = paired(output, cotangents, "cotangents")
        upstream = [_of_type(c, y, place, "output") for place, y, c in each]
        its = called
        if any(x.__class__ is Value for x in upstream):
            its = replace(called, wants_numbers=False)
        pairs = zip(upstream, called.outputs, strict=True)
        asked = [(cotangent, y) for cotangent, y in pairs if taken(cotangent) is not None]
        root = dot(*zip(*asked, strict=True)) if asked else Value(0)
        return nested(its.inputs, iter(its.gradients(root)))

    results: tuple[Any, ...] = called.with_aux(output, pullback)
    return results


def hvp(
    f: Function, primals: Sequence[Tree], tangents: Sequence[Tree], has_aux: bool = False
) -> Tree:
    """The Hessian of f times a direction, without the Hessian: forward mode over the gradient.

    Nested as the one primal, or as the tuple of several; with `has_aux` followed by what f gave
    beside.

    >>> hvp(lambda x: x[0] ** 2 * x[1], ([3, 5],), ([1, 0],))
    [10, 6]
    """
    _directions(primals, tangents)
    argnums: Argnums = 0 if len(primals) == 1 else tuple(range(len(primals)))
    _, *moved = jvp(grad(f, argnums, has_aux), primals, tangents, has_aux)
    return tuple(moved) if has_aux else moved[0]


def stop_gradient(tree: T) -> T:
    """The same numbers, as constants: no derivative passes.

    Values in lists, tuples, dicts and models become leaves.

    >>> grad(lambda x: x * stop_gradient(x))(3.0)
    3.0
    """
    constants: T = mapped(lambda x: x.detach(), tree, models=True)
    return constants
