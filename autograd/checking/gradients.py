"""Gradients compared with what they should be, rule by rule, so that a wrong one is named.

The graph of a function is recorded once. Each rule in it is then compared with differences of its
own value, in the most exact numbers that it can be computed in: Fractions, else mpmath's numbers of
100 digits (if mpmath is installed), else its own numbers. The partial is computed in the same
numbers, so that rounding is not taken for a fault.

>>> from autograd import Operation, Value
>>> square = Operation("square", lambda x: x * x, [lambda y, x: 3 * x])
>>> check_gradients(lambda x: square(x) + 1, 3.0)
Traceback (most recent call last):
autograd.GradientError: square(x) with x = 3.0: the derivative in operand 0 (x) is 9.0 here, truly 6.0
"""

from __future__ import annotations

import numbers
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple

from autograd.calculus.nesting import flat, nested
from autograd.calculus.transforms import call, outputs_of
from autograd.checking.differences import DIGITS, Function, as_like, decided, with_digits
from autograd.reading import (
    FAULTS,
    Graph,
    Operation,
    Value,
    adjoint_numbers,
    constant,
    described,
    is_finite,
    number_of,
    record,
    topological_order,
)

SINGLY = 4  # operands, up to which each pair is compared in the second order


class GradientError(ValueError):
    """A derivative is wrong. `operation` is its entry, `operand` the place, `engine` and `true` the
    two numbers.

    In the second order `operand` is a pair: the partial in the first, differentiated in the second.
    Where f itself computes past the recorded graph, `operation` and `operand` are None, and the
    numbers are the changes of the output.
    """

    __module__ = "autograd"  # where people import it from

    def __init__(
        self, sentence: str, operation: Operation | None, operand: Any, engine: Any, true: Any
    ) -> None:
        super().__init__(sentence)
        self.operation, self.operand, self.engine, self.true = operation, operand, engine, true


@dataclass(frozen=True, slots=True)
class Checked:
    """How many derivatives were compared, of which operations, and remarks on what could not be, or
    only roughly.
    """

    derivatives: int
    operations: tuple[str, ...]
    remarks: tuple[str, ...] = ()

    def __str__(self) -> str:
        of = f" of {', '.join(self.operations)}" if self.operations else ""
        count, verb = ("derivative", "is") if self.derivatives == 1 else ("derivatives", "are")
        return "\n".join((f"{self.derivatives} {count}{of} {verb} right", *self.remarks))


def check_gradients(f: Callable[..., Any], *inputs: Any, order: int = 2) -> Checked:
    """Compare every derivative that f's gradient rests on with differences; a GradientError names
    one that is wrong.

    `inputs` are f's arguments, as for `grad`. In the first order each local derivative of the
    recorded graph is compared, in the second (`order=2`) the derivative of each partial too. A
    relative error of 1e-9 is found, where only floats can be had (a value made with `math.sin`) if
    the rule is well conditioned; else a remark says how far.

    Where a derivative is a convention (a kink, a tie), nothing is compared, and the result says so
    in `remarks`. At last f is run beside the inputs, where what it computes past the graph
    (`.data`, `math.exp`) shows. A detached leaf (`stop_gradient`) that moves with the inputs is
    taken as meant, and remarked.

    >>> from autograd import exp, relu
    >>> print(check_gradients(lambda x: relu(x["a"]) * exp(x["b"]), {"a": 0.0, "b": 1.0}))
    8 derivatives of exp, mul are right
    relu(x['a']) with x['a'] = 0.0: not compared, relu'(0) = 0 by convention
    """
    if order not in (1, 2):
        raise ValueError(
            f"order is 1 or 2, for the derivatives up to which the rules are compared, not {order!r}"
        )
    called = call(f, inputs, tuple(range(len(inputs))))
    outputs = outputs_of(f, called.output)
    for output in outputs:
        called.gradients(output)  # an error in a derivative is raised here as `grad` raises it
    run = _Run()
    with with_digits(DIGITS):
        for each in range(
            1, order + 1
        ):  # all partials first: a wrong one would also show in the second order
            for node in called.order(outputs):
                run.compare(node, each)
    if all(is_finite(output.data) for output in outputs):
        run.remarks.update(dict.fromkeys(_past_the_graph(f, inputs)))
    return Checked(run.derivatives, tuple(run.operations), tuple(run.remarks))


# --- one rule -------------------------------------------------------------------------------------


class _Run:
    """The rules of one graph, each compared once."""

    def __init__(self) -> None:
        self.derivatives = 0
        self.operations: dict[str, None] = {}  # in the order of their first comparison
        self.remarks: dict[str, None] = {}
        self.seen: set[Any] = set()

    def compare(self, node: Value, order: int) -> None:
        """The partials of a node in its Values; in the second order the derivatives of these, and
        the rules in them.
        """
        operation, numbers_ = node.operation, tuple(map(_checked, node.operands))
        moving = tuple(i for i, x in enumerate(node.operands) if x.__class__ is Value)
        if operation is None or (key := (operation, numbers_, moving, order)) in self.seen:
            return
        self.seen.add(key)
        where = _described(node)
        if not all(map(is_finite, numbers_)):
            self._remark(where, "a number is not finite: explain_nan tells where it came from")
            return
        if operation.kink and operation.kink(*numbers_):
            self._remark(where, operation.convention)
            return
        for i in moving:
            partial = _partial(operation, i)
            if order == 1:
                self._compare_one(node, operation.value, partial, numbers_, i, (i,))
            elif self._recorded_again(node, i) and not self._right_together(
                node, i, moving, numbers_
            ):
                for place, j in enumerate(moving):
                    second = _chosen(_second(operation, moving, i), place)
                    self._compare_one(node, partial, second, numbers_, j, (i, j))

    def _right_together(
        self, node: Value, i: int, moving: Sequence[int], at: tuple[Any, ...]
    ) -> bool:
        """Whether the derivative of a partial is right where many operands move together; few are
        compared singly.
        """
        operation: Any = node.operation
        if len(moving) <= SINGLY:
            return False
        partial, second = _partial(operation, i), _second(operation, moving, i)

        def value(*x_and_t: Any) -> Any:
            *x, t = x_and_t
            return partial(
                *(
                    number + t * _direction(number, j) if j in moving else number
                    for j, number in enumerate(x)
                )
            )

        def derivative(*x: Any) -> Any:
            return sum(
                found * _direction(x[j], j)
                for j, found in zip(moving, second(*x[:-1]), strict=True)
            )

        try:
            verdict = decided(value, derivative, (*at, 0), len(at))
        except FAULTS:
            return False
        right = not verdict.wrong and not verdict.uncertain
        self.derivatives += right
        return right

    def _compare_one(
        self,
        node: Value,
        value: Function,
        derivative: Function,
        at: tuple[Any, ...],
        moved: int,
        places: Any,
    ) -> None:
        """`derivative` with the differences of `value` as one operand moves."""
        of = f"the derivative in {' and '.join(_operand(node, i) for i in places)}"
        try:
            verdict = decided(value, derivative, at, moved)
        except FAULTS as error:
            self._remark(_described(node), f"{of}: {_reason(error)}")
            return
        if verdict.wrong:
            engine = derivative(*at)
            true = as_like(verdict.true, engine)
            numbers_ = f"is {engine} here, truly {true}"
            if str(engine) == str(true):
                numbers_ = f"is {verdict.engine} here, truly {verdict.true}"
            sentence = f"{_described(node)}: {of} {numbers_}"
            raise GradientError(
                sentence, node.operation, places if places[1:] else places[0], engine, true
            )
        assert node.operation is not None
        self.derivatives += 1
        self.operations[node.operation.name] = None
        if verdict.uncertain:
            self.remarks[
                f"{_described(node)}: {of} is compared only to {float(verdict.tolerance):.1g}"
            ] = None

    def _recorded_again(self, node: Value, place: int) -> bool:
        """Whether a partial can be recorded on Values, and then the rules that it is made of are
        compared too.
        """
        operation: Any = node.operation
        leaves = [Value(x.data, x.name) if x.__class__ is Value else x for x in node.operands]
        try:
            partial = _partial(operation, place)(*map(number_of, leaves))
        except FAULTS as error:
            self._remark(
                _described(node), f"the derivative in {_operand(node, place)}: {_reason(error)}"
            )
            return False
        result = record(operation, tuple(leaves))
        try:
            recorded = _pick(operation, place, result, leaves)
        except (*FAULTS, AttributeError) as error:
            sentence = (
                f"{_described(node)}: the partial in {_operand(node, place)} is {partial} on numbers, and raises on "
                f"Values, so that it has no derivative again: {_reason(error)}. Write it with the functions of "
                "autograd (autograd.cos for math.cos)"
            )
            raise GradientError(sentence, operation, place, None, partial) from error
        if recorded.__class__ is Value:
            for inner in topological_order(recorded, stop=[result]):
                if inner is not result:
                    self.compare(inner, 1)
        return True

    def _remark(self, where: str, why: str) -> None:
        self.remarks[f"{where}: not compared, {why}"] = None


def _reason(error: Exception) -> str:
    return str(error) or type(error).__name__


def _checked(operand: Any) -> Any:
    """The number of an operand; a TypeError for a symbol, which has no number to compare."""
    number = number_of(operand)
    if not isinstance(number, numbers.Number):
        raise TypeError(
            f"gradients are compared on numbers, not on a {type(number).__name__}: {number}"
        )
    return number


def _pick(operation: Operation, place: int, y: Any, x: Sequence[Any]) -> Any:
    partials = operation.partials
    return partials(y, *x)[place] if callable(partials) else partials[place](y, *x)


def _partial(operation: Operation, place: int) -> Function:
    """The local derivative in one operand, of the operands alone."""
    return lambda *x: _pick(operation, place, operation.value(*x), x)


def _second(operation: Operation, moving: Sequence[int], place: int) -> Function:
    """The derivatives of a partial in all operands that move, by the engine: it is recorded and
    differentiated.
    """

    def second(*x: Any) -> list[Any]:
        leaves = [Value(number) if i in moving else number for i, number in enumerate(x)]
        partial = _pick(operation, place, record(operation, tuple(leaves)), leaves)
        found = {}
        if partial.__class__ is Value:
            found = adjoint_numbers(partial)
        return [found.get(leaves[i], 0) for i in moving]

    return second


def _chosen(function: Function, place: int) -> Function:
    return lambda *x: function(*x)[place]


def _direction(x: Any, place: int) -> Any:
    """How far an operand moves beside the others."""
    return (x or 1) * (place % 7 + 4) / 4


def _operand(node: Value, place: int) -> str:
    name = getattr(node.operands[place], "name", "")
    return f"operand {place} ({name})" if name else f"operand {place}"


def _described(node: Value) -> str:
    """The operation over its operands, with its name in front where the text does not begin with
    it.
    """
    operation: Any = node.operation
    text = described(operation, node.operands)
    return text if text.startswith(operation.name) else f"{operation.name}: {text}"


# --- the function itself --------------------------------------------------------------------------


def _past_the_graph(f: Function, inputs: tuple[Any, ...]) -> list[str]:
    """Run f again beside the inputs: its outputs must move as the graph that was recorded at the
    inputs moves.

    A GradientError where they do not; else remarks.
    """
    given = list(map(number_of, flat(inputs)))
    why = ""
    for numbers_ in (given, [x if isinstance(x, complex) else as_like(x, 0.0) for x in given]):
        for halvings in (
            10,
            20,
            30,
        ):  # a smaller step where a larger one leaves the domain, or takes another path
            try:
                here = _recorded(f, inputs, numbers_)
                again = _recorded(f, inputs, numbers_)
                there = _recorded(
                    f, inputs, [_moved(x, halvings, i) for i, x in enumerate(numbers_)]
                )
            except FAULTS as error:
                why = _reason(error)
                continue
            if not here.like(again) or here.data != again.data:
                raise ValueError(
                    "f gives another result each time: seed its random source inside f, so that it can be compared"
                )
            if here.like(there):
                return _moved_alike(here, there)
            why = "it takes another path"
    return [f"what f computes past the graph was not looked for: beside the inputs {why}"]


def _moved(x: Any, halvings: int, place: int) -> Any:
    """A number near x, by another part of it for each place."""
    return x + (x or 1) * constant(Fraction(16 + place % 16, 16 * 2**halvings), x)


class _Graph(NamedTuple):
    """A function recorded at some numbers: the variables, the outputs, and all nodes in topological
    order.
    """

    variables: list[Value]
    outputs: list[Value]
    order: list[Value]

    @property
    def data(self) -> list[Any]:
        return [output.data for output in self.outputs]

    def like(self, other: _Graph) -> bool:
        """Whether the two are the same operations on the same operands, whatever their numbers."""
        return self._shape() == other._shape()

    def _shape(self) -> list[Any]:
        place = {node: i for i, node in enumerate(self.order)}
        return [
            (
                getattr(node.operation, "name", ""),
                [place[x] if x.__class__ is Value else None for x in node.operands],
            )
            for node in self.order
        ]


def _recorded(f: Function, inputs: tuple[Any, ...], at: Sequence[Any]) -> _Graph:
    variables = list(map(Value, at))
    outputs = outputs_of(f, f(*nested(inputs, iter(variables))))
    return _Graph(variables, outputs, topological_order(*outputs))


def _moved_alike(here: _Graph, there: _Graph) -> list[str]:
    """Compare the second run with the first graph on the second run's inputs; leaves that were
    detached stay.
    """
    pairs = [
        (a, b) for a, b in zip(here.order, there.order, strict=True) if a not in here.variables
    ]
    detached = {b: a.data for a, b in pairs if a.operation is None and a.data != b.data}
    moved = {a: b.data for a, b in zip(here.variables, there.variables, strict=True)}
    for a, b in zip(here.outputs, there.outputs, strict=True):
        engine, true = Graph(a).evaluate(moved)[a], Graph(b).evaluate(detached)[b]
        if abs(engine - true) > abs(true - a.data) / 10**6 + abs(true) / 10**12:
            raise _lost(pairs, engine - a.data, true - a.data)
    return [
        f"{node.name or 'a leaf'} = {number} is detached, and moves with the inputs: taken as a constant, right if "
        "stop_gradient was meant, and a lost gradient if not"
        for node, number in detached.items()
    ]


def _lost(pairs: Sequence[tuple[Value, Value]], engine: Any, true: Any) -> GradientError:
    """The error that names the plain number which moved with the inputs."""
    places = [
        f": {x} in {_described(a)} moved with the inputs, to {y}"
        for a, b in pairs
        for x, y in zip(a.operands, b.operands, strict=True)
        if x.__class__ is not Value and x != y
    ]
    sentence = (
        f"f computes with numbers that are not recorded{places[0] if places else ''}. Beside the inputs f changes by "
        f"{true}, its graph by {engine}: use Values, not .data, and autograd's functions (autograd.exp for math.exp)"
    )
    return GradientError(sentence, None, None, engine, true)
