"""A computation and its gradients as the plain Python that courses ask for, in stages.

    q = x + y               # forward
    f = q*z
    df = 1.0                # backward
    dq = z*df

Every line is read from the recorded graph and the rule table, those of the gradients from the graph
that `adjoints` records: local derivative times upstream gradient, added up over the paths.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from textwrap import indent
from typing import Any

import autograd
from autograd.notes.identifiers import Identifiers
from autograd.notes.labels import Labels
from autograd.notes.means import FACTORS, is_share
from autograd.notes.sample_losses import SampleLosses
from autograd.notes.tracing import Expression, Form, form_of, literal
from autograd.reading import (
    BUILT_IN,
    FAULTS,
    OPERATIONS,
    PRODUCT,
    SIGNED,
    Adjoint,
    Graph,
    Nary,
    Operation,
    Term,
    Value,
    described,
    dot,
    number_of,
    printable,
    record,
    topological_order,
    total,
)

LONGEST = 500  # characters of an expression: Python reads at most 200 parentheses in each other
MODULES = {  # what the code may need, and how that is seen
    "import cmath": r"\bcmath\.",
    "import math": r"\bmath\.",
    "from decimal import Decimal": r"\bDecimal\(",
    "from fractions import Fraction": r"\bFraction\(",
}
ENGINE = OPERATIONS["add"].__module__  # where an operation of the table is imported from
FUNCTION = "value_and_gradients"
RESERVED = {"cmath", "math", "Decimal", "Fraction", FUNCTION}

# Some values of the table that cannot be read from it, by name, each written a second time here;
# tests/test_code.py compares them with the table's own, to the last bit. Of numbers that are not
# known, its log_sum_exp keeps the largest so far; of known ones it begins with the largest of all,
# which has other last digits. The other two ask whether a number is 0.
LOG_SUM_EXP = """(z):
    largest = max(z)
    place = z.index(largest)
    shares = 0.0
    for each in z[:place] + z[place + 1:]:
        shares = shares + math.exp(each - largest if each != largest else 0.0)
    return largest + math.log1p(shares)
"""
QUOTIENT = """(a, b):
    return 0 if a == 0 else a/b
"""
POWER_LOG = """(x, n, k):
    return {power} if k == 0 or (x == 0 and n > 0) else x**n*{log}**k
"""


def _written_here(operation: Operation, kinds: set[type]) -> str:
    """The definition of a value that the table computes by comparing numbers of these types."""
    if operation is OPERATIONS["log_sum_exp"]:
        return LOG_SUM_EXP if kinds <= {int, float} else ""
    if not _is_of_the_table(operation):
        return ""
    logarithm = "x.ln()" if Decimal in kinds else "math.log(x)"
    power = "0*x" if Fraction in kinds else "x**n"  # a power of Fractions may be a float
    of_power = POWER_LOG.format(power=power, log=logarithm)
    return {"_quotient": QUOTIENT, "_power_log": of_power}.get(operation.name, "")


def program(
    label: Labels,
    adjoints: Sequence[Adjoint],
    *,
    function: bool = False,
    wrt: Sequence[Value] = (),
) -> str:
    """Python that computes the root of a graph, and the gradients in the order of `adjoints`.

    A script; as a `function`, value_and_gradients(*leaves) gives the root and a tuple of gradients,
    in the leaves, or in those that are asked for, the `adjoints` being of the paths to them.

    >>> from autograd.notes.labels import every_node
    >>> from autograd.reading import adjoints
    >>> x, y = Value(-2.0, "x"), Value(5.0, "y")
    >>> label = every_node(x * y)
    >>> print(program(label, list(adjoints(label.graph.root))), end="")
    x = -2.0
    y = 5.0
    <BLANKLINE>
    # forward
    L = x*y
    <BLANKLINE>
    # backward
    dL = 1.0
    dy = x*dL
    dx = y*dL
    """
    graph = label.graph
    require_plain(graph)
    if function:
        _require_all_paths(graph, adjoints)
    else:  # with other numbers a difference may lose more digits than the engine's formulas
        adjoints = _with_differences(adjoints, label)
    staged = Staged(graph, adjoints, wrt, losses=label.sample_losses)
    staged.add_named(label.cross_entropies.probabilities_in(staged.order))
    functions = Functions()
    for node in staged.order:
        if node.operation is not None:
            functions.add(node, staged.operands[node])
    named = functions.named()
    names = Identifiers({*named, *RESERVED})
    found = variables_of(staged, label, lambda _, name: names.claim(name), {})
    writer = _Writer(staged, functions, found, named, label.mean_counts)
    body = writer.function() if function else writer.script()
    return headed(body, functions)


def _with_differences(adjoints: Sequence[Adjoint], label: Labels) -> list[Adjoint]:
    """The gradients with those that are prediction minus target recorded so, and over them others,
    from the root down.
    """
    of_node = {adjoint.node: adjoint for adjoint in adjoints}
    found: dict[Value, Adjoint] = {}
    for adjoint in adjoints:
        node, gradient, paths = adjoint
        written = label.cross_entropies.difference(adjoint, of_node)
        if written is not None and type(written.data) is type(gradient.data):
            adjoint = Adjoint(node, written, ())
        elif any(found[result] is not of_node[result] for result, _ in paths):
            upstream = [found[result].gradient for result, _ in paths]
            adjoint = Adjoint(node, _recorded(adjoint, upstream, label.sample_losses), paths)
        found[node] = adjoint
    return [*found.values()]


def _recorded(adjoint: Adjoint, upstream: Sequence[Any], losses: SampleLosses | None) -> Value:
    """A gradient over other upstream ones."""
    if losses and losses.is_mean_of(adjoint):
        return losses.mean_gradient(adjoint, upstream)
    return record(dot, (*upstream, *(local for _, local in adjoint.paths)))


def require_plain(graph: Graph) -> None:
    """A TypeError for a number that plain Python does not have.

    >>> require_plain(Graph(Value(2) * 3))
    """
    for node, number in graph.data.items():
        if number.__class__ not in BUILT_IN:
            try:
                literal(number)
            except TypeError as error:
                raise TypeError(f"{printable(graph.names[node])}: {error}") from None


def _require_all_paths(graph: Graph, adjoints: Sequence[Adjoint]) -> None:
    """A ValueError where other numbers would need a derivative that has no value at these."""
    found = {(result, each.node) for each in adjoints for result, _ in each.paths}
    asked = {*graph.depending(*(each.node for each in adjoints))}
    for node in graph.order:
        if node.operation is None or node not in asked:
            continue
        try:
            local = node.operation.recorded_derivatives(node)
        except FAULTS:
            local = node.operands
        for operand, derivative in zip(node.operands, local, strict=True):
            passes = derivative is not None and operand.__class__ is Value and operand in asked
            if passes and (node, operand) not in found:
                what = described(node.operation, node.operands)
                raise ValueError(
                    f"the derivative of {what} has no value here, on a side not taken: "
                    "a function for other numbers needs it; record it at others"
                )


def headed(body: str, functions: Functions) -> str:
    """The code below its imports and the functions that it calls.

    >>> headed("y = math.exp(2.0)", Functions()).splitlines()[0]
    'import math'
    """
    helpers = functions.helpers()
    text = "\n".join((*helpers, body))
    imports = [line for line, use in MODULES.items() if re.search(use, text)]
    imports = [*sorted(imports, key=lambda line: line.startswith("from")), *functions.imports()]
    head = "\n".join(imports)
    parts = filter(None, (head, *(helper.rstrip() for helper in helpers), body))
    apart = "\n\n\n" if re.search("^def ", text, re.MULTILINE) else "\n\n"
    return apart.join(parts)


# --- what gets a line -----------------------------------------------------------------------------


class Staged:
    """A graph and its gradients, and which nodes get a line of their own; the others fold.

    The operands of a gradient are turned round: the local derivatives, and then the upstream ones.
    The gradient of the root, a plain number where it is recorded, is a node here. What was staged
    `before` is left out; `losses` are those of the samples whose gradients these are, if they are.

    >>> w = Value(2, "w")
    >>> [len(each) for each in (Staged(Graph(w * 3), []).order, Staged(Graph(w * 3), []).staged)]
    [2, 2]
    """

    def __init__(
        self,
        graph: Graph,
        adjoints: Sequence[Adjoint],
        wrt: Sequence[Value] = (),
        before: Iterable[Value] = (),
        losses: SampleLosses | None = None,
    ) -> None:
        self.graph, self.adjoints, self.wrt = graph, adjoints, wrt
        self.named: set[Value] = set()
        self.gradient: dict[Value, Value] = {}
        self.operands: dict[Value, tuple[Any, ...]] = {}
        above: dict[Value, Any] = {}  # the same; of the loss of a sample without a name a number
        for adjoint in adjoints:
            node, gradient, paths = adjoint
            recorded = gradient.__class__ is Value
            self.gradient[node] = gradient if recorded else Value(gradient)
            above[node] = self.gradient[node] if recorded or node.name or not paths else gradient
            if recorded and losses and losses.is_mean_of(adjoint):
                self.operands |= losses.turned(adjoint, above)
            elif recorded and paths:
                local = gradient.operands[len(paths) :]
                upstream = (above[result] for result, _ in paths)
                self.operands[gradient] = (*local, *upstream)
        self.order = topological_order(graph.root, *self.gradient.values(), stop=before)
        self.operands = {node: node.operands for node in self.order} | self.operands
        operands = (x for node in self.order for x in self.operands[node])
        uses = Counter(x for x in operands if x.__class__ is Value)
        self.staged = self._staged({node for node, count in uses.items() if count > 1})

    def add_named(self, nodes: Iterable[Value]) -> None:
        """Give lines to nodes of the gradients that have a name of their own.

        >>> w = Value(2, "w")
        >>> staged = Staged(Graph(w * 3), [])
        >>> staged.add_named([w])
        >>> staged.named
        {Value(2, name='w')}
        """
        self.named |= set(nodes)
        self.staged |= self.named

    def _staged(self, shared: set[Value]) -> set[Value]:
        """The nodes with a line: leaves, what has a name, what is used twice or its gradient is."""
        of = {gradient: node for node, gradient in self.gradient.items()}
        staged = {x for x in self.graph.order if x.name or x.operation is None}
        staged |= {self.graph.root, *self.wrt}
        for node in shared:
            # The variable of a derivative is a sum of one: it is written as what it stands for.
            copy = node.operation is total and len(node.operands) == 1
            if node.operation is not None and not copy:
                staged.add(of.get(node, node))
        return staged | {gradient for node, gradient in self.gradient.items() if node in staged}


def variables_of(
    staged: Staged, label: Labels, claim: Callable[[Value, str], str], known: Mapping[Value, str]
) -> dict[Value, str]:
    """The identifier of each node with a line: w_10_1, its gradient dw_10_1, and else t, t_2.

    `claim` gives one that differs from others for a node and a name; of nodes that are `known` they
    are the same.

    >>> product = Graph(Value(2, "w_1") * 3)
    >>> from autograd.notes.labels import every_node
    >>> label, names = every_node(product), Identifiers()
    >>> found = variables_of(Staged(product, []), label, lambda _, name: names.claim(name), {})
    >>> list(found.values())
    ['w_1', 'L']
    """
    nodes = [node for node in staged.graph.order if node in staged.staged]
    turned = {node: "minus_" if label.is_negated(node) else "" for node in nodes}
    found = {node: known[node] for node in nodes if node in known}
    for node in nodes:
        if node not in found:
            found[node] = claim(node, turned[node] + (label(node) or "t"))
    for node in nodes:
        if (gradient := staged.gradient.get(node)) is not None:
            own = label.own_gradient(node)
            # Of two negatives nothing is left: -dE/d(-theta) is dE/dtheta.
            sign = "" if bool(label.notation.sign(label.root)) == bool(turned[node]) else "minus_"
            plain = found[node].removeprefix(turned[node])
            found[gradient] = claim(gradient, own or f"{sign}d{plain}")
    others = (node for node in staged.order if node in staged.staged and node not in found)
    found |= {node: claim(node, node.name if node in staged.named else "t") for node in others}
    return found


# --- functions ------------------------------------------------------------------------------------


class Functions:
    """How each node is written: within its line, or by a function, ours or the engine's.

    >>> functions = Functions()
    >>> functions.add(Value(2) * 3, [Value(2), 3])
    >>> len(functions.inline), functions.named(), functions.helpers()
    (1, [], [])
    """

    def __init__(self) -> None:
        self.inline: dict[Value, Form] = {}
        self._bodies: dict[tuple[Operation, str], str] = {}  # and the names they get
        self._imported: dict[Operation, str] = {}
        self._called: dict[Value, Any] = {}

    def add(self, node: Value, operands: Sequence[Any]) -> None:
        """Find out how a node is written."""
        operation: Any = node.operation
        numbers = [number_of(x) for x in operands]
        if body := _written_here(operation, set(map(type, numbers))):
            self._call(node, body)
            return
        try:
            form = form_of(operation, numbers, symbolic=OPERATIONS.get(operation.name) is operation)
            # Not the node's own: the sum of a gradient is that from the last to the first.
            if not _agree(form.result, operation.value(*numbers)):
                raise TypeError(f"{printable(operation.name)} has another value in plain Python")
        except TypeError:
            if not _is_of_the_table(operation):
                raise
            self._imported[operation] = operation.name
            self._called[node] = operation
            return
        if form.is_inline():
            self.inline[node] = form
        else:
            self._call(node, _body(form))

    def _call(self, node: Value, body: str) -> None:
        key: tuple[Any, str] = node.operation, body
        self._bodies[key] = ""
        self._called[node] = key

    def named(self) -> list[str]:
        """The names of the functions: the engine's have their own."""
        names = Identifiers({*RESERVED, *self._imported.values()})
        self._bodies = {(of, body): names.claim(of.name) for of, body in self._bodies}
        return [*self._imported.values(), *self._bodies.values()]

    def call(self, node: Value, operands: Sequence[Term]) -> Term:
        """The call that computes a node."""
        key = self._called[node]
        name = self._imported[key] if key in self._imported else self._bodies[key]
        texts = [term.text for term in operands]
        as_people_do = key in self._imported or key[1] == LOG_SUM_EXP
        arguments = _arranged(node.operation, texts) if as_people_do else ", ".join(texts)
        return Term(f"{name}({arguments})")

    def helpers(self) -> list[str]:
        """The functions' definitions."""
        return [f"def {name}{body}" for (_, body), name in self._bodies.items()]

    def imports(self) -> list[str]:
        """The lines that import the engine's own functions."""
        public = {name for of, name in self._imported.items() if _is_public(of)}
        others = {*self._imported.values()} - public
        modules = {"autograd": public, ENGINE: others}
        return [
            f"from {at} import {', '.join(sorted(names))}" for at, names in modules.items() if names
        ]


def _arranged(operation: Any, texts: Sequence[str]) -> str:
    """The operands of an entry of the rule table as people pass them: many in lists."""
    if not isinstance(operation, Nary):
        return ", ".join(texts)
    if operation.name == "softmax_share":
        return f"{texts[0]}, [{', '.join(texts[1:])}]"
    n = len(texts) // 2 if operation.name == "cross_entropy_with_logits" else len(texts)
    return ", ".join(f"[{', '.join(part)}]" for part in (texts[:n], texts[n:]) if part)


def _agree(result: Any, data: Any) -> bool:
    """Whether what is written computes the node's number; of Decimals whether it is one."""
    number = result.number if result.__class__ is Expression else result
    if number.__class__ is not data.__class__:
        return False
    return bool(isinstance(data, Decimal) or number == data or (number != number and data != data))


def _is_public(operation: Operation) -> bool:
    return getattr(autograd, operation.name, None) is operation


def _is_of_the_table(operation: Operation) -> bool:
    """Whether an operation is the engine's own, also one that only derivatives use."""
    return operation.__module__ == ENGINE and operation.__reduce__() == operation.name


def _body(form: Form) -> str:
    """A function's definition after its name."""
    count = len(form.parameters)
    parameters = ["x"] if count == 1 else list("abcd"[:count])
    if count > 4:
        parameters = [f"x_{place}" for place in range(count)]
    shared, lines, names = {*form.shared()}, [], Identifiers(parameters)

    def spill(each: Expression, term: Term) -> Term:
        if each is form.result or (each not in shared and len(term.text) < LONGEST):
            return term
        name = names.claim("t")
        lines.append(f"{name} = {term.text}")
        return Term(name)

    *_, result = form.terms([Term(name) for name in parameters], spill)
    lines.append(f"return {result.text}")
    return f"({', '.join(parameters)}):\n{indent(chr(10).join(lines), '    ')}\n"


# --- lines ----------------------------------------------------------------------------------------


class _Writer:
    """A program of a graph and its gradients."""

    def __init__(
        self,
        staged: Staged,
        functions: Functions,
        variables: Mapping[Value, str],
        taken: Iterable[str],
        counts: Sequence[int],
    ) -> None:
        self.staged, self.variables = staged, variables
        graph = staged.graph
        self.leaves = [node for node in graph.order if node.operation is None]
        lines = Lines(staged.operands, functions, variables, taken, self.leaves, counts)
        self.forward = lines.of([graph.root])
        self.backward = lines.of(
            staged.gradient[adjoint.node]
            for adjoint in staged.adjoints
            if adjoint.node in variables
        )

    def script(self) -> str:
        """Statements from the numbers of the leaves to all gradients."""
        given = (f"{self.variables[x]} = {literal(x.data).text}" for x in self.leaves)
        return "\n".join((*given, "", *self._sections())) + "\n"

    def function(self) -> str:
        """The same as a function of the leaves."""
        leaves = [self.variables[leaf] for leaf in self.leaves]
        root = self.variables[self.staged.graph.root]
        wanted = self.staged.wrt or self.leaves
        gradients = [self.variables[self.staged.gradient[node]] for node in wanted]
        comma = "," if len(gradients) == 1 else ""
        result = f"return {root}, ({', '.join(gradients)}{comma})"
        lines = "\n".join((*self._sections(), "", result))
        return f"def {FUNCTION}({', '.join(leaves)}):\n{indent(lines, '    ')}\n"

    def _sections(self) -> list[str]:
        return ["# forward", *self.forward, "", "# backward", *self.backward]


class Lines:
    """The lines that compute nodes, each once, from those that are `given`; `counts` are those of
    means.

    >>> w = Value(2, "w")
    >>> y, functions = w * 3, Functions()
    >>> functions.add(y, y.operands)
    >>> Lines({w: (), y: y.operands}, functions, {w: "w", y: "y"}, [], [w]).of([y])
    ['y = w*3']
    """

    def __init__(
        self,
        operands: Mapping[Value, Sequence[Any]],
        functions: Functions,
        variables: Mapping[Value, str],
        taken: Iterable[str],
        given: Iterable[Value] = (),
        counts: Sequence[int] = (),
    ) -> None:
        self.operands, self.functions, self.variables = operands, functions, variables
        self.counts = counts
        self._names = Identifiers({*variables.values(), *taken, *RESERVED})
        self._terms = {node: Term(name) for node, name in variables.items()}
        self._done = dict.fromkeys(given)

    def of(self, results: Iterable[Value]) -> list[str]:
        """The lines of these nodes, and before them of what they need."""
        lines: list[str] = []
        for result in results:
            needed = topological_order(result, stop=self._done)
            self._done |= dict.fromkeys(needed)
            for node in needed:
                term = self._written(node, lines)
                if node in self.variables:
                    lines.append(f"{self.variables[node]} = {term.text}")
                else:
                    self._terms[node] = term
        return lines

    def _number(self, x: Any, of: Operation) -> Term:
        """A number; of a mean over m the factor 1/m, a float, as it is computed."""
        for count in self.counts if of in FACTORS else ():
            if x.__class__ is float and is_share(x, count):
                return Term(f"1/{count}", PRODUCT) if x > 0 else Term(f"-1/{count}", SIGNED)
        return literal(x)

    def _written(self, node: Value, lines: list[str]) -> Term:
        """The expression that a node records; what is too long in it gets a line before."""
        if node.operation is None:
            return literal(node.data)
        operands = [
            self._terms[x] if x.__class__ is Value else self._number(x, node.operation)
            for x in self.operands[node]
        ]
        kept = None if node in self.variables else _all_but_neutral(node, self.operands[node])
        if kept is not None:
            return self._terms[kept]
        form = self.functions.inline.get(node)

        def spill(each: Expression | None, term: Term) -> Term:
            whole = form is None or each is form.result
            if len(term.text) < LONGEST or (whole and node in self.variables):
                return term
            name = self._names.claim("t")
            lines.append(f"{name} = {term.text}")
            return Term(name)

        if form is None:
            return spill(None, self.functions.call(node, operands))
        *_, term = form.terms(operands, spill)
        return term


NEUTRAL: dict[Operation | None, int] = {dot: 1, OPERATIONS["add"]: 0}


def _all_but_neutral(node: Value, operands: Sequence[Any]) -> Value | None:
    """The other factor of a product with the plain int 1 of a derivative, the other term of a sum
    with a plain 0; None for what is none.

    Within a line it goes; a line of its own has it, local derivative times upstream.
    """
    neutral = NEUTRAL.get(node.operation)
    if neutral is None or len(operands) != 2 or isinstance(node.data, Decimal):
        return None
    plain, other = operands if operands[0].__class__ is int else operands[::-1]
    is_neutral = plain.__class__ is int and plain == neutral
    return other if is_neutral and other.__class__ is Value else None
