"""What the demos share while they run: what they need, the bar, the end by Ctrl-C."""

from __future__ import annotations

import random
import runpy
import sys

import pytest

import nn
from demos import cross_entropy, price_regression, relu_sigmoid, sigmoid_sigmoid
from demos.shared import finished, run, with_bar

TRAININGS = {
    "price_regression": (lambda: price_regression.train(*price_regression.read()), 30),
    "relu_sigmoid": (relu_sigmoid.train, 1000),
    "cross_entropy": (
        lambda: cross_entropy.train(
            cross_entropy.two_moons(20, random.Random(1)), random.Random(1)
        ),
        80,
    ),
    "sigmoid_sigmoid": (sigmoid_sigmoid.train, 4000),
}


@pytest.mark.parametrize("name", TRAININGS)
def test_ctrl_c_in_a_training_ends_the_demo_with_a_sentence(name, monkeypatch, capsys):
    train, epochs = TRAININGS[name]
    steps = iter(range(2))

    def step(optimizer):
        if next(steps, None) is None:
            raise KeyboardInterrupt

    monkeypatch.setattr(nn.SGD, "step", step)
    with pytest.raises(SystemExit) as stop:
        run(train)
    assert stop.value.code == 130
    done = 1 if name == "cross_entropy" else 2  # two batches an epoch there
    sentence = f"Interrupted in a training, after {done} of {epochs} epochs: the demo ends here"
    assert sentence in capsys.readouterr().err


def test_ctrl_c_elsewhere_too(capsys):
    def main():
        raise KeyboardInterrupt

    with pytest.raises(SystemExit) as stop:
        run(main)
    assert stop.value.code == 130
    assert (
        capsys.readouterr().err
        == "\nInterrupted: the demo ends here, its pictures are not all written.\n"
    )


def test_a_whole_training_is_handed_on():
    history = nn.History([1.0])
    assert finished(history, 1) is history


@pytest.mark.parametrize("missing", ["sympy", "matplotlib"])
@pytest.mark.parametrize("name", TRAININGS)
def test_without_the_extras_a_demo_ends_at_once_with_the_command_that_installs_them(
    name, missing, monkeypatch, capsys
):
    monkeypatch.setitem(sys.modules, missing, None)
    for module in (f"demos.{name}", "demos.claims"):
        monkeypatch.delitem(sys.modules, module)
    with pytest.raises(SystemExit) as stop:
        runpy.run_module(f"demos.{name}", run_name="__main__")
    # the interpreter writes a text to stderr, and ends with 1
    assert (
        stop.value.code
        == f'This demo needs {missing}: .venv/bin/pip install -q -e ".[plots,claims]"'
    )
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("installed", [True, False])
def test_the_bar_hands_on_every_step_and_writes_nothing_outside_a_terminal(
    installed, monkeypatch, capsys
):
    if not installed:
        monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    assert list(with_bar(range(3), unit="step")) == [0, 1, 2]
    assert capsys.readouterr().err == ""
