"""Random operands: rationals, and floats of many magnitudes. A draw is a function of an `rng`."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Any

Draw = Callable[[random.Random], tuple[Any, ...]]

# --- rationals ------------------------------------------------------------------------------------


def rational(rng: random.Random) -> Fraction:
    """A Fraction other than 0: most of them small, some of 20 digits."""
    size = rng.choice([9, 60, 10**20])
    return rng.choice([-1, 1]) * Fraction(rng.randint(1, size), rng.randint(1, size))


def rationals(least: int, most: int | None = None) -> Draw:
    """So many, or any number of them between the two."""

    def draw(rng: random.Random) -> tuple[Fraction, ...]:
        count = rng.randint(least, most) if most else least
        return tuple(rational(rng) for _ in range(count))

    return draw


def no_tie(rng: random.Random) -> tuple[Fraction, Fraction]:
    a = rational(rng)
    return a, a + rational(rng)


def square(rng: random.Random) -> tuple[Fraction]:
    return (rational(rng) ** 2,)


def integer_power(rng: random.Random) -> tuple[Fraction, int]:
    return rational(rng), rng.randint(-4, 5)


def power_of_one(rng: random.Random) -> tuple[Fraction, Fraction]:
    return Fraction(1), rational(rng)


def root_power(rng: random.Random) -> tuple[Fraction, Fraction]:
    degree = rng.choice([2, 3])
    return abs(rational(rng)) ** degree, Fraction(rng.choice([-4, -2, -1, 1, 2, 4, 5]), degree)


# --- floats ---------------------------------------------------------------------------------------


def number(rng: random.Random, decades: float = 12) -> float:
    """A float of either sign, as often of one decade as of another."""
    return rng.choice([-1, 1]) * rng.uniform(1, 10) * 10.0 ** rng.uniform(-decades, decades)


def numbers(count: int, decades: float = 12) -> Draw:
    return lambda rng: tuple(number(rng, rng.choice([1, decades])) for _ in range(count))


def any_count(least: int, most: int) -> Draw:
    return lambda rng: numbers(rng.randint(least, most))(rng)


def tie(rng: random.Random) -> tuple[float, float]:
    """Two numbers, often close to each other."""
    a = number(rng)
    return a, rng.choice([number(rng), a * (1 + number(rng, 3) * 1e-8)])


def between(low: float, high: float) -> Callable[[random.Random], float]:
    """Of many magnitudes, between two bounds."""

    def draw(rng: random.Random) -> float:
        x = number(rng, 5)
        return x if low < x < high else rng.uniform(low, high)

    return draw


def within(low: float, high: float) -> Draw:
    return lambda rng: (between(low, high)(rng),)


def positive(rng: random.Random) -> tuple[float]:
    """Of any magnitude, and near 1."""
    return (rng.choice([abs(number(rng, 300)), 1 + number(rng, 4) * 1e-5]),)


def above_minus_one(rng: random.Random) -> tuple[float]:
    return (abs(number(rng, 15)) if rng.random() < 0.5 else -probability(rng),)


def unit(rng: random.Random) -> tuple[float]:
    """Between -1 and 1, near 0, near the ends, and between."""
    return (rng.choice([-1, 1]) * probability(rng),)


def power(rng: random.Random) -> tuple[float, float]:
    return abs(number(rng, rng.choice([1, 10]))), number(rng, 1)


def probability(rng: random.Random) -> float:
    """Near 0, near 1, and between."""
    near = 10 ** rng.uniform(-12, -0.31)
    return rng.choice([near, 1 - near, rng.uniform(0.01, 0.99)])


def in_turn(ones: Iterable[Any], others: Iterable[Any], step: int) -> list[tuple[Any, Any]]:
    """Pairs of two kinds, each one with every `step`-th of the others, another each time."""
    listed = list(others)
    return [
        (one, other)
        for i, one in enumerate(ones)
        for j, other in enumerate(listed)
        if (i + j) % step == 0
    ]
