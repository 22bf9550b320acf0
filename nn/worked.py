"""A training step worked by hand: every line of forward pass, cost, gradients and update, and of
the forward pass with the updated parameters.

>>> from fractions import Fraction
>>> import nn
>>> model = nn.MLP.from_weights([[[3]]], [[1]], ["linear"], numbers=Fraction)
>>> optimizer = nn.SGD(model.parameters(), Fraction(1, 10))
>>> print(nn.worked(model, [2], 5, loss=nn.half_squared_error, optimizer=optimizer))
Forward pass
   z_0^1 = w_00^1*a_0^0 + b_0^1 = 3*2 + 1 = 7
<BLANKLINE>
Cost
   L = (y - z_0^1)^2/2 = (5 - 7)^2/2 = 2
<BLANKLINE>
Formulas of the gradients
   delta_0^1 = z_0^1 - y
   dL/dw_00^1 = delta_0^1 * a_0^0
   dL/db_0^1 = delta_0^1
<BLANKLINE>
Gradients of layer 1
   delta_0^1 = z_0^1 - y = 7 - 5 = 2
   dL/dw_00^1 = delta_0^1 * a_0^0 = 2 * 2 = 4
   dL/db_0^1 = delta_0^1 = 2
<BLANKLINE>
Update
   w_00^1 = w_00^1 - alpha*dL/dw_00^1 = 3 - 0.1*4 = 2.6
   b_0^1 = b_0^1 - alpha*dL/db_0^1 = 1 - 0.1*2 = 0.8
<BLANKLINE>
Forward pass with the updated parameters
   z_0^1 = w_00^1*a_0^0 + b_0^1 = 2.6*2 + 0.8 = 6
<BLANKLINE>
Cost
   L = (y - z_0^1)^2/2 = (5 - 6)^2/2 = 0.5
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import TYPE_CHECKING, Any, Literal

from autograd.graph import topological_order
from autograd.notes.labels import Labels
from autograd.notes.line_choice import LineChoice
from autograd.notes.line_numbers import LineNumbers
from autograd.notes.notation import NOTES, Notation
from autograd.notes.number_style import NumberStyle, RoundedNumbers, ShownNumbers, number_style
from autograd.notes.pages import Pages
from autograd.notes.pages import Section as Page
from autograd.notes.profiles import notation_of
from autograd.notes.stages import Stage, staged_program
from autograd.notes.steps import Step
from autograd.notes.unit_tables import Lines, UnitTables, unit_tables
from autograd.notes.walk import Walk
from autograd.value import Value
from nn.checks import is_row, listed
from nn.fit_arguments import Sample, check_loss, check_model, check_optimizer, samples_of
from nn.losses import Loss
from nn.optimizer import Optimizer
from nn.recording import Epoch, Recorder
from nn.training_names import TrainingNames
from nn.worked_matrices import WorkedMatrices, matrix_training

if TYPE_CHECKING:
    from typing_extensions import Unpack

Section = tuple[str, tuple[Step | str, ...]]
Wanted = Value | Iterable[Value] | None
Members = Literal["both", "formula", "substituted"]


def worked(
    model: Any,
    inputs: Iterable[Any],
    targets: Any,
    *,
    loss: Loss,
    optimizer: Optimizer,
    steps: int = 1,
    names: TrainingNames | None = None,
    notation: Notation | str | None = None,
    wrt: Wanted = None,
    members: Members = "both",
    unicode: bool = False,
    **shown: Unpack[RoundedNumbers],
) -> Worked:
    """Record `steps` steps of training as one graph, and return their lines, to print or to walk.

    `inputs` and `targets` are one sample's, a row and its target, or many samples', rows and a
    target for each; the cost is then the mean over them, as in `fit`. The optimizer, one of nn, is
    made for the model's parameters; its next steps are recorded, not made, and neither it nor the
    model is changed.

    The lines are in a `notation`, the model's own unless given; `names` says what the learning rate
    and its like are called, and how updates are written, where that is not to. With `wrt` they are
    those that matter for these parameters, and `members` says what is printed of each, both as in
    `derive`; with `unicode` names are written as z₁⁽²⁾. `shown` says how numbers are shown, as
    `decimals=4`, and whether each line is rounded before the next goes on with it,
    `rounding="each step"`: see `NumberStyle`.

    >>> import nn
    >>> model = nn.MLP.from_weights([[[0.5]]], None, ["linear"])
    >>> optimizer = nn.Adam(model.parameters(), 0.1, betas=(0.5, 0.75), epsilon=0)
    >>> done = worked(model, [[1], [2]], [1, 2], loss=nn.mse, optimizer=optimizer)
    >>> for step in done.epochs[0].updates:
    ...     print(f"{step.name} = {step.formula}")
    m(w_00^1) = beta_1*0 + (1 - beta_1)*dL/dw_00^1
    v(w_00^1) = beta_2*0 + (1 - beta_2)*(dL/dw_00^1*dL/dw_00^1)
    m_hat(w_00^1) = m(w_00^1)/(1 - beta_1^1)
    v_hat(w_00^1) = v(w_00^1)/(1 - beta_2^1)
    w_00^1 = w_00^1 - alpha*(m_hat(w_00^1)/(sqrt(v_hat(w_00^1)) + epsilon))
    >>> done.losses[1] < done.losses[0], model.layers[0].neurons[0].weights[0].data
    (True, 0.5)
    """
    style = number_style("worked", shown, OPTIONS, rounding=True)
    choice = LineChoice(wrt=wrt, members=members)
    check_model(model)
    _check_optimizer(optimizer, model)
    check_loss(loss, model)
    if steps.__class__ is not int or steps < 1:
        raise ValueError(f"steps is the number of steps to record, an int of 1 or more: {steps!r}")
    samples = _samples(inputs, targets, model, optimizer.parameters)
    written = getattr(model, "notation", NOTES) if notation is None else notation_of(notation)
    if names is not None and not isinstance(names, TrainingNames):
        kind = type(names).__name__
        raise TypeError(f"names is an nn.TrainingNames, as TrainingNames(cost='J'), not a {kind}")
    names = names or TrainingNames.of(written)
    if written.maximised and names.cost != written.loss_name:
        written = replace(written, loss_name=names.cost)  # what it names is the negative
    recorder = Recorder(model, samples, loss, optimizer, names, written, style, choice.wrt, unicode)
    given = tuple(recorder.given)
    epochs = [recorder.epoch(update=True) for _ in range(steps)]
    epochs.append(recorder.epoch(update=False))
    lines = tuple(step for epoch in epochs for step in epoch.steps)
    limited = tuple(epoch.changed(choice.limited) for epoch in epochs)
    return Worked(
        limited,
        recorder.model,
        given,
        recorder.label,
        style,
        unicode,
        members,
        lines,
        tuple(recorder.stages),
        recorder.names_of,
        recorder.numbers,
        tuple(recorder.gradients),
        (*recorder.replaced, *recorder.parameters),
        names,
        tuple(recorder.hyperparameters.values()),
    )


OPTIONS = ["loss", "optimizer", "steps", "names", "notation", "wrt", "members", "unicode"]


def _samples(inputs: Any, targets: Any, model: Any, parameters: Sequence[Value]) -> list[Sample]:
    """One sample or many as pairs; an error where the numbers are no samples."""
    inputs, targets = listed(inputs), listed(targets)
    if not is_row(inputs):
        kind = type(inputs).__name__
        raise TypeError(f"the inputs are a row of numbers, or a list of rows, not a {kind}")
    if not any(map(is_row, inputs)):
        inputs, targets = [inputs], [targets]
    samples = samples_of(inputs, targets, model)
    for what, each in zip(("inputs", "targets"), zip(*samples, strict=True), strict=True):
        numbers = chain.from_iterable(x if is_row(x) else [x] for x in each)
        nodes = {*topological_order(*(x for x in numbers if x.__class__ is Value))}
        for parameter in filter(nodes.__contains__, parameters):
            raise ValueError(
                f"the {what} have {parameter!r}, a parameter, which the update replaces: "
                "give its number, as w.data"
            )
    return samples


def _check_optimizer(optimizer: Any, model: Any) -> None:
    check_optimizer(optimizer, model)
    if not isinstance(optimizer, Optimizer):
        raise TypeError(
            f"a {type(optimizer).__name__} has no update rule that can be recorded: give one of "
            "nn, as nn.SGD(model.parameters(), learning_rate=0.1)"
        )
    of_model = model.parameters()
    for parameter in optimizer.parameters:
        if parameter not in of_model:
            raise ValueError(
                f"the optimizer updates {parameter!r}, which is no parameter of the model: the "
                "second forward pass would not go through its update"
            )
        if not parameter.name:
            raise ValueError(
                f"{parameter!r}, a parameter, has no name for the line of its update: give it one, "
                "parameter.name = 'w_1'"
            )


@dataclass(frozen=True, slots=True)
class Worked(Pages):
    """Steps of training, line by line; print it, walk through it, or take `.latex()` or `.html()`.

    `epochs` hold the lines of each pass over the samples, the last one without an update; `model`
    is a copy of the network whose parameters are the last updates, results in the graph; `given`
    are the leaves that all was computed from; `label` says what the first pass calls each node,
    `style` how numbers are written, `unicode` how names are; `members` is what `epochs` have of
    each line, `lines` are all of them whole; `stages` are those of the program; `own_names` say
    what nodes of all passes are called where that is not their name, as updated parameters;
    `line_numbers` are the numbers of all lines, and `gradients` the nodes of the gradients that
    each pass recorded, of -loss where the notation's error terms are; `parameters` are those of
    every pass that the optimizer updates; `names` say what the training's quantities are called,
    and `hyperparameters` are the optimizer's.

    >>> import nn
    >>> model = nn.MLP.from_weights([[[3.0]]], None, ["linear"])
    >>> optimizer = nn.SGD(model.parameters(), 0.125)
    >>> done = worked(model, [2], 4, loss=nn.half_squared_error, optimizer=optimizer, steps=2)
    >>> done.losses, done.model.state_dict(), len(done.epochs)
    ((2.0, 0.5, 0.125), {'w_00^1': 2.25}, 3)
    """

    epochs: tuple[Epoch, ...]
    model: Any
    given: tuple[Value, ...]
    label: Labels | None
    style: NumberStyle
    unicode: bool = False
    members: str = "both"
    lines: tuple[Step, ...] = ()
    stages: tuple[Stage, ...] = ()
    own_names: Mapping[Value, str] = field(default_factory=dict, compare=False)
    line_numbers: LineNumbers = field(default_factory=LineNumbers, compare=False)
    gradients: tuple[Mapping[Value, Any], ...] = field(default=(), compare=False)
    parameters: tuple[Value, ...] = ()
    names: TrainingNames = field(default_factory=TrainingNames)
    hyperparameters: tuple[Value, ...] = ()

    @property
    def losses(self) -> tuple[Any, ...]:
        """The cost before each update, and after the last, as computed without rounding lines."""
        return tuple(epoch.root.data for epoch in self.epochs)

    @property
    def roots(self) -> tuple[Value, ...]:
        """The nodes of these costs; the last was computed from all the others' parts."""
        return tuple(epoch.root for epoch in self.epochs)

    @property
    def steps(self) -> tuple[Step, ...]:
        """Every line, in the order of the computation."""
        return tuple(step for epoch in self.epochs for step in epoch.steps)

    def sections(self) -> list[Section]:
        """The titles, each with its lines: Steps, and the formulas of the gradients as text.

        Of several steps each title has the number.

        >>> import nn
        >>> model = nn.MLP.from_weights([[[3.0]]], None, ["linear"])
        >>> optimizer = nn.SGD(model.parameters(), 0.125)
        >>> done = worked(model, [2], 4, loss=nn.half_squared_error, optimizer=optimizer, steps=2)
        >>> [title for title, lines in done.sections()][4:7]
        ['Update, step 1', 'Forward pass with the updated parameters, step 2', 'Cost, step 2']
        """
        found = []
        for number, epoch in enumerate(self.epochs, start=1):
            of_step = f", step {number}" if len(self.epochs) > 2 and epoch.updates else ""
            with_formulas = number == 1 and self.members == "both"
            for title, lines in _sections(epoch, number == 1, with_formulas):
                found.append((title + of_step, lines))
        return found

    def walk(self, **shown: Unpack[ShownNumbers]) -> Walk:
        """A walk over every line, forwards and back, from the first forward pass to the last cost;
        its numbers as those of the training, unless `shown` otherwise, as `decimals=4`.

        >>> import nn
        >>> model = nn.MLP.from_weights([[[3.0]]], None, ["linear"])
        >>> optimizer = nn.SGD(model.parameters(), 0.125)
        >>> done = worked(model, [2], 4, loss=nn.half_squared_error, optimizer=optimizer)
        >>> done.walk().goto("w_00^1")
        step 8 of 10, update
        w_00^1 = w_00^1 - alpha*dL/dw_00^1 = 3 - 0.125*4 = 2.5
           w_00^1: value 2.5, gradient -
        """
        style, lines = self.style.exact if self.style.rounding else self.style, self.lines
        if shown:
            style = number_style("walk", shown)
            lines = tuple(line.in_style(style) for line in lines)
        return Walk.over(lines, self.given, style, self.unicode, self.label, self)

    def tables(self, step: int = 1, **shown: Unpack[ShownNumbers]) -> UnitTables:
        """The tables of a step, as books show it: initial values; of each unit net input and
        output; its error term; of each weight old value, gradient and new value.

        They have the lines whole, whichever members were chosen; `step` is from 1, and one more
        than there are updates is the last pass, without gradients. `shown` says how numbers are
        shown, where not as in the training. A ValueError for another step, and for a model whose
        units have no names of a notation.

        >>> import nn
        >>> model = nn.MLP.from_weights([[[3.0]]], None, ["linear"])
        >>> optimizer = nn.SGD(model.parameters(), 0.125)
        >>> done = worked(model, [2], 4, loss=nn.half_squared_error, optimizer=optimizer)
        >>> print(done.tables().weights)
        weight  old  gradient   new
        w_00^1  3    2 * 2 = 4  3 - 0.125*4 = 2.5
        """
        passes = self.epochs
        if step.__class__ is not int or not 1 <= step <= len(passes):
            raise ValueError(
                f"step is one of 1 to {len(passes)}, the passes of this training, the last one "
                f"after all updates: got {step!r}"
            )
        epoch = passes[step - 1]
        assert epoch.label is not None and epoch.numbers is not None
        start = sum(len(each.steps) for each in passes[: step - 1])
        whole, numbers = self.lines[start : start + len(epoch.steps)], epoch.numbers
        if shown:
            style = number_style("tables", shown, ["step"])
            whole, numbers = tuple(x.in_style(style) for x in whole), numbers.in_style(style)
        forward, gradients = whole[: len(epoch.forward)], [x for x in whole if x.of_gradient]
        lines_of = {line.node: line for line in whole if line.of_update}
        updates = {w: lines_of[new] for w, new in epoch.updated.items() if new in lines_of}
        first = passes[0].label.graph.data if passes[0].label else {}
        others = [node for node in self.given if node.name and node not in first]
        lines = Lines(epoch.label, numbers, forward, gradients, updates, others)
        return unit_tables(lines)

    def matrices(self, **shown: Unpack[ShownNumbers]) -> WorkedMatrices:
        """The same in matrix form: forward, gradients, update, and forward again; print it.

        The lines are whole, whichever were chosen, and their numbers rounded as those of the
        training, and shown so, unless `shown` otherwise. A ValueError where the model is not one
        that `matrices` reads.

        >>> import nn
        >>> model = nn.MLP.from_weights([[[3.0, 1.0]]], None, ["linear"], notation="ng")
        >>> optimizer = nn.SGD(model.parameters(), 0.125)
        >>> done = worked(model, [2, 1], 4, loss=nn.half_squared_error, optimizer=optimizer)
        >>> (update,) = done.matrices().updates[0]
        >>> update.formula, update.result.rows
        ('W^[1] := W^[1] - alpha*dW^[1]', ((2.25, 0.625),))
        """
        return WorkedMatrices(self, number_style("matrices", shown) if shown else None)

    def python(self, *, matrices: bool = False) -> str:
        """The same as plain Python that runs: forward, backward, update, and forward again.

        An updated parameter keeps its variable. It is the whole computation, without rounding,
        whichever lines were chosen; see `derive(loss).python()` for what it can write. With
        `matrices` it is NumPy over the network's matrices.

        >>> import nn
        >>> model = nn.MLP.from_weights([[[3.0]]], None, ["linear"])
        >>> optimizer = nn.SGD(model.parameters(), 0.125)
        >>> done = worked(model, [2], 4, loss=nn.half_squared_error, optimizer=optimizer)
        >>> print(done.python().partition("# backward")[2])
        <BLANKLINE>
        dL = 1.0
        delta_0_1 = (z_0_1 - y)*dL
        dw_00_1 = a_0_0*delta_0_1
        <BLANKLINE>
        # update
        w_00_1 = w_00_1 - alpha*dw_00_1
        <BLANKLINE>
        # forward with the updated parameters
        z_0_1 = w_00_1*a_0_0
        L = (y - z_0_1)**2/2
        <BLANKLINE>
        """
        if matrices:
            return matrix_training(self)
        return staged_program(self.given, self.stages)

    def pages(self) -> list[Page]:
        """The sections as they are laid out, where each line has its formula beside its numbers:
        those of formulas alone are left out.

        >>> import nn
        >>> model = nn.MLP.from_weights([[[3.0]]], None, ["linear"])
        >>> optimizer = nn.SGD(model.parameters(), 0.125)
        >>> done = worked(model, [2], 4, loss=nn.half_squared_error, optimizer=optimizer)
        >>> [title for title, lines in done.pages()][:3]
        ['Forward pass', 'Cost', 'Gradients of layer 1']
        """
        found: list[Page] = []
        for title, lines in self.sections():
            steps = tuple(line for line in lines if isinstance(line, Step))
            if steps:
                found.append((title, steps))
        return found

    def __str__(self) -> str:
        return "\n\n".join(
            "\n".join([title, *(f"   {line}" for line in lines)])
            for title, lines in self.sections()
        )

    __repr__ = __str__


def _sections(epoch: Epoch, is_first: bool, with_formulas: bool) -> Iterator[Section]:
    yield "Forward pass" if is_first else "Forward pass with the updated parameters", epoch.forward
    yield "Cost", (epoch.cost,)
    if with_formulas:
        shown = [step for _, steps in epoch.layers for step in steps]
        formulas = (f"{step.shown} = {step.formula or step.result}" for step in shown)
        yield "Formulas of the gradients", tuple(formulas)
    for layer, steps in epoch.layers:
        yield f"Gradients of layer {layer}" if layer else "Gradients", steps
    if epoch.updates:
        yield "Update", epoch.updates
