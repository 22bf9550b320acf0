"""A training as plain Python that runs: its forward passes, gradients and updates in stages.

What a later stage computes anew has the same variable, as on paper: the updated w is w. Where the
earlier number is still needed it gets another.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from autograd.notes.code import (
    RESERVED,
    Functions,
    Lines,
    Staged,
    headed,
    require_plain,
    variables_of,
)
from autograd.notes.identifiers import Identifiers, identifier
from autograd.notes.labels import Labels
from autograd.reading import Adjoint, Value, topological_order


class Stage(NamedTuple):
    """What is computed in one stage, and what its nodes are called; a comment says what it is.

    Of `adjoints` the gradients are computed, of other stages the `results`.
    """

    title: str
    label: Labels
    results: Sequence[Value] = ()
    adjoints: Sequence[Adjoint] = ()


def staged_program(given: Iterable[Value], stages: Sequence[Stage]) -> str:
    """Python that computes the results of the stages in their order, from what is given.

    >>> from autograd.notes.labels import every_node
    >>> w = Value(2.0, "w")
    >>> loss, new = w * w, w - 0.5
    >>> new.name = "w"
    >>> labels = every_node(loss), every_node(new)
    >>> stages = [Stage("forward", labels[0], [loss]), Stage("update", labels[1], [new])]
    >>> print(staged_program([w], stages), end="")
    w = 2.0
    <BLANKLINE>
    # forward
    L = w*w
    <BLANKLINE>
    # update
    w = w - 0.5
    """
    order = _Order(given, stages)
    functions = Functions()
    for node in order.nodes:
        if node.operation is not None:
            functions.add(node, order.operands[node])
    named = functions.named()
    names = _Variables(order, named)
    for stage, staged in zip(stages, order.staged, strict=True):
        names.name(stage, staged)
    counts = dict.fromkeys(count for stage in stages for count in stage.label.mean_counts)
    lines = Lines(order.operands, functions, names.found, named, counts=[*counts])
    parts = [("", lines.of(order.given))]
    parts += [(stage.title, lines.of(order.results(place))) for place, stage in enumerate(stages)]
    texts = ["\n".join([*([f"# {title}"] if title else []), *text]) for title, text in parts]
    return headed("\n\n".join(texts) + "\n", functions)


class _Order:
    """All nodes in the order of their computation, and up to which line each is needed."""

    def __init__(self, given: Iterable[Value], stages: Sequence[Stage]) -> None:
        self.given, self.stages, self.staged = list(given), stages, list[Staged]()
        self.nodes = topological_order(*self.given)
        self.operands: dict[Value, Sequence[Any]] = {x: x.operands for x in self.nodes}
        for stage in stages:
            require_plain(stage.label.graph)
            losses = stage.label.sample_losses
            staged = Staged(stage.label.graph, stage.adjoints, (), self.operands, losses)
            self.staged.append(staged)
            of_stage = topological_order(*self.results(len(self.staged) - 1), stop=self.operands)
            self.nodes += of_stage
            self.operands |= {node: staged.operands[node] for node in of_stage}
            staged.staged.intersection_update(self.operands)  # no more than its results need
        self.position = {node: place for place, node in enumerate(self.nodes)}
        has_line = set(self.given).union(*(staged.staged for staged in self.staged))
        self.last_use = self._last_uses(has_line)

    def results(self, place: int) -> list[Value]:
        """The nodes that a stage is for."""
        stage, staged = self.stages[place], self.staged[place]
        gradients = (staged.gradient[adjoint.node] for adjoint in stage.adjoints)
        return [*stage.results, *(each for each in gradients if each in staged.staged)]

    def _last_uses(self, has_line: set[Value]) -> dict[Value, int]:
        """The place of the last line in which each node is needed."""
        last, line = dict[Value, int](), dict[Value, int]()
        for node in reversed(self.nodes):
            line[node] = self.position[node] if node in has_line else last.get(node, 0)
            for x in self.operands[node]:
                if x.__class__ is Value:
                    last[x] = max(last.get(x, 0), line[node])
        return last


class _Variables:
    """The variable of each node with a line, stage by stage."""

    def __init__(self, order: _Order, taken: Iterable[str]) -> None:
        self.order, self.found = order, dict[Value, str]()
        self._names = Identifiers({*taken, *RESERVED})
        self._holders: dict[tuple[str, int], Value] = {}  # the last node of each variable
        self._claimed: dict[str, int] = {}

    def name(self, stage: Stage, staged: Staged) -> None:
        """Name what has a line in a stage."""
        self._claimed = {}
        self.found |= variables_of(staged, stage.label, self._claim, self.found)

    def _claim(self, node: Value, name: str) -> str:
        plain = identifier(name)
        count = self._claimed[plain] = self._claimed.get(plain, 0) + 1
        holder = self._holders.get((plain, count))
        self._holders[plain, count] = node
        if holder is not None and self._is_over(holder, node):
            return self.found[holder]
        return self._names.claim(name)

    def _is_over(self, holder: Value, node: Value) -> bool:
        """Whether a number is not needed any more after the line of another."""
        order = self.order
        return holder in self.found and order.last_use.get(holder, 0) <= order.position[node]
