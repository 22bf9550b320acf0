"""The size of a picture's texts, and what it lies on."""

from __future__ import annotations

import re
from functools import partial

import pytest

import nn
from autograd import Value, draw, draw_circuit
from autograd.drawing.labels import NARROW
from autograd.drawing.metrics import letters_width
from autograd.drawing.themes import LIGHT
from tests.picture_measure import lines_of, overlapping_texts, size_of, texts_outside

pytestmark = pytest.mark.usefixtures("bundled")


def product():
    root = Value(2, "w_10^1") * Value(3, "x") + 1
    root.backward()
    return root


def sizes(svg):
    return [float(size) for size in re.findall(r'font-size="([\d.]+)"', svg)]


@pytest.mark.parametrize("font_scale", [0.5, 1.5, 4])
def test_every_text_is_as_much_larger_and_still_fits(font_scale):
    plain = draw(product(), title="w").svg
    svg = draw(product(), title="w", font_scale=font_scale).svg
    assert sizes(svg) == [round(size * font_scale) for size in sizes(plain)] != []
    assert overlapping_texts(svg) == texts_outside(svg) == []


@pytest.mark.parametrize("view", [draw, draw_circuit, partial(draw_circuit, local=True)])
def test_texts_grow_as_far_as_the_page_allows(view):
    root = (Value(2, "x" * 48) * Value(3, "y" * 48)).sin().sin().sin().sin()
    svg = view(root, font_scale=4).svg
    wide, high = size_of(svg)
    assert wide <= 1600 and high <= 1200 and max(sizes(view(root).svg)) < max(sizes(svg))
    assert max(sizes(view(root, font_scale=4, fold="unnamed").svg)) > max(sizes(svg))  # as asked


def test_a_name_that_looks_like_a_size_stays_what_it_is():
    name = ' POINT-SIZE="11" HEIGHT="3"'
    assert (
        "POINT-SIZE=&quot;11&quot; HEIGHT=&quot;3&quot;" in draw(Value(1, name), font_scale=2).dot
    )


@pytest.mark.parametrize(
    ("font_scale", "error"), [(0, ValueError), (5, ValueError), ("2", TypeError), (True, TypeError)]
)
def test_what_is_no_scale_is_refused(font_scale, error):
    sentence = rf"^font_scale is a number from 0\.5 to 4, such as 1\.5, not {font_scale!r}$"
    for view in (draw, draw_circuit):
        with pytest.raises(error, match=sentence):
            view(Value(1), font_scale=font_scale)
    with pytest.raises(ValueError, match=r"not nan$"):
        draw(Value(1), font_scale=float("nan"))


@pytest.mark.parametrize("blank", [1, 0, 1.0, "values", None])
def test_what_is_no_blank_is_refused(blank):
    sentence = f"^blank is True, False or 'gradients', not {blank!r}$"
    with pytest.raises(ValueError, match=sentence):
        draw_circuit(Value(1), blank=blank)


@pytest.mark.parametrize("view", [draw, draw_circuit])
@pytest.mark.parametrize("font_scale", [1, 2])
def test_a_long_title_is_no_wider_than_the_picture(view, font_scale):
    title = "What a long title says of a small picture in very many words " * 2
    plain = view(product(), font_scale=font_scale)
    picture = view(product(), title=title, font_scale=font_scale)
    wide = [size_of(drawn.svg)[0] for drawn in (plain, picture)]
    assert wide[1] <= max(wide[0], font_scale * (NARROW + 30))
    assert f"{title}: " in picture.alt and overlapping_texts(picture.svg) == []
    lines = [line.text for line in lines_of(picture.svg) if line.text in title]
    assert " ".join(lines).split() == title.split()


def test_numbers_end_alike_whether_they_are_rounded():
    x = Value(1 / 3, "x") * Value(0.25, "y")
    x.backward()
    lines = lines_of(draw(x).svg)
    numbers = [line for line in lines if re.fullmatch(r"≈?[\d.]+", line.text)]
    for owner in {line.owner for line in numbers if "≈" in line.text}:
        own = [line for line in numbers if line.owner == owner]
        one, other = (line.box.left + letters_width(line.text, 11) for line in own)
        assert abs(one - other) < 1


def test_one_is_counted_as_one():
    assert repr(draw(Value(1))) == "<Picture of 1 card, forward, light>"


def test_a_transparent_picture_has_no_ground():
    assert LIGHT.background in draw(product()).dot.split("node", 1)[0]
    assert "bgcolor=transparent" in draw(product(), background="transparent").dot
    sentence = "^background is 'transparent', or left out for the theme's own, not 'red'$"
    with pytest.raises(ValueError, match=sentence):
        draw(product(), background="red")


def test_a_network_grows_with_its_texts():
    model = nn.MLP(2, [2, 1])
    plain, larger = nn.draw_network(model).svg, nn.draw_network(model, font_scale=2).svg
    assert sizes(larger) == [2 * size for size in sizes(plain)] != []
    radii = [[float(r) for r in re.findall(r' rx="([\d.]+)"', svg)] for svg in (plain, larger)]
    assert radii[1] == [2 * r for r in radii[0]] != []
    assert "bgcolor=transparent" in nn.draw_network(model, background="transparent").dot
