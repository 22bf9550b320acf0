"""What the author of a sheet has written so far, which is what the author goes on with."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from autograd.audit.expressions import Expression, Key
from autograd.audit.kinds import interval
from autograd.audit.printed import Printed


@dataclass(frozen=True, slots=True)
class Written:
    """A number in the ledger, what it should be, and the line of the slip in it.

    `is_slip` says that the slip was made in this very number.
    """

    printed: Printed
    truth: Any
    root: int | None
    is_slip: bool = False

    @property
    def is_true(self) -> bool:
        """Whether it is the true number, in full."""
        return self.truth is not None and self.printed.equals(self.truth)

    @property
    def interval(self) -> Any:
        """What the author may have gone on with: the number with its hidden digits."""
        return self.printed.interval if self.is_true else self.printed.around

    @property
    def innocent(self) -> Any:
        """What the author would have gone on with, had no slip been made before."""
        return self.interval if self.root is None else interval(self.truth)

    @property
    def should_be(self) -> Any:
        """What is written, or what should be where a slip is in it."""
        return self.printed.value if self.root is None else self.truth


@dataclass(slots=True)
class Ledger:
    """For each name and derivative the number that was last written for it.

    `slipped` are the slips alone: with the digits that were not printed all else follows from them.
    `cuts_off` says that the author has cut a number off where others round it.
    """

    entries: dict[Key, Written] = field(default_factory=dict)
    units: dict[Fraction, Fraction] = field(default_factory=dict)
    slipped: dict[Key, Fraction] = field(default_factory=dict)
    cuts_off: bool = False

    def write(self, key: Key, written: Written) -> None:
        """Put a number down; later lines go on with it."""
        self.entries[key] = written
        self.slipped.pop(key, None)
        if written.is_slip:
            self.slipped[key] = written.printed.value
        if not written.is_true:
            self.units[abs(written.printed.value)] = written.printed.unit

    def values(self, besides: Expression | None = None) -> Mapping[Key, Fraction]:
        """What was written, as printed."""
        return self.numbers(lambda written: written.printed.value, besides)

    def floats(self, besides: Expression | None = None) -> Mapping[Key, float]:
        """What was written, nearly."""
        return self.numbers(lambda written: float(written.printed.value), besides)

    def numbers(
        self, of: Callable[[Written], Any], besides: Expression | None = None
    ) -> Mapping[Key, Any]:
        """The ledger as numbers of a kind; `besides` is what is asked about itself."""
        return _Numbers(self.entries, of, besides)


class _Numbers(Mapping[Key, Any]):
    """A view, so that a line costs what it needs and not what was written before it."""

    def __init__(
        self, entries: dict[Key, Written], of: Callable[[Written], Any], besides: Expression | None
    ) -> None:
        self._entries = entries
        self._of = of
        self._besides = besides

    def __contains__(self, key: object) -> bool:
        return key in self._entries and key != self._besides

    def __getitem__(self, key: Key) -> Any:
        if key not in self:
            raise KeyError(key)
        return self._of(self._entries[key])

    def __iter__(self) -> Iterator[Key]:
        return (key for key in self._entries if key != self._besides)

    def __len__(self) -> int:
        return sum(1 for _ in self)
