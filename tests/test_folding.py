"""What is folded into one card, what that says, and what it says of itself."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest

import nn
from autograd import Graph, Value, draw, draw_circuit, find, sin, tanh, total
from autograd.drawing.folding import owners_of
from autograd.notes.numbers import short_number
from tests.picture_measure import (
    lines_of,
    lines_under_texts,
    overlapping_texts,
    size_of,
    texts_outside,
)
from tests.pictures import lines_of_nodes

pytestmark = pytest.mark.usefixtures("bundled")


def network(*sizes, batch=1):
    """The loss of a network whose weights are 1/2, -1/3, 1/4, ..., over samples."""
    model = nn.MLP(sizes[0], list(sizes[1:]), numbers=Fraction)
    for place, parameter in enumerate(model.parameters(), start=2):
        parameter.data = Fraction((-1) ** place, place)
    inputs = [[Fraction(i + k, 4) for i in range(sizes[0])] for k in range(batch)]
    outputs = [model(sample) for sample in inputs]
    loss = nn.half_squared_error(outputs[0], Value(1, "y"))
    if batch > 1:
        loss = nn.over(nn.half_squared_error, outputs, [1] * batch)
    loss.backward()
    return loss


def recurrent(steps):
    w, b, state, losses = Value(0.5, "w"), Value(0.1, "b"), Value(0.0, "h_0"), []
    for step in range(1, steps + 1):
        state = tanh(w * state + b)
        state.name = f"h_{step}"
        losses.append((state - 0.5) ** 2)
    loss = total(losses)
    loss.backward()
    return loss


def cards(picture):
    """The texts of each card, by the first, which is its name."""
    return {name: rest for name, *rest in lines_of_nodes(picture)}


def arrows(picture):
    """What stands on the arrows."""
    return [line.text for line in lines_of(picture.svg) if re.fullmatch(r"l\d+", line.owner)]


# --- by itself ------------------------------------------------------------------------------------


def test_what_has_room_is_not_folded():
    assert repr(draw(network(2, 3, 1))) == "<Picture of 24 cards, backward, light>"


@pytest.mark.parametrize(
    ("root", "folded"),
    [
        (network(4, 7, 1), "13 cards, 8 neurons folded"),
        (network(2, 3, 1, batch=5), "7 cards, 4 neurons folded"),
        (network(2, 8, 8, 1), "5 cards, 3 layers folded"),
        (recurrent(20), "6 cards, 2 series folded"),
    ],
)
def test_a_large_graph_is_folded_as_far_as_it_must(root, folded):
    picture = draw(root)
    assert repr(picture) == f"<Picture of {folded}, backward, light>"
    wide, tall = size_of(picture.svg)
    assert wide <= 1600 and tall <= 1200


@pytest.mark.long
def test_a_long_chain_without_names_is_cut_into_runs():
    y = Value(1.0, "x")
    for _ in range(500):
        y = sin(y)
        y = y * y + y
    picture = draw(y)
    assert "runs folded" in repr(picture) and picture.cards <= 8
    assert sum(int(n) for n in re.findall(r">(\d+) nodes<", picture.dot)) == 1499


def test_without_direction_what_is_too_long_goes_down():
    model = nn.MLP(1, [1] * 5, ["tanh"] * 5)
    loss = nn.half_squared_error(model([1.0]), 0.5)
    loss.backward()
    assert "rankdir=TB" in draw(loss, fold="layers").dot
    assert "rankdir=LR" in draw(loss, fold="layers", direction="right").dot


def test_larger_texts_have_less_room():
    loss = network(2, 3, 1)
    assert "4 neurons folded" in repr(draw(loss, font_scale=1.5))
    assert "4 neurons and the loss folded" in repr(draw_circuit(loss, font_scale=2))
    for picture in (draw(loss, font_scale=1.5), draw_circuit(loss, font_scale=2)):
        wide, tall = size_of(picture.svg)
        assert wide <= 1600 and tall <= 1200


def test_what_fits_in_no_fold_is_folded_by_what_sticks_out_least_and_smaller():
    loss, sizes = network(2, 8, 8, 1), {}
    for fold in ("layers", "runs"):
        sizes[fold] = draw_circuit(loss, fold=fold, font_scale=4)
    widths = {fold: size_of(picture.svg)[0] for fold, picture in sizes.items()}
    least = min(widths, key=widths.__getitem__)
    picture = draw_circuit(loss, font_scale=4)
    assert repr(picture) == repr(sizes[least])
    assert size_of(picture.svg)[0] <= 1600 < widths[least]  # its texts are smaller


@pytest.mark.parametrize("asked", [{"blank": True}, {"local": True}, {"expand": True}], ids=str)
def test_what_is_asked_for_of_every_operation_is_not_folded_away(asked):
    assert "folded" not in repr(draw_circuit(network(2, 3, 1), **asked))
    loss = network(4, 7, 1)
    (option,) = asked
    sentence = rf"^{option}=True is about every operation, .* would be .*: draw a smaller root, "
    with pytest.raises(ValueError, match=sentence):
        draw_circuit(loss, **asked)
    assert "8 neurons and" in repr(draw_circuit(loss, fold="neurons", **asked))
    assert "folded" not in repr(draw_circuit(loss, fold=False, **asked))


# --- what a card says -----------------------------------------------------------------------------


def test_a_neuron_says_its_numbers_and_how_many_parameters():
    loss = network(2, 3, 1)
    shown = cards(draw(loss, fold="neurons"))
    assert {"a_0^0", "a_1^0", "output neuron", "loss"} <= shown.keys()
    for neuron in range(3):
        lines = shown[f"hidden neuron {neuron}"]
        for name in (f"z_{neuron}^1", f"a_{neuron}^1"):
            (node,) = find(loss, name)
            at = lines.index(name)
            assert lines[at + 1 : at + 3] == [short_number(node.data), short_number(node.grad)]
        own = [find(loss, f"{name}_{neuron}{i}^1")[0] for name in "w" for i in range(2)]
        own += find(loss, f"b_{neuron}^1")
        at = lines.index("3 parameters")
        assert lines[at + 1] == span(node.data for node in own)
        assert lines[at + 2] == span(node.grad for node in own)


def span(numbers):
    low, *_, high = sorted(numbers)
    low, high = short_number(low), short_number(high)
    return low if low == high else f"{low} to {high}"


def test_a_layer_says_its_units_and_how_many_are_off():
    loss = network(2, 16, 1)
    lines = cards(draw(loss, fold="layers"))["hidden layer"]
    units = [node for node in Graph(loss).order if re.fullmatch(r"a_\d+\^1", node.name)]
    off = sum(node.data == 0 for node in units)
    assert lines[0] == "16 neurons" and f"{off} of 16 ReLU off" in lines
    at = lines.index("a_0^1 ... a_15^1")
    assert lines[at + 1] == span(node.data for node in units)
    assert lines[at + 2] == span(node.grad for node in units)


def test_neurons_that_are_computed_from_each_other_are_one_layer():
    model = nn.MLP(2, [3], ["softmax"])
    loss = nn.cross_entropy(model([1.0, 2.0]), [0, 1, 0])
    assert "1 layer folded" in repr(draw(loss, fold="neurons"))


def test_a_series_has_a_line_for_each_step():
    loss = recurrent(20)
    lines = cards(draw(loss, fold="series"))["h_1 ... h_20"]
    for node in Graph(loss).order:
        if re.fullmatch(r"h_[1-9]\d*", node.name):
            at = lines.index(node.name)
            assert lines[at + 1 : at + 3] == [short_number(node.data), short_number(node.grad)]


def test_a_series_is_of_one_layer_and_in_order():
    shown = cards(draw(network(2, 3, 1, batch=2), fold="series"))
    ends = {name for name in shown if name.startswith(("w", "z", "a"))}
    layers = ["z_0^1(1) ... z_2^1(2)", "a_0^1(1) ... a_2^1(2)", "w_00^1 ... w_21^1"]
    assert ends >= {*layers, "w_00^2 ... w_02^2", "a_0^0(1) ... a_1^0(2)"}
    lines = shown["z_0^1(1) ... z_2^1(2)"]
    assert [line for line in lines if line.startswith("z_")][:2] == ["z_0^1(1)", "z_0^1(2)"]


def test_a_series_is_in_the_order_of_its_numbers():
    root = total([Value(1.0, f"x_{i}") for i in (3, 10, 2)])
    assert "x_2 ... x_10" in cards(draw(root, fold="series"))
    root = total([Value(1.0, f"x_{i}") for i in ("9" * 5000, 1, 2)])
    assert draw(root, fold="series").alt.split("\n")[1].startswith("x_1 ... x_999")


def test_series_that_are_computed_from_each_other_are_none():
    z, h = Value(0.5, "z_0"), Value(0.1, "h_0")
    for step in range(1, 60):
        z, h = h * 0.5 + z, tanh(z)
        z.name, h.name = f"z_{step}", f"h_{step}"
    sentence = "^fold='series' folds together what is computed from each other here: give"
    with pytest.raises(ValueError, match=sentence):
        draw(z * h, fold="series")
    assert "runs folded" in repr(draw(z * h))


def test_an_unnamed_node_that_is_used_once_stands_in_the_formula_of_its_result():
    a, b = Value(2, "a"), Value(3, "b")
    c = a * b + sin(a * b)
    shown = draw(c, fold="unnamed")
    assert repr(shown) == "<Picture of 3 cards, 3 unnamed nodes folded, forward, light>"
    assert "a*b + sin(a*b)" in cards(shown)["L"]
    twice = a * b
    assert "v1 + sin(v1)" in cards(draw(twice + sin(twice), fold="unnamed"))["L"]


def test_what_is_long_is_not_written_out():
    root = total([Value(1, f"x_{i}") * 2 for i in range(50)])
    owners = owners_of(Graph(root))
    assert sum(owner is root for owner in owners.values()) < 42


def test_numbers_without_an_order_have_no_range():
    z = [Value(1j * k, f"z_{k}") for k in range(10)]
    assert "..." in cards(draw(total(z), fold="series"))["z_0 ... z_9"]


# --- arrows ---------------------------------------------------------------------------------------


def test_arrows_between_folds_are_one_that_says_how_many():
    loss = network(2, 3, 1)
    assert arrows(draw(loss, fold="layers"))[:2] == ["6 arrows", "3 arrows"]
    picture = draw(loss, fold="neurons")
    weights = [find(loss, f"w_{i}{j}^1")[0].data for i in range(3) for j in range(2)]
    for weight in weights:
        assert any(short_number(abs(weight)).strip("≈") in text for text in arrows(picture))


def test_a_highlighted_path_leads_through_folds():
    loss = network(2, 3, 1)
    picture = draw(loss, fold="neurons", highlight=find(loss, "w_00^1")[0])
    wide = [line for line in picture.dot.splitlines() if 'BORDER="2"' in line]
    names = [re.search("<B>(.*?)</B>", line)[1] for line in wide]
    assert names == ["hidden neuron 0", "output neuron", "loss"]


@pytest.mark.one_in(3)
@pytest.mark.parametrize("fold", ["neurons", "layers", "series"])
def test_a_card_that_holds_what_is_highlighted_says_so(fold):
    loss = network(2, 3, 1)
    node = find(loss, "w_00^1")[0]
    for view in (draw, draw_circuit):
        picture = view(loss, fold=fold, highlight=node)
        held = "with w_00^1" in " ".join(picture.dot.split())
        assert held == ("with w_00^1" in picture.alt)
        assert held or (view is draw_circuit and fold == "series")  # there it has its own wire
        assert lines_under_texts(picture.svg) == overlapping_texts(picture.svg) == []


def test_a_bundle_that_holds_what_is_highlighted_says_so():
    loss = recurrent(17)
    picture = draw_circuit(loss, fold="series", highlight=find(loss, "h_7")[0])
    assert "17 values with h_7" in picture.dot and "17 values, with h_7" in picture.alt
    assert "with" not in draw_circuit(loss, fold="series").alt


# --- what is asked for ----------------------------------------------------------------------------


def test_an_unknown_fold_or_direction_is_refused():
    sentence = r"^fold is 'auto', .*, 'runs' or False, not 'neuron'$"
    with pytest.raises(ValueError, match=sentence):
        draw(network(1, 1), fold="neuron")
    with pytest.raises(ValueError, match=r"^direction is 'right' or 'down', not 'up'$"):
        draw(network(1, 1), direction="up")


@pytest.mark.parametrize(("neurons", "folded"), [(2, ""), (3, "4 neurons folded, ")])
def test_more_than_two_neurons_beside_each_other_are_folded(neurons, folded):
    picture = draw(network(2, neurons, 1), direction="down")
    assert re.search(r"cards, (.*)(for|back)ward", repr(picture))[1] == folded


@pytest.mark.parametrize("fold", ["neurons", "layers"])
def test_what_has_no_neurons_says_so(fold):
    with pytest.raises(ValueError, match=f"^fold='{fold}' needs names of a network"):
        draw(recurrent(2), fold=fold)


@pytest.mark.long
@pytest.mark.parametrize("fold", [False, "unnamed", "neurons", "layers", "series", "runs"])
@pytest.mark.parametrize("direction", ["right", "down"])
def test_nothing_collides_in_any_fold(fold, direction):
    svg = draw(network(2, 2, 1), fold=fold, direction=direction).svg
    assert overlapping_texts(svg) == lines_under_texts(svg) == []


HOSTILE = ['say "x"', "<b>&amp;", r"\N\G", "%s{}|", "é≈漢字", "-->"]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_stand_on_folded_cards(name):
    root = total([Value(k, f"{name}{k}") for k in range(3)])
    lines = cards(draw(root, fold="series"))[f"{name}0 ... {name}2"]
    assert {f"{name}{k}" for k in range(3)} <= set(lines)


@pytest.mark.parametrize("view", [draw, draw_circuit])
def test_a_hostile_name_that_is_held_stays_in_its_card(view):
    given = [Value(float(k), f"a\x1b[31m\n\u202eb{k}") for k in range(12)]
    svg = view(total([sin(x) for x in given]), fold="runs", highlight=given[3]).svg
    assert any(line.text.startswith(r"with a\x1b[31m") for line in lines_of(svg))
    assert texts_outside(svg) == overlapping_texts(svg) == []


def test_a_node_alone_between_others_is_no_run():
    x = Value(0.5)
    for place in range(12):
        x = sin(x)
        x.name = f"y{place}" if place % 4 == 3 else ""
    cards = re.findall(r">(\d+) nodes?<", draw(x, fold="runs").dot)
    assert cards and "1" not in cards
