"""Pictures of worked trainings: each pass has the names and numbers of its lines."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from functools import cache

import pytest

import nn
from autograd import draw, draw_circuit, relu
from autograd.drawing.training import style_of
from autograd.notes.meaning import Role
from autograd.notes.notation import Name
from autograd.notes.profiles import NOTATIONS
from tests.pictures import cards_shown, network_shown

pytestmark = pytest.mark.usefixtures("bundled")

F = Fraction
WEIGHTS = [[[0.2, -0.4], [-0.3, 0.8], [0.5, 0.7]], [[-0.6, 0.9, -0.3]]]
BATCH = [[1, 2], [2, 1]], [F(3, 2), F(1, 2)]


def trained(inputs=(1, 2), targets=1.5, notation="notes", bias=True, **options):
    biases = [[0.1, -0.2, 0], [0.05]] if bias is True else bias
    model = nn.MLP.from_weights(WEIGHTS, biases, ["relu", "linear"], numbers=F, notation=notation)
    optimizer = nn.SGD(model.parameters(), F(1, 10), momentum=F(1, 2))
    how = {"loss": nn.half_squared_error, "optimizer": optimizer, **options}
    return nn.worked(model, inputs, targets, **how)


@cache
def in_two_steps(notation):
    return trained(notation=notation, steps=2)


@cache
def cards_of_pass(notation, step):
    return cards_shown(draw(in_two_steps(notation), step=step))


@cache
def told_in(notation):
    """The training of a model that has the names of the notes, in another notation."""
    model = nn.MLP.from_weights(WEIGHTS, [[0.1, -0.2, 0], [0.05]], ["relu", "linear"], numbers=F)
    how = {"loss": nn.half_squared_error, "optimizer": nn.SGD(model.parameters(), F(1, 10))}
    return nn.worked(model, [1, 2], 1.5, notation=notation, steps=2, **how)


@cache
def rounded(notation):
    how = {"rounding": "each step", "decimals": 1, "halves": "up"}
    return trained(notation=notation, steps=2, **how)


def assert_says_what_the_lines_say(training, step, cards):
    """Every line of a pass has a card, or a row on one, with its number as it is shown."""
    epoch, style = training.epochs[step - 1], style_of(training)
    for line in (*epoch.forward, epoch.cost):
        assert cards[line.name].value == style.short(line.number)
    names = {line.node: line.name for line in (*epoch.forward, epoch.cost)}
    for line in epoch.gradients:
        name = names.get(line.node) or line.plain_name.rpartition("/d")[2]
        name = name[1:-1] if name.startswith("(") else name  # dE/d(w5^+)
        assert cards[name].gradient == style.short(line.number)
    for line in epoch.updates:
        if line.name in cards:
            assert cards[line.name].new == style.short(line.number)
    becomes = [line.number for line in epoch.updates if isinstance(line.node.name, Name)]
    new = [shown.new for shown in cards.values() if shown.new]
    assert sorted(new) == sorted(map(style.short, becomes))


@pytest.mark.one_in(21)
@pytest.mark.parametrize("notation", NOTATIONS)
@pytest.mark.parametrize("step", [1, 2, 3])
def test_a_pass_shows_the_numbers_of_its_lines(notation, step):
    cards = cards_of_pass(notation, step)
    assert len(cards) == 24
    assert_says_what_the_lines_say(in_two_steps(notation), step, cards)


@pytest.mark.one_in(7)
@pytest.mark.parametrize("notation", ["notes", "mazur", "mit6034", "rashid", "nielsen"])
@pytest.mark.parametrize("step", [1, 2, 3])
def test_with_each_step_rounded_the_numbers_are_those_of_the_lines(notation, step):
    training = rounded(notation)
    cards = cards_shown(draw(training, step=step))
    assert_says_what_the_lines_say(training, step, cards)
    network = network_shown(nn.draw_network(training, step=step))
    assert network == {name: cards[name] for name in network}
    plain = cards_shown(draw(trained(notation=notation, steps=2, decimals=1), step=step))
    assert plain.keys() == cards.keys() and plain != cards


@pytest.mark.parametrize("notation", ["ng", "nielsen"])
def test_with_each_step_rounded_decimals_are_drawn_where_each_sample_has_its_own_loss(notation):
    model = nn.MLP.from_weights([[[0.7]], [[0.1]]], None, ["relu", "linear"], numbers=Decimal)
    rate = nn.SGD(model.parameters(), Decimal("0.1"))
    samples = [[[Decimal(x)] for x in (1, 1, 2)], [Decimal(y) for y in (-1, 1, 2)]]
    how = {"loss": nn.half_squared_error, "notation": notation, "decimals": 2}
    training = nn.worked(model, *samples, optimizer=rate, rounding="each step", **how)
    cards = cards_shown(draw(training))
    assert_says_what_the_lines_say(training, 1, cards)
    for expand in (False, True):
        assert "value" in draw_circuit(training, expand=expand, fold=False).alt


def test_with_each_step_rounded_what_is_given_stands_in_full():
    training = trained([F(9, 8), 2], rounding="each step", decimals=1)
    assert cards_shown(draw(training))["a_0^0"].value == "1.125"


@pytest.mark.parametrize("loss", [nn.cross_entropy, nn.cross_entropy_with_logits])
@pytest.mark.parametrize("step", [1, 2])
def test_a_softmax_with_each_step_rounded_is_as_its_lines(loss, step):
    last = "softmax" if loss is nn.cross_entropy else "linear"
    model = nn.MLP.from_weights([[[0.5, -0.25], [0.75, 1.0]]], [[0.1, 0.2]], [last])
    optimizer = nn.SGD(model.parameters(), 0.5)
    how = {"rounding": "each step", "decimals": 2}
    training = nn.worked(model, [1, 2], [0, 1], loss=loss, optimizer=optimizer, **how)
    cards = cards_shown(draw(training, step=step))
    for line in training.epochs[step - 1].steps:
        if not line.of_gradient and not line.of_update and line.name in cards:
            assert cards[line.name].value == style_of(training).short(line.number)
    assert cards["L"].value == style_of(training).short(training.epochs[step - 1].cost.number)
    for line in training.epochs[0].gradients if step == 1 else ():
        name = line.plain_name.rpartition("/d")[2]
        if name in cards:
            assert cards[name].gradient == style_of(training).short(line.number)


@pytest.mark.parametrize("step", [1, 2])
def test_a_batch_has_the_names_and_places_of_its_lines(step):
    training = trained(*BATCH, decimals=2)
    cards = cards_shown(draw(training, step=step, fold=False))
    assert {"z_0^1(1)", "z_0^1(2)", "y^(2)", "L"} <= cards.keys()
    assert_says_what_the_lines_say(training, step, cards)


def test_parameters_are_leaves_in_every_pass():
    training = trained(steps=2)
    picture = draw(training, step=2)
    weights = [p.name for p in training.model.parameters() if p.name.quantity.role is Role.WEIGHT]
    for name in weights:
        (source,) = [line for line in picture.dot.splitlines() if f"<B>{name}</B>" in line]
        assert ">weight</FONT>" in source
    assert repr(picture) == repr(draw(training)) == "<Picture of 24 cards, backward, light>"


def test_after_the_last_update_there_is_a_forward_pass_alone():
    training = trained()
    assert "forward" in repr(draw(training, step=2))
    cards = cards_shown(draw(training, step=2))
    assert cards["L"].value == training.style.short(training.losses[1])
    assert {shown.new + shown.gradient for shown in cards.values()} == {""}
    backward = cards_shown(draw(training, step=2, backward=True))
    assert {shown.gradient for shown in backward.values()} == {"-"}


def test_without_gradients_nothing_is_updated():
    cards = cards_shown(draw(trained(), backward=False))
    assert {shown.new for shown in cards.values()} == {""}


def test_numbers_are_shown_as_the_lines_unless_told():
    training = trained(decimals=1)
    assert cards_shown(draw(training))["w_01^2"] == ("0.9", "≈-1.1", "≈1.0", "grad")
    assert cards_shown(draw(training, decimals=2))["w_01^2"].new == "≈1.01"


@pytest.mark.one_in(3)
@pytest.mark.parametrize(
    ("notation", "step", "name"),
    [
        ("mazur", 1, "w1"),
        ("mazur", 2, "w1^+"),
        ("mazur", 3, "w1^{+,+}"),
        ("mit6034", 2, "w_1A'"),
        ("fausett", 2, "v_11(new)"),
    ],
)
def test_an_updated_parameter_is_called_as_in_the_lines(notation, step, name):
    training = in_two_steps(notation)
    assert name in cards_of_pass(notation, step)
    assert name in network_shown(nn.draw_network(training, step=step))


def test_in_another_notation_an_updated_parameter_has_the_name_of_the_parameter():
    training = trained(notation="mazur")
    before, after = (cards_shown(draw(training, step=n, notation="notes")) for n in (1, 2))
    assert before.keys() == after.keys() >= {"w_00^1", "b_0^2"}


def test_another_notation_is_told():
    cards = cards_shown(draw(trained(), notation="mit6034"))
    assert cards["w_0B"] == ("0.2", "-0.927", "0.1073", "-grad")  # of -L, for L is no P


@pytest.mark.parametrize("step", [0, 4, -1, True, "2", 1.0])
def test_a_step_that_was_not_recorded_is_refused(step):
    with pytest.raises(ValueError, match=r"^step is one of 1 to 3, the passes of this training, "):
        draw(in_two_steps("notes"), step=step)


def test_one_graph_has_no_steps():
    training = trained()
    with pytest.raises(ValueError, match=r"^step says which pass of nn\.worked is drawn: leave"):
        draw(training.roots[0], step=1)


# --- the network view -----------------------------------------------------------------------------


@pytest.mark.one_in(21)
@pytest.mark.parametrize("notation", NOTATIONS)
@pytest.mark.parametrize("step", [1, 2, 3])
def test_a_network_in_a_pass_is_as_its_cards(notation, step):
    cards = cards_of_pass(notation, step)
    network = network_shown(nn.draw_network(in_two_steps(notation), step=step))
    assert len(network) == 13 + 2 + 3 + 1 + 2
    assert network == {name: cards[name] for name in network}


@pytest.mark.one_in(21)
@pytest.mark.parametrize("notation", NOTATIONS)
@pytest.mark.parametrize("step", [1, 2, 3])
def test_a_network_worked_in_another_notation_is_as_its_lines(notation, step):
    training = told_in(notation)
    cards = cards_shown(draw(training, step=step))
    assert_says_what_the_lines_say(training, step, cards)
    network = network_shown(nn.draw_network(training, step=step))
    assert network == {name: cards[name] for name in network}


@pytest.mark.one_in(2)
@pytest.mark.parametrize("step", [1, 2, 3])
@pytest.mark.parametrize("rounding", [{}, {"rounding": "each step", "decimals": 2}])
def test_lines_of_some_parameters_alone_have_the_picture_of_all(step, rounding):
    model = nn.MLP.from_weights(WEIGHTS, None, ["relu", "linear"], numbers=F)
    optimizer = nn.SGD(model.parameters(), F(1, 10))
    how = {"loss": nn.half_squared_error, "optimizer": optimizer, "steps": 2, **rounding}
    some = nn.worked(model, [1, 2], 1.5, wrt=model.parameters()[:2], **how)
    whole = nn.worked(model, [1, 2], 1.5, **how)
    for picture in (draw, nn.draw_network):
        assert picture(some, step=step).dot == picture(whole, step=step).dot


@pytest.mark.parametrize("bias", [[0.1, 0.05], None])
def test_shared_biases_and_none_have_new_numbers_too(bias):
    training = trained(bias=bias)
    cards, network = cards_shown(draw(training)), network_shown(nn.draw_network(training))
    assert network == {name: cards[name] for name in network}
    assert sum(bool(shown.new) for shown in network.values()) == len(training.model.parameters())


@pytest.mark.one_in(3)
@pytest.mark.parametrize("sample", [1, 2])
@pytest.mark.parametrize("step", [1, 2])
def test_one_sample_of_a_batch_stands_in_the_circles(sample, step):
    training = trained(*BATCH)
    cards = cards_shown(draw(training, step=step, fold=False))
    network = network_shown(nn.draw_network(training, step=step, sample=sample))
    assert network == {name: cards[name] for name in network}
    in_circles = {f"a_0^0({sample})", f"a_2^1({sample})", f"z_0^2({sample})", f"y^({sample})"}
    assert in_circles <= network.keys() and f"y^({3 - sample})" not in network


def test_a_sample_of_any_loss_is_chosen():
    model = nn.MLP.from_weights([[[2.0]], [[3.0], [1.0]]], None, ["relu", "softmax"])
    loss = nn.over(nn.cross_entropy, [model([1]), model([2])], [0, 1])
    shown = network_shown(nn.draw_network(model, loss, sample=2))
    assert shown["a_0^1(2)"].value == "4"


def test_samples_are_counted():
    training = trained(*BATCH)
    with pytest.raises(ValueError, match=r"2 samples .* or say which one is drawn, as sample=1$"):
        nn.draw_network(training)
    for wrong in (0, 3, True, "1"):
        with pytest.raises(ValueError, match=r"^sample is one of 1 to 2, as many as there are: "):
            nn.draw_network(training, sample=wrong)


def test_what_goes_with_a_training_alone_or_with_a_network_alone():
    training = trained()
    model = training.model
    with pytest.raises(ValueError, match="a loss for each pass: give step=2, not a loss"):
        nn.draw_network(training, training.roots[0])
    with pytest.raises(ValueError, match=r"^step says which pass of nn\.worked is drawn: leave"):
        nn.draw_network(model, step=1)
    with pytest.raises(ValueError, match=r"^sample says whose numbers are drawn: give the loss"):
        nn.draw_network(model, sample=1)


def test_a_model_that_is_no_network_is_refused():
    layer = nn.Layer([[2.0]], [1.0])
    optimizer = nn.SGD(layer.parameters(), 0.1)
    loss = nn.squared_error
    training = nn.worked(layer, [1.0], 2.0, loss=lambda a, y: loss(a[0], y), optimizer=optimizer)
    assert "cards" in repr(draw(training))
    with pytest.raises(TypeError, match=r"takes an MLP, and this is the training of a Layer$"):
        nn.draw_network(training)


def test_passes_that_compute_different_things_are_refused():
    model = nn.MLP.from_weights([[[2.0]]], None, ["linear"])

    def fickle(a, y):
        return (a - y) ** 2 if a.data > 1 else (a - y) ** 2 + a

    optimizer = nn.SGD(model.parameters(), 0.4)
    training = nn.worked(model, [1], 0, loss=fickle, optimizer=optimizer)
    with pytest.raises(ValueError, match=r"^the passes of this training compute different "):
        draw(training)


@pytest.mark.one_in(3)
@pytest.mark.parametrize("rule", [nn.Adam, nn.RMSProp, nn.AdaGrad])
def test_rules_with_a_memory_are_drawn(rule):
    model = nn.MLP.from_weights([[[0.5, 0.25]]], [[0.1]], ["tanh"])
    training = nn.worked(
        model, [1, 2], 1, loss=nn.mse, optimizer=rule(model.parameters(), 0.1), steps=2, decimals=3
    )
    for step in (1, 2, 3):
        cards = cards_shown(draw(training, step=step))
        assert_says_what_the_lines_say(training, step, cards)
        network = network_shown(nn.draw_network(training, step=step))
        assert network == {name: cards[name] for name in network}


def test_with_each_step_rounded_what_stands_within_a_line_is_rounded_on_its_card():
    model = nn.MLP.from_weights([[[0.21, -0.437]]], None, ["linear"])
    how = {"rounding": "each step", "decimals": 3, "optimizer": nn.SGD(model.parameters(), 0.1)}

    def loss(a, y):
        return (a * a * 0.377 - y) ** 2

    training = nn.worked(model, [1.03, 2.07], 1.53, loss=loss, **how)
    cards = cards_shown(draw(training, fold=False))
    assert (cards["v1"].value, cards["v2"].value) == ("0.473", "0.178")
    assert cards["z_0^1"].value == "-0.688" and cards["a_1^0"].value == "2.07"


def test_a_rounded_card_is_off_where_its_line_is():
    model = nn.MLP.from_weights([[[0.25, 0.25]]], None, ["linear"])
    how = {"rounding": "each step", "decimals": 1, "optimizer": nn.SGD(model.parameters(), 0.5)}
    training = nn.worked(model, [1, 2], 0, loss=lambda a, y: (relu(a * 0.01 - y) + 1) ** 2, **how)
    cards = cards_shown(draw(training, fold=False))
    assert "0.008" in {card.value for card in cards.values()}  # the side that relu takes
