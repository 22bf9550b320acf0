"""Gradients compared with what they should be, rule by rule, so that a wrong one is named.

The graph of a function is recorded once. Each rule in it is then compared with differences of its
own value, in the most exact numbers that it can be computed in: Fractions, else mpmath's numbers of
100 digits (if mpmath is installed), else its own numbers. The partial is computed in the same
numbers, so that rounding is not taken for a fault.

>>> from autograd import Operation, Value
>>> square = Operation("square", lambda x: x * x, [lambda y, x: 3 * x])
>>> check_gradients(lambda x: square(x) + 1, 3)
Traceback (most recent call last):
autograd.GradientError: square(x) with x = 3: the derivative in operand 0 (x) is 9 here, truly 6
"""

from __future__ import annotations

import numbers
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple

from autograd.calculus.nesting import flat, nested
from autograd.calculus.transforms import call, outputs_of
from autograd.checking.differences import DIGITS, Function, as_like, decided, plain, with_digits
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
    printable,
    record,
    topological_order,
)

SINGLY = 4  # with at most so many operands, each pair is compared in the second order


class GradientError(ValueError):
    """A derivative is wrong: `operation` is its entry, `operand` the place.

    `engine` and `true` are the two numbers. In the second order `operand` is a pair: the partial in
    the first, differentiated in the second. Where f itself computes past the recorded graph,
    `operation` and `operand` are None, and the numbers are the changes of the output.

    >>> from autograd import Operation, check_gradients
    >>> wrong = Operation("square", lambda x: x * x, [lambda y, x: 3 * x])
    >>> try:
    ...     check_gradients(wrong, 2.0)
    ... except GradientError as error:
    ...     print(error.operation, error.operand, error.engine, round(error.true, 6))
    <operation square> 0 6.0 4.0
    """

    __module__ = "autograd"  # where people import it from

    def __init__(
        self, sentence: str, operation: Operation | None, operand: Any, engine: Any, true: Any
    ) -> None:
        super().__init__(sentence)
        self.operation, self.operand, self.engine, self.true = operation, operand, engine, true


@dataclass(frozen=True, slots=True)
class Checked:
    """How many derivatives were compared, of which operations; remarks on what could not be."""

    derivatives: int
    operations: tuple[str, ...]
    remarks: tuple[str, ...] = ()

    def __str__(self) -> str:
        of = f" of {', '.join(self.operations)}" if self.operations else ""
        count, verb = ("derivative", "is") if self.derivatives == 1 else ("derivatives", "are")
        return "\n".join((f"{self.derivatives} {count}{of} {verb} right", *self.remarks))


def check_gradients(f: Callable[..., Any], *inputs: Any, order: int = 2) -> Checked:
    """Compare every derivative that f's gradient rests on with differences.

    A GradientError names one that is wrong. `inputs` are f's arguments, as for `grad`. In the first
    order each local derivative of the recorded graph is compared, in the second (`order=2`) the
    derivative of each partial too. A relative error of 1e-9 is found, where only floats can be had
    (a value made with `math.sin`) if the rule is well conditioned; else a remark says how far.

    Where a derivative is a convention (a kink, a tie), nothing is compared, and the result says so
    in `remarks`. Last, f is run beside the inputs, where what it computes past the graph
    (`.data`, `math.exp`) shows. A detached leaf (`stop_gradient`) that moves with the inputs is
    taken as meant, and remarked.

    >>> from autograd import exp, relu
    >>> print(check_gradients(lambda x: relu(x["a"]) * exp(x["b"]), {"a": 0.0, "b": 1.0}))
    8 derivatives of exp, mul are right
    relu(x['a']) with x['a'] = 0.0: not compared, relu'(0) = 0 by convention
    """
    if order not in (1, 2):
        raise ValueError(
            "order is 1 or 2, for the derivatives up to which the rules are compared, "
            f"not {order!r}"
        )
    called = call(f, inputs, tuple(range(len(inputs))))
    outputs = outputs_of(f, called.output)
    for output in outputs:
        called.gradients(output)  # an error in a derivative is raised here as `grad` raises it
    found = _Findings()
    with with_digits(DIGITS):
        # All partials first: a wrong one would also show in the second order.
        for each in range(1, order + 1):
            for node in called.order(outputs):
                found.compare(node, each)
    if all(is_finite(output.data) for output in outputs):
        found.remarks.update(dict.fromkeys(_past_the_graph(f, inputs)))
    return Checked(found.derivatives, tuple(found.operations), tuple(found.remarks))


# --- one rule -------------------------------------------------------------------------------------


class _Rule(NamedTuple):
    """The operation of a node at the numbers of its operands; `moving` are the places of Values."""

    node: Value
    operation: Operation
    at: tuple[Any, ...]
    moving: tuple[int, ...]

    @classmethod
    def of(cls, node: Value, operation: Operation) -> _Rule:
        """The rule of one node; a TypeError for symbols, which are no numbers to compare."""
        moving = tuple(i for i, x in enumerate(node.operands) if x.__class__ is Value)
        return cls(node, operation, tuple(map(_comparable, node.operands)), moving)

    def __str__(self) -> str:
        return _in_words(self.node)

    def operand(self, place: int) -> str:
        """An operand in words."""
        name = getattr(self.node.operands[place], "name", "")
        return f"operand {place} ({printable(name)})" if name else f"operand {place}"

    def apply_partial(self, place: int, y: Any, x: Sequence[Any]) -> Any:
        """What the rule gives as the derivative in one operand, of its result and its operands."""
        partials = self.operation.partials
        return partials(y, *x)[place] if callable(partials) else partials[place](y, *x)

    def partial(self, place: int) -> Function:
        """The derivative in one operand as a function of the operands alone."""

        def partial(*x: Any) -> Any:
            try:
                y = self.operation.value(*x)
            except TypeError:
                y = object()  # for a partial that does not use it
            return self.apply_partial(place, y, x)

        return partial

    def second(self, place: int, by: int) -> Function:
        """A partial differentiated again, in the operand `by`."""
        return lambda *x: self.seconds(place, x)[self.moving.index(by)]

    def seconds(self, place: int, x: Sequence[Any]) -> list[Any]:
        """The derivatives of a partial in all operands that move: it is recorded for the engine."""
        leaves = [Value(n) if i in self.moving else n for i, n in enumerate(map(plain, x))]
        partial = self.apply_partial(place, record(self.operation, tuple(leaves)), leaves)
        found = adjoint_numbers(partial) if partial.__class__ is Value else {}
        return [found.get(leaves[i], 0) for i in self.moving]


def _in_words(node: Value) -> str:
    """The operation over its operands, in front its name unless the text begins with it."""
    operation: Any = node.operation
    text = described(operation, node.operands)
    return text if text.startswith(operation.name) else f"{operation.name}: {text}"


def _comparable(operand: Any) -> Any:
    """The number of an operand; a TypeError for a symbol, which has no number to compare."""
    number = number_of(operand)
    if not isinstance(number, numbers.Number):
        raise TypeError(
            f"gradients are compared on numbers, not on a {type(number).__name__}: {number}"
        )
    return number


class _Findings:
    """What is found about the rules of one graph, each compared once."""

    def __init__(self) -> None:
        self.derivatives = 0
        self.operations: dict[str, None] = {}  # in the order of their first comparison
        self.remarks: dict[str, None] = {}
        self.seen: set[Any] = set()

    def compare(self, node: Value, order: int) -> None:
        """The partials of a node in its Values, or in the second order the derivatives of these."""
        if node.operation is None:
            return
        rule = _Rule.of(node, node.operation)
        if (key := (*rule[1:], order)) in self.seen:
            return
        self.seen.add(key)
        kink = rule.operation.kink
        if not all(map(is_finite, rule.at)):
            self._remark(rule, "a number is not finite: explain_nan tells where it came from")
        elif kink and kink(*rule.at):
            self._remark(rule, rule.operation.convention)
        elif order == 1:
            for i in rule.moving:
                self._compare_one(rule, rule.operation.value, rule.partial(i), i, (i,))
        else:
            for i in rule.moving:
                self._compare_again(rule, i)

    def _compare_again(self, rule: _Rule, i: int) -> None:
        """The derivatives of one partial, and the rules that it is made of."""
        if not self._compare_inside(rule, i) or self._right_together(rule, i):
            return
        for j in rule.moving:
            self._compare_one(rule, rule.partial(i), rule.second(i, j), j, (i, j))

    def _right_together(self, rule: _Rule, i: int) -> bool:
        """Whether the derivatives of a partial are right where many operands move together.

        Each operand moves in a direction of its own; few are compared singly.
        """
        if len(rule.moving) <= SINGLY:
            return False
        partial = rule.partial(i)

        def value(*x_and_t: Any) -> Any:
            *x, t = x_and_t
            for j in rule.moving:
                x[j] = x[j] + t * _direction(x[j], j)
            return partial(*x)

        def derivative(*x_and_t: Any) -> Any:
            *x, _ = x_and_t
            seconds = zip(rule.moving, rule.seconds(i, x), strict=True)
            return sum(second * _direction(x[j], j) for j, second in seconds)

        try:
            verdict = decided(value, derivative, (*rule.at, 0), len(rule.at))
        except FAULTS:
            return False
        right = not verdict.wrong and not verdict.uncertain
        self.derivatives += right
        return right

    def _compare_one(
        self, rule: _Rule, value: Function, derivative: Function, moved: int, places: Any
    ) -> None:
        """`derivative` with the differences of `value` as one operand moves."""
        of = f"the derivative in {' and '.join(map(rule.operand, places))}"
        try:
            verdict = decided(value, derivative, rule.at, moved)
        except FAULTS as error:
            self._remark(rule, f"{of}: {_why(error)}")
            return
        if verdict.wrong:
            engine = derivative(*rule.at)
            true = as_like(verdict.true, engine)
            told = (engine, true)
            if str(engine) == str(true):  # apart in more digits than these have
                told = (verdict.engine, verdict.true)
            sentence = f"{rule}: {of} is {told[0]} here, truly {told[1]}"
            place = places if len(places) > 1 else places[0]
            raise GradientError(sentence, rule.operation, place, engine, true)
        self.derivatives += 1
        self.operations[rule.operation.name] = None
        if verdict.uncertain:
            self.remarks[f"{rule}: {of} is compared only to {float(verdict.tolerance):.1g}"] = None

    def _compare_inside(self, rule: _Rule, place: int) -> bool:
        """Compare the rules that a partial is made of; False where it has no number here."""
        leaves = [Value(x.data, x.name) if x.__class__ is Value else x for x in rule.node.operands]
        try:
            partial = rule.partial(place)(*map(number_of, leaves))
        except FAULTS as error:
            self._remark(rule, f"the derivative in {rule.operand(place)}: {_why(error)}")
            return False
        result = record(rule.operation, tuple(leaves))
        try:
            recorded = rule.apply_partial(place, result, leaves)
        except (*FAULTS, AttributeError) as error:
            sentence = (
                f"{rule}: the partial in {rule.operand(place)} is {partial} on numbers, and raises "
                f"on Values, so that it has no derivative again: {_why(error)}. "
                "Write it with the functions of autograd (autograd.cos for math.cos)"
            )
            raise GradientError(sentence, rule.operation, place, None, partial) from error
        if recorded.__class__ is Value:
            for inner in topological_order(recorded, stop=[result]):
                if inner is not result:
                    self.compare(inner, 1)
        return True

    def _remark(self, rule: _Rule, why: str) -> None:
        self.remarks[f"{rule}: not compared, {why}"] = None


def _why(error: Exception) -> str:
    return str(error) or type(error).__name__


def _direction(x: Any, place: int) -> Any:
    """How far an operand moves beside the others."""
    return (x or 1) * (place % 7 + 4) / 4


# --- the function itself --------------------------------------------------------------------------


def _past_the_graph(f: Function, inputs: tuple[Any, ...]) -> list[str]:
    """Run f again beside the inputs: its outputs must move as those of the recorded graph.

    A GradientError where they do not; else remarks.
    """
    given = [number_of(x) for x in flat(inputs)]
    in_floats = [x if isinstance(x, complex) else as_like(x, 0.0) for x in given]
    why = ""
    for at in (given, in_floats):
        # A smaller step where a larger one leaves the domain, or takes another path.
        for halvings in (10, 20, 30):
            try:
                here, again = _recorded(f, inputs, at), _recorded(f, inputs, at)
                there = _recorded(f, inputs, [_moved(x, halvings, i) for i, x in enumerate(at)])
            except FAULTS as error:
                why = _why(error)
                continue
            if not here.like(again) or here.data != again.data:
                raise ValueError(
                    "f gives another result each time: seed its random source inside f, "
                    "so that it can be compared"
                )
            if here.like(there):
                return _moved_alike(here, there)
            why = "it takes another path"
    return [f"what f computes past the graph was not looked for: beside the inputs {why}"]


def _moved(x: Any, halvings: int, place: int) -> Any:
    """A number near x, by another part of it for each place."""
    return x + (x or 1) * constant(Fraction(16 + place % 16, 16 * 2**halvings), x)


class _Graph(NamedTuple):
    """A function recorded at some numbers; `order` is the topological order of all its nodes."""

    variables: list[Value]
    outputs: list[Value]
    order: list[Value]

    @property
    def data(self) -> list[Any]:
        return [output.data for output in self.outputs]

    def like(self, other: _Graph) -> bool:
        """Whether the two are the same operations on the same operands, whatever their numbers."""
        return self._shape() == other._shape()

    def _shape(self) -> list[tuple[str, list[int | None]]]:
        """Each node's operation, and where its operands stand in the order."""
        place = {node: i for i, node in enumerate(self.order)}
        found = []
        for node in self.order:
            operands = [place[x] if x.__class__ is Value else None for x in node.operands]
            found.append((getattr(node.operation, "name", ""), operands))
        return found


def _recorded(f: Function, inputs: tuple[Any, ...], at: Sequence[Any]) -> _Graph:
    variables = list(map(Value, at))
    outputs = outputs_of(f, f(*nested(inputs, iter(variables))))
    return _Graph(variables, outputs, topological_order(*outputs))


def _moved_alike(here: _Graph, there: _Graph) -> list[str]:
    """Compare the second run with the first graph on the second run's inputs.

    Leaves that were detached stay as they were.
    """
    both = zip(here.order, there.order, strict=True)
    pairs = [(a, b) for a, b in both if a not in here.variables]
    detached = {b: a.data for a, b in pairs if a.operation is None and a.data != b.data}
    moved = {a: b.data for a, b in zip(here.variables, there.variables, strict=True)}
    for a, b in zip(here.outputs, there.outputs, strict=True):
        engine, true = Graph(a).evaluate(moved)[a], Graph(b).evaluate(detached)[b]
        if abs(engine - true) > abs(true - a.data) / 10**6 + abs(true) / 10**12:
            raise _lost(pairs, engine - a.data, true - a.data)
    return [
        f"{printable(node.name) or 'a leaf'} = {number} is detached, and moves with the inputs: "
        "taken as a constant, right if stop_gradient was meant, and a lost gradient if not"
        for node, number in detached.items()
    ]


def _lost(pairs: Sequence[tuple[Value, Value]], engine: Any, true: Any) -> GradientError:
    """The error that names the plain number which moved with the inputs."""
    places = [
        f": {x} in {_in_words(a)} moved with the inputs, to {y}"
        for a, b in pairs
        for x, y in zip(a.operands, b.operands, strict=True)
        if x.__class__ is not Value and x != y
    ]
    sentence = (
        f"f computes with numbers that are not recorded{places[0] if places else ''}. "
        f"Beside the inputs f changes by {true}, its graph by {engine}: "
        "use Values, not .data, and autograd's functions (autograd.exp for math.exp)"
    )
    return GradientError(sentence, None, None, engine, true)
