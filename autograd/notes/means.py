"""The 1/m of a mean over m, which gradient lines say as it is taught: 1/2, not 0.5; and 1/3."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any

from autograd.reading import OPERATIONS, Graph, Operation, Value

RATIONAL = (float, Fraction, Decimal)
FACTORS = tuple(OPERATIONS[name] for name in ("mul", "dot"))  # where a 1/m stands in gradients
# What these take never stands as a factor in the gradient of another.
NO_FACTORS = {
    OPERATIONS[name]
    for name in (
        "add",
        "sub",
        "total",
        "half_squared_error",
        "squared_error",
        "binary_cross_entropy",
        "binary_cross_entropy_with_logits",
    )
}


def mean_counts(graph: Graph, others: Iterable[int] = ()) -> tuple[int, ...]:
    """Over how many numbers a graph takes means, and over which `others`, each count once; and what
    it divides by, where 1/m does not end as a decimal.

    Without those whose 1/m somebody has typed as a number that may be a factor in gradients: what
    is typed is not written otherwise.

    >>> from autograd import mean
    >>> a, b = Value(2.0, "a"), Value(4.0, "b")
    >>> mean_counts(Graph(mean([a, b]))), mean_counts(Graph(mean([0.5 * a, b])))
    ((2,), ())
    >>> mean_counts(Graph((a + b) / 3 + a / 2))
    (3,)
    """
    mean = OPERATIONS["mean"]
    means = (node for node in graph.order if node.operation is mean)
    counts = dict.fromkeys((*(len(node.operands) for node in means), *others))
    counts |= dict.fromkeys(_divisors(graph))
    counts.pop(1, None)
    if not counts:
        return ()
    typed = [x for x in _plain(graph.order) if isinstance(x, RATIONAL)]
    return tuple(count for count in counts if not any(is_share(x, count) for x in typed))


def _divisors(graph: Graph) -> Iterator[int]:
    """The plain integers that a graph divides by, and whose 1/m does not end as a decimal."""
    for node in graph.order:
        by = node.operands[1] if node.operation is OPERATIONS["div"] else 1
        if isinstance(by, (int, float, Fraction)) and by > 1 and by % 1 == 0:
            rest = int(by)
            for prime in (2, 5):
                while rest % prime == 0:
                    rest //= prime
            if rest > 1:
                yield int(by)


def _plain(nodes: Iterable[Value]) -> Iterator[Any]:
    nodes = (node for node in nodes if node.operation not in NO_FACTORS)
    return (x for node in nodes for x in node.operands if x.__class__ is not Value)


def is_share(number: Any, count: int) -> bool:
    """Whether a number is 1/count or its negative, as its type has that.

    >>> is_share(1 / 3, 3), is_share(-0.25, 4), is_share(2, 2)
    (True, True, False)
    """
    return isinstance(number, RATIONAL) and bool(abs(number) == type(number)(1) / count)


def exact_share(number: Any, of: Operation | None, counts: Iterable[int]) -> Fraction | None:
    """1/count for a plain number that is one of these, as a factor in an operation, or -1/count.

    >>> exact_share(-1 / 3, OPERATIONS["dot"], [2, 3]), exact_share(1 / 3, OPERATIONS["add"], [3])
    (Fraction(-1, 3), None)
    """
    for count in counts if of in FACTORS else ():
        if is_share(number, count):
            return Fraction(1 if number > 0 else -1, count)
    return None
