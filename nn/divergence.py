"""What is said where a training diverges: the first number that is not finite, what may help."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from autograd.checking.origins import explain_nan
from autograd.entry import Operation
from autograd.number_types import is_finite, number_of
from autograd.operations import binary_cross_entropy
from autograd.value import Value
from autograd.writing import printable
from nn.fit_arguments import check_target
from nn.history import History

SMALLER_RATE = "a smaller learning rate may help"
SMALLER_START = "no update was made yet: smaller weights or inputs may help"


class DivergenceError(ArithmeticError):
    """The training has no finite loss, gradient or update; the model is as the last update that was
    finite left it.

    `epoch` counts from 1, and `history` is that of the training until then. Where one operation
    failed, or made a number or a gradient that is not finite from finite ones, `operation` and
    `operands` (its numbers) say which, and `name` is that of its result, "" if it has none yet;
    else they are None.

    >>> import nn
    >>> model = nn.MLP.from_weights([[[1e200]]], [[0.0]], ["linear"])
    >>> optimizer = nn.SGD(model.parameters(), 0.1)
    >>> try:
    ...     nn.fit(model, [[1]], [0], loss=nn.mse, optimizer=optimizer, epochs=1, progress=False)
    ... except DivergenceError as error:
    ...     print(error.epoch, error.operation)
    1 <operation squared_error>
    """

    def __init__(
        self, message: str, epoch: int, history: History, at: Value | Exception | None = None
    ) -> None:
        super().__init__(message)
        self.epoch, self.history = epoch, history
        self.operation: Operation | None = getattr(at, "operation", None)
        self.operands: tuple[Any, ...] | None = None
        self.name: str | None = None
        if self.operation is not None:
            self.operands = tuple(map(number_of, getattr(at, "operands", ())))
            self.name = getattr(at, "name", "")

    def __reduce__(self) -> Any:
        return _restored, (type(self), self.args, vars(self))


def _restored(
    kind: type[DivergenceError], arguments: tuple[Any, ...], attributes: dict[str, Any]
) -> DivergenceError:
    error = kind.__new__(kind, *arguments)
    vars(error).update(attributes)
    return error


class Watch:
    """What looks out for a divergence in one training."""

    def __init__(self, history: History) -> None:
        self.history = history
        self.updated = False  # whether an update was made

    def check_finite(self, what: str, given: Any, epoch: int, where: str = "") -> None:
        """A DivergenceError where a number, or that of a Value, is not finite."""
        if not is_finite(number_of(given)):
            message = f"epoch {epoch}{where}: the {what} is {number_of(given)!r}"
            raise self.diverged(message, epoch, given)

    def of_update(self, parameter: Value, made: Any, epoch: int, loss: Value) -> DivergenceError:
        """The error of an update that would set `parameter` to `made`; its old number is back."""
        message = (
            f"epoch {epoch}: the update would make {printable(parameter.name) or 'a parameter'} "
            f"{made!r} from {parameter.data!r} and its gradient {parameter.grad!r}"
        )
        if is_finite(parameter.grad):
            return DivergenceError(f"{message}; {SMALLER_RATE}", epoch, self.history)
        return self.diverged(message, epoch, loss)

    def diverged(self, message: str, epoch: int, root: Any) -> DivergenceError:
        """The error with the first number or gradient that is not finite, and advice unless that
        was given.
        """
        cause = explain_nan(root) if root.__class__ is Value else None
        if cause is None:
            return DivergenceError(message, epoch, self.history)
        at = cause.result if cause.of_gradient else cause.node
        if not cause.of_gradient and (
            cause.node.operation is None or not all(map(is_finite, cause.operands))
        ):
            return DivergenceError(f"{message}; {cause}", epoch, self.history)
        return DivergenceError(f"{message}{self._advice()}; {cause}", epoch, self.history, at)

    @contextmanager
    def over(self, epoch: int, where: str = "") -> Iterator[None]:
        """Turn an arithmetic error into a DivergenceError.

        A ValueError that no operation raised, of a wrong length, stays one.
        """
        try:
            yield
        except DivergenceError:
            raise
        except (ArithmeticError, ValueError) as error:
            operation: Operation | None = getattr(error, "operation", None)
            operands: Sequence[Any] = getattr(error, "operands", ())
            check_target(operation, operands)
            if isinstance(error, ValueError) and operation is None:
                raise
            message = f"epoch {epoch}{where}: {error}"
            for operand in operands:
                if not is_finite(number_of(operand)):
                    raise self.diverged(message, epoch, operand) from error
            raise DivergenceError(
                f"{message}{self._advice(operation)}", epoch, self.history, error
            ) from error

    def _advice(self, operation: Operation | None = None) -> str:
        if operation is binary_cross_entropy:
            return "; binary_cross_entropy_with_logits on a linear output has no such limit"
        return f"; {SMALLER_RATE if self.updated else SMALLER_START}"
