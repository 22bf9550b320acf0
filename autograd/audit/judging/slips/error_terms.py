"""The error terms that people know by heart: a - y, of a softmax or a sigmoid under cross entropy.

The chain rule gives that of a softmax only where the outputs add up to 1, which those of somebody
who has rounded them, or has made a slip in one, do not; that of a sigmoid but for the digits which
-y/a + (1 - y)/(1 - a) has lost.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import NamedTuple

from autograd.audit.evaluation import Evaluation
from autograd.audit.expressions import (
    ONE,
    Apply,
    Derivative,
    Expression,
    Name,
    Number,
    keys_in,
    whole,
)
from autograd.audit.judging.slips.trees import Factor, factors_of, product, terms_of
from autograd.audit.sheet import Sheet

PROBED = [Fraction(n, 7) for n in (1, 2, 4, 5)]  # outputs at which a chain is seen to be linear


class Share(NamedTuple):
    """What an output is to be, and what else stands before its logarithm, with the sign."""

    target: Expression
    common: tuple[Factor, ...]
    sign: int


def error_term(
    sheet: Sheet, key: Derivative, step: Callable[[Derivative], Expression]
) -> Expression | None:
    """a_j - y_j, for the derivative in z_j; None for what is no softmax under cross entropy.

    `step` writes a derivative out, that in an output a as -y/a.
    """
    outputs = sheet.between(key)
    if not outputs or not all(_shared(sheet, output) for output in outputs):
        return None
    shares = {each: _share(sheet, each, step(Derivative(key.root, each))) for each in outputs}
    found = [share for share in shares.values() if share is not None]
    is_whole = sum(_worth(sheet, share.target) for share in found) == 1
    if len(found) < len(shares) or not is_whole or len({share[1:] for share in found}) != 1:
        return None
    power = Apply("exp", (key.variable,))
    users = [name for name in sheet.users[key.variable] if name.epoch == key.root.epoch]
    own = [name for name in users if (of := _shared(sheet, name)) and of.own == power]
    if len(own) != 1:
        return None
    target = shares.get(own[0])
    error = own[0] if target is None else Apply("sub", (own[0], target.target))
    _, common, sign = found[0]
    above = [factor.expression for factor in common if not factor.below]
    below = [factor.expression for factor in common if factor.below]
    return product(-sign, [*above, error], below)


def of_sigmoid_output(sheet: Sheet, chain: Expression) -> Expression | None:
    """a - y, some times, where a chain of a sigmoid's output comes to it; None for any other.

    It does if it is linear in a, which -y/a + (1 - y)/(1 - a) times a*(1 - a) is.
    """
    names = [key for key in dict.fromkeys(keys_in(chain)) if isinstance(key, Name)]
    given = {name: sheet.given[name].value for name in names if name in sheet.given}
    outputs = [name for name in names if name not in given]
    if len(outputs) != 1 or not _is_sigmoid(sheet, output := outputs[0]):
        return None
    first, *others = (Evaluation(sheet, written={output: a}).of(chain) for a in PROBED)
    slopes = [
        (gives - first) / (a - PROBED[0]) for a, gives in zip(PROBED[1:], others, strict=True)
    ]
    if not slopes[0] or len(set(slopes)) > 1 or not isinstance(first, Fraction):
        return None
    root = PROBED[0] - first / slopes[0]
    number = Number(str(root), root, Fraction(0))
    target = next((name for name, value in given.items() if value == root), number)
    error = Apply("sub", (output, target))
    return product(slopes[0].numerator, [error], [whole(slopes[0].denominator)])


def _is_sigmoid(sheet: Sheet, name: Name) -> bool:
    expression = sheet.definitions.get(name)
    return isinstance(expression, Apply) and expression.operation == "sigmoid"


def share_of(sheet: Sheet, variable: Name, user: Name) -> Name | None:
    """The share that a softmax makes of a variable, where another name is a share of the same."""
    parts = _shared(sheet, user)
    power = Apply("exp", (variable,))
    if parts is None or power not in parts.powers:
        return None
    share = Apply("div", (power, parts.total))
    return next((name for name in sheet.users[variable] if sheet.definitions[name] == share), None)


def shared_by(sheet: Sheet, name: Name) -> Name | None:
    """The variable that a name is the share of in a softmax; None for all else."""
    parts = _shared(sheet, name)
    inside = parts.own.operands[0] if parts and isinstance(parts.own, Apply) else None
    return inside if isinstance(inside, Name) else None


class Shared(NamedTuple):
    """What a share of a softmax is of: the exponential above, those below, and their sum."""

    own: Expression
    powers: list[Expression]
    total: Expression


def _shared(sheet: Sheet, name: Name) -> Shared | None:
    """exp(z_j) over a sum of such, itself among them; None for a name that is no share of it."""
    expression = sheet.definitions.get(name)
    if not isinstance(expression, Apply) or expression.operation != "div":
        return None
    own, total = expression.operands
    powers = [term.expression for term in terms_of(total)]
    return Shared(own, powers, total) if own in powers and all(map(_is_exp, powers)) else None


def _is_exp(part: Expression) -> bool:
    return isinstance(part, Apply) and part.operation == "exp"


def _share(sheet: Sheet, output: Name, step: Expression) -> Share | None:
    """y of -y/a; None for any other step."""
    terms = terms_of(step)
    factors = factors_of(terms[0].expression)
    below = Factor(output, True)
    if len(terms) != 1 or below not in factors:
        return None
    factors.remove(below)
    given = [f for f in factors if not f.below and f.expression in sheet.given]
    for target in given[:1]:
        factors.remove(target)
    rest = tuple(factor for factor in factors if factor != Factor(ONE))
    return Share(given[0].expression if given else ONE, rest, terms[0].sign)


def _worth(sheet: Sheet, target: Expression) -> Fraction:
    return sheet.given[target].value if isinstance(target, Name) else Fraction(1)
