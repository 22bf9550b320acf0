"""Optimizers: the update of the parameters from their gradients, by PyTorch's definitions.

https://pytorch.org/docs/stable/generated/torch.optim.SGD.html (with dampening 0)
https://pytorch.org/docs/stable/generated/torch.optim.Adam.html (Kingma and Ba 2015, weight decay as
an L2 gradient)
https://pytorch.org/docs/stable/generated/torch.optim.Adagrad.html (without a decay of its rate)
https://pytorch.org/docs/stable/generated/torch.optim.RMSprop.html (not centered)

The rules themselves are in `update_rules.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from autograd.elementary import sqrt
from autograd.value import Value
from nn.checks import require_in_range, require_same_type
from nn.optimizer import Optimizer
from nn.squares import OfSquares
from nn.update_rules import AdaGradRule, AdamRule, DescentRule, RMSPropRule

VELOCITIES = {"unscaled": False, "scaled": True}


class SGD(Optimizer):
    """Gradient descent: w <- w - learning_rate * dL/dw, in the parameters' own number type, exact
    on Fractions.

    With g = dL/dw + weight_decay * w and the velocity v <- momentum * v + g (v <- g in the first
    step), the update is w <- w - learning_rate * v, or with Nesterov's momentum w <- w -
    learning_rate * (g + momentum * v). That is PyTorch's velocity. In many books it holds the
    learning rate, `velocity="scaled"`: v <- momentum * v + learning_rate * g and w <- w - v, with
    Nesterov's momentum w <- w - (learning_rate * g + momentum * v). The two differ where the
    learning rate changes.

    >>> from fractions import Fraction
    >>> w = Value(Fraction(3, 10), "w")
    >>> (w * 2).backward()
    >>> SGD([w], learning_rate=Fraction(1, 10)).step()
    >>> w.data
    Fraction(1, 10)
    """

    def __init__(
        self,
        parameters: Iterable[Value],
        learning_rate: Any,
        momentum: Any = 0,
        nesterov: bool = False,
        weight_decay: Any = 0,
        velocity: str = "unscaled",
    ) -> None:
        super().__init__(parameters)
        self.learning_rate, self.momentum = learning_rate, momentum
        self.nesterov, self.weight_decay = nesterov, weight_decay
        hyper = {"learning rate": learning_rate, "momentum": momentum, "weight decay": weight_decay}
        for label, number in hyper.items():
            require_in_range(label, number)
            require_same_type(label, number, [parameter.data for parameter in self.parameters])
        if nesterov and momentum == 0:
            raise ValueError("Nesterov's momentum needs a momentum greater than 0")
        if velocity not in VELOCITIES:
            raise ValueError(
                "the velocity is 'unscaled', of the gradients, or 'scaled', which holds the "
                f"learning rate: got {velocity!r}"
            )
        self.velocity = velocity
        # A velocity of the other convention is another number, which must not be loaded as this.
        self._state_names = ("scaled_velocity" if VELOCITIES[velocity] else "momentum_buffer",)

    def hyperparameters(self) -> dict[str, Any]:
        """Those of the rule that are in use, by its names."""
        given = {"momentum": self.momentum, "weight_decay": self.weight_decay}
        return {"learning_rate": self.learning_rate, **_in_use(given)}

    def rule(self, hyperparameters: Mapping[str, Any], step: int) -> DescentRule:
        """The rule with these hyperparameters, numbers or Values; see `update_rules`."""
        nesterov, scaled = self.nesterov and self.momentum != 0, VELOCITIES[self.velocity]
        return DescentRule(**hyperparameters, nesterov=nesterov, scaled=scaled)

    def _updated(self) -> tuple[list[Any], Mapping[str, Any]]:
        (name,) = self._state_names
        rule = self.rule(self.hyperparameters(), 1)
        numbers, gradients = self._numbers(rule)
        velocities = rule.remembered(gradients, self._state.get(name))
        return rule.moved(numbers, gradients, velocities), {name: velocities}


class Adam(OfSquares):
    """Adam: the mean of the gradients, over the root of the mean of their squares, both corrected
    for their start.

    It needs a square root, so it takes floats, or Decimals, for which its own numbers are read by
    their shortest decimal form; on Fractions it is a TypeError.

    >>> w = Value(0.5, "w")
    >>> (w * 2).backward()
    >>> Adam([w], learning_rate=0.125, epsilon=0).step()
    >>> w.data  # the first step is the learning rate, whatever the gradient
    0.375
    """

    def __init__(
        self,
        parameters: Iterable[Value],
        learning_rate: Any = 0.001,
        betas: tuple[Any, Any] = (0.9, 0.999),
        epsilon: Any = 1e-8,
        weight_decay: Any = 0,
    ) -> None:
        super().__init__(parameters)
        if not isinstance(betas, (tuple, list)) or len(betas) != 2:
            raise TypeError(f"betas are a pair, (0.9, 0.999): got {betas!r}")
        labels = ["learning rate", "first beta", "second beta", "epsilon", "weight decay"]
        given = [learning_rate, *betas, epsilon, weight_decay]
        numbers = self._in_type(dict(zip(labels, given, strict=True)))
        self.learning_rate, first, second, self.epsilon, self.weight_decay = numbers
        self.betas = first, second

    _state_names = ("step", "exp_avg", "exp_avg_sq")
    _of_squares = ("exp_avg", "exp_avg_sq")

    def hyperparameters(self) -> dict[str, Any]:
        """Those of the rule that are in use, by its names."""
        first, second = self.betas
        given = {"learning_rate": self.learning_rate, "first": first, "second": second}
        return given | {"epsilon": self.epsilon} | _in_use({"weight_decay": self.weight_decay})

    def rule(self, hyperparameters: Mapping[str, Any], step: int) -> AdamRule:
        """The rule with these hyperparameters, numbers or Values; see `update_rules`."""
        return AdamRule(**hyperparameters, step=step)

    def _updated(self) -> tuple[list[Any], Mapping[str, Any]]:
        steps = self._state.get("step", 0) + 1
        rule = self.rule(self.hyperparameters(), steps)
        numbers, gradients = self._numbers(rule)
        means, squares = self._remembered(rule, gradients)
        correction, of_square = rule.corrections()
        # The roots of v_hat, as PyTorch takes them.
        root_correction = sqrt(of_square)
        roots = [sqrt(square) / root_correction for square in squares]
        moved = rule.moved(numbers, [mean / correction for mean in means], roots)
        return moved, {"step": steps, "exp_avg": means, "exp_avg_sq": squares}


class AdaGrad(OfSquares):
    """AdaGrad: s <- s + g^2, and w <- w - learning_rate * g / (sqrt(s) + epsilon), with g = dL/dw +
    weight_decay * w.

    Of Decimals and Fractions as `Adam`.

    >>> w = Value(0.5, "w")
    >>> (w * 2).backward()
    >>> AdaGrad([w], learning_rate=0.125, epsilon=0).step()
    >>> w.data  # the first step is the learning rate, whatever the gradient
    0.375
    """

    def __init__(
        self,
        parameters: Iterable[Value],
        learning_rate: Any = 0.01,
        epsilon: Any = 1e-10,
        weight_decay: Any = 0,
    ) -> None:
        super().__init__(parameters)
        self.learning_rate, self.epsilon, self.weight_decay = self._in_type(
            {"learning rate": learning_rate, "epsilon": epsilon, "weight decay": weight_decay}
        )

    _state_names = _of_squares = ("sum",)

    def hyperparameters(self) -> dict[str, Any]:
        """Those of the rule that are in use, by its names."""
        given = {"learning_rate": self.learning_rate, "epsilon": self.epsilon}
        return given | _in_use({"weight_decay": self.weight_decay})

    def rule(self, hyperparameters: Mapping[str, Any], step: int) -> AdaGradRule:
        """The rule with these hyperparameters, numbers or Values; see `update_rules`."""
        return AdaGradRule(**hyperparameters)

    def _updated(self) -> tuple[list[Any], Mapping[str, Any]]:
        rule = self.rule(self.hyperparameters(), 1)
        numbers, gradients = self._numbers(rule)
        (sums,) = self._remembered(rule, gradients)
        return rule.moved(numbers, gradients, [sqrt(x) for x in sums]), {"sum": sums}


class RMSProp(OfSquares):
    """RMSProp: s <- smoothing * s + (1 - smoothing) * g^2, and w <- w - learning_rate * g /
    (sqrt(s) + epsilon), with g = dL/dw + weight_decay * w.

    `smoothing` is PyTorch's alpha. With momentum, v <- momentum * v + g / (sqrt(s) + epsilon) and w
    <- w - learning_rate * v. Of Decimals and Fractions as `Adam`.

    >>> w = Value(0.5, "w")
    >>> (w * 2).backward()
    >>> RMSProp([w], learning_rate=0.125, smoothing=0.75, epsilon=0).step()
    >>> w.data
    0.25
    """

    def __init__(
        self,
        parameters: Iterable[Value],
        learning_rate: Any = 0.01,
        smoothing: Any = 0.99,
        epsilon: Any = 1e-8,
        momentum: Any = 0,
        weight_decay: Any = 0,
    ) -> None:
        super().__init__(parameters)
        labels = ["learning rate", "smoothing", "epsilon", "momentum", "weight decay"]
        given = [learning_rate, smoothing, epsilon, momentum, weight_decay]
        numbers = self._in_type(dict(zip(labels, given, strict=True)))
        self.learning_rate, self.smoothing, self.epsilon, self.momentum, self.weight_decay = numbers

    _state_names = ("square_avg", "momentum_buffer")
    _of_squares = ("square_avg",)

    def hyperparameters(self) -> dict[str, Any]:
        """Those of the rule that are in use, by its names."""
        given = {"learning_rate": self.learning_rate, "smoothing": self.smoothing}
        others = {"momentum": self.momentum, "weight_decay": self.weight_decay}
        return given | {"epsilon": self.epsilon} | _in_use(others)

    def rule(self, hyperparameters: Mapping[str, Any], step: int) -> RMSPropRule:
        """The rule with these hyperparameters, numbers or Values; see `update_rules`."""
        return RMSPropRule(**hyperparameters)

    def _updated(self) -> tuple[list[Any], Mapping[str, Any]]:
        rule = self.rule(self.hyperparameters(), 1)
        numbers, gradients = self._numbers(rule)
        (squares,) = self._remembered(rule, gradients)
        roots = [sqrt(square) for square in squares]
        velocities = rule.velocities(gradients, roots, self._state.get("momentum_buffer"))
        state = {"square_avg": squares, "momentum_buffer": velocities}
        return rule.moved(numbers, velocities), state


def _in_use(hyperparameters: Mapping[str, Any]) -> dict[str, Any]:
    """Those that are not 0."""
    return {name: number for name, number in hyperparameters.items() if number != 0}
