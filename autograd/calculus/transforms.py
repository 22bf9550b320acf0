"""Derivatives of functions: `grad`, `jacobian`, `hessian`, `jvp`, `vjp`, `hvp`.

The functions take and return numbers or Values, in nested lists, tuples, dicts and models. Given
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
from typing import Any

from autograd.calculus.nesting import mapped, nested, paired, values_in
from autograd.derivatives import adjoint_numbers, adjoints, tangent_numbers, tangents
from autograd.graph import depending, live, topological_order
from autograd.number_types import BUILT_IN, constant, number_of
from autograd.operations import dot, total
from autograd.value import Value, record

Argnums = int | tuple[int, ...]

# Whether a derivative is being taken around this call: then it goes on with the results, which must
# be recorded.
INSIDE: ContextVar[bool] = ContextVar("INSIDE", default=False)
# The variables of those derivatives, in all threads: a thread of a pool does not know by INSIDE
# what it is in.
VARIABLES: set[Value] = set()


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a function, recorded: its variables in the order of `inputs`, its output, and
    what it gave beside.

    `outputs` are the Values of the nested `output`, a leaf for each number in it. `wants_numbers`
    says that the caller wants numbers back: it has `given` no Value, and no derivative is taken around
    it.
    """

    inputs: tuple[Any, ...]
    variables: list[Value]
    output: Any
    outputs: list[Value]
    aux: Any
    wants_numbers: bool
    given: list[Value]

    def result(self, x: Any) -> Any:
        """`x` as the caller wants it: a number or a Value."""
        return number_of(x) if self.wants_numbers else x if x.__class__ is Value else Value(x)

    def results(self, tree: Any) -> Any:
        """The Values in `tree` as the caller wants them."""
        return mapped(self.result, tree)

    def order(self, outputs: Sequence[Value]) -> list[Value]:
        """What the outputs were computed through from the variables, in topological order,
        variables first.
        """
        nodes = topological_order(*outputs, stop=[*self.variables, *self.given])
        order = depending([*self.variables, *nodes], self.variables)
        reached = live(order, outputs)
        return [node for node in order if node in reached]

    def gradients(self, root: Value) -> list[Any]:
        """The gradient of `root` in each variable."""
        order = self.order([root])
        if self.wants_numbers:
            found = adjoint_numbers(root, order)
        else:
            found = {adjoint.node: adjoint.gradient for adjoint in adjoints(root, order)}
        return [
            self.result(found.get(variable, constant(0, variable.data)))
            for variable in self.variables
        ]

    def tangents(self, directions: Iterable[Sequence[Any]]) -> Iterator[list[Any]]:
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
        """The results, followed by what the function gave beside its output."""
        results = results if self.aux is NO_AUX else (*results, self.results(self.aux))
        return results if len(results) > 1 else results[0]


NO_AUX = object()


def call(
    f: Callable[..., Any],
    arguments: Sequence[Any],
    argnums: Argnums,
    has_aux: bool = False,
    keywords: Mapping[str, Any] | None = None,
) -> Call:
    """Run `f` with a variable for each number in the chosen arguments.

    The variables are nodes of their own, so that the same Value given twice, or used inside `f`, is
    not confused with them.
    """
    if not callable(f):
        raise TypeError(f"a derivative is of a function, not of a {type(f).__name__}")
    positions = _positions(argnums, len(arguments))
    inputs = tuple(arguments[i] for i in positions)
    chosen = [
        leaf
        for i in positions
        for leaf in paired(arguments[i], arguments[i], _name_of_argument(f, i))
    ]
    # A sum of one operand is the same number in another node.
    variables = [
        record(total, (x,)) if x.__class__ is Value else Value(x, name) for name, x, _ in chosen
    ]
    leaves = iter(variables)
    replaced = {i: nested(arguments[i], leaves) for i in positions}
    inside = INSIDE.get()
    token = INSIDE.set(True)
    VARIABLES.update(variables)
    try:
        output = f(
            *(replaced.get(i, argument) for i, argument in enumerate(arguments)), **(keywords or {})
        )
    finally:
        VARIABLES.difference_update(variables)
        INSIDE.reset(token)
    aux: Any = NO_AUX
    if has_aux:
        if not isinstance(output, tuple) or len(output) != 2:
            raise TypeError(
                f"with has_aux=True a function returns (output, aux), {_named(f)} returned {output!r}"
            )
        output, aux = output
    outputs = outputs_of(f, output)
    given = list(values_in((arguments, keywords)))
    recorded = inside or given or _is_within(outputs)
    return Call(inputs, variables, output, outputs, aux, wants_numbers=not recorded, given=given)


def _is_within(outputs: Iterable[Value]) -> bool:
    """Whether another derivative's variables are among what the outputs were computed from."""
    return bool(VARIABLES) and not VARIABLES.isdisjoint(topological_order(*outputs))


def _name_of_argument(f: Callable[..., Any], position: int) -> str:
    f = unwrap(f)
    code = f.__code__ if f.__class__ is FunctionType else None
    return (
        code.co_varnames[position]
        if code and position < code.co_argcount
        else f"argument {position}"
    )


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
                f"argnums={argnums!r} asks for argument {position}, of {count} given by position: keywords and "
                "defaults are not differentiated"
            )
    if len({position % count for position in positions}) != len(positions):
        raise ValueError(f"argnums={argnums!r} names an argument twice")
    return tuple(position % count for position in positions)


def outputs_of(f: Callable[..., Any], output: Any) -> list[Value]:
    """The Values of a nested output. Where it is numbers alone, the gradient was lost: a TypeError."""
    found = list(paired(output, output, f"the output of {_named(f)}"))
    if found and not any(x.__class__ is Value for _, x, _ in found):
        place, x, _ = found[0]
        raise TypeError(
            f"{place} is the number {x!r}, not a Value: nothing of it was recorded. Use the functions of autograd "
            f"(autograd.exp for math.exp), not .data; a constant is Value({x!r})"
        )
    return [x if x.__class__ is Value else Value(x) for _, x, _ in found]


def _named(f: Callable[..., Any]) -> str:
    return getattr(f, "__name__", type(f).__name__)


def single(f: Callable[..., Any], called: Call) -> Value:
    """The output of the call, where it must be one Value."""
    if called.output.__class__ is not Value:
        raise TypeError(
            f"a gradient is of one Value, and {_named(f)} returned a {type(called.output).__name__}: "
            "use jacobian or vjp for several outputs"
        )
    output: Value = called.output
    return output


def _like_arguments(called: Call, argnums: Argnums, leaves: Iterable[Any]) -> Any:
    """The leaves nested as the chosen arguments: one nesting for one argument, a tuple for a tuple
    of them.
    """
    result = nested(called.inputs, iter(leaves))
    return result if isinstance(argnums, tuple) else result[0]


def value_and_grad(
    f: Callable[..., Any], argnums: Argnums = 0, has_aux: bool = False
) -> Callable[..., Any]:
    """The function that returns f's value and its gradient in the arguments `argnums`, nested as
    they are.

    With `has_aux`, f returns (value, aux), and the result is ((value, aux), gradient).

    >>> value_and_grad(lambda w, x: (w["a"] * x + w["b"]) ** 2)({"a": 2.0, "b": 1.0}, 3.0)
    (49.0, {'a': 42.0, 'b': 14.0})
    """

    @wraps(f)
    def differentiated(*arguments: Any, **keywords: Any) -> Any:
        called = call(f, arguments, argnums, has_aux, keywords)
        root = single(f, called)
        value, gradient = (
            called.result(root),
            _like_arguments(called, argnums, called.gradients(root)),
        )
        return called.with_aux(value), gradient

    return differentiated


def grad(f: Callable[..., Any], argnums: Argnums = 0, has_aux: bool = False) -> Callable[..., Any]:
    """The gradient of f, a function of the same arguments, nested as the arguments `argnums` are.

    f returns one Value, or (`has_aux`) that and something else, which is passed on: (gradient,
    aux).

    >>> grad(lambda x, y: x * y + x**2, argnums=(0, 1))(3, 5)
    (11, 3)
    """
    both = value_and_grad(f, argnums, has_aux)

    @wraps(f)
    def differentiated(*arguments: Any, **keywords: Any) -> Any:
        value, gradient = both(*arguments, **keywords)
        return (gradient, value[1]) if has_aux else gradient

    return differentiated


def jacobian(
    f: Callable[..., Any], argnums: Argnums = 0, has_aux: bool = False
) -> Callable[..., Any]:
    """The derivative of each output of f in each number of the arguments: nested as the output,
    then the arguments.

    In reverse where there are fewer outputs than inputs, else forward.

    >>> jacobian(lambda x: [x[0] * x[1], x[0] + x[1]])([2, 3])
    [[3, 2], [1, 1]]
    """

    @wraps(f)
    def differentiated(*arguments: Any, **keywords: Any) -> Any:
        called = call(f, arguments, argnums, has_aux, keywords)
        outputs, inputs = called.outputs, called.variables
        if len(inputs) <= len(outputs):
            directions = [[constant(int(x is y), x.data) for x in inputs] for y in inputs]
            columns = list(called.tangents(directions))
            rows: list[Any] = (
                list(map(list, zip(*columns, strict=True))) if columns else [[] for _ in outputs]
            )
        else:
            rows = list(map(called.gradients, outputs))
        matrix = nested(called.output, (_like_arguments(called, argnums, row) for row in rows))
        return called.with_aux(matrix)

    return differentiated


def hessian(
    f: Callable[..., Any], argnums: Argnums = 0, has_aux: bool = False
) -> Callable[..., Any]:
    """The second derivatives of f, which returns one Value: nested as the arguments, twice.

    >>> hessian(lambda x: x[0] ** 2 * x[1])([3, 5])
    [[10, 6], [6, 0]]
    """
    return jacobian(grad(f, argnums, has_aux), argnums, has_aux)


def jvp(
    f: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any], has_aux: bool = False
) -> Any:
    """Forward mode: f's output at the arguments `primals`, and its derivative in the direction
    `tangents`.

    Primals and tangents are tuples or lists of as many arguments, nested alike.

    >>> jvp(lambda x, y: x * y, (3, 5), (1, 10))
    (15, 35)
    """
    directions = [_of_type(t, x, place, "primal") for place, x, t in _directions(primals, tangents)]
    called = call(f, primals, tuple(range(len(primals))), has_aux)
    if any(x.__class__ is Value for x in directions):
        called = replace(called, wants_numbers=False)
    (moved,) = called.tangents([directions])
    return called.with_aux(called.results(called.output), nested(called.output, iter(moved)))


def _of_type(direction: Any, counterpart: Any, place: str, role: str) -> Any:
    """A tangent of its primal's type: an int as one, a Value as it is, another built-in number is a
    TypeError.

    A cotangent of its output's likewise.
    """
    like = number_of(counterpart)
    if direction.__class__ is like.__class__ or number_of(direction) is not direction:
        return direction
    if direction.__class__ is int:
        return constant(direction, like)
    if like.__class__ in BUILT_IN and not (
        direction.__class__ is float and like.__class__ in (int, complex)
    ):
        raise TypeError(
            f"{place} is {direction!r} and its {role} {like!r}: give a {type(like).__name__}"
        )
    return direction


def _directions(primals: Sequence[Any], tangents: Sequence[Any]) -> list[tuple[str, Any, Any]]:
    for name, arguments in (("primals", primals), ("tangents", tangents)):
        if not isinstance(arguments, (list, tuple)):
            raise TypeError(
                f"{name} are a tuple of arguments, not a {type(arguments).__name__}: write ({arguments!r},)"
            )
    return list(paired(tuple(primals), tuple(tangents), "tangents"))


def vjp(f: Callable[..., Any], *primals: Any, has_aux: bool = False) -> Any:
    """Reverse mode: f's output, and the function that pulls back one number for each output to one
    for each input.

    >>> output, pullback = vjp(lambda x, y: [x * y, x + y], 3, 5)
    >>> output, pullback([1, 10])
    ([15, 8], (15, 13))
    """
    called = call(f, primals, tuple(range(len(primals))), has_aux)
    output = called.results(called.output)

    def pullback(cotangents: Any) -> Any:
        upstream = [
            _of_type(c, y, place, "output")
            for place, y, c in paired(output, cotangents, "cotangents")
        ]
        its = (
            replace(called, wants_numbers=False)
            if any(x.__class__ is Value for x in upstream)
            else called
        )
        return nested(its.inputs, iter(its.gradients(dot(upstream, called.outputs))))

    return called.with_aux(output, pullback)


def hvp(
    f: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any], has_aux: bool = False
) -> Any:
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


def stop_gradient(tree: Any) -> Any:
    """The same numbers, as constants: no derivative passes. Values in lists, tuples, dicts and
    models become leaves.

    >>> grad(lambda x: x * stop_gradient(x))(3.0)
    3.0
    """
    return mapped(lambda x: x.detach(), tree, models=True)
