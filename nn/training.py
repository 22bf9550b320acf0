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
from autograd.number_types import BUILT_IN, number_of
from autograd.operations import Operation, binary_cross_entropy, mean, total
from autograd.value import Value
from nn.losses import Loss, cross_entropy, cross_entropy_with_logits, over, takes_one_number
from nn.network import as_number
from nn.optimisers import Optimiser, set_state, state_of

Callback = Callable[[int, "History", Any], Any]
Show = Callable[[int, Any], None]
OfParameters = Callable[[list[Value]], Any]


class DivergenceError(ArithmeticError):
    """The training has no finite loss, gradient or update; the model is as the last update that was finite left it.

    `epoch` counts from 1, and `history` is that of the training until then. Where one operation failed, or made a
    number that is not finite from finite ones, `operation` and `operands` (its numbers) say which, and `name` is that
    of its result, "" if it has none yet; else they are None.
    """

    def __init__(self, message: str, epoch: int, history: History, at: Value | Exception | None = None) -> None:
        super().__init__(message)
        self.epoch, self.history = epoch, history
        self.operation: Operation | None = getattr(at, "operation", None)
        self.operands = None if self.operation is None else tuple(map(number_of, getattr(at, "operands", ())))
        self.name: str | None = None if self.operation is None else getattr(at, "name", "")


@dataclass
class History:
    """How a training went: the mean loss of each epoch, in the numbers' own type.

    `losses` are measured on the way, each batch before its update, penalty included; `validation_losses` after the
    epoch, without penalty. `interrupted` says that Ctrl-C ended the training. An epoch that was cut short, by Ctrl-C or
    a divergence, counts with the batches that it made.
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
    penalty: OfParameters | None = None,
    clip: OfParameters | None = None,
    validation: tuple[Iterable[Any], Iterable[Any]] | None = None,
    callbacks: Iterable[Callback] = (),
    progress: bool | None = True,
) -> History:
    """Train `model` on m inputs and m targets, and return the History.

    `loss(prediction, target)` is the loss of one sample; a step goes down the mean over its batch (None: all samples).
    `shuffle` is a random.Random that orders the samples anew in each epoch; the same seed gives the same run.
    `penalty` is added to each batch's loss, and `clip` is called before each update; both are functions of the model's
    parameters: `lambda parameters: nn.l2(parameters, 0.01)`, `lambda parameters: nn.clip_grad_norm(parameters, 1)`.
    Callbacks are called as callback(epoch, history, model) after each epoch, counted from 1.
    `progress` shows a bar by tqdm: True says so where that is not installed; None shows one only in a terminal or a
    notebook where it is; False shows none.

    Ctrl-C ends the training and keeps what was learnt. A loss that is not finite is a DivergenceError. Targets are
    converted to the model's `numbers` as its inputs are; not the index of a class.
    """
    samples = _samples(inputs, targets, model, "")
    held_out = None if validation is None else _samples(*_pair(validation), model, "validation ")
    _check(epochs, batch_size, shuffle)
    _check_optimizer(optimizer, model)
    _check_loss(loss, model)
    _check_functions(callbacks, penalty=penalty, clip=clip)
    run = _Run(model, loss, optimizer, samples, held_out, batch_size or len(samples), shuffle, penalty, clip)
    callbacks = list(callbacks)
    with _bar(epochs, len(run.starts), progress) as show:
        try:
            for epoch in range(1, epochs + 1):
                run.one_epoch(epoch, show)
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
    penalty: OfParameters | None
    clip: OfParameters | None
    updated: bool = False
    history: History = field(default_factory=History)

    @property
    def starts(self) -> range:
        """Where each batch begins."""
        return range(0, len(self.samples), self.batch_size)

    def one_epoch(self, epoch: int, show: Show) -> None:
        """Every batch once, then the validation; the history gains the losses of the batches that were made."""
        if self.shuffle is not None:
            self.shuffle.shuffle(self.samples)
        made: list[tuple[Any, int]] = []
        try:
            with self._watched(epoch):
                for start in self.starts:
                    batch = self.samples[start : start + self.batch_size]
                    made.append((self._step(batch, epoch), len(batch)))
                    show(epoch, made[-1][0])
        finally:
            if made:
                self.history.losses.append(_average(made))
        if self.held_out:
            with self._watched(epoch, ", validation"):
                loss = self._forward(self.held_out, epoch, ", validation")
            self.history.validation_losses.append(number_of(loss))

    def _forward(self, batch: Sequence[tuple[Any, Any]], epoch: int, where: str = "") -> Any:
        """The mean loss over a batch, one node, in training with the penalty; a DivergenceError if it is not finite."""
        each = [_loss_of_one(self.loss, self.model(inputs), target) for inputs, target in batch]
        loss = each[0] if len(each) == 1 else mean(each)
        if self.penalty is not None and not where:
            loss = loss + self.penalty(self.model.parameters())
        if not _is_finite(number_of(loss)):
            node, how = _not_finite(loss)
            message = f"epoch {epoch}{where}: the loss is {number_of(loss)!r}{how}{self._advice(node)}"
            raise DivergenceError(message, epoch, self.history, node)
        return loss

    def _step(self, batch: Sequence[tuple[Any, Any]], epoch: int) -> Any:
        """Forward, backward, update; the loss before the update. The update is undone if it is not finite."""
        loss = self._forward(batch, epoch)
        if loss.__class__ is not Value:
            raise TypeError(f"the loss is a {type(loss).__name__}, which was not computed from the model's parameters")
        self.model.zero_grad()
        loss.backward()
        parameters = self.model.parameters()
        if self.clip is not None:
            self.clip(parameters)
        before = state_of(self.optimizer, parameters)
        try:
            self.optimizer.step()
            self._check_update(parameters, before[0], epoch)
        except BaseException:  # Ctrl-C too: no step is half made
            set_state(self.optimizer, parameters, before)
            raise
        self.updated = True
        return loss.data

    def _check_update(self, parameters: Sequence[Value], before: Sequence[Any], epoch: int) -> None:
        for parameter, number in zip(parameters, before, strict=True):
            if not _is_finite(parameter.data):
                raise DivergenceError(
                    f"epoch {epoch}: the update would make {parameter.name or 'a parameter'} {parameter.data!r} "
                    f"from {number!r} and its gradient {parameter.grad!r}; {SMALLER_RATE}",
                    epoch,
                    self.history,
                )

    @contextmanager
    def _watched(self, epoch: int, where: str = "") -> Iterator[None]:
        """An error of the numbers is a DivergenceError; a ValueError of no operation is not but, say, of a length."""
        try:
            yield
        except DivergenceError:
            raise
        except (ArithmeticError, ValueError) as error:
            if isinstance(error, ValueError) and not hasattr(error, "operation"):
                raise
            message = f"epoch {epoch}{where}: {error}{self._advice(error)}"
            raise DivergenceError(message, epoch, self.history, error) from error

    def _advice(self, at: Value | Exception | None) -> str:
        if at is None:  # something that is not finite was given
            return ""
        if getattr(at, "operation", None) is binary_cross_entropy:
            return "; binary_cross_entropy_with_logits on a linear output has no such limit"
        return f"; {SMALLER_RATE if self.updated else SMALLER_START}"


# --- losses and numbers -----------------------------------------------------------------------------------------------

SMALLER_RATE = "a smaller learning rate may help"
SMALLER_START = "no update was made yet: smaller weights or inputs may help"


def _check_loss(loss: Any, model: Any) -> None:
    if not callable(loss):
        raise TypeError(f"the loss is a function of prediction and target, such as nn.mse, not a {type(loss).__name__}")
    if loss is cross_entropy_with_logits and model.layers[-1].softmax:
        raise ValueError(
            "cross_entropy_with_logits takes logits, the outputs of a linear layer: this network's are softmax, "
            "for which there is cross_entropy"
        )
    if loss is cross_entropy and model.layers[-1].activation_label == "linear":
        raise ValueError(
            "cross_entropy takes probabilities, the outputs of a softmax layer: this network's are linear, "
            "for which there is cross_entropy_with_logits"
        )


def _loss_of_one(loss: Loss, output: Any, target: Any) -> Any:
    """A loss of one number is the mean over a network's several outputs; a row of one target serves one output."""
    if hasattr(target, "__len__") and len(target) == 1 and not hasattr(output, "__len__"):
        target = target[0]
    return over(loss, output, target) if takes_one_number(loss) else loss(output, target)


def _average(made: Sequence[tuple[Any, int]]) -> Any:
    """The mean over the samples of the batches' means."""
    if len(made) == 1:
        return made[0][0]
    # The table's sum, because the bits of the built-in sum of floats are other ones from Python 3.12 on.
    return total([loss * size for loss, size in made]) / sum(size for _, size in made)


def _is_finite(number: Any) -> bool:
    if isinstance(number, Decimal):
        return number.is_finite()
    try:
        return cmath.isfinite(number) if isinstance(number, complex) else math.isfinite(number)
    except (OverflowError, TypeError):  # an integer beyond the floats; a symbol
        return True


def _not_finite(loss: Any) -> tuple[Value | None, str]:
    """The first operation whose number is not finite while those of its operands are, and how it made it."""
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
            return node, f"; {name}{node.operation.name} made {node.data!r} of {shown}{more}"
    leaves = [node for node in order if node.operation is None and not _is_finite(node.data)]
    return None, f": {leaves[0]!r} was given" if leaves else ": an input or a target is not finite"


# --- what was given ---------------------------------------------------------------------------------------------------


def _samples(inputs: Iterable[Any], targets: Iterable[Any], model: Any, label: str) -> list[tuple[Any, Any]]:
    inputs, targets = [_plain(x) for x in inputs], [_in_numbers(_plain(x), model) for x in targets]
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


def _in_numbers(target: Any, model: Any, alone: bool = True) -> Any:
    """A target in the model's number type; one int for several outputs is the index of a class and stays one."""
    numbers = getattr(model, "numbers", None)
    if numbers is None:
        return target
    if isinstance(target, (list, tuple)):
        return [_in_numbers(number, model, alone=False) for number in target]
    is_index = alone and target.__class__ is int and len(model.layers[-1].neurons) > 1
    return target if is_index or target.__class__ not in BUILT_IN else as_number(target, numbers)


def _pair(validation: Any) -> tuple[Any, Any]:
    if not isinstance(validation, (tuple, list)) or len(validation) != 2:
        raise TypeError("validation is a pair: (inputs, targets)")
    return validation[0], validation[1]


def _check(epochs: int, batch_size: int | None, shuffle: Any) -> None:
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


def _check_optimizer(optimizer: Any, model: Any) -> None:
    if isinstance(optimizer, type) or not callable(getattr(optimizer, "step", None)):
        raise TypeError("optimizer is one made for the model: nn.SGD(model.parameters(), learning_rate=0.1)")
    if isinstance(optimizer, Optimiser) and set(optimizer.parameters).isdisjoint(model.parameters()):
        raise ValueError("the optimizer was made for other parameters than this model's: give it model.parameters()")


def _check_functions(callbacks: Any, **of_parameters: Any) -> None:
    if callable(callbacks):
        raise TypeError("callbacks are a list, each called as callback(epoch, history, model): give [callback]")
    for label, function in of_parameters.items():
        if function is not None and not callable(function):
            raise TypeError(
                f"{label} is a function of the parameters, `lambda parameters: ...`, not a {type(function).__name__}"
            )


# --- progress ---------------------------------------------------------------------------------------------------------


@contextmanager
def _bar(epochs: int, batches: int, progress: bool | None) -> Iterator[Show]:
    """A function that shows one more batch, given its epoch and loss: tqdm's bar, or nothing."""
    tqdm: Any = None
    if progress is not False:
        try:
            tqdm = importlib.import_module("tqdm.auto").tqdm
        except ImportError:
            if progress:
                warnings.warn('tqdm shows the progress: pip install "chalkgrad[progress]"', stacklevel=4)
    if tqdm is None:
        yield lambda epoch, loss: None
        return
    with tqdm(total=epochs * batches, unit="batch", disable=None if progress is None else False) as bar:

        def show(epoch: int, loss: Any) -> None:
            if bar.update() or bar.n % batches == 0:  # the text is made only for what is drawn, and for the end
                bar.set_postfix_str(f"epoch {epoch}, loss {short_number(loss)}", refresh=False)

        yield show
