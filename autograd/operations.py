"""The rule table: one entry per operation, and every rule of the engine is in it.

An entry holds the operation's value, its partial derivatives, and how it is written. Everything
else reads it: evaluation, `backward`, gradients of gradients, the printed derivation, the picture.
To add an operation, add an entry.

The partials are plain arithmetic over `(y, *operands)`, where `y` is the result. The same line
serves floats, Fractions, Decimals, symbols, and Values, for which it records a graph again. They
choose by `where`; the few that ask about a number stand in a function of their own, and say why.
`abs` and `pow` are the entries below, not Python's. Where a number may stand left of a Value, an
entry takes the operator's place, `sub(a, y)`: some packages' numbers refuse a Value at their right.

An entry is also the function that people call: `relu(0.5)` is a number, `relu(Value(0.5))` a
recorded node.

Conventions at the kinks: relu'(0) = 0, abs'(0) = 0, leaky_relu'(0) is its slope; a tie in maximum
or minimum goes to the second operand; x**0 is 1 and its derivative in x is 0, at 0 and (as in
Python) at NaN too. No other NaN is lost.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from functools import reduce

from autograd import elementary
from autograd.elementary import added, is_symbol, probability
from autograd.entry import Binary, Dot, Nary, Operation, Unary, Variadic
from autograd.number_types import Number, Operand, constant, number_of
from autograd.writing import (
    ANY,
    ATOM,
    POWER,
    PRODUCT,
    SIGNED,
    SUM,
    Layout,
    Minus,
    Term,
    Write,
    write_dot,
    write_plus,
    write_sum,
)

LEAK = Fraction(1, 100)  # the slope of leaky_relu below 0

# --- arithmetic -----------------------------------------------------------------------------------

add = Binary(
    "add",
    operator.add,
    (lambda y, a, b: 1, lambda y, a, b: 1),
    about="a + b. Derivatives: 1 and 1.",
    example=">>> add(0.9, 1.1)\n2.0",
    text=write_plus,
    html=write_plus,
)
_difference_in_html = Layout("{} − {}", SUM, (SUM, PRODUCT))
sub = Binary(
    "sub",
    operator.sub,
    (lambda y, a, b: 1, lambda y, a, b: -1),
    about="a - b. Derivatives: 1 and -1.",
    example=">>> sub(1, 0.25)\n0.75",
    text=Layout("{} - {}", SUM, (SUM, PRODUCT)),
    html=_difference_in_html,
)
_product_in_html = Layout("{}·{}", PRODUCT, (SIGNED, POWER))
mul = Binary(
    "mul",
    operator.mul,
    (lambda y, a, b: b, lambda y, a, b: a),
    about="a*b. Derivatives: b and a.",
    example=">>> mul(Fraction(9, 10), Fraction(11, 10))\nFraction(99, 100)",
    text=Layout("{}*{}", PRODUCT, (SIGNED, POWER)),
    latex=Layout(r"{} \cdot {}", PRODUCT, (SIGNED, POWER)),
    html=_product_in_html,
)
div = Binary(
    "div",
    operator.truediv,
    (lambda y, a, b: _reciprocal(b, y), lambda y, a, b: -y / b),
    about="a/b. Derivatives: 1/b and -(a/b)/b.",
    example=">>> div(1, 4), div(Fraction(1), 4)\n(0.25, Fraction(1, 4))",
    text=Layout("{}/{}", PRODUCT, (SIGNED, POWER)),
    latex=Layout(r"\frac{{{}}}{{{}}}", PRODUCT),
    domain="the divisor must not be 0",
)
neg = Unary(
    "neg",
    operator.neg,
    (lambda y, x: -1,),
    about="-x. Derivative: -1.",
    example=">>> neg(0.9)\n-0.9",
    text=Minus(operator.itemgetter(0)),
    html=Minus(operator.itemgetter(0), "−"),
)


def _off_pole(z: Operand, x: Operand) -> Operand:
    # `x`; for a symbol z, 1 where z is 0: its package computes both sides, and x may be a pole.
    return where(abs(z), x, 1) if is_symbol(z) else x


def as_type_of(y: Operand, x: Operand) -> Operand:
    """`x`; an int or float beside other numbers in their type, before a function rounds it."""
    kind, like = number_of(x).__class__, number_of(y)
    return mul(constant(1, like), x) if kind in (int, float) and kind is not like.__class__ else x


def _power_by_base(y: Operand, x: Operand, n: Operand) -> Operand:
    # x**0 is 1 wherever x is; a recorded exponent that happens to be 0 keeps its formula, for the
    # next derivative.
    if number_of(n) == 0:
        return constant(0, y) if n is number_of(n) else _quotient(n, pow(x, 1 - n))
    if n is number_of(n) and n in (1, 2):  # nobody writes 2*x^1, and Decimals have no 0^0
        return n if n == 1 else mul(n, x)
    return mul(n, pow(_off_pole(n, x), n - 1))


def _power_by_exponent(y: Operand, x: Operand, n: Operand) -> Operand:
    base, exponent = number_of(x), number_of(n)
    if is_symbol(base) or (base == 0 and is_symbol(exponent)):
        # It may be 0: there x^n is 0 for n > 0, and log(1) takes the place of an infinite log(0).
        return y * log(where(abs(x), x, where(n, 1, x)))
    if base == 0:
        return _power_log(x, n, 1)
    return y * log(as_type_of(y, x))


pow: Binary = Binary(
    "pow",
    elementary.power,
    (_power_by_base, _power_by_exponent),
    about="x^n. Derivatives: n*x^(n - 1), and x^n * log(x) in the exponent.",
    example=">>> pow(3, 2), pow(Fraction(4, 9), Fraction(1, 2))\n(9, Fraction(2, 3))",
    text=Layout("{}^{}", POWER, (ATOM, ATOM)),
    latex=Layout("{}^{{{}}}", POWER, (ATOM, ANY)),
    html=Layout("{}<sup>{}</sup>", POWER, (ATOM, ANY)),
    domain="0 has no negative power; the derivative in the exponent needs a positive base",
    kink=lambda x, n: x == 0 and n == 0,
    convention="x^0 has derivative 0 in x, at 0 too",
)
abs = Unary(
    "abs",
    operator.abs,
    (lambda y, x: where(x, 1, where(-x, -1, 0)),),
    about="The absolute value |x|. Derivative: the sign of x.",
    example=">>> abs(-0.5), abs(1.1)\n(0.5, 1.1)",
    latex=Layout(r"\left|{}\right|"),
    prime="abs'",
    selects=True,
    kink=lambda x: x == 0,
    convention="abs'(0) = 0 by convention",
)


def _reciprocal(x: Operand, y: Operand) -> Operand:
    # 1/x, in the type of y.
    return div(constant(1, y), x)


# Two functions that meet 0/0 and 0*log(0), where a formula has made the first factor 0 for good.
_quotient: Binary = Binary(
    "_quotient",
    lambda a, b: 0 if a == 0 else a / b,
    (lambda y, a, b: _reciprocal(b, y), lambda y, a, b: -_quotient(y, b)),
    about="a/b, and 0 where a is 0.",
    text=div.text,
    latex=div.latex,
)
_power_log: Operation = Operation(
    "_power_log",
    elementary.power_log,
    (
        lambda y, x, n, k: mul(n, _power_log(x, n - 1, k)) + k * _power_log(x, n - 1, k - 1),
        lambda y, x, n, k: _power_log(x, n, k + 1),
        lambda y, x, n, k: 0,
    ),
    about="x^n * log(x)^k, and 0 where x is 0 and n > 0: the k-th derivative of x^n in n.",
    text=Layout("{}^{}*log({})^{}", PRODUCT, (ATOM, ATOM, ANY, ATOM), places=(0, 1, 0, 2)),
    latex=Layout(r"{0}^{{{1}}} \log\left({0}\right)^{{{2}}}", PRODUCT, (ATOM, ANY, ANY)),
    html=Layout("{0}<sup>{1}</sup>·log({0})<sup>{2}</sup>", PRODUCT, (ATOM, ANY, ANY)),
)

# --- elementary functions -------------------------------------------------------------------------

exp = Unary(
    "exp",
    elementary.exp,
    (lambda y, x: y,),
    about="The exponential e^x. Derivative: e^x, the result itself.",
    example=">>> exp(0), round(exp(1.1), 3)\n(1.0, 3.004)",
    latex=Layout("e^{{{}}}", POWER),
    domain="a float has no exponential of more than 709.78",
)
expm1 = Unary(
    "expm1",
    elementary.expm1,
    (lambda y, x: exp(x),),  # y + 1 has no digits left far below 0
    about="e^x - 1, exact where x is small. Derivative: e^x.",
    example=">>> expm1(0), expm1(1e-20)\n(0.0, 1e-20)",
    latex=Layout("e^{{{}}} - 1", SUM),
    domain="a float has no exponential of more than 709.78",
)
log = Unary(
    "log",
    elementary.log,
    (lambda y, x: _reciprocal(x, y),),
    about="The natural logarithm of x. Derivative: 1/x.",
    example=">>> log(1), round(log(0.5), 3)\n(0.0, -0.693)",
    domain="the operand must be greater than 0",
)
log1p = Unary(
    "log1p",
    elementary.log1p,
    (lambda y, x: _reciprocal(1 + x, y),),
    about="log(1 + x), exact where x is small. Derivative: 1/(1 + x).",
    example=">>> log1p(0), log1p(1e-20)\n(0.0, 1e-20)",
    domain="the operand must be greater than -1",
)
sqrt = Unary(
    "sqrt",
    elementary.sqrt,
    (lambda y, x: _reciprocal(2 * y, y),),
    about="The square root of x. Derivative: 1/(2*sqrt(x)).",
    example=">>> sqrt(6.25), sqrt(Fraction(9, 16))\n(2.5, Fraction(3, 4))",
    latex=Layout(r"\sqrt{{{}}}"),
    domain="the operand must not be negative, and the derivative needs one greater than 0",
)
sin = Unary(
    "sin",
    elementary.sin,
    (lambda y, x: cos(x),),
    about="The sine of x, in radians. Derivative: cos(x).",
    example=">>> sin(0), round(sin(0.5), 3)\n(0.0, 0.479)",
    latex=Layout(r"\sin\left({}\right)"),
)
cos: Unary = Unary(
    "cos",
    elementary.cos,
    (lambda y, x: -sin(x),),
    about="The cosine of x, in radians. Derivative: -sin(x).",
    example=">>> cos(0), round(cos(0.5), 3)\n(1.0, 0.878)",
    latex=Layout(r"\cos\left({}\right)"),
)
tan = Unary(
    "tan",
    elementary.tan,
    (lambda y, x: 1 + y * y,),
    about="The tangent of x, in radians. Derivative: 1 + tan(x)^2.",
    example=">>> tan(0), round(tan(0.5), 3)\n(0.0, 0.546)",
    latex=Layout(r"\tan\left({}\right)"),
)
asin = Unary(
    "asin",
    elementary.asin,
    (lambda y, x: _reciprocal(sqrt((1 - x) * (1 + x)), y),),
    about="The arcsine of x, in radians. Derivative: 1/sqrt(1 - x^2).",
    example=">>> asin(0), round(asin(0.5), 3)\n(0.0, 0.524)",
    latex=Layout(r"\arcsin\left({}\right)"),
    domain="the operand must be from -1 to 1, and the derivative needs one between",
)
acos = Unary(
    "acos",
    elementary.acos,
    (lambda y, x: div(constant(-1, y), sqrt((1 - x) * (1 + x))),),
    about="The arccosine of x, in radians. Derivative: -1/sqrt(1 - x^2).",
    example=">>> acos(1), round(acos(0.5), 3)\n(0.0, 1.047)",
    latex=Layout(r"\arccos\left({}\right)"),
    domain="the operand must be from -1 to 1, and the derivative needs one between",
)
atan = Unary(
    "atan",
    elementary.atan,
    (lambda y, x: _reciprocal(1 + x * x, y),),
    about="The arctangent of x, in radians. Derivative: 1/(1 + x^2).",
    example=">>> atan(0), round(atan(0.5), 3)\n(0.0, 0.464)",
    latex=Layout(r"\arctan\left({}\right)"),
)
sinh = Unary(
    "sinh",
    elementary.sinh,
    (lambda y, x: cosh(x),),
    about="The hyperbolic sine of x. Derivative: cosh(x).",
    example=">>> sinh(0), round(sinh(0.5), 3)\n(0.0, 0.521)",
    latex=Layout(r"\sinh\left({}\right)"),
    domain="a float has no hyperbolic sine beyond 710.47",
)
cosh: Unary = Unary(
    "cosh",
    elementary.cosh,
    (lambda y, x: sinh(x),),
    about="The hyperbolic cosine of x. Derivative: sinh(x).",
    example=">>> cosh(0), round(cosh(0.5), 3)\n(1.0, 1.128)",
    latex=Layout(r"\cosh\left({}\right)"),
    domain="a float has no hyperbolic cosine beyond 710.47",
)
tanh = Unary(
    "tanh",
    elementary.tanh,
    (lambda y, x: 1 - y * y,),
    about="The hyperbolic tangent of x. Derivative: 1 - y^2, where y is the result.",
    example=">>> tanh(0), round(tanh(0.5), 3)\n(0.0, 0.462)",
    latex=Layout(r"\tanh\left({}\right)"),
)

erf = Unary(
    "erf",
    elementary.erf,
    (lambda y, x: 2 * exp(-x * x) / sqrt(elementary.pi(x)),),
    about="The error function of x. Derivative: 2*e^(-x^2)/sqrt(pi).",
    example=">>> erf(0), round(erf(0.5), 3)\n(0.0, 0.52)",
)

# --- activations, and what selects ----------------------------------------------------------------

sigmoid = Unary(
    "sigmoid",
    elementary.sigmoid,
    (lambda y, x: y * (1 - y),),
    about="The logistic function y = 1/(1 + e^-x), without overflow. Derivative: y*(1 - y).",
    example=">>> sigmoid(0), round(sigmoid(1.1), 2)\n(0.5, 0.75)",
    latex=Layout(r"\sigma\left({}\right)"),
)
softplus = Unary(
    "softplus",
    elementary.softplus,
    (lambda y, x: sigmoid(x),),
    about="log(1 + e^x), without overflow. Derivative: sigmoid(x).",
    example=">>> softplus(1000), round(softplus(0), 3)\n(1000.0, 0.693)",
)
silu = Unary(
    "silu",
    lambda x: x * elementary.sigmoid(x),
    (lambda y, x: sigmoid(x) + y * sigmoid(-x),),
    about="x*sigmoid(x). Derivative: sigmoid(x) + y*(1 - sigmoid(x)), where y is the result.",
    example=">>> silu(0.0), round(silu(1.1), 3)\n(0.0, 0.825)",
    shown="SiLU",
    latex=Layout(r"\mathrm{{SiLU}}\left({}\right)"),
)


def _slope_of_gelu(y: Operand, x: Operand) -> Operand:
    # The normal distribution at x, and x times its density there.
    share = (1 + erf(x / sqrt(constant(2, x)))) / 2
    return share + x * exp(-x * x / 2) / sqrt(2 * elementary.pi(x))


gelu = Unary(
    "gelu",
    elementary.gelu,
    (_slope_of_gelu,),
    about="x*P(x), P the normal distribution, by erf. Derivative: P(x) + x*e^(-x^2/2)/sqrt(2*pi).",
    example=">>> gelu(0.0), round(gelu(1.1), 3)\n(0.0, 0.951)",
    shown="GELU",
    latex=Layout(r"\mathrm{{GELU}}\left({}\right)"),
)


def _partial_in_condition(y: Operand, z: Operand, a: Operand, b: Operand) -> Operand:
    return 0 if number_of(z) == number_of(z) else z  # a NaN goes on


where: Operation = Operation(
    "where",
    elementary.select,
    (_partial_in_condition, lambda y, z, a, b: where(z, 1, 0), lambda y, z, a, b: where(z, 0, 1)),
    about="a where z > 0, else b. Derivatives: 1 in the side taken, 0 in the other and in z.",
    example=">>> where(0.9, 1, 2), where(-0.5, 1, 2)\n(1, 2)",
    text=Layout("where({} > 0, {}, {})"),
    latex=Layout(r"\begin{{cases}} {1} & {0} > 0 \\ {2} & \text{{else}} \end{{cases}}"),
    selects=True,
    kink=lambda z, a, b: z == 0,
    convention="where takes the second side at 0",
)
relu = Unary(
    "relu",
    lambda x: elementary.select(x, x, 0),
    (lambda y, x: where(x, 1, 0),),
    about="The rectified linear unit: x where x > 0, else 0. Derivative: 1 where x > 0, else 0.",
    example=">>> relu(-0.5), relu(Fraction(11, 10))\n(0.0, Fraction(11, 10))",
    shown="ReLU",
    latex=Layout(r"\mathrm{{ReLU}}\left({}\right)"),
    prime="relu'",
    selects=True,
    kink=lambda x: x == 0,
    convention="relu'(0) = 0 by convention",
)
leaky_relu = Unary(
    "leaky_relu",
    lambda x: elementary.select(x, x, constant(LEAK, x) * x),
    (lambda y, x: where(x, 1, constant(LEAK, y)),),
    about="x where x > 0, else x/100. Derivative: 1 where x > 0, else 1/100.",
    example=">>> leaky_relu(-0.5), leaky_relu(1.1)\n(-0.005, 1.1)",
    prime="leaky_relu'",
    kink=lambda x: x == 0,
    convention="leaky_relu'(0) is its slope by convention",
)
elu = Unary(
    "elu",
    elementary.elu,
    (lambda y, x: exp(minimum(x, 0)),),  # 1 from both sides of 0
    about="x where x > 0, else e^x - 1. Derivative: 1 where x > 0, else e^x.",
    example=">>> round(elu(-0.5), 3), elu(1.1)\n(-0.393, 1.1)",
    shown="ELU",
    latex=Layout(r"\mathrm{{ELU}}\left({}\right)"),
)


def _excess(a: Operand, b: Operand) -> Operand:
    # Infinities tie as other numbers do, though their difference is NaN.
    return 0 if number_of(a) == number_of(b) in (math.inf, -math.inf) else sub(a, b)


maximum = Binary(
    "maximum",
    elementary.larger,
    (lambda y, a, b: where(_excess(a, b), 1, 0), lambda y, a, b: where(_excess(a, b), 0, 1)),
    about="The larger of two. Derivatives: 1 in it, exactly 0 in the other.",
    example=">>> maximum(0.9, 1.1)\n1.1",
    shown="max",
    text=Layout("max({}, {})"),
    latex=Layout(r"\max\left({}, {}\right)"),
    selects=True,
    kink=lambda a, b: a == b,
    convention="a tie goes to the second operand by convention",
)
minimum: Binary = Binary(
    "minimum",
    elementary.smaller,
    (lambda y, a, b: where(_excess(b, a), 1, 0), lambda y, a, b: where(_excess(b, a), 0, 1)),
    about="The smaller of two. Derivatives: 1 in it, exactly 0 in the other.",
    example=">>> minimum(0.9, 1.1)\n0.9",
    shown="min",
    text=Layout("min({}, {})"),
    latex=Layout(r"\min\left({}, {}\right)"),
    selects=True,
    kink=lambda a, b: a == b,
    convention="a tie goes to the second operand by convention",
)

# --- one line of the notes, one node --------------------------------------------------------------


def _dot(*operands: Number) -> Number:
    n = len(operands) // 2
    products = map(operator.mul, operands[:n], operands[n:])  # which leaves out a bias
    y = next(products)
    for product in products:  # `added`, written out
        y = y + product
    return y + operands[-1] if len(operands) % 2 else y


def _partials_of_dot(y: Operand, *operands: Operand) -> tuple[Operand, ...]:
    n = len(operands) // 2
    return (*operands[n : 2 * n], *operands[:n], *((1,) * (len(operands) % 2)))


def _total(*operands: Number) -> Number:
    return added(operands[0], operands[1:])


dot = Dot(
    "dot",
    _dot,
    _partials_of_dot,
    about="w_0*a_0 + w_1*a_1 + ... + bias of weights and inputs, from left to right, one node. "
    "Derivatives: a_i in w_i, w_i in a_i, 1 in the bias.",
    example=">>> dot([2, 3], [4, 5], bias=1)\n24",
    text=write_dot("*", " * "),
    latex=write_dot(r" \cdot ", r" \cdot "),
    html=write_dot("·", " · "),
)
total = Variadic(
    "total",
    _total,
    lambda y, *x: (1,) * len(x),
    about="The sum of a list, from left to right. Derivatives: 1 each.",
    example=">>> total([0.9, 1.1, -0.5])\n1.5",
    text=write_sum,
    latex=write_sum,
    html=write_sum,
)
mean = Variadic(
    "mean",
    lambda *x: _total(*x) / len(x),
    lambda y, *x: (_reciprocal(len(x), y),) * len(x),
    about="The mean of a list of n. Derivatives: 1/n each.",
    example=">>> mean([Fraction(1), 2, 4])\nFraction(7, 3)",
    text=lambda terms: div.text([write_sum(terms), Term(str(len(terms)))]),
    latex=lambda terms: div.latex([write_sum(terms), Term(str(len(terms)))]),
    html=lambda terms: div.text([write_sum(terms), Term(str(len(terms)))]),
)
half_squared_error = Binary(
    "half_squared_error",
    lambda a, y: (y - a) ** 2 / 2,
    (lambda loss, a, y: a - y, lambda loss, a, y: y - a),
    about="(y - a)^2/2 of a prediction a and its target y. Derivatives: a - y, y - a.",
    example=">>> half_squared_error(Fraction(9, 10), Fraction(11, 10))\nFraction(1, 50)",
    text=Layout("({1} - {0})^2/2", PRODUCT, (PRODUCT, SUM)),
    latex=Layout(r"\frac{{1}}{{2}} \left({1} - {0}\right)^2", PRODUCT, (PRODUCT, SUM)),
    html=Layout("({1} − {0})<sup>2</sup>/2", PRODUCT, (PRODUCT, SUM)),
)
squared_error = Binary(
    "squared_error",
    lambda a, y: (y - a) ** 2,
    (lambda loss, a, y: 2 * (a - y), lambda loss, a, y: 2 * (y - a)),
    about="(y - a)^2 of a prediction a and its target y. Derivatives: 2*(a - y) and 2*(y - a).",
    example=">>> squared_error(1, 4)\n9",
    text=Layout("({1} - {0})^2", POWER, (PRODUCT, SUM)),
    latex=Layout(r"\left({1} - {0}\right)^2", POWER, (PRODUCT, SUM)),
    html=Layout("({1} − {0})<sup>2</sup>", POWER, (PRODUCT, SUM)),
)


def _times(y: Number, logarithm: Callable[[Number], Number], a: Number) -> Number:
    # y*logarithm(a), and 0 where y is 0: a certain and right prediction costs nothing.
    return 0 if y == 0 else y * logarithm(_off_pole(y, a))


def _target(y: Number) -> Number:
    # Says which of the two is wrong; the domain that follows names both.
    try:
        return probability(y)
    except ValueError:
        sentence = f"the target {y} is not a probability (labels -1 and 1 are for hinge)"
        raise ValueError(sentence) from None


def _over(y: Operand, a: Operand) -> Operand:
    if y is number_of(y):
        return 0 if y == 0 else div(y, _off_pole(y, a))
    # A recorded target that happens to be 0 keeps a formula, for the next derivative.
    return (_quotient if y.data == 0 else div)(y, a)


def _write_log_likelihood(by_target: Mapping[str, Layout]) -> Write:
    """y*log(a) + (1 - y)*log(1 - a), of a plain y of 1 or 0 the one of the two that counts."""

    def write(terms: Sequence[Term]) -> Term:
        y = terms[1]
        return by_target.get(y.text if y.plain else "", by_target["any"])(terms)

    return write


_SIDES = (POWER, ANY, PRODUCT, PRODUCT)
_BY_TARGET = {
    "text": {
        "any": Layout("{}*log({}) + (1 - {})*log(1 - {})", SUM, _SIDES, (1, 0, 1, 0)),
        "1": Layout("log({})", places=(0,)),
        "0": Layout("log(1 - {})", ATOM, (PRODUCT,), (0,)),
    },
    "latex": {
        "any": Layout(r"\left({1} \log {0} + (1 - {1}) \log(1 - {0})\right)", ATOM, (ATOM, POWER)),
        "1": Layout(r"\log {}", PRODUCT, (ATOM,), (0,)),
        "0": Layout(r"\log(1 - {})", PRODUCT, (PRODUCT,), (0,)),
    },
    "html": {
        "any": Layout("{}·log({}) + (1 − {})·log(1 − {})", SUM, _SIDES, (1, 0, 1, 0)),
        "1": Layout("log({})", places=(0,)),
        "0": Layout("log(1 − {})", ATOM, (PRODUCT,), (0,)),
    },
}
binary_cross_entropy = Binary(
    "binary_cross_entropy",
    lambda a, y: 0 - (_times(_target(y), log, probability(a)) + _times(1 - y, log1p, -a)),
    (
        lambda loss, a, y: -_over(y * constant(1, loss), a) + _over(1 - y, 1 - a),
        lambda loss, a, y: log(1 - a) - log(a),
    ),
    about="-(y*log(a) + (1 - y)*log(1 - a)) of a probability a and its target y. "
    "Derivatives: -y/a + (1 - y)/(1 - a), and log(1 - a) - log(a).",
    example=">>> round(binary_cross_entropy(0.5, 1), 3)\n0.693",
    text=Minus(_write_log_likelihood(_BY_TARGET["text"])),
    latex=Minus(_write_log_likelihood(_BY_TARGET["latex"])),
    html=Minus(_write_log_likelihood(_BY_TARGET["html"]), "−"),
    domain="prediction and target must be probabilities, between 0 and 1, "
    "and the prediction not certain of what is false",
)


def _loss_of_logit(z: Number, y: Number) -> Number:
    # softplus(z) - y*z, from terms of one sign: of a right prediction it has few digits left.
    z, y = elementary.of_one_type(z, probability(y))
    return _times(y, elementary.softplus, -z) + _times(1 - y, elementary.softplus, z)


def _slope_in_logit(loss: Operand, z: Operand, y: Operand) -> Operand:
    # sigmoid(z) - y, likewise; `loss` lends its type to an int.
    z = as_type_of(loss, z)
    if y is number_of(y) and y in (0, 1):
        return -sigmoid(-z) if y == 1 else sigmoid(z)
    return mul(1 - y, sigmoid(z)) - mul(y, sigmoid(-z))


binary_cross_entropy_with_logits = Binary(
    "binary_cross_entropy_with_logits",
    _loss_of_logit,
    (_slope_in_logit, lambda loss, z, y: -z),
    about="The binary cross-entropy of sigmoid(z) and a target y: softplus(z) - y*z. "
    "Derivatives: sigmoid(z) - y as (1 - y)*sigmoid(z) - y*sigmoid(-z), and -z.",
    example=">>> round(binary_cross_entropy_with_logits(0, 1), 3)\n0.693",
    text=Layout("softplus({}) - {}*{}", SUM, (ANY, PRODUCT, POWER), (0, 1, 0)),
    html=Layout("softplus({}) − {}·{}", SUM, (ANY, PRODUCT, POWER), (0, 1, 0)),
    latex=Layout(
        r"\operatorname{{softplus}}\left({}\right) - {} \cdot {}",
        SUM,
        (ANY, PRODUCT, POWER),
        (0, 1, 0),
    ),
    domain="the target must be a probability, between 0 and 1; labels -1 and 1 are for hinge",
)


def _softmax(y: Operand, *z: Operand) -> tuple[Operand, ...]:
    # e^(z_i - y). A large y has lost the digits that tell it from the largest of z; a shift by a
    # constant changes no share, and no derivative of one.
    number = number_of(y)
    if elementary.exceeds(number, 8) or elementary.exceeds(-number, 8):
        largest = max(map(number_of, z))
        z = tuple(sub(each, largest) for each in z)
        y = log_sum_exp(z)
    return tuple(exp(sub(each, y)) for each in z)


log_sum_exp: Variadic = Variadic(
    "log_sum_exp",
    elementary.log_sum_exp,
    _softmax,
    about="log(e^z_0 + e^z_1 + ...) of a list, without overflow. Derivatives: e^(z_i - y).",
    example=">>> log_sum_exp([1000, 0]), round(log_sum_exp([0, 0]), 3)\n(1000.0, 0.693)",
    text=lambda terms: Term(f"log({' + '.join(f'exp({term.text})' for term in terms)})"),
    latex=lambda terms: Term(
        rf"\log\left({' + '.join(f'e^{{{term.text}}}' for term in terms)}\right)"
    ),
)


def _write_share(exponential: str, quotient: Write) -> Write:
    """exp(x)/(exp(z_0) + exp(z_1) + ...) of the written x and z."""

    def write(terms: Sequence[Term]) -> Term:
        x, *z = (Term(exponential.format(term.text), POWER) for term in terms)
        return quotient([x, write_sum(z)])

    return write


def _slopes_of_share(y: Operand, x: Operand, *z: Operand) -> tuple[Operand, ...]:
    if number_of(y).__class__ is not float:
        z = tuple(as_type_of(y, each) for each in z)
    return (y, *(-y * share for share in _softmax(log_sum_exp(z), *z)))


def _one_among_all(logit: Operand, logits: Iterable[Operand]) -> tuple[Operand, ...]:
    operands = (logit, *logits)
    if len(operands) == 1:
        raise ValueError("softmax_share needs at least one logit in its list: got none")
    return operands


MOST_CLASSES = 40  # whose shares are recorded, and written, one by one: each is over all logits
softmax_share = Nary(
    "softmax_share",
    elementary.softmax_share,
    _slopes_of_share,
    _one_among_all,
    about="e^x/(e^z_0 + e^z_1 + ...) of one logit x among the list z of all, without overflow. "
    "Derivatives: y in x, where y is the result, and -y*e^z_i/(e^z_0 + e^z_1 + ...) in z_i.",
    example=">>> softmax_share(0, [0, 0]), softmax_share(1000, [1000, 0])\n(0.5, 1.0)",
    text=_write_share("exp({})", div.text),
    latex=_write_share("e^{{{}}}", div.latex),
)


def _largest(z: Sequence[Operand]) -> int | None:
    # Its place; None where there is no order, or no other.
    if len(z) == 1:
        return None
    try:
        return max(range(len(z)), key=lambda place: number_of(z[place]))
    except (ArithmeticError, TypeError):  # Decimals do not compare a NaN
        return None


def _above(place: int | None, z: Sequence[Operand]) -> list[Operand]:
    # z_i - z_place, of which log_sum_exp loses no digits; of symbols, whichever is the largest.
    if place is None:
        if len(z) == 1 or not all(map(is_symbol, map(number_of, z))):
            return list(z)
        largest = reduce(maximum, z)
        return [sub(each, largest) for each in z]
    zero = constant(0, number_of(z[place]))
    return [zero if i == place else sub(each, z[place]) for i, each in enumerate(z)]


def _loss_of_logits(*operands: Number) -> Number:
    # Each share times log_sum_exp(z) - z_i; a share of 0 costs nothing, not even of -inf.
    n = len(operands) // 2
    numbers = elementary.of_one_type(*operands[:n], *map(probability, operands[n:]))
    above = _above(_largest(numbers[:n]), numbers[:n])
    normaliser = log_sum_exp(above)
    costs = (y * (normaliser - z) for y, z in zip(numbers[n:], above, strict=True) if y != 0)
    return added(constant(0, normaliser), costs)


def _slopes_of_logits(loss: Operand, *operands: Operand) -> tuple[Operand, ...]:
    n = len(operands) // 2
    logits, targets = [as_type_of(loss, z) for z in operands[:n]], operands[n:]
    place = _largest(logits)
    above = _above(place, logits)
    exponentials = [exp(z) for z in above]
    sum_of_all = total(exponentials)
    shares = [div(each, sum_of_all) for each in exponentials]
    whole = total(targets)
    is_one = whole is number_of(whole) and whole == 1
    in_logits = [
        sub(p if is_one else mul(whole, p), y) for p, y in zip(shares, targets, strict=True)
    ]
    if place is not None:
        # Of the likeliest class p - y may have no digits left: the others have them.
        others_p, others_y = (
            total([*each[:place], *each[place + 1 :]]) for each in (shares, targets)
        )
        in_logits[place] = sub(mul(others_y, shares[place]), mul(targets[place], others_p))
    normaliser = log_sum_exp(above)
    return (*in_logits, *(sub(normaliser, z) for z in above))


def _a_target_for_each(
    logits: Iterable[Operand], targets: Iterable[Operand]
) -> tuple[Operand, ...]:
    logits, targets = tuple(logits), tuple(targets)
    if len(logits) != len(targets) or not logits:
        raise ValueError(
            "cross_entropy_with_logits takes a target for each logit: "
            f"got {len(logits)} logits and {len(targets)} targets"
        )
    return (*logits, *targets)


def _write_loss_of_logits(normaliser: Write, difference: Write, product: Write) -> Write:
    """y_0*(log(...) - z_0) + y_1*(log(...) - z_1) + ... without the classes that have no share."""

    def write(terms: Sequence[Term]) -> Term:
        n = len(terms) // 2
        costs = []
        for z, y in zip(terms[:n], terms[n:], strict=True):
            cost = difference([normaliser(terms[:n]), z])
            given = y.text if y.plain else ""
            if given != "0":
                costs.append(cost if given == "1" else product([y, cost]))
        return write_sum(costs) if costs else Term("0")

    return write


cross_entropy_with_logits = Nary(
    "cross_entropy_with_logits",
    _loss_of_logits,
    _slopes_of_logits,
    _a_target_for_each,
    about="y_0*(log(e^z_0 + e^z_1 + ...) - z_0) + y_1*(...) + ... of lists of logits z and targets "
    "y: the cross-entropy of softmax(z) where these add up to 1. Derivatives: with p = softmax(z), "
    "(y_0 + y_1 + ...)*p_i - y_i in z_i, and -log(p_i) in y_i.",
    example=">>> round(cross_entropy_with_logits([0, 0], [1, 0]), 3)\n0.693",
    text=_write_loss_of_logits(log_sum_exp.text, sub.text, mul.text),
    latex=_write_loss_of_logits(log_sum_exp.latex, sub.latex, mul.latex),
    html=_write_loss_of_logits(log_sum_exp.text, _difference_in_html, _product_in_html),
    domain="the targets must be probabilities, between 0 and 1",
)

_ENTRIES = [entry for entry in tuple(globals().values()) if isinstance(entry, Operation)]
OPERATIONS = {entry.name: entry for entry in _ENTRIES if not entry.name.startswith("_")}
__test__ = {name: entry.__doc__ for name, entry in OPERATIONS.items()}  # for doctest
