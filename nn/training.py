"""Training: `fit` runs the loop of forward pass, backward pass and update, and returns how the loss
went.

>>> import random, nn
>>> model = nn.MLP(2, [4, 1], ["tanh", "sigmoid"], rng=random.Random(7))
>>> inputs, targets = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]
>>> optimiser = nn.SGD(model.parameters(), learning_rate=2.0)
>>> history = fit(
...     model, inputs, targets, loss=nn.half_squared_error, optimizer=optimiser, epochs=600, progress=False
... )
>>> history.losses[0] > 0.1, history.losses[-1] < 0.005
(True, True)
"""

from __future__ import annotations

import copyreg
import importlib
import os
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from autograd.checking.origins import explain_nan
from autograd.entry import Operation
from autograd.notes.numbers import short_number
from autograd.number_types import constant, is_finite, number_of
from autograd.operations import binary_cross_entropy, mean, total
from autograd.value import Value
from nn.arguments import (
    Sample,
    check_counts,
    check_functions,
    check_loss,
    check_model,
    check_optimizer,
    check_progress,
    check_shuffle,
    check_target,
    plain,
    samples_of,
    validation_samples,
)
from nn.losses import Loss, is_row, over, takes_one_number
from nn.optimisers import set_state, state_of

Callback = Callable[[int, "History", Any], Any]
Show = Callable[[int, Any], None]
OfParameters = Callable[[list[Value]], Any]


class DivergenceError(ArithmeticError):
    """The training has no finite loss, gradient or update; the model is as the last update that was
    finite left it.

    `epoch` counts from 1, and `history` is that of the training until then. Where one operation
    failed, or made a number or a gradient that is not finite from finite ones, `operation` and
    `operands` (its numbers) say which, and `name` is that of its result, "" if it has none yet;
    else they are None."""

    def __init__(
        self, message: str, epoch: int, history: History, at: Value | Exception | None = None
    ) -> None:
        super().__init__(message)
        self.epoch, self.history = epoch, history
        self.operation: Operation | None = getattr(at, "operation", None)
        self.operands = (
            None if self.operation is None else tuple(map(number_of, getattr(at, "operands", ())))
        )
        self.name: str | None = None if self.operation is None else getattr(at, "name", "")

    def __reduce__(self) -> Any:
        return copyreg.__newobj__, (type(self), *self.args), vars(self)  # type: ignore[attr-defined]


@dataclass
class History:
    """How a training went: the mean loss of each epoch, in the numbers' own type.

    `losses` are measured on the way, each batch before its update, penalty included;
    `validation_losses` after the epoch, without penalty. `stopped` says that a callback ended the
    training, `interrupted` that Ctrl-C did. An epoch that was cut short, by Ctrl-C or a divergence,
    counts with the batches that it made."""

    losses: list[Any] = field(default_factory=list)
    validation_losses: list[Any] = field(default_factory=list)
    interrupted: bool = False
    stopped: bool = False

    def plot(self, where: Any = None) -> Any:
        """Plot the losses into a file (.png, .svg, .pdf), onto given matplotlib axes, or (None)
        onto new ones.

        Returns the axes. A file needs no display.
        """
        try:
            from matplotlib.figure import Figure
        except ImportError as error:
            raise ImportError(
                'plots are drawn by matplotlib: pip install "chalkgrad[plots]"'
            ) from error
        if where is None:
            from matplotlib import pyplot

            return self._plotted(pyplot.figure().add_subplot())
        if not isinstance(where, (str, os.PathLike)):
            return self._plotted(where)
        axes = self._plotted(Figure(layout="constrained").add_subplot())
        axes.figure.savefig(where)
        return axes

    def _plotted(self, axes: Any) -> Any:
        series = {"training": self.losses, "validation": self.validation_losses}
        marker = "o" if len(self.losses) == 1 else None  # a line of one point is not seen
        for label, losses in series.items():
            if losses:
                axes.plot(
                    range(1, len(losses) + 1),
                    [float(loss) for loss in losses],
                    label=label,
                    marker=marker,
                )
        axes.set_xlabel("epoch")
        axes.set_ylabel("loss")
        axes.xaxis.get_major_locator().set_params(integer=True)
        if self.validation_losses:
            axes.legend()
        return axes


def fit(
    model: Any,
    inputs: Iterable[Sequence[Any]],
    targets: Iterable[Any],
    *,
    loss: Loss,
    optimizer: Any,
    epochs: int,
    batch_size: int | None = None,
    shuffle: Any = None,
    penalty: OfParameters | None = None,
    clip: OfParameters | None = None,
    validation: tuple[Iterable[Any], Iterable[Any]] | None = None,
    callbacks: Sequence[Callback] = (),
    progress: bool | None = True,
) -> History:
    """Train `model` on m inputs and m targets, and return the History.

    `loss(prediction, target)` is the loss of one sample; a step goes down the mean over its batch
    (None: all samples). `shuffle` is a random.Random that orders the samples anew in each epoch;
    the same seed gives the same run. `penalty` is added to each batch's loss, and `clip` is called
    before each update; both are functions of the model's parameters: `lambda parameters:
    nn.l2(parameters, 0.01)`, `lambda parameters: nn.clip_grad_norm(parameters, 1)`. A parameter
    that a batch's loss does not reach has the gradient 0: momentum and weight decay move it all the
    same. Callbacks are called as callback(epoch, history, model) after each epoch, counted from 1.
    One that returns True ends the training; an error in one comes out as it is, and the history
    that the callback was given is that until then. `progress` shows a bar by tqdm: True says so
    where that is not installed; None shows one only in a terminal or a notebook where it is; False
    shows none.

    Ctrl-C ends the training and keeps what was learnt. A loss or an update that is not finite is a
    DivergenceError. Targets are converted to the model's `numbers` as its inputs are; not the index
    of a class."""
    check_model(model)
    samples, held_out = samples_of(inputs, targets, model), validation_samples(validation, model)
    check_counts(epochs, batch_size)
    check_shuffle(shuffle)
    check_optimizer(optimizer, model)
    check_loss(loss, model)
    check_functions(callbacks, penalty=penalty, clip=clip)
    check_progress(progress)
    run = _Run(
        model,
        loss,
        optimizer,
        samples,
        held_out,
        batch_size or len(samples),
        shuffle,
        penalty,
        clip,
    )
    with _bar(epochs, len(run.starts), progress) as show:
        try:
            for epoch in range(1, epochs + 1):
                run.one_epoch(epoch, show)
                stops = [
                    plain(callback(epoch, run.history, model)) is True for callback in callbacks
                ]
                if any(stops):
                    run.history.stopped = True
                    break
        except KeyboardInterrupt:
            run.history.interrupted = True
    return run.history


@dataclass
class _Run:
    """What one training works on."""

    model: Any
    loss: Loss
    optimizer: Any
    samples: list[Sample]
    held_out: list[Sample] | None
    batch_size: int
    shuffle: Any
    penalty: OfParameters | None
    clip: OfParameters | None
    updated: bool = False
    history: History = field(default_factory=History)

    @property
    def starts(self) -> range:
        """Where each batch begins."""
        return range(0, len(self.samples), self.batch_size)

    def one_epoch(self, epoch: int, show: Show) -> None:
        """Every batch once, then the validation; the history gains the losses of the batches that
        were made.
        """
        samples = self.samples
        if (
            self.shuffle is not None
        ):  # anew from the given order, so that a resumed training goes on as it would have
            self.shuffle.shuffle(samples := list(samples))
        made: list[tuple[Any, int]] = []
        try:
            with self._watched(epoch):
                for start in self.starts:
                    batch = samples[start : start + self.batch_size]
                    made.append((self._step(batch, epoch), len(batch)))
                    show(epoch, made[-1][0])
        finally:
            if made:
                self.history.losses.append(_average(made))
        if self.held_out:
            with self._watched(epoch, ", validation"):
                loss = self._forward(self.held_out, epoch, ", validation")
            self.history.validation_losses.append(loss.data)

    def _forward(self, batch: Sequence[Sample], epoch: int, where: str = "") -> Value:
        """The mean loss over a batch, one node, in training with the penalty; a DivergenceError if
        it is not finite.
        """
        each = [_loss_of_one(self.loss, self.model(inputs), target) for inputs, target in batch]
        loss: Value = each[0] if len(each) == 1 else mean(each)
        if loss.__class__ is not Value:
            raise TypeError(
                f"the loss is a {type(loss).__name__}, which was not computed from the model's parameters"
            )
        if self.penalty is not None and not where:
            penalty = self.penalty(self.model.parameters())
            loss = loss + penalty
            self._check_finite("penalty", penalty, epoch)
            if penalty.__class__ is not Value and penalty != 0:
                raise TypeError(
                    f"the penalty is the number {penalty!r}, not a Value: nothing of it was recorded, it would not be "
                    "trained. Compute it from the parameters given; for a derivative, make the model an argument of it"
                )
        self._check_finite("loss", loss, epoch, where)
        return loss

    def _check_finite(self, what: str, given: Any, epoch: int, where: str = "") -> None:
        if not is_finite(number_of(given)):
            raise self._diverged(
                f"epoch {epoch}{where}: the {what} is {number_of(given)!r}", epoch, given
            )

    def _diverged(self, message: str, epoch: int, root: Any) -> DivergenceError:
        """The error with the first number or gradient that is not finite, and advice unless that
        was given.
        """
        cause = explain_nan(root) if root.__class__ is Value else None
        if cause is None:
            return DivergenceError(message, epoch, self.history)
        at = cause.result if cause.of_gradient else cause.node
        if not cause.of_gradient and (
            cause.node.operation is None or not all(map(is_finite, cause.operands))
        ):
            return DivergenceError(f"{message}; {cause}", epoch, self.history)
        return DivergenceError(f"{message}{self._advice()}; {cause}", epoch, self.history, at)

    def _step(self, batch: Sequence[Sample], epoch: int) -> Any:
        """Forward, backward, update; the loss before the update. The update is undone if it is not
        finite.
        """
        loss = self._forward(batch, epoch)
        parameters = self.model.parameters()
        self.model.zero_grad()
        loss.backward()
        _complete_gradients(parameters)
        if self.clip is not None:
            try:
                self.clip(parameters)
            except FloatingPointError as error:
                raise self._diverged(f"epoch {epoch}: {error}", epoch, loss) from error
        before = state_of(self.optimizer, parameters)
        try:
            self.optimizer.step()
            self._check_update(parameters, before, epoch, loss)
        except BaseException:  # Ctrl-C too: no step is half made
            set_state(self.optimizer, parameters, before)
            raise
        self.updated = True
        return loss.data

    def _check_update(
        self, parameters: Sequence[Value], before: Any, epoch: int, loss: Value
    ) -> None:
        for parameter, number in zip(parameters, before[0], strict=True):
            if not is_finite(parameter.data):
                message = (
                    f"epoch {epoch}: the update would make {parameter.name or 'a parameter'} {parameter.data!r} "
                    f"from {number!r} and its gradient {parameter.grad!r}"
                )
                if is_finite(parameter.grad):
                    raise DivergenceError(f"{message}; {SMALLER_RATE}", epoch, self.history)
                set_state(
                    self.optimizer, parameters, before
                )  # what is not finite in the loss is not of this update
                raise self._diverged(message, epoch, loss)

    @contextmanager
    def _watched(self, epoch: int, where: str = "") -> Iterator[None]:
        """An error of the numbers is a DivergenceError; a ValueError of no operation is not but,
        say, of a length.
        """
        try:
            yield
        except DivergenceError:
            raise
        except (ArithmeticError, ValueError) as error:
            operation: Operation | None = getattr(error, "operation", None)
            operands: Sequence[Any] = getattr(error, "operands", ())
            check_target(operation, operands)
            if isinstance(error, ValueError) and operation is None:
                raise
            message = f"epoch {epoch}{where}: {error}"
            for operand in operands:
                if not is_finite(number_of(operand)):
                    raise self._diverged(message, epoch, operand) from error
            raise DivergenceError(
                f"{message}{self._advice(operation)}", epoch, self.history, error
            ) from error

    def _advice(self, operation: Operation | None = None) -> str:
        if operation is binary_cross_entropy:
            return "; binary_cross_entropy_with_logits on a linear output has no such limit"
        return f"; {SMALLER_RATE if self.updated else SMALLER_START}"


SMALLER_RATE = "a smaller learning rate may help"
SMALLER_START = "no update was made yet: smaller weights or inputs may help"

# --- losses and gradients -------------------------------------------------------------------------


def _loss_of_one(loss: Loss, output: Any, target: Any) -> Any:
    """A loss of one number is the mean over a network's several outputs; a row of one target serves
    one output.
    """
    if is_row(target) and len(target) == 1 and not is_row(output):
        target = target[0]
    return over(loss, output, target) if takes_one_number(loss) else loss(output, target)


def _complete_gradients(parameters: Sequence[Value]) -> None:
    """The derivative in what the loss was not computed from is 0."""
    if all(parameter.grad is None for parameter in parameters):
        raise ValueError(
            "the loss was not computed from the model's parameters: compute it from the prediction itself"
        )
    for parameter in parameters:
        if parameter.grad is None:
            parameter.grad = constant(0, parameter.data)


def _average(made: Sequence[tuple[Any, int]]) -> Any:
    """The mean over the samples of the batches' means."""
    if len(made) == 1:
        return made[0][0]
    # The table's sum, because the bits of the built-in sum of floats are other ones from Python
    # 3.12 on.
    return total([loss * size for loss, size in made]) / sum(size for _, size in made)


# --- progress -------------------------------------------------------------------------------------


@contextmanager
def _bar(epochs: int, batches: int, progress: bool | None) -> Iterator[Show]:
    """A function that shows one more batch, given its epoch and loss: tqdm's bar, or nothing."""
    tqdm: Any = None
    if progress is not False:
        try:
            tqdm = importlib.import_module("tqdm.auto").tqdm
        except ImportError:
            if progress:
                warnings.warn(
                    'tqdm shows the progress: pip install "chalkgrad[progress]"', stacklevel=4
                )
    if tqdm is None:
        yield lambda epoch, loss: None
        return
    with tqdm(
        total=epochs * batches, unit="batch", disable=None if progress is None else False
    ) as bar:

        def show(epoch: int, loss: Any) -> None:
            if (
                bar.update() or bar.n % batches == 0
            ):  # the text is made only for what is drawn, and for the end
                bar.set_postfix_str(f"epoch {epoch}, loss {short_number(loss)}", refresh=False)

        yield show
