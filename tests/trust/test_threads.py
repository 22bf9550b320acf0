"""Gradients in several threads at once, the threads changing places as often as Python can."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from autograd import Value, derivative, grad, gradients, jvp

THREADS = 8


@pytest.fixture
def restless():
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


def nested(a, b):
    """Gradients of functions that differentiate others, over the outer variable: what is got, and what is right."""
    inner = grad(lambda x: x * grad(lambda y: x * y * y)(b))(a)  # d/dx of x * 2*x*b
    confused = grad(lambda x: x * grad(lambda y: x + y)(b))(a)  # 2 for who mistakes y for x
    forward = jvp(lambda x: x * derivative(lambda y: x * y**3, order=2)(b), (a,), (1,))[1]
    return (inner, confused, forward), (4 * a * b, 1, 12 * a * b)


def test_nested_gradients_in_threads(full, figure, restless):
    each = (100_000 if full else 2_000) // (3 * THREADS) + 1

    def wrong(thread):
        pairs = (nested(thread * each + i + 2, i % 7 + 1) for i in range(each))
        return sum(got != right for pair in pairs for got, right in zip(*pair, strict=True))

    with ThreadPoolExecutor(THREADS) as pool:
        found = list(pool.map(wrong, range(THREADS)))
    assert found == [0] * THREADS
    figure("threads", f"0 wrong of {3 * each * THREADS:,} nested gradients in {THREADS} threads, switched every 1 us")


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
