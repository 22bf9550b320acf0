"""Compiled steps of training against `fit`."""

from __future__ import annotations

import importlib.util
import math
import random
import re
import subprocess
import sys
import threading
from fractions import Fraction

import numpy
import pytest

import autograd
import nn
from autograd.compiler import (
    array_code,
    bias_columns,
    buffered_source,
    lifted_code,
    training_llvm,
)
from autograd.compiler.workers import Workers
from autograd.notes.profiles import NOTATIONS
from nn import compiled_step

ENGINES = ("llvm", "numpy", *(["jax"] if importlib.util.find_spec("jax") else []))
engine = pytest.mark.parametrize("engine", ENGINES)
OPTIMIZERS = {
    "descent": lambda p: nn.SGD(p, 0.1),
    "momentum": lambda p: nn.SGD(p, 0.1, momentum=0.9, nesterov=True, weight_decay=0.01),
    "scaled": lambda p: nn.SGD(p, 0.1, momentum=0.9, velocity="scaled"),
    "adam": lambda p: nn.Adam(p, 0.01, epsilon=0),
    "adagrad": lambda p: nn.AdaGrad(p, 0.05),
    "rmsprop": lambda p: nn.RMSProp(p, 0.01, momentum=0.5),
}


def samples(count):
    rng = random.Random(3)
    inputs = [[rng.uniform(-1, 1), rng.uniform(-1, 1)] for _ in range(count)]
    return inputs, [float(x * y > 0) for x, y in inputs]


def network(*activations):
    return nn.MLP(2, [3, 1], activations, rng=random.Random(5))


def penalty(parameters):
    return nn.l2(parameters, 0.01)


def by_fit(model, optimizer, steps, inputs, targets, loss, penalty=None):
    return nn.fit(
        model,
        inputs,
        targets,
        loss=loss,
        optimizer=optimizer,
        epochs=steps,
        penalty=penalty,
        progress=False,
    ).losses


@pytest.mark.one_in(3)
@engine
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_steps_are_those_of_fit(optimizer, engine):
    inputs, targets = samples(13)
    one, other = network("relu", "sigmoid"), network("relu", "sigmoid")
    of_one, of_other = (OPTIMIZERS[optimizer](model.parameters()) for model in (one, other))
    loss = nn.binary_cross_entropy
    losses = by_fit(one, of_one, 6, inputs, targets, loss, penalty)
    step = nn.compile_step(other, loss, of_other, penalty=penalty, engine=engine)
    found = step.run(inputs, targets, 3)
    assert step.sync() is other
    found += step.run(inputs, targets, 3)
    step.sync()
    assert found == pytest.approx(losses, rel=1e-13)
    numbers = [x.data for x in one.parameters()]
    assert [x.data for x in other.parameters()] == pytest.approx(numbers, rel=1e-12)
    remembered = zip(of_other.state_dict().values(), of_one.state_dict().values(), strict=True)
    assert all(a == pytest.approx(b, rel=1e-12) for a, b in remembered)


@engine
def test_what_was_compiled_goes_on_eagerly(engine):
    inputs, targets = samples(4)
    one, other = network("tanh", "linear"), network("tanh", "linear")
    of_one, of_other = nn.Adam(one.parameters()), nn.Adam(other.parameters())
    losses = by_fit(one, of_one, 4, inputs, targets, nn.mse)
    step = nn.compile_step(other, nn.mse, of_other, engine=engine)
    found = step.run(inputs, targets, 2)
    step.sync()
    found += by_fit(other, of_other, 2, inputs, targets, nn.mse)
    assert found == pytest.approx(losses, rel=1e-13)


@engine
@pytest.mark.parametrize("count", [1, 8, 9, 150])
def test_any_number_of_samples(count, engine):
    inputs, targets = samples(count)
    model, same = network("relu", "linear"), network("relu", "linear")
    losses = by_fit(same, nn.SGD(same.parameters(), 0.1), 2, inputs, targets, nn.half_squared_error)
    step = nn.compile_step(
        model, nn.half_squared_error, nn.SGD(model.parameters(), 0.1), engine=engine
    )
    assert [step.step(inputs, targets) for _ in range(2)] == pytest.approx(losses, rel=1e-13)


@engine
def test_softmax_over_shares(engine):
    inputs, _ = samples(9)
    shares = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.25, 0.5, 0.25]] * 3
    one, other = (nn.MLP(2, [3], ["softmax"], rng=random.Random(1)) for _ in range(2))
    losses = by_fit(one, nn.SGD(one.parameters(), 0.5), 3, inputs, shares, nn.cross_entropy)
    step = nn.compile_step(other, nn.cross_entropy, nn.SGD(other.parameters(), 0.5), engine=engine)
    assert step.run(inputs, shares, 3) == pytest.approx(losses, rel=1e-13)


@engine
def test_a_step_that_is_undone_has_no_loss(engine):
    model = network("tanh", "linear")
    optimizer = nn.SGD(model.parameters(), 0.1)
    step = nn.compile_step(model, nn.mse, optimizer, engine=engine)
    optimizer.learning_rate = math.inf
    losses = numpy.zeros(3)
    assert step.try_steps(*map(numpy.array, samples(5)), losses) == 0
    assert numpy.isnan(losses).all()


@engine
def test_a_divergence_is_the_error_of_fit(engine):
    model = nn.MLP(1, [1], ["linear"], rng=random.Random(1))
    step = nn.compile_step(model, nn.mse, nn.SGD(model.parameters(), 50.0), engine=engine)
    inputs, targets = [[1.0], [2.0]], [3.0, 4.0]
    with pytest.raises(nn.DivergenceError, match="a smaller learning rate may help") as found:
        step.run(inputs, targets, 3000)
    other = nn.MLP(1, [1], ["linear"], rng=random.Random(1))
    with pytest.raises(nn.DivergenceError) as wanted:
        by_fit(other, nn.SGD(other.parameters(), 50.0), 3000, inputs, targets, nn.mse)
    assert found.value.epoch == wanted.value.epoch
    assert found.value.history.losses == pytest.approx(wanted.value.history.losses, rel=1e-9)


def test_a_learning_rate_may_change_between_steps():
    model = nn.MLP.from_weights([[[2.0]]], [[0.0]], ["linear"])
    optimizer = nn.SGD(model.parameters(), 0.25)
    step = nn.compile_step(model, nn.half_squared_error, optimizer)
    step.step([[1.0]], [3.0])
    optimizer.learning_rate = 0.0
    step.step([[1.0]], [3.0])
    assert [x.data for x in step.sync().parameters()] == [2.25, 0.25]


def test_what_was_changed_beside_compiled_steps_is_not_overwritten():
    model = nn.MLP.from_weights([[[2.0]]], [[0.0]], ["linear"])
    optimizer = nn.Adam(model.parameters())
    step = nn.compile_step(model, nn.mse, optimizer)
    for change in (
        lambda: setattr(model.parameters()[0], "data", 5.0),
        lambda: optimizer.load_state_dict({}),
    ):
        step.step([[1.0]], [3.0])
        assert step.sync() is step.sync() is model
        step.step([[1.0]], [3.0])
        change()
        with pytest.raises(ValueError, match=r"change it after sync\(\) and call load\(\)"):
            step.sync()
        step.load()
        step.step([[1.0]], [3.0])
        step.sync()
    assert optimizer.steps_made() == 1


def test_what_does_not_fit_is_refused():
    model = network("relu", "linear")
    some = nn.SGD(model.parameters()[:2], 0.1)
    with pytest.raises(ValueError, match="all of them and no others"):
        nn.compile_step(model, nn.mse, some)
    step = nn.compile_step(model, nn.mse, nn.SGD(model.parameters(), 0.1))
    with pytest.raises(ValueError, match="got 1 inputs, 2 targets"):
        step.step([[1.0, 2.0]], [1.0, 2.0])


@engine
def test_momentum_and_its_form_may_change_between_steps(engine):
    inputs, targets = samples(5)
    one, other = network("relu", "linear"), network("relu", "linear")
    of_one = nn.SGD(one.parameters(), 0.1)
    of_other = nn.SGD(other.parameters(), 0.1)
    step = nn.compile_step(other, nn.mse, of_other, engine=engine)
    for changed in ({}, {"momentum": 0.5}, {"nesterov": True}, {"momentum": 0, "nesterov": False}):
        for optimizer in (of_one, of_other):
            vars(optimizer).update(changed)
            if "momentum" in changed:
                optimizer.load_state_dict({})
        step.load() if "momentum" in changed else None
        losses = by_fit(one, of_one, 3, inputs, targets, nn.mse)
        assert step.run(inputs, targets, 3) == pytest.approx(losses, rel=1e-12)
        step.sync()


@engine
@pytest.mark.parametrize(
    ("loss", "layer", "targets", "sentence"),
    [
        (nn.binary_cross_entropy, "sigmoid", [-1.0, 1.0], "not a probability"),
        (nn.binary_cross_entropy_with_logits, "linear", [1.0, 2.0], "not a probability"),
        (nn.hinge, "linear", [1.0, 0.0], r"-1 or \+1"),
    ],
)
def test_targets_that_the_loss_refuses_are_refused(loss, layer, targets, sentence, engine):
    model = nn.MLP(1, [1], [layer], rng=random.Random(1))
    step = nn.compile_step(model, loss, nn.SGD(model.parameters(), 0.1), engine=engine)
    with pytest.raises(ValueError, match=sentence):
        step.step([[1.0], [2.0]], targets)
    samples, filled = numpy.array([[1.0], [2.0]]), numpy.array([1.0, 1.0])
    for _ in range(2):
        step.step(samples, filled)
    filled[:] = targets
    with pytest.raises(ValueError, match=f"{sentence}.*; it is targets"):
        step.step(samples, filled)


@engine
def test_the_index_of_a_class_is_a_target(engine):
    inputs, _ = samples(6)
    classes = [0, 2, 1, 1, 0, 2]
    one, other = (nn.MLP(2, [4, 3], ["tanh", "softmax"], rng=random.Random(1)) for _ in range(2))
    losses = by_fit(one, nn.SGD(one.parameters(), 0.5), 3, inputs, classes, nn.cross_entropy)
    optimizer = nn.SGD(other.parameters(), 0.5)
    step = nn.compile_step(other, nn.cross_entropy, optimizer, engine=engine)
    assert step.run(inputs, classes, 3) == pytest.approx(losses, rel=1e-12)
    with pytest.raises(ValueError, match="0 to 2"):
        step.run(inputs, [0, 3, 1, 1, 0, 2], 1)


class Drawn:
    """A function of shared parameters and inputs, drawn: sums of products, and activations."""

    def __init__(self, seed):
        rng = random.Random(seed)
        self.p = [autograd.Value(rng.uniform(-1, 1), f"p{i}") for i in range(5)]
        self.seed = seed

    def parameters(self):
        return self.p

    def __call__(self, x):
        rng = random.Random(self.seed + 1)
        rows = [[*x], [*x]]
        for _ in range(rng.randint(1, 3)):
            width = rng.randint(1, 3)
            taken = rng.choice(rows), rng.choice(rows)
            pool = [*taken[0], *taken[1]]
            activation = rng.choice([autograd.tanh, autograd.relu, autograd.sigmoid, lambda z: z])
            rows.append([activation(self._sum(pool, rng)) for _ in range(width)])
        return self._sum(rows[-1] + rows[-2], rng)

    def _sum(self, pool, rng):
        terms = [rng.choice(self.p) * rng.choice(pool) for _ in range(rng.randint(1, 4))]
        return sum(terms, rng.choice([*self.p, 1.0, 2.0]))


@pytest.mark.one_in(12)
@pytest.mark.parametrize("seed", range(80))
def test_drawn_functions_of_shared_parameters(seed):
    inputs, targets = samples(5)
    losses = {}
    for engine in ("eager", *ENGINES):
        model = Drawn(seed)
        optimizer = nn.SGD(model.parameters(), 0.1)
        if engine == "eager":
            losses[engine] = by_fit(model, optimizer, 2, inputs, targets, nn.mse)
            continue
        step = nn.compile_step(model, nn.mse, optimizer, engine=engine)
        losses[engine] = step.run(inputs, targets, 2)
        assert losses[engine] == pytest.approx(losses["eager"], rel=1e-11)


@pytest.mark.parametrize("rate", [0.1, 1e200])
def test_any_number_of_threads_gives_the_same_bits(rate, monkeypatch):
    inputs, targets = samples(2500)
    monkeypatch.setattr(training_llvm, "LARGE", 0)
    found = []
    for threads in (1, 2, 3):
        monkeypatch.setattr(training_llvm, "threads_here", lambda threads=threads: threads)
        model = network("tanh", "linear")
        step = nn.compile_step(model, nn.mse, nn.SGD(model.parameters(), rate), engine="llvm")
        if rate > 1:
            with pytest.raises(nn.DivergenceError) as error:
                step.run(inputs, targets, 8)
            found.append((error.value.epoch, error.value.history.losses))
            continue
        losses = step.run(inputs, targets, 8)
        found.append((losses, [x.data for x in step.sync().parameters()]))
    assert found[0] == found[1] == found[2]


def test_work_for_which_no_thread_starts_is_done_by_its_own(monkeypatch):
    start, given = threading.Thread.start, []

    def refused(self):
        given.append(self)
        if len(given) == 2:
            raise RuntimeError("can't start new thread")
        start(self)

    monkeypatch.setattr(threading.Thread, "start", refused)
    assert Workers().run(lambda thread, threads: (thread, threads), 3) == (0, 1)
    assert len(given) == 2


def test_no_thread_waits_for_one_that_ctrl_c_ended():
    """Wherever it comes while the work is handed over."""
    workers, lines, ended, in_vain = Workers(), 30, 0, []
    for last in [*range(lines)] * 2:  # while threads are started, and with those that are there
        workers._free = threading.Lock()  # or none had them after one that ended here
        meeting, left = threading.Barrier(2), [last]

        def traced(frame, event, arg, left=left):
            if frame.f_globals["__name__"] != Workers.__module__:
                return None
            left[0] -= event == "line"
            if left[0] < 0:
                sys.settrace(None)
                raise KeyboardInterrupt
            return traced

        def work(thread, threads, meeting=meeting, last=last):
            try:
                meeting.wait(timeout=1 if threads == 2 else 0)
            except threading.BrokenBarrierError:
                in_vain.append(last)

        before = sys.gettrace()
        sys.settrace(traced)
        try:
            workers.run(work, 2)
        except KeyboardInterrupt:
            ended += 1
        finally:
            sys.settrace(before)
    assert lines // 2 < ended < 2 * lines
    assert in_vain == []


def test_threads_have_their_turns_at_one_step(monkeypatch):
    inputs, targets = samples(2500)
    monkeypatch.setattr(training_llvm, "LARGE", 0)
    monkeypatch.setattr(training_llvm, "threads_here", lambda: 2)
    found = []
    for threads in (1, 4):
        model = network("tanh", "linear")
        step = nn.compile_step(model, nn.mse, nn.SGD(model.parameters(), 0.1), engine="llvm")
        step.step(inputs, targets)

        def work(step=step, count=20 // threads):
            for _ in range(count):
                step.step(inputs, targets)

        running = [threading.Thread(target=work, daemon=True) for _ in range(threads)]
        for each in running:
            each.start()
        for each in running:
            each.join(timeout=20)
        assert not any(each.is_alive() for each in running)
        found.append([x.data for x in step.sync().parameters()])
    assert found[0] == found[1]


@pytest.mark.long
def test_threads_work_on_where_the_main_one_has_ended():
    code = """if True:
        import time
        from threading import Thread
        def late():
            time.sleep(0.3)
            from autograd.compiler.workers import Workers
            print(Workers().run(lambda *of: of, 2)[0])
        Thread(target=late).start()"""
    made = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert (made.stdout, made.stderr) == ("0\n", "")


def test_work_that_finds_the_threads_busy_is_done_by_its_own():
    workers, rest = Workers(), []

    def work(thread, threads):
        if thread == 0:
            rest.append(workers.run(lambda *other: other, 2))
        return thread, threads

    assert workers.run(work, 2) == (0, 2)
    assert rest == [(0, 1)]


@pytest.mark.parametrize("engine", ["llvm", "numpy"])
def test_single_precision(engine):
    data, made = samples(40), []
    for dtype in ("float64", "float32"):
        model = network("sigmoid", "relu")
        given = model, nn.half_squared_error, nn.Adam(model.parameters())
        step = nn.compile_step(*given, penalty=penalty, engine=engine, dtype=dtype)
        made.append(
            [*step.run(*data, 5), step.step(*data), *(x.data for x in step.sync().parameters())]
        )
    assert made[1] == pytest.approx(made[0], rel=1e-4, abs=1e-6)
    assert made[1] != pytest.approx(made[0], rel=1e-12)
    assert {numpy.float32(x) for x in made[1]} == set(made[1])


NO_FLOATS = {
    "a string": ([["1", 2]], [1]),
    "a Fraction": ([[Fraction(1, 3), 2]], [1]),
    "a bool": ([[1.0, True]], [1]),
    "bools": ([numpy.array([1.0, 2.0]), numpy.array([True, False])], [1, 1]),
    "a complex number": (numpy.array([[1j, 2]]), [1]),
    "nothing": ([[1, 2]], [None]),
    "a huge int": ([[10**400, 2]], [1]),
    "a longer row": ([[1, 2], [1, 2, 3]], [1, 1]),
    "no target": ([[1, 2]], numpy.zeros((1, 0))),
}


@pytest.mark.parametrize("given", NO_FLOATS)
def test_samples_that_are_no_floats(given):
    model = network("relu", "linear")
    step = nn.compile_step(model, nn.mse, nn.SGD(model.parameters(), 0.1))
    sentence = "not with .* among the (inputs|targets)|the (inputs|targets) are a row|int too large"
    with pytest.raises((TypeError, ValueError, OverflowError), match=sentence):
        step.step(*NO_FLOATS[given])


TOLD = {
    "inputs[1] is a row of 3, inputs[0] a row of 2": ([[1, 2], [1, 2, 3]], [1, 1]),
    "inputs[1] is no row, inputs[0] a row of 2": ([[1, 2], 3], [1, 1]),
    "not with '1' among the inputs, at inputs[0][1]": ([[2.0, "1"]], [1]),
    "got an array of (2,): that of one number is a row": ([1.0, 2.0], [1, 1]),
    "the targets are a row for each sample, not 1.0": ([[1.0, 2.0]], 1.0),
    "got an array of (0,), which holds no number": ([], []),
    "not with None among the inputs, at inputs[0][1]": (
        numpy.ma.array([[1.0, 2.0]], mask=[[False, True]]),
        [1],
    ),
    "the inputs: int too large": ([[10**400, 2]], [1]),
    "expects 2 inputs, got 3; the inputs are of shape (1, 3), the targets of (1,)": (
        [[1.0, 2.0, 3.0]],
        [1.0],
    ),
    "1 prediction and 2 targets; the inputs are of shape (1, 2), the targets of (1, 2)": (
        [[1.0, 2.0]],
        [[1.0, 2.0]],
    ),
    "is nan: it was given as a_1^0; inputs[1][1] is nan": ([[1, 2], [1, math.nan]], [1, 1]),
    "targets[1] is nan": ([[1, 2], [1, 2]], [1, math.nan]),
}


@pytest.mark.parametrize("targets", [[True, False], numpy.array([True, False]), [True, 0]])
@pytest.mark.parametrize("outputs", [1, 2])
def test_a_bool_is_a_target_as_in_fit(targets, outputs):
    inputs = [[1.0, 2.0], [2.0, 1.0]]
    loss = nn.cross_entropy if outputs == 2 else nn.mse
    model = nn.MLP(2, [outputs], ["softmax" if outputs == 2 else "tanh"], rng=random.Random(1))
    step = nn.compile_step(model, loss, nn.SGD(model.parameters(), 0.0), engine="numpy")
    optimizer = nn.SGD(model.parameters(), 0.0)
    (expected,) = by_fit(model, optimizer, 1, inputs, targets, loss)
    assert step.step(inputs, targets) == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize("sentence", TOLD)
def test_an_error_names_inputs_or_targets(sentence):
    model = network("relu", "linear")
    step = nn.compile_step(model, nn.mse, nn.SGD(model.parameters(), 0.1), engine="numpy")
    for call in (step.step, lambda x, y: step.run(x, y, 2)):
        with pytest.raises((TypeError, ValueError, ArithmeticError)) as error:
            call(*TOLD[sentence])
        assert sentence in str(error.value)


def test_what_fit_refuses_is_refused():
    model = network("relu", "linear")
    optimizer = nn.SGD(model.parameters(), 0.1)
    with pytest.raises(ValueError, match="cross_entropy takes probabilities"):
        nn.compile_step(model, nn.cross_entropy, optimizer)
    with pytest.raises(TypeError, match="penalty is a function of the parameters"):
        nn.compile_step(model, nn.mse, optimizer, penalty=3)
    with pytest.raises(TypeError, match="the loss is a list, which was not computed"):
        nn.compile_step(model, lambda p, y: [p], optimizer).step([[1, 2]], [1])
    with pytest.raises(TypeError, match=r"takes a list of logits, .*; the inputs are of shape"):
        nn.compile_step(model, nn.cross_entropy_with_logits, optimizer).step([[1, 2]], [1])
    step = nn.compile_step(model, nn.mse, optimizer)
    assert step.step(iter([[1, 2]]), iter([1])) > 0
    optimizer.learning_rate = "a"
    with pytest.raises(TypeError, match="the optimizer's learning_rate is a float, not 'a'"):
        step.step([[1, 2]], [1])


def test_what_cannot_be_trained_in_floats():
    exact = nn.MLP(2, [1], ["linear"], numbers=Fraction)
    with pytest.raises(TypeError, match=r"computes in floats, and there is Value\(Fraction"):
        nn.compile_step(exact, nn.mse, nn.SGD(exact.parameters(), Fraction(1, 10)))
    model = network("relu", "linear")
    given = model, lambda p, y: y * 2, nn.SGD(model.parameters(), Fraction(1, 10))
    with pytest.raises(ValueError, match="the dtype is 'float64' or 'float32', not 'float16'"):
        nn.compile_step(*given, dtype="float16")
    for dtype in (numpy.float32, numpy.dtype("float32")):
        assert nn.compile_step(*given, dtype=dtype).dtype == "float32"
    with pytest.raises(TypeError, match="a float, which was not computed from the model's param"):
        nn.compile_step(*given).step([[1, 2]], [1])


@pytest.mark.parametrize("count", [256, 600])
def test_some_samples_after_the_others_are_all_of_them(count, monkeypatch):
    monkeypatch.setattr(lifted_code, "NEAR", 1)  # as few as may be
    inputs, targets = samples(count)
    one, other = network("relu", "linear"), network("relu", "linear")
    losses = by_fit(one, nn.SGD(one.parameters(), 0.1), 2, inputs, targets, nn.mse)
    step = nn.compile_step(other, nn.mse, nn.SGD(other.parameters(), 0.1), engine="numpy")
    assert step.run(inputs, targets, 2) == pytest.approx(losses, rel=1e-12)


def test_buffers_that_share_memory_change_no_bit(monkeypatch):
    inputs, _ = samples(9)

    def losses():
        activations = ["relu", "leaky_relu", "sigmoid", "linear"]
        model = nn.MLP(2, [5, 5, 5, 3], activations, rng=random.Random(5))
        loss, optimizer = nn.cross_entropy_with_logits, nn.SGD(model.parameters(), 0.1)
        step = nn.compile_step(model, loss, optimizer, engine="numpy")
        return step.run(inputs, [[0.2, 0.5, 0.3]] * 9, 3)

    shared = losses()
    monkeypatch.setattr(buffered_source, "memories", lambda _, shapes: range(len(shapes)))
    assert losses() == shared


@pytest.mark.parametrize("last", ["linear", "softmax"])
def test_biases_of_wide_layers_are_a_column_of_the_weights(last, monkeypatch):
    monkeypatch.setattr(lifted_code, "FEWEST", 4)  # samples at a time, of which the last is alone
    monkeypatch.setattr(lifted_code, "NEAR", 1)
    inputs, _ = samples(9)

    def losses(wide):
        monkeypatch.setattr(bias_columns, "WIDE", wide)
        model = nn.MLP(2, [4, 5, 3], ["relu", "linear", last], rng=random.Random(5))
        loss, optimizer = nn.mse, nn.SGD(model.parameters(), 0.1)
        step = nn.compile_step(model, loss, optimizer, engine="numpy")
        found = step.run(inputs, [[0.2, 0.5, 0.3]] * 9, 3)
        return found, [name for name in ("W1b", "dW3b", "X_1") if f" {name}" in step.source]

    (found, names), (expected, no_names) = losses(1), losses(99)
    assert found == pytest.approx(expected, rel=1e-14)
    assert (names, no_names) == (["W1b", "dW3b", "X_1"], [])


def test_a_long_program_goes_by_arrays(monkeypatch):
    monkeypatch.setattr(compiled_step, "LONGEST", 20)
    for sizes, engine in (([1], "llvm"), ([4, 1], "numpy")):
        model = nn.MLP(2, sizes, rng=random.Random(1))
        step = nn.compile_step(model, nn.mse, nn.SGD(model.parameters(), 0.1))
        step.step([[1.0, 2.0]], [1.0])
        assert step.engine == engine


@pytest.mark.parametrize("notation", NOTATIONS)
def test_lines_of_matrices_fit_together(notation):
    """In every notation, with the gradients' own sign where its error terms have another."""
    model = nn.MLP(2, [3, 4], ["sigmoid", "linear"], rng=random.Random(1), notation=notation)
    loss, optimizer = nn.cross_entropy_with_logits, nn.SGD(model.parameters(), 0.1)
    step = nn.compile_step(model, loss, optimizer, engine="numpy")
    step.step([[1.0, 2.0]], [[0.0, 1.0, 0.0, 0.0]])
    *lines, count = step.explain().splitlines()
    assert re.match(r"\d+ scalars in \d+ lines", count)
    names = [line.partition(" = ")[0] for line in lines]
    assert len(set(names)) == len(lines)
    assert not any(name.startswith("-") for name in names)
    products = 0
    for line in lines:
        formula, shapes = line.split("   ")
        assert "  " not in formula
        result, *others = (shape.split(" x ") for shape in re.findall(r"\((\w+ x \w+)\)", shapes))
        if others:
            (rows, inner), (other, columns), *bias = others
            assert (inner, [rows, columns]) == (other, result)
            assert all("1" in shape and set(shape) <= {"1", *result} for shape in bias)
            products += 1
    assert products == 5


@pytest.mark.parametrize("sides", ["z, 0", "a, 0", "0, 1", "a, b", "1, b"])
def test_choices_into_buffers_are_those_without(sides):
    z = numpy.array([[-1.0, -0.0, 0.0, 2.0, numpy.inf, numpy.nan]])
    known = {"z": z, "a": z[:, ::-1] + 3, "b": z * 2, "0": 0.0, "1": 1.0}
    known["a"][~numpy.isfinite(known["a"])] = 5.0
    a, b = (known[side] for side in sides.split(", "))
    expected = array_code.where(z, a, b)
    numpy.testing.assert_array_equal(array_code.where(z, a, b, out=numpy.empty_like(z)), expected)
    for into in (0, 1, 2):  # one of the operands
        given = [x if isinstance(x, float) else x.copy() for x in (z, a, b)]
        if a is z:
            given[1] = given[0]
        if not isinstance(given[into], float):
            found = array_code.where(*given, out=given[into])
            numpy.testing.assert_array_equal(found, expected)


def test_by_arrays_a_loss_and_its_gradient_share_the_steps_of_their_rules():
    model = nn.MLP(2, [4], ["linear"], rng=random.Random(1))
    optimizer = nn.SGD(model.parameters(), 0.1)
    loss = nn.cross_entropy_with_logits
    step = nn.compile_step(model, loss, optimizer, engine="numpy")
    step.step([[1.0, 2.0]], [[0.0, 1.0, 0.0, 0.0]])
    assert "C1" not in step.source  # no logits gathered twice, of which to subtract the largest
    assert step.source.count("maximum") == 2  # of all logits, and of what is left above it
