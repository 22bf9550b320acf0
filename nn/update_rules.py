"""The update rules of the optimizers, each written once, over numbers or Values.

A rule is made for one step, with the hyperparameters of that step; one that is None is not in use.
Its methods are pure and go over all parameters at once, a list for each quantity. Given numbers
they give numbers; given Values, as parameters, gradients, what is remembered or hyperparameters,
they record the step that they compute.

    decayed(ws, gradients)   the gradients with weight decay: g + lambda*w
    remembered(gradients, *before)
                             what the optimizer remembers after the step, from what it did before
    moved(ws, ...)           the updated parameters
    lines(ws, gradients, before)
                             all of these by their usual letters, in the order of their computation

>>> from autograd import Value
>>> rule = DescentRule(learning_rate=Value(0.5, "alpha"))
>>> rule.lines([Value(0.25, "w")], [Value(2.0, "dL/dw")], [])["w"]
[Value(-0.75)]
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from autograd.elementary import is_symbol
from autograd.number_types import number_of
from autograd.operations import abs, sqrt, where

Number = Any  # or a Value
Column = list[Any]  # one for each parameter
Lines = dict[str, Column]


@dataclass(frozen=True, slots=True)
class Rule:
    """What the rules share: the step's length, and a pull towards 0.

    Where a book takes the gradients of -loss, a rule `ascends`: the step is added.

    >>> Rule(learning_rate=1, weight_decay=2).decayed([10], [5])
    [25]
    >>> DescentRule(1, weight_decay=2, ascends=True).lines([10], [-5], [])
    {'g': [-25], 'w': [-15]}
    """

    learning_rate: Number
    weight_decay: Number = None
    ascends: bool = False
    square: ClassVar[str] = ""  # the letter of the squares whose roots the step is divided by

    @property
    def letters(self) -> tuple[str, ...]:
        """What `lines` takes as `before`, by the letters of what it gives.

        >>> DescentRule(learning_rate=1).letters, DescentRule(1, momentum=2).letters
        ((), ('v',))
        """
        return ()

    def decayed(self, ws: Column, gradients: Column) -> Column:
        """The gradients with those of weight_decay/2 * w^2.

        >>> Rule(learning_rate=1).decayed([10], [5])
        [5]
        """
        decay = self.weight_decay
        if decay is None:
            return gradients
        if self.ascends:
            return [g - decay * w for w, g in zip(ws, gradients, strict=True)]
        return [g + decay * w for w, g in zip(ws, gradients, strict=True)]

    def stepped(self, ws: Column, changes: Column) -> Column:
        """The parameters less the changes, or plus them.

        >>> Rule(1).stepped([10], [5]), Rule(1, ascends=True).stepped([10], [5])
        ([5], [15])
        """
        if self.ascends:
            return [w + change for w, change in zip(ws, changes, strict=True)]
        return [w - change for w, change in zip(ws, changes, strict=True)]

    def stepped_by_quotients(
        self, ws: Column, above: Column, roots: Column, epsilon: Number
    ) -> Column:
        """The parameters less learning_rate*above/(root + epsilon).

        >>> Rule(0.5).stepped_by_quotients([1.0], [3.0], [5.0], 1)
        [0.75]
        """
        rate = self.learning_rate
        return self.stepped(ws, [rate * x for x in _quotients(above, roots, epsilon)])

    def lines(self, ws: Column, gradients: Column, before: Sequence[Column]) -> Lines:
        """Every quantity of one update by its letter: g, what is remembered, then w.

        >>> DescentRule(learning_rate=1, momentum=2).lines([10], [5], [[4]])
        {'g': [5], 'v': [13], 'w': [-3]}
        """
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class DescentRule(Rule):
    """Gradient descent with a velocity v, in either convention.

    v <- momentum*v + g and w <- w - learning_rate*v, or `scaled`, v <- momentum*v + learning_rate*g
    and w <- w - v (Sutskever et al. 2013). Nesterov's step goes from where the velocity leads: g +
    momentum*v in place of v.

    >>> DescentRule(learning_rate=3, momentum=2, scaled=True).lines([10], [5], [[4]])
    {'g': [5], 'v': [23], 'w': [-13]}
    """

    momentum: Number = None
    nesterov: bool = False
    scaled: bool = False

    @property
    def letters(self) -> tuple[str, ...]:
        """What it remembers of each parameter, by the letters of `lines`."""
        return () if self.momentum is None else ("v",)

    def remembered(self, gradients: Column, before: Column | None = None) -> Column:
        """The velocities; before the first step there are none.

        >>> DescentRule(learning_rate=1, momentum=2).remembered([5])
        [5]
        """
        pushes, momentum = self._pushes(gradients), self.momentum
        if before is None or momentum is None:
            return pushes
        return [momentum * v + push for v, push in zip(before, pushes, strict=True)]

    def moved(self, ws: Column, gradients: Column, velocities: Column) -> Column:
        """The parameters after the step.

        >>> DescentRule(learning_rate=1, momentum=2, nesterov=True).moved([10], [5], [13])
        [-21]
        """
        momentum, rate = self.momentum, self.learning_rate
        if self.nesterov:
            ahead = zip(self._pushes(gradients), velocities, strict=True)
            velocities = [push + momentum * v for push, v in ahead]
        return self.stepped(ws, velocities if self.scaled else [rate * v for v in velocities])

    def _pushes(self, gradients: Column) -> Column:
        """What each gradient adds to its velocity."""
        rate = self.learning_rate
        return [rate * g for g in gradients] if self.scaled else gradients

    def lines(self, ws: Column, gradients: Column, before: Sequence[Column]) -> Lines:
        """Every quantity of the step by its letter, see `Rule.lines`."""
        gradients = self.decayed(ws, gradients)
        velocities = self.remembered(gradients, *before)
        kept = dict.fromkeys(self.letters, velocities)
        return {"g": gradients, **kept, "w": self.moved(ws, gradients, velocities)}


@dataclass(frozen=True, slots=True)
class AdamRule(Rule):
    """Adam (Kingma and Ba 2015) in step number `step`.

    m <- beta_1*m + (1 - beta_1)*g and v <- beta_2*v + (1 - beta_2)*g^2, without their start m_hat =
    m/(1 - beta_1^t) and v_hat = v/(1 - beta_2^t), and w <- w - learning_rate*m_hat/(sqrt(v_hat) +
    epsilon).

    >>> rule = AdamRule(0.5, first=0.5, second=0.75, epsilon=0, step=1)
    >>> rule.lines([1.0], [2.0], [[0], [0]])
    {'g': [2.0], 'm': [1.0], 'v': [1.0], 'm_hat': [2.0], 'v_hat': [4.0], 'w': [0.5]}
    """

    first: Number = None
    second: Number = None
    epsilon: Number = None
    step: int = 1
    square: ClassVar[str] = "v"

    @property
    def letters(self) -> tuple[str, ...]:
        """What it remembers of each parameter, by the letters of `lines`."""
        return ("m", "v")

    def remembered(
        self, gradients: Column, means: Column, squares: Column
    ) -> tuple[Column, Column]:
        """The running means of the gradients and of their squares.

        >>> AdamRule(0.5, first=0.5, second=0.75, epsilon=0).remembered([2.0], [0], [0])
        ([1.0], [1.0])
        """
        first, second = self.first, self.second
        rest, rest_of_squares = 1 - first, 1 - second
        return (
            [first * m + rest * g for m, g in zip(means, gradients, strict=True)],
            [
                second * v + rest_of_squares * (g * g)
                for v, g in zip(squares, gradients, strict=True)
            ],
        )

    def corrections(self) -> tuple[Number, Number]:
        """What the two means, which started at 0, are divided by.

        >>> AdamRule(0.5, first=0.5, second=0.75, epsilon=0, step=2).corrections()
        (0.75, 0.4375)
        """
        return 1 - self.first**self.step, 1 - self.second**self.step

    def moved(self, ws: Column, means: Column, roots: Column) -> Column:
        """The parameters after the step, by m_hat and the root of v_hat.

        >>> AdamRule(0.5, first=0.5, second=0.75, epsilon=0).moved([1.0], [2.0], [2.0])
        [0.5]
        """
        return self.stepped_by_quotients(ws, means, roots, self.epsilon)

    def lines(self, ws: Column, gradients: Column, before: Sequence[Column]) -> Lines:
        """Every quantity of the step by its letter, see `Rule.lines`."""
        gradients = self.decayed(ws, gradients)
        m, v = self.remembered(gradients, *before)
        correction, of_square = self.corrections()
        m_hat, v_hat = [mean / correction for mean in m], [square / of_square for square in v]
        ws = self.moved(ws, m_hat, [sqrt(square) for square in v_hat])
        return {"g": gradients, "m": m, "v": v, "m_hat": m_hat, "v_hat": v_hat, "w": ws}


@dataclass(frozen=True, slots=True)
class AdaGradRule(Rule):
    """AdaGrad (Duchi et al. 2011): s <- s + g^2 and w <- w - learning_rate*g/(sqrt(s) + epsilon).

    >>> AdaGradRule(0.5, epsilon=0).lines([1.0], [3.0], [[16.0]])
    {'g': [3.0], 's': [25.0], 'w': [0.7]}
    """

    epsilon: Number = None
    square: ClassVar[str] = "s"

    @property
    def letters(self) -> tuple[str, ...]:
        """What it remembers of each parameter, by the letters of `lines`."""
        return ("s",)

    def remembered(self, gradients: Column, squares: Column) -> tuple[Column, ...]:
        """The sums of the squares of the gradients.

        >>> AdaGradRule(0.5, epsilon=0).remembered([3.0], [16.0])
        ([25.0],)
        """
        return ([s + g * g for s, g in zip(squares, gradients, strict=True)],)

    def moved(self, ws: Column, gradients: Column, roots: Column) -> Column:
        """The parameters after the step, by the roots of those sums.

        >>> AdaGradRule(0.5, epsilon=1).moved([1.0], [3.0], [5.0])
        [0.75]
        """
        return self.stepped_by_quotients(ws, gradients, roots, self.epsilon)

    def lines(self, ws: Column, gradients: Column, before: Sequence[Column]) -> Lines:
        """Every quantity of the step by its letter, see `Rule.lines`."""
        gradients = self.decayed(ws, gradients)
        (s,) = self.remembered(gradients, *before)
        return {"g": gradients, "s": s, "w": self.moved(ws, gradients, [sqrt(x) for x in s])}


@dataclass(frozen=True, slots=True)
class RMSPropRule(Rule):
    """RMSProp (Hinton 2012): s <- smoothing*s + (1 - smoothing)*g^2 and w <- w -
    learning_rate*g/(sqrt(s) + epsilon), or with momentum v <- momentum*v + g/(sqrt(s) + epsilon)
    and w <- w - learning_rate*v.

    >>> rule = RMSPropRule(0.5, smoothing=0.75, epsilon=0, momentum=2)
    >>> rule.lines([1.0], [2.0], [[0], [1.0]])
    {'g': [2.0], 's': [1.0], 'v': [4.0], 'w': [-1.0]}
    """

    smoothing: Number = None
    epsilon: Number = None
    momentum: Number = None
    square: ClassVar[str] = "s"

    @property
    def letters(self) -> tuple[str, ...]:
        """What it remembers of each parameter, by the letters of `lines`."""
        return ("s",) if self.momentum is None else ("s", "v")

    def remembered(self, gradients: Column, squares: Column) -> tuple[Column, ...]:
        """The running means of the squares of the gradients.

        >>> RMSPropRule(0.5, smoothing=0.75, epsilon=0).remembered([2.0], [4.0])
        ([4.0],)
        """
        smoothing, rest = self.smoothing, 1 - self.smoothing
        return ([smoothing * s + rest * (g * g) for s, g in zip(squares, gradients, strict=True)],)

    def velocities(self, gradients: Column, roots: Column, before: Column | None = None) -> Column:
        """The gradients in units of their root mean squares; with momentum, gathered.

        >>> rule = RMSPropRule(0.5, smoothing=0.75, epsilon=0, momentum=2)
        >>> rule.velocities([2.0], [1.0], [1.0])
        [4.0]
        """
        pushes, momentum = _quotients(gradients, roots, self.epsilon), self.momentum
        if before is None or momentum is None:
            return pushes
        return [momentum * v + push for v, push in zip(before, pushes, strict=True)]

    def moved(self, ws: Column, velocities: Column) -> Column:
        """The parameters after the step.

        >>> RMSPropRule(0.5, smoothing=0.75, epsilon=0).moved([1.0], [4.0])
        [-1.0]
        """
        rate = self.learning_rate
        return self.stepped(ws, [rate * v for v in velocities])

    def lines(self, ws: Column, gradients: Column, before: Sequence[Column]) -> Lines:
        """Every quantity of the step by its letter, see `Rule.lines`."""
        gradients = self.decayed(ws, gradients)
        (s,) = self.remembered(gradients, before[0])
        velocities = self.velocities(gradients, [sqrt(x) for x in s], *before[1:])
        kept = {letter: velocities for letter in self.letters if letter == "v"}
        return {"g": gradients, "s": s, **kept, "w": self.moved(ws, velocities)}


def _quotients(above: Column, roots: Column, epsilon: Number) -> Column:
    """above/(root + epsilon), and 0 over a 0: there every gradient was 0 until now."""
    below = [root + epsilon for root in roots]
    numbers = below if {*map(type, below)} == {float} else [*map(number_of, below)]
    if any(map(is_symbol, numbers)):
        return [where(abs(b), a / b, 0) for a, b in zip(above, below, strict=True)]
    triples = zip(above, below, numbers, strict=True)
    return [a / b if number != 0 else 0 for a, b, number in triples]


OF_VELOCITY = DescentRule, RMSPropRule  # the rules that with momentum remember a velocity
