"""`compile_step`: a whole step of training, as machine code or as a program over NumPy."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from threading import RLock
from typing import Any

import numpy as np

from autograd.calculus.transforms import value_and_grad
from autograd.compiler.collector import collector_paused
from autograd.compiler.compiled import FLOATS
from autograd.compiler.engines import LONGEST, engine_of, require_possible
from autograd.compiler.kernels import Column, Kernel
from autograd.compiler.program import Program
from autograd.compiler.recording import recorded
from autograd.compiler.simplify import is_constant, simplified
from autograd.compiler.tracing import traced
from autograd.compiler.training import Array, Steps, Training, padded
from autograd.value import Value
from nn.compiled_samples import REFUSED, not_finite, rows_of, shapes, targets_of, told
from nn.divergence import DivergenceError
from nn.fit_arguments import check_functions, check_loss, check_model, check_optimizer, dtype_of
from nn.losses import Loss
from nn.optimizer import Optimizer
from nn.optimizers import SGD
from nn.training_run import loss_of_one, one_loss, one_step, penalty_of, require_recorded
from nn.update_rules import OF_VELOCITY

AT_ONCE = 1000  # steps between which Ctrl-C is heard
SETTINGS = (bool, str)  # of an optimizer, beside its hyperparameters: what rule it goes by


def compile_step(
    model: Any,
    loss: Loss,
    optimizer: Optimizer,
    *,
    penalty: Callable[[list[Value]], Value] | None = None,
    engine: str = "auto",
    exact_order: bool = False,
    mesh: Any = None,
    dtype: Any = "float64",
) -> CompiledStep:
    """A step of training as `fit` makes it, recorded for one sample and compiled for any number.

    `engine` is "llvm" (`pip install 'chalkgrad[fast]'`), "numpy", "jax" (`'chalkgrad[jax]'`), which
    shares each batch out to the devices of a `mesh`, or "auto": the first of the first two that is
    installed, and NumPy where the program of one sample is long. The sums over the samples are
    added in another order than `fit` adds them, unless that is one. With the `dtype` "float32" all
    is computed in numbers of half the length, of some seven digits.

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
    check_model(model)
    check_optimizer(optimizer, model)
    check_loss(loss, model)
    check_functions((), penalty=penalty)
    kind = dtype_of(dtype)
    return CompiledStep(model, loss, optimizer, penalty, engine, exact_order, mesh, kind)


class CompiledStep:
    """See `compile_step`. The parameters stay in arrays until `sync` brings them back. Of several
    threads one has its turn at a time.
    """

    learns = True

    def __init__(
        self,
        model: Any,
        loss: Loss,
        optimizer: Optimizer,
        penalty: Callable[[list[Value]], Value] | None,
        engine: str,
        exact_order: bool,
        mesh: Any = None,
        dtype: str = "float64",
    ) -> None:
        self.model, self.loss, self.optimizer, self.penalty = model, loss, optimizer, penalty
        self.engine, self.exact_order, self.mesh = engine_of(engine), exact_order, mesh
        self.dtype = dtype
        require_possible(self.engine, exact_order, mesh)
        self.goes_by_length = engine == "auto"  # to arrays where machine code is too long
        self._parameters: list[Value] = model.parameters()
        if set(optimizer.parameters) != set(self._parameters):
            raise ValueError(
                "a compiled step updates the model's parameters, all of them and no others: "
                "train another choice by nn.fit"
            )
        if not follows_its_rule(optimizer):
            raise ValueError(
                f"a compiled step goes by the optimizer's rule, and {type(optimizer).__name__} has "
                "a step of its own: train by nn.fit"
            )
        self._is_known_kind = type(optimizer).__module__ == SGD.__module__  # all of it in vars
        self._settings: dict[str, Any] = {}
        self._way: tuple[Any, ...] = ()  # that the optimizer goes
        self._known: dict[tuple[int, int | None], Steps] = {}
        # Arrays that are known to be as they must, and what the targets were.
        self._seen: tuple[Any, Any, bytes] = None, None, b""
        self._refuses = any(refusing is loss for refusing in REFUSED)  # some targets
        self._last: tuple[Kernel, str] | None = None
        self._one = np.empty(1, dtype)
        self._number: Any = None  # memory of what is given to a step, and of one step's loss
        self._loss: Any = None
        self._interrupt: BaseException | None = None
        self._turn = RLock()  # of one thread at a time
        self.load()

    def load(self) -> None:
        """Take the parameters' numbers, and what the optimizer remembers, from where they are."""
        with self._turn:
            self._take()

    def _take(self) -> None:
        for parameter in self._parameters:
            if type(parameter.data) not in FLOATS:
                raise TypeError(f"compiled code computes in floats, and there is {parameter!r}")
        count = len(self._parameters)
        self._letters, self._kept = self._memory()
        place = {x: i for i, x in enumerate(self.optimizer.parameters)}
        order = [place[x] for x in self._parameters]
        self._taken = self._outside()
        remembered = self._taken[1] or [[0.0] * count for _ in self._kept]
        memories = [[column[i] for i in order] for column in remembered][: len(self._kept)]
        columns = (self._taken[0], *memories, [0.0] * count)  # the last: gradients
        self._columns = [padded(column, self.dtype) for column in columns]
        self._steps, self._made = self._taken[2], 0

    def _outside(self) -> tuple[list[Any], list[list[Any]], int]:
        """The numbers of the model, and what the optimizer remembers, of how many steps."""
        remembered = self.optimizer.remembered(), self.optimizer.steps_made()
        return [x.data for x in self._parameters], *remembered

    def step(self, inputs: Any, targets: Any) -> float:
        """One step over a batch; its loss before the update, the mean over the samples."""
        with self._turn:
            x, y = self._samples_of(inputs, targets)
            made, loss = self.try_steps(x, y, self._one), self._one.item()
            self.hear()
            return loss if made else self._eagerly(x, y, [])

    def run(self, inputs: Any, targets: Any, steps: int) -> list[float]:
        """Several steps over the same batch; the loss before each."""
        if steps.__class__ is not int or steps < 1:
            raise ValueError(f"steps are an int of 1 or more: got {steps!r}")
        with self._turn:
            return self._run(*self._samples_of(inputs, targets), steps)

    def _run(self, x: Array, y: Array, steps: int) -> list[float]:
        losses, made = np.empty(steps, self.dtype), 0
        while made < steps:
            some = losses[made : made + AT_ONCE]
            done = self.try_steps(x, y, some)
            self.hear()
            made += done
            if done < len(some):
                losses[made] = self._eagerly(x, y, losses[:made].tolist())
                made += 1
        found: list[float] = losses.tolist()
        return found

    def try_steps(self, x: Array, y: Array, losses: Array) -> int:
        """As many steps as there is room for losses, over samples as the code takes them; how many
        were finite, after which the numbers are as the last of them left them.

        Ctrl-C is kept until `hear`, so that the steps that were made are counted.
        """
        code, given = self._code(x, y), self._given
        if len(losses) > 1:
            given = np.repeat(given, len(losses), axis=0)
            given[:, 0] = range(self._steps + 1, self._steps + 1 + len(losses))
            losses.fill(np.nan)
        else:
            self._number[0] = self._steps + 1
            if losses is self._one:
                self._loss[0] = math.nan
            else:
                losses.fill(np.nan)
        try:
            done = code.run(given, x, y, self._columns, losses)
        except KeyboardInterrupt as error:
            done, self._interrupt = int(np.isfinite(losses).sum()), error
        self._steps, self._made = self._steps + done, self._made + done
        return done

    def hear(self) -> None:
        """Raise the Ctrl-C that came meanwhile."""
        if self._interrupt is not None:
            interrupt, self._interrupt = self._interrupt, None
            raise interrupt

    def prepare(self, x: Array, y: Array) -> None:
        """Compile for samples like these."""
        self._code(x, y)

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
        """By JAX alone: one step as a pure function. From the parameters, what is remembered and
        the gradients before, a column each, the number of the step followed by the hyperparameters,
        the inputs and the targets it makes the new columns and the loss.
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
        fresh: dict[str, Any] = {
            "_known": {},
            "_way": (),
            "_settings": {},
            "_last": None,
            "_seen": (None, None, b""),
            "_columns": [*map(np.asarray, self._columns)],
            "mesh": None,
            "_number": None,
            "_loss": None,
            "_turn": None,
        }
        return vars(self) | fresh

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self._turn = RLock()

    def sync(self) -> Any:
        """The model, with the parameters and their gradients as they are now; the optimizer has its
        memory, too.
        """
        with self._turn:
            if self._made:  # since all was taken from there
                self._give()
        return self.model

    def _give(self) -> None:
        if self._outside() != self._taken:
            raise ValueError(
                "the model or the optimizer was changed beside the compiled steps, and sync() "
                "would overwrite that: change it after sync() and call load(), which takes it so"
            )
        numbers, *remembered = map(np.asarray, self._columns)
        for parameter, number in zip(self._parameters, numbers.tolist(), strict=False):
            parameter.data = number
        self.give_gradients()
        if self._letters:
            names = [name for name in self.optimizer._state_names if name != "step"]
            place = {x: i for i, x in enumerate(self._parameters)}
            order = [place[x] for x in self.optimizer.parameters]
            state: dict[str, Any] = {name: [0.0] * len(order) for name in names}
            for name, _, column in zip(names, self._letters, remembered, strict=False):
                state[name] = column[order].tolist()
            counted = "step" in self.optimizer._state_names
            self.optimizer.load_state_dict({"step": self._steps, **state} if counted else state)
        self._taken, self._made = self._outside(), 0

    def give_gradients(self) -> None:
        """Leave on each parameter its gradient of the last step."""
        gradients: list[float] = np.asarray(self._columns[-1]).tolist()
        for parameter, gradient in zip(self._parameters, gradients, strict=False):
            parameter.grad = gradient

    def _samples_of(self, inputs: Any, targets: Any) -> tuple[Array, Array]:
        """A row for each sample, and its target as the code takes it."""
        is_seen = inputs is self._seen[0] and targets is self._seen[1]
        if is_seen and (not self._refuses or targets.tobytes() == self._seen[2]):
            return inputs, targets
        inputs, targets = ([*x] if isinstance(x, Iterator) else x for x in (inputs, targets))
        x = rows_of(inputs, "inputs", self.dtype)
        y = rows_of(targets, "targets", self.dtype)
        if len(x) != len(y):
            raise ValueError(f"one target for each input: got {len(x)} inputs, {len(y)} targets")
        are_ints = np.asarray(targets).dtype.kind in "biu"
        with told(shapes(x, y)):
            checked, refused = targets_of(self.loss, self.model, x, y, are_ints)
        for place in np.flatnonzero(refused)[:1].tolist():
            target = int(y[place]) if checked is not y else y[place].tolist()
            with told(f"it is targets[{place}]"):
                loss_of_one(self.loss, self.model(x[0].tolist()), target)  # for its error
        self._seen = x, checked, checked.tobytes() if self._refuses else b""
        return x, checked

    def _eagerly(self, x: Array, y: Array, losses: list[float]) -> float:
        """The same step as `fit` makes it, for its errors."""
        self.sync()
        samples = list(zip(x.tolist(), y.tolist(), strict=True))
        try:
            loss: float = one_step(
                *(self.model, self.loss, self.optimizer, samples),
                penalty=self.penalty,
                losses=losses,
                number=self._steps + 1,
            )
        except DivergenceError as error:
            if word := not_finite(x, "inputs") or not_finite(y, "targets"):
                error.args = (f"{error}; {word}",)
            raise
        self.load()
        return loss

    # --- code ---

    def _code(self, x: Array, y: Array) -> Steps:
        """The code for samples of so many inputs and targets, by the optimizer as it is now."""
        settings = vars(self.optimizer)
        if not self._is_known_kind or settings != self._settings:
            self._follow()
            self._settings = dict(settings)
        shape = x.shape[1], y.shape[1] if y.ndim == 2 else None  # None: one number
        return self._known.get(shape) or self._compiled(shape, x, y)

    def _follow(self) -> None:
        """Take the hyperparameters; another momentum than 0, or Nesterov's, makes another rule."""
        hyper = self.optimizer.hyperparameters()
        numbers = [_hyperparameter(*each) for each in hyper.items()]
        self._given = np.array([[0.0, *numbers]], self.dtype)  # to a step: its number, and these
        self._number, self._loss = self._given[0].data, self._one.data  # set sooner than by NumPy
        switches = [x for x in vars(self.optimizer).values() if x.__class__ in SETTINGS]
        if (way := (*hyper, *switches)) != self._way:
            self._way, self._known = way, {}
            if self._memory() != (self._letters, self._kept):
                self.sync()
                self.load()

    @collector_paused()
    def _compiled(self, shape: tuple[int, int | None], x: Array, y: Array) -> Steps:
        names = tuple(self.optimizer.hyperparameters())
        try:
            samples = self._samples(*shape)
        except (TypeError, ValueError):
            sample = x[0].tolist(), y[0].tolist()
            with suppress(ArithmeticError):
                with told(shapes(x, y)):
                    loss_of_one(self.loss, self.model(sample[0]), sample[1])
                one_loss(self.model, self.loss, self.optimizer, [sample], self.penalty)
            raise
        if self.goes_by_length and len(samples.program.instructions) > LONGEST:
            self.engine = "numpy"
        training = Training(samples, self._of_penalty(), self._of_rule(names), self.dtype)
        code = _steps_of(training, self.engine, self.exact_order, self.mesh)
        self._known[shape] = code
        self._last = samples, code.source
        return code

    def _samples(self, inputs: int, targets: int | None) -> Kernel:
        """The loss of one sample, and its gradients."""
        width = targets or 1
        target: Any = 0.0 if targets is None else [0.0] * width

        def loss_of(model: Any, x: Any, y: Any) -> Any:
            return loss_of_one(self.loss, model(x), y)

        program = self._recorded(self._function(loss_of), "loss", [0.0] * inputs, target)
        if self.learns and all(is_constant(output, 0.0) for output in program.outputs[1:]):
            raise ValueError(
                "the loss was not computed from the model's parameters: compute it from the "
                "prediction itself"
            )
        columns = [Column(0, place, inputs) for place in range(inputs)]
        columns += [Column(1, place, width) for place in range(width)]
        return Kernel(program, columns, [])

    def _function(self, loss_of: Callable[..., Value]) -> Callable[..., Any]:
        """What is computed of each sample, of the loss of one."""
        return value_and_grad(loss_of)

    def _of_penalty(self) -> Program | None:
        if self.penalty is None:
            return None
        penalty = self.penalty

        def of(model: Any) -> Value:
            found = penalty_of(penalty, model.parameters())
            made = found if found.__class__ is Value else Value(found)  # or what is wrong with it
            require_recorded(found)
            return made

        return self._recorded(value_and_grad(of), "penalty")

    def _recorded(self, function: Any, what: str, *more: Any) -> Program:
        found = recorded(function, (self.model, *more))
        if found.captured:
            raise ValueError(
                f"the {what} uses {found.captured[0]!r}, no parameter of the model: make it one, "
                "or compute with its number"
            )
        return simplified(found.program, self.exact_order)

    def _of_rule(self, names: tuple[str, ...]) -> Kernel:
        """The optimizer's rule, for each parameter."""
        kept = self._kept

        def rule(step: Any, *numbers: Any) -> list[Any]:
            given = dict(zip(names, numbers, strict=False))
            gradient, w, *before = numbers[len(names) : -1]
            lines = self._lines(given, step, w, gradient, before)
            return [lines["w"], *(lines[letter] for letter in kept), gradient]

        program = traced(rule, ["step", *names, "g", "w", *kept, "the gradient before"])
        columns = [Column(i, padded=True) for i in range(3 + len(kept))]
        return Kernel(simplified(program, exact_order=True), columns, columns[1:])

    def _lines(
        self, hyper: dict[str, Any], step: Any, w: Any, gradient: Any, before: Sequence[Any]
    ) -> dict[str, Any]:
        """One parameter's update by the rule's letters; without momentum the velocity too, with
        which one would begin.
        """
        rule = self.optimizer.rule(hyper, step)
        given = [w], [gradient], [[x] for x in before[: len(rule.letters)]]
        lines = rule.lines(*given)
        if isinstance(rule, OF_VELOCITY) and rule.momentum is None:
            begun = self.optimizer.rule({**hyper, "momentum": 0.0}, step).lines(*given)
            lines = lines | {"v": begun["v"]}
        return {letter: column[0] for letter, column in lines.items()}

    def _memory(self) -> tuple[list[str], list[str]]:
        """The letters of what the optimizer remembers, and of those that have columns of their own:
        a velocity may be the gradient.
        """
        gradient, hyper = 1.5, self.optimizer.hyperparameters()
        letters = list(self.optimizer.rule(hyper, 1).letters)
        lines = self._lines(hyper, 1, 0.5, gradient, [0.0] * len(letters))
        others = [] if "v" in letters or "v" not in lines else ["v"]
        return [*letters, *others], [*letters, *(x for x in others if lines[x] is not gradient)]


def follows_its_rule(optimizer: Any) -> bool:
    """Whether a step is what the optimizer's rule says, and no other was put in its place."""
    if not isinstance(optimizer, Optimizer) or {"step", "_updated"} & vars(optimizer).keys():
        return False
    kinds = type(optimizer).__mro__
    step, updated, rule = (
        next(kind for kind in kinds if name in vars(kind)) for name in ("step", "_updated", "rule")
    )
    return step is Optimizer and rule is not Optimizer and issubclass(rule, updated)


class MeanLoss(CompiledStep):
    """The mean loss over samples alone: a step without gradients, that moves nothing."""

    learns = False

    def __init__(self, trained: CompiledStep) -> None:
        model, loss, engine = trained.model, trained.loss, trained.engine
        still = SGD(model.parameters(), learning_rate=0.0)
        super().__init__(model, loss, still, None, engine, exact_order=False, dtype=trained.dtype)
        self._trained = trained

    def _function(self, loss_of: Callable[..., Value]) -> Callable[..., Any]:
        zeros = [0.0] * len(self._parameters)
        return lambda model, x, y: (loss_of(model, x, y), zeros)

    def of(self, x: Array, y: Array) -> float:
        """The loss with the parameters that the step trains; NaN where it is not finite."""
        self._columns[0] = np.array(self._trained._columns[0])
        self.try_steps(x, y, self._one)
        self.hear()
        loss: float = self._one.item()
        return loss


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


def _hyperparameter(name: str, given: Any) -> float:
    try:
        return float(given)
    except (TypeError, ValueError) as error:
        raise TypeError(f"the optimizer's {name} is a float, not {given!r}") from error
