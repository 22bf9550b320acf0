"""Every rule read rightly by every reader: operation x reader, no cell left out.

    eager      the operation on plain floats
    reverse    backward
    forward    jvp, along every axis and one direction
    order 2    every mixed partial by grad of grad
    order 3    every mixed partial by grad of grad of grad
    printed    every line of Derivation, each member between its equals signs read and evaluated, in
               text and in HTML
    LaTeX      the same lines in LaTeX

The first five against the formula of tests/samples.py, differentiated by SymPy and evaluated to 50
digits, at the float samples. The printed lines against the numbers that `reverse` has checked, at
the samples of floats, Fractions and Decimals, by a reader of a few regular expressions that knows
the functions of mathematics and nothing of the engine; the operation stands alone, named inside a
larger expression, and unnamed in the middle of one, where a missing parenthesis would show. Then
all forms of every operation, over operands and inside expressions of every kind.
"""

from __future__ import annotations

import math
import re
from functools import cache
from html import unescape
from itertools import combinations_with_replacement, product

import mpmath
import pytest
import symbolic
import sympy
from samples import SAMPLES, ByName

from autograd import OPERATIONS, Derivation, Value, grad, jvp, operations
from autograd.notes.expressions import Pen, name_term, write
from autograd.notes.naming import latex_of
from autograd.notes.typeset import html_name
from autograd.writing import Term

PROMISE = "every rule read rightly by every reader"
NAMES = ["a_0^1", "w_10^2", "z_1^2", "b", "v1", "x", "w_0^1", "c", "t"]


@cache
def formula(name, count, places):
    return sympy.lambdify(
        symbolic.symbols(count), symbolic.derivative(name, count, places), "mpmath"
    )


def true_number(name, operands, *places):
    with mpmath.workdps(50):
        return float(
            formula(name, len(operands), tuple(sorted(places)))(*map(mpmath.mpf, operands))
        )


def close(expected):
    return pytest.approx(expected, rel=1e-13, abs=1e-13)


def floats(numbers):
    return list(map(float, numbers))


def function(name):
    return lambda *x: OPERATIONS[name](*SAMPLES[name].arrange(*x))


def eager(name, operands):
    got = function(name)(*operands)
    assert type(got) is float and got == close(true_number(name, operands))


def reverse(name, operands):
    leaves = list(map(Value, operands))
    function(name)(*leaves).backward()
    for i, leaf in enumerate(leaves):
        assert leaf.grad == close(true_number(name, operands, i))


def forward(name, operands):
    count = len(operands)
    partials = [true_number(name, operands, i) for i in range(count)]
    directions = [[float(i == j) for j in range(count)] for i in range(count)] + [
        [0.5 - i for i in range(count)]
    ]
    for direction in directions:
        value, moved = jvp(function(name), operands, tuple(direction))
        assert value == function(name)(*operands)
        assert moved == close(sum(p * d for p, d in zip(partials, direction, strict=True)))


def order(n):
    def reader(name, operands):
        for places in combinations_with_replacement(range(len(operands)), n):
            f = function(name)
            for place in places:
                f = grad(f, argnums=place)
            assert f(*operands) == close(true_number(name, operands, *places)), places

    return reader


# --- the printed lines ----------------------------------------------------------------------------

FUNCTIONS = ByName(
    (word, read) for name, samples in SAMPLES.items() for word, read in samples.words(name).items()
)


def evaluated(text, numbers):
    """The number that a printed expression stands for, given those of the names in it; nothing else
    is let through.
    """
    known = "|".join(map(re.escape, sorted(numbers, key=len, reverse=True))) or "(?!)"
    token = rf"(?P<name>(?:{known})(?![\w']))|(?P<number>\d[\d.]*(?:[eE][+-]\d+)?)"
    token += r"|(?P<function>[a-z_0-9]+'?)(?=\()|(?P<sign>[-+*/^(),> ])"
    code, at, given = [], 0, []
    while at < len(text):
        match = re.compile(token).match(text, at)
        assert match, f"cannot read {text!r} at {text[at:]!r}"
        kind, found, at = match.lastgroup, match[0], match.end()
        if kind == "sign":
            code.append({"^": "**"}.get(found, found))
        else:
            code.append(f"given[{len(given)}]")
            given.append(
                {"name": numbers, "function": FUNCTIONS, "number": {found: found}}[kind][found]
            )
            given[-1] = float(given[-1]) if kind == "number" else given[-1]
    return eval("".join(code), {"__builtins__": {}, "given": given})  # of the tokens above only


def from_latex(latex, numbers):
    """A LaTeX member as text, each name a stand-in without braces: (text, the numbers of the
    stand-ins).
    """
    stand_ins = {}
    for name in sorted(numbers, key=lambda name: -len(latex_of(name))):
        stand_ins[f"N{len(stand_ins)}N"] = numbers[name]
        latex = re.sub(
            rf"(?<![A-Za-z\\]){re.escape(latex_of(name))}(?![A-Za-z_])",
            f"N{len(stand_ins) - 1}N",
            latex,
        )
    cases = r"\\begin\{cases\} (.*?) & (.*?) \\\\ (.*?) & \\text\{else\} \\end\{cases\}"
    latex = re.sub(cases, r"where(\2, \1, \3)", latex)
    for old, new in LATEX_WORDS.items():
        latex = latex.replace(old, new)
    latex = re.sub(r"\\(?:operatorname|mathrm)\{(\w+)\}", lambda match: match[1].lower(), latex)
    before = ""
    while before != latex:  # from the innermost braces outwards
        before = latex
        latex = re.sub(r"(?<![\w}])e\^\{([^{}]*)\}(?!\^)", r"exp(\1)", latex)  # one superscript
        latex = re.sub(r"\\frac\{([^{}]*)\}\{([^{}]*)\}", r"(\1)/(\2)", latex)
        latex = re.sub(r"\\sqrt\{([^{}]*)\}", r"sqrt(\1)", latex)
        latex = re.sub(r"(?<!\be)\^\{([^{}]*)\}", r"^(\1)", latex)
    latex = re.sub(rf"\\({LATEX_FUNCTIONS})\b", r"\1", latex)
    latex = re.sub(r"log (\w[\w.]*)(?![\w.(])", r"log(\1)", latex).replace("log (", "log(")
    return re.sub(
        r"(?<=[)\w]) (?=[(\w])", "*", latex
    ), stand_ins  # what only stands side by side is multiplied


# LaTeX's own; the others are \operatorname.
LATEX_FUNCTIONS = "(?:arc)?(?:sin|cos|tan)|sinh|cosh|tanh|exp|log|max|min"
LATEX_WORDS = {
    r"\left|": "abs(",
    r"\right|": ")",
    r"\left(": "(",
    r"\right)": ")",
    r"\cdot": "*",
    r"\sigma": "sigmoid",
    r"\_": "_",
}


def surroundings(name, operands, moving):
    """Graphs with the operation in them, and the named leaves of each, at the places that move."""
    kind = type(operands[0])

    def made(number=lambda x: x, written=lambda leaf: leaf):
        """The operation over its leaves as they are written, and the leaves, of such numbers."""
        leaves = {i: Value(number(operands[i]), NAMES[i]) for i in moving}
        given = (written(leaves[i]) if i in leaves else x for i, x in enumerate(operands))
        return function(name)(*given), list(leaves.values())

    def inside():
        return made(lambda x: (x - kind("0.25")) / -2, lambda leaf: kind("0.25") - 2 * leaf)

    yield made()
    named, leaves = made()
    named.name = "y"
    yield 3 - named * leaves[0], leaves
    unnamed, leaves = inside()
    yield (kind("1.5") - unnamed) / (unnamed + 20) * -unnamed, leaves
    unnamed, leaves = inside()
    yield unnamed**2, leaves


def printed(read):
    def reader(name, operands, moving=None):
        moving = range(len(operands)) if moving is None else moving
        for root, leaves in surroundings(name, operands, moving):
            derivation = Derivation(root)
            root.backward()
            numbers = {leaf.name: float(leaf.data) for leaf in leaves}
            assert derivation.forward[-1].number == root.data
            gradients = {step.node: step.number for step in derivation.gradients}
            assert floats(gradients[leaf] for leaf in leaves) == close(
                floats(leaf.grad for leaf in leaves)
            )
            for step in (*derivation.forward, *derivation.gradients):
                numbers[step.name] = float(step.number)
                read(step, numbers)

    return reader


def read_text(step, numbers):
    name, *members = str(step).removesuffix(f"   ({step.remark})").split(" = ")
    assert name == step.name
    for member in members:
        assert evaluated(member, numbers) == close(float(step.number)), str(step)
    for line in step.contributions:
        first, *same = line.partition(": ")[2].split(" = ")
        for member in same:
            assert evaluated(member, numbers) == close(evaluated(first, numbers)), line


def read_text_and_html(step, numbers):
    read_text(step, numbers)
    name, *members = (member.text for member in step.in_html)
    assert name == html_name(step.name)
    for member in filter(None, members):
        text, stand_ins = from_html(member, numbers)
        assert evaluated(text, stand_ins) == close(float(step.number)), (member, text)


def from_html(page, numbers):
    """A member in HTML as text, with stand-ins for its names, and their numbers."""
    stand_ins = {}
    for name in sorted(numbers, key=lambda name: -len(html_name(name))):
        stand_ins[f"N{len(stand_ins)}N"] = numbers[name]
        whole = rf"(?<![\w&])(?<!</){re.escape(html_name(name))}(?![\w(;])"
        page = re.sub(whole, f"N{len(stand_ins) - 1}N", page)
    assert not re.search("[*^-]", page), page
    for sign, typed in HTML_WORDS.items():
        page = page.replace(sign, typed)
    return unescape(page), stand_ins


HTML_WORDS = {
    "<sup>": "^(",
    "</sup>": ")",
    "·": "*",
    "−": "-",
    "′": "'",
    "ReLU": "relu",
}


def read_latex(step, numbers):
    name, *members = step.latex.split(" = ")
    assert name == latex_of(step.name)
    assert "*" not in step.latex
    for member in members:
        text, stand_ins = from_latex(member, numbers)
        assert evaluated(text, stand_ins) == close(float(step.number)), (step.latex, text)


READERS = {
    "eager": eager,
    "reverse": reverse,
    "forward": forward,
    "order 2": order(2),
    "order 3": order(3),
    "printed": printed(read_text_and_html),
    "LaTeX": printed(read_latex),
}


# --- every form, over operands and inside expressions of every kind ------------------------------

OPERANDS = {
    "a name": lambda x, leaf: leaf(x),
    "minus a name": lambda x, leaf: -leaf(-x),
    "a sum": lambda x, leaf: leaf(x - 0.25) + 0.25,
    "a difference": lambda x, leaf: 0.25 - leaf(0.25 - x),
    "a product": lambda x, leaf: leaf(x / 2) * 2,
    "a product that begins with a minus": lambda x, leaf: -2 * leaf(x / -2),
    "a quotient": lambda x, leaf: leaf(x * 4) / 4,
    "a power": lambda x, leaf: leaf(math.copysign(math.fabs(x) ** (1 / 3), x)) ** 3,
    "a number": lambda x, leaf: Value(x),
}
WHOLES = [
    lambda y: -y,
    lambda y: 1.5 - y,
    lambda y: y - 1.5,
    lambda y: 0.5 * y,
    lambda y: y * -0.5,
    lambda y: y / 3,
    lambda y: 3 / y,
    lambda y: y**3,
    lambda y: 2.0**y,
]
PRIVATE = {"_power_log": (1.5, 2.0, 2), "_quotient": (0.9, -1.1)}  # what only derivatives write
FORMS = {"text": lambda text, numbers: (text, numbers), "latex": from_latex, "html": from_html}


@pytest.mark.parametrize("name", [*OPERATIONS, *PRIVATE])
def test_every_form_says_the_same(name):
    of = function(name) if name in OPERATIONS else getattr(operations, name)
    samples = SAMPLES[name].floats if name in OPERATIONS else [PRIVATE[name]]
    operands = max(samples, key=lambda x: (len(x), of(*x) != 0))
    names = ["a name"] * len(operands)
    for place, kind in product(range(len(operands)), OPERANDS):
        assert_written(of, operands, [*names[:place], kind, *names[place + 1 :]])
    for whole, first in product(WHOLES, ["a name", "minus a name"]):
        assert_written(lambda *x, whole=whole: whole(of(*x)), operands, [first, *names[1:]])


def assert_written(of, operands, kinds):
    """What is written over operands of these kinds has the number of what is computed."""
    names, numbers = iter(NAMES), {}

    def leaf(x):
        name = next(names)
        numbers[name] = x
        return Value(x, name)

    root = of(*(OPERANDS[kind](x, leaf) for kind, x in zip(kinds, operands, strict=True)))
    for form, read in FORMS.items():
        pen = Pen(form=form)
        term = write(root, lambda node, pen=pen: node.name and name_term(node.name, pen.form), pen)
        text, stand_ins = read(term.text, numbers)
        assert evaluated(text, stand_ins) == close(root.data), (term.text, text)


@pytest.mark.parametrize(
    ("form", "alone", "among_others"),
    [("text", "w * a", "w*a + b"), ("html", "w · a", "w·a + b")],
)
def test_a_product_alone_has_room(form, alone, among_others):
    w, a, b = map(Term, "wab")
    write_dot = getattr(operations.dot, form)
    assert write_dot([w, a]).text == alone
    assert write_dot([w, a, b]).text == among_others


@pytest.fixture(scope="module")
def cells():
    return []


@pytest.mark.one_in(9)
@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("name", OPERATIONS)
def test_cell(name, reader, full, cells):
    for operands in SAMPLES[name].floats:
        READERS[reader](name, operands)
    if reader in ("printed", "LaTeX"):
        for case in SAMPLES[name].exact:
            moving = [i for i, partial in enumerate(case.partials) if partial is not None]
            if moving:
                READERS[reader](name, case.operands, moving)
        # A Decimal is written as the Fractions and floats are: by default one reader meets them.
        for operands in SAMPLES[name].decimals if full or reader == "printed" else ():
            READERS[reader](name, operands)
    cells.append((name, reader))


def test_counted(cells, figure):
    every = len(OPERATIONS) * len(READERS)
    if len(cells) < every:
        pytest.skip("not all cells were asked for")
    readers = ", ".join(READERS)
    figure(
        PROMISE,
        f"{len(cells)} of {every} cells, {len(OPERATIONS)} operations x {len(READERS)} readers "
        f"({readers})",
    )
