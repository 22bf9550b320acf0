"""exp and tanh of vectors of doubles, written out: a machine has no instruction for them, and C's
library takes one number at a time.

With n the whole number next to x/log(2), e^x is 2^n e^r, where |r| is at most log(2)/2; there a
polynomial gives e^r - 1. An exp is less than one unit of the last place from e^x, a tanh less than
three.
"""

from __future__ import annotations

import math
import struct
from typing import Any

from llvmlite import ir

DEGREE = 13  # r^14/14! is nothing beside 1
HIGH = float.fromhex("0x1.62e42feep-1")  # log(2), in so few digits that n times it is exact,
LOW = float.fromhex("0x1.a39ef35793c76p-33")  # and what is missing there
HIGHEST, LOWEST = 710.0, -746.0  # from where on e^x is infinite, and 0
ONE = 20.0  # from where on tanh is 1
ROUNDING = 1.5 * 2.0**52  # added to a number it leaves a whole one, in its last bits
BIAS = 1023  # of an exponent


class Exponentials:
    """Writes them into the code of `context`, a Builder of vectors of doubles."""

    def __init__(self, context: Any) -> None:
        self.context, self.builder = context, context.builder
        self.integers = ir.VectorType(ir.IntType(64), context.lanes)

    def exp(self, x: Any) -> Any:
        """LLVM's value of e^x."""
        x = self._limited(self._limited(x, ">", HIGHEST), "<", LOWEST)
        below_one, n = self._reduced(self.context.symbol(x))
        half = self.builder.ashr(n, self._whole(1))  # 2^n alone may be beyond all numbers
        rest = self.builder.sub(n, half)
        return ((below_one + 1.0) * self._power_of_two(half) * self._power_of_two(rest)).of

    def tanh(self, x: Any) -> Any:
        """LLVM's value of tanh(x), by d = e^(2|x|) - 1 as d/(d + 2)."""
        size = self.context.symbol(self._limited(self.context._abs(x), ">", ONE))
        below_one, n = self._reduced(size + size)
        power = self._power_of_two(n)
        d = power * below_one + (power - 1.0)
        return self.context._intrinsic("llvm.copysign", (d / (d + 2.0)).of, x)

    def _reduced(self, x: Any) -> tuple[Any, Any]:
        """e^r - 1, and n as whole numbers."""
        shifted = x * (1 / math.log(2)) + ROUNDING
        n = shifted - ROUNDING
        r = x - n * HIGH - n * LOW
        series: Any = 1 / math.factorial(DEGREE)
        for power in range(DEGREE - 1, 1, -1):
            series = series * r + 1 / math.factorial(power)
        (zero,) = struct.unpack("<q", struct.pack("<d", ROUNDING))
        bits = self.builder.bitcast(shifted.of, self.integers)
        return r * r * series + r, self.builder.sub(bits, self._whole(zero))

    def _limited(self, x: Any, beyond: str, limit: float) -> Any:
        """x, or the limit for what is beyond it; NaN stays."""
        last = self.context.number(limit)
        return self.builder.select(self.builder.fcmp_ordered(beyond, x, last), last, x)

    def _power_of_two(self, exponent: Any) -> Any:
        bits = self.builder.shl(self.builder.add(exponent, self._whole(BIAS)), self._whole(52))
        return self.context.symbol(self.builder.bitcast(bits, self.context.type))

    def _whole(self, number: int) -> Any:
        return ir.Constant(self.integers, [number] * self.context.lanes)
