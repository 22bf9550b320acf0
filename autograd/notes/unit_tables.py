"""The tables by which books show a training step: initial values; of each unit net input and
output; its error term; of each weight the gradient and the update.

Every cell comes from the lines of the computation. They are filled in as by J. Han and M. Kamber,
"Data Mining", chapter 9: the numbers of a line without its names, a product with an input of 0 or 1
as what it is, a sigmoid as 1/(1 + e^-z).
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NamedTuple

from autograd.notes.expressions import Form, Pen
from autograd.notes.labels import Labels
from autograd.notes.line_numbers import LineNumbers, Result
from autograd.notes.meaning import Role
from autograd.notes.naming import latex_of
from autograd.notes.steps import APPROXIMATELY, ON_PAGES, Member, Step, equation
from autograd.notes.tables import Cell, Table
from autograd.notes.typeset import html_name, upright
from autograd.reading import BUILT_IN, OPERATIONS, Term, Value, dot, is_finite, total

ROLES = {Role.WEIGHT: "weight", Role.BIAS: "bias", Role.ACTIVATION: "input"}
FORMS: tuple[Form, ...] = ("text", *ON_PAGES)
KINDS = ["input", "weight", "bias", "target", "given"]
POWER_OF_E = re.compile(r"-?[\d.,]+")  # what needs no parentheses


@dataclass(frozen=True, slots=True)
class UnitTables:
    """The four tables of a training step, each a `Table` with `.markdown()`, `.latex()`, `.html()`
    and `.csv()`; print them, or one.

    `initial` has the values that all begins with, `outputs` each unit's net input and output,
    `errors` its error term, `weights` old value, gradient and new value of weights and biases.

    >>> import nn
    >>> from autograd import derive
    >>> model = nn.MLP.from_weights([[[0.5, 2]]], [[1]], ["relu"])
    >>> tables = derive(nn.half_squared_error(model([1, 3]), 5)).tables()
    >>> print(tables.outputs)
    unit          net input            output
    0 of layer 1  0.5 + 2*3 + 1 = 7.5  relu(7.5) = 7.5
    >>> print(tables.weights)
    weight  value  gradient
    w_00^1  0.5    2.5 * 1 = 2.5
    w_01^1  2      2.5 * 3 = 7.5
    b_0^1   1      2.5
    """

    initial: Table
    outputs: Table
    errors: Table
    weights: Table

    def __iter__(self) -> Iterator[Table]:
        return iter((self.initial, self.outputs, self.errors, self.weights))

    def __str__(self) -> str:
        return "\n\n".join(f"{title}\n{table}" for title, table in self._titled()) + "\n"

    def markdown(self) -> str:
        r"""All tables in Markdown, each below its title.

        >>> import nn
        >>> from autograd import derive
        >>> model = nn.MLP.from_weights([[[0.5]]], None, ["relu"])
        >>> tables = derive(nn.half_squared_error(model([1]), 5)).tables()
        >>> print(tables.markdown().partition("Unit")[0])
        **Initial values**
        <BLANKLINE>
        |  | name | value |
        |---|---|---|
        | $\mathrm{input}$ | $a_{0}^{0}$ | $1$ |
        | $\mathrm{weight}$ | $w_{00}^{1}$ | $0.5$ |
        <BLANKLINE>
        **
        """
        return "\n".join(f"**{title}**\n\n{table.markdown()}" for title, table in self._titled())

    def html(self) -> str:
        """All tables in HTML, each below its title.

        >>> import nn
        >>> from autograd import derive
        >>> model = nn.MLP.from_weights([[[0.5]]], None, ["relu"])
        >>> tables = derive(nn.half_squared_error(model([1]), 5)).tables()
        >>> tables.html().splitlines()[0]
        '<h4>Initial values</h4>'
        """
        return "\n".join(f"<h4>{title}</h4>\n{table.html()}" for title, table in self._titled())

    def _titled(self) -> Iterator[tuple[str, Table]]:
        weights = "Weights and biases" if len(self.weights.rows[0]) < 4 else "Update"
        titles = "Initial values", "Units", "Error terms", weights
        return ((title, table) for title, table in zip(titles, self, strict=True) if table.rows[1:])

    _repr_html_ = html
    __repr__ = __str__


@dataclass(frozen=True, slots=True)
class Lines:
    """What tables are made of: the lines of a pass, and those that update a parameter.

    `label` and `numbers` are those that the lines were written with; `others` are given, too.
    """

    label: Labels
    numbers: LineNumbers
    forward: Sequence[Step]
    gradients: Sequence[Step] = ()
    updates: Mapping[Value, Step] = field(default_factory=lambda: MappingProxyType({}))
    others: Sequence[Value] = ()


def unit_tables(lines: Lines) -> UnitTables:
    """The tables of a network's lines; a ValueError where no line is of a unit."""
    outputs = _outputs(lines)
    if len(outputs) == 1:
        root = lines.label.root
        raise ValueError(
            f"{root} has no unit that is named as its notation does, z_0^1 or those of an nn.MLP: "
            ".table() has step, node and value of any graph"
        )
    return UnitTables(
        _table(_initial(lines)), _table(outputs), _table(_errors(lines)), _table(_weights(lines))
    )


def _table(rows: Sequence[Sequence[str]]) -> Table:
    """The rows, without samples where there is one."""
    is_empty = rows[0][0] == "sample" and not any(row[0] for row in rows[1:])
    return Table.of([row[1:] for row in rows] if is_empty else rows)


# --- the four -------------------------------------------------------------------------------------


def _initial(lines: Lines) -> list[Sequence[str]]:
    label, graph = lines.label, lines.label.graph
    given = [node for node in graph.order if graph.is_given(node) and label(node)]
    given += [node for node in lines.others if node not in graph.data]
    cells = [
        (word(_kind(node, lines)), name_cell(node, label), _value(node, lines))
        for node in sorted(given, key=lambda node: _place(node, lines))
    ]
    return [("", "name", "value"), *cells]


def _place(node: Value, lines: Lines) -> tuple[int, ...]:
    """By kind, then by sample, layer and neuron."""
    kind, meaning = KINDS.index(_kind(node, lines)), lines.label.meaning(node)
    if meaning is None:
        return (kind,)
    sample = lines.label.sample(node) or 0
    return kind, sample, meaning.layer, meaning.neuron or 0, meaning.source or 0


def _kind(node: Value, lines: Lines) -> str:
    meaning = lines.label.meaning(node)
    if meaning is not None:
        return ROLES.get(meaning.role, "given")
    is_target = node in lines.label.graph.data and lines.label.is_target(node)
    return "target" if is_target else "given"


def _value(node: Value, lines: Lines) -> Cell:
    return number_cell(lines.numbers.result(node, lines.label.is_negated(node)))


def _outputs(lines: Lines) -> list[Sequence[str]]:
    """A row for each unit: what its net input and its output are computed from, and come to.

    Without an activation the output is the net input.
    """
    rows: dict[tuple[Any, ...], list[Cell]] = {}
    for step in lines.forward:
        meaning = lines.label.meaning(step.node)
        if meaning is None or meaning.role not in (Role.PREACTIVATION, Role.ACTIVATION):
            continue
        key = (lines.label.sample(step.node), meaning.layer, meaning.neuron)
        row = rows.setdefault(key, [*_unit(step.node, lines.label), word("-"), word("-")])
        if meaning.role is Role.PREACTIVATION:
            row[2:] = filled(step, _weighted_sum(step, lines)), _end(step)
        else:
            row[3] = filled(step, _sigmoid(step, lines))
    return [("sample", "unit", "net input", "output"), *rows.values()]


def _end(step: Step) -> Cell:
    return _number(step.result, step.in_latex[3].text, step.in_html[3].text, step.rounded[2])


def _errors(lines: Lines) -> list[Sequence[str]]:
    rows = [
        (*_unit(step.node, lines.label), filled(step))
        for step in lines.gradients
        if (meaning := lines.label.meaning(step.node)) and meaning.role is Role.PREACTIVATION
    ]
    return [("sample", "unit", "error term"), *rows]


def _weights(lines: Lines) -> list[Sequence[str]]:
    """A row for each weight and bias, in the order of their gradients."""
    label, graph, gradients = lines.label, lines.label.graph, {s.node: s for s in lines.gradients}
    parameters = [
        node
        for node in (gradients or graph.order)
        if graph.is_given(node) and (node in lines.updates or _kind(node, lines) in KINDS[1:3])
    ]
    minus = "-" * (label.notation.error_sign < 0 and not label.is_negated(graph.root))
    head = ["weight", "old" if lines.updates else "value", f"{minus}gradient", "new"]
    head = head[: 4 if lines.updates else 3 if gradients else 2]
    rows = []
    for node in parameters:
        row = [name_cell(node, label), _value(node, lines)]
        row += [filled(gradients[node])] if gradients else []
        row += [filled(lines.updates[node]) if node in lines.updates else word("-")]
        rows.append(tuple(row[: len(head)]))
    return [tuple(head), *rows]


def _unit(node: Value, label: Labels) -> tuple[Cell, Cell]:
    """The sample, "" where there is one, and the unit."""
    meaning, sample = label.meaning(node), label.sample(node)
    assert meaning is not None
    return word("" if sample is None else str(sample)), word(label.notation.unit(meaning))


# --- cells ----------------------------------------------------------------------------------------


class Written(NamedTuple):
    """Numbers as they are filled in: as text, in LaTeX, in HTML, and whether one is rounded."""

    text: str
    latex: str
    html: str
    rounded: bool = False


def word(text: str) -> Cell:
    """A cell that has no name from outside.

    >>> word("input").latex
    '\\\\mathrm{input}'
    """
    latex = text if text.isdecimal() or not text else upright(text)
    return Cell(text, latex, html.escape(text))


def name_cell(node: Value, label: Labels) -> Cell:
    """The name of a node."""
    return named_cell(label(node), label.shown(label(node)))


def named_cell(name: str, shown: str) -> Cell:
    """A name, as it is shown in text.

    >>> named_cell("w_1", "w₁")
    'w₁'
    """
    return Cell.on_demand(shown, lambda: (latex_of(name), html_name(name)))


def number_cell(result: Result) -> Cell:
    r"""A number, after ≈ where it is rounded.

    >>> from autograd.notes.number_style import NumberStyle
    >>> number_cell(LineNumbers(NumberStyle(decimals=2)).of_number(2 / 3)).latex
    '\\approx 0.67'
    """
    return _number(result.text, result.latex, result.html, result.rounded)


def result_cell(step: Step) -> Cell:
    r"""What a line comes to.

    >>> from autograd.notes.steps import forward_steps
    >>> print(result_cell(forward_steps(Value(-2, "w") * 1e-9)[0]).latex)
    -2 \cdot 10^{-9}
    """
    return Cell.on_demand(step.marked, lambda: _result_on_pages(step))


def _result_on_pages(step: Step) -> tuple[str, str]:
    latex, html = (written[-1].text for written in (step.in_latex, step.in_html))
    cell = _number(step.result, latex, html, step.rounded[2])
    return cell.latex, cell.html


def _number(text: str, latex: str, html: str, rounded: bool) -> Cell:
    if not rounded:
        return Cell(text, latex, html)
    return Cell(f"≈{text}", f"{APPROXIMATELY} {latex}", f"≈{html}")


def filled(step: Step, written: Written | None = None) -> Cell:
    """The numbers of a line and what they come to: 0.2 - 0.4 = -0.2.

    >>> from autograd.notes.steps import forward_steps
    >>> filled(forward_steps(Value(0.5, "w") * 3)[0])
    '0.5*3 = 1.5'
    """
    (latex, latex_end), (html, html_end) = step.in_latex[2:], step.in_html[2:]
    written = written or Written(step.substituted, latex.text, html.text, step.rounded[1])
    *texts, rounded = written
    ends = (step.result, latex_end.text, html_end.text)
    signs = ("≈", APPROXIMATELY, "≈")
    return Cell(
        *(
            _equation(Member(text, rounded), Member(end, step.rounded[2]), sign)
            for text, end, sign in zip(texts, ends, signs, strict=True)
        )
    )


def _equation(numbers: Member, result: Member, sign: str) -> str:
    if numbers.text:
        return equation(numbers, result, approximately=sign)
    return f"{sign} {result.text}" if result.rounded else result.text


# --- filled in ------------------------------------------------------------------------------------


def _weighted_sum(step: Step, lines: Lines) -> Written | None:
    """w*x + ... + b, a product with an x of 0 or 1 as 0 or w; None for what is no such sum."""
    node, label = step.node, lines.label
    if node.operation is not dot or not all(
        label(x) for x in node.operands if x.__class__ is Value
    ):
        return None

    def written(form: Form) -> tuple[str, bool]:
        pen = lines.numbers.pen(form)
        weights, inputs, biases = dot.parts(node.operands)
        pairs = zip(weights, inputs, strict=True)
        terms = [_product(*pair, lines.numbers, pen) for pair in pairs]
        terms += [_term(bias, lines.numbers, pen) for bias in biases]
        return pen.operation(total, terms).text, pen.rounded

    (text, rounded), (latex, _), (html, _) = map(written, FORMS)
    return Written(text, latex, html, rounded)


def _product(weight: Any, x: Any, numbers: LineNumbers, pen: Pen) -> Term:
    number, factor = numbers.of(weight), numbers.of(x)
    is_plain = {number.__class__, factor.__class__} <= BUILT_IN and is_finite(number)
    if is_plain and factor in (0, 1):
        return _term(weight, numbers, pen) if factor else pen.number(0, plain=True)
    return pen.operation(OPERATIONS["mul"], [_term(y, numbers, pen) for y in (weight, x)])


def _term(x: Any, numbers: LineNumbers, pen: Pen) -> Term:
    return numbers.term(x, pen) if x.__class__ is Value else pen.number(x, plain=True)


def _sigmoid(step: Step, lines: Lines) -> Written | None:
    """1/(1 + e^-z) with the number of z; None for another activation."""
    node = step.node
    if node.operation is not OPERATIONS["sigmoid"] or not lines.label(node.operands[0]):
        return None

    def power(form: Form) -> tuple[str, bool]:
        pen = lines.numbers.pen(form)
        z = _term(node.operands[0], lines.numbers, pen)
        return (z.minus_of or pen.negative(z)).text, pen.rounded

    (text, rounded), (latex, _), (html, _) = map(power, FORMS)
    above = text if POWER_OF_E.fullmatch(text) else f"({text})"
    one = "1/(1 + e"
    return Written(
        f"{one}^{above})",
        rf"\frac{{1}}{{1 + e^{{{latex}}}}}",
        f"{one}<sup>{html}</sup>)",
        rounded,
    )


# --- of any graph ---------------------------------------------------------------------------------


def step_table(lines: Iterable[Step], given: Iterable[tuple[Cell, Cell]]) -> Table:
    """Step, node and value: what is given, and then each line by its number."""
    rows = [(word("given"), *cells) for cells in given]
    for number, step in enumerate(lines, start=1):
        name, value = named_cell(step.name, step.shown), _end(step)
        rows.append((word(str(number)), name, value))
    return Table.of([("step", "node", "value"), *rows])
