"""The hand-worked 2-3-1 ReLU network, reproduced step by step beside the notes' own numbers.

    python -m demos.neural_network_231 [--bias A|B] [--numbers fraction|decimal|float] [--out DIR]
    python -i -m demos.neural_network_231      leaves model, loss and walk to step through

One graph holds everything: the forward pass, the gradients, the update and the second forward pass.
The printed lines are read from it; the notes' numbers are judged against it.
"""

from __future__ import annotations

import argparse
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import autograd
import nn
from autograd import Graph, Value, Walk, draw, topological_order
from autograd.notes.numbers import number_text
from demos.neural_network_231_notes import (
    BIASES,
    INPUTS,
    LEARNING_RATE,
    PRINTED,
    TARGET,
    WEIGHTS,
    Printed,
)
from demos.shared import add_out, save_both

NUMBERS: dict[str, type] = {"fraction": Fraction, "decimal": Decimal, "float": float}


@dataclass(frozen=True, slots=True)
class Example:
    """The worked example as one graph.

    `worked` has its lines, `updates` are the updated parameters, `quantities` the nodes by (epoch,
    name).
    """

    model: nn.MLP
    worked: nn.Worked
    loss: Value
    updates: tuple[Value, ...]
    second_loss: Value
    quantities: Mapping[tuple[int, str], Value]


def build(reading: str = "A", numbers: type = Fraction) -> Example:
    """Record forward pass, gradients, update and second forward pass.

    The model is left as before the update.
    """
    weights, biases = _converted(WEIGHTS, numbers), _converted(BIASES[reading], numbers)
    model = nn.MLP.from_weights(weights, biases, ["relu", "relu"])
    inputs, target = _converted(INPUTS, numbers), numbers(TARGET)
    optimizer = nn.SGD(model.parameters(), numbers(LEARNING_RATE))
    worked = nn.worked(model, inputs, target, loss=nn.half_squared_error, optimizer=optimizer)

    (loss, second_loss), updates = worked.roots, worked.model.parameters()
    before = topological_order(loss, *updates)
    after = topological_order(second_loss, stop={*before} - {*updates})
    quantities = {(0, node.name): node for node in before if node not in after}
    quantities |= {(1, node.name): node for node in after}
    loss.backward()
    return Example(model, worked, loss, tuple(updates), second_loss, quantities)


def _converted(numbers: Any, kind: type) -> Any:
    is_list = isinstance(numbers, (list, tuple))
    return [_converted(x, kind) for x in numbers] if is_list else kind(numbers)


# --- the verdicts ---------------------------------------------------------------------------------

GIVEN, CORRECT, LINE_WRONG = "given", "correct", "value right, shown line wrong"
CARRIED, SLIP = "carried forward", "slip"


@dataclass(frozen=True, slots=True)
class Judged:
    """A printed number, the true one, and the verdict with a remark."""

    printed: Printed
    truth: Any
    verdict: str
    remark: str = ""


def agrees(number: Any, text: str, printed: Any) -> bool:
    """Whether `number` is what is printed, or rounds to it at its printed digits, two at least.

    A float may also miss it by its own rounding errors, a few in the sixteenth digit.
    """
    if number == printed:
        return True
    if isinstance(number, float) and math.isclose(number, printed, rel_tol=1e-12):
        return True
    digits = Decimal(text)
    if len(digits.as_tuple().digits) < 2 or (number < 0) != (printed < 0):
        return False
    unit = Fraction(1, 10 ** -int(digits.as_tuple().exponent))
    return abs(Fraction(number) - Fraction(text)) <= unit / 2


def judge(example: Example, numbers: type = Fraction) -> list[Judged]:
    """A verdict for each printed number in order, with errors carried forward.

    A number is judged against the truth, then against what was last written for its name, then
    against its own operation over the operands as written; one that none of these gives is a slip.
    """
    written: dict[Value, Any] = {}
    judged = []
    for printed in PRINTED:
        node = example.quantities[printed.epoch, printed.name]
        number = numbers(printed.text)
        verdict, remark = _verdict(printed, number, node, written)
        if verdict == SLIP and not remark:
            remark = _taken_for(example, node, number)
        judged.append(Judged(printed, node.data, verdict, remark))
        written[node] = number
    return judged


def _verdict(
    printed: Printed, number: Any, node: Value, written: Mapping[Value, Any]
) -> tuple[str, str]:
    """The verdict on a printed number, with a remark, "" for none."""
    if node.operation is None:
        return (GIVEN if number == node.data else SLIP), ""
    line = printed.shown_line(type(number))
    fault = _fault_of_line(line, printed, number)
    if agrees(node.data, printed.text, number):
        return (LINE_WRONG, fault) if fault else (CORRECT, _rounding(number, node.data))
    if node in written and agrees(written[node], printed.text, number):
        return CARRIED, "repeats what was written"
    others = {other: value for other, value in written.items() if other is not node}
    own = Graph(node).evaluate(others)[node]
    if agrees(own, printed.text, number):
        return CARRIED, f"from {', '.join(_wrong_operands(node, written))}"
    if line is None or fault:
        return SLIP, fault
    return SLIP, "the shown line gives it, the formula does not"


def _fault_of_line(line: Any, printed: Printed, number: Any) -> str:
    """What the shown line gives, where that is not what stands beside it."""
    if line is None or agrees(line, printed.text, number):
        return ""
    return f"the shown line gives {number_text(line)}"


def _rounding(number: Any, true: Any) -> str:
    """How far a printed number is the true one."""
    if number == true:
        return ""
    return "but for float rounding" if isinstance(number, float) else "rounds to it"


def _taken_for(example: Example, node: Value, number: Any) -> str:
    """Which result of this node, its activation say, has the number that is printed for it."""
    names = [
        result.name
        for result in example.quantities.values()
        if result.data == number and any(x is node for x in result.operands)
    ]
    return f"that is {' or '.join(sorted(names))}" if names else ""


def _wrong_operands(node: Value, written: Mapping[Value, Any]) -> list[str]:
    """The nearest operands whose written number is wrong, through those that were not written."""
    wrong: list[str] = []
    ahead = _operands(node)
    while ahead:
        operand = ahead.pop()
        if operand not in written:
            ahead += _operands(operand)
            continue
        number = written[operand]
        if operand.name not in wrong and not agrees(operand.data, number_text(number), number):
            wrong.append(operand.name)
    return wrong


def _operands(node: Value) -> list[Value]:
    """Those that are Values, the last first."""
    return [operand for operand in reversed(node.operands) if operand.__class__ is Value]


def notes_trail(
    example: Example, judged: list[Judged], numbers: type = Fraction
) -> dict[Value, Any]:
    """Every number of the graph with the slips in place of the true numbers: the notes' own."""
    slips = {
        example.quantities[row.printed.epoch, row.printed.name]: numbers(row.printed.text)
        for row in judged
        if row.verdict == SLIP
    }
    return Graph(example.second_loss).evaluate(slips)


# --- what is shown --------------------------------------------------------------------------------


def show_steps(example: Example) -> None:
    """Print the eight steps of the notes, in their order."""
    for number, (title, lines) in enumerate(example.worked.sections(), start=1):
        print(f"\n{number}  {title}")
        for line in lines:
            print(f"   {line}")


def show_table(judged: list[Judged], numbers: type) -> None:
    """Print every number of the notes beside the true one, with its verdict."""
    true = "computed" if numbers is float else "true"
    rows = [("step", "name", "printed", true, "verdict", "remark")]
    for row in judged:
        printed, truth = row.printed, number_text(row.truth)
        rows.append((str(printed.step), printed.name, printed.text, truth, row.verdict, row.remark))
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    print(f"\nThe {len(judged)} numbers that the notes print")
    for *texts, remark in rows:
        columns = zip(texts, "><>><", widths, strict=True)
        cells = [f"{text:{side}{width}}" for text, side, width in columns]
        print("   " + "  ".join([*cells, remark]).rstrip())
    counts = Counter(row.verdict for row in judged)
    print("   " + ", ".join(f"{count} {verdict}" for verdict, count in counts.most_common()))


def show_trail(example: Example, judged: list[Judged], numbers: type) -> None:
    """Print what the notes' network gives with the slips in place."""
    trail = notes_trail(example, judged, numbers)
    print("\nThe notes' own trail: the network with the slips in place, against what they print")
    for row in judged:
        node = example.quantities[row.printed.epoch, row.printed.name]
        if row.printed.step >= 7:
            print(f"   {row.printed.name} = {number_text(trail[node])}, printed {row.printed.text}")


def save_pictures(example: Example, folder: Path) -> list[Path]:
    """Write the computation graph, forward and backward, and the network, each as SVG and PNG."""
    pictures = {
        "forward": draw(example.loss, backward=False),
        "backward": draw(example.loss, backward=True),
        "network": nn.draw_network(example.model, example.loss),
    }
    folder.mkdir(parents=True, exist_ok=True)
    stem = "neural_network_231"
    saved = (save_both(each, folder / f"{stem}_{name}") for name, each in pictures.items())
    return [path for both in saved for path in both]


def main(arguments: Sequence[str] | None = None) -> tuple[nn.MLP, Value, Walk]:
    """Run the demo; return the model, the loss and a walk over it, as before the update."""
    parser = argparse.ArgumentParser(
        prog="python -m demos.neural_network_231", description=__doc__.splitlines()[0]
    )
    about = "b_2^1, which the notes leave open: A is 0, B is -0.1"
    parser.add_argument("--bias", choices=sorted(BIASES), default="A", help=about)
    about = "the type of number to compute in"
    parser.add_argument("--numbers", choices=NUMBERS, default="fraction", help=about)
    add_out(parser)
    options = parser.parse_args(arguments)
    numbers = NUMBERS[options.numbers]
    example = build(options.bias, numbers)
    bias = f"b_2^1 = {BIASES[options.bias][0][2]}"
    print(f"Neural network 2-3-1, ReLU, worked by hand, in {options.numbers}s, with {bias}")
    show_steps(example)
    judged = judge(example, numbers)
    show_table(judged, numbers)
    show_trail(example, judged, numbers)
    print("\nPictures")
    for path in save_pictures(example, options.out):
        print(f"   {path}")
    return example.model, example.loss, autograd.walk(example.loss)


if __name__ == "__main__":
    model, loss, walk = main()
