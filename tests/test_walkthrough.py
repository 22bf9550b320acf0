"""Stepping forwards and back through the worked example."""

from __future__ import annotations

import pytest

from autograd import Derivation, Value, Walk, grad, relu, sqrt, where
from autograd.notes.notation import Notation
from autograd.notes.steps import forward_steps, gradient_steps
from demos.neural_network_231 import build


@pytest.fixture
def walk():
    return Walk(build("A").loss)


def test_a_walk_starts_before_the_first_step(walk):
    assert walk.position == 0
    assert repr(walk) == "step 0 of 34, nothing is computed yet; the first step will be z_0^1"
    assert "0.47" not in walk.table()


def test_forward_steps_come_in_order_then_gradients_by_distance(walk):
    names = [step.name for step in walk.steps]
    assert names[:9] == [
        "z_0^1",
        "a_0^1",
        "z_1^1",
        "a_1^1",
        "z_2^1",
        "a_2^1",
        "z_0^2",
        "a_0^2",
        "L",
    ]
    assert names[9:13] == ["dL/dL", "dL/da_0^2", "dL/dy", "delta_0^2"]
    assert names[13:16] == ["dL/dw_00^2", "dL/dw_01^2", "dL/dw_02^2"]
    assert names.index("dL/da_1^1") < names.index("delta_1^1") < names.index("dL/dw_10^1")
    assert len(names) == 34


def test_next_and_back_return_the_walk_and_uncompute(walk):
    assert walk.goto("dL/dw_01^2") is walk
    assert walk.step.name == "dL/dw_01^2"
    row = next(line for line in walk.table().splitlines() if line.startswith("w_01^2"))
    assert row.split() == ["w_01^2", "0.9", "-1.133"]
    assert walk.back() is walk
    row = next(line for line in walk.table().splitlines() if line.startswith("w_01^2"))
    assert row.split() == ["w_01^2", "0.9", "-"]
    assert walk.next().step.name == "dL/dw_01^2"
    assert walk.restart().position == 0


def test_a_gradient_has_two_names(walk):
    assert walk.goto("dL/dz_0^1").position == walk.goto("delta_0^1").position
    assert repr(walk).splitlines()[1] == "delta_0^1 = dL/da_0^1 * relu'(z_0^1) = 0.618 * 0 = 0"


def test_where_paths_meet_each_contribution_is_shown(walk):
    lines = repr(walk.goto("dL/da_0^0")).splitlines()
    assert "   through z_1^1: delta_1^1 * w_10^1 = -0.927 * (-0.3) = 0.2781" in lines
    assert lines[1].endswith(" = 0.4326")
    assert sum("through" in line for line in lines) == 3


def test_the_ends_hold(walk):
    assert walk.back().position == 0
    assert walk.goto(34).next().position == 34


def test_wrong_places_are_named(walk):
    with pytest.raises(
        ValueError, match=r"no step is named 'dL/dw_01\^3': did you mean .*dL/dw_01\^2"
    ):
        walk.goto("dL/dw_01^3")
    with pytest.raises(ValueError, match="there is no step 35: the steps are 0 to 34"):
        walk.goto(35)


def test_repeated_names_must_be_gone_to_by_number():
    x = Value(2, "x")
    first = x * 3
    first.name = "h"
    second = first + 1
    second.name = "h"
    with pytest.raises(ValueError, match="2 steps are named 'h': go to one by number, 1, 2"):
        Walk(second).goto("h")


def test_nodes_without_a_name_are_numbered():
    a, b = Value(2, "a"), Value(3, "b")
    walk = Walk((a * b + a) * 2)
    assert [str(step) for step in walk.steps[:3]] == [
        "v1 = a*b = 2*3 = 6",
        "v2 = v1 + a = 6 + 2 = 8",
        "L = v2*2 = 8*2 = 16",
    ]
    assert str(walk.goto("dL/da").step) == "dL/da = dL/dv2 + dL/dv1*b = 2 + 2*3 = 8"


def test_paths_that_only_constants_come_by_are_shown_too():
    a = Value(3, "a")
    b = a + a
    b.name = "b"
    c = b + b
    c.name = "c"
    assert str(Walk(c).goto("dc/da").step) == "dc/da = dc/db + dc/db = 2 + 2 = 4"
    assert repr(Walk(c).goto("dc/db")).splitlines()[1:3] == ["dc/db = 1 + 1 = 2", "   through c: 1"]
    assert str(Walk(a - a).goto("dL/da").step) == "dL/da = 1 - 1 = 0"


def test_what_is_used_often_is_written_once():
    y = Value(1, "x")
    for _ in range(40):
        y = y * y
    assert len(str(Derivation(y))) < 10_000


def test_numbers_are_those_of_when_the_walk_was_made():
    a = Value(1.0, "a")
    walk = Walk(a * 2)
    a.data = 5.0
    assert repr(walk.goto("dL/da")).splitlines()[-1] == "   a: value 1, gradient 2"


def test_a_gradient_on_a_kink_says_so():
    z = Value(0.0, "z")
    assert (
        str(Walk(relu(z)).goto("dL/dz").step)
        == "dL/dz = relu'(z) = 0   (relu'(0) = 0 by convention)"
    )
    x = Value(0.0, "x")  # the kink is at -x, which has no line of its own
    assert str(gradient_steps(relu(-x) * 2)[-1]).endswith("= 0   (relu'(0) = 0 by convention)")


def test_a_recorded_gradient_on_a_kink_says_so():
    convention = "where takes the second side at 0"
    slope = grad(lambda x: relu(x) * x)(Value(0, "x"))
    slope.name = "slope"
    lines = [str(step) for step in forward_steps(slope * 2)]
    assert lines[0].endswith(f"= 0   ({convention})") and lines[1:] == ["L = slope*2 = 0*2 = 0"]
    assert convention not in str(Derivation(grad(lambda x: relu(x) * x)(Value(2, "x"))))


def test_a_leaf_has_a_line():
    assert str(Derivation(grad(relu)(Value(0, "x")))).splitlines()[0] == "L = 0"
    assert str(Derivation(Value(2, "x"))) == "x = 2\ndx/dx = 1"


def test_a_stale_graph_is_refused():
    w = Value(2, "w")
    loss = w * 3
    w.data = 5
    with pytest.raises(
        ValueError, match="is stale, its operands give 15 now: run the forward pass again"
    ):
        Walk(loss)


def test_walking_touches_no_node():
    w = Value(2, "w")
    loss = w * 3
    Walk(loss).goto("dL/dw")
    assert w.grad is None and loss.grad is None and loss.name == ""


def test_a_side_not_taken_is_written_down_and_stays_0():
    x = Value(0.0, "x")
    safe = where(x, sqrt(x), 0.0)
    safe.name = "y"
    assert str(Walk(safe).goto("dy/dx").step) == "dy/dx = 0"


def test_every_step_has_its_latex():
    steps = {step.name: step.latex for step in Walk(build("A").loss).steps}
    assert steps["L"] == (
        r"L = \frac{1}{2} \left(y - a_{0}^{2}\right)^2 = "
        r"\frac{1}{2} \left(1.5 - 0.47\right)^2 = 0.53045"
    )
    assert steps["delta_0^1"] == (
        r"\delta_{0}^{1} = \frac{\partial L}{\partial a_{0}^{1}} \cdot "
        r"\mathrm{ReLU}'\left(z_{0}^{1}\right) = 0.618 \cdot 0 = 0"
    )


def test_a_notation_may_name_the_layer_before_the_neuron():
    notation = Notation(preactivation_pattern="z[{layer}][{indices}]")
    assert notation.gradient("L", "z[2][1]") == "delta_1^2"
