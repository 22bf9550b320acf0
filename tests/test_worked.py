"""Recorded training steps beside the steps that `fit` makes, and their lines."""

from __future__ import annotations

import copy
import random
from decimal import Decimal
from fractions import Fraction

import numpy
import pytest

import nn
from autograd import Graph, Value, topological_order
from autograd.graph_part import Part
from autograd.notes.notation import NOTES
from autograd.notes.profiles import NOTATIONS

F = Fraction
XS, YS = [[F(0), F(1)], [F(1), F(1)], [F(2), F(-1)]], [F(1), F(0), F(2)]


def network(numbers=F, activations=("relu", "linear"), notation=NOTES):
    """2-2-1, with weights that no unit is dead with."""
    rng = random.Random(4)

    def number():
        return numbers(rng.randrange(1, 9)) / 8

    weights = [[[number(), number()], [number(), number()]], [[number(), number()]]]
    biases = [[number(), number()], [number()]]
    return nn.MLP.from_weights(
        weights, biases, list(activations), numbers=numbers, notation=notation
    )


def fitted(model, make, inputs, targets, epochs, loss=nn.half_squared_error):
    """The losses that `fit` gives, and the last one's after them; the parameters then."""
    trained = copy.deepcopy(model)
    how = {"loss": loss, "optimizer": make(trained.parameters()), "progress": False}
    losses = nn.fit(trained, inputs, targets, epochs=epochs, **how).losses
    numbers = [parameter.data for parameter in trained.parameters()]
    after = nn.fit(trained, inputs, targets, epochs=1, **how).losses
    return losses + after, numbers


EXACT = [
    lambda p: nn.SGD(p, F(1, 10)),
    lambda p: nn.SGD(p, F(1, 10), momentum=F(1, 2), weight_decay=F(1, 100)),
    lambda p: nn.SGD(p, F(1, 10), momentum=F(1, 2), velocity="scaled"),
    lambda p: nn.SGD(p, F(1, 10), momentum=F(1, 2), nesterov=True),
]
ROOTS = [
    lambda p: nn.Adam(p, 0.1, weight_decay=0.01),
    lambda p: nn.AdaGrad(p, 0.1),
    lambda p: nn.RMSProp(p, 0.1, momentum=0.5),
]


@pytest.mark.one_in(3)
@pytest.mark.parametrize("make", EXACT)
@pytest.mark.parametrize("samples", [1, 3])
def test_recorded_steps_are_the_steps_of_fit(make, samples):
    model = network()
    losses, numbers = fitted(model, make, XS[:samples], YS[:samples], 3)
    done = nn.worked(
        model,
        XS[:samples],
        YS[:samples],
        loss=nn.half_squared_error,
        optimizer=make(model.parameters()),
        steps=3,
    )
    assert list(done.losses) == losses and all(type(number) is F for number in losses)
    assert [parameter.data for parameter in done.model.parameters()] == numbers


@pytest.mark.one_in(3)
@pytest.mark.parametrize("make", ROOTS)
@pytest.mark.parametrize("numbers", [float, Decimal])
def test_recorded_steps_that_take_roots_are_the_steps_of_fit(make, numbers):
    model = network(numbers)
    inputs, targets = [list(map(int, x)) for x in XS], list(map(int, YS))
    losses, after = fitted(model, make, inputs, targets, 3)
    how = {"loss": nn.half_squared_error, "optimizer": make(model.parameters()), "steps": 3}
    done = nn.worked(model, inputs, targets, **how)
    close = numbers("1e-13")
    assert list(done.losses) == pytest.approx(losses, rel=close, abs=close)
    found = [parameter.data for parameter in done.model.parameters()]
    assert found == pytest.approx(after, rel=close, abs=close)
    assert {*map(type, found)} == {numbers}


def test_model_and_optimizer_stay_as_they_were():
    model = network(float)
    optimizer = nn.Adam(model.parameters(), 0.1)
    for parameter in model.parameters():
        parameter.grad = 0.25
    optimizer.step()
    before = model.state_dict(), optimizer.state_dict()
    nn.worked(model, XS, YS, loss=nn.mse, optimizer=optimizer, steps=2)
    assert (model.state_dict(), optimizer.state_dict()) == before
    assert {parameter.grad for parameter in model.parameters()} == {0.25}
    assert all(parameter.operation is None for parameter in model.parameters())


@pytest.mark.parametrize("make", [ROOTS[0], ROOTS[2], lambda p: nn.SGD(p, 0.1, momentum=0.5)])
def test_the_recording_goes_on_from_the_optimizers_state(make):
    model = network(float)
    optimizer = make(model.parameters())
    how = {"loss": nn.mse, "optimizer": optimizer}
    nn.fit(model, XS, YS, epochs=2, progress=False, **how)
    done = nn.worked(model, XS, YS, **how)
    nn.fit(model, XS, YS, epochs=1, progress=False, **how)
    found = [parameter.data for parameter in done.model.parameters()]
    assert found == pytest.approx([parameter.data for parameter in model.parameters()], rel=1e-14)
    assert str(done.epochs[0].updates[0]).startswith(
        ("m(w_00^1) = beta_1*m(w_00^1)", "g(w_00^1)", "s(w_00^1) = rho*s", "v(w_00^1) = beta*v")
    )


def test_a_state_is_read_by_its_names():
    model = nn.MLP.from_weights([[[0.5]]], None, ["linear"])
    optimizer = nn.Adam(model.parameters())
    optimizer.load_state_dict({"exp_avg_sq": [4.0], "exp_avg": [2.0], "step": 3})
    done = nn.worked(model, [1], 1, loss=nn.half_squared_error, optimizer=optimizer)
    mean, square, corrected = done.epochs[0].updates[:3]
    assert mean.substituted.startswith("0.9*2 +") and square.substituted.startswith("0.999*4 +")
    assert corrected.formula == "m(w_00^1)/(1 - beta_1^4)"


def test_a_loss_that_is_a_number_for_one_sample_counts_too():
    model = nn.MLP.from_weights([[[F(1)]]], None, ["linear"])
    optimizer = nn.SGD(model.parameters(), F(1, 2))
    how = {"loss": lambda a, y: a * y if y.data else 4, "optimizer": optimizer}
    done = nn.worked(model, [[F(1)], [F(1)]], [F(0), F(2)], **how)
    assert done.losses == (3, F(5, 2))


def test_it_is_one_graph_through_the_updates():
    model = network()
    optimizer = nn.SGD(model.parameters(), F(1, 10))
    done = nn.worked(model, XS, YS, loss=nn.mse, optimizer=optimizer, steps=2)
    nodes = set(topological_order(done.roots[-1]))
    assert nodes.issuperset(model.parameters()) and done.given[0] in nodes
    rate = done.given[0]
    assert (rate.name, rate.data) == ("alpha", F(1, 10))
    still = Graph(done.roots[-1]).evaluate({rate: F(0)})
    assert still[done.roots[-1]] == done.losses[0]


def test_a_second_steps_gradients_end_at_its_own_parameters():
    model = nn.MLP.from_weights([[[F(1)]]], None, ["linear"])
    done = nn.worked(
        model,
        [F(1)],
        F(3),
        loss=nn.half_squared_error,
        optimizer=nn.SGD(model.parameters(), F(1, 2)),
        steps=2,
    )
    assert [str(step) for step in done.epochs[1].gradients] == [
        "dL/dL = 1",
        "delta_0^1 = z_0^1 - y = 2 - 3 = -1",
        "dL/dy = y - z_0^1 = 3 - 2 = 1",
        "dL/dw_00^1 = delta_0^1 * a_0^0 = -1 * 1 = -1",
        "dL/da_0^0 = delta_0^1 * w_00^1 = -1 * 2 = -2",
    ]


def test_the_lines_of_adam():
    model = nn.MLP.from_weights([[[0.5]]], None, ["linear"])
    optimizer = nn.Adam(model.parameters(), 0.5, betas=(0.5, 0.75), epsilon=0.25)
    done = nn.worked(model, [1], 1, loss=nn.half_squared_error, optimizer=optimizer, steps=2)
    assert [str(step) for step in done.epochs[0].updates] == [
        "m(w_00^1) = beta_1*0 + (1 - beta_1)*dL/dw_00^1 = 0.5*0 + (1 - 0.5)*(-0.5) = -0.25",
        "v(w_00^1) = beta_2*0 + (1 - beta_2)*(dL/dw_00^1*dL/dw_00^1)"
        " = 0.75*0 + (1 - 0.75)*(-0.5*(-0.5)) = 0.0625",
        "m_hat(w_00^1) = m(w_00^1)/(1 - beta_1^1) = -0.25/(1 - 0.5^1) = -0.5",
        "v_hat(w_00^1) = v(w_00^1)/(1 - beta_2^1) = 0.0625/(1 - 0.75^1) = 0.25",
        "w_00^1 = w_00^1 - alpha*(m_hat(w_00^1)/(sqrt(v_hat(w_00^1)) + epsilon))"
        " = 0.5 - 0.5*(-0.5/(sqrt(0.25) + 0.25)) = 0.8333333333333333",
    ]
    assert done.epochs[1].updates[2].formula == "m(w_00^1)/(1 - beta_1^2)"
    assert done.epochs[1].updates[0].formula.startswith("beta_1*m(w_00^1) + ")


@pytest.mark.one_in(6)
@pytest.mark.parametrize("notation", NOTATIONS)
@pytest.mark.parametrize("make", [EXACT[1], ROOTS[2]])
def test_a_step_is_the_same_in_every_notation(notation, make):
    numbers = F if make in EXACT else float
    inputs, targets = [[numbers(0), numbers(1)], [numbers(2), numbers(-1)]], [numbers(1)] * 2
    model = network(numbers, notation=notation)
    losses, after = fitted(model, make, inputs, targets, 2)
    how = {"loss": nn.half_squared_error, "optimizer": make(model.parameters()), "steps": 2}
    done = nn.worked(model, inputs, targets, **how)
    found = [parameter.data for parameter in done.model.parameters()]
    assert found == (after if numbers is F else pytest.approx(after, rel=1e-13))
    assert list(done.losses) == (losses if numbers is F else pytest.approx(losses, rel=1e-13))


@pytest.mark.parametrize("notation", ["notes", "mazur", "mitchell"])
def test_too_many_inputs_are_named_as_the_model_does(notation):
    model = network(notation=notation)
    how = {"loss": nn.half_squared_error, "optimizer": nn.SGD(model.parameters(), F(1))}
    with pytest.raises(ValueError, match="layer 1 expects 2 inputs, got 3"):
        nn.worked(model, [F(1), F(2), F(3)], F(1), **how)


def test_layers_are_numbered_as_the_notation_does():
    model = network(notation="nielsen")
    how = {"loss": nn.half_squared_error, "optimizer": nn.SGD(model.parameters(), F(1))}
    done = nn.worked(model, [F(1), F(2)], F(1), **how)
    assert [layer for layer, _ in done.epochs[0].layers] == [3, 2]


def test_names_are_training_names():
    model = network()
    how = {"loss": nn.half_squared_error, "optimizer": nn.SGD(model.parameters(), F(1))}
    with pytest.raises(TypeError, match=r"names is an nn\.TrainingNames.*not a dict"):
        nn.worked(model, [F(1), F(2)], F(1), names={"cost": "J"}, **how)


def test_where_epsilon_is_the_rate_that_of_adam_is_another():
    model = network(float, notation="hinton")
    adam = nn.Adam(model.parameters(), 0.1)
    done = nn.worked(model, [1.0, 2.0], 1.0, loss=nn.half_squared_error, optimizer=adam)
    formula = done.epochs[0].updates[-1].formula
    assert "epsilon*(" in formula and formula.endswith(" + epsilon_0))")


@pytest.mark.parametrize(
    ("notation", "lines"),
    [
        ("mazur", ["w1^+ = w1 - eta*dE_total/dw1 = 1 - 0.5*6 = -2"]),
        ("mitchell", ["w_21 = w_21 + eta*(-dE/dw_21) = 1 + 0.5*(-6) = -2"]),
    ],
)
def test_a_notation_has_its_own_rate_targets_and_sign(notation, lines):
    model = nn.MLP.from_weights([[[F(1)]]], None, ["linear"], notation=notation)
    how = {"loss": nn.half_squared_error, "optimizer": nn.SGD(model.parameters(), F(1, 2))}
    done = nn.worked(model, [2], -1, **how)
    assert list(map(str, done.epochs[0].updates)) == lines
    cost = {"mazur": "E_total = (target - net_o1)", "mitchell": "E = (t - net_2)"}[notation]
    assert str(done.epochs[0].cost).startswith(cost)


def test_weight_decay_has_a_line_of_its_own():
    model = nn.MLP.from_weights([[[F(2)]]], None, ["linear"])
    optimizer = nn.SGD(model.parameters(), F(1, 2), weight_decay=F(1, 4))
    done = nn.worked(model, [1], 1, loss=nn.half_squared_error, optimizer=optimizer)
    assert [str(step) for step in done.epochs[0].updates] == [
        "g(w_00^1) = dL/dw_00^1 + lambda*w_00^1 = 1 + 0.25*2 = 1.5",
        "w_00^1 = w_00^1 - alpha*g(w_00^1) = 2 - 0.5*1.5 = 1.25",
    ]


def test_names_of_the_training_are_ones_own():
    model = nn.MLP.from_weights([[[F(2)]]], None, ["linear"])
    names = nn.TrainingNames(cost="C", target="t", learning_rate="eta", of_parameter="{letter}.")
    optimizer = nn.SGD(model.parameters(), F(1, 2), momentum=F(1, 4))
    how = {"loss": nn.half_squared_error, "optimizer": optimizer, "names": names}
    done = nn.worked(model, [1], 1, **how)
    assert str(done.epochs[0].cost) == "C = (t - z_0^1)^2/2 = (1 - 2)^2/2 = 0.5"
    assert done.epochs[0].updates[1].formula == "w_00^1 - eta*v."


def test_samples_come_in_their_order_and_then_the_parameters():
    model = network()
    optimizer = nn.SGD(model.parameters(), F(1, 10))
    done = nn.worked(model, XS, YS, loss=nn.half_squared_error, optimizer=optimizer)
    epoch = done.epochs[0]
    outputs = [step.number for step in epoch.forward if step.name.startswith("z_0^2(")]
    assert outputs == [model.predict(x) for x in XS]
    ((second, of_second), (first, of_first)) = epoch.layers
    assert (second, first) == (2, 1)
    errors = [(output - y) / 3 for output, y in zip(outputs, YS, strict=True)]
    assert [step.number for step in of_second[:3]] == errors
    names = [step.name for step in of_first]
    each = ["dL/da_0^1({})", "dL/da_1^1({})", "delta_0^1({})", "delta_1^1({})"]
    assert names[:12] == [name.format(sample) for sample in (1, 2, 3) for name in each]
    assert all(name.startswith("dL/d") for name in names[12:])
    assert len(names) == 12 + 6


def test_the_sections_of_one_step_and_of_several():
    model = network()
    how = {"loss": nn.mse, "optimizer": nn.SGD(model.parameters(), F(1, 10))}
    once = [title for title, _ in nn.worked(model, XS[0], YS[0], **how).sections()]
    again = ["Forward pass with the updated parameters", "Cost"]
    layers = ["Gradients of layer 2", "Gradients of layer 1"]
    of_step = ["Forward pass", "Cost", "Formulas of the gradients", *layers, "Update"]
    assert once == [*of_step, *again]
    twice = [title for title, _ in nn.worked(model, XS[0], YS[0], steps=2, **how).sections()]
    second = [f"{title}, step 2" for title in [*again, *layers, "Update"]]
    assert twice == [f"{title}, step 1" for title in of_step] + second + again


def test_printed_is_what_the_sections_hold():
    model = network()
    how = {"loss": nn.mse, "optimizer": nn.SGD(model.parameters(), F(1, 10))}
    done = nn.worked(model, XS[0], YS[0], **how)
    assert str(done).count("\n\n") == 7
    assert str(done).endswith(f"\n\nCost\n   {done.epochs[1].cost}")
    assert repr(done) == str(done)
    assert repr(done.epochs[1]).splitlines() == [str(step) for step in done.epochs[1].steps]
    assert done.latex().count("&=") == sum(len(lines) for _, lines in done.pages())
    assert done._repr_latex_() == f"$${done.latex()}$$"


def test_a_walk_goes_over_updates_forwards_and_back():
    model = network()
    how = {"loss": nn.mse, "optimizer": nn.SGD(model.parameters(), F(1, 10)), "steps": 2}
    done = nn.worked(model, XS[0], YS[0], **how)
    walk = done.walk()
    assert [step.number for step in walk.steps if step.name == "L"] == list(done.losses)
    first = next(i for i, step in enumerate(walk.steps, start=1) if step.of_update)
    lines = repr(walk.goto(first)).splitlines()
    assert lines[0] == f"step {first} of {len(walk.steps)}, update"
    rows = [line for line in walk.table().splitlines() if line.startswith("w_00^1")]
    assert "-" not in rows[0].split()[1:] and rows[1].split()[2] == "-"
    rows = [line for line in walk.back().table().splitlines() if line.startswith("w_00^1")]
    assert rows[1].split() == ["w_00^1", "-", "-"]
    assert walk.goto(len(walk.steps)).step is done.epochs[-1].cost
    with pytest.raises(ValueError, match=r"2 steps are named 'w_00\^1': go to one by number, "):
        walk.goto("w_00^1")


def test_the_table_of_a_walk_has_what_is_given():
    model = network()
    optimizer = nn.SGD(model.parameters(), F(1, 10))
    table = nn.worked(model, XS[0], YS[0], loss=nn.mse, optimizer=optimizer).walk().table()
    rows = [line.split() for line in table.splitlines()[1:]]
    assert rows[0] == ["alpha", "0.1", "-"]
    assert ["a_1^0", "1", "-"] in rows and ["y", "1", "-"] in rows and ["L", "-", "-"] in rows


def test_one_sample_of_several_outputs_has_named_targets():
    model = nn.MLP.from_weights([[[F(1)], [F(2)]]], None, ["linear"])
    optimizer = nn.SGD(model.parameters(), F(1, 2))
    done = nn.worked(model, [1], [1, 0], loss=nn.sum_half_squared_error, optimizer=optimizer)
    cost = "L = (y_0 - z_0^1)^2/2 + (y_1 - z_1^1)^2/2 = (1 - 1)^2/2 + (0 - 2)^2/2 = 2"
    assert str(done.epochs[0].cost) == cost


@pytest.mark.parametrize("loss", [nn.cross_entropy, nn.cross_entropy_with_logits])
def test_the_index_of_a_class_is_a_target_of_each(loss):
    activation = "softmax" if loss is nn.cross_entropy else "linear"
    model = nn.MLP(2, [3, 2], ["tanh", activation], rng=random.Random(1))
    losses, _ = fitted(model, lambda p: nn.SGD(p, 0.5), [[1, 2], [0, 1]], [1, 0], 1, loss)
    how = {"loss": loss, "optimizer": nn.SGD(model.parameters(), 0.5)}
    done = nn.worked(model, [[1, 2], [0, 1]], [1, 0], **how)
    assert list(done.losses) == pytest.approx(losses, rel=1e-14)
    targets = [(leaf.name, leaf.data) for leaf in done.given if leaf.name.startswith("y")]
    assert targets == [("y_0", 0), ("y_1", 1), ("y_0", 1), ("y_1", 0)]
    letter = "p_1^(2)" if activation == "linear" else "a_1^2(2)"
    formulas = {step.name: step.formula for step in done.epochs[0].gradients}
    assert formulas["delta_1^2(2)"] == f"1/2 * ({letter} - y_1^(2))"
    shares = nn.worked(model, [1, 2], [0, 1], **how)
    assert shares.losses == pytest.approx(nn.worked(model, [1, 2], 1, **how).losses, rel=1e-14)


def test_an_index_is_none_for_a_loss_of_ones_own_either():
    model = nn.MLP.from_weights([[[F(1)], [F(2)]]], None, ["linear"])
    how = {"loss": lambda a, k: a[k] * a[k], "optimizer": nn.SGD(model.parameters(), F(1, 2))}
    assert nn.worked(model, [1], 1, **how).losses[0] == 4


def test_an_output_that_is_the_cost_keeps_its_name():
    model = nn.MLP.from_weights([[[F(1)]]], None, ["linear"])
    how = {"loss": lambda a, y: a, "optimizer": nn.SGD(model.parameters(), F(1, 2))}
    done = nn.worked(model, [1], 1, **how)
    titles = dict(done.sections()[:3])
    assert titles["Forward pass"] == () and str(titles["Cost"][0]).startswith("z_0^1 = w_00^1 * a")
    formulas = ("dz_0^1/dz_0^1 = 1", "dz_0^1/dw_00^1 = a_0^0")
    assert titles["Formulas of the gradients"] == formulas


def test_what_is_of_no_layer_stands_before_what_it_leads_to():
    def square(a, y):
        error = a - y
        return error * error

    model = nn.MLP(2, [1], ["linear"], rng=random.Random(1))
    optimizer = nn.SGD(model.parameters(), 0.5)
    done = nn.worked(model, [1, 2], 1, loss=square, optimizer=optimizer)
    ((layer, steps),) = done.epochs[0].layers
    names = [step.name for step in steps]
    assert layer == 1 and names.index("dL/dv1") < names.index("delta_0^1")


def test_a_neuron_has_one_section_of_gradients():
    neuron = nn.Neuron([F(1), F(2)], F(0))
    optimizer = nn.SGD(neuron.parameters(), F(1, 2))
    done = nn.worked(neuron, [1, 1], 2, loss=nn.half_squared_error, optimizer=optimizer)
    titles = [title for title, _ in done.sections()]
    assert titles[3] == "Gradients" and len(titles) == 7
    names = [step.name for step in done.epochs[0].layers[0][1]]
    assert names == ["delta_0^1", "dL/dw_00^1", "dL/dw_01^1", "dL/db_0^1"]


def test_a_parameter_that_is_not_reached_or_not_trained_stays():
    model = nn.MLP.from_weights([[[F(1), F(2)]]], [[F(3)]], ["linear"])
    optimizer = nn.SGD(model.parameters()[:2], F(1, 2))
    done = nn.worked(model, [1, 0], 2, loss=nn.half_squared_error, optimizer=optimizer)
    assert done.model.parameters()[2] is model.parameters()[2]
    assert [step.name for step in done.epochs[0].updates] == ["w_00^1", "w_01^1"]
    unreached = nn.MLP.from_weights([[[F(1)], [F(5)]]], None, ["linear"])
    optimizer = nn.SGD(unreached.parameters(), F(1, 2))
    done = nn.worked(unreached, [1], [2, 0], loss=lambda a, y: a[0] * y[0], optimizer=optimizer)
    assert str(done.epochs[0].updates[1]) == "w_10^1 = w_10^1 - alpha*0 = 5 - 0.5*0 = 5"


def test_values_and_arrays_are_taken_as_they_are():
    model = network(float)
    how = {"loss": nn.mse, "optimizer": nn.SGD(model.parameters(), 0.5)}
    x, y = [Value(1.0, "x_1"), Value(2.0, "x_2")], Value(1.0, "t")
    done = nn.worked(model, x, y, **how)
    assert done.given[-3:] == (*x, y)
    assert "w_00^1*x_1 + w_01^1*x_2" in done.epochs[0].forward[0].formula
    arrays = nn.worked(model, numpy.array([[1.0, 2.0]]), numpy.array([1.0]), **how)
    assert arrays.losses == done.losses
    assert nn.worked(model, numpy.array([1.0, 2.0]), 1, **how).losses == done.losses


class Closed:
    """A model that a copy of does not compute with its own parameters."""

    def __init__(self):
        weight = Value(F(1), "w")
        self.parameters = lambda: [weight]

    def __call__(self, inputs):
        return self.parameters()[0] * inputs[0]


def test_what_cannot_be_worked_is_refused():
    model, optimizer = network(), nn.SGD(network().parameters(), F(1, 10))
    own = nn.SGD(model.parameters(), F(1, 10))
    unnamed = nn.MLP.from_weights([[[Value(F(1))]]], None, ["linear"])
    unnamed.parameters()[0].name = ""
    closed = Closed()

    class Own:
        def step(self):
            """Nothing."""

    def refused(error, sentence, *arguments, **others):
        how = {"loss": nn.mse, "optimizer": own} | others
        with pytest.raises(error, match=sentence):
            nn.worked(*arguments, **how)

    refused(ValueError, "was made for other parameters", model, XS, YS, optimizer=optimizer)
    refused(TypeError, "a Own has no update rule", model, XS, YS, optimizer=Own())
    more = nn.SGD([*model.parameters(), Value(F(1), "scale")], F(1, 10))
    refused(ValueError, "'scale'.*no parameter of the model", model, XS, YS, optimizer=more)
    nameless = nn.SGD(unnamed.parameters(), F(1, 10))
    refused(ValueError, r"has no name.*name = 'w_1'", unnamed, [1], 1, optimizer=nameless)
    refused(ValueError, "an int of 1 or more: 0", model, XS, YS, steps=0)
    refused(ValueError, "an int of 1 or more: True", model, XS, YS, steps=True)
    refused(TypeError, "a row of numbers, or a list of rows, not a int", model, 1, 1)
    refused(ValueError, "got 3 inputs and 2 targets", model, XS, YS[:2])
    refused(ValueError, "expects 2 inputs, got 1", model, [1], 1)
    refused(TypeError, "the loss is 0, which was not", model, XS[0], 1, loss=lambda a, y: 0)
    first = model.parameters()[0]
    refused(
        ValueError,
        r"from Value\(.*'w_00\^1'.* as before its update: compute the loss from",
        *(model, XS[0], 1),
        loss=lambda a, y: a * y + first,
    )
    of_closed = nn.SGD(closed.parameters(), F(1, 10))
    refused(TypeError, "a copy of this Closed does not", closed, [1], 1, optimizer=of_closed)


def test_an_optimizer_of_ones_own_says_that_it_has_no_rule():
    class Half(nn.optimizer.Optimizer):
        def _updated(self):
            return [parameter.data / 2 for parameter in self.parameters], {}

    model = network()
    with pytest.raises(NotImplementedError, match="Half has no update rule that can be recorded"):
        nn.worked(model, XS, YS, loss=nn.mse, optimizer=Half(model.parameters()))


@pytest.mark.parametrize("pattern", ["{lettre}", "{", "{}"])
def test_a_pattern_that_cannot_work_is_refused(pattern):
    with pytest.raises(ValueError, match="is no pattern: write"):
        nn.TrainingNames(of_parameter=pattern)
    with pytest.raises(TypeError, match="momentum is a str, not a int"):
        nn.TrainingNames(momentum=5)


def test_a_part_ends_at_the_given_nodes():
    a = Value(2, "a")
    b = a * 3
    c = b + a
    part = Part(c, [b])
    assert part.order == [b, a, c]  # a is an operand of c too
    assert Part(b + 1, [b]).order[0] is b and not part.has(3) and not part.has(Value(1))
    assert part.has(b) and not Part(b + 1, [b]).has(a)


def test_names_of_a_worked_step_are_written_in_unicode_where_that_is_asked_for():
    model = nn.MLP.from_weights([[[3]]], [[1]], ["linear"], numbers=F)
    optimizer = nn.SGD(model.parameters(), F(1, 10))
    done = nn.worked(model, [2], 5, loss=nn.half_squared_error, optimizer=optimizer, unicode=True)
    lines = [line.strip() for line in str(done).splitlines()]
    assert "z₀¹ = w₀₀¹*a₀⁰ + b₀¹ = 3*2 + 1 = 7" in lines
    assert "∂L/∂w₀₀¹ = δ₀¹ * a₀⁰" in lines
    assert "w₀₀¹ = w₀₀¹ - α*∂L/∂w₀₀¹ = 3 - 0.1*4 = 2.6" in lines
    table = done.walk().goto("delta_0^1").table().splitlines()
    assert table[1].split() == ["α", "0.1", "-"] and "_" not in "".join(table)
