"""Which lines of a derivation are printed, in which order, and what of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import inf
from typing import Any, Literal, TypedDict

from autograd.notes.labels import Labels
from autograd.notes.meaning import Quantity, Role
from autograd.notes.number_style import RoundedNumbers
from autograd.notes.steps import Member, Step
from autograd.reading import Adjoint, Graph, Value, dot, printable, topological_order

LEFT_OUT = ("root", "inputs", "targets")
WITHIN_LAYER = [Role.ACTIVATION, Role.PREACTIVATION, Role.WEIGHT, Role.BIAS]


class ChosenLines(TypedDict, total=False):
    """The options of `derive` that say which lines it prints; see `LineChoice`."""

    wrt: Value | Iterable[Value] | None
    order: Literal["distance", "layer"]
    members: Literal["both", "formula", "substituted"]
    without: str | Iterable[str]
    vanishing: bool


class DerivationOptions(ChosenLines, RoundedNumbers, total=False):
    """All options of `derive`: which lines, and how numbers are shown in them."""


@dataclass(frozen=True, slots=True)
class LineChoice:
    """Which lines are printed; a ValueError or TypeError names the option that cannot work.

    wrt            a Value, or several: only the gradients in them and on the paths to them, and the
                   forward lines that these are computed with
    order          of the gradients: "distance", by that from the root, or "layer", layer by layer,
                   the last first, in each the error terms, the weights, the biases
    members        "both"; "formula", for a sheet of formulas; "substituted", numbers alone
    without        the gradients that are left out: "root", "inputs", "targets", one or several
    vanishing      a remark tells where a ReLU is off, a sigmoid or tanh saturated

    >>> from autograd import derive
    >>> w, x, y = Value(2, "w"), Value(3, "x"), Value(5, "y")
    >>> print(derive((w * x - y) ** 2, wrt=w, members="formula"))
    L = (w*x - y)^2
    dL/dL = 1
    dL/dw = 2*(w*x - y) * x
    """

    wrt: Any = None
    order: str = "distance"
    members: str = "both"
    without: Any = ()
    vanishing: bool = False

    def __post_init__(self) -> None:
        _check_one_of("order", self.order, "distance", "layer")
        _check_one_of("members", self.members, "both", "formula", "substituted")
        if self.vanishing.__class__ is not bool:
            raise TypeError(f"vanishing is True or False, not {_told(self.vanishing)}")
        without = [self.without] if isinstance(self.without, str) else self.without
        object.__setattr__(self, "without", tuple(_listed("without", without, "names")))
        for each in self.without:
            _check_one_of("without", each, *LEFT_OUT)
        wrt = [] if self.wrt is None else self.wrt
        wanted = [wrt] if wrt.__class__ is Value else _listed("wrt", wrt, "Values")
        for node in wanted:
            if node.__class__ is not Value:
                raise TypeError(f"wrt is a Value or a list of Values, not of {_told(node)}")
        if self.wrt is not None and not wanted:
            raise ValueError("wrt is an empty list: give a Value, or leave it out for all")
        object.__setattr__(self, "wrt", tuple(wanted))

    def require_sources(self, graph: Graph) -> None:
        """A ValueError where a Value is wanted that the root was not computed from."""
        for node in self.wrt:
            if node not in graph.data:
                raise ValueError(
                    f"{graph.root!r} was not computed from {node!r}: "
                    "there is no gradient between them"
                )

    def forward(self, steps: Sequence[Step], label: Labels, found: list[Adjoint]) -> list[Step]:
        """The forward lines: the root's own, and those that the gradients are computed with."""
        if self.wrt:
            graph = label.graph
            needed = {*_mentioned(graph, found), graph.root}
            steps = [x for x in steps if x.node in needed or x.node not in graph.data]
        return [self.limited(step) for step in steps]

    def gradients(self, steps: Sequence[Step], label: Labels) -> list[Step]:
        """The lines of the gradients, in their order."""
        if self.without:
            left_out = self._left_out(label)
            steps = [step for step in steps if step.node not in left_out]
        if self.order == "layer":
            steps = _by_layer(steps, label)
        return [self.limited(step) for step in steps]

    def _left_out(self, label: Labels) -> set[Value]:
        """The nodes whose gradients are left out; not those that are asked for."""
        order, found = label.graph.order, set[Value]()
        if "root" in self.without:
            found.add(label.graph.root)
        if "inputs" in self.without:
            found.update(_inputs(label))
        if "targets" in self.without:
            found.update(node for node in order if label.is_target(node))
        return found.difference(self.wrt)

    def limited(self, step: Step) -> Step:
        """The step with the members that are printed.

        >>> from autograd import derive
        >>> line = derive(Value(2, "w") * 3).forward[0]
        >>> print(LineChoice(members="formula").limited(line))
        L = w*3
        """
        if self.members == "both":
            return step
        again = step.again.then(self.limited)
        step = step.changed(self._limited)
        if self.members == "substituted":
            return replace(step, formula="", marked_formula="", again=again)
        rounded = step.rounded[0 if step.formula else 2]
        return replace(
            step,
            formula=step.formula or step.result,  # dL/dL = 1
            marked_formula=step.marked_formula or step.result,
            substituted="",
            result="",
            rounded=(rounded, False, False),
            again=again,
            remark="",  # which is about the numbers
        )

    def _limited(self, members: Sequence[Member]) -> tuple[Member, ...]:
        name, formula, substituted, result = members
        none = Member("")
        if self.members == "substituted":
            return name, none, substituted, result
        return name, formula if formula.text else result, none, none


def _mentioned(graph: Graph, found: Iterable[Adjoint]) -> list[Value]:
    """The nodes that gradients are computed with, and all that these were computed from."""
    recorded = [x for _, x, _ in found if x.__class__ is Value]
    made = topological_order(*recorded, stop=graph.order)
    operands = (x for node in made for x in node.operands if x.__class__ is Value)
    mentioned = dict.fromkeys(x for x in (*recorded, *operands) if x in graph.data)
    return topological_order(*mentioned)


def _inputs(label: Labels) -> Iterator[Value]:
    """The given nodes that are called inputs, or that a weight multiplies in a weighted sum."""
    for node in label.graph.order:
        if node.operation is None:
            meaning = label.meaning(node)
            if meaning and meaning.role is Role.ACTIVATION and meaning.layer == 0:
                yield node
        elif node.operation is dot:
            weights, inputs, _ = dot.parts(node.operands)
            for weight, x in zip(weights, inputs, strict=True):
                if _is_given(x) and not label.meaning(x) and _is_weight(weight, label):
                    yield x


def _is_given(x: Any) -> bool:
    return x.__class__ is Value and x.operation is None


def _is_weight(x: Any, label: Labels) -> bool:
    meaning = label.meaning(x) if x.__class__ is Value else None
    return meaning is not None and meaning.role is Role.WEIGHT


def _by_layer(steps: Sequence[Step], label: Labels) -> list[Step]:
    """The last layer first; what is of none stands before what it leads to, given numbers last."""
    placed: list[tuple[tuple[float, int], Step]] = []
    waiting: list[Step] = []
    for step in steps:
        quantity = label.meaning(step.node)
        if quantity is not None and quantity.layer > 0:
            before = -quantity.layer, -1
            placed += [(before, each) for each in waiting]
            placed.append(((-quantity.layer, _place(quantity)), step))
            waiting = []
        elif step.node.operation is None:
            placed.append(((inf, 0), step))
        else:
            waiting.append(step)
    if all(place == inf for (place, _), _ in placed):
        raise ValueError(
            "order='layer' needs the names of a network's layers, as w_01^2 or those of an nn.MLP: "
            "no gradient here is of one"
        )
    placed += [((inf, -1), each) for each in waiting]
    return [step for _, step in sorted(placed, key=lambda each: each[0])]


def _place(quantity: Quantity) -> int:
    return WITHIN_LAYER.index(quantity.role)


def _check_one_of(name: str, given: Any, *options: str) -> None:
    if not isinstance(given, str) or given not in options:
        *first, last = map(repr, options)
        raise ValueError(f"{name} is {', '.join(first)} or {last}, not {_told(given)}")


def _listed(name: str, given: Any, what: str) -> list[Any]:
    if isinstance(given, (str, bytes)) or not hasattr(given, "__iter__"):
        is_name = name == "wrt" and isinstance(given, str)
        remedy = f": find it, find(root, {_told(given)})" if is_name else ""
        raise TypeError(f"{name} is one or a list of {what}, not {_told(given)}{remedy}")
    return list(given)


def _told(given: object) -> str:
    return printable(repr(given)) if isinstance(given, (str, bool)) else type(given).__name__
