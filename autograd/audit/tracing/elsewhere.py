"""What a function computes beside the step: after its passes, or from other parameters."""

from __future__ import annotations

from autograd.audit.tracing.held import Held, agreement, guarded
from autograd.audit.tracing.numbers import Array, agree
from autograd.audit.tracing.truths import Quantity, Role, Truths
from autograd.audit.tracing.watching import Assignment


class Elsewhere:
    """What is computed beside the step: in the passes after its last one, and in calls with other
    parameters or inputs than its own, as those of a numerical gradient.

    `right` are the quantities that were the step's till now, `beyond` the values that they had
    after its last pass, `calls` the numbers of the calls, `own` the attributes of self that depart.
    """

    def __init__(self, truths: Truths) -> None:
        self.truths = truths
        self.right: set[Quantity] = set()
        self.beyond: list[tuple[Quantity, Array]] = []
        self.calls: set[int] = set()
        self.own: set[str] = set()

    def look(self, assigned: Assignment, quantity: Quantity | None) -> None:
        """Take note of a value: whether what it is handed, or has in self, is the step's."""
        if quantity is None:
            return
        passes = self.truths.rows[quantity]
        is_right = any(
            way(assigned, quantity, truth, self.truths)[0]
            for way in (agreement, guarded)
            for truth in passes
        )
        is_given = quantity.role.is_parameter or quantity in self.truths.given
        if is_given and not is_right and quantity in self.right:
            if assigned.owner and assigned.is_argument:
                self.calls.add(assigned.call)
            if assigned.written.startswith("self."):
                self.own.add(assigned.written)
        if is_right:
            self.right.add(quantity)
            self.own.discard(assigned.written)

    def labels(self, assigned: Assignment, quantity: Quantity | None) -> str:
        """Of the classes that are predicted, that they are labels; "" of the last outputs."""
        if quantity != Quantity(Role.OUTPUTS, self.truths.last) or not assigned.value.shape:
            return ""
        is_sharp = quantity in self.right and set(assigned.value.flat) <= {0, 1}
        if not (assigned.value.is_whole or is_sharp):
            return ""
        is_true = any(agree(assigned.value, truth) for truth in self.truths.rows[quantity])
        return "" if is_true else "labels of classes"

    def is_other(self, held: Held, matched: int) -> bool:
        """Whether a value that departs is another thing's: after the last pass that the step has;
        of a name for what is given, not computed, as x = A[:, 0]; an argument of a function in
        between, or what that computes from others than the step's.
        """
        assigned, quantity = held.assigned, held.quantity
        if matched == len(self.truths.rows[quantity]) - 1:
            self.beyond.append((quantity, assigned.value))
            return True
        is_own = not assigned.owner or assigned.written.startswith("self.")
        if not is_own and (assigned.is_argument or self.own or assigned.call in self.calls):
            return True
        is_given = quantity in self.truths.given and not assigned.is_argument
        return is_given or self._is_beyond(held)

    def _is_beyond(self, held: Held) -> bool:
        """Whether another variable had that value after the last pass: the parameters go on."""
        goes_on = any(quantity.role.is_parameter for quantity, _ in self.beyond)
        return goes_on and any(
            quantity == held.quantity and agree(held.assigned.value, value.rows)
            for quantity, value in self.beyond
        )
