"""Eager mode beside other scalar engines: training, a tiny network, a deep chain, memory, import.

    python benchmarks/eager.py [--rounds 3] [--only ours micrograd]

Each contestant gets a virtual environment of its own in benchmarks/, made on the first run. Every
measurement is a fresh process with Python's default garbage collection, pinned to one core where
the system can; the contestants take turns, and the median over all rounds counts, in the
processor's time. All compute the same losses and gradients, which is checked first. Machines differ
and are shared: only the ratios within one run mean something.

- W1: one training step (forward, backward, SGD) of a 2-16-16-1 ReLU network on 100 points,
  max-margin loss, as in micrograd's demo: sum(relu(1 - y*score))/100 + 1e-4*sum(p*p).
- W2: a 2-3-1 ReLU network, one sample, half squared error: forward and backward.
- W3: a chain y = y + x, then backward.

micrograd, scalargrad and microgradpp are Python; XAD is C++ with a tape. Not here: simplegrad
(C++; single precision, and its ReLU leaks), minigrad (C; wrong gradients on today's Python),
micrograd-rust (no wheel).
"""

from __future__ import annotations

import gc
import math
import os
import random
import statistics
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

from contest import Results, asked, measured, require_alike

POINTS, STEPS, RATE, REPEATS = 100, 4, 0.01, 2000
PACKAGES = {
    "ours": "",
    "ours, nn": "",
    "micrograd": "micrograd==0.1.0",
    "scalargrad": "scalargrad==1.0.5",
    "microgradpp": "microgradpp==0.1.0",
    "XAD": "xad==1.5.2",
}
WORKS = {
    "W1": "W1, a step",
    "W2": "W2, tiny",
    "chain-100000": "W3, a chain of 1e5",
    "chain-1000000": "W3, a chain of 1e6",
}


# --- the work: the same numbers for every contestant ----------------------------------------------


def two_moons() -> tuple[list[list[float]], list[int]]:
    """100 points on two interleaved half circles with a little noise, and their labels -1 and 1."""
    rng = random.Random(1)
    points, labels = [], []
    for i in range(POINTS):
        angle, upper = math.pi * rng.random(), i % 2 == 0
        x, y = math.cos(angle), math.sin(angle)
        if not upper:
            x, y = 1 - x, 0.5 - y
        points.append([x + rng.gauss(0, 0.1), y + rng.gauss(0, 0.1)])
        labels.append(1 if upper else -1)
    return points, labels


def weights(sizes: Sequence[int]) -> list[float]:
    """The starting parameters, in the order of all models: each neuron's weights, then its bias."""
    rng = random.Random(2)
    count = sum((n + 1) * m for n, m in pairwise(sizes))
    return [rng.uniform(-1, 1) for _ in range(count)]


# --- the contestants ------------------------------------------------------------------------------


class Engine:
    """A scalar engine: its class of numbers, and how it is asked for gradients."""

    def __init__(self, value: type) -> None:
        self.value = value

    def relu(self, z: Any) -> Any:
        """max(0, z)."""
        return z.relu()

    def number(self, value: Any) -> float:
        """The number of a value."""
        return float(value.data)

    def gradients(self, inputs: Sequence[Any], compute: Callable[[], Any]) -> Any:
        """The result of a computation, whose gradients in the inputs are found with it."""
        result = compute()
        result.backward()
        return result

    def gradient(self, value: Any) -> float:
        """The gradient of an input."""
        return float(value.grad)


class Taped(Engine):
    """XAD: what is computed goes on a tape."""

    def __init__(self) -> None:
        from xad import math as functions
        from xad.adj_1st import Real, Tape

        super().__init__(Real)
        self.largest, self.tape = functions.max, Tape()
        self.tape.activate()

    def relu(self, z: Any) -> Any:
        return self.largest(z, 0.0)

    def number(self, value: Any) -> float:
        return float(value.value)

    def gradients(self, inputs: Sequence[Any], compute: Callable[[], Any]) -> Any:
        self.tape.registerInputs(inputs)
        self.tape.newRecording()
        result = compute()
        self.tape.registerOutput(result)
        result.derivative = 1.0
        self.tape.computeAdjoints()
        return result

    def gradient(self, value: Any) -> float:
        return float(value.derivative)


def engine_of(contestant: str) -> Engine:
    """The engine of a contestant."""
    if contestant == "XAD":
        return Taped()
    if contestant == "micrograd":
        from micrograd.engine import Value

        return Engine(Value)
    if contestant == "scalargrad":
        from scalargrad import Scalar

        return Engine(Scalar)
    if contestant == "microgradpp":
        from mgp.vanilla import Scalar

        return Engine(Scalar)
    from autograd import Value

    return Engine(Value)


class Network:
    """Neurons in plain operators, node for node what micrograd's are; the last layer is linear."""

    def __init__(self, engine: Engine, sizes: Sequence[int], numbers: Sequence[float]) -> None:
        self.engine, each = engine, iter(map(engine.value, numbers))
        self.layers = [
            [([next(each) for _ in range(n)], next(each)) for _ in range(m)]
            for n, m in pairwise(sizes)
        ]

    def __call__(self, x: Sequence[Any]) -> Any:
        last = self.layers[-1]
        for layer in self.layers:
            sums = [sum((w * a for w, a in zip(row, x, strict=True)), b) for row, b in layer]
            x = sums if layer is last else [self.engine.relu(z) for z in sums]
        return x[0]

    def parameters(self) -> list[Any]:
        return [p for layer in self.layers for row, b in layer for p in (*row, b)]


class ByLayers(Network):
    """The same by this project's nn, one node for a line of the formula."""

    def __init__(self, engine: Engine, sizes: Sequence[int], numbers: Sequence[float]) -> None:
        from nn import MLP

        self.model = MLP(sizes[0], list(sizes[1:]), rng=random.Random(0))
        for parameter, number in zip(self.model.parameters(), numbers, strict=True):
            parameter.data = number

    def __call__(self, x: Sequence[Any]) -> Any:
        return self.model(x)

    def parameters(self) -> list[Any]:
        return self.model.parameters()


def margin_loss(network: Network) -> Any:
    """W1's loss in plain operators, as micrograd's demo writes it."""
    points, labels = two_moons()
    relu = network.engine.relu
    losses = [
        relu(1 + -label * network(point)) for point, label in zip(points, labels, strict=True)
    ]
    squares = sum(p * p for p in network.parameters())
    return sum(losses) * (1.0 / len(losses)) + 1e-4 * squares


def margin_loss_by_layers(network: Network) -> Any:
    """The same loss with one node for a line of the formula."""
    from autograd import dot, relu, total

    points, labels = two_moons()
    losses = [relu(1 - label * network(point)) for point, label in zip(points, labels, strict=True)]
    parameters = network.parameters()
    return total(losses) / len(losses) + 1e-4 * dot(parameters, parameters)


def half_squared_error(output: Any) -> Any:
    """W2's loss in plain operators."""
    return (1.0 - output) * (1.0 - output) * 0.5


def half_squared_error_by_layers(output: Any) -> Any:
    """The same loss in one node."""
    import nn

    return nn.half_squared_error(output, 1.0)


# --- the measurements -----------------------------------------------------------------------------


def measure(contestant: str, work: str) -> dict[str, Any]:
    """Seconds of one contestant at one work, and numbers that all compute alike; an error for a
    graph too deep for it.
    """
    if work == "import":
        return {"seconds": import_seconds()}
    engine, by_layers = engine_of(contestant), contestant == "ours, nn"
    if work == "memory":
        return {"seconds": bytes_of_a_node(engine.value, 100_000)}
    try:
        if work.startswith("chain-"):
            return chain(engine, int(work[6:]))
        return (train if work == "W1" else tiny)(engine, by_layers)
    except RecursionError:
        return {"error": "RecursionError"}


def train(engine: Engine, by_layers: bool) -> dict[str, Any]:
    """The losses of the first steps, and the seconds that each took after one to warm up."""
    kind, loss_of = (ByLayers, margin_loss_by_layers) if by_layers else (Network, margin_loss)
    sizes, seconds, losses = (2, 16, 16, 1), [], []
    numbers = weights(sizes)
    for _ in range(1 + STEPS):
        start = time.process_time()
        network = kind(engine, sizes, numbers)
        parameters = network.parameters()
        loss = engine.gradients(parameters, lambda network=network: loss_of(network))
        numbers = [engine.number(p) - RATE * engine.gradient(p) for p in parameters]
        seconds.append(time.process_time() - start)
        losses.append(engine.number(loss))
    return {"seconds": statistics.median(seconds[1:]), "losses": losses}


def tiny(engine: Engine, by_layers: bool) -> dict[str, Any]:
    """Seconds for one forward and backward, and the first loss with its gradients."""
    kind, loss_of = Network, half_squared_error
    if by_layers:
        kind, loss_of = ByLayers, half_squared_error_by_layers
    network = kind(engine, (2, 3, 1), weights((2, 3, 1)))
    parameters = network.parameters()

    def step() -> Any:
        return engine.gradients(parameters, lambda: loss_of(network([0.2, 0.5])))

    losses = [engine.number(step()), *map(engine.gradient, parameters)]
    start = time.process_time()
    for _ in range(REPEATS):
        step()
    return {"seconds": (time.process_time() - start) / REPEATS, "losses": losses}


def chain(engine: Engine, length: int) -> dict[str, Any]:
    """Seconds to build and to differentiate y = x + x + ..., and the gradient."""
    x = engine.value(1.0)

    def added() -> Any:
        y = x
        for _ in range(length):
            y = y + x
        return y

    start = time.process_time()
    y = engine.gradients([x], added)
    seconds = time.process_time() - start
    return {"seconds": seconds, "losses": [engine.number(y), engine.gradient(x)]}


def bytes_of_a_node(value: type, length: int) -> float:
    """Bytes that remain for each node of a chain after forward and backward."""
    gc.collect()
    tracemalloc.start()
    x = y = value(1.0)
    for _ in range(length):
        y = y + x
    y.backward()
    gc.collect()
    return tracemalloc.get_traced_memory()[0] / length


def import_seconds() -> float:
    """What `import autograd` adds to the start of Python, by -X importtime."""
    command = [sys.executable, "-X", "importtime", "-c", "import autograd"]
    run = subprocess.run(command, env=os.environ, capture_output=True, text=True, check=True)
    (line,) = (
        line for line in run.stderr.splitlines() if line.split("|")[-1].rstrip() == " autograd"
    )
    return int(line.split("|")[1]) / 1e6


# --- the table ------------------------------------------------------------------------------------


def main() -> None:
    given = asked(__doc__, PACKAGES, measure)
    if given is None:
        return
    plan = [(work, who) for work in WORKS for who in given.only]
    plan = [each for each in plan if not each[0].startswith("chain") or each[1] != "ours, nn"]
    plan += [("memory", "ours"), ("import", "ours")]
    found: Results = {each: [] for each in plan}
    for number in range(given.rounds):
        print(f"round {number + 1} of {given.rounds}", file=sys.stderr)
        for work, who in plan:
            found[work, who].append(measured(__file__, PACKAGES[who], who, work))
    print(f"Python {sys.version.split()[0]}, {given.rounds} rounds: medians, and how many of ours")
    for work, title in WORKS.items():
        report(title, {who: found[work, who] for name, who in found if name == work})
    print(f"\nA node remembers {median(found['memory', 'ours']):.0f} bytes.")
    print(f"import autograd takes {1e3 * median(found['import', 'ours']):.0f} ms.")


def report(title: str, rows: dict[str, list[dict[str, Any]]]) -> None:
    """A line for each: its time, and how many times that of this project in plain operators."""
    computed = {who: results for who, results in rows.items() if "error" not in results[0]}
    require_alike(title, computed, "losses")
    print(f"\n{title}")
    for who, results in rows.items():
        if who not in computed:
            print(f"  {who:12}{results[0]['error']}")
            continue
        times = f"{median(results) / median(rows['ours']):8.2f}" if "ours" in rows else ""
        print(f"  {who:12}{1e3 * median(results):12.4g} ms{times}")


def median(results: list[dict[str, Any]]) -> float:
    return statistics.median(result["seconds"] for result in results)


if __name__ == "__main__":
    main()
