"""Optimisers: the update of the parameters from their gradients, by PyTorch's definitions;
gradients clipped before it.

https://pytorch.org/docs/stable/generated/torch.optim.SGD.html (with dampening 0)
https://pytorch.org/docs/stable/generated/torch.optim.Adam.html (Kingma and Ba 2015, weight decay as
an L2 gradient)"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from numbers import Real
from typing import Any

from autograd.elementary import sqrt
from autograd.number_types import constant, is_number
from autograd.value import Value


class Optimiser:
    """What optimisers share: their parameters, and a step that is made as a whole or not at all."""

    def __init__(self, parameters: Iterable[Value]) -> None:
        self.parameters = _parameters(parameters)
        self._state: Mapping[str, Any] = {}
        if not self.parameters:
            raise ValueError("an optimiser needs at least one parameter: got none")
        for parameter in self.parameters:
            if parameter.operation is not None:
                raise ValueError(
                    f"{parameter!r} is a result of {parameter.operation.name}: only leaves are updated"
                )

    def zero_grad(self) -> None:
        """Set every gradient to None, not computed."""
        for parameter in self.parameters:
            parameter.grad = None

    def step(self) -> None:
        """Update every parameter; if one gradient was not computed, a ValueError names it and none
        is updated.
        """
        _require_gradients(self.parameters)
        numbers, state = self._updated()
        for parameter, number in zip(self.parameters, numbers, strict=True):
            if number.__class__ is float and parameter.data.__class__ is Fraction:
                raise TypeError(
                    f"this step would turn {parameter!r} into a float: give Fractions, Fraction(1, 10)"
                )
        before = state_of(self, self.parameters)
        try:
            set_state(self, self.parameters, (numbers, state))
        except BaseException:  # Ctrl-C comes before a step or after it
            set_state(self, self.parameters, before)
            raise

    def state_dict(self) -> dict[str, Any]:
        """What the steps left, by PyTorch's names, each a list in the order of the parameters; {}
        before the first.

        With the model's numbers it lets a run go on as if it had not ended, in an optimiser of the
        same construction.

        >>> w = Value(Fraction(1), "w")
        >>> optimiser = SGD([w], Fraction(1, 10), momentum=Fraction(1, 2))
        >>> (w * 3).backward()
        >>> optimiser.step()
        >>> optimiser.state_dict()
        {'momentum_buffer': [Fraction(3, 1)]}
        """
        return {
            name: numbers[:] if isinstance(numbers, list) else numbers
            for name, numbers in self._state.items()
        }

    def load_state_dict(self, mapping: Mapping[str, Any]) -> None:
        """Go on from a `state_dict`; what is not this optimiser's is an error, and changes nothing."""
        if not isinstance(mapping, Mapping):
            raise TypeError(
                f"a state is the dict that state_dict() returned, not a {type(mapping).__name__}"
            )
        if mapping and set(mapping) != set(self._state_names):
            names, got = ", ".join(self._state_names), ", ".join(map(str, mapping))
            raise ValueError(f"the state of {type(self).__name__} is {names}: got {got}")
        self._state = {name: self._checked(name, given) for name, given in mapping.items()}

    def _checked(self, name: str, given: Any) -> Any:
        if name == "step":
            if given.__class__ is not int or given < 1:
                raise ValueError(
                    f"step is the number of steps made, an int of 1 or more: got {given!r}"
                )
            return given
        if not isinstance(given, list) or len(given) != len(self.parameters):
            raise ValueError(
                f"{name} is a list of {len(self.parameters)} numbers, one for each parameter"
            )
        for number in given:
            try:
                Value(number)
            except TypeError as error:
                raise TypeError(f"{name}: {error}") from None
        return given[:]

    _state_names: tuple[str, ...] = ()

    def _updated(self) -> tuple[list[Any], Mapping[str, Any]]:
        """The parameters' next numbers, and the state after the step; nothing is changed."""
        raise NotImplementedError


def state_of(optimiser: Any, parameters: Sequence[Value]) -> tuple[list[Any], Any]:
    """The parameters' numbers, and what the optimiser remembers of its steps."""
    return [parameter.data for parameter in parameters], getattr(optimiser, "_state", None)


def set_state(optimiser: Any, parameters: Sequence[Value], state: tuple[list[Any], Any]) -> None:
    """Set the parameters and the optimiser to a `state_of` them."""
    if isinstance(optimiser, Optimiser):
        optimiser._state = state[1]
    for parameter, number in zip(parameters, state[0], strict=True):
        parameter.data = number


def _parameters(given: Iterable[Value]) -> list[Value]:
    """The parameters, a shared one once."""
    if not isinstance(given, Iterable):
        raise TypeError(
            f"the parameters are a list of Values, not a {type(given).__name__}: give model.parameters()"
        )
    parameters = list(given)
    for parameter in parameters:
        if parameter.__class__ is not Value:
            raise TypeError(
                f"a parameter is a Value, not a {type(parameter).__name__}: give model.parameters()"
            )
    return list(dict.fromkeys(parameters))


def _require_gradients(parameters: Sequence[Value]) -> None:
    for parameter in parameters:
        if parameter.grad is None:
            raise ValueError(
                f"the gradient of {parameter!r} was not computed: call backward() on the loss first"
            )


def require_in_range(label: str, number: Any, below: float = math.inf) -> None:
    try:
        known = is_number(number)
    except TypeError as error:
        raise TypeError(f"the {label}: {error}") from None
    if not known or isinstance(number, (complex, Value)):
        raise TypeError(f"the {label} is a real number, not a {type(number).__name__}")
    if isinstance(number, (int, float, Fraction, Decimal)) and not 0 <= number < below:
        bounds = (
            "a finite number, 0 or more"
            if below == math.inf
            else f"at least 0 and less than {below}"
        )
        raise ValueError(f"the {label} must be {bounds}: got {number!r}")


def _require_same_type(label: str, number: Any, others: Iterable[Any]) -> None:
    """A TypeError where the update would mix two types, or leave the Fractions; a Fraction times a
    float is a float.
    """
    given = type(number)
    for kind in map(type, others):
        if given is float and kind is Fraction:
            raise TypeError(
                f"a float {label} would turn Fractions into floats: give {Fraction(repr(number))!r}"
            )
        if (
            given is not kind
            and Decimal in (given, kind)
            and {given, kind} <= {float, Fraction, Decimal}
        ):
            same = (
                number.numerator / Decimal(number.denominator)
                if given is Fraction
                else kind(str(number))
            )
            raise TypeError(
                f"a {given.__name__} {label} does not go with {kind.__name__}s: give {same!r}"
            )


class SGD(Optimiser):
    """Gradient descent: w <- w - learning_rate * dL/dw, in the parameters' own number type, exact
    on Fractions.

    With g = dL/dw + weight_decay * w and the velocity v <- momentum * v + g (v <- g in the first
    step), the update is w <- w - learning_rate * v, or with Nesterov's momentum w <- w -
    learning_rate * (g + momentum * v).

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
    ) -> None:
        super().__init__(parameters)
        self.learning_rate, self.momentum = learning_rate, momentum
        self.nesterov, self.weight_decay = nesterov, weight_decay
        hyper = {"learning rate": learning_rate, "momentum": momentum, "weight decay": weight_decay}
        for label, number in hyper.items():
            require_in_range(label, number)
            _require_same_type(label, number, [parameter.data for parameter in self.parameters])
        if nesterov and momentum == 0:
            raise ValueError("Nesterov's momentum needs a momentum greater than 0")

    _state_names = ("momentum_buffer",)

    def _updated(self) -> tuple[list[Any], Mapping[str, Any]]:
        before = self._state.get("momentum_buffer")
        numbers, velocities = [], []
        for index, parameter in enumerate(self.parameters):
            gradient = parameter.grad
            if self.weight_decay != 0:
                gradient = gradient + self.weight_decay * parameter.data
            velocity = gradient
            if self.momentum != 0 and before is not None:
                velocity = self.momentum * before[index] + gradient
            direction = gradient + self.momentum * velocity if self.nesterov else velocity
            numbers.append(parameter.data - self.learning_rate * direction)
            velocities.append(velocity)
        return numbers, {"momentum_buffer": velocities}


class Adam(Optimiser):
    """Adam: the mean of the gradients, over the root of the mean of their squares, both corrected
    for their start.

    It needs a square root, so it takes floats, or Decimals, for which its own numbers are read by
    their shortest decimal form; on Fractions it is a TypeError.

    >>> w = Value(0.5, "w")
    >>> (w * 2).backward()
    >>> Adam([w], learning_rate=0.125, epsilon=0).step()  # the first step is the learning rate, whatever the gradient
    >>> w.data
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
        for parameter in self.parameters:
            if isinstance(parameter.data, Fraction):
                raise TypeError(
                    f"Adam needs square roots, which leave Fractions ({parameter!r}): use floats, or SGD"
                )
        if not isinstance(betas, (tuple, list)) or len(betas) != 2:
            raise TypeError(f"betas are a pair, (0.9, 0.999): got {betas!r}")
        given = [learning_rate, *betas, epsilon, weight_decay]
        labels = ["learning rate", "first beta", "second beta", "epsilon", "weight decay"]
        for label, number in zip(labels, given, strict=True):
            require_in_range(label, number, 1 if "beta" in label else math.inf)
        if any(isinstance(parameter.data, Decimal) for parameter in self.parameters):
            given = [
                Decimal(repr(number)) if isinstance(number, float) else number for number in given
            ]
        for label, number in zip(labels, given, strict=True):
            _require_same_type(label, number, [parameter.data for parameter in self.parameters])
        self.learning_rate, first, second, self.epsilon, self.weight_decay = given
        self.betas = first, second

    _state_names = ("step", "exp_avg", "exp_avg_sq")

    def _updated(self) -> tuple[list[Any], Mapping[str, Any]]:
        first, second = self.betas
        zeros = [0] * len(self.parameters)
        before = zip(
            self._state.get("exp_avg", zeros), self._state.get("exp_avg_sq", zeros), strict=True
        )
        steps = self._state.get("step", 0) + 1
        correction, root_correction = 1 - first**steps, sqrt(1 - second**steps)
        numbers, averages, squares = [], [], []
        for parameter, (average, square) in zip(self.parameters, before, strict=True):
            gradient = parameter.grad
            if self.weight_decay != 0:
                gradient = gradient + self.weight_decay * parameter.data
            average = first * average + (1 - first) * gradient
            square = second * square + (1 - second) * (gradient * gradient)
            scale = sqrt(square) / root_correction + self.epsilon
            change = (
                average / correction / scale if scale != 0 else 0
            )  # only where every gradient was 0
            numbers.append(parameter.data - self.learning_rate * change)
            averages.append(average)
            squares.append(square)
        return numbers, {"step": steps, "exp_avg": averages, "exp_avg_sq": squares}


# --- clipping -------------------------------------------------------------------------------------


def clip_grad_norm(parameters: Iterable[Value], max_norm: Any) -> Any:
    """Scale all gradients by max_norm / norm where their Euclidean norm is larger; returns the norm
    before.

    The norm is a root: on Fractions one that is not rational is a TypeError. A gradient that was
    not computed is a ValueError, one that is not finite a FloatingPointError.

    >>> w = Value(Fraction(1))
    >>> (w * 3).backward()
    >>> clip_grad_norm([w], max_norm=1), w.grad
    (Fraction(3, 1), Fraction(1, 1))
    """
    clipped = _to_clip(parameters, "max_norm", max_norm)
    gradients = [parameter.grad for parameter in clipped]
    norm = _norm(gradients)
    if norm == math.inf:
        raise FloatingPointError(
            "the norm of the gradients is infinite: clip_grad_value bounds each on its own"
        )
    if norm > max_norm:
        for parameter, gradient in zip(clipped, gradients, strict=True):
            parameter.grad = gradient * (max_norm / norm)
    return norm


def _norm(gradients: Sequence[Any]) -> Any:
    if all(isinstance(gradient, (int, float)) for gradient in gradients):
        return math.hypot(*gradients)  # squares of 1e200 do not overflow in it
    square: Any = sum(gradient * gradient for gradient in gradients)
    try:
        return sqrt(square)
    except TypeError as error:
        raise TypeError(
            f"the norm of these Fractions is not rational ({error}): clip_grad_value is exact"
        ) from error


def clip_grad_value(parameters: Iterable[Value], max_value: Any) -> None:
    """Bring every gradient between -max_value and max_value, exactly, in its own type.

    A gradient that was not computed is a ValueError, a NaN a FloatingPointError, one that is not
    real a TypeError.

    >>> w = Value(Fraction(1))
    >>> (w * -3).backward()
    >>> clip_grad_value([w], max_value=1)
    >>> w.grad
    Fraction(-1, 1)
    """
    for parameter in _to_clip(parameters, "max_value", max_value):
        bound = (
            constant(max_value, parameter.grad)
            if isinstance(max_value, (int, Fraction))
            else max_value
        )
        parameter.grad = max(-bound, min(bound, parameter.grad))


def _to_clip(given: Iterable[Value], label: str, bound: Any) -> list[Value]:
    parameters = _parameters(given)
    require_in_range(label, bound)
    _require_gradients(parameters)
    _require_same_type(label, bound, [parameter.grad for parameter in parameters])
    for parameter in parameters:
        if not isinstance(parameter.grad, (Real, Decimal)):
            sentence = f"the gradient of {parameter.name or 'a parameter'} is {parameter.grad!r}: only real numbers"
            raise TypeError(f"{sentence} are clipped, not a {type(parameter.grad).__name__}")
        if parameter.grad != parameter.grad:
            raise FloatingPointError(
                f"the gradient of {parameter.name or 'a parameter'} is {parameter.grad!r}"
            )
    return parameters
