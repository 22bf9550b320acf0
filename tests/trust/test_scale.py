"""Deep and wide graphs: built, differentiated in every mode, copied, pickled and freed, without
recursion.

The largest are made in a process of their own, whose peak of resident memory is measured.
"""

from __future__ import annotations

import copy
import json
import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from autograd import Value, derivative, grad, jvp, topological_order, total

ROOT = Path(__file__).parents[2]
PROMISE = "deep, wide, freed"
SIZE, FULL_SIZE = 20_000, 1_000_000
GIB = 2**30

CHAIN = """
import gc, json, resource, sys
from autograd import Value

def resident():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024

nodes = int(sys.argv[1])
gc.disable()
x = y = Value(1, "x")
for _ in range(nodes - 1):
    y = y + x
y.backward()
result = {"value": y.data, "gradient": x.grad, "peak": resident()}
grown = len(gc.get_objects())
del y
result["freed"] = grown - len(gc.get_objects())
result["cycles"] = gc.collect()
print(json.dumps(result))
"""


def chain(x, length):
    """x + x + ... : `length` additions, one above the other."""
    y = x
    for _ in range(length):
        y = y + x
    return y


def power_of_ten(number):
    return f"{number:.0e}".replace("e+0", "e")


@pytest.fixture
def size(full):
    return FULL_SIZE if full else SIZE


def test_a_chain_copied_and_pickled(size, figure):
    x = Value(1, "x")
    y = chain(x, size)
    y.backward()
    for copied in (copy.deepcopy([y, x]), pickle.loads(pickle.dumps([y, x]))):
        root, leaf = copied
        assert (root.data, leaf.grad, len(topological_order(root))) == (
            size + 1,
            size + 1,
            size + 1,
        )
        root.backward()
        assert (leaf.grad, x.grad) == (2 * (size + 1), size + 1)
    figure(PROMISE, f"a chain of {power_of_ten(size)} nodes copied and pickled")


def test_a_chain_differentiated_by_every_transform(size, figure):
    assert grad(lambda x: chain(x, size))(3) == size + 1
    assert jvp(lambda x: chain(x, size), (3,), (2,))[1] == 2 * (size + 1)
    assert derivative(lambda x: chain(x, size))(3) == size + 1
    figure(PROMISE, f"grad, jvp and derivative of {power_of_ten(size)}")


def test_second_derivatives_of_a_chain(full):
    size = 100_000 if full else 10_000

    def f(x):
        y = x * x
        for _ in range(size):
            y = y + x
        return y

    assert grad(grad(f))(3) == derivative(f, order=2)(3) == jvp(grad(f), (3,), (1,))[1] == 2


def test_a_wide_sum(size, figure):
    leaves = [Value(1) for _ in range(size)]
    y = total(leaves)
    y.backward()
    assert y.data == size and all(leaf.grad == 1 for leaf in leaves)
    assert grad(total)([1] * size) == [1] * size
    figure(PROMISE, f"a sum of {power_of_ten(size)} operands")


def free_memory():
    """What the machine has free, in bytes."""
    return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def test_a_chain_built_differentiated_and_freed(full, figure):
    for nodes in (SIZE, FULL_SIZE, 10 * FULL_SIZE)[: 3 if full else 1]:
        assert free_memory() > 800 * nodes, (
            f"{free_memory() / GIB:.1f} GiB free are not enough for {nodes} nodes"
        )
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-c", CHAIN, str(nodes)]
        run = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        result = json.loads(run.stdout)
        assert (result["value"], result["gradient"], result["cycles"]) == (nodes, nodes, 0)
        assert result["freed"] >= nodes - 1, (
            "by reference counts alone, there are no cycles to collect"
        )
        assert result["peak"] < 24 * GIB
        measured = f"{result['peak'] / GIB:.1f} GiB"
    figure(
        PROMISE, f"{power_of_ten(nodes)} nodes built, differentiated and freed within {measured}"
    )
