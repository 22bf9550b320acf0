"""Every operation of the rule table is drawn in both views, with the engine's own numbers."""

from __future__ import annotations

import pytest
from samples import SAMPLES

from autograd import OPERATIONS, Value, draw, draw_circuit
from autograd.notes.number_style import PLAIN
from tests.picture_measure import lines_of
from tests.pictures import as_typed, cards_shown

pytestmark = pytest.mark.usefixtures("bundled")


def recorded(name, backward):
    """A result of the operation, and all nodes, each with a name."""
    operands = SAMPLES[name].floats[0]
    nodes = [Value(number, f"x_{place}") for place, number in enumerate(operands)]
    root = OPERATIONS[name](*SAMPLES[name].arrange(*nodes))
    root.name = "f"
    if backward:
        root.backward()
    return root, [*nodes, root]


def numbers_of(nodes, backward):
    """What must stand beside each name."""
    return {x.name: (PLAIN.short(x.data), PLAIN.short(x.grad) if backward else "-") for x in nodes}


def on_wires(picture):
    """The number above each wire that has a name at its end, and the one below."""
    at = {}
    for line in lines_of(as_typed(picture).svg):
        at.setdefault(line.owner, []).append(line)
    found = {}
    for owner, lines in at.items():
        if owner.startswith("w"):
            (name,) = (line.text for line in lines if line.text in NAMES)
            above, below = sorted(
                (line for line in lines if line.text != name), key=lambda line: line.box.top
            )
            found[name] = above.text, below.text
    return found


NAMES = {"f", *(f"x_{place}" for place in range(9))}


@pytest.mark.one_in(4)
@pytest.mark.parametrize("backward", [True, False])
@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_s_circuit_has_value_above_and_gradient_below(name, backward):
    root, nodes = recorded(name, backward)
    shown = on_wires(draw_circuit(root, gradients=True))
    assert shown == numbers_of(nodes, backward)


@pytest.mark.one_in(4)
@pytest.mark.parametrize("backward", [True, False])
@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_s_cards_have_value_and_gradient(name, backward):
    root, nodes = recorded(name, backward)
    shown = cards_shown(draw(root, backward=True))
    assert {key: (card.value, card.gradient) for key, card in shown.items()} == numbers_of(
        nodes, backward
    )
