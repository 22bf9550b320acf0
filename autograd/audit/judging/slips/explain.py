"""What a slip is consistent with: every change of its step that gives exactly what was written.

A step is computed again with one thing changed, over the author's own numbers, over those that the
author may have kept in the calculator, and over the true ones. What then rounds to the printed
number is a kind of slip; where nothing gives it, nothing is said. Few digits are easily hit by
chance, so the fewer there are the fewer kinds are named.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from fractions import Fraction
from functools import cache, cached_property
from itertools import chain
from typing import Any, NamedTuple

from autograd.audit.decimals import decimal
from autograd.audit.evaluation import FAILURES, Evaluation
from autograd.audit.expressions import (
    Apply,
    Derivative,
    Expression,
    Key,
    Name,
    keys_in,
    size,
    whole_number,
    written,
)
from autograd.audit.judging.ledger import Ledger, Written, float_of, is_any, is_slip, value_of
from autograd.audit.judging.slips.cases import Cases
from autograd.audit.judging.slips.changes import Change, Changes
from autograd.audit.judging.slips.digits import of_digits
from autograd.audit.judging.slips.elementwise import element_by_element
from autograd.audit.judging.slips.explanation import Explanation, Kind, telling
from autograd.audit.judging.slips.lines import exchanged, literals
from autograd.audit.judging.slips.operands import ACTIVATED, Operands
from autograd.audit.judging.slips.quick import Quick
from autograd.audit.judging.slips.rates import RATES, Update, rate_of, update_of
from autograd.audit.judging.slips.search import Hit, Numbers, hits, likeliest
from autograd.audit.judging.slips.sentences import explanation, valued
from autograd.audit.judging.slips.shape import shape
from autograd.audit.judging.slips.steps import is_slope, step_of, written_out
from autograd.audit.judging.slips.trees import (
    Factor,
    Term,
    factors_of,
    parts_of,
    terms_of,
)
from autograd.audit.judging.slips.unexplained import unexplained
from autograd.audit.kinds import middle, rational
from autograd.audit.printed import Printed
from autograd.audit.sheet import Sheet, multiple_of

MOST_STEP = 250  # parts of a step that is changed
MOST_PARTS = 60  # of a step whose parts are computed
MOST_BEHIND = 500  # names that a step is computed from
MOST_COUNTS = 4  # whole numbers that may be lost as factors


class Slip(NamedTuple):
    """A number that is wrong, or wrongly shown, with what it was computed from.

    `shown` are the lines before it; `gives` what one of them gives that is not what is printed.
    """

    left: Expression
    printed: Printed
    shown: Sequence[Expression]
    gives: Any
    step: Any
    truth: Any


class Explainer:
    """Explains the slips of one sheet, from what stands in the ledger when they are made.

    `exact` is what names are worth over what is written.
    """

    def __init__(
        self, sheet: Sheet, ledger: Ledger, truths: Evaluation, cases: Sequence[Sheet] = ()
    ) -> None:
        self.sheet = sheet
        self.cases = Cases(cases)
        self.ledger = ledger
        self.operands = Operands(sheet)
        self.true = Numbers(truths, Quick(Evaluation(sheet, float)))
        self.exact, self._floats = self._followed(is_any)
        self._kept = self._followed(is_slip)
        self.updates: list[Update] = []

    def of(self, slip: Slip) -> tuple[Explanation, ...]:
        """The kinds of slip that give what is printed, the likeliest first."""
        tried = self._tried(slip.left)
        step = step_of(self.sheet, slip.left)
        update = update_of(self.sheet, slip.printed, slip.left, step, tried)
        self.updates += [update] if update else []
        in_line = list[Hit]()  # what is shown says more than what may have been done
        if slip.gives is None and slip.shown and slip.printed.unit:
            in_line = self._exchanged(slip, slip.printed.like(slip.step), tried)
        found = self._changed(slip, tried[:2]) or self._changed(slip, tried[2:])
        shapes = self._shapes(slip)
        if shapes and found and all(self._shape(hit.change) in shapes for hit in found):
            done = {hit.change.kind for hit in found}
            in_line = [hit for hit in in_line if hit.change.kind in done]
        elif any(hit.change.kind is not Kind.OPERAND for hit in in_line):
            found = []  # which the line does not show
        best = likeliest(in_line, found, slip.printed)
        digits = {} if shapes else _of_digits(slip, (slip.gives, slip.step))
        if not best and not digits and not shapes:
            digits = _of_digits(slip, (slip.truth,))
        kinds = telling([hit.change.kind for hit in best] + [*digits], slip.printed.digits)
        best = [hit for hit in best if hit.change.kind in kinds]
        said = [digits[kind] for kind in kinds if kind in digits]
        return (*self._explained(best, slip.printed, tried[0]), *said) or (_not_explained(slip),)

    def changes(self, left: Expression) -> Iterator[Change]:
        """Every slip that is looked for in the step to a name."""
        printed = Printed("", Fraction(0), Fraction(0))
        own = self.own(left)
        return self._changes(Slip(left, printed, (), None, None, None), own)

    def _changed(self, slip: Slip, tried: Sequence[Numbers]) -> list[Hit]:
        """The changes of the step, or of the line that is shown, that give what is printed."""
        length = size(step_of(self.sheet, slip.left))
        if not tried or length > MOST_STEP:
            return []
        changes = self._changes(slip, tried[0].quick)
        shapes = self._shapes(slip)

        def is_shown(change: Change) -> bool:
            return self._shape(change) in shapes

        cuts_off = self.ledger.cuts_off
        return hits(changes, slip.printed, tried, length, cuts_off, is_shown if shapes else None)

    @staticmethod
    def _shapes(slip: Slip) -> set[Hashable]:
        """What the lines look like that give what is printed."""
        links = slip.shown if slip.gives is None else ()
        return {shape(link) for link in links if size(link) <= MOST_PARTS and not keys_in(link)} - {
            None
        }

    def _shape(self, change: Change) -> Hashable:
        """What a change looks like over the numbers that are written; None where some are not."""
        computed = valued(change.expression, self._number)
        return None if computed is None else shape(computed)

    def of_line(self, slip: Slip) -> tuple[Explanation, ...]:
        """What is wrong in a shown line whose value is right: one of its numbers."""
        tried = self._tried(slip.left)
        found = likeliest(self._exchanged(slip, slip.printed, tried), [], slip.printed)
        return self._explained(found, slip.printed, tried[0])

    def is_constant(self, left: Expression) -> bool:
        """Whether nothing is left to work out: each product of a step has a 0 of the author's."""
        own = self.own(left)
        products = [
            product
            for term in terms_of(step_of(self.sheet, left))
            if len(product := factors_of(term.expression)) > 1
        ]
        try:
            dead, truly_dead = (
                all(any(_is_zero(numbers, factor) for factor in product) for product in products)
                for numbers in (own, self.true.quick)
            )
        except FAILURES:
            return False
        return bool(products) and dead and not truly_dead

    def own(self, left: Expression) -> Quick:
        """What a name was computed from, as its author wrote it, in floats."""
        return self._tried(left)[0].quick

    def _tried(self, left: Expression) -> list[Numbers]:
        """The author's own numbers, the true ones, after a slip those with all digits kept."""
        self.ledger.set_aside(left)
        own = Numbers(self.exact, Quick(self._floats))
        if not self.ledger.slipped:
            return [own, self.true]
        exact, floats = self._kept
        return [own, self.true, Numbers(exact, Quick(floats))]

    def _followed(self, where: Callable[[Written], bool]) -> tuple[Evaluation, Evaluation]:
        """What is written, exactly and in floats."""
        followed, numbers = self.ledger.followed, self.ledger.numbers
        return (
            followed(Evaluation(self.sheet, written=numbers(value_of, where))),
            followed(Evaluation(self.sheet, float, numbers(float_of, where))),
        )

    def _exchanged(self, slip: Slip, right: Printed, tried: Sequence[Numbers]) -> list[Hit]:
        """The shown lines with an operand that makes them give what they should."""
        found = list[Hit]()
        keys = dict.fromkeys(key for step in self.steps(slip.left) for key in keys_in(step))
        for line in slip.shown:
            changes = exchanged(line, keys, self.operands, self.cases, self.ledger, self._right)
            found += hits(changes, right, tried, size(line))
        return found

    def _changes(self, slip: Slip, own: Quick) -> Iterator[Change]:
        """All changes of the step and of the line that is shown, and what else it may be."""
        links = slip.shown if slip.gives is None else ()
        written_there = {literal.value for link in links for literal in literals(link)}

        def is_lost(operand: Expression) -> bool:
            """Whether an operand is negative, and its number does not stand there with its sign."""
            return _is_negative(own, operand) and not self._is_among(operand, written_there)

        changes = Changes(self.operands, self._counts, is_lost, self.cases)
        lines = slip.shown if slip.gives is not None else ()
        steps = self.steps(slip.left)
        has_paths = self._has_paths(slip.left, steps[0])
        found = [changes.of(line, has_paths) for line in (*steps, *lines)]
        if isinstance(slip.left, (Name, Derivative)):
            found.append(_element_by_element(slip.left, steps[0]))
        near = {slip.left, *(key for step in steps for key in keys_in(step))}
        follows = {slip.left: True}

        @cache
        def is_at_hand(key: Key) -> bool:
            return self._is_at_hand(key, near)

        @cache
        def is_before(key: Key) -> bool:
            return is_at_hand(key) and not self._follows(key, follows)

        for change in chain.from_iterable(found):
            if all(map(is_before, keys_in(change.expression))):
                yield change
        for change in self._of_others(slip.left):
            if all(map(is_at_hand, keys_in(change.expression))):
                yield change

    def _is_among(self, operand: Expression, numbers: Collection[Fraction]) -> bool:
        """Whether the number of a name is one of these."""
        number = self._number(operand) if isinstance(operand, (Name, Derivative)) else None
        return number is not None and number[1] in numbers

    def _is_at_hand(self, key: Key, near: Collection[Expression]) -> bool:
        """Whether somebody has a number for a step with those near: of a later pass that is what is
        written, and what follows from it in one step.
        """
        if key in near or self._is_written(key) or is_slope(self.sheet, key):
            return True
        needs = self.sheet.needs(key)
        return bool(needs) and all(need in near or self._is_written(need) for need in needs)

    def _follows(self, key: Key, known: dict[Expression, bool]) -> bool:
        """Whether a number that is not written can only be computed after what is `known` to."""
        todo = [key]
        while todo:
            last = todo[-1]
            needs = [] if self._is_written(last) else self.sheet.needs(last)
            missing = [need for need in needs if need not in known]
            todo += missing
            if not missing:
                known.setdefault(todo.pop(), any(known[need] for need in needs))
        return known[key]

    def _has_paths(self, left: Expression, step: Expression) -> bool:
        """Whether it is a gradient, or a multiple of one, that arrives by several paths.

        What arrives from several samples are terms, and so are those of a - y.
        """
        meaning, copies = self._meaning(left), self.sheet.copies
        users = self.sheet.between(meaning) if isinstance(meaning, Derivative) else ()
        if sum(user not in copies for user in users) < 2:
            return False
        return not any(map(self._is_error, terms_of(step)))

    def _is_error(self, term: Term) -> bool:
        """Whether a term has names in it and no gradient: one of a - y."""
        keys = keys_in(term.expression)
        return bool(keys) and not any(
            isinstance(self._meaning(key), Derivative) and not is_slope(self.sheet, key)
            for key in keys
        )

    def steps(self, left: Expression) -> list[Expression]:
        """The step to a name, as defined and with what was not written written out."""
        step = step_of(self.sheet, left)
        long = written_out(self.sheet, step, self._is_written, left)
        return [step] if long == step else [step, long]

    def belonging(self, left: Expression) -> Mapping[Expression, Fraction]:
        """The numbers that are written or given for what a name is computed from, and parts of it,
        as 1 - a.
        """
        found: dict[Expression, Fraction] = {}
        found.update(self._numbers_behind(left).items())
        steps = [step for step in self.steps(left) if size(step) <= MOST_PARTS]
        for part in dict.fromkeys(part for step in steps for part in parts_of(step)):
            with suppress(*FAILURES):
                found.setdefault(part, rational(self.exact.of(part)))
        return found

    def _numbers_behind(self, left: Expression) -> Mapping[Key, Fraction]:
        todo = [key for step in self.steps(left) for key in keys_in(step)]
        found: dict[Key, Fraction] = {}
        seen = {*todo, left}
        while todo and len(seen) < MOST_BEHIND:
            key = todo.pop()
            if (number := self._number(self._alias(key))) is not None:
                found[key] = number[1]
                continue
            new = [need for need in self.sheet.needs(key) if need not in seen]
            seen.update(new)
            todo += new
        return found

    def _is_written(self, key: Key) -> bool:
        key = self._alias(key)
        return key in self.ledger.entries or key in self.sheet.given

    def _alias(self, key: Key) -> Key:
        """What a key was written under: a derivative by the name that the sheet gives it."""
        return self.sheet.as_written(key, self.ledger.entries)

    def _often(self, key: Key) -> Fraction:
        """How often a derivative is what is written for it under the name that the sheet gives."""
        return self.sheet.aliases[key][1] if isinstance(key, Derivative) else Fraction(1)

    def _meaning(self, left: Expression) -> Expression:
        """The derivative that a name stands for, else itself."""
        found = self.sheet.definitions.get(left) if isinstance(left, Name) else None
        _, inside = multiple_of(found) if found is not None else (1, left)
        return inside if isinstance(inside, Derivative) else left

    def _of_others(self, left: Expression) -> Iterator[Change]:
        """The values of other names: the left side has the wrong index, or means another."""
        if not isinstance(left, (Name, Derivative)):
            return
        for kind, other in self.operands.others(left):
            yield _of_left(other, kind if kind in ACTIVATED else Kind.LEFT)
        for value in self.cases.others(left):
            words = f"this is {written(left)}'s value in another case"
            yield Change(Kind.CASE, words, value, True)
        yield from self._step_alone(step_of(self.sheet, left))
        meaning = self._meaning(left)
        if isinstance(meaning, Derivative):
            for partner in self._partners(meaning):
                other = Derivative(meaning.root, partner)
                yield _of_left(self.sheet.aliases.get(other, (other, 1))[0])
            name = meaning.variable
            for own in (name, Name(name.text, name.epoch + 1)):
                yield _of_left(own)
            for rate in sorted(RATES):
                if Name(rate) in self.sheet.given:
                    updated = Apply("sub", (name, Apply("mul", (Name(rate), meaning))))
                    words = f"this is the updated {written(name)}"
                    yield Change(Kind.LEFT, words, updated, True)

    def _step_alone(self, step: Expression) -> Iterator[Change]:
        """What an update takes from a parameter, without the parameter."""
        rate = rate_of(self.sheet, step)
        for term in terms_of(step) if rate else ():
            if rate in keys_in(term.expression):
                words = f"this is {written(term.expression)} alone"
                yield Change(Kind.TERM, words, term.expression, True)

    def _partners(self, key: Derivative) -> Iterator[Name]:
        """What a variable is multiplied by: of dL/da the w of w*a."""
        for user in self.sheet.between(key):
            for term in terms_of(self.sheet.definitions[user]):
                names = [factor.expression for factor in factors_of(term.expression)]
                if key.variable in names:
                    yield from (n for n in names if isinstance(n, Name) and n != key.variable)

    @cached_property
    def _counts(self) -> list[int]:
        """2, and the whole numbers that the sheet divides by."""
        found = {2: None}
        for expression in self.sheet.definitions.values():
            found.update(dict.fromkeys(_divisors(expression)))
        return list(found)[:MOST_COUNTS]

    def _explained(
        self, found: Sequence[Hit], printed: Printed, own: Numbers
    ) -> tuple[Explanation, ...]:
        return tuple(
            explanation(hit.change, printed, self._number if hit.numbers is own else None)
            for hit in found
        )

    def _right(self, key: Key) -> tuple[str, Fraction] | None:
        """A name's number if no slip is in it."""
        entry = self.ledger.entries.get(self._alias(key))
        return None if entry is not None and entry.roots else self._number(key)

    def _number(self, key: Key) -> tuple[str, Fraction] | None:
        """A name's number as it was written or given."""
        printed = self.printed(key)
        return (printed.text, printed.value) if printed else None

    def printed(self, key: Key) -> Printed | None:
        """The number that was written or given for a name, or for what has another name, too."""
        entry = self.ledger.entries.get(self._alias(key))
        if entry is not None:
            is_other = isinstance(key, Derivative) and key not in self.ledger.entries
            return _times(entry.printed, self._often(key)) if is_other else entry.printed
        given = self.sheet.given.get(key) if isinstance(key, Name) else None
        return Printed(decimal(given.value), given.value, given.unit) if given else None


def _times(printed: Printed, times: Fraction) -> Printed | None:
    """A number that was written for what is a multiple, if it is that or its negative."""
    return {1: printed, -1: printed.negative}.get(int(times) if times.denominator == 1 else 0)


def _of_left(other: Expression, kind: Kind = Kind.LEFT) -> Change:
    return Change(kind, f"this is {written(other)}'s value", other, True)


def _of_digits(slip: Slip, numbers: Iterable[Any]) -> dict[Kind, Explanation]:
    """What happened to the digits of the first number from which that gives what is printed."""
    for right in numbers:
        found = {} if right is None else dict(of_digits(middle(right), slip.printed))
        if found:
            return {
                kind: Explanation(kind.value, f"consistent with {words}")
                for kind, words in found.items()
            }
    return {}


def _not_explained(slip: Slip) -> Explanation:
    """What there is to say of a slip without a cause."""
    right = slip.truth if slip.step is None else slip.step
    if slip.gives is None:
        line = f"nothing explains {'the line' if slip.shown else 'it'}"
    else:
        gives, places = middle(slip.gives), slip.printed.like
        is_right = places(gives) in (places(right), places(slip.truth))
        line = "the arithmetic is wrong" if is_right else "nothing explains it"
        right = gives if is_right else right
    return unexplained(slip.printed, right, line)


def _is_zero(numbers: Quick, factor: Factor) -> bool:
    """Whether a name or a mask is 0."""
    operand = factor.expression
    is_plain = not isinstance(operand, Apply) or operand.operation in ("above", "at least")
    return is_plain and bool(numbers.of(operand) == 0)


def _is_negative(numbers: Quick, operand: Expression) -> bool:
    """Whether an operand that is a name or a derivative is below zero."""
    if not isinstance(operand, (Name, Derivative)):
        return False
    try:
        return bool(numbers.of(operand) < 0)
    except FAILURES:
        return False


def _divisors(expression: Expression) -> Iterator[int]:
    if isinstance(expression, Apply):
        for operand in expression.operands:
            yield from _divisors(operand)
        below = whole_number(expression.operands[-1]) if expression.operation == "div" else None
        if below and below > 1:
            yield below


def _element_by_element(left: Key, step: Expression) -> Iterator[Change]:
    for words, changed in element_by_element(left, step):
        sentence = f"consistent with {words} element by element"
        yield Change(Kind.ELEMENTWISE, sentence, changed, True)
