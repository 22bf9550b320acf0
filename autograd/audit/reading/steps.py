"""What one step of an optimizer makes of parameters, epoch by epoch, and of claims about them.

In an update what stands on the left is the number of the epoch to come; on the right stand those
of the epoch that ends, but for what an earlier line of the rule gives, such as a velocity.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from types import MappingProxyType

from autograd.audit.expressions import Derivative, Expression, Key, Name, replaced
from autograd.audit.printed import Printed
from autograd.audit.reading.header import Header
from autograd.audit.reading.names import unmarked
from autograd.audit.reading.network import apply
from autograd.audit.reading.optimizers import Rule
from autograd.audit.reading.states import State
from autograd.audit.reading.worksheet import Statement
from autograd.audit.sheet import Claim, Fault, Given
from autograd.reading import printable

INFINITE = 10**6


def updated_of(name: Name, given: Collection[Name]) -> Name | None:
    """The given parameter that w', w^+, w(new) or new_w is the new one of; None for any other."""
    base = Name(unmarked(name.text))
    return base if base in given else None


class Step:
    """The step that a header says, which makes the root smaller, for these parameters; where a
    notation maximises the root, larger.

    `given` are the numbers that the rule remembers before the first step, as `starts` has them;
    `known` are the names that the sheet declares, and `only` is the parameter that has no other
    beside it. What an update makes of those `unsure` is not known. `numbered` are the names that
    parameters have in a step, with that, None for the one to come.
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
        unsure: Collection[Name] = (),
        numbered: Mapping[str, tuple[Name, int | None]] = MappingProxyType({}),
    ) -> None:
        self.rule = rule if root is not None else None
        self.root, self.is_bias = root, header.is_bias
        self.ascends = root is not None and header.notation.is_maximised(root.text)
        self.numbered = numbered
        self.parameters, self.unsure = dict.fromkeys(parameters), unsure
        self.fixed = given.keys() - self.parameters.keys()
        self.known, self.line = known, header.line("optimizer")
        self.given: dict[Name, Given] = {}
        self.faults: list[Fault] = []
        self._found: dict[str, State | None] = {}  # by name
        if rule := self.rule:
            texts = [name.text for name in parameters]
            self._states = rule.states(texts, header.indexed(given, parameters))
            self._alone = rule.states([name.text for name in only], is_alone=True)
            self._start(rule, texts, starts)

    def _start(self, rule: Rule, parameters: Sequence[str], starts: Mapping[Name, Given]) -> None:
        """Give what the rule remembers before the first step, of each parameter or of all."""
        said = {
            (state.letter, state.parameter): given
            for name, given in starts.items()
            if (state := self._state(name.text, is_start=True))
        }
        for letter, usual in rule.starts.items():
            of_all = starts.get(Name(letter))
            for parameter in parameters:
                name = Name(rule.state(letter, parameter))
                if given := said.get((letter, parameter), of_all):
                    self.given[name] = given
                elif usual is not None and (printed := Printed.of(usual)):
                    self.given[name] = Given(printed.value, printed.unit)
                elif not self.faults:
                    shown = printable(letter)
                    sentence = f"where does {shown} start? say start {shown} = 0"
                    self.faults.append(Fault(self.line, 1, sentence))

    def _state(self, text: str, is_start: bool = False) -> State | None:
        """What a name that the sheet does not declare is of what the rule remembers."""
        if self.rule is None or (text in self.known and not is_start):
            return None
        if text not in self._found:
            self._found[text] = self._states.find(text) or self._alone.find(text)
        return self._found[text]

    def _remembered(self, text: str, epoch: int, others: Collection[int]) -> Name | None:
        """The name in an epoch of what is remembered; None where it says a step that is not one
        of the `others`.
        """
        state = self._state(text)
        if state is None or self.rule is None or state.step not in (None, *others):
            return None
        name = self.rule.state(state.letter, state.parameter)
        return Name(name, epoch if state.step is None else state.step)

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
        for name in (each for each in self.parameters if each not in self.unsure):
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
            if isinstance(key, Derivative) and (of := self._numbered(key.variable)):
                return Derivative(self.name(key.root, of.epoch), of)
            if isinstance(key, Name) and (of := self._numbered(key)):
                return of
            if isinstance(key, Name) and (state := self._state(key.text)):
                before = self.rule is not None and self.rule.place(state.letter) < place
                found = self._remembered(key.text, after if before else epoch, range(after + 1))
                return found or self._key(key, epoch)
            if isinstance(key, Name) and (base := self._marked(key)):
                return Name(base.text, epoch if base == (self._marked(left) or left) else new)
            if base := self._renewed(key):
                return Name(base.text, new)
            return self._key(key, epoch)

        placed: Expression = self.at(left, epoch)
        if isinstance(left, Name) and (name := self._remembered(left.text, after, {after})):
            placed = Name(name.text, epoch) if self._is_start(name, statement, epoch) else name
        elif isinstance(left, Name) and (of := self._numbered(left)):
            placed = of
        elif base := self._marked(left) or self._renewed(left):
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
        given = self.given.get(Name(state.text))
        if epoch or given is None or not statement.links:
            return False
        printed = [Printed.of(link) for link in statement.links]
        return all(p is not None and p.value == given.value for p in printed)

    def _numbered(self, name: Name) -> Name | None:
        """The parameter of the step that a name says, w^(2); None where it says none."""
        parameter, step = self.numbered.get(name.text, (None, None))
        return None if parameter is None or step is None else Name(parameter.text, step)

    def _marked(self, name: Expression) -> Name | None:
        if not isinstance(name, Name) or name.text in self.known:
            return None
        if name.text in self.numbered:
            return self.numbered[name.text][0]
        return updated_of(name, self.parameters)

    def _renewed(self, name: Expression) -> Name | None:
        """What z_new is the new one of where z is computed, and parameters are updated."""
        if not isinstance(name, Name) or name.text in self.known or not self.parameters:
            return None
        base = Name(unmarked(name.text))
        return base if base.text in self.known and base not in self.fixed else None

    def _place(self, left: Expression) -> int:
        """The place of what a line of the rule gives among its lines, after all for others."""
        if self.rule is None or not isinstance(left, Name):
            return INFINITE
        state = self._state(left.text)
        return self.rule.place(state.letter) if state else INFINITE
