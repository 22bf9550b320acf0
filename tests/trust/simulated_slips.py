"""Slips that a student makes, drawn as often as they are found in published worked examples.

A slip is one of the formula, which is changed as a tree, or one of the number that is printed.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from decimal import Decimal
from random import Random
from typing import Any, NamedTuple

CALLED = re.compile(r"([A-Za-z]+)")


class Place(NamedTuple):
    """Where a slip is made: a line, what is written so far, and what is computed from what.

    `activations` has for each activation its function and its pre-activation, `old` the parameters
    before their update.
    """

    line: Any
    network: Any
    numbers: dict[str, float]
    activations: dict[str, tuple[str, str]]
    old: dict[str, float]


# --- of the formula -------------------------------------------------------------------------------


def of_sign(place: Place) -> Iterator[ast.expr]:
    """The result's sign lost, or that of a term."""
    formula = place.line.formula
    yield ast.UnaryOp(ast.USub(), formula)
    for node in _sums(formula):
        turned = ast.Add() if isinstance(node.op, ast.Sub) else ast.Sub()
        yield _with(formula, node, ast.BinOp(node.left, turned, node.right))


def of_term(place: Place) -> Iterator[ast.expr]:
    """A term or a path left out."""
    formula = place.line.formula
    for node in _sums(formula):
        yield _with(formula, node, node.left)
        is_negative = isinstance(node.op, ast.Sub)
        right = ast.UnaryOp(ast.USub(), node.right) if is_negative else node.right
        yield _with(formula, node, right)


def of_factor(place: Place) -> Iterator[ast.expr]:
    """A factor left out; a mask and 1/m are factors too."""
    formula = place.line.formula
    for node in ast.walk(formula):
        if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Mult, ast.Div)):
            yield _with(formula, node, node.left)
            if isinstance(node.op, ast.Mult):
                yield _with(formula, node, node.right)


def of_constant(place: Place) -> Iterator[ast.expr]:
    """2 or 1/2 lost."""
    formula = place.line.formula
    for number in (2, 0.5):
        yield ast.BinOp(ast.Constant(number), ast.Mult(), formula)


def of_spurious_factor(place: Place) -> Iterator[ast.expr]:
    """A factor twice."""
    formula = place.line.formula
    for node in ast.walk(formula):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
            for factor in (node.left, node.right):
                if isinstance(factor, ast.Name):
                    yield _with(formula, node, ast.BinOp(node, ast.Mult(), factor))


def of_pre_activation(place: Place) -> Iterator[ast.expr]:
    """z where a belongs, in all of its places."""
    for name, (_, inner) in place.activations.items():
        yield from _exchanged(place, name, inner)


def of_slope(place: Place) -> Iterator[ast.expr]:
    """The slope at a in the place of that at z: f(a) stands where a does."""
    names = place.network.names
    for name, (function, _) in place.activations.items():
        identifier = names.identifiers[name]
        text = ast.unparse(place.line.formula)
        if f"1 - {identifier}" in text and function in ("sigmoid", "tanh"):
            call = ast.Call(_name(function), [_name(identifier)], [])
            yield _replaced(place.line.formula, identifier, call)


def of_weight(place: Place) -> Iterator[ast.expr]:
    """A weight handed in as its gradient."""
    for name in place.network.given:
        if place.line.name.endswith(f"d{name}"):
            yield _name(place.network.names.identifiers[name])


def of_old_weight(place: Place) -> Iterator[ast.expr]:
    """A weight from before the update where the new one belongs."""
    if place.line.section == "forward" and place.line.is_later:
        for name, number in place.old.items():
            if number != place.numbers[name]:
                identifier = place.network.names.identifiers[name]
                yield _replaced(place.line.formula, identifier, ast.Constant(number))


def of_another_rate(place: Place, factor: float) -> ast.expr | None:
    """The line with another learning rate, where it stands in it."""
    rate = place.network.rate
    if rate not in _used(place):
        return None
    number = ast.Constant(round(place.numbers[rate] * factor, 6))
    return _replaced(place.line.formula, place.network.names.identifiers[rate], number)


def of_operand(place: Place) -> Iterator[ast.expr]:
    """Another name of the same letters, one of whose indices is another; or two are swapped."""
    for old in _used(place):
        for new in place.numbers:
            if _is_near(old, new) or (new != old and new == _mirrored(old)):
                yield from _exchanged(place, old, new)


def of_case(place: Place) -> Iterator[ast.expr]:
    """The operand of another sample."""
    parameters = {line.name for line in place.network.lines if line.section == "update"}
    for old in _used(place) if place.network.samples > 1 else ():
        for new in sorted(place.numbers.keys() - parameters):
            if new != old and re.sub(r"\(\d\)", "", new) == re.sub(r"\(\d\)", "", old):
                yield from _exchanged(place, old, new)


# --- of the number --------------------------------------------------------------------------------


def last_digits(text: str, draw: Random) -> str:
    """A few units more or less."""
    off = draw.choice((2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 20)) * draw.choice((-1, 1))
    return str(Decimal(text) + off * _unit(text))


def far_off(text: str, draw: Random) -> str:
    """Some other number."""
    number = Decimal(text) * Decimal(f"{draw.uniform(1.3, 4):.3f}") + 30 * _unit(text)
    return str(number.quantize(_unit(text)))


def a_digit(text: str, draw: Random) -> str:
    """One digit for another that is not the last, or two that are swapped."""
    first = next((i for i, digit in enumerate(text) if digit in "123456789"), len(text))
    places = [i for i in range(first, len(text) - 1) if text[i].isdigit()]
    if not places or sum(map(str.isdigit, text[first:])) < 3:
        return ""
    place = draw.choice(places)
    if draw.random() < 0.5 and text[place + 1].isdigit():
        return f"{text[:place]}{text[place + 1]}{text[place]}{text[place + 2 :]}"
    return f"{text[:place]}{draw.choice('123456789')}{text[place + 1 :]}"


def a_point(text: str, draw: Random) -> str:
    """The decimal point a place off."""
    moved = Decimal(text) * draw.choice((10, Decimal("0.1")))
    return str(moved.quantize(_unit(text)))


def a_digit_lost(text: str, draw: Random) -> str:
    """A digit lost in copying."""
    places = [i for i in range(text.index(".") + 1, len(text)) if text[i] != "0"]
    if sum(map(str.isdigit, text.lstrip("-0."))) < 4 or not places:
        return ""
    place = draw.choice(places)
    return text[:place] + text[place + 1 :]


OfFormula = Callable[[Place], Iterator[ast.expr]]
OfNumber = Callable[[str, Random], str]
FORMULAS: dict[str, OfFormula] = {
    "lost sign": of_sign,
    "term or path": of_term,
    "factor or mask": of_factor,
    "1/2, 2 or 1/m": of_constant,
    "spurious factor": of_spurious_factor,
    "pre-activation": of_pre_activation,
    "f'(a) for f'(z)": of_slope,
    "weight as gradient": of_weight,
    "old weight": of_old_weight,
    "wrong operand": of_operand,
    "another case": of_case,
}
NUMBERS: dict[str, OfNumber] = {
    "last digits": last_digits,
    "far off": far_off,
    "one or two digits": a_digit,
    "decimal point": a_point,
    "digit lost": a_digit_lost,
}
RATE = "another rate"
CONCEPTS = (
    *("term or path", "factor or mask", "1/2, 2 or 1/m", "pre-activation", "f'(a) for f'(z)"),
    *("weight as gradient", "old weight"),
)
OFTEN = {  # among 67 slips of 19 published examples
    "last digits": 30,
    "wrong concept": 6,
    "lost sign": 5,
    "far off": 5,
    "one or two digits": 4,
    "another case": 4,
    RATE: 4,
    "wrong operand": 3,
    "decimal point": 2,
    "spurious factor": 1,
    "digit lost": 1,
}


def kinds(draw: Random) -> Iterator[str]:
    """Kinds of slips, each as likely as it is found; where one cannot be made, the next may."""
    while True:
        [kind] = draw.choices(list(OFTEN), list(OFTEN.values()))
        yield draw.choice(CONCEPTS) if kind == "wrong concept" else kind


# --- trees and names ------------------------------------------------------------------------------


def _sums(formula: ast.expr) -> Iterator[ast.BinOp]:
    for node in ast.walk(formula):
        if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub)):
            yield node


class _Exchange(ast.NodeTransformer):
    def __init__(self, is_old: Callable[[ast.AST], bool], new: ast.expr) -> None:
        self.is_old, self.new = is_old, new

    def visit(self, node: ast.AST) -> Any:
        return self.new if self.is_old(node) else self.generic_visit(node)


def _with(formula: ast.expr, old: ast.expr, new: ast.expr) -> ast.expr:
    """A copy of a formula with another part in the place of one."""
    place = list(ast.walk(formula)).index(old)
    copy = deepcopy(formula)
    chosen = list(ast.walk(copy))[place]
    return _Exchange(lambda node: node is chosen, deepcopy(new)).visit(copy)


def _replaced(formula: ast.expr, identifier: str, new: ast.expr) -> ast.expr:
    def is_old(node: ast.AST) -> bool:
        return isinstance(node, ast.Name) and node.id == identifier

    return _Exchange(is_old, new).visit(deepcopy(formula))


def _used(place: Place) -> list[str]:
    identifiers = [n.id for n in ast.walk(place.line.formula) if isinstance(n, ast.Name)]
    return [
        place.network.names.texts[each] for each in identifiers if each in place.network.names.texts
    ]


def _exchanged(place: Place, old: str, new: str) -> Iterator[ast.expr]:
    if old in _used(place):
        identifiers = place.network.names.identifiers
        yield _replaced(place.line.formula, identifiers[old], _name(identifiers[new]))


def _is_near(old: str, new: str) -> bool:
    """Whether one index is another; letters are the same."""
    apart = [(a, b) for a, b in zip(old, new, strict=False) if a != b]
    return len(old) == len(new) and len(apart) == 1 and all(a.isdigit() for a in apart[0])


def _mirrored(name: str) -> str:
    return re.sub(r"(\d)(\d)", r"\2\1", name, count=1)


def _unit(text: str) -> Decimal:
    return Decimal(1).scaleb(int(Decimal(text).as_tuple().exponent))


def _name(identifier: str) -> ast.Name:
    return ast.Name(identifier, ast.Load())
