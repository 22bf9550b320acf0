"""Pictures in every notation: the numbers and signs are those of the lines."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest

import nn
from autograd import Value, draw, walk
from autograd.drawing.cards.card import cards_of
from autograd.notes.labels import every_node
from autograd.notes.notation import Notation
from autograd.notes.profiles import NOTATIONS, notation_of
from tests.pictures import cards_shown, network_shown

pytestmark = pytest.mark.usefixtures("bundled")

each_notation = pytest.mark.parametrize("notation", NOTATIONS)


def network(sizes=(2, 3, 2), seed=3, **options):
    """A network of exact numbers, some of its ReLUs on."""
    rng = random.Random(seed)
    model = nn.MLP(sizes[0], sizes[1:], ["relu", "linear"], rng=rng, numbers=Fraction, **options)
    for parameter in model.parameters():
        parameter.data = Fraction(rng.randint(-9, 9), 10)
    return model


def loss_of(model):
    targets = [Fraction(1, 4), Fraction(3, 4)][: len(model.layers[-1].neurons)]
    loss = nn.sum_half_squared_error(model([Fraction(3, 2), -2]), targets)
    loss.backward()
    return loss


def rows_of(loss, notation, **shown):
    """What the lines say of each node: its name, value and gradient."""
    steps = walk(loss, notation=notation, **shown)
    return steps.goto(len(steps.steps)).table().rows[1:]


@pytest.mark.one_in(12)
@each_notation
@pytest.mark.parametrize("bias", [True, "shared"])
def test_cards_show_the_numbers_of_the_lines(notation, bias):
    loss = loss_of(network(bias=bias))
    cards = cards_shown(draw(loss, notation=notation, decimals=4))
    rows = rows_of(loss, notation, decimals=4)
    assert len(cards) == len(rows) > 20
    for name, value, gradient in rows:
        assert cards[name].value == value
        assert gradient in ("-", cards[name].gradient)


@each_notation
def test_what_arrows_carry_adds_up_to_the_gradients(notation):
    loss = loss_of(network())
    found = cards_of(loss, every_node(loss, notation))
    carried = dict.fromkeys(found.cards, 0)
    for arrow in found.arrows:
        carried[arrow.operand] += arrow.flow or 0
    *others, root = found.cards
    assert [card.gradient for card in others] == [carried[card] for card in others]
    objective = notation_of(notation)
    assert root.gradient == (1 if objective.maximised else objective.error_sign)


def test_a_bias_that_is_subtracted_and_an_objective_that_is_maximised():
    model = nn.MLP.from_weights([[[2]]], [[-5]], ["linear"], notation="mit6034")
    loss = nn.half_squared_error(model([3]), Value(4, "d"))
    loss.backward()
    assert {name: shown[:2] for name, shown in cards_shown(draw(loss)).items()} == {
        "w_1A": ("2", "9"),
        "x_1": ("3", "6"),
        "w_0A": ("5", "-3"),
        "z_A": ("1", "3"),
        "d": ("4", "-3"),
        "P": ("-4.5", "1"),
    }
    cards = cards_of(loss)
    assert {card.name: card.formula for card in cards.cards if card.formula} == {
        "z_A": "w_1A*x_1 - w_0A",
        "P": "-(d - z_A)^2/2",
    }
    locals_ = {(x.operand.name, x.result.name): x.local for x in cards.arrows}
    assert locals_["w_0A", "z_A"] == "-1" and locals_["z_A", "P"] == "3"


@pytest.mark.parametrize(
    ("notation", "word"), [("notes", "grad"), ("mitchell", "-grad"), ("mit6034", "grad")]
)
def test_gradients_of_minus_the_loss_are_headed_so(notation, word):
    cards = cards_shown(draw(loss_of(network()), notation=notation))
    assert {shown.word for shown in cards.values()} == {word}


def test_an_own_notation_that_subtracts_alone():
    own = Notation(bias_is_subtracted=True)
    loss = loss_of(network())
    plain, shown = cards_shown(draw(loss)), cards_shown(draw(loss, notation=own))
    different = {name for name in plain if plain[name] != shown[name]}
    assert different and {name[0] for name in different} == {"b"}


# --- the network view -----------------------------------------------------------------------------


@pytest.mark.one_in(6)
@each_notation
@pytest.mark.parametrize("bias", [True, "shared"])
def test_a_network_shows_the_numbers_of_the_lines(notation, bias):
    model = network(bias=bias)
    loss = loss_of(model)
    shown = network_shown(nn.draw_network(model, loss, notation=notation, decimals=4))
    rows = {name: numbers for name, *numbers in rows_of(loss, notation, decimals=4)}
    assert len(shown) == len(model.parameters()) + 2 + 3 + 2 + 1
    for name, found in shown.items():
        value, gradient = rows[name]
        assert found.value == value
        assert gradient in ("-", found.gradient)


@pytest.mark.one_in(3)
@each_notation
def test_without_a_loss_biases_have_their_sign_and_nothing_has_a_gradient(notation):
    model = network()
    loss = loss_of(model)
    shown = network_shown(nn.draw_network(model, notation=notation, decimals=4))
    rows = {name: numbers for name, *numbers in rows_of(loss, notation, decimals=4)}
    parameters = {name: each for name, each in shown.items() if name in rows and each.value}
    assert len(parameters) == len(model.parameters()) == len(shown)
    assert {name: each.value for name, each in shown.items()} == {n: rows[n][0] for n in shown}
    assert {each.gradient for each in shown.values()} == {""}


def test_a_network_whose_objective_is_maximised():
    model = nn.MLP.from_weights([[[2]]], [[-5]], ["linear"], notation="mit6034")
    loss = nn.half_squared_error(model([3]), Value(4, "d"))
    loss.backward()
    picture = nn.draw_network(model, loss)
    assert {name: each[:2] for name, each in network_shown(picture).items()} == {
        "w_1A": ("2", "9"),
        "x_1": ("3", "6"),
        "w_0A": ("5", "-3"),
        "z_A": ("1", "3"),
        "d": ("4", "-3"),
        "P": ("-4.5", "1"),
    }
    assert "loss: -(d - z_A)^2/2" in picture.dot


def test_a_network_s_gradients_of_minus_the_loss_are_headed_so():
    model = network()
    picture = nn.draw_network(model, loss_of(model), notation="rashid")
    assert {each.word for each in network_shown(picture).values()} == {"-grad"}
