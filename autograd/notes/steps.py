"""Every step of a computation in writing: symbol = formula = substituted = value.

Forward, and then for the gradients. The formulas are read from the recorded graph and the rule
table, and those of the gradients from the graph that `adjoints` records. Nodes without a name fold
into the line of the next named one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from autograd.notes.code import program
from autograd.notes.expressions import Leaf, name_term, negative, number_term, write
from autograd.notes.labels import Labels, every_node, folded
from autograd.notes.naming import Typeset, latex_of
from autograd.notes.notation import Notation
from autograd.notes.numbers import number_text
from autograd.notes.typeset import upright
from autograd.reading import (
    Adjoint,
    Graph,
    Operation,
    Term,
    Value,
    adjoints,
    dot,
    number_of,
    where,
)


@dataclass(frozen=True, slots=True)
class Step:
    """One line: `name = formula = substituted = value`, numbers copied when it was made.

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

    def __str__(self) -> str:
        line = equation(self.name, self.formula, self.substituted, number_text(self.number))
        return f"{line}   ({self.remark})" if self.remark else line


def equation(*members: str) -> str:
    """The members joined by equals signs, without those that repeat the one before."""
    pairs = zip(members, ("", *members), strict=False)
    return " = ".join(member for member, before in pairs if member and member != before)


def _labels(root: Value | Graph, label: Labels | None, notation: Notation | str | None) -> Labels:
    """The labels given, or those of a graph whose nodes are as it says: gradients are recorded on
    them.
    """
    label = label or folded(Graph.of(root), notation)
    label.graph.require_unchanged()
    return label


# --- forward --------------------------------------------------------------------------------------


def forward_steps(
    root: Value | Graph, label: Labels | None = None, notation: Notation | str | None = None
) -> list[Step]:
    """The steps that compute a root, operands before results; it has one even without a name.

    >>> from autograd import Value
    >>> a, w = Value(2, "a_1^1"), Value(3, "w_01^2")
    >>> loss = (w * a - 1) ** 2 / 5
    >>> loss.name = "L"
    >>> print(forward_steps(loss)[0])
    L = (w_01^2*a_1^1 - 1)^2/5 = (3*2 - 1)^2/5 = 5
    """
    label = _labels(root, label, notation)
    graph, steps = label.graph, []
    inherited: dict[Value, list[str]] = {}  # the conventions behind what has no line of its own
    for node in graph.order:
        own = _convention_at(graph, node) if node.operation is where else ""
        conventions = _conventions(own, node.operands, inherited)
        if node is graph.root or (node.operation is not None and label(node)):
            steps.append(_forward_step(graph, node, label, conventions))
        else:
            inherited[node] = conventions
    return steps


def _forward_step(graph: Graph, node: Value, label: Labels, conventions: Sequence[str]) -> Step:
    name, number = label(node), graph.data[node]
    is_negated = label.is_negated(node)
    if is_negated:
        number = -number
    in_latex = _formula(node, label, latex=True, negate=is_negated)
    latex = equation(latex_of(name), *in_latex, number_text(number))
    formulas = _formula(node, label, negate=is_negated)
    return Step(name, *formulas, number, node, latex=latex, remark=", ".join(conventions))


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


def _by_number(label: Labels, but: Value | None = None) -> Leaf:
    """The same with numbers in the names' places."""
    return lambda node: number_term(node.data) if node is not but and label(node) else None


def _formula(
    node: Value, label: Labels, latex: bool = False, negate: bool = False
) -> tuple[str, str]:
    """What `node` records, over its operands' names and over their numbers; or its negative."""
    leaves = _by_name(label, node, latex), _by_number(label, node)
    by_name, by_number = (write(node, leaf, latex) for leaf in leaves)
    if negate:
        by_name, by_number = negative(by_name), negative(by_number)
    return by_name.text, by_number.text


def _operand_term(x: Any, leaf: Leaf, latex: bool = False) -> Term:
    if x.__class__ is not Value:
        return number_term(x, plain=True)
    return leaf(x) or write(x, leaf, latex)


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
    by_name = _operand_term(node, _by_name(label)).text
    in_latex = _operand_term(node, _by_name(label, latex=True), latex=True).text
    typeset = rf"{upright(operation.shown)}'\left({in_latex}\right)"
    return Typeset(f"{operation.prime}({by_name})", typeset)


def gradient_steps(
    root: Value | Graph, label: Labels | None = None, notation: Notation | str | None = None
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
    label = _labels(root, label, notation)
    graph, steps = label.graph, []
    inherited: dict[Value, list[str]] = {}
    for adjoint in gradient_graph(graph, label):
        node = adjoint.node
        conventions = dict.fromkeys(
            text
            for result, _ in adjoint.paths
            for text in _conventions(_convention_at(graph, result), [result], inherited)
        )
        if label(node) and label.gradient(node):
            steps.append(_gradient_step(adjoint, label, ", ".join(conventions)))
        else:
            inherited[node] = list(conventions)
    return steps


def _convention_at(graph: Graph, node: Value) -> str:
    """The convention that the derivative of a node rests on: at a kink, at a tie."""
    operation = node.operation
    at_kink = operation and operation.kink and operation.kink(*graph.numbers(node))
    return operation.convention if operation and at_kink else ""


def _gradient_step(adjoint: Adjoint, label: Labels, remark: str) -> Step:
    node, gradient = adjoint.node, adjoint.gradient
    shown, number = label.gradient(node), number_of(gradient)
    formulas, in_latex = ("", ""), ("", "")
    is_negated = label.is_negated(node)
    if gradient.__class__ is Value:
        formulas = _formula(gradient, label, negate=is_negated)
        in_latex = _formula(gradient, label, latex=True, negate=is_negated)
    if is_negated:
        number = -number
    return Step(
        shown,
        *formulas,
        number,
        latex=equation(latex_of(shown), *in_latex, number_text(number)),
        node=node,
        of_gradient=True,
        plain_name=label.plain_gradient(node),
        contributions=_contributions(adjoint, label),
        remark=remark,
    )


def _contributions(adjoint: Adjoint, label: Labels) -> tuple[str, ...]:
    """One line for each path, where several meet: upstream * local, and their product."""
    count = len(adjoint.paths)
    if count < 2 or adjoint.gradient.__class__ is not Value:
        return ()
    operands = adjoint.gradient.operands
    lines = []
    for (result, _), *pair in zip(adjoint.paths, operands[:count], operands[count:], strict=True):
        factors = dot.text([_operand_term(x, _by_name(label)) for x in pair]).text
        numbers = dot.text([_operand_term(x, _by_number(label)) for x in pair]).text
        upstream, local = map(number_of, pair)
        through = label(result) or write(result, _by_name(label)).text
        line = equation(factors, numbers, number_text(upstream * local))
        lines.append(f"through {through}: {line}")
    return tuple(lines)


# --- all of it ------------------------------------------------------------------------------------


def derive(root: Value | Graph, *, notation: Notation | str | None = None) -> Derivation:
    """All lines of the computation of `root` and of its gradients; print it, or take `.latex()`.

    >>> from autograd import Value
    >>> w, a = Value(2, "w"), Value(3, "a")
    >>> print(derive(w * a))
    L = w*a = 2*3 = 6
    dL/dL = 1
    dL/dw = a = 3
    dL/da = w = 2
    """
    return Derivation(root, notation)


class Derivation:
    """All lines of a computation: `forward` and `gradients`, tuples of Steps.

    What `derive` returns, and another name for it; printing it prints them all.

    >>> from autograd import Value
    >>> [step.name for step in derive(Value(2, "w") * Value(3, "a")).gradients]
    ['dL/dL', 'dL/dw', 'dL/da']
    """

    def __init__(self, root: Value | Graph, notation: Notation | str | None = None) -> None:
        label = folded(root, notation)
        self._graph, self._notation = label.graph, label.notation
        self.forward = tuple(forward_steps(root, label))
        self.gradients = tuple(gradient_steps(root, label))

    def __str__(self) -> str:
        return "\n".join(map(str, (*self.forward, *self.gradients)))

    def latex(self) -> str:
        r"""All lines as one LaTeX block, aligned at the first equals sign.

        >>> from autograd import Value
        >>> print(derive(Value(2, "w") * Value(3, "a")).latex().splitlines()[1])
        L &= w \cdot a = 2 \cdot 3 = 6 \\
        """
        return aligned((*self.forward, *self.gradients))

    def python(self, *, function: bool = False) -> str:
        r"""The same as plain Python that runs: forward lines, then gradient lines; docs/code.md.

        Operations whose value is no formula in Python are imported; what is neither is a TypeError,
        as are numbers that Python does not have. With `function` it is a function of the leaves.

        >>> from autograd import Value
        >>> print(derive(Value(2, "w") * Value(3, "a")).python().partition("# backward\n")[2])
        dL = 1
        dw = a*dL
        da = w*dL
        <BLANKLINE>
        """
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
    lines = [step.latex.replace(" = ", " &= ", 1) for step in steps]
    return "\\begin{aligned}\n" + " \\\\\n".join(lines) + "\n\\end{aligned}"
