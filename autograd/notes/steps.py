"""Every step of a computation in writing: symbol = formula = substituted = value.

Forward, and then for the gradients. The formulas are read from the recorded graph and the rule
table, and those of the gradients from the graph that `adjoints` records. Nodes without a name fold
into the line of the next named one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from autograd.notes.code import program
from autograd.notes.expressions import Leaf, Pen, name_term, negative, write
from autograd.notes.labels import Labels, every_node, folded
from autograd.notes.line_numbers import LineNumbers, RoundedLines
from autograd.notes.matrix_code import matrix_program
from autograd.notes.naming import Typeset, latex_of
from autograd.notes.notation import Notation
from autograd.notes.number_style import NumberStyle, RoundedNumbers, number_style
from autograd.notes.typeset import upright
from autograd.reading import (
    Adjoint,
    Graph,
    Operation,
    Term,
    Value,
    adjoints,
    dot,
    where,
)

if TYPE_CHECKING:
    from typing_extensions import Unpack


@dataclass(frozen=True, slots=True)
class Step:
    """One line: `name = formula = substituted = value`, numbers copied when it was made.

    `result` is the number as it is shown, and `rounded` says of formula, substituted and result
    whether a number in it is; then the line has ≈ beside it.

    `node` is what the step computes, or (`of_gradient`) whose gradient it computes, and `number`
    the result. `contributions` has one line for each path where several meet; `remark` says where a
    gradient rests on a convention; `latex` is the whole line in LaTeX; `plain_name` names a
    gradient as dL/dz_0^1, whatever its own name; `of_update` says that it is a line of an update.
    """

    name: str
    formula: str
    substituted: str
    number: Any
    node: Value
    of_gradient: bool = False
    plain_name: str = ""
    contributions: tuple[str, ...] = ()
    remark: str = ""
    latex: str = ""
    of_update: bool = False
    result: str = ""
    rounded: tuple[bool, bool, bool] = (False, False, False)

    def __str__(self) -> str:
        texts = self.formula, self.substituted, self.result
        line = equation(Member(self.name), *map(Member, texts, self.rounded))
        return f"{line}   ({self.remark})" if self.remark else line

    @property
    def marked(self) -> str:
        """The result, with ≈ before it where it is rounded."""
        return ("≈" if self.rounded[2] else "") + self.result


class Member(NamedTuple):
    """One side of an equation, and whether a number in it is rounded."""

    text: str
    rounded: bool = False


def equation(*members: Member, approximately: str = "≈") -> str:
    """The members joined by =, or by ≈ beside a rounded one, without those that repeat the one
    before.

    >>> equation(Member("z"), Member("w*a"), Member("0.3*2"), Member("0.6"))
    'z = w*a = 0.3*2 = 0.6'
    >>> equation(Member("z"), Member("x/3"), Member("2/3"), Member("0.67", rounded=True))
    'z = x/3 = 2/3 ≈ 0.67'
    """
    kept: list[Member] = []
    for member in members:
        if kept and member.text == kept[-1].text:
            kept[-1] = Member(member.text, member.rounded or kept[-1].rounded)
        elif member.text:
            kept.append(member)
    line = kept[0].text
    for before, after in pairwise(kept):
        sign = approximately if before.rounded or after.rounded else "="
        line += f" {sign} {after.text}"
    return line


def _labels(root: Value | Graph, label: Labels | None, notation: Notation | str | None) -> Labels:
    """The labels given, or those of a graph whose nodes are as it says: gradients are recorded on
    them.
    """
    label = label or folded(Graph.of(root), notation)
    label.graph.require_unchanged()
    return label


# --- forward --------------------------------------------------------------------------------------


def forward_steps(
    root: Value | Graph,
    label: Labels | None = None,
    notation: Notation | str | None = None,
    numbers: LineNumbers | None = None,
) -> list[Step]:
    """The steps that compute a root, operands before results; it has one even without a name.

    >>> from autograd import Value
    >>> a, w = Value(2, "a_1^1"), Value(3, "w_01^2")
    >>> loss = (w * a - 1) ** 2 / 5
    >>> loss.name = "L"
    >>> print(forward_steps(loss)[0])
    L = (w_01^2*a_1^1 - 1)^2/5 = (3*2 - 1)^2/5 = 5
    """
    label, numbers = _labels(root, label, notation), numbers or LineNumbers()
    graph, steps = label.graph, []
    inherited: dict[Value, list[str]] = {}  # the conventions behind what has no line of its own
    for node in graph.order:
        own = _convention_at(node, numbers) if node.operation is where else ""
        conventions = _conventions(own, node.operands, inherited)
        if node is graph.root or (node.operation is not None and label(node)):
            line = _line(label(node), node, node, label, numbers)
            steps.append(replace(line, remark=", ".join(conventions)))
        else:
            inherited[node] = conventions
    return steps


def _line(name: str, x: Any, node: Value, label: Labels, numbers: LineNumbers) -> Step:
    """The line of x, a recorded node or a plain number, in text and in LaTeX.

    `node` is what it is the number of, or the gradient in.
    """
    negate = label.is_negated(node)
    result = numbers.result(x, negate)
    formula = substituted = Member("")
    in_latex: tuple[Member, ...] = ()
    if x.__class__ is Value:
        formula, substituted = _formula(x, label, numbers, negate=negate)
        in_latex = _formula(x, label, numbers, latex=True, negate=negate)
    end = Member(result.latex, result.rounded)
    return Step(
        name,
        formula.text,
        substituted.text,
        result.number,
        node,
        latex=equation(Member(latex_of(name)), *in_latex, end, approximately=r"\approx"),
        result=result.text,
        rounded=(formula.rounded, substituted.rounded, result.rounded),
    )


def _conventions(
    own: str, sources: Sequence[Any], inherited: Mapping[Value, Sequence[str]]
) -> list[str]:
    """Those of its own, and those of what is folded into it, each once."""
    nodes = (x for x in sources if x.__class__ is Value)
    found = [own, *(text for node in nodes for text in inherited.get(node, ()))]
    return list(dict.fromkeys(filter(None, found)))


# --- written forms --------------------------------------------------------------------------------


def _by_name(label: Labels, but: Value | None = None, latex: bool = False) -> Leaf:
    """Operands with a label are written by name; those without, and the node `but`, written out."""

    def leaf(node: Value) -> Term | None:
        if node is but or not label(node):
            return None
        term = name_term(label(node), latex)
        return negative(term) if label.is_negated(node) else term

    return leaf


def _by_number(label: Labels, numbers: LineNumbers, pen: Pen, but: Value | None = None) -> Leaf:
    """The same with numbers in the names' places."""
    return lambda node: numbers.term(node, pen) if node is not but and label(node) else None


def _formula(
    node: Value, label: Labels, numbers: LineNumbers, latex: bool = False, negate: bool = False
) -> tuple[Member, Member]:
    """What `node` records, over its operands' names and over their numbers; or its negative."""
    of_names, of_numbers = numbers.pen(latex), numbers.pen(latex)
    by_name = write(node, _by_name(label, node, latex), latex, of_names)
    by_number = write(node, _by_number(label, numbers, of_numbers, node), latex, of_numbers)
    if negate:
        by_name, by_number = negative(by_name), negative(by_number)
    return Member(by_name.text, of_names.rounded), Member(by_number.text, of_numbers.rounded)


def _operand_term(x: Any, leaf: Leaf, pen: Pen, latex: bool = False) -> Term:
    if x.__class__ is not Value:
        return pen.number(x, plain=True)
    return leaf(x) or write(x, leaf, latex, pen)


# --- gradients ------------------------------------------------------------------------------------


def gradient_graph(
    root: Value | Graph, label: Labels | None = None, notation: Notation | str | None = None
) -> list[Adjoint]:
    """The adjoints by distance from the root, their gradients recorded and named.

    Names are delta_j^l, dL/dw_10^1, ...; a local derivative that the rule table writes with a prime
    is named so too: relu'(z_0^1). In a notation whose error terms are negative they are those of
    -root.
    """
    label = _labels(root, label, notation)
    graph = label.graph
    distance = {graph.root: 0}
    found = list(adjoints(graph.root, graph.order, label.notation.error_sign))
    for node, gradient, paths in found:
        if node is not graph.root:
            steps = (distance[result] + 1 for result, _ in paths)
            distance[node] = max(steps, default=len(found))
        if gradient.__class__ is Value and label(node) and not label.is_negated(node):
            gradient.name = label.gradient(node)
        for result, local in paths:
            if result.operation.prime and local.__class__ is Value and not local.name:
                local.name = _primed(result.operation, node, label)
    position = graph.position
    return sorted(found, key=lambda adjoint: (distance[adjoint.node], position[adjoint.node]))


def _primed(operation: Operation, node: Value, label: Labels) -> Typeset:
    """relu'(z_0^1): the name of a local derivative that the rule table writes with a prime."""
    by_name = _operand_term(node, _by_name(label), Pen()).text
    in_latex = _operand_term(node, _by_name(label, latex=True), Pen(latex=True), latex=True).text
    typeset = rf"{upright(operation.shown)}'\left({in_latex}\right)"
    return Typeset(f"{operation.prime}({by_name})", typeset)


def gradient_steps(
    root: Value | Graph,
    label: Labels | None = None,
    notation: Notation | str | None = None,
    numbers: LineNumbers | None = None,
) -> list[Step]:
    """The steps that compute the gradient of a root in every node, by distance from it.

    >>> from autograd import Value, relu
    >>> z = Value(-0.5, "z_0^1")
    >>> loss = relu(z) * 2
    >>> loss.name = "L"
    >>> for step in gradient_steps(loss):
    ...     print(step)
    dL/dL = 1
    delta_0^1 = 2 * relu'(z_0^1) = 2 * 0 = 0
    """
    label, numbers = _labels(root, label, notation), numbers or LineNumbers()
    graph, steps = label.graph, []
    inherited: dict[Value, list[str]] = {}
    found = gradient_graph(graph, label)
    numbers.compute([x for node, x, _ in found if x.__class__ is Value and _has_line(node, label)])
    for adjoint in found:
        node = adjoint.node
        conventions = dict.fromkeys(
            text
            for result, _ in adjoint.paths
            for text in _conventions(_convention_at(result, numbers), [result], inherited)
        )
        if _has_line(node, label):
            steps.append(_gradient_step(adjoint, label, numbers, ", ".join(conventions)))
        else:
            inherited[node] = list(conventions)
    return steps


def _has_line(node: Value, label: Labels) -> bool:
    """Whether the gradient in a node has a line of its own."""
    return bool(label(node) and label.gradient(node))


def _convention_at(node: Value, numbers: LineNumbers) -> str:
    """The convention that the derivative of a node rests on: at a kink, at a tie."""
    operation = node.operation
    at_kink = operation and operation.kink and operation.kink(*map(numbers.of, node.operands))
    return operation.convention if operation and at_kink else ""


def _gradient_step(adjoint: Adjoint, label: Labels, numbers: LineNumbers, remark: str) -> Step:
    node = adjoint.node
    return replace(
        _line(label.gradient(node), adjoint.gradient, node, label, numbers),
        of_gradient=True,
        plain_name=label.plain_gradient(node),
        contributions=_contributions(adjoint, label, numbers),
        remark=remark,
    )


def _contributions(adjoint: Adjoint, label: Labels, numbers: LineNumbers) -> tuple[str, ...]:
    """One line for each path, where several meet: upstream * local, and their product."""
    count = len(adjoint.paths)
    if count < 2 or adjoint.gradient.__class__ is not Value:
        return ()
    operands = adjoint.gradient.operands
    lines = []
    for (result, _), *pair in zip(adjoint.paths, operands[:count], operands[count:], strict=True):
        pen = numbers.pen()
        through = label(result) or write(result, _by_name(label), pen=pen).text
        line = equation(*_product(pair, label, numbers))
        lines.append(f"through {through}: {line}")
    return tuple(lines)


def _product(pair: Sequence[Any], label: Labels, numbers: LineNumbers) -> Iterator[Member]:
    """Two factors by name, by number, and their product."""
    for by_number in (False, True):
        pen = numbers.pen()
        leaf = _by_number(label, numbers, pen) if by_number else _by_name(label)
        factors = [_operand_term(x, leaf, pen) for x in pair]
        yield Member(pen.operation(dot, factors).text, pen.rounded)
    upstream, local = map(numbers.of, pair)
    product = numbers.of_number(upstream * local)
    yield Member(product.text, product.rounded)


# --- all of it ------------------------------------------------------------------------------------


def line_numbers(label: Labels, style: NumberStyle) -> LineNumbers:
    """The numbers that the lines of a graph show in a style."""
    return RoundedLines(label.graph, label, style) if style.rounding else LineNumbers(style)


def derive(
    root: Value | Graph,
    *,
    notation: Notation | str | None = None,
    **shown: Unpack[RoundedNumbers],
) -> Derivation:
    """All lines of the computation of `root` and of its gradients; print it, or take `.latex()`.

    `shown` says how numbers are shown, as `decimals=4` or `comma=True`, and whether the result of
    each line is rounded before the next goes on with it: see `NumberStyle`.

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
    return Derivation(root, notation, **shown)


class Derivation:
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
        **shown: Unpack[RoundedNumbers],
    ) -> None:
        style = number_style("derive", shown, ["notation"], rounding=True)
        label = folded(root, notation)
        self._graph, self._notation = label.graph, label.notation
        numbers = line_numbers(label, style)
        self.forward = tuple(forward_steps(root, label, numbers=numbers))
        self.gradients = tuple(gradient_steps(root, label, numbers=numbers))

    def __str__(self) -> str:
        return "\n".join(map(str, (*self.forward, *self.gradients)))

    def latex(self) -> str:
        r"""All lines as one LaTeX block, aligned at the first sign of relation.

        >>> from autograd import Value
        >>> print(derive(Value(2, "w") * Value(3, "a")).latex().splitlines()[1])
        L &= w \cdot a = 2 \cdot 3 = 6 \\
        """
        return aligned((*self.forward, *self.gradients))

    def python(self, *, function: bool = False, matrices: bool = False) -> str:
        r"""The same as plain Python that runs: forward lines, then gradient lines; docs/code.md.

        Operations whose value is no formula in Python are imported; what is neither is a TypeError,
        as are numbers that Python does not have. With `function` it is a function of the leaves;
        with `matrices` it is NumPy over a network's matrices; docs/matrices.md.

        >>> from autograd import Value
        >>> print(derive(Value(2, "w") * Value(3, "a")).python().partition("# backward\n")[2])
        dL = 1
        dw = a*dL
        da = w*dL
        <BLANKLINE>
        """
        if matrices:
            return matrix_program(self._graph, self._notation, function=function)
        label = every_node(self._graph, self._notation)
        return program(label, gradient_graph(self._graph, label), function=function)

    def _repr_latex_(self) -> str:
        return f"$${self.latex()}$$"

    __repr__ = __str__


def aligned(steps: Sequence[Step]) -> str:
    r"""The steps as one LaTeX block, aligned at the first equals sign.

    >>> from autograd import Value
    >>> print(aligned(forward_steps(Value(2, "w") * 3)).splitlines()[1])
    L &= w \cdot 3 = 2 \cdot 3 = 6
    """
    lines = [re.sub(r" (=|\\approx) ", r" &\1 ", step.latex, count=1) for step in steps]
    return "\\begin{aligned}\n" + " \\\\\n".join(lines) + "\n\\end{aligned}"
