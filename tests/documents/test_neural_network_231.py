"""Every number of the hand-written notes on the 2-3-1 network: its true value, and the notes' own
trail.

The table beside this file gives, in the notes' order, what is printed, what is true, and the
verdict, which test_worksheets.py holds; `_a` and `_b` are the two readings of the bias b_2^1 (0 and
-0.1).
"""

from __future__ import annotations

import csv
import subprocess
import sys
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from autograd import Walk
from autograd.audit.judging.verdicts import Verdict
from autograd.notes.numbers import number_text
from autograd.notes.steps import forward_steps
from demos.neural_network_231 import build, judge, main, notes_trail, save_pictures

ROWS = list(
    csv.DictReader(
        Path(__file__).with_name("neural_network_231.csv").read_text("utf-8").splitlines()
    )
)


def test_the_computed_numbers_are_those_that_the_worksheets_are_judged_by():
    for reading, column in (("A", "truth_a"), ("B", "truth_b")):
        example = build(reading)
        for row in ROWS:
            number = example.quantities[int(row["epoch"]), row["name"]].data
            assert number == Fraction(row[column]), row


def test_the_readme_tells_what_the_demo_finds():
    readme = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    rows = [row for row in judge("A") if row.verdict not in (Verdict.CORRECT, Verdict.GIVEN)]
    assert len(rows) == 8
    for row in rows:
        line = next(
            line
            for line in readme.splitlines()
            if line.startswith("| ") and f"= {row.printed.text}`" in line
        )
        assert f"| {number_text(row.truth)} | {row.verdict.value}" in line


@pytest.mark.parametrize("reading", ["A", "B"])
def test_the_notes_own_trail_comes_out_exactly(reading):
    example = build(reading)
    trail = notes_trail(example, judge(reading))
    second = {name: trail[example.quantities[1, name]] for name in ("z_1^1", "z_2^1", "z_0^2", "L")}
    assert second == {
        "z_1^1": Fraction("2.0714"),
        "z_2^1": Fraction("1.7146"),
        "z_0^2": Fraction("1.6037376"),
        "L": Fraction("0.00538074482688"),
    }


def test_the_true_trail_comes_out_exactly():
    example = build("A")
    assert example.second_loss.data == Fraction(14515086557689, 1250000000000000)
    assert example.quantities[1, "z_0^2"].data == Fraction("1.65239468")


def test_reading_b_makes_the_exercise_round():
    example = build("B")
    assert [example.quantities[0, name].data for name in ("a_0^2", "L", "delta_0^2")] == [
        Fraction(1, 2)
    ] * 2 + [-1]


def test_the_shown_lines_are_the_notes_lines():
    example = build("A")
    lines = {str(step) for step in forward_steps(example.loss)}
    assert "z_0^1 = w_00^1*a_0^0 + w_01^1*a_1^0 + b_0^1 = 0.2*1 + (-0.4)*2 + 0.1 = -0.5" in lines
    assert "L = (y - a_0^2)^2/2 = (1.5 - 0.47)^2/2 = 0.53045" in lines
    update = str(forward_steps(example.updates[10])[-1])
    assert update == "w_01^2 = w_01^2 - alpha*dL/dw_01^2 = 0.9 - 0.1*(-1.133) = 1.0133"


@pytest.mark.parametrize("numbers", [float, Decimal])
def test_floats_and_decimals_reach_the_same_numbers(numbers):
    example = build("A", numbers)
    for row in ROWS:
        node = example.quantities[int(row["epoch"]), row["name"]]
        assert type(node.data) in (numbers, int)
        assert float(node.data) == pytest.approx(float(Fraction(row["truth_a"])), abs=1e-15)


def test_decimals_of_a_decimal_example_are_exact():
    example = build("A", Decimal)
    assert example.second_loss.data == Decimal("0.0116120692461512")


def test_the_demo_prints_the_eight_steps_and_writes_its_pictures(tmp_path, capsys):
    model, loss, walk = main(["--out", str(tmp_path)])
    printed = capsys.readouterr().out
    for line in (
        "dL/dw_01^2 = delta_0^2 * a_1^1 = -1.03 * 1.1 = -1.133",
        "delta_0^1 = dL/da_0^1 * relu'(z_0^1) = 0.618 * 0 = 0",
        "L = (y - a_0^2)^2/2 = (1.5 - 1.65239468)^2/2 = 0.0116120692461512",
        "L = 0.00538074482688, printed 0.005380744827",
    ):
        assert line in printed
    assert [printed.index(f"\n{n}  ") for n in range(1, 9)] == sorted(
        printed.index(f"\n{n}  ") for n in range(1, 9)
    )
    assert len(list(tmp_path.glob("*.svg"))) == len(list(tmp_path.glob("*.png"))) == 3
    assert model.parameters()[10].data == Fraction("0.9"), "the model is left as before the update"
    assert isinstance(walk, Walk)
    assert loss.data == Fraction("0.53045")


def test_a_file_given_as_the_folder_is_one_sentence(capsys):
    with pytest.raises(SystemExit, match="2"):
        main(["--out", __file__])
    assert (
        f"argument --out: no folder can be made at {__file__} (File exists)"
        in capsys.readouterr().err
    )


@pytest.mark.parametrize("view", ["forward", "backward", "network"])
def test_the_pictures_in_docs_are_those_that_the_demo_draws(view, tmp_path, monkeypatch):
    monkeypatch.setenv("CHALKGRAD_DOT", "bundled")
    name = f"neural_network_231_{view}.svg"
    save_pictures(build("A"), tmp_path)
    shown = Path(__file__).parents[2] / "docs" / "pictures" / name
    assert (tmp_path / name).read_bytes() == shown.read_bytes(), (
        "run the demo with --out docs/pictures"
    )


@pytest.mark.long
def test_under_python_i_the_walk_is_there(tmp_path):
    command = [sys.executable, "-i", "-m", "demos.neural_network_231", "--out", str(tmp_path)]
    session = subprocess.run(
        command, input="walk.goto('dL/dw_01^2')\n", capture_output=True, text=True, check=True
    )
    assert (
        "dL/dw_01^2 = delta_0^2 * a_1^1 = -1.03 * 1.1 = -1.133"
        in session.stdout.split("Pictures")[1]
    )
