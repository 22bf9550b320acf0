"""Compiled steps of training beside hand-written C, NumPy, JAX, PyTorch and micrograd.

    python benchmarks/compiled.py [--rounds 3] [--only llvm C] [--table README.md]

Every measurement is a fresh process on one core, with one thread; the contestants take turns, and
the best of the rounds counts, in the processor's time. Others get virtual environments of their own
in benchmarks/, made on the first run. All compute the same losses over the first steps, which is
checked first. Machines differ and are shared: only the ratios within one run mean something.

- W2: a 2-3-1 ReLU network, one sample, half squared error; PyTensor's call beside it.
- W4: a 2-16-16-1 ReLU network on 100 or 10,000 points, max-margin loss and an L2 penalty.
- W5: a 64-128-128-10 ReLU network, batch 256, cross-entropy of logits.

All in float64, with one step of gradient descent.
"""

from __future__ import annotations

import ctypes
import math
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from contest import (
    HERE,
    Results,
    asked,
    digits,
    measured,
    of_processor,
    put_into,
    require_alike,
    seconds,
    setting,
)

RATE, DECAY, CHECKED = 0.01, 1e-4, 5
SIZES = {
    "W2": (2, 3, 1),
    "W4": (2, 16, 16, 1),
    "W4 large": (2, 16, 16, 1),
    "W5": (64, 128, 128, 10),
}
SAMPLES = {"W2": 1, "W4": 100, "W4 large": 10_000, "W5": 256}
LOSSES = {"W2": "half squared error", "W4": "hinge", "W4 large": "hinge", "W5": "cross-entropy"}
OURS = ("llvm", "numpy")
SECTION = """## How fast

How many times as long as the faster of `engine="llvm"` and `engine="numpy"` others take for a step
of training in float64, all of them on one core: `python benchmarks/compiled.py --table README.md`
measures and writes it. The networks are of ReLUs, with half squared error, max-margin loss and an
L2 penalty, or cross-entropy.

"""
END = "<!-- the end of what compiled.py wrote -->\n"
SHOWN = {
    "C": "C by hand, -O3 -march=native",
    "llvm": '`engine="llvm"`',
    "numpy": '`engine="numpy"`',
    "ours/jax": '`engine="jax"`',
    "by hand": "NumPy by hand",
    "jax": "JAX",
    "torch": "PyTorch",
    "compiled": "PyTorch, `torch.compile`",
    "pytensor": "PyTensor",
    "micrograd": "micrograd",
}
Step = Callable[[], float]  # makes one step; the loss before it


class Work:
    """The numbers of one work, the same for every contestant."""

    def __init__(self, name: str) -> None:
        rng = random.Random(1)
        self.name, self.sizes, self.loss = name, SIZES[name], LOSSES[name]
        count, (inputs, *_, outputs) = SAMPLES[name], self.sizes
        self.x = [[rng.gauss(0, 1) for _ in range(inputs)] for _ in range(count)]
        classes = [rng.randrange(max(outputs, 2)) for _ in range(count)]
        self.y: list[Any] = [2.0 * c - 1 for c in classes]
        if outputs > 1:
            self.y = [[float(c == k) for k in range(outputs)] for c in classes]
        self.layers = [
            [[rng.uniform(-1, 1) / n**0.5 for _ in range(n + 1)] for _ in range(m)]
            for n, m in zip(self.sizes, self.sizes[1:], strict=False)
        ]

    @property
    def decay(self) -> float:
        """The factor of the squared parameters in the loss."""
        return DECAY if self.loss == "hinge" else 0.0

    def arrays(self) -> tuple[list[Any], list[Any]]:
        """The weights and the biases as arrays."""
        import numpy as np

        layers = [np.array(layer) for layer in self.layers]
        return [layer[:, :-1].copy() for layer in layers], [layer[:, -1].copy() for layer in layers]


# --- the contestants ------------------------------------------------------------------------------


def ours(work: Work, engine: str) -> tuple[Step, Callable[[int], Any]]:
    """`nn.compile_step`."""
    import numpy as np

    import nn

    model = nn.MLP.from_weights(
        [[neuron[:-1] for neuron in layer] for layer in work.layers],
        [[neuron[-1] for neuron in layer] for layer in work.layers],
        [*["relu"] * (len(work.layers) - 1), "linear"],
    )
    loss = {
        "half squared error": nn.half_squared_error,
        "hinge": nn.hinge,
        "cross-entropy": nn.cross_entropy_with_logits,
    }[work.loss]
    penalty = (lambda parameters: nn.l2(parameters, DECAY)) if work.decay else None
    optimizer = nn.SGD(model.parameters(), RATE)
    step = nn.compile_step(model, loss, optimizer, penalty=penalty, engine=engine)
    x, y = np.array(work.x), np.array(work.y)
    return lambda: step.step(x, y), lambda steps: step.run(x, y, steps)


def llvm(work: Work) -> tuple[Step, Callable[[int], Any]]:
    """This project's machine code."""
    return ours(work, "llvm")


def arrays(work: Work) -> tuple[Step, Callable[[int], Any]]:
    """This project's program over NumPy."""
    return ours(work, "numpy")


def over_jax(work: Work) -> tuple[Step, Callable[[int], Any]]:
    """This project's program over JAX."""
    return ours(work, "jax")


def c(work: Work) -> tuple[Step, Callable[[int], Any] | None]:
    """W4 in C, by hand: reference.c."""
    import numpy as np

    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "reference.so"
        command = ["gcc", "-O3", "-march=native", "-shared", "-fPIC", "-o", library]
        subprocess.run([*command, HERE / "reference.c"], check=True)
        function = ctypes.CDLL(str(library)).step
    pointer = ctypes.c_void_p
    function.restype = ctypes.c_double
    function.argtypes = [pointer, pointer, pointer, ctypes.c_long, ctypes.c_double]
    numbers = np.array([x for layer in work.layers for neuron in layer for x in neuron])
    x, y = np.array(work.x), np.array(work.y)
    places = numbers.ctypes.data, x.ctypes.data, y.ctypes.data
    held = [numbers, x, y]
    return lambda: function(*places, len(held[1]), RATE), None


def by_hand(work: Work) -> tuple[Step, Callable[[int], Any] | None]:
    """NumPy, by hand."""
    import numpy as np

    weights, biases = work.arrays()
    biases = [b[:, None] for b in biases]
    x, y = np.array(work.x).T, np.array(work.y).T
    samples, last = x.shape[1], len(weights) - 1

    def step() -> float:
        outputs = [x]
        for layer, (w, b) in enumerate(zip(weights, biases, strict=True)):
            z = w @ outputs[-1] + b
            outputs.append(z if layer == last else np.maximum(z, 0))
        loss, slope = _numpy_loss(work, outputs[-1], y)
        loss += work.decay * sum(float((p * p).sum()) for p in (*weights, *biases))
        for layer in range(last, -1, -1):
            by_weights = slope @ outputs[layer].T / samples
            by_bias = slope.sum(axis=1, keepdims=True) / samples
            if layer:
                slope = (weights[layer].T @ slope) * (outputs[layer] > 0)
            for p, g in ((weights[layer], by_weights), (biases[layer], by_bias)):
                p -= RATE * (g + 2 * work.decay * p)
        return loss

    return step, None


def _numpy_loss(work: Work, z: Any, y: Any) -> tuple[float, Any]:
    import numpy as np

    if work.loss == "half squared error":
        return float(((y - z) ** 2).mean() / 2), z - y
    if work.loss == "hinge":
        margin = 1 - y * z
        return float(np.maximum(margin, 0).mean()), np.where(margin > 0, -y, 0.0)
    shifted = z - z.max(axis=0)
    logs = np.log(np.exp(shifted).sum(axis=0))
    return float((y * (logs - shifted)).sum(axis=0).mean()), np.exp(shifted - logs) - y


def jax_step(work: Work) -> tuple[Step, Callable[[int], Any]]:
    """JAX: jit of a step, and a scan over many."""
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    parameters = [(jnp.array(w), jnp.array(b)) for w, b in zip(*work.arrays(), strict=True)]
    x, y = jnp.array(work.x), jnp.array(work.y)

    def loss_of(parameters: Any) -> Any:
        a = x
        for w, b in parameters[:-1]:
            a = jax.nn.relu(a @ w.T + b)
        w, b = parameters[-1]
        z = a @ w.T + b
        if work.loss == "cross-entropy":
            return -(y * jax.nn.log_softmax(z)).sum(axis=1).mean()
        if work.loss == "half squared error":
            return ((y - z[:, 0]) ** 2).mean() / 2
        squares = sum((p * p).sum() for pair in parameters for p in pair)
        return jax.nn.relu(1 - y * z[:, 0]).mean() + DECAY * squares

    def stepped(parameters: Any, _: Any = None) -> Any:
        loss, slopes = jax.value_and_grad(loss_of)(parameters)
        return jax.tree.map(lambda p, g: p - RATE * g, parameters, slopes), loss

    one = jax.jit(stepped)
    many = jax.jit(lambda p, n: jax.lax.scan(stepped, p, length=n), static_argnums=1)

    def step() -> float:
        nonlocal parameters
        parameters, loss = one(parameters)
        return float(loss)

    def run(steps: int) -> Any:
        return jax.block_until_ready(many(parameters, steps))

    return step, run


def torch_step(work: Work) -> tuple[Step, Callable[[int], Any] | None]:
    """PyTorch, eager, one thread."""
    import torch

    torch.set_num_threads(1)
    torch.set_default_dtype(torch.float64)
    weights, biases = (
        [torch.tensor(x, requires_grad=True) for x in each] for each in work.arrays()
    )
    pairs, loss_of = list(zip(weights, biases, strict=True)), _torch_loss(work)

    def step() -> float:
        loss = loss_of(pairs)
        loss.backward()
        with torch.no_grad():
            for p in (*weights, *biases):
                p -= RATE * p.grad
                p.grad = None
        return float(loss)

    return step, None


def torch_compiled(work: Work) -> tuple[Step, Callable[[int], Any] | None]:
    """PyTorch, a whole step by torch.compile, one thread."""
    import torch

    torch.set_num_threads(1)
    torch.set_default_dtype(torch.float64)
    weights, biases = ([torch.tensor(x) for x in each] for each in work.arrays())
    parameters = list(zip(weights, biases, strict=True))
    loss_of = _torch_loss(work)

    def stepped(parameters: Any) -> Any:
        slopes, loss = torch.func.grad_and_value(loss_of)(parameters)
        pairs = zip(parameters, slopes, strict=True)
        return [(w - RATE * by_w, b - RATE * by_b) for (w, b), (by_w, by_b) in pairs], loss

    one = torch.compile(stepped)

    def step() -> float:
        nonlocal parameters
        parameters, loss = one(parameters)
        return float(loss)

    return step, None


def _torch_loss(work: Work) -> Callable[[Any], Any]:
    """The loss of pairs of weights and biases, by PyTorch."""
    import torch
    from torch.nn.functional import cross_entropy, linear

    x, y = torch.tensor(work.x), torch.tensor(work.y)
    classes = y.argmax(dim=1) if work.loss == "cross-entropy" else None

    def loss_of(parameters: Any) -> Any:
        a = x
        for w, b in parameters[:-1]:
            a = torch.relu(linear(a, w, b))
        z = linear(a, *parameters[-1])
        if classes is not None:
            return cross_entropy(z, classes)
        if work.loss == "half squared error":
            return ((y - z[:, 0]) ** 2).mean() / 2
        squares = sum((p * p).sum() for pair in parameters for p in pair)
        return torch.relu(1 - y * z[:, 0]).mean() + DECAY * squares

    return loss_of


def micrograd_step(work: Work) -> tuple[Step, Callable[[int], Any] | None]:
    """micrograd, node by node."""
    from micrograd.nn import MLP

    model = MLP(work.sizes[0], list(work.sizes[1:]))
    numbers = [x for layer in work.layers for neuron in layer for x in neuron]
    for parameter, number in zip(model.parameters(), numbers, strict=True):
        parameter.data = number

    def step() -> float:
        losses = [(1 - y * model(x)).relu() for x, y in zip(work.x, work.y, strict=True)]
        squares = sum(p * p for p in model.parameters())
        loss = sum(losses) * (1 / len(losses)) + DECAY * squares
        model.zero_grad()
        loss.backward()
        for p in model.parameters():
            p.data -= RATE * p.grad
        return float(loss.data)

    return step, None


def pytensor_step(work: Work) -> tuple[Step, Callable[[int], Any] | None]:
    """PyTensor, of whom the call is what is compared."""
    import numpy as np
    import pytensor
    import pytensor.tensor as pt

    weights, biases = ([pytensor.shared(x) for x in each] for each in work.arrays())
    x, y = np.array(work.x), np.array(work.y)
    a: Any = pt.constant(x)
    for w, b in zip(weights, biases, strict=True):
        z = a @ w.T + b
        a = pt.maximum(z, 0)
    loss = ((y - z[:, 0]) ** 2).mean() / 2
    parameters = [*weights, *biases]
    slopes = pytensor.grad(loss, parameters)
    updates = [(p, p - RATE * g) for p, g in zip(parameters, slopes, strict=True)]
    function = pytensor.function([], loss, updates=updates)
    function.trust_input = True
    return lambda: float(function()), None


CONTESTANTS: dict[str, tuple[Callable[[Work], Any], str, tuple[str, ...]]] = {
    "C": (c, "", ("W4", "W4 large")),
    "llvm": (llvm, "", ("W2", "W4", "W4 large")),
    "numpy": (arrays, "", tuple(SIZES)),
    "ours/jax": (over_jax, "jax", tuple(SIZES)),
    "by hand": (by_hand, "", tuple(SIZES)),
    "jax": (jax_step, "jax", tuple(SIZES)),
    "torch": (torch_step, "torch==2.13.0", tuple(SIZES)),
    "compiled": (torch_compiled, "torch==2.13.0", tuple(SIZES)),
    "pytensor": (pytensor_step, "pytensor", ("W2",)),
    "micrograd": (micrograd_step, "micrograd==0.1.0", ("W4",)),
}


# --- running them ---------------------------------------------------------------------------------


def measure(contestant: str, name: str) -> dict[str, Any]:
    """Microseconds a step, and of many at once where that is another way; the first losses."""
    start = of_processor()
    step, run = CONTESTANTS[contestant][0](Work(name))
    losses = [step()]
    first = of_processor() - start
    losses += [step() for _ in range(CHECKED - 1)]
    many = max(1, min(100, int(5000 / (microseconds := seconds(step) * 1e6))))
    return {
        "losses": losses,
        "first": first,
        "step": microseconds,
        "run": seconds(lambda: run(many)) * 1e6 / many if run else None,
    }


def main() -> None:
    given = asked(__doc__, CONTESTANTS, measure)
    if given is None:
        return
    plan = [(name, who) for name in SIZES for who in given.only if name in CONTESTANTS[who][2]]
    found: Results = {each: [] for each in plan}
    for number in range(given.rounds):
        print(f"round {number + 1} of {given.rounds}", file=sys.stderr)
        for name, who in plan:
            found[name, who].append(measured(__file__, CONTESTANTS[who][1], who, name))
    report(found)
    if given.table:
        text = f"{table(found)}\n\n{setting(CONTESTANTS[who][1] for who in given.only)}"
        put_into(given.table, SECTION, text, END)


def report(found: Results) -> None:
    """A line for each: microseconds, and how many times those of this project's best."""
    for name in SIZES:
        rows = {who: results for (work, who), results in found.items() if work == name}
        if not rows:
            continue
        require_alike(name, rows, "losses")
        print(f"\n{name}: {'-'.join(map(str, SIZES[name]))}, batch {SAMPLES[name]}")
        for who, results in rows.items():
            times = times_of(results)
            many = f"{times['run']:10.2f} of many" if "run" in times else ""
            print(
                f"  {who:8}{times['step']:10.2f} us a step{many:>22}  first {times['first']:.2f} s"
            )


def times_of(results: list[dict[str, Any]]) -> dict[str, float]:
    """The best of the rounds."""
    return {
        key: min(result[key] for result in results)
        for key in ("step", "run", "first")
        if results[0][key] is not None
    }


Times = dict[str, float]  # of a step, of each of many, and seconds to the first


def table(found: Results) -> str:
    """How many times what this project's best takes the others do, in Markdown: of a step by
    itself, then of each of many that are made at once.
    """
    times = {each: times_of(results) for each, results in found.items()}
    names = [name for name in SIZES if any(work == name for work, _ in found)]
    heads = [f"{'-'.join(map(str, SIZES[name]))}, {SAMPLES[name]:,}" for name in names]
    lines = [["network, samples", *heads], ["---"] * (1 + len(names))]
    for key, of_many in (("step", ""), ("run", ", of many steps")):
        ours = {name: _of_ours(times, name, key)[key] for name in names}
        for who in dict.fromkeys(who for name, who in found if key in times[name, who]):
            own = [times.get((name, who), {}).get(key, math.nan) / ours[name] for name in names]
            cells = ["" if math.isnan(ratio) else digits(ratio) for ratio in own]
            lines.append([f"{SHOWN[who]}{of_many}", *cells])
    firsts = [f"{_of_ours(times, name, 'step')['first']:.2g}" for name in names]
    lines.append(["seconds to the first step", *firsts])
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _of_ours(
    times: dict[tuple[str, str], dict[str, float]], name: str, key: str
) -> dict[str, float]:
    """What the engine takes that is the fastest of this project's two on one core."""
    return min((times[name, who] for who in OURS if (name, who) in times), key=lambda x: x[key])


if __name__ == "__main__":
    main()
