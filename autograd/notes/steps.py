"""Every step of a computation in writing: symbol = formula = substituted = value.

Forward, and then for the gradients. The formulas are read from the recorded graph and the rule
table, and those of the gradients from the graph that `adjoints` records. Nodes without a name fold
into the line of the next named one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from itertools import pairwise
from typing import Any, NamedTuple

from autograd.notes.breaking import grown
from autograd.notes.cross_entropies import SHARE
from autograd.notes.expressions import (
    Form,
    Leaf,
    Pen,
    is_number_alone,
    is_of_plain_numbers,
    name_term,
    negative,
    opposite,
    write,
)
from autograd.notes.labels import Labels, folded
from autograd.notes.line_numbers import LineNumbers, Result, RoundedLines
from autograd.notes.meaning import Role
from autograd.notes.naming import Typeset, latex_of
from autograd.notes.notation import Notation, derivative_name
from autograd.notes.number_style import PLAIN, NumberStyle
from autograd.notes.on_demand import Again, OnDemand
from autograd.notes.paths import written_order
from autograd.notes.typeset import html_name, upright
from autograd.notes.vanishing import vanishing_at
from autograd.reading import (
    FAULTS,
    Adjoint,
    Graph,
    Operation,
    Term,
    Value,
    adjoints,
    dot,
    moving,
    record,
    total,
    where,
)


@dataclass(frozen=True, slots=True)
class Step:
    """One line: `name = formula = substituted = value`, numbers copied when it was made.

    `result` is the number as it is shown, and `rounded` says of formula, substituted and result
    whether a number in it is; then the line has ≈ beside it.

    `node` is what the step computes, or (`of_gradient`) whose gradient it computes, and `number`
    the result. `contributions` has one line for each path where several meet; `remark` says where a
    gradient rests on a convention; `plain_name` names a gradient as dL/dz_0^1, whatever its own
    name; `of_update` says that it is a line of an update, and `relation` what stands after its
    name, = or :=. `shown` is the name as it is written, δ₀¹ for delta_0^1 where that was asked for.
    `in_latex` are name, formula, substituted and result in LaTeX, `in_html` in HTML;
    `marked_formula` is the formula
    with every name between two marks, for those who set names in a way of their own; `again` makes
    the line in another style.
    """

    name: str
    formula: str
    substituted: str
    number: Any
    node: Value
    of_gradient: bool = False
    plain_name: str = ""
    contributions: Sequence[str] = ()
    remark: str = ""
    in_latex: Sequence[Member] = field(default=(), repr=False)
    in_html: Sequence[Member] = field(default=(), repr=False, compare=False)
    of_update: bool = False
    shown: str = ""
    result: str = ""
    rounded: tuple[bool, bool, bool] = (False, False, False)
    marked_formula: str = field(default="", repr=False)
    relation: str = "="
    again: Again[NumberStyle, Step] = field(default=Again(), repr=False, compare=False)

    def __str__(self) -> str:
        line = equation(*self.members)
        return f"{line}   ({self.remark})" if self.remark else line

    @property
    def members(self) -> tuple[Member, ...]:
        """Name, formula, substituted and result; "" for what there is not."""
        texts = self.formula, self.substituted, self.result
        return (Member(self.shown, then=self.relation), *map(Member, texts, self.rounded))

    @property
    def latex(self) -> str:
        r"""The whole line in LaTeX, without its remark.

        >>> from autograd import Value
        >>> print(forward_steps(Value(2, "w_1") * 3)[0].latex)
        L = w_{1} \cdot 3 = 2 \cdot 3 = 6
        """
        return grown(equation(*self.in_latex, approximately=APPROXIMATELY))

    def _repr_latex_(self) -> str:
        remark = rf" \quad {upright(f'({self.remark})')}" if self.remark else ""
        return f"$${self.latex}{remark}$$"

    @property
    def marked(self) -> str:
        """The result, with ≈ before it where it is rounded."""
        return ("≈" if self.rounded[2] else "") + self.result

    def changed(self, change: Callable[[Sequence[Member]], Iterable[Member]]) -> Step:
        """The same with the members that pages have changed, when they are read."""
        return replace(
            self,
            in_latex=OnDemand(lambda: change(self.in_latex)),
            in_html=OnDemand(lambda: change(self.in_html)),
        )

    def in_style(self, style: NumberStyle) -> Step:
        """The same line, its numbers shown in a style; one from a pickle as it is.

        >>> from autograd import Value
        >>> line = forward_steps(Value(2.0, "w") / 3)[0]
        >>> print(line.in_style(NumberStyle(decimals=2)))
        L = w/3 = 2/3 ≈ 0.67
        """
        line = self.again(style)
        return self if line is None else replace(self, **{of: getattr(line, of) for of in STYLED})


STYLED = (
    "formula",
    "marked_formula",
    "substituted",
    "result",
    "rounded",
    "in_latex",
    "in_html",
    "contributions",
)


class Member(NamedTuple):
    """One side of an equation, whether a number in it is rounded, and the sign that stands after it
    where none is.
    """

    text: str
    rounded: bool = False
    then: str = "="


APPROXIMATELY = r"\approx"  # in LaTeX
ON_PAGES: tuple[Form, Form] = ("latex", "html")
BEFORE, AFTER = "\x01\x02"  # the marks around a name: `printable` leaves none in it


def equation(*members: Member, approximately: str = "≈") -> str:
    """The members joined by =, or by ≈ beside a rounded one, without those that repeat the one
    before.

    >>> equation(Member("z"), Member("w*a"), Member("0.3*2"), Member("0.6"))
    'z = w*a = 0.3*2 = 0.6'
    >>> equation(Member("z"), Member("x/3"), Member("2/3"), Member("0.67", rounded=True))
    'z = x/3 = 2/3 ≈ 0.67'
    """
    return " ".join(f"{sign} {text}" for sign, text in related(*members, sign=approximately))[1:]


def related(*members: Member, sign: str = "≈") -> list[tuple[str, str]]:
    """The members that do not repeat the one before, each with the sign of relation before it.

    >>> related(Member("y"), Member("2/3"), Member("2/3"), Member("0.67", rounded=True))
    [('', 'y'), ('=', '2/3'), ('≈', '0.67')]
    """
    kept: list[Member] = []
    for member in members:
        if kept and member.text == kept[-1].text:
            kept[-1] = kept[-1]._replace(rounded=member.rounded or kept[-1].rounded)
        elif member.text:
            kept.append(member)
    signs = [sign if a.rounded or b.rounded else a.then for a, b in pairwise(kept)]
    return [(sign, member.text) for sign, member in zip(["", *signs], kept, strict=True)]


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
    label = _labels(root, label, notation)
    numbers = numbers or line_numbers(label)
    graph, steps = label.graph, list[Step]()
    inherited: dict[Value, list[str]] = {}  # the conventions behind what has no line of its own
    for node in graph.order:
        own = _convention_at(node, numbers) if node.operation is where else ""
        conventions = _conventions(own, node.operands, inherited)
        worked = label.cross_entropies.of_loss.get(node)
        if worked:
            numbers.compute(worked.probabilities)
            steps += (_line(p.name, p, p, label, numbers) for p in worked.probabilities)
        if node is graph.root or (node.operation is not None and label(node)):
            written = worked.loss if worked and numbers.could_write(worked.loss) else node
            line = _line(label(node), node, node, label, numbers, written)
            steps.append(replace(line, remark=", ".join(conventions)))
        else:
            inherited[node] = conventions
    return steps


def _line(
    name: str,
    x: Any,
    node: Value,
    label: Labels,
    numbers: LineNumbers,
    written: Any = None,
    negate: bool | None = None,
) -> Step:
    """The line of x, a recorded node or a plain number, in text and in LaTeX.

    `node` is what it is the number of, or the gradient in; `written` is another expression of that
    number, which is written; `negate` asks for the negative of both, as the label of `node` does.
    """
    written = x if written is None else written
    negate = label.is_negated(node) if negate is None else negate
    result = numbers.result(x, negate)

    def sides(form: Form) -> tuple[Member, Member, Member]:
        if x.__class__ is not Value:
            return Member(""), Member(""), _end(result, form)
        return _sides(written, result, label, numbers, form, negate)

    formula, substituted, end = sides("text")
    return Step(
        name,
        _text(formula, label),
        substituted.text,
        result.number,
        node,
        shown=label.shown(name),
        in_latex=OnDemand(lambda: (Member(latex_of(name)), *sides("latex"))),
        in_html=OnDemand(lambda: (Member(html_name(name)), *sides("html"))),
        result=end.text,
        rounded=(formula.rounded, substituted.rounded, end.rounded),
        marked_formula=formula.text,
        again=Again(
            lambda style: _line(name, x, node, label, numbers.in_style(style), written, negate)
        ),
    )


def _conventions(
    own: str, sources: Sequence[Any], inherited: Mapping[Value, Sequence[str]]
) -> list[str]:
    """Those of its own, and those of what is folded into it, each once."""
    nodes = (x for x in sources if x.__class__ is Value)
    found = [own, *(text for node in nodes for text in inherited.get(node, ()))]
    return list(dict.fromkeys(filter(None, found)))


# --- written forms --------------------------------------------------------------------------------


def _by_name(label: Labels, but: Value | None = None, form: Form = "text") -> Leaf:
    """Operands with a label are written by name; those without, and the node `but`, written out.

    In text each name stands between marks.
    """

    def leaf(node: Value) -> Term | None:
        if node is but or not label(node):
            return None
        term = name_term(label(node), form)
        term = _marked(term) if form == "text" else term
        return negative(term, form) if label.is_negated(node) else term

    return leaf


def _marked(term: Term) -> Term:
    """A name between its marks; a minus before it stays the first character, as a sign."""
    sign = "-" * term.text.startswith("-")
    return term._replace(text=f"{sign}{BEFORE}{term.text.removeprefix('-')}{AFTER}")


def put_together(marked: str, of_name: Callable[[str], str], of_rest: Callable[[str], str]) -> str:
    """A formula from its parts, the names and what stands between them, each written anew.

    >>> put_together(forward_steps(Value(2, "w") * 3)[0].marked_formula, str.upper, str)
    'W*3'
    """
    parts = re.split(f"{BEFORE}([^{AFTER}]*){AFTER}", marked)
    return "".join(of_rest(x) if place % 2 == 0 else of_name(x) for place, x in enumerate(parts))


def _text(marked: Term | Member, label: Labels) -> str:
    """A formula with its names as the labels write them."""
    return put_together(marked.text, label.shown, str)


def _by_number(label: Labels, numbers: LineNumbers, pen: Pen, but: Value | None = None) -> Leaf:
    """The same with numbers in the names' places, and in those of rounded lines."""

    def leaf(node: Value) -> Term | None:
        has_number = node is not but and (label(node) or numbers.is_line(node))
        return numbers.term(node, pen) if has_number else None

    return leaf


def _sides(
    node: Value, result: Result, label: Labels, numbers: LineNumbers, form: Form, negate: bool
) -> tuple[Member, Member, Member]:
    """What `node` records, over its operands' names and over their numbers, or its negative; and
    the result, with the zeros of a number alone that is the same: 0.0060 is not 0.006 on one line.
    """
    derived = node not in label.graph.data
    counts = label.mean_counts if derived else ()
    of_names, of_numbers = (numbers.pen(form, derived, counts) for _ in range(2))
    node = numbers.written_out(node)
    leaf = _as_computed(_by_name(label, node, form), label, numbers, of_names)
    by_name = _written_form(node, leaf, of_names, label, negate)
    leaf = _as_computed(_by_number(label, numbers, of_numbers, node), label, numbers, of_numbers)
    by_number = _written_form(node, leaf, of_numbers, label, negate)
    end = _end(result, form)
    if not by_number.plain and is_number_alone(by_number, result.number):
        end = end._replace(text=by_number.text)
    return (
        Member(by_name.text, of_names.rounded),
        Member(by_number.text, of_numbers.rounded),
        end,
    )


def _end(result: Result, form: Form) -> Member:
    return Member(getattr(result, form), result.rounded)


def _written_form(node: Value, leaf: Leaf, pen: Pen, label: Labels, negate: bool) -> Term:
    """What a node records, or its negative, without two signs where one does."""
    if not negate:
        return write(node, leaf, pen)
    return opposite(node, leaf, pen, label.is_negated)


def _as_computed(leaf: Leaf, label: Labels, numbers: LineNumbers, pen: Pen) -> Leaf:
    """The same, where what has no label is written as it is computed: a loss of logits over its
    probabilities.
    """

    def through(node: Value) -> Term | None:
        term = leaf(node)
        if term is not None:
            return term
        worked = label.cross_entropies.of_loss.get(node)
        written = worked.loss if worked and numbers.could_write(worked.loss) else node
        written = numbers.written_out(written)
        return None if written is node else write(written, leaf, pen)

    return through


def _operand_term(x: Any, leaf: Leaf, pen: Pen) -> Term:
    if x.__class__ is not Value:
        return pen.operand(x, dot)
    return leaf(x) or write(x, leaf, pen)


# --- gradients ------------------------------------------------------------------------------------


def gradient_graph(
    root: Value | Graph,
    label: Labels | None = None,
    notation: Notation | str | None = None,
    wrt: Sequence[Value] = (),
) -> list[Adjoint]:
    """The adjoints by distance from the root, their gradients recorded and named; with `wrt` those
    on the paths from the root to these nodes.

    Names are delta_j^l, dL/dw_10^1, ...; a local derivative that the rule table writes with a prime
    is named so too: relu'(z_0^1). In a notation whose error terms are negative they are those of
    -root. What `backward` leaves without a gradient, past a side not taken, has none here.
    """
    label = _labels(root, label, notation)
    graph = label.graph
    distance = {graph.root: 0}
    found = [_as_written(adjoint, label) for adjoint in _past_dead_paths(label, wrt)]
    if label.sample_losses:
        found = list(label.sample_losses.own(found))
    for node, gradient, paths in found:
        if node is not graph.root:
            steps = (distance[result] + 1 for result, _ in paths)
            distance[node] = max(steps, default=len(found))
        if gradient.__class__ is Value and label(node) and not label.is_negated(node):
            gradient.name = label.gradient(node)
        for result, local in paths:
            if result.operation.prime and local.__class__ is Value and not local.name:
                local.name = _primed(result.operation, node, label)
            if result.operation is SHARE and local.__class__ is Value:
                label.cross_entropies.name_factor(result, node, local, label)
    position = graph.position
    return sorted(found, key=lambda adjoint: (distance[adjoint.node], position[adjoint.node]))


def _past_dead_paths(label: Labels, wrt: Sequence[Value]) -> list[Adjoint]:
    """The adjoints; where a derivative fails, without the paths that change no source, as
    `backward` has it: the sources are the leaves, or what is asked for.
    """
    graph, sign = label.graph, label.notation.error_sign
    try:
        return list(adjoints(graph.root, graph.depending(*wrt) if wrt else graph.order, sign))
    except FAULTS:
        sources = wrt or [node for node in graph.order if node.operation is None]
        part = moving([node for node in graph.order if node is not graph.root], sources)
    return list(adjoints(graph.root, [*part, graph.root], sign))


def _as_written(adjoint: Adjoint, label: Labels) -> Adjoint:
    """The same, its paths from the first to the last, whose sum has the engine's number; the engine
    adds up from the last.
    """
    node, gradient, paths = adjoint
    if len(paths) < 2:
        return adjoint
    order = written_order([result for result, _ in paths], label)
    factors = gradient.operands[: len(paths)], gradient.operands[len(paths) :]
    # In place: it may fold into the lines of others, which were recorded over it.
    gradient.operands = tuple(each[place] for each in factors for place in order)
    return Adjoint(node, gradient, [paths[place] for place in order])


def _primed(operation: Operation, node: Value, label: Labels) -> Typeset:
    """relu'(z_0^1): the name of a local derivative that the rule table writes with a prime."""
    by_name = put_together(_operand_term(node, _by_name(label), Pen()).text, str, str)
    in_latex = _operand_term(node, _by_name(label, form="latex"), Pen(form="latex")).text
    typeset = rf"{upright(operation.shown)}'\left({in_latex}\right)"
    return Typeset(f"{operation.prime}({by_name})", typeset)


def gradient_steps(
    root: Value | Graph,
    label: Labels | None = None,
    notation: Notation | str | None = None,
    numbers: LineNumbers | None = None,
    *,
    found: Sequence[Adjoint] = (),
    vanishing: bool = False,
) -> list[Step]:
    """The steps that compute the gradient of a root in every node, by distance from it.

    `found` are those of `gradient_graph`, or a part of them, where they are known; with
    `vanishing` a remark tells where no gradient passes.

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
    numbers = numbers or line_numbers(label)
    graph, steps = label.graph, list[Step]()
    inherited: dict[Value, list[str]] = {}
    found = found or gradient_graph(graph, label)
    written, have_lines = _written(found, label, numbers), set[Value]()
    for adjoint in found:
        node, remarks = adjoint.node, dict[str, None]()
        for result, _ in adjoint.paths:
            own = _convention_at(result, numbers)
            own = own or (vanishing_at(result, node, numbers) if vanishing else "")
            remarks |= dict.fromkeys(_conventions(own, [result], inherited))
        if has_line(node, label):
            steps += _lines_of_new_probabilities(written.get(node), have_lines, label, numbers)
            step = _gradient_step(adjoint, label, numbers, written.get(node, adjoint))
            steps.append(replace(step, remark=", ".join(remarks)))
        else:
            inherited[node] = list(remarks)
    return steps


def has_line(node: Value, label: Labels) -> bool:
    """Whether the gradient in a node has a line of its own."""
    return bool(label(node) and label.gradient(node))


def _convention_at(node: Value, numbers: LineNumbers) -> str:
    """The convention that the derivative of a node rests on: at a kink, at a tie."""
    operation = node.operation
    at_kink = operation and operation.kink and operation.kink(*map(numbers.of, node.operands))
    return operation.convention if operation and at_kink else ""


def _written(
    found: Sequence[Adjoint], label: Labels, numbers: LineNumbers
) -> Mapping[Value, Adjoint]:
    """The gradients that are written otherwise, without paths as prediction minus target, with
    paths over the shares of a softmax; the numbers of all lines.
    """
    of_node, written = {adjoint.node: adjoint for adjoint in found}, dict[Value, Adjoint]()
    for node, adjoint in of_node.items():
        difference = label.cross_entropies.difference(adjoint, of_node)
        taught = label.cross_entropies.taught(adjoint) if difference is None else None
        if difference is not None:
            written[node] = Adjoint(node, difference, ())
        elif taught is not None:
            written[node] = taught
    numbers.write_as({of_node[node].gradient: x.gradient for node, x in written.items()})
    numbers.compute([x for node, x, _ in found if x.__class__ is Value and has_line(node, label)])
    return {node: x for node, x in written.items() if numbers.could_write(x.gradient)}


def _lines_of_new_probabilities(
    written: Adjoint | None, have_lines: set[Value], label: Labels, numbers: LineNumbers
) -> list[Step]:
    """The lines of the probabilities that a gradient names, but of those that `have_lines`; now
    these have, too.
    """
    if written is None:
        return []
    before = label.cross_entropies.lines_before(written.gradient)
    new = [p for p in before if p not in have_lines]
    have_lines.update(new)
    numbers.compute(new)
    return [_line(p.name, p, p, label, numbers) for p in new]


def _gradient_step(adjoint: Adjoint, label: Labels, numbers: LineNumbers, written: Adjoint) -> Step:
    node, expression = adjoint.node, _turned(written, label)
    line = _line(label.gradient(node), adjoint.gradient, node, label, numbers, expression)
    operation = expression.operation if expression.__class__ is Value else None
    if operation is total and len(expression.operands) == 1:
        line = _without_substituted(line)  # delta = p
    return replace(
        line,
        of_gradient=True,
        plain_name=label.plain_gradient(node),
        contributions=OnDemand(lambda: _contributions(written, label, numbers)),
        again=Again(lambda style: _gradient_step(adjoint, label, numbers.in_style(style), written)),
    )


def _without_substituted(line: Step) -> Step:
    def without(members: Sequence[Member]) -> tuple[Member, ...]:
        name, formula, _, result = members
        return name, formula, Member(""), result

    rounded = (line.rounded[0], False, line.rounded[2])
    return replace(line.changed(without), substituted="", rounded=rounded)


def _turned(adjoint: Adjoint, label: Labels) -> Any:
    """The gradient; an error term with the derivative first, where the notation has it so."""
    gradient, meaning = adjoint.gradient, label.meaning(adjoint.node)
    is_error_term = meaning is not None and meaning.role is Role.PREACTIVATION
    if not (label.notation.derivative_first and is_error_term and len(adjoint.paths) == 1):
        return gradient
    if len(gradient.operands) != 2:  # p_0 alone
        return gradient
    upstream, local = gradient.operands
    if {type(upstream), type(local)} != {Value} or is_of_plain_numbers(upstream, _by_name(label)):
        return gradient
    factors = upstream.operands
    is_product = upstream.operation is dot and len(factors) == 2 and not upstream.name
    if is_product and all(x.__class__ is Value and x.name for x in factors):
        return record(dot, (record(dot, (local, factors[0])), factors[1]))  # o*(1 - o) * delta * w
    return record(dot, (local, upstream))


def _contributions(adjoint: Adjoint, label: Labels, numbers: LineNumbers) -> Iterator[str]:
    """One line for each path, where several meet: upstream * local, and their product."""
    for result, factors in _factors(adjoint, label):
        pen = numbers.pen()
        through = label.shown(label(result)) or _text(
            write(result, _by_name(label), pen=pen), label
        )
        members = (
            member._replace(text=_text(member, label))
            for member in _product(factors, label, numbers)
        )
        yield f"through {through}: {equation(*members)}"


def contribution_steps(adjoint: Adjoint, label: Labels, numbers: LineNumbers) -> list[Step]:
    """The same as lines named by the result that each path goes through, all of which have a label.

    >>> from autograd import Value
    >>> from autograd.notes.labels import every_node
    >>> x = Value(3, "x")
    >>> label = every_node(x * x)
    >>> print(*contribution_steps(gradient_graph(label.graph, label)[-1], label, LineNumbers()))
    L : x = 3 L : x = 3
    """
    lines = []
    for result, factors in _factors(adjoint, label):
        name = label(result)
        members = [*_product(factors, label, numbers), Member("")][:3]
        in_latex, in_html = (
            [*_product(factors, label, numbers, form), Member("")][:3] for form in ON_PAGES
        )
        formula, substituted, end = members
        step = Step(
            name,
            _text(formula, label),
            _text(substituted, label),
            None,
            result,
            of_gradient=True,
            shown=label.shown(name),
            in_latex=(Member(latex_of(name), then=":"), *in_latex),
            in_html=(Member(html_name(name), then=":"), *in_html),
            result=end.text,
            rounded=(formula.rounded, substituted.rounded, end.rounded),
            marked_formula=formula.text,
            relation=":",
        )
        lines.append(step)
    return lines


def _factors(adjoint: Adjoint, label: Labels) -> list[tuple[Value, tuple[Any, ...]]]:
    """Each result that a path goes through, upstream gradient and local derivative; of several."""
    count = len(adjoint.paths)
    if count < 2 or adjoint.gradient.__class__ is not Value:
        return []
    operands = adjoint.gradient.operands
    results = [result for result, _ in adjoint.paths]
    if label.sample_losses and label.sample_losses.is_mean_of(adjoint):
        return list(zip(results, label.sample_losses.factors(adjoint), strict=True))
    return list(zip(results, zip(operands[:count], operands[count:], strict=True), strict=True))


def _product(
    factors: Sequence[Any], label: Labels, numbers: LineNumbers, form: Form = "text"
) -> Iterator[Member]:
    """Factors by name, marked in text, by number, and their product."""
    for by_number in (False, True):
        pen = numbers.pen(form, derived=True, counts=label.mean_counts)
        leaf = _by_number(label, numbers, pen) if by_number else _by_name(label, form=form)
        leaf = _as_computed(leaf, label, numbers, pen)
        terms = [_operand_term(x, leaf, pen) for x in factors]
        product = reduce(lambda one, other: pen.operation(dot, [one, other]), terms)
        yield Member(product.text, pen.rounded)
    try:
        end = numbers.of_number(numbers.product(factors))
    except FAULTS:  # of a type that rounded numbers leave, or beyond it
        return
    yield _end(end, form)


def local_step(
    result: Value,
    operand: Value,
    local: Any,
    direct: bool,
    label: Labels,
    numbers: LineNumbers,
) -> Step:
    """The line of a recorded local derivative, of what is called so by what is called so.

    >>> from autograd import Value
    >>> from autograd.notes.labels import every_node
    >>> w, x = Value(2, "w"), Value(3, "x")
    >>> loss = w * x
    >>> print(local_step(loss, w, x, False, every_node(loss), LineNumbers()))
    dL/dw = x = 3
    """
    name = local_name(result, operand, label, direct)
    is_turned = label.is_negated(result) != label.is_negated(operand)
    # A sum of one, so that an operand is written by its name.
    x = record(total, (local,)) if local.__class__ is Value else local
    line = _line(name, x, operand, label, numbers, negate=is_turned)
    return replace(line, of_gradient=True)


def local_name(result: Value, operand: Value, label: Labels, direct: bool = False) -> Typeset:
    """dz_0^2/da_0^1: the local derivative of a result in one of its operands; dL/dx|direct where
    that is not the whole one.

    >>> from autograd import Value
    >>> from autograd.notes.labels import every_node
    >>> w = Value(2, "w")
    >>> loss = w * w
    >>> local_name(loss, w, every_node(loss), direct=True)
    'dL/dw|direct'
    """
    of, by = label(result), label(operand)
    text = derivative_name(of, by)
    latex = rf"\frac{{\partial {latex_of(of)}}}{{\partial {latex_of(by)}}}"
    if direct:
        text, latex = f"{text}|direct", rf"\left.{latex}\right|_{{\mathrm{{direct}}}}"
    return Typeset(text, latex)


# --- numbers --------------------------------------------------------------------------------------


def line_numbers(label: Labels, style: NumberStyle = PLAIN) -> LineNumbers:
    """The numbers that the lines of a graph show in a style, as they are now."""
    if not style.rounding:
        numbers = LineNumbers(style)
        numbers.go_on(label.graph, label)
        return numbers
    written, counts = label.cross_entropies.expressions, label.mean_counts
    return RoundedLines(label.graph, label, style, written, counts)
