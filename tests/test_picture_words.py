"""Pictures in words, and names that people gave: in every view, as every kind of file."""

from __future__ import annotations

import html
import re
import xml.etree.ElementTree as ElementTree
from fractions import Fraction
from importlib.util import find_spec

import pytest
from pictures import SVG, as_typed, network

import nn
from autograd import Picture, Value, draw, draw_circuit, draw_matrices, walk
from autograd.writing import printable

pytestmark = pytest.mark.usefixtures("bundled")


def trained(**options):
    model, _ = network()
    optimizer = nn.SGD(model.parameters(), Fraction(1, 10))
    return nn.worked(
        model, [1, 2], 1.5, loss=nn.half_squared_error, optimizer=optimizer, decimals=4, **options
    )


def pictures():
    """A picture of each view, with what can be shown in it."""
    model, loss = network()
    x, y = Value(-2, "x_1"), Value(5.125, "q")
    root = (x + y) * (y - 2) / 3
    root.backward()
    yield "cards", draw(loss, title="A title: 7")
    yield "forward", draw(loss, backward=False)
    yield "an update", draw(trained(), notation="mit6034")
    yield "an update, folded", draw(trained(), fold="neurons", step=(1, 2))
    yield "expression", draw(root)
    yield "circuit", draw_circuit(root, local=True, title="A title")
    for fold in ("unnamed", "neurons", "layers", "runs"):
        yield f"cards, {fold}", draw(loss, fold=fold)
        yield f"a circuit, {fold}", draw_circuit(loss, fold=fold, local=True)
    batch = nn.over(nn.half_squared_error, [model([1, 2]), model([2, 1])], [1, 0])
    batch.backward()
    yield "a batch", draw(batch, fold="neurons")
    yield "a batch in layers", draw(batch, fold="layers", backward=False)
    yield "a batch as a circuit", draw_circuit(batch, fold="layers")
    steps = walk(loss).goto(14)
    yield "a moment, folded", draw(steps, fold="neurons")
    yield "a moment of a circuit, folded", draw_circuit(steps, fold="neurons")
    updated = trained().walk().goto("w_00^2")
    yield "a moment of an update", draw_circuit(updated)
    yield "network as a circuit", draw_circuit(loss, expand=True)
    yield "blank", draw_circuit(root, blank=True)
    yield "a network", nn.draw_network(model, loss, title="A title")
    yield "a network's update", nn.draw_network(trained())
    yield "matrices", draw_matrices(loss, title="A title")
    yield "a model", nn.draw_network(model)
    yield "a wide model", nn.draw_network(nn.MLP(2, [17, 1]))
    shared = nn.MLP.from_weights([[[0.5], [1.5]]], [0.25], ["tanh"])
    yield "a shared bias", nn.draw_network(shared)


PICTURES = dict(pictures())
NUMBER = r"[≈*-]*\d[\d./]*"
AROUND = ",:;[]()"
HEADINGS = {"ReLU", "off"}  # of a frame whose cards are said to be off each
HEADINGS |= {"forward", "gradients"}  # of the two parts of a picture of matrices


def shown(picture):
    """Every word and number that an SVG shows, names as they are typed."""
    drawn = ElementTree.fromstring(as_typed(picture).svg)
    lines = ("".join(text.itertext()) for text in drawn.iter(f"{SVG}text"))
    return {word for line in lines for word in line.replace("\xa0", " ").split()}


@pytest.mark.parametrize("view", PICTURES)
def test_every_word_and_number_that_is_shown_is_said(view):
    said = PICTURES[view].alt
    spoken = {word.strip(AROUND) for word in said.split()}
    words = {word.strip(AROUND) for word in shown(PICTURES[view])} - HEADINGS - {"="}
    assert {word for word in words if word not in said} == set()
    assert {word for word in words - spoken if re.fullmatch(NUMBER, word)} == set()


@pytest.mark.parametrize("view", [draw, draw_circuit])
def test_the_words_of_a_moment_say_no_number_that_is_not_shown(view):
    picture = view(walk(network()[1], decimals=3).goto(3))
    of_nodes = picture.alt.partition("\n")[2]  # the first line counts
    said = {word.strip(AROUND) for word in of_nodes.split()}
    numbers = {word for word in said if re.fullmatch(NUMBER, word)}
    assert len(numbers) > 10 and numbers <= {word.strip(AROUND) for word in shown(picture)}


@pytest.mark.parametrize("view", PICTURES)
def test_an_svg_has_title_and_description(view):
    picture = PICTURES[view]
    root = ElementTree.fromstring(picture.svg)
    title, description = root[0], root[1]
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
    assert (title.tag, description.tag) == (f"{SVG}title", f"{SVG}desc")
    assert description.text == picture.alt
    assert title.text == picture.alt.split("\n")[0] and len(list(root.iter(f"{SVG}title"))) == 1


def test_a_card_is_one_line():
    x = Value(3, "x_1")
    y = x**2 + 2 * x
    y.backward()
    assert draw(y, title="A graph").alt.split("\n") == [
        "A graph: 4 cards, backward, light",
        "x_1: input, value 3, grad 8",
        "v1 = x_1^2: value 9, grad 1, local derivative *6 in x_1",
        "v2 = 2*x_1: value 6, grad 1, local derivative *2 in x_1",
        "L = v1 + v2: value 15, grad 1",
    ]


def test_a_blank_does_not_tell():
    said = PICTURES["blank"].alt
    assert "9.375" not in said and said.count("value to be filled in") == 4
    assert said.count("gradient to be filled in") == 6


def test_bare_lines_of_a_wide_network_are_not_said():
    assert "from" not in PICTURES["a wide model"].alt and "a_16^1" in PICTURES["a wide model"].alt


def test_what_is_off_is_said_so():
    lines = PICTURES["cards"].alt.split("\n")
    assert sum(line.endswith(", off") for line in lines) == 3  # the first neuron's parameters
    assert any(
        line.startswith("a_0^1 = relu(z_0^1): value 0, ") and ", off" in line for line in lines
    )


def test_a_picture_without_words_says_what_it_is_of():
    svg = Picture("digraph { a -> b }", "2 cards", cards=2).svg
    assert re.search("<title id=[^>]*>2 cards</title>", svg)


def test_two_pictures_on_a_page_have_ids_of_their_own():
    ids = [re.search('aria-labelledby="([^"]*)"', p.svg)[1] for p in PICTURES.values()]
    assert len({*ids}) == len({picture.alt for picture in PICTURES.values()}) > len(ids) - 2


# --- names that people gave -----------------------------------------------------------------------

HOSTILE = [
    'say "x" & <b>&lt;</b> \\N\\G',
    "]]> --> </desc><script>alert(1)</script>",
    "é≈漢字 %s{}|'",
    "a\x1b[31m\n\u202eb\ud800\ufff9w_1\ufffb",
]


def views(name):
    """Every view with a name at every place that people may name."""
    x = Value(2.0, name)
    root = (x * Value(3.0, "b") + 1).relu()
    root.name = name + "!"
    root.backward()
    yield draw(root, title=name)
    yield draw_circuit(root, title=name, local=True)
    steps = walk(root).goto(3)
    yield draw(steps)
    yield draw_circuit(steps)
    model = nn.MLP.from_weights([[[0.5, 2.0]]], [[0.25]], ["tanh"])
    for parameter in model.parameters():
        parameter.name = name
    loss = (model([1.0, 2.0]) - Value(1.0, name)) ** 2
    loss.name = name
    loss.backward()
    yield nn.draw_network(model, loss, title=name)


@pytest.mark.long
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_text_in_every_view_and_format(name, tmp_path):
    first = printable(name.split("\n")[0])  # a line break is one in the picture
    for picture in views(name):
        assert printable(name) in picture.alt
        assert html.escape(first).replace("\\", r"\\") in picture.dot
        assert [line for line in picture.alt.split("\n") if printable(line) != line] == []
        tags = {element.tag for element in ElementTree.fromstring(picture.svg).iter()}
        assert tags <= {SVG + tag for tag in TAGS}
        for kind in KINDS:
            assert picture.save(tmp_path / f"x.{kind}").stat().st_size


KINDS = ("png", "pdf") if find_spec("typst") else ("png",)
TAGS = {"svg", "title", "desc", "g", "polygon", "path", "ellipse", "text", "tspan"}
