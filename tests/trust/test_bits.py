"""The same bits in every process: whatever the hash seed, and whatever the version of Python.

One program prints every gradient of a network, second derivatives, Taylor coefficients and a
training run, each float in full. It runs once for each hash seed, and once with each Python that is
on this machine.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

PROGRAM = """
import random
import nn
from autograd import Value, dot, grad, hessian, jvp, taylor, topological_order, total

rng = random.Random(0)
x = [Value(rng.uniform(-1, 1), f"x_{i}") for i in range(30)]
hidden = [dot(x[i : i + 9], x[i + 9 : i + 18], x[i + 18]).tanh() for i in range(10)]
root = total([h.sigmoid() * h + h / (2 + abs(x[i])) for i, h in enumerate(hidden)])
root.backward()
bits = [node.grad for node in topological_order(root)]

def f(x):
    return (x[0] * x[1]).exp() / (1 + x[2] ** 2) + (x[0] / x[2]).sin() * x[1]

for row in hessian(f)([0.3, -0.7, 1.1]):
    bits += row
bits += jvp(f, ([0.3, -0.7, 1.1],), ([0.1, 0.2, 0.3],))
logits = [rng.uniform(-2, 2) for _ in range(9)]
bits += nn.softmax(logits) + grad(lambda z: nn.cross_entropy_with_logits(z, 2))(logits)
bits += taylor(lambda x: (x.sin() / (1 + x)).tanh(), 0.4, 6)

model = nn.MLP(3, [5, 4, 1], ["tanh", "relu", "sigmoid"], rng=random.Random(1))
inputs = [[rng.uniform(-1, 1) for _ in range(3)] for _ in range(20)]
targets = [float(sum(row[:1]) > 0) for row in inputs]
optimizer = nn.Adam(model.parameters(), learning_rate=0.05)
history = nn.fit(
    model, inputs, targets, loss=nn.binary_cross_entropy, optimizer=optimizer, epochs=5,
    batch_size=3, shuffle=random.Random(2), progress=False,
)
bits += history.losses + [parameter.data for parameter in model.parameters()]
bits.append(nn.clip_grad_norm(model.parameters(), 0.01))
print(*map(float.hex, bits))
"""


def bits(python: str = sys.executable, hash_seed: str = "random") -> list[str]:
    environment = os.environ | {"PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT)}
    run = subprocess.run(
        [python, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=True
    )
    return run.stdout.split()


def pythons() -> dict[str, str]:
    """The paths of all Pythons from 3.10 on that are on the PATH or are pyenv's, by their versions;
    this one first.
    """
    found = {platform.python_version(): sys.executable}
    for name in (f"python3.{minor}" for minor in range(10, 20)):
        for path in filter(
            None, (shutil.which(name), *Path.home().glob(f".pyenv/versions/*/bin/{name}"))
        ):
            ask = [path, "-c", "import platform; print(platform.python_version())"]
            answer = subprocess.run(ask, capture_output=True, text=True, check=False)
            if (
                answer.returncode == 0
            ):  # else it is one of pyenv's names for a Python that is not in use
                found.setdefault(answer.stdout.strip(), str(path))
    return found


@pytest.mark.long
def test_one_result_over_hash_seeds(full, figure):
    seeds = range(20 if full else 3)
    results = {tuple(bits(hash_seed=str(seed))) for seed in seeds}
    assert len(results) == 1
    (result,) = results
    assert len(result) > 150 and len(set(result)) > 120
    figure("same bits", f"one result of {len(result)} numbers over {len(seeds)} hash seeds")


@pytest.mark.long
def test_one_result_over_python_versions(figure):
    results = {version: bits(path) for version, path in pythons().items()}
    if len(results) == 1:
        pytest.skip("no other Python from 3.10 on is on this machine")
    expected = bits()
    assert [version for version, result in results.items() if result != expected] == []
    figure("same bits", f"and with Python {', '.join(sorted(results))}")
