"""`compile_step`: a whole step of training, as machine code or as a program over NumPy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import isfinite
from typing import Any

import numpy as np

from autograd.calculus.transforms import value_and_grad
from autograd.compiler.compiled import compile as compiled
from autograd.compiler.engines import engine_of
from autograd.compiler.kernel_code import kernel_code
from autograd.compiler.kernels import Column, Kernel
from autograd.compiler.recording import recorded
from autograd.compiler.simplify import simplified
from autograd.compiler.tracing import traced
from autograd.value import Value
from nn.losses import Loss
from nn.optimizer import Optimizer
from nn.training import fit, loss_of_one

Array = Any  # of NumPy, float64
BLOCK = 8  # parameters have room for whole blocks of so many


def compile_step(
    model: Any,
    loss: Loss,
    optimizer: Optimizer,
    *,
    penalty: Callable[[list[Value]], Value] | None = None,
    engine: str = "auto",
    exact_order: bool = False,
) -> CompiledStep:
    """A step of training as `fit` makes it, recorded for one sample and compiled for any number.

    `engine` is "llvm" (`pip install 'chalkgrad[fast]'`), "numpy", or "auto", the first that is
    installed. The sums over the samples are added in another order than `fit` adds them, unless
    that is one.

    >>> import random, nn
    >>> model = nn.MLP(2, [4, 1], ["tanh", "sigmoid"], rng=random.Random(7))
    >>> optimizer = nn.SGD(model.parameters(), learning_rate=2.0)
    >>> compiled = nn.compile_step(model, nn.half_squared_error, optimizer)
    >>> losses = compiled.run([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0], steps=600)
    >>> losses[0] > 0.1, losses[-1] < 0.005
    (True, True)
    >>> compiled.sync() is model
    True
    """
    return CompiledStep(model, loss, optimizer, penalty, engine_of(engine), exact_order)


class CompiledStep:
    """See `compile_step`. The parameters stay in arrays until `sync` brings them back."""

    def __init__(
        self,
        model: Any,
        loss: Loss,
        optimizer: Optimizer,
        penalty: Callable[[list[Value]], Value] | None,
        engine: str,
        exact_order: bool,
    ) -> None:
        self.model, self.loss, self.optimizer, self.penalty = model, loss, optimizer, penalty
        self.engine, self.exact_order = engine, exact_order
        self._parameters: list[Value] = model.parameters()
        if set(optimizer.parameters) != set(self._parameters):
            raise ValueError(
                "a compiled step updates the model's parameters, all of them and no others: "
                "train another choice by nn.fit"
            )
        self._kernels: dict[Any, Any] = {}
        self._updates: dict[Any, Any] = {}
        self._penalty = penalty and compiled(
            value_and_grad(lambda parameters: penalty(parameters)),
            engine=engine,
            exact_order=exact_order,
        )
        self.load()

    def load(self) -> None:
        """Take the parameters' numbers, and what the optimizer remembers, from where they are."""
        count, rule = len(self._parameters), self._rule(1)
        place = {x: i for i, x in enumerate(self.optimizer.parameters)}
        order = [place[x] for x in self._parameters]
        remembered = self.optimizer.remembered() or [[0.0] * count for _ in rule.letters]
        memories = [[column[i] for i in order] for column in remembered][: len(rule.letters)]
        numbers = [x.data for x in self._parameters]
        self._gradients = _padded([0.0] * count)
        self._columns = [_padded(numbers), *map(_padded, memories)]
        self._steps = self.optimizer.steps_made()

    def step(self, inputs: Any, targets: Any) -> float:
        """One step over a batch; its loss before the update, the mean over the samples."""
        return self.run(inputs, targets, 1)[0]

    def run(self, inputs: Any, targets: Any, steps: int) -> list[float]:
        """Several steps over the same batch; the loss before each."""
        x, y = _rows(inputs, "inputs"), _rows(targets, "targets")
        if len(x) != len(y):
            raise ValueError(f"one target for each input: got {len(x)} inputs, {len(y)} targets")
        kernel = self._kernel(x.shape[1], None if np.ndim(targets) == 1 else y.shape[1])
        losses: list[float] = []
        for _ in range(steps):
            losses.append(self._one(kernel, x, y))
        return losses

    def sync(self) -> Any:
        """The model, with the parameters as they are now; the optimizer has its memory, too."""
        numbers, *memories = self._columns
        for parameter, number in zip(self._parameters, numbers.tolist(), strict=False):
            parameter.data = number
        names = [name for name in self.optimizer._state_names if name != "step"]
        place = {x: i for i, x in enumerate(self._parameters)}
        order = [place[x] for x in self.optimizer.parameters]
        if self._steps and memories:
            state: dict[str, Any] = {
                name: column[order].tolist() for name, column in zip(names, memories, strict=True)
            }
            counted = "step" in self.optimizer._state_names
            self.optimizer.load_state_dict({"step": self._steps, **state} if counted else state)
        return self.model

    # --- one step ---

    def _one(self, kernel: Any, x: Array, y: Array) -> float:
        run, sums = kernel
        count, samples = len(self._parameters), len(x)
        numbers = self._columns[0]
        run(numbers, sums, samples, x, y)
        loss, gradients = float(sums[0]) / samples, self._gradients
        np.divide(sums[1:], samples, out=gradients[:count])
        if self._penalty is not None:
            penalty, more = self._penalty(numbers[:count].tolist())
            loss += penalty
            gradients[:count] += more
        before = [column.copy() for column in self._columns]
        self._updated(count)
        if not (isfinite(loss) and isfinite(self._columns[0].sum())):
            self._columns = before
            return self._eagerly(x, y)
        self._steps += 1
        return loss

    def _updated(self, count: int) -> None:
        given = self.optimizer.hyperparameters()
        if tuple(given) not in self._updates:
            self._updates[tuple(given)] = self._update(tuple(given))
        run, nothing = self._updates[tuple(given)]
        shared = np.array([self._steps + 1, *given.values()], dtype=float)
        run(shared, nothing, count, self._gradients, *self._columns)

    def _eagerly(self, x: Array, y: Array) -> float:
        """The same step by `fit`, for its errors."""
        self.sync()
        targets = y[:, 0].tolist() if y.shape[1] == 1 else y.tolist()
        history = fit(
            *(self.model, x.tolist(), targets),
            loss=self.loss,
            optimizer=self.optimizer,
            penalty=self.penalty,
            epochs=1,
            progress=False,
        )
        self.load()
        loss: float = history.losses[0]
        return loss

    # --- code ---

    def _kernel(self, inputs: int, targets: int | None) -> Any:
        """The code for one sample's loss and its gradients, and where their sums go."""
        if (inputs, targets) in self._kernels:
            return self._kernels[inputs, targets]
        width = targets or 1
        target: Any = 0.0 if targets is None else [0.0] * width

        def loss_of(model: Any, x: Any, y: Any) -> Any:
            return loss_of_one(self.loss, model(x), y)

        found = recorded(value_and_grad(loss_of), (self.model, [0.0] * inputs, target))
        if found.captured:
            raise ValueError(f"the loss uses {found.captured[0]!r}, no parameter of the model")
        program = simplified(found.program, self.exact_order)
        columns = [Column(0, place, inputs) for place in range(inputs)]
        columns += [Column(1, place, width) for place in range(width)]
        run, self.source = kernel_code(Kernel(program, columns, []), self.engine, self.exact_order)
        self.program = program
        self._kernels[inputs, targets] = run, np.empty(len(program.outputs))
        return self._kernels[inputs, targets]

    def _update(self, names: tuple[str, ...]) -> Any:
        """The code of the optimizer's rule, for one parameter in each lane."""
        letters = self._rule(1).letters

        def rule(step: Any, *numbers: Any) -> list[Any]:
            given = dict(zip(names, numbers, strict=False))
            gradient, w, *before = numbers[len(names) :]
            lines = self.optimizer.rule(given, step).lines([w], [gradient], [[x] for x in before])
            return [lines["w"][0], *(lines[letter][0] for letter in letters)]

        program = traced(rule, ["step", *names, "g", "w", *letters])
        columns = [Column(i, padded=True) for i in range(2 + len(letters))]
        kernel = Kernel(simplified(program, True), columns, columns[1:])
        run, _ = kernel_code(kernel, self.engine, self.exact_order)
        return run, np.empty(0)

    def _rule(self, step: Any) -> Any:
        return self.optimizer.rule(self.optimizer.hyperparameters(), step)


def _rows(given: Any, what: str) -> Array:
    """A row for each sample, contiguous."""
    array = np.ascontiguousarray(given, dtype=float)
    if array.ndim == 1:
        array = array.reshape(-1, 1)
    if array.ndim != 2 or not len(array):
        raise ValueError(f"the {what} are a row for each sample, got an array of {array.shape}")
    return array


def _padded(numbers: Sequence[float]) -> Array:
    """An array with room for whole blocks."""
    array = np.zeros(-(-len(numbers) // BLOCK) * BLOCK)
    array[: len(numbers)] = numbers
    return array
