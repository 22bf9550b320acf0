"""A value that was assigned, held against what the step has: in which pass, and how they agree."""

from __future__ import annotations

from dataclasses import dataclass

from autograd.audit.tracing.numbers import (
    OF_A_GUARD,
    Rows,
    agree,
    largest_of,
    times,
    transposed,
)
from autograd.audit.tracing.truths import Quantity, Role, Truths
from autograd.audit.tracing.watching import Assignment

NEGATIVE, BY_NAME = "negative", "by its name"
NEARLY = "equal to"  # within 1e-8
AGAINST = "transposed against its weights"


@dataclass(frozen=True)
class Held:
    """An assigned value held against the step: what it is there, in which pass, and the truth.

    `how` is "same", "transposed", "" where it departs, or why it is no mistake; `factor` is what
    the truth is to be multiplied with in the convention that the code is in.
    """

    assigned: Assignment
    quantity: Quantity
    place: int
    truth: Rows
    how: str
    order: int
    factor: float = 1

    @property
    def departs(self) -> bool:
        """Whether it is not what the step has."""
        return not self.how

    @property
    def is_near(self) -> bool:
        """Whether it is what the step has but for a guard, or departs."""
        return self.departs or self.how.startswith(NEARLY)


def held_against(
    assigned: Assignment, quantity: Quantity, truths: Truths, matched: int, order: int
) -> Held:
    """A value beside the truth that it agrees with, of the pass that was matched or a later one."""
    passes = truths.rows[quantity]
    for way in (agreement, guarded):
        for place in range(max(matched, 0), len(passes)):
            how, factor = way(assigned, quantity, passes[place], truths)
            if how:
                return Held(assigned, quantity, place, passes[place], how, order, factor)
    place = min(matched + 1, len(passes) - 1)
    return Held(assigned, quantity, place, passes[place], "", order)


def agreement(
    assigned: Assignment, quantity: Quantity, truth: Rows, truths: Truths
) -> tuple[str, float]:
    """How a value agrees with the truth, in the conventions that are left open."""
    for factor in conventions(quantity, truths):
        rows = truth if factor == 1 else times(factor, truth)
        if how := agree(assigned.value, rows, truths.scale):
            return how, factor
    return "", 1


def guarded(
    assigned: Assignment, quantity: Quantity, truth: Rows, truths: Truths
) -> tuple[str, float]:
    """The same for what is off by no more than log(a + 1e-8) for log(a) makes it; what is given
    is exact, and an updated parameter measured by its step.
    """
    rows, tolerance = truths.rows[quantity], OF_A_GUARD
    if quantity.role.is_parameter or quantity in truths.updated:
        tolerance *= largest_of(truth, rows[0]) / (largest_of(truth) or 1)
    elif quantity in truths.given:
        return "", 1
    for factor in conventions(quantity, truths):
        near, value = times(factor, truth), assigned.value._replace(tolerance=tolerance)
        if how := agree(value, near):
            laid_out = near if how == "same" else transposed(near)
            return f"{NEARLY} {largest_of(value.rows, laid_out):.0e}: a guard?", factor
    return "", 1


def conventions(quantity: Quantity, truths: Truths) -> list[float]:
    """What a quantity may be a multiple of: an error term has the 1/m of a mean or has it not; a
    notation may have the negative, -dE/dw or a threshold.
    """
    notation, role, m = truths.notation, quantity.role, truths.samples
    of_gradient = role.is_gradient or (role is Role.NUMBER and not quantity.name.isidentifier())
    of_bias = role in (Role.BIASES, Role.OF_BIASES, Role.NUMBER) and notation.bias_is_subtracted
    signs = [1, -1] if (of_gradient and notation.error_sign < 0) or of_bias else [1]
    is_open = m > 1 and role in (Role.OF_SUMS, Role.OF_OUTPUTS)
    return [sign * factor for factor in ((1, m, 1 / m) if is_open else (1,)) for sign in signs]
