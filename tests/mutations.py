"""Breaks the engine on purpose, one line at a time, and sees that the tests notice.

    python tests/mutations.py [name ...]

Each mutation replaces a piece of one file in a temporary copy of the repository and runs the tests of that rule there.
The exit status is 1 if a mutation survives, if its text is no longer in the file, if an entry of the table has none, or
if the tests of a rule fail without any mutation, where being killed would say nothing.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from autograd.operations import OPERATIONS  # noqa: E402

PROCESSES = 2
TABLE = "autograd/operations.py"


class Mutation(NamedTuple):
    """`old` becomes `new`: in the entry `name` of the table, or else in the one place of `file` that has it."""

    name: str
    old: str
    new: str
    file: str = TABLE
    tests: tuple[str, ...] = ()

    def applied(self, source: str) -> str | None:
        """The source with the mutation; None where its text is not to be found, or not only once."""
        start_of_entry = rf'^\w+(: \w+)? = \w+\(\s*"{self.name}",'
        entry = re.search(start_of_entry + r".*?\)\n(?! )", source, re.MULTILINE | re.DOTALL)
        start, end = entry.span() if entry and self.old in entry[0] else (0, len(source))
        if source.count(self.old, start, end) != 1:
            return None
        return source[:start] + source[start:end].replace(self.old, self.new) + source[end:]

    def selection(self) -> tuple[str, ...]:
        """What pytest is told to run."""
        return self.tests or ("tests/test_operations.py", "-k", self.name)


BACKWARD, GRAPH, VALUE = (f"tests/test_{name}.py" for name in ("backward", "graph", "value"))
DERIVATIVES, TYPES, NODE, ORDER = (f"autograd/{name}.py" for name in ("derivatives", "number_types", "value", "graph"))

RULES = [
    Mutation("add", "operator.add", "operator.sub"),
    Mutation("add", "lambda y, a, b: 1, lambda y, a, b: 1", "lambda y, a, b: 1, lambda y, a, b: -1"),
    Mutation("sub", "operator.sub", "operator.add"),
    Mutation("sub", "lambda y, a, b: -1", "lambda y, a, b: 1"),
    Mutation("mul", "operator.mul", "operator.add"),
    Mutation("mul", "lambda y, a, b: b,", "lambda y, a, b: a,"),
    Mutation("div", "operator.truediv", "operator.mul"),
    Mutation("div", "-y / b", "y / b"),
    Mutation("div", "constant(1, y) / b", "1.0 / b"),
    Mutation("neg", "operator.neg", "operator.pos"),
    Mutation("neg", "lambda y, x: -1", "lambda y, x: 1"),
    Mutation("pow", "number_types.power", "lambda x, n: x ** (n + 1)"),
    Mutation("pow", "(_power_by_base, _power_by_exponent)", "(_power_by_base, _power_by_base)"),
    Mutation("abs", "    abs,\n", "    lambda x: x,\n"),
    Mutation("abs", "where(-x, -1, 0)", "where(-x, 1, 0)"),
    Mutation("exp", "number_types.exp", "number_types.sin"),
    Mutation("exp", "lambda y, x: y,", "lambda y, x: x,"),
    Mutation("log", "number_types.log,", "number_types.log1p,"),
    Mutation("log", "constant(1, y) / x", "constant(1, y) / y"),
    Mutation("log1p", "number_types.log1p", "number_types.log"),
    Mutation("log1p", "(1 + x)", "(2 + x)"),
    Mutation("sqrt", "number_types.sqrt", "number_types.exp"),
    Mutation("sqrt", "(2 * y)", "(2 * x)"),
    Mutation("sin", "number_types.sin", "number_types.cos"),
    Mutation("sin", "cos(x)", "-cos(x)"),
    Mutation("cos", "number_types.cos", "number_types.sin"),
    Mutation("cos", "-sin(x)", "sin(x)"),
    Mutation("tan", "number_types.tan,", "number_types.sin,"),
    Mutation("tan", "1 + y * y", "1 - y * y"),
    Mutation("tanh", "number_types.tanh", "number_types.tan"),
    Mutation("tanh", "1 - y * y", "1 - y"),
    Mutation("sigmoid", "number_types.sigmoid", "number_types.tanh"),
    Mutation("sigmoid", "y * (1 - y)", "y * (1 + y)"),
    Mutation("softplus", "number_types.softplus", "number_types.exp"),
    Mutation("softplus", "sigmoid(x)", "tanh(x)"),
    Mutation("where", "number_types.select", "lambda z, a, b: number_types.select(z, b, a)"),
    Mutation("where", "where(z, 1, 0)", "where(z, 0, 1)"),
    Mutation("where", "where(z, 0, 1)", "where(z, 1, 1)"),
    Mutation("where", "lambda y, z, a, b: 0,", "lambda y, z, a, b: 1,"),
    Mutation("relu", "select(x, x, 0)", "select(x, x, -x)"),
    Mutation("relu", "where(x, 1, 0)", "where(x, 1, 1)"),
    Mutation("leaky_relu", "constant(LEAK, x) * x", "-constant(LEAK, x) * x"),
    Mutation("leaky_relu", "where(x, 1, constant(LEAK, y))", "where(x, 1, 0)"),
    Mutation("leaky_relu", "Fraction(1, 100)", "Fraction(1, 10)"),
    Mutation("max", "number_types.larger", "number_types.smaller"),
    Mutation("max", "where(_excess(a, b), 1, 0)", "where(_excess(b, a), 1, 0)"),
    Mutation("max", "where(_excess(a, b), 0, 1)", "where(_excess(b, a), 0, 1)"),
    Mutation("min", "number_types.smaller", "number_types.larger"),
    Mutation("min", "where(_excess(b, a), 1, 0)", "where(_excess(a, b), 1, 0)"),
    Mutation("min", "where(_excess(b, a), 0, 1)", "where(_excess(a, b), 0, 1)"),
    Mutation("dot", "y = y + weight * number", "y = y - weight * number"),
    Mutation("dot", "y + operands[-1] if", "y if"),
    Mutation("dot", "*operands[n : 2 * n], *operands[:n]", "*operands[:n], *operands[n : 2 * n]"),
    Mutation("dot", "(1,) * (len(operands) % 2)", "(0,) * (len(operands) % 2)"),
    Mutation("total", "y = y + number\n", "y = y - number\n"),
    Mutation("total", "(1,) * len(x)", "(2,) * len(x)"),
    Mutation("mean", "_total(*x) / len(x)", "_total(*x) / 2"),
    Mutation("mean", "constant(1, y) / len(x)", "constant(1, y)"),
    Mutation("half_squared_error", "(y - a) ** 2 / 2", "(y - a) ** 2"),
    Mutation("half_squared_error", "a - y, lambda loss, a, y: y - a", "y - a, lambda loss, a, y: y - a"),
    Mutation("half_squared_error", "a - y, lambda loss, a, y: y - a", "a - y, lambda loss, a, y: a - y"),
    Mutation("squared_error", "(y - a) ** 2,", "(y - a) ** 2 / 2,"),
    Mutation("squared_error", "2 * (a - y)", "2 * (y - a)"),
    Mutation("squared_error", "2 * (y - a)", "(y - a)"),
    Mutation("binary_cross_entropy", "_times(1 - y, log1p, -a)", "_times(1 - y, log1p, a)"),
    Mutation("binary_cross_entropy", "+ _over(1 - y, 1 - a)", "- _over(1 - y, 1 - a)"),
    Mutation("binary_cross_entropy", "log(1 - a) - log(a)", "log(a) - log(1 - a)"),
    Mutation(
        "binary_cross_entropy_with_logits", "softplus(z) - probability(y) * z", "softplus(z) + probability(y) * z"
    ),
    Mutation("binary_cross_entropy_with_logits", "sigmoid(z) - y", "sigmoid(z)"),
    Mutation("binary_cross_entropy_with_logits", ": -z)", ": z)"),
    Mutation("log_sum_exp", "number_types.log_sum_exp", "lambda *z: number_types.log_sum_exp(*z[:1])"),
    Mutation("log_sum_exp", "exp(number - y)", "exp(number)"),
]

# One for each kind of test that is not about a single rule.
ENGINE = [
    Mutation("power rule", "return n * ", "return -n * ", tests=(BACKWARD, "-k", "power")),
    Mutation(
        "chain rule", "before + upstream * local", "upstream * local", DERIVATIVES, (BACKWARD, "-k", "used_twice")
    ),
    Mutation(
        "chain rule", "else before + upstream * local", "else before + local", DERIVATIVES, (BACKWARD, "-k", "rule")
    ),
    Mutation("restore", "leaf.grad = before\n", "pass\n", DERIVATIVES, (BACKWARD, "-k", "error")),
    Mutation("adding up", "[before + leaf.grad for", "[leaf.grad for", DERIVATIVES, (BACKWARD, "-k", "twice or roots")),
    Mutation(
        "side not taken",
        "None if derivative.__class__",
        "0 if derivative.__class__",
        tests=(BACKWARD, "-k", "side and not recorded"),
    ),
    Mutation("ties", "_extreme(operator.gt", "_extreme(operator.ge", TYPES, (BACKWARD, "-k", "tie")),
    Mutation("infinite ties", "in (math.inf, -math.inf)", "in ()", tests=(BACKWARD, "-k", "tie")),
    Mutation("NaN", "    return z\n\n\ndef _extreme", "    return b\n\n\ndef _extreme", TYPES, (BACKWARD, "-k", "nan")),
    Mutation("overflow", "if _is_negative(x):", "if False:", TYPES, ("tests/test_operations.py", "-k", "overflow")),
    Mutation("order", "order.append(node)", "order.insert(0, node)", ORDER, (GRAPH, "-k", "order or come")),
    Mutation("identity", "return self is other", "return True", NODE, (VALUE, "-k", "equality")),
    Mutation("copies", "if id(node) not in memo", "if True", NODE, (GRAPH, "-k", "copy or share")),
    Mutation("detach", "return Value(self._data, self.name)", "return self", NODE, (VALUE, "-k", "detach")),
    Mutation("sentences", "would lose its gradient", "is refused", NODE, (VALUE, "-k", "conversions")),
    Mutation("repr", "name={self.name!r}", "name={self.name}", NODE, (VALUE, "-k", "repr")),
    Mutation("only leaves", "if self.operation is not None:", "if False:", NODE, (VALUE, "-k", "only_a_leaf")),
    Mutation("strings", "isinstance(x, str)", "isinstance(x, bytes)", TYPES, (VALUE, "-k", "constructor")),
    Mutation("no cycles", 'node.name = ""', "node.name = node", NODE, (GRAPH, "-k", "million")),
    Mutation("second order", "(*(gradient[result] for", "(*(1 for", DERIVATIVES, (BACKWARD, "-k", "gradients")),
    Mutation(
        "arrays", "__array_ufunc__ = None", "array_ufunc = None", NODE, (VALUE, "-k", "operators_refuse or sides")
    ),
    Mutation("imports", "import cmath", "import cmath, numpy", TYPES, (VALUE, "-k", "import")),
    Mutation(
        "bits",
        "(root, iter(root.operands))",
        "(root, iter(sorted(root.operands, key=lambda operand: hash(repr(operand)))))",
        ORDER,
        ("tests/trust/test_bits.py", "-k", "seeds"),
    ),
]


def without_mutation(names: Iterable[str] = tuple(OPERATIONS)) -> list[str]:
    """The entries of the rule table that no mutation touches."""
    covered = {mutation.name for mutation in RULES}
    return [name for name in names if name not in covered]


def status(selection: tuple[str, ...], file: str = "", text: str = "") -> int:
    """pytest's exit status over `selection` in a copy of the repository, where `file` reads `text`."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for part in ("autograd", "nn", "tests"):
            shutil.copytree(ROOT / part, copy / part, ignore=shutil.ignore_patterns("__pycache__", "documents"))
        shutil.copy(ROOT / "pyproject.toml", copy)
        if file:
            (copy / file).write_text(text, encoding="utf-8")
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *selection]
        environment = os.environ | {"PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
        return subprocess.run(command, cwd=copy, env=environment, capture_output=True, check=False).returncode


unmutated = lru_cache(maxsize=None)(status)


def outcome(mutation: Mutation) -> str:
    """'killed', 'survived', or why neither can be said."""
    mutated = mutation.applied((ROOT / mutation.file).read_text(encoding="utf-8"))
    if mutated is None:
        return "text not found"
    if unmutated(mutation.selection()):
        return "fails unmutated"
    # 1: tests failed; 2: the mutated engine cannot even be imported; anything else ran no test
    ended = status(mutation.selection(), mutation.file, mutated)
    return {0: "survived", 1: "killed", 2: "killed"}.get(ended, f"pytest: {ended}")


def main(wanted: list[str]) -> int:
    mutations = [mutation for mutation in RULES + ENGINE if not wanted or mutation.name in wanted]
    with ThreadPoolExecutor(PROCESSES) as pool:
        outcomes = list(pool.map(outcome, mutations))
    for mutation, result in zip(mutations, outcomes, strict=True):
        print(f"{result:<16} {mutation.name}: {mutation.old!r} -> {mutation.new!r}")
    missing = without_mutation()
    for name in missing:
        print(f"no mutation      {name}")
    print(f"{outcomes.count('killed')} of {len(outcomes)} killed")
    return 1 if missing or outcomes.count("killed") < len(outcomes) else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
