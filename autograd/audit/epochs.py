"""Which epoch a name belongs to, and what an update makes of a parameter.

An epoch opens with the first `forward` after an `update`. Within `update` a parameter is that of
the epoch to come, every other name of the epoch that ends. A parameter's definition in a later
epoch is its update: w - alpha*dL/dw, over the epoch before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter
from typing import NamedTuple

from autograd.audit.expressions import Apply, Derivative, Expression, Name, keys_in, names_in
from autograd.audit.lists import expanded
from autograd.audit.printed import Printed
from autograd.audit.sheet import Claim, Fault, Given, Sheet
from autograd.audit.worksheet import Reading, Statement, readings
from autograd.reading import printable

RATES = ("alpha", "eta", "lr", "learning_rate")


def read(text: str) -> list[Sheet]:
    """The sheets that a worksheet's text is, one for each section and each case.

    >>> [sheet] = read("given x = 2\\ndefine y = x^2\\nclaims\\n  y = 2*2 = 4")
    >>> [claim.read for claim in sheet.claims]
    ['y = 2*2 = 4']
    """
    return [
        replace(sheet, blanks=found.blanks, rounding=found.rounding)
        for found in readings(text)
        for sheet in sheets_of(found)
    ]


def sheets_of(found: Reading) -> list[Sheet]:
    """The sheets of what was read: every definition in every epoch, each claim in its own."""
    found = expanded(found)
    cases = list(_cases(found.statements))
    sheets = [_Epochs(found.directives, statements).sheet() for statements in cases]
    faults = [*found.faults, *sheets[0].faults]
    first, *others = sheets
    return [Sheet(first.title, first.given, first.definitions, first.claims, faults), *others]


def _cases(statements: Sequence[Statement]) -> Iterator[list[Statement]]:
    """The statements of each case: what stands outside all, with a given that is varied."""
    common: list[Statement] = []
    varied: list[Statement] = []
    case: dict[Expression, Statement] = {}
    for statement in statements:
        if statement.kind == "case":
            if varied or not case:
                yield [*_with(common, case), *varied]
            case, varied = {statement.left: statement}, []
        elif statement.kind == "claim":
            varied.append(statement)
        else:
            common.append(statement)
    yield [*_with(common, case), *varied]


def _with(common: Iterable[Statement], case: Mapping[Expression, Statement]) -> list[Statement]:
    """Givens with those of a case in the place of their own."""
    others = [s for s in common if s.left not in case or not s.kind.startswith("given")]
    return [*others, *(s._replace(kind="given") for s in case.values())]


class Update(NamedTuple):
    """What a step of gradient descent takes: the learning rate, and what is minimised."""

    rate: Name
    root: Name

    def of(self, parameter: Name) -> Expression:
        """A parameter after the step."""
        step = Apply("mul", (self.rate, Derivative(self.root, parameter)))
        return Apply("sub", (parameter, step))


class _Epochs:
    """The names of one case, and what they are in each epoch."""

    def __init__(self, directives: Mapping[str, str], statements: Sequence[Statement]) -> None:
        self.directives = directives
        self.faults: list[Fault] = []
        self.given = self._declared(statements, "given", "given ~")
        defined = self._declared(statements, "define", "let")
        self._refuse_cycles(defined)
        self.defined = {
            name: statement.links[0]
            for name, statement in defined.items()
            if name not in self.given  # a given node cuts the graph
        }
        self.claims = [s for s in statements if s.kind == "claim"]
        updated = {s.left for s in self.claims if s.section == "update"}
        self.parameters = [name for name in self.given if name in updated]

    def _declared(self, statements: Sequence[Statement], *kinds: str) -> dict[Name, Statement]:
        found: dict[Name, Statement] = {}
        for statement in statements:
            if statement.kind in kinds and isinstance(statement.left, Name):
                name = statement.left
                if name in found:
                    sentence = f"{printable(name.text)} is said in line {found[name].line} already"
                    self.faults.append(Fault(statement.line, 1, sentence))
                found.setdefault(name, statement)
        return found

    def _refuse_cycles(self, defined: dict[Name, Statement]) -> None:
        """Take names out that are computed from themselves, and say so."""
        while True:
            needs = {name: names_in(s.links[0]) for name, s in defined.items()}
            try:
                TopologicalSorter(needs).prepare()
                return
            except CycleError as error:
                names = error.args[1]
                chain = " -> ".join(printable(name.text) for name in reversed(names))
                statement = defined.pop(names[0])
                self.faults.append(Fault(statement.line, 1, f"a cycle of definitions: {chain}"))

    def sheet(self) -> Sheet:
        """Every definition in every epoch, each claim in its own."""
        placed = list(self._placed())
        last = max((epoch for _, epoch in placed), default=0)
        definitions: dict[Name, Expression] = {}
        update = self._update()
        for epoch in range(last + 2):
            for known, expression in self.defined.items():
                definitions[self._name(known, epoch)] = self._at(expression, epoch)
            if epoch and update:
                for name in self.parameters:
                    definitions[Name(name.text, epoch)] = self._at(update.of(name), epoch - 1)
        return Sheet(
            self.directives.get("title", ""),
            {name: _given(statement) for name, statement in self.given.items()},
            definitions,
            [self._claim(statement, epoch) for statement, epoch in placed],
            self.faults,
        )

    def _placed(self) -> Iterator[tuple[Statement, int]]:
        """Each claim with the epoch that it stands in."""
        epoch, updated = 0, False
        for statement in self.claims:
            if statement.section == "forward" and updated:
                epoch, updated = epoch + 1, False
            updated = updated or statement.section == "update"
            yield statement, epoch

    def _claim(self, statement: Statement, epoch: int) -> Claim:
        is_new = statement.section == "update" and statement.left in self.parameters
        links = tuple(self._at(link, epoch) for link in statement.links)
        left = self._at(statement.left, epoch + is_new)
        return Claim(statement.line, statement.read, left, links, statement.section, epoch)

    def _at(self, expression: Expression, epoch: int) -> Expression:
        """An expression with its names in an epoch."""
        if isinstance(expression, Name):
            return self._name(expression, epoch)
        if isinstance(expression, Derivative):
            root, variable = expression.root, expression.variable
            return Derivative(self._name(root, epoch), self._name(variable, epoch))
        if isinstance(expression, Apply):
            operands = tuple(self._at(operand, epoch) for operand in expression.operands)
            return Apply(expression.operation, operands)
        return expression

    def _name(self, name: Name, epoch: int) -> Name:
        """A name in an epoch; what is given and never updated has only one."""
        is_fixed = name in self.given and name not in self.parameters
        return Name(name.text, 0 if is_fixed else epoch)

    def _update(self) -> Update | None:
        """The update of a sheet that names a learning rate and has something to minimise."""
        rates = [Name(name) for name in (self.directives.get("learning rate", ""), *RATES)]
        rate = next((name for name in rates if name in self.given), None)
        used = {key for expression in self.defined.values() for key in keys_in(expression)}
        roots = [name for name, e in self.defined.items() if name not in used and _is_forward(e)]
        return Update(rate, roots[-1]) if rate and roots else None


def _is_forward(expression: Expression) -> bool:
    return not any(isinstance(key, Derivative) for key in keys_in(expression))


def _given(statement: Statement) -> Given:
    printed = Printed.of(statement.links[0])
    assert printed is not None  # the worksheet's reader asked
    return Given(printed.value, printed.unit, statement.kind == "given ~")
