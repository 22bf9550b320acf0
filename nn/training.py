"""Training: `fit` runs the loop of forward pass, backward pass and update, and returns how the loss
went.

>>> import random, nn
>>> model = nn.MLP(2, [4, 1], ["tanh", "sigmoid"], rng=random.Random(7))
>>> inputs, targets = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]
>>> optimizer = nn.SGD(model.parameters(), learning_rate=2.0)
>>> history = fit(
...     model, inputs, targets, loss=nn.half_squared_error, optimizer=optimizer, epochs=600,
...     progress=False,
... )
>>> history.losses[0] > 0.1, history.losses[-1] < 0.005
(True, True)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from autograd.number_types import constant, is_finite
from autograd.operations import mean, total
from autograd.value import Value
from nn.checks import is_row
from nn.divergence import DivergenceError, Watch
from nn.fit_arguments import (
    Sample,
    check_counts,
    check_functions,
    check_loss,
    check_model,
    check_optimizer,
    check_progress,
    check_shuffle,
    plain,
    samples_of,
    validation_samples,
)
from nn.history import History
from nn.losses import Loss, over, takes_one_number
from nn.optimizer import set_state, state_of, updated_by
from nn.progress import Show, progress_bar

__all__ = ["DivergenceError", "History", "fit"]

Callback = Callable[[int, History, Any], Any]
OfParameters = Callable[[list[Value]], Any]


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
    nn.l2(parameters, 0.01)`, `lambda parameters: nn.clip_grad_norm(parameters, 1)`. The optimizer
    may be given more parameters than the model's, such as a scale in the loss, which are trained
    with them. A parameter that a batch's loss does not reach has the gradient 0: momentum and
    weight decay move it all the same. Callbacks are called as callback(epoch, history, model) after
    each epoch, counted from 1. One that returns True ends the training; an error in one comes out
    as it is, and the history that the callback was given is that until then. `progress` shows a bar
    by tqdm: True says so where that is not installed; None shows one only in a terminal or a
    notebook where it is; False shows none.

    Ctrl-C ends the training and keeps what was learnt. A loss or an update that is not finite is a
    DivergenceError. Targets are converted to the model's `numbers` as its inputs are; not the index
    of a class.

    >>> import nn
    >>> model = nn.MLP.from_weights([[[2.0]]], [[0.0]], ["linear"])
    >>> optimizer = nn.SGD(model.parameters(), 0.25)
    >>> fit(model, [[1]], [3], loss=nn.mse, optimizer=optimizer, epochs=2, progress=False).losses
    [1.0, 0.0]
    """
    check_model(model)
    samples, held_out = samples_of(inputs, targets, model), validation_samples(validation, model)
    check_counts(epochs, batch_size)
    check_shuffle(shuffle)
    check_optimizer(optimizer, model)
    check_loss(loss, model)
    check_functions(callbacks, penalty=penalty, clip=clip)
    check_progress(progress)
    size = batch_size or len(samples)
    run = _Run(model, loss, optimizer, samples, held_out, size, shuffle, penalty, clip)
    history = run.watch.history
    with progress_bar(epochs, len(run.starts), progress) as show:
        try:
            for epoch in range(1, epochs + 1):
                run.one_epoch(epoch, show)
                stops = [plain(callback(epoch, history, model)) is True for callback in callbacks]
                if any(stops):
                    history.stopped = True
                    break
        except KeyboardInterrupt:
            history.interrupted = True
    return history


def one_step(
    model: Any,
    loss: Loss,
    optimizer: Any,
    samples: list[Sample],
    *,
    penalty: OfParameters | None,
    losses: list[Any],
    number: int,
) -> Any:
    """One step over all samples, number so many of a training with these losses until now; its own
    loss, or the DivergenceError of that step.
    """
    run = _Run(model, loss, optimizer, samples, None, len(samples), None, penalty, None)
    run.watch.history.losses, run.watch.updated = losses, number > 1
    with run.watch.over(number):
        return run._step(samples, number)


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

    def __post_init__(self) -> None:
        self.watch = Watch(History())
        # What else the optimizer updates is trained too: a scale in the loss.
        of_model = set(self.model.parameters())
        self.others = [other for other in updated_by(self.optimizer) if other not in of_model]

    @property
    def starts(self) -> range:
        """Where each batch begins."""
        return range(0, len(self.samples), self.batch_size)

    def one_epoch(self, epoch: int, show: Show) -> None:
        """Every batch once, then the validation; the history gains the losses of the batches that
        were made.
        """
        samples, history = self.samples, self.watch.history
        if self.shuffle is not None:
            # Anew from the given order, so that a resumed training goes on as it would have.
            samples = list(samples)
            self.shuffle.shuffle(samples)
        made: list[tuple[Any, int]] = []
        try:
            with self.watch.over(epoch):
                for start in self.starts:
                    batch = samples[start : start + self.batch_size]
                    made.append((self._step(batch, epoch), len(batch)))
                    show(epoch, made[-1][0])
        finally:
            if made:
                history.losses.append(_average(made))
        if self.held_out:
            with self.watch.over(epoch, ", validation"):
                loss = self._forward(self.held_out, epoch, ", validation")
            history.validation_losses.append(loss.data)

    def _forward(self, batch: Sequence[Sample], epoch: int, where: str = "") -> Value:
        """The mean loss over a batch, one node, in training with the penalty; a DivergenceError if
        it is not finite.
        """
        each = [loss_of_one(self.loss, self.model(inputs), target) for inputs, target in batch]
        loss: Value = each[0] if len(each) == 1 else mean(each)
        if loss.__class__ is not Value:
            raise TypeError(
                f"the loss is a {type(loss).__name__}, which was not computed from the model's "
                "parameters"
            )
        if self.penalty is not None and not where:
            penalty = self.penalty(self.model.parameters())
            loss = loss + penalty
            self.watch.check_finite("penalty", penalty, epoch)
            if penalty.__class__ is not Value and penalty != 0:
                raise TypeError(
                    f"the penalty is the number {penalty!r}, not a Value: nothing of it was "
                    "recorded, it would not be trained. Compute it from the parameters given; for "
                    "a derivative, make the model an argument of it"
                )
        self.watch.check_finite("loss", loss, epoch, where)
        return loss

    def _step(self, batch: Sequence[Sample], epoch: int) -> Any:
        """Forward, backward, update; the loss before the update. The update is undone if it is not
        finite.
        """
        loss = self._forward(batch, epoch)
        of_model = self.model.parameters()
        parameters = [*of_model, *self.others]
        for parameter in parameters:
            parameter.grad = None
        loss.backward()
        _complete_gradients(of_model, parameters)
        if self.clip is not None:
            try:
                self.clip(of_model)
            except FloatingPointError as error:
                raise self.watch.diverged(f"epoch {epoch}: {error}", epoch, loss) from error
        before = state_of(self.optimizer, parameters)
        try:
            self.optimizer.step()
            for parameter in parameters:
                if not is_finite(made := parameter.data):
                    # First undone: what is not finite in the loss is not of this update.
                    set_state(self.optimizer, parameters, before)
                    raise self.watch.of_update(parameter, made, epoch, loss)
        except BaseException:  # Ctrl-C too: no step is half made
            set_state(self.optimizer, parameters, before)
            raise
        self.watch.updated = True
        return loss.data


# --- losses and gradients -------------------------------------------------------------------------


def loss_of_one(loss: Loss, output: Any, target: Any) -> Any:
    """A loss of one number is the mean over a network's several outputs; a row of one target serves
    one output.
    """
    if is_row(target) and len(target) == 1 and not is_row(output):
        target = target[0]
    if takes_one_number(loss):
        return over(loss, output, target)
    try:
        return loss(output, target)
    except TypeError as error:
        if not is_row(output) or "list" not in str(error):
            raise
        raise TypeError(
            f"the prediction is a list, the network's {len(output)} outputs, which the loss does "
            f"not take ({error}): nn.over(loss, prediction, target) is its mean over them"
        ) from error


def _complete_gradients(of_model: Sequence[Value], parameters: Sequence[Value]) -> None:
    """The derivative in what the loss was not computed from is 0."""
    if all(parameter.grad is None for parameter in of_model):
        raise ValueError(
            "the loss was not computed from the model's parameters: compute it from the "
            "prediction itself"
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
