"""Which epoch a name belongs to, and what an update makes of a parameter.

An epoch opens with the first `forward` after an `update`, or, where that is fairer, with the first
line after it that the epoch has already. A first pass that is written below its update only is one
where that is fairer, too, which is asked; and where no update is written at all, one may have been
made before a second `forward`. Within `update` a parameter is that of the epoch to come, every
other name of the epoch that ends; so is what an optimizer remembers. A parameter's definition in a
later epoch is its update over the epoch before: w - alpha*dL/dw, or the lines of the optimizer. w',
w^+, w(new) are the parameter of the epoch to come, wherever.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from itertools import groupby, product
from typing import NamedTuple

from autograd.audit.expressions import (
    Apply,
    Derivative,
    Expression,
    Key,
    Name,
    keys_in,
    names_in,
    numbers_in,
    replaced,
    written,
)
from autograd.audit.judging.fairest import fairest
from autograd.audit.printed import Printed
from autograd.audit.reading.cycles import refuse_cycles
from autograd.audit.reading.gradient_names import gradient_names, of_share
from autograd.audit.reading.header import reached
from autograd.audit.reading.lists import expanded
from autograd.audit.reading.names import CHANGE, power_in
from autograd.audit.reading.optimizers import Rule, of_letters, of_shown_changes
from autograd.audit.reading.second_names import usual_gradients
from autograd.audit.reading.steps import Step, updated_of
from autograd.audit.reading.tokens import number
from autograd.audit.reading.worksheet import Reading, Statement, readings
from autograd.audit.sheet import FOLLOW_THROUGH, Fault, Given, Sheet
from autograd.notes.profiles import NOTATIONS
from autograd.reading import printable

MOST_DEFINITIONS = 300_000  # over all epochs
MOST_LATE = 30  # lines of which any number may be the pass before the update
OF_UPDATES = ("learning rate", "optimizer")  # lines above which say what an update gives
NOT_NAMES = ("title", "rounding", "follow through")  # after which every name is known
LATE = "the pass before the update is written"


class Placed(NamedTuple):
    """A claim with its epoch; `is_late` says that it may be one of a pass after its update."""

    statement: Statement
    epoch: int
    is_late: bool = False


Placing = list[Placed]


def read(text: str) -> list[Sheet]:
    """The sheets that a worksheet's text is, one for each section and each case.

    >>> [sheet] = read("given x = 2\\ndefine y = x^2\\nclaims\\n  y = 2*2 = 4")
    >>> [claim.read for claim in sheet.claims]
    ['y = 2*2 = 4']
    """
    return [sheet for found in readings(text) for sheet in sheets_of(found)]


def sheets_of(found: Reading) -> list[Sheet]:
    """The sheets of what was read: every definition in every epoch, each claim in its own."""
    found = expanded(found, found.header.names, found.header.layers)
    said, sheets = found.directives, []
    unread, of_updates = _unread(found)
    for statements in _cases(_of_each_sample(found.statements, found.header.samples)):
        sheet = replace(
            _Epochs(found, statements).sheet(),
            notation=said["notation"] if said.get("notation") in NOTATIONS else "",
            blanks=found.blanks,
            marks=found.marks,
            follow_through=said.get("follow through", FOLLOW_THROUGH[0]),
            rounding=found.rounding,
            unread=unread,
            unread_updates=of_updates,
        )
        sheets.append(sheet)
    sheets[0] = replace(sheets[0], faults=[*found.faults, *sheets[0].faults])
    return sheets


def _unread(found: Reading) -> tuple[list[int], list[int]]:
    """The lines above the claims that are not read, and those of them that say what updates do."""
    words = {line: word for word, line in found.lines.items()}
    first = min((s.line for s in found.statements if s.kind == "claim"), default=0)
    lines = sorted({fault.line for fault in found.faults if fault.line < first})
    of_updates = [line for line in lines if words.get(line) in OF_UPDATES]
    others = [line for line in lines if words.get(line) not in (*OF_UPDATES, *NOT_NAMES)]
    return others, of_updates


def _of_each_sample(statements: Iterable[Statement], samples: Sequence[int]) -> Iterator[Statement]:
    """The definitions of what has the index (i), once for each sample."""
    for statement in statements:
        left = statement.left
        if not (samples and isinstance(left, Name) and "(i)" in left.text):
            yield statement
            continue
        for sample in samples if statement.kind in ("define", "let") else samples[:1]:
            links = tuple(_of_sample(link, sample) for link in statement.links)
            yield statement._replace(left=_of_sample(left, sample), links=links)


def _of_sample(expression: Expression, sample: int) -> Expression:
    def named(name: Name) -> Name:
        return Name(name.text.replace("(i)", f"({sample})"))

    def of_sample(key: Key) -> Expression:
        if isinstance(key, Name):
            return named(key)
        return Derivative(named(key.root), named(key.variable))

    return replaced(expression, of_sample)


def _cases(statements: Iterable[Statement]) -> Iterator[list[Statement]]:
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


class _Epochs:
    """The names of one case, and what they are in each epoch.

    `named` are the names that gradients have, by what they mean, `states` what is written that an
    optimizer remembers, each with its parameter, `starts` what it remembers before the first step;
    `placings` the claims, each with its epoch, in the ways in which they may be meant; `added` the
    names to which a line adds.
    """

    def __init__(self, found: Reading, statements: Sequence[Statement]) -> None:
        header, said = found.header, found.directives
        self.header, self.title = header, said.get("title", "")
        self.added = found.added
        self.steps = {text: (Name(name), step) for text, (name, step) in found.steps.items()}
        self.are_powers = said.get("superscript") == "power"
        self.faults: list[Fault] = []
        given = self._declared(statements, "given", "given ~")
        self.given = {name: _given(s) for name, s in given.items()} | header.given
        self.defined = self._definitions(statements)
        self.written = self._written(statements)
        self.root = header.root or (None if found.lacks_definitions else self._root())
        self.named: dict[Expression, Name] = {}
        self._behind: dict[Name, Collection[Name]] = {}
        self._name_gradients([s for s in statements if s.kind == "claim"])
        self.names = {e: name for name, e in reversed(self.defined.items())}
        started = self._declared(statements, "start")
        self.starts = {name: _given(statement) for name, statement in started.items()}
        claims = [s for s in statements if s.kind == "claim"]
        self.unsure = self._unsure(claims)
        self.is_unsaid = self._is_unsaid(claims)
        self.placings = self._placings(claims)

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

    def _definitions(self, statements: Sequence[Statement]) -> dict[Name, Expression]:
        """What the sheet defines and what its header does; a given node cuts the graph."""
        own = self._declared(statements, "define", "let")
        defined = {name: statement.links[0] for name, statement in own.items()}
        defined |= {n: e for n, e in self.header.definitions.items() if n not in own}
        lines = {name: statement.line for name, statement in own.items()}
        self.faults += refuse_cycles(defined, lines)
        return {name: e for name, e in defined.items() if name not in self.given}

    def _written(self, statements: Iterable[Statement]) -> list[Name]:
        """The parameters that an update is written for, in the order in which they are given."""
        claims = [s for s in statements if s.kind == "claim"]
        written = {s.left for s in claims if s.section == "update" and not self._repeats(s)}
        written |= {base for s in claims if (base := self._marked(s.left))}
        self.states = self._states(claims, written)
        written |= {*self.states.values()}
        return [name for name in self.given if name in written]

    def _states(self, claims: Iterable[Statement], written: Set[Expression]) -> dict[Name, Name]:
        """What is written that an optimizer remembers, v_w = 3, each with its parameter."""
        rules = [rule for rule in self.header.rules if rule.letters]
        free = {s.left for s in claims if isinstance(s.left, Name)}
        lefts = free - self.given.keys() - self.defined.keys()
        if not rules or not lefts:
            return {}
        indexed = self.header.indexed(self.given, self.given.keys() & written)
        found = _remembered(rules, self.given, lefts, indexed)
        if not found:
            alone = self._alone(claims, written)
            found = _remembered(rules, alone if len(alone) == 1 else (), lefts, is_alone=True)
        return found

    def _alone(self, claims: Iterable[Statement], written: Set[Expression]) -> Set[Name]:
        """What may be the only parameter: what is updated, else what is differentiated in, else
        what is called a weight, else what is given.
        """
        numbers = self.given.keys() - {self.header.rate}
        derived = {s.left.variable for s in claims if isinstance(s.left, Derivative)}
        weights = set(filter(self.header.is_weight, self.given))
        choices = ({n for n in numbers if n in found} for found in (written, derived, weights))
        return next(filter(None, choices), {*numbers})

    def _repeats(self, statement: Statement) -> bool:
        """Whether a line repeats a given number that is no parameter: x = 2."""
        left = statement.left
        if not isinstance(left, Name) or left not in self.given:
            return True
        printed = [Printed.of(link) for link in statement.links]
        is_parameter = self.header.is_weight(left) or self.header.is_bias(left)
        if is_parameter or statement.unread or None in printed:
            return False
        return all(p is not None and p.value == self.given[left].value for p in printed)

    def _root(self) -> Name | None:
        """What is minimised: of all that nothing else is computed from what most parameters lead
        to, and the last of those. It is no neuron of a network whose loss is not read.
        """
        roots = self._roots()
        written = set(self.written)

        def parameters(root: Name) -> int:
            return len(written & reached([root], self.defined).keys())

        return max(reversed(roots), key=parameters, default=None)

    def _roots(self) -> list[Name]:
        """What nothing else is computed from."""
        used = {key for expression in self.defined.values() for key in keys_in(expression)}
        used |= self.header.definitions.keys()
        return [name for name, e in self.defined.items() if name not in used and _is_forward(e)]

    def _name_usual_gradients(self, root: Name, claims: Iterable[Statement]) -> None:
        """The names that gradients of the only root have where no notation says which: dz, z.grad.

        One that is a step, dw = -eta*3, is none, and what more is added to is none yet.
        """
        known = self.defined.keys() | self.given.keys()
        if len(self._roots()) > 1:
            return
        keys = dict[str, None]()
        steps, rate = set(self.added), self.given.get(self.header.rate or Name(""))
        rate = None if CHANGE in self.header.letters else rate  # steps have names of their own
        for statement in claims:
            found = [key for link in statement.links for key in keys_in(link)]
            left, numbers = statement.left, [n for e in statement.links for n in numbers_in(e)]
            has_rate = self.header.rate in found or (
                rate is not None and any(abs(n.value) == abs(rate.value) for n in numbers)
            )
            if isinstance(left, Name) and (has_rate or statement.section == "update"):
                steps.add(left.text)
            keys |= dict.fromkeys(k.text for k in (left, *found) if isinstance(k, Name))
        free = [text for text in keys if Name(text) not in known and text not in steps]
        for name, meant in usual_gradients(free, root, known):
            self._name_gradient(name, meant, meant.root)

    def _name_gradients(self, claims: Iterable[Statement]) -> None:
        """The names of gradients: those that the sheet gives, then those of the notation."""
        for name, expression in self.defined.items():
            if not _is_forward(expression):
                self.named.setdefault(expression, name)
        if self.root is None:
            return
        if not self.header.is_named:
            self._name_usual_gradients(self.root, claims)
            return
        header, root = self.header, self.root
        quantities = header.network.quantities if header.network else {}
        operands = [name for e in self.defined.values() for name in names_in(e)]  # w = ? too
        for variable in dict.fromkeys([*self.defined, *self.given, *operands]):
            found = gradient_names(header.notation, root, variable, header.share, quantities)
            for name, expression in found:
                if name not in self.defined and name not in self.given:
                    self._name_gradient(name, expression, root)

    def _name_gradient(self, name: Name, meant: Expression, root: Name) -> None:
        """Give a gradient a name, but one that its root is computed from."""
        if root not in self._behind:
            self._behind[root] = reached([root], self.defined)
        if name not in self._behind[root]:
            self.defined[name] = meant
            self.named.setdefault(meant, name)

    # --- what is updated --------------------------------------------------------------------------

    def _choices(self) -> list[list[Name]]:
        """The parameters that are updated: as the sheet says, then as it may also be meant.

        Parameters that are not written are updated too where they are known by their meaning. Some
        books leave the biases as they are.
        """
        only = set(self.written)
        given = self.given.keys() - {self.header.rate}
        weights = only | {name for name in given if self.header.is_weight(name)}
        every = weights | {name for name in given if self.header.is_bias(name)}
        if not only:
            unsaid = [[name for name in self.given if name in every]] if self.is_unsaid else []
            return [list(self.unsure), *unsaid]
        choices = [every, weights, only] if self.header.is_named else [only, every, weights]
        different = [
            choice for place, choice in enumerate(choices) if choice not in choices[:place]
        ]
        return [
            [name for name in self.given if name in choice or name in self.unsure]
            for choice in different
        ]

    def _is_unsaid(self, claims: Iterable[Statement]) -> bool:
        """Whether an update may have been made of which no line is written: forward, backward, and
        forward again.
        """
        passes = [section for section, _ in groupby(s.section for s in claims)]
        is_again = "forward" in passes and "forward" in passes[passes.index("forward") + 1 :]
        is_known = bool(self.header.rules) and self.root is not None
        return is_again and is_known and not self.written and not self.unsure

    def _unsure(self, claims: Iterable[Statement]) -> dict[Name, int]:
        """The parameters that may have been updated in a line that is not understood, with that:
        w1 where `w1_next = 0.3` stands below `update`. What they are then is not known.
        """
        header, known = self.header, self.defined.keys() | self.given.keys() | self.states.keys()
        usual = [name for name in self.given if header.is_weight(name) or header.is_bias(name)]
        may_be = set(usual or self.given) - {header.rate, *self.written}
        found = dict[Name, int]()
        for statement in claims:
            left = statement.left
            if statement.section != "update" or not isinstance(left, Name):
                continue
            if left not in known and not self._marked(left):
                about = (name for name in may_be if _is_about(left.text, name.text))
                found |= dict.fromkeys(about, statement.line)
        return found

    def _marked(self, name: Expression) -> Name | None:
        """The parameter that an undeclared w', w^+ or w(new) is the new one of."""
        if not isinstance(name, Name) or name in self.given or name in self.defined:
            return None
        if name.text in self.steps:
            parameter, step = self.steps[name.text]
            return None if step == 0 else parameter
        return updated_of(name, self.given)

    # --- what names and derivatives mean ----------------------------------------------------------

    def _meaning(self, expression: Expression) -> Expression:
        """An expression with the second names of things as their first."""
        return replaced(expression, self._key)

    def _key(self, key: Key) -> Expression:
        if isinstance(key, Name):
            return self._power(Name(self.header.same.get(key.text, key.text)))
        root, variable = Name(self.header.same.get(key.root.text, key.root.text)), key.variable
        sample = self.header.losses.get(root.text)
        if sample is None or self.root is None or self.header.network is None:
            return Derivative(root, variable)
        if self.header.is_weight(variable) or self.header.is_bias(variable):
            variable = self.header.network.of_sample(variable, sample)
        meant = of_share(Derivative(self.root, variable), self.header.share)
        return self._called(meant, f"d{root.text}/d{key.variable.text}")

    def _power(self, name: Name) -> Expression:
        """delta_3^2, which nothing declares, as the square of an error term where that is said."""
        base, exponent = power_in(name.text)
        is_known = name in self.defined or name in self.given
        if not self.are_powers or is_known or Name(base) not in self.defined:
            return name
        return Apply("pow", (Name(base), number(exponent)))

    def _called(self, meant: Expression, text: str) -> Expression:
        """The name of a multiple of a derivative, which a number can be written for."""
        if isinstance(meant, Derivative):
            return meant
        if meant not in self.named:
            self.named[meant] = Name(text)
            self.defined[Name(text)] = meant
        return self.named[meant]

    def _left(self, left: Expression) -> Expression:
        """What a claim is about; -dE/dw has a name, as numbers are written for names.

        What a name is defined as, relu(z) of a, is that name.
        """
        left = self._meaning(left)
        if isinstance(left, Apply) and left in self.names:
            return self.names[left]
        if isinstance(left, Apply) and left.operation == "neg":
            is_derivative = isinstance(left.operands[0], Derivative)
            return self._called(left, written(left)) if is_derivative else left
        return left

    # --- epochs -----------------------------------------------------------------------------------

    def _placings(self, claims: Sequence[Statement]) -> list[Placing]:
        """The claims, each with the epoch that it stands in, as sections say and as lines do.

        What needs no forward lines has none: backward, update, backward.
        """
        meant = [self._meant(statement) for statement in claims]
        every = list[Placing]()
        own = (False, True) if self.steps else (False,)
        late_ones = _late(claims, self._changed)
        ways = [
            (late, again, False, one) for late, again, one in product(late_ones, (True, False), own)
        ]
        ways += [(range(0), False, True, False)] * self.is_unsaid
        for late, again, unsaid, one in ways:
            placed = zip(meant, self._epochs_of(claims, again, late, unsaid, one), strict=True)
            placing = [Placed(s, epoch, place in late) for place, (s, epoch) in enumerate(placed)]
            every += [placing] if placing not in every else []
        return every

    def _epochs_of(
        self,
        claims: Iterable[Statement],
        again: bool,
        late: Collection[int],
        unsaid: bool,
        is_own: bool,
    ) -> Iterator[int]:
        """The epoch of each claim; after an update one that is written `again` may open the next.

        So may the gradient of a parameter that is updated already. What is `late` opens none. An
        update that is `unsaid` stands behind all that is no forward line. A step that a line says,
        theta_3, is that of the lines below it, too, unless it `is_own` to the line.
        """
        reached = 0
        epoch, own, changed = 0, set[Expression](), set[Expression]()
        for place, statement in enumerate(claims):
            left = self._derivative(statement.left)
            is_next = left in own or (isinstance(left, Derivative) and left.variable in changed)
            is_next = statement.section == "forward" or (again and is_next)
            if changed and is_next and place not in late:
                epoch, own, changed = max(epoch, reached) + 1, set(), set()
            step = self._step(left)
            if step is not None and step > epoch:  # theta_3, or dJ/dtheta_2
                if not is_own:
                    epoch, own, changed = step, set(), set()
                reached = max(reached, step - isinstance(left, Derivative))
            own.add(left)
            is_repeated = isinstance(left, Name) and step is not None and step < epoch
            if (updated := self._changed(statement)) and not is_repeated:
                changed.add(updated)
            elif unsaid and statement.section == "backward":
                changed.add(left)
            yield epoch if step is None else max(epoch, step)

    def _step(self, left: Expression) -> int | None:
        """How many steps come before a line whose left side says it; None where it does not."""
        is_name = isinstance(left, Name)
        name = left.variable if isinstance(left, Derivative) else left
        _, step = (
            self.steps.get(name.text, (None, None)) if isinstance(name, Name) else (None, None)
        )
        return step if step is None else step - is_name

    def _changed(self, statement: Statement) -> Expression | None:
        """What a claim is an update of, if it is one."""
        left = self._derivative(statement.left)
        marked = self._marked(left)
        is_state = left in self.states and statement.section != "forward"
        return (marked or left) if marked or is_state or statement.section == "update" else None

    def _derivative(self, left: Expression) -> Expression:
        """The derivative that a name is given to; anything else as it is."""
        found = self.defined.get(left) if isinstance(left, Name) else None
        return found if isinstance(found, Derivative) else left

    def _meant(self, statement: Statement) -> Statement:
        links = tuple(map(self._meaning, statement.links))
        return statement._replace(left=self._left(statement.left), links=links)

    def _without_step(self, parameters: Sequence[Name], step: Step) -> Iterator[Fault]:
        """What an update lacks, at its first line."""
        if parameters and step.rule is None and not self.header.faults:
            updates = (
                s for s, *_ in self.placings[0] if s.section == "update" or self._marked(s.left)
            )
            line = next(updates).line
            wanted = "say learning rate: 0.1" if self.root else "define what is minimised"
            yield Fault(line, 1, f"what an update gives is not known: {wanted}")

    def _definitions_in(self, epoch: int, step: Step) -> Iterator[tuple[Name, Expression]]:
        for name, expression in self.defined.items():
            yield step.name(name, epoch), step.at(expression, epoch)
        if epoch:
            yield from step.updates(epoch)

    def sheet(self) -> Sheet:
        """Every definition in every epoch, each claim in its own, as its author may mean it."""
        choices = self._choices()
        states = {name.text: parameter.text for name, parameter in self.states.items()}
        meant = of_letters(self.header.rules, states, {*states.values()})
        most = None if any(choices) else 1
        if CHANGE in self.header.letters:
            placed = self.placings[0]
            meant = of_shown_changes(meant, (e for each in placed for e in each.statement.links))
        rules: list[Rule | None] = [*meant[:most]] or [None]
        placings = self.placings[:most]
        every = product(placings, rules, choices)
        sheets = (self._sheet(placed, rule, each) for placed, rule, each in every)
        return fairest(sheets, from_start=self.is_unsaid)

    def _sheet(self, placed: Placing, rule: Rule | None, parameters: Sequence[Name]) -> Sheet:
        """The sheet of claims in these epochs, whose parameters are updated by this rule."""
        known = {name.text for name in (*self.defined, *self.given)}
        only = next((each for each in (self.written, parameters) if len(each) == 1), ())
        unsure = self.unsure.keys()
        step = Step(
            self.header,
            rule,
            self.root,
            parameters,
            self.given,
            self.starts,
            known,
            only,
            unsure,
            self.steps,
        )
        faults = [*self.faults, *step.faults, *self._without_step(parameters, step)]
        last = max((each.epoch for each in placed), default=0)
        most = MOST_DEFINITIONS // (len(self.defined) + len(parameters) + 1)
        if last + 2 > most:
            faults.append(Fault(1, 1, f"with so many names a sheet has at most {most} epochs"))
            last = most - 2
        return Sheet(
            self.title,
            self.given | step.given,
            dict(pair for epoch in range(last + 2) for pair in self._definitions_in(epoch, step)),
            [
                replace(step.claim(statement, epoch), asked=LATE * is_late)
                for statement, epoch, is_late in placed
                if epoch <= last
            ],
            faults,
        )


def _late(
    claims: Sequence[Statement], changed: Callable[[Statement], Expression | None]
) -> Iterator[range]:
    """The lines that may be of the pass before an update and stand below it: none, or all from the
    first `forward` on or only the first few, where nothing of that pass stands above the update.
    """
    yield range(0)
    updates = (place for place, statement in enumerate(claims) if changed(statement))
    passes = (place for place, each in enumerate(claims) if each.section == "forward")
    update, start = next(updates, None), next(passes, None)
    if update is None or start is None or start < update:
        return
    end = start
    while end < len(claims) and claims[end].section == "forward":
        end += 1
    ends = range(end, start, -1) if end - start <= MOST_LATE else (end,)
    yield from (range(start, end) for end in ends)


def _remembered(
    rules: Iterable[Rule],
    parameters: Iterable[Name],
    lefts: Iterable[Name],
    indexed: Collection[str] = (),
    is_alone: bool = False,
) -> dict[Name, Name]:
    """The left sides that are what a rule remembers of a parameter, each with that."""
    texts = [name.text for name in parameters]
    found = dict[Name, Name]()
    for rule in rules:
        states = rule.states(texts, indexed, is_alone)
        for left in lefts:
            if state := states.find(left.text):
                found[left] = Name(state.parameter)
    return found


def _is_about(text: str, parameter: str) -> bool:
    """Whether a name that nothing declares may be one of a parameter's: new_w1 of w1, no w10.

    >>> _is_about("w_next", "w"), _is_about("w_10", "w_1"), _is_about("Deltaw_1", "w1")
    (True, False, True)
    """
    bare, wanted = (re.sub("[^A-Za-z0-9]", "", each) for each in (text, parameter))
    return re.search(rf"{wanted}(?![0-9])" if wanted[-1:].isdigit() else wanted, bare) is not None


def _is_forward(expression: Expression) -> bool:
    return not any(isinstance(key, Derivative) for key in keys_in(expression))


def _given(statement: Statement) -> Given:
    printed = Printed.of(statement.links[0])
    assert printed is not None  # the worksheet's reader asked
    return Given(printed.value, printed.unit, statement.kind == "given ~")
