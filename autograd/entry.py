"""What an entry of the rule table is."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from autograd.number_types import BUILT_IN, is_number
from autograd.writing import ATOM, SUM, Layout, Term, as_call


class Operation:
    """One entry of the rule table: a value, one partial derivative for each operand, and how it is
    written.

    value(*numbers)             the result on plain numbers partials[i](y, *operands)   the
    derivative in operand i text, latex                 write it, given its written operands; a
    Layout, or a template with a {} for each prime                       how its derivative is
    written, where that says more than the formula: relu' domain                      what the
    operands must be, for errors selects                     it passes one operand on; the others
    get no contribution, so that their NaNs stay there kink(*numbers), convention  where the
    derivative is a convention, and which

    >>> double = Operation("double", lambda x: 2 * x, [lambda y, x: 2])
    >>> double(0.5)
    1.0
    """

    def __init__(
        self,
        name: str,
        value: Callable[..., Any],
        partials: Any,
        *,
        text: Callable[[Sequence[Term]], Term] | str | None = None,
        latex: Callable[[Sequence[Term]], Term] | str | None = None,
        prime: str = "",
        domain: str = "",
        selects: bool = False,
        kink: Callable[..., Any] | None = None,
        convention: str = "",
    ) -> None:
        listed = (partials,) if isinstance(self, Nary) else partials
        if not (
            isinstance(name, str)
            and isinstance(listed, (list, tuple))
            and all(map(callable, (value, *listed)))
        ):
            raise TypeError(
                "an operation has a name, a function for its value, and a list of functions for its partials, one for "
                f"each operand (Nary: one function for all): got {name!r}, {value!r}, {partials!r}"
            )
        self.name, self.value, self.partials = name, value, partials
        self.__module__ = listed[0].__module__ if listed else __name__
        self.arity = (
            None if callable(partials) else len(partials)
        )  # None where the number of operands is not fixed
        upright = name.replace("_", r"\_")
        self.text = self._layout(text) or as_call(f"{name}(", ")")
        self.latex = self._layout(latex or text) or as_call(
            rf"\operatorname{{{upright}}}\left(", r"\right)"
        )
        self.prime, self.domain, self.selects = prime, domain, selects
        self.kink, self.convention = (
            kink,
            convention or ("its derivative is a convention here" if kink else ""),
        )

    def _layout(
        self, text: Callable[[Sequence[Term]], Term] | str | None
    ) -> Callable[[Sequence[Term]], Term] | None:
        """A template as a Layout: in parentheses, as are its operands, because it does not say how
        tightly it binds.
        """
        if not isinstance(text, str):
            return text
        if self.arity is None:
            raise TypeError(
                f"{self.name} takes any number of operands: no template, a function of the written ones"
            )
        marks = [f"<{place}>" for place in range(self.arity)]
        try:
            written = text.format(*marks)
        except (AttributeError, LookupError, TypeError, ValueError):
            written = ""
        if not all(mark in written for mark in marks):
            raise ValueError(
                f"a template of {self.name} has one {{}} for each operand, not {text!r}"
            )
        return Layout(text, SUM, [ATOM for _ in marks])

    def __repr__(self) -> str:
        return f"<operation {self.name}>"

    def __reduce__(self) -> Any:
        """An operation that is a global of its partials' module pickles by its name, as a function
        does.
        """
        named = getattr(sys.modules.get(self.__module__), self.name, None)
        return self.name if named is self else super().__reduce__()

    def __call__(self, *operands: Any) -> Any:
        """The result: a number where all operands are numbers, else the Value that records it."""
        record = None
        if self.arity is not None and self.arity != len(operands):
            raise TypeError(f"{self.name} takes {self.arity} operands, got {len(operands)}")
        for operand in operands:
            if operand.__class__ in BUILT_IN:
                continue
            if hasattr(operand, "operands"):
                record = operand.record
            elif not is_number(operand):
                raise TypeError(
                    f"{self.name} takes numbers and Values, not a {type(operand).__name__}"
                )
        return record(self, operands) if record else self.value(*operands)

    def local_derivatives(self, node: Any, numbers: bool = True) -> Sequence[Any]:
        """The derivative of `node` in each operand; None for no contribution: a plain number, a
        side not taken.

        Computed on the operands' numbers, or (`numbers=False`) on the operands themselves, which
        records a graph."""
        kind = node.__class__
        operands = node.operands
        if numbers:
            y, x = (
                node._data,
                [operand._data if operand.__class__ is kind else operand for operand in operands],
            )
        else:
            y, x = node, operands
        local = [
            partial(y, *x) if operand.__class__ is kind else None
            for partial, operand in zip(self.partials, operands, strict=True)
        ]
        self.require_all(node, local)
        return self.taken(local) if self.selects else local

    def require_all(self, node: Any, local: Any) -> None:
        """A TypeError where the derivative in a Value is missing."""
        if not isinstance(local, (list, tuple)):
            raise TypeError(f"the partials of {self.name} are a list, not {local!r}")
        if len(local) != len(node.operands):
            raise TypeError(
                f"{self.name} has {len(local)} partials for {len(node.operands)} operands"
            )
        for place, (operand, derivative) in enumerate(zip(node.operands, local, strict=True)):
            if derivative is None and operand.__class__ is node.__class__:
                raise TypeError(
                    f"the partial of {self.name} in operand {place} returned None: it needs a return"
                )

    def taken(self, local: Iterable[Any]) -> Sequence[Any]:
        """The local derivatives of a selection without its exact zeros, those of the sides that
        were not taken.
        """
        return [
            None if derivative.__class__ in BUILT_IN and derivative == 0 else derivative
            for derivative in local
        ]


class Unary(Operation):
    """An operation on one operand, the generic one written out."""

    def local_derivatives(self, node: Any, numbers: bool = True) -> Sequence[Any]:
        (operand,), (partial,) = node.operands, self.partials
        local = (partial(node._data, operand._data) if numbers else partial(node, operand),)
        return self.taken(local) if self.selects else local


class Binary(Operation):
    """An operation on two operands: the generic one written out, because half of all nodes are sums
    and products.
    """

    def local_derivatives(self, node: Any, numbers: bool = True) -> Sequence[Any]:
        kind = node.__class__
        y, (a, b), (by_left, by_right) = node, node.operands, self.partials
        left, right = a.__class__ is kind, b.__class__ is kind
        if numbers:
            y, a, b = node._data, a._data if left else a, b._data if right else b
        local = by_left(y, a, b) if left else None, by_right(y, a, b) if right else None
        return self.taken(local) if self.selects else local


class Nary(Operation):
    """An operation on any number of operands: `partials(y, *operands)` is the sequence of all its
    derivatives.

    `arrange` turns what people pass into the tuple of operands, and refuses lengths that do not
    match."""

    def __init__(
        self,
        name: str,
        value: Callable[..., Any],
        partials: Callable[..., Sequence[Any]],
        arrange: Callable[..., tuple[Any, ...]] = lambda *operands: operands,
        **more: Any,
    ) -> None:
        super().__init__(name, value, partials, **more)
        self.arrange = arrange

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        return super().__call__(*self.arrange(*arguments, **keywords))

    def local_derivatives(self, node: Any, numbers: bool = True) -> Sequence[Any]:
        kind = node.__class__
        y, x = node, node.operands
        if numbers:
            y, x = (
                node._data,
                [operand._data if operand.__class__ is kind else operand for operand in x],
            )
        local: Sequence[Any] = self.partials(y, *x)
        self.require_all(node, local)
        return self.taken(local) if self.selects else local
