"""What a picture says, read from its SVG; and a network to draw."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

import nn
from autograd import Value
from autograd.drawing.picture import Picture

SVG = "{http://www.w3.org/2000/svg}"


def network():
    """A 2-2-1 network whose first hidden ReLU is off, and its loss; numbers of many lengths."""
    weights = [[[0.2, -0.4], [-0.3, 0.8]], [[-0.6, Fraction(1, 3)]]]
    biases = [[0.1, -0.2], [0.05]]
    model = nn.MLP.from_weights(weights, biases, ["relu", "relu"], numbers=Fraction)
    loss = nn.half_squared_error(model([1, 2]), Value(Fraction(3, 2), "y"))
    loss.backward()
    return model, loss


class Shown(NamedTuple):
    """What stands on a card, or at a circle or a line of a network."""

    value: str
    gradient: str = ""
    new: str = ""
    word: str = ""  # what stands before the gradient


def as_typed(picture: Picture) -> Picture:
    """A picture laid out as its PNG is, with names as they are typed."""
    return Picture(picture.dot, picture.of, picture.cards, picture.engine)


def lines_of_nodes(picture: Picture) -> Iterator[list[str]]:
    """The texts of each node, its names as they are typed; not those of labels on arrows."""
    for group in ElementTree.fromstring(as_typed(picture).svg).iter(f"{SVG}g"):
        if group.get("class") == "node" and not group.get("id", "").startswith("label"):
            texts = group.iter(f"{SVG}text")
            yield [(text.text or "").replace("\xa0", " ").strip() for text in texts]


def cards_shown(picture: Picture) -> dict[str, Shown]:
    """What the cards of a graph's picture say, by their names, which differ."""
    found: dict[str, Shown] = {}
    for name, *words in lines_of_nodes(picture):
        rest = [{"before": "value", "after": "new"}.get(word, word) for word in words]
        at = rest.index("value")
        numbers = dict(zip(rest[at::2], rest[at + 1 :: 2], strict=True))
        word = "-grad" if "-grad" in numbers else "grad"
        shown = Shown(numbers["value"], numbers.get(word, ""), numbers.get("new", ""), word)
        assert found.setdefault(name, shown) is shown
    return found


def network_shown(picture: Picture) -> dict[str, Shown]:
    """What stands at the circles and the lines of a network, by its names, which differ."""
    found: dict[str, Shown] = {}
    for lines in lines_of_nodes(picture):
        for name, shown in _quantities(lines):
            assert found.setdefault(name, shown) is shown
    return found


def _quantities(lines: list[str]) -> Iterator[tuple[str, Shown]]:
    """Each name with its numbers; of a heading without a bias none."""
    while lines:
        name, *lines = lines
        equation = re.fullmatch(r"(\S+) ([=≈]) ?(.*)", name)
        if equation is None and (not lines or name.startswith(HEADINGS)):
            continue
        value = equation[3] if equation and equation[3] else lines.pop(0)
        if equation:
            name, value = equation[1], equation[2].strip("=") + value
        under = dict[str, str]()
        while lines and re.match("(-?grad|new|after) ", lines[0]):
            word, _, number = lines.pop(0).partition(" ")
            under["new" if word == "after" else word] = number
        word = "-grad" if "-grad" in under else "grad"
        yield name, Shown(value, under.get(word, ""), under.get("new", ""), word)


HEADINGS = ("inputs", "hidden layer", "output:", "loss:", "+ ")
