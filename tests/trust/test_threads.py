"""Gradients, pickles and traced lines in several threads at once, the threads changing places as
often as they can.
"""

from __future__ import annotations

import pickle
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from weakref import WeakValueDictionary

import pytest

import nn
from autograd import (
    Value,
    copying,
    derivative,
    grad,
    gradients,
    jvp,
    topological_order,
    trace_lines,
)
from autograd.checking import origins as tracing

THREADS = 8


@pytest.fixture
def restless():
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


def nested(a, b):
    """Gradients of functions that differentiate others, over the outer variable: what is got, and
    what is right.
    """
    inner = grad(lambda x: x * grad(lambda y: x * y * y)(b))(a)  # d/dx of x * 2*x*b
    confused = grad(lambda x: x * grad(lambda y: x + y)(b))(a)  # 2 for who mistakes y for x
    forward = jvp(lambda x: x * derivative(lambda y: x * y**3, order=2)(b), (a,), (1,))[1]
    return (inner, confused, forward), (4 * a * b, 1, 12 * a * b)


@pytest.mark.long
def test_nested_gradients_in_threads(full, figure, restless):
    each = (100_000 if full else 2_000) // (3 * THREADS) + 1

    def wrong(thread):
        pairs = (nested(thread * each + i + 2, i % 7 + 1) for i in range(each))
        return sum(got != right for pair in pairs for got, right in zip(*pair, strict=True))

    with ThreadPoolExecutor(THREADS) as pool:
        found = list(pool.map(wrong, range(THREADS)))
    assert found == [0] * THREADS
    figure(
        "threads",
        f"0 wrong of {3 * each * THREADS:,} nested gradients in {THREADS} threads, switched every "
        "1 us",
    )


def test_one_graph_read_by_many_threads(full, restless):
    x = Value(3)
    shared = x * x
    for _ in range(50):
        shared = shared * 1 + x

    def read(k):
        return gradients(shared * k, [x])[0], grad(lambda y: shared * y * k)(k)

    with ThreadPoolExecutor(THREADS) as pool:
        for k, got in enumerate(pool.map(read, range(1000 if full else 100))):
            assert got == (56 * k, (9 + 150) * k)


def test_backward_in_threads_over_a_shared_model(full, figure, restless):
    rounds = 1_000 if full else 50

    def wrong(_):
        model = nn.MLP.from_weights([[[2], [3]], [[5, 7]]], [[0, 0], [1]], ["linear", "linear"])
        shared = model([1]) * 2  # its nodes have several roots

        def work(thread):
            for x in range(5):
                (model([x]) * thread + shared).backward()

        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(work, range(THREADS)))
        slope = sum(x * thread + 2 for x in range(5) for thread in range(THREADS))
        bias = sum(thread + 2 for thread in range(THREADS)) * 5
        expected = [5 * slope, 5 * bias, 7 * slope, 7 * bias, 2 * slope, 3 * slope, bias]
        return expected != [parameter.grad for parameter in model.parameters()]

    assert sum(map(wrong, range(rounds))) == 0
    figure(
        "threads",
        f"0 wrong of {rounds * 7:,} gradients of shared models, each the sum of "
        f"{5 * THREADS} `backward()` in {THREADS} threads",
    )


class Yielding(WeakValueDictionary):
    """It gives way to other threads where it has looked, and not yet stored."""

    def setdefault(self, key, default):
        found = self.get(key)  # held: another thread may let it go meanwhile
        if found is None:
            time.sleep(0)
            self[key] = found = default
        return found


def test_one_graph_pickled_by_many_threads(restless, monkeypatch):
    monkeypatch.setattr(copying, "_PICKLED", Yielding())
    x = Value(3)
    shared = x * x + x

    def nodes(_):
        return len(topological_order(pickle.loads(pickle.dumps(shared))))

    with ThreadPoolExecutor(THREADS) as pool:
        assert list(pool.map(nodes, range(200))) == [3] * 200


def test_lines_traced_in_many_threads(restless, monkeypatch):
    watch = tracing.watch
    monkeypatch.setattr(tracing, "watch", lambda hook: (time.sleep(0), watch(hook))[1])

    def traced(_):
        with trace_lines():
            return hasattr(Value(1.0), "line")

    with ThreadPoolExecutor(THREADS) as pool:
        assert all(pool.map(traced, range(2000)))
    assert not hasattr(Value(1.0), "line")
