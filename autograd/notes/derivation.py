"""All lines of a computation and of its gradients, as people hand them in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from autograd.notes.code import program
from autograd.notes.labels import every_node, folded
from autograd.notes.line_choice import DerivationOptions, LineChoice
from autograd.notes.matrix_code import matrix_program
from autograd.notes.notation import Notation
from autograd.notes.number_style import NumberStyle, number_style
from autograd.notes.pages import Pages, Section
from autograd.notes.steps import forward_steps, gradient_graph, gradient_steps, line_numbers
from autograd.notes.tables import Table
from autograd.notes.unit_tables import (
    Lines,
    UnitTables,
    name_cell,
    number_cell,
    step_table,
    unit_tables,
)
from autograd.reading import Graph, Value

if TYPE_CHECKING:
    from typing_extensions import Unpack


def derive(
    root: Value | Graph,
    *,
    notation: Notation | str | None = None,
    unicode: bool = False,
    **options: Unpack[DerivationOptions],
) -> Derivation:
    """All lines of the computation of `root` and of its gradients; print it, or take `.latex()`.

    With `unicode` names are written as z₁⁽²⁾, ŷ, ∂L/∂w₅, those that have no such letters as typed.
    The options say which lines, as `wrt=w` or `order="layer"`: see `LineChoice`; and how numbers
    are shown, as `decimals=4` or `comma=True`, and whether the result of each line is rounded
    before the next goes on with it: see `NumberStyle`. docs/derivations.md has examples.

    >>> from autograd import Value
    >>> w, a = Value(2, "w"), Value(3, "a")
    >>> print(derive(w * a))
    L = w*a = 2*3 = 6
    dL/dL = 1
    dL/dw = a = 3
    dL/da = w = 2
    >>> print(derive(Value(2, "w") / 3, decimals=2).forward[0])
    L = w/3 = 2/3 ≈ 0.67
    """
    return Derivation(root, notation, unicode, **options)


class Derivation(Pages):
    """All lines of a computation: `forward` and `gradients`, tuples of Steps.

    What `derive` returns, and another name for it; printing it prints them all.

    >>> from autograd import Value
    >>> [step.name for step in derive(Value(2, "w") * Value(3, "a")).gradients]
    ['dL/dL', 'dL/dw', 'dL/da']
    """

    def __init__(
        self,
        root: Value | Graph,
        notation: Notation | str | None = None,
        unicode: bool = False,
        **options: Unpack[DerivationOptions],
    ) -> None:
        choice, style = _choice_and_style(dict(options))
        graph = Graph.of(root)
        choice.require_sources(graph)
        label = folded(graph, notation, choice.wrt, unicode)
        self._graph, self._notation, self._label = graph, label.notation, label
        self._choice, self._style = choice, style
        self._numbers = numbers = line_numbers(label, style)
        forward = forward_steps(graph, label, numbers=numbers)
        found = gradient_graph(graph, label, wrt=choice.wrt)
        gradients = gradient_steps(
            graph, label, numbers=numbers, found=found, vanishing=choice.vanishing
        )
        self.forward = tuple(choice.forward(forward, label, found))
        self.gradients = tuple(choice.gradients(gradients, label))

    def __str__(self) -> str:
        return "\n".join(map(str, self.steps))

    def pages(self) -> Sequence[Section]:
        """All lines, in one section without a title.

        >>> from autograd import Value
        >>> [(title, len(steps)) for title, steps in derive(Value(2, "w") * 3).pages()]
        [('', 3)]
        """
        return [("", (*self.forward, *self.gradients))]

    def table(self) -> Table:
        """A table of step, node and value: what is given, and then line by line.

        A ValueError where members="formula" has left the numbers out.

        >>> from autograd import Value
        >>> print(derive(Value(2, "w") * Value(3, "a")).table())
        step   node   value
        given  w      2
        given  a      3
        1      L      6
        2      dL/dL  1
        3      dL/dw  3
        4      dL/da  2
        """
        self._require_numbers()
        label, graph = self._label, self._graph
        given = [node for node in graph.order if graph.is_given(node) and label(node)]
        results = (self._numbers.result(node, label.is_negated(node)) for node in given)
        names = (name_cell(node, label) for node in given)
        return step_table(self.steps, zip(names, map(number_cell, results), strict=True))

    def tables(self) -> UnitTables:
        """The tables of a network's loss, as books show them; see `UnitTables`.

        That is a ValueError where nothing has the name of a unit, and where members="formula" has
        left the numbers out. With the update they are in `nn.worked(...).tables()`.

        >>> import nn
        >>> model = nn.MLP.from_weights([[[0.5, 2]]], [[1]], ["relu"])
        >>> print(derive(nn.half_squared_error(model([1, 3]), 5)).tables().errors)
        unit          error term
        0 of layer 1  2.5 * 1 = 2.5
        """
        self._require_numbers()
        return unit_tables(Lines(self._label, self._numbers, self.forward, self.gradients))

    def _require_numbers(self) -> None:
        if self._choice.members == "formula":
            raise ValueError("members='formula' leaves the numbers out that a table has: omit it")

    def python(self, *, function: bool = False, matrices: bool = False) -> str:
        r"""The same as plain Python that runs: forward lines, then gradient lines; docs/code.md.

        With `wrt` it has the gradients in these, and on the paths to them. The other options of
        `derive` choose and round printed lines: a ValueError, but for `notation` and `unicode`,
        whose letters are none of an identifier. Operations whose value is no formula in Python are
        imported; what is neither is a TypeError, as are numbers that Python does not have. With
        `function` it is a function of the leaves, that returns the gradients in `wrt` or in all of
        them; with `matrices` it is NumPy over a network's matrices; docs/matrices.md.

        >>> from autograd import Value
        >>> print(derive(Value(2, "w") * Value(3, "a")).python().partition("# backward\n")[2])
        dL = 1
        dw = a*dL
        da = w*dL
        <BLANKLINE>
        """
        wrt = self._choice.wrt
        _require_of_code(self._choice, self._style)
        if matrices and wrt:
            raise ValueError("matrices=True writes the gradients in all matrices: leave out wrt")
        if matrices:
            return matrix_program(self._graph, self._notation, function=function)
        label = every_node(self._graph, self._notation)
        found = gradient_graph(self._graph, label, wrt=wrt)
        return program(label, found, function=function, wrt=wrt)

    __repr__ = __str__


def _require_of_code(choice: LineChoice, style: NumberStyle) -> None:
    """A ValueError for an option that chooses or rounds printed lines."""
    for given in (choice, style):
        for entry in fields(given):
            value, default = getattr(given, entry.name), entry.default
            if entry.name != "wrt" and value != default:
                raise ValueError(
                    f"{entry.name}={value!r} is about printed lines: python() writes the whole "
                    f"computation with all digits, so give derive() no {entry.name} for it"
                )


def _choice_and_style(options: dict[str, Any]) -> tuple[LineChoice, NumberStyle]:
    """Which lines, and how numbers are shown; a TypeError for an option that there is not."""
    names = [entry.name for entry in fields(LineChoice)]
    chosen = {name: options.pop(name) for name in names if name in options}
    style = number_style("derive", options, ["notation", "unicode", *names], rounding=True)
    return LineChoice(**chosen), style
