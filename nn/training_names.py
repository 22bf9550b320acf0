"""The names of a recorded training's quantities, in one place."""

from __future__ import annotations

from dataclasses import dataclass, fields

from autograd.notes.notation import Notation


@dataclass(frozen=True, slots=True)
class TrainingNames:
    """What the quantities of a training are called that a network's notation does not name.

    The fields after `of_parameter` name the hyperparameters; `of_parameter` is the pattern for what
    an optimizer computes for each parameter, by the letters g, v, s, m, m_hat, v_hat.

    >>> TrainingNames(learning_rate="eta").quantity("m_hat", "w_00^1")
    'm_hat(w_00^1)'
    """

    cost: str = "L"
    target: str = "y"
    of_parameter: str = "{letter}({parameter})"
    learning_rate: str = "alpha"
    momentum: str = "beta"
    first: str = "beta_1"
    second: str = "beta_2"
    smoothing: str = "rho"
    epsilon: str = "epsilon"
    weight_decay: str = "lambda"

    def __post_init__(self) -> None:
        for entry in fields(TrainingNames):
            if not isinstance(name := getattr(self, entry.name), str):
                raise TypeError(f"{entry.name} is a str, not a {type(name).__name__}")
        try:
            self.quantity("m", "w")
        except (LookupError, ValueError) as error:
            raise ValueError(
                f"of_parameter {self.of_parameter!r} is no pattern: write {{letter}} and "
                "{parameter}, as in '{letter}({parameter})'"
            ) from error

    @classmethod
    def of(cls, notation: Notation) -> TrainingNames:
        """Those that a notation has for the objective, the targets and the learning rate.

        >>> from autograd.notes.profiles import notation_of
        >>> TrainingNames.of(notation_of("mazur")).learning_rate
        'eta'
        """
        rate = notation.rate_name
        epsilon = "epsilon_0" if rate == "epsilon" else "epsilon"
        return cls(notation.loss_name, notation.target_name, learning_rate=rate, epsilon=epsilon)

    def quantity(self, letter: str, parameter: str) -> str:
        """What an optimizer computes for a parameter."""
        return self.of_parameter.format(letter=letter, parameter=parameter)

    def hyperparameter(self, name: str) -> str:
        """A hyperparameter of an update rule; one of an own rule is called as there.

        >>> TrainingNames().hyperparameter("first"), TrainingNames().hyperparameter("damping")
        ('beta_1', 'damping')
        """
        own = {entry.name for entry in fields(TrainingNames)}
        return str(getattr(self, name)) if name in own else name
