"""How a gradient arrives: the sum over the children, and every chain, in lines and in a picture."""

from __future__ import annotations

import random
import re
from fractions import Fraction

import pytest

import nn
from autograd import (
    NOTATIONS,
    Value,
    dot,
    draw,
    draw_circuit,
    exp,
    find,
    gradients,
    named,
    paths,
    relu,
    topological_order,
)
from tests.printed_lines import evaluated

pytestmark = pytest.mark.usefixtures("bundled")

F = Fraction


def two_outputs(notation="notes", numbers=F):
    model = nn.MLP.from_weights(
        [[[0.2, -0.4], [-0.3, 0.8]], [[-0.6, 0.9], [0.1, 0.2]]],
        [[0.1, -0.2], [0.05, 0.1]],
        ["relu", "linear"],
        numbers=numbers,
        notation=notation,
    )
    return nn.sum_half_squared_error(model([1, 2]), [1, 0])


def lines(found):
    return str(found).splitlines()


# --- the sum over the children --------------------------------------------------------------------


def test_the_sum_over_the_children_is_written_out():
    loss = two_outputs()
    assert lines(paths(loss, find(loss, "a_1^1")[0]))[:3] == [
        "dL/da_1^1 = delta_0^2*w_01^2 + delta_1^2*w_11^2 = 0.04*0.9 + 0.32*0.2 = 0.1",
        "   through z_0^2: delta_0^2 * w_01^2 = 0.04 * 0.9 = 0.036",
        "   through z_1^2: delta_1^2 * w_11^2 = 0.32 * 0.2 = 0.064",
    ]


def test_a_node_of_one_child_has_its_line_alone():
    loss = two_outputs()
    found = paths(loss, find(loss, "z_1^1")[0])
    assert found.children == () and [title for title, _ in found.pages()][1] == "Local derivatives"


def test_a_gradient_that_a_notation_leaves_out_has_a_line_where_it_is_asked_for():
    loss = two_outputs("han_kamber")
    found = paths(loss, find(loss, "O_4")[0])
    assert str(found.gradient).startswith("-dE/dO_4 = Err_5*w_45 + Err_6*w_46")


# --- chains ---------------------------------------------------------------------------------------


def test_each_chain_is_a_product_of_local_derivatives_and_their_sum_the_gradient():
    loss = two_outputs()
    assert lines(paths(loss, find(loss, "a_1^1")[0]))[3:] == [
        "",
        "Local derivatives",
        "   dL/dv1 = 1",
        "   dv1/dz_0^2 = z_0^2 - 1 = 1.04 - 1 = 0.04",
        "   dz_0^2/da_1^1 = w_01^2 = 0.9",
        "   dL/dv2 = 1",
        "   dv2/dz_1^2 = z_1^2 - 0 = 0.32 - 0 = 0.32",
        "   dz_1^2/da_1^1 = w_11^2 = 0.2",
        "",
        "All 2 chains",
        "   1: dL/dv1 * dv1/dz_0^2 * dz_0^2/da_1^1 = 1 * 0.04 * 0.9 = 0.036",
        "   2: dL/dv2 * dv2/dz_1^2 * dz_1^2/da_1^1 = 1 * 0.32 * 0.2 = 0.064",
        "   dL/da_1^1 = 0.036 + 0.064 = 0.1",
    ]


def random_graph(seed):
    draws = random.Random(seed)
    nodes = [Value(F(draws.randint(-4, 4), 2), f"x_{i}") for i in range(3)]
    for _ in range(6):
        left, right = draws.choices(nodes, k=2)
        made = draws.choice([lambda a, b: a * b, lambda a, b: a + b, lambda a, b: a - b * b])
        nodes.append(made(left, right))
    return nodes[-1], nodes


@pytest.mark.parametrize("seed", range(20))
def test_on_random_graphs_the_chains_add_up_to_the_gradient(seed):
    root, nodes = random_graph(seed)
    for node in set(nodes[:-1]).intersection(topological_order(root)):
        found, gradient = paths(root, node, most=10**4), gradients(root, [node])[0]
        assert found.count == len(found.chains)
        assert sum(step.number for step in found.chains) == gradient == found.sum.number
        for step in found.chains:
            assert evaluated(step.substituted, {}) == pytest.approx(float(step.number))


@pytest.mark.one_in(3)
@pytest.mark.parametrize("notation", NOTATIONS)
def test_in_each_notation_chains_are_of_what_is_called_so(notation):
    loss = two_outputs(notation)
    for node in filter(is_parameter, topological_order(loss)):
        found = paths(loss, node)
        assert sum(step.number for step in found.chains) == found.sum.number
        assert abs(found.sum.number) == abs(gradients(loss, [node])[0])
        assert found.gradient.number in (found.sum.number, -found.sum.number)


def is_parameter(node):
    quantity = getattr(node.name, "quantity", None)
    return quantity is not None and quantity.role.value in ("bias", "weight")


def test_a_derivative_beside_another_path_is_called_direct():
    x = Value(F(3), "x")
    found = paths(named(named(x * x, "u") * x, "y"), x)
    assert [step.name for step in found.locals] == [
        "dy/du",
        "du/dx|direct",
        "dy/dx|direct",
    ]
    assert [str(step).partition(" = ")[2] for step in found.chains][2] == "9"
    assert str(found.sum) == "dy/dx = 9 + 9 + 9 = 27"


def test_so_many_chains_are_written_and_the_others_counted():
    x = Value(F(2), "x")
    y = x
    for _ in range(10):
        y = y + y * F(1, 2)
    found = paths(y, x, most=3)
    assert (len(found.chains), found.count, found.sum) == (3, 1024, None)
    assert "3 of 1,024 chains, the others left out" in lines(found)


@pytest.mark.long
def test_chains_beyond_counting_are_told():
    y = x = Value(F(1), "x")
    for _ in range(2000):
        y = y + y
    found = paths(y, x, most=1)
    assert "1 of more than 1,000,000,000,000,000 chains, the others left out" in lines(found)


def test_one_chain_is_called_so_and_a_dead_one_is_shown_as_0():
    z = Value(F(-1), "z")
    found = paths(named(named(relu(z), "a") * 2, "L"), z)
    assert "The only chain" in lines(found)
    assert lines(found)[-1] == "   dL/dz = 0"


def test_rounded_numbers_are_marked():
    x = Value(1.0, "x")
    found = paths(named(exp(x) * 3, "L"), x, decimals=2, comma=True)
    assert lines(found)[-2:] == ["   1: dL/dv1 * dv1/dx ≈ 3 * 2,72 ≈ 8,15", "   dL/dx ≈ 8,15"]


def test_what_is_no_path_is_an_error():
    x, other = Value(1, "x"), Value(2, "other")
    loss = named(x * 2, "L")
    with pytest.raises(ValueError, match="no path leads from the root to itself"):
        paths(loss, loss)
    with pytest.raises(ValueError, match="was not computed from"):
        paths(loss, other)
    with pytest.raises(TypeError, match="paths lead to one Value, not to a str"):
        paths(loss, "x")
    for most in (0, True, 1.5):
        with pytest.raises(ValueError, match="most is how many chains are written"):
            paths(loss, x, most=most)


# --- pages ----------------------------------------------------------------------------------------


def test_pages_have_the_same_lines():
    loss = two_outputs()
    found = paths(loss, find(loss, "a_1^1")[0])
    assert r"z_{0}^{2} &: \delta_{0}^{2} \cdot w_{01}^{2} = 0.04 \cdot 0.9 = 0.036" in found.latex()
    assert r"1 &: \frac{\partial L}{\partial v_{1}} \cdot" in found.latex()
    assert "∂z<sub>0</sub><sup>2</sup>/∂a<sub>1</sub><sup>1</sup>" in found.html()
    assert "**All 2 chains**" in found.markdown()


def test_hostile_names_are_escaped():
    x = Value(2, "<i>$|\n")
    found = paths(named(x * x, "&%"), x)
    assert "<i>" not in found.html() + found.markdown()
    assert r"\%" in found.latex() and "\n|" not in str(found)


def test_unicode_names():
    loss = two_outputs()
    found = paths(loss, find(loss, "a_1^1")[0], unicode=True)
    assert "   through z₀²: δ₀² * w₀₁² = 0.04 * 0.9 = 0.036" in lines(found)
    assert "   1: ∂L/∂v₁ * ∂v₁/∂z₀² * ∂z₀²/∂a₁¹ = 1 * 0.04 * 0.9 = 0.036" in lines(found)


# --- the picture ----------------------------------------------------------------------------------


def emphasised(picture):
    """The arrows that are drawn wide, and the cards that have a wide frame, by their numbers."""
    wide = re.findall(r'id="arrow(\d+)-(\d+)"[^\n]*penwidth=3\b', picture.dot)
    cards = re.findall(r'n(\d+) \[label=<<TABLE BORDER="2"', picture.dot)
    return {tuple(map(int, pair)) for pair in wide}, set(map(int, cards))


@pytest.mark.parametrize("backward", [False, True])
def test_highlighted_are_the_edges_of_all_chains(backward):
    loss = two_outputs()
    loss.backward()
    node = find(loss, "w_10^1")[0]
    order = topological_order(loss)
    edges = {(order.index(step.node), step) for step in paths(loss, node).locals}
    arrows, cards = emphasised(draw(loss, highlight=node, backward=backward))
    assert {operand for operand, _ in arrows} == {place for place, _ in edges}
    assert len(arrows) == len(edges)
    assert cards == {order.index(loss), *(place for place, _ in edges)}


def off_and_on():
    """L = relu(x*x + x*u) + relu(x)*w, with x = 2 and u = -3."""
    x, u, w = Value(2, "x"), Value(-3, "u"), Value(3, "w")
    loss = named(relu(named(dot([x, x], [x, u]), "p")) + relu(x) * w, "L")
    loss.backward()
    return loss, x


def test_ways_by_which_no_gradient_arrives_do_not_stand_out():
    loss, x = off_and_on()
    order = topological_order(loss)
    arrows, cards = emphasised(draw(loss, highlight=x))
    (p,) = find(loss, "p")
    assert order.index(p) not in cards and order.index(x) in cards
    assert {operand for operand, _ in arrows} == cards - {order.index(loss)}
    assert emphasised(draw(loss, highlight=p)) == (set(), {order.index(p)})


@pytest.mark.parametrize("expand", [False, True])
def test_nor_do_such_wires(expand):
    loss, x = off_and_on()
    sources = draw_circuit(loss, highlight=x, expand=expand).dot.splitlines()
    wide = [line for line in sources if "->" in line and "penwidth=2.6" in line]
    assert len(wide) == 6  # of x, relu(x), its product and L, of which two pass a label
    assert not any("dashed" in line for line in wide)


def test_without_highlight_nothing_is_changed():
    loss = two_outputs()
    assert emphasised(draw(loss)) == (set(), set())
    assert "penwidth" not in draw(loss, backward=False).dot


def test_what_cannot_be_highlighted_is_an_error():
    loss = two_outputs()
    with pytest.raises(ValueError, match="was not computed from"):
        draw(loss, highlight=Value(1, "w"))
    with pytest.raises(TypeError, match="highlight is one Value of the graph"):
        draw(loss, highlight="w_10^1")
