"""Eager mode beside micrograd 0.1.0: training, a tiny network, a deep chain, memory, import.

    python benchmarks/eager.py [--rounds 5]

micrograd gets a virtual environment of its own, benchmarks/.venv-micrograd, made on the first run.
Every measurement is a fresh process with Python's default garbage collection, pinned to one core
where the system can; the contestants take turns, and the median over all rounds counts (the range
is printed too). Machines differ and are shared: only the ratios within one run mean something.

- W1: one training step (forward, backward, SGD) of a 2-16-16-1 ReLU network on 100 points,
  max-margin loss, as in micrograd's demo: sum(relu(1 - y*score))/100 + 1e-4*sum(p*p).
- W2: a 2-3-1 ReLU network, one sample, half squared error: forward and backward.
- W3: a chain y = y + x, then backward.
"""

from __future__ import annotations

import argparse
import gc
import json
import math
import os
import random
import statistics
import subprocess
import sys
import time
import tracemalloc
import venv
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
RIVAL = Path(__file__).resolve().parent / ".venv-micrograd"
POINTS, STEPS, RATE = 100, 4, 0.01


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


def weights(count: int) -> list[float]:
    """The starting parameters, in the order of all models: each neuron's weights, then its bias."""
    rng = random.Random(2)
    return [rng.uniform(-1, 1) for _ in range(count)]


def prepared(model: Any) -> Any:
    parameters = model.parameters()
    for parameter, number in zip(parameters, weights(len(parameters)), strict=True):
        parameter.data = number
    return model


def margin_loss(model: Any) -> Any:
    """W1's loss in plain operators, as micrograd's demo writes it."""
    points, labels = two_moons()
    losses = [
        (1 + -label * model(point)).relu() for point, label in zip(points, labels, strict=True)
    ]
    return sum(losses) * (1.0 / len(losses)) + 1e-4 * sum(p * p for p in model.parameters())


def margin_loss_in_functions(model: Any) -> Any:
    """The same loss with one node for a line of the formula."""
    from autograd import dot, relu, total

    points, labels = two_moons()
    losses = [relu(1 - label * model(point)) for point, label in zip(points, labels, strict=True)]
    parameters = model.parameters()
    return total(losses) / len(losses) + 1e-4 * dot(parameters, parameters)


def train(model: Any, loss_of: Callable[[Any], Any]) -> dict[str, Any]:
    """The losses of the first steps, and the seconds that each took after one to warm up."""
    seconds, losses = [], []
    for _ in range(1 + STEPS):
        start = time.perf_counter()
        loss = loss_of(model)
        model.zero_grad()
        loss.backward()
        for parameter in model.parameters():
            parameter.data -= RATE * parameter.grad
        seconds.append(time.perf_counter() - start)
        losses.append(loss.data)
    return {"seconds": statistics.median(seconds[1:]), "losses": losses}


def tiny(model: Any, loss_of: Callable[[Any], Any], repeats: int = 2000) -> dict[str, Any]:
    """Seconds for one forward and backward, and the first loss with its gradients."""
    loss = loss_of(model([0.2, 0.5]))
    loss.backward()
    checked = [loss.data, *(parameter.grad for parameter in model.parameters())]
    start = time.perf_counter()
    for _ in range(repeats):
        loss_of(model([0.2, 0.5])).backward()
    return {"seconds": (time.perf_counter() - start) / repeats, "losses": checked}


def chain(value: type, length: int) -> dict[str, Any]:
    """Seconds to build and to differentiate y = x + x + ..., and the gradient."""
    start = time.perf_counter()
    x = y = value(1.0)
    for _ in range(length):
        y = y + x
    built = time.perf_counter()
    y.backward()
    end = time.perf_counter()
    return {"seconds": end - start, "built": built - start, "losses": [y.data, x.grad]}


def memory(value: type, length: int) -> dict[str, Any]:
    """Bytes that remain for each node of a chain after forward and backward."""
    gc.collect()
    tracemalloc.start()
    x = y = value(1.0)
    for _ in range(length):
        y = y + x
    y.backward()
    gc.collect()
    return {"bytes": tracemalloc.get_traced_memory()[0] / length}


# --- the contestants ------------------------------------------------------------------------------


class ScalarNeuron:
    """A neuron in plain operators, node for node what micrograd's is."""

    def __init__(self, value: type, inputs: int, nonlinear: bool) -> None:
        self.weights = [value(0.0) for _ in range(inputs)]
        self.bias, self.nonlinear = value(0.0), nonlinear

    def __call__(self, x: Sequence[Any]) -> Any:
        activation = sum((w * a for w, a in zip(self.weights, x, strict=True)), self.bias)
        return activation.relu() if self.nonlinear else activation


class ScalarMLP:
    """Layers of such neurons, the last one linear."""

    def __init__(self, value: type, inputs: int, sizes: Sequence[int]) -> None:
        last = len(sizes) - 1
        self.layers = [
            [ScalarNeuron(value, fan_in, number < last) for _ in range(size)]
            for number, (fan_in, size) in enumerate(zip([inputs, *sizes], sizes, strict=False))
        ]

    def __call__(self, x: Sequence[Any]) -> Any:
        for layer in self.layers:
            x = [neuron(x) for neuron in layer]
        return x[0]

    def parameters(self) -> list[Any]:
        return [
            p for layer in self.layers for neuron in layer for p in (*neuron.weights, neuron.bias)
        ]

    def zero_grad(self) -> None:
        for parameter in self.parameters():
            parameter.grad = None


def ours(work: str) -> dict[str, Any]:
    """One measurement of this engine.

    NAME-scalars is in plain operators, NAME-mlp in nn and the n-ary functions.
    """
    from autograd import Value, half_squared_error

    if work.startswith("chain-"):
        return chain(Value, int(work[6:]))
    if work == "memory":
        return memory(Value, 100_000)
    if work == "step-scalars":
        return train(prepared(ScalarMLP(Value, 2, [16, 16, 1])), margin_loss)
    from nn import MLP

    if work == "step-mlp":
        return train(prepared(MLP(2, [16, 16, 1], rng=random.Random(0))), margin_loss_in_functions)
    return tiny(
        prepared(MLP(2, [3, 1], rng=random.Random(0))),
        lambda output: half_squared_error(output, 1.0),
    )


def micrograd(work: str) -> dict[str, Any]:
    """One measurement of micrograd."""
    from micrograd.engine import Value
    from micrograd.nn import MLP

    if work.startswith("chain-"):
        return chain(Value, int(work[6:]))
    if work.startswith("step"):
        return train(prepared(MLP(2, [16, 16, 1])), margin_loss)
    return tiny(prepared(MLP(2, [3, 1])), lambda output: (1.0 - output) ** 2 * 0.5)


# --- running them ---------------------------------------------------------------------------------


def pinned() -> None:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def rival_python() -> Path:
    """The interpreter of micrograd's own environment, which is made if it is not there."""
    python = RIVAL / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    ready = (
        python.exists()
        and not subprocess.run([python, "-c", "import micrograd.nn"], check=False).returncode
    )
    if not ready:
        print(f"making {RIVAL.relative_to(ROOT)} ...", file=sys.stderr)
        venv.create(RIVAL, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "micrograd==0.1.0"], check=True)
    return python


def measure(python: Path | str, contestant: str, work: str) -> dict[str, Any]:
    """One measurement in a fresh process.

    {'error': 'RecursionError'} for a graph too deep for the contestant.
    """
    paths = {"PYTHONPATH": str(ROOT) if contestant == "ours" else ""}
    command = [python, Path(__file__), "--contestant", contestant, "--work", work]
    run = subprocess.run(
        command, env=os.environ | paths, capture_output=True, text=True, check=False
    )
    if run.returncode == 0:
        result: dict[str, Any] = json.loads(run.stdout)
        return result
    error = run.stderr.strip().splitlines()[-1]
    if not error.startswith("RecursionError"):  # any other failure ends the benchmark
        raise SystemExit(f"{contestant}, {work}: {run.stderr}")
    return {"error": "RecursionError"}


def import_seconds() -> float:
    """What `import autograd` adds to the start of Python, by -X importtime."""
    command = [sys.executable, "-X", "importtime", "-c", "import autograd"]
    run = subprocess.run(
        command,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    (line,) = (
        line for line in run.stderr.splitlines() if line.split("|")[-1].rstrip() == " autograd"
    )
    return int(line.split("|")[1]) / 1e6


def measured(rounds: int) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """Every measurement, the contestants in turn within each round."""
    rival = rival_python()
    plan = [
        ("micrograd", "step"),
        ("ours", "step-mlp"),
        ("ours", "step-scalars"),
        ("micrograd", "tiny"),
        ("ours", "tiny"),
        ("micrograd", "chain-100000"),
        ("ours", "chain-100000"),
        ("micrograd", "chain-1000000"),
        ("ours", "chain-1000000"),
        ("ours", "memory"),
    ]
    results: dict[tuple[str, str], list[dict[str, Any]]] = {
        key: [] for key in [*plan, ("ours", "import")]
    }
    for number in range(rounds):
        print(f"round {number + 1} of {rounds}", file=sys.stderr)
        for contestant, work in plan:
            python = rival if contestant == "micrograd" else sys.executable
            results[contestant, work].append(measure(python, contestant, work))
        results["ours", "import"].append({"seconds": import_seconds()})
    return results


def check(results: dict[tuple[str, str], list[dict[str, Any]]]) -> None:
    """The contestants compute the same losses and gradients, within 1e-9.

    Otherwise their times mean nothing.
    """
    for work, reference in {"step-mlp": "step", "step-scalars": "step", "tiny": "tiny"}.items():
        expected = results["micrograd", reference][0]["losses"]
        for result in results["ours", work] + results["micrograd", reference]:
            for a, b in zip(result["losses"], expected, strict=True):
                if not math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-12):
                    raise SystemExit(f"{work}: {a!r} is not micrograd's {b!r}")


def table(results: dict[tuple[str, str], list[dict[str, Any]]]) -> str:
    """Medians and ranges, with what is asked of them."""

    def numbers(contestant: str, work: str, of: str = "seconds") -> list[float]:
        return [result[of] for result in results[contestant, work]]

    def shown(contestant: str, work: str, unit: float, name: str, of: str = "seconds") -> str:
        if any("error" in result for result in results[contestant, work]):
            return "RecursionError"
        found = [number / unit for number in numbers(contestant, work, of)]
        return f"{statistics.median(found):.3g} {name} ({min(found):.3g} to {max(found):.3g})"

    def ratio(slow: tuple[str, str], fast: tuple[str, str]) -> float:
        return statistics.median(numbers(*slow)) / statistics.median(numbers(*fast))

    step, small = ("micrograd", "step"), ("micrograd", "tiny")
    rows: list[tuple[str, ...]] = [("work", "micrograd", "ours", "result", "limit", "aim")]
    for work, label, *limits in (
        ("step-mlp", "W1 step, MLP", "30x", "45x"),
        ("step-scalars", "W1 step, scalars", "6x", "9x"),
    ):
        times = f"{ratio(step, ('ours', work)):.1f}x faster"
        rows.append(
            (label, shown(*step, 1e-3, "ms"), shown("ours", work, 1e-3, "ms"), times, *limits)
        )
    times = f"{ratio(('ours', 'tiny'), small):.2f} of its time"
    rows.append(
        (
            "W2 tiny",
            shown(*small, 1e-6, "us"),
            shown("ours", "tiny", 1e-6, "us"),
            times,
            "0.6",
            "0.4",
        )
    )
    for work, label, limit in (
        ("chain-100000", "W3 chain of 1e5", ""),
        ("chain-1000000", "W3 chain of 1e6", "4 s"),
    ):
        rows.append(
            (label, shown("micrograd", work, 1, "s"), shown("ours", work, 1, "s"), "", limit, "")
        )
    rows.append(
        ("W3 memory a node", "", shown("ours", "memory", 1, "bytes", "bytes"), "", "220 bytes", "")
    )
    rows.append(("import autograd", "", shown("ours", "import", 1e-3, "ms"), "", "50 ms", ""))
    return aligned(rows)


def aligned(rows: list[tuple[str, ...]]) -> str:
    """The rows as text, in columns, a line under the first."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    ruled = [rows[0], tuple("-" * width for width in widths), *rows[1:]]
    return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in ruled)


def main() -> None:
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--rounds", type=int, default=5, help="measurements of each kind")
    arguments.add_argument("--contestant", choices=["ours", "micrograd"], help=argparse.SUPPRESS)
    arguments.add_argument("--work", help=argparse.SUPPRESS)
    chosen = arguments.parse_args()
    pinned()
    if chosen.contestant:  # this is one of the fresh processes
        print(json.dumps((ours if chosen.contestant == "ours" else micrograd)(chosen.work)))
        return
    results = measured(chosen.rounds)
    check(results)  # before anything is said about times
    print(f"Python {sys.version.split()[0]}, {chosen.rounds} rounds: median (range)\n")
    print(table(results))


if __name__ == "__main__":
    main()
