"""A training step in matrix form: forward pass, gradients and update, in letters and in numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any, Protocol

from autograd.notes.expressions import negative
from autograd.notes.matrices import Network
from autograd.notes.matrix_code import (
    MatrixWriter,
    array,
    number_text,
    program_of,
    short,
    written_over,
)
from autograd.notes.matrix_form import Matrix, MatrixLine, line_latex, line_rows, line_text
from autograd.notes.matrix_lines import Lines, Matrices, Parameters
from autograd.notes.matrix_names import MatrixNames
from autograd.notes.matrix_numbers import LineResults
from autograd.notes.matrix_updates import Source, one_formula, update_line
from autograd.notes.naming import latex_of
from autograd.notes.number_style import NumberStyle
from autograd.notes.pages import Environment, displayed, is_display
from autograd.notes.typeset import upright
from autograd.value import Value
from autograd.writing import Term, printable
from nn.recording import Epoch, RuleColumns
from nn.training_names import TrainingNames

Section = tuple[str, tuple[MatrixLine, ...]]


class Training(Protocol):
    """What `nn.worked` recorded, as far as matrices need it."""

    @property
    def epochs(self) -> Sequence[Epoch]: ...
    @property
    def style(self) -> NumberStyle: ...
    @property
    def names(self) -> TrainingNames: ...
    @property
    def hyperparameters(self) -> Sequence[Value]: ...


class WorkedMatrices:
    """The matrices of each pass over the samples, `passes`, and the lines of `updates`, of each.

    What `nn.worked(...).matrices()` returns; printing it prints all lines, under titles.

    >>> import nn
    >>> model = nn.MLP.from_weights([[[3.0]]], None, ["linear"])
    >>> optimizer = nn.SGD(model.parameters(), 0.125)
    >>> done = nn.worked(model, [2], 4, loss=nn.half_squared_error, optimizer=optimizer)
    >>> found = done.matrices()
    >>> [line.formula for line in found.updates[0]], found.passes[1].forward[-1].result.rows
    (['W^1 = W^1 - alpha*dL/dW^1'], ((0.5,),))
    """

    def __init__(self, training: Training, style: NumberStyle | None = None) -> None:
        self._training, self.style = training, style or training.style
        each = [_Pass(training, number, style) for number in range(len(training.epochs))]
        self.passes = tuple(x.matrices for x in each)
        self.updates = tuple(tuple(x.updates()) for x in each[:-1])

    def in_style(self, style: NumberStyle) -> WorkedMatrices:
        """The same lines, their numbers shown in a style."""
        return WorkedMatrices(self._training, style)

    def sections(self) -> list[Section]:
        """The titles, each with its lines; of several steps each title has the number.

        >>> import nn
        >>> model = nn.MLP.from_weights([[[3.0]]], None, ["linear"])
        >>> optimizer = nn.SGD(model.parameters(), 0.125)
        >>> done = nn.worked(model, [2], 4, loss=nn.half_squared_error, optimizer=optimizer)
        >>> [title for title, lines in done.matrices().sections()][2:]
        ['Update', 'Forward pass with the updated parameters']
        """
        found: list[Section] = []
        for number, each in enumerate(self.passes):
            first, last = number == 0, number == len(self.passes) - 1
            of_step = f", step {number + 1}" if len(self.passes) > 2 and not last else ""
            lines = (*each.given, *each.forward) if first else each.forward
            title = "Forward pass" if first else "Forward pass with the updated parameters"
            found.append((title + of_step, lines))
            if not last:
                found.append(("Gradients" + of_step, each.gradients))
                found.append(("Update" + of_step, self.updates[number]))
        return found

    def __str__(self) -> str:
        general = "\n".join(line.formula for line in self.passes[0].general)
        blocks = [general]
        for title, lines in self.sections():
            blocks += [title, *(line_text(line, self.style) for line in lines)]
        return "\n\n".join(blocks)

    def latex(self, *, environment: Environment = "aligned") -> str:
        r"""All lines in LaTeX, the matrices in bmatrix; titles in rows of their own.

        As `aligned` it is one block; as `align*` it breaks over pages and at the end of a line.

        >>> import nn
        >>> model = nn.MLP.from_weights([[[3.0]]], None, ["linear"])
        >>> optimizer = nn.SGD(model.parameters(), 0.125)
        >>> done = nn.worked(model, [2], 4, loss=nn.half_squared_error, optimizer=optimizer)
        >>> print(done.matrices().latex().splitlines()[1])
        Z^{l} &= W^{l} A^{(l-1)} \\
        """
        general = self.passes[0].general
        if is_display(environment):
            rows = [row for line in general for row in line_rows(line, None)]
            titled = (
                (title, [row for line in lines for row in line_rows(line, self.style)])
                for title, lines in self.sections()
            )
            return displayed([("", rows), *titled])
        lines = [line_latex(line, None) for line in general]
        for title, of_title in self.sections():
            lines += [rf"&{upright(title)}", *(line_latex(x, self.style) for x in of_title)]
        return "\\begin{aligned}\n" + " \\\\\n".join(lines) + "\n\\end{aligned}"

    def _repr_latex_(self) -> str:
        return f"$${self.latex()}$$"

    __repr__ = __str__


class _Pass:
    """One pass over the samples, and the update after it."""

    def __init__(self, training: Training, number: int, style: NumberStyle | None = None) -> None:
        self.training, self.number = training, number
        self.epoch: Epoch = training.epochs[number]
        self._plain_names: dict[str, str] = {}  # of what has been updated
        self.lines = self._lines() if style is None else self._lines().in_style(style)
        self.matrices = Matrices.of(self.lines, gradients=self.epoch.rule is not None)

    def _lines(self) -> Lines:
        label, numbers = self.epoch.label, self.epoch.numbers
        assert label is not None and numbers is not None
        network = Network(label.graph, label.notation.per_sample_gradients)
        is_mean = network.losses is not None
        names = MatrixNames(label.notation, network.sizes, label.root, is_mean, self._before)
        results = LineResults(network, label, numbers, self.epoch.adjoints)
        return Lines(network, names, self.training.style, results)

    def _before(self, name: str) -> str:
        """What a parameter's matrix is called in this pass."""
        now = name
        for step in range(1, self.number + 1):
            now = self.training.names.after_update(name, now, step)
        self._plain_names[now] = name
        return now

    def _after(self, now: str) -> str:
        """What it is called after the update."""
        return self.training.names.after_update(self._plain_names[now], now, self.number + 1)

    def updates(self) -> Iterator[MatrixLine]:
        """The lines of the update, matrix by matrix, in the order of the rule."""
        rule = self.epoch.rule
        assert rule is not None
        for parameters in self.updated(rule):
            yield from self._of_matrix(parameters, rule)

    def updated(self, rule: RuleColumns) -> Iterator[Parameters]:
        """The matrices that the optimizer updates."""
        of_rule = set(rule.parameters)
        for parameters in self.lines.parameters():
            if any(node in of_rule for row in parameters.nodes for node in row):
                yield parameters

    def _of_matrix(self, parameters: Parameters, rule: RuleColumns) -> Iterator[MatrixLine]:
        names, matrix = self.training.names, parameters.matrix
        sources = self.sources(parameters, rule)
        for letter, column in rule.lines.items():
            nodes = _entries(parameters, rule.of(column))
            name = self._after(matrix.text)
            if letter != "w":
                name = names.quantity(letter, matrix.text)
            negated = parameters.negated and letter == "w"
            result = self._matrix(name, nodes, negated)
            if column is rule.gradients:  # no line of its own
                continue
            relation = names.assignment if letter in rule.assigned else "="
            yield update_line(result, nodes, sources, relation, negated)
            sources.append(Source(result, nodes))

    def sources(self, parameters: Parameters, rule: RuleColumns) -> list[Source]:
        """What the update of a matrix is computed from."""
        names, matrix = self.training.names, parameters.matrix
        gradient, is_turned = self.lines.gradient_in(parameters)
        gradients = _entries(parameters, rule.of(rule.gradients))
        found = [Source(matrix, parameters.nodes, parameters.negated)]
        found.append(Source(gradient, gradients, is_turned))
        for letter, column in rule.before.items():
            nodes = _entries(parameters, rule.of(column))
            found.append(Source(self._matrix(names.quantity(letter, matrix.text), nodes), nodes))
        for node in self.training.hyperparameters:
            name = printable(node.name)
            cell = [[self.lines.numbers.value(node)]]
            found.append(Source(Matrix.of(name, latex_of(name), cell, is_number=True), [[node]]))
        return found

    def _matrix(self, name: str, nodes: Sequence[Sequence[Any]], negated: bool = False) -> Matrix:
        value = self.lines.numbers.value
        cells = [[value(x, negated) for x in row] for row in nodes]
        return Matrix.of(printable(name), latex_of(name), cells)


def _entries(parameters: Parameters, column: dict[Any, Any]) -> list[list[Any]]:
    """What a column has for the parameters of a matrix, as they are laid out."""
    return [[column.get(node, node) for node in row] for row in parameters.nodes]


# --- as NumPy -------------------------------------------------------------------------------------


def matrix_training(training: Training) -> str:
    """NumPy that computes the passes and updates of a training, in variables that are updated.

    A ValueError where the entries of a matrix are updated by different formulas, and as for a loss.

    >>> import nn
    >>> model = nn.MLP.from_weights([[[3.0]]], None, ["linear"], notation="ng")
    >>> optimizer = nn.SGD(model.parameters(), 0.125)
    >>> done = nn.worked(model, [2], 4, loss=nn.half_squared_error, optimizer=optimizer)
    >>> print(matrix_training(done).partition("# backward\\n")[2], end="")
    dZ1 = Z1 - Y
    dW1 = dZ1 @ X.T
    <BLANKLINE>
    # update
    W1 = W1 - alpha*dW1
    <BLANKLINE>
    # forward with the updated parameters
    Z1 = W1 @ X
    L = ((Y - Z1)**2/2).sum()
    """
    passes = [_Pass(training, number) for number in range(len(training.epochs))]
    writer: MatrixWriter | None = None
    sections: list[tuple[str, list[str]]] = []
    for each in passes:
        network = each.lines.network
        given = each.lines.names
        names = MatrixNames(given.notation, given.sizes, given.loss, network.losses is not None)
        first, writer = writer is None, MatrixWriter(network, names, writer)
        code = _UpdateCode(each, writer)
        if first:
            sections.append(("", [*writer.given(), *code.given()]))
        title = "forward" if first else "forward with the updated parameters"
        sections.append((title, list(writer.forward())))
        if each.epoch.rule is not None:
            sections.append(("backward", list(writer.backward())))
            sections.append(("update", list(code.lines(each.epoch.rule))))
    assert writer is not None
    return program_of(sections, writer)


class _UpdateCode:
    """The code of one update."""

    def __init__(self, of_pass: _Pass, writer: MatrixWriter) -> None:
        self.of_pass, self.writer, self.training = of_pass, writer, of_pass.training

    def given(self) -> Iterator[str]:
        """The lines of the hyperparameters, and of what the optimizer remembers."""
        for node in self.training.hyperparameters:
            yield f"{self._variable(node.name)} = {number_text(node)}"
        rule = self.of_pass.epoch.rule
        assert rule is not None
        for parameters in self.of_pass.updated(rule):
            for letter, column in rule.before.items():
                nodes = _entries(parameters, rule.of(column))
                if any(x.__class__ is Value for row in nodes for x in row):
                    yield array(self._state(letter, parameters), nodes)

    def lines(self, rule: RuleColumns) -> Iterator[str]:
        """The lines of what the rule computes for each matrix."""
        for parameters in self.of_pass.updated(rule):
            sources, terms = self._known(parameters, rule)
            for letter, column in rule.lines.items():
                if column is rule.gradients:
                    continue
                nodes = _entries(parameters, rule.of(column))
                negated = parameters.negated and letter == "w"
                name = self._state(letter, parameters)
                if letter == "w":
                    name = self._name(parameters)
                write = partial(written_over, negated=negated)
                found = one_formula(nodes, sources, terms, write, negative)
                if found is None:
                    raise ValueError(
                        f"the entries of {name} are updated by different formulas: python() writes "
                        "each scalar"
                    )
                yield f"{name} = {found.text}"
                sources.append(Source(Matrix(name, name), nodes))
                terms.append(Term(name))

    def _known(self, parameters: Parameters, rule: RuleColumns) -> tuple[list[Source], list[Term]]:
        """What an update is computed from, and its variables."""
        names = [self._name(parameters), self._name(parameters, "of_")]
        names += [self._state(letter, parameters) for letter in rule.before]
        names += [self._variable(node.name) for node in self.training.hyperparameters]
        sources = self.of_pass.sources(parameters, rule)
        sources[1] = sources[1]._replace(negated=parameters.negated)  # the code has minus_dtheta
        return sources, [Term(name) for name in names]

    def _name(self, parameters: Parameters, prefix: str = "") -> str:
        return self.writer.name(prefix + parameters.of, parameters.layer).text

    def _state(self, letter: str, parameters: Parameters) -> str:
        """The variable of what an optimizer computes for a matrix: mW1."""
        name = self.training.names.quantity(letter, self._name(parameters))
        return self._variable(short(name))

    def _variable(self, name: str) -> str:
        return self.writer.variable(name)
