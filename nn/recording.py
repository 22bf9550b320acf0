"""A training recorded as one graph: forward pass, cost, gradients, update, and on from there.

The updated parameters are results in the graph, computed from the gradients, which are recorded
too; the next forward pass goes on through them. The model and the optimizer stay as they are.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any, NamedTuple

from autograd.derivatives import Adjoint
from autograd.graph_part import Part
from autograd.notes.labels import Labels, folded
from autograd.notes.line_choice import LineChoice
from autograd.notes.line_numbers import LineNumbers, RoundedLines
from autograd.notes.notation import Name, Notation
from autograd.notes.number_style import NumberStyle
from autograd.notes.on_demand import OnDemand
from autograd.notes.patterns import ASSIGNMENTS
from autograd.notes.stages import Stage
from autograd.notes.steps import (
    Member,
    Step,
    forward_steps,
    gradient_graph,
    gradient_steps,
    line_numbers,
)
from autograd.number_types import constant, number_of
from autograd.operations import mean, total
from autograd.value import Value
from autograd.writing import printable
from nn.declared_type import as_number
from nn.fit_arguments import Sample
from nn.gradient_layers import Layers, by_layer
from nn.losses import Loss, cross_entropy, cross_entropy_with_logits
from nn.optimizer import Optimizer
from nn.training_names import TrainingNames
from nn.training_run import loss_of_one
from nn.update_rules import Lines, Rule


class RuleColumns(NamedTuple):
    """What an update rule computed: `lines` by their letters, a node for each parameter, from the
    parameters, their gradients and what was remembered `before`; `assigned` are the letters of what
    is updated.
    """

    parameters: Sequence[Value]
    gradients: Sequence[Any]
    before: Mapping[str, Sequence[Any]]
    lines: Mapping[str, Sequence[Any]]
    assigned: frozenset[str]

    def of(self, column: Sequence[Any]) -> dict[Value, Any]:
        """A column by its parameters."""
        return dict(zip(self.parameters, column, strict=True))


@dataclass(frozen=True, slots=True)
class Epoch:
    """The lines of one pass over the samples: forward, cost, gradients, and the update if one was
    made. `root` is the cost's node, `layers` has the gradients' lines by the layer's number in the
    notation, the last first; 0 is for a model without layers. `label` and `numbers` are what the
    lines are written with, `updated` has the node that each parameter is updated to, `adjoints` are
    the recorded gradients, and `rule` what the update rule computed from them.
    """

    root: Value
    forward: tuple[Step, ...]
    cost: Step
    gradients: tuple[Step, ...] = ()
    layers: Layers = ()
    updates: tuple[Step, ...] = ()
    label: Labels | None = None
    numbers: LineNumbers | None = None
    updated: Mapping[Value, Value] = field(default_factory=dict)
    adjoints: Sequence[Adjoint] = ()
    rule: RuleColumns | None = None

    @property
    def steps(self) -> tuple[Step, ...]:
        """All lines in their order."""
        return (*self.forward, self.cost, *self.gradients, *self.updates)

    def changed(self, change: Callable[[Step], Step]) -> Epoch:
        """The same with every line changed."""
        return replace(
            self,
            forward=tuple(map(change, self.forward)),
            cost=change(self.cost),
            gradients=tuple(map(change, self.gradients)),
            layers=tuple((layer, tuple(map(change, steps))) for layer, steps in self.layers),
            updates=tuple(map(change, self.updates)),
        )

    def __str__(self) -> str:
        return "\n".join(map(str, self.steps))

    __repr__ = __str__


@dataclass
class Recorder:
    """What a training is recorded with; `model`, `parameters`, `replaced`, `before`, `made`,
    `updates`, `names_of`, `numbers` and what is `wanted` go on with each update.
    """

    model: Any
    samples: Sequence[Sample]
    loss: Loss
    optimizer: Optimizer
    names: TrainingNames
    notation: Notation
    style: NumberStyle
    wrt: Sequence[Value] = ()  # which parameters and inputs the lines are for; () for all
    unicode: bool = False

    def __post_init__(self) -> None:
        self.numbers = LineNumbers(self.style)
        self.label: Labels | None = None
        self.names_of: dict[Value, str] = {}  # what is not called as its node is
        self.wanted = list(self.wrt)
        self.samples = [self._leaves(*sample) for sample in self.samples]
        self.parameters = list(self.optimizer.parameters)
        self.replaced: list[Value] = []
        self.first: dict[Value, Value] = {}  # which parameter each was before all updates
        self.updates = 0
        self.columns: RuleColumns | None = None  # of the last of these
        self.stages: list[Stage] = []  # of the program that computes the same
        self.gradients: list[Mapping[Value, Any]] = []  # of each pass, as recorded
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
                Value(number, self.names.quantity(letter, self._text(parameter)))
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

    def _text(self, node: Value) -> str:
        """What a given node is called in the notation that is shown."""
        name = self.names_of.get(node, node.name)
        if isinstance(name, Name) and name.notation is not self.notation:
            return self.notation.named(name.quantity)
        return name

    # --- the samples ------------------------------------------------------------------------------

    def _leaves(self, inputs: Any, target: Any) -> Sample:
        """A sample's numbers as named leaves, which every forward pass shares."""
        kind = getattr(self.model, "numbers", None)
        names = getattr(self.model, "input_names", None)
        if names is None:
            names = [self.notation.activation(0, index) for index in range(len(inputs))]
        elif len(names) != len(inputs):
            names = [""] * len(inputs)  # the model will say how many it expects
        leaves = [self._leaf(x, name, kind) for x, name in zip(inputs, names, strict=True)]
        if self.loss in (cross_entropy, cross_entropy_with_logits):
            target = self._of_classes(target)
        if self._is_index(target):
            return leaves, target
        if not isinstance(target, list):
            return leaves, self._leaf(target, self.names.target)
        return leaves, [self._leaf(x, self._target(i)) for i, x in enumerate(target)]

    def _leaf(self, x: Any, name: str, numbers: type | None = None) -> Any:
        """A number as a named leaf; a Value as it is, called so where it has no name."""
        if x.__class__ is not Value:
            return Value(x if numbers is None else as_number(x, numbers), name)
        if not x.name and x.operation is None:
            self.names_of[x] = name
        return x

    def _target(self, index: int) -> str:
        """What one of several targets is called."""
        letter, notation = self.names.target, self.notation
        first = next(iter(getattr(self.model, "input_names", ())), "")
        sizes = first.quantity.sizes if isinstance(first, Name) else ()
        if letter == TrainingNames.of(notation).target:
            return notation.target(index, sizes)
        return f"{letter}_{index + notation.first_index}"

    def _is_index(self, target: Any) -> bool:
        """Whether a target is the index of a class, which is no quantity of its own."""
        if self.loss in (cross_entropy, cross_entropy_with_logits):
            return not isinstance(target, list) or bool(self.style.rounding)
        return target.__class__ is int and self._classes() > 1

    def _of_classes(self, target: Any) -> Any:
        """The target of each class of an index, 1 of its own; what is none as it is.

        Where each step is rounded too: a share of 0 then has no logarithm, nor needs it.
        """
        classes = self._classes()
        if self.style.rounding or target.__class__ is not int or not 0 <= target < classes:
            return target
        return [int(index == target) for index in range(classes)]

    def _classes(self) -> int:
        """How many outputs the network has, as far as its layers are known."""
        layers = getattr(self.model, "layers", [])
        return len(layers[-1].neurons) if layers else 0

    # --- one epoch --------------------------------------------------------------------------------

    def epoch(self, *, update: bool) -> Epoch:
        """Forward pass and cost; gradients and an update where one is to be made."""
        cost = self._cost()
        part = self._part(cost)
        choice = LineChoice(wrt=self.wanted or None)  # the lines are whole
        choice.require_sources(part)
        label = folded(part, self.notation, self.wanted, self.unicode, self.names_of)
        self.label = self.label or label  # that of the first pass
        self._require_shared_parameters(label)
        self._compute(part, label)
        title = "forward with the updated parameters" if self.updates else "forward"
        self.stages.append(Stage(title, label, [cost]))
        found = gradient_graph(part, label) if update or self.wanted else []
        shown = {*(part.depending(*self.wanted) if self.wanted else part.order)}
        mentioned = [adjoint for adjoint in found if adjoint.node in shown]
        *forward, last = choice.forward(self._forward(part, label), label, mentioned)
        self.gradients.append({adjoint.node: adjoint.gradient for adjoint in found})
        if not update:
            epoch = Epoch(cost, tuple(forward), last, label=label, numbers=self.numbers)
            return replace(epoch, adjoints=found)
        gradients = gradient_steps(part, label, numbers=self.numbers, found=found)
        gradients = [x for x in gradients if x.node in shown or x.node not in part.data]
        first = self.notation.first_layer
        layers = by_layer(gradients, cost, self.model, len(self.samples), first, self.wanted)
        needed = {*part.depending(*self.parameters)}
        adjoints = [adjoint for adjoint in found if adjoint.node in needed]
        self.stages.append(Stage("backward", label, [], adjoints))
        of = self.gradients[-1]
        before = self.parameters
        updates = self._update([of.get(w, constant(0, w.data)) for w in before])
        updated = dict(zip(before, self.parameters, strict=True))
        lines = tuple(forward), last, tuple(gradients), layers, updates
        return Epoch(cost, *lines, label, self.numbers, updated, found, self.columns)

    def _forward(self, part: Part, label: Labels) -> list[Step]:
        steps = forward_steps(part, label, numbers=self.numbers)
        given = {*self.parameters}
        return [step for step in steps if step.node not in given]

    def _compute(self, part: Part, label: Labels) -> None:
        """The numbers of a part as the lines show them, from those of the parts before."""
        if self.style.rounding and not isinstance(self.numbers, RoundedLines):
            self.numbers = line_numbers(label, self.style)
        else:
            self.numbers.write_as(label.cross_entropies.expressions)
            self.numbers.go_on(part, label, label.mean_counts)

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
        several = self.names.cost_of_samples if len(each) > 1 else ""
        cost.name = cost.name or several or self.names.cost
        return cost

    def _require_shared_parameters(self, label: Labels) -> None:
        """A ValueError for a parameter whose gradient is called that of one sample's loss."""
        for parameter in self.parameters:
            if label.sample_losses and parameter in label.sample_losses.samples:
                raise ValueError(
                    f"{printable(parameter.name)} belongs to one sample, of whose own loss its "
                    "gradient would be in this notation: give another, as notation='notes'"
                )

    # --- the update -------------------------------------------------------------------------------

    def _update(self, gradients: list[Any]) -> tuple[Step, ...]:
        """Every parameter's update recorded and named; the model goes on with its results."""
        rule, before = self._rule(), self.parameters
        lines = rule.lines(before, gradients, [self.before[letter] for letter in rule.letters])
        self._require_no_lost_step(gradients)
        for letter, column in lines.items():
            for parameter, node in zip(before, column, strict=True):
                if node.__class__ is Value and not node.name and column is not gradients:
                    self._name(node, letter, parameter)
        assigned = frozenset({"w", *rule.letters})
        self.columns = RuleColumns(before, gradients, self.before, lines, assigned)
        steps = self._update_steps(lines, gradients, assigned)
        if self.style.rounding and rule.square:
            self._require_no_lost_square(lines["g"], lines[rule.square])
        self._go_on(lines["w"])
        self.before, self.made = {letter: lines[letter] for letter in rule.letters}, self.made + 1
        return steps

    def _require_no_lost_step(self, gradients: list[Any]) -> None:
        """A ValueError where a step of 0/0, left out, would be none with each step rounded."""
        epsilon = self.hyperparameters.get("epsilon")
        if not self.style.rounding or epsilon is None or epsilon.data != 0:
            return
        for parameter, gradient in zip(self.parameters, gradients, strict=True):
            rounded = self.numbers.of(gradient)
            if number_of(gradient) == 0 != rounded:
                raise ValueError(
                    f"the gradient in {printable(parameter.name)} is 0, with each step rounded "
                    f"{rounded}: an epsilon of 0 would divide by 0, give the optimizer a small one"
                )

    def _require_no_lost_square(self, gradients: list[Any], squares: list[Any]) -> None:
        """A ValueError where what a step is divided by the root of is rounded to 0, though the
        gradient is not: divided by epsilon alone the step would be of any length.
        """
        for gradient, square in zip(gradients, squares, strict=True):
            if self.numbers.of(square) == 0 != self.numbers.of(gradient):
                shown = self.numbers.result(gradient).text
                raise ValueError(
                    f"{printable(square.name)} is 0 with each step rounded, and the gradient "
                    f"{shown}: the step would be divided by epsilon alone. "
                    f"Give {self.style.more}"
                )

    def _name(self, node: Value, letter: str, parameter: Value) -> None:
        """Name what an update computes for a parameter."""
        now = self._text(parameter)
        if letter != "w":
            node.name = self.names.quantity(letter, now)
            return
        node.name = parameter.name
        self.first[node] = self.first.get(parameter, parameter)
        text = self.names.after_update(self._text(self.first[node]), now, self.updates + 1)
        if isinstance(now, Name):
            text = Name(text, now.quantity, self.notation)
        if text != now:
            self.names_of[node] = text

    def _update_steps(
        self, lines: Lines, gradients: list[Any], assigned: Collection[str]
    ) -> tuple[Step, ...]:
        """The lines parameter by parameter, in the order of the rule; of those that are wanted."""
        states = chain.from_iterable(self.before.values())
        given = (*self.hyperparameters.values(), *self.parameters, *states, *gradients)
        ends = set(_values(given))
        part = Part(total(lines["w"]), ends)
        label = Labels(part, self.notation, unicode=self.unicode, own=self.names_of)
        self._compute(part, label)
        made = {step.node: step for step in self._forward(part, label) if step.node not in ends}
        in_order = _values(chain.from_iterable(zip(*lines.values(), strict=True)))
        self.stages.append(Stage("update", label, [node for node in in_order if node in made]))
        found = []
        for parameter, *row in zip(self.parameters, *lines.values(), strict=True):
            if self.wanted and parameter not in self.wanted:
                continue
            for letter, node in zip(lines, row, strict=True):
                if node.__class__ is Value and node in made:
                    sign = self.names.assignment if letter in assigned else "="
                    found.append(_of_update(made[node], sign))
        return tuple(found)

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
        self.wanted = [new.get(w, w) for w in self.wanted]
        self.updates += 1
        self.replaced += self.parameters
        self.model, self.parameters = model, updated


def _of_update(step: Step, sign: str) -> Step:
    """The line of an update, with a sign after its name."""

    in_latex = OnDemand(lambda: _with_sign(step.in_latex, ASSIGNMENTS[sign]))
    in_html = OnDemand(lambda: _with_sign(step.in_html, sign))
    again = step.again.then(lambda line: _of_update(line, sign))
    return replace(
        step, of_update=True, relation=sign, in_latex=in_latex, in_html=in_html, again=again
    )


def _with_sign(members: Sequence[Member], sign: str) -> Iterator[Member]:
    name, *others = members
    return iter((name._replace(then=sign), *others))


def _listed(x: Any) -> list[Any]:
    return x if isinstance(x, list) else [x]


def _values(operands: Iterable[Any]) -> list[Value]:
    """Those that are no plain numbers."""
    return [x for x in operands if x.__class__ is Value]
