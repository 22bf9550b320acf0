"""Emit by NumPy: a program as readable source over arrays, one line an instruction.

The same lines compute with single numbers and with arrays whose elements are samples.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Sequence
from typing import Any

from autograd.compiler.program import Operand, Program, Register
from autograd.compiler.statements import Statement, View
from autograd.compiler.symbols import Context, Symbol
from autograd.reading import ATOM, POWER, PRODUCT, SIGNED, SUM, Layout, Term

LAYOUTS = {  # what is written within an expression
    "add": Layout("{} + {}", SUM, (SUM, PRODUCT)),
    "sub": Layout("{} - {}", SUM, (SUM, PRODUCT)),
    "mul": Layout("{} * {}", PRODUCT, (SIGNED, POWER)),
    "div": Layout("{} / {}", PRODUCT, (SIGNED, POWER)),
    "pow": Layout("{}**{}", POWER, (ATOM, ATOM)),
    "neg": Layout("-{}", SIGNED, (POWER,)),
}
TAKEN = ("np", "where", "larger", "smaller", "erf", "erfc", "over_samples")  # by the source
CHOSEN = {"maximum": "larger", "minimum": "smaller"}
LONGEST = 80  # an expression beyond it gets a line of its own


def is_kept(name: str, operands: Sequence[Any]) -> bool:
    """Whether a step is a product with 1, which is the other factor."""
    return name == "mul" and any(x.__class__ is float and x == 1.0 for x in operands)


class Writer(Context):
    """The context whose steps are expressions of Python; long ones and calls get lines."""

    def __init__(self, taken: Sequence[str]) -> None:
        self.statements: list[Statement] = []
        self._taken = set(taken)
        self._count = 0

    def step(self, name: str, *operands: Any) -> Symbol:
        if is_kept(name, operands):
            kept: Symbol = next(x for x in operands if x.__class__ is Symbol)
            return kept
        terms = [self.term(x) for x in operands]
        if name not in LAYOUTS:
            views = tuple(View(term.text) for term in terms)
            made = View(self._fresh())
            self.statements.append(Statement(made, CHOSEN.get(name, name), views, "="))
            return Symbol(self, Term(made.text))
        term = LAYOUTS[name](terms)
        if len(term.text) > LONGEST:
            term = Term(self.bound(term.text, self._fresh()))
        return Symbol(self, term)

    def term(self, operand: Any) -> Term:
        """The expression of a symbol or a number."""
        if operand.__class__ is Symbol:
            term: Term = operand.of
            return term
        text = repr(float(operand))
        text = {"inf": "np.inf", "-inf": "-np.inf", "nan": "np.nan"}.get(text, text)
        return Term(text, SIGNED if text.startswith("-") else ATOM)

    def bound(self, text: str, name: str) -> str:
        """A line that gives an expression a name."""
        self.statements.append(Statement(View(name), "copy", (View(text),), "="))
        return name

    def assign(self, text: str, name: str) -> None:
        """The result of a rule under its name: what was bound last is renamed, unless it is a
        result of its own.
        """
        if self.statements and text not in self._taken and self.statements[-1].made.text == text:
            self.statements.append(self.statements.pop()._replace(made=View(name)))
        else:
            self.bound(text, name)

    def _fresh(self) -> str:
        while True:
            self._count += 1
            name = f"t{self._count}"
            if name not in self._taken:
                return name


def source_of(program: Program, name: str = "compiled") -> str:
    """A function of the inputs that returns a tuple of the outputs.

    >>> from autograd import relu
    >>> from autograd.compiler.recording import recorded
    >>> print(source_of(recorded(lambda w, x: relu(w * x) + 0.5, (2.0, 3.0)).program))
    def compiled(w, x):
        v1 = w * x
        v2 = where(v1, v1, 0.0)
        v3 = v2 + 0.5
        return (v3,)
    """
    names = identifiers(program)
    writer = Writer([*names.values()])
    results: list[Symbol] = [Symbol(writer, Term(names[i])) for i in range(len(program.inputs))]

    def at(operand: Operand) -> Any:
        return results[operand] if isinstance(operand, int) else operand

    for register, instruction in program.numbered():
        text = writer.term(instruction.operation.value(*map(at, instruction.operands))).text
        writer.assign(text, names[register])
        results.append(Symbol(writer, Term(names[register])))
    outputs = ", ".join(writer.term(at(x)).text for x in program.outputs)
    end = f"return ({outputs}{',' if len(program.outputs) == 1 else ''})"
    inputs = [names[i] for i in range(len(program.inputs))]
    return function_source(name, inputs, [*map(str, writer.statements), end])


def function_source(name: str, given: Sequence[str], lines: Sequence[str]) -> str:
    """A function of that name, of what is given."""
    return "\n".join([f"def {name}({', '.join(given)}):", *(f"    {line}" for line in lines)])


def identifiers(program: Program) -> dict[Register, str]:
    """A name of Python's for each register, no two alike, and none that the source uses."""
    taken = {*TAKEN, "compiled"}
    found: dict[Register, str] = {}
    for register, shown in program.names.items():
        name = re.sub(r"[^A-Za-z0-9_]+", "_", shown).strip("_") or "v"
        if name[0].isdigit() or keyword.iskeyword(name) or name in taken:
            name = f"v_{name}"
        while name in taken:
            name += "_"
        taken.add(name)
        found[register] = name
    return found
