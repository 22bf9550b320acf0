"""The rule table: one entry per operation, and every rule of the engine is in it.

An entry holds the operation's value, its partial derivatives, and how it is written. Everything else reads it:
evaluation, `backward`, gradients of gradients, the printed derivation, the picture. To add an operation, add an entry.

The partials are plain arithmetic over `(y, *operands)`, where `y` is the result. The same line serves floats,
Fractions, Decimals, symbols, and Values, for which it records a graph again. `where` is the only branch in them.

An entry is also the function that people call: `relu(0.5)` is a number, `relu(Value(0.5))` a recorded node.

Conventions at the kinks: relu'(0) = 0, abs'(0) = 0, leaky_relu'(0) is its slope; a tie in maximum or minimum goes to
the second operand; x**0 is 1 and its derivative in x is 0, at 0 and (as in Python) at NaN too. No other NaN is lost.
"""

from __future__ import annotations

import errno
import math
import operator
from collections.abc import Callable, Iterable, Sequence
from decimal import DecimalException, Overflow
from fractions import Fraction
from itertools import chain, repeat
from typing import Any, NamedTuple

from autograd import number_types
from autograd.number_types import BUILT_IN, constant, is_number, number_of, probability

LEAK = Fraction(1, 100)  # the slope of leaky_relu below 0

# How tightly a written expression binds; what stands in a slot that asks for more is put in parentheses.
ANY, SUM, SIGNED, PRODUCT, POWER, ATOM = range(6)


class Term(NamedTuple):
    """A written expression, how tightly it binds, and whether it is a plain number of the table or of the user."""

    text: str
    level: int = ATOM
    plain: bool = False

    def within(self, level: int) -> str:
        """The text, in parentheses if it binds less tightly than `level`."""
        return self.text if self.level >= level else f"({self.text})"


class Layout:
    """How an operation is written: a template, how tightly the whole binds, what each slot asks of an operand (ANY)."""

    def __init__(self, template: str, level: int = ATOM, slots: Sequence[int] = ()) -> None:
        self.template, self.level, self.slots = template, level, slots

    def __call__(self, operands: Sequence[Term]) -> Term:
        texts = [operand.within(slot) for operand, slot in zip(operands, chain(self.slots, repeat(ANY)), strict=False)]
        text = self.template.format(*texts)
        return Term(text, SIGNED if text.startswith("-") and self.level > SIGNED else self.level)


class Operation:
    """One entry of the rule table: a value, one partial derivative for each operand, and how it is written.

    value(*numbers)             the result on plain numbers
    partials[i](y, *operands)   the derivative in operand i
    text, latex                 write it, given its written operands; a Layout, or a template with a {} for each
    prime                       how its derivative is written, where that says more than the formula: relu'
    domain                      what the operands must be, for errors
    selects                     it passes one operand on; the others get no contribution, so that their NaNs stay there
    kink(*numbers), convention  where the derivative is a convention, and which

    >>> double = Operation("double", lambda x: 2 * x, [lambda y, x: 2])
    >>> double(0.5)
    1.0
    """

    def __init__(
        self,
        name: str,
        value: Callable[..., Any],
        partials: Any,
        *,
        text: Callable[[Sequence[Term]], Term] | str | None = None,
        latex: Callable[[Sequence[Term]], Term] | str | None = None,
        prime: str = "",
        domain: str = "",
        selects: bool = False,
        kink: Callable[..., Any] | None = None,
        convention: str = "",
    ) -> None:
        listed = (partials,) if isinstance(self, Nary) else partials
        if not (isinstance(name, str) and isinstance(listed, (list, tuple)) and all(map(callable, (value, *listed)))):
            raise TypeError(
                "an operation has a name, a function for its value, and a list of functions for its partials, one for "
                f"each operand (Nary: one function for all): got {name!r}, {value!r}, {partials!r}"
            )
        self.name, self.value, self.partials = name, value, partials
        self.arity = None if callable(partials) else len(partials)  # None where the number of operands is not fixed
        upright = name.replace("_", r"\_")
        self.text = self._layout(text) or _as_call(f"{name}(", ")")
        self.latex = self._layout(latex or text) or _as_call(rf"\operatorname{{{upright}}}\left(", r"\right)")
        self.prime, self.domain, self.selects = prime, domain, selects
        self.kink, self.convention = kink, convention or ("its derivative is a convention here" if kink else "")

    def _layout(self, text: Callable[[Sequence[Term]], Term] | str | None) -> Callable[[Sequence[Term]], Term] | None:
        """A template as a Layout: in parentheses, as are its operands, because it does not say how tightly it binds."""
        if not isinstance(text, str):
            return text
        if self.arity is None:
            raise TypeError(f"{self.name} takes any number of operands: no template, a function of the written ones")
        marks = [f"<{place}>" for place in range(self.arity)]
        try:
            written = text.format(*marks)
        except (AttributeError, LookupError, TypeError, ValueError):
            written = ""
        if not all(mark in written for mark in marks):
            raise ValueError(f"a template of {self.name} has one {{}} for each operand, not {text!r}")
        return Layout(text, SUM, [ATOM for _ in marks])

    def __repr__(self) -> str:
        return f"<operation {self.name}>"

    def __reduce__(self) -> Any:
        """Entries of the table pickle by name; an operation of one's own as any object, if its functions can."""
        return (_entry, (self.name,)) if OPERATIONS.get(self.name) is self else super().__reduce__()

    def __call__(self, *operands: Any) -> Any:
        """The result: a number where all operands are numbers, else the Value that records it."""
        record = None
        if self.arity is not None and self.arity != len(operands):
            raise TypeError(f"{self.name} takes {self.arity} operands, got {len(operands)}")
        for operand in operands:
            if operand.__class__ in BUILT_IN:
                continue
            if hasattr(operand, "operands"):
                record = operand.record
            elif not is_number(operand):
                raise TypeError(f"{self.name} takes numbers and Values, not a {type(operand).__name__}")
        return record(self, operands) if record else self.value(*operands)

    def local_derivatives(self, node: Any, numbers: bool = True) -> Sequence[Any]:
        """The derivative of `node` in each operand; None for no contribution: a plain number, a side not taken.

        Computed on the operands' numbers, or (`numbers=False`) on the operands themselves, which records a graph.
        """
        kind = node.__class__
        operands = node.operands
        if numbers:
            y, x = node._data, [operand._data if operand.__class__ is kind else operand for operand in operands]
        else:
            y, x = node, operands
        local = [
            partial(y, *x) if operand.__class__ is kind else None
            for partial, operand in zip(self.partials, operands, strict=True)
        ]
        self.require_all(node, local)
        return self.taken(local) if self.selects else local

    def require_all(self, node: Any, local: Any) -> None:
        """A TypeError where the derivative in a Value is missing."""
        if not isinstance(local, (list, tuple)):
            raise TypeError(f"the partials of {self.name} are a list, not {local!r}")
        if len(local) != len(node.operands):
            raise TypeError(f"{self.name} has {len(local)} partials for {len(node.operands)} operands")
        for place, (operand, derivative) in enumerate(zip(node.operands, local, strict=True)):
            if derivative is None and operand.__class__ is node.__class__:
                raise TypeError(f"the partial of {self.name} in operand {place} returned None: it needs a return")

    def taken(self, local: Iterable[Any]) -> Sequence[Any]:
        """The local derivatives of a selection without its exact zeros, those of the sides that were not taken."""
        return [None if derivative.__class__ in BUILT_IN and derivative == 0 else derivative for derivative in local]


def _as_call(before: str, after: str) -> Callable[[Sequence[Term]], Term]:
    """Operands between commas, as many as there are."""
    return lambda operands: Term(f"{before}{', '.join(operand.text for operand in operands)}{after}")


class Unary(Operation):
    """An operation on one operand, the generic one written out."""

    def local_derivatives(self, node: Any, numbers: bool = True) -> Sequence[Any]:
        (operand,), (partial,) = node.operands, self.partials
        local = (partial(node._data, operand._data) if numbers else partial(node, operand),)
        return self.taken(local) if self.selects else local


class Binary(Operation):
    """An operation on two operands: the generic one written out, because half of all nodes are sums and products."""

    def local_derivatives(self, node: Any, numbers: bool = True) -> Sequence[Any]:
        kind = node.__class__
        y, (a, b), (by_left, by_right) = node, node.operands, self.partials
        left, right = a.__class__ is kind, b.__class__ is kind
        if numbers:
            y, a, b = node._data, a._data if left else a, b._data if right else b
        local = by_left(y, a, b) if left else None, by_right(y, a, b) if right else None
        return self.taken(local) if self.selects else local


class Nary(Operation):
    """An operation on any number of operands: `partials(y, *operands)` is the sequence of all its derivatives.

    `arrange` turns what people pass into the tuple of operands, and refuses lengths that do not match.
    """

    def __init__(
        self,
        name: str,
        value: Callable[..., Any],
        partials: Callable[..., Sequence[Any]],
        arrange: Callable[..., tuple[Any, ...]] = lambda *operands: operands,
        **more: Any,
    ) -> None:
        super().__init__(name, value, partials, **more)
        self.arrange = arrange

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        return super().__call__(*self.arrange(*arguments, **keywords))

    def local_derivatives(self, node: Any, numbers: bool = True) -> Sequence[Any]:
        kind = node.__class__
        y, x = node, node.operands
        if numbers:
            y, x = node._data, [operand._data if operand.__class__ is kind else operand for operand in x]
        local: Sequence[Any] = self.partials(y, *x)
        if OPERATIONS.get(self.name) is not self:
            self.require_all(node, local)
        return self.taken(local) if self.selects else local


def _shown(number: Any) -> str:
    try:
        text = str(number)
    except ValueError:  # Python does not write integers of many thousand digits
        return "a very large number"
    return text if len(text) <= 60 else f"{text[:57]}..."


def described(operation: Operation, operands: Sequence[Any]) -> str:
    """The operation over its operands' names, or their numbers, and the numbers of those with names."""
    labels, values = [], dict[str, None]()
    for operand in operands:
        number = _shown(number_of(operand))
        name = operand.name if number_of(operand) is not operand else ""
        labels.append(Term(name, ATOM) if name else Term(number, SIGNED if number.startswith("-") else ATOM))
        if name:
            values[f"{name} = {number}"] = None
    text = operation.text(labels).text
    text = text if len(text) < 200 else f"{operation.name} of {len(operands)} operands"
    return f"{text} with {', '.join(list(values)[:8])}" if values else text


def explained(
    error: Exception, operation: Operation, operands: Sequence[Any], of: str = ""
) -> ArithmeticError | TypeError | ValueError:
    """The error again, of the same class, with a sentence that names the operation, its operands, and the remedy.

    It carries `operation` and `operands` too, for who handles it.
    """
    reason = str(error) or type(error).__name__
    unhelpful = isinstance(error, TypeError) or "too large" in reason  # what is no number, and ints beyond all floats
    remedy = f"; {operation.domain}" if operation.domain and not unhelpful else ""
    if error.args[:1] == (errno.ERANGE,):  # Python's (34, 'Numerical result out of range'), of a power
        reason, remedy = "too large for a float", ""
    elif isinstance(error, DecimalException) and error.args and isinstance(error.args[0], list):  # signals, as classes
        reason = "too large for a Decimal" if isinstance(error, Overflow) else error.args[0][0].__name__
        remedy = "" if isinstance(error, Overflow) else remedy
    kind = next(kind for kind in type(error).__mro__ if kind.__module__ in ("builtins", "decimal"))
    again = kind(f"{of}{described(operation, operands)}: {reason}{remedy}")
    vars(again).update(operation=operation, operands=operands)
    return again  # type: ignore[no-any-return]


# --- arithmetic ---------------------------------------------------------------------------------------------------

add = Binary(
    "add",
    operator.add,
    (lambda y, a, b: 1, lambda y, a, b: 1),
    text=Layout("{} + {}", SUM, (SUM, PRODUCT)),
)
sub = Binary(
    "sub",
    operator.sub,
    (lambda y, a, b: 1, lambda y, a, b: -1),
    text=Layout("{} - {}", SUM, (SUM, PRODUCT)),
)
mul = Binary(
    "mul",
    operator.mul,
    (lambda y, a, b: b, lambda y, a, b: a),
    text=Layout("{}*{}", PRODUCT, (SIGNED, POWER)),
    latex=Layout(r"{} \cdot {}", PRODUCT, (SIGNED, POWER)),
)
div = Binary(
    "div",
    operator.truediv,
    (lambda y, a, b: constant(1, y) / b, lambda y, a, b: -y / b),
    text=Layout("{}/{}", PRODUCT, (SIGNED, POWER)),
    latex=Layout(r"\frac{{{}}}{{{}}}", PRODUCT),
    domain="the divisor must not be 0",
)
neg = Unary(
    "neg",
    operator.neg,
    (lambda y, x: -1,),
    text=Layout("-{}", SIGNED, (PRODUCT,)),
)


def _power_by_base(y: Any, x: Any, n: Any) -> Any:
    # x**0 is 1 wherever x is; a recorded exponent that happens to be 0 keeps its formula, for the next derivative.
    if number_of(n) == 0 and (n is number_of(n) or number_of(x) == 0):
        return constant(0, y)
    if n is number_of(n) and n in (1, 2):  # nobody writes 2*x^1, and Decimals have no 0^0
        return n if n == 1 else n * x
    return n * pow(x, n - 1)


def _power_by_exponent(y: Any, x: Any, n: Any) -> Any:
    if number_of(x) == 0 and number_of(n) > 0:
        return constant(0, y)
    return y * log(constant(x, y) if x.__class__ is int else x)


pow: Binary = Binary(
    "pow",
    number_types.power,
    (_power_by_base, _power_by_exponent),
    text=Layout("{}^{}", POWER, (ATOM, ATOM)),
    latex=Layout("{}^{{{}}}", POWER, (ATOM, ANY)),
    domain="0 has no negative power; the derivative in the exponent needs a positive base",
    kink=lambda x, n: x == 0 and n == 0,
    convention="x^0 has derivative 0 in x, at 0 too",
)
absolute = Unary(
    "abs",
    abs,
    (lambda y, x: where(x, 1, where(-x, -1, 0)),),
    latex=Layout(r"\left|{}\right|"),
    prime="abs'",
    selects=True,
    kink=lambda x: x == 0,
    convention="abs'(0) = 0 by convention",
)

# --- elementary functions -----------------------------------------------------------------------------------------

exp = Unary(
    "exp",
    number_types.exp,
    (lambda y, x: y,),
    latex=Layout("e^{{{}}}", POWER),
    domain="a float has no exponential of more than 709.78",
)
log = Unary(
    "log",
    number_types.log,
    (lambda y, x: constant(1, y) / x,),
    domain="the operand must be greater than 0",
)
log1p = Unary(
    "log1p",
    number_types.log1p,
    (lambda y, x: constant(1, y) / (1 + x),),
    domain="the operand must be greater than -1",
)
sqrt = Unary(
    "sqrt",
    number_types.sqrt,
    (lambda y, x: constant(1, y) / (2 * y),),
    latex=Layout(r"\sqrt{{{}}}"),
    domain="the operand must not be negative, and the derivative needs one greater than 0",
)
sin = Unary("sin", number_types.sin, (lambda y, x: cos(x),), latex=Layout(r"\sin\left({}\right)"))
cos: Unary = Unary("cos", number_types.cos, (lambda y, x: -sin(x),), latex=Layout(r"\cos\left({}\right)"))
tan = Unary("tan", number_types.tan, (lambda y, x: 1 + y * y,), latex=Layout(r"\tan\left({}\right)"))
tanh = Unary("tanh", number_types.tanh, (lambda y, x: 1 - y * y,), latex=Layout(r"\tanh\left({}\right)"))

# --- activations, and what selects ----------------------------------------------------------------------------------

sigmoid = Unary(
    "sigmoid",
    number_types.sigmoid,
    (lambda y, x: y * (1 - y),),
    latex=Layout(r"\sigma\left({}\right)"),
)
softplus = Unary("softplus", number_types.softplus, (lambda y, x: sigmoid(x),))


def _of_condition(y: Any, z: Any, a: Any, b: Any) -> Any:
    return 0 if number_of(z) == number_of(z) else z  # a NaN goes on


where: Operation = Operation(
    "where",
    number_types.select,
    (_of_condition, lambda y, z, a, b: where(z, 1, 0), lambda y, z, a, b: where(z, 0, 1)),
    text=Layout("where({} > 0, {}, {})"),
    latex=Layout(r"\begin{{cases}} {1} & {0} > 0 \\ {2} & \text{{else}} \end{{cases}}"),
    selects=True,
    kink=lambda z, a, b: z == 0,
    convention="where takes the second side at 0",
)
relu = Unary(
    "relu",
    lambda x: number_types.select(x, x, 0),
    (lambda y, x: where(x, 1, 0),),
    latex=Layout(r"\mathrm{{ReLU}}\left({}\right)"),
    prime="relu'",
    selects=True,
    kink=lambda x: x == 0,
    convention="relu'(0) = 0 by convention",
)
leaky_relu = Unary(
    "leaky_relu",
    lambda x: number_types.select(x, x, constant(LEAK, x) * x),
    (lambda y, x: where(x, 1, constant(LEAK, y)),),
    prime="leaky_relu'",
    kink=lambda x: x == 0,
    convention="leaky_relu'(0) is its slope by convention",
)


def _excess(a: Any, b: Any) -> Any:
    # Infinities tie as other numbers do, though their difference is NaN.
    return 0 if number_of(a) == number_of(b) in (math.inf, -math.inf) else a - b


maximum = Binary(
    "max",
    number_types.larger,
    (lambda y, a, b: where(_excess(a, b), 1, 0), lambda y, a, b: where(_excess(a, b), 0, 1)),
    text=Layout("max({}, {})"),
    latex=Layout(r"\max\left({}, {}\right)"),
    selects=True,
    kink=lambda a, b: a == b,
    convention="a tie goes to the second operand by convention",
)
minimum = Binary(
    "min",
    number_types.smaller,
    (lambda y, a, b: where(_excess(b, a), 1, 0), lambda y, a, b: where(_excess(b, a), 0, 1)),
    text=Layout("min({}, {})"),
    latex=Layout(r"\min\left({}, {}\right)"),
    selects=True,
    kink=lambda a, b: a == b,
    convention="a tie goes to the second operand by convention",
)

# --- one line of the notes, one node --------------------------------------------------------------------------------


def _operands_of_dot(weights: Iterable[Any], inputs: Iterable[Any], bias: Any = None) -> tuple[Any, ...]:
    weights, inputs = tuple(weights), tuple(inputs)
    if len(weights) != len(inputs) or not weights:
        raise ValueError(f"dot needs one weight for each input, and at least one: got {len(weights)} and {len(inputs)}")
    return (*weights, *inputs) if bias is None else (*weights, *inputs, bias)


def _operands_of_sum(values: Iterable[Any]) -> tuple[Any, ...]:
    operands = tuple(values)
    if not operands:
        raise ValueError("a total or a mean needs at least one value: got none")
    return operands


def _dot(*operands: Any) -> Any:
    n = len(operands) // 2
    y = operands[0] * operands[n]
    for weight, number in zip(operands[1:n], operands[n + 1 :], strict=False):  # the bias comes after the inputs
        y = y + weight * number
    return y + operands[-1] if len(operands) % 2 else y


def _partials_of_dot(y: Any, *operands: Any) -> tuple[Any, ...]:
    n = len(operands) // 2
    return (*operands[n : 2 * n], *operands[:n], *((1,) * (len(operands) % 2)))


def _total(*operands: Any) -> Any:
    y = operands[0]
    for number in operands[1:]:
        y = y + number
    return y


def _write_sum(terms: Sequence[Term]) -> Term:
    if len(terms) == 1:
        return terms[0]
    text = terms[0].text
    for term in terms[1:]:
        text = f"{text} - {term.text[1:]}" if term.level == SIGNED else f"{text} + {term.within(PRODUCT)}"
    return Term(text, SUM)


def _write_dot(times: str, spaced: str) -> Callable[[Sequence[Term]], Term]:
    """w_0*a_0 + w_1*a_1 + b; a single product stands spaced, w * a; a factor that is the plain number 1 is left out."""

    def write(operands: Sequence[Term]) -> Term:
        n = len(operands) // 2
        sign = spaced if len(operands) == 2 else times
        terms: list[Term] = []
        for pair in zip(operands[:n], operands[n : 2 * n], strict=True):
            factors = [factor for factor in pair if not (factor.plain and factor.text == "1")]
            if len(factors) == 2:
                first_slot = PRODUCT if terms else SIGNED
                terms.append(Layout(f"{{}}{sign}{{}}", PRODUCT, (first_slot, POWER))(factors))
            else:
                terms.append(factors[0] if factors else pair[0])
        return _write_sum([*terms, *operands[2 * n :]])

    return write


dot = Nary(
    "dot",
    _dot,
    _partials_of_dot,
    _operands_of_dot,
    text=_write_dot("*", " * "),
    latex=_write_dot(r" \cdot ", r" \cdot "),
)
total = Nary(
    "total",
    _total,
    lambda y, *x: (1,) * len(x),
    _operands_of_sum,
    text=_write_sum,
    latex=_write_sum,
)
mean = Nary(
    "mean",
    lambda *x: _total(*x) / len(x),
    lambda y, *x: (constant(1, y) / len(x),) * len(x),
    _operands_of_sum,
    text=lambda terms: div.text([_write_sum(terms), Term(str(len(terms)))]),
    latex=lambda terms: div.latex([_write_sum(terms), Term(str(len(terms)))]),
)
half_squared_error = Binary(
    "half_squared_error",
    lambda a, y: (y - a) ** 2 / 2,
    (lambda loss, a, y: a - y, lambda loss, a, y: y - a),
    text=Layout("({1} - {0})^2/2", PRODUCT, (PRODUCT, SUM)),
    latex=Layout(r"\frac{{1}}{{2}} \left({1} - {0}\right)^2", PRODUCT, (PRODUCT, SUM)),
)
squared_error = Binary(
    "squared_error",
    lambda a, y: (y - a) ** 2,
    (lambda loss, a, y: 2 * (a - y), lambda loss, a, y: 2 * (y - a)),
    text=Layout("({1} - {0})^2", POWER, (PRODUCT, SUM)),
    latex=Layout(r"\left({1} - {0}\right)^2", POWER, (PRODUCT, SUM)),
)


def _times(y: Any, logarithm: Callable[[Any], Any], a: Any) -> Any:
    # y*logarithm(a), and 0 where y is 0: a certain and right prediction costs nothing.
    return 0 if number_of(y) == 0 else y * logarithm(a)


def _over(y: Any, a: Any) -> Any:
    # A recorded target that happens to be 0 keeps its formula, for the next derivative.
    return 0 if y is number_of(y) and y == 0 else y / a


binary_cross_entropy = Binary(
    "binary_cross_entropy",
    lambda a, y: 0 - (_times(probability(y), log, probability(a)) + _times(1 - y, log1p, -a)),
    (
        lambda loss, a, y: -_over(y * constant(1, loss), a) + _over(1 - y, 1 - a),
        lambda loss, a, y: log(1 - a) - log(a),
    ),
    text=Layout("-({1}*log({0}) + (1 - {1})*log(1 - {0}))", SIGNED, (POWER, POWER)),
    latex=Layout(r"-\left({1} \log {0} + (1 - {1}) \log(1 - {0})\right)", SIGNED, (POWER, POWER)),
    domain="the prediction must be a probability, between 0 and 1, and not certain of what is false",
)
binary_cross_entropy_with_logits = Binary(
    "binary_cross_entropy_with_logits",
    lambda z, y: number_types.softplus(z) - probability(y) * z,
    (lambda loss, z, y: sigmoid(z) - y, lambda loss, z, y: -z),
    text=Layout("softplus({0}) - {1}*{0}", SUM, (POWER, SIGNED)),
    latex=Layout(r"\operatorname{{softplus}}\left({0}\right) - {1} \cdot {0}", SUM, (POWER, SIGNED)),
    domain="the target must be a probability, between 0 and 1; labels -1 and 1 are for hinge",
)
log_sum_exp = Nary(
    "log_sum_exp",
    number_types.log_sum_exp,
    lambda y, *z: tuple(exp(number - y) for number in z),
    _operands_of_sum,
    text=lambda terms: Term(f"log({' + '.join(f'exp({term.text})' for term in terms)})"),
    latex=lambda terms: Term(rf"\log\left({' + '.join(f'e^{{{term.text}}}' for term in terms)}\right)"),
)

OPERATIONS = {entry.name: entry for entry in tuple(globals().values()) if isinstance(entry, Operation)}


def _entry(name: str) -> Operation:
    return OPERATIONS[name]
