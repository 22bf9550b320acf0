"""Run by JAX: the sources that NumPy runs, over jax.numpy, as pure functions that are traced once.

JAX makes double precision of nothing unless it is told to. Here each computation has the precision
of the arrays that it is given, whatever the caller's own setting, which stays as it is.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.scipy.special import erf, erfc

try:
    from jax import enable_x64
except ImportError:  # before it was more than an experiment
    from jax.experimental import enable_x64

from autograd.compiler.array_code import extremes, function_of
from autograd.compiler.kernels import Kernel
from autograd.compiler.lifted_source import lifted_source
from autograd.compiler.program import Program

Array = Any  # of JAX or of NumPy
HEAD = "import jax.numpy as np"  # for whoever reads a source

ONE = np.zeros((1, 0))  # one sample, for what looks at none


def where(z: Any, a: Any, b: Any) -> Any:
    """a where z > 0, b where z <= 0, else z, which is NaN."""
    if a is z and b.__class__ is float and b == 0:
        return jnp.maximum(z, 0.0)
    return jnp.where(z > 0, a, jnp.where(z <= 0, b, z))


def over_samples(x: Any, rows: int, samples: Any) -> Any:
    """The sums over the samples, of an array of so many rows or of what stands for one."""
    return jnp.broadcast_to(x, (rows, len(samples))).sum(axis=1)


SCOPE = {
    "np": jnp,
    "where": where,
    "over_samples": over_samples,
    **extremes(jnp),
    "erf": erf,
    "erfc": erfc,
}


def precision_of(array: Array) -> AbstractContextManager[Any]:
    """The context in which JAX computes as precisely as the array is."""
    context: AbstractContextManager[Any] = enable_x64(array.dtype == np.float64)
    return context


def undifferentiated(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, which JAX may not differentiate.

    A rule's value may be computed by a choice, as the sigmoid's by the sign of z, and where the
    sides meet JAX's derivative of the steps is another than the rule's.
    """

    def refuse(primals: Any, tangents: Any) -> Any:
        raise TypeError(
            "JAX cannot differentiate this function, which does not show it the rules of the "
            "derivatives: compile the derivative, autograd.compile(autograd.grad(f), engine='jax')"
        )

    guarded: Any = jax.custom_jvp(function)
    guarded.defjvp(refuse)
    whole: Callable[..., Any] = guarded
    return whole


class SummedOutputs:
    """The outputs of a kernel as a function of arrays: the sums over the samples, in order.

    `source` is what it computes by; the products in it are not shortened to fewer digits, as
    accelerators do unless they are told not to.
    """

    def __init__(self, kernel: Kernel, name: str = "samples") -> None:
        found = lifted_source(kernel, name)
        self.source = found.source
        self._function = function_of(self.source, name, SCOPE)
        self._order = np.argsort(found.outputs).astype(np.int32)  # 64 bits need not be allowed

    def __call__(self, *arrays: Array) -> Array:
        with jax.default_matmul_precision("highest"):
            blocks = self._function(*arrays)
        if not blocks:
            return jnp.zeros(0, arrays[0].dtype)
        return jnp.concatenate([jnp.ravel(block) for block in blocks])[self._order]


class OfNumbers:
    """A program without samples: `function` goes from the array of its inputs to that of its
    outputs. Called with a row of numbers it gives one, or None where an input or an output is not
    finite.
    """

    def __init__(self, program: Program, name: str = "compiled") -> None:
        self._outputs = SummedOutputs(Kernel(program, [], []), name)
        self.source = f"{HEAD}\n\n{self._outputs.source}"
        self.function = undifferentiated(self.of_array)
        self._translated = jax.jit(self.of_array)

    def of_array(self, numbers: Array) -> Array:
        """The outputs of an array of inputs."""
        return self._outputs(numbers, ONE)

    def __call__(self, row: Sequence[float]) -> Sequence[float] | None:
        given = np.array(row, dtype=float)
        with precision_of(given):
            found: list[float] = np.asarray(self._translated(given)).tolist()
        return found if all(map(math.isfinite, (*row, *found))) else None
