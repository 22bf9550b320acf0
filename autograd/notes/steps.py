"""Every step of a computation in writing: symbol = formula = substituted = value, forward and for
the gradients.

The formulas are read from the recorded graph and the rule table, and those of the gradients from
the graph that `adjoints` records. Nodes without a name fold into the line of the next named one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from autograd.derivatives import Adjoint, adjoints
from autograd.graph import require_current, topological_order, wengert_names
from autograd.notes.notation import (
    NOTES,
    Notation,
    derivative_name,
    latex_name,
    name_term,
    number_term,
    number_text,
    write,
)
from autograd.number_types import number_of
from autograd.operations import dot, total, where
from autograd.value import Value
from autograd.writing import Term


@dataclass(frozen=True, slots=True)
class Step:
    """One line: `name = formula = substituted = value`, numbers copied when it was made.

    `node` is what the step computes, or (`of_gradient`) whose gradient it computes, and `number`
    the result. `contributions` has one line for each path where several meet; `remark` says where a
    gradient rests on a convention; `latex` is the whole line in LaTeX."""

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

    def __str__(self) -> str:
        remark = f"   ({self.remark})" if self.remark else ""
        return chain(self.name, self.formula, self.substituted, number_text(self.number)) + remark


def chain(*members: str) -> str:
    """The members joined by equals signs, without those that repeat the one before."""
    shown = [
        member
        for i, member in enumerate(members)
        if member and (i == 0 or member != members[i - 1])
    ]
    return " = ".join(shown)


Labels = Callable[[Value], str]


def folded(root: Value) -> Labels:
    """Labels for the nodes with a name, and v1, v2, ... for those without that are used more than
    once; "" folds.
    """
    uses = Counter(
        x for node in topological_order(root) for x in node.operands if x.__class__ is Value
    )
    names = wengert_names(root)

    def label(node: Value) -> str:
        # The variable of a derivative is a sum of one: it is shown as what it stands for.
        copy = node.operation is total and len(node.operands) == 1
        return (
            names[node]
            if uses[node] > 1 and node in names and node.operation and not copy
            else node.name
        )

    return label


def every_node(root: Value) -> Labels:
    """Labels that leave no node to fold: nodes without a name are v1, v2, ..., and such a root is
    L.
    """
    names = wengert_names(root)
    if not root.name:
        names[root] = "L"
    return lambda node: names.get(node, node.name)


def forward_steps(root: Value, label: Labels | None = None) -> list[Step]:
    """The steps that compute `root`, operands before results; `root` has one even without a name.

    >>> from autograd import Value
    >>> a, w = Value(2, "a_1^1"), Value(3, "w_01^2")
    >>> loss = (w * a - 1) ** 2 / 5
    >>> loss.name = "L"
    >>> print(forward_steps(loss)[0])
    L = (w_01^2*a_1^1 - 1)^2/5 = (3*2 - 1)^2/5 = 5
    """
    require_current(root)
    label = label or folded(root)
    steps = []
    folded_in: dict[Value, list[str]] = {}
    for node in topological_order(root):
        conventions = _conventions_of_value(node, folded_in)
        if node is not root and (node.operation is None or not label(node)):
            folded_in[node] = conventions
            continue
        name = label(node) or "L"
        latex = chain(latex_name(name), *_formula(node, label, latex=True), number_text(node.data))
        formulas = _formula(node, label)
        steps.append(
            Step(name, *formulas, node.data, node, latex=latex, remark=", ".join(conventions))
        )
    return steps


def _conventions_of_value(node: Value, folded_in: Mapping[Value, Sequence[str]]) -> list[str]:
    """Where the number itself rests on conventions: a `where` at 0, as the gradient of a relu is;
    those folded in.
    """
    found = dict.fromkeys(
        text for x in node.operands if x.__class__ is Value for text in folded_in.get(x, ())
    )
    if node.operation is where and where.kink and where.kink(*map(number_of, node.operands)):
        found[where.convention] = None
    return list(found)


def _named(
    label: Labels, but: Value | None = None, latex: bool = False
) -> Callable[[Value], Term | None]:
    """How operands with a label are written by name; those without one, and the node `but`, are
    written out.
    """
    return lambda node: name_term(label(node), latex) if node is not but and label(node) else None


def _number_where(label: Labels, but: Value | None = None) -> Callable[[Value], Term | None]:
    """The same with numbers in the names' places."""
    return lambda node: number_term(node.data) if node is not but and label(node) else None


def _formula(node: Value, label: Labels, latex: bool = False) -> tuple[str, str]:
    """The written form of what `node` records, over its operands' names and over their numbers."""
    named, numbers = _named(label, node, latex), _number_where(label, node)
    return write(node, named, latex).text, write(node, numbers, latex).text


def gradient_graph(
    root: Value, label: Labels | None = None, notation: Notation = NOTES
) -> list[Adjoint]:
    """The adjoints of `root` by distance from it, their gradients recorded and named: delta_j^l,
    dL/dw_10^1, ...

    A local derivative that the rule table writes with a prime is named so too: relu'(z_0^1).
    """
    label = label or folded(root)
    distance = {root: 0}
    found = list(adjoints(root))
    for node, gradient, paths in found:
        distance[node] = max(
            (distance[result] + 1 for result, _ in paths),
            default=len(found) if node is not root else 0,
        )
        if gradient.__class__ is Value and label(node):
            gradient.name = notation.gradient(label(root) or "L", label(node))
        for result, local in paths:
            if result.operation.prime and local.__class__ is Value and not local.name:
                local.name = (
                    f"{result.operation.prime}({label(node) or write(node, _named(label)).text})"
                )
    position = {node: i for i, node in enumerate(topological_order(root))}
    return sorted(found, key=lambda adjoint: (distance[adjoint.node], position[adjoint.node]))


def gradient_steps(
    root: Value, label: Labels | None = None, notation: Notation = NOTES
) -> list[Step]:
    """The steps that compute the gradient of `root` in every node, by distance from it.

    >>> from autograd import Value, relu
    >>> z = Value(-0.5, "z_0^1")
    >>> loss = relu(z) * 2
    >>> loss.name = "L"
    >>> for step in gradient_steps(loss):
    ...     print(step)
    dL/dL = 1
    delta_0^1 = 2 * relu'(z_0^1) = 2 * 0 = 0
    """
    require_current(root)
    label = label or folded(root)
    root_name = label(root) or "L"
    steps = []
    folded_in: dict[
        Value, list[str]
    ] = {}  # the conventions behind the gradients that have no line of their own
    for adjoint in gradient_graph(root, label, notation):
        name = label(adjoint.node) or (root_name if adjoint.node is root else "")
        conventions = _conventions(adjoint, folded_in)
        if name:
            steps.append(
                _gradient_step(adjoint, root_name, name, notation, label, ", ".join(conventions))
            )
        else:
            folded_in[adjoint.node] = conventions
    return steps


def _gradient_step(
    adjoint: Adjoint, root_name: str, name: str, notation: Notation, label: Labels, remark: str
) -> Step:
    gradient = adjoint.gradient
    shown, number = notation.gradient(root_name, name), number_of(gradient)
    recorded = gradient.__class__ is Value
    return Step(
        shown,
        *(_formula(gradient, label) if recorded else ("", "")),
        number,
        latex=chain(
            latex_name(shown),
            *(_formula(gradient, label, True) if recorded else ()),
            number_text(number),
        ),
        node=adjoint.node,
        of_gradient=True,
        plain_name=derivative_name(root_name, name),
        contributions=_contributions(adjoint, label),
        remark=remark,
    )


def _contributions(adjoint: Adjoint, label: Labels) -> tuple[str, ...]:
    """One line for each path, where several meet: through which node, upstream * local, and their
    product.
    """
    count = len(adjoint.paths)
    if count < 2 or adjoint.gradient.__class__ is not Value:
        return ()
    operands = adjoint.gradient.operands
    lines = []
    for (result, _), upstream, local in zip(
        adjoint.paths, operands[:count], operands[count:], strict=True
    ):
        factors = [_operand(upstream, _named(label)), _operand(local, _named(label))]
        numbers = [_operand(upstream, _number_where(label)), _operand(local, _number_where(label))]
        product = number_text(number_of(upstream) * number_of(local))
        through = label(result) or write(result, _named(label)).text
        lines.append(
            f"through {through}: {chain(dot.text(factors).text, dot.text(numbers).text, product)}"
        )
    return tuple(lines)


def _operand(x: Any, leaf: Callable[[Value], Term | None]) -> Term:
    if x.__class__ is not Value:
        return number_term(x, plain=True)
    return leaf(x) or write(x, leaf)


def _conventions(adjoint: Adjoint, folded_in: Mapping[Value, Sequence[str]]) -> list[str]:
    """Where the gradient rests on conventions: the derivative at a kink, a tie; those folded into
    it too.
    """
    found: dict[str, None] = {}
    for result, _ in adjoint.paths:
        operation = result.operation
        if operation.kink and operation.kink(*map(number_of, result.operands)):
            found[operation.convention] = None
        found |= dict.fromkeys(folded_in.get(result, ()))
    return list(found)


class Derivation:
    """All lines of a computation: `forward` and `gradients`, tuples of Steps. Printing it prints
    them all.

    >>> from autograd import Value
    >>> w, a = Value(2, "w"), Value(3, "a")
    >>> print(Derivation(w * a))
    L = w*a = 2*3 = 6
    dL/dL = 1
    dL/dw = a = 3
    dL/da = w = 2
    """

    def __init__(self, root: Value, notation: Notation = NOTES) -> None:
        self.forward = tuple(forward_steps(root))
        self.gradients = tuple(gradient_steps(root, notation=notation))

    def __str__(self) -> str:
        return "\n".join(map(str, (*self.forward, *self.gradients)))

    def latex(self) -> str:
        """All lines as one LaTeX block, aligned at the first equals sign."""
        lines = [step.latex.replace(" = ", " &= ", 1) for step in (*self.forward, *self.gradients)]
        return "\\begin{aligned}\n" + " \\\\\n".join(lines) + "\n\\end{aligned}"

    def _repr_latex_(self) -> str:
        return f"$${self.latex()}$$"

    __repr__ = __str__
