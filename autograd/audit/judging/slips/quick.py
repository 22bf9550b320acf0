"""Expressions in floats, thousands of them: what a change may give is settled exactly elsewhere."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping

from autograd.audit.evaluation import Evaluation
from autograd.audit.expressions import Apply, Expression, Key, Number
from autograd.audit.sheet import Sheet


class Quick:
    """What expressions are worth in floats, over written numbers."""

    def __init__(self, sheet: Sheet, written: Mapping[Key, float]) -> None:
        self._evaluation = Evaluation(sheet, float, written)
        self._known: dict[Key, float] = {}

    def of(self, expression: Expression) -> float:
        """A number that is near to what an expression is worth."""
        if isinstance(expression, Apply):
            function = FUNCTIONS.get(expression.operation)
            if function is not None:
                return function(*map(self.of, expression.operands))
            return float(self._evaluation.of(expression))
        if isinstance(expression, Number):
            return float(expression.value)
        known = self._known.get(expression)
        if known is None:
            known = self._known[expression] = float(self._evaluation.of(expression))
        return known


def _sigmoid(z: float) -> float:
    return 1 / (1 + math.exp(-z)) if z > 0 else 1 - 1 / (1 + math.exp(z))


FUNCTIONS: dict[str, Callable[..., float]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": operator.truediv,
    "neg": operator.neg,
    "pow": math.pow,
    "above": operator.gt,
    "at least": operator.ge,
    "relu": lambda z: max(z, 0.0),
    "sigmoid": _sigmoid,
    "tanh": math.tanh,
    "exp": math.exp,
    "log": math.log,
    "sqrt": math.sqrt,
    "abs": abs,
}
