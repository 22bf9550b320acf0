"""One step of a sheet written out, so that a slip in it can be tried: sums of products of names.

A derivative is written as the chain rule over what is computed from the variable: dL/dz_0^2*w_01^2.
What was not written on the way is written out in its turn, as its author must have computed it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction

from autograd.audit.expressions import (
    ONE,
    ZERO,
    Apply,
    Derivative,
    Expression,
    Key,
    Name,
    keys_in,
    size,
    substituted,
    whole,
)
from autograd.audit.judging.slips.error_terms import error_term, of_sigmoid_output, share_of
from autograd.audit.judging.slips.trees import (
    ARITHMETIC,
    Term,
    added,
    negative,
    product,
    sum_of_terms,
    terms_of,
)
from autograd.audit.sheet import Sheet, multiple_of
from autograd.audit.slopes import ACTIVATIONS, SLOPES, of_kinked, of_sigmoid

MOST_PARTS = 40  # of a step in which other steps are written out
MOST_ROUNDS = 6  # of writing it out


def step_of(sheet: Sheet, left: Expression) -> Expression:
    """What one step computes for a name or a derivative; itself for any other expression."""
    if left not in sheet.steps:
        step = _step(sheet, left)
        sheet.steps[left] = substituted(step, sheet.copies) if sheet.copies else step
    return sheet.steps[left]


def _step(sheet: Sheet, left: Expression) -> Expression:
    if isinstance(left, Derivative):
        return _chain(sheet, left)
    if not isinstance(left, Name) or left not in sheet.definitions:
        return left
    expression = sheet.definitions[left]
    if isinstance(expression, Derivative):
        return _chain(sheet, expression)
    times, inside = multiple_of(expression)
    if not isinstance(inside, Derivative):
        return _with_names(sheet, expression)
    if times != -1:
        return _chain(sheet, inside, times)
    chain = _chain(sheet, inside)
    if len(terms := terms_of(chain)) > 1:
        return negative(chain)
    return sum_of_terms(Term(1, product(-term.sign, [term.expression])) for term in terms)


def formulas_of(sheet: Sheet, left: Expression) -> Iterator[Expression]:
    """The formulas that people use for a step: the chain rule, and an error term known by heart.

    There is none where the definition of a name is all that they have.
    """
    step = step_of(sheet, left)
    if isinstance(left, Name) and step is sheet.definitions.get(left):
        return
    yield step
    chain = written_out(sheet, step, lambda key: _is_no_gradient(sheet, key), left)
    error = of_sigmoid_output(sheet, chain) if chain != step else None
    if error is not None:
        yield error


def _is_no_gradient(sheet: Sheet, key: Key) -> bool:
    if isinstance(key, Derivative):
        return False
    return not isinstance(multiple_of(sheet.definitions.get(key, key))[1], Derivative)


def _with_names(sheet: Sheet, expression: Expression) -> Expression:
    """An update with the names that the sheet gives its gradients: w + eta*(-dE/dw)."""
    keys = [key for key in keys_in(expression) if isinstance(key, Derivative)]
    names: dict[Expression, Expression] = {
        key: _named(sheet, key) for key in keys if key in sheet.aliases
    }
    changed = substituted(expression, names) if names else expression
    if all(isinstance(name, Name) for name in names.values()):
        return changed
    return sum_of_terms(
        Term(1, product(term.sign, [term.expression])) for term in terms_of(changed)
    )


def written_out(
    sheet: Sheet, step: Expression, is_written: Callable[[Key], bool], left: Expression
) -> Expression:
    """A step in which what was not written has its own step in its place."""
    for _ in range(MOST_ROUNDS):
        keys = [
            key
            for key in dict.fromkeys(keys_in(step))
            if key != left and not is_written(key) and not is_slope(sheet, key)
        ]
        steps: dict[Expression, Expression] = {key: step_of(sheet, key) for key in keys}
        longer = substituted(step, steps)
        if size(longer) > MOST_PARTS or longer == step:
            return step
        step = longer
    return step


def is_slope(sheet: Sheet, key: Key) -> bool:
    """Whether a derivative is that of an activation at its own pre-activation."""
    return isinstance(key, Derivative) and activation(sheet, key.root) == key.variable


def activation(sheet: Sheet, name: Name) -> Name | None:
    """The pre-activation that a name is a function of; None for all else."""
    expression = sheet.definitions.get(name)
    if not isinstance(expression, Apply) or expression.operation in ARITHMETIC:
        return None
    first, *others = expression.operands
    return first if isinstance(first, Name) and not others else None


def _chain(sheet: Sheet, key: Derivative, times: Fraction = Fraction(1)) -> Expression:
    """The chain rule over each name that is computed from the variable, some times."""
    if key.root == key.variable:
        return _times(times, ONE)
    if is_slope(sheet, key):
        return _times(times, _slope(sheet, key))
    error = error_term(sheet, key, lambda key: _chain(sheet, key))
    if error is not None:
        return _times(times, error)
    total: Expression = ZERO
    for user in sheet.between(key):
        upstream = Derivative(key.root, user)
        if user in sheet.copies and not sheet.is_claimed(upstream):
            total = added(total, _chain(sheet, upstream, times))
            continue
        named = _times(times, ONE) if user == key.root else _named(sheet, upstream, times)
        local = _local(sheet, user, key.variable)
        if local is None:
            return _times(times, key)
        total = added(total, product(1, [named, local]))
    return total


def _times(times: Fraction, expression: Expression) -> Expression:
    """An expression some times, with as few numbers as can be."""
    if times == 1:
        return expression
    return product(times.numerator, [expression], [whole(times.denominator)])


def _slope(sheet: Sheet, key: Derivative) -> Expression:
    """An activation's derivative as it is written out; itself where it is not."""
    expression = sheet.definitions[key.root]
    formula = SLOPES.get(expression.operation) if isinstance(expression, Apply) else None
    return formula(key.root) if formula else key


def _named(sheet: Sheet, key: Derivative, times: Fraction = Fraction(1)) -> Expression:
    """A derivative some times, by the name that the sheet gives it."""
    name, often = sheet.aliases.get(key, (key, Fraction(1)))
    return _times(times * often, name)


def _local(sheet: Sheet, user: Name, variable: Name) -> Expression | None:
    """The derivative of a definition in what stands in it; None where it cannot be written out and
    the whole derivative is another: by way of other names, too.
    """
    key = Derivative(user, variable)
    if activation(sheet, user) == variable:
        return _named(sheet, key) if key in sheet.aliases else _slope(sheet, key)
    if (share := share_of(sheet, variable, user)) is not None:
        return of_sigmoid(user) if share == user else negative(product(1, [user, share]))
    derivative = _derivative(sheet.definitions[user], variable, user)
    if derivative is None and len(sheet.between(key)) > 1:
        return None
    return _named(sheet, key) if derivative is None else derivative


def _derivative(
    expression: Expression, variable: Name, name: Name | None = None
) -> Expression | None:
    """The derivative as people write it, by the rules of arithmetic; None where they do not do.

    `name` is what the expression is called: of h = tanh(w*x) it is (1 - h^2)*x.
    """
    if variable not in keys_in(expression):
        return ZERO
    if not isinstance(expression, Apply):
        return ONE
    operation, operands = expression.operation, expression.operands
    if operation in ACTIVATIONS:
        inside = _derivative(operands[0], variable)
        slope = SLOPES[operation](name) if name and operation in SLOPES else None
        slope = of_kinked(operation, operands[0]) if operation not in SLOPES else slope
        return product(1, [slope, inside]) if slope and inside else None
    inner = [_derivative(operand, variable) for operand in operands]
    if any(derivative is None for derivative in inner):
        return None
    first, *others = (derivative for derivative in inner if derivative is not None)
    if operation == "neg":
        return negative(first)
    if operation in ("add", "sub"):
        return added(first, others[0] if operation == "add" else negative(others[0]))
    if operation == "mul":
        left, right = operands
        return added(product(1, [first, right]), product(1, [left, others[0]]))
    if operation == "div" and others[0] == ZERO:
        return product(1, [first], [operands[1]])
    return _of_function(operation, operands, first)


def _of_function(
    operation: str, operands: tuple[Expression, ...], first: Expression
) -> Expression | None:
    base = operands[0]
    if operation == "log":
        return product(1, [first], [base])
    if operation == "exp":
        return product(1, [Apply("exp", operands), first])
    if operation == "pow" and operands[1] == whole(2):
        return product(2, [base, first])
    return None
