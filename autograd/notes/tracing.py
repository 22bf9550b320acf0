"""An operation as an expression of Python: its value, computed on numbers that write themselves.

An `Expression` is a number whose arithmetic notes what is computed. The rule table computes with it
as with any other number, so that every operation is written by the rule that evaluates it.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from autograd.reading import BUILT_IN, Operation, Term, constant, printable, where

# How tightly Python's expressions bind, from the loosest; what stands where more is asked gets
# parentheses. Python's minus binds more tightly than its product, unlike that of the page.
CHOICE, SUM, PRODUCT, SIGNED, POWER, ATOM = range(6)

Number = Any
MODULES = {int: math, float: math, complex: cmath}
METHODS = {"exp": "exp", "log": "ln", "sqrt": "sqrt"}  # of Decimals
LONGEST_INTEGER = 10**4000  # Python reads no longer one, but in hexadecimal digits
SHOWN = {math.pi: "math.pi", math.inf: "math.inf", -math.inf: "-math.inf"}


def literal(number: Number) -> Term:
    """A number as Python reads it, exactly; a TypeError for a type that Python does not have.

    >>> from fractions import Fraction
    >>> [literal(x).text for x in (0.1, Fraction(1, 3), Fraction(2), -0.0, float("inf"))]
    ['0.1', 'Fraction(1, 3)', 'Fraction(2)', '-0.0', 'math.inf']
    """
    kind = number.__class__
    if kind is Fraction:
        parts = number.as_integer_ratio()
        return Term(f"Fraction({', '.join(_digits(n) for n in parts[: 1 + (parts[1] != 1)])})")
    if kind is complex:
        return Term(f"complex({literal(number.real).text}, {literal(number.imag).text})")
    if kind is Decimal:
        return Term(repr(number))
    if kind is int:
        text = _digits(number)
    elif kind is float:
        text = SHOWN.get(number) or ("math.nan" if number != number else repr(number))
    else:
        raise TypeError(
            f"{printable(str(number))} is a {kind.__name__}, which plain Python does not have: "
            "compute in int, float, complex, Fraction or Decimal"
        )
    return Term(text, SIGNED if text.startswith("-") else ATOM)


def _digits(number: int) -> str:
    return str(number) if -LONGEST_INTEGER < number < LONGEST_INTEGER else hex(number)


# --- what writes itself ---------------------------------------------------------------------------


class Expression:
    """A number, and how it was computed: a template over `parts`, Expressions and plain numbers.

    A parameter has no template. Nothing is known of its size: what an operation would choose by a
    comparison, it leaves to `where` of the `ctx`, as with a symbol.
    """

    def __init__(
        self,
        ctx: Writing,
        number: Number,
        template: str = "",
        level: int = ATOM,
        slots: Sequence[int] = (),
        parts: Sequence[Any] = (),
    ) -> None:
        self.ctx, self.number, self.template = ctx, number, template
        self.level, self.slots, self.parts = level, slots, parts

    def __pow__(self, n: Any) -> Any:
        if n.__class__ is int and n == 0:  # so the table asks for the 1 of a type
            return self.number.__class__(1)
        return _power(self, n)

    def __neg__(self) -> Expression:
        return self.ctx.written("-{}", SIGNED, (SIGNED,), (self,), -self.number)

    def __abs__(self) -> Expression:
        return self.ctx.written("abs({})", ATOM, (CHOICE,), (self,), abs(self.number))

    def __eq__(self, other: object) -> bool:
        if self.ctx.symbolic:
            return self is other
        raise TypeError(UNKNOWN)

    __hash__ = object.__hash__

    def __bool__(self) -> bool:
        raise TypeError(UNKNOWN)


UNKNOWN = "a number that is not known yet is compared"


def _both_ways(
    template: str, level: int, slots: Sequence[int], compute: Callable[[Any, Any], Any]
) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """The methods for `a + other` and `other + a`."""

    def forward(self: Expression, other: Any) -> Any:
        if other.__class__ not in BUILT_IN and other.__class__ is not Expression:
            return NotImplemented
        number = compute(self.number, number_in(other))
        return self.ctx.written(template, level, slots, (self, other), number)

    def reflected(self: Expression, other: Any) -> Any:
        if other.__class__ not in BUILT_IN:
            return NotImplemented
        number = compute(other, self.number)
        return self.ctx.written(template, level, slots, (other, self), number)

    return forward, reflected


_OPERATORS = {
    "add": ("{} + {}", SUM, (SUM, PRODUCT), lambda a, b: a + b),
    "sub": ("{} - {}", SUM, (SUM, PRODUCT), lambda a, b: a - b),
    "mul": ("{}*{}", PRODUCT, (PRODUCT, SIGNED), lambda a, b: a * b),
    "truediv": ("{}/{}", PRODUCT, (PRODUCT, SIGNED), lambda a, b: a / b),
}
for _name, _operator in _OPERATORS.items():
    _forward, _reflected = _both_ways(*_operator)
    setattr(Expression, f"__{_name}__", _forward)
    setattr(Expression, f"__r{_name}__", _reflected)
_power, _from_power = _both_ways("{}**{}", POWER, (ATOM, SIGNED), lambda a, b: a**b)
setattr(Expression, "__rpow__", _from_power)  # noqa: B010  # as the others are


def number_in(x: Any) -> Number:
    """The number of an Expression; a plain number itself."""
    return x.number if x.__class__ is Expression else x


class Writing:
    """The package of the Expressions of one operation: its functions, by their names.

    `symbolic`: an operation of the rule table may ask whether a symbol equals a number, and takes
    the general formula then; one of a user's own would choose for all numbers.
    """

    def __init__(self, numbers: Sequence[Number], symbolic: bool) -> None:
        self.symbolic = symbolic
        # Complex numbers have no order: a function of them takes no side.
        self._ordered = complex not in map(type, numbers)
        self.parameters = [Expression(self, number) for number in numbers]

    def written(
        self, template: str, level: int, slots: Sequence[int], parts: Sequence[Any], number: Number
    ) -> Expression:
        """A new Expression."""
        return Expression(self, number, template, level, slots, parts)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        chooses: dict[str, Callable[..., Any]] = {
            "where": self._where,
            "maximum": self._maximum,
            "minimum": self._minimum,
        }
        if name in chooses and self._ordered:
            return chooses[name]
        if name.startswith("_") or not callable(getattr(math, name, None)):
            raise AttributeError(name)
        return lambda x: self._function(name, x)

    def _function(self, name: str, x: Expression) -> Expression:
        kind = x.number.__class__
        function = getattr(MODULES.get(kind), name, None)
        if function is not None:
            template, slot = f"{MODULES[kind].__name__}.{name}({{}})", CHOICE
        elif kind is Decimal and name in METHODS:
            function = getattr(Decimal, METHODS[name])
            template, slot = f"{{}}.{METHODS[name]}()", ATOM
        else:
            raise TypeError(f"no {name} of a {kind.__name__} in plain Python")
        return self.written(template, ATOM, (slot,), (x,), function(x.number))

    def _where(self, z: Any, a: Any, b: Any) -> Expression:
        first, second = _alike(a, b, z), _alike(b, a, z)
        number = number_in(first if number_in(z) > 0 else second)
        template, slots = "{1} if {0} > 0 else {2}", (SUM, SUM, SUM)
        return self.written(template, CHOICE, slots, (z, first, second), number)

    def _maximum(self, a: Any, b: Any) -> Expression:
        return self._extreme(">", a, b, number_in(a) > number_in(b))

    def _minimum(self, a: Any, b: Any) -> Expression:
        return self._extreme("<", a, b, number_in(a) < number_in(b))

    def _extreme(self, sign: str, a: Any, b: Any, wins: bool) -> Expression:
        first, second = _alike(a, b, b), _alike(b, a, a)
        template, slots = f"{{2}} if {{0}} {sign} {{1}} else {{3}}", (SUM,) * 4
        number = number_in(first if wins else second)
        return self.written(template, CHOICE, slots, (a, b, first, second), number)


def _alike(chosen: Any, other: Any, z: Any) -> Any:
    """One side of a choice in the type that the rule table gives it beside the other."""
    number, above = number_in(chosen), constant(1, number_in(z))
    kept = where.value(above, number, number_in(other))
    if kept.__class__ is number.__class__:
        return chosen
    if chosen.__class__ is not Expression:
        return kept
    template = f"{kept.__class__.__name__}({{}})"
    return chosen.ctx.written(template, ATOM, (CHOICE,), (chosen,), kept)


# --- an operation, written ------------------------------------------------------------------------


class Form(NamedTuple):
    """The value of an operation over its parameters: what it computes, operands before results."""

    parameters: Sequence[Expression]
    result: Any  # an Expression; a plain number where it is always the same
    order: Sequence[Expression]

    def shared(self) -> list[Expression]:
        """What is used several times, and is more than a parameter."""
        return [each for each, count in self._uses().items() if count > 1 and each.template]

    def is_inline(self) -> bool:
        """Whether nothing is used twice: then operands of any length may stand in it."""
        return all(count < 2 for count in self._uses().values())

    def _uses(self) -> dict[Expression, int]:
        uses = dict.fromkeys((*self.parameters, *self.order), 0)
        for each in self.order:
            for part in each.parts:
                if part.__class__ is Expression:
                    uses[part] += 1
        return uses

    def terms(
        self, operands: Sequence[Term], spill: Callable[[Expression, Term], Term]
    ) -> Iterator[Term]:
        """Each step's Term, the result's last; `spill` may give one a name of its own."""
        terms = dict(zip(self.parameters, operands, strict=True))
        for each in self.order:
            parts = [terms[x] if x.__class__ is Expression else literal(x) for x in each.parts]
            texts = [part.within(slot) for part, slot in zip(parts, each.slots, strict=True)]
            terms[each] = spill(each, Term(_without_two_signs(each, texts), each.level))
        expression = self.result.__class__ is Expression
        yield terms[self.result] if expression else literal(self.result)


TURNED = {"{} + {}": "{} - {}", "{} - {}": "{} + {}"}  # before a minus, which goes


def _without_two_signs(each: Expression, texts: Sequence[str]) -> str:
    """The text over its parts: a - b*c for a + -b*c, which is the same number; of a Decimal, whose
    signs round, it may not be.
    """
    template = each.template
    if not (texts[-1].startswith("-") and number_in(each).__class__ in (int, float, Fraction)):
        return template.format(*texts)
    *others, last = texts
    if template == "-{}":
        return last[1:]
    return (
        TURNED[template].format(*others, last[1:])
        if template in TURNED
        else template.format(*texts)
    )


def form_of(operation: Operation, numbers: Sequence[Number], symbolic: bool) -> Form:
    """How `operation` computes its value of such numbers.

    A TypeError where that is not arithmetic, nor the functions that their type has in Python.

    >>> from autograd.reading import OPERATIONS
    >>> form = form_of(OPERATIONS["half_squared_error"], [0.9, 1.1], symbolic=True)
    >>> [term.text for term in form.terms([Term("a"), Term("y")], lambda _, term: term)]
    ['(y - a)**2/2']
    """
    writing = Writing(numbers, symbolic)
    try:
        result = operation.value(*writing.parameters)
    except Exception as error:  # it is anybody's function
        raise _unwritten(operation, str(error)) from error
    if result.__class__ is not Expression and result.__class__ not in BUILT_IN:
        raise _unwritten(operation, f"it gave a {result.__class__.__name__}")
    return Form(writing.parameters, result, _steps(result))


def _unwritten(operation: Operation, reason: str) -> TypeError:
    return TypeError(
        f"the value of {printable(operation.name)} cannot be written in Python: "
        f"{printable(reason)}; make it of + - * / **, and of autograd's functions, as where and exp"
    )


def _steps(result: Any) -> list[Expression]:
    """What a result is computed by, operands before results, without the parameters."""
    found: dict[Expression, None] = {}
    path = [result] if result.__class__ is Expression else []
    while path:  # iterative: a sum of thousands is as deep
        missing = [
            part
            for part in path[-1].parts
            if part.__class__ is Expression and part.template and part not in found
        ]
        if missing:
            path.extend(missing)
        else:
            each = path.pop()
            if each.template:
                found[each] = None
    return list(found)
