"""The gallery: a page of pictures, each made by the code that stands above it.

    python -m demos.gallery [--out DIR]

The page and its pictures are those of docs/ when the folder is docs. An entry is one of the
functions below: its docstring is what the page says, its body the code that the page shows.
"""

from __future__ import annotations

import inspect
import random
import textwrap
from collections.abc import Callable, Sequence
from pathlib import Path

import nn
from autograd import Picture, Value, draw, draw_circuit, draw_matrices, exp, find, mean, tanh, walk
from autograd.files import write_atomically
from demos.neural_network_231 import build
from demos.shared import output_folder, run, with_bar

INTRODUCTION = """\
# Gallery

Every view, with the code that draws it. `python -m demos.gallery --out docs` makes this page.
A notebook shows a picture by itself; `picture.save("name.png")` makes one for slides.
"""


# --- circuits -------------------------------------------------------------------------------------


def circuit_of_a_neuron() -> Picture:
    """A circuit: operations in circles, values above the wires, gradients below.

    The sigmoid neuron of CS231n's notes.
    """
    w0, x0, w1, x1, w2 = map(Value, (2.0, -1.0, -3.0, -2.0, -3.0), ("w0", "x0", "w1", "x1", "w2"))
    f = 1 / (1 + exp(-(w0 * x0 + w1 * x1 + w2)))
    f.name = "f"
    f.backward()
    return draw_circuit(f, decimals=2)


def circuit_of_a_network() -> Picture:
    """A network as a circuit: a folded neuron is one gate."""
    model = nn.MLP(4, [7, 1], ["relu", "linear"], rng=random.Random(9))
    loss = nn.half_squared_error(model([0.3, 0.4, 0.5, 0.6]), Value(0.5, "y"))
    loss.backward()
    return draw_circuit(loss, decimals=3)


def circuit_to_fill_in() -> Picture:
    """An exercise: the same circuit for everybody, with empty boxes."""
    x, y, z = Value(-2, "x"), Value(5, "y"), Value(-4, "z")
    f = (x + y) * z
    f.name = "f"
    return draw_circuit(f, blank=True)


# --- cards ----------------------------------------------------------------------------------------


def cards_forward() -> Picture:
    """Cards, forward: each with its name, its formula and its value."""
    return draw(build().loss, backward=False)


def cards_backward() -> Picture:
    """Cards, backward: the way of the gradient, its colour the sign, its width the size.

    What a ReLU switched off is grey and dashed.
    """
    return draw(build().loss)


def paths_to_a_weight() -> Picture:
    """The paths by which a gradient arrives in one weight stand out."""
    loss = build().loss
    return draw(loss, highlight=find(loss, "w_10^1")[0])


def cards_of_a_large_network() -> Picture:
    """A large graph folds by itself: 2-16-16-1 by layers, with the range of their numbers."""
    model = nn.MLP(2, [16, 16, 1], ["relu", "relu", "linear"], rng=random.Random(3))
    loss = nn.half_squared_error(model([0.3, 0.4]), Value(0.5, "y"))
    loss.backward()
    return draw(loss, decimals=3)


def cards_of_a_recurrent_network() -> Picture:
    """A recurrent network of 20 steps folds by names: h_1 to h_20 stand in one card."""
    w, u, h = Value(0.8, "w_h"), Value(0.5, "w_x"), Value(0.0, "h_0")
    for t in range(1, 21):
        h = tanh(w * h + u * Value(t / 10, f"x_{t}"))
        h.name = f"h_{t}"
    loss = nn.half_squared_error(h, Value(0.5, "y"))
    loss.backward()
    return draw(loss, decimals=3)


def a_moment() -> Picture:
    """A moment of a walk: nothing is shown that is not computed yet, what came last is marked."""
    steps = walk(build().loss)
    return draw(steps.goto("dL/da_1^1"))


def before_and_after() -> Picture:
    """Before and after an update, side by side on each card."""
    return draw(build().worked, step=(1, 2), decimals=4)


# --- networks -------------------------------------------------------------------------------------


def network() -> Picture:
    """A network as textbooks draw it: neurons as circles, weights on the edges."""
    example = build()
    return nn.draw_network(example.model, example.loss)


def softmax_network() -> Picture:
    """Three classes by softmax, with their cross-entropy, in Coursera's notation."""
    model = nn.MLP(2, [3, 3], ["tanh", "softmax"], rng=random.Random(1), notation="ng")
    loss = nn.cross_entropy(model([1.0, -0.5]), 2)
    loss.backward()
    return nn.draw_network(model, loss, decimals=2)


def wide_network() -> Picture:
    """A wide network: the largest weights dark, the others faint, and the picture says so."""
    model = nn.MLP(2, [16, 16, 1], ["tanh", "tanh", "sigmoid"], rng=random.Random(3))
    return nn.draw_network(model)


# --- matrices -------------------------------------------------------------------------------------


def matrices_of_a_batch() -> Picture:
    """Matrices with their numbers and shapes: the colour is the sign, in Coursera's notation."""
    model = nn.MLP(2, [3, 1], ["tanh", "sigmoid"], rng=random.Random(3), notation="ng")
    samples = zip([[1.0, 2.0], [0.5, -1.0], [0.3, 0.2]], [1, 0, 1], strict=True)
    cost = mean([nn.binary_cross_entropy(model(x), y) for x, y in samples])
    cost.backward()
    return draw_matrices(cost, decimals=3)


# --- the page -------------------------------------------------------------------------------------

ENTRIES: tuple[Callable[[], Picture], ...] = (
    circuit_of_a_neuron,
    circuit_to_fill_in,
    circuit_of_a_network,
    cards_forward,
    cards_backward,
    paths_to_a_weight,
    cards_of_a_large_network,
    cards_of_a_recurrent_network,
    a_moment,
    before_and_after,
    network,
    softmax_network,
    wide_network,
    matrices_of_a_batch,
)


def page(entries: Sequence[Callable[[], Picture]] = ENTRIES) -> str:
    """The page: for each entry its title, what it says, the code and the picture."""
    return "\n".join((INTRODUCTION, *map(section, entries)))


def section(entry: Callable[[], Picture]) -> str:
    """One entry of the page; the first sentence of what it says is its title."""
    first, _, rest = (inspect.getdoc(entry) or "").partition(".")
    title, _, about = first.partition(": ")
    parts = [
        f"## {title}",
        " ".join(f"{about[:1].upper()}{about[1:]}.{rest}".split()) if about else rest.strip(),
        f"```py\n{body(entry)}```",
        f"![{first}](pictures/{file_name(entry)})",
    ]
    return "\n\n".join(filter(None, parts)) + "\n"


def body(entry: Callable[[], Picture]) -> str:
    """The lines of a function below its docstring, as they are typed in a notebook.

    >>> print(body(network), end="")
    example = build()
    nn.draw_network(example.model, example.loss)
    """
    lines = inspect.getsource(entry).split('"""\n', 1)[1]
    return textwrap.dedent(lines.replace("    return ", "    "))


def file_name(entry: Callable[[], Picture]) -> str:
    """The name of an entry's picture."""
    return f"gallery_{entry.__name__}.svg"


def write(folder: Path) -> list[Path]:
    """Write the page and its pictures into a folder; the paths of what was written."""
    pictures = folder / "pictures"
    pictures.mkdir(exist_ok=True)
    write_atomically(folder / "gallery.md", page().encode())
    entries = with_bar(ENTRIES, "picture")
    return [folder / "gallery.md", *(each().save(pictures / file_name(each)) for each in entries)]


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the gallery, and say where."""
    for path in write(output_folder("gallery", "Every view, drawn.", arguments)):
        print(path)


if __name__ == "__main__":
    run(main)
