"""What the hand-written notes on the 2-3-1 network say: parameters, and all printed numbers.

Nothing here says what is right: the demo finds that out. A printed number is a string, so that its
digits are kept.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from autograd import dot, half_squared_error, total

INPUTS = (1, 2)
TARGET = "1.5"
LEARNING_RATE = "0.1"
WEIGHTS = [
    [["0.2", "-0.4"], ["-0.3", "0.8"], ["0.5", "0.7"]],
    [["-0.6", "0.9", "-0.3"]],
]
# The notes leave the last hidden bias open: 0 explains the numbers that they print, -0.1 makes
# the exercise round.
BIASES = {"A": [["0.1", "-0.2", "0"], ["0.05"]], "B": [["0.1", "-0.2", "-0.1"], ["0.05"]]}


@dataclass(frozen=True, slots=True)
class Printed:
    """One printed number: its circled step, its name, and the line shown for it.

    The epoch is 1 after the update.
    """

    step: int
    epoch: int
    name: str
    text: str
    operation: Callable[..., Any] | None = None
    operands: tuple[str, ...] = ()

    def shown_line(self, number: Callable[[str], Any]) -> Any:
        """What the shown line gives over its written operands, None where the notes show none."""
        return self.operation(*map(number, self.operands)) if self.operation else None


def weighted_sum(*operands: Any) -> Any:
    """w_0*a_0 + w_1*a_1 + ... + b, the weights first, then the inputs, then the bias."""
    half = len(operands) // 2
    return dot(operands[:half], operands[half : 2 * half], operands[-1])


def plain_sum(*terms: Any) -> Any:
    """Terms that the notes have multiplied out already."""
    return total(terms)


def update(parameter: Any, learning_rate: Any, gradient: Any) -> Any:
    """Gradient descent's line."""
    return parameter - learning_rate * gradient


def difference_times(a: Any, y: Any, slope: Any) -> Any:
    """delta of the output: the loss's derivative times the activation's."""
    return (a - y) * slope


SECOND_OUTPUT = ("-0.6", "0.7867", "-0.1043", "0", "2.0714", "1.7146", "0.153")
PRINTED = (
    Printed(1, 0, "z_0^1", "-0.5", weighted_sum, ("0.2", "-0.4", "1", "2", "0.1")),
    Printed(1, 0, "a_0^1", "0"),
    Printed(1, 0, "z_1^1", "1.1", weighted_sum, ("-0.3", "0.8", "1", "2", "-0.2")),
    Printed(1, 0, "a_1^1", "1.1"),
    Printed(1, 0, "y", "1.5"),
    Printed(1, 0, "z_2^1", "1.9", plain_sum, ("0.5", "1.4")),
    Printed(1, 0, "a_2^1", "1.9"),
    Printed(1, 0, "z_0^2", "0.47", plain_sum, ("0.99", "-0.57", "0.05")),
    Printed(1, 0, "a_0^2", "0.47"),
    Printed(2, 0, "L", "0.53045", half_squared_error, ("0.47", "1.5")),
    Printed(4, 0, "delta_0^2", "-1.03", difference_times, ("0.47", "1.5", "1")),
    Printed(4, 0, "a_0^1", "0"),
    Printed(4, 0, "a_1^1", "1.1"),
    Printed(4, 0, "a_2^1", "1.9"),
    Printed(4, 0, "dL/dw_00^2", "0"),
    Printed(4, 0, "dL/dw_01^2", "-1.133"),
    Printed(4, 0, "dL/dw_02^2", "-1.957"),
    Printed(4, 0, "dL/db_0^2", "-1.03"),
    Printed(5, 0, "dL/da_0^1", "0.618"),
    Printed(5, 0, "dL/da_1^1", "-0.927"),
    Printed(5, 0, "dL/da_2^1", "0.309"),
    Printed(5, 0, "z_0^1", "0"),
    Printed(5, 0, "z_1^1", "1.1"),
    Printed(5, 0, "z_2^1", "1.9"),
    Printed(5, 0, "relu'(z_0^1)", "0"),
    Printed(5, 0, "relu'(z_1^1)", "1"),
    Printed(5, 0, "relu'(z_2^1)", "1"),
    Printed(5, 0, "delta_0^1", "0"),
    Printed(5, 0, "delta_1^1", "-0.927"),
    Printed(5, 0, "delta_2^1", "0.309"),
    Printed(5, 0, "dL/dw_00^1", "0"),
    Printed(5, 0, "dL/dw_01^1", "0"),
    Printed(5, 0, "dL/db_0^1", "0"),
    Printed(5, 0, "dL/dw_10^1", "-0.927"),
    Printed(5, 0, "dL/dw_11^1", "-1.854"),
    Printed(5, 0, "dL/db_1^1", "-0.927"),
    Printed(5, 0, "dL/dw_20^1", "0.309"),
    Printed(5, 0, "dL/dw_21^1", "0.618"),
    Printed(5, 0, "dL/db_2^1", "0.309"),
    Printed(6, 0, "alpha", "0.1"),
    Printed(6, 1, "w_00^1", "0.2"),
    Printed(6, 1, "w_01^1", "-0.4"),
    Printed(6, 1, "b_0^1", "0.1"),
    Printed(6, 1, "w_10^1", "0.2073", update, ("-0.3", "0.1", "-0.927")),
    Printed(6, 1, "w_11^1", "0.9857", update, ("0.8", "0.1", "-1.854")),
    Printed(6, 1, "b_1^1", "-0.1073", update, ("-0.2", "0.1", "-0.927")),
    Printed(6, 1, "w_20^1", "0.4691", update, ("0.5", "0.1", "0.309")),
    Printed(6, 1, "w_21^1", "0.6382", update, ("0.7", "0.1", "0.618")),
    Printed(6, 1, "b_2^1", "-0.0309", update, ("-0.1", "0.1", "0.309")),
    Printed(6, 1, "w_00^2", "-0.6", update, ("-0.6", "0.1", "0")),
    Printed(6, 1, "w_01^2", "0.7867", update, ("0.9", "0.1", "0.133")),
    Printed(6, 1, "w_02^2", "-0.1043", update, ("-0.3", "0.1", "-1.957")),
    Printed(6, 1, "b_0^2", "0.153", update, ("0.05", "0.1", "-1.03")),
    Printed(7, 1, "z_0^1", "-0.5", weighted_sum, ("0.2", "-0.4", "1", "2", "0.1")),
    Printed(7, 1, "a_0^1", "0"),
    Printed(7, 1, "z_1^1", "2.0714", weighted_sum, ("0.2073", "0.9857", "1", "2", "-0.1073")),
    Printed(7, 1, "z_2^1", "1.7146", weighted_sum, ("0.4691", "0.6382", "1", "2", "-0.0309")),
    Printed(7, 1, "z_0^2", "1.6037376", weighted_sum, SECOND_OUTPUT),
    Printed(8, 1, "L", "0.005380744827", half_squared_error, ("1.6037376", "1.5")),
)
