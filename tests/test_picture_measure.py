"""Nothing collides in a picture of a network, and what collides is measured."""

from __future__ import annotations

import re

import pytest

import nn
from autograd import Value, draw
from autograd.drawing.metrics import text_width
from autograd.drawing.scripts import marked
from tests.picture_measure import (
    lines_of,
    lines_under_texts,
    overlapping_texts,
    shapes_of,
    texts_on_shapes,
    texts_outside,
)
from tests.pictures import as_typed

pytestmark = pytest.mark.usefixtures("bundled")


def example(*sizes, backward=True, **options):
    model = nn.MLP(sizes[0], sizes[1:], **options)
    outputs = model([0.3 - 0.11 * index for index in range(sizes[0])])
    outputs = outputs if isinstance(outputs, list) else [outputs]
    loss = nn.sum_half_squared_error(outputs, [0.5] * len(outputs))
    if backward:
        loss.backward()
    return model, loss


# --- networks -------------------------------------------------------------------------------------


@pytest.mark.one_in(8)
@pytest.mark.parametrize("backward", [False, True])
@pytest.mark.parametrize("sizes", [(2, 2, 2), (2, 3, 1), (3, 4, 2), (4, 7, 1), (3, 4, 4, 2)])
def test_no_texts_of_a_network_collide(sizes, backward):
    svg = nn.draw_network(*example(*sizes, backward=backward)).svg
    assert len(lines_of(svg)) > 3 * sum(sizes)
    assert overlapping_texts(svg) == texts_on_shapes(svg) == texts_outside(svg) == []


@pytest.mark.one_in(3)
@pytest.mark.parametrize("notation", ["ng", "mazur", "fausett", "rashid"])
def test_nor_with_the_names_of_another_notation(notation):
    picture = nn.draw_network(*example(3, 4, 2), notation=notation)
    for svg in (picture.svg, as_typed(picture).svg):
        assert overlapping_texts(svg) == texts_on_shapes(svg) == texts_outside(svg) == []


@pytest.mark.parametrize("sizes", [(2, 3, 1), (3, 4, 2)])
def test_nor_with_the_new_weights_of_a_worked_step(sizes):
    model, _ = example(*sizes)
    optimizer = nn.SGD(model.parameters(), 0.1)
    how = {"loss": nn.sum_half_squared_error, "optimizer": optimizer}
    targets = [[1.5] * sizes[-1], [0.25] * sizes[-1]]
    training = nn.worked(model, [[0.5] * sizes[0], [1.0] * sizes[0]], targets, **how)
    svg = nn.draw_network(training, sample=2).svg
    assert overlapping_texts(svg) == texts_on_shapes(svg) == texts_outside(svg) == []


@pytest.mark.long
@pytest.mark.parametrize("sizes", [(4, 4, 4, 4), (5, 5, 5, 1), (2, 16, 16, 1), (20, 12, 3)])
def test_a_network_of_any_size_fits_a_page(sizes):
    svg = nn.draw_network(*example(*sizes)).svg
    width, height = map(int, re.search(r'width="(\d+)pt" height="(\d+)pt"', svg).groups())
    assert width <= 1600 and height <= 1200
    assert overlapping_texts(svg) == texts_on_shapes(svg) == texts_outside(svg) == []


def test_nor_do_those_of_a_softmax():
    model = nn.MLP(2, [4, 3], ["relu", "softmax"])
    loss = nn.cross_entropy(model([0.5, -0.25]), [0.25, 0.5, 0.25])
    loss.backward()
    for options in ({}, {"font_scale": 1.5, "background": "transparent"}):
        svg = nn.draw_network(model, loss, **options).svg
        assert overlapping_texts(svg) == texts_on_shapes(svg) == texts_outside(svg) == []


@pytest.mark.long
@pytest.mark.parametrize(("sizes", "most"), [((2, 3, 1), 0), ((3, 4, 2), 0), ((4, 7, 1), 10)])
def test_few_lines_of_a_network_pass_under_the_labels_of_others(sizes, most):
    assert len(lines_under_texts(nn.draw_network(*example(*sizes)).svg)) <= most


# --- cards ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sizes", "most"), [((2, 2, 2), 0), ((2, 3, 1), 0), ((3, 4, 2), 1), ((4, 7, 1), 0)]
)
def test_texts_of_cards_stay_on_them_and_few_labels_collide(sizes, most):
    svg = draw(example(*sizes)[1]).svg
    assert texts_on_shapes(svg) == texts_outside(svg) == []
    assert len(overlapping_texts(svg)) <= most


# --- the measure itself ---------------------------------------------------------------------------


def svg_of(*elements):
    inside = "".join(elements)
    return f'<svg xmlns="http://www.w3.org/2000/svg"><g class="graph">{inside}</g></svg>'


def text(x, y, letters="word"):
    return f'<text x="{x}" y="{y}" font-size="10.00">{letters}</text>'


def node(key, *elements):
    return f'<g class="node" data-key="{key}">{"".join(elements)}</g>'


def circle(x, y, r):
    return f'<ellipse cx="{x}" cy="{y}" rx="{r}" ry="{r}"/>'


def arrow(key, *points):
    return f'<g class="edge" data-key="{key}"><path d="M{" ".join(points)}"/></g>'


def test_texts_that_lie_on_each_other_are_found():
    assert overlapping_texts(svg_of(text(0, 0), text(15, 2, "other"))) == [("word", "other")]
    assert overlapping_texts(svg_of(text(0, 0), text(25, 0, "other"))) == []
    assert overlapping_texts(svg_of(text(0, 0), text(0, 10, "below"))) == []


def test_small_letters_count_where_they_stand():
    raised = '<text x="0" y="0" font-size="10.00">w<tspan dy="-9" font-size="7.00">1</tspan></text>'
    assert overlapping_texts(svg_of(raised, text(0, -10, "over"))) == [("w1", "over")]


def test_a_text_on_a_circle_of_another_is_found():
    svg = svg_of(node("a", circle(0, 0, 20), text(-10, 0)), node("b", text(10, 0, "label")))
    assert texts_on_shapes(svg) == [("label", "a")] and texts_outside(svg) == []
    assert shapes_of(svg)["a"] == (-20, -20, 20, 20)


def test_a_text_that_sticks_out_is_found():
    assert texts_outside(svg_of(node("a", circle(0, 0, 9), text(-5, 0)))) == [("word", "a")]


def test_an_arrow_through_a_text_is_found():
    points = "-50,0", "-20,0", "20,0", "50,0"
    through = arrow("a->b", *points)
    assert lines_under_texts(svg_of(through, text(0, 3))) == [("a->b", "word")]
    assert lines_under_texts(svg_of(through, text(0, 30))) == []


def test_the_label_of_an_arrow_lies_on_its_own():
    ground = '<polygon points="0,-10 0,10 25,10 25,-10"/>'
    own = arrow("a->b", "-50,0", "-20,0", "20,0", "50,0")
    other = arrow("c->d", "20,-50", "20,-20", "20,20", "20,50")
    label = node("w0", ground, text(0, 3))
    assert lines_under_texts(svg_of(own, label)) == []
    assert lines_under_texts(svg_of(own, other, label)) == [("c->d", "word")]


def test_the_metrics_are_those_that_pictures_are_laid_out_by():
    svg = draw(Value(1, "w" * 40)).svg
    (card,) = shapes_of(svg).values()
    assert text_width("w" * 40, 11, bold=True) < card.right - card.left
    assert text_width(marked("w_10^1"), 11) == text_width("w_10^1", 11)
