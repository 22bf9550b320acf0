"""The state of a model: its parameters, their names, and the numbers in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from autograd.value import Value
from autograd.writing import printable
from nn.checks import require_names
from nn.declared_type import of_type


class Module:
    """What neurons, layers and networks share: their parameters.

    A Value that stands in several places is one parameter, in the place of its first use.

    >>> import nn
    >>> model = nn.MLP.from_weights([[[0.2, -0.4]]], [[0.1]], ["relu"])
    >>> isinstance(model, Module), isinstance(model.layers[0], Module)
    (True, True)
    """

    numbers: type | None = None  # the number type that a network declares

    def parameters(self) -> list[Value]:
        """Weights and bias of each neuron, layer by layer, each Value once.

        >>> import nn
        >>> nn.Neuron([0.2, -0.4], 0.1).parameters()[0]
        Value(0.2, name='w_00^1')
        """
        return list(dict.fromkeys(self._places()))

    def named_parameters(self) -> list[tuple[str, Value]]:
        """The parameters with their names.

        >>> import nn
        >>> nn.Neuron([0.2], 0.1).named_parameters()
        [('w_00^1', Value(0.2, name='w_00^1')), ('b_0^1', Value(0.1, name='b_0^1'))]
        """
        return [(parameter.name, parameter) for parameter in self.parameters()]

    def zero_grad(self) -> None:
        """Set every gradient to None, not computed.

        >>> import nn
        >>> neuron = nn.Neuron([0.9], 0.05)
        >>> neuron([1.1]).backward()
        >>> neuron.zero_grad()
        >>> neuron.weights[0].grad is None
        True
        """
        for parameter in self.parameters():
            parameter.grad = None

    def state_dict(self) -> dict[str, Any]:
        """The numbers by the names of the parameters.

        >>> import nn
        >>> nn.MLP.from_weights([[[2, 3]]], [[1]], ["linear"]).state_dict()
        {'w_00^1': 2, 'w_01^1': 3, 'b_0^1': 1}
        """
        return {name: parameter.data for name, parameter in self._by_name().items()}

    def load_state_dict(self, mapping: Mapping[str, Any]) -> None:
        """Set every parameter to the number of its name, exactly as given: all of them, or where
        one is wrong, none.

        In a model that declares a number type an int or a NumPy scalar of the same value is
        converted to it.

        >>> import nn
        >>> nn.Neuron([2, 3], 1).load_state_dict({"w_00^1": 5, "w_1": 0})
        Traceback (most recent call last):
        ValueError: missing: w_01^1, b_0^1; unexpected: w_1
        """
        if not isinstance(mapping, Mapping):
            raise TypeError(
                "a state is a dict of numbers by name, as state_dict() returns, not a "
                f"{type(mapping).__name__}"
            )
        parameters = self._by_name()
        require_names(parameters, mapping)
        numbers = {}
        for name, parameter in parameters.items():
            if parameter.operation is not None:
                raise ValueError(
                    f"{parameter!r} is a result of {parameter.operation.name}: only leaves are set"
                )
            try:
                numbers[name] = of_type(Value(mapping[name]).data, self.numbers)
            except TypeError as error:
                raise TypeError(f"{printable(name)}: {error}") from error
        for name, parameter in parameters.items():
            parameter.data = numbers[name]

    def _places(self) -> Iterable[Value]:
        """The parameter in each place, a shared one in each of its own."""
        raise AttributeError(f"{type(self).__name__} has no parameters")

    def _by_name(self) -> dict[str, Value]:
        named = self.named_parameters()
        parameters = dict(named)
        if len(parameters) != len(named):
            counts = Counter(name for name, _ in named)
            twice = sorted(name for name, count in counts.items() if count > 1)
            raise ValueError(
                f"the names {printable(', '.join(twice[:8]))} stand for several parameters: "
                "use another notation"
            )
        return parameters
