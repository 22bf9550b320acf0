"""Nothing is left behind: no object waits for the cyclic garbage collector, and training does not
grow.
"""

from __future__ import annotations

import copy
import gc
import pickle
import random
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest

import nn
from autograd import (
    Derivation,
    Value,
    Walk,
    check_gradients,
    compile,
    derivative,
    draw,
    explain_nan,
    grad,
    hessian,
    hvp,
    jacobian,
    jvp,
    relu,
    sqrt,
    taylor,
    trace_lines,
    values,
    vjp,
)
from autograd.derivatives import adjoints

PROMISE = "no leaks"


def network(optimizer=nn.SGD):
    model = nn.MLP(2, [3, 1], ["tanh", "sigmoid"])
    return model, optimizer(model.parameters(), learning_rate=0.1)


def graph():
    x, y = Value(0.5, "x"), Value(-2.0, "y")
    return relu(x * y + x) + (x / y).sigmoid() ** 2


def f(x):
    return relu(x[0] * x[1] + x[0]) + (x[0] / x[1]).sigmoid() ** 2


def training(engine="eager"):
    model, optimizer = network()
    inputs, targets = [[0.0, 1.0], [1.0, 0.0]], [0.0, 1.0]
    nn.fit(
        model,
        inputs,
        targets,
        loss=nn.half_squared_error,
        optimizer=optimizer,
        epochs=5,
        progress=False,
        engine=engine,
    )


def explanation():
    with trace_lines():
        explain_nan(graph() * float("nan"))


def divergence():
    model, _ = network()
    optimizer = nn.SGD(model.parameters(), learning_rate=1e308)
    nn.fit(
        model,
        [[1.0, 1.0]],
        [5e200],
        loss=nn.half_squared_error,
        optimizer=optimizer,
        epochs=50,
        progress=False,
    )


POINT = [0.5, -2.0]
WORK = {
    "a graph": graph,
    "backward": lambda: graph().backward(),
    "adjoints": lambda: list(adjoints(graph())),
    "grad": lambda: grad(f)(POINT),
    "hessian": lambda: hessian(f)(POINT),
    "jacobian": lambda: jacobian(lambda x: [f(x), x[0]])(POINT),
    "jvp": lambda: jvp(f, (POINT,), ([1.0, 0.0],)),
    "vjp": lambda: vjp(f, POINT)[1](1.0),
    "hvp": lambda: hvp(f, (POINT,), ([1.0, 0.0],)),
    "derivative": lambda: derivative(lambda x: x.sin() / x, order=4)(0.3),
    "taylor": lambda: taylor(lambda x: x.sin() / x, 0.3, 4),
    "a derivation": lambda: str(Derivation(graph())),
    "a walk": lambda: Walk(graph()),
    "a picture": lambda: draw(graph()).dot,
    "a copy": lambda: copy.deepcopy(graph()),
    "a pickle": lambda: pickle.loads(pickle.dumps(graph())),
    "check_gradients": lambda: check_gradients(f, POINT),
    "explain_nan": explanation,
    "training": training,
    "compiled code": lambda: compile(grad(f), engine="numpy")(POINT),
    "compiled training": lambda: training("numpy"),
}
FAILING = {
    "an error in the value": lambda: sqrt(Value(1.0) * -1),
    "an error in backward": lambda: (sqrt(Value(0.0, "x")) * 2).backward(),
    "an error in the sum of gradients": lambda: (
        Value(1.0, "x") * 2 + Value(1, "a") * Decimal(1)
    ).backward(),
    "an error in hessian": lambda: hessian(lambda x: sqrt(x[0]) * x[1])([0.0, 1.0]),
    "an error in derivative": lambda: derivative(lambda x: sqrt(x * x), order=3)(0.0),
    "an error in training": divergence,
}


def left_by(work):
    """How many objects more there are after `work`, and how many wait for the cyclic collector.

    The least of three counts: a leak leaks each time, other threads and caches of the test run do
    not.
    """
    work()  # once before: caches and imports stay
    gc.collect()
    gc.freeze()  # what there is already need not be looked through, by the next test neither
    return min(counted(work) for _ in range(3))


def counted(work):
    gc.collect()
    gc.disable()
    try:
        # an empty dict, which the collector passes over, is counted from now on if it is filled
        work()
        before = len(gc.get_objects())
        work()
        after = len(gc.get_objects())
        return after - before, gc.collect()
    finally:
        gc.enable()


@pytest.mark.parametrize("work", WORK.values(), ids=WORK)
def test_nothing_waits_for_the_collector(work):
    assert left_by(work) == (0, 0)


@pytest.mark.parametrize("work", FAILING.values(), ids=FAILING)
def test_nothing_waits_for_the_collector_after_an_error(work):
    def caught():
        try:
            work()
        except (ArithmeticError, TypeError, ValueError):
            return
        raise AssertionError("no error")

    assert left_by(caught) == (0, 0)


def test_a_cycle_would_be_seen():
    def cycle():
        x = Value(1.0)
        x.name = x

    assert left_by(cycle) == (1, 2)  # of one run, and of two


@pytest.mark.long
@pytest.mark.parametrize("optimizer", [nn.SGD, nn.Adam])
def test_steps_do_not_grow(full, figure, optimizer):
    steps = 10_000 if full else 200
    model, optimizer = network(optimizer)
    rng = random.Random(0)

    def step():
        a, b = rng.random(), rng.random()
        loss = nn.half_squared_error(model([a, b]), a * b)
        model.zero_grad()
        loss.backward()
        optimizer.step()
        grad(f)(POINT)

    gc.disable()
    tracemalloc.start()
    try:
        for _ in range(10):
            step()
        before = tracemalloc.get_traced_memory()[0]
        for _ in range(steps):
            step()
        grown = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
        gc.enable()
    assert grown / steps < 1024
    kind = type(optimizer).__name__
    figure(PROMISE, f"{max(grown, 0) / steps:.1f} bytes a step over {steps:,} steps of {kind}")


@pytest.mark.parametrize("engine", ["llvm", "numpy"])
def test_compiled_functions_do_not_stay(full, figure, engine):
    """LLVM's own writer leaves cycles, which the collector finds; its machine code goes at once."""
    resource = pytest.importorskip("resource")
    rounds = {"llvm": 1_000, "numpy": 5_000}[engine] if full else 4

    def work(number):
        compiled = compile(grad(lambda x: f(x) * number), engine=engine)
        same = pickle.loads(pickle.dumps(compile(f, engine=engine)))
        assert compiled(POINT) == pytest.approx([number * x for x in grad(f)(POINT)])
        assert same(POINT) == pytest.approx(f(values(POINT)).data)

    def peak():
        gc.collect()
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(rounds // 4)))
        before = peak()
        list(pool.map(work, range(rounds)))
        grown = peak() - before
    if full:
        assert grown / rounds < 4096
        figure(PROMISE, f"{2 * rounds:,} compiled functions by {engine} in 4 threads leave nothing")


def test_counted(figure):
    figure(PROMISE, f"0 objects left of {len(WORK)} kinds of work and {len(FAILING)} errors")
