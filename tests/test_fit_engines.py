"""`fit` by every engine beside the eager one: the same losses, numbers, memory and errors."""

from __future__ import annotations

import copy
import importlib.util
import random
import re
import signal
from fractions import Fraction

import numpy
import pytest

import nn
from autograd import Value, exp, total
from autograd.compiler import engines
from nn import compiled_fit, compiled_step

RNG = random.Random(3)
INPUTS = [[RNG.uniform(-1, 1), RNG.uniform(-1, 1)] for _ in range(13)]
TARGETS = [float(x * y > 0) for x, y in INPUTS]
CLASSES = [i % 3 for i in range(13)]
ENGINES = ("llvm", "numpy", *(["jax"] if importlib.util.find_spec("jax") else []))
engine = pytest.mark.parametrize("engine", ENGINES)


def network(*activations, outputs=1):
    return nn.MLP(2, [3, outputs], activations or ("tanh", "sigmoid"), rng=random.Random(5))


class Own:
    """An optimizer of one's own, that knows no rule."""

    def __init__(self, parameters):
        self.parameters = list(parameters)

    def step(self):
        for p in self.parameters:
            p.data -= 0.1 * p.grad


class Slower(nn.SGD):
    """One whose step is no more that of its rule."""

    def _updated(self):
        numbers, state = super()._updated()
        return [(w + p.data) / 2 for w, p in zip(numbers, self.parameters, strict=True)], state


def slows(epoch, history, model):
    """A callback that looks at everything, and changes what is trained."""
    slows.seen.append([(p.data, p.grad) for p in model.parameters()])
    model.parameters()[0].data *= 0.5
    slows.optimizer.learning_rate *= 0.5
    return epoch == 3


def gathers_speed(epoch, history, model):
    """A callback that sets momentum and decay, and takes them away."""
    slows.optimizer.momentum = epoch % 2 * 0.9
    slows.optimizer.weight_decay = epoch // 2 % 2 * 0.1


def own_loss(prediction, target):
    return (prediction - target) ** 2 * exp(-prediction)


def logits(**options):
    model = network("relu", "linear", outputs=3)
    return {"model": lambda: copy.deepcopy(model), "targets": CLASSES} | options


OPTIONS = {
    "plain": {},
    "batches": {"batch_size": 5, "shuffle": 7},
    "momentum": {"optimizer": lambda p: nn.SGD(p, 0.1, momentum=0.9, weight_decay=0.01)},
    "Adam": {"optimizer": lambda p: nn.Adam(p, 0.01), "batch_size": 4},
    "RMSProp": {"optimizer": lambda p: nn.RMSProp(p, 0.01), "batch_size": 13},
    "penalty": {"penalty": lambda p: nn.l2(p, 0.01) + nn.l1(p[:3], 0.1)},
    "a penalty of 0": {"penalty": lambda p: 0},
    "clipped": {"clip": lambda p: nn.clip_grad_norm(p, 0.01), "batch_size": 5},
    "clipped values": {"clip": lambda p: nn.clip_grad_value(p, 0.01), "penalty": lambda p: p[0]},
    "clipped, validation": {
        "clip": lambda p: nn.clip_grad_norm(p, 0.1),
        "validation": (INPUTS[:4], TARGETS[:4]),
    },
    "clipped, Adam": {"clip": lambda p: nn.clip_grad_norm(p, 0.01), "optimizer": nn.Adam},
    "validation": {"validation": (INPUTS[:4], TARGETS[:4]), "penalty": lambda p: nn.l2(p, 0.1)},
    "callback": {"callbacks": [slows], "batch_size": 6},
    "callback, clipped": {"callbacks": [slows], "clip": lambda p: nn.clip_grad_norm(p, 0.1)},
    "momentum at times": {"callbacks": [gathers_speed], "epochs": 9},
    "RMSProp, momentum at times": {
        "callbacks": [gathers_speed],
        "optimizer": lambda p: nn.RMSProp(p, 0.01, weight_decay=0.1),
    },
    "own optimizer": {"optimizer": Own},
    "own step": {"optimizer": lambda p: Slower(p, 0.1)},
    "some parameters": {"optimizer": lambda p: nn.SGD(p[2:], 0.1, weight_decay=0.1)},
    "others": {"optimizer": lambda p: nn.SGD([*p, Value(2.0)], 0.1, weight_decay=0.1)},
    "own loss": {"loss": own_loss, "validation": (INPUTS[:4], TARGETS[:4])},
    "hinge": {
        "loss": nn.hinge,
        "targets": [2 * y - 1 for y in TARGETS],
        "model": lambda: network("relu", "linear"),
    },
    "classes": logits(loss=nn.cross_entropy_with_logits, batch_size=5),
    "several outputs": logits(targets=[[x, y, 1] for x, y in INPUTS]),
    "arrays": {"inputs": numpy.array(INPUTS), "targets": numpy.array(TARGETS), "batch_size": 5},
}


def trained(engine, *, epochs=5, error=None, **options):
    """What a training leaves: its losses, all numbers, and what was seen on the way."""
    slows.seen = []
    model = options.pop("model", network)()
    optimizer = options.pop("optimizer", lambda p: nn.SGD(p, 0.1))(model.parameters())
    slows.optimizer = optimizer
    given = options.pop("inputs", INPUTS), options.pop("targets", TARGETS)
    if "shuffle" in options:
        options["shuffle"] = random.Random(options["shuffle"])
    given_options = {"loss": nn.half_squared_error, "progress": False, "optimizer": optimizer}
    history = nn.fit(model, *given, epochs=epochs, engine=engine, **given_options | options)
    numbers = [x for p in [*model.parameters(), *optimizer.parameters] for x in (p.data, p.grad)]
    if isinstance(optimizer, nn.SGD | nn.Adam | nn.RMSProp):
        numbers += [optimizer.steps_made(), *(x for y in optimizer.remembered() for x in y)]
    seen = [x for pairs in slows.seen for pair in pairs for x in pair]
    return history, [*history.losses, *history.validation_losses, *numbers, *seen]


@pytest.mark.one_in(6)
@engine
@pytest.mark.parametrize("options", OPTIONS)
def test_a_training_is_the_eager_one(options, engine):
    eager, wanted = trained("eager", **OPTIONS[options])
    history, found = trained(engine, **OPTIONS[options])
    assert found == pytest.approx(wanted, rel=1e-11, abs=1e-15)
    assert (history.engine, eager.engine) == (engine, "eager")
    assert history.stopped == eager.stopped


SCALE = Value(2.0, "scale")
ERRORS = {
    "the loss overflows": {
        "optimizer": lambda p: nn.SGD(p, 50.0),
        "model": lambda: network("linear", "linear"),
        "epochs": 99,
    },
    "the update overflows": {
        "optimizer": lambda p: nn.SGD(p, 1e308),
        "model": lambda: network("linear", "linear"),
    },
    "a target is refused": {"loss": nn.binary_cross_entropy, "targets": [*TARGETS[:-1], 2.0]},
    "a class is refused": logits(
        loss=nn.cross_entropy_with_logits, targets=[*CLASSES[:-1], 3], batch_size=5
    ),
    "a label is refused": {"loss": lambda p, t: nn.hinge(p, t), "targets": [*[1] * 12, 0]},
    "an input is missing": {"inputs": [*INPUTS[:-1], [1.0]], "batch_size": 5},
    "a class is a float": logits(
        loss=nn.cross_entropy_with_logits, targets=list(map(float, CLASSES))
    ),
    "the loss is a number": {"loss": lambda p, t: 1.0},
    "the loss is of something else": {"loss": lambda p, t: SCALE * 2},
    "the penalty is a number": {"penalty": lambda p: 1.0},
    "the penalty is infinite": {"penalty": lambda p: p[0] * 1e200 * 1e200},
    "the norm is infinite": {
        "clip": lambda p: nn.clip_grad_norm(p, 1),
        "loss": lambda p, t: p * 1e308,
    },
    "the validation overflows": {
        "validation": ([[1e200, 0]], [0.0]),
        "model": lambda: network("linear", "linear"),
    },
}


@pytest.mark.one_in(6)
@engine
@pytest.mark.parametrize("case", ERRORS)
def test_an_error_is_the_eager_one(case, engine):
    found = []
    for each in ("eager", engine, "auto"):
        with pytest.raises((ArithmeticError, TypeError, ValueError)) as error:
            trained(each, **ERRORS[case])
        history = getattr(error.value, "history", nn.History())
        found.append((type(error.value), rounded(str(error.value)), history))
    assert found[1][:2] == found[2][:2] == found[0][:2]
    for _, _, history in found[1:]:
        assert history.losses == pytest.approx(found[0][2].losses, rel=1e-9)


def rounded(sentence):
    """A sentence whose numbers have four digits."""

    def short(word):
        core = word.strip("();,:")
        try:
            return word.replace(core, f"{float(core):.4g}") if core else word
        except ValueError:
            return word

    return " ".join(map(short, sentence.split(" ")))


def branches(prediction, target):
    return prediction - target if prediction > target else target - prediction


WHY = {
    "nothing can branch": {"loss": branches},
    "with a Fraction": {"targets": [Fraction(1, 3)] * 13, "loss": lambda p, t: p - float(t)},
    "no parameter of the model": {"loss": lambda p, t: p * SCALE},
    "compiled code computes in floats, and there is": {
        "model": lambda: nn.MLP(2, [1], ["linear"], numbers=Fraction),
        "optimizer": lambda p: nn.SGD(p, Fraction(1, 10)),
        "inputs": [[1, 2]] * 13,
        "targets": [1] * 13,
    },
}


@pytest.mark.parametrize("reason", WHY)
def test_what_cannot_be_compiled_is_trained_eagerly_and_says_why(reason):
    history, found = trained("auto", **WHY[reason])
    assert history.engine == "eager"
    assert reason in history.why_eager
    assert found == trained("eager", **WHY[reason])[1]
    with pytest.raises(ValueError, match=rf"cannot be compiled: .*{reason}.*engine='auto'"):
        trained("compiled", **WHY[reason])


@engine
def test_ctrl_c_keeps_what_was_learnt(engine, request):
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # none in a background job
    request.addfinalizer(lambda: signal.signal(signal.SIGINT, before))

    def interrupts(epoch, history, model):
        if epoch == 3:
            signal.raise_signal(signal.SIGINT)

    history, found = trained(engine, callbacks=[interrupts])
    assert history.interrupted
    assert found == pytest.approx(trained("eager", epochs=3)[1], rel=1e-12)


@engine
def test_ctrl_c_within_a_step_counts_it(engine, monkeypatch):
    made, steps_of = [], compiled_step._steps_of

    class Interrupted:
        source = ""

        def __init__(self, *given):
            self.code = steps_of(*given)

        def run(self, *given):
            self.code.run(*given)
            made.append(1)
            if len(made) == 4:
                raise KeyboardInterrupt
            return 1

    monkeypatch.setattr(compiled_step, "_steps_of", Interrupted)
    history, found = trained(engine, optimizer=nn.Adam, batch_size=7)
    assert (len(made), history.interrupted, len(history.losses)) == (4, True, 2)
    monkeypatch.undo()
    assert found == pytest.approx(
        trained("eager", optimizer=nn.Adam, batch_size=7, epochs=2)[1], rel=1e-12
    )


@engine
def test_ctrl_c_within_epochs_that_are_made_together_counts_them(engine, monkeypatch):
    made, run = [], compiled_step.CompiledStep.try_steps

    def interrupted(self, x, y, losses):
        made.append(run(self, x, y, losses))
        if len(made) == 2:
            self._interrupt = KeyboardInterrupt()
        return made[-1]

    monkeypatch.setattr(compiled_step.CompiledStep, "try_steps", interrupted)
    monkeypatch.setattr(compiled_fit, "SOON", 1e9)
    monkeypatch.setattr(compiled_fit, "AT_ONCE", 50)
    history, found = trained(engine, epochs=200)
    assert (made, history.interrupted) == ([1, 50], True)
    monkeypatch.undo()
    assert len(history.losses) == 51
    again, wanted = trained(engine, epochs=51, callbacks=[lambda *given: None])
    assert found == wanted
    assert not again.interrupted


@engine
def test_in_single_precision(engine):
    options = {"optimizer": nn.Adam, "validation": (INPUTS[:4], TARGETS[:4])}
    _, wanted = trained("eager", **options)
    history, found = trained(engine, dtype="float32", **options)
    assert history.engine == engine and set(found) == set(map(float, numpy.float32(found)))
    assert found == pytest.approx(wanted, rel=1e-4, abs=1e-6)
    with pytest.raises(ValueError, match="'float32' is of compiled steps: give engine='compiled'"):
        trained("eager", dtype="float32")
    for other in ("auto", "eager", engine):  # auto goes on in no other numbers
        with pytest.raises(
            ValueError, match=r"^the dtype is 'float64' or 'float32', not 'float16'"
        ):
            trained(other, dtype="float16")


def test_an_engine_that_there_is_not():
    with pytest.raises(ValueError, match="'numpy' or 'jax', not 'gpu'"):
        trained("gpu")


def test_the_sum_of_a_list_is_no_number():
    history, _ = trained("auto", loss=lambda p, t: total([p, t]))
    assert history.engine == "llvm"


def test_without_numpy_auto_trains_eagerly_and_others_say_what_is_needed(monkeypatch):
    found = importlib.util.find_spec
    monkeypatch.setattr(engines, "find_spec", lambda x: None if x == "numpy" else found(x))
    sentence = r"^compiled steps of training need NumPy: pip install 'chalkgrad\[fast\]'$"
    model = network()
    given = {"loss": nn.mse, "optimizer": nn.SGD(model.parameters(), 0.1), "epochs": 1}
    history = nn.fit(model, [[1, 2]], [1], **given, engine="auto", progress=False)
    assert history.engine == "eager"
    assert re.search(sentence, history.why_eager)
    with pytest.raises(ModuleNotFoundError, match=sentence):
        nn.fit(model, [[1, 2]], [1], **given, engine="compiled", progress=False)
    with pytest.raises(ModuleNotFoundError, match=sentence):
        nn.compile_step  # noqa: B018
