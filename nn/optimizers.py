"""Optimizers: the update of the parameters from their gradients, by PyTorch's definitions.

https://pytorch.org/docs/stable/generated/torch.optim.SGD.html (with dampening 0)
https://pytorch.org/docs/stable/generated/torch.optim.Adam.html (Kingma and Ba 2015, weight decay as
an L2 gradient)
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, Overflow
from fractions import Fraction
from typing import Any

from autograd.elementary import sqrt
from autograd.notes.numbers import short_number
from autograd.number_types import is_finite
from autograd.value import Value
from autograd.writing import printable
from nn.checks import has_all_digits, require_in_range, require_same_type

NEGLIGIBLE = 1e-130  # an epsilon beside which no root of a square below the smallest float counts


class Optimizer:
    """What optimizers share: their parameters, and a step that is made as a whole or not at all.

    >>> isinstance(SGD([Value(0.9)], 0.1), Optimizer), isinstance(Adam([Value(0.9)]), Optimizer)
    (True, True)
    """

    def __init__(self, parameters: Iterable[Value]) -> None:
        self.parameters = parameters_of(parameters)
        self._state: Mapping[str, Any] = {}
        if not self.parameters:
            raise ValueError("an optimizer needs at least one parameter: got none")
        for parameter in self.parameters:
            if parameter.operation is not None:
                raise ValueError(
                    f"{parameter!r} is a result of {parameter.operation.name}: "
                    "only leaves are updated"
                )

    def zero_grad(self) -> None:
        """Set every gradient to None, not computed.

        >>> w = Value(0.9, "w_01^2")
        >>> (w * 1.1).backward()
        >>> SGD([w], 0.1).zero_grad()
        >>> w.grad is None
        True
        """
        for parameter in self.parameters:
            parameter.grad = None

    def step(self) -> None:
        """Update every parameter; if one gradient was not computed, a ValueError names it and none
        is updated.

        >>> w = Value(Fraction(9, 10), "w_01^2")
        >>> w.grad = Fraction(-1133, 1000)
        >>> SGD([w], Fraction(1, 10)).step()
        >>> w
        Value(Fraction(10133, 10000), name='w_01^2', grad=Fraction(-1133, 1000))
        """
        require_gradients(self.parameters)
        numbers, state = self._updated()
        for parameter, number in zip(self.parameters, numbers, strict=True):
            if number.__class__ is float and parameter.data.__class__ is Fraction:
                raise TypeError(
                    f"this step would turn {parameter!r} into a float: "
                    "give Fractions, Fraction(1, 10)"
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

        With the model's numbers it lets a run go on as if it had not ended, in an optimizer of the
        same construction.

        >>> w = Value(Fraction(1), "w")
        >>> optimizer = SGD([w], Fraction(1, 10), momentum=Fraction(1, 2))
        >>> (w * 3).backward()
        >>> optimizer.step()
        >>> optimizer.state_dict()
        {'momentum_buffer': [Fraction(3, 1)]}
        """
        return {
            name: numbers[:] if isinstance(numbers, list) else numbers
            for name, numbers in self._state.items()
        }

    def load_state_dict(self, mapping: Mapping[str, Any]) -> None:
        """Go on from a `state_dict`; what is not this optimizer's is an error, and changes nothing.

        >>> optimizer = SGD([Value(0.9, "w_01^2")], 0.1, momentum=0.5)
        >>> optimizer.load_state_dict({"momentum_buffer": [-1.133]})
        >>> optimizer.state_dict()
        {'momentum_buffer': [-1.133]}
        """
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


def state_of(optimizer: Any, parameters: Sequence[Value]) -> tuple[list[Any], Any]:
    """The parameters' numbers, and what the optimizer remembers of its steps."""
    return [parameter.data for parameter in parameters], getattr(optimizer, "_state", None)


def set_state(optimizer: Any, parameters: Sequence[Value], state: tuple[list[Any], Any]) -> None:
    """Set the parameters and the optimizer to a `state_of` them."""
    if isinstance(optimizer, Optimizer):
        optimizer._state = state[1]
    for parameter, number in zip(parameters, state[0], strict=True):
        parameter.data = number


def parameters_of(given: Iterable[Value]) -> list[Value]:
    """The parameters, a shared one once."""
    if not isinstance(given, Iterable):
        raise TypeError(
            f"the parameters are a list of Values, not a {type(given).__name__}: "
            "give model.parameters()"
        )
    parameters = list(given)
    for parameter in parameters:
        if parameter.__class__ is not Value:
            raise TypeError(
                f"a parameter is a Value, not a {type(parameter).__name__}: give model.parameters()"
            )
    return list(dict.fromkeys(parameters))


def updated_by(optimizer: Any) -> list[Value]:
    """The Values that an optimizer says that it updates: of one's own it need not say any."""
    given = getattr(optimizer, "parameters", ())
    given = given() if callable(given) else given
    return [parameter for parameter in given if parameter.__class__ is Value]


def require_gradients(parameters: Sequence[Value]) -> None:
    for parameter in parameters:
        if parameter.grad is None:
            raise ValueError(
                f"the gradient of {parameter!r} was not computed: call backward() on the loss first"
            )


class SGD(Optimizer):
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
            require_same_type(label, number, [parameter.data for parameter in self.parameters])
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


class Adam(Optimizer):
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
        for parameter in self.parameters:
            if isinstance(parameter.data, Fraction):
                raise TypeError(
                    f"Adam needs square roots, which leave Fractions ({parameter!r}): "
                    "use floats, or SGD"
                )
            if isinstance(parameter.data, complex):
                raise TypeError(
                    f"Adam divides by the size of a gradient, and the square of a complex one is "
                    f"not that of its size ({parameter!r}): use SGD, or a Value for each part"
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
            require_same_type(label, number, [parameter.data for parameter in self.parameters])
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
        smallest, largest = sys.float_info.min, sys.float_info.max  # floats that have all digits
        for parameter, (average, square) in zip(self.parameters, before, strict=True):
            gradient = parameter.grad
            if self.weight_decay != 0:
                gradient = gradient + self.weight_decay * parameter.data
            average = first * average + (1 - first) * gradient
            try:
                square = second * square + (1 - second) * (gradient * gradient)
            except (OverflowError, Overflow) as error:  # of ints and Decimals; floats are infinite
                raise _too_large(parameter, gradient) from error
            if square.__class__ is not float or not smallest <= square <= largest:
                self._require_root(parameter, gradient, average, square)
            scale = sqrt(square) / root_correction + self.epsilon
            change = (
                average / correction / scale if scale != 0 else 0
            )  # only where every gradient was 0
            numbers.append(parameter.data - self.learning_rate * change)
            averages.append(average)
            squares.append(square)
        return numbers, {"step": steps, "exp_avg": averages, "exp_avg_sq": squares}

    def _require_root(self, parameter: Value, gradient: Any, average: Any, square: Any) -> None:
        """An error if the mean square left the range of its type, so that its root is wrong."""
        if has_all_digits(square) or not is_finite(gradient):
            return  # or the parameter will show it
        if not is_finite(square):
            raise _too_large(parameter, gradient)
        if average != 0 and self.epsilon < NEGLIGIBLE:
            raise ValueError(
                f"the squares of the gradients of {printable(parameter.name) or 'a parameter'}, "
                f"now {short_number(gradient)}, are too small for a {type(square).__name__}: "
                "give an epsilon, such as 1e-8, or scale the loss up"
            )


def _too_large(parameter: Value, gradient: Any) -> OverflowError:
    return OverflowError(
        f"the square of the gradient of {printable(parameter.name) or 'a parameter'}, "
        f"{short_number(gradient)}, is too large: clip the gradients before the step, "
        "nn.clip_grad_norm(parameters, 1)"
    )
