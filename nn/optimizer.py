"""What every optimizer is: parameters, a step made as a whole, and a state to go on from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from autograd.value import Value
from nn.update_rules import Rule

NO_RULE = "update rule that can be recorded: give it hyperparameters() and rule()"


class Optimizer:
    """What optimizers share: their parameters, and a step that is made as a whole or not at all.

    One's own gives `_updated`, and for worked steps `hyperparameters` and `rule`.

    >>> import nn
    >>> parameters = [Value(0.9)]
    >>> isinstance(nn.SGD(parameters, 0.1), Optimizer), isinstance(nn.Adam(parameters), Optimizer)
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

        >>> import nn
        >>> w = Value(0.9, "w_01^2")
        >>> (w * 1.1).backward()
        >>> nn.SGD([w], 0.1).zero_grad()
        >>> w.grad is None
        True
        """
        for parameter in self.parameters:
            parameter.grad = None

    def step(self) -> None:
        """Update every parameter; if one gradient was not computed, a ValueError names it and none
        is updated.

        >>> import nn
        >>> w = Value(Fraction(9, 10), "w_01^2")
        >>> w.grad = Fraction(-1133, 1000)
        >>> nn.SGD([w], Fraction(1, 10)).step()
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

    def remembered(self) -> list[list[Any]]:
        """What the rule remembers of the steps made, a list for each of its letters; [] before the
        first.

        >>> import nn
        >>> optimizer = nn.SGD([Value(1.0)], 0.1, momentum=0.5)
        >>> optimizer.load_state_dict({"momentum_buffer": [2.0]})
        >>> optimizer.remembered()
        [[2.0]]
        """
        names = (name for name in self._state_names if name != "step")
        return [self._state[name][:] for name in names] if self._state else []

    def steps_made(self) -> int:
        """How many steps the state is of, as far as it counts them.

        >>> import nn
        >>> nn.Adam([Value(1.0)]).steps_made()
        0
        """
        steps: int = self._state.get("step", 0)
        return steps

    def state_dict(self) -> dict[str, Any]:
        """What the steps left, by PyTorch's names, each a list in the order of the parameters; {}
        before the first.

        With the model's numbers it lets a run go on as if it had not ended, in an optimizer of the
        same construction.

        >>> import nn
        >>> w = Value(Fraction(1), "w")
        >>> optimizer = nn.SGD([w], Fraction(1, 10), momentum=Fraction(1, 2))
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

        >>> import nn
        >>> optimizer = nn.SGD([Value(0.9, "w_01^2")], 0.1, momentum=0.5)
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

    def hyperparameters(self) -> dict[str, Any]:
        """The numbers of the rule that are in use, by its names.

        >>> import nn
        >>> nn.SGD([Value(0.9)], 0.1, momentum=0.5).hyperparameters()
        {'learning_rate': 0.1, 'momentum': 0.5}
        """
        raise NotImplementedError(f"{type(self).__name__} has no {NO_RULE}")

    def rule(self, hyperparameters: Mapping[str, Any], step: int) -> Rule:
        """The update rule of step number `step`, with these hyperparameters, numbers or Values.

        >>> import nn
        >>> nn.SGD([Value(0.9)], 0.1).rule({"learning_rate": 0.5}, 1).lines([1.0], [0.5], [])
        {'g': [0.5], 'w': [0.75]}
        """
        raise NotImplementedError(f"{type(self).__name__} has no {NO_RULE}")

    def _numbers(self, rule: Rule) -> tuple[list[Any], list[Any]]:
        """The parameters as they are, and their gradients with weight decay."""
        numbers = [parameter.data for parameter in self.parameters]
        return numbers, rule.decayed(numbers, [parameter.grad for parameter in self.parameters])

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
