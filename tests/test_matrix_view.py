"""Matrices as pictures."""

from __future__ import annotations

import random
import re
from fractions import Fraction

import pytest

import nn
from autograd import Value, draw_matrices, matrices
from autograd.drawing.matrix.grids import Shown
from autograd.drawing.themes import DARK, LIGHT
from autograd.notes.matrix_form import Matrix
from autograd.notes.notation import Notation
from tests.picture_measure import (
    lines_of,
    overlapping_texts,
    shapes_of,
    size_of,
    texts_on_shapes,
    texts_outside,
)
from tests.pictures import as_typed, lines_of_nodes

pytestmark = pytest.mark.usefixtures("bundled")


def notes(**options):
    model = nn.MLP.from_weights(
        weights=[[[0.2, -0.4], [-0.3, 0.8], [0.5, 0.7]], [[-0.6, 0.9, -0.3]]],
        biases=[[0.1, -0.2, 0], [0.05]],
        activations=["relu", "relu"],
        numbers=Fraction,
        **options,
    )
    return nn.half_squared_error(model([1, 2]), Fraction(3, 2))


def of_sizes(*sizes, samples=1, **options):
    rng = random.Random(1)
    model = nn.MLP(sizes[0], sizes[1:], rng=rng, **options)
    outputs = [model([rng.uniform(-1, 1) for _ in range(sizes[0])]) for _ in range(samples)]
    if model.layers[-1].softmax:
        return nn.over(nn.cross_entropy, outputs, [0] * samples)
    outputs = [a if isinstance(a, list) else [a] for a in outputs]
    return nn.over(nn.sum_half_squared_error, outputs, [[0.5] * sizes[-1]] * samples)


# --- what it says ---------------------------------------------------------------------------------


def grids_in(picture):
    """The numbers of each grid, in order."""
    nodes = list(lines_of_nodes(picture))
    return [node for node in nodes if all(NUMBER.fullmatch(text) for text in node)]


NUMBER = re.compile(r"-?\d[\d./e-]*|\.\.\.")


def matrices_of(line):
    return [line.result, *(part for part in line.side if isinstance(part, Matrix))]


@pytest.mark.parametrize("notation", ["notes", "cs231n", "oslo", "mitchell"])
def test_every_number_is_the_engines(notation):
    found = matrices(notes(), notation)
    drawn = grids_in(draw_matrices(notes(), notation=notation))
    expected = [x.rows for line in found.lines for x in matrices_of(line)]
    assert len(drawn) == len(expected) > 20
    for texts, rows in zip(drawn, expected, strict=True):
        assert [Fraction(text) for text in texts] == [x for row in rows for x in row]


def test_names_and_shapes_stand_below_and_the_line_above():
    picture = draw_matrices(notes(notation="ng"))
    shown = [" ".join(filter(None, node)) for node in lines_of_nodes(picture)]
    assert {"forward", "gradients", "W^[1] 3 x 2", "X ^T 1 x 2", "Y 1 x 1", "L"} <= set(shown)
    assert "Z^[1] = W^[1] X + b^[1] (3 x 2)(2 x 1) -> 3 x 1" in shown
    assert "A^[2] = relu(Z^[2])" in shown and "= relu(" in shown


def test_what_is_rounded_is_said_at_the_line():
    loss = of_sizes(2, 1)
    nodes = list(lines_of_nodes(draw_matrices(loss, decimals=2)))
    assert ["≈"] in nodes and ["="] not in nodes
    assert not [node for node in grids_in(draw_matrices(loss, decimals=2)) if "≈" in node]
    assert ["≈"] not in list(lines_of_nodes(draw_matrices(notes())))


def test_the_cost_has_a_line_that_says_whether_it_is_rounded():
    nodes = list(lines_of_nodes(draw_matrices(notes(), decimals=2)))
    assert ["0.53"] in nodes and ["≈ 1/2*||"] in nodes and ["1.5"] in nodes


def test_what_is_found_is_drawn_in_its_style_unless_another_is_given():
    found = matrices(of_sizes(2, 1), decimals=2)
    assert draw_matrices(found).dot == draw_matrices(of_sizes(2, 1), decimals=2).dot
    assert draw_matrices(found, decimals=3).dot == draw_matrices(of_sizes(2, 1), decimals=3).dot
    with pytest.raises(ValueError, match=r"^these matrices are in their notation: give"):
        draw_matrices(found, notation="ng")
    with pytest.raises(TypeError, match="draw_matrices has no option decimal: did you mean"):
        draw_matrices(found, decimal=2)
    with pytest.raises(ValueError, match="matrices are of the loss of an nn model"):
        draw_matrices(Value(2.0, "w") * 3)


def test_with_each_step_rounded_the_numbers_are_those_of_the_lines():
    loss = of_sizes(2, 2, 1)
    found = matrices(loss, decimals=2, rounding="each step")
    picture = draw_matrices(loss, decimals=2, rounding="each step")
    expected = [x.shown(found.style) for line in found.lines for x in matrices_of(line)]
    texts = [[text for row in rows for text in row] for rows in expected]
    assert grids_in(picture) == texts
    assert draw_matrices(found).dot == picture.dot
    assert {("=",), ("≈",)} <= {tuple(node) for node in lines_of_nodes(picture)}


def test_a_worked_training_is_drawn_with_its_update():
    model = nn.MLP.from_weights([[[3, 1]]], [[1]], ["linear"], numbers=Fraction)
    how = {"loss": nn.half_squared_error, "optimizer": nn.SGD(model.parameters(), Fraction(1, 8))}
    training = nn.worked(model, [2, 1], 4, **how)
    picture = draw_matrices(training)
    shown = [" ".join(filter(None, node)) for node in lines_of_nodes(picture)]
    assert {"Forward pass", "Gradients", "Update"} <= set(shown)
    expected = [
        x.rows
        for _, lines in training.matrices().sections()
        for line in lines
        for x in matrices_of(line)
    ]
    drawn = [[Fraction(text) for text in node] for node in grids_in(picture)]
    assert drawn == [[x for row in rows for x in row] for rows in expected]
    assert draw_matrices(training.matrices()).dot == picture.dot


# --- its colours ----------------------------------------------------------------------------------


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_the_ground_of_a_number_is_its_sign(theme):
    dot = draw_matrices(notes(), theme=theme.name).dot
    found = re.findall(r'BGCOLOR="(#\w+)"><FONT[^>]*>(-?[\d.]+)<', dot)
    of = {text: ground for ground, text in found}
    assert of["-1.03"] == theme.tint(-1, 1) and of["0.9"] == theme.tint(1, 1)
    assert of["0"] == theme.tint(0, 1) != theme.tint(1, 1)


# --- large ones -----------------------------------------------------------------------------------


def test_of_large_matrices_the_first_and_the_last_are_shown():
    found = matrices(of_sizes(13, 2))
    (weights,) = (x for x in matrices_of(found.forward[0]) if x.text == "W^1")
    drawn = grids_in(draw_matrices(found, decimals=3))
    assert [node for node in drawn if len(node) == 10 and node[3] == node[8] == "..."]
    texts = [text for row in weights.rows for text in (f"{row[0]:.3f}", f"{row[12]:.3f}")]
    assert texts in [[node[0], node[4], node[5], node[9]] for node in drawn if len(node) == 10]
    assert Shown().places(12) == list(range(12))


@pytest.mark.one_in(3)
@pytest.mark.parametrize(
    ("sizes", "options"),
    [
        ((4, 7, 1), {}),
        ((2, 16, 16, 1), {}),
        ((2, 3), {"samples": 2, "activations": ["softmax"]}),
        ((2, 2, 1), {"samples": 20}),
        ((8, 8, 8, 8), {}),
    ],
)
def test_it_fits_a_page_and_nothing_overlaps(sizes, options):
    svg = draw_matrices(of_sizes(*sizes, **options), decimals=3).svg
    width, height = map(int, re.search(r'width="(\d+)pt" height="(\d+)pt"', svg).groups())
    assert width <= 1600 and height <= 1200 and len(lines_of(svg)) > 50
    assert overlapping_texts(svg) == []


@pytest.mark.long
@pytest.mark.parametrize(
    ("sizes", "options", "said"),
    [
        ((5, 9, 9, 1), {}, ""),
        ((2, 13, 1), {}, "Of more than 12 rows or columns the first 3 and the last are shown."),
        (
            (6, 9, 9, 9, 3),
            {"samples": 9},
            "Of more than 4 rows or columns the first 2 and the last are shown.",
        ),
        ((6,) * 9, {"samples": 6}, "No room for the numbers: shapes alone."),
    ],
)
def test_what_has_no_room_is_left_out_and_said(sizes, options, said):
    picture = draw_matrices(of_sizes(*sizes, **options), decimals=3)
    width, height = size_of(picture.svg)
    assert width <= 1600 and height <= 1200 and overlapping_texts(picture.svg) == []
    shown = [line.text for line in lines_of(picture.svg)]
    assert [text for text in shown if text.startswith(said)] if said else picture.alt
    assert said in picture.alt and said.startswith(("Of more", "No room")) == bool(said)


@pytest.mark.long
def test_a_training_too_wide_for_a_page_has_its_sections_below_each_other():
    model = nn.MLP(2, [6, 6, 6, 1], rng=random.Random(3))
    how = {"loss": nn.half_squared_error, "optimizer": nn.SGD(model.parameters(), 0.1)}
    picture = draw_matrices(nn.worked(model, [0.3, 0.4], 0.5, **how, decimals=3))
    width, height = size_of(picture.svg)
    assert width <= 1600 and height <= 1200 and overlapping_texts(picture.svg) == []
    boxes = {line.text: line.box for line in lines_of(picture.svg)}
    assert boxes["Update"].top > boxes["Forward pass"].bottom


@pytest.mark.long
@pytest.mark.parametrize("font_scale", [1.5, 2])
def test_larger_texts_have_less_room_on_the_same_page(font_scale):
    model = nn.MLP(2, [2, 2], ["sigmoid"] * 2, rng=random.Random(3))
    how = {"loss": nn.sum_half_squared_error, "optimizer": nn.SGD(model.parameters(), 0.1)}
    done = nn.worked(model, [[0.3, 0.4], [0.1, 0.2]], [[0.5, 0.1], [1, 0]], **how, decimals=3)
    width, height = size_of(draw_matrices(done, font_scale=font_scale).svg)
    assert width <= 1600 and height <= 1200


def test_nor_as_names_are_typed_nor_with_larger_texts():
    picture = draw_matrices(notes(notation="ng"), title="One step", font_scale=2)
    for svg in (picture.svg, as_typed(picture).svg):
        assert overlapping_texts(svg) == texts_on_shapes(svg) == texts_outside(svg) == []
    assert "<tspan" in picture.svg and not shapes_of(picture.svg)


# --- names that people give -----------------------------------------------------------------------


@pytest.mark.parametrize("name", ["<B>&\"'", "a]>b", "\\N", "x\ny", "%s{}"])
def test_hostile_names_are_shown_as_they_are(name):
    weight = name.replace("{", "{{").replace("}", "}}") + "{indices}^{layer}"
    notation = Notation(weight_pattern=weight)
    picture = draw_matrices(notes(), notation=notation, title=name, decimals=2)
    expected = matrices(notes(), notation).forward[0].side[0].text
    nodes = [node[0] for node in lines_of_nodes(picture) if node]
    assert any(node.startswith(expected) for node in nodes) and "</svg>" in picture.svg


def test_a_transpose_is_a_raised_letter_in_an_svg():
    picture = draw_matrices(notes(notation="ng"))
    assert re.search(r'>A<tspan dy="[-\d.]+" font-size="[\d.]+">\[1\]</tspan>.*>T<', picture.svg)
    assert "^T" in picture.dot and "^T" not in picture.svg.partition("</desc>")[2]
