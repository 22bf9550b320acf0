"""Colours: every text can be read on what it stands on, and none alone says what a number is.

Both are read from the pictures themselves, so that no view can use a pair that is not looked at.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

import pytest
from picture_measure import Box
from pictures import SVG, network

import nn
from autograd import Value, draw, draw_circuit, maximum, relu, total, walk
from autograd.drawing.themes import THEMES

pytestmark = pytest.mark.usefixtures("bundled")

LEAST = 4.5  # of WCAG 2, for text of this size


class Written(NamedTuple):
    """A text, its colour, and the colour that it stands on."""

    text: str
    colour: str
    ground: str


def written(svg: str) -> Iterator[Written]:
    """Every text with the ground that was drawn under it last."""
    grounds: list[tuple[str, Shape]] = []
    for element in ElementTree.fromstring(svg).iter():
        fill = element.get("fill", "none").lower()
        if element.tag == f"{SVG}text":
            x, y = float(element.get("x", "0")) + 2, float(element.get("y", "0")) - 3
            under = [ground for ground, shape in grounds if shape.inside(x, y)]
            text = "".join(element.itertext()).replace("\xa0", " ").strip()
            if text:
                yield Written(text, fill, under[-1])
        elif fill.startswith("#"):
            grounds.append((fill, shape_of(element)))


class Shape(NamedTuple):
    """What a text may stand on."""

    box: Box
    is_round: bool

    def inside(self, x: float, y: float) -> bool:
        if not self.is_round:
            return self.box.inside(x, y)
        left, top, right, bottom = self.box
        across, down = (
            (2 * x - left - right) / (right - left),
            (2 * y - top - bottom) / (bottom - top),
        )
        return across**2 + down**2 < 1


def shape_of(element: ElementTree.Element) -> Shape:
    if element.tag == f"{SVG}ellipse":
        x, y, rx, ry = (float(element.get(key, "0")) for key in ("cx", "cy", "rx", "ry"))
        return Shape(Box(x - rx, y - ry, x + rx, y + ry), is_round=True)
    points = re.findall(r"(-?[\d.]+),(-?[\d.]+)", element.get("d") or element.get("points") or "")
    xs, ys = [float(x) for x, _ in points], [float(y) for _, y in points]
    return Shape(Box(min(xs), min(ys), max(xs), max(ys)), is_round=False)


def contrast(one: str, other: str) -> float:
    """As WCAG 2 defines it, from 1 to 21."""
    low, high = sorted(map(luminance, (one, other)))
    return (high + 0.05) / (low + 0.05)


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


# --- pictures that have every colour --------------------------------------------------------------


def gradients_of_all_sizes():
    """Parameters, inputs and results with gradients from -1 to 1, and some that are off."""
    xs = [Value(1.0, f"x{place}") for place in range(-8, 9)]
    weighted = total([x * (place / 8) for place, x in zip(range(-8, 9), xs, strict=True)])
    root = weighted + relu(Value(-1.0, "off") * 2) + maximum(Value(1.0, "a"), Value(2.0, "b"))
    root.backward()
    return root


def trained():
    model, _ = network()
    optimizer = nn.SGD(model.parameters(), Fraction(1, 10))
    return nn.worked(model, [1, 2], 1.5, loss=nn.half_squared_error, optimizer=optimizer)


def pictures(theme):
    model, loss = network()
    how = {"theme": theme, "title": "A title"}
    yield draw(loss, **how)
    yield draw(loss, backward=False, **how)
    yield draw(loss, highlight=model.parameters()[3], **how)
    yield draw(gradients_of_all_sizes(), **how)
    yield draw(gradients_of_all_sizes(), fold=False, **how)
    yield draw(loss, fold="neurons", **how)
    yield draw_circuit(loss, fold="layers", **how)
    yield draw(trained(), step=(1, 2), **how)
    steps = walk(loss)
    for number in (12, 20):
        yield draw(steps.goto(number), theme=theme)
        yield draw_circuit(steps.goto(number), local=True, theme=theme)
    yield draw_circuit(loss, local=True, **how)
    yield draw_circuit(gradients_of_all_sizes(), **how)
    yield draw_circuit(loss, blank=True, **how)
    yield nn.draw_network(model, loss, **how)
    yield nn.draw_network(trained(), **how)
    yield nn.draw_network(model, **how)
    yield nn.draw_network(nn.MLP(2, [9, 1]), **how)


@pytest.fixture(scope="module", params=sorted(THEMES))
def theme(request):
    return THEMES[request.param]


@pytest.fixture(scope="module")
def found(theme):
    """Every text of every view in a theme."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("CHALKGRAD_DOT", "bundled")
        return [each for picture in pictures(theme.name) for each in written(picture.svg)]


@pytest.mark.long
def test_every_text_has_contrast_to_what_it_stands_on(found):
    faint = {each[1:]: each.text for each in found if contrast(*each[1:]) < LEAST}
    assert faint == {}


@pytest.mark.long
def test_the_pairs_that_are_looked_at_are_many(theme, found):
    colours, grounds = {each.colour for each in found}, {each.ground for each in found}
    texts = theme.text, theme.muted, theme.off, theme.value, theme.gradient
    assert {*texts, *signs_of(theme)} <= colours
    cards = theme.card, theme.parameter, theme.input, theme.cluster, theme.off_card
    assert {theme.background, *cards} <= grounds
    assert len({each[1:] for each in found}) > 30


def signs_of(theme):
    """The two colours of signs, and how a text begins that has them."""
    return {theme.positive.lower(): r"≈?\d", theme.negative_ink.lower(): r"≈?-\d"}


def test_in_grey_a_sign_is_told_by_its_text(theme, found):
    """What is coloured by its sign has that sign in its text, too."""
    signs = signs_of(theme)
    coloured = [each for each in found if each.colour in signs]
    assert len(coloured) > 10
    assert [each for each in coloured if not re.match(signs[each.colour], each.text)] == []


def test_in_grey_the_sign_of_a_gradient_s_ground_is_told_by_its_text(theme):
    svg = draw(gradients_of_all_sizes(), theme=theme.name, fold=False).svg
    tints = {theme.tint(sign * size / 8, 1): sign for size in range(1, 9) for sign in (-1, 1)}
    numbers = [each for each in written(svg) if each.ground in tints and each.text != "grad"]
    assert len(numbers) > 30
    for each in numbers:
        assert each.text.startswith("-") == (tints[each.ground] < 0)
