"""Steps of training by JAX: one pure function, in a loop that stays on the device."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from autograd.compiler.array_code import function_of
from autograd.compiler.array_source import source_of
from autograd.compiler.jax_code import (
    HEAD,
    ONE,
    SCOPE,
    Array,
    SummedOutputs,
    precision_of,
    undifferentiated,
)
from autograd.compiler.kernels import Kernel
from autograd.compiler.mesh import Arrays, Devices
from autograd.compiler.training import Training

NEAR = 1024  # samples at a time, about, whose arrays stay near a processor
TOGETHER = 1 << 20  # that an accelerator works on together
MANY = 1024  # steps that there is room for, or for one, so that few lengths are translated


class JaxSteps:
    """Steps of training by JAX.

    The columns are left on the devices, in place of the arrays that were given. `step` makes one
    step on one device as a pure function of columns, what is given to the update, inputs and
    targets, which gives the new columns and the loss.
    """

    def __init__(self, training: Training, mesh: Any = None) -> None:
        self.training, self._devices = training, Devices(mesh)
        self._sums = SummedOutputs(training.samples)
        update = source_of(training.update.program, "update")
        self._update = function_of(update, "update", SCOPE)
        sources = [HEAD, self._sums.source]
        if training.penalty is not None:
            self._penalty = SummedOutputs(Kernel(training.penalty, [], []), "penalty")
            sources.append(self._penalty.source)
        self.source = "\n\n".join([*sources, update])
        self._together = {} if self._devices.are_cpus else {"batch_size": TOGETHER // NEAR}
        self._run = self._devices.on_each(self._steps)
        self.step = undifferentiated(
            lambda columns, given, inputs, targets: self._step(
                (inputs, targets), (), columns, given
            )
        )
        self._held: tuple[Arrays, tuple[Arrays, Arrays]] | None = None

    def run(
        self, given: Array, inputs: Array, targets: Array, columns: list[Array], losses: Array
    ) -> int:
        """See `Steps`."""
        kind = columns[0].dtype
        room = max(MANY, 1 << (len(given) - 1).bit_length()) if len(given) > 1 else 1
        rows = np.zeros((room, given.shape[1]), kind)
        rows[: len(given)] = given
        with precision_of(columns[0]):
            if isinstance(columns[0], np.ndarray):
                self._devices.require_alike(*columns)
            data, left = self._shared_out(inputs, targets, kind)
            *before, numbers = self._devices.everywhere(*columns, rows)
            after, found = self._run(data, left, tuple(before), numbers, len(given))
            made = np.asarray(found)[: len(given)]  # waits for the devices, and hears Ctrl-C
        losses[: len(given)], columns[:] = made, after
        return int(np.isfinite(made).sum())

    def _shared_out(self, inputs: Array, targets: Array, kind: Any) -> tuple[Arrays, Arrays]:
        """The samples on the devices, where those of arrays that are not written to stay."""
        arrays = inputs, targets
        if self._held and all(map(_is_same, arrays, self._held[0])):
            return self._held[1]
        data = self._devices.shared_out(*(x.astype(kind, copy=False) for x in arrays))
        if any(x.flags.writeable for x in arrays):
            self._held = None
        else:
            self._held = arrays, jax.device_put(data)
        return data

    def _step(self, data: Arrays, left: Arrays, columns: Arrays, given: Array) -> Any:
        count = self.training.parameters
        parameters = columns[0][:count]
        loss, gradients = self._slopes(data, left, parameters)
        before = [column[:count] for column in columns]
        after = self._update(*given, gradients, *before)
        return tuple(after), loss

    def _slopes(self, data: Arrays, left: Arrays, parameters: Array) -> tuple[Array, Array]:
        """The loss and its gradients, means over the samples, with the penalty."""
        sums, count = list[Array](), 0
        if data:
            sums.append(self._devices.total(self._of(parameters, *data)))
            count += len(data[0]) * self._devices.parts
        if left:
            sums.append(self._of(parameters, *left))
            count += len(left[0])
        means: Array = sum(sums[1:], sums[0]) / count
        if self.training.penalty is not None:
            means += self._penalty(parameters, ONE)
        return means[0], means[1:]

    def _of(self, parameters: Array, inputs: Array, targets: Array) -> Array:
        """The sums over samples, some at a time."""
        data = inputs, targets.reshape(len(targets), -1)
        parts, each = _equal_parts(len(inputs))
        if parts == 1:
            return self._sums(parameters, *data)
        whole = tuple(x[: parts * each].reshape(parts, each, -1) for x in data)
        of_parts = jax.lax.map(lambda part: self._sums(parameters, *part), whole, **self._together)
        sums: Array = of_parts.sum(axis=0)
        if parts * each < len(inputs):
            sums += self._sums(parameters, *(x[parts * each :] for x in data))
        return sums

    def _steps(
        self, data: Arrays, left: Arrays, columns: Arrays, given: Array, count: Array
    ) -> tuple[Arrays, Array]:
        """Steps until one is not finite: what they left, and their losses; NaN for those not
        made.
        """

        def goes_on(state: Any) -> Array:
            made, is_finite, _, _ = state
            return is_finite & (made < count)

        def one(state: Any) -> Any:
            made, _, before, losses = state
            after, loss = self._step(data, left, before, given[made])
            is_finite = jnp.isfinite(loss)
            for column in after:
                is_finite &= jnp.isfinite(column).all()
            kept = [jnp.where(is_finite, new, old) for new, old in zip(after, before, strict=True)]
            losses = losses.at[made].set(jnp.where(is_finite, loss, jnp.nan))
            return made + 1, is_finite, tuple(kept), losses

        columns = tuple(column[: self.training.parameters] for column in columns)
        losses = jnp.full(len(given), jnp.nan, columns[0].dtype)
        start = jnp.int32(0), jnp.bool(True), columns, losses
        _, _, after, found = jax.lax.while_loop(goes_on, one, start)
        return after, found


def _is_same(array: Array, held: Array) -> bool:
    """Whether it is the memory that is held."""
    return (array.ctypes.data, array.shape) == (held.ctypes.data, held.shape)


def _equal_parts(count: int) -> tuple[int, int]:
    """Into how many parts of how many samples so many are divided, with few left over.

    >>> _equal_parts(1000), _equal_parts(10_000), _equal_parts(1_000_003)
    ((1, 1000), (5, 2000), (976, 1024))
    """
    if count < 2 * NEAR:
        return 1, count
    evenly = (x for x in range(-(-count // (2 * NEAR)), count // NEAR + 1) if count % x == 0)
    parts = next(evenly, count // NEAR)
    return parts, count // parts if count % parts == 0 else NEAR
