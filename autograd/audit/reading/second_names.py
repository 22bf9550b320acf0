"""Other ways in which people write a name that a sheet declares.

f(x, y) is f, w_5 is w5, and dz, z.grad or v̄_3 are gradients of what nothing else is computed from.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

from autograd.audit.expressions import Derivative, Expression, Name, replaced
from autograd.audit.reading.functions import FUNCTIONS
from autograd.audit.reading.names import NAME, plain, unmarked

ARGUMENTS = rf"\(\s*{NAME}(?:\s*,\s*{NAME})*\s*\)"
FUNCTION = re.compile(rf"(?<![\w.])({NAME})\s*({ARGUMENTS})")
CALL = re.compile(rf"(?<![\w.\\])({NAME})\(")
DEFINED = re.compile(rf"\s*({NAME})\s*({ARGUMENTS})\s*=")
NUMBERED = re.compile(r"([A-Za-z]+)(_?)([0-9]+)")
DOTTED = re.compile(r"\.[A-Za-z]")
ATTRIBUTE = re.compile(rf"(?<![\w.])({NAME})\.(grad|g|data|T|t\(\))(?![\w.(])")
METHOD = re.compile(rf"(?<![\w.])({NAME})\.(tanh|relu|exp|log|sigmoid)\(\)")
ARROW = re.compile(rf"\s*({NAME})\s*(?:→|->)\s*({NAME})\s*=")
NABLA = re.compile(rf"(?:∇|\\nabla\s?)_(?:\{{({NAME})\}}|({NAME}))\s+({NAME})")
CHANGE_OF = re.compile(rf"(?<![\w.])(?:change (?:in|of) ({NAME})|({NAME}) change)(?![\w(])")
AT_TIME = re.compile(rf"(?<![\w.\\])({NAME})\(([tkn])(\+1)?\)")
IN_TIME = re.compile(rf"\s*({NAME})\([tkn]\+1\)\s*(?::=|=|←|<-)")
BAR = "_bar"
MOST_CALLED = 200  # characters in the brackets of a function


def arguments_of(definitions: Iterable[str]) -> dict[str, str]:
    """The arguments of what is defined as a function, L(a, y) = ..., without blanks.

    >>> arguments_of(["L(a, y) = (a - y)^2", "z = w*x"])
    {'L': '(a,y)'}
    """
    found = (DEFINED.match(text) for text in definitions)
    return {
        plain(match[1]): _bare(match[2]) for match in found if match and match[1] not in FUNCTIONS
    }


def without_arguments(
    text: str,
    arguments: Mapping[str, str],
    computed: Collection[str],
    roots: Collection[str] = (),
) -> str:
    """L(a, y) as L; no column moves. What is computed may be a function on the left of a line, and
    what nothing else is computed from wherever it stands.

    >>> without_arguments("L(a, y) = 2*L(a, y)", {"L": "(a,y)"}, ())
    'L       = 2*L      '
    >>> without_arguments("J(w) = J(w)", {}, ["J"]), without_arguments("f(x,y) = 1", {}, ["f"])
    ('J    = J(w)', 'f      = 1')
    """
    left = text.partition("=")[0].strip()

    def name(match: re.Match[str]) -> str:
        called = plain(match[1])
        is_left = match[0] == left and match.end() <= len(text.partition("=")[0])
        is_clear = is_left or "," in match[2] or called in roots
        is_function = arguments.get(called) == _bare(match[2]) or (
            called in computed and called not in arguments and is_clear
        )
        return match[1].ljust(len(match[0])) if is_function else match[0]

    return FUNCTION.sub(name, text) if "(" in text else text


def call_of(text: str, roots: Collection[str]) -> str:
    """J(w + h), where J is what nothing else is computed from: a value elsewhere, and no product.

    >>> call_of("(J(w + h) - J)/h", ["J"]), call_of("a(1 - a)", ["a"]), call_of("J (2)", ["J"])
    ('J(w + h)', '', '')
    """
    for match in CALL.finditer(text):
        if (name := plain(match[1])) not in roots:
            continue
        inside = text[match.end() : match.end() + MOST_CALLED].partition(")")[0]
        if name not in names_of(inside):
            return f"{match[0]}{inside})"
    return ""


def names_of(text: str) -> set[str]:
    """The names that stand in a text, in plain spelling."""
    return {plain(match[0]) for match in re.finditer(rf"(?<![\w\\]){NAME}", text)}


def without_attributes(text: str) -> str:
    """x.grad as dx, x.data as x, n.tanh() as tanh(n), ∇_w J as dJ/dw, w → w' = 2 as w' = 2, and
    w change as Δw; no column moves.

    >>> without_attributes("x.grad = w.data*n.grad"), without_attributes("n.tanh() = ∇_w J")
    ('dx     = w     *dn    ', 'tanh(n)  = dJ/dw')
    >>> without_attributes("w → w' = 2")
    "    w' = 2"
    """
    if DOTTED.search(text):
        text = METHOD.sub(lambda m: f"{m[2]}({m[1]})".ljust(len(m[0])), text)
        text = ATTRIBUTE.sub(_attribute, text)
    if "change" in text:
        text = CHANGE_OF.sub(lambda m: f"Δ{m[1] or m[2]}".ljust(len(m[0])), text)
    if (arrow := ARROW.match(text)) and unmarked(plain(arrow[2])) == plain(arrow[1]):
        text = " " * arrow.start(2) + text[arrow.start(2) :]
    return NABLA.sub(lambda m: f"d{m[3]}/d{m[1] or m[2]}".ljust(len(m[0])), text)


def without_time(texts: Sequence[str], given: Collection[str]) -> list[str]:
    """w(t+1) as w' and w(t) as w, of what is given and computed so; no column moves.

    >>> without_time(["w(t+1) = w(t) + 0.1*b(t)", "b(t) = 2"], ["w", "b"])
    ["w'     = w    + 0.1*b(t)", 'b(t) = 2']
    """
    lefts = (IN_TIME.match(text) for text in texts if "+1)" in text)
    names = {name for match in lefts if match and (name := plain(match[1])) in given}

    def bare(match: re.Match[str]) -> str:
        mark = "'" if match[3] else ""
        return f"{match[1]}{mark}".ljust(len(match[0])) if plain(match[1]) in names else match[0]

    return [AT_TIME.sub(bare, text) for text in texts] if names else list(texts)


def _attribute(match: re.Match[str]) -> str:
    name, attribute = match[1], match[2]
    before, behind = {"data": ("", ""), "T": ("", ".T"), "t()": ("", ".T")}.get(
        attribute, ("d", "")
    )
    return f"{before}{name}{behind}".ljust(len(match[0]))


def _bare(arguments: str) -> str:
    return re.sub(r"\s", "", arguments)


def alike(names: Collection[str], is_taken: Callable[[str], bool]) -> dict[str, str]:
    """Second spellings of declared names, w_5 of w5 and w5 of w_5, where nothing else has them.

    >>> alike(["w5", "x_1", "b", "y1", "y_1"], ["w5", "x_1", "b", "y1", "y_1"].__contains__)
    {'w_5': 'w5', 'x1': 'x_1'}
    """
    found = dict[str, str]()
    for name in names:
        if match := NUMBERED.fullmatch(name):
            other = match[1] + match[3] if match[2] else f"{match[1]}_{match[3]}"
            if not is_taken(other):
                found[other] = name
    return found


def with_names(expression: Expression, same: Mapping[str, str]) -> Expression:
    """An expression with the names that are declared; the mark of an updated one stays."""

    def name(each: Name) -> Name:
        base = unmarked(each.text) if each.text not in same else ""
        if base in same:
            return Name(each.text.replace(base, same[base], 1))
        return Name(same.get(each.text, each.text))

    def key(each: Name | Derivative) -> Name | Derivative:
        if isinstance(each, Name):
            return name(each)
        return Derivative(name(each.root), name(each.variable))

    return replaced(expression, key) if same else expression


def usual_gradients(
    names: Iterable[str], root: Name, known: Collection[Name]
) -> Iterator[tuple[Name, Derivative]]:
    """What names are that nothing declares: dfdq, dq and q_bar are gradients.

    >>> from autograd.audit.expressions import written
    >>> known = [Name("f"), Name("q"), Name("v_3")]
    >>> found = usual_gradients(["dfdq", "dq", "v_bar3", "dot", "df"], Name("f"), known)
    >>> [(name.text, written(each)) for name, each in found]
    [('dfdq', 'df/dq'), ('dq', 'df/dq'), ('v_bar3', 'df/dv_3'), ('df', 'df/df')]
    """
    for name in names:
        base = name.replace(BAR, "_", 1).rstrip("_") if BAR in name else name[1:]
        if (name.startswith("d") or BAR in name) and Name(base) in known:
            yield Name(name), Derivative(root, Name(base))
            continue
        pairs = ((name[1:at], name[at + 1 :]) for at in range(2, len(name)) if name[at] == "d")
        both = [pair for pair in pairs if {*map(Name, pair)} <= {*known}]
        if name.startswith("d") and len(both) == 1:
            (above, below) = both[0]
            yield Name(name), Derivative(Name(above), Name(below))
