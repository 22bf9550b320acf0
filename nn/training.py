"""Training: `fit` runs the loop of forward pass, backward pass and update, and returns how the loss went.

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

import cmath
import importlib
import math
import os
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from autograd.graph import topological_order
from autograd.notation import short_number
from autograd.number_types import number_of
from autograd.operations import Operation, mean
from autograd.value import Value
from nn.losses import Loss, cross_entropy_with_logits, hinge, over

Callback = Callable[[int, "History", Any], Any]


class DivergenceError(ArithmeticError):
    """The training has no finite loss, gradient or update; the model is as it was before that step.

    `epoch` counts from 1. Where one operation made a number that is not finite from finite ones, `name`, `operation`
    and `operands` (its numbers) say which; they are None where an error stopped the pass, which is then the cause.
    """

    def __init__(self, message: str, epoch: int, node: Value | None = None) -> None:
        super().__init__(message)
        self.epoch = epoch
        self.name = None if node is None else node.name
        self.operation = None if node is None else node.operation
        self.operands = None if node is None else tuple(map(number_of, node.operands))


@dataclass
class History:
    """How a training went: the mean loss of each finished epoch, in the numbers' own type.

    `losses` are measured on the way, each batch before its update; `validation_losses` after the epoch.
    `interrupted` says that Ctrl-C ended the training.
    """

    losses: list[Any] = field(default_factory=list)
    validation_losses: list[Any] = field(default_factory=list)
    interrupted: bool = False

    def plot(self, where: Any = None) -> Any:
        """Plot the losses into a file (.png, .svg, .pdf), onto given matplotlib axes, or (None) onto new ones.

        Returns the axes. A file needs no display.
        """
        try:
            from matplotlib.figure import Figure
        except ImportError as error:
            raise ImportError('plots are drawn by matplotlib: pip install "chalkgrad[plots]"') from error
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
                axes.plot(range(1, len(losses) + 1), [float(loss) for loss in losses], label=label, marker=marker)
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
    validation: tuple[Iterable[Any], Iterable[Any]] | None = None,
    callbacks: Iterable[Callback] = (),
    progress: bool | None = True,
) -> History:
    """Train `model` on m inputs and m targets, and return the History.

    `loss(prediction, target)` is the loss of one sample; a step goes down the mean over its batch (None: all samples).
    `shuffle` is a random.Random that orders the samples anew in each epoch; the same seed gives the same run.
    Callbacks are called as callback(epoch, history, model) after each epoch, counted from 1.
    `progress` shows a bar by tqdm: True says so where that is not installed, None does not, False shows none.

    Ctrl-C ends the training and keeps what was learnt. A loss that is not finite is a DivergenceError.
    """
    samples = _samples(inputs, targets, "")
    held_out = None if validation is None else _samples(*_pair(validation), "validation ")
    _check(epochs, batch_size, shuffle, optimizer)
    _check_loss(loss, model)
    run = _Run(model, loss, optimizer, samples, held_out, batch_size or len(samples), shuffle)
    if callable(callbacks):
        raise TypeError("callbacks are a list, each called as callback(epoch, history, model): give [callback]")
    callbacks = list(callbacks)
    with _bar(epochs, progress) as show:
        try:
            for epoch in range(1, epochs + 1):
                run.one_epoch(epoch)
                show(run.history)
                for callback in callbacks:
                    callback(epoch, run.history, model)
        except KeyboardInterrupt:
            run.history.interrupted = True
    return run.history


@dataclass
class _Run:
    """What one training works on."""

    model: Any
    loss: Loss
    optimizer: Any
    samples: list[tuple[Any, Any]]
    held_out: list[tuple[Any, Any]] | None
    batch_size: int
    shuffle: Any
    history: History = field(default_factory=History)

    def one_epoch(self, epoch: int) -> None:
        """Every batch once, then the validation; the history gains its losses at the end."""
        if self.shuffle is not None:
            self.shuffle.shuffle(self.samples)
        starts = range(0, len(self.samples), self.batch_size)
        batches = [self.samples[start : start + self.batch_size] for start in starts]
        losses = [self._step(batch, epoch) for batch in batches]
        validation = [number_of(self._forward(self.held_out, epoch, ", validation"))] if self.held_out else []
        self.history.losses.append(_average(losses, [len(batch) for batch in batches]))
        self.history.validation_losses += validation

    def _forward(self, batch: Sequence[tuple[Any, Any]], epoch: int, where: str = "") -> Any:
        """The mean loss over a batch, one node; a DivergenceError if it is not finite."""
        try:
            each = [_loss_of_one(self.loss, self.model(inputs), target) for inputs, target in batch]
            loss = each[0] if len(each) == 1 else mean(each)
        except (ArithmeticError, ValueError) as error:
            if isinstance(error, ValueError) and error.__cause__ is None:
                raise  # not the numbers of an operation but, say, a length
            raise DivergenceError(f"epoch {epoch}{where}: {error}; {REMEDY}", epoch) from error
        if not _is_finite(number_of(loss)):
            raise _diverged(loss, epoch, where)
        return loss

    def _step(self, batch: Sequence[tuple[Any, Any]], epoch: int) -> Any:
        """Forward, backward, update; the loss before the update. The update is undone if it is not finite."""
        loss = self._forward(batch, epoch)
        if loss.__class__ is not Value:
            raise TypeError(f"the loss is a {type(loss).__name__}, which was not computed from the model's parameters")
        self.model.zero_grad()
        try:
            loss.backward()
        except (ArithmeticError, ValueError) as error:
            raise DivergenceError(f"epoch {epoch}: {error}; {REMEDY}", epoch) from error
        parameters = self.model.parameters()
        before = [parameter.data for parameter in parameters]
        try:
            self.optimizer.step()
            _check_update(parameters, before, epoch)
        except BaseException:  # Ctrl-C too: no step is half made
            for parameter, number in zip(parameters, before, strict=True):
                parameter.data = number
            raise
        return loss.data


# --- losses and numbers -----------------------------------------------------------------------------------------------

REMEDY = "a smaller learning rate may help"


def _check_loss(loss: Any, model: Any) -> None:
    if not callable(loss):
        raise TypeError(f"the loss is a function of prediction and target, such as nn.mse, not a {type(loss).__name__}")
    if loss is cross_entropy_with_logits and model.layers[-1].softmax:
        raise ValueError(
            "cross_entropy_with_logits takes logits, the outputs of a linear layer: this network's are softmax"
        )


def _loss_of_one(loss: Loss, output: Any, target: Any) -> Any:
    """A loss of one number is the mean over a network's several outputs; a row of one target serves one output."""
    if hasattr(target, "__len__") and len(target) == 1 and not hasattr(output, "__len__"):
        target = target[0]
    return over(loss, output, target) if isinstance(loss, Operation) or loss is hinge else loss(output, target)


def _average(losses: Sequence[Any], sizes: Sequence[int]) -> Any:
    """The mean over the samples of the batches' means."""
    if len(losses) == 1:
        return losses[0]
    weighted = [loss * size for loss, size in zip(losses, sizes, strict=True)]
    return sum(weighted[1:], weighted[0]) / sum(sizes)


def _is_finite(number: Any) -> bool:
    if isinstance(number, Decimal):
        return number.is_finite()
    try:
        return cmath.isfinite(number) if isinstance(number, complex) else math.isfinite(number)
    except (OverflowError, TypeError):  # an integer beyond the floats; a symbol
        return True


def _diverged(loss: Any, epoch: int, where: str) -> DivergenceError:
    """The error that names the first operation whose number is not finite while those of its operands are."""
    order = topological_order(loss) if loss.__class__ is Value else []
    for node in order:
        numbers = [number_of(operand) for operand in node.operands]
        if node.operation and not _is_finite(node.data) and all(map(_is_finite, numbers)):
            name = f"{node.name} = " if node.name else ""
            shown = ", ".join(
                f"{getattr(operand, 'name', '') or 'operand'} = {short_number(number)}"
                for operand, number in zip(node.operands[:8], numbers[:8], strict=True)
            )
            more = f" and {len(numbers) - 8} more" if len(numbers) > 8 else ""
            made = f"{name}{node.operation.name} made {node.data!r} of {shown}{more}"
            return DivergenceError(f"epoch {epoch}{where}: the loss is {loss.data!r}; {made}; {REMEDY}", epoch, node)
    leaves = [node for node in order if node.operation is None and not _is_finite(node.data)]
    given = f": {leaves[0]!r} was given" if leaves else ": an input or a target is not finite"
    return DivergenceError(f"epoch {epoch}{where}: the loss is {number_of(loss)!r}{given}", epoch)


def _check_update(parameters: Sequence[Value], before: Sequence[Any], epoch: int) -> None:
    for parameter, number in zip(parameters, before, strict=True):
        if not _is_finite(parameter.data):
            raise DivergenceError(
                f"epoch {epoch}: the update would make {parameter.name or 'a parameter'} {parameter.data!r} "
                f"from {number!r} and its gradient {parameter.grad!r}; {REMEDY}",
                epoch,
            )


# --- what was given ---------------------------------------------------------------------------------------------------


def _samples(inputs: Iterable[Any], targets: Iterable[Any], label: str) -> list[tuple[Any, Any]]:
    inputs, targets = [_plain(x) for x in inputs], [_plain(x) for x in targets]
    if len(inputs) != len(targets):
        raise ValueError(
            f"one {label}target for each {label}input: got {len(inputs)} inputs and {len(targets)} targets"
        )
    if not inputs:
        raise ValueError(f"training needs at least one {label}sample: got none")
    return list(zip(inputs, targets, strict=True))


def _plain(x: Any) -> Any:
    """A row or a number of a NumPy array as Python's own, with which the engine is exact; others as they are."""
    return x.tolist() if hasattr(x, "tolist") else x


def _pair(validation: Any) -> tuple[Any, Any]:
    if not isinstance(validation, (tuple, list)) or len(validation) != 2:
        raise TypeError("validation is a pair: (inputs, targets)")
    return validation[0], validation[1]


def _check(epochs: int, batch_size: int | None, shuffle: Any, optimizer: Any) -> None:
    for label, number, least in (("epochs", epochs, 0), ("batch_size", batch_size, 1)):
        if number is None and label == "batch_size":
            continue
        if number.__class__ is not int:
            raise TypeError(f"{label} is an int, not a {type(number).__name__}")
        if number < least:
            raise ValueError(f"{label} is at least {least}: got {number}")
    if isinstance(shuffle, type):
        raise TypeError(
            f"shuffle is a source of random numbers, not the class: give {shuffle.__name__}(0), for a seed of 0"
        )
    if shuffle is not None and not callable(getattr(shuffle, "shuffle", None)):
        raise TypeError("shuffle is a source of random order, random.Random(0), so that a run can be repeated, or None")
    if isinstance(optimizer, type) or not callable(getattr(optimizer, "step", None)):
        raise TypeError("optimizer is one made for the model: nn.SGD(model.parameters(), learning_rate=0.1)")


# --- progress ---------------------------------------------------------------------------------------------------------


@contextmanager
def _bar(epochs: int, progress: bool | None) -> Iterator[Callable[[History], None]]:
    """A function that shows one more epoch: tqdm's bar, or nothing."""
    tqdm: Any = None
    if progress is not False:
        try:
            tqdm = importlib.import_module("tqdm.auto").tqdm
        except ImportError:
            if progress:
                warnings.warn('tqdm shows the progress: pip install "chalkgrad[progress]"', stacklevel=4)
    if tqdm is None:
        yield lambda history: None
        return
    with tqdm(total=epochs, unit="epoch") as bar:

        def show(history: History) -> None:
            bar.set_postfix_str(f"loss {short_number(history.losses[-1])}", refresh=False)
            bar.update()

        yield show
