"""`compile_step`: a whole step of training, as machine code or as a program over NumPy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.calculus.transforms import value_and_grad
from autograd.compiler.engines import LONGEST, engine_of, require_possible
from autograd.compiler.kernels import Column, Kernel
from autograd.compiler.program import Program
from autograd.compiler.recording import recorded
from autograd.compiler.simplify import simplified
from autograd.compiler.tracing import traced
from autograd.compiler.training import Array, Steps, Training, padded
from autograd.value import Value
from nn.losses import (
    Loss,
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    cross_entropy,
    cross_entropy_with_logits,
    hinge,
)
from nn.optimizer import Optimizer
from nn.training import loss_of_one, one_step

AT_ONCE = 1000  # steps between which Ctrl-C is heard
SETTINGS = (bool, str)  # of an optimizer, beside its hyperparameters: what rule it goes by
SHARES = (cross_entropy, cross_entropy_with_logits)  # of classes, or the index of one


def _no_probability(y: Array) -> Array:
    return ~np.reshape((y >= 0) & (y <= 1), (len(y), -1)).all(axis=1)


def _no_shares(y: Array) -> Array:
    return _no_probability(y) | ~np.isclose(np.reshape(y, (len(y), -1)).sum(axis=1), 1, rtol=1e-6)


REFUSED: dict[Any, Callable[[Array], Array]] = {  # which rows of targets a loss does not take
    binary_cross_entropy: _no_probability,
    binary_cross_entropy_with_logits: _no_probability,
    cross_entropy: _no_shares,
    cross_entropy_with_logits: _no_shares,
    hinge: lambda y: ~np.reshape(abs(y) == 1, (len(y), -1)).all(axis=1),
}


def compile_step(
    model: Any,
    loss: Loss,
    optimizer: Optimizer,
    *,
    penalty: Callable[[list[Value]], Value] | None = None,
    engine: str = "auto",
    exact_order: bool = False,
    mesh: Any = None,
) -> CompiledStep:
    """A step of training as `fit` makes it, recorded for one sample and compiled for any number.

    `engine` is "llvm" (`pip install 'chalkgrad[fast]'`), "numpy", "jax" (`'chalkgrad[jax]'`), which
    shares each batch out to the devices of a `mesh`, or "auto": machine code if it is installed and
    the program of one sample is not long, else NumPy. The sums over the samples are added in
    another order than `fit` adds them, unless that is one.

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
    step = CompiledStep(model, loss, optimizer, penalty, engine_of(engine), exact_order, mesh)
    step.goes_by_length = engine == "auto"
    return step


class CompiledStep:
    """See `compile_step`. The parameters stay in arrays until `sync` brings them back."""

    goes_by_length = False  # to arrays where a program is too long for machine code

    def __init__(
        self,
        model: Any,
        loss: Loss,
        optimizer: Optimizer,
        penalty: Callable[[list[Value]], Value] | None,
        engine: str,
        exact_order: bool,
        mesh: Any = None,
    ) -> None:
        require_possible(engine, exact_order, mesh)
        self.model, self.loss, self.optimizer, self.penalty = model, loss, optimizer, penalty
        self.engine, self.exact_order, self.mesh = engine, exact_order, mesh
        self._parameters: list[Value] = model.parameters()
        if set(optimizer.parameters) != set(self._parameters):
            raise ValueError(
                "a compiled step updates the model's parameters, all of them and no others: "
                "train another choice by nn.fit"
            )
        self._way: tuple[Any, ...] = ()  # that the optimizer goes
        self._known: dict[tuple[int, int | None], Steps] = {}
        self._checked: Any = None  # the targets that were looked at last
        self._last: tuple[Kernel, str] | None = None
        self.load()

    def load(self) -> None:
        """Take the parameters' numbers, and what the optimizer remembers, from where they are."""
        count, rule = len(self._parameters), self._rule(1)
        self._letters = rule.letters
        place = {x: i for i, x in enumerate(self.optimizer.parameters)}
        order = [place[x] for x in self._parameters]
        remembered = self.optimizer.remembered() or [[0.0] * count for _ in rule.letters]
        memories = [[column[i] for i in order] for column in remembered][: len(rule.letters)]
        numbers = [x.data for x in self._parameters]
        self._columns = [padded(numbers), *map(padded, memories)]
        self._steps = self.optimizer.steps_made()

    def step(self, inputs: Any, targets: Any) -> float:
        """One step over a batch; its loss before the update, the mean over the samples."""
        return self.run(inputs, targets, 1)[0]

    def run(self, inputs: Any, targets: Any, steps: int) -> list[float]:
        """Several steps over the same batch; the loss before each."""
        if steps.__class__ is not int or steps < 1:
            raise ValueError(f"steps are an int of 1 or more: got {steps!r}")
        x, y = _rows(inputs, "inputs"), _rows(targets, "targets")
        if len(x) != len(y):
            raise ValueError(f"one target for each input: got {len(x)} inputs, {len(y)} targets")
        y = self._targets(y, targets, x)
        hyper = self.optimizer.hyperparameters()
        code = self._code(x.shape[1], y.shape[1] if y.ndim == 2 else None, tuple(hyper))
        losses, made = np.empty(steps), 0
        while made < steps:
            given = np.empty((min(steps - made, AT_ONCE), 1 + len(hyper)))
            given[:] = [self._steps + 1, *hyper.values()]
            if len(given) > 1:
                given[:, 0] += range(len(given))
            done = code.run(given, x, y, self._columns, losses[made:])
            self._steps, made = self._steps + done, made + done
            if done < len(given):
                losses[made] = self._eagerly(x, y, losses[:made].tolist())
                made += 1
        found: list[float] = losses.tolist()
        return found

    @property
    def program(self) -> Program:
        """The program of one sample, of the shape that was run last."""
        return self._of_last()[0].program

    @property
    def source(self) -> str:
        """Its source: LLVM's, or Python's over NumPy."""
        return self._of_last()[1]

    def explain(self) -> str:
        """The same program over all samples, in matrices: the lines that the notes have."""
        from autograd.compiler.explain import explained

        return explained(self._of_last()[0])

    @property
    def function(self) -> Callable[..., Any]:
        """By JAX alone: one step as a pure function. From the parameters and what is remembered, a
        column each, the number of the step followed by the hyperparameters, the inputs and the
        targets it makes the new columns and the loss.
        """
        if self.engine != "jax":
            raise ValueError(f"engine='jax' gives a pure function of arrays, not {self.engine!r}")
        self._of_last()
        *_, code = self._known.values()
        function: Callable[..., Any] = code.step  # type: ignore[attr-defined]
        return function

    def _of_last(self) -> tuple[Kernel, str]:
        if self._last is None:
            raise ValueError("nothing is compiled yet: make a step once")
        return self._last

    def __repr__(self) -> str:
        return f"<a step of {self.model!r}, compiled by {self.engine}>"

    def __getstate__(self) -> dict[str, Any]:
        """Without machine code, which a copy compiles again, and what is on devices."""
        state = vars(self) | {"_known": {}, "_way": (), "_last": None, "_checked": None}
        return state | {"_columns": [*map(np.asarray, self._columns)], "mesh": None}

    def sync(self) -> Any:
        """The model, with the parameters as they are now; the optimizer has its memory, too."""
        numbers, *memories = map(np.asarray, self._columns)
        for parameter, number in zip(self._parameters, numbers.tolist(), strict=False):
            parameter.data = number
        names = [name for name in self.optimizer._state_names if name != "step"]
        place = {x: i for i, x in enumerate(self._parameters)}
        order = [place[x] for x in self.optimizer.parameters]
        if self._steps and memories:
            state: dict[str, Any] = {name: [0.0] * len(order) for name in names}
            for name, column in zip(names, memories, strict=False):  # without momentum there is one
                state[name] = column[order].tolist()  # less
            counted = "step" in self.optimizer._state_names
            self.optimizer.load_state_dict({"step": self._steps, **state} if counted else state)
        return self.model

    def _targets(self, y: Array, given: Any, x: Array) -> Array:
        """The targets as the loss takes them: for the index of a class its shares."""
        if y.ndim == 1 and self.loss in SHARES and np.asarray(given).dtype.kind in "iu":
            outputs = self.model(x[0].tolist())
            for target in {*y.tolist()}:
                self.loss(outputs, int(target))  # for its error, where that is no class
            y = np.eye(len(outputs))[y.astype(int)]
        if self.loss in REFUSED and y is not self._checked:
            for target in y[REFUSED[self.loss](y)][:1].tolist():
                loss_of_one(self.loss, self.model(x[0].tolist()), target)  # for its error
            self._checked = y
        return y

    def _eagerly(self, x: Array, y: Array, losses: list[float]) -> float:
        """The same step as `fit` makes it, for its errors."""
        self.sync()
        samples = list(zip(x.tolist(), y.tolist(), strict=True))
        loss: float = one_step(
            *(self.model, self.loss, self.optimizer, samples),
            penalty=self.penalty,
            losses=losses,
            number=self._steps + 1,
        )
        self.load()
        return loss

    # --- code ---

    def _code(self, inputs: int, targets: int | None, hyper: tuple[str, ...]) -> Steps:
        """The code for samples of so many inputs and targets; None: the target is one number."""
        way = (hyper, *[x for x in vars(self.optimizer).values() if x.__class__ in SETTINGS])
        if way != self._way:  # another momentum than 0, or Nesterov's, makes another rule
            self._way, self._known = way, {}
            if self._rule(1).letters != self._letters:
                self.sync()
                self.load()
        if (inputs, targets) not in self._known:
            training = Training(
                self._samples(inputs, targets), self._of_penalty(), self._of_rule(hyper)
            )
            if self.goes_by_length and len(training.samples.program.instructions) > LONGEST:
                self.engine = "numpy"
            code = _steps_of(training, self.engine, self.exact_order, self.mesh)
            self._known[inputs, targets] = code
            self._last = training.samples, code.source
        return self._known[inputs, targets]

    def _samples(self, inputs: int, targets: int | None) -> Kernel:
        """The loss of one sample, and its gradients."""
        width = targets or 1
        target: Any = 0.0 if targets is None else [0.0] * width

        def loss_of(model: Any, x: Any, y: Any) -> Any:
            return loss_of_one(self.loss, model(x), y)

        program = self._recorded(value_and_grad(loss_of), "loss", [0.0] * inputs, target)
        columns = [Column(0, place, inputs) for place in range(inputs)]
        columns += [Column(1, place, width) for place in range(width)]
        return Kernel(program, columns, [])

    def _of_penalty(self) -> Program | None:
        if self.penalty is None:
            return None
        penalty = self.penalty
        return self._recorded(value_and_grad(lambda model: penalty(model.parameters())), "penalty")

    def _recorded(self, function: Any, what: str, *more: Any) -> Program:
        found = recorded(function, (self.model, *more))
        if found.captured:
            raise ValueError(f"the {what} uses {found.captured[0]!r}, no parameter of the model")
        return simplified(found.program, self.exact_order)

    def _of_rule(self, names: tuple[str, ...]) -> Kernel:
        """The optimizer's rule, for each parameter."""
        letters = self._rule(1).letters

        def rule(step: Any, *numbers: Any) -> list[Any]:
            given = dict(zip(names, numbers, strict=False))
            gradient, w, *before = numbers[len(names) :]
            lines = self.optimizer.rule(given, step).lines([w], [gradient], [[x] for x in before])
            return [lines["w"][0], *(lines[letter][0] for letter in letters)]

        program = traced(rule, ["step", *names, "g", "w", *letters])
        columns = [Column(i, padded=True) for i in range(2 + len(letters))]
        return Kernel(simplified(program, exact_order=True), columns, columns[1:])

    def _rule(self, step: Any) -> Any:
        return self.optimizer.rule(self.optimizer.hyperparameters(), step)


def _steps_of(training: Training, engine: str, exact_order: bool, mesh: Any) -> Steps:
    """The code of a training by one of the engines, whose packages are loaded here."""
    if engine == "llvm":
        from autograd.compiler.training_llvm import MachineSteps

        return MachineSteps(training, exact_order)
    if engine == "jax":
        from autograd.compiler.training_jax import JaxSteps

        return JaxSteps(training, mesh)
    from autograd.compiler.training_arrays import ArraySteps

    return ArraySteps(training)


def _rows(given: Any, what: str) -> Array:
    """A row for each sample, contiguous; one number each may stand alone, if it is a target."""
    array = given
    if given.__class__ is not np.ndarray or given.dtype != float or not given.flags.c_contiguous:
        array = np.ascontiguousarray(given, dtype=float)
    if array.ndim not in ((2,) if what == "inputs" else (1, 2)) or not len(array):
        raise ValueError(f"the {what} are a row for each sample, got an array of {array.shape}")
    return array
