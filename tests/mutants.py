"""Breaks the core in every way that these few kinds of change make, and counts how many the tests notice.

    python tests/mutants.py [--sample N] [--only TEXT]

A mutant has one constant, operator, operand, term or condition changed. It lives in a process of its own, where the
changed module takes the place of the one on disk; the tests that are nearest to it run first, then all of the core's.
Those that no test can notice stand in EQUIVALENT with the reason. The last line printed is a JSON record.
"""

from __future__ import annotations

import argparse
import ast
import importlib.machinery
import json
import os
import random
import resource
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import hypothesis
import mpmath  # noqa: F401  (what the tests import, once for all processes)
import numpy  # noqa: F401
import pytest
import sympy  # noqa: F401

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
hypothesis.settings.register_profile("mutants", database=None, derandomize=True, max_examples=20)
hypothesis.settings.load_profile("mutants")

PROCESSES = 2
SECONDS = 30  # of computing: a mutant that takes longer runs in circles, and is caught by that
MEMORY = 4 * 2**30

CORE = ("operations", "value", "graph", "derivatives", "transforms", "jets", "nesting", "number_types")
NEAREST = {
    "operations": ("operations", "backward"),
    "value": ("value", "graph"),
    "graph": ("graph", "backward"),
    "derivatives": ("backward", "transforms"),
    "transforms": ("transforms",),
    "jets": ("jets",),
    "nesting": ("transforms",),
    "number_types": ("operations", "value", "backward"),
}
FURTHER = ("walkthrough", *dict.fromkeys(name for names in NEAREST.values() for name in names))
ALSO = ("tests/trust/test_leaks.py", "tests/trust/test_threads.py", "tests/documents/test_neural_network_231.py")
SLOW = ("million", "import_brings", "100_000", "any_depth", "deep_graphs", "demo", "docs", "python_i")
UNREWRITTEN = "ignore::pytest.PytestAssertRewriteWarning"  # the packages that all processes share

# Mutants that no test can notice, and why not.
EQUIVALENT = {
    "operations._excess: 0 if number_of(a) == number_of(b) in (math.inf, -math.inf) else a - b -> "
    "-1 if number_of(a) == number_of(b) in (math.inf, -math.inf) else a - b": "where takes its second side at both",
    "operations._dot: zip(operands[1:n], operands[n + 1:], strict=False) -> "
    "zip(operands[n + 1:], operands[1:n], strict=False)": "a product has the same bits either way round",
    "operations.half_squared_error: (y - a) ** 2 -> (a - y) ** 2": "a square has no sign",
    "operations.squared_error: (y - a) ** 2 -> (a - y) ** 2": "a square has no sign",
    "operations.binary_cross_entropy: _over(y * constant(1, loss), a) -> _over(y / constant(1, loss), a)": "a 1",
    "operations.binary_cross_entropy: _over(y * constant(1, loss), a) -> _over(y, a)": "a 1; division converts too",
}

SWAPPED = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.Pow: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
}
NEGATED = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.GtE,
    ast.GtE: ast.Lt,
    ast.Gt: ast.LtE,
    ast.LtE: ast.Gt,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
AT_THE_EDGE = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt}


class Mutant(NamedTuple):
    """One change: `old`, the expression at `parent.field` (or in that list), becomes `new`."""

    module: str
    place: str  # the function or the entry of the table
    rule: bool  # whether it is a rule of the table: a value, a partial, a kink
    tree: ast.Module
    parent: Any
    field: str
    index: int | None
    old: ast.expr
    new: ast.expr

    def __str__(self) -> str:
        # Alone it would not say where it stands: it is shown in the expression around it.
        shown = self.parent if isinstance(self.parent, ast.expr) else self.old
        before = ast.unparse(shown)
        self._put(self.new)
        after = ast.unparse(shown if shown is self.parent else self.new)
        self._put(self.old)
        return f"{self.module}.{self.place}: {before} -> {after}"

    def _put(self, expression: ast.expr) -> None:
        if self.index is None:
            setattr(self.parent, self.field, expression)
        else:
            getattr(self.parent, self.field)[self.index] = expression

    def file(self) -> str:
        return str(ROOT / "autograd" / f"{self.module}.py")

    def code(self) -> Any:
        """The module with the change; the tree is spoilt by that."""
        self._put(self.new)
        return compile(ast.fix_missing_locations(self.tree), self.file(), "exec")


def changes(node: ast.expr, rule: bool) -> Iterator[ast.expr]:
    """What one expression is changed into."""
    match node:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            yield ast.Constant(number + 1)
            if rule:
                yield ast.Constant(number - 1)
        case ast.BinOp(left, operator, right) if type(operator) in SWAPPED:
            yield ast.BinOp(left, SWAPPED[type(operator)](), right)
            if isinstance(operator, (ast.Sub, ast.Div, ast.Pow)):
                yield ast.BinOp(right, operator, left)
            yield from (left, right)
        case ast.UnaryOp(ast.USub() | ast.Not(), operand):
            yield operand
        case ast.Compare(left, [operator], [right]):
            for change in (NEGATED, AT_THE_EDGE):
                if type(operator) in change:
                    yield ast.Compare(left, [change[type(operator)]()], [right])
        case ast.BoolOp(operator, values):
            yield ast.BoolOp(ast.And() if isinstance(operator, ast.Or) else ast.Or(), values)
            for i in range(len(values)):
                rest = values[:i] + values[i + 1 :]
                yield rest[0] if len(rest) == 1 else ast.BoolOp(operator, rest)
        case ast.IfExp(test, body, orelse):
            yield ast.IfExp(test, orelse, body)
        case ast.Call(function, [*first, a, b], keywords) if rule:
            yield ast.Call(function, [*first, b, a], keywords)


NOT_COMPUTED = {"annotation", "returns", "decorator_list", "bases"}


def expressions(parent: ast.AST) -> Iterator[tuple[ast.AST, str, int | None, Any]]:
    """Every part of a tree that computes something, with where it stands."""
    for field, value in ast.iter_fields(parent):
        for index, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
            is_hint = isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING"
            is_writing = isinstance(child, ast.keyword) and child.arg in ("text", "latex")
            if field in NOT_COMPUTED or is_hint or is_writing or not isinstance(child, ast.AST):
                continue
            if isinstance(child, ast.JoinedStr):
                continue
            yield parent, field, index, child
            yield from expressions(child)


def mutants_of(module: str) -> Iterator[Mutant]:
    """Every mutant of one module of the core."""
    tree = ast.parse((ROOT / "autograd" / f"{module}.py").read_text(encoding="utf-8"))
    lines = [node.lineno for node in tree.body if _entry(node)]
    for statement in tree.body:
        names = [ast.unparse(t) for t in getattr(statement, "targets", [getattr(statement, "target", None)]) if t]
        place = getattr(statement, "name", ", ".join(names))
        rule = bool(lines) and lines[0] <= statement.lineno <= lines[-1] and not place.startswith("_write")
        for parent, field, index, child in expressions(ast.Module([statement], [])):
            found = list(changes(child, rule))
            if field in ("test", "ifs") and not found and not isinstance(parent, ast.IfExp):
                found = [ast.UnaryOp(ast.Not(), child)]
            for new in found:
                yield Mutant(module, place, rule, tree, parent, field, index, child, new)


def _entry(statement: Any) -> bool:
    called = getattr(getattr(statement, "value", None), "func", None)
    return called is not None and ast.unparse(called) in ("Operation", "Unary", "Binary", "Nary")


def tests_of(module: str) -> list[list[str]]:
    """What pytest is told to run, one after the other: the nearest tests first."""
    further = [name for name in FURTHER if name not in NEAREST[module]]
    nearest, others = ([f"tests/test_{name}.py" for name in names] for names in (NEAREST[module], further))
    quick = ["-k", " and ".join(f"not {name}" for name in SLOW)]
    return [nearest + quick, [*others, *ALSO, *quick]]


def status(mutant: Mutant | None) -> int:
    """pytest's exit status with the mutant in place of its module; to be called in a process of its own."""
    os.chdir(ROOT)
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    if mutant is not None:
        loader: Any = importlib.machinery.SourceFileLoader
        unchanged, code, file = loader.get_code, mutant.code(), mutant.file()
        loader.get_code = lambda self, name: code if self.path == file else unchanged(self, name)
    for selection in tests_of(mutant.module if mutant else CORE[0]):
        ended = pytest.main(["-x", "-q", "-o", "addopts=", "-p", "no:cacheprovider", "-W", UNREWRITTEN, *selection])
        if ended:
            return int(ended)
    return 0


def outcomes(mutants: Iterable[Mutant | None]) -> Iterator[tuple[Mutant | None, str]]:
    """Each mutant with 'killed', 'survived', or why neither can be said, as they end."""
    running: dict[int, Mutant | None] = {}

    def ended() -> tuple[Mutant | None, str]:
        pid, wait_status = os.wait()
        code = os.waitstatus_to_exitcode(wait_status)
        # 1: tests failed; 2: the mutated engine cannot even be imported; a signal: it ran in circles
        killed = code in (1, 2) or code < 0
        return running.pop(pid), "killed" if killed else f"pytest: {code}" if code else "survived"

    for mutant in mutants:
        if len(running) == PROCESSES:
            yield ended()
        pid = os.fork()
        if pid == 0:
            code = 3
            try:
                code = status(mutant)
            finally:
                os._exit(code)
        running[pid] = mutant
    while running:
        yield ended()


def drawn(sample: int | None, only: str) -> list[Mutant]:
    """All mutants, or those with `only` in their description, or so many of the rule table, with a fixed seed."""
    mutants = [mutant for module in CORE for mutant in mutants_of(module) if only in str(mutant)]
    return random.Random(0).sample([mutant for mutant in mutants if mutant.rule], sample) if sample else mutants


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sample", type=int, help="so many mutants of the rule table, drawn with a fixed seed")
    parser.add_argument("--only", default="", help="mutants whose description has this in it")
    asked = parser.parse_args()
    if not asked.sample and dict(outcomes([None])) != {None: "survived"}:
        raise SystemExit("the tests fail without any mutant, where being killed would say nothing")
    mutants = drawn(asked.sample, asked.only)
    if stale := set(EQUIVALENT).difference(str(mutant) for module in CORE for mutant in mutants_of(module)):
        raise SystemExit(f"EQUIVALENT has what is no mutant any more: {stale}")
    count = Counter[str](f"{part(mutant)} equivalent" for mutant in mutants if str(mutant) in EQUIVALENT)
    for mutant, outcome in outcomes(mutant for mutant in mutants if str(mutant) not in EQUIVALENT):
        count[f"{part(mutant)} {outcome}"] += 1
        if outcome != "killed":
            print(f"{outcome:<10} {mutant.file()}:{mutant.old.lineno} {mutant}", flush=True)
    print(json.dumps(count))
    return 0


def part(mutant: Mutant) -> str:
    return "rule" if mutant.rule else "core"


if __name__ == "__main__":
    raise SystemExit(main())
