"""The textbook view of a network."""

import math
import operator
import re
import xml.etree.ElementTree as ElementTree
from fractions import Fraction

import pytest

from autograd import Value, half_squared_error, total
from autograd.drawing.picture import Picture
from autograd.drawing.themes import LIGHT
from autograd.notes.notation import Notation
from autograd.notes.numbers import short_number
from autograd.operations import squared_error
from nn import MLP, cross_entropy, sum_half_squared_error
from nn.network_view import draw_network
from tests.pictures import network_shown

pytestmark = pytest.mark.usefixtures("bundled")

SVG = "{http://www.w3.org/2000/svg}"


def example(backward=True):
    model = MLP.from_weights(
        weights=[[[0.2, -0.4], [-0.3, 0.8], [0.5, 0.7]], [[-0.6, 0.9, -0.3]]],
        biases=[[0.1, -0.2, 0], [0.05]],
        activations=["relu", "relu"],
        numbers=Fraction,
    )
    loss = half_squared_error(model([1, 2]), Value(Fraction(3, 2), "y"))
    loss.name = "L"
    if backward:
        loss.backward()
    return model, loss


def texts(picture):
    """All text of a picture, names as they are typed."""
    as_typed = Picture(picture.dot, picture.of, picture.cards, picture.engine)
    root = ElementTree.fromstring(as_typed.svg)
    found = [(element.text or "").replace("\xa0", " ") for element in root.iter(f"{SVG}text")]
    return [text.strip() for text in found]


def test_weights_biases_and_headings_are_shown():
    model, _ = example(backward=False)
    shown = texts(draw_network(model))
    for weight in (
        weight for layer in model.layers for neuron in layer.neurons for weight in neuron.weights
    ):
        assert f"{weight.name} =" in shown and short_number(weight.data) in shown
    assert {"b_1^1 = -0.2", "inputs", "hidden layer 1: relu", "output: relu"} <= set(shown)
    assert not [text for text in shown if text.startswith("grad")]


def test_activations_and_gradients_of_one_sample():
    model, loss = example()
    shown = texts(draw_network(model, loss))
    assert {"1.1", "1.9", "0.47", "0.53045", "y = 1.5", "loss: (y - a_0^2)^2/2"} <= set(shown)
    for parameter in model.parameters():
        assert f"grad {short_number(parameter.grad)}" in shown


def test_a_forward_pass_alone_has_no_gradients():
    model, loss = example(backward=False)
    shown = texts(draw_network(model, loss))
    assert "1.9" in shown and not [text for text in shown if text.startswith("grad")]


def test_without_a_loss_no_gradients_are_shown():
    shown = texts(draw_network(example()[0]))
    assert "w_00^1 =" in shown and not [text for text in shown if text.startswith("grad")]


def gradients_in(picture):
    return [text for text in texts(picture) if text.startswith("grad")]


def test_stale_gradients_of_parameters_are_not_shown():
    model, _ = example()
    loss = half_squared_error(model([2, 1]), 1)
    assert model.parameters()[0].grad is not None and not gradients_in(draw_network(model, loss))
    loss.backward()
    assert len(gradients_in(draw_network(model, loss))) == 20


def test_gradients_are_shown_as_they_are_asked_for():
    model, loss = example()
    blank = draw_network(model, loss, gradients=False)
    assert not gradients_in(blank) and blank.dot == draw_network(*example(backward=False)).dot
    alone = gradients_in(draw_network(model, gradients=True))
    assert alone == [f"grad {short_number(p.grad)}" for p in in_order_of_the_picture(model)]
    not_computed = draw_network(*example(backward=False), gradients=True)
    assert gradients_in(not_computed) == ["grad -"] * 21
    negative = draw_network(model, gradients=True, notation="mitchell")
    assert "-grad 1.133" in texts(negative)


def in_order_of_the_picture(model):
    neurons = [neuron for layer in model.layers for neuron in layer.neurons]
    return [n.bias for n in neurons] + [w for n in neurons for w in n.weights]


def test_an_off_relu_is_dashed():
    picture = draw_network(*example())
    assert "dashed" in next(line for line in picture.dot.splitlines() if "<B>a_0^1</B>" in line)
    dashed = re.findall(r"(\w+ -> \w+) \[.*style=dashed", picture.dot)
    assert dashed == ["i0 -> n1_0", "i1 -> n1_0", "n1_0 -> n2_0"]


def test_the_output_itself_can_be_the_root():
    model = MLP.from_weights([[[0.5, -0.5]]], [[0.1]], ["linear"])
    shown = texts(draw_network(model, model([3, 1])))
    assert {"z_0^1", "1.1", "output: linear"} <= set(shown)
    assert not [text for text in shown if text.startswith("loss")]


def test_large_networks_have_bare_lines_coloured_by_sign(tmp_path):
    picture = draw_network(MLP(2, [16, 16, 1]))
    assert repr(picture) == "<Picture of a 2-16-16-1 network, light>"
    assert not [text for text in texts(picture) if text.startswith("w_")]
    assert picture.dot.count(" -> ") == 2 * 16 + 16 * 16 + 16
    assert LIGHT.positive in picture.dot and LIGHT.negative in picture.dot
    assert picture.save(tmp_path / "x.png").read_bytes().startswith(b"\x89PNG")


def test_numbers_that_find_no_room_are_said_to_be_left_out():
    parameters = (
        "No room for the numbers of parameters. Blue is positive, orange with a bar negative."
    )
    picture = draw_network(MLP(2, [9]))
    assert parameters in texts(picture) and parameters in picture.alt
    picture = draw_network(*of_sizes(2, 9, 1, backward=True))
    (said,) = (text for text in texts(picture) if text.startswith("No room"))
    assert said.startswith("No room for the numbers of parameters and gradients. Blue is")
    assert said in picture.alt
    assert not [text for text in texts(draw_network(*example())) if text.startswith("No room")]


def test_a_bare_circle_whose_gradient_is_negative_has_a_second_rim():
    model, loss = of_sizes(2, 9, 1, backward=True, activations=["tanh", "linear"])
    weights = model.layers[1].neurons[0].weights  # each the gradient of a hidden neuron
    negative = [f"n1_{place}" for place, weight in enumerate(weights) if weight.data < 0]
    rims = re.findall(r"^\s*(\w+) \[.*peripheries=2", draw_network(model, loss).dot, re.M)
    assert negative and rims == negative


def test_a_bare_line_that_is_negative_has_a_bar_where_fewer_meet():
    model = MLP.from_weights(
        [[[1 - 2 * (i % 2)] for i in range(9)], [[-1] * 9]], None, ["relu"] * 2
    )
    lines = [line for line in draw_network(model).dot.splitlines() if " -> " in line]
    bars = ["tee" in line for line in lines]
    assert bars == [False, True] * 4 + [False] + [True] * 9
    assert ["arrowtail=tee" in line for line in lines] == [False] * 9 + [True] * 9
    assert "tee" not in draw_network(*example()).dot


def faint_and_dark(picture):
    lines = [line for line in picture.dot.splitlines() if " -> " in line]
    faint = [line.split(" [")[0].strip() for line in lines if LIGHT.border in line]
    return faint, [line.split(" [")[0].strip() for line in lines[len(faint) :]]


def test_of_many_weights_the_largest_are_dark_and_the_heading_says_so():
    model = MLP(2, [16, 16, 1])
    picture = draw_network(model)
    assert {"the 24 largest |weights| of 256,", "the others faint"} <= set(texts(picture))
    faint, dark = faint_and_dark(picture)
    of_size = {
        abs(w.data): f"n1_{start} -> n2_{end}"
        for end, neuron in enumerate(model.layers[1].neurons)
        for start, w in enumerate(neuron.weights)
    }
    largest = [of_size[size] for size in sorted(of_size, reverse=True)]
    assert {*largest[:24]} == {line for line in dark if line in largest}
    assert {*faint} == {*largest[24:]} and len(dark) == 2 * 16 + 24 + 16


def test_weights_of_the_same_size_are_dark_or_faint_together():
    def weights(size):
        return [[[Value(size(i, j)) for j in range(8)] for i in range(8)]]

    alike = MLP.from_weights(weights(lambda i, j: 0.5), None, ["relu"])
    assert not [text for text in texts(draw_network(alike)) if "largest" in text]
    by_row = MLP.from_weights(weights(lambda i, j: (-1) ** j * i), None, ["relu"])
    assert "the 24 largest |weights| of 64," in texts(draw_network(by_row))
    ties = MLP.from_weights(weights(lambda i, j: math.nan if i < 4 else 0.0), None, ["relu"])
    picture = draw_network(ties)
    assert "the 32 largest |weights| of 64," in texts(picture)
    assert len(faint_and_dark(picture)[0]) == 32


def test_of_a_folded_layer_those_that_are_shown_count():
    assert "the 24 largest |weights| of the 72 shown," in texts(draw_network(MLP(20, [9])))


def test_a_tall_column_is_folded_and_says_so():
    shown = texts(draw_network(MLP(2, [17, 1])))
    assert "17, of which 8 are shown" in shown and "..." in shown
    assert "a_6^1" in shown and "a_16^1" in shown and "a_7^1" not in shown


def drawn_boxes(picture):
    """Left, top, right and bottom of every text and circle in the SVG, by its key."""
    boxes = {}
    for group in ElementTree.fromstring(picture.svg).iter(f"{SVG}g"):
        shape = group.find(f"{SVG}ellipse"), group.find(f"{SVG}polygon")
        if group.get("class") != "node":
            continue
        if shape[0] is not None:
            x, y, r = (float(shape[0].get(key)) for key in ("cx", "cy", "rx"))
            corners = [(x - r, y - r), (x + r, y + r)]
        else:
            corners = [
                tuple(map(float, point.split(","))) for point in shape[1].get("points").split()
            ]
        xs, ys = zip(*corners, strict=True)
        boxes[group.get("data-key")] = (min(xs), min(ys), max(xs), max(ys))
    return boxes


def of_sizes(*sizes, backward, **options):
    model = MLP(sizes[0], sizes[1:], **options)
    outputs = model([0.3 - 0.11 * index for index in range(sizes[0])])
    loss = total(outputs if isinstance(outputs, list) else [outputs])
    if backward:
        loss.backward()
    return model, loss


SIZES = [
    (2, 3, 1),
    (3, 3, 3),
    (5, 5),
    (2, 5, 5),
    (1, 5, 1),
    (3, 4, 4, 2),
    (2, 2, 2, 1),
    (4, 4, 4, 4),
    (5, 5, 5, 1),
]


@pytest.mark.long
@pytest.mark.parametrize("backward", [False, True])
@pytest.mark.parametrize("sizes", SIZES)
def test_labels_touch_no_label_and_no_circle(sizes, backward):
    boxes = drawn_boxes(draw_network(*of_sizes(*sizes, backward=backward)))
    labels = [key for key in boxes if key.startswith("w")]
    assert len(labels) == sum(map(operator.mul, sizes, sizes[1:]))
    touching = [
        (one, other)
        for one in labels
        for other in boxes
        if one != other
        and max(boxes[one][0], boxes[other][0]) < min(boxes[one][2], boxes[other][2])
        and max(boxes[one][1], boxes[other][1]) < min(boxes[one][3], boxes[other][3])
    ]
    assert not touching


def test_names_that_leave_no_room_leave_lines_bare():
    notation = Notation(weight_pattern="weight" * 30 + "{indices}^{layer}")
    picture = draw_network(*of_sizes(5, 5, 5, backward=False, notation=notation))
    assert not [text for text in texts(picture) if text.startswith("weight")]


def test_several_samples_are_refused():
    model, _ = example()
    loss = model([1, 2]) + model([2, 1])
    with pytest.raises(
        ValueError, match=r"^the loss was computed on 2 samples \(z_0\^1 occurs 2 times\)"
    ):
        draw_network(model, loss)


def test_another_models_loss_is_refused():
    model, _ = example()
    with pytest.raises(ValueError, match=r"^the loss was not computed by this model: "):
        draw_network(model, example()[1])


def test_a_stale_loss_is_refused():
    model, loss = example()
    model.parameters()[0].data = Fraction(9)
    with pytest.raises(ValueError, match="run the forward pass again"):
        draw_network(model, loss)


def test_the_same_network_is_the_same_bytes():
    assert draw_network(*example()).svg == draw_network(*example()).svg


def test_other_refusals():
    model, _ = example()
    with pytest.raises(TypeError, match="draw_network takes an MLP, not a list"):
        draw_network([])
    with pytest.raises(TypeError, match="takes one Value as the loss, not a float"):
        draw_network(model, 0.5)
    with pytest.raises(ValueError, match="unknown theme"):
        draw_network(model, theme="neon")


def test_more_than_sixty_weights_have_bare_lines():
    assert "w_00^1" in draw_network(MLP(7, [7, 1])).dot
    assert "w_00^1" not in draw_network(MLP(8, [7, 1])).dot


def test_a_bias_may_occur_elsewhere_in_the_loss():
    model, loss = example(backward=False)
    penalty = Fraction(1, 2) * model.parameters()[2]
    assert "1.9" in texts(draw_network(model, loss + penalty))


def test_numbers_are_copied():
    model, loss = example()
    picture = draw_network(model, loss)
    before = picture.dot
    model.zero_grad()
    assert picture.dot == before


def test_a_softmax_layer_shows_its_shares():
    model = MLP(2, [3], ["softmax"])
    outputs = model([1.0, 2.0])
    loss = squared_error(outputs[0], 1.0) + squared_error(outputs[1], 0.0)
    shown = texts(draw_network(model, loss))
    assert "output: softmax" in shown and {"z_0^1", "z_1^1", "z_2^1"} <= set(shown)
    for a in outputs[:2]:
        assert f"{a.name} {short_number(a.data)}" in shown
    assert not [text for text in shown if text.startswith("a_2^1")], "it is not in the graph"


def test_under_a_softmax_the_gradient_in_z_is_prediction_minus_target():
    model = MLP.from_weights([[[1], [1]]], None, ["softmax"])
    outputs = model([3.0])
    loss = cross_entropy(outputs, 0)
    loss.backward()
    circles = network_shown(draw_network(model, loss, decimals=3))
    assert circles["z_0^1"][:2] == ("3", "-0.5") and circles["z_1^1"][:2] == ("3", "≈0.500")
    assert circles["a_0^1"][:2] == ("0.5", "-2") and "a_1^1" not in circles


def test_a_share_can_be_the_root():
    model = MLP.from_weights([[[1], [1]]], None, ["softmax"])
    shown = texts(draw_network(model, model([3.0])[1]))
    assert "a_1^1 = 0.5" in shown and not [text for text in shown if text.startswith("loss")]


def test_a_title_stands_over_the_network_and_is_escaped():
    model = MLP.from_weights([[[0.5]]], [[0.1]], ["relu"])
    plain, over = draw_network(model), draw_network(model, title="w < 1 & so on")
    assert "w &lt; 1 &amp; so on" in over.svg
    assert over.svg.count("<ellipse") == plain.svg.count("<ellipse") == 2


def test_rounded_numbers_say_so_once():
    found = texts(draw_network(MLP.from_weights([[[0.5, 1 / 3]]], [[2 / 3]], ["relu"])))
    assert (
        "b_0^1 ≈0.6667" in found
        and "w_01^1" in found
        and "≈0.3333" in found
        and "w_00^1 =" in found
    )


def test_without_biases_there_is_no_text_under_a_neuron():
    model = MLP.from_weights([[[0.5, -0.5], [1, 2]]], None, ["linear"])
    picture = draw_network(model, total(model([3, 1])))
    assert "n1_0b" not in drawn_boxes(picture)
    assert not [text for text in texts(picture) if text.startswith("b")]


def test_a_shared_bias_stands_once_under_its_layers_heading():
    model = MLP.from_weights([[[0.5, -0.5], [1, 2]]], [0.35], ["linear"])
    loss = total(model([3, 1]))
    loss.backward()
    picture = draw_network(model, loss)
    shown, boxes = texts(picture), drawn_boxes(picture)
    assert shown.count("b^1 = 0.35") == 1 and "grad 2" in shown
    assert "n1_0b" not in boxes and boxes["h1"][3] <= boxes["n1_0"][1]
    assert "b^1 = 0" not in texts(draw_network(MLP(2, [9, 1], bias="shared")))


def test_neurons_of_the_same_parameters_are_told_apart_by_their_order():
    w = Value(2, "w")
    model = MLP.from_weights([[[w], [w]], [[1, 1]], [[w]]], None, ["linear"] * 3)
    shown = texts(draw_network(model, model([3])))
    assert {"6", "12", "24"} <= set(shown) and shown.count("6") == 2
    with pytest.raises(ValueError, match=r"on 2 samples \(z_0\^1 occurs 2 times\)"):
        draw_network(model, model([3]) + model([4]))


def test_a_sum_of_errors_is_written_out():
    model = MLP.from_weights([[[0.5], [1]]], None, ["linear"])
    loss = sum_half_squared_error(model([3]), [Value(1, "t_0"), Value(2, "t_1")])
    shown = texts(draw_network(model, loss))
    assert "loss: (t_0 - z_0^1)^2/2" in shown and "+ (t_1 - z_1^1)^2/2" in shown
    v = loss
    for _ in range(60):  # all of it would be too much
        v = v + 1.0
    assert any(text.startswith("loss: v") for text in texts(draw_network(model, v)))


def test_another_notation_names_what_the_model_named():
    model, loss = example()
    shown = texts(draw_network(model, loss, notation=Notation(first_index=1)))
    assert {"w_11^1 =", "b_1^2 = 0.05", "a_1^0", "y = 1.5", "loss: (y - a_1^2)^2/2"} <= set(shown)
    assert "w_00^1 =" not in shown


def test_theme_and_title_are_keywords():
    with pytest.raises(TypeError):
        draw_network(MLP(1, [1]), None, "dark")


def test_names_are_typeset_in_the_svg_alone():
    picture = draw_network(*example())
    svg = ElementTree.fromstring(picture.svg)
    written = {element.text for kind in ("text", "tspan") for element in svg.iter(f"{SVG}{kind}")}
    assert {"10", "w", "b"} <= {(text or "").strip() for text in written}
    assert not [text for text in written if "_" in (text or "")]
    assert "w_10^1" in picture.dot and "<SUB>" not in picture.dot


def test_the_loss_is_called_as_its_notation_calls_it():
    model = MLP(2, [1], notation="nielsen")
    loss = half_squared_error(model([1.0, 2.0]), 1.0)
    assert "<B>C</B>" in draw_network(model, loss).dot
    assert "<B>J</B>" in draw_network(model, loss, notation=Notation(loss_name="J")).dot
    assert "<B>L</B>" in draw_network(model, loss, notation="ng").dot
