"""Every reader takes every option of numbers, in each of its forms: reader x option."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import cache
from html import unescape

import pytest

import nn
from autograd import derive, draw, draw_circuit, draw_matrices, find, matrices, paths, walk

OPTIONS = {  # what is shown, of which numbers, and what would be another style
    "decimals": ({"decimals": 2}, float, r"\d\.\d{3,}"),
    "digits": ({"digits": 2}, float, r"\.0*[1-9]\d{2,}"),
    "comma": ({"comma": True}, float, r"\d\.\d"),
    "fractions": ({"fractions": True}, Fraction, r"\d\.\d|≈"),
    "percent": ({"percent": True, "decimals": 1}, float, r"\d\.\d\d"),
    "halves": ({"decimals": 1, "halves": "up"}, float, r"\d\.\d\d"),
}


@cache
def recorded(kind):
    """A model, its loss, and a worked training of it; of Fractions short ones."""
    is_short = kind is Fraction
    third, eleventh = (Fraction(1, 2), 1) if is_short else (Fraction(1, 3), 1 / 11)
    weights = [[[1 if is_short else 0.25, third], [eleventh, 1]], [[third, 1]]]
    model = nn.MLP.from_weights(weights, [[third, 1], [2]], ["relu", "linear"], numbers=kind)
    inputs, target = [kind(third * 5), kind(third * 2)], kind(2)
    loss = nn.half_squared_error(model(inputs), target)
    loss.name = "L"
    loss.backward()
    optimizer = nn.SGD(model.parameters(), 1 if is_short else 0.25)
    worked = nn.worked(
        model, inputs, target, loss=nn.half_squared_error, optimizer=optimizer, unicode=True
    )
    return model, loss, worked


def pages(found):
    return [str(found), found.latex(), found.markdown(), found.html(), found.columns()]


def tables(found):
    return [str(found), found.markdown(), found.html(), *(each.latex() for each in found)]


def steps(walked):
    middle = repr(walked.goto(len(walked.steps) // 2))
    table = walked.restart().back().table()
    lines = [x for step in walked for x in (str(step), step.latex, *step.contributions)]
    return [middle, str(table), table.latex(), *lines]


def drawn(picture):
    return [picture.alt, *re.findall("<text[^>]*>([^<]*)<", picture.svg)]


READERS = {
    "derive": lambda of, **shown: pages(derive(of.loss, **shown)),
    "derive's tables": lambda of, **shown: tables(derive(of.loss, **shown).tables()),
    "walk": lambda of, **shown: steps(walk(of.loss, **shown)),
    "paths": lambda of, **shown: pages(paths(of.loss, find(of.loss, "a_0^0")[0], **shown)),
    "matrices": lambda of, **shown: two(matrices(of.loss, **shown)),
    "draw": lambda of, **shown: drawn(draw(of.loss, **shown)),
    "draw a walk": lambda of, **shown: drawn(draw(of.walk, **shown)),
    "draw_circuit": lambda of, **shown: drawn(draw_circuit(of.loss, local=True, **shown)),
    "draw_circuit a walk": lambda of, **shown: drawn(draw_circuit(of.walk, **shown)),
    "draw_matrices": lambda of, **shown: drawn(draw_matrices(of.loss, **shown)),
    "draw_matrices matrices": lambda of, **shown: drawn(draw_matrices(of.matrices, **shown)),
    "draw_network": lambda of, **shown: drawn(nn.draw_network(of.model, of.loss, **shown)),
    "draw_network a walk": lambda of, **shown: drawn(nn.draw_network(of.model, of.walk, **shown)),
    "worked": lambda of, **shown: pages(of.again(**shown)),
    "worked.walk": lambda of, **shown: steps(of.worked.walk(**shown)),
    "worked.tables": lambda of, **shown: tables(of.worked.tables(**shown)),
    "worked.matrices": lambda of, **shown: two(of.worked.matrices(**shown)),
    "matrices of worked": lambda of, **shown: two(matrices(of.worked, **shown)),
    "draw worked": lambda of, **shown: drawn(draw(of.worked, step=(1, 2), **shown)),
    "draw its walk": lambda of, **shown: drawn(draw(of.steps, **shown)),
    "draw_circuit worked": lambda of, **shown: drawn(draw_circuit(of.worked, **shown)),
    "draw_circuit its walk": lambda of, **shown: drawn(draw_circuit(of.steps, **shown)),
    "draw_network worked": lambda of, **shown: drawn(nn.draw_network(of.worked, **shown)),
    "draw_network its walk": lambda of, **shown: drawn(nn.draw_network(of.steps, **shown)),
    "draw_matrices worked": lambda of, **shown: drawn(draw_matrices(of.worked, **shown)),
    "draw_matrices its matrices": lambda of, **shown: drawn(
        draw_matrices(of.worked.matrices(), **shown)
    ),
}


def two(found):
    return [str(found), found.latex()]


class Recorded:
    def __init__(self, kind):
        self.model, self.loss, self.worked = recorded(kind)
        self.walk, self.steps = walk(self.loss).goto("z_0^1"), self.worked.walk().goto("b_0^1")
        self.matrices = matrices(self.loss)

    def again(self, **shown):
        inputs = [x for x in self.worked.given if x.name.startswith("a_")]
        optimizer = nn.SGD(self.model.parameters(), self.worked.hyperparameters[0].data)
        numbers = [x.data for x in inputs]
        loss = nn.half_squared_error
        return nn.worked(self.model, numbers, 2, loss=loss, optimizer=optimizer, **shown)


@pytest.mark.one_in(20)
@pytest.mark.parametrize("option", OPTIONS)
@pytest.mark.parametrize("reader", READERS)
def test_a_reader_shows_numbers_in_the_style(reader, option):
    shown, kind, other = OPTIONS[option]
    texts = [unescape(text) for text in READERS[reader](Recorded(kind), **shown)]
    without = {name: value for name, value in shown.items() if name != option}
    assert texts != [unescape(text) for text in READERS[reader](Recorded(kind), **without)]
    assert [text for text in texts if re.search(other, text)] == []


def test_lines_that_were_rounded_are_marked_in_another_style():
    of = Recorded(float)
    rounded = of.again(decimals=2, rounding="each step")
    line, same = (w.goto(1).step for w in (rounded.walk(), rounded.walk(comma=True)))
    assert str(line).endswith("≈ 0.97") and str(same) == str(line).replace(".", ",")
