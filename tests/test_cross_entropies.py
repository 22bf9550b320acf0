"""Lines of cross-entropies: the probabilities first, and prediction minus target."""

import math
import random
from decimal import Decimal

import pytest

import nn
from autograd import Value, derive, exp, find, gradients, log, paths, sigmoid, total, walk
from autograd.operations import log_sum_exp, softmax_share

WEIGHTS, BIASES = [[0.5, -0.25], [0.1, 0.2], [0.3, 0.4]], [0.1, 0.2, 0.3]

THREE_PLACES = {"decimals": 3, "rounding": "each step"}


def network(activation, notation=None):
    how = {} if notation is None else {"notation": notation}
    return nn.MLP.from_weights([WEIGHTS], [BIASES], [activation], **how)


def loss_of(activation, target, notation=None):
    outputs = network(activation, notation)([1.0, 2.0])
    loss = nn.cross_entropy if activation == "softmax" else nn.cross_entropy_with_logits
    return loss(outputs, target)


def lines(root, **options):
    done = derive(root, **options)
    return {step.name: step for step in (*done.forward, *done.gradients)}


def formulas(root, **options):
    return {name: step.formula for name, step in lines(root, **options).items()}


@pytest.mark.parametrize("i", range(3))
def test_the_probabilities_of_logits_are_named_and_the_gradients_are_p_minus_y(i):
    found = formulas(loss_of("linear", 1))
    whole = "exp(z_0^1) + exp(z_1^1) + exp(z_2^1)"
    assert found[f"p_{i}"] == f"exp(z_{i}^1)/({whole})"
    assert found["L"] == "-log(p_1)"
    assert found[f"delta_{i}^1"] == ("p_1 - 1" if i == 1 else f"p_{i}")


@pytest.mark.parametrize("activation", ["linear", "softmax"])
def test_with_shares_for_targets(activation):
    a, above = ("a", "^1") if activation == "softmax" else ("p", "")
    y = [Value(x, f"y_{i}") for i, x in enumerate((0.2, 0.5, 0.3))]
    found = formulas(loss_of(activation, y))
    terms = (f"y_{i}*log({a}_{i}{above})" for i in range(3))
    assert found["L"] == f"-({' + '.join(terms)})"
    assert [found[f"delta_{i}^1"] for i in range(3)] == [
        f"{a}_{i}{above} - y_{i}" for i in range(3)
    ]


def test_of_a_softmax_layer_what_the_loss_does_not_use_gets_a_line_where_it_is_needed():
    done = derive(loss_of("softmax", 1))
    names = [step.name for step in (*done.forward, *done.gradients)]
    assert names.index("a_0^1") == names.index("delta_0^1") - 1
    assert names.count("a_1^1") == 1
    found = formulas(loss_of("softmax", 1))
    assert (found["delta_1^1"], found["delta_0^1"]) == ("a_1^1 - 1", "a_0^1")


@pytest.mark.parametrize(("loss", "activation", "letter"), [
    (nn.binary_cross_entropy, "sigmoid", "a_0^1"),
    (nn.binary_cross_entropy_with_logits, "linear", "p"),
])  # fmt: skip
def test_of_a_sigmoid(loss, activation, letter):
    model = nn.MLP.from_weights([[[0.5, -0.25]]], [[0.1]], [activation])
    found = formulas(loss(model([1.0, 2.0]), Value(0.75, "y")))
    assert found[letter] == "sigmoid(z_0^1)"
    assert found["L"] == f"-(y*log({letter}) + (1 - y)*log(1 - {letter}))"
    assert found["delta_0^1"] == f"{letter} - y"


@pytest.mark.parametrize("activation", ["linear", "softmax"])
@pytest.mark.parametrize("target", [2, [0.2, 0.5, 0.3]])
def test_every_line_is_a_true_equation_of_the_engines_numbers(activation, target):
    loss = loss_of(activation, target)
    functions = {"exp": math.exp, "log": math.log}
    substituted = [step for step in lines(loss).values() if step.substituted]
    assert len(substituted) > 10
    for step in substituted:
        assert eval(step.substituted, functions) == pytest.approx(step.number, rel=1e-13)
    leaves = list(find(loss, "w_*"))
    exact = gradients(loss, leaves)
    assert [lines(loss)[f"dL/d{leaf.name}"].number for leaf in leaves] == exact


def test_in_a_batch_each_sample_has_its_own_and_the_share_of_the_mean():
    model = network("linear")
    logits = [model([1.0, 2.0]), model([0.5, 1.0])]
    found = formulas(nn.over(nn.cross_entropy_with_logits, logits, [1, 0]))
    assert found["L"] == "(-log(p_1^(1)) - log(p_0^(2)))/2"
    assert found["delta_1^1(1)"].endswith("* (p_1^(1) - 1)")
    assert found["delta_1^1(2)"].endswith("* p_1^(2)")


def test_where_the_error_term_has_the_other_sign():
    found = formulas(loss_of("linear", [0.2, 0.5, 0.3], notation="mitchell"))
    assert found["delta_4"] == "0.5 - p_2"


def test_each_step_rounded_goes_on_with_the_rounded_probabilities():
    found = lines(loss_of("linear", 1), decimals=2, rounding="each step")
    assert str(found["p_1"]).endswith("≈ 0.28")
    assert found["L"].substituted == "-log(0.28)" and found["L"].result == "1.27"
    assert str(found["delta_1^1"]) == "delta_1^1 = p_1 - 1 = 0.28 - 1 = -0.72"
    assert found["dL/dw_11^1"].substituted == "-0.72 * 2"


def test_a_published_example_to_its_digits():
    """A softmax classifier in lab notes on GitHub (MihirSaiDudekula/VIsem_Labs, DLP2.md), rounded
    to three places; its p_1 was truncated on the way, and is left out.
    """
    model = nn.MLP.from_weights([[[0.2, -0.5], [-0.3, 0.7], [0.5, -0.2]]], None, ["linear"])
    found = lines(nn.cross_entropy_with_logits(model([1.0, 2.0]), 1), **THREE_PLACES)
    printed = {
        "p_1": "0.659",
        "p_2": "0.242",
        "L": "0.417",
        "delta_1^1": "-0.341",
        "delta_2^1": "0.242",
        "dL/dw_10^1": "-0.341",
        "dL/dw_11^1": "-0.682",
        "dL/dw_21^1": "0.484",
    }
    assert {name: found[name].result for name in printed} == printed


def test_a_walk_goes_there():
    steps = walk(loss_of("linear", 1))
    assert "p_1 - 1" in str(steps.goto("delta_1^1").step)
    assert steps.goto("p_1").step.number == pytest.approx(0.2807, abs=1e-4)


def test_a_letter_that_is_taken_is_not_taken_twice():
    z = [Value(0.1, "p_0"), Value(0.7, "p_1")]
    assert formulas(nn.cross_entropy_with_logits(z, 0))["L"] == "-log(q_0)"


def test_only_the_weight_wanted_keeps_the_probabilities():
    loss = loss_of("linear", 1)
    done = derive(loss, wrt=find(loss, "w_11^1"))
    assert [s.name for s in done.forward if s.name.startswith("p")] == ["p_0", "p_1", "p_2"]


def test_two_softmaxes_have_two_letters():
    z, u = ([Value(x, f"{name}_{i}") for i, x in enumerate((0.1, 0.7))] for name in "zu")
    two = nn.cross_entropy_with_logits(z, 1) * 2 + nn.cross_entropy_with_logits(u, 0) * 3
    two.name = "L"
    found = formulas(two)
    assert found["L"] == "-log(p_1)*2 + (-log(q_0))*3"
    assert found["dL/dz_1"] == "2 * (p_1 - 1)" and found["dL/du_1"] == "3 * q_1"


def test_each_output_of_several_has_its_probability_in_each_sample():
    model = nn.MLP.from_weights([[[0.5], [0.1]]], None, ["linear"])
    each = (nn.over(nn.binary_cross_entropy_with_logits, model([x]), [1, 0]) for x in (1.0, 2.0))
    loss = total(list(each))
    loss.name = "L"
    found = formulas(loss)
    assert [name for name in found if name[0] == "p"] == [
        f"p_{i}^({n})" for n in (1, 2) for i in (0, 1)
    ]
    assert found["p_1^(2)"] == "sigmoid(z_1^1(2))"


def test_a_penalty_on_a_logit_is_added():
    z = [Value(0.1, "z_0"), Value(0.7, "z_1")]
    loss = nn.cross_entropy_with_logits(z, 0) + 3 * z[0]
    loss.name = "L"
    assert formulas(loss)["dL/dz_0"] == "p_0 - 1 + 3"


def test_the_gradient_in_a_target_is_minus_the_logarithm():
    z = [Value(0.1, "z_0"), Value(0.7, "z_1")]
    y = [Value(0.25, "y_0"), Value(0.75, "y_1")]
    assert formulas(nn.cross_entropy_with_logits(z, y))["dL/dy_1"] == "-log(p_1)"


def test_logits_without_names_get_a_line_each():
    x = Value(0.5, "x")
    found = formulas(nn.cross_entropy_with_logits([x * 2, x * 3, x * 4], 1))
    assert found["p_1"] == "exp(v2)/(exp(v1) + exp(v2) + exp(v3))" and found["v2"] == "x*3"


def test_a_worked_step_has_the_lines_of_the_shares_that_its_gradients_name():
    model = network("softmax")
    how = {"loss": lambda p, y: nn.cross_entropy(p, y), "optimizer": nn.SGD(model.parameters(), 1)}
    names = [step.name for step in nn.worked(model, [1.0, 2.0], 1, **how).epochs[0].steps]
    assert {"a_0^1", "a_1^1", "a_2^1"} <= set(names)
    with pytest.raises(ValueError, match="0 to 2 for 3: got 5"):
        nn.worked(model, [1.0, 2.0], 5, **how | {"loss": nn.cross_entropy})


def test_a_sure_prediction_rounded_at_each_step():
    model = nn.MLP.from_weights([[[4.0], [0.0]]], None, ["linear"])
    for target, cost in ((0, 0), (1, 8)):
        how = {"loss": nn.cross_entropy_with_logits, "optimizer": nn.SGD(model.parameters(), 1)}
        shown = {"decimals": 2, "rounding": "each step"}
        assert nn.worked(model, [2.0], target, **how, **shown).epochs[0].cost.number == cost


def test_a_share_that_is_rounded_to_0_has_no_logarithm():
    shown = {"decimals": 2, "rounding": "each step"}
    z = [Value(8.0, "z_0"), Value(0.0, "z_1")]
    y = [Value(0.0, "y_0"), Value(1.0, "y_1")]
    found = lines(nn.cross_entropy_with_logits(z, y), **shown)
    assert str(found["p_1"]).endswith("≈ 0.00")
    assert found["L"].formula.endswith("y_1*(log(exp(z_0) + exp(z_1)) - z_1)")
    assert found["L"].substituted.endswith("1*(log(exp(8) + exp(0)) - 0)")
    assert found["dL/dy_1"].formula == "log(exp(0) + exp(z_1 - z_0)) - (z_1 - z_0)"
    assert found["dL/dz_1"].substituted == "0.00 - 1"
    two = nn.over(nn.cross_entropy_with_logits, [z, z], [1, 0])
    assert lines(two, **shown)["L"].formula == "(log(exp(z_0) + exp(z_1)) - z_1 - log(q_0))/2"
    one = lines(nn.binary_cross_entropy_with_logits(Value(8.0, "z"), 0.0), **shown)
    assert one["L"].formula == "softplus(z) - 0*z" and one["L"].result == "8.00"


@pytest.mark.parametrize("number", [float, Decimal])  # the logarithm of a Decimal 0 is -Infinity
def test_of_a_share_that_is_rounded_to_0_the_logarithm_is_taken_as_it_is_computed(number):
    shown = {"decimals": 2, "rounding": "each step"}
    z = [Value(number(8), "z_0"), Value(number(-1), "z_1")]
    found = lines(nn.cross_entropy(nn.softmax(z), 1), **shown)
    assert str(found["p_1"]).endswith("≈ 0.00")
    share = "exp(-1)/(exp(8) + exp(-1))"
    assert found["L"].formula == "-log(exp(z_1)/(exp(z_0) + exp(z_1)))"
    assert (found["L"].substituted, found["L"].result) == (f"-log({share})", "9.00")
    assert found["dL/dp_1"].substituted == f"-1/({share})"
    assert found["dL/dz_1"].substituted == "0.00 - 1"


def test_of_a_sigmoid_that_is_rounded_to_1_too():
    shown = {"decimals": 2, "rounding": "each step"}
    a = sigmoid(Value(8.0, "z"))
    a.name = "a"
    one = lines(nn.binary_cross_entropy(a, 0.0), **shown)
    assert one["L"].formula == "-log(1 - sigmoid(z))"
    assert one["L"].result == "8.00" and one["dL/da"].substituted == "1/(1 - sigmoid(8))"
    assert str(one["dL/dz"]) == "dL/dz = a = 1.00"


@pytest.mark.parametrize(("target", "formula", "in_latex"), [
    (1, "-log(p)", r"-\log p"),
    (0.0, "-log(1 - p)", r"-\log(1 - p)"),
    (0.5, "-(0.5*log(p) + (1 - 0.5)*log(1 - p))", None),
    (Value(1, "y"), "-(y*log(p) + (1 - y)*log(1 - p))", None),
])  # fmt: skip
def test_a_plain_target_leaves_the_side_that_counts(target, formula, in_latex):
    line = derive(nn.binary_cross_entropy(Value(0.25, "p"), target)).forward[0]
    assert line.formula == formula
    assert in_latex in (None, line.in_latex[1].text)
    assert line.in_html[1].text == formula.replace("-", "−").replace("*", "·")


@pytest.mark.parametrize(("target", "formula", "in_latex"), [
    (1, "-log(p + q)", r"-\log (p + q)"),
    (0, "-log(1 - (p + q))", r"-\log(1 - (p + q))"),
])  # fmt: skip
def test_beside_a_plain_target_a_sum_stands_in_brackets(target, formula, in_latex):
    prediction = Value(0.25, "p") + Value(0.125, "q")
    line = derive(nn.binary_cross_entropy(prediction, target)).forward[-1]
    assert line.formula == formula and line.in_latex[1].text == in_latex
    assert line.in_html[1].text == formula.replace("-", "−")


def test_a_perfect_prediction_of_a_softmax():
    z = [Value(1000.0, "z_0"), Value(0.0, "z_1")]
    found = lines(nn.cross_entropy(nn.softmax(z), 0))
    assert (found["L"].formula, found["dL/dz_0"].formula) == ("0 - log(p_0)", "p_0 - 1")
    assert found["dL/dz_0"].number == 0
    assert found["dL/dz_1"].formula == "p_1"


# --- a softmax alone ------------------------------------------------------------------------------


def test_a_softmax_used_alone_has_the_derivatives_that_are_taught():
    z = [Value(1.0, "z_0"), Value(9.5, "z_1"), Value(-1.0, "z_2")]
    p = nn.softmax(z)
    loss = total([(p[0] - 1) ** 2, p[1] ** 2])
    loss.name = "L"
    found = formulas(loss)
    assert found["p_1"] == "exp(z_1)/(exp(z_0) + exp(z_1) + exp(z_2))"
    assert found["dL/dz_0"] == "dL/dp_0*(p_0*(1 - p_0)) + dL/dp_1*(-p_1*p_0)"
    assert found["dL/dz_2"] == "dL/dp_0*(-p_0*p_2) + dL/dp_1*(-p_1*p_2)"
    p[0].name = "s_0"
    found = formulas(p[0])
    assert list(found)[-4:] == ["s_1", "ds_0/dz_1", "s_2", "ds_0/dz_2"]
    assert (found["ds_0/dz_0"], found["ds_0/dz_1"]) == ("s_0*(1 - s_0)", "-s_0*s_1")


def test_every_line_of_a_softmax_alone_is_a_true_equation():
    rng = random.Random(3)
    for spread in (1, 5, 12):
        z = [Value(rng.uniform(-spread, spread), f"z_{i}") for i in range(4)]
        loss = nn.sum_squared_error(nn.softmax(z), [0.0, 1.0, 0.0, 0.0])
        loss.name = "L"
        for step in (step for step in lines(loss).values() if step.substituted):
            value = eval(step.substituted.replace("^", "**"), {"exp": math.exp})
            assert value == pytest.approx(step.number, rel=1e-9, abs=1e-15)
        found = lines(loss)
        assert [found[f"dL/dz_{i}"].number for i in range(4)] == gradients(loss, z)


def test_the_share_of_its_own_logit_comes_by_one_path():
    z = [Value(1.0, "z_0"), Value(0.5, "z_1")]
    p = nn.softmax(z)
    assert len(walk(p[0] * p[1]).goto("dL/dz_0").step.contributions) == 2
    found = paths(p[0], z[1])
    assert [step.name for step in found.locals] == ["p_1", "dL/dz_1"]
    assert paths(p[0] * 2, z[0]).locals[-1].name == "dp_0/dz_0"


def test_a_sure_share_keeps_its_digits():
    z = [Value(30.0, "z_0"), Value(0.0, "z_1")]
    assert formulas(nn.softmax(z)[0])["dL/dz_0"] == "L + (-L)*L"


def test_of_the_logarithm_of_the_sum_they_are_the_shares():
    found = formulas(log_sum_exp([Value(1.0, "z_0"), Value(900.0, "z_1")]))
    assert (found["p_0"], found["dL/dz_0"]) == ("exp(z_0)/(exp(z_0) + exp(z_1))", "p_0")


def test_a_logit_of_several_places_has_a_path_for_each():
    z = [Value(1.0, "z"), Value(0.5, "u")]
    share = softmax_share(z[0], [z[0], z[0], z[1]])
    found = lines(share)["dL/dz"]
    assert found.formula.startswith("L*(1 - L) + (-L)*")
    assert found.number == gradients(share, z)[0]


# --- where it is something else -------------------------------------------------------------------


def test_other_losses_of_a_softmax_keep_the_chain_rule():
    outputs = network("softmax")([1.0, 2.0])
    found = formulas(nn.sum_squared_error(outputs, [0.0, 1.0, 0.0]))
    assert " - 1" not in found["delta_1^1"] and "dL/da_1^1" in found["delta_1^1"]


def test_a_share_that_is_used_elsewhere_too_keeps_the_chain_rule():
    outputs = network("softmax")([1.0, 2.0])
    loss = nn.cross_entropy(outputs, 1) + outputs[1] ** 2
    loss.name = "L"
    assert formulas(loss)["delta_1^1"] != "a_1^1 - 1"


def test_an_activation_that_is_used_elsewhere_too_keeps_the_chain_rule():
    a = nn.MLP.from_weights([[[0.5]]], None, ["sigmoid"])([1.0])
    loss = nn.binary_cross_entropy(a, 1.0) + a * a
    loss.name = "L"
    assert "dL/da_0^1" in formulas(loss)["delta_0^1"]


def test_targets_that_do_not_add_up_to_1_are_no_softmax_s():
    outputs = network("softmax")([1.0, 2.0])
    loss = -(0.5 * log(outputs[0]) + 2.0 * log(outputs[1]))
    loss.name = "L"
    assert "- 2" not in formulas(loss)["delta_1^1"]


def test_a_probability_of_0_has_no_logarithm():
    z = [Value(0.0, "z_0"), Value(-800.0, "z_1")]
    found = lines(nn.cross_entropy_with_logits(z, 1))
    assert found["L"].formula == "log(exp(z_0) + exp(z_1)) - z_1" and found["L"].number == 800.0


def test_what_has_lost_its_digits_keeps_its_own_form():
    sure = formulas(nn.binary_cross_entropy_with_logits(Value(40.0, "z"), 1.0))
    assert (sure["L"], sure["dL/dz"]) == ("softplus(z) - 1*z", "-sigmoid(-z)")
    z = [Value(30.0, "z_0"), Value(0.0, "z_1")]
    assert formulas(nn.cross_entropy_with_logits(z, 0))["L"] == "log(exp(z_0) + exp(z_1)) - z_0"
    a = nn.softmax(z)
    loss = nn.cross_entropy(a, 0)
    assert not formulas(loss)["dL/dz_0"].endswith("- 1")


def test_many_classes_stay_in_one_line():
    z = [Value(i / 100, f"z_{i}") for i in range(60)]
    assert not [name for name in lines(nn.cross_entropy_with_logits(z, 1)) if name[0] == "p"]


# --- the entries ----------------------------------------------------------------------------------


def test_a_softmax_of_many_classes_has_the_bits_of_its_numbers():
    rng = random.Random(1)
    for count in (3, 40, 41, 100):
        z = [rng.uniform(-5, 5) for _ in range(count)]
        assert [p.data for p in nn.softmax([Value(x) for x in z])] == nn.softmax(z)


def test_a_share_is_of_any_number_among_the_logits():
    assert softmax_share(0.0, [0.0, math.log(3)]) == pytest.approx(0.25)
    assert softmax_share(Value(1000.0), [1000.0, -1000.0]).data == 1.0
    with pytest.raises(ValueError, match="at least one logit"):
        softmax_share(0.0, [])


def test_a_sure_and_right_prediction_keeps_its_digits():
    z = [Value(40.0), Value(0.0)]
    loss = nn.cross_entropy_with_logits(z, 0)
    assert loss.data == pytest.approx(math.exp(-40), rel=1e-14)
    assert gradients(loss, z) == pytest.approx([-math.exp(-40), math.exp(-40)], rel=1e-14)
    shares = [Value(1.0), Value(0.0)]
    loss = nn.cross_entropy_with_logits(z, shares)
    assert gradients(loss, z) == pytest.approx([-math.exp(-40), math.exp(-40)], rel=1e-14)


def test_lengths_that_do_not_match_are_refused():
    entry = nn.cross_entropy_with_logits([Value(0.0), Value(0.0)], 0).operation
    with pytest.raises(ValueError, match="a target for each logit: got 2 logits and 1 targets"):
        entry([exp(Value(0.0)), 1.0], [1])
