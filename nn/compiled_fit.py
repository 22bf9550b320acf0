"""`fit` with compiled steps: the same training, whose steps are made in arrays.

Where one step has a result that is not finite, or a target that the loss refuses, that step is made
on Values instead, and so are its errors.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from time import perf_counter
from typing import Any

import numpy as np

from autograd.compiler.compiled import FLOATS
from autograd.compiler.training import Array
from autograd.entry import Operation
from autograd.number_types import constant
from nn.compiled_samples import targets_of
from nn.compiled_step import AT_ONCE, CompiledStep, MeanLoss, follows_its_rule
from nn.fit_arguments import Sample
from nn.losses import Loss, mse
from nn.optimizers import SGD
from nn.progress import Show
from nn.training_run import Run, loss_of_one

SOON = 0.05  # seconds between which Ctrl-C is heard


def compiled_run(run: Run, engine: str, mesh: Any, dtype: str) -> Run:
    """The run by an engine; the same run where it cannot be compiled: for "auto", or where it has
    an error of its own.
    """
    try:
        given = {field.name: getattr(run, field.name) for field in fields(run)}
        known = "auto" if engine == "compiled" else engine
        return CompiledRun(**given, engine=known, mesh=mesh, dtype=dtype)
    except Exception as error:  # whatever the functions given say of numbers not known yet
        if engine != "auto" and not _has_an_error(run):
            if isinstance(error, ModuleNotFoundError):
                raise
            raise ValueError(
                f"this training cannot be compiled: {error}; engine='auto' makes it eagerly then"
            ) from error
        run.watch.history.why_eager = str(error)
        return run


def _has_an_error(run: Run) -> bool:
    try:
        for batch in run.batches(run.samples):
            run.backward(batch, 1)
        run.validation(run.held_out or run.samples[:1], 1)
    except Exception:
        return True
    return False


@dataclass
class Batch:
    """Samples, and the rows that stand for them; `refused` where the loss refuses a target."""

    samples: list[Sample]
    x: Array
    y: Array
    refused: bool

    def __len__(self) -> int:
        return len(self.samples)


class Rows:
    """Samples as arrays."""

    def __init__(self, samples: list[Sample], model: Any, loss: Loss, dtype: str) -> None:
        self.samples = samples
        inputs, targets = zip(*samples, strict=True)
        kinds = {type(x) for row in inputs for x in row}
        of_targets = {type(x) for y in targets for x in (y if isinstance(y, list) else [y])}
        for kind in (kinds | of_targets) - FLOATS:
            raise TypeError(f"compiled code computes in floats, not with a {kind.__name__}")
        self.x, y = np.array(inputs, dtype), np.array(targets, dtype)
        if self.x.ndim != 2:
            raise ValueError("the inputs are no rows of numbers")
        self.y, self.refused = targets_of(loss, model, self.x, y, of_targets == {int})
        self.x.flags.writeable = self.y.flags.writeable = False  # a device may keep them
        if not isinstance(loss, Operation) and getattr(loss, "__module__", "") != mse.__module__:
            self.refused |= _refused(samples, model, loss)

    def batch(self, places: slice | list[int]) -> Batch:
        """Those samples."""
        chosen = (
            self.samples[places] if isinstance(places, slice) else [self.samples[i] for i in places]
        )
        refused = bool(self.refused[places].any())
        return Batch(chosen, self.x[places], self.y[places], refused)


def _refused(samples: list[Sample], model: Any, loss: Loss) -> list[bool]:
    """Of which targets a loss of one's own says that they are none; it is asked each once."""
    output, refused = model(samples[0][0]), dict[Any, bool]()

    def refuses(target: Any) -> bool:
        key = tuple(target) if isinstance(target, list) else target
        if key not in refused:
            try:
                loss_of_one(loss, output, target)
                refused[key] = False
            except (TypeError, ValueError):
                refused[key] = True
        return refused[key]

    return [refuses(target) for _, target in samples]


@dataclass
class CompiledRun(Run):
    """A training whose steps an engine makes.

    Where only the gradients can be, for there is something to do between them and the update, or an
    optimizer of one's own, the update is made on Values.
    """

    engine: str
    mesh: Any
    dtype: str

    def __post_init__(self) -> None:
        super().__post_init__()
        parameters = self.model.parameters()
        self.moves = (
            self.clip is None
            and follows_its_rule(self.optimizer)
            and set(self.optimizer.parameters) == set(parameters)
        )
        optimizer = self.optimizer if self.moves else SGD(parameters, 0.0)
        given = self.model, self.loss, optimizer, self.penalty
        self.compiled = CompiledStep(*given, self.engine, False, self.mesh, self.dtype)
        self.loss_before = np.empty(1, self.dtype)
        self.at_once = 1  # epochs
        self.rows = Rows(self.samples, self.model, self.loss, self.dtype)
        self.places = {id(sample): place for place, sample in enumerate(self.samples)}
        self.unshuffled = [self.rows.batch(slice(i, i + self.batch_size)) for i in self.starts]
        self.compiled.prepare(self.rows.x, self.rows.y)
        self.watch.history.engine = self.compiled.engine
        if self.held_out:
            self.measured = Rows(self.held_out, self.model, self.loss, self.dtype).batch(
                slice(None)
            )
            self.measuring = MeanLoss(self.compiled)

    def sync(self) -> None:
        """See `Run`."""
        if self.moves:
            self.compiled.sync()

    def load(self) -> None:
        """See `Run`."""
        if self.moves:
            self.compiled.load()

    def make_epochs(self, first: int, last: int, show: Show) -> int:
        """See `Run`. Of epochs that are one step each, after which nobody looks, as many at once as
        are made SOON.
        """
        start, count = perf_counter(), min(self.at_once, last - first + 1)
        if count > 1 and self.are_steps:
            last = self._make_steps(first, count, show)
        else:
            last = super().make_epochs(first, last, show)
        each = (perf_counter() - start) / (last - first + 1)
        self.at_once = max(1, min(AT_ONCE, int(SOON / max(each, 1e-9))))
        return last

    @property
    def are_steps(self) -> bool:
        """Whether every epoch is one step over the same samples."""
        is_same = len(self.unshuffled) == 1 and self.shuffle is None and not self.held_out
        return is_same and self.moves and not self.unshuffled[0].refused

    def _make_steps(self, first: int, count: int, show: Show) -> int:
        """So many epochs, or fewer where one has no finite result."""
        batch, losses = self.unshuffled[0], np.empty(count, self.dtype)
        made = self.compiled.try_steps(batch.x, batch.y, losses)
        found = losses[:made].tolist()
        self.watch.history.losses += found
        for epoch, loss in enumerate(found, first):
            show(epoch, loss)
        self.compiled.hear()
        return first + made - 1 if made else super().make_epochs(first, first, show)

    def batches(self, samples: list[Sample]) -> Iterator[Batch]:
        """See `Run`."""
        for batch in self.unshuffled if self.shuffle is None else self._shuffled(samples):
            yield batch
            self.compiled.hear()

    def _shuffled(self, samples: list[Sample]) -> Iterator[Batch]:
        order = [self.places[id(sample)] for sample in samples]
        for start in self.starts:
            yield self.rows.batch(order[start : start + self.batch_size])

    def step(self, batch: Batch, epoch: int) -> Any:
        """See `Run`."""
        if not self.moves:
            return super().step(batch, epoch)
        if not batch.refused and self._tried(batch):
            self.watch.updated = True
            return self.loss_before.item()
        self.sync()
        loss = super().step(batch, epoch)
        self.load()
        return loss

    def backward(self, batch: Batch, epoch: int) -> Any:
        """See `Run`."""
        if self.moves or batch.refused:
            return super().backward(batch.samples, epoch)
        self.compiled.load()
        if not self._tried(batch):
            return super().backward(batch.samples, epoch)
        self.compiled.give_gradients()
        for parameter in self.others:
            parameter.grad = constant(0, parameter.data)
        return self.loss_before.item()

    def _tried(self, batch: Batch) -> bool:
        made = self.compiled.try_steps(batch.x, batch.y, self.loss_before)
        if not made:
            self.compiled.hear()
        return bool(made)

    def validation(self, samples: list[Sample], epoch: int) -> Any:
        """See `Run`."""
        if not self.measured.refused:
            if not self.moves:  # the update was made on Values
                self.compiled.load()
            loss = self.measuring.of(self.measured.x, self.measured.y)
            if np.isfinite(loss):
                return loss
        self.sync()
        return super().validation(samples, epoch)
