"""How compiled steps grow: with the number of instructions, and with the batch.

    python benchmarks/growth.py [--most 1100000] [--picture docs/pictures/growth.svg]

Networks of two hidden layers, from a few neurons to hundreds, take steps over 256 samples; then one
of them, 2-16-16-1, over 1 to a million. Each time is the best of several, in seconds of one core:
what else the machine does lengthens it little. `auto` goes by machine code while a program is
short, and by NumPy beyond; the last line says how far the two are apart there.
"""

from __future__ import annotations

import argparse
import os
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import nn
from autograd.compiler.engines import LONGEST

WIDTHS = (2, 4, 8, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024)
BATCHES = (1, 10, 100, 1000, 10_000, 100_000, 1_000_000)
SAMPLES, PATIENCE = 256, 0.4  # seconds of trials


class Measured(NamedTuple):
    """One program: its length, seconds until its first step was made, and of a step after it."""

    engine: str
    instructions: int
    samples: int
    first: float
    step: float


def measured(width: int, samples: int, engine: str) -> Measured:
    """A network of two hidden layers of that width, and its steps."""
    rng = random.Random(1)
    model = nn.MLP(2, [width, width, 1], ["relu", "relu", "linear"], rng=rng)
    optimizer = nn.SGD(model.parameters(), 1e-4)
    numbers = np.random.default_rng(1)
    x, y = numbers.normal(size=(samples, 2)), numbers.normal(size=samples)
    start = time.process_time()
    step = nn.compile_step(model, nn.half_squared_error, optimizer, engine=engine)
    step.step(x, y)
    first = time.process_time() - start
    seconds = best(lambda: step.step(x, y))
    return Measured(engine, len(step.program.instructions), samples, first, seconds)


def best(work: Callable[[], Any]) -> float:
    """Seconds of the core that some work takes, at best."""
    end, found = time.process_time() + PATIENCE, float("inf")
    while time.process_time() < end:
        start = time.process_time()
        work()
        found = min(found, time.process_time() - start)
    return found


def by_length(most: int) -> list[Measured]:
    """Both engines, each as far as it is used, and twice as far."""
    found = []
    for width in WIDTHS:
        for engine in ("llvm", "numpy"):
            length = width * width  # about, without the products of each weight's gradient
            if length <= (min(most, 2 * LONGEST) if engine == "llvm" else most):
                found.append(measured(width, SAMPLES, engine))
                print(row(found[-1]), flush=True)
    return found


def by_batch() -> list[Measured]:
    """One network over more and more samples."""
    found = []
    for samples in BATCHES:
        for engine in ("llvm", "numpy"):
            found.append(measured(16, samples, engine))
            print(row(found[-1]), flush=True)
    return found


def row(one: Measured) -> str:
    """A line of the table."""
    return (
        f"{one.engine:6}{one.instructions:9} instructions{one.samples:9} samples"
        f"{one.first:9.2f} s until the first step{one.step * 1e6:13.1f} us a step"
    )


def jump(found: list[Measured]) -> str:
    """How far the engines are apart where `auto` goes from one to the other."""
    pairs = {
        one.instructions: (one.step, other.step)
        for one in found
        for other in found
        if (one.engine, other.engine) == ("llvm", "numpy")
        and one.instructions == other.instructions
    }
    at = min(pairs, key=lambda length: abs(length - LONGEST))
    machine, arrays = pairs[at]
    return f"at {at} instructions a step by NumPy takes {arrays / machine:.2f} times as long"


def draw(lengths: list[Measured], batches: list[Measured], path: Path) -> None:
    """Three plots: a step and its compilation by length, a step by batch."""
    import matplotlib

    matplotlib.use("Agg")
    matplotlib.rcParams["svg.hashsalt"] = "growth"
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(1, 3, figsize=(12, 3.6), layout="constrained")
    plots = (
        (axes[0], lengths, "instructions", "step", f"a step over {SAMPLES} samples"),
        (axes[1], lengths, "instructions", "first", "until the first step"),
        (axes[2], batches, "samples", "step", "a step of 2-16-16-1"),
    )
    for plot, found, along, what, title in plots:
        for engine, mark in (("llvm", "o-"), ("numpy", "s--")):
            some = [x for x in found if x.engine == engine]
            x, y = ([getattr(each, name) for each in some] for name in (along, what))
            plot.plot(x, y, mark, label=engine, markersize=4)
        plot.set(xscale="log", yscale="log", xlabel=along, ylabel="seconds", title=title)
        plot.grid(alpha=0.3)
    for plot in axes[:2]:
        plot.axvline(LONGEST, color="0.6", linewidth=0.8)
    axes[0].legend()
    figure.savefig(path, metadata={"Date": None})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--most", type=int, default=1_100_000, help="instructions")
    parser.add_argument("--picture", type=Path, help="where to draw it, as .svg")
    given = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    lengths, batches = by_length(given.most), by_batch()
    print(jump(lengths))
    if given.picture:
        draw(lengths, batches, given.picture)


if __name__ == "__main__":
    main()
