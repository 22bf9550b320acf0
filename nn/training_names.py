"""The names of a recorded training's quantities, in one place."""

from __future__ import annotations

from dataclasses import dataclass, fields

from autograd.notes.notation import Notation
from autograd.notes.patterns import require_assignment, updated_name


@dataclass(frozen=True, slots=True)
class TrainingNames:
    """What the quantities of a training are called that a network's notation does not name.

    cost, cost_of_samples       the objective; of several samples, "" where it is called the same
    target                      what the output is to be
    updated                     the pattern of an updated parameter, over {parameter}, and {step} if
                                wanted: "{parameter}'", "{parameter}^+", "{parameter}^({step})"
    assignment                  what stands after it in the line of its update: "=", ":=" or "←"
    of_parameter                the pattern of what an optimizer computes for each parameter, by the
                                letters g, v, s, m, m_hat, v_hat

    The others name the hyperparameters.

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
    cost_of_samples: str = ""
    updated: str = "{parameter}"
    assignment: str = "="

    def __post_init__(self) -> None:
        for entry in fields(TrainingNames):
            if not isinstance(name := getattr(self, entry.name), str):
                raise TypeError(f"{entry.name} is a str, not a {type(name).__name__}")
        quantity = "{letter} and {parameter}, as in '{letter}({parameter})'"
        _require_pattern("of_parameter", self.of_parameter, "letter", "parameter", quantity)
        updated = "{parameter}, as in '{parameter}^+', and {step} if wanted"
        _require_pattern("updated", self.updated, "parameter", "step", updated)
        require_assignment(self.assignment)

    @classmethod
    def of(cls, notation: Notation) -> TrainingNames:
        """Those that a notation has for the objective, the targets, the learning rate, updates.

        >>> from autograd.notes.profiles import notation_of
        >>> names = TrainingNames.of(notation_of("mazur"))
        >>> names.learning_rate, names.updated
        ('eta', '{parameter}^+')
        """
        rate = notation.rate_name
        return cls(
            cost=notation.loss_name,
            target=notation.target_name,
            learning_rate=rate,
            epsilon="epsilon_0" if rate == "epsilon" else "epsilon",
            cost_of_samples=notation.cost_name,
            updated=notation.updated_pattern.replace("{name}", "{parameter}"),
            assignment=notation.assignment,
        )

    def quantity(self, letter: str, parameter: str) -> str:
        """What an optimizer computes for a parameter."""
        return self.of_parameter.format(letter=letter, parameter=parameter)

    def after_update(self, parameter: str, now: str, step: int) -> str:
        """What a parameter is called after update number `step`, `now` before it.

        >>> TrainingNames(updated="{parameter}'").after_update("w_1", "w_1'", step=2)
        "w_1''"
        >>> TrainingNames(updated="{parameter}^({step})").after_update("w_1", "w_1^(1)", step=2)
        'w_1^(2)'
        """
        pattern = self.updated.replace("{parameter}", "{name}")
        return updated_name(pattern, parameter if "{step}" in pattern else now, step)

    def hyperparameter(self, name: str) -> str:
        """A hyperparameter of an update rule; one of an own rule is called as there.

        >>> TrainingNames().hyperparameter("first"), TrainingNames().hyperparameter("damping")
        ('beta_1', 'damping')
        """
        own = {entry.name for entry in fields(TrainingNames)}
        return str(getattr(self, name)) if name in own else name


def _require_pattern(name: str, pattern: str, must: str, may: str, example: str) -> None:
    """A ValueError for a pattern that cannot work, or gives everything one name."""
    try:
        text = pattern.format(**{must: "\0", may: "1"})
    except (LookupError, ValueError) as error:
        raise ValueError(f"{name} {pattern!r} is no pattern: write {example}") from error
    if "\0" not in text:
        raise ValueError(f"{name} {pattern!r} is no pattern: write {example}")
