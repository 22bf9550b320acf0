"""Circuits: gates and wires, what stands at them, and that nothing collides."""

from __future__ import annotations

import random
import re
import xml.etree.ElementTree as ElementTree
from fractions import Fraction
from pathlib import Path

import pytest
from samples import SAMPLES

import nn
from autograd import (
    OPERATIONS,
    Operation,
    Value,
    dot,
    draw_circuit,
    exp,
    maximum,
    mean,
    relu,
    sigmoid,
    sin,
)
from autograd.drawing.circuit.circuits import circuit_of
from autograd.drawing.circuit.gate_parts import parts_of
from autograd.drawing.circuit.gate_signs import inscription
from autograd.drawing.themes import DARK, LIGHT
from autograd.graph import Graph
from autograd.notes.labels import every_node
from autograd.notes.number_style import PLAIN, NumberStyle
from tests.picture_measure import (
    curves_of,
    lines_of,
    lines_under_texts,
    overlapping_texts,
    size_of,
    texts_on_shapes,
    texts_outside,
)

pytestmark = pytest.mark.usefixtures("bundled")

HOSTILE = '<b>|$x$`*_&amp;\\N "'
PICTURES = Path(__file__).parents[1] / "docs" / "pictures"


def given(**numbers):
    return [Value(number, name) for name, number in numbers.items()]


def named(root, name, backward=True):
    root.name = name
    if backward:
        root.backward()
    return root


def product(backward=True):
    """CS231n's f = (x + y)*z."""
    x, y, z = given(x=-2, y=5, z=-4)
    return named(named(x + y, "q", backward=False) * z, "f", backward)


def neuron():
    """CS231n's sigmoid neuron, in plain operations."""
    w0, x0, w1, x1, w2 = given(w0=2.0, x0=-1.0, w1=-3.0, x1=-2.0, w2=-3.0)
    return named(1 / (1 + exp(-(w0 * x0 + w1 * x1 + w2))), "f")


def larger():
    x, y, z, w = given(x=3, y=-4, z=2, w=-1)
    return named((x * y + maximum(z, w)) * 2, "f")


def forked():
    x, y = given(x=3.0, y=2.0)
    s = named(x * y, "s", backward=False)
    return named(s * x + sin(s) + x**2, "f")


def network(activation="sigmoid", notation="notes"):
    weights = [[[0.1, 0.2], [0.3, -0.4]], [[0.5, 0.6]]]
    biases, kinds = [[0.1, 0.2], [-0.1]], [activation, "linear"]
    numbers = Fraction if activation == "relu" else float
    model = nn.MLP.from_weights(weights, biases, kinds, numbers=numbers, notation=notation)
    return named(nn.half_squared_error(model([1, 2]), Value(numbers(1), "y")), "")


def relu_network(notation="notes"):
    return network("relu", notation)


GRAPHS = [product, neuron, larger, forked, relu_network]


def circuit(root, **options):
    return circuit_of(every_node(root, options.pop("notation", None)), PLAIN, **options)


def texts(picture):
    """All text of a picture, a line each; names as they are typeset."""
    return [line.text for line in lines_of(picture.svg)]


# --- gates and wires ------------------------------------------------------------------------------


def test_cs231n_s_product_has_the_numbers_of_the_course():
    wires = {wire.name: (wire.value, wire.gradient) for wire in circuit(product()).wires}
    assert wires == {"x": (-2, -4), "y": (5, -4), "z": (-4, 3), "q": (3, -4), "f": (-12, 1)}


def test_cs231n_s_neuron_has_the_gates_and_numbers_of_the_course():
    found = circuit(neuron())
    assert [gate.sign for gate in found.gates] == ["*", "*", "+", "+", "*-1", "exp", "+1", "1/x"]
    style = NumberStyle(decimals=2)
    results = [gate.result for gate in found.gates]
    assert [style.text(wire.value) for wire in results[4:]] == ["-1", "0.37", "1.37", "0.73"]
    assert [style.text(wire.gradient) for wire in results[4:]] == ["-0.20", "-0.53", "-0.53", "1"]


@pytest.mark.parametrize("graph", GRAPHS)
def test_wires_are_the_recorded_nodes(graph):
    root = graph()
    recorded, found = Graph(root), circuit(root)
    assert [wire.value for wire in found.wires] == list(recorded.data.values())
    assert [wire.gradient for wire in found.wires] == list(recorded.gradients.values())


@pytest.mark.parametrize("graph", GRAPHS)
@pytest.mark.parametrize("expand", [False, True])
def test_a_gradient_is_the_sum_of_what_comes_back_through_the_gates(graph, expand):
    found = circuit(graph(), expand=expand)
    sums = dict.fromkeys(found.wires, 0)
    sums[found.wires[-1]] = 1
    for gate in found.gates:
        for entrance in gate.entrances:
            sums[entrance.wire] += gate.result.gradient * (entrance.local or 0)
    for wire in found.wires:
        assert wire.gradient == pytest.approx(sums[wire], rel=1e-12)


def test_an_operand_that_comes_in_twice_has_each_local_derivative():
    (x,) = given(x=3)
    (gate,) = circuit(x - x).gates
    assert [entrance.local for entrance in gate.entrances] == [1, -1]


@pytest.mark.parametrize(
    ("compute", "sign"),
    [
        (lambda x: x + (-3), "+(-3)"),
        (lambda x: -2 * x, "*-2"),
        (lambda x: 3 - x, "3 - x"),
        (lambda x: x / (-2), "/(-2)"),
        (lambda x: x**-1, "x^(-1)"),
        (lambda x: maximum(x, 0), "max(x, 0)"),
        (lambda x: -x, "*-1"),
        (abs, "|x|"),
        (sigmoid, "σ"),
        (relu, "ReLU"),
        (lambda x: dot([x, 1], [2, 3]), "dot"),
        (lambda x: nn.binary_cross_entropy(x, 1), "binary\ncross\nentropy"),
    ],
)
def test_what_stands_in_a_gate(compute, sign):
    root = compute(Value(0.5, "x"))
    assert inscription(Graph(root), root, PLAIN).text == sign


@pytest.mark.parametrize(
    ("compute", "sign"),
    [
        (lambda x: x / Fraction(1, 3), "/(1/3)"),
        (lambda x: Fraction(1, 3) * x, "*1/3"),
        (lambda x: x + Fraction(1, 3), "+1/3"),
        (lambda x: Fraction(1, 3) / x, "1/3/x"),
    ],
)
def test_a_fraction_in_a_gate_is_one_number(compute, sign):
    root = compute(Value(Fraction(2), "x"))
    assert inscription(Graph(root), root, PLAIN).text == sign


def test_plain_numbers_of_many_operands_come_in_by_wires_without_a_gradient():
    root = dot([Value(2, "w"), 1], [4, 5])
    root.backward()
    found = circuit(root)
    constants = [(wire.value, wire.gradient) for wire in found.wires if wire.constant]
    assert constants == [(1, None), (4, None), (5, None)]
    assert texts(draw_circuit(root)).count("-") == 0


@pytest.mark.one_in(3)
@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_has_a_gate(name):
    operands = SAMPLES[name].floats[0]
    nodes = [Value(number, f"x_{place}") for place, number in enumerate(operands)]
    root = named(OPERATIONS[name](*SAMPLES[name].arrange(*nodes)), "f")
    (gate,) = circuit(root).gates
    assert [entrance.wire.value for entrance in gate.entrances] == list(operands)
    assert [entrance.local or 0 for entrance in gate.entrances] == [x.grad for x in nodes]
    picture = draw_circuit(root, local=True, decimals=2)
    assert_nothing_collides(picture)
    assert set(gate.sign.split("\n")) <= set(texts(picture))


# --- written out ----------------------------------------------------------------------------------


def test_a_sum_of_products_is_written_out():
    root = dot([Value(2, "w"), Value(3, "v")], [Value(4, "a"), 5], Value(1, "b"))
    root.backward()
    found = circuit(root, expand=True)
    assert [gate.sign for gate in found.gates] == ["*", "*5", "+"]
    assert [(gate.result.value, gate.result.gradient) for gate in found.gates] == [
        (8, 1), (15, 1), (24, 1)
    ]  # fmt: skip
    assert len(circuit(root).gates) == 1


def test_means_and_squared_errors_are_too():
    a, b = given(a=Fraction(1), b=Fraction(4))
    root = named(mean([a, nn.squared_error(a, b)]), "f")
    found = circuit(root, expand=True)
    assert [gate.sign for gate in found.gates] == ["-", "x^2", "+", "/2"]
    assert [gate.result.gradient for gate in found.gates] == [3, Fraction(1, 2), Fraction(1, 2), 1]


def test_a_mean_of_one_is_not():
    root = mean([Value(2, "x")])
    assert [gate.sign for gate in circuit(root, expand=True).gates] == ["mean"]


def test_what_would_give_another_number_is_not_written_out():
    root = dot([Value(float("nan"))], [Value(1.0)])
    assert parts_of(Graph(root), root) is None
    assert [gate.sign for gate in circuit(root, expand=True).gates] == ["dot"]


def test_nor_is_an_operation_of_ones_own_that_is_called_the_same():
    own = Operation("mean", lambda a, b: (a + b) / 2, [lambda y, a, b: 0.5] * 2)
    root = own(Value(2.0), Value(3.0))
    assert parts_of(Graph(root), root) is None


def test_without_gradients_the_parts_have_none():
    root = dot([Value(2)], [Value(3)], Value(1))
    assert {wire.gradient for wire in circuit(root, expand=True).wires} == {None}


# --- what is shown --------------------------------------------------------------------------------


def test_names_values_and_gradients_stand_in_the_picture():
    shown = texts(draw_circuit(product()))
    for text in ("x", "-2", "5", "q =", "3", "f", "-12", "+", "*", "gradient of f"):
        assert text in shown
    assert shown.count("-4") == 4  # z, and the gradients of x, y and q


def test_value_above_the_wire_gradient_below():
    lines = {line.text: line.box for line in lines_of(draw_circuit(product()).svg)}
    assert lines["-12"].bottom < lines["1"].top
    assert lines["5"].bottom < lines["f"].bottom + 100


def test_gradients_are_shown_where_they_are_computed_unless_told():
    forward = texts(draw_circuit(product(backward=False)))
    assert forward == texts(draw_circuit(product(), gradients=False))
    assert "gradient of f" not in forward and "-12" in forward
    assert texts(draw_circuit(product(backward=False), gradients=True)).count("-") == 5


def test_local_derivatives_on_request():
    assert not [text for text in texts(draw_circuit(product())) if re.match(r"\*.", text)]
    shown = texts(draw_circuit(product(), local=True))
    assert sorted(text for text in shown if re.match(r"\*.", text)) == ["*-4", "*1", "*1", "*3"]
    assert ", *local derivative before each gate" in shown


@pytest.mark.parametrize(("root", "fold"), [(neuron, "runs"), (network, "layers")])
def test_the_legend_says_that_folded_gates_have_no_local_derivatives(root, fold):
    said = ", *local derivative before each gate that is not folded"
    picture = draw_circuit(root(), local=True, fold=fold)
    assert said in texts(picture) and said in picture.alt


def test_numbers_are_rounded_as_asked():
    shown = texts(draw_circuit(neuron(), decimals=2, comma=True))
    assert {"≈0,73", "≈-0,53", "≈0,37"} <= set(shown)


def test_what_no_gradient_comes_by_is_dashed():
    assert draw_circuit(larger()).dot.count("dashed") == 1
    assert draw_circuit(larger(), gradients=False).dot.count("dashed") == 0


def test_a_subtracted_bias_passes_a_gate_that_turns_its_sign():
    found = circuit(relu_network(), notation="mit6034")
    turned = [gate for gate in found.gates if gate.sign == "*-1"]
    assert len(turned) == 4  # three biases, and the objective
    for gate in turned:
        (entrance,) = gate.entrances
        assert gate.result.value == -entrance.wire.value
        assert gate.result.gradient == -entrance.wire.gradient
    entering = [entrance.wire for gate in found.gates for entrance in gate.entrances]
    assert all(gate.result in entering for gate in turned[:-1])  # what the engine adds
    assert (found.wires[-1].name, found.wires[-1].gradient) == ("P", 1)
    assert "gradient of P" in texts(draw_circuit(relu_network("mit6034")))


def test_gradients_of_the_negative_loss_are_headed_so():
    assert any(
        text.startswith("gradient of -") for text in texts(draw_circuit(relu_network("mitchell")))
    )


def test_a_worked_step_is_drawn_as_a_pass():
    model = nn.MLP.from_weights([[[0.5, -0.7]]], [[0.1]], ["sigmoid"])
    training = nn.worked(
        model, [1, 2], 1.0, loss=nn.half_squared_error,
        optimizer=nn.SGD(model.parameters(), 0.1), decimals=3,
    )  # fmt: skip
    before, after = draw_circuit(training), draw_circuit(training, step=2)
    assert "≈0.238" in texts(before) and "gradient of L" in texts(before)
    assert "gradient of L" not in texts(after)


# --- to be filled in ------------------------------------------------------------------------------


def answers(root):
    """The numbers of what is computed, as they are shown."""
    graph = Graph(root)
    computed = [node for node in graph.order if node.operation is not None]
    found = {PLAIN.short(graph.data[node]) for node in computed}
    found |= {PLAIN.short(gradient) for gradient in graph.gradients.values()}
    return found - {PLAIN.short(node.data) for node in graph.order if node.operation is None}


@pytest.mark.parametrize("graph", GRAPHS)
def test_a_blank_holds_no_answer(graph):
    root = graph()
    picture = draw_circuit(root, blank=True)
    assert picture.dot == draw_circuit(root, blank=True, local=True).dot
    words = " ".join(texts(picture))
    assert not [number for number in answers(root) if number in words.split()]
    assert not [number for number in answers(root) if f">{number}<" in picture.dot]
    assert "dashed" not in picture.dot and LIGHT.off not in picture.dot
    for node in Graph(root).order:
        assert node.operation is not None or PLAIN.short(node.data) in words.split()


@pytest.mark.parametrize("graph", [product, larger])
def test_a_blank_is_the_same_whatever_the_answers_are(graph):
    def changed():
        root = graph()
        for node in Graph(root).order:
            node.grad = 12345
        return root

    assert draw_circuit(graph(), blank=True).dot == draw_circuit(changed(), blank=True).dot


def test_only_the_gradients_are_blank_if_asked():
    shown = texts(draw_circuit(product(), blank="gradients"))
    assert "-12" in shown and "3" in shown and "1" not in shown
    assert draw_circuit(product(), blank="gradients").dot.count('BORDER="1"') == 5
    assert draw_circuit(product(), blank=True).dot.count('BORDER="1"') == 7


def test_a_forward_blank_has_no_boxes_for_gradients():
    assert draw_circuit(product(), blank=True, gradients=False).dot.count('BORDER="1"') == 2


# --- nothing collides -----------------------------------------------------------------------------


def assert_nothing_collides(picture):
    svg = picture.svg
    assert overlapping_texts(svg) == texts_on_shapes(svg) == texts_outside(svg) == []
    assert lines_under_texts(svg) == []


LOOKS = [{}, {"local": True}, {"blank": True}, {"gradients": False}, {"expand": True}]


@pytest.mark.one_in(8)
@pytest.mark.parametrize("options", LOOKS, ids=str)
@pytest.mark.parametrize("graph", [*GRAPHS, network])
def test_nothing_collides(graph, options):
    assert_nothing_collides(draw_circuit(graph(), decimals=3, **options))


# --- from top to bottom ---------------------------------------------------------------------------


@pytest.mark.long
@pytest.mark.parametrize("options", LOOKS, ids=str)
@pytest.mark.parametrize("graph", [*GRAPHS, network])
def test_nothing_collides_from_top_to_bottom(graph, options):
    picture = draw_circuit(graph(), direction="down", decimals=3, title="f", **options)
    assert_nothing_collides(picture)


@pytest.mark.one_in(3)
@pytest.mark.parametrize("options", LOOKS, ids=str)
def test_from_top_to_bottom_it_says_the_same_beside_the_wires(options):
    down, right = (
        draw_circuit(neuron(), direction=way, decimals=2, **options) for way in ("down", "right")
    )
    wide, tall = size_of(down.svg)
    assert wide < tall and right.dot == draw_circuit(neuron(), decimals=2, **options).dot
    assert right.alt.replace("above each", "left of each").replace("below it", "right of it") == (
        down.alt
    )
    legend = ("above each wire,", "left of each wire,", "below it", "right of it")
    down, right = (sorted({*texts(picture)}.difference(legend)) for picture in (down, right))
    assert down == right


def test_from_top_to_bottom_values_stand_left_and_gradients_right():
    boxes = {
        line.text: line.box for line in lines_of(draw_circuit(product(), direction="down").svg)
    }
    assert boxes["x"].top < boxes["f"].top and boxes["x"].left < boxes["y"].left < boxes["z"].left
    assert boxes["-12"].right < boxes["1"].left and boxes["-12"].top == boxes["1"].top


@pytest.mark.parametrize(
    ("loss", "sign"),
    [
        (lambda p: nn.cross_entropy(p, 1), "loss"),  # not "neg", of what comes in
        (lambda p: nn.half_squared_error(p[0], 1), "(1 - x)^2/2"),
        (lambda p: nn.mse(p, [1, 0]), "loss"),
        (lambda p: nn.binary_cross_entropy(p[0], 1) + nn.squared_error(p[1], 0), "loss"),
    ],
)
def test_a_folded_loss_is_no_one_operation_where_it_has_several(loss, sign):
    model = nn.MLP(1, [2], ["softmax"], rng=random.Random(0))
    picture = draw_circuit(named(loss(model([1.0])), "L"), fold="layers")
    assert f"from a gate {sign} of" in picture.alt.split("\n")[-1]


def test_from_top_to_bottom_more_than_six_wires_are_one():
    root = layers(2, 7, 7, 1)
    wide = draw_circuit(root, fold="layers", direction="down")
    width, height = size_of(wide.svg)
    assert "7 values" in texts(wide) and width <= 1600 and height <= 1200
    assert "7 values" not in texts(draw_circuit(root, fold="layers"))


def test_a_direction_that_there_is_not_is_refused():
    with pytest.raises(ValueError, match=r"^direction is 'right' or 'down', as the wires run, not"):
        draw_circuit(product(), direction="up")


@pytest.mark.parametrize("direction", ["right", "down"])
def test_boxes_to_be_filled_in_are_of_one_size(direction):
    svg = draw_circuit(network(), blank=True, direction=direction).svg
    corners = [
        [tuple(map(float, corner.split(","))) for corner in polygon.split()]
        for polygon in re.findall(r'<polygon fill="none"[^>]* points="([^"]+)"', svg)
    ]
    sizes = {
        tuple(round(max(side) - min(side)) for side in zip(*box, strict=True)) for box in corners
    }
    assert len(corners) > 20 and len(sizes) == 1


OPERATIONS_OF_TWO = [
    lambda x, y: x + y,
    lambda x, y: x * y,
    lambda x, y: maximum(x, y) - y,
    lambda x, y: sigmoid(x),
    lambda x, y: dot([x, y], [y, x], x),
    lambda x, y: 1 / (x * x + 1),
]


def random_graph(rng):
    """Up to 12 operations over up to 6 numbers, some of the results named."""
    nodes = [Value(round(rng.uniform(-3, 3), 1), name) for name in "abcdef"[: rng.randint(1, 6)]]
    for place in range(rng.randint(1, 12)):
        node = rng.choice(OPERATIONS_OF_TWO)(rng.choice(nodes[-4:]), rng.choice(nodes))
        node.name = f"z_{place}" if rng.random() < 0.3 else ""
        nodes.append(node)
    nodes[-1].backward()
    return nodes[-1]


@pytest.mark.one_in(4)
@pytest.mark.parametrize("seed", range(12))
def test_nothing_collides_in_random_graphs(seed):
    rng = random.Random(seed)
    root = random_graph(rng)
    options = {"local": rng.random() < 0.5, "expand": rng.random() < 0.5}
    assert_nothing_collides(draw_circuit(root, decimals=2, **options))


def test_wires_are_whole():
    """Every wire goes on where the one before it ends, at its label; the last one ends free."""
    curves = [curve for kind, curve in curves_of(draw_circuit(neuron(), decimals=2).svg).items()]
    ends = {(round(x), round(y)) for *_, (x, y) in curves}
    starts = {(round(x), round(y)) for (x, y), *_ in curves}
    into_gates = 12  # arrows, whose heads begin where they end
    assert len(curves) == into_gates + 8 and len(ends - starts) == into_gates + 1


# --- folded ---------------------------------------------------------------------------------------


def layers(*sizes, batch=1):
    model = nn.MLP(sizes[0], sizes[1:], ["sigmoid"] * (len(sizes) - 1), rng=random.Random(1))
    inputs = [[0.1 * (i + j) for i in range(sizes[0])] for j in range(batch)]
    losses = [nn.half_squared_error(model(x), 0.5) for x in inputs]
    return named(losses[0] if batch == 1 else mean(losses), "")


def recurrent(steps):
    w, h = Value(0.5, "w"), Value(0.1, "h_0")
    for step in range(1, steps + 1):
        h = named(sigmoid(w * h + Value(0.1 * step, f"x_{step}")), f"h_{step}", backward=False)
    return named(h**2, "f")


def test_a_folded_neuron_is_one_gate_with_its_inputs_and_its_output():
    root = relu_network()
    picture = draw_circuit(root, fold="neurons")
    assert (
        repr(picture) == "<Picture of a circuit of 4 gates, 3 neurons and the loss folded, light>"
    )
    shown = texts(picture)
    assert shown.count("hidden neuron 0") == shown.count("output neuron") == 1
    assert "w_00^1" not in picture.dot and "a_0^1" in picture.dot
    (a,) = (node for node in Graph(root).order if node.name == "a_1^0")
    assert {PLAIN.short(a.data), PLAIN.short(a.grad)} <= set(shown)
    assert_nothing_collides(picture)


def test_a_neuron_that_is_off_is_grey_and_its_wires_dashed():
    weights, biases = [[[-1, -1], [1, 1]], [[1, 1]]], [[0, 0], [0]]
    model = nn.MLP.from_weights(weights, biases, ["relu", "linear"])
    root = named(nn.half_squared_error(model([1, 2]), 1), "")
    dot_source = draw_circuit(root, fold="neurons").dot
    assert dot_source.count("style=dashed") == 2
    assert re.search(rf'COLOR="{LIGHT.off}">ReLU<', dot_source)


@pytest.mark.one_in(2)
@pytest.mark.parametrize(
    ("root", "words"),
    [
        (lambda: layers(4, 7, 1), "9 gates, 8 neurons folded"),
        (lambda: layers(2, 16, 16, 1), "4 gates, 3 layers folded"),
        (lambda: layers(2, 3, 1, batch=20), "2 inputs, 4 neurons and the loss folded"),
        (lambda: recurrent(20), "2 gates, 2 series folded"),
    ],
)
def test_what_has_no_room_is_folded(root, words):
    picture = draw_circuit(root())
    assert words in repr(picture)
    width, height = map(int, re.search(r'width="(\d+)pt" height="(\d+)pt"', picture.svg).groups())
    assert width <= 1600 and height <= 1200
    assert_nothing_collides(picture)


def test_many_wires_of_one_kind_are_a_bundle_that_says_how_many():
    shown = texts(draw_circuit(layers(1, 17, 1, batch=2), fold="layers"))
    assert "34 values" in shown and "2 values" not in shown and "17 neurons" in shown


def test_without_room_nothing_is_folded_if_told_so():
    assert repr(draw_circuit(layers(4, 7, 1), fold=False)).startswith("<Picture of a circuit of 17")
    assert draw_circuit(product(), fold="auto").dot == draw_circuit(product(), fold=False).dot


def test_a_fold_that_makes_a_circle_is_refused():
    a, b = Value(1.0, "a_0"), Value(2.0, "b_0")
    for step in range(1, 4):
        a, b = named(a * b, f"a_{step}", False), named(a + b, f"b_{step}", False)
    root = named(a * b, "f")
    with pytest.raises(ValueError, match="folds together what is computed from each other here"):
        draw_circuit(root, fold="series")
    with pytest.raises(ValueError, match=r"fold is 'auto', 'unnamed', .* not 'all'"):
        draw_circuit(root, fold="all")


# --- updates, paths, looks ------------------------------------------------------------------------


def test_a_worked_step_shows_what_the_update_makes_of_each_parameter():
    model = nn.MLP.from_weights([[[Fraction(1, 2)]]], [[Fraction(1)]], ["linear"])
    training = nn.worked(
        model, [2], Fraction(1), loss=nn.half_squared_error,
        optimizer=nn.SGD(model.parameters(), Fraction(1, 10)),
    )  # fmt: skip
    picture = draw_circuit(training)
    news = [text for text in texts(picture) if text.startswith("new ")]
    assert sorted(news) == ["new 0.3", "new 0.9"]  # 1/2 - 1/10*1*2, and 1 - 1/10*1
    assert "new" not in " ".join(texts(draw_circuit(training, blank=True)))
    assert "new" not in " ".join(texts(draw_circuit(training, step=2)))
    assert_nothing_collides(picture)


def test_the_wires_by_which_a_gradient_arrives_stand_out():
    root = neuron()
    (x0,) = (node for node in Graph(root).order if node.name == "x0")
    dot_source = draw_circuit(root, highlight=x0).dot
    wires = [line for line in dot_source.splitlines() if "->" in line]
    on_path = [line for line in wires if "penwidth=2.6" in line]
    assert len(on_path) == 14  # x0's, and those out of seven gates, of which six go on
    assert len(wires) - len(on_path) == dot_source.count("penwidth=.7")
    with pytest.raises(ValueError, match="stranger"):
        draw_circuit(root, highlight=Value(1.0, "stranger"))


@pytest.mark.one_in(3)
@pytest.mark.parametrize("font_scale", [0.5, 1.5, 4])
def test_a_circuit_of_any_size_is_the_same_but_larger(font_scale):
    options = {"title": "s", "font_scale": font_scale, "local": True, "fold": False}
    svg = draw_circuit(forked(), **options).svg
    sizes = {float(size) for size in re.findall(r'font-size="([\d.]+)"', svg)}
    assert sizes == {round(size * font_scale) for size in (9, 11, 14, 16)}
    assert_nothing_collides(draw_circuit(forked(), **options))


def test_a_circuit_on_any_page():
    assert "bgcolor=transparent" in draw_circuit(product(), background="transparent").dot


# --- names, themes, errors ------------------------------------------------------------------------


def test_what_people_named_is_shown_as_it_is():
    own = Operation("<i>&lt;\\N", lambda x: 2 * x, [lambda y, x: 2])
    root = named(own(Value(2.0, HOSTILE)) * 3, HOSTILE + "\x1b")
    picture = draw_circuit(root, title=HOSTILE)
    shown = texts(picture)
    assert shown.count(HOSTILE) == 2 and HOSTILE + "\\x1b" in shown  # a title, and two ends
    assert "<i>&lt;\\N" in shown and "\x1b" not in picture.dot
    ElementTree.fromstring(picture.svg)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_values_and_gradients_have_their_colours(theme):
    dot_source = draw_circuit(product(), theme=theme.name).dot
    assert dot_source.count(f'COLOR="{theme.value}"') == 6  # five wires, and the legend
    assert dot_source.count(f'COLOR="{theme.gradient}"') == 6


def test_it_is_the_same_every_time():
    one, other = draw_circuit(forked(), local=True), draw_circuit(forked(), local=True)
    assert one.dot == other.dot and one.svg == other.svg


@pytest.mark.parametrize("suffix", ["svg", "png", "dot"])
def test_it_is_saved_in_each_format(suffix, tmp_path):
    assert draw_circuit(product()).save(tmp_path / f"f.{suffix}").stat().st_size > 500


def test_a_single_value_is_a_wire():
    picture = draw_circuit(Value(3, "x"))
    assert repr(picture) == "<Picture of a circuit of 0 gates, light>"
    assert texts(picture) == ["x", "3"]


def test_errors_name_the_option():
    with pytest.raises(ValueError, match="blank is True, False or 'gradients', not 'values'"):
        draw_circuit(product(), blank="values")
    with pytest.raises(TypeError, match=r"draw_circuit takes one Value, the root .* not a int"):
        draw_circuit(3)
    with pytest.raises(TypeError, match=r"draw_circuit has no option locl: did you mean local\?"):
        draw_circuit(product(), locl=True)
    with pytest.raises(ValueError, match="step says which pass"):
        draw_circuit(product(), step=1)


def test_the_picture_in_docs_is_the_one_drawn():
    shown = PICTURES / "circuit_sigmoid_neuron.svg"
    assert shown.read_text(encoding="utf-8") == draw_circuit(neuron(), decimals=2).svg
