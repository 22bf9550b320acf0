"""What one step of an optimizer makes of parameters, epoch by epoch, and of claims about them.

In an update what stands on the left is the number of the epoch to come; on the right stand those
of the epoch that ends, but for what an earlier line of the rule gives, such as a velocity.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from autograd.audit.expressions import Derivative, Expression, Key, Name, replaced
from autograd.audit.printed import Printed
from autograd.audit.reading.header import Header
from autograd.audit.reading.names import unmarked
from autograd.audit.reading.network import apply
from autograd.audit.reading.optimizers import Rule
from autograd.audit.reading.worksheet import Statement
from autograd.audit.sheet import Claim, Fault, Given
from autograd.reading import printable

INFINITE = 10**6


def updated_of(name: Name, given: Collection[Name]) -> Name | None:
    """The given parameter that w', w^+ or w(new) is the new one of; None for any other name."""
    base = Name(unmarked(name.text))
    return base if base in given else None


class Step:
    """The step that a header says, which makes the root smaller, for these parameters; where a
    notation maximises the root, larger.

    `given` are the numbers that the rule remembers before the first step, as `starts` has them;
    `known` are the names that the sheet declares, and `only` is the parameter that has no other
    beside it.
    """

    def __init__(
        self,
        header: Header,
        rule: Rule | None,
        root: Name | None,
        parameters: Sequence[Name],
        given: Mapping[Name, Given],
        starts: Mapping[Name, Given],
        known: Collection[str],
        only: Collection[Name],
    ) -> None:
        self.rule = rule if root is not None else None
        self.root, self.is_bias = root, header.is_bias
        self.ascends = root is not None and header.notation.is_maximised(root.text)
        self.parameters = dict.fromkeys(parameters)
        self.fixed = given.keys() - self.parameters.keys()
        self.known, self.line = known, header.line("optimizer")
        self.given: dict[Name, Given] = {}
        self.faults: list[Fault] = []
        self._states: dict[str, tuple[str, Name]] = {}  # each spelling: its letter, its name
        if rule := self.rule:
            for parameter in parameters:
                self._remember(rule, parameter, starts, parameter in only)

    def _remember(
        self, rule: Rule, parameter: Name, starts: Mapping[Name, Given], is_only: bool
    ) -> None:
        """The names of what is computed for a parameter: v_w, v_dw, and v where it is the only."""
        for letter in rule.letters:
            name = Name(rule.state(letter, parameter.text))
            names = rule.names(letter, parameter.text, is_only)
            for text in names:
                if text not in self.known:
                    self._states.setdefault(text, (letter, name))
            if letter not in rule.starts:
                continue
            said = [starts[Name(t)] for t in (*names, letter) if Name(t) in starts]
            usual = rule.starts[letter]
            if said:
                self.given[name] = said[0]
            elif usual is not None and (printed := Printed.of(usual)):
                self.given[name] = Given(printed.value, printed.unit)
            elif not self.faults:
                shown = printable(letter)
                sentence = f"where does {shown} start? say start {shown} = 0"
                self.faults.append(Fault(self.line, 1, sentence))

    def name(self, name: Name, epoch: int) -> Name:
        """A name in an epoch; what is given and never updated has only one."""
        return Name(name.text, 0 if name in self.fixed else epoch)

    def at(self, expression: Expression, epoch: int) -> Expression:
        """An expression with its names in an epoch."""
        return replaced(expression, lambda key: self._key(key, epoch))

    def _key(self, key: Key, epoch: int) -> Key:
        if isinstance(key, Derivative):
            return Derivative(self.name(key.root, epoch), self.name(key.variable, epoch))
        return self.name(key, epoch)

    def updates(self, epoch: int) -> Iterator[tuple[Name, Expression]]:
        """What the parameters are in an epoch, and what was computed on the way to them."""
        if self.rule is None or self.root is None:
            return
        for name in self.parameters:
            gradient: Expression = self._key(Derivative(self.root, name), epoch - 1)
            gradient = apply("neg", gradient) if self.ascends else gradient
            parameter = Name(name.text, epoch)
            own = self.rule.of_biases if self.is_bias(name) else None
            rule = own or self.rule
            yield from rule.steps(parameter, gradient, lambda key: self._key(key, epoch - 1))

    # --- claims -----------------------------------------------------------------------------------

    def claim(self, statement: Statement, epoch: int) -> Claim:
        """A claim with its names in their epochs."""
        section, left = statement.section, statement.left
        new = epoch + (section != "forward" or epoch == 0)  # that of what is marked as new
        after = epoch + (section != "forward")  # of what is remembered
        place = self._place(left)

        def right(key: Key) -> Key:
            if isinstance(key, Name) and key.text in self._states:
                letter, name = self._states[key.text]
                assert self.rule is not None
                return Name(name.text, after if self.rule.place(letter) < place else epoch)
            if isinstance(key, Name) and (base := self._marked(key)):
                return Name(base.text, epoch if base == (self._marked(left) or left) else new)
            return self._key(key, epoch)

        placed = self.at(left, epoch)
        if isinstance(left, Name) and left.text in self._states:
            state = self._states[left.text][1]
            placed = Name(state.text, epoch if self._is_start(state, statement, epoch) else after)
        elif base := self._marked(left):
            placed = Name(base.text, new)
        elif left in self.parameters and section == "update":
            placed = Name(left.text, epoch + 1)
        elif not isinstance(left, Name):
            placed = replaced(left, right)
        links = tuple(replaced(link, right) for link in statement.links)
        read, unread = statement.read, statement.unread
        return Claim(statement.line, read, placed, links, section, epoch, unread)

    def _is_start(self, state: Name, statement: Statement, epoch: int) -> bool:
        """Whether a line repeats what is remembered before the first step: v_w = 0."""
        if epoch or state not in self.given or not statement.links:
            return False
        printed = [Printed.of(link) for link in statement.links]
        return all(p is not None and p.value == self.given[state].value for p in printed)

    def _marked(self, name: Expression) -> Name | None:
        if not isinstance(name, Name) or name.text in self.known:
            return None
        return updated_of(name, self.parameters)

    def _place(self, left: Expression) -> int:
        """The place of what a line of the rule gives among its lines, after all for others."""
        if self.rule is None or not isinstance(left, Name):
            return INFINITE
        if left.text in self._states:
            return self.rule.place(self._states[left.text][0])
        return INFINITE
