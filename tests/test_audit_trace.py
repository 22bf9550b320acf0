"""Somebody's own code beside a recorded step: what departs first, and no right code accused."""

from __future__ import annotations

import json
import re
import sys
import textwrap
from fractions import Fraction
from functools import cache

import numpy as np
import pytest

import nn
from autograd import Value, derive
from autograd.audit import Traced, trace
from autograd.audit.tracing.numbers import array_of
from autograd.notes.profiles import NOTATIONS

W1 = [[0.2, -0.4], [-0.3, 0.8], [0.5, 0.7]]
W2 = [[-0.6, 0.9, -0.3]]
B1, B2 = [0.1, -0.2, 0.05], [0.05]
ONE, TARGET = [1.0, 2.0], 1.5
BATCH, TARGETS = [[1.0, 2.0], [0.5, -1.0], [-2.0, 0.25]], [1.5, 0.3, -0.7]


def model(activations=("relu", "linear"), notation="ng", numbers=float):
    layers = [[[numbers(str(x)) for x in row] for row in W] for W in (W1, W2)]
    biases = [[numbers(str(x)) for x in b] for b in (B1, B2)]
    return nn.MLP.from_weights(layers, biases, list(activations), notation=notation)


@cache
def step(activations=("relu", "linear"), notation="ng", batch=True, steps=1):
    network = model(activations, notation)
    descent = nn.SGD(network.parameters(), 0.1)
    data = (BATCH, TARGETS) if batch else (ONE, TARGET)
    return nn.worked(network, *data, loss=nn.half_squared_error, optimizer=descent, steps=steps)


def arrays(batch=True, rows=False, dtype=float):
    """What the codes below take, with examples as columns, or as rows."""
    X = np.array(BATCH if batch else [ONE], dtype)
    Y = np.array([TARGETS if batch else [TARGET]], dtype)
    found = {
        "X": X.T,
        "Y": Y,
        "W1": np.array(W1, dtype),
        "b1": np.array([B1], dtype).T,
        "W2": np.array(W2, dtype),
        "b2": np.array([B2], dtype),
    }
    return {name: x.T.copy() for name, x in found.items()} if rows else found


def function(code, arguments="X, Y, W1, b1, W2, b2"):
    """A function of a body, as somebody would write it."""
    names = {"np": np}
    exec(f"def backprop({arguments}):\n" + textwrap.indent(textwrap.dedent(code), "    "), names)
    return names["backprop"]


COLUMNS = """
m = X.shape[1]
Z1 = W1 @ X + b1
A1 = np.tanh(Z1)
Z2 = W2 @ A1 + b2
A2 = Z2
L = ((A2 - Y)**2).sum()/(2*m)
dZ2 = A2 - Y
dW2 = dZ2 @ A1.T/m
db2 = dZ2.sum(axis=1, keepdims=True)/m
dA1 = W2.T @ dZ2
dZ1 = dA1*(1 - A1**2)
dW1 = dZ1 @ X.T/m
db1 = dZ1.sum(axis=1, keepdims=True)/m
W1 = W1 - 0.1*dW1
b1 = b1 - 0.1*db1
W2 = W2 - 0.1*dW2
b2 = b2 - 0.1*db2
"""
ROWS = """
z1 = X @ W1 + b1
h1 = np.maximum(0, z1)
scores = h1 @ W2 + b2
loss = 0.5*np.mean((scores - Y)**2)
dscores = (scores - Y)/len(X)
grads = {}
grads['W2'] = h1.T @ dscores
grads['b2'] = dscores.sum(axis=0)
dh1 = dscores @ W2.T
dh1[z1 <= 0] = 0
dW1 = X.T @ dh1
db1 = dh1.sum(axis=0)
W1 -= 0.1*dW1
b1 -= 0.1*db1
W2 -= 0.1*grads['W2']
b2 -= 0.1*grads['b2']
"""
LISTS = """
weights, biases = [W1, W2], [b1, b2]
activation, activations, zs = X, [X], []
for b, w in zip(biases, weights):
    z = np.dot(w, activation) + b
    zs.append(z)
    activation = np.tanh(z) if len(zs) == 1 else z
    activations.append(activation)
nabla_b = [np.zeros(b.shape) for b in biases]
nabla_w = [np.zeros(w.shape) for w in weights]
delta = activations[-1] - Y
nabla_b[-1] = delta.sum(axis=1, keepdims=True)/X.shape[1]
nabla_w[-1] = np.dot(delta, activations[-2].transpose())/X.shape[1]
delta = np.dot(weights[-1].transpose(), delta)*(1 - np.tanh(zs[-2])**2)
nabla_b[-2] = delta.sum(axis=1, keepdims=True)/X.shape[1]
nabla_w[-2] = np.dot(delta, activations[-3].transpose())/X.shape[1]
weights = [w - 0.1*nw for w, nw in zip(weights, nabla_w)]
biases = [b - 0.1*nb for b, nb in zip(biases, nabla_b)]
return nabla_b, nabla_w
"""
SWAPPED = """
m = X.shape[1]
a1 = W1 @ X + b1
z1 = np.tanh(a1)
a2 = W2 @ z1 + b2
delta2 = (a2 - Y)/m
delta1 = (W2.T @ delta2)*(1 - z1**2)
dW2, dW1 = delta2 @ z1.T, delta1 @ X.T
W2_new, W1_new = W2 - 0.1*dW2, W1 - 0.1*dW1
"""
FROM_0 = """
W0, b0, W1, b1 = W1, b1, W2, b2
z0 = W0 @ X + b0
a0 = np.tanh(z0)
z1 = W1 @ a0 + b1
dz1 = (z1 - Y)/X.shape[1]
dW1 = dz1 @ a0.T
db1 = dz1.sum(axis=1, keepdims=True)
dz0 = W1.T @ dz1*(1 - a0**2)
dW0 = dz0 @ X.T
W0, W1 = W0 - 0.1*dW0, W1 - 0.1*dW1
"""
NEGATIVE = """
Z1 = W1 @ X + b1
A1 = np.tanh(Z1)
A2 = W2 @ A1 + b2
delta2 = (Y - A2)/X.shape[1]
delta1 = W2.T @ delta2*(1 - A1**2)
W2 += 0.1*delta2 @ A1.T
W1 += 0.1*delta1 @ X.T
b2 += 0.1*delta2.sum(axis=1, keepdims=True)
b1 += 0.1*delta1.sum(axis=1, keepdims=True)
"""
ON_THE_WAY = """
Z1 = W1 @ X
Z1 = Z1 + b1
A1 = np.tanh(Z1)
Z2 = W2 @ A1
Z2 += b2
L = 0
for k in range(X.shape[1]):
    L += (Z2[0, k] - Y[0, k])**2/2
L /= X.shape[1]
dW1, db1 = np.zeros_like(W1), np.zeros_like(b1)
dW2, db2 = np.zeros_like(W2), np.zeros_like(b2)
for k in range(X.shape[1]):
    x, a1 = X[:, [k]], A1[:, [k]]
    dz2 = Z2[:, [k]] - Y[:, [k]]
    dz1 = W2.T @ dz2*(1 - a1**2)
    dW2 += dz2 @ a1.T
    db2 += dz2
    dW1 += dz1 @ x.T
    db1 += dz1
for gradient in (dW1, db1, dW2, db2):
    gradient /= X.shape[1]
"""
OBJECTS = """
class Net:
    def step(self, X, Y):
        self.z1 = self.W1 @ X + self.b1
        self.a1 = np.tanh(self.z1)
        self.z2 = self.W2 @ self.a1 + self.b2
        self.grads = {}
        self.delta2 = (self.z2 - Y)/X.shape[1]
        self.grads["dW2"] = self.delta2 @ self.a1.T
        self.grads["dW1"] = ((self.W2.T @ self.delta2)*(1 - self.a1**2)) @ X.T
net = Net()
net.W1, net.b1, net.W2, net.b2 = W1, b1, W2, b2
return net
"""
RIGHT = {
    "columns": COLUMNS,
    "lists": LISTS,
    "swapped": SWAPPED,
    "from 0": FROM_0,
    "negative": NEGATIVE,
    "on the way": ON_THE_WAY,
}


PARTS = """
def tanh(z):
    a = np.tanh(z)
    return a
def forward(X, parameters):
    Z1 = parameters["W1"] @ X + parameters["b1"]
    A1 = tanh(Z1)
    Z2 = parameters["W2"] @ A1 + parameters["b2"]
    return Z2, {"Z1": Z1, "A1": A1}
def backward(X, Y, A2, parameters, cache):
    m = X.shape[1]
    dZ2 = A2 - Y
    dZ1 = np.multiply(parameters["W2"].T @ dZ2, 1 - cache["A1"]**2)
    return {"dW1": dZ1 @ X.T/m, "db1": dZ1.sum(axis=1, keepdims=True)/m,
            "dW2": dZ2 @ cache["A1"].T/m, "db2": dZ2.sum(axis=1, keepdims=True)/m}
def update(parameters, grads, rate):
    return {key: parameters[key] - rate*grads["d" + key] for key in parameters}
parameters = {"W1": W1, "b1": b1, "W2": W2, "b2": b2}
A2, cache = forward(X, parameters)
grads = backward(X, Y, A2, parameters, cache)
parameters = update(parameters, grads, 0.1)
"""


def test_functions_that_it_calls_are_watched_too():
    recorded = step(("tanh", "linear"))
    found = trace(function(PARTS), arrays(), recorded)
    found.assert_right()
    assert {"Z1", "cache['A1']", "dZ1", "grads['dW1']", "parameters['b2']"} <= {*found.right}
    found = trace(function(PARTS.replace("1 - cache", "1 - 0*cache")), arrays(), recorded)
    assert (found.first.name, found.first.line) == ("dZ1", 14)
    assert found.first.explanations == ("tanh'(Z^[1]) is missing",)


def test_methods_that_it_calls_are_watched_too():
    called = "self.grads = {}; self.backward(X, Y)\n    def backward(self, X, Y):"
    code = OBJECTS.replace("self.grads = {}", called)
    net = function(code.replace("(1 - self.a1**2)", "(1 - self.z1**2)"))(**arrays())
    found = trace(net.step, {key: arrays()[key] for key in "XY"}, step(("tanh", "linear")))
    assert found.first.name == "self.grads['dW1']" and "self.delta2" in found.right


def test_the_first_value_that_departs_is_named():
    code = COLUMNS.replace("dZ1 = dA1*(1 - A1**2)", "dZ1 = dA1")
    found = trace(function(code), arrays(), step(("tanh", "linear")))
    assert (found.first.name, found.first.meaning, found.first.line) == ("dZ1", "dZ^[1]", 13)
    assert found.first.explanations == ("tanh'(Z^[1]) is missing",)
    assert list(found.after) == ["dW1", "db1", "W1", "b1"]
    assert found.right[-1] == "dA1" and "m" in found.not_checked
    with pytest.raises(AssertionError, match=r"dZ1, dZ\^\[1\], departs: .*is missing"):
        found.assert_right()


IN_DICTIONARIES = """
p = {"W1": W1, "b1": b1, "W2": W2, "b2": b2}
m = X.shape[1]
A1 = np.tanh(p["W1"] @ X + p["b1"])
error = p["W2"] @ A1 + p["b2"] - Y
g = {}
g["W2"] = error @ A1.T/m
g["b2"] = error.sum(axis=1, keepdims=True)/m
below = p["W2"].T @ error*(1 - A1**2)
g["W1"] = below @ X.T/m
g["b1"] = below.sum(axis=1, keepdims=True)/m
for k in p:
    p[k] = p[k] - 0.1*g[k]
return g
"""


@pytest.mark.parametrize("name", ["g", "dparams", "deltas", "update", "back", "grads"])
def test_a_dictionary_of_gradients_is_known_by_its_values(name):
    recorded = step(("tanh", "linear"))
    right = re.sub(r"\bg\b", name, IN_DICTIONARIES)
    found = trace(function(right), arrays(), recorded)
    found.assert_right()
    assert {f"{name}['W1']", "the returned value['b2']"} <= {*found.right}, str(found)
    found = trace(function(right.replace("(1 - A1**2)", "A1")), arrays(), recorded)
    assert (found.first.name, found.first.meaning) == (f"{name}['W1']", "dW^[1]")
    found = trace(function(right.replace("- Y", "+ Y")), arrays(), recorded)
    assert name in ("update", "back") or found.first.meaning == "dW^[2]"


def test_a_dictionary_of_neither_is_not_judged_where_the_updates_are_right():
    code = IN_DICTIONARIES.replace("return g", "v = {k: 0.3*g[k]**2 for k in g}\nreturn 0")
    trace(function(code), arrays(), step(("tanh", "linear"))).assert_right()
    wrong = "return {k: W1 - 2*g[k] if k == 'W1' else p[k] for k in p}"
    code = IN_DICTIONARIES.replace("return g", wrong)
    found = trace(function(code), arrays(), step(("tanh", "linear")))
    assert found.first.name == "the returned value['W1']"


# --- what is left out -----------------------------------------------------------------------------

ALL = "\nreturn W1, b1, W2, b2\n"


@cache
def softmax_step():
    layers = [[W1, [[0.3, 0.1, -0.2], *W2]], [B1, [*B2, 0.0]]]
    network = nn.MLP.from_weights(*layers, ["tanh", "softmax"], notation="ng")
    descent = nn.SGD(network.parameters(), 0.1)
    return nn.worked(network, BATCH, [0, 1, 0], loss=nn.cross_entropy, optimizer=descent)


def test_a_gradient_summed_over_everything_is_no_gradient():
    inputs = arrays() | {"Y": np.array([[1, 0, 1], [0, 1, 0]])}
    inputs |= {"W2": np.array([[0.3, 0.1, -0.2], *W2]), "b2": np.array([[*B2, 0.0]]).T}
    code = COLUMNS.replace("A2 = Z2", "A2 = np.exp(Z2)/np.exp(Z2).sum(axis=0)")
    code = code.replace("L = ((A2 - Y)**2).sum()/(2*m)", "").replace("dZ1 = dA1*", "dZ1 = dA1 *")
    trace(function(code + ALL), inputs, softmax_step()).assert_right()
    wrong = code.replace("db2 = dZ2.sum(axis=1, keepdims=True)/m", "db2 = np.sum(dZ2)/m")
    found = trace(function(wrong + ALL), inputs, softmax_step())
    assert found.first.name == "db2" and not found.is_right
    assert found.first.explanations == ("it is summed over the neurons too: the axis",)
    assert "b2" in found.after
    other = code.replace("db2 = dZ2.sum(axis=1, keepdims=True)/m", "db2 = np.ones(7)")
    other = other.replace("b2 = b2 - 0.1*db2", "")
    found = trace(function(other), inputs, softmax_step())
    assert found.first is None and list(found.unchecked) == ["db2"] and not found.is_right
    assert "not known to be right, nor what rests on it: db2" in str(found)


@pytest.mark.parametrize("name", ["W1", "b1", "W2", "b2"])
def test_a_forgotten_update_is_found(name):
    recorded = step(("tanh", "linear"))
    code = COLUMNS.replace(f"{name} = {name} - 0.1*d{name}\n", "") + ALL
    found = trace(function(code), arrays(), recorded)
    assert (found.first.name, found.first.line) == (name, 20)
    assert found.first.explanations == ("it is the old one: it is not updated",)
    code = IN_DICTIONARIES.replace("for k in p", f"for k in sorted(set(p) - {{'{name}'}})")
    found = trace(function(code), arrays(), recorded)
    assert found.first.name == f"p['{name}']"
    at_line = COLUMNS.replace(f"- 0.1*d{name}\n", f"- 1e-17 - 1e-15*d{name}\n") + ALL
    found = trace(function(at_line), arrays(), recorded)
    assert (found.first.name, found.first.line) == (name, 16 + ["W1", "b1", "W2", "b2"].index(name))


def test_code_that_leaves_updates_to_others_is_right():
    recorded = step(("tanh", "linear"))
    gradients = COLUMNS[: COLUMNS.index("W1 = W1")]
    for ending in (
        ALL,
        "\nreturn dW1",
        "\nW2 = W2 - 0.1*dW2\nreturn W2",
        "\nW2 = W2 - 0.1*dW2\nreturn [W1, [W1 - 0.1*dW1, b1 - 0.1*db1], {'b': b2 - 0.1*db2}]",
        "\nW2 = W2 - 0.1*dW2\ntheta = W1 - 0.1*dW1\nreturn theta, W1",
    ):
        trace(function(gradients + ending), arrays(), recorded).assert_right()
    shaped = COLUMNS.replace("db1 = dZ1.sum(axis=1, keepdims=True)/m", "db1 = np.ones((3, 2))")
    shaped = shaped.replace("b1 - 0.1*db1", "b1 - 0.1*dZ1.sum(axis=1, keepdims=True)/m")
    trace(function(shaped), arrays(), recorded).assert_right()


@pytest.mark.one_in(3)
@pytest.mark.parametrize("notation", ["ng", "notes", "mitchell", "nielsen", "bishop", "cs231n"])
@pytest.mark.parametrize("code", RIGHT.values(), ids=RIGHT)
def test_right_code_in_any_style_has_no_finding(code, notation):
    found = trace(function(code), arrays(), step(("tanh", "linear"), notation))
    found.assert_right()
    assert len(found.right) > 8, str(found)


def test_right_code_over_rows_has_no_finding():
    found = trace(function(ROWS), arrays(rows=True), step(("relu", "linear")))
    found.assert_right()
    assert {"dh1", "dW1", "grads['W2']", "grads['b2']", "loss"} <= {*found.right}, str(found)


def test_what_an_object_holds():
    net = function(OBJECTS)(**arrays())
    data = {key: arrays()[key] for key in "XY"}
    found = trace(net.step, data, step(("tanh", "linear")))
    assert found.is_right and "self.grads['dW1']" in found.right
    net.W1 = net.W1 + 1
    assert trace(net.step, data, step(("tanh", "linear"))).first.name == "self.W1"


@pytest.mark.one_in(9)
@pytest.mark.parametrize("notation", NOTATIONS)
def test_the_code_that_a_step_writes_is_right(notation):
    """In matrices and number by number, of a step and of its loss."""
    recorded = step(("tanh", "sigmoid"), notation, batch=notation in ("ng", "notes"))
    graph = recorded.epochs[0].label.graph
    for source, truth in (
        (recorded.python(matrices=True), recorded),
        (derive(graph).python(), graph),
    ):
        found = trace(function(source, ""), {}, truth)
        assert found.is_right and not found.remarks and len(found.right) > 15, str(found)


# --- mistakes -------------------------------------------------------------------------------------

SQUARE = """
Z1 = W1 @ X + b1
A1 = np.tanh(Z1)
Z2 = W2 @ A1 + b2
dZ2 = (Z2 - Y)/X.shape[1]
dW2 = dZ2 @ A1.T
db2 = dZ2.sum(axis=1, keepdims=True)
dA1 = W2.T @ dZ2
dZ1 = dA1*(1 - A1**2)
dW1 = dZ1 @ X.T
db1 = dZ1.sum(axis=1, keepdims=True)
W1 = W1 - 0.1*dW1
W2 = W2 - 0.1*dW2
"""
BUGS = {  # what is written instead, which name departs, and what it may be
    "mask": ("*(1 - A1**2)", "", "dZ1", "tanh'(Z^[1]) is missing"),
    "z in tanh'": ("1 - A1**2", "1 - Z1**2", "dZ1", "Z^[1] stands for A^[1] in tanh'"),
    "a twice": ("1 - A1**2", "1 - np.tanh(A1)**2", "dZ1", "tanh' is taken at A^[1], not at Z^[1]"),
    "* for @": ("W2.T @ dZ2", "W2.T * dZ2", "dA1", "W^[2] is multiplied entry by entry: * for @"),
    "transposed": ("W2.T @", "W2 @", "dA1", "W^[2] is not transposed"),
    "forward": ("W1 @ X", "W1.T @ X", "Z1", "W^[1] is transposed"),
    "pre-activation": ("W2 @ A1", "W2 @ Z1", "Z2", "Z^[1] stands in the place of A^[1]"),
    "no bias": ("W1 @ X + b1", "W1 @ X", "Z1", "the bias b^[1] is not added"),
    "of itself": ("dZ2 @ A1.T", "dZ2 @ Z1.T", "dW2", "Z^[1] stands in the place of A^[1]"),
    "inputs": ("dZ2 @ A1.T", "dZ2 @ X.T", "dW2", "X stands in the place of A^[1]"),
    "untransposed": ("dZ1 @ X.T", "dZ1 @ X", "dW1", "X is not transposed"),
    "over m": ("dZ1 @ X.T", "dZ1 @ X.T*2", "dW1", "it is 2 times that: the sum is not divided"),
    "axis": ("db1 = dZ1.sum(axis=1", "db1 = dZ1.T.sum(axis=1", "db1", "it is summed over the neur"),
    "not summed": (
        "db1 = dZ1.sum(axis=1, keepdims=True)",
        "db1 = dZ1",
        "db1",
        "dZ^[1] is not summ",
    ),
    "sign": ("(Z2 - Y)", "(Y - Z2)", "dZ2", "it is the negative: a sign is lost"),
    "uphill": ("W2 - 0.1*dW2", "W2 + 0.1*dW2", "W2", "the step goes the other way: the sign"),
    "rate": ("W2 - 0.1*dW2", "W2 - dW2", "W2", "the learning rate is missing: W^[2] - dW^[2]"),
    "turned step": ("W2 - 0.1*dW2", "W2 - 0.1*dW2.T", "W2", "the step is transposed"),
}


SQUARE_X, SQUARE_Y = [[1.0, 2.0], [0.5, -1.0]], [[1.5, 0.3], [-0.7, 0.25]]


@cache
def square_step():
    """Two inputs, two hidden, two outputs, two samples: no shape shows a mistake."""
    network = nn.MLP.from_weights(
        [[[0.2, -0.4], [-0.3, 0.8]], [[0.5, 0.7], [-0.6, 0.9]]],
        [[0.1, -0.2], [0.3, 0.05]],
        ["tanh", "linear"],
        notation="ng",
    )
    descent = nn.SGD(network.parameters(), 0.1)
    return nn.worked(network, SQUARE_X, SQUARE_Y, loss=nn.sum_half_squared_error, optimizer=descent)


def square():
    return {
        "X": np.array(SQUARE_X).T,
        "Y": np.array(SQUARE_Y).T,
        "W1": np.array([[0.2, -0.4], [-0.3, 0.8]]),
        "b1": np.array([[0.1], [-0.2]]),
        "W2": np.array([[0.5, 0.7], [-0.6, 0.9]]),
        "b2": np.array([[0.3], [0.05]]),
    }, square_step()


@pytest.mark.parametrize(("old", "new", "name", "said"), BUGS.values(), ids=BUGS)
def test_mistakes_are_explained_where_no_shape_shows_them(old, new, name, said):
    inputs, recorded = square()
    assert old in SQUARE
    found = trace(function(SQUARE.replace(old, new, 1)), inputs, recorded)
    assert found.first is not None, str(found)
    assert found.first.name == name, str(found)
    assert any(each.startswith(said) for each in found.first.explanations), str(found)


def test_the_square_code_is_right_without_a_mistake():
    trace(function(SQUARE), *square()).assert_right()


def test_the_updated_weight_where_the_old_one_belongs():
    lines = SQUARE.strip().splitlines()
    late = [*lines[:6], lines[-1], *lines[6:-1]]
    found = trace(function("\n".join(late)), *square())
    assert found.first.name == "dA1"
    assert found.first.explanations == ("W^[2] is the updated one, where the old one belongs",)


def test_the_mask_of_a_relu_that_is_forgotten_over_rows():
    found = trace(function(ROWS.replace("dh1[z1 <= 0] = 0\n", "")), arrays(rows=True), step())
    assert found.first.name == "dW1"
    assert found.first.explanations == ("relu'(Z^[1]) is missing in dZ^[1]",)


MUTANTS = [
    (RIGHT["columns"], "(1 - A1**2)", "(1 - A1)", "dZ1"),
    (LISTS, "np.tanh(zs[-2])**2", "zs[-2]**2", "nabla_b[0]"),
    (SWAPPED, "(1 - z1**2)", "(1 - a1**2)", "delta1"),
    (FROM_0, "(1 - a0**2)", "a0", "dz0"),
    (NEGATIVE, "W1 += ", "W1 -= ", "W1"),
    (ON_THE_WAY, "dz1 @ x.T", "-dz1 @ x.T", "dW1"),
]


@pytest.mark.parametrize(("code", "old", "new", "name"), MUTANTS)
def test_mistakes_in_any_style_are_found(code, old, new, name):
    assert code.count(old) == 1
    found = trace(function(code.replace(old, new)), arrays(), step(("tanh", "linear")))
    assert not found.is_right and found.first.name == name, str(found)


# --- conventions, and what is not compared --------------------------------------------------------


def test_error_terms_that_are_all_negative_are_asked_about():
    code = NEGATIVE.partition("W2 +=")[0]
    found = trace(function(code), arrays(), step(("tanh", "linear")))
    assert found.first is None
    assert found.remarks[0] == "delta2 is the negative of dZ^[2]: a convention?"


ONE_BY_ONE = """
z = w*2 + b
delta = 1.5 - z
w_new = w + 0.1*delta*2
w, b = w_new, b + 0.1*delta
return w, b
"""


def test_single_numbers_in_another_sign_are_no_mistake_where_the_update_is_right():
    network = nn.MLP.from_weights([[[0.5]]], [[-0.25]], ["linear"])
    descent = nn.SGD(network.parameters(), 0.1)
    recorded = nn.worked(network, [2.0], 1.5, loss=nn.half_squared_error, optimizer=descent)
    code = ONE_BY_ONE
    for old, new in (("delta", "delta_0_1"), ("z", "z_0_1"), ("b", "b_0_1"), ("w", "w_00_1")):
        code = re.sub(rf"\b{old}\b", new, code)
    code = code.replace("w_new", "w_00_1_new")
    found = trace(function(code, "w_00_1, b_0_1"), (0.5, -0.25), recorded)
    assert found.is_right, str(found)
    assert found.remarks == ["delta_0_1 is the negative of delta_0^1: a convention?"]
    wrong = function(code.replace("+ 0.1", "- 0.1", 1), "w_00_1, b_0_1")
    found = trace(wrong, (0.5, -0.25), recorded)
    assert found.first.name == "delta_0_1"


def test_a_square_gradient_that_is_transposed_is_asked_about():
    inputs, recorded = square()
    code = SQUARE.replace("dW1 = dZ1 @ X.T", "dW1 = X @ dZ1.T").partition("W1 = W1 -")[0]
    found = trace(function(code), inputs, recorded)
    said = "dW1 is the transpose of dW^[1], where the weights are not: is it meant?"
    assert found.first is None and found.remarks == [said]


def test_a_name_for_something_else_is_none_where_all_that_follows_is_right():
    code = (
        COLUMNS.replace("dZ1 = dA1*(1 - A1**2)", "dZ1 = dA1")
        .replace("dZ1 @ X.T", "(dZ1*(1 - A1**2)) @ X.T")
        .replace("dZ1.sum(", "(dZ1*(1 - A1**2)).sum(")
    )
    found = trace(function(code), arrays(), step(("tanh", "linear")))
    assert found.remarks == ["dZ1 is not dZ^[1], but all that follows from it is right"]
    found.assert_right()


def test_a_relu_at_its_kink_is_not_decided():
    network = nn.MLP.from_weights([[[0.1, 0.2]], [[1]]], [[-0.3], [0]], ["relu", "linear"])
    loss = nn.half_squared_error(network([1.0, 1.0]), 1)

    def code(W1, b1, W2):
        Z1 = W1 @ np.array([[1.0], [1.0]]) + b1
        dA1 = W2.T @ (W2 @ np.maximum(0, Z1) - 1)
        dZ1 = dA1 * (Z1 > 1e-12)
        return dA1, dZ1

    found = trace(code, [np.array([[0.1, 0.2]]), np.array([[-0.3]]), np.array([[1.0]])], loss)
    assert found.first is None and "dZ1: not decided: a ReLU stands at 0" in found.remarks


def test_more_passes_than_the_step_has_are_not_compared():
    code = COLUMNS + textwrap.dedent(COLUMNS).replace("m = X.shape[1]\n", "")
    trace(function(code), arrays(), step(("tanh", "linear"))).assert_right()
    trace(function(code), arrays(), step(("tanh", "linear"), steps=2)).assert_right()
    network = model(("tanh", "linear"))
    loss = nn.over(nn.half_squared_error, [network(x) for x in BATCH], TARGETS)
    trace(function(code), arrays(), loss).assert_right()


def test_a_mistake_in_the_second_step_is_found_there():
    second = textwrap.dedent(COLUMNS).replace("1 - A1**2", "1 - Z1**2")
    found = trace(function(COLUMNS + second), arrays(), step(("tanh", "linear"), steps=2))
    assert (found.first.name, found.first.line) == ("dZ1", 31)


def test_numbers_of_32_bits_and_fractions():
    code = function(COLUMNS)
    trace(code, arrays(dtype=np.float32), step(("tanh", "linear"))).assert_right()
    wrong = function(COLUMNS.replace("1 - A1**2", "1.001 - A1**2"))
    assert not trace(wrong, arrays(dtype=np.float32), step(("tanh", "linear"))).is_right
    w, x = Value(Fraction(1, 3), "w"), Value(Fraction(2), "x")
    loss = (w * x - 1) ** 2
    loss.name = "L"

    def exact(w, x):
        dw = 2 * (w * x - 1) * x
        return dw, w

    found = trace(exact, {"w": Fraction(1, 3), "x": 2}, loss)
    assert found.returned == (Fraction(-4, 3), Fraction(1, 3)) and list(found.right) == [
        "w",
        "x",
        "dw",
    ]


def test_counts_and_rates_are_no_losses():
    def code(W1, L, l, J):  # noqa: E741 - so people call them
        m = 3
        return L + l + m

    found = trace(code, (np.array(W1), 2, 0.1, 5), step(batch=False))
    assert (
        found.first is None and not found.is_right and {"L", "l", "m", "J"} == {*found.not_checked}
    )


def test_what_is_no_number_and_what_is_large_is_passed_over():
    def code(W1):
        W2 = np.zeros((1000, 1000))
        b1 = "text"
        b2 = [[1, 2], [3]]
        Z1 = [None]
        A1 = np.array(["a"])
        dW1 = np.array([[1j, 2], [3, 4], [5, 6]])
        loss = float("nan")
        return W2, b1, b2, Z1, A1, dW1, loss

    found = trace(code, (np.array(W1),), step(batch=False))
    assert found.first.name == "loss" and "nan" in found.first.sentence
    assert array_of(np.zeros((1000, 1000))) is None and array_of(True) is None


def test_what_is_no_number_is_named_where_it_arose():
    code = COLUMNS.replace("A2 = Z2\n", "A2 = Z2*np.nan\n")
    found = trace(function(code), arrays(), step(("tanh", "linear")))
    assert (found.first.name, found.first.line) == ("A2", 7)


def test_objects_of_ones_own_are_not_asked_anything():
    class Other:
        def __getattr__(self, name):
            raise RuntimeError(name)

    def code(W1, other):
        Z1 = other
        A1 = []
        A1.append(A1)
        return Z1, A1

    assert trace(code, (np.array(W1), Other()), step(batch=False)).first is None


def test_nothing_that_means_something_is_no_success():
    found = trace(lambda: None, {}, step(batch=False))
    assert not found.is_right and found.first is None
    with pytest.raises(AssertionError, match="nothing that it computes is right"):
        found.assert_right()


# --- the call -------------------------------------------------------------------------------------


def test_what_the_function_raises_is_raised_with_what_was_found():
    def code(X, W1, b1):
        Z1 = W1 @ X + b1
        dZ1 = -Z1
        return dZ1 @ W1.T

    inputs = {key: arrays()[key] for key in ("X", "W1", "b1")}
    with pytest.raises(ValueError, match="matmul") as caught:
        trace(code, inputs, step())
    if sys.version_info >= (3, 11):
        assert "right: X, W1, b1, Z1" in caught.value.__notes__[0]


def test_the_tracer_that_was_there_is_there_again():
    seen = []

    def other(frame, event, argument):
        seen.append(event)

    def code(W1):
        return W1

    sys.settrace(other)
    try:
        trace(code, (np.array(W1),), step(batch=False))
        assert sys.gettrace() is other
        with pytest.raises(ZeroDivisionError):
            trace(lambda: 1 / 0, (), step(batch=False))
        assert sys.gettrace() is other
    finally:
        sys.settrace(None)


def test_a_long_loop_goes_on_unseen(monkeypatch):
    monkeypatch.setattr("autograd.audit.tracing.watching.MOST_LINES", 50)

    def code(W1):
        for k in range(1000):
            W1 = W1 + 0 * k
        return k

    found = trace(code, (np.array(W1),), step(batch=False))
    assert found.returned == 999 and not found.is_whole
    assert "what came then was not checked" in str(found)


def test_names_are_shown_as_text():
    def code(grads):
        return grads

    bad = {"dW1\x1b[31m": np.ones((3, 2))}
    assert "\x1b" not in str(trace(code, (bad,), step(batch=False)))


def test_the_record_is_that_of_a_sheet():
    code = COLUMNS.replace("dZ1 = dA1*(1 - A1**2)", "dZ1 = dA1")
    found = trace(function(code), arrays(), step(("tanh", "linear")))
    record = json.loads(json.dumps(found.as_record()))
    first, second, *_ = record["claims"]
    assert (first["name"], first["verdict"], first["root"]) == ("dZ1", "slip", None)
    assert (second["name"], second["verdict"], second["root"]) == ("dW1", "carried forward", 13)
    assert isinstance(found, Traced) and record["summary"]["whole"]


def test_a_rounded_step_is_refused():
    network = model()
    descent = nn.SGD(network.parameters(), 0.1)
    rounded = nn.worked(
        network,
        ONE,
        TARGET,
        loss=nn.half_squared_error,
        optimizer=descent,
        decimals=2,
        rounding="each step",
    )
    with pytest.raises(ValueError, match="record the step without rounding"):
        trace(lambda: None, (), rounded)


PASS = """
Z1 = W1 @ X + b1
A1 = np.maximum(0, Z1)
Z2 = W2 @ A1 + b2
dZ2 = (Z2 - Y)/X.shape[1]
dW2, db2 = dZ2 @ A1.T, dZ2.sum(1, keepdims=True)
dZ1 = W2.T @ dZ2*(Z1 > 0)
dW1, db1 = dZ1 @ X.T, dZ1.sum(1, keepdims=True)
W1, b1, W2, b2 = W1 - 0.1*dW1, b1 - 0.1*db1, W2 - 0.1*dW2, b2 - 0.1*db2
"""
LOOP = "for epoch in range(3):\n" + textwrap.indent(PASS, "    ")
PREDICTED = (
    "def predict(X, W1, b1, W2, b2):\n    A1 = np.maximum(0, W1 @ X + b1)\n    A2 = W2 @ A1 + b2"
)
PREDICTED += "\n    return A2\n"


@pytest.mark.parametrize(
    "after",
    [
        'return {"W1": W1, "b1": b1, "W2": W2.copy(), "b2": b2}',
        'grads = {"dW1": dW1, "dW2": dW2}\nreturn grads',
        "net = dict(W1=W1)\nweights = [W1, W2]",
        PREDICTED + "P = predict(X, W1, b1, W2, b2)",
    ],
)
def test_what_goes_on_after_the_passes_is_not_compared_under_another_name(after):
    found = trace(function(LOOP + after), arrays(), step())
    assert found.is_right and not found.remarks, found


def test_what_goes_wrong_in_the_pass_is_compared_under_every_name():
    wrong = PASS.replace("W1 - 0.1*dW1", "W1 + 0.1*dW1")
    found = trace(function(wrong + 'return {"W1": W1, "W2": W2}'), arrays(), step())
    assert found.first.name == "W1" and found.after == ["the returned value['W1']"]


NUMERIC = """
def loss(W1, b1):
    A1 = np.maximum(0, W1 @ X + b1)
    Z2 = W2 @ A1 + b2
    L = ((Z2 - Y)**2).sum()/(2*X.shape[1])
    return L
numeric, W = np.zeros(W1.shape), W1.copy()
for i in range(3):
    W[i, 0] += 1e-6
    up = loss(W, b1)
    W[i, 0] -= 2e-6
    numeric[i, 0] = (up - loss(W, b1))/2e-6
    W[i, 0] += 1e-6
"""


def test_a_numerical_gradient_is_none_of_the_step():
    found = trace(function(NUMERIC + PASS), arrays(), step())
    assert found.is_right, found
    wrong = trace(function(NUMERIC + PASS.replace("W2.T @ dZ2", "-W2.T @ dZ2")), arrays(), step())
    assert wrong.first.name == "dZ1"


class Net:
    """A network as an object, with a gradient check of its own."""

    def __init__(self, W1, b1, W2, b2):
        self.W1, self.b1, self.W2, self.b2 = W1, b1, W2, b2

    def loss(self, X, Y):
        A1 = np.maximum(0, self.W1 @ X + self.b1)
        Z2 = self.W2 @ A1 + self.b2
        return ((Z2 - Y) ** 2).sum() / (2 * X.shape[1])

    def numeric(self, X, Y):
        before = self.W1[0, 0]
        self.W1[0, 0] = before + 1e-6
        found = self.loss(X, Y)
        self.W1[0, 0] = before
        return found

    def fit(self, X, Y):
        for _ in range(3):
            A1 = np.maximum(0, self.W1 @ X + self.b1)
            dZ2 = (self.W2 @ A1 + self.b2 - Y) / X.shape[1]
            dW2 = dZ2 @ A1.T
            dZ1 = self.W2.T @ dZ2 * (A1 > 0)
            self.W1 = self.W1 - 0.1 * dZ1 @ X.T
            self.b1 = self.b1 - 0.1 * dZ1.sum(1, keepdims=True)
            self.b2 = self.b2 - 0.1 * dZ2.sum(1, keepdims=True)
            self.W2 = self.W2 - 0.1 * dW2


def test_an_object_is_compared_in_the_passes_of_the_step_alone():
    def train(X, Y, W1, b1, W2, b2):
        net = Net(W1.copy(), b1, W2, b2)
        net.numeric(X, Y)
        net.fit(X, Y)
        W1 = net.W1
        assert W1 is not None

    found = trace(train, arrays(), step())
    assert found.is_right and {"self.W1", "self.W2"} <= set(found.right), str(found)


@pytest.mark.parametrize(
    "code",
    ["(A2 > 0.5).astype(int)", "np.round(A2)", "1.0*(A2 > 0.5)", "[int(a > 0) for a in A2[0]]"],
)
def test_labels_are_no_outputs(code):
    forward = "A1 = np.maximum(0, W1 @ X + b1)\nA2 = 1/(1 + np.exp(-W2 @ A1 - b2))\n"
    case = step(("relu", "sigmoid"))
    found = trace(function(f"{forward}y_pred = {code}"), arrays(), case)
    assert found.is_right and found.not_checked["y_pred"] == "labels of classes"
    wrong = trace(function(f"{forward}y_pred = A2 > 0.5\ny_pred = 2*A2"), arrays(), case)
    assert wrong.first.name == "y_pred"


def test_a_float_of_float32_is_as_exact_as_that():
    code = "L = float(np.sum((W2 @ np.maximum(0, W1 @ X + b1) + b2 - Y)**2)/6)"
    found = trace(function(code), arrays(dtype=np.float32), step())
    assert found.is_right and "L" in found.right
    assert trace(function(code + "*1.001"), arrays(dtype=np.float32), step()).first.name == "L"
    other = trace(function(code + "*(1 + 2e-5)"), arrays(), step())
    assert other.first.name == "L"  # of float64 it is none


GUARDED = """
for epoch in range(3):
    A1 = np.maximum(0, W1 @ X + b1)
    A2 = 1/(1 + np.exp(-W2 @ A1 - b2))
    L = -np.mean(Y*np.log(A2 + 1e-8) + (1 - Y)*np.log(1 - A2 + 1e-8))
    dA2 = ((1 - Y)/(1 - A2 + 1e-8) - Y/(A2 + 1e-8))/X.shape[1]
    dZ2 = dA2*A2*(1 - A2)
    dW2, db2 = dZ2 @ A1.T, dZ2.sum(1, keepdims=True)
    dZ1 = W2.T @ dZ2*(A1 > 0)
    dW1, db1 = dZ1 @ X.T, dZ1.sum(1, keepdims=True)
    W1, b1, W2, b2 = W1 - 0.1*dW1, b1 - 0.1*db1, W2 - 0.1*dW2, b2 - 0.1*db2
"""


def guarded(code):
    network = model(("relu", "sigmoid"))
    descent, loss = nn.SGD(network.parameters(), 0.1), nn.binary_cross_entropy
    inputs = {**arrays(), "Y": np.array([[1, 0, 1]])}
    return trace(
        function(code), inputs, nn.worked(network, BATCH, [1, 0, 1], loss=loss, optimizer=descent)
    )


def test_a_guard_in_a_logarithm_is_asked_about():
    found = guarded(GUARDED)
    assert found.is_right and "L: equal to 2e-08: a guard?" in found.remarks, str(found)
    assert {"A1", "A2", "W1"} <= set(found.right)
    assert guarded(GUARDED.replace("1e-8", "1e-3")).first.name == "L"
    assert guarded(GUARDED.replace("W1 - 0.1*dW1", "W1 - 0.1001*dW1")).first.name == "W1"


def test_the_digits_are_shown_in_which_two_numbers_differ():
    inputs = arrays()
    inputs["W2"] = inputs["W2"] + 1e-8
    said = trace(function("pass"), inputs, step()).first.sentence
    assert "[[-0.59999999, 0.90000001, -0.29999999]], true [[-0.6, 0.9, -0.3]]" in said
