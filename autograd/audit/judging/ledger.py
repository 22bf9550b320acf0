"""What the author of a sheet has written so far, which is what the author goes on with."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from operator import attrgetter
from typing import Any, TypeVar

from autograd.audit.evaluation import Evaluation
from autograd.audit.expressions import Derivative, Expression, Key, Name
from autograd.audit.kinds import interval
from autograd.audit.printed import Printed

Kept = TypeVar("Kept", bound=Evaluation)


@dataclass(frozen=True)
class Written:
    """A number in the ledger, what it should be, and the lines of the slips in it.

    `is_slip` says that the slip was made in this very number, `is_by_chance` that its author got
    the true number by rounding.
    """

    printed: Printed
    truth: Any
    roots: Sequence[int] = ()
    is_slip: bool = False
    is_by_chance: bool = False

    @property
    def value(self) -> Fraction:
        """The number as it is printed."""
        return self.printed.value

    @cached_property
    def is_true(self) -> bool:
        """Whether it is the true number, in full."""
        is_same = self.truth is not None and self.printed.equals(self.truth)
        return is_same and not self.is_by_chance

    @cached_property
    def interval(self) -> Any:
        """What the author may have gone on with: the number with its hidden digits."""
        return self.printed.interval if self.is_true else self.printed.around

    @property
    def as_float(self) -> float:
        """The number as a float."""
        return float(self.printed.value)

    @property
    def is_clear_slip(self) -> bool:
        """Whether it is a slip, of digits enough that what follows from it can be told."""
        return self.is_slip and not self.printed.is_vague

    @cached_property
    def innocent(self) -> Any:
        """What the author would have gone on with, had no slip been made before."""
        return interval(self.truth) if self.roots else self.interval

    @property
    def should_be(self) -> Any:
        """What is written, or what should be where a slip is in it."""
        return self.truth if self.roots else self.printed.value


# What a number in the ledger may be taken for, and which of them.
value_of, float_of, interval_of = map(attrgetter, ("value", "as_float", "interval"))
innocent_of, right_of = map(attrgetter, ("innocent", "should_be"))
is_slip, is_clear_slip = attrgetter("is_slip"), attrgetter("is_clear_slip")


def is_any(written: Written) -> bool:
    """Any of them."""
    return True


@dataclass(slots=True)
class Ledger:
    """For each name and derivative the number that was last written for it.

    `right` is what was last written without a slip. `slipped` are the slips alone: with the digits
    that were not printed all else follows from them. `parts` are expressions with a slip in their
    number, 1 - a = 0.3.
    `cuts_off` says that the author has cut a number off where others round it. `aside` is what is
    asked about, which goes by what it is computed from. `touched` are the names whose number became
    another, `rounded` the numbers that a unit was put down for, both in order.
    """

    entries: dict[Key, Written] = field(default_factory=dict)
    right: dict[Key, Written] = field(default_factory=dict)
    units: dict[Fraction, Fraction] = field(default_factory=dict)
    slipped: dict[Key, Fraction] = field(default_factory=dict)
    parts: dict[Expression, Written] = field(default_factory=dict)
    cuts_off: bool = False
    aside: Expression | None = None
    touched: list[Key] = field(default_factory=list)
    rounded: list[Fraction] = field(default_factory=list)

    def set_aside(self, left: Expression | None) -> None:
        """Take what was written for this as not written, until a number is."""
        if left != self.aside:
            before, self.aside = self.aside, left
            both = (key for key in (before, left) if isinstance(key, (Name, Derivative)))
            self.touched += (key for key in both if key in self.entries)

    def write(self, key: Key, written: Written) -> None:
        """Put a number down; later lines go on with it."""
        self.set_aside(None)
        self.touched.append(key)
        self.entries[key] = written
        self.slipped.pop(key, None)
        if not written.roots:
            self.right[key] = written
        if written.is_slip:
            self.slipped[key] = written.printed.value
        self._round(written)

    def write_part(self, part: Expression, written: Written) -> None:
        """Put down the number of an expression that has no name, to be found if a slip is in it."""
        self.parts.pop(part, None)
        if written.roots:
            self.parts[part] = written
        self._round(written)

    def _round(self, written: Written) -> None:
        """Put down the unit of a number that is not exact."""
        if not written.is_true:
            self.units[abs(written.printed.value)] = written.printed.unit
            self.rounded.append(abs(written.printed.value))

    def numbers(
        self, of: Callable[[Written], Any], where: Callable[[Written], bool] = is_any
    ) -> Mapping[Key, Any]:
        """The ledger as numbers of a kind, of those entries alone that a condition holds of."""
        return _Numbers(self, of, where, {})

    def numbers_but(
        self, others: Mapping[Key, Any], of: Callable[[Written], Any]
    ) -> Mapping[Key, Any]:
        """The same with other numbers in the place of some."""
        return _Numbers(self, of, is_any, others)

    def followed(self, evaluation: Kept) -> Kept:
        """An evaluation over the ledger's numbers, to be kept: it forgets what a new one touches.

        Its marks are the numbers with a slip in or behind them.
        """
        evaluation.touched, evaluation.marks = self.touched, self._is_tainted
        return evaluation

    def _is_tainted(self, key: Key) -> bool:
        return bool(self.entries[key].roots)


class _Numbers(Mapping[Key, Any]):
    """A view, so that a line costs what it needs and not what was written before it."""

    def __init__(
        self,
        ledger: Ledger,
        of: Callable[[Written], Any],
        where: Callable[[Written], bool],
        others: Mapping[Key, Any],
    ) -> None:
        self._ledger = ledger
        self._of = of
        self._where = where
        self._others = others

    def __contains__(self, key: Any) -> bool:
        if key in self._others:
            return True
        entry = self._ledger.entries.get(key)
        return entry is not None and key != self._ledger.aside and self._where(entry)

    def __getitem__(self, key: Key) -> Any:
        if key not in self:
            raise KeyError(key)
        return self._others[key] if key in self._others else self._of(self._ledger.entries[key])

    def __iter__(self) -> Iterator[Key]:
        return (key for key in {**self._ledger.entries, **self._others} if key in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)
