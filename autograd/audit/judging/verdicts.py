"""What can be said of a printed number."""

from __future__ import annotations

from enum import Enum


class Verdict(Enum):
    """What is said of a printed number; a slip is where an error was made, not where it shows."""

    GIVEN = "given"
    CORRECT = "correct"
    ROUNDED = "correct after rounding"
    EARLIER_ROUNDING = "correct given earlier rounding"
    TRUNCATED = "truncated"
    WRONG_LINE = "value right, shown line wrong"
    CARRIED = "carried forward"
    TRIVIAL = "carried forward, trivial"
    MISPRINT = "suspected misprint"
    MISREADING = "suspected misreading"
    SLIP = "slip"
    UNVERIFIABLE = "unverifiable"

    @property
    def is_right(self) -> bool:
        """Whether nothing is wrong with the number nor with how it is shown."""
        return self in RIGHT

    @property
    def is_carried(self) -> bool:
        """Whether it only follows from an error."""
        return self in CARRIED_FORWARD

    @property
    def is_error(self) -> bool:
        """Whether an error was made on this very line."""
        return self in ERRORS


CARRIED_FORWARD = (Verdict.CARRIED, Verdict.TRIVIAL)
ERRORS = (Verdict.SLIP, Verdict.WRONG_LINE, Verdict.MISPRINT, Verdict.MISREADING)
RIGHT = frozenset(
    {
        Verdict.GIVEN,
        Verdict.CORRECT,
        Verdict.ROUNDED,
        Verdict.EARLIER_ROUNDING,
        Verdict.TRUNCATED,
    }
)
