"""Every change of a step that a slip may be: a sign turned, a part left out, another operand.

A change is an expression in the place of the step's, so that it is computed as any other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple

from autograd.audit.expressions import (
    ZERO,
    Apply,
    Derivative,
    Expression,
    Key,
    Name,
    Number,
    keys_in,
    substituted,
    whole,
    written,
)
from autograd.audit.judging.slips.cases import Cases
from autograd.audit.judging.slips.explanation import Kind
from autograd.audit.judging.slips.operands import Operands
from autograd.audit.judging.slips.trees import (
    ARITHMETIC,
    Factor,
    Term,
    factors_of,
    negative,
    product_of_factors,
    sum_of_terms,
    terms_of,
)
from autograd.audit.slopes import ACTIVATIONS, SLOPES, of_sigmoid, rest_of

DEGREE = Number(
    "pi/180", Fraction("3.141592653589793238462643383279502884197169") / 180, Fraction(0)
)
LOG_10 = Number("ln(10)", Fraction("2.302585092994045684017991454684364207601101"), Fraction(0))
PASSES = {
    -1: "the old {} in the place of the updated ones",
    1: "the updated {} in the place of the old ones",
}
Build = Callable[[Expression], Expression]


class Change(NamedTuple):
    """What a slip may have made of a step: its kind, in words, and what is computed then.

    Words that are a sentence are said as they are.
    """

    kind: Kind
    words: str
    expression: Expression
    is_sentence: bool = False


class Changes:
    """The changes of steps of one sheet; `counts` are whole numbers that may be lost as factors.

    `is_negative` says whether an operand is below zero, so that its sign is what was lost.
    """

    def __init__(
        self,
        operands: Operands,
        counts: Sequence[int] = (2,),
        is_negative: Callable[[Expression], bool] = lambda operand: False,
        cases: Cases | None = None,
    ) -> None:
        self.operands = operands
        self.counts = counts
        self.is_negative = is_negative
        self.cases = cases or Cases()

    def of(self, step: Expression, is_chain: bool = False) -> Iterator[Change]:
        """All changes of a step; the terms of a chain rule are paths."""
        yield Change(Kind.SIGN, "the sign of the result turned", negative(step))
        yield from _moved(step, "the result", lambda e: e)
        yield from self._other_softmax(step)
        yield from self._of_other_pass(step)
        for slope in dict.fromkeys(s for key in keys_in(step) for s in self.operands.slopes(key)):
            twice = Apply("mul", (step, slope))
            yield Change(Kind.FACTOR_TWICE, f"a factor {written(slope)} too many", twice)
        yield from self._within(step, lambda e: e, Kind.PATH if is_chain else Kind.TERM)
        yield from self._constants(step, "the result", lambda e: e)

    def _other_softmax(self, step: Expression) -> Iterator[Change]:
        """A share of a softmax by another rule: a sigmoid, shares of what is no power of e."""
        if not isinstance(step, Apply) or step.operation != "div":
            return
        own, total = step.operands
        inside: dict[Expression, Expression] = {
            power: power.operands[0]
            for _, power in terms_of(total)
            if isinstance(power, Apply) and power.operation == "exp"
        }
        if own in inside:
            sigmoid = Apply("sigmoid", (inside[own],))
            yield Change(Kind.OPERAND, "sigmoid for softmax", sigmoid)
            shares = substituted(step, inside)
            yield Change(Kind.FACTOR, "the exponential function left out", shares)

    def _of_other_pass(self, step: Expression) -> Iterator[Change]:
        """All parameters from before an update, or from after it; or all that was computed."""
        sheet = self.operands.sheet
        names = [key for key in dict.fromkeys(keys_in(step)) if isinstance(key, Name)]
        for later, words in PASSES.items():
            found = {name: Name(name.text, name.epoch + later) for name in names}
            known = {n: m for n, m in found.items() if m in sheet.given or m in sheet.definitions}
            for called in ("parameters", "numbers"):
                moved: dict[Expression, Expression] = {
                    name: other
                    for name, other in known.items()
                    if (Name(name.text) in sheet.given) == (called == "parameters")
                }
                if len(moved) > 1:
                    yield Change(Kind.EPOCH, words.format(called), substituted(step, moved))

    def _within(
        self, expression: Expression, build: Build, omitted: Kind = Kind.TERM
    ) -> Iterator[Change]:
        """The changes inside a sum, a product or an operand."""
        terms = terms_of(expression)
        for index, term in enumerate(terms):

            def rebuilt(inside: Expression, index: int = index, term: Term = term) -> Expression:
                changed = [*terms[:index], Term(term.sign, inside), *terms[index + 1 :]]
                return build(sum_of_terms(changed))

            if len(terms) > 1:
                rest = build(sum_of_terms([*terms[:index], *terms[index + 1 :]]))
                yield from self._of_term(term, rest, rebuilt, omitted)
            yield from self._within_product(term.expression, rebuilt)

    def _of_term(
        self, term: Term, rest: Expression, rebuilt: Build, omitted: Kind
    ) -> Iterator[Change]:
        text = written(term.expression)
        yield self._turned(term.expression, rebuilt)
        noun = "path" if omitted is Kind.PATH else "term"
        yield Change(omitted, f"the {noun} {text} left out", rest)
        if len(factors_of(term.expression)) > 1:
            yield from self._constants(term.expression, text, rebuilt)
        elif not isinstance(term.expression, Number):
            twice = rebuilt(Apply("mul", (whole(2), term.expression)))
            yield Change(Kind.CONSTANT, f"the {noun} {text} taken twice", twice)
        yield from _moved(term.expression, text, rebuilt)

    def _turned(self, term: Expression, rebuilt: Build) -> Change:
        """A term's sign turned, said of the operand that is negative."""
        factors = factors_of(term)
        for index, (operand, below) in enumerate(factors):
            if self.is_negative(operand):
                turned = Factor(Apply("neg", (operand,)), below)
                changed = product_of_factors([*factors[:index], turned, *factors[index + 1 :]])
                words = f"the sign of {written(operand)} lost"
                return Change(Kind.SIGN_OF_TERM, words, rebuilt(changed))
        words = f"the sign of {written(term)} turned"
        return Change(Kind.SIGN_OF_TERM, words, rebuilt(negative(term)))

    def _constants(self, expression: Expression, text: str, build: Build) -> Iterator[Change]:
        for count in self.counts:
            number = whole(count)
            more = f"a factor {count} too many in {text}"
            yield Change(Kind.CONSTANT, more, build(Apply("mul", (number, expression))))
            less = f"a factor 1/{count} too many in {text}"
            yield Change(Kind.CONSTANT, less, build(Apply("div", (expression, number))))

    def _within_product(self, expression: Expression, build: Build) -> Iterator[Change]:
        factors = _grouped(factors_of(expression))
        for index, factor in enumerate(factors):

            def rebuilt(
                inside: Expression, index: int = index, below: bool = factor.below
            ) -> Expression:
                changed = [*factors[:index], Factor(inside, below), *factors[index + 1 :]]
                return build(product_of_factors(changed))

            if len(factors) > 1:
                rest = [*factors[:index], *factors[index + 1 :]]
                yield from self._of_factor(factor, build(product_of_factors(rest)), rebuilt)
            yield from self._of_operand(factor.expression, rebuilt)

    def _of_factor(self, factor: Factor, rest: Expression, rebuilt: Build) -> Iterator[Change]:
        operand = factor.expression
        text = written(operand)
        if isinstance(operand, Number):
            yield Change(Kind.CONSTANT, f"the factor {'1/' * factor.below}{text} left out", rest)
        elif self._is_mask(operand):
            yield Change(Kind.MASK, f"the mask {text} left out", rest)
            yield Change(Kind.MASK, f"the mask {text} taken as 0", rebuilt(ZERO))
        else:
            yield Change(Kind.FACTOR, f"the factor {text} left out", rest)
        twice = rebuilt(Apply("mul", (operand, operand)))
        yield Change(Kind.FACTOR_TWICE, f"the factor {text} taken twice", twice)

    def _is_mask(self, operand: Expression) -> bool:
        if isinstance(operand, Derivative):
            return self.operands.function_of(operand.root) == "relu"
        return isinstance(operand, Apply) and operand.operation in ("above", "at least")

    def _of_operand(self, operand: Expression, build: Build) -> Iterator[Change]:
        if isinstance(operand, Name):
            yield from self._others(operand, build)
        elif isinstance(operand, Derivative):
            yield from self._others(operand, build)
            yield from self._of_slope(operand, build)
        elif isinstance(operand, Apply) and (base := _slope_base(operand)):
            yield from self._of_written_slope(operand, base, build)
        elif isinstance(operand, Apply) and len(terms_of(operand)) > 1:
            yield from self._within(operand, build)
        elif isinstance(operand, Apply):
            yield from self._of_function(operand, build)

    def _others(self, key: Key, build: Build) -> Iterator[Change]:
        for kind, other in self.operands.others(key):
            yield Change(kind, _stands(kind, other, key), build(other))
        for value in self.cases.others(key):
            yield Change(Kind.CASE, f"{written(key)} of another case", build(value))

    def _of_slope(self, key: Derivative, build: Build) -> Iterator[Change]:
        """The changes of an activation's derivative, which people write out: a*(1 - a)."""
        formula = SLOPES.get(self.operands.function_of(key.root))
        if formula is not None:
            yield from self._of_written_slope(formula(key.root), key.root, build)

    def _of_written_slope(self, operand: Expression, base: Name, build: Build) -> Iterator[Change]:
        """The changes of a*(1 - a) or 1 - a^2, where another operand stands in both places."""
        for kind, other in self.operands.others(base):
            words = f"{written(operand)} taken at {written(other)}"
            yield Change(kind, words, build(substituted(operand, {base: other})))
        function = self.operands.function_of(base)
        if function in SLOPES:
            at = SLOPES[function](Apply(function, (base,)))
            words = f"the derivative of {function} taken at {base.text}"
            yield Change(Kind.SLOPE_AT, words, build(at))
        for activation, form in SLOPES.items():
            if function and activation != function:
                words = f"{written(form(base))} for {written(operand)}"
                yield Change(Kind.OPERAND, words, build(form(base)))
        for turned in _signs_turned(operand):
            words = f"{written(turned)} for {written(operand)}"
            yield Change(Kind.SIGN_OF_TERM, words, build(turned))
        for changed in _parts_lost(operand, base):
            words = f"{written(changed)} for {written(operand)}"
            yield Change(Kind.FACTOR, words, build(changed))

    def _of_function(self, operand: Apply, build: Build) -> Iterator[Change]:
        """The changes of a power or a function, and of what it is taken of."""
        operation, operands = operand.operation, operand.operands
        first = operands[0]

        def rebuilt(inside: Expression) -> Expression:
            return build(Apply(operation, (inside, *operands[1:])))

        if operation == "pow":
            yield Change(Kind.FACTOR, f"the power of {written(first)} left out", build(first))
        elif operation not in ARITHMETIC:
            yield from _in_other_units(operand, build)
            text = written(operand)
            kind = Kind.PRE_ACTIVATION if operation in ACTIVATIONS else Kind.FACTOR
            yield Change(kind, f"{written(first)} for {text}", build(first))
            turned = rebuilt(negative(first))
            yield Change(Kind.SIGN_OF_TERM, f"the sign of {written(first)} turned", turned)
            for function in self.operands.functions():
                if function != operation and operation in ACTIVATIONS:
                    changed = Apply(function, operands)
                    yield Change(Kind.OPERAND, f"{function} for {operation}", build(changed))
        if operation not in ("above", "at least"):
            yield from self._within(first, rebuilt)


# --- parts of a*(1 - a) -------------------------------------------------------------------------


def _parts_lost(operand: Expression, base: Name) -> list[Expression]:
    """What is left of a*(1 - a) without a factor, of 1 - a^2 without the power."""
    return [base, rest_of(base)] if operand == of_sigmoid(base) else [rest_of(base)]


def _signs_turned(operand: Expression) -> Iterator[Expression]:
    """1 + a of 1 - a, in a*(1 - a) too."""
    if isinstance(operand, Apply) and operand.operation == "sub":
        yield Apply("add", operand.operands)
    elif isinstance(operand, Apply) and operand.operation == "mul":
        first, second = operand.operands
        yield from (Apply("mul", (first, turned)) for turned in _signs_turned(second))


def _slope_base(operand: Expression) -> Name | None:
    """The activation in a*(1 - a) or 1 - a^2."""
    for key in dict.fromkeys(keys_in(operand)):
        if isinstance(key, Name) and operand in _slopes(key):
            return key
    return None


def _slopes(a: Name) -> list[Expression]:
    """The derivatives of activations as they are written: 1 - a^2, 1 - a*a."""
    return [*(form(a) for form in SLOPES.values()), rest_of(Apply("mul", (a, a)))]


def _grouped(factors: list[Factor]) -> list[Factor]:
    """Factors with a and 1 - a, wherever the two stand, as one."""
    for index, (expression, below) in enumerate(factors):
        partner = Factor(rest_of(expression), below)
        if isinstance(expression, Name) and partner in factors:
            second = factors.index(partner)
            kept = [f for i, f in enumerate(factors) if i not in (index, second)]
            return [*_grouped(kept), Factor(of_sigmoid(expression), below)]
    return factors


def epoch_of(key: Key) -> int:
    """The epoch that a number is of."""
    return key.variable.epoch if isinstance(key, Derivative) else key.epoch


def _in_other_units(operand: Apply, build: Build) -> Iterator[Change]:
    """A calculator's log, which is that to base 10, and its sine of degrees."""
    operation, (first, *_) = operand.operation, operand.operands
    if operation == "log":
        changed = Apply("div", (operand, LOG_10))
        yield Change(Kind.OPERAND, f"the logarithm of {written(first)} to base 10", build(changed))
    elif operation in ("sin", "cos"):
        radians = Apply("mul", (first, DEGREE))
        words = f"{operation} of {written(first)} degrees"
        yield Change(Kind.OPERAND, words, build(Apply(operation, (radians,))))


# --- words and points -----------------------------------------------------------------------------


def _stands(kind: Kind, other: Expression, key: Key) -> str:
    if kind is Kind.EPOCH and isinstance(other, (Name, Derivative)):
        which = ("updated", "old") if epoch_of(other) > epoch_of(key) else ("old", "updated")
        return f"the {which[0]} {written(other)} in the place of the {which[1]} one"
    return f"{written(other)} in the place of {written(key)}"


def _moved(expression: Expression, text: str, build: Build) -> Iterator[Change]:
    """A decimal point that is a place or two off."""
    for factor in (10, 100):
        number = whole(factor)
        right = Apply("mul", (number, expression))
        left = Apply("div", (expression, number))
        yield Change(Kind.POINT, f"the decimal point of {text} too far to the right", build(right))
        yield Change(Kind.POINT, f"the decimal point of {text} too far to the left", build(left))
