"""How a gradient arrives in one node: the sum over its children, and every chain from the root."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from autograd.notes.expressions import Form, Pen
from autograd.notes.labels import Labels
from autograd.notes.line_choice import LineChoice
from autograd.notes.line_numbers import LineNumbers
from autograd.notes.naming import latex_of
from autograd.notes.notation import Notation
from autograd.notes.number_style import ShownNumbers, number_style
from autograd.notes.pages import Pages, Section
from autograd.notes.steps import (
    AFTER,
    BEFORE,
    ON_PAGES,
    Member,
    Step,
    contribution_steps,
    equation,
    gradient_graph,
    gradient_steps,
    local_name,
    local_step,
)
from autograd.notes.typeset import html_name
from autograd.reading import (
    FAULTS,
    Adjoint,
    Graph,
    Term,
    Value,
    dot,
    number_of,
    total,
)

if TYPE_CHECKING:
    from typing_extensions import Unpack

FORMS: tuple[Form, ...] = ("text", *ON_PAGES)
NONE = Member("")
COUNTED = 10**15  # chains; beyond that, more


def paths(
    root: Value | Graph,
    node: Value,
    *,
    most: int = 20,
    notation: Notation | str | None = None,
    unicode: bool = False,
    **shown: Unpack[ShownNumbers],
) -> Paths:
    """How the gradient of `root` arrives in `node`: by which children, and by which whole chains.

    First the sum over the children, what `node` is used for; then each chain from the root, at
    most so many, as a product of local derivatives, whose sum is the gradient. Nodes without a name
    are called v1, v2, ..., as in pictures: `draw(root, highlight=node)` shows these paths. `shown`
    says how numbers are shown, see `NumberStyle`.

    Where a result depends on an operand by another path too, its local derivative is not the whole
    one between them, and is called `|direct`.

    A ValueError for the root itself, and for a node that it was not computed from.

    >>> x = Value(3, "x")
    >>> y = x**2 * x
    >>> print(paths(y, x))
    dL/dx = dL/dv1*(2*x) + v1 = 3*(2*3) + 9 = 27
       through v1: dL/dv1 * (2*x) = 3 * (2*3) = 18
       through L: v1 = 9
    <BLANKLINE>
    Local derivatives
       dL/dv1 = x = 3
       dv1/dx = 2*x = 2*3 = 6
       dL/dx|direct = v1 = 9
    <BLANKLINE>
    All 2 chains
       1: dL/dv1 * dv1/dx = 3 * 6 = 18
       2: dL/dx|direct = 9
       dL/dx = 18 + 9 = 27
    """
    options = ["most", "notation", "unicode"]
    style = number_style("paths", shown, options)
    if most.__class__ is not int or most < 1:
        raise ValueError(f"most is how many chains are written, an int of 1 or more: {most!r}")
    if node.__class__ is not Value:
        raise TypeError(f"paths lead to one Value, not to a {type(node).__name__}")
    graph = Graph.of(root)
    LineChoice(wrt=node).require_sources(graph)
    if node is graph.root:
        raise ValueError("no path leads from the root to itself: its gradient is 1")
    label = Labels(graph, notation, [node], unicode)
    label.number()
    return _paths(node, label, LineNumbers(style), most)


class Edge(NamedTuple):
    """A result, one of its operands, and the recorded local derivative.

    It is `direct` where the result depends on the operand by another path, too: then it is not the
    whole derivative between them.
    """

    result: Value
    operand: Value
    local: Any
    direct: bool = False


@dataclass(frozen=True, slots=True)
class Paths(Pages):
    """The paths by which a gradient arrives; print them, or take `.latex()`, `.html()`.

    `gradient` is its line, `children` has one for each path where several meet. `chains` has a line
    for each of the `count` chains that is written, `locals` the local derivatives of these, `sum`
    their sum where none is left out.

    >>> w = Value(2, "w")
    >>> found = paths(w * w + w, w)
    >>> found.count, [step.number for step in found.chains]
    (3, [2, 2, 1])
    """

    gradient: Step
    children: tuple[Step, ...]
    locals: tuple[Step, ...]
    chains: tuple[Step, ...]
    count: int
    sum: Step | None = None

    def pages(self) -> Sequence[Section]:
        """The sections that are laid out.

        >>> w = Value(2, "w")
        >>> [title for title, _ in paths(w * w, w).pages()]
        ['', 'Through', 'Local derivatives', 'All 2 chains']
        """
        total = [self.sum] if self.sum else []
        sections: list[Section] = [
            ("", [self.gradient]),
            ("Through", self.children),
            ("Local derivatives", self.locals),
            (self._title(), [*self.chains, *total]),
        ]
        return [(title, steps) for title, steps in sections if steps]

    def _title(self) -> str:
        if not self.count:
            return "No chain: a side that was not taken lies between"
        if len(self.chains) == self.count:
            return "The only chain" if self.count == 1 else f"All {self.count} chains"
        more = f"more than {COUNTED:,}" if self.count >= COUNTED else f"{self.count:,}"
        return f"{len(self.chains)} of {more} chains, the others left out"

    def __str__(self) -> str:
        first, *sections = self.pages()
        lines = [str(step) for step in first[1]]
        for title, steps in sections:
            if title == "Through":
                lines += [f"   through {_with_colon(step)}" for step in steps]
            else:
                lines += ["", title, *(f"   {_with_colon(step)}" for step in steps)]
        return "\n".join(lines)

    __repr__ = __str__


def _with_colon(step: Step) -> str:
    if step.relation != ":":
        return str(step)
    return f"{step.shown}: {equation(*step.members[1:])}"


def _paths(node: Value, label: Labels, numbers: LineNumbers, most: int) -> Paths:
    graph = label.graph
    recorded = gradient_graph(graph, label, wrt=[node])
    found = [label.cross_entropies.taught(adjoint) or adjoint for adjoint in recorded]
    of_node = {adjoint.node: adjoint for adjoint in found}
    steps = gradient_steps(graph, label, numbers=numbers, found=recorded)
    gradient = next(step for step in steps if step.node is node)
    counts = _counts(found, graph)
    first = islice(_chains(node, of_node, counts), most)
    each = _with_direct(list(first), of_node, graph)
    chains = [
        _chain_step(str(place), edges, label, numbers) for place, edges in enumerate(each, start=1)
    ]
    edges = {(*edge[:2], id(edge.local)): edge for edges in each for edge in edges}
    named = (p for edge in edges.values() for p in label.cross_entropies.lines_before(edge.local))
    of_probability = {step.node: step for step in steps if not step.of_gradient}
    is_whole = len(chains) == counts[node]
    return Paths(
        gradient,
        tuple(contribution_steps(of_node[node], label, numbers)),
        (
            *(of_probability[p] for p in dict.fromkeys(named)),
            *(local_step(*edge, label, numbers) for edge in edges.values()),
        ),
        tuple(chains),
        counts[node],
        _sum_step(chains, of_node[node], label, numbers) if is_whole else None,
    )


# --- chains ---------------------------------------------------------------------------------------


def _counts(found: Sequence[Adjoint], graph: Graph) -> dict[Value, int]:
    """How many chains lead from the root to each node, no more than `COUNTED`."""
    counts = {graph.root: 1}
    for node, _, ways in sorted(found, key=lambda adjoint: -graph.position[adjoint.node]):
        if node is not graph.root:
            counts[node] = min(COUNTED, sum(counts[result] for result, _ in ways))
    return counts


def _chains(
    node: Value, of_node: Mapping[Value, Adjoint], counts: Mapping[Value, int]
) -> Iterator[list[Edge]]:
    """Each chain, its edges from the root to the node, in the order of the node's paths."""

    def onward(start: Value) -> Iterator[Edge]:
        ways = of_node[start].paths
        return iter([Edge(result, start, local) for result, local in ways if counts[result]])

    taken: list[Edge] = []
    open_ways = [onward(node)]
    while open_ways:
        edge = next(open_ways[-1], None)
        if edge is None:
            open_ways.pop()
            del taken[-1:]
            continue
        taken.append(edge)
        if of_node[edge.result].paths:
            open_ways.append(onward(edge.result))
        else:  # the root
            yield taken[::-1]
            taken.pop()


def _with_direct(
    chains: Sequence[Sequence[Edge]], of_node: Mapping[Value, Adjoint], graph: Graph
) -> list[list[Edge]]:
    """The same chains, their edges told apart from whole derivatives."""
    known: dict[Value, set[Value]] = {}

    def is_direct(edge: Edge) -> bool:
        operand = edge.operand
        ways = [result for result, _ in of_node[operand].paths]
        if len(ways) == 1 or ways.count(edge.result) > 1:
            return len(ways) > 1
        depending = known.get(operand)
        if depending is None:
            depending = known[operand] = set(graph.depending(operand))
        others = (x for x in edge.result.operands if x.__class__ is Value and x is not operand)
        return any(x in depending for x in others)

    return [[edge._replace(direct=is_direct(edge)) for edge in edges] for edges in chains]


def _chain_step(name: str, edges: Sequence[Edge], label: Labels, numbers: LineNumbers) -> Step:
    """The product of a chain's local derivatives: by name, by number, and what it comes to."""
    shown = [_signed(edge, label) for edge in edges]
    by_name, in_latex, in_html = (_names(edges, label, form) for form in FORMS)
    product: Any = shown[0]
    try:
        for factor in shown[1:]:
            product = product * factor
        end = numbers.of_number(product)
    except FAULTS:  # beyond its type
        product, end = None, None
    filled, *others = (_product(shown, numbers, form) for form in FORMS)
    result, *ends = (Member(getattr(end, form), end.rounded) if end else NONE for form in FORMS)
    return Step(
        name,
        _product_of_names(edges, label),
        filled.text,
        product,
        edges[-1].operand,
        of_gradient=True,
        shown=name,
        in_latex=(Member(name, then=":"), Member(in_latex), others[0], ends[0]),
        in_html=(Member(html_name(name), then=":"), Member(in_html), others[1], ends[1]),
        result=result.text,
        rounded=(False, filled.rounded, result.rounded),
        marked_formula=by_name,
        relation=":",
    )


def _signed(edge: Edge, label: Labels) -> Any:
    """The number of a local derivative of what is called so, in what is called so."""
    number = number_of(edge.local)
    return -number if label.is_negated(edge.result) != label.is_negated(edge.operand) else number


def _name(edge: Edge, label: Labels) -> str:
    return local_name(edge.result, edge.operand, label, direct=edge.direct)


def _names(edges: Sequence[Edge], label: Labels, form: Form) -> str:
    names = [_name(edge, label) for edge in edges]
    if form == "latex":
        return r" \cdot ".join(map(latex_of, names))
    if form == "html":
        return " · ".join(map(html_name, names))
    return " * ".join(f"{BEFORE}{name}{AFTER}" for name in names)


def _product_of_names(edges: Sequence[Edge], label: Labels) -> str:
    names = (_name(edge, label) for edge in edges)
    return " * ".join(map(label.shown, names))


def _product(factors: Sequence[Any], numbers: LineNumbers, form: Form) -> Member:
    pen = Pen(numbers.style, form)
    first, *others = (pen.number(factor) for factor in factors)
    product: Term = first
    for factor in others:
        product = pen.operation(dot, [product, factor])
    return Member(product.text, pen.rounded)


def _sum_step(
    chains: Sequence[Step], adjoint: Adjoint, label: Labels, numbers: LineNumbers
) -> Step:
    """The sum of all chains, which is the gradient; of floats it may differ in the last digits."""
    node, (plain, typeset) = adjoint.node, _gradient_name(adjoint.node, label)
    gradient = number_of(adjoint.gradient)
    if label.sample_losses and node in label.sample_losses.samples:
        gradient = label.sample_losses.share * gradient  # of the cost, not of a sample's loss
    is_turned = label.is_negated(node) != (label.notation.error_sign < 0)
    is_turned ^= label.is_negated(label.graph.root)
    result = numbers.of_number(-gradient if is_turned else gradient)
    products = [step.number for step in chains]
    pens = [Pen(numbers.style, form) for form in FORMS]
    known = None not in products and len(products) > 1
    texts = [
        pen.operation(total, list(map(pen.number, products))).text if known else "" for pen in pens
    ]
    is_exact = not known or _sum(products) == result.number
    is_rounded = result.rounded or not is_exact
    return Step(
        plain,
        "",
        texts[0],
        result.number,
        node,
        of_gradient=True,
        shown=label.shown(plain),
        in_latex=(
            Member(typeset),
            NONE,
            Member(texts[1], pens[1].rounded),
            Member(result.latex, is_rounded),
        ),
        in_html=(
            Member(html_name(plain)),
            NONE,
            Member(texts[2], pens[2].rounded),
            Member(result.html, is_rounded),
        ),
        result=result.text,
        rounded=(False, pens[0].rounded, is_rounded),
    )


def _sum(numbers: Sequence[Any]) -> Any:
    found = numbers[0]
    for number in numbers[1:]:
        found = found + number
    return found


def _gradient_name(node: Value, label: Labels) -> tuple[str, str]:
    name = local_name(label.graph.root, node, label)
    return name, latex_of(name)
