"""What was measured for docs/trust.md: a figure for each promise and test in docs/trust.csv, which
makes the page.

A run with --write puts the figures of exactly those tests that it ran into the file, each with its
date and the version of Python; the others stay as they were measured. tests/documents/test_trust.py
compares the page with the file.
"""

from __future__ import annotations

import csv
import platform
import re
from datetime import date
from pathlib import Path

DOCS = Path(__file__).parent.parent / "docs"
PAGE, FILE = DOCS / "trust.md", DOCS / "trust.csv"
HEAD = ["promise", "test", "figure", "date", "python"]

# Each promise, and how well others do who publish a figure.
PROMISES = {
    "exact over rationals, orders 1 to 3": "finite differences stop at 1e-3 to 1e-6",
    "floats right": "CPython's own functions: 5 ulp",
    "every rule read rightly by every reader": "PyTorch: OpInfo; Stan: 5 number types",
    "foreign numbers stay exact in every recorded path": "",
    "arrays are their elements": "",
    "hostile values have a written answer": "JAX: 11 operations x 21 values",
    "one convention at kinks": "PyTorch has three for max(x, 0)",
    "the branch not taken is silent": "NaN in PyTorch (18287, 68425) and JAX (1052)",
    "NaN is never lost and always located": "relu(NaN) has gradient 0 in three libraries",
    "raises exactly where Python does": "Stan Math tests the same",
    "no perturbation confusion": "ForwardDiff.jl 313 and 443",
    "a user's wrong partial is caught": "PyTorch 104040",
    "random graphs agree with others": "JAX: 10 cases an operation",
    "compiled is eager": "",
    "tests bite": "HIPS autograd: 85% of mutants killed",
    "coverage": "Hypothesis: 100% of branches",
    "same bits": "micrograd: 3 different gradients in 6 processes",
    "deep, wide, freed": "HIPS autograd: 1e5; PyTorch can crash when freeing",
    "work grows as it must": "",
    "no leaks": "micrograd leaves 30 objects of a small graph to the collector",
    "threads": "HIPS autograd: silently wrong",
    "files are whole or not there": "",
    "others' published examples": "",
    "hand-worked numbers are judged fairly": "",
}


def read_figures():
    """{(promise, test): (figure, date, python)}, in the order of the file."""
    with FILE.open(encoding="utf-8", newline="") as file:
        head, *lines = csv.reader(file)
    assert head == HEAD
    return {(promise, test): (figure, day, python) for promise, test, figure, day, python in lines}


def write_figures(measured):
    """Put {(promise, test): figure}, measured now, into the file; make the table of the page."""
    now = (date.today().isoformat(), platform.python_version())
    figures = read_figures() | {key: (figure, *now) for key, figure in measured.items()}
    order = list(PROMISES)
    figures = dict(sorted(figures.items(), key=lambda row: order.index(row[0][0])))
    with FILE.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(
            [HEAD, *(key + row for key, row in figures.items())]
        )
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(
        re.sub(r"\| promise \|.*?\n\n", lambda _: table(figures), page, flags=re.DOTALL),
        encoding="utf-8",
    )


def table(figures):
    lines = [
        "| promise | measured here | when, with which Python | elsewhere |",
        "|---|---|---|---|",
    ]
    for promise, others in PROMISES.items():
        rows = [row for (of, _), row in figures.items() if of == promise]
        sentence = "; ".join(figure for figure, _, _ in rows) or "not measured"
        when = "; ".join(sorted({f"{day}, {python}".removesuffix(", ") for _, day, python in rows}))
        lines.append(f"| {promise} | {sentence} | {when} | {others} |")
    return "\n".join(lines) + "\n\n"


def whole_numbers(figure):
    """What is counted in a sentence: 10,000 but not 9.7, 1e6 or 3.12.1, which may differ by the
    machine.
    """
    return [word for word in re.findall(r"[\w.,+-]*\d", figure) if word.replace(",", "").isdigit()]
