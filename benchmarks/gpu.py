"""Compiled steps on an accelerator, by engine="jax": right, and beside PyTorch on the same one.

    python benchmarks/gpu.py          where JAX sees a GPU or a TPU; less than five minutes
    python benchmarks/gpu.py --cpu    a small version on the CPU, to try the program

W4 and W5 of compiled.py on batches of up to a million samples, in float32. What is held against the
CPU, in float64, is the loss and the sum of the gradients of three steps: they may differ by 1e-6 of
their size. PyTorch is eager, and is left out where it is not installed.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from typing import Any

os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")  # PyTorch needs some of it too

import jax
import numpy as np
from compiled import DECAY, LOSSES, SIZES, Work

import nn

BATCHES = {"W4": (100, 10_000, 1_000_000), "W5": (256, 10_000, 1_000_000)}
SMALL = {"W4": (100, 10_000), "W5": (256, 1_000)}
RATE, MOMENTUM, CHECKED, BOUND = 0.01, 0.9, 3, 1e-6
AT_MOST = 240.0  # seconds after which nothing is begun
Batch = tuple[Any, Any]


def batch_of(name: str, count: int) -> Batch:
    """Inputs and targets, not to be written to, so that they are brought to the device once.

    The targets can be learnt: of random ones the gradients, and not their errors, would vanish in
    the sum over many.
    """
    rng = np.random.default_rng(1)
    inputs, *_, outputs = SIZES[name]
    x = rng.standard_normal((count, inputs), np.float32)
    if outputs == 1:
        y = np.where(x[:, 0] * x[:, 1] > 0, 1.0, -1.0).astype(np.float32)
    else:
        best = (x @ rng.standard_normal((inputs, outputs))).argmax(axis=1)
        y = np.eye(outputs, dtype=np.float32)[best]
    x.flags.writeable = y.flags.writeable = False
    return x, y


class Works:
    """The step of a work by one engine, begun anew for each batch."""

    def __init__(self, name: str, engine: str, dtype: str) -> None:
        layers = Work(name).layers
        self.model = nn.MLP.from_weights(
            [[neuron[:-1] for neuron in layer] for layer in layers],
            [[neuron[-1] for neuron in layer] for layer in layers],
            [*["relu"] * (len(layers) - 1), "linear"],
        )
        self.numbers = [parameter.data for parameter in self.model.parameters()]
        is_hinge = LOSSES[name] == "hinge"
        self.optimizer = nn.SGD(self.model.parameters(), RATE, momentum=MOMENTUM)
        self.step = nn.compile_step(
            self.model,
            nn.hinge if is_hinge else nn.cross_entropy_with_logits,
            self.optimizer,
            penalty=(lambda parameters: nn.l2(parameters, DECAY)) if is_hinge else None,
            engine=engine,
            dtype=dtype,
        )

    def first(self, batch: Batch) -> tuple[Any, Any]:
        """The losses of the first steps, and the sum of the gradients."""
        for parameter, number in zip(self.model.parameters(), self.numbers, strict=True):
            parameter.data = number
        self.optimizer.load_state_dict({})
        self.step.load()
        losses = self.step.run(*batch, CHECKED)
        self.step.sync()
        return np.array(losses), np.array(self.optimizer.state_dict()["momentum_buffer"])


def difference(found: tuple[Any, Any], wanted: tuple[Any, Any]) -> float:
    """How much arrays differ, of their size."""
    pairs = zip(found, wanted, strict=True)
    return max(float(np.linalg.norm(a - b) / np.linalg.norm(b)) for a, b in pairs)


def seconds(run: Callable[[int], Any]) -> float:
    """The time of a step when many are made at once: the best of some, of about half a second."""
    run(2)
    start = time.perf_counter()
    run(8)
    count = int(min(1000, max(8, 4 / max(time.perf_counter() - start, 1e-6))))
    run(count)
    best = float("inf")
    for _ in range(3):
        start = time.perf_counter()
        run(count)
        best = min(best, (time.perf_counter() - start) / count)
    return best


def torch_run(name: str, batch: Batch, on_cpu: bool) -> Callable[[int], Any] | None:
    """Steps by PyTorch on the same device; None where it is not there, or does not see it."""
    try:
        import torch
    except ImportError:
        return None
    if not (on_cpu or torch.cuda.is_available()):
        return None
    device = torch.device("cpu" if on_cpu else "cuda")
    x, y = (torch.tensor(each, dtype=torch.float32, device=device) for each in batch)
    weights, biases = (
        [torch.tensor(p, dtype=torch.float32, device=device, requires_grad=True) for p in each]
        for each in Work(name).arrays()
    )
    is_hinge, parameters = LOSSES[name] == "hinge", [*weights, *biases]
    optimizer = torch.optim.SGD(parameters, RATE, momentum=MOMENTUM)
    classes = None if is_hinge else y.argmax(dim=1)

    def step() -> Any:
        a = x
        for w, b in zip(weights[:-1], biases[:-1], strict=True):
            a = torch.relu(torch.nn.functional.linear(a, w, b))
        z = torch.nn.functional.linear(a, weights[-1], biases[-1])
        if is_hinge:
            squares = sum((p * p).sum() for p in parameters)
            loss = torch.relu(1 - y * z[:, 0]).mean() + DECAY * squares
        else:
            loss = torch.nn.functional.cross_entropy(z, classes)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss

    def run(steps: int) -> float:
        losses = [step() for _ in range(steps)]
        return float(losses[-1])  # waits for the device

    return run


def report(name: str, count: int, here: Works, reference: Works, on_cpu: bool) -> bool:
    """A line; whether what was computed is right."""
    batch = batch_of(name, count)
    error = difference(here.first(batch), reference.first(batch))
    ours = seconds(lambda steps: here.step.run(*batch, steps))
    torch = torch_run(name, batch, on_cpu)
    theirs = seconds(torch) if torch else None
    times = f"{ours * 1e6:10.1f} us a step"
    if theirs is not None:
        times += f", PyTorch {theirs * 1e6:10.1f}, {theirs / ours:5.2f} times that"
    print(f"{name} {count:9,}  differs by {error:.1e} of the size  {times}", flush=True)
    return error <= BOUND


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--cpu", action="store_true", help="a small version, on the CPU")
    on_cpu = parser.parse_args().cpu
    if on_cpu:
        jax.config.update("jax_platforms", "cpu")
    elif jax.default_backend() == "cpu":
        raise SystemExit(
            "JAX sees no accelerator on this machine: where there is one, pip install "
            "'jax[cuda13]', and here --cpu runs a small version"
        )
    print(f"JAX {jax.__version__} on {jax.devices()[0].device_kind}", flush=True)
    start, are_right = time.perf_counter(), []
    for name, counts in (SMALL if on_cpu else BATCHES).items():
        here, reference = Works(name, "jax", "float32"), Works(name, "numpy", "float64")
        for count in counts:
            if time.perf_counter() - start > AT_MOST:
                print(f"{name} {count:9,}  left out: four minutes are over")
                continue
            are_right.append(report(name, count, here, reference, on_cpu))
    if not all(are_right):
        raise SystemExit(f"what differs by more than {BOUND} is wrong")


if __name__ == "__main__":
    main()
