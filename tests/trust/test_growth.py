"""How the work of every public function grows with the size of the graph, the order, the width.

Work is counted in Python's instructions, which are the same on every machine. From a size on it is
doubled twice; the exponent is that of the increases, so that what happens once does not count.
"""

from __future__ import annotations

import copy
import json
import math
import pickle
import sys
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

import autograd
import nn
from autograd import (
    OPERATIONS,
    Graph,
    Value,
    audit,
    check_gradients,
    cos,
    derivative,
    derive,
    dot,
    draw,
    draw_circuit,
    draw_matrices,
    exp,
    explain_nan,
    find,
    grad,
    gradients,
    hessian,
    hvp,
    jacobian,
    jvp,
    matrices,
    mean,
    paths,
    sigmoid,
    sin,
    stop_gradient,
    taylor,
    topological_order,
    total,
    trace_lines,
    value_and_grad,
    vjp,
    walk,
)
from autograd.audit import check
from autograd.operations import log_sum_exp

PROMISE = "work grows as it must"
LINEAR, QUADRATIC = 1.1, 2.1


def instructions(work: Callable[[], Any]) -> int:
    """How many of Python's instructions `work` takes."""
    count = 0

    def trace(frame: Any, event: str, _: Any) -> Any:
        nonlocal count
        frame.f_trace_lines, frame.f_trace_opcodes = False, True
        count += event == "opcode"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


def afresh(prepared: Callable[[int], Callable[[], Any]], size: int) -> int:
    """The instructions that a size takes, with nothing kept of the names of another."""
    for name, module in list(sys.modules.items()):
        if name.startswith("autograd."):
            for function in vars(module).values():
                if hasattr(function, "cache_clear"):
                    function.cache_clear()
    return instructions(prepared(size))


def exponent(prepared: Callable[[int], Callable[[], Any]], size: int) -> float:
    """That of the work, fitted from a size, twice and four times it."""
    one, two, four = (afresh(prepared, size * k) for k in (1, 2, 4))
    return math.log2(max(four - two, 1) / max(two - one, 1))


def chain(n: int) -> Value:
    x = Value(0.5, "x")
    y = x
    for _ in range(n):
        y = y * 0.99 + x
    return y


def batch(n: int) -> Value:
    """The loss of n samples in a network."""
    model = nn.MLP(2, [2, 1], ["tanh", "linear"])
    predictions = [model([k / n, 1.0]) for k in range(n)]
    return nn.over(nn.half_squared_error, predictions, [1.0] * n)


def of_chain(x: Any, n: int) -> Any:
    y = x
    for _ in range(n):
        y = y * 0.99 + x
    return y


def pages(n: int) -> Callable[[], Any]:
    """Every form of the lines of a computation that are written out on a page."""
    derivation = derive(chain(n))

    def work() -> None:
        derivation.latex()
        derivation.latex(environment="align*")
        derivation.html()
        derivation.markdown()
        derivation.columns()

    return work


def table(n: int) -> Callable[[], Any]:
    """The table of a walk at its end, in every form."""
    at_end = walk(chain(n))
    at_end.goto(len(at_end.steps))

    def work() -> None:
        cells = at_end.table()
        cells.latex()
        cells.markdown()
        cells.html()
        cells.csv()

    return work


def worked(n: int) -> nn.Worked:
    """A training step over n samples."""
    model = nn.MLP(2, [2, 1], ["tanh", "linear"])
    rows = [[k / n, 1.0] for k in range(n)]
    adam = nn.Adam(model.parameters(), 0.1)
    return nn.worked(model, rows, [1.0] * n, loss=nn.mse, optimizer=adam)


def hidden(n: int) -> tuple[nn.MLP, Value]:
    """A network with n hidden neurons, and the loss of a sample."""
    model = nn.MLP(2, [n, 1], ["tanh", "linear"])
    return model, nn.half_squared_error(model([0.5, 1.0]), 1.0)


def squares(x: Any) -> Any:
    return total([a * a for a in x])


def numbers(n: int) -> list[float]:
    return [i / n for i in range(1, n + 1)]


def values(n: int) -> list[Value]:
    return list(map(Value, numbers(n)))


def worksheet(n: int) -> str:
    """A sheet of n claims."""
    head = "notation: notes\nnetwork: 1-1 linear, no bias\nloss: half squared error\n"
    return f"{head}given w_00^1 = 2; a_0^0 = 3; y = 5\nbackward\n" + "  dL/dw_00^1 = 1*3 = 3\n" * n


def nodes(n: int) -> list[Value]:
    return topological_order(chain(n))


def nest(depth: int) -> Any:
    tree: Any = 0.5
    for _ in range(depth):
        tree = [tree]
    return tree


def innermost(tree: Any) -> Any:
    while isinstance(tree, list):
        (tree,) = tree
    return tree * tree


def end(n: int) -> Value:
    y = chain(n)
    y.name = "y"
    return y


def sheet(n: int) -> str:
    claims = "\n".join(f"  x_{k} + w = {k}.5 + 0.5 = {k + 1}" for k in range(n))
    given = "\n".join(f"given x_{k} = {k}.5" for k in range(n))
    return f"given w = 0.5\n{given}\nclaims\n{claims}"


def reading(n: int) -> str:
    lines = [{"text": line, "alternatives": ["w = 0.6"]} for line in sheet(n).splitlines()]
    return json.dumps({"lines": lines})


def code(x: float) -> float:
    y = 2 * x
    return x + y


def traced(n: int) -> None:
    with trace_lines():
        chain(n)


# --- sheets of hand-worked numbers ----------------------------------------------------------------


def steps(n: int) -> list[str]:
    return [
        "given x_0 = 0.5; w = 0.9",
        *(f"define x_{k + 1} = w*x_{k} + 0.1" for k in range(n)),
        "claims",
    ]


def right_lines(n: int) -> str:
    """Each line from the one before, rounded to four places."""
    lines, x = steps(n), 0.5
    for k in range(n):
        line = f"x_{k + 1} = 0.9*{x} + 0.1"
        x = round(0.9 * x + 0.1, 4)
        lines.append(f"{line} = {x}")
    return "\n".join(lines)


def carried_lines(n: int) -> str:
    """A slip at first, and what follows from it at the end, as often as there are steps."""
    last = 1 - 0.9 ** (n - 1) * 0.9
    return "\n".join([*steps(n), "x_1 = 0.1", *[f"x_{n} = {last:.6f}"] * n])


def wrong_lines(n: int) -> str:
    return "\n".join([*steps(n), *(f"x_{k + 1} = 0.{5003 + 7 * k}" for k in range(n))])


def cycles(n: int) -> str:
    return "\n".join(f"define a_{k} = b_{k}\ndefine b_{k} = a_{k}" for k in range(n))


READER = 40  # with --full 1,280 nodes at most, of two a step of the chain


class Growth(NamedTuple):
    """Work prepared for a size, the smallest size, and what its exponent may be."""

    prepared: Callable[[int], Callable[[], Any]]
    size: int
    most: float = LINEAR


BY_SIZE = {
    "Value": Growth(lambda n: lambda: chain(n), 8),
    "backward": Growth(lambda n: chain(n).backward, 8),
    "gradients": Growth(lambda n: (lambda y: lambda: gradients(y, [y]))(chain(n)), 8),
    "Graph": Growth(lambda n: (lambda y: lambda: Graph(y).live)(chain(n)), 8),
    "topological_order": Growth(lambda n: (lambda y: lambda: topological_order(y))(chain(n)), 8),
    "find": Growth(lambda n: (lambda y: lambda: find(y, "x"))(chain(n)), 8),
    "explain_nan": Growth(lambda n: (lambda y: lambda: explain_nan(y))(chain(n) * math.inf), 8),
    "audit.translate": Growth(lambda n: lambda: audit.translate(worksheet(n), "mitchell"), 4),
    "trace_lines": Growth(lambda n: lambda: traced(n), 8),
    "grad": Growth(lambda n: lambda: grad(of_chain)(0.5, n), 8),
    "value_and_grad": Growth(lambda n: lambda: value_and_grad(of_chain)(0.5, n), 8),
    "grad of grad": Growth(lambda n: lambda: grad(grad(of_chain))(0.5, n), 8),
    "jvp": Growth(lambda n: lambda: jvp(lambda x: of_chain(x, n), (0.5,), (1.0,)), 8),
    "hvp": Growth(lambda n: lambda: hvp(lambda x: of_chain(x, n), (0.5,), (1.0,)), 8),
    "vjp": Growth(lambda n: lambda: vjp(lambda x: of_chain(x, n), 0.5)[1](1.0), 8),
    "derivative": Growth(lambda n: lambda: derivative(lambda x: of_chain(x, n), 3)(0.5), 8),
    "taylor": Growth(lambda n: lambda: taylor(lambda x: of_chain(x, n), 0.5, 3), 8),
    "compile": Growth(lambda n: lambda: autograd.compile(lambda x: of_chain(x, n))(0.5), 8),
    "derive": Growth(lambda n: (lambda y: lambda: str(derive(y)))(chain(n)), 32),
    "derive to code": Growth(lambda n: (lambda y: lambda: derive(y).python())(chain(n)), READER),
    "derive to pages": Growth(pages, READER),
    "walk to a table": Growth(table, READER, 1.2),
    "nn.worked": Growth(lambda n: lambda: str(worked(n)), 8),
    "nn.draw_network": Growth(lambda n: (lambda of: lambda: nn.draw_network(*of))(hidden(n)), 16),
    "walk": Growth(lambda n: (lambda y: lambda: list(map(str, walk(y).steps)))(chain(n)), 4),
    "draw": Growth(lambda n: (lambda y: lambda: draw(y))(chain(n)), 8),
    "draw_circuit": Growth(lambda n: (lambda y: lambda: draw_circuit(y))(chain(n)), 8),
    "paths": Growth(lambda n: (lambda y: lambda: str(paths(y, find(y, "x")[0])))(chain(n)), 8, 1.5),
    "matrices": Growth(lambda n: (lambda y: lambda: str(matrices(y)))(batch(n)), 4),
    "draw_matrices": Growth(lambda n: (lambda y: lambda: draw_matrices(y))(batch(n)), 16),
    "check_gradients": Growth(
        lambda n: lambda: check_gradients(lambda x: of_chain(x, n), 0.5, order=1), 1
    ),
    "audit.check": Growth(lambda n: lambda: audit.check(sheet(n)), 8),
    "audit.check of readings": Growth(lambda n: lambda: audit.check(reading(n)), 8, 1.5),
    "audit.trace": Growth(lambda n: (lambda y: lambda: audit.trace(code, [0.5], y))(end(n)), 16),
    "copy": Growth(lambda n: (lambda y: lambda: copy.deepcopy(y))(chain(n)), 8),
    "copy of all nodes": Growth(lambda n: (lambda y: lambda: copy.deepcopy(y))(nodes(n)), 8),
    "pickle": Growth(lambda n: (lambda y: lambda: pickle.loads(pickle.dumps(y)))(chain(n)), 8),
    "pickle of all nodes": Growth(  # each is whole by itself: a list of roots is what pickle wants
        lambda n: (lambda y: lambda: pickle.loads(pickle.dumps(y)))(nodes(n)), 8, QUADRATIC
    ),
}
BY_ORDER = {
    "taylor of sin": Growth(lambda n: lambda: taylor(sin, 0.5, n), 5, QUADRATIC),
    "taylor of exp": Growth(lambda n: lambda: taylor(exp, 0.5, n), 5, QUADRATIC),
    "taylor of sigmoid": Growth(lambda n: lambda: taylor(sigmoid, 0.5, n), 5, QUADRATIC),
    "taylor of a quotient": Growth(
        lambda n: lambda: taylor(lambda x: cos(x) / (1 + x), 0.5, n), 5, QUADRATIC
    ),
    "derivative of a power": Growth(
        lambda n: lambda: derivative(lambda x: (1 + x) ** 2.5, n)(0.5), 5, QUADRATIC
    ),
}
BY_WIDTH = {
    "total": Growth(lambda n: lambda: total(values(n)).backward(), 8),
    "mean": Growth(lambda n: lambda: mean(values(n)).backward(), 8),
    "dot": Growth(lambda n: lambda: dot(values(n), numbers(n)).backward(), 8),
    "log_sum_exp": Growth(lambda n: lambda: log_sum_exp(values(n)).backward(), 8),
    "stop_gradient": Growth(lambda n: lambda: stop_gradient(values(n)), 8),
    "grad of many": Growth(lambda n: lambda: grad(squares)(numbers(n)), 8),
    "hvp of many": Growth(lambda n: lambda: hvp(squares, (numbers(n),), ([1.0] * n,)), 8),
    "jacobian": Growth(lambda n: lambda: jacobian(lambda x: x)(numbers(n)), 10, QUADRATIC),
    "hessian": Growth(lambda n: lambda: hessian(squares)(numbers(n)), 5, QUADRATIC),
    "derive of a sum": Growth(lambda n: lambda: str(derive(total(values(n)))), 4),
    "draw of a sum": Growth(lambda n: lambda: draw(total(values(n))), 64),
    "nested arguments": Growth(lambda n: lambda: grad(innermost)(nest(n)), 10),
}
BY_LINE = {
    "check": Growth(lambda n: (lambda text: lambda: check(text))(right_lines(n)), 16),
    "check of what is not written": Growth(
        lambda n: (lambda text: lambda: check(text))(carried_lines(n)), 4
    ),
    "check of slips": Growth(
        lambda n: (lambda text: lambda: check(text))(wrong_lines(n)),
        2,
        1.5,  # they are compared
    ),
    "check of cycles": Growth(lambda n: (lambda text: lambda: check(text))(cycles(n)), 8),
}
TABLES = {"size": BY_SIZE, "order": BY_ORDER, "width": BY_WIDTH, "line": BY_LINE}
EACH = [(by, name) for by, table in TABLES.items() for name in table]
LONG = (
    "derive to code",
    "derive to pages",
    "walk to a table",
    "nn.worked",
    "nn.draw_network",
    "draw",
    "draw_circuit",
    "draw_matrices",
    "draw of a sum",
    "paths",
    "check",
    "check of slips",
    "audit.check of readings",
    "audit.trace",
    "audit.translate",
)  # with --full alone


@pytest.fixture(scope="module")
def found():
    return {}


@pytest.mark.long
@pytest.mark.parametrize(("by", "name"), EACH)
def test_exponent(by, name, full, found):
    if name in LONG and not full:
        pytest.skip("long: with --full")
    growth = TABLES[by][name]
    growth.prepared(2)()  # what is loaded and kept at first
    found[by, name] = exponent(growth.prepared, growth.size * (4 if full else 1))
    assert found[by, name] <= growth.most


def test_every_public_name_is_there():
    covered = {name for table in TABLES.values() for name in table}
    kinds = {"Derivation", "GradientError", "Nary", "Operation", "OPERATIONS", "Picture", "Walk"}
    kinds |= {"Matrices", "Notation", "NOTATIONS", "Paths"}
    of_one = {"named"}
    of_arrays = {"numbers", "values"}  # a pass over what they are given
    assert set(autograd.__all__) <= covered | kinds | of_one | of_arrays | set(OPERATIONS)


def test_counted(found, full, figure):
    if len(found) < len(EACH):
        pytest.skip("not all were asked for")
    worst = {by: max((found[by, name], name) for name in table) for by, table in TABLES.items()}
    figure(
        PROMISE,
        f"{len(EACH)} kinds of work of every public function, in Python's instructions: "
        + ", ".join(f"{by}^{power:.2f} at most ({name})" for by, (power, name) in worst.items())
        + "; jacobian and hessian by their entries",
    )
