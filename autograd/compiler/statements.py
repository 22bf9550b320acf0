"""Statements: a program over arrays as a list of calls, before a line of it is written.

Each says what is made, by which operation and from what; where the arrays lie is planned from it.
"""

from __future__ import annotations

from typing import NamedTuple

OWN = ("where", "larger", "smaller", "erf", "erfc")  # functions that are not NumPy's
UFUNCS = {
    "sub": "subtract",
    "mul": "multiply",
    "div": "divide",
    "pow": "power",
    "neg": "negative",
    "asin": "arcsin",
    "acos": "arccos",
    "atan": "arctan",
}
CALLS = {
    "copy": "{}",
    "times samples": "{} * len(X)",
    "sum over samples": "np.add.reduce({}, 1)",
    "sum": "np.add.reduce({}, 0, keepdims=True)",
    "max": "np.maximum.reduce({}, 0, keepdims=True)",
    "min": "np.minimum.reduce({}, 0, keepdims=True)",
}
WITHOUT_OUT = ("erf", "erfc", "copy", "times samples")
ACROSS = ("matmul", "sum", "max", "min", "sum over samples")  # all others go number by number


class Shape(NamedTuple):
    """How many rows an array has, and whether it has a column for each sample or one. Where it has
    `ones` they are its last row, which nothing writes: "below" the others, or "beside" columns, if
    they are what lies together in memory.
    """

    rows: int
    batched: bool
    ones: str = ""


class View(NamedTuple):
    """An expression that computes nothing: an array, some of its rows, or a number alone, which has
    no shape. What lies in a buffer says in which.
    """

    text: str
    shape: Shape | None = None
    buffer: str = ""


class Statement(NamedTuple):
    """One call. Its result goes into memory that is there, or `by` "=" or "+=" to what it makes.

    >>> z, a = View("Z1", Shape(3, True), "Z1"), View("A1", Shape(3, True), "A1")
    >>> print(Statement(a, "tanh", (z,)))
    np.tanh(Z1, out=A1)
    >>> print(Statement(a, "copy", (z,)), Statement(View("b"), "neg", (View("a"),), "="), sep="; ")
    A1[...] = Z1; b = np.negative(a)
    """

    made: View
    operation: str
    reads: tuple[View, ...]
    by: str = ""

    def __str__(self) -> str:
        texts, made = [view.text for view in self.reads], self.made.text
        if self.operation in CALLS:
            call = CALLS[self.operation].format(*texts)
        else:
            name = UFUNCS.get(self.operation, self.operation)
            call = f"{'' if name in OWN else 'np.'}{name}({', '.join(texts)})"
        if self.by:
            return f"{made} {self.by} {call}"
        if self.operation in WITHOUT_OUT:
            return f"{made}[...] = {call}"
        return f"{call.removesuffix(')')}, out={made})"

    def may_overwrite(self, view: View) -> bool:
        """Whether the result may lie where an operand did: number by number it is read before it is
        written.

        >>> z, first = View("Z", Shape(2, True), "Z"), View("Z[0:1]", Shape(1, True), "Z")
        >>> [Statement(View("A"), "sub", each).may_overwrite(z) for each in [(z, z), (z, first)]]
        [True, False]
        """
        return self.operation not in ACROSS and all(
            read.text == read.buffer  # all of it, as it lies there
            for read in self.reads
            if read.buffer == view.buffer
        )
