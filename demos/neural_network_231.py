"""The hand-worked 2-3-1 ReLU network, reproduced step by step beside the notes' own numbers.

    python -m demos.neural_network_231 [--bias A|B] [--numbers fraction|decimal|float] [--out DIR]
    python -i -m demos.neural_network_231      leaves model, loss and walk to step through

One graph holds everything: the forward pass, the gradients, the update and the second forward pass.
The printed lines are read from it; the notes' numbers, a worksheet, are marked by the audit.
"""

from __future__ import annotations

import argparse
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
from autograd.audit.expressions import Name, written
from autograd.audit.judging.judge import Judged
from autograd.audit.judging.verdicts import Verdict
from autograd.audit.reporting.report import check
from autograd.audit.reporting.words import sentence
from autograd.notes.numbers import number_text
from demos.shared import add_out, save_both

# What the notes start from; the worksheets have what they print.
INPUTS = (1, 2)
TARGET = "1.5"
LEARNING_RATE = "0.1"
WEIGHTS = [
    [["0.2", "-0.4"], ["-0.3", "0.8"], ["0.5", "0.7"]],
    [["-0.6", "0.9", "-0.3"]],
]
# The notes leave the last hidden bias open: 0 explains the numbers that they print, -0.1 makes
# the exercise round.
BIASES = {"A": [["0.1", "-0.2", "0"], ["0.05"]], "B": [["0.1", "-0.2", "-0.1"], ["0.05"]]}

WORKSHEETS = Path(__file__).parent / "worksheets"
SHEETS = {"A": "neural_network_231.chalk", "B": "neural_network_231_b.chalk"}
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


def judge(reading: str) -> list[Judged]:
    """The verdict on each number that the notes print, in their order."""
    text = (WORKSHEETS / SHEETS[reading]).read_text(encoding="utf-8")
    return list(check(text).judged)


def notes_trail(
    example: Example, judged: Sequence[Judged], numbers: type = Fraction
) -> dict[Value, Any]:
    """Every number of the graph with the slips in place of the true numbers: the notes' own."""
    slips = {
        example.quantities[_place(row)]: numbers(row.printed.text)
        for row in judged
        if row.verdict is Verdict.SLIP
    }
    return Graph(example.second_loss).evaluate(slips)


def _place(row: Judged) -> tuple[int, str]:
    """The epoch and the name of what is printed."""
    left = row.claim.left
    return (left.epoch if isinstance(left, Name) else 0), written(left)


# --- what is shown --------------------------------------------------------------------------------


def show_steps(example: Example) -> None:
    """Print the eight steps of the notes, in their order."""
    for number, (title, lines) in enumerate(example.worked.sections(), start=1):
        print(f"\n{number}  {title}")
        for line in lines:
            print(f"   {line}")


def show_table(judged: Sequence[Judged]) -> None:
    """Print every number of the notes beside the true one, with what is to be said of it."""
    rows = [("line", "name", "printed", "true", "verdict")]
    for row in judged:
        claim, truth = row.claim, number_text(row.truth)
        name = written(claim.left)
        rows.append((str(claim.line), name, row.printed.text, truth, sentence(row)))
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    print(f"\nThe {len(judged)} numbers that the notes print, by the lines of the worksheet")
    for *texts, said in rows:
        columns = zip(texts, "><>>", widths, strict=True)
        cells = [f"{text:{side}{width}}" for text, side, width in columns]
        print("   " + "  ".join([*cells, said]))
    counts = Counter(row.verdict.value for row in judged)
    print("   " + ", ".join(f"{count} {verdict}" for verdict, count in counts.most_common()))


def show_trail(example: Example, judged: Sequence[Judged], numbers: type) -> None:
    """Print what the notes' network gives with the slips in place."""
    trail = notes_trail(example, judged, numbers)
    print("\nThe notes' own trail: the network with the slips in place, against what they print")
    for row in judged:
        if row.claim.epoch:
            epoch, name = _place(row)
            own = number_text(trail[example.quantities[epoch, name]])
            print(f"   {name} = {own}, printed {row.printed.text}")


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
    judged = judge(options.bias)
    show_table(judged)
    show_trail(example, judged, numbers)
    print("\nPictures")
    for path in save_pictures(example, options.out):
        print(f"   {path}")
    return example.model, example.loss, autograd.walk(example.loss)


if __name__ == "__main__":
    model, loss, walk = main()
