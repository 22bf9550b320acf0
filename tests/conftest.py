"""What the evidence in tests/trust shares: how much of it to run, and the figures that go into docs/trust.md.

pytest                                a sample of everything, in seconds
pytest tests/trust --full             all of it, in minutes; writes docs/trust.md
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parent.parent / "docs" / "trust.md"

# Each promise, and how well others do who publish a figure.
PROMISES = {
    "exact over rationals, orders 1 to 3": "finite differences stop at 1e-3 to 1e-6",
    "floats right": "CPython's own functions: 5 ulp",
    "every rule read rightly by every reader": "PyTorch: OpInfo; Stan: 5 number types",
    "hostile values have a written answer": "JAX: 11 operations x 21 values",
    "one convention at kinks": "PyTorch has three for max(x, 0)",
    "the branch not taken is silent": "NaN in PyTorch (18287, 68425) and JAX (1052)",
    "NaN is never lost and always located": "relu(NaN) has gradient 0 in three libraries",
    "raises exactly where Python does": "Stan Math tests the same",
    "no perturbation confusion": "ForwardDiff.jl 313 and 443",
    "a user's wrong partial is caught": "PyTorch 104040",
    "random graphs agree with others": "JAX: 10 cases an operation",
    "tests bite": "HIPS autograd: 85% of mutants killed",
    "coverage": "Hypothesis: 100% of branches",
    "same bits": "micrograd: 3 different gradients in 6 processes",
    "deep, wide, freed": "HIPS autograd: 1e5; PyTorch can crash when freeing",
    "no leaks": "micrograd leaves 30 objects of a small graph to the collector",
    "threads": "HIPS autograd: silently wrong",
    "others' published examples": "",
}


def pytest_addoption(parser):
    parser.addoption("--full", action="store_true", help="the whole evidence of tests/trust, into docs/trust.md")


@pytest.fixture(scope="session")
def full(request) -> bool:
    """Whether to run the whole evidence and not a sample."""
    return request.config.getoption("--full")


@pytest.fixture(scope="session")
def figure(request):
    """figure(promise, sentence): what was measured, for docs/trust.md; several sentences for one promise are joined."""
    figures = request.config.stash.setdefault(FIGURES, {})

    def record(promise: str, sentence: str) -> None:
        assert promise in PROMISES, f"a promise that is not in tests/conftest.py: {promise}"
        figures.setdefault(promise, []).append(sentence)

    return record


FIGURES = pytest.StashKey[dict[str, list[str]]]()


def pytest_sessionfinish(session, exitstatus):
    """Put what a full run measured into the page; the rows that it did not measure stay as they are."""
    figures = session.config.stash.get(FIGURES, {})
    if not session.config.getoption("--full") or exitstatus != 0:
        return
    page = PAGE.read_text(encoding="utf-8")
    rows = dict.fromkeys(PROMISES, "not measured yet")
    rows |= dict(re.findall(r"^\| (.+?) \| (.+?) \|", page, re.MULTILINE))
    rows |= {promise: "; ".join(measured) for promise, measured in figures.items()}
    lines = [f"| {promise} | {rows[promise]} | {others} |" for promise, others in PROMISES.items()]
    table = re.compile(r"\| promise \|.*?\n\n", re.DOTALL)
    head = "| promise | measured here | elsewhere |\n|---|---|---|\n"
    PAGE.write_text(table.sub(lambda _: head + "\n".join(lines) + "\n\n", page), encoding="utf-8")
