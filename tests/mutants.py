"""Breaks the core in every way that these few kinds of change make, and counts how many the tests
notice.

    python tests/mutants.py [--rules] [--sample N] [--only TEXT]

A mutant has one constant, operator, operand, term or condition changed, or its writing misses the
parentheses of an operand or of the whole. It lives in a process of its own, where the changed
module takes the place of the one on disk, and meets the tests that ran the changed lines when
nothing was changed: of those that `pytest` runs by default. Those that no test can notice stand in
equivalent_mutants.csv with the reason, and are printed last, before a JSON record of the counts.
The exit status is 1 if a mutant of the rule table survives.
"""

from __future__ import annotations

import argparse
import ast
import csv
import importlib
import importlib.machinery
import json
import math
import multiprocessing
import os
import random
import re
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import coverage
import hypothesis
import mpmath  # noqa: F401  (what the tests import, once for all processes)
import numpy  # noqa: F401
import pytest
import sympy  # noqa: F401

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
PHASES = [
    hypothesis.Phase.explicit,
    hypothesis.Phase.generate,
]  # a failure is enough, it need not be a small one
hypothesis.settings.register_profile(
    "mutants", database=None, derandomize=True, max_examples=20, phases=PHASES
)
hypothesis.settings.load_profile("mutants")

PROCESSES = 2
SECONDS = 10  # of computing: a mutant that takes so much longer than its tests runs in circles
MEMORY = 4 * 2**30
SLOW = 1.0  # seconds; no mutant needs a test that takes longer

CORE = (
    "operations",
    "entry",
    "value",
    "graph",
    "derivatives",
    "number_types",
    "elementary",
    "errors",
    "copying",
)
CORE += ("number_format", "digits", "arrays")
CORE += ("calculus.transforms", "calculus.jets", "calculus.nesting")
NAMES = """
    test_operations test_cross_entropies test_own_operation test_backward test_reading
    test_number_protocol test_documentation
    test_value test_arrays test_graph test_transforms test_jets test_walkthrough test_losses
    test_arguments test_checking test_tracing trust/test_kinks trust/test_silent_branches
    trust/test_raises trust/test_perturbation trust/test_readers trust/test_threads
    trust/test_leaks documents/test_neural_network_231
"""
TESTS = [f"tests/{name}.py" for name in NAMES.split()]
OF_WRITING = "tests/trust/test_readers.py"
COLLECTION = "collection"  # what runs while pytest looks for tests
UNREWRITTEN = "ignore::pytest.PytestAssertRewriteWarning"  # the packages that all processes share

with Path(__file__).with_name("equivalent_mutants.csv").open(encoding="utf-8", newline="") as file:
    EQUIVALENT = dict(csv.reader(file))  # each with the reason why no test can notice it

SWAPPED = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult}
SWAPPED |= dict.fromkeys((ast.Pow, ast.FloorDiv, ast.Mod), ast.Mult)
OPPOSITES = (
    (ast.Eq, ast.NotEq),
    (ast.Lt, ast.GtE),
    (ast.Gt, ast.LtE),
    (ast.Is, ast.IsNot),
    (ast.In, ast.NotIn),
)
NEGATED = dict(OPPOSITES) | {b: a for a, b in OPPOSITES}
LEVELS = ("ANY", "SUM", "SIGNED", "PRODUCT", "POWER", "ATOM")
AT_THE_EDGE = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt}


def source(module: str) -> Path:
    """The file of a module of the core."""
    return ROOT / "autograd" / f"{module.replace('.', '/')}.py"


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
        return str(source(self.module))

    def lines(self) -> set[tuple[str, int]]:
        """Where the change is, by file and number."""
        last = self.old.end_lineno or self.old.lineno
        return {(self.file(), line) for line in range(self.old.lineno, last + 1)}

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
        case ast.Tuple(slots) if rule and all(map(_binds, slots)):
            for i, slot in enumerate(slots):
                if ast.unparse(slot) not in ("ANY", "SUM"):  # nothing binds less tightly than SUM
                    several = [*slots[:i], ast.Name("ANY", ast.Load()), *slots[i + 1 :]]
                    yield ast.Tuple(several, ast.Load())
        case ast.IfExp(test, body, orelse):
            yield ast.IfExp(test, orelse, body)
        case ast.Call(function, [*first, a, b], keywords) if rule:
            yield ast.Call(function, [*first, b, a], keywords)
            for i, whole in enumerate(node.args):
                if _binds(whole) and ast.unparse(whole) != "ATOM":
                    arguments = [*node.args[:i], ast.Name("ATOM", ast.Load()), *node.args[i + 1 :]]
                    yield ast.Call(function, arguments, keywords)


def _binds(node: ast.expr) -> bool:
    """Whether it says how tightly something written binds."""
    return isinstance(node, ast.Name) and node.id in LEVELS


NOT_COMPUTED = {"annotation", "returns", "decorator_list", "bases"}


def expressions(parent: ast.AST) -> Iterator[tuple[ast.AST, str, int | None, Any]]:
    """Every part of a tree that computes something, with where it stands."""
    for field, value in ast.iter_fields(parent):
        for index, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
            is_hint = isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING"
            if field in NOT_COMPUTED or is_hint or not isinstance(child, ast.AST):
                continue
            if isinstance(child, ast.JoinedStr):
                continue
            yield parent, field, index, child
            yield from expressions(child)


def mutants_of(module: str) -> Iterator[Mutant]:
    """Every mutant of one module of the core."""
    tree = ast.parse(source(module).read_text(encoding="utf-8"))
    lines = [node.lineno for node in tree.body if _entry(node)]
    for statement in tree.body:
        names = [
            ast.unparse(t)
            for t in getattr(statement, "targets", [getattr(statement, "target", None)])
            if t
        ]
        place = getattr(statement, "name", ", ".join(names))
        rule = (
            bool(lines)
            and lines[0] <= statement.lineno <= lines[-1]
            and not place.startswith("_write")
        )
        for parent, field, index, child in expressions(ast.Module([statement], [])):
            found = list(changes(child, rule))
            if field in ("test", "ifs") and not found and not isinstance(parent, ast.IfExp):
                found = [ast.UnaryOp(ast.Not(), child)]
            for new in found:
                yield Mutant(module, place, rule, tree, parent, field, index, child, new)


def _entry(statement: Any) -> bool:
    called = getattr(getattr(statement, "value", None), "func", None)
    return called is not None and ast.unparse(called) in (
        "Operation",
        "Unary",
        "Binary",
        "Variadic",
    )


class Reached:
    """A plugin of pytest that sees how long each test computes, and which lines it runs."""

    def __init__(self, modules: Iterable[str]) -> None:
        files = [str(source(module)) for module in modules]
        self.lines = coverage.Coverage(data_file=None, config_file=False, include=files)
        self.seconds: dict[str, float] = {}

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self.lines.switch_context(item.nodeid)
        before = time.process_time()
        result = yield
        self.seconds[item.nodeid] = time.process_time() - before
        return result


class Chosen(list[str]):
    """Tests, and a plugin of pytest that keeps no others, in this order."""

    @pytest.hookimpl(trylast=True)  # of the sample that is run by default
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        found = {item.nodeid: item for item in items}
        items[:] = [found[test] for test in self if test in found]


def tested(files: Iterable[str], plugin: Any) -> int:
    """pytest's exit status; to be called in a process of its own."""
    os.chdir(ROOT)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    options = ["-x", "-q", "--tb=no", "-o", "addopts=", "-p", "no:cacheprovider", "-W", UNREWRITTEN]
    options.append("--disable-plugin-autoload")
    return int(pytest.main([*options, *files], plugins=[plugin]))


class Seen(NamedTuple):
    """What a run without any mutant has shown."""

    seconds: dict[str, float]  # of each test, the quickest first
    by_line: dict[str, dict[int, list[str]]]  # of each file; "" stands for its import

    @classmethod
    def by(cls, modules: Sequence[str]) -> Seen:
        """Run the tests without any mutant, each file in a process of its own."""
        seconds: dict[str, float] = {}
        by_line: dict[str, dict[int, list[str]]] = {}
        fork = multiprocessing.get_context("fork")
        with fork.Pool(PROCESSES, maxtasksperchild=1) as pool:
            for taken, lines in pool.imap(partial(_seen, modules), TESTS, chunksize=1):
                seconds |= taken
                for file, contexts in lines.items():
                    for line, tests in contexts.items():
                        by_line.setdefault(file, {}).setdefault(line, []).extend(tests)
        quickest = sorted(seconds.items(), key=lambda taken: taken[1])
        return cls({test: seconds for test, seconds in quickest if seconds < SLOW}, by_line)

    def selections(self, mutant: Mutant) -> list[Chosen]:
        """The tests that run the changed lines: those of the file that has most of them, then the
        others.

        What runs when the module is imported can change everything: there, all others follow. What
        runs then alone says how something is written, which one file of tests reads.
        """
        running = {
            test for file, line in mutant.lines() for test in self.by_line[file].get(line, [])
        } - {COLLECTION} or {""}
        near = [test for test in self.seconds if test in running]
        [(nearest, _)] = Counter(map(_file, near)).most_common(1) or [(OF_WRITING, 0)]
        first = [test for test in near or self.seconds if _file(test) == nearest]
        first.sort(key=lambda test: not test.endswith(f"[{mutant.place}]"))
        others = dict.fromkeys(self.seconds if "" in running else near)
        for test in first:
            others.pop(test)
        return [Chosen(first), Chosen(others)]


def _seen(
    modules: Sequence[str], tests: str
) -> tuple[dict[str, float], dict[str, dict[int, list[str]]]]:
    """How long each test of one file computes, and what runs which line; to be called in a process
    of its own.
    """
    plugin = Reached(modules)
    plugin.lines.start()
    for module in CORE:
        importlib.import_module(f"autograd.{module}")
    plugin.lines.switch_context(COLLECTION)
    if tested([tests], plugin):
        raise ValueError(f"{tests} fails without any mutant, where being killed would say nothing")
    plugin.lines.stop()
    data = plugin.lines.get_data()
    return plugin.seconds, {file: data.contexts_by_lineno(file) for file in data.measured_files()}


def _file(test: str) -> str:
    return test.partition("::")[0]


def status(mutant: Mutant, seen: Seen) -> int:
    """pytest's exit status with the mutant in place of its module; to be called in a process of its
    own.
    """
    selections = seen.selections(mutant)
    seconds = SECONDS + math.ceil(sum(seen.seconds[test] for tests in selections for test in tests))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    loader: Any = importlib.machinery.SourceFileLoader
    unchanged, changed, file = loader.get_code, mutant.code(), mutant.file()
    loader.get_code = lambda self, name: changed if self.path == file else unchanged(self, name)
    for tests in selections:
        if tests and (ended := tested(dict.fromkeys(map(_file, tests)), tests)):
            return ended
    return 0


def outcomes(mutants: Iterable[Mutant], seen: Seen) -> Iterator[tuple[Mutant, str]]:
    """Each mutant with 'killed', 'survived', or why neither can be said, as they end."""
    running: dict[int, Mutant] = {}

    def ended() -> tuple[Mutant, str]:
        pid, wait_status = os.wait()
        code = os.waitstatus_to_exitcode(wait_status)
        # 1: tests failed; 2: the mutated engine cannot even be imported; a signal: it ran in
        # circles
        killed = code in (1, 2) or code < 0
        return running.pop(pid), "killed" if killed else f"pytest: {code}" if code else "survived"

    for mutant in mutants:
        if len(running) == PROCESSES:
            yield ended()
        pid = os.fork()
        if pid == 0:
            code = 3
            try:
                code = status(mutant, seen)
            finally:
                os._exit(code)
        running[pid] = mutant
    while running:
        yield ended()


def drawn(rules: bool, sample: int | None, only: str) -> list[Mutant]:
    """The mutants with `only` in their description, all or those of the rule table, or a sample of
    these: first those of lines that the last commit changed, then what the table's text draws.
    """
    every = (mutant for module in CORE for mutant in mutants_of(module) if only in str(mutant))
    mutants = [mutant for mutant in every if mutant.rule or not rules]
    if sample is None:
        return mutants
    random.Random(source("operations").read_bytes()).shuffle(mutants)
    changed = changed_lines()
    mutants.sort(key=lambda mutant: changed.isdisjoint(mutant.lines()))
    return mutants[:sample]


def changed_lines() -> set[tuple[str, int]]:
    """The lines of the core, by file and number, that the commit before did not have."""
    command = ["git", "diff", "--unified=0", "--no-prefix", "HEAD~1", "--", "autograd"]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout
    file, changed = "", set()
    for line in told.splitlines():
        if line.startswith("+++ "):
            file = str(ROOT / line.removeprefix("+++ "))
        elif found := re.match(r"@@ .* \+(\d+),?(\d*) @@", line):
            first, count = int(found[1]), int(found[2] or 1)
            changed |= {(file, number) for number in range(first, first + count)}
    return changed


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rules", action="store_true", help="the mutants of the rule table only")
    parser.add_argument("--sample", type=int, help="so many of them, what is new first")
    parser.add_argument("--only", default="", help="mutants whose description has this in it")
    asked = parser.parse_args()
    mutants = drawn(asked.rules, asked.sample, asked.only)
    if stale := set(EQUIVALENT).difference(
        str(mutant) for module in CORE for mutant in mutants_of(module)
    ):
        raise SystemExit(f"equivalent_mutants.csv has what is no mutant any more: {stale}")
    count = Counter[str]()
    seen = Seen.by(sorted({mutant.module for mutant in mutants}))
    equivalent = [(mutant, "equivalent") for mutant in mutants if str(mutant) in EQUIVALENT]
    others = (mutant for mutant in mutants if str(mutant) not in EQUIVALENT)
    for mutant, outcome in chain(outcomes(others, seen), equivalent):
        count[f"{'rule' if mutant.rule else 'core'} {outcome}"] += 1
        if outcome != "killed":
            reason = EQUIVALENT.get(str(mutant), "")
            print(
                f"{outcome:<10} {mutant.file()}:{mutant.old.lineno} {mutant}  {reason}", flush=True
            )
    print(json.dumps(count))
    return int(
        any(key.startswith("rule") for key in count.keys() - {"rule killed", "rule equivalent"})
    )


if __name__ == "__main__":
    raise SystemExit(main())
