"""The passes of a training that `nn.worked` recorded, each as a graph of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from autograd.notes.labels import Labels, every_node
from autograd.notes.line_numbers import LineNumbers
from autograd.notes.notation import NOTES, Notation
from autograd.notes.number_style import NumberStyle
from autograd.notes.numbers import exact_value
from autograd.notes.sample_losses import sample_losses
from autograd.reading import Graph, Part, Value, adjoints, number_of


@runtime_checkable
class Training(Protocol):
    """What `nn.worked` returns, as far as pictures need it."""

    @property
    def epochs(self) -> Sequence[Any]: ...
    @property
    def given(self) -> Sequence[Value]: ...
    @property
    def label(self) -> Labels | None: ...
    @property
    def own_names(self) -> Mapping[Value, str]: ...
    @property
    def line_numbers(self) -> LineNumbers: ...
    @property
    def gradients(self) -> Sequence[Mapping[Value, Any]]: ...
    @property
    def parameters(self) -> Sequence[Value]: ...
    @property
    def style(self) -> NumberStyle: ...


@dataclass(frozen=True, slots=True)
class Recorded:
    """One pass: its graph, with the gradients that were recorded, and what the parameters became.

    After the last pass nothing is updated, and it has no gradients. Beside another pass, `updated`
    has the numbers of all that is another node there.
    """

    graph: Graph
    updated: Mapping[Value, Any]


def recorded_passes(training: Training, step: int | tuple[int, int] | None) -> Recorded:
    """A pass, or of two the first beside the second."""
    if not isinstance(step, tuple):
        return recorded_pass(training, step)
    if len(step) != 2 or step[0] == step[1]:
        raise ValueError(f"two passes stand side by side, as step=(1, 2): got {step!r}")
    before, after = (recorded_pass(training, each) for each in step)
    pairs = same_nodes(before.graph, after.graph).items()
    numbers = {old: after.graph.data[new] for old, new in pairs if new is not old}
    return Recorded(before.graph, numbers)


def recorded_pass(training: Training, step: int | None) -> Recorded:
    """The pass before the update of a step, the first unless said; one more is after all updates.

    A ValueError for a step that was not recorded.
    """
    number, passes = 1 if step is None else step, training.epochs
    if number.__class__ is not int or not 1 <= number <= len(passes):
        raise ValueError(
            f"step is one of 1 to {len(passes)}, the passes of this training, the last one after "
            f"all updates: got {number!r}"
        )
    part, numbers = graph_of_pass(training, number), training.line_numbers
    part.data = dict(zip(part.order, numbers.all_of(part.order), strict=True))
    if number == len(passes):
        part.gradients = dict.fromkeys(part.order)
        return Recorded(part, {})
    part.gradients = _gradients(training, part, number)
    after = graph_of_pass(training, number + 1)
    updated = _updated(part, after)
    return Recorded(part, dict(zip(updated, numbers.all_of([*updated.values()]), strict=True)))


def _gradients(training: Training, part: Part, number: int) -> dict[Value, Any]:
    """The gradients of the loss in a pass; with each step rounded, those of the lines."""
    if not training.style.rounding:
        each = adjoints(part.root, part.order)
        return {node: number_of(gradient) for node, gradient, _ in each}
    recorded = training.gradients[number - 1]
    numbers = training.line_numbers.all_of([*recorded.values()])
    notation = training.label.notation if training.label else NOTES
    losses = sample_losses(part) if notation.per_sample_gradients else None
    gradients = dict(zip(recorded, numbers, strict=True))
    if losses:
        for node in gradients.keys() & losses.samples:
            exact = exact_value(gradients[node])  # which m times its m-th part gives again
            gradients[node] = (gradients[node] if exact is None else exact) / losses.count
    is_of_minus = notation.error_sign < 0
    return {node: -gradient if is_of_minus else gradient for node, gradient in gradients.items()}


def style_of(training: Training) -> NumberStyle:
    """How the numbers of a training are shown: rounded lines have theirs, and those that were
    given stand in full.
    """
    return training.style.exact if training.style.rounding else training.style


def graph_of_pass(training: Training, number: int) -> Part:
    """The graph of a pass, which ends at its parameters, whatever updated them."""
    root: Value = training.epochs[number - 1].root
    return Part(root, [*training.given, *training.parameters])


def labels_of(training: Training, graph: Graph, notation: Notation | str | None) -> Labels:
    """What the lines call the nodes of a pass, w1^+ after an update; in another notation, which
    has no such lines, what it calls the quantities.
    """
    of_lines = training.label.notation if training.label else None
    return every_node(graph, of_lines if notation is None else notation, own=training.own_names)


def same_nodes(one: Graph, other: Graph) -> dict[Value, Value]:
    """Each node of a pass with the one that stands for the same in another pass.

    Every pass computes the same, so that both have the same order; a ValueError where it does not.
    """
    if len(one.order) != len(other.order):
        raise ValueError(
            f"the passes of this training compute different things, of {len(one.order)} and "
            f"{len(other.order)} nodes: no picture can set one beside the other"
        )
    return dict(zip(one.order, other.order, strict=True))


def _updated(part: Graph, after: Graph) -> dict[Value, Value]:
    """What each parameter is after the update."""
    pairs = same_nodes(part, after).items()
    return {old: new for old, new in pairs if part.is_given(old) and new is not old}
