"""The network at a moment of a walk, and before and after an update: as the cards are."""

from __future__ import annotations

import random
import re
from fractions import Fraction
from functools import partial
from html import unescape

import pytest

import nn
from autograd import Value, draw, walk
from autograd.drawing.sizes import part_of_page
from autograd.drawing.themes import LIGHT
from tests.picture_measure import (
    lines_under_texts,
    overlapping_texts,
    shapes_of,
    size_of,
    texts_on_shapes,
    texts_outside,
)
from tests.pictures import cards_shown, lines_of_nodes, network_shown
from tests.pictures import network as network_and_loss

pytestmark = pytest.mark.usefixtures("bundled")


def trained(**options):
    model, _ = network_and_loss()
    optimizer = nn.SGD(model.parameters(), Fraction(1, 2))
    how = {"loss": nn.half_squared_error, "optimizer": optimizer, **options}
    return nn.worked(model, [1, 2], 1.5, **how)


def assert_says_what_the_cards_say(picture, cards):
    shown, of_cards = network_shown(picture), cards_shown(cards)
    assert len(shown) == 16 and shown == {name: of_cards[name] for name in shown}


@pytest.mark.one_in(2)
@pytest.mark.parametrize("notation", ["notes", "mit6034"])
def test_at_every_step_it_says_what_the_cards_say(notation):
    model, loss = network_and_loss()
    steps = walk(loss, notation=notation, decimals=3)
    for number in (0, 2, 3, 8, 10, len(steps.steps)):
        picture = nn.draw_network(model, steps.goto(number))
        assert_says_what_the_cards_say(picture, draw(steps))


@pytest.mark.long
def test_the_walk_of_a_training_goes_on_through_the_update():
    training = trained(decimals=3)
    steps = training.walk()
    for number in (0, 4, len(steps.steps) // 2, len(steps.steps) - 6, len(steps.steps)):
        assert_says_what_the_cards_say(nn.draw_network(steps.goto(number)), draw(steps))


def test_two_passes_stand_side_by_side():
    training = trained(decimals=3)
    picture, cards = (view(training, step=(1, 2)) for view in (nn.draw_network, draw))
    assert_says_what_the_cards_say(picture, cards)
    assert "a_1^1: before 1.1, grad" in picture.alt and ", after " in picture.alt


def test_two_passes_that_have_no_room_leave_the_numbers_of_parameters_out_and_say_so():
    model = nn.MLP(2, [9])
    how = {"loss": nn.sum_half_squared_error, "optimizer": nn.SGD(model.parameters(), 0.5)}
    training = nn.worked(model, [1, 2], [0.5] * 9, **how)
    both, *each = (nn.draw_network(training, step=step) for step in ((1, 2), 1, 2))
    before, after = (re.findall(r"^(z_\d\^1): value (\S+)$", one.alt, re.M) for one in each)
    assert len(before) == len(after) == 9 and "No room for the numbers" in both.alt
    for (name, one), (same_name, other) in zip(before, after, strict=True):
        assert name == same_name and f"{name}: before {one}, after {other}\n" in both.alt
        assert re.search(rf">{one}</text>\s*<text[^>]*>{other}</text>", unescape(both.svg))


def test_every_moment_of_a_pass_is_laid_out_alike_and_one_number_is_marked():
    model, loss = network_and_loss()
    steps = walk(loss, decimals=3)
    pictures = [nn.draw_network(model, steps.goto(number)) for number in (0, 4, 9)]
    whole = [(size_of(picture.svg), shapes_of(picture.svg)) for picture in pictures]
    assert whole[0] == whole[1] == whole[2]
    assert [picture.dot.count(LIGHT.parameter) for picture in pictures] == [0, 1, 1]
    assert [picture.dot.count("penwidth=2 ") for picture in pictures] == [0, 1, 1]


def of_rising_numbers(*sizes):
    """A training whose numbers are wider in its second pass."""
    model = nn.MLP(sizes[0], sizes[1:], ["tanh", "linear"])
    rule, loss = nn.SGD(model.parameters(), 0.1), nn.sum_half_squared_error
    inputs = [1.0, -0.5, 0.25, 2.0][: sizes[0]]
    targets = [200.0] * sizes[-1]
    return nn.worked(model, inputs, targets, loss=loss, optimizer=rule, decimals=4)


@pytest.mark.long
@pytest.mark.parametrize("sizes", [(2, 3, 3), (4, 9, 1)])  # with labels, and without
def test_nothing_moves_from_pass_to_pass(sizes):
    training = of_rising_numbers(*sizes)
    steps, ends = training.walk(), len(training.epochs[0].steps)
    places = (0, ends, ends + 1, len(steps.steps))
    svgs = [nn.draw_network(steps.goto(place)).svg for place in places]
    assert len({*map(size_of, svgs)}) == 1
    first, *others = map(shapes_of, svgs)
    assert first and all(shapes == first for shapes in others)
    assert [trouble for svg in svgs for trouble in overlapping_texts(svg)] == []


@pytest.mark.long
def test_no_line_runs_under_a_label_that_has_another_place():
    model = nn.MLP(3, [4, 2], ["tanh", "linear"], rng=random.Random(1))
    rule, loss = nn.SGD(model.parameters(), 0.1), nn.sum_half_squared_error
    training = nn.worked(model, [-1.9, 0.17, 1.76], [0.7, 0.7], loss=loss, optimizer=rule)
    svg = nn.draw_network(training, decimals=4).svg
    assert [*lines_under_texts(svg), *overlapping_texts(svg), *texts_on_shapes(svg)] == []


@pytest.mark.long
def test_weights_without_room_on_their_lines_stand_in_rows():
    model = nn.MLP(1, [3, 4], ["tanh", "linear"], rng=random.Random(9))
    rule, loss = nn.SGD(model.parameters(), 0.1), nn.sum_half_squared_error
    training = nn.worked(model, [0.3], [0.5] * 4, loss=loss, optimizer=rule, decimals=4)
    picture = nn.draw_network(training, step=(1, 2), font_scale=1.5)
    svg, rows = picture.svg, re.findall(r":e -> (w\d+):w", picture.dot)
    assert len(rows) == 15
    assert [*lines_under_texts(svg), *overlapping_texts(svg), *texts_on_shapes(svg)] == []
    assert part_of_page(*size_of(svg)) <= 1
    after = nn.draw_network(training, step=2)
    becomes, is_then = (
        {
            lines[0].rstrip(" ="): lines[place]
            for lines in lines_of_nodes(each)
            if lines[0][0] == "w"
        }
        for each, place in ((picture, -1), (after, 1))
    )
    assert len(is_then) == 15
    assert becomes == {name: f"after {number}" for name, number in is_then.items()}


def test_what_a_pre_activation_is_for_is_framed():
    model, loss = network_and_loss()
    picture = nn.draw_network(model, walk(loss).goto("z_1^1"))
    framed = [line for line in picture.dot.splitlines() if "penwidth=2 " in line]
    assert len(framed) == 1 and "<B>a_1^1</B>" in framed[0]


def test_what_is_off_is_dashed_when_that_is_known():
    model, loss = network_and_loss()
    steps = walk(loss)
    at_start, later = (nn.draw_network(model, steps.goto(to)) for to in (0, "a_0^1"))
    assert "dashed" not in at_start.dot and "off" not in at_start.alt
    assert later.dot.count("dashed") == 4 and later.alt.count(", off") == 4


def test_a_share_of_a_softmax_is_not_told_before_it_is_computed():
    model = nn.MLP.from_weights([[[1], [1]]], None, ["softmax"])
    steps = walk(nn.cross_entropy(model([3.0]), 0))
    start = nn.draw_network(model, steps.restart())
    assert "a_0^1 = -" in start.alt and "0.5" not in start.dot + start.alt
    assert "a_0^1 = 0.5" in nn.draw_network(model, steps.goto("a_0^1")).alt


def test_its_title_is_the_line_of_the_step_unless_another_is_given():
    model, loss = network_and_loss()
    steps = walk(loss).goto("dL/da_0^2")
    assert nn.draw_network(model, steps).alt.startswith(f"{steps.step}: a 2-2-1 network, light")
    assert nn.draw_network(model, steps, title="back").alt.startswith("back: a 2-2-1 network")


@pytest.mark.parametrize("number", [0, 7])
def test_nothing_collides_at_a_moment(number):
    svg = nn.draw_network(trained().walk().goto(number)).svg
    assert [*overlapping_texts(svg), *texts_on_shapes(svg), *texts_outside(svg)] == []


def test_nothing_collides_side_by_side_or_under_a_softmax():
    model = nn.MLP(2, [3, 3], ["tanh", "softmax"], notation="ng")
    loss = nn.cross_entropy(model([1.0, -0.5]), 2)
    loss.backward()
    for picture in (nn.draw_network(trained(), step=(1, 2)), nn.draw_network(model, loss)):
        assert [*overlapping_texts(picture.svg), *texts_outside(picture.svg)] == []


def test_frames_of_a_network(tmp_path):
    model = nn.MLP.from_weights([[[0.5]]], None, ["linear"])
    paths = walk(model([2])).frames(tmp_path / "of loss", view=partial(nn.draw_network, model))
    assert len(paths) == len(walk(model([2])).steps) + 1
    rule = nn.SGD(model.parameters(), 0.5)
    steps = nn.worked(model, [2], 3, loss=nn.half_squared_error, optimizer=rule).walk()
    first = steps.frames(tmp_path / "of training", view=nn.draw_network, theme="dark")[0]
    assert first.read_text(encoding="utf-8") == nn.draw_network(steps, theme="dark").svg
    with pytest.raises(TypeError, match=r"^view is a function that returns a picture, not a list"):
        steps.frames(tmp_path / "none", view=lambda walk: [])


def test_what_goes_with_a_walk():
    model, loss = network_and_loss()
    steps, of_training = walk(loss), trained().walk()
    for arguments, options, sentence in (
        (
            (steps,),
            {},
            r"^this walk is that of a loss: give its network, draw_network",
        ),
        ((model, of_training), {}, r"^the walk of a worked training has its network"),
        ((steps, loss), {}, r"^a walk has its loss: give draw_network\(model, walk\)"),
        ((model, steps), {"step": 1}, r"^a walk has its step and its notation: walk\.goto"),
        ((of_training,), {"notation": "ng"}, r"^a walk has its step and its notation: "),
    ):
        with pytest.raises(ValueError, match=sentence):
            nn.draw_network(*arguments, **options)
    with pytest.raises(TypeError, match=r"^draw_network takes an MLP, not a list$"):
        nn.draw_network([], steps)
    with pytest.raises(ValueError, match="was not computed by this model"):
        nn.draw_network(model, walk(Value(2, "w") * 3))
