"""An operation of one's own: one entry, and every reader has it."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from autograd import (
    Derivation,
    Nary,
    Operation,
    Value,
    Walk,
    derivative,
    draw,
    grad,
    gradients,
    hessian,
    jvp,
    sqrt,
    where,
)
from autograd.notes.steps import forward_steps

hypotenuse = Operation(
    "hypot", lambda a, b: sqrt(a * a + b * b), [lambda y, a, b: a / y, lambda y, a, b: b / y]
)
cube = Operation("my_cube", lambda x: x**3, [lambda y, x: 3 * x**2], text="{}^3", latex="{}^{{3}}")


def written(root):
    root.name = "y"
    step = forward_steps(root)[-1]
    return step.formula, step.latex


def test_it_is_differentiated_to_any_order():
    a, b = Value(Fraction(3), "a"), Value(Fraction(4), "b")
    hypotenuse(a, b).backward()
    assert (a.grad, b.grad) == (Fraction(3, 5), Fraction(4, 5))
    assert hessian(lambda x: hypotenuse(x[0], x[1]))([Fraction(3), Fraction(4)])[0] == [
        Fraction(16, 125),
        Fraction(-12, 125),
    ]
    assert jvp(hypotenuse, (Fraction(3), Fraction(4)), (1, 0)) == (5, Fraction(3, 5))
    assert [derivative(cube, order)(5) for order in range(5)] == [125, 75, 30, 6, 0]
    assert grad(grad(grad(cube)))(5) == 6


def test_without_a_layout_it_is_written_as_a_call():
    a, b = Value(3.0, "a_0^1"), Value(4.0, "b")
    text, latex = written(hypotenuse(a, b - 1))
    assert text == "hypot(a_0^1, b - 1)"
    assert latex.startswith(
        r"y = \operatorname{hypot}\left(a_{0}^{1}, b - 1\right) = "
        r"\operatorname{hypot}\left(3, 4 - 1\right)"
    )
    one = Operation("my_own", lambda x: x, [lambda y, x: 1])
    assert written(one(a))[0] == "my_own(a_0^1)"
    assert r"\operatorname{my\_own}\left(a_{0}^{1}\right)" in written(one(a))[1]


def test_a_template_alone_serves_latex_too():
    at = Operation("at", lambda a, b: a * b, [lambda y, a, b: b, lambda y, a, b: a], text="{} @ {}")
    text, latex = written(at(Value(3, "a"), Value(4, "b") + 1))
    assert (text, latex) == ("a @ (b + 1)", "y = a @ (b + 1) = 3 @ (4 + 1) = 15")


@pytest.mark.parametrize(
    ("build", "formula"),
    [
        (lambda x, y: cube(x), "x^3"),
        (lambda x, y: cube(x + y), "(x + y)^3"),
        (lambda x, y: cube(x * y), "(x*y)^3"),
        (lambda x, y: cube(-x), "(-x)^3"),
        (lambda x, y: cube(x) * y, "(x^3)*y"),
        (lambda x, y: cube(cube(x)), "(x^3)^3"),
        (lambda x, y: (-x + y) * x, "(-x + y)*x"),
        (lambda x, y: -x * y + x, "-x*y + x"),
        (lambda x, y: x - (-x) / y, "x - (-x)/y"),
    ],
)
def test_a_template_is_in_parentheses_where_it_must_be(build, formula):
    assert written(build(Value(2, "x"), Value(3, "y")))[0] == formula


@pytest.mark.parametrize(
    ("html", "page"),
    [
        (None, "(−a<sub>1</sub>) ** 2 -&gt; b"),
        ("{}<sup>2</sup> → {}", "(−a<sub>1</sub>)<sup>2</sup> → b"),
    ],
)
def test_in_html_it_is_written_as_it_says_or_its_text_escaped(html, page):
    own = Operation(
        "own", lambda a, b: a * a - b, [lambda y, a, b: 2 * a, lambda y, a, b: -1],
        text="{} ** 2 -> {}", html=html,
    )  # fmt: skip
    root = own(-Value(3.0, "a_1"), Value(4.0, "b"))
    step = forward_steps(root)[-1]
    assert step.formula == "(-a_1) ** 2 -> b"
    assert step.in_html[1].text == page


def test_it_prints_draws_and_steps():
    x = Value(2, "x")
    loss = cube(x) * 2
    loss.name = "L"
    assert "dL/dx = 2 * (3*x^2) = 2 * (3*2^2) = 24" in str(Derivation(loss))
    assert Walk(loss).goto("dL/dx").step.number == 24
    assert "x^3" in draw(loss).svg


product = Nary("prod", lambda *x: math.prod(x), lambda y, *x: tuple(y / v for v in x))


def test_any_number_of_operands():
    z = product(Value(2, "a"), Value(3, "b"), Value(4, "c"))
    assert written(z)[0] == "prod(a, b, c)"
    assert str(Derivation(z)).splitlines()[-1] == "dy/dc = y/c = 24/4 = 6"
    assert hessian(lambda p: product(*p))([2.0, 3.0, 4.0])[0] == [0.0, 4.0, 3.0]


MISTAKES = [
    (
        lambda: Operation("own", lambda *x: x[0], lambda y, *x: (1,)),
        r"a list of functions for its partials, one for each operand \(Nary: one function for "
        r"all\): got 'own', <",
    ),
    (lambda: Operation("own", lambda x: x, 3), "a list of functions .*, 3$"),
    (lambda: Operation("own", lambda: 1, []), r"a list of functions .*, \[\]$"),
    (lambda: Operation("own", lambda x: x, [3]), r"a list of functions .*, \[3\]$"),
    (lambda: Operation("own", 3, [lambda y, x: 1]), "a function for its value"),
    (lambda: Operation(3, lambda x: x, [lambda y, x: 1]), "an operation has a name"),
    (
        lambda: Operation("own", lambda x: None, [lambda y, x: 1])(Value(2, "x")),
        r"^own\(x\) .*: None is not a number",
    ),
    (
        lambda: Operation("own", lambda x: Value(x), [lambda y, x: 1])(Value(2)),
        r"^own\(2\): Value\(2\) is a Value",
    ),
    (
        lambda: grad(Operation("own", lambda x: x, [lambda y, x: None]))(1.0),
        "the partial of own in operand 0 returned None",
    ),
    (
        lambda: grad(lambda x: Nary("own", lambda *x: x[0], lambda y, *x: (1,))(x, x))(1.0),
        "own has 1 partials for 2 operands",
    ),
    (
        lambda: grad(lambda x: Nary("own", lambda *x: x[0], lambda y, *x: [1, None])(x, x))(1.0),
        "the partial of own in operand 1 returned None",
    ),
    (
        lambda: grad(lambda x: Nary("own", lambda *x: x[0], lambda y, *x: None)(x, x))(1.0),
        "the partials of own are a list, not None",
    ),
]


def test_only_what_is_asked_for_is_computed():
    def never(y, a, b):
        raise ArithmeticError("nobody asked")

    own = Operation("own", lambda a, b: a * b, [lambda y, a, b: b, never])
    x, c = Value(2.0), Value(3.0)
    assert gradients(own(x, c), [x]) == gradients(own(x, 3.0), [x]) == [3.0]
    assert own.local_derivatives(own(x, 3.0)) == [3.0, None]
    assert grad(lambda x: own(x, c))(Value(2.0)).data == jvp(own, (2.0, 3.0), (1.0, 0.0))[1] == 3.0
    with pytest.raises(ArithmeticError, match=r"the derivative of own\(2\.0, 3\.0\): nobody asked"):
        own(x, c).backward()


def test_a_partial_may_be_computed_by_numpy():
    own = Operation("own", lambda x: np.sin(x), [lambda y, x: np.cos(x)])
    x = Value(0.5)
    own(x).backward()
    assert type(own(x).data) is type(x.grad) is float


@pytest.mark.parametrize(("mistake", "sentence"), MISTAKES)
def test_mistakes_are_named(mistake, sentence):
    with pytest.raises(TypeError, match=sentence):
        mistake()


@pytest.mark.parametrize("text", ["{} + {}", "{x}", "{", "x^2", "{{}}^3", "{0.x}", "{0[x]}"])
def test_a_template_that_does_not_suit_the_operands(text):
    with pytest.raises(ValueError, match=r"^a template of own has one \{\} for each operand, not "):
        Operation("own", lambda x: x, [lambda y, x: 1], text=text)
    with pytest.raises(
        TypeError, match="own takes any number of operands: no template, a function"
    ):
        Nary("own", lambda *x: x[0], lambda y, *x: [1], text=text)


def test_a_kink_without_a_convention_is_said_too():
    bend = Operation("bend", abs, [lambda y, x: 1], kink=lambda x: x == 0)
    assert "dL/dx = 1   (its derivative is a convention here)" in str(
        Derivation(bend(Value(0, "x")))
    )


def test_the_wrong_number_of_operands():
    with pytest.raises(TypeError, match="hypot takes 2 operands, got 1"):
        hypotenuse(1.0)


def test_its_module_is_that_of_its_partials():
    assert hypotenuse.__module__ == __name__
    table = Operation("table", lambda x: x, [{}.get])  # a method, which has none
    assert table.__module__ == "autograd.entry"


def test_a_choice_without_a_kink_has_a_silent_side():
    first = Operation("first", lambda a, b: a, [lambda *_: 1, lambda *_: 0], selects=True)
    slope = jvp(lambda x: sqrt(first(Value(0.0), x)) + x, (2.0,), (1.0,))[1]
    assert slope == 1.0  # where sqrt has no derivative, x does not move it


third = Operation("third", lambda x: x / 3, [lambda y, x: 1 / 3])


@pytest.mark.parametrize("x", [Fraction(2), Decimal(2)])
@pytest.mark.parametrize(
    "differentiate",
    [
        grad,
        derivative,
        lambda f: derivative(f, order=2),
        lambda f: lambda x: jvp(f, (x,), (1,)),
        lambda f: lambda x: grad(f)(Value(x, "x")),
        lambda f: lambda x: f(Value(x, "x")).backward(),
    ],
)
def test_a_float_in_a_partial_does_not_change_the_type(differentiate, x):
    sentence = (
        "a Fraction with a float makes a float"
        if isinstance(x, Fraction)
        else "unsupported operand"
    )
    with pytest.raises(TypeError, match=f".+: {sentence}"):
        differentiate(lambda x: third(x) * x)(x)


@pytest.mark.parametrize(
    "derive", [grad, lambda f: lambda x: gradients(f(leaf := Value(x)), [leaf]), derivative]
)
def test_a_float_among_fractions_is_laid_to_the_operation_that_made_it(derive):
    rough = Operation("rough", lambda x: 2 * x, [lambda y, x: 2.5])
    with pytest.raises(TypeError, match=r"the derivative of rough\(.*: a Fraction with a float"):
        derive(lambda x: rough(x) * 2 + 1)(Fraction(3))


def test_what_made_the_float_is_sought_among_what_the_gradient_reaches():
    x, zero = Value(Fraction(3), "x"), Value(Fraction(0))
    used, unused = (
        Operation(name, lambda x: 2 * x, [lambda y, x: 2.5]) for name in ("used", "unused")
    )
    for other in (unused(x), sqrt(zero), x):  # of sqrt at 0 there is no derivative
        with pytest.raises(
            TypeError, match=r"^the derivative of used\(x\) .*: a Fraction with a float"
        ):
            where(1, used(x), other).backward()


class Half:
    """A derivative that is no float, and makes one of a Fraction."""

    __add__ = __mul__ = __truediv__ = __pow__ = __neg__ = lambda self, other=1: float(other) / 2
    __rmul__ = __mul__


def test_a_float_of_unknown_origin_is_laid_to_the_result():
    half = Operation("half", lambda x: x / 2, [lambda y, x: Half()])
    x = Value(Fraction(3), "x")
    with pytest.raises(TypeError, match=r"^the derivative of -3: a Fraction with a float"):
        (-(half(x) * 2)).backward()


def test_a_selection_whose_derivative_fails_is_named():
    first = Operation(
        "first",
        lambda a, b: a,
        [lambda y, a, b: a / 0, lambda y, a, b: 0],
        text="first({}, {})",
        selects=True,
    )
    with pytest.raises(ZeroDivisionError, match=r"the derivative of first\("):
        jvp(lambda x: first(x, 2.0), (1.0,), (1.0,))
    x = Value(1.0, "x")
    with pytest.raises(ZeroDivisionError, match=r"the derivative of first\(x, 2"):
        first(x, 2.0).backward()
