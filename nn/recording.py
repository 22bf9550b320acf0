"""A training recorded as one graph: forward pass, cost, gradients, update, and on from there.

The updated parameters are results in the graph, computed from the gradients, which are recorded
too; the next forward pass goes on through them. The model and the optimizer stay as they are.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from autograd.graph import topological_order
from autograd.notes.labels import Labels, folded
from autograd.notes.line_numbers import LineNumbers
from autograd.notes.notation import Notation
from autograd.notes.number_style import NumberStyle
from autograd.notes.steps import Step, forward_steps, gradient_graph, gradient_steps
from autograd.number_types import constant
from autograd.operations import mean, total
from autograd.value import Value
from nn.declared_type import as_number
from nn.fit_arguments import Sample
from nn.graph_part import Part
from nn.losses import Loss, cross_entropy, cross_entropy_with_logits
from nn.optimizer import Optimizer
from nn.training import loss_of_one
from nn.training_names import TrainingNames
from nn.update_rules import Lines, Rule

Layers = tuple[tuple[int, tuple[Step, ...]], ...]


@dataclass(frozen=True, slots=True)
class Epoch:
    """The lines of one pass over the samples: forward, cost, gradients, and the update if one was
    made. `root` is the cost's node, `layers` has the gradients' lines by the layer's number in the
    notation, the last first; 0 is for a model without layers.
    """

    root: Value
    forward: tuple[Step, ...]
    cost: Step
    gradients: tuple[Step, ...] = ()
    layers: Layers = ()
    updates: tuple[Step, ...] = ()

    @property
    def steps(self) -> tuple[Step, ...]:
        """All lines in their order."""
        return (*self.forward, self.cost, *self.gradients, *self.updates)

    def __str__(self) -> str:
        return "\n".join(map(str, self.steps))

    __repr__ = __str__


@dataclass
class Recorder:
    """What a training is recorded with; `model`, `parameters`, `replaced`, `before` and `made` go
    on with each update.
    """

    model: Any
    samples: Sequence[Sample]
    loss: Loss
    optimizer: Optimizer
    names: TrainingNames
    notation: Notation
    style: NumberStyle
    unicode: bool = False

    def __post_init__(self) -> None:
        self.numbers = LineNumbers(self.style)
        self.label: Labels | None = None
        self.samples = [self._leaves(*sample) for sample in self.samples]
        self.parameters = list(self.optimizer.parameters)
        self.replaced: list[Value] = []
        given = self.optimizer.hyperparameters().items()
        self.hyperparameters = {
            name: Value(number, self.names.hyperparameter(name)) for name, number in given
        }
        self.made = self.optimizer.steps_made()
        self.before = self._remembered()

    def _rule(self) -> Rule:
        """The rule of the next step, which is added where the gradients shown are of -loss."""
        rule = self.optimizer.rule(self.hyperparameters, self.made + 1)
        return replace(rule, ascends=self.notation.error_sign < 0)

    def _remembered(self) -> dict[str, list[Any]]:
        """What the optimizer remembers of its steps, named leaves; zeros before its first."""
        letters, columns = self._rule().letters, self.optimizer.remembered()
        if not columns:
            return {letter: [0] * len(self.parameters) for letter in letters}
        return {
            letter: [
                Value(number, self.names.quantity(letter, parameter.name))
                for number, parameter in zip(column, self.parameters, strict=True)
            ]
            for letter, column in zip(letters, columns, strict=False)  # none where not in use
        }

    @property
    def given(self) -> list[Value]:
        """The leaves that the recording starts from: hyperparameters, parameters, samples."""
        states = chain.from_iterable(self.before.values())
        samples = chain.from_iterable([*xs, *_listed(target)] for xs, target in self.samples)
        return _values([*self.hyperparameters.values(), *self.parameters, *states, *samples])

    # --- the samples ------------------------------------------------------------------------------

    def _leaves(self, inputs: Any, target: Any) -> Sample:
        """A sample's numbers as named leaves, which every forward pass shares."""
        kind, first = getattr(self.model, "numbers", None), self.notation.first_index
        names = getattr(self.model, "input_names", None)
        if names is None:
            names = [self.notation.activation(0, index) for index in range(len(inputs))]
        elif len(names) != len(inputs):
            names = [""] * len(inputs)  # the model will say how many it expects
        leaves = [_leaf(x, name, kind) for x, name in zip(inputs, names, strict=True)]
        letter = self.names.target
        if self._is_of_classes(target):
            return leaves, target
        if not isinstance(target, list):
            return leaves, _leaf(target, letter)
        return leaves, [_leaf(x, f"{letter}_{i}") for i, x in enumerate(target, start=first)]

    def _is_of_classes(self, target: Any) -> bool:
        """Whether a target is the index of a class, or classes' shares: those are no quantities."""
        if self.loss in (cross_entropy, cross_entropy_with_logits):
            return True
        layers = getattr(self.model, "layers", [])
        return not isinstance(target, list) and bool(layers) and len(layers[-1].neurons) > 1

    # --- one epoch --------------------------------------------------------------------------------

    def epoch(self, *, update: bool) -> Epoch:
        """Forward pass and cost; gradients and an update where one is to be made."""
        cost = self._cost()
        part = self._part(cost)
        label = folded(part, self.notation, unicode=self.unicode)
        self.label = self.label or label  # that of the first pass
        updated = {*self.parameters}
        *forward, last = (s for s in self._forward(part, label) if s.node not in updated)
        if not update:
            return Epoch(cost, tuple(forward), last)
        gradients = tuple(gradient_steps(part, label, numbers=self.numbers))
        layers = self._by_layer(gradients, cost)
        of = {adjoint.node: adjoint.gradient for adjoint in gradient_graph(part, label)}
        updates = self._update([of.get(w, constant(0, w.data)) for w in self.parameters])
        return Epoch(cost, tuple(forward), last, gradients, layers, updates)

    def _forward(self, part: Part, label: Labels) -> list[Step]:
        return forward_steps(part, label, numbers=self.numbers)

    def _part(self, cost: Value) -> Part:
        """The graph of a cost from the parameters as they are now; a ValueError if it goes past
        them.
        """
        part = Part(cost, self.parameters)
        for parameter in self.replaced:
            if parameter in part.data:
                raise ValueError(
                    f"the second loss was computed from {parameter!r} as before its update: "
                    "compute the loss from prediction and target alone"
                )
        return part

    def _cost(self) -> Value:
        """The mean loss over the samples, in their order."""
        each = [
            loss_of_one(self.loss, self.model(inputs), target) for inputs, target in self.samples
        ]
        cost: Value = each[0] if len(each) == 1 else mean(each)
        if cost.__class__ is not Value or cost.operation is None:
            raise TypeError(
                f"the loss is {cost!r}, which was not computed from the model's parameters"
            )
        cost.name = cost.name or self.names.cost
        return cost

    def _by_layer(self, gradients: Sequence[Step], cost: Value) -> Layers:
        """The lines of the gradients in each layer, the last first, sample by sample.

        A line of what is of no layer stands before what it leads to; 0 is for a model without
        layers. Those of the cost, of inputs and of targets are left out.
        """
        places = self._places()
        found: dict[int, list[Step]] = {}
        waiting: list[Step] = []
        for step in gradients:
            layer = places.get(step.node, places.get(step.node.name))
            if layer is not None:
                found.setdefault(layer, []).extend([*waiting, step])
                waiting = []
            elif step.node.operation is not None and step.node is not cost:
                waiting.append(step)
        if waiting:
            found.setdefault(0, []).extend(waiting)
        sample = self._samples_of_nodes(cost)
        last = len(self.samples)
        for steps in found.values():
            steps.sort(key=lambda step: sample.get(step.node, last))
        first = self.notation.first_layer
        return tuple(
            (layer and layer + first, tuple(found[layer])) for layer in sorted(found, reverse=True)
        )

    def _places(self) -> dict[Any, int]:
        """The layer of each parameter, and of each name that a neuron gives."""
        places: dict[Any, int] = {}
        for layer in reversed(getattr(self.model, "layers", [])):
            names = [(n.preactivation_name, n.activation_name) for n in layer.neurons]
            places |= dict.fromkeys(chain(layer.parameters(), *names), layer.number)
        return dict.fromkeys(self.model.parameters(), 0) | places

    def _samples_of_nodes(self, cost: Value) -> dict[Value, int]:
        """Which sample each node was computed from, if one of several alone."""
        sample: dict[Value, int] = {}
        if len(self.samples) > 1:
            for number, each in enumerate(cost.operands):
                own = topological_order(*_values([each]), stop=[*sample, *self.parameters])
                sample |= dict.fromkeys(own, number)
        return sample

    def _update(self, gradients: list[Any]) -> tuple[Step, ...]:
        """Every parameter's update recorded and named; the model goes on with its results."""
        rule, before = self._rule(), self.parameters
        lines = rule.lines(before, gradients, [self.before[letter] for letter in rule.letters])
        for letter, column in lines.items():
            for parameter, node in zip(before, column, strict=True):
                if node.__class__ is Value and not node.name and column is not gradients:
                    node.name = (
                        parameter.name
                        if letter == "w"
                        else self.names.quantity(letter, parameter.name)
                    )
        steps = self._update_steps(lines, gradients)
        self._go_on(lines["w"])
        self.before, self.made = {letter: lines[letter] for letter in rule.letters}, self.made + 1
        return steps

    def _update_steps(self, lines: Lines, gradients: list[Any]) -> tuple[Step, ...]:
        """The lines parameter by parameter, in the order of the rule."""
        states = chain.from_iterable(self.before.values())
        given = (*self.hyperparameters.values(), *self.parameters, *states, *gradients)
        ends = set(_values(given))
        part = Part(total(lines["w"]), ends)
        steps = self._forward(part, Labels(part, self.notation, unicode=self.unicode))
        made = {step.node: step for step in steps if step.node not in ends}
        in_order = _values(chain.from_iterable(zip(*lines.values(), strict=True)))
        return tuple(replace(made[node], of_update=True) for node in in_order if node in made)

    def _go_on(self, updated: list[Value]) -> None:
        """The model with the updated parameters in place of its own."""
        new = dict(zip(self.parameters, updated, strict=True))
        old = self.model.parameters()
        model = copy.deepcopy(self.model, {id(w): new.get(w, w) for w in old})
        if model.parameters() != [new.get(w, w) for w in old]:
            raise TypeError(
                f"a copy of this {type(self.model).__name__} does not compute with its own "
                "parameters: keep them in attributes, as nn.Module does"
            )
        self.replaced += self.parameters
        self.model, self.parameters = model, updated


def _leaf(x: Any, name: str, numbers: type | None = None) -> Any:
    """A number as a named leaf; a Value as it is."""
    if x.__class__ is Value:
        return x
    return Value(x if numbers is None else as_number(x, numbers), name)


def _listed(x: Any) -> list[Any]:
    return x if isinstance(x, list) else [x]


def _values(operands: Iterable[Any]) -> list[Value]:
    """Those that are no plain numbers."""
    return [x for x in operands if x.__class__ is Value]
