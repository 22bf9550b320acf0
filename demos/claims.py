"""Prove or refute the formulas that notes print, by running the engine over SymPy symbols.

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

import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import nn
from autograd import Graph, Value, leaky_relu, relu, sigmoid, where
from autograd.reading import adjoints

try:
    import matplotlib  # noqa: F401 - the demos that prove claims also plot: before any long work
    import mpmath
    import sympy
except ModuleNotFoundError as error:
    raise SystemExit(
        f'This demo needs {error.name}: .venv/bin/pip install -q -e ".[plots,claims]"'
    ) from None

PROVEN, REFUTED, GARBLED = "proven", "refuted", "garbled"
FUNCTIONS = {
    "s": sigmoid,
    "sigmoid": sigmoid,
    "relu": relu,
    "step": lambda z: where(z, 1, 0),
    "leaky_relu": leaky_relu,
    "tanh": sympy.tanh,
    "exp": sympy.exp,
    "log": sympy.log,
}
DERIVATIVE = r"\bd([A-Za-z]\w*)/d([A-Za-z]\w*)"


@dataclass(frozen=True, slots=True)
class Claim:
    """What is printed and where, the computed verdict, and what is true unless it is proven."""

    where: str
    statement: str
    verdict: str
    correction: str = ""


def corrected(printed: Claim, truth: Claim, correction: str = "") -> tuple[Claim, Claim]:
    """A refuted claim with its correction, and the proven claim that this rests on.

    The correction is the statement of `truth`, or the text given for it; why matrices do not fit is
    added.
    """
    if (printed.verdict, truth.verdict) != (REFUTED, PROVEN):
        raise ArithmeticError(
            f"{printed.statement} is {printed.verdict}, "
            f"its correction {truth.statement} is {truth.verdict}; "
            "only a refuted line is corrected, and only by a proven one"
        )
    answer = [correction or truth.statement, *filter(None, [printed.correction])]
    return replace(printed, correction="; as printed, ".join(answer)), truth


def garbled(printed: Claim, truth: Claim, correction: str = "") -> tuple[Claim, Claim]:
    """The same for a line that is refuted as transcribed, not as it must have been written."""
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
    """The named quantities of one recorded graph over symbols.

    `also` are names that a line may use beside them.

    >>> w, x = leaves("w x")
    >>> L = named(w * x, "L")
    >>> System(L).claim("line 1", "dL/dw = w")
    Claim(where='line 1', statement='dL/dw = w', verdict='refuted', correction='')
    >>> System(L).claim("line 2", "dL/dw = 2*v")
    Traceback (most recent call last):
    ValueError: 2*v: no v is known here, only w, x, L, alpha
    """

    def __init__(self, root: Value, also: str = "alpha") -> None:
        self.root, self.graph = root, Graph(root)
        self.nodes: dict[str, Value] = {node.name: node for node in self.graph.order if node.name}
        self.symbols = {node: symbol(name) for name, node in self.nodes.items()}
        self.also = also.split()

    def parse(self, text: str) -> Any:
        """A printed formula as an expression in the names of the nodes."""
        names = {name: symbol(name) for name in [*self.nodes, *self.also]}
        spelt = re.sub(DERIVATIVE, r"d\1_d\2", re.sub(r"\[([^]]+) > 0\]", r"step(\1)", text))
        for of, name in re.findall(DERIVATIVE, text):
            if {of, name} <= self.nodes.keys():
                names[f"d{of}_d{name}"] = self.gradient(name, of)
        used: dict[str, Any] = {}
        for name, called in re.findall(r"\b([A-Za-z_]\w*)(\(?)", spelt):
            known = FUNCTIONS if called else names
            if name not in known:
                unknown = name.replace("_d", "/d") + (called and "()")
                raise ValueError(f"{text}: no {unknown} is known here, only {', '.join(known)}")
            used[name] = known[name]
        return sympy.sympify(spelt, locals=used)

    def gradient(self, name: str, of: str = "") -> Any:
        """The engine's derivative of the node `of`, or else of the root, in another.

        In the names of the nodes.
        """
        root = self._node(of) if of else self.root
        found = {adjoint.node: adjoint.gradient for adjoint in adjoints(root)}
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
        """Judge a printed line, z = w*x or dL/dw = dL/dz*dz/dw = ...: each member by the first."""
        first, *others = map(self.parse, line.split(" = "))
        if not others:
            raise ValueError(f"{line}: a line to judge has two sides, with ' = ' between them")
        refuted = REFUTED in [self.judge(other, first) for other in others]
        return Claim(where, statement or line, REFUTED if refuted else PROVEN)

    def transcribed(self, where: str, line: str) -> Claim:
        """Judge a garbled line; one cut off, or no formula of what is known, is refuted."""
        try:
            return self.claim(where, line)
        except ValueError:
            return Claim(where, line, REFUTED)

    def update(self, where: str, name: str, printed: str, target: str = "") -> Claim:
        """Judge a line `target := printed` as nn.SGD's update of a parameter."""
        target = target or name
        parameter = Value(symbol(name), name)
        parameter.grad = self.gradient(name)
        nn.SGD([parameter], learning_rate=symbol("alpha")).step()
        verdict = self.judge(self.parse(printed), parameter.data) if target == name else REFUTED
        return Claim(where, f"{target} := {printed}", verdict)

    def judge(self, printed: Any, true: Any) -> str:
        """Refuted by a point where the two differ, proven by a difference that simplifies to 0."""
        difference = sympy.sympify(printed - true)
        if any(abs(number) > 1e-9 for number in self._at_points(difference)):
            return REFUTED
        if self._is_zero(difference):
            return PROVEN
        raise ArithmeticError(f"neither proven nor refuted: {printed} against {true}")

    def _is_zero(self, difference: Any) -> bool:
        """Whether it is zero for all values of the nodes, or once they are unfolded, root first."""
        tests = (cancels, lambda each: sympy.simplify(each) == 0)  # the quick one mostly is enough
        return any(is_zero(each) for is_zero in tests for each in self._unfolded(difference))

    def _unfolded(self, difference: Any) -> Iterator[Any]:
        """The difference as it is, and with each node in turn replaced by its definition."""
        yield difference
        for name in reversed(self.nodes):
            if self.nodes[name].operation and difference.has(symbol(name)):
                difference = difference.subs(symbol(name), self.definition(name))
                yield difference

    def _at_points(self, difference: Any, count: int = 30) -> Iterator[float]:
        """The difference at random points, by turns positive and of both signs, where it is real.

        A ReLU that is off tells apart what agrees while all are on.
        """
        leaves = [name for name, node in self.nodes.items() if not node.operation]
        given = sorted(map(str, difference.free_symbols))
        number_at = sympy.lambdify(list(map(symbol, given)), difference, "mpmath")
        for seed in range(count):
            rng, lowest = random.Random(seed), -99 if seed % 2 else 1
            names = sorted({*given, *leaves})
            with mpmath.workdps(30), suppress(ZeroDivisionError):  # at a pole there is no number
                at = {name: mpmath.mpf(rng.randint(lowest, 99)) / 100 for name in names}
                numbers = self.graph.evaluate({self.nodes[name]: at[name] for name in leaves})
                at |= {name: numbers[node] for name, node in self.nodes.items()}
                found = mpmath.mpmathify(number_at(*map(at.__getitem__, given)))
                if found.imag == 0:
                    yield float(found.real)


def cancels(difference: Any) -> bool:
    """Whether a symbolic difference is zero for any exponentials and branches in it: quick.

    >>> x = symbol("x")
    >>> cancels(1 / (1 - sympy.exp(x)) + 1 / (sympy.exp(x) - 1)), cancels(x**2 - 1)
    (True, False)
    """
    opaque = {part: sympy.Dummy() for part in difference.atoms(sympy.exp, sympy.Piecewise)}
    return bool(sympy.cancel(difference.xreplace(opaque)) == 0)


def same(where: str, statement: str, printed: Any, true: Any) -> Claim:
    """Judge a printed number, table, shape or plain expression against the computed one."""
    agree = printed == true
    if not agree and isinstance(true, sympy.Basic):
        agree = sympy.simplify(printed - true) == 0
    return Claim(where, statement, PROVEN if agree else REFUTED)


def show(title: str, claims: Sequence[Claim]) -> None:
    """Print the table of claims: where, verdict, statement, and what is true instead."""
    width = max(len(claim.where) for claim in claims)
    print(title)
    for claim in claims:
        print(f"   {claim.where:<{width}}  {claim.verdict:<7}  {claim.statement}")
        if claim.correction:
            label = "read:" if claim.verdict == GARBLED else "true:"
            print(f"   {'':<{width}}  {label:>7}  {claim.correction}")
    ours = [claim for claim in claims if claim.where == "ours"]
    notes = [claim for claim in claims if claim not in ours]
    of_notes = f"{len(notes)} claims of the notes: {_counted(notes)}"
    print(f"   {of_notes}; {len(ours)} lines of ours: {_counted(ours)}")


def _counted(claims: Sequence[Claim]) -> str:
    """How many claims have which verdict."""
    counts = Counter(claim.verdict for claim in claims)
    found = [verdict for verdict in (PROVEN, REFUTED, GARBLED) if counts[verdict]]
    return ", ".join(f"{counts[verdict]} {verdict}" for verdict in found)
