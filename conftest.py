"""Modules over JAX are looked through for examples where it is installed: it is no part of the
tests' own requirements."""

from importlib.util import find_spec

collect_ignore = (
    []
    if find_spec("jax")
    else [f"autograd/compiler/{name}.py" for name in ("jax_code", "mesh", "training_jax")]
)
