"""docs/numbers.md: its table is computed again; pytest runs its examples.

`python tests/documents/test_numbers.py` writes the table.
"""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import mpmath
import pytest
import sympy
from mpmath import iv, mpf
from packages import PRECISE
from samples import SAMPLES

from autograd import OPERATIONS, Value

PAGE = Path(__file__).parents[2] / "docs" / "numbers.md"
TABLE = re.compile(r"\| operation \|.*?\n(?=\n## )", re.DOTALL)
F = Fraction

# The operands that an operation is tried with, as many as it takes.
OPERANDS = {
    "int": (2, 3, 5),
    "float": (0.3, 0.4, 2.0),
    "Fraction": (F(1, 3), F(2, 5), F(2)),
    "Decimal": (Decimal("0.3"), Decimal("0.4"), Decimal(2)),
    "complex": (0.3 + 0.1j, 0.4 - 0.2j, 2j),
    "mpf": (mpf("0.3"), mpf("0.4"), mpf(2)),
    "interval": (iv.mpf("0.3"), iv.mpf("0.4"), iv.mpf(2)),
    "SymPy": sympy.symbols("x y z"),
}
MARKS = {float: "≈", Decimal: "≈", complex: "≈", mpf: "≈", iv.mpf: "⊇", int: "=", Fraction: "="}


def results(name, operands):
    """The value and the derivatives."""
    operation = OPERATIONS[name]
    if operands is OPERANDS["int"]:
        operands = (SAMPLES[name].integer, *operands[1:])
    leaves = [Value(x) for x in operands[: operation.arity or 2]]
    if name == "pow":
        leaves[1] = 3  # in the exponent the derivative is a logarithm
    root = operation(*(SAMPLES[name].arrange(*leaves)))
    root.backward()
    return [root.data, *(leaf.grad for leaf in leaves if isinstance(leaf, Value))]


def mark(name, kind):
    """The mark of a cell, or the sentence that refuses it; a rational exception has both."""
    try:
        found = results(name, OPERANDS[kind])
    except (ArithmeticError, TypeError, ValueError) as error:
        return exact_somewhere(name, kind), general(str(error).split(": ")[-1])
    if kind == "SymPy":
        return "=", ""
    marks = {next(mark for kind, mark in MARKS.items() if isinstance(x, kind)) for x in found}
    return (
        "float" if kind == "int" and "≈" in marks else marks.pop() if len(marks) == 1 else "mixed"
    ), ""


def exact_somewhere(name, kind):
    rational = SAMPLES[name].exact if kind == "Fraction" else ()
    return "(=)" if any(is_exact(name, case.operands) for case in rational) else ""


def is_exact(name, operands):
    try:
        return all(type(x) is F for x in results(name, operands))
    except (ArithmeticError, TypeError, ValueError):
        return False


def general(sentence):
    """The sentence for every function that says the same of itself."""
    return re.sub(r"^\w+(?= of a)|(?<=have no )\w+|(?<=has no )\w+", "*f*", sentence)


def table():
    lines = [f"| operation | {' | '.join(OPERANDS)} |", "|---" * (len(OPERANDS) + 1) + "|"]
    sentences: dict[str, int] = {}
    for name in OPERATIONS:
        cells = []
        for kind in OPERANDS:
            shown, sentence = mark(name, kind)
            number = str(sentences.setdefault(sentence, len(sentences) + 1)) if sentence else ""
            cells.append(f"{shown} {number}".strip())
        lines.append(f"| `{name}` | {' | '.join(cells)} |")
    return "\n".join(
        [*lines, "", *(f"{number}. {sentence}" for sentence, number in sentences.items()), ""]
    )


def test_the_table_is_what_the_types_do():
    assert TABLE.search(PAGE.read_text(encoding="utf-8")).group() == table()


def test_no_cell_is_mixed_and_every_operation_has_a_line():
    lines = [line for line in table().splitlines() if line.startswith("| `")]
    assert [line.split("`")[1] for line in lines] == list(OPERATIONS)
    assert not any("mixed" in line for line in lines)


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_interval_holds_the_true_value_and_derivatives(name):
    if not SAMPLES[name].intervals:
        with pytest.raises(TypeError, match="an interval has no"):
            results(name, OPERANDS["interval"])
        return
    found = results(name, OPERANDS["interval"])
    assert all(isinstance(x, iv.mpf) for x in found)
    with mpmath.workdps(50):
        point = [mpf(3) / 10, mpf(3) if name == "pow" else mpf(2) / 5, mpf(2)][
            : OPERATIONS[name].arity or 2
        ]
        orders = [tuple(int(i == j) for j in range(len(point))) for i in range(-1, len(found) - 1)]
        for interval, order in zip(found, orders, strict=True):
            true = mpmath.diff(lambda *x: SAMPLES[name].formula(PRECISE, *x), point, order)
            assert (
                mpf(interval.a) - mpf("1e-25") <= true <= mpf(interval.b) + mpf("1e-25")
            )  # of mpmath's difference


if __name__ == "__main__":
    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(TABLE.sub(lambda _: table(), text), encoding="utf-8")
