"""Prove or refute what notes print: formulas by running the engine over SymPy symbols, matrix lines
by their shapes.

A demo gives the printed line; the verdict is computed here. A formula is refuted by a point at
which its number is not the engine's, and proven when its difference from the engine's formula
simplifies to zero. One for which neither succeeds is an error, never a verdict. A refuted line is
answered by the line as it should be, once that is proven too; so is a garbled one, where the line
that is refuted is a fault of the transcript and not of the notes' author. A letter that is misread,
while the line says the same, is told in its row instead.

Lines are texts in the names of the graph's nodes (the demos' own data: SymPy evaluates them, so
never pass it text from outside): s(z) is the sigmoid, [z > 0] is 1 or 0, and dL/dz2 the engine's
derivative of the node L in the node z2. `where` is the line of the notes' transcript; what the
notes do not say is "ours".
"""

from __future__ import annotations

import argparse
import random
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import nn
from autograd import Graph, Value, gradients, mean, topological_order
from autograd.elementary import select, sigmoid
from autograd.entry import Operation
from autograd.reading import adjoints
from demos import folder

try:
    import matplotlib
    import sympy
except (
    ModuleNotFoundError
) as error:  # the demos that prove claims also plot: they end here, before any long work
    raise SystemExit(
        f'This demo needs {error.name}: .venv/bin/pip install -q -e ".[plots,claims]"'
    ) from None

PROVEN, REFUTED, GARBLED = "proven", "refuted", "garbled"
BLUE, VERMILION, GREY = "#0072B2", "#D55E00", "#6b7280"  # told apart by colour-blind readers too
FUNCTIONS = {
    "s": sigmoid,
    "sigmoid": sigmoid,
    "relu": lambda z: select(z, z, 0),
    "step": lambda z: select(z, 1, 0),
}
FUNCTIONS |= {
    "leaky_relu": lambda z: select(z, z, z / 100),
    "tanh": sympy.tanh,
    "exp": sympy.exp,
    "log": sympy.log,
}
DERIVATIVE = r"\bd([A-Za-z]\w*)/d([A-Za-z]\w*)"


@dataclass(frozen=True, slots=True)
class Claim:
    """What is printed and where, the computed verdict, and what is true where that is not "proven"."""

    where: str
    statement: str
    verdict: str
    correction: str = ""


def corrected(printed: Claim, truth: Claim, correction: str = "") -> tuple[Claim, Claim]:
    """A refuted claim with its correction, and the proven claim that it rests on, as a row of its
    own.

    The correction is the statement of `truth`, or the text given for it; why matrices do not fit is
    added.
    """
    if (printed.verdict, truth.verdict) != (REFUTED, PROVEN):
        verdicts = f"{printed.statement} is {printed.verdict}, its correction {truth.statement} is {truth.verdict}"
        raise ArithmeticError(
            f"{verdicts}; only a refuted line is corrected, and only by a proven one"
        )
    answer = [correction or truth.statement, *filter(None, [printed.correction])]
    return replace(printed, correction="; as printed, ".join(answer)), truth


def garbled(printed: Claim, truth: Claim, correction: str = "") -> tuple[Claim, Claim]:
    """The same for a line that is refuted as it was transcribed, and not as its author must have
    written it.
    """
    printed, truth = corrected(printed, truth, correction)
    return replace(printed, verdict=GARBLED), truth


def symbol(name: str) -> sympy.Symbol:
    """A real symbol: the same one for the same name."""
    return sympy.Symbol(name, real=True)


def leaves(names: str) -> list[Value]:
    """Leaves of a graph that hold symbols.

    >>> leaves("w b")
    [Value(w, name='w'), Value(b, name='b')]
    """
    return [Value(symbol(name), name) for name in names.split()]


def named(node: Value, name: str) -> Value:
    """The node, with a name."""
    node.name = name
    return node


class System:
    """The named quantities of one recorded graph over symbols; `also` are names that a line may use
    beside them.

    >>> w, x = leaves("w x")
    >>> L = named(w * x, "L")
    >>> System(L).claim("line 1", "dL/dw = w")
    Claim(where='line 1', statement='dL/dw = w', verdict='refuted', correction='')
    >>> System(L).claim("line 2", "dL/dw = 2*v")
    Traceback (most recent call last):
    ValueError: 2*v: no v is known here, only w, x, L, alpha
    """

    def __init__(self, root: Value, also: str = "alpha") -> None:
        self.root = root
        self.nodes = {node.name: node for node in topological_order(root) if node.name}
        self.symbols = {node: symbol(name) for name, node in self.nodes.items()}
        self.also = also.split()

    def parse(self, text: str) -> Any:
        """A printed formula as an expression in the names of the nodes."""
        names = {name: symbol(name) for name in [*self.nodes, *self.also]}
        spelt = re.sub(DERIVATIVE, r"d\1_d\2", re.sub(r"\[([^]]+) > 0\]", r"step(\1)", text))
        derivatives = [
            pair for pair in re.findall(DERIVATIVE, text) if {*pair} <= self.nodes.keys()
        ]
        names |= {f"d{of}_d{name}": self.gradient(name, of) for of, name in derivatives}
        used: dict[str, Any] = {}
        for name, called in re.findall(r"\b([A-Za-z_]\w*)(\(?)", spelt):
            known = FUNCTIONS if called else names
            if name not in known:
                unknown = name.replace("_d", "/d") + (called and "()")
                raise ValueError(f"{text}: no {unknown} is known here, only {', '.join(known)}")
            used[name] = known[name]
        return sympy.sympify(spelt, locals=used)

    def gradient(self, name: str, of: str = "") -> Any:
        """The engine's derivative of the node `of`, or else of the root, in another, in the names
        of the nodes.
        """
        found = {
            adjoint.node: adjoint.gradient
            for adjoint in adjoints(self._node(of) if of else self.root)
        }
        return self._in_names(found.get(self._node(name), 0))

    def _node(self, name: str) -> Value:
        if name not in self.nodes:
            raise ValueError(f"no node {name} is known here, only {', '.join(self.nodes)}")
        return self.nodes[name]

    def _in_names(self, value: Any, but: Value | None = None) -> Any:
        if value.__class__ is not Value:
            return sympy.sympify(value)
        given = {node: name for node, name in self.symbols.items() if node is not but}
        return sympy.sympify(Graph(value).evaluate(given)[value])

    def definition(self, name: str) -> Any:
        """What a node is computed as, in the names of the nodes below it."""
        return self._in_names(self.nodes[name], self.nodes[name])

    def claim(self, where: str, line: str, statement: str = "") -> Claim:
        """Judge a printed line, `z = w*x` or `dL/dw = dL/dz*dz/dw = ...`: each member against the
        first.
        """
        first, *others = map(self.parse, line.split(" = "))
        if not others:
            raise ValueError(f"{line}: a line to judge has two sides, with ' = ' between them")
        refuted = REFUTED in [self.judge(other, first) for other in others]
        return Claim(where, statement or line, REFUTED if refuted else PROVEN)

    def transcribed(self, where: str, line: str) -> Claim:
        """Judge a garbled line; one that is no formula of what is known here, or is cut off, is
        refuted by that.
        """
        try:
            return self.claim(where, line)
        except ValueError:
            return Claim(where, line, REFUTED)

    def update(self, where: str, name: str, printed: str, target: str = "") -> Claim:
        """Judge a line `target := printed` as the update of the parameter `name`, against a step of
        nn.SGD.
        """
        target = target or name
        parameter = Value(symbol(name), name)
        parameter.grad = self.gradient(name)
        nn.SGD([parameter], learning_rate=symbol("alpha")).step()
        verdict = self.judge(self.parse(printed), parameter.data) if target == name else REFUTED
        return Claim(where, f"{target} := {printed}", verdict)

    def judge(self, printed: Any, true: Any) -> str:
        """Refuted by a point at which the two differ, proven by a difference that simplifies to
        zero.
        """
        difference = sympy.sympify(printed - true)
        if any(abs(self._at_a_point(difference, seed)) > 1e-9 for seed in range(30)):
            return REFUTED
        if self._vanishes(difference):
            return PROVEN
        raise ArithmeticError(f"neither proven nor refuted: {printed} against {true}")

    def _vanishes(self, difference: Any) -> bool:
        """Whether it is zero for all values of the nodes, or else once they are unfolded from the
        root down.
        """
        for name in [None, *reversed(self.nodes)]:
            if name and self.nodes[name].operation:
                difference = difference.subs(symbol(name), self.definition(name))
            if sympy.simplify(difference) == 0:
                return True
        return False

    def _at_a_point(self, difference: Any, seed: int) -> float:
        """The difference at random points, by turns positive and of both signs; 0 where it is not
        real.
        """
        rng = random.Random(seed)
        lowest = (
            -99 if seed % 2 else 1
        )  # a ReLU that is off tells apart what agrees while all are on
        names = sorted(
            {
                *map(str, difference.free_symbols),
                *(n for n, node in self.nodes.items() if not node.operation),
            }
        )
        free = {name: sympy.Float(rng.randint(lowest, 99), 30) / 100 for name in names}
        given = {node: free[name] for name, node in self.nodes.items() if not node.operation}
        numbers = Graph(self.root).evaluate(given)
        at = {
            symbol(name): numbers[self.nodes[name]] if name in self.nodes else free[name]
            for name in free
        }
        found = difference.subs(at).evalf(30)
        return float(found) if found.is_real else 0.0


def same(where: str, statement: str, printed: Any, true: Any) -> Claim:
    """Judge a printed number, table, shape or plain expression against the computed one."""
    agree = printed == true or (
        isinstance(true, sympy.Basic) and sympy.simplify(printed - true) == 0
    )
    return Claim(where, statement, PROVEN if agree else REFUTED)


# --- matrices: shapes that are checked, and entries that are compared -----------------------------


class ShapeError(ValueError):
    """Two matrices that do not fit together."""


@dataclass(frozen=True, slots=True)
class Matrix:
    """A matrix with its written form; what does not fit is a ShapeError.

    >>> W, X = Matrix("W", ((1, 2, 3),)), Matrix("X", ((4,), (5,), (6,)))
    >>> (W @ X).rows, (X @ W).shape, (W @ X).text
    (((32,),), (3, 3), 'W X')
    >>> W @ W
    Traceback (most recent call last):
    demos.claims.ShapeError: W (1x3) times W (1x3): 3 columns against 1 row
    """

    text: str
    rows: tuple[tuple[Any, ...], ...]

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return len(self.rows), len(self.rows[0])

    @property
    def sized(self) -> str:
        """The written form with the shape, for errors: W2 (1x7)."""
        return f"{self.text} ({shape_text(self.shape)})"

    @property
    def T(self) -> Matrix:  # noqa: N802 - the transpose is written so
        """The transpose; twice gives back the written form."""
        text = self.text.removesuffix("^T") if self.text.endswith("^T") else f"{self.text}^T"
        return Matrix(text, tuple(zip(*self.rows, strict=True)))

    def __matmul__(self, other: Matrix) -> Matrix:
        (_, columns), (rows, _) = self.shape, other.shape
        if columns != rows:
            message = f"{columns} columns against {rows} row" + "s" * (rows != 1)
            raise ShapeError(f"{self.sized} times {other.sized}: {message}")
        product = [
            [_inner(row, column) for column in zip(*other.rows, strict=True)] for row in self.rows
        ]
        return Matrix(f"{self.text} {other.text}", tuple(map(tuple, product)))

    def __add__(self, other: Matrix) -> Matrix:
        """Entry by entry; a bias, a single column or a single row, is added to every column or to
        every row.
        """
        if other.shape == (self.shape[0], 1):
            other = Matrix(other.text, tuple(row * self.shape[1] for row in other.rows))
        elif other.shape == (1, self.shape[1]):
            other = Matrix(other.text, other.rows * self.shape[0])
        return self._entrywise(other, "+", lambda a, b: a + b)

    def __sub__(self, other: Matrix) -> Matrix:
        return self._entrywise(other, "-", lambda a, b: a - b)

    def __mul__(self, other: Matrix) -> Matrix:
        """Entry by entry, the notes' (.), not the product of matrices."""
        return self._entrywise(other, "(.)", lambda a, b: a * b)

    def _entrywise(self, other: Matrix, sign: str, combine: Callable[[Any, Any], Any]) -> Matrix:
        if self.shape != other.shape:
            raise ShapeError(f"{self.sized} {sign} {other.sized}: the shapes differ")
        pairs = [
            zip(mine, theirs, strict=True)
            for mine, theirs in zip(self.rows, other.rows, strict=True)
        ]
        rows = tuple(tuple(combine(a, b) for a, b in pair) for pair in pairs)
        return Matrix(f"{self.text} {sign} {other.text}", rows)

    def each(self, text: str, function: Callable[[Any], Any]) -> Matrix:
        """A function of every entry, written as `text` with {} for this matrix."""
        return Matrix(
            text.format(self.text), tuple(tuple(function(x) for x in row) for row in self.rows)
        )

    def row_sums(self) -> Matrix:
        """One column: the sum of each row, over all examples."""
        return Matrix(f"sum {self.text}", tuple((sum(row[1:], row[0]),) for row in self.rows))

    def column_sums(self) -> Matrix:
        """One row: the sum of each column, over all examples where they are rows."""
        return Matrix(f"sum {self.text}", self.T.row_sums().T.rows)


def transposed(matrices: Mapping[str, Matrix]) -> dict[str, Matrix]:
    """The same quantities in the row convention, Z = A W + b: one row for each example."""
    return {name: Matrix(name, matrix.T.rows) for name, matrix in matrices.items()}


def _inner(row: Sequence[Any], column: Sequence[Any]) -> Any:
    products = [a * b for a, b in zip(row, column, strict=True)]
    return sum(products[1:], products[0])


def shape_text(shape: tuple[int, int]) -> str:
    """A shape as notes write it: 7x49."""
    return f"{shape[0]}x{shape[1]}"


Matrices = Mapping[str, Matrix]
Formula = Callable[[Matrices], Matrix]


def assemble(
    model: nn.MLP, inputs: Sequence[Sequence[Any]], targets: Sequence[Any], loss: Operation
) -> dict[str, Matrix]:
    """Every matrix of a pass over a batch, read from the scalar graph: one column for each example.

    W, b, Z, A and their derivatives (dW1, ...) of each layer, A0 and Y; the root is the mean of
    `loss` over the batch.
    """
    passes = [_layer_by_layer(model, [Value(x) for x in row]) for row in inputs]
    outputs = [layers[-1][1][0] for layers in passes]
    root = mean([loss(output, target) for output, target in zip(outputs, targets, strict=True)])
    quantities: dict[str, list[list[Value]]] = {}
    for number, layer in enumerate(model.layers, start=1):
        quantities[f"W{number}"] = [list(neuron.weights) for neuron in layer.neurons]
        quantities[f"b{number}"] = [
            [neuron.bias] for neuron in layer.neurons if neuron.bias is not None
        ]
        for place, letter in enumerate("ZA"):
            columns = [layers[number - 1][place] for layers in passes]
            quantities[f"{letter}{number}"] = [list(row) for row in zip(*columns, strict=True)]
    wanted = list({node: None for matrix in quantities.values() for row in matrix for node in row})
    gradient = dict(zip(wanted, gradients(root, wanted), strict=True))
    matrices = {
        "A0": Matrix("A0", tuple(zip(*inputs, strict=True))),
        "Y": Matrix("Y", (tuple(targets),)),
    }
    for name, rows in quantities.items():
        matrices[name] = Matrix(name, tuple(tuple(node.data for node in row) for row in rows))
        matrices[f"d{name}"] = Matrix(
            f"d{name}", tuple(tuple(gradient[node] for node in row) for row in rows)
        )
    matrices["L"] = Matrix("L", ((root.data,),))
    return matrices


def _layer_by_layer(model: nn.MLP, inputs: list[Value]) -> list[tuple[list[Value], list[Value]]]:
    passed, activations = [], inputs
    for layer in model.layers:
        activations = layer(activations)
        linear = layer.neurons[0].activation is None
        passed.append(
            (activations if linear else [a.operands[0] for a in activations], activations)
        )
    return passed


def symbolic_batch(
    sizes: Sequence[int], activations: Sequence[str], m: int, loss: Operation
) -> dict[str, Matrix]:
    """The matrices of a small network all of whose numbers, m examples included, are symbols."""
    shapes = list(zip(sizes[1:], sizes[:-1], strict=True))
    weights = [
        [[symbol(f"w{j}{k}_{layer}") for k in range(inputs)] for j in range(outputs)]
        for layer, (outputs, inputs) in enumerate(shapes, start=1)
    ]
    biases = [
        [symbol(f"b{j}_{layer}") for j in range(n)] for layer, n in enumerate(sizes[1:], start=1)
    ]
    model = nn.MLP.from_weights(weights, biases, activations)
    inputs = [[symbol(f"x{k}_{i}") for k in range(sizes[0])] for i in range(m)]
    return assemble(model, inputs, [symbol(f"y_{i}") for i in range(m)], loss)


def same_entries(left: Matrix, right: Matrix) -> bool:
    """Whether shapes and all entries agree: numbers exactly, symbolic ones when the difference
    simplifies to zero.
    """
    if left.shape != right.shape:
        return False
    pairs = [
        pair for rows in zip(left.rows, right.rows, strict=True) for pair in zip(*rows, strict=True)
    ]
    return all(a == b or (isinstance(a - b, sympy.Basic) and _is_zero(a - b)) for a, b in pairs)


def _is_zero(difference: Any) -> bool:
    """Whether it is zero for any values of its exponentials and branches, which is quick, or else
    once simplified.
    """
    opaque = {part: sympy.Dummy() for part in difference.atoms(sympy.exp, sympy.Piecewise)}
    return bool(sympy.cancel(difference.xreplace(opaque)) == 0 or sympy.simplify(difference) == 0)


def matrix_claim(
    where: str, statement: str, name: str, printed: Formula, settings: Sequence[Matrices]
) -> Claim:
    """Judge a printed matrix line for the quantity `name` in every setting, shapes first, then
    entries.

    If shapes do not fit, the claim says why in place of its correction, which `corrected` puts
    before it.
    """
    try:
        candidates = [(printed(matrices), matrices[name]) for matrices in reversed(settings)]
    except ShapeError as error:
        return Claim(where, statement, REFUTED, str(error))
    verdict = (
        PROVEN if all(same_entries(candidate, true) for candidate, true in candidates) else REFUTED
    )
    return Claim(where, statement, verdict)


# --- what the demos share -------------------------------------------------------------------------


def show(title: str, claims: Sequence[Claim]) -> None:
    """Print the table of claims: where, verdict, statement, and under one that is not proven what
    is true.
    """
    width = max(len(claim.where) for claim in claims)
    print(title)
    for claim in claims:
        print(f"   {claim.where:<{width}}  {claim.verdict:<7}  {claim.statement}")
        if claim.correction:
            label = "read:" if claim.verdict == GARBLED else "true:"
            print(f"   {'':<{width}}  {label:>7}  {claim.correction}")
    ours = [claim for claim in claims if claim.where == "ours"]
    notes = [claim for claim in claims if claim not in ours]
    print(
        f"   {len(notes)} claims of the notes: {_counted(notes)}; {len(ours)} lines of ours: {_counted(ours)}"
    )


def _counted(claims: Sequence[Claim]) -> str:
    """How many claims have which verdict."""
    counts = Counter(claim.verdict for claim in claims)
    return ", ".join(
        f"{counts[verdict]} {verdict}" for verdict in (PROVEN, REFUTED, GARBLED) if counts[verdict]
    )


def output_folder(name: str, description: str, arguments: Sequence[str] | None) -> Path:
    """The folder for the pictures, from the command line."""
    parser = argparse.ArgumentParser(prog=f"python -m demos.{name}", description=description)
    parser.add_argument(
        "--out", type=folder, default="pictures", metavar="DIR", help="the folder for the pictures"
    )
    chosen: Path = parser.parse_args(arguments).out
    return chosen


def plotting() -> Any:
    """matplotlib.pyplot without a display, in the colours and type of the other pictures."""
    matplotlib.use("Agg")
    from matplotlib import pyplot

    pyplot.rcParams.update(
        {
            "font.size": 10,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.grid": True,
            "grid.color": "#e5e7eb",
            "axes.axisbelow": True,
            "legend.frameon": False,
            "svg.hashsalt": "chalkgrad",  # the same file in every run
        }
    )
    return pyplot


def save(figure: Any, path: Path) -> Path:
    """Write a figure and release it."""
    figure.savefig(path, dpi=120, metadata={"Date": None} if path.suffix == ".svg" else None)
    plotting().close(figure)
    return path
