"""What runs by JAX alone: pure functions, precision, and a batch shared out to devices.

That it computes what the other engines do is tested beside them, in test_compiler.py and
test_compiled_step.py, where JAX is installed.
"""

from __future__ import annotations

import os
import pickle
import random
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

import autograd
import nn

jax = pytest.importorskip("jax")
np = pytest.importorskip("numpy")

training_jax = pytest.importorskip("autograd.compiler.training_jax")
of_mesh = pytest.importorskip("autograd.compiler.mesh")
Devices = of_mesh.Devices

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "cluster.md").read_text(encoding="utf-8")
TRAIN = next(code for code in re.findall(r"```python\n(.*?)```", PAGE, re.S) if "mesh" in code)


def network():
    return nn.MLP(2, [3, 1], ["relu", "linear"], rng=random.Random(5))


def samples(count):
    rng = random.Random(3)
    x = np.array([[rng.uniform(-1, 1), rng.uniform(-1, 1)] for _ in range(count)])
    return x, np.where(x[:, 0] * x[:, 1] > 0, 1.0, -1.0)


def compiled(engine, **options):
    model = network()
    optimizer = nn.SGD(model.parameters(), 0.1, momentum=0.9)
    return nn.compile_step(model, nn.hinge, optimizer, engine=engine, **options)


def one_mesh():
    return jax.make_mesh((1,), ("batch",))


def test_a_function_is_one_of_an_array_that_jax_transforms():
    fast = autograd.compile(lambda w, x: [autograd.sigmoid(w * x), w - x], engine="jax")
    assert fast(2.0, 0.5) == pytest.approx([1 / (1 + np.exp(-1.0)), 1.5], rel=1e-15)
    rows = np.array([[2.0, 0.5], [0.0, 3.0]])
    found = jax.jit(jax.vmap(fast.function))(rows)
    assert found.dtype == np.float32  # JAX's own setting is as it was
    assert found == pytest.approx(np.array([fast(*row) for row in rows.tolist()]), rel=1e-6)
    with pytest.raises(TypeError, match=r"compile the derivative, autograd\.compile"):
        jax.jacobian(fast.function)(rows[1])
    with pytest.raises(ValueError, match="engine='jax' gives a pure function"):
        autograd.compile(lambda w: w, engine="numpy").function  # noqa: B018


def test_a_step_is_a_pure_function():
    x, y = samples(5)
    step, same = compiled("jax"), compiled("numpy")
    losses = [same.step(x, y) for _ in range(2)]
    step.step(x, y)  # which compiles it
    numbers = np.array([each.data for each in network().parameters()])
    columns = (numbers, *[np.zeros_like(numbers)] * (len(step._columns) - 1))
    for loss in losses:
        columns, found = jax.jit(step.function)(columns, np.array([1.0, 0.1, 0.9]), x, y)
        assert found == pytest.approx(loss, rel=1e-6)
    assert "import jax.numpy as np" in step.source and "def update(" in step.source


def test_the_precision_is_that_of_the_numbers():
    def pulls(parameters):  # whose gradients are an array of numbers
        return autograd.total([x * i / 100 for i, x in enumerate(parameters)])

    x, y = samples(50)
    step, same = compiled("jax", penalty=pulls, dtype="float32"), compiled("numpy", penalty=pulls)
    losses, exact = step.run(x, y, 20), same.run(x, y, 20)
    assert {column.dtype for column in step._columns} == {np.dtype(np.float32)}
    assert losses == pytest.approx(exact, rel=1e-5) and losses != pytest.approx(exact, rel=1e-12)
    assert jax.numpy.ones(1).dtype == np.float32


@pytest.mark.parametrize("mesh", [None, one_mesh()], ids=["alone", "mesh"])
def test_what_is_written_into_a_batch_is_seen(mesh):
    x, y = (array.astype("float32") for array in samples(9))
    step = compiled("jax", mesh=mesh, dtype="float32")
    same = compiled("numpy", dtype="float32")
    for _ in range(3):
        assert step.step(x, y) == pytest.approx(same.step(x, y), rel=1e-5)
        x *= 0.5
    x.flags.writeable = y.flags.writeable = False
    code, held = next(iter(step._known.values())), set()
    for _ in range(2):
        assert step.step(x, y) == pytest.approx(same.step(x, y), rel=1e-5)
        held.add(id(code._held))
    assert len(held) == 1 and isinstance(code._held[1][0][0], jax.Array)
    assert step.step(x[:5], y[:5]) == pytest.approx(same.step(x[:5], y[:5]), rel=1e-5)


def test_a_copy_goes_on_without_the_mesh():
    (x, y), step, same = samples(9), compiled("jax", mesh=one_mesh()), compiled("numpy")
    step.step(x, y), same.step(x, y)
    copied = pickle.loads(pickle.dumps(step))
    assert copied.step(x, y) == pytest.approx(same.step(x, y), rel=1e-13)


def test_processes_that_begin_with_other_numbers_are_told(monkeypatch):
    monkeypatch.setattr(jax, "process_count", lambda: 2)
    monkeypatch.setattr(of_mesh, "process_allgather", lambda here: np.stack([here, here + other]))
    other = 0.0
    Devices(one_mesh()).require_alike(np.ones(2), np.zeros(2))
    other = 1e-9
    with pytest.raises(ValueError, match="one seed in all of them"):
        Devices(one_mesh()).require_alike(np.ones(2), np.zeros(2))


@pytest.mark.parametrize("devices", ["processor", "accelerator"])
@pytest.mark.parametrize("count", [2500, 4099])  # in equal parts, and with some left over
def test_a_large_batch_is_gone_through_in_parts(count, devices, monkeypatch):
    if devices == "accelerator":
        monkeypatch.setattr(training_jax, "TOGETHER", 3 * training_jax.NEAR)
        monkeypatch.setattr(Devices, "are_cpus", False)
    (x, y), step, same = samples(count), compiled("jax"), compiled("numpy")
    assert step.run(x, y, 2) == pytest.approx(same.run(x, y, 2), rel=1e-13)
    columns = [np.zeros(13)] * len(step._columns)
    is_loop = "scan[" in str(jax.make_jaxpr(step.function)(columns, np.ones(3), x, y))
    assert is_loop == (devices == "processor" or count == 4099)  # 3 parts at a time are no loop


def test_what_cannot_be_done_is_refused():
    model = network()
    optimizer = nn.SGD(model.parameters(), 0.1)
    for engine in ("llvm", "auto"):
        with pytest.raises(ValueError, match=r"give engine='jax', not 'llvm'"):
            nn.compile_step(model, nn.mse, optimizer, engine=engine, mesh=one_mesh())
    with pytest.raises(ValueError, match="exact_order=True goes with"):
        nn.compile_step(model, nn.mse, optimizer, engine="jax", exact_order=True)
    step = nn.compile_step(model, nn.mse, optimizer, engine="jax", mesh=8)
    with pytest.raises(TypeError, match=r"one of JAX's, not a int: jax\.make_mesh"):
        step.step(*samples(2))


def start(folder, *arguments, devices=1):
    """The page's program, begun in a folder."""
    folder.mkdir()
    (folder / "train.py").write_text(TRAIN, encoding="utf-8")
    flags = f"--xla_force_host_platform_device_count={devices}"
    return subprocess.Popen(
        [sys.executable, "train.py", *arguments],
        cwd=folder,
        env=os.environ | {"XLA_FLAGS": flags, "JAX_PLATFORMS": "cpu"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def trained(process):
    """What a program printed."""
    try:
        out, errors = process.communicate(timeout=100)
    finally:
        process.kill()
    assert process.returncode == 0, errors
    return out


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def test_a_cluster_trains_what_a_laptop_does(tmp_path):
    address = f"127.0.0.1:{free_port()}"
    alone = start(tmp_path / "alone")
    virtual = start(tmp_path / "virtual", devices=8)
    printed = [trained(alone), trained(virtual)]
    first = start(tmp_path / "first", address, "2", "0")
    second = start(tmp_path / "second", address, "2", "1")
    try:
        printed.append(trained(first))
    finally:
        trained(second)
    assert re.findall(r"(\d) devices", "".join(printed)) == ["1", "8", "2"]
    one, *others = (
        np.array([x.data for x in nn.load(tmp_path / name / "model.json").parameters()])
        for name in ("alone", "virtual", "first")
    )
    for other in others:
        assert abs(other - one).max() < 1e-12
    assert not (tmp_path / "second" / "model.json").exists()
