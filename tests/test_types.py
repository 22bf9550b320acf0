"""What a type checker tells about calls, operators, methods and derivatives."""

from __future__ import annotations

import re

import pytest

pytest.importorskip("mypy", reason="mypy is not installed: pip install -e '.[develop]'")
from mypy import api

# Each line is an expression and the type that is revealed of it.
REVEALED = """
relu(v)                             Value
relu(0.5)                           float
exp(2)                              float
exp(1j)                             complex
relu(Fraction(1, 2))                Fraction
exp(Decimal(1))                     Decimal
relu(anything)                      Any
maximum(v, 0)                       Value
maximum(Fraction(1, 2), v)          Value
maximum(0.9, 1.1)                   float
maximum(1, Fraction(1, 2))          Any
where(1, 0.9, v)                    Value
where(v, 0.9, 1.1)                  Value
half_squared_error(v, 0.5)          Value
Operation("twice", operator.pos, [operator.pos])(v)    Value
dot(values, numbers)                Value
dot(numbers, values, bias=1)        Value
dot([0.9], [1.1], 0.05)             float
total(values)                       Value
total(0.5 * x for x in values)      Value
mean(numbers)                       float
mean([Fraction(1, 2)])              Fraction
log_sum_exp((v, v))                 Value
v + 0.5                             Value
0.5 * v                             Value
Fraction(1, 2) / v                  Value
2**v                                Value
v - v                               Value
-v                                  Value
abs(v)                              Value
v < 0                               bool
0 >= v                              bool
v == v                              bool
v.sigmoid()                         Value
v.detach()                          Value
find(v, "x")                        list[Value]
grad(f)(v)                          Value
grad(f)(network, 0.5)               MLP
grad(f)(0.5)                        Any
value_and_grad(f)(network)          tuple[Any, MLP]
grad(f, argnums=1)(v, v)            Any
jvp(f, (v,), (1,))                  tuple[Any, Any]
vjp(f, v)                           tuple[Any, def (Any) -> Any]
derivative(f, 2)(v)                 Value
taylor(f, 0.5, 3)                   list[Any]
stop_gradient([v])                  list[Value]
"""

# Each line is a mistake and what is said of it.
REFUSED = """
v.sigmiod()                         "Value" has no attribute "sigmiod"
autograd.sigmiod(v)                 Module has no attribute "sigmiod"
relu(v).weights                     "Value" has no attribute "weights"
total(v)                            No overload variant
dot(v, v)                           No overload variant
v.relu(v)                           Too many arguments
"""

SNIPPET = """
import operator
from decimal import Decimal
from fractions import Fraction
from typing import Any
import autograd
from autograd import *
from autograd.operations import log_sum_exp
from nn import MLP

def f(x: Any, *more: Any) -> Any: ...
def shown(v: Value, values: list[Value], numbers: list[float], anything: Any, network: MLP) -> None:
"""


def lines_of(table: str) -> list[list[str]]:
    return [re.split(r"\s{2,}", line) for line in table.strip().splitlines()]


@pytest.fixture(scope="module")
def said(tmp_path_factory) -> list[str]:
    """What mypy says of each expression of the two tables, in their order."""
    lines = [f"    reveal_type({expression})" for expression, _ in lines_of(REVEALED)]
    lines += [f"    {expression}" for expression, _ in lines_of(REFUSED)]
    path = tmp_path_factory.mktemp("types") / "snippet.py"
    path.write_text(SNIPPET + "\n".join(lines))
    out, errors, _ = api.run(["--strict", "--no-error-summary", str(path)])
    assert not errors
    first = len(SNIPPET.splitlines()) + 1
    at = dict(re.findall(r"^.*?snippet\.py:(\d+): \w+: (.*)$", out, re.M)[::-1])
    return [at.get(str(first + place), "nothing") for place in range(len(lines))]


def test_results_have_types(said):
    expected = [(call, f'Revealed type is "{kind}"') for call, kind in lines_of(REVEALED)]
    revealed = [re.sub(r"[a-z_]+\.(?=[a-zA-Z])", "", sentence) for sentence in said]
    each = zip(expected, revealed, strict=False)
    assert not [(call, got) for (call, sentence), got in each if got != sentence]


def test_mistakes_are_refused(said):
    refused = lines_of(REFUSED)
    each = zip(refused, said[-len(refused) :], strict=True)
    assert not [(call, got) for (call, sentence), got in each if not got.startswith(sentence)]
