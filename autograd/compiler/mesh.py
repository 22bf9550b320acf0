"""The devices that a batch is shared out to: those of a mesh of JAX's, on one machine or on many.

Each device has an equal part of the samples, and the whole of all else. The samples that are left
over are computed by every device, and count once.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import numpy as np
from jax.experimental.multihost_utils import process_allgather
from jax.sharding import Mesh, NamedSharding, PartitionSpec

try:
    from jax import shard_map
except ImportError:  # before it was more than an experiment, and could check loops
    from jax.experimental.shard_map import shard_map as _shard_map

    shard_map = partial(_shard_map, check_rep=False)

Array = Any  # of JAX or of NumPy
Arrays = tuple[Array, ...]
WHOLE = PartitionSpec()


class Devices:
    """The devices of a mesh; without one, the device that JAX takes."""

    def __init__(self, mesh: Any = None) -> None:
        if mesh is not None and not isinstance(mesh, Mesh):
            raise TypeError(
                f"a mesh is one of JAX's, not a {type(mesh).__name__}: "
                'jax.make_mesh((jax.device_count(),), ("batch",))'
            )
        self.mesh = mesh
        self.parts = 1 if mesh is None else mesh.size
        self._shared_out = WHOLE if mesh is None else PartitionSpec(mesh.axis_names)

    @property
    def are_cpus(self) -> bool:
        """Whether they are ordinary processors."""
        devices = jax.devices() if self.mesh is None else self.mesh.devices.flat
        return all(device.platform == "cpu" for device in devices)

    def shared_out(self, *arrays: Array) -> tuple[Arrays, Arrays]:
        """Arrays of a row for each sample in equal parts, and of those left over; () for none."""
        if self.mesh is None:
            return arrays, ()
        count = len(arrays[0])
        left = count % self.parts
        if not left:
            return self._placed(arrays, self._shared_out), ()
        most = self._placed([x[: count - left] for x in arrays], self._shared_out)
        return most if left < count else (), self.everywhere(*(x[count - left :] for x in arrays))

    def everywhere(self, *arrays: Array) -> Arrays:
        """Arrays that each device has the whole of."""
        return arrays if self.mesh is None else self._placed(arrays, WHOLE)

    def _placed(self, arrays: Any, spec: PartitionSpec) -> Arrays:
        sharding = NamedSharding(self.mesh, spec)
        if sharding.is_fully_addressable:
            return tuple(jax.device_put(x, sharding) for x in arrays)
        # Of what many machines share, each takes its own rows alone.
        return tuple(
            jax.device_put(x, sharding)
            if isinstance(x, jax.Array)
            else jax.make_array_from_callback(x.shape, sharding, x.__getitem__)
            for x in arrays
        )

    def require_alike(self, *arrays: Array) -> None:
        """A ValueError where the processes of a mesh begin with other numbers."""
        if self.mesh is not None and jax.process_count() > 1:
            here = np.concatenate(arrays)
            if (process_allgather(here) != here).any():
                raise ValueError(
                    "the processes begin with other parameters: make the model from one seed in "
                    "all of them, or load one file"
                )

    def total(self, sums: Array) -> Array:
        """The sum of what each device has, in a function that runs on each."""
        return sums if self.mesh is None else jax.lax.psum(sums, self.mesh.axis_names)

    def on_each(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """A function whose first argument is shared out, made ready to run on each device; all give
        the same.
        """

        def on_mesh(shared_out: Arrays, *whole: Any) -> Any:
            specs = (self._shared_out, *[WHOLE] * len(whole))
            each = shard_map(function, mesh=self.mesh, in_specs=specs, out_specs=WHOLE)
            return each(shared_out, *whole)

        ready: Callable[..., Any] = jax.jit(function if self.mesh is None else on_mesh)
        return ready
