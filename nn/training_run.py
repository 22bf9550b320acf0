"""A run of training: each step's forward pass, backward pass and update, and what may go wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from autograd.number_types import constant, is_finite, number_of
from autograd.operations import mean, total
from autograd.value import Value
from nn.checks import is_row
from nn.divergence import Watch
from nn.fit_arguments import Sample
from nn.history import History
from nn.losses import Loss, over, takes_one_number
from nn.optimizer import set_state, state_of, updated_by
from nn.progress import Show

OfParameters = Callable[[list[Value]], Any]


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
    run = Run(model, loss, optimizer, samples, None, len(samples), None, penalty, None)
    run.watch.history.losses, run.watch.updated = losses, number > 1
    with run.watch.over(number):
        return run.step(samples, number)


def one_loss(
    model: Any, loss: Loss, optimizer: Any, samples: list[Sample], penalty: OfParameters | None
) -> Value:
    """The mean loss over all samples, with the penalty, or its error."""
    return Run(model, loss, optimizer, samples, None, 1, None, penalty, None)._forward(samples, 1)


@dataclass
class Run:
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

    def make_epochs(self, first: int, last: int, show: Show) -> int:
        """The first of these epochs, or more of them; which was made last."""
        self.one_epoch(first, show)
        return first

    def one_epoch(self, epoch: int, show: Show) -> None:
        """Every batch once, then the validation; the history gains the losses of the batches that
        were made.
        """
        samples, history = self._in_order(), self.watch.history
        made: list[tuple[Any, int]] = []
        try:
            with self.watch.over(epoch):
                for batch in self.batches(samples):
                    made.append((self.step(batch, epoch), len(batch)))
                    show(epoch, made[-1][0])
        finally:
            if made:
                history.losses.append(_average(made))
        if self.held_out:
            with self.watch.over(epoch, ", validation"):
                history.validation_losses.append(self.validation(self.held_out, epoch))

    def sync(self) -> None:
        """Bring what was learnt into the model, to be looked at."""

    def load(self) -> None:
        """Take the parameters from the model, where they may have been changed."""

    def _in_order(self) -> list[Sample]:
        if self.shuffle is None:
            return self.samples
        # Anew from the given order, so that a resumed training goes on as it would have.
        samples = list(self.samples)
        self.shuffle.shuffle(samples)
        return samples

    def batches(self, samples: list[Sample]) -> Iterator[Any]:
        """The samples in batches, the last of which may be smaller."""
        for start in self.starts:
            yield samples[start : start + self.batch_size]

    def validation(self, samples: list[Sample], epoch: int) -> Any:
        """The mean loss over samples that are not trained with."""
        return self._forward(samples, epoch, ", validation").data

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
            penalty = penalty_of(self.penalty, self.model.parameters())
            loss = loss + penalty
            self.watch.check_finite("penalty", penalty, epoch)
            require_recorded(penalty)
        self.watch.check_finite("loss", loss, epoch, where)
        return loss

    def step(self, batch: Any, epoch: int) -> Any:
        """Forward, backward, update; the loss before the update. The update is undone if it is not
        finite.
        """
        loss = self.backward(batch, epoch)
        of_model = self.model.parameters()
        parameters = [*of_model, *self.others]
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
        return number_of(loss)

    def backward(self, batch: Any, epoch: int) -> Any:
        """The loss over a batch, whose gradients the parameters have."""
        loss = self._forward(batch, epoch)
        of_model = self.model.parameters()
        parameters = [*of_model, *self.others]
        for parameter in parameters:
            parameter.grad = None
        loss.backward()
        _complete_gradients(of_model, parameters)
        return loss


# --- losses and gradients -------------------------------------------------------------------------


def penalty_of(penalty: OfParameters, parameters: list[Value]) -> Any:
    """What it gives; a TypeError where that is nothing."""
    found = penalty(parameters)
    if found is None:
        raise TypeError("the penalty is None: return what is to be added to the loss")
    return found


def require_recorded(penalty: Any) -> None:
    """A TypeError for a penalty that is a number other than 0."""
    if penalty.__class__ is not Value and penalty != 0:
        raise TypeError(
            f"the penalty is the number {penalty!r}, not a Value: nothing of it was recorded, it "
            "would not be trained. Compute it from the parameters given; for a derivative, make "
            "the model an argument of it"
        )


def loss_of_one(loss: Loss, output: Any, target: Any) -> Any:
    """A loss of one number is the mean over a network's several outputs; a row of one target serves
    one output.
    """
    if is_row(target) and len(target) == 1 and not is_row(output):
        target = target[0]
    if takes_one_number(loss):
        return over(loss, output, target)
    try:
        found = loss(output, target)
    except TypeError as error:
        if not is_row(output) or "list" not in str(error):
            raise
        raise TypeError(
            f"the prediction is a list, the network's {len(output)} outputs, which the loss does "
            f"not take ({error}): nn.over(loss, prediction, target) is its mean over them"
        ) from error
    if found is None:
        raise TypeError("the loss is None: return what it computes")
    return found


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
